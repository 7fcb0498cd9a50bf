package plan

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kinds of marks. A tag's value may hold letters, digits, spaces and _.:/=+-@.
// Source: Elastic Load Balancing API Reference, Tag.
const (
	MarkStale        byte = '-' // no witness has listed the registered address since
	MarkDNSAlone     byte = '+' // DNS alone has listed the unregistered address since
	MarkReregistered byte = '=' // sync registered the address again while it was draining
	MarkDisproved    byte = '_' // the address has served somebody else's certificate, in every pass since
)

// Mark names what a mark is about.
type Mark struct {
	Kind byte
	Addr netip.Addr
	Port uint16 // zero means APIPort; another port only for foreign targets that are to be removed
}

// Marks is the memory that sync keeps between passes in the group's tag
// postern:marks: since when something has been so, in whole seconds.
type Marks map[Mark]time.Time

// marksSize is the length that a tag's value may have, in characters.
// Source: Elastic Load Balancing API Reference, Tag.
const marksSize = 256

// noMarks is the tag's value once there are no marks any more. An empty one would
// do for AWS, but the Terraform provider plans a change for each resource that has
// an empty tag, whatever is to be ignored.
const noMarks = "none"

// Tag returns the tag's value: String's, or a word that is no mark.
func (ms Marks) Tag() string {
	if text := ms.String(); text != "" {
		return text
	}
	return noMarks
}

// MarksTag returns the text of the marks in a group's tags, empty if there are
// none.
func MarksTag(tags map[string]string) string {
	if text := tags[TagMarks]; text != noMarks {
		return text
	}
	return ""
}

// text returns the mark as the tag carries it: KIND ADDR [/PORT] @UNIX.
func (m Mark) text(since time.Time) string {
	port := ""
	if m.Port != 0 {
		port = "/" + strconv.Itoa(int(m.Port))
	}
	return string(m.Kind) + m.Addr.String() + port + "@" + strconv.FormatInt(since.Unix(), 10)
}

// String returns the marks, sorted, separated by spaces, empty without any. It
// has at most 256 characters: where the marks need more, the newest are left
// out, so that the addresses they are about wait.
func (ms Marks) String() string {
	type entry struct {
		since int64
		text  string
	}
	entries := make([]entry, 0, len(ms))
	for m, since := range ms {
		entries = append(entries, entry{since.Unix(), m.text(since)})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.since, b.since), strings.Compare(a.text, b.text))
	})
	var words []string
	size := -1 // no space before the first word
	for _, e := range entries {
		if size += 1 + len(e.text); size > marksSize {
			break
		}
		words = append(words, e.text)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// ParseMarks reads a tag's value. It never fails: words that are not marks
// are left out and returned in dropped, which means "first seen now" for what
// they may have been about; "none" says that there are none. Of two times for one mark the later counts.
func ParseMarks(s string) (ms Marks, dropped []string) {
	ms = Marks{}
	for _, word := range strings.Fields(s) {
		if word == noMarks {
			continue
		}
		m, since, ok := parseMark(word)
		if !ok {
			dropped = append(dropped, word)
			continue
		}
		if old, seen := ms[m]; !seen || since.After(old) {
			ms[m] = since
		}
	}
	return ms, dropped
}

func parseMark(word string) (m Mark, since time.Time, ok bool) {
	what, when, found := strings.Cut(word, "@")
	if !found || what == "" {
		return Mark{}, time.Time{}, false
	}
	m.Kind = what[0]
	switch m.Kind {
	case MarkStale, MarkDNSAlone, MarkReregistered, MarkDisproved:
	default:
		return Mark{}, time.Time{}, false
	}
	addr, port, hasPort := strings.Cut(what[1:], "/")
	var err error
	if m.Addr, err = netip.ParseAddr(addr); err != nil || m.Addr.Zone() != "" || m.Addr.Is4In6() {
		return Mark{}, time.Time{}, false
	}
	if hasPort {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || n == APIPort {
			return Mark{}, time.Time{}, false
		}
		m.Port = uint16(n)
	}
	// Eleven digits are the year 5138: enough, and far from overflow.
	seconds, err := strconv.ParseUint(when, 10, 64)
	if err != nil || len(when) > 11 {
		return Mark{}, time.Time{}, false
	}
	return m, time.Unix(int64(seconds), 0), true
}

// markFor returns the mark of this kind about a target.
func markFor(kind byte, addr netip.Addr, port int) Mark {
	m := Mark{Kind: kind, Addr: addr}
	if port != APIPort {
		m.Port = uint16(port)
	}
	return m
}

// since returns when the mark was set. A mark that is absent, or in the
// future, counts as set now: at the end of this second, since marks have whole
// seconds, and a grace period may not be shorter than asked for.
func (ms Marks) since(m Mark, now time.Time) time.Time {
	if t, ok := ms[m]; ok && !t.After(now) {
		return t
	}
	if t := now.Truncate(time.Second); t.Before(now) {
		return t.Add(time.Second)
	}
	return now
}

// markLife is how old a mark may be and still be believed. Nobody keeps marks
// while sync does not run or a link is paused, so that an old one may be about
// an earlier absence: what it is about has its grace period again. A target
// that is held for longer gets a new mark now and then.
func (p Policy) markLife() time.Duration {
	return max(time.Hour, 2*max(p.Grace, p.GraceOneWitness))
}

// younger returns the marks that are not older than life.
func (ms Marks) younger(now time.Time, life time.Duration) Marks {
	out := make(Marks, len(ms))
	for m, since := range ms {
		if now.Sub(since) <= life {
			out[m] = since
		}
	}
	return out
}

// Clone returns a copy; nil gives an empty set.
func (ms Marks) Clone() Marks {
	if ms == nil {
		return Marks{}
	}
	return maps.Clone(ms)
}
