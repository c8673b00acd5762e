package graphio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"infomorph/internal/npy"
	"infomorph/neuron"
	"infomorph/topology"
)

// graphOf makes a graph of synapses, one unnamed projection for each port.
func graphOf(t testing.TB, populations, channels []topology.Population, synapses ...topology.Synapse) *topology.Graph {
	t.Helper()
	g, err := topology.FromSynapses(populations, channels, nil, synapses)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// small has everything that a file can say about a graph: two populations, one
// of them with positions; a channel; labels; a synapse of a named projection;
// two synapses between one pair; an autapse; and a weight that is written with
// an exponent.
func small(t testing.TB) *topology.Graph {
	t.Helper()
	g, err := topology.FromSynapses(
		[]topology.Population{{Name: "p", Size: 2, Positions: []topology.Point{{1, 2}, {3, 4.5, -1}}}, {Name: "q r", Size: 1}},
		[]topology.Population{{Name: "in", Size: 1}},
		[]topology.Link{{Name: "ff", Port: neuron.Receptive}, {Port: neuron.Contextual}},
		[]topology.Synapse{
			{Source: 3, Target: 0, Weight: 0.5, Delay: 1, Port: neuron.Receptive},
			{Source: 0, Target: 2, Weight: -2, Delay: 1000, Projection: 1, Port: neuron.Contextual},
			{Source: 0, Target: 2, Weight: 3, Delay: 2000, Projection: 1, Port: neuron.Contextual},
			{Source: 1, Target: 1, Weight: 1e-7, Delay: 1000, Projection: 1, Port: neuron.Contextual},
		})
	if err != nil {
		t.Fatal(err)
	}
	g.Labels = []string{"A", `B "x"`, "C&<D>", "é"}
	return g
}

// couple is an undirected edge between two neurons with names, and an autapse
// of the second.
func couple(t testing.TB) *topology.Graph {
	t.Helper()
	g := graphOf(t, []topology.Population{{Name: "net", Size: 2}}, nil,
		topology.Synapse{Source: 0, Target: 1, Weight: 2.5, Delay: 1000, Port: neuron.Contextual},
		topology.Synapse{Source: 1, Target: 0, Weight: 2.5, Delay: 1000, Port: neuron.Contextual},
		topology.Synapse{Source: 1, Target: 1, Weight: 1, Delay: 1000, Port: neuron.Contextual})
	g.Names = []string{"x y", "z"}
	g.Undirected = true
	return g
}

// writtenSmall is small as every format writes it.
var writtenSmall = map[Format]string{
	GraphML: graphMLHead + `<graph edgedefault="directed">
<node id="0"><data key="population">p</data><data key="kind">neuron</data><data key="x">1</data><data key="y">2</data><data key="z">0</data><data key="label">A</data></node>
<node id="1"><data key="population">p</data><data key="kind">neuron</data><data key="x">3</data><data key="y">4.5</data><data key="z">-1</data><data key="label">B &#34;x&#34;</data></node>
<node id="2"><data key="population">q r</data><data key="kind">neuron</data><data key="label">C&amp;&lt;D&gt;</data></node>
<node id="3"><data key="population">in</data><data key="kind">channel</data><data key="label">é</data></node>
<edge source="3" target="0"><data key="weight">0.5</data><data key="delay">1</data><data key="port">r</data><data key="projection">ff</data></edge>
<edge source="1" target="1"><data key="weight">1e-07</data><data key="delay">1000</data><data key="port">c</data></edge>
<edge source="0" target="2"><data key="weight">-2</data><data key="delay">1000</data><data key="port">c</data></edge>
<edge source="0" target="2"><data key="weight">3</data><data key="delay">2000</data><data key="port">c</data></edge>
</graph>
</graphml>
`,
	GEXF: gexfHead + `<graph mode="static" defaultedgetype="directed">
<attributes class="node"><attribute id="population" title="population" type="string"/><attribute id="kind" title="kind" type="string"/></attributes>
<attributes class="edge"><attribute id="delay" title="delay" type="integer"/><attribute id="port" title="port" type="string"/><attribute id="projection" title="projection" type="string"/></attributes>
<nodes>
<node id="0" label="A"><attvalues><attvalue for="population" value="p"/><attvalue for="kind" value="neuron"/></attvalues><viz:position x="1" y="2" z="0"/></node>
<node id="1" label="B &#34;x&#34;"><attvalues><attvalue for="population" value="p"/><attvalue for="kind" value="neuron"/></attvalues><viz:position x="3" y="4.5" z="-1"/></node>
<node id="2" label="C&amp;&lt;D&gt;"><attvalues><attvalue for="population" value="q r"/><attvalue for="kind" value="neuron"/></attvalues></node>
<node id="3" label="é"><attvalues><attvalue for="population" value="in"/><attvalue for="kind" value="channel"/></attvalues></node>
</nodes>
<edges>
<edge id="0" source="3" target="0" weight="0.5"><attvalues><attvalue for="delay" value="1"/><attvalue for="port" value="r"/><attvalue for="projection" value="ff"/></attvalues></edge>
<edge id="1" source="1" target="1" weight="1e-07"><attvalues><attvalue for="delay" value="1000"/><attvalue for="port" value="c"/></attvalues></edge>
<edge id="2" source="0" target="2" weight="-2"><attvalues><attvalue for="delay" value="1000"/><attvalue for="port" value="c"/></attvalues></edge>
<edge id="3" source="0" target="2" weight="3"><attvalues><attvalue for="delay" value="2000"/><attvalue for="port" value="c"/></attvalues></edge>
</edges>
</graph>
</gexf>
`,
	GML: `graph [
  multigraph 1
  directed 1
  node [ id 0 label "A" population "p" kind "neuron" x 1 y 2 z 0 ]
  node [ id 1 label "B &quot;x&quot;" population "p" kind "neuron" x 3 y 4.5 z -1 ]
  node [ id 2 label "C&amp;<D>" population "q r" kind "neuron" ]
  node [ id 3 label "&#233;" population "in" kind "channel" ]
  edge [ source 3 target 0 weight 0.5 delay 1 port "r" projection "ff" ]
  edge [ source 1 target 1 weight 1e-07 delay 1000 port "c" ]
  edge [ source 0 target 2 weight -2 delay 1000 port "c" ]
  edge [ source 0 target 2 weight 3 delay 2000 port "c" ]
]
`,
	Pajek: `*Vertices 4
1 "A" 1 2 0 population p
2 "B ""x""" 3 4.5 -1 population p
3 "C&<D>" population "q r"
4 "é" population in kind channel
*Arcs
4 1 0.5 delay 1 port r projection ff
2 2 1e-07 delay 1000 port c
1 3 -2 delay 1000 port c
1 3 3 delay 2000 port c
`,
	DOT: `digraph {
0 [population="p", kind="neuron", x=1, y=2, z=0, label="A", pos="1,2!"];
1 [population="p", kind="neuron", x=3, y=4.5, z=-1, label="B \"x\"", pos="3,4.5!"];
2 [population="q r", kind="neuron", label="C&<D>"];
3 [population="in", kind="channel", label="é"];
3 -> 0 [weight=0.5, delay=1, port="r", projection="ff"];
1 -> 1 [weight="1e-07", delay=1000, port="c"];
0 -> 2 [weight=-2, delay=1000, port="c"];
0 -> 2 [weight=3, delay=2000, port="c"];
}
`,
	CSV: `#node,0,p,,1,2,0,A
#node,1,p,,3,4.5,-1,"B ""x"""
#node,2,q r,,,,,C&<D>
#node,3,in,channel,,,,é
source,target,weight,delay,port,projection
3,0,0.5,1,r,ff
1,1,1e-07,1000,c
0,2,-2,1000,c
0,2,3,2000,c
`,
	TSV: `#node	0	p		1	2	0	A
#node	1	p		3	4.5	-1	"B ""x"""
#node	2	q r					C&<D>
#node	3	in	channel				é
source	target	weight	delay	port	projection
3	0	0.5	1	r	ff
1	1	1e-07	1000	c
0	2	-2	1000	c
0	2	3	2000	c
`,
	Matrix: `,0,1,2,3
0,0,0,1,0
1,0,1e-07,0,0
2,0,0,0,0
3,0.5,0,0,0
`,
	MatrixMarket: `%%MatrixMarket matrix coordinate real general
%node	0	p		1	2	0	A
%node	1	p		3	4.5	-1	"B ""x"""
%node	2	q r					C&<D>
%node	3	in	channel				é
%edge	1	r	ff
%edge	1000	c	
%edge	1000	c	
%edge	2000	c	
4 4 4
4 1 0.5
2 2 1e-07
1 3 -2
1 3 3
`,
	JSON: `{"directed": true, "multigraph": true, "graph": {},
"nodes": [
{"id": 0, "population": "p", "kind": "neuron", "x": 1, "y": 2, "z": 0, "label": "A"},
{"id": 1, "population": "p", "kind": "neuron", "x": 3, "y": 4.5, "z": -1, "label": "B \"x\""},
{"id": 2, "population": "q r", "kind": "neuron", "label": "C\u0026\u003cD\u003e"},
{"id": 3, "population": "in", "kind": "channel", "label": "é"}],
"links": [
{"source": 3, "target": 0, "weight": 0.5, "delay": 1, "port": "r", "projection": "ff"},
{"source": 1, "target": 1, "weight": 1e-07, "delay": 1000, "port": "c"},
{"source": 0, "target": 2, "weight": -2, "delay": 1000, "port": "c"},
{"source": 0, "target": 2, "weight": 3, "delay": 2000, "port": "c"}]}
`,
}

// writtenCouple is couple as every format writes it.
var writtenCouple = map[Format]string{
	GraphML: graphMLHead + `<graph edgedefault="undirected">
<node id="x y"><data key="population">net</data><data key="kind">neuron</data></node>
<node id="z"><data key="population">net</data><data key="kind">neuron</data></node>
<edge source="x y" target="z"><data key="weight">2.5</data><data key="delay">1000</data><data key="port">c</data></edge>
<edge source="z" target="z"><data key="weight">1</data><data key="delay">1000</data><data key="port">c</data></edge>
</graph>
</graphml>
`,
	GEXF: gexfHead + `<graph mode="static" defaultedgetype="undirected">
<attributes class="node"><attribute id="population" title="population" type="string"/><attribute id="kind" title="kind" type="string"/></attributes>
<attributes class="edge"><attribute id="delay" title="delay" type="integer"/><attribute id="port" title="port" type="string"/><attribute id="projection" title="projection" type="string"/></attributes>
<nodes>
<node id="x y" label="x y"><attvalues><attvalue for="population" value="net"/><attvalue for="kind" value="neuron"/></attvalues></node>
<node id="z" label="z"><attvalues><attvalue for="population" value="net"/><attvalue for="kind" value="neuron"/></attvalues></node>
</nodes>
<edges>
<edge id="0" source="x y" target="z" weight="2.5"><attvalues><attvalue for="delay" value="1000"/><attvalue for="port" value="c"/></attvalues></edge>
<edge id="1" source="z" target="z" weight="1"><attvalues><attvalue for="delay" value="1000"/><attvalue for="port" value="c"/></attvalues></edge>
</edges>
</graph>
</gexf>
`,
	GML: `graph [
  multigraph 1
  directed 0
  node [ id 0 label "x y" population "net" kind "neuron" ]
  node [ id 1 label "z" population "net" kind "neuron" ]
  edge [ source 0 target 1 weight 2.5 delay 1000 port "c" ]
  edge [ source 1 target 1 weight 1 delay 1000 port "c" ]
]
`,
	Pajek: `*Vertices 2
1 "x y" population net
2 "z" population net
*Edges
1 2 2.5 delay 1000 port c
2 2 1 delay 1000 port c
`,
	DOT: `graph {
"x y" [population="net", kind="neuron"];
"z" [population="net", kind="neuron"];
"x y" -- "z" [weight=2.5, delay=1000, port="c"];
"z" -- "z" [weight=1, delay=1000, port="c"];
}
`,
	CSV: `#undirected
#node,x y,net
#node,z,net
source,target,weight,delay,port,projection
x y,z,2.5,1000,c
z,z,1,1000,c
`,
	TSV: `#undirected
#node	x y	net
#node	z	net
source	target	weight	delay	port	projection
x y	z	2.5	1000	c
z	z	1	1000	c
`,
	Matrix: `,x y,z
x y,0,2.5
z,2.5,1
`,
	MatrixMarket: `%%MatrixMarket matrix coordinate real symmetric
%node	0	net
%node	1	net
%edges	1000	c	
2 2 2
2 1 2.5
2 2 1
`,
	JSON: `{"directed": false, "multigraph": true, "graph": {},
"nodes": [
{"id": "x y", "population": "net", "kind": "neuron"},
{"id": "z", "population": "net", "kind": "neuron"}],
"links": [
{"source": "x y", "target": "z", "weight": 2.5, "delay": 1000, "port": "c"},
{"source": "z", "target": "z", "weight": 1, "delay": 1000, "port": "c"}]}
`,
}

// TestWritten compares written files with the exact expected text.
func TestWritten(t *testing.T) {
	for f, want := range writtenSmall {
		if got := string(encode(t, f, small(t))); got != want {
			t.Errorf("%s:\n got %s\nwant %s", f, got, want)
		}
	}
	for f, want := range writtenCouple {
		if got := string(encode(t, f, couple(t))); got != want {
			t.Errorf("%s:\n got %s\nwant %s", f, got, want)
		}
	}
}

// TestWrittenArrays compares arrays with their expected bytes: parallel
// synapses are summed.
func TestWrittenArrays(t *testing.T) {
	row := func(values ...float32) string {
		var b bytes.Buffer
		binary.Write(&b, binary.LittleEndian, values)
		return b.String()
	}
	data := string(encode(t, NPY, small(t)))
	if want := row(0, 0, 1, 0) + row(0, 1e-7, 0, 0) + row(0, 0, 0, 0) + row(0.5, 0, 0, 0); !strings.HasSuffix(data, want) || len(data)-len(want) != 128 {
		t.Errorf("%d bytes: %q", len(data), data)
	}
	a, err := npy.OpenArchive(encode(t, NPZ, small(t)))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"format": "[csr]", "shape": "[4 4]", "indptr": "[0 1 2 2 3]", "indices": "[2 1 0]", "data": "[1 1.0000000116860974e-07 0.5]",
	} {
		in, err := a.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		array, err := npy.ReadArray(in, 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range array.Values {
			got = append(got, v.String())
		}
		if text := "[" + strings.Join(got, " ") + "]"; text != want {
			t.Errorf("%s: %s, want %s", name, text, want)
		}
	}
}

// full fails once n bytes are written.
type full struct{ n int }

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errors.New("the disk is full")
	}
	return len(p), nil
}

