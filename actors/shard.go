package actors

import (
	"fmt"
	"runtime/debug"
	"strconv"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/sim"
	"infomorph/neuron"
)

// shard is the actor that drives the neurons first … last−1. It owns the
// router that carries spikes to them. In mode Neurons each of them is a child
// actor, in mode Population they are the shard's own.
type shard struct {
	net         *sim.Network
	opts        *Options
	first, last neuron.ID
	pulse       *pulse

	router *sim.Router
	own    []*neuronActor // mode Population
	refs   []*actor.PID   // mode Neurons
	bundle bundle

	order   *order // under way
	at      int    // the neuron that is asked
	failure *crash // of that neuron
}

// Receive carries out one order of the coordinator.
func (s *shard) Receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *order:
		s.order = m
		if s.obey(ctx, m) {
			s.answer(ctx)
		} else {
			ctx.Send(ctx.Self(), &unanswered{})
		}
	case *unanswered:
		s.order.err = s.neuronError()
		s.answer(ctx)
	}
}

func (s *shard) answer(ctx actor.Context) {
	s.pulse.beat(-1)
	ctx.Send(ctx.Parent(), s.order)
}

// HandleFailure makes the shard the supervisor of its neurons: one that
// panics is stopped, never restarted, as its state is lost.
func (s *shard) HandleFailure(_ *actor.ActorSystem, sup actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	s.failure = asCrash(reason)
	sup.StopChildren(child)
}

func asCrash(reason any) *crash {
	if c, ok := reason.(crash); ok {
		return &c
	}
	return &crash{reason, debug.Stack()}
}

// neuronError says why the neuron that was asked gave no answer.
func (s *shard) neuronError() *NeuronError {
	e := &NeuronError{Neuron: s.first + neuron.ID(s.at), End: neuron.Never, Reason: "gave no answer"}
	if s.order.verb == advance {
		e.End = s.order.epoch.End
	}
	if s.failure != nil {
		e.Reason, e.Stack = s.failure.reason, s.failure.stack
	}
	return e
}

// obey carries out o. It returns false if a neuron gave no answer.
func (s *shard) obey(ctx actor.Context, o *order) (ok bool) {
	o.err = nil
	switch o.verb {
	case build:
		o.err = s.build(ctx)
		return true
	case load:
		return s.load(ctx, o)
	}
	s.router.Deliver(o.inputs, o.spikes)
	switch o.verb {
	case advance:
		ok = s.advance(ctx, o)
	case save:
		ok = s.save(ctx, o)
	case report:
		ok = s.report(ctx, o)
	}
	o.next = s.router.Next()
	return ok
}

// build makes the neurons, and the actors that own them.
func (s *shard) build(ctx actor.Context) error {
	s.router = s.net.NewRouter(s.first, s.last)
	var newborn *neuronActor
	props := actor.PropsFromProducer(func() actor.Actor { return newborn },
		actor.WithDispatcher(synchronized), actor.WithMailbox(actor.Unbounded()))
	for id := s.first; id < s.last; id++ {
		n, err := s.net.NewNeuron(id)
		if err != nil {
			return fmt.Errorf("neuron %d: %w", id, err)
		}
		s.pulse.beat(id)
		s.router.SetWake(int(id-s.first), n.Next())
		newborn = &neuronActor{n, s.opts.tap}
		if s.opts.Mode == Population {
			s.own = append(s.own, newborn)
			continue
		}
		ref, err := ctx.SpawnNamed(props, strconv.Itoa(int(id)))
		if err != nil {
			return fmt.Errorf("neuron %d: %w", id, err)
		}
		s.refs = append(s.refs, ref)
	}
	return nil
}

// synchronized runs an actor on the goroutine that sends to it, so that a
// neuron has answered when its shard's Send returns. It is safe because only
// the shard ever sends to its neurons.
var synchronized = actor.NewSynchronizedDispatcher(300)

func (s *shard) advance(ctx actor.Context, o *order) bool {
	o.out.Reset()
	s.router.Open(o.epoch.Index, o.epoch.End)
	s.bundle.out = &o.out
	for i := range s.router.Len() {
		if len(o.epoch.Signals) == 0 && !s.router.Due(i, o.epoch.End) {
			continue
		}
		s.bundle.inbox = neuron.Inbox{Events: s.router.Events(i), Signals: o.epoch.Signals, End: o.epoch.End}
		if !s.ask(ctx, i, advance) {
			return false
		}
		s.router.SetWake(i, s.bundle.next)
	}
	sim.SortOutput(&o.out)
	return true
}

// ask asks neuron i what the bundle says. It returns false if there is no
// answer.
func (s *shard) ask(ctx actor.Context, i int, v verb) bool {
	s.at = i
	s.pulse.beat(s.first + neuron.ID(i))
	s.bundle.verb, s.bundle.answered, s.bundle.err = v, false, nil
	if s.own != nil {
		s.askOwn(s.own[i])
	} else {
		ctx.Send(s.refs[i], &s.bundle)
	}
	return s.bundle.answered
}

// askOwn lets a neuron answer that is no actor, and catches its panic.
func (s *shard) askOwn(a *neuronActor) {
	defer func() {
		if reason := recover(); reason != nil {
			s.failure = &crash{reason, debug.Stack()}
		}
	}()
	a.answer(&s.bundle)
}

func (s *shard) save(ctx actor.Context, o *order) bool {
	flight := s.router.InFlight()
	s.bundle.state = nil
	for i := range s.router.Len() {
		if !s.ask(ctx, i, save) {
			return false
		}
		if o.err = s.bundle.err; o.err != nil {
			return true
		}
		s.bundle.state = flight.Append(s.bundle.state, i)
	}
	o.state, s.bundle.state = s.bundle.state, nil
	return true
}

func (s *shard) load(ctx actor.Context, o *order) bool {
	s.router.Clear(o.now)
	for i, rec := range o.records {
		s.bundle.record = rec.Neuron
		if !s.ask(ctx, i, load) {
			return false
		}
		if s.bundle.err != nil {
			o.err = fmt.Errorf("%w: %w", sim.ErrState, s.bundle.err)
			return true
		}
		if o.err = s.router.Restore(i, s.bundle.next, rec, o.now); o.err != nil {
			return true
		}
	}
	o.next = s.router.Next()
	return true
}

func (s *shard) report(ctx actor.Context, o *order) bool {
	o.reports = nil
	s.bundle.want = o.want
	for _, id := range o.ids {
		if !s.ask(ctx, int(id-s.first), report) {
			return false
		}
		o.reports = append(o.reports, s.bundle.report)
	}
	s.bundle.report = neuron.Report{}
	return true
}
