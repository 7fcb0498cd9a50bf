package kubeconfig

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkMerge is 500 clusters merged into a file that has them already, one
// of them changed: what a job that runs again and again does.
func BenchmarkMerge(b *testing.B) {
	var entries []Entry
	for i := range 500 {
		e := entry("222222222222", "us-east-1", fmt.Sprintf("c%d", i))
		e.CA = []byte(strings.Repeat("x", 1100))
		entries = append(entries, e)
	}
	m, err := Merge(nil, entries, Options{})
	if err != nil {
		b.Fatal(err)
	}
	entries[250].Server = "https://another.example.org"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Merge(m.Text, entries, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(m.Text)), "bytes")
}
