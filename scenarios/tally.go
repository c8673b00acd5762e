package scenarios

import "math"

// tally estimates the mutual information between each neuron's output and each
// binary feature of the stimuli, from firing probabilities.
type tally struct {
	features int
	total    float64
	fired    []float64 // expected spikes, by neuron
	present  []float64 // stimuli with the feature, by feature
	joint    []float64 // both, by neuron and feature
	neurons  int
}

func newTally(neurons, features int) *tally {
	return &tally{features: features, neurons: neurons, fired: make([]float64, neurons), present: make([]float64, features), joint: make([]float64, neurons*features)}
}

func (t *tally) reset() {
	t.total = 0
	clear(t.fired)
	clear(t.present)
	clear(t.joint)
}

// add counts one neuron's answer to a stimulus; neuron 0 also counts the
// stimulus itself.
func (t *tally) add(neuron int, theta float64, on []bool) {
	t.fired[neuron] += theta
	if neuron == 0 {
		t.total++
	}
	for k, lit := range on {
		if !lit {
			continue
		}
		if neuron == 0 {
			t.present[k]++
		}
		t.joint[neuron*t.features+k] += theta
	}
}

// information returns I(Y:feature) [bit] by neuron and feature.
func (t *tally) information() []float64 {
	mi := make([]float64, t.neurons*t.features)
	if t.total == 0 {
		return mi
	}
	for i := range t.neurons {
		for k := range t.features {
			mi[i*t.features+k] = binaryInformation(t.joint[i*t.features+k]/t.total, t.fired[i]/t.total, t.present[k]/t.total)
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
