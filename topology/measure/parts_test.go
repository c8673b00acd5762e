package measure

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// net is the view of n nodes with arcs of weight 1 between them.
func net(t testing.TB, opt Options, n int, arcs ...[2]int) *Net {
	t.Helper()
	f := fixture{Directed: true, N: n}
	for _, a := range arcs {
		f.Edges = append(f.Edges, [3]float64{float64(a[0]), float64(a[1]), 1})
	}
	return New(f.graph(t), opt)
}

// TestViews checks what a view keeps of a graph: only some ports, no channels,
// parallel synapses as one arc, and whether it is directed.
func TestViews(t *testing.T) {
	g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: 3}}, []topology.Population{{Name: "in", Size: 1}}, nil, []topology.Synapse{
		{Source: 0, Target: 1, Weight: 1, Delay: 5, Port: neuron.Contextual},
		{Source: 0, Target: 1, Weight: -3, Delay: 7, Port: neuron.Lateral},
		{Source: 1, Target: 0, Weight: 1, Delay: 2, Port: neuron.Contextual},
		{Source: 2, Target: 2, Weight: 4, Delay: 1, Port: neuron.Receptive},
		{Source: 3, Target: 2, Weight: 9, Delay: 1, Port: neuron.Receptive},
	})
	if err != nil {
		t.Fatal(err)
	}
	all := []neuron.Port{neuron.Receptive, neuron.Contextual, neuron.Lateral}
	for _, c := range []struct {
		ports    []neuron.Port
		lengths  Lengths
		want     string // arcs with weight and length
		und      string
		directed bool
	}{
		{nil, Hops, "0>1 -2, 1>0 1, 2>2 4", "0-1 -1, 1-0 -1", true},
		{all, Delay, "0>1 -2/5, 1>0 1/2, 2>2 4/1", "0-1 -1, 1-0 -1", true},
		{nil, Inverse, "0>1 -2/0.5, 1>0 1/1, 2>2 4/0.25", "0-1 -1, 1-0 -1", true},
		{[]neuron.Port{neuron.Contextual}, "", "0>1 1, 1>0 1", "0-1 1, 1-0 1", false},
		{[]neuron.Port{neuron.Lateral}, Delay, "0>1 -3/7", "0-1 -3, 1-0 -3", true},
		{[]neuron.Port{neuron.Receptive}, Hops, "2>2 4", "", false},
		{[]neuron.Port{}, Hops, "", "", false},
	} {
		n := New(g, Options{Ports: c.ports, Lengths: c.lengths})
		if got := told(n.out, ">"); got != c.want {
			t.Errorf("ports %v, %s: %s, want %s", c.ports, c.lengths, got, c.want)
		}
		if back := told(transpose(n.in), ">"); back != c.want {
			t.Errorf("ports %v, %s: turned round %s, want %s", c.ports, c.lengths, back, c.want)
		}
		if got := told(n.und, "-"); got != c.und || n.directed != c.directed || n.N != 3 {
			t.Errorf("ports %v: %s, directed %v; want %s, %v", c.ports, got, n.directed, c.und, c.directed)
		}
	}
}

func told(r *rows, arrow string) string {
	var out []string
	for i := range len(r.off) - 1 {
		for k, j := range r.row(i) {
			text := fmt.Sprintf("%d%s%d %v", i, arrow, j, r.weights(i)[k])
			if r.length != nil {
				text += fmt.Sprintf("/%v", r.length[r.off[i]+int64(k)])
			}
			out = append(out, text)
		}
	}
	return strings.Join(out, ", ")
}

// TestResultsInJSON: a value that is not a finite number is null, and a missing
// value is left out.
func TestResultsInJSON(t *testing.T) {
	r := Result{Name: "x", Value: Number(math.NaN()), PerNode: Numbers{1, math.Inf(1)}, Detail: []Entry{{"k", 2}, {"l", Number(math.Inf(-1))}}}
	data, err := json.Marshal(r)
	if want := `{"name":"x","value":null,"per_node":[1,null],"detail":[{"key":"k","value":2},{"key":"l","value":null}]}`; err != nil || string(data) != want {
		t.Errorf("%s, %v; want %s", data, err, want)
	}
	r = Result{Value: 1, Error: .5, Samples: 3, PerNodeError: Numbers{}, Summary: &Summary{1, 2, 3, Number(math.NaN()), 5}}
	data, err = json.Marshal(r)
	if want := `{"name":"","value":1,"error":0.5,"samples":3,"summary":{"min":1,"median":2,"mean":3,"sd":null,"max":5}}`; err != nil || string(data) != want {
		t.Errorf("%s, %v; want %s", data, err, want)
	}
}

