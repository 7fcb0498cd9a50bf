package ec2

import (
	"context"
	"net/netip"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

func (h handlers) createNetworkAcl(_ context.Context, c wire.Caller, in *CreateNetworkAclRequest) (*CreateNetworkAclResult, error) {
	tags, err := tagsFor("network-acl", in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	a, err := h.store.CreateNetworkAcl(state.Caller(c), wire.Value(in.VpcId), tags)
	if err != nil {
		return nil, err
	}
	return &CreateNetworkAclResult{ClientToken: in.ClientToken, NetworkAcl: new(networkACL(a))}, nil
}

func (h handlers) deleteNetworkAcl(_ context.Context, c wire.Caller, in *DeleteNetworkAclRequest) (*wire.Empty, error) {
	return nil, h.store.DeleteNetworkAcl(state.Caller(c), wire.Value(in.NetworkAclId))
}

func (h handlers) describeNetworkAcls(_ context.Context, c wire.Caller, in *DescribeNetworkAclsRequest) (*DescribeNetworkAclsResult, error) {
	acls, next, err := h.store.DescribeNetworkAcls(state.Caller(c), in.NetworkAclIds, filters(in.Filters), page(in.MaxResults, in.NextToken))
	if err != nil {
		return nil, err
	}
	return &DescribeNetworkAclsResult{NetworkAcls: each(acls, networkACL), NextToken: wire.Set(next)}, nil
}

func (h handlers) replaceNetworkAclAssociation(_ context.Context, c wire.Caller, in *ReplaceNetworkAclAssociationRequest) (*ReplaceNetworkAclAssociationResult, error) {
	a, err := h.store.ReplaceNetworkAclAssociation(state.Caller(c), wire.Value(in.AssociationId), wire.Value(in.NetworkAclId))
	if err != nil {
		return nil, err
	}
	return &ReplaceNetworkAclAssociationResult{NewAssociationId: &a.ID}, nil
}

func (h handlers) createNetworkAclEntry(_ context.Context, c wire.Caller, in *CreateNetworkAclEntryRequest) (*wire.Empty, error) {
	e, err := aclEntry(in.RuleNumber, in.Egress, in.Protocol, in.RuleAction, in.CidrBlock, in.Ipv6CidrBlock, in.PortRange, in.IcmpTypeCode)
	if err != nil {
		return nil, err
	}
	return nil, h.store.CreateNetworkAclEntry(state.Caller(c), wire.Value(in.NetworkAclId), e)
}

func (h handlers) replaceNetworkAclEntry(_ context.Context, c wire.Caller, in *ReplaceNetworkAclEntryRequest) (*wire.Empty, error) {
	e, err := aclEntry(in.RuleNumber, in.Egress, in.Protocol, in.RuleAction, in.CidrBlock, in.Ipv6CidrBlock, in.PortRange, in.IcmpTypeCode)
	if err != nil {
		return nil, err
	}
	return nil, h.store.ReplaceNetworkAclEntry(state.Caller(c), wire.Value(in.NetworkAclId), e)
}

func (h handlers) deleteNetworkAclEntry(_ context.Context, c wire.Caller, in *DeleteNetworkAclEntryRequest) (*wire.Empty, error) {
	return nil, h.store.DeleteNetworkAclEntry(state.Caller(c), wire.Value(in.NetworkAclId), int(wire.Value(in.RuleNumber)), wire.Value(in.Egress))
}

func aclEntry(number *int32, egress *bool, protocol, action, v4, v6 *string, ports *PortRange, icmp *IcmpTypeCode) (state.ACLEntry, error) {
	e := state.ACLEntry{Number: int(wire.Value(number)), Egress: wire.Value(egress), Protocol: wire.Value(protocol), From: -1, To: -1}
	switch wire.Value(action) {
	case "allow":
		e.Allow = true
	case "deny":
	default:
		return e, refuse("InvalidParameterValue", "Value (%s) for parameter ruleAction is invalid. It is allow or deny.", wire.Value(action))
	}
	text, err := only("a CIDR block", v4, v6)
	if err != nil {
		return e, err
	}
	if e.CIDR, err = parsePrefix("cidrBlock", &text); err != nil {
		return e, err
	}
	if ports != nil {
		e.From, e.To = port(ports.From), port(ports.To)
	}
	if icmp != nil {
		e.From, e.To = port(icmp.Type), port(icmp.Code)
	}
	return e, nil
}

func networkACL(a state.NetworkACL) NetworkAcl {
	return NetworkAcl{
		NetworkAclId: &a.ID,
		OwnerId:      &a.Owner,
		VpcId:        &a.VPC,
		IsDefault:    &a.Default,
		Associations: each(a.Associations, func(x state.ACLAssociation) NetworkAclAssociation {
			return NetworkAclAssociation{NetworkAclAssociationId: &x.ID, NetworkAclId: &a.ID, SubnetId: &x.Subnet}
		}),
		Entries: each(a.Entries, networkACLEntry),
		Tags:    tagSet(a.Tags),
	}
}

func networkACLEntry(e state.ACLEntry) NetworkAclEntry {
	out := NetworkAclEntry{RuleNumber: new(int32(e.Number)), Egress: &e.Egress, Protocol: &e.Protocol, RuleAction: new("deny")}
	if e.Allow {
		out.RuleAction = new("allow")
	}
	out.CidrBlock, out.Ipv6CidrBlock = family(e.CIDR)
	switch e.Protocol {
	case "6", "17":
		out.PortRange = &PortRange{From: new(int32(e.From)), To: new(int32(e.To))}
	case "1", "58":
		out.IcmpTypeCode = &IcmpTypeCode{Type: new(int32(e.From)), Code: new(int32(e.To))}
	}
	return out
}

// family returns a block under the one of two members that is its family's.
func family(b netip.Prefix) (v4, v6 *string) {
	switch {
	case !b.IsValid():
		return nil, nil
	case b.Addr().Is4():
		return new(b.String()), nil
	}
	return nil, new(b.String())
}
