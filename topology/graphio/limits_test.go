package graphio

import (
	"strings"
	"testing"

	"infomorph/topology"
)

// three is a graph of three nodes and three edges in each format, written so
// that every node comes before its edges where the format allows it.
func three(t *testing.T) map[Format]string {
	return map[Format]string{
		GraphML:       inGraphML("<node id='a'/><node id='b'/><node id='c'/><edge source='a' target='b'/><edge source='b' target='c'/>\n<edge source='c' target='a'/>"),
		GEXF:          inGEXF("<nodes><node id='a'/><node id='b'/><node id='c'/></nodes><edges><edge source='a' target='b'/><edge source='b' target='c'/>\n<edge source='c' target='a'/></edges>"),
		GML:           "graph [ directed 1 node [ id 0 label \"a\" ] node [ id 1 label \"b\" ] node [ id 2 label \"c\" ]\nedge [ source 0 target 1 ] edge [ source 1 target 2 ]\nedge [ source 2 target 0 ] ]\n",
		Pajek:         "*Vertices 3\n1 a\n2 b\n3 c\n*Arcs\n1 2\n2 3\n3 1\n",
		DOT:           "digraph { a -> b;\nb -> c;\nc -> a }\n",
		CSV:           "a,b\nb,c\nc,a\n",
		TSV:           "a\tb\nb\tc\nc\ta\n",
		AdjacencyList: "a b\nb c\nc a\n",
		Matrix:        ",a,b,c\na,0,1,0\nb,0,0,1\nc,1,0,0\n",
		MatrixMarket:  banner + "%node\t0\t\t\t\t\t\ta\n%node\t1\t\t\t\t\t\tb\n%node\t2\t\t\t\t\t\tc\n3 3 3\n1 2 1\n2 3 1\n3 1 1\n",
		NPY:           npyFile("'|u1'", "(3, 3)", "\x00\x01\x00\x00\x00\x01\x01\x00\x00"),
		NPZ:           scipyFile(t, "coo", "\x03\x03", "\x01\x01\x01", "row", "\x00\x01\x02", "col", "\x01\x02\x00"),
		JSON:          "{\"directed\": true, \"nodes\": [\"a\", \"b\", \"c\"], \"links\": [{\"source\": \"a\", \"target\": \"b\"}, {\"source\": \"b\", \"target\": \"c\"},\n{\"source\": \"c\", \"target\": \"a\"}]}",
	}
}

// TestLimitsAreExact: a file at the limit is read, and one less is an error
// that names the limit, in every format.
func TestLimitsAreExact(t *testing.T) {
	node := map[Format]string{
		GraphML: "line 2: more than 2 nodes", GEXF: "line 2: more than 2 nodes", GML: "line 1: more than 2 nodes", DOT: "line 2: more than 2 nodes",
		Pajek: `line 1: "*Vertices 3", expected *Vertices and their number, 1 to 2`, CSV: "line 2: more than 2 nodes", TSV: "line 2: more than 2 nodes",
		AdjacencyList: "line 2: more than 2 nodes", Matrix: "line 1: more than 2 nodes", MatrixMarket: "line 4: more than 2 nodes",
		NPY: "3 nodes are declared, expected 0 to 2", NPZ: "3 nodes are declared, expected 0 to 2", JSON: "line 1: more than 2 nodes",
	}
	edge := map[Format]string{
		GraphML: "line 3: more than 2 edges", GEXF: "line 3: more than 2 edges", GML: "line 3: more than 2 edges", DOT: "line 3: more than 2 edges",
		Pajek: "line 8: more than 2 edges", CSV: "line 3: more than 2 edges", TSV: "line 3: more than 2 edges", AdjacencyList: "line 3: more than 2 edges",
		Matrix: "line 4: more than 2 edges", MatrixMarket: "line 5: 3 entries are declared, expected at most 2", NPY: "more than 2 edges",
		NPZ: `array "row": an array of shape [3], expected at most 2 elements`, JSON: "line 2: more than 2 edges",
	}
	for f, text := range three(t) {
		want := "net[a b c] | c>a, a>b, b>c"
		if f == NPY || f == NPZ {
			want = "net[0 1 2] | 2>0, 0>1, 1>2"
		}
		length := int64(len(text))
		for _, limits := range []Limits{{}, {Nodes: 3}, {Edges: 3}, {Bytes: length}} {
			g, err := Read(strings.NewReader(text), f, limits)
			if err != nil {
				t.Errorf("%s within %+v: %v", f, limits, err)
			} else if got := describe(g); got != want {
				t.Errorf("%s within %+v: %s, want %s", f, limits, got, want)
			}
		}
		refusesWith(t, f, Options{Limits: Limits{Nodes: 2}}, refusal{text, node[f]})
		refusesWith(t, f, Options{Limits: Limits{Edges: 2}}, refusal{text, edge[f]})
		if _, err := Read(strings.NewReader(text), f, Limits{Bytes: length - 1}); err == nil || !strings.HasSuffix(err.Error(), "the file is longer than the limit") {
			t.Errorf("%s of %d bytes within one less: %v", f, length, err)
		}
	}
}

