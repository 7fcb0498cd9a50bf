package e2e

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// motoModules asks for what takes minutes: the provider waits for load
// balancers and zones.
var motoModules = flag.Bool("moto.modules", false, "apply the Terraform modules to moto")

// motoRoot is a directory with one module's root, for moto.
type motoRoot struct {
	*testing.T
	dir string
	env []string
}

// changeLine is a plan's heading of a resource.
var changeLine = regexp.MustCompile(`(?m)^  # (\S+) (will be \S+|must be replaced)`)

// TestMotoModules applies each module by the real provider to an AWS that nobody
// here wrote, as far as that goes, plans again, and destroys. The table is what
// terraform/README.md says of it: a gap that is closed fails the test, too.
func TestMotoModules(t *testing.T) {
	if !*motoModules {
		t.Skip("-moto.modules is not set: the provider waits for minutes")
	}
	for _, name := range []string{"terraform", "moto_server"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing, and CI needs it: see make doctor", name)
			}
			t.Skipf("SKIPPED: %s is missing (see make doctor): the modules were NOT tried against a foreign AWS API", name)
		}
	}
	server, err := exec.LookPath("moto_server")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		module string
		fails  string   // what the apply ends with; empty: it succeeds
		left   []string // what a second plan would still do, and moto's answer is why
	}{
		{"endpoint-vpc", "", nil},
		{"target-sync", "", nil},
		{"cluster-link", "", []string{
			// DescribeLoadBalancers has no EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic.
			`module.link.aws_lb.this["prod"] will be updated`,
			// The description of a rule that names a group is lost.
			`module.link.aws_vpc_security_group_egress_rule.cluster["prod"] will be updated`,
			`module.link.aws_vpc_security_group_ingress_rule.from_group["prod"] will be updated`,
		}},
		// CreateHostedZone with a VPC makes a public zone.
		{"hub-endpoints", "PublicZoneVPCAssociation", []string{`module.hub.aws_route53_zone_association.this["prod/tools"] will be created`}},
	} {
		t.Run(tt.module, func(t *testing.T) {
			t.Parallel()
			r := newMotoRoot(t, tt.module, startMoto(t, server))
			out, status := r.terraform("apply", "-auto-approve", "-parallelism=40")
			if (status == 0) != (tt.fails == "") || !strings.Contains(out, tt.fails) {
				t.Fatalf("apply: status %d, want it to end with %q:\n%s", status, tt.fails, out)
			}
			out, status = r.terraform("plan", "-detailed-exitcode")
			if status == 1 {
				t.Fatalf("plan: %s", out)
			}
			var left []string
			for _, m := range changeLine.FindAllStringSubmatch(out, -1) {
				left = append(left, m[1]+" "+m[2])
			}
			slices.Sort(left)
			if diff := cmp.Diff(tt.left, left); diff != "" {
				t.Errorf("a second plan (-known +found):\n%s", diff)
			}
			if out, status = r.terraform("destroy", "-auto-approve", "-parallelism=40"); status != 0 {
				t.Errorf("destroy: status %d\n%s", status, out)
			}
		})
	}
}

// newMotoRoot copies a root and the modules, and initialises it.
func newMotoRoot(t *testing.T, module, endpoint string) *motoRoot {
	t.Helper()
	r := &motoRoot{T: t, dir: t.TempDir()}
	text, err := os.ReadFile(filepath.Join("testdata", "moto", module+".tf"))
	if err == nil {
		err = os.WriteFile(filepath.Join(r.dir, "main.tf"), text, 0o600)
	}
	if err == nil {
		err = os.CopyFS(filepath.Join(r.dir, "modules"), os.DirFS("../../terraform/modules"))
	}
	if err != nil {
		t.Fatal(err)
	}
	r.env = append(os.Environ(), "AWS_ENDPOINT_URL="+endpoint, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_SESSION_TOKEN=", "AWS_PROFILE=",
		"AWS_EC2_METADATA_DISABLED=true", "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1")
	if config := providerMirror(); config != "" {
		rc := filepath.Join(r.dir, "terraform.rc")
		if err := os.WriteFile(rc, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		r.env = append(r.env, "TF_CLI_CONFIG_FILE="+rc)
	}
	if out, status := r.terraform("init"); status != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the provider is not to be had: %s", out)
		}
		t.Skipf("SKIPPED: the provider is not to be had (TF_MIRROR can name a directory that has it): %s", out)
	}
	return r
}

// terraform runs it, and returns all that it says.
func (r *motoRoot) terraform(args ...string) (said string, status int) {
	r.Helper()
	cmd := exec.CommandContext(r.Context(), "terraform", append(args, "-no-color")...)
	var out bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = r.dir, r.env, &out, &out
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		r.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}
