package language

import "infomorph/internal/config"

// Neuron is a kind of neurons: everything about its neurons except synapses and state.
type Neuron struct {
	Like          string             `yaml:"like" doc:"Base this kind on another one: of the document, or built-in (infomorph show kind lists them). A section written here replaces the whole section of the other kind. A key with dots, such as goal.syn or ports.r.rate, changes one part of it." example:"bars"`
	Sources       []string           `yaml:"sources" doc:"Ports whose values are the sources of the decomposition: [r, c], or [r, c, l]." default:"[r, c]" enum:"r,c,l" minItems:"2" maxItems:"3"`
	Output        string             `yaml:"output" doc:"How the neuron chooses its output. sampled: +1 with probability θ. teacher, relay: the sign of its receptive value, or a random sign if the value is 0. sign, threshold: the sign of its activation, unchanged at 0." default:"sampled" enum:"sampled,teacher,relay,sign,threshold"`
	Tell          string             `yaml:"tell" doc:"When the neuron sends its output as a spike. always: at every update. change: when it differs from the last one sent. never: not at all." default:"always" enum:"always,change,never"`
	Learns        bool               `yaml:"learns" doc:"Whether the neuron keeps a window and changes its weights. Relays, threshold units and Poisson sources do not." default:"true"`
	Goal          Goal               `yaml:"goal" doc:"Weight of each atom in the goal, by name: unq_r, unq_c, red, syn, or antichains such as \"{1}{2}\" (needed with three sources), and h_res. Atoms that are not named have weight 0." example:"{red: 1}"`
	Activation    Activation         `yaml:"activation" doc:"How the ports determine the output."`
	Ports         config.Named[Port] `yaml:"ports" doc:"Ports by letter: r (receptive), c (contextual), l (lateral). If the neuron learns, each port in sources needs an entry." maxItems:"3" example:"{r: {rule: frozen}, c: {rule: goal, rate: 5}}"`
	Window        int                `yaml:"window" doc:"Number of last samples that the neuron keeps, to estimate its decomposition." default:"64" min:"1" max:"1000000"`
	WarmUp        int                `yaml:"warm_up" doc:"Number of samples in the window before weights begin to change." default:"0" min:"0" max:"1000000"`
	HardBits      bool               `yaml:"hard_bits" doc:"The window stores the output bit instead of the firing probability." default:"false"`
	ThetaFloor    float64            `yaml:"theta_floor" doc:"Minimum distance of firing probabilities from 0 and 1." default:"1e-6" exclusiveMin:"0" exclusiveMax:"0.5"`
	StepClip      float64            `yaml:"step_clip" doc:"Limit of the gradient of the goal in one step, in bits; 0 is no limit." default:"0" min:"0" max:"1e6"`
	Homeostasis   *Homeostasis       `yaml:"homeostasis" doc:"Keeps the spread of the receptive value, or the firing rate, near a target."`
	Prior         *Prior             `yaml:"prior" doc:"Permanent pseudo-samples, which count beside those of the window or batch. Without them a neuron whose bit is constant there learns nothing."`
	Clock         Clock              `yaml:"clock" doc:"When neurons update."`
	Gate          *Gate              `yaml:"gate" doc:"Novelty gate: no learning while the context changes from one pattern to the next. For neurons with their own clocks."`
	StabilityNorm float64            `yaml:"stability_norm" doc:"Do not change the weights if the contextual norm exceeds this and the context alone gives the bit with a margin of one norm; 0 is off." default:"0" min:"0" max:"1000"`
	Surprise      float64            `yaml:"surprise" doc:"If more than 0, neurons that have received the outputs of the others send a second spike before anyone learns: their output y minus this share of what the others predict of it. The weights of their targets change along this surprise instead of y, so that what is known already is not learned again. For synchronous neurons with activation sum." default:"0" min:"0" max:"1"`
	Doubt         float64            `yaml:"doubt" doc:"Only for recall with emphatic beliefs: how much a neuron doubts what it receives when all others are certain. The gain of its evidence is 0.6/(1 + doubt - q), where q is the mean squared belief that it receives, at most 1. 0 is 0.01." default:"0" min:"0" max:"100"`
}

