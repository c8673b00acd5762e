package pid

import (
	"math"
	"slices"
)

// ccsSweeps bounds the sweeps of iterative proportional fitting, ccsWork the
// number of cells that they visit. If the solution is close to zero somewhere,
// sweeps converge slowly; then Newton steps are used.
const (
	ccsSweeps = 1000
	ccsWork   = 50_000_000
)

// fitting is the problem of maximum entropy with given pairwise marginals of
// three variables, over the cells that the marginals allow. Its solution is
//
//	q(a,b,t) = x(a,b)·y(a,t)·z(b,t)
//
// found by iterative proportional fitting: each sweep scales the three factors
// one after the other so that q has the marginals.
type fitting struct {
	n1, n2, targets int
	swapped         bool      // the sources are exchanged
	ab, at, bt      []float64 // the marginals
	x, y, z         []float64 // the factors
	open            []float64 // 1 if q may be positive in a cell, else 0
	p               []float64 // the distribution itself
	q               []float64 // n1·n2·targets, 0 where a marginal is 0
	sum             []float64
}

// newFitting reads the marginals of a table with two sources. It brings the
// sources into a fixed order, so that exchanging them does not change the
// result.
func (tb *table) newFitting() *fitting {
	n1, n2, targets := tb.shape[0], tb.shape[1], tb.width-1
	f := &fitting{n1: n1, n2: n2, targets: targets}
	p := make([]float64, n1*n2*targets)
	f.ab, f.at, f.bt = make([]float64, n1*n2), make([]float64, n1*targets), make([]float64, n2*targets)
	for i := range tb.used {
		a, b := tb.row(i, 1)/tb.width, tb.row(i, 2)/tb.width
		for t, v := range tb.joint[i*tb.width:][:targets] {
			p[(a*n2+b)*targets+t] = v
			f.ab[a*n2+b] += v
			f.at[a*targets+t] += v
			f.bt[b*targets+t] += v
		}
	}
	if slices.Compare(f.at, f.bt) > 0 {
		f.swapped, f.n1, f.n2, f.at, f.bt = true, n2, n1, f.bt, f.at
		f.ab, p = transposed(f.ab, n1, n2, 1), transposed(p, n1, n2, targets)
	}
	f.p, f.q = p, make([]float64, len(p))
	f.x, f.y, f.z = make([]float64, len(f.ab)), slices.Clone(f.at), slices.Clone(f.bt)
	for i, v := range f.ab {
		f.x[i] = indicator(v)
	}
	f.sum = make([]float64, max(len(f.ab), len(f.at), len(f.bt)))
	f.open = f.opened(p)
	return f
}

// transposed exchanges the first two indices of an array of rows.
func transposed(p []float64, n1, n2, width int) []float64 {
	r := make([]float64, len(p))
	for a := range n1 {
		for b := range n2 {
			copy(r[(b*n1+a)*width:][:width], p[(a*n2+b)*width:][:width])
		}
	}
	return r
}

// indicator returns 1 for a positive probability, else 0.
func indicator(v float64) float64 {
	if v > 0 {
		return 1
	}
	return 0
}

// sweep fits the three marginals one after the other and returns the largest
// error of the first one before the sweep.
func (f *fitting) sweep() float64 {
	worst := 0.0
	for a := range f.n1 {
		y := f.y[a*f.targets:][:f.targets]
		for b := range f.n2 {
			sum := 0.0
			i := a*f.n2 + b
			z, open := f.z[b*f.targets:][:len(y)], f.open[i*f.targets:][:len(y)]
			for t, v := range y {
				sum += v * z[t] * open[t]
			}
			if sum > 0 {
				worst = max(worst, math.Abs(f.x[i]*sum-f.ab[i]))
				f.x[i] = f.ab[i] / sum
			}
		}
	}
	sums := f.sum[:len(f.at)]
	clear(sums)
	for a := range f.n1 {
		sum := sums[a*f.targets:][:f.targets]
		for b := range f.n2 {
			i := a*f.n2 + b
			z, open := f.z[b*f.targets:][:len(sum)], f.open[i*f.targets:][:len(sum)]
			for t := range sum {
				sum[t] += f.x[i] * z[t] * open[t]
			}
		}
	}
	for i, s := range sums {
		if s > 0 {
			f.y[i] = f.at[i] / s
		}
	}
	sums = f.sum[:len(f.bt)]
	clear(sums)
	for a := range f.n1 {
		y := f.y[a*f.targets:][:f.targets]
		for b := range f.n2 {
			i := a*f.n2 + b
			sum, open := sums[b*f.targets:][:len(y)], f.open[i*f.targets:][:len(y)]
			for t, v := range y {
				sum[t] += f.x[i] * v * open[t]
			}
		}
	}
	for i, s := range sums {
		if s > 0 {
			f.z[i] = f.bt[i] / s
		}
	}
	return worst
}

