package network

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// A file with two populations does not fit a document with one: which of them would it be?
func TestGraphFileWithTooMany(t *testing.T) {
	const text = `{"nodes": [{"id": "p", "population": "left"}, {"id": "q", "population": "right"}], "links": [{"source": "p", "target": "q"}]}`
	for _, population := range []string{"", ", population: a"} {
		exp := experiment(t, "populations: {a: {neuron: memory}}\ninputs: {x: {size: 1}}\nprojections: [{from: x, to: a, port: r}]\ngraph: {file: g.json"+population+"}\n")
		if _, err := Build(exp, nil, files{"g.json": text}); err == nil || !strings.Contains(err.Error(), `has the population "left", which is not in the section populations`) {
			t.Errorf("%s: %v", population, err)
		}
	}
}

// Neurons have the places of the file of a rule, unless the document gives them places.
func TestPlacesOfFiles(t *testing.T) {
	const text = `{"nodes": [{"id": "p", "x": 1, "y": 2}, {"id": "q", "x": 3, "y": 4}], "links": [{"source": "p", "target": "q"}]}`
	for place, own := range map[string]bool{"": true, ", place: {kind: circle, extent: 9}": false} {
		n := build(t, "populations: {a: {neuron: memory"+place+"}}\ninputs: {x: {size: 1}}\nprojections:\n  - {from: x, to: a, port: r}\n  - {from: a, to: a, port: c, rule: {name: imported, graph: g.json}}\n", files{"g.json": text})
		at, ok := n.Sim.Position(1)
		if !ok || (at[0] == 3 && at[1] == 4) != own {
			t.Errorf("%q: the second neuron is at %v, %v", place, at, ok)
		}
	}
}

// Notes about graph files, also those of rules, begin with the name of the file.
func TestNotesOfFiles(t *testing.T) {
	const text = `{"directed": true, "nodes": [{"id": "p", "color": "red"}, {"id": "q"}], "links": [{"source": "p", "target": "q"}]}`
	n := build(t, "populations: {a: {neuron: memory}, b: {neuron: memory}}\ninputs: {x: {size: 1}}\nprojections:\n  - {from: x, to: a, port: r}\n  - {from: x, to: b, port: r}\n"+
		"  - {from: b, to: b, port: c, rule: {name: imported, graph: second.json}}\ngraph: {file: first.json, population: a}\n", files{"first.json": text, "second.json": text})
	const unused = ": node attributes that are not used: color"
	if want := []string{"first.json" + unused, "second.json" + unused}; !slices.Equal(n.Notes, want) {
		t.Errorf("%q, want %q", n.Notes, want)
	}
}

// A file whose neurons are numbers gives the network no names.
func TestNumbersInFiles(t *testing.T) {
	n := build(t, "populations: {a: {neuron: memory}}\ninputs: {x: {size: 1}}\nprojections: [{from: x, to: a, port: r}]\ngraph: {file: g.csv}\n", files{"g.csv": "source,target\n0,1\n1,2\n"})
	if n.Sim.Names != nil || n.Sim.Labels != nil {
		t.Errorf("names %q, labels %q", n.Sim.Names, n.Sim.Labels)
	}
}

// handles counts the files that are open.
type handles struct {
	files
	open map[string]int
}

func (h handles) Open(name string) (io.ReadCloser, error) {
	f, err := h.files.Open(name)
	if err != nil {
		return nil, err
	}
	h.open[name]++
	return handle{f, func() { h.open[name]-- }}, nil
}

type handle struct {
	io.Reader
	closed func()
}

func (h handle) Close() error { h.closed(); return nil }

// Graph files and tables of settings are closed.
func TestFilesAreClosed(t *testing.T) {
	f := handles{files{"g.csv": "source,target\n0,1\n1,2\n", "w.csv": "w\n10\n20\n30\n"}, map[string]int{}}
	exp := experiment(t, "populations: {a: {neuron: memory, each: {window: {column: w, file: w.csv}}}}\ninputs: {x: {size: 1}}\nprojections: [{from: x, to: a, port: r}]\ngraph: {file: g.csv}\n")
	if _, err := Build(exp, nil, f); err != nil {
		t.Fatal(err)
	}
	if len(f.open) != 2 || f.open["g.csv"] != 0 || f.open["w.csv"] != 0 {
		t.Errorf("open files: %v", f.open)
	}
}

