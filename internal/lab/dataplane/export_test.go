package dataplane

// Act does what follows from the changes heard, as Run does.
func (p *Plane) Act() { p.act() }
