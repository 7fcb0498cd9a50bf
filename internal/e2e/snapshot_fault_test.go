package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/awsapi"
	"postern/internal/fleet"
	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/plan"
)

// lost is what a snapshot has less than another: the paths of fields, and the
// fault there; nil where it was not asked because of another fault.
type lost map[string]*plan.Fault

// less compares a snapshot with a whole one. What is in both must be the same.
func less(t *testing.T, whole, got *fleet.Snapshot) lost {
	t.Helper()
	out := lost{}
	out.walk(t, "", reflect.ValueOf(*whole), reflect.ValueOf(*got))
	return out
}

func (l lost) walk(t *testing.T, path string, whole, got reflect.Value) {
	t.Helper()
	switch whole.Interface().(type) {
	case netip.Addr, netip.Prefix, time.Time, []byte:
		if d := cmp.Diff(whole.Interface(), got.Interface(), cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); d != "" {
			t.Errorf("%s (- whole, + got):\n%s", path, d)
		}
		return
	}
	switch whole.Kind() {
	case reflect.Struct:
		if asked := whole.FieldByName("Asked"); asked.IsValid() { // a listing
			fault, _ := got.FieldByName("Fault").Interface().(*plan.Fault)
			if !got.FieldByName("Asked").Bool() && asked.Bool() || fault != nil {
				l[path] = fault
				return
			}
		} else if f := got.FieldByName("Fault"); f.IsValid() && !f.IsNil() {
			l[path] = f.Interface().(*plan.Fault)
			return
		}
		for i := range whole.NumField() {
			name := whole.Type().Field(i).Name
			if name == "Calls" || name == "At" {
				continue
			}
			if path == "Zones" && name == "VPCs" && !got.FieldByName("Zones").FieldByName("Fault").IsNil() {
				continue // whose zones were listed: none
			}
			if name == "AddrsFault" && !got.Field(i).IsNil() {
				l[path+".Endpoints.Addrs"] = got.Field(i).Interface().(*plan.Fault)
				continue
			}
			l.walk(t, strings.TrimPrefix(path+"."+name, "."), whole.Field(i), got.Field(i))
		}
	case reflect.Slice:
		if path == "Places.Endpoints.Items.Addrs" && got.Len() == 0 || path == "Places.Links.Items.Balancer.Zones.Addrs" && got.Len() == 0 {
			l[path] = nil
			return
		}
		if whole.Len() != got.Len() {
			t.Errorf("%s: %d of %d", path, got.Len(), whole.Len())
			return
		}
		for i := range whole.Len() {
			l.walk(t, path, whole.Index(i), got.Index(i))
		}
	case reflect.Pointer:
		if whole.IsNil() != got.IsNil() {
			t.Errorf("%s: whole %v, got %v", path, whole, got)
		} else if !whole.IsNil() {
			l.walk(t, path, whole.Elem(), got.Elem())
		}
	default:
		if d := cmp.Diff(whole.Interface(), got.Interface()); d != "" {
			t.Errorf("%s (- whole, + got):\n%s", path, d)
		}
	}
}

// deniedLosses is what a deep snapshot lacks without an IAM action: what has
// the fault itself, and, after a bar, what could not be asked without it.
var deniedLosses = map[string]string{
	"sts:GetCallerIdentity": "Places Zones.Zones",
	"sts:AssumeRole":        "Places | Zones.Zones.Items.Records",

	"ec2:DescribeVpcs":                             "Places.VPCs",
	"ec2:DescribeSubnets":                          "Places.Subnets",
	"ec2:DescribeRouteTables":                      "Places.RouteTables",
	"ec2:DescribeSecurityGroups":                   "Places.SecurityGroups",
	"ec2:DescribeNetworkAcls":                      "Places.NetworkACLs",
	"ec2:DescribeVpcPeeringConnections":            "Places.Peerings Places.Quotas",
	"ec2:DescribeVpcEndpoints":                     "Places.Endpoints Places.Quotas",
	"ec2:DescribeVpcEndpointServiceConfigurations": "Places.Services",
	"ec2:DescribeVpcEndpointConnections":           "Places.Services.Items.Connections",
	"ec2:DescribeVpcEndpointServicePermissions":    "Places.Services.Items.Principals",
	"ec2:DescribeVpcAttribute":                     "Places.VPCs.Items",
	"ec2:DescribeNetworkInterfaces":                "Places.Interfaces Places.Endpoints.Addrs | Places.Endpoints.Items.Addrs Places.Links.Items.Balancer.Zones.Addrs",

	"eks:ListClusters":    "Places.Clusters Places.Quotas",
	"eks:DescribeCluster": "Places.Clusters.Items | Zones.Zones.Items.Records",

	"tag:GetResources":                                    "Places.Links Places.Quotas | Places.Services.Items.Principals",
	"elasticloadbalancing:DescribeTargetGroups":           "Places.Links Places.Quotas | Places.Services.Items.Principals",
	"elasticloadbalancing:DescribeLoadBalancers":          "Places.Links Places.Quotas | Places.Services.Items.Principals",
	"elasticloadbalancing:DescribeTargetHealth":           "Places.Links.Items.Targets Places.Quotas",
	"elasticloadbalancing:DescribeListeners":              "Places.Links.Items.Listeners",
	"elasticloadbalancing:DescribeLoadBalancerAttributes": "Places.Links.Items.Balancer.Attributes",
	"elasticloadbalancing:DescribeTargetGroupAttributes":  "Places.Links.Items.Attributes",

	"route53:ListHostedZones":        "Zones.Zones Places.Quotas",
	"route53:ListHostedZonesByVPC":   "Zones.Zones",
	"route53:GetHostedZone":          "Zones.Zones.Items.VPCs",
	"route53:ListResourceRecordSets": "Zones.Zones.Items.Records",
}

