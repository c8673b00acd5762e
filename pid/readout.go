package pid

import "fmt"

// Optimum returns the distribution from which an iterative measure computes its
// redundancy, in the layout of p. For broja it is the one with the smallest
// mutual information among those with p's marginals of each source with the
// target; for ccs the one with the largest entropy among those with p's
// pairwise marginals. The certificate is that of the decomposition. Errors are
// those of [Decompose], and one wrapping [ErrMeasure] for all other measures.
func Optimum(m Measure, shape []int, p []float64) ([]float64, *Certificate, error) {
	if m != CCS && m != BROJA {
		return nil, nil, fmt.Errorf("pid: %w: %v optimises nothing; ccs and broja do", ErrMeasure, m)
	}
	if err := checkDense(m, shape, p); err != nil {
		return nil, nil, err
	}
	tb := newTable(new(scratch), shape[:2], shape[2], countCells(p, shape[2]))
	tb.fill(p, shape[2])
	tb = tb.trimmed()
	if m == CCS {
		f, cert, err := tb.maximumEntropy()
		if err != nil {
			return nil, nil, err
		}
		return f.inOrder(shape[0], shape[1]), cert, nil
	}
	s, cert, err := tb.solveBroja()
	if err != nil {
		return nil, nil, err
	}
	if s.swapped {
		return transposed(s.q, s.n1, s.n2, s.targets), cert, nil
	}
	return s.q, cert, nil
}

// inOrder returns q with the sources in their original order.
func (f *fitting) inOrder(n1, n2 int) []float64 {
	if f.swapped {
		return transposed(f.q, n2, n1, f.targets)
	}
	return f.q
}
