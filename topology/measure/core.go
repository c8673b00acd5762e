package measure

import (
	"fmt"
	"math"
	"math/rand/v2"

	"infomorph/topology"
)

func coreMeasures() []Measure {
	return []Measure{
		{"k_core", "core number: the largest k so that the node is in a subgraph of degrees ≥ k (in plus out if directed; Batagelj, Zaveršnik 2003)", true, false, kCore},
		{"rich_club", "detail: φ(k) = 2E/(N(N−1)) among the N nodes of degree > k, directions dropped (Colizza et al. 2006); value: φ at the degree that a tenth of the nodes exceed, over the mean of null models", false, false, richClub},
	}
}

// kCore removes nodes in order of degree, in O(edges).
func kCore(n *Net) Result {
	degree := make([]int, n.N)
	top := 0
	neighbours := func(v int) [2][]int32 {
		if n.directed {
			return [2][]int32{n.in.row(v), n.out.row(v)}
		}
		return [2][]int32{n.und.row(v), nil}
	}
	for v := range degree {
		for _, row := range neighbours(v) {
			for _, w := range row {
				if int(w) != v {
					degree[v]++
				}
			}
		}
		top = max(top, degree[v])
	}
	start, order, place := byDegree(degree, top)
	core := make([]float64, n.N)
	for _, v := range order {
		core[v] = float64(degree[v])
		for _, row := range neighbours(int(v)) {
			for _, u := range row {
				if int(u) != int(v) && degree[u] > degree[v] {
					// u moves to the front of its degree; that degree then
					// starts one position later.
					front := start[degree[u]]
					w := order[front]
					order[front], order[place[u]] = u, w
					place[w], place[u] = place[u], front
					start[degree[u]]++
					degree[u]--
				}
			}
		}
	}
	r := perNode(core)
	r.Value = r.Summary.Max
	r.Detail = histogram(core)
	return r
}

// byDegree sorts the nodes by degree. It returns the start of each degree, the
// order, and the position of each node in it.
func byDegree(degree []int, top int) (start []int, order []int32, place []int) {
	start = make([]int, top+2)
	for _, d := range degree {
		start[d+1]++
	}
	for d := range top + 1 {
		start[d+1] += start[d]
	}
	next := append([]int(nil), start...)
	order, place = make([]int32, len(degree)), make([]int, len(degree))
	for v, d := range degree {
		place[v] = next[d]
		order[next[d]] = int32(v)
		next[d]++
	}
	return start, order, place
}

// edges returns each undirected edge once.
func (n *Net) edges() (src, dst []int32) {
	for i := range n.N {
		for _, j := range n.und.row(i) {
			if int(j) > i {
				src, dst = append(src, int32(i)), append(dst, j)
			}
		}
	}
	return src, dst
}

// clubs returns φ(k) for k = 0 … the largest k with at least two nodes of
// degree > k.
func clubs(degree []int, src, dst []int32) []float64 {
	top := 0
	for _, d := range degree {
		top = max(top, d)
	}
	nodes, edges := make([]float64, top+2), make([]float64, top+2)
	for _, d := range degree {
		nodes[d]++
	}
	for i := range src {
		edges[min(degree[src[i]], degree[dst[i]])]++
	}
	for k := top; k >= 0; k-- { // nodes[k] becomes the number of nodes of degree ≥ k
		nodes[k] += nodes[k+1]
		edges[k] += edges[k+1]
	}
	var phi []float64
	for k := 0; k <= top && nodes[k+1] > 1; k++ {
		phi = append(phi, 2*edges[k+1]/(nodes[k+1]*(nodes[k+1]-1)))
	}
	return phi
}

func richClub(n *Net) Result {
	degree := make([]int, n.N)
	values := make([]float64, n.N)
	for i := range degree {
		degree[i] = n.und.degree(i)
		values[i] = float64(degree[i])
	}
	src, dst := n.edges()
	phi := clubs(degree, src, dst)
	var r Result
	for k, p := range phi {
		r.Detail = append(r.Detail, Entry{fmt.Sprint(k), Number(p)})
	}
	k := richDegree(values, len(phi))
	if k < 0 {
		r.Value = Number(math.NaN())
		return r
	}
	rng := rand.New(rand.NewPCG(n.opt.Seed, 2))
	ratios := make([]float64, n.nulls())
	for i := range ratios {
		topology.Edges{Src: src, Dst: dst}.Swap(10*len(src), rng)
		ratios[i] = phi[k] / clubs(degree, src, dst)[k]
	}
	return withError(r, ratios)
}

// richDegree returns the smallest degree that at most a tenth of the nodes
// exceed. If there is none below limit, it returns limit−1.
func richDegree(degrees []float64, limit int) int {
	for k := range limit {
		above := 0
		for _, d := range degrees {
			if d > float64(k) {
				above++
			}
		}
		if above*10 <= len(degrees) {
			return k
		}
	}
	return limit - 1
}
