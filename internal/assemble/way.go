package assemble

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"postern/internal/plan"
	"postern/internal/probe"
	"postern/internal/resolve"
	"postern/internal/trace"
)

// Way is how live probes are made from where this process runs.
type Way struct {
	way      probe.Way
	resolver *resolve.Resolver // nil: the system's
	timeout  time.Duration
}

// NewWay returns the way that Kubernetes clients go in an environment: see
// [probe.WayOf]. Names are asked of servers, HOST[:PORT] each, or of the system,
// unless a proxy resolves them. Each step of a probe may take timeout; 0 means
// [probe.DefaultTimeout]. The error is ErrProxy or ErrResolvers.
func NewWay(getenv func(string) string, servers []string, timeout time.Duration) (*Way, error) {
	way, err := probe.WayOf(getenv)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProxy, err)
	}
	w := &Way{way: way, timeout: timeout}
	for _, text := range servers {
		s, err := resolve.ParseServer(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrResolvers, err)
		}
		if w.resolver == nil {
			w.resolver = &resolve.Resolver{}
		}
		w.resolver.Servers = append(w.resolver.Servers, s)
	}
	return w, nil
}

// Proxied reports whether probes go through a proxy.
func (w *Way) Proxied() bool { return w.way.Proxy != "" }

// String says where probes are made from.
func (w *Way) String() string {
	if w.Proxied() {
		return "this host, through the proxy " + w.way.Proxy
	}
	return "this host"
}

// Lookup resolves a name. The error of the answer says why there is none.
func (w *Way) Lookup(whole context.Context, name string) *trace.Lookup {
	ctx, cancel := context.WithTimeout(whole, w.step())
	defer cancel()
	out := &trace.Lookup{Name: name}
	began := time.Now()
	var err error
	if w.resolver != nil {
		witness := w.resolver.Lookup(ctx, name, false, false)
		if out.Addrs = witness.Addrs; len(out.Addrs) == 0 {
			err = errors.New(witness.Detail)
		}
	} else {
		out.Addrs, err = net.DefaultResolver.LookupNetIP(ctx, "ip4", name)
	}
	out.Took = time.Since(began)
	if err != nil {
		out.Error, out.Cut = err.Error(), whole.Err() != nil
	}
	for i := range out.Addrs {
		out.Addrs[i] = out.Addrs[i].Unmap()
	}
	slices.SortFunc(out.Addrs, netip.Addr.Compare)
	return out
}

func (w *Way) step() time.Duration {
	if w.timeout > 0 {
		return w.timeout
	}
	return probe.DefaultTimeout
}

// Inside reports whether clients here are where the endpoint's addresses are
// meant to be called from: a proxy is set, which somebody did to that end, or
// the name leads to one of them. why says so in words.
func (w *Way) Inside(asked trace.Asked, l *trace.Lookup) (inside bool, why string) {
	switch {
	case w.Proxied():
		return true, "a proxy is set"
	case len(asked.Addrs) == 0:
		return false, "the endpoint's addresses are not known"
	case len(l.Addrs) == 0:
		return false, fmt.Sprintf("%s does not resolve here, so that this host may not be in the hub", l.Name)
	}
	for _, a := range l.Addrs {
		if slices.Contains(asked.Addrs, a) {
			return true, fmt.Sprintf("%s resolves to the endpoint's addresses here", l.Name)
		}
	}
	return false, fmt.Sprintf("%s resolves to %s here, which is not the endpoint, so that this host may not be in the hub", l.Name, l.Addrs[0])
}

// Probe makes all probes of a path side by side: of each address of the
// endpoint, and, through a proxy, by name; l is how the name resolved, nil where
// it was not asked for. A token goes only to a server that is proved.
func (w *Way) Probe(ctx context.Context, asked trace.Asked, l *trace.Lookup, token string) *trace.Live {
	live := &trace.Live{From: w.String(), Lookup: l, Contacts: make([]trace.Contact, len(asked.Addrs))}
	var wg sync.WaitGroup
	for i, a := range asked.Addrs {
		wg.Go(func() { live.Contacts[i] = w.contact(ctx, w.way.Dial, a, asked, token) })
	}
	if w.Proxied() && asked.Name != "" {
		live.Lookup = &trace.Lookup{Name: asked.Name}
		wg.Go(func() {
			at := net.JoinHostPort(asked.Name, strconv.Itoa(plan.APIPort))
			c := w.contact(ctx, func(ctx context.Context, network, _ string) (net.Conn, error) { return w.way.Dial(ctx, network, at) }, netip.Addr{}, asked, "")
			live.Lookup.By, live.Lookup.Took = &c, c.ConnectTook
		})
	}
	wg.Wait()
	return live
}

// contact makes one probe.
func (w *Way) contact(ctx context.Context, dial func(context.Context, string, string) (net.Conn, error), a netip.Addr, asked trace.Asked, token string) trace.Contact {
	p := probe.Prober{Dial: dial, Timeout: w.timeout}
	r := p.Ready(ctx, netip.AddrPortFrom(a, plan.APIPort), asked.Host, asked.Roots, token)
	c := trace.Contact{
		Addr: a, Connected: r.TLS.Dialed, Handshake: r.TLS.HandshakeDone, ChainOK: r.TLS.ChainOK, NameOK: r.TLS.NameOK, Expired: r.TLS.Expired, Verified: r.TLS.Verified,
		Names: r.TLS.Leaf.Names, Issuer: r.TLS.Leaf.Issuer, NotAfter: r.TLS.Leaf.NotAfter,
		Token: token != "", Status: r.Status, Body: r.Body,
		ConnectTook: r.TLS.Connect, HandshakeTook: r.TLS.Handshake, AnswerTook: r.Took,
	}
	if err := cmp.Or(r.TLS.Err, r.Err); err != nil {
		c.Error = err.Error()
	}
	c.Cut = !c.Verified && ctx.Err() != nil // of all probes: the answer of this one may have been on its way
	if !a.IsValid() {
		c.Error = strings.ReplaceAll(c.Error, netip.AddrPortFrom(a, plan.APIPort).String(), asked.Name)
	}
	return c
}
