package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/footprint"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/templates"
)

// Capacity is the capacity section. It measures how many random patterns an associative
// memory holds, for the forms of infomorphic neurons and for the classical rules under
// the same conditions. Each measurement trains an associative memory and tests its
// recall.
type Capacity struct {
	Rules         []string              `yaml:"rules" doc:"Learning rules that are measured. online: the event-driven rule, asynchronous if neurons have their own clocks. batch: the same neurons with Adam on whole batches." default:"[online, batch, hebb, storkey, pseudo_inverse, perceptron, logistic]" enum:"online,batch,hebb,storkey,pseudo_inverse,perceptron,logistic" minItems:"1" maxItems:"7"`
	Per           string                `yaml:"per" doc:"Unit of loads and capacities: patterns per neuron, or per synapse that a neuron has from other neurons on average." default:"neuron" enum:"neuron,synapse"`
	Loads         []float64             `yaml:"loads" doc:"Patterns per neuron (or synapse) at which every rule is measured." default:"[0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8]" exclusiveMin:"0" max:"10" minItems:"1" maxItems:"1000"`
	Tolerance     float64               `yaml:"tolerance" doc:"Find the capacity by bisection to this precision in load; 0 measures only at the loads above." default:"0.05" min:"0" max:"1"`
	Criterion     float64               `yaml:"criterion" doc:"Smallest mean overlap between stored and recalled patterns at which a load counts as stored." default:"0.95" exclusiveMin:"0" max:"1"`
	Presentations int                   `yaml:"presentations" doc:"How often each pattern is presented to the online rule." default:"30" min:"1" max:"1000000"`
	Drive         float64               `yaml:"drive" doc:"Receptive weight of the online rule: how strongly a bit drives its neuron." default:"2.3" exclusiveMin:"0" max:"100"`
	Batch         templates.BatchMemory `yaml:"batch" doc:"Settings for batch learning."`
	Recall        []templates.Test      `yaml:"recall" doc:"Tests of recall after each training. Each gives its own capacity; that of the first also has the short name. Default: a clean one with sign dynamics." maxItems:"20"`
	Flipped       []config.Fraction     `yaml:"flipped" doc:"Basins of attraction: at every load, also recall with these shares of the cue flipped, otherwise like the first test." maxItems:"100"`
	Known         []config.Fraction     `yaml:"known" doc:"Completion: at every load, also recall if only these shares of the bits are known and held on the receptive ports." maxItems:"100"`
	Streaming     *Streaming            `yaml:"streaming" doc:"Measure a stream of patterns instead, with the online rule: each pattern is presented a few times and then never again, and the score is how many are kept at the end. Default tests: from cues with 10% of the bits flipped with emphatic beliefs, and from clean cues with sign dynamics."`
}

// Streaming is a stream of patterns.
type Streaming struct {
	Patterns int `yaml:"patterns" doc:"Length of the stream." default:"150" min:"1" max:"1000000"`
	templates.Stream
	Tested int `yaml:"tested" doc:"Number of the last patterns that are tested." default:"60" min:"1" max:"1000000"`
}

// maxCapacityPatterns limits the patterns of one measurement.
const maxCapacityPatterns = 100_000

// check reports settings of the document that cannot be combined with a measurement of
// capacity.
func (c *Capacity) check(f *Short) error {
	if len(f.Events) > 0 || len(f.Faults) > 0 {
		return config.FieldProblem("events", "and faults are for single experiments, not for measurements of capacity", "study an associative_memory instead")
	}
	if f.Mode == ModeFree {
		return config.FieldError("mode", f.Mode, "lockstep, because the trials of a measurement are not recorded", "")
	}
	seen := map[string]bool{}
	for i := range c.Recall {
		if seen[c.Recall[i].Name] || !language.ValidName(c.Recall[i].Name) {
			return config.FieldError(fmt.Sprintf("capacity.recall[%d].name", i), c.Recall[i].Name, "letters, digits, - and _, other than before", "")
		}
		seen[c.Recall[i].Name] = true
	}
	return nil
}

// capacityTask is a Capacity that is ready to run.
type capacityTask struct {
	*Capacity
	short   *Short
	files   Files
	room    footprint.Room
	neurons int
	net     *sim.Network
	unit    float64 // patterns at load 1
	most    int     // patterns of the largest load
	tests   []templates.Test
}

