package pid

import (
	"fmt"
	"math"
)

// leastMass stands for an empty side of a cell in the logarithms of a gradient.
const leastMass = 1e-18

// BatchGoal evaluates the goal of one neuron over a batch and its gradient
// [bit]:
//
//	G = Σ_α Γ_α·Π_α + Γ_res·H(Y|sources),  p(s,1) = (1/N)·Σ_{i in cell s} θ_i
//	∂G/∂θ_i = [D(s_i,1) − D(s_i,0)] / N
//	D(s,t) = Σ_α w_α·{ log2 f_α(s,t) + (1/ln 2)·Σ_{s': s∈W_α(s')} p(s',t)/P(W_α(s'),t) } − Γ_res·log2 p(t)
//
// with w the weights of the cumulative redundancies. bins[k][i] is the bin of
// sample i at source k, nbins[k] the number of bins there, theta[i] = P(Y=1 |
// sample i). Bins are constants for the gradient. It writes ∂G/∂θ_i into dst,
// which has the batch's length, or is nil if the gradient is not wanted. Where
// θ is exactly 0 or 1 throughout a cell the gradient is infinite; a mass of
// 1e-18 stands for the empty side. It returns an error if lengths, bins or
// probabilities do not fit. Cost: O(N + occupied cells · antichains).
func BatchGoal(dst []float64, g Goal, nbins []int, bins [][]int, theta []float64) (goal float64, d *Decomposition, err error) {
	if err := checkBatch(dst, g, nbins, bins, theta); err != nil {
		return 0, nil, err
	}
	tb, cellOf := tally(nbins, bins, theta)
	d = tb.sx()
	if dst != nil {
		slope := tb.slopes(&g)
		for i, c := range cellOf {
			dst[i] = slope[c] / float64(len(theta))
		}
	}
	return g.Value(d), d, nil
}

// checkBatch validates everything but single bins and probabilities.
func checkBatch(dst []float64, g Goal, nbins []int, bins [][]int, theta []float64) error {
	n := len(theta)
	switch {
	case g.n == 0:
		return fmt.Errorf("pid: the zero goal: make one with NewGoal")
	case len(nbins) != g.n || len(bins) != g.n:
		return fmt.Errorf("pid: the goal is for %d sources; there are %d numbers of bins and %d lists of bins", g.n, len(nbins), len(bins))
	case n == 0:
		return fmt.Errorf("pid: the batch is empty")
	case dst != nil && len(dst) != n:
		return fmt.Errorf("pid: dst has length %d, the batch %d", len(dst), n)
	}
	cells := 1
	for k, b := range nbins {
		if b < 1 || cells > maxCells/b {
			return fmt.Errorf("pid: source %d has %d bins; each needs at least 1 and all together at most %d cells", k+1, b, maxCells)
		}
		cells *= b
		if len(bins[k]) != n {
			return fmt.Errorf("pid: source %d has %d samples, theta %d", k+1, len(bins[k]), n)
		}
		for i, v := range bins[k] {
			if uint(v) >= uint(b) {
				return fmt.Errorf("pid: sample %d of source %d is in bin %d of %d", i, k+1, v, b)
			}
		}
	}
	for i, v := range theta {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("pid: theta of sample %d is %v, not a probability", i, v)
		}
	}
	return nil
}

// tally returns the table of a batch and the cell of each sample.
func tally(nbins []int, bins [][]int, theta []float64) (table, []int32) {
	n, size := len(nbins), 1
	for _, d := range nbins {
		size *= d
	}
	number := newIndex(size)
	cellOf := make([]int32, len(theta))
	ones := make([][2]float64, 0, min(size, len(theta)))
	first := make([]int32, 0, cap(ones))
	for i, th := range theta {
		key := bins[0][i]
		for k := 1; k < n; k++ {
			key = key*nbins[k] + bins[k][i]
		}
		c := number.of(key)
		if int(c) == len(ones) {
			ones, first = append(ones, [2]float64{}), append(first, int32(i))
		}
		cellOf[i] = c
		ones[c][0] += 1 - th
		ones[c][1] += th
	}
	tb := newTable(new(scratch), nbins, 2, len(ones))
	scale := 1 / float64(len(theta))
	var at [4]int
	for c := range ones {
		for k := range n {
			at[k] = bins[k][first[c]]
		}
		ones[c][0] *= scale
		ones[c][1] *= scale
		tb.addCell(&at, ones[c][:])
	}
	return tb.trimmed(), cellOf
}

// logOdds returns log2(one/zero).
func logOdds(one, zero float64) float64 {
	return log2(max(one, leastMass) / max(zero, leastMass))
}

// slopes returns D(s,1) − D(s,0) of each cell.
func (tb *table) slopes(g *Goal) []float64 {
	y := logOdds(tb.target[1], tb.target[0])
	slope := make([]float64, len(tb.cells))
	top := len(tb.lattice().members) - 1
	for i := range slope {
		slope[i] = -g.residual * y
	}
	for a, terms := range tb.lattice().unions {
		w := g.weights[a]
		if a == top {
			w -= g.residual
		}
		switch {
		case w == 0:
		case len(terms) == 1:
			tb.singleSlope(slope, w, terms[0].mask, y)
		default:
			tb.unionSlope(slope, w, terms, y)
		}
	}
	return slope
}

// singleSlope adds the slope of an antichain of one set.
func (tb *table) singleSlope(slope []float64, w float64, mask uint8, y float64) {
	rows, top := tb.rowsOf(mask), int(mask) == 1<<tb.n-1
	for i := range slope {
		at := i * 3
		if !top {
			at = int(tb.cells[i].row[mask])
		}
		slope[i] += w * (logOdds(rows[at+1], rows[at]) - y)
	}
}

// unionSlope adds the slope of an antichain of several sets. The sum over the
// cells that share the event is itself an inclusion–exclusion, over the
// marginals of v = P₁/u₁ − P₀/u₀.
func (tb *table) unionSlope(slope []float64, w float64, terms []term, y float64) {
	var margins [16][]float64
	top := 1<<tb.n - 1
	v := make([]float64, len(tb.cells))
	for _, t := range terms {
		if int(t.mask) != top {
			margins[t.mask] = make([]float64, len(tb.marg[t.mask])/3)
		}
	}
	var rows [16]triple
	for i := range tb.cells {
		tb.gather(&rows, i)
		own := &rows[top]
		u := eventOf(terms, &rows, own)
		v[i] = own[1]/max(u[1], leastMass) - own[0]/max(u[0], leastMass)
		slope[i] += w * (logOdds(u[1], u[0]) - y)
		for _, t := range terms {
			if int(t.mask) != top {
				margins[t.mask][tb.cells[i].row[t.mask]/3] += v[i]
			}
		}
	}
	for i := range tb.cells {
		sum := 0.0
		for _, t := range terms {
			if int(t.mask) == top {
				sum += float64(t.coef) * v[i]
			} else {
				sum += float64(t.coef) * margins[t.mask][tb.cells[i].row[t.mask]/3]
			}
		}
		slope[i] += w * math.Log2E * sum
	}
}
