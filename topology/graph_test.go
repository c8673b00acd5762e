package topology

import (
	"cmp"
	"encoding/hex"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"infomorph/neuron"
)

// groups is a graph of two populations and two groups of channels; the second
// of each has positions.
func groups(t testing.TB, links []Link, synapses ...Synapse) *Graph {
	t.Helper()
	g, err := FromSynapses([]Population{{Name: "a", Size: 2}, {Name: "b", Size: 2, Positions: []Point{{1}, {2}}}},
		[]Population{{Name: "c", Size: 1}, {Name: "d", Size: 2, Positions: []Point{{3, 1}, {4, 1}}}}, links, synapses)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestWhoIsWho: the group, position, name and label of every id.
func TestWhoIsWho(t *testing.T) {
	g := groups(t, nil)
	for id, want := range []struct {
		group string
		at    int
		place Point
		known bool
	}{{"a", 0, Point{}, false}, {"a", 1, Point{}, false}, {"b", 0, Point{1}, true}, {"b", 1, Point{2}, true}, {"c", 0, Point{}, false}, {"d", 0, Point{3, 1}, true}, {"d", 1, Point{4, 1}, true}} {
		group, at := g.Member(neuron.ID(id))
		place, known := g.Position(neuron.ID(id))
		if group == nil || group.Name != want.group || at != want.at || place != want.place || known != want.known {
			t.Errorf("%d is %d of %+v, at %v (%v), want %+v", id, at, group, place, known, want)
		}
	}
	if group, at := g.Member(7); group != nil || at != 0 {
		t.Errorf("7 is %d of %v", at, group)
	}
	if _, known := g.Position(7); known {
		t.Error("7 has a place")
	}
	if g.Name(5) != "5" || g.Label(5) != "5" {
		t.Errorf("5 is called %s, %s", g.Name(5), g.Label(5))
	}
	g.Names = []string{"n0", "n1", "n2", "n3", "n4", "n5", "n6"}
	if g.Name(5) != "n5" || g.Label(5) != "n5" {
		t.Errorf("5 is called %s, %s", g.Name(5), g.Label(5))
	}
	g.Labels = []string{"l0", "l1", "l2", "l3", "l4", "l5", "l6"}
	if g.Name(5) != "n5" || g.Label(5) != "l5" {
		t.Errorf("5 is called %s, %s", g.Name(5), g.Label(5))
	}
	if g.NumNeurons() != 4 || g.NumChannels() != 3 || g.NumSynapses() != 0 || (&Graph{}).NumNeurons() != 0 {
		t.Errorf("%d neurons, %d channels, %d synapses", g.NumNeurons(), g.NumChannels(), g.NumSynapses())
	}
}

// TestFromSynapsesAgainstSorting compares with a list sorted by the whole key;
// synapses with the same key keep their order.
func TestFromSynapsesAgainstSorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 8))
	for range 200 {
		var list []Synapse
		for i := range rng.IntN(40) {
			list = append(list, Synapse{Source: neuron.ID(rng.IntN(7)), Target: neuron.ID(rng.IntN(4)), Weight: float32(i), Delay: 1, Projection: int16(rng.IntN(2)), Port: neuron.Port(rng.IntN(3))})
		}
		given := slices.Clone(list)
		g := groups(t, []Link{{}, {}}, list...)
		checkInvariants(t, g)
		if !slices.Equal(given, list) {
			t.Fatal("the list that was given is changed")
		}
		slices.SortStableFunc(list, func(a, b Synapse) int {
			return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Projection, b.Projection))
		})
		if got := g.Synapses(); !slices.Equal(got, list) {
			t.Fatalf("got %v\nwant %v", got, list)
		}
		for i, w := range g.Weights() {
			if w != list[i].Weight {
				t.Fatalf("weight %d is %v", i, w)
			}
		}
		count := make([]int, 4)
		for _, s := range list {
			count[s.Target]++
		}
		for id, n := range count {
			if g.InDegree(neuron.ID(id)) != n {
				t.Fatalf("in-degree of %d: %d, want %d", id, g.InDegree(neuron.ID(id)), n)
			}
		}
	}
}

// TestLinkForEachPort: without links, each port in use becomes one link, in
// order.
func TestLinkForEachPort(t *testing.T) {
	given := []Synapse{{Source: 0, Target: 1, Delay: 1, Port: neuron.Lateral, Projection: 9}, {Source: 1, Target: 0, Delay: 1, Port: neuron.Receptive, Projection: -4}}
	g := groups(t, nil, given...)
	if want := []Link{{Port: neuron.Receptive}, {Port: neuron.Lateral}}; !slices.Equal(g.Projections, want) {
		t.Errorf("%+v", g.Projections)
	}
	if s := g.Synapses(); s[0].Projection != 0 || s[1].Projection != 1 || given[0].Projection != 9 {
		t.Errorf("%+v of %+v", s, given)
	}
}

