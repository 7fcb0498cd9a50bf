package lambdafn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"postern/internal/plan"
)

// Kind says what woke the function.
type Kind string

// The kinds of events. Of those that AWS sends only a cluster's name is used.
const (
	KindEmpty     Kind = "empty"     // nothing, null or {}
	KindSchedule  Kind = "schedule"  // a rule of EventBridge, or EventBridge Scheduler
	KindInterface Kind = "interface" // CloudTrail: a network interface was made or deleted
	KindCluster   Kind = "cluster"   // EKS, or CloudTrail on EKS: a cluster is changing
	KindAsked     Kind = "asked"     // {"clusters": [...]} and {"scopes": [...]}
	KindUnknown   Kind = "unknown"   // anything else: everything is looked at
)

// event is what an invocation is asked to do.
type event struct {
	kind     Kind
	patterns []plan.Pattern  // clusters to look at; none: all of them
	scopes   json.RawMessage // scopes to work in; nil: the configured ones
	expect   int             // fewer links than this are an error; only with scopes
	doubts   []string        // what could not be used, for the log
}

// doubt notes what is wrong with an event. It never fails: everything is
// looked at instead.
func (ev *event) doubt(format string, args ...any) {
	ev.doubts = append(ev.doubts, fmt.Sprintf(format, args...))
}

// envelope is an event of EventBridge. Scheduler's detail is a string.
// Source: EventBridge user guide, event structure; EventBridge Scheduler user
// guide, templated targets.
type envelope struct {
	Source     string          `json:"source"`
	DetailType string          `json:"detail-type"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

const (
	byCloudTrail = "AWS API Call via CloudTrail"
	scheduled    = "Scheduled Event"
)

// parseEvent reads an event. Only the caller's own wishes can be wrong: a
// field "scopes" or "expect" that is not what it should be shows later, in
// what the event asks for.
func parseEvent(payload []byte) event {
	payload = bytes.TrimSpace(payload)
	if len(payload) == 0 {
		return event{kind: KindEmpty}
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil {
		ev := event{kind: KindUnknown}
		ev.doubt("the event is not a JSON object: %v", err)
		return ev
	}
	switch {
	case len(fields) == 0:
		return event{kind: KindEmpty}
	case fields["scopes"] != nil || fields["clusters"] != nil:
		return parseAsked(fields)
	}
	var e envelope
	if err := json.Unmarshal(payload, &e); err != nil {
		ev := event{kind: KindUnknown}
		ev.doubt("the event's envelope is malformed: %v", err)
		return ev
	}
	switch {
	case e.DetailType == scheduled:
		return event{kind: KindSchedule}
	case e.DetailType == byCloudTrail:
		return parseTrail(e)
	case e.Source == "aws.eks":
		return parseEKS(e)
	}
	ev := event{kind: KindUnknown}
	if e.DetailType == "" && e.Source == "" {
		ev.doubt("no kind of event has the fields %s", strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
	} else {
		ev.doubt("unknown kind of event: detail-type %q of source %q", e.DetailType, e.Source)
	}
	return ev
}

// parseAsked reads the function's own events.
func parseAsked(fields map[string]json.RawMessage) event {
	ev := event{kind: KindAsked}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch name {
		case "scopes":
			ev.scopes = fields[name]
		case "clusters":
			var refs []string
			if err := json.Unmarshal(fields[name], &refs); err != nil {
				ev.doubt("clusters is not a list of references: %v", err)
			}
			for _, ref := range refs {
				ev.add(ref)
			}
		case "expect":
			if err := json.Unmarshal(fields[name], &ev.expect); err != nil || ev.expect < 0 {
				ev.expect = 0
				ev.doubt("expect is not a whole number from 0: %s", fields[name])
			}
		default:
			ev.doubt("unknown field %q", name)
		}
	}
	return ev
}

// trail is the part of CloudTrail's record that is looked at.
// Source: CloudTrail user guide, record contents.
type trail struct {
	EventSource       string `json:"eventSource"`
	EventName         string `json:"eventName"`
	RequestParameters struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	} `json:"requestParameters"`
	ResponseElements struct {
		NetworkInterface struct {
			Description string `json:"description"`
		} `json:"networkInterface"`
	} `json:"responseElements"`
}

// parseTrail reads an API call that somebody made.
func parseTrail(e envelope) event {
	ev := event{kind: KindUnknown}
	var t trail
	if err := json.Unmarshal(e.Detail, &t); err != nil {
		ev.doubt("the detail of a call is malformed: %v", err)
		return ev
	}
	switch t.EventName {
	case "CreateNetworkInterface", "DeleteNetworkInterface":
		ev.kind = KindInterface
		description := t.ResponseElements.NetworkInterface.Description
		if description == "" {
			description = t.RequestParameters.Description
		}
		name, ours := strings.CutPrefix(description, plan.ENIDescription(""))
		if !ours {
			ev.doubt("%s: the description %q is not EKS's", t.EventName, description)
			return ev
		}
		ev.addName(name)
	case "CreateCluster", "UpdateClusterVersion", "UpdateClusterConfig", "DeleteCluster":
		ev.kind = KindCluster
		if e.Source != "aws.eks" && t.EventSource != "eks.amazonaws.com" {
			ev.doubt("%s of %q is not EKS's", t.EventName, t.EventSource)
			return ev
		}
		ev.addName(t.RequestParameters.Name)
	default:
		ev.doubt("unknown kind of event: call %q of %q", t.EventName, t.EventSource)
	}
	return ev
}

// parseEKS reads what EKS itself says: its events name the cluster in the
// detail or as a resource.
func parseEKS(e envelope) event {
	ev := event{kind: KindCluster}
	var detail struct {
		ClusterName string `json:"clusterName"`
		Name        string `json:"name"`
	}
	// A detail of another form leaves the resources.
	_ = json.Unmarshal(e.Detail, &detail)
	for _, name := range []string{detail.ClusterName, detail.Name} {
		if name != "" {
			ev.addName(name)
			return ev
		}
	}
	for _, arn := range e.Resources {
		if p, err := plan.ParsePattern(arn); err == nil && strings.HasPrefix(arn, "arn:") {
			ev.addName(p.Name)
		}
	}
	if len(ev.patterns) == 0 {
		ev.doubt("the event %q of EKS names no cluster", e.DetailType)
	}
	return ev
}

// addName adds a cluster by its bare name, which may be several clusters'.
func (ev *event) addName(name string) {
	if !plan.ValidCluster(name) {
		ev.doubt("%q cannot be a cluster's name", name)
		return
	}
	ev.add(name)
}

// add adds a cluster as a caller names it.
func (ev *event) add(ref string) {
	p, err := plan.ParsePattern(ref)
	switch {
	case err != nil:
		ev.doubt("%v", err)
	case !slices.Contains(ev.patterns, p):
		ev.patterns = append(ev.patterns, p)
	}
}
