package graphio

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// python runs testdata/interop.py for all kinds of files in a folder. It needs
// a Python with networkx, igraph and scipy; without one it skips the test.
func python(t *testing.T, verb, folder string) []byte {
	t.Helper()
	args := append([]string{verb, folder}, kinds...)
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

// heard is the graph as another program has read it.
type heard struct {
	Directed  bool
	Nodes     int
	Edges     [][5]any
	Positions [][]float64
}

// simple is a graph without parallel synapses, so that every format can keep
// it.
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
	g, folder := simple(t), t.TempDir()
	for _, kind := range kinds {
		if err := os.WriteFile(filepath.Join(folder, kind), encode(t, formatOf(kind), g), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var all map[string]heard
	if err := json.Unmarshal(python(t, "read", folder), &all); err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		compare(t, kind, g, all[kind])
	}
}

// kinds are the files that Python reads and writes: the formats, and "igraph",
// which is GraphML by igraph.
var kinds = []string{"graphml", "igraph", "gexf", "json", "csv", "tsv", "mtx", "npy"}

func formatOf(kind string) Format {
	if kind == "igraph" {
		return GraphML
	}
	return Format(kind)
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
	all := kind != "mtx" && kind != "npy" // other programs read only weights from matrices
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

// TestWeReadWhatOthersWrite: Zachary's karate club as networkx contains it: 34
// nodes, 78 edges, total weight 231.
func TestWeReadWhatOthersWrite(t *testing.T) {
	folder := t.TempDir()
	python(t, "write", folder)
	for _, kind := range kinds {
		in, err := os.Open(filepath.Join(folder, kind))
		if err != nil {
			t.Fatal(err)
		}
		g, err := Read(in, formatOf(kind), Limits{})
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

// TestGraphvizReadsDOT: Graphviz, if installed, finds every edge with its
// weight, delay and port.
func TestGraphvizReadsDOT(t *testing.T) {
	if _, err := exec.LookPath("gvpr"); err != nil {
		t.Skip("no Graphviz (Debian: graphviz)")
	}
	run := func(g *topology.Graph, program string) string {
		path := filepath.Join(t.TempDir(), "g.dot")
		if err := os.WriteFile(path, encode(t, DOT, g), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("gvpr", program, path).CombinedOutput()
		if err != nil {
			t.Fatalf("gvpr: %s %v", out, err)
		}
		return string(out)
	}
	if out := run(rich(t), `BEG_G{printf("%d %d", nNodes($G), nEdges($G))}`); out != "19 108" {
		t.Errorf("gvpr: %s", out)
	}
	g := simple(t)
	lines := strings.Fields(run(g, `E{printf("%s,%s,%s,%s,%s\n", $.tail.name, $.head.name, $.weight, $.delay, $.port)}`))
	var want []string
	for _, s := range g.Synapses() {
		want = append(want, fmt.Sprintf("%d,%d,%s,%d,%v", s.Source, s.Target, strconv.FormatFloat(float64(s.Weight), 'g', -1, 32), s.Delay, s.Port))
	}
	slices.Sort(lines)
	slices.Sort(want)
	if !slices.Equal(lines, want) {
		t.Errorf("Graphviz reads\n%v\nwant\n%v", lines, want)
	}
}
