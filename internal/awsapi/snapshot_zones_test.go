package awsapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// answering is an HTTP client that answers by itself.
type answering func(*http.Request) (status int, body string, err error)

func (a answering) Do(r *http.Request) (*http.Response, error) {
	status, body, err := a(r)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// zoneView is a view whose Route 53 is a.
func zoneView(a answering, region plan.Region, o Options) (*Cloud, *view) {
	c := New(aws.Config{Region: string(region), HTTPClient: a, Credentials: credentials.NewStaticCredentialsProvider("AMBIENT", "secret", "")}, o)
	return c, c.view(ScopeConfig{Account: account, Region: region})
}

const (
	zonePage = `<ListHostedZonesResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HostedZones>%s</HostedZones>` +
		`<Marker></Marker><IsTruncated>%t</IsTruncated><NextMarker>%s</NextMarker><MaxItems>100</MaxItems></ListHostedZonesResponse>`
	route53Refusal = `<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type><Code>%s</Code>` +
		`<Message>%s</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`
)

func zoneText(id, name string, private bool) string {
	return fmt.Sprintf(`<HostedZone><Id>/hostedzone/%s</Id><Name>%s</Name><Config><PrivateZone>%t</PrivateZone></Config></HostedZone>`, id, name, private)
}

func TestOwnZones(t *testing.T) {
	var asked []string
	c, v := zoneView(func(r *http.Request) (int, string, error) {
		asked = append(asked, r.Method+" "+r.URL.String())
		if !strings.Contains(r.Header.Get("Authorization"), "/us-east-1/route53/aws4_request") {
			return 400, fmt.Sprintf(route53Refusal, "SignatureDoesNotMatch", r.Header.Get("Authorization")), nil
		}
		if r.URL.Query().Get("marker") == "" {
			return 200, fmt.Sprintf(zonePage, zoneText("Z2", "b.example.", true)+zoneText("Z9", "public.example.", false), true, "Z1"), nil
		}
		return 200, fmt.Sprintf(zonePage, zoneText("Z1", `\052.a.example.`, true), false, ""), nil
	}, "eu-west-1", Options{})
	got, all := v.ownZones(t.Context(), account)
	want := fleet.Listing[fleet.Zone]{Asked: true, Items: []fleet.Zone{
		{ID: "Z1", Name: "*.a.example", Account: account}, {ID: "Z2", Name: "b.example", Account: account},
	}}
	if d := cmp.Diff(want, got); d != "" || all != 3 {
		t.Errorf("%d zones in all (- want, + got):\n%s", all, d)
	}
	if d := cmp.Diff([]string{
		"GET https://route53.amazonaws.com/2013-04-01/hostedzone?maxitems=100",
		"GET https://route53.amazonaws.com/2013-04-01/hostedzone?marker=Z1&maxitems=100",
	}, asked); d != "" {
		t.Errorf("asked (- want, + got):\n%s", d)
	}
	if d := cmp.Diff(map[string]int{"route53:ListHostedZones": 2}, c.Calls()); d != "" {
		t.Errorf("calls (- want, + got):\n%s", d)
	}
}

func TestRoute53Errors(t *testing.T) {
	for name, tt := range map[string]struct {
		status   int
		body     string
		err      error
		code     plan.Code
		words    []string
		attempts int
	}{
		"denied":      {400, fmt.Sprintf(route53Refusal, "AccessDenied", "no"), nil, plan.AccessDenied, []string{"route53:ListHostedZones: add to the role's policy", "AccessDenied: no"}, 1},
		"throttled":   {400, fmt.Sprintf(route53Refusal, "Throttling", "Rate exceeded"), nil, plan.Throttled, []string{"route53:ListHostedZones has a rate limit"}, 4},
		"expired":     {403, fmt.Sprintf(route53Refusal, "ExpiredToken", "old"), nil, plan.NoCredentials, []string{"log in again"}, 1},
		"broken":      {500, "oops", nil, plan.AWSError, []string{"UnknownError"}, 4},
		"unreachable": {0, "", errors.New("connection refused"), plan.AWSUnreachable, []string{"connection refused"}, 4},
		"a web page":  {200, "<html></html>", nil, plan.AWSAnswer, []string{"malformed answer"}, 1},
		"no XML":      {200, "hello", nil, plan.AWSAnswer, []string{"malformed answer"}, 1},
		"cut off":     {200, fmt.Sprintf(zonePage, "", true, "Z1")[:90], nil, plan.AWSError, []string{"failed to decode response body"}, 1},
		"no marker":   {200, fmt.Sprintf(zonePage, "", true, ""), nil, plan.AWSAnswer, []string{"no marker"}, 1},
		"same marker": {200, fmt.Sprintf(zonePage, "", true, "Z1"), nil, plan.AWSAnswer, []string{"the same page token twice"}, 2},
		"no name":     {200, fmt.Sprintf(zonePage, zoneText("Z1", "", true), false, ""), nil, plan.AWSAnswer, []string{"without an ID or a name"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, v := zoneView(func(*http.Request) (int, string, error) { return tt.status, tt.body, tt.err }, region, Options{})
				got, _ := v.ownZones(t.Context(), account)
				if got.Known() || len(got.Items) > 0 {
					t.Errorf("got %+v", got)
				}
				wantFault(t, got.Fault, tt.code, append(tt.words, "list the hosted zones of account "+account)...)
				if n := c.Calls()["route53:ListHostedZones"]; n != tt.attempts {
					t.Errorf("%d attempts, want %d", n, tt.attempts)
				}
			})
		})
	}
}

