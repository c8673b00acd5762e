package graphio

import "testing"

const (
	unusedNodes = "node attributes that are not used: "
	unusedEdges = "edge attributes that are not used: "
	takesOne    = " (--weight NAME takes one as the weight)"
	nothingSays = `nothing says "directed": taken as `
	readTargets = "read as an object of neurons and their targets"
)

func TestGraphMLMeans(t *testing.T) {
	means(t, GraphML,
		// nodes
		meaning{inGraphML("<node id='a'/>"), "net[a] | ", ""},
		meaning{inGraphML("<node id='1'/><node id='0'/>"), "net[0 1] | ", ""},
		meaning{inGraphML("<node id='2'/><node id='1'/>"), "net[1 2] | ", ""},
		meaning{inGraphML("<node id='01'/><node id='0'/>"), "net[01 0] | ", ""},
		meaning{inGraphML("<node id='10'/><node id='9'/>"), "net[9 10] | ", ""},
		meaning{inGraphML("<node id='a'><data key='label'>A &amp; B</data></node>"), `net[a "A & B"] | `, ""},
		meaning{inGraphML("<node id='a'><data key='name'>A</data></node>"), `net[a "A"] | `, ""},
		meaning{inGraphML("<node id='a'><data key='name'>A</data><data key='label'>B</data></node>"), `net[a "B"] | `, unusedNodes + "name"},
		meaning{inGraphML("<node id='a'><data key='Name'>A</data></node>"), `net[a] | `, unusedNodes + "Name"},
		meaning{inGraphML("<node id='a'><data key='x'>1</data><data key='Y'> -2.5 </data></node>"), "net[a@1,-2.5,0] | ", ""},
		meaning{inGraphML("<node id='a'><data key='z'>3</data></node><node id='b'/>"), "net[a b] | ", ""},
		meaning{inGraphML("<node id='a'><data key='x'>1e39</data><data key='y'>1</data></node>"), "net[a] | ", unusedNodes + "x that is no number"},
		meaning{inGraphML("<node id='a'><data key='x'>3.4028234663852886e38</data></node>"), "net[a@3.4028234663852886e+38,0,0] | ", ""},
		meaning{inGraphML("<node id='a'><data key='population'>p</data></node><node id='b'><data key='population'>q</data></node>"), "p[a] q[b] | ", ""},
		meaning{inGraphML("<node id='a'><data key='population'>p</data></node><node id='b'/><node id='c'><data key='population'>p</data></node>"), "p[a] net[b] p-2[c] | ", ""},
		meaning{inGraphML("<node id='a'><data key='population'>7</data></node><node id='b'/>"), "net[a b] | ", unusedNodes + "population"},
		meaning{inGraphML("<node id='a'><data key='kind'>channel</data></node><node id='b'><data key='kind'>neuron</data></node><edge source='a' target='b'/>"), "net[b] (inputs[a]) | a>b", ""},
		meaning{inGraphML("<node id='a'><data key='kind'>channel</data></node><node id='b'><data key='kind'>dog</data></node>"), "net[a b] | ", unusedNodes + "kind"},
		meaning{inGraphML("<node id='a' x='1'/>"), "net[a] | ", unusedNodes + "x"},
		meaning{inGraphML("<node id='a' parse.indegree='1'><port name='n'/></node>"), "net[a] | ", unusedNodes + "ports of GraphML"},
		// edges
		meaning{inGraphML("<node id='a'/><edge source='a' target='a'/>"), "net[a] | a>a", ""},
		meaning{inGraphML("<node id='a'/><edge source='a' target='a'><data key='weights'>2</data></edge>"), "net[a] | a>a *2", ""},
		meaning{inGraphML("<node id='a'/><edge source='a' target='a'><data key='weight'>-0.5</data><data key='delay'>2147483647</data></edge>"), "net[a] | a>a *-0.5 2147483647us", ""},
		meaning{inGraphML("<node id='a'/><edge source='a' target='a'><data key='port'>Receptive</data></edge>"), "net[a] | a>a r", ""},
		meaning{inGraphML("<node id='a'/><edge source='a' target='a'><data key='port'>L</data><data key='projection'>p</data></edge>"), "net[a] | a>a l :p", ""},
		meaning{inGraphML("<node id='a'/><edge source='a' target='a'><data key='port'> </data></edge>"), "net[a] | a>a", ""},
		meaning{inGraphML("<node id='a'/><edge id='e' source='a' target='a' sourceport='x'><data key='colour'>red</data></edge>"), "net[a] | a>a", unusedEdges + "sourceport, colour" + takesOne},
		meaning{inGraphML("<node id='a'/><node id='b'/><edge source='a' target='b' directed='false'/>"), "net[a b] | b>a, a>b | undirected", ""},
		meaning{"<graphml><graph edgedefault='undirected'><node id='a'/><node id='b'/><edge source='a' target='b' directed='true'/></graph></graphml>", "net[a b] | a>b", ""},
		meaning{"<graphml><graph><node id='a'/><node id='b'/><edge source='a' target='b'/></graph></graphml>", "net[a b] | a>b", ""},
		meaning{"<graphml><graph edgedefault='undirected'><node id='a'/></graph></graphml>", "net[a] |  | undirected", ""},
		// keys
		meaning{`<graphml><key id="d0" for="node" attr.name="label"/><graph><node id="a"><data key="d0">A</data></node></graph></graphml>`, `net[a "A"] | `, ""},
		meaning{`<graphml><key id="d" for="all" attr.name="weight"><default>3</default></key><graph><node id="a"/><edge source="a" target="a"/></graph></graphml>`, "net[a] | a>a *3", unusedNodes + "weight"},
		meaning{`<graphml><key id="d" attr.name="delay"><default>300</default></key><graph><node id="a"/><edge source="a" target="a"/></graph></graphml>`, "net[a] | a>a 300us", unusedNodes + "delay"},
		meaning{`<graphml><key id="d" for="node" attr.name="label"><default>L</default></key><graph><node id="a"/><node id="b"><data key="d">B</data></node></graph></graphml>`, `net[a "L" b "B"] | `, ""},
		meaning{`<graphml><key id="d" for="edge" attr.name="label"><default>L</default></key><graph><node id="a"/></graph></graphml>`, "net[a] | ", ""},
		// graphs in nodes
		meaning{inGraphML(`<node id="a"><graph><node id="b"/></graph></node><node id="c"/><edge source="a" target="b"/>`), "net[a b c] | a>b", ""},
		meaning{inGraphML(`<node id="g"><data key="label">G</data><graph><node id="b"><data key="label">B</data></node></graph></node><edge source="g" target="b"/>`), `net[g "G" b "B"] | g>b`, ""},
		meaning{inGraphML(`<node id="g"><graph><node id="b"/><edge source="b" target="b"/></graph><data key="label">G</data></node><edge source="g" target="b"/>`), `net[g "G" b] | g>b, b>b`, ""},
		meaning{inGraphML(`<node id="a"><graph><node id="b"><graph><node id="c"/><edge source="c" target="c"/></graph><data key="label">B</data></node></graph><data key="label">A</data></node><node id="d"/><edge source="a" target="b"/>`), `net[a "A" b "B" c d] | a>b, c>c`, ""},
		meaning{inGraphML(`<node id="a"><graph><edge source="a" target="b"><data key="weight">2</data></edge><node id="b"/></graph><data key="x">1</data><data key="population">p</data></node>`), `p[a@1,0,0] net[b] | a>b *2`, ""},
		// yEd
		meaning{inGraphML(`<node id="n0"><data key="d6"><y:ShapeNode><y:Geometry height="3" width="3" x="10" y="20"/><y:NodeLabel> A </y:NodeLabel></y:ShapeNode></data></node>`), `net[n0 "A"@10,20,0] | `, ""},
		meaning{inGraphML(`<node id="n0"/><edge source="n0" target="n0"><data key="d9"><y:Geometry x="1" y="1"/><y:EdgeLabel>w</y:EdgeLabel></data></edge>`), "net[n0] | n0>n0", ""},
	)
}

