package graphio

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"infomorph/neuron"
)

// other is the graph of a file of another program.
type other struct {
	Nodes      []string
	Edges      [][3]any
	Undirected bool
}

// TestFilesOfOthers reads what networkx, igraph, SciPy, NumPy and pandas have written:
// see testdata/make_others.py.
func TestFilesOfOthers(t *testing.T) {
	data, err := os.ReadFile("testdata/others.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]other
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir("testdata/others")
	if err != nil || len(files) != len(all) || len(all) < 80 {
		t.Fatalf("%d files, %d meanings, %v", len(files), len(all), err)
	}
	for name, want := range all {
		f, err := FormatOf(name)
		if err != nil {
			t.Fatal(err)
		}
		in, err := os.Open(filepath.Join("testdata/others", name))
		if err != nil {
			t.Fatal(err)
		}
		g, notes, err := ReadWith(in, f, Options{})
		in.Close()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := other{Undirected: g.Undirected}
		for id := range neuron.ID(g.NumNeurons()) {
			got.Nodes = append(got.Nodes, g.Name(id))
		}
		for _, s := range g.Synapses() {
			got.Edges = append(got.Edges, [3]any{g.Name(s.Source), g.Name(s.Target), s.Weight})
		}
		if a, b := sorted(got), sorted(want); !reflect.DeepEqual(a, b) {
			t.Errorf("%s:\n got %v\nwant %v\n told %q", name, a, b, notes)
		}
	}
}

// sorted sorts nodes and edges and rounds weights to float32, as in graphs.
func sorted(o other) other {
	for i, e := range o.Edges {
		if w, ok := e[2].(float64); ok {
			o.Edges[i][2] = float32(w)
		}
	}
	slices.SortFunc(o.Edges, func(a, b [3]any) int {
		return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(string), b[1].(string)), cmp.Compare(a[2].(float32), b[2].(float32)))
	})
	slices.Sort(o.Nodes)
	return o
}