// Each action that a snapshot needs, denied everywhere by itself, costs what
// that action alone says, and there is a fault there that names the action.
func TestSnapshotWithoutOneAction(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		whole := b.snapshot(deep)
		sent := map[string]bool{}
		for call := range whole.Calls {
			sent[strings.NewReplacer("elbv2:", "elasticloadbalancing:", "tagging:", "tag:").Replace(call)] = true
		}
		if d := cmp.Diff(slices.Sorted(maps.Keys(sent)), slices.Sorted(maps.Keys(deniedLosses))); d != "" {
			t.Fatalf("the actions that a snapshot sends (-) and those of the table (+):\n%s", d)
		}
		for action, losses := range deniedLosses {
			b.lab.ClearFaults()
			b.fault("deny action=" + action)
			found := less(t, whole, b.snapshot(deep))
			direct, after, _ := strings.Cut(losses, "|")
			if d := cmp.Diff(slices.Sorted(slices.Values(strings.Fields(direct+after))), slices.Sorted(maps.Keys(found))); d != "" {
				t.Errorf("without %s it lacks (- want, + got):\n%s", action, d)
			}
			for _, path := range strings.Fields(direct) {
				switch f := found[path]; {
				case f == nil:
					t.Errorf("without %s: %s has no fault", action, path)
				case f.Code != plan.AccessDenied || !strings.HasPrefix(f.Hint, action+": "):
					t.Errorf("without %s: the fault of %s is %s, %q, hint %q", action, path, f.Code, f.Error(), f.Hint)
				}
			}
		}
	})
}

// A throttled call is tried again; one that stays throttled has its fault,
// and the others are whole.
func TestSnapshotThrottled(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		whole := b.snapshot(nil)
		b.fault("throttle action=ec2:DescribeSubnets times=2")
		b.fault("throttle action=route53:ListHostedZones times=2")
		b.fault("throttle action=eks:DescribeCluster times=2")
		again := b.snapshot(nil)
		if found := less(t, whole, again); len(found) > 0 {
			t.Errorf("throttled twice, it lacks %v", found)
		}
		for _, call := range []string{"ec2:DescribeSubnets", "route53:ListHostedZones", "eks:DescribeCluster"} {
			if more := again.Calls[call] - whole.Calls[call]; more != 2 {
				t.Errorf("%d more attempts of %s, want 2", more, call)
			}
		}
		b.lab.ClearFaults()
		for _, call := range []string{"ec2:DescribeSubnets", "route53:ListHostedZones"} {
			b.fault("throttle action=" + call)
		}
		found := less(t, whole, b.snapshot(nil))
		if d := cmp.Diff([]string{"Places.Quotas", "Places.Subnets", "Zones.Zones"}, slices.Sorted(maps.Keys(found))); d != "" {
			t.Errorf("throttled for good, it lacks (- want, + got):\n%s", d)
		}
		for path, f := range found {
			if f == nil || f.Code != plan.Throttled || f.Hint == "" {
				t.Errorf("%s: %+v", path, f)
			}
		}
	})
}

