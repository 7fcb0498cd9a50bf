package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// InventorySchema is the name and version of the document [Inventory].
const InventorySchema = "postern.inventory/v1"

// Inventory lists the links of a fleet with what the hub's side needs of each.
type Inventory struct {
	Schema     string          `json:"schema"`
	At         time.Time       `json:"at"`
	DurationMs int64           `json:"durationMs"`
	Links      []InventoryLink `json:"links"`
	NotChecked []NotChecked    `json:"notChecked"`
	Summary    InventoryCount  `json:"summary"`
}

// InventoryLink is one link. Its account, region and name are its key in every
// form of the inventory, so that no other link's coming or going changes it.
type InventoryLink struct {
	Ref              string          `json:"ref"`
	Account          plan.AccountID  `json:"account"`
	Region           plan.Region     `json:"region"`
	Cluster          string          `json:"cluster"`
	VPCID            string          `json:"vpcId"`
	EndpointHost     string          `json:"endpointHost"`
	ServiceName      string          `json:"serviceName"`
	ZoneIDs          []string        `json:"zoneIds"`
	SupportedRegions []plan.Region   `json:"supportedRegions"`
	TargetGroupARN   plan.GroupARN   `json:"targetGroupArn"`
	LoadBalancerARN  string          `json:"loadBalancerArn"`
	Complete         bool            `json:"complete"`
	Missing          []string        `json:"missing"`     // in words
	ClusterGone      bool            `json:"clusterGone"` // EKS knows no such cluster: the link is on its way out
	Others           []plan.GroupARN `json:"others"`      // groups that claim the cluster too, and whose path is not complete
}

// InventoryCount counts the links, and the calls.
type InventoryCount struct {
	Links    int            `json:"links"`
	Complete int            `json:"complete"`
	Calls    map[string]int `json:"calls"`
}

// NewInventory returns the links of the asked clusters of a snapshot, in the
// order of their references and then of their groups.
func NewInventory(s *fleet.Snapshot, refs []plan.Ref, took time.Duration) Inventory {
	d := Inventory{
		Schema: InventorySchema, At: s.At.UTC().Truncate(time.Millisecond), DurationMs: took.Milliseconds(),
		Links: []InventoryLink{}, NotChecked: notCheckedOf(s), Summary: InventoryCount{Calls: s.Calls},
	}
	if s.Calls == nil {
		d.Summary.Calls = map[string]int{}
	}
	for _, ref := range slices.SortedFunc(slices.Values(refs), plan.Ref.Compare) {
		links := s.Links(ref)
		links = slices.DeleteFunc(links, func(l *fleet.Link) bool { return l.Candidate.Gone })
		slices.SortFunc(links, func(a, b *fleet.Link) int { return cmp.Compare(a.Candidate.Group.ARN, b.Candidate.Group.ARN) })
		var rows []InventoryLink
		for _, l := range links {
			rows = append(rows, newInventoryLink(s, l))
		}
		d.Links = append(d.Links, theOne(rows)...)
	}
	d.Summary.Links = len(d.Links)
	for _, l := range d.Links {
		if l.Complete {
			d.Summary.Complete++
		}
	}
	return d
}

// theOne returns the link of a cluster that several groups claim: the only one
// whose path is complete. Otherwise it is all of them, and none is complete.
func theOne(rows []InventoryLink) []InventoryLink {
	if len(rows) < 2 {
		return rows
	}
	at, complete := -1, 0
	for i, row := range rows {
		if row.Complete {
			at, complete = i, complete+1
		}
	}
	if complete == 1 {
		one := rows[at]
		for i, row := range rows {
			if i != at {
				one.Others = append(one.Others, row.TargetGroupARN)
			}
		}
		return []InventoryLink{one}
	}
	for i := range rows {
		rows[i].miss("%d target groups claim the cluster: take the tag of all but one away", len(rows))
	}
	return rows
}

func newInventoryLink(s *fleet.Snapshot, l *fleet.Link) InventoryLink {
	g := l.Candidate.Group
	row := InventoryLink{
		Ref: l.Ref.String(), Account: l.Ref.Account, Region: l.Ref.Region, Cluster: l.Ref.Name,
		VPCID: g.VPC, EndpointHost: l.Host(), TargetGroupARN: g.ARN,
		ZoneIDs: []string{}, SupportedRegions: []plan.Region{}, Missing: []string{}, Complete: true,
		ClusterGone: s.Gone(l.Ref), Others: []plan.GroupARN{},
	}
	switch c := s.Cluster(l.Ref); {
	case row.ClusterGone:
		row.miss("EKS knows no such cluster")
	case c != nil && c.Host != "":
		row.EndpointHost = c.Host
	case row.EndpointHost == "":
		row.miss("the host of the cluster's endpoint is not known")
	}
	if row.VPCID == "" {
		row.miss("the VPC is not known")
	}
	if l.Balancer == nil {
		row.miss("no load balancer is known to have the target group")
		return row
	}
	row.LoadBalancerARN = l.Balancer.ARN
	row.zones(s.Place(l.Ref.Account, l.Ref.Region), l.Balancer)
	switch services := s.Services(l); len(services) {
	case 0:
		row.miss("no endpoint service offers the load balancer")
	case 1:
		row.ServiceName = services[0].Name
		row.SupportedRegions = append(row.SupportedRegions, services[0].SupportedRegions...)
		slices.Sort(row.SupportedRegions)
	default:
		row.miss("%d endpoint services offer the load balancer: delete all but one", len(services))
	}
	return row
}

