package graphio

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/topology"
)

const xmlHead = `<graphml xmlns="http://graphml.graphdrawing.org/xmlns">`

// edgesOf lists the synapses as "source>target weight", by name.
func edgesOf(g *topology.Graph) string {
	var out []string
	for _, s := range g.Synapses() {
		e := g.Name(s.Source) + ">" + g.Name(s.Target)
		if s.Weight != 1 {
			e += fmt.Sprintf(" %v", s.Weight)
		}
		if s.Delay != 1000 {
			e += fmt.Sprintf(" %dus", s.Delay)
		}
		out = append(out, e)
	}
	return strings.Join(out, ", ")
}

// npzFile is an archive of arrays, given as alternating names and files.
func npzFile(t *testing.T, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.Create(parts[i] + ".npy")
		if err == nil {
			_, err = f.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// fieldFile is a file as another program writes it, with the edges that it
// means and the notes about the rest.
type fieldFile struct {
	format Format
	text   string
	opts   Options
	edges  string
	note   string
}

func readsField(t *testing.T, files map[string]fieldFile) {
	t.Helper()
	for name, c := range files {
		g, notes, err := ReadWith(strings.NewReader(c.text), c.format, c.opts)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := edgesOf(g); got != c.edges {
			t.Errorf("%s: %s, want %s", name, got, c.edges)
		}
		told := strings.Join(notes, "; ")
		if !strings.Contains(told, c.note) || c.note == "" && told != "" && !strings.HasPrefix(told, "nothing says") {
			t.Errorf("%s: told %q, want %q", name, told, c.note)
		}
	}
}

func TestListsOfTheField(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte("source,target\na,b\n"))
	_ = w.Close()
	readsField(t, map[string]fieldFile{
		"CAVE":                   {CSV, "pre_root_id,post_root_id\n701,702\n702,703\n", Options{}, "701>702, 702>703", ""},
		"CAVE with places":       {CSV, "pre_pt_position,post_pt_position,pre_root_id,post_root_id\n5,6,701,702\n", Options{}, "701>702", "pre_pt_position"},
		"neuPrint":               {CSV, "bodyId_pre,bodyId_post,weight\n11,12,7\n12,13,4\n", Options{}, "11>12 7, 12>13 4", ""},
		"worm":                   {CSV, "Neuron 1,Neuron 2,Type,Nbr\nADAL,ADAR,EJ,1\n", Options{}, "ADAL>ADAR", "Type, Nbr"},
		"columns in any order":   {CSV, "w,to,from\n2,b,a\n", Options{Weight: "w"}, "a>b 2", ""},
		"named columns":          {CSV, "anfang,ende,staerke\na,b,2\n", Options{Source: "anfang", Target: "ende", Weight: "staerke"}, "a>b 2", ""},
		"weight by another name": {CSV, "pre,post,syn_count\n1,2,7\n", Options{}, "1>2", "syn_count"},
		"no header":              {CSV, "a,a,1\nb,a,2\n", Options{}, "a>a, b>a 2", ""},
		"Gephi":                  {CSV, "Source,Target,Type,Id,Label,Weight\n1,2,Undirected,0,,2.0\n2,3,Directed,1,,1\n", Options{}, "2>1 2, 1>2 2, 2>3", "Id"},
		"semicolons":             {CSV, "source;target;weight\na;b;1,5\n", Options{}, "a>b 1.5", ""},
		"SNAP":                   {TSV, "# Directed graph: x\n# FromNodeId\tToNodeId\n30\t1412\n30\t3352\n", Options{}, "30>1412, 30>3352", ""},
		"SNAP undirected":        {TSV, "# Undirected graph: ../x.txt\n30\t14\n", Options{}, "30>14, 14>30", ""},
		"KONECT":                 {TSV, "% asym weighted\n% 2 3 3\n1 2 3 1082008561\n2 3 1 1082008562\n", Options{}, "1>2 3, 2>3", "column 4"},
		"KONECT undirected":      {TSV, "% sym unweighted\n1 2\n", Options{}, "2>1, 1>2", ""},
		"networkx edges":         {TSV, "0 1 {'weight': 3.0, 'why': \"it's {a}, b\"}\n1 2 {}\n", Options{}, "0>1 3, 1>2", "why"},
		"adjacency list":         {AdjacencyList, "# networkx\na b c\nb\nc a\n", Options{}, "c>a, a>b, a>c", ""},
		"names before rows":      {CSV, "a,0,1,0\nb,0,0,2\nc,3,0,0\n", Options{}, "c>a 3, a>b, b>c 2", "matrix of 3 × 3"},
		"names before a matrix":  {Matrix, "a 0 1\nb 2 0\n", Options{}, "b>a 2, a>b", "matrix of 2 × 2"},
		"edges of four columns":  {CSV, "a,1,2,5\nb,2,3,5\na,3,4,5\n", Options{}, "a>1 2, b>2 3, a>3 4", "column 4"},
		"forced undirected":      {CSV, "a,b\n", Options{Undirected: true}, "b>a, a>b", ""},
		"blanks and quotes":      {CSV, "\"a\", \"b\"\n\"b\", \"c d\"\n", Options{}, "a>b, b>c d", ""},
		"hashtags":               {CSV, "source,target\n#a,b\n# a remark, or two\nb,#a\n", Options{}, "b>#a, #a>b", "line 3 is left out"},
		"words above words":      {CSV, "anfang,ende\na,b\nb,c\n", Options{}, "anfang>ende, a>b, b>c", "first line is taken as an edge"},
		"ids apart from names":   {CSV, "edge_id,source_id,target_id\n9,1,2\n", Options{}, "1>2", "edge_id"},
		"index of pandas":        {CSV, ",from,to\n0,a,b\n", Options{}, "a>b", "without a name"},
		"direction by a column":  {CSV, "source,target,directed\na,b,false\nb,c,True\n", Options{}, "b>a, a>b, b>c", ""},
		"undirected by a column": {CSV, "source,target,undirected\na,b,1\nb,c,0\n", Options{}, "b>a, a>b, b>c", ""},
		"both ways listed":       {TSV, "# Undirected graph: x\n1 2\n2 1\n2 2\n", Options{}, "2>1, 1>2, 2>2", "both ways round"},
		"both ways, forced":      {CSV, "1,2\n2,1\n", Options{Undirected: true}, "2>1, 1>2", "both ways round"},
		"one way twice":          {TSV, "# Undirected graph: x\n1 2\n1 2\n", Options{}, "2>1, 2>1, 1>2, 1>2", ""},
		"Latin 1 list":           {CSV, "source,target\n\xe9,\xe8\n", Options{}, "é>è", "Latin-1"},
		"delay in seconds":       {CSV, "source,target,delay [s]\na,b,0.002\n", Options{}, "a>b 2000us", ""},
		"delay of another":       {CSV, "source,target,delay\na,b,3 days\n", Options{}, "a>b", "delay"},
		"some weights":           {CSV, "source,target,weight\na,b,2\nb,c,\n", Options{}, "a>b 2, b>c", "1 of 2"},
		"matrix of two":          {TSV, "0.0 1.5\n2.5 0.0\n", Options{}, "1>0 2.5, 0>1 1.5", "matrix"},
		"matrix of spreadsheets": {CSV, ";A;B\nA;0;1,5\nB;0;0\n", Options{}, "A>B 1.5", "matrix"},
		"matrix of R":            {CSV, "\"\",\"V1\",\"V2\",\"V3\"\n\"1\",0,1,0\n\"2\",0,0,2\n\"3\",1,0,0\n", Options{}, "V3>V1, V1>V2, V2>V3 2", "matrix"},
		"edges of R":             {CSV, "\"\",\"V1\",\"V2\"\n\"1\",7,8\n\"2\",8,9\n", Options{}, "7>8, 8>9", "without a name"},
		"line ends of old":       {CSV, "source,target\ra,b\r", Options{}, "a>b", ""},
		"delays":                 {CSV, "source,target,delay\n1,2,1.5\n2,3,2.0\n", Options{DelayUnit: 1000}, "1>2 1500us, 2>3 2000us", ""},
		"delays in the head":     {CSV, "source,target,delay [ms]\n1,2,1.5\n", Options{}, "1>2 1500us", ""},
		"short delays":           {CSV, "source,target,delay\n1,2,2\n", Options{}, "1>2 2us", "--delay-unit ms"},
		"matrix":                 {CSV, "0,1,0\n1,0,1\n0,1,0\n", Options{}, "1>0, 0>1, 2>1, 1>2", "matrix"},
		"three weighted edges":   {CSV, "0,1,0.5\n1,2,0.3\n2,0,0.1\n", Options{}, "2>0 0.1, 0>1 0.5, 1>2 0.3", ""},
		"labelled matrix":        {CSV, ",A,B,C\nA,0,1,0\nB,0,0,2\nC,1,0.5,0\n", Options{}, "C>A, A>B, C>B 0.5, B>C 2", "matrix"},
		"numbered matrix":        {CSV, ",5,6\n5,0,1\n6,0,0\n", Options{}, "5>6", "matrix"},
		"head alone":             {CSV, "A,B,C\n0,1,0\n0,0,2\n0,0,0\n", Options{}, "A>B, B>C 2", "matrix"},
		"savetxt":                {TSV, "0.0 1.0 0.0 0.0\n0 0 0 0\n0 0 0 2.5\n0 0 0 0\n", Options{}, "0>1, 2>3 2.5", "matrix"},
		"packed":                 {CSV, packed.String(), Options{}, "a>b", ""},
		"separator of Excel":     {CSV, "sep=;\r\nsource;target;weight\r\na;b;1,5\r\n", Options{}, "a>b 1.5", ""},
	})
}

func TestXMLOfTheField(t *testing.T) {
	readsField(t, map[string]fieldFile{
		"defaults":         {GraphML, xmlHead + `<key id="w" for="edge" attr.name="weight"><default>2.5</default></key><graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"/><edge source="b" target="a"><data key="w">4</data></edge></graph></graphml>`, Options{}, "b>a 4, a>b 2.5", ""},
		"mixed":            {GraphML, xmlHead + `<graph edgedefault="directed"><node id="a"/><node id="b"/><node id="c"/><edge source="a" target="b" directed="false"/><edge source="a" target="c"/></graph></graphml>`, Options{}, "b>a, a>b, a>c", ""},
		"nested":           {GraphML, xmlHead + `<graph edgedefault="directed"><node id="g"><data key="d">x</data><graph id="g:" edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph></node><node id="c"/><edge source="b" target="c"/></graph></graphml>`, Options{}, "a>b, b>c", "left out"},
		"foreign port":     {GraphML, xmlHead + `<key id="p" for="edge" attr.name="port"/><graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b"><data key="p">80</data></edge></graph></graphml>`, Options{}, "a>b", "port"},
		"Latin 1":          {GraphML, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + xmlHead + "<graph edgedefault=\"directed\"><node id=\"\xe9\"/><edge source=\"\xe9\" target=\"\xe9\"/></graph></graphml>", Options{}, "é>é", ""},
		"mixed GEXF":       {GEXF, `<gexf><graph defaultedgetype="directed"><nodes><node id="a"/><node id="b"/></nodes><edges><edge source="a" target="b" type="undirected"/></edges></graph></gexf>`, Options{}, "b>a, a>b", ""},
		"GEXF defaults":    {GEXF, `<gexf><graph defaultedgetype="directed"><attributes class="edge"><attribute id="0" title="delay" type="integer"><default>7</default></attribute></attributes><nodes><node id="a"/></nodes><edges><edge source="a" target="a"/></edges></graph></gexf>`, Options{}, "a>a 7us", "--delay-unit"},
		"GEXF under .xml":  {GraphML, `<gexf><graph defaultedgetype="directed"><nodes><node id="a"/></nodes></graph></gexf>`, Options{}, "", ""},
		"kinds of another": {GraphML, xmlHead + `<key id="k" for="node" attr.name="kind"/><graph edgedefault="directed"><node id="a"><data key="k">person</data></node><node id="b"><data key="k">channel</data></node><edge source="a" target="b"/></graph></graphml>`, Options{}, "a>b", "kind"},
		"time of GEXF":     {GEXF, `<gexf><graph defaultedgetype="directed"><nodes><node id="a" start="1"><viz:color r="1"/></node></nodes><edges><edge source="a" target="a" end="2"/></edges></graph></gexf>`, Options{}, "a>a", "start, color; edge attributes that are not used: end"},
	})
}

func TestJSONOfTheField(t *testing.T) {
	readsField(t, map[string]fieldFile{
		"D3 without ids":        {JSON, `{"nodes":[{"name":"M"},{"name":"N"},{"name":"B"}],"links":[{"source":1,"target":0},{"source":2,"target":0}]}`, Options{}, "N>M, B>M, M>N, M>B", ""},
		"D3, a name twice":      {JSON, `{"nodes":[{"name":"M"},{"name":"M"}],"links":[{"source":1,"target":0}]}`, Options{}, "1>0, 0>1", ""},
		"D3 by places":          {JSON, `{"links":[{"source":1,"target":0}],"nodes":[{"id":"M"},{"id":"N"}],"directed":true}`, Options{}, "N>M", "by their positions"},
		"Cytoscape":             {JSON, `{"data":{},"elements":{"nodes":[{"data":{"id":"a"},"position":{"x":1,"y":2}},{"data":{"id":"b"}}],"edges":[{"data":{"source":"a","target":"b","weight":2}}]}}`, Options{}, "a>b 2", "directed"},
		"Cytoscape list":        {JSON, `{"elements":[{"data":{"id":"a"}},{"data":{"id":"e","source":"a","target":"a"}}]}`, Options{}, "a>a", ""},
		"JSON Graph Format":     {JSON, `{"graph":{"directed":true,"nodes":{"a":{"label":"A"},"b":{}},"edges":[{"source":"a","target":"b","metadata":{"weight":2}}]}}`, Options{}, "a>b 2", ""},
		"adjacency data":        {JSON, `{"directed":false,"graph":[],"nodes":[{"id":0},{"id":1}],"adjacency":[[{"id":1,"weight":2}],[{"id":0,"weight":2}]]}`, Options{}, "1>0 2, 0>1 2", ""},
		"D3":                    {JSON, `{"nodes":[{"name":"Ann"},{"name":"Bob"}],"links":[{"source":0,"target":1,"value":3}]}`, Options{Weight: "value"}, "Bob>Ann 3, Ann>Bob 3", "undirected"},
		"lists":                 {JSON, `{"a":["b"],"b":["c"],"c":[]}`, Options{}, "a>b, b>c", "targets"},
		"objects":               {JSON, `{"a":{"b":{"weight":2}},"b":{}}`, Options{}, "a>b 2", "targets"},
		"records":               {JSON, `[{"pre":"a","post":"b","weight":2},{"pre":"b","post":"c"}]`, Options{}, "a>b 2, b>c", "1 of 2"},
		"elements alone":        {JSON, `[{"data":{"id":"a"}},{"data":{"source":"a","target":"a"}}]`, Options{}, "a>a", ""},
		"pairs":                 {JSON, `{"directed":true,"edges":[["a","b"],["b","c",2]]}`, Options{}, "a>b, b>c 2", "1 of 2"},
		"from and to":           {JSON, `{"directed":true,"nodes":[{"id":1},{"id":2}],"edges":[{"from":1,"to":2}]}`, Options{}, "1>2", ""},
		"adjacency first":       {JSON, `{"adjacency":[[{"id":"b"}],[]],"directed":true,"nodes":[{"id":"a"},{"id":"b"}]}`, Options{}, "a>b", ""},
		"graphology":            {JSON, `{"options":{"type":"mixed"},"nodes":[{"key":"a"},{"key":"b","attributes":{"label":"B"}}],"edges":[{"key":"e","source":"a","target":"b","undirected":true}]}`, Options{}, "b>a, a>b", ""},
		"one of several graphs": {JSON, `{"graphs":[{"directed":true,"nodes":{"a":{},"b":{}},"edges":[{"source":"a","target":"b"}],"hyperedges":[]}]}`, Options{}, "a>b", ""},
	})
}

func TestOthersOfTheField(t *testing.T) {
	square, texts2 := npyFile("'<i2'", "(2, 2)", "\x00\x00\xff\xff\x03\x00\x00\x00"), npyFile("'|S1'", "(2,)", "ab")
	readsField(t, map[string]fieldFile{
		"strict":                 {DOT, "strict digraph { a -> b; a -> b [weight=2]; b -> c }", Options{}, "a>b 2, b>c", ""},
		"strict undirected":      {DOT, "strict graph { a -- b; b -- a }", Options{}, "b>a, a>b", ""},
		"DOT defaults":           {DOT, "digraph { edge [weight=2]; a -> b; { edge [weight=3] b -> c } c -> a [weight=1] }", Options{}, "c>a, a>b 2, b>c 3", ""},
		"GML":                    {GML, "Creator \"x\"\ngraph [\n directed 1\n node [ id 7 label \"a\" ]\n node [ id 9 label \"b &amp; c\" graphics [ x 1 y 2 z 0 ] ]\n edge [ source 7 target 9 value 2.5 ] ]", Options{}, "a>b & c 2.5", ""},
		"GML undirected":         {GML, "graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 ] ]", Options{}, "2>1, 1>2", ""},
		"Pajek":                  {Pajek, "*Network x\n*Vertices 3\n1 \"a\" 0.1 0.2 0.5 ic Red\n2 \"b c\"\n*Arcs\n1 2 3 l \"x\"\n*Edges\n2 3\n*Arcslist\n3 1 2\n", Options{}, "3>a, a>b c 3, 3>b c, 3>b c, b c>3", "ic"},
		"skew":                   {MatrixMarket, "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 3\n", Options{}, "1>0 3, 0>1 -3", ""},
		"matrix with names":      {NPZ, npzFile(t, "W", square, "names", texts2, "T", npyFile("'<i2'", "(1,)", "\x01\x00")), Options{}, "b>a 3, a>b -1", "not used: T"},
		"matrix, names too many": {NPZ, npzFile(t, "W", square, "names", npyFile("'|S1'", "(3,)", "abc")), Options{}, "1>0 3, 0>1 -1", "not used: names"},
		"int16":                  {NPY, npyFile("'<i2'", "(2, 2)", "\x00\x00\xff\xff\x03\x00\x00\x00"), Options{}, "1>0 3, 0>1 -1", ""},
	})
}

// TestUnknownFormat: a file without a graph gives an error that says what
// the file contains.
func TestUnknownFormat(t *testing.T) {
	for name, c := range map[string]struct {
		format Format
		text   string
		want   string
	}{
		"web page as GraphML":  {GraphML, "<html><body><p>Not found</p></body></html>", "no <graph>"},
		"web page as list":     {TSV, "<!DOCTYPE html>\n<p>not found</p>\n", "HTML"},
		"NeuroML":              {GraphML, "<neuroml><network/></neuroml>", "NeuroML"},
		"JSON of another":      {JSON, `{"name":"x","version":2}`, `"name", "version"`},
		"empty JSON":           {JSON, `{}`, "no graph"},
		"unknown head":         {CSV, "alpha,beta,n\nx,y,1\n", "--source NAME"},
		"unknown head alone":   {CSV, "alpha,beta\n1,2\n2,3\n", "--source NAME"},
		"list of nodes":        {CSV, "Id,Label\n1,a\n2,b\n", "--source NAME"},
		"head alone":           {CSV, "source,target\n", "no edge"},
		"empty list":           {CSV, "# nothing\n", "no node"},
		"GML without graph":    {GML, "Creator \"x\"", "graph ["},
		"Pajek without":        {Pajek, "hello", "*Vertices"},
		"two-mode KONECT":      {TSV, "% bip unweighted\n1 1\n", "bipartite"},
		"delays in ms":         {CSV, "source,target,delay\n1,2,1.5\n", "--delay-unit ms"},
		"ports":                {CSV, "source,target,port\n0,1,c\n1,0,80\n", "expected r, c or l"},
		"ragged matrix":        {Matrix, "0,1\n1\n", "1 numbers in row 2"},
		"order of a matrix":    {Matrix, ",a,b\nb,0,1\na,0,0\n", "one order"},
		"Git LFS":              {CSV, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull"},
		"git-annex":            {GraphML, "/annex/objects/SHA256E-s1--0.graphml\n", "git annex get"},
		"HDF5 as a matrix":     {NPY, "\x89HDF\r\n\x1a\n", "HDF5"},
		"comments alone":       {TSV, "#a #b\n#b #c\n", "only comments: 2 lines"},
		"two orders":           {CSV, ",A,B\nB,0,1\nA,1,0\n", "one order"},
		"adjacency of more":    {JSON, `{"nodes":[{"id":1}],"adjacency":[[],[]]}`, "2 lists"},
		"list of lists":        {JSON, `[[0,1],[1,0]]`, "a matrix or a list of pairs"},
		"adjacency with more":  {AdjacencyList, "a 1\nb {'weight': 3}\n", "write_multiline_adjlist"},
		"hyperedges":           {JSON, `{"graph":{"directed":true,"nodes":{"a":{},"b":{}},"hyperedges":[{"nodes":["a","b"]}]}}`, "hyperedges"},
		"several graphs":       {JSON, `{"graphs":[{"nodes":{"a":{}}},{"nodes":{"b":{}}}]}`, "one graph per file"},
		"UCINET as text":       {TSV, "DL N=3\nFORMAT = FULLMATRIX\nDATA:\n0 1 0\n", "UCINET DL"},
		"unknown head, commas": {CSV, "anfang;ende;gewicht\na;b;1,5\n", "--source NAME"},
		"records of numpy":     {NPY, npyFile("[('pre', '<i2'), ('post', '<i2')]", "(1,)", "\x00\x00\x01\x00"), "array of records"},
		"two matrices":         {NPZ, npzFile(t, "W", npyFile("'<i2'", "(1, 1)", "\x01\x00"), "V", npyFile("'<i2'", "(1, 1)", "\x01\x00")), "one square matrix"},
		"damaged npz":          {NPZ, "PK\x03\x04....", "npz"},
	} {
		if _, err := Read(strings.NewReader(c.text), c.format, Limits{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for name, want := range map[string]string{"x.h5": "SONATA", "y.nml": "NeuroML", "z.mat": "MATLAB"} {
		if _, err := FormatOf(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, want := range map[string]Format{"a.csv.gz": CSV, "out.moreno": TSV, "b.gml.zst": GML} {
		if f, err := FormatOf(name); err != nil || f != want {
			t.Errorf("%s: %v %v", name, f, err)
		}
	}
}

// TestForeignAttributes: an attribute of another program is not taken for ours
// only because it has the same name.
func TestForeignAttributes(t *testing.T) {
	g, notes, err := ReadWith(strings.NewReader(`<gexf><graph><attributes class="node"><attribute id="p" title="population"/></attributes><nodes><node id="0" label="A"><attvalues><attvalue for="p" value="285000"/></attvalues></node><node id="1"><attvalues><attvalue for="p" value="96000"/></attvalues></node></nodes></graph></gexf>`), GEXF, Options{})
	if err != nil || len(g.Populations) != 1 || g.Populations[0].Name != "net" || !strings.Contains(strings.Join(notes, ""), "population") {
		t.Error(g.Populations, notes, err)
	}
	g, notes, err = ReadWith(strings.NewReader(xmlHead+`<key id="x" for="node" attr.name="x"/><graph edgedefault="directed"><node id="a"><data key="x">NaN</data></node><node id="b"><data key="x">1</data></node></graph></graphml>`), GraphML, Options{})
	if err != nil || g.Populations[0].Positions != nil || len(notes) != 1 {
		t.Error(notes, err)
	}
}

// readsAndWrites is a Python program that reads the files we have written in a
// folder and writes the same graph with other libraries.
const readsAndWrites = `
import sys, json, networkx as nx, scipy.sparse as sp, pandas as pd
d = sys.argv[1] + "/"
E = {("AVAL", "a b", 2.5), ("a b", "é", -1.0), ("é", "AVAL", 3.0)}
I = {(0, 1, 2.5), (1, 2, -1.0), (2, 0, 3.0)}
def w(g, names=None):
    return {(names(u) if names else u, names(v) if names else v, float(a.get("weight", 1))) for u, v, a in g.edges(data=True)}
def is_(what, got, want):
    if got != want: raise SystemExit("%s: %s, want %s" % (what, got, want))
is_("gml", w(nx.read_gml(d + "ours.gml")), E)
is_("pajek", w(nx.read_pajek(d + "ours.pajek")), E)
is_("graphml", w(nx.read_graphml(d + "ours.graphml")), E)
is_("gexf", w(nx.read_gexf(d + "ours.gexf")), E)
is_("json", w(nx.node_link_graph(json.load(open(d + "ours.json")))), E)
m = sp.load_npz(d + "ours.npz").tocoo(); is_("npz", set(zip(m.row.tolist(), m.col.tolist(), m.data.tolist())), I)
f = pd.read_csv(d + "ours.matrix", index_col=0); is_("matrix", w(nx.from_pandas_adjacency(f, create_using=nx.DiGraph)), E)
f = pd.read_csv(d + "ours.csv", comment="#"); is_("csv", {tuple(r) for r in f[["source", "target", "weight"]].itertuples(index=False)}, E)
g = nx.read_gml(d + "ours.gml"); g = nx.DiGraph(g)
nx.write_gml(g, d + "t.gml"); nx.write_edgelist(nx.relabel_nodes(g, {"a b": "a_b"}), d + "t.edgelist")
sp.save_npz(d + "csc.npz", m.tocsc()); sp.save_npz(d + "coo.npz", m); nx.write_weighted_edgelist(g, d + "t.csv", delimiter=",")
nx.to_pandas_adjacency(g).to_csv(d + "m.csv"); json.dump(nx.cytoscape_data(g), open(d + "cy.json", "w")); json.dump(nx.adjacency_data(g), open(d + "adj.json", "w"))
json.dump(nx.to_dict_of_dicts(g), open(d + "dd.json", "w")); nx.write_adjlist(nx.relabel_nodes(g, {"a b": "a_b"}), d + "t.adjlist")
nx.write_gexf(g, d + "t.gexf"); nx.write_graphml(g, d + "t.graphml.gz")
h = nx.relabel_nodes(g, {"a b": "a_b"}); nx.write_pajek(nx.MultiDiGraph(h), d + "t.net")
`

// TestOthersAgreeOnMoreFormats: networkx, SciPy and pandas read the files we
// write, and we read the files they write, with the same names and weights.
func TestOthersAgreeOnMoreFormats(t *testing.T) {
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import networkx, scipy, pandas").Run() != nil {
		t.Skip("no Python with networkx, scipy and pandas (Debian: python3-networkx python3-scipy python3-pandas)")
	}
	dir := t.TempDir()
	g, err := Read(strings.NewReader("source,target,weight\nAVAL,a b,2.5\na b,é,-1\né,AVAL,3\n"), CSV, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []Format{GML, Pajek, NPZ, Matrix, GraphML, GEXF, JSON, CSV} {
		if err := os.WriteFile(filepath.Join(dir, "ours."+string(f)), encode(t, f, g), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python, "-c", readsAndWrites, dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := "é>AVAL 3, AVAL>a b 2.5, a b>é -1"
	files, err := filepath.Glob(filepath.Join(dir, "[^o]*"))
	if err != nil || len(files) != 13 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		f, err := FormatOf(path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		g, err := Read(bytes.NewReader(data), f, Limits{})
		if err != nil {
			t.Errorf("%s: %v\n%s", path, err, data)
			continue
		}
		got := strings.ReplaceAll(edgesOf(g), "a_b", "a b")
		switch base := filepath.Base(path); {
		case strings.HasSuffix(base, ".npz"):
			if got != "2>0 3, 0>1 2.5, 1>2 -1" {
				t.Errorf("%s: %s", base, got)
			}
		case base == "t.adjlist":
			if got != "é>AVAL, AVAL>a b, a b>é" {
				t.Errorf("%s: %s", base, got)
			}
		case got != want:
			t.Errorf("%s: %s\n%s", base, got, data)
		}
	}
}

func FuzzGML(f *testing.F)    { fuzz(f, GML) }
func FuzzPajek(f *testing.F)  { fuzz(f, Pajek) }
func FuzzMatrix(f *testing.F) { fuzz(f, Matrix) }
func FuzzNPZ(f *testing.F)    { fuzz(f, NPZ) }

// TestDOTChainsCountWeights: a weight at the end of a chain is the weight of
// all its edges.
func TestDOTChainsCountWeights(t *testing.T) {
	for text, want := range map[string]int{"digraph { a -> {b c} [weight=2] }": 0, "digraph { a -> b -> c [weight=2]; c -> a }": 1} {
		_, notes, err := ReadWith(strings.NewReader(text), DOT, Options{})
		if err != nil || len(notes) != want || want > 0 && !strings.HasSuffix(notes[0], "taken as 1: 1 of 3") {
			t.Errorf("%s: %q, %v", text, notes, err)
		}
	}
}

// Archives are refused with an error that says to unpack them, also with
// KONECT's file names.
func TestArchivesAreToBeUnpacked(t *testing.T) {
	for _, name := range []string{"g.zip", "download.tsv.x.tar.bz2", "out.x.tar.gz", "out.tgz", "g.7z"} {
		if _, err := FormatOf(name); err == nil || !strings.Contains(err.Error(), "unpack it") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f, err := FormatOf("out.ucidata-zachary.gz"); err != nil || f != TSV {
		t.Errorf("%v, %v", f, err)
	}
}
