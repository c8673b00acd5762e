package pid

import (
	"fmt"
	"math"
)

// Tolerance is the largest certified error of an atom of broja [bit]. A
// solution with a larger error is returned as an error.
const Tolerance = 1e-6

// maxConstraints bounds the cost of the iterative measures.
const maxConstraints = 3000

// broja decomposes by the smallest mutual information of the sources with the
// target over all distributions that have the joint distribution of each source
// with the target (Bertschinger et al. 2014):
//
//	unq₁ = min_Q I_Q(T:S1|S2),  Q(s1,t) = p(s1,t), Q(s2,t) = p(s2,t)
//
// The problem is convex. Multipliers λ(s1,t), ν(s2,t) with Σ_t exp(λ+ν) ≤ 1 for
// all (s1,s2) give the lower bound Σ λp + Σ νp, which certifies the gap.
func (tb *table) broja() (*Decomposition, error) {
	d := tb.start(BROJA)
	s, cert, err := tb.solveBroja()
	if err != nil {
		return nil, err
	}
	h := 0.0
	for _, v := range s.pt {
		h += surprise(v)
	}
	least := h + s.value*math.Log2E // min I_Q(T:S1,S2)
	d.Certificate = cert
	i1, i2 := tb.mutual(1), tb.mutual(2)
	d.Cumulative[0], d.Cumulative[1], d.Cumulative[3] = i1, i2, d.MutualInfo
	d.Cumulative[2] = i1 + i2 - least
	d.invert()
	return d, nil
}

// solveBroja finds the optimum for the table without its negligible entries.
// The certificate includes the possible effect of the removed entries.
func (tb *table) solveBroja() (*brojaSolver, *Certificate, error) {
	kept, lost := tb.pruned()
	if entries := kept.shape[0] * kept.shape[1] * (kept.width - 1); (kept.shape[0]+kept.shape[1])*(kept.width-1) > maxConstraints || entries > 1<<20 {
		return nil, nil, fmt.Errorf("pid: %w: broja of %d×%d×%d is too large", ErrMeasure, kept.shape[0], kept.shape[1], kept.width-1)
	}
	s := kept.newBrojaSolver()
	value, lower, steps := s.descend(1e-9) // −H_Q(T|S1,S2) [nat]
	s.value = value
	gap := (value-lower)*math.Log2E + lost
	if !(gap <= Tolerance) {
		return nil, nil, fmt.Errorf("pid: broja: %w: gap of %.3g bit after %d steps, tolerance %.1g", ErrNotConverged, gap, steps, Tolerance)
	}
	return s, &Certificate{Gap: max(gap, 0), Iterations: steps}, nil
}

// index assigns consecutive numbers to the values that of is called with.
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
