package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What differs from one showing to the next, and what stands for it.
var varies = []struct {
	pattern *regexp.Regexp
	as      string
}{
	{regexp.MustCompile(`\b\d+\.\d+\.\d+\.\d+\b`), "ADDRESS"},
	{regexp.MustCompile(`\b(rtb|subnet|vpc|vpce|eni)-[0-9a-f]{17}\b`), "$1-ID"},
	{regexp.MustCompile(`\b\d+(\.\d+)? (s|ms)\b`), "TIME"},
	{regexp.MustCompile(`\b\d+ (requests, |times a watch)`), "N $1"},
	{regexp.MustCompile(`\(\d+\)`), "(N)"},
	{regexp.MustCompile(` +`), " "},
}

// pass is a line on what a pass of sync did. How many there are, and which of
// them waits, is a matter of time.
var pass = regexp.MustCompile(`^ TIME [a-z]+( \([a-z_]+\))?(, [a-z]+ ADDRESS)*$`)

// sameStory makes two showings equal that tell the same. Of a run of passes
// there remains what they did.
func sameStory(text string) []string {
	for _, v := range varies {
		text = v.pattern.ReplaceAllString(text, v.as)
	}
	var lines []string
	var did []string
	for line := range strings.Lines(strings.Trim(text, "\n") + "\n\n") { // the blank line ends a run
		line = strings.TrimRight(line, " \n")
		if pass.MatchString(line) {
			for _, act := range strings.Split(line, ", ")[1:] {
				did = append(did, strings.Fields(act)[0])
			}
			if len(did) == 0 {
				did = []string{}
			}
			continue
		}
		if did != nil {
			slices.Sort(did)
			lines = append(lines, "passes: "+strings.Join(slices.Compact(did), " "))
			did = nil
		}
		lines = append(lines, line)
	}
	return lines[:len(lines)-1]
}

// excerpt compares an excerpt, in which a line of three dots stands for what is
// left out, with the whole; it returns what is not in there, or not in order.
func excerpt(part, whole string) string {
	rest := sameStory(whole)
	for piece := range strings.SplitSeq(part, "\n...\n") {
		want := sameStory(piece)
		best, most := 0, -1
		for at := range max(len(rest)-len(want)+1, 0) {
			same := 0
			for i, line := range want {
				if rest[at+i] == line {
					same++
				}
			}
			if same > most {
				best, most = at, same
			}
		}
		if most < len(want) {
			return cmp.Diff(want, rest[min(best, len(rest)):min(best+len(want), len(rest))])
		}
		rest = rest[best+len(want):]
	}
	return ""
}

// TestReadme compares what the README shows of the demo with the demo, which is
// to fit a terminal of 100 columns. Other tests may keep the machine from carrying
// fifty requests a second: then the demo says so, and has another try.
func TestReadme(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(page), "`make run` shows this:")
	_, after, opened := strings.Cut(after, "\n```\n")
	shown, _, closed := strings.Cut(after, "\n```\n")
	if !found || !opened || !closed {
		t.Fatal("the README has no transcript after the words \"`make run` shows this:\"")
	}
	if n := strings.Count(shown, "\n"); n < 20 {
		t.Errorf("the README's transcript has %d lines only", n)
	}

	// Not this binary, which has the race detector in it and is slow.
	postern := filepath.Join(t.TempDir(), "postern")
	if out, err := exec.Command("go", "build", "-o", postern, "../../cmd/postern").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	var out []byte
	for tries := 1; ; tries++ {
		cmd := exec.Command(postern, "lab", "demo")
		cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir(), "TMPDIR="+t.TempDir(), "POSTERN_LAB=", "PATH=")
		cmd.Stderr = os.Stderr
		began := time.Now()
		stuck := time.AfterFunc(3*time.Minute, func() { cmd.Process.Kill() })
		out, err = cmd.Output()
		stuck.Stop()
		t.Logf("the demo took %.1f s", time.Since(began).Seconds())
		if err == nil {
			break
		}
		if tries == 3 || !strings.Contains(string(out), "too busy to tell") {
			t.Fatalf("the demo: %v\n%s", err, out)
		}
	}
	if diff := excerpt(shown, string(out)); diff != "" {
		t.Errorf("the README's transcript (-) is not what the demo prints (+):\n%s\nwhole:\n%s", diff, out)
	}
	for line := range strings.Lines(string(out)) {
		if n := len(strings.TrimRight(line, "\n")); n > 100 {
			t.Errorf("a line has %d columns: %s", n, line)
		}
	}
}

// TestExcerpt: the comparison sees what matters, and nothing else.
func TestExcerpt(t *testing.T) {
	const whole = `
3. Moves

   From 10.0.0.1 to 10.0.0.2, over rtb-050c8aa3e07537b2e.
       2.2 s  converged
       3.2 s  pending (marks_running), mark 10.0.0.1
       4.2 s  changed (stale), deregister 10.0.0.1
   ok    4.9 s  it is gone

   So much for that.

   1569 requests, 0 failures. The slowest in 2.3 s.

     one            10.0.0.1 (35), 10.0.0.2 (33)

All 9 checks held, in 35 s.
`
	const part = `
3. Moves

   From 10.0.34.163 to 10.0.0.2, over rtb-150c8aa3e07537b2f.
       3.0 s  pending (marks_running), mark 10.0.34.163
      14.2 s  changed (stale), deregister 10.0.34.163
      15.2 s  converged
   ok   15.2 s  it is gone
...
   87 requests, 0 failures. The slowest in 12 ms.

     one  10.0.34.163 (5), 10.0.0.2 (3)
`
	if diff := excerpt(part, whole); diff != "" {
		t.Fatalf("the same story differs:\n%s", diff)
	}
	for _, change := range []struct{ name, old, new string }{
		{"a failure more", "0 failures", "1 failures"},
		{"a word", "it is gone", "it is there"},
		{"a check that failed", "   ok   15.2 s", "   FAILED"},
		{"a pass did something else", "deregister 10.0.34.163", "hold 10.0.34.163"},
		{"a pass more did something", "s  converged\n", "s  converged, register 10.0.0.3\n"},
		{"no passes", "       3.0 s  pending (marks_running), mark 10.0.34.163\n      14.2 s  changed (stale), deregister 10.0.34.163\n      15.2 s  converged\n", ""},
		{"an address more", "10.0.0.2 (3)", "10.0.0.2 (3), 10.0.0.3 (1)"},
		{"a line more", "...\n", "   And that was that.\n...\n"},
		{"nothing left out", "\n...\n", "\n\n"},
		{"another order", "...\n", "...\nAll 9 checks held, in 35 s.\n...\n"},
	} {
		changed := strings.Replace(part, change.old, change.new, 1)
		if changed == part || excerpt(changed, whole) == "" {
			t.Errorf("%s: not seen", change.name)
		}
	}
}
