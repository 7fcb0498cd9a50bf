package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"postern/internal/plan"
)

const (
	// targetsPerCall keeps writes small. ELB publishes no limit but that of
	// the group, 1,000 targets.
	targetsPerCall = 200
	// arnsPerTagCall is how many resources DescribeTags takes.
	// Source: Elastic Load Balancing API Reference, DescribeTags.
	arnsPerTagCall = 20
)

// Targets returns the group's targets with their health, in order of address
// and port. A group that does not exist is a fault of code plan.GroupGone.
func (s *Scope) Targets(ctx context.Context, g plan.GroupARN) ([]plan.Registered, error) {
	p := purpose{verb: "read targets of " + string(g), action: "elasticloadbalancing:DescribeTargetHealth"}
	out, err := do(ctx, s, p, s.api.describeTargetHealth, &elbv2.DescribeTargetHealthInput{TargetGroupArn: aws.String(string(g))})
	if err != nil {
		return nil, goneGroup(err)
	}
	targets := make([]plan.Registered, 0, len(out.TargetHealthDescriptions))
	for _, in := range out.TargetHealthDescriptions {
		t, err := readTarget(in)
		if err != nil {
			return nil, badAnswer(p.verb, "%w", err)
		}
		targets = append(targets, t)
	}
	slices.SortFunc(targets, func(a, b plan.Registered) int {
		return cmp.Or(a.Addr.Compare(b.Addr), cmp.Compare(a.Port, b.Port))
	})
	for i := 1; i < len(targets); i++ {
		if a, b := targets[i-1], targets[i]; a.Addr == b.Addr && a.Port == b.Port {
			return nil, badAnswer(p.verb, "target %s port %d twice", a.Addr, a.Port)
		}
	}
	return targets, nil
}

// readTarget turns ELB's target into ours.
func readTarget(in elbtypes.TargetHealthDescription) (plan.Registered, error) {
	if in.Target == nil || in.Target.Id == nil || in.Target.Port == nil {
		return plan.Registered{}, fmt.Errorf("a target without an ID or a port")
	}
	addr, err := netip.ParseAddr(*in.Target.Id)
	if err != nil || addr.Zone() != "" {
		return plan.Registered{}, fmt.Errorf("target %q is not an address", *in.Target.Id)
	}
	port := int(*in.Target.Port)
	if port < 1 || port > 65535 {
		return plan.Registered{}, fmt.Errorf("target %s: port %d", addr, port)
	}
	if in.TargetHealth == nil || in.TargetHealth.State == "" {
		return plan.Registered{}, fmt.Errorf("target %s without a state", addr)
	}
	return plan.Registered{
		Target:      plan.Target{Addr: addr.Unmap(), Port: port, Zone: aws.ToString(in.Target.AvailabilityZone)},
		State:       plan.TargetState(in.TargetHealth.State),
		Reason:      string(in.TargetHealth.Reason),
		Description: aws.ToString(in.TargetHealth.Description),
	}, nil
}

// Register adds targets to the group, in chunks. ELB takes a chunk whole or
// not at all; where it finds one invalid, each target is sent by itself, and
// those that ELB will not have are in refused, with its words. All chunks are
// tried; the first other error is returned.
// Source: Elastic Load Balancing API Reference, RegisterTargets.
func (s *Scope) Register(ctx context.Context, g plan.GroupARN, targets []plan.Target) (refused map[plan.Target]string, err error) {
	p := purpose{verb: "register targets in " + string(g), action: "elasticloadbalancing:RegisterTargets", resource: string(g)}
	send := func(ts []elbtypes.TargetDescription) error {
		_, err := do(ctx, s, p, s.api.registerTargets, &elbv2.RegisterTargetsInput{TargetGroupArn: aws.String(string(g)), Targets: ts})
		return err
	}
	var first error
	for chunk := range slices.Chunk(targets, targetsPerCall) {
		err := s.write(p, chunk, send)
		if !isInvalid(err) {
			first = cmp.Or(first, err)
			continue
		}
		for _, t := range chunk {
			one := err
			if len(chunk) > 1 {
				one = s.write(p, []plan.Target{t}, send)
			}
			switch {
			case isInvalid(one):
				if refused == nil {
					refused = map[plan.Target]string{}
				}
				refused[t] = words(one)
			case one != nil:
				first = cmp.Or(first, one)
			}
		}
	}
	return refused, first
}

