package e2e

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"postern/internal/lab/state"
	"postern/internal/lab/traffic"
)

// trafficRule is a rule of AWS by which a request can fail although somebody
// keeps the targets as well as can be.
type trafficRule struct {
	name    string
	says    *regexp.Regexp // in the words of the hop that failed it, after its kind
	follows []string       // moveClasses of moves that bring it about
	text    string         // with its source
}

var trafficRules = []trafficRule{
	{"dead target", regexp.MustCompile(`^dial-timeout: target: .* does not answer`), []string{"abrupt", "reuse", "given", "taken", "delete", "recreate"},
		"a node chooses a target by a hash, passes the handshake on and tries no other; a target counts as healthy until its checks have failed, and where all are unhealthy each gets traffic (NLB user guide, target group health checks)"},
	{"nobody's address", regexp.MustCompile(`^dial-timeout: interface: .*, on the way from node`), []string{"abrupt", "reuse", "given", "taken", "delete", "recreate"},
		"the same, and the target's address is no interface's any more (EKS user guide, network requirements)"},
	{"no server", regexp.MustCompile(`^dial-timeout: server: .*(, on the way from node|)`), []string{"abrupt", "reuse", "given", "taken", "delete", "recreate"},
		"the same, and no API server is behind the target's interface any more (EKS user guide, network requirements)"},
	{"closed group", regexp.MustCompile(`^dial-timeout: security-group: .*, on the way from node`), []string{"reuse", "delete", "recreate"},
		"the same, and the target's address is an interface's whose group does not admit the load balancer (VPC user guide, security groups)"},
	{"no target", regexp.MustCompile(`^dial-timeout: node: .* has no target in service`), []string{"abrupt", "delete", "recreate"},
		"a target gets traffic after its first check, and a group without another has nowhere to send it (NLB user guide, target group health checks)"},
	{"somebody else", regexp.MustCompile(`^other-cluster: the certificate is that of `), []string{"given"},
		"an ip target is an address, whoever has it, and a health check does not verify certificates (NLB user guide, target group health checks)"},
	{"somebody new", regexp.MustCompile(`^other-cluster: the certificate of .* (comes from none|lacks the name)`), []string{"given", "recreate"},
		"the same, and a new cluster of an old name has a CA and a host of its own (EKS user guide, certificate authority)"},
}

// brokenKinds are kinds without the words of a hop: the connection was made and
// then ended, which needs an event that ended it.
var brokenKinds = []traffic.Kind{traffic.KindCut, traffic.KindTLSTimeout, traffic.KindAnswerTimeout, traffic.KindSilent}

// judge says of each failed request and each cut watch by what rule it came,
// and returns what no rule explains. The counts are by rule.
func (r *trafficResult) judge() (by map[string]int, wrong []string) {
	by = map[string]int{}
	for _, f := range r.Newest {
		rule, err := r.explain(f)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s of %s, %s to %s: %s: %s: %v", f.Time.Format(clockTime), f.Ref,
				begin(f).Sub(r.began).Round(time.Millisecond), f.Time.Sub(r.began).Round(time.Millisecond), f.Kind, f.Why, err))
			continue
		}
		by[rule]++
	}
	for _, c := range r.Watches.Newest {
		event, ok := r.endedBy(c)
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s: watch of %s at %s cut: %s: %s: nothing ended it", c.Time.Format(clockTime), c.Ref, c.Instance, c.Kind, c.Why))
			continue
		}
		by["watch: "+event]++
	}
	for _, g := range r.Watches.Failures {
		if !slices.ContainsFunc(trafficRules, func(x trafficRule) bool { return x.says.MatchString(string(g.Kind) + ": " + g.Why) }) && !slices.Contains(brokenKinds, g.Kind) {
			wrong = append(wrong, fmt.Sprintf("%d watches could not be opened: %s: %s", g.Count, g.Kind, g.Why))
		}
	}
	return by, wrong
}

const clockTime = "15:04:05.000"

func begin(f traffic.Failure) time.Time {
	return f.Time.Add(-time.Duration(f.AfterMs * float64(time.Millisecond)))
}

