package dataplane

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"postern/internal/lab/fabric"
	"postern/internal/lab/state"
)

const (
	// leastTimeout of a check in real time, and how many in a row must go
	// unanswered to say that a target that answered before does not: a packet
	// lost on a busy machine must not look like that. AWS's nodes decide by
	// consensus too.
	leastTimeout = 500 * time.Millisecond
	silences     = 3
	// A check that ended so much later than its time did not have it: this
	// process did not run. It says nothing, unless there are mostTries of them.
	lateness  = 10 * time.Millisecond
	mostTries = 2 * silences
	// checksAtOnce bounds the checks under way.
	checksAtOnce = 64
	// checksPerSecond bounds the checks of targets whose state is settled, so
	// that a large and fast lab is not busy with nothing else.
	checksPerSecond = 200
)

// A checked is what is checked: a target of a group.
type checked struct {
	group string // ARN
	at    netip.AddrPort
}

// checks has a goroutine for each target that is checked.
type checks struct {
	plane *Plane
	ctx   context.Context
	end   context.CancelFunc
	slots chan struct{}
	all   sync.WaitGroup

	mu      sync.Mutex // guards running
	running map[checked]context.CancelFunc
}

func newChecks(ctx context.Context, p *Plane) *checks {
	ctx, end := context.WithCancel(ctx)
	return &checks{plane: p, ctx: ctx, end: end, slots: make(chan struct{}, checksAtOnce), running: map[checked]context.CancelFunc{}}
}

// follow starts and ends checks so that each target of a group in use is
// checked, from its registration until its deregistration. The store counts
// what is found from the time on at which AWS's first check would come.
func (c *checks) follow(v *view) {
	want := map[checked]bool{}
	for arn := range v.groups {
		for _, t := range v.Targets(arn) {
			if t.State != "draining" && t.State != "unused" {
				want[checked{arn, addrPort(t)}] = true
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for what, end := range c.running {
		if !want[what] {
			end()
			delete(c.running, what)
		}
	}
	for what := range want {
		if c.running[what] == nil {
			ctx, end := context.WithCancel(c.ctx)
			c.running[what] = end
			c.all.Go(func() {
				defer end()
				c.check(ctx, what)
			})
		}
	}
}

// stop ends all checks and waits for them.
func (c *checks) stop() {
	c.end()
	c.all.Wait()
}

// check checks one target again and again. The first check comes soon, at a
// random moment, so that those of many targets spread.
func (c *checks) check(ctx context.Context, what checked) {
	scale := c.plane.scale
	wait := rand.N(scale(10*time.Second) + 1)
	var same int // outcomes in a row
	var last bool
	for pause(ctx, wait) {
		v := c.plane.view.Load()
		g, used := v.groups[what.group]
		t, registered := v.target(what.group, what.at)
		if !used || !registered {
			wait = scale(g.HealthCheck.Interval) + settleFor // follow is about to end this
			continue
		}
		select {
		case <-ctx.Done():
			return
		case c.slots <- struct{}{}:
		}
		var err error
		if once := func() (bool, error) { return c.once(ctx, g, t) }; last {
			err = insist(once)
		} else {
			_, err = once()
		}
		<-c.slots
		if ctx.Err() != nil {
			return
		}
		passed := err == nil
		c.plane.store.ReportHealth(what.group, state.Target{ID: t.Addr.String(), Port: t.Port}, passed)
		if same == 0 || passed != last {
			same, last = 0, passed
			c.plane.log.Debug("health check turned", "target", what.at, "group", what.group, "passed", passed, "error", err)
		}
		same++
		wait = scale(g.HealthCheck.Interval)
		if same > max(g.HealthCheck.Healthy, g.HealthCheck.Unhealthy) {
			wait = max(wait, c.spread())
		}
	}
}

// spread is the interval at which the checks of all targets keep to
// checksPerSecond.
func (c *checks) spread() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(len(c.running)) * time.Second / checksPerSecond
}

// insist repeats a check of a target that answered before until it passes or
// fails, or has been silent for so long that it is the target's doing.
func insist(once func() (late bool, err error)) error {
	var err error
	for tries, silent := 0, 0; tries < mostTries && silent < silences; tries++ {
		var late bool
		if late, err = once(); !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		if !late {
			silent++
		}
	}
	return err
}

// once makes one check, and says whether it ended later than it should. It
// comes from the node in the target's zone, or from the first node whose zone
// is not out. The load balancer's security groups count as for its other
// connections. Source: NLB user guide, target group health checks,
// security groups.
func (c *checks) once(ctx context.Context, g use, t state.TargetView) (late bool, err error) {
	nodes := slices.DeleteFunc(slices.Clone(g.nodes), func(n state.Node) bool { return c.plane.opts.Broken("", n.ZoneID) })
	if len(nodes) == 0 {
		return false, errors.New("every zone of the load balancer is out")
	}
	from := nodes[max(0, slices.IndexFunc(nodes, func(n state.Node) bool { return n.ZoneID == t.ZoneID }))]
	dial := func(ctx context.Context, at netip.AddrPort) (net.Conn, error) {
		conn, err := c.plane.fabric.Dial(ctx, g.vpc, from.Addr, at, fabric.DialOptions{})
		if err != nil {
			return nil, err // and no typed nil
		}
		return conn, nil
	}
	port := uint16(t.Port)
	if n, err := strconv.ParseUint(g.HealthCheck.Port, 10, 16); err == nil { // else traffic-port
		port = uint16(n)
	}
	began, timeout := time.Now(), max(c.plane.scale(g.HealthCheck.Timeout), leastTimeout)
	err = probe(ctx, dial, netip.AddrPortFrom(t.Addr, port), g.HealthCheck, timeout)
	return time.Since(began) > timeout+lateness, err
}
