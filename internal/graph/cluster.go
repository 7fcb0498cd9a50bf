package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// partOf says where in the drawing a hop is.
var partOf = map[trace.Hop]Part{
	trace.HopName:     Entry,
	trace.HopSource:   Entry,
	trace.HopPeering:  Entry,
	trace.HopReturn:   Entry,
	trace.HopEndpoint: Endpoint,
	trace.HopService:  Service,
	trace.HopBalancer: Balancer,
	trace.HopTargets:  Targets,
	trace.HopAdmit:    Targets,
	trace.HopCluster:  Server,
	trace.HopServer:   Server,
}

func healthOf(v trace.Verdict) Health {
	switch v {
	case trace.Broken:
		return Broken
	case trace.Degraded:
		return Degraded
	case trace.Passed:
		return OK
	}
	return Unknown
}

// cluster returns what is drawn of one cluster in a group of a region.
func (b *builder) cluster(ref plan.Ref, region plan.Region) Cluster {
	c := Cluster{Ref: plan.Ref{
		Account: plan.AccountID(clean(string(ref.Account))),
		Region:  plan.Region(clean(string(ref.Region))),
		Name:    clean(ref.Name),
	}}
	links := b.links(ref)
	place := b.s.Place(ref.Account, ref.Region)
	switch path, checked := b.paths[ref]; {
	case len(links) == 0 && place != nil && place.Links.Known():
		c.Health, c.Words = Unlinked, "it has no link"
	case !checked:
		c.Health, c.Words = Unknown, "its path was not walked"
	default:
		c.judge(path)
	}
	c.Boxes[Endpoint] = b.endpointBox(ref)
	c.Boxes[Service] = b.serviceBox(ref, place)
	c.Boxes[Balancer] = balancerBox(links, place)
	c.Boxes[Server] = b.serverBox(ref, place, region)
	return c
}

// links returns those of a cluster that are still there.
func (b *builder) links(ref plan.Ref) []*fleet.Link {
	return slices.DeleteFunc(b.s.Links(ref), func(l *fleet.Link) bool { return l.Candidate.Gone })
}

// judge takes over what was found of a path: its health, the finding to read
// first, and marks where something is the matter. What only follows from
// another finding is not marked.
func (c *Cluster) judge(path trace.Path) {
	c.Health = healthOf(path.Verdict())
	first := path.Cause()
	for i := range path.Findings {
		f := &path.Findings[i]
		h := healthOf(f.Verdict)
		if h == OK || f.Code == trace.NotAsked || f.Because != "" {
			continue
		}
		if first == nil {
			first = f
		}
		c.Marks[partOf[f.Hop]] = worst(c.Marks[partOf[f.Hop]], h)
	}
	if first == nil || c.Health == OK {
		return
	}
	var said []string
	for _, s := range []string{first.Saw, first.Why} {
		if s != "" {
			said = append(said, strings.TrimRight(s, ". "))
		}
	}
	c.Words = clean(string(first.Hop) + ": " + strings.Join(said, "; "))
}

func (b *builder) endpointBox(ref plan.Ref) Box {
	all := b.endpoints(ref)
	if len(all) == 0 {
		return missing(b.known(ref))
	}
	e := all[0]
	zones := map[string]bool{}
	for _, a := range e.Addrs {
		zones[a.Zone] = true
	}
	state := clean(e.State)
	if n := max(len(zones), len(e.Subnets)); n > 0 {
		state += ", " + count(n, "zone")
	}
	return Box{Name: several(e.ID, len(all)), State: state}
}

// known reports whether everything that may hold an endpoint of the cluster was
// listed, so that one that was not found does not exist.
func (b *builder) known(ref plan.Ref) bool {
	if p := b.s.Place(ref.Account, ref.Region); p == nil || !p.Links.Known() || !p.Services.Known() {
		return false
	}
	hubs := 0
	for _, p := range b.s.Places {
		if p.Hub {
			if hubs++; !p.Endpoints.Known() {
				return false
			}
		}
	}
	return hubs > 0
}

func (b *builder) serviceBox(ref plan.Ref, place *fleet.Place) Box {
	all := b.services(ref)
	if len(all) == 0 {
		return missing(place != nil && place.Links.Known() && place.Services.Known())
	}
	state := clean(all[0].State)
	if all[0].Connections.Known() {
		n := 0
		for _, c := range all[0].Connections.Items {
			if c.State == "available" {
				n++
			}
		}
		state += ", " + count(n, "connection")
	}
	return Box{Name: several(all[0].ID, len(all)), State: state}
}

func balancerBox(links []*fleet.Link, place *fleet.Place) Box {
	if len(links) == 0 {
		return missing(place != nil && place.Links.Known())
	}
	l := links[0]
	name := ""
	if l.Balancer != nil {
		name = l.Balancer.Name
	} else if lbs := l.Candidate.Group.LoadBalancers; len(lbs) > 0 {
		name = lbs[0].Name
	}
	box := Box{Name: several(name, len(links)), State: targets(l.Targets)}
	if name == "" {
		box.Name, box.Known = "none", Absent
	}
	return box
}

func targets(all fleet.Listing[plan.Registered]) string {
	if !all.Known() {
		return "targets not checked"
	}
	n, healthy := 0, 0
	for _, r := range all.Items {
		if r.Draining() {
			continue
		}
		n++
		if r.Healthy() {
			healthy++
		}
	}
	if n == 0 {
		return "no target"
	}
	return fmt.Sprintf("%d of %s healthy", healthy, count(n, "target"))
}

func (b *builder) serverBox(ref plan.Ref, place *fleet.Place, region plan.Region) Box {
	box := Box{Name: clean(ref.Name)}
	if box.Name == "" {
		box.Name = "no name"
	}
	switch c := b.s.Cluster(ref); {
	case c != nil && c.Fault == nil:
		box.State = clean(string(c.Status))
	case c == nil && place != nil && place.Clusters.Known():
		box.State, box.Known = "gone", Absent
	default:
		box.State, box.Known = "not checked", Unasked
	}
	in := cmp.Or(string(ref.Account), "unknown account")
	if ref.Region != region {
		in += " " + string(ref.Region)
	}
	box.State = clean(in + " " + box.State)
	return box
}

// missing is the box of an object that was not found.
func missing(known bool) Box {
	if known {
		return Box{Name: "none", Known: Absent}
	}
	return Box{Name: "not checked", Known: Unasked}
}

// several names the first of n objects.
func several(name string, n int) string {
	if n > 1 {
		return fmt.Sprintf("%s +%d", clean(name), n-1)
	}
	return clean(name)
}

// count returns a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
