package aws_test

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/aws"
	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

// proof is a server of every service whose handlers keep what arrived and answer
// what they are told to.
type proof struct {
	url    string
	tables []*wire.Table

	mu      sync.Mutex
	input   any   // what the last request carried
	output  any   // what the next answer is
	err     error // what the next answer is, instead
	calls   int   // requests that reached the server
	records []wire.Record
}

func newProof(t *testing.T) *proof {
	t.Helper()
	p := &proof{}
	for _, real := range aws.Tables(state.New(state.Options{})) {
		var actions []wire.Action
		for _, op := range real.Service.Operations {
			actions = append(actions, wire.Action{Name: op.Name, Serve: p.serve})
		}
		p.tables = append(p.tables, wire.NewTable(real.Name, real.Name, real.Service, actions...))
	}
	srv := httptest.NewServer(&wire.Server{
		Tables: p.tables,
		Authenticate: func(_ context.Context, c wire.Credential) (wire.Caller, error) {
			return wire.Caller{Account: "111111111111", ARN: c.AccessKey}, nil
		},
		Explain: aws.Explain,
		Record: func(r wire.Record) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.calls++
			p.records = append(p.records, r)
		},
	})
	t.Cleanup(srv.Close)
	p.url = srv.URL
	return p
}

func (p *proof) serve(_ context.Context, _ wire.Caller, in any) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.input = in
	return p.output, p.err
}

// expect says what the next answer is.
func (p *proof) expect(out any, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.input, p.output, p.err = nil, out, err
}

func (p *proof) arrived() any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.input
}

func (p *proof) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

// seeded gives each action its own random numbers, the same in every run.
func seeded(action string, round int) *rand.Rand {
	var sum uint64
	for _, b := range []byte(action) {
		sum = sum*131 + uint64(b)
	}
	return rand.New(rand.NewPCG(sum, uint64(round)))
}

// TestEveryActionHasAHandler compares actions.txt, the generated operations and
// the tables.
func TestEveryActionHasAHandler(t *testing.T) {
	list, err := os.ReadFile("actions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, line := range strings.Split(string(list), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			want = append(want, line)
		}
	}
	var got []string
	for _, table := range aws.Tables(state.New(state.Options{})) {
		if err := table.Complete(); err != nil {
			t.Error(err)
		}
		for name := range table.Actions {
			got = append(got, table.Name+" "+name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("actions (-listed +answered):\n%s", diff)
	}
}

// realTables are the services with their real handlers' table lines, by name.
func realTables() map[string]*wire.Table {
	m := map[string]*wire.Table{}
	for _, t := range aws.Tables(state.New(state.Options{})) {
		m[t.Name] = t
	}
	return m
}
