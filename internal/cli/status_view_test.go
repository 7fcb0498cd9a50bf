package cli

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"pgregory.net/rapid"

	"postern/internal/config"
	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/trace"
)

var viewed = time.Date(2026, 5, 4, 10, 20, 30, 0, time.UTC)

// state is a document of clusters with their verdicts, in the order a, b, c.
func state(at time.Time, verdicts ...report.Health) report.Status {
	d := report.Status{Schema: report.StatusSchema, At: at, Hub: &report.StatusHub{}}
	for i, v := range verdicts {
		l := report.StatusLink{Ref: "222222222222/us-east-1/" + string(rune('a'+i)), Verdict: v}
		if v == report.HealthBroken {
			l.Hop, l.Message, l.Reason = trace.HopTargets, "nothing is registered", trace.TargetsNone
			d.Summary.Broken++
		} else {
			d.Summary.OK++
		}
		d.Links = append(d.Links, l)
	}
	d.Summary.Clusters = len(verdicts)
	return d
}

// A terminal that does what a screen asks for: enough of one to look at it.
type terminalModel struct {
	width, height int
	alternate     bool
	cursor        bool
	cells         [][]byte
	row, col      int
	scrolled      bool
	normal        string // what was written outside the other screen
}

func newTerminal(width, height int) *terminalModel {
	t := &terminalModel{cursor: true}
	t.resize(width, height)
	return t
}

func (t *terminalModel) resize(width, height int) {
	t.width, t.height, t.row, t.col = width, height, 0, 0
	t.cells = nil
	for range height {
		t.cells = append(t.cells, []byte(strings.Repeat("?", width))) // whatever was there
	}
}

func (t *terminalModel) Write(p []byte) (int, error) {
	s := string(p)
	for s != "" {
		if rest, ok := strings.CutPrefix(s, "\x1b["); ok {
			end := strings.IndexAny(rest, "hlHJKm")
			t.control(rest[:end+1])
			s = rest[end+1:]
			continue
		}
		c := s[0]
		s = s[1:]
		if !t.alternate {
			t.normal += string(c)
			continue
		}
		switch c {
		case '\r':
			t.col = 0
		case '\n':
			if t.row++; t.row >= t.height {
				t.scrolled = true
				t.row = t.height - 1
			}
		default:
			if t.col >= t.width { // it wraps
				t.col = 0
				if t.row++; t.row >= t.height {
					t.scrolled = true
					t.row = t.height - 1
				}
			}
			t.cells[t.row][t.col] = c
			t.col++
		}
	}
	return len(p), nil
}

func (t *terminalModel) control(seq string) {
	switch seq {
	case "?1049h":
		t.alternate = true
	case "?1049l":
		t.alternate = false
	case "?25l", "?25h":
		t.cursor = seq == "?25h"
	case "H":
		t.row, t.col = 0, 0
	}
}

func (t *terminalModel) lines() []string {
	var out []string
	for _, row := range t.cells {
		out = append(out, strings.TrimRight(string(row), " "))
	}
	return out
}

