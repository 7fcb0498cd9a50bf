package reconcile

// Remembered counts what the engine keeps about links.
func (e *Engine) Remembered() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.clusters) + len(e.marks) + len(e.unreached)
}
