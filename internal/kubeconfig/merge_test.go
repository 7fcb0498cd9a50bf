package kubeconfig

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"postern/internal/plan"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// entry is an entry as the command makes it.
func entry(account, region, name string) Entry {
	ref := plan.Ref{Account: plan.AccountID(account), Region: plan.Region(region), Name: name}
	return Entry{
		Ref:    ref,
		ARN:    "arn:aws:eks:" + region + ":" + account + ":cluster/" + name,
		Server: "https://0123456789abcdef.gr7." + region + ".eks.amazonaws.com",
		CA:     []byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
		Exec: Exec{
			APIVersion: "client.authentication.k8s.io/v1", Command: "postern",
			Args: []string{"token", ref.String()}, InteractiveMode: "Never",
		},
	}
}

var (
	prod     = entry("222222222222", "us-east-1", "prod")
	payments = entry("222222222222", "eu-west-1", "payments")
)

// TestMergeGolden: each file of testdata/merge holds a kubeconfig and what it
// becomes when prod and payments are merged into it, the first as the current
// context; merged once more it stays as it is.
func TestMergeGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/merge/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before := a.Files[0].Data
			o := Options{Current: prod.Ref.String()}
			got, err := Merge(before, []Entry{prod, payments}, o)
			text := string(got.Text)
			if err != nil {
				e, ok := errors.AsType[*Error](err)
				if !ok {
					t.Fatal(err)
				}
				text = e.Error() + "\n" + e.Hint + "\n"
			} else if again, err := Merge(got.Text, []Entry{prod, payments}, o); err != nil || string(again.Text) != text || len(again.Same) != 2 {
				t.Errorf("a second time: %v, %+v", err, again)
			}
			if *update {
				a.Files = []txtar.File{a.Files[0], {Name: "after", Data: []byte(text)}}
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[1].Data), text); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
