package graphio

import (
	"strconv"
	"strings"
	"testing"
)

// times repeats a text n times, with the number of the copy in place of @.
func times(n int, text string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(text, "@", strconv.Itoa(i)))
	}
	return b.String()
}

// inGraphML puts elements into the graph of a document, starting on its second
// line.
func inGraphML(body string) string {
	return "<graphml>\n<graph edgedefault=\"directed\">" + body + "</graph></graphml>"
}

// inGEXF does the same for GEXF.
func inGEXF(body string) string {
	return "<gexf>\n<graph defaultedgetype=\"directed\">" + body + "</graph></gexf>"
}

func TestGraphMLRefuses(t *testing.T) {
	refuses(t, GraphML,
		refusal{"", "line 1: the file ends too early"},
		refusal{"<graphml>\n\n", "line 3: the file ends too early"},
		refusal{"\n</a>", "line 2: </a> closes nothing"},
		refusal{"<graphml>\n<a b=c/></graphml>", "line 2: unquoted or missing attribute value in element"},
		refusal{"<graphml>\n<!-- x", "line 2: unexpected EOF"},
		refusal{"<graphml>&nbsp;</graphml>", "line 1: invalid character entity &nbsp;"},
		refusal{`<?xml version="1.0" encoding="EBCDIC"?><graphml/>`, `line 1: xml: opening charset "EBCDIC": encoding EBCDIC is not supported, expected UTF-8`},
		refusal{"<graphml/>", "no <graph> in it, only <graphml>; expected GraphML or GEXF"},
		refusal{"<SVG/>", "no <graph> in it, only <svg>; expected GraphML or GEXF"},
		refusal{"<html></html>", "no <graph> in it: this is a web page (<html>), perhaps saved instead of the file"},
		refusal{"<neuroml/>", "no <graph> in it: NeuroML is not read; save the connections as an edge list (.csv)"},
		refusal{inGraphML(""), "there is no node in it"},
		refusal{inGraphML("\n<node/>"), `line 3: <node> has no attribute "id"`},
		refusal{inGraphML("\n<node id='a'/>\n<node id='a'/>"), `line 4: node "a" is declared twice (before on line 3)`},
		refusal{inGraphML("\n<edge source='a'/>"), `line 3: <edge> has no attribute "target"`},
		refusal{inGraphML("\n<edge target='a'/>"), `line 3: <edge> has no attribute "source"`},
		refusal{inGraphML("<edge source='a' target='a'>\n<edge source='a' target='a'/></edge>"), "line 3: <edge> inside an edge"},
		refusal{inGraphML("<edge source='a' target='a'>\n<node id='a'/></edge>"), "line 3: <node> inside an edge"},
		refusal{inGraphML("\n<edge source='a' target='b'/><node id='a'/>"), `line 3: an edge names node "b", which is declared nowhere`},
		refusal{inGraphML("<node id='a'>\n<data>x</data></node>"), `line 3: <data> has no attribute "key"`},
		refusal{inGraphML("\n<hyperedge/>"), "line 3: hyperedges are not supported"},
		refusal{inGraphML("\n<graph/>"), "line 3: a <graph> in a <graph> that is in no node"},
		refusal{"<graphml><graph/>\n<graph/></graphml>", "line 2: a second <graph> beside the first: one graph per file is supported"},
		refusal{"<graphml>\n<key/></graphml>", `line 2: <key> has no attribute "id"`},
		refusal{"<graphml>\n" + times(10000, "<key id='@'/>") + "\n<key id='x'/></graphml>", "line 3: more than 10000 keys"},
		refusal{inGraphML("<node id='a'/>\n<edge source='a' target='a'>\n<data key='weight'>two</data></edge>"), `line 3: weight "two", expected a finite number`},
		refusal{inGraphML("<node id='a'/>\n<edge source='a' target='a'>\n<data key='delay'>0.5</data></edge>"),
			`line 3: delay "0.5", expected whole microseconds; if the file means milliseconds, --delay-unit ms (delay_unit: ms)`},
		refusal{inGraphML("<node id='a'><data key='kind'>channel</data></node><node id='b'/>\n<edge source='b' target='a'/>"),
			`line 3: an edge ends at channel "a"; channels receive nothing`},
		refusal{strings.Replace(inGraphML("<node id='a'><data key='kind'>channel</data></node><node id='b'/>\n<edge source='a' target='b'/>"), `"directed"`, `"undirected"`, 1),
			`line 3: an undirected edge ends at channel "a"; channels receive nothing`},
		refusal{times(32, "<a>") + "\n<a>", "line 2: elements are nested more than 32 deep"},
	)
}