func TestGEXFMeans(t *testing.T) {
	means(t, GEXF,
		meaning{inGEXF("<nodes><node id='0' label='A'/><node id='1' label='1'/></nodes>"), `net[0 "A" 1] | `, ""},
		meaning{"<gexf><graph><nodes><node id='a'/><node id='b'/></nodes><edges><edge source='a' target='b'/></edges></graph></gexf>", "net[a b] | b>a, a>b | undirected", ""},
		meaning{"<gexf><graph defaultedgetype='mutual'><nodes><node id='a'/><node id='b'/></nodes><edges><edge source='a' target='b'/></edges></graph></gexf>", "net[a b] | b>a, a>b | undirected", ""},
		meaning{inGEXF("<nodes><node id='a'/><node id='b'/></nodes><edges><edge source='a' target='b' type='mutual'/><edge source='a' target='a' type='directed'/></edges>"), "net[a b] | a>a, b>a, a>b", ""},
		meaning{inGEXF("<nodes><node id='a'><viz:position x='1' y='2' z='3'/></node></nodes>"), "net[a@1,2,3] | ", ""},
		meaning{inGEXF("<nodes><node id='a'/></nodes><edges><edge source='a' target='a' weight='2.5' kind='x'/></edges>"), "net[a] | a>a *2.5", unusedEdges + "kind" + takesOne},
		meaning{inGEXF("<nodes><node id='a'/></nodes><edges><edge source='a' target='a'><viz:thickness value='3'/></edge></edges>"), "net[a] | a>a", unusedEdges + "thickness" + takesOne},
		meaning{inGEXF("<nodes><node id='a'><viz:size value='3'/><viz:shape value='disc'/></node></nodes>"), "net[a] | ", unusedNodes + "size, shape"},
		meaning{inGEXF("<attributes class='node'><attribute id='0' title='population'/></attributes><attributes class='edge'><attribute id='0' title='port'/></attributes>" +
			"<nodes><node id='a'><attvalues><attvalue for='0' value='p'/></attvalues></node></nodes><edges><edge source='a' target='a'><attvalues><attvalue for='0' value='l'/></attvalues></edge></edges>"), "p[a] | a>a l", ""},
		meaning{inGEXF("<nodes><node id='a'><attvalues><attvalue id='population' value='p'/></attvalues></node></nodes>"), "p[a] | ", ""},
		meaning{inGEXF("<attributes class='node'><attribute id='0' title='kind'><default>channel</default></attribute></attributes><nodes><node id='a'/><node id='b'><attvalues><attvalue for='0' value='neuron'/></attvalues></node></nodes><edges><edge source='a' target='b'/></edges>"),
			"net[b] (inputs[a]) | a>b", ""},
		meaning{inGEXF("<nodes><node id='g'><nodes><node id='a'/></nodes></node></nodes>"), "net[a] | ", "nodes that hold a nested graph and have no edge are left out: 1"},
		meaning{inGEXF("<nodes><node id='g'><nodes><node id='a'/></nodes></node></nodes><edges><edge source='g' target='a'/></edges>"), "net[g a] | g>a", ""},
		meaning{"<gexf><graph defaultedgetype='directed' mode='static' idtype='string' start='1'><nodes count='1'><node id='a'/></nodes></graph></gexf>", "net[a] | ", ""},
	)
}