func TestScreen(t *testing.T) {
	term := newTerminal(80, 9)
	s := &screen{out: term, size: func() (int, int) { return term.width, term.height }}
	if err := s.show(state(viewed, report.HealthOK, report.HealthBroken)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"status at 2026-05-04T10:20:30Z",
		"",
		"CLUSTER                   VERDICT  HEALTHY  ENDPOINT  REASON",
		"222222222222/us-east-1/a  ok       -        -",
		"222222222222/us-east-1/b  broken   -        -         targets: nothing is",
		"                                                      registered",
		"",
		"2 clusters: 1 ok, 1 broken; 0 AWS calls in 0s",
		"postern trace CLUSTER says what repairs a path",
	}
	if diff := cmp.Diff(want, term.lines()); diff != "" || !term.alternate || term.cursor {
		t.Errorf("first (other screen %v, cursor %v):\n%s", term.alternate, term.cursor, diff)
	}

	// Nothing of what was there is left.
	s.show(state(viewed.Add(time.Minute), report.HealthOK))
	want = []string{
		"status at 2026-05-04T10:21:30Z", "",
		"CLUSTER                   VERDICT  HEALTHY  ENDPOINT  REASON",
		"222222222222/us-east-1/a  ok       -        -", "",
		"1 cluster: 1 ok; 0 AWS calls in 0s", "", "", "",
	}
	if diff := cmp.Diff(want, term.lines()); diff != "" {
		t.Errorf("second:\n%s", diff)
	}

	// Another size is another frame, the same size none.
	term.resize(40, 4)
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	want = []string{"1 cluster: 1 ok; 0 AWS calls in 0s", "status at 2026-05-04T10:21:30Z", "", ""}
	if diff := cmp.Diff(want, term.lines()); diff != "" {
		t.Errorf("smaller:\n%s", diff)
	}
	s.out = failing{}
	if err := s.tick(); err != nil {
		t.Errorf("drawn again without need: %v", err)
	}
	term.width, term.height = 0, 0 // a size that nobody knows
	if err := s.tick(); err != nil {
		t.Errorf("drawn in no size: %v", err)
	}

	s.out = term
	s.close()
	if term.alternate || !term.cursor || !strings.Contains(term.normal, "222222222222/us-east-1/a  ok") {
		t.Errorf("other screen %v, cursor %v, left behind: %q", term.alternate, term.cursor, term.normal)
	}
}

// TestScreenOfAnySize: a frame covers the whole screen and scrolls none of it.
func TestScreenOfAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		term := newTerminal(rapid.IntRange(1, 120).Draw(t, "width"), rapid.IntRange(1, 30).Draw(t, "height"))
		s := &screen{out: term, size: func() (int, int) { return term.width, term.height }}
		s.options.Wide = rapid.Bool().Draw(t, "wide")
		for range rapid.IntRange(1, 3).Draw(t, "frames") {
			s.show(state(viewed, rapid.SliceOfN(rapid.SampledFrom([]report.Health{report.HealthOK, report.HealthBroken}), 0, 26).Draw(t, "verdicts")...))
			if term.scrolled || strings.Contains(strings.Join(term.lines(), ""), "?") {
				t.Fatalf("scrolled %v:\n%s", term.scrolled, strings.Join(term.lines(), "\n"))
			}
		}
	})
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestChanges(t *testing.T) {
	var out strings.Builder
	v := &changesView{out: &out}
	broken := state(viewed, report.HealthOK, report.HealthBroken)
	broken.Orphans = []report.Orphan{{Kind: fleet.EndpointDead, Object: "vpce-0a", Message: "rejected\nby somebody"}}
	broken.NotChecked = []report.NotChecked{{Account: "222222222222", Region: "us-east-1", What: "subnets", Action: "ec2:DescribeSubnets", Message: "denied"}}
	later := viewed.Add(time.Minute)
	for _, d := range []report.Status{broken, broken, state(later, report.HealthOK, report.HealthOK), state(later.Add(time.Minute), report.HealthOK)} {
		if err := v.show(d); err != nil {
			t.Fatal(err)
		}
	}
	want := `2026-05-04T10:20:30Z 222222222222/us-east-1/a ok
2026-05-04T10:20:30Z 222222222222/us-east-1/b broken targets: nothing is registered
2026-05-04T10:20:30Z endpoint_dead vpce-0a rejected by somebody
2026-05-04T10:20:30Z not checked in 222222222222/us-east-1 subnets no permission for ec2:DescribeSubnets
2026-05-04T10:21:30Z 222222222222/us-east-1/b ok
2026-05-04T10:21:30Z over: endpoint_dead vpce-0a rejected by somebody
2026-05-04T10:21:30Z over: not checked in 222222222222/us-east-1 subnets no permission for ec2:DescribeSubnets
2026-05-04T10:22:30Z over: 222222222222/us-east-1/b ok
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWatchStatus: a look every interval, each with since when its verdicts are
// so, until it is interrupted.
func TestWatchStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := &cobra.Command{}
		c.SetContext(ctx)
		var out strings.Builder
		cfg := config.Default()
		cfg.Output = config.OutputJSON
		began, looks := time.Now(), 0
		err := watchStatus(c, Env{Stdout: &out}, cfg, statusOptions{interval: 10 * time.Second}, func(context.Context) (report.Status, error) {
			if looks++; looks == 4 {
				cancel()
			}
			return state(time.Now(), []report.Health{report.HealthOK, report.HealthBroken, report.HealthBroken, report.HealthBroken}[looks-1]), nil
		})
		if s, ok := errors.AsType[status](err); !ok || int(s) != report.ExitInterrupted {
			t.Errorf("error %v", err)
		}
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("four looks took %s", took)
		}
		var since []string
		for line := range strings.Lines(out.String()) {
			_, after, _ := strings.Cut(line, `"since":"`)
			at, _, _ := strings.Cut(after, `"`)
			when, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatalf("%v in %s", err, line)
			}
			since = append(since, when.Sub(began.Truncate(time.Second)).String())
		}
		if diff := cmp.Diff([]string{"0s", "10s", "10s"}, since); diff != "" {
			t.Errorf("since (-want +got):\n%s", diff)
		}
	})
}

