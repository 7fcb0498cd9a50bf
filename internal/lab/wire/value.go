package wire

// Value returns what p points to, or the zero value.
func Value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// Set returns a pointer to v, or nil for the zero value: an absent member.
func Set[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
