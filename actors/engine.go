package actors

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Engine runs a network on Proto.Actor. It implements sim.Engine and is used
// by one goroutine.
type Engine struct {
	opts   Options
	net    *sim.Network
	system *actor.ActorSystem
	desk   *desk
	root   *actor.PID // the coordinator
	done   chan struct{}
	now    neuron.Time
	closed bool
	lost   error // why the actors will not answer again; nil: they do
}

var _ sim.Engine = (*Engine)(nil)

// New starts the actors of a prepared network. The engine must be closed.
func New(net *sim.Network, opts Options) (*Engine, error) {
	opts, err := opts.complete(net)
	if err != nil {
		return nil, err
	}
	e := &Engine{opts: opts, system: newSystem(opts.Logger)}
	e.desk = newDesk(e.system)
	if err := e.start(net); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// start makes the actors that run a network.
func (e *Engine) start(net *sim.Network) error {
	e.net, e.done = net, make(chan struct{})
	c := &coordinator{requests: requests{root: e.system.Root}, net: net, opts: &e.opts, bounds: partition(net, e.opts.Shards), firstDelay: net.FirstDelays(), done: e.done}
	c.ended = c.forget
	e.root = e.system.Root.Spawn(actor.PropsFromProducer(func() actor.Actor { return c }))
	_, err := e.call(&request{verb: build})
	return err
}

// newSystem returns an actor system that does not outlive its engine. Its dead
// letter throttle is a goroutine that sleeps for the interval given here, so
// the interval is short.
func newSystem(log *slog.Logger) *actor.ActorSystem {
	return actor.NewActorSystem(
		actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return log }),
		actor.WithDeadLetterThrottleInterval(time.Millisecond),
	)
}

// call sends a request to the coordinator and waits for the reply. It cannot
// wait for ever: the coordinator's watchdog ends a request that makes no
// progress.
func (e *Engine) call(r *request) (*reply, error) {
	if e.closed {
		return nil, ErrClosed
	}
	if e.lost != nil {
		return nil, e.lost
	}
	answer, err := e.desk.ask(e.root, r)
	if err != nil {
		return nil, fmt.Errorf("actors: %w", err)
	}
	p := answer.(*reply)
	e.now = p.now
	if p.lost {
		e.lost = p.err
	}
	return p, p.err
}

// Now implements sim.Engine.
func (e *Engine) Now() neuron.Time { return e.now }

// Advance implements sim.Engine. The sink is called on another goroutine while
// Advance waits. After an error of the sink, or of the context, the engine stands
// at the end of the last epoch that the sink was given, and can still be used.
// After a *NeuronError it can only be closed.
func (e *Engine) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := e.call(&request{verb: advance, until: until, feed: feed, sink: sink, ended: ctx.Err})
	return err
}

// Report implements sim.Engine.
func (e *Engine) Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error) {
	p, err := e.call(&request{verb: report, ids: ids, want: want})
	if err != nil {
		return nil, err
	}
	return p.reports, nil
}

// State implements sim.Engine.
func (e *Engine) State() ([]byte, error) {
	p, err := e.call(&request{verb: save})
	if err != nil {
		return nil, err
	}
	return p.state, nil
}

// WriteState implements sim.StateWriter. The writer is used on another goroutine
// while WriteState waits.
func (e *Engine) WriteState(w io.Writer) error {
	_, err := e.call(&request{verb: save, w: w})
	return err
}

// Network implements sim.Engine.
func (e *Engine) Network() *sim.Network { return e.net }

// Restore implements sim.Engine. If the state is of a network with another
// structure, the actors are replaced by new ones.
func (e *Engine) Restore(state []byte) error {
	if e.closed {
		return ErrClosed
	}
	net, err := sim.NetworkOf(state, e.net)
	if err != nil {
		return err
	}
	if net != e.net {
		if err := e.stop(); err != nil {
			return err
		}
		if err := e.start(net); err != nil {
			return err
		}
	}
	_, err = e.call(&request{verb: load, state: state})
	return err
}

// maxClose bounds how long Close waits for actors that do not stop.
const maxClose = 10 * time.Second

// Close stops all actors, children first, and then the system. It returns an
// error if an actor does not stop, for example because a neuron never returns.
func (e *Engine) Close() error {
	if e.closed {
		return nil
	}
	e.closed = true
	defer e.system.Shutdown()
	return e.stop()
}

// stop stops the actors and waits until they have stopped.
func (e *Engine) stop() error {
	e.system.Root.Stop(e.root)
	patience := time.NewTimer(min(e.opts.Deadline, maxClose))
	defer patience.Stop()
	select {
	case <-e.done:
		return nil
	case <-patience.C:
		return fmt.Errorf("actors: an actor still runs %v after it was told to stop", min(e.opts.Deadline, maxClose))
	}
}
