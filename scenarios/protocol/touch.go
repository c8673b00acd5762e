package protocol

import (
	"context"
	"fmt"
	"slices"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
)

// touchStream is the random stream for damaged cues of events.
const touchStream neuron.ID = 1<<24 + 1<<22

// attend executes what the listener wants in addition to the scenario, and reports
// whether it wanted anything.
func (r *Run) attend(phase string, done, total int) bool {
	wish := r.out.Attend(phase, done, total)
	for _, t := range wish.Touches {
		e, err := r.engine.touch(t.Event)
		t.Taken(e, err)
	}
	r.engine.checkpoint = r.engine.checkpoint || wish.Checkpoint
	return wish.Checkpoint || len(wish.Touches) > 0
}

// touch adds an event that happens now, as if the scenario had contained it from the
// start. Its place is after the events of the scenario and before the faults. That is
// also its place when the recorded scenario runs again. It refuses events that cannot
// happen.
func (r *timeline) touch(event *language.Event) (*language.Event, error) {
	e := *event
	at := config.Duration(r.Engine.Now())
	e.At, e.Every, e.When, e.Phase, e.After, e.Until = &at, nil, nil, nil, 0, 0
	ready, err := r.run.plan.touch(&e)
	if err == nil {
		err = r.try(&ready)
	}
	if err != nil {
		return nil, err
	}
	i, s := r.given, &r.state
	r.events = slices.Insert(r.events, i, ready)
	s.Was, s.Done = slices.Insert(s.Was, i, false), slices.Insert(s.Done, i, 0)
	for k, late := range s.Late {
		if late >= i {
			s.Late[k]++
		}
	}
	r.given++
	return &e, nil
}

// touch checks an event in the same way as the events of a document.
func (p *Plan) touch(e *language.Event) (timedEvent, error) {
	with := *p.Experiment
	with.Events = append(slices.Clone(with.Events), *e)
	if err := with.Validate(); err != nil {
		return timedEvent{}, err
	}
	return p.event(e)
}

// try returns the reason why an event cannot happen now, or nil.
func (r *timeline) try(e *timedEvent) error {
	switch {
	case e.Goal != nil:
		_, err := r.goals(e.Goal, r.members(e.ids))
		return err
	case e.Present != nil:
		_, err := r.run.presentable(*e.Present)
		return err
	case e.Show != nil || e.Recall != nil:
		return r.run.individually()
	case e.Turnover != nil:
		return config.FieldProblem("turnover", "happens again and again", "write it into the scenario, with every")
	case e.Lesion != nil || e.Rewire != nil || e.Delay != nil:
		_, err := r.change(e, draws(r.run.plan.Experiment.Seed, eventStream, r.state.Draws+1))
		return err
	}
	return nil
}

// individually reports a phase that cannot present single items.
func (r *Run) individually() error {
	if r.batch != nil {
		return fmt.Errorf("phase %s learns from batches, outside the network, so nothing can be presented in it", r.plan.phases[r.state.Phase].Name)
	}
	return nil
}

func (p *Plan) checkShow(s *language.Show) error {
	g, ok := p.Net.Input(s.Input)
	if !ok {
		return config.FieldError("input", s.Input, "the name of an input", config.Suggest(s.Input, p.Net.Names()))
	}
	return checkValues(s.Values, g.Size())
}

func checkValues(values []float64, channels int) error {
	if len(values) != channels {
		return config.FieldProblem("values", fmt.Sprintf("has %d values for %d channels", len(values), channels), "give one for each, in order")
	}
	return nil
}

func (p *Plan) checkAsk(a *language.Ask) error {
	c, err := p.cueing(a.How())
	if err != nil {
		return err
	}
	if a.Item != "" {
		if err := p.checkAsked(a, c.input.Size()); err != nil {
			return err
		}
	}
	if a.Values == nil {
		return nil
	}
	return checkValues(a.Values, c.input.Size())
}

// checkAsked reports an item that does not exist or that the input does not receive.
func (p *Plan) checkAsked(a *language.Ask, channels int) error {
	part, err := p.Data.Part(a.Data)
	if err != nil {
		return config.FieldProblem("data", err.Error(), "")
	}
	if n, _ := part.Set().Size(a.Input); n != channels {
		return config.FieldError("input", a.Input, fmt.Sprintf("an input that gets the items of %s", a.Data), "")
	}
	if found, _ := part.Select(a.Item); len(found) != 1 {
		return config.FieldError("item", a.Item, "the name of one item, or its number from #0 on", "")
	}
	return nil
}

// showNow presents values once.
func (r *Run) showNow(ctx context.Context, e *language.Show) error {
	if err := r.individually(); err != nil {
		return err
	}
	return r.showValues(ctx, r.aside(e.Learn), shownValues{e.Input, narrow(e.Values), "drawn"})
}

