package topology

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"infomorph/neuron"
)

// on is a rule within a population of n neurons, or, if from is not 0, from a
// population of that size to it.
type on struct {
	n, from int
	rule    Rule
	want    string // the fault of the rule; "": it has none
}

func (c *on) network() *Network {
	net := &Network{Populations: []Population{{Name: "a", Size: c.n, Place: Placement{Kind: "grid"}}}}
	net.Projections = []Projection{{From: "a", To: "a", Rule: c.rule}}
	if c.from > 0 {
		net.Channels = []Population{{Name: "in", Size: c.from}}
		net.Projections[0].From = "in"
	}
	return net
}

// refused compares the complete error messages of rules at and beyond the
// bounds of their fields.
func refused(t *testing.T, list ...on) {
	t.Helper()
	for _, c := range list {
		want := ""
		if c.want != "" {
			want = fmt.Sprintf("projections[0] (%s → a): rule: %s", c.network().Projections[0].From, c.want)
		}
		if got := told(c.network().Validate()); got != want {
			t.Errorf("%d, %+v:\n got %s\nwant %s", c.n, c.rule, got, want)
		}
	}
}

func TestElementaryRefuse(t *testing.T) {
	refused(t,
		on{4, 0, Rule{Name: "random"}, `name: "random" is unknown, expected one of one_to_one, all_to_all, blocks, fixed_indegree, fixed_outdegree, fixed_total_number, pairwise_bernoulli, ring, lattice, watts_strogatz, star, ` +
			`erdos_renyi, barabasi_albert, power_law, configuration_model, stochastic_block, hierarchical_modular, core_periphery, feed_forward, spatial, imported, rewire, degree_preserving`},
		on{4, 0, Rule{Name: "blocks"}, "blocks: number: 0 blocks, expected 1 to 4, the smaller of both ends"},
		on{3, 4, Rule{Name: "blocks", Number: 4}, "blocks: number: 4 blocks, expected 1 to 3, the smaller of both ends"},
		on{4, 3, Rule{Name: "blocks", Number: 3}, ""},
		on{100_000, 0, Rule{Name: "blocks", Number: 4}, "blocks: about 2.5e+09 synapses, at most 1000000000 are allowed"},
		on{4, 4, Rule{Name: "ring", K: 2}, "ring works within one population, from and to differ"},
		on{4, 0, Rule{Name: "pairwise_bernoulli", P: -.1}, "p: -0.1, expected 0 to 1"},
		on{4, 0, Rule{Name: "pairwise_bernoulli", P: 1.1}, "p: 1.1, expected 0 to 1"},
		on{4, 0, Rule{Name: "pairwise_bernoulli", P: math.NaN()}, "p: NaN, expected 0 to 1"},
		on{4, 3, Rule{Name: "one_to_one"}, "one_to_one: sizes differ: 3 and 4"},
		on{4, 4, Rule{Name: "one_to_one"}, ""},
		on{100_000, 0, Rule{Name: "all_to_all"}, "all_to_all: about 1e+10 synapses, at most 1000000000 are allowed"},
		// degrees
		on{4, 0, Rule{Name: "fixed_indegree", Indegree: -1}, "fixed_indegree: indegree: -1 is negative"},
		on{4, 0, Rule{Name: "fixed_indegree", Indegree: 3}, ""},
		on{4, 0, Rule{Name: "fixed_indegree", Indegree: 4}, "fixed_indegree: indegree: 4, but there are only 3 partners (allow multapses to draw a pair more than once)"},
		on{4, 0, Rule{Name: "fixed_indegree", Indegree: 4, Autapses: true}, ""},
		on{4, 0, Rule{Name: "fixed_indegree", Indegree: 9, Multapses: true}, ""},
		on{4, 4, Rule{Name: "fixed_indegree", Indegree: 4}, ""},
		on{1, 0, Rule{Name: "fixed_indegree", Indegree: 1, Multapses: true}, "fixed_indegree: indegree: 1, but there is no partner to draw"},
		on{1, 0, Rule{Name: "fixed_indegree", Indegree: 1, Autapses: true}, ""},
		on{1, 0, Rule{Name: "fixed_indegree"}, ""},
		on{0, 0, Rule{Name: "fixed_indegree", Indegree: 5}, ""},
		on{4, 3, Rule{Name: "fixed_indegree", Indegree: 4}, "fixed_indegree: indegree: 4, but there are only 3 partners (allow multapses to draw a pair more than once)"},
		on{4, 3, Rule{Name: "fixed_outdegree", Outdegree: 5}, "fixed_outdegree: outdegree: 5, but there are only 4 partners (allow multapses to draw a pair more than once)"},
		on{4, 3, Rule{Name: "fixed_outdegree", Outdegree: 4}, ""},
		on{4, 0, Rule{Name: "fixed_outdegree", Outdegree: -2}, "fixed_outdegree: outdegree: -2 is negative"},
		on{4, 0, Rule{Name: "fixed_outdegree", Outdegree: 4}, "fixed_outdegree: outdegree: 4, but there are only 3 partners (allow multapses to draw a pair more than once)"},
		on{100, 0, Rule{Name: "fixed_indegree", Indegree: 20_000_000, Multapses: true}, "fixed_indegree: about 2e+09 synapses, at most 1000000000 are allowed"},
		on{100, 0, Rule{Name: "fixed_indegree", Indegree: 10_000_001, Multapses: true}, "fixed_indegree: about 1e+09 synapses, at most 1000000000 are allowed"},
		// numbers
		on{3, 0, Rule{Name: "fixed_total_number", Number: -1}, "fixed_total_number: number: -1 is negative"},
		on{3, 0, Rule{Name: "fixed_total_number", Number: 6}, ""},
		on{3, 0, Rule{Name: "fixed_total_number", Number: 7}, "fixed_total_number: number: 7, but there are only 6 pairs (allow multapses to draw a pair more than once)"},
		on{3, 0, Rule{Name: "fixed_total_number", Number: 9, Autapses: true}, ""},
		on{3, 0, Rule{Name: "fixed_total_number", Number: 10, Autapses: true}, "fixed_total_number: number: 10, but there are only 9 pairs (allow multapses to draw a pair more than once)"},
		on{3, 2, Rule{Name: "fixed_total_number", Number: 7}, "fixed_total_number: number: 7, but there are only 6 pairs (allow multapses to draw a pair more than once)"},
		on{1, 0, Rule{Name: "fixed_total_number", Number: 1, Multapses: true}, "fixed_total_number: number: 1, but there is no pair to draw"},
		on{3, 0, Rule{Name: "fixed_total_number", Number: 1_000_000_001, Multapses: true}, "fixed_total_number: about 1e+09 synapses, at most 1000000000 are allowed"},
		on{100_000, 0, Rule{Name: "pairwise_bernoulli", P: .5}, "pairwise_bernoulli: about 5e+09 synapses, at most 1000000000 are allowed"},
	)
}

