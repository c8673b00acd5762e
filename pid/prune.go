package pid

import "math"

// negligible is the probability below which entries are removed, because they
// only make the iterative measures less accurate.
const negligible = 1e-12

// pruned returns the table without negligible entries, and a bound of the
// effect on an entropy [bit]: with δ the removed mass and K entries, 4·(δ·log2
// K + h(δ)), after Fannes and Audenaert.
func (tb *table) pruned() (table, float64) {
	rest := newTable(new(scratch), tb.shape[:tb.n], tb.width-1, tb.used)
	lost := 0.0
	for i, v := range tb.joint {
		if v < negligible && (i+1)%tb.width != 0 {
			lost += v
		}
	}
	row := make([]float64, tb.width-1)
	for i := range tb.used {
		for t, v := range tb.joint[i*tb.width:][:tb.width-1] {
			if row[t] = 0; v >= negligible {
				row[t] = v / (1 - lost)
			}
		}
		if occupied(row) {
			bins := [MaxSources]int{tb.row(i, 1) / tb.width, tb.row(i, 2) / tb.width}
			rest.addCell(&bins, row)
		}
	}
	return rest.trimmed(), 4 * (lost*math.Log2(float64(len(tb.joint))) + surprise(lost) + surprise(1-lost))
}
