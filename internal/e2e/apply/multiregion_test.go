package apply

import (
	"encoding/base64"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"postern/internal/lab"
)

// The clusters of multi-region: two that exist already, payments, which is made in
// the same apply as its link, and billing, which waits for a link.
const (
	prodUS   = "222222222222/us-east-1/prod"
	prodEU   = "333333333333/eu-west-1/prod"
	payments = "222222222222/eu-west-1/payments"
	billing  = "222222222222/us-east-1/billing"
)

// TestMultiRegion makes the way to three clusters of two accounts and two regions
// in one apply, uses it while a control plane moves, and destroys it. With
// -apply.full a fourth cluster comes and the first one leaves.
func TestMultiRegion(t *testing.T) {
	s := start(t, "testdata/multi-region.yaml")
	before := s.world()
	r := s.root("examples/multi-region", vars{
		"accounts":      vars{"hub": "111111111111", "a": "222222222222", "b": "333333333333"},
		"deployer_role": "postern-deployer",
		"external_id":   "example",
		"hub_vpc":       vars{"vpc_id": s.vpc("hub"), "route_table_ids": vars{"main": s.mainTable("hub")}},
		"clusters":      vars{"a_us": vars{"prod-us": vars{"name": "prod"}}, "b_eu": vars{"prod-eu": vars{"name": "prod"}}},
		"package":       s.function(),
		// What protects is taken off by an apply of its own, which only the long
		// run has time for.
		"deletion_protection": *full,
	})
	r.apply()
	three := []string{prodUS, prodEU, payments}
	s.step("the function fills every group", func() { s.filled(three...) })
	s.wantFilledByFunction("222222222222", "333333333333")
	s.wantDefaultTags(three...)
	s.step("kubectl", func() { s.wantReachable(three...) })

	r.wantNoChanges("after an apply")
	s.step("a mark is made", func() { s.marked(prodUS) })
	r.wantNoChanges("while a mark exists")
	if seen := r.planned(); !strings.Contains(seen, `"postern:marks":"-10.0.0.99@`) {
		t.Error("the plan saw no mark")
	}
	s.step("the mark is gone", func() { s.unmarked(prodUS) })
	s.step("a control plane moves under traffic", func() { s.under(three, func() { s.moved(prodUS) }) })
	r.wantNoChanges("once marks came and went")
	if *full {
		fourComeAndOneGoes(s, r)
		r.set(vars{"deletion_protection": false})
		r.apply()
	}
	r.destroy()
	s.step("nothing is left", func() { s.wantLeft(before) })
}

// fourComeAndOneGoes links a fourth cluster by an entry of the map, and then
// unlinks the first by taking its entry out, while the others are used.
func fourComeAndOneGoes(s *stack, r *root) {
	s.Helper()
	r.set(vars{"clusters": vars{
		"a_us": vars{"prod-us": vars{"name": "prod"}, "billing-us": vars{"name": "billing"}},
		"b_eu": vars{"prod-eu": vars{"name": "prod"}},
	}})
	for _, c := range r.plan() {
		if made := slices.Equal(c.Actions, []string{"create"}) && strings.Contains(c.Address, `["billing-us`); !made && !expects(c) {
			s.Errorf("for a fourth cluster: %v %s", c.Actions, c.Address)
		}
	}
	s.under([]string{prodUS, prodEU, payments}, r.apply)
	s.filled(billing)
	s.wantReachable(billing)
	r.wantNoChanges("with a fourth cluster")

	r.set(vars{"clusters": vars{
		"a_us": vars{"prod-us": vars{"name": "prod", "deletion_protection": false}, "billing-us": vars{"name": "billing"}},
		"b_eu": vars{"prod-eu": vars{"name": "prod"}},
	}})
	r.apply()
	r.set(vars{"clusters": vars{"a_us": vars{"billing-us": vars{"name": "billing"}}, "b_eu": vars{"prod-eu": vars{"name": "prod"}}}})
	for _, c := range r.plan() {
		if gone := slices.Equal(c.Actions, []string{"delete"}) && strings.Contains(c.Address, `["prod-us`); !gone && !expects(c) {
			s.Errorf("without the first cluster: %v %s", c.Actions, c.Address)
		}
	}
	others := []string{prodEU, payments, billing}
	s.under(others, r.apply)
	s.wantReachable(others...)
	r.wantNoChanges("without the first cluster")
	if left := s.cluster(prodUS).Groups; len(left) > 0 {
		s.Errorf("%s has no link, and the target groups %v", prodUS, left)
	}
}

// expects reports whether a change is of how many links a schedule's pass has to
// find.
func expects(c change) bool {
	return slices.Equal(c.Actions, []string{"update"}) && c.Address == `module.sync.aws_scheduler_schedule.this["us"]`
}

