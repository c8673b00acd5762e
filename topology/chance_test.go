package topology

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
)

// law is the probability of each graph, with the graph in the form of arrows.
type law map[string]float64

// join is an ordered pair of neurons.
type join struct{ source, target int }

// key writes joins in the form of arrows.
func key(list []join) string {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b join) int { return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.source, b.source)) })
	out := make([]string, len(sorted))
	for i, j := range sorted {
		out[i] = fmt.Sprintf("%d>%d", j.source, j.target)
	}
	return strings.Join(out, " ")
}

// hold builds a network with many seeds and compares the frequency of each
// graph with its probability by a χ² test: the mean of χ² is the number of
// degrees of freedom, its variance twice that.
func (l law) hold(t *testing.T, net *Network) {
	t.Helper()
	const draws = 4000
	seen, sum := map[string]float64{}, 0.0
	for seed := range uint64(draws) {
		g, err := Build(net, seed)
		if err != nil {
			t.Fatal(err)
		}
		seen[arrows(g)]++
	}
	name := fmt.Sprintf("%d neurons, %+v", net.Populations[0].Size, net.Projections[0].Rule)
	for graph := range seen {
		if l[graph] <= 0 {
			t.Fatalf("%s: %q came", name, graph)
		}
	}
	square, freedom := 0.0, -1.0
	add := func(count, mean float64) {
		square += (count - mean) * (count - mean) / mean
		freedom++
	}
	rare, rareMean := 0.0, 0.0 // taken together
	for _, graph := range slices.Sorted(maps.Keys(l)) {
		sum += l[graph]
		if mean := draws * l[graph]; mean >= 5 {
			add(seen[graph], mean)
		} else {
			rare, rareMean = rare+seen[graph], rareMean+mean
		}
	}
	if rareMean > 1 {
		add(rare, rareMean)
	}
	if !(math.Abs(sum-1) <= 1e-9) {
		t.Fatalf("%s: the probabilities sum to %v", name, sum)
	}
	if square > freedom+5*math.Sqrt(2*freedom)+5 {
		t.Errorf("%s: χ² = %.1f with %.0f degrees of freedom", name, square, freedom)
	}
}

// alike is the law in which all sets of joins that satisfy wanted have the same
// probability.
func alike(joins []join, wanted func([]join) bool) law {
	l := law{}
	eachSet(joins, nil, func(set []join) {
		if wanted(set) {
			l[key(set)] = 1
		}
	})
	for graph := range l {
		l[graph] = 1 / float64(len(l))
	}
	return l
}

func eachSet(joins, set []join, visit func([]join)) {
	if len(joins) == 0 {
		visit(set)
		return
	}
	eachSet(joins[1:], set, visit)
	eachSet(joins[1:], append(slices.Clip(set), joins[0]), visit)
}

// ordered returns all joins of n neurons; autapses tells whether to include
// joins of a neuron with itself.
func ordered(n int, autapses bool) (out []join) {
	for i := range n {
		for j := range n {
			if i != j || autapses {
				out = append(out, join{i, j})
			}
		}
	}
	return out
}

// coins is the law of joins that occur independently of each other. With edges,
// both directions of a pair occur together.
func coins(joins []join, edges bool, p func(join) float64) law {
	l := law{}
	if edges {
		joins = slices.DeleteFunc(slices.Clone(joins), func(j join) bool { return j.source >= j.target })
	}
	eachSet(joins, nil, func(set []join) {
		probability := 1.0
		for _, j := range joins {
			if slices.Contains(set, j) {
				probability *= p(j)
			} else {
				probability *= 1 - p(j)
			}
		}
		if edges {
			set = bothWays(set)
		}
		l[key(set)] += probability
	})
	return l
}

func bothWays(edges []join) []join {
	out := slices.Clone(edges)
	for _, e := range edges {
		out = append(out, join{e.target, e.source})
	}
	return out
}

