package batch

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"infomorph/pid"
)

// Port is one class of input of a whole population.
type Port struct {
	Bins pid.Bins
	// Fit lays the bins over the values of each neuron in each batch, from the
	// smallest to the largest, instead of over the fixed range.
	Fit    bool
	Frozen bool
	// Weights has a row of one weight per neuron for each input.
	Weights []float64
	// Mask, where it is not nil, is 0 for synapses that do not exist.
	Mask []float64

	inputs   int
	gradient []float64
	adam     Adam
}

// Rows is the input of a port over a batch, one row a sample: Sparse, or else
// Dense with inputs values a row.
type Rows struct {
	Sparse []Sparse
	Dense  []float64
}

// Sparse is the inputs of one sample that are not 0.
type Sparse struct {
	Index []int32
	Value []float64
}

// NewPort returns a port of weights for inputs × neurons.
func NewPort(bins pid.Bins, inputs, neurons int) *Port {
	return &Port{Bins: bins, inputs: inputs, Weights: make([]float64, inputs*neurons), gradient: make([]float64, inputs*neurons)}
}

// forward writes Σ w·x of each sample and neuron into sums.
func (p *Port) forward(sums []float64, x Rows, neurons int) {
	n := len(sums) / neurons
	if x.Sparse == nil {
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, p.matrix(x.Dense, n, p.inputs), p.matrix(p.Weights, p.inputs, neurons), 0, p.matrix(sums, n, neurons))
		return
	}
	clear(sums)
	for i := range n {
		row := sums[i*neurons : (i+1)*neurons]
		s := &x.Sparse[i]
		for k, at := range s.Index {
			floats.AddScaled(row, s.Value[k], p.Weights[int(at)*neurons:(int(at)+1)*neurons])
		}
	}
}

// backward sets the gradient of the weights from dG/d sum.
func (p *Port) backward(drive []float64, x Rows, neurons int) {
	n := len(drive) / neurons
	if x.Sparse == nil {
		blas64.Gemm(blas.Trans, blas.NoTrans, 1, p.matrix(x.Dense, n, p.inputs), p.matrix(drive, n, neurons), 0, p.matrix(p.gradient, p.inputs, neurons))
		return
	}
	clear(p.gradient)
	for i := range n {
		row := drive[i*neurons : (i+1)*neurons]
		s := &x.Sparse[i]
		for k, at := range s.Index {
			floats.AddScaled(p.gradient[int(at)*neurons:(int(at)+1)*neurons], s.Value[k], row)
		}
	}
}

func (p *Port) matrix(data []float64, rows, cols int) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: data[:rows*cols]}
}

// step moves the weights along the gradient.
func (p *Port) step(rate, decay float64) {
	p.adam.Rate, p.adam.Decay = rate, decay
	if p.Mask != nil {
		floats.Mul(p.gradient, p.Mask)
	}
	p.adam.Step(p.Weights, p.gradient)
}
