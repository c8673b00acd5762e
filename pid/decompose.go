package pid

import (
	"errors"
	"fmt"
	"math"
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
	if int(m) >= len(measureNames) {
		return fmt.Errorf("pid: no such measure: %v", m)
	}
	n := len(shape) - 1
	if n < 2 || n > m.MaxSources() {
		return fmt.Errorf("pid: %d sources with measure %v: %w; it takes 2 to %d sources and a target", max(n, 0), m, ErrNotDistribution, m.MaxSources())
	}
	if err := checkDistribution(shape, p); err != nil {
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

// checkDistribution returns what keeps p from being a distribution of the
// given shape.
func checkDistribution(shape []int, p []float64) error {
	size := 1
	for k, d := range shape {
		if d < 1 || size > maxEntries/d {
			return fmt.Errorf("pid: %w: dimension %d of the shape is %d; dimensions are at least 1 and their product at most %d", ErrNotDistribution, k+1, d, maxEntries)
		}
		size *= d
	}
	if len(p) != size {
		return fmt.Errorf("pid: %w: %d probabilities for shape %v, which needs %d", ErrNotDistribution, len(p), shape, size)
	}
	sum := 0.0
	for i, v := range p {
		if !(v >= 0 && v <= 2) {
			return fmt.Errorf("pid: %w: entry %d is %v, not a probability", ErrNotDistribution, i, v)
		}
		sum += v
	}
	if math.Abs(sum-1) > 1e-9 {
		return fmt.Errorf("pid: %w: the probabilities sum to %.12g, not to 1 within 1e-9", ErrNotDistribution, sum)
	}
	return nil
}

func occupied(row []float64) bool {
	for _, v := range row {
		if v > 0 {
			return true
		}
	}
	return false
}
