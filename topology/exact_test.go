package topology

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
)

// laid is a network with the list of all its synapses, ordered by target and
// source.
type laid struct {
	net  *Network
	want string
}

// lays compares deterministic rules with the full list of their synapses.
func lays(t *testing.T, list ...laid) {
	t.Helper()
	for _, c := range list {
		if got := arrows(mustBuild(t, c.net, 1)); got != c.want {
			t.Errorf("%d neurons, %+v:\n got %s\nwant %s", c.net.Populations[0].Size, c.net.Projections[0].Rule, got, c.want)
		}
	}
}

func TestPairsWithoutChance(t *testing.T) {
	lays(t,
		laid{within(3, Rule{Name: "one_to_one"}), "0>0 1>1 2>2"},
		laid{between(2, 2, Rule{Name: "one_to_one"}), "0>2 1>3"},
		laid{within(3, Rule{Name: "all_to_all"}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{within(2, Rule{Name: "all_to_all", Autapses: true}), "0>0 1>0 0>1 1>1"},
		laid{between(2, 3, Rule{Name: "all_to_all"}), "0>2 1>2 0>3 1>3 0>4 1>4"},
		laid{within(1, Rule{Name: "all_to_all"}), ""},
		laid{within(0, Rule{Name: "all_to_all"}), ""},
		laid{between(2, 2, Rule{Name: "fixed_indegree", Indegree: 2}), "0>2 1>2 0>3 1>3"},
		laid{between(4, 2, Rule{Name: "blocks", Number: 2}), "0>4 1>4 2>5 3>5"},
		laid{between(3, 2, Rule{Name: "blocks", Number: 2}), "0>3 1>3 2>4"},
		laid{between(2, 3, Rule{Name: "blocks", Number: 2}), "0>2 0>3 1>4"},
		laid{between(2, 2, Rule{Name: "blocks", Number: 1}), "0>2 1>2 0>3 1>3"},
		laid{within(5, Rule{Name: "blocks", Number: 2}), "1>0 2>0 0>1 2>1 0>2 1>2 4>3 3>4"},
		laid{within(2, Rule{Name: "blocks", Number: 2}), ""},
		laid{within(2, Rule{Name: "blocks", Number: 2, Autapses: true}), "0>0 1>1"},
		laid{between(4, 2, Rule{Name: "blocks", Number: 2, Apart: true}), "2>4 3>4 0>5 1>5"},
		laid{between(3, 2, Rule{Name: "blocks", Number: 2, Apart: true}), "2>3 0>4 1>4"},
		laid{between(2, 2, Rule{Name: "blocks", Number: 1, Apart: true}), ""},
		laid{within(3, Rule{Name: "blocks", Number: 2, Apart: true}), "2>0 2>1 0>2 1>2"},
		laid{within(3, Rule{Name: "blocks", Number: 2, Apart: true, Autapses: true}), "2>0 2>1 0>2 1>2"},
		laid{between(1, 3, Rule{Name: "fixed_outdegree", Outdegree: 3}), "0>1 0>2 0>3"},
		laid{within(3, Rule{Name: "fixed_indegree", Indegree: 2}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{within(2, Rule{Name: "fixed_outdegree", Outdegree: 1}), "1>0 0>1"},
		laid{within(1, Rule{Name: "fixed_indegree", Indegree: 2, Autapses: true, Multapses: true}), "0>0 0>0"},
		laid{within(3, Rule{Name: "fixed_total_number", Number: 6}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{between(1, 2, Rule{Name: "fixed_total_number", Number: 2}), "0>1 0>2"},
		laid{within(3, Rule{Name: "pairwise_bernoulli", P: 1}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{between(2, 1, Rule{Name: "pairwise_bernoulli", P: 1}), "0>2 1>2"},
		laid{within(2, Rule{Name: "pairwise_bernoulli", P: 1, Autapses: true}), "0>0 1>0 0>1 1>1"},
		laid{within(3, Rule{Name: "pairwise_bernoulli"}), ""},
	)
}

func TestLatticesWithoutChance(t *testing.T) {
	lays(t,
		laid{within(5, Rule{Name: "ring", K: 2}), "1>0 4>0 0>1 2>1 1>2 3>2 2>3 4>3 0>4 3>4"},
		laid{within(5, Rule{Name: "ring", K: 1, Directed: true}), "4>0 0>1 1>2 2>3 3>4"},
		laid{within(5, Rule{Name: "ring", K: 3, Directed: true}), "2>0 3>0 4>0 0>1 3>1 4>1 0>2 1>2 4>2 0>3 1>3 2>3 1>4 2>4 3>4"},
		laid{within(5, Rule{Name: "ring"}), ""},
		laid{within(5, Rule{Name: "watts_strogatz", K: 2}), "1>0 4>0 0>1 2>1 1>2 3>2 2>3 4>3 0>4 3>4"},
		laid{within(5, Rule{Name: "watts_strogatz", K: 1, Directed: true}), "1>0 2>1 3>2 4>3 0>4"},
		laid{within(5, Rule{Name: "watts_strogatz", K: 2, Directed: true}), "1>0 4>0 0>1 2>1 1>2 3>2 2>3 4>3 0>4 3>4"},
		laid{within(3, Rule{Name: "watts_strogatz", K: 2, P: 1}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{within(4, Rule{Name: "lattice"}), "1>0 0>1 2>1 1>2 3>2 2>3"},
		laid{within(4, Rule{Name: "lattice", Torus: true}), "1>0 3>0 0>1 2>1 1>2 3>2 0>3 2>3"},
		laid{within(4, Rule{Name: "lattice", Radius: 2}), "1>0 2>0 0>1 2>1 3>1 0>2 1>2 3>2 1>3 2>3"},
		laid{within(6, Rule{Name: "lattice", Shape: []int{2, 3}}), "1>0 3>0 0>1 2>1 4>1 1>2 5>2 0>3 4>3 1>4 3>4 5>4 2>5 4>5"},
		laid{within(6, Rule{Name: "lattice", Shape: []int{1, 6}, Torus: true}), "1>0 5>0 0>1 2>1 1>2 3>2 2>3 4>3 3>4 5>4 0>5 4>5"},
		laid{within(8, Rule{Name: "lattice", Shape: []int{2, 2, 2}}), "1>0 2>0 4>0 0>1 3>1 5>1 0>2 3>2 6>2 1>3 2>3 7>3 0>4 5>4 6>4 1>5 4>5 7>5 2>6 4>6 7>6 3>7 5>7 6>7"},
		laid{within(4, Rule{Name: "star"}), "1>0 2>0 3>0 0>1 0>2 0>3"},
		laid{within(4, Rule{Name: "star", Directed: true}), "0>1 0>2 0>3"},
		laid{within(0, Rule{Name: "star"}), ""},
	)
}

func TestRandomGraphsWithoutChance(t *testing.T) {
	lays(t,
		laid{within(3, Rule{Name: "erdos_renyi", P: 1}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{within(3, Rule{Name: "erdos_renyi", Number: 3}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{within(3, Rule{Name: "erdos_renyi", Number: 6, Directed: true}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{within(1, Rule{Name: "erdos_renyi", P: 1}), ""},
		laid{within(4, Rule{Name: "barabasi_albert", M: 3}), "1>0 2>0 3>0 0>1 0>2 0>3"},
		laid{within(4, Rule{Name: "barabasi_albert", M: 3, Directed: true}), "1>0 2>0 3>0"},
		laid{within(4, Rule{Name: "power_law", MinK: 3, MaxK: 3}), "1>0 2>0 3>0 0>1 2>1 3>1 0>2 1>2 3>2 0>3 1>3 2>3"},
		laid{within(3, Rule{Name: "configuration_model", InDegrees: []int{2, 1, 1}}), "1>0 2>0 0>1 0>2"},
		laid{within(3, Rule{Name: "configuration_model", InDegrees: []int{0, 1, 1}, OutDegrees: []int{2, 0, 0}}), "0>1 0>2"},
		laid{within(3, Rule{Name: "configuration_model", InDegrees: []int{0, 0, 0}}), ""},
		laid{within(1, Rule{Name: "configuration_model", InDegrees: []int{2}, Autapses: true, Multapses: true}), "0>0"},
		laid{within(1, Rule{Name: "configuration_model", InDegrees: []int{2}, OutDegrees: []int{2}, Autapses: true, Multapses: true}), "0>0 0>0"},
	)
}

func TestModulesWithoutChance(t *testing.T) {
	all := [][]float64{{1, 1}, {1, 1}}
	lays(t,
		laid{within(3, Rule{Name: "stochastic_block", Sizes: []int{2, 1}, Probabilities: [][]float64{{0, 1}, {0, 0}}, Directed: true}), "0>2 1>2"},
		laid{within(3, Rule{Name: "stochastic_block", Sizes: []int{2, 1}, Probabilities: [][]float64{{0, 1}, {1, 0}}}), "2>0 2>1 0>2 1>2"},
		laid{within(3, Rule{Name: "stochastic_block", Sizes: []int{2, 1}, Probabilities: [][]float64{{1, 0}, {0, 1}}}), "1>0 0>1"},
		laid{within(3, Rule{Name: "stochastic_block", Sizes: []int{2, 0, 1}, Probabilities: [][]float64{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}, Directed: true}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{within(3, Rule{Name: "stochastic_block", Sizes: []int{0, 3}, Probabilities: all}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{within(4, Rule{Name: "hierarchical_modular", Levels: 1, Branching: 2, P: 1}), "1>0 0>1 3>2 2>3"},
		laid{within(4, Rule{Name: "hierarchical_modular", Levels: 2, Branching: 2, P: 1, Ratio: 1}), "1>0 2>0 3>0 0>1 2>1 3>1 0>2 1>2 3>2 0>3 1>3 2>3"},
		laid{within(3, Rule{Name: "hierarchical_modular", Branching: 2, P: 1}), "1>0 2>0 0>1 2>1 0>2 1>2"},
		laid{within(3, Rule{Name: "core_periphery", Core: 1, Probabilities: [][]float64{{1, 1}, {1, 0}}}), "1>0 2>0 0>1 0>2"},
		laid{within(3, Rule{Name: "core_periphery", Core: 1, Probabilities: [][]float64{{1, 1}, {0, 0}}, Directed: true}), "0>1 0>2"},
		laid{within(3, Rule{Name: "core_periphery", Core: 0, Probabilities: [][]float64{{1, 1}, {1, 0}}}), ""},
		laid{within(5, Rule{Name: "feed_forward", Sizes: []int{2, 1, 2}}), "0>2 1>2 2>3 2>4"},
		laid{within(3, Rule{Name: "feed_forward", Sizes: []int{1, 0, 2}}), ""},
		laid{within(3, Rule{Name: "feed_forward", Sizes: []int{3}}), ""},
	)
}

// TestSpaceWithoutChance: four neurons at the corners of a square of side 1/2.
func TestSpaceWithoutChance(t *testing.T) {
	lays(t,
		laid{within(4, Rule{Name: "spatial", Kernel: "box", P: 1, Scale: .5}), "1>0 2>0 0>1 3>1 0>2 3>2 1>3 2>3"},
		laid{within(4, Rule{Name: "spatial", Kernel: "box", P: 1, Scale: .49}), ""},
		laid{within(4, Rule{Name: "spatial", Kernel: "box", P: 1, Scale: .49, Autapses: true}), "0>0 1>1 2>2 3>3"},
		laid{within(4, Rule{Name: "spatial", Kernel: "box", P: 1, Scale: .4, Torus: true, Extent: .75}), "1>0 2>0 3>0 0>1 2>1 3>1 0>2 1>2 3>2 0>3 1>3 2>3"},
		laid{between(1, 4, Rule{Name: "spatial", Kernel: "box", P: 1, Scale: .36}), "0>1 0>2 0>3 0>4"},
	)
}

// TestLatticesAgainstDistance compares lattices with all pairs whose steps
// along the axes sum to at most the radius; on a torus, steps may cross the
// borders.
func TestLatticesAgainstDistance(t *testing.T) {
	for _, c := range []struct {
		shape  []int
		radius int
		torus  bool
	}{
		{[]int{11}, 3, false}, {[]int{11}, 5, true}, {[]int{4, 7}, 2, false}, {[]int{5, 7}, 2, true}, {[]int{7, 1, 5}, 2, true}, {[]int{3, 4, 5}, 1, true}, {[]int{3, 4, 2}, 2, false}, {[]int{3, 4, 2}, 30, false},
	} {
		n := 1
		for _, side := range c.shape {
			n *= side
		}
		var want []string
		for target := range n {
			for source := range n {
				if d := steps1(source, target, c.shape, c.torus); d > 0 && d <= c.radius {
					want = append(want, fmt.Sprintf("%d>%d", source, target))
				}
			}
		}
		g := mustBuild(t, within(n, Rule{Name: "lattice", Shape: c.shape, Radius: c.radius, Torus: c.torus}), 1)
		if got := arrows(g); got != strings.Join(want, " ") {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
}

// steps1 is the number of steps between two cells; the index of the last side
// changes fastest.
func steps1(a, b int, shape []int, torus bool) (sum int) {
	for _, side := range slices.Backward(shape) {
		d := abs(a%side - b%side)
		if torus {
			d = min(d, side-d)
		}
		sum, a, b = sum+d, a/side, b/side
	}
	return sum
}

// TestPlaces compares the positions of neurons with the expected ones.
func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		p    Placement
		n    int
		want []Point
	}{
		{Placement{Kind: "grid"}, 4, []Point{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}}},
		{Placement{Kind: "grid"}, 5, []Point{{1. / 6, 1. / 6}, {.5, 1. / 6}, {5. / 6, 1. / 6}, {1. / 6, .5}, {.5, .5}}},
		{Placement{Kind: "grid", Extent: 8}, 1, []Point{{4, 4}}},
		{Placement{Kind: "grid", Dims: 1, Extent: 8}, 4, []Point{{1}, {3}, {5}, {7}}},
		{Placement{Kind: "grid", Dims: 3, Extent: 2}, 3, []Point{{.5, .5, .5}, {1.5, .5, .5}, {.5, 1.5, .5}}},
		{Placement{Kind: "circle"}, 4, []Point{{.5, 0}, {0, .5}, {-.5, 0}, {0, -.5}}},
		{Placement{Kind: "circle", Extent: 6, Dims: 3}, 2, []Point{{3, 0}, {-3, 0}}},
		{Placement{Kind: "grid"}, 0, []Point{}},
	} {
		got := c.p.positions(c.n, nil)
		if len(got) != len(c.want) {
			t.Fatalf("%+v: %v", c.p, got)
		}
		for i := range got {
			if got[i].Distance(c.want[i]) > 1e-12 {
				t.Errorf("%+v: neuron %d of %d is at %v, want %v", c.p, i, c.n, got[i], c.want[i])
			}
		}
	}
}

// TestRandomPlaces: positions are uniform in the given number of dimensions, by
// the moments of the uniform distribution.
func TestRandomPlaces(t *testing.T) {
	const n = 20000
	for dims := range 4 {
		for _, extent := range []float64{0, 3} {
			points := Placement{Kind: "random", Dims: dims, Extent: extent}.positions(n, newRand(uint64(dims)))
			side, used := max(extent, 1), dims
			if extent == 0 {
				side = 1
			}
			if dims == 0 {
				used = 2
			}
			for k := range 3 {
				sum, squares, most := 0., 0., 0.
				for _, p := range points {
					x := p[k] / side
					sum, squares, most = sum+x, squares+x*x, max(most, x)
				}
				mean, square := sum/n, squares/n
				if k >= used && most != 0 {
					t.Errorf("%d dimensions: axis %d is used", dims, k)
				}
				if k < used && (!(math.Abs(mean-.5) <= 4*math.Sqrt(1./12/n)) || !(math.Abs(square-1./3) <= 4*math.Sqrt(4./45/n)) || most >= 1 || most < .999) {
					t.Errorf("%d dimensions of %v: axis %d has moments %v, %v and at most %v", dims, extent, k, mean, square, most)
				}
			}
		}
	}
}

// TestNamesOfProjections: given names stay; other names are made of the two
// ends, with a number if the name is taken.
func TestNamesOfProjections(t *testing.T) {
	list := []Projection{{From: "a", To: "b"}, {From: "a", To: "b"}, {Name: "x"}, {Name: "x"}, {Name: "a-b-2"}, {From: "a", To: "b"}, {Name: "a-b"}}
	want := []string{"a-b", "a-b-2", "x", "x-2", "a-b-2-2", "a-b-3", "a-b-4"}
	if got := projectionNames(list); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestProjectionsAreIndependent: changing or removing one projection leaves the
// pairs, weights and delays of the other as they were.
func TestProjectionsAreIndependent(t *testing.T) {
	of := func(g *Graph, name string) (out []Synapse) {
		for _, s := range g.Synapses() {
			if g.Projections[s.Projection].Name == name {
				s.Projection = 0
				out = append(out, s)
			}
		}
		return out
	}
	kept := Projection{Name: "kept", From: "net", To: "net", Port: neuron.Lateral, Rule: Rule{Name: "pairwise_bernoulli", P: .3}, Weights: Normal(0, 1), Delays: Uniform(1, 9000)}
	other := kept
	other.Name = "other"
	changed := other
	changed.Rule, changed.Port = Rule{Name: "fixed_indegree", Indegree: 2}, neuron.Contextual
	base := Network{Populations: []Population{{Name: "net", Size: 30}}}
	var want []Synapse
	for _, list := range [][]Projection{{kept}, {kept, other}, {other, kept}, {changed, kept}} {
		base.Projections = list
		got := of(mustBuild(t, &base, 5), "kept")
		if want == nil {
			want = got
		}
		if len(got) < 200 || !slices.Equal(got, want) {
			t.Errorf("%d projections: %d synapses of the one that was kept, want %d", len(list), len(got), len(want))
		}
	}
	base.Projections = []Projection{kept, other}
	if g := mustBuild(t, &base, 5); slices.Equal(of(g, "kept"), of(g, "other")) {
		t.Error("two projections draw the same")
	}
}

// TestDescriptionIsNotChanged: building does not fill in any field of the
// description.
func TestDescriptionIsNotChanged(t *testing.T) {
	net := within(4, Rule{Name: "star"})
	net.Channels = []Population{{Name: "c", Size: 1, Place: Placement{Kind: "circle", Extent: 4}}}
	g := mustBuild(t, net, 1)
	if net.Populations[0].Positions != nil || net.Channels[0].Positions != nil {
		t.Error("the description has positions")
	}
	if p, ok := g.Position(4); !ok || p != (Point{2}) {
		t.Errorf("the channel is at %v", p)
	}
	own := []Point{{7}, {8}, {9}, {6}}
	net.Populations[0].Positions = own
	if p, _ := mustBuild(t, net, 1).Position(2); p != (Point{9}) {
		t.Errorf("a place that is given became %v", p)
	}
}
