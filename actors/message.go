package actors

import (
	"io"
	"sync/atomic"

	"golang.org/x/sys/cpu"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// verb says what a request, an order or a command asks for.
type verb uint8

const (
	build   verb = iota // make the neurons
	advance             // advance to a given time
	save                // append the state
	load                // replace the state
	report              // return neuron reports
	peek                // return the presynaptic values
	settle              // take in the spikes received since the last update
	roll                // begin a recording
	mark                // record the present state
	seal                // record the present state and end the recording
)

// request is a call by the engine's user; the coordinator answers with a reply.
type request struct {
	verb  verb
	until neuron.Time // advance
	feed  sim.Feed
	sink  sim.Sink
	ended func() error // the error of the caller's context
	state []byte       // load
	w     io.Writer    // save; nil: the state goes into the reply
	ids   []neuron.ID  // report
	want  neuron.Want
	tape  *recorder // roll
}

type reply struct {
	now     neuron.Time
	state   []byte
	reports []neuron.Report
	err     error
	lost    bool // the coordinator will not answer again: a neuron blocks it
}

// order is a request of the coordinator to one shard. The shard fills in the results. If
// its order is the last one of the round, it sends it back. The shard owns it as long as
// it is away, then the coordinator.
type order struct {
	round *round
	away  atomic.Bool
	verb  verb

	inputs, spikes []neuron.Spike // of the epoch before, to be delivered first
	epoch          sim.Epoch      // advance
	now            neuron.Time    // load
	records        []sim.Record
	ids            []neuron.ID // report: neurons of this shard
	want           neuron.Want

	out     neuron.Output // advance: what the neurons did
	next    neuron.Time   // the earliest time at which the shard has something to do
	at      int           // save: index in the shard of the first neuron of the next piece; −1: prepare
	state   []byte        // save: a piece
	reports []neuron.Report
	err     error
}

// bundle is a request of a shard to one neuron; the neuron fills in the answer.
// A shard has one bundle and uses it for one neuron after the other.
type bundle struct {
	verb   verb
	inbox  *neuron.Inbox
	record []byte    // load
	seen   []float64 // save, load: the presynaptic values that the neuron is shown
	want   neuron.Want

	out      *neuron.Output // advance: the neuron appends to it
	next     neuron.Time    // next update of its own clock
	state    []byte         // save: the neuron appends to it
	report   neuron.Report
	inputs   []float64 // peek
	err      error
	answered bool
}

// pulse shows that a shard, or a free-running neuron, makes progress: a
// counter, and the neuron that is running. It is written without messages, and
// only the watchdog reads it. It does not share a cache line with the pulse of another
// shard, because both are written at every update.
type pulse struct {
	_     cpu.CacheLinePad
	count uint32 // used by the writer only
	value atomic.Uint64
	_     cpu.CacheLinePad
}

// beat notes that neuron id starts to run; −1: none.
func (p *pulse) beat(id neuron.ID) {
	p.count++
	p.value.Store(uint64(p.count)<<32 | uint64(uint32(id+1)))
}

// read returns a number that changes with every beat, and the neuron that is
// running, −1 for none.
func (p *pulse) read() (mark uint64, busy neuron.ID) {
	v := p.value.Load()
	return v, neuron.ID(uint32(v)) - 1
}

// tick is the message of the watchdog to the coordinator or the driver, about
// one request.
type tick struct{ request *request }

// cancelled is a message to the driver: the context of a request has been
// cancelled.
type cancelled struct {
	request *request
	err     error
}

// unanswered is a message of a shard to itself after a neuron gave no answer.
// The failure of the neuron is a system message, so it has been handled when
// this one arrives.
type unanswered struct{}
