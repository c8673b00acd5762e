package pid

import (
	"fmt"
	"math"
)

// Settings of the ccs solver.
const (
	// ccsStart is the share of the uniform distribution in the start of the
	// Newton steps. The start must be an interior point.
	ccsStart = 1e-9
	// ccsZero is the pointwise information [bit] that counts as zero: below it
	// the sign is only noise.
	ccsZero = 1e-7
	// ccsGap is the largest certified relative entropy between the solution and
	// the maximum-entropy distribution [bit].
	ccsGap = 1e-9
	// ccsFitted is the relative entropy below which iterative proportional
	// fitting is accurate enough [nat].
	ccsFitted = 1e-16
)

// ccs decomposes by common change in surprisal (Ince 2017). With the
// maximum-entropy distribution Q that has the pairwise marginals of p,
//
//	red = Σ q·c  over the cells in which c = i(s1;t)+i(s2;t)−i(s1,s2;t),
//
// i(s1;t), i(s2;t) and i(s1,s2;t) all have the same sign. Terms below 1e-7 bit
// count as zero. Q is found by iterative proportional fitting, or by Newton
// steps if that converges slowly. The certificate bounds the relative entropy
// between the optimum and Q; the redundancy itself is discontinuous where a
// sign changes.
func (tb *table) ccs() (*Decomposition, error) {
	d := tb.start(CCS)
	f, cert, err := tb.maximumEntropy()
	if err != nil {
		return nil, err
	}
	d.Certificate = cert
	d.Cumulative[0], d.Cumulative[1], d.Cumulative[3] = tb.mutual(1), tb.mutual(2), d.MutualInfo
	d.Cumulative[2] = f.commonChange()
	d.invert()
	return d, nil
}

// maximumEntropy finds the distribution of maximum entropy with the pairwise
// marginals of the table.
func (tb *table) maximumEntropy() (*fitting, *Certificate, error) {
	f := tb.newFitting()
	steps := f.fit()
	gap := f.gap()
	if gap > ccsFitted {
		if g, n := f.newton(); g < gap {
			gap, steps = g, steps+n
		} else {
			f.fill()
			f.gap()
		}
	}
	if gap *= math.Log2E; !(gap <= ccsGap) {
		return nil, nil, fmt.Errorf("pid: ccs: %w: gap of %.3g bit after %d steps, tolerance %.1g", ErrNotConverged, gap, steps, ccsGap)
	}
	return f, &Certificate{Gap: max(gap, 0), Iterations: steps}, nil
}

// newton solves the problem by a barrier method and writes q. It returns the
// certified gap [nat], +Inf if the problem is too large, and the number of
// steps.
func (f *fitting) newton() (gap float64, steps int) {
	var start []float64
	var of [][]int32
	var cells []int
	n1, n2, targets := f.n1, f.n2, f.targets
	index := newIndex(n1*n2 + n1*targets + n2*targets)
	share := 0.0
	for _, v := range f.open {
		share += v
	}
	f.index(func(i, a, b, t int) {
		if f.open[i] > 0 {
			cells = append(cells, i)
			start = append(start, (1-ccsStart)*max(f.p[i], 0)+ccsStart/share)
			of = append(of, []int32{index.of(a*n2 + b), index.of(n1*n2 + a*targets + t), index.of(n1*n2 + n1*targets + b*targets + t)})
		}
	})
	if index.used > maxConstraints || len(start) > 1<<20 {
		return math.Inf(1), 0
	}
	exact := make([]float64, len(cells))
	for k, i := range cells {
		exact[k] = f.p[i]
	}
	pr := newProgram(exact, of, index.used)
	pr.q = start
	value, lower, steps := pr.descend(1e-13, pr.entropyBound)
	clear(f.q)
	for k, i := range cells {
		f.q[i] = pr.q[k]
	}
	return max(value-lower, 0), steps
}

// entropyBound returns the dual objective of maximum entropy [nat], Σ b·λ − Σ
// exp(Σλ − 1), which is a lower bound of −H. Before that, sweeps of iterative
// proportional fitting reduce the error of the multipliers.
func (pr *program) entropyBound() float64 {
	fit := make([]float64, len(pr.bound))
	for range 50 {
		for j := range pr.of[0] {
			clear(fit)
			for i := range pr.of {
				fit[pr.of[i][j]] += pr.fitted(i)
			}
			for k, v := range fit {
				if v > 0 {
					pr.dual[k] += math.Log(pr.bound[k]) - math.Log(v)
				}
			}
		}
	}
	sum := 0.0
	for i := range pr.of {
		sum -= pr.fitted(i)
	}
	for k, b := range pr.bound {
		sum += b * pr.dual[k]
	}
	return sum
}

// fitted returns the probability of variable i according to the multipliers.
func (pr *program) fitted(i int) float64 {
	v := -1.0
	for _, a := range pr.of[i] {
		v += pr.dual[a]
	}
	return math.Exp(min(max(v, -700), 300))
}

// commonChange sums the pointwise co-information of the cells in which all
// changes of surprisal have the same sign.
func (f *fitting) commonChange() float64 {
	pa, pb, pt := make([]float64, f.n1), make([]float64, f.n2), make([]float64, f.targets)
	for i, v := range f.at {
		pa[i/f.targets] += v
		pt[i%f.targets] += v
	}
	for i, v := range f.bt {
		pb[i/f.targets] += v
	}
	sum := 0.0
	f.index(func(i, a, b, t int) {
		sum += f.q[i] * f.change(i, pa[a], pb[b], pt[t]).common()
	})
	return sum
}

// change holds the changes of surprisal of a cell [bit].
type change struct{ i1, i2, both float64 }

// change returns the changes of cell i, given the probabilities of a, b and t.
func (f *fitting) change(i int, pa, pb, pt float64) change {
	if !(f.q[i] > 0) {
		return change{}
	}
	t, ab := i%f.targets, i/f.targets
	a, b := ab/f.n2, ab%f.n2
	return change{
		i1:   math.Log2(f.at[a*f.targets+t] / (pa * pt)),
		i2:   math.Log2(f.bt[b*f.targets+t] / (pb * pt)),
		both: math.Log2(f.q[i] / (f.ab[ab] * pt)),
	}
}

// common returns the co-information of a cell if all changes have the same
// sign, else 0.
func (c change) common() float64 {
	co := c.i1 + c.i2 - c.both
	if s := sign(co); s == sign(c.i1) && s == sign(c.i2) && s == sign(c.both) {
		return co
	}
	return 0
}

// sign returns the sign of an information; values below ccsZero count as 0.
func sign(v float64) int {
	switch {
	case v > ccsZero:
		return 1
	case v < -ccsZero:
		return -1
	}
	return 0
}
