package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// WriteStatus writes the state of a fleet as a table with a row a cluster, and
// below it what belongs to nothing, what could not be checked and what runs
// out. The last line counts.
func WriteStatus(w io.Writer, d Status, o TextOptions) error {
	_, err := io.WriteString(w, strings.Join(statusLines(d, o), "\n")+"\n")
	return err
}

// StatusFrame returns the state of a fleet as at most height lines, for a
// screen. Where they are not enough, the clusters that ask for somebody come
// first, and a line counts what is not shown.
func StatusFrame(d Status, o TextOptions, height int) []string {
	lines := statusLines(d, o)
	if len(lines) <= height {
		return lines
	}
	t := newStatusText(d, o)
	title, summary := t.title(d), t.summaryLine(d)
	if height < 5 { // no room for a row with its head
		return append([]string{}, []string{summary, title}[:max(0, min(height, 2))]...)
	}
	head, rows := t.table(d)
	out := []string{title, head}
	shown := 0
	for _, h := range Healths() {
		for i, row := range rows {
			if d.Links[i].Verdict != h {
				continue
			}
			if len(out)+len(row) > height-2 {
				continue // a shorter one may fit
			}
			out = append(out, row...)
			shown++
		}
	}
	more := fmt.Sprintf("%d of %s shown, the worst first", shown, plural(len(rows), "cluster"))
	if n := len(toldOnce(d.Orphans)) + len(d.NotChecked) + len(d.Quotas); n > 0 {
		more += fmt.Sprintf("; not shown: %s, %d not checked, %s", plural(len(toldOnce(d.Orphans)), "orphan"), len(d.NotChecked), plural(len(d.Quotas), "quota"))
	}
	return append(out, t.wrap(0, "", more)[0], summary)
}

// statusText writes lines that fit in a width.
type statusText struct{ text }

func newStatusText(d Status, o TextOptions) *statusText {
	if o.Now.IsZero() {
		o.Now = d.At.Add(time.Duration(d.DurationMs) * time.Millisecond)
	}
	return &statusText{text{o: o}}
}

func statusLines(d Status, o TextOptions) []string {
	t := newStatusText(d, o)
	lines := []string{t.title(d)}
	if len(d.Links) > 0 {
		head, rows := t.table(d)
		lines = append(lines, "", head)
		for _, row := range rows {
			lines = append(lines, row...)
		}
	}
	lines = append(lines, t.orphans(toldOnce(d.Orphans))...)
	lines = append(lines, t.notChecked(d.NotChecked)...)
	lines = append(lines, t.quotas(d.Quotas)...)
	lines = append(lines, "", t.summaryLine(d))
	if d.Summary.Broken+d.Summary.Degraded > 0 {
		lines = append(lines, t.wrap(0, "", "postern trace CLUSTER says what repairs a path")...)
	}
	if len(d.Links) == 0 && !d.blind() {
		lines = append(lines, t.wrap(0, "", "no cluster and no link is found: name other scopes, or tag a link's target group "+plan.TagCluster+" = CLUSTER")...)
	} else if len(d.Links) > 0 && d.Hub == nil {
		lines = append(lines, t.wrap(0, "", "the hub's side is not looked at: the configuration names no hub")...)
	}
	return lines
}

func (t *statusText) title(d Status) string {
	return t.wrap(0, "", "status at "+d.At.UTC().Format(time.RFC3339))[0]
}

// narrow is the least width of the last column: with less, reasons stand in
// lines of their own.
const narrow = 24

// table returns the head of the table and the lines of each row. The last
// column, the reason, is broken into as many lines as it needs.
func (t *statusText) table(d Status) (head string, rows [][]string) {
	cells := [][]cell{{{text: "CLUSTER"}, {text: "VERDICT"}, {text: "HEALTHY"}, {text: "ENDPOINT"}}}
	for _, l := range d.Links {
		cells = append(cells, []cell{{text: l.Ref}, {string(l.Verdict), healthColour(l.Verdict)}, {text: healthyWord(l)}, {text: endpointWord(l)}})
	}
	lines := t.align(cells)
	left := 0
	for _, line := range lines {
		left = max(left, visible(line)+2)
	}
	for i, l := range d.Links {
		rows = append(rows, t.row(lines[i+1], left, l))
	}
	return clip(pad(lines[0], left)+"REASON", t.o.Width, t.o.Colour), rows
}

