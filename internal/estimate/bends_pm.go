package estimate

import (
	"math"
	"math/bits"
	"slices"

	"infomorph/pid"
)

// marginals are the probabilities of every set of sources, alone and with the target.
type marginals struct {
	targets int
	lattice *pid.Lattice
	symbol  [][]int32   // by mask of sources: the symbol of each source cell
	sources [][]float64 // by mask: P(a)
	joint   [][]float64 // by mask: P(a,t)
	target  []float64
}

// least are the bends of pm: which set of an antichain has the least surprisal,
// at a source cell (plus), and which at a source cell and target (minus).
type least struct {
	*marginals
	plus, minus votes
	// The open sets of each antichain, as bits in its order, by source cell and by
	// source cell and target; 0: the least set is taken.
	openPlus, openMinus [][]uint32
}

// votes counts how often the first set of each pair had the smaller surprisal, by
// pair and place.
type votes map[[2]uint8][]float32

// newVotes allocates counts for the pairs of sets of all antichains.
func newVotes(l *pid.Lattice, places int) votes {
	v := votes{}
	for a := range l.Len() {
		sets := l.Antichain(a).Sets()
		for i, one := range sets {
			for _, other := range sets[i+1:] {
				if pair := [2]uint8{one, other}; v[pair] == nil {
					v[pair] = make([]float32, places)
				}
			}
		}
	}
	return v
}

// newMarginals numbers the symbols of each set of sources.
func (e *estimator) newMarginals(tab *tally) *marginals {
	b := &marginals{targets: tab.targets, target: make([]float64, tab.targets), lattice: e.plugin.Lattice()}
	for mask := range 1 << b.lattice.NumSources() {
		number := map[int]int32{}
		symbol := make([]int32, len(tab.place))
		for k, at := range tab.place {
			key := e.project(at, mask)
			if _, ok := number[key]; !ok {
				number[key] = int32(len(number))
			}
			symbol[k] = number[key]
		}
		b.symbol = append(b.symbol, symbol)
		b.sources = append(b.sources, make([]float64, len(number)))
		b.joint = append(b.joint, make([]float64, len(number)*tab.targets))
	}
	return b
}

func (e *estimator) newLeast(tab *tally) *least {
	m := e.newMarginals(tab)
	return &least{marginals: m, plus: newVotes(m.lattice, len(tab.place)), minus: newVotes(m.lattice, len(tab.joint))}
}

// fill computes the marginals of p.
func (b *marginals) fill(p []float64) {
	clear(b.target)
	for mask := range b.symbol {
		clear(b.sources[mask])
		clear(b.joint[mask])
	}
	for i, v := range p {
		if v == 0 {
			continue
		}
		k, t := i/b.targets, i%b.targets
		b.target[t] += v
		for mask, symbol := range b.symbol {
			b.sources[mask][symbol[k]] += v
			b.joint[mask][int(symbol[k])*b.targets+t] += v
		}
	}
}

// inSources returns P(a) of a set at a source cell; its surprisal is −log2 P(a).
func (b *marginals) inSources(mask uint8, k int) float64 { return b.sources[mask][b.symbol[mask][k]] }

// inJoint returns P(a,t) of a set at a source cell and target.
func (b *marginals) inJoint(mask uint8, i int) float64 {
	return b.joint[mask][int(b.symbol[mask][i/b.targets])*b.targets+i%b.targets]
}

func (b *least) vote(p []float64) error {
	b.fill(p)
	b.plus.add(b.inSources)
	b.minus.add(b.inJoint)
	return nil
}

// add compares the probabilities of the sets of each pair; equal ones count half.
func (v votes) add(of func(mask uint8, place int) float64) {
	for pair, count := range v {
		for place := range count {
			switch p, q := of(pair[0], place), of(pair[1], place); {
			case p > q:
				count[place]++
			case p == q:
				count[place] += .5
			}
		}
	}
}

func (b *least) settle(p []float64) (open int, err error) {
	b.fill(p)
	outcomes := make([]bool, len(p))
	b.openPlus, b.openMinus = make([][]uint32, b.lattice.Len()), make([][]uint32, b.lattice.Len())
	for a := range b.lattice.Len() {
		sets := b.lattice.Antichain(a).Sets()
		if len(sets) < 2 {
			continue
		}
		b.openPlus[a] = b.plus.open(sets, len(p)/b.targets, b.inSources)
		b.openMinus[a] = b.minus.open(sets, len(p), b.inJoint)
		for i, v := range p {
			if v > 0 && (bits.OnesCount32(b.openPlus[a][i/b.targets]) > 1 || bits.OnesCount32(b.openMinus[a][i]) > 1) {
				outcomes[i] = true
			}
		}
	}
	for _, is := range outcomes {
		if is {
			open++
		}
	}
	return open, nil
}

// open returns, at each place, the sets that may have the least surprisal: the
// one that has it in the sample, and those that were often enough below that
// one.
func (v votes) open(sets []uint8, places int, of func(mask uint8, place int) float64) []uint32 {
	list := make([]uint32, places)
	for place := range list {
		first := 0
		for i, s := range sets {
			if of(s, place) > of(sets[first], place) {
				first = i
			}
		}
		if of(sets[first], place) == 0 {
			continue
		}
		list[place] = 1 << first
		for i, s := range sets {
			if i < first && v[[2]uint8{s, sets[first]}][place] > bendOpen*bendReplicates ||
				i > first && v[[2]uint8{sets[first], s}][place] < (1-bendOpen)*bendReplicates {
				list[place] |= 1 << i
			}
		}
	}
	return list
}

// readings takes the mean surprisal of the open sets instead of the minimum, in
// the informative part, in the misinformative part, or in both.
func (b *least) readings(p []float64, d *pid.Decomposition) ([][]float64, error) {
	b.fill(p)
	list := [][]float64{slices.Clone(d.Cumulative), slices.Clone(d.Cumulative), slices.Clone(d.Cumulative)}
	for a, open := range b.openPlus {
		if open == nil {
			continue
		}
		sets := b.lattice.Antichain(a).Sets()
		plus, minus := -d.CumulativePlus[a], -d.CumulativeMinus[a]
		for i, v := range p {
			if v > 0 {
				plus -= v * meanLog(sets, open[i/b.targets], i/b.targets, b.inSources)
				minus += v * (math.Log2(b.target[i%b.targets]) - meanLog(sets, b.openMinus[a][i], i, b.inJoint))
			}
		}
		list[0][a] += plus
		list[1][a] -= minus
		list[2][a] += plus - minus
	}
	return list, nil
}

// meanLog returns the mean log2 probability of the open sets, or the largest of
// all sets if none is open.
func meanLog(sets []uint8, open uint32, place int, of func(mask uint8, place int) float64) float64 {
	sum, count, most := 0.0, 0.0, 0.0
	for i, s := range sets {
		q := of(s, place)
		if most = max(most, q); open>>i&1 != 0 {
			sum, count = sum+math.Log2(q), count+1
		}
	}
	if count == 0 {
		return math.Log2(most)
	}
	return sum / count
}
