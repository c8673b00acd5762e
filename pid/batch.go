package pid

import (
	"fmt"
	"math"
)

// leastMass replaces zero masses in the logarithms of a gradient.
const leastMass = 1e-18

// BatchGoal evaluates the goal of one neuron over a batch, and its gradient
// [bit]:
//
//	G = Σ_α Γ_α·Π_α + Γ_res·H(Y|sources),  p(s,1) = (1/N)·Σ_{i in cell s} θ_i
//	∂G/∂θ_i = [D(s_i,1) − D(s_i,0)] / N
//	D(s,t) = Σ_α w_α·{ log2 f_α(s,t) + (1/ln 2)·Σ_{s': s∈W_α(s')} p(s',t)/P(W_α(s'),t) } − Γ_res·log2 p(t)
//
// where w are the weights of the cumulative redundancies. The gradient treats
// bins as constants. BatchGoal writes ∂G/∂θ_i into dst, which has the length of
// the batch; dst is nil if the gradient is not wanted. If θ is exactly 0 or 1
// in a whole cell, the gradient is infinite; then a mass of 1e-18 replaces the
// zero mass. It returns an error if lengths, bins or probabilities are invalid.
// Cost: O(N + occupied cells · antichains). To evaluate many batches, use a
// [Batch].
func BatchGoal(dst []float64, g Goal, s Samples) (goal float64, d *Decomposition, err error) {
	var b Batch
	return b.Goal(dst, g, s)
}

// Samples are the inputs and firing probabilities of one neuron in a batch.
type Samples struct {
	NBins []int     // the number of bins at each source
	Bins  [][]int   // Bins[k][i] is the bin of sample i at source k
	Theta []float64 // Theta[i] = P(Y=1 | sample i)
	// Prior is permanent samples that count beside those of the batch, with the
	// masses that a [Window] gives them. N is then the mass of both.
	Prior []Pseudo
}

// Batch evaluates goals over many batches and reuses its memory. The zero value
// is ready for use. It is not safe for concurrent use.
type Batch struct {
	table   table
	numbers []float64
	rows    []int32
	number  []int32      // by key: number of the cell, from 1; 0: none yet
	cellOf  []int32      // by sample
	masses  [][2]float64 // by cell: p(s,0) and p(s,1), times N
	first   []int32      // by cell: its first sample; −1−i if pseudo-sample i is its first
	scale   float64      // 1 / mass of the batch with its prior
	slope   []float64    // by cell
	unions  []unionWeight
	pulls   [8][]float64 // by mask: sums over its marginal
}

// Goal is [BatchGoal]; it only allocates the decomposition.
func (b *Batch) Goal(dst []float64, g Goal, s Samples) (goal float64, d *Decomposition, err error) {
	if err := b.take(dst, g, s); err != nil {
		return 0, nil, err
	}
	d = b.table.sx()
	if dst != nil {
		b.gradient(dst, &g)
	}
	return g.Value(d), d, nil
}

// Gradient is like Goal without the value, at a fraction of the cost. It
// allocates nothing once its memory is large enough for the batch.
func (b *Batch) Gradient(dst []float64, g Goal, s Samples) error {
	if dst == nil {
		return fmt.Errorf("pid: dst is nil")
	}
	if err := b.take(dst, g, s); err != nil {
		return err
	}
	b.gradient(dst, &g)
	return nil
}

func (b *Batch) take(dst []float64, g Goal, s Samples) error {
	if err := checkBatch(dst, g, s); err != nil {
		return err
	}
	b.tally(&s)
	return nil
}

func (b *Batch) gradient(dst []float64, g *Goal) {
	b.slopes(g)
	for i, c := range b.cellOf {
		dst[i] = b.slope[c] * b.scale
	}
}

// checkBatch validates the arguments.
func checkBatch(dst []float64, g Goal, s Samples) error {
	nbins, bins, theta := s.NBins, s.Bins, s.Theta
	n := len(theta)
	switch {
	case g.n == 0:
		return fmt.Errorf("pid: the zero goal: make one with NewGoal")
	case len(nbins) != g.n || len(bins) != g.n:
		return fmt.Errorf("pid: the goal is for %d sources; there are %d numbers of bins and %d lists of bins", g.n, len(nbins), len(bins))
	case n == 0:
		return fmt.Errorf("pid: the batch is empty")
	case dst != nil && len(dst) != n:
		return fmt.Errorf("pid: dst has length %d, the batch %d", len(dst), n)
	}
	cells := 1
	for k, b := range nbins {
		if b < 1 || cells > maxCells/b {
			return fmt.Errorf("pid: source %d has %d bins; each needs at least 1 and all together at most %d cells", k+1, b, maxCells)
		}
		cells *= b
		if len(bins[k]) != n {
			return fmt.Errorf("pid: source %d has %d samples, theta %d", k+1, len(bins[k]), n)
		}
		for i, v := range bins[k] {
			if uint(v) >= uint(b) {
				return fmt.Errorf("pid: sample %d of source %d is in bin %d of %d", i, k+1, v, b)
			}
		}
	}
	for i, v := range theta {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("pid: theta of sample %d is %v, not a probability", i, v)
		}
	}
	for i := range s.Prior {
		if err := s.Prior[i].validate(nbins); err != nil {
			return fmt.Errorf("pid: prior sample %d: %w", i, err)
		}
	}
	return nil
}

