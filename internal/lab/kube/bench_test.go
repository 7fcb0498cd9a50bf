package kube_test

import (
	"testing"

	"postern/internal/lab/kube"
)

// BenchmarkConnection: a connection, its handshake and one request.
func BenchmarkConnection(b *testing.B) {
	c := newCluster(b, nil)
	c.call("GET", "/readyz", "")
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		client := c.newClient(false)
		defer client.CloseIdleConnections()
		for pb.Next() {
			one := &cluster{t: b, server: c.server, ca: c.ca, client: client}
			if r := one.call("GET", "/readyz", ""); r.code != 200 {
				b.Errorf("status %d", r.code)
			}
			client.CloseIdleConnections()
		}
	})
}

// BenchmarkNew: what a cluster costs that nobody talks to.
func BenchmarkNew(b *testing.B) {
	o := options(newAuthority(b))
	for b.Loop() {
		s, err := kube.New(o)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
