package topology

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/internal/fuzzing"
	"infomorph/neuron"
)

// crowd is a graph with parallel synapses, two projections and channels, in
// which equal synapses are likely.
func crowd(t testing.TB, rng *rand.Rand) *Graph {
	var all []Synapse
	for range 60 {
		all = append(all, someSynapse(rng, nil))
	}
	g, err := FromSynapses([]Population{{Name: "p", Size: 6}}, []Population{{Name: "c", Size: 2}},
		[]Link{{Port: neuron.Contextual}, {Port: neuron.Contextual}}, all)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func someSynapse(rng *rand.Rand, gone []neuron.ID) Synapse {
	for {
		s := Synapse{
			Source: neuron.ID(rng.IntN(8)), Target: neuron.ID(rng.IntN(6)), Weight: float32(rng.IntN(2)),
			Delay: 1 + rng.Int32N(2), Projection: int16(rng.IntN(2)), Port: neuron.Contextual,
		}
		if !slices.Contains(gone, s.Source) && !slices.Contains(gone, s.Target) {
			return s
		}
	}
}

func someChange(g *Graph, rng *rand.Rand) *Change {
	c := &Change{}
	if rng.IntN(4) == 0 {
		c.Neurons = append(c.Neurons, neuron.ID(rng.IntN(8)))
	}
	for i := range g.NumSynapses() {
		if rng.IntN(5) == 0 {
			c.Synapses = append(c.Synapses, int64(i))
		}
	}
	gone := append(slices.Clone(g.Removed), c.Neurons...)
	for range rng.IntN(10) {
		if len(gone) < 4 {
			c.Added = append(c.Added, someSynapse(rng, gone))
		}
	}
	return c
}

// TestApplyAgainstList compares Apply with the same change of a sorted list of
// synapses.
func TestApplyAgainstList(t *testing.T) {
	rng := newRand(3)
	for range 300 {
		g := crowd(t, rng)
		c := someChange(g, rng)
		out, origin, err := g.Apply(c)
		if err != nil {
			t.Fatal(err)
		}
		checkInvariants(t, out)
		type entry struct {
			Synapse
			from int64
		}
		var want []entry
		for i, s := range g.Synapses() {
			if !slices.Contains(c.Synapses, int64(i)) && !slices.Contains(c.Neurons, s.Source) && !slices.Contains(c.Neurons, s.Target) {
				want = append(want, entry{s, int64(i)})
			}
		}
		for _, s := range c.Added {
			want = append(want, entry{s, -1})
		}
		slices.SortStableFunc(want, func(a, b entry) int { return compareSynapses(a.Synapse, b.Synapse) })
		for i, s := range out.Synapses() {
			if i >= len(want) || want[i] != (entry{s, origin[i]}) {
				t.Fatalf("synapse %d: %+v from %d, want %+v", i, s, origin[i], want[i])
			}
		}
		if out.NumSynapses() != len(want) || len(origin) != len(want) {
			t.Fatalf("%d synapses, %d origins, want %d", out.NumSynapses(), len(origin), len(want))
		}
	}
}

// TestChangeTo takes several random steps from one graph to another and
// requires that one change, encoded and decoded, leads to the same graph.
func TestChangeTo(t *testing.T) {
	rng := newRand(4)
	for range 300 {
		first := crowd(t, rng)
		last := first
		for range 1 + rng.IntN(4) {
			var err error
			if last, _, err = last.Apply(someChange(last, rng)); err != nil {
				t.Fatal(err)
			}
		}
		c, err := first.ChangeTo(last)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := c.AppendBinary(nil)
		var back Change
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		got, _, err := first.Apply(&back)
		if err != nil || !equal(got, last) || !slices.Equal(got.Removed, last.Removed) {
			t.Fatalf("one change leads elsewhere than many: %v", err)
		}
	}
	if c, err := crowd(t, newRand(1)).ChangeTo(crowd(t, newRand(1))); err != nil || !c.Empty() {
		t.Errorf("equal graphs differ by %+v, %v", c, err)
	}
	if _, err := crowd(t, rng).ChangeTo(mustBuild(t, one(5, Rule{Name: "star"}), 1)); err == nil {
		t.Error("graphs of other sizes were compared")
	}
}

func TestApplyRefuses(t *testing.T) {
	g, _, err := crowd(t, newRand(1)).Apply(&Change{Neurons: []neuron.ID{2}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*Change{
		"neuron":     {Neurons: []neuron.ID{8}},
		"synapse":    {Synapses: []int64{-1}},
		"removed":    {Added: []Synapse{{Source: 1, Target: 2, Delay: 1}}},
		"weight":     {Added: []Synapse{{Source: 1, Target: 1, Delay: 1, Weight: float32(math.NaN())}}},
		"delay":      {Added: []Synapse{{Source: 1, Target: 1}}},
		"projection": {Added: []Synapse{{Source: 1, Target: 1, Delay: 1, Projection: 2}}},
	} {
		if _, _, err := g.Apply(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzChange(f *testing.F) {
	g := crowd(f, newRand(5))
	for range 3 {
		data, _ := someChange(g, newRand(6)).AppendBinary(nil)
		f.Add(data)
	}
	f.Add(slices.Repeat([]byte{0xff}, 20))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		var c Change
		if c.UnmarshalBinary(data) != nil {
			return
		}
		again, _ := c.AppendBinary(nil)
		if !slices.Equal(again, data) {
			t.Error("the bytes do not come back")
		}
		if out, _, err := g.Apply(&c); err == nil {
			checkInvariants(t, out)
		}
	})
}
