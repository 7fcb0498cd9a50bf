package plan_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"postern/internal/plan"
)

// Worlds of the table are written in words:
//
//	target:  ADDR[:PORT] STATE       "a healthy", "b:8443 unhealthy"
//	witness: an outcome, or addresses "a b"; "a b partial"
//	mark:    KIND ADDR[:PORT] AGE     "-b 120s"
//	verdict: ADDR VERDICT             "b disproved"
//	want:    ACTION ADDR[:PORT] REASON
//
// The letters a to e are addresses of the cluster's VPC, x is one outside it.
var letters = map[string]string{
	"a": "10.0.0.1", "b": "10.0.0.2", "c": "10.0.0.3", "d": "10.0.0.4", "e": "10.0.0.5", "s": "100.64.0.1",
	"x": "10.9.0.1", "public": "203.0.113.5", "override": "10.0.0.8", "shared": "100.64.1.1",
	"six": "fd00::1", "loopback": "127.0.0.1", "linklocal": "169.254.1.1", "multicast": "224.0.0.1",
	"unspecified": "0.0.0.0", "mapped": "::ffff:10.0.0.1",
}

// world is one row's observation. The zero value is a managed group, verified,
// with the CIDRs and marks read, and nothing else.
type world struct {
	registered []string
	dns, eni   string // empty: the witness is not configured
	marks      []string
	identity   []string
	change     func(*plan.Input)
}

