package state

import (
	"slices"
	"strings"
)

// SetSubnets replaces a load balancer's subnets. Zones that stay keep their
// subnet, interface and address. A network load balancer keeps the zones that
// it has while endpoints are connected to it. Source: ELB API reference,
// SetSubnets; NLB user guide, availability zones; for the wording
// aws-load-balancer-controller issue 4171.
func (s *Store) SetSubnets(c Caller, arn string, subnets []SubnetMapping) (LoadBalancer, error) {
	defer s.enter()()
	p := s.place(c)
	lb, ok := p.loadBalancers.get(arn)
	if !ok {
		return LoadBalancer{}, noLoadBalancer(arn)
	}
	in := LoadBalancerInput{Type: lb.Type, Subnets: subnets}
	found, err := s.balancerSubnets(p, in, lb.Zones...)
	if err != nil {
		return LoadBalancer{}, err
	}
	if found[0].VPC != lb.VPC {
		return LoadBalancer{}, refuse("InvalidConfigurationRequest", "All subnets must belong to the same VPC: '%s'", lb.VPC)
	}
	var kept []LBZone
	for _, z := range lb.Zones {
		i := slices.IndexFunc(found, func(sub Subnet) bool { return sub.ZoneID == z.ZoneID })
		switch {
		case i >= 0 && (found[i].ID != z.Subnet || subnets[i].Addr.IsValid() && subnets[i].Addr != z.Addr):
			return LoadBalancer{}, refuse("InvalidConfigurationRequest", "You cannot specify an additional subnet from an Availability Zone that is already associated with the load balancer. The Availability Zone '%s' corresponding to the new subnet '%s' is already associated with the load balancer.", z.Zone, found[i].ID)
		case i >= 0:
			kept = append(kept, z)
		case s.linked(p, p.offering[arn], arn):
			return LoadBalancer{}, refuse("InvalidConfigurationRequest", "The Availability Zone '%s' cannot be removed from load balancer '%s': VPC endpoints are connected to it", z.Zone, arn)
		}
	}
	before := lb.Zones
	lb.Zones = kept
	if err := s.addNodes(p, &lb, found, subnets); err != nil {
		return LoadBalancer{}, err
	}
	for _, z := range before {
		if !slices.Contains(kept, z) {
			s.dropInterface(p, z.Interface)
			delete(s.hosts, lb.zonalName(z))
		}
	}
	set(s, p.loadBalancers, arn, lb)
	s.emit(p, Event{Kind: LoadBalancerChanged, Subject: arn, Of: lb.VPC, Was: lb.State, Now: lb.State, Extra: "subnets"})
	for _, l := range currents(p.listeners.under("lb", arn)) {
		s.attach(p, l.Groups)
	}
	return lb, nil
}

// addNodes gives a load balancer an interface in each of the subnets that it
// is not in, in all or none, and the names of its zones.
func (s *Store) addNodes(p *place, lb *LoadBalancer, subnets []Subnet, mappings []SubnetMapping) error {
	had := len(lb.Zones)
	kind := map[string]string{"network": "network_load_balancer", "application": "interface"}[lb.Type]
	_, path, _ := strings.Cut(lb.ARN, ":loadbalancer/")
	for i, sub := range subnets {
		if slices.ContainsFunc(lb.Zones, func(z LBZone) bool { return z.ZoneID == sub.ZoneID }) {
			continue
		}
		eni, err := s.addInterface(p, sub, mappings[i].Addr, Interface{
			Description: "ELB " + path, Type: kind, RequesterID: "amazon-elb", RequesterManaged: true, SecurityGroups: lb.SecurityGroups,
			Attachment: &Attachment{InstanceOwner: "amazon-elb", DeviceIndex: 1},
		})
		if err != nil {
			for _, z := range lb.Zones[had:] {
				s.dropInterface(p, z.Interface)
				delete(s.hosts, lb.zonalName(z))
			}
			return err
		}
		z := LBZone{sub.Zone, sub.ZoneID, sub.ID, eni.ID, eni.Addr, mappings[i].Addr.IsValid()}
		lb.Zones = append(slices.Clip(lb.Zones), z)
		if lb.Type == "network" {
			s.hosts[lb.zonalName(z)] = host{place: p, balancer: lb.ARN, zone: z.ZoneID}
		}
	}
	return nil
}

// zonalName is the name of a network load balancer in one zone. Source: NLB
// user guide, availability zones.
func (lb LoadBalancer) zonalName(z LBZone) string {
	return strings.ToLower(z.Zone + "." + lb.DNSName)
}