func TestGEXFRefuses(t *testing.T) {
	refuses(t, GEXF,
		refusal{"<gexf/>", "no <graph> in it, only <gexf>; expected GraphML or GEXF"},
		refusal{"<gexf><graph/>\n<graph/></gexf>", "line 2: a second <graph>: one graph per file is supported"},
		refusal{inGEXF(""), "there is no node in it"},
		refusal{inGEXF("<attributes class='node'>\n<attribute title='x'/></attributes>"), `line 3: <attribute> has no attribute "id"`},
		refusal{inGEXF("<attributes class='node'>\n<attribute id='x'/></attributes>"), `line 3: <attribute> has no attribute "title"`},
		refusal{inGEXF("<attributes class='node'>\n" + times(10000, "<attribute id='@' title='t'/>") + "\n<attribute id='x' title='t'/></attributes>"), "line 4: more than 10000 attributes"},
		refusal{inGEXF("\n<node label='a'/>"), `line 3: <node> has no attribute "id"`},
		refusal{inGEXF("<node id='a'>\n<attvalue for='x'/></node>"), `line 3: <attvalue> has no attribute "value"`},
		refusal{inGEXF("\n<edge source='a'/>"), `line 3: <edge> has no attribute "target"`},
		refusal{inGEXF("<edge source='a' target='a'>\n<edge source='a' target='a'/></edge>"), "line 3: <edge> inside an edge"},
		refusal{inGEXF("<node id='a'/>\n<edge source='a' target='a' weight='1e39'/>"), `line 3: weight "1e39", expected a finite number`},
		refusal{inGEXF("<node id='a'/>\n<edge source='a' target='a'><attvalue for='delay' value='2147483648'/></edge>"),
			`line 3: delay "2147483648", expected 1 to 2147483647 microseconds`},
		refusal{inGEXF("<node id='a'/>\n<edge source='a' target='a'><attvalue for='port' value='r'/></edge>\n<edge source='a' target='a'><attvalue for='port' value='x'/></edge>"),
			`line 4: port "x", expected r, c or l`},
	)
}

func TestDOTRefuses(t *testing.T) {
	refuses(t, DOT,
		refusal{"", "line 1: the file ends too early, expected graph or digraph"},
		refusal{"\nnetwork {}", `line 2: "network", expected graph or digraph`},
		refusal{`"graph" {}`, `line 1: "graph", expected graph or digraph`},
		refusal{"strict\ntree {}", `line 2: "tree", expected graph or digraph`},
		refusal{"graph a b {}", `line 1: "b", expected {`},
		refusal{"graph a", "line 1: the file ends too early, expected {"},
		refusal{"graph { a }\ngraph { b }", `line 2: "graph", expected the end: one graph per file is supported`},
		refusal{"graph {}", "there is no node in it"},
		refusal{"graph { a -- \n }", `line 2: "}", expected a node, an edge or }`},
		refusal{"graph { a -> b }", `line 1: "->" does not fit the kind of graph (-> in a digraph, -- in a graph)`},
		refusal{"digraph { a -> b\n-- c }", `line 2: "--" does not fit the kind of graph (-> in a digraph, -- in a graph)`},
		refusal{"graph { a [\n= 3] }", `line 2: "=", expected an attribute or ]`},
		refusal{"graph { a [x\n3] }", `line 2: "3", expected =`},
		refusal{"graph { a [x =\n] }", `line 2: "]", expected a value`},
		refusal{"graph { a [x = 3", "line 1: the file ends too early, expected an attribute or ]"},
		refusal{"graph { subgraph x\ny {} }", `line 2: "y", expected {`},
		refusal{"graph { subgraph\n}", `line 2: "}", expected {`},
		refusal{"graph { a / b }", "line 1: a lone /, expected a comment"},
		refusal{"graph { /* a\n*", "line 2: the file ends inside a comment"},
		refusal{"graph { \"a\nb", "line 2: the file ends inside quotes"},
		refusal{"graph { a [label=<b\n<c>", "line 2: the file ends inside <>"},
		refusal{"graph {\na & b }", "line 2: unexpected character '&'"},
		refusal{"digraph { node [" + times(1000, "a@=1 ") + "\nb=2] }", "line 2: more than 1000 default attributes"},
		refusal{"digraph { a -> b\n-> c [weight=heavy] }", `line 1: weight "heavy", expected a finite number`},
		refusal{"digraph { edge [delay=1.5]\na -> b }", `line 2: delay "1.5", expected whole microseconds; if the file means milliseconds, --delay-unit ms (delay_unit: ms)`},
		refusal{"digraph { a [kind=channel] \n b -> a }", `line 2: an edge ends at channel "a"; channels receive nothing`},
		refusal{"digraph {" + times(31, "{") + "\n{", "line 2: subgraphs are nested more than 32 deep"},
	)
}

