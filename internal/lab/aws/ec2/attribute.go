package ec2

import (
	"context"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) describeVpcAttribute(_ context.Context, c wire.Caller, in *DescribeVpcAttributeRequest) (*DescribeVpcAttributeResult, error) {
	found, _, err := h.store.DescribeVpcs(state.Caller(c), []string{wire.Value(in.VpcId)}, nil, state.Page{})
	if err != nil {
		return nil, err
	}
	out := &DescribeVpcAttributeResult{VpcId: in.VpcId}
	switch name := wire.Value(in.Attribute); name {
	case "enableDnsSupport":
		out.EnableDnsSupport = &AttributeBooleanValue{Value: &found[0].DNSSupport}
	case "enableDnsHostnames":
		out.EnableDnsHostnames = &AttributeBooleanValue{Value: &found[0].DNSHostnames}
	case "enableNetworkAddressUsageMetrics":
		out.EnableNetworkAddressUsageMetrics = &AttributeBooleanValue{Value: new(false)}
	default:
		return nil, refuse("InvalidParameterValue", "Value (%s) for parameter attribute is invalid. Unknown attribute.", name)
	}
	return out, nil
}

// modifyVpcAttribute sets one attribute; two in one call are refused.
// Source: Amazon EC2 API reference, ModifyVpcAttribute, EnableDnsHostnames.
func (h handlers) modifyVpcAttribute(_ context.Context, c wire.Caller, in *ModifyVpcAttributeRequest) (*wire.Empty, error) {
	var support, hostnames *bool
	given := 0
	for _, a := range []struct {
		asked *AttributeBooleanValue
		to    **bool
	}{
		{in.EnableDnsSupport, &support},
		{in.EnableDnsHostnames, &hostnames},
		{in.EnableNetworkAddressUsageMetrics, new(*bool)}, // taken, and kept off
	} {
		if a.asked != nil {
			*a.to = a.asked.Value
			given++
		}
	}
	if given != 1 {
		return nil, refuse("InvalidParameterCombination", "The request must contain exactly one attribute, it has %d.", given)
	}
	return nil, h.store.ModifyVpcAttribute(state.Caller(c), wire.Value(in.VpcId), support, hostnames)
}
