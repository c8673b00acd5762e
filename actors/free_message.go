package actors

import (
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// spikeMessage is a spike on its way from one neuron to all its targets. It
// belongs to the sending neuron, and the last target that takes it in sends it
// back. Until then only left may change.
type spikeMessage struct {
	source neuron.ID
	value  float32
	from   *actor.PID
	left   atomic.Int32 // targets that have not taken it in yet
}

// command is a request of the driver to a neuron. The neuron fills in the
// results and sends the command back. There is one command per neuron.
type command struct {
	neuron neuron.ID
	verb   verb

	targets  []*actor.PID    // build
	recorder *actor.PID      // roll
	until    neuron.Time     // advance, settle
	inputs   []neuron.Event  // from channels, not sorted
	signals  []neuron.Signal // sorted
	record   sim.Record      // load
	now      neuron.Time
	want     neuron.Want // report

	out    neuron.Output // advance
	state  []byte        // save, seal: as in a network's state
	report neuron.Report
	err    error
}

// continueMessage is a neuron's message to itself: do the next update.
type continueMessage struct{}

// block is a piece of a neuron's recording. It goes to the recorder and comes
// back.
type block struct {
	neuron neuron.ID
	kind   inboxes.Kind
	data   []byte
	from   *actor.PID // where it is sent back to; nil: nowhere
}

// closing tells the recorder that all neurons have written an end. The recorder
// sends it back.
type closing struct {
	last  bool // the recording of the whole network ends
	final inboxes.Final
	err   error
}
