package graphio

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// python runs testdata/interop.py with a Python that has networkx, igraph and
// scipy, or skips the test.
func python(t *testing.T, args ...string) []byte {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import networkx, igraph, scipy").Run() != nil {
			continue
		}
		out, err := exec.Command(name, append([]string{"testdata/interop.py"}, args...)...).Output()
		if err != nil {
			if e, ok := err.(*exec.ExitError); ok {
				t.Fatalf("%v: %s", args, e.Stderr)
			}
			t.Fatal(err)
		}
		return out
	}
	t.Skip("no Python with networkx, igraph and scipy (Debian: python3-networkx python3-igraph python3-scipy)")
	return nil
}

// heard is what another program read.
type heard struct {
	Directed  bool
	Nodes     int
	Edges     [][5]any
	Positions [][]float64
}

// simple is a graph that every format keeps: no parallel synapses.
func simple(t *testing.T) *topology.Graph {
	t.Helper()
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: 20, Place: topology.Placement{Kind: "random", Dims: 3}}},
		Projections: []topology.Projection{{Name: "p", From: "net", To: "net", Port: neuron.Lateral,
			Rule: topology.Rule{Name: "fixed_indegree", Indegree: 3}, Weights: topology.Normal(0, 1), Delays: topology.Uniform(1, 5000)}},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestOthersReadWhatWeWrite: networkx (and igraph, for GraphML) find the same
// edges, weights, delays, ports and positions.
func TestOthersReadWhatWeWrite(t *testing.T) {
	g := simple(t)
	for _, kind := range []string{"graphml", "igraph", "gexf", "json", "csv", "tsv", "mtx", "npy"} {
		format := Format(kind)
		if kind == "igraph" {
			format = GraphML
		}
		path := filepath.Join(t.TempDir(), "g")
		if err := os.WriteFile(path, encode(t, format, g), 0o600); err != nil {
			t.Fatal(err)
		}
		var h heard
		if err := json.Unmarshal(python(t, kind, path), &h); err != nil {
			t.Fatal(err)
		}
		compare(t, kind, g, h)
	}
}

func compare(t *testing.T, kind string, g *topology.Graph, h heard) {
	t.Helper()
	want := g.Synapses()
	slices.SortFunc(want, func(a, b topology.Synapse) int {
		if a.Source != b.Source {
			return int(a.Source - b.Source)
		}
		return int(a.Target - b.Target)
	})
	if h.Nodes != g.NumNeurons() || len(h.Edges) != len(want) || !h.Directed {
		t.Fatalf("%s: %d nodes, %d edges, directed %v", kind, h.Nodes, len(h.Edges), h.Directed)
	}
	all := kind != "mtx" && kind != "npy" // matrices are weights alone to others
	for i, e := range h.Edges {
		s := want[i]
		if neuron.ID(e[0].(float64)) != s.Source || neuron.ID(e[1].(float64)) != s.Target || float32(e[2].(float64)) != s.Weight {
			t.Fatalf("%s: edge %v, want %+v", kind, e, s)
		}
		if all && (int32(e[3].(float64)) != s.Delay || e[4].(string) != s.Port.String()) {
			t.Fatalf("%s: edge %v, want %+v", kind, e, s)
		}
	}
	for i, p := range h.Positions {
		want, _ := g.Position(neuron.ID(i))
		if all && kind != "csv" && kind != "tsv" && !slices.Equal(p, want[:]) {
			t.Fatalf("%s: neuron %d is at %v, want %v", kind, i, p, want)
		}
	}
}

// TestWeReadWhatOthersWrite: Zachary's karate club, 34 nodes, 78 edges, total
// weight 231 as networkx ships it.
func TestWeReadWhatOthersWrite(t *testing.T) {
	for _, kind := range []string{"graphml", "igraph", "gexf", "json", "csv", "tsv", "mtx", "npy"} {
		format := Format(kind)
		if kind == "igraph" {
			format = GraphML
		}
		path := filepath.Join(t.TempDir(), "g")
		python(t, "write", kind, path)
		in, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		g, err := Read(in, format, Limits{})
		in.Close()
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		weight := float32(0)
		for _, w := range g.Weights() {
			weight += w
		}
		if g.NumNeurons() != 34 || g.NumSynapses() != 156 || weight != 462 {
			t.Errorf("%s: %d neurons, %d synapses, weight %v", kind, g.NumNeurons(), g.NumSynapses(), weight)
		}
	}
}

// TestGraphvizReadsDOT checks the syntax with Graphviz, where it is installed.
func TestGraphvizReadsDOT(t *testing.T) {
	if _, err := exec.LookPath("gvpr"); err != nil {
		t.Skip("no Graphviz (Debian: graphviz)")
	}
	path := filepath.Join(t.TempDir(), "g.dot")
	if err := os.WriteFile(path, encode(t, DOT, rich(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("gvpr", "BEG_G{printf(\"%d %d\", nNodes($G), nEdges($G))}", path).CombinedOutput()
	if err != nil || string(out) != "19 108" {
		t.Errorf("gvpr: %s %v", out, err)
	}
}
