package dataplane

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"postern/internal/lab/fabric"
	"postern/internal/lab/state"
)

// targetPatience is how long a node waits for a target's answer, so that the
// client can still hear who did not give one. It covers a lost packet or two.
const targetPatience = 3 * time.Second

// An entrance is where a connection came to a load balancer.
type entrance struct {
	balancer  string // ARN
	node      state.Node
	ends      wire
	through   place  // the endpoint's interface that it came by; zero: none
	endpoint  string // ID
	ungrouped bool   // the load balancer's security groups do not count at the target
}

func (in entrance) port() int { return int(in.ends.node.Port()) }

// enterNode takes a connection that came to a node itself.
func (p *Plane) enterNode(v *view, n nodeOf, r *fabric.Request) {
	p.forward(v, entrance{balancer: n.balancer, node: n.Node, ends: wire{r.Remote(), r.Local()}}, r)
}

// forward opens a connection to a target, and answers the client only when
// that stands; a refusal reaches the client too. A load balancer passes the
// handshake through, and does not try a second target. Whom the target sees is
// the node. Source: NLB user guide, network load balancers (routing); edit
// target group attributes, client IP preservation. On a port without a
// listener nothing answers: the lab's choice, AWS does not say.
func (p *Plane) forward(v *view, in entrance, r *fabric.Request) {
	lb, _ := v.Balancer(in.balancer)
	i := slices.IndexFunc(lb.Listeners, func(l state.ListenerView) bool { return l.Port == in.port() })
	if i < 0 || len(lb.Listeners[i].Groups) == 0 {
		r.Drop(because(HopNode, "%s has no listener on port %d", shortARN(in.balancer), in.port()))
		return
	}
	l := lb.Listeners[i]
	g := l.Groups[in.ends.hash()%uint64(len(l.Groups))]
	t, why := choose(g, in.node.ZoneID, in.ends)
	if why != "" {
		r.Drop(because(HopNode, "%s", why))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), targetPatience)
	defer cancel()
	server, err := p.fabric.Dial(ctx, lb.VPC, in.node.Addr, addrPort(t), fabric.DialOptions{Ungrouped: in.ungrouped})
	if err != nil {
		if why := unanswered(g.ARN, t, in.node, err); refused(err) {
			r.Refuse(why)
		} else {
			r.Drop(why)
		}
		return
	}
	client, err := r.Accept()
	if err != nil {
		server.Abort() // the client has gone
		return
	}
	f := &flow{endpoint: in.endpoint, group: g.ARN, target: addrPort(t), pipe: &pipe{a: client, b: server, idle: p.idle(l)}}
	p.flows.add(f)
	defer p.flows.remove(f)
	if in.endpoint != "" && p.severed(in) {
		f.pipe.cut() // since it was let in
	}
	f.pipe.run()
}

// idle is a listener's idle timeout in the lab's time; 0: none.
func (p *Plane) idle(l state.ListenerView) time.Duration {
	if l.IdleTimeout == 0 {
		return 0
	}
	return max(p.scale(l.IdleTimeout), p.opts.IdleLeast)
}

// scale is AWS's duration in the lab's time.
func (p *Plane) scale(d time.Duration) time.Duration {
	return time.Duration(float64(d) / p.store.Speed())
}

func refused(err error) bool {
	e, ok := errors.AsType[*fabric.DialError](err)
	return ok && e.Kind == fabric.KindRefused
}

// unanswered says why a target did not answer a node.
func unanswered(group string, t state.TargetView, n state.Node, err error) string {
	who := fmt.Sprintf("%s (zone %s) of %s", addrPort(t), zoneText(t.ZoneID), shortARN(group))
	if e, ok := errors.AsType[*fabric.DialError](err); ok && hopIn(e.Why) != HopOther {
		return fmt.Sprintf("%s, on the way from node %s to target %s", e.Why, n.Addr, who)
	}
	if refused(err) {
		return because(HopTarget, "%s refuses", who)
	}
	return because(HopTarget, "%s does not answer", who)
}

// zoneText is a target's zone for people.
func zoneText(id string) string {
	if id == "" {
		return "all"
	}
	return id
}

// A flow is an open connection that goes through a load balancer.
type flow struct {
	endpoint string // ID of the endpoint that it came by; empty: none
	group    string // ARN
	target   netip.AddrPort
	pipe     *pipe
}