func TestGMLRefuses(t *testing.T) {
	refuses(t, GML,
		refusal{"", "no graph in it: expected graph [ … ]"},
		refusal{"Creator \"x\"\n", "no graph in it: expected graph [ … ]"},
		refusal{"\n[", `line 2: "[", expected a key`},
		refusal{"\"graph\" [ ]", `line 1: "graph", expected a key`},
		refusal{"graph\n3", "line 2: expected [ after graph"},
		refusal{"graph [\n[ ] ]", `line 2: "[", expected a key or ]`},
		refusal{"graph [ node [ id 1 \"x\" 2 ] ]", `line 1: "x", expected a key or ]`},
		refusal{"graph [ node [ id ] ]", `line 1: the key "id" has no value`},
		refusal{"graph [ node\n", `line 2: the key "node" has no value`},
		refusal{"graph [ ]\ngraph [ ]", "line 2: a second graph: one graph per file is supported"},
		refusal{"graph [ ]", "there is no node in it"},
		refusal{"graph [\nnode [ label \"a\" ] ]", "line 2: a node without an id"},
		refusal{"graph [ node [ id 1 ]\nnode [ id 1 ] ]", `line 2: node "1" is declared twice (before on line 1)`},
		refusal{"graph [ node [ id 1 ]\nedge [ source 1 ] ]", "line 2: an edge without source and target"},
		refusal{"graph [ node [ id 1 ]\nedge [ target 1 ] ]", "line 2: an edge without source and target"},
		refusal{"graph [ node [ id 1 ]\nedge [ source 1 target 2 ] ]", `line 2: an edge names node "2", which is declared nowhere`},
		refusal{"graph [ node [ id 1 ]\nedge [ source 1 target 1 weight x ] ]", `line 2: weight "x", expected a finite number`},
		refusal{"graph [ node [ id 1 ]\nedge [ source 1 target 1 value NaN ] ]", `line 2: weight "NaN", expected a finite number`},
		refusal{"graph [ node [ id 1 label \"a\n", "line 2: the file ends inside quotes"},
		refusal{"graph [\n" + times(33, "a [ "), "line 2: lists are nested more than 32 deep"},
	)
}

func TestPajekRefuses(t *testing.T) {
	refuses(t, Pajek,
		refusal{"", "no section *Vertices in it, expected a Pajek network"},
		refusal{"% only a comment\n", "no section *Vertices in it, expected a Pajek network"},
		refusal{"\n1 2", `line 2: "1 2", expected *Vertices`},
		refusal{"*Vertices", `line 1: "*Vertices", expected *Vertices and their number, 1 to 10000000`},
		refusal{"*Vertices 0", `line 1: "*Vertices 0", expected *Vertices and their number, 1 to 10000000`},
		refusal{"*Vertices two", `line 1: "*Vertices two", expected *Vertices and their number, 1 to 10000000`},
		refusal{"*Vertices 2\n*Vertices 2", "line 2: *Vertices a second time: one network per file is supported"},
		refusal{"*Arcs\n1 2", "line 1: *Arcs before *Vertices"},
		refusal{"*Network x\n*Edgeslist", "line 2: *Edgeslist before *Vertices"},
		refusal{"*Vertices 2\n3 \"c\"", `line 2: vertex "3", expected 1 to 2`},
		refusal{"*Vertices 2\n0 \"c\"", `line 2: vertex "0", expected 1 to 2`},
		refusal{"*Vertices 2\n*Arcs\n1", `line 3: "1", expected two vertices`},
		refusal{"*Vertices 2\n*Arcs\n1 3", `line 3: vertex "3", expected 1 to 2`},
		refusal{"*Vertices 2\n*Arcs\n-1 2", `line 3: vertex "-1", expected 1 to 2`},
		refusal{"*Vertices 2\n*Arcs\nx 2", `line 3: vertex "x", expected 1 to 2`},
		refusal{"*Vertices 2\n*Arcs\n1 2 1e39", `line 3: weight "1e39", expected a finite number`},
		refusal{"*Vertices 2\n*Arcs\n1 2 1 delay 0", `line 3: delay "0", expected 1 to 2147483647 microseconds`},
		refusal{"*Vertices 2\n*Edgeslist\n1 3", `line 3: vertex "3", expected 1 to 2`},
		refusal{"*Vertices 2\n*Matrix\n0 x", `line 3: weight "x", expected a finite number`},
		refusal{"*Vertices 2\n*Matrix\n0 0 1", `line 3: vertex "3", expected 1 to 2`},
		refusal{"*Vertices 2\n*Matrix\n0 0\n0 0\n1 0", `line 5: vertex "3", expected 1 to 2`},
		refusal{"*Vertices 2\n1 \"a", "line 2: the quotes that open on line 2 are not closed"},
	)
}

