package actors

import (
	"sync"
	"time"

	"infomorph/neuron"
)

// inlineWatchdog watches a shard that runs on the coordinator's own goroutine.
// This saves two goroutine switches in every epoch. But while such a shard is
// stuck, the coordinator cannot process a tick. So the check runs on the
// goroutine of a timer, which answers the user in place of the coordinator.
type inlineWatchdog struct {
	pulse    *pulse
	deadline time.Duration

	mu     sync.Mutex
	alarm  *time.Timer // nil: no request is in progress
	mark   uint64      // of the pulse, at the last check
	away   bool        // the shard has not sent its order back
	at     sentFor     // what that order is for
	lost   bool        // the user has been answered; a later result is dropped
	report func(busy neuron.ID, at sentFor)
}

// sentFor describes the last order that a shard was sent.
type sentFor struct {
	verb     verb
	now, end neuron.Time // time of the run, and end of the epoch
}

// begin starts to watch a request. report is called at most once; after it,
// results of the shard are dropped.
func (v *inlineWatchdog) begin(report func(busy neuron.ID, at sentFor)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.mark, _ = v.pulse.read()
	v.report = report
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
	v.report(busy, v.at)
}

// out notes that the shard is given an order.
func (v *inlineWatchdog) out(at sentFor) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.away, v.at = true, at
}

// back notes that the order has come back. It returns false if that is too
// late.
func (v *inlineWatchdog) back() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.away = false
	return !v.lost
}

// over stops watching a request.
func (v *inlineWatchdog) over() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.alarm != nil {
		v.alarm.Stop()
		v.alarm = nil
	}
}
