package neuron

import (
	"errors"
	"fmt"
	"math"

	"infomorph/pid"
)

// Limits of a configuration.
const (
	MaxWindow   = 1 << 20       // samples; bounds a neuron's memory
	MaxBins     = 4096          // of one port
	MaxInterval = Time(1) << 53 // of a clock; keeps sums of times exact and in range
)

// faults collects the errors in a configuration.
type faults []error

func (f *faults) check(ok bool, format string, args ...any) {
	if !ok {
		*f = append(*f, fmt.Errorf(format, args...))
	}
}

// Validate reports all errors in c at once.
func (c *Config) Validate() error {
	var f faults
	f.check(c.Sources == 2 || c.Sources == 3, "sources is %d, expected 2 or 3", c.Sources)
	f.check(c.Window >= 1 && c.Window <= MaxWindow, "window is %d, expected 1 to %d samples", c.Window, MaxWindow)
	f.check(c.WarmUp >= 0 && c.WarmUp <= c.Window, "warm-up is %d, expected 0 to the window's %d samples", c.WarmUp, c.Window)
	f.check(c.Dynamics < numDynamics, "unknown dynamics %d", c.Dynamics)
	f.check(c.Tell <= TellNever, "unknown tell %d", c.Tell)
	f.check(c.ThetaFloor >= 0 && c.ThetaFloor < 0.5, "theta floor is %v, expected 0 to 0.5", c.ThetaFloor)
	f.check(c.Surprise >= 0 && c.Surprise <= 1, "surprise must be from 0 to 1")
	f.check(c.Surprise == 0 || c.Activation.Kind == Sum, "surprise needs the activation sum")
	f.check(atLeastZero(c.StepClip, c.StabilityNorm), "step clip and stability norm must be finite numbers ≥ 0")
	f.check(atLeastZero(c.Prior.Mass, c.Prior.Sigma), "the prior's mass and sigma must be finite numbers ≥ 0")
	f.check(atLeastZero(c.Gate.Threshold, c.Gate.TauFraction), "the gate's threshold and tau must be finite numbers ≥ 0")
	f.check(!c.Gate.Once || c.Gate.Threshold < spent, "the gate's threshold is %v, expected less than %v to learn once", c.Gate.Threshold, spent)
	c.Activation.validate(&f)
	c.Clock.validate(&f)
	c.Homeostasis.validate(&f)
	c.belief(Belief).validate(&f)
	c.belief(EmphaticBelief).validate(&f)
	for p := range c.Ports {
		c.Ports[p].validate(&f, Port(p), p < c.Sources)
	}
	if len(f) > 0 {
		return errors.Join(f...)
	}
	window := c.window()
	if err := window.Validate(); err != nil {
		return err
	}
	if all := c.Prior.Mass * float64(c.Ports[Receptive].Bins.N); c.Prior.Sigma > 0 && all > pid.MaxPriorMass {
		return fmt.Errorf("the prior's mass is %v for each of %d receptive bins, expected at most %d in all", c.Prior.Mass, c.Ports[Receptive].Bins.N, pid.MaxPriorMass)
	}
	return nil
}

func (a *Activation) validate(f *faults) {
	f.check(a.Kind <= ThreeSource, "unknown activation %d", a.Kind)
	f.check(finite(a.Beta, a.Kappa, a.Lambda, a.K1, a.K2, a.C1, a.C2, a.W1, a.W2), "the activation's constants must be finite")
}

func (c *Clock) validate(f *faults) {
	f.check(c.Kind <= Poisson, "unknown clock %d", c.Kind)
	if c.Kind == OnEvent {
		f.check(c.Interval >= 0 && c.Interval <= MaxInterval, "clock interval is %v, expected 0 to %v", c.Interval, MaxInterval)
	}
	if c.Kind != Periodic && c.Kind != Poisson {
		return
	}
	f.check(c.Interval > 0 && c.Interval <= MaxInterval, "clock interval is %v, expected more than 0 and at most %v", c.Interval, MaxInterval)
	f.check(c.Phase >= 0 && c.Phase <= MaxInterval, "clock phase is %v, expected 0 to %v", c.Phase, MaxInterval)
}

