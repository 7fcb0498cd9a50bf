package graph

import (
	"fmt"
	"strings"
)

// Theme is the colours of an SVG.
type Theme string

// Themes.
const (
	Auto  Theme = "auto" // light or dark, as the reader's system is
	Light Theme = "light"
	Dark  Theme = "dark"
)

// palette is a theme's colours. Any text stands out from what it is written on
// by at least 4.5 to 1, any line and sign by 3 to 1 (WCAG 2.2, 1.4.3 and
// 1.4.11).
type palette struct {
	page, band, box, vpc, hub string // what is written on
	ink, muted, line          string
	health                    map[Health]string
}

var light = palette{
	page: "#ffffff", band: "#f3f5f8", box: "#ffffff", vpc: "#e6eef8", hub: "#e6eef8",
	ink: "#1a1f26", muted: "#4f5862", line: "#6c7680",
	health: map[Health]string{Broken: "#b3202a", Degraded: "#8a4b00", Unknown: "#5b3fa8", Unlinked: "#4f5862", OK: "#11692e"},
}

var dark = palette{
	page: "#0e1116", band: "#171b21", box: "#1f252d", vpc: "#1a2735", hub: "#1a2735",
	ink: "#e8ebef", muted: "#a3adb8", line: "#7d8792",
	health: map[Health]string{Broken: "#ff8a80", Degraded: "#f0b04a", Unknown: "#c3a6ff", Unlinked: "#a3adb8", OK: "#5fcf80"},
}

// dashes are how lines and borders of each health are drawn, so that nobody
// needs the colour.
var dashes = map[Health]string{Broken: "2 5", Degraded: "10 4", Unknown: "8 4 1 4", Unlinked: "5 5"}

// signs are the outline of each health's sign and what is drawn in it, around
// the origin.
var signs = map[Health][2]string{
	Broken:   {"M-3.3-8H3.3L8-3.3V3.3L3.3 8H-3.3L-8 3.3V-3.3Z", "M-3-3L3 3M3-3L-3 3"},
	Degraded: {"M0-8L8 7H-8Z", "M0-3V2M0 4.2V5"},
	Unknown:  {"M0-8L8 0L0 8L-8 0Z", "M-2-1.8A2 2 0 1 1 0 .6V1.4M0 3.4V4.2"},
	Unlinked: {"M-7-7H7V7H-7Z", "M-3.5 0H3.5"},
	OK:       {"M-8 0A8 8 0 1 1 8 0A8 8 0 1 1-8 0Z", "M-3.5 .3L-1 2.8L3.6-2.6"},
}

// style returns the style sheet.
func style(theme Theme) string {
	var b strings.Builder
	b.WriteString("text{font-family:sans-serif;unicode-bidi:isolate;white-space:pre}.mono{font-family:monospace}.bold{font-weight:bold}")
	b.WriteString("line{stroke-width:2}.box,.absent,.vpc,.hub{stroke-width:1.2}.absent{stroke-dasharray:5 5}.mark{fill:none;stroke-width:1.8;stroke-linecap:round}")
	for _, h := range healths {
		if d := dashes[h]; d != "" {
			fmt.Fprintf(&b, "line.%s{stroke-dasharray:%s}", string(h), d)
		}
		if h != OK {
			fmt.Fprintf(&b, "rect.%s{stroke-width:2.6;stroke-dasharray:%s}", string(h), dashes[h])
		}
	}
	switch theme {
	case Dark:
		b.WriteString(dark.style())
	case Light:
		b.WriteString(light.style())
	default:
		b.WriteString(light.style() + "@media (prefers-color-scheme:dark){" + dark.style() + "}")
	}
	return b.String()
}

func (c palette) style() string {
	var b strings.Builder
	fmt.Fprintf(&b, ".page{fill:%s}.band{fill:%s}.box{fill:%s}.vpc{fill:%s}.hub{fill:%s}.absent{fill:none}", c.page, c.band, c.box, c.vpc, c.hub)
	fmt.Fprintf(&b, "text{fill:%s}text.muted{fill:%s}line,.box,.absent,.vpc,.hub{stroke:%s}.mark{stroke:%s}", c.ink, c.muted, c.line, c.page)
	for _, h := range healths {
		fmt.Fprintf(&b, "text.%[1]s,.sign.%[1]s{fill:%[2]s}line.%[1]s,rect.%[1]s{stroke:%[2]s}", string(h), c.health[h])
	}
	return b.String()
}
