package graphio

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// rich is a graph with everything that a file must keep.
func rich(t testing.TB) *topology.Graph {
	t.Helper()
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{
			{Name: "hidden", Size: 12, Place: topology.Placement{Kind: "random", Dims: 3}},
			{Name: "read-out", Size: 3},
		},
		Channels: []topology.Population{{Name: "inputs", Size: 4, Place: topology.Placement{Kind: "circle"}}},
		Projections: []topology.Projection{
			{From: "inputs", To: "hidden", Port: neuron.Receptive, Rule: topology.Rule{Name: "fixed_indegree", Indegree: 2}, Weights: topology.Normal(0, 1), Delays: topology.Constant(1)},
			{From: "hidden", To: "hidden", Port: neuron.Lateral, Rule: topology.Rule{Name: "watts_strogatz", K: 4, P: .2}, Weights: topology.Uniform(-1, 1), Delays: topology.Uniform(1, 9000)},
			{Name: "a,b \"c\" <&>", From: "hidden", To: "read-out", Port: neuron.Contextual, Rule: topology.Rule{Name: "all_to_all"}, Weights: topology.Constant(0)},
		},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	g.Labels = make([]string, 19)
	for i := range g.Labels {
		g.Labels[i] = strings.Repeat("é", i%3) + `x"<&,;'\` + string(rune('a'+i))
	}
	return g
}

// named is a graph whose nodes have names, some of them odd.
func named(t testing.TB) *topology.Graph {
	t.Helper()
	g := plain(t)
	g.Undirected = false
	g.Names = []string{"AVAL", "#tag", "a b", "007", "é, \"x\"", "1e5"}
	g.Labels = g.Names
	return g
}

// writable returns the formats that can be written.
func writable() (out []Format) {
	for _, c := range codecs() {
		if c.write != nil {
			out = append(out, c.format)
		}
	}
	return out
}

// plain is an undirected graph as another program would write it.
func plain(t testing.TB) *topology.Graph {
	t.Helper()
	var s []topology.Synapse
	for _, e := range [][2]neuron.ID{{0, 1}, {1, 2}, {2, 0}, {3, 4}} {
		s = append(s, topology.Synapse{Source: e[0], Target: e[1], Weight: 2.5, Delay: 1000, Port: neuron.Contextual},
			topology.Synapse{Source: e[1], Target: e[0], Weight: 2.5, Delay: 1000, Port: neuron.Contextual})
	}
	g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: 6}}, nil, nil, s)
	if err != nil {
		t.Fatal(err)
	}
	g.Undirected = true
	return g
}

func encode(t testing.TB, f Format, g *topology.Graph) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// same compares everything except placements and the ends of projections.
func same(t *testing.T, f Format, got, want *topology.Graph) {
	t.Helper()
	check := func(what string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %s\n got %.300v\nwant %.300v", f, what, a, b)
		}
	}
	groups := func(list []topology.Population) (out []topology.Population) {
		for _, p := range list {
			p.Place = topology.Placement{}
			out = append(out, p)
		}
		return out
	}
	check("populations", groups(got.Populations), groups(want.Populations))
	check("channels", groups(got.Channels), groups(want.Channels))
	check("labels", got.Labels, want.Labels)
	if technical := f == GML || f == Pajek || f == MatrixMarket; !technical || want.Names != nil {
		check("names", got.Names, want.Names)
	} else if got.Names != nil { // the labels are written as names
		check("names", got.Names, want.Labels)
	}
	check("undirected", got.Undirected, want.Undirected)
	check("number of synapses", got.NumSynapses(), want.NumSynapses())
	a, b := got.Synapses(), want.Synapses()
	for i := range a {
		check("projection", linkName(got, &a[i]), linkName(want, &b[i]))
		a[i].Projection, b[i].Projection = 0, 0
	}
	check("synapses", a, b)
}

func TestRoundTrip(t *testing.T) {
	for _, f := range writable() {
		for _, g := range []*topology.Graph{rich(t), plain(t), named(t)} {
			data := encode(t, f, g)
			got, err := Read(bytes.NewReader(data), f, Limits{})
			if err != nil {
				t.Errorf("%s: %v\n%.600s", f, err, data)
				continue
			}
			if f == NPY || f == NPZ || f == Matrix {
				sameMatrix(t, got, g)
				continue
			}
			same(t, f, got, g)
			if again := encode(t, f, got); !bytes.Equal(again, data) {
				t.Errorf("%s: written again it differs:\n%.300s\n%.300s", f, again, data)
			}
		}
	}
}

// sameMatrix compares the nonzero weights.
func sameMatrix(t *testing.T, got, want *topology.Graph) {
	t.Helper()
	matrix := func(g *topology.Graph) map[[2]neuron.ID]float32 {
		m := make(map[[2]neuron.ID]float32)
		for _, s := range g.Synapses() {
			if s.Weight != 0 {
				m[[2]neuron.ID{s.Source, s.Target}] = s.Weight
			}
		}
		return m
	}
	a, b := matrix(got), matrix(want)
	if want.NumChannels() == 0 && !reflect.DeepEqual(a, b) {
		t.Errorf("npy: %v, want %v", a, b)
	}
	if len(a) != len(b) {
		t.Errorf("npy: %d entries, want %d", len(a), len(b))
	}
}

func TestLossy(t *testing.T) {
	if lost := Lossy(GraphML, rich(t)); lost != nil {
		t.Errorf("GraphML loses %v", lost)
	}
	if lost := Lossy(NPY, rich(t)); len(lost) != 7 {
		t.Errorf("npy loses %v", lost)
	}
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]Format{"a.graphml": GraphML, "b/c.GEXF": GEXF, "x.gv": DOT, "x.csv": CSV, "x.tsv": TSV, "x.mtx": MatrixMarket, "x.npy": NPY, "x.json": JSON} {
		if f, err := FormatOf(name); f != want || err != nil {
			t.Errorf("%s: %v %v", name, f, err)
		}
	}
	if _, err := FormatOf("x.docx"); err == nil {
		t.Error("x.docx has a format")
	}
	if _, err := Read(nil, "docx", Limits{}); err == nil {
		t.Error("docx is read")
	}
}
