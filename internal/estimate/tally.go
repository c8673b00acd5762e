package estimate

import (
	"math"
	"math/rand/v2"
	"slices"
)

// tally counts rows in a dense table over the source cells that occur. It gives
// the mutual information without a decomposition, for the many tables of a
// calibration.
type tally struct {
	targets int
	cell    []int32 // number of each row's source cell
	place   []int   // row-major position of each source cell
	joint   []int32 // counts of (source cell, target)
	sources []int32
	target  []int32
	xlogx   []float64 // k·log2 k
	members [][]int32 // the rows of each source cell
}

// newTally numbers the source cells that occur and counts the rows.
func (e *estimator) newTally() *tally {
	tab := &tally{targets: e.shape[len(e.shape)-1]}
	tab.place = slices.Clone(e.source)
	slices.Sort(tab.place)
	tab.place = slices.Compact(tab.place)
	tab.cell = make([]int32, len(e.source))
	tab.joint = make([]int32, len(tab.place)*tab.targets)
	tab.sources, tab.target = make([]int32, len(tab.place)), make([]int32, tab.targets)
	tab.members = make([][]int32, len(tab.place))
	for i, at := range e.source {
		k, _ := slices.BinarySearch(tab.place, at)
		tab.cell[i] = int32(k)
		tab.joint[k*tab.targets+int(e.target[i])]++
		tab.sources[k]++
		tab.target[e.target[i]]++
		tab.members[k] = append(tab.members[k], int32(i))
	}
	tab.xlogx = make([]float64, len(e.source)+1)
	for k := 2; k < len(tab.xlogx); k++ {
		tab.xlogx[k] = float64(k) * math.Log2(float64(k))
	}
	return tab
}

// of returns the mutual information of recombined rows: the source cell of row
// source[i] with the target of row target[i].
func (tab *tally) of(source, target, targets []int32) float64 {
	joint, cells := make([]int32, len(tab.joint)), make([]int32, len(tab.sources))
	for i, s := range source {
		cell := tab.cell[s]
		cells[cell]++
		joint[int(cell)*tab.targets+int(targets[target[i]])]++
	}
	return tab.between(joint, cells, len(source))
}

// information returns the mutual information of a joint table with the sources'
// own counts [bit].
func (tab *tally) information(joint []int32) float64 {
	return tab.between(joint, tab.sources, len(tab.cell))
}

// between returns the mutual information of a joint table whose source cells have
// the given counts.
func (tab *tally) between(joint, sources []int32, rows int) float64 {
	target := make([]int32, tab.targets)
	sum := 0.0
	for i, c := range joint {
		sum += tab.times(c)
		target[i%tab.targets] += c
	}
	for _, c := range sources {
		sum -= tab.times(c)
	}
	for _, c := range target {
		sum -= tab.times(c)
	}
	n := float64(rows)
	return sum/n + math.Log2(n)
}

// times returns c·log2 c. Resampled trials can have more rows than the sample,
// so c can be beyond the table.
func (tab *tally) times(c int32) float64 {
	if int(c) < len(tab.xlogx) {
		return tab.xlogx[c]
	}
	return float64(c) * math.Log2(float64(c))
}

// redraw draws a target for every row and counts: with probability mix that of
// any row, otherwise that of a row of the same source cell. So the sources do
// not change, and targets come from (1−mix)·p(t|s) + mix·p(t). With equal
// random numbers the table changes little with mix.
func (tab *tally) redraw(joint []int32, target []int32, mix float64, rnd *rand.Rand) {
	clear(joint)
	n := len(tab.cell)
	for k, members := range tab.members {
		row := joint[k*tab.targets:][:tab.targets]
		for range members {
			u, v := rnd.Float64(), rnd.Float64()
			from := members[int(v*float64(len(members)))]
			if u < mix {
				from = int32(v * float64(n))
			}
			row[target[from]]++
		}
	}
}

// mixed returns the probabilities (1−mix)·p(s,t) + mix·p(s)·p(t) over (source
// cell, target), and their mutual information [bit].
func (tab *tally) mixed(mix float64) (p []float64, mi float64) {
	n := float64(len(tab.cell))
	p = make([]float64, len(tab.joint))
	for i, c := range tab.joint {
		product := float64(tab.sources[i/tab.targets]) * float64(tab.target[i%tab.targets]) / (n * n)
		p[i] = (1-mix)*float64(c)/n + mix*product
		if p[i] > 0 {
			mi += p[i] * math.Log2(p[i]/product)
		}
	}
	return p, max(mi, 0)
}
