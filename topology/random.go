package topology

import (
	"fmt"
	"math"
	"slices"
)

func randomGraphs() []generator {
	return []generator{
		{"erdos_renyi", "G(n,p), or G(n,m) with `number` edges; every edge is two synapses unless directed", "p or number, directed", true, checkErdosRenyi, erdosRenyi},
		{"barabasi_albert", "grown by preferential attachment, m edges for each new neuron (Barabási, Albert 1999)", "m, directed (new to old)", true, checkBarabasiAlbert, barabasiAlbert},
		{"power_law", "degrees drawn from P(k) ∝ k^−exponent between min_k and max_k, realised exactly", "exponent, min_k, max_k", true, checkPowerLaw, powerLaw},
		{"configuration_model", "exactly the given degrees: in_degrees and out_degrees, or in_degrees alone for undirected edges", "in_degrees, out_degrees, autapses, multapses", true, checkConfiguration, configurationModel},
	}
}

// edgeCount returns the number of possible edges.
func (r *Rule) edgeCount(s shape) float64 {
	n := float64(s.to)
	if r.Directed {
		return n * math.Max(0, n-1)
	}
	return n * math.Max(0, n-1) / 2
}

func checkErdosRenyi(r *Rule, s shape) error {
	all := r.edgeCount(s)
	if r.Number != 0 {
		if r.P != 0 {
			return fmt.Errorf("p and number exclude each other")
		}
		if r.Number < 0 || float64(r.Number) > all {
			return fmt.Errorf("number: %d, expected 0 to %.0f edges", r.Number, all)
		}
		return room(2 * float64(r.Number))
	}
	return room(2 * r.P * all)
}

func erdosRenyi(d *drawing) (pairs, error) {
	all := d.edgeCount(d.shape)
	var p pairs
	add := func(i uint64) {
		if d.Directed {
			p.add(d.pair(i))
			return
		}
		p.addBoth(triangular(i))
	}
	if d.Number > 0 {
		p = makePairs(2 * d.Number)
		for _, i := range distinct(uint64(d.Number), uint64(all), d.rng) {
			add(i)
		}
		return p, nil
	}
	p = makePairs(2 * expected(all, d.P))
	bernoulli(uint64(all), d.P, d.rng, add)
	return p, nil
}

// triangular returns unordered pair number i in the order (1,0), (2,0), (2,1),
// (3,0) …
func triangular(i uint64) (int, int) {
	a := uint64((1 + math.Sqrt(1+8*float64(i))) / 2)
	for a*(a-1)/2 > i {
		a--
	}
	for (a+1)*a/2 <= i {
		a++
	}
	return int(a), int(i - a*(a-1)/2)
}

func checkBarabasiAlbert(r *Rule, s shape) error {
	if r.M < 1 || r.M >= max(s.to, 2) {
		return fmt.Errorf("m: %d, expected 1 to %d", r.M, max(s.to, 2)-1)
	}
	return room(2 * float64(r.M) * float64(s.to))
}

// barabasiAlbert starts from a star of m+1 neurons, as networkx does, so it has
// m·(n−m) edges.
func barabasiAlbert(d *drawing) (pairs, error) {
	n, m := d.to, d.M
	ends := make([]int32, 0, 2*m*n) // each neuron once per edge
	p := makePairs(2 * m * n)
	add := func(young, elder int) {
		ends = append(ends, int32(young), int32(elder))
		if d.Directed {
			p.add(young, elder)
		} else {
			p.addBoth(young, elder)
		}
	}
	for i := 1; i <= m && i < n; i++ {
		add(i, 0)
	}
	mark := make([]int32, n)
	chosen := make([]int32, 0, m)
	for u := m + 1; u < n; u++ {
		for chosen = chosen[:0]; len(chosen) < m; {
			w := ends[d.rng.IntN(len(ends))]
			if mark[w] != int32(u) {
				mark[w] = int32(u)
				chosen = append(chosen, w)
			}
		}
		for _, w := range chosen {
			add(u, int(w))
		}
	}
	return p, nil
}

// powerLawRange returns the smallest and largest degree. The default maximum is
// the structural cut-off √(n·min_k): below it, random graphs with these degrees
// are usually simple.
func (r *Rule) powerLawRange(n int) (lo, hi int) {
	lo, hi = max(r.MinK, 1), r.MaxK
	if hi == 0 {
		hi = min(max(lo, int(math.Sqrt(float64(n)*float64(lo)))), n-1)
	}
	return lo, hi
}

