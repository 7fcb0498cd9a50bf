package lab

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

func TestDefaultWorld(t *testing.T) {
	w := DefaultWorld()
	if d := gocmp.Diff([]string{"111111111111", "222222222222", "333333333333"}, w.accounts()); d != "" {
		t.Errorf("accounts (-want +got)\n%s", d)
	}
	s := state.New(state.Options{Seed: 1, Consistent: true})
	if _, err := w.apply(s); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		account, region, name string
		public                bool
		zones                 int
	}{
		{"222222222222", "us-east-1", "prod", false, 3},
		{"333333333333", "eu-west-1", "prod", false, 2},
		{"222222222222", "eu-west-1", "payments", true, 3},
	}
	hosts := map[string]bool{}
	for _, tt := range tests {
		c := root(tt.account, tt.region)
		cluster, err := s.DescribeCluster(c, tt.name)
		if err != nil {
			t.Fatal(err)
		}
		if cluster.Status != "ACTIVE" || cluster.Public != tt.public || !cluster.Private {
			t.Errorf("%s: status %s, public %v, private %v", tt.name, cluster.Status, cluster.Public, cluster.Private)
		}
		host, ok := strings.CutPrefix(cluster.Endpoint, "https://")
		if !ok || hosts[host] {
			t.Errorf("%s: endpoint %q", tt.name, cluster.Endpoint)
		}
		hosts[host] = true
		if n := len(s.Serving(tt.account, tt.region, tt.name)); n < 2 || n > 4 {
			t.Errorf("%s: %d addresses", tt.name, n)
		}
		lbs, _, err := s.DescribeLoadBalancers(c, nil, []string{linkName(tt.name)}, state.Page{})
		if err != nil || len(lbs) != 1 {
			t.Fatalf("%s: load balancers %v, %v", tt.name, lbs, err)
		}
		lb := lbs[0]
		if lb.Type != "network" || lb.Scheme != "internal" || lb.State != "active" || len(lb.Zones) != tt.zones || lb.VPC != cluster.VPC {
			t.Errorf("%s: load balancer %+v", tt.name, lb)
		}
		groups, _, err := s.DescribeTargetGroups(c, state.TargetGroupQuery{LoadBalancer: lb.ARN})
		if err != nil || len(groups) != 1 {
			t.Fatalf("%s: target groups %v, %v", tt.name, groups, err)
		}
		g := groups[0]
		if g.Type != "ip" || g.Protocol != "TCP" || g.Port != 443 || g.VPC != cluster.VPC {
			t.Errorf("%s: target group %+v", tt.name, g)
		}
		want := state.Tags{"postern:cluster": tt.name, "postern:managed": "true", "postern:endpoint": host}
		for what, tags := range map[string]state.Tags{"load balancer": lb.Tags, "target group": g.Tags} {
			if d := gocmp.Diff(want, tags); d != "" {
				t.Errorf("%s: tags of the %s (-want +got)\n%s", tt.name, what, d)
			}
		}
		targets, err := s.DescribeTargetHealth(c, g.ARN, nil)
		if err != nil || len(targets) != 0 {
			t.Errorf("%s: targets %v, %v", tt.name, targets, err)
		}
	}
}

const head = `hub: {account: "111111111111", region: us-east-1}
vpcs:
  - name: a
    account: "222222222222"
    region: us-east-1
    cidr: 10.0.0.0/16
    subnets:
      - {zoneId: use1-az1, cidr: 10.0.0.0/20}
      - {zoneId: use1-az2, cidr: 10.0.16.0/20}
clusters:
`

