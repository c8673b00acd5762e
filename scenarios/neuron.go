package scenarios

import (
	"math"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/pid"
)

// Neuron is the neuron section.
type Neuron struct {
	Activation    string      `yaml:"activation" doc:"How the ports drive the output." default:"sum" enum:"sum,modulatory,kay_phillips"`
	Goal          Goal        `yaml:"goal" doc:"How much the neuron wants of each atom."`
	Window        int         `yaml:"window" doc:"Samples the neuron remembers and estimates its decomposition from." default:"64" min:"1" max:"1000000"`
	WarmUp        int         `yaml:"warm_up" doc:"Samples in the window before weights begin to move." default:"0" min:"0" max:"1000000"`
	HardBits      bool        `yaml:"hard_bits" doc:"The window keeps the emitted bit instead of the firing probability." default:"false"`
	ContextGain   float64     `yaml:"context_gain" doc:"How strongly the context drives the output, for activation sum; with 0 it only informs the goal." default:"1" min:"0" max:"100"`
	K1            float64     `yaml:"k1" doc:"Share of the drive that the context cannot modulate, for modulatory and kay_phillips." default:"0.5" min:"0" max:"1"`
	K2            float64     `yaml:"k2" doc:"Gain of the modulation, for modulatory and kay_phillips." default:"2" min:"0" max:"100"`
	ThetaFloor    float64     `yaml:"theta_floor" doc:"Firing probabilities stay this far from 0 and 1." default:"1e-6" exclusiveMin:"0" exclusiveMax:"0.5"`
	StepClip      float64     `yaml:"step_clip" doc:"Bound on the goal's gradient in one step, in bits; 0 is no bound." default:"0" min:"0" max:"1e6"`
	ReceptiveBins Bins        `yaml:"receptive_bins" doc:"Bins of the receptive value; two tell its sign." default:"{number: 2, range: 1}"`
	ContextBins   Bins        `yaml:"context_bins" doc:"Bins of the contextual value."`
	Receptive     Learning    `yaml:"receptive_learning" doc:"How receptive weights learn." default:"{rule: frozen}"`
	Learning      Learning    `yaml:"learning" doc:"How contextual weights learn."`
	Homeostasis   Homeostasis `yaml:"homeostasis" doc:"Keeps the spread of the receptive value near a target, by scaling receptive weights."`
	Prior         Prior       `yaml:"prior" doc:"Permanent pseudo-samples; without them a neuron whose bit is constant in the window learns nothing."`
	Clock         Clock       `yaml:"clock" doc:"When neurons update."`
	Gate          Gate        `yaml:"gate" doc:"Novelty gate: no learning while the context is in transition. Needed with clocks of their own."`
	StabilityNorm float64     `yaml:"stability_norm" doc:"Hold the weights where the contextual norm exceeds this and the context alone gives the bit with a margin of one norm; 0 is off." default:"0" min:"0" max:"1000"`
}

// Goal is Γ, the weight of each atom in what a neuron maximises.
type Goal struct {
	UnqR float64 `yaml:"unq_r" doc:"Unique information of the receptive input." default:"0" min:"-100" max:"100"`
	UnqC float64 `yaml:"unq_c" doc:"Unique information of the contextual input." default:"0" min:"-100" max:"100"`
	Red  float64 `yaml:"red" doc:"Redundant information." default:"1" min:"-100" max:"100"`
	Syn  float64 `yaml:"syn" doc:"Synergistic information." default:"0" min:"-100" max:"100"`
	HRes float64 `yaml:"h_res" doc:"Residual entropy." default:"0" min:"-100" max:"100"`
}

func (g Goal) goal() (pid.Goal, error) {
	return pid.NewGoal(2, map[string]float64{"unq_r": g.UnqR, "unq_c": g.UnqC, "red": g.Red, "syn": g.Syn}, g.HRes)
}

// Bins divides a range evenly.
type Bins struct {
	Number int     `yaml:"number" doc:"Number of bins." default:"60" min:"1" max:"4096"`
	Range  float64 `yaml:"range" doc:"They cover ± this; values outside count to the end bins." default:"20" exclusiveMin:"0" max:"1e6"`
}

// Learning is how the weights of one port move.
type Learning struct {
	Rule    string  `yaml:"rule" doc:"goal: along the gradient of the goal. delta: so that the port's value predicts the neuron's output. frozen: not at all." default:"goal" enum:"goal,delta,frozen"`
	Rate    float64 `yaml:"rate" doc:"Learning rate; the norm divides it." default:"5" min:"0" max:"1000"`
	EndRate float64 `yaml:"end_rate" doc:"Rate at the end of training, approached linearly; negative means no change." default:"-1" max:"1000"`
	Norm    string  `yaml:"norm" doc:"What divides a step along the goal. fan_in: the number of synapses. power: 1 plus the square of the input. none: nothing." default:"fan_in" enum:"fan_in,power,none"`
	Clip    float64 `yaml:"clip" doc:"Weights stay within ± this; 0 is no bound." default:"0" min:"0" max:"1e6"`
	Decay   float64 `yaml:"decay" doc:"Share by which weights shrink at each step." default:"0" min:"0" max:"1"`
	Center  float64 `yaml:"center" doc:"Rate of the running means that are taken off the inputs; 0 leaves them as they are." default:"0" min:"0" max:"1"`
	Bias    bool    `yaml:"bias" doc:"Add a learnt bias to the port's sum." default:"false"`
	Squash  bool    `yaml:"squash" doc:"The port's value is tanh of half its sum." default:"false"`
}