// tally makes the table of a batch and finds the cell of each sample.
func (b *Batch) tally(s *Samples) {
	nbins, bins, theta := s.NBins, s.Bins, s.Theta
	n, size := len(nbins), 1
	for _, d := range nbins {
		size *= d
	}
	b.number = resized(b.number, size)
	b.cellOf = resized(b.cellOf, len(theta))
	clear(b.number)
	b.masses, b.first = b.masses[:0], b.first[:0]
	for i, th := range theta {
		key := bins[0][i]
		for k := 1; k < n; k++ {
			key = key*nbins[k] + bins[k][i]
		}
		if b.number[key] == 0 {
			b.masses, b.first = append(b.masses, [2]float64{}), append(b.first, int32(i))
			b.number[key] = int32(len(b.masses))
		}
		c := b.number[key] - 1
		b.cellOf[i] = c
		b.masses[c][0] += 1 - th
		b.masses[c][1] += th
	}
	b.scale = 1 / (float64(len(theta)) + b.believe(s))
	b.fill(s)
}

// believe adds the prior to the masses and returns its mass.
func (b *Batch) believe(s *Samples) (total float64) {
	for i := range s.Prior {
		p := &s.Prior[i]
		zero, one := p.masses()
		if zero+one == 0 {
			continue
		}
		key := 0
		for k, d := range s.NBins {
			key = key*d + p.Cell[k]
		}
		if b.number[key] == 0 {
			b.masses, b.first = append(b.masses, [2]float64{}), append(b.first, int32(-1-i))
			b.number[key] = int32(len(b.masses))
		}
		m := &b.masses[b.number[key]-1]
		m[0] += zero
		m[1] += one
		total += zero + one
	}
	return total
}

// fill adds the cells to the table.
func (b *Batch) fill(s *Samples) {
	nbins := s.NBins
	used := len(b.masses)
	b.rows = resized(b.rows, used<<len(nbins))
	b.numbers = resized(b.numbers, tableSize(nbins, 2, used))
	clear(b.numbers)
	b.table = layTable(b.numbers, b.rows, nbins, 2)
	var at [MaxSources]int
	for c := range b.masses {
		for k := range nbins {
			if first := b.first[c]; first >= 0 {
				at[k] = s.Bins[k][first]
			} else {
				at[k] = s.Prior[-1-first].Cell[k]
			}
		}
		m := &b.masses[c]
		m[0] *= b.scale
		m[1] *= b.scale
		b.table.addCell(&at, m[:])
	}
}

// resized returns a slice of length n with unspecified contents. It reuses v if
// v is large enough.
func resized[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n, n+n/2)
	}
	return v[:n]
}

// logOdds returns log2(one/zero).
func logOdds(one, zero float64) float64 {
	return log2(max(one, leastMass) / max(zero, leastMass))
}

// slopes computes D(s,1) − D(s,0) of each cell. The sum over the cells that
// share an antichain's event is again an inclusion–exclusion, over the
// marginals of v = P₁/u₁ − P₀/u₀. It is linear, so all antichains share one sum
// for each marginal.
func (b *Batch) slopes(g *Goal) {
	tb := &b.table
	var singles [8]float64
	singles, b.unions = g.split(b.unions[:0])
	singles[1<<tb.n-1] -= g.residual
	y := logOdds(tb.target[1], tb.target[0])
	total := g.residual
	for _, w := range singles {
		total += w
	}
	for i := range b.unions {
		total += b.unions[i].weight
	}
	b.slope = resized(b.slope, tb.used)
	for m := range b.pulls[:1<<tb.n] {
		b.pulls[m] = resized(b.pulls[m], len(tb.marg[m])/3)
		clear(b.pulls[m])
	}
	for i := range tb.used {
		b.slope[i] = b.own(i, &singles) - total*y
	}
	if len(b.unions) > 0 {
		b.addPulls()
	}
}

// own returns the part of the slope of cell i that depends on that cell alone.
// It adds the cell's contribution to the slopes of other cells to pulls.
func (b *Batch) own(i int, singles *[8]float64) float64 {
	tb := &b.table
	top := 1<<tb.n - 1
	var rows [8]mass2
	row := tb.rows[i<<tb.n:][:top]
	for m := 1; m < top; m++ {
		p := (*triple)(tb.marg[m][row[m]:])
		rows[m] = mass2{p[0], p[1]}
	}
	own := mass2{tb.joint[3*i], tb.joint[3*i+1]}
	rows[top] = own
	slope := 0.0
	for m := 1; m <= top; m++ {
		if w := singles[m]; w != 0 {
			slope += w * logOdds(rows[m].one, rows[m].zero)
		}
	}
	var pull [8]float64
	for k := range b.unions {
		u := &b.unions[k]
		one, zero := 0.0, 0.0
		for _, t := range u.terms {
			row := &rows[t.mask&7]
			one += t.coef * row.one
			zero += t.coef * row.zero
		}
		// Rounding must not make the event smaller than the cell's own share of
		// it.
		one, zero = max(one, own.one, leastMass), max(zero, own.zero, leastMass)
		inverse := 1 / (one * zero)
		e, r := reduce(one * one * inverse)
		slope += u.weight * (e + series(r))
		v := u.weight * math.Log2E * (own.one*zero - own.zero*one) * inverse
		for _, t := range u.terms {
			pull[t.mask&7] += t.coef * v
		}
	}
	for m := 1; m < top; m++ {
		b.pulls[m][row[m]/3] += pull[m]
	}
	return slope + pull[top]
}

// addPulls adds to the slope of each cell the sums of the marginals that
// contain the cell.
func (b *Batch) addPulls() {
	for i := range b.slope {
		row := b.table.rows[i<<b.table.n:]
		for m := 1; m < 1<<b.table.n-1; m++ {
			b.slope[i] += b.pulls[m][row[m]/3]
		}
	}
}

// mass2 is p(s,0) and p(s,1) of a cell or event.
type mass2 struct{ zero, one float64 }
