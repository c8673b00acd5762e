package sim

import (
	"fmt"
	"slices"

	"infomorph/neuron"
)

// Feed is the external input of a network: spikes of input channels and
// broadcast signals, each sorted by time.
type Feed struct {
	Inputs  []neuron.Spike
	Signals []neuron.Signal
}

// check returns an error unless the feed is in [from, until), is sorted, and
// only names existing channels.
func (f Feed) check(from, until neuron.Time, net *Network) error {
	lo, hi := neuron.ID(net.NumNeurons()), neuron.ID(net.NumNeurons()+net.NumChannels())
	for i, s := range f.Inputs {
		switch {
		case s.Time < from || s.Time >= until:
			return fmt.Errorf("sim: input at %v is outside [%v, %v)", s.Time, from, until)
		case s.Source < lo || s.Source >= hi:
			return fmt.Errorf("sim: input from source %d, channels are %d to %d", s.Source, lo, hi-1)
		case i > 0 && s.Compare(f.Inputs[i-1]) < 0:
			return fmt.Errorf("sim: inputs are not in order at %v, channel %d", s.Time, s.Source)
		}
	}
	for i, s := range f.Signals {
		if s.Time < from || s.Time >= until || i > 0 && s.Time < f.Signals[i-1].Time {
			return fmt.Errorf("sim: signal at %v is out of order or outside [%v, %v)", s.Time, from, until)
		}
	}
	return nil
}

// Epoch is one step of the network: the times from Index·width, or from the end
// of the last step, to End, and the external input of these times.
type Epoch struct {
	Index   int64
	End     neuron.Time
	Inputs  []neuron.Spike
	Signals []neuron.Signal
}

// Scheduler divides the time up to a target into epochs. It leaves out epochs in
// which nothing happens.
type Scheduler struct {
	now, until, width neuron.Time
	feed              Feed
}

// NewScheduler returns a scheduler for [now, until) of the network.
func NewScheduler(net *Network, now, until neuron.Time, feed Feed) (*Scheduler, error) {
	if until < now {
		return nil, fmt.Errorf("sim: cannot advance from %v back to %v", now, until)
	}
	if err := feed.check(now, until, net); err != nil {
		return nil, err
	}
	return &Scheduler{now: now, until: until, width: net.Width(), feed: feed}, nil
}

// Next returns the next epoch in which something happens. routers is the
// earliest time at which a router has something to do. ok is false at the end.
func (p *Scheduler) Next(routers neuron.Time) (e Epoch, ok bool) {
	t := max(routers, p.now)
	if len(p.feed.Inputs) > 0 {
		t = min(t, p.feed.Inputs[0].Time)
	}
	if len(p.feed.Signals) > 0 {
		t = min(t, p.feed.Signals[0].Time)
	}
	if t >= p.until {
		p.now = p.until
		return Epoch{}, false
	}
	e.Index = int64(t / p.width)
	e.End = min(neuron.Time(e.Index+1)*p.width, p.until)
	k, _ := slices.BinarySearchFunc(p.feed.Inputs, e.End, func(s neuron.Spike, end neuron.Time) int { return before(s.Time, end) })
	e.Inputs, p.feed.Inputs = p.feed.Inputs[:k], p.feed.Inputs[k:]
	k, _ = slices.BinarySearchFunc(p.feed.Signals, e.End, func(s neuron.Signal, end neuron.Time) int { return before(s.Time, end) })
	e.Signals, p.feed.Signals = p.feed.Signals[:k], p.feed.Signals[k:]
	p.now = e.End
	return e, true
}

// before compares a time with an end, for a binary search of the first t ≥ end.
func before[T neuron.Time | int32](t, end T) int {
	if t < end {
		return -1
	}
	return 1
}
