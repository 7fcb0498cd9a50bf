package report_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postern/internal/fleet"
	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/trace"
)

// linkOf returns a healthy link of a cluster.
func linkOf(r plan.Ref) fleet.Link {
	arn := "arn:aws:elasticloadbalancing:" + string(r.Region) + ":" + string(r.Account) + ":"
	return fleet.Link{
		Ref: r,
		Candidate: plan.Candidate{Cluster: r.Name, Group: plan.Group{
			ARN: plan.GroupARN(arn + "targetgroup/postern-" + r.Name + "/0123456789abcdef"), VPC: "vpc-0" + r.Name, Tags: map[string]string{plan.TagManaged: "true"},
		}},
		Targets: fleet.Listing[plan.Registered]{Asked: true, Items: has(plan.StateHealthy, "10.0.1.5", "10.0.2.5")},
		Balancer: &fleet.Balancer{
			LoadBalancer: plan.LoadBalancer{ARN: arn + "loadbalancer/net/postern-" + r.Name + "/0123456789abcdef"}, DNSName: "postern-" + r.Name + ".elb.example.org", State: "active",
			Zones: []fleet.BalancerZone{{Zone: string(r.Region) + "a", Subnet: "subnet-0a", Addrs: []netip.Addr{addr("10.0.1.10")}}, {Zone: string(r.Region) + "b", Subnet: "subnet-0b"}},
		},
	}
}

// statusFleet returns a fleet of linked clusters and their hub.
func statusFleet(refs ...plan.Ref) *fleet.Snapshot {
	const hub = "111111111111"
	s := &fleet.Snapshot{At: started, Hub: fleet.Hub{Account: hub, Region: "us-east-1"}, Calls: map[string]int{"ec2:DescribeVpcs": 4, "elasticloadbalancing:DescribeTargetHealth": len(refs)}}
	zones := fleet.AccountZones{Account: hub, Zones: fleet.Listing[fleet.Zone]{Asked: true}}
	place := func(account plan.AccountID, region plan.Region, h bool) *fleet.Place {
		if p := s.Place(account, region); p != nil {
			return p
		}
		p := fleet.Place{Account: account, Region: region, Hub: h, Spoke: !h}
		p.Endpoints.Asked, p.Clusters.Asked, p.Links.Asked, p.Services.Asked, p.Quotas.Asked = h, !h, !h, !h, true
		s.Places = append(s.Places, p)
		return s.Place(account, region)
	}
	for _, r := range refs {
		place(hub, r.Region, true)
		place(r.Account, r.Region, false)
	}
	for _, r := range refs {
		p, h := place(r.Account, r.Region, false), place(hub, r.Region, true)
		id, host := "0"+r.Name+string(r.Account[:1]), r.Name+string(r.Account[:1])+".gr7."+string(r.Region)+".eks.amazonaws.com"
		l := linkOf(r)
		name := "com.amazonaws.vpce." + string(r.Region) + ".vpce-svc-" + id
		p.Clusters.Items = append(p.Clusters.Items, fleet.Cluster{Cluster: plan.Cluster{Name: r.Name, Host: host, VPC: "vpc-0" + r.Name, Status: plan.ClusterActive}})
		p.Links.Items = append(p.Links.Items, l)
		p.Services.Items = append(p.Services.Items, fleet.Service{
			ID: "vpce-svc-" + id, Name: name, Account: r.Account, Region: r.Region, State: "Available", Balancers: []string{l.Balancer.ARN}, Tags: map[string]string{plan.TagCluster: r.Name},
			Connections: fleet.Listing[fleet.Connection]{Asked: true, Items: []fleet.Connection{{Endpoint: "vpce-" + id, Owner: hub, Region: r.Region, State: "available"}}},
		})
		h.Endpoints.Items = append(h.Endpoints.Items, fleet.Endpoint{
			ID: "vpce-" + id, Account: hub, Region: r.Region, VPC: "vpc-0endpoints", Service: name, ServiceRegion: r.Region, State: "available",
			Addrs: []fleet.EndpointAddr{{Zone: string(r.Region) + "a", Addr: addr("10.101.0.5")}, {Zone: string(r.Region) + "b", Addr: addr("10.101.1.5")}},
		})
		zones.Zones.Items = append(zones.Zones.Items, fleet.Zone{ID: "Z" + strings.ToUpper(id), Name: host, Account: hub})
	}
	s.Zones = []fleet.AccountZones{zones}
	return s
}

