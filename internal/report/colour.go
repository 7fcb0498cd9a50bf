package report

import "postern/internal/plan"

// SGR parameters of the terminal's own sixteen colours, which every theme has.
// Source: ECMA-48, section 8.3.117.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (t *text) paint(colour, s string) string {
	if !t.o.Colour || colour == "" || s == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

func resultColour(r plan.Result) string {
	switch r {
	case plan.Converged:
		return green
	case plan.Changed, plan.Pending:
		return cyan
	case plan.Held, plan.Gone:
		return yellow
	case plan.Failed:
		return red
	}
	return ""
}

func healthColour(h Health) string {
	switch h {
	case HealthOK:
		return green
	case HealthBroken:
		return red
	case HealthDegraded, HealthUnknown:
		return yellow
	}
	return ""
}

func actionColour(a plan.Action) string {
	switch a {
	case plan.Register:
		return green
	case plan.Deregister, plan.MarkOnly:
		return cyan
	case plan.Hold, plan.Refuse:
		return yellow
	}
	return ""
}
