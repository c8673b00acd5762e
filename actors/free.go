package actors

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/recording"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// FreeOptions say how a network runs free.
type FreeOptions struct {
	// Deadline is how long nothing may move before the run ends with an error
	// that names the neurons that stand still; 0: a minute.
	Deadline time.Duration
	// Credits is how many spikes of a neuron may be on their way before it
	// waits for the slowest of its targets; 0: 2.
	Credits int
	Logger  *slog.Logger

	tap   func(neuron.ID, neuron.Inbox) // see Options
	cheat func(*freeNeuron)             // plants a violation of locality
}

const (
	defaultCredits = 2
	maxCredits     = 1024
)

func (o FreeOptions) complete() (FreeOptions, error) {
	switch {
	case o.Credits < 0 || o.Credits > maxCredits:
		return o, fmt.Errorf("actors: %d credits, expected 0 to %d", o.Credits, maxCredits)
	case o.Deadline < 0:
		return o, fmt.Errorf("actors: the deadline is %v, expected more than 0", o.Deadline)
	}
	if o.Credits == 0 {
		o.Credits = defaultCredits
	}
	if o.Deadline == 0 {
		o.Deadline = defaultDeadline
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// ErrNotFree is wrapped by errors about networks that cannot run free.
var ErrNotFree = errors.New("the network cannot run free")

// checkFree returns an error unless neurons update by clocks of their own or
// when they are told, and nothing is left to happen on the way.
func checkFree(net *sim.Network) error {
	for i := range net.Noise {
		if !net.Noise[i].Zero() {
			return fmt.Errorf("%w: noise on projection %q is for lockstep runs", ErrNotFree, net.Projections[i%len(net.Projections)].Name)
		}
	}
	for id := range neuron.ID(net.NumNeurons()) {
		if k := net.Config(id).Clock.Kind; k == neuron.OnEvent {
			return fmt.Errorf("%w: neuron %d updates whenever a spike arrives, and without delays there would be no end to it; give it a clock of its own", ErrNotFree, id)
		}
	}
	return nil
}

// Free runs a network without barriers: see the package comment. It implements
// sim.Engine except for the promise that equal runs give equal results; what
// it does can be recorded and replayed.
//
// Advance(until, …) returns when every neuron has lived to until in its own
// time; then all is at rest. The sink is called once for each Advance.
type Free struct{ Engine }

var _ sim.Engine = (*Free)(nil)

// NewFree starts the actors of a prepared network. The engine must be closed.
func NewFree(net *sim.Network, opts FreeOptions) (*Free, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	if err := checkFree(net); err != nil {
		return nil, err
	}
	f := &Free{Engine{net: net, opts: Options{Deadline: opts.Deadline}, system: newSystem(opts.Logger), done: make(chan struct{})}}
	f.desk = newDesk(f.system)
	s := newDriver(net, &opts, f.system.Root, f.done)
	f.root = f.system.Root.Spawn(actor.PropsFromProducer(func() actor.Actor { return s }))
	if _, err := f.call(&request{verb: build}); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Record begins to record the inboxes of all neurons. The writer is used by
// the engine alone until EndRecording or Close returns. room is asked now and
// then, on another goroutine, whether more can be written; its error ends the
// run while the recording can still be completed. nil: there always is.
func (f *Free) Record(w *recording.Writer, room func() error) error {
	if room == nil {
		room = func() error { return nil }
	}
	_, err := f.call(&request{verb: roll, tape: &recorder{w: w, room: room}})
	return err
}

// MarkRecording brings everything so far to the recording's writer, with what
// every neuron is now, so that a run can go on from here in another process.
func (f *Free) MarkRecording() error {
	_, err := f.call(&request{verb: mark})
	return err
}

// Restore implements sim.Engine. The structure of a network that runs free
// cannot change, as there is no instant at which all of it stands still; a
// state with another structure is an error.
func (f *Free) Restore(state []byte) error {
	if net, err := sim.NetworkOf(state, f.net); err == nil && net != f.net {
		return fmt.Errorf("%w: lesions, rewiring and growth need a lockstep run", ErrNotFree)
	}
	return f.Engine.Restore(state)
}

// WriteState implements sim.StateWriter.
func (f *Free) WriteState(w io.Writer) error {
	state, err := f.State()
	if err == nil {
		_, err = w.Write(state)
	}
	return err
}

// EndRecording completes the recording with what every neuron is now. What
// happens after is not recorded. After a failure of the run it keeps what the
// neurons that are left have lived through.
func (f *Free) EndRecording() error {
	_, err := f.call(&request{verb: seal})
	return err
}