// TestLongTexts: a name, a text or a line may be as long as the limit but not
// longer.
func TestLongTexts(t *testing.T) {
	for _, c := range []struct {
		format     Format
		head, tail string // of a file with a long text between them
		line       int    // bytes of the line that are not the long text, where lines are limited
		want       string
	}{
		{DOT, "digraph { ", " }", 0, "line 1: a name is longer than 99 bytes"},
		{DOT, "digraph { \"", "\" }", 0, "line 1: a text is longer than 99 bytes"},
		{DOT, "digraph { a [label=<", ">] }", 0, "line 1: a text is longer than 99 bytes"},
		{GML, "graph [ node [ id ", " ] ]", 0, "line 1: a text is longer than 99 bytes"},
		{GML, "graph [ node [ id 1 label \"", "\" ] ]", 0, "line 1: a text is longer than 99 bytes"},
		{GML, "#", "\ngraph [ node [ id 1 ] ]", 0, "line 1: a text is longer than 99 bytes"},
		{GraphML, "<graphml><graph><node id='", "'/></graph></graphml>", 12, "line 1: a tag or text is longer than 99 bytes"},
		{GraphML, "<graphml><graph><node id='a'/></graph>", "</graphml>", 9, "line 1: a tag or text is longer than 99 bytes"},
		{CSV, "a,", "\n", 2, "line 1: the line is longer than 99 bytes"},
		{CSV, "a,b\nb,", "", 2, "line 2: the line is longer than 99 bytes"},
		{CSV, "a,b\n#", "\nb,c\n", 1, "line 2: the line is longer than 99 bytes"},
		{AdjacencyList, "a ", "\n", 2, "line 1: the line is longer than 99 bytes"},
		{Pajek, "*Vertices 1\n1 ", "\n*Arcs\n", 2, "line 2: the line is longer than 99 bytes"},
		{Matrix, "a,", "\n0,1\n0,0\n", 2, "line 1: the line is longer than 99 bytes"},
		{MatrixMarket, banner + "%", "\n1 1 0\n", 1, "line 2: the line is longer than 99 bytes"},
		{JSON, `{"nodes": ["`, `"]}`, 0, "line 1: a node name is longer than 99 bytes"},
	} {
		o := Options{Limits: Limits{Token: 99}}
		fits := c.head + strings.Repeat("x", 99-c.line) + c.tail
		if _, err := Read(strings.NewReader(fits), c.format, o.Limits); err != nil {
			t.Errorf("%s %q and 99 bytes: %v", c.format, c.head, err)
		}
		refusesWith(t, c.format, o, refusal{c.head + strings.Repeat("x", 100-c.line) + c.tail, c.want})
	}
}

