package trace

import "slices"

// consequences says which findings follow from which: where both are there, the
// second does not stand by itself. What a cause explains may be a cause, too.
var consequences = []struct {
	cause   Code
	effects []Code
}{
	{ClusterGone, []Code{ZoneMissing, RecordDangling, TargetsNone, TargetsStale, TargetsReused, TargetsUnhealthy, TargetsInitial, AdmitMissing, AdmitGroupOnly, BalancerEgress, EndpointMissing, ServiceMissing, LinkMissing}},
	{ClusterRemade, []Code{ZoneMissing, ZoneNotAssociated, RecordMissing, ZoneHidden, RecordDangling, RecordWrong, DNSFailed, DNSElsewhere, TargetsNone, TargetsStale, TargetsReused, TargetsIncomplete, TargetsUnhealthy, AdmitMissing, AdmitGroupOnly, BalancerEgress}},
	{ClusterPublic, []Code{TargetsUnhealthy, TargetsInitial, TargetsNone, TargetsStale, TargetsIncomplete}},
	{ClusterNotActive, []Code{ZoneMissing, ZoneHidden, TargetsUnhealthy, TargetsInitial, TargetsNone, TargetsIncomplete, TargetsStale, TargetsReused, AdmitMissing, AdmitGroupOnly, BalancerEgress}},
	{LinkMissing, []Code{ServiceMissing, EndpointMissing, ZoneMissing, RecordDangling}},
	{ServiceMissing, []Code{EndpointMissing, EndpointRejected, EndpointFailed, EndpointPending, ZoneMissing, RecordDangling}},
	{ServiceFailed, []Code{EndpointFailed, EndpointPending, ConnectionPending}},
	{ConnectionPending, []Code{EndpointPending}},
	{ConnectionRejected, []Code{EndpointRejected, EndpointFailed}},
	{ConnectionMissing, []Code{EndpointRejected, EndpointFailed}},
	{PrincipalMissing, []Code{EndpointMissing, ZoneMissing, RecordDangling}},
	{EndpointMissing, []Code{ZoneMissing, RecordDangling}},
	{EndpointNoAddress, []Code{DNSFailed}},
	{PeeringMissing, []Code{RouteMissing, RouteBlackhole, ReturnMissing, ReturnBlackhole}},
	{PeeringNotActive, []Code{RouteMissing, RouteBlackhole, ReturnMissing, ReturnBlackhole}},
	{BalancerNotActive, []Code{TargetsUnused, TargetsInitial, EndpointPending}},
	{ListenerMissing, []Code{TargetsUnused, TargetsInitial}},
	{ListenerElsewhere, []Code{TargetsUnused, TargetsInitial}},
	{BalancerEgress, []Code{TargetsUnhealthy, TargetsInitial, ZoneWithoutTarget}},
	{AdmitMissing, []Code{TargetsUnhealthy, TargetsInitial}},
	{AdmitACLDenies, []Code{TargetsUnhealthy, TargetsInitial}},
	{HealthCheckWrong, []Code{TargetsUnhealthy}},
	{TargetsUnhealthy, []Code{ZoneWithoutTarget}},
	{TargetsInitial, []Code{ZoneWithoutTarget}},
	{TargetsUnused, []Code{ZoneWithoutTarget}},
	{TargetsReused, []Code{ZoneWithoutTarget, CertificateForeign, CertificateUnknown}},
	{TargetsStale, []Code{ZoneWithoutTarget, CertificateForeign, CertificateUnknown, NoAnswer, NoHandshake}},
	{TargetsIncomplete, []Code{ZoneWithoutTarget}},
	{RecordWrong, []Code{DNSElsewhere, DNSPublic}},
}

// explain sets Because of the findings that follow from others. A cause explains
// only what is no worse than it: all targets do not fail because some of them
// are denied.
func explain(fs []Finding) {
	for i := range fs {
		f := &fs[i]
		if f.Verdict != Broken && f.Verdict != Degraded {
			continue
		}
		for _, c := range consequences {
			if slices.Contains(c.effects, f.Code) && slices.ContainsFunc(fs, func(g Finding) bool { return g.Code == c.cause && g.explains(*f) }) {
				f.Because = c.cause
				break
			}
		}
	}
	// One connection that fails, of several, may have met what harms a part of them.
	if i := slices.IndexFunc(fs, func(f Finding) bool {
		return f.Verdict == Degraded && f.Because == "" && (f.Hop == HopTargets || f.Hop == HopBalancer || f.Hop == HopAdmit || f.Hop == HopEndpoint)
	}); i >= 0 {
		for j := range fs {
			if f := &fs[j]; f.Sampled && f.Verdict == Broken {
				f.Verdict, f.Because = Degraded, fs[i].Code
			}
		}
	}
	// What a probe saw follows from what the configuration shows before it.
	name, path := firstOf(fs, func(h Hop) bool { return h == HopName }), firstOf(fs, func(h Hop) bool { return h != HopName && h != HopServer })
	for i := range fs {
		f := &fs[i]
		if f.Because != "" || f.Verdict != Broken && f.Verdict != Degraded {
			continue
		}
		switch f.Code {
		case DNSFailed, DNSPublic, DNSElsewhere:
			if name.explains(*f) {
				f.Because = name.Code
			} else if path.explains(*f) && slices.Contains([]Code{EndpointPending, EndpointRejected, EndpointFailed, EndpointMissing, ConnectionPending, ConnectionRejected}, path.Code) {
				f.Because = path.Code
			}
		case NoAnswer, NoHandshake, NotReady:
			if path.explains(*f) {
				f.Because = path.Code
			}
		}
	}
}

// explains reports whether another finding may follow from this one: what only
// harms a path does not explain why it is broken.
func (f Finding) explains(g Finding) bool {
	return f.Code != g.Code && (f.Verdict == Broken || f.Verdict == Degraded && g.Verdict == Degraded)
}

// firstOf returns the first finding at some hops that stands by itself, a broken
// one first, and not one of a lookup; an empty one: there is none.
func firstOf(fs []Finding, at func(Hop) bool) Finding {
	for _, v := range []Verdict{Broken, Degraded} {
		for _, f := range fs {
			if f.Verdict == v && f.Because == "" && at(f.Hop) && !slices.Contains([]Code{DNSFailed, DNSPublic, DNSElsewhere}, f.Code) {
				return f
			}
		}
	}
	return Finding{}
}

// believe sets what the configuration calls broken to degraded where a probe
// got through all the same, at each of the endpoint's addresses, to the
// cluster's own API server: something that is not in the snapshot lets it. With
// a source that was asked for, the probe's host may be elsewhere.
func (w *walk) believe() {
	if w.o.Live == nil || w.o.From != "" || len(w.o.Live.Contacts) == 0 ||
		slices.ContainsFunc(w.o.Live.Contacts, func(c Contact) bool { return !c.Verified }) {
		return
	}
	for i := range w.found {
		if f := &w.found[i]; f.Verdict == Broken && f.Hop != HopName && f.Hop != HopServer {
			f.Verdict = Degraded
			f.Saw += "; a connection got through all the same, from " + w.o.Live.From
		}
	}
}
