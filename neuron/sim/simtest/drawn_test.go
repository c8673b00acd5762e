package simtest_test

import (
	"fmt"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim/simtest"
)

// TestEverythingIsDrawn: in a few hundred worlds every clock, activation, rule, dynamics
// and option of a neuron occurs, and every kind of signal with every dynamics.
func TestEverythingIsDrawn(t *testing.T) {
	drawn := map[string]bool{}
	see := func(what string, v any) { drawn[fmt.Sprint(what, " ", v)] = true }
	for seed := range uint64(300) {
		w, err := simtest.New(seed)
		if err != nil {
			t.Fatal(err)
		}
		for id := range neuron.ID(w.Net.NumNeurons()) {
			c := w.Net.Config(id)
			see("dynamics", c.Dynamics)
			see("tell", c.Tell)
			see("clock", c.Clock.Kind)
			see("scatter", c.Clock.Scatter)
			see("activation", c.Activation.Kind)
			see("hard bits", c.HardBits)
			see("clipped", c.StepClip > 0)
			see("plastic", c.Plastic)
			see("prior", c.Prior.Mass > 0)
			see("homeostasis", c.Homeostasis.Gain > 0)
			if c.Homeostasis.Gain > 0 {
				see("target of its own", c.Homeostasis.Target.Halfway > 0)
			}
			see("gate", c.Gate.Threshold > 0)
			see("heard", c.Gate.Heard)
			see("once", c.Gate.Once)
			see("surprise", c.Surprise > 0)
			for _, p := range c.Ports {
				see("rule", p.Rule)
				see("norm", p.Norm)
				see("rate of its own", p.Rate.Halfway > 0)
				see("rate of residual entropy", p.Rate.Residual > 0)
				see("bias", p.Bias)
				see("squash", p.HalfTanh)
				see("decay", p.Decay > 0)
				see("center", p.Center > 0)
			}
		}
		for _, s := range w.Feed.Signals {
			see("signal", s.Kind)
			if s.Kind == neuron.Tick {
				see("surprises", s.Flags&neuron.Surprise != 0)
			}
			if s.Kind == neuron.SetDynamics {
				see("set", neuron.Dynamics(s.Value))
			}
		}
	}
	// 2 each of the 18 options that are on or off.
	want := map[string]int{"dynamics": 6, "set": 6, "tell": 3, "clock": 4, "activation": 4, "rule": 3, "norm": 4, "signal": 7}
	total := 2 * 18
	for _, n := range want {
		total += n
	}
	if len(drawn) != total {
		t.Errorf("%d of %d are drawn: %v", len(drawn), total, drawn)
	}
}