func TestLatticesRefuse(t *testing.T) {
	refused(t,
		on{5, 0, Rule{Name: "ring", K: -2}, "ring: k: -2 is negative"},
		on{5, 0, Rule{Name: "ring", K: 3}, "ring: k: 3 is odd, expected half the neighbours on each side (or directed)"},
		on{5, 0, Rule{Name: "ring", K: 3, Directed: true}, ""},
		on{5, 0, Rule{Name: "ring", K: 4}, ""},
		on{5, 0, Rule{Name: "ring", K: 6}, "ring: k: 6, expected less than the 5 neurons"},
		on{4, 0, Rule{Name: "watts_strogatz", K: 4}, "watts_strogatz: k: 4, expected less than the 4 neurons"},
		on{0, 0, Rule{Name: "ring"}, ""},
		on{12, 0, Rule{Name: "lattice", Shape: []int{3, 4}}, ""},
		on{12, 0, Rule{Name: "lattice", Shape: []int{3, 5}}, "lattice: shape: [3 5] holds 15 neurons, the population has 12"},
		on{12, 0, Rule{Name: "lattice", Shape: []int{0, 4}}, "lattice: shape: a side of 0, expected 1 to 12"},
		on{12, 0, Rule{Name: "lattice", Shape: []int{13}}, "lattice: shape: a side of 13, expected 1 to 12"},
		on{12, 0, Rule{Name: "lattice", Shape: []int{1, 2, 2, 3}}, "lattice: shape: 4 dimensions, expected 1 to 3"},
		on{12, 0, Rule{Name: "lattice", Shape: []int{3, 4}, Torus: true}, ""},
		on{12, 0, Rule{Name: "lattice", Shape: []int{2, 6}, Torus: true}, "lattice: shape: a side of 2 is too short for a torus with radius 1"},
		on{12, 0, Rule{Name: "lattice", Shape: []int{1, 12}, Torus: true}, ""},
		on{12, 0, Rule{Name: "lattice", Shape: []int{3, 4}, Torus: true, Radius: 2}, "lattice: shape: a side of 3 is too short for a torus with radius 2"},
		on{5, 0, Rule{Name: "lattice", Torus: true, Radius: 2}, ""},
		on{4, 0, Rule{Name: "lattice", Radius: -1}, "lattice: radius: -1, expected 1 to 1000"},
		on{4, 0, Rule{Name: "lattice", Radius: 1001}, "lattice: radius: 1001, expected 1 to 1000"},
		on{4, 0, Rule{Name: "lattice", Radius: 1000}, ""},
	)
}

