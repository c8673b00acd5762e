package actors

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"runtime/debug"
	"slices"
	"strconv"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// driver is the actor that controls a free-running network. It presents the
// external input to the neurons and waits until all of them have processed it.
// It also waits before each signal that tells neurons to update. It carries out
// one request at a time.
type driver struct {
	requests
	net  *sim.Network
	opts *FreeOptions
	done chan<- struct{}
	dog  watchdog
	own  *pulse // beats when a command comes back; last element of dog.pulses

	refs     []*actor.PID // by neuron
	commands []*command
	recorder *actor.PID
	channels [][]fanOut // by channel: the synapses that it drives

	stops   []neuron.Time // of the current Advance: times at which all neurons wait for each other
	away    []bool        // by neuron: its command has not come back
	lost    []bool        // by neuron: its actor has ended
	waiting int
	ticked  bool // no neuron has a clock of its own
	out     neuron.Output
}

// fanOut is a synapse that is driven by a channel.
type fanOut struct {
	target neuron.ID
	place
	delay neuron.Time
}

func newDriver(net *sim.Network, opts *FreeOptions, root *actor.RootContext, done chan<- struct{}) *driver {
	s := &driver{
		requests: requests{root: root}, net: net, opts: opts, done: done, dog: watchdog{root: root, deadline: opts.Deadline},
		own: &pulse{}, ticked: true, channels: make([][]fanOut, net.NumChannels()),
		away: make([]bool, net.NumNeurons()), lost: make([]bool, net.NumNeurons()),
	}
	s.ended = s.dog.disarm
	for id := range neuron.ID(net.NumNeurons()) {
		s.ticked = s.ticked && net.Config(id).Clock.Kind == neuron.Ticked
		in, slots := net.Incoming(id), [neuron.NumPorts]int32{}
		for k, source := range in.Source {
			p := in.Port[k]
			if c := int(source) - net.NumNeurons(); c >= 0 {
				s.channels[c] = append(s.channels[c], fanOut{id, place{slots[p], p}, neuron.Time(in.Delay[k])})
			}
			slots[p]++
		}
	}
	return s
}

// Receive handles one message of a request. A panic here comes from the sink or
// is a bug of this package.
func (s *driver) Receive(ctx actor.Context) {
	defer func() {
		if reason := recover(); reason != nil {
			s.opts.Logger.Debug("driver panicked", "reason", reason, "stack", string(debug.Stack()))
			s.fail(fmt.Errorf("actors: the run panicked at %v: %v", s.now, reason))
		}
	}()
	switch m := ctx.Message().(type) {
	case *actor.Stopping:
		s.dog.disarm()
	case *actor.Stopped:
		close(s.done)
	case *request:
		s.accept(ctx, m)
	case *command:
		s.collect(ctx, m)
	case *unwritten:
		s.fail(fmt.Errorf("the recording cannot be written: %w", m.err))
	case *closing:
		s.finish(reply{err: m.err})
	case *actor.Terminated:
		s.lose(m.Who)
	case *cancelled: // a message of an earlier request may arrive late
		if m.request == s.request {
			s.fail(m.err)
		}
	case *tick: // a tick of an earlier request may arrive late
		if m.request == s.request {
			s.watch()
		}
	}
}

// HandleFailure makes the driver the supervisor of the neurons. A neuron that
// panics is stopped and never restarted, because its state is lost.
func (s *driver) HandleFailure(_ *actor.ActorSystem, sup actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	c := asCrash(reason)
	s.fail(s.blame(child, c.reason, c.stack))
	sup.StopChildren(child)
}

// lose handles the end of an actor that was not stopped by the driver.
func (s *driver) lose(who *actor.PID) {
	err := s.blame(who, "is gone", nil)
	if s.broken == nil && s.request != nil {
		s.fail(err)
	}
}

// blame returns the error for an actor that has failed. A neuron is marked as
// lost.
func (s *driver) blame(who *actor.PID, reason any, stack []byte) error {
	id, err := strconv.Atoi(path.Base(who.Id))
	if err != nil {
		return fmt.Errorf("actors: %s: %v", who.Id, reason)
	}
	s.lost[id] = true
	return &NeuronError{Neuron: neuron.ID(id), End: s.end(), Reason: reason, Stack: stack}
}

// end returns the end of the current Advance, neuron.Never outside one.
func (s *driver) end() neuron.Time {
	if s.request != nil && s.request.verb == advance {
		return s.request.until
	}
	return neuron.Never
}

func (s *driver) accept(ctx actor.Context, r *request) {
	if !s.begin(ctx, r) {
		if r.verb == seal && s.recorder != nil {
			s.salvage(ctx)
			return
		}
		s.finish(reply{err: s.broken})
		return
	}
	s.dog.arm(ctx.Self(), r)
	if r.verb == report {
		s.ask(ctx, r)
		return
	}
	if err := s.prepare(ctx, r); err != nil || s.nothingToDo(r) {
		s.finish(reply{err: err})
		return
	}
	s.send(ctx, r.verb)
}

