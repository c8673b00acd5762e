package neuron

import (
	"fmt"
	"time"
)

// Time is simulated time in microseconds since the start of the run.
type Time int64

// Common spans of simulated time.
const (
	Microsecond Time = 1
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
)

// Never is later than the time of any event.
const Never Time = 1<<63 - 1

// String returns t with its unit, such as "12.5ms".
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	return fmt.Sprint(time.Duration(t) * time.Microsecond)
}

// ID identifies a neuron or an external input channel. The neurons of a network
// are 0 … N−1 and its channels N … N+M−1, so one number identifies a source.
type ID int32

// Port is the class of an input.
type Port uint8

// The ports, in the order in which simultaneous events are applied.
const (
	Receptive  Port = iota // R: the input that the neuron encodes
	Contextual             // C: from the rest of the network
	Lateral                // L: from neurons of the same population
	NumPorts   = 3
)

// String returns the port's one-letter name: r, c or l.
func (p Port) String() string {
	if p >= NumPorts {
		return fmt.Sprintf("port(%d)", uint8(p))
	}
	return "rcl"[p : p+1]
}

// Spike is a change of the output of a neuron or a channel, as it is sent to
// all its targets: from Time on the output is Value. Neurons send −1 or +1, or
// a graded value in GradedBelief and EmphaticBelief.
type Spike struct {
	Time   Time
	Source ID
	Value  float32
}

// Compare orders spikes by (time, source), the order in which every engine
// reports and delivers them.
func (s Spike) Compare(o Spike) int {
	switch {
	case s.Time != o.Time:
		if s.Time < o.Time {
			return -1
		}
		return 1
	case s.Source != o.Source:
		if s.Source < o.Source {
			return -1
		}
		return 1
	}
	return 0
}
