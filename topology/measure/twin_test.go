package measure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// twin is a reference implementation: a graph as matrices, from row to column,
// with every measure computed from its definition.
type twin struct {
	n        int
	joined   [][]bool
	weight   [][]float64
	delay    [][]float64
	opt      Options
	directed bool
}

func matrixOf[T any](n int, entry func(i, j int) T) [][]T {
	m := make([][]T, n)
	for i := range m {
		m[i] = make([]T, n)
		for j := range m[i] {
			m[i][j] = entry(i, j)
		}
	}
	return m
}

// newTwin adds the weights of parallel synapses and takes the shortest delay.
func newTwin(n int, synapses []topology.Synapse, opt Options) *twin {
	m := &twin{n: n, opt: opt, joined: matrixOf(n, func(int, int) bool { return false }),
		weight: matrixOf(n, func(int, int) float64 { return 0 }), delay: matrixOf(n, func(int, int) float64 { return math.Inf(1) })}
	for _, s := range synapses {
		m.joined[s.Source][s.Target] = true
		m.weight[s.Source][s.Target] += float64(s.Weight)
		m.delay[s.Source][s.Target] = min(m.delay[s.Source][s.Target], float64(s.Delay))
	}
	for i := range n {
		for j := range n {
			m.directed = m.directed || m.joined[i][j] != m.joined[j][i] || m.weight[i][j] != m.weight[j][i]
		}
	}
	return m
}

