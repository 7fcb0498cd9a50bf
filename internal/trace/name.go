package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// name checks how the hub's hosts resolve the endpoint's name: the private zone
// with the longest name that covers it, and is associated with their VPC, has
// the last word. Source: Route 53 developer guide, private hosted zones,
// considerations.
func (w *walk) name() {
	defer w.lookedUp()
	switch {
	case w.noHub():
		w.unknown(HopName, w.host, "the hub's private zones (the settings name no hub)", false, nil)
		return
	case w.o.Address == ByVPCE:
		w.byVPCE()
		return
	case w.host == "":
		w.unknown(HopName, w.ref.Name, "the endpoint's name, as the cluster could not be described", true, nil)
		return
	}
	if w.vpc != nil && (isFalse(w.vpc.DNSSupport) || isFalse(w.vpc.DNSHostnames)) {
		w.dnsOff()
		return
	}
	if w.vpc != nil && (w.vpc.Fault != nil || w.vpc.DNSSupport == nil || w.vpc.DNSHostnames == nil) {
		w.unknown(HopName, w.vpc.ID, "whether the hub VPC's resolver is on", false, w.vpc.Fault)
	}
	w.zone()
}

func isFalse(b *bool) bool { return b != nil && !*b }

// byVPCE: clients that call the interface endpoint by its own, public, name need
// no private zone.
func (w *walk) byVPCE() {
	if w.ep == nil || len(w.ep.DNSNames) == 0 {
		w.unknown(HopName, w.ref.Name, "the name of the interface endpoint", w.ep != nil, nil)
		return
	}
	w.pass(HopName, w.ep.DNSNames[0], "clients call the interface endpoint by its own name, which is in public DNS, with tls-server-name %s", w.host)
}

func (w *walk) dnsOff() {
	f := Finding{Hop: HopName, Verdict: Broken, Code: VPCDNSOff, Object: w.vpc.ID,
		Why:    "a VPC's resolver looks at private zones only where both attributes are on, so that the hosts get the name's public answer, whose addresses they cannot reach",
		Repair: Repair{Terraform: "your aws_vpc: enable_dns_support and enable_dns_hostnames", Account: w.hub.Account}}
	var off []string
	for _, x := range []struct {
		on         *bool
		word, flag string
	}{{w.vpc.DNSSupport, "enableDnsSupport", "--enable-dns-support"}, {w.vpc.DNSHostnames, "enableDnsHostnames", "--enable-dns-hostnames"}} {
		if isFalse(x.on) {
			off = append(off, x.word)
			f.Repair.Commands = append(f.Repair.Commands, command(w.hub.Region, "ec2 modify-vpc-attribute", "--vpc-id", w.vpc.ID, x.flag))
		}
	}
	f.Saw = strings.Join(off, " and ") + " off in the hub VPC"
	w.add(f)
}

// covering returns all private zones that cover the host, whoever owns them, the
// longest names first, and whether every account's zones are known.
func (w *walk) covering() (zones []*fleet.Zone, known bool) {
	known = len(w.s.Zones) > 0
	host := strings.ToLower(w.host)
	for i := range w.s.Zones {
		a := &w.s.Zones[i]
		known = known && (a.Zones.Known() || a.Account != w.s.Hub.Account)
		for j := range a.Zones.Items {
			z := &a.Zones.Items[j]
			if name := strings.ToLower(z.Name); name == host || name != "" && strings.HasSuffix(host, "."+name) {
				zones = append(zones, z)
			}
		}
	}
	slices.SortStableFunc(zones, func(a, b *fleet.Zone) int { return len(b.Name) - len(a.Name) })
	return zones, known
}

// hubVPC returns the ID of the hosts' VPC; empty: it is not known.
func (w *walk) hubVPC() string {
	switch {
	case w.subnet != nil:
		return w.subnet.VPC
	case w.only != "":
		return w.only
	case len(w.s.Hub.VPCs) > 0:
		return w.s.Hub.VPCs[0]
	}
	return ""
}

func (w *walk) hubRegion() plan.Region {
	if w.hub != nil {
		return w.hub.Region
	}
	return w.s.Hub.Region
}