// counted accepts sets with exactly k joins for each neuron, counted at the end
// that end returns.
func counted(n, k int, end func(join) int) func([]join) bool {
	return func(set []join) bool {
		count := make([]int, n)
		for _, j := range set {
			count[end(j)]++
		}
		return slices.Min(count) == k && slices.Max(count) == k
	}
}

func atTarget(j join) int { return j.target }
func atSource(j join) int { return j.source }

// TestEverySetIsAsLikely: for rules that draw a fixed number of pairs, every
// set is equally likely, for few and for many pairs.
func TestEverySetIsAsLikely(t *testing.T) {
	number := func(n int) func([]join) bool { return func(set []join) bool { return len(set) == n } }
	for _, c := range []struct {
		n     int
		rule  Rule
		joins []join
		want  func([]join) bool
	}{
		{3, Rule{Name: "fixed_indegree", Indegree: 1}, ordered(3, false), counted(3, 1, atTarget)},
		{4, Rule{Name: "fixed_indegree", Indegree: 2}, ordered(4, false), counted(4, 2, atTarget)},
		{3, Rule{Name: "fixed_indegree", Indegree: 2, Autapses: true}, ordered(3, true), counted(3, 2, atTarget)},
		{3, Rule{Name: "fixed_outdegree", Outdegree: 1}, ordered(3, false), counted(3, 1, atSource)},
		{4, Rule{Name: "fixed_outdegree", Outdegree: 2}, ordered(4, false), counted(4, 2, atSource)},
		{3, Rule{Name: "fixed_outdegree", Outdegree: 1, Autapses: true}, ordered(3, true), counted(3, 1, atSource)},
		{3, Rule{Name: "fixed_total_number", Number: 1}, ordered(3, false), number(1)},
		{3, Rule{Name: "fixed_total_number", Number: 3}, ordered(3, false), number(3)},
		{3, Rule{Name: "fixed_total_number", Number: 4}, ordered(3, false), number(4)},
		{3, Rule{Name: "fixed_total_number", Number: 2, Autapses: true}, ordered(3, true), number(2)},
		{3, Rule{Name: "erdos_renyi", Number: 2, Directed: true}, ordered(3, false), number(2)},
		{4, Rule{Name: "configuration_model", InDegrees: []int{1, 1, 1, 1}}, ordered(4, false), func(set []join) bool { return counted(4, 1, atTarget)(set) && sameBack(set) }},
		{3, Rule{Name: "configuration_model", InDegrees: []int{1, 1, 1}, OutDegrees: []int{1, 1, 1}, Autapses: true, Multapses: true}, ordered(3, true),
			func(set []join) bool { return counted(3, 1, atTarget)(set) && counted(3, 1, atSource)(set) }},
		{3, Rule{Name: "configuration_model", InDegrees: []int{1, 1, 1}, OutDegrees: []int{1, 1, 1}}, ordered(3, false),
			func(set []join) bool { return counted(3, 1, atTarget)(set) && counted(3, 1, atSource)(set) }},
		{4, Rule{Name: "configuration_model", InDegrees: []int{2, 2, 2, 2}}, ordered(4, false), func(set []join) bool { return counted(4, 2, atTarget)(set) && sameBack(set) }},
	} {
		alike(c.joins, c.want).hold(t, within(c.n, c.rule))
	}
	for m := range 7 { // undirected edges, of six
		l := law{}
		for graph, p := range coins(ordered(4, false), true, func(join) float64 { return .5 }) {
			if strings.Count(graph, ">") == 2*m && p > 0 {
				l[graph] = 1
			}
		}
		for graph := range l {
			l[graph] = 1 / float64(len(l))
		}
		if m > 0 {
			l.hold(t, within(4, Rule{Name: "erdos_renyi", Number: m}))
		}
	}
}

