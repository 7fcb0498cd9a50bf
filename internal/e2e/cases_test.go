package e2e

import (
	"context"
	"time"

	"postern/internal/plan"
	"postern/internal/report"
)

// failureCase is one row of docs/failure-cases.md: a situation, what is done
// to the lab to bring it about, what sync must do, and the test of that. A
// case that cannot happen to sync says why instead.
type failureCase struct {
	id        string
	situation string
	fault     string // what is done, in words and in the lab's own faults and moves
	want      string
	run       func(b *bench)
	why       string // why it cannot happen; then run is nil
}

const (
	minute = time.Minute
	prodA  = "prod"  // the cluster under test
	other  = "other" // a second cluster in the same VPC, with a link of its own
)

// failureCases are T1 to T40 of the study of failures in this field.
var failureCases = []failureCase{
	{
		id:        "T1",
		situation: "the endpoint's name does not exist (NXDOMAIN), again and again, while the control plane moves",
		fault:     "`dns-nxdomain cluster=prod`, then `move replace`, for 30 minutes",
		want:      "new addresses are registered by EC2's listing; no target is removed; every pass is `failed: dns_empty` (exit 1); healed, the old ones leave after the grace period",
		run: func(b *bench) {
			b.converge()
			old := b.registered()
			b.fault("dns-nxdomain cluster=prod")
			b.move("replace")
			for range 30 {
				b.wait(minute)
				b.wantLink(b.sync(), plan.Failed, plan.DNSEmpty)
				b.wantExit(report.ExitFailed)
			}
			b.wantRegistered(append(old, b.serving()...)...)
			b.heal()
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T2",
		situation: "one of two resolvers fails or does not answer",
		fault:     "`dns-servfail` and then `dns-timeout` at the first resolver only, with `move replace`",
		want:      "the other resolver's answer is enough to add; a removal is held (`witness_partial`) until both answer; a lookup keeps its time budget",
		run: func(b *bench) {
			b.converge()
			old := b.registered()
			for _, fault := range []string{"dns-servfail", "dns-timeout"} {
				b.fault(fault + " cluster=prod resolver=public")
				began := b.now()
				b.wantLink(b.sync(), plan.Converged, "")
				if took := b.now().Sub(began); took > 6*time.Second {
					b.Errorf("a pass with one silent resolver took %v", took)
				}
				b.heal()
			}
			b.move("replace")
			b.fault("dns-servfail cluster=prod resolver=public")
			b.syncFor(20 * minute)
			b.wantLink(b.last, plan.Held, plan.WitnessPartial)
			b.wantRegistered(append(old, b.serving()...)...)
			b.heal()
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T3",
		situation: "NOERROR without a record",
		fault:     "`dns-empty cluster=prod`, 30 minutes",
		want:      "an empty answer is never a desired state: nothing is written, `failed: dns_empty`",
		run: func(b *bench) {
			b.converge()
			b.fault("dns-empty cluster=prod")
			b.syncFor(30 * minute)
			b.wantLink(b.last, plan.Failed, plan.DNSEmpty)
			b.wantNoWrites()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T4",
		situation: "a partial answer, once",
		fault:     "`dns-partial cluster=prod`, one pass",
		want:      "no change at all: EC2 still lists the address",
		run: func(b *bench) {
			b.converge()
			b.fault("dns-partial cluster=prod")
			b.wantLink(b.sync(), plan.Converged, "")
			b.wantNoWrites()
		},
	},
	{
		id:        "T5",
		situation: "partial answers for an hour",
		fault:     "`dns-partial cluster=prod`, 60 minutes",
		want:      "no change at all while EC2 lists the address",
		run: func(b *bench) {
			b.converge()
			b.fault("dns-partial cluster=prod")
			b.syncFor(60 * minute)
			b.wantNoWrites()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T6",
		situation: "an address returns while its target is draining",
		fault:     "a target is removed by hand, and the next pass finds it draining and listed; then it is removed again at once",
		want:      "it is registered anew at once; the second time it is `held: another_writer`, and tried again after the long grace period",
		run: func(b *bench) {
			b.converge()
			gone := b.registered()[0]
			b.deregister(gone, 443)
			b.wantState(gone, "draining")
			b.wantDecision(b.sync(), gone, plan.Register, "")
			b.wantState(gone, "initial")
			b.wait(minute)
			b.deregister(gone, 443)
			b.wantDecision(b.sync(), gone, plan.Hold, plan.AnotherWriter)
			b.wait(2 * minute)
			b.wantDecision(b.sync(), gone, plan.Hold, plan.AnotherWriter)
			b.syncFor(10 * minute)
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T7",
		situation: "every address is replaced",
		fault:     "`move replace`; then `move reuse` with `health-broken cluster=prod`, so that the stale target is the only healthy one",
		want:      "the new ones are registered in the first pass that sees them; the old ones leave after the grace period, a healthy one only while a current one is healthy (`held: floor`)",
		run: func(b *bench) {
			b.converge()
			old := b.registered()
			b.move("replace")
			b.syncUntilRegistered(b.serving()...)
			b.wantRegistered(append(old, b.serving()...)...)
			b.syncUntil("the old addresses are removed", func() bool { return b.removed(old...) })
			if b.healthyOf(b.serving()...) == 0 {
				b.Errorf("the old targets left before a new one was healthy")
			}
			b.converge()

			// Now with an old target that is healthy, since somebody else answers
			// there, and current ones that are not.
			stale := b.reuse(other)
			b.fault("health-broken cluster=prod")
			b.syncFor(60 * minute)
			b.wantDecision(b.last, stale, plan.Hold, plan.Floor)
			b.wantNothingLost()
			b.heal()
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T8",
		situation: "no event tells of the change",
		fault:     "`move replace`, no event is ever delivered",
		want:      "the next pass registers the new addresses: the schedule is the truth",
		run: func(b *bench) {
			b.converge()
			b.move("replace")
			b.wait(minute)
			b.sync()
			b.wantRegisteredAtLeast(b.serving()...)
		},
	},
	{
		id:        "T9",
		situation: "all old targets are unhealthy, and no new address can be registered",
		fault:     "`move abrupt` and `deny action=elbv2:RegisterTargets`, 30 minutes",
		want:      "the group is not emptied: the floor holds, the denied action is named; allowed again, the link converges",
		run: func(b *bench) {
			b.converge()
			old := b.registered()
			b.move("abrupt")
			b.fault("deny action=elbv2:RegisterTargets")
			b.syncFor(30 * minute)
			b.wantLink(b.last, plan.Failed, plan.NoHealthyTarget)
			b.wantError(plan.AccessDenied)
			b.wantRegistered(old...)
			b.heal()
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T10",
		situation: "an old address is another cluster's API server now: healthy, and wrong",
		fault:     "`move reuse` to the second cluster of the same VPC",
		want:      "it is stale for both witnesses and leaves after the grace period, although its health check passes",
		run: func(b *bench) {
			b.converge()
			moved := b.reuse(other)
			b.syncUntil("the reused address is removed", func() bool { return b.removed(moved) })
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T11",
		situation: "a current target is unhealthy",
		fault:     "`health-broken cluster=prod`, 30 minutes",
		want:      "kept, no write, and said: `listed_unhealthy`, and `failed: no_healthy_target` while nothing gets through",
		run: func(b *bench) {
			b.converge()
			b.fault("health-broken cluster=prod")
			b.syncFor(30 * minute)
			b.wantLink(b.last, plan.Failed, plan.NoHealthyTarget)
			for _, a := range b.serving() {
				b.wantDecision(b.last, a, plan.Keep, plan.ListedUnhealthy)
			}
			b.wantNoWrites()
		},
	},
	{
		id:        "T12",
		situation: "a stale target is initial, unhealthy or unused",
		fault:     "an address of the VPC that is nobody's is registered by hand",
		want:      "it leaves after the grace period in any state, while a listed target remains",
		run: func(b *bench) {
			b.converge()
			stray := b.register(b.freeAddr(), 443)
			b.wantDecision(b.sync(), stray, plan.MarkOnly, plan.Stale)
			b.syncUntil("the stray target is removed", func() bool { return b.removed(stray) })
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T13",
		situation: "EC2's listing lags: a new interface is not in it yet, and DNS names it",
		fault:     "`stale-read action=ec2:DescribeNetworkInterfaces age=10m` with `move replace`",
		want:      "the new address waits for the grace period (`dns_alone`) or for EC2; no current target leaves",
		run: func(b *bench) {
			b.converge()
			old := b.registered()
			b.fault("stale-read action=ec2:DescribeNetworkInterfaces age=10m")
			b.move("replace")
			b.wait(minute)
			doc := b.sync()
			for _, a := range b.serving() {
				if !b.among(a, old) {
					b.wantDecision(doc, a, plan.MarkOnly, plan.DNSAlone)
				}
			}
			b.wantRegisteredAtLeast(old...)
			b.syncFor(3 * minute)
			b.wantRegisteredAtLeast(b.serving()...)
			b.heal()
			b.converge()
		},
	},
	{
		id:        "T14",
		situation: "a cold start: the marks are gone",
		fault:     "the tag `postern:marks` is deleted in the middle of a grace period",
		want:      "the grace period begins anew; the target leaves, and is not forgotten",
		run: func(b *bench) {
			b.converge()
			stray := b.register(b.freeAddr(), 443)
			b.sync()
			b.wait(90 * time.Second)
			b.setMarks("")
			b.wait(10 * minute) // so that the tagging API has seen it
			b.setMarks("")
			b.wantDecision(b.sync(), stray, plan.MarkOnly, plan.Stale)
			b.syncUntil("the stray target is removed", func() bool { return b.removed(stray) })
		},
	},
	{
		id:        "T15",
		situation: "reading the marks fails in the middle of a grace period",
		fault:     "`deny action=elbv2:DescribeTags`, 20 minutes, with `move replace`",
		want:      "additions go on, removals wait, the marks stay; allowed again, the link converges",
		run: func(b *bench) {
			b.converge()
			old := b.registered()
			b.move("replace")
			b.syncFor(2 * minute)
			b.fault("deny action=elbv2:DescribeTags")
			b.syncFor(20 * minute)
			b.wantLink(b.last, plan.Failed, plan.AccessDenied)
			b.wantRegistered(append(old, b.serving()...)...)
			b.heal()
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T16",
		situation: "the marks are corrupt",
		fault:     "the tag `postern:marks` is set to something else",
		want:      "what cannot be read means first seen now: additions go on, removals start their grace period anew and happen",
		run: func(b *bench) {
			b.converge()
			stray := b.register(b.freeAddr(), 443)
			b.sync()
			b.setMarks("-10.0.0.1@later =x +@1 garbage -999.1.1.1@12")
			b.wait(minute)
			b.wantDecision(b.sync(), stray, plan.MarkOnly, plan.Stale)
			b.syncUntil("the stray target is removed", func() bool { return b.removed(stray) })
			b.converge()
		},
	},
	{
		id:        "T17",
		situation: "DescribeTargetHealth is throttled",
		fault:     "`throttle action=elbv2:DescribeTargetHealth`",
		want:      "bounded retries, then no action for this link, `failed: throttled`; the next pass works",
		run: func(b *bench) {
			b.converge()
			b.fault("throttle action=elbv2:DescribeTargetHealth")
			b.wantLink(b.sync(), plan.Failed, plan.Throttled)
			b.wantNoWrites()
			b.heal()
			b.wantLink(b.sync(), plan.Converged, "")
		},
	},
	{
		id:        "T18",
		situation: "RegisterTargets is throttled",
		fault:     "`throttle action=elbv2:RegisterTargets times=2`, then without end",
		want:      "two refusals are retried within the pass; without end it is `failed: throttled`, and the next pass repairs it",
		run: func(b *bench) {
			b.fault("throttle action=elbv2:RegisterTargets times=2")
			b.wantLink(b.sync(), plan.Changed, plan.ListedByBoth)
			b.converge()
			b.fault("throttle action=elbv2:RegisterTargets")
			b.move("replace")
			b.wait(minute)
			b.wantLink(b.sync(), plan.Failed, plan.Throttled)
			b.heal()
			b.sync()
			b.wantRegisteredAtLeast(b.serving()...)
		},
	},
	{
		id:        "T19",
		situation: "DeregisterTargets is throttled",
		fault:     "`throttle action=elbv2:DeregisterTargets` over the end of a grace period",
		want:      "`failed: throttled`; nothing diverges, and the next pass removes",
		run: func(b *bench) {
			b.converge()
			stray := b.register(b.freeAddr(), 443)
			b.fault("throttle action=elbv2:DeregisterTargets")
			b.syncFor(10 * minute)
			b.wantLink(b.last, plan.Failed, plan.Throttled)
			b.wantRegisteredAtLeast(stray)
			b.heal()
			b.wantDecision(b.sync(), stray, plan.Deregister, plan.Stale)
		},
	},
	{
		id:        "T20",
		situation: "DescribeNetworkInterfaces is throttled",
		fault:     "`throttle action=ec2:DescribeNetworkInterfaces` with `move replace`",
		want:      "DNS alone adds; nothing is removed; `failed: eni_unknown`",
		run: func(b *bench) {
			b.converge()
			old := b.registered()
			b.fault("throttle action=ec2:DescribeNetworkInterfaces")
			b.move("replace")
			b.syncFor(20 * minute)
			b.wantLink(b.last, plan.Failed, plan.Throttled)
			b.wantRegistered(append(old, b.serving()...)...)
			b.heal()
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T21",
		situation: "two passes overlap",
		fault:     "two engines run at the same time, every minute, through `move replace`",
		want:      "any interleaving converges after one more pass; never fewer healthy targets than the floor",
		run: func(b *bench) {
			b.converge()
			second := b.newEngine()
			b.move("replace")
			for range 20 {
				done := make(chan struct{})
				go func() {
					defer close(done)
					if _, err := second.Pass(context.Background(), nil); err != nil {
						b.Errorf("second engine: %v", err)
					}
				}()
				b.sync()
				<-done
				if b.healthyOf(b.registered()...) == 0 {
					b.Fatalf("no healthy target is left: %v", b.states())
				}
				b.wait(minute)
			}
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T22",
		situation: "retries and manual runs close together",
		fault:     "a stray target, and ten passes within a second",
		want:      "the grace period is wall-clock time: ten passes use up nothing of it",
		run: func(b *bench) {
			b.converge()
			stray := b.register(b.freeAddr(), 443)
			for range 10 {
				b.wantDecision(b.sync(), stray, plan.MarkOnly, plan.Stale)
			}
		},
	},
	{
		id:        "T23",
		situation: "writing what is not a target is denied",
		fault:     "`deny action=elbv2:AddTags` with `move replace`",
		want:      "the marks cannot be kept, which is named; registration goes on as ever",
		run: func(b *bench) {
			b.converge()
			b.move("replace")
			b.fault("deny action=elbv2:AddTags")
			b.syncFor(20 * minute)
			b.wantRegisteredAtLeast(b.serving()...)
			b.wantLink(b.last, plan.Failed, plan.AccessDenied)
			b.heal()
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id: "T24", situation: "an event arrives twice",
		fault: "two passes in a row without a change between them",
		want:  "a pass reads everything anew, whatever caused it: the second makes no write",
		run: func(b *bench) {
			b.move("replace")
			b.wait(minute)
			b.sync()
			b.mark()
			b.sync()
			b.wantNoWrites()
		},
	},
	{
		id: "T25", situation: "an event arrives late: its interface is gone already",
		fault: "`move rollback`: new interfaces appear and go again before the pass",
		want:  "a pass believes only what it reads itself: the address that is gone is not registered",
		run: func(b *bench) {
			b.converge()
			before := b.registered()
			b.moveToEnd("rollback")
			b.wait(5 * minute)
			b.wantLink(b.sync(), plan.Converged, "")
			b.wantRegistered(before...)
		},
	},
	{
		id: "T26", situation: "an event without the expected field",
		why: "sync takes nothing from events: a pass is the same whatever caused it",
	},
	{
		id:        "T27",
		situation: "one address of an answer is outside the VPC, or public",
		fault:     "`dns-wrong cluster=prod answer=` with a good address, one of another network and a public one",
		want:      "each address is filtered by itself (`outside_vpc`, `public_address`); the good ones are used",
		run: func(b *bench) {
			good := b.serving()[0]
			b.fault("dns-wrong cluster=prod answer=" + good.String() + ",172.31.0.9,198.51.100.7")
			doc := b.sync()
			b.wantDecision(doc, good, plan.Register, plan.ListedByBoth)
			b.wantDecision(doc, addr("172.31.0.9"), plan.Refuse, plan.OutsideVPC)
			b.wantDecision(doc, addr("198.51.100.7"), plan.Refuse, plan.PublicAddress)
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T28",
		situation: "a target on another port",
		fault:     "a current address is registered on 8443 too, by hand",
		want:      "foreign and kept; with `--foreign remove` it leaves with its own port, and 443 stays",
		run: func(b *bench) {
			b.converge()
			a := b.register(b.serving()[0], 8443)
			b.sync()
			b.wantPortDecision(a, 8443, plan.Keep, plan.Foreign)
			b.syncFor(10 * minute)
			b.engine.Settings.Policy.RemoveForeign = true
			b.syncUntil("the target on 8443 is removed", func() bool { return !b.hasPort(a, 8443) })
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T29",
		situation: "a target that Terraform or a person registered",
		fault:     "a stray target in a group without `postern:managed`, then with it; then a group full of strangers",
		want:      "without the tag: reported and held (`not_managed`), never removed; with it: removed after the grace period; a group without one listed target is refused whole until `--adopt`",
		run: func(b *bench) {
			b.converge()
			b.setManaged(false)
			stray := b.register(b.freeAddr(), 443)
			b.syncFor(20 * minute)
			b.wantDecision(b.last, stray, plan.Hold, plan.NotManaged)
			b.wantRegisteredAtLeast(stray)
			for _, a := range b.serving() {
				b.deregister(a, 443)
			}
			b.wait(10 * minute)
			b.mark()
			b.wantDecision(b.sync(), stray, plan.Hold, plan.NotAdopted)
			b.wantNoWrites()
			b.engine.Settings.Policy.Adopt = true
			b.sync()
			b.wantRegisteredAtLeast(b.serving()...)
			b.engine.Settings.Policy.Adopt = false
			b.setManaged(true)
			b.syncUntil("the stray target is removed", func() bool { return b.removed(stray) })
		},
	},
	{
		id:        "T30",
		situation: "the cluster is deleted",
		fault:     "`move delete`",
		want:      "nothing is removed; first `held: cluster_deleting`, then `held: cluster_gone` (exit 4)",
		run: func(b *bench) {
			b.converge()
			before := b.registered()
			b.moveToEnd("delete")
			b.syncFor(30 * minute)
			b.wantLink(b.last, plan.Held, plan.ClusterIsGone)
			b.wantExit(report.ExitHeld)
			b.wantRegistered(before...)
		},
	},
	{
		id:        "T31",
		situation: "the cluster is deleted and made again under its name",
		fault:     "`move recreate`",
		want:      "the group is bound to the first incarnation: `failed: cluster_remade`, no action, the repair is named",
		run: func(b *bench) {
			b.converge()
			before := b.registered()
			b.moveToEnd("recreate")
			b.syncFor(30 * minute)
			b.wantLink(b.last, plan.Failed, plan.ClusterRemade)
			b.wantRegistered(before...)
		},
	},
	{
		id:        "T32",
		situation: "public and private access are both on",
		fault:     "public access is switched on; later a resolver is marked in-VPC although it is not",
		want:      "DNS is inapplicable, EC2 carries the link, removals take the long grace period; the resolver's public answers mean the same, and say that it is in another VPC",
		run: func(b *bench) {
			b.converge()
			b.setPublic(true)
			b.syncFor(15 * minute)
			b.wantLink(b.last, plan.Converged, "")
			b.wantWitness(plan.DNS, plan.Inapplicable)
			stray := b.register(b.freeAddr(), 443)
			b.syncFor(8 * minute)
			b.wantDecision(b.last, stray, plan.MarkOnly, plan.StaleOneWitness)
			b.syncUntil("the stray target is removed", func() bool { return b.removed(stray) })
			b.trustResolvers()
			b.wantLink(b.sync(), plan.Converged, "")
			b.wantWitness(plan.DNS, plan.Inapplicable)
			b.wantNothingLost()
		},
	},
	{
		id:        "T33",
		situation: "AWS's endpoints cannot be reached",
		fault:     "connections to the API time out",
		want:      "the pass ends with its deadline, names what it could not reach, and exits 1",
		run: func(b *bench) {
			b.converge()
			b.blockAWS(true)
			began := b.now()
			doc := b.syncWithin(2 * minute)
			if took := b.now().Sub(began); took > 2*minute+5*time.Second {
				b.Errorf("the pass took %v", took)
			}
			b.wantScopeError(doc, plan.AWSUnreachable)
			b.wantExit(report.ExitFailed)
			b.blockAWS(false)
			b.wantLink(b.sync(), plan.Converged, "")
		},
	},
	{
		id:        "T34",
		situation: "the steady state",
		fault:     "nothing, for two hours",
		want:      "silence: every pass converged, exit 0, no write",
		run: func(b *bench) {
			b.converge()
			b.mark()
			for range 120 {
				b.wait(minute)
				b.wantLink(b.sync(), plan.Converged, "")
				b.wantExit(report.ExitOK)
			}
			b.wantNoWrites()
		},
	},
	{
		id: "T35", situation: "a plan while one zone is withdrawn from the load balancer's DNS name",
		why: "no rule is made from a lookup: the cluster's group admits the load balancer's group or its fixed addresses",
	},
	{
		id:        "T36",
		situation: "a second cluster in the same region, account and VPC, with the same DNS suffix",
		fault:     "two clusters, both with links; the first one's name fails (`dns-servfail cluster=prod`)",
		want:      "each link has its own group and name: one's fault changes nothing for the other",
		run: func(b *bench) {
			b.converge()
			b.fault("dns-servfail cluster=prod")
			doc := b.sync()
			b.wantLink(doc, plan.Failed, plan.DNSUnknown)
			b.wantOther(doc, plan.Converged)
		},
	},
	{
		id:        "T37",
		situation: "the first run, over a cluster that exists already",
		fault:     "an empty group",
		want:      "the first pass registers every current address",
		run: func(b *bench) {
			b.wantLink(b.sync(), plan.Changed, plan.ListedByBoth)
			b.wantRegistered(b.serving()...)
			b.converge()
		},
	},
	{
		id:        "T38",
		situation: "an IPv6 target group",
		fault:     "a group of IPv6 addresses for a cluster that has IPv4 ones only",
		want:      "a clear refusal: `failed: group_wrong_family`",
		run: func(b *bench) {
			b.converge()
			b.relink("ipv6")
			b.wantLink(b.sync(), plan.Failed, plan.GroupWrongFamily)
		},
	},
	{
		id:        "T39",
		situation: "a wrong answer that lasts (a hijacked or split resolver)",
		fault:     "`dns-wrong cluster=prod answer=` with the second cluster's addresses, 60 minutes",
		want:      "nothing that EC2 lists leaves; the wrong addresses wait, marked, for the grace period (a check of the certificate, which would refuse them for good, is to come); sync says which witness stands alone",
		run: func(b *bench) {
			b.converge()
			wrong := b.servingOf(other)
			b.fault("dns-wrong cluster=prod answer=" + join(wrong))
			doc := b.sync()
			for _, a := range wrong {
				b.wantDecision(doc, a, plan.MarkOnly, plan.DNSAlone)
			}
			b.syncFor(60 * minute)
			b.wantNothingLost()
			b.heal()
			b.converge()
			b.wantRegistered(b.serving()...)
		},
	},
	{
		id:        "T40",
		situation: "an answer that alternates between two subsets",
		fault:     "`dns-partial cluster=prod rate=0.5`, 60 minutes",
		want:      "no register or deregister call at all",
		run: func(b *bench) {
			b.converge()
			b.fault("dns-partial cluster=prod rate=0.5")
			b.syncFor(60 * minute)
			b.wantNoWrites()
			b.wantRegistered(b.serving()...)
		},
	},
}
