package reconcile

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"postern/internal/plan"
)

// observe reads what there is to know of a link, and plans. A link whose
// observation the end of ctx cut short stays as not reached.
func (p *pass) observe(ctx context.Context, l *link) {
	if ctx.Err() != nil {
		return
	}
	l.began = p.now()
	own, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	p.observeLink(own, l)
	if ctx.Err() != nil {
		l.cutShort(p.now())
	}
}

// slowAfter is how much of a pass a link may take and still be one that the
// end of the pass came too early for, rather than one that waits for an answer.
const slowAfter = 10 * time.Second

// cutShort ends the way of a link that the end of ctx overtook: what was read
// of it may be incomplete only because of that. What AWS itself refused stays.
func (l *link) cutShort(now time.Time) {
	l.slow = now.Sub(l.began) >= slowAfter
	for _, e := range l.row.Errors {
		switch e.Code {
		case plan.Interrupted:
		case plan.NotReached:
			l.slow = false // it had no turn
		default:
			l.planned = false
			return
		}
	}
	l.notReached()
}

func (p *pass) observeLink(ctx context.Context, l *link) {
	// Neither result nor reason remain from before, whatever happens below.
	l.row.Result, l.row.Reason, l.row.Message = "", "", ""
	if f := plan.Eligible(l.candidate, plan.Cluster{}); f != nil {
		l.fail(f)
		return
	}
	k, ok := p.describe(ctx, l, false)
	if ok && k.cached && plan.Eligible(l.candidate, k.cluster) != nil {
		k, ok = p.describe(ctx, l, true) // it may be the memory that is wrong
		ok = ok && (k.fault == nil || plan.Eligible(l.candidate, k.cluster) == nil)
	}
	if !ok {
		l.fail(k.fault)
		return
	}
	l.row.Endpoint = k.cluster.Host
	if !l.admit(k.cluster) {
		return
	}
	targets, err := l.scope.Cloud.Targets(ctx, l.group().ARN)
	if err != nil {
		l.failRead(asFault(ctx, fmt.Sprintf("read the targets of %s", l.group().ARN), err), k.fault)
		return
	}
	l.seen = p.now()
	l.row.Observed(targets)
	p.decide(ctx, l, k, targets)

	if k.cached && p.now().Sub(k.at) >= clusterHaste && doubtful(l.plan.Witnesses, targets) {
		if k, ok = p.describe(ctx, l, true); !ok {
			l.fail(k.fault)
			return
		}
		l.row.Endpoint = k.cluster.Host
		if !l.admit(k.cluster) {
			return
		}
		p.decide(ctx, l, k, targets)
	}
	if k, ok = p.identify(ctx, l, k, targets); !ok {
		return
	}
	if k.fault != nil {
		l.row.Fail(k.fault)
	}
	if vpc := k.cluster.VPC; l.scope.cidrs != nil && l.scope.cidrs[vpc] == nil {
		l.row.Fail(&plan.Fault{
			Code:    plan.AWSAnswer,
			Message: fmt.Sprintf("EC2 does not list %s, the VPC of cluster %s", vpc, l.ref),
			Hint:    fmt.Sprintf("its blocks are not known: what DNS alone names is not added, and nothing is removed; aws ec2 describe-vpcs --region %s --vpc-ids %s", l.ref.Region, vpc),
		})
	}
}

// failRead ends the way of a link whose targets could not be read. A group
// that has gone since discovery is no failure.
func (l *link) failRead(f, earlier *plan.Fault) {
	if f.Code == plan.GroupGone {
		l.groupGone()
		return
	}
	if earlier != nil {
		l.fail(earlier)
	}
	l.fail(f)
}

// groupGone ends the way of a link whose group no longer exists.
func (l *link) groupGone() {
	l.row.Errors = nil
	l.end(plan.Gone, plan.GroupGone, "the group was deleted while the pass ran", "")
}

// decide asks the witnesses and then the planner.
func (p *pass) decide(ctx context.Context, l *link, k known, targets []plan.Registered) {
	in := plan.Input{
		Group:      l.group(),
		Cluster:    k.cluster,
		Verified:   k.verified,
		CIDRs:      l.scope.cidrs[k.cluster.VPC],
		Registered: targets,
		Witnesses:  p.witnesses(ctx, l, k.cluster, time.Time{}),
		Overrides:  p.hub.overrides(l.ref.Region),
		Policy:     p.Settings.Policy,
	}
	if p.Settings.MarksInMemory {
		p.mu.Lock()
		in.Marks = p.marks[l.group().ARN].Clone()
		p.mu.Unlock()
		in.MarksFresh = true
	} else {
		in.Marks, _ = plan.ParseMarks(l.group().Tags[plan.TagMarks])
	}
	in.Now = p.now()
	l.in, l.plan, l.planned = in, plan.Decide(in), true
}

