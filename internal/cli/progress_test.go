package cli

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	tests := []struct {
		name string
		tty  bool
		work time.Duration
		want string
	}{
		{"done within a second", true, 900 * time.Millisecond, ""},
		{"longer", true, 2500 * time.Millisecond, "\r\x1b[Ksync: 1 s, 5 calls to AWS\r\x1b[Ksync: 2 s, 5 calls to AWS\r\x1b[K"},
		{"nobody looks", false, 2500 * time.Millisecond, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out strings.Builder
				stop := progress(t.Context(), Env{Stderr: &out, StderrTTY: tt.tty}, "sync", func() map[string]int { return map[string]int{"a": 2, "b": 3} })
				<-time.After(tt.work)
				stop()
				if out.String() != tt.want {
					t.Errorf("%q, want %q", out.String(), tt.want)
				}
			})
		})
	}
}