// TestClonesAreIndependent: writing to the weights of a graph does not change its
// clone.
func TestClonesAreIndependent(t *testing.T) {
	g := groups(t, nil, Synapse{Source: 0, Target: 1, Weight: 1, Delay: 1}, Synapse{Source: 2, Target: 1, Weight: 2, Delay: 1})
	c := g.Clone()
	g.Weights()[0], g.Incoming(1).Weight[1] = 8, 9
	if !slices.Equal(c.Weights(), []float32{1, 2}) || !slices.Equal(g.Weights(), []float32{8, 9}) {
		t.Errorf("%v, %v", c.Weights(), g.Weights())
	}
}

// TestChangeInBytes compares the encoding with its expected bytes.
func TestChangeInBytes(t *testing.T) {
	c := Change{Neurons: []neuron.ID{7, 258}, Synapses: []int64{1 << 40}, Added: []Synapse{{Source: 3, Target: 4, Weight: 1, Delay: 1000, Projection: 2, Port: 1}}}
	const want = "0200000001000000000000000100000000000000" + "0700000002010000" + "0000000000010000" + "03000000040000000000803fe8030000020001"
	data, err := c.AppendBinary([]byte{0xaa})
	if got := hex.EncodeToString(data); got != "aa"+want || err != nil {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	var back Change
	if err := back.UnmarshalBinary(data[1:]); err != nil || !reflect.DeepEqual(back, c) {
		t.Errorf("%+v, %v", back, err)
	}
	if err := back.UnmarshalBinary(make([]byte, 20)); err != nil || !back.Empty() {
		t.Errorf("nothing is %+v, %v", back, err)
	}
	for _, full := range []Change{{Neurons: c.Neurons}, {Synapses: c.Synapses}, {Added: c.Added}} {
		if full.Empty() {
			t.Errorf("%+v is empty", full)
		}
	}
}

// TestWhatAChangeLeaves: a change keeps the list of neurons removed earlier and
// whether the graph is undirected, and adds a link if there was none.
func TestWhatAChangeLeaves(t *testing.T) {
	g := groups(t, nil, Synapse{Source: 0, Target: 1, Delay: 1}, Synapse{Source: 5, Target: 2, Delay: 1})
	g.Undirected = true
	apply := func(g *Graph, c Change) *Graph {
		t.Helper()
		out, _, err := g.Apply(&c)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	once := apply(g, Change{Neurons: []neuron.ID{3, 5}})
	if !slices.Equal(once.Removed, []neuron.ID{3, 5}) || !once.Undirected || arrows(once) != "0>1" {
		t.Errorf("%v removed, undirected %v, %s left", once.Removed, once.Undirected, arrows(once))
	}
	twice := apply(once, Change{Neurons: []neuron.ID{0, 3}, Added: []Synapse{{Source: 6, Target: 2, Delay: 1}}})
	if !slices.Equal(twice.Removed, []neuron.ID{0, 3, 5}) || twice.Undirected || arrows(twice) != "6>2" {
		t.Errorf("%v removed, undirected %v, %s left", twice.Removed, twice.Undirected, arrows(twice))
	}
	bare, err := g.Without([]neuron.ID{1}, []int64{1})
	if err != nil || bare.Removed != nil || arrows(bare) != "" || arrows(g) != "0>1 5>2" {
		t.Errorf("%v removed, %s left of %s, %v", bare.Removed, arrows(bare), arrows(g), err)
	}
	if again, err := bare.With([]Synapse{{Source: 0, Target: 1, Delay: 1}}); err != nil || arrows(again) != "0>1" {
		t.Errorf("%s, %v", arrows(again), err)
	}
	empty := groups(t, nil)
	if more, err := empty.With([]Synapse{{Source: 0, Target: 1, Delay: 1}}); err != nil || len(more.Projections) != 1 || len(empty.Projections) != 0 {
		t.Errorf("%+v, %v", more, err)
	}
}

// TestSubgraphAgainstList compares parts of random graphs with the renumbered
// list of the synapses that have both ends in the part.
func TestSubgraphAgainstList(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 8))
	for range 100 {
		var list []Synapse
		for i := range 30 {
			list = append(list, Synapse{Source: neuron.ID(rng.IntN(7)), Target: neuron.ID(rng.IntN(4)), Weight: float32(i), Delay: 1, Projection: int16(rng.IntN(2)), Port: neuron.Port(rng.IntN(3))})
		}
		g := groups(t, []Link{{Name: "x"}, {Name: "y"}}, list...)
		g.Names, g.Labels, g.Undirected = []string{"n0", "n1", "n2", "n3", "n4", "n5", "n6"}, []string{"l0", "l1", "l2", "l3", "l4", "l5", "l6"}, true
		var ids []neuron.ID
		for range rng.IntN(5) {
			ids = append(ids, neuron.ID(rng.IntN(4)))
		}
		sub, kept, err := g.Subgraph(ids)
		if err != nil {
			t.Fatal(err)
		}
		sorted := slices.Compact(slices.Sorted(slices.Values(ids)))
		old := append(slices.Clone(sorted), 4, 5, 6)
		var want []Synapse
		for _, s := range g.Synapses() {
			source, target := slices.Index(old, s.Source), slices.Index(sorted, s.Target)
			if source >= 0 && target >= 0 {
				s.Source, s.Target = neuron.ID(source), neuron.ID(target)
				want = append(want, s)
			}
		}
		if got := sub.Synapses(); !slices.Equal(got, want) || !slices.Equal(kept, sorted) || !sub.Undirected || sub.NumNeurons() != len(sorted) || sub.NumChannels() != 3 {
			t.Fatalf("%v of %v: %v\nwant %v", kept, ids, got, want)
		}
		for now, was := range old {
			a, okA := sub.Position(neuron.ID(now))
			b, okB := g.Position(was)
			from, _ := sub.Member(neuron.ID(now))
			if sub.Name(neuron.ID(now)) != g.Name(was) || sub.Label(neuron.ID(now)) != g.Label(was) || a != b || okA != okB {
				t.Fatalf("%d was %d: %s of %s at %v", now, was, sub.Name(neuron.ID(now)), from.Name, a)
			}
		}
	}
}