// witnesses asks those that are to be asked, EC2 by a listing that was not made
// before notBefore.
func (p *pass) witnesses(ctx context.Context, l *link, cl plan.Cluster, notBefore time.Time) []plan.Witness {
	var out []plan.Witness
	var eni plan.Witness
	if p.asks(plan.ENI) {
		ifs, at, fault := p.listed(ctx, l.scope, l.ref.Name, notBefore)
		eni = eniWitness(l, cl, ifs, at, fault)
		out = append(out, eni)
	}
	if p.asks(plan.DNS) {
		out = append(out, p.dns(ctx, l, cl, eni))
	}
	return out
}

// eniWitness is what the region's listing says of a link's cluster.
func eniWitness(l *link, cl plan.Cluster, ifs []plan.Interface, at time.Time, fault *plan.Fault) plan.Witness {
	if fault != nil {
		return plan.Witness{Name: plan.ENI, Outcome: plan.Unknown, At: at, Code: fault.Code, Detail: fault.Error(), Hint: fault.Hint}
	}
	return plan.ENIWitness(l.ref.Name, cl.VPC, l.ref.Account, l.group().IPv6, ifs, at)
}

// dns asks the resolver. eni is what EC2 said, for where the hub itself cannot
// be asked: what EC2 lists is no override.
func (p *pass) dns(ctx context.Context, l *link, cl plan.Cluster, eni plan.Witness) plan.Witness {
	unknown := plan.Witness{Name: plan.DNS, Outcome: plan.Unknown, At: p.now(), Code: plan.DNSUnknown}
	if p.Resolver == nil {
		unknown.Detail = "no resolver is configured"
		return unknown
	}
	split := cl.Public && cl.Private
	if split && !p.Resolver.InVPC() {
		return plan.Witness{
			Name: plan.DNS, Outcome: plan.Inapplicable, At: p.now(),
			Detail: "the endpoint is public too, so its name has private addresses only inside the cluster's VPC, where no resolver is",
		}
	}
	w := p.Resolver.Lookup(ctx, cl.Host, l.group().IPv6, split)
	if w.Outcome != plan.Answered {
		return w
	}
	if split && !w.Partial && allPublic(w.Addrs, l.scope.cidrs[cl.VPC]) {
		return plan.Witness{
			Name: plan.DNS, Outcome: plan.Inapplicable, At: w.At,
			Detail: "the endpoint is public too, and the resolvers that are marked as inside the cluster's VPC gave its public addresses alone: they are in another VPC",
		}
	}
	own := func(a netip.Addr) bool { return eni.Outcome == plan.Answered && slices.Contains(eni.Addrs, a) }
	dark := p.hub.dark(l.ref.Region)
	if len(dark) > 0 && slices.ContainsFunc(w.Addrs, func(a netip.Addr) bool { return !own(a) }) {
		// The answer may be the hub's own override, and nobody can tell.
		unknown.Detail = fmt.Sprintf("answered, but the hub's interface endpoints in %s could not be listed, so that the hub's own override cannot be told apart", strings.Join(dark, ", "))
		unknown.Hint = "see the errors of that scope"
		return unknown
	}
	return w
}

// carrier is the shared address space, which is no public one.
// Source: RFC 6598.
var carrier = netip.MustParsePrefix("100.64.0.0/10")

// allPublic reports whether all addresses are public ones: IPv4, in no private
// range, and in no block of the VPC, which must be known, since a VPC can have
// public blocks of its own.
func allPublic(addrs []netip.Addr, blocks cidrs) bool {
	return blocks != nil && !slices.ContainsFunc(addrs, func(a netip.Addr) bool {
		return !a.Is4() || !a.IsGlobalUnicast() || a.IsPrivate() || carrier.Contains(a) ||
			slices.ContainsFunc(blocks, func(b netip.Prefix) bool { return b.Contains(a) })
	})
}

// doubtful reports whether what the witnesses say asks for another look at
// the cluster itself: DNS knows nothing, or nothing registered is listed.
func doubtful(ws []plan.Witness, targets []plan.Registered) bool {
	listed := map[netip.Addr]bool{}
	for _, w := range ws {
		if w.Name == plan.DNS && (w.Outcome == plan.Unknown || w.Outcome == plan.Empty) {
			return true
		}
		for _, a := range w.Addrs {
			listed[a] = true
		}
	}
	registered := 0
	for _, t := range targets {
		if t.Draining() {
			continue
		}
		if listed[t.Addr] {
			return false
		}
		registered++
	}
	return registered > 0
}
