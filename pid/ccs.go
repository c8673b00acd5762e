package pid

import (
	"fmt"
	"math"
)

// Settings of the ccs solver.
const (
	// ccsShift moves the distribution this far towards one that occupies all
	// cells its pairwise marginals allow, so that the maximum-entropy problem
	// has an interior even where marginals force zeros.
	ccsShift = 1e-9
	// ccsZero is the pointwise information [bit] that counts as none; signs
	// below it would be noise.
	ccsZero = 1e-7
	// ccsGap is the largest certified relative entropy between the solution and
	// the maximum-entropy distribution [bit].
	ccsGap = 1e-9
)

// ccs decomposes by common change in surprisal (Ince 2017): on the
// maximum-entropy distribution Q with the pairwise marginals of p,
//
//	red = Σ q·c  over the cells in which c = i(s1;t)+i(s2;t)−i(s1,s2;t),
//
// i(s1;t), i(s2;t) and i(s1,s2;t) all have one sign. Terms below 1e-7 bit count
// as zero. The certificate bounds how far Q is from the optimum in nats of
// relative entropy; the redundancy itself jumps where a sign changes.
func (tb *table) ccs() (*Decomposition, error) {
	d := tb.start(CCS)
	kept, _ := tb.pruned()
	pr, bins, err := kept.ccsProgram()
	if err != nil {
		return nil, err
	}
	value, lower, steps := pr.descend(1e-13, pr.entropyBound)
	gap := (value - lower) * math.Log2E
	if !(gap <= ccsGap) {
		return nil, fmt.Errorf("pid: ccs: %w: gap of %.3g bit after %d steps, tolerance %.1g", ErrNotConverged, gap, steps, ccsGap)
	}
	d.Certificate = &Certificate{Gap: max(gap, 0), Iterations: steps}
	d.Cumulative[0], d.Cumulative[1], d.Cumulative[3] = tb.mutual(1), tb.mutual(2), d.MutualInfo
	d.Cumulative[2] = kept.commonChange(pr.q, bins)
	d.invert()
	return d, nil
}

// ccsProgram lists the cells (s1,s2,t) that all three pairwise marginals allow.
func (tb *table) ccsProgram() (*program, [][3]int, error) {
	targets, n1, n2 := tb.width-1, tb.shape[0], tb.shape[1]
	rows := make([]int, n1*n2) // of each (s1,s2) in joint, from 1
	for i := range tb.cells {
		a, b := int(tb.cells[i].row[1])/tb.width, int(tb.cells[i].row[2])/tb.width
		rows[a*n2+b] = i + 1
	}
	var q []float64
	var of [][]int32
	var bins [][3]int
	index := newIndex(n1*n2 + n1*targets + n2*targets)
	for ab, row := range rows {
		a, b := ab/n2, ab%n2
		for t := range targets {
			if row == 0 || tb.marg[1][a*tb.width+t] == 0 || tb.marg[2][b*tb.width+t] == 0 {
				continue
			}
			bins = append(bins, [3]int{a, b, t})
			q = append(q, tb.joint[(row-1)*tb.width+t])
			of = append(of, []int32{index.of(ab), index.of(n1*n2 + a*targets + t), index.of(n1*n2 + n1*targets + b*targets + t)})
		}
	}
	if index.used > maxConstraints || len(q) > 1<<20 {
		return nil, nil, fmt.Errorf("pid: %w: the distribution is too large for ccs: %d constraints, at most %d", ErrMeasure, index.used, maxConstraints)
	}
	for i := range q {
		q[i] = (1-ccsShift)*q[i] + ccsShift/float64(len(q))
	}
	return newProgram(q, of, index.used, nil, 0), bins, nil
}

// entropyBound returns the dual objective of maximum entropy [nat]:
// Σ b·λ − Σ exp(Σλ − 1), which no feasible −H can be below. Sweeps of iterative
// proportional fitting first mend what is left of the multipliers' error.
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

// fitted returns the probability that the multipliers give variable i.
func (pr *program) fitted(i int) float64 {
	v := -1.0
	for _, a := range pr.of[i] {
		v += pr.dual[a]
	}
	return math.Exp(min(max(v, -700), 300))
}

// commonChange sums the pointwise co-information of the cells in which all
// changes of surprisal have one sign.
func (tb *table) commonChange(q []float64, bins [][3]int) float64 {
	n2 := tb.shape[1]
	joint := make([]float64, tb.shape[0]*n2)
	for i, c := range bins {
		joint[c[0]*n2+c[1]] += q[i]
	}
	sum := 0.0
	for i, c := range bins {
		r1, r2 := tb.marg[1][c[0]*tb.width:][:tb.width], tb.marg[2][c[1]*tb.width:][:tb.width]
		pt := math.Log2(tb.target[c[2]])
		i1 := math.Log2(r1[c[2]]/r1[tb.width-1]) - pt
		i2 := math.Log2(r2[c[2]]/r2[tb.width-1]) - pt
		both := math.Log2(q[i]/joint[c[0]*n2+c[1]]) - pt
		co := i1 + i2 - both
		if s := sign(co); s == sign(i1) && s == sign(i2) && s == sign(both) {
			sum += q[i] * co
		}
	}
	return sum
}

// sign returns the sign of an information, 0 within rounding.
func sign(v float64) int {
	switch {
	case v > ccsZero:
		return 1
	case v < -ccsZero:
		return -1
	}
	return 0
}
