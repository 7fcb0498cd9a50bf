package traffic

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

const (
	shownGroups  = 20  // lines of a table of failures
	shownNewest  = 10  // lines of a table of single ones
	shownAnswers = 6   // instances named beside a target
	shownWhy     = 160 // runes of an error's words
)

// Write writes a report for people.
func Write(w io.Writer, r *Report) error {
	var b bytes.Buffer
	q := r.Requests
	rate := 0.0
	if r.DurationMs > 0 {
		rate = float64(q.Sent) / r.DurationMs * 1000
	}
	fmt.Fprintf(&b, "requests  %d sent in %s (%.1f/s), %d ok, %d failed", q.Sent, duration(r.DurationMs), rate, q.OK, q.Failed)
	if q.UnderWay > 0 {
		fmt.Fprintf(&b, ", %d under way", q.UnderWay)
	}
	if q.Skipped > 0 {
		fmt.Fprintf(&b, ", %d skipped", q.Skipped)
	}
	b.WriteByte('\n')
	if q.OK > 0 {
		fmt.Fprintf(&b, "latency   p50 %s, p99 %s, max %s\n", duration(q.Latency.P50Ms), duration(q.Latency.P99Ms), duration(q.Latency.MaxMs))
	}
	if ws := r.Watches; ws.Wanted > 0 {
		fmt.Fprintf(&b, "watches   %d of %d held, %d cut, %d ended by the server, %d not opened, %d events", ws.Held, ws.Wanted, ws.Cut, ws.Ended, ws.NotOpened, ws.Events)
		if ws.Cut > 0 {
			fmt.Fprintf(&b, "; cut ones lived p50 %s", duration(ws.Lived.P50Ms))
		}
		if ws.Gap.MaxMs > 0 {
			fmt.Fprintf(&b, ", and were back after p50 %s, max %s", duration(ws.Gap.P50Ms), duration(ws.Gap.MaxMs))
		}
		b.WriteByte('\n')
	}

	answers := map[string][]string{}
	for _, i := range r.Answered {
		answers[i.Ref] = append(answers[i.Ref], fmt.Sprintf("%s (%d)", i.Name, i.Count))
	}
	table(&b, "TARGET\tSENT\tOK\tFAILED\tP50\tP99\tWATCHES\tANSWERED BY", len(r.Targets), func(i int) string {
		t := r.Targets[i]
		by := answers[t.Ref]
		if more := len(by) - shownAnswers; more > 0 {
			by = append(by[:shownAnswers:shownAnswers], fmt.Sprintf("%d more", more))
		}
		if len(by) == 0 {
			by = []string{"-"}
		}
		return fmt.Sprintf("%s\t%d\t%d\t%d\t%s\t%s\t%d\t%s", t.Ref, t.Requests.Sent, t.Requests.OK, t.Requests.Failed,
			duration(t.Requests.Latency.P50Ms), duration(t.Requests.Latency.P99Ms), t.Held, strings.Join(by, ", "))
	})
	groups := func(title string, list []Group) {
		table(&b, title+"\tCOUNT\tFIRST\tLAST\tWHY", min(len(list), shownGroups), func(i int) string {
			g := list[i]
			return fmt.Sprintf("%s\t%d\t%s\t%s\t%s", g.Kind, g.Count, r.since(g.First), r.since(g.Last), short(g.Why))
		})
	}
	groups("FAILED REQUESTS", r.Failures)
	groups("CUT WATCHES", r.Watches.Cuts)
	groups("WATCHES NOT OPENED", r.Watches.Failures)
	table(&b, "NEWEST FAILURES\tTARGET\tKIND\tAFTER\tWHY", min(len(r.Newest), shownNewest), func(i int) string {
		f := r.Newest[i]
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", r.since(f.Time), f.Ref, f.Kind, duration(f.AfterMs), short(f.Why))
	})
	_, err := w.Write(b.Bytes())
	return err
}

// table writes a header and n rows, or nothing when there are none.
func table(w io.Writer, header string, n int, row func(int) string) {
	if n == 0 {
		return
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "\n%s\n", header)
	for i := range n {
		fmt.Fprintln(tw, row(i))
	}
	tw.Flush()
}

// since is a time on the report's own clock.
func (r *Report) since(t time.Time) string {
	return "+" + duration(milliseconds(t.Sub(r.StartedAt)))
}

// duration rounds to what people read.
func duration(ms float64) string {
	d := time.Duration(ms * float64(time.Millisecond))
	switch {
	case d < 100*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < 10*time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// short is the words of an error as one line that a terminal can show.
func short(s string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s))
	if len(runes) > shownWhy {
		runes = append(runes[:shownWhy-3:shownWhy-3], '.', '.', '.')
	}
	return string(runes)
}
