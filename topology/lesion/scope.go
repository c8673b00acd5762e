package lesion

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
	"infomorph/topology"
)

// Scope selects synapses: those of the named projection, or all between
// neurons. With Channels, it also includes those from channels.
type Scope struct {
	Projection string `json:"projection,omitempty" yaml:"projection,omitempty"`
	Channels   bool   `json:"channels,omitempty" yaml:"channels,omitempty"`
}

// check returns an error if the named projection does not exist.
func (s *Scope) check(g *topology.Graph) error {
	if s.Projection == "" {
		return nil
	}
	var names []string
	for _, l := range g.Projections {
		if l.Name == s.Projection {
			return nil
		}
		names = append(names, l.Name)
	}
	return fmt.Errorf("projection: %q, expected one of %q", s.Projection, names)
}

// holds reports whether synapse i of a row is in the scope.
func (s *Scope) holds(g *topology.Graph, in *topology.Incoming, i int) bool {
	if s.Projection != "" {
		return g.Projections[in.Projection[i]].Name == s.Projection
	}
	return s.Channels || int(in.Source[i]) < g.NumNeurons()
}

// each visits the synapses in the scope, in order of their numbers.
func (s *Scope) each(g *topology.Graph, visit func(number int64, target neuron.ID, in *topology.Incoming, i int)) {
	for t := range neuron.ID(g.NumNeurons()) {
		in := g.Incoming(t)
		for i := range in.Source {
			if s.holds(g, &in, i) {
				visit(in.First+int64(i), t, &in, i)
			}
		}
	}
}

// alive returns the neurons that no lesion has removed.
func alive(g *topology.Graph) []int64 {
	ids := make([]int64, 0, g.NumNeurons())
	gone := g.Removed
	for id := range neuron.ID(g.NumNeurons()) {
		if len(gone) > 0 && gone[0] == id {
			gone = gone[1:]
			continue
		}
		ids = append(ids, int64(id))
	}
	return ids
}

// pair is a synapse without its values.
type pair struct {
	source, target neuron.ID
	projection     int16
}

// pairs holds all pairs that have a synapse.
type pairs struct {
	taken map[pair]bool // never iterated, so its order does not matter
	g     *topology.Graph
}

func newPairs(g *topology.Graph) *pairs {
	p := &pairs{make(map[pair]bool, g.NumSynapses()), g}
	everything := Scope{Channels: true}
	everything.each(g, func(_ int64, t neuron.ID, in *topology.Incoming, i int) {
		p.taken[pair{in.Source[i], t, in.Projection[i]}] = true
	})
	return p
}

// free reports whether a new synapse is allowed: it is no autapse and does not
// exist yet.
func (p *pairs) free(q pair) bool { return q.source != q.target && !p.taken[q] }

// tries bounds the attempts to find a free source.
const tries = 1000

// newSource draws a new source for a synapse of target: a neuron of the same
// group as the old source that has not been removed and has no synapse to
// target in this projection.
func (p *pairs) newSource(old pair, rng *rand.Rand) (neuron.ID, bool) {
	group, at := p.g.Member(old.source)
	first := old.source - neuron.ID(at)
	for range tries {
		s := first + neuron.ID(rng.IntN(group.Size))
		if _, gone := slices.BinarySearch(p.g.Removed, s); !gone && p.free(pair{s, old.target, old.projection}) {
			return s, true
		}
	}
	return 0, false
}
