package pid

import (
	"math"
	"math/bits"
)

// start returns a decomposition with the entropies set. For sx it also sets the
// top of the lattice, I⁺ = H(S) and I⁻ = H(S|T).
func (tb *table) start(m Measure) *Decomposition {
	d := newDecomposition(m, tb.lattice())
	for _, v := range tb.target {
		d.TargetEntropy += surprise(v)
	}
	sources, joint := tb.entropies(tb.joint)
	d.MutualInfo = sources - joint + d.TargetEntropy
	d.Residual = joint - sources
	if m == SX {
		top := tb.lattice().Len() - 1
		d.CumulativePlus[top], d.CumulativeMinus[top] = sources, joint-d.TargetEntropy
	}
	return d
}

// mutual returns I(A:T).
func (tb *table) mutual(mask uint8) float64 {
	sources, joint := tb.entropies(tb.rowsOf(mask))
	h := 0.0
	for _, v := range tb.target {
		h += surprise(v)
	}
	return sources - joint + h
}

// specific returns, for each target state, p(t) times the specific information
//
//	I(t;A) = Σ_a p(a|t)·log2( p(a,t) / (p(a)·p(t)) )
func (tb *table) specific(mask uint8) []float64 {
	info := make([]float64, len(tb.target))
	for rows := tb.rowsOf(mask); len(rows) > 0; rows = rows[tb.width:] {
		all := rows[tb.width-1]
		for t, v := range rows[:tb.width-1] {
			if v > 0 {
				info[t] += v * (log2(v/all) - log2(tb.target[t]))
			}
		}
	}
	return info
}

// minimum decomposes by a redundancy that is a sum of minima over the sets of
// an antichain:
//
//	I(α) = Σ_k min_{A∈α} info(A)_k
//
// where info is the mutual information of a set (mmi; Barrett 2015) or the
// specific information of each target state (wb; Williams and Beer 2010).
func (tb *table) minimum(m Measure) *Decomposition {
	d := tb.start(m)
	var bySet [1 << MaxSources][]float64
	for mask := uint8(1); mask < 1<<tb.n; mask++ {
		if m == WB {
			bySet[mask] = tb.specific(mask)
		} else {
			bySet[mask] = []float64{tb.mutual(mask)}
		}
	}
	for i, a := range tb.lattice().members {
		sets := a.Sets()
		for k := range bySet[1] {
			least := math.Inf(1)
			for _, s := range sets {
				least = min(least, bySet[s][k])
			}
			d.Cumulative[i] += least
		}
	}
	d.invert()
	return d
}

// pm decomposes by pointwise specificity and ambiguity (Finn and Lizier 2018):
//
//	I⁺(α) = Σ p(s,t)·min_A −log2 p(a),  I⁻(α) = Σ p(s,t)·min_A −log2 p(a|t)
func (tb *table) pm() *Decomposition {
	d := tb.start(PM)
	n := tb.n
	plus, minus := make([]float64, 1<<n), make([]float64, 1<<n)
	sets := make([][]uint8, len(tb.lattice().members))
	for i, a := range tb.lattice().members {
		sets[i] = a.Sets()
	}
	for i := range tb.used {
		own := tb.joint[i*tb.width:][:tb.width]
		for t, v := range own[:tb.width-1] {
			if v > 0 {
				tb.surprisals(plus, minus, i, t)
				for k, s := range sets {
					d.CumulativePlus[k] += v * least(plus, s)
					d.CumulativeMinus[k] += v * least(minus, s)
				}
			}
		}
	}
	d.invert()
	return d
}

// surprisals writes −log2 p(a) and −log2 p(a|t) of each set of sources.
func (tb *table) surprisals(plus, minus []float64, i, t int) {
	for mask := uint8(1); int(mask) < len(plus); mask++ {
		row := tb.joint[i*tb.width:]
		if bits.OnesCount8(mask) < tb.n {
			row = tb.marg[mask][tb.row(i, mask):]
		}
		plus[mask] = -log2(row[tb.width-1])
		minus[mask] = log2(tb.target[t]) - log2(row[t])
	}
}

func least(v []float64, sets []uint8) float64 {
	low := v[sets[0]]
	for _, s := range sets[1:] {
		low = min(low, v[s])
	}
	return low
}
