package lambdafn

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"postern/internal/config"
	"postern/internal/plan"
	"postern/internal/report"
)

// maxShards bounds the engines that one process keeps. A schedule a shard may
// meet any process, and an engine remembers little more than its clusters.
const maxShards = 16

// shard is what the function remembers of one set of scopes.
type shard struct {
	engine passer
	expect int                  // fewer links than this are missing
	used   time.Time            // when it last made a pass
	seen   map[string]time.Time // by link: when it was last looked at in full, or first heard of
}

// readScopes reads the scopes of an event by the rules of the configuration
// file, which JSON satisfies too.
func readScopes(raw json.RawMessage) ([]config.Scope, error) {
	invalid := func(message string) error { return &FailedError{Code: EventInvalid, Message: message} }
	var given any
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, invalid("the event's scopes are malformed: " + err.Error())
	}
	if list, ok := given.([]any); ok && len(list) == 0 {
		return nil, invalid(`the event's scopes are an empty list; write [{"account": "222222222222", "regions": ["us-east-1"]}]`)
	}
	text, err := json.Marshal(map[string]any{"scopes": given}) // without escapes that only JSON has
	if err != nil {
		return nil, invalid("the event's scopes are malformed: " + err.Error())
	}
	cfg, err := config.Load(config.Sources{
		File:     "event",
		ReadFile: func(string) ([]byte, error) { return text, nil },
		Getenv:   func(string) string { return "" },
	})
	if err != nil {
		return nil, invalid(err.Error()) // with its own hint
	}
	return cfg.Scopes, nil
}

// shardFor returns the shard that the event is about. f.mu is held.
func (f *Function) shardFor(ev event, now time.Time) (*shard, error) {
	cfg, key := f.base.cfg, ""
	if ev.scopes != nil {
		scopes, err := readScopes(ev.scopes)
		if err != nil {
			return nil, err
		}
		// What was configured for the other scopes does not hold for these.
		cfg.Scopes, cfg.Regions, cfg.RoleARN, cfg.ExternalID, cfg.Expect = scopes, nil, "", "", ev.expect
		text, err := json.Marshal(struct {
			Scopes []config.Scope
			Expect int
		}{scopes, ev.expect})
		if err != nil {
			return nil, err
		}
		key = string(text)
	}
	s, ok := f.shards[key]
	if !ok {
		engine, err := f.base.engine(cfg)
		if err != nil {
			return nil, err
		}
		s = &shard{engine: engine, expect: cfg.Expect, seen: map[string]time.Time{}}
		f.shards[key] = s
	}
	s.used = now
	for len(f.shards) > maxShards {
		delete(f.shards, f.oldest())
	}
	return s, nil
}

// oldest returns the key of the shard that has not been used for longest.
func (f *Function) oldest() string {
	keys := slices.Sorted(maps.Keys(f.shards))
	return slices.MinFunc(keys, func(a, b string) int { return f.shards[a].used.Compare(f.shards[b].used) })
}

// note remembers which links the pass looked at in full, and returns how long
// that is ago for the link that has waited longest; ok is false if there is
// no link.
func (s *shard) note(doc report.Sync, whole bool, now time.Time) (age time.Duration, ok bool) {
	listed := map[string]bool{}
	for _, l := range doc.Links {
		if l.Result == plan.Gone {
			continue
		}
		key := l.Ref + " " + string(l.TargetGroupARN)
		listed[key] = true
		if _, known := s.seen[key]; !known {
			s.seen[key] = doc.StartedAt
		}
		if checked(l) {
			s.seen[key] = now
		}
	}
	if whole { // every scope was listed: what is not there has gone
		maps.DeleteFunc(s.seen, func(key string, _ time.Time) bool { return !listed[key] })
	}
	for _, at := range s.seen {
		age = max(age, now.Sub(at))
	}
	return age, len(s.seen) > 0
}

// checked reports whether the pass looked at the link in full: it knows its
// targets, or why they are no concern of sync's.
func checked(l report.Link) bool {
	switch l.Result {
	case plan.Failed:
		return l.Targets != nil
	case plan.Pending:
		return l.Reason != plan.NotReached
	}
	return true
}
