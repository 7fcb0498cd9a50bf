package plan_test

import (
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/plan"
)

// served is an interface as EKS makes one for the cluster prod; change makes
// it something else.
func served(addr string, change func(*plan.Interface)) plan.Interface {
	i := plan.Interface{
		ID: "eni-" + strings.ReplaceAll(addr, ".", ""), Description: "Amazon EKS prod", VPC: "vpc-1", Status: "in-use",
		Addr: netip.MustParseAddr(addr), Zone: "us-east-1a", AttachmentOwner: "999999999999", Type: "interface",
	}
	if change != nil {
		change(&i)
	}
	return i
}

func TestENIWitness(t *testing.T) {
	describe := func(s string) func(*plan.Interface) { return func(i *plan.Interface) { i.Description = s } }
	for _, tt := range []struct {
		name string
		ifs  []plan.Interface
		v6   bool
		want []netip.Addr
	}{
		{name: "no interface at all"},
		{name: "two of the cluster", ifs: []plan.Interface{served("10.0.0.2", nil), served("10.0.0.1", nil)}, want: addrs("10.0.0.1", "10.0.0.2")},
		{name: "eight in the middle of an upgrade", ifs: []plan.Interface{
			served("10.0.0.1", nil), served("10.0.0.2", nil), served("10.0.0.3", nil), served("10.0.0.4", nil),
			served("10.0.1.1", nil), served("10.0.1.2", nil), served("10.0.1.3", nil), served("10.0.1.4", nil),
		}, want: addrs("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.4")},
		{name: "one is enough", ifs: []plan.Interface{served("10.0.0.1", nil)}, want: addrs("10.0.0.1")},
		{name: "the name is a prefix of another's", ifs: []plan.Interface{served("10.0.0.1", describe("Amazon EKS prod-2"))}},
		{name: "another's name is a prefix", ifs: []plan.Interface{served("10.0.0.1", describe("Amazon EKS pro"))}},
		{name: "other case", ifs: []plan.Interface{served("10.0.0.1", describe("Amazon EKS Prod"))}},
		{name: "words around it", ifs: []plan.Interface{served("10.0.0.1", describe("Amazon EKS prod ")), served("10.0.0.2", describe("my Amazon EKS prod"))}},
		{name: "the name alone", ifs: []plan.Interface{served("10.0.0.1", describe("prod"))}},
		{name: "another VPC's cluster of the same name", ifs: []plan.Interface{served("10.0.0.1", func(i *plan.Interface) { i.VPC = "vpc-2" })}},
		{name: "not in use", ifs: []plan.Interface{served("10.0.0.1", func(i *plan.Interface) { i.Status = "available" }), served("10.0.0.2", func(i *plan.Interface) { i.Status = "detaching" })}},
		{name: "forged: attached to an instance of this account", ifs: []plan.Interface{served("10.0.0.1", func(i *plan.Interface) { i.AttachmentOwner = "111111111111" }), served("10.0.0.2", nil)}, want: addrs("10.0.0.2")},
		{name: "all forged", ifs: []plan.Interface{served("10.0.0.1", func(i *plan.Interface) { i.AttachmentOwner = "111111111111" })}},
		{name: "in use by nobody that EC2 names", ifs: []plan.Interface{served("10.0.0.1", func(i *plan.Interface) { i.AttachmentOwner = "" })}},
		{name: "no address yet", ifs: []plan.Interface{served("10.0.0.1", func(i *plan.Interface) { i.Addr = netip.Addr{} }), served("10.0.0.2", nil)}, want: addrs("10.0.0.2")},
		{name: "only one without an address", ifs: []plan.Interface{served("10.0.0.1", func(i *plan.Interface) { i.Addr = netip.Addr{} })}},
		{name: "IPv6 takes the IPv6 address", v6: true, ifs: []plan.Interface{served("10.0.0.1", func(i *plan.Interface) { i.Addr6 = netip.MustParseAddr("fd00::1") })}, want: addrs("fd00::1")},
		{name: "IPv6 takes no IPv4 address", v6: true, ifs: []plan.Interface{served("10.0.0.1", nil)}},
		{name: "IPv4 takes no IPv6 address", ifs: []plan.Interface{served("10.0.0.1", func(i *plan.Interface) { i.Addr6 = netip.MustParseAddr("fd00::1") })}, want: addrs("10.0.0.1")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := plan.ENIWitness("prod", "vpc-1", "111111111111", tt.v6, tt.ifs, now)
			if d := diff(tt.want, got.Addrs); d != "" {
				t.Errorf("addresses (-want +got):\n%s", d)
			}
			outcome := plan.Answered
			if len(tt.want) == 0 {
				outcome = plan.Empty
			}
			if got.Name != plan.ENI || got.Outcome != outcome || got.Partial || !got.At.Equal(now) || got.Detail == "" {
				t.Errorf("got %+v, want outcome %s", got, outcome)
			}
		})
	}
}

// A forged interface is ignored and named, so that somebody looks at it.
func TestENIWitnessNamesTheForged(t *testing.T) {
	forged := served("10.0.0.1", func(i *plan.Interface) { i.AttachmentOwner = "111111111111"; i.ID = "eni-0forged" })
	w := plan.ENIWitness("prod", "vpc-1", "111111111111", false, []plan.Interface{served("10.0.0.2", nil), forged}, now)
	if !strings.Contains(w.Detail, "eni-0forged") {
		t.Errorf("the detail does not name the forged interface: %q", w.Detail)
	}
}

func TestENIWitnessIgnoresOrderAndCopies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ifs []plan.Interface
		for range rapid.IntRange(0, 8).Draw(t, "interfaces") {
			ifs = append(ifs, served(rapid.SampledFrom([]string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}).Draw(t, "address"), func(i *plan.Interface) {
				i.Description = rapid.SampledFrom([]string{"Amazon EKS prod", "Amazon EKS prod-2"}).Draw(t, "description")
				i.AttachmentOwner = rapid.SampledFrom([]plan.AccountID{"999999999999", "111111111111"}).Draw(t, "owner")
			}))
		}
		mixed := rapid.Permutation(ifs).Draw(t, "mixed")
		want := plan.ENIWitness("prod", "vpc-1", "111111111111", false, ifs, now)
		if d := diff(want, plan.ENIWitness("prod", "vpc-1", "111111111111", false, mixed, now)); d != "" {
			t.Errorf("order matters:\n%s", d)
		}
		seen := map[netip.Addr]bool{}
		for _, a := range want.Addrs {
			if seen[a] {
				t.Errorf("%v twice", a)
			}
			seen[a] = true
		}
	})
}
