package actors

import (
	"runtime/debug"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/prefetch"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// shard is the actor that drives the neurons first … last−1. It owns the mail
// that brings spikes to them. In mode Neurons each neuron is a child actor; in
// mode Population the shard owns the neurons itself.
type shard struct {
	net         *sim.Network
	opts        *Options
	first, last neuron.ID
	firstDelay  []neuron.Time
	pulse       *pulse
	waits       bool // in standby for the next order
	standby     standby

	mail    *sim.Mail
	neurons []*neuron.Neuron // in mode Neurons only to prefetch their memory
	refs    []*actor.PID     // mode Neurons
	bundle  bundle

	ctx     actor.Context // of the current order
	order   *order        // in progress
	at      int           // index of the neuron that was asked last
	failure *crash        // of that neuron
}

// Receive carries out an order of the coordinator.
func (s *shard) Receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *order:
		s.carryOut(ctx, m)
	case *unanswered:
		s.order.err = s.neuronError()
		s.carryOut(ctx, s.answer(ctx, 0))
	}
}

// carryOut carries out an order, and those that come while the shard waits after it.
func (s *shard) carryOut(ctx actor.Context, o *order) {
	for o != nil {
		s.order = o
		began := time.Now()
		if !s.obey(ctx, o) {
			ctx.Send(ctx.Self(), &unanswered{})
			return
		}
		o = s.answer(ctx, time.Since(began))
	}
}

// answer says that the order is done. It returns the next order if that comes at once. The
// shard that is done last does not wait, because the coordinator needs its processor.
func (s *shard) answer(ctx actor.Context, took time.Duration) (next *order) {
	s.pulse.beat(-1)
	o := s.order
	waits := s.waits && o.verb == advance && s.standby.open()
	o.away.Store(false)
	if o.round.left.Add(-1) == 0 {
		s.standby.close()
		ctx.Send(ctx.Parent(), o)
		return nil
	}
	if waits {
		return s.standby.wait(took)
	}
	return nil
}

// HandleFailure makes the shard the supervisor of its neurons. A neuron that
// panics is stopped and never restarted, because its state is lost.
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

// neuronError returns the error for a neuron that gave no answer.
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
	s.mail.Deliver(o.inputs, o.spikes)
	switch o.verb {
	case advance:
		ok = s.advance(ctx, o)
	case save:
		ok = s.save(ctx, o)
	case report:
		ok = s.report(ctx, o)
	}
	o.next = s.mail.Next()
	if o.verb == advance {
		o.next = min(o.next, sim.FirstArrival(o.out.Spikes, s.firstDelay))
	}
	return ok
}

// build makes the neurons, and their actors.
func (s *shard) build(ctx actor.Context) error {
	s.mail = sim.NewMail(s.net, s.first, s.last, s.opts.Delivery)
	var newborn *neuronActor
	props := actor.PropsFromProducer(func() actor.Actor { return newborn },
		actor.WithDispatcher(synchronized), actor.WithMailbox(actor.Unbounded()))
	return s.mail.NewNeurons(func(_ int, n *neuron.Neuron) error {
		s.pulse.beat(n.ID())
		s.neurons = append(s.neurons, n)
		if s.opts.Mode == Population {
			return nil
		}
		newborn = &neuronActor{n, s.opts.tap}
		ref, err := ctx.SpawnNamed(props, strconv.Itoa(int(n.ID())))
		s.refs = append(s.refs, ref)
		return err
	})
}

// synchronized runs an actor on the goroutine that sends to it, so a neuron has
// answered when Send returns. This is safe because only the shard sends to its
// neurons.
var synchronized = actor.NewSynchronizedDispatcher(300)

func (s *shard) advance(ctx actor.Context, o *order) bool {
	o.out.Reset()
	s.ctx, s.bundle.out = ctx, &o.out
	if !s.run(o) {
		return false
	}
	sim.SortOutput(&o.out)
	return true
}

// run advances the neurons. It catches a panic of a neuron that is not an
// actor.
func (s *shard) run(o *order) bool {
	defer s.catch()
	return s.mail.Run(o.epoch, s)
}

