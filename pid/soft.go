package pid

import (
	"fmt"
	"math"
)

// SoftSamples are samples that lie between the centres of bins: the share
// Upper[k][i] of sample i is in bin Bins[k][i]+1 of source k, the rest in bin
// Bins[k][i] (see [Bins.Split]). At a source without shares (Upper[k] is nil)
// each sample is in one bin.
type SoftSamples struct {
	Samples
	Upper [][]float64 // by source
}

// SoftGradient is the derivatives of a goal: ∂G/∂θ_i, and by source ∂G/∂Upper.
// At a share of exactly 0 the latter is 0, because there a value is at the
// centre of a bin, or beyond the outermost ones.
type SoftGradient struct {
	Theta []float64
	Upper [][]float64
}

// SoftBatch evaluates goals over batches of soft samples and reuses its memory.
// The zero value is ready for use. It is not safe for concurrent use.
//
// A sample contributes to each of its cells with a share that is the product of
// its shares at the sources. So the distribution, and with it the goal, is a
// continuous function of the values that are binned:
//
//	p(s,t) = (1/N)·Σ_i q_i(s)·P(t|i),  q_i(s) = Π_k (share of sample i in bin s_k)
//	∂G/∂θ_i = (1/N)·Σ_s q_i(s)·[D(s,1) − D(s,0)]
//	∂G/∂Upper_ki = (1/N)·Σ_s ∂q_i(s)/∂Upper_ki·Σ_t P(t|i)·D(s,t)
//	D(s,t) = Σ_α w_α·{ log2 f_α(s,t)/(f_α(s)·p(t)) + (1/ln 2)·Σ_{s': s∈W_α(s')} [p(s',t)/f_α(s',t) − p(s')/f_α(s')] } − Γ_res·log2 p(t|s)
//
// with f_α(s) = P(W_α(s)); the rest is as for [BatchGoal]. If every share is 0,
// goal and gradient are those of [Batch]. Cost: O(2ⁿ·N + occupied cells ·
// antichains) for n sources.
type SoftBatch struct {
	table   table
	numbers []float64
	rows    []int32
	number  []int32      // by key: number of the cell, from 1; 0: none yet
	cellOf  []int32      // by sample and corner: its cell, −1 where its share is 0
	masses  [][2]float64 // by cell: p(s,0) and p(s,1), times the mass of the batch
	at      [][MaxSources]int
	scale   float64      // 1 / mass of the batch with its prior
	slope   [][2]float64 // by cell: D(s,0) and D(s,1)
	pulls   [8][][2]float64
	unions  []unionWeight
}

// Goal returns the goal and the decomposition of a batch. If dst is not nil, it
// gets the gradient. The errors are those of [BatchGoal], and one for shares
// that do not fit.
func (b *SoftBatch) Goal(dst *SoftGradient, g Goal, s SoftSamples) (goal float64, d *Decomposition, err error) {
	if err := b.take(dst, g, &s); err != nil {
		return 0, nil, err
	}
	d = b.table.sx()
	if dst != nil {
		b.gradient(dst, &g, &s)
	}
	return g.Value(d), d, nil
}

// Gradient is like Goal without the value. It allocates nothing once its memory
// is large enough for the batch.
func (b *SoftBatch) Gradient(dst *SoftGradient, g Goal, s SoftSamples) error {
	if dst == nil {
		return fmt.Errorf("pid: dst is nil")
	}
	if err := b.take(dst, g, &s); err != nil {
		return err
	}
	b.gradient(dst, &g, &s)
	return nil
}

// take checks a batch and makes its table.
func (b *SoftBatch) take(dst *SoftGradient, g Goal, s *SoftSamples) error {
	var theta []float64
	if dst != nil {
		theta = dst.Theta
		if theta == nil {
			return fmt.Errorf("pid: dst has no room for the gradient of theta")
		}
	}
	if err := checkBatch(theta, g, s.Samples); err != nil {
		return err
	}
	if err := s.checkShares(dst); err != nil {
		return err
	}
	b.tally(s)
	return nil
}

