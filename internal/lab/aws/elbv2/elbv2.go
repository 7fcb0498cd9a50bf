// Package elbv2 answers Elastic Load Balancing v2's actions from the lab's store.
package elbv2

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("elbv2", "elasticloadbalancing", API,
		wire.Op("AddTags", h.addTags, "LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "TooManyTags"),
		wire.Op("CreateListener", h.createListener, "LoadBalancerNotFound", "TargetGroupNotFound", "DuplicateListener", "TargetGroupAssociationLimit", "TooManyListeners", "IncompatibleProtocols", "InvalidConfigurationRequest"),
		wire.Op("CreateLoadBalancer", h.createLoadBalancer, "DuplicateLoadBalancerName", "SubnetNotFound", "InvalidConfigurationRequest", "InvalidSubnet", "InvalidSecurityGroup", "InvalidScheme", "ValidationError"),
		wire.Op("CreateTargetGroup", h.createTargetGroup, "DuplicateTargetGroupName", "InvalidConfigurationRequest", "ValidationError"),
		wire.Op("DeleteListener", h.deleteListener, "ListenerNotFound", "ResourceInUse"),
		wire.Op("DeleteLoadBalancer", h.deleteLoadBalancer, "OperationNotPermitted", "ResourceInUse"),
		wire.Op("DeleteTargetGroup", h.deleteTargetGroup, "ResourceInUse"),
		wire.Op("DeregisterTargets", h.deregisterTargets, "TargetGroupNotFound", "InvalidTarget"),
		wire.Op("DescribeCapacityReservation", h.describeCapacityReservation, "LoadBalancerNotFound"),
		wire.Op("DescribeListenerAttributes", h.describeListenerAttributes, "ListenerNotFound"),
		wire.Op("DescribeListeners", h.describeListeners, "ListenerNotFound", "LoadBalancerNotFound"),
		wire.Op("DescribeLoadBalancerAttributes", h.describeLoadBalancerAttributes, "LoadBalancerNotFound"),
		wire.Op("DescribeLoadBalancers", h.describeLoadBalancers, "LoadBalancerNotFound"),
		wire.Op("DescribeTags", h.describeTags, "LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound"),
		wire.Op("DescribeTargetGroupAttributes", h.describeTargetGroupAttributes, "TargetGroupNotFound"),
		wire.Op("DescribeTargetGroups", h.describeTargetGroups, "TargetGroupNotFound", "LoadBalancerNotFound"),
		wire.Op("DescribeTargetHealth", h.describeTargetHealth, "TargetGroupNotFound", "InvalidTarget"),
		wire.Op("ModifyListener", h.modifyListener, "ListenerNotFound", "TargetGroupNotFound", "DuplicateListener", "TargetGroupAssociationLimit", "IncompatibleProtocols", "InvalidConfigurationRequest"),
		wire.Op("ModifyListenerAttributes", h.modifyListenerAttributes, "ListenerNotFound", "InvalidConfigurationRequest"),
		wire.Op("ModifyLoadBalancerAttributes", h.modifyLoadBalancerAttributes, "LoadBalancerNotFound", "InvalidConfigurationRequest"),
		wire.Op("ModifyTargetGroup", h.modifyTargetGroup, "TargetGroupNotFound", "InvalidConfigurationRequest", "ValidationError"),
		wire.Op("ModifyTargetGroupAttributes", h.modifyTargetGroupAttributes, "TargetGroupNotFound", "InvalidConfigurationRequest"),
		wire.Op("RegisterTargets", h.registerTargets, "TargetGroupNotFound", "InvalidTarget", "TooManyTargets"),
		wire.Op("RemoveTags", h.removeTags, "LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound"),
		wire.Op("SetSecurityGroups", h.setSecurityGroups, "LoadBalancerNotFound", "InvalidConfigurationRequest", "InvalidSecurityGroup"),
		wire.Op("SetSubnets", h.setSubnets, "LoadBalancerNotFound", "InvalidConfigurationRequest", "SubnetNotFound", "InvalidSubnet"),
	)
}

func refuse(code, format string, args ...any) error {
	return &wire.Error{Code: code, Message: fmt.Sprintf(format, args...), Status: 400, Sender: true}
}

func page(size *int32, marker *string) state.Page {
	return state.Page{Max: int(wire.Value(size)), Token: wire.Value(marker)}
}

func tagMap(tags []Tag) state.Tags {
	if len(tags) == 0 {
		return nil
	}
	m := state.Tags{}
	for _, t := range tags {
		m[wire.Value(t.Key)] = wire.Value(t.Value)
	}
	return m
}

func tagList(tags state.Tags) []Tag {
	list := []Tag{}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, Tag{Key: new(k), Value: new(tags[k])})
	}
	return list
}

// each converts a list; the result is empty rather than nil, because ELB writes
// empty lists.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}

func (h handlers) addTags(_ context.Context, c wire.Caller, in *AddTagsInput) (*AddTagsOutput, error) {
	return nil, h.store.AddTags(state.Caller(c), in.ResourceArns, tagMap(in.Tags))
}

func (h handlers) removeTags(_ context.Context, c wire.Caller, in *RemoveTagsInput) (*RemoveTagsOutput, error) {
	return nil, h.store.RemoveTags(state.Caller(c), in.ResourceArns, in.TagKeys)
}

func (h handlers) describeTags(_ context.Context, c wire.Caller, in *DescribeTagsInput) (*DescribeTagsOutput, error) {
	// Source: Elastic Load Balancing API reference, DescribeTags, ResourceArns.
	if n := len(in.ResourceArns); n > 20 {
		return nil, refuse("ValidationError", "DescribeTags takes at most 20 resources, the request has %d", n)
	}
	tagged, err := h.store.DescribeTags(state.Caller(c), in.ResourceArns)
	if err != nil {
		return nil, err
	}
	return &DescribeTagsOutput{TagDescriptions: each(tagged, func(r state.TaggedResource) TagDescription {
		return TagDescription{ResourceArn: &r.ARN, Tags: tagList(r.Tags)}
	})}, nil
}
