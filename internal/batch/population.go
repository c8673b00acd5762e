package batch

import (
	"errors"

	"infomorph/neuron"
	"infomorph/pid"
)

// Population is a set of neurons that differ only in their weights.
type Population struct {
	Neurons    int
	Activation neuron.Activation
	Goal       pid.Goal
	Ports      []*Port // as many as the goal has sources, in order r, c, l
	Rate       float64 // of Adam
	Decay      float64
	// Average is the share of the steps so far over which weights are averaged
	// for Settle; 0: not at all. See average.go.
	Average float64
	// Prior, where it is not nil, is the permanent samples of each neuron, which
	// count beside those of every batch.
	Prior [][]pid.Pseudo

	size   int                        // samples of the batch
	sums   [neuron.NumPorts][]float64 // sample × neuron
	drive  [neuron.NumPorts][]float64 // slope of the activation, then dG/d sum
	theta  []float64                  // sample × neuron
	sloped bool                       // drive holds slopes
	goals  pid.Batch
	few    lanes
	one    soft // with soft bins
}

// Validate returns an error unless ports and goal fit.
func (p *Population) Validate() error {
	if p.Neurons < 1 || len(p.Ports) != p.Goal.NumSources() {
		return errors.New("batch: a population needs neurons and a port for each source of its goal")
	}
	if p.Prior != nil && len(p.Prior) != p.Neurons {
		return errors.New("batch: a population has no prior for each neuron")
	}
	for _, port := range p.Ports {
		if err := port.validate(p.Neurons); err != nil {
			return err
		}
	}
	return nil
}

// Forward computes the sums and firing probabilities of n samples, and the
// slopes that Climb needs; x has the input of each port. The result is valid
// until the next call.
func (p *Population) Forward(n int, x ...Rows) (theta []float64) {
	p.sum(n, x)
	return p.fire(x, true)
}

// Look is Forward without slopes. It is cheaper, but the neurons cannot learn
// from these samples.
func (p *Population) Look(n int, x ...Rows) (theta []float64) {
	p.sum(n, x)
	return p.fire(x, false)
}

// Again is Forward for the case that only the input of one port has changed
// since the last Forward or Look: the sums of the other ports are kept.
func (p *Population) Again(port neuron.Port, x ...Rows) (theta []float64) {
	p.Ports[port].check(x[port], p.size)
	p.Ports[port].forward(p.sums[port], x[port], p.Neurons)
	return p.fire(x, true)
}

func (p *Population) sum(n int, x []Rows) {
	p.reserve(n)
	for k, port := range p.Ports {
		port.check(x[k], n)
		port.forward(p.sums[k], x[k], p.Neurons)
	}
}

// fire evaluates every neuron on every sample.
func (p *Population) fire(x []Rows, learn bool) []float64 {
	var sums, slope [neuron.NumPorts][]float64
	for k := range p.Ports {
		if !x[k].silent() || p.Ports[k].Shift != nil {
			sums[k] = p.sums[k]
		}
		if learn {
			slope[k] = p.drive[k]
		}
	}
	p.Activation.EvalAll(p.theta, slope, sums)
	p.sloped = learn
	return p.theta
}

// Sums returns the values of a port after Forward: sample × neuron.
func (p *Population) Sums(port neuron.Port) []float64 { return p.sums[port] }

// Theta returns the firing probabilities after Forward: sample × neuron.
func (p *Population) Theta() []float64 { return p.theta }

func (p *Population) reserve(n int) {
	if p.size == n {
		return
	}
	p.size = n
	for k := range p.Ports {
		p.sums[k], p.drive[k] = Sized(p.sums[k], n*p.Neurons), Sized(p.drive[k], n*p.Neurons)
	}
	p.theta = Sized(p.theta, n*p.Neurons)
	if p.isSoft() {
		p.one.reserve(p.Ports, n)
		return
	}
	p.few.reserve(len(p.Ports), n)
}

// priorOf returns the permanent samples of a neuron.
func (p *Population) priorOf(j int) []pid.Pseudo {
	if p.Prior == nil {
		return nil
	}
	return p.Prior[j]
}

// Sized returns a slice of length n, v itself where it is large enough; what
// is in it is not specified.
func Sized(v []float64, n int) []float64 {
	if cap(v) < n {
		return make([]float64, n)
	}
	return v[:n]
}

// Climb takes one step of Adam up the mean goal of the batch that Forward has
// seen, once after each Forward and with the same x.
//
//	dG/dw = Σ_i dG/dθ_i · θ_i(1−θ_i) · ∂A/∂(port sum) · x_i
//
// with one more term at ports with soft bins (see soft.go).
func (p *Population) Climb(x ...Rows) error {
	if err := p.drives(); err != nil {
		return err
	}
	for k, port := range p.Ports {
		if !port.Frozen && !x[k].silent() {
			port.backward(p.drive[k], x[k], p.Neurons)
			port.step(p.Rate, p.Decay)
			port.average(p.Average)
		}
	}
	return nil
}

// Decompose returns the decomposition of one neuron over the batch that
// Forward has seen.
func (p *Population) Decompose(j int) (*pid.Decomposition, error) {
	if p.isSoft() {
		p.one.place(p, j)
		_, d, err := p.one.goals.Goal(nil, p.Goal, p.one.samples)
		return d, err
	}
	nbins := p.place(j, 1)
	_, d, err := p.goals.Goal(nil, p.Goal, pid.Samples{NBins: nbins, Bins: p.few.bins[0], Theta: p.few.theta[0], Prior: p.priorOf(j)})
	return d, err
}

// drives turns the slopes of all neurons into dG/d sum, at every port.
func (p *Population) drives() error {
	if !p.sloped {
		panic("batch: learning without Forward")
	}
	p.sloped = false
	if p.isSoft() {
		return p.softDrives()
	}
	for j := 0; j < p.Neurons; j += numLanes {
		n := min(numLanes, p.Neurons-j)
		nbins := p.place(j, n)
		for b := range n {
			if err := p.goals.Gradient(p.few.slope[b], p.Goal, pid.Samples{NBins: nbins, Bins: p.few.bins[b], Theta: p.few.theta[b], Prior: p.priorOf(j + b)}); err != nil {
				return err
			}
		}
		for k := range p.Ports {
			p.few.spread(p.drive[k])
		}
	}
	return nil
}

// place brings neurons j … j+n−1 into lanes, and returns the numbers of bins.
func (p *Population) place(j, n int) (nbins []int) {
	p.few.gather(p.theta, j, n, p.Neurons)
	nbins = p.few.nbins[:0]
	for k, port := range p.Ports {
		p.few.place(k, port, p.sums[k])
		nbins = append(nbins, port.Bins.N)
	}
	p.few.nbins = nbins
	return nbins
}
