package batch

import (
	"math"

	"infomorph/pid"
)

// numLanes is how many neurons are worked on at a time: their values of one
// sample fill a cache line.
const numLanes = 8

// lanes holds a few neurons, each with its samples one after another, while
// their goals are evaluated.
type lanes struct {
	first, n, neurons int // first … first+n−1 are in the lanes, of so many neurons in all

	theta [numLanes][]float64
	slope [numLanes][]float64 // dG/dθ
	bins  [numLanes][][]int   // by port
	nbins []int
}

func (l *lanes) reserve(ports, samples int) {
	for b := range l.theta {
		l.theta[b], l.slope[b] = Sized(l.theta[b], samples), Sized(l.slope[b], samples)
		l.bins[b] = make([][]int, ports)
		for k := range l.bins[b] {
			l.bins[b][k] = make([]int, samples)
		}
	}
}

// gather copies θ of neurons j … j+n−1 from rows that hold all neurons.
func (l *lanes) gather(theta []float64, j, n, neurons int) {
	l.first, l.n, l.neurons = j, n, neurons
	for i := range l.theta[0] {
		for b, v := range theta[i*neurons+j:][:n] {
			l.theta[b][i] = v
		}
	}
}

// place finds the bins of the neurons at port k.
func (l *lanes) place(k int, port *Port, sums []float64) {
	j, n, neurons := l.first, l.n, l.neurons
	var bins [numLanes]pid.Bins
	for b := range n {
		bins[b] = port.Bins
		if port.Fit {
			bins[b].Lo, bins[b].Hi = extent(sums, j+b, neurons)
		}
	}
	for i := range l.theta[0] {
		for b, v := range sums[i*neurons+j:][:n] {
			l.bins[b][k][i] = bins[b].Index(v)
		}
	}
}

// spread multiplies the slopes of the activation of the neurons by dG/dθ·θ(1−θ).
func (l *lanes) spread(drive []float64) {
	j, n, neurons := l.first, l.n, l.neurons
	for i := range l.theta[0] {
		row := drive[i*neurons+j:][:n]
		for b := range row {
			th := l.theta[b][i]
			row[b] *= l.slope[b][i] * th * (1 - th)
		}
	}
}

// extent returns the range of a neuron's values, widened by 1e-9 so that it is
// never empty.
func extent(sums []float64, j, neurons int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := j; i < len(sums); i += neurons {
		lo, hi = min(lo, sums[i]), max(hi, sums[i])
	}
	const least = 1e-9
	return lo - least, max(hi, lo+least)
}
