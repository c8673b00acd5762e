package topology

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
)

// everyRule returns one small example of each rule of the catalogue.
func everyRule(t testing.TB) []Rule {
	base := mustBuild(t, one(24, Rule{Name: "ring", K: 4}), 1)
	base.Undirected = true
	three := [][]float64{{.9, .1, .2}, {.1, .8, .1}, {.2, .1, .7}}
	return []Rule{
		{Name: "one_to_one"}, {Name: "all_to_all"},
		{Name: "fixed_indegree", Indegree: 5}, {Name: "fixed_outdegree", Outdegree: 5},
		{Name: "blocks", Number: 4}, {Name: "fixed_total_number", Number: 99}, {Name: "pairwise_bernoulli", P: .3},
		{Name: "ring", K: 6}, {Name: "lattice", Shape: []int{4, 6}, Torus: true},
		{Name: "watts_strogatz", K: 6, P: .4}, {Name: "star"},
		{Name: "erdos_renyi", P: .2}, {Name: "barabasi_albert", M: 3},
		{Name: "power_law", Exponent: 2.5, MinK: 2}, {Name: "configuration_model", InDegrees: slices.Repeat([]int{3, 1}, 12)},
		{Name: "stochastic_block", Sizes: []int{8, 10, 6}, Probabilities: three},
		{Name: "hierarchical_modular", Levels: 2, Branching: 2, P: .9, Ratio: .3},
		{Name: "core_periphery", Core: 6, Probabilities: [][]float64{{1, .3}, {.3, .05}}},
		{Name: "feed_forward", Sizes: []int{10, 8, 6}}, {Name: "spatial", Kernel: "gaussian", P: .8, Scale: .2},
		{Name: "imported", Graph: base}, {Name: "rewire", Graph: base, P: .5}, {Name: "degree_preserving", Graph: base},
	}
}

func TestEveryRuleIsDeterministicAndSimple(t *testing.T) {
	rules := everyRule(t)
	if len(rules) != len(Rules()) {
		t.Errorf("%d of %d rules are tried", len(rules), len(Rules()))
	}
	for _, r := range rules {
		g := mustBuild(t, one(24, r), 7)
		if !equal(g, mustBuild(t, one(24, r), 7)) {
			t.Errorf("%s: equal seeds give different graphs", r.Name)
		}
		checkSimple(t, r.Name, g, r.Name == "one_to_one")
		for _, bad := range []Rule{{Name: r.Name, P: math.NaN()}, {Name: r.Name, P: 2}} {
			if _, err := Build(one(24, bad), 1); err == nil {
				t.Errorf("%s: p=%v was accepted", r.Name, bad.P)
			}
		}
	}
}

func checkSimple(t *testing.T, name string, g *Graph, autapses bool) {
	t.Helper()
	s := g.Synapses()
	for i := range s {
		if s[i].Source == s[i].Target && !autapses {
			t.Errorf("%s: autapse at %d", name, s[i].Source)
		}
		if i > 0 && s[i].Source == s[i-1].Source && s[i].Target == s[i-1].Target {
			t.Errorf("%s: %d → %d twice", name, s[i].Source, s[i].Target)
		}
	}
}

// symmetric tells whether every synapse has its reverse.
func symmetric(g *Graph) bool {
	set := newEdgeSet(g.NumSynapses())
	for _, s := range g.Synapses() {
		set.add(edgeKey(int32(s.Source), int32(s.Target), true))
	}
	for _, s := range g.Synapses() {
		if !set.has(edgeKey(int32(s.Target), int32(s.Source), true)) {
			return false
		}
	}
	return true
}

