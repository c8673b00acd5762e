package measure

import (
	"testing"

	"infomorph/topology"
)

// large is 100,000 neurons and a million synapses with skewed degrees.
func large(b *testing.B) *topology.Graph {
	b.Helper()
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: 100_000}},
		Projections: []topology.Projection{{From: "net", To: "net", Weights: topology.Uniform(.5, 1.5),
			Rule: topology.Rule{Name: "barabasi_albert", M: 5}}},
	}, 1)
	if err != nil {
		b.Fatal(err)
	}
	return g
}

// BenchmarkMeasures times every measure for 100,000 neurons and a million
// synapses. Measures with quadratic cost are sampled from 50 sources. Run with
// -benchtime 1x.
func BenchmarkMeasures(b *testing.B) {
	g := large(b)
	for _, m := range All() {
		b.Run(m.Name, func(b *testing.B) {
			for b.Loop() {
				n := New(g, Options{Samples: 50, Nulls: 2})
				if _, err := Compute(n, m.Name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
