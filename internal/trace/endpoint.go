package trace

import (
	"fmt"
	"slices"
	"strings"

	"postern/internal/fleet"
)

// endpoint checks the hub's interface endpoint: that there is one, its state,
// and that its security groups admit the hosts.
func (w *walk) endpoint() {
	switch {
	case w.noHub():
		w.unknown(HopEndpoint, "", "the hub's interface endpoints (the settings name no hub)", false, nil)
		return
	case w.ep == nil:
		w.noEndpoint()
		return
	}
	w.endpointState()
	if len(w.addrs()) == 0 {
		if w.epPlace != nil && w.ep.State == "available" && len(w.ep.Subnets) == 0 {
			w.add(Finding{Hop: HopEndpoint, Verdict: Broken, Code: EndpointNoAddress, Object: w.ep.ID, Saw: "it is in no subnet",
				Why:    "an endpoint has an address only in the subnets that it is in",
				Repair: Repair{Terraform: "endpoint-vpc: subnets; cluster-link: clusters[*].subnet_ids, in zones that both have", Account: w.ep.Account}})
			return
		}
		w.unknown(HopEndpoint, w.ep.ID, "the endpoint's addresses", false, nil)
	}
	w.endpointAdmits()
}

func (w *walk) noEndpoint() {
	for i := range w.s.Places {
		if p := &w.s.Places[i]; p.Hub && !p.Endpoints.Known() {
			w.unknown(HopEndpoint, string(p.Account)+"/"+string(p.Region), "the hub's interface endpoints", p.Endpoints.Asked, denied(p, p.Endpoints))
			return
		}
	}
	if w.svc == nil {
		known := w.link == nil && w.place.Links.Known() || w.place.Services.Known()
		if !known {
			w.unknown(HopEndpoint, w.ref.Name, "the interface endpoint, as the endpoint service is not known", w.place.Services.Asked, nil)
			return
		}
	}
	f := Finding{Hop: HopEndpoint, Verdict: Broken, Code: EndpointMissing, Object: w.ref.String(),
		Saw: "the hub has no interface endpoint for the cluster", Why: "nothing in the hub's network leads to the cluster",
		Repair: Repair{Terraform: "hub-endpoints: links", Account: w.s.Hub.Account}}
	if w.svc != nil {
		f.Object = w.svc.Name
		f.Saw = fmt.Sprintf("the hub has no interface endpoint for service %s", w.svc.ID)
		f.Repair.Note = "apply hub-endpoints for region " + string(w.svc.Region) + "; it makes the name, too"
	}
	w.add(f)
}

func (w *walk) endpointState() {
	f := Finding{Hop: HopEndpoint, Verdict: Broken, Object: w.ep.ID, Saw: "it is " + w.ep.State, Repair: Repair{Account: w.ep.Account}}
	if w.ep.Error != "" {
		f.Saw += ": " + w.ep.Error
	}
	switch w.ep.State {
	case "available":
		w.pass(HopEndpoint, w.ep.ID, "available, with %s", words(w.addrs(), func(a fleet.EndpointAddr) string { return a.Addr.String() }))
		return
	case "pendingacceptance":
		f.Code, f.Why = EndpointPending, "an endpoint carries nothing until its service's owner accepts it"
		f.Repair.Terraform, f.Repair.Note = "cluster-link: accepted_endpoint_ids, or acceptance_required = false", "the service's owner accepts it: "+w.acceptLine()
	case "pending":
		f.Code, f.Why = EndpointPending, "an endpoint carries nothing until it is available"
		f.Repair.Note = "wait a few minutes"
	case "rejected":
		f.Code, f.Why = EndpointRejected, "an endpoint that the service's owner rejected carries nothing"
		f.Repair.Terraform, f.Repair.Note = "cluster-link: accepted_endpoint_ids", "the service's owner accepts it: "+w.acceptLine()
	case "partial":
		f.Verdict, f.Code, f.Why = Degraded, EndpointFailed, "a part of what the endpoint is made of is available"
		f.Repair.Note = "wait a few minutes; then look which of its subnets lacks a network interface"
	default:
		f.Code, f.Why = EndpointFailed, "an endpoint carries nothing unless it is available"
		f.Repair.Terraform, f.Repair.Note = "hub-endpoints: links", "it cannot be revived: have Terraform replace it"
	}
	w.add(f)
}

