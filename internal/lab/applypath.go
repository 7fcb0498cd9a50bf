package lab

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"postern/internal/lab/state"
)

// applyPeering makes a peering connection and its routes.
func (w *World) applyPeering(s *state.Store, m *made, i int) error {
	from, to := w.vpc(w.Peerings[i].From), w.vpc(w.Peerings[i].To)
	fail := func(err error) error { return w.at(fmt.Sprintf("peerings[%d]", i), err) }
	pc, err := s.CreateVpcPeeringConnection(root(from.Account, from.Region), state.PeeringInput{
		VPC: m.vpcs[from.Name], PeerVPC: m.vpcs[to.Name], PeerOwner: to.Account, PeerRegion: to.Region, Tags: state.Tags{"Name": from.Name + " to " + to.Name},
	})
	if err != nil {
		return fail(err)
	}
	s.Settle() // it can be accepted now, or has failed
	accepted, err := s.AcceptVpcPeeringConnection(root(to.Account, to.Region), pc.ID)
	if err != nil {
		for _, a := range from.blocks() {
			for _, b := range to.blocks() {
				if a.Overlaps(b) {
					err = fmt.Errorf("%s of VPC %q overlaps %s of VPC %q, and such VPCs cannot be peered: %w", a, from.Name, b, to.Name, err)
				}
			}
		}
		return fail(err)
	}
	for _, side := range []struct{ here, there *VPC }{{from, to}, {to, from}} {
		if err := w.route(s, m, side.here, side.there, accepted.ID); err != nil {
			return fail(err)
		}
	}
	return nil
}

// route leads from one VPC's main route table to every block of another.
func (w *World) route(s *state.Store, m *made, here, there *VPC, target string) error {
	caller := root(here.Account, here.Region)
	tables, _, err := s.DescribeRouteTables(caller, nil, []state.Filter{{Name: "vpc-id", Values: []string{m.vpcs[here.Name]}}, {Name: "association.main", Values: []string{"true"}}}, state.Page{})
	if err != nil {
		return err
	}
	if len(tables) != 1 {
		return fmt.Errorf("VPC %q has %d main route tables", here.Name, len(tables))
	}
	for _, block := range there.blocks() {
		if err := s.CreateRoute(caller, tables[0].ID, block, target); err != nil {
			return err
		}
	}
	return nil
}

// endpointVPC returns the hub's endpoint VPC in a cluster's region, or nil.
func (w *World) endpointVPC(c Cluster) *VPC {
	region := w.vpc(c.VPC).Region
	for _, name := range w.Hub.Endpoints {
		if v := w.vpc(name); v.Region == region {
			return v
		}
	}
	return nil
}

// admitHub are rules that admit the hosts of the hub's VPCs to port 443.
func (w *World) admitHub() []state.RuleInput {
	var rules []state.RuleInput
	for _, name := range w.Hub.VPCs {
		for _, block := range w.vpc(name).blocks() {
			rules = append(rules, state.RuleInput{Protocol: "tcp", From: 443, To: 443, CIDR: block, Description: "hosts of " + name})
		}
	}
	return rules
}

// applyPath makes the way from the hub to a link: what the Terraform modules
// cluster-link and hub-endpoints make.
func (w *World) applyPath(s *state.Store, m *made, i int) error {
	c := w.Clusters[i]
	v, at := w.vpc(c.VPC), w.endpointVPC(c)
	fail := func(err error) error {
		return w.at(fmt.Sprintf("clusters[%d]", i), fmt.Errorf("make its path: %w", err))
	}
	cluster := root(v.Account, v.Region)
	automatic := false
	service, err := s.CreateVpcEndpointServiceConfiguration(cluster, state.EndpointServiceInput{
		LoadBalancers: []string{m.balancers[i]}, AcceptanceRequired: &automatic, Tags: state.Tags{tagCluster: c.Name},
	})
	if err != nil {
		return fail(err)
	}
	if _, err := s.ModifyVpcEndpointServicePermissions(cluster, service.ID, []string{"arn:aws:iam::" + w.Hub.Account + ":root"}, nil); err != nil {
		return fail(err)
	}
	s.Settle()
	endpoint, err := w.applyEndpoint(s, m, i, at, service.Name)
	if err != nil {
		return fail(err)
	}
	if err := w.applyZone(s, m, cluster, c.Name, endpoint); err != nil {
		return fail(err)
	}
	return nil
}