// associated reports whether a zone counts in the hub VPC, and whether that is
// known.
func (w *walk) associated(z *fleet.Zone) (yes, known bool) {
	vpc := w.hubVPC()
	if vpc == "" {
		return true, false
	}
	if slices.ContainsFunc(z.VPCs.Items, func(v fleet.ZoneVPC) bool { return v.VPC == vpc }) {
		return true, true
	}
	return false, z.VPCs.Known()
}

// zone checks the zone that answers.
func (w *walk) zone() {
	zones, known := w.covering()
	var exact *fleet.Zone // at the host itself, and not associated
	for _, z := range zones {
		yes, sure := w.associated(z)
		switch {
		case yes:
			w.record(z, exact)
			if !sure {
				w.unknown(HopName, z.ID, "whether the zone is the hub VPC's, which is not known", false, nil)
			}
			return
		case !sure:
			w.unknown(HopName, z.ID, "the VPCs of the zone", z.VPCs.Asked, z.VPCs.Fault)
			return
		case exact == nil && strings.EqualFold(z.Name, w.host):
			exact = z
		}
	}
	if !known {
		asked := false
		for _, a := range w.s.Zones {
			if a.Account == w.s.Hub.Account {
				asked = a.Zones.Asked || a.Zones.Fault != nil
				if a.Zones.Fault != nil {
					w.unknown(HopName, w.host, "the hub account's private zones", true, a.Zones.Fault)
					return
				}
			}
		}
		w.unknown(HopName, w.host, "the hub account's private zones", asked, nil)
		return
	}
	if exact != nil {
		w.notAssociated(exact)
		return
	}
	f := Finding{Hop: HopName, Verdict: Broken, Code: ZoneMissing, Object: w.host,
		Saw:    "no private zone that the hub VPC sees answers for the name",
		Why:    "the hub's hosts get the name's public answer: the cluster's own addresses, which no route of theirs reaches",
		Repair: w.makeZone()}
	if w.o.Address == ByAny {
		f.Verdict = Degraded
		f.Why += "; clients that call the interface endpoint by its own name, with tls-server-name, get through"
	}
	w.add(f)
}

func (w *walk) notAssociated(z *fleet.Zone) {
	at := "VPCRegion=" + string(w.hubRegion()) + ",VPCId=" + w.hubVPC()
	f := Finding{Hop: HopName, Verdict: Broken, Code: ZoneNotAssociated, Object: z.ID,
		Saw: fmt.Sprintf("zone %s is associated with %s, and not with the hub VPC %s", z.Name,
			words(z.VPCs.Items, func(v fleet.ZoneVPC) string { return v.VPC }), w.hubVPC()),
		Why:    "the hub's hosts do not see the zone: they get the name's public answer, whose addresses they cannot reach",
		Repair: Repair{Terraform: "hub-endpoints: hub_vpcs", Account: w.s.Hub.Account}}
	if z.Account != w.s.Hub.Account {
		f.Repair.Note = "first, with credentials of account " + string(z.Account) + ": " + command("", "route53 create-vpc-association-authorization", "--hosted-zone-id", z.ID, "--vpc", at)
	}
	f.Repair.Commands = []string{command("", "route53 associate-vpc-with-hosted-zone", "--hosted-zone-id", z.ID, "--vpc", at)}
	w.add(f)
}

// record checks what the zone that answers has for the name. exact is a zone at
// the name itself that does not count here.
func (w *walk) record(z, exact *fleet.Zone) {
	if !z.Records.Asked || z.Records.Fault != nil {
		w.unknown(HopName, z.ID, "the records of zone "+z.Name, z.Records.Asked, z.Records.Fault)
		return
	}
	rs := recordsAt(z, w.host)
	switch {
	case len(rs) > 0:
		w.leads(z, rs)
	case exact != nil:
		w.notAssociated(exact)
	case strings.EqualFold(z.Name, w.host):
		w.add(Finding{Hop: HopName, Verdict: Broken, Code: RecordMissing, Object: z.ID,
			Saw:    fmt.Sprintf("zone %s has no address record at its apex", z.Name),
			Why:    "in a VPC that sees the zone, what the zone lacks does not exist: the name has no address there",
			Repair: w.makeRecord(z)})
	default:
		f := Finding{Hop: HopName, Verdict: Broken, Code: ZoneHidden, Object: z.ID,
			Saw:    fmt.Sprintf("zone %s, of a parent domain, answers in the hub VPC, and has no record for %s", z.Name, w.host),
			Why:    "in a VPC that sees a zone, every name below it that it lacks does not exist: NXDOMAIN",
			Repair: w.makeZone()}
		f.Repair.Note = "a zone at the cluster's own name goes before its parent's; or take the VPC out of " + z.ID
		w.add(f)
	}
}

