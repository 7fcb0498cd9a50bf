package reach

import (
	"slices"
	"strings"
	"sync"

	"postern/internal/awsapi"
	"postern/internal/plan"
)

// lead finds the clusters' interface endpoints, and leaves out those without
// one.
func (s *search) lead(clusters []Cluster) []Cluster {
	byService := s.endpoints(clusters)
	var out []Cluster
	for _, c := range clusters {
		var services, names, waiting []string
		for _, lb := range c.balancers {
			services = append(services, s.services[lb]...)
		}
		slices.Sort(services)
		services = slices.Compact(services) // several of its load balancers, or scopes, can have one
		for _, name := range services {
			for _, e := range byService[name] {
				if e.State == "available" && e.Host != "" {
					names = append(names, e.Host)
				} else {
					waiting = append(waiting, e.ID+" is "+e.State)
				}
			}
		}
		if len(names) > 0 {
			c.Endpoint, c.Others = names[0], names[1:]
			out = append(out, c)
			continue
		}
		s.fail("", unreached(c, services, waiting))
	}
	return out
}

// unreached says why no endpoint leads to a cluster.
func unreached(c Cluster, services, waiting []string) *plan.Fault {
	f := &plan.Fault{Message: "no interface endpoint of the hub leads to cluster " + c.Ref.String()}
	switch {
	case len(services) == 0:
		f.Message += ": no endpoint service that can be seen offers its load balancer"
		f.Hint = "make one (module cluster-link), or allow ec2:DescribeVpcEndpointServiceConfigurations in its account"
	case len(waiting) > 0:
		f.Message += ": " + strings.Join(waiting, ", ")
		f.Hint = "accept the connection at its service if it waits for that"
	default:
		f.Message += ": none is for " + strings.Join(services, ", ")
		f.Hint = "make one (module hub-endpoints), or name the hub's account and role in the configuration file (hub)"
	}
	return f
}

// endpoints lists the hub's interface endpoints by their services, in the
// regions of the clusters and in the hub's own, side by side.
func (s *search) endpoints(clusters []Cluster) map[string][]awsapi.Endpoint {
	var mu sync.Mutex // guards out
	out := map[string][]awsapi.Endpoint{}
	var wg sync.WaitGroup
	for i, hub := range s.Hubs {
		if i > 0 && !slices.ContainsFunc(clusters, func(c Cluster) bool { return c.Ref.Region == hub.Region }) {
			continue
		}
		wg.Go(func() {
			found, err := hub.Cloud.Endpoints(s.ctx)
			if err != nil {
				s.fail("list the interface endpoints of "+hub.name(), err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, e := range found {
				out[e.Service] = append(out[e.Service], e)
			}
		})
	}
	wg.Wait()
	for _, all := range out {
		slices.SortFunc(all, func(a, b awsapi.Endpoint) int { return strings.Compare(a.ID, b.ID) })
	}
	return out
}

// nearest is how many clusters an error proposes.
const nearest = 3

// near returns the clusters that somebody who wrote p may have meant: those
// with the name elsewhere, and those whose name is a few letters away.
func near(p plan.Pattern, refs []plan.Ref) []plan.Ref {
	type scored struct {
		ref  plan.Ref
		away int
	}
	var all []scored
	for _, r := range refs {
		away := plan.Distance(strings.ToLower(p.Name), strings.ToLower(r.Name))
		if away > 1 && len(p.Name) > 2 && strings.Contains(strings.ToLower(r.Name), strings.ToLower(p.Name)) {
			away = 1
		}
		if away > max(2, len(p.Name)/3) || away >= len(r.Name) {
			continue
		}
		// Of two names as near, the one whose other parts are.
		if p.Region != "" {
			away = 100*away + plan.Distance(string(p.Region), string(r.Region)) + plan.Distance(string(p.Account), string(r.Account))
		}
		all = append(all, scored{r, away})
	}
	slices.SortStableFunc(all, func(a, b scored) int { return a.away - b.away })
	var out []plan.Ref
	for _, s := range all[:min(len(all), nearest)] {
		out = append(out, s.ref)
	}
	return out
}

func join(refs []plan.Ref) string {
	texts := make([]string, len(refs))
	for i, r := range refs {
		texts[i] = r.String()
	}
	return strings.Join(texts, ", ")
}
