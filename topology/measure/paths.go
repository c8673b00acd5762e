package measure

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"
)

func pathMeasures() []Measure {
	return []Measure{
		{"path_length", "mean shortest path over the ordered pairs that are connected by a path", false, true, pathLength},
		{"reachability", "share of ordered pairs that are connected by a path", false, true, reachability},
		{"diameter", "longest shortest path among the pairs connected by a path (sampled: a lower bound)", false, true, diameter},
		{"global_efficiency", "mean of 1/d over all ordered pairs (Latora, Marchiori 2001)", false, true, globalEfficiency},
		{"local_efficiency", "global efficiency among the neighbours of each node, directions dropped, in hops", true, false, localEfficiency},
		{"betweenness", "share of shortest paths through each node: Σ_st σ_st(v)/σ_st / (n−1)(n−2) (Freeman 1977; Brandes 2001)", true, true, betweenness},
		{"closeness", "(r−1)/Σd · (r−1)/(n−1), d from the r nodes that reach the node (Wasserman, Faust 1994)", true, true, closeness},
	}
}

// sources returns the nodes to search from, and whether they are a sample.
func (n *Net) sources() ([]int, bool) {
	rng := rand.New(rand.NewPCG(n.opt.Seed, 1))
	if n.opt.Samples <= 0 || n.opt.Samples >= n.N {
		all := make([]int, n.N)
		for i := range all {
			all[i] = i
		}
		return all, false
	}
	return rng.Perm(n.N)[:n.opt.Samples], true
}

// fan is the result of the search from one source.
type fan struct{ sum, count, inverse, far float64 }

// fans searches from every source once; the path measures share the results.
func (n *Net) fans() ([]fan, bool) {
	sources, sampled := n.sources()
	if n.fanned != nil {
		return n.fanned, sampled
	}
	s := newSearch(n.out)
	fans := make([]fan, len(sources))
	for i, v := range sources {
		s.from(v)
		f := &fans[i]
		for _, w := range s.order[1:] {
			d := s.dist[w]
			f.sum, f.count, f.inverse, f.far = f.sum+d, f.count+1, f.inverse+1/d, math.Max(f.far, d)
		}
	}
	n.fanned = fans
	return fans, sampled
}

// ratio returns Σa/Σb over the fans and its standard error (delta method, with
// the correction for sampling without replacement).
func (n *Net) ratio(a, b func(fan) float64) Result {
	fans, sampled := n.fans()
	sa, sb := 0.0, 0.0
	for _, f := range fans {
		sa, sb = sa+a(f), sb+b(f)
	}
	r := scalar(sa / sb)
	if sampled {
		residuals := make([]float64, len(fans))
		for i, f := range fans {
			residuals[i] = a(f) - sa/sb*b(f)
		}
		k := float64(len(fans))
		r.Samples = len(fans)
		r.Error = Number(stat.StdDev(residuals, nil) / (sb / k) * n.drawn(len(fans)))
	}
	return r
}

// drawn returns the factor from a standard deviation to the standard error of a
// mean of k of N values, sampled without replacement.
func (n *Net) drawn(k int) float64 {
	return math.Sqrt((1 - float64(k)/float64(n.N)) / float64(k))
}

func pathLength(n *Net) Result {
	return n.ratio(func(f fan) float64 { return f.sum }, func(f fan) float64 { return f.count })
}

func (n *Net) others(fan) float64 { return float64(n.N - 1) }

func reachability(n *Net) Result {
	return n.ratio(func(f fan) float64 { return f.count }, n.others)
}

func globalEfficiency(n *Net) Result {
	return n.ratio(func(f fan) float64 { return f.inverse }, n.others)
}

func diameter(n *Net) Result {
	fans, sampled := n.fans()
	far := 0.0
	for _, f := range fans {
		far = math.Max(far, f.far)
	}
	r := scalar(far)
	if sampled {
		r.Samples = len(fans)
	}
	return r
}

// localEfficiency searches inside the neighbourhood of each node.
func localEfficiency(n *Net) Result {
	e := make([]float64, n.N)
	dist := make([]int32, n.N) // −1: neighbour not reached yet; 0: not a neighbour
	var queue []int32
	for v := range n.N {
		row := n.und.row(v)
		sum := 0.0
		for _, source := range row {
			for _, w := range row {
				dist[w] = -1
			}
			dist[source] = 1 // distance plus one
			queue = append(queue[:0], source)
			for head := 0; head < len(queue); head++ {
				u := queue[head]
				for _, w := range n.und.row(int(u)) {
					if dist[w] == -1 {
						dist[w] = dist[u] + 1
						sum += 1 / float64(dist[w]-1)
						queue = append(queue, w)
					}
				}
			}
		}
		for _, w := range row {
			dist[w] = 0
		}
		if d := float64(len(row)); d > 1 {
			e[v] = sum / (d * (d - 1))
		}
	}
	return perNode(e)
}

// closeness is exact for the nodes that it searches from. With a sample, the
// other values are NaN.
func closeness(n *Net) Result {
	sources, sampled := n.sources()
	s := newSearch(n.in)
	c := make([]float64, n.N)
	if sampled {
		for i := range c {
			c[i] = math.NaN()
		}
	}
	for _, v := range sources {
		s.from(v)
		sum := 0.0
		for _, w := range s.order {
			sum += s.dist[w]
		}
		c[v] = 0
		if sum > 0 {
			reached := float64(len(s.order) - 1)
			c[v] = reached / sum * reached / float64(n.N-1)
		}
	}
	r := perNode(c)
	if sampled {
		r.Samples = len(sources)
		r.Error = r.Summary.SD * Number(n.drawn(len(sources)))
	}
	return r
}