func TestEdgeListsRefuse(t *testing.T) {
	refuses(t, CSV,
		refusal{"", "there is no node in it"},
		refusal{"\n\n", "there is no node in it"},
		refusal{"% a\n# b\n", "there is no node in it, only comments: 2 lines that begin with # or %"},
		refusal{"source,target\n", "there is a header and no edge"},
		refusal{"a\n", `line 1: "a", expected source and target`},
		refusal{"<a>", `line 1: "<a>", expected an edge list: this looks like XML, HTML or JSON`},
		refusal{"# a list\n{\"a\": 1}", `line 2: "{\"a\": 1}", expected an edge list: this looks like XML, HTML or JSON`},
		refusal{"[1]", `line 1: "[1]", expected an edge list: this looks like XML, HTML or JSON`},
		refusal{"a,b,1\na,b,1,5\n", "line 2: 4 fields, expected at most 3"},
		refusal{"a,b,1\n\na\n", `line 3: "a", expected source and target`},
		refusal{"target,x,source\na,b\n", `line 2: "a,b", expected source and target`},
		refusal{"source,target\n,b\n", "line 2: source or target is empty"},
		refusal{"source,target\na,\n", "line 2: source or target is empty"},
		refusal{"source,target,weight\na,b,x\n", `line 2: weight "x", expected a finite number`},
		refusal{"source,target,delay\na,b,-3\n", `line 2: delay "-3", expected 1 to 2147483647 microseconds`},
		refusal{"source,target,delay ms\na,b,0.0004\n", `line 2: delay "0.0004", expected 1 to 2147483647 microseconds`},
		refusal{"source,target,delay\na,b,5\na,b,5 days\n", `line 3: delay "5 days", expected a finite number`},
		refusal{"source,target,Type\na,b,directed\na,b,maybe\n", `line 3: type "maybe", expected directed or undirected as above`},
		refusal{"a,\"b\n", "line 1: the quotes that open on line 1 are not closed"},
		refusal{"a,b\nc,\"d\"x\n", `line 2: text follows the closing quote of "d"`},
		refusal{"#node\na,b\n", "line 1: a node line without an id"},
		refusal{"#node,\na,b\n", "line 1: a node line without an id"},
		refusal{"#node,a\n#node,a\na,a\n", `line 2: node "a" is declared twice (before on line 1)`},
		refusal{"#node,\"a\n", "line 1: the quotes that open on line 1 are not closed"},
		refusal{"#node,a\na,b\n", `line 2: an edge names node "b", which is declared nowhere`},
		refusal{"#node,a,,channel\n#node,b\nb,a\n", `line 3: an edge ends at channel "a"; channels receive nothing`},
		refusal{"% bip weighted\n1 1\n", "line 1: a two-mode (bipartite) network of KONECT, whose ids name different nodes on either side; rename one side first"},
		refusal{"dl n = 3\n", "line 1: this is UCINET DL, which is not read; save the connections as an edge list (.csv with source, target, weight, delay), GraphML or Matrix Market"},
		refusal{"alpha,beta\n1,2\n", "line 1: the first line names the columns alpha, beta, none of which is known as source and target: say --source NAME --target NAME"},
	)
	refuses(t, TSV,
		refusal{"a b {'weight': 1\n", `line 1: weight "{'weight':", expected a finite number`},
		refusal{"a b {'weight' 1}\n", "line 1: the attributes {'weight' 1} are no plain dictionary of Python"},
		refusal{"a b {'weight}\n", "line 1: the attributes {'weight} are no plain dictionary of Python"},
		refusal{"a b {'w': (1}\n", "line 1: the attributes {'w': (1} are no plain dictionary of Python"},
		refusal{"a b c {'weight': 1}\n", `line 1: "a b c {'weight': 1}", expected source, target and {attributes}`},
		refusal{"a b {'weight': 'x'}\n", `line 1: weight "x", expected a finite number`},
	)
}

