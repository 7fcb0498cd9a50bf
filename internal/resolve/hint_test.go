package resolve

import (
	"errors"
	"testing"
)

// The command of a hint names the host, unless a shell would read more into it.
func TestHintCanBePasted(t *testing.T) {
	failed := []statement{{server: Server{Addr: "10.0.0.2:5353"}, err: errors.New("SERVFAIL")}}
	for host, want := range map[string]string{
		"abc.gr7.us-east-1.eks.amazonaws.com": "abc.gr7.us-east-1.eks.amazonaws.com",
		"a;reboot":                            "HOST",
		"$(reboot)":                           "HOST",
		"-f":                                  "HOST",
	} {
		if got := hintFor(host, failed); got != "ask it yourself: dig @10.0.0.2 -p 5353 "+want+"; or name another with --resolver" {
			t.Errorf("%q: %s", host, got)
		}
	}
}
