package lab_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"postern/internal/lab"
)

func (f *fixture) fault(t *testing.T, text string) {
	t.Helper()
	if _, err := f.client.AddFault(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) clear(t *testing.T) {
	t.Helper()
	if _, err := f.client.ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

// TestCallFaults sees each fault of calls through AWS's SDK.
func TestCallFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{})
		ctx := t.Context()
		k := eks.NewFromConfig(f.aws(account, region))
		elb := elasticloadbalancingv2.NewFromConfig(f.aws(account, region))
		cluster := func() error {
			_, err := k.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: aws.String("prod")})
			return err
		}
		group := f.cluster(t, account, region, "prod").Groups[0].ARN
		health := func() (int, error) {
			out, err := elb.DescribeTargetHealth(ctx, &elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: &group})
			if err != nil {
				return 0, err
			}
			return len(out.TargetHealthDescriptions), nil
		}

		f.fault(t, "throttle action=eks:DescribeCluster times=1")
		if err := cluster(); code(err) == "" || !strings.Contains(code(err), "Thrott") && !strings.Contains(code(err), "TooMany") {
			t.Errorf("throttled: %v", err)
		}
		if err := cluster(); err != nil {
			t.Errorf("after one time: %v", err)
		}

		f.fault(t, "deny action=elasticloadbalancing:DescribeTargetHealth cluster=us-east-1/prod")
		_, err := health()
		if code(err) != "AccessDenied" || !strings.Contains(err.Error(), "is not authorized to perform: elasticloadbalancing:DescribeTargetHealth on resource: "+group) {
			t.Errorf("denied: %v", err)
		}
		f.clear(t)
		f.fault(t, "deny action=elbv2:* cluster=payments")
		if _, err := health(); err != nil {
			t.Errorf("another cluster's fault: %v", err)
		}
		f.clear(t)

		f.fault(t, "delay by=7s action=eks:*")
		begin := time.Now()
		if err := cluster(); err != nil || time.Since(begin) != 7*time.Second {
			t.Errorf("delayed by %s, %v", time.Since(begin), err)
		}
		f.clear(t)

		time.Sleep(time.Hour)
		id := f.serving(account, region, "prod")[0]
		if _, err := elb.RegisterTargets(ctx, &elasticloadbalancingv2.RegisterTargetsInput{TargetGroupArn: &group, Targets: []types.TargetDescription{{Id: &id}}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		f.fault(t, "stale-read age=5m action=elbv2:Describe*")
		if n, err := health(); n != 0 || err != nil {
			t.Errorf("stale: %d targets, %v", n, err)
		}
		f.clear(t)
		if n, err := health(); n != 1 || err != nil {
			t.Errorf("fresh: %d targets, %v", n, err)
		}

		// A call that a fault holds back ends with the lab: start's cleanup
		// fails if it takes more than a second.
		f.fault(t, "delay by=1h")
		go cluster()
		synctest.Wait()
	})
}

// TestQueryFaults sees each DNS fault as a resolver would.
func TestQueryFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{})
		c := f.cluster(t, account, region, "prod")
		whole := f.serving(account, region, "prod")
		ask := func(fault string) (*dns.Msg, error) {
			t.Helper()
			f.fault(t, fault+" cluster="+c.Ref)
			defer f.clear(t)
			return f.lookup(t, "public", c.Host)
		}
		tests := []struct {
			fault string
			rcode int
			want  []string
		}{
			{"dns-nxdomain", dns.RcodeNameError, nil},
			{"dns-servfail", dns.RcodeServerFailure, nil},
			{"dns-empty", dns.RcodeSuccess, nil},
			{"dns-truncated", dns.RcodeSuccess, whole},
			{"dns-wrong answer=192.0.2.7", dns.RcodeSuccess, []string{"192.0.2.7"}},
			{"dns-servfail resolver=" + c.VPC, dns.RcodeSuccess, whole},
		}
		for _, tt := range tests {
			m, err := ask(tt.fault)
			if err != nil {
				t.Errorf("%s: %v", tt.fault, err)
				continue
			}
			if d := cmp.Diff(tt.want, addrs(m)); m.Rcode != tt.rcode || d != "" {
				t.Errorf("%s: rcode %d (-want +got)\n%s", tt.fault, m.Rcode, d)
			}
		}
		if m, err := ask("dns-partial"); err != nil || len(addrs(m)) == 0 || len(addrs(m)) >= len(whole) {
			t.Errorf("partial: %v, %v", m, err)
		}
		if _, err := ask("dns-timeout"); !os.IsTimeout(err) {
			t.Errorf("timeout: %v", err)
		}
		if _, err := ask("dns-malformed"); err == nil || os.IsTimeout(err) {
			t.Errorf("malformed: %v", err)
		}
		other := f.cluster(t, "333333333333", "eu-west-1", "prod")
		f.fault(t, "dns-nxdomain cluster="+c.Ref)
		if m, err := f.lookup(t, "public", other.Host); err != nil || m.Rcode != dns.RcodeSuccess {
			t.Errorf("the other prod: %v, %v", m, err)
		}
	})
}

