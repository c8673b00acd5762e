package language

// Goal is Γ, the weight of each atom, and of h_res, in what a neuron maximises,
// by name. What is not named is 0.
type Goal map[string]float64

// Rule says which pairs of neurons a projection joins.
type Rule struct {
	Name string `yaml:"name" doc:"Name of the rule." required:"true"`
}

// Dist is a distribution of weights.
type Dist struct {
	Value float64 `yaml:"value" doc:"Constant value." default:"0"`
}

// Each is a setting that differs from neuron to neuron.
type Each struct {
	List []float64 `yaml:"list" doc:"A value for each neuron."`
}

// Columns is one or more columns of a table.
type Columns []string

// Script is a Starlark script that decides what is presented.
type Script struct {
	File       *string            `yaml:"file" doc:"File with the script, relative to the scenario's folder." oneof:"source" example:"loop.star"`
	Code       *string            `yaml:"code" doc:"The script itself." oneof:"source"`
	Parameters map[string]Setting `yaml:"parameters" doc:"Numbers, words, true or false that the script reads as ctx.parameters and a sweep can vary." example:"{rounds: 5}" maxItems:"1000"`
	Data       string             `yaml:"data" doc:"Source whose items the script can present by name, or part of it."`
	Input      string             `yaml:"input" doc:"Input that patterns are told to." required:"true"`
	Context    string             `yaml:"context" doc:"Input that contexts are told to."`
	Population string             `yaml:"population" doc:"Population whose outputs the script sees." required:"true"`
	Steps      int64              `yaml:"steps" doc:"Bound on the steps of the interpreter in one call of the script." default:"10000000" min:"1000" max:"10000000000"`
	Memory     int64              `yaml:"memory" doc:"Bound on what one call of the script makes." unit:"MiB" default:"256" min:"1" max:"65536"`
}