func TestDOTMeans(t *testing.T) {
	means(t, DOT,
		meaning{"graph { a }", "net[a] |  | undirected", ""},
		meaning{"DIGRAPH G { a -> b }", "net[a b] | a>b", ""},
		meaning{`digraph "G" { "a b" -> "c\"d"; }`, `net[a b c"d] | a b>c"d`, ""},
		meaning{"graph { a -- b -- c; a -- a }", "net[a b c] | a>a, b>a, a>b, c>b, b>c | undirected", ""},
		meaning{"digraph { a -> {b c} -> d }", "net[a b c d] | a>b, a>c, b>d, c>d", ""},
		meaning{"digraph { {a b} -> subgraph x { c } }", "net[a b c] | a>c, b>c", ""},
		meaning{"digraph { subgraph { a } subgraph y { b [label=B] } }", `net[a b "B"] | `, ""},
		meaning{"digraph { a:p:n -> b:q }", "net[a b] | a>b", ""},
		meaning{"digraph { rankdir = LR; graph [x=1]; a [label=<<b>A</b>>] }", `net[a "<b>A</b>"] | `, ""},
		meaning{"digraph { node [population=p]; a; node [population=q]; b; a }", "q[a b] | ", ""},
		meaning{"digraph { { node [population=p]; a } b }", "p[a] net[b] | ", ""},
		meaning{"digraph { edge [weight=2] [delay=5000]; a -> b [weight=3]; }", "net[a b] | a>b *3 5000us", ""},
		meaning{"digraph { edge [weight=2]; a -> b -> c [port=r]; c -> a }", "net[a b c] | c>a *2, a>b *2 r, b>c *2 r", ""},
		meaning{"digraph { a [pos=\"1,2!\"]; b [pos=\"3,4,5\"] }", "net[a@1,2,0 b@3,4,5] | ", ""},
		meaning{"digraph { a [x=1, y=2; pos=\"8,9\"] }", "net[a@1,2,0] | ", ""},
		meaning{"digraph { a [shape=box color=\"red\"] }", "net[a] | ", unusedNodes + "shape, color"},
		meaning{"digraph { a [label=\"two\\nlines\", population=\"p\\\\q\"] }", `p\q[a "two\\nlines"] | `, ""},
		meaning{"digraph { a [label=\"one \\\nline\"] }", `net[a "one line"] | `, ""},
		meaning{"# line\ndigraph { // x\n a /* b -> c **/ -> d }", "net[a d] | a>d", ""},
		meaning{"digraph { -1.5 -> .5 -> 2e-3 -> é }", "net[-1.5 .5 2e-3 é] | -1.5>.5, .5>2e-3, 2e-3>é", ""},
		meaning{"digraph{a->b->a}", "net[a b] | b>a, a>b", ""},
		meaning{"digraph { 0 -> 1; 2 }", "net[0 1 2] | 0>1", ""},
		meaning{"graph { a -- b; a -- b }", "net[a b] | b>a, b>a, a>b, a>b | undirected", ""},
		meaning{"strict digraph { a -> b [weight=2]; b -> a; a -> b [weight=3] }", "net[a b] | b>a, a>b *3", ""},
		meaning{"strict graph { a -- b [weight=2]; b -- a [weight=3] }", "net[a b] | b>a *3, a>b *3 | undirected", ""},
		meaning{"digraph { a -> b [delay=\"7 s\"] }", "net[a b] | a>b", unusedEdges + "delay" + takesOne},
		meaning{"digraph { a -> b; a -> b [weight=2, \"delay ms\"=3] }", "net[a b] | a>b, a>b *2 3000us", "edges without a weight are taken as 1: 1 of 2"},
	)
}

