package state

import (
	"encoding/base64"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

// How far listings lag at speed 1, on average; each resource has its own lag.
const (
	tagLag       = 10 * time.Second // tagging API; the lab's figure, AWS says "eventually consistent"
	ghostFor     = time.Hour        // how long the tagging API names what is gone: aws-sdk issue 676 reports hours
	interfaceLag = time.Second      // EC2; Source: EC2 API reference, eventual consistency, which gives no figure
)

// A Page asks for one part of a listing. Max 0 means the service's default.
type Page struct {
	Max   int
	Token string // NextToken, Marker or PaginationToken of the part before
}

// jitter returns a number in [0, 1) that depends on the seed and the name only.
func (s *Store) jitter(name string) float64 {
	h := fnv.New64a()
	h.Write(strconv.AppendUint(nil, s.opts.Seed, 10))
	h.Write([]byte(name))
	x := h.Sum64()
	x ^= x >> 31
	x *= 0x9e3779b97f4a7c15
	return float64(x>>11) / (1 << 53)
}

// reader returns how a caller reads records: now, or as of an earlier time
// under the stale-read fault. lag is an extra wait of AWS's, of which each
// record has one to two times.
func reader[T any](s *Store, c Caller, lag time.Duration) func(*record[T]) (T, bool) {
	if s.opts.Consistent {
		lag = 0
	}
	if c.Stale <= 0 && lag <= 0 {
		return (*record[T]).current
	}
	return func(r *record[T]) (T, bool) {
		back := c.Stale + s.scale(time.Duration(float64(lag)*(1+s.jitter(r.id))))
		return r.asOf(s.now.Add(-back))
	}
}

// ghostly returns how the tagging API reads records: late, and for a while
// after they are gone.
func ghostly[T any](s *Store, c Caller) func(*record[T]) (T, bool) {
	if s.opts.Consistent {
		return reader[T](s, c, 0)
	}
	return func(r *record[T]) (T, bool) {
		j := s.jitter(r.id)
		t := s.now.Add(-c.Stale)
		v, gone, ok := r.last(t.Add(-s.scale(time.Duration(float64(tagLag) * (0.5 + j)))))
		ghost := s.scale(time.Duration(float64(ghostFor) * (0.75 + j/2)))
		return v, ok && (gone.IsZero() || t.Before(gone.Add(ghost)))
	}
}

// one reads a single resource as the caller does, without lag.
func one[T any](s *Store, c Caller, t *table[T], id string) (T, bool) {
	if r := t.records[id]; r != nil {
		return reader[T](s, c, 0)(r)
	}
	var none T
	return none, false
}

// list returns one part of a listing: at most limit readable records after a
// place, of which those are returned that keep admits. A part may therefore be
// short or empty although more follows; next is 0 when nothing does.
// Source: EC2 API reference, pagination.
func list[T any](records []*record[T], after uint64, limit int, read func(*record[T]) (T, bool), keep func(T) bool) (out []T, next uint64) {
	seen, last := 0, after
	for _, r := range records[position(records, after+1):] {
		v, ok := read(r)
		if !ok {
			continue
		}
		if limit > 0 && seen == limit {
			return out, last
		}
		seen++
		last = r.seq
		if keep == nil || keep(v) {
			out = append(out, v)
		}
	}
	return out, 0
}

// token writes a place in a listing as an opaque token; 0 is no token.
func token(kind string, place uint64) string {
	if place == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte("lab/" + kind + "/" + strconv.FormatUint(place, 10)))
}

// parseToken is the inverse of token for the same kind of listing.
func parseToken(kind, text string) (place uint64, ok bool) {
	if text == "" {
		return 0, true
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return 0, false
	}
	number, ok := strings.CutPrefix(string(b), "lab/"+kind+"/")
	if !ok {
		return 0, false
	}
	place, err = strconv.ParseUint(number, 10, 64)
	return place, err == nil && place > 0
}
