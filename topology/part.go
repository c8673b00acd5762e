package topology

import (
	"slices"

	"infomorph/neuron"
)

// Part returns the graph with only the synapses of the targets first … last−1.
// Ids, populations and projections stay; numbers of synapses change. It shares
// no synapse memory with g, so g can be released.
func (g *Graph) Part(first, last neuron.ID) *Graph {
	p := *g
	p.offsets = make([]int64, len(g.offsets))
	from, to := g.offsets[first], g.offsets[last]
	for t := range p.offsets {
		p.offsets[t] = min(max(g.offsets[t], from), to) - from
	}
	p.columns = columns{source: slices.Clone(g.source[from:to]), weight: slices.Clone(g.weight[from:to])}
	if g.begin == nil {
		p.port, p.delay, p.projection = slices.Clone(g.port[from:to]), slices.Clone(g.delay[from:to]), slices.Clone(g.projection[from:to])
		return &p
	}
	// The shared columns are small, so they are copied completely.
	p.port, p.delay, p.projection = slices.Clone(g.port), slices.Clone(g.delay), slices.Clone(g.projection)
	p.begin = make([]int32, len(g.begin))
	copy(p.begin[first:last], g.begin[first:last])
	return &p
}
