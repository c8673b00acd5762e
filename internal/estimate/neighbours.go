package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// neighbourInformation returns the mutual information of columns and the target
// [bit] by nearest neighbours (Kraskov, Stögbauer and Grassberger 2004, first
// estimator):
//
//	I = ψ(k) + ψ(N) − ⟨ψ(n_A+1) + ψ(n_T+1)⟩
//
// with n the rows nearer in A, or in T, than the k-th neighbour is in both, by
// the largest difference of a column.
func (c *continuous) neighbourInformation(columns [][]float64, of []int) float64 {
	return c.neighbours(columns, func(i, j int) float64 {
		far := 0.0
		for _, k := range of {
			far = max(far, math.Abs(columns[k][i]-columns[k][j]))
		}
		return far
	})
}

// neighbourShared returns the shared-exclusions redundancy of two columns and a
// target [bit] (Ehrlich and others 2024): the same with the distance of the
// statement "R is near r or C is near c", which is the smaller of the two.
func (c *continuous) neighbourShared(columns [][]float64) float64 {
	r, s := columns[c.of[0][0]], columns[c.of[1][0]]
	return c.neighbours(columns, func(i, j int) float64 {
		return min(math.Abs(r[i]-r[j]), math.Abs(s[i]-s[j]))
	})
}

// neighbours estimates for any distance of the sources. Rows are gone through
// from near to far in the target's first column, so that the search for the
// k-th neighbour can stop early.
func (c *continuous) neighbours(columns [][]float64, source func(i, j int) float64) float64 {
	n, k := len(columns[0]), c.cfg.Neighbours
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	first := columns[c.target[0]]
	slices.SortFunc(order, func(a, b int) int {
		if first[a] < first[b] {
			return -1
		} else if first[a] > first[b] {
			return 1
		}
		return a - b
	})
	target := func(i, j int) float64 {
		far := 0.0
		for _, k := range c.target {
			far = max(far, math.Abs(columns[k][i]-columns[k][j]))
		}
		return far
	}
	sum := 0.0
	best, distance := make([]float64, k), make([]float64, n)
	for at, i := range order {
		for b := range best {
			best[b] = math.Inf(1)
		}
		for step, lo, hi := 0, at-1, at+1; lo >= 0 || hi < n; step++ {
			var j int
			if hi >= n || (lo >= 0 && first[i]-first[order[lo]] <= first[order[hi]]-first[i]) {
				j, lo = order[lo], lo-1
			} else {
				j, hi = order[hi], hi+1
			}
			if math.Abs(first[j]-first[i]) >= best[k-1] {
				break
			}
			insert(best, max(source(i, j), target(i, j)))
		}
		near := best[k-1]
		for j := range distance {
			distance[j] = source(i, j)
		}
		inSource, inTarget := -1, -1 // not counting i itself
		for _, d := range distance {
			if d < near {
				inSource++
			}
		}
		for j := range n {
			if target(i, j) < near {
				inTarget++
			}
		}
		sum += mathext.Digamma(float64(inSource+1)) + mathext.Digamma(float64(inTarget+1))
	}
	return (mathext.Digamma(float64(k)) + mathext.Digamma(float64(n)) - sum/float64(n)) / math.Ln2
}

// insert puts v into the rising values best, dropping the largest.
func insert(best []float64, v float64) {
	i := len(best) - 1
	if v >= best[i] {
		return
	}
	for ; i > 0 && best[i-1] > v; i-- {
		best[i] = best[i-1]
	}
	best[i] = v
}