func TestRandomGraphsRefuse(t *testing.T) {
	refused(t,
		on{4, 0, Rule{Name: "erdos_renyi", P: .5, Number: 1}, "erdos_renyi: p and number exclude each other"},
		on{4, 0, Rule{Name: "erdos_renyi", Number: 6}, ""},
		on{4, 0, Rule{Name: "erdos_renyi", Number: 7}, "erdos_renyi: number: 7, expected 0 to 6 edges"},
		on{4, 0, Rule{Name: "erdos_renyi", Number: -1}, "erdos_renyi: number: -1, expected 0 to 6 edges"},
		on{4, 0, Rule{Name: "erdos_renyi", Number: 12, Directed: true}, ""},
		on{4, 0, Rule{Name: "erdos_renyi", Number: 13, Directed: true}, "erdos_renyi: number: 13, expected 0 to 12 edges"},
		on{100_000, 0, Rule{Name: "erdos_renyi", Number: 500_000_001}, "erdos_renyi: about 1e+09 synapses, at most 1000000000 are allowed"},
		on{100_000, 0, Rule{Name: "erdos_renyi", P: .5}, "erdos_renyi: about 5e+09 synapses, at most 1000000000 are allowed"},
		on{4, 0, Rule{Name: "barabasi_albert"}, "barabasi_albert: m: 0, expected 1 to 3"},
		on{4, 0, Rule{Name: "barabasi_albert", M: 3}, ""},
		on{4, 0, Rule{Name: "barabasi_albert", M: 4}, "barabasi_albert: m: 4, expected 1 to 3"},
		on{0, 0, Rule{Name: "barabasi_albert", M: 1}, ""},
		on{9, 0, Rule{Name: "power_law", Exponent: -1}, "power_law: exponent: -1, expected 0 to 20"},
		on{9, 0, Rule{Name: "power_law", Exponent: 20.5}, "power_law: exponent: 20.5, expected 0 to 20"},
		on{9, 0, Rule{Name: "power_law", Exponent: 2, MinK: -1}, "power_law: min_k, max_k: 1 to 3, expected 1 ≤ min_k ≤ max_k < 9"},
		on{9, 0, Rule{Name: "power_law", Exponent: 2, MinK: 4, MaxK: 3}, "power_law: min_k, max_k: 4 to 3, expected 1 ≤ min_k ≤ max_k < 9"},
		on{9, 0, Rule{Name: "power_law", Exponent: 2, MaxK: 9}, "power_law: min_k, max_k: 1 to 9, expected 1 ≤ min_k ≤ max_k < 9"},
		on{9, 0, Rule{Name: "power_law", Exponent: 2, MaxK: 8}, ""},
		on{1, 0, Rule{Name: "power_law", Exponent: 2}, "power_law: min_k, max_k: 1 to 0, expected 1 ≤ min_k ≤ max_k < 1"},
		on{2, 0, Rule{Name: "configuration_model", InDegrees: []int{1}}, "configuration_model: in_degrees: 1 given for 2 neurons"},
		on{2, 0, Rule{Name: "configuration_model", InDegrees: []int{1, -1}}, "configuration_model: in_degrees[1]: -1, expected 0 or more"},
		on{2, 0, Rule{Name: "configuration_model", InDegrees: []int{MaxSynapses, 1}}, "configuration_model: in_degrees: more than 1000000000 in all"},
		on{2, 0, Rule{Name: "configuration_model", InDegrees: []int{1, 2}}, "configuration_model: in_degrees: the sum of undirected degrees is 3, expected an even number"},
		on{2, 0, Rule{Name: "configuration_model", InDegrees: []int{1, 1}, OutDegrees: []int{1}}, "configuration_model: out_degrees: 1 given for 2 neurons"},
		on{2, 0, Rule{Name: "configuration_model", InDegrees: []int{1, 1}, OutDegrees: []int{-1, 3}}, "configuration_model: out_degrees[0]: -1, expected 0 or more"},
		on{2, 0, Rule{Name: "configuration_model", InDegrees: []int{1, 1}, OutDegrees: []int{1, 0}}, "configuration_model: in_degrees sum to 2, out_degrees to 1, expected equal sums"},
	)
}

