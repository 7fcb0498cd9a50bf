package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A weaver builds and runs the tests of one package with mutations inside.
type weaver struct {
	top, pkg string
	binary   string // with all mutations that are in functions
}

// build builds the tests once with every mutation inside, and leaves out what
// does not compile.
func (w *weaver) build(ctx context.Context, all []*mutation) error {
	w.binary = filepath.Join(w.top, filepath.Base(w.pkg)+".test")
	for range 2 {
		files, err := weave(all)
		if err != nil {
			return err
		}
		out, err := w.compile(ctx, w.binary, files)
		if err == nil {
			return nil
		}
		if !blame(all, out) {
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	return errors.New("it does not compile, and not by one mutation")
}

var inClone = regexp.MustCompile(`mutation-(\d+)\.go:\d+(?::\d+)?: (.*)`)

// blame marks the mutations that a compiler complains about.
func blame(all []*mutation, out string) (any bool) {
	for _, found := range inClone.FindAllStringSubmatch(out, -1) {
		for _, m := range all {
			if found[1] == strconv.Itoa(m.number) && m.wrong == "" {
				m.wrong, any = "does not compile: "+found[2], true
			}
		}
	}
	return any
}

// compile builds a test binary of the tree with some files replaced.
func (w *weaver) compile(ctx context.Context, binary string, files map[string]string) (out string, err error) {
	dir, err := os.MkdirTemp(w.top, "overlay")
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for n, path := range slices.Sorted(maps.Keys(files)) {
		ours := filepath.Join(dir, fmt.Sprintf("%d.go", n))
		if err := os.WriteFile(ours, []byte(files[path]), 0o600); err != nil {
			return "", err
		}
		replace[path] = ours
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	text, err := exec.CommandContext(ctx, "go", "test", "-c", "-gcflags=-e", "-overlay", list, "-o", binary, w.pkg).CombinedOutput()
	return string(text), err
}

var failure = regexp.MustCompile(`--- FAIL: (\S+)`)

// run runs the tests, with a mutation or without, and returns the last test
// that failed, which is the innermost.
func (w *weaver) run(ctx context.Context, m *mutation) (failed bool, what string, err error) {
	binary, number := w.binary, 0
	if m != nil {
		number = m.number
	}
	if m != nil && m.alone {
		binary = fmt.Sprintf("%s-%d", w.binary, number)
		text, wrong := m.text()
		if wrong != "" {
			return false, "", errors.New(wrong)
		}
		if out, err := w.compile(ctx, binary, text); err != nil {
			return false, "", fmt.Errorf("%w: %s", err, out)
		}
	}
	dir, err := os.MkdirTemp(w.top, "run") // rapid writes there what failed
	if err != nil {
		return false, "", err
	}
	if data := filepath.Join(w.pkg, "testdata"); exists(data) {
		if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS(data)); err != nil {
			return false, "", err
		}
	}
	cmd := exec.CommandContext(ctx, binary, "-test.failfast", "-test.parallel", "16", "-test.timeout", "120s")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), fmt.Sprintf("MUTATION=%d", number))
	out, err := cmd.CombinedOutput()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		return false, "", err
	}
	if err == nil {
		return false, "", nil
	}
	what = "no test, but the program ends"
	if bytes.Contains(out, []byte("panic: test timed out")) {
		what = "no test, but none ends in time"
	}
	if all := failure.FindAllSubmatch(out, -1); len(all) > 0 {
		what = string(all[0][1])
		for _, f := range all[1:] {
			if strings.HasPrefix(string(f[1]), what+"/") {
				what = string(f[1])
			}
		}
	}
	return true, what, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// text returns the files that a mutation changes, changed.
func (m *mutation) text() (files map[string]string, wrong string) {
	files = map[string]string{}
	for _, e := range m.edits {
		path, err := filepath.Abs(e.file)
		if err != nil {
			return nil, err.Error()
		}
		if files[path] == "" {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, err.Error()
			}
			files[path] = string(text)
		}
		if n := strings.Count(files[path], e.old); n != 1 {
			return nil, fmt.Sprintf("%s has %d times: %s", e.file, n, e.old)
		}
		files[path] = strings.Replace(files[path], e.old, e.new, 1)
	}
	return files, ""
}