// TestClusterChoice: a watch goes on where a place cannot be looked at for a
// while, and its clusters stay, as unknown.
func TestClusterChoice(t *testing.T) {
	one := func(name string) fleet.Listing[fleet.Cluster] {
		return fleet.Listing[fleet.Cluster]{Asked: true, Items: []fleet.Cluster{{Cluster: plan.Cluster{Name: name, Status: plan.ClusterActive}}}}
	}
	whole := &fleet.Snapshot{Places: []fleet.Place{
		{Account: "222222222222", Region: "eu-west-1", Spoke: true, Clusters: one("payments"), Links: fleet.Listing[fleet.Link]{Asked: true}},
		{Account: "222222222222", Region: "us-east-1", Spoke: true, Clusters: one("prod"), Links: fleet.Listing[fleet.Link]{Asked: true}},
	}}
	denied := &plan.Fault{Code: plan.AccessDenied, Message: "assume the role"}
	dark := &fleet.Snapshot{Places: []fleet.Place{whole.Places[0], {Account: "222222222222", Region: "us-east-1", Spoke: true, Fault: denied}}}
	nameless := &fleet.Snapshot{Places: []fleet.Place{whole.Places[0], {Region: "us-east-1", Spoke: true, Fault: denied}}}
	deleted := &fleet.Snapshot{Places: []fleet.Place{whole.Places[0], {Account: "222222222222", Region: "us-east-1", Spoke: true, Clusters: fleet.Listing[fleet.Cluster]{Asked: true}, Links: fleet.Listing[fleet.Link]{Asked: true}}}}
	prod := plan.Ref{Account: "222222222222", Region: "us-east-1", Name: "prod"}
	const both = "222222222222/eu-west-1/payments 222222222222/us-east-1/prod"
	for _, tt := range []struct {
		name    string
		asked   []plan.Pattern
		looks   []*fleet.Snapshot
		want    string
		verdict report.Health // of prod in the last look
	}{
		{"named, then dark", []plan.Pattern{{Name: "prod"}}, []*fleet.Snapshot{whole, dark, dark}, prod.String(), report.HealthUnknown},
		{"named, then nobody knows whose", []plan.Pattern{{Name: "prod"}}, []*fleet.Snapshot{whole, nameless}, prod.String(), report.HealthUnknown},
		{"named, then gone", []plan.Pattern{{Name: "prod"}}, []*fleet.Snapshot{whole, deleted}, prod.String(), report.HealthUnlinked},
		{"all, then dark", nil, []*fleet.Snapshot{whole, dark, dark}, both, report.HealthUnknown},
		{"all, dark, and back", nil, []*fleet.Snapshot{whole, dark, whole}, both, report.HealthUnlinked},
		{"all, then gone", nil, []*fleet.Snapshot{whole, dark, deleted}, "222222222222/eu-west-1/payments", ""},
		{"dark from the start", nil, []*fleet.Snapshot{dark, whole}, both, report.HealthUnlinked},
	} {
		t.Run(tt.name, func(t *testing.T) {
			choice := clusterChoice{asked: tt.asked}
			var refs []plan.Ref
			var paths []trace.Path
			for _, s := range tt.looks {
				var err error
				if refs, err = choice.in(&cobra.Command{Use: "status"}, s); err != nil {
					t.Fatal(err)
				}
				paths = nil
				for _, r := range refs {
					paths = append(paths, trace.Walk(s, r, trace.Options{}))
				}
			}
			if got := join(refs, " "); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			var verdict report.Health
			for _, l := range report.NewStatus(tt.looks[len(tt.looks)-1], paths, true, 0).Links {
				if l.Ref == prod.String() {
					verdict = l.Verdict
				}
			}
			if verdict != tt.verdict {
				t.Errorf("verdict %q, want %q", verdict, tt.verdict)
			}
		})
	}
	if _, err := (&clusterChoice{asked: []plan.Pattern{{Name: "prod"}}}).in(&cobra.Command{Use: "status"}, dark); err == nil {
		t.Error("a first look that finds nothing is no error")
	}
}

