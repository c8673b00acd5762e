package pid

// sx decomposes by shared exclusions:
//
//	I⁺(α) = −Σ p(s)·log2 P(W_α(s)),  I⁻(α) = −Σ p(s,t)·log2 P(W_α(s),t) − H(T)
func (tb *table) sx() *Decomposition {
	d := tb.start(SX)
	plus, minus := d.CumulativePlus, d.CumulativeMinus
	top := len(plus) - 1
	if tb.n == 5 {
		plus[top], minus[top] = 0, 0
		tb.unions5(plus, minus)
		minus[top] -= d.TargetEntropy
	} else {
		for i, terms := range tb.lattice().unions[:top] {
			if len(terms) == 1 {
				plus[i], minus[i] = tb.entropies(tb.marg[terms[0].mask])
			}
		}
	}
	switch {
	case tb.n == 5:
	case tb.width != 3:
		tb.unions(plus, minus)
	case tb.n == 2:
		plus[2], minus[2] = tb.union2()
	default:
		tb.unions3(plus, minus)
	}
	for i := range minus[:top] {
		minus[i] -= d.TargetEntropy
	}
	d.invert()
	return d
}

// unions computes the antichains with several sets.
func (tb *table) unions(plus, minus []float64) {
	u := make([]float64, tb.width)
	last := tb.width - 1
	for i := range tb.used {
		p := tb.joint[i*tb.width:][:tb.width]
		for a, terms := range tb.lattice().unions {
			if len(terms) == 1 {
				continue
			}
			tb.event(u, terms, i)
			plus[a] -= p[last] * log2(u[last])
			for t, v := range p[:last] {
				if v > 0 {
					minus[a] -= v * log2(u[t])
				}
			}
		}
	}
}

// unions3 is unions for a binary target.
func (tb *table) unions3(plus, minus []float64) {
	var rows [16]triple
	for i := range tb.used {
		tb.gather(&rows, i)
		own := &rows[1<<tb.n-1]
		for a, terms := range tb.lattice().unions {
			if len(terms) > 1 {
				u := eventOf(terms, &rows, own)
				sources, joint := entropies3(own[:], u[:])
				plus[a] += sources
				minus[a] += joint
			}
		}
	}
}

// union2 returns both cross-entropies of {1}{2} for a binary target.
func (tb *table) union2() (plus, minus float64) {
	const block = 12 // cells per block, so that no allocation is needed
	var u [3 * block]float64
	for first := 0; first < tb.used; first += block {
		rows := tb.rows[4*first : 4*min(first+block, tb.used)]
		p := tb.joint[3*first:][:3*len(rows)/4]
		for i := range len(rows) / 4 {
			row := (*triple)(tb.marg[1][rows[4*i+1]:])
			col := (*triple)(tb.marg[2][rows[4*i+2]:])
			for t := range 3 {
				v := p[3*i+t]
				u[3*i+t] = max(row[t]+col[t]-v, v)
			}
		}
		a, b := entropies3(p, u[:len(p)])
		plus, minus = plus+a, minus+b
	}
	return plus, minus
}
