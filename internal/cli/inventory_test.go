package cli

import (
	"bytes"
	"strings"
	"testing"

	"postern/internal/report"
)

// A link that is there and not complete would be destroyed by the file: nothing
// is written, unless somebody says so. One whose cluster is gone is no reason.
func TestWriteInventory(t *testing.T) {
	link := func(name string) report.InventoryLink {
		return report.InventoryLink{Ref: "222222222222/us-east-1/" + name, Cluster: name, Complete: true, TargetGroupARN: "arn:" + "own"}
	}
	whole, part, gone, twice := link("whole"), link("part"), link("gone"), link("twice")
	part.Complete, part.Missing = false, []string{"no endpoint service offers the load balancer"}
	gone.Complete, gone.ClusterGone, gone.Missing = false, true, []string{"EKS knows no such cluster"}
	twice.Others = append(twice.Others, "arn:other")
	for _, x := range []struct {
		name         string
		links        []report.InventoryLink
		skip         bool
		file, answer []string // what stdout and stderr say, line for line, in part; none: nothing
		exit         int
	}{
		{"whole", []report.InventoryLink{whole}, false, []string{`whole" = {`}, nil, report.ExitOK},
		{"incomplete", []report.InventoryLink{part, whole}, false, nil, []string{
			"postern: 222222222222/us-east-1/part is not complete: no endpoint service offers the load balancer",
			"postern: nothing is written: 1 that is not complete would be gone for Terraform", "hint: ",
		}, report.ExitDifference},
		{"skipped", []report.InventoryLink{part, whole}, true, []string{"# not complete: 222222222222/us-east-1/part: no endpoint", `whole" = {`}, []string{"us-east-1/part is not complete"}, report.ExitDifference},
		{"gone", []report.InventoryLink{gone, whole}, false, []string{"# not complete: 222222222222/us-east-1/gone", `whole" = {`}, []string{"gone is not complete: EKS knows no such cluster"}, report.ExitDifference},
		{"twice", []report.InventoryLink{twice}, false, []string{`twice" = {`}, []string{"us-east-1/twice: arn:other claims it too, and leads nowhere: arn:own counts"}, report.ExitOK},
	} {
		for _, format := range []string{"tfvars", "tf"} {
			t.Run(x.name+" "+format, func(t *testing.T) {
				doc := report.Inventory{Links: x.links}
				doc.Summary.Links = len(x.links)
				for _, l := range x.links {
					if l.Complete {
						doc.Summary.Complete++
					}
				}
				var out, answer bytes.Buffer
				if err := writeInventory(Env{Stdout: &out, Stderr: &answer}, doc, format, x.skip); err != nil {
					t.Fatal(err)
				}
				if got := report.InventoryExit(doc); got != x.exit {
					t.Errorf("exit %d, want %d", got, x.exit)
				}
				says(t, "stdout", out.String(), x.file)
				says(t, "stderr", answer.String(), x.answer)
			})
		}
	}
}

// says fails unless a text has each of some words, in their order; none: it is
// empty.
func says(t *testing.T, what, text string, words []string) {
	t.Helper()
	if len(words) == 0 && text != "" {
		t.Errorf("%s says %q", what, text)
	}
	rest := text
	for _, w := range words {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
		rest = after
	}
}
