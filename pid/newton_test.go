package pid

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// gram returns the n×n matrix B·Bᵀ of a random B with the given rank. Its rows
// after the first rank rows are sums of earlier rows.
func gram(n, rank int, rnd *rand.Rand) *mat.SymDense {
	b := mat.NewDense(n, rank, nil)
	for i := range n {
		for j := range rank {
			if i < rank {
				b.Set(i, j, rnd.NormFloat64())
			} else {
				b.Set(i, j, b.At(i-rank, j)+b.At((i-rank+1)%rank, j))
			}
		}
	}
	a := mat.NewSymDense(n, nil)
	a.SymOuterK(1, b)
	return a
}

// TestFactorSolves: systems of full rank and of lower rank are solved; the
// unknown of a row that depends on earlier ones is 0.
func TestFactorSolves(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 1))
	for _, c := range []struct{ n, rank int }{{1, 1}, {2, 2}, {5, 5}, {4, 3}, {6, 4}} {
		a := gram(c.n, c.rank, rnd)
		var b mat.VecDense
		b.MulVec(a, mat.NewVecDense(c.n, randoms(c.n, rnd)))
		factored, x := make([]float64, c.n*c.n), slices.Clone(b.RawVector().Data)
		for i := range c.n {
			for j := range i + 1 { // the rest is not used
				factored[i*c.n+j] = a.At(i, j)
			}
		}
		factor(factored, c.n)
		solve(factored, x)
		for i, v := range x[c.rank:] {
			near(t, fmt.Sprintf("%v: dropped %d", c, i), v, 0, 0)
		}
		var left mat.VecDense
		left.MulVec(a, mat.NewVecDense(c.n, x))
		left.SubVec(&left, &b)
		near(t, fmt.Sprintf("%v: largest error", c), mat.Norm(&left, math.Inf(1)), 0, 1e-9)
	}
}

func randoms(n int, rnd *rand.Rand) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rnd.NormFloat64()
	}
	return v
}

// brojaProblem returns a problem with empty cells.
func brojaProblem(shape []int, seed uint64) *brojaSolver {
	p := randomJoint(shape, shape[0]*shape[1]*2/3, seed)
	tb := newTable(new(scratch), shape[:2], shape[2], len(p))
	for i := range p { // make a marginal 0, so that cells of q are 0
		if i/shape[2]/shape[1] == 0 && i%shape[2] == 0 {
			p[i] = 0
		}
	}
	tb.fill(normalise(p), shape[2])
	tb = tb.trimmed()
	return tb.newBrojaSolver()
}

// TestBrojaStep: a Newton step satisfies its definition, with the Hessian
// written out: H·dq + gradient = λ + ν, q + dq has the marginals, cells with 0
// stay 0, and the result is dqᵀ·H·dq.
func TestBrojaStep(t *testing.T) {
	for seed, shape := range [][]int{{2, 2, 2}, {3, 4, 2}, {2, 3, 4}, {4, 3, 3}} {
		s := brojaProblem(shape, uint64(seed))
		next := make([]float64, len(s.q))
		for _, mu := range []float64{1e-2, 1e-3, 1e-5} {
			for range 3 {
				decrement := s.step(mu)
				s.checkStep(t, mu, decrement)
				next, _ = s.advance(mu, next)
			}
		}
	}
}

func (s *brojaSolver) checkStep(t *testing.T, mu, decrement float64) {
	t.Helper()
	k, curved := s.targets, 0.0
	rowsA, rowsB := make([]float64, len(s.at)), make([]float64, len(s.bt))
	s.each(func(i, a, b, x int) {
		rowsA[a*k+x] += s.q[i] + s.dq[i]
		rowsB[b*k+x] += s.q[i] + s.dq[i]
		if s.q[i] == 0 {
			near(t, "dq of a cell that is 0", s.dq[i], 0, 0)
			return
		}
		group, moves := 0.0, 0.0
		for u := range k {
			group += s.q[i-x+u]
			moves += s.dq[i-x+u]
		}
		bent := s.dq[i]/s.q[i] + mu*s.dq[i]/(s.q[i]*s.q[i]) - moves/group
		slope := math.Log(s.q[i]/group) - mu/s.q[i]
		scale := 1 + math.Abs(slope) + math.Abs(bent)
		near(t, "what is left of the gradient", (bent+slope-s.lambda[a*k+x]-s.nu[b*k+x])/scale, 0, 1e-7)
		curved += s.dq[i] * bent
	})
	for i, v := range rowsA {
		near(t, "marginal of a and t", v, s.at[i], 1e-14)
	}
	for i, v := range rowsB {
		near(t, "marginal of b and t", v, s.bt[i], 1e-14)
	}
	near(t, "decrement", decrement/max(curved, 1e-12), curved/max(curved, 1e-12), 1e-4)
}

