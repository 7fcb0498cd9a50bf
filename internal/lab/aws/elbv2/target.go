package elbv2

import (
	"context"
	"maps"
	"slices"
	"time"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createTargetGroup(_ context.Context, c wire.Caller, in *CreateTargetGroupInput) (*CreateTargetGroupOutput, error) {
	g, err := h.store.CreateTargetGroup(state.Caller(c), state.TargetGroupInput{
		Name:          wire.Value(in.Name),
		Type:          wire.Value(in.TargetType),
		Protocol:      wire.Value(in.Protocol),
		Port:          int(wire.Value(in.Port)),
		VPC:           wire.Value(in.VpcId),
		IPAddressType: wire.Value(in.IpAddressType),
		NoHealthCheck: in.HealthCheckEnabled != nil && !*in.HealthCheckEnabled,
		HealthCheck: state.HealthCheck{
			Protocol:  wire.Value(in.HealthCheckProtocol),
			Port:      wire.Value(in.HealthCheckPort),
			Path:      wire.Value(in.HealthCheckPath),
			Matcher:   matcherCode(in.Matcher),
			Interval:  seconds(in.HealthCheckIntervalSeconds),
			Timeout:   seconds(in.HealthCheckTimeoutSeconds),
			Healthy:   int(wire.Value(in.HealthyThresholdCount)),
			Unhealthy: int(wire.Value(in.UnhealthyThresholdCount)),
		},
		Tags: tagMap(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &CreateTargetGroupOutput{TargetGroups: []TargetGroup{targetGroup(g)}}, nil
}

func (h handlers) modifyTargetGroup(_ context.Context, c wire.Caller, in *ModifyTargetGroupInput) (*ModifyTargetGroupOutput, error) {
	if in.HealthCheckEnabled != nil && !*in.HealthCheckEnabled {
		return nil, refuse("InvalidConfigurationRequest", "Health check enabled must be true for target groups with target type 'instance' and 'ip'")
	}
	g, err := h.store.ModifyTargetGroup(state.Caller(c), wire.Value(in.TargetGroupArn), state.HealthCheck{
		Protocol:  wire.Value(in.HealthCheckProtocol),
		Port:      wire.Value(in.HealthCheckPort),
		Path:      wire.Value(in.HealthCheckPath),
		Matcher:   matcherCode(in.Matcher),
		Interval:  seconds(in.HealthCheckIntervalSeconds),
		Timeout:   seconds(in.HealthCheckTimeoutSeconds),
		Healthy:   int(wire.Value(in.HealthyThresholdCount)),
		Unhealthy: int(wire.Value(in.UnhealthyThresholdCount)),
	})
	if err != nil {
		return nil, err
	}
	return &ModifyTargetGroupOutput{TargetGroups: []TargetGroup{targetGroup(g)}}, nil
}

func seconds(n *int32) time.Duration { return time.Duration(wire.Value(n)) * time.Second }

func matcherCode(m *Matcher) string {
	if m == nil {
		return ""
	}
	return wire.Value(m.HttpCode)
}

func (h handlers) deleteTargetGroup(_ context.Context, c wire.Caller, in *DeleteTargetGroupInput) (*DeleteTargetGroupOutput, error) {
	return nil, h.store.DeleteTargetGroup(state.Caller(c), wire.Value(in.TargetGroupArn))
}

func (h handlers) describeTargetGroups(_ context.Context, c wire.Caller, in *DescribeTargetGroupsInput) (*DescribeTargetGroupsOutput, error) {
	groups, next, err := h.store.DescribeTargetGroups(state.Caller(c), state.TargetGroupQuery{
		LoadBalancer: wire.Value(in.LoadBalancerArn),
		ARNs:         in.TargetGroupArns,
		Names:        in.Names,
		Page:         page(in.PageSize, in.Marker),
	})
	if err != nil {
		return nil, err
	}
	return &DescribeTargetGroupsOutput{TargetGroups: each(groups, targetGroup), NextMarker: wire.Set(next)}, nil
}

func targetGroup(g state.TargetGroup) TargetGroup {
	check := g.HealthCheck
	out := TargetGroup{
		TargetGroupArn:             &g.ARN,
		TargetGroupName:            &g.Name,
		TargetType:                 &g.Type,
		Protocol:                   wire.Set(g.Protocol),
		VpcId:                      wire.Set(g.VPC),
		IpAddressType:              &g.IPAddressType,
		LoadBalancerArns:           each(g.LoadBalancers, func(arn string) string { return arn }),
		HealthCheckEnabled:         &check.Enabled,
		HealthCheckProtocol:        wire.Set(check.Protocol),
		HealthCheckPort:            wire.Set(check.Port),
		HealthCheckPath:            wire.Set(check.Path),
		HealthCheckIntervalSeconds: new(int32(check.Interval / time.Second)),
		HealthCheckTimeoutSeconds:  new(int32(check.Timeout / time.Second)),
		HealthyThresholdCount:      new(int32(check.Healthy)),
		UnhealthyThresholdCount:    new(int32(check.Unhealthy)),
	}
	if g.Port != 0 {
		out.Port = new(int32(g.Port))
	}
	if check.Matcher != "" {
		out.Matcher = &Matcher{HttpCode: &check.Matcher}
	}
	return out
}

func (h handlers) modifyTargetGroupAttributes(_ context.Context, c wire.Caller, in *ModifyTargetGroupAttributesInput) (*ModifyTargetGroupAttributesOutput, error) {
	set := map[string]string{}
	for _, a := range in.Attributes {
		set[wire.Value(a.Key)] = wire.Value(a.Value)
	}
	now, err := h.store.ModifyTargetGroupAttributes(state.Caller(c), wire.Value(in.TargetGroupArn), set)
	if err != nil {
		return nil, err
	}
	return &ModifyTargetGroupAttributesOutput{Attributes: attributes(now)}, nil
}

func (h handlers) describeTargetGroupAttributes(_ context.Context, c wire.Caller, in *DescribeTargetGroupAttributesInput) (*DescribeTargetGroupAttributesOutput, error) {
	now, err := h.store.DescribeTargetGroupAttributes(state.Caller(c), wire.Value(in.TargetGroupArn))
	if err != nil {
		return nil, err
	}
	return &DescribeTargetGroupAttributesOutput{Attributes: attributes(now)}, nil
}

func attributes(m map[string]string) []TargetGroupAttribute {
	return each(slices.Sorted(maps.Keys(m)), func(k string) TargetGroupAttribute {
		return TargetGroupAttribute{Key: &k, Value: new(m[k])}
	})
}

func (h handlers) registerTargets(_ context.Context, c wire.Caller, in *RegisterTargetsInput) (*RegisterTargetsOutput, error) {
	return nil, h.store.RegisterTargets(state.Caller(c), wire.Value(in.TargetGroupArn), targets(in.Targets))
}

func (h handlers) deregisterTargets(_ context.Context, c wire.Caller, in *DeregisterTargetsInput) (*DeregisterTargetsOutput, error) {
	return nil, h.store.DeregisterTargets(state.Caller(c), wire.Value(in.TargetGroupArn), targets(in.Targets))
}

func (h handlers) describeTargetHealth(_ context.Context, c wire.Caller, in *DescribeTargetHealthInput) (*DescribeTargetHealthOutput, error) {
	found, err := h.store.DescribeTargetHealth(state.Caller(c), wire.Value(in.TargetGroupArn), targets(in.Targets))
	if err != nil {
		return nil, err
	}
	return &DescribeTargetHealthOutput{TargetHealthDescriptions: each(found, func(t state.TargetHealth) TargetHealthDescription {
		return TargetHealthDescription{
			Target:          &TargetDescription{Id: &t.Target.ID, Port: new(int32(t.Target.Port)), AvailabilityZone: wire.Set(t.Target.Zone)},
			HealthCheckPort: wire.Set(t.CheckPort),
			TargetHealth:    &TargetHealth{State: &t.State, Reason: wire.Set(t.Reason), Description: wire.Set(t.Description)},
		}
	})}, nil
}

func targets(in []TargetDescription) []state.Target {
	var out []state.Target
	for _, t := range in {
		out = append(out, state.Target{ID: wire.Value(t.Id), Port: int(wire.Value(t.Port)), Zone: wire.Value(t.AvailabilityZone)})
	}
	return out
}
