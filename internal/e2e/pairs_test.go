package e2e

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/lab/traffic"
)

// wired is a link's two ends as they are wired by hand, by ordinary API calls.
type wired struct {
	*testing.T
	p              *pathLab
	elb            *elb.Client
	ec2            *ec2.Client
	host           string // of the cluster
	balancer       elbtypes.LoadBalancer
	group, cluster string // security groups
}

func newWired(t *testing.T, p *pathLab) *wired {
	cfg := aws.Config{Region: region, BaseEndpoint: aws.String(p.URL()), Credentials: credentials.NewStaticCredentialsProvider(state.StaticKey(account), state.StaticSecret, "")}
	w := &wired{T: t, p: p, elb: elb.NewFromConfig(cfg), ec2: ec2.NewFromConfig(cfg)}
	c, err := eks.NewFromConfig(cfg).DescribeCluster(t.Context(), &eks.DescribeClusterInput{Name: aws.String("prod")})
	w.must(err)
	w.host, w.cluster = strings.ToLower(strings.TrimPrefix(*c.Cluster.Endpoint, "https://")), *c.Cluster.ResourcesVpcConfig.ClusterSecurityGroupId
	lbs, err := w.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{})
	w.must(err)
	w.balancer = lbs.LoadBalancers[0]
	w.group = w.balancer.SecurityGroups[0]
	return w
}

func (w *wired) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// enforce switches whether inbound rules apply to PrivateLink traffic.
func (w *wired) enforce(yes elbtypes.EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum) {
	w.Helper()
	_, err := w.elb.SetSecurityGroups(w.Context(), &elb.SetSecurityGroupsInput{
		LoadBalancerArn: w.balancer.LoadBalancerArn, SecurityGroups: w.balancer.SecurityGroups, EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: yes,
	})
	w.must(err)
}

// admit replaces all rules of a group that admit TCP 443: by these CIDRs, or by
// a group.
func (w *wired) admit(group, peer string, cidrs ...string) {
	w.Helper()
	all, err := w.ec2.DescribeSecurityGroupRules(w.Context(), &ec2.DescribeSecurityGroupRulesInput{Filters: []ec2types.Filter{{Name: aws.String("group-id"), Values: []string{group}}}})
	w.must(err)
	for _, r := range all.SecurityGroupRules {
		if !*r.IsEgress && aws.ToInt32(r.FromPort) == 443 {
			_, err := w.ec2.RevokeSecurityGroupIngress(w.Context(), &ec2.RevokeSecurityGroupIngressInput{GroupId: &group, SecurityGroupRuleIds: []string{*r.SecurityGroupRuleId}})
			w.must(err)
		}
	}
	rule := ec2types.IpPermission{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443)}
	if peer != "" {
		rule.UserIdGroupPairs = []ec2types.UserIdGroupPair{{GroupId: &peer}}
	}
	for _, c := range cidrs {
		rule.IpRanges = append(rule.IpRanges, ec2types.IpRange{CidrIp: &c})
	}
	_, err = w.ec2.AuthorizeSecurityGroupIngress(w.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: []ec2types.IpPermission{rule}})
	w.must(err)
}

// nodes are the load balancer's addresses, as CIDRs.
func (w *wired) nodes() (cidrs []string) {
	w.Helper()
	found, err := w.ec2.DescribeNetworkInterfaces(w.Context(), &ec2.DescribeNetworkInterfacesInput{Filters: []ec2types.Filter{{Name: aws.String("group-id"), Values: []string{w.group}}}})
	w.must(err)
	for _, i := range found.NetworkInterfaces {
		cidrs = append(cidrs, *i.PrivateIpAddress+"/32")
	}
	if len(cidrs) < 2 {
		w.Fatalf("the load balancer has the addresses %v", cidrs)
	}
	return cidrs
}

// dials connects from the hub several times at once, and returns what came of
// it.
func (w *wired) dials(times int, patience time.Duration) []error {
	errs := make([]error, times)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(w.Context(), patience)
			defer cancel()
			conn, err := traffic.ProxyDial("http://"+w.p.Proxy())(ctx, "tcp", net.JoinHostPort(w.host, "443"))
			if err == nil {
				conn.Close()
			}
			errs[i] = err
		})
	}
	all.Wait()
	return errs
}

// changed waits until the networks have heard of new rules, as a connection
// shows.
func (w *wired) changed(alive bool) {
	w.Helper()
	for range 20 {
		if w.dials(1, time.Second)[0] == nil == alive {
			return
		}
	}
	w.Fatalf("connections stand: %v", !alive)
}

// wantGreen: all targets are healthy, and stay so.
func (w *wired) wantGreen() {
	w.Helper()
	groups, err := w.elb.DescribeTargetGroups(w.Context(), &elb.DescribeTargetGroupsInput{LoadBalancerArn: w.balancer.LoadBalancerArn})
	w.must(err)
	health, err := w.elb.DescribeTargetHealth(w.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: groups.TargetGroups[0].TargetGroupArn})
	w.must(err)
	if len(health.TargetHealthDescriptions) != 2 {
		w.Errorf("%d targets, want 2", len(health.TargetHealthDescriptions))
	}
	for _, h := range health.TargetHealthDescriptions {
		if h.TargetHealth.State != elbtypes.TargetHealthStateEnumHealthy {
			w.Errorf("target %s is %s", *h.Target.Id, h.TargetHealth.State)
		}
	}
}

// TestGreenAndDead wires a link's security groups by hand: the two valid pairs
// let connections through; each other mix of their halves keeps its targets
// healthy, and every connection over PrivateLink times out. Source: Network
// Load Balancers guide, register targets, and security groups.
func TestGreenAndDead(t *testing.T) {
	p := newPathLab(t, lab.Options{Speed: 600, Seed: 1})
	w := newWired(t, p)
	const hub, endpoints = "10.100.0.0/16", "10.101.0.0/20" // the hosts', and the endpoints' VPC
	on, off := elbtypes.EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnumOn, elbtypes.EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnumOff
	for _, tt := range []struct {
		name    string
		enforce elbtypes.EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum
		clients string // whom the load balancer's group admits
		byGroup bool   // the cluster's group admits the load balancer's group, else its addresses
		dead    string // what the lab says of it; empty: alive
	}{
		{"enforced, the hub's hosts, by group", on, hub, true, ""},
		{"not enforced, by group", off, hub, true, "security-group: "},
		{"not enforced, by addresses", off, hub, false, ""},
		{"not enforced, by addresses, nobody admitted in front", off, "192.0.2.0/24", false, ""},
		{"enforced, the endpoints' addresses instead of the hosts'", on, endpoints, true, "enforced on PrivateLink traffic"},
		{"enforced, the endpoints' addresses, by addresses", on, endpoints, false, "enforced on PrivateLink traffic"},
		{"enforced again, as at first", on, hub, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.T = t
			w.enforce(tt.enforce)
			w.admit(w.group, "", tt.clients)
			if tt.byGroup {
				w.admit(w.cluster, w.group)
			} else {
				w.admit(w.cluster, "", w.nodes()...)
			}
			w.changed(tt.dead == "")
			for _, err := range w.dials(8, 2*time.Second) { // 120 health checks at this speed
				if tt.dead == "" {
					if err != nil {
						t.Errorf("does not connect: %v", err)
					}
					continue
				}
				wrong, ok := errors.AsType[*traffic.ProxyError](err)
				if !ok || !wrong.Timeout() || !strings.Contains(wrong.Why(), tt.dead) {
					t.Errorf("failed otherwise than by a timeout that says %q: %v", tt.dead, err)
				}
			}
			w.wantGreen()
		})
	}
}
