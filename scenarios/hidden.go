package scenarios

import (
	"infomorph/internal/config"
	"infomorph/internal/dataset"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/pid"
	"infomorph/topology"
)

// HiddenLayer is the hidden_layer section: a hidden population of neurons with
// three sources (R the picture, C the label, L one another) and a readout on
// its outputs, which learn at the same time, each neuron by its own goal
// (Schneider et al. 2025). The label is known while learning only.
type HiddenLayer struct {
	Pictures
	Neurons      int       `yaml:"neurons" doc:"Hidden neurons." default:"100" min:"1" max:"100000"`
	Goal         string    `yaml:"goal" doc:"Goal of hidden neurons. naive: what R and C share. modified: that which L does not know yet. optimised: found by a search over all atoms." default:"optimised" enum:"naive,modified,optimised"`
	Gamma        []float64 `yaml:"gamma" doc:"Goal of hidden neurons as 19 weights, instead of a named goal: atoms in the order of the reference, then h_res." minItems:"19" maxItems:"19" min:"-100" max:"100"`
	Passes       int       `yaml:"passes" doc:"How often the training images are learnt from." default:"10" min:"1" max:"10000"`
	Batch        int       `yaml:"batch" doc:"Images of a batch." default:"1024" min:"1" max:"1000000"`
	Rate         float64   `yaml:"rate" doc:"Learning rate of Adam, of hidden neurons." default:"0.002" exclusiveMin:"0" max:"10"`
	Decay        float64   `yaml:"decay" doc:"Weight decay of hidden neurons." default:"0.00035" min:"0" max:"1"`
	ReadoutRate  float64   `yaml:"readout_rate" doc:"Learning rate of Adam, of the readout." default:"0.003" exclusiveMin:"0" max:"10"`
	ReadoutDecay float64   `yaml:"readout_decay" doc:"Weight decay of the readout." default:"0.00015" min:"0" max:"1"`
	EndRate      float64   `yaml:"end_rate" doc:"Learning rates in the last pass, as a share of those in the first; approached linearly." default:"1" min:"0" max:"10"`
	Lateral      int       `yaml:"lateral" doc:"How many other hidden neurons each hears, drawn at random; 0 leaves it to network.topology." default:"0" min:"0" max:"100000"`
	Looks        int       `yaml:"looks" doc:"How often each test picture is looked at; the readout adds up what it hears. Outputs are drawn anew each time." default:"1" min:"1" max:"1000"`
	Bins         Bins      `yaml:"bins" doc:"Bins of each source of hidden neurons." default:"{number: 20, range: 20}"`
	Online       *Online   `yaml:"online" doc:"Learn image by image on the event engine, by spikes, instead of from batches."`
}

// Online is how a hidden layer and its readout learn from one image after
// another, each neuron from a window of its own past. The pictures, the number
// of passes, the goal and end_rate are those of the section; the other
// learning rates and decays are for batches.
type Online struct {
	Rate        float64 `yaml:"rate" doc:"Learning rate of hidden neurons, divided by 1 plus the square of the input." default:"1" exclusiveMin:"0" max:"1000"`
	ReadoutRate float64 `yaml:"readout_rate" doc:"Learning rate of the readout, divided likewise." default:"3" exclusiveMin:"0" max:"1000"`
	Window      int     `yaml:"window" doc:"Samples that a hidden neuron remembers." default:"1000" min:"1" max:"1000000"`
	WarmUp      int     `yaml:"warm_up" doc:"Samples in the window before weights begin to move." default:"200" min:"0" max:"1000000"`
	StepClip    float64 `yaml:"step_clip" doc:"Bound on the goal's gradient in one step, in bits; 0 is no bound." default:"4" min:"0" max:"1e6"`
}

// Validate implements config.Validator.
func (h *HiddenLayer) Validate() error {
	if h.Lateral >= h.Neurons {
		return config.FieldError("lateral", h.Lateral, "fewer than there are other hidden neurons", "")
	}
	return nil
}

