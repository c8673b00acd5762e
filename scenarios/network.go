package scenarios

import (
	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/topology"
)

// Network is the network section.
type Network struct {
	Neurons     int                   `yaml:"neurons" doc:"Number of neurons; 0 takes it from the task." default:"0" min:"0" max:"1000000"`
	Topology    Topology              `yaml:"topology" doc:"Which neurons hear which others through their contextual port."`
	Weights     float64               `yaml:"weights" doc:"Initial contextual weights are uniform within ± this over the square root of the number of neurons." default:"0.001" min:"0" max:"100"`
	InputDelay  config.Duration       `yaml:"input_delay" doc:"Delay from a channel to its neuron." default:"1ms" exclusiveMin:"0us" max:"1h"`
	Delay       Delay                 `yaml:"delay" doc:"Delay of the synapses between neurons: one duration, or a distribution." default:"1ms" example:"{uniform: [1ms, 10ms]}"`
	Noise       Noise                 `yaml:"noise" doc:"What else happens to spikes between neurons."`
	Place       Place                 `yaml:"place" doc:"Where neurons and channels are, for delays by distance."`
	Projections map[string]Projection `yaml:"projections" doc:"Projections with delays or noise of their own, by name: input and context in memories, pixels and context with bars, pixels and label with digits." example:"{context: {delay: 2ms}, input: {noise: {loss: 1%}}}" maxItems:"100"`
	Groups      []Group               `yaml:"groups" doc:"Neurons with clocks, delays or noise of their own." maxItems:"1000"`
}

// Delay is a delay distribution: "1ms", {uniform: [1ms, 5ms]},
// {lognormal: {median: 2ms, sigma: 0.5}} or {distance: {speed: 100}}.
type Delay struct {
	Low, High config.Duration // constant where they are equal
	Median    config.Duration // > 0: lognormal
	Sigma     float64
	Speed     float64 // > 0: by distance [lengths/s]
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

type distanceDelay struct {
	Distance struct {
		Speed float64         `yaml:"speed" doc:"Lengths that a spike comes in a second; network.place says how far neurons are apart." unit:"lengths/s" required:"true" exclusiveMin:"0" max:"1e12"`
		Base  config.Duration `yaml:"base" doc:"Delay at no distance; it is also the epoch." default:"1ms" exclusiveMin:"0us" max:"1h"`
		Max   config.Duration `yaml:"max" doc:"Longer delays are cut to this." default:"1s" exclusiveMin:"0us" max:"1h"`
	} `yaml:"distance" doc:"Delays that grow with the distance between neurons." required:"true"`
}

const delayExpected = "a duration such as 1ms, {uniform: [1ms, 5ms]}, {lognormal: {median: 2ms, sigma: 0.5}} or {distance: {speed: 100}}"

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
		var l distanceDelay
		err := v.Decode(&l)
		d.Low, d.High, d.Speed = l.Distance.Base, l.Distance.Max, l.Distance.Speed
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
	case d.Speed > 0:
		var l distanceDelay
		l.Distance.Speed, l.Distance.Base, l.Distance.Max = d.Speed, d.Low, d.High
		return l
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
	case d.Speed > 0:
		return topology.Dist{Kind: "distance", Value: low, Slope: float64(neuron.Second) / d.Speed, Min: low, Max: max(low, high)}
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
