package report

import (
	"slices"
	"strings"
	"time"

	"postern/internal/plan"
)

// SyncSchema is the name and version of the document [Sync].
const SyncSchema = "postern.sync/v1"

// Sync is what one pass of sync saw, decided and did.
type Sync struct {
	Schema     string    `json:"schema"`
	StartedAt  time.Time `json:"startedAt"`
	DurationMs int64     `json:"durationMs"`
	DryRun     bool      `json:"dryRun"`
	Errors     []Error   `json:"errors"` // of the pass as such
	Scopes     []Scope   `json:"scopes"`
	Links      []Link    `json:"links"`
	Summary    Summary   `json:"summary"`
}

// Scope is one account and region that the pass worked in.
type Scope struct {
	Account plan.AccountID `json:"account"` // empty where it could not be found out
	Region  plan.Region    `json:"region"`
	Errors  []Error        `json:"errors"`
}

// Link is one cluster's path: one target group.
type Link struct {
	Ref            string         `json:"ref"`
	Account        plan.AccountID `json:"account"`
	Region         plan.Region    `json:"region"`
	Cluster        string         `json:"cluster"`
	VPCID          string         `json:"vpcId"`
	TargetGroupARN plan.GroupARN  `json:"targetGroupArn"`
	Endpoint       string         `json:"endpoint"`
	Result         plan.Result    `json:"result"`
	Reason         plan.Code      `json:"reason"`
	Message        string         `json:"message"` // the reason in words, where no decision says it
	Hint           string         `json:"hint"`    // what to try next
	Targets        *Targets       `json:"targets"` // nil: they were not read
	Witnesses      []Witness      `json:"witnesses"`
	Identity       []Identity     `json:"identity"`
	Decisions      []Decision     `json:"decisions"`
	Errors         []Error        `json:"errors"`
	Marks          string         `json:"marks"`
}

// Targets counts what the group had when the pass looked, before it acted.
type Targets struct {
	Registered int `json:"registered"` // without draining ones
	Healthy    int `json:"healthy"`
	Draining   int `json:"draining"`
}

// Witness is what one witness said about the link's cluster, as judged: its
// addresses have passed the filter.
type Witness struct {
	Name      plan.WitnessName `json:"name"`
	Outcome   plan.Outcome     `json:"outcome"`
	Partial   bool             `json:"partial"`
	Addresses []string         `json:"addresses"`
	TTLMs     int64            `json:"ttlMs"`
	Detail    string           `json:"detail"`
}

// Identity is what a handshake with one address of the link found. There is
// none where --verify-identity is off.
type Identity struct {
	Address string       `json:"address"`
	Verdict plan.Verdict `json:"verdict"` // empty: it could not be checked in time
	Detail  string       `json:"detail"`
}

// Decision is what the pass decided about one address of the link.
type Decision struct {
	Action    plan.Action      `json:"action"`
	Address   string           `json:"address"`
	Port      int              `json:"port"`
	Zone      string           `json:"zone"`
	Reason    plan.Code        `json:"reason"`
	Message   string           `json:"message"`
	Witnesses []Evidence       `json:"witnesses"`
	Health    plan.TargetState `json:"health"`
	Done      bool             `json:"done"` // register, deregister: the write was made
}

// Evidence is what one witness says about one address.
type Evidence struct {
	Name    plan.WitnessName `json:"name"`
	Outcome plan.Outcome     `json:"outcome"`
	Listed  bool             `json:"listed"`
	AgeMs   int64            `json:"ageMs"`
}

// Error is something that went wrong, and what to try next.
type Error struct {
	Code    plan.Code `json:"code"`
	Message string    `json:"message"`
	Hint    string    `json:"hint"`
}

// Summary counts the links by result, and the calls that the pass made.
type Summary struct {
	Links     int            `json:"links"`
	Converged int            `json:"converged"`
	Changed   int            `json:"changed"`
	Pending   int            `json:"pending"`
	Held      int            `json:"held"`
	Failed    int            `json:"failed"`
	Gone      int            `json:"gone"`
	Refused   int            `json:"refused"` // links of any result with a refused address
	Calls     map[string]int `json:"calls"`
}

// NewSync returns the document of a pass that has just begun.
func NewSync(startedAt time.Time, dryRun bool) Sync {
	return Sync{Schema: SyncSchema, StartedAt: startedAt.UTC().Truncate(time.Millisecond), DryRun: dryRun}
}

// NewLink returns the link of a group, without a word yet on its state.
func NewLink(ref plan.Ref, g plan.Group) Link {
	return Link{
		Ref:            ref.String(),
		Account:        ref.Account,
		Region:         ref.Region,
		Cluster:        ref.Name,
		VPCID:          g.VPC,
		TargetGroupARN: g.ARN,
	}
}

// Observed counts the registered targets.
func (l *Link) Observed(rs []plan.Registered) { l.Targets = countTargets(rs) }

func countTargets(rs []plan.Registered) *Targets {
	n := &Targets{}
	for _, r := range rs {
		switch {
		case r.Draining():
			n.Draining++
		case r.Healthy():
			n.Healthy++
			fallthrough
		default:
			n.Registered++
		}
	}
	return n
}

