package batch

import (
	"math"

	"infomorph/internal/vec"
)

// Adam is the optimiser of Kingma & Ba 2015 for one set of weights. It
// maximises.
//
//	g ← gradient − Decay·w,  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²
//	w += Rate·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε)
type Adam struct {
	Rate, Decay float64
	m, v        []float64
	steps       int
}

// The constants of the paper.
const (
	beta1   = 0.9
	beta2   = 0.999
	epsilon = 1e-8
)

// Step moves w up the gradient; both must always have the same length.
func (a *Adam) Step(w, gradient []float64) {
	if a.m == nil {
		a.m, a.v = make([]float64, len(w)), make([]float64, len(w))
	}
	if len(w) != len(a.m) || len(gradient) != len(a.m) {
		panic("batch: the number of weights has changed")
	}
	a.steps++
	rate := a.Rate / (1 - math.Pow(beta1, float64(a.steps)))
	scale := 1 / math.Sqrt(1-math.Pow(beta2, float64(a.steps)))
	step := vec.AdamStep{Decay: a.Decay, Mean: 1 - beta1, Square: 1 - beta2, Rate: rate, Scale: scale, Least: epsilon, Gain: 1}
	step.Step(w, gradient, a.m, a.v)
}
