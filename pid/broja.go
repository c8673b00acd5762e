package pid

import (
	"fmt"
	"math"
)

// Tolerance is the largest certified error of an atom of broja [bit]; a
// solution that is worse is an error.
const Tolerance = 1e-6

// maxConstraints bounds the work of the iterative measures.
const maxConstraints = 3000

// broja decomposes by the least mutual information that the sources can have
// with the target when only their own joint distributions with it are known
// (Bertschinger et al. 2014):
//
//	unq₁ = min_Q I_Q(T:S1|S2),  Q(s1,t) = p(s1,t), Q(s2,t) = p(s2,t)
//
// The problem is convex. Multipliers λ(s1,t), ν(s2,t) with Σ_t exp(λ+ν) ≤ 1
// for all (s1,s2) bound it from below by Σ λp + Σ νp, which certifies the gap.
func (tb *table) broja() (*Decomposition, error) {
	d := tb.start(BROJA)
	kept, lost := tb.pruned()
	pr, err := kept.brojaProgram()
	if err != nil {
		return nil, err
	}
	negH, lower, steps := pr.descend(1e-9, pr.lowerBound) // −H_Q(T|S1,S2) [nat]
	gap := (negH-lower)*math.Log2E + lost
	cert := &Certificate{Gap: max(gap, 0), Iterations: steps}
	if !(gap <= Tolerance) {
		return nil, fmt.Errorf("pid: broja: %w: gap of %.3g bit after %d steps, tolerance %.1g", ErrNotConverged, gap, steps, Tolerance)
	}
	h := 0.0
	for _, v := range kept.target {
		h += surprise(v)
	}
	least := h + negH*math.Log2E // min I_Q(T:S1,S2)
	d.Certificate = cert
	i1, i2 := tb.mutual(1), tb.mutual(2)
	d.Cumulative[0], d.Cumulative[1], d.Cumulative[3] = i1, i2, d.MutualInfo
	d.Cumulative[2] = i1 + i2 - least
	d.invert()
	return d, nil
}

// brojaProgram lists the cells (s1,s2,t) that Q may occupy, starting from the
// interior point p(s1|t)·p(s2|t)·p(t).
func (tb *table) brojaProgram() (*program, error) {
	targets := tb.width - 1
	n1, n2 := tb.shape[0], tb.shape[1]
	var q []float64
	var of [][]int32
	var group []int32
	index := newIndex(n1*targets + n2*targets)
	groups := newIndex(n1 * n2)
	for t := range targets {
		for a := range n1 {
			pa := tb.marg[1][a*tb.width+t]
			for b := range n2 {
				pb := tb.marg[2][b*tb.width+t]
				v := pa * pb
				if pa == 0 || pb == 0 {
					continue
				}
				q = append(q, max(v/tb.target[t], math.SmallestNonzeroFloat64*1e20))
				of = append(of, []int32{index.of(a*targets + t), index.of((n1+b)*targets + t)})
				group = append(group, groups.of(a*n2+b))
			}
		}
	}
	if index.used > maxConstraints || len(q) > 1<<20 {
		return nil, fmt.Errorf("pid: %w: the distribution is too large for broja: %d constraints, at most %d", ErrMeasure, index.used, maxConstraints)
	}
	return newProgram(q, of, index.used, group, groups.used), nil
}

// lowerBound makes the multipliers feasible and returns the dual objective.
// Where a group breaks its bound, the multipliers of the cheaper of its two
// sources are lowered.
func (pr *program) lowerBound() float64 {
	for _, members := range pr.groupV {
		sum := 0.0
		var mass [2]float64
		for _, i := range members {
			of := pr.of[i]
			sum += math.Exp(pr.dual[of[0]] + pr.dual[of[1]])
			mass[0] += pr.bound[of[0]]
			mass[1] += pr.bound[of[1]]
		}
		side := 0
		if mass[1] < mass[0] {
			side = 1
		}
		if sum > 1 {
			for _, i := range members {
				pr.dual[pr.of[i][side]] -= math.Log(sum)
			}
		}
	}
	bound := 0.0
	for k, b := range pr.bound {
		bound += b * pr.dual[k]
	}
	return bound - pr.violation()
}

// violation returns the logarithm of the largest sum of a group that is still
// above 1 by rounding.
func (pr *program) violation() float64 {
	worst := 0.0
	for _, members := range pr.groupV {
		sum := 0.0
		for _, i := range members {
			sum += math.Exp(pr.dual[pr.of[i][0]] + pr.dual[pr.of[i][1]])
		}
		worst = max(worst, math.Log(sum))
	}
	return worst
}

// index numbers what it is asked for, in order.
type index struct {
	number []int32
	used   int
}

func newIndex(n int) *index { return &index{number: make([]int32, n)} }

func (x *index) of(i int) int32 {
	if x.number[i] == 0 {
		x.used++
		x.number[i] = int32(x.used)
	}
	return x.number[i] - 1
}
