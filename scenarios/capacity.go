package scenarios

import (
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
	Rules         []string   `yaml:"rules" doc:"What is measured. online: the event-driven rule, asynchronous where neurons have clocks of their own. batch: the same neurons with Adam on whole batches." default:"[online, batch, hebb, storkey, pseudo_inverse, perceptron, logistic]" enum:"online,batch,hebb,storkey,pseudo_inverse,perceptron,logistic" minItems:"1" maxItems:"7"`
	Loads         []float64  `yaml:"loads" doc:"Patterns per neuron at which every rule is measured." default:"[0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8]" exclusiveMin:"0" max:"10" minItems:"1" maxItems:"1000"`
	Tolerance     float64    `yaml:"tolerance" doc:"Bisect the capacity until it is known to this load; 0 leaves it at the loads above." default:"0.05" min:"0" max:"1"`
	Criterion     float64    `yaml:"criterion" doc:"Mean cosine between stored and recalled patterns down to which a load is held." default:"0.95" exclusiveMin:"0" max:"1"`
	Presentations int        `yaml:"presentations" doc:"How often the online rule sees each pattern." default:"30" min:"1" max:"1000000"`
	Drive         float64    `yaml:"drive" doc:"Receptive weight: how strongly a bit drives its neuron." default:"2.3" exclusiveMin:"0" max:"100"`
	Passes        int        `yaml:"passes" doc:"Steps of the batch form." default:"1000" min:"1" max:"1000000"`
	Rate          float64    `yaml:"rate" doc:"Learning rate of the batch form." default:"0.05" exclusiveMin:"0" max:"10"`
	Recall        Recall     `yaml:"recall" doc:"How patterns are recalled." default:"{name: clean}"`
	Streaming     *Streaming `yaml:"streaming" doc:"Measure instead how many of a stream of patterns, each seen a few times and then gone, are kept at its end; by the online rule."`
}

// Streaming is a stream of patterns.
type Streaming struct {
	Patterns      int `yaml:"patterns" doc:"Length of the stream." default:"150" min:"1" max:"1000000"`
	Presentations int `yaml:"presentations" doc:"How often a pattern is seen in a row." default:"3" min:"1" max:"100000"`
	Rehearsal     int `yaml:"rehearsal" doc:"How many of the patterns before it are seen again with each new one." default:"0" min:"0" max:"100000"`
	Tested        int `yaml:"tested" doc:"How many of the last patterns are tested." default:"60" min:"1" max:"1000000"`
}

// maxCapacityPatterns bounds the patterns of one measurement.
const maxCapacityPatterns = 100_000

// capacityTask is a Capacity that is ready to run.
type capacityTask struct {
	*Capacity
	scenario *Scenario
	neurons  int
	net      *sim.Network
	patterns []Pattern // as many as the largest load needs
}

func newCapacityTask(s *Scenario, files Files) (*capacityTask, error) {
	t := &capacityTask{Capacity: s.Capacity, scenario: s, neurons: orElse(s.Network.Neurons, 100)}
	most := int(math.Ceil(slices.Max(t.Loads)*float64(t.neurons))) + 1
	if t.Streaming != nil {
		most = t.Streaming.Patterns
	}
	if most > maxCapacityPatterns {
		return nil, config.FieldError("capacity.loads", most, fmt.Sprintf("at most %d patterns in all", maxCapacityPatterns), "")
	}
	slices.Sort(t.Loads)
	t.patterns = randomPatterns(most, t.neurons, neuron.NewRand(s.Seed, neuron.ForStimulus, patternStream))
	var err error
	if t.net, err = s.build(t.neurons, t.Drive, files); err != nil {
		return nil, err
	}
	cfg := t.net.Config(0)
	if cfg.Clock.Kind == neuron.Ticked && t.Recall.Dynamics == "sign" {
		cfg.Tell = neuron.TellChange // nobody counts spikes here, and fewer are faster
	}
	return t, nil
}

// Network implements Task.
func (t *capacityTask) Network() *sim.Network { return t.net }

// Run implements Task.
func (t *capacityTask) Run(e sim.Engine, j Journal) error {
	start, err := e.State()
	if err != nil {
		return err
	}
	r := &capacityRun{capacityTask: t, engine: e, journal: j, start: start}
	if t.Streaming != nil {
		return r.stream()
	}
	for _, rule := range t.Rules {
		if err := r.measure(rule); err != nil {
			return errors.Join(err, r.show())
		}
	}
	return r.show()
}

