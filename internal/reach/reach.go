// Package reach provides the clusters of an installation as clients reach
// them: which there are, their API server's name and authority, and the
// interface endpoints in the hub that lead to them. It only reads.
package reach

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"postern/internal/awsapi"
	"postern/internal/plan"
)

// describing is how many clusters of a scope are described at the same time:
// EKS refuses many more at once.
const describing = 8

// Cloud is what of AWS is asked in one account and region.
type Cloud interface {
	Account(context.Context) (plan.AccountID, error)
	Candidates(ctx context.Context, clusterTag string) ([]plan.Candidate, error)
	Cluster(ctx context.Context, name string) (plan.Cluster, error)
	ServiceNames(context.Context) (map[string][]string, error)
	Endpoints(context.Context) ([]awsapi.Endpoint, error)
}

// Scope is an account and region in which there can be clusters, or endpoints.
type Scope struct {
	Account plan.AccountID // empty: not known before it is asked
	Region  plan.Region
	Cloud   Cloud
}

// name is how messages name the scope.
func (s Scope) name() string {
	if s.Account == "" {
		return string(s.Region)
	}
	return string(s.Account) + "/" + string(s.Region)
}

// Finder looks for clusters.
type Finder struct {
	Scopes     []Scope // where the clusters are
	Hubs       []Scope // where interface endpoints are; only those in a found cluster's region, and the first, are asked
	ClusterTag string  // key of the tag that says of which cluster a link is
}

// Cluster is a cluster that has a link.
type Cluster struct {
	Ref       plan.Ref
	ARN       string
	Host      string   // its API server's own name
	CA        []byte   // PEM
	Endpoint  string   // the interface endpoint's name, if that was asked for
	Others    []string // names of further endpoints that lead to the cluster
	balancers []string // ARNs
}

// Found is what a search found.
type Found struct {
	Clusters []Cluster // in order
	// Faults are what could not be found out, and clusters that no client can
	// reach. The rest is as good as without them.
	Faults []*plan.Fault
}

// UnknownError says that no cluster fits a reference.
type UnknownError struct {
	Pattern plan.Pattern
	Near    []plan.Ref // clusters that may be meant, the nearest first
	Partly  bool       // not every scope could be asked
}

// Error names the clusters that may be meant.
func (e *UnknownError) Error() string {
	text := fmt.Sprintf("no link of a cluster %q is found", e.Pattern)
	if len(e.Near) > 0 {
		text += "; the nearest: " + join(e.Near)
	}
	return text
}

// AmbiguousError says that a reference fits several clusters.
type AmbiguousError struct {
	Pattern    plan.Pattern
	Candidates []plan.Ref
}

// Error names the candidates.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("cluster reference %q is ambiguous: it can be %s", e.Pattern, join(e.Candidates))
}

// Find returns the clusters that are asked for, or all that have a link, and
// with endpoints their interface endpoints' names. Its error is an
// [*UnknownError] or an [*AmbiguousError].
func (f *Finder) Find(ctx context.Context, asked []plan.Pattern, endpoints bool) (Found, error) {
	s := &search{Finder: f, ctx: ctx, services: map[string][]string{}}
	s.linked(endpoints)
	chosen, err := s.choose(asked)
	if err != nil {
		return Found{Faults: s.faults}, err
	}
	clusters := s.describe(chosen)
	if endpoints && len(clusters) > 0 {
		clusters = s.lead(clusters)
	}
	slices.SortFunc(s.faults, func(a, b *plan.Fault) int { return cmp.Compare(a.Error(), b.Error()) })
	return Found{Clusters: clusters, Faults: s.faults}, nil
}

// search is one search under way.
type search struct {
	*Finder
	ctx context.Context

	mu       sync.Mutex // guards what follows
	clusters []link
	services map[string][]string // endpoint services by load balancer
	faults   []*plan.Fault
	blind    bool // a scope could not be asked
}

// link is a cluster and where it is.
type link struct {
	Cluster
	cloud Cloud
}

func (s *search) fail(verb string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := errors.AsType[*plan.Fault](err)
	if !ok {
		f = &plan.Fault{Code: plan.AWSError, Message: verb, Err: err}
	}
	if !slices.ContainsFunc(s.faults, func(g *plan.Fault) bool { return g.Error() == f.Error() }) {
		s.faults = append(s.faults, f)
	}
}