// statuses are the documents of the golden files.
func statuses() map[string]report.Status {
	prod, other, payments := ref("222222222222", "us-east-1", "prod"), ref("333333333333", "eu-west-1", "prod"), ref("222222222222", "eu-west-1", "payments")
	fine := func(r plan.Ref) trace.Path {
		return trace.Path{Ref: r, Findings: []trace.Finding{
			{Hop: trace.HopEndpoint, Verdict: trace.Passed, Saw: "available"}, {Hop: trace.HopService, Verdict: trace.Unchecked, Code: trace.NotAsked, Saw: "allowed principals were not asked for"},
		}}
	}
	with := func(p trace.Path, fs ...trace.Finding) trace.Path {
		p.Findings = append(p.Findings, fs...)
		return p
	}
	docs := map[string]report.Status{}
	add := func(name string, s *fleet.Snapshot, whole bool, paths ...trace.Path) {
		docs[name] = report.NewStatus(s, paths, whole, 1234*time.Millisecond)
	}

	add("healthy", statusFleet(prod, other, payments), true, fine(other), fine(prod), fine(payments))

	s := statusFleet(prod, other, payments)
	links := s.Place("222222222222", "us-east-1").Links.Items
	links[0].Targets.Items = append(has(plan.StateUnhealthy, "10.0.1.5", "10.0.2.5"), has(plan.StateDraining, "10.0.3.5")...)
	links[0].Candidate.Group.Tags = map[string]string{plan.TagPaused: "yes", plan.TagMarks: "-10.0.1.5@1777889985"}
	h := s.Place("111111111111", "eu-west-1")
	second := h.Endpoints.Items[0]
	second.ID, second.State = "vpce-0second", "rejected"
	h.Endpoints.Items = append(h.Endpoints.Items, second)
	p := s.Place("222222222222", "eu-west-1")
	p.Clusters.Items = append(p.Clusters.Items, fleet.Cluster{Cluster: plan.Cluster{Name: "new"}})
	p.Quotas.Items = []fleet.Quota{{Name: "Network Load Balancers per Region", Used: 45, Limit: 50, Default: true}}
	h.Quotas.Items = []fleet.Quota{{Name: "Interface VPC endpoints per VPC", Of: "vpc-0endpoints", Used: 50, Limit: 50}}
	add("broken", s, true, fine(other), fine(ref("222222222222", "eu-west-1", "new")),
		with(fine(prod),
			trace.Finding{Hop: trace.HopTargets, Verdict: trace.Degraded, Code: trace.TargetsUnhealthy, Saw: "2 of 2 targets fail", Because: trace.AdmitMissing},
			trace.Finding{Hop: trace.HopAdmit, Verdict: trace.Broken, Code: trace.AdmitMissing, Object: "sg-0cluster", Saw: "sg-0cluster admits nobody on port 443\x1b[2J", Why: "the load balancer's connections are dropped"}),
		with(fine(payments), trace.Finding{Hop: trace.HopService, Verdict: trace.Degraded, Code: trace.ZoneMismatch, Object: "vpce-0payments2", Saw: "the endpoint is in eu-west-1c, where the load balancer has no node", Why: "a third of the connections fails"}))

	s = statusFleet(prod, other)
	denied := &plan.Fault{Code: plan.AccessDenied, Action: "elasticloadbalancing:DescribeTargetHealth", Message: "read the targets of postern-prod",
		Hint: `elasticloadbalancing:DescribeTargetHealth: add to the role's policy {"Effect":"Allow","Action":"elasticloadbalancing:DescribeTargetHealth","Resource":"*"}`}
	s.Place("333333333333", "eu-west-1").Links.Items[0].Targets = fleet.Listing[plan.Registered]{Asked: true, Fault: denied}
	s.Places = append(s.Places, fleet.Place{Account: "222222222222", Region: "ap-south-1", Spoke: true, Fault: &plan.Fault{Code: plan.NoCredentials, Message: "assume the role", Hint: "log in again"}})
	quotas := *denied
	quotas.Message = "read targets again"
	s.Place("333333333333", "eu-west-1").Quotas.Fault = &quotas
	s.Place("222222222222", "us-east-1").Services.Fault = &plan.Fault{Code: plan.Throttled, Message: "list endpoint services"}
	add("denied", s, true, fine(prod), with(fine(other), trace.Finding{Hop: trace.HopTargets, Verdict: trace.Unchecked, Code: trace.NotChecked, Saw: "elasticloadbalancing:DescribeTargetHealth was denied"}))

	s = statusFleet(prod)
	s.Place("222222222222", "us-east-1").Links.Items = nil
	add("named", s, false, with(fine(prod), trace.Finding{Hop: trace.HopBalancer, Verdict: trace.Broken, Code: trace.LinkMissing, Saw: "no link"}))

	add("empty", &fleet.Snapshot{At: started}, true)

	watched := report.NewStatus(statusFleet(prod), []trace.Path{with(fine(prod), trace.Finding{Hop: trace.HopEndpoint, Verdict: trace.Broken, Code: trace.EndpointPending, Saw: "vpce-0prod2 is pendingacceptance"})}, true, time.Second)
	watched.Links[0].Since = started.Add(-90 * time.Second)
	docs["since"] = watched
	return docs
}

