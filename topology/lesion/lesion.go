package lesion

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
	"infomorph/topology"
	"infomorph/topology/measure"
)

// Choice says which neurons or synapses to remove. By picks the rule:
//
//	random       any
//	degree       the largest in- plus out-degree first (synapses: of both ends)
//	betweenness  the largest betweenness first (synapses: of both ends)
//	community    all of the communities named; Louvain's number, 0 the first
//	id           those named
//
// For all but community and id, Count says how many, or else Fraction which
// part of them. Equal neurons are taken in random order.
type Choice struct {
	By          string  `json:"by" yaml:"by"`
	Count       int     `json:"count,omitempty" yaml:"count,omitempty"`
	Fraction    float64 `json:"fraction,omitempty" yaml:"fraction,omitempty"`
	Smallest    bool    `json:"smallest,omitempty" yaml:"smallest,omitempty"` // smallest instead of largest first
	IDs         []int64 `json:"ids,omitempty" yaml:"ids,omitempty"`           // neurons, or numbers of synapses
	Communities []int   `json:"communities,omitempty" yaml:"communities,omitempty"`
	// Samples bounds the sources that betweenness starts from; 0 means all.
	Samples int `json:"samples,omitempty" yaml:"samples,omitempty"`
}

// Validate reports what is wrong with the choice, or nil.
func (c *Choice) Validate() error {
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
	case "random", "degree", "betweenness":
	default:
		return fmt.Errorf("by: %q, expected random, degree, betweenness, community or id", c.By)
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

// Neurons returns the neurons to remove, sorted.
func (c *Choice) Neurons(g *topology.Graph, rng *rand.Rand) ([]neuron.ID, error) {
	n := g.NumNeurons()
	chosen, err := c.choose(n, func() []float64 { return c.scores(g) }, func() []int { return communities(g) }, rng)
	out := make([]neuron.ID, len(chosen))
	for i, v := range chosen {
		out[i] = neuron.ID(v)
	}
	return out, err
}

// Synapses returns the numbers of the synapses to remove, sorted. By
// community, these are the synapses inside the communities named. Synapses
// from channels have the score of their target.
func (c *Choice) Synapses(g *topology.Graph, rng *rand.Rand) ([]int64, error) {
	n, m := g.NumNeurons(), g.NumSynapses()
	scores := func() []float64 {
		of := c.scores(g)
		out := make([]float64, 0, m)
		for _, s := range g.Synapses() {
			score := of[s.Target]
			if int(s.Source) < n {
				score += of[s.Source]
			}
			out = append(out, score)
		}
		return out
	}
	groups := func() []int {
		of := communities(g)
		out := make([]int, 0, m)
		for _, s := range g.Synapses() {
			inside := -1
			if int(s.Source) < n && of[s.Source] == of[s.Target] {
				inside = of[s.Target]
			}
			out = append(out, inside)
		}
		return out
	}
	return c.choose(m, scores, groups, rng)
}

// choose picks out of 0 … total−1.
func (c *Choice) choose(total int, scores func() []float64, groups func() []int, rng *rand.Rand) ([]int64, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	switch c.By {
	case "id":
		out := slices.Clone(c.IDs)
		slices.Sort(out)
		out = slices.Compact(out)
		if out[0] < 0 || out[len(out)-1] >= int64(total) {
			return nil, fmt.Errorf("ids: %d to %d, expected 0 to %d", out[0], out[len(out)-1], total-1)
		}
		return out, nil
	case "community":
		return inCommunities(groups(), c.Communities)
	}
	count := c.Count
	if count == 0 {
		count = int(c.Fraction*float64(total) + .5)
	}
	if count > total {
		return nil, fmt.Errorf("count: %d, there are only %d", count, total)
	}
	order := rng.Perm(total)
	if c.By != "random" {
		s := scores()
		slices.SortStableFunc(order, func(a, b int) int {
			if c.Smallest {
				a, b = b, a
			}
			return cmp.Compare(s[b], s[a])
		})
	}
	out := make([]int64, count)
	for i := range out {
		out[i] = int64(order[i])
	}
	slices.Sort(out)
	return out, nil
}

func inCommunities(groups, wanted []int) ([]int64, error) {
	top := -1
	for _, g := range groups {
		top = max(top, g)
	}
	for _, w := range wanted {
		if w < 0 || w > top {
			return nil, fmt.Errorf("communities: %d, expected 0 to %d", w, top)
		}
	}
	var out []int64
	for i, g := range groups {
		if slices.Contains(wanted, g) {
			out = append(out, int64(i))
		}
	}
	return out, nil
}

func communities(g *topology.Graph) []int {
	return measure.New(g, measure.Options{}).Communities()
}

// scores returns the measure that the choice goes by, for every neuron.
func (c *Choice) scores(g *topology.Graph) []float64 {
	name := c.By
	if name == "random" {
		return nil
	}
	r, err := measure.Compute(measure.New(g, measure.Options{Samples: c.Samples}), name)
	if err != nil {
		panic("lesion: a validated measure is unknown")
	}
	return r[0].PerNode
}
