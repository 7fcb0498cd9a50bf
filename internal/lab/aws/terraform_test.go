package aws_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/aws"
	"postern/internal/lab/state"
)

const (
	tfHub   = "111111111111"
	tfSpoke = "222222222222"
)

// tfWorld is a server over a store with a private cluster in tfSpoke.
type tfWorld struct {
	*state.Store
	t   *testing.T
	url string
}

func newTFWorld(t *testing.T) *tfWorld {
	t.Helper()
	w := &tfWorld{Store: state.New(state.Options{Speed: 60}), t: t}
	w.ok(w.AddAccount(tfHub))
	w.ok(w.AddAccount(tfSpoke))
	v, err := w.CreateVpc(spoke, state.VPCInput{CIDR: netip.MustParsePrefix("10.0.0.0/16")})
	w.ok(err)
	on, off := true, false
	w.ok(w.ModifyVpcAttribute(spoke, v.ID, nil, &on))
	zones, err := w.DescribeAvailabilityZones(spoke, nil, nil, nil)
	w.ok(err)
	var subnets []string
	for i, z := range zones {
		s, err := w.CreateSubnet(spoke, state.SubnetInput{VPC: v.ID, CIDR: netip.MustParsePrefix(fmt.Sprintf("10.0.%d.0/24", i)), ZoneID: z.ID})
		w.ok(err)
		subnets = append(subnets, s.ID)
	}
	_, err = w.CreateCluster(spoke, state.ClusterInput{Name: "prod", Subnets: subnets, Public: &off, Private: &on})
	w.ok(err)
	w.Settle()
	server := httptest.NewServer(aws.NewServer(w.Store))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

var spoke = state.Caller{Account: tfSpoke, Region: "eu-west-1", ARN: "arn:aws:iam::222222222222:user/lab"}

func (w *tfWorld) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// left is all that is in the store once whatever lingers is gone.
func (w *tfWorld) left() state.Snapshot {
	w.Settle()
	return w.Snapshot()
}

// terraform is a copy of a root below testdata in a directory of its own.
type terraform struct {
	t   *testing.T
	dir string
	env []string
}

// mirror returns the directory that holds providers, which TF_MIRROR names or
// which is at one of the usual places; empty: terraform finds the provider as it
// is configured to.
func mirror() string {
	if dir := os.Getenv("TF_MIRROR"); dir != "" {
		return dir
	}
	const provider = "registry.terraform.io/hashicorp/aws"
	for _, place := range []string{os.Getenv("HOME") + "/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/*"} {
		if found, _ := filepath.Glob(filepath.Join(place, provider)); len(found) > 0 {
			return strings.TrimSuffix(found[0], "/"+provider)
		}
	}
	return ""
}

// newTerraform skips the test, aloud, where terraform or its provider is not to
// be had; it fails there when CI=true.
func newTerraform(t *testing.T, url, root string) *terraform {
	t.Helper()
	missing := func(format string, args ...any) {
		t.Helper()
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI needs terraform: "+format, args...)
		}
		t.Skipf("NOT TESTED: terraform against the lab, because "+format, args...)
	}
	if _, err := exec.LookPath("terraform"); err != nil {
		missing("it is not installed: %v", err)
	}
	tf := &terraform{t: t, dir: t.TempDir(), env: []string{
		"AWS_ENDPOINT_URL=" + url,
		"AWS_ACCESS_KEY_ID=" + state.StaticKey(tfHub),
		"AWS_SECRET_ACCESS_KEY=" + state.StaticSecret,
		"AWS_REGION=us-east-1",
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
		"TF_VAR_cluster=prod",
		"TF_VAR_spoke_access_key=" + state.StaticKey(tfSpoke),
		"TF_VAR_spoke_secret_key=" + state.StaticSecret,
		"TF_IN_AUTOMATION=1",
		"TF_INPUT=0",
		"CHECKPOINT_DISABLE=1",
	}}
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); !strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "TF_VAR_") {
			tf.env = append(tf.env, kv)
		}
	}
	if err := os.CopyFS(tf.dir, os.DirFS(filepath.Join("testdata", root))); err != nil {
		t.Fatal(err)
	}
	if mirror := mirror(); mirror != "" {
		config := filepath.Join(t.TempDir(), "terraform.rc")
		text := fmt.Sprintf("provider_installation {\n  filesystem_mirror { path = %q }\n}\n", mirror)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		tf.env = append(tf.env, "TF_CLI_CONFIG_FILE="+config)
	}
	if out, status := tf.try("init", "-no-color"); status != 0 {
		missing("its provider is not to be had (TF_MIRROR can name a directory that has it):\n%s", out)
	}
	return tf
}

