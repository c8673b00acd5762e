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
// and the engine: whenever the task lets time pass, the events of that time are
// put among its signals, so that no task needs to know of them.
type timelineTask struct {
	Task
	events []timedEvent
	run    *timelineRun
}

// resumableTimeline is a timelineTask whose task can be saved.
type resumableTimeline struct{ *timelineTask }

type timedEvent struct {
	*Event
	spans     []span
	condition *vm.Program // of when
}

// withEvents puts events before a task.
func withEvents(t Task, events []Event) (Task, error) {
	tt := &timelineTask{Task: t}
	for i := range events {
		e := timedEvent{Event: &events[i]}
		var err error
		if e.spans, err = parseSpans(e.Neurons); err != nil {
			return nil, config.FieldProblem(fmt.Sprintf("events[%d].neurons", i), err.Error(), "")
		}
		for _, s := range e.spans {
			if n := t.Network().NumNeurons(); e.Neurons != "all" && int(s.last) > n {
				return nil, config.FieldError(fmt.Sprintf("events[%d].neurons", i), e.Neurons, fmt.Sprintf("neurons from 0 to %d", n-1), "")
			}
		}
		if e.When != nil {
			if e.condition, err = compile(*e.When); err != nil {
				return nil, config.FieldProblem(fmt.Sprintf("events[%d].when", i), err.Error(), "")
			}
		}
		tt.events = append(tt.events, e)
	}
	if _, ok := t.(Resumable); ok {
		return resumableTimeline{tt}, nil
	}
	return tt, nil
}

// Run implements Task.
func (t *timelineTask) Run(e sim.Engine, j Journal) error {
	t.run = t.newRun(e, j)
	return t.Task.Run(t.run, t.run.journal())
}

func (t *timelineTask) newRun(e sim.Engine, j Journal) *timelineRun {
	return &timelineRun{Engine: e, inner: j, events: t.events, env: environment(), state: timelineState{
		Measures: map[string]float64{}, Was: make([]bool, len(t.events))}}
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

// Resume implements Resumable.
func (t resumableTimeline) Resume(e sim.Engine, j Journal, saved []byte) error {
	t.run = t.newRun(e, j)
	s := &t.run.state
	if err := json.Unmarshal(saved, s); err != nil {
		return fmt.Errorf("events: not a state of this timeline: %w", err)
	}
	if len(s.Was) != len(t.events) || s.Task == nil {
		return fmt.Errorf("events: the state is of a run with %d events, not %d", len(s.Was), len(t.events))
	}
	for name, v := range s.Measures {
		setMeasure(t.run.env, name, v)
	}
	task := s.Task
	s.Task = nil
	return t.Task.(Resumable).Resume(t.run, t.run.journal(), task)
}

// timelineState is what a timeline must remember.
type timelineState struct {
	Measures map[string]float64 // latest values
	Was      []bool             // whether the condition of each event held
	Task     []byte             `json:",omitempty"`
}

// timelineRun is the engine that the task sees.
type timelineRun struct {
	sim.Engine
	inner  Journal
	events []timedEvent
	env    map[string]any
	state  timelineState
}

// Advance implements sim.Engine: events of [Now, until) come before the task's
// own signals of the same time.
func (r *timelineRun) Advance(until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	now := r.Engine.Now()
	var due []neuron.Signal
	for i := range r.events {
		var err error
		if due, err = r.due(due, i, now, until); err != nil {
			return err
		}
	}
	if len(due) > 0 {
		feed.Signals = append(due, feed.Signals...)
		slices.SortStableFunc(feed.Signals, func(a, b neuron.Signal) int { return cmp.Compare(a.Time, b.Time) })
	}
	return r.Engine.Advance(until, feed, sink)
}

// due appends the signals of event i in [now, until).
func (r *timelineRun) due(dst []neuron.Signal, i int, now, until neuron.Time) ([]neuron.Signal, error) {
	e := &r.events[i]
	switch {
	case until <= now:
		return dst, nil
	case e.At != nil:
		if at := neuron.Time(*e.At); at >= now && at < until {
			return r.happen(dst, i, at)
		}
	case e.Every != nil:
		var err error
		for at := e.next(now); at < until && e.open(at) && err == nil; at += neuron.Time(*e.Every) {
			dst, err = r.happen(dst, i, at)
		}
		return dst, err
	default:
		holds, err := r.holds(e, now)
		if was := r.state.Was[i]; err != nil || holds == was {
			return dst, err
		}
		r.state.Was[i] = holds
		if holds {
			return r.happen(dst, i, now)
		}
	}
	return dst, nil
}

// next returns the first time of a repeated event from now on.
func (e *timedEvent) next(now neuron.Time) neuron.Time {
	after, every := neuron.Time(e.After), neuron.Time(*e.Every)
	if now <= after {
		return after
	}
	return after + (now-after+every-1)/every*every
}

// open reports whether a time lies between after and until.
func (e *timedEvent) open(at neuron.Time) bool {
	return at >= neuron.Time(e.After) && (e.Until == 0 || at < neuron.Time(e.Until))
}

func (r *timelineRun) holds(e *timedEvent, now neuron.Time) (bool, error) {
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

// happen broadcasts an event and enters it among the live measures, as
// event.N with N from 0.
func (r *timelineRun) happen(dst []neuron.Signal, i int, at neuron.Time) ([]neuron.Signal, error) {
	e := &r.events[i]
	if l, ok := r.inner.(LiveJournal); ok {
		if err := l.Measure(at, fmt.Sprint("event.", i), 1); err != nil {
			return dst, err
		}
	}
	return e.signals(dst, e.spans, at), nil
}

// journal returns the journal that the task sees.
func (r *timelineRun) journal() Journal { return &timelineJournal{r.inner, r} }

// timelineJournal listens to what is measured.
type timelineJournal struct {
	Journal
	run *timelineRun
}

// Open implements Opener.
func (j *timelineJournal) Open(net *sim.Network) (sim.Engine, error) {
	return openEngine(j.Journal, net)
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
