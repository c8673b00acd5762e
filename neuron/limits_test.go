package neuron

import (
	"math"
	"slices"
	"testing"

	"infomorph/pid"
)

// limit is a number of a configuration with valid and invalid values: those at
// its bounds and next to them.
type limit struct {
	name      string
	set       func(c *Config, v float64)
	good, bad []float64
}

var (
	above = func(v float64) float64 { return math.Nextafter(v, math.Inf(1)) }
	below = func(v float64) float64 { return math.Nextafter(v, math.Inf(-1)) }

	noNumbers = []float64{math.NaN(), math.Inf(1), math.Inf(-1)}
	negative  = append([]float64{-5e-324, -1}, noNumbers...)
	notShare  = append([]float64{-5e-324, above(1), 2}, noNumbers...) // of numbers from 0 to 1
)

func and(values []float64, more float64) []float64 { return slices.Concat(values, []float64{more}) }

func beliefs(set func(b *BeliefConfig, v float64)) func(c *Config, v float64) {
	return func(c *Config, v float64) {
		c.Belief, c.Emphatic = DefaultBelief(), DefaultEmphatic()
		set(&c.Belief, v)
	}
}

func emphatic(set func(b *BeliefConfig, v float64)) func(c *Config, v float64) {
	return func(c *Config, v float64) {
		c.Emphatic = DefaultEmphatic()
		set(&c.Emphatic, v)
	}
}

func spreading(set func(h *Homeostasis, v float64)) func(c *Config, v float64) {
	return func(c *Config, v float64) {
		c.Homeostasis = Homeostasis{Gain: 0.1, MeanRate: 0.1, Target: Constant(1)}
		set(&c.Homeostasis, v)
	}
}

