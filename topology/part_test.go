package topology

import (
	"slices"
	"testing"

	"infomorph/neuron"
)

// TestPart compares the synapses of a part of a graph with the synapses of the
// whole graph that have their targets in the part, with and without shared
// columns. It also checks that the part does not keep the memory of the whole
// graph.
func TestPart(t *testing.T) {
	for _, delays := range []Dist{Constant(1500), Uniform(1000, 9000)} {
		n := one(60, Rule{Name: "pairwise_bernoulli", P: .2})
		n.Projections[0].Delays = delays
		g := mustBuild(t, n, 1)
		for _, c := range [][2]neuron.ID{{0, 60}, {0, 1}, {20, 41}, {59, 60}, {30, 30}} {
			var want []Synapse
			for _, s := range g.Synapses() {
				if s.Target >= c[0] && s.Target < c[1] {
					want = append(want, s)
				}
			}
			p := g.Part(c[0], c[1])
			if got := p.Synapses(); !slices.Equal(got, want) || p.NumSynapses() != len(want) || p.NumNeurons() != g.NumNeurons() {
				t.Errorf("%v, %v: %d synapses of %d neurons, expected %d of %d", delays, c, len(got), p.NumNeurons(), len(want), g.NumNeurons())
			}
			if p.NumSynapses() == 0 {
				continue
			}
			before := p.Synapses()
			for i := range g.weight {
				g.weight[i]++
			}
			if !slices.Equal(before, p.Synapses()) {
				t.Errorf("%v, %v: the part holds the whole", delays, c)
			}
			if held := cap(p.source) + cap(p.weight); held > 3*len(want)+64 {
				t.Errorf("%v, %v: room for %d entries, %d synapses", delays, c, held, len(want))
			}
		}
	}
}
