package pid

import (
	"errors"
	"fmt"
)

// ErrNotDistribution is wrapped by every error about the shape or the values
// of a distribution.
var ErrNotDistribution = errors.New("not a distribution")

// maxEntries bounds the size of a distribution.
const maxEntries = 1 << 26

// Decompose returns the partial information decomposition of what the sources
// tell about the target [bit] under measure m.
//
//	I∩(α) by the measure,  Π(α) = I∩(α) − Σ_{β<α} Π(β)
//
// p is the joint distribution p(s1,…,sn,t) in row-major order, the target
// last, with ∏ shape entries; shape has 3 to 5 entries (2 to 4 sources; ccs and
// broja: 2 sources). Symbols that never occur are allowed. It returns an error
// wrapping [ErrNotDistribution] unless p is finite, ≥ 0 and sums to 1 within
// 1e-9, and one wrapping [ErrNotConverged] if an iterative measure could not be
// certified. Cost: O(∏ shape + antichains · occupied cells).
func Decompose(m Measure, shape []int, p []float64) (*Decomposition, error) {
	var tb table
	if err := tb.fill(m, shape, p); err != nil {
		return nil, err
	}
	return tb.decompose(m)
}

// decompose applies the measure to a filled table.
func (tb *table) decompose(m Measure) (*Decomposition, error) {
	switch m {
	case SX:
		return tb.sx(), nil
	case WB:
		return tb.minimum(WB, tb.specific), nil
	case MMI:
		return tb.minimum(MMI, tb.mutual), nil
	case PM:
		return tb.pm(), nil
	case CCS:
		return tb.ccs()
	}
	return tb.broja()
}

// fill validates the distribution and builds its table.
func (tb *table) fill(m Measure, shape []int, p []float64) error {
	if err := checkShape(m, shape); err != nil {
		return err
	}
	n := len(shape) - 1
	size := 1
	for _, d := range shape {
		size *= d
	}
	if len(p) != size {
		return fmt.Errorf("pid: %w: %d probabilities for shape %v, which needs %d", ErrNotDistribution, len(p), shape, size)
	}
	if err := checkProbabilities(p); err != nil {
		return err
	}
	targets := shape[n]
	tb.layOut(lattices[n], shape[:n], targets)
	var bins [4]int
	for len(p) > 0 {
		if row := p[:targets]; occupied(row) {
			tb.addCell(&bins, row)
		}
		p = p[targets:]
		for k := n - 1; k >= 0; k-- {
			if bins[k]++; bins[k] < shape[k] {
				break
			}
			bins[k] = 0
		}
	}
	return nil
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