func TestModulesRefuse(t *testing.T) {
	half, all := [][]float64{{.5, .5}, {.5, .5}}, [][]float64{{1}}
	refused(t,
		on{4, 0, Rule{Name: "stochastic_block", Sizes: []int{1, 2}, Probabilities: half}, "stochastic_block: sizes: they sum to 3, the population has 4"},
		on{4, 0, Rule{Name: "stochastic_block", Sizes: []int{5, -1}, Probabilities: half}, "stochastic_block: sizes[0]: 5, expected 0 to 4"},
		on{4, 0, Rule{Name: "stochastic_block", Sizes: []int{4, -1}, Probabilities: half}, "stochastic_block: sizes[1]: -1, expected 0 to 4"},
		on{4, 0, Rule{Name: "stochastic_block", Sizes: []int{2, 2}, Probabilities: all}, "stochastic_block: probabilities: 1 rows, expected 2"},
		on{4, 0, Rule{Name: "stochastic_block", Sizes: []int{2, 2}, Probabilities: [][]float64{{1, 1}, {1}}}, "stochastic_block: probabilities[1]: 1 entries, expected 2"},
		on{4, 0, Rule{Name: "stochastic_block", Sizes: []int{2, 2}, Probabilities: [][]float64{{1, 2}, {1, 1}}}, "stochastic_block: probabilities[0][1]: 2, expected 0 to 1"},
		on{4, 0, Rule{Name: "stochastic_block", Sizes: []int{2, 2}, Probabilities: [][]float64{{1, 1}, {math.NaN(), 1}}}, "stochastic_block: probabilities[1][0]: NaN, expected 0 to 1"},
		on{4, 0, Rule{Name: "stochastic_block", Sizes: []int{2, 2}, Probabilities: [][]float64{{1, 1}, {.5, 1}}}, "stochastic_block: probabilities: [1][0] and [0][1] differ, expected a symmetric matrix (or directed)"},
		on{4, 0, Rule{Name: "stochastic_block", Sizes: []int{2, 2}, Probabilities: [][]float64{{1, 1}, {.5, 1}}, Directed: true}, ""},
		on{4, 0, Rule{Name: "stochastic_block", Sizes: make([]int, 10001)}, "stochastic_block: sizes: 10001 blocks, at most 10000 are allowed"},
		on{100_000, 0, Rule{Name: "stochastic_block", Sizes: []int{50_000, 50_000}, Probabilities: half}, "stochastic_block: about 5e+09 synapses, at most 1000000000 are allowed"},
		on{8, 0, Rule{Name: "hierarchical_modular", Levels: -1, Branching: 2}, "hierarchical_modular: levels: -1, expected 0 to 20"},
		on{8, 0, Rule{Name: "hierarchical_modular", Levels: 21, Branching: 2}, "hierarchical_modular: levels: 21, expected 0 to 20"},
		on{8, 0, Rule{Name: "hierarchical_modular", Branching: 1}, "hierarchical_modular: branching: 1, expected 2 to 1000"},
		on{8, 0, Rule{Name: "hierarchical_modular", Branching: 1001}, "hierarchical_modular: branching: 1001, expected 2 to 1000"},
		on{8, 0, Rule{Name: "hierarchical_modular", Branching: 2, Ratio: 1.5}, "hierarchical_modular: ratio: 1.5, expected 0 to 1"},
		on{8, 0, Rule{Name: "hierarchical_modular", Levels: 3, Branching: 2}, ""},
		on{8, 0, Rule{Name: "hierarchical_modular", Levels: 4, Branching: 2}, "hierarchical_modular: levels, branching: 2^4 modules, more than the 8 neurons"},
		on{100_000, 0, Rule{Name: "hierarchical_modular", Levels: 1, Branching: 2, P: .11, Ratio: .5}, "hierarchical_modular: about 1.1e+09 synapses, at most 1000000000 are allowed"},
		on{4, 0, Rule{Name: "core_periphery", Core: 5, Probabilities: half}, "core_periphery: core: 5, expected 0 to 4"},
		on{4, 0, Rule{Name: "core_periphery", Core: -1, Probabilities: half}, "core_periphery: core: -1, expected 0 to 4"},
		on{4, 0, Rule{Name: "core_periphery", Core: 4, Probabilities: all}, "core_periphery: probabilities: 1 rows, expected 2"},
		on{4, 0, Rule{Name: "core_periphery", Core: 4, Probabilities: half}, ""},
		on{4, 0, Rule{Name: "feed_forward", Sizes: []int{2, 1}}, "feed_forward: sizes: they sum to 3, the population has 4"},
		on{100_000, 0, Rule{Name: "feed_forward", Sizes: []int{50_000, 50_000}}, "feed_forward: about 2.5e+09 synapses, at most 1000000000 are allowed"},
		on{100_000, 0, Rule{Name: "feed_forward", Sizes: []int{50_000, 50_000}, P: .1}, ""},
	)
}