func TestGMLMeans(t *testing.T) {
	means(t, GML,
		meaning{"graph [ node [ id 0 ] ]", "net[0] |  | undirected", ""},
		meaning{"graph [ directed 1 node [ id 0 label \"0\" ] ]", "net[0] | ", ""},
		meaning{"GRAPH [ Directed 1 Node [ ID 5 Label \"A\" ] Node [ id 4 label \"B\" ] Edge [ Source 5 Target 4 Weight 2 ] ]", "net[B A] | A>B *2", ""},
		meaning{"graph [ directed 1 node [ id 5 label \"A\" ] node [ id 4 label \"A\" ] ]", `net[4 "A" 5 "A"] | `, ""},
		meaning{"graph [ directed 1 node [ id 1 label \"2\" ] node [ id 2 ] ]", `net[1 "2" 2] | `, ""},
		meaning{"graph [ directed 1 node [ id 7 label \"0\" ] node [ id 9 label \"1\" ] edge [ source 9 target 7 ] ]", "net[0 1] | 1>0", ""},
		meaning{"graph [ directed 1 node [ id 1 label \"&#233; &quot;&amp;\" ] ]", `net[é "&] | `, ""},
		meaning{"graph [ directed 1 node [ id 1 graphics [ x 1 y 2 w 9 ] ] ]", "net[1@1,2,0] | ", ""},
		meaning{"graph [ directed 1 node [ id 1 x 1.5 LabelGraphics [ text \"x\" ] size 3 ] ]", "net[1@1.5,0,0] | ", unusedNodes + "LabelGraphics, size"},
		meaning{"graph [ directed 1 node [ id 1 ] edge [ source 1 target 1 value 3 ] ]", "net[1] | 1>1 *3", ""},
		meaning{"graph [ directed 1 node [ id 1 ] edge [ source 1 target 1 value 3 weight 2 graphics [ fill \"x\" ] ] ]", "net[1] | 1>1 *2", unusedEdges + "value, graphics" + takesOne},
		meaning{"graph [ directed 1 node [ id 1 ] edge [ source 1 target 1 delay 5 port \"l\" projection \"p\" ] ]", "net[1] | 1>1 5us l :p",
			"delays are taken as 5 to 5 microseconds; if the file means milliseconds, --delay-unit ms (delay_unit: ms)"},
		meaning{"# comment [\nVersion 1\nother [ graph [ ] ]\ngraph [ label \"g\" directed 1\tnode [id 1] ]\n", "net[1] | ", ""},
		meaning{"graph [node[id 1]node[id 2]edge[source 1 target 2]]", "net[1 2] | 2>1, 1>2 | undirected", ""},
		meaning{"graph [ edge [ source 1 target 2 ] node [ id 2 ] node [ id 1 ] directed 1 ]", "net[1 2] | 1>2", ""},
	)
	meansWith(t, GML, Options{Weight: "value"}, meaning{"graph [ directed 1 node [ id 1 ] edge [ source 1 target 1 value 3 weight 2 ] ]", "net[1] | 1>1 *3", unusedEdges + "weight"})
}

func TestPajekMeans(t *testing.T) {
	means(t, Pajek,
		meaning{"*Vertices 2", "net[1 2] | ", ""},
		meaning{"*vertices 2\n2 \"b\"\n*arcs\n2 1 -1.5", "net[1 b] | b>1 *-1.5", ""},
		meaning{"*Vertices 2\n1 \"x\"\n2 \"x\"", `net[1 "x" 2 "x"] | `, ""},
		meaning{"*Vertices 2\n1 0\n2 1\n*Arcs\n1 2", "net[0 1] | 0>1", ""},
		meaning{"*Vertices 2\n1 \"a\" 1 2 3\n2 \"b\" 4 5", "net[a@1,2,3 b@4,5,0] | ", ""},
		meaning{"*Vertices 1\n1 \"a\" 1 2 3 4", "net[a@1,2,3] | ", unusedNodes + "4"},
		meaning{"*Vertices 1\n1 \"a\" ic Red bc Blue", "net[a] | ", unusedNodes + "ic, bc"},
		meaning{"*Vertices 2\n1 a population p kind channel\n2 b population \"q r\"\n*Arcs\n1 2", "q r[b] (p[a]) | a>b", ""},
		meaning{"*Vertices 2\n*Edges\n1 2 3", "net[1 2] | 2>1 *3, 1>2 *3 | undirected", ""},
		meaning{"*Vertices 2\n*Edges\n1 2\n*Arcs\n2 2 5 delay 70000 port l projection p", "net[1 2] | 2>1, 1>2, 2>2 *5 70000us l :p", ""},
		meaning{"*Vertices 2\n*Arcs\n1 2 l \"text\"", "net[1 2] | 1>2", unusedEdges + "l" + takesOne},
		meaning{"*Vertices 2\n*Arcs\n1 2 1 w 3 odd", "net[1 2] | 1>2", unusedEdges + "w" + takesOne},
		meaning{"*Vertices 3\n*Arcslist\n1 2 3\n2 -1", "net[1 2 3] | 2>1, 1>2, 1>3", ""},
		meaning{"*Vertices 3\n*Edgeslist\n1 2 3", "net[1 2 3] | 2>1, 3>1, 1>2, 1>3 | undirected", ""},
		meaning{"*Vertices 2\n*Matrix\n0 1.5\n2 0", "net[1 2] | 2>1 *2, 1>2 *1.5", ""},
		meaning{"*Network g\n% remark\n*Vertices 1\n*Partition x\n*Arcs", "net[1] | ", "section *Partition is not read"},
	)
}

