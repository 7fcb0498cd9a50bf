package lambdafn

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
)

func TestParseEvent(t *testing.T) {
	trail := func(name, detail string) string {
		return `{"detail-type":"AWS API Call via CloudTrail","source":"aws.eks","detail":{"eventName":"` + name + `",` + detail + `}}`
	}
	named := func(names ...string) (ps []plan.Pattern) {
		for _, n := range names {
			ps = append(ps, plan.Pattern{Name: n})
		}
		return ps
	}
	cases := []struct {
		name, payload string
		kind          Kind
		patterns      []plan.Pattern
		doubts        string // parts of the doubts, in order, joined by |
	}{
		{"nothing", "", KindEmpty, nil, ""},
		{"space", " \n", KindEmpty, nil, ""},
		{"null", "null", KindEmpty, nil, ""},
		{"empty", " {} ", KindEmpty, nil, ""},
		{"a string", `"now"`, KindUnknown, nil, "not a JSON object"},
		{"a list", `[]`, KindUnknown, nil, "not a JSON object"},
		{"cut off", `{"clusters":["a"`, KindUnknown, nil, "not a JSON object"},
		{"schedule", `{"detail-type":"Scheduled Event","source":"aws.events","detail":{}}`, KindSchedule, nil, ""},
		{"a schedule with a cluster is a schedule", `{"detail-type":"Scheduled Event","source":"aws.events","detail":{"requestParameters":{"name":"a"}}}`, KindSchedule, nil, ""},
		{"an envelope of another form", `{"detail-type":["Scheduled Event"]}`, KindUnknown, nil, "envelope"},
		{"other fields", `{"b":1,"a":2}`, KindUnknown, nil, "the fields a, b"},
		{"the description asked for", trail("CreateNetworkInterface", `"requestParameters":{"description":"Amazon EKS a"}`), KindInterface, named("a"), ""},
		{"the description given goes before", trail("CreateNetworkInterface", `"requestParameters":{"description":"Amazon EKS a"},"responseElements":{"networkInterface":{"description":"Amazon EKS b"}}`),
			KindInterface, named("b"), ""},
		{"a description in another case", trail("CreateNetworkInterface", `"requestParameters":{"description":"amazon eks a"}`), KindInterface, nil, "not EKS's"},
		{"a pattern as a name", trail("CreateNetworkInterface", `"requestParameters":{"description":"Amazon EKS us-east-1/a"}`), KindInterface, nil, "cannot be a cluster's name"},
		{"an update without a name", trail("UpdateClusterVersion", `"requestParameters":null`), KindCluster, nil, "cannot be a cluster's name"},
		{"another service's DeleteCluster", `{"detail-type":"AWS API Call via CloudTrail","source":"aws.ecs","detail":{"eventName":"DeleteCluster","eventSource":"ecs.amazonaws.com","requestParameters":{"name":"a"}}}`,
			KindCluster, nil, "is not EKS's"},
		{"another call", trail("TagResource", `"eventSource":"eks.amazonaws.com"`), KindUnknown, nil, `call "TagResource" of "eks.amazonaws.com"`},
		{"EKS with a cluster in the detail", `{"detail-type":"EKS Addon","source":"aws.eks","detail":{"clusterName":"a"},"resources":["arn:aws:eks:us-east-1:222222222222:cluster/b"]}`, KindCluster, named("a"), ""},
		{"EKS with a detail of another form", `{"detail-type":"EKS","source":"aws.eks","detail":"?","resources":["x","arn:aws:eks:us-east-1:222222222222:cluster/b"]}`, KindCluster, named("b"), ""},
		{"EKS without a cluster", `{"detail-type":"EKS","source":"aws.eks","resources":["b"]}`, KindCluster, nil, "names no cluster"},
		{"clusters", `{"clusters":["222222222222/us-east-1/a","b","b","arn:aws:eks:eu-west-1:333333333333:cluster/c"]}`, KindAsked,
			[]plan.Pattern{{Account: "222222222222", Region: "us-east-1", Name: "a"}, {Name: "b"}, {Account: "333333333333", Region: "eu-west-1", Name: "c"}}, ""},
		{"clusters, some malformed", `{"clusters":["a",5,"/"]}`, KindAsked, named("a"), `not a list of references|"/"`},
		{"clusters of another form", `{"clusters":"a"}`, KindAsked, nil, "not a list of references"},
		{"fields nobody knows", `{"clusters":["a"],"cluster":"b"}`, KindAsked, named("a"), `unknown field "cluster"`},
		{"expect", `{"scopes":[],"expect":-1}`, KindAsked, nil, "not a whole number from 0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ev := parseEvent([]byte(c.payload))
			if diff := cmp.Diff(c.patterns, ev.patterns); diff != "" || ev.kind != c.kind {
				t.Errorf("kind %s, want %s; patterns (-want +got):\n%s", ev.kind, c.kind, diff)
			}
			text := strings.Join(ev.doubts, "\n")
			for part := range strings.SplitSeq(c.doubts, "|") {
				if !strings.Contains(text, part) || c.doubts == "" && text != "" {
					t.Errorf("want a doubt with %q, got %q", part, text)
				}
			}
		})
	}
}

