package sim

import (
	"bytes"
	"slices"
	"testing"

	"infomorph/neuron"
)

// A revision that changes nothing leaves the state as it was; one that changes
// weights changes those and nothing else, and the network goes on.
func TestRevise(t *testing.T) {
	for _, noise := range []Noise{{}, {Jitter: 4}} {
		e := busy(t, noise)
		before, _ := e.State()
		if err := Revise(e, e.net, func(*neuron.Neuron) {}); err != nil {
			t.Fatal(err)
		}
		if after, _ := e.State(); !bytes.Equal(before, after) {
			t.Error("a revision that changes nothing has changed the state")
		}
		var saved []float64
		double := func(factor float64) func(*neuron.Neuron) {
			return func(n *neuron.Neuron) {
				if n.ID() != 2 {
					return
				}
				w := slices.Clone(n.Weights(neuron.Contextual))
				saved = slices.Clone(w)
				for i := range w {
					w[i] *= factor
				}
				n.SetWeights(neuron.Contextual, w, n.Report(0).Bias[neuron.Contextual])
			}
		}
		if err := Revise(e, e.net, double(2)); err != nil {
			t.Fatal(err)
		}
		reports, err := e.Report([]neuron.ID{2}, neuron.WantWeights)
		if err != nil || len(saved) == 0 || reports[0].Weights[neuron.Contextual][0] != 2*saved[0] {
			t.Errorf("weights %v, were %v: %v", reports[0].Weights, saved, err)
		}
		if err := Revise(e, e.net, double(0.5)); err != nil {
			t.Fatal(err)
		}
		if after, _ := e.State(); !bytes.Equal(before, after) {
			t.Error("doubling and halving weights has changed something else")
		}
		if err := e.Advance(60, Feed{}, Discard{}); err != nil {
			t.Error(err)
		}
	}
}
