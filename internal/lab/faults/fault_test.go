package faults_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"postern/internal/lab/faults"
)

var addrs = cmpopts.EquateComparable(netip.Addr{})

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want faults.Fault
	}{
		{"throttle", faults.Fault{Name: faults.Throttle}},
		{"throttle action=elbv2:RegisterTargets times=3", faults.Fault{Name: faults.Throttle, Action: "elbv2:RegisterTargets", Times: 3}},
		{"deny action=elasticloadbalancing:RegisterTargets", faults.Fault{Name: faults.Deny, Action: "elbv2:RegisterTargets"}},
		{"deny action=tag:GetResources rate=1", faults.Fault{Name: faults.Deny, Action: "tagging:GetResources"}},
		{"delay action=* by=1500ms", faults.Fault{Name: faults.Delay, Action: "*", By: 1500 * time.Millisecond}},
		{"stale-read age=1m account=222222222222 region=us-east-1", faults.Fault{Name: faults.StaleRead, Account: "222222222222", Region: "us-east-1", Age: time.Minute}},
		{"dns-wrong answer=10.0.0.9,2001:db8::1 cluster=prod", faults.Fault{Name: faults.DNSWrong, Cluster: "prod", Answer: []netip.Addr{netip.MustParseAddr("10.0.0.9"), netip.MustParseAddr("2001:db8::1")}}},
		{"  dns-partial\tcluster=333333333333/eu-west-1/prod  rate=0.5 for=90s", faults.Fault{Name: faults.DNSPartial, Account: "333333333333", Region: "eu-west-1", Cluster: "prod", Rate: 0.5, For: 90 * time.Second}},
		{"dns-nxdomain cluster=eu-west-1/prod region=eu-west-1 resolver=vpc-0abc", faults.Fault{Name: faults.DNSNXDomain, Region: "eu-west-1", Cluster: "prod", Resolver: "vpc-0abc"}},
		{"zone-outage zone=use1-az1 for=5m", faults.Fault{Name: faults.ZoneOutage, Zone: "use1-az1", For: 5 * time.Minute}},
		{"address-reused cluster=prod", faults.Fault{Name: faults.AddressReused, Cluster: "prod"}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := faults.Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got, addrs); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "parse fault: no name: give one of throttle, "},
		{"slow", `parse fault: unknown fault "slow": give one of throttle, deny, `},
		{"throttle 3", `parse fault throttle: "3" is not key=value`},
		{"throttle colour=red", `parse fault throttle: unknown key "colour": it takes account, region, cluster, action, for, times, rate`},
		{"throttle by=3s", `parse fault throttle: key "by" makes no sense with it`},
		{"dns-empty action=eks:*", `parse fault dns-empty: key "action" makes no sense with it`},
		{"health-broken times=2", `parse fault health-broken: key "times" makes no sense with it`},
		{"throttle times=1 times=2", `parse fault throttle: key "times" is given twice`},
		{"throttle times=", `parse fault throttle: key "times" has no value`},
		{"throttle times=0", `parse fault throttle: times: "0" is not a whole number from 1`},
		{"throttle times=2 for=3s", "parse fault throttle: for and times are two limits: give one"},
		{"throttle rate=NaN", `parse fault throttle: rate: "NaN" is not a share above 0 and up to 1`},
		{"throttle rate=1.1", `parse fault throttle: rate: "1.1" is not a share above 0 and up to 1`},
		{"throttle for=3", `parse fault throttle: for: "3" is not a duration like 30s or 5m`},
		{"throttle for=-3s", `parse fault throttle: for: "-3s" is not above zero`},
		{"throttle account=1234", `parse fault throttle: account: "1234": an account is twelve digits`},
		{"throttle region=east", `parse fault throttle: region: "east": a region is like us-east-1`},
		{"throttle region=us-east-1 cluster=eu-west-1/prod", `parse fault throttle: cluster: "eu-west-1" contradicts "us-east-1", given before`},
		{"throttle cluster=a/b/c/d", `parse fault throttle: cluster: "a/b/c/d": a cluster is name, region/name or account/region/name`},
		{"throttle action=RegisterTargets", `parse fault throttle: action: "RegisterTargets" is not service:Action`},
		{"throttle action=elbv3:RegisterTargets", `parse fault throttle: action: unknown service "elbv3": give one of elbv2, `},
		{"throttle action=elbv2:", `parse fault throttle: action: "" is not an action's name`},
		{"delay", `parse fault delay: key "by" is needed`},
		{"stale-read", `parse fault stale-read: key "age" is needed`},
		{"dns-wrong", `parse fault dns-wrong: key "answer" is needed`},
		{"dns-wrong answer=10.0.0", `parse fault dns-wrong: answer: "10.0.0" is not an IP address`},
		{"zone-outage", `parse fault zone-outage: key "zone" is needed`},
		{"address-reused", `parse fault address-reused: key "cluster" is needed`},
		{"throttle " + strings.Repeat("x", 2000), "parse fault: 2009 bytes, at most 1024 allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			f, err := faults.Parse(tt.text)
			if err == nil {
				t.Fatalf("accepted as %v", f)
			}
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %q, want the beginning %q", err, tt.want)
			}
		})
	}
}

// TestEveryNameTakesItsKeys keeps the table of keys and the parser together.
func TestEveryNameTakesItsKeys(t *testing.T) {
	sample := map[string]string{
		"account": "111111111111", "region": "us-east-1", "zone": "us-east-1a", "cluster": "prod", "action": "ec2:Describe*", "resolver": "public",
		"by": "1s", "age": "1s", "answer": "10.0.0.1", "for": "1s", "times": "2", "rate": "0.25",
	}
	for _, name := range faults.Names() {
		may, must := faults.Keys(name)
		for key, value := range sample {
			text := string(name)
			for _, m := range must {
				if m != key {
					text += " " + m + "=" + sample[m]
				}
			}
			f, err := faults.Parse(text + " " + key + "=" + value)
			allowed := false
			for _, m := range may {
				allowed = allowed || m == key
			}
			if allowed != (err == nil) {
				t.Errorf("%s %s=: allowed %v, error %v", name, key, allowed, err)
			}
			if err == nil && !strings.Contains(f.String(), key+"="+value) {
				t.Errorf("%s lost %s=%s", f, key, value)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"throttle", "delay by=1.5h action=elasticloadbalancing:*", "dns-wrong answer=::ffff:10.0.0.1,10.0.0.2 rate=1e-3",
		"dns-partial cluster=333333333333/eu-west-1/prod for=90s", "zone-outage zone=use1-az1", "throttle =", "deny rate=0x1p-2",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := faults.Parse(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "parse fault") {
				t.Errorf("error %q does not say what was done", err)
			}
			return
		}
		again, err := faults.Parse(got.String())
		if err != nil {
			t.Fatalf("%q became %q, which is refused: %v", text, got, err)
		}
		if d := cmp.Diff(got, again, addrs); d != "" {
			t.Errorf("%q does not survive its own text (-first +second)\n%s", text, d)
		}
	})
}
