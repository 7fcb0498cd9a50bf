package lab

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"postern/internal/lab/faults"
	"postern/internal/lab/state"
)

//go:generate go run ./genreference ../../docs/reference/lab.md

// worldAbout says what each key of a world means, and what is needed.
var worldAbout = map[string]string{
	"hub":                 "where the tools run",
	"hub.account":         "its account, twelve digits in quotes",
	"hub.region":          "its region",
	"hub.vpcs":            "names of its VPCs, which are among `vpcs`",
	"hub.endpoints":       "names of its endpoint VPCs, at most one a region: a link in that region gets an interface endpoint there",
	"accounts":            "accounts besides those of hub, VPCs and roles",
	"roles":               "IAM roles that other accounts may assume; no others can be assumed",
	"roles.account":       "needed: the role's account",
	"roles.name":          "needed: its name; sync's is `" + SyncRole + "`",
	"roles.trust":         "accounts that may assume it; none: its own only",
	"roles.externalId":    "asked of who assumes it; none: nothing is asked",
	"vpcs":                "VPCs",
	"vpcs.name":           "needed: names it in this file, and its `Name` tag",
	"vpcs.account":        "needed: its account",
	"vpcs.region":         "needed: its region",
	"vpcs.cidr":           "needed: its first block, such as 10.0.0.0/16; VPCs may overlap",
	"vpcs.secondaryCidrs": "further blocks",
	"vpcs.subnets":        "its subnets",
	"vpcs.subnets.zone":   "the zone by its name, or",
	"vpcs.subnets.zoneId": "the zone by its ID; neither: the region's first",
	"vpcs.subnets.cidr":   "needed: the subnet's block",
	"peerings":            "active peering connections, with routes both ways in the main route tables",
	"peerings.from":       "needed: name of a VPC",
	"peerings.to":         "needed: name of another, in any account and region, whose blocks do not overlap",
	"clusters":            "EKS clusters, in all subnets of their VPC",
	"clusters.name":       "needed: its name, unique in its account and region",
	"clusters.vpc":        "needed: name of a VPC, whose account and region are the cluster's",
	"clusters.access":     "`" + AccessPrivate + "` (default), `" + AccessPublic + "` or `" + AccessBoth + "`",
	"clusters.version":    "Kubernetes version; default " + state.DefaultVersion,
	"clusters.link":       "`false`: nothing is made for it: no load balancer, listener, target group, endpoint service, endpoint",
}

// worldKey is a key of a world's file: its path, and what it holds.
type worldKey struct{ path, kind string }

// worldPaths lists the keys below a type of the world's, in order.
func worldPaths(prefix string, t reflect.Type) []worldKey {
	var out []worldKey
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("yaml")
		if name == "" {
			continue
		}
		typ, kind := t.Field(i).Type, ""
		switch {
		case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Struct && typ.Elem() != reflect.TypeFor[Prefix]():
			typ, kind = typ.Elem(), "list of mappings"
		case typ.Kind() == reflect.Slice:
			kind = "list of strings"
		case typ == reflect.TypeFor[*bool]():
			kind = "boolean"
		case typ.Kind() == reflect.Struct && typ != reflect.TypeFor[Prefix]():
			kind = "mapping"
		default:
			kind = "string"
		}
		out = append(out, worldKey{prefix + name, kind})
		if strings.HasSuffix(kind, "mapping") || strings.HasSuffix(kind, "mappings") {
			out = append(out, worldPaths(prefix+name+".", typ)...)
		}
	}
	return out
}

// worldKeys says which keys there are, mapping by mapping.
func worldKeys() []string {
	below := map[string][]string{}
	var order []string
	for _, k := range worldPaths("", reflect.TypeFor[World]()) {
		i := strings.LastIndex(k.path, ".")
		of := k.path[:max(i, 0)]
		if _, there := below[of]; !there {
			order = append(order, of)
		}
		below[of] = append(below[of], k.path[i+1:])
	}
	var out []string
	for _, of := range order {
		text := strings.Join(below[of], ", ")
		if of != "" {
			text = "of " + of + " " + text
		}
		out = append(out, text)
	}
	return out
}

// Reference returns the page docs/reference/lab.md.
func Reference() []byte {
	var b bytes.Buffer
	b.WriteString(`# The lab

This page is generated from the lab's own tables; a test keeps it current. The
documents of its control API are in [json.md](json.md#posternlabv1).

## The world

` + "`postern lab up --world FILE`" + ` begins with the world of a YAML file: a list of what
API calls would make, by AWS's rules. An unknown key is refused with its line, as is a
world without an account.

| key | kind | meaning |
|---|---|---|
`)
	for _, k := range worldPaths("", reflect.TypeFor[World]()) {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.path, k.kind, worldAbout[k.path])
	}
	b.WriteString("\nThe default world:\n\n```yaml\n")
	b.Write(defaultWorld)
	b.WriteString("```\n" + `
## Faults

` + "`postern lab fault NAME [KEY=VALUE]...`" + ` puts a fault in force until it ends by itself,
or by ` + "`postern lab fault --clear`" + `. Keys that must be there are bold.

| fault | what happens | keys |
|---|---|---|
`)
	for _, n := range faults.Names() {
		may, must := faults.Keys(n)
		for i, k := range may {
			if slices.Contains(must, k) {
				may[i] = "**`" + k + "`**"
			} else {
				may[i] = "`" + k + "`"
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", n, faults.About(n), strings.Join(may, ", "))
	}
	b.WriteString("\n| key | meaning |\n|---|---|\n")
	for _, k := range faults.AllKeys() {
		fmt.Fprintf(&b, "| `%s=` | %s |\n", k.Name, k.About)
	}
	b.WriteString(`
Times of faults are real time, as are those of certificates, tokens and TCP. What AWS
takes its time for is divided by the lab's speed: moves, health checks, draining,
TTLs, the lag of listings, the refill of rate limits.

## Moves

` + "`postern lab move CLUSTER --kind KIND`" + `, one at a time for each cluster.

| kind | what happens |
|---|---|
`)
	for _, k := range state.MoveKinds {
		fmt.Fprintf(&b, "| `%s` | %s |\n", k, moveAbout[k])
	}
	return b.Bytes()
}

// moveAbout says what each kind of move does.
var moveAbout = map[state.MoveKind]string{
	state.MoveReplace:  "new interfaces first, the old ones gone after an overlap: what a version update does; the default",
	state.MoveScaleOut: "one interface more, up to four",
	state.MoveScaleIn:  "one interface fewer, down to two",
	state.MovePatch:    "one interface swapped, with an overlap",
	state.MoveAbrupt:   "all interfaces swapped at once, without an overlap",
	state.MoveReuse:    "one interface swapped at once, and its address given to somebody else",
	state.MoveRecreate: "the cluster is gone at once, and made again under the same name",
	state.MoveRollback: "new interfaces appear, serve for a while and go; the old ones stay",
	state.MoveDelete:   "the cluster is deleted, and its link stays",
	state.MoveRotate:   "no address changes: a new certificate authority beside the old one, then signing, then alone",
}
