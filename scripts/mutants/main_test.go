package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const before = `package p

const limit = 3

type t struct{}

func (x *t) add(a, b int, more ...string) (int, error) { return a + b, nil }

func (x *t) say(what string) {
	println(what)
}

func unnamed(int) int { return 4 }
`

// TestWeave: each mutation is in a clone that the original calls when it is
// asked to, with the same arguments; what cannot be cloned stands alone, and
// what is not there is told.
func TestWeave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(t.TempDir(), "list")
	text := "# about\n! ./p\n= one\n@ " + path + "\n- a + b, nil\n+ a - b, nil\n- println(what)\n+\n" +
		"= two\n@ " + path + "\n- a + b\n+ b\n= three\n@ " + path + "\n- limit = 3\n+ limit = 4\n" +
		"= four\n@ " + path + "\n- return 4\n+ return 5\n= five\n@ " + path + "\n- nowhere\n+\n= six\n@ " + path + "\n- int\n+\n"
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := read(list)
	if err != nil {
		t.Fatal(err)
	}
	files, err := weave(all)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		alone bool
		wrong string
	}{{}, {}, {alone: true}, {alone: true}, {wrong: "has 0 times: nowhere"}, {wrong: "times: int"}} {
		if m := all[i]; m.pkg != "./p" || m.alone != want.alone || (m.wrong == "") != (want.wrong == "") || !strings.Contains(m.wrong, want.wrong) {
			t.Errorf("%+v, want %+v", m, want)
		}
	}
	got := files[path]
	for _, want := range []string{
		"{ if mutation == 1 { return x.mutated1add(a, b, more..., ) }; if mutation == 2 { return x.mutated2add(a, b, more..., ) }; return a + b, nil }",
		"{ if mutation == 1 { x.mutated1say(what, ); return };\n\tprintln(what)\n}",
		"//line mutation-1.go:1\nfunc (x *t) mutated1add(a, b int, more ...string) (int, error) { return a - b, nil }\n",
		"//line mutation-1.go:1\nfunc (x *t) mutated1say(what string) {\n\t\n}\n",
		"//line mutation-2.go:1\nfunc (x *t) mutated2add(a, b int, more ...string) (int, error) { return b, nil }\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nwant in\n%s", want, got)
		}
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "p.go", got, 0); err != nil {
		t.Error(err)
	}
	if changed, wrong := all[2].text(); wrong != "" || !strings.Contains(changed[path], "limit = 4") {
		t.Errorf("alone: %s, %q", changed[path], wrong)
	}
	if !blame(all, "./mutation-2.go:1:70: declared and not used: a") || all[1].wrong == "" || all[0].wrong != "" {
		t.Errorf("blamed: %+v, %+v", all[0], all[1])
	}
}

// TestReadRefuses: what is no list is told by its line.
func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"! p\n= a\n@ f\n+ new\n": ":4: a package, a name, a file and an old text come before",
		"- old\n+ new\n":         ":2: a package, a name",
		"? what\n":               ":1: not a line of a mutation",
	} {
		path := filepath.Join(t.TempDir(), "list")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := read(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
