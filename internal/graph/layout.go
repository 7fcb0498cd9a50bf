package graph

import (
	"fmt"
	"strings"
	"time"
)

// Places of the columns, from left to right: the hub's VPCs, the ways to the
// endpoint VPCs with their labels, and in each group a column an object.
const (
	margin   = 24
	hubX     = margin
	hubW     = 178
	trunkX   = hubX + hubW + 12 // of the first hub VPC's way down
	trunkGap = 12
	wayX     = trunkX + trunkGap*(hubDrawn-1) + 10 // of the labels
	wayW     = 160
	groupX   = wayX + wayW + 10
	vpcX     = groupX + 12
	boxX     = vpcX + 34 // room for the way in, with a sign on it
	boxW     = 178
	vpcW     = boxX + boxW + 10 - vpcX
	serviceX = vpcX + vpcW + 28
	serviceW = 210
	nlbX     = serviceX + serviceW + 28
	nlbW     = 178
	serverX  = nlbX + nlbW + 40
	serverW  = 200
	healthX  = serverX + serverW + 14
	healthW  = 116
	groupW   = healthX + healthW + 6 - groupX
	pictureW = groupX + groupW + margin
)

// Heights.
const (
	boxH     = 44
	gap      = 14  // between rows
	lineH    = 18  // of a line of words
	columnY  = 112 // of a group's words about the columns
	groupTop = 122 // what is above a group's first row
	wayTop   = 40  // what is above a group's first way
	wayH     = 44  // of one way with its label
	hubH     = 96
	words    = 3  // lines of words of one cluster
	named    = 23 // names of one Rest, so that the rest of them is the 24th
	nameCols = 3  // at most
)

// boxAt is where each object's box stands.
var boxAt = [parts]struct{ x, w float64 }{
	Endpoint: {boxX, boxW}, Service: {serviceX, serviceW}, Balancer: {nlbX, nlbW}, Server: {serverX, serverW},
}

// draw lays a topology out.
func draw(t *Topology) *picture {
	p := &picture{width: pictureW}
	y := p.heading(t)
	hubEnd := p.hub(t, y)
	trunks := newTrunks(t, y)
	for i := range t.Groups {
		y = p.group(&t.Groups[i], y, trunks) + gap
	}
	trunks.draw(p)
	y = max(y, hubEnd+gap)
	for _, note := range t.Notes {
		for _, s := range bodyFace.wrap(note, pictureW-2*margin, words) {
			y += lineH
			p.say(margin, y, pictureW-2*margin, bodyFace, "", s)
		}
	}
	p.height = y + margin
	return p
}

// heading writes what the picture is of, and the counts, which are its legend.
func (p *picture) heading(t *Topology) float64 {
	all, by := t.Count()
	p.say(margin, margin+18, pictureW-2*margin, titleFace, "", "Private access to "+count(all, "cluster"))
	at := "as of " + t.At.UTC().Format(time.RFC3339)
	if t.At.IsZero() {
		at = ""
	}
	p.say(pictureW-margin-smallFace.width(at), margin+16, pictureW, smallFace, "muted", at)
	x := float64(margin)
	for _, h := range healths {
		if by[h] > 0 {
			x = p.tally(x, margin+46, h, by[h]) + 24
		}
	}
	if all == 0 {
		p.say(margin, margin+50, pictureW-2*margin, bodyFace, "", "No cluster was found.")
	}
	return margin + 74
}

// tally writes a sign, a number and the word, and returns where they end.
func (p *picture) tally(x, y float64, h Health, n int) float64 {
	p.sign(x+glyphSize/2, y, h)
	s := fmt.Sprintf("%d %s", n, h)
	p.say(x+glyphSize+6, y+4.5, pictureW, bodyFace, string(h), s)
	return x + glyphSize + 6 + bodyFace.width(s)
}

// hub draws the hub's VPCs and returns where they end.
func (p *picture) hub(t *Topology, y float64) float64 {
	if t.Account == "" && len(t.Hub) == 0 {
		p.rect(rect{x: hubX, y: y, w: hubW, h: boxH + 8, round: 6, class: "absent"})
		p.say(hubX+10, y+20, hubW-20, nameFace, "", "Hub")
		p.say(hubX+10, y+38, hubW-20, smallFace, "muted", "not in the settings")
		return y + boxH + 8
	}
	for _, v := range t.Hub {
		p.rect(rect{x: hubX, y: y, w: hubW, h: hubH, round: 6, class: "hub"})
		p.vpc("hub VPC", v, hubX+10, y+18, hubW-20)
		p.say(hubX+10, y+69, hubW-20, smallFace, "muted", string(v.Region))
		p.say(hubX+10, y+86, hubW-20, smallFace, "muted", string(t.Account))
		y += hubH + gap
	}
	switch {
	case t.MoreHub > 0:
		p.say(hubX+10, y+12, hubW-20, smallFace, "muted", fmt.Sprintf("and %d more of its VPCs", t.MoreHub))
	case len(t.Hub) == 0:
		p.rect(rect{x: hubX, y: y, w: hubW, h: boxH + 8, round: 6, class: "absent"})
		p.say(hubX+10, y+20, hubW-20, nameFace, "", "Hub "+string(t.Account))
		p.say(hubX+10, y+38, hubW-20, smallFace, "muted", "its VPCs are not known")
	default:
		return y - gap
	}
	return y + boxH + 8
}

// group draws one endpoint VPC with its clusters and returns where it ends.
func (p *picture) group(g *Group, top float64, trunks trunks) float64 {
	back := len(p.rects)
	p.rect(rect{x: groupX, y: top, w: groupW, round: 8, class: "band"})
	if g.VPC != nil {
		p.rect(rect{x: vpcX, y: top + 36, w: vpcW, round: 6, class: "vpc"})
	}
	p.say(vpcX, top+24, 300, groupFace, "", string(g.Region))
	x := float64(serviceX)
	for _, h := range healths {
		if n := g.count()[h]; n > 0 {
			x = p.tally(x, top+20, h, n) + 20
		}
	}
	p.columns(g, top)
	ways := p.ways(g, top+wayTop, trunks) // they may need more room than the rows
	end := top + groupTop
	for i := range g.Clusters {
		end = p.cluster(g, &g.Clusters[i], end) + gap
	}
	for _, r := range g.Rest {
		end = p.rest(g, r, end) + gap
	}
	end = max(end, ways)
	p.rects[back].h = end - top
	if g.VPC != nil {
		p.rects[back+1].h = end - 8 - (top + 36)
	}
	return end
}

// columns writes what each column of a group is.
func (p *picture) columns(g *Group, top float64) {
	if g.VPC != nil {
		p.vpc("endpoint VPC", *g.VPC, vpcX+10, top+54, vpcW-20)
	}
	p.say(boxX, top+columnY, boxW, smallFace, "muted", "interface endpoint")
	p.say(serviceX, top+columnY, serviceW, smallFace, "muted", "endpoint service (PrivateLink)")
	p.say(nlbX, top+columnY, nlbW, smallFace, "muted", "load balancer")
	p.say(serverX, top+columnY, serverW, smallFace, "muted", "cluster")
}

// vpc writes what a VPC is in up to three lines.
func (p *picture) vpc(kind string, v VPC, x, y, width float64) {
	p.say(x, y, width, smallFace, "muted", strings.TrimSpace(kind+" "+v.CIDR))
	if v.Name != "" {
		y += 17
		p.say(x, y, width, nameFace, "", v.Name)
	}
	p.say(x, y+17, width, idFace, "", v.ID)
}
