package plan_test

import (
	"strings"
	"testing"

	"postern/internal/plan"
)

func TestParsePattern(t *testing.T) {
	const account, region = "222222222222", "us-east-1"
	for _, tt := range []struct {
		text string
		want plan.Pattern
		says string // the error names this; empty: no error
	}{
		{text: "prod", want: plan.Pattern{Name: "prod"}},
		{text: "us-east-1/prod", want: plan.Pattern{Region: region, Name: "prod"}},
		{text: "222222222222/us-east-1/prod", want: plan.Pattern{Account: account, Region: region, Name: "prod"}},
		{text: "arn:aws:eks:us-east-1:222222222222:cluster/prod", want: plan.Pattern{Account: account, Region: region, Name: "prod"}},
		{text: "arn:aws-us-gov:eks:us-gov-west-1:222222222222:cluster/prod", want: plan.Pattern{Account: account, Region: "us-gov-west-1", Name: "prod"}},
		{text: "", says: "name"},
		{text: "/prod", says: "region"},
		{text: "us-east-1/", says: "name"},
		{text: "nowhere/prod", says: `"nowhere"`},
		{text: "22222/us-east-1/prod", says: `"22222"`},
		{text: "222222222222/prod", says: `"222222222222"`},
		{text: "a/b/c/d", says: "account/region/name"},
		{text: "pr*d", says: `"pr*d"`},
		{text: "-prod", says: `"-prod"`},
		{text: strings.Repeat("x", 101), says: "name"},
		{text: "arn:aws:eks:us-east-1:222222222222:nodegroup/prod", says: "arn:aws:eks"},
		{text: "arn:aws:ec2:us-east-1:222222222222:cluster/prod", says: "arn:aws:eks"},
		{text: "arn:aws:eks:us-east-1::cluster/prod", says: "account"},
		{text: "arn:", says: "arn:aws:eks"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got, err := plan.ParsePattern(tt.text)
			switch {
			case tt.says == "" && err != nil:
				t.Errorf("error %v", err)
			case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("error %v, want one that says %s", err, tt.says)
			case got != tt.want:
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestPatternMatches(t *testing.T) {
	ref := plan.Ref{Account: "222222222222", Region: "us-east-1", Name: "prod"}
	for text, want := range map[string]bool{
		"prod": true, "us-east-1/prod": true, "222222222222/us-east-1/prod": true,
		"pro": false, "eu-west-1/prod": false, "333333333333/us-east-1/prod": false, "222222222222/us-east-1/pro": false,
	} {
		p, err := plan.ParsePattern(text)
		if err != nil || p.Matches(ref) != want {
			t.Errorf("%s matches %v: %v, error %v", text, ref, p.Matches(ref), err)
		}
	}
}

// A pattern's own text reads as the same pattern, and one that names
// everything matches the reference that it names.
func FuzzParsePattern(f *testing.F) {
	for _, s := range []string{"prod", "us-east-1/prod", "222222222222/us-east-1/prod", "arn:aws:eks:us-east-1:222222222222:cluster/prod", "a/b/c/d", "arn::::::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := plan.ParsePattern(s)
		if err != nil {
			return
		}
		again, err := plan.ParsePattern(p.String())
		if err != nil || again != p {
			t.Fatalf("%q: %+v, written as %q, read as %+v, error %v", s, p, p, again, err)
		}
		if !p.Matches(plan.Ref(p)) || !plan.ValidCluster(p.Name) {
			t.Fatalf("%q: %+v does not match itself", s, p)
		}
	})
}

func TestEndpointHost(t *testing.T) {
	for text, want := range map[string]string{
		"https://ABC.gr7.us-east-1.eks.amazonaws.com":  "abc.gr7.us-east-1.eks.amazonaws.com",
		"abc.gr7.us-east-1.eks.amazonaws.com":          "abc.gr7.us-east-1.eks.amazonaws.com",
		"abc.gr7.us-east-1.eks.amazonaws.com.":         "abc.gr7.us-east-1.eks.amazonaws.com",
		"https://abc.eks.amazonaws.com:443/":           "abc.eks.amazonaws.com",
		"":                                             "",
		"https://":                                     "",
		"http://abc.eks.amazonaws.com":                 "",
		"https://abc.eks.amazonaws.com:6443":           "",
		"https://abc.eks.amazonaws.com/readyz":         "",
		"https://user@abc.eks.amazonaws.com":           "",
		"https://10.0.0.1":                             "",
		"https://[fd00::1]":                            "",
		"localhost":                                    "",
		"-abc.eks.amazonaws.com":                       "",
		"abc..amazonaws.com":                           "",
		"a_b.eks.amazonaws.com":                        "",
		strings.Repeat("x", 64) + ".eks.amazonaws.com": "",
	} {
		got, err := plan.EndpointHost(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, error %v, want %q", text, got, err, want)
		}
	}
}

// A host read once reads as itself.
func FuzzEndpointHost(f *testing.F) {
	for _, s := range []string{"https://ABC.gr7.us-east-1.eks.amazonaws.com", "abc.eks.amazonaws.com:443", "https://[::1]", "a.b.", "https://a.b/%2f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, err := plan.EndpointHost(s)
		if err != nil {
			return
		}
		again, err := plan.EndpointHost(host)
		if err != nil || again != host {
			t.Fatalf("%q: %q, read again as %q, error %v", s, host, again, err)
		}
		if host != strings.ToLower(host) || !strings.Contains(host, ".") || strings.ContainsAny(host, "/:@ %") {
			t.Fatalf("%q: %q is no host", s, host)
		}
	})
}