// A snapshot whose time runs out is there at that time, with what answered.
func TestSnapshotOutOfTime(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		whole := b.snapshot(nil)
		b.fault("delay action=ec2:DescribeSubnets by=1h")
		b.fault("delay action=elbv2:DescribeListeners by=1h")
		b.fault("delay action=route53:ListHostedZones by=1h")
		ctx, cancel := context.WithTimeout(b.Context(), 8*time.Second)
		defer cancel()
		began := time.Now()
		found := less(t, whole, b.snapshotOver(ctx, b.http, nil))
		if took := time.Since(began); took != 8*time.Second {
			t.Errorf("it took %s of 8s", took)
		}
		if d := cmp.Diff([]string{"Places.Links.Items.Listeners", "Places.Quotas", "Places.Subnets", "Zones.Zones"}, slices.Sorted(maps.Keys(found))); d != "" {
			t.Errorf("out of time, it lacks (- want, + got):\n%s", d)
		}
		for path, f := range found {
			if f == nil || f.Code != plan.Interrupted || !errors.Is(f, context.DeadlineExceeded) {
				t.Errorf("%s: %+v", path, f)
			}
		}
		stopped, stop := context.WithCancel(b.Context())
		stop()
		for path, f := range less(t, whole, b.snapshotOver(stopped, b.http, nil)) {
			if f == nil || f.Code != plan.Interrupted {
				t.Errorf("stopped at once, %s: %+v", path, f)
			}
		}
	})
}

// The same world gives the same snapshot.
func TestSnapshotTwice(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		first, second := b.snapshot(deep), b.snapshot(deep)
		opts := cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.IgnoreFields(fleet.Snapshot{}, "At")}
		if d := cmp.Diff(first, second, opts); d != "" {
			t.Errorf("(- first, + second):\n%s", d)
		}
	})
}

// rewriter changes what is sent and what comes back.
type rewriter struct {
	http.RoundTripper
	request func(r *http.Request, body string) string
	answer  func(action, body string) string
}

func (w rewriter) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body.Close()
	}
	r = r.Clone(r.Context())
	if w.request != nil {
		body = []byte(w.request(r, string(body)))
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp, err := w.RoundTripper.RoundTrip(r)
	if err != nil || w.answer == nil {
		return resp, err
	}
	defer resp.Body.Close()
	back, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	action := r.URL.Path
	if _, after, ok := strings.Cut(string(body), "Action="); ok {
		action, _, _ = strings.Cut(after, "&")
	}
	back = []byte(w.answer(action, string(back)))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(back)), int64(len(back))
	resp.Header.Set("Content-Length", fmt.Sprint(len(back)))
	return resp, nil
}

var pageSize = regexp.MustCompile(`(MaxResults=|PageSize=|maxitems=|maxResults=|"ResourcesPerPage":)\d+`)

// Listings of many small pages are the same as those of one.
func TestSnapshotInPages(t *testing.T) {
	scope := state.Caller{Account: genAccount, Region: "us-east-1"}
	inSnapBenchOf(t, lab.GeneratedHub(12, 1), []state.Caller{scope}, func(b *snapBench) {
		small := func(text string) string {
			return pageSize.ReplaceAllStringFunc(text, func(m string) string {
				if strings.HasPrefix(m, "MaxResults") {
					return "MaxResults=5" // the least that EC2 takes
				}
				return strings.TrimRight(m, "0123456789") + "1"
			})
		}
		pages := rewriter{RoundTripper: b.http, request: func(r *http.Request, body string) string {
			r.URL.RawQuery = small(r.URL.RawQuery)
			return small(body)
		}}
		whole, got := b.snapshot(deep), b.snapshotOver(b.Context(), pages, deep)
		if found := less(t, whole, got); len(found) > 0 {
			t.Errorf("in pages it lacks %v", found)
		}
		once := []string{ // what has no more than one page, or no pages
			"ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpointServicePermissions", "ec2:DescribeVpcPeeringConnections", "eks:DescribeCluster",
			"elbv2:DescribeListeners", "elbv2:DescribeLoadBalancerAttributes", "elbv2:DescribeTargetGroupAttributes", "elbv2:DescribeTargetHealth",
			"route53:GetHostedZone", "sts:AssumeRole", "sts:GetCallerIdentity",
		}
		for call, n := range whole.Calls {
			if got.Calls[call] <= n && !slices.Contains(once, call) {
				t.Errorf("%s: %d calls in pages, %d without", call, got.Calls[call], n)
			}
		}
		if n := healthyLinks(got); n != 12 {
			t.Errorf("%d healthy links of 12", n)
		}
	})
}

