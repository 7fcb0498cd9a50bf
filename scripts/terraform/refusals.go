package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// expect_failures names what refuses, and not why: of a variable with several
// validations any other would do. So each run that expects a failure is made
// again without that line, alone, and what it is told is compared with the words
// behind it:
//
//	expect_failures = [var.clusters] # fewer than two zones
//
// The words may be left out where the object has one condition only; those of
// several are joined by " | ", and then each must be heard. And each condition
// must have refused once.
var (
	runLine       = regexp.MustCompile(`^run "([^"]+)" \{$`)
	failuresLine  = regexp.MustCompile(`^  expect_failures = \[([^]]*)\](?: # (.*))?$`)
	conditionLine = regexp.MustCompile(`^ +(validation|precondition|postcondition) \{$`)
	ownerLine     = regexp.MustCompile(`^(variable|resource|data) "([^"]+)"(?: "([^"]+)")? \{$`)
	ruleAt        = regexp.MustCompile(`(?s)\n\nThis was checked by the validation rule at (\S+?):(\d+),`)
)

// A refusal is a run that expects one.
type refusal struct {
	file, name string
	objects    []string // that refuse, such as var.clusters
	words      []string
	head, body string // the file's other blocks, and the run's own, without the expectation
}

// onlyVariables reports whether variables refuse, which need no provider.
func (r refusal) onlyVariables() bool {
	return !slices.ContainsFunc(r.objects, func(o string) bool { return !strings.HasPrefix(o, "var.") })
}

// A place is where a condition is: its file and line.
type place struct {
	file string
	line int
}

// A verdict is what a run was told, by which condition.
type verdict struct {
	at   place
	text string
}

// refusals makes the runs of a module, which is initialised, that expect a
// failure; one line goes to w.
func refusals(ctx context.Context, dir string, w io.Writer) error {
	runs, err := expecting(dir)
	if err != nil {
		return err
	}
	owners, err := conditions(dir)
	if err != nil {
		return err
	}
	told := map[string][]verdict{}
	for _, variables := range []bool{true, false} {
		some := slices.DeleteFunc(slices.Clone(runs), func(r refusal) bool { return r.onlyVariables() != variables })
		if err := tell(ctx, dir, variables, some, told); err != nil {
			return err
		}
	}
	errs := compare(runs, owners, told)
	fmt.Fprintf(w, "     %-36s %3d refusals by %d conditions\n", filepath.Base(dir), len(runs), len(owners))
	return errors.Join(errs...)
}

// compare returns what is wrong with the runs' answers, and the conditions that
// none of them met.
func compare(runs []refusal, owners map[place]string, told map[string][]verdict) (errs []error) {
	met := map[place]bool{}
	several := map[string]int{}
	for _, owner := range owners {
		several[owner]++
	}
	for _, r := range runs {
		name := r.file + ": " + r.name
		if len(told[r.name]) == 0 {
			errs = append(errs, fmt.Errorf("%s is refused by nothing", name))
		}
		for _, v := range told[r.name] {
			met[v.at] = true
			if r.words != nil && !slices.ContainsFunc(r.words, func(words string) bool { return strings.Contains(v.text, words) }) {
				errs = append(errs, fmt.Errorf("%s expects %q and is told: %s", name, r.words, v.text))
			}
		}
		for _, words := range r.words {
			if !slices.ContainsFunc(told[r.name], func(v verdict) bool { return strings.Contains(v.text, words) }) {
				errs = append(errs, fmt.Errorf("%s is not told %q", name, words))
			}
		}
		for _, o := range r.objects {
			if several[o] > 1 && r.words == nil {
				errs = append(errs, fmt.Errorf("%s: %s has %d conditions: say behind expect_failures which one, by its words: %v", name, o, several[o], told[r.name]))
			}
		}
	}
	for at, owner := range owners {
		if !met[at] {
			errs = append(errs, fmt.Errorf("%s:%d: nothing is refused by this condition of %s: write a run", at.file, at.line, owner))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errs
}

// expecting reads the runs of a module's tests that expect a failure.
func expecting(dir string) (runs []refusal, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "tests", "*.tftest.hcl"))
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, r := range readRuns(string(text)) {
			r.file = filepath.Base(file)
			if names[r.name] {
				return nil, fmt.Errorf("%s: two runs are called %s", file, r.name)
			}
			names[r.name] = true
			runs = append(runs, r)
		}
	}
	return runs, nil
}

// readRuns reads a file as terraform fmt leaves it: a block begins and ends in
// the first column.
func readRuns(text string) (runs []refusal) {
	var head strings.Builder
	for _, b := range topBlocks(text) {
		first, rest, _ := strings.Cut(b, "\n")
		m := runLine.FindStringSubmatch(first)
		if m == nil {
			head.WriteString(b)
			continue
		}
		r := refusal{name: m[1]}
		body := first + "\n"
		for line := range strings.Lines(rest) {
			if f := failuresLine.FindStringSubmatch(strings.TrimSuffix(line, "\n")); f != nil {
				if r.objects = strings.Split(f[1], ", "); f[2] != "" {
					r.words = strings.Split(f[2], " | ")
				}
				continue
			}
			body += line
		}
		if r.body = body; r.objects != nil {
			runs = append(runs, r)
		}
	}
	for i := range runs {
		runs[i].head = head.String()
	}
	return runs
}

