package measure

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"infomorph/topology"
)

// TestCoresKnown: an autapse adds no neighbour, and peeling continues after a
// node has moved. The graphs are a ring with a tail, with and without autapses,
// and a complete graph of four with a fifth node joined to two of them.
func TestCoresKnown(t *testing.T) {
	ring := [][3]float64{{0, 1, 1}, {1, 2, 1}, {2, 3, 1}, {3, 0, 1}, {3, 4, 1}, {4, 5, 1}}
	autapses := [][3]float64{{0, 0, 1}, {1, 1, 1}, {2, 2, 1}, {3, 3, 1}, {4, 4, 1}, {5, 5, 1}}
	four := [][3]float64{{0, 1, 1}, {0, 2, 1}, {0, 3, 1}, {1, 2, 1}, {1, 3, 1}, {2, 3, 1}, {4, 0, 1}, {4, 1, 1}}
	for _, c := range []struct {
		name  string
		edges [][3]float64
		n     int
		want  []float64
	}{
		{"ring with a tail", ring, 6, []float64{2, 2, 2, 2, 1, 1}},
		{"the same with autapses", slices.Concat(ring, autapses), 6, []float64{2, 2, 2, 2, 1, 1}},
		{"four and one", four, 5, []float64{3, 3, 3, 3, 2}},
	} {
		for _, directed := range []bool{false, true} {
			f := fixture{Directed: directed, N: c.n, Edges: c.edges}
			if got := value(t, New(f.graph(t), Options{}), "k_core"); !slices.Equal(got.PerNode, c.want) {
				t.Errorf("%s, directed %v: %v, want %v", c.name, directed, got.PerNode, c.want)
			}
		}
	}
}

// TestStandardErrorsKnown: if a measure is the mean of values of single
// sources, the square of its standard error, averaged over all samples without
// replacement, is the variance of the measure over these samples.
func TestStandardErrorsKnown(t *testing.T) {
	g := build(t, 12, topology.Rule{Name: "erdos_renyi", P: .2, Directed: true}, topology.Dist{})
	for _, name := range []string{"global_efficiency", "reachability", "closeness"} {
		for _, samples := range []int{3, 8} {
			const draws = 6000
			sum, squares, errors := 0.0, 0.0, 0.0
			for seed := range uint64(draws) {
				r := value(t, New(g, Options{Samples: samples, Seed: seed}), name)
				v := float64(r.Value)
				sum, squares, errors = sum+v, squares+v*v, errors+float64(r.Error*r.Error)
			}
			variance := squares/draws - sum*sum/draws/draws
			if ratio := errors / draws / variance; !(math.Abs(ratio-1) <= .06) {
				t.Errorf("%s from %d of 12 sources: the mean square of the error is %.3f times the variance", name, samples, ratio)
			}
			if exact := float64(value(t, New(g, Options{}), name).Value); !(math.Abs(sum/draws-exact) <= 4*math.Sqrt(variance/draws)) {
				t.Errorf("%s from %d of 12 sources: %.5f on average, %.5f of all", name, samples, sum/draws, exact)
			}
		}
	}
}

// TestCommunitiesKnown: two complete graphs of five, joined by one edge, are
// two communities of modularity 2(10/21 − 1/4), also when all weights are
// scaled. A node with equal ties to both stays where it is.
func TestCommunitiesKnown(t *testing.T) {
	for _, scale := range []float64{1, 1e-6, 1e6} {
		var edges [][3]float64
		for _, first := range []int{0, 5} {
			for a := first; a < first+5; a++ {
				for b := a + 1; b < first+5; b++ {
					edges = append(edges, [3]float64{float64(a), float64(b), scale})
				}
			}
		}
		edges = append(edges, [3]float64{4, 5, scale})
		f := fixture{N: 10, Edges: edges}
		n := New(f.graph(t), Options{Weighted: true})
		want := 2 * (10./21 - .25)
		if got := float64(value(t, n, "modularity").Value); !(math.Abs(got-want) <= 1e-6) {
			t.Errorf("scale %g: modularity %v, want %v", scale, got, want)
		}
	}
}

// TestSampleSizes: a sampled measure reports its sample size; a measure over
// all sources has no error.
func TestSampleSizes(t *testing.T) {
	g := build(t, 12, topology.Rule{Name: "erdos_renyi", P: .2, Directed: true}, topology.Dist{})
	for _, name := range []string{"path_length", "global_efficiency", "reachability", "closeness", "diameter"} {
		if r := value(t, New(g, Options{}), name); r.Samples != 0 || r.Error != 0 {
			t.Errorf("%s of all: %d samples, error %v", name, r.Samples, r.Error)
		}
		if r := value(t, New(g, Options{Samples: 5, Seed: 1}), name); r.Samples != 5 || r.Error <= 0 && name != "diameter" {
			t.Errorf("%s of five: %d samples, error %v", name, r.Samples, r.Error)
		}
	}
	if r := value(t, New((&fixture{N: 3}).graph(t), Options{}), "diameter"); r.Value != 0 {
		t.Errorf("the diameter of three nodes apart is %v", r.Value)
	}
}

// TestTriadsKnown: two triads have the same name exactly if renaming the nodes
// turns one into the other. The digits of a name count its mutual, single and
// missing pairs.
func TestTriadsKnown(t *testing.T) {
	arcs := [6][2]int{{0, 1}, {1, 0}, {0, 2}, {2, 0}, {1, 2}, {2, 1}}
	code := func(has map[[2]int]bool, name [3]int) (c int) {
		for bit, a := range arcs {
			if has[[2]int{name[a[0]], name[a[1]]}] {
				c |= 1 << bit
			}
		}
		return c
	}
	renamed := [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
	classes := map[int]uint8{} // by the smallest code of all renamings of a triad
	for c := range 64 {
		has := map[[2]int]bool{}
		for bit, a := range arcs {
			has[a] = c>>bit&1 == 1
		}
		least := 64
		for _, name := range renamed {
			least = min(least, code(has, name))
		}
		if known, ok := classes[least]; ok && known != triadOf[c] {
			t.Errorf("code %d is %s, a renaming of it %s", c, triadNames[triadOf[c]-1], triadNames[known-1])
		}
		classes[least] = triadOf[c]
		mutual, single := 0, 0
		for pair := 0; pair < 6; pair += 2 {
			switch c >> pair & 3 {
			case 3:
				mutual++
			case 1, 2:
				single++
			}
		}
		if digits := fmt.Sprintf("%d%d%d", mutual, single, 3-mutual-single); triadNames[triadOf[c]-1][:3] != digits {
			t.Errorf("code %d is %s, its pairs are %s", c, triadNames[triadOf[c]-1], digits)
		}
	}
	if len(classes) != 16 {
		t.Errorf("%d kinds of triads", len(classes))
	}
}
