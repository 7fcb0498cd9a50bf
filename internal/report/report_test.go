package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
	"postern/internal/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

var started = time.Date(2026, 5, 4, 10, 20, 30, 0, time.UTC)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func ref(account plan.AccountID, region plan.Region, name string) plan.Ref {
	return plan.Ref{Account: account, Region: region, Name: name}
}

// row plans a link from an input, as a pass does.
func row(r plan.Ref, in plan.Input) report.Link {
	in.Group.ARN = plan.GroupARN("arn:aws:elasticloadbalancing:" + string(r.Region) + ":" + string(r.Account) + ":targetgroup/postern-" + r.Name + "/0123456789abcdef")
	in.Group.VPC = "vpc-0a"
	in.Cluster = plan.Cluster{Name: r.Name, Host: "0a1b.gr7." + string(r.Region) + ".eks.amazonaws.com", VPC: "vpc-0a"}
	in.CIDRs = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}
	in.Verified, in.MarksFresh, in.Now = true, true, started.Add(time.Second)
	in.Policy = plan.DefaultPolicy()
	if in.Group.Tags == nil {
		in.Group.Tags = map[string]string{plan.TagManaged: "true"}
	}
	l := report.NewLink(r, in.Group)
	l.Endpoint = in.Cluster.Host
	l.Observed(in.Registered)
	p := plan.Decide(in)
	l.Planned(p)
	l.Marks = p.Marks.String()
	return l
}

func has(state plan.TargetState, ips ...string) []plan.Registered {
	var out []plan.Registered
	for _, ip := range ips {
		out = append(out, plan.Registered{Target: plan.Target{Addr: addr(ip), Port: 443, Zone: "us-east-1a"}, State: state})
	}
	return out
}

func says(name plan.WitnessName, ips ...string) plan.Witness {
	w := plan.Witness{Name: name, Outcome: plan.Answered, At: started}
	for _, ip := range ips {
		w.Addrs = append(w.Addrs, addr(ip))
	}
	if name == plan.DNS {
		w.TTL = time.Minute
	}
	return w
}

func both(ips ...string) []plan.Witness {
	return []plan.Witness{says(plan.DNS, ips...), says(plan.ENI, ips...)}
}