// recordsAt returns the records of a zone that answer for an address of a name:
// its own, or those of the nearest wildcard. Source: RFC 4592, section 2.2.
func recordsAt(z *fleet.Zone, name string) []fleet.Record {
	at := func(n string) (out []fleet.Record) {
		for _, r := range z.Records.Items {
			if strings.EqualFold(strings.ReplaceAll(r.Name, `\052`, "*"), n) && (r.Type == "A" || r.Type == "AAAA" || r.Type == "CNAME") {
				out = append(out, r)
			}
		}
		return out
	}
	out := at(name)
	for _, rest, more := strings.Cut(name, "."); len(out) == 0 && more && len(rest) >= len(z.Name); _, rest, more = strings.Cut(rest, ".") {
		out = at("*." + rest)
	}
	return out
}

// leads checks that records lead to the cluster's endpoint.
func (w *walk) leads(z *fleet.Zone, rs []fleet.Record) {
	if w.ep == nil {
		w.leadsNowhere(z, rs)
		return
	}
	good, bad := 0, 0
	var saw []string
	for _, r := range rs {
		if to := target(r); to != "" {
			saw = append(saw, to)
			if slices.ContainsFunc(w.ep.DNSNames, func(n string) bool { return strings.EqualFold(n, to) }) {
				good++
			} else {
				bad++
			}
			continue
		}
		for _, v := range r.Values {
			saw = append(saw, v)
			addr, err := netip.ParseAddr(v)
			if err == nil && slices.ContainsFunc(w.ep.Addrs, func(a fleet.EndpointAddr) bool { return a.Addr == addr }) {
				good++
			} else {
				bad++
			}
		}
	}
	to := words(saw, func(s string) string { return s })
	if bad == 0 {
		w.pass(HopName, w.host, "zone %s leads to %s", z.ID, to)
		return
	}
	f := Finding{Hop: HopName, Code: RecordWrong, Object: z.ID,
		Saw:    fmt.Sprintf("the record of %s leads to %s, and the cluster's endpoint is %s", w.host, to, w.ep.ID),
		Why:    "clients connect to something else than the cluster's endpoint",
		Repair: w.makeRecord(z)}
	if whose := w.whose(rs); whose != "" {
		f.Why = "clients connect to " + whose
	} else if w.gone(rs) {
		f.Code, f.Why = RecordDangling, "the name leads to an endpoint that does not exist, and has no address"
	}
	w.part(bad, good+bad, f)
}

// leadsNowhere: there is a record, and no endpoint to compare it with.
func (w *walk) leadsNowhere(z *fleet.Zone, rs []fleet.Record) {
	saw := words(rs, func(r fleet.Record) string {
		if to := target(r); to != "" {
			return to
		}
		return words(r.Values, func(s string) string { return s })
	})
	switch {
	case w.whose(rs) != "":
		w.add(Finding{Hop: HopName, Verdict: Broken, Code: RecordWrong, Object: z.ID,
			Saw: fmt.Sprintf("the record of %s leads to %s", w.host, saw), Why: "clients connect to " + w.whose(rs), Repair: w.makeRecord(z)})
	case w.gone(rs):
		w.add(Finding{Hop: HopName, Verdict: Broken, Code: RecordDangling, Object: z.ID,
			Saw: fmt.Sprintf("the record of %s leads to %s, which no interface endpoint of the hub has", w.host, saw),
			Why: "the name leads to an endpoint that does not exist, and has no address", Repair: w.makeRecord(z)})
	default:
		w.unknown(HopName, z.ID, "the endpoint that "+saw+" is", true, nil)
	}
}

