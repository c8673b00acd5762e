package topology

import (
	"math"
	"slices"
	"testing"

	"infomorph/neuron"
)

// TestDistributionsByTheirLaw compares samples with the distribution function:
// the largest difference between the two (Kolmogorov, Smirnov) is below 1.95/√n
// in 999 of 1000 samples. The part of a law that is clipped becomes a mass at
// the bound.
func TestDistributionsByTheirLaw(t *testing.T) {
	const n = 20000
	phi := func(z float64) float64 { return .5 * math.Erfc(-z/math.Sqrt2) }
	for _, c := range []struct {
		d    Dist
		law  func(x float64) float64
		mean float64
	}{
		{Uniform(-1, 3), func(x float64) float64 { return min(max((x+1)/4, 0), 1) }, 1},
		{Normal(2, 3), func(x float64) float64 { return phi((x - 2) / 3) }, 2},
		{Dist{Kind: "lognormal", Median: 2, Sigma: .5}, func(x float64) float64 { return phi(math.Log(x/2) / .5) }, 2 * math.Exp(.125)},
		{Dist{Kind: "normal", SD: 1, Min: -1, Max: 2}, func(x float64) float64 {
			switch {
			case x < -1:
				return 0
			case x >= 2:
				return 1
			}
			return phi(x)
		}, -phi(-1) + 2*phi(-2) + (math.Exp(-.5)-math.Exp(-2))/math.Sqrt(2*math.Pi)},
	} {
		rng, values, mean := newRand(11), make([]float64, n), 0.0
		for i := range values {
			v, err := c.d.Sample(rng)
			if err != nil {
				t.Fatal(err)
			}
			values[i], mean = v, mean+v/n
		}
		slices.Sort(values)
		far := 0.0
		for i, v := range values {
			if i+1 < n && values[i+1] == v {
				continue // compare a mass at its last value only
			}
			far = max(far, math.Abs(c.law(v)-float64(i+1)/n))
		}
		if far > 1.95/math.Sqrt(n) {
			t.Errorf("%+v: the law is %v away", c.d, far)
		}
		if !(math.Abs(mean-c.mean) <= .07) {
			t.Errorf("%+v: mean %v, want %v", c.d, mean, c.mean)
		}
	}
}

// TestDistributionsWithoutChance: deterministic values, as a weight and as a
// delay in whole microseconds.
func TestDistributionsWithoutChance(t *testing.T) {
	for _, c := range []struct {
		d        Dist
		distance float64
		weight   float32
		delay    int32
	}{
		{Dist{}, 7, 0, 1000},
		{Dist{Kind: "constant"}, 7, 0, 1},
		{Dist{Value: 5}, 7, 5, 5},
		{Constant(2.4), 7, 2.4, 2}, {Constant(2.5), 7, 2.5, 3}, {Constant(.4), 7, .4, 1}, {Constant(-3), 7, -3, 1}, {Constant(1), 0, 1, 1},
		{Constant(3e9), 0, 3e9, math.MaxInt32}, {Constant(2147483646), 0, 2147483646, 2147483646},
		{Constant(math.MaxFloat32), 0, math.MaxFloat32, math.MaxInt32}, {Constant(-math.MaxFloat32), 0, -math.MaxFloat32, 1},
		{Uniform(4, 4), 7, 4, 4}, {Normal(6, 0), 7, 6, 6}, {Dist{Kind: "lognormal", Median: 8}, 7, 8, 8},
		{Dist{Kind: "distance", Value: 100, Slope: 3}, 7, 121, 121}, {Dist{Kind: "distance", Value: 100, Slope: -30}, 7, -110, 1},
		{Dist{Kind: "distance", Slope: 1, Max: 5}, 7, 5, 5}, {Dist{Kind: "distance", Slope: 1, Min: 9, Max: 10}, 7, 9, 9},
		{Dist{Kind: "distance", Slope: 1, Min: 3, Max: 3}, 7, 7, 7}, // equal bounds mean no bounds
		{Dist{Kind: "distance", Slope: math.MaxFloat32}, 1e5, math.MaxFloat32, math.MaxInt32}, {Dist{Kind: "distance", Slope: -math.MaxFloat32}, 1e5, -math.MaxFloat32, 1},
	} {
		if w, d := c.d.drawWeight(newRand(1), c.distance), c.d.drawDelay(newRand(1), c.distance); w != c.weight || d != c.delay {
			t.Errorf("%+v at %v: %v and %d µs, want %v and %d µs", c.d, c.distance, w, d, c.weight, c.delay)
		}
	}
}