// TestPairsUpAgainstSearch compares the reverse of each pair with a search for it.
func TestPairsUpAgainstSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 8))
	for range 100 {
		var src, dst []int32
		seen := map[[2]int32]int{}
		for range 20 {
			a, b := rng.Int32N(6), rng.Int32N(6)
			if _, ok := seen[[2]int32{a, b}]; !ok {
				seen[[2]int32{a, b}] = len(src)
				src, dst = append(src, a), append(dst, b)
			}
		}
		for i, got := range pairUp(src, dst) {
			want, ok := seen[[2]int32{dst[i], src[i]}]
			if !ok {
				want = -1
			}
			if got != want {
				t.Fatalf("the reverse of %d>%d is %d, want %d", src[i], dst[i], got, want)
			}
		}
	}
}

// TestRandomisedKeepsEachProjection: swaps stay within a projection, and
// weights and delays stay with the target. In an undirected graph both synapses
// of an edge keep theirs.
func TestRandomisedKeepsEachProjection(t *testing.T) {
	net := within(40, Rule{Name: "fixed_indegree", Indegree: 3})
	net.Projections[0].Weights, net.Projections[0].Delays = Normal(0, 1), Uniform(1, 99)
	second := net.Projections[0]
	second.Rule = Rule{Name: "fixed_outdegree", Outdegree: 2}
	net.Projections = append(net.Projections, second)
	g := mustBuild(t, net, 3)
	out := g.Randomised(3, newRand(4))
	checkInvariants(t, out)
	type value struct {
		target     neuron.ID
		weight     float32
		delay      int32
		projection int16
	}
	values := func(g *Graph) (list []value, sources map[int16][]int) {
		sources = map[int16][]int{0: make([]int, 40), 1: make([]int, 40)}
		for _, s := range g.Synapses() {
			list = append(list, value{s.Target, s.Weight, s.Delay, s.Projection})
			sources[s.Projection][s.Source]++
		}
		slices.SortFunc(list, func(a, b value) int { return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.weight, b.weight)) })
		return list, sources
	}
	before, outBefore := values(g)
	after, outAfter := values(out)
	if !slices.Equal(before, after) || !reflect.DeepEqual(outBefore, outAfter) {
		t.Error("targets have other values, or sources other degrees")
	}
	moved := 0
	for i, s := range out.Synapses() {
		if s.Source != g.Synapses()[i].Source {
			moved++
		}
	}
	if moved < 100 {
		t.Errorf("%d of 200 synapses moved", moved)
	}
	if still := g.Randomised(0, newRand(4)); !equal(still, g) {
		t.Error("no exchange moved something")
	}
}

