package lab

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"postern/internal/lab/faults"
	"postern/internal/lab/state"
)

// asState finds the store's refusal in err.
func asState(err error) (*state.Error, bool) { return errors.AsType[*state.Error](err) }

// refusal is an error of the control API with its HTTP status.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// AddFault puts a fault in force, or refuses one that could hit nothing: a
// cluster, zone or view that the lab does not have. An address-reused fault
// happens at once and is not in force afterwards; its ID is 0.
func (l *Lab) AddFault(f faults.Fault) (faults.Active, error) {
	now := time.Now()
	if f.Cluster != "" && len(l.selected(f)) == 0 {
		return faults.Active{}, refuse(http.StatusNotFound, "%s: no cluster %q is in the lab: it has %s", f.Name, ref(f.Account, f.Region, f.Cluster), strings.Join(l.refs(), ", "))
	}
	if f.Resolver != "" && !slices.ContainsFunc(l.Views(), func(v View) bool { return v.Name == f.Resolver }) {
		return faults.Active{}, refuse(http.StatusNotFound, "%s: no view %q is served: see `postern lab state`", f.Name, f.Resolver)
	}
	if err := l.checkAction(f); err != nil {
		return faults.Active{}, err
	}
	switch f.Name {
	case faults.AddressReused:
		if _, err := l.Move(Move{Account: f.Account, Region: f.Region, Cluster: f.Cluster, Kind: state.MoveReuse}); err != nil {
			return faults.Active{}, err
		}
		return faults.Active{Fault: f, Hits: 1}, nil
	case faults.ZoneOutage:
		id, err := l.zoneID(f)
		if err != nil {
			return faults.Active{}, err
		}
		f.Zone = id
	}
	active := l.faults.Add(f, now)
	l.applyHealth()
	l.look()
	return active, nil
}

// checkAction refuses a call that the lab does not have. A pattern may fit none.
func (l *Lab) checkAction(f faults.Fault) error {
	service, action, named := strings.Cut(f.Action, ":")
	if !named || strings.Contains(f.Action, "*") {
		return nil
	}
	for _, t := range l.server.Tables {
		if t.Name != service {
			continue
		}
		all := slices.Sorted(maps.Keys(t.Actions))
		if slices.ContainsFunc(all, func(a string) bool { return strings.EqualFold(a, action) }) {
			return nil
		}
		return refuse(http.StatusBadRequest, "%s: the lab's %s has no action %s: it has %s", f.Name, service, action, strings.Join(all, ", "))
	}
	return refuse(http.StatusBadRequest, "%s: the lab has no service %s", f.Name, service)
}

// Faults returns the faults in force, oldest first.
func (l *Lab) Faults() []faults.Active { return l.faults.List(time.Now()) }

// ClearFaults ends every fault and returns how many there were.
func (l *Lab) ClearFaults() int {
	n := l.faults.Clear(time.Now())
	l.applyHealth()
	return n
}

// RemoveFault ends one fault, and reports whether it was in force.
func (l *Lab) RemoveFault(id int) bool {
	ok := l.faults.Remove(id, time.Now())
	l.applyHealth()
	return ok
}

// Move and Moved are the store's.
type (
	Move  = state.Move
	Moved = state.Moved
)

// Move starts a move of the one cluster that m's account, region and name
// select; empty ones select any.
func (l *Lab) Move(m Move) (Moved, error) {
	c, err := l.one(m.Account, m.Region, m.Cluster)
	if err != nil {
		return Moved{}, err
	}
	m.Account, m.Region = c.Account, c.Region
	if !slices.Contains(state.MoveKinds, m.Kind) {
		return Moved{}, refuse(http.StatusBadRequest, "unknown move %q: give one of %s", m.Kind, joined(state.MoveKinds))
	}
	moved, err := l.store.Move(m)
	o := owner{m.Account, m.Region, m.Cluster}
	l.mu.Lock()
	defer l.mu.Unlock()
	if refused, ok := asState(err); ok && refused.Status == http.StatusConflict {
		text := fmt.Sprintf("cluster %s has a change under way", ref(o.account, o.region, o.cluster))
		if done, known := l.moves[o]; known && done.After(time.Now()) {
			text += ": try again after " + done.Add(time.Second).UTC().Format(time.RFC3339)
		}
		return moved, refuse(http.StatusConflict, "%s", text)
	}
	if err == nil {
		l.moves[o] = moved.Done
	}
	return moved, err
}

