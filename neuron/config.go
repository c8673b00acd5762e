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
	Teacher                 // y = sign of the receptive value, a fair coin where there is none
	Sign                    // y = sign(A); unchanged where A = 0
	// Belief is the recall dynamics of graded beliefs (see belief.go), told
	// as sampled ±1 spikes that each synapse low-passes.
	Belief
	// GradedBelief is Belief told as the graded value itself.
	GradedBelief
	// EmphaticBelief is GradedBelief told the louder, the less sure the neuron is
	// of its bit.
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

// DynamicsOf returns the dynamics that a signal SetDynamics of this value sets;
// false if it sets none.
func DynamicsOf(v float64) (Dynamics, bool) {
	if !(v >= 0 && v < float64(numDynamics)) {
		return 0, false
	}
	return Dynamics(v), true
}

// Tell says when a fired output becomes a spike.
type Tell uint8

// When to tell.
const (
	TellAlways Tell = iota // at every firing update
	TellChange             // only when it differs from what was told last
	TellNever              // readout neurons that nobody listens to
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

// Schedule is a value that moves linearly from Start, held until learning
// update From, to End, reached at learning update To. Where To ≤ From it jumps
// at To.
type Schedule struct {
	Start, End float64
	From, To   int64
}

// Constant is a schedule that stays at v.
func Constant(v float64) Schedule { return Schedule{Start: v, End: v} }

// At returns the value at learning update n.
func (s Schedule) At(n int64) float64 {
	switch {
	case n >= s.To:
		return s.End
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

// Norm divides the step of GoalGradient, so that a rate holds at any fan-in.
type Norm uint8

// The norms.
const (
	ByFanIn Norm = iota // number of synapses of the port
	ByPower             // 1 + |x|²
	Unscaled
)

// PortConfig configures one port. Values are in sigmoid units.
type PortConfig struct {
	Bins     pid.Bins
	Rule     Rule
	Norm     Norm
	Rate     Schedule
	Bias     bool    // a weight from a constant 1, initially 0
	HalfTanh bool    // value = tanh(½·sum), for DeltaRule
	Clip     float64 // |w| stays ≤ Clip; 0: no bound
	Decay    float64 // w *= 1−Decay on each learning update
	Center   float64 // rate of the running mean taken off each input; 0: off
}

// Homeostasis keeps the receptive value's spread near Target:
// w *= 1 + Gain·max(−1, 1 − (R−mean R)²/Target²), mean R a running mean; and,
// with BiasGain > 0, the firing rate near Rate by a receptive bias:
//
//	b += BiasGain·(target − θ),  target = f within Rate/(1+Tolerance) … Rate·(1+Tolerance)
//
// where f is a running mean of θ of rate MeanRate: within the tolerance the
// target gives way to what the neuron does, and only its goal moves the bias.
type Homeostasis struct {
	Gain, MeanRate   float64
	Target, BiasGain Schedule
	Rate, Tolerance  float64
}

// Prior is a permanent belief about what the neuron does, kept in its window
// as pseudo-samples that are never evicted: for each receptive bin Mass
// samples, Gaussian over the contextual value with deviation Sigma, and with
// the θ that the neuron's own activation gives there. Without it a neuron
// whose bit is constant over its window learns nothing.
type Prior struct {
	Mass, Sigma float64
}

// Gate closes learning while the context is in transition: χ follows, over
// τ = TauFraction·fan-in context spikes, the fraction that bring news, is set
// to 1 when the neuron's own receptive input flips, and learning is open
// while χ < Threshold. Threshold 0 turns the gate off.
//
// With Heard, every context spike counts as no news: χ tells how much of the
// context the neuron has heard since its receptive input flipped, whatever it
// says. That serves where others' outputs are random and so never settle.
//
// With Once, the gate closes after a learning update until the receptive input
// flips again: one sample a stimulus, however long it lasts.
type Gate struct {
	Threshold, TauFraction float64
	Heard, Once            bool
}

// BeliefConfig holds the constants of belief recall (see belief.go).
type BeliefConfig struct {
	Gain, Ceiling, FirstGain float64 // g = Gain/(Ceiling − q), at the first step FirstGain
	Step                     float64 // x ← (1−Step)·x + Step·tanh(…)
	LowPass                  float64 // of spikes at a synapse, for Belief
	Reaction                 float64 // share of its own belief that a neuron takes off what it hears
	Emphasis, Margin         float64 // beliefs are told 1 + Emphasis·max(0, Margin − |ŵ·x|) times
}

var (
	defaultBelief   = BeliefConfig{Gain: 1.3, Ceiling: 1.02, FirstGain: 2.6, Step: 0.2, LowPass: 0.05}
	defaultEmphatic = BeliefConfig{Gain: 0.6, Ceiling: 1.01, FirstGain: 1, Step: 0.2, LowPass: 1, Reaction: 0.4, Emphasis: 1, Margin: 1.3}
)

// DefaultBelief returns the settings of Belief and GradedBelief that recall best.
func DefaultBelief() BeliefConfig { return defaultBelief }

// DefaultEmphatic returns the settings of EmphaticBelief that recall best. The
// cue should stay at the receptive ports as evidence all the while.
func DefaultEmphatic() BeliefConfig { return defaultEmphatic }

// Config is everything a neuron is, apart from its synapses and its state.
type Config struct {
	Ports      [NumPorts]PortConfig
	Sources    int // ports that enter the decomposition: 2 (r, c) or 3 (r, c, l)
	Activation Activation
	Dynamics   Dynamics
	Tell       Tell
	Clock      Clock
	Goal       pid.Goal
	Window     int     // samples kept
	WarmUp     int     // learning updates that only sample, before the first weight step
	HardBits   bool    // the window keeps the emitted bit instead of θ
	ThetaFloor float64 // 0: ThetaFloor
	StepClip   float64 // |D| ≤ StepClip bits; 0: no bound
	Plastic    bool    // learning is on at the start
	Prior      Prior
	Gate       Gate
	// StabilityNorm > 0 holds the weights (the window still samples) where
	// the contextual norm exceeds it and the context alone already gives the
	// receptive sign with a margin of one norm.
	StabilityNorm float64
	Homeostasis   Homeostasis
	Belief        BeliefConfig // zero: DefaultBelief
	Emphatic      BeliefConfig // zero: DefaultEmphatic
	// Removed is the mark of a neuron that a lesion took out: whatever reaches
	// it, it does nothing.
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
// dynamics: the share of the difference that each spike takes away; 1: at once.
func (c *Config) LowPass(d Dynamics) float64 {
	if d == Belief {
		return c.belief(d).LowPass
	}
	return 1
}

// believes reports whether a dynamics is one of beliefs.
func (d Dynamics) believes() bool { return d == Belief || d == GradedBelief || d == EmphaticBelief }
