package reconcile

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"postern/internal/plan"
	"postern/internal/report"
)

// scope is what a pass knows of one account and region.
type scope struct {
	Scope
	account    plan.AccountID
	candidates []plan.Candidate
	cidrs      map[string]cidrs
	interfaces listing

	mu     sync.Mutex
	faults []*plan.Fault
}

func (s *scope) fail(f *plan.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

func (s *scope) errors() []report.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []report.Error
	for _, f := range s.faults {
		if e := report.NewError(f); !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// name is how messages name the scope.
func (s *scope) name() string {
	if s.account == "" {
		return string(s.Region)
	}
	return string(s.account) + "/" + string(s.Region)
}

// discover lists the candidates of the scopes, side by side. A scope in which
// nothing that was asked for can be is left alone.
func (p *pass) discover(ctx context.Context, asked []plan.Pattern) {
	for _, s := range p.Scopes {
		if wanted(s, asked) {
			p.scopes = append(p.scopes, &scope{Scope: s, account: s.Account, interfaces: newListing()})
		}
	}
	ctx, cancel := p.half(ctx)
	defer cancel()
	var g errgroup.Group
	g.SetLimit(p.concurrency())
	for _, s := range p.scopes {
		g.Go(func() error {
			p.discoverScope(ctx, s)
			return nil
		})
	}
	g.Wait()
	p.dropTwins()
}

// half is a context for half of the time that is left: what one scope does not
// answer in it must not keep the others from being worked on.
func (p *pass) half(ctx context.Context) (context.Context, context.CancelFunc) {
	left := 2 * linkTime
	if end, bounded := ctx.Deadline(); bounded {
		left = time.Until(end)
	}
	return context.WithTimeout(ctx, left/2)
}

func (p *pass) discoverScope(ctx context.Context, s *scope) {
	account, err := s.Cloud.Account(ctx)
	if err != nil {
		s.fail(asFault(ctx, "find the account of scope "+s.name(), err))
		return
	}
	s.account = account
	candidates, err := s.Cloud.Candidates(ctx, p.clusterTag())
	if err != nil {
		s.fail(asFault(ctx, "list the links of scope "+s.name(), err))
		return
	}
	s.candidates = candidates
	p.log().DebugContext(ctx, "discovered", "scope", s.name(), "candidates", len(candidates))
}

// wanted reports whether a cluster that was asked for can be in the scope.
func wanted(s Scope, asked []plan.Pattern) bool {
	return len(asked) == 0 || slices.ContainsFunc(asked, func(a plan.Pattern) bool {
		return (a.Region == "" || a.Region == s.Region) &&
			(a.Account == "" || s.Account == "" || a.Account == s.Account)
	})
}

// dropTwins keeps one of several scopes that turn out to be the same account
// and region, so that no link is worked on twice.
func (p *pass) dropTwins() {
	seen := map[string]bool{}
	p.scopes = slices.DeleteFunc(p.scopes, func(s *scope) bool {
		if s.account == "" {
			return false
		}
		key := fmt.Sprintf("%s/%s", s.account, s.Region)
		twin := seen[key]
		seen[key] = true
		return twin
	})
}
