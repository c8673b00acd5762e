package pid

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// brojaSolver minimises −H_Q(T|S1,S2) over the distributions Q with the given
// marginals with T, by a barrier method: Newton steps on
//
//	Σ q·ln q − Σ_ab q_ab·ln q_ab − μ·Σ ln q,  Σ_b q(a,b,t) = p(a,t), Σ_a q(a,b,t) = p(b,t)
//
// for decreasing μ. Each step solves for the multipliers λ(a,t), ν(b,t) of the
// constraints. The inverse Hessian has one block M_ab over t for each (a,b). So
// the linear system has the blocks Σ_b M_ab for each a, Σ_a M_ab for each b,
// and M_ab between them. The λ of each a are eliminated, and a dense system
// over (b,t) remains.
type brojaSolver struct {
	n1, n2, targets int // n1 ≥ n2, after the sources are swapped if necessary
	swapped         bool
	at, bt, pt      []float64 // p(a,t), p(b,t) and p(t)
	value           float64   // of the objective at the optimum [nat]
	pinned          []int     // by t: a b whose multiplier is fixed at 0, because the constraints of a t are dependent

	q, dq, grad []float64 // by (a,b,t); 0 where a marginal is 0
	invH        []float64
	slack       []float64 // by (a,b): Σ_t q·μ/(q+μ)
	lambda, nu  []float64
	rhsA, rhsB  []float64
	w           []float64 // (n1·targets)×(n2·targets): L_a⁻¹·M_a·
	blocks      []float64 // L_a
	schur       []float64 // (n2·targets)²
	small       []float64 // n2² for the projection
}

// brojaSteps bounds the number of Newton steps.
const brojaSteps = 600

// newBrojaSolver reads the marginals and starts from p(a|t)·p(b|t)·p(t). The
// source with more symbols is eliminated; if they have equally many, the one
// whose marginal compares larger. So exchanging the sources gives the same
// problem.
func (tb *table) newBrojaSolver() *brojaSolver {
	n1, n2, targets := tb.shape[0], tb.shape[1], tb.width-1
	without := func(rows []float64, n int) []float64 {
		m := make([]float64, 0, n*targets)
		for i := range n {
			m = append(m, rows[i*tb.width:][:targets]...)
		}
		return m
	}
	s := &brojaSolver{n1: n1, n2: n2, targets: targets, at: without(tb.marg[1], n1), bt: without(tb.marg[2], n2)}
	if n1 < n2 || (n1 == n2 && slices.Compare(s.at, s.bt) < 0) {
		s.swapped, s.n1, s.n2, s.at, s.bt = true, n2, n1, s.bt, s.at
	}
	cells, ka, kb := n1*n2*targets, s.n1*targets, s.n2*targets
	s.q, s.dq, s.grad, s.invH = make([]float64, cells), make([]float64, cells), make([]float64, cells), make([]float64, cells)
	s.slack = make([]float64, n1*n2)
	s.lambda, s.rhsA, s.nu, s.rhsB = make([]float64, ka), make([]float64, ka), make([]float64, kb), make([]float64, kb)
	s.w, s.blocks, s.schur = make([]float64, ka*kb), make([]float64, ka*targets), make([]float64, kb*kb)
	s.small = make([]float64, s.n2*s.n2)
	pt := make([]float64, targets)
	s.pt = pt
	for i, v := range s.at {
		pt[i%targets] += v
	}
	s.pinned = make([]int, targets)
	for t := range targets {
		for b := range s.n2 {
			if s.bt[b*targets+t] > s.bt[s.pinned[t]*targets+t] {
				s.pinned[t] = b
			}
		}
	}
	s.each(func(i, a, b, t int) {
		if v := s.at[a*targets+t] * s.bt[b*targets+t]; v > 0 {
			s.q[i] = max(v/pt[t], math.SmallestNonzeroFloat64*1e20)
		}
	})
	return s
}

// each visits all cells in order.
func (s *brojaSolver) each(visit func(i, a, b, t int)) {
	i := 0
	for a := range s.n1 {
		for b := range s.n2 {
			for t := range s.targets {
				visit(i, a, b, t)
				i++
			}
		}
	}
}

// objective returns the objective with the barrier [nat].
func (s *brojaSolver) objective(q []float64, mu float64) float64 {
	sum := 0.0
	for ; len(q) > 0; q = q[s.targets:] {
		group := 0.0
		for _, v := range q[:s.targets] {
			if v > 0 {
				group += v
				sum += (v - mu) * math.Log(v)
			}
		}
		if group > 0 {
			sum -= group * math.Log(group)
		}
	}
	return sum
}

// model computes the gradient and the inverse Hessian at q.
func (s *brojaSolver) model(mu float64) {
	for g := range s.slack {
		row := s.q[g*s.targets:][:s.targets]
		sum, slack := 0.0, 0.0
		for _, v := range row {
			sum += v
			slack += v * (mu / (v + mu))
		}
		log := math.Log(sum)
		s.slack[g] = slack
		for t, v := range row {
			i := g*s.targets + t
			if s.grad[i], s.invH[i] = 0, 0; v > 0 {
				s.grad[i] = math.Log(v) - mu/v - log
				s.invH[i] = v * (v / (v + mu))
			}
		}
	}
}

