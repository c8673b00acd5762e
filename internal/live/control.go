package live

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// control is what a person wants of the run. The run looks at it from its own
// goroutine; whoever changes it wakes the run.
type control struct {
	mu         sync.Mutex
	wake       chan struct{} // closed and made anew at every change
	paused     bool
	steps      int     // steps that may still be made while paused
	epochs     int     // epochs that may still be made while paused; 0: none are counted
	within     bool    // the run stands within a step, after an epoch
	standing   bool    // the run stands still between two steps
	begun      bool    // it has made a step
	speed      float64 // simulated time per time; 0: as fast as it goes
	queue      []journal.Touch
	checkpoint []func(error)
	arrived    []func(error) // to be told when the steps that were asked for are over
	over       bool

	anchorReal time.Time // since when the speed is held
	anchorSim  neuron.Time

	busy atomic.Bool // epochs are to be counted or held back
}

// maxQueue bounds the touches that wait for the run.
const maxQueue = 100

var (
	errOver    = errors.New("the run is over")
	errUnbegun = errors.New("the run has not begun: let it make a step first")
	errBusy    = errors.New("too much is waiting for the run already")
)

// change changes the control and wakes the run.
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

// arrive tells that the run stands where it was to go, or goes on.
func (c *control) arrive() {
	for _, done := range c.arrived {
		done(nil)
	}
	c.arrived = nil
}

// step lets so many steps or epochs happen, and pauses; done is told when they
// are over.
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

// touch queues an event; taken is told when it happens, or why not.
func (c *control) touch(e *language.Event, taken func(*language.Event, error)) error {
	return c.change(func() error {
		switch {
		case len(c.queue) >= maxQueue:
			return errBusy
		case c.standing && !c.begun:
			return errUnbegun
		case c.within: // the presentation comes to its end, where touches happen
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

// end lets nothing wait any more.
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

// marked tells those who asked for a checkpoint what became of it.
func (c *control) marked(err error) {
	c.mu.Lock()
	all := c.checkpoint
	c.checkpoint = nil
	c.mu.Unlock()
	for _, done := range all {
		done(err)
	}
}

// attend is where the run asks what it is to do. It returns when there is
// something, or when it may go on. idle is called while the run stands, so that
// what viewers wait for can be looked at.
func (c *control) attend(ctx context.Context, begin bool, idle func()) journal.Wish {
	for {
		c.mu.Lock()
		wake := c.wake
		c.within, c.standing, c.begun = false, true, !begin
		wish := journal.Wish{}
		if !begin { // what has not begun has nothing to be touched
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
		if !hold || ctx.Err() != nil {
			return wish
		}
		select {
		case <-wake:
		case <-ctx.Done():
		case <-time.After(idleLook):
		}
	}
}

// idleLook is how often a run that stands looks whether viewers miss anything.
const idleLook = 50 * time.Millisecond

// epoch is where the run is held back after an epoch: to be looked at epoch by
// epoch, or in slow motion.
func (c *control) epoch(ctx context.Context, end neuron.Time) {
	if !c.busy.Load() {
		return
	}
	for ctx.Err() == nil {
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
		case <-ctx.Done():
		case <-late:
			return
		}
		c.mu.Lock()
		again := c.epochs > 0
		c.mu.Unlock()
		if again { // the next epoch is what was asked for
			return
		}
	}
}

// ahead returns how far the run is ahead of the speed that it is held to.
func (c *control) ahead(now neuron.Time) time.Duration {
	if c.anchorReal.IsZero() {
		c.anchorReal, c.anchorSim = time.Now(), now
	}
	due := time.Duration(float64(now-c.anchorSim) / c.speed * float64(time.Microsecond))
	ahead := due - time.Since(c.anchorReal)
	if ahead < -time.Second { // it cannot keep up: do not make up for it later
		c.anchorReal, c.anchorSim = time.Now(), now
	}
	return max(ahead, 0)
}

// status is how the run stands.
type status struct {
	Paused bool    `json:"paused"`
	Within bool    `json:"within"` // stands within a presentation
	Stands bool    `json:"stands"` // stands between two
	Speed  float64 `json:"speed"`
	Queued int     `json:"queued"`
	Over   bool    `json:"over"`
}

func (c *control) status() status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return status{Paused: c.paused, Within: c.within, Stands: c.standing, Speed: c.speed, Queued: len(c.queue), Over: c.over}
}
