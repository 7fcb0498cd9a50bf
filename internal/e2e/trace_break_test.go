package e2e

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/internal/fleet"
	"postern/internal/lab"
	"postern/internal/lab/faults"
	"postern/internal/lab/kube"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/trace"
)

// A breaker breaks one cluster's path in a lab, by the calls that its API takes,
// and knows how to undo it.
type breaker struct {
	*testing.T
	*tracer
	ref         plan.Ref
	hub, far    state.Caller // the hub's account in its own region, and in the endpoint's
	cluster     state.Caller
	hubPlace    *fleet.Place
	epPlace     *fleet.Place
	place       *fleet.Place
	link        *fleet.Link
	svc         *fleet.Service
	ep          *fleet.Endpoint
	eks         *fleet.Cluster
	zone        *fleet.Zone
	asked       trace.Asked
	hubCIDR     netip.Prefix
	epCIDR      netip.Prefix
	undo        []func()
	nowhere     netip.Addr
	lookUp      bool // the probes look the name up at the hub VPC's resolver
	neighbour   plan.Ref
	neighbourEP *fleet.Endpoint
}

// newBreaker finds the objects of a path that is healthy.
func newBreaker(t *testing.T, tr *tracer, ref, neighbour plan.Ref) *breaker {
	b := &breaker{T: t, tracer: tr, ref: ref, neighbour: neighbour}
	s := tr.snapshot(t)
	b.place, b.hubPlace = s.Place(ref.Account, ref.Region), s.Place("111111111111", "us-east-1")
	b.link = s.Links(ref)[0]
	b.svc = s.Services(b.link)[0]
	b.ep = s.Endpoints(b.svc)[0]
	b.epPlace = s.Place(b.ep.Account, b.ep.Region)
	b.eks = s.Cluster(ref)
	b.zone = s.ZonesOf(b.eks.Host)[0]
	b.asked = trace.Ask(s, ref, trace.Options{Address: trace.ByName})
	other := s.Links(neighbour)[0]
	b.neighbourEP = s.Endpoints(s.Services(other)[0])[0]
	b.hub = state.Caller{Account: "111111111111", Region: "us-east-1"}
	b.far = state.Caller{Account: "111111111111", Region: string(b.ep.Region)}
	b.cluster = state.Caller{Account: string(ref.Account), Region: string(ref.Region)}
	b.hubCIDR = b.hubPlace.VPC(s.Hub.VPCs[0]).CIDRs[0]
	b.epCIDR = b.epPlace.VPC(b.ep.VPC).CIDRs[0]
	b.nowhere = b.place.Subnet(b.link.Balancer.Zones[0].Subnet).CIDR.Addr()
	for range 250 { // an address that is nobody's
		b.nowhere = b.nowhere.Next()
	}
	return b
}

func (b *breaker) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// then keeps what undoes a step; the last step is undone first.
func (b *breaker) then(f func() error) {
	b.undo = append(b.undo, func() { b.Helper(); b.must(f()) })
}

func (b *breaker) store() *state.Store { return b.Store() }
func (b *breaker) group() string       { return string(b.link.Candidate.Group.ARN) }
func (b *breaker) hubVPC() string      { return b.State().Hub.VPCs[0] }

func (b *breaker) move(kind state.MoveKind, to string) {
	b.Helper()
	_, err := b.Move(lab.Move{Account: string(b.ref.Account), Region: string(b.ref.Region), Cluster: b.ref.Name, Kind: kind, To: to})
	b.must(err)
}

func (b *breaker) fault(format string, args ...any) {
	b.Helper()
	f, err := faults.Parse(fmt.Sprintf(format, args...) + fmt.Sprintf(" account=%s region=%s cluster=%s", b.ref.Account, b.ref.Region, b.ref.Name))
	b.must(err)
	active, err := b.AddFault(f)
	b.must(err)
	b.then(func() error { b.RemoveFault(active.ID); return nil })
}

// resync makes the targets right when it is undone.
func (b *breaker) resync() {
	b.then(func() error {
		s := b.snapshot(b.T, plan.Pattern(b.ref))
		*b.link = *s.Links(b.ref)[0]
		now := plan.ENIWitness(b.ref.Name, b.eks.VPC, b.ref.Account, false, s.Place(b.ref.Account, b.ref.Region).Interfaces.Items, s.At).Addrs
		return b.register(now)
	})
}

