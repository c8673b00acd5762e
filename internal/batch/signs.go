package batch

import (
	"math"
	"math/bits"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/vec"
)

// signBits is how many inputs are looked up together.
const signBits = 6

// signs multiplies by inputs that are all −1 or 1, a few at a time. A group of
// inputs adds one of 2^signBits rows; to compute these rows once is cheaper
// than to add up the weights again for each sample (Arlazarov et al. 1970).
type signs struct {
	codes []uint8   // by group, then sample: bit b is whether input b of the group is 1
	table []float64 // code × neuron
}

// pack finds the codes of samples.
func (s *signs) pack(x []float64, inputs, samples int) (groups int) {
	groups = (inputs + signBits - 1) / signBits
	if n := groups * samples; cap(s.codes) < n {
		s.codes = make([]uint8, n)
	}
	s.codes = s.codes[:groups*samples]
	for i := range samples {
		row := x[i*inputs : (i+1)*inputs]
		for g := range groups {
			code := uint8(0)
			for b, v := range row[g*signBits : min((g+1)*signBits, inputs)] {
				code |= uint8(^math.Float64bits(v)>>63) << b
			}
			s.codes[g*samples+i] = code
		}
	}
	return groups
}

// forward writes Σ w·x of each sample and neuron into sums.
func (s *signs) forward(sums []float64, p *Port, x []float64, neurons int) {
	samples := len(sums) / neurons
	groups := s.pack(x, p.inputs, samples)
	s.table = Sized(s.table, neurons<<signBits)
	clear(sums)
	for g := range groups {
		w := p.Weights[g*signBits*neurons : min((g+1)*signBits, p.inputs)*neurons]
		s.tabulate(w, neurons)
		for i, code := range s.codes[g*samples : (g+1)*samples] {
			vec.Add(sums[i*neurons:(i+1)*neurons], s.at(int(code), neurons))
		}
	}
}

func (s *signs) at(code, neurons int) []float64 {
	return s.table[code*neurons : (code+1)*neurons]
}

// tabulate sums a group's rows of weights for every code: −Σ w for code 0, and
// 2w more for each bit.
func (s *signs) tabulate(w []float64, neurons int) {
	none := s.at(0, neurons)
	clear(none)
	inputs := len(w) / neurons
	for b := range inputs {
		floats.Sub(none, w[b*neurons:(b+1)*neurons])
	}
	for code := 1; code < 1<<inputs; code++ {
		b := bits.TrailingZeros(uint(code))
		floats.AddScaledTo(s.at(code, neurons), s.at(code&(code-1), neurons), 2, w[b*neurons:(b+1)*neurons])
	}
}

// backward sets the gradient of the weights from dG/d sum.
func (s *signs) backward(drive []float64, p *Port, x []float64, neurons int) {
	samples := len(drive) / neurons
	groups := s.pack(x, p.inputs, samples)
	s.table = Sized(s.table, neurons<<signBits)
	for g := range groups {
		first, last := g*signBits, min((g+1)*signBits, p.inputs)
		clear(s.table[:neurons<<(last-first)])
		for i, code := range s.codes[g*samples : (g+1)*samples] {
			vec.Add(s.at(int(code), neurons), drive[i*neurons:(i+1)*neurons])
		}
		s.gather(p.gradient[first*neurons:last*neurons], neurons)
	}
}

// gather turns the sums of drives by code into the gradient of the group: for
// each bit, the sums where it is set minus those where it is not. The table is
// folded bit by bit, from the highest.
func (s *signs) gather(gradient []float64, neurons int) {
	clear(gradient)
	for b := len(gradient)/neurons - 1; b >= 0; b-- {
		g, half := gradient[b*neurons:(b+1)*neurons], 1<<b
		for code := range half {
			low, high := s.at(code, neurons), s.at(code+half, neurons)
			vec.Add(g, high)
			floats.Sub(g, low)
			vec.Add(low, high)
		}
	}
}
