package graphio

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// oddNames are names that some format might misread.
var oddNames = []string{
	"a", "b c", "#c", "%d", "e,f", "g;h", "i\tj", `k"l`, "m'n", "é", "日本", "<o>", "&amp;", "p\\q", "-1", "007", "1e5", "NaN", "node", "[r]", "{s}", "t=u", "--", "->",
	"*Arcs", "source", "sep=;", "//", "/*", "graph", "true", "null", "x:y", "|", " v", "w ",
}

// oddGraph is a random graph with everything that files keep: neurons and
// channels in several groups, some with positions; names, labels or neither;
// projections with odd names; several synapses between one pair; and autapses.
func oddGraph(t testing.TB, rng *rand.Rand) *topology.Graph {
	t.Helper()
	names := slices.Clone(oddNames)
	rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	groups := func(most int) (out []topology.Population, size int) {
		for range most {
			p := topology.Population{Name: names[0] + " group", Size: 1 + rng.IntN(3)}
			names = names[1:]
			if rng.IntN(2) == 0 {
				for range p.Size {
					p.Positions = append(p.Positions, topology.Point{rng.NormFloat64(), float64(rng.IntN(3)), -rng.Float64() * 1e-9})
				}
			}
			out, size = append(out, p), size+p.Size
		}
		return out, size
	}
	populations, neurons := groups(1 + rng.IntN(3))
	channels, inputs := groups(rng.IntN(3))
	links := []topology.Link{{Port: neuron.Contextual}, {Name: names[0], Port: neuron.Receptive}, {Name: names[1], Port: neuron.Lateral}, {Name: names[1], Port: neuron.Contextual}}
	var synapses []topology.Synapse
	for range rng.IntN(20) {
		s := topology.Synapse{
			Source: neuron.ID(rng.IntN(neurons + inputs)), Target: neuron.ID(rng.IntN(neurons)), Projection: int16(rng.IntN(len(links))),
			Weight: float32(rng.NormFloat64()), Delay: []int32{1, 1000, rng.Int32N(1e6) + 1, 1<<31 - 1}[rng.IntN(4)],
		}
		s.Port = links[s.Projection].Port
		synapses = append(synapses, s)
	}
	g, err := topology.FromSynapses(populations, channels, links, synapses)
	if err != nil {
		t.Fatal(err)
	}
	if kind := rng.IntN(3); kind == 1 {
		g.Labels = names[2 : 2+neurons+inputs]
	} else if kind == 2 {
		g.Names = names[2 : 2+neurons+inputs]
		g.Labels = g.Names
	}
	return g
}

// TestOddGraphsComeBack: a random graph is the same after it is written and
// read, in every format that keeps everything.
func TestOddGraphsComeBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	for range 150 {
		g := oddGraph(t, rng)
		for _, f := range writable() {
			if f == NPY || f == NPZ || f == Matrix {
				continue
			}
			data := encode(t, f, g)
			got, err := Read(bytes.NewReader(data), f, Limits{})
			if err != nil {
				t.Fatalf("%s: %v\n%s", f, err, data)
			}
			if a, b := anyOrder(describe(got)), anyOrder(keptBy(f, g)); a != b {
				t.Fatalf("%s:\n got %s\nwant %s\n%s", f, a, b, data)
			}
		}
	}
}

// anyOrder sorts the synapses of a description. Files number projections by
// their first use, which changes the order of several synapses between one
// pair.
func anyOrder(description string) string {
	parts := strings.Split(description, " | ")
	synapses := strings.Split(parts[1], ", ")
	slices.Sort(synapses)
	parts[1] = strings.Join(synapses, ", ")
	return strings.Join(parts, " | ")
}

// keptBy describes a graph as a format keeps it: where ids are technical, labels are
// the names.
func keptBy(f Format, g *topology.Graph) string {
	h := *g
	if f == GML || f == Pajek || f == MatrixMarket {
		if h.Names == nil && h.Labels != nil {
			h.Names = h.Labels
		}
	}
	return describe(&h)
}

// TestOddMatricesComeBack: a matrix keeps the sums of the weights of parallel
// synapses; as text it keeps names too.
func TestOddMatricesComeBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 2))
	for range 200 {
		g := oddGraph(t, rng)
		want := map[string]float32{}
		for _, s := range g.Synapses() {
			want[g.Name(s.Source)+" > "+g.Name(s.Target)] += s.Weight
		}
		for _, f := range []Format{NPY, NPZ, Matrix} {
			data := encode(t, f, g)
			got, err := Read(bytes.NewReader(data), f, Limits{})
			if err != nil {
				t.Fatalf("%s: %v\n%s", f, err, data)
			}
			if f != Matrix {
				got.Names = g.Names
			}
			for _, s := range got.Synapses() {
				pair := got.Name(s.Source) + " > " + got.Name(s.Target)
				if want[pair] != s.Weight {
					t.Fatalf("%s: %s is %v, want %v\n%s", f, pair, s.Weight, want[pair], data)
				}
			}
			if total(got) != total(g) || got.NumSynapses() != len(want) {
				t.Fatalf("%s: %d nodes, %d entries, want %d, %d", f, total(got), got.NumSynapses(), total(g), len(want))
			}
		}
	}
}

// TestQuotedFields: every odd name is one field of a list, for every separator.
func TestQuotedFields(t *testing.T) {
	for _, name := range oddNames {
		for _, sep := range []string{",", ";", "\t", "|"} {
			text := "source" + sep + "target\n" + quoteField(name, sep[0]) + sep + "z\n"
			g, err := Read(strings.NewReader(text), CSV, Limits{})
			if err != nil || g.Name(0) != name || g.NumSynapses() != 1 {
				t.Errorf("%q in %q: %v", name, text, err)
			}
		}
	}
	if got := quoteField("a\r\nb", ','); got != "a  b" {
		t.Errorf("line ends become %q", got)
	}
}

// TestNamesOfNumbers: names that are exactly 0 … n−1 are taken as ids, in any
// order in the file. Other names are kept; if all are numbers, they are sorted
// by number.
func TestNamesOfNumbers(t *testing.T) {
	for _, c := range []struct {
		names []int
		want  string
	}{
		{[]int{0, 1, 2}, ""}, {[]int{2, 0, 1}, ""}, {[]int{1, 2, 3}, "1 2 3"}, {[]int{3, 1}, "1 3"}, {[]int{10, 9, 100}, "9 10 100"}, {[]int{-1, 0}, "-1 0"}, {[]int{0}, ""}, {[]int{1}, "1"},
	} {
		var text strings.Builder
		for _, n := range c.names {
			text.WriteString(strconv.Itoa(n) + "\n")
		}
		g, err := Read(strings.NewReader(text.String()), AdjacencyList, Limits{})
		if err != nil || strings.Join(g.Names, " ") != c.want || g.NumNeurons() != len(c.names) {
			t.Errorf("%v: %q, %v", c.names, g.Names, err)
		}
	}
}