// TestSummaries: unknown values are left out, and the order does not matter.
func TestSummaries(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{nil, "{NaN NaN NaN NaN NaN}"}, {[]float64{nan}, "{NaN NaN NaN NaN NaN}"}, {[]float64{3}, "{3 3 3 NaN 3}"},
		{[]float64{5, 1, nan, 3}, "{1 3 3 2 5}"}, {[]float64{4, 2}, "{2 3 3 1.4142135623730951 4}"},
	} {
		given := slices.Clone(c.values)
		if got := fmt.Sprint(*summarise(c.values)); got != c.want {
			t.Errorf("%v: %s, want %s", c.values, got, c.want)
		}
		if fmt.Sprint(given) != fmt.Sprint(c.values) {
			t.Errorf("%v became %v", given, c.values)
		}
	}
	if r := perNode([]float64{1, nan, 4}); r.Value != 2.5 || r.Summary.Max != 4 || len(r.PerNode) != 3 {
		t.Errorf("%+v", r)
	}
}

func TestNamesOfMeasures(t *testing.T) {
	const all = "density, reciprocity, in_degree, out_degree, degree, in_strength, out_strength, degree_correlation, assortativity, clustering, clustering_undirected, transitivity, " +
		"path_length, reachability, diameter, global_efficiency, local_efficiency, betweenness, closeness, pagerank, eigenvector, k_core, rich_club, " +
		"modularity, community, participation, within_module_z, strong_components, weak_components, motifs, spectral_radius, sigma, omega"
	if got := strings.Join(Names(), ", "); got != all {
		t.Errorf("%s\nwant %s", got, all)
	}
	n := net(t, Options{}, 4, [2]int{0, 1}, [2]int{1, 2})
	for _, m := range All() {
		r := value(t, n, m.Name)
		if m.About == "" || m.PerOne != (r.PerNode != nil) || m.PerOne && len(r.PerNode) != 4 || m.PerOne != (r.Summary != nil) {
			t.Errorf("%s is told as %+v and gives %d values", m.Name, m, len(r.PerNode))
		}
	}
	costly := "path_length reachability diameter global_efficiency betweenness closeness sigma omega"
	for _, m := range All() {
		if m.Costly != slices.Contains(strings.Fields(costly), m.Name) {
			t.Errorf("%s: costly is %v", m.Name, m.Costly)
		}
	}
	if _, err := Compute(n, "density", "size"); err == nil || err.Error() != `measure "size" is unknown, expected one of `+all {
		t.Error(err)
	}
	if _, err := Compute(net(t, Options{Communities: []int{0, 1}}, 3), "density"); err == nil || err.Error() != "communities: 2 given for 3 neurons" {
		t.Error(err)
	}
	list, err := Compute(n, "motifs", "density", "motifs")
	if err != nil || len(list) != 3 || list[0].Name != "motifs" || list[1].Name != "density" || list[2].Name != "motifs" {
		t.Errorf("%+v, %v", list, err)
	}
}

// details writes named values as "key value".
func details(r Result) string {
	var out []string
	for _, e := range r.Detail {
		out = append(out, fmt.Sprintf("%s %.4g", e.Key, float64(e.Value)))
	}
	return strings.Join(out, ", ")
}

