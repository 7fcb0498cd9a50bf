package lab

import (
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"postern/internal/lab/state"
)

// Tags by which Postern's sync finds a link. The lab knows them as Terraform
// does: as text.
const (
	tagCluster  = "postern:cluster"
	tagManaged  = "postern:managed"
	tagEndpoint = "postern:endpoint"
)

// made says which IDs a world's names got.
type made struct {
	vpcs    map[string]string   // ID by the world's name
	subnets map[string][]string // IDs of a VPC's subnets by the VPC's name

	balancers map[int]string    // ARN of a link's load balancer by the cluster's place in the world
	callers   map[string]string // security group of an endpoint VPC's endpoints by the VPC's name
}

// apply makes the world in an empty store by the calls that the API makes, and
// lets everything that takes time be over. The error names the place in the
// world's file.
func (w *World) apply(s *state.Store) (*made, error) {
	m := &made{vpcs: map[string]string{}, subnets: map[string][]string{}, balancers: map[int]string{}, callers: map[string]string{}}
	for i, id := range w.accounts() {
		if err := s.AddAccount(id); err != nil {
			return nil, w.at(fmt.Sprintf("accounts[%d]", i), err)
		}
	}
	for i, r := range w.Roles {
		if err := s.AddRole(state.Role{ARN: r.ARN(), Trust: r.Trust, ExternalID: r.ExternalID}); err != nil {
			return nil, w.at(fmt.Sprintf("roles[%d]", i), err)
		}
	}
	for i := range w.VPCs {
		if err := w.applyVPC(s, m, i); err != nil {
			return nil, err
		}
	}
	for i := range w.Peerings {
		if err := w.applyPeering(s, m, i); err != nil {
			return nil, err
		}
	}
	for i := range w.Clusters {
		if err := w.applyCluster(s, m, i); err != nil {
			return nil, err
		}
	}
	s.Settle() // clusters are ACTIVE: now they have an endpoint, which a link names
	for i, c := range w.Clusters {
		if c.Link != nil && !*c.Link {
			continue
		}
		if err := w.applyLink(s, m, i); err != nil {
			return nil, err
		}
	}
	s.Settle() // load balancers are active: now they can be offered
	for i, c := range w.Clusters {
		if m.balancers[i] != "" && w.endpointVPC(c) != nil {
			if err := w.applyPath(s, m, i); err != nil {
				return nil, err
			}
		}
	}
	s.Settle()
	return m, nil
}

func (w *World) applyVPC(s *state.Store, m *made, i int) error {
	v := w.VPCs[i]
	c := root(v.Account, v.Region)
	vpc, err := s.CreateVpc(c, state.VPCInput{CIDR: v.CIDR.Prefix, Tags: state.Tags{"Name": v.Name}})
	if err != nil {
		return w.at(fmt.Sprintf("vpcs[%d].cidr", i), err)
	}
	m.vpcs[v.Name] = vpc.ID
	on := true // both, or the cluster's name is not private inside
	if err := s.ModifyVpcAttribute(c, vpc.ID, &on, &on); err != nil {
		return w.at(fmt.Sprintf("vpcs[%d]", i), err)
	}
	for j, block := range v.SecondaryCIDRs {
		if _, err := s.AssociateVpcCidrBlock(c, vpc.ID, block.Prefix); err != nil {
			return w.at(fmt.Sprintf("vpcs[%d].secondaryCidrs[%d]", i, j), err)
		}
	}
	for j, sub := range v.Subnets {
		got, err := s.CreateSubnet(c, state.SubnetInput{VPC: vpc.ID, CIDR: sub.CIDR.Prefix, Zone: sub.Zone, ZoneID: sub.ZoneID, Tags: state.Tags{"Name": v.Name}})
		if err != nil {
			return w.at(fmt.Sprintf("vpcs[%d].subnets[%d]", i, j), err)
		}
		m.subnets[v.Name] = append(m.subnets[v.Name], got.ID)
	}
	return nil
}

func (w *World) applyCluster(s *state.Store, m *made, i int) error {
	c := w.Clusters[i]
	v := w.vpc(c.VPC)
	public, private := access(c.Access)
	_, err := s.CreateCluster(root(v.Account, v.Region), state.ClusterInput{
		Name:    c.Name,
		Version: c.Version,
		Role:    fmt.Sprintf("arn:aws:iam::%s:role/%s", v.Account, shorten("eks-"+c.Name, 64)),
		Subnets: m.subnets[c.VPC],
		Public:  &public,
		Private: &private,
	})
	if err != nil {
		return w.at(fmt.Sprintf("clusters[%d]", i), err)
	}
	return nil
}

func access(text string) (public, private bool) {
	return text == AccessPublic || text == AccessBoth, text != AccessPublic
}

