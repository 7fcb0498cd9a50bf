package state_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
)

func TestTakePublishedFigures(t *testing.T) {
	for _, x := range []struct {
		service, action string
		burst           int
		perTenSeconds   int
		code            string
	}{
		{"elasticloadbalancing", "DescribeTargetHealth", 40, 100, "Throttling"},
		{"elasticloadbalancing", "RegisterTargets", 20, 40, "Throttling"},
		{"elasticloadbalancing", "DeregisterTargets", 20, 40, "Throttling"},
		{"elasticloadbalancing", "AddTags", 20, 30, "Throttling"},
		{"elasticloadbalancing", "CreateLoadBalancer", 10, 2, "Throttling"},
		{"ec2", "DescribeNetworkInterfaces", 100, 200, "RequestLimitExceeded"},
		{"ec2", "CreateVpcEndpoint", 4, 3, "RequestLimitExceeded"},
		{"ec2", "CreateVpcEndpointServiceConfiguration", 10, 10, "RequestLimitExceeded"},
		{"ec2", "CreateVpcPeeringConnection", 50, 50, "RequestLimitExceeded"},
		{"tagging", "GetResources", 15, 150, "ThrottledException"},
		{"sts", "AssumeRole", 600, 6000, "Throttling"},
		{"eks", "DescribeCluster", 80, 100, "TooManyRequestsException"},
	} {
		t.Run(x.service+" "+x.action, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := state.New(state.Options{Speed: 2})
				drain := func() (n int) {
					for {
						if err := s.Take(caller, x.service, x.action); err != nil {
							if code(err) != x.code || code(state.ThrottleError(x.service)) != x.code {
								t.Fatalf("got %v, want %s", err, x.code)
							}
							return n
						}
						n++
					}
				}
				if got := drain(); got != x.burst {
					t.Errorf("burst: got %d, want %d", got, x.burst)
				}
				got := 0
				for range 50 { // ten seconds of AWS's at twice the speed, often enough that no bucket overflows
					time.Sleep(100 * time.Millisecond)
					got += drain()
				}
				if got < x.perTenSeconds-1 || got > x.perTenSeconds {
					t.Errorf("in ten seconds: got %d, want %d", got, x.perTenSeconds)
				}
				elsewhere := state.Caller{Account: account, Region: "us-east-1"}
				if err := s.Take(elsewhere, x.service, x.action); err != nil {
					t.Errorf("another region: %v", err)
				}
			})
		})
	}
}

func TestTakeShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := state.New(state.Options{})
		for i := range 20 {
			if s.Take(caller, "elasticloadbalancing", "RegisterTargets") != nil || s.Take(caller, "elasticloadbalancing", "AddTags") != nil {
				t.Fatal(i)
			}
		}
		if err := s.Take(caller, "elasticloadbalancing", "DescribeTags"); err == nil {
			t.Error("forty calls of an account are its burst, whatever they are")
		}
		for range 50 {
			if err := s.TakeUnfiltered(caller); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.TakeUnfiltered(caller); code(err) != "RequestLimitExceeded" {
			t.Errorf("got %v", err)
		}
	})
}

func TestLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{})
		w.cluster("prod")
		g, _, _ := w.link("prod")
		w.Settle()
		tag := func() string {
			rs, _, err := w.GetResources(caller, state.TagQuery{Types: []string{"elasticloadbalancing:targetgroup"}, Filters: []state.TagFilter{{Key: "postern:cluster"}}})
			w.ok(err)
			if len(rs) == 0 {
				return ""
			}
			return rs[0].Tags["postern:cluster"]
		}
		w.ok(w.AddTags(caller, []string{g}, state.Tags{"postern:cluster": "prod"}))
		direct, err := w.DescribeTags(caller, []string{g})
		w.ok(err)
		if tag() != "" || direct[0].Tags["postern:cluster"] != "prod" {
			t.Errorf("tagging API %q, ELB %v", tag(), direct)
		}
		time.Sleep(15 * time.Second)
		if tag() != "prod" {
			t.Error("the tag never arrives")
		}

		// EC2: new interfaces are not listed yet, old ones still are.
		before := ids(w.plane(caller, "prod"))
		w.move(state.MoveAbrupt)
		if diff := cmp.Diff(before, ids(w.plane(caller, "prod"))); diff != "" {
			t.Error(diff)
		}
		time.Sleep(2 * time.Second)
		after := ids(w.plane(caller, "prod"))
		for id := range before {
			if after[id] {
				t.Errorf("%s is still listed", id)
			}
		}

		// A stale read sees the past of everything.
		stale := caller
		stale.Stale = 10 * time.Second
		if diff := cmp.Diff(before, ids(w.plane(stale, "prod"))); diff != "" {
			t.Error(diff)
		}
		w.ok(w.RegisterTargets(caller, g, []state.Target{{ID: "10.0.0.9"}}))
		if hs, err := w.DescribeTargetHealth(stale, g, nil); err != nil || len(hs) != 0 {
			t.Errorf("got %v, %v", hs, err)
		}

		// Ghosts: the tagging API names a deleted group for about an hour.
		w.ok(w.DeleteLoadBalancer(caller, w.lbOf(g)))
		w.ok(w.DeleteTargetGroup(caller, g))
		if _, _, err := w.DescribeTargetGroups(caller, state.TargetGroupQuery{ARNs: []string{g}}); code(err) != "TargetGroupNotFound" {
			t.Errorf("got %v", err)
		}
		time.Sleep(40 * time.Minute)
		if tag() != "prod" {
			t.Error("no ghost")
		}
		time.Sleep(40 * time.Minute)
		if tag() != "" {
			t.Error("the ghost stays")
		}
		if w.Speed() != 1 {
			t.Error("speed")
		}
	})
}