// TestDetailsKnown checks the named values and the values of whole graphs for
// one small graph: a mutual pair, a chain that starts from it, an isolated node
// and an autapse.
func TestDetailsKnown(t *testing.T) {
	n := net(t, Options{Communities: []int{0, 0, 2, 2, 1}}, 5, [2]int{0, 1}, [2]int{1, 0}, [2]int{1, 2}, [2]int{2, 3}, [2]int{3, 3})
	for name, want := range map[string]struct {
		value  float64
		detail string
	}{
		"in_degree":         {1, "0 1, 1 3, 2 1"},
		"out_degree":        {1, "0 1, 1 3, 2 1"},
		"degree":            {2, "0 1, 2 2, 3 2"},
		"assortativity":     {-2. / 3, "out-in -0.6667, in-out -0.25, in-in 0.6124, out-out -0.4082"},
		"k_core":            {2, "0 1, 1 2, 2 2"},
		"community":         {3, "0 2, 1 1, 2 2"},
		"strong_components": {4, "largest 2, size 1 3, size 2 1"},
		"weak_components":   {2, "largest 4, size 1 1, size 4 1"},
		"motifs":            {2, "003 3, 012 3, 102 2, 021D 0, 021U 0, 021C 1, 111D 0, 111U 1, 030T 0, 030C 0, 201 0, 120D 0, 120U 0, 120C 0, 210 0, 300 0"},
		"density":           {.25, ""},
	} {
		r := value(t, n, name)
		if !(math.Abs(float64(r.Value)-want.value) <= 1e-12) || details(r) != want.detail {
			t.Errorf("%s: %v, %s; want %v, %s", name, r.Value, details(r), want.value, want.detail)
		}
	}
}

// TestRichClubKnown: four hubs are joined to each other and have two leaves
// each. Among the hubs φ is 1, and compared with a null model the ratio is
// above that of chance.
func TestRichClubKnown(t *testing.T) {
	var edges [][3]float64
	for hub := range 4 {
		for other := range hub {
			edges = append(edges, [3]float64{float64(hub), float64(other), 1})
		}
		for leaf := range 2 {
			edges = append(edges, [3]float64{float64(hub), float64(4 + 2*hub + leaf), 1})
		}
	}
	f := fixture{N: 12, Edges: edges}
	r := value(t, New(f.graph(t), Options{Nulls: 20}), "rich_club")
	if got, want := details(r), "0 0.2121, 1 1, 2 1, 3 1, 4 1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// With twelve nodes, no tenth of them is separate from the others: the
	// largest degree that counts is used.
	if r.Samples != 20 || r.Value < 1 || math.IsInf(float64(r.Value), 0) || r.Error < 0 {
		t.Errorf("%v ± %v of %d", r.Value, r.Error, r.Samples)
	}
	for _, c := range []struct {
		degrees []float64
		limit   int
		want    int
	}{
		{[]float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 5}, 5, 1}, {[]float64{1, 1, 1, 1, 1, 1, 1, 1, 4, 5}, 5, 4}, {[]float64{0, 0}, 1, 0}, {[]float64{2, 2}, 2, 1}, {nil, 0, -1},
		{[]float64{3, 3, 3}, 9, 3},
	} {
		if got := richDegree(c.degrees, c.limit); got != c.want {
			t.Errorf("%v up to %d: %d, want %d", c.degrees, c.limit, got, c.want)
		}
	}
	if r := value(t, net(t, Options{}, 1), "rich_club"); !math.IsNaN(float64(r.Value)) || r.Detail != nil {
		t.Errorf("of one node: %+v", r)
	}
}

// TestNullModels: ten by default; the result is the mean over them and its
// standard error.
func TestNullModels(t *testing.T) {
	for given, want := range map[int]int{0: 10, 1: 1, 3: 3, -2: 10} {
		if got := (&Net{opt: Options{Nulls: given}}).nulls(); got != want {
			t.Errorf("%d null models are %d", given, got)
		}
	}
	if r := withError(Result{}, []float64{1, 2, 6}); r.Value != 3 || r.Samples != 3 || !(math.Abs(float64(r.Error)-math.Sqrt(7./3)) <= 1e-12) {
		t.Errorf("%+v", r)
	}
	if r := withError(Result{}, []float64{4}); r.Value != 4 || r.Samples != 1 || r.Error != 0 {
		t.Errorf("%+v", r)
	}
	// A complete graph is its own null model, with clustering and path length 1.
	complete := New(build(t, 6, topology.Rule{Name: "all_to_all"}, topology.Dist{}), Options{Nulls: 3})
	if s, o := value(t, complete, "sigma"), value(t, complete, "omega"); s.Value != 1 || o.Value != 0 || s.Samples != 3 || s.Error != 0 || o.Error != 0 {
		t.Errorf("σ %+v, ω %+v", s, o)
	}
}

