package e2e

import (
	"bytes"
	"context"
	"errors"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"postern/internal/awsapi"
	"postern/internal/lab"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/resolve"
)

// process is one program that keeps targets true: its way to AWS and to DNS,
// its clock, and when it dies. Each of its requests takes a time of its own,
// which follows from what is asked and how often it was asked before: no two
// requests arrive at the lab in one moment, so that their order, and with it
// everything that the lab does, is the same in every run.
type process struct {
	*bench
	name string
	wire *http.Transport

	mu      sync.Mutex // guards what follows
	asked   map[string]uint64
	skew    time.Duration
	crashIn int // calls until it dies; below zero: it does not
	crash   crash
	dead    bool
	kill    map[*sighting]context.CancelFunc // of passes under way
}

// crash is how a process dies at a call: before or after AWS has carried it
// out, and whether what it knew is lost.
type crash struct {
	after  bool
	memory bool
}

func newProcess(b *bench, name string) *process {
	return &process{
		bench: b, name: name, wire: &http.Transport{DialContext: b.dial}, asked: map[string]uint64{}, crashIn: -1,
		kill: map[*sighting]context.CancelFunc{},
	}
}

func (p *process) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.skew)
}

// setClock steps the process's clock. A pass under way has seen both.
func (p *process) setClock(skew time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skew = skew
	for s := range p.kill {
		s.ahead, s.behind = max(s.ahead, skew), min(s.behind, skew)
	}
}

// latency lets the time pass that this request takes.
func (p *process) latency(ctx context.Context, key string) error {
	p.mu.Lock()
	p.asked[key]++
	n := p.asked[key]
	p.mu.Unlock()
	h := fnv.New64a()
	io.WriteString(h, p.name+"\n"+key+"\n"+strconv.FormatUint(n, 10))
	x := h.Sum64()
	x = (x ^ x>>31) * 0x9e3779b97f4a7c15
	t := time.NewTimer(2*time.Millisecond + time.Duration((x>>20)%uint64(40*time.Millisecond)))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errCrashed = errors.New("the process is dead")

// RoundTrip sends a request to the lab, unless the process dies over it.
func (p *process) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if err := p.latency(r.Context(), r.URL.Path+" "+r.Header.Get("X-Amz-Target")+" "+string(body)); err != nil {
		return nil, err
	}
	dies, after, err := p.fate()
	if err != nil {
		return nil, err
	}
	if dies && !after {
		p.die()
		return nil, errCrashed
	}
	resp, err := p.wire.RoundTrip(r)
	if dies {
		if err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		p.die()
		return nil, errCrashed
	}
	return resp, err
}

func (p *process) fate() (dies, after bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return false, false, errCrashed
	}
	if p.crashIn == 0 {
		dies = true
	}
	if p.crashIn >= 0 {
		p.crashIn--
	}
	return dies, p.crash.after, nil
}

func (p *process) die() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead, p.crashIn = true, -1
	for s, kill := range p.kill {
		s.crashed = true
		kill()
	}
}

// revive starts the process again, and says whether it remembers anything.
func (p *process) revive() (crashed, memory bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	crashed, p.dead = p.dead, false
	return crashed, p.crash.memory
}

// dialDNS is the process's way to a name server.
func (p *process) dialDNS(ctx context.Context, network, address string) (net.Conn, error) {
	if err := p.latency(ctx, network+" "+address); err != nil {
		return nil, err
	}
	return p.net.DialContext(ctx, network, address)
}

// cloud is the process's view of the account.
func (p *process) cloud(share float64) *awsapi.Cloud {
	return awsapi.New(aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(p.lab.URL()),
		HTTPClient:   &http.Client{Transport: p, Timeout: 30 * time.Second},
		Credentials:  credentials.NewStaticCredentialsProvider("LABKEY111111111111", "lab", ""),
	}, awsapi.Options{APIShare: share})
}

func (p *process) scope(c *awsapi.Cloud) *awsapi.Scope {
	return c.Scope(awsapi.ScopeConfig{Account: account, Region: region, RoleARN: "arn:aws:iam::" + account + ":role/" + lab.SyncRole})
}

func (p *process) resolver() *resolve.Resolver {
	r := &resolve.Resolver{Dial: p.dialDNS, Now: p.clock}
	for _, v := range p.lab.Views()[:2] { // the public view and the hub VPC's
		r.Servers = append(r.Servers, resolve.Server{Addr: v.Address})
	}
	return r
}

// newStormEngine is the product, with watched eyes and hands.
func (p *process) newStormEngine(s setup, r *rules) *reconcile.Engine {
	cloud := p.cloud(s.share)
	return &reconcile.Engine{
		Scopes:   []reconcile.Scope{{Account: plan.AccountID(account), Region: region, Cloud: &watchedCloud{Cloud: p.scope(cloud), rules: r}}},
		Resolver: &watchedResolver{Resolver: p.resolver(), process: p, rules: r},
		Settings: s.settings(),
		Calls:    cloud.Calls,
		Now:      p.clock,
	}
}
