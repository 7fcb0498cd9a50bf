package plan

// weighIdentity turns the verdicts into disproof or suspicion. The checker is
// suspect where it contradicts the interface listing, or everything.
func (d *decider) weighIdentity() {
	d.disproof, d.suspect = addrSet{}, addrSet{}
	known := addrSet{}
	for _, r := range d.Registered {
		if !r.Draining() {
			known[r.Addr] = true
		}
	}
	for a := range d.eni {
		known[a] = true
	}
	for a := range d.dns {
		known[a] = true
	}
	against, contradicted := addrSet{}, false
	for a := range known {
		if d.Identity[a] == Disproved {
			against[a] = true
			contradicted = contradicted || d.eni[a]
		}
	}
	if len(against) == 0 {
		return
	}
	if contradicted || len(against) == len(known) {
		d.suspect = against
		return
	}
	d.disproof = against
	for a := range against {
		if d.dns[a] {
			d.refused[a] = IdentityDisproved
			delete(d.dns, a)
		}
	}
}
