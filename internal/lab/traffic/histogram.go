package traffic

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets whose width is at most 1/32 of what
// they hold, in a fixed space. Its unit is the microsecond.
type histogram struct {
	counts [1024]uint32 // enough for more than two hours; longer ones are in the last
	n      int
	max    time.Duration
}

// perOctave is the number of buckets between a duration and its double.
const perOctave = 32

func bucket(us uint64) int {
	if us < perOctave {
		return int(us)
	}
	shift := bits.Len64(us) - 6 // leaves a number from 32 to 63
	return min(shift*perOctave+int(us>>shift), len(histogram{}.counts)-1)
}

// top returns the longest duration of a bucket.
func top(bucket int) time.Duration {
	if bucket < 2*perOctave {
		return time.Duration(bucket) * time.Microsecond
	}
	shift := bucket/perOctave - 1
	return time.Duration((bucket-shift*perOctave+1)<<shift-1) * time.Microsecond
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.counts[bucket(uint64(d.Microseconds()))]++
	h.n++
	h.max = max(h.max, d)
}

// quantile returns a duration that at least the part q of all does not exceed.
func (h *histogram) quantile(q float64) time.Duration {
	need := max(1, int(q*float64(h.n)+0.999999))
	for i, n := range h.counts[:] {
		if need -= int(n); need <= 0 {
			return min(top(i), h.max)
		}
	}
	return h.max
}

func (h *histogram) spread() Spread {
	return Spread{P50Ms: milliseconds(h.quantile(0.5)), P99Ms: milliseconds(h.quantile(0.99)), MaxMs: milliseconds(h.max)}
}