// each returns f of every node.
func (m *twin) each(f func(i int) float64) []float64 {
	out := make([]float64, m.n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

// total sums f over all nodes.
func (m *twin) total(f func(i int) float64) (sum float64) {
	for _, v := range m.each(f) {
		sum += v
	}
	return sum
}

func is(condition bool) float64 {
	if condition {
		return 1
	}
	return 0
}

// a is an element of the matrix that is measured: the weight if the options say
// so, otherwise 0 or 1.
func (m *twin) a(i, j int) float64 {
	if m.opt.Weighted {
		return m.weight[i][j]
	}
	return is(m.joined[i][j])
}

// beside tells whether two nodes are joined in either direction.
func (m *twin) beside(i, j int) bool { return i != j && (m.joined[i][j] || m.joined[j][i]) }

// und is the weight of the undirected edge between two nodes: 0 without one, 1 if
// weights do not count, otherwise the size of the sum of both arcs, halved in an
// undirected graph.
func (m *twin) und(i, j int) float64 {
	switch {
	case !m.beside(i, j):
		return 0
	case !m.opt.Weighted:
		return 1
	case m.directed:
		return math.Abs(m.weight[i][j] + m.weight[j][i])
	}
	return math.Abs(m.weight[i][j]+m.weight[j][i]) / 2
}

func (m *twin) in(i int) float64  { return m.total(func(j int) float64 { return is(m.joined[j][i]) }) }
func (m *twin) out(i int) float64 { return m.total(func(j int) float64 { return is(m.joined[i][j]) }) }
func (m *twin) near(i int) float64 {
	return m.total(func(j int) float64 { return is(m.beside(i, j)) })
}

func pearson(x, y []float64) float64 {
	mean := func(v []float64) (sum float64) {
		for _, x := range v {
			sum += x / float64(len(v))
		}
		return sum
	}
	mx, my, xy, xx, yy := mean(x), mean(y), 0.0, 0.0, 0.0
	for i := range x {
		xy, xx, yy = xy+(x[i]-mx)*(y[i]-my), xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my)
	}
	if xx < 1e-20 || yy < 1e-20 { // all values are equal
		return math.NaN()
	}
	return xy / math.Sqrt(xx*yy)
}

func (m *twin) assortativity() float64 {
	var x, y []float64
	for i := range m.n {
		for j := range m.n {
			if m.joined[i][j] {
				x, y = append(x, m.out(i)), append(y, m.in(j))
			}
		}
	}
	return pearson(x, y)
}

// clustering is the clustering coefficient of Fagiolo.
func (m *twin) clustering(i int) float64 {
	top := 0.0
	for _, row := range m.weight {
		for _, w := range row {
			top = max(top, math.Abs(w))
		}
	}
	one := func(i, j int) float64 {
		if m.joined[i][j] && m.opt.Weighted {
			return math.Cbrt(math.Abs(m.weight[i][j]) / top)
		}
		return is(m.joined[i][j])
	}
	s := func(i, j int) float64 { return is(i != j) * (one(i, j) + one(j, i)) }
	sum, d, both := 0.0, 0.0, 0.0
	for j := range m.n {
		if j != i {
			d, both = d+is(m.joined[i][j])+is(m.joined[j][i]), both+is(m.joined[i][j] && m.joined[j][i])
		}
		for k := range m.n {
			sum += s(i, j) * s(j, k) * s(k, i)
		}
	}
	if sum == 0 {
		return 0
	}
	return sum / (2 * (d*(d-1) - 2*both))
}

// triangles returns the number of closed triples and of all triples with i in
// the middle; each pair of neighbours counts twice.
func (m *twin) triangles(i int) (closed, triples float64) {
	for j := range m.n {
		for k := range m.n {
			if j != k && m.beside(i, j) && m.beside(i, k) {
				closed, triples = closed+is(m.beside(j, k)), triples+1
			}
		}
	}
	return closed, triples
}

// distances are the lengths of shortest paths (Floyd, Warshall).
func (m *twin) distances(length func(i, j int) float64) [][]float64 {
	d := matrixOf(m.n, length)
	for i := range m.n {
		d[i][i] = 0
	}
	for k := range m.n {
		for i := range m.n {
			for j := range m.n {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	return d
}

func (m *twin) length(i, j int) float64 {
	switch {
	case !m.joined[i][j]:
		return math.Inf(1)
	case m.opt.Lengths == Inverse:
		return 1 / math.Abs(m.weight[i][j])
	case m.opt.Lengths == Delay:
		return m.delay[i][j]
	}
	return 1
}

// paths returns sums over all pairs that are connected by a path: their number,
// their distances and their inverse distances; and the longest distance.
func (m *twin) paths() (count, sum, inverse, far float64) {
	for i, row := range m.distances(m.length) {
		for j, d := range row {
			if i != j && !math.IsInf(d, 1) {
				count, sum, inverse, far = count+1, sum+d, inverse+1/d, max(far, d)
			}
		}
	}
	return count, sum, inverse, far
}

// betweenness counts the shortest paths from s to t over every v.
func (m *twin) betweenness() []float64 {
	d := m.distances(m.length)
	var ways func(s, t int) float64
	ways = func(s, t int) float64 {
		if s == t {
			return 1
		}
		return m.total(func(v int) float64 {
			if v != t && d[s][v]+m.length(v, t) == d[s][t] {
				return ways(s, v)
			}
			return 0
		})
	}
	out := make([]float64, m.n)
	for s := range m.n {
		for t := range m.n {
			for v := range m.n {
				if s != t && v != s && v != t && !math.IsInf(d[s][t], 1) && d[s][v]+d[v][t] == d[s][t] {
					out[v] += ways(s, v) * ways(v, t) / ways(s, t)
				}
			}
		}
	}
	if m.n > 2 {
		for v := range out {
			out[v] /= float64((m.n - 1) * (m.n - 2))
		}
	}
	return out
}

func (m *twin) closeness(v int) float64 {
	d, sum, reached := m.distances(m.length), 0.0, 0.0
	for u := range m.n {
		if u != v && !math.IsInf(d[u][v], 1) {
			sum, reached = sum+d[u][v], reached+1
		}
	}
	if sum == 0 {
		return 0
	}
	return reached / sum * reached / float64(m.n-1)
}

// localEfficiency is the efficiency of the subgraph of a node's neighbours.
func (m *twin) localEfficiency(v int) float64 {
	d := m.distances(func(i, j int) float64 {
		if m.beside(i, j) && m.beside(v, i) && m.beside(v, j) {
			return 1
		}
		return math.Inf(1)
	})
	sum, k := 0.0, m.near(v)
	for i := range m.n {
		for j := range m.n {
			if i != j && m.beside(v, i) && m.beside(v, j) {
				sum += 1 / d[i][j]
			}
		}
	}
	if k < 2 {
		return 0
	}
	return sum / (k * (k - 1))
}

// pageRank solves x = (1−d)/n + d·Pᵀx by elimination.
func (m *twin) pageRank() []float64 {
	n := float64(m.n)
	row := m.each(func(i int) float64 { return m.total(func(j int) float64 { return math.Abs(m.a(i, j)) }) })
	system := matrixOf(m.n, func(i, j int) float64 {
		p := 1 / n
		if row[j] > 0 {
			p = math.Abs(m.a(j, i)) / row[j]
		}
		return is(i == j) - .85*p
	})
	x := m.each(func(int) float64 { return .15 / n })
	for k := range m.n {
		for i := range m.n {
			if f := system[i][k] / system[k][k]; i != k {
				for j := range m.n {
					system[i][j] -= f * system[k][j]
				}
				x[i] -= f * x[k]
			}
		}
	}
	return m.each(func(i int) float64 { return x[i] / system[i][i] })
}

// core is the largest k for which v is in a set of nodes with degrees of at
// least k within the set.
func (m *twin) core(v int) (best float64) {
	for set := range 1 << m.n {
		least := math.Inf(1)
		for i := range m.n {
			if set>>i&1 == 1 {
				least = min(least, m.total(func(j int) float64 {
					switch {
					case i == j || set>>j&1 == 0:
						return 0
					case m.directed:
						return is(m.joined[i][j]) + is(m.joined[j][i])
					}
					return is(m.beside(i, j))
				}))
			}
		}
		if set>>v&1 == 1 {
			best = max(best, least)
		}
	}
	return best
}

func (m *twin) richClub() (phi []float64) {
	for k := 0; ; k++ {
		nodes, edges := 0.0, 0.0
		for i := range m.n {
			if m.near(i) > float64(k) {
				nodes++
				edges += m.total(func(j int) float64 { return is(m.beside(i, j) && m.near(j) > float64(k)) })
			}
		}
		if nodes < 2 {
			return phi
		}
		phi = append(phi, edges/(nodes*(nodes-1)))
	}
}

func (m *twin) modularity(part []int) float64 {
	all := m.total(func(i int) float64 { return m.total(func(j int) float64 { return m.a(i, j) }) })
	return m.total(func(i int) float64 {
		return m.total(func(j int) float64 {
			out, in := m.total(func(k int) float64 { return m.a(i, k) }), m.total(func(k int) float64 { return m.a(k, j) })
			return is(part[i] == part[j]) * (m.a(i, j) - out*in/all) / all
		})
	})
}

func (m *twin) participation(i int) float64 {
	sum, squares := 0.0, 0.0
	for c := range m.n {
		into := m.total(func(j int) float64 { return is(m.opt.Communities[j] == c) * m.und(i, j) })
		sum, squares = sum+into, squares+into*into
	}
	if sum == 0 {
		return 0
	}
	return 1 - squares/sum/sum
}

func (m *twin) withinZ(i int) float64 {
	part := m.opt.Communities
	inside := func(i int) float64 {
		return m.total(func(j int) float64 { return is(part[i] == part[j]) * m.und(i, j) })
	}
	size := m.total(func(j int) float64 { return is(part[i] == part[j]) })
	mean := m.total(func(j int) float64 { return is(part[i] == part[j]) * inside(j) / size })
	variance := m.total(func(j int) float64 { return is(part[i] == part[j]) * (inside(j) - mean) * (inside(j) - mean) / size })
	if variance < 1e-20 {
		return 0
	}
	return (inside(i) - mean) / math.Sqrt(variance)
}

// parts numbers groups of nodes that belong together, in the order of their
// first nodes.
func (m *twin) parts(together func(i, j int) bool) []float64 {
	part, next := make([]float64, m.n), 0.0
	for i := range m.n {
		part[i] = -1
		for j := range i {
			if together(i, j) {
				part[i] = part[j]
			}
		}
		if part[i] < 0 {
			part[i] = next
			next++
		}
	}
	return part
}

// radius is the limit of ‖Aᵏ‖^(1/k), by squaring.
func (m *twin) radius() float64 {
	a, exponent := matrixOf(m.n, m.a), 0.0
	for k := range 40 {
		norm := 0.0
		for _, row := range a {
			for _, v := range row {
				norm = max(norm, math.Abs(v))
			}
		}
		if norm < 1e-300 {
			return 0
		}
		exponent += math.Log(norm) / float64(uint64(1)<<k)
		a = matrixOf(m.n, func(i, j int) (sum float64) {
			for v := range m.n {
				sum += a[i][v] / norm * a[v][j] / norm
			}
			return sum
		})
	}
	return math.Exp(exponent)
}

// triad names three nodes as Holland and Leinhardt do.
func (m *twin) triad(nodes [3]int) string {
	mutual, single := 0, 0
	var out, in [3]int // single arcs from and to a node
	pair := [3]bool{}  // the node is in a mutual pair
	for i := range 3 {
		for j := range i {
			a, b := m.joined[nodes[i]][nodes[j]], m.joined[nodes[j]][nodes[i]]
			switch {
			case a && b:
				mutual, pair[i], pair[j] = mutual+1, true, true
			case a:
				single, out[i], in[j] = single+1, out[i]+1, in[j]+1
			case b:
				single, out[j], in[i] = single+1, out[j]+1, in[i]+1
			}
		}
	}
	name := fmt.Sprintf("%d%d%d", mutual, single, 3-mutual-single)
	switch name {
	case "021", "120":
		switch {
		case slices.Contains(out[:], 2):
			return name + "D"
		case slices.Contains(in[:], 2):
			return name + "U"
		}
		return name + "C"
	case "030":
		if slices.Contains(out[:], 2) {
			return name + "T"
		}
		return name + "C"
	case "111":
		for i := range 3 {
			if pair[i] && in[i] == 1 {
				return name + "D"
			}
		}
		return name + "U"
	}
	return name
}

func (m *twin) census() []float64 {
	count := map[string]float64{}
	for i := range m.n {
		for j := range i {
			for k := range j {
				count[m.triad([3]int{i, j, k})]++
			}
		}
	}
	out := make([]float64, 16)
	for i, name := range triadNames {
		out[i] = count[name]
	}
	return out
}

// measures returns all measures by their definitions; an undefined value is
// NaN.
func (m *twin) measures() map[string][]float64 {
	n := float64(m.n)
	in, out := m.each(m.in), m.each(m.out)
	edges, loops := m.total(m.in), m.total(func(i int) float64 { return is(m.joined[i][i]) })
	both := m.total(func(i int) float64 {
		return m.total(func(j int) float64 { return is(i != j && m.joined[i][j] && m.joined[j][i]) })
	})
	count, sum, inverse, far := m.paths()
	closed, triples := 0.0, 0.0
	for i := range m.n {
		c, t := m.triangles(i)
		closed, triples = closed+c, triples+t
	}
	hops := m.distances(func(i, j int) float64 { return 1 / is(m.joined[i][j]) })
	around := m.distances(func(i, j int) float64 { return 1 / is(m.beside(i, j)) })
	return map[string][]float64{
		"density": {edges / (n * (n - 1))}, "reciprocity": {both / (edges - loops)}, "in_degree": in, "out_degree": out,
		"degree":             m.each(func(i int) float64 { return in[i] + out[i] }),
		"in_strength":        m.each(func(i int) float64 { return m.total(func(j int) float64 { return m.weight[j][i] }) }),
		"out_strength":       m.each(func(i int) float64 { return m.total(func(j int) float64 { return m.weight[i][j] }) }),
		"degree_correlation": {pearson(in, out)}, "assortativity": {m.assortativity()},
		"clustering": m.each(m.clustering),
		"clustering_undirected": m.each(func(i int) float64 {
			c, t := m.triangles(i)
			return c / max(t, 1)
		}),
		"transitivity": {closed / max(triples, 1)},
		"path_length":  {sum / count}, "reachability": {count / (n * (n - 1))}, "diameter": {far}, "global_efficiency": {inverse / (n * (n - 1))},
		"local_efficiency": m.each(m.localEfficiency), "betweenness": m.betweenness(), "closeness": m.each(m.closeness),
		"pagerank": m.pageRank(), "k_core": m.each(m.core), "rich_club": m.richClub(),
		"modularity": {m.modularity(m.opt.Communities)}, "participation": m.each(m.participation), "within_module_z": m.each(m.withinZ),
		"motifs": m.census(), "spectral_radius": {m.radius()},
		"strong_components": m.parts(func(i, j int) bool { return !math.IsInf(hops[i][j]+hops[j][i], 1) }),
		"weak_components":   m.parts(func(i, j int) bool { return !math.IsInf(around[i][j], 1) }),
	}
}

// agrees compares every measure of a graph with its definition.
func agrees(t *testing.T, n int, synapses []topology.Synapse, opt Options) {
	t.Helper()
	g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: n}}, nil, nil, synapses)
	if err != nil {
		t.Fatal(err)
	}
	opt.Nulls = 1
	opt.Communities = make([]int, n)
	for i := range n {
		opt.Communities[i] = i % 2
	}
	net, want := New(g, opt), newTwin(n, synapses, opt).measures()
	for name, values := range want {
		r := value(t, net, name)
		got := measured(r)
		for i := range values {
			tolerance := 1e-9 * max(1, math.Abs(values[i]))
			if name == "spectral_radius" { // the matrix may have no basis of eigenvectors
				tolerance = 2e-4
			}
			if len(got) != len(values) || !(math.Abs(got[i]-values[i]) <= tolerance || math.IsNaN(got[i]) && math.IsNaN(values[i])) {
				t.Fatalf("%s (weighted %v, %s): %v, want %v\n%+v", name, opt.Weighted, opt.Lengths, got, values, synapses)
			}
		}
	}
	leads(t, net, newTwin(n, synapses, opt))
}

// measured is the part of a result that the definitions give.
func measured(r Result) []float64 {
	if r.Name == "strong_components" || r.Name == "weak_components" {
		return r.PerNode
	}
	return values(r)
}

// leads checks that the eigenvector centrality, if there is one, satisfies its
// equation.
func leads(t *testing.T, net *Net, m *twin) {
	t.Helper()
	x := value(t, net, "eigenvector").PerNode
	if math.IsNaN(x[0]) {
		return
	}
	y := m.each(func(j int) float64 {
		return m.total(func(i int) float64 { return math.Abs(m.a(i, j)) * x[i] })
	})
	scale, norm := 0.0, 0.0
	for i := range x {
		scale, norm = scale+x[i]*y[i], norm+x[i]*x[i]
	}
	for i := range x {
		if x[i] < 0 || !(math.Abs(norm-1) <= 1e-9) || !(math.Abs(y[i]-scale*x[i]) <= 1e-5) {
			t.Fatalf("eigenvector %v becomes %v, %v times as long", x, y, scale)
		}
	}
}

// TestEveryGraphOfThree compares all graphs of three nodes, with and without
// autapses, with the definitions.
func TestEveryGraphOfThree(t *testing.T) {
	for code := range 1 << 9 {
		var synapses []topology.Synapse
		for k := range 9 {
			if code>>k&1 == 1 {
				synapses = append(synapses, topology.Synapse{Source: neuron.ID(k / 3), Target: neuron.ID(k % 3), Weight: 1, Delay: 1})
			}
		}
		agrees(t, 3, synapses, Options{})
	}
}

// TestGraphsOfFour does the same for every seventh of all graphs of four nodes,
// and for all undirected ones.
func TestGraphsOfFour(t *testing.T) {
	for code := 0; code < 1<<12; code += 7 {
		var synapses []topology.Synapse
		for k := range 12 {
			if i, j := k/3, k%3; code>>k&1 == 1 {
				synapses = append(synapses, topology.Synapse{Source: neuron.ID(i), Target: neuron.ID(j + int(is(j >= i))), Weight: 1, Delay: 1})
			}
		}
		agrees(t, 4, synapses, Options{})
	}
	pairs := [6][2]neuron.ID{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}
	for code := range 1 << 6 {
		var synapses []topology.Synapse
		for k, p := range pairs {
			if code>>k&1 == 1 {
				synapses = append(synapses, topology.Synapse{Source: p[0], Target: p[1], Weight: 1, Delay: 1}, topology.Synapse{Source: p[1], Target: p[0], Weight: 1, Delay: 1})
			}
		}
		agrees(t, 4, synapses, Options{Weighted: code%2 == 1})
	}
}

// TestRandomGraphsByDefinition: weights of both signs, autapses, delays,
// parallel synapses, and every kind of length. Weights that are not summed are
// powers of two, so that paths of equal length are equal to the last bit.
func TestRandomGraphsByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	for round := range 150 {
		n, parallel := 2+rng.IntN(5), round%3 == 0
		var synapses []topology.Synapse
		for range rng.IntN(2 * n * n / 3) {
			s := topology.Synapse{
				Source: neuron.ID(rng.IntN(n)), Target: neuron.ID(rng.IntN(n)), Weight: []float32{.5, 1, 2, 4, -.25}[rng.IntN(5)], Delay: 1 + rng.Int32N(3),
				Port: neuron.Port(rng.IntN(3)),
			}
			again := slices.ContainsFunc(synapses, func(o topology.Synapse) bool { return o.Source == s.Source && o.Target == s.Target })
			if parallel || !again {
				synapses = append(synapses, s)
			}
		}
		for _, lengths := range []Lengths{Hops, Inverse, Delay} {
			if lengths != Inverse || !parallel {
				agrees(t, n, synapses, Options{Weighted: round%2 == 0, Lengths: lengths})
			}
		}
	}
}