// A listing of records goes on where the last page ended, by all that says so.
func TestRecordsInPages(t *testing.T) {
	page := func(name, kind, next string) string {
		return fmt.Sprintf(`<ListResourceRecordSetsResponse><ResourceRecordSets><ResourceRecordSet><Name>%s</Name><Type>%s</Type>`+
			`<ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></ResourceRecordSets>%s<MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`, name, kind, next)
	}
	_, v := zoneView(func(r *http.Request) (int, string, error) {
		q := r.URL.Query()
		switch q.Get("name") + "/" + q.Get("type") + "/" + q.Get("identifier") {
		case "//":
			return 200, page("a.example.", "A", "<IsTruncated>true</IsTruncated><NextRecordName>b&amp;c.example.</NextRecordName><NextRecordType>A</NextRecordType><NextRecordIdentifier>x y</NextRecordIdentifier>"), nil
		case "b&c.example./A/x y":
			return 200, page("b&amp;c.example.", "A", "<IsTruncated>false</IsTruncated>"), nil
		}
		return 400, fmt.Sprintf(route53Refusal, "InvalidInput", q.Encode()), nil
	}, region, Options{})
	got := v.records(t.Context(), fleet.Zone{ID: "Z1", Name: "example"})
	want := fleet.Listing[fleet.Record]{Asked: true, Items: []fleet.Record{
		{Name: "a.example", Type: "A", Values: []string{"192.0.2.1"}}, {Name: "b&c.example", Type: "A", Values: []string{"192.0.2.1"}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(- want, + got):\n%s", d)
	}
}

// Whatever Route 53 answers, a zone has an ID and a name, is listed once and in
// order, and what is not whole has a fault.
func FuzzOwnZones(f *testing.F) {
	f.Add(200, fmt.Sprintf(zonePage, zoneText("Z1", "a.example.", true)+zoneText("Z1", "a.example.", true), false, ""))
	f.Add(200, fmt.Sprintf(zonePage, zoneText("", "a.example.", true), true, ""))
	f.Add(400, fmt.Sprintf(route53Refusal, "AccessDenied", "no"))
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status != 200 {
			status = 400 // not one that is tried again
		}
		pages := 0
		_, v := zoneView(func(*http.Request) (int, string, error) {
			if pages++; pages > 3 {
				return 400, fmt.Sprintf(route53Refusal, "InvalidInput", "enough"), nil
			}
			return status, body, nil
		}, region, Options{MaxAttempts: 1})
		got, all := v.ownZones(t.Context(), account)
		if status != 200 && got.Known() {
			t.Errorf("status %d, and it is known", status)
		}
		if all < len(got.Items) {
			t.Errorf("%d zones in all, and %d private ones", all, len(got.Items))
		}
		for i, z := range got.Items {
			if z.ID == "" || i > 0 && zoneKey(got.Items[i-1]) >= zoneKey(z) {
				t.Errorf("zone %d: %+v", i, got.Items)
			}
		}
	})
}
