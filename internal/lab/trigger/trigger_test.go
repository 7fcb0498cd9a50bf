package trigger_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"postern/internal/lab/trigger"
)

const event = `{"source":"aws.ec2","account":"222222222222","detail":{"eventName":"CreateNetworkInterface","n":3,"ok":true,"none":null,"tags":["a","b"],"empty":[],
	"requestParameters":{"description":"Amazon EKS prod"}}}`

func TestMatch(t *testing.T) {
	for pattern, want := range map[string]bool{
		`{"source":["aws.ec2"]}`:                                                      true,
		`{"source":["aws.eks"]}`:                                                      false,
		`{"source":["aws.eks","aws.ec2"]}`:                                            true,
		`{"source":["aws.ec2"],"account":["333333333333"]}`:                           false,
		`{"detail":{"eventName":["CreateNetworkInterface"],"n":[3]}}`:                 true,
		`{"detail":{"n":["3"]}}`:                                                      false,
		`{"detail":{"ok":[true],"none":[null]}}`:                                      true,
		`{"detail":{"ok":[false]}}`:                                                   false,
		`{"detail":{"tags":["b"]}}`:                                                   true,
		`{"detail":{"tags":["c"]}}`:                                                   false,
		`{"detail":{"requestParameters":{"description":[{"prefix":"Amazon EKS "}]}}}`: true,
		`{"detail":{"requestParameters":{"description":[{"prefix":"Amazon ECS "}]}}}`: false,
		`{"detail":{"requestParameters":{"description":[{"suffix":"prod"}]}}}`:        true,
		`{"detail":{"requestParameters":{"description":[{"suffix":"dev"}]}}}`:         false,
		`{"detail":{"requestParameters":{"description":[{"wildcard":"A*EKS*od"}]}}}`:  true,
		`{"detail":{"requestParameters":{"description":[{"wildcard":"A*EKS*x*"}]}}}`:  false,
		`{"detail":{"requestParameters":{"description":[{"wildcard":"Amazon"}]}}}`:    false,
		`{"source":[{"equals-ignore-case":"AWS.EC2"}]}`:                               true,
		`{"source":[{"anything-but":"aws.ec2"}]}`:                                     false,
		`{"source":[{"anything-but":["aws.eks",{"prefix":"x"}]}]}`:                    true,
		`{"source":[{"anything-but":{"prefix":"aws."}}]}`:                             false,
		`{"gone":[{"anything-but":"x"}]}`:                                             false,
		`{"detail":{"gone":[{"exists":false}]}}`:                                      true,
		`{"detail":{"gone":[{"exists":true}]}}`:                                       false,
		`{"detail":{"eventName":[{"exists":true}]}}`:                                  true,
		`{"detail":{"empty":[{"exists":true}]}}`:                                      false,
		`{"detail":{"requestParameters":["x"]}}`:                                      false,
		`{"source":{"below":["x"]}}`:                                                  false,
		`{"source":{"below":[{"exists":false}]}}`:                                     true,
		`{"detail":{"n":[{"prefix":"3"}]}}`:                                           false,
	} {
		p, err := trigger.ParsePattern(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		if got := p.Match([]byte(event)); got != want {
			t.Errorf("%s: %v, want %v", pattern, got, want)
		}
		if p.Match([]byte(`[]`)) || p.Match([]byte(event+"{}")) {
			t.Errorf("%s takes what is no event", pattern)
		}
	}
}

func TestPatternErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		``:                               "EOF",
		`[]`:                             "JSON object",
		`{}`:                             "JSON object",
		`{"a":["b"]} x`:                  "something follows",
		`{"a":"b"}`:                      "object or an array",
		`{"a":[]}`:                       "empty list",
		`{"a":{}}`:                       "empty object",
		`{"a":[["b"]]}`:                  "holds a list",
		`{"$or":[{"a":["b"]}]}`:          "$or",
		`{"a":[{"numeric":[">",1]}]}`:    "numeric",
		`{"a":[{"prefix":1}]}`:           "takes a string",
		`{"a":[{"exists":"yes"}]}`:       "true or false",
		`{"a":[{"prefix":"x","y":"z"}]}`: "exactly one",
		`{"a":[{"wildcard":"a**"}]}`:     "two stars",
		`{"a":[{"anything-but":[]}]}`:    "not empty",
		`{"a":["` + strings.Repeat("x", 4096) + `"]}`: "bytes",
	} {
		if _, err := trigger.ParsePattern(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", pattern, err, want)
		}
	}
}

func TestParseRate(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"rate(1 minute)": time.Minute, "rate(5 minutes)": 5 * time.Minute, "rate(1 hour)": time.Hour, "rate(2 days)": 48 * time.Hour,
	} {
		if got, err := trigger.ParseRate(text); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "rate(0 minutes)", "rate(1 minutes)", "rate(2 minute)", "rate(1 second)", "rate( 1 minute)", "cron(0 12 * * ? *)", "at(2026-01-01T00:00:00)", "rate(100000 minutes)"} {
		if got, err := trigger.ParseRate(text); err == nil {
			t.Errorf("%q: taken as %v", text, got)
		}
	}
}

// FuzzPattern: what is a pattern is JSON, decides the same each time, and takes
// nothing that is no JSON object.
func FuzzPattern(f *testing.F) {
	f.Add(`{"source":["aws.ec2"],"detail":{"eventName":[{"prefix":"Create"},{"anything-but":["x"]}],"x":[{"exists":false}]}}`, event)
	f.Add(`{"a":[{"wildcard":"*a*b"},{"suffix":""},{"equals-ignore-case":"X"},null,1e3,true]}`, `{"a":["b",1e3]}`)
	f.Fuzz(func(t *testing.T, pattern, event string) {
		p, err := trigger.ParsePattern(pattern)
		if err != nil {
			return
		}
		if !json.Valid([]byte(pattern)) {
			t.Fatalf("taken for a pattern: %q", pattern)
		}
		got := p.Match([]byte(event))
		if got != p.Match([]byte(event)) || got && !strings.HasPrefix(strings.TrimLeft(event, " \t\r\n"), "{") {
			t.Fatalf("%q takes %q: %v", pattern, event, got)
		}
	})
}