func TestStatusGolden(t *testing.T) {
	docs := statuses()
	for name, doc := range docs {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := report.WriteJSON(&out, doc, false); err != nil {
				t.Fatal(err)
			}
			golden(t, "status/"+name+".json", out.Bytes())
			var back report.Status
			dec := json.NewDecoder(bytes.NewReader(out.Bytes()))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(doc, back); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
			for file, o := range map[string]report.TextOptions{
				name + ".txt":      {},
				name + ".wide.txt": {Wide: true},
				name + ".tty.txt":  {TTY: true, Colour: true, Width: 100},
			} {
				var text bytes.Buffer
				if err := report.WriteStatus(&text, back, o); err != nil {
					t.Fatal(err)
				}
				golden(t, "status/"+file, text.Bytes())
			}
		})
	}
	files, err := os.ReadDir("testdata/status")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name, _, _ := strings.Cut(f.Name(), "."); docs[name].Schema == "" {
			t.Errorf("no document makes testdata/status/%s", f.Name())
		}
	}
}

func TestStatusExit(t *testing.T) {
	docs := statuses()
	for name, want := range map[string]int{"healthy": report.ExitOK, "broken": report.ExitDifference, "denied": report.ExitFailed, "empty": report.ExitFailed, "since": report.ExitDifference} {
		if got := report.StatusExit(docs[name], false); got != want {
			t.Errorf("%s: exit %d, want %d", name, got, want)
		}
	}
	unlinked := docs["named"]
	if got := report.StatusExit(unlinked, true); got != report.ExitDifference {
		t.Errorf("a cluster without a link, asked for by name: exit %d", got)
	}
	// Clusters, and no link: that all is well nobody can say.
	if got := report.StatusExit(unlinked, false); got != report.ExitFailed {
		t.Errorf("no link at all: exit %d", got)
	}
	unlinked.Summary.Clusters++
	unlinked.Summary.OK++
	if got := report.StatusExit(unlinked, false); got != report.ExitOK {
		t.Errorf("a cluster without a link, besides one with: exit %d", got)
	}
	// What is missing here and there is said, and no reason to fail.
	part := docs["healthy"]
	part.NotChecked = []report.NotChecked{{What: "network ACLs"}}
	if got := report.StatusExit(part, false); got != report.ExitOK {
		t.Errorf("network ACLs that were not checked: exit %d", got)
	}
	part.NotChecked = []report.NotChecked{{What: fleet.GapLinks}}
	if got := report.StatusExit(part, false); got != report.ExitFailed {
		t.Errorf("links that were not listed: exit %d", got)
	}
}

// TestStatusOfTwoLinks: the row shows the objects of the link that the verdict is
// about, whatever the order of the groups.
func TestStatusOfTwoLinks(t *testing.T) {
	prod := ref("222222222222", "us-east-1", "prod")
	s := statusFleet(prod)
	links := &s.Place("222222222222", "us-east-1").Links
	stranger := fleet.Link{Ref: prod, Candidate: plan.Candidate{Cluster: "prod", Group: plan.Group{ARN: "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/a/1"}}}
	own := links.Items[0]
	for _, both := range [][]fleet.Link{{own, stranger}, {stranger, own}} {
		links.Items = both
		row := report.NewStatus(s, []trace.Path{trace.Walk(s, prod, trace.Options{})}, true, time.Second).Links[0]
		if row.TargetGroupARN != own.Candidate.Group.ARN || row.Service == nil {
			t.Errorf("the row shows %s, service %v", row.TargetGroupARN, row.Service)
		}
	}
}

