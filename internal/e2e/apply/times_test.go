package apply

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// times is how long each step of a test took, and for what terraform waited in
// it. The provider itself waits, whatever AWS says: 30 s twice when it makes a
// load balancer and once when it changes one, 15 s for a change of Route 53, 10 s
// for a VPC with host names, 5 s for an endpoint, an endpoint service and a
// function, and, when it deletes a cluster, up to a minute by chance before and
// three times 10 s after.
type times struct {
	mu    sync.Mutex
	steps []step
}

type step struct {
	name  string
	took  time.Duration
	waits map[string]time.Duration // the longest of each type of resource
}

// step runs a part of the test and notes how long it took.
func (x *times) step(name string, f func()) {
	x.mu.Lock()
	x.steps = append(x.steps, step{name: name, took: -1, waits: map[string]time.Duration{}})
	i := len(x.steps) - 1
	x.mu.Unlock()
	began := time.Now()
	defer func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.steps[i].took = time.Since(began)
	}()
	f()
}

var (
	completed  = regexp.MustCompile(`(?m)^(?:\S+\.)?(aws_\w+)\.\S+: (Creation|Modifications|Destruction) complete after (\S+)`)
	deedOfVerb = map[string]string{"Creation": "create", "Modifications": "change", "Destruction": "delete"}
)

// waited notes for what terraform waited in the last step: the types of resource
// that took five seconds and more.
func (x *times) waited(out string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	waits := x.steps[len(x.steps)-1].waits
	for _, m := range completed.FindAllStringSubmatch(out, -1) {
		name := m[1] + " " + deedOfVerb[m[2]]
		if d, err := time.ParseDuration(m[3]); err == nil && d >= 5*time.Second {
			waits[name] = max(waits[name], d)
		}
	}
}

// String is a table of the steps, each with the longest waits first.
func (x *times) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var b strings.Builder
	b.WriteString("times\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, s := range x.steps {
		var names []string
		for name := range s.waits {
			names = append(names, name)
		}
		slices.SortFunc(names, func(a, b string) int {
			if d := s.waits[b] - s.waits[a]; d != 0 {
				return int(d)
			}
			return strings.Compare(a, b)
		})
		for i, name := range names {
			names[i] = fmt.Sprintf("%s %.0f s", name, s.waits[name].Seconds())
		}
		took := "not done"
		if s.took >= 0 {
			took = fmt.Sprintf("%.0f s", s.took.Seconds())
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.name, took, strings.Join(names, ", "))
	}
	w.Flush()
	return b.String()
}

func TestTimes(t *testing.T) {
	var x times
	x.step("one", func() {})
	x.waited(`module.links_a_us.aws_lb.this["prod-us"]: Creation complete after 1m1s [id=arn]
aws_vpc.payments: Creation complete after 10s [id=vpc-1]
module.links_b_eu.aws_lb.this["prod-eu"]: Creation complete after 1m0s [id=arn]
aws_subnet.payments["a"]: Creation complete after 0s [id=subnet-1]
aws_vpc.payments: Destruction complete after 6s
`)
	want := "times\none  0 s  aws_lb create 61 s, aws_vpc create 10 s, aws_vpc delete 6 s\n"
	if got := x.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
