package baseline

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"infomorph/internal/batch"
	"infomorph/neuron"
)

// Examples is what a classifier learns from and is tested on.
type Examples interface {
	Len() int
	Inputs() int
	NumClasses() int
	// Row fills x, of length Inputs, with example i and returns its class.
	Row(x []float64, i int) (class int)
}

// Linear is a linear classifier: class k has evidence W_k·x + B_k.
type Linear struct {
	Classes, Inputs int
	Weights         []float64 // Classes × Inputs
	Bias            []float64
}

// Logistic says how logistic regression is fitted: by Adam on batches drawn
// without replacement.
type Logistic struct {
	Softmax bool // false: one against the rest, as infomorphic neurons do it
	Passes  int
	Batch   int     // 0: 128
	Rate    float64 // 0: 0.003
}

// Fit maximises the likelihood of the labels. Cost: O(passes · examples · inputs
// · classes).
func (l Logistic) Fit(set Examples, rng *rand.Rand) *Linear {
	if l.Batch == 0 {
		l.Batch = 128
	}
	if l.Rate == 0 {
		l.Rate = 0.003
	}
	classes, inputs := set.NumClasses(), set.Inputs()
	m := &Linear{Classes: classes, Inputs: inputs, Weights: make([]float64, classes*inputs), Bias: make([]float64, classes)}
	f := newFit(m, l)
	for range l.Passes {
		order := rng.Perm(set.Len())
		for len(order) > 0 {
			n := min(l.Batch, len(order))
			f.step(set, order[:n])
			order = order[n:]
		}
	}
	return m
}

// fit holds the working memory of one Fit.
type fit struct {
	*Linear
	softmax       bool
	weights, bias batch.Adam
	x, y, gw, gb  []float64
}

func newFit(m *Linear, l Logistic) *fit {
	return &fit{
		Linear: m, softmax: l.Softmax, weights: batch.Adam{Rate: l.Rate}, bias: batch.Adam{Rate: l.Rate},
		x: make([]float64, l.Batch*m.Inputs), y: make([]float64, l.Batch*m.Classes),
		gw: make([]float64, len(m.Weights)), gb: make([]float64, m.Classes),
	}
}

// step climbs the mean log-likelihood of a batch: its gradient is the mean of
// (target − probability)·x.
func (f *fit) step(set Examples, rows []int) {
	n := len(rows)
	class := make([]int, n)
	for i, row := range rows {
		class[i] = set.Row(f.x[i*f.Inputs:(i+1)*f.Inputs], row)
		copy(f.y[i*f.Classes:], f.Bias)
	}
	x := blas64.General{Rows: n, Cols: f.Inputs, Stride: f.Inputs, Data: f.x}
	y := blas64.General{Rows: n, Cols: f.Classes, Stride: f.Classes, Data: f.y}
	w := blas64.General{Rows: f.Classes, Cols: f.Inputs, Stride: f.Inputs, Data: f.Weights}
	g := blas64.General{Rows: f.Classes, Cols: f.Inputs, Stride: f.Inputs, Data: f.gw}
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, x, w, 1, y)
	clear(f.gb)
	for i := range rows {
		err := f.y[i*f.Classes : (i+1)*f.Classes]
		f.probabilities(err)
		floats.Scale(-1, err)
		err[class[i]]++
		floats.Scale(1/float64(n), err)
		floats.Add(f.gb, err)
	}
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, y, x, 0, g)
	f.weights.Step(f.Weights, f.gw)
	f.bias.Step(f.Bias, f.gb)
}

// probabilities turns evidence into probabilities in place.
func (f *fit) probabilities(a []float64) {
	if f.softmax {
		floats.AddConst(-floats.LogSumExp(a), a)
		for k, v := range a {
			a[k] = math.Exp(v)
		}
		return
	}
	for k, v := range a {
		a[k] = neuron.Sigmoid(v)
	}
}

// Classify returns the class with the largest evidence.
func (m *Linear) Classify(x []float64) int {
	best, at := math.Inf(-1), 0
	for k := range m.Classes {
		if e := m.Bias[k] + floats.Dot(m.Field(k), x); e > best {
			best, at = e, k
		}
	}
	return at
}

// Accuracy returns the share of examples whose class has the largest evidence.
func (m *Linear) Accuracy(set Examples) float64 {
	x, right := make([]float64, m.Inputs), 0
	for i := range set.Len() {
		if class := set.Row(x, i); m.Classify(x) == class {
			right++
		}
	}
	return float64(right) / float64(set.Len())
}

// Field returns the weights of a class; the slice is the classifier's own.
func (m *Linear) Field(class int) []float64 {
	return m.Weights[class*m.Inputs : (class+1)*m.Inputs]
}
