// Package route53 answers Route 53's actions from the lab's store: private
// hosted zones, their records, and the VPCs that see them.
package route53

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

type handlers struct{ store *state.Store }

// Error codes that many actions have.
const (
	noZone  = "NoSuchHostedZone"
	invalid = "InvalidInput"
)

// Table returns the service's actions over a store.
func Table(store *state.Store) *wire.Table {
	h := handlers{store}
	return wire.NewTable("route53", "route53", API,
		wire.Op("AssociateVPCWithHostedZone", h.associate, noZone, "InvalidVPCId", "NotAuthorizedException", "ConflictingDomainExists", "LimitsExceeded"),
		wire.Op("ChangeResourceRecordSets", h.changeRecords, noZone, invalid, "InvalidChangeBatch", "LimitsExceeded"),
		wire.Op("ChangeTagsForResource", h.changeTags, noZone, invalid),
		wire.Op("CreateHostedZone", h.createHostedZone, invalid, "InvalidDomainName", "HostedZoneAlreadyExists", "TooManyHostedZones", "InvalidVPCId", "NotAuthorizedException", "ConflictingDomainExists"),
		wire.Op("CreateVPCAssociationAuthorization", h.authorize, noZone, "InvalidVPCId", "TooManyVPCAssociationAuthorizations"),
		wire.Op("DeleteHostedZone", h.deleteHostedZone, noZone, "HostedZoneNotEmpty"),
		wire.Op("DeleteVPCAssociationAuthorization", h.deauthorize, noZone, "VPCAssociationAuthorizationNotFound"),
		wire.Op("DisassociateVPCFromHostedZone", h.disassociate, noZone, "InvalidVPCId", "NotAuthorizedException", "VPCAssociationNotFound", "LastVPCAssociation"),
		wire.Op("GetChange", h.getChange, "NoSuchChange"),
		wire.Op("GetDNSSEC", h.getDNSSEC, noZone, "InvalidArgument"),
		wire.Op("GetHostedZone", h.getHostedZone, noZone),
		wire.Op("ListHostedZones", h.listHostedZones, invalid),
		wire.Op("ListHostedZonesByVPC", h.listHostedZonesByVPC, invalid, "InvalidPaginationToken", "InvalidVPCId", "NotAuthorizedException"),
		wire.Op("ListResourceRecordSets", h.listRecords, noZone, invalid),
		wire.Op("ListTagsForResource", h.listTags, noZone, invalid),
		wire.Op("ListVPCAssociationAuthorizations", h.listAuthorizations, noZone),
		wire.Op("UpdateHostedZoneComment", h.updateComment, noZone),
	)
}

func refuse(format string, args ...any) error {
	return &wire.Error{Code: invalid, Message: fmt.Sprintf(format, args...), Status: 400, Sender: true}
}

// zoneID takes an ID as a client may have it from another answer.
func zoneID(id *string) string { return strings.TrimPrefix(wire.Value(id), "/hostedzone/") }

// number reads maxitems, which Route 53 has as text.
func number(s *string) (int, error) {
	if s == nil {
		return 0, nil
	}
	n, err := strconv.Atoi(*s)
	if err != nil || n < 1 {
		return 0, refuse("maxitems must be a whole number above zero, not '%s'", *s)
	}
	return n, nil
}

// dotted is a name as Route 53 writes it: with a final dot, and an asterisk in
// octal. Source: Route 53 developer guide, DNS domain name format.
func dotted(name string) *string {
	return new(strings.Replace(name, "*", `\052`, 1) + ".")
}

func plain(name *string) string { return strings.Replace(wire.Value(name), `\052`, "*", 1) }

// change answers with a change that has been submitted.
func (h handlers) change(c wire.Caller, comment string) *ChangeInfo {
	return changeInfo(h.store.SubmitChange(state.Caller(c), comment))
}

func changeInfo(x state.ZoneChange) *ChangeInfo {
	status := "PENDING"
	if x.Done {
		status = "INSYNC"
	}
	return &ChangeInfo{Id: new("/change/" + x.ID), Status: &status, SubmittedAt: &x.Submitted, Comment: wire.Set(x.Comment)}
}

func (h handlers) getChange(_ context.Context, c wire.Caller, in *GetChangeRequest) (*GetChangeResponse, error) {
	x, err := h.store.GetChange(state.Caller(c), strings.TrimPrefix(wire.Value(in.Id), "/change/"))
	if err != nil {
		return nil, err
	}
	return &GetChangeResponse{ChangeInfo: changeInfo(x)}, nil
}

// zoneResource requires a tagged resource to be a zone: the lab has no health
// checks.
func zoneResource(kind *string) error {
	if k := wire.Value(kind); k != "hostedzone" {
		return refuse("The lab tags hosted zones only, not resources of type '%s'", k)
	}
	return nil
}

func (h handlers) changeTags(_ context.Context, c wire.Caller, in *ChangeTagsForResourceRequest) (*ChangeTagsForResourceResponse, error) {
	if err := zoneResource(in.ResourceType); err != nil {
		return nil, err
	}
	add := state.Tags{}
	for _, t := range in.AddTags {
		add[wire.Value(t.Key)] = wire.Value(t.Value)
	}
	return nil, h.store.ChangeZoneTags(state.Caller(c), zoneID(in.ResourceId), add, in.RemoveTagKeys)
}

func (h handlers) listTags(_ context.Context, c wire.Caller, in *ListTagsForResourceRequest) (*ListTagsForResourceResponse, error) {
	if err := zoneResource(in.ResourceType); err != nil {
		return nil, err
	}
	z, err := h.store.GetHostedZone(state.Caller(c), zoneID(in.ResourceId))
	if err != nil {
		return nil, err
	}
	set := &ResourceTagSet{ResourceType: in.ResourceType, ResourceId: &z.ID, Tags: []Tag{}}
	for _, k := range slices.Sorted(maps.Keys(z.Tags)) {
		set.Tags = append(set.Tags, Tag{Key: &k, Value: new(z.Tags[k])})
	}
	return &ListTagsForResourceResponse{ResourceTagSet: set}, nil
}
