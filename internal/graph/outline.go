package graph

import (
	"fmt"
	"slices"
	"strings"
)

// outliner writes a topology's nodes, groups and edges in a language whose
// programs lay them out themselves. IDs are letters and digits.
type outliner struct {
	node  func(indent, id string, h Health, lines ...string)
	begin func(indent, id string, lines ...string)
	end   func(indent string)
	edge  func(from, to string, h Health, lines ...string)
}

// walk calls o for all of a topology: groups with their nodes first, then the
// edges in the order of the path.
func walk(t *Topology, o outliner) {
	type edge struct {
		from, to string
		h        Health
		lines    []string
	}
	var edges []edge
	join := func(from, to string, h Health, lines ...string) { edges = append(edges, edge{from, to, h, lines}) }

	o.begin("  ", "hub", strings.TrimSpace("hub "+string(t.Account)))
	for i, v := range t.Hub {
		o.node("    ", fmt.Sprintf("hub%d", i), "", vpcLines("hub VPC", v)...)
	}
	switch {
	case len(t.Hub) == 0:
		o.node("    ", "hub0", Unknown, "not known")
	case t.MoreHub > 0:
		o.node("    ", "hubmore", "", fmt.Sprintf("and %d more VPCs", t.MoreHub))
	}
	o.end("  ")
	for i := range t.Groups {
		g := &t.Groups[i]
		name := fmt.Sprintf("g%d", i)
		o.begin("  ", name, string(g.Region))
		vpc := ""
		if g.VPC != nil {
			vpc = name + "vpc"
			o.node("    ", vpc, "", vpcLines("endpoint VPC", *g.VPC)...)
		}
		for _, w := range g.Ways {
			join(fmt.Sprintf("hub%d", w.From), vpc, w.Health, w.words()...)
		}
		row := func(id string, marks [parts]Health, boxes [parts]Box, h Health, words string, names ...string) {
			last := vpc
			pending := marks[Entry]
			for _, part := range []Part{Endpoint, Service, Balancer, Server} {
				if part == Server {
					pending = worst(pending, marks[Targets])
				}
				box := boxes[part]
				node := id + suffixes[part]
				lines, mark := slices.Concat([]string{nouns[part], box.Name}, nonEmpty(box.State)), marks[part]
				if part == Server { // its node is the cluster's as a whole
					lines = slices.Concat(lines, names, []string{string(h)}, nonEmpty(words))
					mark = h
				} else if lines = append(lines, nonEmpty(string(mark))...); box.Known != There {
					continue // the edges lead past it
				}
				o.node("    ", node, mark, lines...)
				if last != "" {
					said := []string{}
					if pending != "" {
						said = append(said, string(pending))
					}
					join(last, node, pending, said...)
				}
				last, pending = node, ""
			}
		}
		for j := range g.Clusters {
			c := &g.Clusters[j]
			row(fmt.Sprintf("%sc%d", name, j), c.Marks, c.Boxes, c.Health, c.Words)
		}
		for j, r := range g.Rest {
			row(fmt.Sprintf("%sr%d", name, j), [parts]Health{}, r.boxes(), r.Health, r.Words, r.names(g.Region)...)
		}
		o.end("  ")
	}
	for _, e := range edges {
		o.edge(e.from, e.to, e.h, e.lines...)
	}
}

// nouns are what the boxes of a path are.
var nouns = [parts]string{Endpoint: "interface endpoint", Service: "endpoint service", Balancer: "load balancer", Server: "cluster"}

// suffixes are the ends of their IDs.
var suffixes = [parts]string{Endpoint: "e", Service: "s", Balancer: "b", Server: "c"}

func vpcLines(noun string, v VPC) []string {
	return slices.Concat([]string{strings.TrimSpace(noun + " " + v.Name), v.ID}, nonEmpty(v.CIDR), nonEmpty(string(v.Region)))
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
