package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
)

// watchdog sends ticks while a request is in progress and notices if nothing
// moves.
type watchdog struct {
	root     *actor.RootContext
	deadline time.Duration
	pulses   []*pulse
	marks    []uint64 // of the pulses at the last tick
	alarm    *time.Timer
}

// arm begins to send ticks about r to self.
func (w *watchdog) arm(self *actor.PID, r *request) {
	w.moved()
	m := &tick{r}
	w.alarm = time.AfterFunc(w.deadline, func() { w.root.Send(self, m) })
}

// again asks for the next tick.
func (w *watchdog) again() { w.alarm.Reset(w.deadline) }

func (w *watchdog) disarm() {
	if w.alarm != nil {
		w.alarm.Stop()
		w.alarm = nil
	}
}

// moved reports whether any pulse beat since it was last called.
func (w *watchdog) moved() bool {
	w.marks = append(w.marks, make([]uint64, len(w.pulses)-len(w.marks))...)
	moved := false
	for k, p := range w.pulses {
		mark, _ := p.read()
		moved = moved || mark != w.marks[k]
		w.marks[k] = mark
	}
	return moved
}

// busy returns the neuron that is running according to pulse k, −1 for none.
func (w *watchdog) busy(k int) neuron.ID {
	_, id := w.pulses[k].read()
	return id
}
