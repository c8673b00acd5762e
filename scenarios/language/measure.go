package language

import "infomorph/internal/config"

// Measure is one entry of the section measure. Its scores are NAME or NAME.what.
type Measure struct {
	Name        string       `yaml:"name" doc:"Name of the measure; its scores begin with it." required:"true"`
	In          []string     `yaml:"in" doc:"Phases in which it measures. Default: all phases that present what it needs." maxItems:"1000"`
	Accuracy    *Accuracy    `yaml:"accuracy" doc:"Share of items for which the neuron with the most evidence is the one of the correct label." oneof:"kind" example:"{population: out}"`
	Information *Information `yaml:"information" doc:"Mutual information of each neuron's output with the item's label or features [bit]." oneof:"kind" example:"{population: V1, about: features}"`
	Recall      *RecallScore `yaml:"recall" doc:"Quality of recall in phases of recall: overlap, exact, bits without evidence." oneof:"kind" example:"{}"`
	Predicted   *Predicted   `yaml:"predicted" doc:"Share of bits for which the sign of one port alone agrees with the sign of another, before the neuron learns from them." oneof:"kind" example:"{population: memory}"`
	Atoms       *AtomsScore  `yaml:"atoms" doc:"Atoms of the neurons of a population, mean over neurons [bit]." oneof:"kind" example:"{population: V1}"`
	Rate        *RateScore   `yaml:"rate" doc:"Firing rate: share of updates with the output +1." oneof:"kind" example:"{population: V1}"`
	Selectivity *Selectivity `yaml:"selectivity" doc:"How much the firing of neurons differs between labels or features." oneof:"kind" example:"{population: V1}"`
	Probe       *LinearProbe `yaml:"probe" doc:"Accuracy of a linear readout (ridge regression) that is fitted to the outputs for some items and tested on others." oneof:"kind" example:"{population: V1, fit: train, test: test}"`
	Sequence    *Sequence    `yaml:"sequence" doc:"How well outputs predict the next symbol of a chain, compared with the entropy of the chain." oneof:"kind"`
	Regression  *Regression  `yaml:"regression" doc:"Accuracy of logistic regression on the values of the items, as a baseline for the network." oneof:"kind" example:"{of: [pixels], fit: train, test: test}"`
	Custom      *Custom      `yaml:"custom" doc:"A kind of measure that was added by a program that embeds Infomorph." oneof:"kind"`
}

// Kind returns the kind of the measure, such as accuracy; for a custom measure, its kind
// of that name. It is "" if the entry has no kind.
func (m *Measure) Kind() string {
	switch {
	case m.Accuracy != nil:
		return "accuracy"
	case m.Information != nil:
		return "information"
	case m.Recall != nil:
		return "recall"
	case m.Predicted != nil:
		return "predicted"
	case m.Atoms != nil:
		return "atoms"
	case m.Rate != nil:
		return "rate"
	case m.Selectivity != nil:
		return "selectivity"
	case m.Probe != nil:
		return "probe"
	case m.Sequence != nil:
		return "sequence"
	case m.Regression != nil:
		return "regression"
	case m.Custom != nil:
		return m.Custom.Kind
	}
	return ""
}

// Validate implements config.Validator.
func (m *Measure) Validate() error {
	if !ValidName(m.Name) {
		return config.FieldError("name", m.Name, "letters, digits, - and _", "")
	}
	if OwnTable(m.Name) {
		return config.FieldError("name", m.Name, "another name", "a table of every run is called so")
	}
	return nil
}

// Accuracy measures how well labels can be read from a population.
type Accuracy struct {
	Population string   `yaml:"population" doc:"Population with one neuron for each label, in order." required:"true"`
	Read       []string `yaml:"read" doc:"Evidence of a neuron. Its sign is inverted if the neuron fires less for its own label than for others. receptive: its receptive value. theta: its firing probability. marginal: P(Y|r), averaged over the contexts in training. The score of the first entry is NAME.PHASE, that of another NAME.READ. Pictures show the first." default:"[receptive]" enum:"receptive,theta,marginal" minItems:"1" maxItems:"3"`
	Every      int      `yaml:"every" doc:"During training, number of items between two points of the learning curve; 0 is no curve." default:"500" min:"0" max:"100000000"`
}

// Information measures the information in the outputs of neurons.
type Information struct {
	Population string   `yaml:"population" doc:"Population whose neurons are measured." required:"true"`
	About      string   `yaml:"about" doc:"label, or features (each separately)." default:"label" enum:"label,features"`
	Threshold  float64  `yaml:"threshold" doc:"Share of the entropy of a feature that a neuron needs to count as having found it." default:"0.8" exclusiveMin:"0" max:"1"`
	Checks     int      `yaml:"checks" doc:"Number of checks during training, on the latest items, to find out when all were found for the first time; 0 checks only at the end." default:"0" min:"0" max:"10000"`
	CheckIn    []string `yaml:"check_in" doc:"Phases of training in which checks are made." maxItems:"100"`
}

// RecallScore measures the quality of recall.
type RecallScore struct {
	Criterion float64 `yaml:"criterion" doc:"Smallest overlap at which a pattern counts as recalled." default:"0.95" exclusiveMin:"0" max:"1"`
}

