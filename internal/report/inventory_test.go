package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/report"
)

// inventoried returns the fleet of statusFleet with the AZ IDs of its subnets.
func inventoried(refs ...plan.Ref) *fleet.Snapshot {
	s := statusFleet(refs...)
	for i := range s.Places {
		p := &s.Places[i]
		short := strings.NewReplacer("us-east-1", "use1", "eu-west-1", "euw1").Replace(string(p.Region))
		p.Subnets = fleet.Listing[fleet.Subnet]{Asked: true, Items: []fleet.Subnet{{ID: "subnet-0a", ZoneID: short + "-az2"}, {ID: "subnet-0b", ZoneID: short + "-az1"}}}
		for j := range p.Services.Items {
			p.Services.Items[j].SupportedRegions = []plan.Region{"us-east-1", "eu-west-1"}
		}
	}
	return s
}

// inventories are the documents of the golden files.
func inventories() map[string]report.Inventory {
	prod, other, payments := ref("222222222222", "us-east-1", "prod"), ref("333333333333", "eu-west-1", "prod"), ref("222222222222", "eu-west-1", "payments")
	docs := map[string]report.Inventory{}
	add := func(name string, s *fleet.Snapshot) {
		docs[name] = report.NewInventory(s, s.Fleet(), 1234*time.Millisecond)
	}
	add("whole", inventoried(other, prod, payments))

	s := inventoried(other, prod, payments)
	s.Place("222222222222", "eu-west-1").Services.Items = nil
	s.Place("333333333333", "eu-west-1").Subnets.Items = nil
	p := s.Place("222222222222", "us-east-1")
	second := p.Links.Items[0]
	second.Candidate.Group.ARN, second.Balancer = "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/a/1", nil
	gone := second
	gone.Candidate = plan.Candidate{Gone: true}
	p.Links.Items = append(p.Links.Items, second, gone)
	p.Clusters.Items[0].Cluster = plan.Cluster{Name: "prod", Status: plan.ClusterGone}
	add("incomplete", s)

	// A stranger's group claims the cluster, and leads nowhere.
	s = inventoried(other, prod)
	p = s.Place("222222222222", "us-east-1")
	stranger := p.Links.Items[0]
	stranger.Candidate.Group.ARN, stranger.Balancer = "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/a/1", nil
	p.Links.Items = append(p.Links.Items, stranger)
	add("stranger", s)

	// Both lead on, and nobody can say which one is meant.
	s = inventoried(other, prod)
	p = s.Place("222222222222", "us-east-1")
	stranger.Balancer = p.Links.Items[0].Balancer
	p.Links.Items = append(p.Links.Items, stranger)
	add("twice", s)

	// The cluster is gone, and its link is not yet.
	s = inventoried(other, prod)
	s.Place("222222222222", "us-east-1").Clusters.Items = nil
	add("gone", s)

	s = inventoried(other, prod)
	s.Place("222222222222", "us-east-1").Services = fleet.Listing[fleet.Service]{Asked: true, Fault: &plan.Fault{Code: plan.AccessDenied, Action: "ec2:DescribeVpcEndpointServiceConfigurations", Message: "list endpoint services"}}
	add("blind", s)

	// EKS said nothing of the cluster: its tag does.
	s = inventoried(prod)
	s.Place("222222222222", "us-east-1").Clusters = fleet.Listing[fleet.Cluster]{}
	s.Place("222222222222", "us-east-1").Links.Items[0].Candidate.Group.Tags[plan.TagEndpoint] = "https://AB.eks.example.org"
	s.Place("222222222222", "us-east-1").Links.Items[0].Candidate.Group.VPC = "vpc-${b}"
	add("tag", s)
	return docs
}

func TestInventoryGolden(t *testing.T) {
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("terraform is not installed, and CI has to check what is written for it")
		}
		t.Log("NOT CHECKED: terraform is not installed, so that nothing says that it takes the files")
	}
	docs := inventories()
	for name, doc := range docs {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := report.WriteJSON(&out, doc, false); err != nil {
				t.Fatal(err)
			}
			golden(t, "inventory/"+name+".json", out.Bytes())
			var back report.Inventory
			dec := json.NewDecoder(bytes.NewReader(out.Bytes()))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(doc, back); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
			for file, text := range map[string]string{name + ".tfvars": doc.TFVars(), name + ".tf": doc.TF()} {
				golden(t, "inventory/"+file, []byte(text))
				if terraform == "" {
					continue
				}
				cmd := exec.Command(terraform, "fmt", "-no-color", "-")
				cmd.Stdin = strings.NewReader(text)
				cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
				formatted, err := cmd.Output()
				if diff := cmp.Diff(text, string(formatted)); err != nil || diff != "" {
					t.Errorf("terraform fmt: %v (-ours +terraform's):\n%s", err, diff)
				}
			}
		})
	}
	files, err := os.ReadDir("testdata/inventory")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name, _, _ := strings.Cut(f.Name(), "."); docs[name].Schema == "" {
			t.Errorf("no document makes testdata/inventory/%s", f.Name())
		}
	}
}

func TestInventoryExit(t *testing.T) {
	docs := inventories()
	for name, want := range map[string]int{"whole": report.ExitOK, "tag": report.ExitOK, "stranger": report.ExitOK, "incomplete": report.ExitDifference, "twice": report.ExitDifference, "gone": report.ExitDifference, "blind": report.ExitFailed} {
		if got := report.InventoryExit(docs[name]); got != want {
			t.Errorf("%s: exit %d, want %d", name, got, want)
		}
		if got := docs[name].Whole(); got != (want != report.ExitFailed) {
			t.Errorf("%s: whole: %v", name, got)
		}
	}
	if got := report.InventoryExit(report.NewInventory(&fleet.Snapshot{}, nil, 0)); got != report.ExitFailed {
		t.Errorf("no link: exit %d", got)
	}
}

// TestInventoryDropped: what a file for Terraform would lack is what is there and
// not complete; a cluster that is gone takes its link along.
func TestInventoryDropped(t *testing.T) {
	got := map[string][]string{}
	for name, doc := range inventories() {
		for _, l := range doc.Dropped() {
			got[name] = append(got[name], l.Ref)
		}
	}
	delete(got, "blind") // of which nothing is written anyway
	prod := "222222222222/us-east-1/prod"
	want := map[string][]string{"incomplete": {"222222222222/eu-west-1/payments", "333333333333/eu-west-1/prod"}, "twice": {prod, prod}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dropped (- want, + got):\n%s", diff)
	}
}

// TestInventoryIsADiff: a link more changes no other line.
func TestInventoryIsADiff(t *testing.T) {
	prod, other, payments := ref("222222222222", "us-east-1", "prod"), ref("333333333333", "eu-west-1", "prod"), ref("222222222222", "eu-west-1", "payments")
	text := func(refs ...plan.Ref) string {
		s := inventoried(refs...)
		return report.NewInventory(s, s.Fleet(), time.Since(started)).TFVars()
	}
	before, after := text(prod, payments), text(other, payments, prod)
	if text(payments, prod) != before {
		t.Error("another order of the places makes another file")
	}
	var left []string
	for line := range strings.Lines(after) {
		if rest, ok := strings.CutPrefix(before, line); ok {
			before = rest
			continue
		}
		left = append(left, line)
	}
	if before != "" || len(left) != 9 || !strings.Contains(left[0], other.String()) {
		t.Errorf("a link more is %d lines: %q; left of the file before: %q", len(left), left, before)
	}
}
