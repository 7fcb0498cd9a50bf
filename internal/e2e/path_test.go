package e2e

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"postern/internal/lab"
	"postern/internal/lab/state"
	"postern/internal/lab/traffic"
)

// pathLab is a lab of this process whose networks carry connections, and the
// real program beside it.
type pathLab struct {
	*lab.Lab
	bin string
	env []string
}

// newPathLab starts a lab, has sync register everything, and waits until all
// targets are healthy. When the test ends, so does the lab, and no goroutine of
// it may be left.
func newPathLab(t *testing.T, o lab.Options) *pathLab {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: real connections take real time")
	}
	before := runtime.NumGoroutine()
	o.Address, o.DataPlane, o.Strict = "127.0.0.1:0", true, true
	l, err := lab.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the lab ended with %v", err)
		}
		for end := time.Now().Add(15 * time.Second); runtime.NumGoroutine() > before; {
			if time.Now().After(end) {
				stacks := make([]byte, 1<<20)
				t.Errorf("%d goroutines before the lab, %d after it:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
				break
			}
			<-time.After(20 * time.Millisecond)
		}
	})
	select {
	case <-l.Ready():
	case err := <-done:
		done <- nil
		t.Fatal(err)
	}
	p := &pathLab{Lab: l, bin: buildPostern(t)}
	p.env = programEnv(t, l)
	p.run(t, p.bin, "sync")
	for end := time.Now().Add(30 * time.Second); ; {
		if n := p.healthy(); n == 2*len(p.State().Clusters) {
			break
		} else if time.Now().After(end) {
			t.Fatalf("%d targets are healthy", n)
		}
		<-time.After(20 * time.Millisecond)
	}
	return p
}

// healthy returns how many targets are.
func (p *pathLab) healthy() int {
	n := 0
	for _, c := range p.State().Clusters {
		for _, g := range c.Groups {
			for _, x := range g.Targets {
				if x.State == "healthy" {
					n++
				}
			}
		}
	}
	return n
}

// run runs a command in the lab, and returns what it printed.
func (p *pathLab) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = p.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// kubectl runs kubectl against a cluster, all the way from the hub, with its
// certificate verified.
func (p *pathLab) kubectl(t *testing.T, ref string, args ...string) string {
	t.Helper()
	text, err := lab.Kubeconfig(p.State(), p.bin, "111111111111")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return p.run(t, append([]string{"kubectl", "--kubeconfig", name, "--context", ref, "--cache-dir", t.TempDir()}, args...)...)
}

func needKubectl(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("kubectl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("kubectl is missing, and CI needs it: see make doctor")
		}
		t.Skip("SKIPPED: kubectl is missing (see make doctor): the path was NOT tried with it")
	}
}

var pathRefs = []string{"222222222222/us-east-1/prod", "333333333333/eu-west-1/prod", "222222222222/eu-west-1/payments"}

// TestPath goes from the hub to each of three clusters with the same CIDR, with
// kubectl; and shows what does not lead there.
func TestPath(t *testing.T) {
	needKubectl(t)
	p := newPathLab(t, lab.Options{Speed: 600, Seed: 1})
	for _, ref := range pathRefs {
		if out := p.kubectl(t, ref, "get", "namespaces"); !strings.Contains(out, "kube-system") {
			t.Errorf("%s: %s", ref, out)
		}
	}
	// Each is a cluster of its own: what one has, no other has.
	p.kubectl(t, pathRefs[0], "create", "namespace", "only-here")
	for i, ref := range pathRefs {
		if out := p.kubectl(t, ref, "get", "namespaces"); strings.Contains(out, "only-here") != (i == 0) {
			t.Errorf("%s: %s", ref, out)
		}
	}

	s := p.State()
	vpc := func(name string) string {
		for _, a := range s.World.Accounts {
			for _, v := range a.VPCs {
				if v.Tags["Name"] == name {
					return v.ID
				}
			}
		}
		t.Fatalf("there is no VPC %s", name)
		return ""
	}
	endpoint := p.Store().Resolve(state.View{VPC: vpc("hub")}, s.Clusters[0].Host).Addrs[0]
	for _, tt := range []struct {
		name, from, to, why string
	}{
		{"a cluster's own address", "", s.Clusters[0].Serving[0].String(), "route: "},
		{"a VPC of the hub's that is not peered", "", "10.103.0.10", "route: "},
		{"an endpoint, from that VPC", vpc("island"), endpoint.String(), "route: "},
		{"a cluster's name, from that VPC", vpc("island"), s.Clusters[1].Host, "route: "},
		{"an endpoint, from a VPC that is peered with the hub's", vpc("endpoints-eu-west-1"), p.Store().Resolve(state.View{VPC: vpc("hub")}, s.Clusters[1].Host).Addrs[0].String(), "route: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			proxy := "http://" + p.Proxy()
			if tt.from != "" {
				proxy = "http://" + tt.from + "@" + p.Proxy()
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			conn, err := traffic.ProxyDial(proxy)(ctx, "tcp", net.JoinHostPort(tt.to, "443"))
			if err == nil {
				conn.Close()
				t.Fatal("connected")
			}
			wrong, ok := errors.AsType[*traffic.ProxyError](err)
			if !ok || !wrong.Timeout() || !strings.HasPrefix(wrong.Why(), tt.why) {
				t.Errorf("failed otherwise than by a timeout that says %q: %v", tt.why, err)
			}
		})
	}
}

