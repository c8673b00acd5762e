package live

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// control holds what viewers want the run to do. The run reads it in its own
// goroutine; each change wakes the run.
type control struct {
	mu         sync.Mutex
	wake       chan struct{} // closed and replaced at every change
	paused     bool
	steps      int     // steps that may still be made while paused
	epochs     int     // epochs that may still be made while paused; 0: none are counted
	within     bool    // the run waits within a step, after an epoch
	standing   bool    // the run waits between two steps
	begun      bool    // it has made a step
	speed      float64 // simulated time per real time; 0: as fast as possible
	queue      []journal.Touch
	checkpoint []func(error)
	arrived    []func(error) // called when the requested steps are over
	over       bool

	anchorReal time.Time // real time from which the speed is measured
	anchorSim  neuron.Time

	busy atomic.Bool // epochs must be counted or delayed
}

// maxQueue is the largest number of touches that wait for the run.
const maxQueue = 100

var (
	errOver    = errors.New("the run is over")
	errUnbegun = errors.New("the run has not begun: let it make a step first")
	errBusy    = errors.New("too much is waiting for the run already")
)

// change calls f under the lock and wakes the run.
func (c *control) change(f func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return errOver
	}
	err := f()
	c.busy.Store(c.speed > 0 || c.epochs > 0 || c.within)
	close(c.wake)
	c.wake = make(chan struct{})
	return err
}

func (c *control) pause() error {
	return c.change(func() error { c.paused, c.steps = true, 0; return nil })
}

func (c *control) goOn() error {
	return c.change(func() error {
		c.paused, c.steps, c.epochs, c.anchorReal = false, 0, 0, time.Time{}
		c.arrive()
		return nil
	})
}

// arrive reports that the requested steps are over.
func (c *control) arrive() {
	for _, done := range c.arrived {
		done(nil)
	}
	c.arrived = nil
}

// step lets n steps or epochs happen, then pauses. done is called when they are
// over.
func (c *control) step(n int, epochs bool, done func(error)) error {
	return c.change(func() error {
		if len(c.arrived) >= maxQueue {
			return errBusy
		}
		c.arrived = append(c.arrived, done)
		c.paused, c.anchorReal = true, time.Time{}
		if epochs {
			c.epochs += n
		} else {
			c.steps, c.epochs = c.steps+n, 0
		}
		return nil
	})
}

func (c *control) setSpeed(v float64) error {
	return c.change(func() error { c.speed, c.anchorReal = v, time.Time{}; return nil })
}

// touch queues an event; taken is called when it happens, or with the reason
// why it does not.
func (c *control) touch(e *language.Event, taken func(*language.Event, error)) error {
	return c.change(func() error {
		switch {
		case len(c.queue) >= maxQueue:
			return errBusy
		case c.standing && !c.begun:
			return errUnbegun
		case c.within: // let the presentation end: touches happen between two
			c.steps++
		}
		c.queue = append(c.queue, journal.Touch{Event: e, Taken: taken})
		return nil
	})
}

func (c *control) mark(done func(error)) error {
	return c.change(func() error {
		if len(c.checkpoint) >= maxQueue {
			return errBusy
		}
		c.checkpoint = append(c.checkpoint, done)
		return nil
	})
}

// end ends all waiting: the run is over.
func (c *control) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	c.over = true
	for _, t := range c.queue {
		t.Taken(nil, errOver)
	}
	for _, done := range c.checkpoint {
		done(errOver)
	}
	c.queue, c.checkpoint = nil, nil
	c.arrive()
	close(c.wake)
	c.wake = make(chan struct{})
}

// marked answers those who asked for a checkpoint.
func (c *control) marked(err error) {
	c.mu.Lock()
	all := c.checkpoint
	c.checkpoint = nil
	c.mu.Unlock()
	for _, done := range all {
		done(err)
	}
}

// attend is called by the run between two steps. It returns what the run has to
// do, or nothing when the run may go on. While the run is paused it calls idle,
// which collects what viewers wait for. ended is closed when the run has to end.
func (c *control) attend(ended <-chan struct{}, begin bool, idle func()) journal.Wish {
	for {
		c.mu.Lock()
		wake := c.wake
		c.within, c.standing, c.begun = false, true, !begin
		wish := journal.Wish{}
		if !begin { // a run that has not begun cannot be touched
			wish.Touches, wish.Checkpoint = c.queue, len(c.checkpoint) > 0
			c.queue = nil
		}
		asked := len(wish.Touches) > 0 || wish.Checkpoint
		hold := c.paused && c.steps == 0 && c.epochs == 0 && !c.over
		if !hold && !asked && c.steps > 0 {
			c.steps--
		}
		c.standing = hold || asked
		if hold && !asked {
			c.arrive()
		}
		c.mu.Unlock()
		if asked {
			return wish
		}
		idle()
		if !hold || isClosed(ended) {
			return wish
		}
		select {
		case <-wake:
		case <-ended:
		case <-time.After(idleLook):
		}
	}
}

// idleLook is the time between two calls of idle while the run is paused.
const idleLook = 50 * time.Millisecond

// epoch is called by the run after each epoch. It makes the run wait, for
// viewing epoch by epoch or in slow motion.
func (c *control) epoch(ended <-chan struct{}, end neuron.Time) {
	if !c.busy.Load() {
		return
	}
	for !isClosed(ended) {
		c.mu.Lock()
		wake, wait := c.wake, time.Duration(0)
		switch {
		case c.over:
		case c.epochs > 0:
			c.epochs--
			c.within = c.epochs == 0
			wait = -1
			if !c.within {
				wait = 0
			} else {
				c.arrive()
			}
		case c.within && c.paused && c.steps == 0:
			wait = -1
		default:
			if c.within && c.steps > 0 {
				c.steps-- // the rest of this one
			}
			c.within = false
			if c.speed > 0 {
				wait = c.ahead(end)
			}
		}
		c.busy.Store(c.speed > 0 || c.epochs > 0 || c.within)
		c.mu.Unlock()
		if wait == 0 {
			return
		}
		var late <-chan time.Time
		if wait > 0 {
			late = time.After(wait)
		}
		select {
		case <-wake:
		case <-ended:
		case <-late:
			return
		}
		c.mu.Lock()
		again := c.epochs > 0
		c.mu.Unlock()
		if again { // more epochs were requested
			return
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// ahead returns how far the run is ahead of the set speed.
func (c *control) ahead(now neuron.Time) time.Duration {
	if c.anchorReal.IsZero() {
		c.anchorReal, c.anchorSim = time.Now(), now
	}
	due := time.Duration(float64(now-c.anchorSim) / c.speed * float64(time.Microsecond))
	ahead := due - time.Since(c.anchorReal)
	if ahead < -time.Second { // it cannot keep up: do not run faster later to compensate
		c.anchorReal, c.anchorSim = time.Now(), now
	}
	return max(ahead, 0)
}

// status is the part of Status that control knows.
type status struct {
	Paused bool    `json:"paused"`
	Within bool    `json:"within"` // waits within a presentation
	Stands bool    `json:"stands"` // waits between two presentations
	Speed  float64 `json:"speed"`
	Queued int     `json:"queued"`
	Over   bool    `json:"over"`
}

func (c *control) status() status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return status{Paused: c.paused, Within: c.within, Stands: c.standing, Speed: c.speed, Queued: len(c.queue), Over: c.over}
}
