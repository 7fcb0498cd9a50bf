package cli

import (
	"net/netip"
	"strings"
	"testing"

	"postern/internal/lab"
)

// A move says what comes, what goes and what stays.
func TestMoveText(t *testing.T) {
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	for _, tt := range []struct {
		kind     string
		old, new []netip.Addr
		want     string
	}{
		{"replace", []netip.Addr{a}, []netip.Addr{b}, "from 10.0.0.1 to 10.0.0.2"},
		{"rollback", []netip.Addr{a, b}, []netip.Addr{a, b}, "10.0.0.1, 10.0.0.2 come and go again; the others stay"},
		{"scale-out", nil, []netip.Addr{b}, "10.0.0.2 comes; the others stay"},
		{"scale-in", []netip.Addr{a}, nil, "10.0.0.1 goes; the others stay"},
		{"delete", []netip.Addr{a}, nil, "from 10.0.0.1 to none"},
	} {
		if got := moveText(tt.kind, lab.Moved{Old: tt.old, New: tt.new}); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.kind, got, tt.want)
		}
	}
}

// The lines that a lab offers can be typed as they stand.
func TestWriteLab(t *testing.T) {
	for called, want := range map[string]string{"bin/postern": "bin/postern", "": "postern", "/a b/postern": "postern"} {
		var b strings.Builder
		writeLab(&b, &lab.State{URL: "http://127.0.0.1:4566", Speed: 0.5}, Env{Called: called}.called())
		for _, line := range []string{"The lab is up, 2 times slower than AWS.", "\n  " + want + " lab exec -- " + want + " sync\n"} {
			if !strings.Contains(b.String(), line) {
				t.Errorf("called %q: no %q in\n%s", called, line, b.String())
			}
		}
	}
}
