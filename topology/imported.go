package topology

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"infomorph/neuron"
)

func importedGraphs() []generator {
	return []generator{
		{"imported", "the synapses of a graph that was read from a file", "graph", true, checkImported, imported},
		{"rewire", "small world from an imported graph: each synapse draws a new source with probability p, in-degrees stay (undirected graphs: each edge a new end)", "graph, p", true, checkImported, rewireImported},
		{"degree_preserving", "null model of an imported graph: `swaps` exchanges of ends per edge (default 10), every degree stays", "graph, swaps", true, checkImported, degreePreserving},
	}
}

func checkImported(r *Rule, s shape) error {
	if r.Graph == nil {
		return errors.New("graph: missing")
	}
	if n := r.Graph.NumNeurons(); n != s.to {
		return fmt.Errorf("graph: it has %d neurons, the population has %d", n, s.to)
	}
	if math.IsNaN(r.Swaps) || r.Swaps < 0 || r.Swaps > 1e4 {
		return fmt.Errorf("swaps: %v, expected 0 to 10000 per edge", r.Swaps)
	}
	return nil
}

// imported returns the pairs of the imported graph. It leaves out synapses from
// channels.
func imported(d *drawing) (pairs, error) {
	p := makePairs(d.Graph.NumSynapses())
	for t := range d.to {
		for _, s := range d.Graph.Incoming(neuron.ID(t)).Source {
			if int(s) < d.to {
				p.add(int(s), t)
			}
		}
	}
	return p, nil
}

func rewireImported(d *drawing) (pairs, error) {
	p, err := imported(d)
	if err != nil || d.to < 2 {
		return p, err
	}
	if d.Graph.Undirected {
		p = half(p)
	}
	set := newEdgeSet(len(p.source))
	for i := range p.source {
		set.add(edgeKey(p.source[i], p.target[i], !d.Graph.Undirected))
	}
	for i, t := range p.target {
		if d.rng.Float64() >= d.P {
			continue
		}
		s, ok := d.newSource(set, t)
		if !ok {
			continue
		}
		set.remove(edgeKey(p.source[i], t, !d.Graph.Undirected))
		set.add(edgeKey(s, t, !d.Graph.Undirected))
		p.source[i] = s
	}
	if d.Graph.Undirected {
		p = both(p)
	}
	return p, nil
}

// newSource draws a source that has no synapse to t yet. It gives up if t is
// connected to nearly all.
func (d *drawing) newSource(set *edgeSet, t int32) (int32, bool) {
	for range 1000 {
		s := int32(d.rng.IntN(d.to))
		if s != t && !set.has(edgeKey(s, t, !d.Graph.Undirected)) {
			return s, true
		}
	}
	return 0, false
}

// half keeps one pair of each undirected edge.
func half(p pairs) pairs {
	out := makePairs(len(p.source)/2 + 1)
	for i := range p.source {
		if p.source[i] <= p.target[i] {
			out.add(int(p.source[i]), int(p.target[i]))
		}
	}
	return out
}

func degreePreserving(d *drawing) (pairs, error) {
	p, err := imported(d)
	if err != nil {
		return p, err
	}
	if d.Graph.Undirected {
		p = half(p)
	}
	swaps := d.Swaps
	if swaps == 0 {
		swaps = 10
	}
	p = pairs{slices.Clip(p.source), slices.Clip(p.target)}
	Edges{p.source, p.target, !d.Graph.Undirected}.Swap(int(swaps*float64(len(p.source))), d.rng)
	if d.Graph.Undirected {
		p = both(p)
	}
	return p, nil
}