func TestSpaceRefuse(t *testing.T) {
	refused(t,
		on{4, 0, Rule{Name: "spatial", Kernel: "cone", Scale: 1}, `spatial: kernel: "cone", expected gaussian, exponential, linear or box`},
		on{4, 0, Rule{Name: "spatial", Kernel: "box"}, "spatial: scale: 0, expected a length > 0"},
		on{4, 0, Rule{Name: "spatial", Kernel: "box", Scale: math.Inf(1)}, "spatial: scale: +Inf, expected a length > 0"},
		on{4, 0, Rule{Name: "spatial", Kernel: "box", Scale: 1, Extent: -1}, "spatial: extent: -1, expected a length > 0"},
		on{4, 0, Rule{Name: "spatial", Kernel: "box", Scale: 1, Extent: math.Inf(1)}, "spatial: extent: +Inf, expected a length > 0"},
		on{4, 0, Rule{Name: "spatial", Kernel: "box", Scale: 1}, ""},
	)
}

func TestGivenGraphsRefuse(t *testing.T) {
	three := mustBuild(t, one(3, Rule{Name: "star"}), 1)
	refused(t,
		on{3, 0, Rule{Name: "imported"}, "imported: graph: missing"},
		on{4, 0, Rule{Name: "rewire", Graph: three}, "rewire: graph: it has 3 neurons, the population has 4"},
		on{3, 0, Rule{Name: "degree_preserving", Graph: three, Swaps: -1}, "degree_preserving: swaps: -1, expected 0 to 10000 per edge"},
		on{3, 0, Rule{Name: "degree_preserving", Graph: three, Swaps: 10001}, "degree_preserving: swaps: 10001, expected 0 to 10000 per edge"},
		on{3, 0, Rule{Name: "degree_preserving", Graph: three, Swaps: math.NaN()}, "degree_preserving: swaps: NaN, expected 0 to 10000 per edge"},
		on{3, 0, Rule{Name: "degree_preserving", Graph: three, Swaps: 10000}, ""},
	)
}

