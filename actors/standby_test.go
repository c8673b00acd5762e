package actors

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

// TestStandbyHands: a shard that waits gets its order, one that does not wait gets none,
// and an order that comes at the last moment is not lost.
func TestStandbyHands(t *testing.T) {
	s, o := &standby{}, &order{}
	if s.hand(o) {
		t.Error("an order is handed to a shard that does not wait")
	}
	if !s.open() || !s.hand(o) || s.hand(&order{}) {
		t.Error("a shard that waits must get one order")
	}
	if got := s.close(); got != o {
		t.Errorf("at the last moment: %p instead of %p", got, o)
	}
	if got := s.close(); got != nil || s.hand(o) {
		t.Error("after the end of the wait there is still an order")
	}
	if s.open(); s.hand(o) {
		if got := s.wait(time.Hour); got != o || s.state.Load() != gone {
			t.Errorf("%p instead of %p", got, o)
		}
	}
}

// TestStandbyInVain: after each wait in vain the shard does without for longer, but not
// for ever, and an order ends this.
func TestStandbyInVain(t *testing.T) {
	s := &standby{}
	for _, want := range []int{1, 3, 7, 15, 31, 63, maxPass, maxPass} {
		if !s.open() {
			t.Fatal("it must try again")
		}
		if s.wait(0) != nil {
			t.Fatal("an order out of nowhere")
		}
		passed := 0
		for passed <= maxPass && !s.open() {
			passed++
		}
		s.close()
		if passed != want {
			t.Errorf("it passes %d orders, not %d", passed, want)
		}
	}
	s.open()
	s.hand(&order{})
	if s.wait(time.Hour) == nil || s.missed != 0 || !s.open() {
		t.Error("after an order it must wait again")
	}
}

// TestStandbyLosesNothing: whenever the order comes, the shard gets it once, here or as a
// message.
func TestStandbyLosesNothing(t *testing.T) {
	const orders = 5_000
	s := &standby{}
	var here, messages int
	for i := range orders {
		o := &order{at: i}
		s.pass = 0
		s.open()
		var sent bool
		var group sync.WaitGroup
		group.Go(func() {
			for range i % 50 {
				runtime.Gosched()
			}
			sent = !s.hand(o)
		})
		got := s.wait(time.Duration(i%40) * 4 * time.Microsecond)
		group.Wait()
		if (got == o) == sent || got != nil && got != o {
			t.Fatalf("order %d: got it here %v, as a message %v", i, got == o, sent)
		}
		if sent {
			messages++
		} else {
			here++
		}
	}
	if here == 0 || messages == 0 {
		t.Errorf("%d here and %d as messages", here, messages)
	}
}

// TestWorthWaiting: a shard waits only if it takes the processor from nobody.
func TestWorthWaiting(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	for shards, want := range map[int]bool{1: false, 2: true, 3: true, 4: false} {
		if worthWaiting(shards) != want {
			t.Errorf("%d shards on 3 processors: %v", shards, !want)
		}
	}
}