// row returns the lines of one row: its cells, left columns wide, the reason,
// and the details that were asked for.
func (t *statusText) row(cells string, left int, l StatusLink) []string {
	reason := t.reason(l)
	var lines []string
	switch {
	case reason == "":
		lines = []string{clip(cells, t.o.Width, t.o.Colour)}
	case t.o.Width > 0 && t.o.Width-left < narrow:
		lines = append([]string{clip(cells, t.o.Width, t.o.Colour)}, t.wrap(4, "", reason)...)
	default:
		wrapped := t.wrap(left, "", reason)
		lines = append([]string{pad(cells, left) + strings.TrimLeft(wrapped[0], " ")}, wrapped[1:]...)
	}
	if t.o.Wide {
		lines = append(lines, t.details(l)...)
	}
	return lines
}

// reason says in words why the verdict is as it is.
func (t *statusText) reason(l StatusLink) string {
	words := plain(l.Message)
	switch {
	case l.Verdict == HealthUnknown: // why is told once, below
		var hops []string
		for _, h := range l.NotChecked {
			hops = append(hops, string(h))
		}
		words = "not checked: " + strings.Join(hops, ", ")
	case l.Hop != "":
		words = string(l.Hop) + ": " + words
	}
	if l.Paused && l.Reason != "sync_paused" {
		words = strings.TrimPrefix(words+"; sync is paused", "; ")
	}
	if !l.Since.IsZero() && l.Verdict != HealthOK {
		words += " (since " + t.moment(l.Since) + ")"
	}
	return words
}

func healthyWord(l StatusLink) string {
	if l.Targets == nil {
		return "-"
	}
	return fmt.Sprintf("%d/%d", l.Targets.Healthy, l.Targets.Registered)
}

// endpointWord is the state of the hub's endpoint, or, of several, how many
// have which. Where the hub's side was not looked at, the connections that the
// service's owner sees say it.
func endpointWord(l StatusLink) string {
	var states []string
	for _, e := range l.Endpoints {
		states = append(states, e.State)
	}
	if len(states) == 0 {
		for _, c := range l.Connections {
			states = append(states, c.State)
		}
	}
	if len(states) == 0 {
		return "-"
	}
	count := map[string]int{}
	for _, s := range states {
		count[s]++
	}
	if count[states[0]] == len(states) {
		if len(states) == 1 {
			return states[0]
		}
		return fmt.Sprintf("%d %s", len(states), states[0])
	}
	return fmt.Sprintf("%d of %d available", count["available"], len(states))
}

// details are the objects of a link, a line each.
func (t *statusText) details(l StatusLink) []string {
	var out []string
	add := func(label, words string) {
		if words != "" {
			out = append(out, t.wrap(4, label+": ", words)...)
		}
	}
	add("vpc", l.VPCID)
	add("host", l.Endpoint)
	add("target group", string(l.TargetGroupARN))
	if b := l.LoadBalancer; b != nil {
		var nodes []string
		for _, n := range b.Nodes {
			nodes = append(nodes, strings.TrimSpace(n.Zone+" "+strings.Join(n.Addresses, " ")))
		}
		add("load balancer", strings.Join(append([]string{b.State}, nodes...), ", "))
	}
	if v := l.Service; v != nil {
		add("service", v.Name+", "+v.State)
	}
	for _, e := range l.Endpoints {
		add("endpoint", strings.TrimSpace(fmt.Sprintf("%s in %s, %s, %s", e.ID, e.VPCID, e.State, strings.Join(e.Addresses, " "))))
	}
	for _, c := range l.Connections {
		add("connection", fmt.Sprintf("%s of %s in %s, %s", c.Endpoint, c.Owner, c.Region, c.State))
	}
	for _, z := range l.Zones {
		add("private zone", z.Name+" ("+z.ID+")")
	}
	add("waiting", t.marks(l.Marks))
	return out
}