// checkShares validates the shares, and the room for their gradient.
func (s *SoftSamples) checkShares(dst *SoftGradient) error {
	if len(s.Upper) != len(s.NBins) || dst != nil && len(dst.Upper) != len(s.NBins) {
		return fmt.Errorf("pid: shares, or room for their gradient, are not of %d sources", len(s.NBins))
	}
	for k, upper := range s.Upper {
		if upper == nil {
			continue
		}
		if len(upper) != len(s.Theta) || dst != nil && len(dst.Upper[k]) != len(s.Theta) {
			return fmt.Errorf("pid: source %d has %d shares, theta %d", k+1, len(upper), len(s.Theta))
		}
		for i, v := range upper {
			if !(v >= 0 && v <= 1) || v > 0 && s.Bins[k][i] == s.NBins[k]-1 {
				return fmt.Errorf("pid: sample %d of source %d has the share %v in bin %d of %d", i, k+1, v, s.Bins[k][i]+1, s.NBins[k])
			}
		}
	}
	return nil
}

// corner returns the share of sample i in one of its cells. Bit k of c says
// whether that is the upper bin of source k.
func (s *SoftSamples) corner(i, c int) float64 {
	q := 1.0
	for k := range s.NBins {
		q *= s.share(k, i, c>>k&1)
	}
	return q
}

// share returns the share of sample i in its lower (0) or upper (1) bin of
// source k.
func (s *SoftSamples) share(k, i, up int) float64 {
	upper := 0.0
	if s.Upper[k] != nil {
		upper = s.Upper[k][i]
	}
	if up == 1 {
		return upper
	}
	return 1 - upper
}

// tally makes the table of a batch and finds the cells of each sample.
func (b *SoftBatch) tally(s *SoftSamples) {
	n, size := len(s.NBins), 1
	for _, d := range s.NBins {
		size *= d
	}
	b.number = resized(b.number, size)
	clear(b.number)
	b.cellOf = resized(b.cellOf, len(s.Theta)<<n)
	b.masses, b.at = b.masses[:0], b.at[:0]
	var at [MaxSources]int
	for i, th := range s.Theta {
		for c := range 1 << n {
			b.cellOf[i<<n|c] = -1
			q := s.corner(i, c)
			if q == 0 {
				continue
			}
			for k := range n {
				at[k] = s.Bins[k][i] + c>>k&1
			}
			b.cellOf[i<<n|c] = b.add(s.NBins, &at, q*(1-th), q*th)
		}
	}
	mass := float64(len(s.Theta))
	for i := range s.Prior {
		p := &s.Prior[i]
		if zero, one := p.masses(); zero+one > 0 {
			copy(at[:], p.Cell[:n])
			b.add(s.NBins, &at, zero, one)
			mass += zero + one
		}
	}
	b.scale = 1 / mass
	b.fill(s.NBins)
}

// add adds mass to a cell and returns its number.
func (b *SoftBatch) add(nbins []int, at *[MaxSources]int, zero, one float64) int32 {
	key := 0
	for k, d := range nbins {
		key = key*d + at[k]
	}
	if b.number[key] == 0 {
		b.masses, b.at = append(b.masses, [2]float64{}), append(b.at, *at)
		b.number[key] = int32(len(b.masses))
	}
	c := b.number[key] - 1
	b.masses[c][0] += zero
	b.masses[c][1] += one
	return c
}

// fill adds the cells to the table.
func (b *SoftBatch) fill(nbins []int) {
	used := len(b.masses)
	b.rows = resized(b.rows, used<<len(nbins))
	b.numbers = resized(b.numbers, tableSize(nbins, 2, used))
	clear(b.numbers)
	b.table = layTable(b.numbers, b.rows, nbins, 2)
	for c := range b.masses {
		m := &b.masses[c]
		m[0] *= b.scale
		m[1] *= b.scale
		b.table.addCell(&b.at[c], m[:])
	}
}

