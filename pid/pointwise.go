package pid

import (
	"fmt"
	"math"
)

// Realisation is one outcome of a distribution with its pointwise atoms: the
// information of the event s about t, by antichain [bit]. The average over P is
// the decomposition; for ccs see [PointwiseBy].
type Realisation struct {
	State []int // s1, …, sn, t
	P     float64

	// Q is the probability of the outcome in the maximum-entropy distribution;
	// ccs only.
	Q float64

	// The informative and misinformative parts are nil for ccs.
	Atoms, AtomsPlus, AtomsMinus                []float64
	Cumulative, CumulativePlus, CumulativeMinus []float64
}

// Pointwise returns the pointwise sx decomposition of every outcome with
// positive probability, in row-major order:
//
//	i⁺(α) = −log2 P(W_α(s)),  i⁻(α) = log2( p(t) / P(W_α(s),t) ),  i = i⁺ − i⁻
//
// The atoms are the Möbius inverse of each part (Makkeh, Gutknecht, Wibral
// 2021). Arguments and errors are those of [Decompose].
func Pointwise(shape []int, p []float64) ([]Realisation, error) {
	return PointwiseBy(SX, shape, p)
}

// PointwiseBy returns the pointwise decomposition of every outcome under a
// measure that has one: sx; pm, with
//
//	i⁺(α) = min_A −log2 p(a),  i⁻(α) = min_A −log2 p(a|t)
//
// (Finn and Lizier 2018); and ccs. For ccs the redundancy of an outcome is its
// common change of surprisal in the maximum-entropy distribution. Outcomes that
// are possible only in that distribution are also listed, with P = 0 and
// without a value for {12}. The redundancy of the decomposition is the average
// over Q; the other cumulative values are averages over P. Errors are those of
// [Decompose], and one wrapping [ErrMeasure] for other measures.
func PointwiseBy(m Measure, shape []int, p []float64) ([]Realisation, error) {
	if m != SX && m != PM && m != CCS {
		return nil, fmt.Errorf("pid: %w: %v has no pointwise values; sx, pm and ccs have", ErrMeasure, m)
	}
	if err := checkDense(m, shape, p); err != nil {
		return nil, err
	}
	n := len(shape) - 1
	tb := newTable(new(scratch), shape[:n], shape[n], countCells(p, shape[n]))
	tb.fill(p, shape[n])
	tb = tb.trimmed()
	if m == CCS {
		return tb.changes(shape, p)
	}
	var list []Realisation
	cell := -1
	for i, v := range p {
		if i%shape[n] == 0 && occupied(p[i:i+shape[n]]) {
			cell++
		}
		if v > 0 {
			list = append(list, tb.realisation(m, cell, i%shape[n]))
			list[len(list)-1].P, list[len(list)-1].State = v, stateOf(shape, i)
		}
	}
	return list, nil
}

// changes lists the outcomes of p and of the maximum-entropy distribution with
// their changes of surprisal.
func (tb *table) changes(shape []int, p []float64) ([]Realisation, error) {
	f, _, err := tb.maximumEntropy()
	if err != nil {
		return nil, err
	}
	q := f.inOrder(shape[0], shape[1])
	pa, pb, pt := make([]float64, shape[0]), make([]float64, shape[1]), make([]float64, shape[2])
	joint, at, bt := make([]float64, shape[0]*shape[1]), make([]float64, shape[0]*shape[2]), make([]float64, shape[1]*shape[2])
	for i, v := range p {
		s := stateOf(shape, i)
		pa[s[0]] += v
		pb[s[1]] += v
		pt[s[2]] += v
		joint[s[0]*shape[1]+s[1]] += v
		at[s[0]*shape[2]+s[2]] += v
		bt[s[1]*shape[2]+s[2]] += v
	}
	var list []Realisation
	for i, v := range p {
		if v == 0 && q[i] == 0 {
			continue
		}
		s := stateOf(shape, i)
		d := newDecomposition(CCS, tb.lattice())
		ab := joint[s[0]*shape[1]+s[1]]
		c := change{
			i1: math.Log2(at[s[0]*shape[2]+s[2]] / (pa[s[0]] * pt[s[2]])),
			i2: math.Log2(bt[s[1]*shape[2]+s[2]] / (pb[s[1]] * pt[s[2]])),
		}
		d.Cumulative[0], d.Cumulative[1] = c.i1, c.i2
		if q[i] > 0 {
			c.both = math.Log2(q[i] / (ab * pt[s[2]]))
			d.Cumulative[2] = c.common()
		}
		if v > 0 {
			d.Cumulative[3] = math.Log2(v / (ab * pt[s[2]]))
		}
		d.invert()
		list = append(list, Realisation{State: s, P: v, Q: q[i], Atoms: d.Atoms, Cumulative: d.Cumulative})
	}
	return list, nil
}

// stateOf returns the symbols at a row-major position.
func stateOf(shape []int, i int) []int {
	state := make([]int, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		state[k], i = i%shape[k], i/shape[k]
	}
	return state
}

// realisation returns the decomposition of target t at a cell.
func (tb *table) realisation(m Measure, cell, t int) Realisation {
	l := tb.lattice()
	d := newDecomposition(m, l)
	switch {
	case m == PM:
		plus, minus := make([]float64, 1<<tb.n), make([]float64, 1<<tb.n)
		tb.surprisals(plus, minus, cell, t)
		for a := range d.CumulativePlus {
			sets := l.members[a].Sets()
			d.CumulativePlus[a], d.CumulativeMinus[a] = least(plus, sets), least(minus, sets)
		}
	case l.five != nil:
		u := make([]float64, l.Len()*tb.width)
		tb.events5(u, make([]float64, 32*tb.width), cell)
		for a := range d.CumulativePlus {
			tb.pointwise(d, a, t, u[a*tb.width:][:tb.width])
		}
	default:
		u := make([]float64, tb.width)
		for a, terms := range l.unions {
			tb.event(u, terms, cell)
			tb.pointwise(d, a, t, u)
		}
	}
	d.invert()
	return Realisation{
		Atoms: d.Atoms, AtomsPlus: d.AtomsPlus, AtomsMinus: d.AtomsMinus,
		Cumulative: d.Cumulative, CumulativePlus: d.CumulativePlus, CumulativeMinus: d.CumulativeMinus,
	}
}

// pointwise writes both parts of antichain a, given the probabilities u of its
// event.
func (tb *table) pointwise(d *Decomposition, a, t int, u []float64) {
	d.CumulativePlus[a] = -log2(u[tb.width-1])
	d.CumulativeMinus[a] = log2(tb.target[t]) - log2(u[t])
}
