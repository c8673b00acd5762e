package language

import "infomorph/internal/config"

// Population is a group of neurons of one kind.
type Population struct {
	Size   int                `yaml:"size" doc:"Number of neurons; 0 takes it from the graph file." default:"0" min:"0" max:"10000000"`
	Neuron string             `yaml:"neuron" doc:"Kind of its neurons: one of neurons, or a built-in one." required:"true"`
	Each   config.Named[Each] `yaml:"each" doc:"Settings of the kind that differ from neuron to neuron, by dotted name: a list with a value for each neuron, a distribution, or a column of a file." maxItems:"100" example:"{goal.unq_r: {uniform: [0.5, 1]}}"`
	Groups []Group            `yaml:"groups" doc:"Some of its neurons that update at other times, or are reached otherwise." maxItems:"1000" example:"[{neurons: 0-9, delay: 10ms}]"`
	Place  Place              `yaml:"place" doc:"Where the neurons are, for delays and projections by distance, and for maps."`
	Labels []string           `yaml:"labels" doc:"Names of the neurons; without any, those of the graph file, or their numbers." maxItems:"10000000"`
}

// Group is a set of neurons that differ from the rest of their population.
type Group struct {
	Neurons string `yaml:"neurons" doc:"Which: labels, or numbers and ranges such as 0-9,20." required:"true" example:"0-9,20"`
	Clock   *Clock `yaml:"clock" doc:"When they update; not synchronous, and in a population that is not."`
	Delay   *Delay `yaml:"delay" doc:"Delay of what other neurons tell them."`
	Noise   *Noise `yaml:"noise" doc:"What else happens to what other neurons tell them, in place of what their projections say."`
}

// Validate implements config.Validator.
func (g *Group) Validate() error {
	if g.Clock == nil && g.Delay == nil && g.Noise == nil {
		return config.FieldProblem("", "says nothing that differs", "add clock:, delay: or noise:")
	}
	return nil
}

// Input is a group of input channels.
type Input struct {
	Size   int      `yaml:"size" doc:"Number of channels; 0 takes it from the data that are told to it, or from the graph file." default:"0" min:"0" max:"10000000"`
	Place  Place    `yaml:"place" doc:"Where the channels are."`
	Labels []string `yaml:"labels" doc:"Names of the channels; without any, the columns or labels of the data that they are told, or their numbers." maxItems:"10000000"`
	Width  int      `yaml:"width" doc:"Channels of a row, where the group is a picture; 0 takes it from the data." default:"0" min:"0" max:"100000"`
}

// Place is the location of neurons or channels.
type Place struct {
	Kind   string  `yaml:"kind" doc:"none: nowhere, or where the graph file says. random: anywhere in a square or cube. grid: row by row. circle: evenly around one." default:"none" enum:"none,random,grid,circle"`
	Dims   int     `yaml:"dims" doc:"Dimensions, for random and grid." default:"2" min:"1" max:"3"`
	Extent float64 `yaml:"extent" doc:"Length of a side, or diameter of the circle." default:"1" exclusiveMin:"0" max:"1e9"`
}

// Graph is a graph file that defines a part of the network.
type Graph struct {
	File       string      `yaml:"file" doc:"The file, in any format that infomorph topology reads; relative to the scenario's folder." required:"true" example:"connectome.graphml"`
	Population string      `yaml:"population" doc:"Population that the neurons of the file are, where the file has one population only; without, the one of the same name, or the only one." example:"worm"`
	Keep       string      `yaml:"keep" doc:"What of its synapses stays; without, weights are 0 and delays 1ms." default:"both" enum:"nothing,weights,delays,both"`
	Port       string      `yaml:"port" doc:"Port of the synapses, where the file says nothing of ports." default:"c" enum:"r,c,l"`
	DelayUnit  string      `yaml:"delay_unit" doc:"Unit of delays that the file gives as plain numbers." default:"us" enum:"us,ms,s"`
	Undirected bool        `yaml:"undirected" doc:"Every edge is two synapses, one each way, whatever the file says." default:"false"`
	Columns    EdgeColumns `yaml:"columns" doc:"Columns of an edge list, or attributes of edges, where they have other names."`
}

// EdgeColumns are the names of columns of an edge list.
type EdgeColumns struct {
	Source string `yaml:"source" doc:"Column with the neuron that is heard." example:"pre_root_id"`
	Target string `yaml:"target" doc:"Column with the neuron that hears." example:"post_root_id"`
	Weight string `yaml:"weight" doc:"Column with the weight." example:"syn_count"`
	Delay  string `yaml:"delay" doc:"Column with the delay."`
}

// Projection is a set of synapses from one population or input to a port of a population.
type Projection struct {
	Name    string `yaml:"name" doc:"Name, in events, tables and lesions; without one, from-to, numbered where taken."`
	From    string `yaml:"from" doc:"Population or input that is heard." required:"true"`
	To      string `yaml:"to" doc:"Population that hears." required:"true"`
	Port    string `yaml:"port" doc:"Through which port." required:"true" enum:"r,c,l"`
	Rule    Rule   `yaml:"rule" doc:"Which pairs are joined: the name of a rule, or a section with its settings." default:"all_to_all" example:"{name: watts_strogatz, k: 20, p: 0.1}"`
	Weights Dist   `yaml:"weights" doc:"Initial weights: a number, a distribution, or a column of the graph." default:"0" example:"{normal: [0, 0.3]}"`
	Delay   Delay  `yaml:"delay" doc:"Delay of the synapses: one duration, or a distribution." default:"1ms" example:"{uniform: [1ms, 10ms]}"`
	Noise   *Noise `yaml:"noise" doc:"What else happens to its spikes on their way."`
}

// Noise is everything that can happen to spikes in transit, apart from the delay.
type Noise struct {
	Loss      config.Fraction `yaml:"loss" doc:"Share of spikes that never arrive." default:"0%" min:"0%" max:"100%"`
	Duplicate config.Fraction `yaml:"duplicate" doc:"Share of spikes that arrive twice." default:"0%" min:"0%" max:"100%"`
	Jitter    config.Duration `yaml:"jitter" doc:"Each spike comes up to this much later, so spikes can overtake each other." default:"0us" max:"1h"`
	Reorder   config.Fraction `yaml:"reorder" doc:"Share of spikes that are held back, so that later ones overtake them." default:"0%" min:"0%" max:"100%"`
	Hold      config.Duration `yaml:"hold" doc:"How long those are held back." default:"20ms" max:"1h"`
}
