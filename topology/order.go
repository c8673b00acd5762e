package topology

import "sort"

// row sorts the synapses lo … hi−1 of one target by (port, source, projection).
// The sort is stable.
type row struct {
	*columns
	lo, hi int64
}

func (r row) Len() int { return int(r.hi - r.lo) }

func (r row) Less(i, j int) bool {
	a, b := r.lo+int64(i), r.lo+int64(j)
	if r.port[a] != r.port[b] {
		return r.port[a] < r.port[b]
	}
	if r.source[a] != r.source[b] {
		return r.source[a] < r.source[b]
	}
	return r.projection[a] < r.projection[b]
}

func (r row) Swap(i, j int) {
	a, b := r.lo+int64(i), r.lo+int64(j)
	r.source[a], r.source[b] = r.source[b], r.source[a]
	r.port[a], r.port[b] = r.port[b], r.port[a]
	r.weight[a], r.weight[b] = r.weight[b], r.weight[a]
	r.delay[a], r.delay[b] = r.delay[b], r.delay[a]
	r.projection[a], r.projection[b] = r.projection[b], r.projection[a]
}

// sortRows sorts every row; for sorted rows it only checks the order.
func (g *Graph) sortRows() {
	for t := range g.NumNeurons() {
		r := row{&g.columns, g.offsets[t], g.offsets[t+1]}
		if !r.sorted() {
			sort.Stable(r)
		}
	}
}

func (r row) sorted() bool {
	for i := 1; i < r.Len(); i++ {
		if r.Less(i, i-1) {
			return false
		}
	}
	return true
}
