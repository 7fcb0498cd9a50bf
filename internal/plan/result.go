package plan

// Result is how a link stands after a pass.
type Result string

const (
	Failed    Result = "failed"    // an error
	Held      Result = "held"      // a guard stopped something that sync wanted
	Changed   Result = "changed"   // a target was written
	Pending   Result = "pending"   // a grace period runs, a target is not healthy yet, or the link was not reached
	Converged Result = "converged" // as intended
	Gone      Result = "gone"      // the tagging API names the group, and ELB no longer knows it
)

// Register returns the targets to register.
func (p Plan) Register() []Target { return p.targets(Register) }

// Deregister returns the targets to remove, each with its own port.
func (p Plan) Deregister() []Target { return p.targets(Deregister) }

func (p Plan) targets(act Action) []Target {
	var out []Target
	for _, d := range p.Decisions {
		if d.Action == act {
			t := Target{Addr: d.Addr, Port: d.Port}
			if act == Deregister {
				t.Zone = d.Zone
			}
			out = append(out, t)
		}
	}
	return out
}

// Result says how the link stands if the plan is carried out without error,
// and why: the first that fits of failed, held, changed, pending, converged.
func (p Plan) Result() (Result, Code) {
	if len(p.Findings) > 0 {
		return Failed, p.Findings[0].Code
	}
	first := func(match func(Decision) bool) (Code, bool) {
		for _, d := range p.Decisions {
			if match(d) {
				return d.Reason, true
			}
		}
		return "", false
	}
	if c, ok := first(func(d Decision) bool { return d.Action == Hold }); ok {
		return Held, c
	}
	if c, ok := first(func(d Decision) bool { return d.Action == Register || d.Action == Deregister }); ok {
		return Changed, c
	}
	if _, ok := first(func(d Decision) bool { return d.Action == MarkOnly }); ok {
		return Pending, MarksRunning
	}
	if c, ok := first(func(d Decision) bool {
		return d.Action == Keep && d.Reason != Foreign && d.Health != StateHealthy
	}); ok {
		if c == ListedInitial {
			c = NotHealthyYet
		}
		return Pending, c
	}
	if _, ok := first(func(d Decision) bool { return d.Action == Keep && d.Reason == DNSAlone }); ok {
		return Pending, DNSAlone
	}
	return Converged, ""
}