// TestEdgesKeepTheirDegrees: swaps on random lists, directed and undirected,
// keep every degree, create no autapse and no repeated edge, and are as many as
// reported.
func TestEdgesKeepTheirDegrees(t *testing.T) {
	rng := newRand(5)
	for range 100 {
		directed := rng.IntN(2) == 0
		e := Edges{Directed: directed}
		seen := map[uint64]bool{}
		for range 15 {
			a, b := rng.Int32N(8), rng.Int32N(8)
			if key := edgeKey(a, b, directed); a != b && !seen[key] {
				seen[key] = true
				e.Src, e.Dst = append(e.Src, a), append(e.Dst, b)
			}
		}
		before := degreesOf(e)
		was := slices.Clone(e.Dst)
		done := e.Swap(10, rng)
		if after := degreesOf(e); !reflect.DeepEqual(before, after) {
			t.Fatalf("degrees %v became %v", before, after)
		}
		simple := map[uint64]bool{}
		for i := range e.Src {
			key := edgeKey(e.Src[i], e.Dst[i], directed)
			if e.Src[i] == e.Dst[i] || simple[key] {
				t.Fatalf("%d>%d is an autapse, or there twice", e.Src[i], e.Dst[i])
			}
			simple[key] = true
		}
		if done > 10 || done < 0 || done == 0 && directed && !slices.Equal(was, e.Dst) {
			t.Fatalf("%d exchanges", done)
		}
	}
	for _, e := range []Edges{{}, {Src: []int32{0}, Dst: []int32{1}}, {Src: []int32{0, 0}, Dst: []int32{1, 2}, Directed: true}, {Src: []int32{0, 1, 2}, Dst: []int32{1, 2, 0}}} {
		if n := e.Swap(5, rng); n != 0 {
			t.Errorf("%d exchanges in %+v", n, e)
		}
	}
}

// degreesOf counts the ends of edges; for directed edges, sources and targets
// separately.
func degreesOf(e Edges) map[[2]int32]int {
	out := map[[2]int32]int{}
	for i := range e.Src {
		out[[2]int32{e.Src[i], 0}]++
		end := int32(0)
		if e.Directed {
			end = 1
		}
		out[[2]int32{e.Dst[i], end}]++
	}
	return out
}

// TestLatticiseKeepsTheRules: the total length of the edges never grows,
// degrees stay the same, and no edge repeats.
func TestLatticiseKeepsTheRules(t *testing.T) {
	rng := newRand(6)
	for range 60 {
		n := 4 + rng.IntN(8)
		e, seen := Edges{}, map[uint64]bool{}
		for range 2 * n {
			a, b := rng.Int32N(int32(n)), rng.Int32N(int32(n))
			if key := edgeKey(a, b, false); a != b && !seen[key] {
				seen[key] = true
				e.Src, e.Dst = append(e.Src, a), append(e.Dst, b)
			}
		}
		length := func() (sum int) {
			for i := range e.Src {
				d := abs(int(e.Src[i]) - int(e.Dst[i]))
				sum += min(d, n-d)
			}
			return sum
		}
		before, long := degreesOf(e), length()
		e.Latticise(n, 200, rng)
		simple := map[uint64]bool{}
		for i := range e.Src {
			simple[edgeKey(e.Src[i], e.Dst[i], false)] = e.Src[i] != e.Dst[i]
		}
		if !reflect.DeepEqual(before, degreesOf(e)) || length() > long || len(simple) != len(seen) {
			t.Fatalf("%d nodes: length %d of %d, %d edges of %d", n, length(), long, len(simple), len(seen))
		}
	}
	for _, bad := range []func(){
		func() { Edges{Src: []int32{0}, Dst: nil}.Swap(1, rng) },
		func() { Edges{Src: []int32{0}, Dst: nil}.Latticise(9, 1, rng) },
		func() { Edges{Directed: true}.Latticise(9, 1, rng) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("edges that are none were taken")
				}
			}()
			bad()
		}()
	}
}

// TestRulesAreListed: each rule is listed with its description and the fields
// that it uses, and a lookup returns the same.
func TestRulesAreListed(t *testing.T) {
	within := 0
	for _, info := range Rules() {
		e, ok := lookup(info.Name)
		if !ok || e.name != info.Name || info.About == "" || info.About != e.about || info.Fields != e.fields || info.Within != e.self {
			t.Errorf("%+v is looked up as %+v", info, e)
		}
		if info.Within {
			within++
		}
	}
	if within != 15 || len(Rules()) != 23 {
		t.Errorf("%d of %d rules are within one population", within, len(Rules()))
	}
	if _, ok := lookup("none"); ok {
		t.Error("there is a rule called none")
	}
}