// try runs terraform and returns what it says and its exit status.
func (tf *terraform) try(args ...string) (out []byte, status int) {
	tf.t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(tf.t.Context(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "terraform", args...)
	cmd.Dir, cmd.Env = tf.dir, tf.env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it ends its providers
	cmd.WaitDelay = 30 * time.Second
	out, err := cmd.CombinedOutput()
	tf.t.Logf("terraform %s: %.0f s", args[0], time.Since(began).Seconds())
	if cmd.ProcessState == nil {
		tf.t.Fatalf("terraform %s: %v", args[0], err)
	}
	return out, cmd.ProcessState.ExitCode()
}

// run is try for what must succeed. The parallelism is for a provider that
// mostly waits.
func (tf *terraform) run(args ...string) {
	tf.t.Helper()
	if out, status := tf.try(append(args, "-no-color", "-parallelism=40")...); status != 0 {
		tf.t.Fatalf("terraform %s: status %d\n%s", args[0], status, quiet(out))
	}
}

// quiet leaves out what terraform says of its progress.
func quiet(out []byte) string {
	var lines []string
	for line := range strings.Lines(string(out)) {
		if !slices.ContainsFunc([]string{": Reading...", ": Read complete", ": Refreshing state", ": Still ", ": Creati", ": Destr"}, func(s string) bool { return strings.Contains(line, s) }) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// outputs are the root's.
func (tf *terraform) outputs() map[string]any {
	tf.t.Helper()
	out, status := tf.try("output", "-json")
	var doc map[string]struct{ Value any }
	dec := json.NewDecoder(bytes.NewReader(out[max(bytes.IndexByte(out, '{'), 0):]))
	if err := dec.Decode(&doc); err != nil || status != 0 {
		tf.t.Fatalf("outputs: %v\n%s", err, out)
	}
	values := map[string]any{}
	for k, v := range doc {
		values[k] = v.Value
	}
	return values
}

// TestTerraform applies a root with most of what Postern's modules are made of
// with the real provider, plans it again, and destroys it.
func TestTerraform(t *testing.T) {
	if testing.Short() {
		t.Skip("the provider waits for minutes, whatever the server says")
	}
	t.Parallel()
	w := newTFWorld(t)
	tf := newTerraform(t, w.url, "terraform")
	before := w.left()

	tf.run("apply", "-auto-approve")
	out := tf.outputs()
	if n, _ := out["interfaces"].(float64); n < 2 {
		t.Errorf("the cluster has %v interfaces", out["interfaces"])
	}
	host, hub, group := fmt.Sprint(out["host"]), fmt.Sprint(out["hub_vpc"]), fmt.Sprint(out["target_group"])
	w.Settle()
	// From the hub, the cluster's name leads to the endpoint.
	endpoints, _, err := w.DescribeVpcEndpoints(state.Caller{Account: tfHub, Region: "eu-west-1"}, nil, nil, state.Page{})
	if err != nil || len(endpoints) != 1 || endpoints[0].State != "available" {
		t.Fatalf("endpoints %+v, %v", endpoints, err)
	}
	answer := w.Resolve(state.View{VPC: hub}, host)
	if len(answer.Addrs) != 3 || slices.ContainsFunc(answer.Addrs, func(a netip.Addr) bool { return !netip.MustParsePrefix("10.111.0.0/20").Contains(a) }) {
		t.Errorf("%s is at %v for the hub", host, answer.Addrs)
	}

	// A mark of sync's is none of Terraform's business.
	w.ok(w.AddTags(spoke, []string{group}, state.Tags{"postern:marks": "-10.0.0.7@1700000000"}))
	if out, status := tf.try("plan", "-detailed-exitcode", "-no-color", "-parallelism=40"); status != 0 {
		t.Errorf("a second plan: status %d\n%s", status, quiet(out))
	}

	tf.run("destroy", "-auto-approve")
	if diff := cmp.Diff(before, w.left(), cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("what is left (-before +after):\n%s", diff)
	}
}