func (w *world) lbOf(group string) string {
	w.t.Helper()
	gs, _, err := w.DescribeTargetGroups(caller, state.TargetGroupQuery{ARNs: []string{group}})
	w.ok(err)
	return gs[0].LoadBalancers[0]
}

func TestSettleLeavesNoLag(t *testing.T) {
	w := newWorld(t, state.Options{})
	w.cluster("prod")
	g, _, _ := w.link("prod")
	w.ok(w.AddTags(caller, []string{g}, state.Tags{"postern:cluster": "prod"}))
	w.Settle()
	w.register(g, w.serving("prod")...)
	w.Settle()
	old := caller
	old.Stale = 4 * time.Minute
	for _, c := range []state.Caller{caller, old} {
		rs, _, err := w.GetResources(c, state.TagQuery{Filters: []state.TagFilter{{Key: "postern:cluster", Values: []string{"prod", "x"}}}})
		w.ok(err)
		hs, err := w.DescribeTargetHealth(c, g, nil)
		w.ok(err)
		cl, err := w.DescribeCluster(c, "prod")
		w.ok(err)
		if len(rs) != 1 || len(w.plane(c, "prod")) != 2 || len(hs) != 2 || hs[0].State != "healthy" || hs[1].State != "healthy" || cl.Status != "ACTIVE" {
			t.Errorf("stale %v: %v %v %v", c.Stale, rs, hs, cl)
		}
	}
	if at := w.Events(0); at[len(at)-1].At.After(time.Now()) {
		t.Error("settling writes events in the future")
	}
}

func TestEmptyPages(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	for range 12 {
		_, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: w.subnets[0], Description: "plain"})
		w.ok(err)
	}
	w.cluster("prod")
	w.cluster("prod-2")
	w.Settle()
	q := state.InterfaceQuery{Filters: []state.Filter{{Name: "description", Values: []string{"Amazon EKS *"}}}, Page: state.Page{Max: 5}}
	var sizes []int
	for {
		is, next, err := w.DescribeNetworkInterfaces(caller, q)
		w.ok(err)
		sizes = append(sizes, len(is))
		if next == "" {
			break
		}
		q.Page.Token = next
	}
	if diff := cmp.Diff([]int{0, 0, 3, 1}, sizes); diff != "" {
		t.Error(diff)
	}
	if got := len(w.plane(caller, "prod")); got != 2 {
		t.Errorf("prod has %d: the name of prod-2 begins with prod", got)
	}
	for _, x := range []struct {
		q    state.InterfaceQuery
		want string
	}{
		{state.InterfaceQuery{Page: state.Page{Max: 4}}, "InvalidParameterValue"},
		{state.InterfaceQuery{Page: state.Page{Token: "x"}}, "InvalidParameterValue"},
		{state.InterfaceQuery{IDs: []string{"eni-0"}}, "InvalidNetworkInterfaceID.NotFound"},
		{state.InterfaceQuery{IDs: []string{"eni-0"}, Page: state.Page{Max: 5}}, "InvalidParameterCombination"},
		{state.InterfaceQuery{Filters: []state.Filter{{Name: "colour"}}}, "InvalidParameterValue"},
	} {
		if _, _, err := w.DescribeNetworkInterfaces(caller, x.q); code(err) != x.want {
			t.Errorf("%+v: got %v, want %s", x.q, err, x.want)
		}
	}
}