// applyLink makes what the Terraform module cluster-link makes for sync.
func (w *World) applyLink(s *state.Store, m *made, i int) error {
	c := w.Clusters[i]
	v := w.vpc(c.VPC)
	fail := func(err error) error {
		return w.at(fmt.Sprintf("clusters[%d]", i), fmt.Errorf("make its link: %w", err))
	}
	caller := root(v.Account, v.Region)
	cluster, err := s.DescribeCluster(caller, c.Name)
	if err != nil {
		return fail(err)
	}
	name := linkName(c.Name)
	tags := state.Tags{
		tagCluster:  c.Name,
		tagManaged:  "true",
		tagEndpoint: hostOf(cluster),
	}
	group, err := s.CreateSecurityGroup(caller, state.SecurityGroupInput{VPC: m.vpcs[c.VPC], Name: name, Description: "Postern link of cluster " + c.Name})
	if err != nil {
		return fail(err)
	}
	// One of the two valid pairs: inbound rules are enforced on PrivateLink
	// traffic, so that they name the hub's addresses, and the cluster's group
	// admits the balancer's.
	if rules := w.admitHub(); len(rules) > 0 {
		if _, err := s.AuthorizeSecurityGroupIngress(caller, group.ID, rules, nil); err != nil {
			return fail(err)
		}
	}
	admit := state.RuleInput{Protocol: "tcp", From: 443, To: 443, Peer: group.ID}
	if _, err := s.AuthorizeSecurityGroupIngress(caller, cluster.ClusterSecurityGroup, []state.RuleInput{admit}, nil); err != nil {
		return fail(err)
	}
	lb, err := s.CreateLoadBalancer(caller, state.LoadBalancerInput{
		Name: name, Type: "network", Scheme: "internal", Subnets: onePerZone(v.Subnets, m.subnets[c.VPC]), SecurityGroups: []string{group.ID}, Tags: tags,
	})
	if err != nil {
		return fail(err)
	}
	m.balancers[i] = lb.ARN
	if _, err := s.ModifyLoadBalancerAttributes(caller, lb.ARN, map[string]string{"load_balancing.cross_zone.enabled": "true"}); err != nil {
		return fail(err)
	}
	targets, err := s.CreateTargetGroup(caller, state.TargetGroupInput{
		Name: name, Type: "ip", Protocol: "TCP", Port: 443, VPC: m.vpcs[c.VPC], Tags: tags,
		HealthCheck: state.HealthCheck{
			Enabled: true, Protocol: "HTTPS", Port: "traffic-port", Path: "/readyz", Matcher: "200",
			Interval: 10 * time.Second, Timeout: 10 * time.Second, Healthy: 2, Unhealthy: 2,
		},
	})
	if err != nil {
		return fail(err)
	}
	if _, err := s.ModifyTargetGroupAttributes(caller, targets.ARN, map[string]string{
		"deregistration_delay.connection_termination.enabled":          "true",
		"target_health_state.unhealthy.connection_termination.enabled": "false",
		"target_health_state.unhealthy.draining_interval_seconds":      "15",
	}); err != nil {
		return fail(err)
	}
	if _, err := s.CreateListener(caller, state.ListenerInput{LoadBalancer: lb.ARN, Protocol: "TCP", Port: 443, Groups: []string{targets.ARN}, Tags: tags}); err != nil {
		return fail(err)
	}
	return nil
}

// onePerZone chooses the first subnet of each zone: a network load balancer
// takes one. A subnet that names no zone is in the region's first.
func onePerZone(subnets []Subnet, ids []string) []state.SubnetMapping {
	var chosen []state.SubnetMapping
	seen := map[Subnet]bool{}
	for i, sub := range subnets {
		zone := Subnet{Zone: sub.Zone, ZoneID: sub.ZoneID}
		if !seen[zone] {
			seen[zone] = true
			chosen = append(chosen, state.SubnetMapping{Subnet: ids[i]})
		}
	}
	return chosen
}

// linkName names a link's load balancer, target group and security group as the
// Terraform module does: a prefix, what there is room for of the cluster's name,
// and a hash. AWS's limit is 32 characters, and EKS's is 100.
func linkName(cluster string) string {
	const prefix = "postern-"
	name := strings.ToLower(strings.ReplaceAll(cluster, "_", "-"))
	name = strings.Trim(name[:min(len(name), 32-len(prefix)-len("-01234567"))], "-")
	return fmt.Sprintf("%s%s-%.4x", prefix, name, sha256.Sum256([]byte(cluster)))
}

// shorten keeps a name within a limit by a hash of the whole at its end.
func shorten(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return fmt.Sprintf("%s-%08x", strings.TrimRight(name[:limit-9], "-"), h.Sum32())
}

// root is an account's own user, by which the world is made.
func root(account, region string) state.Caller {
	return state.Caller{Account: account, Region: region, ARN: fmt.Sprintf("arn:aws:iam::%s:root", account), UserID: account}
}