func TestEdgeListsMean(t *testing.T) {
	means(t, CSV,
		meaning{"a,b\n", "net[a b] | a>b", ""},
		meaning{"a,b,2\nb,c,3\n", "net[a b c] | a>b *2, b>c *3", ""},
		meaning{"a,b,2,x\n", "net[a b] | a>b *2", unusedEdges + "column 4" + takesOne},
		meaning{"0,1,0.5\n1,0,0.5\n", "net[0 1] | 1>0 *0.5, 0>1 *0.5", ""},
		meaning{"a,a\na,a\n", "net[a] | a>a, a>a", ""},
		meaning{"source,target,weight,delay,port,projection\na,b,2,70000,r,p\n", "net[a b] | a>b *2 70000us r :p", ""},
		meaning{"source,target,weight\na,b\n", "net[a b] | a>b", ""},
		meaning{"source,target,weight,delay\na,b,,700\n", "net[a b] | a>b 700us", ""},
		meaning{"Source;Target;Weight\na;b;1,5\n", "net[a b] | a>b *1.5", ""},
		meaning{"source|target\na|b\n", "net[a b] | a>b", ""},
		meaning{"source\ttarget\na\tb\n", "net[a b] | a>b", ""},
		meaning{"sep=|\nsource|target\na|b\n", "net[a b] | a>b", ""},
		meaning{"\"source\",\"target\"\n\"a,b\",\"c \"\"d\"\"\"\n", `net[a,b c "d"] | a,b>c "d"`, ""},
		meaning{"source,target\n\"a\nb\",c\n", "net[a\nb c] | a\nb>c", ""},
		meaning{"#node,a,p,,1,2,3,A\n#node,b,q,channel\nsource,target\nb,a\n", `p[a "A"@1,2,3] (q[b]) | b>a`, ""},
		meaning{"#node,a\n#node,b,,,,,,B\na,b\n", `net[a b "B"] | a>b`, ""},
		meaning{"#nodes: 34\n#node_count,2\na,b\n", "net[a b] | a>b", ""},
		meaning{"#node;a;{p}\n#node b\na;b\n", "{p}[a] net[b] | a>b", ""},
		meaning{"source,target,projection\na,b,{p}\n", "net[a b] | a>b :{p}", ""},
		meaning{"#undirected\na,b\n", "net[a b] | b>a, a>b | undirected", ""},
		meaning{"#undirected\n#node,z\n#node,a\nz,a,3\n", "net[z a] | a>z *3, z>a *3 | undirected", ""},
		meaning{"source,target,Type\na,b,Mutual\nb,a,both\n", "net[a b] | b>a, b>a, a>b, a>b | undirected", ""},
		meaning{"source,target,isDirected\na,b,no\nb,a,YES\n", "net[a b] | b>a, b>a, a>b", ""},
		meaning{"source,target,type\na,b,excitatory\n", "net[a b] | a>b", unusedEdges + "type" + takesOne},
		meaning{"source,target,type\na,b,\nb,a,undirected\n", "net[a b] | b>a, a>b, a>b", ""},
		meaning{"# head\n% more\na,b\n", "net[a b] | a>b", ""},
		meaning{"source,target\n#a,b\n#\n# c,d\n##,e\n", "net[#a b] | #a>b",
			"a line that begins with # or % and a blank is a comment: line 4 is left out; a line that begins with # or % and a blank is a comment: line 5 is left out"},
		meaning{"#a,b\nc,d\n", "net[c d] | c>d", ""},
		meaning{"a,b,1\n# c,d,2\n#e,a,3\n", "net[a b #e] | #e>a *3, a>b", ""},
	)
	means(t, TSV,
		meaning{"a b\n", "net[a b] | a>b", ""},
		meaning{"a  b  2.5\n b   c   3\n", "net[a b c] | a>b *2.5, b>c *3", ""},
		meaning{"a\tb c\nb c\td\n", "net[a b c d] | a>b c, b c>d", ""},
		meaning{"1 2 {'weight': 2, \"delay\": 700, 'port': 'l', 'c': [1, {2: 3}]}\n", "net[1 2] | 1>2 *2 700us l", unusedEdges + "c" + takesOne},
		meaning{"1,2,{'weight': -1e-3}\n", "net[1 2] | 1>2 *-0.001", ""},
		meaning{"1 2 {'a\\'b': 'it\\\\s', 'weight': 4,}\n", "net[1 2] | 1>2 *4", unusedEdges + "a'b" + takesOne},
		meaning{"# Undirected graph: x\n# Nodes: 2\n1\t2\n", "net[1 2] | 2>1, 1>2 | undirected", ""},
		meaning{"% sym positive\n1 2 4\n", "net[1 2] | 2>1 *4, 1>2 *4 | undirected", ""},
		meaning{"% asym positive\n1 2 4\n", "net[1 2] | 1>2 *4", ""},
	)
}

func TestAdjacencyListsMean(t *testing.T) {
	means(t, AdjacencyList,
		meaning{"a\n", "net[a] | ", ""},
		meaning{"a b\tc\n\n# b a\nb b\n", "net[a b c] | a>b, b>b, a>c", ""},
		meaning{"\"a b\" c c\n", "net[a b c] | a b>c, a b>c", ""},
		meaning{"1 0\n0\n", "net[0 1] | 1>0", ""},
	)
}

