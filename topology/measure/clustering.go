package measure

import "math"

func clusteringMeasures() []Measure {
	return []Measure{
		{"clustering", "Fagiolo 2007 (directed), which is Watts–Strogatz on undirected edges: Σ_jk S_ij·S_jk·S_ki / 2[d(d−1)−2d↔], S=A+Aᵀ; weighted: A is the cube root of |w|/max|w| (Onnela 2005)", true, false, clustering},
		{"clustering_undirected", "Watts, Strogatz 1998 after dropping directions: triangles / pairs of neighbours", true, false, clusteringUndirected},
		{"transitivity", "3·triangles / connected triples, directions dropped", false, false, transitivity},
	}
}

// clustering follows networkx: nodes without a triangle have the value 0.
func clustering(n *Net) Result {
	s := n.cubeRoots()
	c := make([]float64, n.N)
	mark := make([]float64, n.N)
	for i := range n.N {
		for k, j := range n.und.row(i) {
			mark[j] = s[n.und.off[i]+int64(k)]
		}
		sum := 0.0
		for k, j := range n.und.row(i) {
			inner := 0.0
			at := n.und.off[j]
			for q, l := range n.und.row(int(j)) {
				if mark[l] != 0 {
					inner += s[at+int64(q)] * mark[l]
				}
			}
			sum += s[n.und.off[i]+int64(k)] * inner
		}
		for _, j := range n.und.row(i) {
			mark[j] = 0
		}
		if d, both := n.degreeBoth(i); sum != 0 {
			c[i] = sum / (2 * (d*(d-1) - 2*both))
		}
	}
	return perNode(c)
}

// cubeRoots returns S of every undirected pair, in the order of n.und: the sum
// over both directions of the cube root of |w|/max|w|, or the number of
// directions if weights are not used.
func (n *Net) cubeRoots() []float64 {
	top := 0.0
	for _, w := range n.out.weight {
		top = math.Max(top, math.Abs(w))
	}
	one := func(i int, j int32) float64 {
		k := n.out.find(i, j)
		switch {
		case k < 0:
			return 0
		case n.opt.Weighted:
			return math.Cbrt(math.Abs(n.out.weight[k]) / top)
		}
		return 1
	}
	s := make([]float64, len(n.und.to))
	for i := range n.N {
		for k, j := range n.und.row(i) {
			s[n.und.off[i]+int64(k)] = one(i, j) + one(int(j), int32(i))
		}
	}
	return s
}

// degreeBoth returns the total degree of i, and the number of neighbours that
// are connected in both directions. Autapses do not count.
func (n *Net) degreeBoth(i int) (total, both float64) {
	t := n.in.degree(i) + n.out.degree(i)
	if n.out.find(i, int32(i)) >= 0 {
		t -= 2
	}
	return float64(t), float64(t - n.und.degree(i))
}

// triangles returns twice the number of undirected triangles at each node.
func (n *Net) triangles() []float64 {
	t := make([]float64, n.N)
	mark := make([]int32, n.N)
	for i := range n.N {
		for _, j := range n.und.row(i) {
			mark[j] = int32(i + 1)
		}
		for _, j := range n.und.row(i) {
			for _, l := range n.und.row(int(j)) {
				if mark[l] == int32(i+1) {
					t[i]++
				}
			}
		}
	}
	return t
}

func clusteringUndirected(n *Net) Result {
	c := n.triangles()
	for i := range c {
		if d := float64(n.und.degree(i)); d > 1 {
			c[i] /= d * (d - 1)
		}
	}
	return perNode(c)
}

func transitivity(n *Net) Result {
	closed, triples := 0.0, 0.0
	for i, t := range n.triangles() {
		d := float64(n.und.degree(i))
		closed += t
		triples += d * (d - 1)
	}
	if closed == 0 {
		return scalar(0)
	}
	return scalar(closed / triples)
}
