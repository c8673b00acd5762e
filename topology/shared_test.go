package topology

import (
	"reflect"
	"testing"

	"infomorph/neuron"
)

// TestSharedRows compares a graph whose targets share columns with a copy of it
// without sharing, also after operations that write to columns. It requires
// that columns are shared where delays are equal, and not where each synapse
// has its own delay.
func TestSharedRows(t *testing.T) {
	for _, c := range []struct {
		delays Dist
		shares bool
	}{{Constant(1500), true}, {Uniform(1000, 9000), false}} {
		n := one(400, Rule{Name: "pairwise_bernoulli", P: .1})
		n.Projections[0].Delays = c.delays
		n.Projections = append(n.Projections, n.Projections[0])
		n.Projections[1].Rule, n.Projections[1].Port = Rule{Name: "fixed_indegree", Indegree: 3}, 0
		g := mustBuild(t, n, 1)
		if (g.begin != nil) != c.shares {
			t.Errorf("%v: %d columns for %d synapses", c.delays, len(g.port), g.NumSynapses())
		}
		spelt := g.Clone()
		if spelt.begin != nil || len(spelt.delay) != g.NumSynapses() {
			t.Fatal("a clone is not spelled out")
		}
		if !reflect.DeepEqual(g.Synapses(), spelt.Synapses()) {
			t.Errorf("%v: the synapses differ", c.delays)
		}
		change := &Change{Synapses: []int64{0, 7, 4000}, Added: []Synapse{{Source: 3, Target: 9, Weight: 1, Delay: 77}}}
		a, _, err1 := g.Apply(change)
		b, _, err2 := spelt.Apply(change)
		if err1 != nil || err2 != nil || !reflect.DeepEqual(a.Synapses(), b.Synapses()) {
			t.Errorf("%v: after a change: %v %v", c.delays, err1, err2)
		}
		pick := func(source neuron.ID, _ int16) bool { return source%2 == 0 }
		for _, h := range []*Graph{g, spelt} {
			if err := h.RedrawDelays(5, Uniform(1, 50), pick, newRand(3)); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(g.Synapses(), spelt.Synapses()) {
			t.Errorf("%v: after other delays the synapses differ", c.delays)
		}
	}
}
