package pid

// Realisation is one outcome of a distribution with its pointwise sx atoms:
// how much the event s tells about t, by antichain [bit]. Their average over
// P is the decomposition.
type Realisation struct {
	State []int // s1, …, sn, t
	P     float64

	Atoms, AtomsPlus, AtomsMinus                []float64
	Cumulative, CumulativePlus, CumulativeMinus []float64
}

// Pointwise returns the pointwise sx decomposition of every outcome that
// occurs, in row-major order:
//
//	i⁺(α) = −log2 P(W_α(s)),  i⁻(α) = log2( p(t) / P(W_α(s),t) ),  i = i⁺ − i⁻
//
// with atoms by Möbius inversion of each part (Makkeh, Gutknecht, Wibral 2021).
// Arguments and errors are those of [Decompose].
func Pointwise(shape []int, p []float64) ([]Realisation, error) {
	if err := checkDense(SX, shape, p); err != nil {
		return nil, err
	}
	n := len(shape) - 1
	tb := newTable(new(scratch), shape[:n], shape[n], countCells(p, shape[n]))
	tb.fill(p, shape[n])
	tb = tb.trimmed()
	var list []Realisation
	cell := -1
	for i, v := range p {
		if i%shape[n] == 0 && occupied(p[i:i+shape[n]]) {
			cell++
		}
		if v > 0 {
			list = append(list, tb.realisation(cell, i%shape[n], stateOf(shape, i)))
			list[len(list)-1].P = v
		}
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

// realisation decomposes target t at a cell.
func (tb *table) realisation(cell, t int, state []int) Realisation {
	d := newDecomposition(SX, tb.lattice())
	u := make([]float64, tb.width)
	for a, terms := range tb.lattice().unions {
		tb.event(u, terms, cell)
		d.CumulativePlus[a] = -log2(u[tb.width-1])
		d.CumulativeMinus[a] = log2(tb.target[t]) - log2(u[t])
	}
	d.invert()
	return Realisation{
		State: state, Atoms: d.Atoms, AtomsPlus: d.AtomsPlus, AtomsMinus: d.AtomsMinus,
		Cumulative: d.Cumulative, CumulativePlus: d.CumulativePlus, CumulativeMinus: d.CumulativeMinus,
	}
}
