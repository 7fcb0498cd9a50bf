package plan_test

import (
	"net/netip"
	"time"

	"postern/internal/plan"
)

// ripe is the stale target that every guard here holds back: b, healthy, marked
// for longer than any grace, beside a, listed and healthy.
func ripe(change func(*plan.Input)) world {
	return world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-b 900s"}, change: change}
}

// The second half of the truth table: rows for each guard, brake and filter.
var guardTable = []row{
	{name: "without a guard it leaves", world: ripe(nil), want: []string{"keep a listed_by_both", "deregister b stale"}, result: plan.Changed},

	// Guards of one setting or reading each.
	{name: "cluster not verified", world: ripe(func(in *plan.Input) { in.Verified = false }), want: []string{"keep a listed_by_both", "hold b cluster_unverified"}, marks: []string{"-b 900s"}, result: plan.Held},
	{name: "register only", world: ripe(policy(func(p *plan.Policy) { p.RegisterOnly = true })), want: []string{"keep a listed_by_both", "hold b register_only"}, marks: []string{"-b 900s"}, result: plan.Held},
	{name: "register only adds no mark", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", change: policy(func(p *plan.Policy) { p.RegisterOnly = true })}, want: []string{"keep a listed_by_both", "hold b register_only"}},
	{name: "register only still registers", world: world{dns: "a", eni: "a", change: policy(func(p *plan.Policy) { p.RegisterOnly = true })}, want: []string{"register a listed_by_both"}},
	{name: "not managed", world: ripe(unmanaged), want: []string{"keep a listed_by_both", "hold b not_managed"}, marks: []string{"-b 900s"}, result: plan.Held},
	{name: "managed says something else than true", world: ripe(func(in *plan.Input) { in.Group.Tags = map[string]string{plan.TagManaged: "True"} }), want: []string{"keep a listed_by_both", "hold b not_managed"}, marks: []string{"-b 900s"}},
	{name: "not managed adds no mark", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", change: unmanaged}, want: []string{"keep a listed_by_both", "hold b not_managed"}},
	{name: "not managed still registers", world: world{registered: []string{"a healthy"}, dns: "a c", eni: "a c", change: unmanaged}, want: []string{"keep a listed_by_both", "register c listed_by_both"}},
	{name: "adopting does not make it managed", world: ripe(func(in *plan.Input) { in.Group.Tags = nil; in.Policy.Adopt = true }), want: []string{"keep a listed_by_both", "hold b not_managed"}, marks: []string{"-b 900s"}},
	{name: "marks not fresh", world: ripe(func(in *plan.Input) { in.MarksFresh = false }), want: []string{"keep a listed_by_both", "hold b mark_unread"}, marks: []string{"-b 900s"}, result: plan.Held, needs: true},
	{name: "a first mark needs fresh marks too", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", change: func(in *plan.Input) { in.MarksFresh = false }}, want: []string{"keep a listed_by_both", "mark b stale"}, marks: []string{"-b 0s"}, needs: true},
	{name: "a running mark needs nothing", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-b 60s"}, change: func(in *plan.Input) { in.MarksFresh = false }}, want: []string{"keep a listed_by_both", "mark b stale"}, marks: []string{"-b 60s"}},
	{name: "CIDRs unread hold removals", world: ripe(func(in *plan.Input) { in.CIDRs = nil }), want: []string{"keep a listed_by_both", "hold b cidrs_unknown"}, marks: []string{"-b 900s"}},

	{name: "a hold makes a mark of the future one of now", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-b -1000s"}, change: func(in *plan.Input) { in.Verified = false }}, want: []string{"keep a listed_by_both", "hold b cluster_unverified"}, marks: []string{"-b 0s"}},

	// Paused.
	{name: "paused by tag: removal", world: ripe(func(in *plan.Input) { in.Group.Tags[plan.TagPaused] = "true" }), want: []string{"keep a listed_by_both", "hold b paused"}, marks: []string{"-b 900s"}, result: plan.Held},
	{name: "paused by policy: removal", world: ripe(policy(func(p *plan.Policy) { p.Paused = true })), want: []string{"keep a listed_by_both", "hold b paused"}, marks: []string{"-b 900s"}, result: plan.Held},
	{name: "paused: registration", world: world{dns: "a", eni: "a", change: policy(func(p *plan.Policy) { p.Paused = true })}, want: []string{"hold a paused"}, result: plan.Held},
	{name: "paused: marks stay to the letter", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a c", eni: "a", marks: []string{"-d 60s", "+e -60s", "=a 9000s"}, change: policy(func(p *plan.Policy) { p.Paused = true })}, want: []string{"keep a listed_by_both", "hold b paused", "hold c paused"}, marks: []string{"-d 60s", "+e -60s", "=a 9000s"}},
	{name: "paused says yes", world: ripe(func(in *plan.Input) { in.Group.Tags[plan.TagPaused] = "Yes" }), want: []string{"keep a listed_by_both", "hold b paused"}, marks: []string{"-b 900s"}, result: plan.Held},
	{name: "paused says false", world: ripe(func(in *plan.Input) { in.Group.Tags[plan.TagPaused] = "false" }), want: []string{"keep a listed_by_both", "deregister b stale"}},

	// Adoption.
	{name: "not adopted: nothing registered is listed", world: world{registered: []string{"b healthy"}, dns: "a", eni: "a", marks: []string{"-b 900s"}, change: unmanaged}, want: []string{"hold a not_adopted", "hold b not_adopted"}, marks: []string{"-b 900s"}, result: plan.Held},
	{name: "not adopted: only foreign targets", world: world{registered: []string{"a:8443 healthy"}, dns: "a", eni: "a", change: unmanaged}, want: []string{"hold a not_adopted", "hold a:8443 not_adopted"}},
	{name: "adopted: registers, and removes nothing", world: world{registered: []string{"b healthy"}, dns: "a", eni: "a", change: func(in *plan.Input) { in.Group.Tags = nil; in.Policy.Adopt = true }}, want: []string{"register a listed_by_both", "hold b not_managed"}},
	{name: "managed needs no adoption", world: world{registered: []string{"b healthy"}, dns: "a", eni: "a"}, want: []string{"register a listed_by_both", "mark b stale"}, marks: []string{"-b 0s"}},
	{name: "only draining targets: the group is empty", world: world{registered: []string{"b draining"}, dns: "a", eni: "a", change: unmanaged}, want: []string{"register a listed_by_both"}},
	{name: "a disproved target is no sign that the group is ours", world: world{registered: []string{"b healthy"}, dns: "a b", eni: "a", identity: []string{"b disproved"}, change: unmanaged}, want: []string{"hold a not_adopted", "hold b not_adopted"}},

	// The floor.
	{name: "full replacement: nothing leaves while the new ones are absent", world: world{registered: []string{"a healthy", "b healthy"}, dns: "c d", eni: "c d", marks: []string{"-a 900s", "-b 900s"}}, want: []string{"hold a floor", "hold b floor", "register c listed_by_both", "register d listed_by_both"}, marks: []string{"-a 900s", "-b 900s"}, result: plan.Held},
	{name: "full replacement: nothing healthy leaves while the new ones are initial", world: world{registered: []string{"a healthy", "b healthy", "c initial", "d unhealthy"}, dns: "c d", eni: "c d", marks: []string{"-a 900s", "-b 900s"}}, want: []string{"hold a floor", "hold b floor", "keep c listed_initial", "keep d listed_unhealthy"}, marks: []string{"-a 900s", "-b 900s"}},
	{name: "full replacement: they leave when a new one is healthy", world: world{registered: []string{"a healthy", "b healthy", "c healthy", "d initial"}, dns: "c d", eni: "c d", marks: []string{"-a 900s", "-b 900s"}}, want: []string{"deregister a stale", "deregister b stale", "keep c listed_by_both", "keep d listed_initial"}},
	{name: "both unhealthy and stale, nothing listed registered", world: world{registered: []string{"a unhealthy", "b unhealthy"}, dns: "c", eni: "c", marks: []string{"-a 900s", "-b 900s"}}, want: []string{"hold a floor", "hold b floor", "register c listed_by_both"}, marks: []string{"-a 900s", "-b 900s"}, find: []plan.Code{plan.NoHealthyTarget}},
	{name: "an unhealthy one leaves while a listed one in any state remains", world: world{registered: []string{"a unhealthy", "c initial"}, dns: "c", eni: "c", marks: []string{"-a 900s"}}, want: []string{"deregister a stale", "keep c listed_initial"}},
	{name: "a draining listed target is no floor", world: world{registered: []string{"a unhealthy", "c draining"}, dns: "c", eni: "c", marks: []string{"-a 900s"}}, want: []string{"hold a floor", "register c listed_by_both"}, marks: []string{"-a 900s", "=c 0s"}, find: []plan.Code{plan.NoHealthyTarget}},
	{name: "another stale target is no floor", world: world{registered: []string{"a unhealthy", "b healthy"}, dns: "c", eni: "c", marks: []string{"-a 900s"}}, want: []string{"hold a floor", "mark b stale", "register c listed_by_both"}, marks: []string{"-a 900s", "-b 0s"}},
	{name: "a foreign target is no floor", world: world{registered: []string{"b unhealthy", "a:8443 healthy"}, dns: "a", eni: "a", marks: []string{"-b 900s"}}, want: []string{"register a listed_by_both", "keep a:8443 foreign", "hold b floor"}, marks: []string{"-b 900s"}},
	{name: "a higher floor, healthy", world: ripe(policy(func(p *plan.Policy) { p.MinHealthy = 2 })), want: []string{"keep a listed_by_both", "hold b floor"}, marks: []string{"-b 900s"}},
	{name: "a higher floor, met", world: world{registered: []string{"a healthy", "b healthy", "c healthy"}, dns: "a c", eni: "a c", marks: []string{"-b 900s"}, change: policy(func(p *plan.Policy) { p.MinHealthy = 2 })}, want: []string{"keep a listed_by_both", "deregister b stale", "keep c listed_by_both"}},
	{name: "a higher floor, unhealthy", world: world{registered: []string{"a healthy", "b unhealthy"}, dns: "a", eni: "a", marks: []string{"-b 900s"}, change: policy(func(p *plan.Policy) { p.MinHealthy = 2 })}, want: []string{"keep a listed_by_both", "hold b floor"}, marks: []string{"-b 900s"}},
	{name: "a floor of none counts as one", world: world{registered: []string{"b unhealthy"}, dns: "a", eni: "a", marks: []string{"-b 900s"}, change: policy(func(p *plan.Policy) { p.MinHealthy = -1 })}, want: []string{"register a listed_by_both", "hold b floor"}, marks: []string{"-b 900s"}, find: []plan.Code{plan.NoHealthyTarget}},

	// The limit.
	{name: "half of the registered leave, the oldest marks first", world: world{registered: []string{"a healthy", "b healthy", "c healthy", "d healthy"}, dns: "a", eni: "a", marks: []string{"-b 200s", "-c 300s", "-d 400s"}}, want: []string{"keep a listed_by_both", "hold b max_deregister", "deregister c stale", "deregister d stale"}, marks: []string{"-b 200s"}, result: plan.Held},
	{name: "half of three is one, ties go by address", world: world{registered: []string{"a healthy", "b healthy", "c healthy"}, dns: "a", eni: "a", marks: []string{"-b 200s", "-c 200s"}}, want: []string{"keep a listed_by_both", "deregister b stale", "hold c max_deregister"}, marks: []string{"-c 200s"}},
	{name: "draining targets do not raise the half", world: world{registered: []string{"a healthy", "b healthy", "c healthy", "d draining", "e draining"}, dns: "a", eni: "a", marks: []string{"-b 200s", "-c 200s"}}, want: []string{"keep a listed_by_both", "deregister b stale", "hold c max_deregister"}, marks: []string{"-c 200s"}},
	{name: "a limit of one", world: world{registered: []string{"a healthy", "b healthy", "c healthy", "d healthy"}, dns: "a", eni: "a", marks: []string{"-b 200s", "-c 300s"}, change: policy(func(p *plan.Policy) { p.MaxDeregister = 1 })}, want: []string{"keep a listed_by_both", "hold b max_deregister", "deregister c stale", "mark d stale"}, marks: []string{"-b 200s", "-d 0s"}},
	{name: "a limit above the half", world: world{registered: []string{"a healthy", "b healthy", "c healthy"}, dns: "a", eni: "a", marks: []string{"-b 200s", "-c 200s"}, change: policy(func(p *plan.Policy) { p.MaxDeregister = 2 })}, want: []string{"keep a listed_by_both", "deregister b stale", "deregister c stale"}},
	{name: "identity goes before age", world: world{registered: []string{"a healthy", "b healthy", "c healthy"}, dns: "a", eni: "a", marks: []string{"-b 9000s"}, identity: []string{"c disproved"}}, want: []string{"keep a listed_by_both", "hold b max_deregister", "deregister c identity_disproved"}, marks: []string{"-b 9000s"}},

	// Foreign targets.
	{name: "another port is foreign", world: world{registered: []string{"a healthy", "b:8443 healthy"}, dns: "a", eni: "a", marks: []string{"-b:8443 900s"}}, want: []string{"keep a listed_by_both", "keep b:8443 foreign"}, result: plan.Converged},
	{name: "outside the VPC is foreign", world: world{registered: []string{"a healthy", "x healthy"}, dns: "a", eni: "a", marks: []string{"-x 900s"}}, want: []string{"keep a listed_by_both", "keep x foreign"}, result: plan.Converged},
	{name: "a listed address on another port is foreign", world: world{registered: []string{"a healthy", "a:8443 healthy"}, dns: "a", eni: "a"}, want: []string{"keep a listed_by_both", "keep a:8443 foreign"}},
	{name: "foreign removal: first a mark", world: world{registered: []string{"a healthy", "a:8443 healthy"}, dns: "a", eni: "a", change: policy(func(p *plan.Policy) { p.RemoveForeign = true })}, want: []string{"keep a listed_by_both", "mark a:8443 stale"}, marks: []string{"-a:8443 0s"}},
	{name: "foreign removal: the mark is the port's own", world: world{registered: []string{"a healthy", "a:8443 healthy"}, dns: "a", eni: "a", marks: []string{"-a 900s"}, change: policy(func(p *plan.Policy) { p.RemoveForeign = true })}, want: []string{"keep a listed_by_both", "mark a:8443 stale"}, marks: []string{"-a:8443 0s"}},
	{name: "foreign removal: with its own port", world: world{registered: []string{"a healthy", "a:8443 healthy"}, dns: "a", eni: "a", marks: []string{"-a:8443 120s"}, change: policy(func(p *plan.Policy) { p.RemoveForeign = true })}, want: []string{"keep a listed_by_both", "deregister a:8443 stale"}},
	{name: "foreign removal: outside the VPC", world: world{registered: []string{"a healthy", "x healthy"}, dns: "a", eni: "a", marks: []string{"-x 120s"}, change: policy(func(p *plan.Policy) { p.RemoveForeign = true })}, want: []string{"keep a listed_by_both", "deregister x stale"}},
	{name: "outside the VPC, and the CIDRs unread: held, not removed", world: world{registered: []string{"a healthy", "x healthy"}, dns: "a", eni: "a", marks: []string{"-x 900s"}, change: func(in *plan.Input) { in.CIDRs = nil }}, want: []string{"keep a listed_by_both", "hold x cidrs_unknown"}, marks: []string{"-x 900s"}},

	// The address filter.
	{name: "outside the VPC is refused", world: world{registered: []string{"a healthy"}, dns: "a x", eni: "a"}, want: []string{"keep a listed_by_both", "refuse x outside_vpc"}},
	{name: "the shared address range is not public", world: world{registered: []string{"a healthy"}, dns: "a shared", eni: "a"}, want: []string{"keep a listed_by_both", "refuse shared outside_vpc"}},
	{name: "the interface listing is filtered too", world: world{registered: []string{"a healthy"}, dns: "a", eni: "a x"}, want: []string{"keep a listed_by_both", "refuse x outside_vpc"}},
	{name: "a public answer", world: world{registered: []string{"a healthy"}, dns: "public", eni: "a", marks: []string{"-a 900s"}}, want: []string{"keep a listed_by_eni", "refuse public public_address"}, find: []plan.Code{plan.DNSUnknown}, more: []plan.Outcome{plan.Unknown, plan.Answered}},
	{name: "a public answer supports no removal", world: world{registered: []string{"a healthy", "b healthy"}, dns: "public", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_eni", "hold b witness_unknown", "refuse public public_address"}, marks: []string{"-b 900s"}, find: []plan.Code{plan.DNSUnknown}},
	{name: "the hub's own override", world: world{registered: []string{"a healthy", "b healthy"}, dns: "override", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_eni", "hold b witness_unknown", "refuse override hub_override"}, marks: []string{"-b 900s"}, find: []plan.Code{plan.DNSUnknown}},
	{name: "the override among good addresses supports no removal", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a override", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_both", "hold b witness_partial", "refuse override hub_override"}, marks: []string{"-b 900s"}},
	{name: "a cluster's interface may have an override's address", world: world{dns: "override", eni: "override"}, want: []string{"register override listed_by_both"}},
	{name: "wrong family", world: world{registered: []string{"a healthy"}, dns: "a six", eni: "a"}, want: []string{"keep a listed_by_both", "refuse six wrong_family"}},
	{name: "wrong family for an IPv6 group", world: world{dns: "a six", eni: "six", change: func(in *plan.Input) { in.Group.IPv6 = true }}, want: []string{"refuse a wrong_family", "register six listed_by_both"}},
	{name: "unusable addresses", world: world{registered: []string{"a healthy"}, dns: "a loopback linklocal multicast unspecified mapped", eni: "a"}, want: []string{"refuse unspecified unusable_address", "keep a listed_by_both", "refuse loopback unusable_address", "refuse linklocal unusable_address", "refuse multicast unusable_address", "refuse mapped unusable_address"}},
	{name: "unusable inside the CIDRs, too", world: world{registered: []string{"a healthy"}, dns: "a linklocal loopback", eni: "a", change: func(in *plan.Input) {
		in.CIDRs = append([]netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}, blocks...)
	}}, want: []string{"keep a listed_by_both", "refuse loopback unusable_address", "refuse linklocal unusable_address"}},
	{name: "CIDRs unread: dns alone adds nothing", world: world{dns: "a b", eni: "a", change: func(in *plan.Input) { in.CIDRs = nil }}, want: []string{"register a listed_by_both", "refuse b cidrs_unknown"}},
	{name: "CIDRs unread: dns alone is unknown", world: world{dns: "a", change: func(in *plan.Input) { in.CIDRs = nil }}, want: []string{"refuse a cidrs_unknown"}, find: []plan.Code{plan.DNSUnknown}, more: []plan.Outcome{plan.Unknown}},
	{name: "CIDRs unread: what dns alone names does not leave", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a b", eni: "a", marks: []string{"-b 900s"}, change: func(in *plan.Input) { in.CIDRs = nil }}, want: []string{"keep a listed_by_both", "hold b cidrs_unknown"}, marks: []string{"-b 900s"}},
	{name: "an answer without one address supports nothing", world: world{registered: []string{"a healthy", "b healthy"}, dns: "answered", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_eni", "hold b witness_empty"}, marks: []string{"-b 900s"}, find: []plan.Code{plan.DNSEmpty}},

	// Identity.
	{name: "disproved and stale leaves without grace", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", identity: []string{"a proved", "b disproved"}}, want: []string{"keep a listed_by_both", "deregister b identity_disproved"}},
	{name: "disproved outweighs dns", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a b", eni: "a", identity: []string{"b disproved"}}, want: []string{"keep a listed_by_both", "deregister b identity_disproved"}},
	{name: "disproved stays at the floor", world: world{registered: []string{"b healthy"}, dns: "a b", eni: "a", identity: []string{"b disproved"}}, want: []string{"register a listed_by_both", "hold b floor"}},
	{name: "disproved is no floor for another", world: world{registered: []string{"b healthy", "c healthy"}, dns: "a b", eni: "a", marks: []string{"-c 900s"}, identity: []string{"b disproved"}}, want: []string{"register a listed_by_both", "hold b floor", "hold c floor"}, marks: []string{"-c 900s"}},
	{name: "disproved and absent is never registered", world: world{registered: []string{"a healthy"}, dns: "a b", eni: "a", identity: []string{"b disproved"}}, want: []string{"keep a listed_by_both", "refuse b identity_disproved"}},
	{name: "disproved and absent is reported beside its other port", world: world{registered: []string{"a healthy", "b:8443 healthy"}, dns: "a b", eni: "a", identity: []string{"b disproved"}}, want: []string{"keep a listed_by_both", "refuse b identity_disproved", "keep b:8443 foreign"}},
	{name: "disproved outside the VPC leaves, foreign or not", world: world{registered: []string{"a healthy", "x healthy"}, dns: "a", eni: "a", identity: []string{"x disproved"}}, want: []string{"keep a listed_by_both", "deregister x identity_disproved"}},
	{name: "disproof is about port 443 only", world: world{registered: []string{"a healthy", "b:8443 healthy"}, dns: "a", eni: "a", identity: []string{"b disproved"}, change: policy(func(p *plan.Policy) { p.RemoveForeign = true })}, want: []string{"keep a listed_by_both", "mark b:8443 stale"}, marks: []string{"-b:8443 0s"}},
	{name: "disproved on another port only, and named by nobody", world: world{registered: []string{"a healthy", "b:8443 healthy"}, dns: "a", eni: "a", identity: []string{"b disproved"}}, want: []string{"keep a listed_by_both", "keep b:8443 foreign"}, result: plan.Converged},
	{name: "disproved with dns the only witness", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a b", identity: []string{"b disproved"}}, want: []string{"keep a listed_by_dns", "deregister b identity_disproved"}},
	{name: "disproved, dns unknown: identity needs no dns", world: world{registered: []string{"a healthy", "b healthy"}, dns: "unknown", eni: "a", identity: []string{"b disproved"}}, want: []string{"keep a listed_by_eni", "deregister b identity_disproved"}, find: []plan.Code{plan.DNSUnknown}},
	{name: "disproved, eni unknown: nothing may contradict", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "unknown", identity: []string{"b disproved"}}, want: []string{"keep a listed_by_dns", "hold b witness_unknown"}, find: []plan.Code{plan.ENIUnknown}},
	{name: "disproved, not verified", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", identity: []string{"b disproved"}, change: func(in *plan.Input) { in.Verified = false }}, want: []string{"keep a listed_by_both", "hold b cluster_unverified"}},
	{name: "disproved, not managed", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", identity: []string{"b disproved"}, change: unmanaged}, want: []string{"keep a listed_by_both", "hold b not_managed"}},
	{name: "disproved, register only", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", identity: []string{"b disproved"}, change: policy(func(p *plan.Policy) { p.RegisterOnly = true })}, want: []string{"keep a listed_by_both", "hold b register_only"}},
	{name: "disproved waits for tags read afresh", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", identity: []string{"b disproved"}, change: func(in *plan.Input) { in.MarksFresh = false }}, want: []string{"keep a listed_by_both", "hold b mark_unread"}, needs: true},
	{name: "disproved and unhealthy", world: world{registered: []string{"a initial", "b unhealthy"}, dns: "a", eni: "a", identity: []string{"b disproved"}}, want: []string{"keep a listed_initial", "deregister b identity_disproved"}},
	{name: "suspect: the interface listing names it", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a b", identity: []string{"b disproved"}}, want: []string{"keep a listed_by_both", "hold b identity_suspect"}, result: plan.Held},
	{name: "suspect: contradicted once, it removes nobody", world: world{registered: []string{"a healthy", "b healthy", "c healthy"}, dns: "a c", eni: "a b", identity: []string{"b disproved", "c disproved"}}, want: []string{"keep a listed_by_both", "hold b identity_suspect", "hold c identity_suspect"}},
	{name: "suspect: stale ones wait as if unchecked", world: world{registered: []string{"a healthy", "b healthy", "c healthy"}, dns: "a b", eni: "a b", identity: []string{"b disproved", "c disproved"}}, want: []string{"keep a listed_by_both", "hold b identity_suspect", "mark c stale"}, marks: []string{"-c 0s"}},
	{name: "suspect: everything is disproved", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a b", identity: []string{"a disproved", "b disproved"}}, want: []string{"hold a identity_suspect", "hold b identity_suspect"}},
	{name: "suspect: what eni lists is registered as if unchecked", world: world{registered: []string{"a healthy"}, dns: "a b", eni: "a b", identity: []string{"b disproved"}}, want: []string{"keep a listed_by_both", "register b listed_by_both"}},
	{name: "suspect: what dns alone lists is not registered", world: world{registered: []string{"a healthy"}, dns: "a c", eni: "a", identity: []string{"a disproved", "c disproved"}}, want: []string{"hold a identity_suspect", "hold c identity_suspect"}},
	{name: "suspect: a hold keeps the mark of dns alone", world: world{registered: []string{"a healthy"}, dns: "a c", eni: "a", marks: []string{"+c 60s"}, identity: []string{"a disproved", "c disproved"}}, want: []string{"hold a identity_suspect", "hold c identity_suspect"}, marks: []string{"+c 60s"}},
	{name: "unreachable decides nothing", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", identity: []string{"a unreachable", "b unreachable"}}, want: []string{"keep a listed_by_both", "mark b stale"}, marks: []string{"-b 0s"}},
	{name: "proved does not keep a stale target", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-b 120s"}, identity: []string{"b proved"}}, want: []string{"keep a listed_by_both", "deregister b stale"}},

	// Another writer.
	{name: "draining again after we registered it", world: world{registered: []string{"a draining", "b healthy"}, dns: "a b", eni: "a b", marks: []string{"=a 599s"}}, want: []string{"hold a another_writer", "keep b listed_by_both"}, marks: []string{"=a 599s"}, result: plan.Held},
	{name: "draining again much later", world: world{registered: []string{"a draining", "b healthy"}, dns: "a b", eni: "a b", marks: []string{"=a 600s"}}, want: []string{"register a listed_by_both", "keep b listed_by_both"}, marks: []string{"=a 0s"}},
	{name: "registered again: the mark stays for the long grace period", world: world{registered: []string{"a healthy"}, dns: "a", eni: "a", marks: []string{"=a 599s"}}, want: []string{"keep a listed_by_both"}, marks: []string{"=a 599s"}},
	{name: "registered again: then it goes", world: world{registered: []string{"a healthy"}, dns: "a", eni: "a", marks: []string{"=a 600s"}}, want: []string{"keep a listed_by_both"}},
	{name: "when we remove it the mark goes", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-b 120s", "=b 200s"}}, want: []string{"keep a listed_by_both", "deregister b stale"}},
	{name: "while it is stale the mark stays", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-b 60s", "=b 200s"}}, want: []string{"keep a listed_by_both", "mark b stale"}, marks: []string{"-b 60s", "=b 200s"}},
	{name: "a mark about another address does not hold", world: world{registered: []string{"a draining", "b healthy"}, dns: "a b", eni: "a b", marks: []string{"=b 60s"}}, want: []string{"register a listed_by_both", "keep b listed_by_both"}, marks: []string{"=a 0s", "=b 60s"}},
	{name: "another writer and dns alone: both marks stay", world: world{registered: []string{"a draining", "b healthy"}, dns: "a b", eni: "b", marks: []string{"=a 300s", "+a 120s"}}, want: []string{"hold a another_writer", "keep b listed_by_both"}, marks: []string{"=a 300s", "+a 120s"}},

	// Findings of the link.
	{name: "one unhealthy of two is only pending", world: world{registered: []string{"a healthy", "b unhealthy"}, dns: "a b", eni: "a b"}, want: []string{"keep a listed_by_both", "keep b listed_unhealthy"}, result: plan.Pending, code: plan.ListedUnhealthy},
	{name: "unhealthy, and a new one initial, is only pending", world: world{registered: []string{"a initial", "b unhealthy"}, dns: "a b", eni: "a b"}, want: []string{"keep a listed_initial", "keep b listed_unhealthy"}, result: plan.Pending, code: plan.NotHealthyYet},
	{name: "a long grace that is set shorter is no shorter", world: world{registered: []string{"a healthy", "b healthy"}, eni: "a", dns: "inapplicable", marks: []string{"-b 660s"}, change: policy(func(p *plan.Policy) { p.Grace = 30 * time.Minute })}, want: []string{"keep a listed_by_eni", "mark b stale_one_witness"}, marks: []string{"-b 660s"}},
	{name: "strangers are no strangers while no witness answers", world: world{registered: []string{"b healthy"}, dns: "unknown", eni: "unknown", change: unmanaged}, want: []string{"hold b not_managed"}, find: []plan.Code{plan.DNSUnknown, plan.ENIUnknown}},
	{name: "what may serve leaves only while a healthy one remains", world: world{registered: []string{"a unhealthy", "b unavailable"}, dns: "a", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_unhealthy", "hold b floor"}, marks: []string{"-b 900s"}},
	{name: "an initial stale target may be about to serve", world: world{registered: []string{"a initial", "b initial"}, dns: "a", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_initial", "hold b floor"}, marks: []string{"-b 900s"}},
	{name: "foreign, but named, is not removed as stale", world: world{registered: []string{"a healthy", "x healthy"}, dns: "a x", eni: "a", change: policy(func(p *plan.Policy) { p.RemoveForeign = true })}, want: []string{"keep a listed_by_both", "keep x foreign"}},
	{name: "kept foreign targets do not raise the limit", world: world{registered: []string{"a healthy", "b healthy", "c healthy", "d healthy", "a:8441 healthy", "a:8442 healthy", "a:8444 healthy", "a:8445 healthy"}, dns: "a", eni: "a", marks: []string{"-b 900s", "-c 900s", "-d 900s"}}, want: []string{"keep a listed_by_both", "keep a:8441 foreign", "keep a:8442 foreign", "keep a:8444 foreign", "keep a:8445 foreign", "deregister b stale", "deregister c stale", "hold d max_deregister"}, marks: []string{"-d 900s"}},
	{name: "every target is unused", world: world{registered: []string{"a unused", "b unused"}, dns: "a b", eni: "a b"}, want: []string{"keep a listed_unused", "keep b listed_unused"}, find: []plan.Code{plan.NotInUse}, result: plan.Failed},
	{name: "every target is unused, one is stale", world: world{registered: []string{"a unused", "b unused"}, dns: "a", eni: "a"}, want: []string{"keep a listed_unused", "mark b stale"}, marks: []string{"-b 0s"}, find: []plan.Code{plan.NotInUse}},
	{name: "unused for another reason", world: world{registered: []string{"a unused"}, dns: "a", eni: "a", change: func(in *plan.Input) { in.Registered[0].Reason = "Target.IpUnusable" }}, want: []string{"keep a listed_unused"}, result: plan.Failed, find: []plan.Code{plan.NoHealthyTarget}},
	{name: "draining ones do not hide that the rest is unused", world: world{registered: []string{"a unused", "b draining"}, dns: "a", eni: "a"}, want: []string{"keep a listed_unused"}, find: []plan.Code{plan.NotInUse}},
}