// explain names the rule by which a request failed: its words are a rule's,
// and a move that can bring that about was not longer ago than it may cost.
func (r *trafficResult) explain(f traffic.Failure) (rule string, err error) {
	var near []string
	for _, m := range r.moves {
		if m.ref == f.Ref && !m.at.After(f.Time) && (m.kind.ends || !begin(f).After(m.at.Add(m.kind.bound))) && !m.kind.graceful {
			near = append(near, m.kind.name)
		}
	}
	if r.outlasted(f) {
		return slowClient, nil
	}
	if len(near) == 0 {
		return "", fmt.Errorf("no move explains it; before it were %s", r.before(f))
	}
	said := string(f.Kind) + ": " + f.Why
	for _, x := range trafficRules {
		if x.says.MatchString(said) && slices.ContainsFunc(near, func(n string) bool { return slices.Contains(x.follows, n) }) {
			return x.name, nil
		}
	}
	if slices.Contains(brokenKinds, f.Kind) {
		if event, ok := r.event(f.Ref, "", begin(f).Add(-time.Second), f.Time); ok {
			return event, nil
		}
	}
	return "", fmt.Errorf("no rule explains it after %v", near)
}

// slowClient names requests that took longer than what is under way at a
// leaving target is given: 15 s of AWS's, which is a quarter of a second here
// and real time for this machine's handshakes. It says nothing about the
// targets, and all about the machine.
const slowClient = "the client was slower than its target's draining"

// unhealthyDraining is the time that an unhealthy target's connections have, at
// trafficSpeed.
// Source: NLB user guide, edit target group attributes, unhealthy draining
// interval.
const unhealthyDraining = 15 * time.Second / trafficSpeed

// outlasted reports whether a request was cut at the end of its target's
// draining, and had begun before that did.
func (r *trafficResult) outlasted(f traffic.Failure) bool {
	return f.Kind == traffic.KindCut && f.Time.Sub(begin(f)) >= unhealthyDraining &&
		slices.ContainsFunc(r.events, func(e state.Event) bool {
			return e.Kind == state.TargetChanged && r.groups[e.Of] == f.Ref && e.Was == "unhealthy.draining" && strings.HasPrefix(e.Now, "unhealthy") &&
				begin(f).Before(e.At.Add(-unhealthyDraining)) && !e.At.After(f.Time) && f.Time.Sub(e.At) < spareTime
		})
}

// before lists the moves of a failure's cluster before it.
func (r *trafficResult) before(f traffic.Failure) string {
	var all []string
	for _, m := range r.moves {
		if m.ref == f.Ref && !m.at.After(f.Time) {
			all = append(all, fmt.Sprintf("%s %s earlier", m.kind.name, begin(f).Sub(m.at).Round(time.Millisecond)))
		}
	}
	return strings.Join(all, ", ")
}

// endedBy names what ended a watch.
func (r *trafficResult) endedBy(c traffic.Cut) (string, bool) {
	addr, _, _ := strings.Cut(c.Instance, " ") // the stand-in names address and zone
	return r.event(c.Ref, addr, c.Time.Add(-spareTime), c.Time)
}

// event finds what may end connections with a cluster in a span of time, at an
// address or at any.
//
// A load balancer ends connections with a target that becomes unhealthy, and,
// where connection termination is on as here, with one whose deregistration
// delay is over. Source: NLB user guide, edit target group attributes. An
// interface that goes takes its connections with it.
func (r *trafficResult) event(ref, addr string, from, to time.Time) (string, bool) {
	for _, e := range r.events {
		if e.At.Before(from) || e.At.After(to.Add(200*time.Millisecond)) {
			continue
		}
		switch e.Kind {
		case state.TargetChanged:
			if r.groups[e.Of] != ref || addr != "" && hostOf(e.Subject) != addr {
				continue
			}
			switch {
			case strings.HasPrefix(e.Now, "unhealthy"):
				return "its target became unhealthy", true
			case e.Now == "":
				return "its target's deregistration delay was over", true
			}
		case state.InterfaceChanged:
			if e.Of == r.vpcs[ref] && (addr == "" || e.Extra == addr) && e.Now == "" {
				return "its interface is gone", true
			}
		case state.ClusterChanged:
			if strings.HasSuffix(e.Subject, "cluster/"+ref[strings.LastIndexByte(ref, '/')+1:]) && strings.HasPrefix(ref, e.Account+"/"+e.Region+"/") && e.Now == "" {
				return "its cluster is gone", true
			}
		}
	}
	return "", false
}

// ofGraceful is how many requests failed that began after a graceful move of
// their cluster and before any other kind of move since.
func (r *trafficResult) ofGraceful() (n int) {
	for _, f := range r.Newest {
		var last trafficMove
		for _, m := range r.moves {
			if m.ref == f.Ref && !m.at.After(begin(f)) && m.at.After(last.at) {
				last = m
			}
		}
		if last.kind.graceful {
			n++
		}
	}
	return n
}

// sayRules lists what the rules explained, for the log.
func sayRules(by map[string]int) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(by)) {
		fmt.Fprintf(&b, "\n%6d  %s", by[name], name)
	}
	return b.String()
}
