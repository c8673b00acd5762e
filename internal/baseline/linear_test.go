package baseline

import (
	"math"
	"math/rand/v2"
	"testing"

	"infomorph/internal/dataset"
)

// Both forms learn drawn digits, softmax better than one against the rest.
func TestLogisticLearnsDigits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	train, test := dataset.DefaultStrokes().Draw(3000, rng), dataset.DefaultStrokes().Draw(1000, rng)
	for _, softmax := range []bool{false, true} {
		m := Logistic{Softmax: softmax, Passes: 8}.Fit(Pictures{train}, rng)
		if a := m.Accuracy(Pictures{test}); a < 0.9 {
			t.Errorf("softmax %v: accuracy %v", softmax, a)
		}
		if len(m.Field(9)) != test.Size() {
			t.Error("a field has one weight a pixel")
		}
	}
}

// The gradient of a step is that of the likelihood, by finite differences.
func TestGradient(t *testing.T) {
	set := dataset.DefaultStrokes().Draw(20, rand.New(rand.NewPCG(1, 2)))
	for _, softmax := range []bool{false, true} {
		m := &Linear{Classes: 10, Inputs: set.Size(), Weights: make([]float64, 10*set.Size()), Bias: make([]float64, 10)}
		rng := rand.New(rand.NewPCG(3, 4))
		for i := range m.Weights {
			m.Weights[i] = 0.1 * rng.NormFloat64()
		}
		f := newFit(m, Logistic{Softmax: softmax, Batch: 20})
		rows := rng.Perm(20)
		at := 3*set.Size() + 100
		const h = 1e-5
		f.step(Pictures{set}, rows)
		analytic := f.gw[at]
		likelihood := func(d float64) float64 {
			m.Weights[at] += d
			defer func() { m.Weights[at] -= d }()
			return logLikelihood(f, set, rows)
		}
		if want := (likelihood(h) - likelihood(-h)) / (2 * h); !(math.Abs(want-analytic) <= 1e-7) {
			t.Errorf("softmax %v: gradient %v, finite difference %v", softmax, analytic, want)
		}
	}
}

func logLikelihood(f *fit, set *dataset.Images, rows []int) float64 {
	sum, x, a := 0.0, make([]float64, f.Inputs), make([]float64, f.Classes)
	for _, row := range rows {
		Pictures{set}.Row(x, row)
		for k := range a {
			a[k] = f.Bias[k]
			for i, v := range x {
				a[k] += f.Weights[k*f.Inputs+i] * v
			}
		}
		f.probabilities(a)
		for k, p := range a {
			if k == int(set.Labels[row]) {
				sum += math.Log(p)
			} else if !f.softmax {
				sum += math.Log(1 - p)
			}
		}
	}
	return sum / float64(len(rows))
}

// Pictures is images as examples: pixels in [0, 1].
type Pictures struct{ *dataset.Images }

// Inputs implements Examples.
func (p Pictures) Inputs() int { return p.Size() }

// NumClasses implements Examples.
func (p Pictures) NumClasses() int { return p.Classes }

// Row implements Examples.
func (p Pictures) Row(x []float64, i int) int {
	for k, v := range p.Image(i) {
		x[k] = float64(v) / 255
	}
	return int(p.Labels[i])
}