// solveHessian replaces v by H⁻¹·v (Sherman–Morrison formula for each group).
func (s *brojaSolver) solveHessian(v []float64) {
	for g, slack := range s.slack {
		row, inv := v[g*s.targets:][:s.targets], s.invH[g*s.targets:][:s.targets]
		sum := 0.0
		for t := range row {
			row[t] *= inv[t]
			sum += row[t]
		}
		if slack > 0 {
			floats.AddScaled(row, sum/slack, inv)
		}
	}
}

// residuals sets rhsA and rhsB to the errors of the marginals of q + sign·v.
func (s *brojaSolver) residuals(v []float64, sign float64) {
	copy(s.rhsA, s.at)
	copy(s.rhsB, s.bt)
	s.each(func(i, a, b, t int) {
		r := s.q[i] + sign*v[i]
		s.rhsA[a*s.targets+t] -= r
		s.rhsB[b*s.targets+t] -= r
	})
}

// block adds M_ab of group g to the targets×targets block at the start of m,
// which is part of a matrix with the given stride.
func (s *brojaSolver) block(m []float64, stride, g int) {
	inv := s.invH[g*s.targets:][:s.targets]
	scale := 0.0
	if s.slack[g] > 0 {
		scale = 1 / s.slack[g]
	}
	for t, v := range inv {
		to := m[t*stride:][:s.targets]
		floats.AddScaled(to, v*scale, inv)
		to[t] += v
	}
}

// multipliers solves for λ and ν.
func (s *brojaSolver) multipliers() {
	k, kb := s.targets, s.n2*s.targets
	clear(s.schur)
	clear(s.w)
	clear(s.blocks)
	copy(s.nu, s.rhsB)
	copy(s.lambda, s.rhsA)
	for a := range s.n1 {
		l, w := s.blocks[a*k*k:][:k*k], s.w[a*k*kb:][:k*kb]
		for b := range s.n2 {
			g := a*s.n2 + b
			s.block(l, k, g)
			s.block(w[b*k:], kb, g)
			s.block(s.schur[b*k*(kb+1):], kb, g)
		}
		s.eliminate(l, w, s.lambda[a*k:][:k])
	}
	for t, b := range s.pinned {
		i := b*k + t
		s.schur[i*kb+i] = 0 // a zero pivot: solve sets its unknown to 0
	}
	factor(s.schur, kb)
	solve(s.schur, s.nu)
	for a := range s.n1 {
		l, y := s.blocks[a*k*k:][:k*k], s.lambda[a*k:][:k]
		for t := range k {
			y[t] -= floats.Dot(s.w[(a*k+t)*kb:][:kb], s.nu)
		}
		backward(l, y)
	}
}

// eliminate factors the block l of one a, replaces w by L⁻¹·w and y by L⁻¹·y,
// and subtracts their products from the system of the other source.
func (s *brojaSolver) eliminate(l, w, y []float64) {
	k, kb := s.targets, s.n2*s.targets
	factor(l, k)
	for t := range k {
		row, diagonal := w[t*kb:][:kb], l[t*k+t]
		if diagonal == 0 {
			clear(row)
			continue
		}
		for u := range t {
			floats.AddScaled(row, -l[t*k+u], w[u*kb:][:kb])
			y[t] -= l[t*k+u] * y[u]
		}
		floats.Scale(1/diagonal, row)
		y[t] /= diagonal
		for i, v := range row { // the lower triangle is enough
			if v != 0 {
				floats.AddScaled(s.schur[i*kb:][:i+1], -v, row[:i+1])
			}
		}
		floats.AddScaled(s.nu, -y[t], row)
	}
}

// backward solves Lᵀ·x = y in place; zero pivots give 0.
func backward(l, y []float64) {
	n := len(y)
	for i := n - 1; i >= 0; i-- {
		if l[i*n+i] == 0 {
			y[i] = 0
			continue
		}
		y[i] /= l[i*n+i]
		for j := range i {
			y[j] -= l[i*n+j] * y[i]
		}
	}
}

// step computes the Newton direction dq and the multipliers, and returns the
// squared Newton decrement.
func (s *brojaSolver) step(mu float64) float64 {
	s.model(mu)
	copy(s.dq, s.grad)
	s.solveHessian(s.dq)
	s.residuals(s.dq, -1)
	s.multipliers()
	s.each(func(i, a, b, t int) {
		s.dq[i] = s.lambda[a*s.targets+t] + s.nu[b*s.targets+t] - s.grad[i]
	})
	gain := slices.Clone(s.dq)
	s.solveHessian(s.dq)
	s.project()
	return math.Abs(floats.Dot(gain, s.dq))
}

