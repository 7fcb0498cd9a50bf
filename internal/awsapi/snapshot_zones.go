package awsapi

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/smithy-go"

	"postern/internal/fleet"
	"postern/internal/plan"
)

const (
	// zonesPerPage and recordsPerPage are the most that Route 53 gives.
	// Source: Route 53 API reference, ListHostedZones, ListResourceRecordSets.
	zonesPerPage   = 100
	recordsPerPage = 300
)

// Answers of Route 53, in its words.
type (
	zoneListing struct {
		XMLName    xml.Name     `xml:"ListHostedZonesResponse"`
		Zones      []listedZone `xml:"HostedZones>HostedZone"`
		NextMarker string       `xml:"NextMarker"`
		Truncated  bool         `xml:"IsTruncated"`
	}
	listedZone struct {
		ID      string `xml:"Id"`
		Name    string `xml:"Name"`
		Private bool   `xml:"Config>PrivateZone"`
	}
	seenListing struct {
		XMLName   xml.Name   `xml:"ListHostedZonesByVPCResponse"`
		Zones     []seenZone `xml:"HostedZoneSummaries>HostedZoneSummary"`
		NextToken string     `xml:"NextToken"`
	}
	seenZone struct {
		ID      string `xml:"HostedZoneId"`
		Name    string `xml:"Name"`
		Account string `xml:"Owner>OwningAccount"`
		Service string `xml:"Owner>OwningService"`
	}
	zoneDetail struct {
		XMLName xml.Name     `xml:"GetHostedZoneResponse"`
		Zone    listedZone   `xml:"HostedZone"`
		VPCs    []zoneMember `xml:"VPCs>VPC"`
	}
	zoneMember struct {
		Region string `xml:"VPCRegion"`
		ID     string `xml:"VPCId"`
	}
	recordListing struct {
		XMLName   xml.Name    `xml:"ListResourceRecordSetsResponse"`
		Sets      []recordSet `xml:"ResourceRecordSets>ResourceRecordSet"`
		Truncated bool        `xml:"IsTruncated"`
		NextName  string      `xml:"NextRecordName"`
		NextType  string      `xml:"NextRecordType"`
		NextID    string      `xml:"NextRecordIdentifier"`
	}
	recordSet struct {
		Name   string   `xml:"Name"`
		Type   string   `xml:"Type"`
		Values []string `xml:"ResourceRecords>ResourceRecord>Value"`
		Alias  string   `xml:"AliasTarget>DNSName"`
	}
)

// read makes one read of Route 53, and turns its error into a fault.
func (v *view) read(ctx context.Context, p purpose, r route53Read, out any) error {
	call := func(ctx context.Context, r *route53Read, _ ...func(*struct{})) (*struct{}, error) {
		return &struct{}{}, v.calls.zones.get(ctx, *r, out)
	}
	_, err := do(ctx, v.Scope, p, call, &r)
	if broken, ok := errors.AsType[*smithy.DeserializationError](err); ok {
		return badAnswer(p.verb, "%w", broken.Err)
	}
	return err
}

// ownZones lists the account's own private zones, and returns how many zones
// it has in all.
func (v *view) ownZones(ctx context.Context, owner plan.AccountID) (private fleet.Listing[fleet.Zone], all int) {
	p := purpose{verb: fmt.Sprintf("list the hosted zones of account %s", owner), action: "route53:ListHostedZones"}
	private = gather(p, zoneKey, func(token *string) ([]fleet.Zone, *string, error) {
		query := url.Values{"maxitems": {strconv.Itoa(zonesPerPage)}}
		if token != nil {
			query.Set("marker", *token)
		}
		var page zoneListing
		if err := v.read(ctx, p, route53Read{"ListHostedZones", "hostedzone", query}, &page); err != nil {
			return nil, nil, err
		}
		var out []fleet.Zone
		for _, z := range page.Zones {
			if !z.Private {
				continue
			}
			if z.ID == "" || z.Name == "" {
				return nil, nil, badAnswer(p.verb, "a zone without an ID or a name")
			}
			out = append(out, fleet.Zone{ID: zoneID(z.ID), Name: undotted(z.Name), Account: owner})
		}
		if page.Truncated && page.NextMarker == "" {
			return nil, nil, badAnswer(p.verb, "more to come, and no marker")
		}
		all += len(page.Zones)
		return out, &page.NextMarker, nil
	})
	return private, all
}

