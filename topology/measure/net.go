package measure

import (
	"math"
	"slices"

	"infomorph/neuron"
	"infomorph/topology"
)

// Lengths defines the length of a synapse for path measures.
type Lengths string

// The lengths.
const (
	Hops    Lengths = "hops"    // 1 per synapse
	Inverse Lengths = "inverse" // 1/|weight|: strong synapses are short
	Delay   Lengths = "delay"   // the delay [µs]
)

// Options says how measures use a graph. The zero Options counts synapses of
// all ports with weight 1 and length 1.
type Options struct {
	Weighted bool          // use weights: clustering, PageRank, eigenvector, communities, spectral radius
	Lengths  Lengths       // "" means Hops
	Ports    []neuron.Port // nil: all ports
	// Samples is the number of random sources (or nodes) for measures with
	// quadratic cost; 0 means exact.
	Samples int
	Nulls   int    // null models for small-worldness and rich club, 0 means 10
	Seed    uint64 // for samples, null models and the order of Louvain
	// Communities, one number per neuron, replaces the result of Louvain in
	// measures that need a partition.
	Communities []int
}

// rows is a sparse matrix by rows: row i has columns to[off[i]:off[i+1]],
// sorted and without repetition.
type rows struct {
	off    []int64
	to     []int32
	weight []float64
	length []float64 // nil: all 1
}

func (r *rows) row(i int) []int32       { return r.to[r.off[i]:r.off[i+1]] }
func (r *rows) weights(i int) []float64 { return r.weight[r.off[i]:r.off[i+1]] }
func (r *rows) degree(i int) int        { return int(r.off[i+1] - r.off[i]) }

// find returns the index of column j of row i, or −1.
func (r *rows) find(i int, j int32) int64 {
	k, ok := slices.BinarySearch(r.row(i), j)
	if !ok {
		return -1
	}
	return r.off[i] + int64(k)
}

// Net is a graph of neurons as a simple directed weighted graph.
type Net struct {
	N        int
	out, in  *rows // with autapses
	und      *rows // undirected: weight is the sum of both directions (their mean if Undirected), no autapses
	directed bool  // some edge has no reverse, or a reverse with another weight
	opt      Options
	found    []int // communities of Louvain, once computed
	fanned   []fan // results of the searches from every source, once computed
}

// NumEdges returns the number of connected ordered pairs, autapses included.
func (n *Net) NumEdges() int { return len(n.out.to) }

// New returns the view of g for the given options. Cost:
// O(synapses·log(in-degree)).
func New(g *topology.Graph, opt Options) *Net {
	if opt.Lengths == "" {
		opt.Lengths = Hops
	}
	in := incoming(g, opt)
	n := &Net{N: g.NumNeurons(), in: in, out: transpose(in), opt: opt}
	n.directed = !sameRows(n.in, n.out)
	n.und = undirected(n.in, n.out, n.directed)
	return n
}

// entry is a synapse that will be added to a row.
type entry struct {
	source int32
	weight float32
	delay  int32
}

func incoming(g *topology.Graph, opt Options) *rows {
	n := g.NumNeurons()
	r := &rows{off: make([]int64, n+1)}
	r.to = make([]int32, 0, g.NumSynapses())
	r.weight = make([]float64, 0, g.NumSynapses())
	var list []entry
	for t := range n {
		in := g.Incoming(neuron.ID(t))
		list = list[:0]
		for i, s := range in.Source {
			if int(s) < n && (opt.Ports == nil || slices.Contains(opt.Ports, in.Port[i])) {
				list = append(list, entry{int32(s), in.Weight[i], in.Delay[i]})
			}
		}
		slices.SortStableFunc(list, func(a, b entry) int { return int(a.source) - int(b.source) })
		r.merge(list, opt)
		r.off[t+1] = int64(len(r.to))
	}
	return r
}

// merge appends one row of sorted entries. Weights of parallel synapses are
// added; the smallest of their delays counts.
func (r *rows) merge(list []entry, opt Options) {
	for i := 0; i < len(list); {
		first := list[i]
		weight, delay := 0.0, first.delay
		for ; i < len(list) && list[i].source == first.source; i++ {
			weight += float64(list[i].weight)
			delay = min(delay, list[i].delay)
		}
		r.to, r.weight = append(r.to, first.source), append(r.weight, weight)
		switch opt.Lengths {
		case Inverse:
			r.length = append(r.length, 1/math.Abs(weight))
		case Delay:
			r.length = append(r.length, float64(delay))
		}
	}
}

func transpose(r *rows) *rows {
	n := len(r.off) - 1
	t := &rows{off: make([]int64, n+1), to: make([]int32, len(r.to)), weight: make([]float64, len(r.to))}
	if r.length != nil {
		t.length = make([]float64, len(r.to))
	}
	for _, j := range r.to {
		t.off[j+1]++
	}
	for i := range n {
		t.off[i+1] += t.off[i]
	}
	next := slices.Clone(t.off[:n])
	for i := range n {
		for k := r.off[i]; k < r.off[i+1]; k++ {
			at := next[r.to[k]]
			next[r.to[k]]++
			t.to[at], t.weight[at] = int32(i), r.weight[k]
			if r.length != nil {
				t.length[at] = r.length[k]
			}
		}
	}
	return t
}

func sameRows(a, b *rows) bool {
	return slices.Equal(a.off, b.off) && slices.Equal(a.to, b.to) && slices.Equal(a.weight, b.weight)
}

// undirected merges the rows of both directions, without autapses.
func undirected(in, out *rows, directed bool) *rows {
	n := len(in.off) - 1
	u := &rows{off: make([]int64, n+1)}
	for v := range n {
		a, b := in.off[v], out.off[v]
		for a < in.off[v+1] || b < out.off[v+1] {
			ja, jb := int32(math.MaxInt32), int32(math.MaxInt32)
			if a < in.off[v+1] {
				ja = in.to[a]
			}
			if b < out.off[v+1] {
				jb = out.to[b]
			}
			j, w := min(ja, jb), 0.0
			if ja == j {
				w += in.weight[a]
				a++
			}
			if jb == j {
				w += out.weight[b]
				b++
			}
			if !directed {
				w /= 2
			}
			if int(j) != v {
				u.to, u.weight = append(u.to, j), append(u.weight, w)
			}
		}
		u.off[v+1] = int64(len(u.to))
	}
	return u
}

// w returns the weight of entry k of r, 1 if weights are not used.
func (n *Net) w(r *rows, k int64) float64 {
	if n.opt.Weighted {
		return r.weight[k]
	}
	return 1
}
