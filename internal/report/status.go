package report

import (
	"cmp"
	"slices"
	"time"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/trace"
)

// StatusSchema is the name and version of the document [Status].
const StatusSchema = "postern.status/v1"

// Status says how the path of every cluster stands, and what of the fleet
// belongs to nothing.
type Status struct {
	Schema     string        `json:"schema"`
	At         time.Time     `json:"at"`
	DurationMs int64         `json:"durationMs"`
	Hub        *StatusHub    `json:"hub"` // nil: the configuration names none, and its side was not looked at
	Links      []StatusLink  `json:"links"`
	Orphans    []Orphan      `json:"orphans"`
	NotChecked []NotChecked  `json:"notChecked"`
	Quotas     []Quota       `json:"quotas"` // nearly used up
	Summary    StatusSummary `json:"summary"`
}

// StatusHub is where the tools run.
type StatusHub struct {
	Account plan.AccountID `json:"account"`
	Region  plan.Region    `json:"region"`
	VPCIDs  []string       `json:"vpcIds"` // empty: any VPC that holds no endpoints
}

// Health is the verdict on one cluster's path, in a word.
type Health string

const (
	HealthOK       Health = "ok"       // nothing is wrong with what was looked at
	HealthDegraded Health = "degraded" // it works, or in part, and something is wrong
	HealthBroken   Health = "broken"   // no connection gets through
	HealthUnlinked Health = "unlinked" // the cluster has no link
	HealthUnknown  Health = "unknown"  // what was found is right, and not all could be looked at
)

// Healths returns the verdicts, the one first that most asks for somebody.
func Healths() []Health {
	return []Health{HealthBroken, HealthDegraded, HealthUnknown, HealthUnlinked, HealthOK}
}

// StatusLink is one cluster and its path.
type StatusLink struct {
	Ref            string             `json:"ref"`
	Account        plan.AccountID     `json:"account"`
	Region         plan.Region        `json:"region"`
	Cluster        string             `json:"cluster"`
	Verdict        Health             `json:"verdict"`
	Since          time.Time          `json:"since,omitzero"` // with --watch
	Reason         plan.Code          `json:"reason"`
	Hop            trace.Hop          `json:"hop"`
	Object         string             `json:"object"`
	Message        string             `json:"message"` // what was seen there
	Why            string             `json:"why"`
	Findings       int                `json:"findings"`   // what is broken or degraded, consequences included
	NotChecked     []trace.Hop        `json:"notChecked"` // asked about, without an answer
	Targets        *Targets           `json:"targets"`    // nil: they were not read
	Endpoints      []StatusEndpoint   `json:"endpoints"`
	Connections    []StatusConnection `json:"connections"`
	VPCID          string             `json:"vpcId"`
	Endpoint       string             `json:"endpoint"`
	TargetGroupARN plan.GroupARN      `json:"targetGroupArn"`
	LoadBalancer   *StatusBalancer    `json:"loadBalancer"` // nil: there is none, or it was not read
	Service        *StatusService     `json:"service"`      // nil: there is none, or it was not read
	Zones          []StatusZone       `json:"zones"`
	Marks          string             `json:"marks"`
	Paused         bool               `json:"paused"`
}

// StatusEndpoint is an interface endpoint of the hub.
type StatusEndpoint struct {
	ID        string         `json:"id"`
	Account   plan.AccountID `json:"account"`
	Region    plan.Region    `json:"region"`
	VPCID     string         `json:"vpcId"`
	State     string         `json:"state"`
	Addresses []string       `json:"addresses"`
}

// StatusConnection is an endpoint's connection as the service's owner sees it.
type StatusConnection struct {
	Endpoint string         `json:"endpoint"`
	Owner    plan.AccountID `json:"owner"`
	Region   plan.Region    `json:"region"`
	State    string         `json:"state"`
}

// StatusBalancer is a link's load balancer.
type StatusBalancer struct {
	ARN     string       `json:"arn"`
	DNSName string       `json:"dnsName"`
	State   string       `json:"state"`
	Nodes   []StatusNode `json:"nodes"`
}

// StatusNode is a load balancer's node in one zone.
type StatusNode struct {
	Zone      string   `json:"zone"`
	SubnetID  string   `json:"subnetId"`
	Addresses []string `json:"addresses"`
}

// StatusService is a link's endpoint service.
type StatusService struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	State string `json:"state"`
}

// StatusZone is a private zone of the hub that answers for the endpoint's name.
type StatusZone struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Orphan is something that belongs to nothing.
type Orphan struct {
	Kind    fleet.OrphanKind `json:"kind"`
	Account plan.AccountID   `json:"account"`
	Region  plan.Region      `json:"region"`
	Object  string           `json:"object"`
	Message string           `json:"message"`
	Repair  string           `json:"repair"`
	Finding bool             `json:"finding"` // something to repair
}