// TestSkeletons: the view built from edges equals the view of the graph without
// directions.
func TestSkeletons(t *testing.T) {
	n := New(build(t, 40, topology.Rule{Name: "erdos_renyi", P: .1, Directed: true}, topology.Normal(0, 1)), Options{Weighted: true, Lengths: Inverse})
	src, dst := n.edges()
	skeleton := fromEdges(n.N, src, dst, n.opt)
	if !slices.Equal(skeleton.und.off, n.und.off) || !slices.Equal(skeleton.und.to, n.und.to) || skeleton.opt.Weighted || len(src)*2 != len(n.und.to) {
		t.Errorf("%d edges become another graph", len(src))
	}
	for i := range src {
		if src[i] >= dst[i] || i > 0 && (src[i] < src[i-1] || src[i] == src[i-1] && dst[i] <= dst[i-1]) {
			t.Fatalf("edge %d is from %d to %d", i, src[i], dst[i])
		}
	}
	c, l := n.wiring(src, dst)
	plain := New(build(t, 40, topology.Rule{Name: "erdos_renyi", P: .1, Directed: true}, topology.Dist{}), Options{})
	if want := float64(value(t, plain, "clustering_undirected").Value); !(math.Abs(c-want) <= 1e-12) || l < 1 {
		t.Errorf("clustering %v, want %v", c, want)
	}
}

// TestBestCommunities compares the result of Louvain in small graphs with the
// best of all partitions.
func TestBestCommunities(t *testing.T) {
	const n = 7
	rng, best, rounds := rand.New(rand.NewPCG(1, 4)), 0, 80
	for range rounds {
		f := fixture{N: n}
		for a := range n {
			for b := range a {
				if rng.IntN(5) < 2 {
					f.Edges = append(f.Edges, [3]float64{float64(a), float64(b), float64(1 + rng.IntN(3))})
				}
			}
		}
		if len(f.Edges) == 0 {
			continue
		}
		view := New(f.graph(t), Options{Weighted: true})
		top := math.Inf(-1)
		eachPartition(make([]int, n), 0, 0, func(part []int) { top = max(top, view.modularity(part)) })
		found := float64(value(t, view, "modularity").Value)
		if found > top+1e-12 || found < top-.12 {
			t.Errorf("%v: found %v, the best is %v", f.Edges, found, top)
		}
		if found > top-1e-9 {
			best++
		}
		part := view.Communities()
		next := 0
		for _, c := range part { // numbered by the first node of each part
			if c > next {
				t.Fatalf("communities %v", part)
			}
			next = max(next, c+1)
		}
	}
	if best < rounds*3/4 {
		t.Errorf("%d of %d partitions are the best", best, rounds)
	}
}

func eachPartition(part []int, at, groups int, visit func([]int)) {
	if at == len(part) {
		visit(part)
		return
	}
	for c := range groups + 1 {
		part[at] = c
		eachPartition(part, at+1, max(groups, c+1), visit)
	}
}

// TestCommunitiesGiven: given communities are used unchanged; otherwise they
// are computed once.
func TestCommunitiesGiven(t *testing.T) {
	given := []int{3, 0, 3}
	n := net(t, Options{Communities: given}, 3, [2]int{0, 2}, [2]int{2, 0})
	if !slices.Equal(n.Communities(), given) {
		t.Errorf("%v", n.Communities())
	}
	if r := value(t, n, "community"); !slices.Equal(r.PerNode, []float64{3, 0, 3}) || r.Value != 4 || details(r) != "0 1, 1 0, 2 0, 3 2" {
		t.Errorf("%v, %v, %s", r.PerNode, r.Value, details(r))
	}
	if r := value(t, n, "participation"); !slices.Equal(r.PerNode, []float64{0, 0, 0}) {
		t.Errorf("%v", r.PerNode)
	}
	apart := net(t, Options{}, 3)
	first, again := apart.Communities(), apart.Communities()
	if !slices.Equal(first, []int{0, 1, 2}) || &first[0] != &again[0] {
		t.Errorf("%v, then %v", first, again)
	}
}