// applyEndpoint makes the interface endpoint in each zone that both sides have.
func (w *World) applyEndpoint(s *state.Store, m *made, i int, at *VPC, service string) (state.Endpoint, error) {
	hub := root(at.Account, at.Region)
	if m.callers[at.Name] == "" {
		group, err := s.CreateSecurityGroup(hub, state.SecurityGroupInput{VPC: m.vpcs[at.Name], Name: "postern-endpoints", Description: "Interface endpoints of Postern"})
		if err != nil {
			return state.Endpoint{}, err
		}
		m.callers[at.Name] = group.ID
		if rules := w.admitHub(); len(rules) > 0 {
			if _, err := s.AuthorizeSecurityGroupIngress(hub, group.ID, rules, nil); err != nil {
				return state.Endpoint{}, err
			}
		}
	}
	v := w.vpc(w.Clusters[i].VPC)
	balancers, _, err := s.DescribeLoadBalancers(root(v.Account, v.Region), []string{m.balancers[i]}, nil, state.Page{})
	if err != nil || len(balancers) != 1 {
		return state.Endpoint{}, errors.Join(err, fmt.Errorf("%d load balancers are %s", len(balancers), m.balancers[i]))
	}
	subnets, _, err := s.DescribeSubnets(hub, m.subnets[at.Name], nil, state.Page{})
	if err != nil {
		return state.Endpoint{}, err
	}
	var chosen []state.SubnetMapping
	for _, z := range balancers[0].Zones {
		if n := slices.IndexFunc(subnets, func(x state.Subnet) bool { return x.ZoneID == z.ZoneID }); n >= 0 {
			chosen = append(chosen, state.SubnetMapping{Subnet: subnets[n].ID})
		}
	}
	if len(chosen) == 0 {
		return state.Endpoint{}, fmt.Errorf("VPC %q and endpoint VPC %q have no zone in common, and an interface endpoint reaches the load balancer in its own zone only", v.Name, at.Name)
	}
	return s.CreateVpcEndpoint(hub, state.EndpointInput{
		Type: "Interface", VPC: m.vpcs[at.Name], ServiceName: service, Subnets: chosen, SecurityGroups: []string{m.callers[at.Name]},
		Tags: state.Tags{"Name": w.Clusters[i].Name, tagCluster: w.Clusters[i].Name},
	})
}

// applyZone gives the hub's VPCs the endpoint's addresses for the cluster's own
// host name.
func (w *World) applyZone(s *state.Store, m *made, cluster state.Caller, name string, endpoint state.Endpoint) error {
	made, err := s.DescribeCluster(cluster, name)
	if err != nil {
		return err
	}
	if len(w.Hub.VPCs) == 0 {
		return nil
	}
	hub := root(w.Hub.Account, w.Hub.Region)
	vpc := func(name string) state.ZoneVPC { return state.ZoneVPC{Region: w.Hub.Region, VPC: m.vpcs[name]} }
	host := hostOf(made)
	zone, err := s.CreateHostedZone(hub, state.HostedZoneInput{Name: host, Reference: host, Comment: "Postern: cluster " + made.ARN, VPC: vpc(w.Hub.VPCs[0])})
	if err != nil {
		return err
	}
	for _, other := range w.Hub.VPCs[1:] {
		if err := s.AssociateVPCWithHostedZone(hub, zone.ID, vpc(other)); err != nil {
			return err
		}
	}
	return s.ChangeResourceRecordSets(hub, zone.ID, []state.RecordChange{{Action: "CREATE", Record: state.Record{
		Name: host, Type: "A", Alias: &state.Alias{Zone: endpoint.HostedZone, Name: endpoint.DNSName},
	}}})
}

// hostOf returns the host of a cluster's endpoint.
func hostOf(c state.Cluster) string { return strings.TrimPrefix(c.Endpoint, "https://") }