// prepare prepares the commands of a request.
func (s *driver) prepare(ctx actor.Context, r *request) error {
	switch r.verb {
	case build:
		return s.build(ctx)
	case advance:
		return s.show(r)
	case load:
		return s.load(r)
	case roll:
		if s.recorder != nil {
			return errors.New("actors: the network is being recorded already")
		}
		s.recorder = ctx.SpawnPrefix(actor.PropsFromProducer(func() actor.Actor { return r.tape }), "recorder-")
		for _, e := range s.commands {
			e.recorder = s.recorder
		}
	}
	return nil
}

func (s *driver) nothingToDo(r *request) bool {
	switch r.verb {
	case advance:
		return r.until == s.now
	case mark, seal:
		return s.recorder == nil
	}
	return false
}

// salvage completes the recording of a broken network with what the remaining
// neurons have processed. It does not wait for commands that are still away: it
// sends new ones.
func (s *driver) salvage(ctx actor.Context) {
	s.dog.arm(ctx.Self(), s.request)
	s.waiting = 0
	for id := range s.commands {
		if s.lost[id] {
			continue
		}
		s.commands[id] = &command{neuron: neuron.ID(id), verb: seal}
		s.waiting++
		ctx.Send(s.refs[id], s.commands[id])
	}
	if s.waiting == 0 {
		s.close(ctx, &closing{last: true, final: inboxes.Final{Now: s.now}})
	}
}

// close tells the recorder that all neurons have written an end.
func (s *driver) close(ctx actor.Context, m *closing) {
	ctx.Send(s.recorder, m)
	if m.last {
		s.recorder = nil
	}
}

// build makes the neurons and gives each of them its targets.
func (s *driver) build(ctx actor.Context) error {
	for id := range neuron.ID(s.net.NumNeurons()) {
		n, err := s.net.NewNeuron(id)
		if err != nil {
			return fmt.Errorf("neuron %d: %w", id, err)
		}
		a := &freeNeuron{id: id, neuron: n, slots: s.net.Slots(id), fanIn: newFanIn(s.net, id), pulse: &pulse{}, opts: s.opts}
		ref, err := ctx.SpawnNamed(actor.PropsFromProducer(func() actor.Actor { return a }), strconv.Itoa(int(id)))
		if err != nil {
			return fmt.Errorf("neuron %d: %w", id, err)
		}
		s.refs = append(s.refs, ref)
		s.dog.pulses = append(s.dog.pulses, a.pulse)
		s.commands = append(s.commands, &command{neuron: id})
	}
	s.dog.pulses = append(s.dog.pulses, s.own)
	for id := range neuron.ID(s.net.NumNeurons()) {
		e := newFanIn(s.net, id)
		for _, source := range e.sources {
			s.commands[source].targets = append(s.commands[source].targets, s.refs[id])
		}
	}
	return nil
}

// show prepares the commands of an Advance.
func (s *driver) show(r *request) error {
	if _, err := sim.NewScheduler(s.net, s.now, r.until, r.feed); err != nil {
		return err
	}
	s.stops = s.appendStops(s.stops[:0], r)
	for id, e := range s.commands {
		e.until, e.signals = s.stops[0], reaching(r.feed.Signals, neuron.ID(id))
		e.out.Reset()
	}
	for _, in := range r.feed.Inputs {
		for _, o := range s.channels[int(in.Source)-s.net.NumNeurons()] {
			e := s.commands[o.target]
			e.inputs = append(e.inputs, neuron.Event{Time: in.Time + o.delay, Value: in.Value, Slot: o.slot, Port: o.port})
		}
	}
	return nil
}

// appendStops appends the times at which every neuron waits for all others:
// before a signal to fire, to learn or to send surprises, so that each has received what was sent
// before; and at the end. If no neuron has a clock of its own, nothing happens
// before the first such signal, and no stop is needed there.
func (s *driver) appendStops(dst []neuron.Time, r *request) []neuron.Time {
	last := s.now
	for i := range r.feed.Signals {
		g := &r.feed.Signals[i]
		if g.Kind != neuron.Tick || g.Flags&(neuron.Fire|neuron.Learn|neuron.Surprise) == 0 || g.Time <= last {
			continue
		}
		if !(last == s.now && s.ticked) {
			dst = append(dst, g.Time)
		}
		last = g.Time
	}
	return append(dst, r.until)
}

// reaching returns the signals that reach a neuron. It returns the argument
// itself if all of them do.
func reaching(all []neuron.Signal, id neuron.ID) []neuron.Signal {
	misses := func(g neuron.Signal) bool { return !g.Reaches(id) }
	if !slices.ContainsFunc(all, misses) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), misses)
}

