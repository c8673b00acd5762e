package draw

import (
	"image/color"
	"math"

	figures "infomorph/internal/plot"
)

// Values holds one number per neuron, and the name for the legend.
type Values struct {
	Name    string
	Of      []float64 // NaN: unknown, drawn grey
	Classes bool      // the numbers are classes, not amounts

	lo, hi  float64 // the result of span
	spanned bool
}

// viridis is the perceptually uniform colour map of matplotlib, in nine steps.
var viridis = []color.NRGBA{
	{68, 1, 84, 255}, {71, 44, 122, 255}, {59, 81, 139, 255}, {44, 113, 142, 255}, {33, 144, 141, 255},
	{39, 173, 129, 255}, {92, 200, 99, 255}, {170, 220, 50, 255}, {253, 231, 37, 255},
}

// classColours are the colours of all figures. They can be told apart with any
// colour vision.
var classColours = figures.Colours()

var (
	ink      = color.NRGBA{35, 38, 45, 255}
	paper    = color.NRGBA{255, 255, 255, 255}
	unknown  = color.NRGBA{200, 202, 206, 255}
	neutral  = color.NRGBA{58, 96, 148, 255}
	neither  = color.NRGBA{110, 116, 128, 255}
	positive = color.NRGBA{190, 70, 50, 255}
	negative = color.NRGBA{40, 100, 180, 255}
)

// mapped returns the colour at x, from 0 to 1.
func mapped(x float64) color.NRGBA {
	x = math.Min(math.Max(x, 0), 1) * float64(len(viridis)-1)
	i := min(int(x), len(viridis)-2)
	f := x - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + f*(float64(b)-float64(a)))) }
	a, b := viridis[i], viridis[i+1]
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// span returns the smallest and the largest finite number.
func (v *Values) span() (lo, hi float64) {
	if v.spanned {
		return v.lo, v.hi
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range v.Of {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			lo, hi = math.Min(lo, x), math.Max(hi, x)
		}
	}
	v.lo, v.hi, v.spanned = lo, hi, true
	return lo, hi
}

// colour returns the colour of neuron i.
func (v *Values) colour(i int) color.NRGBA {
	if v == nil {
		return neutral
	}
	x := v.Of[i]
	lo, hi := v.span()
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return unknown
	case v.Classes:
		return classColours[int(math.Abs(x))%len(classColours)]
	case hi == lo:
		return mapped(.5)
	}
	return mapped((x - lo) / (hi - lo))
}

// fraction returns the position of neuron i between the smallest and the
// largest number, from 0 to 1.
func (v *Values) fraction(i int) float64 {
	lo, hi := v.span()
	if x := v.Of[i]; hi > lo && !math.IsNaN(x) && !math.IsInf(x, 0) {
		return (x - lo) / (hi - lo)
	}
	return 0
}

func faded(c color.NRGBA, alpha float64) color.NRGBA {
	c.A = uint8(math.Round(255 * math.Min(math.Max(alpha, 0), 1)))
	return c
}