// TestPromisedCounts: exact numbers of synapses, equal to the number of edges
// in networkx for the same parameters.
func TestPromisedCounts(t *testing.T) {
	for _, c := range []struct {
		rule      Rule
		synapses  int
		symmetric bool
	}{
		{Rule{Name: "ring", K: 6}, 600, true},
		{Rule{Name: "ring", K: 5, Directed: true}, 500, false},
		{Rule{Name: "lattice", Shape: []int{10, 10}, Torus: true}, 400, true},
		{Rule{Name: "lattice", Shape: []int{10, 10}}, 360, true}, // 2·10·9 edges
		{Rule{Name: "lattice"}, 198, true},
		{Rule{Name: "lattice", Shape: []int{4, 5, 5}}, 2 * (75 + 80 + 80), true},
		{Rule{Name: "lattice", Shape: []int{10, 10}, Radius: 2, Torus: true}, 1200, true},
		{Rule{Name: "watts_strogatz", K: 6, P: .3}, 600, true},
		{Rule{Name: "watts_strogatz", K: 99, P: .3, Directed: true}, 9900, true},
		{Rule{Name: "watts_strogatz", K: 7, P: .3, Directed: true}, 700, false},
		{Rule{Name: "star"}, 198, true},
		{Rule{Name: "erdos_renyi", Number: 321}, 642, true},
		{Rule{Name: "erdos_renyi", Number: 321, Directed: true}, 321, false},
		{Rule{Name: "barabasi_albert", M: 3}, 2 * 3 * 97, true},
		{Rule{Name: "barabasi_albert", M: 3, Directed: true}, 3 * 97, false},
		{Rule{Name: "configuration_model", InDegrees: slices.Repeat([]int{3}, 100)}, 300, true},
		{Rule{Name: "configuration_model", InDegrees: slices.Repeat([]int{3}, 100), OutDegrees: slices.Repeat([]int{6, 0}, 50)}, 300, false},
		{Rule{Name: "feed_forward", Sizes: []int{50, 30, 20}}, 2100, false},
		{Rule{Name: "core_periphery", Core: 10, Probabilities: [][]float64{{1, 0}, {0, 0}}}, 90, true},
		{Rule{Name: "stochastic_block", Sizes: []int{60, 40}, Probabilities: [][]float64{{1, 0}, {0, 1}}}, 60*59 + 40*39, true},
		{Rule{Name: "stochastic_block", Sizes: []int{60, 40}, Probabilities: [][]float64{{0, 1}, {0, 0}}, Directed: true}, 2400, false},
		{Rule{Name: "hierarchical_modular", Levels: 1, Branching: 3, P: 1}, 33*32 + 33*32 + 34*33, true},
		{Rule{Name: "spatial", Kernel: "box", P: 1, Scale: 2}, 9900, true},
	} {
		g := mustBuild(t, one(100, c.rule), 5)
		if g.NumSynapses() != c.synapses || symmetric(g) != c.symmetric {
			t.Errorf("%+v: %d synapses (symmetric %v), want %d (%v)", c.rule, g.NumSynapses(), symmetric(g), c.synapses, c.symmetric)
		}
	}
}

// degrees returns in- and out-degrees.
func degrees(g *Graph) (in, out []int) {
	in, out = make([]int, g.NumNeurons()), make([]int, g.NumNeurons())
	for _, s := range g.Synapses() {
		in[s.Target]++
		out[s.Source]++
	}
	return in, out
}

func TestConfigurationModelKeepsDegrees(t *testing.T) {
	in, out := make([]int, 60), make([]int, 60)
	for i := range 60 {
		in[i], out[i] = i%7, (i+3)%7
	}
	for sum(in) != sum(out) {
		if sum(in) < sum(out) {
			in[0]++
		} else {
			out[0]++
		}
	}
	gotIn, gotOut := degrees(mustBuild(t, one(60, Rule{Name: "configuration_model", InDegrees: in, OutDegrees: out}), 1))
	if !slices.Equal(gotIn, in) || !slices.Equal(gotOut, out) {
		t.Errorf("degrees %v %v, want %v %v", gotIn, gotOut, in, out)
	}
	impossible := make([]int, 60)
	impossible[0] = 100
	if _, err := Build(one(60, Rule{Name: "configuration_model", InDegrees: impossible}), 1); err == nil {
		t.Error("degrees without a graph were accepted")
	}
}

func sum(s []int) (total int) {
	for _, v := range s {
		total += v
	}
	return total
}

func TestDirectedWattsStrogatzKeepsInDegree(t *testing.T) {
	for _, p := range []float64{0, .1, 1} {
		in, _ := degrees(mustBuild(t, one(200, Rule{Name: "watts_strogatz", K: 10, P: p, Directed: true}), 1))
		for i, k := range in {
			if k != 10 {
				t.Fatalf("p=%v: in-degree %d of neuron %d, want 10", p, k, i)
			}
		}
	}
}

// TestExpectedCounts holds random counts to five standard deviations.
func TestExpectedCounts(t *testing.T) {
	for _, c := range []struct {
		rule  Rule
		draws float64 // independent coins
		p     float64
		each  float64 // synapses per hit
	}{
		{Rule{Name: "pairwise_bernoulli", P: .01}, 1000 * 999, .01, 1},
		{Rule{Name: "erdos_renyi", P: .01}, 1000 * 999 / 2, .01, 2},
		{Rule{Name: "erdos_renyi", P: .01, Directed: true}, 1000 * 999, .01, 1},
		{Rule{Name: "spatial", Kernel: "box", P: .01, Scale: 9}, 1000 * 999, .01, 1},
	} {
		got := float64(mustBuild(t, one(1000, c.rule), 2).NumSynapses()) / c.each
		want, sd := c.draws*c.p, math.Sqrt(c.draws*c.p*(1-c.p))
		if !(math.Abs(got-want) <= 5*sd) {
			t.Errorf("%+v: %g hits, want %g ± %g", c.rule, got, want, sd)
		}
	}
}

