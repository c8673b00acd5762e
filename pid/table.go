package pid

// table is a joint distribution of a target and up to five sources: a list of
// occupied source cells, with the marginals of all proper subsets of the
// sources. Every row holds p(s, t) for each t, and last their sum p(s).
type table struct {
	n      int             // number of sources
	width  int             // number of targets + 1
	shape  [MaxSources]int // bins of each source
	used   int             // cells added so far
	rows   []int32         // by cell and mask, 2ⁿ per cell: start of the cell's row in the marginal of the mask
	joint  []float64       // one row per cell
	target []float64       // p(t)
	marg   [32][]float64   // rows of each marginal by mask
}

// row returns the start of the row of cell i in the marginal of a mask.
func (tb *table) row(i int, mask uint8) int { return int(tb.rows[i<<tb.n|int(mask)]) }

// scratch is memory for the table of a small distribution, so that a
// decomposition allocates only its result.
type scratch struct {
	numbers [32]float64
	rows    [16]int32
}

// newTable returns an empty table with room for the marginals and up to
// maxCells occupied cells; a small one uses sc. (It returns the table by value,
// so that the table and sc can stay on the caller's stack.)
func newTable(sc *scratch, shape []int, targets, maxCells int) table {
	numbers, rows := sc.numbers[:], sc.rows[:]
	if total := tableSize(shape, targets, maxCells); total > len(numbers) {
		numbers = make([]float64, total)
	}
	if n := maxCells << len(shape); n > len(rows) {
		rows = make([]int32, n)
	}
	return layTable(numbers, rows, shape, targets)
}

// tableSize returns how many numbers a table needs.
func tableSize(shape []int, targets, maxCells int) int {
	total := targets + maxCells*(targets+1)
	for m := 1; m < 1<<len(shape)-1; m++ {
		total += marginalSize(shape, targets+1, m)
	}
	return total
}

// marginalSize returns how many numbers the marginal of a set of sources has.
func marginalSize(shape []int, width, mask int) int {
	size := width
	for k, d := range shape {
		if mask>>k&1 != 0 {
			size *= d
		}
	}
	return size
}

// layTable places an empty table in numbers, which must be 0, and rows.
func layTable(numbers []float64, rows []int32, shape []int, targets int) table {
	tb := table{n: len(shape), width: targets + 1, rows: rows}
	copy(tb.shape[:], shape)
	for m := 1; m < 1<<tb.n-1; m++ {
		size := marginalSize(shape, tb.width, m)
		tb.marg[m], numbers = numbers[:size:size], numbers[size:]
	}
	tb.target, tb.joint = numbers[:targets:targets], numbers[targets:]
	return tb
}

// trimmed returns the table without the unused room for cells.
func (tb table) trimmed() table {
	tb.rows, tb.joint = tb.rows[:tb.used<<tb.n], tb.joint[:tb.used*tb.width]
	return tb
}

// lattice returns the table's lattice. (It is no field: a decomposition keeps
// the lattice, and this would move the table to the heap.)
func (tb *table) lattice() *Lattice { return lattices[tb.n] }

// addCell adds an occupied cell with the given bins and p(s, ·). After the last
// cell, use trimmed.
func (tb *table) addCell(bins *[MaxSources]int, p []float64) {
	n := tb.n
	row := tb.rows[tb.used<<n:][:1<<n]
	own := tb.joint[tb.used*tb.width:][:len(p)+1]
	tb.used++
	copy(own, p)
	sum := 0.0
	for t, v := range p {
		sum += v
		tb.target[t] += v
	}
	own[len(p)] = sum
	if n == 2 {
		row[1] = tb.addRow(1, bins[0], own)
		row[2] = tb.addRow(2, bins[1], own)
		return
	}
	for m := 1; m < 1<<n-1; m++ {
		i := 0
		for k := range n {
			if m>>k&1 != 0 {
				i = i*tb.shape[k] + bins[k]
			}
		}
		row[m] = tb.addRow(m, i, own)
	}
}

// addRow adds a row to row i of the marginal of mask m and returns the start of
// that row.
func (tb *table) addRow(m, i int, own []float64) int32 {
	i *= tb.width
	row := tb.marg[m][i:][:len(own)]
	for t, v := range own {
		row[t] += v
	}
	return int32(i)
}

// rowsOf returns the rows of the marginal of a set of sources.
func (tb *table) rowsOf(mask uint8) []float64 {
	if int(mask) == 1<<tb.n-1 {
		return tb.joint
	}
	return tb.marg[mask]
}

// surprise returns −v·log2(v), and 0 for v ≤ 0.
func surprise(v float64) float64 {
	if v <= 0 {
		return 0
	}
	return -v * log2(v)
}

// entropies returns the entropy of the sources, and of the sources with the
// target, from rows of p(s, ·) with p(s) last.
func (tb *table) entropies(rows []float64) (sources, joint float64) {
	if tb.width == 3 {
		return entropies3(rows, rows)
	}
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

// event writes P(W,t) for each t, and last P(W), at cell i. Rounding in the
// alternating sum must not make the event smaller than the cell's own share of
// it.
func (tb *table) event(u []float64, terms []term, i int) {
	own := tb.joint[i*tb.width:][:tb.width]
	clear(u)
	top := uint8(1<<tb.n - 1)
	for _, tm := range terms {
		row := own
		if tm.mask != top {
			row = tb.marg[tm.mask][tb.row(i, tm.mask):][:tb.width]
		}
		for t, v := range row {
			u[t] += tm.coef * v
		}
	}
	for t, v := range own {
		u[t] = max(u[t], v)
	}
}

// triple is a row of a binary target: p(s,0), p(s,1), p(s).
type triple [3]float64

// gather copies the rows of all marginals at cell i, for a binary target.
func (tb *table) gather(dst *[16]triple, i int) {
	top := 1<<tb.n - 1
	for m := 1; m < top; m++ {
		dst[m] = triple(tb.marg[m][tb.row(i, uint8(m)):][:3])
	}
	dst[top] = triple(tb.joint[3*i:][:3])
}

// eventOf is event for a binary target, with gathered rows.
func eventOf(terms []term, rows *[16]triple, own *triple) (u triple) {
	for _, tm := range terms {
		row := &rows[tm.mask&15]
		u[0] += tm.coef * row[0]
		u[1] += tm.coef * row[1]
		u[2] += tm.coef * row[2]
	}
	return triple{max(u[0], own[0]), max(u[1], own[1]), max(u[2], own[2])}
}