func TestParseWorld(t *testing.T) {
	for name, text := range map[string]string{
		"no link":    head + "  - {name: x, vpc: a, link: false}\n",
		"underscore": head + "  - {name: x_y, vpc: a}\n",
		"long name":  head + "  - {name: " + strings.Repeat("x", 100) + ", vpc: a}\n",
	} {
		t.Run(name, func(t *testing.T) {
			w, err := ParseWorld([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			s := state.New(state.Options{Consistent: true})
			if _, err := w.apply(s); err != nil {
				t.Fatal(err)
			}
			links := 0
			for _, a := range s.Snapshot().Accounts {
				links += len(a.TargetGroups)
			}
			if want := len(w.Clusters); name != "no link" && links != want || name == "no link" && links != 0 {
				t.Errorf("%d links for %d clusters", links, want)
			}
		})
	}
}

// TestLinkName: a link is named as by the Terraform module cluster-link. The names
// are what its expression gives in terraform console.
func TestLinkName(t *testing.T) {
	for cluster, want := range map[string]string{
		"prod":                        "postern-prod-6754af96",
		"payments":                    "postern-payments-df384ae9",
		"Prod_EU":                     "postern-prod-eu-51006711",
		"an-EKS-name-00-that-is-long": "postern-an-eks-name-00-05a48a1b",
		"fourteen-chars-x":            "postern-fourteen-chars-80b3878f",
		strings.Repeat("x", 100):      "postern-xxxxxxxxxxxxxxx-09ecb6eb",
	} {
		if got := linkName(cluster); got != want {
			t.Errorf("%s: got %s, want %s", cluster, got, want)
		}
	}
}

// hubWorld is a world of a hub's VPC and another.
func hubWorld(vpc, endpoints, peering string) string {
	return fmt.Sprintf(`hub: {account: "111111111111", region: us-east-1, vpcs: [hub], endpoints: [%s]}
vpcs:
  - {name: hub, account: "111111111111", region: us-east-1, cidr: 10.100.0.0/16}
  - %s
peerings:
  - %s
`, endpoints, vpc, cmp.Or(peering, "{from: hub, to: e}"))
}

// TestDefaultWorldPaths follows each cluster's name from the hub to an address
// of its load balancer, by the rules alone: every hop must admit the next.
func TestDefaultWorldPaths(t *testing.T) {
	s := state.New(state.Options{Consistent: true})
	m, err := DefaultWorld().apply(s)
	if err != nil {
		t.Fatal(err)
	}
	top := s.Topology()
	hub, host := m.vpcs["hub"], netip.MustParseAddr("10.100.0.77")
	paths := 0
	for _, a := range s.Snapshot().Accounts {
		for _, c := range a.Clusters {
			paths++
			name := c.Account + " " + c.Region + " " + c.Name
			answer := s.Resolve(state.View{VPC: hub}, hostOf(c))
			if len(answer.Addrs) == 0 {
				t.Errorf("%s: %s has no address in the hub's VPC", name, hostOf(c))
			}
			for _, addr := range answer.Addrs {
				to, why := top.Route(hub, host, addr)
				if back, whyBack := top.Route(to, addr, host); to == "" || back != hub {
					t.Errorf("%s: no way to %s and back: %s, %s", name, addr, why, whyBack)
				}
				if ok, why := top.Admit(hub, netip.AddrPortFrom(host, 40000), to, netip.AddrPortFrom(addr, 443), false); !ok {
					t.Errorf("%s: %s", name, why)
				}
				entry, why := top.EnterService(to, addr, host, 443)
				if entry.VPC != c.VPC || entry.Ungrouped {
					t.Errorf("%s: PrivateLink leads to %+v: %s", name, entry, why)
				}
				for _, target := range s.Serving(c.Account, c.Region, c.Name) {
					if ok, why := top.Admit(c.VPC, netip.AddrPortFrom(entry.Node, 40000), c.VPC, netip.AddrPortFrom(target, 443), entry.Ungrouped); !ok {
						t.Errorf("%s: from %s to %s: %s", name, entry.Node, target, why)
					}
					if to, _ := top.Route(hub, host, target); to == c.VPC {
						t.Errorf("%s: the hub has a route to %s itself", name, target)
					}
				}
			}
		}
	}
	if paths != 3 {
		t.Errorf("%d clusters", paths)
	}
	if to, _ := top.Route(hub, host, netip.MustParseAddr("10.103.0.10")); to != "" {
		t.Errorf("the island is peered with nothing, and a route leads to %s", to)
	}
}

// TestParseWorldRefuses pins place and cause of each mistake.
func TestParseWorldRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"unknown key", head + "  - {name: x, vpc: a, colour: red}\n", `world line 11: unknown key "colour": the keys of a world are hub, accounts, roles, vpcs, peerings, clusters; of hub account, `},
		{"unknown key at the top", "hub: {}\nclutsers: []\n", `world line 2: unknown key "clutsers"`},
		{"a number for a list", "vpcs: 3\n", `world line 1: a list is needed here, and this is a number`},
		{"nothing", "# nothing\n", "world: the world is empty: give it at least an account"},
		{"syntax", "vpcs:\n  - name: [\n", "world line "},
		{"twice", "hub: {}\nhub: {}\n", "world line 2: key \"hub\" is there twice: take one away"},
		{"anchor", "hub: &h {}\n", "world line 1: anchors and aliases are not taken: write the value out"},
		{"tag", "hub: !!str x\n", "world line 1: tags and directives are not taken: write plain values"},
		{"wrong type", "hub: [1]\n", "world line 1: "},
		{"second document", "hub: {}\n---\nhub: {}\n", "world line 3: a second document: a world is one"},
		{"bad CIDR text", strings.Replace(head, "10.0.0.0/16", "10.0.0.0", 1), `world line 6: "10.0.0.0" is no CIDR block, such as 10.0.0.0/16`},
		{"unquoted account is no account", "accounts: [1234]\n", `world line 1: accounts[0]: "1234" is not an account of twelve digits; quote it`},
		{"no account", strings.Replace(head, `"222222222222"`, `""`, 1), `world line 4: vpcs[0].account: "" is not an account of twelve digits; quote it`},
		{"no region", strings.Replace(head, "    region: us-east-1\n", "", 1), "world line 3: vpcs[0].region: needed"},
		{"same name", head[:len(head)-len("clusters:\n")] + "  - {name: a, account: \"222222222222\", region: us-east-1, cidr: 10.1.0.0/16}\n", `world line 10: vpcs[1].name: a second VPC "a": names are unique in a world`},
		{"no such VPC", head + "  - {name: x, vpc: b}\n", `world line 11: clusters[0].vpc: no VPC of this world is named "b"`},
		{"access", head + "  - name: x\n    vpc: a\n    access: open\n", `world line 13: clusters[0].access: "open" is none of private, public, public+private`},
		{"hub elsewhere", "hub: {account: \"111111111111\", region: us-east-1, vpcs: [a]}\n" + head[strings.Index(head, "vpcs:\n"):], `world line 1: hub.vpcs[0]: VPC "a" is in 222222222222 us-east-1, the hub in 111111111111 us-east-1`},
		{"no such peer", head + "  - {name: x, vpc: a}\npeerings:\n  - {from: a, to: b}\n", `world line 13: peerings[0].to: no VPC of this world is named "b"`},
		{"no such endpoint VPC", hubWorld("{name: e, account: \"111111111111\", region: us-east-1, cidr: 10.101.0.0/20}", "f", ""), `world line 1: hub.endpoints[0]: no VPC of this world is named "f"`},
		{"somebody else's endpoint VPC", hubWorld("{name: e, account: \"222222222222\", region: us-east-1, cidr: 10.101.0.0/20}", "e", ""), `world line 1: hub.endpoints[0]: VPC "e" is in 222222222222, the hub in 111111111111`},
		{"endpoints overlap the hub", hubWorld("{name: e, account: \"111111111111\", region: us-east-1, cidr: 10.100.16.0/20}", "e", ""), `world line 1: hub.endpoints[0]: 10.100.16.0/20 of VPC "e" overlaps 10.100.0.0/16 of VPC "hub": the hub cannot have routes to both`},

		// Rules of AWS, found by the store and placed by the file.
		{"VPC too large", strings.Replace(head, "10.0.0.0/16", "10.0.0.0/8", 1), "world line 6: vpcs[0].cidr: InvalidVpc.Range: "},
		{"subnet outside", strings.Replace(head, "10.0.16.0/20", "10.9.0.0/20", 1), "world line 9: vpcs[0].subnets[1]: InvalidSubnet.Range: "},
		{"subnets overlap", strings.Replace(head, "10.0.16.0/20", "10.0.0.0/24", 1), "world line 9: vpcs[0].subnets[1]: InvalidSubnet.Conflict: "},
		{"no such zone", strings.Replace(head, "use1-az2", "use1-az99", 1), "world line 9: vpcs[0].subnets[1]: InvalidParameterValue: "},
		{"same cluster twice", head + "  - {name: x, vpc: a}\n  - {name: x, vpc: a}\n", "world line 12: clusters[1]: ResourceInUseException: "},
		{"overlapping peers", hubWorld("{name: e, account: \"111111111111\", region: us-east-1, cidr: 10.100.16.0/20}", "", "{from: hub, to: e}"), `world line 6: peerings[0]: 10.100.0.0/16 of VPC "hub" overlaps 10.100.16.0/20 of VPC "e", and such VPCs cannot be peered: `},
		{"a peer of its own", hubWorld("{name: e, account: \"111111111111\", region: us-east-1, cidr: 10.101.0.0/20}", "", "{from: hub, to: hub}"), `world line 6: peerings[0]: `},
		{"one zone", strings.Replace(head, "use1-az2", "use1-az1", 1) + "  - {name: x, vpc: a}\n", "world line 11: clusters[0]: "},
		{"a name that EKS refuses", head + "  - {name: \"-x\", vpc: a}\n", "world line 11: clusters[0]: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseWorld([]byte(tt.text))
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error\n%s\nwant the beginning\n%s", err, tt.want)
			}
			if _, ok := errors.AsType[*WorldError](err); !ok {
				t.Errorf("error is a %T", err)
			}
		})
	}
}