// Deregister takes targets out of the group, in chunks, always by address and
// port: without the port ELB says yes and removes nothing. All chunks are
// tried; the first error is returned. A target that is not there is no error.
// Source: Elastic Load Balancing API Reference, DeregisterTargets.
func (s *Scope) Deregister(ctx context.Context, g plan.GroupARN, targets []plan.Target) error {
	p := purpose{verb: "deregister targets from " + string(g), action: "elasticloadbalancing:DeregisterTargets", resource: string(g)}
	return s.write(p, targets, func(ts []elbtypes.TargetDescription) error {
		for i := range ts {
			ts[i].AvailabilityZone = nil // ELB finds a target by address and port
		}
		_, err := do(ctx, s, p, s.api.deregisterTargets, &elbv2.DeregisterTargetsInput{TargetGroupArn: aws.String(string(g)), Targets: ts})
		return err
	})
}

// write sends the targets in chunks.
func (s *Scope) write(p purpose, targets []plan.Target, send func([]elbtypes.TargetDescription) error) error {
	all := make([]elbtypes.TargetDescription, 0, len(targets))
	for _, t := range targets {
		if !t.Addr.IsValid() || t.Port < 1 || t.Port > 65535 {
			return &plan.Fault{Code: plan.AWSError, Message: p.verb, Err: fmt.Errorf("target %s port %d cannot be one", t.Addr, t.Port)}
		}
		d := elbtypes.TargetDescription{Id: aws.String(t.Addr.String()), Port: aws.Int32(int32(t.Port))}
		if t.Zone != "" {
			d.AvailabilityZone = aws.String(t.Zone)
		}
		all = append(all, d)
	}
	var first error
	for chunk := range slices.Chunk(all, targetsPerCall) {
		if err := send(chunk); err != nil && first == nil {
			first = goneGroup(err)
		}
	}
	return first
}

// PutTag sets one tag of the group.
func (s *Scope) PutTag(ctx context.Context, g plan.GroupARN, key, value string) error {
	p := purpose{verb: fmt.Sprintf("set tag %s of %s", key, g), action: "elasticloadbalancing:AddTags", resource: string(g)}
	_, err := do(ctx, s, p, s.api.addTags, &elbv2.AddTagsInput{
		ResourceArns: []string{string(g)},
		Tags:         []elbtypes.Tag{{Key: aws.String(key), Value: aws.String(value)}},
	})
	return goneGroup(err)
}

// Tags returns the tags of the groups from ELB itself, which unlike the
// tagging API does not lag. A group that does not exist is not in the map.
func (s *Scope) Tags(ctx context.Context, groups []plan.GroupARN) (map[plan.GroupARN]map[string]string, error) {
	out := map[plan.GroupARN]map[string]string{}
	wanted := slices.Compact(slices.Sorted(slices.Values(groups)))
	for chunk := range slices.Chunk(wanted, arnsPerTagCall) {
		if err := s.tags(ctx, chunk, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// tags reads the tags of at most arnsPerTagCall groups into out. One group
// that is gone fails the call for all, so it is found by halving.
func (s *Scope) tags(ctx context.Context, groups []plan.GroupARN, out map[plan.GroupARN]map[string]string) error {
	p := purpose{verb: fmt.Sprintf("read tags of %d target groups", len(groups)), action: "elasticloadbalancing:DescribeTags"}
	if len(groups) == 1 {
		p.verb = "read tags of " + string(groups[0])
	}
	arns := make([]string, len(groups))
	for i, g := range groups {
		arns[i] = string(g)
	}
	answer, err := do(ctx, s, p, s.api.describeTags, &elbv2.DescribeTagsInput{ResourceArns: arns})
	switch {
	case IsNotFound(err) && len(groups) == 1:
		return nil
	case IsNotFound(err):
		half := len(groups) / 2
		if err := s.tags(ctx, groups[:half], out); err != nil {
			return err
		}
		return s.tags(ctx, groups[half:], out)
	case err != nil:
		return err
	}
	for _, d := range answer.TagDescriptions {
		g := plan.GroupARN(aws.ToString(d.ResourceArn))
		if !slices.Contains(groups, g) {
			return badAnswer(p.verb, "tags of %q", g)
		}
		tags := map[string]string{}
		for _, t := range d.Tags {
			if t.Key == nil {
				return badAnswer(p.verb, "a tag of %s without a key", g)
			}
			tags[*t.Key] = aws.ToString(t.Value)
		}
		out[g] = tags
	}
	for _, g := range groups {
		if out[g] == nil {
			return badAnswer(p.verb, "nothing about %s", g)
		}
	}
	return nil
}

// goneGroup gives the fault of a group that does not exist its own code.
func goneGroup(err error) error {
	if f, ok := err.(*plan.Fault); ok && IsNotFound(f) {
		f.Code = plan.GroupGone
	}
	return err
}
