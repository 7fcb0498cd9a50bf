package trace

import (
	"fmt"
	"slices"
	"strings"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// serviceHop checks the endpoint service: that there is one, who may connect,
// what was accepted, and that it is offered where the endpoint is.
func (w *walk) serviceHop() {
	if w.svc == nil {
		w.noService()
		return
	}
	if !strings.EqualFold(w.svc.State, "available") {
		w.add(Finding{Hop: HopService, Verdict: Broken, Code: ServiceFailed, Object: w.svc.ID, Saw: "it is " + w.svc.State,
			Why:    "a service carries nothing unless it is available",
			Repair: Repair{Terraform: "cluster-link: clusters", Account: w.svc.Account, Note: "wait if it is pending; otherwise have Terraform replace it"}})
	} else {
		w.pass(HopService, w.svc.ID, "available")
	}
	w.principals()
	w.connection()
	if w.ep != nil && w.ep.Region != w.svc.Region {
		w.regions()
	} else {
		w.zones()
	}
}

func (w *walk) noService() {
	if w.link == nil {
		w.unknown(HopService, w.ref.Name, "the endpoint service, as no link is known", false, nil)
		return
	}
	if !w.place.Services.Known() || w.link.Balancer == nil && len(w.link.Candidate.Group.LoadBalancers) > 0 {
		w.unknown(HopService, w.ref.Name, "the endpoint services", w.place.Services.Asked, denied(w.place, w.place.Services))
		return
	}
	f := Finding{Hop: HopService, Verdict: Broken, Code: ServiceMissing, Object: w.ref.String(),
		Saw:    "no endpoint service offers the cluster's load balancer",
		Why:    "an interface endpoint leads to an endpoint service: without one nothing of the hub's reaches the load balancer",
		Repair: Repair{Terraform: "cluster-link: clusters; then hub-endpoints, whose endpoints are for the service that was", Account: w.ref.Account}}
	if w.link.Balancer != nil {
		f.Object = w.link.Balancer.ARN
		f.Repair.Commands = []string{command(w.ref.Region, "ec2 create-vpc-endpoint-service-configuration", "--network-load-balancer-arns", w.link.Balancer.ARN, "--no-acceptance-required")}
	}
	w.add(f)
}

// principals checks that the hub's account may connect. Taking a principal away
// does not end accepted connections. Source: PrivateLink guide, configure an
// endpoint service.
func (w *walk) principals() {
	hub := w.s.Hub.Account
	if w.ep != nil {
		hub = w.ep.Account
	}
	if hub == "" {
		return
	}
	ps := w.svc.Principals
	if slices.ContainsFunc(ps.Items, func(p string) bool { return principalOf(p, hub) }) {
		w.pass(HopService, w.svc.ID, "account %s may connect", hub)
		return
	}
	if !ps.Known() {
		w.unknown(HopService, w.svc.ID, "who may connect", ps.Asked, ps.Fault)
		return
	}
	f := Finding{Hop: HopService, Verdict: Broken, Code: PrincipalMissing, Object: w.svc.ID,
		Saw:    fmt.Sprintf("account %s is not allowed; allowed: %s", hub, words(ps.Items, func(s string) string { return s })),
		Why:    "the hub can make no interface endpoint for the service",
		Repair: Repair{Terraform: "cluster-link: allowed_principals", Account: w.svc.Account}}
	f.Repair.Commands = []string{command(w.svc.Region, "ec2 modify-vpc-endpoint-service-permissions", "--service-id", w.svc.ID, "--add-allowed-principals", "arn:"+partition(w.svc.Region)+":iam::"+string(hub)+":root")}
	if w.ep != nil && w.ep.State == "available" {
		f.Verdict = Degraded
		f.Why += "; the one that is connected stays so, and could not be made again"
	}
	w.add(f)
}

// partition returns the part of AWS that a region is in. Source: IAM user
// guide, ARNs.
func partition(r plan.Region) string {
	switch {
	case strings.HasPrefix(string(r), "cn-"):
		return "aws-cn"
	case strings.HasPrefix(string(r), "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// principalOf reports whether an allowed principal is an account, or someone of
// it. Source: PrivateLink guide, configure an endpoint service.
func principalOf(p string, account plan.AccountID) bool {
	if p == "*" || p == string(account) {
		return true
	}
	f := strings.SplitN(p, ":", 6)
	return len(f) == 6 && f[0] == "arn" && f[2] == "iam" && f[4] == string(account)
}

// connection checks what the service's owner sees of the endpoint.
func (w *walk) connection() {
	if w.ep == nil {
		return
	}
	cs := w.svc.Connections
	i := slices.IndexFunc(cs.Items, func(c fleet.Connection) bool { return c.Endpoint == w.ep.ID })
	if i < 0 {
		if !cs.Known() {
			w.unknown(HopService, w.svc.ID, "the service's connections", cs.Asked, cs.Fault)
			return
		}
		w.add(Finding{Hop: HopService, Verdict: Broken, Code: ConnectionMissing, Object: w.svc.ID,
			Saw: fmt.Sprintf("it has no connection of endpoint %s", w.ep.ID), Why: "the endpoint leads nowhere",
			Repair: Repair{Terraform: "hub-endpoints: links", Account: w.ep.Account, Note: "have Terraform replace the endpoint"}})
		return
	}
	f := Finding{Hop: HopService, Verdict: Broken, Object: w.svc.ID, Saw: fmt.Sprintf("the connection of endpoint %s is %s", w.ep.ID, cs.Items[i].State),
		Repair: Repair{Terraform: "cluster-link: accepted_endpoint_ids, or acceptance_required = false", Account: w.svc.Account, Commands: []string{w.acceptLine()}}}
	switch cs.Items[i].State {
	case "available":
		w.pass(HopService, w.svc.ID, "the connection of endpoint %s is available", w.ep.ID)
		return
	case "pendingacceptance":
		f.Code, f.Why = ConnectionPending, "the connection waits until somebody accepts it, and carries nothing"
	case "pending":
		f.Code, f.Why, f.Repair = ConnectionPending, "the connection is being made, and carries nothing yet", Repair{Note: "wait a few minutes"}
	default:
		f.Code, f.Why = ConnectionRejected, "the connection carries nothing until it is accepted again"
	}
	w.add(f)
}

// zones checks that the load balancer has a node in each zone where the endpoint
// has an interface: an interface sends to the node of its own zone alone. Names
// of zones differ between accounts, their IDs do not.
func (w *walk) zones() {
	if w.ep == nil || len(w.addrs()) == 0 {
		return
	}
	nodes, known := w.nodeZones()
	if !known {
		w.unknown(HopService, w.svc.ID, "the zones of the load balancer", w.place.Subnets.Asked, denied(w.place, w.place.Subnets))
		return
	}
	var bad []string
	addrs := w.addrs()
	for _, a := range addrs {
		zone := w.zoneOf(a)
		if zone == "" {
			asked := w.epPlace != nil && w.epPlace.Subnets.Asked
			w.unknown(HopService, a.Subnet, "the endpoint's zones", asked, nil)
			return
		}
		if !slices.Contains(nodes, zone) {
			bad = append(bad, zone)
		}
	}
	if len(bad) == 0 {
		w.pass(HopService, w.svc.ID, "the load balancer has nodes in the endpoint's zones (%s)", words(addrs, w.zoneOf))
		return
	}
	w.part(len(bad), len(addrs), Finding{Hop: HopService, Code: ZoneMismatch, Object: w.svc.ID,
		Saw:    fmt.Sprintf("the endpoint is in %s, and the load balancer has nodes in %s", strings.Join(bad, " "), strings.Join(nodes, " ")),
		Why:    "an endpoint's interface sends to the load balancer's node in its own zone alone, and there is none",
		Repair: Repair{Terraform: "cluster-link: clusters[*].subnet_ids; endpoint-vpc: subnets, by the same AZ IDs", Account: w.svc.Account, Note: "a zone that is added to the load balancer may take minutes to count for the service"}})
}

// zoneOf returns the ID of the zone of an endpoint's address; empty: unknown.
func (w *walk) zoneOf(a fleet.EndpointAddr) string {
	if w.epPlace != nil {
		if u := w.epPlace.Subnet(a.Subnet); u != nil {
			return u.ZoneID
		}
	}
	return ""
}

// nodeZones returns the IDs of the zones where the load balancer has nodes.
func (w *walk) nodeZones() (ids []string, known bool) {
	if w.link == nil || w.link.Balancer == nil {
		return w.svc.ZoneIDs, len(w.svc.ZoneIDs) > 0
	}
	for _, z := range w.link.Balancer.Zones {
		u := w.place.Subnet(z.Subnet)
		if u == nil || u.ZoneID == "" {
			return w.svc.ZoneIDs, len(w.svc.ZoneIDs) > 0
		}
		ids = append(ids, u.ZoneID)
	}
	return ids, len(ids) > 0
}

func (w *walk) regions() {
	if slices.Contains(w.svc.SupportedRegions, w.ep.Region) {
		w.pass(HopService, w.svc.ID, "offered in %s", w.ep.Region)
		return
	}
	if len(w.svc.SupportedRegions) == 0 {
		w.unknown(HopService, w.svc.ID, "the regions where the service is offered", false, nil)
		return
	}
	w.add(Finding{Hop: HopService, Verdict: Broken, Code: RegionUnsupported, Object: w.svc.ID,
		Saw:    fmt.Sprintf("it is offered in %s, and the endpoint is in %s", words(w.svc.SupportedRegions, func(r plan.Region) string { return string(r) }), w.ep.Region),
		Why:    "an endpoint of another region reaches a service only where its owner offers it",
		Repair: Repair{Terraform: "cluster-link: supported_regions", Account: w.svc.Account, Commands: []string{command(w.svc.Region, "ec2 modify-vpc-endpoint-service-configuration", "--service-id", w.svc.ID, "--add-supported-regions", string(w.ep.Region))}}})
}
