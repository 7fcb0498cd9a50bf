package e2e

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"postern/internal/lab/state"
	"postern/internal/plan"
)

// rules hold every pass of a storm to the invariants of sync, in words of
// their own: nothing here asks the planner. They judge by what the pass was
// told, and by the lab's truth of that moment where no fault made the answer
// an old one.
type rules struct {
	*bench
	setup setup
	vpcs  map[string]string // by cluster

	mu         sync.Mutex // guards what follows
	broken     []string
	links      map[plan.GroupARN]*linkTruth
	hosts      map[string]string          // cluster names by host, past ones too
	listed     map[netip.Addr]listedSince // interfaces of clusters
	sanctioned map[string]int             // removals that somebody is making right now, by group and target
	old        map[string]time.Time       // until when an action's answers may be old ones, by service:Action, perhaps with * at its end
	ahead      time.Duration              // the furthest that any clock was ahead
	behind     time.Duration              // and behind, below zero
}

type listedSince struct {
	cluster string
	since   time.Time
}

// linkTruth is what the rules know of a link.
type linkTruth struct {
	cluster   string
	tagsSince time.Time            // when somebody else changed a tag that says what sync may do
	byHand    time.Time            // when somebody else removed a target
	alone     map[string]time.Time // addresses that DNS alone named: since when
	stale     map[string]time.Time // targets that nobody named: since when
	marks     map[string]bool      // marks that were in the tag at some time
}

// slack is what whole seconds in marks may cost.
const slack = time.Second

func newRules(b *bench, s setup) *rules {
	r := &rules{bench: b, setup: s, vpcs: map[string]string{}, links: map[plan.GroupARN]*linkTruth{}, hosts: map[string]string{}, listed: map[netip.Addr]listedSince{}, sanctioned: map[string]int{}, old: map[string]time.Time{}}
	for _, c := range []string{stormA, stormB} {
		g := b.groupOf(c)
		r.vpcs[c] = g.VPC
		r.links[plan.GroupARN(g.ARN)] = &linkTruth{cluster: c, alone: map[string]time.Time{}, stale: map[string]time.Time{}, marks: map[string]bool{}}
	}
	r.learn()
	return r
}

