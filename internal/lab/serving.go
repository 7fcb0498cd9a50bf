package lab

import (
	"fmt"

	"postern/internal/lab/kube"
)

// Serve changes what the API servers of a cluster serve from now on: a
// certificate that has expired, for another host, or by another authority. Its
// zero value is what EKS serves. It needs a data plane with stand-ins.
func (l *Lab) Serve(account, region, cluster string, v kube.Serving) error {
	c, err := l.one(account, region, cluster)
	if err != nil {
		return err
	}
	if l.network == nil {
		return fmt.Errorf("change what %s serves: the lab has no data plane", c.ARN)
	}
	l.network.serverOf(c)
	l.network.mu.Lock()
	defer l.network.mu.Unlock()
	own, ok := l.network.servers[c.ID].(*kube.Server)
	if !ok {
		return fmt.Errorf("change what %s serves: no stand-in answers for it", c.ARN)
	}
	own.SetServing(v)
	return nil
}