// shownValues are values for one input, and how they were found.
type shownValues struct {
	input  string
	values []float32
	how    string
}

// showValues presents values once, in the way of a phase. Other inputs are 0.
func (r *Run) showValues(ctx context.Context, p *phase, v shownValues) error {
	b := &r.buffers
	at := max(r.engine.Now(), r.state.Next)
	b.feed.Inputs, b.feed.Signals = b.feed.Inputs[:0], b.feed.Signals[:0]
	for i := range r.plan.Net.Populations {
		b.feed.Signals = r.teach(b.feed.Signals, at, i, mode{true, p.learns[i], r.dynamics(p.Present.Output, i)})
	}
	for _, g := range r.plan.Net.Inputs {
		own := make([]float32, g.Size())
		if g.Name == v.input {
			copy(own, v.values)
		}
		b.feed.Inputs = r.player.emit(b.feed.Inputs, at, g, own)
	}
	sh := showing{start: at}
	until, next := r.layShowing(p, &sh, neuron.Time(p.Present.Length))
	r.state.Next = next
	shown := journal.Shown{Start: at, End: sh.end, Phase: p.Name, How: v.how, Item: -1, Values: func(of string) []float32 {
		if of != v.input {
			return nil
		}
		return v.values
	}}
	if err := r.out.Shown(shown); err != nil {
		return err
	}
	return r.player.advance(ctx, until, b.feed)
}

// aside returns a phase for presenting one item in the way of the current phase. If the
// current phase presents no items, all neurons fire, learn and are observed once.
func (r *Run) aside(learn bool) *phase {
	on := &phase{Phase: &language.Phase{}}
	if r.state.Phase < len(r.plan.phases) {
		on = &r.plan.phases[r.state.Phase]
	}
	present := language.Present{Output: "own"}
	if on.Present != nil {
		present = *on.Present
	}
	p := phase{Phase: &language.Phase{Name: on.Name, Present: &present}, learns: make([]bool, len(r.plan.Net.Populations))}
	if learn {
		copy(p.learns, on.learns)
	}
	if on.Present == nil {
		p.steps = r.plan.defaultSteps(&p)
		return &p
	}
	for _, s := range on.steps {
		p.steps = append(p.steps, s.without(learn))
	}
	return &p
}

// without returns the step, without learning unless learn is true.
func (s step) without(learn bool) step {
	out := step{tells: s.tells}
	for _, t := range s.targets {
		if !learn {
			t.flags &^= neuron.Learn | neuron.Surprise
		}
		if t.flags != 0 {
			out.targets = append(out.targets, t)
		}
	}
	return out
}

func narrow(values []float64) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = float32(v)
	}
	return out
}

// recallNow recalls once and reports the overlap of the result with the pattern.
func (r *Run) recallNow(ctx context.Context, a *language.Ask) error {
	if err := r.individually(); err != nil {
		return err
	}
	c, _ := r.plan.cueing(a.How())     // checkAsk has found no error
	if r.state.Next > r.engine.Now() { // wait for earlier spikes to arrive
		if err := r.player.advance(ctx, r.state.Next, sim.Feed{}); err != nil {
			return err
		}
	}
	shown, stored, err := r.asked(a)
	if err != nil {
		return err
	}
	r.engine.state.Draws++
	rng := draws(r.plan.Experiment.Seed, touchStream, r.engine.state.Draws)
	cue := narrow(a.Values)
	if a.Values == nil {
		cue = damage(a.Cue, float64(a.Fraction), stored, rng)
	}
	if stored == nil {
		stored = cue
	}
	if err := r.reportCueing(shown, &c, cue); err != nil {
		return err
	}
	got, err := r.recallCue(ctx, &c, cue)
	if err != nil {
		return err
	}
	return r.out.Measure(r.engine.Now(), "event.recall", measure.Overlap(got.Outputs, got.Evidence, stored))
}

// asked returns the item to recall; the pattern is nil if there is none.
func (r *Run) asked(a *language.Ask) (shown journal.Shown, pattern []float32, err error) {
	shown = journal.Shown{Start: r.engine.Now(), End: r.engine.Now(), Phase: r.engine.state.Phase, Item: -1}
	if a.Item == "" {
		return shown, nil, nil
	}
	part, _ := r.plan.Data.Part(a.Data) // checkAsked has found one item
	found, _ := part.Select(a.Item)
	var it data.Item
	if err := part.Item(found[0], &it); err != nil {
		return shown, nil, err
	}
	shown.Item, shown.Name = it.Index, it.Name
	return shown, part.Set().Values(nil, a.Input, &it), nil
}
