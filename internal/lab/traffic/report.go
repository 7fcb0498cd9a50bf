package traffic

import "time"

// Schema names the form of a [Report] in JSON. It changes only by addition.
const Schema = "postern.traffic/v1"

// Report is what happened until now. Durations are milliseconds.
type Report struct {
	Schema     string    `json:"schema"`
	StartedAt  time.Time `json:"startedAt"`
	DurationMs float64   `json:"durationMs"`

	Requests Requests   `json:"requests"` // of all targets
	Targets  []Outcome  `json:"targets"`  // in the order of the options
	Failures []Group    `json:"failures"` // of requests, most frequent first
	Answered []Instance `json:"answered"` // by target and name
	Newest   []Failure  `json:"newest"`   // of requests, newest first, as many as were to be kept
	Watches  Watches    `json:"watches"`
}

// Requests counts requests.
type Requests struct {
	Sent     int `json:"sent"`
	OK       int `json:"ok"`
	Failed   int `json:"failed"`
	UnderWay int `json:"underWay"`
	Skipped  int `json:"skipped"` // not sent, because too many were under way

	FirstFailure time.Time `json:"firstFailure,omitzero"`
	LastFailure  time.Time `json:"lastFailure,omitzero"`

	Latency Spread `json:"latency"` // of those that were answered, connection and TLS included
}

// Spread is how durations are spread; P50Ms and P99Ms are at most 1/32 high.
type Spread struct {
	P50Ms float64 `json:"p50Ms"`
	P99Ms float64 `json:"p99Ms"`
	MaxMs float64 `json:"maxMs"`
}

// Outcome is what became of one target's requests and watches.
type Outcome struct {
	Ref      string   `json:"ref"`
	Requests Requests `json:"requests"`
	Held     int      `json:"held"` // watches
	Cut      int      `json:"cut"`  // watches
}

// Group counts failures of one kind with the same words.
type Group struct {
	Kind  Kind      `json:"kind"`
	Why   string    `json:"why"`
	Count int       `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// Instance counts the answers that one instance of a target's API server gave.
type Instance struct {
	Ref   string    `json:"ref"`
	Name  string    `json:"name"`
	Count int       `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// Failure is one failed request.
type Failure struct {
	Time    time.Time `json:"time"` // of the end
	Ref     string    `json:"ref"`
	Kind    Kind      `json:"kind"`
	Why     string    `json:"why"`
	AfterMs float64   `json:"afterMs"` // from the beginning to the end
}

// Watches counts watches.
type Watches struct {
	Wanted    int `json:"wanted"`
	Held      int `json:"held"`      // now, or when the client ended
	Opened    int `json:"opened"`    // times, the first ones included
	NotOpened int `json:"notOpened"` // tries that failed
	Ended     int `json:"ended"`     // by the server, as it may
	Cut       int `json:"cut"`
	Events    int `json:"events"` // bookmarks included
	Bookmarks int `json:"bookmarks"`

	Cuts     []Group `json:"cuts"`     // most frequent first
	Failures []Group `json:"failures"` // of opening, most frequent first
	Lived    Spread  `json:"lived"`    // of those that were cut
	Gap      Spread  `json:"gap"`      // from a cut until the watch was back
	Newest   []Cut   `json:"newest"`   // newest first, as many as were to be kept
}

// Cut is one watch that was cut.
type Cut struct {
	Time     time.Time `json:"time"`
	Ref      string    `json:"ref"`
	Kind     Kind      `json:"kind"`
	Why      string    `json:"why"`
	Instance string    `json:"instance,omitempty"` // that had held it
	LivedMs  float64   `json:"livedMs"`
	BackMs   float64   `json:"backMs,omitzero"`   // from the cut until it was back; 0: not yet
	Attempts int       `json:"attempts,omitzero"` // that this took
}

// milliseconds in the report's unit.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
