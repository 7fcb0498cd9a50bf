package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"postern/internal/awsapi"
	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/report"
	"postern/internal/trace"
)

// randomWorld is a fleet of some clusters, in accounts and regions and networks
// of chance.
func randomWorld(seed uint64) (*lab.World, []state.Caller) {
	r := rand.New(rand.NewPCG(seed, 0))
	w := lab.DefaultWorld()
	w.Clusters = nil
	// The hub's own VPCs stay, some with a subnet or a block more.
	if r.IntN(2) == 0 {
		w.VPCs[0].SecondaryCIDRs = append(w.VPCs[0].SecondaryCIDRs, lab.Prefix{Prefix: netip.MustParsePrefix("100.64.0.0/20")})
		w.VPCs[0].Subnets = append(w.VPCs[0].Subnets, lab.Subnet{ZoneID: "use1-az4", CIDR: lab.Prefix{Prefix: netip.MustParsePrefix("100.64.1.0/24")}})
	}
	if r.IntN(3) == 0 { // the endpoints of the hub's own region are in the hub's VPC
		w.Hub.Endpoints[0] = "hub"
	}
	hubs := w.VPCs[:4:4]
	w.VPCs = hubs
	seen := map[state.Caller]bool{}
	var scopes []state.Caller
	for i := range 1 + r.IntN(5) {
		at := state.Caller{Account: []string{"222222222222", "333333333333"}[r.IntN(2)], Region: []string{"us-east-1", "eu-west-1"}[r.IntN(2)]}
		if !seen[at] {
			seen[at] = true
			scopes = append(scopes, at)
		}
		zones := map[string][]string{"us-east-1": {"use1-az1", "use1-az2", "use1-az4"}, "eu-west-1": {"euw1-az1", "euw1-az2", "euw1-az3"}}[at.Region]
		block := netip.MustParsePrefix([]string{"10.0.0.0/16", "172.20.0.0/16", "192.168.0.0/16", "10.100.0.0/16"}[r.IntN(4)])
		v := lab.VPC{Name: fmt.Sprintf("vpc-%d", i), Account: at.Account, Region: at.Region, CIDR: lab.Prefix{Prefix: block}}
		for n := range 2 + r.IntN(3) { // several in a zone, at times
			raw := block.Addr().As4()
			raw[2] = byte(16 * n)
			v.Subnets = append(v.Subnets, lab.Subnet{ZoneID: zones[n%3], CIDR: lab.Prefix{Prefix: netip.PrefixFrom(netip.AddrFrom4(raw), 20+r.IntN(5))}})
		}
		w.VPCs = append(w.VPCs, v)
		for n := range 1 + r.IntN(2) {
			w.Clusters = append(w.Clusters, lab.Cluster{Name: fmt.Sprintf("c%d-%d", i, n), VPC: v.Name, Access: []string{lab.AccessPrivate, lab.AccessBoth}[r.IntN(2)]})
		}
	}
	return w, scopes
}

// TestTraceRandomWorlds: in worlds of chance, in which all is as it should be,
// trace finds nothing, at either depth.
func TestTraceRandomWorlds(t *testing.T) {
	worlds, paths := 40, 0
	if testing.Short() {
		worlds = 5
	}
	for seed := range worlds {
		world, scopes := randomWorld(uint64(seed))
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inSnapBenchOf(t, world, scopes, func(b *snapBench) {
				for _, deep := range []bool{true, false} {
					s := b.snapshot(func(ask *awsapi.SnapshotAsk) { ask.Deep = deep })
					refs := s.Fleet()
					if len(refs) != len(world.Clusters) {
						t.Fatalf("%d clusters in the snapshot, and %d in the world", len(refs), len(world.Clusters))
					}
					for _, ref := range refs {
						for _, address := range []trace.Address{trace.ByAny, trace.ByName, trace.ByVPCE} {
							paths++
							if p := trace.Walk(s, ref, trace.Options{Address: address}); p.Verdict() != trace.Passed {
								t.Errorf("%s by %q, deep %t: %s\n%s", ref, address, deep, p.Verdict(), showPath(p))
							}
						}
					}
				}
			})
		})
	}
	t.Logf("%d paths in %d worlds", paths, worlds)
}

// TestTraceInTime: the program walks a healthy path, probes and all, in less
// than three seconds where each call to AWS takes 20 ms.
func TestTraceInTime(t *testing.T) {
	p := newPathLab(t, lab.Options{Speed: 600, Seed: 1, Consistent: true, Unthrottled: true})
	delayed := httptest.NewServer(later(p.URL(), 20*time.Millisecond))
	defer delayed.Close()
	// A token is a request of STS's, which the lab knows by its own address only.
	env := []string{"AWS_ENDPOINT_URL=" + delayed.URL, "AWS_ENDPOINT_URL_STS=" + p.URL()}
	for _, kv := range p.env {
		if !strings.HasPrefix(kv, "AWS_ENDPOINT_URL=") {
			env = append(env, kv)
		}
	}
	for range 3 {
		cmd := exec.CommandContext(t.Context(), p.bin, "trace", plan.Pattern(refOf(t, pathRefs[1])).String(), "--output", "json")
		var out, complaints bytes.Buffer
		cmd.Env, cmd.Stdout, cmd.Stderr = env, &out, &complaints
		began := time.Now()
		err := cmd.Run()
		took := time.Since(began)
		var doc report.Trace
		if jsonErr := json.Unmarshal(out.Bytes(), &doc); err != nil || jsonErr != nil || doc.Verdict != trace.Passed || !doc.Live.Made {
			t.Fatalf("%v, %v: %s\n%s", err, jsonErr, complaints.String(), out.String())
		}
		calls := 0
		for _, n := range doc.Calls {
			calls += n
		}
		t.Logf("%s, with %d calls", took, calls)
		if took > 3*time.Second {
			t.Errorf("it took %s", took)
		}
	}
}
