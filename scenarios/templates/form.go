package templates

import (
	"reflect"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// Form is a document in short form.
type Form struct {
	APIVersion  string            `yaml:"apiVersion" doc:"Version of the scenario language." required:"true" enum:"infomorph/v1,infomorph/v2"`
	Name        string            `yaml:"name" doc:"Name of the scenario; also the folder of its results." required:"true"`
	Description string            `yaml:"description" doc:"What the scenario shows, as text for the reader."`
	Seed        uint64            `yaml:"seed" doc:"Seed of every random stream of the run." default:"1"`
	Mode        string            `yaml:"mode" doc:"How the network runs, lockstep or free; see the full form." default:"lockstep" enum:"lockstep,free"`
	Network     Network           `yaml:"network" doc:"Neurons, synapses, delays and noise."`
	Neuron      Neuron            `yaml:"neuron" doc:"Properties of every neuron: ports, activation, goal, window, learning."`
	Memory      *Memory           `yaml:"associative_memory" doc:"Learn patterns online and recall them from damaged cues." oneof:"form"`
	Bars        *Bars             `yaml:"bars" doc:"Learn independent features online, one per neuron." oneof:"form"`
	Digits      *Digits           `yaml:"digits" doc:"Learn to recognise digits, with one neuron per digit." oneof:"form"`
	Hidden      *HiddenLayer      `yaml:"hidden_layer" doc:"Learn digits with a hidden population of three-source neurons and a readout." oneof:"form"`
	Script      *Script           `yaml:"script" doc:"A Starlark script that decides what is presented and computes the readout." oneof:"form"`
	Validation  config.Fraction   `yaml:"validation" doc:"Present a share of the train items instead of the test items; see the full form." default:"0%" min:"0%" exclusiveMax:"100%"`
	Control     string            `yaml:"control" doc:"Run as a control; see the full form." default:"none" enum:"none,frozen,unconnected,shuffled"`
	Events      []language.Event  `yaml:"events" doc:"Events in addition to the protocol, and their times." maxItems:"1000"`
	Faults      []language.Fault  `yaml:"faults" doc:"Faults of neurons and synapses, and their times." maxItems:"1000"`
	Record      language.Record   `yaml:"record" doc:"What is written into the result folder."`
	Expect      []language.Expect `yaml:"expect" doc:"What the scores, and measures over time, must show." maxItems:"1000"`
}

// Network is the network section of a short form.
type Network struct {
	Neurons     int                   `yaml:"neurons" doc:"Number of neurons; 0 takes it from the section of the experiment." default:"0" min:"0" max:"1000000"`
	Topology    Topology              `yaml:"topology" doc:"Which neurons are connected."`
	Weights     float64               `yaml:"weights" doc:"Initial weights between neurons are uniform within ± this value divided by the square root of the number of neurons." default:"0.001" min:"0" max:"100"`
	InputDelay  config.Duration       `yaml:"input_delay" doc:"Delay from a channel to its neuron." default:"1ms" exclusiveMin:"0us" max:"1h"`
	Delay       language.Delay        `yaml:"delay" doc:"Delay of the synapses between neurons: one duration, or a distribution." default:"1ms" example:"{uniform: [1ms, 10ms]}"`
	Noise       *language.Noise       `yaml:"noise" doc:"Noise on spikes between neurons."`
	Place       language.Place        `yaml:"place" doc:"Positions of neurons and channels, for delays by distance."`
	Projections map[string]Projection `yaml:"projections" doc:"Projections with their own delays or noise, by name: input and context in memories, pixels and context with bars, pixels and label with digits." example:"{context: {delay: 2ms}, input: {noise: {loss: 1%}}}" maxItems:"100"`
	Groups      []language.Group      `yaml:"groups" doc:"Neurons with their own clocks, delays or noise." maxItems:"1000"`
}

// Projection holds the settings of one projection that differ from those of the section
// network.
type Projection struct {
	Delay *language.Delay `yaml:"delay" doc:"Delay of its synapses."`
	Noise *language.Noise `yaml:"noise" doc:"Noise on its spikes. Spikes of inputs have noise only if it is given here."`
}

// Neuron is the neuron section of a short form.
type Neuron struct {
	Activation    string               `yaml:"activation" doc:"How the ports determine the output." default:"sum" enum:"sum,modulatory,kay_phillips"`
	Goal          language.Goal        `yaml:"goal" doc:"Weight of each atom in the goal. Atoms that are not named have weight 0." default:"{red: 1}"`
	Window        int                  `yaml:"window" doc:"Number of last samples that the neuron keeps, to estimate its decomposition." default:"64" min:"1" max:"1000000"`
	WarmUp        int                  `yaml:"warm_up" doc:"Number of samples in the window before weights begin to change." default:"0" min:"0" max:"1000000"`
	HardBits      bool                 `yaml:"hard_bits" doc:"The window stores the output bit instead of the firing probability." default:"false"`
	ContextGain   float64              `yaml:"context_gain" doc:"Influence of the context on the output, for activation sum. With 0 the context enters only the goal." default:"1" min:"0" max:"100"`
	K1            float64              `yaml:"k1" doc:"Share of the drive that the context cannot modulate, for modulatory and kay_phillips." default:"0.5" min:"0" max:"1"`
	K2            float64              `yaml:"k2" doc:"Gain of the modulation, for modulatory and kay_phillips." default:"2" min:"0" max:"100"`
	ThetaFloor    float64              `yaml:"theta_floor" doc:"Minimum distance of firing probabilities from 0 and 1." default:"1e-6" exclusiveMin:"0" exclusiveMax:"0.5"`
	StepClip      float64              `yaml:"step_clip" doc:"Limit of the gradient of the goal in one step, in bits; 0 is no limit." default:"0" min:"0" max:"1e6"`
	ReceptiveBins language.Bins        `yaml:"receptive_bins" doc:"Bins of the receptive value; two bins give its sign." default:"{number: 2}"`
	ContextBins   language.Bins        `yaml:"context_bins" doc:"Bins of the contextual value." default:"{number: 60, range: 20}"`
	Receptive     Learning             `yaml:"receptive_learning" doc:"How receptive weights learn." default:"{rule: frozen}"`
	Learning      Learning             `yaml:"learning" doc:"How contextual weights learn."`
	Homeostasis   language.Homeostasis `yaml:"homeostasis" doc:"Keeps the spread of the receptive value near a target, by scaling receptive weights."`
	Prior         *Prior               `yaml:"prior" doc:"Permanent pseudo-samples. Without them a neuron whose bit is constant in the window learns nothing. If the section is left out, the mass is 2 and sigma is 2 where neurons learn online, and there is no prior where they learn from batches." example:"{mass: 2, sigma: 2}"`
	Clock         language.Clock       `yaml:"clock" doc:"When neurons update."`
	Gate          Gate                 `yaml:"gate" doc:"Novelty gate: no learning while the context changes from one pattern to the next. Needed if neurons have their own clocks."`
	StabilityNorm float64              `yaml:"stability_norm" doc:"Do not change the weights if the contextual norm exceeds this and the context alone gives the bit with a margin of one norm; 0 is off." default:"0" min:"0" max:"1000"`
	Surprise      float64              `yaml:"surprise" doc:"If more than 0, neurons that have received the outputs of the others send a second spike before anyone learns: their output y minus this share of what the others predict of it. The weights of their targets change along this surprise instead of y, so that what is known already is not learned again. For synchronous neurons with activation sum." default:"0" min:"0" max:"1"`
	Doubt         float64              `yaml:"doubt" doc:"Only for recall with emphatic beliefs: how much a neuron doubts what it receives when all others are certain. The gain of its evidence is 0.6/(1 + doubt - q), where q is the mean squared belief that it receives, at most 1. 0 is 0.01." default:"0" min:"0" max:"100"`
}

// Learning defines how the weights of one port learn.
type Learning struct {
	Rule    string  `yaml:"rule" doc:"goal: along the gradient of the goal. delta: so that the port value predicts the output of the neuron. frozen: not at all." default:"goal" enum:"goal,delta,frozen"`
	Rate    float64 `yaml:"rate" doc:"Learning rate; it is divided by the norm." default:"5" min:"0" max:"1000"`
	EndRate float64 `yaml:"end_rate" doc:"Rate at the end of training, approached linearly, or without an end (see halfway); negative means no change." default:"-1" max:"1000"`
	Halfway int64   `yaml:"halfway" doc:"Number of the neuron's own learning updates after which the rate is halfway to end_rate, however long the training; see the full form. 0: linearly until the end of training." default:"0" min:"0" max:"1000000000"`
	HRes    float64 `yaml:"h_res" doc:"Residual entropy of the neuron's own output, in bits, below which the rate goes from rate to end_rate; see the full form. 0: the rate does not follow it." default:"0" min:"0" max:"1"`
	Norm    string  `yaml:"norm" doc:"By what a step along the gradient of the goal is divided. fan_in: the number of synapses. power: 1 plus the square of the input. none: not divided. adam: each synapse adapts its steps to its own gradients, with running means of them over 100 samples and of their squares over 1000 (Kingma and Ba 2015); rate is then about the size of a step, such as 0.001." default:"fan_in" enum:"fan_in,power,none,adam"`
	Clip    float64 `yaml:"clip" doc:"Weights stay within ± this; 0 is no separate limit." default:"0" min:"0" max:"1e6"`
	Decay   float64 `yaml:"decay" doc:"Share by which weights decrease at each step." default:"0" min:"0" max:"1"`
	Center  float64 `yaml:"center" doc:"Rate of the running means that are subtracted from the inputs; 0 subtracts nothing." default:"0" min:"0" max:"1"`
	Bias    bool    `yaml:"bias" doc:"Add a learned bias to the sum of the port." default:"false"`
	Squash  bool    `yaml:"squash" doc:"The port value is tanh of half the sum of the port." default:"false"`
}

// Prior is the initial distribution of a neuron, before any sample.
type Prior struct {
	Mass  float64 `yaml:"mass" doc:"Pseudo-samples per receptive bin; 0 is no prior." default:"2" min:"0" max:"1000"`
	Sigma float64 `yaml:"sigma" doc:"Standard deviation of the pseudo-samples over the contextual value." default:"2" exclusiveMin:"0" max:"1000"`
}

// Gate is the novelty gate.
type Gate struct {
	Threshold float64 `yaml:"threshold" doc:"Learn only while the recent share of context spikes with a new value is below this; 0 is no gate." default:"0" min:"0" max:"1"`
	Tau       float64 `yaml:"tau" doc:"Memory of the gate, in context spikes per fan-in." default:"0.5" exclusiveMin:"0" max:"100"`
	Heard     bool    `yaml:"heard" doc:"Context spikes do not count as new: the gate opens when enough context spikes have arrived after the receptive input flipped. For outputs that are random and therefore never settle." default:"false"`
	Once      bool    `yaml:"once" doc:"Close the gate after a learning update until the receptive input flips again: one sample per stimulus." default:"false"`
}

// kind converts the section to a kind of neurons of the full form.
func (n *Neuron) kind() language.Neuron {
	k := language.Neuron{
		Sources: []string{"r", "c"}, Output: "sampled", Tell: "always", Learns: true, Goal: n.Goal,
		Activation: language.Activation{Kind: n.Activation, Gain: n.ContextGain, K1: n.K1, K2: n.K2},
		Window:     n.Window, WarmUp: n.WarmUp, HardBits: n.HardBits, ThetaFloor: n.ThetaFloor, StepClip: n.StepClip,
		Clock: n.Clock, StabilityNorm: n.StabilityNorm, Surprise: n.Surprise, Doubt: n.Doubt,
	}
	k.Ports.Set("r", n.Receptive.port(n.ReceptiveBins))
	k.Ports.Set("c", n.Learning.port(n.ContextBins))
	if h := n.Homeostasis; h.Gain > 0 || h.BiasGain > 0 {
		k.Homeostasis = &h
	}
	switch p := n.Prior; {
	case p == nil:
		k.Prior = &language.Prior{Mass: 2, Sigma: 2}
	case p.Mass > 0:
		k.Prior = &language.Prior{Mass: p.Mass, Sigma: p.Sigma}
	}
	if n.Gate.Threshold > 0 {
		k.Gate = &language.Gate{Threshold: n.Gate.Threshold, Tau: n.Gate.Tau, Heard: n.Gate.Heard, Once: n.Gate.Once}
	}
	return k
}

// port returns a port with this kind of learning.
func (l Learning) port(b language.Bins) language.Port {
	if l.Rule == "frozen" && l.Rate == 5 { // the short form's default, which has no effect on frozen weights
		l.Rate = 1
	}
	return language.Port{Bins: b, Rule: l.Rule, Rate: l.Rate, EndRate: l.EndRate, Halfway: l.Halfway, HRes: l.HRes, Norm: l.Norm, Clip: l.Clip,
		Decay: l.Decay, Center: l.Center, Bias: l.Bias, Squash: l.Squash}
}

// ForBatches returns the section without settings that learning from batches does not
// use. With all set, it resets all of them; else it resets only those that have their
// default. There is no prior unless the section has one.
func (n *Neuron) ForBatches(all bool) Neuron {
	k := *n
	for _, l := range []*Learning{&k.Receptive, &k.Learning} {
		if all || l.Rate == 5 {
			l.Rate = 1
		}
		if all {
			*l = Learning{Rule: l.Rule, Rate: 1, EndRate: -1, Norm: "fan_in", Bias: l.Bias}
		}
	}
	if k.Prior == nil {
		k.Prior = &Prior{}
	}
	if all {
		k.Window, k.WarmUp, k.HardBits, k.ThetaFloor, k.StepClip, k.StabilityNorm = 64, 0, false, 1e-6, 0, 0
		k.Homeostasis = language.Homeostasis{}
	}
	return k
}

// Untouched reports whether the section has only default values.
func (n *Neuron) Untouched() bool {
	var plain struct {
		Neuron Neuron `yaml:"neuron"`
	}
	err := config.Decode("defaults", []byte("neuron: {}"), &plain)
	return err == nil && reflect.DeepEqual(&plain.Neuron, n)
}

// Validate implements config.Validator.
func (f *Form) Validate() error {
	if !language.ValidName(f.Name) {
		return config.FieldError("name", f.Name, "letters, digits, - and _ (it names a folder)", "")
	}
	return nil
}
