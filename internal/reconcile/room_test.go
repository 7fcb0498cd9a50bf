package reconcile

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The places of a room are between roomFirst and the most, whatever happens,
// and none is lost.
func TestRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 200).Draw(t, "most")
		r := newRoom(most)
		inside := 0
		for range rapid.IntRange(0, 300).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "enter") {
				if r.places.TryAcquire(1) {
					inside++
				} else if inside < min(roomFirst, most) {
					t.Fatalf("no place for another beside %d", inside)
				}
			} else if inside > 0 {
				inside--
				r.leave(rapid.SampledFrom([]time.Duration{0, roomQuick, time.Second, roomSlow, time.Minute}).Draw(t, "took"))
			}
			if inside > most {
				t.Fatalf("%d inside, at most %d", inside, most)
			}
		}
		for ; inside > 0; inside-- {
			r.leave(time.Second)
		}
		if open := most - r.closed; !r.places.TryAcquire(int64(open)) || r.places.TryAcquire(1) {
			t.Fatalf("%d places of %d were to be open", open, most)
		}
	})
}

// AWS's burst alone does not make the room grow.
func TestRoomAfterABurst(t *testing.T) {
	r := newRoom(128)
	for i := range 100 {
		if err := r.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		took := time.Second // its turn comes at AWS's rate
		if i < 12 {
			took = 20 * time.Millisecond
		}
		r.leave(took)
	}
	if open := 128 - r.closed; open != roomFirst {
		t.Errorf("%d places, want %d", open, roomFirst)
	}
}

func TestRoomGrowsAndShrinks(t *testing.T) {
	r := newRoom(128)
	rounds := 0
	for ; r.closed > 0; rounds++ {
		open := 128 - r.closed
		for range open {
			if err := r.enter(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for range open {
			r.leave(20 * time.Millisecond)
		}
	}
	if rounds != 4 {
		t.Errorf("20 places became 128 in %d rounds, want 4", rounds)
	}
	for range 1000 {
		if err := r.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.leave(10 * time.Second)
	}
	if open := 128 - r.closed; open != roomFirst {
		t.Errorf("after many slow links there are %d places", open)
	}
}
