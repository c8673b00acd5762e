package scenarios

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// timelineTask is a task to which events happen. It stands between the task
// and the engine: whenever the task lets time pass, the events of that time
// happen, so that no task needs to know of them.
type timelineTask struct {
	Task
	scenario *Scenario
	events   []timedEvent
	run      *timelineRun
}

// resumableTimeline is a timelineTask whose task can be saved.
type resumableTimeline struct{ *timelineTask }

type timedEvent struct {
	*Event
	spans     []span
	condition *vm.Program // of when
}

// presenter is a task that can present a pattern by its name.
type presenter interface {
	named(name string) (int, bool)
	presentNow(name string) error
}

// phased is a task that knows the names of its phases.
type phased interface{ phaseNames() []string }

// withEvents puts the events of a scenario before its task.
func withEvents(t Task, s *Scenario) (Task, error) {
	tt := &timelineTask{Task: t, scenario: s}
	for i := range s.Events {
		e, err := newTimedEvent(&s.Events[i], t)
		if err != nil {
			return nil, config.Within(fmt.Sprintf("events[%d]", i), err)
		}
		tt.events = append(tt.events, e)
	}
	faults, err := s.faults(t.Network().NumNeurons())
	if err != nil {
		return nil, err
	}
	for i := range faults {
		e, err := newTimedEvent(&faults[i], t)
		if err != nil {
			return nil, config.Within("faults", err)
		}
		tt.events = append(tt.events, e)
	}
	if _, ok := t.(Resumable); ok {
		return resumableTimeline{tt}, nil
	}
	return tt, nil
}

// newTimedEvent readies an event; all that it names must be there.
func newTimedEvent(event *Event, t Task) (timedEvent, error) {
	e := timedEvent{Event: event}
	var err error
	if e.spans, err = parseSpans(e.Neurons); err != nil {
		return e, config.FieldProblem("neurons", err.Error(), "")
	}
	for _, s := range e.spans {
		if n := t.Network().NumNeurons(); e.Neurons != "all" && int(s.Last) > n {
			return e, config.FieldError("neurons", e.Neurons, fmt.Sprintf("neurons from 0 to %d", n-1), "")
		}
	}
	if e.When != nil {
		if e.condition, err = compile(*e.When); err != nil {
			return e, config.FieldProblem("when", err.Error(), "")
		}
	}
	if e.Phase != nil {
		if err := checkPhase(*e.Phase, t); err != nil {
			return e, err
		}
	}
	if e.Present != nil {
		p, ok := t.(presenter)
		if !ok {
			return e, config.FieldProblem("present", "this task has no patterns to present", "")
		}
		if _, ok := p.named(*e.Present); !ok {
			return e, config.FieldError("present", *e.Present, "the name of a pattern, or its number from 0 on", "")
		}
	}
	return e, nil
}

func checkPhase(name string, t Task) error {
	p, ok := t.(phased)
	if !ok {
		return config.FieldProblem("phase", "this task has no phases", "")
	}
	names := p.phaseNames()
	if names == nil || slices.Contains(names, name) {
		return nil
	}
	hint := ""
	if near := config.Closest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return config.FieldError("phase", name, fmt.Sprintf("one of %q", names), hint)
}

// Run implements Task.
func (t *timelineTask) Run(e sim.Engine, j Journal) error {
	t.run = t.newRun(e, j)
	return t.Task.Run(t.run, t.run.journal())
}

// timelineStream is the stream of lesions, rewirings and delays.
const timelineStream neuron.ID = 1<<20 + 1

func (t *timelineTask) newRun(e sim.Engine, j Journal) *timelineRun {
	var conditions []string
	for i := range t.events {
		if t.events[i].When != nil {
			conditions = append(conditions, *t.events[i].When)
		}
	}
	return &timelineRun{Engine: e, inner: j, task: t, env: environment(conditions...), sink: j, state: timelineState{
		Measures: map[string]float64{}, Was: make([]bool, len(t.events)), Done: make([]int64, len(t.events)),
		Draws: newStream(t.scenario.Seed, timelineStream)}}
}

