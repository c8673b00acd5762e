package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// Capacity is the capacity section: how many random patterns an associative
// memory holds, for infomorphic neurons in their forms and for the classical
// rules in the same harness.
type Capacity struct {
	Rules         []string          `yaml:"rules" doc:"What is measured. online: the event-driven rule, asynchronous where neurons have clocks of their own. batch: the same neurons with Adam on whole batches." default:"[online, batch, hebb, storkey, pseudo_inverse, perceptron, logistic]" enum:"online,batch,hebb,storkey,pseudo_inverse,perceptron,logistic" minItems:"1" maxItems:"7"`
	Per           string            `yaml:"per" doc:"What loads and capacities count patterns by: each neuron, or each synapse that a neuron has from others on average." default:"neuron" enum:"neuron,synapse"`
	Loads         []float64         `yaml:"loads" doc:"Patterns per neuron (or synapse) at which every rule is measured." default:"[0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8]" exclusiveMin:"0" max:"10" minItems:"1" maxItems:"1000"`
	Tolerance     float64           `yaml:"tolerance" doc:"Bisect the capacity until it is known to this load; 0 leaves it at the loads above." default:"0.05" min:"0" max:"1"`
	Criterion     float64           `yaml:"criterion" doc:"Mean cosine between stored and recalled patterns down to which a load is held." default:"0.95" exclusiveMin:"0" max:"1"`
	Presentations int               `yaml:"presentations" doc:"How often the online rule sees each pattern." default:"30" min:"1" max:"1000000"`
	Drive         float64           `yaml:"drive" doc:"Receptive weight of the online rule: how strongly a bit drives its neuron." default:"2.3" exclusiveMin:"0" max:"100"`
	Batch         BatchMemory       `yaml:"batch" doc:"The batch form."`
	Recall        []Recall          `yaml:"recall" doc:"Tests of what one training has stored, each with a capacity of its own, the first also by the short name; without any, a clean one by sign dynamics." maxItems:"20"`
	Flipped       []config.Fraction `yaml:"flipped" doc:"Map the basins: at every load, recall also with these shares of the cue flipped, else like the first test." maxItems:"100"`
	Known         []config.Fraction `yaml:"known" doc:"Completion: at every load, recall also where these shares of the bits are known and held on the receptive ports." maxItems:"100"`
	Streaming     *Streaming        `yaml:"streaming" doc:"Measure instead how many of a stream of patterns, each seen a few times and then gone, are kept at its end; by the online rule."`
}

// BatchMemory is the batch form of the memory: Adam on the goal of all
// patterns at once.
type BatchMemory struct {
	Passes   int     `yaml:"passes" doc:"Steps of Adam." default:"1000" min:"1" max:"1000000"`
	Rate     float64 `yaml:"rate" doc:"Learning rate." default:"0.1" min:"0" max:"10"`
	Drive    float64 `yaml:"drive" doc:"Receptive weight at the start." default:"3" exclusiveMin:"0" max:"100"`
	EndDrive float64 `yaml:"end_drive" doc:"Receptive weight at the end; it moves there linearly. A drive that fades lets a neuron give up the one pattern that it cannot store, instead of all." default:"1" exclusiveMin:"0" max:"100"`
}

// maxCapacityPatterns bounds the patterns of one measurement.
const maxCapacityPatterns = 100_000

// capacityTask is a Capacity that is ready to run.
type capacityTask struct {
	*Capacity
	scenario *Scenario
	neurons  int
	net      *sim.Network
	unit     float64   // patterns at load 1
	patterns []Pattern // as many as the largest load needs
	tests    []Recall  // Recall, then Flipped, then Known
	run      *capacityRun
}

