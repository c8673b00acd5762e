package scenarios

import "math"

// tally estimates the mutual information between each neuron's output and each
// binary feature of the stimuli, from firing probabilities.
type tally struct {
	Neurons, Features int
	Total             float64
	Fired             []float64 // expected spikes, by neuron
	Present           []float64 // stimuli with the feature, by feature
	Joint             []float64 // both, by neuron and feature
}

func newTally(neurons, features int) *tally {
	return &tally{Features: features, Neurons: neurons, Fired: make([]float64, neurons), Present: make([]float64, features), Joint: make([]float64, neurons*features)}
}

// like reports whether t counts as many neurons and features as o.
func (t *tally) like(o *tally) bool {
	return t.Neurons == o.Neurons && t.Features == o.Features && len(t.Fired) == len(o.Fired) && len(t.Present) == len(o.Present) && len(t.Joint) == len(o.Joint)
}

func (t *tally) reset() {
	t.Total = 0
	clear(t.Fired)
	clear(t.Present)
	clear(t.Joint)
}

// add counts one neuron's answer to a stimulus; neuron 0 also counts the
// stimulus itself.
func (t *tally) add(neuron int, theta float64, on []bool) {
	t.Fired[neuron] += theta
	if neuron == 0 {
		t.Total++
	}
	for k, lit := range on {
		if !lit {
			continue
		}
		if neuron == 0 {
			t.Present[k]++
		}
		t.Joint[neuron*t.Features+k] += theta
	}
}

// information returns I(Y:feature) [bit] by neuron and feature.
func (t *tally) information() []float64 {
	mi := make([]float64, t.Neurons*t.Features)
	if t.Total == 0 {
		return mi
	}
	for i := range t.Neurons {
		for k := range t.Features {
			mi[i*t.Features+k] = binaryInformation(t.Joint[i*t.Features+k]/t.Total, t.Fired[i]/t.Total, t.Present[k]/t.Total)
		}
	}
	return mi
}

// binaryInformation returns the mutual information of two bits [bit] from the
// probabilities of both, the first and the second.
func binaryInformation(both, a, b float64) float64 {
	sum := 0.0
	for _, c := range [4][3]float64{{both, a, b}, {a - both, a, 1 - b}, {b - both, 1 - a, b}, {1 - a - b + both, 1 - a, 1 - b}} {
		if c[0] > 1e-15 {
			sum += c[0] * math.Log2(c[0]/(c[1]*c[2]))
		}
	}
	return max(sum, 0)
}
