package actors

import (
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/recording"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// spikeMessage is a spike on its way from one neuron to all its targets. It belongs to
// the neuron that tells it and comes back when the last target has taken it
// in; until then nobody changes anything in it but left.
type spikeMessage struct {
	source neuron.ID
	value  float32
	from   *actor.PID
	left   atomic.Int32 // targets that have not taken it in
}

// command is what the driver asks of a neuron. The neuron sends it back,
// filled in. There is one per neuron.
type command struct {
	neuron neuron.ID
	verb   verb

	targets  []*actor.PID    // build
	recorder *actor.PID      // roll
	until    neuron.Time     // advance, settle
	inputs   []neuron.Event  // of channels, not sorted
	signals  []neuron.Signal // sorted
	record   sim.Record      // load
	now      neuron.Time
	want     neuron.Want // report

	out    neuron.Output // advance
	state  []byte        // save, seal: as in a network's state
	report neuron.Report
	err    error
}

// pace is a neuron's message to itself: update when it is your turn.
type pace struct{}

// block is a piece of a neuron's recording on its way to the recorder, and
// back.
type block struct {
	neuron neuron.ID
	kind   recording.Kind
	data   []byte
	from   *actor.PID // whom it is sent back to; nil: nobody
}

// closing tells the recorder that all neurons have written an end; it is sent
// back.
type closing struct {
	last  bool // so has the network
	final recording.Final
	err   error
}
