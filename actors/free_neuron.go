package actors

import (
	"crypto/sha256"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// freeNeuron is the actor of a free-running neuron. Its next update is due at
// the earliest of its clock, its next input and its next signal, in its own
// time. It updates as soon as it is scheduled. Spikes that arrive in between
// are taken in at the update.
type freeNeuron struct {
	id     neuron.ID
	neuron *neuron.Neuron
	slots  [neuron.NumPorts]int32
	fanIn  fanIn
	pulse  *pulse
	opts   *FreeOptions
	self   *actor.PID

	targets  []*actor.PID
	credits  []*spikeMessage
	received []neuron.Event // received since the last update, in order of arrival
	queue    []neuron.Event // external inputs not yet taken in, sorted
	inbox    []neuron.Event
	command  *command          // in progress; nil: at rest
	waiting  bool              // for a credit or a block to come back
	tape     *tape             // nil: not recorded
	birth    [sha256.Size]byte // SHA-256 of its initial state
}

// Receive handles one message. A panic is passed on with its stack, after the
// inboxes before it have been recorded.
func (a *freeNeuron) Receive(ctx actor.Context) {
	defer func() {
		if reason := recover(); reason != nil {
			stack := debug.Stack()
			if a.tape != nil {
				a.tape.flush(ctx)
			}
			panic(crash{reason, stack})
		}
	}()
	switch m := ctx.Message().(type) {
	case *spikeMessage:
		a.receive(ctx, m)
	case *continueMessage:
		a.step(ctx)
	case *block:
		if a.tape != nil {
			a.tape.back(m)
		}
		a.resume(ctx)
	case *command:
		a.command = m
		a.run(ctx)
	}
}

// receive takes in a spike. If all targets have taken it in, it is the neuron's own
// and has come back: it is a credit again.
func (a *freeNeuron) receive(ctx actor.Context, m *spikeMessage) {
	if m.left.Load() == 0 {
		a.credits = append(a.credits, m)
		a.resume(ctx)
		return
	}
	for _, y := range a.fanIn.of(m.source) {
		a.received = append(a.received, neuron.Event{Value: m.value, Slot: y.slot, Port: y.port})
	}
	if m.left.Add(-1) == 0 {
		ctx.Send(m.from, m)
	}
}

// resume continues a step that waited for a message or a block to come back.
func (a *freeNeuron) resume(ctx actor.Context) {
	if a.waiting {
		a.waiting = false
		a.step(ctx)
	}
}

// run begins a command.
func (a *freeNeuron) run(ctx actor.Context) {
	e := a.command
	e.err = nil
	switch e.verb {
	case build:
		a.wire(ctx, e)
	case advance:
		e.err = a.prepare(ctx, e)
		ctx.Send(a.self, continueUpdates)
		return
	case settle:
		a.settle(ctx, e.until)
	case save:
		a.save(e)
	case load:
		a.load(ctx, e)
	case report:
		e.report = a.neuron.Report(e.want)
	case roll:
		a.tape = newTape(a.id, a.slots, e.recorder, a.self)
	case mark:
		e.err = a.mark(ctx)
	case seal:
		a.seal(ctx, e)
	}
	a.finish(ctx)
}

var continueUpdates = &continueMessage{}

func (a *freeNeuron) finish(ctx actor.Context) {
	e := a.command
	a.command = nil
	ctx.Send(ctx.Parent(), e)
}

// wire initialises the actor: its own address, its targets and its credits.
func (a *freeNeuron) wire(ctx actor.Context, e *command) {
	a.self, a.targets = ctx.Self(), e.targets
	for range a.opts.Credits {
		a.credits = append(a.credits, &spikeMessage{source: a.id, from: a.self})
	}
	state, err := a.neuron.AppendBinary(nil)
	a.birth, e.err = sha256.Sum256(state), err
}

// prepare takes over the external input of an Advance.
func (a *freeNeuron) prepare(ctx actor.Context, e *command) error {
	if len(e.inputs) > 0 {
		a.queue = append(a.queue, e.inputs...)
		slices.SortStableFunc(a.queue, neuron.Event.Compare)
		e.inputs = e.inputs[:0]
	}
	if a.tape == nil || a.tape.begun {
		return nil
	}
	return a.tape.begin(ctx, a.neuron, a.birth)
}

// step does one update. If none is left before the end of the command, it
// finishes the command as soon as all targets have taken in the spikes of this
// neuron.
func (a *freeNeuron) step(ctx actor.Context) {
	if a.command == nil { // the run has ended
		return
	}
	t := a.next()
	switch {
	case t >= a.command.until && len(a.credits) == a.opts.Credits:
		a.finish(ctx)
		return
	case t >= a.command.until, len(a.credits) == 0, a.tape != nil && a.tape.current == nil:
		a.waiting = true
		return
	}
	a.pulse.beat(a.id)
	a.live(ctx, t)
	a.pulse.beat(-1)
	ctx.Send(a.self, continueUpdates)
}

// next returns the time of the neuron's next update.
func (a *freeNeuron) next() neuron.Time {
	t := a.neuron.Next()
	if len(a.queue) > 0 {
		t = min(t, a.queue[0].Time)
	}
	if len(a.command.signals) > 0 {
		t = min(t, a.command.signals[0].Time)
	}
	return t
}

// live performs the update at time t: it takes in the received spikes and the
// external input, advances the neuron, and sends its spikes.
func (a *freeNeuron) live(ctx actor.Context, t neuron.Time) {
	in := neuron.Inbox{Events: a.takeIn(t), Signals: a.takeSignals(t), End: t + 1}
	if a.tape != nil {
		a.tape.add(ctx, t, in)
	}
	if a.opts.tap != nil {
		a.opts.tap(a.id, in)
	}
	if a.opts.cheat != nil {
		a.opts.cheat(a)
	}
	out := &a.command.out
	was := len(out.Spikes)
	a.neuron.Advance(in, out)
	for _, s := range out.Spikes[was:] {
		a.emit(ctx, s.Value)
	}
	if a.tape != nil {
		a.tape.outputDigest.add(out.Spikes[was:])
	}
}

// takeIn returns the events that reach the neuron at t; valid until the next
// call.
func (a *freeNeuron) takeIn(t neuron.Time) []neuron.Event {
	in := a.inbox[:0]
	in = append(in, a.received...)
	for i := range in {
		in[i].Time = t
	}
	a.received = a.received[:0]
	k := 0
	for k < len(a.queue) && a.queue[k].Time <= t {
		k++
	}
	in = append(in, a.queue[:k]...)
	a.queue = append(a.queue[:0], a.queue[k:]...)
	a.inbox = in
	return in
}

func (a *freeNeuron) takeSignals(t neuron.Time) []neuron.Signal {
	s, k := a.command.signals, 0
	for k < len(s) && s[k].Time == t {
		k++
	}
	a.command.signals = s[k:]
	return s[:k]
}

// emit sends a spike to all targets. There is a credit for it, because a neuron
// updates only if it has one and fires at most once per update.
func (a *freeNeuron) emit(ctx actor.Context, value float32) {
	if len(a.targets) == 0 {
		return
	}
	m := a.credits[len(a.credits)-1]
	a.credits = a.credits[:len(a.credits)-1]
	m.value = value
	m.left.Store(int32(len(a.targets)))
	for _, to := range a.targets {
		ctx.Send(to, m)
	}
}

// settle takes in the spikes received since the last update before until. So a
// network at rest has nothing in flight but external inputs.
func (a *freeNeuron) settle(ctx actor.Context, until neuron.Time) {
	if len(a.received) == 0 {
		return
	}
	t := until - 1
	in := neuron.Inbox{Events: a.takeIn(t), End: until}
	if a.tape != nil {
		a.tape.add(ctx, t, in)
	}
	a.neuron.Advance(in, &neuron.Output{})
}

func (a *freeNeuron) save(e *command) {
	e.state, e.err = sim.AppendNeuron(nil, a.neuron, nil)
	e.state = sim.AppendPending(e.state, a.queue)
}

// load replaces the state of the neuron. A recording first records the state
// before and then begins anew.
func (a *freeNeuron) load(ctx actor.Context, e *command) {
	if e.err = a.mark(ctx); e.err != nil {
		return
	}
	if err := a.neuron.UnmarshalBinary(e.record.Neuron); err != nil {
		e.err = fmt.Errorf("%w: %w", sim.ErrState, err)
		return
	}
	if a.neuron.Next() < e.now {
		e.err = fmt.Errorf("%w: the clock of neuron %d stands at %v, before %v", sim.ErrState, a.id, a.neuron.Next(), e.now)
		return
	}
	a.received = a.received[:0]
	a.queue, e.err = e.record.Events(a.slots, e.now)
	if a.tape != nil {
		a.tape.begun = false
	}
}

// mark records the current state of the neuron.
func (a *freeNeuron) mark(ctx actor.Context) error {
	if a.tape == nil || !a.tape.begun {
		return nil
	}
	return a.tape.end(ctx, a.neuron, sim.AppendPending(nil, a.queue))
}

// seal ends the recording of the neuron. There must be one.
func (a *freeNeuron) seal(ctx actor.Context, e *command) {
	if !a.tape.begun {
		e.err = a.tape.begin(ctx, a.neuron, a.birth)
	}
	if e.err == nil {
		e.err = a.mark(ctx)
	}
	if e.err == nil {
		a.save(e)
	}
	a.tape = nil
}

// fanIn lists, for each source neuron, the synapses of a neuron that it drives.
type fanIn struct {
	sources  []neuron.ID // sorted
	offsets  []int32
	synapses []place
}

type place struct {
	slot int32
	port neuron.Port
}

// newFanIn finds the synapses of a neuron from other neurons.
func newFanIn(net *sim.Network, id neuron.ID) fanIn {
	in := net.Incoming(id)
	order := make([]int, 0, len(in.Source))
	slot, slots := make([]int32, len(in.Source)), [neuron.NumPorts]int32{}
	for k, p := range in.Port {
		slot[k] = slots[p]
		slots[p]++
		if int(in.Source[k]) < net.NumNeurons() {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(in.Source[a]) - int(in.Source[b]) })
	var e fanIn
	for _, k := range order {
		if n := len(e.sources); n == 0 || e.sources[n-1] != in.Source[k] {
			e.sources = append(e.sources, in.Source[k])
			e.offsets = append(e.offsets, int32(len(e.synapses)))
		}
		e.synapses = append(e.synapses, place{slot[k], in.Port[k]})
	}
	e.offsets = append(e.offsets, int32(len(e.synapses)))
	return e
}

// of returns the synapses driven by source.
func (e *fanIn) of(source neuron.ID) []place {
	i, ok := slices.BinarySearch(e.sources, source)
	if !ok {
		return nil
	}
	return e.synapses[e.offsets[i]:e.offsets[i+1]]
}
