package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/measure"
)

// Run is one execution of an experiment on an engine.
type Run struct {
	plan     *Plan
	engine   *timeline
	out      *journal.Listener
	measures *measure.Set
	player   player
	state    state
	batch    *batchRun  // of the current phase, if it learns from batches
	script   *scriptRun // of the current phase, if it is a script
	orders   orders
	buffers  buffers
}

// state is the state of a run between two steps, without that of the engine.
type state struct {
	Digests  map[string]string // of the data
	Phase    int               // the current phase
	Entered  bool              // whether it has begun
	Done     int               // its presentations so far
	Began    neuron.Time       // start of the phase
	Next     neuron.Time       // earliest start of the next presentation
	Used     map[string]int    // items used so far, by infinite source
	Trained  int               // presentations of phases that learn
	Shown    int               // presentations of all phases
	Sampling measure.Sampling
	Channels []float32 // last value of each channel
	Outputs  []float32 `json:"Told"` // last output of each neuron
	Modes    []mode    // by population
	Ring     []neuron.Spike
	Recent   []neuron.Spike  // last spikes of the last phase that learned
	Batch    []byte          `json:",omitempty"` // populations that learn from batches
	Script   json.RawMessage `json:",omitempty"`
	Measures []byte
	Timeline timelineState
}

// Start begins a run on an engine whose network is in its initial state.
func (p *Plan) Start(e sim.Engine, out *journal.Listener) (*Run, error) {
	return p.run(e, out)
}

func (p *Plan) run(e sim.Engine, out *journal.Listener) (*Run, error) {
	out.Defaults()
	r := &Run{plan: p, out: out, orders: orders{seed: p.Experiment.Seed}}
	var err error
	if r.measures, err = measure.New(p.env()); err != nil {
		return nil, err
	}
	r.engine = newTimeline(r, e)
	r.player = newPlayer(r)
	r.state = state{Digests: p.digests(), Used: map[string]int{}, Modes: make([]mode, len(p.Net.Populations)),
		Sampling: measure.NewSampling(p.planned, p.Experiment.Record.Atoms)}
	return r, nil
}

func (p *Plan) digests() map[string]string {
	all := map[string]string{}
	for name := range p.Experiment.Data.All() {
		all[name] = p.Data.Set(name).Digest()
	}
	return all
}

// Resume continues a saved run, on an engine whose state was saved at the same moment.
func (p *Plan) Resume(e sim.Engine, out *journal.Listener, saved []byte) (*Run, error) {
	r, err := p.run(e, out)
	if err != nil {
		return nil, err
	}
	fresh := r.state
	r.state = state{}
	if err := json.Unmarshal(saved, &r.state); err != nil {
		return nil, fmt.Errorf("protocol: not a state of a run: %w", err)
	}
	return r, r.check(&fresh)
}

// check compares a restored state with that of a new run, and restores from it.
func (r *Run) check(fresh *state) error {
	s := &r.state
	for name, digest := range fresh.Digests {
		if s.Digests[name] != digest {
			return fmt.Errorf("protocol: the data %q are not those that the run began with", name)
		}
	}
	p := &r.player
	if s.Phase < 0 || s.Phase > len(r.plan.phases) || s.Done < 0 || len(s.Modes) != len(fresh.Modes) ||
		len(s.Channels) != len(p.channels) || len(s.Outputs) != len(p.outputs) {
		return errors.New("protocol: the state does not fit the scenario")
	}
	if s.Used == nil {
		s.Used = map[string]int{}
	}
	p.channels, p.outputs, p.ring = s.Channels, s.Outputs, s.Ring
	return errors.Join(r.measures.Restore(s.Measures), r.engine.restore(&s.Timeline))
}

