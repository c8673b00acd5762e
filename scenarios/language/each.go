package language

import (
	"math/rand/v2"

	"infomorph/internal/config"
	"infomorph/topology"
)

// Each is a setting with a value for each neuron. Exactly one of its fields is set.
type Each struct {
	List   []Setting // one value for each neuron, in order
	Dist   *Dist     // drawn for each neuron
	Span   *Delay    // drawn for each neuron; for durations
	Column *Column   // of a table with a row for each neuron
}

// Column is a column of a table with a row for each neuron.
type Column struct {
	Column string `yaml:"column" doc:"Name of the column." required:"true"`
	File   string `yaml:"file" doc:"Table with a row for each neuron, in order: CSV, TSV, Parquet, NPY or NPZ; relative to the scenario's folder." required:"true"`
}

const eachExpected = "a list with a value for each neuron, a distribution such as {uniform: [0.5, 1]}, or {column: gain, file: neurons.csv}"

// UnmarshalConfig implements config.Unmarshaler.
func (e *Each) UnmarshalConfig(v config.Value) error {
	*e = Each{}
	switch v.Kind() {
	case config.List:
		return v.DecodeWithin(&e.List, `minItems:"1" maxItems:"10000000"`)
	case config.Map:
		if _, ok := v.Get("column"); ok {
			e.Column = &Column{}
			return v.Decode(e.Column)
		}
		if ofDurations(v) {
			e.Span = &Delay{}
			return v.Decode(e.Span)
		}
		e.Dist = &Dist{}
		if err := v.Decode(e.Dist); err != nil {
			return err
		}
		if e.Dist.Kind != "distance" {
			return nil
		}
	}
	return v.Fault(eachExpected, "")
}

// ofDurations reports whether a distribution is of durations, as {uniform: [1ms, 5ms]}
// is, and not of numbers, as {uniform: [1, 5]} is.
func ofDurations(v config.Value) bool {
	if u, ok := v.Get("uniform"); ok {
		items := u.Items()
		return len(items) > 0 && items[0].Kind() == config.String
	}
	l, ok := v.Get("lognormal")
	return ok && l.Kind() == config.Map
}

// MarshalConfig implements config.Marshaler.
func (e Each) MarshalConfig() any {
	switch {
	case e.Column != nil:
		return e.Column
	case e.Span != nil:
		return e.Span.MarshalConfig()
	case e.Dist != nil:
		return e.Dist.MarshalConfig()
	}
	return e.List
}

// DescribeConfig implements config.Describer.
func (Each) DescribeConfig() config.Description {
	return config.Description{Type: "values", Expected: eachExpected, Forms: []any{[]Setting{}, distSection{}, uniformDelay{}, lognormalDelay{}, Column{}}}
}

// Draw draws the value of one neuron from the distribution of e and returns it as text,
// as a document would have it. The random numbers come from rng, the generator of that
// neuron.
func (e *Each) Draw(rng *rand.Rand) (string, error) {
	d := topology.Dist{}
	if e.Span != nil {
		d = e.Span.Dist()
	} else {
		d = e.Dist.Dist
	}
	x, err := d.Sample(rng)
	if e.Span != nil {
		return config.Duration(max(x, 1)).String(), err
	}
	return formatNumber(x), err
}