// sameBack tells whether all joins go both ways.
func sameBack(set []join) bool {
	return !slices.ContainsFunc(set, func(j join) bool { return !slices.Contains(set, join{j.target, j.source}) })
}

// TestPairsAreDrawnAgain: with multapses each draw is independent of the others.
func TestPairsAreDrawnAgain(t *testing.T) {
	law{"0>2 0>2": .25, "0>2 1>2": .5, "1>2 1>2": .25}.hold(t, between(2, 1, Rule{Name: "fixed_indegree", Indegree: 2, Multapses: true}))
	law{"0>1 0>1": .25, "0>1 0>2": .5, "0>2 0>2": .25}.hold(t, between(1, 2, Rule{Name: "fixed_outdegree", Outdegree: 2, Multapses: true}))
	law{"1>0 1>0": .25, "1>0 0>1": .5, "0>1 0>1": .25}.hold(t, within(2, Rule{Name: "fixed_total_number", Number: 2, Multapses: true}))
	law{"0>0": .25, "1>0": .25, "0>1": .25, "1>1": .25}.hold(t, within(2, Rule{Name: "fixed_total_number", Number: 1, Multapses: true, Autapses: true}))
}

// TestPairsByCoins: rules that draw each pair independently of the others.
func TestPairsByCoins(t *testing.T) {
	same := func(p float64) func(join) float64 { return func(join) float64 { return p } }
	block := func(first int, p [][]float64) func(join) float64 {
		in := func(i int) int { return min(i/first, 1) }
		return func(j join) float64 { return p[in(j.source)][in(j.target)] }
	}
	skew, even := [][]float64{{.2, .7}, {.4, .9}}, [][]float64{{.8, .3}, {.3, .5}}
	levels := func(j join) float64 { // four neurons in two halves of two quarters
		switch {
		case j.source/2 != j.target/2:
			return .8 * .5 * .5
		case j.source != j.target:
			return .8 * .5
		}
		return .8
	}
	halves := func(j join) float64 {
		if j.source/2 != j.target/2 {
			return .8 * .25
		}
		return .8
	}
	for _, c := range []struct {
		n     int
		rule  Rule
		loops bool
		edges bool
		p     func(join) float64
	}{
		{3, Rule{Name: "pairwise_bernoulli", P: .3}, false, false, same(.3)},
		{3, Rule{Name: "pairwise_bernoulli", P: .97}, false, false, same(.97)},
		{2, Rule{Name: "pairwise_bernoulli", P: .5, Autapses: true}, true, false, same(.5)},
		{4, Rule{Name: "erdos_renyi", P: .3}, false, true, same(.3)},
		{3, Rule{Name: "erdos_renyi", P: .6, Directed: true}, false, false, same(.6)},
		{3, Rule{Name: "stochastic_block", Sizes: []int{1, 2}, Probabilities: skew, Directed: true}, false, false, block(1, skew)},
		{3, Rule{Name: "stochastic_block", Sizes: []int{2, 1}, Probabilities: skew, Directed: true}, false, false, block(2, skew)},
		{4, Rule{Name: "stochastic_block", Sizes: []int{2, 2}, Probabilities: even}, false, true, block(2, even)},
		{4, Rule{Name: "core_periphery", Core: 1, Probabilities: even}, false, true, block(1, even)},
		{3, Rule{Name: "core_periphery", Core: 2, Probabilities: skew, Directed: true}, false, false, block(2, skew)},
		{4, Rule{Name: "hierarchical_modular", Levels: 2, Branching: 2, P: .8, Ratio: .5}, false, true, levels},
		{4, Rule{Name: "hierarchical_modular", Levels: 1, Branching: 2, P: .8, Ratio: .25}, false, true, halves},
		{4, Rule{Name: "feed_forward", Sizes: []int{2, 2}, P: .4}, false, false, func(j join) float64 {
			if j.source < 2 && j.target >= 2 {
				return .4
			}
			return 0
		}},
	} {
		coins(ordered(c.n, c.loops), c.edges, c.p).hold(t, within(c.n, c.rule))
	}
}

