package protocol

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"infomorph/internal/condition"
	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// timedEvent is an event that is ready to happen.
type timedEvent struct {
	*language.Event
	ids       []neuron.ID          // neurons, sorted; nil: all
	condition *condition.Condition // of when
	remember  bool                 // only store the state for crashes, without writing a checkpoint
	fault     string               // path of the fault in the document, such as faults[0]
}

// readyEvents prepares the events and faults of an experiment. It returns an error if
// they name something that does not exist.
func (p *Plan) readyEvents() error {
	for i := range p.Experiment.Events {
		e, err := p.event(&p.Experiment.Events[i])
		if err != nil {
			return config.Within(fmt.Sprintf("events[%d]", i), err)
		}
		p.events = append(p.events, e)
	}
	p.events = append(p.events, p.faults()...)
	return nil
}

// event prepares one event.
func (p *Plan) event(event *language.Event) (timedEvent, error) {
	e := timedEvent{Event: event}
	var err error
	if e.Neurons != "all" {
		if e.ids, err = p.Net.Select(e.Neurons); err != nil {
			return e, config.FieldProblem("neurons", err.Error(), "")
		}
	}
	if e.When != nil {
		if e.condition, err = condition.Compile(*e.When); err != nil {
			return e, config.FieldProblem("when", err.Error(), "")
		}
	}
	if e.Present != nil && !p.presents(*e.Present) {
		return e, config.FieldError("present", *e.Present, "the name of an item that a phase presents, or its number from #0 on", "")
	}
	if e.Show != nil {
		return e, config.Within("show", p.checkShow(e.Show))
	}
	if e.Recall != nil {
		return e, config.Within("recall", p.checkAsk(e.Recall))
	}
	return e, nil
}

// presents reports whether some phase can present an item.
func (p *Plan) presents(item string) bool {
	return slices.ContainsFunc(p.phases, func(ph phase) bool {
		if ph.Present == nil || ph.Present.Batch != nil {
			return false
		}
		_, err := ph.part.Select(item)
		return err == nil
	})
}

func newTimeline(r *Run, e sim.Engine) *timeline {
	events := slices.Clone(r.plan.events)
	t := &timeline{Engine: e, run: r, events: events, given: len(r.plan.Experiment.Events), seen: condition.Values{Measures: map[string]float64{}}, state: timelineState{
		Measures: map[string]float64{}, Was: make([]bool, len(events)), Done: make([]int64, len(events))}}
	inner := r.out.Measure
	listener := *r.out
	listener.Measure = func(at neuron.Time, name string, v float64) error {
		t.measured(name, v)
		return inner(at, name, v)
	}
	r.out = &listener
	return t
}

// measured stores a live measure, for conditions.
func (r *timeline) measured(name string, v float64) {
	r.seen.Measures[name] = v
	if !math.IsNaN(v) && !math.IsInf(v, 0) { // JSON supports neither
		r.state.Measures[name] = v
	}
}

// restore restores a saved state. A fork, or a run with touches after its checkpoint, can
// have more events than the state. The additional events are the last ones before the
// faults, and they have not happened yet.
func (r *timeline) restore(saved *timelineState) error {
	s := *saved
	if more := len(r.events) - len(s.Was); more > 0 && more <= r.given && len(s.Was) == len(s.Done) {
		at := r.given - more
		s.Was, s.Done = slices.Insert(s.Was, at, make([]bool, more)...), slices.Insert(s.Done, at, make([]int64, more)...)
		for k, late := range s.Late {
			if late >= at {
				s.Late[k] += more
			}
		}
	}
	if len(s.Was) != len(r.events) || len(s.Done) != len(r.events) {
		return fmt.Errorf("protocol: the state is of a run with %d events, not %d", len(s.Was), len(r.events))
	}
	for _, l := range s.Late {
		if l < 0 || l >= len(r.events) {
			return fmt.Errorf("protocol: the state names event %d of %d", l, len(r.events))
		}
	}
	if s.Measures == nil {
		s.Measures = map[string]float64{}
	}
	maps.Copy(r.seen.Measures, s.Measures)
	r.seen.Phase = s.Phase
	r.state = s
	return nil
}

