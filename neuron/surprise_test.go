package neuron

import (
	"bytes"
	"math"
	"slices"
	"testing"
)

func surprised(t *testing.T, share float64) *Neuron {
	t.Helper()
	cfg := memoryConfig(t)
	cfg.Surprise = share
	return mustNew(t, 3, cfg, wires(2, 0.5, -0.25))
}

// TestSurprise follows one presentation. With the context (1, −1), the sum is
// 0.75, so the neuron predicts tanh(0.75/2) of its output.
func TestSurprise(t *testing.T) {
	for share, want := range map[float64]float64{1: 1 - math.Tanh(0.375), 0.5: 1 - math.Tanh(0.375)/2} {
		n := surprised(t, share)
		drive(n, 0, Fire, receptive(1))
		out := drive(n, 1, Surprise|Observe, context(1, -1))
		if len(out.Spikes) != 1 || !(math.Abs(float64(out.Spikes[0].Value)-want) <= 1e-6) || out.Spikes[0].Source != 3 || out.Spikes[0].Time != 1 {
			t.Errorf("share %v: sent %+v, expected %v", share, out.Spikes, want)
		}
		if out.Samples[0].Sum != [NumPorts]float64{2, 0.75} || out.Samples[0].Output != 1 {
			t.Errorf("share %v: %+v", share, out.Samples[0])
		}
	}
	n := surprised(t, 0)
	drive(n, 0, Fire, receptive(1))
	if out := drive(n, 1, Surprise, context(1, -1)); len(out.Spikes) > 0 {
		t.Errorf("without a share, it sent %+v", out.Spikes)
	}
}

// TestLearnsAlongSurprises: the gradient is that of the outputs, and the weights
// change along the surprises that came after them.
func TestLearnsAlongSurprises(t *testing.T) {
	plain, n := surprised(t, 0), surprised(t, 1)
	for _, n := range []*Neuron{plain, n} {
		drive(n, 0, Fire, receptive(1))
	}
	drive(n, 1, Surprise, context(1, -1))
	a := drive(plain, 2, Learn|Observe, context(1, -1)).Samples[0]
	b := drive(n, 2, Learn|Observe, context(0.5, -0.125)).Samples[0]
	if a != b || !b.Learned {
		t.Errorf("samples %+v and %+v", a, b)
	}
	step := plain.Weights(Contextual)[0] - 0.5
	if got, want := n.Weights(Contextual), []float64{0.5 + 0.5*step, -0.25 - 0.125*step}; step <= 0 || !closeTo(got, want) {
		t.Errorf("the weights are %v, expected %v", got, want)
	}
	// The sample is kept until the neuron fires again.
	if got := drive(n, 3, Observe, nil).Samples[0].Sum; got != b.Sum {
		t.Errorf("kept %v, expected %v", got, b.Sum)
	}
	drive(n, 4, Fire, nil)
	w := n.Weights(Contextual)
	if got, want := drive(n, 5, Observe, nil).Samples[0].Sum[Contextual], 0.5*w[0]-0.125*w[1]; got != want {
		t.Errorf("after firing the sum is %v, expected %v", got, want)
	}
}

// TestSurpriseAgain: a second surprise is about what has arrived since the
// first, and a stuck or silent neuron is as it is with outputs.
func TestSurpriseAgain(t *testing.T) {
	n := surprised(t, 1)
	drive(n, 0, Fire, receptive(1))
	drive(n, 1, Surprise, context(1, -1))
	out := drive(n, 2, Surprise|Observe, context(1, 1))
	if want := 1 - math.Tanh(0.125); out.Samples[0].Sum[Contextual] != 0.25 || !(math.Abs(float64(out.Spikes[0].Value)-want) <= 1e-6) {
		t.Errorf("%+v, expected a surprise of %v", out, want)
	}
	drive(n, 3, Fire, nil, Signal{Kind: SetStuck, Value: -1})
	if out := drive(n, 4, Surprise, nil); !(math.Abs(float64(out.Spikes[0].Value)+1+math.Tanh(0.125)) <= 1e-6) {
		t.Errorf("stuck at −1, it sent %v", out.Spikes[0].Value)
	}
	if out := drive(n, 5, Surprise, nil, Signal{Kind: SetSilent, Value: 1}); len(out.Spikes) > 0 {
		t.Errorf("silent, it sent %v", out.Spikes)
	}
}

// TestSurprisesShareMemory: all samples of a neuron are held in the same place, so that a
// network allocates nothing while it learns.
func TestSurprisesShareMemory(t *testing.T) {
	n := surprised(t, 1)
	drive(n, 0, Fire, receptive(1))
	drive(n, 1, Surprise, context(1, -1))
	first := n.held
	drive(n, 2, Fire, receptive(-1))
	if drive(n, 3, Surprise, context(1, 1)); n.held != first || !first.valid || first.sum[Contextual] != 0.25 {
		t.Errorf("held %+v, at first %+v", n.held, first)
	}
}

// TestStateBetweenSurpriseAndLearning: a state in the middle of a presentation
// has the sample, one after it has none, and both continue alike.
func TestStateBetweenSurpriseAndLearning(t *testing.T) {
	n := surprised(t, 1)
	before := state(t, n)
	drive(n, 0, Fire, receptive(1))
	drive(n, 1, Surprise, context(1, -1))
	middle := state(t, n)
	if got := len(middle) - len(before); got != 2*8*NumPorts {
		t.Errorf("the sample takes %d bytes", got)
	}
	copied := surprised(t, 1)
	if err := copied.UnmarshalBinary(middle); err != nil {
		t.Fatal(err)
	}
	for _, n := range []*Neuron{n, copied} {
		drive(n, 2, Learn, context(0.5, -0.125))
		drive(n, 3, Fire, receptive(-1))
	}
	after := state(t, n)
	if !bytes.Equal(after, state(t, copied)) {
		t.Error("the copy continued differently")
	}
	if middle[2] != after[2]|8 {
		t.Errorf("flags %b in the middle, %b after it", middle[2], after[2])
	}
	if err := copied.UnmarshalBinary(middle[:len(middle)-1]); err == nil {
		t.Error("a state without the end of its sample was restored")
	}
	if err := copied.UnmarshalBinary(before); err != nil || copied.held != nil {
		t.Errorf("%v, held %v", err, copied.held)
	}
}

func state(t *testing.T, n *Neuron) []byte {
	t.Helper()
	b, err := n.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func closeTo(got, want []float64) bool {
	return slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-12 })
}

func TestSurpriseNeedsASum(t *testing.T) {
	for _, c := range []struct {
		share float64
		kind  ActivationKind
		valid bool
	}{{0, Modulatory, true}, {1, Sum, true}, {0.5, Modulatory, false}, {1.01, Sum, false}, {-0.01, Sum, false}, {math.NaN(), Sum, false}} {
		cfg := memoryConfig(t)
		cfg.Surprise, cfg.Activation = c.share, DefaultActivation(c.kind)
		if err := cfg.Validate(); (err == nil) != c.valid {
			t.Errorf("%v with %v: %v", c.share, c.kind, err)
		}
	}
}
