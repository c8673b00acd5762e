package pid

import "math"

// table is a joint distribution of a target and up to four sources, as a list
// of occupied source cells with the marginals of all subsets of sources. Every
// row holds p(s, t) for each t and last their sum p(s).
type table struct {
	lattice *Lattice
	width   int           // number of targets + 1
	shape   [4]int        // bins of each source
	cells   []cell        // occupied cells
	joint   []float64     // a row for each cell
	target  []float64     // p(t)
	marg    [16][]float64 // rows of each marginal by mask; not for all sources
}

// cell holds the row of a cell in the marginal of each mask.
type cell struct {
	row [15]int32
}

// layOut sets the shape and sizes the marginals; nil p-values follow.
func (tb *table) layOut(l *Lattice, shape []int, targets int) {
	tb.lattice, tb.width = l, targets+1
	copy(tb.shape[:], shape)
	tb.target = make([]float64, targets)
	for m := 1; m < 1<<l.n-1; m++ {
		size := tb.width
		for k := range l.n {
			if m>>k&1 != 0 {
				size *= shape[k]
			}
		}
		tb.marg[m] = make([]float64, size)
	}
}

// addCell adds an occupied cell with the given bins and p(s, ·).
func (tb *table) addCell(bins *[4]int, p []float64) {
	var c cell
	for m := 1; m < 1<<tb.lattice.n-1; m++ {
		i := 0
		for k := range tb.lattice.n {
			if m>>k&1 != 0 {
				i = i*tb.shape[k] + bins[k]
			}
		}
		c.row[m] = int32(i * tb.width)
	}
	sum := 0.0
	for t, v := range p {
		sum += v
		tb.target[t] += v
	}
	for m := 1; m < 1<<tb.lattice.n-1; m++ {
		row := tb.marg[m][c.row[m]:][:tb.width]
		for t, v := range p {
			row[t] += v
		}
		row[len(p)] += sum
	}
	tb.cells = append(tb.cells, c)
	tb.joint = append(tb.joint, p...)
	tb.joint = append(tb.joint, sum)
}

// surprise returns −v·log2(v), continued to 0.
func surprise(v float64) float64 {
	if v <= 0 {
		return 0
	}
	return -v * math.Log2(v)
}

// entropies returns the entropies of the target, of the sources and of both
// from rows of p(s, ·) with p(s) last.
func (tb *table) entropies(rows []float64) (sources, joint float64) {
	for len(rows) > 0 {
		row := rows[:tb.width]
		if last := row[tb.width-1]; last > 0 {
			sources += surprise(last)
			for _, v := range row[:tb.width-1] {
				joint += surprise(v)
			}
		}
		rows = rows[tb.width:]
	}
	return sources, joint
}

// event writes P(W,t) for each t and last P(W) at cell i. Rounding of the
// alternating sum must not fall below the cell's own share of the event.
func (tb *table) event(u []float64, terms []term, i int) {
	own := tb.joint[i*tb.width:][:tb.width]
	clear(u)
	top := uint8(1<<tb.lattice.n - 1)
	for _, tm := range terms {
		row := own
		if tm.mask != top {
			row = tb.marg[tm.mask][tb.cells[i].row[tm.mask]:][:tb.width]
		}
		coef := float64(tm.coef)
		for t, v := range row {
			u[t] += coef * v
		}
	}
	for t, v := range own {
		u[t] = max(u[t], v)
	}
}

// reserve makes room for n cells.
func (tb *table) reserve(n int) {
	tb.cells = make([]cell, 0, n)
	tb.joint = make([]float64, 0, n*tb.width)
}