// zonesSeenBy lists the zones that a VPC is associated with, whoever owns them.
func (v *view) zonesSeenBy(ctx context.Context, vpc fleet.ZoneVPC) fleet.Listing[fleet.Zone] {
	p := purpose{verb: fmt.Sprintf("list the zones of %s in %s", vpc.VPC, vpc.Region), action: "route53:ListHostedZonesByVPC"}
	return gather(p, zoneKey, func(token *string) ([]fleet.Zone, *string, error) {
		query := url.Values{"maxitems": {strconv.Itoa(zonesPerPage)}, "vpcid": {vpc.VPC}, "vpcregion": {string(vpc.Region)}}
		if token != nil {
			query.Set("nexttoken", *token)
		}
		var page seenListing
		if err := v.read(ctx, p, route53Read{"ListHostedZonesByVPC", "hostedzonesbyvpc", query}, &page); err != nil {
			return nil, nil, err
		}
		var out []fleet.Zone
		for _, z := range page.Zones {
			if z.ID == "" || z.Name == "" || z.Account == "" && z.Service == "" {
				return nil, nil, badAnswer(p.verb, "zone %q without an ID, a name or an owner", z.ID)
			}
			out = append(out, fleet.Zone{ID: zoneID(z.ID), Name: undotted(z.Name), Account: plan.AccountID(z.Account), Service: z.Service})
		}
		return out, &page.NextToken, nil
	})
}

// zoneVPCs lists the VPCs that a zone is associated with.
func (v *view) zoneVPCs(ctx context.Context, z fleet.Zone) fleet.Listing[fleet.ZoneVPC] {
	p := purpose{verb: fmt.Sprintf("read hosted zone %s (%s)", z.ID, z.Name), action: "route53:GetHostedZone", resource: "arn:aws:route53:::hostedzone/" + z.ID}
	var out fleet.Listing[fleet.ZoneVPC]
	var answer zoneDetail
	err := v.read(ctx, p, route53Read{action: "GetHostedZone", path: "hostedzone/" + url.PathEscape(z.ID)}, &answer)
	for _, m := range answer.VPCs {
		out.Items = append(out.Items, fleet.ZoneVPC{Region: plan.Region(m.Region), VPC: m.ID})
	}
	slices.SortFunc(out.Items, compareZoneVPC)
	out.Asked, out.Fault = true, faultOf(err)
	return out
}

// records lists a zone's record sets.
func (v *view) records(ctx context.Context, z fleet.Zone) fleet.Listing[fleet.Record] {
	p := purpose{verb: fmt.Sprintf("list the records of hosted zone %s (%s)", z.ID, z.Name), action: "route53:ListResourceRecordSets", resource: "arn:aws:route53:::hostedzone/" + z.ID}
	key := func(r fleet.Record) string {
		return r.Name + " " + r.Type + " " + r.Alias + " " + strings.Join(r.Values, " ")
	}
	return gather(p, key, func(token *string) ([]fleet.Record, *string, error) {
		query := url.Values{"maxitems": {strconv.Itoa(recordsPerPage)}}
		if token != nil {
			next, err := url.ParseQuery(*token)
			if err != nil {
				return nil, nil, badAnswer(p.verb, "next record %q", *token)
			}
			for k := range next {
				query.Set(k, next.Get(k))
			}
		}
		var page recordListing
		if err := v.read(ctx, p, route53Read{"ListResourceRecordSets", "hostedzone/" + url.PathEscape(z.ID) + "/rrset", query}, &page); err != nil {
			return nil, nil, err
		}
		var out []fleet.Record
		for _, r := range page.Sets {
			if r.Name == "" || r.Type == "" {
				return nil, nil, badAnswer(p.verb, "a record without a name or a type")
			}
			out = append(out, fleet.Record{Name: undotted(r.Name), Type: r.Type, Values: r.Values, Alias: undotted(r.Alias)})
		}
		if !page.Truncated {
			return out, nil, nil
		}
		if page.NextName == "" {
			return nil, nil, badAnswer(p.verb, "more to come, and no next name")
		}
		next := url.Values{"name": {page.NextName}, "type": {page.NextType}}
		if page.NextID != "" {
			next.Set("identifier", page.NextID)
		}
		text := next.Encode()
		return out, &text, nil
	})
}