// Planned fills in the plan: result, decisions, witnesses and findings. The
// findings come after the errors that the link has already: what went wrong
// first is the likelier cause.
func (l *Link) Planned(p plan.Plan) {
	l.Result, l.Reason = p.Result()
	l.Witnesses = nil
	for _, w := range p.Witnesses {
		l.Witnesses = append(l.Witnesses, newWitness(w))
	}
	l.Decisions = nil
	for _, d := range p.Decisions {
		l.Decisions = append(l.Decisions, newDecision(d))
	}
	for i := range p.Findings {
		l.Errors = append(l.Errors, NewError(&p.Findings[i]))
	}
}

// Fail adds errors. A link with an error is failed, whatever else it was; its
// reason is that of the first error.
func (l *Link) Fail(fs ...*plan.Fault) {
	for _, f := range fs {
		l.Errors = append(l.Errors, NewError(f))
	}
	if len(l.Errors) > 0 {
		l.Result, l.Reason = plan.Failed, l.Errors[0].Code
	}
}

// Done notes which of the decided writes were made.
func (l *Link) Done(a plan.Action) {
	for i := range l.Decisions {
		if l.Decisions[i].Action == a {
			l.Decisions[i].Done = true
		}
	}
}

// Refuse notes that a decided registration was refused: what was to be
// registered must not be.
func (l *Link) Refuse(d plan.Decision, c plan.Code, message string) {
	for i, row := range l.Decisions {
		if row.Action == d.Action && row.Address == d.Addr.String() && row.Port == d.Port {
			l.Decisions[i].Action, l.Decisions[i].Reason, l.Decisions[i].Message = plan.Refuse, c, message
			l.Decisions[i].Done = false
		}
	}
}

// Withhold turns the decided removals into holds, since what they rest on
// could not be made anew.
func (l *Link) Withhold(message string) {
	for i, row := range l.Decisions {
		if row.Action == plan.Deregister {
			l.Decisions[i].Action, l.Decisions[i].Reason, l.Decisions[i].Message = plan.Hold, plan.MarkUnread, message
		}
	}
	if l.Result != plan.Failed {
		l.Result, l.Reason = plan.Held, plan.MarkUnread
	}
}

// NewError returns the fault as a document carries it.
func NewError(f *plan.Fault) Error {
	return Error{Code: f.Code, Message: f.Error(), Hint: f.Hint}
}

func newWitness(w plan.Witness) Witness {
	out := Witness{Name: w.Name, Outcome: w.Outcome, Partial: w.Partial, TTLMs: w.TTL.Milliseconds(), Detail: w.Detail}
	for _, a := range w.Addrs {
		out.Addresses = append(out.Addresses, a.String())
	}
	return out
}

func newDecision(d plan.Decision) Decision {
	out := Decision{
		Action: d.Action, Address: d.Addr.String(), Port: d.Port, Zone: d.Zone,
		Reason: d.Reason, Message: d.Message, Health: d.Health,
	}
	for _, e := range d.Evidence {
		out.Witnesses = append(out.Witnesses, Evidence{Name: e.Witness, Outcome: e.Outcome, Listed: e.Listed, AgeMs: e.Age.Milliseconds()})
	}
	return out
}

// Complete brings the document into its final form: sorted, counted, and with
// empty lists rather than null ones.
func (s *Sync) Complete(took time.Duration, calls map[string]int) {
	s.DurationMs = took.Milliseconds()
	s.Errors = list(s.Errors)
	s.Scopes = list(s.Scopes)
	s.Links = list(s.Links)
	slices.SortStableFunc(s.Scopes, func(a, b Scope) int {
		return strings.Compare(string(a.Account)+"/"+string(a.Region), string(b.Account)+"/"+string(b.Region))
	})
	for i := range s.Scopes {
		s.Scopes[i].Errors = list(s.Scopes[i].Errors)
	}
	slices.SortStableFunc(s.Links, func(a, b Link) int {
		if c := strings.Compare(a.Ref, b.Ref); c != 0 {
			return c
		}
		return strings.Compare(string(a.TargetGroupARN), string(b.TargetGroupARN))
	})
	for i := range s.Links {
		s.Links[i].fillLists()
	}
	s.Summary = summarise(s.Links)
	s.Summary.Calls = calls
	if calls == nil {
		s.Summary.Calls = map[string]int{}
	}
}

func (l *Link) fillLists() {
	l.Witnesses = list(l.Witnesses)
	for i := range l.Witnesses {
		l.Witnesses[i].Addresses = list(l.Witnesses[i].Addresses)
	}
	l.Identity = list(l.Identity)
	l.Decisions = list(l.Decisions)
	for i := range l.Decisions {
		l.Decisions[i].Witnesses = list(l.Decisions[i].Witnesses)
	}
	l.Errors = list(l.Errors)
}

func summarise(links []Link) Summary {
	sum := Summary{Links: len(links)}
	for _, l := range links {
		switch l.Result {
		case plan.Converged:
			sum.Converged++
		case plan.Changed:
			sum.Changed++
		case plan.Pending:
			sum.Pending++
		case plan.Held:
			sum.Held++
		case plan.Failed:
			sum.Failed++
		case plan.Gone:
			sum.Gone++
		}
		if slices.ContainsFunc(l.Decisions, func(d Decision) bool { return d.Action == plan.Refuse }) {
			sum.Refused++
		}
	}
	return sum
}

// list returns an empty list for nil, since JSON tells the two apart.
func list[T any](xs []T) []T {
	if xs == nil {
		return []T{}
	}
	return xs
}