func TestColumnsThatAreNotThere(t *testing.T) {
	for _, c := range []struct {
		o    Options
		text string
		want string
	}{
		{Options{Source: "x"}, "a,b\n1,2\n", `line 1: there is no column "x"; there are a, b`},
		{Options{Target: "x"}, "a,b\n1,2\n", `line 1: there is no column "x"; there are a, b`},
		{Options{Weight: "x"}, "source,target\n1,2\n", `line 1: there is no column "x"; there are source, target`},
		{Options{Delay: "x"}, "source,target\n1,2\n", `line 1: there is no column "x"; there are source, target`},
		{Options{Source: "von"}, "von,zu\na,b\n", `line 1: the first line names the columns von, zu, none of which is known as source and target: say --source NAME --target NAME`},
		{Options{Weight: "zahl"}, "von,zu,zahl\na,b,c\n", `line 1: the first line names the columns von, zu, zahl, none of which is known as source and target: say --source NAME --target NAME`},
		{Options{Source: "a", Target: "a"}, "a,b\n1,2\n", `line 1: source and target are one column, "a"`},
		{Options{Source: "target"}, "source,target\n1,2\n", `line 1: source and target are one column, "target"`},
	} {
		refusesWith(t, CSV, c.o, refusal{c.text, c.want})
	}
}

func TestMatricesRefuse(t *testing.T) {
	refuses(t, Matrix,
		refusal{"", "the file is empty, expected a matrix"},
		refusal{"# a\n% b\n", "the file is empty, expected a matrix"},
		refusal{"0,1\n0,0\n1,1\n", "line 3: row 3 of a matrix of 2 columns, expected a square one, with a row and a column for each neuron"},
		refusal{"0,1\n", "line 1: the matrix ends after 1 of 2 rows"},
		refusal{"\x00\n0", `line 1: a zero byte in the node name "\x00", expected text; convert the file if it is UTF-16 or UTF-32 (iconv -t utf-8)`},
		refusal{"0,1\n0\n", "line 2: 1 numbers in row 2, expected 2"},
		refusal{"0,1\n0,x\n", `line 2: row 2, column 2: "x", expected a finite number`},
		refusal{"0,1\n0,1e39\n", `line 2: row 2, column 2: "1e39", expected a finite number`},
		refusal{"a,b\n0,1\n\"0,1\n", "line 3: the quotes that open on line 3 are not closed"},
		refusal{",a,b\na,0,1\nc,0,0\n", `line 3: row 2 is called "c", column 2 "b": rows and columns must go in one order`},
		refusal{"a,a\n0,1\n0,0\n", `line 1: node "a" is declared twice (before on line 1)`},
		refusal{"a,,c\n0,1,2\n0,0,0\n0,0,0\n", "line 1: a column of the matrix has no name"},
		refusal{",a,b\n", "line 1: the matrix ends after 0 of 2 rows"},
		refusal{",a,b\n1,2,3,4\n", "line 1: a column of the matrix has no name"},
		refusal{"a,0,1\na,0,0\n", `line 2: node "a" is declared twice (before on line 1)`},
	)
}

const banner = "%%MatrixMarket matrix coordinate real general\n"

