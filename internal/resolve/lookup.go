package resolve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"

	"postern/internal/plan"
)

// DefaultTimeout is a lookup's whole time if Resolver.Timeout is zero.
const DefaultTimeout = 5 * time.Second

// Resolver asks a set of DNS servers. It is safe for concurrent use.
type Resolver struct {
	Servers []Server      // asked side by side, all of them one witness
	Timeout time.Duration // for a whole lookup: both tries, TCP and the CNAMEs; zero means DefaultTimeout

	// Dial opens a connection to a server; nil means net.Dialer. The network
	// is "udp" or "tcp", the address a Server's.
	Dial   func(ctx context.Context, network, addr string) (net.Conn, error)
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil discards

	silence silence
}

// InVPC reports whether at least one server answers as the clusters' VPCs see
// the world.
func (r *Resolver) InVPC() bool {
	return slices.ContainsFunc(r.Servers, inVPC)
}

func inVPC(s Server) bool { return s.InVPC }

// statement is what one server says about a host.
type statement struct {
	server  Server
	outcome plan.Outcome // Answered, Empty or Unknown
	addrs   []netip.Addr
	ttl     time.Duration
	words   string
	err     error // why it is Unknown
}

// Lookup asks for the host's IPv4 addresses, or its IPv6 addresses if v6, and
// returns the DNS witness. If inVPCOnly, it asks only the servers inside the
// VPC; that is how a cluster whose endpoint is public too must be asked. It
// never fails: what went wrong is in the witness. The package's text has the
// table of outcomes. A server that left many lookups in a row without an answer
// has half a second for most of the next ones, until it answers again.
func (r *Resolver) Lookup(ctx context.Context, host string, v6, inVPCOnly bool) plan.Witness {
	w := plan.Witness{Name: plan.DNS, At: r.now()}
	servers := r.Servers
	if inVPCOnly && len(servers) > 0 {
		servers = slices.DeleteFunc(slices.Clone(servers), func(s Server) bool { return !s.InVPC })
		if len(servers) == 0 {
			w.Outcome = plan.Inapplicable
			w.Detail = "no resolver is marked as inside the VPC, and others see this cluster's public addresses"
			return w
		}
	}
	if detail, hint := unaskable(host, servers); detail != "" {
		w.Outcome, w.Code, w.Detail, w.Hint = plan.Unknown, plan.DNSUnknown, detail, hint
		return w
	}
	timeout := r.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	statements := make([]statement, len(servers))
	var wg sync.WaitGroup
	for i, s := range servers {
		wg.Go(func() {
			ctx, cancel := r.silence.bound(ctx, s.Addr)
			defer cancel()
			statements[i] = r.lookupAt(ctx, s, host, v6)
			r.silence.note(s.Addr, statements[i].err)
		})
	}
	wg.Wait()
	merge(&w, host, statements)
	if r.Logger != nil {
		r.Logger.DebugContext(ctx, "looked up", "host", host, "outcome", w.Outcome, "partial", w.Partial, "detail", w.Detail)
	}
	return w
}

// unaskable says why the question cannot be put at all.
func unaskable(host string, servers []Server) (detail, hint string) {
	if len(servers) == 0 {
		return "no resolver is set", "name one with --resolver HOST:PORT"
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return fmt.Sprintf("%q is an address, not a name", host), ""
	}
	if _, ok := dns.IsDomainName(host); !ok || strings.Trim(host, ".") == "" {
		return fmt.Sprintf("%q is not a host name", host), ""
	}
	return "", ""
}

// lookupAt asks one server, following CNAMEs by further questions where its
// answer leaves off.
func (r *Resolver) lookupAt(ctx context.Context, s Server, host string, v6 bool) statement {
	qtype := dns.TypeA
	if v6 {
		qtype = dns.TypeAAAA
	}
	st := statement{server: s, outcome: plan.Unknown}
	name, hops := dns.CanonicalName(host), 0
	seen := map[string]bool{name: true}
	ttl := time.Duration(-1) // of the chain so far
	for {
		a, err := r.ask(ctx, s.Addr, name, qtype)
		if err != nil {
			return st.unknown(err)
		}
		hops += a.Hops
		if hops > maxChain {
			return st.unknown(fmt.Errorf("more than %d CNAMEs", maxChain))
		}
		if a.Next == "" {
			if ttl >= 0 {
				a.TTL = min(a.TTL, ttl)
			}
			return st.said(a)
		}
		if seen[a.Next] {
			return st.unknown(fmt.Errorf("CNAME loop at %s", a.Next))
		}
		if ttl < 0 || a.TTL < ttl {
			ttl = a.TTL
		}
		name = a.Next
		seen[name] = true
	}
}

func (st statement) unknown(err error) statement {
	st.err, st.words = err, err.Error()
	return st
}

func (st statement) said(a answer) statement {
	if a.Empty != "" {
		st.outcome, st.words = plan.Empty, a.Empty
		return st
	}
	st.outcome, st.addrs, st.ttl = plan.Answered, a.Addrs, a.TTL
	words := make([]string, len(a.Addrs))
	for i, addr := range a.Addrs {
		words[i] = addr.String()
	}
	st.words = fmt.Sprintf("%s (TTL %s)", strings.Join(words, " "), a.TTL)
	return st
}

// merge fills in the witness from what each server said.
func merge(w *plan.Witness, host string, statements []statement) {
	var answered, unknown int
	details := make([]string, len(statements))
	for i, st := range statements {
		details[i] = st.server.Addr + ": " + st.words
		switch st.outcome {
		case plan.Answered:
			if answered == 0 || st.ttl < w.TTL {
				w.TTL = st.ttl
			}
			answered++
			w.Addrs = append(w.Addrs, st.addrs...)
		case plan.Unknown:
			unknown++
		}
	}
	w.Addrs = sorted(w.Addrs)
	w.Detail = strings.Join(details, "; ")
	switch {
	case answered > 0:
		w.Outcome = plan.Answered
		w.Partial = answered < len(statements)
	case unknown == 0:
		w.Outcome = plan.Empty
	default:
		w.Outcome, w.Code, w.Hint = plan.Unknown, plan.DNSUnknown, hintFor(host, statements)
	}
}

// hintFor says what to try for the first server that gave no usable answer.
func hintFor(host string, statements []statement) string {
	for _, st := range statements {
		switch {
		case st.err == nil:
		case errors.Is(st.err, context.Canceled):
			return "the lookup was interrupted"
		case errors.Is(st.err, errTimeout):
			return "check that " + st.server.Addr + " is reachable from here by UDP and TCP, or name another with --resolver"
		default:
			return "ask it yourself: dig @" + digServer(st.server.Addr) + " " + typeable(host) + "; or name another with --resolver"
		}
	}
	return ""
}

// typeable returns a host that can be pasted into a shell as it is: it may come
// from a tag that others can set.
func typeable(host string) string {
	if strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") != "" || strings.HasPrefix(host, "-") {
		return "HOST"
	}
	return host
}

// digServer writes host:port as dig's arguments.
func digServer(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host + " -p " + port
}

func (r *Resolver) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}