// TestPairsBySpace: the probability of a pair depends on its distance, on a
// line and on a circle.
func TestPairsBySpace(t *testing.T) {
	points := []Point{{0}, {.3}, {.75}}
	distance := func(j join, period float64) float64 {
		d := math.Abs(points[j.source][0] - points[j.target][0])
		if period > 0 {
			d = min(d, period-d)
		}
		return d
	}
	for _, c := range []struct {
		rule   Rule
		period float64
		kernel func(x float64) float64
	}{
		{Rule{Kernel: "gaussian", P: .9, Scale: .5}, 0, func(x float64) float64 { return .9 * math.Exp(-x*x/.5) }},
		{Rule{Kernel: "exponential", P: 1, Scale: .4}, 0, func(x float64) float64 { return math.Exp(-x / .4) }},
		{Rule{Kernel: "linear", P: .8, Scale: .5}, 0, func(x float64) float64 { return .8 * max(0, 1-x/.5) }},
		{Rule{Kernel: "box", P: .6, Scale: .4}, 0, func(x float64) float64 { return map[bool]float64{true: .6, false: 0}[x <= .4] }},
		{Rule{Kernel: "gaussian", P: .9, Scale: .3, Torus: true}, 1, func(x float64) float64 { return .9 * math.Exp(-x*x/.18) }},
		{Rule{Kernel: "linear", P: 1, Scale: .5, Torus: true, Extent: .8}, .8, func(x float64) float64 { return max(0, 1-x/.5) }},
		{Rule{Kernel: "gaussian", P: .5, Scale: .5, Autapses: true}, 0, func(x float64) float64 { return .5 * math.Exp(-x*x/.5) }},
	} {
		c.rule.Name = "spatial"
		net := within(3, c.rule)
		net.Populations[0].Positions = points
		coins(ordered(3, c.rule.Autapses), false, func(j join) float64 { return c.kernel(distance(j, c.period)) }).hold(t, net)
	}
}

// path is one possible course of a random process: its probability and the
// joins so far.
type path struct {
	probability float64
	joins       []join
}

// onward continues every path with every possible result of one step.
func onward(paths []path, step func(path) []path) (out []path) {
	for _, p := range paths {
		out = append(out, step(p)...)
	}
	return out
}

func lawOf(paths []path, edges bool) law {
	l := law{}
	for _, p := range paths {
		joins := p.joins
		if edges {
			joins = bothWays(joins)
		}
		l[key(joins)] += p.probability
	}
	return l
}

// moved returns the paths after one end of join i may have moved: with
// probability p the join becomes one of to, each with the same probability.
func moved(from path, i int, p float64, to []join) (out []path) {
	if len(to) == 0 {
		return []path{from}
	}
	out = append(out, path{from.probability * (1 - p), from.joins})
	for _, j := range to {
		joins := slices.Clone(from.joins)
		joins[i] = j
		out = append(out, path{from.probability * p / float64(len(to)), joins})
	}
	return out
}

// joined tells whether two neurons are joined, in either direction.
func joined(joins []join, a, b int) bool {
	return slices.Contains(joins, join{a, b}) || slices.Contains(joins, join{b, a})
}

// TestWattsStrogatzByItsSteps compares small networks with all possible courses
// of the rewiring of Watts and Strogatz: ring by ring, each edge moves its far
// end to a neuron that its near end is not joined to.
func TestWattsStrogatzByItsSteps(t *testing.T) {
	for _, c := range []struct{ n, k int }{{4, 2}, {5, 2}, {5, 4}, {6, 4}} {
		for _, p := range []float64{.3, 1} {
			paths := []path{{1, nil}}
			for u := range c.n {
				for j := range c.k / 2 {
					paths[0].joins = append(paths[0].joins, join{u, (u + j + 1) % c.n})
				}
			}
			for ring := range c.k / 2 {
				for u := range c.n {
					paths = onward(paths, func(from path) []path {
						var to []join
						for w := range c.n {
							if w != u && !joined(from.joins, u, w) {
								to = append(to, join{u, w})
							}
						}
						return moved(from, u*(c.k/2)+ring, p, to)
					})
				}
			}
			lawOf(paths, true).hold(t, within(c.n, Rule{Name: "watts_strogatz", K: c.k, P: p}))
		}
	}
}