// timelineState is the saved state of a timeline.
type timelineState struct {
	Measures map[string]float64 // latest values
	Phase    string
	Was      []bool                // whether the condition of each event was true
	Done     []int64               // how often each event has happened
	Late     []int                 // events that wait for an epoch boundary or the end of a presentation
	Pending  []neuron.Signal       // to be broadcast when time continues
	Restarts []restart             // of neurons that have crashed
	Draws    int                   // number of changes so far that used random numbers
	Weak     map[int][]neuron.Time `json:",omitempty"` // by event of turnover and synapse: since when it is weak
	Earlier  []byte                `json:",omitempty"` // the engine's state at the last checkpoint event
	Marks    []journal.Mark        `json:",omitempty"` // phases and events so far, for pictures
	Task     []byte                `json:",omitempty"`
}

// restart is the restart of neurons that have crashed.
type restart struct {
	At      neuron.Time
	Neurons []neuron.ID // nil: all
	Resume  bool        // from the last checkpoint event
}

// timeline is the engine that a run uses. It wraps the actual engine: whenever time
// passes, it executes the events of that time. So the code of the phases need not handle
// events.
type timeline struct {
	sim.Engine
	run    *Run
	events []timedEvent
	given  int              // number of events of the experiment, including touches; the others, after them, are faults
	seen   condition.Values // what conditions depend on
	state  timelineState

	checkpoint bool // write a checkpoint at the end of the step
}

// Advance implements sim.Engine. It stops at every time at which something needs the
// network to be idle. Signals of events come before the caller's signals of the same
// time.
func (r *timeline) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	if until <= r.Engine.Now() {
		return r.Engine.Advance(ctx, until, feed, sink)
	}
	if err := r.look(); err != nil {
		return err
	}
	for {
		if err := r.standStill(ctx); err != nil {
			return err
		}
		stop := min(until, r.nextStop())
		part, rest := cutFeed(feed, stop)
		due, err := r.due(stop)
		if err != nil {
			return err
		}
		if len(due) > 0 {
			part.Signals = append(due, part.Signals...)
			slices.SortStableFunc(part.Signals, func(a, b neuron.Signal) int { return cmp.Compare(a.Time, b.Time) })
		}
		if err := r.Engine.Advance(ctx, stop, part, sink); err != nil || stop == until {
			return err
		}
		feed = rest
	}
}

// cutFeed divides a feed into the part before a time and the rest.
func cutFeed(f sim.Feed, at neuron.Time) (before, rest sim.Feed) {
	i, _ := slices.BinarySearchFunc(f.Inputs, at, func(s neuron.Spike, at neuron.Time) int { return cmp.Compare(s.Time, at) })
	k, _ := slices.BinarySearchFunc(f.Signals, at, func(s neuron.Signal, at neuron.Time) int { return cmp.Compare(s.Time, at) })
	return sim.Feed{Inputs: f.Inputs[:i:i], Signals: f.Signals[:k:k]}, sim.Feed{Inputs: f.Inputs[i:], Signals: f.Signals[k:]}
}

// Restore implements sim.Engine. If the caller returns to an earlier time, the events
// after that time happen again.
func (r *timeline) Restore(state []byte) error {
	if err := r.Engine.Restore(state); err != nil {
		return err
	}
	s := &r.state
	s.Late, s.Pending, s.Restarts = nil, nil, nil
	now := r.Engine.Now()
	for i := range r.events {
		for s.Done[i] = 0; r.events[i].time(s.Done[i]) < now; {
			s.Done[i]++
		}
	}
	return nil
}

// time returns when an event happens for the n-th time, counted from 0, or neuron.Never
// if that is not known in advance.
func (e *timedEvent) time(n int64) neuron.Time {
	switch {
	case e.At != nil && n == 0:
		return neuron.Time(*e.At)
	case e.Every != nil:
		if at := neuron.Time(e.After) + neuron.Time(n)*neuron.Time(*e.Every); e.open(at) {
			return at
		}
	}
	return neuron.Never
}

