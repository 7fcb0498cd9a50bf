package main

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const testFile = `# What it is about.

mock_provider "aws" {
  alias = "x"
}

variables {
  a = 1
}

run "good" {
  command = plan
}

run "bad" {
  command = plan
  variables {
    a = 0
  }
  override_data {
    target = data.aws_x.this
  }
  expect_failures = [var.a, var.b] # a is small | b is
}

run "plain" {
  expect_failures = [aws_x.this]
}
`

func TestReadRuns(t *testing.T) {
	runs := readRuns(testFile)
	if len(runs) != 2 {
		t.Fatalf("%d runs, want 2", len(runs))
	}
	bad, plain := runs[0], runs[1]
	if diff := cmp.Diff([]any{"bad", []string{"var.a", "var.b"}, []string{"a is small", "b is"}, true}, []any{bad.name, bad.objects, bad.words, bad.onlyVariables()}); diff != "" {
		t.Errorf("bad (-want +got):\n%s", diff)
	}
	if plain.words != nil || plain.onlyVariables() {
		t.Errorf("plain: %+v", plain)
	}
	const alone = "variables {\n  a = 1\n}\nrun \"bad\" {\n  command = plan\n  variables {\n    a = 0\n  }\n}\n"
	if diff := cmp.Diff(alone, withoutProvider(bad)); diff != "" {
		t.Errorf("without a provider (-want +got):\n%s", diff)
	}
}

func TestReadVerdicts(t *testing.T) {
	const out = `{"type":"version"}
{"@testrun":"r","type":"diagnostic","diagnostic":{"severity":"error","summary":"Invalid value for variable","detail":"a is small.\n\nThis was checked by the validation rule at variables.tf:7,3-13.","range":{"filename":"x","start":{"line":3}}}}
{"@testrun":"r","type":"diagnostic","diagnostic":{"severity":"warning","summary":"Deprecated"}}
{"@testrun":"s","type":"diagnostic","diagnostic":{"severity":"error","summary":"Resource precondition failed","detail":"no room","range":{"filename":"main.tf","start":{"line":9}}}}
`
	told := map[string][]verdict{}
	if err := readVerdicts([]byte(out), told); err != nil {
		t.Fatal(err)
	}
	want := map[string][]verdict{"r": {{place{"variables.tf", 7}, "a is small."}}, "s": {{place{"main.tf", 8}, "no room"}}}
	if diff := cmp.Diff(want, told, cmp.AllowUnexported(verdict{}, place{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := readVerdicts([]byte(`{"@testrun":"s","type":"diagnostic","diagnostic":{"severity":"error","summary":"Unsupported argument"}}`), told); err == nil {
		t.Error("an error of another kind is passed over")
	}
}

func TestCompareRefusals(t *testing.T) {
	owners := map[place]string{{"v.tf", 1}: "var.a", {"v.tf", 5}: "var.a", {"v.tf", 9}: "var.b"}
	told := map[string][]verdict{"first": {{place{"v.tf", 1}, "a is small"}}, "second": {{place{"v.tf", 5}, "a is odd"}}, "b": {{place{"v.tf", 9}, "b"}}}
	runs := func(change func([]refusal)) []refusal {
		all := []refusal{
			{file: "f", name: "first", objects: []string{"var.a"}, words: []string{"small"}}, {file: "f", name: "second", objects: []string{"var.a"}, words: []string{"odd"}},
			{file: "f", name: "b", objects: []string{"var.b"}},
		}
		if change != nil {
			change(all)
		}
		return all
	}
	for _, tt := range []struct {
		name   string
		change func([]refusal)
		want   []string
	}{
		{"as it is", nil, nil},
		{"by another condition", func(r []refusal) { r[0].words = []string{"odd"} }, []string{`f: first expects ["odd"] and is told: a is small`, `f: first is not told "odd"`}},
		{"one of two", func(r []refusal) { r[0].words = []string{"small", "odd"} }, []string{`f: first is not told "odd"`}},
		{"words are missing", func(r []refusal) { r[1].words = nil }, []string{`f: second: var.a has 2 conditions: say behind expect_failures which one, by its words: [{{v.tf 5} a is odd}]`}},
		{"not refused", func(r []refusal) { r[2].name = "c" }, []string{`f: c is refused by nothing`, `v.tf:9: nothing is refused by this condition of var.b: write a run`}},
	} {
		var got []string
		for _, err := range compare(runs(tt.change), owners, told) {
			got = append(got, fmt.Sprint(err))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