// TestDirectedWattsStrogatzByItsSteps: each source of a target is replaced by a
// neuron that is not yet a source of the target.
func TestDirectedWattsStrogatzByItsSteps(t *testing.T) {
	for _, c := range []struct{ n, k int }{{4, 1}, {4, 2}, {3, 2}} {
		paths := []path{{1, nil}}
		near := []int{1, c.n - 1}
		for target := range c.n {
			for j := range c.k {
				paths[0].joins = append(paths[0].joins, join{(target + near[j]) % c.n, target})
			}
		}
		for i := range paths[0].joins {
			paths = onward(paths, func(from path) []path {
				return moved(from, i, .4, newSources(from, i, c.n))
			})
		}
		lawOf(paths, false).hold(t, within(c.n, Rule{Name: "watts_strogatz", K: c.k, P: .4, Directed: true}))
	}
}

// newSources returns the joins that can replace join i: from each neuron that
// is not yet a source of its target.
func newSources(from path, i, n int) (out []join) {
	for s := range n {
		if j := (join{s, from.joins[i].target}); s != j.target && !slices.Contains(from.joins, j) {
			out = append(out, j)
		}
	}
	return out
}

// TestRewireByItsSteps compares the rewiring of a given graph, directed and
// undirected, with all its possible courses.
func TestRewireByItsSteps(t *testing.T) {
	base := graphOf(t, 4, Synapse{Source: 1, Target: 0, Delay: 1}, Synapse{Source: 3, Target: 1, Delay: 1}, Synapse{Source: 0, Target: 2, Delay: 1}, Synapse{Source: 1, Target: 2, Delay: 1})
	paths := []path{{1, []join{{1, 0}, {3, 1}, {0, 2}, {1, 2}}}}
	for i := range 4 {
		paths = onward(paths, func(from path) []path { return moved(from, i, .5, newSources(from, i, 4)) })
	}
	lawOf(paths, false).hold(t, within(4, Rule{Name: "rewire", Graph: base, P: .5}))

	edges := []Synapse{{Source: 0, Target: 1, Delay: 1}, {Source: 1, Target: 0, Delay: 1}, {Source: 1, Target: 3, Delay: 1}, {Source: 3, Target: 1, Delay: 1}}
	base = graphOf(t, 4, edges...)
	base.Undirected = true
	paths = []path{{1, []join{{0, 1}, {1, 3}}}}
	for i := range 2 {
		paths = onward(paths, func(from path) []path {
			to := slices.DeleteFunc(newSources(from, i, 4), func(j join) bool { return joined(from.joins, j.source, j.target) })
			return moved(from, i, .5, to)
		})
	}
	lawOf(paths, true).hold(t, within(4, Rule{Name: "rewire", Graph: base, P: .5}))
}

// TestBarabasiAlbertByItsSteps compares grown graphs with all possible choices
// of partners: with probability proportional to the degree, and never the same
// partner twice.
func TestBarabasiAlbertByItsSteps(t *testing.T) {
	for _, c := range []struct{ n, m int }{{4, 1}, {5, 1}, {4, 2}, {5, 2}} {
		paths := []path{{1, nil}}
		for i := 1; i <= c.m; i++ {
			paths[0].joins = append(paths[0].joins, join{i, 0})
		}
		for u := c.m + 1; u < c.n; u++ {
			paths = onward(paths, func(from path) []path { return preferred(from, from.joins, u, c.m) })
		}
		lawOf(paths, true).hold(t, within(c.n, Rule{Name: "barabasi_albert", M: c.m}))
		lawOf(paths, false).hold(t, within(c.n, Rule{Name: "barabasi_albert", M: c.m, Directed: true}))
	}
}