// TestStatusOfNowhere: of a place that is not even named nothing is ok.
func TestStatusOfNowhere(t *testing.T) {
	prod, s := ref("222222222222", "us-east-1", "prod"), &fleet.Snapshot{At: started}
	d := report.NewStatus(s, []trace.Path{trace.Walk(s, prod, trace.Options{})}, false, time.Second)
	if l := d.Links[0]; l.Verdict != report.HealthUnknown || report.StatusExit(d, true) != report.ExitFailed {
		t.Errorf("verdict %s, exit %d", l.Verdict, report.StatusExit(d, true))
	}
}

// TestStatusWidth: no line is wider than it may be, none breaks the screen, and
// no word is lost on the way.
func TestStatusWidth(t *testing.T) {
	docs := statuses()
	names := []string{"broken", "denied", "healthy", "named", "since", "empty"}
	rapid.Check(t, func(t *rapid.T) {
		doc := docs[rapid.SampledFrom(names).Draw(t, "document")]
		o := report.TextOptions{
			TTY: true, Colour: rapid.Bool().Draw(t, "colour"), Wide: rapid.Bool().Draw(t, "wide"), Width: rapid.IntRange(1, 220).Draw(t, "width"),
		}
		var text, unbroken bytes.Buffer
		report.WriteStatus(&text, doc, o)
		for line := range strings.Lines(text.String()) {
			fits(t, line, o)
		}
		if o.Width < 100 {
			return // where a row or the summary is cut
		}
		o.Width = 0
		report.WriteStatus(&unbroken, doc, o)
		if a, b := squeezed(text.String()), squeezed(unbroken.String()); a != b {
			t.Fatalf("broken into lines it says otherwise:\n%s\n%s", text.String(), unbroken.String())
		}
	})
}

// squeezed is a text without colours and spaces, its letters sorted: lines that
// were broken stand in another order than words.
func squeezed(s string) string {
	letters := []byte(strings.Join(strings.Fields(colourless(s)), ""))
	slices.Sort(letters)
	return string(letters)
}

func colourless(s string) string {
	for _, sgr := range []string{"31", "32", "33", "36", "0"} {
		s = strings.ReplaceAll(s, "\x1b["+sgr+"m", "")
	}
	return s
}

func fits(t *rapid.T, line string, o report.TextOptions) {
	line = colourless(strings.TrimSuffix(line, "\n"))
	if utf8.RuneCountInString(line) > o.Width || strings.ContainsAny(line, "\x1b\n\r") {
		t.Fatalf("%+v: line of %d: %q", o, utf8.RuneCountInString(line), line)
	}
}

// TestStatusFrame: a frame is never higher nor wider than the screen, its last
// line is the summary, and what asks for somebody is shown first.
func TestStatusFrame(t *testing.T) {
	docs := statuses()
	broken := docs["broken"]
	for _, height := range []int{6, 8} {
		got := strings.Join(report.StatusFrame(broken, report.TextOptions{TTY: true, Width: 120}, height), "\n") + "\n"
		golden(t, "status/broken.frame"+string(rune('0'+height))+".txt", []byte(got))
	}
	rapid.Check(t, func(t *rapid.T) {
		doc := docs[rapid.SampledFrom([]string{"broken", "denied", "healthy", "empty"}).Draw(t, "document")]
		height := rapid.IntRange(0, 40).Draw(t, "height")
		o := report.TextOptions{TTY: true, Colour: rapid.Bool().Draw(t, "colour"), Wide: rapid.Bool().Draw(t, "wide"), Width: rapid.IntRange(1, 150).Draw(t, "width")}
		frame := report.StatusFrame(doc, o, height)
		if len(frame) > height {
			t.Fatalf("%d lines in %d", len(frame), height)
		}
		all := ""
		for _, line := range frame {
			fits(t, line, o)
			all += line + "\n"
		}
		if height >= 6 && o.Width >= 100 && !o.Wide && doc.Summary.Broken > 0 && !strings.Contains(all, "222222222222/us-east-1/prod") {
			t.Fatalf("what is broken is not shown:\n%s", all)
		}
	})
}