func (h *Homeostasis) validate(f *faults) {
	f.check(h.Target.Halfway >= 0 && h.BiasGain.Halfway >= 0, "homeostasis is halfway after %d and %d updates, expected numbers ≥ 0", h.Target.Halfway, h.BiasGain.Halfway)
	f.check(atLeastZero(h.Target.Residual, h.BiasGain.Residual), "homeostasis follows residual entropies below %v and %v, expected finite numbers ≥ 0", h.Target.Residual, h.BiasGain.Residual)
	f.check(atLeastZero(h.Gain, h.BiasGain.Start, h.BiasGain.End, h.Tolerance), "the gains and the tolerance of homeostasis must be finite numbers ≥ 0")
	f.check(h.Rate >= 0 && h.Rate <= 1, "the firing rate of homeostasis is %v, expected 0 to 1", h.Rate)
	if h.Gain > 0 {
		f.check(h.MeanRate >= 0 && h.MeanRate <= 1, "the mean rate of homeostasis is %v, expected 0 to 1", h.MeanRate)
		f.check(finite(h.Target.Start, h.Target.End) && h.Target.Start > 0 && h.Target.End > 0,
			"the target of homeostasis goes from %v to %v, expected numbers > 0", h.Target.Start, h.Target.End)
	}
}

func (b *BeliefConfig) validate(f *faults) {
	f.check(finite(b.Gain, b.Ceiling, b.FirstGain, b.Reaction, b.Emphasis, b.Margin) && b.Ceiling > 1, "belief recall needs finite gains and a ceiling above 1, not %v", b.Ceiling)
	f.check(b.Emphasis >= 0, "the emphasis of belief recall is %v, expected at least 0", b.Emphasis)
	f.check(b.Step > 0 && b.Step <= 1, "the step of belief recall is %v, expected more than 0 and at most 1", b.Step)
	f.check(b.LowPass > 0 && b.LowPass <= 1, "the low-pass of belief recall is %v, expected more than 0 and at most 1", b.LowPass)
}

// validate checks the configuration of one port. source says whether it is a
// source of the decomposition, which needs bins.
func (p *PortConfig) validate(f *faults, port Port, source bool) {
	if source {
		f.check(p.Bins.N >= 1 && p.Bins.N <= MaxBins, "port %v: %d bins, expected 1 to %d", port, p.Bins.N, MaxBins)
		f.check(finite(p.Bins.Lo, p.Bins.Hi) && p.Bins.Lo < p.Bins.Hi, "port %v: bins from %v to %v, expected a range", port, p.Bins.Lo, p.Bins.Hi)
	}
	f.check(p.Rule <= DeltaRule, "port %v: unknown rule %d", port, p.Rule)
	f.check(p.Norm <= Adam, "port %v: unknown norm %d", port, p.Norm)
	f.check(atLeastZero(p.Clip), "port %v: clip is %v, expected a finite number ≥ 0", port, p.Clip)
	f.check(p.Decay >= 0 && p.Decay <= 1, "port %v: decay is %v, expected 0 to 1", port, p.Decay)
	f.check(p.Center >= 0 && p.Center <= 1, "port %v: center is %v, expected 0 to 1", port, p.Center)
	f.check(finite(p.Rate.Start, p.Rate.End), "port %v: the learning rate goes from %v to %v, expected finite numbers", port, p.Rate.Start, p.Rate.End)
	f.check(atLeastZero(p.Rate.Residual), "port %v: the learning rate follows a residual entropy below %v, expected a finite number ≥ 0", port, p.Rate.Residual)
	f.check(p.Rate.Halfway >= 0, "port %v: the learning rate is halfway after %d updates, expected a number ≥ 0", port, p.Rate.Halfway)
}

func finite(vs ...float64) bool {
	for _, v := range vs {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

func atLeastZero(vs ...float64) bool {
	for _, v := range vs {
		if !(v >= 0) {
			return false
		}
	}
	return finite(vs...)
}
