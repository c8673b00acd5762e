package measure

import (
	"math"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// TestCompareKnown: two graphs of four neurons whose pairs are counted by hand.
func TestCompareKnown(t *testing.T) {
	type edge struct {
		from, to neuron.ID
		w        float32
	}
	graph := func(edges ...edge) *topology.Graph {
		t.Helper()
		var synapses []topology.Synapse
		for _, e := range edges {
			synapses = append(synapses, topology.Synapse{Source: e.from, Target: e.to, Weight: e.w, Delay: 1000, Port: neuron.Contextual})
		}
		g, err := topology.FromSynapses([]topology.Population{{Name: "n", Size: 4}}, nil, nil, synapses)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	a := graph(edge{0, 1, 1}, edge{1, 2, -2}, edge{2, 3, 3}, edge{3, 0, 4})
	b := graph(edge{0, 1, -1}, edge{1, 2, -3}, edge{2, 3, 0}, edge{0, 2, 5}, edge{0, 3, 6}, edge{1, 3, 1})
	c, err := Compare(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if c.Neurons != 4 || c.Kept != 3 || c.Removed != 1 || c.Added != 3 || c.SignFlips != 1 {
		t.Errorf("%+v", c)
	}
	for name, is := range map[string][2]float64{
		"jaccard": {float64(c.Jaccard), 3.0 / 7}, "mean": {float64(c.MeanChange), (-2 - 1 - 3) / 3.0},
		"rms": {float64(c.RMSChange), math.Sqrt((4 + 1 + 9) / 3.0)}, "first": {float64(c.NormFirst), math.Sqrt(1 + 4 + 9 + 16)},
		"second": {float64(c.NormSecond), math.Sqrt(1 + 9 + 0 + 25 + 36 + 1)},
	} {
		if !(math.Abs(is[0]-is[1]) <= 1e-6) {
			t.Errorf("%s: %v, want %v", name, is[0], is[1])
		}
	}
}
