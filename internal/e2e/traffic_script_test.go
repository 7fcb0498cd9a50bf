package e2e

import (
	"math/rand/v2"
	"time"

	"postern/internal/lab/state"
)

// moveClass is what a kind of move may cost.
type moveClass struct {
	name string
	// graceful: what goes answers longer than a new address needs until it is
	// healthy, and says at /readyz that it goes, for longer than health checks
	// need, so that no request may fail.
	graceful bool
	bound    time.Duration // no request that begins later than this after the move may fail
	ends     bool          // the cluster is gone for good: every later request fails
	why      string
}

// How long things take in the lab, in real time at trafficSpeed.
const (
	// A load balancer finds out that a target is dead when the unhealthy
	// threshold's checks in a row have failed: 2, one each 10 s, the last of which
	// may take the timeout of 10 s. Source: NLB user guide, target group health
	// checks. The lab's checks take no less than 0.5 s of real time, and three
	// times that to say that what has answered is silent.
	untilDetected = (2*10*time.Second+10*time.Second)/trafficSpeed + 3*500*time.Millisecond
	// A new target is checked first about 120 s after its registration, and that
	// check may be one interval late.
	untilRegistered = (120*time.Second + 10*time.Second) / trafficSpeed
	// sync lists interfaces once a second here, in up to 1.1 of it, and EC2's
	// listing lags by a second of AWS's.
	untilNoticed = 1100*time.Millisecond + time.Second/trafficSpeed + 500*time.Millisecond
	// Until both witnesses say that an address is gone, a name is asked for after
	// 5 s at most; then there is the grace period, and a check within a second and
	// a half.
	untilRemoved = 5*time.Second + 2*time.Second + 1500*time.Millisecond
	// A machine that has other work.
	spareTime = 2 * time.Second
)

// moveClasses of moves. What is graceful follows from the lab's own times: the new
// interfaces of a swap are listed at once and serve after a minute, the old
// ones serve for six more, and in the last of them say at /readyz that they shut
// down; untilNoticed and untilRegistered together are less than three (all at
// AWS's speed).
var moveClasses = map[string]moveClass{
	"graceful": {name: "graceful", graceful: true, why: "old addresses say so at /readyz for a minute before they stop, and new ones are healthy long before that"},
	"abrupt":   {name: "abrupt", bound: max(untilDetected, untilNoticed+untilRegistered) + spareTime, why: "every address is gone at once; the new ones get traffic after their first check"},
	"reuse":    {name: "reuse", bound: untilDetected + spareTime, why: "one address is gone at once and somebody's who does not admit the load balancer"},
	"given":    {name: "given", bound: untilNoticed + untilRemoved + spareTime, why: "an address is another cluster's API server now, and a health check does not look at the certificate"},
	"taken":    {name: "taken", bound: untilDetected + spareTime, why: "one address is gone at once, for another cluster's"},
	"delete":   {name: "delete", ends: true, bound: spareTime, why: "there is no API server any more"},
	"recreate": {name: "recreate", ends: true, bound: spareTime, why: "there is no API server of this name and CA any more"},
}

// trafficScript is a seed's moves, in phases, by cluster.
type trafficScript struct {
	seed   uint64
	phases []map[string][]scriptMove
}

type scriptMove struct {
	after time.Duration // a pause before it
	kind  state.MoveKind
	to    string
}

func (m scriptMove) class() string {
	switch m.kind {
	case state.MoveReplace, state.MovePatch, state.MoveScaleOut, state.MoveScaleIn, state.MoveRollback:
		return "graceful"
	case state.MoveReuse:
		if m.to != "" {
			return "given"
		}
	}
	return string(m.kind)
}

// size is how many moves there are.
func (s trafficScript) size() (n int) {
	for _, p := range s.phases {
		for _, moves := range p {
			n += len(moves)
		}
	}
	return n
}

// planes chooses moves that are possible: a control plane has two to four
// interfaces.
type planes struct {
	*rand.Rand
	have map[string]int
}

func newPlanes(seed uint64) *planes {
	p := &planes{rand.New(rand.NewPCG(seed, 11)), map[string]int{}}
	for _, ref := range trafficRefs {
		p.have[ref] = 2
	}
	return p
}

func (p *planes) pause() time.Duration { return time.Duration(p.IntN(500)) * time.Millisecond }

func (p *planes) graceful(ref string) scriptMove {
	kinds := []state.MoveKind{state.MoveReplace, state.MovePatch, state.MoveRollback}
	if p.have[ref] < 4 {
		kinds = append(kinds, state.MoveScaleOut)
	}
	if p.have[ref] > 2 {
		kinds = append(kinds, state.MoveScaleIn)
	}
	m := scriptMove{after: p.pause(), kind: kinds[p.IntN(len(kinds))]}
	switch m.kind {
	case state.MoveScaleOut:
		p.have[ref]++
	case state.MoveScaleIn:
		p.have[ref]--
	}
	return m
}

func (p *planes) abrupt(ref string) scriptMove {
	kinds := []state.MoveKind{state.MoveAbrupt, state.MoveReuse}
	return scriptMove{after: p.pause(), kind: kinds[p.IntN(len(kinds))]}
}

// shortScript is twelve graceful moves, and then one of each kind that costs
// something.
func shortScript(seed uint64) trafficScript {
	p := newPlanes(seed)
	gentle, hard := map[string][]scriptMove{}, map[string][]scriptMove{}
	for _, ref := range trafficRefs {
		gentle[ref] = []scriptMove{p.graceful(ref), p.graceful(ref), p.graceful(ref)}
	}
	hard[trafficRefs[0]] = []scriptMove{{kind: state.MoveReuse, to: "billing"}}
	hard[trafficRefs[1]] = []scriptMove{{kind: state.MoveReuse}, {after: p.pause(), kind: state.MoveAbrupt}}
	hard[trafficRefs[2]] = []scriptMove{{after: p.pause(), kind: state.MoveDelete}}
	return trafficScript{seed, []map[string][]scriptMove{gentle, hard}}
}

// longScript is about n moves: rounds of three graceful moves and an abrupt one
// for each cluster, an address that goes from one cluster to the other, and at
// the end, if it is to, two clusters that go for good.
func longScript(seed uint64, n int, ends bool) trafficScript {
	p := newPlanes(seed)
	sc := trafficScript{seed: seed}
	for sc.size() < n {
		gentle, hard, given := map[string][]scriptMove{}, map[string][]scriptMove{}, map[string][]scriptMove{}
		for _, ref := range trafficRefs {
			gentle[ref] = []scriptMove{p.graceful(ref), p.graceful(ref), p.graceful(ref)}
			hard[ref] = []scriptMove{p.abrupt(ref)}
		}
		if p.IntN(2) == 0 {
			given[trafficRefs[0]] = []scriptMove{{kind: state.MoveReuse, to: "billing"}}
		} else {
			given[trafficRefs[3]] = []scriptMove{{kind: state.MoveReuse, to: "prod"}}
		}
		sc.phases = append(sc.phases, gentle, hard, given)
	}
	if ends {
		sc.phases = append(sc.phases, map[string][]scriptMove{
			trafficRefs[1]: {{kind: state.MoveRecreate}}, trafficRefs[2]: {{kind: state.MoveDelete}},
		})
	}
	return sc
}
