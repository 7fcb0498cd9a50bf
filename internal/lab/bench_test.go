package lab

import (
	"testing"

	"postern/internal/lab/state"
)

// BenchmarkApply makes a world of a thousand clusters with their links.
func BenchmarkApply(b *testing.B) {
	w := GeneratedWorld(20, 5, 1000)
	for b.Loop() {
		if _, err := w.apply(state.New(state.Options{Seed: 1})); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkState makes the control API's document of such a world.
func BenchmarkState(b *testing.B) {
	l, err := New(Options{World: GeneratedWorld(20, 5, 1000), Address: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	defer l.close()
	for b.Loop() {
		if n := len(l.State().Clusters); n != 1000 {
			b.Fatalf("%d clusters", n)
		}
	}
}