// whose says which other cluster's endpoint records lead to; empty: none that is
// known.
func (w *walk) whose(rs []fleet.Record) string {
	for i := range w.s.Places {
		for j := range w.s.Places[i].Endpoints.Items {
			e := &w.s.Places[i].Endpoints.Items[j]
			if w.ep != nil && e.ID == w.ep.ID || !w.namedBy(e, rs) {
				continue
			}
			if v := w.serviceOf(e); v != nil && (w.svc == nil || v.ID != w.svc.ID) {
				if name := v.Tags[plan.TagCluster]; name != "" {
					return fmt.Sprintf("endpoint %s, which is cluster %s/%s/%s's", e.ID, v.Account, v.Region, name)
				}
				return fmt.Sprintf("endpoint %s of another service, %s", e.ID, v.ID)
			}
			return "endpoint " + e.ID + ", which is another one than the cluster's"
		}
	}
	return ""
}

func (w *walk) namedBy(e *fleet.Endpoint, rs []fleet.Record) bool {
	return slices.ContainsFunc(rs, func(r fleet.Record) bool {
		if to := target(r); to != "" {
			return slices.ContainsFunc(e.DNSNames, func(n string) bool { return strings.EqualFold(n, to) })
		}
		return slices.ContainsFunc(e.Addrs, func(a fleet.EndpointAddr) bool { return slices.Contains(r.Values, a.Addr.String()) })
	})
}

// gone reports whether records lead to the name of an interface endpoint that is
// none of the hub's, all of which are known.
func (w *walk) gone(rs []fleet.Record) bool {
	for i := range w.s.Places {
		if p := &w.s.Places[i]; p.Hub && !p.Endpoints.Known() {
			return false
		}
	}
	return slices.ContainsFunc(rs, func(r fleet.Record) bool {
		return strings.Contains(target(r), ".vpce.amazonaws.com") || target(r) == "" && len(r.Values) > 0
	})
}

// target returns the name that a record leads to; empty: it has addresses.
func target(r fleet.Record) string {
	if r.Alias != "" {
		return strings.TrimSuffix(r.Alias, ".")
	}
	if r.Type == "CNAME" && len(r.Values) > 0 {
		return strings.TrimSuffix(r.Values[0], ".")
	}
	return ""
}

// namedEndpoint returns the hub's endpoint that the cluster's name leads to; nil:
// none is known.
func (w *walk) namedEndpoint() *fleet.Endpoint {
	if w.host == "" {
		return nil
	}
	zones, _ := w.covering()
	for _, z := range zones {
		rs := recordsAt(z, w.host)
		for i := range w.s.Places {
			for j := range w.s.Places[i].Endpoints.Items {
				if e := &w.s.Places[i].Endpoints.Items[j]; len(rs) > 0 && w.namedBy(e, rs) {
					return e
				}
			}
		}
	}
	return nil
}

// upsert returns the lines that point a zone's apex to the endpoint. ZONE is the
// zone's ID as a shell takes it.
func (w *walk) upsert(zone string) []string {
	if w.ep == nil || len(w.ep.DNSNames) == 0 {
		return nil
	}
	before := fmt.Sprintf(`{"Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":%q,"Type":"A","AliasTarget":{"HostedZoneId":"`, w.host)
	after := fmt.Sprintf(`","DNSName":%q,"EvaluateTargetHealth":false}}}]}`, w.ep.DNSNames[0])
	return []string{
		"ALIAS=$(" + command(w.ep.Region, "ec2 describe-vpc-endpoints", "--vpc-endpoint-ids", w.ep.ID, "--query", "VpcEndpoints[0].DnsEntries[0].HostedZoneId", "--output", "text") + ")",
		"aws route53 change-resource-record-sets --hosted-zone-id " + zone + " --change-batch " + quoted(before) + `"$ALIAS"` + quoted(after),
	}
}

func (w *walk) makeRecord(z *fleet.Zone) Repair {
	return Repair{Terraform: "hub-endpoints: links (apply it again)", Account: z.Account, Commands: w.upsert(quoted(z.ID))}
}

func (w *walk) makeZone() Repair {
	r := Repair{Terraform: "hub-endpoints: private_zones = true", Account: w.s.Hub.Account}
	if lines := w.upsert(`"$ZONE"`); lines != nil && w.hubVPC() != "" {
		r.Commands = append([]string{"ZONE=$(" + command("", "route53 create-hosted-zone", "--name", w.host, "--caller-reference", "postern-"+w.host,
			"--vpc", "VPCRegion="+string(w.hubRegion())+",VPCId="+w.hubVPC(), "--query", "HostedZone.Id", "--output", "text") + ")"}, lines...)
	}
	return r
}