func newCapacityTask(s *Scenario, files Files) (*capacityTask, error) {
	t := &capacityTask{Capacity: s.short.Capacity, short: s.short, files: files, room: s.Room, neurons: s.short.Network.Neurons}
	if t.neurons == 0 {
		t.neurons = 100
	}
	if t.Per == "neuron" { // report too many patterns before building a large network
		if err := t.countPatterns(float64(t.neurons)); err != nil {
			return nil, err
		}
	}
	slices.Sort(t.Loads)
	slices.Sort(t.Flipped)
	if clean := (templates.Test{Name: "clean", How: templates.How{Cue: "clean", Dynamics: "sign", Release: "released"}}); len(t.Recall) == 0 {
		t.Recall = []templates.Test{clean}
		if t.Streaming != nil { // a network that only repeats the cue is perfect on whole cues
			t.Recall = []templates.Test{{Name: "flipped", How: templates.How{Cue: "flip", Fraction: 0.1, Dynamics: "emphatic_belief", Release: "released"}}, clean}
		}
	}
	t.tests = t.layTests()
	rules := t.Rules
	if t.Streaming != nil {
		rules = []string{"online"}
	}
	for _, rule := range rules[1:] {
		if _, err := t.experiment(rule, 1); err != nil {
			return nil, err
		}
	}
	first, err := t.trial(rules[0], 1)
	if err != nil {
		return nil, err
	}
	t.net = first.Network()
	if t.Per == "synapse" {
		return t, t.countPatterns(synapsesPerNeuron(t.net))
	}
	return t, nil
}

// countPatterns stores how many patterns make load 1, and how many patterns the largest
// load needs.
func (t *capacityTask) countPatterns(unit float64) error {
	t.unit = unit
	t.most = int(math.Ceil(slices.Max(t.Loads)*unit)) + 1
	if t.Streaming != nil {
		t.most = t.Streaming.Patterns
	}
	if t.most > maxCapacityPatterns {
		return config.FieldError("capacity.loads", t.most, fmt.Sprintf("at most %d patterns in all", maxCapacityPatterns), "")
	}
	return nil
}

// synapsesPerNeuron returns the mean number of synapses at the contextual port of a
// neuron. It counts at least one synapse in the network, so that it is never 0.
func synapsesPerNeuron(net *sim.Network) float64 {
	synapses := 0
	for id := range neuron.ID(net.NumNeurons()) {
		for _, p := range net.Incoming(id).Port {
			if p == neuron.Contextual {
				synapses++
			}
		}
	}
	return float64(max(synapses, 1)) / float64(net.NumNeurons())
}

// layTests returns every recall test that follows one training: Recall, then Flipped,
// then Known.
func (t *capacityTask) layTests() []templates.Test {
	tests := slices.Clone(t.Recall)
	for _, f := range t.Flipped {
		like := t.Recall[0].How
		like.Cue, like.Fraction = "flip", f
		if f == 0 {
			like.Cue = "clean"
		}
		tests = append(tests, templates.Test{Name: "flipped-" + share(f), How: like})
	}
	for _, f := range t.Known {
		tests = append(tests, templates.Test{Name: "known-" + share(f), How: templates.How{Cue: "partial", Fraction: 1 - f, Dynamics: "sign", Release: "held", Count: t.Recall[0].Count}})
	}
	return tests
}

// share writes a share as a percentage for the names of phases. It writes a dot as _,
// because such names have no dots.
func share(f config.Fraction) string {
	return strings.ReplaceAll(fmt.Sprintf("%g", math.Round(1e4*float64(f))/100), ".", "_")
}

// trial returns the task that trains and tests one associative memory.
func (t *capacityTask) trial(rule string, m int) (Task, error) {
	e, err := t.experiment(rule, m)
	if err != nil {
		return nil, err
	}
	return newExperimentTask(&Scenario{Experiment: e, Room: t.room}, t.files)
}

// experiment returns an associative memory that stores the first m patterns by a rule.
func (t *capacityTask) experiment(rule string, m int) (*language.Experiment, error) {
	f := t.short.Form
	if rule == "batch" {
		f.Neuron = f.Neuron.ForBatches(slices.Contains(t.Rules, "online"))
	}
	f.Network.Neurons, f.Expect, f.Mode = t.neurons, nil, "lockstep"
	f.Record = language.Record{Atoms: 1, Inboxes: true, Graph: t.short.Record.Graph, Neurons: "all"}
	f.Memory = &templates.Memory{
		Patterns:      language.Patterns{Source: "random", Count: m, Width: t.neurons, Height: 1, P: 0.5},
		Presentations: t.Presentations, Order: "shuffled", Drive: t.Drive, Stored: rule, Batch: t.Batch, Recall: t.tests,
	}
	if s := t.Streaming; s != nil {
		f.Memory.Stream = &s.Stream
		f.Memory.Recall = slices.Clone(t.Recall)
		for i := range f.Memory.Recall {
			f.Memory.Recall[i].Backwards, f.Memory.Recall[i].Count = true, min(s.Tested, m)
		}
	}
	e, err := f.Expand()
	if err != nil {
		return nil, err
	}
	if err := validate(e); err != nil {
		return nil, config.Rekey(err, func(key string) string { return f.Origin(e, key) })
	}
	return e, nil
}

