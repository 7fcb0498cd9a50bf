package plan_test

import (
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postern/internal/plan"
)

const (
	groupARN = "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/prod/0123456789abcdef"
	nlbARN   = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/prod/0123456789abcdef"
	host     = "0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"
)

// good is a group as our Terraform makes it.
func good() plan.Candidate {
	return plan.Candidate{Cluster: "prod", Group: plan.Group{
		ARN: groupARN, Name: "prod", VPC: "vpc-1", TargetType: "ip", Protocol: "TCP", Port: 443,
		Tags:          map[string]string{plan.TagCluster: "prod", plan.TagManaged: "true"},
		LoadBalancers: []plan.LoadBalancer{{ARN: nlbARN, Name: "prod", Type: "network", Scheme: "internal", VPC: "vpc-1"}},
	}}
}

func prod() plan.Cluster {
	return plan.Cluster{ARN: "arn:aws:eks:us-east-1:111111111111:cluster/prod", Name: "prod", Status: plan.ClusterActive, Host: strings.ToLower(host), VPC: "vpc-1", Private: true}
}

func TestEligible(t *testing.T) {
	group := func(f func(*plan.Group)) func(*plan.Candidate, *plan.Cluster) {
		return func(c *plan.Candidate, _ *plan.Cluster) { f(&c.Group) }
	}
	balancer := func(f func(*plan.LoadBalancer)) func(*plan.Candidate, *plan.Cluster) {
		return group(func(g *plan.Group) { f(&g.LoadBalancers[0]) })
	}
	tag := func(k, v string) func(*plan.Candidate, *plan.Cluster) {
		return group(func(g *plan.Group) { g.Tags[k] = v })
	}
	lbTag := func(k string) func(*plan.Candidate, *plan.Cluster) {
		return balancer(func(lb *plan.LoadBalancer) { lb.Tags = map[string]string{k: "x"} })
	}
	for _, tt := range []struct {
		name   string
		change func(*plan.Candidate, *plan.Cluster)
		want   plan.Code // empty: eligible
		says   string    // the message names this
	}{
		{name: "as our modules make it"},
		{name: "not managed is eligible all the same", change: group(func(g *plan.Group) { delete(g.Tags, plan.TagManaged) })},
		{name: "tags of people's own", change: tag("team", "kubernetes")},
		{name: "a tag that only looks like a controller's", change: tag("my-kubernetes.io.example.com/x", "1")},
		{name: "bound to this endpoint", change: tag(plan.TagEndpoint, strings.ToLower(host))},
		{name: "bound to this endpoint, in EKS's capitals", change: tag(plan.TagEndpoint, host)},
		{name: "bound to this endpoint, as a URL", change: tag(plan.TagEndpoint, "https://"+host)},
		{name: "bound, and the host is not known yet", change: func(c *plan.Candidate, cl *plan.Cluster) {
			c.Group.Tags[plan.TagEndpoint] = strings.ToLower(host)
			cl.Host = ""
		}},
		{name: "targets are instances", change: group(func(g *plan.Group) { g.TargetType = "instance" }), want: plan.GroupNotIP, says: "instance"},
		{name: "target is a load balancer", change: group(func(g *plan.Group) { g.TargetType = "alb" }), want: plan.GroupNotIP, says: "alb"},
		{name: "TLS", change: group(func(g *plan.Group) { g.Protocol = "TLS" }), want: plan.GroupNotTCP, says: "TLS"},
		{name: "TCP_UDP", change: group(func(g *plan.Group) { g.Protocol = "TCP_UDP" }), want: plan.GroupNotTCP, says: "TCP_UDP"},
		{name: "port 6443", change: group(func(g *plan.Group) { g.Port = 6443 }), want: plan.GroupWrongPort, says: "6443"},
		{name: "another VPC", change: group(func(g *plan.Group) { g.VPC = "vpc-2" }), want: plan.GroupWrongVPC, says: "vpc-2"},
		{name: "no load balancer", change: group(func(g *plan.Group) { g.LoadBalancers = nil }), want: plan.GroupUnattached, says: "0"},
		{name: "two load balancers", change: group(func(g *plan.Group) { g.LoadBalancers = append(g.LoadBalancers, g.LoadBalancers[0]) }), want: plan.GroupUnattached, says: "2"},
		{name: "an application load balancer", change: balancer(func(lb *plan.LoadBalancer) { lb.Type = "application" }), want: plan.NotNetwork, says: nlbARN},
		{name: "internet-facing", change: balancer(func(lb *plan.LoadBalancer) { lb.Scheme = "internet-facing" }), want: plan.NotInternal, says: "internet-facing"},
		{name: "the AWS load balancer controller's group", change: tag("elbv2.k8s.aws/cluster", "prod"), want: plan.OtherController, says: "elbv2.k8s.aws/cluster"},
		{name: "its service tag", change: tag("service.k8s.aws/stack", "x/y"), want: plan.OtherController, says: "service.k8s.aws/stack"},
		{name: "a cloud provider's group", change: tag("kubernetes.io/service-name", "x"), want: plan.OtherController, says: "kubernetes.io/service-name"},
		{name: "a controller's load balancer", change: lbTag("elbv2.k8s.aws/cluster"), want: plan.OtherController, says: nlbARN},
		{name: "a cloud provider's load balancer", change: lbTag("kubernetes.io/cluster/prod"), want: plan.OtherController, says: nlbARN},
		{name: "bound to another endpoint", change: tag(plan.TagEndpoint, "ffff.gr7.us-east-1.eks.amazonaws.com"), want: plan.ClusterRemade, says: "ffff.gr7"},
		{name: "bound to something that is no host", change: tag(plan.TagEndpoint, "not a host"), want: plan.TagInvalid, says: "not a host"},
		{name: "bound to an address", change: tag(plan.TagEndpoint, "10.0.0.1"), want: plan.TagInvalid, says: "10.0.0.1"},
		{name: "IPv6 group of an IPv4 cluster", change: group(func(g *plan.Group) { g.IPv6 = true }), want: plan.GroupWrongFamily, says: "IPv6"},
		{name: "IPv6 group of an IPv6 cluster", change: func(c *plan.Candidate, cl *plan.Cluster) { c.Group.IPv6, cl.IPv6 = true, true }},
		{name: "IPv4 group of an IPv6 cluster, whose endpoint has both", change: func(_ *plan.Candidate, cl *plan.Cluster) { cl.IPv6 = true }},
		{name: "before EKS was asked", change: func(_ *plan.Candidate, cl *plan.Cluster) { *cl = plan.Cluster{} }},
		{name: "before EKS was asked, and wrong by itself", change: func(c *plan.Candidate, cl *plan.Cluster) { c.Group.Port, *cl = 80, plan.Cluster{} }, want: plan.GroupWrongPort, says: "80"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, cl := good(), prod()
			if tt.change != nil {
				tt.change(&c, &cl)
			}
			f := plan.Eligible(c, cl)
			switch {
			case f == nil && tt.want != "":
				t.Errorf("eligible, want %s", tt.want)
			case f != nil && f.Code != tt.want:
				t.Errorf("refused: %s %v, want %q", f.Code, f, tt.want)
			case f != nil && (!strings.Contains(f.Message, tt.says) || f.Hint == ""):
				t.Errorf("the message does not say %q, or there is no hint: %q, %q", tt.says, f.Message, f.Hint)
			}
		})
	}
}