// documents are the passes of the golden files.
func documents() map[string]report.Sync {
	prod := ref("222222222222", "us-east-1", "prod")
	other := ref("333333333333", "eu-west-1", "prod")
	payments := ref("222222222222", "eu-west-1", "payments")
	finish := func(s report.Sync, links ...report.Link) report.Sync {
		s.Links = links
		if s.Scopes == nil {
			s.Scopes = []report.Scope{{Account: "333333333333", Region: "eu-west-1"}, {Account: "222222222222", Region: "us-east-1"}}
		}
		s.Complete(1234*time.Millisecond, map[string]int{"elbv2:DescribeTargetHealth": len(links), "ec2:DescribeNetworkInterfaces": 2})
		return s
	}
	docs := map[string]report.Sync{}

	docs["converged"] = finish(report.NewSync(started, false),
		row(other, plan.Input{Registered: has(plan.StateHealthy, "10.0.1.5", "10.0.2.5"), Witnesses: both("10.0.1.5", "10.0.2.5")}),
		row(prod, plan.Input{Registered: has(plan.StateHealthy, "10.0.1.5", "10.0.2.5"), Witnesses: both("10.0.1.5", "10.0.2.5")}),
	)

	moved := row(prod, plan.Input{
		Registered: append(has(plan.StateHealthy, "10.0.1.5", "10.0.2.5"), has(plan.StateDraining, "10.0.3.5")...),
		Witnesses:  both("10.0.1.6", "10.0.2.6"),
		Marks:      plan.Marks{{Kind: plan.MarkStale, Addr: addr("10.0.1.5")}: started.Add(-45 * time.Second)},
	})
	moved.Done(plan.Register)
	alone := row(payments, plan.Input{
		Registered: has(plan.StateHealthy, "10.0.1.5"),
		Witnesses:  []plan.Witness{says(plan.DNS, "10.0.1.5", "10.0.1.9"), says(plan.ENI, "10.0.1.5")},
	})
	docs["moving"] = finish(report.NewSync(started, false), moved, alone,
		row(other, plan.Input{Registered: has(plan.StateInitial, "10.0.1.5"), Witnesses: both("10.0.1.5")}))

	old := plan.Marks{{Kind: plan.MarkStale, Addr: addr("10.0.9.9")}: started.Add(-50 * time.Minute)}
	docs["held"] = finish(report.NewSync(started, false),
		row(prod, plan.Input{
			Group:      plan.Group{Tags: map[string]string{}},
			Registered: has(plan.StateHealthy, "10.0.1.5", "10.0.9.9"), Witnesses: both("10.0.1.5"), Marks: old,
		}),
		row(payments, plan.Input{Registered: has(plan.StateHealthy, "10.0.1.5"), Witnesses: []plan.Witness{says(plan.DNS, "10.0.1.5", "172.31.0.9"), says(plan.ENI, "10.0.1.5")}}),
	)

	elsewhere := plan.Registered{Target: plan.Target{Addr: addr("10.0.1.5"), Port: 8443, Zone: "us-east-1a"}, State: plan.StateHealthy}
	docs["foreign"] = finish(report.NewSync(started, false),
		row(prod, plan.Input{Registered: append(has(plan.StateHealthy, "10.0.1.5", "10.0.2.5"), elsewhere), Witnesses: both("10.0.1.5", "10.0.2.5")}))

	dark := plan.Witness{Name: plan.DNS, Outcome: plan.Unknown, At: started, Code: plan.DNSUnknown, Detail: "10.100.0.2:53: SERVFAIL\x1b[2J\nand more"}
	failing := row(prod, plan.Input{Registered: has(plan.StateHealthy, "10.0.1.5", "10.0.9.9"), Witnesses: []plan.Witness{dark, says(plan.ENI, "10.0.1.5")}, Marks: old})
	failing.Fail(&plan.Fault{Code: plan.AccessDenied, Message: "elasticloadbalancing:AddTags was denied", Hint: `{"Effect":"Allow","Action":"elasticloadbalancing:AddTags","Resource":"*"}`})
	ghost := report.NewLink(payments, plan.Group{ARN: "arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/old/1"})
	ghost.Result, ghost.Reason, ghost.Message = plan.Gone, plan.GroupGone, "the tagging API names the group, and ELB no longer knows it"
	closed := report.NewLink(other, plan.Group{ARN: "arn:aws:elasticloadbalancing:eu-west-1:333333333333:targetgroup/g/2", VPC: "vpc-0b"})
	closed.Result, closed.Reason = plan.Held, plan.ClusterIsGone
	closed.Message, closed.Hint = "EKS knows no cluster 333333333333/eu-west-1/prod", "destroy the link too"
	s := report.NewSync(started, false)
	s.Errors = []report.Error{{Code: plan.ClusterNotFound, Message: `no link found for cluster "paymets"`, Hint: "the nearest names are 222222222222/eu-west-1/payments"}}
	s.Scopes = []report.Scope{{Account: "222222222222", Region: "us-east-1"}, {Region: "ap-south-1", Errors: []report.Error{{Code: plan.NoCredentials, Message: "find the account of scope ap-south-1: there are no credentials", Hint: "set AWS_PROFILE"}}}}
	docs["failed"] = finish(s, failing, ghost, closed)

	docs["dry-run"] = finish(report.NewSync(started, true), row(prod, plan.Input{Registered: has(plan.StateHealthy, "10.0.1.5"), Witnesses: both("10.0.1.5", "10.0.2.5")}))
	docs["ipv6"] = finish(report.NewSync(started, false), row(prod, plan.Input{
		Group:     plan.Group{IPv6: true, Tags: map[string]string{plan.TagManaged: "true"}},
		Witnesses: both("10.0.1.5"),
	}))
	checked := row(prod, plan.Input{
		Registered: has(plan.StateHealthy, "10.0.1.5", "10.0.2.5"), Witnesses: []plan.Witness{says(plan.DNS, "10.0.1.5", "10.0.2.5", "10.0.3.5"), says(plan.ENI, "10.0.1.5")},
		Identity: map[netip.Addr]plan.Verdict{addr("10.0.1.5"): plan.Proved, addr("10.0.2.5"): plan.Disproved, addr("10.0.3.5"): plan.Disproved},
		Marks:    plan.Marks{{Kind: plan.MarkDisproved, Addr: addr("10.0.3.5")}: started.Add(-time.Minute)},
	})
	checked.Identity = []report.Identity{
		{Address: "10.0.1.5", Verdict: plan.Proved, Detail: "it serves the cluster's certificate"},
		{Address: "10.0.2.5", Verdict: plan.Disproved, Detail: "certificate of 10.0.2.5:443: CN=a\x1b[2J for [b] by CN=kubernetes: signed by unknown authority"},
		{Address: "10.0.3.5", Verdict: plan.Disproved, Detail: "certificate of 10.0.3.5:443: CN=a for [b] by CN=kubernetes: signed by unknown authority"},
		{Address: "10.0.4.5", Detail: "no time was left"},
	}
	docs["identity"] = finish(report.NewSync(started, false), checked)

	empty := report.NewSync(started, false)
	empty.Scopes = []report.Scope{{Account: "222222222222", Region: "us-east-1"}}
	empty.Errors = []report.Error{{Code: plan.Expected, Message: "found no link; scopes searched: 1", Hint: "tag target groups"}}
	empty.Complete(0, nil)
	docs["empty"] = empty
	return docs
}

