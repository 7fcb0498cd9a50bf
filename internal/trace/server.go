package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// Live is what probes from a host saw.
type Live struct {
	From     string // where they were made from, and by which way, in words
	Lookup   *Lookup
	Contacts []Contact // one for each address of the endpoint that was tried
	Doubt    string    // why they may not have been made in the hub; empty: they were, or the caller says so
}

// connected reports whether probes got a connection at each address of the
// endpoint. With a source that was asked for, their host may be elsewhere.
func (w *walk) connected() bool {
	return w.o.Live != nil && w.o.From == "" && len(w.o.Live.Contacts) > 0 && !slices.ContainsFunc(w.o.Live.Contacts, func(c Contact) bool { return !c.Connected })
}

// failed reports whether probes were made, and none got as far as TLS.
func (w *walk) failed() bool {
	return w.o.Live != nil && len(w.o.Live.Contacts) > 0 && !slices.ContainsFunc(w.o.Live.Contacts, func(c Contact) bool { return c.Handshake || c.Cut })
}

// Lookup is how the name that clients call resolved; nil: it was not asked for.
type Lookup struct {
	Name  string
	Addrs []netip.Addr
	Error string // why there are none
	Cut   bool   // the time for all probes ended before there was an answer
	Took  time.Duration
	// By is what a connection by the name saw, where a proxy resolves names and
	// does not say to what; Addrs is empty then.
	By *Contact
}

// Contact is what was seen at one address of the endpoint, on port 443. Later
// fields hold only if those before them do.
type Contact struct {
	Addr      netip.Addr // invalid where the connection was by name
	Connected bool
	Handshake bool      // the TLS handshake was completed
	ChainOK   bool      // the certificate is by a CA that DescribeCluster names
	NameOK    bool      // the certificate is for the endpoint's name
	Expired   bool      // the certificate is not valid now
	Verified  bool      // a client accepts it
	Names     []string  // DNS names of the certificate
	Issuer    string    // of the certificate
	NotAfter  time.Time // of the certificate
	Error     string    // why it is not Verified, or why there was no answer
	Token     bool      // /readyz was asked with a token
	Status    int       // of HTTP, of /readyz; 0: it was not asked, or there was no answer
	Body      string    // the answer's beginning
	Cut       bool      // the time for all probes ended before this one did

	ConnectTook, HandshakeTook, AnswerTook time.Duration
}

// Asked is what live probes of a path have to know.
type Asked struct {
	Name  string       // that clients call; empty: it is not known
	Host  string       // of the cluster's endpoint, which the certificate is for; empty: it is not known
	Roots []byte       // PEM, the cluster's CAs
	Addrs []netip.Addr // of the interface endpoint
}

// Ask returns what to probe along a path. Without a name, nothing can be.
func Ask(s *fleet.Snapshot, ref plan.Ref, o Options) Asked {
	w := begin(s, ref, o, "")
	out := Asked{Host: w.host, Name: w.host}
	if w.cluster != nil {
		out.Roots = w.cluster.CA
	}
	for _, a := range w.addrs() {
		out.Addrs = append(out.Addrs, a.Addr)
	}
	if o.Address == ByVPCE {
		out.Name = ""
		if w.ep != nil && len(w.ep.DNSNames) > 0 {
			out.Name = w.ep.DNSNames[0]
		}
	}
	return out
}

// byName adds what a connection by name saw, compared with those by address.
func (w *walk) byName(l *Lookup) {
	some := func(is func(Contact) bool) bool { return slices.ContainsFunc(w.o.Live.Contacts, is) }
	f := Finding{Hop: HopName, Verdict: Broken, Object: l.Name, Saw: l.By.Error, Repair: Repair{Terraform: "hub-endpoints: private_zones, hub_vpcs"}}
	switch {
	case l.By.Verified:
		w.pass(HopName, l.Name, "a connection by name leads to the cluster (%s)", short(l.By.ConnectTook))
	case !l.By.Connected && some(func(c Contact) bool { return c.Connected }):
		f.Code, f.Saw = DNSFailed, "no connection by name, while there is one by address: "+l.By.Error
		f.Why = "where the probe was made, the name does not resolve, or not to the endpoint's addresses"
		f.Sampled = true
		w.add(f)
	case l.By.Connected && some(func(c Contact) bool { return c.Verified }):
		f.Code, f.Saw = DNSElsewhere, "a connection by name leads to "+w.servedBy(l.By.Names)+", one by address to the cluster: "+l.By.Error
		f.Why = "where the probe was made, the name resolves to something else than the endpoint"
		w.add(f)
	}
}

