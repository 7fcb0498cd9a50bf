package graph

import (
	"fmt"
	"slices"
	"strings"

	"postern/internal/plan"
)

// trunks are the lines from the hub's VPCs along the groups, a VPC each.
type trunks []trunk

type trunk struct {
	from        float64 // where it leaves the VPC
	top, bottom float64 // how far its ways reach
	used        bool    // whether there are any
}

func newTrunks(t *Topology, y float64) trunks {
	var all trunks
	for range t.Hub {
		at := y + wayTop + wayH/2 // level with the first group's first way
		all = append(all, trunk{from: at, top: at, bottom: at})
		y += hubH + gap
	}
	return all
}

func (t trunks) x(i int) float64 { return trunkX + trunkGap*float64(hubDrawn-1-i) }

func (t trunks) reach(i int, y float64) {
	t[i].top, t[i].bottom, t[i].used = min(t[i].top, y), max(t[i].bottom, y), true
}

func (t trunks) draw(p *picture) {
	for i, k := range t {
		if k.used {
			p.line(hubX+hubW, k.from, t.x(i), k.from, "")
			p.line(t.x(i), k.top, t.x(i), k.bottom, "")
		}
	}
}

// ways draws how the hub's VPCs reach a group's VPC, and returns where they end.
func (p *picture) ways(g *Group, y float64, trunks trunks) float64 {
	for _, w := range g.Ways {
		at := y + wayH/2
		p.line(trunks.x(w.From), at, vpcX, at, w.Health)
		p.sign(vpcX, at, w.Health)
		trunks.reach(w.From, at)
		f := smallFace
		if w.Peering != "" {
			f = idFace
		}
		said := w.words()
		p.say(wayX, at-6, wayW, f, "", said[0])
		p.say(wayX, at+16, wayW, smallFace, string(w.Health), said[1])
		y += wayH
	}
	return y
}

// words returns what joins two VPCs, and how that is.
func (w Way) words() []string {
	name, state := w.State, ""
	if w.Peering != "" {
		name, state = w.Peering, "peering "+w.State
	}
	if w.Health != OK || state == "" {
		state = strings.TrimPrefix(state+": "+string(w.Health), ": ")
	}
	return []string{name, state}
}

// cluster draws one cluster's row and returns where it ends.
func (p *picture) cluster(g *Group, c *Cluster, y float64) float64 {
	plain := c.Health
	if plain != OK {
		plain = "" // green is for what is known to be well as a whole
	}
	p.chain(g, plain, c.Marks, c.Boxes, y)
	p.health(y, c.Health)
	y += boxH
	if c.Words == "" {
		return y
	}
	return p.words(y+2, c.Health, c.Words)
}

// chain draws the boxes of a path and what joins them.
// Parts that nothing was found of are drawn as those of the given health.
func (p *picture) chain(g *Group, plain Health, marks [parts]Health, boxes [parts]Box, y float64) {
	mid := y + boxH/2
	join := func(x1, x2 float64, h Health, from, to Box) {
		if h == "" {
			if from.Known != There || to.Known != There {
				return // nothing joins what is not there
			}
			h = plain
		}
		p.line(x1, mid, x2, mid, h)
	}
	if g.VPC != nil {
		join(vpcX, boxX, marks[Entry], Box{}, boxes[Endpoint])
	}
	join(boxX+boxW, serviceX, "", boxes[Endpoint], boxes[Service])
	join(serviceX+serviceW, nlbX, "", boxes[Service], boxes[Balancer])
	join(nlbX+nlbW, serverX, marks[Targets], boxes[Balancer], boxes[Server])
	for part, at := range boxAt {
		if at.w > 0 {
			p.box(at.x, y, at.w, boxes[part], marks[part], Part(part) == Server)
		}
	}
	if h := marks[Entry]; h != "" {
		p.sign((vpcX+boxX)/2, mid, h)
	}
	if h := marks[Targets]; h != "" {
		p.sign((nlbX+nlbW+serverX)/2, mid, h)
	}
}