// TestProgramStep: the same for maximum entropy, whose Hessian is diagonal.
func TestProgramStep(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	for _, shape := range [][]int{{2, 2, 2}, {3, 2, 4}, {3, 4, 3}} {
		pr := pairProgram(shape, rnd)
		for i := range pr.q { // from very small to nearly 1
			pr.q[i] *= math.Exp(-3 * rnd.ExpFloat64())
		}
		pr = newProgram(normalise(pr.q), pr.of, len(pr.bound))
		for _, mu := range []float64{1e-2, 1e-3, 1e-5, 1e-9} { // for the last one, most of dq is correction
			for range 3 {
				decrement := pr.step(mu)
				pr.checkStep(t, mu, decrement)
				pr.advance(mu)
			}
		}
	}
}

// pairProgram is the maximum-entropy problem with the pairwise marginals of a
// random distribution without zeros, which is also its start.
func pairProgram(shape []int, rnd *rand.Rand) *program {
	var of [][]int32
	var q []float64
	n1, n2, n3 := shape[0], shape[1], shape[2]
	for a := range n1 {
		for b := range n2 {
			for c := range n3 {
				of = append(of, []int32{int32(a*n2 + b), int32(n1*n2 + a*n3 + c), int32(n1*n2 + n1*n3 + b*n3 + c)})
				q = append(q, .1+rnd.ExpFloat64())
			}
		}
	}
	return newProgram(normalise(q), of, n1*n2+n1*n3+n2*n3)
}

func (pr *program) checkStep(t *testing.T, mu, decrement float64) {
	t.Helper()
	reached, curved := make([]float64, len(pr.bound)), 0.0
	for i, v := range pr.q {
		bent := pr.dq[i]/v + mu*pr.dq[i]/(v*v)
		slope, dual := math.Log(v)+1-mu/v, 0.0
		for _, a := range pr.of[i] {
			dual += pr.dual[a]
			reached[a] += v + pr.dq[i]
		}
		near(t, "what is left of the gradient", (bent+slope-dual)/(1+math.Abs(slope)), 0, 1e-8)
		curved += pr.dq[i] * bent
	}
	for k, v := range reached {
		near(t, "marginal", v, pr.bound[k], 1e-14)
	}
	near(t, "decrement", decrement/max(curved, 1e-12), curved/max(curved, 1e-12), 1e-4)
}

// TestEntropyBound: for any multipliers the bound is below the optimum, within
// 10⁻⁹ of it after its sweeps, and not worse than the bound of the given
// multipliers.
func TestEntropyBound(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 2))
	for _, shape := range [][]int{{2, 2, 2}, {3, 2, 4}, {3, 4, 3}} {
		pr := pairProgram(shape, rnd)
		best, _, _ := pr.descend(1e-13, pr.entropyBound)
		for _, size := range []float64{0, 1, 5} {
			for k := range pr.dual {
				pr.dual[k] = size * rnd.NormFloat64()
			}
			proved := 0.0
			for k, b := range pr.bound {
				proved += b * pr.dual[k]
			}
			for i := range pr.of {
				sum := -1.0
				for _, a := range pr.of[i] {
					sum += pr.dual[a]
				}
				proved -= math.Exp(sum)
			}
			got := pr.entropyBound()
			if !(got <= best+1e-12 && got >= best-1e-9 && got >= proved) {
				t.Errorf("%v, multipliers of %v: bound %.12g, optimum %.12g, proved at first %.12g", shape, size, got, best, proved)
			}
		}
	}
}

