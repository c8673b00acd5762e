package measure

import (
	"fmt"
	"math"
	"math/rand/v2"
)

func communityMeasures() []Measure {
	return []Measure{
		{"modularity", "Q = Σ_ij [A_ij − k_i^out·k_j^in/m]/m · [same community] (Newman 2006; Leicht, Newman 2008), with the communities given or found by Louvain", false, false, modularity},
		{"community", "the community of each neuron (Louvain on A+Aᵀ, Blondel et al. 2008); value: their number; detail: their sizes", true, false, community},
		{"participation", "1 − Σ_c (k_ic/k_i)², k_ic the degree (or strength) of i into community c, directions dropped (Guimerà, Amaral 2005)", true, false, participation},
		{"within_module_z", "z-score of the degree of a neuron inside its community, compared with the members of that community (Guimerà, Amaral 2005)", true, false, withinModuleZ},
	}
}

// Communities returns the partition that measures use: the one in Options, or
// that of Louvain. Communities of Louvain are numbered 0, 1, … in the order of
// their first neurons.
func (n *Net) Communities() []int {
	if n.opt.Communities != nil {
		return n.opt.Communities
	}
	if n.found == nil {
		n.found = louvain(n)
	}
	return n.found
}

// modularity follows networkx, for directed or undirected and weighted or
// unweighted graphs.
func modularity(n *Net) Result { return scalar(n.modularity(n.Communities())) }

func (n *Net) modularity(part []int) float64 {
	groups := groupCount(part)
	inside, out, in := 0.0, make([]float64, groups), make([]float64, groups)
	m := 0.0
	for i := range n.N {
		for k := n.out.off[i]; k < n.out.off[i+1]; k++ {
			w := n.w(n.out, k)
			m += w
			out[part[i]] += w
			in[part[n.out.to[k]]] += w
			if part[i] == part[n.out.to[k]] {
				inside += w
			}
		}
	}
	q := inside / m
	for c := range groups {
		q -= out[c] * in[c] / (m * m)
	}
	return q
}

func community(n *Net) Result {
	part := n.Communities()
	values := make([]float64, n.N)
	sizes := make([]int, groupCount(part))
	for i, c := range part {
		sizes[c]++
		values[i] = float64(c)
	}
	r := Result{PerNode: values, Summary: summarise(values), Value: Number(len(sizes))}
	for c, s := range sizes {
		r.Detail = append(r.Detail, Entry{fmt.Sprint(c), Number(s)})
	}
	return r
}

// intoGroups adds the weights between node i and each community to sums. It
// returns the communities with a non-zero sum, in the order in which they were
// found.
func (n *Net) intoGroups(i int, part []int, sums []float64, touched []int) []int {
	touched = touched[:0]
	for k := n.und.off[i]; k < n.und.off[i+1]; k++ {
		c := part[n.und.to[k]]
		if sums[c] == 0 {
			touched = append(touched, c)
		}
		sums[c] += math.Abs(n.w(n.und, k))
	}
	return touched
}

func participation(n *Net) Result {
	part := n.Communities()
	sums, p := make([]float64, groupCount(part)), make([]float64, n.N)
	var touched []int
	for i := range n.N {
		touched = n.intoGroups(i, part, sums, touched)
		total, squares := 0.0, 0.0
		for _, c := range touched {
			total += sums[c]
			squares += sums[c] * sums[c]
			sums[c] = 0
		}
		if total > 0 {
			p[i] = 1 - squares/(total*total)
		}
	}
	return perNode(p)
}

// groupCount returns the number of communities: the largest number plus one.
func groupCount(part []int) int {
	count := 0
	for _, c := range part {
		count = max(count, c+1)
	}
	return count
}

func withinModuleZ(n *Net) Result {
	part := n.Communities()
	inside := make([]float64, n.N)
	groups := groupCount(part)
	count, sum, squares := make([]float64, groups), make([]float64, groups), make([]float64, groups)
	for i := range n.N {
		for k := n.und.off[i]; k < n.und.off[i+1]; k++ {
			if part[n.und.to[k]] == part[i] {
				inside[i] += math.Abs(n.w(n.und, k))
			}
		}
		count[part[i]]++
		sum[part[i]] += inside[i]
	}
	for i, x := range inside {
		d := x - sum[part[i]]/count[part[i]]
		squares[part[i]] += d * d
	}
	z := make([]float64, n.N)
	for i, x := range inside {
		c := part[i]
		if sd := math.Sqrt(squares[c] / count[c]); sd > 0 {
			z[i] = (x - sum[c]/count[c]) / sd
		}
	}
	return perNode(z)
}

