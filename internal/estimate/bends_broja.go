package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"infomorph/pid"
)

// alike are the bends of broja. If one source is at least as good as the other
// for every decision (Blackwell's order), the shared information is all the
// information of the weaker source. So there is a bend, as in a minimum of two
// informations, where neither source has unique information. In a sample,
// nearly always both sources have a little unique information, and the shared
// part comes out below the smaller of the two estimates. Sources with equal
// information, but each with unique information, have no bend.
type alike struct {
	*weakest
	e       *estimator
	tab     *tally
	samples [][]float64
}

// alikeSamples is the number of bootstrap samples from which the spread of the
// smaller unique information is estimated. alikeReach is the number of standard
// deviations that it may differ from 0.
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

// settle leaves the choice open if either source may have less information and
// it is possible that neither has unique information.
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
