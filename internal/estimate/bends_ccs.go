package estimate

import (
	"math"
	"slices"

	"infomorph/pid"
)

// signs are the bends of ccs: whether the changes of surprisal of an outcome agree.
type signs struct {
	shape []int
	place []int     // row-major position of each source cell
	agree []float64 // number of samples in which they agree, by row-major position
	open  []bool
	in    []bool // they agree, and this is not open
}

// common returns the co-information of each outcome on the distribution of maximum
// entropy, times its probability, and whether the changes of surprisal agree.
func (b *signs) common(p []float64) (co []float64, agree []bool, err error) {
	targets := b.shape[2]
	dense := make([]float64, len(b.agree))
	for i, v := range p {
		dense[b.place[i/targets]*targets+i%targets] = v
	}
	q, _, err := pid.Optimum(pid.CCS, b.shape, renormalised(dense))
	if err != nil {
		return nil, nil, err
	}
	var of [1 << 3]func(i int) float64 // by mask of variables: their probability at an outcome
	for mask := 1; mask < len(of); mask++ {
		of[mask] = b.marginal(q, mask)
	}
	co, agree = make([]float64, len(q)), make([]bool, len(q))
	for i, v := range q {
		if v == 0 {
			continue
		}
		t := of[4](i)
		i1, i2 := math.Log2(of[5](i)/(of[1](i)*t)), math.Log2(of[6](i)/(of[2](i)*t))
		both := math.Log2(v / (of[3](i) * t))
		common := i1 + i2 - both
		co[i] = v * common
		agree[i] = min(i1, i2, both, common) > 0 || max(i1, i2, both, common) < 0
	}
	return co, agree, nil
}

// marginal returns the probability of the variables of a mask as a function of
// the outcome. The bits of the mask are the sources and then the target.
func (b *signs) marginal(q []float64, mask int) func(i int) float64 {
	key := func(i int) int {
		at, place := 0, 1
		for k := 2; k >= 0; k-- {
			if mask>>k&1 != 0 {
				at += i % b.shape[k] * place
				place *= b.shape[k]
			}
			i /= b.shape[k]
		}
		return at
	}
	m := make([]float64, len(q))
	for i, v := range q {
		m[key(i)] += v
	}
	return func(i int) float64 { return m[key(i)] }
}

func (b *signs) vote(p []float64) error {
	_, agree, err := b.common(p)
	for i, is := range agree {
		if is {
			b.agree[i]++
		}
	}
	return err
}

func (b *signs) settle(p []float64) (open int, err error) {
	co, _, err := b.common(p)
	b.open, b.in = make([]bool, len(co)), make([]bool, len(co))
	for i := range co {
		share := b.agree[i] / bendReplicates
		b.in[i] = share >= 1-bendOpen
		b.open[i] = !b.in[i] && share > bendOpen
		if b.open[i] && co[i] != 0 {
			open++
		}
	}
	return open, err
}

// readings returns two readings: without all open outcomes, and with all of
// them.
func (b *signs) readings(p []float64, d *pid.Decomposition) ([][]float64, error) {
	co, _, err := b.common(p)
	without, with := slices.Clone(d.Cumulative), slices.Clone(d.Cumulative)
	red, _ := d.Lattice().Index("{1}{2}")
	without[red], with[red] = 0, 0
	for i, v := range co {
		if b.in[i] {
			without[red] += v
		}
		if b.in[i] || b.open[i] {
			with[red] += v
		}
	}
	return [][]float64{without, with}, err
}
