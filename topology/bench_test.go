package topology

import (
	"math/rand/v2"
	"testing"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// BenchmarkBuild builds networks of 10 million synapses. Run with -benchtime
// 1x; B/op is all memory allocated, most of it kept.
func BenchmarkBuild(b *testing.B) {
	for _, r := range []struct {
		n    int
		rule Rule
	}{
		{1_000_000, Rule{Name: "watts_strogatz", K: 10, P: .1}},
		{1_000_000, Rule{Name: "fixed_indegree", Indegree: 10}},
		{100_000, Rule{Name: "fixed_indegree", Indegree: 100}},
		{1_000_000, Rule{Name: "fixed_total_number", Number: 10_000_000}},
		{100_000, Rule{Name: "pairwise_bernoulli", P: .001}},
		{1_000_000, Rule{Name: "erdos_renyi", P: 1e-5}},
		{1_000_000, Rule{Name: "barabasi_albert", M: 5}},
		{1_000_000, Rule{Name: "power_law", Exponent: 2.5, MinK: 4}},
		{1_000_000, Rule{Name: "ring", K: 10}},
		{1_000_000, Rule{Name: "lattice", Shape: []int{1000, 1000}, Torus: true}},
		{100_000, Rule{Name: "spatial", Kernel: "gaussian", P: 1, Scale: .0126}},
		{100_000, Rule{Name: "hierarchical_modular", Levels: 6, Branching: 4, P: 1, Ratio: .3}},
	} {
		b.Run(r.rule.Name, func(b *testing.B) {
			b.ReportAllocs()
			var g *Graph
			for b.Loop() {
				var err error
				if g, err = Build(one(r.n, r.rule), 1); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(g.NumSynapses()), "synapses")
		})
	}
}