// toldOnce leaves out the orphans that the table has as clusters.
func toldOnce(all []Orphan) []Orphan {
	return slices.DeleteFunc(slices.Clone(all), func(o Orphan) bool { return o.Kind == fleet.ClusterNoLink })
}

func (t *statusText) orphans(all []Orphan) []string {
	var out []string
	for _, o := range all {
		out = append(out, t.wrap(2, t.paint(orphanColour(o), string(o.Kind))+" ", fmt.Sprintf("%s %s: %s", place(o.Account, o.Region), o.Object, o.Message))...)
		out = append(out, t.wrap(4, "try: ", o.Repair)...)
	}
	return t.section("orphans", out)
}

func orphanColour(o Orphan) string {
	if o.Finding {
		return yellow
	}
	return ""
}

// notChecked says what is missing once for each reason in an account, whatever
// it keeps from being read and in however many regions.
func (t *statusText) notChecked(all []NotChecked) []string {
	var out []string
	for i, n := range all {
		same := func(o NotChecked) bool {
			return o.Account == n.Account && o.Code == n.Code && o.Action == n.Action && o.Hint == n.Hint
		}
		if slices.IndexFunc(all, same) < i {
			continue
		}
		var whats, regions []string
		for _, o := range all {
			if !same(o) {
				continue
			}
			if what := cmp.Or(o.What, "everything"); !slices.Contains(whats, what) {
				whats = append(whats, what)
			}
			if r := string(o.Region); r != "" && !slices.Contains(regions, r) {
				regions = append(regions, r)
			}
		}
		why := string(n.Code)
		if n.Action != "" {
			why = "no permission for " + n.Action
		}
		where := orDash(string(n.Account))
		if len(regions) > 0 {
			where += "/" + strings.Join(regions, ", ")
		}
		out = append(out, t.wrap(2, t.paint(yellow, why)+": ", strings.Join(whats, ", ")+" in "+where)...)
		out = append(out, t.wrap(4, "", n.Message)...)
		if n.Hint != "" {
			out = append(out, t.wrap(4, "try: ", n.Hint)...)
		}
	}
	return t.section("not checked", out)
}

func (t *statusText) quotas(all []Quota) []string {
	var out []string
	for _, q := range all {
		words := fmt.Sprintf("%s: %d of %d are used", q.Name, q.Used, q.Limit)
		if q.Of != "" {
			words += " in " + q.Of
		}
		if q.Default {
			words += "; the limit is AWS's default, and the account's own may be higher"
		}
		out = append(out, t.wrap(2, "", place(q.Account, q.Region)+" "+words)...)
	}
	return t.section("close to a quota", out)
}

func (t *statusText) section(title string, lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	return append([]string{"", clip(title, t.o.Width, false)}, lines...)
}

// place names an account and region; without a region, the account.
func place(account plan.AccountID, region plan.Region) string {
	if region == "" {
		return orDash(string(account))
	}
	return orDash(string(account)) + "/" + string(region)
}

func (t *statusText) summaryLine(d Status) string {
	var parts []string
	for _, h := range []Health{HealthOK, HealthDegraded, HealthBroken, HealthUnlinked, HealthUnknown} {
		if n := *d.Summary.of(h); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, t.paint(healthColour(h), string(h))))
		}
	}
	line := plural(d.Summary.Clusters, "cluster")
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	if n := len(toldOnce(d.Orphans)); n > 0 {
		line += "; " + plural(n, "orphan")
	}
	if n := len(d.NotChecked); n > 0 {
		line += fmt.Sprintf("; %d not checked", n)
	}
	calls := 0
	for _, n := range d.Summary.Calls {
		calls += n
	}
	line += fmt.Sprintf("; %s in %s", plural(calls, "AWS call"), time.Duration(d.DurationMs)*time.Millisecond)
	return clip(line, t.o.Width, t.o.Colour)
}
