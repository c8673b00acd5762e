package estimate

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// apart says which rows are too near in time to be compared: neighbours in time
// have similar values even if the columns are unrelated (Theiler 1986). In a
// series, which is treated as a ring, these are the rows within a window;
// otherwise they are the row itself and the rows of its trial.
type apart struct {
	n, window int
	trial     []int32 // of each row; nil without trials
}

// near reports whether rows i and j are too near to compare. This includes i =
// j.
func (a *apart) near(i, j int) bool {
	if a.trial != nil {
		return a.trial[i] == a.trial[j]
	}
	d := max(i-j, j-i)
	return d <= a.window || a.n-d <= a.window
}

// mostTheiler limits a window to 1/mostTheiler of the rows on each side.
const mostTheiler = 8

// theiler returns the window of a series [rows]: the memory that the target has
// in common with a source, for the source with the longest.
func theiler(sources [][]float64, target []float64) int {
	of, _ := memory(target)
	most := 0
	for _, x := range sources {
		m, _ := memory(x)
		most = max(most, min(m, of))
	}
	return min(most, len(target)/mostTheiler)
}

// apart returns which of the rows are too near to compare. rows says from which
// row each variable was taken; nil: from its own.
func (c *continuous) apart(n int, rows rowsOf) *apart {
	a := &apart{n: n, window: c.window}
	if c.plan.kind != Trials {
		return a
	}
	of := make([]int32, c.n)
	for k, s := range c.plan.trials {
		for i := s.first; i < s.end; i++ {
			of[i] = int32(k)
		}
	}
	if a.trial = of; rows != nil && rows[len(c.of)] != nil {
		a.trial = make([]int32, n)
		for i, from := range rows[len(c.of)] {
			a.trial[i] = of[from]
		}
	}
	return a
}

// distance returns the distance between two rows.
type distance func(i, j int) float64

// farthest returns the maximum-norm distance: the largest difference in a
// column.
func farthest(columns [][]float64, of []int) distance {
	return func(i, j int) float64 {
		far := 0.0
		for _, k := range of {
			far = max(far, math.Abs(columns[k][i]-columns[k][j]))
		}
		return far
	}
}

// neighbourInformation returns the mutual information of columns and the target
// [bit] by nearest neighbours (Kraskov, Stögbauer and Grassberger 2004, first
// estimator):
//
//	I = ψ(k) + ⟨ψ(N)⟩ − ⟨ψ(n_A+1) + ψ(n_T+1)⟩
//
// with n_A the number of rows that are nearer in A than the k-th neighbour is
// in both, n_T the same in T, and N the number of rows to compare with plus the
// row itself.
func (c *continuous) neighbourInformation(columns [][]float64, of []int, a *apart) float64 {
	return c.neighbours(columns, farthest(columns, of), a)
}

// neighbourShared returns the shared-exclusions redundancy of two columns and a
// target [bit] (Ehrlich and others 2024): the same estimator with the distance
// of the statement "R is near r or C is near c", which is the smaller of the
// two.
func (c *continuous) neighbourShared(columns [][]float64, a *apart) float64 {
	r, s := columns[c.of[0][0]], columns[c.of[1][0]]
	return c.neighbours(columns, func(i, j int) float64 {
		return min(math.Abs(r[i]-r[j]), math.Abs(s[i]-s[j]))
	}, a)
}

// neighbours is the estimator for any distance of the sources.
func (c *continuous) neighbours(columns [][]float64, source distance, a *apart) float64 {
	first, target := columns[c.target[0]], farthest(columns, c.target)
	ranks := rank(first)
	sum := 0.0
	best := make([]float64, c.cfg.Neighbours)
	for at, i := range ranks.order {
		ranks.nearest(best, at, func(j int) float64 {
			if a.near(i, j) {
				return math.Inf(1)
			}
			return max(source(i, j), target(i, j))
		})
		radius := best[len(best)-1]
		all, inSource, inTarget := 1, 1, 1 // counting i itself
		for j := range first {
			if a.near(i, j) {
				continue
			}
			all++
			if source(i, j) < radius {
				inSource++
			}
			if target(i, j) < radius {
				inTarget++
			}
		}
		sum += mathext.Digamma(float64(all)) - mathext.Digamma(float64(inSource)) - mathext.Digamma(float64(inTarget))
	}
	return (mathext.Digamma(float64(len(best))) + sum/float64(len(first))) / math.Ln2
}

// ranking is the rows in the order of one column.
type ranking struct {
	order  []int
	values []float64
}

func rank(values []float64) *ranking {
	r := &ranking{make([]int, len(values)), values}
	for i := range r.order {
		r.order[i] = i
	}
	slices.SortFunc(r.order, func(i, j int) int { return cmp.Or(cmp.Compare(values[i], values[j]), i-j) })
	return r
}

// nearest writes the smallest distances to the row at a place of the order. No
// distance is less than the difference in the column, so it visits rows from
// near to far in this column and can stop early.
func (r *ranking) nearest(best []float64, at int, to func(j int) float64) {
	for b := range best {
		best[b] = math.Inf(1)
	}
	own := r.values[r.order[at]]
	for lo, hi := at-1, at+1; lo >= 0 || hi < len(r.order); {
		var j int
		if hi >= len(r.order) || (lo >= 0 && own-r.values[r.order[lo]] <= r.values[r.order[hi]]-own) {
			j, lo = r.order[lo], lo-1
		} else {
			j, hi = r.order[hi], hi+1
		}
		if math.Abs(r.values[j]-own) >= best[len(best)-1] {
			break
		}
		insert(best, to(j))
	}
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
