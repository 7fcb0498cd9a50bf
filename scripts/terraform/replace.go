package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The plan's heading of a resource, and what a case says of it.
var (
	headingLine = regexp.MustCompile(`^  # (\S+) (must be replaced|will be (?:replaced|created|destroyed))`)
	expectLine  = regexp.MustCompile(`^# (replaces|creates|destroys) (\S+)$`)
	verbs       = map[string]string{"must be replaced": "replaces", "will be replaced": "replaces", "will be created": "creates", "will be destroyed": "destroys"}
)

// replacements plans each case of dir and compares what it makes anew, makes and
// destroys with what the case says. The directory is initialised; one line a
// case goes to w.
func replacements(ctx context.Context, dir string, w io.Writer) error {
	cases, err := filepath.Glob(filepath.Join(dir, "cases", "*.tf"))
	if err != nil || len(cases) == 0 {
		return errors.Join(err, fmt.Errorf("no case in %s", dir))
	}
	sts := httptest.NewServer(http.HandlerFunc(callerIdentity))
	defer sts.Close()
	var errs []error
	for _, path := range cases {
		name := strings.TrimSuffix(filepath.Base(path), ".tf")
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		want := expected(string(text))
		got, err := plan(ctx, dir, sts.URL, text)
		if err != nil {
			errs = append(errs, fmt.Errorf("plan %s: %w", name, err))
			continue
		}
		fmt.Fprintf(w, "     %-24s %s\n", name, count(got))
		for _, line := range got {
			if !slices.Contains(want, line) {
				errs = append(errs, fmt.Errorf("%s %s, which the case does not say", name, line))
			}
		}
		for _, line := range want {
			if !slices.Contains(got, line) {
				errs = append(errs, fmt.Errorf("%s no longer %s", name, line))
			}
		}
	}
	return errors.Join(errs...)
}

// plan returns what the inputs of a case make anew, make and destroy.
func plan(ctx context.Context, dir, sts string, inputs []byte) ([]string, error) {
	override := filepath.Join(dir, "case_override.tf")
	if err := os.WriteFile(override, inputs, 0o600); err != nil {
		return nil, err
	}
	defer os.Remove(override)
	cmd := exec.CommandContext(ctx, "terraform", "-chdir="+dir, "plan", "-refresh=false", "-lock=false", "-input=false", "-no-color", "-state=state.json")
	// The one call that a plan makes, who am I, is answered here.
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+sts, "AWS_ACCESS_KEY_ID=EXAMPLE", "AWS_SECRET_ACCESS_KEY=EXAMPLE", "AWS_MAX_ATTEMPTS=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	return headings(string(out)), nil
}

// headings returns the resources of a plan that are not changed in place, each
// with its verb.
func headings(plan string) []string {
	var found []string
	for line := range strings.SplitSeq(plan, "\n") {
		if m := headingLine.FindStringSubmatch(line); m != nil {
			found = append(found, verbs[m[2]]+" "+m[1])
		}
	}
	slices.Sort(found)
	return found
}

// expected returns what a case says in its first lines.
func expected(text string) []string {
	var want []string
	for line := range strings.SplitSeq(text, "\n") {
		if m := expectLine.FindStringSubmatch(line); m != nil {
			want = append(want, m[1]+" "+m[2])
		}
	}
	slices.Sort(want)
	return want
}

func count(lines []string) string {
	n := map[string]int{}
	for _, line := range lines {
		verb, _, _ := strings.Cut(line, " ")
		n[verb]++
	}
	return fmt.Sprintf("replaces %d, creates %d, destroys %d", n["replaces"], n["creates"], n["destroys"])
}

func callerIdentity(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/xml")
	_, _ = io.WriteString(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:root</Arn><UserId>111111111111</UserId><Account>111111111111</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></GetCallerIdentityResponse>`)
}
