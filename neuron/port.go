package neuron

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// port is one class of input: the synapses of that class, and their weighted
// sum.
//
// The sum is computed only when it is needed, and always completely, never
// adjusted event by event. So rounding errors do not accumulate, and the result
// does not depend on how events are divided into inboxes.
//
// A port that is shown its inputs has no x between two updates; see Inbox.
type port struct {
	cfg      *PortConfig
	w, x     []float64
	*centre           // nil unless the port centres its inputs
	moments  *moments // nil unless the port has norm Adam
	bias     float64
	sum      float64 // Σ w·x, with x centred if the port centres its inputs
	newInput bool    // xc is outdated
	newSum   bool    // sum is outdated
	jumped   bool    // weights or bias had a large change, or are not finite
}

// centre holds the running means of the inputs, and the inputs minus their
// means.
type centre struct{ mean, xc []float64 }

// numOwn is how many slices own returns.
const numOwn = 4

// own returns what the port remembers besides weights and inputs, nil for what
// it does not: the running means of its inputs and the moments of its
// gradients, one value for each synapse, and then the moments of the bias.
func (p *port) own() (all [numOwn][]float64) {
	if p.centre != nil {
		all[0] = p.mean
	}
	if m := p.moments; m != nil {
		all[1], all[2], all[3] = m.mean, m.square, m.own[:]
	}
	return all
}

// A larger change than these in one learning update counts as a jump. jump is a
// multiple of the input, swell a multiple of the weight.
const (
	jump  = 0.25
	swell = 1.0 / lookEvery
)

func newPort(cfg *PortConfig, weights []float64) port {
	p := port{cfg: cfg, w: weights}
	if cfg.Center > 0 {
		p.centre = &centre{make([]float64, len(weights)), make([]float64, len(weights))}
	}
	if cfg.adapts() {
		p.moments = newMoments(len(weights))
	}
	return p
}

// take sets new presynaptic values, directly or through a low-pass.
func (p *port) take(events []Event, lowPass float64) {
	x := p.x
	if lowPass == 1 {
		for i := range events {
			x[events[i].Slot] = float64(events[i].Value)
		}
		return
	}
	for i := range events {
		e := &events[i]
		x[e.Slot] += lowPass * (float64(e.Value) - x[e.Slot])
	}
}

// ownValues returns how many values own returns for a port with n synapses.
func (p *PortConfig) ownValues(n int) (values int) {
	if p.Center > 0 {
		values += n
	}
	if p.adapts() {
		values += 2*n + len(moments{}.own)
	}
	return values
}

// Own returns the memory per synapse of what the port keeps for its learning
// besides weight and input [bytes].
func (p *PortConfig) Own() (bytes int) {
	if p.Center > 0 {
		bytes += 2 * 8 // the mean, and the input without it
	}
	if p.adapts() {
		bytes += 2 * 8 // the moments
	}
	return bytes
}

// adapts reports whether synapses keep moments.
func (p *PortConfig) adapts() bool { return p.Rule == GoalGradient && p.Norm == Adam }

// touch marks the inputs as changed.
func (p *port) touch() { p.newInput, p.newSum = true, true }

// input returns the presynaptic values, centred if the port centres them.
func (p *port) input() []float64 {
	if p.centre == nil {
		return p.x
	}
	if p.newInput {
		floats.SubTo(p.xc, p.x, p.mean)
		p.newInput = false
	}
	return p.xc
}

// offCentre returns what centring subtracts from the sum.
func (p *port) offCentre() float64 {
	if p.centre == nil {
		return 0
	}
	return floats.Dot(p.w, p.mean)
}

// value returns the port's value and d value / d sum.
func (p *port) value() (v, slope float64) {
	if p.newSum {
		p.sum = floats.Dot(p.w, p.input())
		p.newSum = false
	}
	s := p.sum + p.bias
	if !p.cfg.HalfTanh {
		return s, 1
	}
	v = math.Tanh(s / 2)
	return v, (1 - v*v) / 2
}

// center moves the running means towards the inputs. The rate at the n-th
// learning update is max(Center, 1/n).
func (p *port) center(n int64) {
	if p.centre == nil {
		return
	}
	rate := max(p.cfg.Center, 1/float64(n))
	for i, x := range p.x {
		p.mean[i] += rate * (x - p.mean[i])
	}
	p.touch()
}

// step moves the weights by gain·x, then decays and clips them.
func (p *port) step(gain float64) {
	floats.AddScaled(p.w, gain, p.input())
	p.jumped = p.jumped || !(math.Abs(gain) <= jump)
	if p.cfg.Bias {
		p.bias += gain
	}
	p.bound()
}

// bound decays and clips the weights after a step.
func (p *port) bound() {
	if p.cfg.Decay > 0 {
		floats.Scale(1-p.cfg.Decay, p.w)
	}
	if p.cfg.Clip > 0 {
		clip(p.w, p.cfg.Clip)
	}
	p.newSum = true
}

// clip bounds every weight to ±c. Few weights are out of bounds, so two
// predictable branches are faster than min and max.
func clip(ws []float64, c float64) {
	for i, w := range ws {
		if w > c {
			ws[i] = c
		} else if w < -c {
			ws[i] = -c
		}
	}
}

// scale multiplies the weights.
func (p *port) scale(factor float64) {
	floats.Scale(factor, p.w)
	p.jumped = p.jumped || !(math.Abs(factor-1) <= swell)
	p.newSum = true
}

// shift moves the bias.
func (p *port) shift(by float64) {
	p.bias += by
	p.jumped = p.jumped || !(math.Abs(by) <= jump)
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