// Save implements Resumable.
func (t resumableTimeline) Save() ([]byte, error) {
	task, err := t.Task.(Resumable).Save()
	if err != nil {
		return nil, err
	}
	s := t.run.state
	s.Task = task
	return json.Marshal(s)
}

// read takes over a saved state. A fork may have events that the run before it
// had not: they are the last, and none of them has happened.
func (s *timelineState) read(saved []byte, events int) error {
	var parts struct{ Task []byte }
	if err := json.Unmarshal(saved, &parts); err != nil {
		return fmt.Errorf("events: not a state of this timeline: %w", err)
	}
	if parts.Task == nil { // of a run without events
		s.Task = saved
		return nil
	}
	s.Was, s.Done = nil, nil
	if err := json.Unmarshal(saved, s); err != nil {
		return fmt.Errorf("events: not a state of this timeline: %w", err)
	}
	for len(s.Was) < events && len(s.Was) == len(s.Done) {
		s.Was, s.Done = append(s.Was, false), append(s.Done, 0)
	}
	return nil
}

// Resume implements Resumable.
func (t resumableTimeline) Resume(e sim.Engine, j Journal, saved []byte) error {
	t.run = t.newRun(e, j)
	s := &t.run.state
	if err := s.read(saved, len(t.events)); err != nil {
		return err
	}
	if len(s.Was) != len(t.events) || len(s.Done) != len(t.events) || s.Task == nil || s.Draws.pcg == nil {
		return fmt.Errorf("events: the state is of a run with %d events, not %d", len(s.Was), len(t.events))
	}
	for _, l := range s.Late {
		if l < 0 || l >= len(t.events) {
			return fmt.Errorf("events: the state names event %d of %d", l, len(t.events))
		}
	}
	for name, v := range s.Measures {
		setMeasure(t.run.env, name, v)
	}
	t.run.env["phase"] = s.Phase
	task := s.Task
	s.Task = nil
	return t.Task.(Resumable).Resume(t.run, t.run.journal(), task)
}

// timelineState is what a timeline must remember.
type timelineState struct {
	Measures map[string]float64 // latest values
	Phase    string
	Was      []bool                // whether the condition of each event held
	Done     []int64               // how often each event has happened
	Late     []int                 // events that wait for a boundary or a presentation's end
	Pending  []neuron.Signal       // to be broadcast as soon as time goes on
	Restarts []restart             // of neurons that are down
	Draws    stream                // for lesions, rewirings and delays
	Weak     map[int][]neuron.Time `json:",omitempty"` // by event of turnover and synapse: since when it is weak
	Earlier  []byte                `json:",omitempty"` // the engine's state at the last checkpoint event
	Task     []byte                `json:",omitempty"`
}

// restart is when neurons that have crashed start again.
type restart struct {
	At     neuron.Time
	Spans  []span
	Resume bool // from the last checkpoint event
}

// timelineRun is the engine that the task sees.
type timelineRun struct {
	sim.Engine
	inner Journal
	sink  sim.Sink // that the task used last
	task  *timelineTask
	env   map[string]any
	state timelineState

	checkpoint bool // one is to be written when the step is over
}