func TestRenumber(t *testing.T) {
	for _, c := range []struct {
		groups, want []int
		count        int
	}{{nil, nil, 0}, {[]int{5, 2, 5, 0}, []int{0, 1, 0, 2}, 3}, {[]int{0, 1, 2}, []int{0, 1, 2}, 3}, {[]int{7}, []int{0}, 1}} {
		groups := slices.Clone(c.groups)
		if count := renumber(groups); count != c.count || !slices.Equal(groups, c.want) {
			t.Errorf("%v: %v, %d groups; want %v, %d", c.groups, groups, count, c.want, c.count)
		}
	}
}

// TestRadiusKnown: a cycle of n nodes with weights w has n eigenvalues of
// modulus w; a chain has only the eigenvalue 0; the largest of the all-ones
// matrix is n. The results are the same above 500 neurons.
func TestRadiusKnown(t *testing.T) {
	cycle := func(n int) topology.Rule { return topology.Rule{Name: "ring", K: 1, Directed: true} }
	for _, c := range []struct {
		n    int
		rule topology.Rule
		w    float64
		want float64
	}{
		{7, cycle(7), -3, 3}, {7, topology.Rule{Name: "feed_forward", Sizes: []int{1, 2, 4}}, 1, 0}, {9, topology.Rule{Name: "all_to_all", Autapses: true}, .5, 4.5},
		{501, topology.Rule{Name: "all_to_all", Autapses: true}, .5, 250.5}, {600, topology.Rule{Name: "star"}, 2, 2 * math.Sqrt(599)}, {600, topology.Rule{Name: "pairwise_bernoulli"}, 1, 0},
	} {
		r := value(t, New(build(t, c.n, c.rule, topology.Constant(c.w)), Options{Weighted: true}), "spectral_radius")
		if !(math.Abs(float64(r.Value)-c.want) <= 1e-6*max(1, c.want)) || float64(r.Error) > 1e-6*max(1, c.want) {
			t.Errorf("%d, %s: %v ± %v, want %v", c.n, c.rule.Name, r.Value, r.Error, c.want)
		}
	}
	if r := value(t, net(t, Options{}, 0), "spectral_radius"); r.Value != 0 {
		t.Errorf("of nothing: %v", r.Value)
	}
}

// TestComparedByDefinition checks the comparison of two graphs with sums over
// all pairs.
func TestComparedByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 9))
	for range 60 {
		n := 3 + rng.IntN(4)
		list := func() (out []topology.Synapse) {
			for range 2 * n {
				out = append(out, topology.Synapse{Source: neuron.ID(rng.IntN(n)), Target: neuron.ID(rng.IntN(n)), Weight: float32(rng.IntN(7)-3) / 2, Delay: 1})
			}
			return out
		}
		first, second := list(), list()
		graph := func(s []topology.Synapse) *topology.Graph {
			g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: n}}, nil, nil, s)
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		c, err := Compare(graph(first), graph(second))
		if err != nil {
			t.Fatal(err)
		}
		a, b := newTwin(n, first, Options{}), newTwin(n, second, Options{})
		want := Comparison{Neurons: n}
		var before, after []float64
		sum, squares := 0.0, 0.0
		for j := range n { // by target, in the order of synapses
			for i := range n {
				x, y := a.weight[i][j], b.weight[i][j]
				want.NormFirst, want.NormSecond = want.NormFirst+Number(x*x), want.NormSecond+Number(y*y)
				switch {
				case a.joined[i][j] && b.joined[i][j]:
					want.Kept++
					want.SignFlips += int(is(x*y < 0))
					before, after, sum, squares = append(before, x), append(after, y), sum+y-x, squares+(y-x)*(y-x)
				case a.joined[i][j]:
					want.Removed++
				case b.joined[i][j]:
					want.Added++
				}
			}
		}
		kept := float64(want.Kept)
		want.Jaccard, want.WeightCorrelation = Number(kept/(kept+float64(want.Removed+want.Added))), Number(pearson(before, after))
		want.MeanChange, want.RMSChange = Number(sum/kept), Number(math.Sqrt(squares/kept))
		want.NormFirst, want.NormSecond = Number(math.Sqrt(float64(want.NormFirst))), Number(math.Sqrt(float64(want.NormSecond)))
		want.InDegreeCorr, want.OutDegreeCorr = Number(pearson(a.each(a.in), b.each(b.in))), Number(pearson(a.each(a.out), b.each(b.out)))
		strength := func(m *twin) []float64 {
			return m.each(func(i int) float64 { return m.total(func(j int) float64 { return m.weight[j][i] }) })
		}
		want.StrengthCorr = Number(pearson(strength(a), strength(b)))
		if got, want := rounded(t, c), rounded(t, &want); got != want {
			t.Fatalf("%v, %v:\n got %s\nwant %s", first, second, got, want)
		}
	}
	three, four := (&fixture{N: 3}).graph(t), (&fixture{N: 4}).graph(t)
	if _, err := Compare(three, four); err == nil || err.Error() != "the graphs have 3 and 4 neurons, expected the same" {
		t.Error(err)
	}
}