var limits = []limit{
	{"sources", func(c *Config, v float64) { c.Sources = int(v) }, []float64{2}, []float64{1, 4, 0, -1}},
	{"window", func(c *Config, v float64) { c.Window = int(v) }, []float64{1, 2, MaxWindow}, []float64{0, -1, MaxWindow + 1}},
	{"warm-up", func(c *Config, v float64) { c.WarmUp = int(v) }, []float64{0, 1, 64}, []float64{-1, 65}},
	{"dynamics", func(c *Config, v float64) { c.Dynamics = Dynamics(v) }, []float64{0, 5}, []float64{6, 255}},
	{"tell", func(c *Config, v float64) { c.Tell = Tell(v) }, []float64{0, 1, 2}, []float64{3}},
	{"theta floor", func(c *Config, v float64) { c.ThetaFloor = v }, []float64{0, below(.5)}, []float64{.5, 1, -1e-300, math.NaN()}},
	{"step clip", func(c *Config, v float64) { c.StepClip = v }, []float64{0, 1e300}, negative},
	{"stability", func(c *Config, v float64) { c.StabilityNorm = v }, []float64{0, 1e300}, negative},
	{"prior mass", func(c *Config, v float64) { c.Prior.Mass = v }, []float64{0, pid.MaxPriorMass / 2}, and(negative, above(pid.MaxPriorMass/2))},
	{"prior sigma", func(c *Config, v float64) { c.Prior.Sigma = v }, []float64{0, 5e-324, 1e300}, negative},
	{"gate", func(c *Config, v float64) { c.Gate.Threshold = v }, []float64{0, 1, 2, 3}, negative},
	{"gate that learns once", func(c *Config, v float64) { c.Gate = Gate{Threshold: v, Once: true} }, []float64{0, below(2)}, []float64{2, 3}},
	{"gate's tau", func(c *Config, v float64) { c.Gate.TauFraction = v }, []float64{0, 1e9}, negative},
	{"activation", func(c *Config, v float64) { c.Activation.Kind = ActivationKind(v) }, []float64{0, 3}, []float64{4}},
	{"beta", func(c *Config, v float64) { c.Activation.Beta = v }, []float64{-1, 0, 1e300}, noNumbers},
	{"kappa", func(c *Config, v float64) { c.Activation.Kappa = v }, []float64{-1, 0}, noNumbers},
	{"lambda", func(c *Config, v float64) { c.Activation.Lambda = v }, []float64{-1, 0}, noNumbers},
	{"k1", func(c *Config, v float64) { c.Activation.K1 = v }, []float64{-1, 0}, noNumbers},
	{"k2", func(c *Config, v float64) { c.Activation.K2 = v }, []float64{-1, 0}, noNumbers},
	{"c1", func(c *Config, v float64) { c.Activation.C1 = v }, []float64{-1, 0}, noNumbers},
	{"c2", func(c *Config, v float64) { c.Activation.C2 = v }, []float64{-1, 0}, noNumbers},
	{"w1", func(c *Config, v float64) { c.Activation.W1 = v }, []float64{-1, 0}, noNumbers},
	{"w2", func(c *Config, v float64) { c.Activation.W2 = v }, []float64{-1, 0}, noNumbers},
	{"clock", func(c *Config, v float64) { c.Clock = Clock{Kind: ClockKind(v), Interval: 1} }, []float64{0, 1, 2, 3}, []float64{4}},
	{"ticked interval", func(c *Config, v float64) { c.Clock = Clock{Interval: Time(v), Phase: Time(v)} }, []float64{-1, 0, 1 << 60}, nil},
	{"interval of an event clock", func(c *Config, v float64) { c.Clock = Clock{Kind: OnEvent, Interval: Time(v), Phase: -1} }, []float64{0, 1, 1 << 53}, []float64{-1, 1 << 54}},
	{"periodic interval", func(c *Config, v float64) { c.Clock = Clock{Kind: Periodic, Interval: Time(v)} }, []float64{1, 1 << 53}, []float64{0, -1, 1<<53 + 2}},
	{"Poisson interval", func(c *Config, v float64) { c.Clock = Clock{Kind: Poisson, Interval: Time(v)} }, []float64{1, 1 << 53}, []float64{0, -1, 1<<53 + 2}},
	{"periodic phase", func(c *Config, v float64) { c.Clock = Clock{Kind: Periodic, Interval: 1, Phase: Time(v)} }, []float64{0, 1 << 53}, []float64{-1, 1<<53 + 2}},
	{"Poisson phase", func(c *Config, v float64) { c.Clock = Clock{Kind: Poisson, Interval: 1, Phase: Time(v)} }, []float64{0, 1 << 53}, []float64{-1, 1<<53 + 2}},
	{"gain of homeostasis", spreading(func(h *Homeostasis, v float64) { h.Gain = v }), []float64{0, 1e9}, negative},
	{"mean rate", spreading(func(h *Homeostasis, v float64) { h.MeanRate = v }), []float64{0, 1}, notShare},
	{"mean rate that is not used", func(c *Config, v float64) { c.Homeostasis.MeanRate = v }, []float64{2}, nil},
	{"target", spreading(func(h *Homeostasis, v float64) { h.Target.Start = v }), []float64{5e-324, 1e9}, and(negative, 0)},
	{"last target", spreading(func(h *Homeostasis, v float64) { h.Target.End = v }), []float64{5e-324, 1e9}, and(negative, 0)},
	{"way of the target", func(c *Config, v float64) { c.Homeostasis.Target.Halfway = int64(v) }, []float64{0, 1, 1 << 62}, []float64{-1}},
	{"residual entropy of the target", func(c *Config, v float64) { c.Homeostasis.Target.Residual = v }, []float64{0, 5e-324, 9}, negative},
	{"firing rate", func(c *Config, v float64) { c.Homeostasis.Rate = v }, []float64{0, 1}, notShare},
	{"tolerance", func(c *Config, v float64) { c.Homeostasis.Tolerance = v }, []float64{0, 9}, negative},
	{"bias gain", func(c *Config, v float64) { c.Homeostasis.BiasGain.Start = v }, []float64{0, 9}, negative},
	{"last bias gain", func(c *Config, v float64) { c.Homeostasis.BiasGain.End = v }, []float64{0, 9}, negative},
	{"way of the bias gain", func(c *Config, v float64) { c.Homeostasis.BiasGain.Halfway = int64(v) }, []float64{0, 1, 1 << 62}, []float64{-1}},
	{"residual entropy of the bias gain", func(c *Config, v float64) { c.Homeostasis.BiasGain.Residual = v }, []float64{0, 5e-324, 9}, negative},
	{"belief gain", beliefs(func(b *BeliefConfig, v float64) { b.Gain = v }), []float64{-1, 0}, noNumbers},
	{"ceiling", beliefs(func(b *BeliefConfig, v float64) { b.Ceiling = v }), []float64{above(1), 9}, append([]float64{1, 0, -2}, noNumbers...)},
	{"first gain", beliefs(func(b *BeliefConfig, v float64) { b.FirstGain = v }), []float64{-1, 0}, noNumbers},
	{"reaction", beliefs(func(b *BeliefConfig, v float64) { b.Reaction = v }), []float64{-1, 0}, noNumbers},
	{"margin", emphatic(func(b *BeliefConfig, v float64) { b.Margin = v }), []float64{-1, 0}, noNumbers},
	{"emphasis", emphatic(func(b *BeliefConfig, v float64) { b.Emphasis = v }), []float64{0, 9}, negative},
	{"belief step", emphatic(func(b *BeliefConfig, v float64) { b.Step = v }), []float64{5e-324, 1}, and(notShare, 0)},
	{"low-pass", beliefs(func(b *BeliefConfig, v float64) { b.LowPass = v }), []float64{5e-324, 1}, and(notShare, 0)},
	{"bins", func(c *Config, v float64) { c.Ports[1].Bins.N = int(v) }, []float64{1, MaxBins / 4, MaxBins}, []float64{0, -1, MaxBins + 1}},
	{"lower end of bins", func(c *Config, v float64) { c.Ports[0].Bins.Lo = v }, []float64{below(1), -1e100}, append([]float64{1, 2}, noNumbers...)},
	{"upper end of bins", func(c *Config, v float64) { c.Ports[0].Bins.Hi = v }, []float64{above(-1), 1e100}, append([]float64{-1, -2}, noNumbers...)},
	{"bins of what is no source", func(c *Config, v float64) { c.Ports[2].Bins.N = int(v) }, []float64{-1, 0, MaxBins + 1}, nil},
	{"rule", func(c *Config, v float64) { c.Ports[2].Rule = Rule(v) }, []float64{0, 1, 2}, []float64{3}},
	{"norm", func(c *Config, v float64) { c.Ports[0].Norm = Norm(v) }, []float64{0, 1, 2, 3}, []float64{4}},
	{"clip", func(c *Config, v float64) { c.Ports[2].Clip = v }, []float64{0, 1e9}, negative},
	{"decay", func(c *Config, v float64) { c.Ports[1].Decay = v }, []float64{0, 1}, notShare},
	{"center", func(c *Config, v float64) { c.Ports[0].Center = v }, []float64{0, 1}, notShare},
	{"rate", func(c *Config, v float64) { c.Ports[1].Rate.Start = v }, []float64{-1, 0, 1e9}, noNumbers},
	{"last rate", func(c *Config, v float64) { c.Ports[1].Rate.End = v }, []float64{-1, 0, 1e9}, noNumbers},
	{"way of the rate", func(c *Config, v float64) { c.Ports[2].Rate.Halfway = int64(v) }, []float64{0, 1, 1 << 62}, []float64{-1}},
	{"residual entropy of the rate", func(c *Config, v float64) { c.Ports[2].Rate.Residual = v }, []float64{0, 5e-324, 9}, negative},
}

// TestLimits: every number of a configuration may have all values up to its
// bounds, and none outside.
func TestLimits(t *testing.T) {
	for _, l := range limits {
		for good, values := range map[bool][]float64{true: l.good, false: l.bad} {
			for _, v := range values {
				c := *memoryConfig(t)
				l.set(&c, v)
				if err := c.Validate(); (err == nil) != good {
					t.Errorf("%s %v: %v", l.name, v, err)
				}
			}
		}
	}
}
