package topology

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Dist is the distribution of a projection's weights (dimensionless) or delays
// (microseconds). The zero Dist is 0 for weights and 1 ms for delays.
//
//	constant   Value
//	uniform    Low … High
//	normal     Mean + SD·Z
//	lognormal  Median·exp(Sigma·Z)
//	distance   Value + Slope·d,   d the distance between the two neurons
//	graph      the value in the imported graph; for the rule imported only
//
// Z is a standard normal variate. If Min and Max differ, the result is clipped
// to them. A delay is then rounded to whole microseconds and is at least 1.
type Dist struct {
	Kind   string  `json:"dist,omitempty" yaml:"dist,omitempty"`
	Value  float64 `json:"value,omitempty" yaml:"value,omitempty"`
	Low    float64 `json:"low,omitempty" yaml:"low,omitempty"`
	High   float64 `json:"high,omitempty" yaml:"high,omitempty"`
	Mean   float64 `json:"mean,omitempty" yaml:"mean,omitempty"`
	SD     float64 `json:"sd,omitempty" yaml:"sd,omitempty"`
	Median float64 `json:"median,omitempty" yaml:"median,omitempty"`
	Sigma  float64 `json:"sigma,omitempty" yaml:"sigma,omitempty"`
	Slope  float64 `json:"slope,omitempty" yaml:"slope,omitempty"`
	Min    float64 `json:"min,omitempty" yaml:"min,omitempty"`
	Max    float64 `json:"max,omitempty" yaml:"max,omitempty"`
}

// Constant returns the distribution that is always v.
func Constant(v float64) Dist { return Dist{Kind: "constant", Value: v} }

// FromGraph returns the distribution that copies the values of the imported
// graph.
func FromGraph() Dist { return Dist{Kind: "graph"} }

// Uniform returns the uniform distribution between low and high.
func Uniform(low, high float64) Dist { return Dist{Kind: "uniform", Low: low, High: high} }

// Normal returns the normal distribution with the given mean and standard
// deviation.
func Normal(mean, sd float64) Dist { return Dist{Kind: "normal", Mean: mean, SD: sd} }

func (d *Dist) check() error {
	for _, v := range []float64{d.Value, d.Low, d.High, d.Mean, d.SD, d.Median, d.Sigma, d.Slope, d.Min, d.Max} {
		if math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
			return fmt.Errorf("%v is not a finite number within ±%g", v, float64(math.MaxFloat32))
		}
	}
	switch {
	case d.Min > d.Max:
		return fmt.Errorf("min %g is above max %g", d.Min, d.Max)
	case d.Kind == "uniform" && d.Low > d.High:
		return fmt.Errorf("uniform: low %g is above high %g", d.Low, d.High)
	case d.Kind == "normal" && d.SD < 0:
		return fmt.Errorf("normal: sd %g is negative", d.SD)
	case d.Kind == "lognormal" && (d.Median <= 0 || d.Sigma < 0):
		return fmt.Errorf("lognormal: median %g must be > 0 and sigma %g ≥ 0", d.Median, d.Sigma)
	}
	switch d.Kind {
	case "", "constant", "uniform", "normal", "lognormal", "distance", "graph":
		return nil
	}
	return fmt.Errorf("dist: %q, expected constant, uniform, normal, lognormal or distance", d.Kind)
}

// draw returns one value. Only "distance" uses distance.
func (d *Dist) draw(rng *rand.Rand, distance float64) float64 {
	v := d.Value
	switch d.Kind {
	case "uniform":
		v = d.Low + (d.High-d.Low)*rng.Float64()
	case "normal":
		v = d.Mean + d.SD*rng.NormFloat64()
	case "lognormal":
		v = d.Median * math.Exp(d.Sigma*rng.NormFloat64())
	case "distance":
		v = d.Value + d.Slope*distance
	}
	if d.Min != d.Max {
		v = min(max(v, d.Min), d.Max)
	}
	return v
}

// defaultDelay is the delay of a projection without one: 1 ms [µs].
const defaultDelay = 1000

// drawWeight returns one weight.
func (d *Dist) drawWeight(rng *rand.Rand, distance float64) float32 {
	return float32(min(max(d.draw(rng, distance), -math.MaxFloat32), math.MaxFloat32))
}

// drawDelay returns one delay [µs], at least 1.
func (d *Dist) drawDelay(rng *rand.Rand, distance float64) int32 {
	if d.Kind == "" && d.Value == 0 {
		return defaultDelay
	}
	return int32(min(max(math.Round(d.draw(rng, distance)), 1), math.MaxInt32))
}

// Sample returns one value. It returns an error if the distribution is invalid
// or needs two neurons.
func (d *Dist) Sample(rng *rand.Rand) (float64, error) {
	if err := d.check(); err != nil {
		return 0, err
	}
	if d.Kind == "distance" || d.Kind == "graph" {
		return 0, fmt.Errorf("dist: %s needs two neurons", d.Kind)
	}
	return d.draw(rng, 0), nil
}
