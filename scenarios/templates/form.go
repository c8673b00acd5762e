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
	Description string            `yaml:"description" doc:"What the scenario shows, for people."`
	Seed        uint64            `yaml:"seed" doc:"Seed of every random stream of the run." default:"1"`
	Mode        string            `yaml:"mode" doc:"How the network runs, lockstep or free; see the full form." default:"lockstep" enum:"lockstep,free"`
	Network     Network           `yaml:"network" doc:"Neurons, synapses and what happens to spikes on their way."`
	Neuron      Neuron            `yaml:"neuron" doc:"What every neuron is: ports, activation, goal, window, learning."`
	Memory      *Memory           `yaml:"associative_memory" doc:"Learn patterns online and recall them from damaged cues." oneof:"form"`
	Bars        *Bars             `yaml:"bars" doc:"Learn independent features online, one per neuron." oneof:"form"`
	Digits      *Digits           `yaml:"digits" doc:"Learn to tell digits apart, one neuron per digit." oneof:"form"`
	Hidden      *HiddenLayer      `yaml:"hidden_layer" doc:"Learn digits with a hidden population of three-source neurons and a readout." oneof:"form"`
	Script      *Script           `yaml:"script" doc:"What a Starlark script presents, decides and reads out." oneof:"form"`
	Validation  config.Fraction   `yaml:"validation" doc:"Present a share of the train items instead of the test items; see the full form." default:"0%" min:"0%" exclusiveMax:"100%"`
	Control     string            `yaml:"control" doc:"Run as a null control; see the full form." default:"none" enum:"none,frozen,unconnected,shuffled"`
	Events      []language.Event  `yaml:"events" doc:"What happens when, besides the protocol." maxItems:"1000"`
	Faults      []language.Fault  `yaml:"faults" doc:"What is broken from a time on." maxItems:"1000"`
	Record      language.Record   `yaml:"record" doc:"What goes into the result folder."`
	Expect      []language.Expect `yaml:"expect" doc:"What the scores, and measures over time, must show." maxItems:"1000"`
}

// Network is the network section of a short form.
type Network struct {
	Neurons     int                   `yaml:"neurons" doc:"Number of neurons; 0 takes it from the section of the experiment." default:"0" min:"0" max:"1000000"`
	Topology    Topology              `yaml:"topology" doc:"Which neurons hear which others."`
	Weights     float64               `yaml:"weights" doc:"Initial weights between neurons are uniform within ± this over the square root of the number of neurons." default:"0.001" min:"0" max:"100"`
	InputDelay  config.Duration       `yaml:"input_delay" doc:"Delay from a channel to its neuron." default:"1ms" exclusiveMin:"0us" max:"1h"`
	Delay       language.Delay        `yaml:"delay" doc:"Delay of the synapses between neurons: one duration, or a distribution." default:"1ms" example:"{uniform: [1ms, 10ms]}"`
	Noise       *language.Noise       `yaml:"noise" doc:"What else happens to spikes between neurons."`
	Place       language.Place        `yaml:"place" doc:"Where neurons and channels are, for delays by distance."`
	Projections map[string]Projection `yaml:"projections" doc:"Projections with delays or noise of their own, by name: input and context in memories, pixels and context with bars, pixels and label with digits." example:"{context: {delay: 2ms}, input: {noise: {loss: 1%}}}" maxItems:"100"`
	Groups      []language.Group      `yaml:"groups" doc:"Neurons with clocks, delays or noise of their own." maxItems:"1000"`
}

// Projection holds the settings of one projection that differ from those of the section
// network.
type Projection struct {
	Delay *language.Delay `yaml:"delay" doc:"Delay of its synapses."`
	Noise *language.Noise `yaml:"noise" doc:"What else happens to its spikes; for inputs, too, which have none otherwise."`
}

// Neuron is the neuron section of a short form.
type Neuron struct {
	Activation    string               `yaml:"activation" doc:"How the ports drive the output." default:"sum" enum:"sum,modulatory,kay_phillips"`
	Goal          language.Goal        `yaml:"goal" doc:"How much the neuron wants of each atom; what is not named is 0." default:"{red: 1}"`
	Window        int                  `yaml:"window" doc:"Samples the neuron remembers and estimates its decomposition from." default:"64" min:"1" max:"1000000"`
	WarmUp        int                  `yaml:"warm_up" doc:"Samples in the window before weights begin to move." default:"0" min:"0" max:"1000000"`
	HardBits      bool                 `yaml:"hard_bits" doc:"The window keeps the emitted bit instead of the firing probability." default:"false"`
	ContextGain   float64              `yaml:"context_gain" doc:"How strongly the context drives the output, for activation sum; with 0 it only informs the goal." default:"1" min:"0" max:"100"`
	K1            float64              `yaml:"k1" doc:"Share of the drive that the context cannot modulate, for modulatory and kay_phillips." default:"0.5" min:"0" max:"1"`
	K2            float64              `yaml:"k2" doc:"Gain of the modulation, for modulatory and kay_phillips." default:"2" min:"0" max:"100"`
	ThetaFloor    float64              `yaml:"theta_floor" doc:"Firing probabilities stay this far from 0 and 1." default:"1e-6" exclusiveMin:"0" exclusiveMax:"0.5"`
	StepClip      float64              `yaml:"step_clip" doc:"Bound on the goal's gradient in one step, in bits; 0 is no bound." default:"0" min:"0" max:"1e6"`
	ReceptiveBins language.Bins        `yaml:"receptive_bins" doc:"Bins of the receptive value; two tell its sign." default:"{number: 2}"`
	ContextBins   language.Bins        `yaml:"context_bins" doc:"Bins of the contextual value." default:"{number: 60, range: 20}"`
	Receptive     Learning             `yaml:"receptive_learning" doc:"How receptive weights learn." default:"{rule: frozen}"`
	Learning      Learning             `yaml:"learning" doc:"How contextual weights learn."`
	Homeostasis   language.Homeostasis `yaml:"homeostasis" doc:"Keeps the spread of the receptive value near a target, by scaling receptive weights."`
	Prior         Prior                `yaml:"prior" doc:"Permanent pseudo-samples; without them a neuron whose bit is constant in the window learns nothing."`
	Clock         language.Clock       `yaml:"clock" doc:"When neurons update."`
	Gate          Gate                 `yaml:"gate" doc:"Novelty gate: no learning while the context is in transition. Needed with clocks of their own."`
	StabilityNorm float64              `yaml:"stability_norm" doc:"Hold the weights where the contextual norm exceeds this and the context alone gives the bit with a margin of one norm; 0 is off." default:"0" min:"0" max:"1000"`
}