func TestMatrixMarketRefuses(t *testing.T) {
	const kinds = `expected %%MatrixMarket matrix coordinate|array real|integer|pattern general|symmetric`
	refuses(t, MatrixMarket,
		refusal{"", "line 1: the file ends before %%MatrixMarket"},
		refusal{"%%MatrixMarket matrix coordinate real\n", `line 1: "%%MatrixMarket matrix coordinate real", ` + kinds},
		refusal{"%%MatrixMarket vector coordinate real general\n", `line 1: "%%MatrixMarket vector coordinate real general", ` + kinds},
		refusal{"%MatrixMarket matrix coordinate real general\n", `line 1: "%MatrixMarket matrix coordinate real general", ` + kinds},
		refusal{"%%MatrixMarket matrix list real general\n", "line 1: list real, expected coordinate or array"},
		refusal{"%%MatrixMarket matrix array pattern general\n", "line 1: array pattern, expected coordinate or array"},
		refusal{"%%MatrixMarket matrix coordinate complex general\n", `line 1: field "complex", expected real, integer or pattern`},
		refusal{"%%MatrixMarket matrix coordinate real hermitian\n", `line 1: symmetry "hermitian", expected general, symmetric or skew-symmetric`},
		refusal{banner, "line 1: the file ends before the size line"},
		refusal{banner + "% a\n", "line 2: the file ends before the size line"},
		refusal{banner + "2 2\n", `line 2: size line "2 2", expected 3 whole numbers`},
		refusal{banner + "2 2 1.5\n", `line 2: size line "2 2 1.5", expected 3 whole numbers`},
		refusal{banner + "2 2 -1\n", `line 2: size line "2 2 -1", expected 3 whole numbers`},
		refusal{"%%MatrixMarket matrix array real general\n2 2 4\n", `line 2: size line "2 2 4", expected 2 whole numbers`},
		refusal{banner + "0 0 0\n", "there is no node in it"},
		refusal{banner + "2 2 1\n1 2\n", `line 3: "1 2", expected row, column and value`},
		refusal{banner + "2 2 1\n1 2 3 4\n", `line 3: "1 2 3 4", expected row, column and value`},
		refusal{banner + "2 2 1\n1 2 x\n", `line 3: weight "x", expected a finite number`},
		refusal{banner + "2 2 1\n0 2 1\n", "line 3: entry (0, 2), expected indices from 1 to 2"},
		refusal{banner + "2 2 1\n1 3 1\n", "line 3: entry (1, 3), expected indices from 1 to 2"},
		refusal{banner + "2 2 1\n1 b 1\n", "line 3: entry (1, b), expected indices from 1 to 2"},
		refusal{banner + "2 2 1\n1 2 1\n2 1 1\n", `line 4: "2 1 1" after the last entry`},
		refusal{banner + "2 2 2\n1 2 1\n", "line 3: the file ends after 1 of 2 entries"},
		refusal{banner + "%edge\t5\n2 2 2\n1 2 1\n2 1 1\n", "line 3: 1 %edge lines for 2 entries"},
		refusal{banner + "%edge\t0\n2 2 1\n1 2 1\n", `line 2: delay "0", expected 1 to 2147483647 microseconds`},
		refusal{banner + "%node\t0\n2 2 0\n", "line 3: 1 %node lines for 2 rows"},
		refusal{banner + "%node\t0\n%node\t0\n2 2 0\n", `line 3: node "0" is declared twice (before on line 2)`},
		refusal{banner + "%node\n%node\t1\n2 2 0\n", "line 2: a node line without an id"},
		refusal{banner + "%node\t0\n%node\tb\n2 2 0\n", `line 3: %node "b", expected 0 to 1`},
		refusal{banner + "%node\t0\n%node\t2\n2 2 0\n", `line 3: %node "2", expected 0 to 1`},
		refusal{banner + "%node\t-1\n%node\t1\n2 2 0\n", `line 2: %node "-1", expected 0 to 1`},
		refusal{"%%MatrixMarket matrix array real general\n2 2\n0\n1\n0\n", "line 5: the file ends at entry (2, 2)"},
		refusal{"%%MatrixMarket matrix array real general\n1 1\n0\n 7\n", `line 4: " 7" after the last entry`},
		refusal{"%%MatrixMarket matrix array real general\n2 2\n0\nx\n0\n0\n", `line 4: weight "x", expected a finite number`},
	)
}

