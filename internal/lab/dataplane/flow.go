package dataplane

import (
	"strings"
	"sync"

	"postern/internal/lab/state"
)

// A registry holds the flows that are open.
type registry struct {
	mu    sync.Mutex
	flows map[*flow]struct{}
}

func (g *registry) add(f *flow) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.flows == nil {
		g.flows = map[*flow]struct{}{}
	}
	g.flows[f] = struct{}{}
}

func (g *registry) remove(f *flow) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.flows, f)
}

// cut resets the flows that fit and returns how many they were.
func (g *registry) cut(fits func(*flow) bool) int {
	var cut []*flow
	g.mu.Lock()
	for f := range g.flows {
		if fits(f) {
			cut = append(cut, f)
		}
	}
	g.mu.Unlock()
	for _, f := range cut {
		f.pipe.cut()
	}
	return len(cut)
}

// act cuts the connections that the changes heard since the last time end.
func (p *Plane) act() {
	p.mu.Lock()
	heard := p.heard
	p.heard = nil
	p.mu.Unlock()
	v := p.view.Load()
	for _, e := range heard {
		fits := func(f *flow) bool { return f.endpoint == e.Subject }
		if e.Kind == state.TargetChanged {
			fits = func(f *flow) bool { return f.group == e.Of && f.target.String() == e.Subject }
		}
		if !ends(v, e) {
			continue
		}
		if n := p.flows.cut(fits); n > 0 {
			p.log.Info("cut connections", "of", e.Kind, "subject", e.Subject, "was", e.Was, "now", e.Now, "connections", n)
		}
	}
}

// ends reports whether a change ends the open connections of what changed.
//
// A target's do when it becomes unhealthy, unless that is off, and when the
// interval is over for which they were kept on; and when its deregistration
// delay is over, only if that is on. Source: NLB user guide, edit target group
// attributes (unhealthy target connection termination, unhealthy draining
// interval, deregistration delay).
//
// An endpoint's do when it is available no longer: rejected or deleted. Source:
// PrivateLink guide, configure an endpoint service.
func ends(v *view, e state.Event) bool {
	g := v.groups[e.Of]
	now, _, _ := strings.Cut(e.Now, " ")
	switch {
	case e.Kind == state.EndpointChanged:
		return now != "available"
	case now == "unhealthy":
		return e.Was == "unhealthy.draining" || g.TerminateOnUnhealthy
	}
	return now == "" && g.TerminateOnDeregistration
}