// TestFullDisks: every writer reports a failed write, at the end or before it.
func TestFullDisks(t *testing.T) {
	var synapses []topology.Synapse
	for i := range neuron.ID(4000) {
		synapses = append(synapses, topology.Synapse{Source: i % 100, Target: i / 40, Weight: float32(i), Delay: 1000, Port: neuron.Contextual})
	}
	g := graphOf(t, []topology.Population{{Name: "net", Size: 100}}, nil, synapses...)
	for _, f := range writable() {
		size := len(encode(t, f, g))
		for _, room := range []int{0, size / 2, size - 1} {
			if err := Write(&full{room}, f, g); err == nil {
				t.Errorf("%s: %d bytes are written where %d have room", f, size, room)
			}
		}
		if err := Write(&full{size}, f, g); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// TestUndirectedOnlyIfItStillIs: a graph read from a file of undirected edges
// is written as undirected only if every synapse still has an equal one in
// reverse.
func TestUndirectedOnlyIfItStillIs(t *testing.T) {
	both := func(weight, back float32) []topology.Synapse {
		return []topology.Synapse{{Source: 0, Target: 1, Weight: weight, Delay: 1000, Port: neuron.Contextual}, {Source: 1, Target: 0, Weight: back, Delay: 1000, Port: neuron.Contextual}}
	}
	twice := append(both(1, 1), both(2, 2)...)
	slower, other := both(1, 1), both(1, 1)
	slower[1].Delay, other[1].Port = 2000, neuron.Lateral
	two := []topology.Population{{Name: "net", Size: 2}}
	for _, c := range []struct {
		name string
		g    *topology.Graph
		want bool
	}{
		{"an edge", graphOf(t, two, nil, both(1, 1)...), true},
		{"two edges between one pair", graphOf(t, two, nil, twice...), true},
		{"no edge", graphOf(t, two, nil), true},
		{"a loop", graphOf(t, two, nil, topology.Synapse{Delay: 1}), true},
		{"another weight", graphOf(t, two, nil, both(1, 2)...), false},
		{"another delay", graphOf(t, two, nil, slower...), false},
		{"another port", graphOf(t, two, nil, other...), false},
		{"one way", graphOf(t, two, nil, both(1, 1)[:1]...), false},
		{"channels", graphOf(t, two, []topology.Population{{Name: "in", Size: 1}}, both(1, 1)...), false},
	} {
		if asUndirected(c.g) {
			t.Errorf("%s: a directed graph is undirected", c.name)
		}
		if c.g.Undirected = true; asUndirected(c.g) != c.want {
			t.Errorf("%s: undirected is %v", c.name, !c.want)
		}
	}
}

// TestLossyNames lists what a format would lose, one item at a time.
func TestLossyNames(t *testing.T) {
	one := []topology.Population{{Name: "net", Size: 1}}
	synapse := topology.Synapse{Weight: 1, Delay: 1000, Port: neuron.Contextual}
	with := func(change func(*topology.Synapse)) *topology.Graph {
		s := synapse
		change(&s)
		return graphOf(t, one, nil, s)
	}
	kept := graphOf(t, one, nil, synapse)
	labelled, named, both := graphOf(t, one, nil, synapse), graphOf(t, one, nil, synapse), graphOf(t, one, nil, synapse)
	labelled.Labels, named.Names = []string{"a"}, []string{"a"}
	both.Labels, both.Names = []string{"a"}, []string{"a"}
	for _, c := range []struct {
		g           *topology.Graph
		npy, matrix []string
	}{
		{kept, nil, nil},
		{labelled, []string{"labels"}, []string{"labels"}},
		{named, []string{"names"}, nil},
		{both, []string{"labels", "names"}, nil},
		{graphOf(t, one, []topology.Population{{Name: "in", Size: 1}}, synapse), []string{"channels"}, []string{"channels"}},
		{graphOf(t, []topology.Population{{Name: "a", Size: 1}, {Name: "b", Size: 1}}, nil, synapse), []string{"populations"}, []string{"populations"}},
		{graphOf(t, []topology.Population{{Name: "a", Size: 1, Positions: make([]topology.Point, 1)}}, nil, synapse), []string{"positions"}, []string{"positions"}},
		{with(func(s *topology.Synapse) { s.Delay = 999 }), []string{"delays"}, []string{"delays"}},
		{with(func(s *topology.Synapse) { s.Port = neuron.Receptive }), []string{"ports"}, []string{"ports"}},
		{with(func(s *topology.Synapse) { s.Weight = 0 }), []string{"synapses of weight 0"}, []string{"synapses of weight 0"}},
	} {
		for f, want := range map[Format][]string{NPY: c.npy, NPZ: c.npy, Matrix: c.matrix, GraphML: nil, CSV: nil, MatrixMarket: nil} {
			if got := Lossy(f, c.g); !reflect.DeepEqual(got, want) {
				t.Errorf("%s of %s: %q, want %q", f, describe(c.g), got, want)
			}
		}
	}
}

func TestTooLargeToBeDense(t *testing.T) {
	large := graphOf(t, []topology.Population{{Name: "net", Size: maxDense + 1}}, nil)
	for _, f := range []Format{NPY, Matrix} {
		if err := Write(io.Discard, f, large); err == nil || err.Error() != "a dense matrix of 32769 rows, at most 32768 are supported: choose a sparse format" {
			t.Errorf("%s: %v", f, err)
		}
	}
}
