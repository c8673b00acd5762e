package neuron

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"infomorph/pid"
)

// learn takes one learning step with the current sample: the sample enters the
// window, and the weights of each plastic port change by
//
//	Δw = rate/norm · D(cell) · θ(1−θ) · ∂A/∂port · x
//
// where D = D(s,1) − D(s,0) [bit] is the gradient of the goal from the window
// (Makkeh et al. 2025; pid.Window.Gradient). Cost: O(fan-in + bins). It returns
// what broke, or nil.
func (n *Neuron) learn(s *[NumPorts]float64, theta float64, grad *[NumPorts]float64) *Breakdown {
	n.steps++
	n.followResidual(theta)
	cell := n.cell(s)
	n.window.Push(cell, n.kept(theta))
	if n.steps > int64(n.cfg.WarmUp) && !n.stable(s) {
		d := n.gradient(cell)
		if !isFinite(d) {
			return &Breakdown{What: GradientBroke, Value: d}
		}
		for p := range n.ports {
			n.stepPort(Port(p), d*theta*(1-theta)*grad[p], s)
		}
	}
	for p := range n.ports {
		n.ports[p].center(n.steps)
	}
	n.balance(s[Receptive])
	n.balanceRate(theta)
	return n.brokenPort()
}

// lookEvery is after how many learning updates all weights are checked. In
// between, only ports with a large change are checked, so that no weight gets
// far outside its bound without notice.
const lookEvery = 32

// brokenPort returns a weight outside its bound, or nil.
func (n *Neuron) brokenPort() *Breakdown {
	all := n.steps%lookEvery == 0
	for p := range n.ports {
		port := &n.ports[p]
		if !all && !port.jumped {
			continue
		}
		port.jumped = false
		if b := port.broken(); b != nil {
			b.Port = Port(p)
			return b
		}
	}
	return nil
}

// residualRate is the rate of the running mean in followResidual: about 200 updates.
const residualRate = 0.005

// followResidual follows the residual entropy h_res = H(Y|R,C) of the output [bit], if
// anything needs it. Since Y is drawn with the probability θ that the sources
// give, it is the mean entropy of θ:
//
//	h += (H(θ) − h)/200,  H(θ) = −θ log2 θ − (1−θ) log2 (1−θ)
//
// It begins with the largest possible value, 1 bit.
func (n *Neuron) followResidual(theta float64) {
	if n.cfg.followsResidual() {
		n.residual += residualRate * (-theta*math.Log2(theta) - (1-theta)*math.Log2(1-theta) - n.residual)
	}
}

// balanceRate is homeostasis of the firing rate.
func (n *Neuron) balanceRate(theta float64) {
	h := &n.cfg.Homeostasis
	gain := h.BiasGain.At(n.steps, n.residual)
	if gain <= 0 {
		return
	}
	n.meanRate += h.MeanRate * (theta - n.meanRate)
	band := 1 + h.Tolerance
	target := min(max(n.meanRate, h.Rate/band), h.Rate*band)
	n.ports[Receptive].shift(gain * (target - theta))
}

// kept returns the output of an update as the window keeps it.
func (n *Neuron) kept(theta float64) float64 {
	if n.cfg.HardBits {
		return float64(n.y+1) / 2
	}
	return theta
}

func (n *Neuron) cell(s *[NumPorts]float64) (c [3]int) {
	for p := range n.cfg.Sources {
		c[p] = n.cfg.Ports[p].Bins.Index(s[p])
	}
	return c
}

func (n *Neuron) gradient(cell [3]int) float64 {
	d := n.window.Gradient(cell)
	if m := n.cfg.StepClip; m > 0 {
		d = min(max(d, -m), m)
	}
	return d
}

// stepPort changes the weights of one port; drive is dG/d(port value).
func (n *Neuron) stepPort(p Port, drive float64, s *[NumPorts]float64) {
	port := &n.ports[p]
	if len(port.w) == 0 && !port.cfg.Bias {
		return
	}
	rate := port.cfg.Rate.At(n.steps, n.residual) * n.rateScale
	switch port.cfg.Rule {
	case GoalGradient:
		if port.moments != nil {
			port.adapt(rate, drive)
			return
		}
		port.step(rate / port.norm() * drive)
	case DeltaRule:
		port.step(rate * (float64(n.y) - s[p]))
	}
}

