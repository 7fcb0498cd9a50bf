package traffic

import "time"

// What the tests need beside the package's face.
var ProxyDialVia = proxyDial

const (
	MaxGroups    = maxGroups
	MaxInstances = maxInstances
)

// Quantile returns a quantile of durations as a report would have it.
func Quantile(ds []time.Duration, q float64) time.Duration {
	var h histogram
	for _, d := range ds {
		h.add(d)
	}
	return h.quantile(q)
}

// ParseEvent returns an event's type and version.
func ParseEvent(line []byte) (kind, version string, err error) {
	e, err := parseEvent(line)
	return e.Type, e.Object.Metadata.ResourceVersion, err
}

// Answered counts an answer as a request to the first target would.
func (c *Client) Answered(instance string) {
	c.counts.ok(c.targets[0], time.Now(), time.Millisecond, instance)
}
