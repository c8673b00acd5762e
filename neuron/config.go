package neuron

import (
	"fmt"

	"infomorph/pid"
)

// Dynamics says how an update makes the output y from the activation A.
type Dynamics uint8

// The dynamics.
const (
	Sampled Dynamics = iota // y = +1 with probability θ
	Teacher                 // y = sign of the receptive value; −1 or +1 at random if that is 0
	Sign                    // y = sign(A); unchanged where A = 0
	// Belief is the recall dynamics of graded beliefs (see belief.go). The
	// output is sampled spikes of ±1, and each synapse low-passes them.
	Belief
	// GradedBelief is like Belief, but the output is the graded value itself.
	GradedBelief
	// EmphaticBelief is like GradedBelief, but the output is larger if the
	// context does not support the neuron's bit (see Emphasis in belief.go).
	EmphaticBelief
	numDynamics
)

var dynamicsNames = []string{"sampled", "teacher", "sign", "belief", "graded_belief", "emphatic_belief"}

// String returns the name used in scenarios.
func (d Dynamics) String() string {
	if d >= numDynamics {
		return fmt.Sprintf("dynamics(%d)", uint8(d))
	}
	return dynamicsNames[d]
}

// DynamicsOf returns the dynamics that a SetDynamics signal with value v sets;
// false if it sets none.
func DynamicsOf(v float64) (Dynamics, bool) {
	if !(v >= 0 && v < float64(numDynamics)) {
		return 0, false
	}
	return Dynamics(v), true
}

// Tell says when an update that fires sends a spike.
type Tell uint8

// The cases.
const (
	TellAlways Tell = iota // at every update that fires
	TellChange             // only if the output differs from the last spike
	TellNever              // never, for readout neurons without targets
)

// ClockKind says when a neuron updates, besides Tick signals.
type ClockKind uint8

// The clocks.
const (
	Ticked   ClockKind = iota // only on Tick signals
	OnEvent                   // Interval after the first event since its last update
	Periodic                  // every Interval, first at Phase
	Poisson                   // at exponential intervals with mean Interval
)

// Clock is a neuron's own update clock. Its updates fire, and learn while
// the neuron is plastic.
type Clock struct {
	Kind            ClockKind
	Interval, Phase Time
	Scatter         bool // Periodic: each neuron draws its phase from [Phase, Phase+Interval)
}

// Schedule is a value that changes from Start to End with the number n of the
// neuron's own learning updates. With Halfway > 0 no length of the training
// enters: the value is halfway after that number, and
//
//	End + (Start − End)/(1 + n/Halfway)
//
// at any time. So a rate that approaches 0 falls as 1/n in the end, and what
// has been learned becomes a mean over the neuron's own past.
//
// With Residual > 0 it does not even count updates, but follows the residual
// entropy h of the neuron's own output, H(Y|R,C) [bit], a mean over about 200
// updates, and is
//
//	End + (Start − End)·min(1, h/Residual)
//
// So a neuron whose sources determine its output is at End, and returns towards
// Start if they no longer do.
//
// With neither, the change is planned: it is linear, from learning update From
// to learning update To. If To ≤ From, the value jumps at To.
type Schedule struct {
	Start, End float64
	Halfway    int64
	Residual   float64
	From, To   int64
}

// Constant is a schedule that stays at v.
func Constant(v float64) Schedule { return Schedule{Start: v, End: v} }

// At returns the value at learning update n, for a neuron whose output has a
// residual entropy of h bits.
func (s *Schedule) At(n int64, h float64) float64 {
	if n >= s.To && s.Halfway == 0 && s.Residual == 0 {
		return s.End // of most schedules, always
	}
	return s.moving(n, h)
}

// moving is apart so that At is inlined.
//
//go:noinline
func (s *Schedule) moving(n int64, h float64) float64 {
	switch {
	case s.Residual > 0:
		return s.End + (s.Start-s.End)*min(1, h/s.Residual)
	case s.Halfway > 0:
		return s.End + (s.Start-s.End)/(1+float64(n)/float64(s.Halfway))
	case n <= s.From:
		return s.Start
	}
	f := float64(n-s.From) / float64(s.To-s.From)
	return s.Start + f*(s.End-s.Start)
}

// Rule says how the weights of a port learn.
type Rule uint8

// The learning rules of a port.
const (
	Frozen Rule = iota
	// GoalGradient climbs the neuron's goal: Δw = rate/norm·D·θ(1−θ)·∂A/∂port·x
	// with D from pid.Window.Gradient.
	GoalGradient
	// DeltaRule makes the port predict the neuron's own output:
	// Δw = rate·(y − value)·x.
	DeltaRule
)

// Norm is a divisor of the GoalGradient step, or Adam. It makes the effect of a
// rate independent of the fan-in.
type Norm uint8

// The norms.
const (
	ByFanIn Norm = iota // number of synapses of the port
	ByPower             // 1 + |x|²
	Unscaled
	Adam // each synapse adapts its steps to its gradients (see adam.go); Rate is about the size of a step
)

// PortConfig configures one port. Values are in sigmoid units.
type PortConfig struct {
	Bins     pid.Bins
	Rule     Rule
	Norm     Norm
	Rate     Schedule
	Bias     bool    // adds a weight from a constant input 1, initially 0
	HalfTanh bool    // value = tanh(½·sum), for DeltaRule
	Clip     float64 // |w| stays ≤ Clip; 0: no bound
	Decay    float64 // w *= 1−Decay on each learning update
	Center   float64 // rate of the running mean that is subtracted from each input; 0: off
}

