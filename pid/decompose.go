package pid

import (
	"errors"
	"fmt"
)

// ErrNotDistribution is wrapped by every error about the shape or the values
// of a distribution.
var ErrNotDistribution = errors.New("not a distribution")

// ErrMeasure is wrapped by errors about a measure: there is no measure of that
// number, or it does not support that many sources or such a large
// distribution. The distribution itself may be valid.
var ErrMeasure = errors.New("not possible with this measure")

// maxEntries bounds the size of a distribution.
const maxEntries = 1 << 26

// Decompose returns the partial information decomposition of the information
// that the sources have about the target [bit] under measure m.
//
//	I∩(α) by the measure,  Π(α) = I∩(α) − Σ_{β<α} Π(β)
//
// p is the joint distribution p(s1,…,sn,t) in row-major order, the target last,
// with ∏ shape entries. shape has 3 to 6 entries (2 to 5 sources; ccs, broja
// and dep: 2 sources). Symbols that never occur are allowed. It returns an
// error wrapping [ErrNotDistribution] unless p is finite, ≥ 0 and sums to 1
// within 1e-9; one wrapping [ErrMeasure] if the measure does not support the
// number of sources; and one wrapping [ErrNotConverged] if an iterative measure
// could not be certified. Cost: O(∏ shape + antichains · occupied cells).
func Decompose(m Measure, shape []int, p []float64) (*Decomposition, error) {
	if err := checkDense(m, shape, p); err != nil {
		return nil, err
	}
	var sc scratch
	n := len(shape) - 1
	tb := newTable(&sc, shape[:n], shape[n], countCells(p, shape[n]))
	tb.fill(p, shape[n])
	tb = tb.trimmed()
	return tb.decompose(m)
}

// decompose applies the measure to a filled table.
func (tb *table) decompose(m Measure) (*Decomposition, error) {
	switch m {
	case SX:
		return tb.sx(), nil
	case WB:
		return tb.minimum(WB), nil
	case MMI:
		return tb.minimum(MMI), nil
	case PM:
		return tb.pm(), nil
	case CCS:
		return tb.ccs()
	case DEP:
		return tb.dep()
	}
	return tb.broja()
}

// checkDense returns an error if p is not a distribution of the given shape.
func checkDense(m Measure, shape []int, p []float64) error {
	if err := checkShape(m, shape); err != nil {
		return err
	}
	size := 1
	for _, d := range shape {
		size *= d
	}
	if len(p) != size {
		return fmt.Errorf("pid: %w: %d probabilities for shape %v, which needs %d", ErrNotDistribution, len(p), shape, size)
	}
	return checkProbabilities(p)
}

// fill adds the occupied cells of p to the empty table.
func (tb *table) fill(p []float64, targets int) {
	var bins [MaxSources]int
	for ; len(p) > 0; p = p[targets:] {
		if row := p[:targets]; occupied(row) {
			tb.addCell(&bins, row)
		}
		for k := tb.n - 1; k >= 0; k-- {
			if bins[k]++; bins[k] < tb.shape[k] {
				break
			}
			bins[k] = 0
		}
	}
}

// occupied reports whether any probability of a row is positive.
func occupied(row []float64) bool {
	for _, v := range row {
		if v > 0 {
			return true
		}
	}
	return false
}

// countCells returns the number of occupied rows.
func countCells(p []float64, width int) int {
	n := 0
	for ; len(p) > 0; p = p[width:] {
		if occupied(p[:width]) {
			n++
		}
	}
	return n
}