// lookedUp adds how the name resolved for a live probe.
func (w *walk) lookedUp() {
	if w.o.Live == nil || w.o.Live.Lookup == nil {
		return
	}
	l := w.o.Live.Lookup
	if l.By != nil {
		w.byName(l)
		return
	}
	saw := words(l.Addrs, netip.Addr.String)
	f := Finding{Hop: HopName, Verdict: Broken, Object: l.Name, Repair: Repair{Terraform: "hub-endpoints: private_zones, hub_vpcs"}}
	good, public := 0, 0
	for _, a := range l.Addrs {
		if w.ep != nil && slices.ContainsFunc(w.ep.Addrs, func(e fleet.EndpointAddr) bool { return e.Addr == a }) {
			good++
		}
		if !private(a) {
			public++
		}
	}
	switch {
	case len(l.Addrs) == 0 && l.Cut:
		w.unknown(HopName, l.Name, "how the name resolves here, as the time for probes ended", true, nil)
		return
	case len(l.Addrs) == 0:
		f.Code, f.Saw = DNSFailed, "the name has no address here: "+l.Error
		f.Why = "clients on this host do not get as far as a connection"
	case w.ep == nil || len(w.ep.Addrs) == 0:
		return // nothing to compare it with
	case good == len(l.Addrs):
		w.pass(HopName, l.Name, "resolves to %s here (%s)", saw, short(l.Took))
		return
	case public > 0:
		f.Code, f.Saw = DNSPublic, "the name resolves to "+saw+" here, which is public"
		f.Why = "the name was asked outside the hub VPC's resolver, or the zone does not count there: clients call the cluster's public endpoint, if it has one"
	default:
		f.Code, f.Saw = DNSElsewhere, fmt.Sprintf("the name resolves to %s here, and the endpoint has %s", saw, words(w.ep.Addrs, func(a fleet.EndpointAddr) string { return a.Addr.String() }))
		f.Why = "clients on this host connect to something else than the endpoint"
	}
	f.Repair.Note = "ask the hub VPC's own resolver (its CIDR's base plus two), or run this on a host in the hub"
	w.part(max(len(l.Addrs), 1)-good, max(len(l.Addrs), 1), f)
}

// private reports whether an address can be a VPC's own: 100.64.0.0/10 is.
func private(a netip.Addr) bool {
	return a.IsPrivate() || netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10).Contains(a)
}

func short(d time.Duration) string { return d.Round(time.Millisecond).String() }

// server adds what live probes saw at the endpoint's addresses.
func (w *walk) server() {
	if w.o.Live == nil {
		w.unknown(HopServer, w.ref.Name, "the API server, as no probes were made", false, nil)
		return
	}
	cs := w.o.Live.Contacts
	if l := w.o.Live.Lookup; len(cs) == 0 && l != nil && l.By != nil {
		cs = []Contact{*l.By} // by name, and whichever address that has
	}
	if len(cs) == 0 {
		w.unknown(HopServer, w.ref.Name, "the API server, as no address of the endpoint is known", false, nil)
		return
	}
	if w.o.Live.Doubt != "" && w.silent() && !slices.ContainsFunc(w.found, func(f Finding) bool { return f.Verdict == Broken }) {
		w.unknown(HopServer, w.ref.Name, "the API server, as no address answers, and "+w.o.Live.Doubt, true, nil)
		return
	}
	for _, group := range alike(cs) {
		f := w.contact(group[0])
		if f.Verdict == Passed {
			w.add(f)
			continue
		}
		if !group[0].Addr.IsValid() {
			f.Object = w.o.Live.Lookup.Name
		} else if len(group) > 1 {
			f.Object = words(group, func(c Contact) string { return c.Addr.String() })
		}
		if f.Verdict == Broken {
			w.part(len(group), len(cs), f)
		} else {
			w.add(f)
		}
	}
}

// silent reports whether probes got no connection at all.
func (w *walk) silent() bool {
	l := w.o.Live.Lookup
	return !slices.ContainsFunc(w.o.Live.Contacts, func(c Contact) bool { return c.Connected }) && (l == nil || l.By == nil || !l.By.Connected)
}

// alike puts contacts together that failed in the same way.
func alike(cs []Contact) [][]Contact {
	key := func(c Contact) [9]any {
		if c.Verified && c.Status == 200 {
			return [9]any{c.Addr}
		}
		return [9]any{nil, c.Cut, c.Connected, c.Handshake, c.ChainOK, c.NameOK, c.Expired, c.Status, c.Token}
	}
	var out [][]Contact
	for _, c := range cs {
		i := slices.IndexFunc(out, func(g []Contact) bool { return key(g[0]) == key(c) })
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], c)
	}
	return out
}

