package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"postern/internal/lab"
	"postern/internal/lab/traffic"
)

const (
	// dialFor is how long the story waits where no answer can come.
	dialFor = time.Second
	// clientHeader is where the lab's API servers say whom they see as client.
	clientHeader = "X-Postern-Lab-Client"
	// maxNamespaces bounds what is read of an answer, in bytes.
	maxNamespaces = 1 << 20
)

// noWay shows that the hub's host reaches a cluster neither at its own address
// nor, while no target is registered, by the private path.
func (d *demo) noWay(ctx context.Context, c lab.ClusterState) error {
	d.say("The hub's host, %s, calls %s:", d.host, c.Ref)
	d.blank()
	for _, try := range []struct{ to, how, hop string }{
		{c.Serving[0].String(), "at its own address, " + c.Serving[0].String(), "route"},
		{c.Host, "by its name, which the hub resolves to an interface endpoint", "node"},
	} {
		bounded, cancel := context.WithTimeout(ctx, dialFor)
		conn, err := d.dial(bounded, "tcp", net.JoinHostPort(try.to, "443"))
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			conn.Close()
			return d.check(false, "no connection to "+try.to, "one was made")
		}
		failed, ok := errors.AsType[*traffic.ProxyError](err)
		if !ok || !failed.Timeout() || !strings.HasPrefix(failed.Reason, try.hop+": ") {
			return d.check(false, fmt.Sprintf("a timeout at hop %q on the way to %s", try.hop, try.to), "%v", err)
		}
		d.say("  %s: no answer in %.0f s", try.how, dialFor.Seconds())
		d.aside(failed.Reason)
	}
	d.blank()
	return d.check(true, "both time out: no route leads there, and the load balancer has no target", "")
}

// way shows a request to each cluster, and the hops of one of them.
func (d *demo) way(ctx context.Context) error {
	s, err := d.client.State(ctx)
	if err != nil {
		return err
	}
	d.say("From the hub's host to each cluster, at its own name, with its certificate verified:")
	d.blank()
	d.say("  GET /api/v1/namespaces")
	var shown trip
	for _, t := range d.targets {
		c := clusterOf(s, t.Ref)
		got, err := d.travel(ctx, s, t, c)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return d.check(false, "an answer of "+t.Ref, "%v", err)
		}
		d.say("  %-32s %s", t.Ref, strings.Join(got.namespaces, ", "))
		if t.Ref == secondMover {
			shown = got
		}
	}
	c := clusterOf(s, secondMover)
	d.blank()
	d.say("The last one, hop by hop:")
	d.blank()
	d.say("  %-15s the hub's host, in account %s, %s", d.host, s.Hub.Account, s.Hub.Region)
	d.say("  %-15s an interface endpoint of the hub in %s, over a peering", shown.endpoint, c.Region)
	d.say("  %-15s the load balancer in account %s, through PrivateLink", shown.node, c.Account)
	d.say("  %-15s the API server, which sees the load balancer as its client", shown.server)
	d.blank()
	return d.check(true, "every cluster answered, each by way of its own endpoint and load balancer", "")
}

// trip is the way that one request took.
type trip struct {
	endpoint   netip.Addr // of the hub's, which the cluster's name means there
	node       netip.Addr // of the load balancer: whom the API server saw
	server     netip.Addr // at which it answered
	namespaces []string   // what it answered
}