// violated notes that a rule was broken.
func (r *rules) violated(s *sighting, format string, args ...any) {
	text := time.Now().UTC().Format("15:04:05.000") + " "
	if s != nil {
		text += "engine " + s.process.name + ": "
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = append(r.broken, text+fmt.Sprintf(format, args...))
}

// hear follows the lab's events: every removal must be one that was allowed,
// whatever the API call that brought it about looked like.
func (r *rules) hear(e state.Event) {
	switch e.Kind {
	case state.TargetChanged:
		leaves := strings.HasPrefix(e.Now, "draining") || e.Now == "" && e.Was != "draining"
		if !leaves {
			return
		}
		r.mu.Lock()
		ok := r.sanctioned[e.Of+" "+e.Subject] > 0
		r.mu.Unlock()
		if !ok {
			r.violated(nil, "target %s (%s) left %s, and nobody was to remove it", e.Subject, e.Was, e.Of)
		}
	case state.InterfaceChanged, state.ClusterChanged:
		r.learn()
	}
}

// learn reads which interfaces and names there are.
func (r *rules) learn() {
	snap := r.store.Snapshot()
	r.mu.Lock()
	defer r.mu.Unlock()
	now := map[netip.Addr]listedSince{}
	for _, a := range snap.Accounts {
		for _, c := range a.Clusters {
			if host := strings.TrimPrefix(c.Endpoint, "https://"); host != "" {
				r.hosts[strings.ToLower(host)] = c.Name
			}
		}
		for _, i := range a.Interfaces {
			if i.Cluster != "" {
				name := i.Cluster[strings.LastIndexByte(i.Cluster, '/')+1:]
				now[i.Addr] = listedSince{name, i.Created}
			}
		}
	}
	r.listed = now
}

func (r *rules) clusterAt(host string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hosts[strings.ToLower(host)]
}

// listedForAWhile returns the control-plane interfaces that EC2 must name by
// now, by cluster, or nil while its answers are old ones.
func (r *rules) listedForAWhile() map[string][]netip.Addr {
	if r.stale("ec2:DescribeNetworkInterfaces") {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string][]netip.Addr{}
	for a, l := range r.listed {
		if time.Since(l.since) > 3*time.Second {
			out[l.cluster] = append(out[l.cluster], a)
		}
	}
	return out
}

// memory names the process whose own memory a pass goes by, if it does.
func (r *rules) memory(s *sighting) string {
	if r.setup.inMemory {
		return s.process.name + " "
	}
	return ""
}

// makesOld notes that a fault will make answers old ones for a time, and half
// a minute longer for those that are under way.
func (r *rules) makesOld(action string, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until := time.Now().Add(d + 30*time.Second); until.After(r.old[action]) {
		r.old[action] = until
	}
}

// stale reports whether the action's answers may be old ones.
func (r *rules) stale(action string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for a, until := range r.old {
		prefix, all := strings.CutSuffix(a, "*")
		if time.Now().Before(until) && (a == action || all && strings.HasPrefix(action, prefix)) {
			return true
		}
	}
	return false
}

func (r *rules) targets(g plan.GroupARN) []state.TargetHealth {
	hs, err := r.store.DescribeTargetHealth(r.caller, string(g), nil)
	if err != nil {
		r.violated(nil, "the group %s is gone: %v", g, err)
	}
	return hs
}

func (r *rules) tags(g plan.GroupARN) map[string]string {
	tagged, err := r.store.DescribeTags(r.caller, []string{string(g)})
	if err != nil || len(tagged) != 1 {
		r.violated(nil, "the tags of %s are gone: %v", g, err)
		return nil
	}
	return tagged[0].Tags
}

// --- what the witnesses said ---

// said is what the witnesses of a pass say about a cluster's addresses.
type said struct {
	named      []netip.Addr // by one of EC2's listings that a registration may rest on now: the newest, or younger than 10 s
	eni, dns   []netip.Addr
	applicable int
	against    string // why nothing may be removed on this ground
	truth      []netip.Addr
}

func (d said) listed(a netip.Addr) bool {
	return slices.Contains(d.eni, a) || slices.Contains(d.dns, a)
}

// witnessed sums up a pass's witnesses. The caller holds the sighting's lock.
func (r *rules) witnessed(s *sighting, cluster string) said {
	var d said
	vpc := r.vpcs[cluster]
	if slices.Contains(r.setup.witnesses, plan.ENI) {
		d.applicable++
		if len(s.listings) == 0 || s.listFail {
			d.against = "EC2 was not asked, or did not answer"
		} else {
			// Of several listings in a long pass, an address must be in each to count.
			for n, l := range s.listings {
				var as []netip.Addr
				for _, i := range l.ifs {
					if i.Description == "Amazon EKS "+cluster && i.VPC == vpc && i.Status == "in-use" && i.AttachmentOwner != account && i.AttachmentOwner != "" {
						as = append(as, i.Addr)
					}
				}
				if n == len(s.listings)-1 || time.Since(l.at) <= 10*time.Second {
					d.named = append(d.named, as...)
				}
				if n > 0 {
					as = slices.DeleteFunc(as, func(a netip.Addr) bool { return !slices.Contains(d.eni, a) })
				}
				d.eni = as
			}
			d.truth = s.listings[0].truth[cluster]
			if len(d.eni) == 0 {
				d.against = "EC2 named nothing"
			}
		}
	}
	if w, asked := s.names[cluster]; asked {
		d.applicable++
		for _, a := range w.Addrs {
			if spoke.Contains(a) {
				d.dns = append(d.dns, a)
			}
		}
		switch {
		case w.Outcome != plan.Answered:
			d.against = "DNS: " + string(w.Outcome)
		case w.Partial:
			d.against = "DNS answered in part"
		case len(d.dns) == 0:
			d.against = "DNS named nothing of the VPC"
		}
	}
	if d.applicable == 0 {
		d.against = "no witness was asked"
	}
	return d
}