func TestJSONRefuses(t *testing.T) {
	refuses(t, JSON,
		refusal{"", "line 1: the file ends too early"},
		refusal{"{\n\"nodes\": [", "line 2: the file ends too early"},
		refusal{"{\"\":{}}", "line 1: a node without a name"},
		refusal{"3", "line 1: no graph in it: the document is one value, expected an object or a list of edges"},
		refusal{"\n\"x\"", "line 2: no graph in it: the document is one value, expected an object or a list of edges"},
		refusal{"{}", "the document is empty: no graph in it"},
		refusal{"{\"nodes\": []}", "there is no node in it"},
		refusal{"{\"nodes\": []}\n{}", "line 2: more text after the document"},
		refusal{"{\"nodes\": 3}", "line 1: nodes: expected a list or an object"},
		refusal{"{\"links\": 3}", "line 1: links: expected ["},
		refusal{"{\"edges\":\n{}}", "line 2: edges: expected ["},
		refusal{"{\"adjacency\": {}}", "line 1: adjacency: expected ["},
		refusal{"{\"graphs\": {}}", "line 1: graphs: expected ["},
		refusal{"{\"directed\": \"yes\", \"nodes\": [1]}", "line 1: json: cannot unmarshal string into Go value of type bool"},
		refusal{"{\"nodes\": [\nnull]}", "line 2: a node that is neither an object nor a name"},
		refusal{"{\"nodes\": [[]]}", "line 1: a node that is neither an object nor a name"},
		refusal{"{\"nodes\": [{\"id\": [1]}]}", `line 1: a node without "id" (a text or number)`},
		refusal{"{\"nodes\": [1,\n1]}", `line 2: node "1" is declared twice (before on line 1)`},
		refusal{"{\"links\": [{\"source\": 1}]}", `line 1: a link without "source" and "target" (texts or numbers)`},
		refusal{"{\"links\": [{\"source\": {}, \"target\": 2}]}", `line 1: a link without "source" and "target" (texts or numbers)`},
		refusal{"{\"edges\": [[1]]}", `line 1: a link without "source" and "target" (texts or numbers)`},
		refusal{"{\"edges\": [[1,2,3,4]]}", `line 1: a link without "source" and "target" (texts or numbers)`},
		refusal{"{\"links\": [\n{\"source\": 1, \"target\": 2, \"weight\": [3]}]}", "line 2: weight is neither a text nor a number"},
		refusal{"{\"links\": [\n{\"source\": 1, \"target\": 2, \"delay\": {}}]}", "line 2: delay is neither a text nor a number"},
		refusal{"{\"nodes\": [1], \"adjacency\": [3]}", "line 1: adjacency: 1 lists, expected one for each of the 1 nodes"},
		refusal{"{\"nodes\": [1],\n\"adjacency\": [[{\"weight\": 1}]]}", `line 2: an adjacency without "id"`},
		refusal{"{\"nodes\": [1], \"adjacency\": [[{\"id\": 1, \"weight\": \"x\"}]]}", `line 1: weight "x", expected a finite number`},
		refusal{"{\"a\": 3}", `no graph in it: there is neither "nodes" nor "links" or "edges", only "a"`},
		refusal{"{\"a\": [[1]], \"b\": []}", `no graph in it: there is neither "nodes" nor "links" or "edges", only "a", "b"`},
		refusal{"{\"a\": {\"b\": true}}", `line 1: no graph in it: the member "b" of "a" is no object of attributes`},
		refusal{"{\"a\": {},\n\"a\": {}}", `line 2: node "a" is declared twice (before on line 1)`},
		refusal{"[[1, 2]]", `line 1: a list of something else than objects; expected edges, each with "source" and "target"; a matrix or a list of pairs is read from .csv`},
		refusal{"[{\"source\": 1, \"target\": 2, \"weight\": \"x\"}]", `line 1: weight "x", expected a finite number`},
		refusal{"{\"graphs\": [{\"nodes\": [1]},\n{\"nodes\": [2]}]}", "line 1: several graphs (JSON Graph Format): one graph per file is supported"},
		refusal{"{\"nodes\": [1], \"hyperedges\": [{}]}", "line 1: hyperedges (JSON Graph Format) are not supported: write an edge for each source and target"},
		refusal{"{\"nodes\" [1]}", "line 1: invalid character '[' after object key"},
	)
}

func TestAdjacencyListsRefuse(t *testing.T) {
	refuses(t, AdjacencyList,
		refusal{"", "there is no node in it"},
		refusal{"# nothing\n", "there is no node in it"},
		refusal{"a b\nc \"d\n", "line 2: the quotes that open on line 2 are not closed"},
		refusal{"a 1\nb {}\n", `line 2: "b {}": a list with attributes, as networkx.write_multiline_adjlist writes, is not read; write_edgelist or write_graphml keep them`},
	)
}

func TestArraysRefuse(t *testing.T) {
	one := npyFile("'<f4'", "(1, 1)", "\x00\x00\x80\x3f")
	refuses(t, NPY,
		refusal{npyFile("'<f4'", "(2,)", "12345678"), "an array of shape [2], expected a square matrix of numbers"},
		refusal{npyFile("'<f4'", "(1, 1, 1)", "1234"), "an array of shape [1 1 1], expected a square matrix of numbers"},
		refusal{npyFile("'|S1'", "(1, 1)", "a"), "an array of shape [1 1], expected a square matrix of numbers"},
		refusal{npyFile("'<f4'", "(1, 2)", "12345678"), "a matrix of 1 × 2, expected a square one"},
		refusal{npyFile("'<f4'", "(32769, 32769)", ""), "a dense matrix of 32769 rows, expected at most 32768"},
		refusal{npyFile("'|u1'", "(2, 2)", "\x01\x02\x03"), "the file ends at entry [1, 1] of a 2 × 2 matrix"},
		refusal{npyFile("'<f4'", "(1, 1)", "\x00\x00\x80\x7f"), "entry [0, 0] is +Inf, expected a finite number"},
		refusal{npyFile("'<f8'", "(1, 1)", "\x00\x00\x00\x00\x00\x00\xf0\x47"), "entry [0, 0] is 3.402823669209385e+38, expected a finite number"},
		refusal{npyFile("[('pre', '<i2'), ('post', '<i2')]", "(1,)", "\x00\x00\x01\x00"),
			"an array of records, expected a square matrix of numbers; save the records as .csv, with pandas.DataFrame(array).to_csv"},
		refusal{npyFile("'|u1'", "(0, 0)", ""), "there is no node in it"},
	)
	refuses(t, NPZ,
		refusal{npzFile(t, "a", one, "b", one), "the archive holds a, b; expected the arrays of scipy.sparse.save_npz, or one square matrix"},
		refusal{npzFile(t, "a", "\x93NUMPY\x01"), `array "a": not a .npy file: it does not begin with \x93NUMPY`},
		refusal{npzFile(t, "a", one, "b", npyFile("'|S1'", "(1,)", "")), `array "b": the array ends after 0 of 1 elements`},
	)
}

