package batch

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/prefetch"
	"infomorph/internal/vec"
	"infomorph/pid"
)

// Port is one class of input of a whole population.
type Port struct {
	Bins pid.Bins
	// Fit lays the bins over the values of each neuron in each batch, from the
	// smallest to the largest, instead of over the fixed range.
	Fit bool
	// Soft spreads each sample over the two bins whose centres are nearest, so
	// that weights also follow how the goal depends on the bins. Bins that are
	// laid over the values (Fit) count as fixed for this.
	Soft   bool
	Frozen bool
	// Weights has a row of one weight per neuron for each input, or, where
	// Sources is not nil, one weight for each of a neuron's sources, neuron by
	// neuron.
	Weights []float64
	// Shift, where it is not nil, is subtracted from the sums, one value for each
	// neuron. It does not follow the weights: such a port must not learn.
	Shift []float64
	// Mask, where it is not nil, is 0 for synapses that do not exist.
	Mask []float64
	// Sources, where it is not nil, says which inputs each neuron hears.
	Sources [][]int32

	inputs   int
	gradient []float64
	all      []int32 // see every
	adam     Adam
	mean     []float64 // of the weights, see average
	linked   links
	signed   signs
}

// Rows is the input of a port over a batch, one row a sample: Sparse, or else
// Dense with inputs values a row, or neither for a port that hears nothing.
type Rows struct {
	Sparse []Sparse
	Dense  []float64
	Signs  bool // all of Dense is −1 or 1: the same result for a quarter of the time
}

func (r *Rows) silent() bool { return r.Sparse == nil && r.Dense == nil }

// Sparse is the inputs of one sample that are not 0.
type Sparse struct {
	Index []int32
	Value []float64
}

// NewPort returns a port of weights for inputs × neurons.
func NewPort(bins pid.Bins, inputs, neurons int) *Port {
	return &Port{Bins: bins, inputs: inputs, Weights: make([]float64, inputs*neurons), gradient: make([]float64, inputs*neurons)}
}

// NewSparsePort returns a port where each neuron hears the given inputs only;
// its input must be dense.
func NewSparsePort(bins pid.Bins, inputs int, sources [][]int32) *Port {
	n := 0
	for _, s := range sources {
		n += len(s)
	}
	return &Port{Bins: bins, inputs: inputs, Sources: sources, Weights: make([]float64, n), gradient: make([]float64, n)}
}

func (p *Port) validate(neurons int) error {
	want := p.inputs * neurons
	if p.Sources != nil {
		want = len(p.gradient)
	}
	if len(p.Weights) != want || p.Sources != nil && len(p.Sources) != neurons {
		return errors.New("batch: a port's weights do not fit")
	}
	for _, from := range p.Sources {
		for _, s := range from {
			if s < 0 || int(s) >= p.inputs {
				return errors.New("batch: a port has no such input")
			}
		}
	}
	if p.Shift != nil && len(p.Shift) != neurons {
		return errors.New("batch: a port has no shift for each neuron")
	}
	return p.Bins.Validate()
}

// check panics unless x has n rows of as many values as the port has inputs. With
// rows of another length, every sample but the first would get values of others.
func (p *Port) check(x Rows, n int) {
	if x.Dense != nil && len(x.Dense) != n*p.inputs || x.Sparse != nil && len(x.Sparse) != n {
		panic(fmt.Sprintf("batch: %d values and %d lists are not %d rows of %d inputs", len(x.Dense), len(x.Sparse), n, p.inputs))
	}
}

// forward writes Σ w·x − shift of each sample and neuron into sums.
func (p *Port) forward(sums []float64, x Rows, neurons int) {
	p.multiply(sums, x, neurons)
	if p.Shift == nil {
		return
	}
	for i := 0; i < len(sums); i += neurons {
		floats.Sub(sums[i:i+neurons], p.Shift)
	}
}

func (p *Port) multiply(sums []float64, x Rows, neurons int) {
	n := len(sums) / neurons
	switch {
	case x.silent() || p.inputs == 0:
		clear(sums)
	case p.Sources != nil:
		p.linked.forward(sums, p, x.Dense)
	case x.Signs:
		p.signed.forward(sums, p, x.Dense, neurons)
	case x.Sparse == nil:
		clear(sums)
		for i := range n {
			vec.AddRows(sums[i*neurons:(i+1)*neurons], p.Weights, p.every(), x.Dense[i*p.inputs:(i+1)*p.inputs])
		}
	default:
		clear(sums)
		for i := range n {
			s := &x.Sparse[i]
			if i+2 < n {
				next := &x.Sparse[i+2]
				prefetch.Slice(next.Index)
				prefetch.Slice(next.Value)
			}
			vec.AddRows(sums[i*neurons:(i+1)*neurons], p.Weights, s.Index, s.Value)
		}
	}
}

// backward sets the gradient of the weights from dG/d sum.
func (p *Port) backward(drive []float64, x Rows, neurons int) {
	n := len(drive) / neurons
	switch {
	case p.inputs == 0:
	case p.Sources != nil:
		p.linked.backward(drive, p, x.Dense)
	case x.Signs:
		p.signed.backward(drive, p, x.Dense, neurons)
	case x.Sparse == nil:
		clear(p.gradient)
		for i := range n {
			vec.AddOuter(p.gradient, drive[i*neurons:(i+1)*neurons], p.every(), x.Dense[i*p.inputs:(i+1)*p.inputs])
		}
	default:
		clear(p.gradient)
		for i := range n {
			s := &x.Sparse[i]
			vec.AddOuter(p.gradient, drive[i*neurons:(i+1)*neurons], s.Index, s.Value)
		}
	}
}

// every returns the indices of all inputs.
func (p *Port) every() []int32 {
	for i := len(p.all); i < p.inputs; i++ {
		p.all = append(p.all, int32(i))
	}
	return p.all
}

// step moves the weights along the gradient.
func (p *Port) step(rate, decay float64) {
	p.adam.Rate, p.adam.Decay = rate, decay
	if p.Mask != nil {
		floats.Mul(p.gradient, p.Mask)
	}
	p.adam.Step(p.Weights, p.gradient)
}
