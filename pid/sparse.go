package pid

import (
	"fmt"
	"math"
)

// DecomposeSparse is [Decompose] for a distribution given by its positive
// entries: p[i] is the probability at the row-major position index[i], the
// target fastest. Positions must be strictly increasing; all other entries are
// 0. Its cost depends on the number of entries, except for the marginals of
// subsets of the sources: use it for many bins and few samples. The errors are
// those of Decompose.
func DecomposeSparse(m Measure, shape []int, index []int, p []float64) (*Decomposition, error) {
	if err := checkSparse(m, shape, index, p); err != nil {
		return nil, err
	}
	var sc scratch
	n := len(shape) - 1
	tb := newTable(&sc, shape[:n], shape[n], countRuns(index, shape[n]))
	tb.fillSparse(shape[n], index, p)
	tb = tb.trimmed()
	return tb.decompose(m)
}

// countRuns returns the number of source cells of the entries.
func countRuns(index []int, targets int) int {
	n, last := 0, -1
	for _, at := range index {
		if at/targets != last {
			n, last = n+1, at/targets
		}
	}
	return n
}

// checkSparse returns an error if the entries are not a distribution.
func checkSparse(m Measure, shape, index []int, p []float64) error {
	if err := checkShape(m, shape); err != nil {
		return err
	}
	size := 1
	for _, d := range shape {
		size *= d
	}
	if len(index) != len(p) {
		return fmt.Errorf("pid: %w: %d positions for %d probabilities", ErrNotDistribution, len(index), len(p))
	}
	last := -1
	for i, at := range index {
		if at <= last || at >= size {
			return fmt.Errorf("pid: %w: position %d is %d; positions rise strictly from 0 to %d", ErrNotDistribution, i, at, size-1)
		}
		last = at
	}
	return checkProbabilities(p)
}

// fillSparse adds the occupied cells to the empty table.
func (tb *table) fillSparse(targets int, index []int, p []float64) {
	row := make([]float64, targets)
	var bins [MaxSources]int
	for i := 0; i < len(index); {
		cell := index[i] / targets
		clear(row)
		for ; i < len(index) && index[i]/targets == cell; i++ {
			row[index[i]%targets] = p[i]
		}
		for k, rest := tb.n-1, cell; k >= 0; k-- {
			bins[k], rest = rest%tb.shape[k], rest/tb.shape[k]
		}
		if occupied(row) {
			tb.addCell(&bins, row)
		}
	}
}

// checkShape returns an error if the shape is invalid for the measure.
func checkShape(m Measure, shape []int) error {
	if int(m) >= len(measureNames) {
		return fmt.Errorf("pid: %w: there is no %v", ErrMeasure, m)
	}
	n := len(shape) - 1
	if n < 2 {
		return fmt.Errorf("pid: %w: shape %v has %d sources; expected 2 to %d sources and a target", ErrNotDistribution, shape, max(n, 0), MaxSources)
	}
	if n > m.MaxSources() {
		return fmt.Errorf("pid: %w: %d sources with measure %v, which takes at most %d", ErrMeasure, n, m, m.MaxSources())
	}
	size := 1
	for k, d := range shape {
		if d < 1 || size > maxEntries/d {
			return fmt.Errorf("pid: %w: dimension %d of the shape is %d; dimensions are at least 1 and their product at most %d", ErrNotDistribution, k+1, d, maxEntries)
		}
		size *= d
	}
	return nil
}

// checkProbabilities returns an error unless p are probabilities with sum 1.
func checkProbabilities(p []float64) error {
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