// Activation defines how the values of the ports determine the firing probability.
type Activation struct {
	Kind string  `yaml:"kind" doc:"sum: A = r + gain·c. modulatory and kay_phillips: the context modulates the receptive drive. three_source: context and lateral input modulate it." default:"sum" enum:"sum,modulatory,kay_phillips,three_source"`
	Gain float64 `yaml:"gain" doc:"Influence of the context on the output, for sum. With 0 the context enters only the goal." default:"1" min:"0" max:"100"`
	K1   float64 `yaml:"k1" doc:"Share of the drive that the context cannot modulate, for modulatory and kay_phillips." default:"0.5" min:"0" max:"1"`
	K2   float64 `yaml:"k2" doc:"Gain of the modulation, for modulatory and kay_phillips." default:"2" min:"0" max:"100"`
}

// Port is one port of a kind of neuron.
type Port struct {
	Bins    Bins    `yaml:"bins" doc:"Bins of the port value."`
	Rule    string  `yaml:"rule" doc:"How the weights learn. goal: along the gradient of the goal. delta: so that the port value predicts the output of the neuron. frozen: not at all." default:"frozen" enum:"goal,delta,frozen"`
	Rate    float64 `yaml:"rate" doc:"Learning rate; it is divided by the norm." default:"1" min:"0" max:"1000"`
	EndRate float64 `yaml:"end_rate" doc:"Rate at the end of training, approached linearly, or without an end (see halfway); negative means no change." default:"-1" max:"1000"`
	Halfway int64   `yaml:"halfway" doc:"Number of the neuron's own learning updates after which the rate is halfway to end_rate, however long the training. After n updates, 1/(1 + n/halfway) of the way is left. 0: linearly until the end of training." default:"0" min:"0" max:"1000000000"`
	HRes    float64 `yaml:"h_res" doc:"Residual entropy of the neuron's own output, in bits, below which the rate goes from rate to end_rate: at half of it, it is halfway between them. The neuron measures it as the mean entropy of its firing probability over about 200 learning updates. 0: the rate does not follow it." default:"0" min:"0" max:"1"`
	Norm    string  `yaml:"norm" doc:"By what a step along the gradient of the goal is divided. fan_in: the number of synapses. power: 1 plus the square of the input. none: not divided. adam: each synapse adapts its steps to its own gradients, with running means of them over 100 samples and of their squares over 1000 (Kingma and Ba 2015); rate is then about the size of a step, such as 0.001." default:"fan_in" enum:"fan_in,power,none,adam"`
	Clip    float64 `yaml:"clip" doc:"Weights stay within ± this; 0 is no separate limit." default:"0" min:"0" max:"1e6"`
	Decay   float64 `yaml:"decay" doc:"Share by which weights decrease at each step." default:"0" min:"0" max:"1"`
	Center  float64 `yaml:"center" doc:"Rate of the running means that are subtracted from the inputs; 0 subtracts nothing." default:"0" min:"0" max:"1"`
	Bias    bool    `yaml:"bias" doc:"Add a learned bias to the sum of the port." default:"false"`
	Squash  bool    `yaml:"squash" doc:"The port value is tanh of half the sum of the port." default:"false"`
}

// Bins divides a range into bins of equal width.
type Bins struct {
	Number int     `yaml:"number" doc:"Number of bins." default:"20" min:"1" max:"4096"`
	Range  float64 `yaml:"range" doc:"The bins cover ± this. Values outside belong to the first or last bin. Two bins are always divided at 0." default:"10" exclusiveMin:"0" max:"1e6"`
	Soft   bool    `yaml:"soft" doc:"A value counts in the two bins whose centres are nearest, in proportion to its distance from them, instead of in one bin. The estimate then follows every change of a value, and weights learn from this, too. For learning from batches." default:"false"`
}

