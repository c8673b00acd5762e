package actors

import (
	"fmt"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
)

// arm makes the watchdog tick while a request is under way.
func (c *coordinator) arm(ctx actor.Context) {
	self, m := ctx.Self(), &tick{c.request}
	for k, p := range c.pulses {
		c.marks[k], _ = p.read()
	}
	c.alarm = time.AfterFunc(c.opts.Deadline, func() { c.root.Send(self, m) })
}

func (c *coordinator) disarm() {
	if c.alarm != nil {
		c.alarm.Stop()
		c.alarm = nil
	}
}

// watch ends the run if no shard that has an order got on since the last tick.
func (c *coordinator) watch() {
	stuck, moved := -1, false
	for k, p := range c.pulses {
		mark, _ := p.read()
		moved = moved || mark != c.marks[k]
		c.marks[k] = mark
		if c.away[k] && stuck < 0 {
			stuck = k
		}
	}
	if moved || stuck < 0 {
		c.alarm.Reset(c.opts.Deadline)
		return
	}
	c.fail(c.stall(stuck))
}

// stall says what shard k is busy with.
func (c *coordinator) stall(k int) error {
	reason := fmt.Sprintf("has not answered for %v", c.opts.Deadline)
	_, busy := c.pulses[k].read()
	if busy < 0 {
		return fmt.Errorf("actors: shard %d (neurons %d to %d) %s", k, c.bounds[k], c.bounds[k+1]-1, reason)
	}
	e := &NeuronError{Neuron: busy, End: neuron.Never, Reason: reason}
	if c.request.verb == advance {
		e.End = c.epoch.End
	}
	return e
}
