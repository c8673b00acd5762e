package actors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// FreeOptions are the options of a free-running network.
type FreeOptions struct {
	// Deadline is how long the run may make no progress before it ends with an
	// error that names the neurons that do not answer; 0 means one minute.
	Deadline time.Duration
	// Credits is how many spikes of one neuron may be in flight before the
	// neuron waits for its slowest target; 0 means 2.
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

// checkFree returns an error unless every neuron has a clock of its own or
// updates on signals, and no projection has noise on its spikes.
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
// sim.Engine, except that equal runs do not have to give equal results. A run
// can be recorded and replayed.
//
// Advance(until, …) returns when every neuron has reached until in its own
// time; then nothing moves. The sink is called once per Advance. If the context
// is cancelled before that, the neurons stand at different times: the recording
// can still be completed, but afterwards the engine can only be closed.
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

// Advance implements sim.Engine.
func (f *Free) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &request{verb: advance, until: until, feed: feed, sink: sink}
	stop := context.AfterFunc(ctx, func() { f.system.Root.Send(f.root, &cancelled{r, ctx.Err()}) })
	defer stop()
	_, err := f.call(r)
	return err
}

// Record begins to record the inboxes of all neurons. Only the engine may use
// the writer until EndRecording or Close returns. room is called from time to
// time, on another goroutine, and reports whether more can be written; an error
// of room ends the run while the recording can still be completed. A nil room
// means that there is always enough space.
func (f *Free) Record(w *inboxes.Writer, room func() error) error {
	if room == nil {
		room = func() error { return nil }
	}
	_, err := f.call(&request{verb: roll, tape: &recorder{w: w, room: room}})
	return err
}

// MarkRecording flushes the recording so far to its writer, together with the
// current state of every neuron, so that another process can continue the run
// from here.
func (f *Free) MarkRecording() error {
	_, err := f.call(&request{verb: mark})
	return err
}

// Restore implements sim.Engine. The structure of a free-running network cannot
// change, because there is no instant at which all its neurons stand still. A
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

// EndRecording completes the recording with the current state of every neuron.
// What happens later is not recorded. After a failure of the run it keeps what
// the remaining neurons have processed.
func (f *Free) EndRecording() error {
	_, err := f.call(&request{verb: seal})
	return err
}
