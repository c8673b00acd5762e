package lesion

import (
	"fmt"
	"math"
	"math/rand/v2"

	"infomorph/neuron"
	"infomorph/topology"
)

// Rule is structural plasticity by what each synapse can see: one whose |weight|
// has stayed below Threshold for For is pruned, and its target grows another in
// its place, from a random free source of the same population, if Regrow.
type Rule struct {
	Threshold float64
	For       neuron.Time
	Regrow    bool
	Weight    topology.Dist // of a grown synapse
}

// Validate reports what is wrong with the rule, or nil.
func (r *Rule) Validate() error {
	switch {
	case !(r.Threshold >= 0) || math.IsInf(r.Threshold, 0):
		return fmt.Errorf("threshold: %v, expected a weight ≥ 0", r.Threshold)
	case r.For < 0:
		return fmt.Errorf("for: %v is negative", r.For)
	}
	if _, err := r.Weight.Sample(rand.New(rand.NewPCG(0, 0))); err != nil {
		return fmt.Errorf("weight: %w", err)
	}
	return nil
}

// Turnover follows how long each synapse of a graph has been weak. Make a new
// graph's Turnover with Next, so that the time is kept for the survivors.
type Turnover struct {
	rule  Rule
	since []neuron.Time // when synapse i became weak; Never: it is not
}

// NewTurnover starts with no synapse weak. The rule must be valid.
func NewTurnover(rule Rule, synapses int) *Turnover {
	t := &Turnover{rule: rule, since: make([]neuron.Time, synapses)}
	for i := range t.since {
		t.since[i] = neuron.Never
	}
	return t
}

// Observe notes the weights at time now and returns the numbers of the
// synapses that are due to be pruned, sorted.
func (t *Turnover) Observe(weights []float32, now neuron.Time) []int64 {
	if len(weights) != len(t.since) {
		panic("lesion: Observe needs one weight for each synapse")
	}
	var due []int64
	for i, w := range weights {
		switch {
		case math.Abs(float64(w)) >= t.rule.Threshold:
			t.since[i] = neuron.Never
			continue
		case t.since[i] == neuron.Never:
			t.since[i] = now
		}
		if now-t.since[i] >= t.rule.For {
			due = append(due, int64(i))
		}
	}
	return due
}

// Next returns the graph without the synapses that are due and with those that
// grew, and the Turnover that follows it. Survivors keep weight, delay and the
// time they have been weak; a grown synapse keeps port, delay and projection
// of the one it replaces. Where no source is free nothing grows.
func (t *Turnover) Next(g *topology.Graph, due []int64, rng *rand.Rand) (*topology.Graph, *Turnover, error) {
	out, err := g.Without(nil, due)
	if err != nil {
		return nil, nil, err
	}
	var grown []topology.Synapse
	if t.rule.Regrow {
		grown = t.grow(g, due, rng)
		if out, err = out.With(grown); err != nil {
			return nil, nil, err
		}
	}
	next := NewTurnover(t.rule, out.NumSynapses())
	t.carry(g, out, due, next)
	return out, next, nil
}

// carry copies the times of the survivors: both graphs have them in one order,
// with the grown in between.
func (t *Turnover) carry(g, out *topology.Graph, due []int64, next *Turnover) {
	before, after := g.Synapses(), out.Synapses()
	k := 0
	for i := range before {
		if len(due) > 0 && due[0] == int64(i) {
			due = due[1:]
			continue
		}
		for after[k] != before[i] {
			k++
		}
		next.since[k] = t.since[i]
		k++
	}
}

func (t *Turnover) grow(g *topology.Graph, due []int64, rng *rand.Rand) []topology.Synapse {
	var grown []topology.Synapse
	for target := range neuron.ID(g.NumNeurons()) {
		in := g.Incoming(target)
		first := len(grown)
		for len(due) > 0 && due[0] < in.First+int64(len(in.Source)) {
			i := int(due[0] - in.First)
			due = due[1:]
			source, ok := t.source(g, target, in, grown[first:], i, rng)
			if !ok {
				continue
			}
			w, err := t.rule.Weight.Sample(rng)
			if err != nil {
				panic("lesion: the rule of a Turnover is not valid")
			}
			grown = append(grown, topology.Synapse{Source: source, Target: target, Weight: float32(w), Delay: in.Delay[i], Projection: in.Projection[i], Port: in.Port[i]})
		}
	}
	return grown
}

// source draws a source for target out of the group that synapse i came from:
// not the target, and not one that reaches it at the same port.
func (t *Turnover) source(g *topology.Graph, target neuron.ID, in topology.Incoming, grown []topology.Synapse, i int, rng *rand.Rand) (neuron.ID, bool) {
	group, at := g.Member(in.Source[i])
	first := in.Source[i] - neuron.ID(at)
	for range 1000 {
		s := first + neuron.ID(rng.IntN(group.Size))
		free := s != target
		for k := range in.Source {
			free = free && !(in.Source[k] == s && in.Port[k] == in.Port[i])
		}
		for k := range grown {
			free = free && !(grown[k].Source == s && grown[k].Port == in.Port[i])
		}
		if free {
			return s, true
		}
	}
	return 0, false
}
