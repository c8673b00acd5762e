package actors

import (
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/cpu"
)

// round is what the shards of an engine know of one another: how many orders of the
// current round are not done. The shard that does the last one tells the coordinator.
type round struct{ left atomic.Int32 }

// standby is where a shard that has carried out an order waits for the next one, for a
// moment and without giving its processor away. To wake a processor that sleeps takes a
// tenth of an epoch of ten thousand neurons, and a shard that moves to another processor
// finds none of its memory in the cache there. What is handed over here would otherwise
// be a message.
type standby struct {
	_      cpu.CacheLinePad
	state  atomic.Uint32
	next   *order // valid in state handed
	missed int    // of the shard: how many orders to go without waiting after the next wait in vain
	pass   int    // of the shard: how many orders are left of these
	_      cpu.CacheLinePad
}

const (
	gone    uint32 = iota // the shard does not wait here; send it a message
	waiting               // the shard waits
	handed                // the next order is here
)

// A shard waits for at most half of the time that its last order took, and at most for
// maxWait. If nothing has come, it does not wait after the next orders, up to maxPass of
// them. So waiting in vain costs little time of the processor.
const (
	maxWait = time.Millisecond
	maxPass = 64
)

// worthWaiting reports whether shards wait: only if there are several, and each has a
// processor of its own.
func worthWaiting(shards int) bool { return shards > 1 && shards <= runtime.GOMAXPROCS(0) }

// open begins to wait, unless the last waits have been in vain. It comes before the shard
// says that it is done, so that the coordinator finds it here.
func (s *standby) open() bool {
	if s.pass > 0 {
		s.pass--
		return false
	}
	s.state.Store(waiting)
	return true
}

// wait returns the next order, or nil if none has come after an order that took this long.
func (s *standby) wait(took time.Duration) *order {
	const looks = 256 // between two looks at the clock
	for began := time.Now(); time.Since(began) < min(took/2, maxWait); {
		for range looks {
			if s.state.Load() == handed {
				s.missed = 0
				s.state.Store(gone)
				return s.next
			}
		}
	}
	s.missed = min(2*s.missed+1, maxPass)
	s.pass = s.missed
	return s.close()
}

// close ends the wait. It returns the order that has come at the last moment, or nil.
func (s *standby) close() *order {
	if s.state.Swap(gone) == handed {
		return s.next
	}
	return nil
}

// hand gives an order to the shard. It returns false if the shard does not wait.
func (s *standby) hand(o *order) bool {
	if s.state.Load() != waiting {
		return false
	}
	s.next = o
	return s.state.CompareAndSwap(waiting, handed)
}
