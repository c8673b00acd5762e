package neuron

import "cmp"

// Event is a spike on its last step: at Time the synapse Slot of Port takes
// the presynaptic value Value. Slots of a port are in the order of their
// sources, so (Time, Port, Slot) is the key (time, port, source).
type Event struct {
	Time  Time
	Value float32
	Slot  int32
	Port  Port
}

// Compare orders the events of one neuron by (time, port, slot). Equal keys
// are two spikes of one source that arrive together; sorting must be stable
// so that the one sent last wins.
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

// The signals. A stimulus broadcasts them; they carry no information about
// any single neuron.
const (
	// Tick makes the neuron update now; Flags say what the update does.
	Tick SignalKind = iota
	// SetPlastic turns learning on (Value ≠ 0) or off.
	SetPlastic
	// SetDynamics chooses how outputs are made from now on (Value is a Dynamics).
	SetDynamics
	// SetRateScale multiplies all learning rates by Value from now on.
	SetRateScale
	// SetSilent stops the neuron telling its output (Value ≠ 0) or releases it.
	SetSilent
	// SetFrozen holds learning (Value ≠ 0), whatever SetPlastic says, or lets go
	// of it.
	SetFrozen
	// SetStuck fixes the output at Value (−1 or +1); 0 releases it.
	SetStuck
	numSignalKinds
)

// Flags of a Tick.
type Flags uint8

// What an update does, besides computing the firing probability.
const (
	Fire    Flags = 1 << iota // choose a new output and tell it
	Learn                     // sample the window and take a learning step, if plastic
	Observe                   // append a Sample to the output
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
// What arrives can also be told by its result: Seen, if it is not nil, is what
// each synapse was told last, by port and slot, as if the events that told so
// had been handed over. Then the neuron holds no presynaptic values of its own
// beyond the call, unless Keep says that it is to go on with them and hear
// events from now on. Nothing must arrive before the updates of an inbox but
// what is in Seen.
type Inbox struct {
	Events  []Event
	Signals []Signal
	End     Time
	Seen    []float64
	Keep    bool
}

// Sample is what a neuron reports about one update.
type Sample struct {
	Time    Time
	Neuron  ID
	Sum     [NumPorts]float64 // port values after their transfer function
	Theta   float64           // P(Y=+1)
	Output  float32           // −1 or +1; a belief in belief dynamics
	Learned bool
}

// Output is what neurons did in an epoch. Buffers are appended to, so a
// caller can reuse them.
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
