package measure

import "math"

func centralityMeasures() []Measure {
	return []Measure{
		{"pagerank", "PageRank with damping 0.85 along the synapses (Page, Brin 1998); weighted by |w|", true, false, pageRank},
		{"eigenvector", "eigenvector centrality: the leading eigenvector of Aᵀ, ‖x‖₂=1; weighted by |w|", true, false, eigenvector},
	}
}

const (
	damping       = 0.85
	tolerance     = 1e-14
	maxIterations = 100_000
)

// size returns the absolute weight of entry k of r, 1 if weights are not used.
func (n *Net) size(r *rows, k int64) float64 { return math.Abs(n.w(r, k)) }

func pageRank(n *Net) Result {
	total := make([]float64, n.N)
	for i := range n.N {
		for k := n.out.off[i]; k < n.out.off[i+1]; k++ {
			total[i] += n.size(n.out, k)
		}
	}
	x, y := make([]float64, n.N), make([]float64, n.N)
	for i := range x {
		x[i] = 1 / float64(n.N)
	}
	for range 1000 {
		dangling := 0.0
		for i, t := range total {
			if t == 0 {
				dangling += x[i]
			}
		}
		base := (1 - damping + damping*dangling) / float64(n.N)
		change := 0.0
		for j := range y {
			sum := 0.0
			for k := n.in.off[j]; k < n.in.off[j+1]; k++ {
				if i := n.in.to[k]; total[i] > 0 {
					sum += x[i] * n.size(n.in, k) / total[i]
				}
			}
			y[j] = base + damping*sum
			change += math.Abs(y[j] - x[j])
		}
		x, y = y, x
		if change < tolerance {
			break
		}
	}
	return perNode(x)
}

// eigenvector iterates x ← (Aᵀ+I)x. The shift I prevents oscillation in
// bipartite graphs. If it does not converge, because there is no unique leading
// eigenvector, the values are NaN.
func eigenvector(n *Net) Result {
	x, y := make([]float64, n.N), make([]float64, n.N)
	for i := range x {
		x[i] = 1 / math.Sqrt(float64(n.N))
	}
	budget := max(200, min(maxIterations, 2_000_000_000/(len(n.in.to)+n.N+1)))
	for range budget {
		norm := 0.0
		for j := range y {
			sum := x[j]
			for k := n.in.off[j]; k < n.in.off[j+1]; k++ {
				sum += x[n.in.to[k]] * n.size(n.in, k)
			}
			y[j] = sum
			norm += sum * sum
		}
		norm = math.Sqrt(norm)
		change := 0.0
		for j := range y {
			y[j] /= norm
			change += math.Abs(y[j] - x[j])
		}
		x, y = y, x
		if change < float64(n.N)*1e-15 {
			return perNode(x)
		}
	}
	for i := range x {
		x[i] = math.NaN()
	}
	return perNode(x)
}
