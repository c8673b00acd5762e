package lesion

import (
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
	"infomorph/topology/measure"
)

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }

func build(t *testing.T, n int, r topology.Rule) *topology.Graph {
	t.Helper()
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: n}},
		Projections: []topology.Projection{{From: "net", To: "net", Port: neuron.Contextual, Rule: r, Weights: topology.Normal(0, 1)}},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestNeurons(t *testing.T) {
	star := build(t, 30, topology.Rule{Name: "star"})
	for _, by := range []string{"degree", "betweenness"} {
		got, err := (&Choice{By: by, Count: 1}).Neurons(star, newRand())
		if err != nil || !slices.Equal(got, []neuron.ID{0}) {
			t.Errorf("%s: %v %v, want the hub", by, got, err)
		}
		got, _ = (&Choice{By: by, Count: 29, Smallest: true}).Neurons(star, newRand())
		if slices.Contains(got, 0) {
			t.Errorf("%s, smallest first, takes the hub", by)
		}
	}
	got, _ := (&Choice{By: "random", Fraction: .5}).Neurons(star, newRand())
	if len(got) != 15 || !slices.IsSorted(got) || len(slices.Compact(got)) != 15 {
		t.Errorf("random: %v", got)
	}
	got, _ = (&Choice{By: "id", IDs: []int64{7, 3, 7}}).Neurons(star, newRand())
	if !slices.Equal(got, []neuron.ID{3, 7}) {
		t.Errorf("id: %v", got)
	}
}

func TestCommunity(t *testing.T) {
	g := build(t, 30, topology.Rule{Name: "stochastic_block", Sizes: []int{10, 20}, Probabilities: [][]float64{{1, .02}, {.02, 1}}})
	got, err := (&Choice{By: "community", Communities: []int{0}}).Neurons(g, newRand())
	if err != nil || len(got) != 10 || got[9] != 9 {
		t.Errorf("%v %v, want the first block", got, err)
	}
	s, err := (&Choice{By: "community", Communities: []int{0}}).Synapses(g, newRand())
	if err != nil || len(s) != 90 {
		t.Errorf("%d synapses inside the first block, want 90 (%v)", len(s), err)
	}
}

func TestSynapses(t *testing.T) {
	g := build(t, 30, topology.Rule{Name: "barabasi_albert", M: 2})
	for _, by := range []string{"random", "degree", "betweenness"} {
		s, err := (&Choice{By: by, Fraction: .25}).Synapses(g, newRand())
		if err != nil || len(s) != g.NumSynapses()/4 {
			t.Errorf("%s: %d synapses, %v", by, len(s), err)
		}
		out, err := g.Without(nil, s)
		if err != nil || out.NumSynapses() != g.NumSynapses()-len(s) {
			t.Errorf("%s: %v", by, err)
		}
	}
}

func TestBadChoices(t *testing.T) {
	g := build(t, 10, topology.Rule{Name: "star"})
	for _, c := range []Choice{
		{}, {By: "id"}, {By: "community"}, {By: "random", Count: -1}, {By: "random", Count: 1, Fraction: .5}, {By: "degree", Fraction: 2},
		{By: "random", Count: 11}, {By: "id", IDs: []int64{10}}, {By: "community", Communities: []int{99}},
	} {
		if _, err := c.Neurons(g, newRand()); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

func TestTurnover(t *testing.T) {
	g := build(t, 20, topology.Rule{Name: "fixed_indegree", Indegree: 6})
	rule := Rule{Threshold: .5, For: 10 * neuron.Millisecond, Regrow: true, Weight: topology.Constant(.9)}
	if err := rule.Validate(); err != nil {
		t.Fatal(err)
	}
	turn := NewTurnover(rule, g.NumSynapses())
	if due := turn.Observe(g.Weights(), 0); len(due) != 0 {
		t.Fatalf("%d synapses are pruned at once", len(due))
	}
	g.Weights()[5] = 2 // it recovers, and its time starts anew
	turn.Observe(g.Weights(), 5*neuron.Millisecond)
	g.Weights()[5] = 0
	turn.Observe(g.Weights(), 6*neuron.Millisecond)
	due := turn.Observe(g.Weights(), 10*neuron.Millisecond)
	if slices.Contains(due, 5) || len(due) == 0 {
		t.Fatalf("due: %v", due)
	}
	out, next, err := turn.Next(g, due, newRand())
	if err != nil || out.NumSynapses() != g.NumSynapses() {
		t.Fatalf("%d synapses, %v", out.NumSynapses(), err)
	}
	for id := range neuron.ID(20) {
		in := out.Incoming(id)
		if len(in.Source) != 6 || len(slices.Compact(slices.Clone(in.Source))) != 6 || slices.Contains(in.Source, id) {
			t.Errorf("neuron %d has %v", id, in.Source)
		}
	}
	if due := next.Observe(out.Weights(), 16*neuron.Millisecond); len(due) != 1 || out.Weights()[due[0]] != 0 {
		t.Errorf("after it, %v are due, want the one that recovered", due)
	}
	rule.Weight.Kind = "gamma"
	if rule.Validate() == nil {
		t.Error("a bad weight was accepted")
	}
}

func TestCompareWithInitial(t *testing.T) {
	g := build(t, 20, topology.Rule{Name: "fixed_indegree", Indegree: 6})
	out, _ := g.Without(nil, []int64{0, 1, 2})
	c, err := measure.Compare(g, out)
	if err != nil || c.Removed != 3 || c.Added != 0 || c.Kept != 117 || c.WeightCorrelation < .999 {
		t.Errorf("%+v %v", c, err)
	}
}