// Save returns the state of the run. It may only be called from within the listener's
// Step, while the engine is idle.
func (r *Run) Save() ([]byte, error) {
	s := r.state
	s.Channels, s.Outputs, s.Ring, s.Timeline = r.player.channels, r.player.outputs, r.player.recent(), r.engine.state
	var err1, err2 error
	s.Measures, err1 = r.measures.Save()
	if r.batch != nil {
		s.Batch = r.batch.save()
	}
	if r.script != nil {
		s.Script, err2 = r.script.save()
	}
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

// Go plays the phases, starting at the present state, and reports the results. It also
// reports them if the run is stopped. A cancelled context stops the run at the end of an
// epoch, which may be within a presentation; a run that is saved and continued is stopped
// by an error of the listener's Step instead.
func (r *Run) Go(ctx context.Context) error {
	err := r.play(ctx)
	return errors.Join(err, r.show(err == nil))
}

func (r *Run) play(ctx context.Context) error {
	for s := &r.state; s.Phase < len(r.plan.phases); s.Phase++ {
		p := &r.plan.phases[s.Phase]
		if !s.Entered {
			if err := r.enter(ctx, p); err != nil {
				return err
			}
		}
		if err := r.playPhase(ctx, p); err != nil {
			return err
		}
		if err := r.leave(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// enter begins a phase.
func (r *Run) enter(ctx context.Context, p *phase) error {
	s := &r.state
	s.Entered, s.Done, s.Batch, s.Script = true, 0, nil, nil
	if err := r.beginPhase(ctx, p.Name); err != nil {
		return err
	}
	s.Began = r.engine.Now()
	return r.measures.Begin(p.Name, p.learning(), p.presentations(r.plan))
}

// beginPhase executes the events at the begin of a phase, then reports the phase.
func (r *Run) beginPhase(ctx context.Context, name string) error {
	if err := r.engine.phase(ctx, name); err != nil {
		return err
	}
	return r.out.Phase(name)
}

func (r *Run) playPhase(ctx context.Context, p *phase) error {
	switch {
	case p.Present != nil && p.Present.Batch != nil:
		return r.learnInBatches(ctx, p)
	case p.Present != nil:
		return r.present(ctx, p)
	case p.Play != nil:
		return r.playTrains(ctx, p)
	case p.Rest != nil:
		return r.rest(ctx, p)
	case p.Recall != nil:
		return r.recall(ctx, p)
	case p.Store != nil:
		return r.store(ctx, p)
	default:
		return r.runScript(ctx, p)
	}
}

// leave ends a phase. It waits until all spikes have arrived.
func (r *Run) leave(ctx context.Context, p *phase) error {
	s := &r.state
	if s.Next > r.engine.Now() {
		if err := r.player.advance(ctx, s.Next, sim.Feed{}); err != nil {
			return err
		}
	}
	if p.learning() {
		s.Recent = r.player.recent()
	}
	for _, what := range p.Save {
		if err := r.keep(p.Name, what); err != nil {
			return err
		}
	}
	s.Entered, s.Batch, s.Script = false, nil, nil
	r.batch, r.script = nil, nil
	return nil
}

// step reports the progress of a phase. The run can be saved or stopped during the call.
func (r *Run) step(ctx context.Context, p *phase, done, total int) error {
	for {
		asked := r.attend(p.Name, done, total)
		if err := r.engine.between(ctx); err != nil {
			return err
		}
		if err := r.out.Step(p.Name, done, total); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.engine.writeCheckpoint(); err != nil || !asked {
			return err
		}
	}
}

// learners returns the ids of the neurons whose kind learns; a part of them if there are
// very many.
func (r *Run) learners() []neuron.ID {
	var ids []neuron.ID
	for _, g := range r.plan.Net.Populations {
		if r.plan.Net.Kind(g.Name).Learns {
			for id := g.First; id < g.Last; id++ {
				ids = append(ids, id)
			}
		}
	}
	return measure.Spread(ids)
}

// sampleAtoms gets the decompositions of neurons and reports them.
func (r *Run) sampleAtoms() ([]neuron.Report, error) {
	ids := r.learners()
	if len(ids) == 0 {
		return nil, nil
	}
	reports, err := r.engine.Report(ids, neuron.WantAtoms)
	if err != nil {
		return nil, err
	}
	return reports, r.reportAtoms(reports)
}

func (r *Run) reportAtoms(reports []neuron.Report) error {
	now := r.engine.Now()
	if err := r.measures.Atoms(now, reports, r.out); err != nil {
		return err
	}
	return r.out.Atoms(now, reports)
}

// show reports the results of the run. A run that was stopped does not write its weights:
// they are in its checkpoint, and writing many weights would delay the stop.
func (r *Run) show(whole bool) error {
	r.engine.reportMissed()
	rec := &r.plan.Experiment.Record
	recent := r.state.Recent
	if recent == nil {
		recent = r.player.recent()
	}
	n := r.plan.Net.Sim.NumNeurons()
	out := r.marked()
	errs := []error{r.measures.Show(r.engine, out),
		out.Figure("raster", journal.Raster{Title: "The last spikes of training", Neurons: n, Spikes: slices.Clone(recent)})}
	if rec.Weights && whole {
		errs = append(errs, r.keepWeights("trained"))
	}
	return errors.Join(errs...)
}

// marked returns the listener with one change: it adds marks of phases and events to
// figures over time. If there is only one phase, it has no mark.
func (r *Run) marked() *journal.Listener {
	marks := r.engine.state.Marks
	phases := 0
	for _, m := range marks {
		if m.Phase {
			phases++
		}
	}
	if phases < 2 {
		marks = slices.DeleteFunc(slices.Clone(marks), func(m journal.Mark) bool { return m.Phase })
	}
	out := *r.out
	out.Figure = func(name string, f journal.Figure) error {
		switch own := f.(type) {
		case journal.Lines:
			if own.Timed {
				own.Marks = marks
			}
			f = own
		case journal.Raster:
			own.Marks = marks
			f = own
		}
		return r.out.Figure(name, f)
	}
	return &out
}

// keep saves what a phase saves at its end, under the name of the phase.
func (r *Run) keep(name, what string) error {
	switch what {
	case "weights":
		return r.keepWeights(name)
	case "atoms":
		_, err := r.sampleAtoms()
		return err
	}
	return r.drawWeights("weights-"+name, "Weights after "+name)
}

func (r *Run) keepWeights(name string) error {
	reports, err := r.engine.Report(r.player.everyone(), neuron.WantWeights)
	if err != nil {
		return err
	}
	return r.out.Weights(name, r.engine.Network(), reports)
}
