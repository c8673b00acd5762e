package lesion

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
	"infomorph/topology"
)

// Rule is structural plasticity with local information only. A synapse whose
// |weight| has been below Threshold for the time For is pruned. With Regrow,
// its target then grows another synapse, from a random free source of the same
// population.
type Rule struct {
	Scope
	Threshold float64
	For       neuron.Time
	Regrow    bool
	Weight    topology.Dist // of a new synapse
}

// Validate returns an error if the rule is invalid.
func (r *Rule) Validate() error {
	switch {
	case !(r.Threshold >= 0) || math.IsInf(r.Threshold, 0):
		return fmt.Errorf("threshold: %v, expected a weight ≥ 0", r.Threshold)
	case r.For < 0:
		return fmt.Errorf("for: %v is negative", r.For)
	}
	return checkWeight(&r.Weight)
}

// Turnover measures how long each synapse of a graph has been weak. After every
// change of the graph, Follow must be called.
type Turnover struct {
	rule Rule
	// Since is when each synapse became weak, Never if it is not weak. It is
	// the complete state of a Turnover.
	Since []neuron.Time
}

// NewTurnover returns a Turnover without weak synapses. The rule must be valid.
func NewTurnover(rule Rule, synapses int) *Turnover {
	return &Turnover{rule, slices.Repeat([]neuron.Time{neuron.Never}, synapses)}
}

// Observe notes the weights of all synapses at time now. It returns the numbers
// of the synapses in scope that must be pruned, sorted.
func (t *Turnover) Observe(g *topology.Graph, weights []float64, now neuron.Time) ([]int64, error) {
	if len(weights) != len(t.Since) || g.NumSynapses() != len(t.Since) {
		panic("lesion: Observe needs one weight for each synapse")
	}
	if err := t.rule.check(g); err != nil {
		return nil, err
	}
	var due []int64
	t.rule.each(g, func(i int64, _ neuron.ID, _ *topology.Incoming, _ int) {
		switch {
		case math.Abs(weights[i]) >= t.rule.Threshold:
			t.Since[i] = neuron.Never
			return
		case t.Since[i] == neuron.Never:
			t.Since[i] = now
		}
		if now-t.Since[i] >= t.rule.For {
			due = append(due, i)
		}
	})
	return due, nil
}

// Follow adapts to a changed graph; origin is the result of Graph.Apply. The
// remaining synapses keep their times.
func (t *Turnover) Follow(origin []int64) {
	before := t.Since
	t.Since = make([]neuron.Time, len(origin))
	for i, from := range origin {
		t.Since[i] = neuron.Never
		if from >= 0 {
			t.Since[i] = before[from]
		}
	}
}

// Change returns the change that prunes the synapses in due and grows others in
// their place. A new synapse has port, delay and projection of the one that it
// replaces. If no source is free, nothing grows.
func (t *Turnover) Change(g *topology.Graph, due []int64, rng *rand.Rand) (*topology.Change, error) {
	c := &topology.Change{Synapses: due}
	if !t.rule.Regrow || len(due) == 0 {
		return c, nil
	}
	taken := newPairs(g)
	everything := Scope{Channels: true}
	var err error
	everything.each(g, func(number int64, target neuron.ID, in *topology.Incoming, i int) {
		if len(due) == 0 || due[0] != number || err != nil {
			return
		}
		due = due[1:]
		source, ok := taken.newSource(pair{in.Source[i], target, in.Projection[i]}, rng)
		if !ok {
			return
		}
		taken.taken[pair{source, target, in.Projection[i]}] = true
		var w float32
		if w, err = valueOf(&t.rule.Weight, 0, rng); err == nil {
			c.Added = append(c.Added, topology.Synapse{Source: source, Target: target, Weight: w, Delay: in.Delay[i], Projection: in.Projection[i], Port: in.Port[i]})
		}
	})
	return c, err
}
