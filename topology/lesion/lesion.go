package lesion

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
	"infomorph/topology"
	"infomorph/topology/measure"
)

// Choice says which neurons or synapses to remove. By selects the rule:
//
//	random       at random
//	degree       the largest in- plus out-degree first (synapses: of both ends)
//	betweenness  the largest betweenness first (synapses: of both ends)
//	weight       the largest |weight| first (neurons: sum of all their synapses)
//	community    all members of the listed communities; numbers of Louvain, from 0
//	id           those in IDs
//
// Except for community and id, Count is how many to remove; if it is 0,
// Fraction is the part to remove. Neurons with equal scores are taken in random
// order. Neurons that were removed earlier are not chosen. Scope only affects
// synapses.
type Choice struct {
	Scope       `yaml:",inline"`
	Of          string  `json:"of,omitempty" yaml:"of,omitempty"` // neurons (also ""), or synapses
	By          string  `json:"by" yaml:"by"`
	Count       int     `json:"count,omitempty" yaml:"count,omitempty"`
	Fraction    float64 `json:"fraction,omitempty" yaml:"fraction,omitempty"`
	Smallest    bool    `json:"smallest,omitempty" yaml:"smallest,omitempty"` // smallest instead of largest first
	IDs         []int64 `json:"ids,omitempty" yaml:"ids,omitempty"`           // neurons, or numbers of synapses
	Communities []int   `json:"communities,omitempty" yaml:"communities,omitempty"`
	// Samples bounds the number of sources for betweenness; 0 means all.
	Samples int `json:"samples,omitempty" yaml:"samples,omitempty"`
}

// Validate returns an error if the choice is invalid.
func (c *Choice) Validate() error {
	if c.Of != "" && c.Of != "neurons" && c.Of != "synapses" {
		return fmt.Errorf("of: %q, expected neurons or synapses", c.Of)
	}
	switch c.By {
	case "id":
		if len(c.IDs) == 0 {
			return fmt.Errorf("by id: ids is empty")
		}
		return nil
	case "community":
		if len(c.Communities) == 0 {
			return fmt.Errorf("by community: communities is empty")
		}
		return nil
	case "random", "degree", "betweenness", "weight":
	default:
		return fmt.Errorf("by: %q, expected random, degree, betweenness, weight, community or id", c.By)
	}
	switch {
	case c.Count < 0:
		return fmt.Errorf("count: %d is negative", c.Count)
	case c.Count > 0 && c.Fraction != 0:
		return fmt.Errorf("count and fraction exclude each other")
	case !(c.Fraction >= 0 && c.Fraction <= 1):
		return fmt.Errorf("fraction: %v, expected 0 to 1", c.Fraction)
	}
	return nil
}

// Change draws the lesion of a graph.
func (c *Choice) Change(g *topology.Graph, rng *rand.Rand) (*topology.Change, error) {
	if c.Of == "synapses" {
		synapses, err := c.Synapses(g, rng)
		return &topology.Change{Synapses: synapses}, err
	}
	neurons, err := c.Neurons(g, rng)
	return &topology.Change{Neurons: neurons}, err
}

// candidates are the ids or numbers to choose from, with functions for their
// scores and communities.
type candidates struct {
	ids    []int64
	scores func() []float64
	groups func() []int
}

// Neurons returns the neurons to remove, sorted.
func (c *Choice) Neurons(g *topology.Graph, rng *rand.Rand) ([]neuron.ID, error) {
	ids := alive(g)
	chosen, err := c.choose(candidates{ids,
		func() []float64 { return pick(c.scores(g), ids) },
		func() []int { return pick(communities(g), ids) }}, rng)
	out := make([]neuron.ID, len(chosen))
	for i, v := range chosen {
		out[i] = neuron.ID(v)
	}
	return out, err
}

func pick[T any](from []T, at []int64) []T {
	out := make([]T, len(at))
	for i, k := range at {
		out[i] = from[k]
	}
	return out
}

