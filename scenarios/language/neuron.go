package language

import "infomorph/internal/config"

// Neuron is a kind of neurons: everything about its neurons except synapses and state.
type Neuron struct {
	Like          string             `yaml:"like" doc:"Build on this kind: one of the document, or a built-in one (infomorph show kind lists them). A section written here replaces that of the other kind as a whole; a key with dots, such as goal.syn or ports.r.rate, changes one part of it." example:"bars"`
	Sources       []string           `yaml:"sources" doc:"Ports whose values the neuron takes apart: [r, c], or [r, c, l]." default:"[r, c]" enum:"r,c,l" minItems:"2" maxItems:"3"`
	Output        string             `yaml:"output" doc:"How the neuron makes its output. sampled: +1 with probability θ. teacher, relay: the sign of its receptive value, a coin where there is none. sign, threshold: the sign of its activation, unchanged at 0." default:"sampled" enum:"sampled,teacher,relay,sign,threshold"`
	Tell          string             `yaml:"tell" doc:"When the output becomes a spike. always: at every update. change: where it differs from the last one told. never: nobody listens." default:"always" enum:"always,change,never"`
	Learns        bool               `yaml:"learns" doc:"Whether the neuron keeps a window and moves its weights; relays, threshold units and Poisson sources do not." default:"true"`
	Goal          Goal               `yaml:"goal" doc:"How much the neuron wants of each atom, by name: unq_r, unq_c, red, syn, or antichains such as \"{1}{2}\" (needed with three sources), and h_res. What is not named is 0." example:"{red: 1}"`
	Activation    Activation         `yaml:"activation" doc:"How the ports drive the output."`
	Ports         config.Named[Port] `yaml:"ports" doc:"Ports by letter: r (receptive), c (contextual), l (lateral). Each port of sources needs an entry if the neuron learns." maxItems:"3" example:"{r: {rule: frozen}, c: {rule: goal, rate: 5}}"`
	Window        int                `yaml:"window" doc:"Samples the neuron remembers and estimates its decomposition from." default:"64" min:"1" max:"1000000"`
	WarmUp        int                `yaml:"warm_up" doc:"Samples in the window before weights begin to move." default:"0" min:"0" max:"1000000"`
	HardBits      bool               `yaml:"hard_bits" doc:"The window keeps the emitted bit instead of the firing probability." default:"false"`
	ThetaFloor    float64            `yaml:"theta_floor" doc:"Firing probabilities stay this far from 0 and 1." default:"1e-6" exclusiveMin:"0" exclusiveMax:"0.5"`
	StepClip      float64            `yaml:"step_clip" doc:"Bound on the goal's gradient in one step, in bits; 0 is no bound." default:"0" min:"0" max:"1e6"`
	Homeostasis   *Homeostasis       `yaml:"homeostasis" doc:"Keeps the spread of the receptive value, or the firing rate, near a target."`
	Prior         *Prior             `yaml:"prior" doc:"Permanent pseudo-samples; without them a neuron whose bit is constant in the window learns nothing."`
	Clock         Clock              `yaml:"clock" doc:"When neurons update."`
	Gate          *Gate              `yaml:"gate" doc:"Novelty gate: no learning while the context is in transition. For neurons with clocks of their own."`
	StabilityNorm float64            `yaml:"stability_norm" doc:"Hold the weights where the contextual norm exceeds this and the context alone gives the bit with a margin of one norm; 0 is off." default:"0" min:"0" max:"1000"`
}

// Activation defines how the values of the ports determine the firing probability.
type Activation struct {
	Kind string  `yaml:"kind" doc:"sum: A = r + gain·c. modulatory and kay_phillips: the context modulates the receptive drive. three_source: context and lateral input modulate it." default:"sum" enum:"sum,modulatory,kay_phillips,three_source"`
	Gain float64 `yaml:"gain" doc:"How strongly the context drives the output, for sum; with 0 it only informs the goal." default:"1" min:"0" max:"100"`
	K1   float64 `yaml:"k1" doc:"Share of the drive that the context cannot modulate, for modulatory and kay_phillips." default:"0.5" min:"0" max:"1"`
	K2   float64 `yaml:"k2" doc:"Gain of the modulation, for modulatory and kay_phillips." default:"2" min:"0" max:"100"`
}