// Network implements Task.
func (t *capacityTask) Network() *sim.Network { return t.net }

// Start implements Task. The given engine stays idle: every trial has its own.
func (t *capacityTask) Start(_ sim.Engine, out *journal.Listener) (Run, error) {
	out.Defaults()
	return &capacityRun{capacityTask: t, out: out}, nil
}

// capacityState is the saved state of a run: what it has measured, and the trial in
// progress.
type capacityState struct {
	Points []point
	Rule   string `json:",omitempty"`
	Trial  []byte `json:",omitempty"`
	Engine []byte `json:",omitempty"`
	Count  int    `json:",omitempty"` // patterns of the trial in progress
}

// Resume implements Task.
func (t *capacityTask) Resume(_ sim.Engine, out *journal.Listener, saved []byte) (Run, error) {
	out.Defaults()
	r := &capacityRun{capacityTask: t, out: out}
	if err := json.Unmarshal(saved, &r.state); err != nil {
		return nil, fmt.Errorf("capacity: not a state of this measurement: %w", err)
	}
	for _, p := range r.state.Points {
		if t.Streaming == nil && (len(p.Overlap) != len(t.tests) || len(p.Exact) != len(t.tests) || p.Patterns < 1 || p.Patterns > t.most) {
			return nil, errors.New("capacity: the state does not fit the scenario")
		}
	}
	return r, nil
}

// capacityRun is one run of the task.
type capacityRun struct {
	*capacityTask
	out     *journal.Listener
	state   capacityState
	current Run // of the trial in progress
	engine  sim.Engine
}

// point is the result of one trial: how many patterns a rule stored, and how well each
// test recalled them.
type point struct {
	Rule     string
	Patterns int
	Overlap  []float64 // mean overlap between stored and recalled pattern, by test
	Exact    []float64 // share of patterns recalled without a wrong bit, by test
	Scores   scored
	Learned  float64 // presentations of each pattern until the contexts predicted it; 0: never
}

// Save implements Run.
func (r *capacityRun) Save() ([]byte, error) {
	s := r.state
	if r.current != nil {
		var err1, err2 error
		s.Trial, err1 = r.current.Save()
		s.Engine, err2 = r.engine.State()
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
	}
	return json.Marshal(s)
}

// Go implements Run: it makes the measurements that are missing and reports the results.
// It also reports when the run is stopped early.
func (r *capacityRun) Go(ctx context.Context) error {
	if r.Streaming != nil {
		return r.stream(ctx)
	}
	for _, rule := range r.Rules {
		if err := r.measure(ctx, rule); err != nil {
			return errors.Join(err, r.show())
		}
	}
	return r.show()
}

// measure measures one rule at every load, then bisects the capacity of each test of
// recall. All tests use the same trials.
func (r *capacityRun) measure(ctx context.Context, rule string) error {
	for _, load := range r.Loads {
		if err := r.try(ctx, rule, max(1, int(math.Round(load*r.unit)))); err != nil {
			return err
		}
	}
	for k := range r.Recall {
		low, err := r.bisect(ctx, rule, k)
		if err != nil {
			return err
		}
		capacity := float64(low) / r.unit
		if k == 0 {
			r.out.Score("capacity."+rule, capacity, 0)
			r.out.Score("patterns."+rule, float64(low), 0)
		}
		r.out.Score("capacity."+rule+"."+r.Recall[k].Name, capacity, 0)
	}
	r.scoreBasin(rule)
	r.scoreTime(rule)
	return nil
}