// TestLowerBound: for any multipliers the bound is below the optimum. It equals
// the value of multipliers that a plain implementation made feasible.
func TestLowerBound(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 4))
	for seed, shape := range [][]int{{2, 2, 2}, {3, 4, 2}, {2, 3, 4}, {4, 3, 3}} {
		s := brojaProblem(shape, uint64(seed))
		best, lower, _ := s.descend(1e-9)
		if !(best-lower <= 1e-8) {
			t.Fatalf("%v: optimum between %v and %v", shape, lower, best)
		}
		for range 20 {
			copy(s.lambda, randoms(len(s.lambda), rnd))
			copy(s.nu, randoms(len(s.nu), rnd))
			want := s.plainBound(slices.Clone(s.lambda), slices.Clone(s.nu))
			got := s.lowerBound()
			near(t, fmt.Sprintf("%v: bound", shape), got, want, 1e-12)
			if !(got <= best+1e-12) {
				t.Errorf("%v: bound %v, optimum %v", shape, got, best)
			}
		}
	}
}

// plainBound visits the pairs (a,b). If the cells that q may occupy sum to more
// than 1, the multipliers of the source with less mass in them are lowered. In
// the end all are shifted so that the largest pair sums to 1.
func (s *brojaSolver) plainBound(lambda, nu []float64) float64 {
	k := s.targets
	sums := func(a, b int) (sum, massA, massB float64) {
		for x := range k {
			if s.at[a*k+x] > 0 && s.bt[b*k+x] > 0 {
				sum += math.Exp(lambda[a*k+x] + nu[b*k+x])
				massA += s.at[a*k+x]
				massB += s.bt[b*k+x]
			}
		}
		return sum, massA, massB
	}
	for a := range s.n1 {
		for b := range s.n2 {
			sum, massA, massB := sums(a, b)
			for x := range k {
				switch {
				case sum <= 1 || s.at[a*k+x] == 0 || s.bt[b*k+x] == 0:
				case massB < massA:
					nu[b*k+x] -= math.Log(sum)
				default:
					lambda[a*k+x] -= math.Log(sum)
				}
			}
		}
	}
	value, fullest := 0.0, 1.0
	for i, p := range s.at {
		value += p * lambda[i]
	}
	for i, p := range s.bt {
		value += p * nu[i]
	}
	for a := range s.n1 {
		for b := range s.n2 {
			sum, _, _ := sums(a, b)
			fullest = max(fullest, sum)
		}
	}
	return value - math.Log(fullest)
}

// TestTooLargeForNewton: with too many constraints there is no bound, and no
// step is made.
func TestTooLargeForNewton(t *testing.T) {
	const n = 54 // 54² + 2·2·54 = 3132 constraints
	p := make([]float64, n*n*2)
	for i := range p {
		p[i] = 1
	}
	if gap, steps := fittingOf([]int{n, n, 2}, normalise(p)).newton(); !math.IsInf(gap, 1) || steps != 0 {
		t.Errorf("gap %v after %d steps", gap, steps)
	}
}

// stuck returns a distribution whose maximum-entropy distribution sweeps do not
// reach, in the shape n×n×2. With n = 60 it is too large for Newton steps.
func stuck(n int) (shape []int, p []float64) {
	p = make([]float64, n*n*2)
	for i := range p {
		p[i] = 1
	}
	eachHard(func(i int, small []int, hard []float64) { // case 0, whose sweeps do not converge
		for k, v := range hard {
			if s := stateOf(small, k); i == 0 {
				p[(s[0]*n+s[1])*2+s[2]] = 1000 * v
			}
		}
	})
	for i := range p { // nothing beside the hard case
		if a, b := i/2/n, i/2%n; (a < 4) != (b < 2) {
			p[i] = 0
		}
	}
	return []int{n, n, 2}, normalise(p)
}

// TestStepsAreLimited: without a bound of the optimum, the steps end when μ is
// as small as is needed; sweeps end after as many cells as allowed.
func TestStepsAreLimited(t *testing.T) {
	pr := pairProgram([]int{2, 3, 2}, rand.New(rand.NewPCG(1, 1)))
	bounds := 0
	value, lower, steps := pr.descend(1e-5, func() float64 { bounds++; return math.Inf(-1) })
	if !math.IsInf(lower, -1) || math.IsNaN(value) || bounds != 5 || steps < bounds || steps > 30*bounds { // 1e-2·.15⁴ is the first below 1e-5
		t.Errorf("value %v, bound %v after %d bounds, %d steps", value, lower, bounds, steps)
	}
	s := brojaProblem([]int{3, 3, 2}, 1)
	if _, _, steps := s.descend(1e-30); steps < 10 || steps > 40*brojaSteps {
		t.Errorf("%d steps", steps)
	}
	shape, p := stuck(175)
	if got, want := fittingOf(shape, p).fit(), ccsWork/len(p)+1; got != want {
		t.Errorf("%d sweeps, want %d", got, want)
	}
}

