package topology

import (
	"math/rand/v2"
	"testing"

	"infomorph/neuron"
)

func TestRedrawDelays(t *testing.T) {
	n := Network{
		Populations: []Population{{Name: "a", Size: 6, Place: Placement{Kind: "circle", Extent: 2}}},
		Projections: []Projection{{Name: "x", From: "a", To: "a", Port: neuron.Contextual, Rule: Rule{Name: "all_to_all"}, Delays: Constant(7)}},
	}
	g, err := Build(&n, 1)
	if err != nil {
		t.Fatal(err)
	}
	far := Dist{Kind: "distance", Value: 1, Slope: 100}
	if err := g.RedrawDelays(2, far, func(source neuron.ID, _ int16) bool { return source != 0 }, rand.New(rand.NewPCG(1, 2))); err != nil {
		t.Fatal(err)
	}
	for id := range neuron.ID(6) {
		in := g.Incoming(id)
		for k, source := range in.Source {
			want := int32(7)
			if id == 2 && source != 0 {
				want = map[neuron.ID]int32{1: 101, 3: 101, 4: 174, 5: 201}[source] // chords of a circle of radius 1: 1, √3, 2
			}
			if in.Delay[k] != want {
				t.Errorf("delay from %d to %d is %d, want %d", source, id, in.Delay[k], want)
			}
		}
	}
	if err := g.RedrawDelays(2, Uniform(2, 1), func(neuron.ID, int16) bool { return true }, nil); err == nil {
		t.Error("a uniform distribution that runs backwards is accepted")
	}
}