// Port is one port of a kind of neuron.
type Port struct {
	Bins    Bins    `yaml:"bins" doc:"Bins of the port's value."`
	Rule    string  `yaml:"rule" doc:"How its weights learn. goal: along the gradient of the goal. delta: so that the port's value predicts the neuron's output. frozen: not at all." default:"frozen" enum:"goal,delta,frozen"`
	Rate    float64 `yaml:"rate" doc:"Learning rate; the norm divides it." default:"1" min:"0" max:"1000"`
	EndRate float64 `yaml:"end_rate" doc:"Rate at the end of training, approached linearly; negative means no change." default:"-1" max:"1000"`
	Norm    string  `yaml:"norm" doc:"What divides a step along the goal. fan_in: the number of synapses. power: 1 plus the square of the input. none: nothing." default:"fan_in" enum:"fan_in,power,none"`
	Clip    float64 `yaml:"clip" doc:"Weights stay within ± this; 0 is no bound of its own." default:"0" min:"0" max:"1e6"`
	Decay   float64 `yaml:"decay" doc:"Share by which weights shrink at each step." default:"0" min:"0" max:"1"`
	Center  float64 `yaml:"center" doc:"Rate of the running means that are taken off the inputs; 0 leaves them as they are." default:"0" min:"0" max:"1"`
	Bias    bool    `yaml:"bias" doc:"Add a learnt bias to the port's sum." default:"false"`
	Squash  bool    `yaml:"squash" doc:"The port's value is tanh of half its sum." default:"false"`
}

// Bins divides a range into bins of equal width.
type Bins struct {
	Number int     `yaml:"number" doc:"Number of bins." default:"20" min:"1" max:"4096"`
	Range  float64 `yaml:"range" doc:"They cover ± this; values outside count to the end bins; two bins part at 0 whatever it is." default:"10" exclusiveMin:"0" max:"1e6"`
}

// Homeostasis scales receptive weights by 1 + gain·max(−1, 1 − (R−mean)²/target²). It
// also changes a receptive bias by bias_gain·(rate − θ). Within the tolerance, the
// neuron's own firing rate replaces rate.
type Homeostasis struct {
	Gain      float64         `yaml:"gain" doc:"Strength; 0 is no scaling." default:"0" min:"0" max:"1"`
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

// Prior is the initial distribution of a neuron, before any sample.
type Prior struct {
	Mass  float64 `yaml:"mass" doc:"Pseudo-samples per receptive bin." default:"2" exclusiveMin:"0" max:"1000"`
	Sigma float64 `yaml:"sigma" doc:"Their standard deviation over the contextual value." default:"2" exclusiveMin:"0" max:"1000"`
}

// Clock defines when neurons update.
type Clock struct {
	Kind     string          `yaml:"kind" doc:"synchronous: told by the protocol. event: interval after the first spike since the last update. periodic: every interval. poisson: at random, interval apart on average." default:"synchronous" enum:"synchronous,event,periodic,poisson"`
	Interval config.Duration `yaml:"interval" doc:"Mean time between two updates of a neuron; for event, how long it gathers spikes." default:"10ms" exclusiveMin:"0us" max:"1h"`
	Phase    config.Duration `yaml:"phase" doc:"Time of the first update, for periodic." default:"0us" max:"1h"`
	Scatter  bool            `yaml:"scatter" doc:"Each neuron's phase is later by a random share of the interval, for periodic; without it all tick together." default:"true"`
}

// Gate is the novelty gate.
type Gate struct {
	Threshold float64 `yaml:"threshold" doc:"Learn only while the recent share of context spikes that bring news is below this." default:"0.01" exclusiveMin:"0" max:"1"`
	Tau       float64 `yaml:"tau" doc:"Memory of the gate, in context spikes per fan-in." default:"0.5" exclusiveMin:"0" max:"100"`
	Heard     bool    `yaml:"heard" doc:"No context spike counts as news: the gate opens when enough of the context has been heard since the receptive input flipped." default:"false"`
	Once      bool    `yaml:"once" doc:"Close the gate after a learning update until the receptive input flips again: one sample a stimulus." default:"false"`
}
