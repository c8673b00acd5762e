package measure

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

func build(t testing.TB, n int, r topology.Rule, weights topology.Dist) *topology.Graph {
	t.Helper()
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: n}},
		Projections: []topology.Projection{{From: "net", To: "net", Rule: r, Weights: weights}},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func value(t testing.TB, n *Net, name string) Result {
	t.Helper()
	r, err := Compute(n, name)
	if err != nil {
		t.Fatal(err)
	}
	return r[0]
}

// TestSmallWorldness: a small world has σ > 1 (Humphries, Gurney 2008). ω is
// near −1 for a lattice and near 0 or above for a random graph (Telesford et
// al. 2011).
func TestSmallWorldness(t *testing.T) {
	ring := New(build(t, 200, topology.Rule{Name: "ring", K: 8}, topology.Dist{}), Options{})
	small := New(build(t, 200, topology.Rule{Name: "watts_strogatz", K: 8, P: .1}, topology.Dist{}), Options{})
	random := New(build(t, 200, topology.Rule{Name: "erdos_renyi", P: .04}, topology.Dist{}), Options{})
	if s := value(t, small, "sigma"); s.Value < 3 || s.Samples != 10 || s.Error <= 0 {
		t.Errorf("σ of a small world is %v ± %v", s.Value, s.Error)
	}
	if s := value(t, random, "sigma"); !(math.Abs(float64(s.Value)-1) <= .25) {
		t.Errorf("σ of a random graph is %v, want about 1", s.Value)
	}
	low, mid, high := value(t, ring, "omega").Value, value(t, small, "omega").Value, value(t, random, "omega").Value
	if low > -.5 || !(math.Abs(float64(mid)) <= .5) || high < .6 {
		t.Errorf("ω of ring, small world and random graph: %v %v %v", low, mid, high)
	}
}

// TestArnoldiAgainstDense compares both ways on matrices with complex and with
// real leading eigenvalues.
func TestArnoldiAgainstDense(t *testing.T) {
	for _, w := range []topology.Dist{topology.Uniform(0, 1), topology.Normal(0, 1), topology.Constant(-1)} {
		n := New(build(t, 400, topology.Rule{Name: "fixed_indegree", Indegree: 20}, w), Options{Weighted: true})
		dense, sparse := spectralRadius(n), n.arnoldi()
		if d := math.Abs(float64(dense.Value - sparse.Value)); d > 1e-6*float64(dense.Value) {
			t.Errorf("%v: dense %.12g, Arnoldi %.12g ± %.2g", w, dense.Value, sparse.Value, sparse.Error)
		}
	}
}

// TestSampledEstimatesCoverTheTruth: for at least 33 of 40 seeds, the exact
// value is within two standard errors.
func TestSampledEstimatesCoverTheTruth(t *testing.T) {
	g := build(t, 300, topology.Rule{Name: "barabasi_albert", M: 2}, topology.Dist{})
	for _, name := range []string{"path_length", "global_efficiency", "closeness"} {
		exact := value(t, New(g, Options{}), name).Value
		hits := 0
		for seed := range uint64(40) {
			r := value(t, New(g, Options{Samples: 60, Seed: seed}), name)
			if math.Abs(float64(r.Value-exact)) <= 2*float64(r.Error) {
				hits++
			}
		}
		if hits < 33 {
			t.Errorf("%s: %d of 40 samples cover the exact value", name, hits)
		}
	}
}

