package pid

import "math"

// unionWeight is an antichain of several sets with its weight in the goal.
type unionWeight struct {
	weight float64
	terms  []term
	holds  [8]bool // by mask of agreeing sources: whether such a cell is in the event
}

// SetGoal changes the goal; the samples stay. It returns an error if the goal
// is for another number of sources.
func (w *Window) SetGoal(g Goal) error {
	if g.n != w.n {
		return errGoalSources
	}
	if w.aim == nil || !w.goal.same(&g) {
		a := &aim{goal: g} // other windows may use the old one
		a.slopes, a.terms = g.split(nil)
		for k := range a.terms {
			for m, in := range a.terms[k].holds {
				if in {
					a.held[m] = append(a.held[m], uint8(k))
				}
			}
		}
		w.aim = a
	}
	return nil
}

// same reports whether two goals for the same number of sources are bitwise
// equal.
func (g *Goal) same(o *Goal) bool {
	for i, v := range g.gamma {
		if math.Float64bits(v) != math.Float64bits(o.gamma[i]) {
			return false
		}
	}
	return math.Float64bits(g.residual) == math.Float64bits(o.residual)
}

// split separates the goal's weights of cumulative redundancies: singles holds
// those of antichains with one set, by mask, and those of antichains with
// several sets are appended to unions.
func (g *Goal) split(unions []unionWeight) (singles [8]float64, _ []unionWeight) {
	l := g.lattice()
	for i, a := range l.members {
		switch weight := g.weights[i]; {
		case weight == 0:
		case len(l.unions[i]) == 1:
			singles[l.unions[i][0].mask] += weight
		default:
			u := unionWeight{weight: weight, terms: l.unions[i]}
			for m := range u.holds {
				u.holds[m] = a.holds(uint8(m))
			}
			unions = append(unions, u)
		}
	}
	return singles, unions
}

// CurrentGoal returns the goal of the window.
func (w *Window) CurrentGoal() Goal { return w.goal }

// Gradient returns D(s,1) − D(s,0) = N·∂G/∂θ for a sample in the given cell
// [bit], where N is the mass of the window with its prior: the increase of the
// goal per increase of θ of such a sample. Bins do not depend on θ. With ℓ(m) =
// log2(m₁/m₀), margins R and C, cell P and u = R+C−P,
//
//	L(r,c) = k₁(ℓR−ℓY) + k₂(ℓC−ℓY) + k₁₂(ℓP−ℓY) − γ_res·ℓP
//	       + k_red·{ ℓu − ℓY + (1/ln2)·Σ_{row∪column} (P₁/u₁ − P₀/u₀) }
//
// for two sources, and the same sum over antichains for three. Call it after
// Push, so that the sample itself is in the cell: then both masses are
// positive. In an empty cell ℓP is replaced by ℓY, because the cell has no
// information; the same holds for ℓR, ℓC and ℓu if the row, the column or both
// are empty. An empty window gives 0. Gradient allocates nothing. Cost: O(bins)
// for two sources, O(1) if the goal does not weigh redundancy beyond the
// marginals, such as unq_r + red; O(occupied cells) for three.
func (w *Window) Gradient(cell [3]int) float64 {
	c := w.check(cell)
	if w.sum.total() == 0 {
		return 0
	}
	if w.n == 3 {
		return w.gradient3(c)
	}
	return w.gradient2(c)
}

// excess returns ℓ(m) − ℓY, and 0 if m is empty.
func excess(m mass, y float64) float64 {
	if m.one == 0 || m.zero == 0 {
		return 0
	}
	return m.logRatio() - y
}

func (w *Window) gradient2(c [3]uint16) float64 {
	row, col := w.sums.at(int(c[0])), w.sums.at(w.from[2]+int(c[1]))
	own := w.cell(c)
	y := w.sum.logRatio()
	d := -w.goal.residual * y
	if k := w.goal.weights[0]; k != 0 {
		d += k * excess(row, y)
	}
	if k := w.goal.weights[1]; k != 0 {
		d += k * excess(col, y)
	}
	if k := w.goal.weights[3] - w.goal.residual; k != 0 {
		d += k * excess(own, y)
	}
	if k := w.goal.weights[2]; k != 0 {
		u := mass{row.one + col.one - own.one, row.zero + col.zero - own.zero}
		d += k * (excess(u, y) + math.Log2E*w.cross(int(c[0]), int(c[1])))
	}
	return d
}

// cross returns Σ (P₁/u₁ − P₀/u₀) over the cells of row r and column c, each
// cell once.
func (w *Window) cross(r, c int) float64 {
	nc := w.dim[1]
	if w.sums.narrow != nil {
		return w.crossNarrow(r, c)
	}
	rows, cols, cells := w.marginal(1), w.marginal(2), w.marginal(3)
	row := cells.cut(r*nc, (r+1)*nc)
	sum := spread(&row, &cols, rows.at(r), nc)
	col := cols.at(c)
	for i := range w.dim[0] {
		if i == r {
			continue
		}
		if p := cells.at(i*nc + c); p.one != 0 {
			sum += pull(p, rows.at(i), col)
		}
	}
	return sum
}