// Answers that cannot be read are faults where they are, and nothing else.
// What has the form of an answer without anything in it passes for EC2's empty
// listing: the SDK does not tell.
func TestSnapshotOfNonsense(t *testing.T) {
	text := regexp.MustCompile(`>[^<\s][^<]*<`)
	ids := regexp.MustCompile(`<[A-Za-z]*Id>[^<]*</[A-Za-z]*Id>`)
	clusters := func(p fleet.Place) bool { return p.Clusters.Known() || p.Links.Known() }
	vpcs := func(p fleet.Place) bool { return p.VPCs.Known() || p.Subnets.Known() || p.RouteTables.Known() }
	for name, tt := range map[string]struct {
		spoil func(string) string
		known func(fleet.Place) bool // what must not be
	}{
		"nothing":      {func(string) string { return "" }, func(fleet.Place) bool { return false }},
		"a web page":   {func(string) string { return "<html><body>Sign in</body></html>" }, clusters},
		"another's":    {func(string) string { return "<OtherResponse><x/></OtherResponse>" }, clusters},
		"half of it":   {func(s string) string { return s[:len(s)/2] }, func(p fleet.Place) bool { return clusters(p) || vpcs(p) }},
		"without IDs":  {func(s string) string { return ids.ReplaceAllString(s, "") }, vpcs},
		"without text": {func(s string) string { return text.ReplaceAllString(s, "><") }, vpcs},
	} {
		t.Run(name, func(t *testing.T) {
			inSnapBench(t, func(b *snapBench) {
				nonsense := rewriter{RoundTripper: b.http, answer: func(action, body string) string {
					if action == "GetCallerIdentity" || action == "AssumeRole" {
						return body
					}
					return tt.spoil(body)
				}}
				s := b.snapshotOver(b.Context(), nonsense, deep)
				if len(s.Places) != 5 {
					t.Fatalf("%d places", len(s.Places))
				}
				for _, p := range s.Places {
					if p.Fault != nil || tt.known(p) {
						t.Errorf("%s/%s: fault %v, and known that should not be:\n%+v", p.Account, p.Region, p.Fault, p)
					}
				}
				for _, z := range s.Zones {
					if z.Zones.Known() {
						t.Errorf("zones are known: %+v", z)
					}
				}
			})
		})
	}
}

// What is asked one by one is asked of the clusters that fit alone; the others
// are named.
func TestSnapshotOfOneCluster(t *testing.T) {
	inSnapBench(t, func(b *snapBench) {
		whole := b.snapshot(deep)
		one := func(text string) *fleet.Snapshot {
			p, err := plan.ParsePattern(text)
			if err != nil {
				t.Fatal(err)
			}
			return b.snapshot(func(a *awsapi.SnapshotAsk) { a.Only, a.Deep = []plan.Pattern{p}, true })
		}
		ref := plan.Ref{Account: "222222222222", Region: "eu-west-1", Name: "payments"}
		for _, text := range []string{"payments", "eu-west-1/payments", ref.String()} {
			got := one(text)
			for _, p := range got.Places {
				same := whole.Place(p.Account, p.Region)
				opts := cmp.Options{cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}), cmpopts.EquateEmpty()}
				if p.Hub || p.Account == ref.Account && p.Region == ref.Region {
					if d := cmp.Diff(*same, p, opts); d != "" {
						t.Errorf("%s: %s/%s (- whole, + got):\n%s", text, p.Account, p.Region, d)
					}
					continue
				}
				for _, c := range p.Clusters.Items {
					if c.Described() || c.Fault != nil {
						t.Errorf("%s: cluster %s/%s/%s was asked about", text, p.Account, p.Region, c.Name)
					}
				}
				for _, l := range p.Links.Items {
					if l.Targets.Asked || l.Listeners.Asked {
						t.Errorf("%s: link %s was asked about", text, l.Ref)
					}
				}
				if p.VPCs.Asked || p.Services.Asked {
					t.Errorf("%s: %s/%s was asked about", text, p.Account, p.Region)
				}
			}
			if d := cmp.Diff(1, got.Calls["route53:GetHostedZone"]); d != "" {
				t.Errorf("%s: zones asked about (- want, + got):\n%s", text, d)
			}
		}
		if d := cmp.Diff([]plan.Ref{
			{Account: "222222222222", Region: "eu-west-1", Name: "payments"},
			{Account: "222222222222", Region: "us-east-1", Name: "prod"},
			{Account: "333333333333", Region: "eu-west-1", Name: "prod"},
		}, one("nosuch").Fleet()); d != "" {
			t.Errorf("the names near one that is not there (- want, + got):\n%s", d)
		}
	})
}
