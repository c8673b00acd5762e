package measure

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"

	"infomorph/topology"
)

func smallWorldMeasures() []Measure {
	return []Measure{
		{"sigma", "small-worldness (C/C_rand)/(L/L_rand) against degree-preserving null models, directions dropped (Humphries, Gurney 2008)", false, true, sigma},
		{"omega", "small-worldness L_rand/L − C/C_latt, −1 lattice … 0 small world … 1 random; C_latt from degree-preserving latticisation (Telesford et al. 2011)", false, true, omega},
	}
}

func (n *Net) nulls() int {
	if n.opt.Nulls > 0 {
		return n.opt.Nulls
	}
	return 10
}

// withError sets the value to the mean of the ratios, and the error to its
// standard error.
func withError(r Result, ratios []float64) Result {
	mean, sd := stat.MeanStdDev(ratios, nil)
	r.Value, r.Samples = Number(mean), len(ratios)
	if len(ratios) > 1 {
		r.Error = Number(sd / math.Sqrt(float64(len(ratios))))
	}
	return r
}

// wiring returns clustering and path length in hops of the undirected graph
// with the given edges.
func (n *Net) wiring(src, dst []int32) (clustering, length float64) {
	skeleton := fromEdges(n.N, src, dst, n.opt)
	return float64(clusteringUndirected(skeleton).Value), float64(pathLength(skeleton).Value)
}

// fromEdges makes an undirected unweighted net of the edges.
func fromEdges(size int, src, dst []int32, opt Options) *Net {
	r := &rows{off: make([]int64, size+1), to: make([]int32, 2*len(src)), weight: make([]float64, 2*len(src))}
	for i := range src {
		r.off[src[i]+1]++
		r.off[dst[i]+1]++
	}
	for i := range size {
		r.off[i+1] += r.off[i]
	}
	next := append([]int64(nil), r.off[:size]...)
	for i := range src {
		for _, e := range [2][2]int32{{src[i], dst[i]}, {dst[i], src[i]}} {
			r.to[next[e[0]]] = e[1]
			next[e[0]]++
		}
	}
	sorted := transpose(transpose(r)) // transposing twice sorts the rows
	opt.Weighted = false
	return &Net{N: size, out: sorted, in: sorted, und: sorted, opt: opt}
}

func sigma(n *Net) Result {
	src, dst := n.edges()
	c, l := n.wiring(src, dst)
	rng := rand.New(rand.NewPCG(n.opt.Seed, 3))
	ratios := make([]float64, n.nulls())
	for i := range ratios {
		topology.Edges{Src: src, Dst: dst}.Swap(10*len(src), rng)
		cr, lr := n.wiring(src, dst)
		ratios[i] = (c / cr) / (l / lr)
	}
	return withError(Result{}, ratios)
}

func omega(n *Net) Result {
	src, dst := n.edges()
	c, l := n.wiring(src, dst)
	latticeSrc, latticeDst := append([]int32(nil), src...), append([]int32(nil), dst...)
	rng := rand.New(rand.NewPCG(n.opt.Seed, 4))
	topology.Edges{Src: latticeSrc, Dst: latticeDst}.Latticise(n.N, 20*len(src), rng)
	cl, _ := n.wiring(latticeSrc, latticeDst)
	ratios := make([]float64, n.nulls())
	for i := range ratios {
		topology.Edges{Src: src, Dst: dst}.Swap(10*len(src), rng)
		_, lr := n.wiring(src, dst)
		ratios[i] = lr/l - c/cl
	}
	return withError(Result{}, ratios)
}