func TestMatricesMean(t *testing.T) {
	square := func(n string) string { return "read as a matrix of " + n + " × " + n + ", from the row to the column" }
	means(t, Matrix,
		meaning{"5\n", "net[0] | 0>0 *5", square("1")},
		meaning{"0 1\n-2.5 0\n", "net[0 1] | 1>0 *-2.5, 0>1", square("2")},
		meaning{"0;1,5\n0;0\n", "net[0 1] | 0>1 *1.5", square("2")},
		meaning{"# c\n0\t1\n\n0\t0\n", "net[0 1] | 0>1", square("2")},
		meaning{"0,,nan\n1,NaN,0\n0,0,0\n", "net[0 1 2] | 1>0", square("3")},
		meaning{"a,b\n0,1\n0,0\n", "net[a b] | a>b", square("2")},
		meaning{",a,b\na,0,1\nb,0,0\n", "net[a b] | a>b", square("2")},
		meaning{"x,a,b\na,0,1\nb,0,0\n", "net[a b] | a>b", square("2")},
		meaning{"a,b\na,0,1\nb,0,0\n", "net[a b] | a>b", square("2")},
		meaning{",a,b\n0,0,1\n1,0,0\n", "net[a b] | a>b", square("2")},
		meaning{",a,b\n1,0,1\n2,0,0\n", "net[a b] | a>b", square("2")},
		meaning{"n,0,1\n0,0,1\n1,0,0\n", "net[0 1] | 0>1", square("2")},
		meaning{"b,0,1\na,2,0\n", "net[b a] | a>b *2, b>a", square("2")},
		meaning{"\"a,b\",c\n0,1\n0,0\n", "net[a,b c] | a,b>c", square("2")},
	)
	means(t, CSV, // a list, or a matrix?
		meaning{"0,1\n1,0\n", "net[0 1] | 1>0, 0>1", ""},
		meaning{"0,1.0\n1,0\n", "net[0 1] | 1>0, 0>1", square("2")},
		meaning{"0,1,2\n1,0,3\n2,1,0\n", "net[0 1 2] | 1>0, 2>0 *2, 0>1, 2>1, 0>2 *2, 1>2 *3", square("3")},
		meaning{"0,1,2\n1,2,3\n2,3,4\n", "net[0 1 2 3] | 0>1 *2, 1>2 *3, 2>3 *4", ""},
		meaning{"0,1,2\n0,1,3\n2,3,4\n", "net[0 1 2] | 2>0 *2, 0>1, 1>1, 2>1 *3, 0>2 *2, 1>2 *3, 2>2 *4", square("3")},
		meaning{"1,2,0\n1,0,3\n1,3,4\n", "net[0 1 2] | 0>0, 1>0, 2>0, 0>1 *2, 2>1 *3, 1>2 *3, 2>2 *4", square("3")},
		meaning{"1,2,3\n2,3,1\n", "net[1 2 3] | 1>2 *3, 2>3", ""},
		meaning{"1,2,3,4\n1,2,3,4\n1,2,3,4\n", "net[1 2] | 1>2 *3, 1>2 *3, 1>2 *3", unusedEdges + "column 4" + takesOne},
		meaning{"V1,V2,V3\n1,2,3\n2,3,4\n3,4,5\n", "net[1 2 3 4] | 1>2, 2>3, 3>4", unusedEdges + "V3" + takesOne},
		meaning{"source,target,weight\n1,2,3\n2,3,4\n3,4,5\n", "net[1 2 3 4] | 1>2 *3, 2>3 *4, 3>4 *5", ""},
		meaning{"a,0,1,0\na,0,0,2\nc,3,0,0\n", "net[a 0 c 3] | a>0, a>0 *0, c>3 *0", unusedEdges + "column 4" + takesOne},
	)
}

