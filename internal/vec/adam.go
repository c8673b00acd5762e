package vec

import "math"

// AdamStep is one step of the optimiser Adam with its constants.
type AdamStep struct {
	Decay        float64 // of the weights
	Mean, Square float64 // shares of the new gradient and of its square
	Rate         float64
	Scale        float64 // of the root of the squares
	Least        float64 // is added to the divisor
	Gain         float64 // of the gradient
}

// moments are the arguments of Step.
type moments struct{ w, gradient, mean, square *float64 }

// Step moves weights up a gradient; mean and square are its running moments.
//
//	g ← Gain·gradient − Decay·w,  mean += Mean·(g − mean),  square += Square·(g² − square)
//	w += Rate·mean / (√square·Scale + Least)
func (a *AdamStep) Step(w, gradient, mean, square []float64) {
	n, from := len(w), 0
	gradient, mean, square = gradient[:n], mean[:n], square[:n]
	if fast && n >= lanes {
		from = n &^ (lanes - 1)
		adam(&moments{&w[0], &gradient[0], &mean[0], &square[0]}, from, a)
	}
	a.loop(w[from:], gradient[from:], mean[from:], square[from:])
}

func (a *AdamStep) loop(w, gradient, mean, square []float64) {
	for i, g := range gradient {
		g = a.Gain*g - a.Decay*w[i]
		mean[i] += a.Mean * (g - mean[i])
		square[i] += a.Square * (g*g - square[i])
		w[i] += a.Rate * mean[i] / (math.Sqrt(square[i])*a.Scale + a.Least)
	}
}
