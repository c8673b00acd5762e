package neuron

import (
	"math"

	"infomorph/internal/vec"
)

// moments is the memory of a port with norm Adam. Each synapse keeps running
// means of its gradient and of the square of its gradient, so that its steps
// are as large as those of synapses with larger gradients (Kingma & Ba 2015,
// end of section 2.1). No other synapse has a part in this.
//
//	g = D·θ(1−θ)·∂A/∂port·x,  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²
//	w += rate·√(1−β₂ᵗ)/(1−β₁ᵗ)·m/(√v + ε)
type moments struct {
	mean, square []float64  // m and v of each synapse
	own          [4]float64 // m and v of the bias, then β₁ᵗ and β₂ᵗ after t steps
}

// The constants of Adam. A neuron learns from single samples, so its gradients
// are averaged over more of them than those of batches.
const (
	adamMean    = 0.99
	adamSquare  = 0.999
	adamEpsilon = 1e-8
)

func newMoments(synapses int) *moments {
	return &moments{mean: make([]float64, synapses), square: make([]float64, synapses), own: [4]float64{2: 1, 3: 1}}
}

// adapt moves the weights by a step of Adam along gain·x, then decays and clips
// them.
func (p *port) adapt(rate, gain float64) {
	a := p.moments
	a.own[2] *= adamMean
	a.own[3] *= adamSquare
	size := rate * math.Sqrt(1-a.own[3]) / (1 - a.own[2])
	step := vec.AdamStep{Mean: 1 - adamMean, Square: 1 - adamSquare, Rate: size, Scale: 1, Least: adamEpsilon, Gain: gain}
	step.Step(p.w[:len(a.mean)], p.input(), a.mean, a.square)
	if p.cfg.Bias {
		a.own[0] += (1 - adamMean) * (gain - a.own[0])
		a.own[1] += (1 - adamSquare) * (gain*gain - a.own[1])
		p.bias += size * a.own[0] / (math.Sqrt(a.own[1]) + adamEpsilon)
	}
	p.jumped = p.jumped || !(math.Abs(gain*size) <= jump && size <= jump/10)
	p.bound()
}
