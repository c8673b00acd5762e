package topology

import (
	"strings"
	"testing"

	"infomorph/neuron"
)

// one returns a network of one population of n neurons with one projection.
func one(n int, r Rule) *Network {
	return &Network{
		Populations: []Population{{Name: "net", Size: n, Place: Placement{Kind: "random"}}},
		Projections: []Projection{{From: "net", To: "net", Port: neuron.Contextual, Rule: r, Weights: Normal(0, 1), Delays: Uniform(1000, 2000)}},
	}
}

func mustBuild(t testing.TB, n *Network, seed uint64) *Graph {
	t.Helper()
	g, err := Build(n, seed)
	if err != nil {
		t.Fatal(err)
	}
	checkInvariants(t, g)
	return g
}

// checkInvariants checks the invariants of every graph.
func checkInvariants(t testing.TB, g *Graph) {
	t.Helper()
	var next int64
	spelt := g.Clone()
	for n := range g.NumNeurons() {
		in := g.Incoming(neuron.ID(n))
		if in.First != next {
			t.Fatalf("target %d starts at %d, want %d", n, in.First, next)
		}
		next += int64(len(in.Source))
		r := row{&spelt.columns, g.offsets[n], g.offsets[n+1]}
		if !r.sorted() {
			t.Fatalf("synapses of target %d are not sorted", n)
		}
		for i := range in.Source {
			s := Synapse{in.Source[i], neuron.ID(n), in.Weight[i], in.Delay[i], in.Projection[i], in.Port[i]}
			if err := g.checkSynapse(&s); err != nil {
				t.Fatal(err)
			}
		}
	}
	if next != int64(g.NumSynapses()) {
		t.Fatalf("rows hold %d synapses of %d", next, g.NumSynapses())
	}
}

func TestChannelsFollowNeurons(t *testing.T) {
	g := mustBuild(t, &Network{
		Populations: []Population{{Name: "a", Size: 3}, {Name: "b", Size: 2}},
		Channels:    []Population{{Name: "inputs", Size: 2}},
		Projections: []Projection{
			{From: "a", To: "b", Port: neuron.Contextual, Rule: Rule{Name: "all_to_all"}, Weights: Constant(0.5), Delays: Constant(0.2)},
			{From: "inputs", To: "b", Port: neuron.Receptive, Rule: Rule{Name: "one_to_one"}, Weights: Constant(1)},
		},
	}, 1)
	if g.NumNeurons() != 5 || g.NumChannels() != 2 || g.NumSynapses() != 8 {
		t.Fatalf("sizes %d %d %d", g.NumNeurons(), g.NumChannels(), g.NumSynapses())
	}
	in := g.Incoming(4)
	if in.Source[0] != 6 || in.Port[0] != neuron.Receptive || in.Delay[0] != defaultDelay || in.Weight[0] != 1 {
		t.Errorf("the receptive synapse of neuron 4 is %+v", in)
	}
	if in.Source[1] != 0 || in.Source[3] != 2 || in.Delay[1] != 1 || in.Weight[3] != 0.5 {
		t.Errorf("the contextual synapses of neuron 4 are %+v", in)
	}
	if n := testing.AllocsPerRun(100, func() { g.Incoming(4) }); n != 0 {
		t.Errorf("Incoming allocates %v times", n)
	}
}

func TestValidateReportsEveryFault(t *testing.T) {
	n := &Network{
		Populations: []Population{{Name: "a", Size: 3}, {Name: "a", Size: -1}},
		Projections: []Projection{
			{From: "a", To: "nowhere", Rule: Rule{Name: "all_to_all"}},
			{From: "a", To: "a", Port: 9, Rule: Rule{Name: "fixed_indegree", Indegree: 3}, Weights: Dist{Kind: "gamma"}},
		},
	}
	_, err := Build(n, 1)
	for _, want := range []string{"used twice", "size: -1", `"nowhere"`, "port: 9", "only 2 partners", `"gamma"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %q: %v", want, err)
		}
	}
}

func TestSeedDecides(t *testing.T) {
	n := one(50, Rule{Name: "fixed_indegree", Indegree: 5})
	a, b, c := mustBuild(t, n, 1), mustBuild(t, n, 1), mustBuild(t, n, 2)
	if !equal(a, b) {
		t.Error("equal seeds give different graphs")
	}
	if equal(a, c) {
		t.Error("different seeds give equal graphs")
	}
}

func equal(a, b *Graph) bool {
	x, y := a.Synapses(), b.Synapses()
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

func TestElementaryRules(t *testing.T) {
	for _, c := range []struct {
		rule     Rule
		synapses int
		in, out  int // −1: not promised
	}{
		{Rule{Name: "one_to_one"}, 20, 1, 1},
		{Rule{Name: "all_to_all"}, 380, 19, 19},
		{Rule{Name: "all_to_all", Autapses: true}, 400, 20, 20},
		{Rule{Name: "fixed_indegree", Indegree: 7}, 140, 7, -1},
		{Rule{Name: "fixed_indegree", Indegree: 19}, 380, 19, 19},
		{Rule{Name: "fixed_indegree", Indegree: 30, Multapses: true}, 600, 30, -1},
		{Rule{Name: "fixed_outdegree", Outdegree: 7}, 140, -1, 7},
		{Rule{Name: "fixed_total_number", Number: 5}, 5, -1, -1},
		{Rule{Name: "fixed_total_number", Number: 333}, 333, -1, -1},
		{Rule{Name: "fixed_total_number", Number: 999, Multapses: true, Autapses: true}, 999, -1, -1},
		{Rule{Name: "pairwise_bernoulli", P: 1}, 380, 19, 19},
		{Rule{Name: "pairwise_bernoulli"}, 0, 0, 0},
	} {
		g := mustBuild(t, one(20, c.rule), 3)
		if g.NumSynapses() != c.synapses {
			t.Errorf("%+v: %d synapses, want %d", c.rule, g.NumSynapses(), c.synapses)
		}
		seen := make(map[[2]neuron.ID]bool)
		out := make([]int, 20)
		for _, s := range g.Synapses() {
			if s.Source == s.Target && !c.rule.Autapses && c.rule.Name != "one_to_one" {
				t.Errorf("%s: autapse at %d", c.rule.Name, s.Source)
			}
			pair := [2]neuron.ID{s.Source, s.Target}
			if seen[pair] && !c.rule.Multapses {
				t.Errorf("%s: %v twice", c.rule.Name, pair)
			}
			seen[pair] = true
			out[s.Source]++
		}
		for i := range 20 {
			if d := g.InDegree(neuron.ID(i)); c.in >= 0 && d != c.in {
				t.Errorf("%s: in-degree %d, want %d", c.rule.Name, d, c.in)
			}
			if c.out >= 0 && out[i] != c.out {
				t.Errorf("%s: out-degree %d, want %d", c.rule.Name, out[i], c.out)
			}
		}
	}
}
