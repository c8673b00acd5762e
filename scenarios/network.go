package scenarios

import (
	"slices"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/topology"
)

// Network is the network section.
type Network struct {
	Neurons    int             `yaml:"neurons" doc:"Number of neurons; 0 takes it from the task." default:"0" min:"0" max:"1000000"`
	Topology   Topology        `yaml:"topology" doc:"Which neurons hear which others through their contextual port."`
	Weights    float64         `yaml:"weights" doc:"Initial contextual weights are uniform within ± this over the square root of the number of neurons." default:"0.001" min:"0" max:"100"`
	InputDelay config.Duration `yaml:"input_delay" doc:"Delay from a channel to its neuron." default:"1ms" exclusiveMin:"0us" max:"1h"`
	Delay      Delay           `yaml:"delay" doc:"Delay of the synapses between neurons: one duration, or a distribution." default:"1ms" example:"{uniform: [1ms, 10ms]}"`
	Noise      Noise           `yaml:"noise" doc:"What else happens to spikes between neurons."`
}

// Noise is what happens to spikes between neurons, besides their delay.
type Noise struct {
	Loss      config.Fraction `yaml:"loss" doc:"Share of spikes that never arrive." default:"0%" min:"0%" max:"100%"`
	Duplicate config.Fraction `yaml:"duplicate" doc:"Share of spikes that arrive twice." default:"0%" min:"0%" max:"100%"`
	Jitter    config.Duration `yaml:"jitter" doc:"Each spike comes up to this much later, so spikes can overtake each other." default:"0us" max:"1h"`
}

// Delay is a delay distribution: "1ms", {uniform: [1ms, 5ms]},
// {lognormal: [median 2ms, sigma 0.5]} or {distance: {base: 1ms, slope: 10ms}}.
type Delay struct {
	Low, High config.Duration // constant where they are equal
	Median    config.Duration // > 0: lognormal
	Sigma     float64
	Slope     config.Duration // > 0: Low at no distance
}

type distanceDelay struct {
	Distance struct {
		Base  config.Duration `yaml:"base" doc:"Delay at no distance; it is also the epoch." default:"1ms" exclusiveMin:"0us" max:"1h"`
		Slope config.Duration `yaml:"slope" doc:"What each unit of length adds, by network.topology.place." required:"true" exclusiveMin:"0us" max:"1h"`
	} `yaml:"distance" doc:"Delays that grow with the distance between two neurons." required:"true"`
}

type uniformDelay struct {
	Uniform []config.Duration `yaml:"uniform" doc:"Smallest and largest delay." required:"true" minItems:"2" maxItems:"2" exclusiveMin:"0us" max:"1h"`
}

type lognormalDelay struct {
	Lognormal struct {
		Median config.Duration `yaml:"median" doc:"Half of the delays are longer." required:"true" exclusiveMin:"0us" max:"1h"`
		Sigma  float64         `yaml:"sigma" doc:"Standard deviation of the delay's logarithm." required:"true" min:"0" max:"5"`
		Max    config.Duration `yaml:"max" doc:"Longer delays are cut to this." default:"1s" exclusiveMin:"0us" max:"1h"`
		Min    config.Duration `yaml:"min" doc:"Shorter delays are raised to this; it is also the epoch." default:"100us" exclusiveMin:"0us" max:"1h"`
	} `yaml:"lognormal" doc:"Lognormal delays." required:"true"`
}

const delayExpected = "a duration such as 1ms, {uniform: [1ms, 5ms]}, {lognormal: {median: 2ms, sigma: 0.5}} or {distance: {base: 1ms, slope: 10ms}}"