// acceptLine returns the line that accepts the endpoint's connection.
func (w *walk) acceptLine() string {
	service := w.ep.Service[strings.LastIndex(w.ep.Service, ".")+1:]
	return command(w.ep.ServiceRegion, "ec2 accept-vpc-endpoint-connections", "--service-id", service, "--vpc-endpoint-ids", w.ep.ID)
}

func itself(s string) string { return s }

// groupsOfHosts returns the groups that rules name and the source's hosts may be
// members of: the endpoint's own, and others. Such are of the endpoint's VPC, or
// of one that is peered with it in the same region. Source: VPC peering guide,
// security groups.
func (w *walk) groupsOfHosts(rules []fleet.Rule) (own, others []string) {
	for _, r := range rules {
		if r.Group == "" || !forAPI(r) || w.hub.Region != w.ep.Region {
			continue
		}
		g := w.hub.SecurityGroup(r.Group)
		switch {
		case g == nil && w.hub.SecurityGroups.Known() || g != nil && g.VPC != w.subnet.VPC:
		case slices.Contains(w.ep.SecurityGroups, r.Group):
			own = append(own, r.Group)
		default:
			others = append(others, r.Group)
		}
	}
	return own, others
}

// endpointAdmits checks the endpoint's own security groups. A rule that names a
// group says nothing about whether the hosts are its members.
func (w *walk) endpointAdmits() {
	if w.subnet == nil || w.epPlace == nil {
		w.unknown(HopEndpoint, w.ep.ID, "the security groups of the endpoint", false, nil)
		return
	}
	rules, missing := rulesOf(w.epPlace, w.ep.SecurityGroups, false)
	if len(missing) > 0 && !w.epPlace.SecurityGroups.Known() {
		w.unknown(HopEndpoint, missing[0], "the security groups of the endpoint", w.epPlace.SecurityGroups.Asked, denied(w.epPlace, w.epPlace.SecurityGroups))
		return
	}
	got := admits(rules, w.subnet.CIDR, nobody)
	groups := strings.Join(w.ep.SecurityGroups, " ")
	own, others := w.groupsOfHosts(rules)
	switch {
	case got.cover == all:
		w.pass(HopEndpoint, groups, "admits TCP 443 from %s", w.subnet.CIDR)
		return
	case got.cover == some:
		w.pass(HopEndpoint, groups, "admits TCP 443 from a part of %s: hosts elsewhere in it do not get in", w.subnet.CIDR)
		return
	case len(others) > 0 && w.connected():
		w.pass(HopEndpoint, groups, "admits TCP 443 from members of %s, and a connection got through from %s", words(others, itself), w.o.Live.From)
		return
	case len(others) > 0:
		w.unknown(HopEndpoint, groups, "whether the hosts are members of "+words(others, itself)+", which the endpoint admits", true, nil)
		return
	}
	if len(got.lists) > 0 {
		w.unknown(HopEndpoint, groups, "whether "+w.subnet.CIDR.String()+" is in prefix list "+got.lists[0]+", which is not read", true, nil)
		return
	}
	f := Finding{Hop: HopEndpoint, Verdict: Broken, Code: EndpointRefuses, Object: groups,
		Saw:    fmt.Sprintf("no rule admits TCP 443 from %s, where the hosts are", w.subnet.CIDR),
		Why:    "the endpoint drops what the hosts send: connections time out",
		Repair: Repair{Terraform: "hub-endpoints: client_cidrs", Account: w.ep.Account}}
	if len(own) > 0 {
		f.Verdict, f.Saw = Degraded, fmt.Sprintf("TCP 443 is admitted from members of the endpoint's own group %s only", words(own, itself))
		f.Why = "hosts that are not in that group get no answer: connections time out"
	}
	if len(w.ep.SecurityGroups) > 0 {
		f.Repair.Commands = w.allowHosts(w.ep.Region, w.ep.SecurityGroups[0], rules)
	}
	w.add(f)
}