// FuzzParseEvent: whatever wakes the function can name clusters and scopes, and
// do nothing else. What AWS sends can only name clusters, by bare names.
func FuzzParseEvent(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `{"detail-type":"Scheduled Event","detail":"{}"}`, `{"clusters":["222222222222/us-east-1/a"]}`,
		`{"detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"CreateNetworkInterface","responseElements":{"networkInterface":{"description":"Amazon EKS a"}}}}`,
		`{"detail-type":"AWS API Call via CloudTrail","source":"aws.eks","detail":{"eventName":"DeleteCluster","requestParameters":{"name":"a"}}}`,
		`{"source":"aws.eks","resources":["arn:aws:eks:us-east-1:222222222222:cluster/a"]}`,
		`{"scopes":[{"account":"222222222222","regions":["us-east-1"],"roleArn":"arn:aws:iam::222222222222:role/r","externalId":"x1"}],"expect":3}`,
		`{"scopes":[{"account":"\u0032","regions":["a: b"]}, [[[]]], {"&a": "*a"}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		before := bytes.Clone(payload)
		ev := parseEvent(payload)
		if !bytes.Equal(before, payload) {
			t.Fatal("the payload was changed")
		}
		if diff := cmp.Diff(ev, parseEvent(payload), cmp.AllowUnexported(event{})); diff != "" {
			t.Fatalf("not the same twice:\n%s", diff)
		}
		for _, p := range ev.patterns {
			if back, err := plan.ParsePattern(p.String()); err != nil || back != p || !plan.ValidCluster(p.Name) {
				t.Fatalf("pattern %q: %v", p, err)
			}
			if ev.kind != KindAsked && (p.Account != "" || p.Region != "") {
				t.Fatalf("an event of kind %s says where to look: %q", ev.kind, p)
			}
		}
		switch ev.kind {
		case KindAsked:
		case KindInterface, KindCluster:
			if ev.scopes != nil || len(ev.patterns) == 0 && len(ev.doubts) == 0 {
				t.Fatalf("%+v", ev)
			}
		case KindEmpty, KindSchedule, KindUnknown:
			if ev.scopes != nil || len(ev.patterns) > 0 || ev.expect != 0 || (ev.kind == KindUnknown) != (len(ev.doubts) > 0) {
				t.Fatalf("%+v", ev)
			}
		default:
			t.Fatalf("unlisted kind %q", ev.kind)
		}
		if ev.scopes == nil {
			return
		}
		scopes, err := readScopes(ev.scopes)
		if (err == nil) != (len(scopes) > 0) {
			t.Fatalf("%d scopes, %v", len(scopes), err)
		}
		for _, s := range scopes {
			if !plan.ValidAccount(string(s.Account)) || len(s.Regions) == 0 {
				t.Fatalf("scope %+v", s)
			}
		}
	})
}
