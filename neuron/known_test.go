package neuron

import (
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/pid"
)

// TestStabilityGate: weight changes stop if the norm of the context is larger
// than the limit and the context gives the receptive sign with a margin of that
// norm; otherwise not.
func TestStabilityGate(t *testing.T) {
	for _, tc := range []struct {
		norm, r, c float64
		held       bool
	}{ // |w| = 5
		{4.9, 1, 5.1, true}, {4.9, -1, -5.1, true}, {4.9, 0.25, 5.1, true}, {4.9, -0.25, -5.1, true},
		{4.9, 1, 5, false}, {4.9, 1, 4.9, false}, {4.9, -1, 5.1, false}, {4.9, 0, 9, false}, {4.9, 1, -9, false},
		{5, 1, 9, false}, {5.1, 1, 9, false}, {0, 1, 9, false},
	} {
		cfg := memoryConfig(t)
		cfg.StabilityNorm = tc.norm
		n := mustNew(t, 0, cfg, wires(1, 3, -4))
		if got := n.stable(&[NumPorts]float64{tc.r, tc.c}); got != tc.held {
			t.Errorf("norm %v, values %v and %v: held %v", tc.norm, tc.r, tc.c, got)
		}
	}
	cfg := memoryConfig(t)
	cfg.StabilityNorm, cfg.Ports[Receptive].Rule, cfg.Ports[Receptive].Rate = 4.9, GoalGradient, Constant(1)
	n := mustNew(t, 0, cfg, wires(2, 3, -4))
	drive(n, 0, Fire|Learn, append(receptive(1), context(1, -1)...))
	if w := n.Weights(Contextual); w[0] != 3 || w[1] != -4 || n.Window().Len() != 1 {
		t.Errorf("held weights are %v with %d samples", w, n.Window().Len())
	}
	drive(n, 1, Fire|Learn, append(receptive(-1), context(1, -1)...))
	if w := n.Weights(Contextual); w[0] == 3 || n.Window().Len() != 2 {
		t.Errorf("weights that are not held are %v with %d samples", w, n.Window().Len())
	}
}

// TestRandomStreams: SplitMix64 as published, and one stream for each seed,
// purpose and unit, with every function that returns it.
func TestRandomStreams(t *testing.T) {
	// The first outputs of splitmix64.c (Vigna 2015) for the states 0 and 1234567.
	for z, want := range map[uint64]uint64{0: 0xe220a8397b1dcdaf, 1234567: 6457827717110365317} {
		if got := mix64(z); got != want {
			t.Errorf("SplitMix64 of %d is %#x, want %#x", z, got, want)
		}
	}
	seen := map[uint64]bool{}
	for _, seed := range []uint64{0, 1, math.MaxUint64} {
		for p := ForOutput; p <= ForStimulus; p++ {
			for _, id := range []ID{-1, 0, 1, 1 << 30} {
				g := NewPCG(seed, p, id)
				again := *NewPCG(9, ForClock, 9)
				Reseed(&again, seed, p, id)
				r := NewRand(seed, p, id)
				first := g.Uint64()
				if again.Uint64() != first || r.Uint64() != first || seen[first] {
					t.Errorf("seed %d, purpose %d, unit %d: another stream, or that of another", seed, p, id)
				}
				seen[first] = true
			}
		}
	}
	if ForOutput != 1 || ForClock != 2 || ForTransport != 3 || ForWeights != 4 || ForStimulus != 5 {
		t.Error("a purpose has another number: every result changes")
	}
}

// TestSigmoidFarOut: small values keep their relative precision.
func TestSigmoidFarOut(t *testing.T) {
	for _, x := range []float64{-720, -100, -40} {
		if got, want := Sigmoid(x), math.Exp(x); !(math.Abs(got/want-1) < 1e-15) {
			t.Errorf("σ(%v) = %v, want %v", x, got, want)
		}
	}
	if Sigmoid(0) != 0.5 || Sigmoid(800) != 1 || Sigmoid(-800) != 0 || !(math.Abs(Sigmoid(1)-0.7310585786300049) <= 1e-16) || !(math.Abs(Sigmoid(-1)-0.2689414213699951) <= 1e-16) {
		t.Error("σ at 0, ±1 or ±800")
	}
	for A, want := range map[float64]float64{50: 1 - 1e-3, -50: 1e-3, 0: .5} {
		if got := Theta(A, 1e-3); got != want {
			t.Errorf("θ of %v is %v, want %v", A, got, want)
		}
	}
}

// TestDefaults: the constants of the papers and of the best recall. Changing
// one changes results.
func TestDefaults(t *testing.T) {
	if got := DefaultBelief(); got != (BeliefConfig{1.3, 1.02, 2.6, 0.2, 0.05, 0, 0, 0}) {
		t.Errorf("%+v", got)
	}
	if got := DefaultEmphatic(); got != (BeliefConfig{0.6, 1.01, 1, 0.2, 1, 0.4, 1, 1.3}) {
		t.Errorf("%+v", got)
	}
	for k, name := range []string{"sum", "modulatory", "kay_phillips", "three_source"} {
		kind, err := ParseActivation(name)
		if err != nil || kind != ActivationKind(k) || kind.String() != name {
			t.Errorf("%s is %v, %v", name, kind, err)
		}
		if got := DefaultActivation(kind); got != (Activation{kind, 1, 1, 1, 0.5, 2, 0.1, 0.1, 2, 2}) {
			t.Errorf("%+v", got)
		}
	}
	if kind, err := ParseActivation("none"); err == nil || kind != Sum || ActivationKind(4).String() != "activation(4)" {
		t.Errorf("none is %v, %v", kind, err)
	}
	c := memoryConfig(t)
	if c.LowPass(Belief) != 0.05 || c.LowPass(GradedBelief) != 1 || c.LowPass(EmphaticBelief) != 1 || c.LowPass(Sign) != 1 {
		t.Error("synapses follow their spikes at another rate")
	}
	c.Belief = BeliefConfig{LowPass: 0.5}
	if c.LowPass(Belief) != 0.5 || *c.belief(GradedBelief) != c.Belief || *c.belief(EmphaticBelief) != DefaultEmphatic() {
		t.Error("settings of its own are not heeded")
	}
}

