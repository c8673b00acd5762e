package scenarios

// Sweep is the sweep section: what infomorph sweep varies. Other commands ignore it.
type Sweep struct {
	Over   []string `yaml:"over" doc:"Axes: a setting and its values, as a list (a=1,2,5), whole numbers (a=1..10), or evenly spaced values (a=lin(0,1,5), a=log(0.01,1,5)). Without the count it is an interval for sample." example:"[\"neuron.window=16,32,64\"]" maxItems:"100"`
	Zip    bool     `yaml:"zip" doc:"Take the first values of all axes together, then the second, and so on, instead of crossing them." default:"false"`
	Sample string   `yaml:"sample" doc:"Draw points from the intervals of the axes: lhs:N is a Latin hypercube of N points, random:N independent ones." example:"lhs:20"`
	Seeds  int      `yaml:"seeds" doc:"Number of replicates of every point, each with a different seed." default:"1" min:"1" max:"100000"`
}