// zones fills in the AZ IDs of a load balancer's nodes: AZ names are another
// account's words.
func (row *InventoryLink) zones(p *fleet.Place, b *fleet.Balancer) {
	for _, z := range b.Zones {
		id := ""
		if sub := p.Subnet(z.Subnet); sub != nil {
			id = sub.ZoneID
		}
		if id == "" {
			row.miss("the AZ ID of %s is not known", cmp.Or(z.Subnet, z.Zone))
			continue
		}
		row.ZoneIDs = append(row.ZoneIDs, id)
	}
	slices.Sort(row.ZoneIDs)
	if len(b.Zones) == 0 {
		row.miss("the load balancer's zones are not known")
	}
}

func (row *InventoryLink) miss(format string, args ...any) {
	row.Complete = false
	row.Missing = append(row.Missing, fmt.Sprintf(format, args...))
}

// InventoryExit returns the exit status of an inventory: failed where a link
// may be missing from it, or something of one could not be read; a difference
// where a link is not complete.
func InventoryExit(d Inventory) int {
	switch {
	case !d.Whole(), d.Summary.Links == 0:
		return ExitFailed
	case d.Summary.Complete < d.Summary.Links:
		return ExitDifference
	}
	return ExitOK
}

// inventoryNeeds is what a gap in makes links, or what is said of them,
// disappear.
var inventoryNeeds = []string{"", fleet.GapLinks, fleet.GapServices, fleet.GapSubnets, fleet.GapCluster}

// Whole reports whether everything that the inventory rests on could be read.
// Terraform takes what is not in it for gone.
func (d Inventory) Whole() bool {
	return !slices.ContainsFunc(d.NotChecked, func(n NotChecked) bool { return slices.Contains(inventoryNeeds, n.What) })
}

// Dropped are the links that are there and that a file for Terraform would not
// have: those that are not complete, of clusters that are not gone.
func (d Inventory) Dropped() []InventoryLink {
	return slices.DeleteFunc(slices.Clone(d.Links), func(l InventoryLink) bool { return l.Complete || l.ClusterGone })
}

// TFVars returns the complete links as a file of Terraform variables: the
// variable links is what the module hub-endpoints takes. The others are
// comments. There is no time in it, so that it changes only with the links.
func (d Inventory) TFVars() string {
	return d.hcl("links", "# The links that postern inventory found, as the variable links of hub-endpoints.", "")
}

// TF returns the same as a local value, links, of a Terraform module.
func (d Inventory) TF() string {
	return "# The links that postern inventory found, as the variable links of hub-endpoints.\nlocals {\n" + d.hcl("links", "", "  ") + "}\n"
}

func (d Inventory) hcl(name, head, indent string) string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(indent + fmt.Sprintf(format, args...) + "\n") }
	if head != "" {
		line("%s", head)
	}
	for _, l := range d.Links {
		if !l.Complete {
			line("# not complete: %s: %s", plain(l.Ref), plain(strings.Join(l.Missing, "; ")))
		}
	}
	if d.Summary.Complete == 0 {
		line("%s = {}", name)
		return b.String()
	}
	line("%s = {", name)
	for _, l := range d.Links {
		if !l.Complete {
			continue
		}
		line("  %s = {", hclString(l.Ref))
		line("    cluster           = %s", hclString(l.Cluster))
		line("    region            = %s", hclString(string(l.Region)))
		line("    vpc_id            = %s", hclString(l.VPCID))
		line("    endpoint_host     = %s", hclString(l.EndpointHost))
		line("    service_name      = %s", hclString(l.ServiceName))
		line("    zone_ids          = %s", hclList(l.ZoneIDs))
		line("    supported_regions = %s", hclList(l.SupportedRegions))
		line("  }")
	}
	line("}")
	return b.String()
}

func hclList[S ~string](all []S) string {
	var out []string
	for _, s := range all {
		out = append(out, hclString(string(s)))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// hclString quotes a text for Terraform, which reads ${ and %{ as templates.
// Source: Terraform language documentation, strings and templates.
func hclString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{").Replace(s) + `"`
}
