package data

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"infomorph/internal/config"
)

// markov opens a sequence of symbols.
func (l *loader) markov() (source, []any, error) {
	c := l.Markov
	n := len(c.Symbols)
	if a, b := twoClosed(c.Matrix); a >= 0 {
		return nil, nil, config.FieldProblem(l.key("markov", "matrix"), fmt.Sprintf("the chain falls apart: neither of %q and %q is ever left for the other, so that it has no one long run", c.Symbols[a], c.Symbols[b]), "")
	}
	m := &markov{steps: newStream(l.seed, l.set.number, 0), block: -1, matrix: c.Matrix}
	var err error
	if m.stationary, err = stationary(c.Matrix); err != nil {
		return nil, nil, config.FieldProblem(l.key("markov", "matrix"), err.Error(), "")
	}
	for _, row := range c.Matrix {
		m.cumulative = append(m.cumulative, cumulate(row))
	}
	first := newStream(l.seed, l.set.number, makingPart)
	m.starts = []uint16{uint16(pick(cumulate(m.stationary), first.at(0).Float64()))}
	l.set.Fields = []Field{{Name: "now", Size: n, binary: true}, {Name: "before", Size: n, binary: true}}
	l.set.Labels = slices.Clone(c.Symbols)
	return m, []any{*c}, nil
}

// markov is a stationary Markov chain. It draws symbols in blocks and keeps one block in
// memory. To draw a block again, it also keeps the symbol before each block.
type markov struct {
	matrix     [][]float64
	stationary []float64
	cumulative [][]float64
	steps      stream
	starts     []uint16 // the symbol before each block that has been reached
	block      int      // number of the block in symbols; −1: none yet
	symbols    [markovBlock + 1]uint16
}

const markovBlock = 4096

func (m *markov) parts() []basePart { return []basePart{{}} }

func (m *markov) item(_, i int, it *Item) error {
	for len(m.starts) <= i/markovBlock {
		m.fill(len(m.starts) - 1)
	}
	if i/markovBlock != m.block {
		m.fill(i / markovBlock)
	}
	before, now := m.symbols[i%markovBlock], m.symbols[i%markovBlock+1]
	clear(it.Fields[0])
	clear(it.Fields[1])
	it.Fields[0][now], it.Fields[1][before] = 1, 1
	it.Label = int(now)
	return nil
}

// fill draws a block. The symbol before it must be in starts.
func (m *markov) fill(block int) {
	rng := m.steps.at(block)
	s := m.starts[block]
	m.symbols[0], m.block = s, block
	for k := range markovBlock {
		s = uint16(pick(m.cumulative[s], rng.Float64()))
		m.symbols[k+1] = s
	}
	if len(m.starts) == block+1 {
		m.starts = append(m.starts, s)
	}
}

// entropyRate returns −Σ π(a) Σ p(b|a) log2 p(b|a) [bit].
func (m *markov) entropyRate() float64 {
	h := 0.0
	for a, row := range m.matrix {
		for _, p := range row {
			if p > 0 {
				h -= m.stationary[a] * p * math.Log2(p)
			}
		}
	}
	return h
}

// cumulate returns the cumulative sums of p. From the last non-zero element on, they are
// exactly 1.
func cumulate(p []float64) []float64 {
	sums := make([]float64, len(p))
	last, s := 0, 0.0
	for k, v := range p {
		if s += v; v > 0 {
			last = k
		}
		sums[k] = s
	}
	for k := last; k < len(p); k++ {
		sums[k] = 1
	}
	return sums
}

// pick returns the index of the first sum above u.
func pick(sums []float64, u float64) int {
	k, _ := slices.BinarySearchFunc(sums, u, func(sum, u float64) int {
		if sum > u {
			return 1
		}
		return -1
	})
	return k
}

// twoClosed looks for two closed sets of states, which the chain never leaves. It returns
// one state of each set, or −1, −1 if there is only one such set.
func twoClosed(matrix [][]float64) (a, b int) {
	n := len(matrix)
	reach := make([]bits, n)
	for i, row := range matrix {
		reach[i] = newBits(n)
		reach[i].set(i)
		for j, p := range row {
			if p > 0 {
				reach[i].set(j)
			}
		}
	}
	for k := range n { // Warshall 1962
		for i := range n {
			if reach[i].on(k) {
				for w := range reach[i] {
					reach[i][w] |= reach[k][w]
				}
			}
		}
	}
	first := -1
	for i := range n {
		closed := true
		for j := range n {
			closed = closed && (!reach[i].on(j) || reach[j].on(i))
		}
		switch {
		case closed && first < 0:
			first = i
		case closed && !reach[first].on(i):
			return first, i
		}
	}
	return -1, -1
}

// stationary solves π P = π, Σ π = 1.
func stationary(matrix [][]float64) ([]float64, error) {
	n := len(matrix)
	a, b := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for i, row := range matrix {
		for j, p := range row {
			a.Set(j, i, p)
		}
	}
	for i := range n {
		a.Set(i, i, a.At(i, i)-1)
		a.Set(n-1, i, 1)
	}
	b.SetVec(n-1, 1)
	var x mat.VecDense
	if err := x.SolveVec(a, b); err != nil {
		return nil, fmt.Errorf("how often each symbol comes cannot be computed: %w", err)
	}
	pi := make([]float64, n)
	total := 0.0
	for i := range pi {
		pi[i] = max(x.AtVec(i), 0)
		total += pi[i]
	}
	for i := range pi {
		pi[i] /= total
	}
	return pi, nil
}