// A network without noise has no list of noise. A fault with a share names no neurons.
func TestWithoutNoise(t *testing.T) {
	n := build(t, strings.Replace(twoAreas, ", noise: {loss: 10%, jitter: 3ms}", "", 1)+"faults: [{kind: silent, share: 50%}]\n", nil)
	if n.Sim.Noise != nil {
		t.Errorf("noise %v", n.Sim.Noise)
	}
}

// The channels of a file are an input, with their number, their names and their place.
func TestChannelsOfFiles(t *testing.T) {
	const text = `{"directed": true, "nodes": [{"id": "a", "population": "V1"}, {"id": "x", "population": "eye", "kind": "channel", "x": 1, "y": 2}, {"id": "y", "population": "eye", "kind": "channel", "x": 3, "y": 4}],
 "links": [{"source": "y", "target": "a", "port": "r", "weight": 3}]}`
	const doc = "populations: {V1: {neuron: memory}}\ninputs: {eye: {SIZE}}\ngraph: {file: g.json}\n"
	n := build(t, strings.Replace(doc, "SIZE", "size: 2", 1), files{"g.json": text})
	eye, _ := n.Input("eye")
	at, ok := n.Sim.Position(eye.First + 1)
	if eye.Size() != 2 || n.Label(eye.First+1) != "y" || !ok || at[0] != 3 || at[1] != 4 {
		t.Errorf("%+v, the second channel is %s at %v, %v", eye, n.Label(eye.First+1), at, ok)
	}
	if again := build(t, strings.Replace(doc, "SIZE", "", 1), files{"g.json": text}); again.Inputs[0] != eye {
		t.Errorf("%+v, want %+v", again.Inputs[0], eye)
	}
	const want = "inputs.eye.size: got 3, expected 2, as the graph file has; or leave it out"
	if _, err := Build(experiment(t, strings.Replace(doc, "SIZE", "size: 3", 1)), nil, files{"g.json": text}); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// Data for another input change neither the size of an input nor the names of its
// channels.
func TestDataOfOtherInputs(t *testing.T) {
	n := build(t, `
populations: {w: {size: 2, neuron: memory}}
inputs: {x: {}, other: {}, free: {size: 5}}
projections: [{from: x, to: w, port: r}, {from: other, to: w, port: c}, {from: free, to: w, port: c}]
data:
  a: {table: {file: t.csv, fields: {x: [left, right]}, label: kind}, to: {x: x}}
  b: {bars: {rows: 3}, to: {other: image}}
`, files{"t.csv": "left,right,kind\n1,2,p\n3,4,q\n"})
	var got []string
	for _, g := range n.Inputs {
		got = append(got, fmt.Sprint(g.Name, g.Size(), n.Label(g.First), n.Width(g.Name)))
	}
	if want := []string{"x2left0", "other943", "free5130"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A file may have as many projections as a network, together with those of the document.
func TestTooManyProjections(t *testing.T) {
	for n, ok := range map[int]bool{topology.MaxProjections - 1: true, topology.MaxProjections: false} {
		var text strings.Builder
		text.WriteString("source,target,projection\n")
		for i := range n {
			fmt.Fprintf(&text, "0,1,p%d\n", i)
		}
		exp := experiment(t, "populations: {a: {neuron: memory}}\ninputs: {x: {size: 1}}\nprojections: [{from: x, to: a, port: r}]\ngraph: {file: g.csv}\n")
		got, err := Build(exp, nil, files{"g.csv": text.String()})
		if ok && (err != nil || len(got.Sim.Projections) != topology.MaxProjections || got.Sim.Projections[n].Name != fmt.Sprintf("p%d", n-1)) {
			t.Errorf("%d projections: %v", n, err)
		}
		if !ok && (err == nil || !strings.Contains(err.Error(), "has more than 16384 groups of synapses")) {
			t.Errorf("%d projections: %v", n, err)
		}
	}
}

// A group cannot have delays with a negative spread, also if its document was not checked.
func TestDelaysOfGroups(t *testing.T) {
	exp := experiment(t, "populations: {a: {size: 2, neuron: memory, groups: [{neurons: '1', delay: 2ms}]}}\ninputs: {x: {size: 2}}\nprojections: [{from: x, to: a, port: r}, {from: a, to: a, port: c}]\n")
	exp.Populations.Get("a").Groups[0].Delay = &language.Delay{Low: 1, High: 9, Median: 5, Sigma: -1}
	if _, err := Build(exp, nil, nil); err == nil || !strings.Contains(err.Error(), "populations.a.groups[0].delay: ") {
		t.Error(err)
	}
}

// Without files, and with files that break off or have no rows, nothing is built.
func TestFilesThatCannotBeRead(t *testing.T) {
	const doc = "populations: {a: {size: 3, neuron: memory, each: EACH}}\ninputs: {x: {size: 1}}\nprojections: [{from: x, to: a, port: r}GRAPH]\n"
	const column, graph = "{window: {column: w, file: w.csv}}", ", {from: a, to: a, port: c, rule: {name: imported, graph: g.csv}}"
	for _, c := range []struct {
		each, graph string
		files       data.Files
		want        string
	}{
		{column, "", nil, "populations.a.each.window.file: there are no files here"},
		{"{}", graph, nil, "projections[1].rule.graph: there are no files here"},
		{column, "", files{"w.csv": "w\n10\n20,30\n40\n"}, "populations.a.each.window.file: row 2 (line 3): 2 fields"},
		{column, "", files{"w.csv": ""}, "populations.a.each.window.file: the table is empty"},
		{"{}", graph, files{"g.csv": ""}, "projections[1].rule.graph: g.csv"},
		{"{window: [10, 20, 0]}", "", nil, "populations.a.each.window[2]: "},
		{"{window: [10, 20]}", "", nil, "populations.a.each.window: has 2 values for 3 neurons; give one for each, in order"},
	} {
		exp, err := language.Load("test.yaml", []byte(header+strings.NewReplacer("EACH", c.each, "GRAPH", c.graph).Replace(doc)))
		if err == nil {
			_, err = Build(exp, nil, c.files)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s%s: %v, want %s", c.each, c.graph, err, c.want)
		}
	}
}

// Without connections between neurons, a file only keeps the synapses of its channels, and
// a projection from a file has none.
func TestUnconnectedFiles(t *testing.T) {
	const text = `{"directed": true, "nodes": [{"id": "a", "population": "V1"}, {"id": "b", "population": "V1"}, {"id": "x", "population": "eye", "kind": "channel"}],
 "links": [{"source": "x", "target": "b", "port": "r", "weight": 3}, {"source": "a", "target": "b", "port": "c"}, {"source": "b", "target": "a", "port": "c"}]}`
	f := files{"g.json": text, "v.csv": "source,target,weight,delay\na,b,2,500\n"}
	exp := experiment(t, "populations: {V1: {neuron: memory}, V2: {neuron: memory}}\ninputs: {eye: {}}\ngraph: {file: g.json}\nprojections:\n  - {from: eye, to: V2, port: r}\n"+
		"  - {from: V2, to: V2, port: c, rule: {name: imported, graph: v.csv}, weights: graph, delay: graph}\ncontrol: unconnected\n")
	s, err := Estimate(exp, nil, f)
	if err != nil || s.Synapses != 1+2 || s.Neurons != 4 || s.Channels != 1 {
		t.Errorf("estimated %+v, %v", s, err)
	}
	n, err := Build(exp, nil, f)
	if err != nil || n.Sim.NumSynapses() != 3 {
		t.Fatalf("%+v, %v", n, err)
	}
	if in := n.Sim.Incoming(1); !slices.Equal(in.Source, []neuron.ID{4}) || !slices.Equal(in.Weight, []float32{3}) {
		t.Errorf("%+v", in)
	}
}

// Estimates use the kind of each population. There is no configuration for a neuron that
// does not exist.
func TestKindsForEstimates(t *testing.T) {
	n := build(t, twoAreas, nil)
	b := &builder{exp: experiment(t, twoAreas), net: n}
	for id, want := range map[neuron.ID]int{0: 300, 5: 300, 6: 64, 8: 64} {
		if c := b.kindOf(id); c == nil || c.Window != want {
			t.Errorf("neuron %d: %+v", id, c)
		}
	}
	if c := b.kindOf(9); c != nil {
		t.Errorf("a channel: %+v", c)
	}
	defer func() {
		if got := fmt.Sprint(recover()); got != "network: there is no neuron 9" {
			t.Error(got)
		}
	}()
	n.Sim.Config(9)
}