// TestGolden compares each document, and its text on and off a terminal, with
// the files of testdata. The text is made from the document as read back.
func TestGolden(t *testing.T) {
	for name, doc := range documents() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := report.WriteJSON(&out, doc, false); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".json", out.Bytes())

			var back report.Sync
			dec := json.NewDecoder(bytes.NewReader(out.Bytes()))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(doc, back); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
			if bytes.Contains(out.Bytes(), []byte(": null")) != (doc.Links != nil && withoutTargets(doc)) {
				t.Error("null is only for targets that were not read")
			}

			for file, o := range map[string]report.TextOptions{
				name + ".txt":      {},
				name + ".wide.txt": {Wide: true},
				name + ".tty.txt":  {TTY: true, Colour: true, Now: started.Add(5 * time.Second)},
			} {
				var text bytes.Buffer
				if err := report.WriteText(&text, back, o); err != nil {
					t.Fatal(err)
				}
				golden(t, file, text.Bytes())
				if !o.Colour && strings.ContainsRune(text.String(), '\x1b') {
					t.Errorf("%s: a control character", file)
				}
			}
		})
	}
}

func withoutTargets(doc report.Sync) bool {
	for _, l := range doc.Links {
		if l.Targets == nil {
			return true
		}
	}
	return false
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", name, diff)
	}
}

// TestGoldenFilesAreUsed fails for a file of testdata that no document makes.
func TestGoldenFilesAreUsed(t *testing.T) {
	docs := documents()
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.IsDir() { // of the other documents
			continue
		}
		name, _, _ := strings.Cut(f.Name(), ".")
		if _, ok := docs[name]; !ok {
			t.Errorf("no document makes testdata/%s", f.Name())
		}
	}
}

