package elbv2

import (
	"context"
	"maps"
	"net/netip"
	"slices"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createLoadBalancer(_ context.Context, c wire.Caller, in *CreateLoadBalancerInput) (*CreateLoadBalancerOutput, error) {
	ask := state.LoadBalancerInput{
		Name:           wire.Value(in.Name),
		Type:           wire.Value(in.Type),
		Scheme:         wire.Value(in.Scheme),
		IPAddressType:  wire.Value(in.IpAddressType),
		SecurityGroups: in.SecurityGroups,
		Tags:           tagMap(in.Tags),
	}
	var err error
	if ask.Subnets, err = subnetMappings(in.Subnets, in.SubnetMappings); err != nil {
		return nil, err
	}
	lb, err := h.store.CreateLoadBalancer(state.Caller(c), ask)
	if err != nil {
		return nil, err
	}
	return &CreateLoadBalancerOutput{LoadBalancers: []LoadBalancer{loadBalancer(lb)}}, nil
}

// subnetMappings reads subnets, or subnet mappings, not both.
// Source: Elastic Load Balancing API reference, CreateLoadBalancer, SetSubnets.
func subnetMappings(ids []string, mappings []SubnetMapping) ([]state.SubnetMapping, error) {
	if len(ids) > 0 && len(mappings) > 0 {
		return nil, refuse("ValidationError", "You can specify only one of 'subnets' or 'subnet mappings'")
	}
	var out []state.SubnetMapping
	for _, id := range ids {
		out = append(out, state.SubnetMapping{Subnet: id})
	}
	for _, m := range mappings {
		to := state.SubnetMapping{Subnet: wire.Value(m.SubnetId)}
		if s := m.PrivateIPv4Address; s != nil {
			var err error
			if to.Addr, err = netip.ParseAddr(*s); err != nil {
				return nil, refuse("ValidationError", "'%s' is not a valid IPv4 address", *s)
			}
		}
		out = append(out, to)
	}
	return out, nil
}

func (h handlers) setSubnets(_ context.Context, c wire.Caller, in *SetSubnetsInput) (*SetSubnetsOutput, error) {
	subnets, err := subnetMappings(in.Subnets, in.SubnetMappings)
	if err != nil {
		return nil, err
	}
	lb, err := h.store.SetSubnets(state.Caller(c), wire.Value(in.LoadBalancerArn), subnets)
	if err != nil {
		return nil, err
	}
	return &SetSubnetsOutput{AvailabilityZones: loadBalancer(lb).AvailabilityZones, IpAddressType: &lb.IPAddressType, EnablePrefixForIpv6SourceNat: new("off")}, nil
}

func (h handlers) setSecurityGroups(_ context.Context, c wire.Caller, in *SetSecurityGroupsInput) (*SetSecurityGroupsOutput, error) {
	lb, err := h.store.SetSecurityGroups(state.Caller(c), wire.Value(in.LoadBalancerArn), in.SecurityGroups, wire.Value(in.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic))
	if err != nil {
		return nil, err
	}
	return &SetSecurityGroupsOutput{
		SecurityGroupIds: lb.SecurityGroups,
		EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: wire.Set(lb.EnforcePrivateLink),
	}, nil
}

func (h handlers) deleteLoadBalancer(_ context.Context, c wire.Caller, in *DeleteLoadBalancerInput) (*DeleteLoadBalancerOutput, error) {
	return nil, h.store.DeleteLoadBalancer(state.Caller(c), wire.Value(in.LoadBalancerArn))
}

func (h handlers) describeLoadBalancers(_ context.Context, c wire.Caller, in *DescribeLoadBalancersInput) (*DescribeLoadBalancersOutput, error) {
	lbs, next, err := h.store.DescribeLoadBalancers(state.Caller(c), in.LoadBalancerArns, in.Names, page(in.PageSize, in.Marker))
	if err != nil {
		return nil, err
	}
	return &DescribeLoadBalancersOutput{LoadBalancers: each(lbs, loadBalancer), NextMarker: wire.Set(next)}, nil
}

func (h handlers) modifyLoadBalancerAttributes(_ context.Context, c wire.Caller, in *ModifyLoadBalancerAttributesInput) (*ModifyLoadBalancerAttributesOutput, error) {
	set := map[string]string{}
	for _, a := range in.Attributes {
		set[wire.Value(a.Key)] = wire.Value(a.Value)
	}
	now, err := h.store.ModifyLoadBalancerAttributes(state.Caller(c), wire.Value(in.LoadBalancerArn), set)
	if err != nil {
		return nil, err
	}
	return &ModifyLoadBalancerAttributesOutput{Attributes: balancerAttributes(now)}, nil
}

func (h handlers) describeLoadBalancerAttributes(_ context.Context, c wire.Caller, in *DescribeLoadBalancerAttributesInput) (*DescribeLoadBalancerAttributesOutput, error) {
	now, err := h.store.DescribeLoadBalancerAttributes(state.Caller(c), wire.Value(in.LoadBalancerArn))
	if err != nil {
		return nil, err
	}
	return &DescribeLoadBalancerAttributesOutput{Attributes: balancerAttributes(now)}, nil
}

// describeCapacityReservation tells that nothing is reserved: the lab's load
// balancers have no capacity units. Source: ELB API reference,
// DescribeCapacityReservation.
func (h handlers) describeCapacityReservation(_ context.Context, c wire.Caller, in *DescribeCapacityReservationInput) (*DescribeCapacityReservationOutput, error) {
	if _, err := h.store.DescribeLoadBalancerAttributes(state.Caller(c), wire.Value(in.LoadBalancerArn)); err != nil {
		return nil, err
	}
	return &DescribeCapacityReservationOutput{CapacityReservationState: []ZonalCapacityReservationState{}}, nil
}

func balancerAttributes(m map[string]string) []LoadBalancerAttribute {
	return each(slices.Sorted(maps.Keys(m)), func(k string) LoadBalancerAttribute {
		return LoadBalancerAttribute{Key: &k, Value: new(m[k])}
	})
}

func loadBalancer(lb state.LoadBalancer) LoadBalancer {
	return LoadBalancer{
		LoadBalancerArn:       &lb.ARN,
		LoadBalancerName:      &lb.Name,
		DNSName:               &lb.DNSName,
		CanonicalHostedZoneId: &lb.HostedZone,
		CreatedTime:           &lb.Created,
		Type:                  &lb.Type,
		Scheme:                &lb.Scheme,
		VpcId:                 &lb.VPC,
		State:                 &LoadBalancerState{Code: &lb.State},
		IpAddressType:         &lb.IPAddressType,
		AvailabilityZones: each(lb.Zones, func(z state.LBZone) AvailabilityZone {
			// Addresses show only where they were asked for.
			// Source: Elastic Load Balancing API reference, LoadBalancerAddress.
			addresses := []LoadBalancerAddress{}
			if z.Fixed {
				addresses = append(addresses, LoadBalancerAddress{PrivateIPv4Address: new(z.Addr.String())})
			}
			return AvailabilityZone{ZoneName: &z.Zone, SubnetId: &z.Subnet, LoadBalancerAddresses: addresses}
		}),
		SecurityGroups: lb.SecurityGroups,
		EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: wire.Set(lb.EnforcePrivateLink),
		EnablePrefixForIpv6SourceNat:                         new("off"),
	}
}

func (h handlers) createListener(_ context.Context, c wire.Caller, in *CreateListenerInput) (*CreateListenerOutput, error) {
	groups, err := forwardTo(in.DefaultActions)
	if err != nil {
		return nil, err
	}
	l, err := h.store.CreateListener(state.Caller(c), state.ListenerInput{
		LoadBalancer: wire.Value(in.LoadBalancerArn),
		Protocol:     wire.Value(in.Protocol),
		Port:         int(wire.Value(in.Port)),
		Groups:       groups,
		Tags:         tagMap(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &CreateListenerOutput{Listeners: []Listener{listener(l)}}, nil
}

// forwardTo returns the target groups of a listener's default actions.
func forwardTo(actions []Action) ([]string, error) {
	var groups []string
	for _, a := range actions {
		if t := wire.Value(a.Type); t != "forward" {
			return nil, refuse("InvalidLoadBalancerAction", "The lab's listeners forward; they have no action of type '%s'", t)
		}
		if a.ForwardConfig != nil {
			for _, g := range a.ForwardConfig.TargetGroups {
				groups = append(groups, wire.Value(g.TargetGroupArn))
			}
			continue
		}
		if a.TargetGroupArn == nil {
			return nil, refuse("ValidationError", "A forward action must name a target group")
		}
		groups = append(groups, *a.TargetGroupArn)
	}
	return groups, nil
}

func (h handlers) modifyListener(_ context.Context, c wire.Caller, in *ModifyListenerInput) (*ModifyListenerOutput, error) {
	groups, err := forwardTo(in.DefaultActions)
	if err != nil {
		return nil, err
	}
	l, err := h.store.ModifyListener(state.Caller(c), wire.Value(in.ListenerArn), state.ListenerInput{
		Protocol: wire.Value(in.Protocol),
		Port:     int(wire.Value(in.Port)),
		Groups:   groups,
	})
	if err != nil {
		return nil, err
	}
	return &ModifyListenerOutput{Listeners: []Listener{listener(l)}}, nil
}

func (h handlers) modifyListenerAttributes(_ context.Context, c wire.Caller, in *ModifyListenerAttributesInput) (*ModifyListenerAttributesOutput, error) {
	set := map[string]string{}
	for _, a := range in.Attributes {
		set[wire.Value(a.Key)] = wire.Value(a.Value)
	}
	now, err := h.store.ModifyListenerAttributes(state.Caller(c), wire.Value(in.ListenerArn), set)
	if err != nil {
		return nil, err
	}
	return &ModifyListenerAttributesOutput{Attributes: listenerAttributes(now)}, nil
}

func (h handlers) describeListenerAttributes(_ context.Context, c wire.Caller, in *DescribeListenerAttributesInput) (*DescribeListenerAttributesOutput, error) {
	now, err := h.store.DescribeListenerAttributes(state.Caller(c), wire.Value(in.ListenerArn))
	if err != nil {
		return nil, err
	}
	return &DescribeListenerAttributesOutput{Attributes: listenerAttributes(now)}, nil
}

func listenerAttributes(m map[string]string) []ListenerAttribute {
	return each(slices.Sorted(maps.Keys(m)), func(k string) ListenerAttribute {
		return ListenerAttribute{Key: &k, Value: new(m[k])}
	})
}

func (h handlers) deleteListener(_ context.Context, c wire.Caller, in *DeleteListenerInput) (*DeleteListenerOutput, error) {
	return nil, h.store.DeleteListener(state.Caller(c), wire.Value(in.ListenerArn))
}

func (h handlers) describeListeners(_ context.Context, c wire.Caller, in *DescribeListenersInput) (*DescribeListenersOutput, error) {
	ls, next, err := h.store.DescribeListeners(state.Caller(c), state.ListenerQuery{
		LoadBalancer: wire.Value(in.LoadBalancerArn),
		ARNs:         in.ListenerArns,
		Page:         page(in.PageSize, in.Marker),
	})
	if err != nil {
		return nil, err
	}
	return &DescribeListenersOutput{Listeners: each(ls, listener), NextMarker: wire.Set(next)}, nil
}

func listener(l state.Listener) Listener {
	forward := Action{Type: new("forward"), ForwardConfig: &ForwardActionConfig{
		TargetGroups: each(l.Groups, func(arn string) TargetGroupTuple { return TargetGroupTuple{TargetGroupArn: &arn} }),
	}}
	if len(l.Groups) == 1 {
		forward.TargetGroupArn = &l.Groups[0]
	}
	return Listener{
		ListenerArn:     &l.ARN,
		LoadBalancerArn: &l.LoadBalancer,
		Protocol:        &l.Protocol,
		Port:            new(int32(l.Port)),
		DefaultActions:  []Action{forward},
	}
}
