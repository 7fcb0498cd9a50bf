package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"postern/internal/awsapi"
	"postern/internal/lab"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
	"postern/internal/resolve"
)

// slow makes every call take a while longer, as a network does.
type slow struct {
	http.RoundTripper
	by time.Duration
}

func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(s.by):
		return s.RoundTripper.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// BenchmarkPass is a pass over 1,000 converged links of one region at 20 ms a
// call over loopback, side by side as sync works and one link after another.
// It reports the ELB calls a link besides.
func BenchmarkPass(b *testing.B) {
	const links = 1000
	l, err := lab.New(lab.Options{
		World: lab.GeneratedWorld(1, 1, links), Speed: 1e6, Address: "127.0.0.1:0", Unthrottled: true, Consistent: true,
		DNSListen: func(view string) (net.PacketConn, net.Listener, error) {
			if view != "public" {
				return nil, nil, nil
			}
			pc, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				return nil, nil, err
			}
			tl, err := net.Listen("tcp", pc.LocalAddr().String())
			return pc, tl, err
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	<-l.Ready()
	defer func() { stop(); <-ended }()

	engine := func(latency time.Duration, concurrency int) *reconcile.Engine {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 256
		cloud := awsapi.New(aws.Config{
			Region: "us-east-1", BaseEndpoint: aws.String(l.URL()),
			HTTPClient:  &http.Client{Transport: slow{transport, latency}},
			Credentials: credentials.NewStaticCredentialsProvider("LABKEY222200000000", "lab", ""),
		}, awsapi.Options{})
		return &reconcile.Engine{
			Scopes:   []reconcile.Scope{{Account: "222200000000", Region: "us-east-1", Cloud: cloud.Scope(awsapi.ScopeConfig{Region: "us-east-1"})}},
			Resolver: &resolve.Resolver{Servers: []resolve.Server{{Addr: l.Views()[0].Address}}},
			Settings: reconcile.Settings{Policy: plan.DefaultPolicy(), Concurrency: concurrency},
			Calls:    cloud.Calls,
		}
	}
	pass := func(e *reconcile.Engine) report.Sync {
		doc, err := e.Pass(ctx, nil)
		if err != nil {
			b.Fatal(err)
		}
		return doc
	}
	first := engine(0, 0)
	for range 100 {
		if doc := pass(first); doc.Summary.Converged == links {
			break
		}
	}
	if doc := pass(first); doc.Summary.Converged != links {
		b.Fatalf("%d of %d links converged: %+v %+v", doc.Summary.Converged, links, doc.Summary, doc.Scopes)
	}
	elbCalls := func(doc report.Sync) (n int) {
		for _, action := range []string{"DescribeTargetGroups", "DescribeLoadBalancers", "DescribeTargetHealth", "DescribeTags", "RegisterTargets", "DeregisterTargets", "AddTags"} {
			n += doc.Summary.Calls["elbv2:"+action]
		}
		return n
	}
	for _, concurrency := range []int{64, 1} {
		b.Run(fmt.Sprintf("links=%d/latency=20ms/concurrency=%d", links, concurrency), func(b *testing.B) {
			e := engine(20*time.Millisecond, concurrency)
			pass(e) // so that clusters are known, as they are in all passes but the first
			var doc report.Sync
			for b.Loop() {
				doc = pass(e)
			}
			if doc.Summary.Converged != links {
				b.Fatalf("%+v", doc.Summary)
			}
			b.ReportMetric(float64(elbCalls(doc))/links, "ELB-calls/link")
		})
	}
}
