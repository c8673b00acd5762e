package topology

import "math"

// Expected returns the number of neurons of a network and its expected number
// of synapses, without building it. ok is false if the number is not known for
// a rule.
func (n *Network) Expected() (neurons int, synapses float64, ok bool) {
	for i := range n.Populations {
		neurons += n.Populations[i].Size
	}
	for i := range n.Projections {
		some, known := n.ExpectedOf(i)
		if !known {
			return neurons, 0, false
		}
		synapses += some
	}
	return neurons, synapses, true
}

// ExpectedOf returns the expected number of synapses of projection i. ok is
// false if it is not known for its rule.
func (n *Network) ExpectedOf(i int) (synapses float64, ok bool) {
	p := &n.Projections[i]
	return p.Rule.expected(shape{n.sizeOf(p.From), n.sizeOf(p.To), p.From == p.To})
}

// sizeOf returns the size of a population or group of channels.
func (n *Network) sizeOf(name string) int {
	for _, all := range [][]Population{n.Populations, n.Channels} {
		for i := range all {
			if all[i].Name == name {
				return all[i].Size
			}
		}
	}
	return 0
}

// expected returns the expected number of synapses of the rule.
func (r *Rule) expected(s shape) (synapses float64, ok bool) {
	both := 2.0 // an edge is two synapses
	if r.Directed {
		both = 1
	}
	n := float64(s.to)
	switch r.Name {
	case "one_to_one":
		return n, true
	case "all_to_all":
		return r.pairCount(s), true
	case "blocks":
		if r.Apart {
			return r.apartPairs(s), true
		}
		return r.blockPairs(s), true
	case "fixed_indegree":
		return n * float64(r.Indegree), true
	case "fixed_outdegree":
		return float64(s.from) * float64(r.Outdegree), true
	case "fixed_total_number":
		return float64(r.Number), true
	case "pairwise_bernoulli":
		return r.P * r.pairCount(s), true
	case "ring", "watts_strogatz":
		return n * float64(r.K), true
	case "star":
		return both * (n - 1), true
	case "barabasi_albert":
		return both * float64(r.M) * (n - float64(r.M)), true
	case "erdos_renyi":
		if r.Number > 0 {
			return both * float64(r.Number), true
		}
		return both * r.P * r.edgeCount(s), true
	case "configuration_model":
		return sumOf(r.InDegrees), true
	case "spatial":
		return r.expectedDrawn(s), true
	}
	if r.Graph != nil {
		return float64(r.Graph.NumSynapses()), true
	}
	return 0, false
}

// blockPairs returns the number of pairs within equal blocks.
func (r *Rule) blockPairs(s shape) float64 {
	total := 0.0
	for block := range min(r.Number, s.from, s.to) {
		pairs := shape{r.blockBegin(block+1, s.from) - r.blockBegin(block, s.from), r.blockBegin(block+1, s.to) - r.blockBegin(block, s.to), s.self}
		total += r.pairCount(pairs)
	}
	return total
}

// apartPairs returns the number of pairs in different blocks.
func (r *Rule) apartPairs(s shape) float64 { return r.pairCount(s) - r.blockPairs(s) }

func sumOf(numbers []int) float64 {
	total := 0.0
	for _, k := range numbers {
		total += float64(k)
	}
	return total
}

// expectedDrawn averages the probability of a synapse over pairs of points in a
// square, which is where neurons are placed by default:
//
//	n² · 4 ∫∫ (1−u)(1−v) p·kernel(√(u²+v²)·side/scale) du dv,  0 ≤ u, v ≤ 1
//
// On a torus no distance along an axis is longer than half a side, and the
// factors 1−u and 1−v are omitted. The integral is a sum over midpoints, up to
// the reach of the kernel.
func (r *Rule) expectedDrawn(s shape) float64 {
	const steps = 256
	d := &drawing{Rule: r}
	side, most := 1.0, 1.0
	if period := d.period(); period > 0 {
		side, most = period, 0.5
	}
	end := math.Min(most, r.reach()*r.Scale/side)
	sum := 0.0
	for i := range steps {
		u := (float64(i) + 0.5) / steps * end
		for j := range steps {
			v := (float64(j) + 0.5) / steps * end
			p := r.P * math.Min(1, r.kernel(math.Hypot(u, v)*side/r.Scale))
			if most == 1 {
				p *= (1 - u) * (1 - v)
			}
			sum += p
		}
	}
	return r.pairCount(s) * 4 * sum * end * end / (steps * steps)
}
