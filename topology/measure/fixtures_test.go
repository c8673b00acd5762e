package measure

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// fixture is one graph with the values that networkx, igraph and numpy give for
// it.
type fixture struct {
	Name     string
	Directed bool
	N        int
	Edges    [][3]float64
	Values   map[string]json.RawMessage
}

func (f *fixture) graph(t testing.TB) *topology.Graph {
	t.Helper()
	var synapses []topology.Synapse
	for _, e := range f.Edges {
		s := topology.Synapse{Source: neuron.ID(e[0]), Target: neuron.ID(e[1]), Weight: float32(e[2]), Delay: 1}
		synapses = append(synapses, s)
		if !f.Directed {
			s.Source, s.Target = s.Target, s.Source
			synapses = append(synapses, s)
		}
	}
	g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: f.N}}, nil, nil, synapses)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	data, err := os.ReadFile("../testdata/measures.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Graphs []fixture }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all.Graphs
}

const agreement = 1e-9

func near(a, b float64) bool {
	return math.Abs(a-b) <= agreement*math.Max(1, math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

// vector decodes a value or a list; null is NaN.
func vector(t testing.TB, raw json.RawMessage) []float64 {
	t.Helper()
	var list []*float64
	if raw[0] != '[' {
		raw = json.RawMessage("[" + string(raw) + "]")
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	out := make([]float64, len(list))
	for i, x := range list {
		if out[i] = math.NaN(); x != nil {
			out[i] = *x
		}
	}
	return out
}

// values returns the part of r that fixtures contain.
func values(r Result) []float64 {
	switch r.Name {
	case "motifs", "rich_club":
		out := make([]float64, len(r.Detail))
		for i, e := range r.Detail {
			out[i] = float64(e.Value)
		}
		return out
	case "strong_components", "weak_components":
		return []float64{float64(r.Value)}
	}
	if r.PerNode != nil {
		return r.PerNode
	}
	return []float64{float64(r.Value)}
}

// TestAgainstNetworkx compares every measure that networkx, igraph or numpy
// have, to 1e-9, on twelve graphs.
func TestAgainstNetworkx(t *testing.T) {
	compared := make(map[string]int)
	for _, f := range fixtures(t) {
		g := f.graph(t)
		part := make([]int, f.N)
		for i := range part {
			part[i] = i % 3
		}
		for key, raw := range f.Values {
			name, tag, _ := strings.Cut(strings.TrimPrefix(key, "igraph/"), "/")
			if name == "best_modularity" {
				continue
			}
			opt := Options{Communities: part, Weighted: tag == "weighted", Nulls: 1}
			if tag == "inverse" {
				opt.Lengths = Inverse
			}
			n := New(g, opt)
			if n.directed != f.Directed {
				t.Errorf("%s: directed = %v", f.Name, n.directed)
			}
			r, err := Compute(n, name)
			if err != nil {
				t.Fatal(err)
			}
			if msg := differ(values(r[0]), vector(t, raw)); msg != "" {
				t.Errorf("%s: %s %s", f.Name, key, msg)
			}
			compared[name]++
		}
	}
	for _, name := range Names() {
		random := name == "community" || name == "sigma" || name == "omega" // other tests check these within bounds
		if compared[name] < 8 && !random {
			t.Errorf("%s: compared on %d graphs only", name, compared[name])
		}
	}
}

func differ(got, want []float64) string {
	if len(got) != len(want) {
		return fmt.Sprintf("has %d values, want %d", len(got), len(want))
	}
	for i := range got {
		if !near(got[i], want[i]) {
			return fmt.Sprintf("[%d] is %.12g, want %.12g", i, got[i], want[i])
		}
	}
	return ""
}

// TestLouvainAgainstNetworkx: the modularity found is within 0.02 of the
// best of three runs of networkx.
func TestLouvainAgainstNetworkx(t *testing.T) {
	for _, f := range fixtures(t) {
		for _, weighted := range []bool{false, true} {
			key := "best_modularity"
			if weighted {
				key += "/weighted"
			}
			want := vector(t, f.Values[key])[0]
			best := math.Inf(-1)
			for seed := range uint64(3) {
				n := New(f.graph(t), Options{Weighted: weighted, Seed: seed})
				best = max(best, n.modularity(n.Communities()))
			}
			if best < want-0.02 {
				t.Errorf("%s (%s): Q=%.4f, networkx finds %.4f", f.Name, key, best, want)
			}
		}
	}
}
