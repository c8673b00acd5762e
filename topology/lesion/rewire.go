package lesion

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
	"infomorph/topology"
)

// Rewiring gives synapses other sources. Every in-degree stays the same.
type Rewiring struct {
	Scope    `yaml:",inline"`
	Fraction float64 `json:"fraction" yaml:"fraction"` // of the synapses in the scope
	// OutDegrees also keeps the out-degrees: synapses exchange sources in pairs
	// (Maslov, Sneppen 2002). Otherwise each synapse draws a source from the
	// same population.
	OutDegrees bool `json:"out_degrees,omitempty" yaml:"out_degrees,omitempty"`
	// Weight is the weight of rewired synapses; nil: they keep their weights.
	Weight *topology.Dist `json:"weight,omitempty" yaml:"weight,omitempty"`
}

// Validate returns an error if the rewiring is invalid.
func (r *Rewiring) Validate() error {
	if !(r.Fraction >= 0 && r.Fraction <= 1) {
		return fmt.Errorf("fraction: %v, expected 0 to 1", r.Fraction)
	}
	return checkWeight(r.Weight)
}

func checkWeight(d *topology.Dist) error {
	if d == nil {
		return nil
	}
	if _, err := d.Sample(rand.New(rand.NewPCG(0, 0))); err != nil {
		return fmt.Errorf("weight: %w", err)
	}
	return nil
}

// move is a synapse that may get another source.
type move struct {
	number int64
	pair   // before the rewiring
	source neuron.ID
	delay  int32
	port   neuron.Port
}

// Change draws a rewiring of a graph whose synapses have the given weights, by
// number. If no free source is found for a synapse, it stays. There are no new
// autapses, and no second synapse of a projection between a pair.
func (r *Rewiring) Change(g *topology.Graph, weights []float64, rng *rand.Rand) (*topology.Change, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	if err := r.check(g); err != nil {
		return nil, err
	}
	if len(weights) != g.NumSynapses() {
		panic("lesion: Change needs one weight for each synapse")
	}
	moves := r.choose(g, rng)
	taken := newPairs(g)
	if r.OutDegrees {
		exchange(moves, taken, rng)
	} else {
		redraw(moves, taken, rng)
	}
	slices.SortFunc(moves, func(a, b move) int { return int(a.number - b.number) })
	c := &topology.Change{}
	for i := range moves {
		m := &moves[i]
		if m.source == m.pair.source {
			continue
		}
		w, err := valueOf(r.Weight, weights[m.number], rng)
		if err != nil {
			return nil, err
		}
		c.Synapses = append(c.Synapses, m.number)
		c.Added = append(c.Added, topology.Synapse{Source: m.source, Target: m.target, Weight: w, Delay: m.delay, Projection: m.projection, Port: m.port})
	}
	return c, nil
}

// valueOf returns a weight drawn from d, or the present one if d is nil.
func valueOf(d *topology.Dist, now float64, rng *rand.Rand) (float32, error) {
	if d == nil {
		return float32(now), nil
	}
	w, err := d.Sample(rng)
	if err != nil {
		return 0, fmt.Errorf("weight: %w", err)
	}
	return float32(w), nil
}

// choose draws the synapses to rewire, in random order.
func (r *Rewiring) choose(g *topology.Graph, rng *rand.Rand) []move {
	var all []move
	r.each(g, func(number int64, t neuron.ID, in *topology.Incoming, i int) {
		all = append(all, move{number, pair{in.Source[i], t, in.Projection[i]}, in.Source[i], in.Delay[i], in.Port[i]})
	})
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:share(r.Fraction, len(all))]
}

// share returns the given fraction of n, rounded.
func share(fraction float64, n int) int { return int(fraction*float64(n) + .5) }

func redraw(moves []move, taken *pairs, rng *rand.Rand) {
	for i := range moves {
		m := &moves[i]
		s, ok := taken.newSource(m.pair, rng)
		if !ok {
			continue
		}
		m.source = s
		delete(taken.taken, m.pair)
		taken.taken[pair{s, m.target, m.projection}] = true
	}
}

// exchange lets each synapse exchange sources with another one of its
// projection, if both new pairs are free.
func exchange(moves []move, taken *pairs, rng *rand.Rand) {
	for i := range moves {
		for range tries {
			if swap(&moves[i], &moves[rng.IntN(len(moves))], taken) {
				break
			}
		}
	}
}

func swap(a, b *move, taken *pairs) bool {
	one, two := pair{b.source, a.target, a.projection}, pair{a.source, b.target, b.projection}
	if a.projection != b.projection || a.source == b.source || a.target == b.target || !taken.free(one) || !taken.free(two) {
		return false
	}
	delete(taken.taken, pair{a.source, a.target, a.projection})
	delete(taken.taken, pair{b.source, b.target, b.projection})
	taken.taken[one], taken.taken[two] = true, true
	a.source, b.source = b.source, a.source
	return true
}