// linked lists the clusters that have a link, in all scopes side by side.
func (s *search) linked(services bool) {
	var wg sync.WaitGroup
	for _, scope := range s.Scopes {
		wg.Go(func() {
			account, err := scope.Cloud.Account(s.ctx)
			var candidates []plan.Candidate
			if err == nil {
				candidates, err = scope.Cloud.Candidates(s.ctx, s.ClusterTag)
			}
			if err != nil {
				s.fail("list the links of "+scope.name(), err)
				s.mu.Lock()
				s.blind = true
				s.mu.Unlock()
				return
			}
			s.add(scope, account, candidates)
			if !services || len(candidates) == 0 {
				return
			}
			names, err := scope.Cloud.ServiceNames(s.ctx)
			if err != nil {
				s.fail("list the endpoint services of "+scope.name(), err)
				return
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			for arn, n := range names {
				s.services[arn] = n
			}
		})
	}
	wg.Wait()
	slices.SortFunc(s.clusters, func(a, b link) int { return a.Ref.Compare(b.Ref) })
}

// add adds the clusters that the candidates of a scope are of.
func (s *search) add(scope Scope, account plan.AccountID, candidates []plan.Candidate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range candidates {
		if c.Gone || !plan.ValidCluster(c.Cluster) {
			continue
		}
		ref := plan.Ref{Account: account, Region: scope.Region, Name: c.Cluster}
		i := slices.IndexFunc(s.clusters, func(l link) bool { return l.Ref == ref })
		if i < 0 {
			i = len(s.clusters)
			s.clusters = append(s.clusters, link{Cluster: Cluster{Ref: ref}, cloud: scope.Cloud})
		}
		for _, lb := range c.Group.LoadBalancers {
			s.clusters[i].balancers = append(s.clusters[i].balancers, lb.ARN)
		}
	}
}

// choose returns the links that are asked for.
func (s *search) choose(asked []plan.Pattern) ([]link, error) {
	if len(asked) == 0 {
		return s.clusters, nil
	}
	var refs []plan.Ref
	for _, l := range s.clusters {
		refs = append(refs, l.Ref)
	}
	wanted := map[plan.Ref]bool{}
	for _, a := range asked {
		var fit []plan.Ref
		for _, r := range refs {
			if a.Matches(r) {
				fit = append(fit, r)
			}
		}
		switch len(fit) {
		case 0:
			return nil, &UnknownError{Pattern: a, Near: near(a, refs), Partly: s.blind}
		case 1:
			wanted[fit[0]] = true
		default:
			return nil, &AmbiguousError{Pattern: a, Candidates: fit}
		}
	}
	return slices.DeleteFunc(slices.Clone(s.clusters), func(l link) bool { return !wanted[l.Ref] }), nil
}

// describe asks EKS about the clusters, and leaves out those without an API
// server.
func (s *search) describe(links []link) []Cluster {
	out := make([]*Cluster, len(links))
	var g errgroup.Group
	g.SetLimit(describing * max(1, len(s.Scopes)))
	for i, l := range links {
		g.Go(func() error {
			c, err := l.cloud.Cluster(s.ctx, l.Ref.Name)
			switch {
			case err != nil:
				s.fail("describe cluster "+l.Ref.String(), err)
			case c.Status == plan.ClusterGone:
				s.fail("", &plan.Fault{Code: plan.ClusterIsGone, Message: "cluster " + l.Ref.String() + " is gone, and its link is still there", Hint: "destroy the link, or correct its tag"})
			case c.Host == "":
				s.fail("", &plan.Fault{Code: plan.ClusterCreatingNow, Message: fmt.Sprintf("cluster %s is %s and has no API server yet", l.Ref, c.Status), Hint: "try again when it is active"})
			default:
				l.ARN, l.Host, l.CA = c.ARN, c.Host, c.CA
				out[i] = &l.Cluster
			}
			return nil
		})
	}
	g.Wait()
	var clusters []Cluster
	for _, c := range out {
		if c != nil {
			clusters = append(clusters, *c)
		}
	}
	return clusters
}
