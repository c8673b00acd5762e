package pid

import "fmt"

// Information holds the classical quantities of a joint distribution of a
// target and its sources [bit]. Sets of sources are masks: source k has bit
// k−1.
type Information struct {
	TargetEntropy float64

	n       int
	entropy [1 << MaxSources]float64 // H(A)
	mutual  [1 << MaxSources]float64 // I(T:A)
}

// NewInformation computes the classical quantities of p, in the layout of
// [Decompose], for 2 to 5 sources. The errors are those of Decompose.
func NewInformation(shape []int, p []float64) (*Information, error) {
	if err := checkDense(SX, shape, p); err != nil {
		return nil, err
	}
	var sc scratch
	n := len(shape) - 1
	tb := newTable(&sc, shape[:n], shape[n], countCells(p, shape[n]))
	tb.fill(p, shape[n])
	tb = tb.trimmed()
	return tb.information(), nil
}

func (tb *table) information() *Information {
	info := &Information{n: tb.n}
	for _, v := range tb.target {
		info.TargetEntropy += surprise(v)
	}
	for m := uint8(1); m < 1<<info.n; m++ {
		sources, joint := tb.entropies(tb.rowsOf(m))
		info.entropy[m], info.mutual[m] = sources, sources-joint+info.TargetEntropy
	}
	return info
}

func (in *Information) check(masks ...uint8) {
	for _, m := range masks {
		if int(m) >= 1<<in.n {
			panic("pid: no such source")
		}
	}
}

// Entropy returns H(A) of a set of sources; 0 for the empty set.
func (in *Information) Entropy(set uint8) float64 {
	in.check(set)
	return in.entropy[set]
}

// Mutual returns I(T:A) of a set of sources; 0 for the empty set.
func (in *Information) Mutual(set uint8) float64 {
	in.check(set)
	return in.mutual[set]
}

// Conditional returns I(T:A|B) = I(T:A∪B) − I(T:B).
func (in *Information) Conditional(set, given uint8) float64 {
	in.check(set, given)
	return in.mutual[set|given] - in.mutual[given]
}

// CoInformation returns the co-information of the target and the given
// sources,
//
//	I(T:A:B:…) = Σ_{∅≠S⊆set} (−1)^{|S|+1}·I(T:S)
//
// which for two sources is I(T:A)+I(T:B)−I(T:AB) = redundancy − synergy.
func (in *Information) CoInformation(set uint8) float64 {
	in.check(set)
	sum, odd := 0.0, [2]float64{-1, 1}
	for s := set; s != 0; s = (s - 1) & set {
		n := 0
		for m := s; m != 0; m &= m - 1 {
			n++
		}
		sum += odd[n&1] * in.mutual[s]
	}
	return sum
}

// OInformation returns the O-information of the given sources and the target
// (Rosas and others 2019). It is positive if redundancy dominates, negative if
// synergy dominates. With all m variables X₁…Xₘ, that is the sources and the
// target,
//
//	Ω = (m−2)·H(X₁…Xₘ) + Σ [H(X_i) − H(X without X_i)]
//
// which for two sources is the co-information.
func (in *Information) OInformation(set uint8) float64 {
	in.check(set)
	joint := func(m uint8) float64 { return in.entropy[m] + in.TargetEntropy - in.mutual[m] }
	size := 1
	omega := in.TargetEntropy - in.entropy[set]
	for m := set; m != 0; m &= m - 1 {
		one := m & -m
		omega += in.entropy[one] - joint(set&^one)
		size++
	}
	return omega + float64(size-2)*joint(set)
}

// RedundancySynergyIndex returns I(T:all given sources) − Σ I(T:source)
// (Chechik and others 2001). It is positive if the sources have more
// information together than in sum, negative if they repeat each other.
func (in *Information) RedundancySynergyIndex(set uint8) float64 {
	in.check(set)
	index := in.mutual[set]
	for m := set; m != 0; m &= m - 1 {
		index -= in.mutual[m&-m]
	}
	return index
}

// ClassicalGoal returns the two-source goal that equals a classical quantity:
//
//	mi      I(Y:RC)  = unq_r + unq_c + red + syn
//	mi_r    I(Y:R)   = unq_r + red              mi_c    I(Y:C)   = unq_c + red
//	mi_r|c  I(Y:R|C) = unq_r + syn              mi_c|r  I(Y:C|R) = unq_c + syn
//	coinfo  I(Y:R:C) = red − syn                h_res   H(Y|RC)
func ClassicalGoal(name string) (Goal, error) {
	gamma, ok := map[string][5]float64{ // unq_r unq_c red syn h_res
		"mi": {1, 1, 1, 1}, "mi_r": {1, 0, 1}, "mi_c": {0, 1, 1},
		"mi_r|c": {1, 0, 0, 1}, "mi_c|r": {0, 1, 0, 1}, "coinfo": {0, 0, 1, -1}, "h_res": {4: 1},
	}[name]
	if !ok {
		return Goal{}, fmt.Errorf("pid: no classical goal %q; there are mi mi_r mi_c mi_r|c mi_c|r coinfo h_res", name)
	}
	g := Goal{n: 2, residual: gamma[4]}
	copy(g.gamma[:], gamma[:4])
	return g, g.finish()
}