// TestSpatialAgainstBruteForce compares the number of synapses in bands of
// distance with the sum of probabilities over all pairs.
func TestSpatialAgainstBruteForce(t *testing.T) {
	for _, r := range []Rule{
		{Name: "spatial", Kernel: "gaussian", P: .9, Scale: .1},
		{Name: "spatial", Kernel: "exponential", P: .5, Scale: .1, Torus: true},
		{Name: "spatial", Kernel: "linear", P: 1, Scale: .3},
	} {
		g := mustBuild(t, one(800, r), 4)
		d := &drawing{Rule: &r}
		points := g.Populations[0].Positions
		var got, want, variance [8]float64
		band := func(i, j int) int { return min(int(math.Sqrt(d.squared(points[i], points[j]))/.05), 7) }
		for i := range 800 {
			for j := range 800 {
				if p := r.P * r.kernel(math.Sqrt(d.squared(points[i], points[j]))/r.Scale); i != j {
					want[band(i, j)] += p
					variance[band(i, j)] += p * (1 - p)
				}
			}
		}
		for _, s := range g.Synapses() {
			got[band(int(s.Source), int(s.Target))]++
		}
		for b := range got {
			if math.Abs(got[b]-want[b]) > 5*math.Sqrt(variance[b])+1 {
				t.Errorf("%s band %d: %g synapses, want %g ± %g", r.Kernel, b, got[b], want[b], math.Sqrt(variance[b]))
			}
		}
	}
}

// TestSpatialManyCells uses a network that is cut into many cells, so that only
// near cells are visited. It compares the in-degrees of some neurons with the
// sum of probabilities over all sources, in bands of distance.
func TestSpatialManyCells(t *testing.T) {
	const n, every = 70_000, 2300
	for _, r := range []Rule{
		{Name: "spatial", Kernel: "gaussian", P: .6, Scale: .008, Torus: true},
		{Name: "spatial", Kernel: "exponential", P: .5, Scale: .006},
		{Name: "spatial", Kernel: "box", P: .3, Scale: .012, Torus: true},
	} {
		desc := one(n, r)
		desc.Populations[0].Place = Placement{Kind: "random"}
		g := mustBuild(t, desc, 4)
		d := &drawing{Rule: &r}
		points := g.Populations[0].Positions
		var got, want, variance [8]float64
		for target := 0; target < n; target += every {
			for source := range n {
				x := math.Sqrt(d.squared(points[source], points[target])) / r.Scale
				if p := r.P * r.kernel(x); source != target {
					want[min(int(2*x), 7)] += p
					variance[min(int(2*x), 7)] += p * (1 - p)
				}
			}
			for _, source := range g.Incoming(neuron.ID(target)).Source {
				got[min(int(2*math.Sqrt(d.squared(points[source], points[target]))/r.Scale), 7)]++
			}
		}
		for b := range got {
			if math.Abs(got[b]-want[b]) > 5*math.Sqrt(variance[b])+1 {
				t.Errorf("%s band %d: %g synapses, want %g ± %g", r.Kernel, b, got[b], want[b], math.Sqrt(variance[b]))
			}
		}
	}
}

func TestPowerLawExponent(t *testing.T) {
	g := mustBuild(t, one(20000, Rule{Name: "power_law", Exponent: 2.5, MinK: 3, MaxK: 140}), 1)
	in, _ := degrees(g)
	// Maximum likelihood for the discrete truncated law, by a scan over the
	// exponent.
	best, at := math.Inf(-1), 0.0
	for a := 2.0; a < 3; a += .01 {
		z, l := 0.0, 0.0
		for k := 3; k <= 140; k++ {
			z += math.Pow(float64(k), -a)
		}
		for _, k := range in {
			l -= a*math.Log(float64(k)) + math.Log(z)
		}
		if l > best {
			best, at = l, a
		}
	}
	if !(math.Abs(at-2.5) <= .05) {
		t.Errorf("the degrees follow exponent %.2f, want 2.5", at)
	}
}

func TestDelayFromDistance(t *testing.T) {
	n := one(50, Rule{Name: "all_to_all"})
	n.Projections[0].Delays = Dist{Kind: "distance", Value: 500, Slope: 10000}
	g := mustBuild(t, n, 1)
	for _, s := range g.Synapses() {
		a, _ := g.Position(s.Source)
		b, _ := g.Position(s.Target)
		if want := int32(math.Round(500 + 10000*a.Distance(b))); s.Delay != want {
			t.Fatalf("delay %d, want %d", s.Delay, want)
		}
	}
}