// Homeostasis scales receptive weights by 1 + gain·max(−1, 1 − (R−mean)²/target²)
// and moves a receptive bias by bias_gain·(rate − θ), where the rate gives way to
// the neuron's own within the tolerance.
type Homeostasis struct {
	Gain      float64         `yaml:"gain" doc:"Strength; 0 is no homeostasis." default:"0" min:"0" max:"1"`
	MeanRate  float64         `yaml:"mean_rate" doc:"Rate of the running mean of the receptive value." default:"0.005" min:"0" max:"1"`
	Target    float64         `yaml:"target" doc:"Target deviation, at the end of training." default:"5" exclusiveMin:"0" max:"1000"`
	Start     float64         `yaml:"start" doc:"Target deviation at the start; 0 is the same as at the end." default:"0" min:"0" max:"1000"`
	From      config.Fraction `yaml:"from" doc:"Share of the training after which the target leaves its start." default:"10%" min:"0%" max:"100%"`
	To        config.Fraction `yaml:"to" doc:"Share of the training at which it reaches its end." default:"30%" min:"0%" max:"100%"`
	BiasGain  float64         `yaml:"bias_gain" doc:"Strength with which a receptive bias keeps the firing rate; 0 is no such bias." default:"0" min:"0" max:"1"`
	BiasEnd   float64         `yaml:"bias_end" doc:"Strength of that at the end, moved to like the target; negative means no change." default:"-1" max:"1"`
	Tolerance float64         `yaml:"tolerance" doc:"Share by which the firing rate may be above or below; within, the bias follows the goal alone." default:"0" min:"0" max:"100"`
	Rate      float64         `yaml:"rate" doc:"Firing rate to keep." default:"0.5" exclusiveMin:"0" exclusiveMax:"1"`
}

// Prior is what a neuron believes before it has seen anything.
type Prior struct {
	Mass  float64 `yaml:"mass" doc:"Pseudo-samples per receptive bin; 0 is no prior." default:"2" min:"0" max:"1000"`
	Sigma float64 `yaml:"sigma" doc:"Their standard deviation over the contextual value." default:"2" exclusiveMin:"0" max:"1000"`
}

// Clock is when neurons update.
type Clock struct {
	Kind     string          `yaml:"kind" doc:"synchronous: all at once, told by the task. event: interval after the first spike since the last update, for all that came by then. periodic: every interval. poisson: at random, interval apart on average." default:"synchronous" enum:"synchronous,event,periodic,poisson"`
	Interval config.Duration `yaml:"interval" doc:"Mean time between two updates of a neuron; for event, how long it gathers spikes." default:"10ms" exclusiveMin:"0us" max:"1h"`
	Phase    config.Duration `yaml:"phase" doc:"Time of the first update, for periodic." default:"0us" max:"1h"`
	Scatter  bool            `yaml:"scatter" doc:"Each neuron's phase is later by a random share of the interval, for periodic; without it all tick together." default:"true"`
}

// Gate is the novelty gate.
type Gate struct {
	Threshold float64 `yaml:"threshold" doc:"Learn only while the recent share of context spikes that bring news is below this; 0 is no gate." default:"0" min:"0" max:"1"`
	Tau       float64 `yaml:"tau" doc:"Memory of the gate, in context spikes per fan-in." default:"0.5" exclusiveMin:"0" max:"100"`
	Heard     bool    `yaml:"heard" doc:"No context spike counts as news: the gate opens when enough of the context has been heard since the receptive input flipped. For outputs that are random and so never settle." default:"false"`
	Once      bool    `yaml:"once" doc:"Close the gate after a learning update until the receptive input flips again: one sample a stimulus." default:"false"`
}

var clockKinds = map[string]neuron.ClockKind{
	"synchronous": neuron.Ticked, "event": neuron.OnEvent, "periodic": neuron.Periodic, "poisson": neuron.Poisson,
}

func (c *Clock) clock() neuron.Clock {
	return neuron.Clock{Kind: clockKinds[c.Kind], Interval: neuron.Time(c.Interval), Phase: neuron.Time(c.Phase), Scatter: c.Scatter}
}