// Synapses returns the numbers of the synapses to remove, sorted. By community,
// these are the synapses inside the listed communities. A synapse from a
// channel has the score of its target.
func (c *Choice) Synapses(g *topology.Graph, rng *rand.Rand) ([]int64, error) {
	if err := c.check(g); err != nil {
		return nil, err
	}
	n := g.NumNeurons()
	var ids []int64
	var ends [][2]neuron.ID // the source of a channel is −1
	c.each(g, func(number int64, t neuron.ID, in *topology.Incoming, i int) {
		s := in.Source[i]
		if int(s) >= n {
			s = -1
		}
		ids, ends = append(ids, number), append(ends, [2]neuron.ID{s, t})
	})
	scores := func() []float64 {
		if c.By == "weight" {
			return absolute(g.Weights(), ids)
		}
		of := c.scores(g)
		out := make([]float64, len(ends))
		for i, e := range ends {
			if out[i] = of[e[1]]; e[0] >= 0 {
				out[i] += of[e[0]]
			}
		}
		return out
	}
	groups := func() []int {
		of := communities(g)
		out := make([]int, len(ends))
		for i, e := range ends {
			if out[i] = -1; e[0] >= 0 && of[e[0]] == of[e[1]] {
				out[i] = of[e[1]]
			}
		}
		return out
	}
	return c.choose(candidates{ids, scores, groups}, rng)
}

// choose selects from the candidates.
func (c *Choice) choose(from candidates, rng *rand.Rand) ([]int64, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	switch c.By {
	case "id":
		return c.byID(from.ids)
	case "community":
		return inCommunities(from, c.Communities)
	}
	total := len(from.ids)
	count := c.Count
	if count == 0 {
		count = share(c.Fraction, total)
	}
	if count > total {
		return nil, fmt.Errorf("count: %d, there are only %d", count, total)
	}
	order := rng.Perm(total)
	if c.By != "random" {
		s := from.scores()
		slices.SortStableFunc(order, func(a, b int) int {
			if c.Smallest {
				a, b = b, a
			}
			return cmp.Compare(s[b], s[a])
		})
	}
	out := make([]int64, count)
	for i := range out {
		out[i] = from.ids[order[i]]
	}
	slices.Sort(out)
	return out, nil
}

// byID returns the given ids, which must exist.
func (c *Choice) byID(there []int64) ([]int64, error) {
	out := slices.Clone(c.IDs)
	slices.Sort(out)
	out = slices.Compact(out)
	for _, id := range out {
		if _, ok := slices.BinarySearch(there, id); !ok {
			return nil, fmt.Errorf("ids: there is no %d", id)
		}
	}
	return out, nil
}

func inCommunities(from candidates, wanted []int) ([]int64, error) {
	groups, top := from.groups(), -1
	for _, g := range groups {
		top = max(top, g)
	}
	var out []int64
	for _, w := range wanted {
		if w < 0 || w > top {
			return nil, fmt.Errorf("communities: %d, expected 0 to %d", w, top)
		}
	}
	for i, g := range groups {
		if slices.Contains(wanted, g) {
			out = append(out, from.ids[i])
		}
	}
	return out, nil
}

func communities(g *topology.Graph) []int {
	return measure.New(g, measure.Options{}).Communities()
}

// scores returns the measure for the choice, for every neuron.
func (c *Choice) scores(g *topology.Graph) []float64 {
	name := c.By
	switch name {
	case "random":
		return nil
	case "weight":
		return strengths(g)
	}
	r, err := measure.Compute(measure.New(g, measure.Options{Samples: c.Samples}), name)
	if err != nil {
		panic("lesion: a validated measure is unknown")
	}
	return r[0].PerNode
}

// absolute returns |weight| of the given synapses.
func absolute(weights []float32, numbers []int64) []float64 {
	out := make([]float64, len(numbers))
	for i, k := range numbers {
		out[i] = math.Abs(float64(weights[k]))
	}
	return out
}

// strengths returns the sum of |weight| of each neuron's incoming and outgoing
// synapses.
func strengths(g *topology.Graph) []float64 {
	out := make([]float64, g.NumNeurons())
	for t := range neuron.ID(g.NumNeurons()) {
		in := g.Incoming(t)
		for i, w := range in.Weight {
			v := math.Abs(float64(w))
			out[t] += v
			if s := in.Source[i]; int(s) < len(out) {
				out[s] += v
			}
		}
	}
	return out
}
