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

// TestByWeight selects by |weight|, whatever the sign.
func TestByWeight(t *testing.T) {
	g := build(t, 10, topology.Rule{Name: "ring", K: 2})
	for i := range g.Weights() {
		g.Weights()[i] = float32(i) * float32(1-2*(i%2)) // 0 −1 2 −3 …
	}
	got, err := (&Choice{By: "weight", Count: 3}).Synapses(g, newRand())
	if err != nil || !slices.Equal(got, []int64{17, 18, 19}) {
		t.Errorf("the strongest: %v %v", got, err)
	}
	got, _ = (&Choice{By: "weight", Count: 3, Smallest: true}).Synapses(g, newRand())
	if !slices.Equal(got, []int64{0, 1, 2}) {
		t.Errorf("the weakest: %v", got)
	}
	ids, _ := (&Choice{By: "weight", Count: 1}).Neurons(g, newRand()) // 8: 16 + 17 in, 15 and 19 out; 9: 18 + 19 in, 1 and 17 out
	if len(ids) != 1 || ids[0] != 8 {
		t.Errorf("the strongest neuron: %v", ids)
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
	look := func(g *topology.Graph, now neuron.Time) []int64 {
		due, err := turn.Observe(g, current(g), now)
		if err != nil {
			t.Fatal(err)
		}
		return due
	}
	if due := look(g, 0); len(due) != 0 {
		t.Fatalf("%d synapses are pruned at once", len(due))
	}
	g.Weights()[5] = 2 // it becomes strong again, and its time is reset
	look(g, 5*neuron.Millisecond)
	g.Weights()[5] = 0
	look(g, 6*neuron.Millisecond)
	due := look(g, 10*neuron.Millisecond)
	if slices.Contains(due, 5) || len(due) == 0 {
		t.Fatalf("due: %v", due)
	}
	change, err := turn.Change(g, due, newRand())
	if err != nil {
		t.Fatal(err)
	}
	out, origin, err := g.Apply(change)
	if err != nil || out.NumSynapses() != g.NumSynapses() {
		t.Fatalf("%d synapses, %v", out.NumSynapses(), err)
	}
	turn.Follow(origin)
	for id := range neuron.ID(20) {
		in := out.Incoming(id)
		if len(in.Source) != 6 || len(slices.Compact(slices.Clone(in.Source))) != 6 || slices.Contains(in.Source, id) {
			t.Errorf("neuron %d has %v", id, in.Source)
		}
	}
	if due := look(out, 16*neuron.Millisecond); len(due) != 1 || out.Weights()[due[0]] != 0 {
		t.Errorf("after it, %v are due, want the one that recovered", due)
	}
	rule.Weight.Kind = "gamma"
	if rule.Validate() == nil {
		t.Error("a bad weight was accepted")
	}
}

// current returns the weights of a graph as a run would report them.
func current(g *topology.Graph) []float64 {
	var w []float64
	for _, v := range g.Weights() {
		w = append(w, float64(v))
	}
	return w
}

// mixed is 30 randomly connected neurons with 30 channels; neuron 4 has been
// removed.
func mixed(t *testing.T) *topology.Graph {
	t.Helper()
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: 30}},
		Channels:    []topology.Population{{Name: "in", Size: 30}},
		Projections: []topology.Projection{
			{Name: "input", From: "in", To: "net", Port: neuron.Receptive, Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(2)},
			{Name: "context", From: "net", To: "net", Port: neuron.Contextual, Rule: topology.Rule{Name: "pairwise_bernoulli", P: .2}, Weights: topology.Normal(0, 1)},
		},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if g, _, err = g.Apply(&topology.Change{Neurons: []neuron.ID{4}}); err != nil {
		t.Fatal(err)
	}
	return g
}

// degrees returns in- and out-degrees, channels included.
func degrees(g *topology.Graph) (in, out []int) {
	in, out = make([]int, g.NumNeurons()), make([]int, g.NumNeurons()+g.NumChannels())
	for _, s := range g.Synapses() {
		in[s.Target]++
		out[s.Source]++
	}
	return in, out
}

// simple fails if there is an autapse, a repeated synapse, or a synapse of a
// removed neuron.
func simple(t *testing.T, g *topology.Graph) {
	t.Helper()
	for id := range neuron.ID(g.NumNeurons()) {
		in := g.Incoming(id)
		if len(slices.Compact(slices.Clone(in.Source))) != len(in.Source) || slices.Contains(in.Source, id) || slices.Contains(in.Source, 4) {
			t.Fatalf("neuron %d has %v", id, in.Source)
		}
	}
}

