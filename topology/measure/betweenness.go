package measure

import (
	"cmp"
	"math"
	"slices"
)

// betweenness searches from every node, or estimates from a sample of nodes.
func betweenness(n *Net) Result {
	sources, sampled := n.sources()
	if sampled {
		return n.estimateBetweenness(sources)
	}
	s := newSearch(n.out)
	sum, delta := make([]float64, n.N), make([]float64, n.N)
	for _, v := range sources {
		s.from(v)
		s.dependencies(delta, false)
		for _, w := range s.order {
			if int(w) != v {
				sum[w] += delta[w]
			}
			delta[w] = 0
		}
	}
	for i := range sum {
		sum[i] *= n.perPair()
	}
	return perNode(sum)
}

// perPair returns 1 divided by the number of ordered pairs without a given
// node.
func (n *Net) perPair() float64 {
	if n.N <= 2 {
		return 1
	}
	return 1 / (float64(n.N-1) * float64(n.N-2))
}

// estimateBetweenness searches from the sampled pivots, along the synapses and
// against them. A path from s to t through v counts d(s,v)/d(s,t) for pivot s,
// and the rest for pivot t, so that pivots close to v do not dominate (linear
// scaling: Geisberger, Sanders, Schultes 2008). Compared with full counts, this
// halves the error and its tail.
func (n *Net) estimateBetweenness(pivots []int) Result {
	sum, squares, carried := make([]float64, n.N), make([]float64, n.N), make([]float64, n.N)
	both := n.directed || n.out.length != nil
	forth, back := newSearch(n.out), newSearch(n.in)
	delta := make([]float64, n.N)
	for _, v := range pivots {
		n.carry(forth, v, delta, carried)
		if both {
			n.carry(back, v, delta, carried)
		}
		for w, x := range carried {
			if !both {
				x *= 2
			}
			sum[w] += x
			squares[w] += x * x
		}
		clear(carried)
	}
	k := float64(len(pivots))
	variance := make([]float64, n.N)
	for i := range sum {
		variance[i] = math.Max(0, squares[i]-sum[i]*sum[i]/k) / math.Max(1, k-1)
	}
	n.shareVariance(sum, variance, k)
	scale := float64(n.N) / k * n.perPair()
	errs := make([]float64, n.N)
	for i := range sum {
		errs[i] = math.Sqrt(variance[i]) * n.drawn(len(pivots)) * k * scale
		sum[i] *= scale
	}
	r := perNode(sum)
	r.Samples, r.PerNodeError = len(pivots), errs
	return r
}

// carry adds the share of each node for one pivot.
func (n *Net) carry(s *search, pivot int, delta, carried []float64) {
	s.from(pivot)
	s.dependencies(delta, true)
	for _, w := range s.order {
		carried[w] += delta[w] * s.dist[w]
		delta[w] = 0
	}
}

// alike is the share of nodes, on either side in the order of estimates, whose
// relative variance is averaged. With few pivots that average is too small as
// well, by about fewPivots/pivots. Both values were found on scale-free,
// small-world and random graphs; see TestBetweennessErrorBars.
const (
	alike     = 0.15
	fewPivots = 15
)

// shareVariance raises the variance of a node to that of nodes with about the
// same sum. For a node of small betweenness only few pivots matter, and a
// sample without them shows too little variance. Nodes that no pivot has found
// get a variance for the smallest sum, unless no path can lead through them.
func (n *Net) shareVariance(sum, variance []float64, k float64) {
	order := make([]int, 0, n.N)
	for i, v := range sum {
		if v > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sum[a], sum[b]) })
	relative := make([]float64, len(order)+1) // prefix sums
	for at, i := range order {
		relative[at+1] = relative[at] + variance[i]/(sum[i]*sum[i])
	}
	reach := max(5, int(alike*float64(n.N)))
	for at, i := range order {
		lo, hi := max(0, at-reach), min(len(order), at+reach+1)
		shared := (1 + fewPivots/k) * (relative[hi] - relative[lo]) / float64(hi-lo) * sum[i] * sum[i]
		variance[i] = math.Max(variance[i], shared)
	}
	if len(order) == 0 {
		return
	}
	least := sum[order[0]] / k
	for i, v := range sum {
		if v == 0 && n.und.degree(i) > 1 && n.out.degree(i) > 0 && n.in.degree(i) > 0 {
			variance[i] = least * least * k
		}
	}
}