// UnmarshalConfig implements config.Unmarshaler.
func (d *Delay) UnmarshalConfig(v config.Value) error {
	if v.Kind() != config.Map {
		err := v.Decode(&d.Low)
		d.High = d.Low
		if err == nil && d.Low <= 0 {
			return v.Fault("a delay longer than 0us", "")
		}
		return err
	}
	keys := v.Keys()
	if len(keys) == 1 && keys[0] == "lognormal" {
		var l lognormalDelay
		err := v.Decode(&l)
		d.Low, d.High, d.Median, d.Sigma = l.Lognormal.Min, l.Lognormal.Max, l.Lognormal.Median, l.Lognormal.Sigma
		return err
	}
	if len(keys) == 1 && keys[0] == "distance" {
		var f distanceDelay
		err := v.Decode(&f)
		d.Low, d.High, d.Slope = f.Distance.Base, f.Distance.Base, f.Distance.Slope
		return err
	}
	if len(keys) != 1 || keys[0] != "uniform" {
		return v.Fault(delayExpected, "")
	}
	var u uniformDelay
	if err := v.Decode(&u); err != nil {
		return err
	}
	d.Low, d.High = u.Uniform[0], u.Uniform[1]
	if d.Low > d.High {
		return v.Fault("the smaller delay first", "")
	}
	return nil
}

// MarshalConfig implements config.Marshaler.
func (d Delay) MarshalConfig() any {
	switch {
	case d.Median > 0:
		var l lognormalDelay
		l.Lognormal.Median, l.Lognormal.Sigma, l.Lognormal.Min, l.Lognormal.Max = d.Median, d.Sigma, d.Low, d.High
		return l
	case d.Slope > 0:
		var f distanceDelay
		f.Distance.Base, f.Distance.Slope = d.Low, d.Slope
		return f
	case d.Low != d.High:
		return uniformDelay{[]config.Duration{d.Low, d.High}}
	}
	return d.Low.String()
}

// DescribeConfig implements config.Describer.
func (Delay) DescribeConfig() config.Description {
	return config.Description{Type: "delay", Unit: "us, ms, s, min, h", Expected: delayExpected,
		Forms: []any{config.Duration(0), uniformDelay{}, lognormalDelay{}, distanceDelay{}}}
}

// dist returns the distribution in microseconds.
func (d Delay) dist() topology.Dist {
	low, high := float64(d.Low), float64(d.High)
	switch {
	case d.Median > 0:
		return topology.Dist{Kind: "lognormal", Median: float64(d.Median), Sigma: d.Sigma, Min: low, Max: high}
	case d.Slope > 0:
		return topology.Dist{Kind: "distance", Value: low, Slope: float64(d.Slope)}
	case d.Low != d.High:
		return topology.Uniform(low, high)
	}
	return topology.Constant(low)
}

// build makes the network of n neurons: one population, whose neurons hear
// one channel each through R and one another through C.
func (s *Scenario) build(n int, drive float64, files Files) (*sim.Network, error) {
	reach := s.Network.Weights / sqrt(n)
	neurons, context, err := s.between(topology.Population{Name: "neurons", Size: n}, "context", neuron.Contextual, topology.Uniform(-reach, reach), files)
	if err != nil {
		return nil, err
	}
	desc := topology.Network{
		Populations: []topology.Population{neurons},
		Channels:    []topology.Population{{Name: "input", Size: n}},
		Projections: append([]topology.Projection{
			{Name: "input", From: "input", To: "neurons", Port: neuron.Receptive, Rule: topology.Rule{Name: "one_to_one"},
				Weights: topology.Constant(drive), Delays: topology.Constant(float64(s.Network.InputDelay))},
		}, context...),
	}
	cfg, err := s.Neuron.config()
	if err != nil {
		return nil, err
	}
	return s.assemble(&desc, func(neuron.ID) *neuron.Config { return cfg })
}

// assemble builds a described network and prepares it to run. What happens to
// spikes on their way happens between neurons only.
func (s *Scenario) assemble(desc *topology.Network, of func(neuron.ID) *neuron.Config) (*sim.Network, error) {
	graph, err := topology.Build(desc, s.Seed)
	if err != nil {
		return nil, topologyFault(err)
	}
	net := &sim.Network{Graph: graph, Seed: s.Seed, Config: of}
	if z := s.Network.Noise; z != (Noise{}) {
		for _, p := range desc.Projections {
			noise := sim.Noise{}
			if slices.ContainsFunc(desc.Populations, func(g topology.Population) bool { return g.Name == p.From }) {
				noise = sim.Noise{Loss: float64(z.Loss), Duplicate: float64(z.Duplicate), Jitter: neuron.Time(z.Jitter)}
			}
			net.Noise = append(net.Noise, noise)
		}
	}
	if err := net.Prepare(); err != nil {
		return nil, config.FieldProblem("network.delay", err.Error(), "")
	}
	return net, nil
}