func TestOneLine(t *testing.T) {
	var out bytes.Buffer
	for _, doc := range documents() {
		if err := report.WriteJSON(&out, doc, true); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Count(out.String(), "\n"), len(documents()); got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
}

func TestColourAddsNoWords(t *testing.T) {
	for name, doc := range documents() {
		var plainText, coloured bytes.Buffer
		report.WriteText(&plainText, doc, report.TextOptions{TTY: true})
		report.WriteText(&coloured, doc, report.TextOptions{TTY: true, Colour: true})
		stripped := coloured.String()
		for _, sgr := range []string{"31", "32", "33", "36", "0"} {
			stripped = strings.ReplaceAll(stripped, "\x1b["+sgr+"m", "")
		}
		if diff := cmp.Diff(plainText.String(), stripped); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestExit(t *testing.T) {
	link := func(r plan.Result, as ...plan.Action) report.Link {
		l := report.Link{Ref: string(r), Result: r}
		for _, a := range as {
			l.Decisions = append(l.Decisions, report.Decision{Action: a})
		}
		return l
	}
	fault := []report.Error{{Code: plan.AWSError}}
	for _, test := range []struct {
		name    string
		doc     report.Sync
		allowed bool
		want    int
	}{
		{name: "converged", doc: report.Sync{Links: []report.Link{link(plan.Converged)}}, want: report.ExitOK},
		{name: "pending", doc: report.Sync{Links: []report.Link{link(plan.Pending)}}, want: report.ExitOK},
		{name: "changed", doc: report.Sync{Links: []report.Link{link(plan.Changed)}}, want: report.ExitOK},
		{name: "would change", doc: report.Sync{DryRun: true, Links: []report.Link{link(plan.Changed)}}, want: report.ExitDifference},
		{name: "dry and converged", doc: report.Sync{DryRun: true, Links: []report.Link{link(plan.Converged)}}, want: report.ExitOK},
		{name: "held", doc: report.Sync{Links: []report.Link{link(plan.Held)}}, want: report.ExitHeld},
		{name: "an address refused", doc: report.Sync{Links: []report.Link{link(plan.Converged, plan.Keep, plan.Refuse)}}, want: report.ExitHeld},
		{name: "held outweighs would change", doc: report.Sync{DryRun: true, Links: []report.Link{link(plan.Changed), link(plan.Held)}}, want: report.ExitHeld},
		{name: "failed outweighs held", doc: report.Sync{Links: []report.Link{link(plan.Failed), link(plan.Held)}}, want: report.ExitFailed},
		{name: "a scope failed", doc: report.Sync{Scopes: []report.Scope{{Errors: fault}}, Links: []report.Link{link(plan.Converged)}}, want: report.ExitFailed},
		{name: "the pass failed", doc: report.Sync{Errors: fault, Links: []report.Link{link(plan.Converged)}}, want: report.ExitFailed},
		{name: "one gone", doc: report.Sync{Links: []report.Link{link(plan.Gone), link(plan.Converged)}}, want: report.ExitOK},
		{name: "only gone", doc: report.Sync{Links: []report.Link{link(plan.Gone)}}, want: report.ExitFailed},
		{name: "none", doc: report.Sync{}, want: report.ExitFailed},
		{name: "none, as allowed", doc: report.Sync{}, allowed: true, want: report.ExitOK},
		{name: "none as allowed, a scope failed", doc: report.Sync{Scopes: []report.Scope{{Errors: fault}}}, allowed: true, want: report.ExitFailed},
	} {
		test.doc.Complete(0, nil)
		if got := report.Exit(test.doc, report.ExitOptions{AllowEmpty: test.allowed}); got != test.want {
			t.Errorf("%s: exit %d, want %d", test.name, got, test.want)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, test := range []struct {
		v    report.Version
		want string
	}{
		{report.Version{Version: "(devel)", Go: "go1.26.8", Platform: "linux/amd64"}, "postern (devel), go1.26.8, linux/amd64\n"},
		{report.Version{Version: "v1.2.3", Revision: "0a1b2c", Modified: true, Time: started, Go: "go1.26.8", Platform: "linux/amd64"},
			"postern v1.2.3 0a1b2c with changes of 2026-05-04T10:20:30Z, go1.26.8, linux/amd64\n"},
	} {
		var out bytes.Buffer
		if err := report.WriteVersion(&out, test.v); err != nil || out.String() != test.want {
			t.Errorf("%q, %v; want %q", out.String(), err, test.want)
		}
	}
}