func zoneID(id string) string { return strings.TrimPrefix(id, "/hostedzone/") }

// undotted is a name without its last dot, with an asterisk as one: Route 53
// writes it in octal. Source: Route 53 developer guide, DNS domain name format.
func undotted(name string) string {
	return strings.TrimSuffix(strings.ReplaceAll(name, `\052`, "*"), ".")
}

func zoneKey(z fleet.Zone) string { return z.Name + " " + z.ID }

func compareZoneVPC(a, b fleet.ZoneVPC) int {
	return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.VPC, b.VPC))
}

// joinZones makes one list of an account's own zones and of those that hub
// VPCs see: a zone of another account is in it only if one sees it. It is pure.
func joinZones(owner plan.AccountID, own fleet.Listing[fleet.Zone], vpcs []fleet.ZoneVPC, seen []fleet.Listing[fleet.Zone]) fleet.AccountZones {
	out := fleet.AccountZones{Account: owner, VPCs: vpcs, Zones: fleet.Listing[fleet.Zone]{Asked: true, Fault: own.Fault}}
	byID := map[string]*fleet.Zone{}
	for _, z := range own.Items {
		byID[z.ID] = &z
	}
	var incomplete *plan.Fault
	for i, l := range seen {
		if l.Fault != nil {
			incomplete = cmp.Or(incomplete, l.Fault)
		}
		for _, z := range l.Items {
			if byID[z.ID] == nil {
				byID[z.ID] = &z
			}
			known := byID[z.ID]
			known.VPCs.Items = append(known.VPCs.Items, vpcs[i])
		}
	}
	// Without the VPCs' own listings zones of other accounts would be missing.
	out.Zones.Fault = cmp.Or(out.Zones.Fault, incomplete)
	for _, z := range byID {
		if len(vpcs) > 0 {
			z.VPCs.Asked, z.VPCs.Fault = true, incomplete
			slices.SortFunc(z.VPCs.Items, compareZoneVPC)
		}
		out.Zones.Items = append(out.Zones.Items, *z)
	}
	slices.SortFunc(out.Zones.Items, func(a, b fleet.Zone) int { return cmp.Compare(zoneKey(a), zoneKey(b)) })
	return out
}

// notOurs is why nothing more can be said of a zone of somebody else's.
// Source: Route 53 API reference, GetHostedZone: the owner's call.
func notOurs(z fleet.Zone, asker plan.AccountID) *plan.Fault {
	owner := "account " + string(z.Account)
	if z.Account == "" {
		owner = z.Service
	}
	return &plan.Fault{
		Code:    plan.AccessDenied,
		Message: fmt.Sprintf("read hosted zone %s (%s): it is of %s, and Route 53 shows a zone's records and VPCs to its owner alone", z.ID, z.Name, owner),
		Hint:    fmt.Sprintf("ask with the owner's credentials: aws route53 list-resource-record-sets --hosted-zone-id %s; or make the zone in account %s", z.ID, asker),
	}
}