// open reports whether a time is at or after After and before Until.
func (e *timedEvent) open(at neuron.Time) bool {
	return at >= neuron.Time(e.After) && (e.Until == 0 || at < neuron.Time(e.Until))
}

// look finds the conditions that have become true.
func (r *timeline) look() error {
	for i := range r.events {
		e := &r.events[i]
		if e.When == nil {
			continue
		}
		holds := r.holds(e)
		was := r.state.Was[i]
		r.state.Was[i] = holds
		if holds && !was {
			if err := r.soon(i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *timeline) holds(e *timedEvent) bool {
	now := r.Engine.Now()
	r.seen.Time = float64(now) / float64(neuron.Second)
	return e.open(now) && e.condition.Holds(&r.seen)
}

// soon makes event i happen as soon as possible.
func (r *timeline) soon(i int) error {
	e := &r.events[i]
	if !e.IsSignal() {
		r.state.Late = append(r.state.Late, i)
		return nil
	}
	r.state.Pending = e.signals(r.state.Pending, r.Engine.Now())
	return r.note(i, r.Engine.Now())
}

// note counts an event that happens, and reports it as the live measure event.N, with N
// from 0.
func (r *timeline) note(i int, at neuron.Time) error {
	r.state.Done[i]++
	r.mark(r.events[i].Action(), at, false)
	return r.run.out.Measure(at, fmt.Sprint("event.", i), 1)
}

// maxMarks limits the marks in memory.
const maxMarks = 1000

// mark stores a mark for figures over time.
func (r *timeline) mark(name string, at neuron.Time, phase bool) {
	if len(r.state.Marks) < maxMarks {
		r.state.Marks = append(r.state.Marks, journal.Mark{Seconds: float64(at) / float64(neuron.Second), Name: name, Phase: phase})
	}
}

// due returns the signals of events between now and a time.
func (r *timeline) due(until neuron.Time) ([]neuron.Signal, error) {
	now := r.Engine.Now()
	due := r.state.Pending
	r.state.Pending = nil
	for i := range due {
		due[i].Time = now
	}
	for i := range r.events {
		e := &r.events[i]
		if !e.IsSignal() {
			continue
		}
		for at := e.time(r.state.Done[i]); at < until; at = e.time(r.state.Done[i]) {
			due = e.signals(due, max(at, now))
			if err := r.note(i, max(at, now)); err != nil {
				return nil, err
			}
		}
	}
	return due, nil
}

// boundary returns the first epoch boundary that is not before t and not in the past.
func (r *timeline) boundary(t neuron.Time) neuron.Time {
	width := r.Engine.Network().Width()
	return (max(t, r.Engine.Now()) + width - 1) / width * width
}

// nextStop returns the next time at which the network must be idle.
func (r *timeline) nextStop() neuron.Time {
	next, now := neuron.Never, r.Engine.Now()
	at := func(t neuron.Time) {
		if t < neuron.Never {
			if b := r.boundary(t); b > now {
				next = min(next, b)
			}
		}
	}
	for i := range r.events {
		if e := &r.events[i]; !e.IsSignal() && !e.IsBetween() {
			at(e.time(r.state.Done[i]))
		}
	}
	for _, i := range r.state.Late {
		if !r.events[i].IsBetween() {
			at(now)
		}
	}
	for _, s := range r.state.Restarts {
		at(s.At)
	}
	return next
}

// standStill executes everything that needs the network to be idle, if the present time
// is an epoch boundary.
func (r *timeline) standStill(ctx context.Context) error {
	now := r.Engine.Now()
	if r.boundary(now) != now {
		return nil
	}
	if err := r.wake(now); err != nil {
		return err
	}
	return r.happen(ctx, now, func(e *timedEvent) bool { return !e.IsSignal() && !e.IsBetween() })
}

// happen executes every event of a kind whose time has come.
func (r *timeline) happen(ctx context.Context, now neuron.Time, kind func(*timedEvent) bool) error {
	for i := range r.events {
		e := &r.events[i]
		if !kind(e) {
			continue
		}
		late := slices.Index(r.state.Late, i)
		for late >= 0 || e.time(r.state.Done[i]) <= now {
			if late >= 0 {
				r.state.Late = slices.Delete(r.state.Late, late, late+1)
			}
			if err := r.note(i, now); err != nil {
				return err
			}
			began := r.Engine.Now()
			if err := r.perform(ctx, e, r.state.Done[i]); err != nil {
				return fmt.Errorf("events[%d]: %w", i, err)
			}
			if took := r.Engine.Now() - began; e.Every != nil && e.Until == 0 && took >= neuron.Time(*e.Every) {
				return fmt.Errorf("events[%d]: happens every %v and takes %v each time, so it would be due again for ever; give it a longer every, or until", i, neuron.Time(*e.Every), took)
			}
			late = slices.Index(r.state.Late, i)
		}
	}
	return nil
}

// do executes an event now, for a script.
func (r *timeline) do(ctx context.Context, event *language.Event) error {
	e, err := r.run.plan.event(event)
	if err != nil {
		return err
	}
	if e.IsSignal() {
		r.state.Pending = e.signals(r.state.Pending, r.Engine.Now())
		return nil
	}
	if err := r.align(ctx); err != nil {
		return err
	}
	return r.perform(ctx, &e, 0)
}

// align continues to the next epoch boundary.
func (r *timeline) align(ctx context.Context) error {
	to := r.boundary(r.Engine.Now())
	if to == r.Engine.Now() {
		return nil
	}
	return r.Engine.Advance(ctx, to, sim.Feed{}, &r.run.player)
}

// phase begins a phase. The events of the phase happen before anything else in it.
func (r *timeline) phase(ctx context.Context, name string) error {
	r.state.Phase, r.seen.Phase = name, name
	r.mark(name, r.Engine.Now(), true)
	for i := range r.events {
		if e := &r.events[i]; e.Phase != nil && *e.Phase == name {
			if err := r.soon(i); err != nil {
				return err
			}
		}
	}
	if slices.ContainsFunc(r.state.Late, func(i int) bool { return !r.events[i].IsBetween() }) {
		if err := r.align(ctx); err != nil {
			return err
		}
		return r.standStill(ctx)
	}
	return nil
}

// between executes the events that happen between two presentations, and then those whose
// time has come during these events.
func (r *timeline) between(ctx context.Context) error {
	err := r.happen(ctx, r.Engine.Now(), func(e *timedEvent) bool { return e.IsBetween() })
	for now := neuron.Time(-1); err == nil && now != r.Engine.Now(); {
		now = r.Engine.Now()
		err = r.happen(ctx, now, func(e *timedEvent) bool { return e.IsBetween() && e.At != nil })
	}
	return err
}

// writeCheckpoint requests a checkpoint if an event or a Wish has asked for one.
func (r *timeline) writeCheckpoint() error {
	if !r.checkpoint {
		return nil
	}
	r.checkpoint = false
	return r.run.out.Checkpoint()
}

// reportMissed reports events that never happened, at the end of the protocol.
func (r *timeline) reportMissed() {
	if r.run.state.Phase < len(r.run.plan.phases) {
		return
	}
	for i := range r.events {
		name := r.events[i].fault
		if i < r.given {
			name = fmt.Sprintf("events[%d]", i)
		}
		if name != "" && r.state.Done[i] == 0 {
			r.run.out.Print(fmt.Sprintf("note: %s never happened: the run ended at %v without its time or condition", name, r.Engine.Now()))
		}
	}
}

// patience returns the maximum number of items in one chunk. It is 1 if there are
// conditions to check, or events between presentations.
func (r *timeline) patience() int {
	for i := range r.events {
		if e := &r.events[i]; e.When != nil || e.IsBetween() && !e.remember {
			return 1
		}
	}
	if w := r.run.out.Within(); w > 0 {
		return w
	}
	return mostItems
}
