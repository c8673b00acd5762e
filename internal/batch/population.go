package batch

import (
	"errors"
	"math"

	"infomorph/neuron"
	"infomorph/pid"
)

// Population is neurons that share everything but their weights.
type Population struct {
	Neurons    int
	Activation neuron.Activation
	Goal       pid.Goal
	Ports      []*Port // as many as the goal has sources, in order r, c, l
	Rate       float64 // of Adam
	Decay      float64

	sums  [][]float64 // by port: sample × neuron
	drive [][]float64 // by port: slope of the activation, then dG/d sum
	theta []float64   // sample × neuron
	bins  [][]int     // of one neuron, by port
	own   []float64   // θ of one neuron
	slope []float64   // dG/dθ of one neuron
	size  int
}

// Validate returns an error unless ports and goal fit.
func (p *Population) Validate() error {
	if p.Neurons < 1 || len(p.Ports) != p.Goal.NumSources() {
		return errors.New("batch: a population needs neurons and a port for each source of its goal")
	}
	for _, port := range p.Ports {
		if err := port.Bins.Validate(); err != nil {
			return err
		}
		if len(port.Weights) != port.inputs*p.Neurons {
			return errors.New("batch: a port's weights do not fit")
		}
	}
	return nil
}

// Forward computes the sums and firing probabilities of n samples; x has the
// input of each port. What it returns holds until the next call.
func (p *Population) Forward(n int, x ...Rows) (theta []float64) {
	p.reserve(n)
	for k, port := range p.Ports {
		port.forward(p.sums[k], x[k], p.Neurons)
	}
	return p.fire()
}

// Again computes the firing probabilities anew after the input of one port has
// changed; the sums of the others stay as Forward found them.
func (p *Population) Again(port neuron.Port, x Rows) (theta []float64) {
	p.Ports[port].forward(p.sums[port], x, p.Neurons)
	return p.fire()
}

// fire evaluates every neuron on every sample, and keeps the slopes of the
// activation for Learn.
func (p *Population) fire() []float64 {
	var s [neuron.NumPorts]float64
	for i := range p.theta {
		for k := range p.Ports {
			s[k] = p.sums[k][i]
		}
		a, grad := p.Activation.Eval(s)
		for k := range p.Ports {
			p.drive[k][i] = grad[k]
		}
		p.theta[i] = neuron.Theta(a, neuron.ThetaFloor)
	}
	return p.theta
}

// Sums returns the values of a port after Forward: sample × neuron.
func (p *Population) Sums(port neuron.Port) []float64 { return p.sums[port] }

func (p *Population) reserve(n int) {
	if p.size == n {
		return
	}
	p.size = n
	p.sums, p.drive, p.bins = nil, nil, nil
	for range p.Ports {
		p.sums, p.drive = append(p.sums, make([]float64, n*p.Neurons)), append(p.drive, make([]float64, n*p.Neurons))
		p.bins = append(p.bins, make([]int, n))
	}
	p.theta, p.own, p.slope = make([]float64, n*p.Neurons), make([]float64, n), make([]float64, n)
}

// Learn takes one step of Adam up the mean goal of the batch that Forward has
// seen, once after each Forward and with the same x, and returns that goal [bit], averaged over neurons.
//
//	dG/dw = Σ_i dG/dθ_i · θ_i(1−θ_i) · ∂A/∂(port sum) · x_i
func (p *Population) Learn(x ...Rows) (goal float64, err error) {
	for j := range p.Neurons {
		g, err := p.drives(j)
		if err != nil {
			return 0, err
		}
		goal += g / float64(p.Neurons)
	}
	for k, port := range p.Ports {
		if port.Frozen {
			continue
		}
		port.backward(p.drive[k], x[k], p.Neurons)
		port.step(p.Rate, p.Decay)
	}
	return goal, nil
}

// Decompose returns the decomposition of one neuron over the batch that
// Forward has seen.
func (p *Population) Decompose(j int) (*pid.Decomposition, error) {
	_, d, err := pid.BatchGoal(nil, p.Goal, p.place(j), p.bins, p.own)
	return d, err
}

// place finds the bin of every sample at every port for one neuron, and its θ,
// and returns the numbers of bins.
func (p *Population) place(j int) (nbins []int) {
	nbins = make([]int, len(p.Ports))
	for k, port := range p.Ports {
		bins := port.Bins
		if port.Fit {
			bins.Lo, bins.Hi = extent(p.sums[k], j, p.Neurons)
		}
		nbins[k] = bins.N
		for i := range p.size {
			p.bins[k][i] = bins.Index(p.sums[k][i*p.Neurons+j])
		}
	}
	for i := range p.size {
		p.own[i] = p.theta[i*p.Neurons+j]
	}
	return nbins
}

// drives turns the slopes of one neuron into dG/d sum, at every port.
func (p *Population) drives(j int) (goal float64, err error) {
	goal, _, err = pid.BatchGoal(p.slope, p.Goal, p.place(j), p.bins, p.own)
	if err != nil {
		return 0, err
	}
	for i, th := range p.own {
		d := p.slope[i] * th * (1 - th)
		for k := range p.drive {
			p.drive[k][i*p.Neurons+j] *= d
		}
	}
	return goal, nil
}

// extent returns the smallest and largest value of a neuron, a little apart.
func extent(sums []float64, j, neurons int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := j; i < len(sums); i += neurons {
		lo, hi = min(lo, sums[i]), max(hi, sums[i])
	}
	const least = 1e-9
	return lo - least, max(hi, lo+least)
}
