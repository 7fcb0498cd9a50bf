package assemble

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"postern/internal/config"
)

// TestVerifyIdentity: only where the settings ask for it is there a prober, and
// a proxy that cannot be used is said rather than passed by.
func TestVerifyIdentity(t *testing.T) {
	t.Setenv("AWS_REGION", "us-east-1")
	log := slog.New(slog.DiscardHandler)
	for _, test := range []struct {
		name   string
		verify bool
		proxy  string
		prober bool
		err    error
	}{
		{name: "off"},
		{name: "off, with a proxy that cannot be used", proxy: "http://192.0.2.1:3128"},
		{name: "on", verify: true, prober: true},
		{name: "on, by a proxy", verify: true, proxy: "socks5://127.0.0.1:1080", prober: true},
		{name: "on, with a proxy that cannot be used", verify: true, proxy: "http://192.0.2.1:3128", err: ErrProxy},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("ALL_PROXY", test.proxy)
			cfg := config.Default()
			cfg.Resolvers = []string{"192.0.2.53"}
			cfg.VerifyIdentity = test.verify
			p, err := New(t.Context(), cfg, log)
			if !errors.Is(err, test.err) || test.err != nil && !strings.Contains(err.Error(), "socks5://") {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if err != nil {
				return
			}
			e, err := p.Engine(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Prober != nil; got != test.prober {
				t.Errorf("a prober: %v, want %v", got, test.prober)
			}
		})
	}
}