// bisect finds the capacity of a rule in a test, in patterns. It looks at the first load
// that fails the criterion and at the largest load below it, and tries loads between the
// two until they differ by no more than the tolerance. It returns the lower of the two.
// It never reports a load above one that failed.
func (r *capacityRun) bisect(ctx context.Context, rule string, test int) (low int, err error) {
	for {
		var low, high int // high stays 0, below low, if no load fails
		for _, p := range r.of(rule) {
			if p.Overlap[test] < r.Criterion {
				high = p.Patterns
				break
			}
			low = p.Patterns
		}
		if r.Tolerance == 0 || float64(high-low) <= max(1, r.Tolerance*r.unit) {
			return low, nil
		}
		if err := r.try(ctx, rule, (low+high)/2); err != nil {
			return low, err
		}
	}
}

// try makes a trial, unless its result is there already.
func (r *capacityRun) try(ctx context.Context, rule string, m int) error {
	if slices.ContainsFunc(r.state.Points, func(p point) bool { return p.Rule == rule && p.Patterns == m }) {
		return nil
	}
	p, err := r.run(ctx, rule, m)
	if err != nil {
		return err
	}
	r.state.Points = append(r.state.Points, p)
	return r.out.Step(rule, len(r.state.Points), 0)
}

// run makes a trial. If a checkpoint was taken during this trial, run continues from it.
func (r *capacityRun) run(ctx context.Context, rule string, m int) (point, error) {
	p := point{Rule: rule, Patterns: m, Scores: scored{Values: map[string]float64{}, chance: map[string]float64{}}}
	task, err := r.trial(rule, m)
	if err != nil {
		return p, err
	}
	if r.engine, err = r.out.Open(task.Network()); err != nil {
		return p, err
	}
	defer r.engine.Close()
	out := r.listener(&p)
	from := r.state
	r.state.Rule, r.state.Count, r.state.Trial, r.state.Engine = rule, m, nil, nil
	if from.Trial != nil && from.Rule == rule && from.Count == m {
		if err := r.engine.Restore(from.Engine); err != nil {
			return p, err
		}
		r.current, err = task.Resume(r.engine, out, from.Trial)
	} else {
		r.current, err = task.Start(r.engine, out)
	}
	if err == nil {
		err = r.current.Go(ctx)
	}
	r.current, r.state.Rule, r.state.Count = nil, "", 0
	for _, t := range r.tests {
		p.Overlap = append(p.Overlap, p.Scores.Values["recall."+t.Name+".mean_overlap"])
		p.Exact = append(p.Exact, p.Scores.Values["recall."+t.Name+".exact"])
	}
	return p, err
}

// listener keeps the scores of a trial. It replaces the phases of the trial by its own
// text about the progress.
func (r *capacityRun) listener(p *point) *journal.Listener {
	what := fmt.Sprint(p.Rule, " with ", p.Patterns, " patterns")
	l := r.out.Part(func(phase string, done, total int) (string, int, int) { return what + ", " + phase, done, total })
	l.Table = func(t journal.Table) error {
		switch t.Name {
		case "neurons":
			p.Scores.Neurons = &neuronRows{}
			p.Scores.Neurons.keep(t)
		case "recall":
			p.Scores.recall = t
		}
		return nil
	}
	l.Score = func(name string, v, chance float64) {
		p.Scores.set(name, v)
		p.Scores.chance[name] = chance
	}
	l.Figure = func(name string, f journal.Figure) error {
		if curve, ok := f.(journal.Lines); ok && name == "learning-curve" {
			p.Learned = learningTime(&curve.Series[0])
		}
		return nil
	}
	return l
}

// learningTime returns when a learning curve first has 95 % of all bits; 0: never.
func learningTime(curve *journal.Series) float64 {
	for i, share := range curve.Y {
		if share >= 0.95 {
			return curve.X[i]
		}
	}
	return 0
}

// of returns the points of a rule in order of load.
func (r *capacityRun) of(rule string) (points []point) {
	for _, p := range r.state.Points {
		if p.Rule == rule {
			points = append(points, p)
		}
	}
	slices.SortStableFunc(points, func(a, b point) int { return a.Patterns - b.Patterns })
	return points
}

// stream presents a stream and reports how much of it is kept.
func (r *capacityRun) stream(ctx context.Context) error {
	p, err := r.run(ctx, "online", r.Streaming.Patterns)
	if err != nil {
		return err
	}
	for _, name := range p.Scores.Names {
		of := name
		if what, ok := strings.CutPrefix(name, "recall."); ok {
			of = "streaming." + what
		}
		r.out.Score(of, p.Scores.Values[name], p.Scores.chance[name])
	}
	r.out.Score("streaming.span", p.Scores.Values["recall.buffer"]-1, math.NaN())
	return r.showStream(&p)
}