// rounded writes a comparison with values rounded to nine decimal places.
func rounded(t *testing.T, c *Comparison) string {
	t.Helper()
	round := func(x *Number) { *x = Number(math.Round(float64(*x)*1e9) / 1e9) }
	for _, x := range []*Number{&c.Jaccard, &c.WeightCorrelation, &c.MeanChange, &c.RMSChange, &c.NormFirst, &c.NormSecond, &c.InDegreeCorr, &c.OutDegreeCorr, &c.StrengthCorr} {
		round(x)
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), ":-0,", ":0,")
}

// TestSharedVarianceKnown: nodes share the relative variance of nodes of about
// the same size. A node that no pivot has found gets the size of the smallest
// found node, if a path may lead through it.
func TestSharedVarianceKnown(t *testing.T) {
	n := net(t, Options{}, 5, [2]int{0, 1}, [2]int{1, 2}, [2]int{2, 3}, [2]int{3, 0}, [2]int{4, 0})
	sum, variance := []float64{4, 8, 2, 0, 0}, []float64{1, 4, 1, 0, 0}
	const k = 30.
	n.shareVariance(sum, variance, k)
	relative := (1./16 + 4./64 + 1./4) / 3 * (1 + fewPivots/k)
	want := []float64{relative * 16, relative * 64, 1, 2 * 2 / k, 0} // the third keeps its own variance, which is larger; the fourth has sources and targets, the fifth has no sources
	for i := range want {
		if !(math.Abs(variance[i]-want[i]) <= 1e-12) {
			t.Errorf("node %d: %v, want %v", i, variance[i], want[i])
		}
	}
	nothing := make([]float64, 5)
	n.shareVariance(make([]float64, 5), nothing, k)
	if !slices.Equal(nothing, make([]float64, 5)) {
		t.Errorf("without a sum: %v", nothing)
	}
}

// TestSamplesAreDrawn: as many different sources as requested, or all if there
// are not more, and different ones for another seed.
func TestSamplesAreDrawn(t *testing.T) {
	for _, c := range []struct {
		samples, want int
		sampled       bool
	}{{0, 6, false}, {-1, 6, false}, {1, 1, true}, {5, 5, true}, {6, 6, false}, {9, 6, false}} {
		got, sampled := net(t, Options{Samples: c.samples, Seed: 2}, 6).sources()
		if len(slices.Compact(slices.Sorted(slices.Values(got)))) != c.want || sampled != c.sampled {
			t.Errorf("%d of 6: %v, sampled %v", c.samples, got, sampled)
		}
	}
	drawn := map[int]int{}
	for seed := range uint64(600) {
		got, _ := net(t, Options{Samples: 1, Seed: seed}, 6).sources()
		drawn[got[0]]++
	}
	for i := range 6 {
		if drawn[i] < 60 || drawn[i] > 140 {
			t.Errorf("source %d is drawn %d times of 600", i, drawn[i])
		}
	}
	for k, want := range map[int]float64{1: math.Sqrt(5. / 6), 6: 0, 3: math.Sqrt(.5 / 3)} {
		if got := net(t, Options{}, 6).drawn(k); !(math.Abs(got-want) <= 1e-12) {
			t.Errorf("%d of 6: a factor of %v, want %v", k, got, want)
		}
	}
}