// topBlocks returns the blocks of a file, without what is between them.
func topBlocks(text string) (blocks []string) {
	block := ""
	for line := range strings.Lines(text) {
		if block == "" && (strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#")) {
			continue
		}
		if block += line; line == "}\n" || line == "}" {
			blocks, block = append(blocks, block), ""
		}
	}
	return blocks
}

// withoutProvider leaves of a file or of a run what variables need.
func withoutProvider(r refusal) string {
	out := ""
	for _, b := range topBlocks(r.head) {
		if strings.HasPrefix(b, "variables {") {
			out += b
		}
	}
	skip := false
	for line := range strings.Lines(r.body) {
		if strings.HasPrefix(line, "  override_") || strings.HasPrefix(line, "  assert ") {
			skip = true
		}
		if !skip {
			out += line
		}
		if line == "  }\n" {
			skip = false
		}
	}
	return out
}

// conditions returns where the module's conditions are, and whose.
func conditions(dir string) (map[place]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	if err != nil {
		return nil, err
	}
	all := map[place]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		owner, n := "", 0
		for line := range strings.Lines(string(text)) {
			n++
			line = strings.TrimSuffix(line, "\n")
			if m := ownerLine.FindStringSubmatch(line); m != nil {
				owner = map[string]string{"variable": "var." + m[2], "resource": m[2] + "." + m[3], "data": "data." + m[2] + "." + m[3]}[m[1]]
			}
			if conditionLine.MatchString(line) {
				all[place{filepath.Base(file), n}] = owner
			}
		}
	}
	return all, nil
}

// tell makes runs without their expectations, each in a file of its own, since
// what follows a failure is skipped, and adds what they are told.
func tell(ctx context.Context, dir string, variables bool, runs []refusal, told map[string][]verdict) error {
	if len(runs) == 0 {
		return nil
	}
	const tests = ".refusals"
	if variables {
		alone, err := os.MkdirTemp("", "postern-variables-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(alone)
		if err := copyVariables(dir, alone); err != nil {
			return err
		}
		dir = alone
	} else {
		defer os.RemoveAll(filepath.Join(dir, tests))
	}
	if err := os.MkdirAll(filepath.Join(dir, tests), 0o755); err != nil {
		return err
	}
	for _, r := range runs {
		text := r.head + r.body
		if variables {
			text = withoutProvider(r)
		}
		if err := os.WriteFile(filepath.Join(dir, tests, r.name+".tftest.hcl"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	args := []string{"-chdir=" + dir, "test", "-json", "-test-directory=" + tests}
	if _, err := os.Stat(filepath.Join(dir, "example.tfvars")); err == nil {
		args = append(args, "-var-file=example.tfvars")
	}
	cmd := exec.CommandContext(ctx, "terraform", args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		return fmt.Errorf("test %s: %w\n%s", dir, err, said.String())
	}
	return readVerdicts(out, told)
}

// copyVariables copies what the module's variables need to be read alone.
func copyVariables(from, to string) error {
	if err := os.CopyFS(filepath.Join(to, "tests"), withoutTests{os.DirFS(filepath.Join(from, "tests"))}); err != nil {
		return err
	}
	for _, name := range []string{"variables.tf", "example.tfvars"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) && name == "example.tfvars" {
			continue
		} else if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// withoutTests is a directory of which only other files than tests are seen.
type withoutTests struct{ fs.FS }

// ReadDir leaves tests out.
func (w withoutTests) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(w.FS, name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), ".tftest.hcl") }), err
}

// readVerdicts reads what terraform test -json says.
func readVerdicts(out []byte, told map[string][]verdict) error {
	for line := range bytes.Lines(out) {
		var d struct {
			Type       string
			Run        string `json:"@testrun"`
			Diagnostic struct {
				Severity, Summary, Detail string
				Range                     struct {
					Filename string
					Start    struct{ Line int }
				}
			}
		}
		if err := json.Unmarshal(line, &d); err != nil {
			return fmt.Errorf("read terraform test: %w", err)
		}
		if d.Type != "diagnostic" || d.Diagnostic.Severity != "error" {
			continue
		}
		x := d.Diagnostic
		v := verdict{at: place{x.Range.Filename, x.Range.Start.Line - 1}, text: x.Detail}
		if m := ruleAt.FindStringSubmatchIndex(x.Detail); m != nil {
			line, err := strconv.Atoi(x.Detail[m[4]:m[5]])
			if err != nil {
				return fmt.Errorf("read terraform test: %w", err)
			}
			v = verdict{at: place{x.Detail[m[2]:m[3]], line}, text: x.Detail[:m[0]]}
		} else if !strings.HasSuffix(x.Summary, "condition failed") {
			return fmt.Errorf("%s: %s: %s", d.Run, x.Summary, x.Detail)
		}
		told[d.Run] = append(told[d.Run], v)
	}
	return nil
}
