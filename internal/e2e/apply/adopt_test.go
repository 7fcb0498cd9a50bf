package apply

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// TestAdoptExisting offers a load balancer that somebody else made, and lets
// sync look at its group, add to it, and then manage it.
func TestAdoptExisting(t *testing.T) {
	fullOnly(t)
	s := start(t, "testdata/adopt-existing.yaml")
	balancer, group := s.existing("222222222222", "us-east-1", "prod", "prod")
	const stale = "10.0.0.200" // the cluster's at some time before
	s.until("the load balancer to be active", func() bool {
		out, err := s.elb("222222222222", "us-east-1").DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{balancer}})
		return err == nil && out.LoadBalancers[0].State.Code == elbtypes.LoadBalancerStateEnumActive
	})
	before := s.world()
	current := s.cluster(prodUS).Serving[0].String()
	s.register(group, current)
	s.register(group, stale)
	r := s.root("examples/adopt-existing", vars{
		"accounts":      vars{"hub": "111111111111", "cluster": "222222222222"},
		"deployer_role": "postern-deployer",
		"region":        "us-east-1",
		"links": vars{"prod-us": vars{
			"cluster": "prod", "load_balancer_arn": balancer, "target_group_arn": group, "zone_ids": []string{"use1-az1", "use1-az2"},
		}},
		"hub_vpc":      vars{"vpc_id": s.vpc("tools"), "route_table_ids": vars{"main": s.mainTable("tools")}},
		"endpoint_vpc": vars{"cidr": "10.101.0.0/20", "subnets": vars{"use1-az1": "10.101.0.0/24", "use1-az2": "10.101.1.0/24"}},
		"package":      s.function(),
	})

	// observe, the default: sync sees the group and writes nothing.
	r.apply()
	s.tag(r)
	s.until("some passes over the group", func() bool { return s.calls("elbv2:DescribeTargetHealth", syncRole) > 2 })
	want := slices.Sorted(slices.Values([]string{current, stale}))
	if got := s.registered(group); !slices.Equal(got, want) {
		t.Errorf("stage observe: %v are registered", got)
	}
	for _, action := range []string{"elbv2:RegisterTargets", "elbv2:DeregisterTargets", "elbv2:AddTags"} {
		if n := s.calls(action, syncRole); n > 0 {
			t.Errorf("stage observe: sync called %s %d times", action, n)
		}
	}
	r.wantNoChanges("stage observe")

	// register: what is missing is added, what is stale stays.
	r.set(vars{"stage": "register"})
	if changes := r.plan(); len(changes) != 2 {
		t.Errorf("stage register changes %v", changes)
	}
	r.apply()
	s.until("the cluster's addresses in the group", func() bool { return len(s.registered(group)) == 3 })
	s.until("an answer of the cluster", func() bool { return s.answers(prodUS) })
	s.wantReachable(prodUS)
	passes := s.calls("elbv2:DescribeTargetHealth", syncRole)
	s.until("more passes", func() bool { return s.calls("elbv2:DescribeTargetHealth", syncRole) > passes+10 })
	if got := s.registered(group); !slices.Contains(got, stale) {
		t.Errorf("stage register: %v are registered, without %s", got, stale)
	}
	for _, action := range []string{"elbv2:DeregisterTargets", "elbv2:AddTags"} {
		if n := s.calls(action, syncRole); n > 0 {
			t.Errorf("stage register: sync called %s %d times", action, n)
		}
	}
	r.wantNoChanges("stage register")

	// manage, once the group is tagged as sync's own.
	r.set(vars{"stage": "manage"})
	r.apply()
	s.tag(r)
	s.filled(prodUS)
	s.wantReachable(prodUS)
	r.wantNoChanges("stage manage")
	s.marked(prodUS)
	r.wantNoChanges("while a mark exists") // which it does not even read: the group is not its own
	s.unmarked(prodUS)

	r.destroy()
	s.release(group)
	s.step("nothing is left", func() { s.wantLeft(before) })
}

// syncRole is the name of the role that target-sync makes in us-east-1.
const syncRole = "postern-sync-us-east-1"