// TestPathNeedsPermission: an account that the service does not allow cannot
// have an endpoint, and does not learn that the service exists.
func TestPathNeedsPermission(t *testing.T) {
	l, err := lab.New(lab.Options{Address: "127.0.0.1:0", Speed: 600, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	defer func() { cancel(); <-done }()
	<-l.Ready()
	s := l.State()
	service, stranger := "", ""
	for _, a := range s.World.Accounts {
		for _, e := range a.EndpointServices {
			if a.Account == "222222222222" && a.Region == "eu-west-1" {
				service = e.Name
			}
		}
		for _, v := range a.VPCs {
			if a.Account == "333333333333" && a.Region == "eu-west-1" {
				stranger = v.ID
			}
		}
	}
	if service == "" || stranger == "" {
		t.Fatalf("service %q, VPC %q", service, stranger)
	}
	for _, tt := range []struct{ account, name, want string }{
		{"333333333333", service, "InvalidServiceName"},
		{"333333333333", strings.Replace(service, "vpce-svc-", "vpce-svc-0", 1), "InvalidServiceName"},
	} {
		i := slices.IndexFunc(s.Accounts, func(a lab.Account) bool { return a.ID == tt.account })
		client := ec2.New(ec2.Options{
			Region: "eu-west-1", BaseEndpoint: aws.String(l.URL()), RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider(s.Accounts[i].AccessKey, s.Accounts[i].SecretKey, ""),
		})
		_, err := client.CreateVpcEndpoint(t.Context(), &ec2.CreateVpcEndpointInput{
			VpcId: &stranger, ServiceName: &tt.name, VpcEndpointType: types.VpcEndpointTypeInterface,
		})
		if refused, ok := errors.AsType[smithy.APIError](err); !ok || refused.ErrorCode() != tt.want {
			t.Errorf("%s from %s: %v, want %s", tt.name, tt.account, err, tt.want)
		}
	}
}

// TestRealKubernetes goes the same way to real API servers.
func TestRealKubernetes(t *testing.T) {
	dir := os.Getenv(lab.ProgramsVariable)
	promised := dir != ""
	if !promised {
		dir, _ = filepath.Abs("../../.kubernetes")
	}
	if _, err := os.Stat(filepath.Join(dir, "kube-apiserver")); err != nil {
		if promised {
			t.Fatal(err)
		}
		t.Skip("SKIPPED: no kube-apiserver (make kubernetes): the path was NOT tried with a real one")
	}
	needKubectl(t)
	p := newPathLab(t, lab.Options{Speed: 60, Seed: 1, RealKubernetes: true, Programs: dir})
	for _, ref := range pathRefs {
		for _, step := range []struct {
			args []string
			want string
		}{
			{[]string{"create", "namespace", "postern-test"}, "created"},
			{[]string{"get", "namespaces"}, "postern-test"},
			{[]string{"create", "configmap", "x", "--from-literal=a=b", "-n", "postern-test"}, "created"},
			{[]string{"wait", "namespace/postern-test", "--for=jsonpath={.status.phase}=Active", "--timeout=20s"}, "condition met"}, // a watch
			{[]string{"delete", "namespace", "postern-test"}, "deleted"},
			{[]string{"auth", "whoami"}, "arn:aws:iam::111111111111:user/lab"},
			{[]string{"get", "--raw", "/readyz"}, "ok"},
		} {
			if out := p.kubectl(t, ref, step.args...); !strings.Contains(out, step.want) {
				t.Errorf("%s: kubectl %s: %s", ref, strings.Join(step.args, " "), out)
			}
		}
	}
}