// Advance implements sim.Engine: it stops on the way wherever something needs
// the network to stand still. Events come before the task's own signals of the
// same time.
func (r *timelineRun) Advance(until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	r.sink = sink
	if until <= r.Engine.Now() {
		return r.Engine.Advance(until, feed, sink)
	}
	if err := r.look(); err != nil {
		return err
	}
	for {
		if err := r.standStill(); err != nil {
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
		if err := r.Engine.Advance(stop, part, sink); err != nil || stop == until {
			return err
		}
		feed = rest
	}
}

// cutFeed divides a feed into what comes before a time and the rest.
func cutFeed(f sim.Feed, at neuron.Time) (before, rest sim.Feed) {
	i, _ := slices.BinarySearchFunc(f.Inputs, at, func(s neuron.Spike, at neuron.Time) int { return cmp.Compare(s.Time, at) })
	k, _ := slices.BinarySearchFunc(f.Signals, at, func(s neuron.Signal, at neuron.Time) int { return cmp.Compare(s.Time, at) })
	return sim.Feed{Inputs: f.Inputs[:i:i], Signals: f.Signals[:k:k]}, sim.Feed{Inputs: f.Inputs[i:], Signals: f.Signals[k:]}
}

// Restore implements sim.Engine. A task that goes back in time meets its
// events again.
func (r *timelineRun) Restore(state []byte) error {
	if err := r.Engine.Restore(state); err != nil {
		return err
	}
	s := &r.state
	s.Late, s.Pending, s.Restarts = nil, nil, nil
	now := r.Engine.Now()
	for i := range r.task.events {
		for s.Done[i] = 0; r.task.events[i].time(s.Done[i]) < now; {
			s.Done[i]++
		}
	}
	return nil
}

// time returns when an event happens for the n-th time, n from 0, if that is
// known beforehand; else neuron.Never.
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

// open reports whether a time lies between after and until.
func (e *timedEvent) open(at neuron.Time) bool {
	return at >= neuron.Time(e.After) && (e.Until == 0 || at < neuron.Time(e.Until))
}

// look finds the conditions that have become true.
func (r *timelineRun) look() error {
	for i := range r.task.events {
		e := &r.task.events[i]
		if e.When == nil {
			continue
		}
		holds, err := r.holds(e)
		if err != nil {
			return err
		}
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

func (r *timelineRun) holds(e *timedEvent) (bool, error) {
	now := r.Engine.Now()
	if !e.open(now) {
		return false, nil
	}
	r.env["time"] = float64(now) / float64(neuron.Second)
	v, err := expr.Run(e.condition, r.env)
	if err != nil {
		return false, fmt.Errorf("events: %s: %w", *e.When, err)
	}
	return v.(bool), nil
}

// soon lets event i happen as soon as it can.
func (r *timelineRun) soon(i int) error {
	e := &r.task.events[i]
	if !e.isSignal() {
		r.state.Late = append(r.state.Late, i)
		return nil
	}
	r.state.Pending = e.signals(r.state.Pending, e.spans, r.Engine.Now())
	return r.note(i, r.Engine.Now())
}

// note enters an event that happens among the live measures, as event.N with
// N from 0.
func (r *timelineRun) note(i int, at neuron.Time) error {
	r.state.Done[i]++
	if l, ok := r.inner.(LiveJournal); ok {
		return l.Measure(at, fmt.Sprint("event.", i), 1)
	}
	return nil
}

// due returns what is broadcast from now until a time.
func (r *timelineRun) due(until neuron.Time) ([]neuron.Signal, error) {
	now := r.Engine.Now()
	due := r.state.Pending
	r.state.Pending = nil
	for i := range due {
		due[i].Time = now
	}
	for i := range r.task.events {
		e := &r.task.events[i]
		if !e.isSignal() {
			continue
		}
		for at := e.time(r.state.Done[i]); at < until; at = e.time(r.state.Done[i]) {
			due = e.signals(due, e.spans, max(at, now))
			if err := r.note(i, max(at, now)); err != nil {
				return nil, err
			}
		}
	}
	return due, nil
}

// boundary returns the first boundary of an epoch that is not before t, nor in
// the past.
func (r *timelineRun) boundary(t neuron.Time) neuron.Time {
	width := r.Engine.Network().Width()
	return (max(t, r.Engine.Now()) + width - 1) / width * width
}

// nextStop returns the next time at which the network must stand still.
func (r *timelineRun) nextStop() neuron.Time {
	next, now := neuron.Never, r.Engine.Now()
	at := func(t neuron.Time) {
		if t < neuron.Never {
			if b := r.boundary(t); b > now {
				next = min(next, b)
			}
		}
	}
	for i := range r.task.events {
		if e := &r.task.events[i]; !e.isSignal() && !e.isBetween() {
			at(e.time(r.state.Done[i]))
		}
	}
	for _, i := range r.state.Late {
		if !r.task.events[i].isBetween() {
			at(now)
		}
	}
	for _, s := range r.state.Restarts {
		at(s.At)
	}
	return next
}

// standStill does what needs the network to stand still, if it is at the
// boundary of an epoch.
func (r *timelineRun) standStill() error {
	now := r.Engine.Now()
	if r.boundary(now) != now {
		return nil
	}
	if err := r.wake(now); err != nil {
		return err
	}
	return r.happen(now, func(e *timedEvent) bool { return !e.isSignal() && !e.isBetween() })
}

// happen lets every event of a kind happen whose time has come.
func (r *timelineRun) happen(now neuron.Time, kind func(*timedEvent) bool) error {
	for i := range r.task.events {
		e := &r.task.events[i]
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
			if err := r.perform(e, r.state.Done[i]); err != nil {
				return fmt.Errorf("events[%d]: %w", i, err)
			}
			late = slices.Index(r.state.Late, i)
		}
	}
	return nil
}

// Do lets an event happen now, for a script.
func (r *timelineRun) Do(event *Event) error {
	e, err := newTimedEvent(event, r.task.Task)
	if err != nil {
		return err
	}
	if e.isSignal() {
		r.state.Pending = e.signals(r.state.Pending, e.spans, r.Engine.Now())
		return nil
	}
	if err := r.align(); err != nil {
		return err
	}
	return r.perform(&e, 0)
}

// align goes on to the boundary of an epoch.
func (r *timelineRun) align() error {
	to := r.boundary(r.Engine.Now())
	if to == r.Engine.Now() {
		return nil
	}
	return r.Engine.Advance(to, sim.Feed{}, r.sink)
}

// journal returns the journal that the task sees.
func (r *timelineRun) journal() Journal { return &timelineJournal{r.inner, r} }

// timelineJournal listens to what the task tells.
type timelineJournal struct {
	Journal
	run *timelineRun
}

// Open implements Opener.
func (j *timelineJournal) Open(net *sim.Network) (sim.Engine, error) {
	return openEngine(j.Journal, net)
}

// Picture implements PictureJournal.
func (j *timelineJournal) Picture(name string, f Figure) error { return picture(j.Journal, name, f) }

// Print implements Printer.
func (j *timelineJournal) Print(text string) {
	if p, ok := j.Journal.(Printer); ok {
		p.Print(text)
	}
}

// Measure implements LiveJournal.
func (j *timelineJournal) Measure(t neuron.Time, name string, v float64) error {
	setMeasure(j.run.env, name, v)
	if !math.IsNaN(v) && !math.IsInf(v, 0) { // JSON has neither
		j.run.state.Measures[name] = v
	}
	if l, ok := j.Journal.(LiveJournal); ok {
		return l.Measure(t, name, v)
	}
	return nil
}

// Phase implements phaseJournal: events of the phase happen before anything
// else in it.
func (j *timelineJournal) Phase(name string) error {
	r := j.run
	r.state.Phase, r.env["phase"] = name, name
	for i := range r.task.events {
		if e := &r.task.events[i]; e.Phase != nil && *e.Phase == name {
			if err := r.soon(i); err != nil {
				return err
			}
		}
	}
	if slices.ContainsFunc(r.state.Late, func(i int) bool { return !r.task.events[i].isBetween() }) {
		if err := r.align(); err != nil {
			return err
		}
		if err := r.standStill(); err != nil {
			return err
		}
	}
	if p, ok := j.Journal.(phaseJournal); ok {
		return p.Phase(name)
	}
	return nil
}

// Step implements Journal: between presentations the task makes room.
func (j *timelineJournal) Step(phase string, done, total int) error {
	r := j.run
	if err := r.happen(r.Engine.Now(), func(e *timedEvent) bool { return e.isBetween() }); err != nil {
		return err
	}
	if err := j.Journal.Step(phase, done, total); err != nil {
		return err
	}
	if !r.checkpoint {
		return nil
	}
	r.checkpoint = false
	if c, ok := j.Journal.(CheckpointJournal); ok {
		return c.Checkpoint()
	}
	return nil
}