// TestNotConverged: a measure whose solution is not certified, or whose problem
// is too large, is an error of every function that needs it.
func TestNotConverged(t *testing.T) {
	shape, p := stuck(60)
	for _, m := range []Measure{CCS, DEP, BROJA} {
		want := ErrNotConverged
		large, q := shape, p
		if m == BROJA {
			want, large = ErrMeasure, []int{1000, 501, 2}
			q = randomJoint(large, 1000, 1)
			if _, err := Decompose(BROJA, []int{750, 750, 2}, randomJoint([]int{750, 750, 2}, 10, 1)); !errors.Is(err, ErrMeasure) { // as many constraints as allowed
				t.Errorf("broja of too many entries: %v", err)
			}
		}
		if d, err := Decompose(m, large, q); !errors.Is(err, want) || d != nil {
			t.Errorf("%v: %v, %v", m, d, err)
		}
		if q, cert, err := Optimum(m, large, q); m != DEP && (!errors.Is(err, want) || q != nil || cert != nil) {
			t.Errorf("optimum of %v: %d values, %v, %v", m, len(q), cert, err)
		}
	}
	if list, err := PointwiseBy(CCS, shape, p); !errors.Is(err, ErrNotConverged) || list != nil {
		t.Errorf("%d outcomes, %v", len(list), err)
	}
}

// TestMendedPointTakesItsPlace: before the sweeps have converged, the point
// after gap has the marginals up to rounding, and the point before does not.
func TestMendedPointTakesItsPlace(t *testing.T) {
	f := fittingOf([]int{3, 4, 3}, randomJoint([]int{3, 4, 3}, 12, 5))
	for range 3 {
		f.sweep()
	}
	f.fill()
	swept := f.worst()
	f.gap()
	if mended := f.worst(); !(swept > 1e-9 && mended < 1e-14) {
		t.Errorf("errors of the marginals: %v swept, %v mended", swept, mended)
	}
}

// worst returns the largest error of the marginals of q.
func (f *fitting) worst() float64 {
	ab, at, bt := slices.Clone(f.ab), slices.Clone(f.at), slices.Clone(f.bt)
	f.index(func(i, a, b, t int) {
		ab[a*f.n2+b] -= f.q[i]
		at[a*f.targets+t] -= f.q[i]
		bt[b*f.targets+t] -= f.q[i]
	})
	worst := 0.0
	for _, left := range [][]float64{ab, at, bt} {
		for _, v := range left {
			worst = max(worst, math.Abs(v))
		}
	}
	return worst
}

// TestAdvance: a step that leads out of the feasible region is cut to .99 of
// the way to its edge, and halved until the objective decreases. If it
// increases everywhere, nothing moves. Known values of v·ln v, which decreases
// down to 1/e.
func TestAdvance(t *testing.T) {
	for _, c := range []struct {
		from, move, to float64
		moved          bool
	}{
		{.9, -.45, .45, true},      // the full step
		{.9, -2.7, .4545, true},    // .99 of the way would be .009, where the value is higher
		{.4, -.7, .3505, true},     // halved three times, because the value was higher before
		{.4, .5, .4, false},        // uphill
		{.2, -.1, .2, false},       // uphill
		{.05, .2, .25, true},       // no edge in this direction
		{.3, -.3, .3, false},       // exactly to the edge
		{.37, -.0001, .3699, true}, // short steps are not changed
	} {
		pr := &program{q: []float64{c.from}, dq: []float64{c.move}}
		moved := pr.advance(0)
		if near(t, fmt.Sprintf("from %v by %v", c.from, c.move), pr.q[0], c.to, 1e-12); moved != c.moved {
			t.Errorf("from %v by %v: moved %v", c.from, c.move, moved)
		}
		s := &brojaSolver{targets: 2, q: []float64{c.from, 1 - c.from}, dq: []float64{c.move, -c.move}}
		before := s.objective(s.q, 0)
		if _, moved := s.advance(0, make([]float64, 2)); s.objective(s.q, 0) > before+1e-15 || s.q[0] < .0099*c.from || !moved && s.q[0] != c.from {
			t.Errorf("two of a group from %v by %v: %v, from %v to %v", c.from, c.move, s.q, before, s.objective(s.q, 0))
		}
	}
}