// box draws one object.
func (p *picture) box(x, y, w float64, b Box, mark Health, name bool) {
	r := rect{x: x, y: y, w: w, h: boxH, round: 5, class: "box", of: mark}
	if b.Known != There {
		r.class = "absent"
	}
	p.rect(r)
	f := idFace
	if name {
		f = nameFace
	}
	p.say(x+9, y+18, w-18, f, "", b.Name)
	p.say(x+9, y+35, w-18, smallFace, "muted", b.State)
	if mark != "" {
		p.sign(x+w, y, mark)
	}
}

// health writes a row's health at its right end.
func (p *picture) health(y float64, h Health) {
	p.sign(healthX+glyphSize/2, y+boxH/2, h)
	p.say(healthX+glyphSize+6, y+boxH/2+4.5, healthW-glyphSize-6, nameFace, string(h), string(h))
}

// words writes what was found, under a row.
func (p *picture) words(y float64, h Health, text string) float64 {
	width := float64(groupX + groupW - 16 - serviceX)
	for _, s := range bodyFace.wrap(string(h)+": "+text, width, words) {
		y += lineH
		p.say(serviceX, y, width, bodyFace, string(h), s)
	}
	return y + 4
}

// rest draws clusters that are counted, with the names of the first of them.
func (p *picture) rest(g *Group, r Rest, y float64) float64 {
	n := len(r.Refs)
	boxes := r.boxes()
	for part, at := range boxAt {
		if at.w > 0 && n > 1 && boxes[part].Known == There { // a second box behind stands for the others
			p.rect(rect{x: at.x + 4, y: y - 4, w: at.w, h: boxH, round: 5, class: "box"})
		}
	}
	plain := r.Health
	if plain != OK {
		plain = ""
	}
	p.chain(g, plain, [parts]Health{}, boxes, y)
	p.health(y, r.Health)
	y += boxH
	if r.Words != "" {
		y = p.words(y+2, r.Health, nameOf(r.Refs[0], g.Region)+": "+r.Words)
	}
	names := r.names(g.Region)
	cols, colW := nameCols, 0.0
	for ; cols > 0; cols-- { // as many as leave the names whole
		colW = (groupX + groupW - 16 - serviceX) / float64(cols)
		if !slices.ContainsFunc(names, func(s string) bool { return idFace.width(s) > colW-12 }) {
			break
		}
	}
	cols = max(cols, 1)
	rows := (len(names) + cols - 1) / cols
	for i, name := range names {
		p.say(serviceX+colW*float64(i/rows), y+lineH*float64(i%rows+1), colW-12, idFace, "muted", name)
	}
	return y + lineH*float64(rows) + 4
}

// names returns the first clusters' names, and how many more there are.
func (r Rest) names(region plan.Region) []string {
	var names []string
	for _, ref := range r.Refs[:min(len(r.Refs), named)] {
		names = append(names, nameOf(ref, region))
	}
	if more := len(r.Refs) - named; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return names
}

// boxes returns those that stand for all of the clusters' own.
func (r Rest) boxes() [parts]Box {
	var boxes [parts]Box
	for part, noun := range map[Part]string{Endpoint: "endpoint", Service: "service", Balancer: "load balancer"} {
		boxes[part] = Box{Name: count(r.Have[part], noun)}
		if r.Have[part] == 0 {
			boxes[part].Known = Absent
		}
	}
	boxes[Server] = Box{Name: count(len(r.Refs), "cluster"), State: "in " + count(accounts(r.Refs), "account")}
	return boxes
}

// nameOf returns a cluster's name within a region's group.
func nameOf(ref plan.Ref, region plan.Region) string {
	if ref.Region == region {
		return string(ref.Account) + "/" + ref.Name
	}
	return ref.String()
}

func accounts(refs []plan.Ref) int {
	seen := map[plan.AccountID]bool{}
	for _, r := range refs {
		seen[r.Account] = true
	}
	return len(seen)
}
