package lesion

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// web is five neurons and two channels with the following synapses, numbered in
// the order of targets and sources:
//
//	0: 5>0 (input) *4   1: 1>0 *1   2: 2>0 *-3   3: 6>1 (input) *-1   4: 0>1 *2
//	5: 1>2 *.5          6: 0>3 *-6  7: 3>4 *2
func web(t *testing.T) *topology.Graph {
	t.Helper()
	links := []topology.Link{{Name: "input", Port: neuron.Receptive}, {Name: "context", Port: neuron.Contextual}}
	g, err := topology.FromSynapses([]topology.Population{{Name: "a", Size: 3}, {Name: "b", Size: 2}}, []topology.Population{{Name: "in", Size: 2}}, links, []topology.Synapse{
		{Source: 5, Target: 0, Weight: 4, Delay: 1},
		{Source: 6, Target: 1, Weight: -1, Delay: 2},
		{Source: 0, Target: 1, Weight: 2, Delay: 3, Projection: 1, Port: neuron.Contextual},
		{Source: 1, Target: 0, Weight: 1, Delay: 4, Projection: 1, Port: neuron.Contextual},
		{Source: 2, Target: 0, Weight: -3, Delay: 5, Projection: 1, Port: neuron.Contextual},
		{Source: 1, Target: 2, Weight: .5, Delay: 6, Projection: 1, Port: neuron.Contextual},
		{Source: 0, Target: 3, Weight: -6, Delay: 7, Projection: 1, Port: neuron.Contextual},
		{Source: 3, Target: 4, Weight: 2, Delay: 8, Projection: 1, Port: neuron.Contextual},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// told is the message of an error, "" for none.
func told(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestChosenNeurons: the neurons that each criterion selects; between equal
// neurons the choice is random.
func TestChosenNeurons(t *testing.T) {
	g := web(t)
	for _, c := range []struct {
		choice Choice
		want   []neuron.ID
	}{
		// in-degree plus out-degree, without channels: 4, 3, 2, 2, 1
		{Choice{By: "degree", Count: 1}, []neuron.ID{0}},
		{Choice{By: "degree", Count: 2}, []neuron.ID{0, 1}},
		{Choice{By: "degree", Count: 4}, []neuron.ID{0, 1, 2, 3}},
		{Choice{By: "degree", Count: 1, Smallest: true}, []neuron.ID{4}},
		{Choice{By: "degree", Fraction: .4}, []neuron.ID{0, 1}},
		// sums of |weight|, including channels: 16, 4.5, 3.5, 8, 2
		{Choice{By: "weight", Count: 1}, []neuron.ID{0}},
		{Choice{By: "weight", Count: 2}, []neuron.ID{0, 3}},
		{Choice{By: "weight", Count: 3}, []neuron.ID{0, 1, 3}},
		{Choice{By: "weight", Count: 2, Smallest: true}, []neuron.ID{2, 4}},
		// 0 and 3 lie on the paths from the others to 4
		{Choice{By: "betweenness", Count: 1}, []neuron.ID{0}},
		{Choice{By: "betweenness", Count: 2}, []neuron.ID{0, 3}},
		{Choice{By: "random", Count: 5}, []neuron.ID{0, 1, 2, 3, 4}},
		{Choice{By: "random"}, []neuron.ID{}},
		{Choice{By: "random", Fraction: 1}, []neuron.ID{0, 1, 2, 3, 4}},
		{Choice{By: "id", IDs: []int64{3, 1, 3}}, []neuron.ID{1, 3}},
		{Choice{By: "community", Communities: []int{0}}, []neuron.ID{0, 1, 2}},
		{Choice{By: "community", Communities: []int{1}}, []neuron.ID{3, 4}},
		{Choice{By: "community", Communities: []int{1, 0, 1}}, []neuron.ID{0, 1, 2, 3, 4}},
	} {
		got, err := c.choice.Neurons(g, newRand())
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v (%v)", c.choice, got, c.want, err)
		}
		change, err := c.choice.Change(g, newRand())
		if err != nil || !slices.Equal(change.Neurons, c.want) || change.Synapses != nil || change.Added != nil {
			t.Errorf("%+v: %+v, %v", c.choice, change, err)
		}
	}
}

// TestChosenSynapses checks the numbers of the selected synapses.
func TestChosenSynapses(t *testing.T) {
	g, channels, input := web(t), Scope{Channels: true}, Scope{Projection: "input"}
	for _, c := range []struct {
		choice Choice
		want   []int64
	}{
		{Choice{By: "weight", Count: 1}, []int64{6}},
		{Choice{By: "weight", Count: 1, Smallest: true}, []int64{5}},
		{Choice{By: "weight", Count: 2, Scope: channels}, []int64{0, 6}},
		{Choice{By: "weight", Count: 1, Smallest: true, Scope: input}, []int64{3}},
		{Choice{By: "weight", Fraction: .5, Scope: input}, []int64{0}},
		{Choice{By: "random", Fraction: 1}, []int64{1, 2, 4, 5, 6, 7}},
		{Choice{By: "random", Fraction: 1, Scope: channels}, []int64{0, 1, 2, 3, 4, 5, 6, 7}},
		{Choice{By: "random", Fraction: 1, Scope: input}, []int64{0, 3}},
		{Choice{By: "random", Fraction: 1, Scope: Scope{Projection: "context"}}, []int64{1, 2, 4, 5, 6, 7}},
		// sum of the degrees of both ends: 1>0 7, 2>0 6, 0>1 7, 1>2 5, 0>3 6, 3>4 3; for a channel only the target counts
		{Choice{By: "degree", Count: 2}, []int64{1, 4}},
		{Choice{By: "degree", Count: 4}, []int64{1, 2, 4, 6}},
		{Choice{By: "degree", Count: 1, Smallest: true}, []int64{7}},
		{Choice{By: "degree", Count: 2, Smallest: true, Scope: channels}, []int64{3, 7}},
		{Choice{By: "degree", Count: 1, Scope: input}, []int64{0}},
		{Choice{By: "betweenness", Count: 1}, []int64{6}},
		{Choice{By: "betweenness", Count: 1, Smallest: true, Scope: input}, []int64{3}},
		{Choice{By: "id", IDs: []int64{7, 2}}, []int64{2, 7}},
		{Choice{By: "id", IDs: []int64{3}, Scope: channels}, []int64{3}},
		{Choice{By: "community", Communities: []int{0}}, []int64{1, 2, 4, 5}},
		{Choice{By: "community", Communities: []int{1}, Scope: channels}, []int64{7}},
	} {
		c.choice.Of = "synapses"
		change, err := c.choice.Change(g, newRand())
		if err != nil || !slices.Equal(change.Synapses, c.want) || change.Neurons != nil {
			t.Errorf("%+v: %v, want %v (%v)", c.choice, change.Synapses, c.want, err)
		}
	}
}

// TestEqualsAreTakenByChance: after the hub, each of four equal neurons is
// selected equally often.
func TestEqualsAreTakenByChance(t *testing.T) {
	star, taken := build(t, 5, topology.Rule{Name: "star"}), map[neuron.ID]int{}
	for seed := range uint64(800) {
		got, err := (&Choice{By: "degree", Count: 2}).Neurons(star, rand.New(rand.NewPCG(seed, 1)))
		if err != nil || got[0] != 0 {
			t.Fatal(got, err)
		}
		taken[got[1]]++
	}
	for id := neuron.ID(1); id < 5; id++ {
		if taken[id] < 150 || taken[id] > 250 {
			t.Errorf("neuron %d is taken %d times of 800", id, taken[id])
		}
	}
}

func TestShares(t *testing.T) {
	for _, c := range []struct {
		fraction float64
		n, want  int
	}{{0, 9, 0}, {1, 9, 9}, {.5, 9, 5}, {.5, 10, 5}, {.49, 1, 0}, {.5, 1, 1}, {.1, 4, 0}, {.125, 4, 1}} {
		if got := share(c.fraction, c.n); got != c.want {
			t.Errorf("%v of %d is %d, want %d", c.fraction, c.n, got, c.want)
		}
	}
}

// TestChoicesRefuse: the errors of invalid choices.
func TestChoicesRefuse(t *testing.T) {
	g := web(t)
	for _, c := range []struct {
		choice Choice
		want   string
	}{
		{Choice{}, `by: "", expected random, degree, betweenness, weight, community or id`},
		{Choice{By: "size"}, `by: "size", expected random, degree, betweenness, weight, community or id`},
		{Choice{By: "id"}, "by id: ids is empty"},
		{Choice{By: "community"}, "by community: communities is empty"},
		{Choice{By: "random", Count: -1}, "count: -1 is negative"},
		{Choice{By: "degree", Count: 1, Fraction: .1}, "count and fraction exclude each other"},
		{Choice{By: "weight", Fraction: -.1}, "fraction: -0.1, expected 0 to 1"},
		{Choice{By: "weight", Fraction: 1.1}, "fraction: 1.1, expected 0 to 1"},
		{Choice{By: "betweenness", Fraction: math.NaN()}, "fraction: NaN, expected 0 to 1"},
		{Choice{By: "random", Count: 6}, "count: 6, there are only 5"},
		{Choice{By: "random", Of: "synapses", Count: 7}, "count: 7, there are only 6"},
		{Choice{By: "random", Of: "synapses", Count: 9, Scope: Scope{Channels: true}}, "count: 9, there are only 8"},
		{Choice{By: "random", Of: "layers"}, `of: "layers", expected neurons or synapses`},
		{Choice{By: "id", IDs: []int64{1, 5}}, "ids: there is no 5"},
		{Choice{By: "id", IDs: []int64{-1}}, "ids: there is no -1"},
		{Choice{By: "id", Of: "synapses", IDs: []int64{0}}, "ids: there is no 0"}, // from a channel
		{Choice{By: "community", Communities: []int{2}}, "communities: 2, expected 0 to 1"},
		{Choice{By: "community", Communities: []int{0, -1}}, "communities: -1, expected 0 to 1"},
		{Choice{By: "random", Of: "synapses", Scope: Scope{Projection: "out"}}, `projection: "out", expected one of ["input" "context"]`},
		{Choice{By: "random", Scope: Scope{Projection: "out"}}, ""}, // projections matter for synapses only
	} {
		if _, err := c.choice.Change(g, newRand()); told(err) != c.want {
			t.Errorf("%+v: %v, want %s", c.choice, err, c.want)
		}
	}
	gamma, far := topology.Dist{Kind: "gamma"}, topology.Dist{Kind: "distance"}
	for want, bad := range map[string]interface{ Validate() error }{
		"fraction: -1, expected 0 to 1":  &Rewiring{Fraction: -1},
		"fraction: 2, expected 0 to 1":   &Rewiring{Fraction: 2},
		"fraction: NaN, expected 0 to 1": &Rewiring{Fraction: math.NaN()},
		`weight: dist: "gamma", expected constant, uniform, normal, lognormal or distance`: &Rewiring{Weight: &gamma},
		"weight: dist: distance needs two neurons":                                         &Rule{Weight: far},
		"threshold: -1, expected a weight ≥ 0":                                             &Rule{Threshold: -1},
		"threshold: NaN, expected a weight ≥ 0":                                            &Rule{Threshold: math.NaN()},
		"threshold: +Inf, expected a weight ≥ 0":                                           &Rule{Threshold: math.Inf(1)},
		fmt.Sprintf("for: %v is negative", -neuron.Millisecond):                            &Rule{For: -neuron.Millisecond},
	} {
		if err := bad.Validate(); told(err) != want {
			t.Errorf("%+v: %v, want %s", bad, err, want)
		}
	}
	for _, good := range []interface{ Validate() error }{&Rewiring{}, &Rewiring{Fraction: 1, Weight: &topology.Dist{}}, &Rule{}, &Rule{Threshold: 2, For: neuron.Second}} {
		if err := good.Validate(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
}

// panics tells whether f panics.
func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

// TestOneWeightForEachSynapse: a list of weights with any other length is a
// program error and panics.
func TestOneWeightForEachSynapse(t *testing.T) {
	g := web(t)
	turn, other := NewTurnover(Rule{}, 8), NewTurnover(Rule{}, 7)
	for name, f := range map[string]func(){
		"rewiring":                 func() { (&Rewiring{}).Change(g, make([]float64, 7), newRand()) },
		"turnover, weights":        func() { turn.Observe(g, make([]float64, 7), 0) },
		"turnover, other synapses": func() { other.Observe(g, make([]float64, 7), 0) },
	} {
		if !panics(f) {
			t.Errorf("%s: taken", name)
		}
	}
	if panics(func() { turn.Observe(g, make([]float64, 8), 0) }) {
		t.Error("eight weights for eight synapses are a mistake")
	}
}

// graph is n neurons with the given arrows between them, in one projection.
func graph(t *testing.T, n int, arrows string) *topology.Graph {
	t.Helper()
	var synapses []topology.Synapse
	for i, a := range strings.Fields(arrows) {
		var s, target neuron.ID
		fmt.Sscanf(a, "%d>%d", &s, &target)
		synapses = append(synapses, topology.Synapse{Source: s, Target: target, Weight: float32(i), Delay: 1})
	}
	g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: n}}, nil, nil, synapses)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func arrows(g *topology.Graph) string {
	var out []string
	for _, s := range g.Synapses() {
		out = append(out, fmt.Sprintf("%d>%d", s.Source, s.Target))
	}
	return strings.Join(out, " ")
}

// TestRewiringByItsSteps compares the frequency of each graph with all possible
// courses of the rewiring: one synapse after the other, in random order, moves
// to a source that is not yet a source of its target.
func TestRewiringByItsSteps(t *testing.T) {
	const draws = 6000
	for _, c := range []struct {
		n        int
		from     string
		fraction float64
		want     map[string]float64
	}{
		{3, "1>0", 1, map[string]float64{"2>0": 1}}, // only the other source is free
		{4, "1>0", 1, map[string]float64{"2>0": .5, "3>0": .5}},
		{3, "1>0 0>1", .5, map[string]float64{"2>0 0>1": .5, "1>0 2>1": .5}},
		{3, "1>0 2>0", 1, map[string]float64{"1>0 2>0": 1}},                 // no source is free
		{4, "1>0 2>0", 1, map[string]float64{"1>0 3>0": .5, "2>0 3>0": .5}}, // the first moves to 3, the second to the old source of the first
	} {
		g, seen := graph(t, c.n, c.from), map[string]float64{}
		for seed := range uint64(draws) {
			change, err := (&Rewiring{Fraction: c.fraction}).Change(g, current(g), rand.New(rand.NewPCG(seed, 3)))
			if err != nil {
				t.Fatal(err)
			}
			after, _, err := g.Apply(change)
			if err != nil {
				t.Fatal(err)
			}
			seen[arrows(after)]++
		}
		for graph, p := range c.want {
			if math.Abs(seen[graph]-p*draws) > 5*math.Sqrt(draws*p*(1-p)) {
				t.Errorf("%s of %d: %s comes %v times of %d, want %v", c.from, c.n, graph, seen[graph], draws, p*draws)
			}
			delete(seen, graph)
		}
		if len(seen) > 0 {
			t.Errorf("%s of %d: %v come too", c.from, c.n, seen)
		}
	}
}

// TestExchangesReachAll: swaps turn a circle of four neurons into every circle
// of four. Each synapse makes one swap, and an even number of swaps never turns
// a circle into two pairs. A single synapse has no partner for a swap.
func TestExchangesReachAll(t *testing.T) {
	g, seen := graph(t, 4, "0>1 1>2 2>3 3>0"), map[string]bool{}
	for seed := range uint64(2000) {
		change, err := (&Rewiring{Fraction: 1, OutDegrees: true}).Change(g, current(g), rand.New(rand.NewPCG(seed, 3)))
		if err != nil {
			t.Fatal(err)
		}
		after, _, err := g.Apply(change)
		if err != nil {
			t.Fatal(err)
		}
		seen[arrows(after)] = true
	}
	for _, pairs := range []string{"1>0 0>1 3>2 2>3", "2>0 3>1 0>2 1>3", "3>0 2>1 1>2 0>3"} {
		if seen[pairs] {
			t.Errorf("%s comes", pairs)
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d graphs come, want 6: %v", len(seen), seen)
	}
	pairwise := graph(t, 4, "2>0 3>1")
	change, err := (&Rewiring{Fraction: 1, OutDegrees: true}).Change(pairwise, []float64{5, 6}, newRand())
	if err != nil {
		t.Fatal(err)
	}
	if after, _, err := pairwise.Apply(change); err != nil || arrows(after) != "2>0 3>1" { // moved and moved back
		t.Errorf("%s, %v", arrows(after), err)
	}
	half, err := (&Rewiring{Fraction: .5, OutDegrees: true}).Change(pairwise, []float64{5, 6}, newRand())
	if err != nil || !half.Empty() {
		t.Errorf("one synapse exchanged its source with itself: %+v, %v", half, err)
	}
}

// TestRewiredSynapsesKeepTheRest: each new synapse has the target, delay, port
// and projection of the one it replaces, with the learned weight or a drawn
// one; its source is in the same group.
func TestRewiredSynapsesKeepTheRest(t *testing.T) {
	g, drawn := mixed(t), topology.Uniform(3, 4)
	learned := current(g)
	for i := range learned {
		learned[i] = float64(i)
	}
	for _, r := range []Rewiring{
		{Fraction: 1}, {Fraction: .3, Weight: &drawn}, {Fraction: 1, Scope: Scope{Channels: true}}, {Fraction: 1, Scope: Scope{Projection: "input"}}, {Fraction: 1, OutDegrees: true, Scope: Scope{Channels: true}},
	} {
		c, err := r.Change(g, learned, newRand())
		if err != nil || len(c.Synapses) == 0 || len(c.Synapses) != len(c.Added) || !slices.IsSorted(c.Synapses) || c.Neurons != nil {
			t.Fatalf("%+v: %d go, %d come, %v", r, len(c.Synapses), len(c.Added), err)
		}
		all := g.Synapses()
		for k, number := range c.Synapses {
			was, is := all[number], c.Added[k]
			from, _ := g.Member(was.Source)
			to, _ := g.Member(is.Source)
			if r.Weight == nil && is.Weight != float32(number) || r.Weight != nil && (is.Weight < 3 || is.Weight >= 4) || to != from || is.Source == was.Source {
				t.Fatalf("%+v: synapse %d, %+v, becomes %+v", r, number, was, is)
			}
			is.Source, is.Weight = was.Source, was.Weight
			if is != was {
				t.Fatalf("%+v: synapse %d, %+v, becomes %+v", r, number, was, is)
			}
			if channel := int(was.Source) >= 30; channel && r.Scope == (Scope{}) || !channel && r.Projection == "input" {
				t.Fatalf("%+v: synapse %d is none of it", r, number)
			}
		}
	}
}

// TestHowLongWeak follows synapses over time: a synapse is weak from the first
// look at which it is below the threshold; at or above the threshold its time
// is reset; after the given time it is due for pruning.
func TestHowLongWeak(t *testing.T) {
	const ms = neuron.Millisecond
	g := graph(t, 3, "1>0 2>0 0>1")
	turn := NewTurnover(Rule{Threshold: .5, For: 3 * ms}, 3)
	for _, look := range []struct {
		now     neuron.Time
		weights []float64
		since   []neuron.Time
		due     []int64
	}{
		{1 * ms, []float64{.4, .5, -.6}, []neuron.Time{1 * ms, neuron.Never, neuron.Never}, nil},
		{2 * ms, []float64{-.1, .49, .5}, []neuron.Time{1 * ms, 2 * ms, neuron.Never}, nil},
		{4*ms - 1, []float64{0, 0, 0}, []neuron.Time{1 * ms, 2 * ms, 4*ms - 1}, nil},
		{4 * ms, []float64{0, 0, 0}, []neuron.Time{1 * ms, 2 * ms, 4*ms - 1}, []int64{0}},
		{5 * ms, []float64{1, 0, 0}, []neuron.Time{neuron.Never, 2 * ms, 4*ms - 1}, []int64{1}},
		{9 * ms, []float64{0, 0, 0}, []neuron.Time{9 * ms, 2 * ms, 4*ms - 1}, []int64{1, 2}},
	} {
		due, err := turn.Observe(g, look.weights, look.now)
		if err != nil || !slices.Equal(due, look.due) || !slices.Equal(turn.Since, look.since) {
			t.Errorf("at %v: %v are due, weak since %v; want %v, %v (%v)", look.now, due, turn.Since, look.due, look.since, err)
		}
	}
	turn.Follow([]int64{2, -1, 0, 1})
	if want := []neuron.Time{4*ms - 1, neuron.Never, 9 * ms, 2 * ms}; !slices.Equal(turn.Since, want) {
		t.Errorf("after a change weak since %v, want %v", turn.Since, want)
	}
	scoped := NewTurnover(Rule{Threshold: 9, Scope: Scope{Projection: "input"}}, 8)
	if due, err := scoped.Observe(web(t), make([]float64, 8), 0); err != nil || !slices.Equal(due, []int64{0, 3}) {
		t.Errorf("of the input %v are due, %v", due, err)
	}
	if _, err := NewTurnover(Rule{Scope: Scope{Projection: "x"}}, 8).Observe(web(t), make([]float64, 8), 0); told(err) != `projection: "x", expected one of ["input" "context"]` {
		t.Error(err)
	}
}

// TestWhatGrows: a pruned synapse is replaced by a synapse from a free source
// of the same group, with the same target, port, delay and projection. Nothing
// grows if no source is free.
func TestWhatGrows(t *testing.T) {
	g := web(t)
	turn := NewTurnover(Rule{Regrow: true, Weight: topology.Constant(.25)}, 8)
	for _, c := range []struct {
		due   []int64
		added []topology.Synapse
	}{
		{nil, nil},
		{[]int64{0}, []topology.Synapse{{Source: 6, Target: 0, Weight: .25, Delay: 1}}}, // the other channel
		{[]int64{0, 3}, []topology.Synapse{{Source: 6, Target: 0, Weight: .25, Delay: 1}, {Source: 5, Target: 1, Weight: .25, Delay: 2}}},
		{[]int64{1}, nil}, // 0 already has 1 and 2 as sources, the only others in its group
		{[]int64{4}, []topology.Synapse{{Source: 2, Target: 1, Weight: .25, Delay: 3, Projection: 1, Port: neuron.Contextual}}},
		{[]int64{1, 5}, []topology.Synapse{{Source: 0, Target: 2, Weight: .25, Delay: 6, Projection: 1, Port: neuron.Contextual}}},
		{[]int64{7}, nil}, // the group b has two neurons, one of which is the target
	} {
		change, err := turn.Change(g, c.due, newRand())
		if err != nil || !slices.Equal(change.Synapses, c.due) || !slices.Equal(change.Added, c.added) {
			t.Errorf("%v due: %+v, %v; want %+v", c.due, change, err, c.added)
		}
	}
	bad := NewTurnover(Rule{Regrow: true, Weight: topology.Dist{Kind: "gamma"}}, 8)
	if _, err := bad.Change(g, []int64{0}, newRand()); told(err) != `weight: dist: "gamma", expected constant, uniform, normal, lognormal or distance` {
		t.Error(err)
	}
	still := NewTurnover(Rule{Weight: topology.Constant(1)}, 8)
	if change, err := still.Change(g, []int64{0, 4}, newRand()); err != nil || change.Added != nil || !slices.Equal(change.Synapses, []int64{0, 4}) {
		t.Errorf("without regrowth %+v, %v", change, err)
	}
}

// TestGrowthIsByChance: each free source is drawn equally often, and never a
// removed neuron.
func TestGrowthIsByChance(t *testing.T) {
	g := graph(t, 6, "1>0")
	cut, _, err := g.Apply(&topology.Change{Neurons: []neuron.ID{3}})
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[neuron.ID]int{}
	turn := NewTurnover(Rule{Regrow: true}, 1)
	for seed := range uint64(900) {
		change, err := turn.Change(cut, []int64{0}, rand.New(rand.NewPCG(seed, 5)))
		if err != nil || len(change.Added) != 1 {
			t.Fatalf("%+v, %v", change, err)
		}
		drawn[change.Added[0].Source]++
	}
	for _, id := range []neuron.ID{2, 4, 5} {
		if drawn[id] < 230 || drawn[id] > 370 {
			t.Errorf("%d is drawn %d times of 900", id, drawn[id])
		}
	}
	if len(drawn) != 3 {
		t.Errorf("%v are drawn", drawn)
	}
}

// TestPlacesThatBecomeFree: the source that one synapse leaves is free for the
// next, so two synapses that share one free source can both move.
func TestPlacesThatBecomeFree(t *testing.T) {
	g := graph(t, 4, "1>0 2>0")
	for seed := range uint64(30) {
		change, err := (&Rewiring{Fraction: 1}).Change(g, current(g), rand.New(rand.NewPCG(seed, 7)))
		if err != nil || len(change.Added) != 2 || change.Added[0].Source == 1 || change.Added[1].Source == 2 {
			t.Fatalf("%+v, %v", change, err)
		}
	}
}

// TestWhoIsAlive: all neurons but the removed ones, for any number of them.
func TestWhoIsAlive(t *testing.T) {
	for _, c := range []struct {
		gone []neuron.ID
		want []int64
	}{
		{nil, []int64{0, 1, 2, 3, 4}}, {[]neuron.ID{0}, []int64{1, 2, 3, 4}}, {[]neuron.ID{1, 3}, []int64{0, 2, 4}}, {[]neuron.ID{3, 4}, []int64{0, 1, 2}},
		{[]neuron.ID{0, 1, 2, 3, 4}, []int64{}}, {[]neuron.ID{2, 6}, []int64{0, 1, 3, 4}}, // 6 is a channel
	} {
		g, _, err := web(t).Apply(&topology.Change{Neurons: c.gone})
		if err != nil {
			t.Fatal(err)
		}
		if got := alive(g); !slices.Equal(got, c.want) {
			t.Errorf("without %v: %v, want %v", c.gone, got, c.want)
		}
		chosen, err := (&Choice{By: "random", Fraction: 1}).Neurons(g, newRand())
		if err != nil || len(chosen) != len(c.want) {
			t.Errorf("without %v: %v are chosen, %v", c.gone, chosen, err)
		}
	}
}
