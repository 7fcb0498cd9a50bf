// Package state holds everything the lab's AWS knows, in one store that
// applies each AWS rule once: networks, load balancers and their targets,
// clusters and their moves, tags, keys, throttles and the lag of listings.
//
// Each method is one AWS action, or one thing that the lab does to its world
// (Move, Settle). A method takes the Caller first; resources live in the
// caller's account and region and no other account can learn of them. A
// refusal is an *Error with AWS's own code.
//
// Returned values share their slices and maps with the store, which never
// writes to them again; callers must not either.
package state

import (
	"log/slog"
	"time"
)

// Options say how a Store behaves. The zero value is a store in real time.
type Options struct {
	Speed          float64      // how much faster than AWS waits pass; 0 means 1
	Seed           uint64       // of identifiers, addresses and jitter
	Logger         *slog.Logger // nil discards
	Strict         bool         // AssumeRole is allowed for declared roles only
	Consistent     bool         // listings and tags never lag, and there are no ghosts
	ExternalHealth bool         // no built-in health checks: ReportHealth alone says what passes
}

// A Caller is who calls, and where.
type Caller struct {
	Account string
	Region  string
	ARN     string        // of the user or the assumed role
	UserID  string        // as GetCallerIdentity shows it
	Stale   time.Duration // reads answer as of this much earlier (the stale-read fault), in real time
}

// A Page asks for one part of a listing. Max 0 means the service's default.
type Page struct {
	Max   int
	Token string // NextToken, Marker or PaginationToken of the part before
}

// A Filter keeps what has one of Values under Name, as EC2's filters do: * and
// ? are wildcards, and "tag:KEY" and "tag-key" look at tags.
type Filter struct {
	Name   string
	Values []string
}

// Tags are a resource's tags by key.
type Tags map[string]string