// travel asks a cluster for its namespaces. The trip is an error unless each of
// its hops is the one that belongs there.
func (d *demo) travel(ctx context.Context, s *lab.State, t traffic.Target, c lab.ClusterState) (trip, error) {
	var got trip
	ctx, cancel := context.WithTimeout(ctx, traffic.DefaultTimeout)
	defer cancel()
	named, err := d.hubNames(s).LookupNetIP(ctx, "ip4", c.Host+".")
	if err != nil {
		return got, err
	}
	got.endpoint = named[0].Unmap()
	answer, err := d.namespaces(ctx, t, netip.AddrPortFrom(got.endpoint, 443))
	if err != nil {
		return got, err
	}
	defer answer.Body.Close()
	if got.namespaces, err = namespaces(answer); err != nil {
		return got, err
	}
	client, err := netip.ParseAddrPort(answer.Header.Get(clientHeader))
	if err != nil {
		return got, fmt.Errorf("read %s: %w", clientHeader, err)
	}
	got.node = client.Addr()
	instance, _, _ := strings.Cut(answer.Header.Get(traffic.InstanceHeader), " ")
	if got.server, err = netip.ParseAddr(instance); err != nil {
		return got, fmt.Errorf("read %s: %w", traffic.InstanceHeader, err)
	}
	return got, got.judge(s, c)
}

// judge says which hop is not the one that belongs there.
func (t trip) judge(s *lab.State, c lab.ClusterState) error {
	switch balancer := endpointLeads(s, t.endpoint); {
	case balancer == "":
		return fmt.Errorf("%s in the hub is %s, which is no interface endpoint", c.Host, t.endpoint)
	case !slices.Contains(nodes(s, balancer, c.VPC), t.node):
		return fmt.Errorf("the API server saw %s as its client, which is no node of %s in the cluster's VPC", t.node, balancer)
	case !slices.Contains(c.Serving, t.server) || !slices.Contains(live(c), t.server.String()):
		return fmt.Errorf("%s answered: the cluster is at %v, and its targets are %v", t.server, c.Serving, live(c))
	}
	return nil
}

// hubNames is a resolver that sees names as the hub's VPC does.
func (d *demo) hubNames(s *lab.State) *net.Resolver {
	at := slices.IndexFunc(s.Views, func(v lab.View) bool { return slices.Contains(s.Hub.VPCs, v.Name) })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		if at < 0 {
			return nil, errors.New("no name server answers as in the hub")
		}
		return new(net.Dialer).DialContext(ctx, network, s.Views[at].Address)
	}}
}

// namespaces asks a cluster at one address, over a connection of its own from
// the hub's host, and verifies the certificate for the cluster's name.
func (d *demo) namespaces(ctx context.Context, t traffic.Target, at netip.AddrPort) (*http.Response, error) {
	token, err := t.Token(ctx)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(t.CA)
	direct := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return d.dial(ctx, network, at.String())
		},
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		DisableKeepAlives: true,
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.URL+"/api/v1/namespaces", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return (&http.Client{Transport: direct}).Do(req)
}

// namespaces reads the names of a list.
func namespaces(answer *http.Response) ([]string, error) {
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the API server answers %s", answer.Status)
	}
	var list struct {
		Items []struct{ Metadata struct{ Name string } }
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, answer.Body, maxNamespaces)).Decode(&list); err != nil {
		return nil, fmt.Errorf("read namespaces: %w", err)
	}
	if len(list.Items) == 0 {
		return nil, errors.New("the API server lists no namespace")
	}
	var names []string
	for _, i := range list.Items {
		names = append(names, i.Metadata.Name)
	}
	return names, nil
}

// endpointLeads returns the load balancer to which an interface endpoint at an
// address of the hub's account leads; empty if there is none.
func endpointLeads(s *lab.State, addr netip.Addr) string {
	for _, a := range s.World.Accounts {
		for _, e := range a.Endpoints {
			for _, i := range e.Interfaces {
				if i.Addr == addr && a.Account == s.Hub.Account {
					return i.LoadBalancer
				}
			}
		}
	}
	return ""
}

// nodes returns the addresses of a load balancer in a VPC.
func nodes(s *lab.State, arn, vpc string) []netip.Addr {
	var all []netip.Addr
	for _, a := range s.World.Accounts {
		for _, b := range a.LoadBalancers {
			for _, z := range b.Zones {
				if b.ARN == arn && b.VPC == vpc {
					all = append(all, z.Addr)
				}
			}
		}
	}
	return all
}