// project corrects dq so that q+dq has the given marginals up to rounding. It
// is needed because H is nearly singular when μ is small. The correction is
// proportional to q²/(q+μ), so small values change little. It consists of one
// separate system over b for each t.
func (s *brojaSolver) project() {
	s.residuals(s.dq, 1)
	n, k := s.n2, s.targets
	for t := range k {
		clear(s.small)
		rhs, row := make([]float64, n), make([]float64, n)
		for b := range n {
			rhs[b] = s.rhsB[b*k+t]
		}
		sums := make([]float64, s.n1)
		for a := range s.n1 {
			for b := range n {
				row[b] = s.invH[(a*n+b)*k+t]
				s.small[b*n+b] += row[b]
			}
			if sums[a] = floats.Sum(row); sums[a] == 0 {
				continue
			}
			for b, v := range row {
				if v != 0 {
					floats.AddScaled(s.small[b*n:][:b+1], -v/sums[a], row[:b+1])
				}
			}
			floats.AddScaled(rhs, -s.rhsA[a*k+t]/sums[a], row)
		}
		p := s.pinned[t]
		s.small[p*n+p] = 0 // a zero pivot: solve sets its unknown to 0
		factor(s.small, n)
		solve(s.small, rhs)
		for a := range s.n1 {
			if sums[a] == 0 {
				continue
			}
			left := s.rhsA[a*k+t]
			for b := range n {
				left -= s.invH[(a*n+b)*k+t] * rhs[b]
			}
			left /= sums[a]
			for b := range n {
				i := (a*n+b)*k + t
				s.dq[i] += s.invH[i] * (left + rhs[b])
			}
		}
	}
}

// advance moves along dq as far as the barrier allows and the objective
// decreases. It reports whether it moved. next is a buffer for the new point.
func (s *brojaSolver) advance(mu float64, next []float64) ([]float64, bool) {
	length := 1.0
	for i, v := range s.q {
		if s.dq[i] < 0 {
			length = min(length, -.99*v/s.dq[i])
		}
	}
	before := s.objective(s.q, mu)
	for range 40 {
		floats.AddScaledTo(next, s.q, length, s.dq)
		if s.objective(next, mu) <= before+1e-15*math.Abs(before) {
			s.q, next = next, s.q
			return next, true
		}
		length /= 2
	}
	return next, false
}

// descend reduces μ until the gap between the best point and the best bound is
// at most enough [nat], or rounding errors prevent progress. Because rounding
// can spoil the last steps, it keeps the best point in q. It returns the
// objective there, the best bound and the number of Newton steps.
func (s *brojaSolver) descend(enough float64) (value, lower float64, steps int) {
	value, lower = math.Inf(1), math.Inf(-1)
	best, next, n := slices.Clone(s.q), make([]float64, len(s.q)), float64(len(s.q))
	end := enough / n
	for mu := 1e-2 / n; ; mu = max(mu*.15, end) {
		last, slow := math.Inf(1), 0
		for slow < 3 {
			steps++
			decrement, moved := s.step(mu), false
			if decrement > .9*last {
				slow++ // because of rounding, or far from the central path
			}
			if last = decrement; decrement >= 1e-3*mu {
				next, moved = s.advance(mu, next)
			}
			if !moved || steps > brojaSteps {
				break
			}
		}
		if v := s.objective(s.q, 0); v < value {
			value = v
			copy(best, s.q)
		}
		lower = max(lower, s.lowerBound())
		if mu <= end || value-lower <= enough {
			s.q = best
			return value, lower, steps
		}
	}
}

// lowerBound makes the multipliers feasible, Σ_t exp(λ+ν) ≤ 1 for each (a,b),
// and returns the dual objective. If a group violates its bound, it lowers the
// multipliers of the source for which that costs less.
func (s *brojaSolver) lowerBound() float64 {
	k := s.targets
	sumOf := func(g int) float64 {
		a, b, sum := g/s.n2, g%s.n2, 0.0
		for t := range k {
			if s.q[g*k+t] > 0 {
				sum += math.Exp(s.lambda[a*k+t] + s.nu[b*k+t])
			}
		}
		return sum
	}
	for g := range s.slack {
		sum := sumOf(g)
		if !(sum > 1) {
			continue
		}
		a, b := g/s.n2, g%s.n2
		lowered, other := s.lambda[a*k:][:k], s.nu[b*k:][:k]
		massA, massB := 0.0, 0.0
		for t := range k {
			if s.q[g*k+t] > 0 {
				massA, massB = massA+s.at[a*k+t], massB+s.bt[b*k+t]
			}
		}
		if massB < massA {
			lowered = other
		}
		for t := range k {
			if s.q[g*k+t] > 0 {
				lowered[t] -= math.Log(sum)
			}
		}
	}
	worst := 0.0
	for g := range s.slack {
		worst = max(worst, math.Log(sumOf(g)))
	}
	return floats.Dot(s.at, s.lambda) + floats.Dot(s.bt, s.nu) - worst
}