// crossNarrow is cross for narrow masses: the same sum in the same order.
func (w *Window) crossNarrow(r, c int) float64 {
	all := w.sums.narrow
	rows, cols, cells := all[:w.from[2]], all[w.from[2]:w.from[3]], all[w.from[3]:]
	nc := len(cols)
	a, sum := rows[r], 0.0
	for i, p := range cells[r*nc : (r+1)*nc] {
		if p.one != 0 {
			sum += pullNarrow(p, a, cols[i])
		}
	}
	b := cols[c]
	for i, a := range rows {
		if p := cells[i*nc+c]; p.one != 0 && i != r {
			sum += pullNarrow(p, a, b)
		}
	}
	return sum
}

// pullNarrow is pull for narrow masses, whose sums do not overflow.
func pullNarrow(p, a, b narrowMass) float64 {
	u1, u0 := float64(int64(a.one+b.one-p.one)), float64(int64(a.zero+b.zero-p.zero))
	return (float64(int64(p.one))*u0 - float64(int64(p.zero))*u1) / (u1 * u0)
}

// spread sums pull over one row.
func spread(row, cols *sums, r mass, n int) float64 {
	sum := 0.0
	for i := range n {
		if p := row.at(i); p.one != 0 {
			sum += pull(p, r, cols.at(i))
		}
	}
	return sum
}

// pull returns P₁/u₁ − P₀/u₀ of a cell with u = a + b − P, with a common
// denominator: this needs one division, and there is no cancellation while the
// integers are exact.
func pull(p, a, b mass) float64 {
	u1, u0 := float64(a.one+b.one-p.one), float64(a.zero+b.zero-p.zero)
	return (float64(p.one)*u0 - float64(p.zero)*u1) / (u1 * u0)
}

func (w *Window) gradient3(c [3]uint16) float64 {
	var own [8]mass
	w.margins(&own, c, w.cell(c))
	y := w.sum.logRatio()
	d := -w.goal.residual * y
	for m := 1; m < 8; m++ {
		k := w.slopes[m]
		if m == 7 {
			k -= w.goal.residual
		}
		if k != 0 {
			d += k * excess(own[m], y)
		}
	}
	if len(w.terms) == 0 {
		return d
	}
	for i := range w.terms {
		d += w.terms[i].weight * excess(w.terms[i].of(&own), y)
	}
	return d + math.Log2E*w.crossing(c)
}

// margins writes the masses of all marginals at a cell, by mask.
func (w *Window) margins(dst *[8]mass, c [3]uint16, own mass) {
	dst[7] = own
	t := w.sums.narrow
	if t == nil {
		for m := 1; m < 7; m++ {
			dst[m] = w.sums.wide[w.from[m]+w.at(m, c)]
		}
		return
	}
	i, j, k, l := int(c[0]), int(c[1]), int(c[2]), w.layout
	ij, ik, jk := i*l.stride[3][0]+j, i*l.stride[5][0]+k, j*l.stride[6][1]+k
	dst[1], dst[2], dst[3] = t[i].wide(), t[l.from[2]+j].wide(), t[l.from[3]+ij].wide()
	dst[4], dst[5], dst[6] = t[l.from[4]+k].wide(), t[l.from[5]+ik].wide(), t[l.from[6]+jk].wide()
}

// of returns the mass of the antichain's event.
func (u *unionWeight) of(margins *[8]mass) mass {
	var s mass
	for _, t := range u.terms {
		m := margins[t.mask]
		s.one += t.whole * m.one
		s.zero += t.whole * m.zero
	}
	return s
}

// crossing returns Σ_α w_α Σ_{s' in the event of α at s} (P₁/u₁ − P₀/u₀).
func (w *Window) crossing(s [3]uint16) float64 {
	sum := 0.0
	var margins [8]mass
	for i, c := range w.places {
		m := agree(s, c)
		if len(w.held[m]) == 0 {
			continue
		}
		p := w.cells[i]
		w.margins(&margins, c, p)
		one, zero := float64(p.one), float64(p.zero)
		for _, k := range w.held[m] {
			u := &w.terms[k]
			e := u.of(&margins)
			u1, u0 := float64(e.one), float64(e.zero)
			sum += u.weight * (one*u0 - zero*u1) / (u1 * u0)
		}
	}
	return sum
}

// agree returns the mask of the sources in which two cells agree.
func agree(a, b [3]uint16) uint8 {
	var x, y, z uint8 // without branches, which could not be predicted
	if a[0] == b[0] {
		x = 1
	}
	if a[1] == b[1] {
		y = 2
	}
	if a[2] == b[2] {
		z = 4
	}
	return x | y | z
}