func (s *driver) load(r *request) error {
	now, records, err := sim.ReadState(r.state, s.net)
	if err != nil {
		return err
	}
	for id, e := range s.commands {
		e.record, e.now = records[id], now
	}
	return nil
}

// send sends every neuron its command.
func (s *driver) send(ctx actor.Context, v verb) {
	s.waiting = len(s.commands)
	for id, e := range s.commands {
		e.verb, s.away[id] = v, true
		ctx.Send(s.refs[id], e)
	}
}

// ask sends commands to the neurons whose reports are requested.
func (s *driver) ask(ctx actor.Context, r *request) {
	for _, id := range r.ids {
		if id < 0 || int(id) >= len(s.refs) {
			s.finish(reply{err: fmt.Errorf("actors: there is no neuron %d", id)})
			return
		}
	}
	for _, id := range r.ids {
		if e := s.commands[id]; !s.away[id] {
			e.verb, e.want, s.away[id] = report, r.want, true
			s.waiting++
		}
	}
	if s.waiting == 0 {
		s.finish(reply{})
		return
	}
	for id, away := range s.away {
		if away {
			ctx.Send(s.refs[id], s.commands[id])
		}
	}
}

// collect takes a command back and, with the last one, goes on.
func (s *driver) collect(ctx actor.Context, e *command) {
	if s.request == nil || e != s.commands[e.neuron] {
		return // too late
	}
	s.away[e.neuron] = false
	s.own.beat(-1)
	if s.waiting--; s.waiting > 0 {
		return
	}
	if s.broken != nil { // a broken network gets no other command than seal
		s.close(ctx, &closing{last: true, final: inboxes.Final{Now: s.now}})
		return
	}
	for _, e := range s.commands {
		if e.err != nil {
			s.refuse(e.err)
			return
		}
	}
	s.conclude(ctx, e)
}

// conclude goes on when all commands are back.
func (s *driver) conclude(ctx actor.Context, e *command) {
	switch e.verb {
	case advance:
		s.proceed(ctx)
	case settle:
		s.publish()
	case save:
		s.finish(reply{state: s.joinState()})
	case load:
		s.now = e.now
		s.finish(reply{})
	case report:
		s.finish(reply{reports: s.joinReports()})
	case mark:
		s.close(ctx, &closing{})
	case seal:
		s.close(ctx, &closing{last: true, final: inboxes.Final{Now: s.now, State: sha256.Sum256(s.joinState())}})
	default:
		s.finish(reply{})
	}
}

// proceed goes on to the next stop of an Advance.
func (s *driver) proceed(ctx actor.Context) {
	if s.stops = s.stops[1:]; len(s.stops) == 0 {
		s.send(ctx, settle)
		return
	}
	for _, e := range s.commands {
		e.until = s.stops[0]
	}
	s.send(ctx, advance)
}

// publish ends an Advance.
func (s *driver) publish() {
	s.out.Reset()
	groups := make([]*neuron.Output, len(s.commands))
	for id, e := range s.commands {
		groups[id] = &e.out
	}
	sim.MergeOutput(&s.out, groups)
	if err := sim.Broken(&s.out); err != nil {
		s.fail(err)
		return
	}
	s.now = s.request.until
	s.finish(reply{err: s.request.sink.Epoch(s.now, &s.out)})
}

func (s *driver) joinState() []byte {
	state := sim.AppendHeader(nil, s.net, s.now)
	for _, e := range s.commands {
		state = append(state, e.state...)
		e.state = nil
	}
	return state
}

func (s *driver) joinReports() []neuron.Report {
	reports := make([]neuron.Report, len(s.request.ids))
	for i, id := range s.request.ids {
		reports[i] = s.commands[id].report
	}
	return reports
}

// watch ends the run if nothing moved since the last tick.
func (s *driver) watch() {
	if s.dog.moved() || s.waiting == 0 {
		s.dog.again()
		return
	}
	for id := range s.refs {
		if s.dog.busy(id) >= 0 {
			s.lost[id] = true
			s.fail(&NeuronError{Neuron: neuron.ID(id), End: s.end(), Reason: fmt.Sprintf("has not answered for %v", s.opts.Deadline)})
			return
		}
	}
	s.fail(fmt.Errorf("actors: nothing has moved for %v; neurons that stand still: %s", s.opts.Deadline, listAway(s.away)))
}

// listAway names the first few neurons whose commands have not come back.
func listAway(away []bool) string {
	const most = 10
	text, n := "", 0
	for id, is := range away {
		if !is {
			continue
		}
		if n++; n <= most {
			text += fmt.Sprintf(" %d", id)
		}
	}
	if n > most {
		text += fmt.Sprintf(" and %d more of %d", n-most, len(away))
	}
	return text[min(1, len(text)):]
}