func TestChoose(t *testing.T) {
	named := func(arn, cluster string, f func(*plan.Candidate)) plan.Candidate {
		c := good()
		c.Cluster, c.Group.ARN = cluster, plan.GroupARN(arn)
		c.Group.Tags = maps.Clone(c.Group.Tags)
		if f != nil {
			f(&c)
		}
		return c
	}
	gone := func(c *plan.Candidate) {
		*c = plan.Candidate{Cluster: c.Cluster, Gone: true, Group: plan.Group{ARN: c.Group.ARN}}
	}
	byLB := func(c *plan.Candidate) { c.ByLoadBalancer = true }
	byLBOnPort80 := func(c *plan.Candidate) { c.ByLoadBalancer, c.Group.Port = true, 80 }
	port80 := func(c *plan.Candidate) { c.Group.Port = 80 }
	for _, tt := range []struct {
		name    string
		cs      []plan.Candidate
		chosen  []string
		refused map[string]plan.Code
	}{
		{name: "none"},
		{name: "one each", cs: []plan.Candidate{named("b", "prod", nil), named("a", "dev", nil)}, chosen: []string{"a", "b"}},
		{name: "two groups claim one cluster", cs: []plan.Candidate{named("a", "prod", nil), named("b", "prod", nil), named("c", "dev", nil)}, chosen: []string{"c"}, refused: map[string]plan.Code{"a": plan.AmbiguousGroup, "b": plan.AmbiguousGroup}},
		{name: "two load balancers claim one cluster", cs: []plan.Candidate{named("a", "prod", byLB), named("b", "prod", byLB)}, refused: map[string]plan.Code{"a": plan.AmbiguousGroup, "b": plan.AmbiguousGroup}},
		{name: "a group by tag and another by its load balancer", cs: []plan.Candidate{named("a", "prod", nil), named("b", "prod", byLB)}, refused: map[string]plan.Code{"a": plan.AmbiguousGroup, "b": plan.AmbiguousGroup}},
		{name: "a load balancer's other group on another port", cs: []plan.Candidate{named("a", "prod", byLB), named("b", "prod", byLBOnPort80)}, chosen: []string{"a"}},
		{name: "a load balancer's only group on another port is shown", cs: []plan.Candidate{named("a", "prod", byLBOnPort80)}, chosen: []string{"a"}},
		{name: "a group that says itself that it is the cluster's counts, whatever its shape", cs: []plan.Candidate{named("a", "prod", port80), named("b", "prod", nil)}, refused: map[string]plan.Code{"a": plan.AmbiguousGroup, "b": plan.AmbiguousGroup}},
		{name: "a ghost claims nothing", cs: []plan.Candidate{named("a", "prod", gone), named("b", "prod", nil)}, chosen: []string{"b"}},
		{name: "a ghost alone", cs: []plan.Candidate{named("a", "prod", gone)}},
		{name: "a tag without a value", cs: []plan.Candidate{named("a", "", nil), named("b", "prod", nil)}, chosen: []string{"b"}, refused: map[string]plan.Code{"a": plan.TagEmpty}},
		{name: "a tag that is no name", cs: []plan.Candidate{named("a", "prod/1", nil), named("b", "-prod", nil), named("c", strings.Repeat("x", 101), nil)}, refused: map[string]plan.Code{"a": plan.TagInvalid, "b": plan.TagInvalid, "c": plan.TagInvalid}},
		{name: "the longest name", cs: []plan.Candidate{named("a", strings.Repeat("x", 100), nil)}, chosen: []string{"a"}},
		{name: "names differ in case", cs: []plan.Candidate{named("a", "Prod", nil), named("b", "prod", nil)}, chosen: []string{"a", "b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			chosen, refused := plan.Choose(tt.cs)
			var got []string
			for _, c := range chosen {
				got = append(got, string(c.Group.ARN))
			}
			if d := diff(tt.chosen, got); d != "" {
				t.Errorf("chosen (-want +got):\n%s", d)
			}
			why := map[string]plan.Code{}
			for _, r := range refused {
				arn := string(r.Candidate.Group.ARN)
				why[arn] = r.Fault.Code
				if !strings.Contains(r.Fault.Message, arn) || r.Fault.Hint == "" {
					t.Errorf("the message does not name %s, or there is no hint: %q, %q", arn, r.Fault.Message, r.Fault.Hint)
				}
			}
			if d := diff(tt.refused, why); d != "" {
				t.Errorf("refused (-want +got):\n%s", d)
			}
		})
	}
}

