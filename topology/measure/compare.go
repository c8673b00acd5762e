package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"infomorph/topology"
)

// Comparison compares the initial and the learned graph, for each pair of
// neurons. The weights of parallel synapses are added.
type Comparison struct {
	Neurons int `json:"neurons"`
	Kept    int `json:"kept"`    // pairs connected in both graphs
	Removed int `json:"removed"` // pairs connected only in the first
	Added   int `json:"added"`   // pairs connected only in the second
	// Jaccard is kept / (kept + removed + added).
	Jaccard Number `json:"jaccard"`
	// WeightCorrelation is Pearson's correlation over the kept pairs.
	WeightCorrelation Number `json:"weight_correlation"`
	SignFlips         int    `json:"sign_flips"`
	MeanChange        Number `json:"mean_change"`     // mean of w₂−w₁ over the kept pairs
	RMSChange         Number `json:"rms_change"`      // root of the mean of (w₂−w₁)²
	NormFirst         Number `json:"norm_first"`      // ‖w₁‖₂ over all pairs
	NormSecond        Number `json:"norm_second"`     // ‖w₂‖₂ over all pairs
	InDegreeCorr      Number `json:"in_degree_corr"`  // correlation of in-degrees before and after
	OutDegreeCorr     Number `json:"out_degree_corr"` // correlation of out-degrees before and after
	StrengthCorr      Number `json:"in_strength_corr"`
}

// Compare compares two graphs of the same neurons. It returns an error if the
// numbers of neurons differ.
func Compare(first, second *topology.Graph) (*Comparison, error) {
	if first.NumNeurons() != second.NumNeurons() {
		return nil, fmt.Errorf("the graphs have %d and %d neurons, expected the same", first.NumNeurons(), second.NumNeurons())
	}
	a, b := New(first, Options{}), New(second, Options{})
	c := &Comparison{Neurons: a.N}
	before, after := a.common(b, c)
	sum, squares := 0.0, 0.0
	for i := range before {
		d := after[i] - before[i]
		sum, squares = sum+d, squares+d*d
		if before[i]*after[i] < 0 {
			c.SignFlips++
		}
	}
	kept := float64(c.Kept)
	c.MeanChange, c.RMSChange = Number(sum/kept), Number(math.Sqrt(squares/kept))
	c.Jaccard = Number(kept / float64(c.Kept+c.Removed+c.Added))
	c.WeightCorrelation = Number(stat.Correlation(before, after, nil))
	c.NormFirst, c.NormSecond = norm(a.in), norm(b.in)
	c.InDegreeCorr = Number(stat.Correlation(degreesOf(a.in), degreesOf(b.in), nil))
	c.OutDegreeCorr = Number(stat.Correlation(degreesOf(a.out), degreesOf(b.out), nil))
	c.StrengthCorr = Number(stat.Correlation(strength(a.in).PerNode, strength(b.in).PerNode, nil))
	return c, nil
}

// common returns the weights of the pairs that are connected in both, and sets
// the counts.
func (n *Net) common(o *Net, c *Comparison) (before, after []float64) {
	for i := range n.N {
		for k, j := range n.in.row(i) {
			if at := o.in.find(i, j); at >= 0 {
				before, after = append(before, n.in.weights(i)[k]), append(after, o.in.weight[at])
			}
		}
	}
	c.Kept = len(before)
	c.Removed, c.Added = n.NumEdges()-c.Kept, o.NumEdges()-c.Kept
	return before, after
}

func norm(r *rows) Number {
	sum := 0.0
	for _, w := range r.weight {
		sum += w * w
	}
	return Number(math.Sqrt(sum))
}
