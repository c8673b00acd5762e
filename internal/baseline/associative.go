package baseline

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"infomorph/internal/batch"
	"infomorph/neuron"
)

// Rules are the learning rules that Associate knows.
var Rules = []string{"hebb", "storkey", "pseudo_inverse", "perceptron", "logistic"}

// Associate returns the N×N weights, row = target, diagonal 0, with which a
// rule stores patterns of ±1 bits:
//
//	hebb            W = Σ ξξᵀ/N
//	storkey         subtracts local fields at each pattern (Storkey 1997)
//	pseudo_inverse  W = Ξ(ΞᵀΞ)⁺Ξᵀ (Personnaz et al. 1985)
//	perceptron      each neuron learns its bit from the others', up to 1000 rounds
//	logistic        the same by logistic regression, 1000 full-batch steps of Adam
//
// It returns an error for another rule or no pattern.
func Associate(rule string, patterns [][]float64) (*mat.Dense, error) {
	if len(patterns) == 0 {
		return nil, errors.New("baseline: no pattern to store")
	}
	x := mat.NewDense(len(patterns), len(patterns[0]), nil)
	for k, p := range patterns {
		x.SetRow(k, p)
	}
	var w *mat.Dense
	switch rule {
	case "hebb":
		w = hebb(x)
	case "storkey":
		w = storkey(x)
	case "pseudo_inverse":
		w = pseudoInverse(x)
	case "perceptron":
		w = perceptron(x)
	case "logistic":
		w = logistic(x)
	default:
		return nil, fmt.Errorf("baseline: no rule %q; there are %v", rule, Rules)
	}
	for i := range patterns[0] {
		w.Set(i, i, 0)
	}
	return w, nil
}

func hebb(x *mat.Dense) *mat.Dense {
	_, n := x.Dims()
	w := mat.NewDense(n, n, nil)
	w.Mul(x.T(), x)
	w.Scale(1/float64(n), w)
	return w
}

// storkey adds (ξ_iξ_j − ξ_i h_ji − h_ij ξ_j)/N with h_ij = Σ_{k≠i,j} w_ik ξ_k.
func storkey(x *mat.Dense) *mat.Dense {
	m, n := x.Dims()
	w := mat.NewDense(n, n, nil)
	h := make([]float64, n)
	for k := range m {
		xi := x.RawRowView(k)
		for i := range n {
			h[i] = floats.Dot(w.RawRowView(i), xi) - w.At(i, i)*xi[i]
		}
		next := mat.DenseCopyOf(w)
		for i := range n {
			for j := range n {
				hij, hji := h[i]-w.At(i, j)*xi[j], h[j]-w.At(j, i)*xi[i]
				if i == j {
					hij, hji = h[i], h[i]
				}
				next.Set(i, j, w.At(i, j)+(xi[i]*xi[j]-xi[i]*hji-hij*xi[j])/float64(n))
			}
		}
		w = next
	}
	return w
}

// pseudoInverse returns the projection onto the span of the patterns. It uses
// the singular vectors of x with singular values that are not 0.
func pseudoInverse(x *mat.Dense) *mat.Dense {
	_, n := x.Dims()
	w := mat.NewDense(n, n, nil)
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThin) {
		return w
	}
	var v mat.Dense
	svd.VTo(&v)
	values := svd.Values(nil)
	rank := 0
	for rank < len(values) && values[rank] > 1e-9*values[0] {
		rank++
	}
	span := v.Slice(0, n, 0, rank)
	w.Mul(span, span.T())
	return w
}

const associateRounds = 1000

func perceptron(x *mat.Dense) *mat.Dense {
	m, n := x.Dims()
	w := mat.NewDense(n, n, nil)
	for i := range n {
		row := w.RawRowView(i)
		for range associateRounds {
			wrong := 0
			for k := range m {
				xi := x.RawRowView(k)
				if xi[i]*(floats.Dot(row, xi)-row[i]*xi[i]) <= 0 {
					floats.AddScaled(row, xi[i]/float64(n), xi)
					row[i] = 0
					wrong++
				}
			}
			if wrong == 0 {
				break
			}
		}
	}
	return w
}

func logistic(x *mat.Dense) *mat.Dense {
	m, n := x.Dims()
	w, e, g := mat.NewDense(n, n, nil), mat.NewDense(m, n, nil), mat.NewDense(n, n, nil)
	adam := batch.Adam{Rate: 0.05}
	for range associateRounds {
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, x.RawMatrix(), w.RawMatrix(), 0, e.RawMatrix())
		e.Apply(func(k, i int, a float64) float64 {
			return ((x.At(k, i)+1)/2 - neuron.Sigmoid(a)) / float64(m)
		}, e)
		blas64.Gemm(blas.Trans, blas.NoTrans, 1, e.RawMatrix(), x.RawMatrix(), 0, g.RawMatrix())
		for i := range n {
			g.Set(i, i, 0)
		}
		adam.Step(w.RawMatrix().Data, g.RawMatrix().Data)
	}
	return w
}

// Settle sets all bits to the sign of Σ w·x at once and repeats this until
// nothing changes, at most sweeps times. It returns the state. Bits of held
// that are not 0 stay as they are; held may be nil.
func Settle(w *mat.Dense, cue, held []float64, sweeps int) []float64 {
	x, next := append([]float64(nil), cue...), make([]float64, len(cue))
	for range sweeps {
		changed := false
		for i := range next {
			next[i] = x[i]
			if s := floats.Dot(w.RawRowView(i), x); s != 0 {
				next[i] = math.Copysign(1, s)
			}
			if held != nil && held[i] != 0 {
				next[i] = held[i]
			}
			changed = changed || next[i] != x[i]
		}
		x, next = next, x
		if !changed {
			break
		}
	}
	return x
}
