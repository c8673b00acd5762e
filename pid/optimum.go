package pid

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// ErrNotConverged is wrapped by errors of iterative measures whose solution
// could not be certified.
var ErrNotConverged = errors.New("not converged")

// program is a convex problem over q ≥ 0 with given marginals:
//
//	minimise Σ_i q_i·ln q_i   subject to   Σ_{i∈k} q_i = b_k
//
// This is the problem of maximum entropy. It is solved by a barrier method:
// Newton steps on the objective minus μ·Σ ln q for decreasing μ, with a Schur
// complement over the constraints.
type program struct {
	of    [][]int32 // by variable: its constraints
	bound []float64 // b

	q, dq []float64
	dual  []float64 // multipliers
	grad  []float64
	invH  []float64 // 1 / diagonal of the Hessian
	rhs   []float64
	schur []float64
}

// newProgram starts from interior values q whose marginals are the bounds.
func newProgram(q []float64, of [][]int32, constraints int) *program {
	n := len(q)
	pr := &program{of: of, q: q, bound: make([]float64, constraints)}
	for i, v := range q {
		for _, k := range of[i] {
			pr.bound[k] += v
		}
	}
	pr.orderConstraints()
	pr.dq, pr.grad, pr.invH = make([]float64, n), make([]float64, n), make([]float64, n)
	pr.dual, pr.rhs = make([]float64, constraints), make([]float64, constraints)
	pr.schur = make([]float64, constraints*constraints)
	return pr
}

// orderConstraints renumbers the constraints by their bounds, smallest first.
// The constraints are dependent, and the factorisation drops those that depend
// on earlier ones; these should be the large ones.
func (pr *program) orderConstraints() {
	order := make([]int32, len(pr.bound))
	for k := range order {
		order[k] = int32(k)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(pr.bound[a], pr.bound[b]) })
	place, bound := make([]int32, len(order)), make([]float64, len(order))
	for to, from := range order {
		place[from], bound[to] = int32(to), pr.bound[from]
	}
	pr.bound = bound
	for _, of := range pr.of {
		for j := range of {
			of[j] = place[of[j]]
		}
	}
}

// objective returns the objective with the barrier [nat].
func (pr *program) objective(q []float64, mu float64) float64 {
	sum := 0.0
	for _, v := range q {
		sum += (v - mu) * math.Log(v)
	}
	return sum
}

// model computes the gradient and the inverse Hessian at q.
func (pr *program) model(mu float64) {
	for i, v := range pr.q {
		pr.grad[i] = math.Log(v) + 1 - mu/v
		pr.invH[i] = v * (v / (v + mu))
	}
}

// solveHessian replaces v by H⁻¹·v.
func (pr *program) solveHessian(v []float64) {
	for i := range v {
		v[i] *= pr.invH[i]
	}
}

// buildSchur writes A·H⁻¹·Aᵀ.
func (pr *program) buildSchur() {
	k := len(pr.bound)
	clear(pr.schur)
	for i, of := range pr.of {
		for _, a := range of {
			for _, b := range of {
				pr.schur[int(a)*k+int(b)] += pr.invH[i]
			}
		}
	}
}

// step computes the Newton direction dq and the multipliers, and returns the
// squared Newton decrement.
func (pr *program) step(mu float64) float64 {
	pr.model(mu)
	pr.buildSchur()
	copy(pr.dq, pr.grad)
	pr.solveHessian(pr.dq)
	// A·H⁻¹·Aᵀ·dual = b − A·q + A·H⁻¹·grad
	copy(pr.rhs, pr.bound)
	for i, of := range pr.of {
		for _, a := range of {
			pr.rhs[a] += pr.dq[i] - pr.q[i]
		}
	}
	factor(pr.schur, len(pr.bound))
	copy(pr.dual, pr.rhs)
	solve(pr.schur, pr.dual)
	for i, of := range pr.of {
		pr.dq[i] = -pr.grad[i]
		for _, a := range of {
			pr.dq[i] += pr.dual[a]
		}
	}
	decrement := 0.0
	gain := slices.Clone(pr.dq)
	pr.solveHessian(pr.dq)
	for i := range gain {
		decrement += gain[i] * pr.dq[i]
	}
	return math.Abs(decrement)
}

// advance moves along dq as far as the barrier allows and the objective
// decreases. It reports whether it moved.
func (pr *program) advance(mu float64) bool {
	length := 1.0
	for i, v := range pr.q {
		if pr.dq[i] < 0 {
			length = min(length, -.99*v/pr.dq[i])
		}
	}
	before := pr.objective(pr.q, mu)
	next := make([]float64, len(pr.q))
	for range 40 {
		for i := range next {
			next[i] = pr.q[i] + length*pr.dq[i]
		}
		if pr.objective(next, mu) <= before+1e-15*math.Abs(before) {
			pr.q = next
			return true
		}
		length /= 2
	}
	return false
}

// descend reduces μ until the gap between the best point and the best bound is
// at most enough [nat], or rounding errors prevent progress. After each μ it
// calls bound for a lower bound of the optimum; bound may modify the
// multipliers. Because rounding can spoil the last steps, descend keeps the
// best point in q. It returns the objective there, the best bound and the
// number of Newton steps.
func (pr *program) descend(enough float64, bound func() float64) (value, lower float64, steps int) {
	value, lower = math.Inf(1), math.Inf(-1)
	best, n := slices.Clone(pr.q), float64(len(pr.q))
	end := enough / n
	for mu := 1e-2 / n; ; mu = max(mu*.15, end) {
		for range 30 {
			steps++
			if pr.step(mu) < 1e-4*mu || !pr.advance(mu) {
				break
			}
		}
		if v := pr.objective(pr.q, 0); v < value {
			value = v
			copy(best, pr.q)
		}
		lower = max(lower, bound())
		if mu <= end || value-lower <= enough {
			pr.q = best
			return value, lower, steps
		}
	}
}

// factor replaces the symmetric n×n matrix a by its Cholesky factor. Rows that
// depend on earlier ones get a zero pivot; solve sets their unknowns to 0.
func factor(a []float64, n int) {
	for j := range n {
		rj := a[j*n:][:j+1]
		full := rj[j]
		for _, v := range rj[:j] {
			rj[j] -= v * v
		}
		if rj[j] <= 1e-14*full {
			rj[j] = 0
		} else {
			rj[j] = math.Sqrt(rj[j])
		}
		for i := j + 1; i < n; i++ {
			ri := a[i*n:][:j+1]
			if rj[j] == 0 {
				ri[j] = 0
				continue
			}
			ri[j] = (ri[j] - floats.Dot(rj[:j], ri[:j])) / rj[j]
		}
	}
}

// solve replaces b by the solution, given the result of factor.
func solve(a []float64, b []float64) {
	n := len(b)
	for i := range n {
		row := a[i*n:][:i+1]
		if row[i] == 0 {
			b[i] = 0
			continue
		}
		for k, v := range row[:i] {
			b[i] -= v * b[k]
		}
		b[i] /= row[i]
	}
	for i := n - 1; i >= 0; i-- {
		row := a[i*n:][:i+1]
		if row[i] == 0 {
			continue
		}
		b[i] /= row[i]
		for k, v := range row[:i] {
			b[k] -= v * b[i]
		}
	}
}