// fit sweeps until the marginals are correct up to rounding, or the limit is
// reached, and writes q. It returns the number of sweeps.
func (f *fitting) fit() (sweeps int) {
	for sweeps = 1; sweeps <= min(ccsSweeps, ccsWork/len(f.q)); sweeps++ {
		if f.sweep() <= 1e-15 {
			break
		}
	}
	f.fill()
	return sweeps
}

// fill computes q from the factors.
func (f *fitting) fill() {
	i := 0
	for a := range f.n1 {
		for b := range f.n2 {
			x := f.x[a*f.n2+b]
			for t := range f.targets {
				f.q[i] = x * f.y[a*f.targets+t] * f.z[b*f.targets+t] * f.open[i]
				i++
			}
		}
	}
}

// gap returns a bound of the relative entropy between the solution q* and q
// [nat]. For any r with exactly the given marginals, D(q*‖q) ≤ D(r‖q), because
// q has the form of the solution. Here r is q plus corrections of the remaining
// errors, weighted by q; it replaces f.q. gap returns +Inf if the errors are
// not small relative to q.
func (f *fitting) gap() float64 {
	r := slices.Clone(f.q)
	defer func() { f.q = r }()
	errs := make([]float64, len(f.sum))
	left := f.mend(r, errs)
	for range 200 {
		was := left
		if left = f.mend(r, errs); left > was/2 && left < 1e-14 {
			break
		}
	}
	if left > 1e-14 {
		return math.Inf(1)
	}
	gap := 0.0
	for i, v := range r {
		switch q := f.q[i]; { // where q is 0, r is 0 as well
		case v <= -1e-18:
			return math.Inf(1)
		case v > 0:
			// q·(u·ln u − u + 1) with u = r/q. The sum is D, because q and r
			// both sum to 1.
			e := v/q - 1
			if math.Abs(e) < 1e-5 {
				gap += q * e * e / 2 * (1 - e/3)
			} else {
				gap += q * ((1+e)*math.Log1p(e) - e)
			}
		}
	}
	return gap
}

// mend moves r towards the marginals with corrections proportional to q, and
// returns the largest error before.
func (f *fitting) mend(r, errs []float64) float64 {
	worst := 0.0
	for _, by := range []struct {
		target []float64
		of     func(a, b, t int) int
	}{
		{f.ab, func(a, b, _ int) int { return a*f.n2 + b }},
		{f.at, func(a, _, t int) int { return a*f.targets + t }},
		{f.bt, func(_, b, t int) int { return b*f.targets + t }},
	} {
		mass := make([]float64, len(by.target))
		errs = errs[:len(by.target)]
		copy(errs, by.target)
		f.index(func(i, a, b, t int) {
			k := by.of(a, b, t)
			errs[k] -= r[i]
			mass[k] += f.q[i]
		})
		for k, e := range errs {
			worst = max(worst, math.Abs(e))
			if mass[k] > 0 {
				errs[k] /= mass[k]
			}
		}
		f.index(func(i, a, b, t int) {
			r[i] += f.q[i] * errs[by.of(a, b, t)]
		})
		errs = errs[:cap(errs)]
	}
	return worst
}
