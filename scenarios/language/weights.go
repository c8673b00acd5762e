package language

import (
	"infomorph/internal/config"
	"infomorph/topology"
)

// Dist is a distribution of numbers: one number, {uniform: [low, high]}, {normal: [mean,
// sd]}, {lognormal: [median, sigma]} or {distance: [base, slope]}. The word graph stands
// for the value that the synapse has in the graph of rule imported.
type Dist struct{ topology.Dist }

type distSection struct {
	Uniform   []float64 `yaml:"uniform" doc:"Smallest and largest value." oneof:"kind" minItems:"2" maxItems:"2" min:"-1e9" max:"1e9"`
	Normal    []float64 `yaml:"normal" doc:"Mean and standard deviation." oneof:"kind" minItems:"2" maxItems:"2" min:"-1e9" max:"1e9"`
	Lognormal []float64 `yaml:"lognormal" doc:"Median, and standard deviation of the logarithm." oneof:"kind" minItems:"2" maxItems:"2" min:"0" max:"1e9"`
	Distance  []float64 `yaml:"distance" doc:"Value at distance 0, and increase per unit of distance." oneof:"kind" minItems:"2" maxItems:"2" min:"-1e9" max:"1e9"`
	Min       float64   `yaml:"min" doc:"Smaller values are raised to this, if min and max differ." default:"0" min:"-1e9" max:"1e9"`
	Max       float64   `yaml:"max" doc:"Larger values are reduced to this, if min and max differ." default:"0" min:"-1e9" max:"1e9"`
}

const distExpected = "a number, graph, {uniform: [0, 1]}, {normal: [0, 0.3]}, {lognormal: [1, 0.5]} or {distance: [1, -0.1]}"

// UnmarshalConfig implements config.Unmarshaler.
func (d *Dist) UnmarshalConfig(v config.Value) error {
	switch v.Kind() {
	case config.Int, config.Float:
		var x float64
		err := v.DecodeWithin(&x, `min:"-1e9" max:"1e9"`)
		d.Dist = topology.Constant(x)
		return err
	case config.Map:
		var s distSection
		if err := v.Decode(&s); err != nil {
			return err
		}
		d.Dist = s.dist()
		if _, err := d.sample(); err != nil {
			return config.FieldProblem("", err.Error(), "")
		}
		return nil
	}
	if v.Kind() != config.String || v.Text() != "graph" {
		return v.Fault(distExpected, "")
	}
	d.Dist = topology.FromGraph()
	return nil
}

func (s *distSection) dist() (d topology.Dist) {
	switch {
	case s.Uniform != nil:
		d = topology.Uniform(s.Uniform[0], s.Uniform[1])
	case s.Normal != nil:
		d = topology.Normal(s.Normal[0], s.Normal[1])
	case s.Lognormal != nil:
		d = topology.Dist{Kind: "lognormal", Median: s.Lognormal[0], Sigma: s.Lognormal[1]}
	default:
		d = topology.Dist{Kind: "distance", Value: s.Distance[0], Slope: s.Distance[1]}
	}
	d.Min, d.Max = s.Min, s.Max
	return d
}

// sample draws a value, to find faults in the distribution.
func (d *Dist) sample() (float64, error) {
	probe := d.Dist
	if probe.Kind == "distance" || probe.Kind == "graph" {
		probe.Kind = "constant"
	}
	return probe.Sample(probeSource())
}

// MarshalConfig implements config.Marshaler.
func (d Dist) MarshalConfig() any {
	s := distSection{Min: d.Min, Max: d.Max}
	switch d.Kind {
	case "uniform":
		s.Uniform = []float64{d.Low, d.High}
	case "normal":
		s.Normal = []float64{d.Mean, d.SD}
	case "lognormal":
		s.Lognormal = []float64{d.Median, d.Sigma}
	case "distance":
		s.Distance = []float64{d.Value, d.Slope}
	case "graph":
		return "graph"
	default:
		return d.Value
	}
	var out config.Named[any]
	for _, kv := range []struct {
		key   string
		value []float64
	}{{"uniform", s.Uniform}, {"normal", s.Normal}, {"lognormal", s.Lognormal}, {"distance", s.Distance}} {
		if kv.value != nil {
			out.Set(kv.key, kv.value)
		}
	}
	if s.Min != s.Max {
		out.Set("min", s.Min)
		out.Set("max", s.Max)
	}
	return out
}

// DescribeConfig implements config.Describer.
func (Dist) DescribeConfig() config.Description {
	return config.Description{Type: "distribution", Expected: distExpected, Forms: []any{0.0, "", distSection{}}}
}

// FromGraph reports whether the values come from a graph file.
func (d *Dist) FromGraph() bool { return d.Kind == "graph" }