func joined(kinds []state.MoveKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// one returns the only cluster that is selected.
func (l *Lab) one(account, region, name string) (state.Cluster, error) {
	found := l.selected(faults.Fault{Account: account, Region: region, Cluster: name})
	switch {
	case len(found) == 1 && name != "":
		return found[0], nil
	case len(found) == 0 || name == "":
		return state.Cluster{}, refuse(http.StatusNotFound, "no cluster %q is in the lab: it has %s", ref(account, region, name), strings.Join(l.refs(), ", "))
	}
	var candidates []string
	for _, c := range found {
		candidates = append(candidates, ref(c.Account, c.Region, c.Name))
	}
	return state.Cluster{}, refuse(http.StatusBadRequest, "cluster %q is ambiguous: it is %s", ref(account, region, name), strings.Join(candidates, " or "))
}

func (l *Lab) selected(f faults.Fault) []state.Cluster {
	return slices.DeleteFunc(l.clusters(), func(c state.Cluster) bool { return !f.Selects(c.Account, c.Region, c.Name) })
}

// refs returns account/region/name of every cluster.
func (l *Lab) refs() []string {
	var out []string
	for _, c := range l.clusters() {
		out = append(out, ref(c.Account, c.Region, c.Name))
	}
	if len(out) == 0 {
		return []string{"none"}
	}
	return out
}

func ref(account, region, name string) string {
	return strings.TrimLeft(account+"/"+region+"/"+name, "/")
}

// zoneID finds the zone that a fault means. A zone's name means another zone
// in each account, so a name must come with what makes it one.
// Source: Amazon EC2 user guide, Availability Zone IDs.
func (l *Lab) zoneID(f faults.Fault) (string, error) {
	ids := map[string]bool{}
	for _, a := range l.store.Snapshot().Accounts {
		if !f.Selects(a.Account, a.Region, "") {
			continue
		}
		for _, sub := range a.Subnets {
			if f.Zone == sub.ZoneID || f.Zone == sub.Zone {
				ids[sub.ZoneID] = true
			}
		}
	}
	all := slices.Sorted(maps.Keys(ids))
	switch len(all) {
	case 0:
		return "", refuse(http.StatusNotFound, "%s: no subnet of the lab is in zone %q", f.Name, f.Zone)
	case 1:
		return all[0], nil
	}
	return "", refuse(http.StatusBadRequest, "%s: zone %q is %s, by account: give the ID or account=", f.Name, f.Zone, strings.Join(all, " or "))
}

// brokenHealth is which health checks the lab has told the store to fail.
type brokenHealth struct {
	clusters map[owner]bool
	zones    map[string]bool // by ID
}

func newBrokenHealth() brokenHealth {
	return brokenHealth{clusters: map[owner]bool{}, zones: map[string]bool{}}
}

// applyHealth makes the store's health checks follow the faults in force.
func (l *Lab) applyHealth() {
	l.healthMu.Lock() // one at a time, or the store could end with the older wish
	defer l.healthMu.Unlock()
	want := newBrokenHealth()
	for _, a := range l.Faults() {
		switch a.Fault.Name {
		case faults.HealthBroken:
			for _, c := range l.selected(a.Fault) {
				want.clusters[owner{c.Account, c.Region, c.Name}] = true
			}
		case faults.ZoneOutage:
			want.zones[a.Fault.Zone] = true
		}
	}
	for _, o := range changed(l.broken.clusters, want.clusters, owner.compare) {
		l.store.BreakHealth(o.account, o.region, o.cluster, want.clusters[o])
	}
	for _, z := range changed(l.broken.zones, want.zones, strings.Compare) {
		l.store.BreakZone(z, want.zones[z])
	}
	l.broken = want
	if l.network != nil {
		l.network.broken.Store(&want)
	}
}

// changed returns the keys that only one of the maps has, in order: the same
// lab must do the same things in the same order.
func changed[K comparable](a, b map[K]bool, compare func(K, K) int) []K {
	var out []K
	for k := range a {
		if !b[k] {
			out = append(out, k)
		}
	}
	for k := range b {
		if !a[k] {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, compare)
	return out
}

func (o owner) compare(other owner) int {
	return strings.Compare(ref(o.account, o.region, o.cluster), ref(other.account, other.region, other.cluster))
}
