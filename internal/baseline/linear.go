package baseline

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"infomorph/internal/batch"
	"infomorph/internal/dataset"
	"infomorph/neuron"
)

// Linear is a linear classifier of images: class k has evidence W_k·x + B_k,
// x the pixels in [0, 1].
type Linear struct {
	Classes, Inputs int
	Weights         []float64 // Classes × Inputs
	Bias            []float64
}

// Logistic says how logistic regression is fitted: by Adam on batches drawn
// without replacement.
type Logistic struct {
	Softmax bool // else one against all, as infomorphic neurons have to
	Passes  int
	Batch   int     // 0: 128
	Rate    float64 // 0: 0.003
}

// Fit maximises the likelihood of the labels. Cost: O(passes · images · pixels
// · classes).
func (l Logistic) Fit(set *dataset.Images, rng *rand.Rand) *Linear {
	if l.Batch == 0 {
		l.Batch = 128
	}
	if l.Rate == 0 {
		l.Rate = 0.003
	}
	m := &Linear{Classes: set.Classes, Inputs: set.Size(), Weights: make([]float64, set.Classes*set.Size()), Bias: make([]float64, set.Classes)}
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

// fit is the memory of one Fit.
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
func (f *fit) step(set *dataset.Images, rows []int) {
	n := len(rows)
	for i, row := range rows {
		fill(f.x[i*f.Inputs:(i+1)*f.Inputs], set.Image(row))
		copy(f.y[i*f.Classes:], f.Bias)
	}
	x := blas64.General{Rows: n, Cols: f.Inputs, Stride: f.Inputs, Data: f.x}
	y := blas64.General{Rows: n, Cols: f.Classes, Stride: f.Classes, Data: f.y}
	w := blas64.General{Rows: f.Classes, Cols: f.Inputs, Stride: f.Inputs, Data: f.Weights}
	g := blas64.General{Rows: f.Classes, Cols: f.Inputs, Stride: f.Inputs, Data: f.gw}
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, x, w, 1, y)
	clear(f.gb)
	for i, row := range rows {
		err := f.y[i*f.Classes : (i+1)*f.Classes]
		f.probabilities(err)
		floats.Scale(-1, err)
		err[set.Labels[row]]++
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

func fill(x []float64, pixels []uint8) {
	for i, v := range pixels {
		x[i] = float64(v) / 255
	}
}

// Accuracy returns the share of images whose class has the largest evidence.
func (m *Linear) Accuracy(set *dataset.Images) float64 {
	x, right := make([]float64, m.Inputs), 0
	for i := range set.Len() {
		fill(x, set.Image(i))
		best, at := math.Inf(-1), 0
		for k := range m.Classes {
			if e := m.Bias[k] + floats.Dot(m.Field(k), x); e > best {
				best, at = e, k
			}
		}
		if at == int(set.Labels[i]) {
			right++
		}
	}
	return float64(right) / float64(set.Len())
}

// Field returns the weights of a class; the slice is the classifier's own.
func (m *Linear) Field(class int) []float64 {
	return m.Weights[class*m.Inputs : (class+1)*m.Inputs]
}
