package pid

// sx decomposes by shared exclusions:
//
//	I⁺(α) = −Σ p(s)·log2 P(W_α(s)),  I⁻(α) = −Σ p(s,t)·log2 P(W_α(s),t) − H(T)
func (tb *table) sx() *Decomposition {
	d := tb.start(SX)
	plus, minus := d.CumulativePlus, d.CumulativeMinus
	top := len(plus) - 1
	for i, terms := range tb.lattice().unions[:top] {
		if len(terms) == 1 {
			plus[i], minus[i] = tb.entropies(tb.marg[terms[0].mask])
		}
	}
	switch {
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

// unions fills in the antichains of several sets.
func (tb *table) unions(plus, minus []float64) {
	u := make([]float64, tb.width)
	last := tb.width - 1
	for i := range tb.cells {
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
	for i := range tb.cells {
		tb.gather(&rows, i)
		own := &rows[1<<tb.n-1]
		for a, terms := range tb.lattice().unions {
			if len(terms) == 1 {
				continue
			}
			u := eventOf(terms, &rows, own)
			plus[a] -= own[2] * log2(u[2])
			minus[a] += crossEntropy(own, &u)
		}
	}
}

// crossEntropy returns −Σ_t p(s,t)·log2 u(t).
func crossEntropy(p, u *triple) (sum float64) {
	if p[0] > 0 {
		sum -= p[0] * log2(u[0])
	}
	if p[1] > 0 {
		sum -= p[1] * log2(u[1])
	}
	return sum
}

// union2 returns both entropies of {1}{2} for a binary target.
func (tb *table) union2() (plus, minus float64) {
	for i := range tb.cells {
		own := (*triple)(tb.joint[3*i:])
		row := (*triple)(tb.marg[1][tb.cells[i].row[1]:])
		col := (*triple)(tb.marg[2][tb.cells[i].row[2]:])
		u := triple{row[0] + col[0] - own[0], row[1] + col[1] - own[1], row[2] + col[2] - own[2]}
		u = triple{max(u[0], own[0]), max(u[1], own[1]), max(u[2], own[2])}
		plus -= own[2] * log2(u[2])
		minus += crossEntropy(own, &u)
	}
	return plus, minus
}