func TestGetResourcesPages(t *testing.T) {
	w := newWorld(t, state.Options{Consistent: true})
	want := map[string]bool{}
	for i := range 30 {
		name := "g" + string(rune('a'+i%26)) + string(rune('a'+i/26))
		tags := state.Tags{"n": name}
		if i%10 == 9 {
			tags["postern:cluster"] = "prod"
		}
		arn := w.group(name, func(in *state.TargetGroupInput) { in.Tags = tags })
		if i%10 == 9 {
			want[arn] = true
		}
	}
	q := state.TagQuery{Types: []string{"elasticloadbalancing"}, Filters: []state.TagFilter{{Key: "postern:cluster"}}, Page: state.Page{Max: 1}}
	got, pages := map[string]bool{}, 0
	for {
		rs, next, err := w.GetResources(caller, q)
		w.ok(err)
		pages++
		for _, r := range rs {
			if got[r.ARN] {
				t.Errorf("%s twice", r.ARN)
			}
			got[r.ARN] = true
		}
		if q.Page.Token = next; next == "" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || pages < 4 {
		t.Errorf("in %d pages: %s", pages, diff)
	}
	for arn := range want {
		rs, _, err := w.GetResources(caller, state.TagQuery{ARNs: []string{arn, "arn:aws:ec2:eu-west-1:" + account + ":vpc/" + w.vpc}})
		if err != nil || len(rs) != 2 {
			t.Errorf("got %v, %v", rs, err)
		}
	}
	for _, x := range []state.TagQuery{
		{Types: []string{"pizza"}}, {Page: state.Page{Max: 101}}, {Filters: []state.TagFilter{{}}}, {ARNs: []string{"a"}, Types: []string{"ec2"}},
	} {
		if _, _, err := w.GetResources(caller, x); code(err) != "InvalidParameterException" {
			t.Errorf("%+v: %v", x, err)
		}
	}
	if rs, _, err := w.GetResources(state.Caller{Account: "333333333333", Region: region}, state.TagQuery{}); err != nil || len(rs) != 0 {
		t.Errorf("another account sees %v, %v", rs, err)
	}
}

func TestIdentity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := state.New(state.Options{Speed: 60})
		for _, a := range []string{"111111111111", account} {
			if err := s.AddAccount(a); err != nil {
				t.Fatal(err)
			}
		}
		role := "arn:aws:iam::" + account + ":role/postern-sync"
		if err := s.AddRole(state.Role{ARN: role, Trust: []string{"111111111111"}, ExternalID: "example"}); err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]string{
			state.StaticKey("111111111111"): "", state.StaticKey("999999999999"): "InvalidClientTokenId",
			"AKIAIOSFODNN7EXAMPLE": "InvalidClientTokenId", "ASIAIOSFODNN7EXAMPLE": "InvalidClientTokenId", "": "InvalidClientTokenId",
		} {
			if _, err := s.Authenticate(key, ""); code(err) != want {
				t.Errorf("%s: %v", key, err)
			}
		}
		hub, err := s.Authenticate(state.StaticKey("111111111111"), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			name string
			from state.Caller
			in   state.AssumeRoleInput
			want string
		}{
			{"trusted", hub, state.AssumeRoleInput{Role: role, Session: "sync", ExternalID: "example"}, ""},
			{"no external ID", hub, state.AssumeRoleInput{Role: role, Session: "sync"}, "AccessDenied"},
			{"not trusted", state.Caller{Account: "333333333333"}, state.AssumeRoleInput{Role: role, Session: "sync", ExternalID: "example"}, "AccessDenied"},
			{"undeclared", hub, state.AssumeRoleInput{Role: "arn:aws:iam::" + account + ":role/a/b", Session: "sync"}, ""},
			{"of an unknown account", hub, state.AssumeRoleInput{Role: "arn:aws:iam::999999999999:role/x", Session: "sync"}, "AccessDenied"},
			{"no role", hub, state.AssumeRoleInput{Role: "role", Session: "sync"}, "ValidationError"},
			{"no session", hub, state.AssumeRoleInput{Role: role, ExternalID: "example"}, "ValidationError"},
			{"too long", hub, state.AssumeRoleInput{Role: role, Session: "sync", Duration: 13 * time.Hour, ExternalID: "example"}, "ValidationError"},
		} {
			if _, err := s.AssumeRole(x.from, x.in); code(err) != x.want {
				t.Errorf("%s: %v", x.name, err)
			}
		}
		cr, err := s.AssumeRole(hub, state.AssumeRoleInput{Role: role, Session: "sync", ExternalID: "example"})
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Authenticate(cr.AccessKey, cr.Token)
		if err != nil || c.Account != account || c.ARN != "arn:aws:sts::"+account+":assumed-role/postern-sync/sync" {
			t.Errorf("got %+v, %v", c, err)
		}
		if secret, ok := s.Secret(cr.AccessKey); !ok || secret != cr.Secret {
			t.Error("no secret")
		}
		if _, err := s.Authenticate(cr.AccessKey, ""); code(err) != "InvalidClientTokenId" {
			t.Errorf("without its token: %v", err)
		}
		time.Sleep(time.Hour + time.Second) // the speed does not shorten a token's life
		if _, err := s.Authenticate(cr.AccessKey, cr.Token); code(err) != "ExpiredToken" {
			t.Errorf("after its time: %v", err)
		}
		strict := state.New(state.Options{Strict: true})
		if _, err := strict.AssumeRole(hub, state.AssumeRoleInput{Role: role, Session: "sync"}); code(err) != "AccessDenied" {
			t.Errorf("strict: %v", err)
		}
	})
}