// weave returns the files that mutations change, with a clone of a function for
// each, and a switch in it; and for each package a file with the switch's
// variable. It marks the mutations whose text is not there, or in no function.
func weave(all []*mutation) (map[string]string, error) {
	sources := map[string]*source{}
	var todo []*mutation
	for _, m := range all {
		if _, wrong := m.text(); m.wrong == "" {
			m.wrong = wrong
		}
		for _, e := range m.edits {
			if m.wrong != "" {
				break
			}
			if sources[e.file] == nil {
				s, err := parse(e.file)
				if err != nil {
					return nil, err
				}
				sources[e.file] = s
			}
			m.alone = m.alone || sources[e.file].function(e.old) == nil
		}
		if m.wrong == "" && !m.alone {
			todo = append(todo, m)
		}
	}
	for _, m := range todo {
		for _, e := range m.edits {
			sources[e.file].clone(m.number, e)
		}
	}
	files := map[string]string{}
	for name, s := range sources {
		path, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		files[path] = s.woven()
		files[filepath.Join(filepath.Dir(path), "mutation_switch.go")] = "package " + s.pkg +
			"\n\nimport (\"os\"; \"strconv\")\n\nvar mutation, _ = strconv.Atoi(os.Getenv(\"MUTATION\"))\n"
	}
	return files, nil
}

// A source is a file with the functions that are cloned in it.
type source struct {
	text, pkg string
	funcs     []*function
}

type function struct {
	begin, name, body, end int // offsets: func, the name, what follows the brace, what follows the function
	call                   string
	clones                 map[int][]replacement
}

type replacement struct {
	at       int
	old, new string
}

func parse(path string) (*source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s := &source{text: string(text), pkg: f.Name.Name}
	offset := func(p token.Pos) int { return set.Position(p).Offset }
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
			if call := callOf(d); call != "" {
				s.funcs = append(s.funcs, &function{offset(d.Pos()), offset(d.Name.Pos()), offset(d.Body.Lbrace) + 1, offset(d.End()), call, map[int][]replacement{}})
			}
		}
	}
	return s, nil
}

// callOf is a call of a function's clone, from inside, with NAME for its name;
// empty where the arguments have no names to give on.
func callOf(d *ast.FuncDecl) string {
	call := "NAME("
	if d.Recv != nil {
		if names := d.Recv.List[0].Names; len(names) == 1 && names[0].Name != "_" {
			call = names[0].Name + "." + call
		} else {
			return ""
		}
	}
	if d.Type.TypeParams != nil {
		return ""
	}
	for _, p := range d.Type.Params.List {
		if len(p.Names) == 0 {
			return ""
		}
		for _, name := range p.Names {
			if name.Name == "_" {
				return ""
			}
			call += name.Name
			if _, variadic := p.Type.(*ast.Ellipsis); variadic {
				call += "..."
			}
			call += ", "
		}
	}
	if d.Type.Results == nil {
		return call + "); return"
	}
	return "return " + call + ")"
}

// function returns the function in whose body a text stands, nil if it is none
// that can be cloned.
func (s *source) function(text string) *function {
	at := strings.Index(s.text, text)
	i := slices.IndexFunc(s.funcs, func(f *function) bool { return f.body <= at && at+len(text) <= f.end })
	if i < 0 {
		return nil
	}
	return s.funcs[i]
}

func (s *source) clone(number int, e edit) {
	f := s.function(e.old)
	f.clones[number] = append(f.clones[number], replacement{strings.Index(s.text, e.old), e.old, e.new})
}

// woven is the file with its clones, at its end.
func (s *source) woven() string {
	var text, clones strings.Builder
	at := 0
	for _, f := range s.funcs {
		text.WriteString(s.text[at:f.body])
		at = f.body
		for _, n := range slices.Sorted(maps.Keys(f.clones)) {
			name := fmt.Sprintf("mutated%d%s", n, nameAt(s.text[f.name:]))
			fmt.Fprintf(&text, " if mutation == %d { %s };", n, strings.Replace(f.call, "NAME", name, 1))
			fmt.Fprintf(&clones, "\n//line mutation-%d.go:1\n%s%s", n, s.text[f.begin:f.name], name)
			from := f.name + len(nameAt(s.text[f.name:]))
			slices.SortFunc(f.clones[n], func(a, b replacement) int { return cmp.Compare(a.at, b.at) })
			for _, r := range f.clones[n] {
				clones.WriteString(s.text[from:r.at] + r.new)
				from = r.at + len(r.old)
			}
			clones.WriteString(s.text[from:f.end] + "\n")
		}
	}
	return text.String() + s.text[at:] + clones.String()
}

var identifier = regexp.MustCompile(`^\w+`)

func nameAt(text string) string { return identifier.FindString(text) }