func TestNullModelsKeepDegrees(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		g := mustBuild(t, one(60, Rule{Name: "erdos_renyi", P: .1, Directed: !undirected}), 1)
		g.Undirected = undirected
		r := g.Randomised(5, newRand(1))
		checkInvariants(t, r)
		checkSimple(t, "randomised", r, false)
		in, out := degrees(g)
		rin, rout := degrees(r)
		if !slices.Equal(in, rin) || !slices.Equal(out, rout) {
			t.Error("degrees changed")
		}
		if undirected && !symmetric(r) {
			t.Error("an undirected graph lost its symmetry")
		}
		if equal(g, r) {
			t.Error("nothing changed")
		}
		for id := range neuron.ID(60) { // weights stay with the target
			a, b := slices.Clone(g.Incoming(id).Weight), slices.Clone(r.Incoming(id).Weight)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Fatalf("weights of target %d changed", id)
			}
		}
	}
}

func TestWithoutKeepsTheRest(t *testing.T) {
	g := mustBuild(t, one(30, Rule{Name: "fixed_indegree", Indegree: 5}), 1)
	out, err := g.Without([]neuron.ID{3, 7}, []int64{0, 100, 149})
	if err != nil {
		t.Fatal(err)
	}
	checkInvariants(t, out)
	var want []Synapse
	for i, s := range g.Synapses() {
		if s.Source != 3 && s.Source != 7 && s.Target != 3 && s.Target != 7 && i != 0 && i != 100 && i != 149 {
			want = append(want, s)
		}
	}
	if !slices.Equal(out.Synapses(), want) {
		t.Error("the survivors differ")
	}
	if _, err := g.Without([]neuron.ID{30}, nil); err == nil {
		t.Error("an unknown neuron was removed")
	}
	sub, ids, err := g.Subgraph([]neuron.ID{9, 2, 5})
	if err != nil || sub.NumNeurons() != 3 || !slices.Equal(ids, []neuron.ID{2, 5, 9}) || len(sub.Populations[0].Positions) != 3 {
		t.Errorf("subgraph: %v %v", ids, err)
	}
	back, err := out.With([]Synapse{{Source: 3, Target: 4, Weight: 1, Delay: 1}})
	if err != nil || back.NumSynapses() != out.NumSynapses()+1 {
		t.Errorf("with: %v", err)
	}
}

func TestEdgeSetAgainstMap(t *testing.T) {
	rng := newRand(1)
	set, want := newEdgeSet(200), make(map[uint64]bool)
	for range 20000 {
		key := edgeKey(rng.Int32N(20), rng.Int32N(20), true)
		switch {
		case rng.IntN(2) == 0:
			set.remove(key)
			delete(want, key)
		default:
			if set.add(key) == want[key] {
				t.Fatal("add told wrong")
			}
			want[key] = true
		}
		if probe := edgeKey(rng.Int32N(20), rng.Int32N(20), true); set.has(probe) != want[probe] {
			t.Fatal("has told wrong")
		}
	}
}

// TestWithinTheKernel: the table of steps never gives a different decision than
// the kernel itself.
func TestWithinTheKernel(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	for _, kernel := range []string{"gaussian", "exponential", "linear", "box"} {
		for _, torus := range []bool{false, true} {
			d := &drawing{Rule: &Rule{Name: "spatial", Kernel: kernel, P: 0.7, Scale: 0.1, Torus: torus}}
			d.steps = d.kernelSteps()
			told := 0
			for range 20000 {
				a, b := Point{rng.Float64(), rng.Float64()}, Point{rng.Float64(), rng.Float64()}
				if rng.IntN(2) == 0 { // a grid has pairs at the very edge of a kernel
					a, b = Point{math.Round(a[0]*20) / 20}, Point{math.Round(b[0]*20) / 20}
				}
				top := d.P * d.kernel(math.Sqrt(d.squared(a, b))/d.Scale)
				for _, u := range []float64{top, math.Nextafter(top, 2), math.Nextafter(top, 0), top * rng.Float64(), d.P * rng.Float64()} {
					if got, want := d.within(u, a, b), u < top; got != want {
						t.Fatalf("%s: u = %v at %v, %v: %v, the kernel says %v", kernel, u, a, b, got, want)
					} else if got {
						told++
					}
				}
			}
			if told < 1000 {
				t.Errorf("%s: only %d pairs were joined", kernel, told)
			}
		}
	}
}
