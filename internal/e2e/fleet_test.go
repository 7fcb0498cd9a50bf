package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"postern/internal/lab"
	"postern/internal/plan"
	"postern/internal/report"
)

// A pass over ten links in each of 100 scopes, paced to 0.3 of AWS's rates,
// takes what the tightest bucket of a scope allows and no more: EKS's in the
// first pass, ELB's after that. With FIGURES set it is 100 links a scope:
// 10,000 in all.
func TestPacedPassOverAFleet(t *testing.T) {
	const accounts, regions, share = 5, 20, 0.3
	perScope := scaled(6, 100)
	links := accounts * regions * perScope
	o := lab.Options{World: lab.GeneratedWorld(accounts, regions, links), Consistent: true}
	inWatchBench(t, o, func(b *watchBench) {
		var names []plan.Region
		for _, r := range lab.GeneratedRegions(regions) {
			names = append(names, plan.Region(r))
		}
		e := b.pacedEngine(share, accounts, names...)
		pass := func() (report.Sync, time.Duration) {
			begin := time.Now()
			doc, err := e.Pass(b.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			return doc, time.Since(begin)
		}
		pass() // registers everything
		b.wait(10 * time.Minute)
		pass() // finds it healthy
		b.wait(15 * time.Minute)
		for i, tt := range []struct {
			name        string
			calls       int // a scope's, of the tightest bucket
			burst, rate float64
		}{
			{"clusters to be described anew", perScope, 10, 5},
			{"clusters known", perScope + 2, 40, 10},
		} {
			if i == 1 {
				b.wait(time.Minute) // so that the buckets are full
			}
			doc, took := pass()
			if doc.Summary.Converged != links {
				t.Fatalf("%d of %d links converged: %+v %+v", doc.Summary.Converged, links, doc.Summary, doc.Scopes[0])
			}
			full := float64(int(tt.burst * share))
			allowed := time.Duration(max(0, float64(tt.calls)-full) / (tt.rate * share) * float64(time.Second))
			t.Logf("figure: %s: a paced pass over %d links in %d scopes took %s; the bucket allows %s", tt.name, links, accounts*regions, took.Round(10*time.Millisecond), allowed.Round(10*time.Millisecond))
			if most := allowed + 2*time.Second; took > most {
				t.Errorf("%s: it took %s, want at most %s", tt.name, took, most)
			}
		}
	})
}

// serveFleet is the variable that makes this test binary a lab.
const serveFleet = "E2E_SERVE_FLEET"

// TestServeFleet is the other process of TestWatchLargeFleet.
func TestServeFleet(t *testing.T) {
	links, err := strconv.Atoi(os.Getenv(serveFleet))
	if err != nil {
		return
	}
	speed := float64(scaled(200, 10))
	l, err := lab.New(lab.Options{
		World: lab.GeneratedWorld(5, 20, links), Speed: speed, Address: "127.0.0.1:0",
		DNSListen: func(view string) (net.PacketConn, net.Listener, error) {
			if view != "public" {
				return nil, nil, nil
			}
			pc, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				return nil, nil, err
			}
			tl, err := net.Listen("tcp", pc.LocalAddr().String())
			return pc, tl, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { // ends with its parent
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		stop()
	}()
	go func() {
		<-l.Ready()
		fmt.Printf("serving %s %s\n", l.URL(), l.Views()[0].Address)
	}()
	if err := l.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// One watcher of 10,000 links over 20 regions and 5 accounts, as a process of
// its own, stays below 256 MB. Only with FIGURES set: it takes minutes.
func TestWatchLargeFleet(t *testing.T) {
	links := scaled(0, 10_000)
	if links == 0 {
		links = 200 // enough to see that it works
	}
	dir := t.TempDir()
	serve := exec.Command(os.Args[0], "-test.run", "^TestServeFleet$", "-test.timeout", "30m")
	serve.Env = append(os.Environ(), fmt.Sprintf("%s=%d", serveFleet, links))
	in, err := serve.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	serve.Stderr = os.Stderr
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); _ = serve.Wait() }()
	url, dns := "", ""
	lines := bufio.NewScanner(out)
	for url == "" && lines.Scan() {
		_, _ = fmt.Sscanf(lines.Text(), "serving %s %s", &url, &dns)
	}
	if url == "" {
		t.Fatal("the lab did not start")
	}
	go func() { // keep its pipe empty
		for lines.Scan() {
		}
	}()

	var file strings.Builder
	file.WriteString("scopes:\n")
	for i := range 5 {
		account := fmt.Sprintf("2222%08d", i)
		fmt.Fprintf(&file, "  - {account: %q, regions: [%s], roleArn: %q}\n", account, strings.Join(lab.GeneratedRegions(20), ", "), "arn:aws:iam::"+account+":role/"+lab.SyncRole)
	}
	fmt.Fprintf(&file, "resolvers: [%q]\n", dns)
	config := filepath.Join(dir, "postern.yaml")
	if err := os.WriteFile(config, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	watch := exec.Command(buildPostern(t), "sync", "--config", config, "--watch", "--output", "json", "--interval", "20s")
	watch.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+url, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=LABKEY111111111111", "AWS_SECRET_ACCESS_KEY=lab-secret-key-of-no-value", "AWS_SESSION_TOKEN=")
	watch.Stderr = os.Stderr
	docs, err := watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	reached := map[plan.GroupARN]bool{}
	converged := map[plan.GroupARN]bool{}
	var allReached, allConverged time.Duration
	read := json.NewDecoder(docs)
	for deadline := begin.Add(20 * time.Minute); len(converged) < links && time.Now().Before(deadline); {
		var doc report.Sync
		if err := read.Decode(&doc); err != nil {
			t.Fatalf("read document: %v", err)
		}
		for _, l := range doc.Links {
			reached[l.TargetGroupARN] = true
			delete(converged, l.TargetGroupARN)
			if l.Result == plan.Converged {
				converged[l.TargetGroupARN] = true
			}
		}
		if len(reached) == links && allReached == 0 {
			allReached = time.Since(begin)
		}
	}
	allConverged = time.Since(begin)
	go func() { // its documents must not pile up
		var doc report.Sync
		for read.Decode(&doc) == nil {
		}
	}()
	time.Sleep(time.Duration(scaled(3, 120)) * time.Second) // a real process, in real time
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", watch.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	now, peak := kilobytes(string(status), "VmRSS:"), kilobytes(string(status), "VmHWM:")
	t.Logf("figure: a watcher of %d links over 20 regions and 5 accounts (api share 0.3): every link reached in %s, converged in %s; RSS %d MB, at most %d MB; processor time %s",
		links, allReached.Round(time.Second), allConverged.Round(time.Second), now/1024, peak/1024, processorTime(watch.Process.Pid))
	if len(converged) < links {
		t.Errorf("%d of %d links converged", len(converged), links)
	}
	if peak > 256*1024 {
		t.Errorf("RSS %d kB, want less than 256 MB", peak)
	}
	stopping := time.Now()
	if err := watch.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = watch.Wait()
	if took := time.Since(stopping); took > 2*time.Second || watch.ProcessState.ExitCode() != report.ExitInterrupted {
		t.Errorf("it ended after %s with status %d", took, watch.ProcessState.ExitCode())
	}
}

// kilobytes reads a field of /proc/PID/status.
func kilobytes(status, field string) (n int) {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, field); ok {
			_, _ = fmt.Sscan(rest, &n)
		}
	}
	return n
}

// processorTime is what a process has used so far.
func processorTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100
}