// TestViews: a public and private cluster has other addresses inside its VPC
// than outside; a deleted one has none.
func TestViews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{})
		c := f.cluster(t, account, "eu-west-1", "payments")
		inside, err := f.lookup(t, c.VPC, c.Host)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(f.serving(account, "eu-west-1", "payments"), addrs(inside)); d != "" {
			t.Errorf("inside (-serving +got)\n%s", d)
		}
		outside, err := f.lookup(t, "public", c.Host)
		if err != nil {
			t.Fatal(err)
		}
		if len(addrs(outside)) == 0 || slices.ContainsFunc(addrs(outside), func(a string) bool { return strings.HasPrefix(a, "10.") }) {
			t.Errorf("outside: %v", addrs(outside))
		}
		if ttl := outside.Answer[0].Header().Ttl; ttl != 60 {
			t.Errorf("TTL %d", ttl)
		}
		f.move(t, move(account, "eu-west-1", "payments", "delete"))
		time.Sleep(time.Hour)
		if gone, err := f.lookup(t, "public", c.Host); err != nil || gone.Rcode != dns.RcodeNameError {
			t.Errorf("deleted: %v, %v", gone, err)
		}
	})
}

// TestHealthFaults: checks fail while the fault lasts and pass afterwards.
func TestHealthFaults(t *testing.T) {
	for _, fault := range []string{"health-broken cluster=222222222222/us-east-1/prod for=20m", "zone-outage zone=use1-az1 for=20m", "zone-outage zone=use1-az2 for=20m", "zone-outage zone=use1-az4 for=20m"} {
		t.Run(fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := start(t, lab.Options{})
				elb := elasticloadbalancingv2.NewFromConfig(f.aws(account, region))
				group := f.cluster(t, account, region, "prod").Groups[0].ARN
				zoneOf := map[string]string{}
				for _, a := range f.Store().Snapshot().Accounts {
					for _, i := range a.Interfaces {
						if a.Account == account && a.Region == region {
							zoneOf[i.Addr.String()] = i.ZoneID
						}
					}
				}
				var targets []types.TargetDescription
				for _, id := range f.serving(account, region, "prod") {
					targets = append(targets, types.TargetDescription{Id: &id})
				}
				if _, err := elb.RegisterTargets(t.Context(), &elasticloadbalancingv2.RegisterTargetsInput{TargetGroupArn: &group, Targets: targets}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Minute)
				check := func(hit func(id string) bool) {
					t.Helper()
					for _, d := range f.cluster(t, account, region, "prod").Groups[0].Targets {
						want := "healthy"
						if hit(d.Target.ID) {
							want = "unhealthy"
						}
						if d.State != want {
							t.Errorf("target %s in %s is %s, want %s", d.Target.ID, zoneOf[d.Target.ID], d.State, want)
						}
					}
				}
				none := func(string) bool { return false }
				check(none)
				f.fault(t, fault)
				time.Sleep(10 * time.Minute)
				check(func(id string) bool {
					return strings.HasPrefix(fault, "health") || strings.Contains(fault, zoneOf[id]+" ")
				})
				time.Sleep(20 * time.Minute)
				check(none)
			})
		})
	}
}

// TestFaultsThatHitNothing are refused by what is wrong with them.
func TestFaultsThatHitNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lab.Options{})
		tests := []struct {
			text   string
			status int
			want   string
		}{
			{"throttle tmies=1", http.StatusBadRequest, `add fault: parse fault throttle: unknown key "tmies"`},
			{"deny cluster=stage", http.StatusNotFound, `add fault: deny: no cluster "stage" is in the lab: it has `},
			{"deny cluster=eu-west-1/stage", http.StatusNotFound, `add fault: deny: no cluster "eu-west-1/stage" is in the lab: it has `},
			{"dns-empty resolver=vpc-0", http.StatusNotFound, `add fault: dns-empty: no view "vpc-0" is served`},
			{"zone-outage zone=use1-az9", http.StatusNotFound, `add fault: zone-outage: no subnet of the lab is in zone "use1-az9"`},
			{"address-reused cluster=prod", http.StatusBadRequest, `add fault: cluster "prod" is ambiguous: it is 222222222222/us-east-1/prod or 333333333333/eu-west-1/prod`},
		}
		for _, tt := range tests {
			_, err := f.client.AddFault(t.Context(), tt.text)
			e, ok := errors.AsType[*lab.StatusError](err)
			if !ok || e.Status != tt.status || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%s: error\n%v\nwant %d and the beginning\n%s", tt.text, err, tt.status, tt.want)
			}
		}
		if list, err := f.client.Faults(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("in force: %v, %v", list, err)
		}
	})
}