// TestHeapAgainstSorting: items pushed in any order are popped by distance,
// then by node.
func TestHeapAgainstSorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 100 {
		s, want := &search{}, []reach{}
		for range rng.IntN(30) {
			x := reach{float64(rng.IntN(5)), int32(rng.IntN(5))}
			s.push(x)
			want = append(want, x)
		}
		slices.SortFunc(want, func(a, b reach) int {
			if a.before(b) {
				return -1
			}
			return int(is(b.before(a)))
		})
		for _, x := range want {
			if got := s.pop(); got != x {
				t.Fatalf("%v, want %v of %v", got, x, want)
			}
		}
	}
}

// TestErrorOfARatio compares the standard error of a path length with its
// formula: the standard deviation of Σd_i − L·n_i over the sources, divided by
// the mean of n_i, where n_i is the number of nodes that source i reaches, with
// the correction for drawing without replacement.
func TestErrorOfARatio(t *testing.T) {
	f := fixture{Directed: true, N: 9, Edges: [][3]float64{{0, 1, 1}, {1, 2, 1}, {2, 0, 1}, {2, 3, 1}, {3, 4, 1}, {5, 4, 1}, {6, 5, 1}, {7, 8, 1}, {8, 6, 1}}}
	for seed := range uint64(20) {
		n := New(f.graph(t), Options{Samples: 4, Seed: seed})
		sources, _ := n.sources()
		m := &twin{n: 9, joined: matrixOf(9, func(i, j int) bool { return n.out.find(i, int32(j)) >= 0 })}
		d := m.distances(m.length)
		var sums, counts [4]float64
		sum, count := 0.0, 0.0
		for i, s := range sources {
			for j, x := range d[s] {
				if j != s && !math.IsInf(x, 1) {
					sums[i], counts[i] = sums[i]+x, counts[i]+1
				}
			}
			sum, count = sum+sums[i], count+counts[i]
		}
		if count == 0 {
			continue
		}
		mean, squares := 0.0, 0.0
		for i := range sums {
			mean += (sums[i] - sum/count*counts[i]) / 4
		}
		for i := range sums {
			r := sums[i] - sum/count*counts[i] - mean
			squares += r * r / 3
		}
		want := math.Sqrt(squares*(1-4./9)/4) / (count / 4)
		r := value(t, n, "path_length")
		if !(math.Abs(float64(r.Value)-sum/count) <= 1e-12) || !(math.Abs(float64(r.Error)-want) <= 1e-12) {
			t.Errorf("seed %d: %v ± %v, want %v ± %v", seed, r.Value, r.Error, sum/count, want)
		}
	}
}

// TestNoMoveIsBetter: after the first sweep of Louvain, no node gains by a move to the
// community of a neighbour, counted by the definition of modularity.
func TestNoMoveIsBetter(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 40 {
		n := 4 + rng.IntN(9)
		var arcs [][2]int
		for i := range n {
			for j := range i {
				if rng.IntN(3) == 0 {
					arcs = append(arcs, [2]int{i, j}, [2]int{j, i})
				}
			}
		}
		if len(arcs) == 0 {
			continue
		}
		l := firstLevel(net(t, Options{}, n, arcs...))
		_, groups := l.sweep(rng)
		modularity := func() (q float64) {
			for i := range n {
				for j := range n {
					if groups[i] != groups[j] {
						continue
					}
					q -= l.total[i] * l.total[j] / l.m2 / l.m2
					for k := l.off[i]; k < l.off[i+1]; k++ {
						if int(l.to[k]) == j {
							q += l.weight[k] / l.m2
						}
					}
				}
			}
			return q
		}
		is := modularity()
		for i := range n {
			own := groups[i]
			for k := l.off[i]; k < l.off[i+1]; k++ {
				groups[i] = own
				if groups[i] = groups[l.to[k]]; !(modularity() <= is+1e-9) {
					t.Errorf("%v: node %d gains %g in community %d", groups, i, modularity()-is, groups[i])
				}
			}
			groups[i] = own
		}
	}
}
