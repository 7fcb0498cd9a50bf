package e2e

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"postern/internal/lab/faults"
	"postern/internal/lab/state"
	"postern/internal/plan"
)

// do carries one step out.
func (s *storm) do(text string) error {
	words := strings.Fields(text)
	verb, who := words[0], words[len(words)-1]
	if len(words) > 1 {
		who = words[1]
	}
	if p := s.processes[who]; p == nil && (who == "A" || who == "B") {
		return nil // this storm has no such engine
	}
	switch verb {
	case "move":
		return s.moves(who, words[2])
	case "fault":
		return s.faults(words[1:])
	case "heal":
		s.heal()
	case "register":
		port, err := strconv.Atoi(words[3])
		as := s.addresses(who, words[2])
		if err != nil || len(as) == 0 {
			return err
		}
		return s.store.RegisterTargets(s.caller, s.groupOf(who).ARN, []state.Target{{ID: as[0].String(), Port: port}})
	case "deregister":
		return s.takeOut(who)
	case "marks":
		return s.tamper(who, words[2])
	case "pause", "unmanage":
		return s.retag(verb, who, words[2])
	case "forge":
		subnets, _, err := s.store.DescribeSubnets(s.caller, nil, nil, state.Page{})
		if err != nil {
			return err
		}
		at := slices.IndexFunc(subnets, func(x state.Subnet) bool { return x.VPC == s.rules.vpcs[who] })
		_, err = s.store.CreateNetworkInterface(s.caller, state.InterfaceInput{Subnet: subnets[at].ID, Description: "Amazon EKS " + who, Instance: "i-0123456789abcdef0"})
		return err
	case "public":
		snap, err := s.store.DescribeCluster(s.caller, who)
		if err != nil {
			return nil // gone for the moment
		}
		public := !snap.Public
		_, err = s.store.UpdateClusterConfig(s.caller, who, state.ClusterConfig{Public: &public})
		return unlessRefused(err)
	case "recreate":
		return s.recreate(who)
	case "crash":
		p := s.processes[who]
		n, err := strconv.Atoi(words[2])
		p.mu.Lock()
		defer p.mu.Unlock()
		p.crashIn, p.crash = n, crash{after: words[3] == "after", memory: words[4] == "memory"}
		return err
	case "clock":
		skew, err := time.ParseDuration(words[2])
		s.rules.clockStepped(skew)
		s.processes[who].setClock(skew)
		return err
	case "hurry", "twice":
		s.mu.Lock()
		defer s.mu.Unlock()
		map[string]map[string]bool{"hurry": s.hurry, "twice": s.twice}[verb][who] = true
	default:
		return fmt.Errorf("nobody knows how to %s", verb)
	}
	return nil
}

// unlessRefused drops the lab's refusal: the cluster was busy with something.
func unlessRefused(err error) error {
	if _, ok := err.(*state.Error); ok {
		return nil
	}
	return err
}

func (s *storm) moves(cluster, kind string) error {
	m := state.Move{Account: account, Region: region, Cluster: cluster, Kind: state.MoveKind(kind)}
	if kind == "reuse-by" {
		m.Kind, m.To = state.MoveReuse, another(cluster)
	}
	_, err := s.store.Move(m)
	return unlessRefused(err)
}

func another(cluster string) string {
	if cluster == stormA {
		return stormB
	}
	return stormA
}

// faults puts a fault in force, with the addresses of this moment in place of
// words that stand for some.
func (s *storm) faults(words []string) error {
	cluster := ""
	for _, w := range words {
		if name, ok := strings.CutPrefix(w, "cluster="); ok {
			cluster = name
		}
	}
	for i, w := range words {
		if list, ok := strings.CutPrefix(w, "answer="); ok {
			var as []netip.Addr
			for _, word := range strings.Split(list, ",") {
				as = append(as, s.addresses(cluster, word)...)
			}
			if len(as) == 0 {
				return nil
			}
			words[i] = "answer=" + join(as)
		}
	}
	f, err := faults.Parse(strings.Join(words, " "))
	if err != nil {
		return err
	}
	if f.Name == faults.StaleRead {
		s.rules.makesOld(f.Action, f.For)
	}
	_, err = s.lab.AddFault(f)
	if f.Cluster != "" && err != nil && len(s.servingOf(f.Cluster)) == 0 {
		return nil // the cluster is gone for the moment
	}
	return err
}