// stable reports whether the stability gate stops weight changes.
func (n *Neuron) stable(s *[NumPorts]float64) bool {
	if n.cfg.StabilityNorm <= 0 {
		return false
	}
	norm := floats.Norm(n.ports[Contextual].w, 2)
	return norm > n.cfg.StabilityNorm && float64(signOf(s[Receptive], 0))*s[Contextual] > norm
}

// balance is homeostasis of the receptive value's spread.
func (n *Neuron) balance(r float64) {
	h := &n.cfg.Homeostasis
	if h.Gain <= 0 {
		return
	}
	n.meanR += h.MeanRate * (r - n.meanR)
	target := h.Target.At(n.steps, n.residual)
	d := (r - n.meanR) / target
	n.ports[Receptive].scale(1 + h.Gain*max(-1, 1-d*d))
}

// windowConfig returns the window of this neuron with its prior.
func (n *Neuron) windowConfig() pid.WindowConfig {
	w := n.cfg.window()
	w.Prior = n.prior()
	return w
}

// window returns the window of a neuron without its prior.
func (c *Config) window() pid.WindowConfig {
	bins := make([]int, c.Sources)
	for p := range bins {
		bins[p] = c.Ports[p].Bins.N
	}
	return pid.WindowConfig{NumBins: bins, Capacity: c.Window, Goal: c.Goal}
}

// prior returns the pseudo-samples of the neuron, for its present receptive
// weights.
func (n *Neuron) prior() []pid.Pseudo {
	return n.cfg.PriorSamples(floats.Norm(n.ports[Receptive].w, 1))
}

// PriorSamples returns the pseudo-samples of a neuron whose receptive weights
// have the given sum of magnitudes, or nil without a prior. Mass samples for
// each receptive bin are distributed over the contextual bins, as a Gaussian, at
// lateral value 0. The receptive value of a bin is its middle. But if there are
// only two bins, for the sign, it is the largest value that the weights allow.
func (c *Config) PriorSamples(reach float64) []pid.Pseudo {
	if c.Prior.Mass <= 0 || c.Prior.Sigma <= 0 {
		return nil
	}
	rb, cb := c.Ports[Receptive].Bins, c.Ports[Contextual].Bins
	var samples []pid.Pseudo
	for i := range rb.N {
		r := binMiddle(rb, i)
		if rb.N == 2 && rb.Lo == -rb.Hi {
			r = math.Copysign(reach, r)
		}
		samples = c.appendPriorRow(samples, i, r, cb)
	}
	return samples
}

func (c *Config) appendPriorRow(samples []pid.Pseudo, row int, r float64, cb pid.Bins) []pid.Pseudo {
	total, first := 0.0, len(samples)
	lateral := 0
	if c.Sources == 3 {
		lateral = c.Ports[Lateral].Bins.Index(0)
	}
	// The peak is at the bin nearest to 0, so that even a narrow Gaussian has
	// weight.
	peak := binMiddle(cb, cb.Index(0)) / c.Prior.Sigma
	for j := range cb.N {
		v := binMiddle(cb, j)
		z := v / c.Prior.Sigma
		g := math.Exp((peak - z) * (peak + z) / 2)
		A, _ := c.Activation.Eval([NumPorts]float64{r, v})
		samples = append(samples, pid.Pseudo{Cell: [3]int{row, j, lateral}, Theta: Theta(A, c.thetaFloor()), Weight: g})
		total += g
	}
	for k := first; k < len(samples); k++ {
		samples[k].Weight *= c.Prior.Mass / total
	}
	return samples
}

func binMiddle(b pid.Bins, i int) float64 {
	return b.Lo + (float64(i)+0.5)*(b.Hi-b.Lo)/float64(b.N)
}
