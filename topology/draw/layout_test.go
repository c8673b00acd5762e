package draw

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/spatial/r2"

	"infomorph/neuron"
	"infomorph/topology"
)

// TestForcesKnown: a spring pulls both ends with 0.3·distance², twice as much
// for two synapses; the repulsion is 1/distance, bounded for neurons at the
// same place.
func TestForcesKnown(t *testing.T) {
	g := placed(t, make([]topology.Point, 3), nil, topology.Synapse{Source: 0, Target: 1}, topology.Synapse{Source: 0, Target: 1}, topology.Synapse{Source: 2, Target: 0}, topology.Synapse{Source: 2, Target: 2})
	bodies := []*body{{r2.Vec{}}, {r2.Vec{X: 3, Y: 4}}, {r2.Vec{X: -2}}}
	pull := []r2.Vec{{X: 9}, {X: 9}, {X: 9}} // values of an earlier round, to be overwritten
	attract(g, bodies, pull)
	want := []r2.Vec{{X: 2*.3*5*3 - .3*2*2, Y: 2 * .3 * 5 * 4}, {X: -2 * .3 * 5 * 3, Y: -2 * .3 * 5 * 4}, {X: .3 * 2 * 2}}
	for i := range want {
		if r2.Norm(r2.Sub(pull[i], want[i])) > 1e-12 {
			t.Errorf("neuron %d is pulled by %v, want %v", i, pull[i], want[i])
		}
	}
	for v, want := range map[r2.Vec]r2.Vec{{X: 2}: {X: -1.5}, {X: 3, Y: 4}: {X: -9. / 25, Y: -12. / 25}, {X: 1e-3}: {X: -30}, {}: {}} {
		if got := repel(nil, nil, 0, 3, v); r2.Norm(r2.Sub(got, want)) > 1e-12 {
			t.Errorf("3 at %v repels by %v, want %v", v, got, want)
		}
	}
	if b := bodies[1]; b.Coord2() != (r2.Vec{X: 3, Y: 4}) || b.Mass() != 1 {
		t.Errorf("%v of mass %v", b.Coord2(), b.Mass())
	}
}

// TestForcesBalance: two neurons come to rest where the spring, the repulsion
// and the weak gravity cancel; three joined neurons form an equilateral
// triangle.
func TestForcesBalance(t *testing.T) {
	s := func(a, b neuron.ID) topology.Synapse { return topology.Synapse{Source: a, Target: b} }
	pair := placed(t, make([]topology.Point, 2), nil, s(0, 1))
	pair.Channels = nil
	at := force(pair, 2, rand.New(rand.NewPCG(1, 7)))
	// 0.3·d² + 0.15·d/2 = 1/d
	d := r2.Norm(r2.Sub(at[0], at[1]))
	if off := .3*d*d + .15*d/2 - 1/d; !(math.Abs(off) <= .05) {
		t.Errorf("two are %v apart, where %v pulls", d, off)
	}
	three := placed(t, make([]topology.Point, 3), nil, s(0, 1), s(1, 2), s(2, 0))
	at = force(three, 3, rand.New(rand.NewPCG(2, 7)))
	sides := []float64{r2.Norm(r2.Sub(at[0], at[1])), r2.Norm(r2.Sub(at[1], at[2])), r2.Norm(r2.Sub(at[2], at[0]))}
	if slices.Max(sides)/slices.Min(sides) > 1.05 {
		t.Errorf("a triangle of sides %v", sides)
	}
	if middle := r2.Scale(1./3, r2.Add(at[0], r2.Add(at[1], at[2]))); r2.Norm(middle) > .05*sides[0] {
		t.Errorf("the triangle lies around %v", middle)
	}
}

// TestUnitSquare: points fill the longer side, or both.
func TestUnitSquare(t *testing.T) {
	for _, c := range []struct {
		points []r2.Vec
		keep   bool
		want   string
	}{
		{[]r2.Vec{{X: 2, Y: 1}, {X: 6, Y: 3}}, true, "0,25 100,75"}, {[]r2.Vec{{X: 2, Y: 1}, {X: 6, Y: 3}}, false, "0,0 100,100"},
		{[]r2.Vec{{X: 1, Y: 2}, {X: 3, Y: 6}, {X: 2, Y: 2}}, true, "25,0 75,100 50,0"}, {[]r2.Vec{{X: 5, Y: 5}}, true, "50,50"},
		{[]r2.Vec{{X: 5, Y: 5}, {X: 5, Y: 7}}, false, "50,0 50,100"}, {[]r2.Vec{{X: -4}, {X: 4}}, true, "0,50 100,50"}, {nil, true, ""},
	} {
		if got := points(unit(c.points, c.keep)); got != c.want {
			t.Errorf("%v: %s, want %s", c.points, got, c.want)
		}
	}
}

// TestRowsGoByTheirNeighbours: neurons of a row are sorted by the mean position
// of their neighbours; a neuron without neighbours by its own position.
func TestRowsGoByTheirNeighbours(t *testing.T) {
	x := []float64{.1, .5, .9, .2, .8, .4}
	near := [][]int{{4}, nil, {3, 5}, {2}, {0}, {2}}
	row := []int{0, 1, 2}
	sortByNeighbours(row, near, x) // 0.8, 0.5, 0.3
	if !slices.Equal(row, []int{2, 1, 0}) {
		t.Errorf("%v", row)
	}
	row = []int{3, 5, 4}
	sortByNeighbours(row, near, x) // 0.9, 0.9, 0.1: the first stays before the second
	if !slices.Equal(row, []int{4, 3, 5}) {
		t.Errorf("%v", row)
	}
	g := placed(t, make([]topology.Point, 2), make([]topology.Point, 1), topology.Synapse{Source: 2, Target: 0}, topology.Synapse{Source: 1, Target: 0})
	if got := neighbours(g, 3); !slices.Equal(got[0], []int{1, 2}) || !slices.Equal(got[1], []int{0}) || !slices.Equal(got[2], []int{0}) {
		t.Errorf("%v", got)
	}
}