// register makes these addresses all that is registered.
func (b *breaker) register(now []netip.Addr) error {
	var stale []state.Target
	for _, t := range b.link.Targets.Items {
		if !slices.Contains(now, t.Addr) || t.Port != 443 {
			stale = append(stale, state.Target{ID: t.Addr.String(), Port: t.Port})
		}
	}
	b.link.Targets.Items = nil
	for _, a := range now {
		b.link.Targets.Items = append(b.link.Targets.Items, plan.Registered{Target: plan.Target{Addr: a, Port: 443}})
		if err := b.store().RegisterTargets(b.cluster, b.group(), []state.Target{{ID: a.String(), Port: 443}}); err != nil {
			return err
		}
	}
	if len(stale) == 0 {
		return nil
	}
	return b.store().DeregisterTargets(b.cluster, b.group(), stale)
}

// targets replaces what is registered.
func (b *breaker) targets(now ...netip.Addr) {
	b.Helper()
	b.resync()
	b.must(b.register(now))
}

// rules are those of a group that let TCP 443 in or out, or everything out.
func (b *breaker) rules(c state.Caller, group string, egress bool) []state.RuleInput {
	b.Helper()
	all, _, err := b.store().DescribeSecurityGroupRules(c, nil, []state.Filter{{Name: "group-id", Values: []string{group}}}, state.Page{})
	b.must(err)
	var out []state.RuleInput
	for _, r := range all {
		if r.Egress == egress && (r.From == 443 || egress) {
			out = append(out, state.RuleInput{Protocol: r.Protocol, From: r.From, To: r.To, CIDR: r.CIDR, Peer: r.Peer})
		}
	}
	if len(out) == 0 {
		b.Fatalf("%s has no such rule", group)
	}
	return out
}

// revoke takes all rules for TCP 443 out of a group.
func (b *breaker) revoke(c state.Caller, group string, egress bool) {
	b.Helper()
	rules := b.rules(c, group, egress)
	revoke, authorize := b.store().RevokeSecurityGroupIngress, b.store().AuthorizeSecurityGroupIngress
	if egress {
		revoke, authorize = b.store().RevokeSecurityGroupEgress, b.store().AuthorizeSecurityGroupEgress
	}
	_, err := revoke(c, group, rules, nil)
	b.must(err)
	b.then(func() error { _, err := authorize(c, group, rules, nil); return err })
}

// deny puts an entry before all others of a subnet's network ACL.
func (b *breaker) deny(c state.Caller, p *fleet.Place, subnet string, e state.ACLEntry) {
	b.Helper()
	e.Number, e.Protocol = 7, "6"
	acl := p.NetworkACL(subnet).ID
	b.must(b.store().CreateNetworkAclEntry(c, acl, e))
	b.then(func() error { return b.store().DeleteNetworkAclEntry(c, acl, 7, e.Egress) })
}

// subnets in which the hub's hosts and the endpoint are.
func (b *breaker) hubSubnet() string {
	for _, u := range b.hubPlace.Subnets.Items {
		if u.VPC == b.hubVPC() {
			return u.ID
		}
	}
	return ""
}

// routes returns the tables on either side, and the peering between.
func (b *breaker) routes() (there, back, peering string) {
	there, back = b.hubPlace.RouteTable(b.hubSubnet()).ID, b.epPlace.RouteTable(b.ep.Subnets[0]).ID
	tables, _, err := b.store().DescribeRouteTables(b.hub, []string{there}, nil, state.Page{})
	b.must(err)
	for _, r := range tables[0].Routes {
		if r.Destination == b.epCIDR {
			peering = r.Target
		}
	}
	return there, back, peering
}

// unname takes the record, and the zone with it if whole.
func (b *breaker) unname(whole bool) {
	b.Helper()
	r := b.record(b.ep)
	b.must(b.store().ChangeResourceRecordSets(b.hub, b.zone.ID, []state.RecordChange{{Action: "DELETE", Record: r}}))
	if !whole {
		b.then(func() error {
			return b.store().ChangeResourceRecordSets(b.hub, b.zone.ID, []state.RecordChange{{Action: "CREATE", Record: r}})
		})
		return
	}
	b.must(b.store().DeleteHostedZone(b.hub, b.zone.ID))
	b.then(func() error {
		z, err := b.store().CreateHostedZone(b.hub, state.HostedZoneInput{Name: b.eks.Host, Reference: fmt.Sprint(b.Name(), time.Now()), VPC: state.ZoneVPC{Region: "us-east-1", VPC: b.hubVPC()}})
		if err != nil {
			return err
		}
		b.zone.ID = z.ID
		return b.store().ChangeResourceRecordSets(b.hub, z.ID, []state.RecordChange{{Action: "CREATE", Record: r}})
	})
}

