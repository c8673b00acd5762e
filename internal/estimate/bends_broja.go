package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"infomorph/pid"
)

// alike are the bends of broja. What is shared is what the weaker source tells where
// one source is as good as the other for every bet (Blackwell's order), so that it bends
// as the least of two informations does if neither has anything of its own. A sample
// then nearly always gives each source a little: the shared part comes out below the
// weaker of two estimates. Sources that tell as much but each its own do not bend.
type alike struct {
	*weakest
	e       *estimator
	tab     *tally
	samples [][]float64
}

// alikeSamples is of how many bootstrap samples the spread of the least unique
// information is known; alikeReach of how many standard deviations it may lie off 0.
const (
	alikeSamples = 40
	alikeReach   = 2
)

func (b *alike) vote(p []float64) error {
	if len(b.samples) < alikeSamples {
		b.samples = append(b.samples, slices.Clone(p))
	}
	return b.weakest.vote(p)
}

// settle holds the choice open if either source may tell less and neither may have
// anything of its own.
func (b *alike) settle(p []float64) (open int, err error) {
	if open, err = b.weakest.settle(p); err != nil || open == 0 {
		return 0, err
	}
	var least []float64
	for _, sample := range b.samples {
		v, err := b.leastUnique(sample)
		if err != nil {
			return 0, err
		}
		least = append(least, v)
	}
	own, err := b.leastUnique(p)
	m, sd := stat.MeanStdDev(least, nil)
	if own-max(m-own, 0) > alikeReach*sd {
		return 0, err
	}
	return open, err
}

// leastUnique returns the smaller unique information.
func (b *alike) leastUnique(p []float64) (float64, error) {
	index, values := b.tab.sparse(p)
	d, err := pid.DecomposeSparse(pid.BROJA, b.e.shape, index, values)
	if err != nil {
		return 0, err
	}
	least := math.Inf(1)
	for _, name := range []string{"{1}", "{2}"} {
		i, _ := d.Lattice().Index(name)
		least = min(least, d.Atoms[i])
	}
	return max(least, 0), nil
}