// config returns the neuron's configuration; outputs follow the teacher.
func (n *Neuron) config() (*neuron.Config, error) {
	goal, err := n.Goal.goal()
	if err != nil {
		return nil, err
	}
	kind, err := neuron.ParseActivation(n.Activation)
	if err != nil {
		return nil, err
	}
	act := neuron.DefaultActivation(kind)
	act.Kappa, act.K1, act.K2 = n.ContextGain, n.K1, n.K2
	c := &neuron.Config{
		Sources: 2, Activation: act, Goal: goal, Window: n.Window, Plastic: true,
		WarmUp: min(n.WarmUp, n.Window), HardBits: n.HardBits, ThetaFloor: n.ThetaFloor, StepClip: n.StepClip,
		Dynamics: neuron.Teacher, Tell: neuron.TellAlways,
		Clock:         n.Clock.clock(),
		Prior:         neuron.Prior{Mass: n.Prior.Mass, Sigma: n.Prior.Sigma},
		Gate:          neuron.Gate{Threshold: n.Gate.Threshold, TauFraction: n.Gate.Tau, Heard: n.Gate.Heard, Once: n.Gate.Once},
		StabilityNorm: n.StabilityNorm,
		Belief:        neuron.DefaultBelief(),
	}
	c.Homeostasis = neuron.Homeostasis{Gain: n.Homeostasis.Gain, MeanRate: n.Homeostasis.MeanRate, Target: neuron.Constant(n.Homeostasis.Target),
		BiasGain: neuron.Constant(n.Homeostasis.BiasGain), Rate: n.Homeostasis.Rate, Tolerance: n.Homeostasis.Tolerance}
	c.Ports[neuron.Receptive] = n.Receptive.port(n.ReceptiveBins)
	c.Ports[neuron.Contextual] = n.Learning.port(n.ContextBins)
	if err := c.Validate(); err != nil {
		return nil, config.FieldProblem("neuron", err.Error(), "")
	}
	return c, nil
}

var (
	learningRules = map[string]neuron.Rule{"goal": neuron.GoalGradient, "delta": neuron.DeltaRule, "frozen": neuron.Frozen}
	learningNorms = map[string]neuron.Norm{"fan_in": neuron.ByFanIn, "power": neuron.ByPower, "none": neuron.Unscaled}
)

// bins returns the bins of a port.
func (b Bins) bins() pid.Bins { return pid.Bins{Lo: -b.Range, Hi: b.Range, N: b.Number} }

// port returns the configuration of a port that learns like this.
func (l Learning) port(b Bins) neuron.PortConfig {
	return neuron.PortConfig{
		Bins: b.bins(), Rule: learningRules[l.Rule], Norm: learningNorms[l.Norm], Rate: neuron.Constant(l.Rate),
		Bias: l.Bias, HalfTanh: l.Squash, Clip: l.Clip, Decay: l.Decay, Center: l.Center,
	}
}

// rate returns the learning rate over the given number of learning updates.
func (l Learning) rate(updates int64) neuron.Schedule {
	if l.EndRate < 0 {
		return neuron.Constant(l.Rate)
	}
	return neuron.Schedule{Start: l.Rate, End: l.EndRate, To: updates}
}

// target returns the target of homeostasis over the given number of updates.
func (h Homeostasis) target(updates int64) neuron.Schedule {
	if h.Start == 0 {
		return neuron.Constant(h.Target)
	}
	return h.course(h.Start, h.Target, updates)
}

// biasGain returns the strength of the bias over the given number of updates.
func (h Homeostasis) biasGain(updates int64) neuron.Schedule {
	if h.BiasEnd < 0 {
		return neuron.Constant(h.BiasGain)
	}
	return h.course(h.BiasGain, h.BiasEnd, updates)
}

// course goes from start to end in the given share of the updates.
func (h Homeostasis) course(start, end float64, updates int64) neuron.Schedule {
	at := func(f config.Fraction) int64 { return int64(float64(f) * float64(updates)) }
	return neuron.Schedule{Start: start, End: end, From: at(h.From), To: at(h.To)}
}

// changes reports whether anything of a neuron changes in the course of its
// training.
func (n *Neuron) changes() bool {
	return n.Receptive.EndRate >= 0 || n.Learning.EndRate >= 0 || n.Homeostasis.Start != 0 || n.Homeostasis.BiasEnd >= 0
}

// scheduleAll is schedule for every configuration of a network.
func (n *Neuron) scheduleAll(net *sim.Network, updates int64) {
	seen := map[*neuron.Config]bool{}
	for id := range neuron.ID(net.NumNeurons()) {
		if c := net.Config(id); !seen[c] {
			seen[c] = true
			n.schedule(c, updates)
		}
	}
}

// schedule lays everything that changes in the course of the training over
// the given number of learning updates.
func (n *Neuron) schedule(c *neuron.Config, updates int64) {
	c.Ports[neuron.Receptive].Rate = n.Receptive.rate(updates)
	c.Ports[neuron.Contextual].Rate = n.Learning.rate(updates)
	c.Homeostasis.Target = n.Homeostasis.target(updates)
	c.Homeostasis.BiasGain = n.Homeostasis.biasGain(updates)
}

func sqrt(n int) float64 { return math.Sqrt(float64(max(n, 1))) }