func checkPowerLaw(r *Rule, s shape) error {
	lo, hi := r.powerLawRange(s.to)
	switch {
	case !(r.Exponent >= 0) || r.Exponent > 20:
		return fmt.Errorf("exponent: %v, expected 0 to 20", r.Exponent)
	case r.MinK < 0 || lo > hi || hi >= s.to:
		return fmt.Errorf("min_k, max_k: %d to %d, expected 1 ≤ min_k ≤ max_k < %d", lo, hi, s.to)
	}
	return room(float64(hi) * float64(s.to) / 4)
}

func powerLaw(d *drawing) (pairs, error) {
	lo, hi := d.powerLawRange(d.to)
	cumulative := make([]float64, hi-lo+1)
	sum := 0.0
	for i := range cumulative {
		sum += math.Pow(float64(lo+i), -d.Exponent)
		cumulative[i] = sum
	}
	degrees := make([]int, d.to)
	total := 0
	for i := range degrees {
		k, _ := slices.BinarySearch(cumulative, d.rng.Float64()*sum)
		degrees[i] = lo + min(k, hi-lo)
		total += degrees[i]
	}
	if total%2 != 0 { // the sum must be even: one neuron gets one edge more or less
		i := d.rng.IntN(d.to)
		if degrees[i] < hi {
			degrees[i]++
		} else {
			degrees[i]--
		}
	}
	return d.matchUndirected(degrees)
}

func checkConfiguration(r *Rule, s shape) error {
	if len(r.InDegrees) != s.to {
		return fmt.Errorf("in_degrees: %d given for %d neurons", len(r.InDegrees), s.to)
	}
	in, err := degreeSum("in_degrees", r.InDegrees)
	if err != nil {
		return err
	}
	if r.OutDegrees == nil {
		if in%2 != 0 {
			return fmt.Errorf("in_degrees: the sum of undirected degrees is %d, expected an even number", in)
		}
		return room(float64(in))
	}
	if len(r.OutDegrees) != s.from {
		return fmt.Errorf("out_degrees: %d given for %d neurons", len(r.OutDegrees), s.from)
	}
	out, err := degreeSum("out_degrees", r.OutDegrees)
	if err != nil {
		return err
	}
	if in != out {
		return fmt.Errorf("in_degrees sum to %d, out_degrees to %d, expected equal sums", in, out)
	}
	return room(float64(in))
}

func degreeSum(key string, degrees []int) (int, error) {
	sum := 0
	for i, k := range degrees {
		if k < 0 || k > MaxSynapses {
			return 0, fmt.Errorf("%s[%d]: %d, expected 0 or more", key, i, k)
		}
		if sum += k; sum > MaxSynapses {
			return 0, fmt.Errorf("%s: more than %d in all", key, MaxSynapses)
		}
	}
	return sum, nil
}

func configurationModel(d *drawing) (pairs, error) {
	if d.OutDegrees == nil {
		return d.matchUndirected(d.InDegrees)
	}
	e := pairs{stubs(d.OutDegrees), stubs(d.InDegrees)}
	return e, d.match(e, e.source, true)
}

// matchUndirected joins random stubs and then removes autapses and repeated
// edges by swaps.
func (d *drawing) matchUndirected(degrees []int) (pairs, error) {
	s := stubs(degrees)
	half := len(s) / 2
	e := pairs{s[:half:half], s[half:]}
	if err := d.match(e, s, false); err != nil {
		return pairs{}, err
	}
	return both(e), nil
}

// match shuffles the stubs that e consists of and makes the graph simple. Some
// small graphs, such as only autapses, allow no swap; then it shuffles again.
func (d *drawing) match(e pairs, stubs []int32, directed bool) error {
	for range 10 {
		shuffle32(stubs, d)
		if d.Autapses && d.Multapses || newSwapper(e.source, e.target, directed, d.rng).repair() {
			return nil
		}
	}
	return fmt.Errorf("%s: no simple graph with these degrees was found (they may not be graphical; autapses with multapses lifts the limit)", d.Name)
}

// both returns the two synapses of every undirected edge, or one for an
// autapse.
func both(e pairs) pairs {
	p := makePairs(2 * len(e.source))
	for i := range e.source {
		if e.source[i] == e.target[i] {
			p.add(int(e.source[i]), int(e.target[i]))
		} else {
			p.addBoth(int(e.source[i]), int(e.target[i]))
		}
	}
	return p
}

// stubs lists every vertex as many times as its degree.
func stubs(degrees []int) []int32 {
	var out []int32
	for i, k := range degrees {
		for range k {
			out = append(out, int32(i))
		}
	}
	return out
}

func shuffle32(s []int32, d *drawing) {
	d.rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}