func newCapacityTask(s *Scenario, files Files) (*capacityTask, error) {
	t := &capacityTask{Capacity: s.Capacity, scenario: s, neurons: orElse(s.Network.Neurons, 100)}
	if t.Per == "neuron" { // that there are too many shows before a large network is built
		if _, err := t.countPatterns(); err != nil {
			return nil, err
		}
	}
	var err error
	if t.net, err = s.build(t.neurons, t.Drive, files); err != nil {
		return nil, err
	}
	most, err := t.countPatterns()
	if err != nil {
		return nil, err
	}
	slices.Sort(t.Loads)
	slices.Sort(t.Flipped)
	if len(t.Recall) == 0 {
		t.Recall = defaultRecall()[:1]
	}
	t.tests = t.layTests()
	t.patterns = randomPatterns(most, t.neurons, neuron.NewRand(s.Seed, neuron.ForStimulus, patternStream))
	cfg := t.net.Config(0)
	if cfg.Clock.Kind == neuron.Ticked && !slices.ContainsFunc(t.tests, func(r Recall) bool { return r.Dynamics == "belief" }) {
		cfg.Tell = neuron.TellChange // nobody counts spikes here, and fewer are faster
	}
	return t, nil
}

// countPatterns finds what loads are counted by and returns how many patterns
// the task needs.
func (t *capacityTask) countPatterns() (int, error) {
	t.unit = t.patternsPer()
	most := int(math.Ceil(slices.Max(t.Loads)*t.unit)) + 1
	if t.Streaming != nil {
		most = t.Streaming.Patterns
	}
	if most > maxCapacityPatterns {
		return 0, config.FieldError("capacity.loads", most, fmt.Sprintf("at most %d patterns in all", maxCapacityPatterns), "")
	}
	return most, nil
}

// patternsPer returns what loads are counted by: the number of neurons, or of
// synapses that a neuron has from others, on average.
func (t *capacityTask) patternsPer() float64 {
	if t.Per == "neuron" {
		return float64(t.neurons)
	}
	synapses := 0
	for id := range neuron.ID(t.neurons) {
		for _, p := range t.net.Incoming(id).Port {
			if p == neuron.Contextual {
				synapses++
			}
		}
	}
	return float64(max(synapses, 1)) / float64(t.neurons)
}

// Validate implements config.Validator.
func (c *Capacity) Validate() error { return checkTests(c.Recall) }

// layTests returns every test of what one training has stored.
func (t *capacityTask) layTests() []Recall {
	tests := slices.Clone(t.Recall)
	for _, f := range t.Flipped {
		like := t.Recall[0].Test
		like.Cue, like.Fraction = "flip", f
		tests = append(tests, Recall{Name: "flipped-" + percent(float64(f)), Test: like})
	}
	for _, f := range t.Known {
		tests = append(tests, Recall{Name: "known-" + percent(float64(f)), Test: Test{Cue: "partial", Fraction: 1 - f, Dynamics: "sign", Release: "held", Count: t.Recall[0].Count}})
	}
	return tests
}

// Network implements Task.
func (t *capacityTask) Network() *sim.Network { return t.net }

// Run implements Task.
func (t *capacityTask) Run(e sim.Engine, j Journal) error {
	start, err := e.State()
	if err != nil {
		return err
	}
	return t.begin(e, j, start).perform()
}

func (t *capacityTask) begin(e sim.Engine, j Journal, start []byte) *capacityRun {
	t.run = &capacityRun{capacityTask: t, engine: e, journal: j, start: start}
	return t.run
}

// capacityState is what a run must remember: what it has measured. A trial
// that is on begins anew.
type capacityState struct {
	Points []point
}

// Save implements Resumable.
func (t *capacityTask) Save() ([]byte, error) {
	return json.Marshal(capacityState{t.run.points})
}

// Resume implements Resumable.
func (t *capacityTask) Resume(e sim.Engine, j Journal, saved []byte) error {
	var s capacityState
	if err := json.Unmarshal(saved, &s); err != nil {
		return fmt.Errorf("capacity: not a state of this task: %w", err)
	}
	for _, p := range s.Points {
		if len(p.Cosine) != len(t.tests) || len(p.Exact) != len(t.tests) || p.Patterns < 1 || p.Patterns > len(t.patterns) {
			return errors.New("capacity: the state does not fit the scenario")
		}
	}
	fresh, err := sim.NewSequential(t.net)
	if err != nil {
		return err
	}
	start, err := fresh.State()
	if err != nil {
		return err
	}
	r := t.begin(e, j, start)
	r.points = s.Points
	return r.perform()
}