// contact judges one address.
func (w *walk) contact(c Contact) Finding {
	f := Finding{Hop: HopServer, Verdict: Broken, Object: c.Addr.String(), Saw: c.Error}
	switch {
	case c.Cut:
		f.Verdict, f.Code, f.Saw = Unchecked, NotChecked, "the API server, as the time for probes ended: not known"
	case !c.Connected:
		f.Code, f.Why = NoAnswer, "no connection came about from "+w.o.Live.From
		f.Repair.Note = "run this on a host of the hub, or through a proxy there; otherwise the configuration shows no reason, so look at what it does not show: the hosts' own security groups, firewalls on the way"
	case !c.Handshake:
		f.Code, f.Why = NoHandshake, "who answers does not speak TLS, or something on the way cuts it"
		f.Repair.Note = "look for a proxy or firewall between, and for the MTU: PrivateLink has no path MTU discovery"
	case c.Verified:
		return w.answered(c)
	case w.cluster == nil || len(w.cluster.CA) == 0:
		f.Verdict, f.Code, f.Saw = Unchecked, NotChecked, "whose API server answers: not known, as the cluster's certificate authority is not"
		f.Repair.Note = "eks:DescribeCluster says it"
	case c.ChainOK && c.Expired:
		f.Code, f.Why = CertificateExpired, "clients refuse a certificate that is not valid at their time"
		f.Repair.Note = "compare this host's clock first; EKS renews certificates by itself: ask AWS support if the clock is right"
	case !c.NameOK:
		f.Code, f.Why = CertificateForeign, "it is "+w.servedBy(c.Names)+", whose certificate clients refuse: a registered address is not the cluster's, or the record leads elsewhere"
		f.Repair = w.foreignRepair()
	default:
		f.Code, f.Why = CertificateUnknown, "the certificate is for the endpoint's name, by "+c.Issuer+", which is none of the CAs that DescribeCluster names"
		f.Repair.Note = "if the cluster's CA is being rotated, take the new certificate authority data into kubeconfigs; otherwise somebody else answers: do not send a token"
	}
	return f
}

func (w *walk) foreignRepair() Repair {
	if w.link == nil {
		return Repair{}
	}
	current, known := w.current()
	if !known {
		return Repair{Note: "look whose addresses are registered: postern sync --dry-run " + w.ref.String()}
	}
	return w.breakGlass(current)
}

// servedBy says whose a certificate is.
func (w *walk) servedBy(names []string) string {
	has := func(host string) bool {
		return host != "" && slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, host) })
	}
	for i := range w.s.Places {
		p := &w.s.Places[i]
		for _, c := range p.Clusters.Items {
			if has(c.Host) {
				return fmt.Sprintf("cluster %s/%s/%s", p.Account, p.Region, c.Name)
			}
		}
		for _, l := range p.Links.Items { // of clusters that were not asked about
			if has(l.Candidate.Group.Tags[plan.TagEndpoint]) {
				return "cluster " + l.Ref.String()
			}
		}
	}
	return "a server for " + words(names, func(s string) string { return s })
}

// answered judges an API server that is proved to be the cluster's.
func (w *walk) answered(c Contact) Finding {
	took := fmt.Sprintf("TCP %s, TLS %s", short(c.ConnectTook), short(c.HandshakeTook))
	f := Finding{Hop: HopServer, Verdict: Degraded, Object: c.Addr.String()}
	switch {
	case c.Status == 200:
		who := "anonymously"
		if c.Token {
			who = "with a token"
		}
		f.Verdict, f.Saw = Passed, fmt.Sprintf("the cluster's API server, ready %s (%s, answer %s)", who, took, short(c.AnswerTook))
	case c.Status == 0 && c.Error == "":
		f.Verdict, f.Saw = Passed, fmt.Sprintf("the cluster's API server (%s)", took)
	case c.Status == 0:
		f.Code, f.Saw, f.Why = NotReady, c.Error, "the API server completes the handshake and does not answer"
	case c.Status == 401 && c.Token:
		f.Code, f.Saw = TokenRefused, "the API server answers 401 to the token"
		f.Why = "the path is right; the cluster does not know who the token is for: it lacks an access entry"
		f.Repair.Note = "make an access entry for the role (aws eks create-access-entry), and see that the token is signed for the cluster's name and region"
	case c.Status == 403 && c.Token:
		f.Verdict, f.Saw = Passed, "the cluster's API server; it knows the token, and RBAC does not let it see /readyz ("+took+")"
	case c.Status == 401 || c.Status == 403:
		f.Verdict, f.Saw = Passed, fmt.Sprintf("the cluster's API server; it answers %d to anonymous requests (%s)", c.Status, took)
	default:
		body, _, _ := strings.Cut(strings.TrimSpace(c.Body), "\n")
		f.Code, f.Saw = NotReady, fmt.Sprintf("/readyz answers %d: %s", c.Status, body)
		f.Why = "the API server is reached, and not ready"
		f.Repair.Note = "the path is right; look at the cluster's control plane logs"
	}
	return f
}