// Learning defines how the weights of one port learn.
type Learning struct {
	Rule    string  `yaml:"rule" doc:"goal: along the gradient of the goal. delta: so that the port's value predicts the neuron's output. frozen: not at all." default:"goal" enum:"goal,delta,frozen"`
	Rate    float64 `yaml:"rate" doc:"Learning rate; the norm divides it." default:"5" min:"0" max:"1000"`
	EndRate float64 `yaml:"end_rate" doc:"Rate at the end of training, approached linearly; negative means no change." default:"-1" max:"1000"`
	Norm    string  `yaml:"norm" doc:"What divides a step along the goal. fan_in: the number of synapses. power: 1 plus the square of the input. none: nothing." default:"fan_in" enum:"fan_in,power,none"`
	Clip    float64 `yaml:"clip" doc:"Weights stay within ± this; 0 is no bound of its own." default:"0" min:"0" max:"1e6"`
	Decay   float64 `yaml:"decay" doc:"Share by which weights shrink at each step." default:"0" min:"0" max:"1"`
	Center  float64 `yaml:"center" doc:"Rate of the running means that are taken off the inputs; 0 leaves them as they are." default:"0" min:"0" max:"1"`
	Bias    bool    `yaml:"bias" doc:"Add a learnt bias to the port's sum." default:"false"`
	Squash  bool    `yaml:"squash" doc:"The port's value is tanh of half its sum." default:"false"`
}

// Prior is the initial distribution of a neuron, before any sample.
type Prior struct {
	Mass  float64 `yaml:"mass" doc:"Pseudo-samples per receptive bin; 0 is no prior." default:"2" min:"0" max:"1000"`
	Sigma float64 `yaml:"sigma" doc:"Their standard deviation over the contextual value." default:"2" exclusiveMin:"0" max:"1000"`
}

// Gate is the novelty gate.
type Gate struct {
	Threshold float64 `yaml:"threshold" doc:"Learn only while the recent share of context spikes that bring news is below this; 0 is no gate." default:"0" min:"0" max:"1"`
	Tau       float64 `yaml:"tau" doc:"Memory of the gate, in context spikes per fan-in." default:"0.5" exclusiveMin:"0" max:"100"`
	Heard     bool    `yaml:"heard" doc:"No context spike counts as news: the gate opens when enough of the context has been heard since the receptive input flipped. For outputs that are random and so never settle." default:"false"`
	Once      bool    `yaml:"once" doc:"Close the gate after a learning update until the receptive input flips again: one sample a stimulus." default:"false"`
}

// kind converts the section to a kind of neurons of the full form.
func (n *Neuron) kind() language.Neuron {
	k := language.Neuron{
		Sources: []string{"r", "c"}, Output: "sampled", Tell: "always", Learns: true, Goal: n.Goal,
		Activation: language.Activation{Kind: n.Activation, Gain: n.ContextGain, K1: n.K1, K2: n.K2},
		Window:     n.Window, WarmUp: n.WarmUp, HardBits: n.HardBits, ThetaFloor: n.ThetaFloor, StepClip: n.StepClip,
		Clock: n.Clock, StabilityNorm: n.StabilityNorm,
	}
	k.Ports.Set("r", n.Receptive.port(n.ReceptiveBins))
	k.Ports.Set("c", n.Learning.port(n.ContextBins))
	if h := n.Homeostasis; h.Gain > 0 || h.BiasGain > 0 {
		k.Homeostasis = &h
	}
	if n.Prior.Mass > 0 {
		k.Prior = &language.Prior{Mass: n.Prior.Mass, Sigma: n.Prior.Sigma}
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
	return language.Port{Bins: b, Rule: l.Rule, Rate: l.Rate, EndRate: l.EndRate, Norm: l.Norm, Clip: l.Clip,
		Decay: l.Decay, Center: l.Center, Bias: l.Bias, Squash: l.Squash}
}

// ForBatches returns the section without settings that learning from batches does not
// use. With all set, it resets all of them; else it resets only those that have their
// default.
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
	if all || k.Prior == (Prior{Mass: 2, Sigma: 2}) {
		k.Prior.Mass = 0
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