// catch is deferred. It records a panic as the failure of the neuron that was
// asked. This holds only if the shard owns its neurons; actors catch their own
// panics.
func (s *shard) catch() {
	if reason := recover(); reason != nil {
		if s.opts.Mode != Population {
			panic(reason)
		}
		s.failure = &crash{reason, debug.Stack()}
	}
}

// Hand implements sim.Owner.
func (s *shard) Hand(i int, in *neuron.Inbox) (next neuron.Time, ok bool) {
	if s.opts.Mode == Population {
		s.at = i
		s.pulse.beat(s.first + neuron.ID(i))
		own := s.own(i)
		return own.live(in, s.bundle.out), true
	}
	s.bundle.inbox = in
	ok = s.ask(s.ctx, i, advance)
	return s.bundle.next, ok
}

// Soon implements sim.Owner. It only prefetches memory of the neurons. In mode
// Neurons that memory belongs to their actors, but they run on the same
// goroutine.
func (s *shard) Soon(i int, part sim.Part) {
	if part == sim.Tables && s.refs != nil {
		prefetch.Value(&s.refs[i])
	}
	sim.Prefetch(s.neurons, i, part)
}

// own returns a neuron of mode Population as its actor would hold it.
func (s *shard) own(i int) neuronActor { return neuronActor{s.neurons[i], s.opts.tap} }

// Inputs implements sim.Owner.
func (s *shard) Inputs(i int) ([]float64, bool) {
	ok := s.ask(s.ctx, i, peek)
	return s.bundle.inputs, ok
}

// ask sends the bundle to neuron i with verb v. It returns false if there is no
// answer.
func (s *shard) ask(ctx actor.Context, i int, v verb) bool {
	s.at = i
	s.pulse.beat(s.first + neuron.ID(i))
	s.bundle.verb, s.bundle.answered, s.bundle.err = v, false, nil
	if s.opts.Mode == Population {
		s.askOwn(i)
	} else {
		ctx.Send(s.refs[i], &s.bundle)
	}
	return s.bundle.answered
}

// askOwn lets a neuron that is not an actor answer, and catches its panic.
func (s *shard) askOwn(i int) {
	defer s.catch()
	own := s.own(i)
	own.answer(&s.bundle)
}

// save makes the next piece of the state; the first call prepares it.
func (s *shard) save(ctx actor.Context, o *order) bool {
	if o.at < 0 {
		s.mail.Save(o.now)
		o.at = 0
		return true
	}
	s.bundle.state = o.state[:0]
	for ; o.at < s.mail.Len() && len(s.bundle.state) < sim.Piece; o.at++ {
		s.bundle.seen = s.mail.Seen(o.at)
		if !s.ask(ctx, o.at, save) {
			return false
		}
		if o.err = s.bundle.err; o.err != nil {
			return true
		}
		s.bundle.state = s.mail.AppendEvents(s.bundle.state, o.at)
	}
	o.state, s.bundle.state = s.bundle.state, nil
	return true
}

func (s *shard) load(ctx actor.Context, o *order) bool {
	s.mail.Begin(o.now, o.records)
	for i, rec := range o.records {
		s.bundle.record, s.bundle.seen = rec.Neuron, s.mail.Seen(i)
		if !s.ask(ctx, i, load) {
			return false
		}
		if o.err = s.bundle.err; o.err != nil {
			return true
		}
		if o.err = s.mail.Restore(i, s.bundle.next, rec); o.err != nil {
			return true
		}
	}
	o.next = s.mail.Next()
	return true
}

func (s *shard) report(ctx actor.Context, o *order) bool {
	o.reports = nil
	s.bundle.want = o.want
	for _, id := range o.ids {
		if s.bundle.seen = nil; o.want&neuron.WantLearning != 0 {
			s.bundle.seen = s.mail.Present(int(id-s.first), o.now)
		}
		if !s.ask(ctx, int(id-s.first), report) {
			return false
		}
		o.reports = append(o.reports, s.bundle.report)
	}
	s.bundle.report = neuron.Report{}
	return true
}