// capacityRun is one run of the task.
type capacityRun struct {
	*capacityTask
	engine  sim.Engine
	journal Journal
	start   []byte // the engine's state before anything was learnt
	points  []point
}

// point is one trial: a number of patterns stored by a rule, and by test how
// they were recalled.
type point struct {
	Rule     string
	Patterns int
	Cosine   []float64 // mean between stored and recalled
	Exact    []float64 // share recalled without a wrong bit
	Atoms    []float64 // mean over neurons, by quantity; nil where there are none
	Neurons  []neuronColumn
	Learned  float64 // presentations of each pattern until the contexts predicted it; 0: they never did
}

// perform measures what has not been measured yet, and tells the results, also
// of a run that is stopped.
func (r *capacityRun) perform() error {
	if r.Streaming != nil {
		return r.stream()
	}
	for _, rule := range r.Rules {
		if err := r.measure(rule); err != nil {
			return errors.Join(err, r.show())
		}
	}
	return r.show()
}

// measure follows one rule through the loads, then bisects the capacity of each
// test of recall. Trials are shared between the tests.
func (r *capacityRun) measure(rule string) error {
	for _, load := range r.Loads {
		if err := r.try(rule, max(1, int(math.Round(load*r.unit)))); err != nil {
			return err
		}
	}
	for k := range r.Recall {
		low, err := r.bisect(rule, k)
		if err != nil {
			return err
		}
		capacity := float64(low) / r.unit
		if k == 0 {
			r.journal.Score("capacity."+rule, capacity)
			r.journal.Score("patterns."+rule, float64(low))
		}
		r.journal.Score("capacity."+rule+"."+r.Recall[k].Name, capacity)
	}
	r.scoreBasin(rule)
	r.scoreTime(rule)
	return nil
}

// bisect tries loads between the largest that is held and the next, which is
// not, until they are as close as the tolerance, and returns the former [patterns].
func (r *capacityRun) bisect(rule string, test int) (low int, err error) {
	for {
		low, high := 0, len(r.patterns)
		for _, p := range r.of(rule) {
			switch held := p.Cosine[test] >= r.Criterion; {
			case held:
				low, high = p.Patterns, len(r.patterns)
			case high == len(r.patterns):
				high = p.Patterns
			}
		}
		if r.Tolerance == 0 || high == len(r.patterns) || float64(high-low) <= max(1, r.Tolerance*r.unit) {
			return low, nil
		}
		if err := r.try(rule, (low+high)/2); err != nil {
			return low, err
		}
	}
}

// try makes a trial, unless it has been made.
func (r *capacityRun) try(rule string, m int) error {
	if slices.ContainsFunc(r.points, func(p point) bool { return p.Rule == rule && p.Patterns == m }) {
		return nil
	}
	p, err := r.trial(rule, m)
	if err != nil {
		return err
	}
	r.points = append(r.points, p)
	return r.journal.Step(rule, len(r.points), 0)
}

// trial stores the first m patterns by a rule and recalls them.
func (r *capacityRun) trial(rule string, m int) (point, error) {
	p := point{Rule: rule, Patterns: m, Cosine: make([]float64, len(r.tests)), Exact: make([]float64, len(r.tests))}
	switch rule {
	case "online":
		return p, r.online(&p)
	case "batch":
		return p, r.batched(&p)
	}
	return p, r.classical(&p)
}

// of returns the points of a rule in order of load.
func (r *capacityRun) of(rule string) (points []point) {
	for _, p := range r.points {
		if p.Rule == rule {
			points = append(points, p)
		}
	}
	slices.SortStableFunc(points, func(a, b point) int { return a.Patterns - b.Patterns })
	return points
}
