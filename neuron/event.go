package neuron

import "cmp"

// Event is the arrival of a spike: at Time the synapse Slot of Port gets the
// presynaptic value Value. The slots of a port are in the order of their
// sources, so the key (Time, Port, Slot) orders events as (time, port, source)
// does.
type Event struct {
	Time  Time
	Value float32
	Slot  int32
	Port  Port
}

// Compare orders the events of one neuron by (time, port, slot). Two events
// with equal keys are spikes of one source that arrive together; sorting must
// be stable, so that the later sent one wins.
func (e Event) Compare(o Event) int {
	if c := cmp.Compare(e.Time, o.Time); c != 0 {
		return c
	}
	if c := cmp.Compare(e.Port, o.Port); c != 0 {
		return c
	}
	return cmp.Compare(e.Slot, o.Slot)
}

// SignalKind says what a broadcast signal does.
type SignalKind uint8

// The signals. They are broadcast with a stimulus and carry no information
// about any single neuron.
const (
	// Tick makes the neuron update now; Flags say what the update does.
	Tick SignalKind = iota
	// SetPlastic turns learning on (Value ≠ 0) or off.
	SetPlastic
	// SetDynamics chooses how outputs are made from now on (Value is a Dynamics).
	SetDynamics
	// SetRateScale multiplies all learning rates by Value from now on.
	SetRateScale
	// SetSilent stops the neuron from sending its output (Value ≠ 0) or lets it
	// send again.
	SetSilent
	// SetFrozen stops learning (Value ≠ 0), whatever SetPlastic says, or allows
	// it again.
	SetFrozen
	// SetStuck fixes the output at Value (−1 or +1); 0 releases it.
	SetStuck
)

// Flags of a Tick.
type Flags uint8

// What an update does, besides computing the firing probability.
const (
	Fire     Flags = 1 << iota // choose a new output and send it
	Learn                      // add a sample to the window and take a learning step, if plastic
	Observe                    // append a Sample to the output
	Surprise                   // keep the sample for learning, and send the surprise
)

// Signal is a broadcast to the neurons First ≤ id < Last at one time.
type Signal struct {
	Time        Time
	Kind        SignalKind
	Flags       Flags
	First, Last ID
	Value       float64
}

// Reaches reports whether the signal is meant for neuron id.
func (s Signal) Reaches(id ID) bool { return s.First <= id && id < s.Last }

// Inbox is everything that reaches one neuron in one epoch: events and
// signals, each sorted by time, all before End.
//
// Instead of events, an inbox can contain their result. Seen, if it is not nil,
// holds the last value that each synapse received, by port and slot, as if the
// events had been delivered. The neuron then keeps no presynaptic values after
// the call, unless Keep is set: with Keep it keeps them and gets events from
// now on. All values that arrive before the updates of an inbox must be in
// Seen.
type Inbox struct {
	Events  []Event
	Signals []Signal
	End     Time
	Seen    []float64
	Keep    bool
}

// Sample describes one update of a neuron.
type Sample struct {
	Time    Time
	Neuron  ID
	Sum     [NumPorts]float64 // port values after their transfer function
	Theta   float64           // P(Y=+1)
	Output  float32           // −1 or +1; a graded value in GradedBelief and EmphaticBelief
	Learned bool
}

// Output is what neurons did in an epoch. Results are appended, so a caller can
// reuse the buffers.
type Output struct {
	Spikes  []Spike
	Samples []Sample
	Broken  []Breakdown
}

// Reset empties o and keeps its buffers.
func (o *Output) Reset() {
	o.Spikes = o.Spikes[:0]
	o.Samples = o.Samples[:0]
	o.Broken = o.Broken[:0]
}