func told(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestNetworksRefuse compares the faults of groups and projections with the
// complete message, one line for each fault.
func TestNetworksRefuse(t *testing.T) {
	two := []Population{{Name: "a", Size: 2}, {Name: "b", Size: 3}}
	all := Rule{Name: "all_to_all"}
	for _, c := range []struct {
		n    Network
		want string
	}{
		{Network{}, ""},
		{Network{Populations: []Population{{Size: 1}}}, "populations[0] (): name: missing"},
		{Network{Populations: two, Channels: []Population{{Name: "a"}}}, "channels[0] (a): name: used twice"},
		{Network{Populations: []Population{{Name: "a", Size: -1}}}, "populations[0] (a): size: -1, expected 0 to 100000000"},
		{Network{Populations: []Population{{Name: "a", Size: 100_000_001}}}, "populations[0] (a): size: 100000001, expected 0 to 100000000"},
		{Network{Populations: []Population{{Name: "a", Size: 100_000_000}}}, ""},
		{Network{Populations: []Population{{Name: "a", Size: 99_999_999}}, Channels: []Population{{Name: "c", Size: 2}}}, "channels[0] (c): size: more than 100000000 neurons and channels together"},
		{Network{Populations: []Population{{Name: "a", Size: 2, Positions: make([]Point, 3)}}}, "populations[0] (a): positions: 3 points for 2 members"},
		{Network{Populations: []Population{{Name: "a", Size: 2, Positions: []Point{}}}}, "populations[0] (a): positions: 0 points for 2 members"},
		{Network{Populations: []Population{{Name: "a", Place: Placement{Kind: "cube"}}}}, `populations[0] (a): place: kind: "cube", expected random, grid or circle`},
		{Network{Channels: []Population{{Name: "a", Place: Placement{Kind: "grid", Dims: 4}}}}, "channels[0] (a): place: dims: 4, expected 1 to 3"},
		{Network{Channels: []Population{{Name: "a", Place: Placement{Kind: "grid", Dims: -1}}}}, "channels[0] (a): place: dims: -1, expected 1 to 3"},
		{Network{Channels: []Population{{Name: "a", Place: Placement{Kind: "grid", Extent: -1}}}}, "channels[0] (a): place: extent: -1, expected a length > 0"},
		{Network{Channels: []Population{{Name: "a", Place: Placement{Kind: "grid", Extent: math.NaN()}}}}, "channels[0] (a): place: extent: NaN, expected a length > 0"},
		{Network{Channels: []Population{{Name: "a", Place: Placement{Kind: "grid", Extent: math.Inf(1)}}}}, "channels[0] (a): place: extent: +Inf, expected a length > 0"},
		{Network{Populations: two, Projections: []Projection{{From: "x", To: "y", Rule: all}}},
			"projections[0] (x → y): from: no population or channel group is called \"x\"\nprojections[0] (x → y): to: no population is called \"y\""},
		{Network{Populations: two, Channels: []Population{{Name: "c"}}, Projections: []Projection{{From: "a", To: "c", Rule: all}}},
			`projections[0] (a → c): to: "c" is a channel group; channels receive nothing`},
		{Network{Populations: two, Projections: []Projection{{From: "a", To: "b", Rule: all, Port: neuron.NumPorts}}}, "projections[0] (a → b): port: 3, expected 0 to 2"},
		{Network{Populations: two, Projections: []Projection{{From: "a", To: "b", Rule: all, Weights: Uniform(2, 1), Delays: Normal(1, -1)}}},
			"projections[0] (a → b): weights: uniform: low 2 is above high 1\nprojections[0] (a → b): delays: normal: sd -1 is negative"},
		{Network{Populations: two, Projections: []Projection{{From: "a", To: "b", Rule: all, Weights: FromGraph()}}}, "projections[0] (a → b): weights, delays: dist graph is for the rule imported"},
		{Network{Populations: two, Projections: []Projection{{From: "a", To: "b", Rule: all, Delays: FromGraph()}}}, "projections[0] (a → b): weights, delays: dist graph is for the rule imported"},
		{Network{Populations: two, Projections: []Projection{{From: "a", To: "b", Rule: all, Delays: Dist{Kind: "distance"}}}},
			"projections[0] (a → b): positions: the rule or a distribution uses distance, so both ends need positions or a place"},
		{Network{Populations: []Population{{Name: "a", Size: 1, Positions: make([]Point, 1)}, {Name: "b", Size: 1}}, Projections: []Projection{{From: "a", To: "b", Rule: all, Weights: Dist{Kind: "distance"}}}},
			"projections[0] (a → b): positions: the rule or a distribution uses distance, so both ends need positions or a place"},
		{Network{Populations: []Population{{Name: "a", Size: 1}, {Name: "b", Size: 1, Place: Placement{Kind: "grid"}}}, Projections: []Projection{{From: "a", To: "b", Rule: Rule{Name: "spatial", Kernel: "box", Scale: 1}}}},
			"projections[0] (a → b): positions: the rule or a distribution uses distance, so both ends need positions or a place"},
		{Network{Populations: []Population{{Name: "a", Size: 1, Positions: make([]Point, 1)}, {Name: "b", Size: 1, Place: Placement{Kind: "circle"}}}, Projections: []Projection{{From: "a", To: "b", Rule: all, Weights: Dist{Kind: "distance"}}}}, ""},
		{Network{Projections: make([]Projection, MaxProjections+1)}, "projections: 16385 given, at most 16384 are allowed"},
	} {
		got := told(c.n.Validate())
		if len(c.n.Projections) > 9 {
			got, _, _ = strings.Cut(got, "\n")
		}
		if got != c.want {
			t.Errorf("%.200v:\n got %s\nwant %s", c.n, got, c.want)
		}
	}
}

func TestDistributionsRefuse(t *testing.T) {
	const huge = "1e+39 is not a finite number within ±3.4028234663852886e+38"
	for _, c := range []struct {
		d    Dist
		want string
	}{
		{Dist{}, ""}, {Constant(-math.MaxFloat32), ""}, {Uniform(1, 1), ""}, {Normal(0, 0), ""}, {Dist{Kind: "lognormal", Median: 1}, ""}, {Dist{Kind: "distance"}, ""},
		{Constant(1e39), huge}, {Dist{Low: 1e39}, huge}, {Dist{High: 1e39}, huge}, {Dist{Mean: 1e39}, huge}, {Dist{SD: 1e39}, huge}, {Dist{Median: 1e39}, huge}, {Dist{Sigma: 1e39}, huge},
		{Dist{Slope: 1e39}, huge}, {Dist{Min: 1e39}, huge}, {Dist{Max: 1e39}, huge}, {Constant(math.NaN()), strings.Replace(huge, "1e+39", "NaN", 1)},
		{Dist{Min: 2, Max: 1}, "min 2 is above max 1"},
		{Uniform(2, 1), "uniform: low 2 is above high 1"},
		{Normal(0, -1), "normal: sd -1 is negative"}, {Dist{Kind: "constant", SD: -1}, ""}, {Dist{Kind: "uniform", High: 1, SD: -1, Sigma: -1}, ""}, {Dist{Kind: "normal", Low: 2, High: 1}, ""},
		{Dist{Kind: "lognormal"}, "lognormal: median 0 must be > 0 and sigma 0 ≥ 0"},
		{Dist{Kind: "lognormal", Median: 1, Sigma: -1}, "lognormal: median 1 must be > 0 and sigma -1 ≥ 0"},
		{Dist{Kind: "gamma"}, `dist: "gamma", expected constant, uniform, normal, lognormal or distance`},
	} {
		if got := told(c.d.check()); got != c.want {
			t.Errorf("%+v: %s, want %s", c.d, got, c.want)
		}
	}
	for kind, want := range map[string]string{"distance": "dist: distance needs two neurons", "graph": "dist: graph needs two neurons", "gamma": `dist: "gamma", expected constant, uniform, normal, lognormal or distance`} {
		if v, err := (&Dist{Kind: kind, Value: 3}).Sample(newRand(1)); v != 0 || told(err) != want {
			t.Errorf("a sample of %s: %v, %v", kind, v, err)
		}
	}
}

// TestSynapsesRefuse: the errors of invalid lists of synapses and invalid
// changes.
func TestSynapsesRefuse(t *testing.T) {
	populations, channels := []Population{{Name: "p", Size: 2}}, []Population{{Name: "c", Size: 1}}
	good := Synapse{Source: 2, Target: 1, Weight: 1, Delay: 1}
	for _, c := range []struct {
		change func(*Synapse)
		want   string
	}{
		{func(*Synapse) {}, ""},
		{func(s *Synapse) { s.Target = 2 }, "target 2 is not one of the 2 neurons"},
		{func(s *Synapse) { s.Target = -1 }, "target -1 is not one of the 2 neurons"},
		{func(s *Synapse) { s.Target = 0 }, ""},
		{func(s *Synapse) { s.Source = 3 }, "source 3 is not one of the 3 neurons and channels"},
		{func(s *Synapse) { s.Source = -1 }, "source -1 is not one of the 3 neurons and channels"},
		{func(s *Synapse) { s.Source = 0 }, ""},
		{func(s *Synapse) { s.Weight = float32(math.NaN()) }, "weight NaN is not finite"},
		{func(s *Synapse) { s.Weight = float32(math.Inf(-1)) }, "weight -Inf is not finite"},
		{func(s *Synapse) { s.Delay = 0 }, "delay 0 µs is below 1 µs"},
		{func(s *Synapse) { s.Port = 3 }, "port 3, expected 0 to 2"},
		{func(s *Synapse) { s.Port = 2 }, ""},
		{func(s *Synapse) { s.Projection = 1 }, "projection 1 is not one of the 1"},
		{func(s *Synapse) { s.Projection = -1 }, "projection -1 is not one of the 1"},
	} {
		s := good
		c.change(&s)
		want := c.want
		if want != "" {
			want = "synapse 1: " + want
		}
		if _, err := FromSynapses(populations, channels, []Link{{}}, []Synapse{good, s}); told(err) != want {
			t.Errorf("%+v: %v, want %s", s, err, want)
		}
		if want != "" {
			want = "added " + want
		}
		g, err := FromSynapses(populations, channels, []Link{{}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.With([]Synapse{good, s}); told(err) != want {
			t.Errorf("%+v: %v, want %s", s, err, want)
		}
	}
	if _, err := FromSynapses([]Population{{Name: ""}}, nil, nil, nil); told(err) != "populations[0] (): name: missing" {
		t.Error(err)
	}
}

func TestChangesRefuse(t *testing.T) {
	g := graphOf(t, 3, Synapse{Source: 0, Target: 1, Delay: 1}, Synapse{Source: 1, Target: 2, Delay: 1})
	for _, c := range []struct {
		change Change
		want   string
	}{
		{Change{Neurons: []neuron.ID{2}}, ""},
		{Change{Neurons: []neuron.ID{1, 3}}, "there is no neuron 3"},
		{Change{Neurons: []neuron.ID{-1}}, "there is no neuron -1"},
		{Change{Synapses: []int64{1, 0}}, ""},
		{Change{Synapses: []int64{2, 1}}, "there is no synapse 1 or 2 among 2"},
		{Change{Synapses: []int64{0, -1}}, "there is no synapse -1 or 0 among 2"},
		{Change{Neurons: []neuron.ID{2}, Added: []Synapse{{Source: 2, Target: 1, Delay: 1}}}, "added synapse 0: from 2 to 1, one of which was removed"},
		{Change{Neurons: []neuron.ID{2}, Added: []Synapse{{Source: 0, Target: 1, Delay: 1}, {Source: 0, Target: 2, Delay: 1}}}, "added synapse 1: from 0 to 2, one of which was removed"},
	} {
		if _, _, err := g.Apply(&c.change); told(err) != c.want {
			t.Errorf("%+v: %v, want %s", c.change, err, c.want)
		}
	}
	other := graphOf(t, 4)
	if _, err := g.ChangeTo(other); told(err) != "graphs of 3 and 4 neurons, 0 and 0 channels" {
		t.Error(err)
	}
	if _, _, err := g.Subgraph([]neuron.ID{1, 3}); told(err) != "there is no neuron 1 or 3" {
		t.Error(err)
	}
	if _, _, err := g.Subgraph([]neuron.ID{-1}); told(err) != "there is no neuron -1 or -1" {
		t.Error(err)
	}
	for data, want := range map[string]string{
		"":                                  "topology: not a change: too short",
		strings.Repeat("\x00", 19):          "topology: not a change: too short",
		strings.Repeat("\x00", 21):          "topology: not a change: 1 bytes for 0 neurons, 0 and 0 synapses",
		"\x01" + strings.Repeat("\x00", 19): "topology: not a change: 0 bytes for 1 neurons, 0 and 0 synapses",
		strings.Repeat("\x00", 11) + "\x20" + strings.Repeat("\x00", 8): "topology: not a change: 0 bytes for 0 neurons, 2305843009213693952 and 0 synapses", // eight times this number overflows to 0
	} {
		c := Change{Synapses: []int64{1}}
		if err := c.UnmarshalBinary([]byte(data)); told(err) != want || len(c.Synapses) != 1 {
			t.Errorf("%q: %v, want %s", data, err, want)
		}
	}
}
