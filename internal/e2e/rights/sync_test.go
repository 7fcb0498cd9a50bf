package rights

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// iamPrefix is what IAM calls the lab's services.
var iamPrefix = map[string]string{"elbv2": "elasticloadbalancing", "tagging": "tag", "ec2": "ec2", "eks": "eks"}

// TestRights: with the modules' policies every scenario goes as it must, and
// sync's role uses all that it may do and nothing else.
func TestRights(t *testing.T) {
	r := load(t)
	inWorld(t, r, func(w *world) {
		before := len(w.store.Calls())
		w.begin(faults{})
		w.follow(faults{})
		used := map[string]bool{}
		for _, c := range w.store.Calls()[before:] {
			if c.Service != "sts" { // the function's, and what no policy is asked about
				used[iamPrefix[c.Service]+":"+c.Action] = true
			}
		}
		if diff := cmp.Diff(r.Sync.actions(), slices.Sorted(maps.Keys(used))); diff != "" {
			t.Errorf("what the policy grants and what sync calls differ (-granted +called):\n%s", diff)
		}
	})
	inWorld(t, r, func(w *world) {
		for scenario, what := range w.play("") {
			t.Errorf("%s: %s", scenario, what)
		}
	})
}

// noticed says by which scenario each change of a policy is noticed, by the
// names of changes.
var noticed = struct{ sync, trust, function map[string]string }{
	sync: map[string]string{
		"Read":                          "finds its links",
		"Read without tag:GetResources": "finds its links",
		"Read without elasticloadbalancing:DescribeTargetGroups":  "finds its links",
		"Read without elasticloadbalancing:DescribeLoadBalancers": "finds its links",
		"Read without elasticloadbalancing:DescribeTargetHealth":  "registers",
		"Read without elasticloadbalancing:DescribeTags":          "removes what is stale",
		"Read without eks:DescribeCluster":                        "removes what is stale",
		"Read without ec2:DescribeNetworkInterfaces":              "hears both witnesses",
		"Read without ec2:DescribeVpcs":                           "removes what is stale",
		"Read whatever StringEquals aws:RequestedRegion":          "may not look into another region",
		"Read if aws:RequestedRegion is not us-east-1":            "finds its links",
		"Read if aws:RequestedRegion is not eu-west-1":            "finds its links",
		"Targets": "registers",
		"Targets without elasticloadbalancing:RegisterTargets":   "registers",
		"Targets without elasticloadbalancing:DeregisterTargets": "removes what is stale",
		"Targets not on us-east-1":                               "registers",
		"Targets not on eu-west-1":                               "registers",
		"Targets on everything":                                  "may not register in another region",
		"Targets whatever StringEquals " + managedKey:            "may not deregister in a foreign group",
		"Marks":                  "writes its marks",
		"Marks not on us-east-1": "writes its marks",
		"Marks not on eu-west-1": "writes its marks",
		"Marks on everything":    "may not mark in another region",
		"Marks whatever StringEquals " + managedKey:            "may not mark a foreign group",
		"Marks whatever ForAllValues:StringEquals aws:TagKeys": "may not write another tag",
		"Marks whatever Null aws:TagKeys":                      "may not tag without saying what",
		"Marks unconditionally":                                "may not adopt a foreign group",
		"RegisterInUnmanagedGroups":                            "registers in a fleet that exists",
		"RegisterInUnmanagedGroups on everything":              "may not register in a foreign group",
	},
	trust: map[string]string{
		"Sync whatever StringEquals sts:ExternalId": "says the external ID",
		"Sync for the whole account":                "is no other role's",
		"Sync for another role":                     "assumes its role",
	},
	function: map[string]string{
		"Assume":               "assumes its role",
		"Assume on everything": "assumes no other role",
		"OnlyLambdaAttaches":   "makes no interfaces itself",
		"OnlyLambdaAttaches without ec2:CreateNetworkInterface":     "makes no interfaces itself",
		"OnlyLambdaAttaches without ec2:DeleteNetworkInterface":     "makes no interfaces itself",
		"OnlyLambdaAttaches without ec2:AssignPrivateIpAddresses":   "makes no interfaces itself",
		"OnlyLambdaAttaches without ec2:UnassignPrivateIpAddresses": "makes no interfaces itself",
	},
}

const managedKey = "aws:ResourceTag/postern:managed"

// TestEachRightIsNeeded takes each part out of the policies, one at a time, and
// wants the scenario that notices. A part that has none in the table fails too:
// who adds a right says what it is for.
func TestEachRightIsNeeded(t *testing.T) {
	r := load(t)
	try := func(kind string, changes map[string]document, want map[string]string, into func(*rights, document)) {
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if _, ok := changes[name]; !ok {
				t.Errorf("%s: the table has %q, and the policy has no such part", kind, name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(changes)) {
			scenario, ok := want[name]
			if !ok {
				t.Errorf("%s: no scenario is named that notices %q", kind, name)
				continue
			}
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				changed := r
				into(&changed, changes[name])
				inWorld(t, changed, func(w *world) {
					if f := w.play(scenario); f[scenario] == "" {
						t.Errorf("%q did not notice; what did: %q", scenario, f)
					}
				})
			})
		}
	}
	try("sync", r.Sync.changes(), noticed.sync, func(r *rights, d document) { r.Sync = d })

	trust := r.SyncTrust.changes()
	delete(trust, "Sync") // a document without a statement is none
	for name, arn := range map[string]string{"Sync for the whole account": "arn:aws:iam::111111111111:root", "Sync for another role": "arn:aws:iam::111111111111:role/another"} {
		d := r.SyncTrust.clone()
		d.Statement[0].Principal = []byte(`{"AWS":"` + arn + `"}`)
		trust[name] = d
	}
	try("trust", trust, noticed.trust, func(r *rights, d document) { r.SyncTrust = d })

	function := r.Function.changes()
	maps.DeleteFunc(function, func(name string, _ document) bool { return needsLambda(name) })
	try("function", function, noticed.function, func(r *rights, d document) { r.Function = d })
}

// needsLambda are the changes that TestFunctionRights tries with the function
// itself.
func needsLambda(name string) bool {
	return strings.HasPrefix(name, "Log") || strings.HasPrefix(name, "Attach") || strings.HasPrefix(name, "OnlyLambdaAttaches whatever")
}