// Homeostasis scales receptive weights by 1 + gain·max(−1, 1 − (R−mean)²/target²). It
// also changes a receptive bias by bias_gain·(rate − θ). Within the tolerance, the
// neuron's own firing rate replaces rate.
type Homeostasis struct {
	Gain      float64         `yaml:"gain" doc:"Strength of the scaling; 0 is none." default:"0" min:"0" max:"1"`
	MeanRate  float64         `yaml:"mean_rate" doc:"Rate of the running mean of the receptive value." default:"0.005" min:"0" max:"1"`
	Target    float64         `yaml:"target" doc:"Target standard deviation at the end of training." default:"5" exclusiveMin:"0" max:"1000"`
	Start     float64         `yaml:"start" doc:"Target standard deviation at the start; 0 is the same as at the end." default:"0" min:"0" max:"1000"`
	From      config.Fraction `yaml:"from" doc:"Share of the training after which the target begins to change." default:"10%" min:"0%" max:"100%"`
	To        config.Fraction `yaml:"to" doc:"Share of the training after which the target has its final value." default:"30%" min:"0%" max:"100%"`
	Halfway   int64           `yaml:"halfway" doc:"Number of the neuron's own learning updates after which target and bias_gain are halfway to their final values, however long the training, instead of from and to. After n updates, 1/(1 + n/halfway) of the way is left." default:"0" min:"0" max:"1000000000"`
	HRes      float64         `yaml:"h_res" doc:"Residual entropy of the neuron's own output, in bits, below which target and bias_gain go to their final values, in proportion, instead of from and to; see h_res of a port." default:"0" min:"0" max:"1"`
	BiasGain  float64         `yaml:"bias_gain" doc:"Strength with which a receptive bias controls the firing rate; 0 is no such bias." default:"0" min:"0" max:"1"`
	BiasEnd   float64         `yaml:"bias_end" doc:"This strength at the end of training. It changes like the target; negative means no change." default:"-1" max:"1"`
	Tolerance float64         `yaml:"tolerance" doc:"Share by which the firing rate may differ from the target rate. Within this range the bias follows only the goal." default:"0" min:"0" max:"100"`
	Rate      float64         `yaml:"rate" doc:"Target firing rate." default:"0.5" exclusiveMin:"0" exclusiveMax:"1"`
}

// Prior is the initial distribution of a neuron, before any sample.
type Prior struct {
	Mass  float64 `yaml:"mass" doc:"Pseudo-samples per receptive bin." default:"2" exclusiveMin:"0" max:"1000"`
	Sigma float64 `yaml:"sigma" doc:"Standard deviation of the pseudo-samples over the contextual value." default:"2" exclusiveMin:"0" max:"1000"`
}

// Clock defines when neurons update.
type Clock struct {
	Kind     string          `yaml:"kind" doc:"synchronous: when the protocol says so. event: one interval after the first spike since the last update. periodic: at every interval. poisson: at random times, one interval apart on average." default:"synchronous" enum:"synchronous,event,periodic,poisson"`
	Interval config.Duration `yaml:"interval" doc:"Mean time between two updates of a neuron. For event: how long it collects spikes." default:"10ms" exclusiveMin:"0us" max:"1h"`
	Phase    config.Duration `yaml:"phase" doc:"Time of the first update, for periodic." default:"0us" max:"1h"`
	Scatter  bool            `yaml:"scatter" doc:"For periodic: the phase of each neuron is later by a random share of the interval. If false, all neurons update at the same time." default:"true"`
}

// Gate is the novelty gate.
type Gate struct {
	Threshold float64 `yaml:"threshold" doc:"Learn only while the recent share of context spikes with a new value is below this." default:"0.01" exclusiveMin:"0" max:"1"`
	Tau       float64 `yaml:"tau" doc:"Memory of the gate, in context spikes per fan-in." default:"0.5" exclusiveMin:"0" max:"100"`
	Heard     bool    `yaml:"heard" doc:"Context spikes do not count as new: the gate opens when enough context spikes have arrived after the receptive input flipped." default:"false"`
	Once      bool    `yaml:"once" doc:"Close the gate after a learning update until the receptive input flips again: one sample per stimulus." default:"false"`
}