// capacityRun is one run of the task.
type capacityRun struct {
	*capacityTask
	engine  sim.Engine
	journal Journal
	start   []byte // the engine's state before anything was learnt
	points  []point
	steps   int
}

// point is one measurement.
type point struct {
	rule     string
	patterns int
	cosine   float64 // mean between stored and recalled
	exact    float64 // share recalled without a wrong bit
	atoms    []float64
}

// measure follows one rule through the loads, then bisects between the largest
// load that is held and the next, which is not. Some rules fail at very low
// loads too, where many bits are the same in all patterns.
func (r *capacityRun) measure(rule string) error {
	low, high := 0, len(r.patterns)
	try := func(m int) (bool, error) {
		p, err := r.trial(rule, m)
		if err != nil {
			return false, err
		}
		r.points = append(r.points, p)
		r.steps++
		return p.cosine >= r.Criterion, r.journal.Step(rule, r.steps, 0)
	}
	for _, load := range r.Loads {
		m := max(1, int(math.Round(load*float64(r.neurons))))
		held, err := try(m)
		if err != nil {
			return err
		}
		switch {
		case held:
			low, high = m, len(r.patterns)
		case high == len(r.patterns):
			high = m
		}
	}
	for r.Tolerance > 0 && high < len(r.patterns) && float64(high-low) > max(1, r.Tolerance*float64(r.neurons)) {
		m := (low + high) / 2
		held, err := try(m)
		if err != nil {
			return err
		}
		if held {
			low = m
		} else {
			high = m
		}
	}
	r.journal.Score("capacity."+rule, float64(low)/float64(r.neurons))
	return nil
}

// trial stores the first m patterns by a rule and recalls them.
func (r *capacityRun) trial(rule string, m int) (point, error) {
	p := point{rule: rule, patterns: m}
	switch rule {
	case "online":
		return p, r.online(&p)
	case "batch":
		return p, r.batched(&p)
	}
	return p, r.classical(&p)
}

// show tells the curves.
func (r *capacityRun) show() error {
	table := Table{Name: "capacity", Columns: []string{"rule", "patterns", "load", "cosine", "exact"}}
	curves := Lines{Title: "Recall against load", X: "patterns per neuron", Y: "mean cosine", Dashed: []Reference{{Name: "criterion", Y: r.Criterion}}}
	exact := Lines{Title: "Patterns recalled without a wrong bit", X: "patterns per neuron", Y: "share"}
	var figures []error
	for _, rule := range r.Rules {
		cosines, right := Series{Name: rule}, Series{Name: rule}
		atoms := Lines{Title: "Information against load, " + rule, X: "patterns per neuron", Y: "bits, mean over neurons"}
		for _, p := range r.of(rule) {
			load := float64(p.patterns) / float64(r.neurons)
			table.Rows = append(table.Rows, []any{p.rule, p.patterns, load, p.cosine, p.exact})
			cosines.X, cosines.Y = append(cosines.X, load), append(cosines.Y, p.cosine)
			right.X, right.Y = append(right.X, load), append(right.Y, p.exact)
			for q, v := range p.atoms {
				if len(atoms.Series) <= q {
					atoms.Series = append(atoms.Series, Series{Name: quantities[q].name})
				}
				atoms.Series[q].X, atoms.Series[q].Y = append(atoms.Series[q].X, load), append(atoms.Series[q].Y, v)
			}
		}
		curves.Series, exact.Series = append(curves.Series, cosines), append(exact.Series, right)
		if len(atoms.Series) > 0 {
			figures = append(figures, r.journal.Figure("atoms-"+rule, atoms))
		}
	}
	return errors.Join(append(figures, r.journal.Table(table), r.journal.Figure("cosine", curves), r.journal.Figure("exact", exact))...)
}

// of returns the points of a rule in order of load.
func (r *capacityRun) of(rule string) (points []point) {
	for _, p := range r.points {
		if p.rule == rule {
			points = append(points, p)
		}
	}
	slices.SortStableFunc(points, func(a, b point) int { return a.patterns - b.patterns })
	return points
}