// TestImplied: nodes and edges that a file implies without listing them are
// limited too.
func TestImplied(t *testing.T) {
	o := Options{Limits: Limits{Implied: 4}}
	for _, c := range []struct {
		format Format
		text   string
		want   string // "": it is read
	}{
		{Pajek, "*Vertices 4\n", ""},
		{Pajek, "*Vertices 5\n", "line 1: 5 vertices are declared and vertex 5 is not listed; only 4 need not be"},
		{Pajek, "*Vertices 6\n5 \"a\"\n6 \"b\"\n", ""},
		{Pajek, "*Vertices 6\n5 \"a\"\n*Arcs\n", "line 3: 6 vertices are declared and vertex 6 is not listed; only 4 need not be"},
		{Pajek, "*Vertices 6\n6 \"a\"\n", "line 2: 6 vertices are declared and vertex 5 is not listed; only 4 need not be"},
		{MatrixMarket, banner + "4 4 0\n", ""},
		{MatrixMarket, banner + "5 5 0\n", "line 2: 5 rows for 0 entries, expected at most 4 and 100 more for each entry: nearly all neurons would have no synapse"},
		{MatrixMarket, banner + "104 104 1\n1 1 1\n", ""},
		{MatrixMarket, banner + "105 105 1\n", "line 2: 105 rows for 1 entries, expected at most 4 and 100 more for each entry: nearly all neurons would have no synapse"},
		{MatrixMarket, banner + times(5, "%node\t@\n") + "5 5 0\n", ""},
		{DOT, "digraph { {a b} -> {c d} }", ""},
		{DOT, "digraph { {a b} -> {c d}; a -> b -> c }", ""},
		{DOT, "digraph { {a b} -> {c d e} }", "line 1: the subgraphs so far stand for more than 4 edges; write them out, one a line"},
		{DOT, "digraph { {a b} -> {c d}\n{a b} -> c }", "line 2: the subgraphs so far stand for more than 4 edges; write them out, one a line"},
	} {
		if c.want != "" {
			refusesWith(t, c.format, o, refusal{c.text, c.want})
		} else if _, _, err := ReadWith(strings.NewReader(c.text), c.format, o); err != nil {
			t.Errorf("%s %q: %v", c.format, c.text, err)
		}
	}
	refusesWith(t, DOT, Options{Limits: Limits{Nodes: 3}}, refusal{"digraph { {a b a}\n{a b a b} }", "line 2: more than 3 nodes in a subgraph"})
	refusesWith(t, JSON, Options{Limits: Limits{Nodes: 1}}, refusal{`{"a": [], "b": []}`, "line 1: more than 1 members"})
	refusesWith(t, JSON, Options{Limits: Limits{Nodes: 1}}, refusal{`{"adjacency": [[], []]}`, "line 1: more than 1 nodes"})
	refusesWith(t, MatrixMarket, Options{Limits: Limits{Nodes: 1}}, refusal{banner + "%node\ta\n%node\tb\n", "line 3: more than 1 nodes"})
	refusesWith(t, MatrixMarket, Options{Limits: Limits{Edges: 1}}, refusal{banner + "%edge\t5\n%edge\t6\n", "line 3: more than 1 edges"})
	refusesWith(t, MatrixMarket, Options{Limits: Limits{Token: 60}}, refusal{"%%MatrixMarket matrix array real general\n61 61\n", "line 2: a dense matrix of 61 rows, expected at most 60"})
	refusesWith(t, Pajek, Options{Limits: Limits{Edges: 1}}, refusal{"*Vertices 1\n*Matrix\n1\n*Arcs\n1 1\n", "line 5: more than 1 edges"})
}

// TestManyProjections: a graph has as many projections as 14 bits can number; a
// projection with two ports counts twice.
func TestManyProjections(t *testing.T) {
	list := "source,target,projection,port\n" + times(topology.MaxProjections-1, "a,b,p@,c\n")
	g, err := Read(strings.NewReader(list+"a,b,p1,l\na,b,p0,c\n"), CSV, Limits{})
	if err != nil || len(g.Projections) != topology.MaxProjections || g.NumSynapses() != topology.MaxProjections+1 {
		t.Errorf("as many as there may be: %v", err)
	}
	refuses(t, CSV, refusal{list + "a,b,p1,l\na,b,p1,r\n", "line 16386: more than 16384 projections"})
}
