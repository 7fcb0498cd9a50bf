package kube_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// connServer is what both kinds of servers do.
type connServer interface {
	ServeConn(c net.Conn, instance string)
}

// listen serves a server on a loopback port until the test ends.
func listen(t *testing.T, s connServer) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { s.ServeConn(c, instance) })
		}
	})
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// kubectl runs the real one against a server.
type kubectl struct {
	t      *testing.T
	config string
}

// newKubectl skips the test, aloud, where there is no kubectl; it fails there
// when CI=true.
func newKubectl(t *testing.T, s connServer, ca []byte, token string) kubectl {
	t.Helper()
	if _, err := exec.LookPath("kubectl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI needs kubectl: %v", err)
		}
		t.Skipf("NOT TESTED: kubectl against the lab's API server: %v", err)
	}
	text := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "c",
"clusters": [{"name": "c", "cluster": {"server": "https://%s", "tls-server-name": %q, "certificate-authority-data": %q}}],
"users": [{"name": "u", "user": {"token": %q}}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}`,
		listen(t, s), host, base64.StdEncoding.EncodeToString(ca), token)
	config := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return kubectl{t, config}
}

func (k kubectl) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "kubectl", append([]string{"--cache-dir", filepath.Dir(k.config)}, args...)...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+k.config, "NO_PROXY=127.0.0.1", "HOME="+filepath.Dir(k.config))
	return cmd
}

// run returns what kubectl wrote; want is the exit status 0 or 1.
func (k kubectl) run(want int, stdin string, args ...string) string {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), time.Minute)
	defer cancel()
	cmd := k.command(ctx, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != want {
		k.t.Errorf("kubectl %s: %v, want exit status %d:\n%s", strings.Join(args, " "), err, want, out)
	}
	return string(out)
}

const manifest = `apiVersion: v1
kind: ConfigMap
metadata: {name: applied, namespace: team}
data: {colour: %s}
`

// TestKubectlWatch: kubectl get -w prints each change.
func TestKubectlWatch(t *testing.T) {
	c := newCluster(t, nil)
	watchWithKubectl(t, newKubectl(t, c.server, c.ca.cert, admin))
}

func watchWithKubectl(t *testing.T, k kubectl) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := k.command(ctx, "get", "cm", "-w", "--output-watch-events")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	want := func(event, name, data string) {
		t.Helper()
		for lines.Scan() {
			if f := strings.Fields(lines.Text()); len(f) == 4 && f[1] == name {
				if f[0] != event || f[2] != data {
					t.Errorf("%q, want %s %s %s", lines.Text(), event, name, data)
				}
				return
			}
		}
		t.Fatalf("the watch ended before %s %s: %v", event, name, lines.Err())
	}
	k.run(0, "", "create", "cm", "seen")
	want("ADDED", "seen", "0")
	k.run(0, "", "patch", "cm", "seen", "-p", `{"data":{"k":"v"}}`)
	want("MODIFIED", "seen", "1")
	k.run(0, "", "delete", "cm", "seen")
	want("DELETED", "seen", "1")
	cancel()
	_ = cmd.Wait() // it was killed
}

// steps are what people do with kubectl; out is a piece of what it prints.
var steps = []struct {
	exit  int
	args  string
	stdin string
	out   []string
}{
	{0, "version", "", []string{"Server Version: v1.34."}},
	{0, "get --raw /readyz", "", []string{"ok"}},
	{0, "get --raw /livez?verbose", "", []string{"livez check passed"}},
	{0, "get --raw /healthz", "", []string{"ok"}},
	{0, "get --raw /version", "", []string{`"minor": "34"`}},
	{0, "api-resources", "", []string{"configmaps", "cm", "namespaces", "ns", "selfsubjectreviews"}},
	{0, "api-versions", "", []string{"authentication.k8s.io/v1", "v1"}},
	{0, "get ns", "", []string{"NAME", "STATUS", "AGE", "default", "Active", "kube-system", "kube-public", "kube-node-lease"}},
	{0, "get ns -o wide", "", []string{"default", "Active"}},
	{0, "get ns default -o yaml", "", []string{"kubernetes.io/metadata.name: default", "phase: Active", "- kubernetes"}},
	{0, "get ns -o name --field-selector metadata.name=default", "", []string{"namespace/default\n"}},
	{0, "get ns -l kubernetes.io/metadata.name=default --show-labels", "", []string{"kubernetes.io/metadata.name=default"}},
	{1, "get ns nothing", "", []string{`(NotFound): namespaces "nothing" not found`}},
	{0, "create ns team", "", []string{"namespace/team created"}},
	{1, "create ns team", "", []string{`(AlreadyExists): namespaces "team" already exists`}},
	{1, "create ns Team", "", []string{`The Namespace "Team" is invalid: metadata.name`}},
	{0, "-n team create configmap one --from-literal=a=1 --from-literal=b=2", "", []string{"configmap/one created"}},
	{0, "-n team get cm", "", []string{"NAME", "DATA", "AGE", "one", "2"}},
	{0, "get cm -A -o wide", "", []string{"NAMESPACE", "team", "one"}},
	{0, "-n team get cm one -o jsonpath={.data.b}", "", []string{"2"}},
	{1, "-n missing create configmap one", "", []string{`namespaces "missing" not found`}},
	{0, "apply -f -", fmt.Sprintf(manifest, "red"), []string{"configmap/applied created"}},
	{0, "apply -f -", fmt.Sprintf(manifest, "blue"), []string{"configmap/applied configured"}},
	{0, "apply -f -", fmt.Sprintf(manifest, "blue"), []string{"configmap/applied unchanged"}},
	{0, "diff -f -", fmt.Sprintf(manifest, "blue"), []string{""}},
	{0, "-n team get cm applied -o jsonpath={.data.colour}", "", []string{"blue"}},
	{1, "apply -f -", fmt.Sprintf(manifest, "blue") + "colour: red\n", []string{`unknown field "colour"`}},
	{0, "-n team label cm applied tier=front", "", []string{"configmap/applied labeled"}},
	{0, "-n team annotate cm applied note=x", "", []string{"configmap/applied annotate"}},
	{0, "-n team get cm -l tier=front -o name", "", []string{"configmap/applied\n"}},
	{0, "-n team patch cm applied --type json -p [{\"op\":\"remove\",\"path\":\"/data/colour\"}]", "", []string{"configmap/applied patched"}},
	{0, "-n team describe cm one", "", []string{"a:\n----\n1"}},
	{0, "describe ns team", "", []string{"Status:       Active"}},
	{0, "cluster-info", "", []string{"Kubernetes control plane"}},
	{0, "get pods,nodes -A", "", []string{"No resources found"}},
	{0, "-n team delete cm one", "", []string{`configmap "one" deleted`}},
	{1, "-n team get cm one", "", []string{`configmaps "one" not found`}},
	{0, "auth whoami", "", []string{"arn:aws:iam::222222222222:user/lab", "system:masters", "system:authenticated"}},
	{0, "auth can-i delete namespaces", "", []string{"yes"}},
	{0, "auth can-i --list", "", []string{"*.*"}},
	{0, "wait --for=jsonpath={.status.phase}=Active ns/team --timeout=20s", "", []string{"namespace/team condition met"}},
	{0, "delete ns team --timeout=30s", "", []string{`namespace "team" deleted`}},
	{1, "get ns team", "", []string{"NotFound"}},
	{1, "delete ns default", "", []string{"this namespace may not be deleted"}},
	{0, "create ns gone --dry-run=server", "", []string{"namespace/gone created (server dry run)"}},
	{1, "get ns gone", "", []string{"NotFound"}},
}

// TestKubectl: what people do with kubectl works with the real one.
func TestKubectl(t *testing.T) {
	c := newCluster(t, nil)
	runSteps(t, newKubectl(t, c.server, c.ca.cert, admin))
}

func runSteps(t *testing.T, k kubectl) {
	for _, step := range steps {
		t.Run(step.args, func(t *testing.T) {
			k := kubectl{t, k.config}
			out := k.run(step.exit, step.stdin, strings.Fields(step.args)...)
			for _, want := range step.out {
				if !strings.Contains(out, want) {
					t.Errorf("printed no %q:\n%s", want, out)
				}
			}
		})
	}
}
