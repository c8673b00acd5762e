package actors

import (
	"io"
	"sync/atomic"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// verb is what is asked of an actor.
type verb uint8

const (
	build   verb = iota // make your neurons
	advance             // live through an epoch
	save                // append your state
	load                // replace your state
	report              // say something about yourself
	peek                // say what your synapses were told
	settle              // take in what was told you
	roll                // begin a recording
	mark                // record what you are
	seal                // record what you are, and no more
)

// request is a call of the engine's user; the coordinator answers a reply.
type request struct {
	verb  verb
	until neuron.Time // advance
	feed  sim.Feed
	sink  sim.Sink
	state []byte      // load
	w     io.Writer   // save; nil: into the reply
	ids   []neuron.ID // report
	want  neuron.Want
	tape  *recorder // roll
}

type reply struct {
	now     neuron.Time
	state   []byte
	reports []neuron.Report
	err     error
	lost    bool // the coordinator will not answer again: a neuron holds it up
}

// order is what the coordinator asks of one shard. The shard sends the same
// order back, filled in: whoever was sent it owns it.
type order struct {
	shard int
	verb  verb

	inputs, spikes []neuron.Spike // of the epoch before, to be delivered first
	epoch          sim.Epoch      // advance
	now            neuron.Time    // load
	records        []sim.Record
	ids            []neuron.ID // report: neurons of this shard
	want           neuron.Want

	out     neuron.Output // advance: what the neurons did
	next    neuron.Time   // the earliest time at which the shard has something to do
	at      int           // save: the neuron of the shard with which the next piece begins; −1: get ready
	state   []byte        // save: a piece
	reports []neuron.Report
	err     error
}

// bundle is everything a neuron is asked in one epoch; the neuron fills in
// the answer. A shard has one and hands it from neuron to neuron.
type bundle struct {
	verb   verb
	inbox  *neuron.Inbox
	record []byte    // load
	seen   []float64 // save, load: what the neuron is shown of its inputs
	want   neuron.Want

	out      *neuron.Output // advance: the neuron appends to it
	next     neuron.Time    // next update of its own clock
	state    []byte         // save: the neuron appends to it
	report   neuron.Report
	inputs   []float64 // peek
	err      error
	answered bool
}

// pulse is how a shard shows that it gets on: a counter and the neuron it is
// busy with. It is all that actors share, and only the watchdog reads it.
type pulse struct {
	count uint32 // of the shard alone
	value atomic.Uint64
}

// beat says that the shard turns to neuron id; −1: to none.
func (p *pulse) beat(id neuron.ID) {
	p.count++
	p.value.Store(uint64(p.count)<<32 | uint64(uint32(id+1)))
}

// read returns a number that changes with every beat, and the neuron the
// shard is busy with, −1 for none.
func (p *pulse) read() (mark uint64, busy neuron.ID) {
	v := p.value.Load()
	return v, neuron.ID(uint32(v)) - 1
}

// tick is the watchdog's message to the coordinator, about one request.
type tick struct{ request *request }

// unanswered is a shard's message to itself: a neuron gave no answer, and by
// the time this arrives its failure, a system message, has been told.
type unanswered struct{}
