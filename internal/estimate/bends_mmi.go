package estimate

import (
	"math"
	"math/bits"
	"slices"

	"infomorph/pid"
)

// weakest are the bends of mmi, at which another set of an antichain has the
// least information about the target, and of wb, the same for each value of the
// target. The minimum of two estimates of the same information is lower than
// their mean by half their difference.
type weakest struct {
	*marginals
	places int         // 1, or the number of targets
	told   [][]float64 // by mask and place: the information; for wb, times P(t)
	less   votes
	open   [][]uint32 // by antichain and place: the sets that may be the weakest, as bits
}

func (e *estimator) newWeakest(tab *tally) *weakest {
	b := &weakest{marginals: e.newMarginals(tab), places: 1}
	if e.cfg.Measure == pid.WB {
		b.places = tab.targets
	}
	for range b.symbol {
		b.told = append(b.told, make([]float64, b.places))
	}
	b.less = newVotes(b.lattice, b.places)
	return b
}

// tell computes the information of each set at p.
func (b *weakest) tell(p []float64) {
	b.fill(p)
	for mask, joint := range b.joint {
		clear(b.told[mask])
		for i, v := range joint {
			if t := i % b.targets; v > 0 {
				b.told[mask][t%b.places] += v * math.Log2(v/(b.sources[mask][i/b.targets]*b.target[t]))
			}
		}
	}
}

// little is larger for a set with less information.
func (b *weakest) little(mask uint8, place int) float64 { return -b.told[mask][place] }

func (b *weakest) vote(p []float64) error {
	b.tell(p)
	b.less.add(b.little)
	return nil
}

func (b *weakest) settle(p []float64) (open int, err error) {
	b.tell(p)
	b.open = make([][]uint32, b.lattice.Len())
	for a := range b.open {
		sets := b.lattice.Antichain(a).Sets()
		if len(sets) < 2 {
			continue
		}
		b.open[a] = b.less.open(sets, b.places, b.little)
		for _, is := range b.open[a] {
			open += min(bits.OnesCount32(is)/2, 1)
		}
	}
	return open, nil
}

// readings takes the mean of the open sets instead of the minimum.
func (b *weakest) readings(p []float64, d *pid.Decomposition) ([][]float64, error) {
	b.tell(p)
	list := slices.Clone(d.Cumulative)
	for a, open := range b.open {
		if open == nil {
			continue
		}
		list[a] = 0
		for place, is := range open {
			sum, count, least := 0.0, 0.0, math.Inf(1)
			for i, s := range b.lattice.Antichain(a).Sets() {
				v := b.told[s][place]
				if least = min(least, v); is>>i&1 != 0 {
					sum, count = sum+v, count+1
				}
			}
			if count == 0 {
				sum, count = least, 1
			}
			list[a] += sum / count
		}
	}
	return [][]float64{list}, nil
}