// record is the zone's record that leads to an endpoint.
func (b *breaker) record(e *fleet.Endpoint) state.Record {
	b.Helper()
	found, _, err := b.store().DescribeVpcEndpoints(state.Caller{Account: "111111111111", Region: string(e.Region)}, []string{e.ID}, nil, state.Page{})
	b.must(err)
	return state.Record{Name: b.eks.Host, Type: "A", Alias: &state.Alias{Zone: found[0].HostedZone, Name: found[0].DNSName}}
}

// lead has the zone's record lead elsewhere.
func (b *breaker) lead(r state.Record) {
	b.Helper()
	own := b.record(b.ep)
	b.must(b.store().ChangeResourceRecordSets(b.hub, b.zone.ID, []state.RecordChange{{Action: "UPSERT", Record: r}}))
	b.then(func() error {
		return b.store().ChangeResourceRecordSets(b.hub, b.zone.ID, []state.RecordChange{{Action: "UPSERT", Record: own}})
	})
}

// unpeer deletes the peering, and makes another when it is undone.
func (b *breaker) unpeer(asked bool) {
	b.Helper()
	there, back, id := b.routes()
	b.must(b.store().DeleteVpcPeeringConnection(b.hub, id))
	fresh := ""
	ask := func() error {
		pc, err := b.store().CreateVpcPeeringConnection(b.hub, state.PeeringInput{VPC: b.hubVPC(), PeerVPC: b.ep.VPC, PeerOwner: "111111111111", PeerRegion: b.far.Region})
		fresh = pc.ID
		b.wait("the request of the peering", func() bool {
			now, _, err := b.store().DescribeVpcPeeringConnections(b.far, []string{pc.ID}, nil, state.Page{})
			return err == nil && len(now) == 1 && now[0].Status == "pending-acceptance"
		})
		return err
	}
	if asked {
		b.must(ask())
	}
	b.then(func() error {
		if !asked {
			if err := ask(); err != nil {
				return err
			}
		}
		if _, err := b.store().AcceptVpcPeeringConnection(b.far, fresh); err != nil {
			return err
		}
		if err := b.store().ReplaceRoute(b.hub, there, b.epCIDR, fresh); err != nil {
			return err
		}
		return b.store().ReplaceRoute(b.far, back, b.hubCIDR, fresh)
	})
}