// hiddenAtoms is the order in which gamma names atoms; h_res follows.
var hiddenAtoms = []string{
	"{1}{2}{3}", "{1}{2}", "{1}{3}", "{2}{3}", "{1}{23}", "{2}{13}", "{3}{12}", "{1}", "{2}", "{3}",
	"{12}{13}{23}", "{12}{13}", "{12}{23}", "{13}{23}", "{12}", "{13}", "{23}", "{123}",
}

// optimisedGamma is the best goal that a search over atoms has found.
var optimisedGamma = []float64{
	.21016, .98604, -.44868, .46835, -.62376, .43270, .84127, .00973, -.41209, -.48135,
	-.14115, -.70579, -.53288, .14942, .70986, .33916, .78664, .05719, 0,
}

// goal returns the goal of hidden neurons.
func (h *HiddenLayer) goal() (pid.Goal, error) {
	gamma := h.Gamma
	switch {
	case gamma != nil:
	case h.Goal == "naive":
		return pid.NewGoal(3, map[string]float64{"{1}{2}": 1}, 0)
	case h.Goal == "modified":
		return pid.NewGoal(3, map[string]float64{"{1}{2}{3}": 0.33, "{1}{2}": 1, "{1}{3}": -1, "{12}{13}": -1}, 0)
	default:
		gamma = optimisedGamma
	}
	atoms := make(map[string]float64, len(hiddenAtoms))
	for i, name := range hiddenAtoms {
		atoms[name] = gamma[i]
	}
	return pid.NewGoal(3, atoms, gamma[len(hiddenAtoms)])
}

// readoutGoal is the goal of the digits task.
func readoutGoal() (pid.Goal, error) {
	return pid.NewGoal(2, map[string]float64{"unq_r": -0.2, "unq_c": 0.1, "red": 1, "syn": 0.1}, 0)
}

// hiddenTask is a HiddenLayer that is ready to run.
type hiddenTask struct {
	*HiddenLayer
	scenario    *Scenario
	train, test *dataset.Images
	net         *sim.Network
	run         *hiddenRun // the run that is on
}

func newHiddenTask(s *Scenario, files Files) (*hiddenTask, error) {
	t := &hiddenTask{HiddenLayer: s.Hidden, scenario: s}
	var err error
	if t.train, t.test, err = t.load("hidden_layer", s.Seed, files); err != nil {
		return nil, err
	}
	hidden, err := t.hiddenConfig()
	if err != nil {
		return nil, err
	}
	readout, err := t.readoutConfig()
	if err != nil {
		return nil, err
	}
	desc, err := t.describe(files)
	if err != nil {
		return nil, err
	}
	t.net, err = s.assemble(desc, func(id neuron.ID) *neuron.Config {
		if int(id) < t.Neurons {
			return hidden
		}
		return readout
	})
	return t, err
}

func (t *hiddenTask) hiddenConfig() (*neuron.Config, error) {
	goal, err := t.goal()
	if err != nil {
		return nil, err
	}
	c := &neuron.Config{Sources: 3, Activation: neuron.DefaultActivation(neuron.ThreeSource), Goal: goal, Window: 1000,
		Dynamics: neuron.Sampled, Tell: neuron.TellChange, Plastic: true}
	for p := range c.Ports {
		c.Ports[p] = neuron.PortConfig{Bins: t.Bins.bins(), Rule: neuron.GoalGradient}
	}
	c.Ports[neuron.Receptive].Bias = true
	if o := t.Online; o != nil {
		c.Window, c.WarmUp, c.StepClip = o.Window, min(o.WarmUp, o.Window), o.StepClip
		for p := range c.Ports {
			c.Ports[p].Norm, c.Ports[p].Rate = neuron.ByPower, t.rate(o.Rate)
		}
	}
	return c, c.Validate()
}