func (s *storm) addresses(cluster, word string) []netip.Addr {
	switch word {
	case "OTHER":
		return s.servingOf(another(cluster))
	case "OWN":
		return s.servingOf(cluster)
	case "OUTSIDE":
		return []netip.Addr{addr("172.31.0.9")}
	case "PUBLIC":
		return []netip.Addr{addr("198.51.100.7")}
	}
	return []netip.Addr{s.freeAddr()}
}

// takeOut removes a target by hand.
func (s *storm) takeOut(cluster string) error {
	g := plan.GroupARN(s.groupOf(cluster).ARN)
	for _, h := range s.rules.targets(g) {
		if h.State == "draining" {
			continue
		}
		key := string(g) + " " + h.Target.ID + ":" + strconv.Itoa(h.Target.Port)
		s.rules.allow(g, key, 1)
		defer s.rules.allow(g, key, -1)
		return s.store.DeregisterTargets(s.caller, string(g), []state.Target{{ID: h.Target.ID, Port: h.Target.Port}})
	}
	return nil
}

func (r *rules) allow(g plan.GroupARN, key string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sanctioned[key] += n
	r.links[g].byHand = time.Now()
}

// forget drops what only that process's memory held.
func (r *rules) forget(process string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	lost := func(key string, _ time.Time) bool { return strings.HasPrefix(key, process+" ") }
	for _, t := range r.links {
		maps.DeleteFunc(t.stale, lost)
		maps.DeleteFunc(t.alone, lost)
	}
}

func (s *storm) tamper(cluster, how string) error {
	arn := s.groupOf(cluster).ARN
	own := s.servingOf(cluster)
	value := map[string]string{"garbage": "-10.0.0.x@1 ++ @ -@ \u2603", "future": fmt.Sprintf("-%s@%d", s.freeAddr(), s.now().Add(time.Hour).Unix())}[how]
	if how == "listed" && len(own) > 0 { // long stale, says the mark, and it is not
		value = fmt.Sprintf("-%s@%d", own[0], s.now().Add(-30*time.Minute).Unix())
	}
	if value == "" {
		return s.store.RemoveTags(s.caller, []string{arn}, []string{plan.TagMarks})
	}
	return unlessRefused(s.store.AddTags(s.caller, []string{arn}, state.Tags{plan.TagMarks: value}))
}

// retag stops sync from writing to a link, or from removing, for a while.
func (s *storm) retag(verb, cluster, during string) error {
	d, err := time.ParseDuration(during)
	if err != nil {
		return err
	}
	key, value, back := plan.TagManaged, "false", "true"
	if verb == "pause" {
		key, value, back = plan.TagPaused, "true", "false"
	}
	if err := s.setTag(cluster, key, value); err != nil {
		return err
	}
	go func() {
		time.Sleep(d)
		if err := s.setTag(cluster, key, back); err != nil {
			s.rules.violated(nil, "%s %s back: %v", verb, cluster, err)
		}
	}()
	return nil
}

func (s *storm) setTag(cluster, key, value string) error {
	arn := s.groupOf(cluster).ARN
	s.rules.tagged(plan.GroupARN(arn))
	return s.store.AddTags(s.caller, []string{arn}, state.Tags{key: value})
}

func (r *rules) tagged(g plan.GroupARN) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.links[g].tagsSince = time.Now()
}

// recreate makes a cluster again under its name, and a quarter of an hour
// later its Terraform is applied again.
func (s *storm) recreate(cluster string) error {
	if err := s.moves(cluster, string(state.MoveRecreate)); err != nil {
		return err
	}
	go func() {
		time.Sleep(15 * minute)
		s.rebind(cluster)
	}()
	return nil
}

func (s *storm) rebind(cluster string) {
	c, err := s.store.DescribeCluster(s.caller, cluster)
	if err != nil || c.Endpoint == "" {
		return // being made again, once more
	}
	if host := strings.TrimPrefix(c.Endpoint, "https://"); !strings.EqualFold(s.groupOf(cluster).Tags[plan.TagEndpoint], host) {
		if err := s.setTag(cluster, plan.TagEndpoint, host); err != nil {
			s.rules.violated(nil, "rebind %s: %v", cluster, err)
		}
	}
}