// TestWeightsAndDelaysAreIndependent: weights and delays with the same law are
// separate draws. Values by distance are exact for every synapse, also between
// groups.
func TestWeightsAndDelaysAreIndependent(t *testing.T) {
	net := within(20, Rule{Name: "all_to_all"})
	net.Projections[0].Weights, net.Projections[0].Delays = Uniform(1, 1000), Uniform(1, 1000)
	same := 0
	for _, s := range mustBuild(t, net, 1).Synapses() {
		if math.Abs(float64(s.Weight)-float64(s.Delay)) < 1 {
			same++
		}
	}
	if same > 20 {
		t.Errorf("%d of 380 synapses have one number for both", same)
	}
	far := Dist{Kind: "distance", Value: 7, Slope: 1000}
	two := between(3, 4, Rule{Name: "all_to_all"})
	two.Projections[0].Weights, two.Projections[0].Delays = far, far
	two.Projections = append(two.Projections, Projection{From: "to", To: "to", Rule: Rule{Name: "all_to_all"}, Weights: Constant(3), Delays: far})
	g := mustBuild(t, two, 1)
	for _, s := range g.Synapses() {
		a, _ := g.Position(s.Source)
		b, _ := g.Position(s.Target)
		want := 7 + 1000*math.Hypot(a[0]-b[0], a[1]-b[1])
		if weight := map[int16]float64{0: want, 1: 3}[s.Projection]; float64(s.Weight) != float64(float32(weight)) || float64(s.Delay) != math.Round(want) {
			t.Errorf("%+v, want a distance of %v", s, want)
		}
	}
}