// rate returns a learning rate of the online form in the course of training.
func (t *hiddenTask) rate(start float64) neuron.Schedule {
	return neuron.Schedule{Start: start, End: start * t.EndRate, To: int64(t.train.Len()) * int64(t.Passes)}
}

// readoutConfig returns a neuron of the digits task. In the batch form the
// label only teaches; online it also drives, so that the neuron soon meets
// both its answers.
func (t *hiddenTask) readoutConfig() (*neuron.Config, error) {
	goal, err := readoutGoal()
	if err != nil {
		return nil, err
	}
	c := &neuron.Config{Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Goal: goal, Window: 300,
		Dynamics: neuron.Sampled, Tell: neuron.TellNever, Plastic: true}
	c.Activation.Kappa = 0
	c.Ports[neuron.Receptive] = neuron.PortConfig{Bins: pid.Bins{Lo: -10, Hi: 10, N: 20}, Rule: neuron.GoalGradient, Bias: true}
	c.Ports[neuron.Contextual] = neuron.PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}}
	if o := t.Online; o != nil {
		c.Activation.Kappa = onlineTeacher
		c.Ports[neuron.Receptive].Norm, c.Ports[neuron.Receptive].Rate = neuron.ByPower, t.rate(o.ReadoutRate)
	}
	return c, c.Validate()
}

// onlineTeacher is how strongly the label drives a readout neuron online.
const onlineTeacher = 2

// describe lays out the network: weights are as Adam begins with them.
func (t *hiddenTask) describe(files Files) (*topology.Network, error) {
	around := func(n int) topology.Dist { return topology.Uniform(-1/sqrt(n), 1/sqrt(n)) }
	input, within := topology.Constant(float64(t.scenario.Network.InputDelay)), t.scenario.Network.Delay.dist()
	all := topology.Rule{Name: "all_to_all"}
	heard := orElse(t.Lateral, t.Neurons-1)
	hidden, lateral, err := t.scenario.between(topology.Population{Name: "hidden", Size: t.Neurons}, "lateral", neuron.Lateral, around(heard), files)
	if t.Lateral > 0 && t.scenario.Network.Topology.Rule != "all_to_all" {
		return nil, config.FieldProblem("hidden_layer.lateral", "says who hears whom, and so does network.topology", "leave one of them out")
	}
	if t.Lateral > 0 {
		lateral[0].Rule = topology.Rule{Name: "fixed_indegree", Indegree: t.Lateral}
	}
	return &topology.Network{
		Populations: []topology.Population{hidden, {Name: "readout", Size: digitClasses}},
		Channels:    []topology.Population{{Name: "pixels", Size: t.train.Size()}, {Name: "label", Size: digitClasses}, {Name: "teacher", Size: digitClasses}},
		Projections: append([]topology.Projection{
			{Name: "pixels", From: "pixels", To: "hidden", Port: neuron.Receptive, Rule: all, Weights: around(t.train.Size()), Delays: input},
			{Name: "label", From: "label", To: "hidden", Port: neuron.Contextual, Rule: all, Weights: around(digitClasses), Delays: input},
			{Name: "features", From: "hidden", To: "readout", Port: neuron.Receptive, Rule: all, Weights: around(t.Neurons), Delays: within},
			{Name: "teacher", From: "teacher", To: "readout", Port: neuron.Contextual, Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(1), Delays: input},
		}, lateral...),
	}, err
}

// Network implements Task.
func (t *hiddenTask) Network() *sim.Network { return t.net }

// Run implements Task.
func (t *hiddenTask) Run(e sim.Engine, j Journal) error {
	t.run = newHiddenRun(t, e, j)
	return t.run.perform()
}

// Save implements Resumable.
func (t *hiddenTask) Save() ([]byte, error) { return t.run.save() }

// Resume implements Resumable.
func (t *hiddenTask) Resume(e sim.Engine, j Journal, saved []byte) error {
	t.run = newHiddenRun(t, e, j)
	if err := t.run.restore(saved); err != nil {
		return err
	}
	return t.run.perform()
}
