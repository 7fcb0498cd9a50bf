package reconcile_test

import (
	"context"
	"fmt"
	"testing"

	"postern/internal/plan"
)

// BenchmarkPass is a pass over 1,000 links of two scopes that have converged,
// with an AWS and a DNS that answer at once.
func BenchmarkPass(b *testing.B) {
	f := newFleet()
	for i := range 1000 {
		account := []plan.AccountID{accountA, accountB}[i%2]
		f.add(account, east, fmt.Sprintf("c%04d", i), "10.0.1.1", "10.0.2.1").register(plan.StateHealthy, "10.0.1.1", "10.0.2.1")
	}
	e := f.engine()
	if doc, err := e.Pass(context.Background(), nil); err != nil || doc.Summary.Converged != 1000 {
		b.Fatalf("%v, %+v", err, doc.Summary)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Pass(context.Background(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