// gradient writes the derivatives by θ and by the shares.
func (b *SoftBatch) gradient(dst *SoftGradient, g *Goal, s *SoftSamples) {
	b.slopes(g)
	n := len(s.NBins)
	for i, th := range s.Theta {
		sum := 0.0
		for c := range 1 << n {
			if cell := b.cellOf[i<<n|c]; cell >= 0 {
				d := &b.slope[cell]
				sum += s.corner(i, c) * (d[1] - d[0])
			}
		}
		dst.Theta[i] = sum * b.scale
		for k, upper := range s.Upper {
			if upper != nil {
				dst.Upper[k][i] = b.move(s, i, k, th) * b.scale
			}
		}
	}
}

// move returns N·∂G/∂Upper of sample i at source k: what its upper bin gives
// less what its lower bin gives.
func (b *SoftBatch) move(s *SoftSamples, i, k int, theta float64) float64 {
	n := len(s.NBins)
	if s.Upper[k][i] == 0 {
		return 0
	}
	sum := 0.0
	for c := range 1 << n {
		cell := b.cellOf[i<<n|c]
		if cell < 0 {
			continue
		}
		q := float64(2*(c>>k&1) - 1)
		for j := range n {
			if j != k {
				q *= s.share(j, i, c>>j&1)
			}
		}
		d := &b.slope[cell]
		sum += q * ((1-theta)*d[0] + theta*d[1])
	}
	return sum
}

// slopes computes D(s,0) and D(s,1) of each cell.
func (b *SoftBatch) slopes(g *Goal) {
	tb := &b.table
	var singles [8]float64
	singles, b.unions = g.split(b.unions[:0])
	singles[1<<tb.n-1] -= g.residual
	total := g.residual
	for _, w := range singles {
		total += w
	}
	for i := range b.unions {
		total += b.unions[i].weight
	}
	for m := range b.pulls[:1<<tb.n] {
		b.pulls[m] = resized(b.pulls[m], len(tb.marg[m])/3)
		clear(b.pulls[m])
	}
	b.slope = resized(b.slope, tb.used)
	for i := range tb.used {
		b.slope[i] = b.own(i, &singles)
		for t := range 2 {
			b.slope[i][t] -= total * log2(max(tb.target[t], leastMass))
		}
	}
	for i := range b.slope {
		for m := 1; m < 1<<tb.n-1; m++ {
			p := &b.pulls[m][tb.row(i, uint8(m))/3]
			b.slope[i][0] += p[0]
			b.slope[i][1] += p[1]
		}
	}
}

// own returns the part of the slopes of cell i that depends on that cell alone.
// It adds the cell's contribution to the slopes of other cells to pulls.
func (b *SoftBatch) own(i int, singles *[8]float64) (d [2]float64) {
	tb := &b.table
	top := 1<<tb.n - 1
	var rows [16]triple
	tb.gather(&rows, i)
	for m := 1; m <= top; m++ {
		if w := singles[m]; w != 0 {
			for t := range 2 {
				d[t] += w * log2(max(rows[m][t], leastMass)/max(rows[m][2], leastMass))
			}
		}
	}
	for k := range b.unions {
		u := &b.unions[k]
		event := eventOf(u.terms, &rows, &rows[top])
		for t := range 2 {
			one, all := max(event[t], leastMass), max(event[2], leastMass)
			d[t] += u.weight * log2(one/all)
			v := u.weight * math.Log2E * (rows[top][t]/one - rows[top][2]/all)
			for _, tm := range u.terms {
				if int(tm.mask) == top {
					d[t] += tm.coef * v
				} else {
					b.pulls[tm.mask][tb.row(i, tm.mask)/3][t] += tm.coef * v
				}
			}
		}
	}
	return d
}
