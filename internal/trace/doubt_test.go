package trace_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/trace"
)

// TestCAUnknown: where nobody could say what the cluster's authority is, a
// certificate that does not verify is no stranger's.
func TestCAUnknown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		w.probed()
		w.o.From, w.cluster().CA = "", nil
		for i := range w.o.Live.Contacts {
			c := &w.o.Live.Contacts[i]
			c.Verified, c.ChainOK, c.Error = false, false, "it holds no certificate"
		}
		p := w.walk()
		if p.Verdict() != trace.Unchecked || at(p, trace.HopServer, trace.NotChecked) == nil {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
	})
}

// TestOnlyByName: without an address of the endpoint, a connection by name says
// whether the path is right.
func TestOnlyByName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		w.s.Hub.Account, w.s.Hub.VPCs = "", nil
		for i := range w.s.Places {
			w.s.Places[i].Hub = false
			w.s.Places[i].Endpoints.Items = nil
		}
		good := rapid.Bool().Draw(t, "it leads there")
		by := trace.Contact{Error: "i/o timeout"}
		if good {
			by = trace.Contact{Connected: true, Handshake: true, ChainOK: true, NameOK: true, Verified: true, Status: 200, Body: "ok"}
		}
		w.o = trace.Options{Address: trace.ByName, Live: &trace.Live{From: "this host", Lookup: &trace.Lookup{Name: w.host, By: &by}}}
		p := w.walk()
		answered := at(p, trace.HopServer, "") != nil
		if good != answered || !good && (p.First() == nil || p.First().Code != trace.NoAnswer) {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
	})
}

// TestChance: that one connection by name met the one target that is dead says
// nothing of the name.
func TestChance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		w.probed()
		w.o.From, w.o.Address = "", trace.ByName
		w.o.Live.Lookup = &trace.Lookup{Name: w.host, By: &trace.Contact{Error: "i/o timeout"}}
		if first := w.walk().First(); first == nil || first.Code != trace.DNSFailed {
			t.Fatal("nothing else is wrong", "\n"+show(w.walk()))
		}
		ts := &w.link().Targets.Items
		stale := (*ts)[0]
		stale.Addr = addr("10.0.0.250")
		*ts = append(*ts, stale)
		p := w.walk()
		if f := p.Cause(); p.Verdict() != trace.Degraded || f == nil || f.Code != trace.TargetsStale || at(p, trace.HopName, trace.DNSFailed).Because != trace.TargetsStale {
			t.Fatal(p.Verdict(), "\n"+show(p))
		}
	})
}

// TestAllSubnetsAreAdmitted: what admits the hosts again admits those of every
// subnet of the hub VPC, each by a line.
func TestAllSubnetsAreAdmitted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := healthy(t)
		w.o.From, w.o.Live = "", nil
		w.epPlace().SecurityGroup("sg-endpoint").Ingress = nil
		f := w.walk().First()
		if f == nil || f.Code != trace.EndpointRefuses {
			t.Fatal(show(w.walk()))
		}
		all := strings.Join(f.Repair.Commands, "\n")
		for _, u := range w.hub().Subnets.Items {
			if u.VPC == w.hubID && u.CIDR.IsValid() && !strings.Contains(all, " "+u.CIDR.String()) {
				t.Fatalf("%s is not in:\n%s", u.CIDR, all)
			}
		}
	})
}