func TestRewiring(t *testing.T) {
	g := mixed(t)
	w := current(g)
	for i := range w {
		w[i] += 10 // different from the initial weights
	}
	in, out := degrees(g)
	for _, both := range []bool{false, true} {
		for _, fraction := range []float64{0, .5, 1} {
			c, err := (&Rewiring{Fraction: fraction, OutDegrees: both}).Change(g, w, newRand())
			if err != nil {
				t.Fatal(err)
			}
			after, origin, err := g.Apply(c)
			if err != nil {
				t.Fatal(err)
			}
			simple(t, after)
			newIn, newOut := degrees(after)
			if !slices.Equal(in, newIn) || both && !slices.Equal(out, newOut) {
				t.Errorf("both %v, fraction %v: degrees changed", both, fraction)
			}
			between := float64(g.NumSynapses() - 29)
			if moved := float64(len(c.Added)); moved > fraction*between+.5 || moved < .9*fraction*between-.5 {
				t.Errorf("both %v: %v of %v synapses moved, want about %v", both, moved, between, fraction*between)
			}
			for i, from := range origin { // rewired synapses kept their weights
				if from < 0 && after.Weights()[i] < 5 {
					t.Errorf("synapse %d begins with %v", i, after.Weights()[i])
				}
			}
		}
	}
	fresh := topology.Constant(.25)
	c, _ := (&Rewiring{Fraction: 1, Weight: &fresh}).Change(g, w, newRand())
	for _, s := range c.Added {
		if s.Weight != .25 || s.Port != neuron.Contextual || int(s.Source) >= 30 {
			t.Fatalf("%+v", s)
		}
	}
	bad := topology.Dist{Kind: "gamma"}
	for _, r := range []Rewiring{{Fraction: 2}, {Fraction: -1}, {Weight: &bad}, {Scope: Scope{Projection: "no"}}} {
		if _, err := r.Change(g, w, newRand()); err == nil {
			t.Errorf("%+v was accepted", r)
		}
	}
}

// TestRewiringMixes: after enough swaps, no more of a ring is left than by
// chance.
func TestRewiringMixes(t *testing.T) {
	g := build(t, 60, topology.Rule{Name: "ring", K: 6})
	for _, both := range []bool{false, true} {
		c, err := (&Rewiring{Fraction: 1, OutDegrees: both}).Change(g, current(g), newRand())
		if err != nil {
			t.Fatal(err)
		}
		after, _, _ := g.Apply(c)
		near := 0
		for _, s := range after.Synapses() {
			if d := (int(s.Source-s.Target) + 60) % 60; d <= 3 || d >= 57 {
				near++
			}
		}
		if expected := 360 * 6 / 59; near > 2*expected {
			t.Errorf("both %v: %d of 360 synapses are between neighbours, chance gives %d", both, near, expected)
		}
	}
}

func TestScope(t *testing.T) {
	g := mixed(t)
	for scope, want := range map[Scope]int{
		{}:                      g.NumSynapses() - 29,
		{Channels: true}:        g.NumSynapses(),
		{Projection: "input"}:   29,
		{Projection: "context"}: g.NumSynapses() - 29,
	} {
		c, err := (&Choice{Of: "synapses", By: "random", Fraction: 1, Scope: scope}).Change(g, newRand())
		if err != nil || len(c.Synapses) != want {
			t.Errorf("%+v: %d synapses, want %d (%v)", scope, len(c.Synapses), want, err)
		}
	}
	if _, err := (&Choice{Of: "synapses", By: "random", Scope: Scope{Projection: "no"}}).Change(g, newRand()); err == nil {
		t.Error("a projection that is not there was accepted")
	}
	if _, err := (&Choice{Of: "synopses", By: "random"}).Change(g, newRand()); err == nil {
		t.Error("of: synopses was accepted")
	}
}

// TestRemovedAreNotChosen: a neuron is removed only once.
func TestRemovedAreNotChosen(t *testing.T) {
	g := mixed(t)
	for _, by := range []string{"random", "degree", "betweenness"} {
		c, err := (&Choice{By: by, Count: 29, Smallest: true}).Change(g, newRand())
		if err != nil || len(c.Neurons) != 29 || slices.Contains(c.Neurons, 4) {
			t.Errorf("%s: %v, %v", by, c.Neurons, err)
		}
	}
	if _, err := (&Choice{By: "random", Count: 30}).Change(g, newRand()); err == nil {
		t.Error("30 of 29 were chosen")
	}
	if _, err := (&Choice{By: "id", IDs: []int64{4}}).Change(g, newRand()); err == nil {
		t.Error("a removed neuron was chosen by its id")
	}
}

func TestTurnoverWithoutRegrowth(t *testing.T) {
	g := mixed(t)
	rule := Rule{Threshold: .5}
	turn := NewTurnover(rule, g.NumSynapses())
	due, err := turn.Observe(g, current(g), 0)
	if err != nil || len(due) == 0 {
		t.Fatalf("%v, %v", due, err)
	}
	c, err := turn.Change(g, due, newRand())
	if err != nil || len(c.Added) != 0 || !slices.Equal(c.Synapses, due) {
		t.Errorf("%+v, %v", c, err)
	}
	rule.Projection = "no"
	if _, err := NewTurnover(rule, g.NumSynapses()).Observe(g, current(g), 0); err == nil {
		t.Error("a projection that is not there was accepted")
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