// Each candidate is chosen, refused or gone, exactly one; no cluster is chosen
// twice; and order does not matter.
func TestChooseAccountsForAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cs []plan.Candidate
		alive := 0
		for i := range rapid.IntRange(0, 7).Draw(t, "candidates") {
			c := good()
			c.Cluster = rapid.SampledFrom([]string{"prod", "dev", "", "-"}).Draw(t, "cluster")
			c.Group.ARN = plan.GroupARN(rune('a' + i))
			c.ByLoadBalancer = rapid.Bool().Draw(t, "by load balancer")
			c.Group.Port = rapid.SampledFrom([]int{443, 80}).Draw(t, "port")
			if c.Gone = often(t, 2, "gone"); !c.Gone {
				alive++
			}
			cs = append(cs, c)
		}
		chosen, refused := plan.Choose(cs)
		seen := map[string]bool{}
		for _, c := range chosen {
			if seen[c.Cluster] || c.Gone {
				t.Errorf("%q chosen twice, or gone", c.Cluster)
			}
			seen[c.Cluster] = true
		}
		for _, r := range refused {
			if seen[r.Candidate.Cluster] || r.Candidate.Gone {
				t.Errorf("%s refused for %q, which is chosen, or it is gone", r.Candidate.Group.ARN, r.Candidate.Cluster)
			}
		}
		ignored := 0
		for _, c := range cs {
			if c.ByLoadBalancer && c.Group.Port != 443 && !c.Gone {
				ignored++
			}
		}
		if n := len(chosen) + len(refused); n > alive || n < alive-ignored {
			t.Errorf("%d of %d are accounted for", n, alive)
		}
		again, refusedAgain := plan.Choose(rapid.Permutation(cs).Draw(t, "mixed"))
		if d := diff(chosen, again) + diff(refused, refusedAgain); d != "" {
			t.Errorf("order matters:\n%s", d)
		}
	})
}
