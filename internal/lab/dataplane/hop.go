package dataplane

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"

	"postern/internal/lab/fabric"
)

// A Hop is a place on a connection's way at which it can fail.
type Hop string

// The hops, in the order in which a connection passes them. A text that says
// why a connection failed begins with the hop: "target: 10.0.1.7:443 ...".
const (
	HopRoute         Hop = "route"          // no route there, or none back
	HopSecurityGroup Hop = "security-group" // a group at either end does not admit it
	HopInterface     Hop = "interface"      // nothing listens at the interface, or there is none
	HopEndpoint      Hop = "endpoint"       // the interface endpoint leads nowhere
	HopNode          Hop = "node"           // the load balancer's node has nowhere to send it
	HopTarget        Hop = "target"         // the target refuses, or does not answer
	HopServer        Hop = "server"         // no API server answers behind the cluster's interface
	HopOther         Hop = "other"          // the caller gave up before a hop could tell
)

var hops = []Hop{HopRoute, HopSecurityGroup, HopInterface, HopEndpoint, HopNode, HopTarget, HopServer}

// because is the text that a hop fails a connection with.
func because(at Hop, format string, args ...any) string {
	return string(at) + ": " + fmt.Sprintf(format, args...)
}

// hopIn returns the hop with which a text begins.
func hopIn(why string) Hop {
	for _, h := range hops {
		if strings.HasPrefix(why, string(h)+": ") {
			return h
		}
	}
	return HopOther
}

// HopOf returns the hop at which a dial failed, HopOther for an error of
// another kind.
func HopOf(err error) Hop {
	if e, ok := errors.AsType[*fabric.DialError](err); ok {
		return hopIn(e.Why)
	}
	return HopOther
}

// Flows counts the connections that were dialed with [Plane.Dial].
type Flows struct {
	Opened uint64         `json:"opened"`
	Failed map[Hop]uint64 `json:"failed"` // by the hop that failed them
}

// A tally counts connections.
type tally struct {
	mu sync.Mutex
	Flows
}

func (t *tally) count(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		t.Opened++
		return
	}
	if t.Failed == nil {
		t.Failed = map[Hop]uint64{}
	}
	t.Failed[HopOf(err)]++
}

func (t *tally) flows() Flows {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Flows{t.Opened, maps.Clone(t.Failed)}
}
