package templates

import (
	"slices"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// HiddenLayer is the hidden_layer section: a hidden population of neurons with three
// sources (R the picture, C the label, L the other hidden neurons) and a readout of its
// outputs. Both learn at the same time, each neuron by its own goal (Schneider et al.
// 2025). The label is only presented during learning.
type HiddenLayer struct {
	Pictures
	Neurons      int             `yaml:"neurons" doc:"Number of hidden neurons." default:"100" min:"1" max:"100000"`
	Goal         string          `yaml:"goal" doc:"Goal of hidden neurons. naive: the information that R and C share. modified: the part of it that L does not have yet. optimised: found by a search over all atoms." default:"optimised" enum:"naive,modified,optimised"`
	Gamma        []float64       `yaml:"gamma" doc:"Goal of hidden neurons as 19 weights, instead of a named goal: atoms in the order of the reference, then h_res." minItems:"19" maxItems:"19" min:"-100" max:"100"`
	Passes       int             `yaml:"passes" doc:"Number of passes over the training images." default:"10" min:"1" max:"10000"`
	Batch        int             `yaml:"batch" doc:"Number of images in a batch." default:"1024" min:"1" max:"1000000"`
	Rate         float64         `yaml:"rate" doc:"Learning rate of Adam for hidden neurons." default:"0.002" exclusiveMin:"0" max:"10"`
	Decay        float64         `yaml:"decay" doc:"Weight decay of hidden neurons." default:"0.00035" min:"0" max:"1"`
	ReadoutRate  float64         `yaml:"readout_rate" doc:"Learning rate of Adam for the readout." default:"0.003" exclusiveMin:"0" max:"10"`
	ReadoutDecay float64         `yaml:"readout_decay" doc:"Weight decay of the readout." default:"0.00015" min:"0" max:"1"`
	EndRate      float64         `yaml:"end_rate" doc:"Learning rates in the last pass, as a share of those in the first; they change linearly, or without an end with online.halfway." default:"1" min:"0" max:"10"`
	Average      config.Fraction `yaml:"average" doc:"In batches: after training, neurons have the mean of their weights over about this share of the steps so far, the latest ones; see present.batch in the full form. 0%: they keep the last weights." default:"0%" min:"0%" max:"100%"`
	Lateral      int             `yaml:"lateral" doc:"Number of other hidden neurons that send to each hidden neuron, drawn at random; 0 uses network.topology." default:"0" min:"0" max:"100000"`
	Looks        int             `yaml:"looks" doc:"How often each test picture is presented; the readout adds up its inputs. Outputs are drawn again each time." default:"1" min:"1" max:"1000"`
	Bins         Bins            `yaml:"bins" doc:"Bins of each source of hidden neurons."`
	Online       *Online         `yaml:"online" doc:"Learn image by image with spikes on the event engine, instead of from batches."`
}

// Bins divides a range into bins of equal width.
type Bins struct {
	Number int     `yaml:"number" doc:"Number of bins." default:"20" min:"1" max:"4096"`
	Range  float64 `yaml:"range" doc:"The bins cover ± this. Values outside belong to the first or last bin." default:"20" exclusiveMin:"0" max:"1e6"`
}

// Online defines how a hidden layer and its readout learn from one image after the other,
// each neuron from its own window. The pictures, the number of passes, the goal and
// end_rate are those of the section. The section's other learning rates and its decays
// are for batches only.
type Online struct {
	Rate        float64 `yaml:"rate" doc:"Learning rate of hidden neurons, divided by 1 plus the square of the input." default:"1" exclusiveMin:"0" max:"1000"`
	ReadoutRate float64 `yaml:"readout_rate" doc:"Learning rate of the readout, divided by 1 plus the square of the input." default:"3" exclusiveMin:"0" max:"1000"`
	Window      int     `yaml:"window" doc:"Number of last samples that a hidden neuron keeps." default:"1000" min:"1" max:"1000000"`
	WarmUp      int     `yaml:"warm_up" doc:"Number of samples in the window before weights begin to change." default:"200" min:"0" max:"1000000"`
	StepClip    float64 `yaml:"step_clip" doc:"Limit of the gradient of the goal in one step, in bits; 0 is no limit." default:"4" min:"0" max:"1e6"`
	PixelRate   float64 `yaml:"pixel_rate" doc:"Size of a step of the synapses from pixels, each of which adapts to its own gradients (norm adam), such as 0.002. With 0 they learn like the other synapses." default:"0" min:"0" max:"10"`
	Halfway     int64   `yaml:"halfway" doc:"Number of a neuron's own learning updates after which its rates are halfway to end_rate, however long the training. 0: linearly until the end of training." default:"0" min:"0" max:"1000000000"`
	Updates     int     `yaml:"updates" doc:"How often all neurons fire and learn while a picture is presented, with new outputs each time." default:"1" min:"1" max:"1000"`
}

// Validate implements config.Validator.
func (h *HiddenLayer) Validate() error {
	if h.Lateral >= h.Neurons {
		return config.FieldError("lateral", h.Lateral, "fewer than there are other hidden neurons", "")
	}
	if o := h.Online; o != nil && o.Halfway > 0 && h.EndRate == 1 {
		return config.FieldProblem("online.halfway", "has no effect, because end_rate is 1", "add end_rate: 0")
	}
	if h.Online != nil && h.Average > 0 {
		return config.FieldProblem("average", "has no effect online", "rates that fall by online.halfway to end_rate: 0 make a mean over the neuron's own past")
	}
	return nil
}

// hiddenAtoms lists the atoms in the order of gamma, with h_res last.
var hiddenAtoms = []string{
	"{1}{2}{3}", "{1}{2}", "{1}{3}", "{2}{3}", "{1}{23}", "{2}{13}", "{3}{12}", "{1}", "{2}", "{3}",
	"{12}{13}{23}", "{12}{13}", "{12}{23}", "{13}{23}", "{12}", "{13}", "{23}", "{123}", "h_res",
}

// optimisedGamma is the best goal found by a search over atoms.
var optimisedGamma = []float64{
	.21016, .98604, -.44868, .46835, -.62376, .43270, .84127, .00973, -.41209, -.48135,
	-.14115, -.70579, -.53288, .14942, .70986, .33916, .78664, .05719, 0,
}

// GoalOf returns the goal of hidden neurons, by atom.
func (h *HiddenLayer) GoalOf() language.Goal {
	gamma := h.Gamma
	switch {
	case gamma != nil:
	case h.Goal == "naive":
		return language.Goal{"{1}{2}": 1}
	case h.Goal == "modified":
		return language.Goal{"{1}{2}{3}": 0.33, "{1}{2}": 1, "{1}{3}": -1, "{12}{13}": -1}
	default:
		gamma = optimisedGamma
	}
	goal := language.Goal{}
	for i, name := range hiddenAtoms {
		goal[name] = gamma[i]
	}
	return goal
}

func (h *HiddenLayer) expand(f *Form, e *language.Experiment) error {
	if !f.Neuron.Untouched() {
		return config.FieldProblem("neuron", "has no effect with hidden_layer, whose neurons are of two kinds", "infomorph show prints the document that this form stands for; a copy of it can be changed at will")
	}
	e.Neurons.Set("feature", h.feature())
	e.Neurons.Set("readout", h.readout())
	f.population(e, "hidden", "feature", h.Neurons)
	e.Populations.Set("readout", language.Population{Size: digitClasses, Neuron: "readout", Place: f.Network.Place})
	src, _ := h.source()
	src.To.Set("pixels", language.FieldInto{Field: "image", On: 1, Scale: 1})
	src.To.Set("label", language.FieldInto{Field: "label", On: 1, Scale: 1})
	src.To.Set("teacher", language.FieldInto{Field: "label", On: 1, Off: -1, Scale: 1})
	e.Data.Set("digits", src)
	if err := h.network(f, e); err != nil {
		return err
	}
	h.protocol(e)
	e.Measure = append(e.Measure,
		language.Measure{Name: "accuracy", Accuracy: &language.Accuracy{Population: "readout", Read: []string{"receptive"}, Every: 500}},
		language.Measure{Name: "atoms", Atoms: &language.AtomsScore{Population: "hidden"}})
	h.baseline(e, "")
	return nil
}

// network adds inputs and projections. The initial weights are the usual ones for Adam.
func (h *HiddenLayer) network(f *Form, e *language.Experiment) error {
	_, pixels := h.source()
	e.Inputs.Set("pixels", language.Input{Place: f.Network.Place})
	e.Inputs.Set("label", language.Input{Size: digitClasses, Place: f.Network.Place})
	e.Inputs.Set("teacher", language.Input{Size: digitClasses, Place: f.Network.Place})
	f.input(e, language.Projection{From: "pixels", To: "hidden", Port: "r", Rule: language.Rule{Name: "all_to_all"}, Weights: uniform(1 / sqrt(orElse(pixels, 784)))})
	f.input(e, language.Projection{From: "label", To: "hidden", Port: "c", Rule: language.Rule{Name: "all_to_all"}, Weights: uniform(1 / sqrt(digitClasses))})
	e.Projections = append(e.Projections, language.Projection{Name: "features", From: "hidden", To: "readout", Port: "r",
		Rule: language.Rule{Name: "all_to_all"}, Weights: uniform(1 / sqrt(h.Neurons)), Delay: f.Network.Delay, Noise: f.Network.Noise})
	f.input(e, language.Projection{From: "teacher", To: "readout", Port: "c", Rule: language.Rule{Name: "one_to_one"}, Weights: constant(1)})
	if h.Lateral > 0 && f.Network.Topology.Rule != "all_to_all" {
		return config.FieldProblem("hidden_layer.lateral", "sets the lateral synapses, and so does network.topology", "leave one of them out")
	}
	f.among(e, language.Projection{Name: "lateral", To: "hidden", Port: "l"}, 1/sqrt(orElse(h.Lateral, h.Neurons-1)))
	if h.Lateral > 0 {
		e.Projections[len(e.Projections)-1].Rule = language.Rule{Name: "fixed_indegree", RuleSettings: language.RuleSettings{Indegree: h.Lateral}}
	}
	return nil
}

// protocol adds the phases. For each picture, the hidden neurons update, receive the
// outputs of the other hidden neurons, and update again; then the readout updates.
func (h *HiddenLayer) protocol(e *language.Experiment) {
	hidden, readout := []string{"hidden"}, []string{"readout"}
	train := language.Present{Passes: h.Passes, Looks: 1, Steps: []language.Step{{Populations: hidden, Do: []string{"fire"}}}}
	once := []language.Step{{Populations: hidden, Do: []string{"fire", "learn"}}, {Populations: readout, Do: []string{"fire", "learn", "observe"}}}
	if h.Online != nil {
		once = slices.Repeat(once, h.Online.Updates)
	}
	train.Steps = append(train.Steps, once...)
	if h.Online == nil {
		b := &language.Batch{Size: h.Batch, Rate: h.Rate, EndRate: h.Rate * h.EndRate, Average: h.Average, Decay: h.Decay, Fit: readout, EndDrive: 1}
		b.Of.Set("readout", language.BatchRate{Rate: h.ReadoutRate, Decay: h.ReadoutDecay})
		train.Batch = b
	}
	test := language.Present{Looks: h.Looks, Steps: []language.Step{
		{Populations: hidden, Do: []string{"fire"}}, {Populations: hidden, Do: []string{"fire"}}, {Populations: readout, Do: []string{"observe"}}}}
	h.phases(e, []string{"label", "teacher"}, train, test)
}

// feature is the kind of the hidden neurons.
func (h *HiddenLayer) feature() language.Neuron {
	k := language.Neuron{Sources: []string{"r", "c", "l"}, Output: "sampled", Tell: "change", Learns: true, Goal: h.GoalOf(),
		Activation: language.Activation{Kind: "three_source", Gain: 1, K1: 0.5, K2: 2}, Window: 1000, ThetaFloor: 1e-6, Clock: synchronous}
	if h.Online == nil {
		k.Window = 64 // the default of the language: learning from batches uses no window
	}
	for _, port := range k.Sources {
		p := language.Port{Bins: language.Bins{Number: h.Bins.Number, Range: h.Bins.Range}, Rule: "goal", Rate: 1, EndRate: -1, Norm: "fan_in", Bias: port == "r"}
		if o := h.Online; o != nil {
			p.Norm, p.Rate, p.EndRate, p.Halfway = "power", o.Rate, o.Rate*h.EndRate, o.Halfway
			if port == "r" && o.PixelRate > 0 {
				p.Norm, p.Rate, p.EndRate = "adam", o.PixelRate, o.PixelRate*h.EndRate
			}
		}
		k.Ports.Set(port, p)
	}
	if o := h.Online; o != nil {
		k.Window, k.WarmUp, k.StepClip = o.Window, min(o.WarmUp, o.Window), o.StepClip
	}
	return k
}

// readout is the kind of the neurons that classify digits. In batches the label only
// informs the goal. Online it also drives the output, so that a neuron soon produces both
// outputs.
func (h *HiddenLayer) readout() language.Neuron {
	k := language.Neuron{Sources: []string{"r", "c"}, Output: "sampled", Tell: "never", Learns: true,
		Goal:       language.Goal{"unq_r": -0.2, "unq_c": 0.1, "red": 1, "syn": 0.1},
		Activation: language.Activation{Kind: "sum", Gain: 0, K1: 0.5, K2: 2}, Window: 300, ThetaFloor: 1e-6, Clock: synchronous}
	r := language.Port{Bins: language.Bins{Number: 20, Range: 10}, Rule: "goal", Rate: 1, EndRate: -1, Norm: "fan_in", Bias: true}
	if o := h.Online; o != nil {
		k.Activation.Gain = 2
		r.Norm, r.Rate, r.EndRate, r.Halfway = "power", o.ReadoutRate, o.ReadoutRate*h.EndRate, o.Halfway
	}
	if h.Online == nil {
		k.Window = 64
	}
	k.Ports.Set("r", r)
	k.Ports.Set("c", language.Port{Bins: language.Bins{Number: 2, Range: 10}, Rule: "frozen", Rate: 1, EndRate: -1, Norm: "fan_in"})
	return k
}

// synchronous is the clock of neurons that update when the protocol says so.
var synchronous = language.Clock{Kind: "synchronous", Interval: 10 * config.Millisecond, Scatter: true}

// HiddenAtoms returns the atoms in the order of gamma, with h_res last.
func HiddenAtoms() []string { return hiddenAtoms }
