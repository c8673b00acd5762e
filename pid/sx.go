package pid

import "math"

// union returns −Σ p(s)·log2 P(W) and −Σ p(s,t)·log2 P(W,t) of the event W of
// an antichain of several sets.
func (tb *table) union(terms []term) (sources, joint float64) {
	u := make([]float64, tb.width)
	for i := range tb.cells {
		p := tb.joint[i*tb.width:][:tb.width]
		tb.event(u, terms, i)
		last := tb.width - 1
		sources -= p[last] * math.Log2(u[last])
		for t, v := range p[:last] {
			if v > 0 {
				joint -= v * math.Log2(u[t])
			}
		}
	}
	return sources, joint
}

// sx decomposes by shared exclusions:
//
//	I⁺(α) = −Σ p(s)·log2 P(W_α(s)),  I⁻(α) = −Σ p(s,t)·log2 P(W_α(s),t) − H(T)
func (tb *table) sx() *Decomposition {
	d := tb.start(SX)
	for i := range tb.lattice.members {
		var sources, joint float64
		switch terms := tb.lattice.unions[i]; {
		case len(terms) > 1:
			sources, joint = tb.union(terms)
		default:
			sources, joint = tb.entropies(tb.rowsOf(terms[0].mask))
		}
		d.CumulativePlus[i], d.CumulativeMinus[i] = sources, joint-d.TargetEntropy
	}
	d.invert()
	return d
}
