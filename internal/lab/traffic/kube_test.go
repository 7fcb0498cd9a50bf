package traffic_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/lab/kube"
	"postern/internal/lab/memnet"
	"postern/internal/lab/traffic"
)

// TestStandIn: against the lab's own API server, by which interface a request
// came in is counted, watches live on its bookmarks, and a token is looked at.
func TestStandIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca := newAuthority(t, "prod CA")
		der, err := x509.MarshalPKCS8PrivateKey(ca.key)
		if err != nil {
			t.Fatal(err)
		}
		key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
		api, err := kube.New(kube.Options{Name: "prod", Host: "prod.example", Version: "1.34",
			CA: func() (cert, k []byte) { return ca.pem, key },
			Authenticate: func(token string) (kube.User, error) {
				if token != "good" {
					return kube.User{}, errors.New("not good")
				}
				return kube.User{Name: "tester", Groups: []string{"system:masters"}}, nil
			}})
		if err != nil {
			t.Fatal(err)
		}
		var n memnet.Network
		serve := func(address, instance string) {
			l, err := n.Listen("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					go api.ServeConn(c, instance)
				}
			}()
		}
		serve("10.0.0.1:443", "eni-1")
		serve("10.0.0.2:443", "eni-2")
		var turn atomic.Int64
		o := traffic.Options{Rate: 0.5, Watches: 3,
			Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return n.DialContext(ctx, network, []string{"10.0.0.1:443", "10.0.0.2:443"}[turn.Add(1)%2])
			},
			Targets: []traffic.Target{{Ref: "prod", URL: "https://prod.example", CA: ca.pem, Token: func(context.Context) (string, error) { return "good", nil }}}}
		r := run(t, 10*time.Minute-time.Second, o)
		if q := r.Requests; q.OK != 300 || q.Failed != 0 || len(r.Answered) != 2 || r.Answered[0].Name != "eni-1" || r.Answered[1].Name != "eni-2" {
			t.Errorf("requests %+v, answered %+v", q, r.Answered)
		}
		if w := r.Watches; w.Held != 3 || w.Opened != 3 || w.Cut != 0 || w.Bookmarks < 25 || w.Events <= w.Bookmarks {
			t.Errorf("watches %+v", w)
		}

		o.Targets[0].Token = func(context.Context) (string, error) { return "bad", nil }
		r = run(t, time.Minute, o)
		if q, w := r.Requests, r.Watches; q.OK != 0 || w.Held != 0 || len(w.Failures) != 1 || w.Failures[0].Why != "401 Unauthorized" {
			t.Errorf("with a bad token: requests %+v, watches %+v", q, w)
		}
		api.Close()
	})
}
