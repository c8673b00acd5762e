package language

import "infomorph/internal/config"

// Population is a group of neurons of one kind.
type Population struct {
	Size   int                `yaml:"size" doc:"Number of neurons; 0 takes it from the graph file." default:"0" min:"0" max:"10000000"`
	Neuron string             `yaml:"neuron" doc:"Kind of its neurons: one from the section neurons, or a built-in one." required:"true"`
	Each   config.Named[Each] `yaml:"each" doc:"Settings of the kind that differ from neuron to neuron, by name with dots: a list with a value for each neuron, a distribution, or a column of a file." maxItems:"100" example:"{goal.unq_r: {uniform: [0.5, 1]}}"`
	Groups []Group            `yaml:"groups" doc:"Neurons of the population with other clocks, delays or noise." maxItems:"1000" example:"[{neurons: 0-9, delay: 10ms}]"`
	Place  Place              `yaml:"place" doc:"Positions of the neurons, for delays and projections by distance, and for maps."`
	Labels []string           `yaml:"labels" doc:"Names of the neurons. Default: the names in the graph file, or numbers." maxItems:"10000000"`
}

// Group is a set of neurons that differ from the rest of their population.
type Group struct {
	Neurons string `yaml:"neurons" doc:"Which neurons: labels, or numbers and ranges such as 0-9,20." required:"true" example:"0-9,20"`
	Clock   *Clock `yaml:"clock" doc:"When they update. Not synchronous, and only in a population that is not synchronous."`
	Delay   *Delay `yaml:"delay" doc:"Delay of spikes from other neurons to these."`
	Noise   *Noise `yaml:"noise" doc:"Noise on spikes from other neurons to these, in place of the noise of the projections."`
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
	Size   int      `yaml:"size" doc:"Number of channels; 0 takes it from the data for this input, or from the graph file." default:"0" min:"0" max:"10000000"`
	Place  Place    `yaml:"place" doc:"Positions of the channels."`
	Labels []string `yaml:"labels" doc:"Names of the channels. Default: the columns or labels of the data for this input, or numbers." maxItems:"10000000"`
	Width  int      `yaml:"width" doc:"Channels per row, if the group is a picture; 0 takes it from the data." default:"0" min:"0" max:"100000"`
}

// Place is the location of neurons or channels.
type Place struct {
	Kind   string  `yaml:"kind" doc:"none: no positions, or those of the graph file. random: anywhere in a square or cube. grid: row by row. circle: evenly on a circle." default:"none" enum:"none,random,grid,circle"`
	Dims   int     `yaml:"dims" doc:"Dimensions, for random and grid." default:"2" min:"1" max:"3"`
	Extent float64 `yaml:"extent" doc:"Length of a side, or diameter of the circle." default:"1" exclusiveMin:"0" max:"1e9"`
}

// Graph is a graph file that defines a part of the network.
type Graph struct {
	File       string      `yaml:"file" doc:"The file, in any format that infomorph topology reads; relative to the scenario's folder." required:"true" example:"connectome.graphml"`
	Population string      `yaml:"population" doc:"Population to which the neurons of the file belong, if the file has only one population. Default: the population with the same name, or the only one." example:"worm"`
	Keep       string      `yaml:"keep" doc:"Which values of its synapses are kept. Otherwise weights are 0 and delays 1ms." default:"both" enum:"nothing,weights,delays,both"`
	Port       string      `yaml:"port" doc:"Port of the synapses, if the file gives no ports." default:"c" enum:"r,c,l"`
	DelayUnit  string      `yaml:"delay_unit" doc:"Unit of delays that are plain numbers in the file." default:"us" enum:"us,ms,s"`
	Undirected bool        `yaml:"undirected" doc:"Every edge becomes two synapses, one in each direction, even if the file says otherwise." default:"false"`
	Columns    EdgeColumns `yaml:"columns" doc:"Columns of an edge list, or attributes of edges, if they do not have the usual names."`
}

// EdgeColumns are the names of columns of an edge list.
type EdgeColumns struct {
	Source string `yaml:"source" doc:"Column with the source neuron." example:"pre_root_id"`
	Target string `yaml:"target" doc:"Column with the target neuron." example:"post_root_id"`
	Weight string `yaml:"weight" doc:"Column with the weight." example:"syn_count"`
	Delay  string `yaml:"delay" doc:"Column with the delay."`
}

// Projection is a set of synapses from one population or input to a port of a population.
type Projection struct {
	Name    string `yaml:"name" doc:"Name, for events, tables and lesions. Default: from-to, with a number if this name is taken."`
	From    string `yaml:"from" doc:"Population or input that sends." required:"true"`
	To      string `yaml:"to" doc:"Population that receives." required:"true"`
	Port    string `yaml:"port" doc:"Port of the receiving neurons." required:"true" enum:"r,c,l"`
	Rule    Rule   `yaml:"rule" doc:"Which pairs are connected: the name of a rule, or a section with its settings." default:"all_to_all" example:"{name: watts_strogatz, k: 20, p: 0.1}"`
	Weights Dist   `yaml:"weights" doc:"Initial weights: a number, a distribution, or a column of the graph." default:"0" example:"{normal: [0, 0.3]}"`
	Delay   Delay  `yaml:"delay" doc:"Delay of the synapses: one duration, or a distribution." default:"1ms" example:"{uniform: [1ms, 10ms]}"`
	Noise   *Noise `yaml:"noise" doc:"Noise on its spikes."`
}

// Noise is everything that can happen to spikes in transit, apart from the delay.
type Noise struct {
	Loss      config.Fraction `yaml:"loss" doc:"Share of spikes that never arrive." default:"0%" min:"0%" max:"100%"`
	Duplicate config.Fraction `yaml:"duplicate" doc:"Share of spikes that arrive twice." default:"0%" min:"0%" max:"100%"`
	Jitter    config.Duration `yaml:"jitter" doc:"Each spike arrives later by up to this time, so spikes can overtake each other." default:"0us" max:"1h"`
	Reorder   config.Fraction `yaml:"reorder" doc:"Share of spikes that are delayed by hold, so that later ones overtake them." default:"0%" min:"0%" max:"100%"`
	Hold      config.Duration `yaml:"hold" doc:"Additional delay of the spikes selected by reorder." default:"20ms" max:"1h"`
}
