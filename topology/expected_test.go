package topology

import (
	"math"
	"testing"
)

// TestExpected compares the expected number of synapses with networks that are
// built.
func TestExpected(t *testing.T) {
	for _, r := range []Rule{
		{Name: "all_to_all"}, {Name: "all_to_all", Autapses: true}, {Name: "fixed_indegree", Indegree: 7}, {Name: "fixed_outdegree", Outdegree: 9},
		{Name: "blocks", Number: 7}, {Name: "blocks", Number: 600}, {Name: "fixed_total_number", Number: 5000}, {Name: "pairwise_bernoulli", P: .1}, {Name: "ring", K: 6}, {Name: "watts_strogatz", K: 6, P: .3},
		{Name: "star"}, {Name: "erdos_renyi", P: .05}, {Name: "erdos_renyi", P: .05, Directed: true}, {Name: "erdos_renyi", Number: 700},
		{Name: "barabasi_albert", M: 5}, {Name: "barabasi_albert", M: 5, Directed: true},
		{Name: "spatial", Kernel: "gaussian", P: .9, Scale: .1}, {Name: "spatial", Kernel: "box", P: .5, Scale: .2, Torus: true},
	} {
		desc := one(600, r)
		if r.Name == "spatial" {
			desc.Populations[0].Place = Placement{Kind: "random"}
		}
		neurons, want, ok := desc.Expected()
		got := float64(mustBuild(t, desc, 3).NumSynapses())
		if !ok || neurons != 600 || !(math.Abs(got-want) <= .06*want) {
			t.Errorf("%+v: %g synapses, %g expected", r, got, want)
		}
	}
}