// Homeostasis keeps the spread of the receptive value near Target: w *= 1 +
// Gain·max(−1, 1 − (R−mean R)²/Target²), where mean R is a running mean. With
// BiasGain > 0 it also keeps the firing rate near Rate, with a receptive bias:
//
//	b += BiasGain·(target − θ),  target = f clamped to Rate/(1+Tolerance) … Rate·(1+Tolerance)
//
// where f is a running mean of θ with rate MeanRate. While f is within the
// tolerance, the target equals f, so homeostasis does not move the bias on
// average and only the goal does.
type Homeostasis struct {
	Gain, MeanRate   float64
	Target, BiasGain Schedule
	Rate, Tolerance  float64
}

// Prior is a fixed belief about the neuron's behaviour. Its window keeps it as
// pseudo-samples that are never evicted: Mass samples for each receptive bin,
// Gaussian over the contextual value with standard deviation Sigma, and with
// the θ that the neuron's own activation gives there. Without a prior, a neuron
// whose bit is constant over its window learns nothing.
type Prior struct {
	Mass, Sigma float64
}

// Gate closes learning while the context is changing. χ is a running average of
// the fraction of context spikes that change their presynaptic value, over τ =
// TauFraction·fan-in context spikes. It is set to 1 when the neuron's own
// receptive input flips. Learning is open while χ < Threshold. Threshold 0
// turns the gate off.
//
// With Heard, every context spike counts as unchanged: χ then measures how much
// of the context the neuron has received since its receptive input flipped,
// whatever the values. This is for networks in which the outputs of other
// neurons are random and never settle.
//
// With Once, the gate closes after a learning update until the receptive input
// flips again: one sample per stimulus, however long it lasts.
type Gate struct {
	Threshold, TauFraction float64
	Heard, Once            bool
}

// BeliefConfig holds the constants of belief recall (see belief.go).
type BeliefConfig struct {
	Gain, Ceiling, FirstGain float64 // g = Gain/(Ceiling − q); FirstGain at the first step
	Step                     float64 // x ← (1−Step)·x + Step·tanh(…)
	LowPass                  float64 // of spikes at a synapse, for Belief
	Reaction                 float64 // share of its own belief that a neuron subtracts from its input
	Emphasis, Margin         float64 // the output is multiplied by 1 + Emphasis·max(0, Margin − |ŵ·x|)
}

var (
	defaultBelief   = BeliefConfig{Gain: 1.3, Ceiling: 1.02, FirstGain: 2.6, Step: 0.2, LowPass: 0.05}
	defaultEmphatic = BeliefConfig{Gain: 0.6, Ceiling: 1.01, FirstGain: 1, Step: 0.2, LowPass: 1, Reaction: 0.4, Emphasis: 1, Margin: 1.3}
)

// DefaultBelief returns the settings of Belief and GradedBelief that recall best.
func DefaultBelief() BeliefConfig { return defaultBelief }

// DefaultEmphatic returns the settings of EmphaticBelief that recall best. The
// cue should stay at the receptive ports as evidence during the whole recall.
func DefaultEmphatic() BeliefConfig { return defaultEmphatic }

// Config describes a neuron completely, except for its synapses and its state.
type Config struct {
	Ports      [NumPorts]PortConfig
	Sources    int // ports that enter the decomposition: 2 (r, c) or 3 (r, c, l)
	Activation Activation
	Dynamics   Dynamics
	Tell       Tell
	Clock      Clock
	Goal       pid.Goal
	Window     int     // samples kept
	WarmUp     int     // number of first learning updates that only sample, without a weight step
	HardBits   bool    // the window keeps the emitted bit instead of θ
	ThetaFloor float64 // 0: the constant ThetaFloor
	StepClip   float64 // |D| ≤ StepClip bits; 0: no bound
	Plastic    bool    // learning is on at the start
	Prior      Prior
	Gate       Gate
	// StabilityNorm > 0 is the stability gate. It stops weight changes (the
	// window still samples) if the norm of the contextual weights is larger and
	// the context alone gives the sign of the receptive value with a margin of
	// at least that norm.
	StabilityNorm float64
	Homeostasis   Homeostasis
	// Surprise is the share of its predicted output that a neuron subtracts from
	// its output to get its surprise (see surprise.go). 0: it never sends one.
	Surprise float64
	Belief   BeliefConfig // zero: DefaultBelief
	Emphatic BeliefConfig // zero: DefaultEmphatic
	// Removed marks a neuron that a lesion has removed: it ignores all events
	// and signals.
	Removed bool
}

// belief returns the constants of belief recall under a dynamics.
func (c *Config) belief(d Dynamics) *BeliefConfig {
	own, otherwise := &c.Belief, &defaultBelief
	if d == EmphaticBelief {
		own, otherwise = &c.Emphatic, &defaultEmphatic
	}
	if *own == (BeliefConfig{}) {
		return otherwise
	}
	return own
}

// LowPass returns how fast contextual synapses follow their spikes under a
// dynamics: the fraction of the difference that each spike removes; 1: at once.
func (c *Config) LowPass(d Dynamics) float64 {
	if d == Belief {
		return c.belief(d).LowPass
	}
	return 1
}

// believes reports whether a dynamics is belief recall.
func (d Dynamics) believes() bool { return d == Belief || d == GradedBelief || d == EmphaticBelief }

// followsResidual reports whether anything follows the residual entropy of the output.
func (c *Config) followsResidual() bool {
	for p := range c.Ports {
		if c.Ports[p].Rate.Residual > 0 {
			return true
		}
	}
	return c.Homeostasis.Target.Residual > 0 || c.Homeostasis.BiasGain.Residual > 0
}