// TestImportedValues: weights and delays, or one of the two, come from the
// imported graph, also if it has several synapses between a pair, at several
// ports, and if the population is not the first. Synapses from channels are
// left out.
func TestImportedValues(t *testing.T) {
	from, err := FromSynapses([]Population{{Name: "x", Size: 3}}, []Population{{Name: "in", Size: 1}}, nil, []Synapse{
		{Source: 2, Target: 0, Weight: 1, Delay: 10, Port: neuron.Lateral},
		{Source: 1, Target: 0, Weight: 2, Delay: 20, Port: neuron.Contextual},
		{Source: 2, Target: 0, Weight: 3, Delay: 30, Port: neuron.Receptive},
		{Source: 3, Target: 0, Weight: 4, Delay: 40},
		{Source: 0, Target: 2, Weight: 5, Delay: 50},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		weights, delays Dist
		want            []Synapse
	}{
		{FromGraph(), FromGraph(), []Synapse{{2, 1, 2, 20, 1, 1}, {3, 1, 3, 30, 1, 1}, {3, 1, 1, 10, 1, 1}, {1, 3, 5, 50, 1, 1}}},
		{FromGraph(), Constant(7), []Synapse{{2, 1, 2, 7, 1, 1}, {3, 1, 3, 7, 1, 1}, {3, 1, 1, 7, 1, 1}, {1, 3, 5, 7, 1, 1}}},
		{Constant(-1), FromGraph(), []Synapse{{2, 1, -1, 20, 1, 1}, {3, 1, -1, 30, 1, 1}, {3, 1, -1, 10, 1, 1}, {1, 3, -1, 50, 1, 1}}},
	} {
		g := mustBuild(t, &Network{
			Populations: []Population{{Name: "first", Size: 1}, {Name: "net", Size: 3}},
			Projections: []Projection{
				{From: "first", To: "net", Port: neuron.Receptive, Rule: Rule{Name: "all_to_all"}, Weights: Constant(9)},
				{From: "net", To: "net", Port: neuron.Contextual, Rule: Rule{Name: "imported", Graph: from}, Weights: c.weights, Delays: c.delays},
			},
		}, 1)
		got := slices.DeleteFunc(g.Synapses(), func(s Synapse) bool { return s.Projection == 0 })
		if !slices.Equal(got, c.want) || g.NumSynapses() != len(c.want)+3 {
			t.Errorf("%+v, %+v:\n got %v\nwant %v", c.weights, c.delays, got, c.want)
		}
	}
}

// TestExpectedExactly: rules for which the number of synapses or its mean is
// known.
func TestExpectedExactly(t *testing.T) {
	even := [][]float64{{.5, .5}, {.5, .5}}
	three := graphOf(t, 3, Synapse{Source: 1, Target: 0, Delay: 1}, Synapse{Source: 1, Target: 2, Delay: 1})
	for _, c := range []struct {
		net  *Network
		want float64 // −1: not known
	}{
		{within(5, Rule{Name: "one_to_one"}), 5}, {between(4, 4, Rule{Name: "one_to_one"}), 4},
		{within(5, Rule{Name: "all_to_all"}), 20}, {within(5, Rule{Name: "all_to_all", Autapses: true}), 25}, {between(4, 3, Rule{Name: "all_to_all"}), 12}, {within(0, Rule{Name: "all_to_all"}), 0},
		{between(4, 3, Rule{Name: "fixed_indegree", Indegree: 2}), 6}, {between(4, 3, Rule{Name: "fixed_outdegree", Outdegree: 2}), 8},
		{within(5, Rule{Name: "fixed_total_number", Number: 7}), 7}, {within(5, Rule{Name: "pairwise_bernoulli", P: .25}), 5}, {between(4, 3, Rule{Name: "pairwise_bernoulli", P: .25}), 3},
		{within(5, Rule{Name: "ring", K: 2}), 10}, {within(5, Rule{Name: "watts_strogatz", K: 4, P: .3}), 20}, {within(5, Rule{Name: "watts_strogatz", K: 3, Directed: true}), 15},
		{within(5, Rule{Name: "star"}), 8}, {within(5, Rule{Name: "star", Directed: true}), 4},
		{within(5, Rule{Name: "barabasi_albert", M: 2}), 12}, {within(5, Rule{Name: "barabasi_albert", M: 2, Directed: true}), 6},
		{within(5, Rule{Name: "erdos_renyi", P: .5}), 10}, {within(5, Rule{Name: "erdos_renyi", P: .5, Directed: true}), 10},
		{within(5, Rule{Name: "erdos_renyi", Number: 3}), 6}, {within(5, Rule{Name: "erdos_renyi", Number: 3, Directed: true}), 3},
		{within(3, Rule{Name: "configuration_model", InDegrees: []int{2, 1, 1}}), 4},
		{within(3, Rule{Name: "imported", Graph: three}), 2}, {within(3, Rule{Name: "rewire", Graph: three}), 2}, {within(3, Rule{Name: "degree_preserving", Graph: three}), 2},
		{within(5, Rule{Name: "power_law", Exponent: 2}), -1}, {within(4, Rule{Name: "lattice"}), -1}, {within(4, Rule{Name: "feed_forward", Sizes: []int{2, 2}}), -1},
		{within(4, Rule{Name: "stochastic_block", Sizes: []int{2, 2}, Probabilities: even}), -1}, {within(4, Rule{Name: "core_periphery", Core: 1, Probabilities: even}), -1},
		{within(4, Rule{Name: "hierarchical_modular", Levels: 1, Branching: 2, P: 1}), -1},
		{&Network{Populations: []Population{{Name: "a", Size: 3}}, Channels: []Population{{Name: "c", Size: 2}}, Projections: []Projection{
			{From: "c", To: "a", Rule: Rule{Name: "all_to_all"}}, {From: "a", To: "a", Rule: Rule{Name: "ring", K: 2}},
		}}, 12},
		{&Network{Populations: []Population{{Name: "a", Size: 3}}, Projections: []Projection{{From: "a", To: "a", Rule: Rule{Name: "ring", K: 2}}, {From: "a", To: "a", Rule: Rule{Name: "lattice"}}}}, -1},
	} {
		neurons, got, ok := c.net.Expected()
		want := 0
		for _, p := range c.net.Populations {
			want += p.Size
		}
		if neurons != want || ok != (c.want >= 0) || got != max(c.want, 0) {
			t.Errorf("%+v: %d neurons, %v synapses (known %v), want %d, %v", c.net.Projections[0].Rule, neurons, got, ok, want, c.want)
		}
	}
}

// TestExpectedInSpace compares the mean over random positions with known
// integrals: p·π·s² for a box on a torus; nearly that for a small box without a
// torus; p for an infinite one.
func TestExpectedInSpace(t *testing.T) {
	for _, c := range []struct {
		rule      Rule
		want, tol float64
	}{
		{Rule{Kernel: "box", P: .5, Scale: .25, Torus: true}, .5 * math.Pi / 16, .002},
		{Rule{Kernel: "box", P: .5, Scale: .5, Torus: true, Extent: 2}, .5 * math.Pi / 16, .002},
		{Rule{Kernel: "box", P: .7, Scale: 5}, .7, 1e-9},
		{Rule{Kernel: "box", P: .7, Scale: 5, Torus: true}, .7, 1e-9},
		{Rule{Kernel: "gaussian", P: 1, Scale: .02, Torus: true}, 2 * math.Pi * .02 * .02, .002},
		{Rule{Kernel: "exponential", P: 1, Scale: .01, Torus: true}, 2 * math.Pi * .01 * .01, .02},
		{Rule{Kernel: "linear", P: 1, Scale: .3, Torus: true}, math.Pi * .09 / 3, .002},
		{Rule{Kernel: "gaussian", P: 1, Scale: .01}, 2 * math.Pi * 1e-4, .03}, // less at the borders
		{Rule{Kernel: "gaussian", P: 1, Scale: 1000}, 1, 1e-3},
	} {
		c.rule.Name = "spatial"
		_, got, ok := within(11, c.rule).Expected()
		if share := got / 110; !ok || !(math.Abs(share-c.want) <= c.tol*c.want) {
			t.Errorf("%+v: a share of %v, want %v", c.rule, share, c.want)
		}
	}
}
