package actors

import (
	"sync"
	"time"

	"infomorph/neuron"
)

// inlineWatchdog watches over a shard that runs on the coordinator's own goroutine, which
// saves a switch to another one and back in every epoch. While such a shard is
// stuck the coordinator cannot be told so; it looks from the goroutine of
// its timer, and answers the user in the coordinator's place.
type inlineWatchdog struct {
	pulse    *pulse
	deadline time.Duration

	mu    sync.Mutex
	alarm *time.Timer // nil: no request is under way
	mark  uint64      // of the pulse, at the last look
	away  bool        // the shard has its order
	at    sentFor     // of that
	lost  bool        // the user has been answered; whatever comes is too late
	tell  func(busy neuron.ID, at sentFor)
}

// sentFor is what a shard was last sent for.
type sentFor struct {
	verb     verb
	now, end neuron.Time // where the run stood, and the end of the epoch
}

// begin watches over a request; tell is called at most once, and then nothing
// that the shard does counts any more.
func (v *inlineWatchdog) begin(tell func(busy neuron.ID, at sentFor)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.mark, _ = v.pulse.read()
	v.tell = tell
	v.alarm = time.AfterFunc(v.deadline, v.look)
}

// look is called by the timer.
func (v *inlineWatchdog) look() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.alarm == nil || v.lost {
		return
	}
	mark, busy := v.pulse.read()
	if !v.away || mark != v.mark {
		v.mark = mark
		v.alarm.Reset(v.deadline)
		return
	}
	v.lost = true
	v.tell(busy, v.at)
}

// out says that the shard is given an order.
func (v *inlineWatchdog) out(at sentFor) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.away, v.at = true, at
}

// back says that the order is back, and returns whether that still counts.
func (v *inlineWatchdog) back() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.away = false
	return !v.lost
}

// over ends the watch over a request.
func (v *inlineWatchdog) over() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.alarm != nil {
		v.alarm.Stop()
		v.alarm = nil
	}
}