func TestMatrixMarketMeans(t *testing.T) {
	const array = "%%MatrixMarket matrix array "
	const coordinate = "%%MatrixMarket matrix coordinate "
	means(t, MatrixMarket,
		meaning{banner + "2 2 0\n", "net[0 1] | ", ""},
		meaning{banner + "% c\n2 2 2 \n1 2 -3.5\n\n2 2 1\n", "net[0 1] | 0>1 *-3.5, 1>1", ""},
		meaning{banner + "2 2 1\n1 2 0\n", "net[0 1] | 0>1 *0", ""},
		meaning{banner + "2 2 2\n1 2 1\n1 2 4\n", "net[0 1] | 0>1, 0>1 *4", ""},
		meaning{"%%matrixmarket MATRIX Coordinate Double GENERAL\n1 1 1\n1 1 2\n", "net[0] | 0>0 *2", ""},
		meaning{coordinate + "integer general\n1 1 1\n1 1 2\n", "net[0] | 0>0 *2", ""},
		meaning{coordinate + "pattern general\n2 2 2\n1 2\n2 1 7\n", "net[0 1] | 1>0 *7, 0>1", ""},
		meaning{coordinate + "real symmetric\n2 2 2\n2 1 3\n1 1 4\n", "net[0 1] | 0>0 *4, 1>0 *3, 0>1 *3 | undirected", ""},
		meaning{coordinate + "real skew-symmetric\n2 2 1\n2 1 3\n", "net[0 1] | 1>0 *3, 0>1 *-3", ""},
		meaning{array + "real general\n2 2\n0\n1\n2\n3\n", "net[0 1] | 1>0, 0>1 *2, 1>1 *3", ""},
		meaning{array + "real symmetric\n2 2\n5\n1\n0\n", "net[0 1] | 0>0 *5, 1>0, 0>1 | undirected", ""},
		meaning{array + "real skew-symmetric\n3 3\n1\n2\n3\n", "net[0 1 2] | 1>0, 2>0 *2, 0>1 *-1, 2>1 *3, 0>2 *-2, 1>2 *-3", ""},
		meaning{banner + "%node\t0\tp\t\t1\t2\t3\tA\n%node\t1\tq\tchannel\n2 2 1\n2 1 1\n", `p[A@1,2,3] (q[1]) | 1>A`, ""},
		meaning{banner + "%edges\t5000\tl\tp\n2 2 2\n1 2 1\n2 1 3\n", "net[0 1] | 1>0 *3 5000us l :p, 0>1 5000us l :p", ""},
		meaning{banner + "%edge\t5000\tl\tp\n%edge\t\tr\n2 2 2\n1 2 1\n2 1 3\n", "net[0 1] | 1>0 *3 r, 0>1 5000us l :p", ""},
		meaning{banner + "%edge\t5000\n%edges\t7000\n2 2 1\n1 2 1\n", "net[0 1] | 0>1 5000us", ""},
	)
}

func TestArraysMean(t *testing.T) {
	means(t, NPY,
		meaning{npyFile("'|u1'", "(2, 2)", "\x00\x05\x07\x00"), "net[0 1] | 1>0 *7, 0>1 *5", ""},
		meaning{npyFile("'|b1'", "(2, 2)", "\x00\x01\x00\x01"), "net[0 1] | 0>1, 1>1", ""},
		meaning{npyFile("'>f4'", "(1, 1)", "\xc0\x20\x00\x00"), "net[0] | 0>0 *-2.5", ""},
	)
	means(t, NPZ,
		meaning{npzFile(t, "a", npyFile("'|u1'", "(2, 2)", "\x00\x05\x07\x00")), "net[0 1] | 1>0 *7, 0>1 *5", ""},
		meaning{scipyFile(t, "coo", "\x02\x02", "\x05\x00\xff", "row", "\x00\x01\x01", "col", "\x01\x00\x01"), "net[0 1] | 0>1 *5, 1>1 *-1", ""},
		meaning{scipyFile(t, "csr", "\x02\x02", "\x05\x06\x07", "indptr", "\x00\x01\x03", "indices", "\x01\x00\x01"), "net[0 1] | 1>0 *6, 0>1 *5, 1>1 *7", ""},
		meaning{scipyFile(t, "csc", "\x02\x02", "\x05\x06\x07", "indptr", "\x00\x01\x03", "indices", "\x01\x00\x01"), "net[0 1] | 1>0 *5, 0>1 *6, 1>1 *7", ""},
		meaning{scipyFile(t, "csr", "\x02\x02", "", "indptr", "\x00\x00\x00", "indices", ""), "net[0 1] | ", ""},
	)
}

