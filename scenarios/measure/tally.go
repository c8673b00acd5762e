package measure

import "math"

// tally counts how firing probabilities of neurons depend on features or labels of items,
// each of which is present or not.
type tally struct {
	Total   float64
	Heard   []float64 // items for which θ was finite, by neuron
	Fired   []float64 // Σ θ, by neuron
	Squares []float64 // Σ θ², by neuron
	Present []float64 // items with the feature, by feature
	Joint   []float64 // Σ θ over items with the feature, by neuron and feature
}

func newTally(neurons, features int) tally {
	return tally{Heard: make([]float64, neurons), Fired: make([]float64, neurons), Squares: make([]float64, neurons),
		Present: make([]float64, features), Joint: make([]float64, neurons*features)}
}

func (t *tally) fits(neurons, features int) bool {
	return len(t.Heard) == neurons && len(t.Fired) == neurons && len(t.Squares) == neurons &&
		len(t.Present) == features && len(t.Joint) == neurons*features
}

func (t *tally) reset() {
	t.Total = 0
	for _, v := range [][]float64{t.Heard, t.Fired, t.Squares, t.Present, t.Joint} {
		clear(v)
	}
}

// item counts an item with the features that are on.
func (t *tally) item(on []int) {
	t.Total++
	for _, k := range on {
		t.Present[k]++
	}
}

// add counts the firing probability of neuron i for an item.
func (t *tally) add(i int, theta float64, on []int) {
	if !finite(theta) {
		return
	}
	t.Heard[i]++
	t.Fired[i] += theta
	t.Squares[i] += theta * theta
	n := len(t.Present)
	for _, k := range on {
		t.Joint[i*n+k] += theta
	}
}

// knows reports whether there is a finite θ of neuron i for every item. Only then is its
// information defined.
func (t *tally) knows(i int) bool { return t.Total > 0 && t.Heard[i] == t.Total }

// shrink returns Var θ / (θ̄ (1−θ̄)) of neuron i.
func (t *tally) shrink(i int) float64 {
	if !t.knows(i) {
		return 0
	}
	mean := t.Fired[i] / t.Total
	if mean <= 0 || mean >= 1 {
		return 0
	}
	return max(t.Squares[i]/t.Total-mean*mean, 0) / (mean * (1 - mean))
}

// about appends I(Y:feature) [bit] of neuron i for each feature to dst. It is 0 if the
// neuron was not observed for every item.
func (t *tally) about(dst []float64, i int) []float64 {
	n := len(t.Present)
	for k := range n {
		v := 0.0
		if t.knows(i) {
			v = binaryInformation(t.Joint[i*n+k]/t.Total, t.Fired[i]/t.Total, t.Present[k]/t.Total)
		}
		dst = append(dst, v)
	}
	return dst
}

// label returns I(Y:label) [bit] of neuron i, if the features are labels, of which each
// item has exactly one.
func (t *tally) label(i int) float64 {
	if !t.knows(i) {
		return 0
	}
	n, sum, fired := len(t.Present), 0.0, t.Fired[i]/t.Total
	for k, present := range t.Present {
		p := present / t.Total
		both := t.Joint[i*n+k] / t.Total
		sum += information(both, fired*p) + information(p-both, (1-fired)*p)
	}
	return max(sum, 0)
}

// information is one term of a mutual information [bit].
func information(both, product float64) float64 {
	if both <= 1e-15 || product <= 0 {
		return 0
	}
	return both * math.Log2(both/product)
}

// binaryInformation returns the mutual information of two bits [bit]. Its arguments are
// the probabilities that both are 1, that the first is 1 and that the second is 1.
func binaryInformation(both, a, b float64) float64 {
	return max(information(both, a*b)+information(a-both, a*(1-b))+information(b-both, (1-a)*b)+information(1-a-b+both, (1-a)*(1-b)), 0)
}