// TestReportHoldsWhatIsWanted and nothing else.
func TestReportHoldsWhatIsWanted(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Ports[Receptive].Bias = true
	n := mustNew(t, 3, cfg, wires(2, 0.5, -0.25))
	drive(n, 0, Fire|Learn, append(receptive(1), context(1, -1)...))
	n.ports[Receptive].bias = 0.125
	for want := range 2 * WantLearning {
		r := n.Report(want)
		if r.Neuron != 3 || r.Updates != 1 || r.Steps != 1 || r.Output != 1 || !r.Open || r.Bias != [NumPorts]float64{0.125} {
			t.Errorf("want %d: %+v", want, r)
		}
		if got := r.Weights[Receptive] != nil; got != (want&WantWeights != 0) || got && !slices.Equal(r.Weights[Contextual], n.Weights(Contextual)) {
			t.Errorf("want %d: weights %v", want, r.Weights)
		}
		if got := r.Atoms != nil; got != (want&WantAtoms != 0) || !got && r.Goal != 0 {
			t.Errorf("want %d: atoms %v, goal %v", want, r.Atoms, r.Goal)
		}
		if got := r.Chi == 1 && r.Gradient != 0; got != (want&WantLearning != 0) || !got && (r.Chi != 0 || r.Gradient != 0) {
			t.Errorf("want %d: χ %v, gradient %v", want, r.Chi, r.Gradient)
		}
	}
	var s, slope [NumPorts]float64
	n.sums(&s, &slope)
	if r := n.Report(WantLearning); r.Gradient != n.Window().Gradient(n.cell(&s)) {
		t.Errorf("gradient %v, the window's is %v", r.Gradient, n.Window().Gradient(n.cell(&s)))
	}
	n.cfg.StepClip = 1e-9
	if r := n.Report(WantLearning); math.Abs(r.Gradient) != 1e-9 {
		t.Errorf("clipped gradient %v", r.Gradient)
	}
}

// TestSetFromOutside: weights, a bias and a goal that are set take effect with
// the next update.
func TestSetFromOutside(t *testing.T) {
	n := mustNew(t, 0, memoryConfig(t), wires(2, 0.5, -0.25))
	if out := drive(n, 0, Observe, append(receptive(1), context(1, 1)...)); out.Samples[0].Sum != [NumPorts]float64{2, 0.25} {
		t.Fatalf("%v", out.Samples[0].Sum)
	}
	w := []float64{1, 3}
	n.SetWeights(Contextual, w, -0.5)
	w[0] = 99
	if out := drive(n, 1, Observe, nil); out.Samples[0].Sum != [NumPorts]float64{2, 3.5} {
		t.Errorf("%v, want 1 + 3 − ½", out.Samples[0].Sum)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("too many weights were taken")
			}
		}()
		n.SetWeights(Contextual, []float64{1, 2, 3}, 0)
	}()
	goal, err := pid.NewGoal(2, map[string]float64{"syn": 1}, 0)
	if err != nil || n.SetGoal(goal) != nil || n.Window().CurrentGoal() != goal {
		t.Error(err, n.Window().CurrentGoal())
	}
	if goal, err = pid.NewGoal(3, nil, 0); err != nil || n.SetGoal(goal) == nil {
		t.Error("a goal of three sources was taken", err)
	}
}

// TestBreakdownInWords: what broke, where, and which setting is the likely
// cause.
func TestBreakdownInWords(t *testing.T) {
	for want, b := range map[string]Breakdown{
		"neuron 3: weight 2 of port c became 2e+06 at 5µs, beyond ±1e+06; its learning rate is too large; lower it, or bound the weights by clip or decay": {5, 3, Contextual, WeightBroke, 2, 2e6, GoalGradient, false},
		"neuron 3: the bias of port l became NaN at 5µs; its learning rate is too large (a delta rule":                                                     {5, 3, Lateral, WeightBroke, BiasSlot, math.NaN(), DeltaRule, false},
		"neuron 3: synapse 1 of port r received +Inf at 5µs; its input is too large":                                                                       {5, 3, Receptive, InputBroke, 1, math.Inf(1), DeltaRule, true},
		"neuron 3: the value of port c became -Inf at 5µs; its input is too large":                                                                         {5, 3, Contextual, SumBroke, 0, math.Inf(-1), Frozen, false},
		"neuron 3: its output became NaN at 5µs; see its activation":                                                                                       {5, 3, Receptive, ThetaBroke, 0, math.NaN(), Frozen, true},
		"neuron 3: the gradient of its goal became +Inf at 5µs; the weights of its goal are too large":                                                     {5, 3, Receptive, GradientBroke, 0, math.Inf(1), Frozen, true},
		"neuron 3: weight 0 of port r became 3e+06 at 5µs, beyond ±1e+06; the gain of its homeostasis is too large":                                        {5, 3, Receptive, WeightBroke, 0, 3e6, Frozen, true},
	} {
		if got := b.Error(); !strings.HasPrefix(got, want) {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
