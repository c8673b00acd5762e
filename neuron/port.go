package neuron

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// port is one class of input: the synapses that arrive there and their sum.
//
// Invariant: sum is Σ w·x (x centred where the port centres its inputs) up to
// rounding; it is recomputed in full after every learning step, and at the
// first update after refreshEvery adjustments, so rounding errors do not pile
// up. A port that centres brings it up to date at each update.
type port struct {
	cfg      *PortConfig
	w, x     []float64
	mean, xc []float64 // running means and x−mean; nil unless the port centres
	bias     float64
	sum      float64
	adjusted int // single adjustments of sum since it was last computed in full
}

const refreshEvery = 4096

func newPort(cfg *PortConfig, weights []float64) port {
	p := port{cfg: cfg, w: weights, x: make([]float64, len(weights))}
	if cfg.Center > 0 {
		p.mean = make([]float64, len(weights))
		p.xc = make([]float64, len(weights))
	}
	return p
}

// apply gives synapses their new presynaptic values, one by one: how events
// are grouped into calls must not show in the sum.
func (p *port) apply(events []Event, lowPass float64) {
	sum := p.sum
	for i := range events {
		e := &events[i]
		d := lowPass * (float64(e.Value) - p.x[e.Slot])
		p.x[e.Slot] += d
		sum += p.w[e.Slot] * d
	}
	p.sum = sum
	p.adjusted += len(events)
}

// refresh recomputes the sum from the synapses.
func (p *port) refresh() {
	p.adjusted = 0
	p.sum = floats.Dot(p.w, p.input())
}

// input returns the presynaptic values as the weights see them.
func (p *port) input() []float64 {
	if p.xc == nil {
		return p.x
	}
	return floats.SubTo(p.xc, p.x, p.mean)
}

// value returns the port's value and d value / d sum.
func (p *port) value() (v, slope float64) {
	if p.adjusted >= refreshEvery || p.adjusted > 0 && p.xc != nil {
		p.refresh()
	}
	s := p.sum + p.bias
	if !p.cfg.HalfTanh {
		return s, 1
	}
	v = math.Tanh(s / 2)
	return v, (1 - v*v) / 2
}

// center moves the running means towards the inputs: rate max(Center, 1/n)
// at the n-th learning update.
func (p *port) center(n int64) {
	if p.mean == nil {
		return
	}
	rate := max(p.cfg.Center, 1/float64(n))
	for i, x := range p.x {
		p.mean[i] += rate * (x - p.mean[i])
	}
	p.refresh()
}

// step moves the weights by gain·x, then decays and clips them.
func (p *port) step(gain float64) {
	floats.AddScaled(p.w, gain, p.input())
	if p.cfg.Bias {
		p.bias += gain
	}
	if p.cfg.Decay > 0 {
		floats.Scale(1-p.cfg.Decay, p.w)
	}
	if c := p.cfg.Clip; c > 0 {
		for i, w := range p.w {
			p.w[i] = min(max(w, -c), c)
		}
	}
	p.refresh()
}

// norm returns the divisor of a GoalGradient step.
func (p *port) norm() float64 {
	switch p.cfg.Norm {
	case ByFanIn:
		return float64(max(len(p.w), 1))
	case ByPower:
		x := p.input()
		return 1 + floats.Dot(x, x)
	default:
		return 1
	}
}