func TestJSONMeans(t *testing.T) {
	means(t, JSON,
		// networkx and D3
		meaning{`{"directed": true, "nodes": [{"id": 0}, {"id": 1, "label": "B", "x": 1}], "links": [{"source": 0, "target": 1, "weight": 2.5}]}`, `net[0 1 "B"] | 0>1 *2.5`, ""},
		meaning{`{"nodes": ["a", 7], "links": [{"source": "a", "target": 7}]}`, "net[a 7] | 7>a, a>7 | undirected", nothingSays + "undirected"},
		meaning{`{"directed": false, "multigraph": true, "graph": {"name": "g"}, "nodes": [{"id": 0}], "links": []}`, "net[0] |  | undirected", ""},
		meaning{`{"directed": true, "nodes": {"a": {}, "b": {"kind": "channel"}}, "links": [{"source": "b", "target": "a", "id": 3, "key": 0}]}`, "net[a] (inputs[b]) | b>a", ""},
		meaning{`{"directed": true, "nodes": [{"id": "a", "position": {"x": 1, "y": 2}, "pos": [1, 2]}], "links": []}`, "net[a@1,2,0] | ", unusedNodes + "pos"},
		meaning{`{"directed": true, "nodes": [{"key": "a", "attributes": {"population": "p"}}], "links": []}`, "p[a] | ", ""},
		meaning{`{"directed": true, "nodes": [{}, {}], "links": [{"source": 0, "target": 1}]}`, "net[0 1] | 0>1", ""},
		meaning{`{"directed": true, "nodes": [{"name": "A"}, {"name": "B"}], "links": [{"source": 1, "target": 0}]}`, "net[A B] | B>A", ""},
		meaning{`{"directed": true, "nodes": [{"name": "A"}, {"name": "A"}], "links": []}`, `net[0 "A" 1 "A"] | `, ""},
		meaning{`{"directed": true, "nodes": [{"id": "x"}, {"id": "y"}], "links": [{"source": 0, "target": 1}]}`, "net[x y] | x>y", "links refer to nodes by their positions in the list, not by their ids"},
		meaning{`{"directed": true, "nodes": [{"id": "a"}], "links": [{"source": "a", "target": "a", "colour": "red", "list": []}]}`, "net[a] | a>a", unusedEdges + "colour, list" + takesOne},
		meaning{`{"directed": true, "nodes": [{"id": "a"}], "links": [{"source": "a", "target": "a", "weight": null, "delay": "700", "port": "l", "projection": "p"}]}`, "net[a] | a>a 700us l :p", ""},
		meaning{`{"directed": true, "nodes": ["a", "b"], "edges": [{"source": "a", "target": "b", "directed": false}]}`, "net[a b] | b>a, a>b | undirected", ""},
		meaning{`{"directed": true, "nodes": ["a", "b"], "edges": [{"source": "a", "target": "b", "undirected": true}, {"source": "a", "target": "a"}]}`, "net[a b] | a>a, b>a, a>b", ""},
		meaning{`{"directed": true, "edges": [["a", "b"], ["b", "a", 2]]}`, "net[a b] | b>a *2, a>b", "edges without a weight are taken as 1: 1 of 2"},
		meaning{`{"directed": true, "nodes": ["a", "b"], "edges": [{"pre": "a", "post": "b"}]}`, "net[a b] | a>b", ""},
		meaning{`{"nodes": ["a"], "links": [], "meta": {"b": [1, {"c": [2]}, []], "d": 3}, "list": [[], {}], "directed": true}`, "net[a] | ", ""},
		meaning{`{"meta": {"nodes": [1, 2]}, "directed": true, "nodes": ["a"], "links": []}`, "net[a] | ", ""},
		meaning{`{"graph": {"name": ["x", {"y": 1}], "z": {}}, "nodes": ["a"], "links": []}`, "net[a] |  | undirected", nothingSays + "undirected"},
		// adjacency
		meaning{`{"directed": true, "nodes": [{"id": "a"}, {"id": "b"}], "adjacency": [[{"id": "b", "weight": 2}, {"id": "a"}], []]}`, "net[a b] | a>a, a>b *2", "edges without a weight are taken as 1: 1 of 2"},
		meaning{`{"directed": false, "nodes": [{"id": "a"}, {"id": "b"}], "adjacency": [[{"id": "b"}], [{"id": "a"}]]}`, "net[a b] | b>a, a>b", ""},
		// Cytoscape
		meaning{`{"elements": {"nodes": [{"data": {"id": "a"}, "position": {"x": 1, "y": 2}}], "edges": [{"data": {"source": "a", "target": "a", "weight": 3}}]}}`, "net[a@1,2,0] | a>a *3", nothingSays + "directed"},
		meaning{`{"elements": [{"data": {"id": "a"}}, {"data": {"id": "b"}}, {"data": {"source": "a", "target": "b"}}]}`, "net[a b] | a>b", nothingSays + "directed"},
		meaning{`{"directed": false, "elements": {"nodes": [{"data": {"id": "a"}}, {"data": {"id": "b"}}], "edges": [{"data": {"source": "a", "target": "b"}}]}}`, "net[a b] | b>a, a>b | undirected", ""},
		// JSON Graph Format
		meaning{`{"graph": {"nodes": {"a": {"label": "A"}, "b": {"metadata": {"x": 1}}}, "edges": [{"source": "a", "target": "b", "metadata": {"weight": 4}}]}}`, `net[a "A" b] | a>b *4`, nothingSays + "directed"},
		meaning{`{"graph": {"directed": false, "nodes": {"a": {}, "b": {}}, "edges": [{"source": "a", "target": "b"}]}}`, "net[a b] | b>a, a>b | undirected", ""},
		meaning{`{"graphs": [{"nodes": {"a": {}}}]}`, "net[a] | ", nothingSays + "directed"},
		// graphology
		meaning{`{"options": {"type": "undirected"}, "nodes": [{"key": "a"}, {"key": "b"}], "edges": [{"key": "e", "source": "a", "target": "b", "attributes": {"weight": 2}}]}`, "net[a b] | b>a *2, a>b *2 | undirected", ""},
		meaning{`{"options": {"type": "directed"}, "nodes": [{"key": "a"}], "edges": []}`, "net[a] | ", ""},
		meaning{`{"options": 3, "nodes": [{"key": "a"}], "edges": []}`, "net[a] |  | undirected", nothingSays + "undirected"},
		// lists and objects
		meaning{`[{"source": "a", "target": "b", "weight": 2}, {"source": "b", "target": "a"}]`, "net[a b] | b>a, a>b *2", nothingSays + "directed; edges without a weight are taken as 1: 1 of 2"},
		meaning{`[{"data": {"id": "a"}}, {"data": {"source": "a", "target": "a"}}]`, "net[a] | a>a", nothingSays + "directed"},
		meaning{`{"a": ["b", 3, true], "b": []}`, "net[a b 3 true] | a>b, a>3, a>true", readTargets},
		meaning{`{"a": {"b": 2, "c": {"weight": 3}, "d": {}}, "b": {}}`, "net[a b c d] | a>b *2, a>c *3, a>d", readTargets + "; edges without a weight are taken as 1: 1 of 3"},
	)
}