// TestBetweennessErrorBars: for about 95 % of the nodes, the exact value is
// within two standard errors of the estimate, in graphs with heavy and light
// tails.
func TestBetweennessErrorBars(t *testing.T) {
	for _, rule := range []topology.Rule{
		{Name: "barabasi_albert", M: 2}, {Name: "watts_strogatz", K: 6, P: .1}, {Name: "erdos_renyi", P: .02, Directed: true}, {Name: "power_law", Exponent: 2.2, MinK: 1, MaxK: 60},
	} {
		g := build(t, 300, rule, topology.Dist{})
		exact := value(t, New(g, Options{}), "betweenness").PerNode
		for _, samples := range []int{40, 150} {
			hits, total, far := 0, 0, 0.0
			for seed := range uint64(15) {
				r := value(t, New(g, Options{Samples: samples, Seed: seed}), "betweenness")
				for i := range exact {
					off := math.Abs(r.PerNode[i] - exact[i])
					if off <= 2*r.PerNodeError[i]+1e-12 {
						hits++
					}
					total++
					far += r.PerNodeError[i]
				}
			}
			covered := float64(hits) / float64(total)
			t.Logf("%s, %d pivots: %.3f covered, mean error bar %.2g", rule.Name, samples, covered, far/float64(total))
			if covered < 0.9 || covered > 0.995 {
				t.Errorf("%s, %d pivots: %.3f of the nodes within two standard errors, want about 0.95", rule.Name, samples, covered)
			}
		}
	}
}

// TestBetweennessEstimate: if every node is a pivot, the estimate is exact, for
// hops and for lengths.
func TestBetweennessEstimate(t *testing.T) {
	g := build(t, 60, topology.Rule{Name: "erdos_renyi", P: .08, Directed: true}, topology.Uniform(.5, 2))
	for _, lengths := range []Lengths{Hops, Inverse} {
		n := New(g, Options{Lengths: lengths})
		exact := betweenness(n).PerNode
		all := make([]int, n.N)
		for i := range all {
			all[i] = i
		}
		r := n.estimateBetweenness(all)
		for i := range exact {
			if !(math.Abs(r.PerNode[i]-exact[i]) <= 1e-12) || r.PerNodeError[i] != 0 {
				t.Fatalf("%s: node %d: %v ± %v, exactly %v", lengths, i, r.PerNode[i], r.PerNodeError[i], exact[i])
			}
		}
	}
}

func TestEmptyAndTinyGraphs(t *testing.T) {
	for size := range 4 {
		for _, r := range []topology.Rule{{Name: "pairwise_bernoulli"}, {Name: "all_to_all"}, {Name: "one_to_one"}} {
			for _, samples := range []int{0, 1} {
				n := New(build(t, size, r, topology.Dist{}), Options{Weighted: samples == 1, Samples: samples})
				results, err := Compute(n, Names()...)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := json.Marshal(results); err != nil {
					t.Errorf("%s of %d: %v", r.Name, size, err)
				}
			}
		}
	}
}

func TestPortsAndParallelSynapses(t *testing.T) {
	g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: 3}}, []topology.Population{{Name: "in", Size: 1}}, nil, []topology.Synapse{
		{Source: 0, Target: 1, Weight: 1, Delay: 5, Port: neuron.Contextual},
		{Source: 0, Target: 1, Weight: 2, Delay: 3, Port: neuron.Lateral},
		{Source: 3, Target: 1, Weight: 9, Delay: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := New(g, Options{Lengths: Delay}); n.NumEdges() != 1 || n.in.weight[0] != 3 || n.in.length[0] != 3 {
		t.Errorf("merged: %+v", n.in)
	}
	if n := New(g, Options{Ports: []neuron.Port{neuron.Lateral}}); n.in.weight[0] != 2 {
		t.Errorf("lateral only: %+v", n.in)
	}
}

func TestResultsDoNotChange(t *testing.T) {
	g := build(t, 120, topology.Rule{Name: "watts_strogatz", K: 6, P: .2}, topology.Uniform(.1, 1))
	opt := Options{Weighted: true, Lengths: Inverse, Seed: 3}
	a, _ := Compute(New(g, opt), Names()...)
	b, _ := Compute(New(g, opt), Names()...)
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if !slices.Equal(x, y) {
		t.Error("two evaluations differ")
	}
}

func TestUnknownMeasure(t *testing.T) {
	n := New(build(t, 3, topology.Rule{Name: "star"}, topology.Dist{}), Options{Communities: []int{0}})
	if _, err := Compute(n, "density"); err == nil {
		t.Error("communities that do not fit were accepted")
	}
	n.opt.Communities = nil
	if _, err := Compute(n, "frobnication"); err == nil {
		t.Error("an unknown measure was accepted")
	}
}
