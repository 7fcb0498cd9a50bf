package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sample = `# A comment.

variable "clusters" {
  description = <<-EOT
    The clusters.
    ` + "`name`" + `: one | the other.
  EOT
  type = map(object({
    name = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.clusters) > 0
    error_message = "clusters: name one."
  }
}

variable "quota" {
  description = "How many, \"at most\"."
  type        = number
  default     = 50

  validation {
    condition     = var.quota > 0
    error_message = "quota is at least 1."
  }
}

output "links" {
  description = "The links."
  value = { for key, c in local.clusters : key => {
    name = c.name
  } }
}
`

func TestParse(t *testing.T) {
	got, err := parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	want := []block{
		{"variable", "clusters", map[string]string{"description": "The clusters.\n`name`: one | the other.", "type": "map(object({ name = optional(string) }))", "nullable": "false"}},
		{"variable", "quota", map[string]string{"description": `How many, "at most".`, "type": "number", "default": "50"}},
		{"output", "links", map[string]string{"description": "The links.", "value": "{ for key, c in local.clusters : key => { name = c.name } }"}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(block{})); diff != "" {
		t.Error(diff)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"variable \"a\" {\n  type = string\n}\n", `variable "a" has no description`},
		{"variable \"a\" {\n  description = \"x\"\n}\n", `variable "a" has no type`},
		{"output \"a\" {\n  description = \"x\"\n", `output "a" has no end`},
		{"output \"a\" {\n  description = <<-EOT\n    x\n}\n", `output "a": description: the text has no line EOT`},
	} {
		if _, err := parse(c.text); err == nil || err.Error() != c.want {
			t.Errorf("parse(%q) = %v, want %s", c.text, err, c.want)
		}
	}
}

func TestTables(t *testing.T) {
	blocks, err := parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	want := "\n| input | type | default | meaning |\n|---|---|---|---|\n" +
		"| `clusters` | `map(object)` | **needed** | The clusters.<br>`name`: one \\| the other. |\n" +
		"| `quota` | `number` | `50` | How many, \"at most\". |\n" +
		"\n| output | meaning |\n|---|---|\n| `links` | The links. |\n\n"
	if diff := cmp.Diff(want, tables(blocks)); diff != "" {
		t.Error(diff)
	}
}

func TestSplice(t *testing.T) {
	if _, err := splice("# A page\n", ""); err == nil {
		t.Error("a page without markers was taken")
	}
	got, err := splice("a\n"+beginMark+"\nold\n"+endMark+"\nb\n", "new\n")
	if want := "a\n" + beginMark + "\nnew\n" + endMark + "\nb\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestCurrent: each module's README says what the module takes and gives.
func TestCurrent(t *testing.T) {
	if err := run("../../terraform/modules", true); err != nil {
		t.Error(err)
	}
}

// TestUpdate: a README that is not current is told, and then written.
func TestUpdate(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"variables.tf": sample, "outputs.tf": "", "README.md": "# x\n" + beginMark + "\n" + endMark + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(dir, true); err == nil || !strings.Contains(err.Error(), "not current") {
		t.Errorf("check: %v", err)
	}
	if err := run(dir, false); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, true); err != nil {
		t.Errorf("after writing: %v", err)
	}
}

// FuzzParse: whatever is read is named, described, and of one line but for a
// description.
func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("variable \"a\" {\n  description = \"x\"\n  type = string\n  default = {\n    a = 1\n  }\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		blocks, err := parse(text)
		if err != nil {
			return
		}
		for _, b := range blocks {
			if b.name == "" || b.attributes["description"] == "" || !strings.Contains(text, b.kind+` "`+b.name+`" {`) {
				t.Errorf("read %+v", b)
			}
			for name, value := range b.attributes {
				if name != "description" && strings.Contains(value, "\n") && !strings.Contains(text, "<<-") {
					t.Errorf("%s of %s has several lines: %q", name, b.name, value)
				}
			}
		}
	})
}