// wait waits for what a lab in a hurry does soon.
func (b *breaker) wait(what string, holds func() bool) {
	b.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); {
		if time.Now().After(end) {
			b.Fatalf("%s does not come", what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// unconnect deletes the endpoint, and makes another when it is undone.
func (b *breaker) unconnect() {
	b.Helper()
	if refused := b.store().DeleteVpcEndpoints(b.far, []string{b.ep.ID}); len(refused) > 0 {
		b.Fatal(refused)
	}
	old := b.ep.ID
	b.wait("the endpoint's end", func() bool {
		found, _, err := b.store().DescribeVpcEndpoints(b.far, nil, nil, state.Page{})
		return err == nil && !slices.ContainsFunc(found, func(e state.Endpoint) bool { return e.ID == old })
	})
	b.then(func() error {
		if err := b.connect(); err != nil {
			return err
		}
		return b.name()
	})
}

// connect makes an endpoint. The name goes on leading to the old one.
func (b *breaker) connect() error {
	in := state.EndpointInput{Type: "Interface", VPC: b.ep.VPC, ServiceName: b.svc.Name, SecurityGroups: b.ep.SecurityGroups}
	for _, a := range b.ep.Addrs {
		in.Subnets = append(in.Subnets, state.SubnetMapping{Subnet: a.Subnet})
	}
	e, err := b.store().CreateVpcEndpoint(b.far, in)
	if err != nil {
		return err
	}
	b.ep.ID = e.ID
	return nil
}

// name has the name lead to the endpoint.
func (b *breaker) name() error {
	return b.store().ChangeResourceRecordSets(b.hub, b.zone.ID, []state.RecordChange{{Action: "UPSERT", Record: b.record(b.ep)}})
}

// acceptance has new connections wait for somebody's yes.
func (b *breaker) acceptance(wanted bool) error {
	return b.store().ModifyVpcEndpointServiceConfiguration(b.cluster, b.svc.ID, state.EndpointServiceChange{AcceptanceRequired: &wanted})
}

func (b *breaker) principal(add bool) error {
	them := []string{"arn:aws:iam::111111111111:root"}
	var err error
	if add {
		_, err = b.store().ModifyVpcEndpointServicePermissions(b.cluster, b.svc.ID, them, nil)
	} else {
		_, err = b.store().ModifyVpcEndpointServicePermissions(b.cluster, b.svc.ID, nil, them)
	}
	return err
}

func (b *breaker) listener() state.Listener {
	b.Helper()
	found, _, err := b.store().DescribeListeners(b.cluster, state.ListenerQuery{LoadBalancer: b.link.Balancer.ARN})
	b.must(err)
	return found[0]
}

func (b *breaker) forward(groups ...string) error {
	_, err := b.store().CreateListener(b.cluster, state.ListenerInput{LoadBalancer: b.link.Balancer.ARN, Protocol: "TCP", Port: 443, Groups: groups})
	return err
}

// zoneID is the ID of the zone in which an address of the cluster's VPC is.
func (b *breaker) zoneID(a netip.Addr) string {
	b.Helper()
	for _, u := range b.place.Subnets.Items {
		if u.VPC == b.eks.VPC && u.CIDR.Contains(a) {
			return u.ZoneID
		}
	}
	b.Fatalf("no subnet holds %s", a)
	return ""
}

// access changes the endpoint's access, and waits until that is done.
func (b *breaker) access(c state.ClusterConfig) {
	b.Helper()
	_, err := b.store().UpdateClusterConfig(b.cluster, b.ref.Name, c)
	b.must(err)
	b.wait("the cluster's new access", func() bool {
		now, err := b.store().DescribeCluster(b.cluster, b.ref.Name)
		return err == nil && now.Status == "ACTIVE" && now.Private == *c.Private
	})
}

// serve changes what the API servers serve.
func (b *breaker) serve(v kube.Serving) {
	b.Helper()
	set := func(v kube.Serving) error { return b.Serve(string(b.ref.Account), string(b.ref.Region), b.ref.Name, v) }
	b.must(set(v))
	b.then(func() error { return set(kube.Serving{}) })
}

// strangeCA is another cluster's authority.
func (b *breaker) strangeCA() func() (cert, key []byte) {
	return func() (cert, key []byte) {
		cert, key, err := b.store().ClusterCA(string(b.neighbour.Account), string(b.neighbour.Region), b.neighbour.Name)
		if err != nil {
			b.Error(err)
		}
		return cert, key
	}
}

// unhealthy waits until no target is healthy.
func (b *breaker) unhealthy() {
	b.Helper()
	b.wait("unhealthy targets", func() bool {
		all, err := b.store().DescribeTargetHealth(b.cluster, b.group(), nil)
		return err == nil && !slices.ContainsFunc(all, func(t state.TargetHealth) bool { return t.State != "unhealthy" })
	})
}

// look walks the path, with probes if live.
func (b *breaker) look(live bool) trace.Path {
	b.Helper()
	o := trace.Options{Address: trace.ByName}
	s := b.snapshot(b.T, plan.Pattern(b.ref))
	asked := trace.Ask(s, b.ref, o)
	if live {
		o.Live = b.way.Probe(b.Context(), asked, nil, "")
	}
	if b.lookUp {
		o.Live.Lookup = b.inHub.Lookup(b.Context(), asked.Name)
	}
	return trace.Walk(s, b.ref, o)
}

// found waits until the path's cause is at the hop where it should be. At no
// time is another hop called broken first.
func (b *breaker) found(c traceCase) trace.Finding {
	b.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		p := b.look(c.live())
		f := p.Cause()
		switch {
		case f != nil && f.Hop == c.hop && f.Code == c.code && f.Verdict == c.verdict:
			return *f
		case f != nil && f.Verdict == trace.Broken && f.Hop != c.hop:
			b.Fatalf("%s is called broken first\n%s", f.Hop, showPath(p))
		case time.Now().After(end):
			b.Fatalf("want %s %s %s\n%s", c.hop, c.code, c.verdict, showPath(p))
		}
	}
}

// carries checks that connections of clients fare as the verdict says.
func (b *breaker) carries(v trace.Verdict) {
	b.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		through, err := b.client(b.T, b.asked, 6)
		if v == trace.Broken && through == 0 || v == trace.Degraded && through > 0 || v == trace.Passed && through == 6 {
			return
		}
		if time.Now().After(end) {
			b.Fatalf("%d of 6 connections get through, and the path is %s: %v", through, v, err)
		}
	}
}

// mend undoes all, and waits until the path is healthy.
func (b *breaker) mend() {
	b.Helper()
	for _, f := range slices.Backward(b.undo) {
		f()
	}
	b.undo = nil
	for end := time.Now().Add(25 * time.Second); ; {
		p := b.look(false)
		if p.Verdict() == trace.Passed {
			break
		}
		if time.Now().After(end) {
			b.Fatalf("the path does not heal\n%s", showPath(p))
		}
	}
	b.carries(trace.Passed)
}

// parent is the parent domain of the endpoint's name.
func (b *breaker) parent() string {
	_, parent, _ := strings.Cut(b.eks.Host, ".")
	return parent
}