// scipyFile is an archive like those of scipy.sparse.save_npz, with integers of
// one byte. A part given in parts replaces the default one.
func scipyFile(t *testing.T, format, shape, data string, parts ...string) string {
	t.Helper()
	bytes := func(values string) string { return npyFile("'|i1'", "("+strconv.Itoa(len(values))+",)", values) }
	all := []string{"format", npyFile("'|S3'", "()", format), "shape", bytes(shape), "data", bytes(data)}
	for i := 0; i < len(parts); i += 2 {
		all = append(all, parts[i], bytes(parts[i+1]))
	}
	return npzFile(t, all...)
}

func TestSparseMatricesRefuse(t *testing.T) {
	const damaged = `the array "indptr" of the sparse matrix is damaged`
	refuses(t, NPZ,
		refusal{scipyFile(t, "coo", "\x02\x03", ""), "a sparse matrix of [2 3], expected a square one"},
		refusal{scipyFile(t, "coo", "\x02", ""), "a sparse matrix of [2], expected a square one"},
		refusal{scipyFile(t, "coo", "\xff\xff", ""), `array "shape" holds -1, expected indices`},
		refusal{scipyFile(t, "bsr", "\x02\x02", ""), `a sparse matrix of format "bsr", expected csr, csc or coo: save matrix.tocsr()`},
		refusal{scipyFile(t, "coo", "\x02\x02", "\x05"), `the sparse matrix lacks the array "row"`},
		refusal{scipyFile(t, "coo", "\x02\x02", "\x05", "row", "\x00"), `the sparse matrix lacks the array "col"`},
		refusal{scipyFile(t, "csr", "\x02\x02", "\x05"), `the sparse matrix lacks the array "indptr"`},
		refusal{scipyFile(t, "csr", "\x02\x02", "\x05", "indptr", "\x00\x01\x01"), `the sparse matrix lacks the array "indices"`},
		refusal{scipyFile(t, "csr", "\x02\x02", "\x05", "indptr", "\x00\x01", "indices", "\x00"), damaged},
		refusal{scipyFile(t, "csr", "\x02\x02", "\x05", "indptr", "\x01\x00\x01", "indices", "\x00"), damaged},
		refusal{scipyFile(t, "csc", "\x02\x02", "\x05", "indptr", "\x00\x01\x02", "indices", "\x00"), damaged},
		refusal{scipyFile(t, "coo", "\x02\x02", "\x05\x06", "row", "\x00", "col", "\x01"), "a sparse matrix of 2 values, 1 rows and 1 columns"},
		refusal{scipyFile(t, "coo", "\x02\x02", "\x05", "row", "\x00", "col", "\x01\x01"), "a sparse matrix of 1 values, 1 rows and 2 columns"},
		refusal{scipyFile(t, "coo", "\x02\x02", "\x05", "row", "\x00\x01", "col", "\x01"), "a sparse matrix of 1 values, 2 rows and 1 columns"},
		refusal{scipyFile(t, "coo", "\x02\x02", "", "row", "\x00\x01", "col", ""), "a sparse matrix of 0 values, 2 rows and 0 columns"},
		refusal{scipyFile(t, "coo", "\x02\x02", "\x05", "row", "\x02", "col", "\x01"), "entry [2, 1] of a 2 × 2 matrix"},
		refusal{scipyFile(t, "coo", "\x02\x02", "\x05", "row", "\x01", "col", "\x02"), "entry [1, 2] of a 2 × 2 matrix"},
	)
}