// level is the graph of one pass of Louvain. Its nodes are the communities of
// the pass before.
type level struct {
	*rows
	total []float64 // strength of the node
	m2    float64   // sum of all strengths
}

// louvain maximises modularity greedily and merges communities, until nothing
// changes. Nodes are visited in a random order drawn from the seed; with equal
// gains, the community that is found first wins.
func louvain(n *Net) []int {
	part := make([]int, n.N)
	l := firstLevel(n)
	for i := range part {
		part[i] = i
	}
	rng := rand.New(rand.NewPCG(n.opt.Seed, 5))
	for {
		moved, groups := l.sweep(rng)
		if !moved {
			return part
		}
		count := renumber(groups)
		for i := range part {
			part[i] = groups[part[i]]
		}
		renumber(part) // keep the numbers in the order of first neurons
		l = l.merged(groups, count)
	}
}

func firstLevel(n *Net) *level {
	l := &level{rows: &rows{off: n.und.off, to: n.und.to, weight: make([]float64, len(n.und.to))}}
	l.total = make([]float64, n.N)
	for i := range n.N {
		for k := n.und.off[i]; k < n.und.off[i+1]; k++ {
			l.weight[k] = math.Abs(n.w(n.und, k))
			l.total[i] += l.weight[k]
		}
		l.m2 += l.total[i]
	}
	return l
}

// renumber numbers the values by first occurrence, in place, and returns how
// many different ones there are.
func renumber(groups []int) int {
	number := make([]int, groupCount(groups))
	count := 0
	for i, c := range groups {
		if number[c] == 0 {
			count++
			number[c] = count
		}
		groups[i] = number[c] - 1
	}
	return count
}

// leastGain is the gain in modularity that a round must have for another round
// to follow.
const leastGain = 1e-6

// sweep moves nodes to the best neighbouring community until a whole round
// gains less than leastGain.
func (l *level) sweep(rng *rand.Rand) (moved bool, groups []int) {
	n := len(l.total)
	groups = make([]int, n)
	held := append([]float64(nil), l.total...) // strength of each community
	for i := range groups {
		groups[i] = i
	}
	sums := make([]float64, n)
	var touched []int
	order := rng.Perm(n)
	for round := 0; round < 1000; round++ {
		moves, gained := 0, 0.0
		for _, i := range order {
			touched = touched[:0]
			for k := l.off[i]; k < l.off[i+1]; k++ {
				c := groups[l.to[k]]
				if sums[c] == 0 {
					touched = append(touched, c)
				}
				sums[c] += l.weight[k]
			}
			own := groups[i]
			held[own] -= l.total[i]
			stay := sums[own] - held[own]*l.total[i]/l.m2
			best, gain := own, stay
			for _, c := range touched {
				if g := sums[c] - held[c]*l.total[i]/l.m2; g > gain+1e-12*l.total[i] {
					best, gain = c, g
				}
				sums[c] = 0
			}
			sums[own] = 0
			held[best] += l.total[i]
			if best != own {
				groups[i] = best
				moves++
				gained += 2 * (gain - stay) / l.m2
			}
		}
		moved = moved || moves > 0
		if gained < leastGain {
			break
		}
	}
	return moved, groups
}

// merged returns the graph in which each group is one node.
func (l *level) merged(groups []int, count int) *level {
	members := make([][]int32, count)
	for i, c := range groups {
		members[c] = append(members[c], int32(i))
	}
	out := &level{rows: &rows{off: make([]int64, count+1)}, total: make([]float64, count), m2: l.m2}
	sums := make([]float64, count)
	var touched []int
	for c := range count {
		touched = touched[:0]
		for _, i := range members[c] {
			out.total[c] += l.total[i]
			for k := l.off[i]; k < l.off[i+1]; k++ {
				d := groups[l.to[k]]
				if d == c {
					continue
				}
				if sums[d] == 0 {
					touched = append(touched, d)
				}
				sums[d] += l.weight[k]
			}
		}
		for _, d := range touched {
			out.to, out.weight = append(out.to, int32(d)), append(out.weight, sums[d])
			sums[d] = 0
		}
		out.off[c+1] = int64(len(out.to))
	}
	return out
}
