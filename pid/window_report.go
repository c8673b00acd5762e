package pid

import "errors"

var errGoalSources = errors.New("pid: the goal is for another number of sources")

// ErrEmptyWindow is returned for a window without any sample or prior.
var ErrEmptyWindow = errors.New("pid: the window is empty")

// Decompose returns the sx decomposition of the samples in the window, with its
// prior. It allocates and costs O(occupied cells · antichains): use it for
// reports, not for every sample. It returns ErrEmptyWindow if there is neither
// sample nor prior.
func (w *Window) Decompose() (*Decomposition, error) {
	if w.sum.total() == 0 {
		return nil, ErrEmptyWindow
	}
	var sc scratch
	tb := newTable(&sc, w.dim[:w.n], 2, w.occupied())
	n := float64(w.sum.total())
	add := func(c [3]uint16, m mass) {
		bins := [MaxSources]int{int(c[0]), int(c[1]), int(c[2])}
		p := [2]float64{float64(m.zero) / n, float64(m.one) / n}
		tb.addCell(&bins, p[:])
	}
	if w.n == 2 {
		for _, e := range w.entries() {
			add(e.cell, e.mass)
		}
	} else {
		for i, c := range w.places {
			add(c, w.cells[i])
		}
	}
	tb = tb.trimmed()
	return tb.sx(), nil
}

// Goal returns the present value of the goal [bit]; an empty window gives 0.
func (w *Window) Goal() float64 {
	d, err := w.Decompose()
	if err != nil {
		return 0
	}
	return w.goal.Value(d)
}

// occupied returns an upper bound of the number of occupied cells.
func (w *Window) occupied() int {
	if w.n == 3 {
		return len(w.keys)
	}
	if w.halflife > 0 {
		return w.dim[0] * w.dim[1]
	}
	return min(len(w.ring)+len(w.prior), w.dim[0]*w.dim[1])
}