// Predicted measures how often one port agrees with another.
type Predicted struct {
	Population string  `yaml:"population" doc:"Population whose neurons are measured." required:"true"`
	Port       string  `yaml:"port" doc:"Port that predicts." default:"c" enum:"r,c,l"`
	Of         string  `yaml:"of" doc:"Port that is predicted." default:"r" enum:"r,c,l"`
	Learnt     float64 `yaml:"learnt" doc:"Share of correct bits in a pass that a neuron needs to count as having learned, for learning times." default:"0.95" exclusiveMin:"0" max:"1"`
}

// AtomsScore measures the information atoms of neurons.
type AtomsScore struct {
	Population string `yaml:"population" doc:"Population whose neurons are measured." required:"true"`
}

// RateScore measures firing rates.
type RateScore struct {
	Population string `yaml:"population" doc:"Population whose neurons are measured." required:"true"`
}

// Selectivity measures how well neurons distinguish labels or features.
type Selectivity struct {
	Population string `yaml:"population" doc:"Population whose neurons are measured." required:"true"`
	About      string `yaml:"about" doc:"label, or features." default:"label" enum:"label,features"`
}

// LinearProbe is a linear readout of outputs.
type LinearProbe struct {
	Population string  `yaml:"population" doc:"Population whose outputs are read." required:"true"`
	Fit        string  `yaml:"fit" doc:"Phase with the items for fitting." required:"true"`
	Test       string  `yaml:"test" doc:"Phase with the items for testing." required:"true"`
	Of         string  `yaml:"of" doc:"Value of a neuron that is read: its output y or its firing probability theta." default:"y" enum:"y,theta"`
	Ridge      float64 `yaml:"ridge" doc:"Weight of the penalty on squared coefficients." default:"1" min:"0" max:"1e9"`
}

// Sequence measures how well outputs predict a Markov chain.
type Sequence struct {
	Population string `yaml:"population" doc:"Population with one neuron for each symbol, in order." required:"true"`
	Data       string `yaml:"data" doc:"The chain: a source in the section data." required:"true"`
}

// Regression is logistic regression on the items themselves, as a baseline.
type Regression struct {
	Of     []string `yaml:"of" doc:"Inputs whose values it uses." required:"true" minItems:"1" maxItems:"100"`
	Fit    string   `yaml:"fit" doc:"Phase with the items for fitting." required:"true"`
	Test   string   `yaml:"test" doc:"Phase with the items for testing." required:"true"`
	Passes int      `yaml:"passes" doc:"Passes over the items." default:"5" min:"1" max:"1000"`
	Fields string   `yaml:"fields" doc:"Population with one neuron for each label, in order. Its receptive weights from the same inputs are compared with those of the regression."`
}

// Custom is a measure or a source of a kind that is not built in.
type Custom struct {
	Kind     string             `yaml:"kind" doc:"Name of the kind." required:"true"`
	Settings map[string]Setting `yaml:"settings" doc:"Settings for this kind." maxItems:"1000"`
}

// Record defines what a run records besides the summary.
type Record struct {
	Spikes        bool            `yaml:"spikes" doc:"Every spike, as time, neuron and value." default:"true"`
	Presentations bool            `yaml:"presentations" doc:"The table of presentations: start, end, phase, item, label." default:"true"`
	Atoms         int             `yaml:"atoms" doc:"The atoms of every neuron that learns, this number of times during the phases with learning." default:"40" min:"0" max:"100000"`
	Weights       bool            `yaml:"weights" doc:"The weights at the end." default:"true"`
	Probes        []Probe         `yaml:"probes" doc:"Selected quantities of selected neurons at selected times." maxItems:"100"`
	Neurons       string          `yaml:"neurons" doc:"Neurons whose spikes and atoms are recorded: all, or a list of populations, labels and numbers. Scores and pictures include all neurons." default:"all"`
	From          config.Duration `yaml:"from" doc:"Record spikes and atoms from this simulated time on." default:"0us" min:"0us" max:"100000h"`
	Until         config.Duration `yaml:"until" doc:"Record spikes and atoms before this simulated time; 0us means until the end." default:"0us" min:"0us" max:"100000h"`
	Inboxes       bool            `yaml:"inboxes" doc:"The input of each neuron, in order, if mode is free. Without it the run cannot be replayed or audited." default:"true"`
	Graph         []string        `yaml:"graph" doc:"Measures of the graph of the neurons, such as in_degree, clustering and betweenness (infomorph topology measure lists them). The table neurons has them beside the results of each neuron: as they were during learning, and again after each change of structure." maxItems:"50" example:"[in_degree, clustering]"`
}

// Probe records chosen quantities of neurons.
type Probe struct {
	Population string   `yaml:"population" doc:"Population of the neurons." required:"true"`
	Neurons    string   `yaml:"neurons" doc:"Which of them: all, or a list of labels and numbers such as 0-9." default:"all"`
	Of         []string `yaml:"of" doc:"r, c, l: port values. theta: firing probability. y: output. D: gradient of the goal in the cell of the neuron [bit]. chi: state of the gate. weights: of all its synapses. atoms: its decomposition [bit]." required:"true" enum:"r,c,l,theta,y,D,chi,weights,atoms" minItems:"1" maxItems:"9"`
	Every      int      `yaml:"every" doc:"Number of presentations between two samples." default:"1" min:"1" max:"1000000000"`
	In         []string `yaml:"in" doc:"Phases. Default: all." maxItems:"1000"`
}

// Validate implements config.Validator.
func (r *Record) Validate() error {
	if r.Until != 0 && r.Until <= r.From {
		return config.FieldError("until", r.Until.String(), "later than from", "")
	}
	return nil
}