// NotChecked is something that was asked and of which AWS did not say all.
type NotChecked struct {
	Account plan.AccountID `json:"account"`
	Region  plan.Region    `json:"region"`
	What    string         `json:"what"` // empty: nothing at all could be asked there
	Count   int            `json:"count"`
	Action  string         `json:"action"` // the IAM action that is missing
	Code    plan.Code      `json:"code"`
	Message string         `json:"message"`
	Hint    string         `json:"hint"`
}

// Quota is a limit and how much of it is used.
type Quota struct {
	Account plan.AccountID `json:"account"`
	Region  plan.Region    `json:"region"`
	Name    string         `json:"name"`
	Of      string         `json:"of"`
	Used    int            `json:"used"`
	Limit   int            `json:"limit"`
	Default bool           `json:"default"` // the limit is AWS's published one
}

// StatusSummary counts the clusters by verdict, and the calls.
type StatusSummary struct {
	Clusters   int            `json:"clusters"`
	OK         int            `json:"ok"`
	Degraded   int            `json:"degraded"`
	Broken     int            `json:"broken"`
	Unlinked   int            `json:"unlinked"`
	Unknown    int            `json:"unknown"`
	Orphans    int            `json:"orphans"` // those that are findings
	NotChecked int            `json:"notChecked"`
	Calls      map[string]int `json:"calls"`
}

// NewStatus returns the document of a snapshot and of its clusters' paths. Of a
// snapshot of some clusters only (whole is false), nothing is an orphan.
func NewStatus(s *fleet.Snapshot, paths []trace.Path, whole bool, took time.Duration) Status {
	d := Status{
		Schema: StatusSchema, At: s.At.UTC().Truncate(time.Millisecond), DurationMs: took.Milliseconds(),
		Links: []StatusLink{}, Orphans: []Orphan{}, NotChecked: notCheckedOf(s), Quotas: []Quota{},
	}
	if s.Hub.Account != "" || s.Hub.Region != "" {
		d.Hub = &StatusHub{Account: s.Hub.Account, Region: s.Hub.Region, VPCIDs: list(s.Hub.VPCs)}
	}
	for _, p := range paths {
		d.Links = append(d.Links, newStatusLink(s, p))
	}
	slices.SortStableFunc(d.Links, func(a, b StatusLink) int { return cmp.Compare(a.Ref, b.Ref) })
	if whole {
		for _, o := range s.Orphans() {
			d.Orphans = append(d.Orphans, Orphan{Kind: o.Kind, Account: o.Account, Region: o.Region, Object: o.Object, Message: o.Saw, Repair: o.Repair, Finding: o.Kind.Finding()})
		}
		for _, q := range s.NearLimit() {
			d.Quotas = append(d.Quotas, Quota{Account: q.Account, Region: q.Region, Name: q.Name, Of: q.Of, Used: q.Used, Limit: q.Limit, Default: q.Default})
		}
	}
	d.Summary = d.count()
	d.Summary.Calls = s.Calls
	if s.Calls == nil {
		d.Summary.Calls = map[string]int{}
	}
	return d
}

func notCheckedOf(s *fleet.Snapshot) []NotChecked {
	out := []NotChecked{}
	for _, g := range s.Gaps() {
		out = append(out, NotChecked{
			Account: g.Account, Region: g.Region, What: g.What, Count: g.Count,
			Action: g.Fault.Action, Code: g.Fault.Code, Message: g.Fault.Error(), Hint: g.Fault.Hint,
		})
	}
	return out
}

func (d Status) count() StatusSummary {
	sum := StatusSummary{Clusters: len(d.Links), NotChecked: len(d.NotChecked)}
	for _, l := range d.Links {
		*sum.of(l.Verdict)++
	}
	for _, o := range d.Orphans {
		if o.Finding {
			sum.Orphans++
		}
	}
	return sum
}

// Linked is how many clusters have a link.
func (s StatusSummary) Linked() int { return s.Clusters - s.Unlinked }

// of returns the count of a verdict.
func (s *StatusSummary) of(h Health) *int {
	switch h {
	case HealthOK:
		return &s.OK
	case HealthDegraded:
		return &s.Degraded
	case HealthBroken:
		return &s.Broken
	case HealthUnlinked:
		return &s.Unlinked
	}
	return &s.Unknown
}

// StatusExit returns the exit status of a document. Of several causes the first
// in this order counts: a place where nothing, or no link, could be looked for,
// and a cluster that could not be judged; no link at all; something that is not
// healthy. A cluster without a link is not healthy only where it was asked for
// by name.
func StatusExit(d Status, named bool) int {
	sum := d.Summary
	switch {
	case d.blind(), sum.Unknown > 0, sum.Clusters == 0, !named && sum.Linked() == 0:
		return ExitFailed
	case sum.Broken > 0, sum.Degraded > 0, sum.Orphans > 0, named && sum.Unlinked > 0:
		return ExitDifference
	}
	return ExitOK
}

// blind reports whether links may be missing from the document.
func (d Status) blind() bool {
	return slices.ContainsFunc(d.NotChecked, func(n NotChecked) bool { return n.What == "" || n.What == fleet.GapLinks })
}
