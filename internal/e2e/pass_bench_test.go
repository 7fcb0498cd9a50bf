package e2e

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
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

// queued lets one call at a time through: one after another. It does not
// while it is off.
type queued struct {
	http.RoundTripper
	off  bool
	turn sync.Mutex
}

func (q *queued) RoundTrip(r *http.Request) (*http.Response, error) {
	if q.off {
		return q.RoundTripper.RoundTrip(r)
	}
	q.turn.Lock()
	defer q.turn.Unlock()
	return q.RoundTripper.RoundTrip(r)
}

// tape answers a request that was made before with the answer of then, byte
// for byte, so that a benchmark measures its client and not the lab beside it.
type tape struct {
	http.RoundTripper
	mu      sync.Mutex // guards answers
	answers map[string]recorded
}

type recorded struct {
	status int
	header http.Header
	body   []byte
}

func (t *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	scope, _, _ = strings.Cut(scope, ",")
	key := scope + " " + r.Method + " " + r.URL.String() + " " + r.Header.Get("X-Amz-Target") + " " + string(body)
	t.mu.Lock()
	a, ok := t.answers[key]
	t.mu.Unlock()
	if !ok {
		resp, err := t.RoundTripper.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		a = recorded{status: resp.StatusCode, header: resp.Header}
		if a.body, err = io.ReadAll(resp.Body); err != nil {
			return nil, err
		}
		resp.Body.Close()
		t.mu.Lock()
		t.answers[key] = a
		t.mu.Unlock()
	}
	return &http.Response{
		StatusCode: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
	}, nil
}

// BenchmarkPass is a pass over 1,000 converged links of one region at 20 ms a
// call, as sync makes it and with the same calls one after another; the ratio
// is the figure. The lab's answers come from a tape, since it would share the
// processors with what is measured. The cheap side runs against the lab
// itself besides, over loopback. It reports the ELB calls a link.
func BenchmarkPass(b *testing.B) {
	const links, latency = 1000, 20 * time.Millisecond
	l := startLabFor(b, lab.GeneratedWorld(1, 1, links))
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	recording := &tape{RoundTripper: transport, answers: map[string]recorded{}}
	engine := func(rt http.RoundTripper, concurrency int) *reconcile.Engine {
		cloud := awsapi.New(aws.Config{
			Region: "us-east-1", BaseEndpoint: aws.String(l.URL()), HTTPClient: &http.Client{Transport: rt},
			Credentials: credentials.NewStaticCredentialsProvider("LABKEY"+genAccount, "lab", ""),
		}, awsapi.Options{})
		return &reconcile.Engine{
			Scopes:   []reconcile.Scope{{Account: genAccount, Region: "us-east-1", Cloud: cloud.Scope(awsapi.ScopeConfig{Region: "us-east-1"})}},
			Resolver: &resolve.Resolver{Servers: []resolve.Server{{Addr: l.Views()[0].Address}}},
			Settings: reconcile.Settings{Policy: plan.DefaultPolicy(), Concurrency: concurrency},
			Calls:    cloud.Calls,
		}
	}
	pass := func(e *reconcile.Engine) report.Sync {
		doc, err := e.Pass(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		return doc
	}
	first := engine(transport, 0)
	for range 100 {
		if doc := pass(first); doc.Summary.Converged == links {
			break
		}
	}
	queue := &queued{RoundTripper: slow{recording, latency}}
	took := map[string]time.Duration{} // the median
	for _, bb := range []struct {
		name        string
		rt          http.RoundTripper
		concurrency int
	}{
		{"side by side", slow{recording, latency}, 0},
		{"one after another", queue, 1},
		{"side by side, with the lab", slow{transport, latency}, 0},
	} {
		b.Run(bb.name, func(b *testing.B) {
			e := engine(bb.rt, 0)
			queue.off = true
			pass(e) // so that clusters are known, as they are in all passes but the first
			queue.off = false
			e.Settings.Concurrency = bb.concurrency
			var doc report.Sync
			var each []time.Duration
			for b.Loop() {
				begin := time.Now()
				doc = pass(e)
				each = append(each, time.Since(begin))
			}
			if doc.Summary.Converged != links {
				b.Fatalf("%d of %d links converged: %+v %+v", doc.Summary.Converged, links, doc.Summary, doc.Scopes)
			}
			elb := 0
			for action, n := range doc.Summary.Calls {
				if strings.HasPrefix(action, "elbv2:") {
					elb += n
				}
			}
			b.ReportMetric(float64(elb)/links, "ELB-calls/link")
			took[bb.name] = quantile(each, 0.5)
			if one := took["side by side"]; bb.concurrency == 1 && one > 0 {
				b.ReportMetric(float64(took[bb.name])/float64(one), "times-side-by-side")
			}
		})
	}
}

// startLabFor runs a lab on loopback that answers at once, and at whose speed
// everything settles.
func startLabFor(b *testing.B, w *lab.World) *lab.Lab {
	b.Helper()
	l, err := lab.New(lab.Options{
		World: w, Speed: 1e6, Address: "127.0.0.1:0", Unthrottled: true, Consistent: true,
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
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	<-l.Ready()
	b.Cleanup(func() { stop(); <-ended })
	return l
}
