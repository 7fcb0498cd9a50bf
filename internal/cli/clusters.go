package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// chooseClusters returns the clusters of a snapshot that were asked for; all of
// them if none was. One that is not there, and one that may be several, is a
// usage error with what it can be; where a place could not be looked at, the
// cluster may be there, and the error is none of usage.
func chooseClusters(c *cobra.Command, s *fleet.Snapshot, asked []plan.Pattern) ([]plan.Ref, error) {
	all := s.Fleet()
	if len(asked) == 0 {
		return all, nil
	}
	var chosen []plan.Ref
	for _, p := range asked {
		var fit []plan.Ref
		for _, r := range all {
			if p.Matches(r) {
				fit = append(fit, r)
			}
		}
		switch len(fit) {
		case 0:
			return nil, unknownCluster(c, s, p, all)
		case 1:
			if !slices.Contains(chosen, fit[0]) {
				chosen = append(chosen, fit[0])
			}
		default:
			return nil, usage(c, "cluster reference %q is ambiguous: it can be %s; name one of them", p, join(fit, " or "))
		}
	}
	slices.SortFunc(chosen, plan.Ref.Compare)
	return chosen, nil
}

// clusterChoice is chooseClusters for one look after another.
type clusterChoice struct {
	asked []plan.Pattern
	known []plan.Ref // of the looks before; nil: there was none
}

// in returns the clusters of one more snapshot. Those that were named are found
// once, and stay: that one is gone is for its row to say. Of all clusters those
// stay whose place could not be looked at this time.
func (k *clusterChoice) in(c *cobra.Command, s *fleet.Snapshot) ([]plan.Ref, error) {
	if len(k.asked) > 0 && k.known != nil {
		return k.known, nil
	}
	refs, err := chooseClusters(c, s, k.asked)
	if err != nil {
		return nil, err
	}
	for _, r := range k.known {
		p := s.Place(r.Account, r.Region)
		if seen := p != nil && p.Clusters.Known() && p.Links.Known(); !seen && !slices.Contains(refs, r) {
			refs = append(refs, r)
		}
	}
	slices.SortFunc(refs, plan.Ref.Compare)
	k.known = refs
	return refs, nil
}

func unknownCluster(c *cobra.Command, s *fleet.Snapshot, p plan.Pattern, all []plan.Ref) error {
	for _, pl := range s.Places {
		unseen := pl.Fault
		if unseen == nil && pl.Spoke {
			unseen = cmp.Or(pl.Clusters.Fault, pl.Links.Fault)
		}
		if unseen != nil && pl.Spoke && (p.Region == "" || p.Region == pl.Region) && (p.Account == "" || pl.Account == "" || p.Account == pl.Account) {
			err := fmt.Errorf("no cluster %s is found, and it may be in %s/%s: %w", p, cmp.Or(string(pl.Account), "-"), pl.Region, unseen)
			if unseen.Hint != "" {
				return withHint(err, "%s", unseen.Hint)
			}
			return err
		}
	}
	if near := nearestClusters(p.Name, all); len(near) > 0 {
		return usage(c, "no cluster %s is found; the nearest names are %s", p, join(near, ", "))
	}
	return usage(c, "no cluster %s is found in the scopes; name its scope, or leave the name out to see all", p)
}

// nearestClusters returns up to three clusters whose name is like name.
func nearestClusters(name string, all []plan.Ref) []plan.Ref {
	far := func(r plan.Ref) int { return plan.Distance(strings.ToLower(name), strings.ToLower(r.Name)) }
	near := slices.DeleteFunc(slices.Clone(all), func(r plan.Ref) bool {
		return far(r) > max(2, len(name)/3) && !strings.Contains(r.Name, name)
	})
	slices.SortStableFunc(near, func(a, b plan.Ref) int { return cmp.Compare(far(a), far(b)) })
	return near[:min(3, len(near))]
}

func join(refs []plan.Ref, between string) string {
	var texts []string
	for _, r := range refs {
		texts = append(texts, r.String())
	}
	return strings.Join(texts, between)
}