// wantReachable asks clusters by their own names: by kubectl, which verifies the
// certificate, from the hub, where a name means an interface endpoint.
func (s *stack) wantReachable(refs ...string) {
	s.Helper()
	config, errs, status := s.command(s.Context(), "", "lab", "kubeconfig")
	if status != 0 || strings.Contains(config, "insecure") || strings.Contains(config, "tls-server-name") {
		s.Errorf("the kubeconfig, which should have clients verify the clusters' own names: status %d\n%s%s", status, config, errs)
	}
	st := s.state()
	for _, ref := range refs {
		c := s.cluster(ref)
		if !strings.Contains(config, "server: "+c.Endpoint) || !strings.Contains(config, base64.StdEncoding.EncodeToString([]byte(c.CA))) {
			s.Errorf("the kubeconfig lacks %s or its authority", c.Endpoint)
		}
		if out := s.kubectl(ref, "get", "namespaces", "--output=name"); !strings.Contains(out, "namespace/kube-system") {
			s.Errorf("%s has the namespaces %q", ref, out)
		}
		inHub, err := s.resolver(st, st.Hub.VPCs[0]).LookupNetIP(s.Context(), "ip4", c.Host)
		if err != nil || len(inHub) != 2 || slices.ContainsFunc(inHub, func(a netip.Addr) bool { return !ofHub(a) }) {
			s.Errorf("in the hub %s is %v, %v; want an interface endpoint in two zones", c.Host, inHub, err)
		}
	}
}

// ofHub reports whether an address is in a VPC of the hub's, its own one included.
func ofHub(a netip.Addr) bool { return netip.MustParsePrefix("10.100.0.0/14").Contains(a) }

// resolver asks as a host in a VPC does.
func (s *stack) resolver(st *lab.State, vpc string) *net.Resolver {
	s.Helper()
	i := slices.IndexFunc(st.Views, func(v lab.View) bool { return v.Name == vpc })
	if i < 0 {
		s.Fatalf("names of VPC %s cannot be asked", vpc)
	}
	return resolverAt(st.Views[i].Address)
}

// wantFilledByFunction shows that targets were registered in the accounts by the
// role that the function assumes, and by nobody else.
func (s *stack) wantFilledByFunction(accounts ...string) {
	s.Helper()
	calls, _, err := s.lab.Calls(s.Context(), 0)
	if err != nil {
		s.Fatal(err)
	}
	by := map[string]bool{}
	for _, c := range calls {
		switch {
		case c.Action != "RegisterTargets" || c.Code != "":
		case strings.HasPrefix(c.ARN, "arn:aws:sts::"+c.Account+":assumed-role/postern-sync/"):
			by[c.Account] = true
		default:
			s.Errorf("%s registered targets", c.ARN)
		}
	}
	for _, a := range accounts {
		if !by[a] {
			s.Errorf("no target was registered in %s", a)
		}
	}
}

// wantDefaultTags shows that target groups have the providers' default_tags too.
func (s *stack) wantDefaultTags(refs ...string) {
	s.Helper()
	arns := map[string]bool{}
	for _, ref := range refs {
		arns[s.target(ref).ARN] = true
	}
	for _, a := range s.state().World.Accounts {
		for _, g := range a.TargetGroups {
			if arns[g.ARN] && (g.Tags["Owner"] != "platform" || g.Tags["postern:managed"] != "true") {
				s.Errorf("%s has the tags %v", g.ARN, g.Tags)
			}
		}
	}
}

// marked has sync keep a mark: somebody registers an address that no witness
// names, and while it waits to be removed the endpoint's name fails to resolve, so
// that sync holds.
func (s *stack) marked(ref string) {
	s.Helper()
	group := s.target(ref).ARN
	account, region, name := part(ref)
	_, err := s.elb(account, region).RegisterTargets(s.Context(), &elb.RegisterTargetsInput{
		TargetGroupArn: &group, Targets: []elbtypes.TargetDescription{{Id: new("10.0.0.99"), Port: new(int32(443))}},
	})
	if err != nil {
		s.Fatal(err)
	}
	s.until("a mark", func() bool { return strings.HasPrefix(s.mark(group), "-10.0.0.99@") })
	if _, err := s.lab.AddFault(s.Context(), "dns-servfail account="+account+" region="+region+" cluster="+name); err != nil {
		s.Fatal(err)
	}
	s.pause(3 * time.Second) // longer than it would have to wait
	if mark := s.mark(group); !strings.HasPrefix(mark, "-10.0.0.99@") {
		s.Fatalf("the mark is %q", mark)
	}
}

// unmarked ends that.
func (s *stack) unmarked(ref string) {
	s.Helper()
	if _, err := s.lab.ClearFaults(s.Context()); err != nil {
		s.Fatal(err)
	}
	s.until("a group without a mark", func() bool { return s.mark(s.target(ref).ARN) == "none" })
	s.filled(ref)
}

// mark is the tag of a target group in which sync keeps what it waits for.
func (s *stack) mark(group string) string {
	s.Helper()
	for _, a := range s.state().World.Accounts {
		for _, g := range a.TargetGroups {
			if g.ARN == group {
				return g.Tags["postern:marks"]
			}
		}
	}
	s.Fatalf("no target group is %s", group)
	return ""
}

// moved moves a control plane to other addresses, and waits until they are its
// link's.
func (s *stack) moved(ref string) {
	s.Helper()
	old := s.cluster(ref).Serving
	if out, errs, status := s.command(s.Context(), "", "lab", "move", ref, "--kind", "replace"); status != 0 {
		s.Fatalf("move %s: status %d\n%s%s", ref, status, out, errs)
	}
	s.until("another address of "+ref, func() bool {
		now := s.cluster(ref).Serving
		return len(now) > 0 && !slices.ContainsFunc(now, func(a netip.Addr) bool { return slices.Contains(old, a) })
	})
	s.filled(ref)
}
