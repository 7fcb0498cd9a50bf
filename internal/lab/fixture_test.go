package lab_test

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/miekg/dns"

	"postern/internal/lab"
	"postern/internal/lab/memnet"
	"postern/internal/lab/state"
)

// fixture is a lab that runs over an in-memory network in a bubble. It ends
// with the test, which then fails if a goroutine is left.
type fixture struct {
	*lab.Lab
	net    *memnet.Network
	http   *http.Client
	client *lab.Client
}

func start(t *testing.T, opts lab.Options) *fixture {
	t.Helper()
	n := &memnet.Network{}
	l, err := n.Listen("tcp", "127.0.0.1:4566")
	if err != nil {
		t.Fatal(err)
	}
	opts.Listener = l
	opts.DNSListen = func(string) (net.PacketConn, net.Listener, error) {
		pc, err := n.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return nil, nil, err
		}
		l, err := n.Listen("tcp", pc.LocalAddr().String())
		return pc, l, err
	}
	started, err := lab.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- started.Run(ctx) }()
	<-started.Ready()
	tr := &http.Transport{DialContext: n.DialContext}
	f := &fixture{Lab: started, net: n, http: &http.Client{Transport: tr}}
	f.client = &lab.Client{URL: started.URL(), Token: started.Token(), HTTP: f.http}
	t.Cleanup(func() {
		begin := time.Now()
		stop()
		if err := <-ran; err != nil {
			t.Errorf("run: %v", err)
		}
		if d := time.Since(begin); d > time.Second {
			t.Errorf("shutdown took %s", d)
		}
		tr.CloseIdleConnections()
	})
	return f
}

// aws is an account's SDK configuration, without retries.
func (f *fixture) aws(account, region string) aws.Config {
	return aws.Config{
		Region:           region,
		BaseEndpoint:     aws.String(f.URL()),
		Credentials:      credentials.NewStaticCredentialsProvider("LABKEY"+account, "secret", ""),
		HTTPClient:       f.http,
		RetryMaxAttempts: 1,
	}
}

// lookup asks a view for a name's IPv4 addresses, by UDP and on truncation by
// TCP.
func (f *fixture) lookup(t *testing.T, view, host string) (*dns.Msg, error) {
	t.Helper()
	i := slices.IndexFunc(f.Views(), func(v lab.View) bool { return v.Name == view })
	if i < 0 {
		t.Fatalf("no view %q", view)
	}
	var m *dns.Msg
	for _, network := range []string{"udp", "tcp"} {
		conn, err := f.net.DialContext(t.Context(), network, f.Views()[i].Address)
		if err != nil {
			return nil, err
		}
		c := &dns.Client{Net: network, Timeout: 2 * time.Second}
		m, _, err = c.ExchangeWithConnContext(t.Context(), new(dns.Msg).SetQuestion(host+".", dns.TypeA), &dns.Conn{Conn: conn})
		conn.Close()
		if err != nil || !m.Truncated {
			return m, err
		}
	}
	return m, nil
}

func addrs(m *dns.Msg) []string {
	var out []string
	for _, rr := range m.Answer {
		out = append(out, rr.(*dns.A).A.String())
	}
	slices.Sort(out)
	return out
}

// serving is the truth: the addresses behind which the cluster answers.
func (f *fixture) serving(account, region, cluster string) []string {
	var out []string
	for _, a := range f.Store().Serving(account, region, cluster) {
		out = append(out, a.String())
	}
	slices.Sort(out)
	return out
}

func (f *fixture) cluster(t *testing.T, account, region, name string) lab.ClusterState {
	t.Helper()
	s, err := f.client.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(s.Clusters, func(c lab.ClusterState) bool {
		return c.Account == account && c.Region == region && c.Name == name
	})
	if i < 0 {
		t.Fatalf("no cluster %s/%s/%s", account, region, name)
	}
	return s.Clusters[i]
}

func (f *fixture) move(t *testing.T, ref lab.Move) lab.Moved {
	t.Helper()
	m, err := f.client.Move(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func move(account, region, cluster string, kind state.MoveKind) lab.Move {
	return lab.Move{Account: account, Region: region, Cluster: cluster, Kind: kind}
}

func caller(account, region string) state.Caller {
	return state.Caller{Account: account, Region: region, ARN: "arn:aws:iam::" + account + ":root"}
}

var vpcInput = state.VPCInput{CIDR: netip.MustParsePrefix("10.9.0.0/16")}