func TestGeneratedWorld(t *testing.T) {
	w := GeneratedWorld(3, 2, 25)
	s := state.New(state.Options{Consistent: true})
	if _, err := w.apply(s); err != nil {
		t.Fatal(err)
	}
	per := map[string]int{}
	for _, a := range s.Snapshot().Accounts {
		for range a.Clusters {
			per[a.Account+"/"+a.Region]++
		}
		if len(a.TargetGroups) != len(a.Clusters) {
			t.Errorf("%s/%s: %d links for %d clusters", a.Account, a.Region, len(a.TargetGroups), len(a.Clusters))
		}
	}
	want := map[string]int{
		"222200000000/us-east-1": 5, "222200000001/us-east-1": 4, "222200000002/us-east-1": 4,
		"222200000000/eu-west-1": 4, "222200000001/eu-west-1": 4, "222200000002/eu-west-1": 4,
	}
	if d := gocmp.Diff(want, per); d != "" {
		t.Errorf("clusters (-want +got)\n%s", d)
	}
}

// TestGeneratedHub: each cluster has an endpoint, and no endpoint VPC has more
// than AWS allows.
func TestGeneratedHub(t *testing.T) {
	s := state.New(state.Options{Consistent: true})
	m, err := GeneratedHub(53, 5).apply(s)
	if err != nil {
		t.Fatal(err)
	}
	endpoints := map[string]int{} // by VPC
	for _, a := range s.Snapshot().Accounts {
		for _, e := range a.Endpoints {
			endpoints[e.VPC]++
		}
	}
	want := map[string]int{m.vpcs["endpoints-us-east-1"]: 50, m.vpcs["endpoints-eu-west-1"]: 3}
	if d := gocmp.Diff(want, endpoints); d != "" {
		t.Errorf("endpoints (-want +got)\n%s", d)
	}
	if n := len(m.vpcs); n != 1+2+10+1 {
		t.Errorf("%d VPCs", n)
	}
}

// FuzzParse: whatever the text is, it is a world or an error of ours; and a
// world's names lead somewhere.
func FuzzParse(f *testing.F) {
	f.Add(string(defaultWorld))
	f.Add(head + "  - {name: x, vpc: a, access: public}\n")
	f.Add("roles:\n  - {account: \"222222222222\", name: r, trust: [\"111111111111\"], externalId: x}\n")
	f.Add("hub: &a {vpcs: [*a]}")
	f.Add("? - ")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := parse([]byte(text))
		if err != nil {
			if _, ok := errors.AsType[*WorldError](err); !ok || w != nil {
				t.Fatalf("a %T and %v: %v", err, w, err)
			}
			return
		}
		for _, c := range w.Clusters {
			if w.vpc(c.VPC) == nil {
				t.Errorf("cluster %q is in no VPC", c.Name)
			}
		}
		for _, id := range w.accounts() {
			if !isAccount(id) {
				t.Errorf("account %q", id)
			}
		}
	})
}