// preferred joins u to m more neurons, with probability proportional to their
// degrees in before.
func preferred(from path, before []join, u, m int) (out []path) {
	if m == 0 {
		return []path{from}
	}
	degree, sum := make([]float64, u), 0.0
	for _, j := range before {
		for _, end := range [2]int{j.source, j.target} {
			if !joined(from.joins, u, end) {
				degree[end]++
				sum++
			}
		}
	}
	for w, k := range degree {
		if k > 0 {
			next := path{from.probability * k / sum, append(slices.Clip(from.joins), join{u, w})}
			out = append(out, preferred(next, before, u, m-1)...)
		}
	}
	return out
}

// TestDegreePreservingReachesAll: swaps of ends reach every graph with the
// degrees of four neurons on a circle, and no other graph. Each swap turns an
// even permutation into an odd one; a circle is an odd permutation.
func TestDegreePreservingReachesAll(t *testing.T) {
	var circle []Synapse
	for i := range neuron.ID(4) {
		circle = append(circle, Synapse{Source: i, Target: (i + 1) % 4, Delay: 1})
	}
	base, all := graphOf(t, 4, circle...), map[string]bool{}
	for swaps, want := range map[float64]int{20: 6, 21: 3} {
		seen := map[string]bool{}
		for seed := range uint64(200) {
			g := arrows(mustBuild(t, within(4, Rule{Name: "degree_preserving", Graph: base, Swaps: swaps / 4}), seed))
			seen[g], all[g] = true, true
		}
		if len(seen) != want {
			t.Errorf("after %v exchanges: %d graphs, want %d", swaps, len(seen), want)
		}
	}
	want := alike(ordered(4, false), func(set []join) bool { return counted(4, 1, atTarget)(set) && counted(4, 1, atSource)(set) })
	for graph := range want {
		if !all[graph] {
			t.Errorf("%s never comes", graph)
		}
	}
	if len(all) != len(want) {
		t.Errorf("%d graphs come, of %d", len(all), len(want))
	}
}

// TestPowerLawDegrees compares the degrees of many neurons with the law of a
// single degree. If the sum is odd, one degree changes by one.
func TestPowerLawDegrees(t *testing.T) {
	const n = 3000
	for _, c := range []struct {
		rule   Rule
		lo, hi int
	}{
		{Rule{Exponent: 2, MinK: 2, MaxK: 6}, 2, 6}, {Rule{Exponent: 0, MinK: 1, MaxK: 4}, 1, 4}, {Rule{Exponent: 3}, 1, 54}, {Rule{Exponent: 1, MaxK: 3}, 1, 3},
	} {
		c.rule.Name = "power_law"
		in, _ := degrees(mustBuild(t, within(n, c.rule), 2))
		if sum(in)%2 != 0 || slices.Min(in) < c.lo || slices.Max(in) > c.hi {
			t.Fatalf("%+v: degrees from %d to %d, the sum %d", c.rule, slices.Min(in), slices.Max(in), sum(in))
		}
		norm := 0.0
		for k := c.lo; k <= c.hi; k++ {
			norm += math.Pow(float64(k), -c.rule.Exponent)
		}
		for k := c.lo; k <= c.hi; k++ {
			p, count := math.Pow(float64(k), -c.rule.Exponent)/norm, 0.0
			for _, d := range in {
				if d == k {
					count++
				}
			}
			if math.Abs(count-n*p) > 4.5*math.Sqrt(n*p*(1-p))+2 {
				t.Errorf("%+v: %v neurons have degree %d, want %.1f", c.rule, count, k, n*p)
			}
		}
	}
}