func target(t *testing.T, s string) key {
	t.Helper()
	name, port, _ := strings.Cut(s, ":")
	text, ok := letters[name]
	if !ok {
		t.Fatalf("no address %q", s)
	}
	k := key{netip.MustParseAddr(text), plan.APIPort}
	if port != "" {
		if _, err := fmt.Sscan(port, &k.port); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func witness(t *testing.T, name plan.WitnessName, s string) plan.Witness {
	t.Helper()
	w := plan.Witness{Name: name, Outcome: plan.Answered, At: now}
	switch o := plan.Outcome(s); o {
	case plan.Empty, plan.Unknown, plan.Inapplicable, "garbage":
		w.Outcome = o
		return w
	case plan.Answered: // and not one address
		return w
	}
	for f := range strings.FieldsSeq(s) {
		if f == "partial" {
			w.Partial = true
			continue
		}
		w.Addrs = append(w.Addrs, target(t, f).addr)
	}
	return w
}

func (w world) input(t *testing.T) plan.Input {
	t.Helper()
	in := plan.Input{
		Group:    plan.Group{ARN: "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/1", Tags: map[string]string{plan.TagManaged: "true"}},
		Cluster:  plan.Cluster{Name: "prod", Status: plan.ClusterActive, Host: "prod.example.com", Private: true},
		Verified: true, CIDRs: blocks, Marks: plan.Marks{}, MarksFresh: true, Identity: map[netip.Addr]plan.Verdict{},
		Overrides: addrs(letters["override"]), Policy: plan.DefaultPolicy(), Now: now,
	}
	for _, s := range w.registered {
		name, state, _ := strings.Cut(s, " ")
		k := target(t, name)
		st := plan.TargetState(state)
		in.Registered = append(in.Registered, plan.Registered{Target: plan.Target{Addr: k.addr, Port: k.port}, State: st, Reason: stateReasons[st]})
	}
	for name, s := range map[plan.WitnessName]string{plan.DNS: w.dns, plan.ENI: w.eni} {
		if s != "" {
			in.Witnesses = append(in.Witnesses, witness(t, name, s))
		}
	}
	in.Marks = marksOf(t, w.marks)
	for _, s := range w.identity {
		name, verdict, _ := strings.Cut(s, " ")
		in.Identity[target(t, name).addr] = plan.Verdict(verdict)
	}
	if w.change != nil {
		w.change(&in)
	}
	return in
}

func marksOf(t *testing.T, texts []string) plan.Marks {
	t.Helper()
	ms := plan.Marks{}
	for _, s := range texts {
		name, ago, _ := strings.Cut(s, " ")
		age, err := time.ParseDuration(ago)
		if err != nil {
			t.Fatal(err)
		}
		ms[markOf(name[0], target(t, name[1:]))] = now.Add(-age)
	}
	return ms
}

func policy(f func(*plan.Policy)) func(*plan.Input) {
	return func(in *plan.Input) { f(&in.Policy) }
}

// row is one observation and the whole plan for it.
type row struct {
	name   string
	world  world
	want   []string       // every decision, in order
	marks  []string       // what the tag holds afterwards
	result plan.Result    // not looked at if empty
	code   plan.Code      // of the result; not looked at if empty
	find   []plan.Code    // every finding
	needs  bool           // NeedMarks
	more   []plan.Outcome // dns and eni as judged, if looked at
}

// The truth table: a row for each line of the design's decision table, and for
// each guard.
var truthTable = []row{
	// Registering.
	{name: "absent, both list it", world: world{dns: "a", eni: "a"}, want: []string{"register a listed_by_both"}, result: plan.Changed, code: plan.ListedByBoth},
	{name: "absent, eni alone lists it", world: world{dns: "b", registered: []string{"b healthy"}, eni: "a b"}, want: []string{"register a listed_by_eni", "keep b listed_by_both"}, result: plan.Changed},
	{name: "absent, eni lists it, dns is unknown", world: world{dns: "unknown", eni: "a"}, want: []string{"register a listed_by_eni"}, find: []plan.Code{plan.DNSUnknown}, result: plan.Failed, code: plan.DNSUnknown},
	{name: "absent, eni lists it, dns is empty", world: world{dns: "empty", eni: "a"}, want: []string{"register a listed_by_eni"}, find: []plan.Code{plan.DNSEmpty}},
	{name: "absent, eni lists it, dns is inapplicable", world: world{dns: "inapplicable", eni: "a"}, want: []string{"register a listed_by_eni"}, result: plan.Changed},
	{name: "absent, dns lists it, eni is not configured", world: world{dns: "a"}, want: []string{"register a listed_by_dns"}},
	{name: "absent, dns lists it, eni is unknown", world: world{dns: "a", eni: "unknown"}, want: []string{"register a listed_by_dns"}, find: []plan.Code{plan.ENIUnknown}},
	{name: "absent, dns lists it, eni is empty", world: world{dns: "a", eni: "empty"}, want: []string{"register a listed_by_dns"}, find: []plan.Code{plan.ENIEmpty}},
	{name: "absent, dns lists it, eni is inapplicable", world: world{dns: "a", eni: "inapplicable"}, want: []string{"register a listed_by_dns"}},
	{name: "absent, a partial dns answer adds", world: world{dns: "a partial"}, want: []string{"register a listed_by_dns"}},
	{name: "draining counts as absent", world: world{registered: []string{"a draining"}, dns: "a", eni: "a"}, want: []string{"register a listed_by_both"}, marks: []string{"=a 0s"}},
	{name: "draining and not listed needs nothing", world: world{registered: []string{"b draining"}, dns: "a", eni: "a"}, want: []string{"register a listed_by_both"}},
	{name: "a secondary block of the VPC is inside", world: world{dns: "s", eni: "s"}, want: []string{"register s listed_by_both"}},
	{name: "registering needs no verified cluster, no fresh marks", world: world{dns: "a", eni: "a", change: func(in *plan.Input) { in.Verified, in.MarksFresh = false, false }}, want: []string{"register a listed_by_both"}},
	{name: "an unmanaged empty group is filled", world: world{dns: "a", eni: "a", change: unmanaged}, want: []string{"register a listed_by_both"}},

	// DNS alone.
	{name: "dns alone, first seen", world: world{dns: "a b", eni: "b", registered: []string{"b healthy"}}, want: []string{"mark a dns_alone", "keep b listed_by_both"}, marks: []string{"+a 0s"}, result: plan.Pending},
	{name: "dns alone, within the grace period", world: world{dns: "a b", eni: "b", registered: []string{"b healthy"}, marks: []string{"+a 119s"}}, want: []string{"mark a dns_alone", "keep b listed_by_both"}, marks: []string{"+a 119s"}},
	{name: "dns alone, after the grace period", world: world{dns: "a b", eni: "b", registered: []string{"b healthy"}, marks: []string{"+a 120s"}}, want: []string{"register a dns_alone_grace", "keep b listed_by_both"}},
	{name: "dns alone, mark in the future", world: world{dns: "a b", eni: "b", registered: []string{"b healthy"}, marks: []string{"+a -1000s"}}, want: []string{"mark a dns_alone", "keep b listed_by_both"}, marks: []string{"+a 0s"}},
	{name: "dns alone, proved", world: world{dns: "a b", eni: "b", registered: []string{"b healthy"}, identity: []string{"a proved"}}, want: []string{"register a dns_alone_proved", "keep b listed_by_both"}},
	{name: "dns alone, unreachable proves nothing", world: world{dns: "a b", eni: "b", registered: []string{"b healthy"}, identity: []string{"a unreachable"}}, want: []string{"mark a dns_alone", "keep b listed_by_both"}, marks: []string{"+a 0s"}},
	{name: "dns alone and draining waits too", world: world{dns: "a b", eni: "b", registered: []string{"a draining", "b healthy"}}, want: []string{"mark a dns_alone", "keep b listed_by_both"}, marks: []string{"+a 0s"}},
	{name: "dns alone no longer: the mark goes", world: world{dns: "b", eni: "b", registered: []string{"b healthy"}, marks: []string{"+a 60s"}}, want: []string{"keep b listed_by_both"}, result: plan.Converged},
	{name: "a stale mark does not count for dns alone", world: world{dns: "a b", eni: "b", registered: []string{"b healthy"}, marks: []string{"-a 900s"}}, want: []string{"mark a dns_alone", "keep b listed_by_both"}, marks: []string{"+a 0s"}},

	// Keeping.
	{name: "registered, both list it", world: world{registered: []string{"a healthy"}, dns: "a", eni: "a"}, want: []string{"keep a listed_by_both"}, result: plan.Converged},
	{name: "registered, dns alone lists it", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a b", eni: "b", marks: []string{"-a 900s"}}, want: []string{"keep a dns_alone", "keep b listed_by_both"}, result: plan.Pending, code: plan.DNSAlone},
	{name: "registered, dns alone lists it, eni does not answer", world: world{registered: []string{"a healthy"}, dns: "a", eni: "inapplicable"}, want: []string{"keep a listed_by_dns"}, result: plan.Converged},
	{name: "registered, eni alone lists it", world: world{registered: []string{"a healthy", "b healthy"}, dns: "b", eni: "a b"}, want: []string{"keep a listed_by_eni", "keep b listed_by_both"}},
	{name: "registered and unhealthy but current", world: world{registered: []string{"a unhealthy"}, dns: "a", eni: "a"}, want: []string{"keep a listed_unhealthy"}, result: plan.Failed, find: []plan.Code{plan.NoHealthyTarget}},
	{name: "registered and initial", world: world{registered: []string{"a initial"}, dns: "a", eni: "a"}, want: []string{"keep a listed_initial"}, result: plan.Pending},
	{name: "registered, one unused", world: world{registered: []string{"a unused", "b healthy"}, dns: "a b", eni: "a b"}, want: []string{"keep a listed_unused", "keep b listed_by_both"}, result: plan.Pending},
	{name: "a partial answer missing one of two keeps it by eni", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a b", marks: []string{"-b 9000s"}}, want: []string{"keep a listed_by_both", "keep b listed_by_eni"}},

	// Stale, with two witnesses.
	{name: "stale, first seen", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a"}, want: []string{"keep a listed_by_both", "mark b stale"}, marks: []string{"-b 0s"}, result: plan.Pending, code: plan.MarksRunning},
	{name: "stale, within the grace period", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-b 119s"}}, want: []string{"keep a listed_by_both", "mark b stale"}, marks: []string{"-b 119s"}},
	{name: "stale, after the grace period", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-b 120s"}}, want: []string{"keep a listed_by_both", "deregister b stale"}, result: plan.Changed},
	{name: "stale, mark in the future", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-b -1000s"}}, want: []string{"keep a listed_by_both", "mark b stale"}, marks: []string{"-b 0s"}},
	{name: "stale and unhealthy", world: world{registered: []string{"a initial", "b unhealthy"}, dns: "a", eni: "a", marks: []string{"-b 120s"}}, want: []string{"keep a listed_initial", "deregister b stale"}},
	{name: "stale and unused", world: world{registered: []string{"a healthy", "b unused"}, dns: "a", eni: "a", marks: []string{"-b 120s"}}, want: []string{"keep a listed_by_both", "deregister b stale"}},
	{name: "stale and unhealthy.draining", world: world{registered: []string{"a healthy", "b unhealthy.draining"}, dns: "a", eni: "a", marks: []string{"-b 120s"}}, want: []string{"keep a listed_by_both", "deregister b stale"}},
	{name: "a mark about another address does not count", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a", marks: []string{"-c 900s", "+b 900s"}}, want: []string{"keep a listed_by_both", "mark b stale"}, marks: []string{"-b 0s"}},

	// Stale, with one witness.
	{name: "one configured, within the long grace period", world: world{registered: []string{"a healthy", "b healthy"}, eni: "a", marks: []string{"-b 599s"}}, want: []string{"keep a listed_by_eni", "mark b stale_one_witness"}, marks: []string{"-b 599s"}},
	{name: "one configured, after the long grace period", world: world{registered: []string{"a healthy", "b healthy"}, eni: "a", marks: []string{"-b 600s"}}, want: []string{"keep a listed_by_eni", "deregister b stale_one_witness"}},
	{name: "one applicable, within the long grace period", world: world{registered: []string{"a healthy", "b healthy"}, dns: "inapplicable", eni: "a", marks: []string{"-b 599s"}}, want: []string{"keep a listed_by_eni", "mark b stale_one_witness"}, marks: []string{"-b 599s"}},
	{name: "one applicable, after the long grace period", world: world{registered: []string{"a healthy", "b healthy"}, dns: "inapplicable", eni: "a", marks: []string{"-b 600s"}}, want: []string{"keep a listed_by_eni", "deregister b stale_one_witness"}},
	{name: "dns is the only witness", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", marks: []string{"-b 600s"}}, want: []string{"keep a listed_by_dns", "deregister b stale_one_witness"}},

	// Stale, and the witnesses cannot support it.
	{name: "dns unknown holds", world: world{registered: []string{"a healthy", "b healthy"}, dns: "unknown", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_eni", "hold b witness_unknown"}, marks: []string{"-b 900s"}, find: []plan.Code{plan.DNSUnknown}, result: plan.Failed, code: plan.DNSUnknown},
	{name: "eni unknown holds", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "unknown", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_dns", "hold b witness_unknown"}, marks: []string{"-b 900s"}, find: []plan.Code{plan.ENIUnknown}},
	{name: "dns empty holds", world: world{registered: []string{"a healthy", "b healthy"}, dns: "empty", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_eni", "hold b witness_empty"}, marks: []string{"-b 900s"}, find: []plan.Code{plan.DNSEmpty}},
	{name: "eni empty holds", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "empty", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_dns", "hold b witness_empty"}, marks: []string{"-b 900s"}, find: []plan.Code{plan.ENIEmpty}},
	{name: "dns partial holds", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a partial", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_both", "hold b witness_partial"}, marks: []string{"-b 900s"}, result: plan.Held, code: plan.WitnessPartial},
	{name: "eni partial holds", world: world{registered: []string{"a healthy", "b healthy"}, dns: "a", eni: "a partial", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_both", "hold b witness_partial"}, marks: []string{"-b 900s"}},
	{name: "an unknown witness adds no mark", world: world{registered: []string{"a healthy", "b healthy"}, dns: "unknown", eni: "a"}, want: []string{"keep a listed_by_eni", "hold b witness_unknown"}, find: []plan.Code{plan.DNSUnknown}},
	{name: "an outcome that is none of ours holds", world: world{registered: []string{"a healthy", "b healthy"}, dns: "garbage", eni: "a", marks: []string{"-b 900s"}}, want: []string{"keep a listed_by_eni", "hold b witness_unknown"}, marks: []string{"-b 900s"}, find: []plan.Code{plan.DNSUnknown}},
	{name: "no witness is applicable", world: world{registered: []string{"a healthy"}, dns: "inapplicable", marks: []string{"-a 900s"}}, want: []string{"hold a no_witness"}, marks: []string{"-a 900s"}, find: []plan.Code{plan.NoWitness}},
	{name: "no witness is configured", world: world{registered: []string{"a healthy"}}, want: []string{"hold a no_witness"}, find: []plan.Code{plan.NoWitness}},
	{name: "everything fails: nothing changes", world: world{registered: []string{"a healthy", "b unhealthy"}, dns: "unknown", eni: "unknown", marks: []string{"-a 900s", "-b 900s"}}, want: []string{"hold a witness_unknown", "hold b witness_unknown"}, marks: []string{"-a 900s", "-b 900s"}, find: []plan.Code{plan.DNSUnknown, plan.ENIUnknown}},
}

func unmanaged(in *plan.Input) { in.Group.Tags = nil }

func TestTruthTable(t *testing.T) {
	name := map[netip.Addr]string{}
	for l, s := range letters {
		name[netip.MustParseAddr(s)] = l
	}
	for _, row := range append(truthTable, guardTable...) {
		t.Run(row.name, func(t *testing.T) {
			in := row.world.input(t)
			p := plan.Decide(in)
			var got []string
			for _, d := range p.Decisions {
				a := name[d.Addr]
				if d.Port != plan.APIPort {
					a += fmt.Sprintf(":%d", d.Port)
				}
				got = append(got, fmt.Sprintf("%s %s %s", d.Action, a, d.Reason))
			}
			if d := diff(row.want, got); d != "" {
				t.Errorf("decisions (-want +got):\n%s", d)
			}
			if d := diff(marksOf(t, row.marks), p.Marks); d != "" {
				t.Errorf("marks (-want +got):\n%s", d)
			}
			var found []plan.Code
			for _, f := range p.Findings {
				found = append(found, f.Code)
			}
			if d := diff(row.find, found); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
			result, code := p.Result()
			if row.result != "" && result != row.result || row.code != "" && code != row.code || result == plan.Converged && code != "" {
				t.Errorf("result %q %q, want %q %q", result, code, row.result, row.code)
			}
			if p.NeedMarks != row.needs {
				t.Errorf("NeedMarks %v, want %v", p.NeedMarks, row.needs)
			}
			for i, want := range row.more {
				if got := p.Witnesses[i].Outcome; got != want {
					t.Errorf("%s is judged %q, want %q", p.Witnesses[i].Name, got, want)
				}
			}
			for _, s := range disagreements(in, p) {
				t.Errorf("the oracle says: %s", s)
			}
		})
	}
}

// Eight targets are an upgrade's worst moment: four old, four new.
func BenchmarkDecide(b *testing.B) {
	in := plan.Input{
		Group:    plan.Group{ARN: groupARN, Tags: map[string]string{plan.TagManaged: "true"}},
		Verified: true, CIDRs: blocks, Marks: plan.Marks{}, MarksFresh: true, Policy: plan.DefaultPolicy(), Now: now,
	}
	var listed []netip.Addr
	for i := range 8 {
		a := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
		in.Registered = append(in.Registered, plan.Registered{Target: plan.Target{Addr: a, Port: plan.APIPort}, State: plan.StateHealthy})
		if i < 4 {
			listed = append(listed, a)
		} else {
			in.Marks[plan.Mark{Kind: plan.MarkStale, Addr: a}] = now.Add(-in.Policy.Grace)
		}
	}
	for _, w := range []plan.WitnessName{plan.DNS, plan.ENI} {
		in.Witnesses = append(in.Witnesses, plan.Witness{Name: w, Outcome: plan.Answered, Addrs: listed, At: now})
	}
	b.ReportAllocs()
	for b.Loop() {
		if p := plan.Decide(in); len(p.Deregister()) != 4 {
			b.Fatalf("removes %d of 8 targets, want 4", len(p.Deregister()))
		}
	}
}
