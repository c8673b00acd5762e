package language

import (
	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/topology"
)

// Delay is a distribution of delays: "1ms", {uniform: [1ms, 5ms]}, {lognormal: {median:
// 2ms, sigma: 0.5}} or {distance: {speed: 100}}. The word graph stands for the delay that
// the synapse has in the graph of rule imported.
type Delay struct {
	FromGraph bool
	Low, High config.Duration // constant if they are equal
	Median    config.Duration // > 0: lognormal
	Sigma     float64
	Speed     float64 // > 0: delay by distance [lengths/s]
}

type uniformDelay struct {
	Uniform []config.Duration `yaml:"uniform" doc:"Smallest and largest delay." required:"true" minItems:"2" maxItems:"2" exclusiveMin:"0us" max:"1h"`
}

type lognormalDelay struct {
	Lognormal struct {
		Median config.Duration `yaml:"median" doc:"Median of the delays." required:"true" exclusiveMin:"0us" max:"1h"`
		Sigma  float64         `yaml:"sigma" doc:"Standard deviation of the logarithm of the delay." required:"true" min:"0" max:"5"`
		Max    config.Duration `yaml:"max" doc:"Longer delays are reduced to this." default:"1s" exclusiveMin:"0us" max:"1h"`
		Min    config.Duration `yaml:"min" doc:"Shorter delays are raised to this. It is also the length of an epoch." default:"100us" exclusiveMin:"0us" max:"1h"`
	} `yaml:"lognormal" doc:"Lognormal delays." required:"true"`
}

type distanceDelay struct {
	Distance struct {
		Speed float64         `yaml:"speed" doc:"Units of length that a spike travels in a second; place gives the distances between neurons." unit:"lengths/s" required:"true" exclusiveMin:"0" max:"1e12"`
		Base  config.Duration `yaml:"base" doc:"Delay at distance 0. It is also the length of an epoch." default:"1ms" exclusiveMin:"0us" max:"1h"`
		Max   config.Duration `yaml:"max" doc:"Longer delays are reduced to this." default:"1s" exclusiveMin:"0us" max:"1h"`
	} `yaml:"distance" doc:"Delays that grow with the distance between neurons." required:"true"`
}

const delayExpected = "a duration such as 1ms, {uniform: [1ms, 5ms]}, {lognormal: {median: 2ms, sigma: 0.5}}, {distance: {speed: 100}} or graph"

// UnmarshalConfig implements config.Unmarshaler.
func (d *Delay) UnmarshalConfig(v config.Value) error {
	*d = Delay{}
	if v.Kind() == config.String && v.Text() == "graph" {
		d.FromGraph = true
		return nil
	}
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
		if err == nil && d.Low > d.High {
			return config.FieldError("lognormal.min", d.Low.String(), "at most max", "")
		}
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
	case d.FromGraph:
		return "graph"
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

// Dist returns the distribution in microseconds.
func (d Delay) Dist() topology.Dist {
	low, high := float64(d.Low), float64(d.High)
	switch {
	case d.FromGraph:
		return topology.FromGraph()
	case d.Median > 0:
		return topology.Dist{Kind: "lognormal", Median: float64(d.Median), Sigma: d.Sigma, Min: low, Max: high}
	case d.Speed > 0:
		return topology.Dist{Kind: "distance", Value: low, Slope: float64(neuron.Second) / d.Speed, Min: low, Max: max(low, high)}
	case d.Low != d.High:
		return topology.Uniform(low, high)
	}
	return topology.Constant(low)
}
