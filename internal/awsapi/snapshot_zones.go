package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"postern/internal/fleet"
	"postern/internal/plan"
)

const (
	// zonesPerPage and recordsPerPage are the most that Route 53 gives.
	// Source: Route 53 API reference, ListHostedZones, ListResourceRecordSets.
	zonesPerPage   = 100
	recordsPerPage = 300
)

// ownZones lists the account's own private zones, and returns how many zones
// it has in all.
func (v *view) ownZones(ctx context.Context, owner plan.AccountID) (private fleet.Listing[fleet.Zone], all int) {
	p := purpose{verb: fmt.Sprintf("list the hosted zones of account %s", owner), action: "route53:ListHostedZones"}
	private = gather(p, zoneKey, func(token *string) ([]fleet.Zone, *string, error) {
		page, err := do(ctx, v.Scope, p, v.calls.listZones, &route53.ListHostedZonesInput{MaxItems: aws.Int32(zonesPerPage), Marker: token})
		if err != nil {
			return nil, nil, err
		}
		if page.MaxItems == nil { // what each listing of Route 53 says
			return nil, nil, badAnswer(p.verb, "no listing of zones")
		}
		var out []fleet.Zone
		for _, z := range page.HostedZones {
			if z.Config == nil || !z.Config.PrivateZone {
				continue
			}
			id, name := aws.ToString(z.Id), aws.ToString(z.Name)
			if id == "" || name == "" {
				return nil, nil, badAnswer(p.verb, "a zone without an ID or a name")
			}
			out = append(out, fleet.Zone{ID: zoneID(id), Name: undotted(name), Account: owner})
		}
		if page.IsTruncated && aws.ToString(page.NextMarker) == "" {
			return nil, nil, badAnswer(p.verb, "more to come, and no marker")
		}
		all += len(page.HostedZones)
		return out, page.NextMarker, nil
	})
	return private, all
}

// zonesSeenBy lists the zones that a VPC is associated with, whoever owns them.
func (v *view) zonesSeenBy(ctx context.Context, vpc fleet.ZoneVPC) fleet.Listing[fleet.Zone] {
	p := purpose{verb: fmt.Sprintf("list the zones of %s in %s", vpc.VPC, vpc.Region), action: "route53:ListHostedZonesByVPC"}
	return gather(p, zoneKey, func(token *string) ([]fleet.Zone, *string, error) {
		page, err := do(ctx, v.Scope, p, v.calls.zonesByVPC, &route53.ListHostedZonesByVPCInput{
			MaxItems: aws.Int32(zonesPerPage), NextToken: token, VPCId: aws.String(vpc.VPC), VPCRegion: route53types.VPCRegion(vpc.Region),
		})
		if err != nil {
			return nil, nil, err
		}
		if page.MaxItems == nil {
			return nil, nil, badAnswer(p.verb, "no listing of zones")
		}
		var out []fleet.Zone
		for _, z := range page.HostedZoneSummaries {
			id, name, owner := aws.ToString(z.HostedZoneId), aws.ToString(z.Name), cmp.Or(z.Owner, &route53types.HostedZoneOwner{})
			account, service := aws.ToString(owner.OwningAccount), aws.ToString(owner.OwningService)
			if id == "" || name == "" || account == "" && service == "" {
				return nil, nil, badAnswer(p.verb, "zone %q without an ID, a name or an owner", id)
			}
			out = append(out, fleet.Zone{ID: zoneID(id), Name: undotted(name), Account: plan.AccountID(account), Service: service})
		}
		return out, page.NextToken, nil
	})
}

// zoneVPCs lists the VPCs that a zone is associated with.
func (v *view) zoneVPCs(ctx context.Context, z fleet.Zone) fleet.Listing[fleet.ZoneVPC] {
	p := purpose{verb: fmt.Sprintf("read hosted zone %s (%s)", z.ID, z.Name), action: "route53:GetHostedZone", resource: "arn:aws:route53:::hostedzone/" + z.ID}
	var out fleet.Listing[fleet.ZoneVPC]
	answer, err := do(ctx, v.Scope, p, v.calls.getZone, &route53.GetHostedZoneInput{Id: aws.String(z.ID)})
	switch {
	case err != nil:
	case answer.HostedZone == nil:
		err = badAnswer(p.verb, "no zone")
	default:
		for _, m := range answer.VPCs {
			out.Items = append(out.Items, fleet.ZoneVPC{Region: plan.Region(m.VPCRegion), VPC: aws.ToString(m.VPCId)})
		}
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
	var next *route53.ListResourceRecordSetsOutput // the page before, which says where the next begins
	return gather(p, key, func(token *string) ([]fleet.Record, *string, error) {
		ask := &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String(z.ID), MaxItems: aws.Int32(recordsPerPage)}
		if token != nil {
			ask.StartRecordName, ask.StartRecordType, ask.StartRecordIdentifier = next.NextRecordName, next.NextRecordType, next.NextRecordIdentifier
		}
		page, err := do(ctx, v.Scope, p, v.calls.listRecords, ask)
		if err != nil {
			return nil, nil, err
		}
		if page.MaxItems == nil {
			return nil, nil, badAnswer(p.verb, "no listing of records")
		}
		var out []fleet.Record
		for _, r := range page.ResourceRecordSets {
			if aws.ToString(r.Name) == "" || r.Type == "" {
				return nil, nil, badAnswer(p.verb, "a record without a name or a type")
			}
			record := fleet.Record{Name: undotted(*r.Name), Type: string(r.Type)}
			for _, v := range r.ResourceRecords {
				record.Values = append(record.Values, aws.ToString(v.Value))
			}
			if r.AliasTarget != nil {
				record.Alias = undotted(aws.ToString(r.AliasTarget.DNSName))
			}
			out = append(out, record)
		}
		if !page.IsTruncated {
			return out, nil, nil
		}
		if aws.ToString(page.NextRecordName) == "" {
			return nil, nil, badAnswer(p.verb, "more to come, and no next name")
		}
		next = page
		text := *page.NextRecordName + " " + string(page.NextRecordType) + " " + aws.ToString(page.NextRecordIdentifier)
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
