package e2e

import (
	"encoding/json"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/report"
)

// twins is a world of two clusters in one VPC: the address of one passes every
// filter of the other's.
const twins = `
accounts: ["111111111111"]
roles:
  - {account: "222222222222", name: postern-sync, trust: ["111111111111"]}
vpcs:
  - name: shared
    account: "222222222222"
    region: us-east-1
    cidr: 10.0.0.0/16
    subnets:
      - {zoneId: use1-az1, cidr: 10.0.0.0/20}
      - {zoneId: use1-az2, cidr: 10.0.16.0/20}
clusters:
  - {name: prod, vpc: shared}
  - {name: other, vpc: shared}
`

// TestIdentityOverTheNetwork: DNS answers with the address of another cluster's
// API server. Without --verify-identity it is registered once the grace period
// is over, and production requests go to the other cluster; with it, the
// certificate says whose it is. The certificates are seen over the lab's
// network, from inside the VPC.
func TestIdentityOverTheNetwork(t *testing.T) {
	w, err := lab.ParseWorld([]byte(twins))
	if err != nil {
		t.Fatal(err)
	}
	for _, verify := range []bool{false, true} {
		t.Run(map[bool]string{false: "without", true: "with"}[verify], func(t *testing.T) {
			p := newPathLab(t, lab.Options{World: w, Speed: 60, Seed: 1})
			s := p.State()
			at := func(name string) lab.ClusterState {
				return s.Clusters[slices.IndexFunc(s.Clusters, func(c lab.ClusterState) bool { return c.Name == name })]
			}
			foreign := at("other").Serving[0].String()
			// As a function in the VPC would need it: the groups of both clusters admit
			// the VPC's hosts.
			for _, c := range s.World.Accounts[0].Clusters {
				admit := state.RuleInput{Protocol: "tcp", From: 443, To: 443, CIDR: spoke}
				if _, err := p.Store().AuthorizeSecurityGroupIngress(state.Caller{Account: c.Account, Region: c.Region}, c.ClusterSecurityGroup, []state.RuleInput{admit}, nil); err != nil {
					t.Fatal(err)
				}
			}
			client := lab.Client{URL: p.URL(), Token: p.Token()}
			if _, err := client.AddFault(t.Context(), "dns-wrong cluster=prod answer="+foreign); err != nil {
				t.Fatal(err)
			}
			env := append(slices.Clone(p.env), "ALL_PROXY=socks5://"+at("prod").VPC+"@"+p.Proxy())
			registered, refused := false, false
			for end := time.Now().Add(6 * time.Second); time.Now().Before(end) && !registered; {
				args := []string{"sync", "prod", "--output", "json"}
				if verify {
					args = append(args, "--verify-identity")
				}
				cmd := exec.CommandContext(t.Context(), p.bin, args...)
				cmd.Env = env
				out, err := cmd.Output()
				if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
					t.Fatal(err)
				}
				var doc report.Sync
				if err := json.Unmarshal(out, &doc); err != nil || len(doc.Links) != 1 {
					t.Fatalf("%v: %s", err, out)
				}
				l := doc.Links[0]
				for _, d := range l.Decisions {
					if d.Address != foreign {
						if d.Action == plan.Deregister || d.Action == plan.MarkOnly {
							t.Errorf("%s %s, which is the cluster's own", d.Action, d.Address)
						}
						continue
					}
					registered = registered || d.Action == plan.Register
					refused = refused || strings.HasPrefix(string(d.Reason), "identity_")
				}
				if verify {
					proved := 0
					for _, i := range l.Identity {
						if i.Verdict == "proved" {
							proved++
						}
					}
					if proved != 2 {
						t.Fatalf("%d addresses are proved, want the cluster's two: %+v", proved, l.Identity)
					}
				}
				<-time.After(500 * time.Millisecond)
			}
			if registered == verify || refused != verify {
				t.Errorf("registered %v, refused for its certificate %v", registered, refused)
			}
		})
	}
}