func TestChooseClusters(t *testing.T) {
	place := func(account plan.AccountID, region plan.Region, names ...string) fleet.Place {
		p := fleet.Place{Account: account, Region: region, Spoke: true}
		p.Clusters.Asked, p.Links.Asked = true, true
		for _, n := range names {
			p.Clusters.Items = append(p.Clusters.Items, fleet.Cluster{Cluster: plan.Cluster{Name: n}})
		}
		return p
	}
	whole := &fleet.Snapshot{Places: []fleet.Place{place("222222222222", "eu-west-1", "payments"), place("222222222222", "us-east-1", "prod"), place("333333333333", "eu-west-1", "prod")}}
	dark := &fleet.Snapshot{Places: append([]fleet.Place{}, whole.Places...)}
	dark.Places[1] = fleet.Place{Account: "222222222222", Region: "us-east-1", Spoke: true, Fault: &plan.Fault{Code: plan.NoCredentials, Message: "assume the role", Hint: "log in again"}}
	for _, tt := range []struct {
		name  string
		s     *fleet.Snapshot
		asked []string
		want  string // of the references
		says  string // the error
		exit  int
	}{
		{"all", whole, nil, "222222222222/eu-west-1/payments 222222222222/us-east-1/prod 333333333333/eu-west-1/prod", "", 0},
		{"some, each once, in order", whole, []string{"eu-west-1/prod", "payments", "222222222222/eu-west-1/payments"}, "222222222222/eu-west-1/payments 333333333333/eu-west-1/prod", "", 0},
		{"by ARN", whole, []string{"arn:aws:eks:us-east-1:222222222222:cluster/prod"}, "222222222222/us-east-1/prod", "", 0},
		{"several", whole, []string{"prod"}, "", `cluster reference "prod" is ambiguous: it can be 222222222222/us-east-1/prod or 333333333333/eu-west-1/prod`, report.ExitUsage},
		{"a slip", whole, []string{"Paymnts"}, "", "the nearest names are 222222222222/eu-west-1/payments", report.ExitUsage},
		{"another place", whole, []string{"ap-south-1/prod"}, "", "the nearest names are 222222222222/us-east-1/prod, 333333333333/eu-west-1/prod", report.ExitUsage},
		{"nothing like it", whole, []string{"zzzzzzzz"}, "", "no cluster zzzzzzzz is found in the scopes", report.ExitUsage},
		{"it may be where nobody could look", dark, []string{"us-east-1/prod"}, "", "it may be in 222222222222/us-east-1: assume the role\nhint: log in again", report.ExitFailed},
		{"it cannot be there", dark, []string{"eu-west-1/prodd"}, "", "the nearest names are 333333333333/eu-west-1/prod", report.ExitUsage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked []plan.Pattern
			for _, a := range tt.asked {
				p, err := plan.ParsePattern(a)
				if err != nil {
					t.Fatal(err)
				}
				asked = append(asked, p)
			}
			refs, err := chooseClusters(&cobra.Command{Use: "status"}, tt.s, asked)
			if got := join(refs, " "); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if tt.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var out strings.Builder
			if got := complain(&out, err); got != tt.exit || !strings.Contains(out.String(), tt.says) {
				t.Errorf("exit %d, want %d: %s", got, tt.exit, out.String())
			}
		})
	}
}