// existing makes what the example takes as given, by plain calls: a load balancer
// with its security group, and a listener that forwards to a group.
func (s *stack) existing(account, region, cluster, vpc string) (balancer, group string) {
	s.Helper()
	ctx, cfg := s.Context(), s.config(account, region)
	network, balancing := ec2.NewFromConfig(cfg), s.elb(account, region)
	id := s.vpc(vpc)
	must := func(err error) {
		s.Helper()
		if err != nil {
			s.Fatal(err)
		}
	}
	c, err := eks.NewFromConfig(cfg).DescribeCluster(ctx, &eks.DescribeClusterInput{Name: &cluster})
	must(err)
	sg, err := network.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{GroupName: new("prod-api"), Description: new("API of prod"), VpcId: &id})
	must(err)
	admit := func(group *string, from ec2types.IpPermission) {
		s.Helper()
		from.IpProtocol, from.FromPort, from.ToPort = new("tcp"), new(int32(443)), new(int32(443))
		_, err := network.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group, IpPermissions: []ec2types.IpPermission{from}})
		must(err)
	}
	admit(sg.GroupId, ec2types.IpPermission{IpRanges: []ec2types.IpRange{{CidrIp: new("10.100.0.0/16")}}})
	admit(c.Cluster.ResourcesVpcConfig.ClusterSecurityGroupId, ec2types.IpPermission{UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: sg.GroupId}}})
	lb, err := balancing.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{
		Name: new("prod-api"), Type: elbtypes.LoadBalancerTypeEnumNetwork, Scheme: elbtypes.LoadBalancerSchemeEnumInternal,
		Subnets: c.Cluster.ResourcesVpcConfig.SubnetIds, SecurityGroups: []string{*sg.GroupId},
	})
	must(err)
	tg, err := balancing.CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{
		Name: new("prod-api"), Protocol: elbtypes.ProtocolEnumTcp, Port: new(int32(443)), TargetType: elbtypes.TargetTypeEnumIp, VpcId: &id,
	})
	must(err)
	balancer, group = *lb.LoadBalancers[0].LoadBalancerArn, *tg.TargetGroups[0].TargetGroupArn
	_, err = balancing.CreateListener(ctx, &elb.CreateListenerInput{
		LoadBalancerArn: &balancer, Protocol: elbtypes.ProtocolEnumTcp, Port: new(int32(443)),
		DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &group}},
	})
	must(err)
	return balancer, group
}

// release takes out of a group, as its owner, what sync has put there, and the
// tags that it was found by.
func (s *stack) release(group string) {
	s.Helper()
	part := strings.Split(group, ":")
	client := s.elb(part[4], part[3])
	var targets []elbtypes.TargetDescription
	for _, address := range s.registered(group) {
		targets = append(targets, elbtypes.TargetDescription{Id: &address})
	}
	_, err := client.DeregisterTargets(s.Context(), &elb.DeregisterTargetsInput{TargetGroupArn: &group, Targets: targets})
	if err == nil {
		_, err = client.RemoveTags(s.Context(), &elb.RemoveTagsInput{ResourceArns: []string{group}, TagKeys: []string{"postern:cluster", "postern:managed", "postern:marks"}})
	}
	if err != nil {
		s.Fatal(err)
	}
}

// register adds a target to a group as its owner.
func (s *stack) register(group, address string) {
	s.Helper()
	part := strings.Split(group, ":") // arn:aws:elasticloadbalancing:REGION:ACCOUNT:...
	_, err := s.elb(part[4], part[3]).RegisterTargets(s.Context(), &elb.RegisterTargetsInput{
		TargetGroupArn: &group, Targets: []elbtypes.TargetDescription{{Id: &address}},
	})
	if err != nil {
		s.Fatal(err)
	}
}

// registered are the addresses in a group, sorted.
func (s *stack) registered(group string) []string {
	s.Helper()
	var found []string
	for _, a := range s.state().World.Accounts {
		for _, g := range a.TargetGroups {
			for _, t := range g.Targets {
				if g.ARN == group && t.State != "draining" {
					found = append(found, t.Target.ID)
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// tag does as the group's owner what the output tag_commands says.
func (s *stack) tag(r *root) {
	s.Helper()
	var commands []string
	r.output("tag_commands", &commands)
	for _, command := range commands {
		word := strings.Fields(command)
		if len(word) < 9 || strings.Join(word[:4], " ") != "aws elbv2 add-tags --region" || word[5] != "--resource-arns" || word[7] != "--tags" {
			s.Fatalf("what the groups' owners are to run is %q", command)
		}
		var tags []elbtypes.Tag
		for _, pair := range word[8:] {
			key, value, ok := strings.Cut(strings.TrimPrefix(pair, "Key="), ",Value=")
			if !ok {
				s.Fatalf("%q is no tag", pair)
			}
			tags = append(tags, elbtypes.Tag{Key: &key, Value: &value})
		}
		account := strings.Split(word[6], ":")[4]
		if _, err := s.elb(account, word[4]).AddTags(s.Context(), &elb.AddTagsInput{ResourceArns: word[6:7], Tags: tags}); err != nil {
			s.Fatal(err)
		}
	}
}
