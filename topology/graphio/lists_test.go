package graphio

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"infomorph/topology"
)

// TestFirstLines: whether the first line of a list is a header.
func TestFirstLines(t *testing.T) {
	const says = "line 1: the first line names the columns %s, none of which is known as source and target: say --source NAME --target NAME"
	for text, want := range map[string]string{ // an error, or a graph
		"alpha,beta\n1,2\n":                  fmt.Sprintf(says, "alpha, beta"),
		"alpha,beta,n\nx,y,1\n":              fmt.Sprintf(says, "alpha, beta, n"),
		"alpha,beta\nx,1\n":                  "net[alpha beta x 1] | alpha>beta, x>1", // a word beside a number may be a name as well
		"alpha,beta\nx,y\n":                  "net[alpha beta x y] | alpha>beta, x>y",
		"alpha,beta,gamma\nx,y,z\n":          `line 1: weight "gamma", expected a finite number`,
		"1,beta\n1,2\n":                      "net[1 beta 2] | 1>beta, 1>2", // one of them is a number
		"alpha,1.5\n1,2\n":                   "net[alpha 1.5 1 2] | alpha>1.5, 1>2",
		"alpha;1,5\n1;2\n":                   "net[alpha 1,5 1 2] | alpha>1,5, 1>2",
		"alpha,beta\n":                       "net[alpha beta] | alpha>beta",
		"Id,Label\nx,y\n":                    fmt.Sprintf(says, "Id, Label"),
		"id,x\ny,z\n":                        "net[id x y z] | id>x, y>z",
		"id,x,y\na,b,c\n":                    fmt.Sprintf(says, "id, x, y"),
		"label,x\na,b\n":                     "net[label x a b] | label>x, a>b",
		"alpha\tbeta\n1\t2\n":                fmt.Sprintf(says, "alpha, beta"),
		"\n\nalpha,beta\n1,2\n":              strings.Replace(fmt.Sprintf(says, "alpha, beta"), "line 1", "line 3", 1),
		"source,source\na,b\n":               "net[source a b] | source>source, a>b",
		"source,target\nsource,target\n":     "net[source target] | source>target",
		"from;to;gewicht\na;b;1\n":           "net[a b] | a>b",
		"pre,post,pre_x,post_x\na,b,1,2\n":   "net[a b] | a>b",
		"post,pre\na,b\n":                    "net[b a] | b>a",
		" source , target \n a , b \n":       "net[a b] | a>b",
		"\"source\";\"target\"\n\"a\";\"b\"": "net[a b] | a>b",
	} {
		g, err := Read(strings.NewReader(text), CSV, Limits{})
		got := fmt.Sprint(err)
		if err == nil {
			got = describe(g)
		}
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestDoubtedFirstLines: a first line of two words that appear nowhere else may
// be a header; a note says so.
func TestDoubtedFirstLines(t *testing.T) {
	for text, doubted := range map[string]bool{
		"anfang,ende\na,b\nc,d\n": true, "anfang,ende\na,b\n": true, "anfang,ende\n": false, "anfang,ende\nanfang,b\n": false, "anfang,ende\na,ende\n": false,
		"anfang,ende\na,b\nende,d\n": false, "n1,n2x\na,b\n": false, "anfang,ende2\na,b\n": false, "source,target\na,b\nc,d\n": false,
	} {
		_, notes, err := ReadWith(strings.NewReader(text), CSV, Options{})
		want := ""
		if doubted {
			want = "the first line is taken as an edge from anfang to ende; if it names the columns, say so with --source and --target"
		}
		if got := strings.Join(notes, "; "); err != nil || got != want {
			t.Errorf("%q: %q, want %q (%v)", text, got, want, err)
		}
	}
}

// TestColumnsOfDirection: which columns give the direction, by their names and
// contents.
func TestColumnsOfDirection(t *testing.T) {
	for text, want := range map[string]string{
		"type\ndirected": "a>b", "Type\nUNDIRECTED": "b>a, a>b | undirected", "Edge Type\nmutual": "b>a, a>b | undirected", "direction\nboth": "b>a, a>b | undirected", "edge_type\ndirected": "a>b",
		"directed\ntrue": "a>b", "directed\n0": "b>a, a>b | undirected", "is_directed\nF": "b>a, a>b | undirected", "isDirected\nt": "a>b", "directed\nundirected": "b>a, a>b | undirected",
		"undirected\nyes": "b>a, a>b | undirected", "undirected\nno": "a>b", "undirected\n1": "b>a, a>b | undirected", "Undirected\nFALSE": "a>b",
		"type\nexcitatory": "a>b", "type\n1": "a>b", "directed\nmaybe": "a>b", "kind\nundirected": "a>b", "type\n": "a>b",
	} {
		column, value, _ := strings.Cut(text, "\n")
		g, err := Read(strings.NewReader("source,target,"+column+"\na,b,"+value+"\n"), CSV, Limits{})
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := strings.TrimPrefix(describe(g), "net[a b] | "); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	empty := strings.Repeat("a,b,\n", 49)
	means(t, CSV, // the first value decides, within fifty lines
		meaning{"source,target,type\n" + empty + "b,a,undirected\n", "net[a b] | b>a, " + strings.Repeat("a>b, ", 49) + "a>b", ""},
		meaning{"source,target,type\n" + empty + "a,b,\nb,a,undirected\n", "net[a b] | b>a, " + strings.Repeat("a>b, ", 49) + "a>b", unusedEdges + "type" + takesOne},
		meaning{"source,target,type\n\na,b\nb,a,undirected\n", "net[a b] | b>a, a>b, a>b", ""},
	)
}

// TestBothWaysListed: in an undirected list with every edge in both directions,
// each line is one synapse; with one edge missing, each line is two synapses.
func TestBothWaysListed(t *testing.T) {
	const both = "undirected edges are listed both ways round: each line is one synapse"
	means(t, TSV,
		meaning{"#undirected\na b\nb a\n", "net[a b] | b>a, a>b", both},
		meaning{"#undirected\na b 2\nb a 3\n", "net[a b] | b>a *3, a>b *2", both},
		meaning{"#undirected\na b\na b\nb a\nb a\n", "net[a b] | b>a, b>a, a>b, a>b", both},
		meaning{"#undirected\na b\nb a\nb c\n", "net[a b c] | b>a, b>a, a>b, a>b, c>b, b>c | undirected", ""},
		meaning{"#undirected\na b\na b\nb a\n", "net[a b] | b>a, b>a, b>a, a>b, a>b, a>b | undirected", ""},
		meaning{"#undirected\na b\nb a\na a\n", "net[a b] | a>a, b>a, a>b", both},
		meaning{"#undirected\na a\nb b\n", "net[a b] | a>a, b>b | undirected", ""},
		meaning{"a b\nb a\n", "net[a b] | b>a, a>b", ""},
	)
}

// TestGroupsOfNodes: consecutive nodes with the same population name form a
// population. Neurons come before channels, and a name that occurs again gets a
// number.
func TestGroupsOfNodes(t *testing.T) {
	for nodes, want := range map[string]string{ // population of each node, * a channel
		"": "net[a b c d] | ", "p p q q": "p[a b] q[c d] | ", "p q p q": "p[a] q[b] p-2[c] q-2[d] | ", "p p-2 p p": "p[a] p-2[b] p-3[c d] | ", "p - - q": "p[a] net[b c] q[d] | ",
		"- - net net": "net[a b] net-2[c d] | ", "*p q *p q": "q[b d] (p[a c]) | ", "*p p p p": "p[b c d] (p-2[a]) | ", "*- *- - -": "net[c d] (inputs[a b]) | ", "*- *inputs - -": "net[c d] (inputs[a]) (inputs-2[b]) | ",
		"1 2 3 4": "net[a b c d] | ", "1 x 3 4": "1[a] x[b] 3[c] 4[d] | ", "1 - 3 4": "net[a b c d] | ",
	} {
		text := ""
		for i, p := range strings.Fields(nodes + strings.Repeat(" -", 4-len(strings.Fields(nodes)))) {
			kind := ""
			if name, is := strings.CutPrefix(p, "*"); is {
				p, kind = name, "channel"
			}
			text += fmt.Sprintf("#node,%c,%s,%s\n", 'a'+i, strings.Trim(p, "-"), kind)
		}
		g, err := Read(strings.NewReader(text), CSV, Limits{})
		if err != nil {
			t.Errorf("%q: %v", nodes, err)
		} else if got := describe(g); strings.ReplaceAll(got, "p-2", "p-2") != want {
			t.Errorf("%q: %s, want %s", nodes, got, want)
		}
	}
}

// TestWhereProjectionsLead: a projection has the groups of its synapses as its
// ends, if all synapses agree.
func TestWhereProjectionsLead(t *testing.T) {
	head := "#node,a,p\n#node,b,p\n#node,c,q\n#node,d,in,channel\nsource,target,projection,port\n"
	for edges, want := range map[string]string{
		"a,b,x,c\nb,a,x,c\n": "x p>p c", "a,c,x,c\nb,c,x,c\n": "x p>q c", "a,b,x,c\na,c,x,c\n": "x > c", "a,c,x,c\nb,a,x,c\na,c,x,c\n": "x > c",
		"d,a,x,r\n": "x in>p r", "d,a,x,r\na,b,x,r\n": "x > r", "a,b,x,c\na,c,y,c\n": "x p>p c, y p>q c", "a,b,x,c\na,c,x,l\n": "x p>p c, x p>q l", "a,b,,c\n": " p>p c",
	} {
		g, err := Read(strings.NewReader(head+edges), CSV, Limits{})
		if err != nil {
			t.Errorf("%q: %v", edges, err)
			continue
		}
		var got []string
		for _, l := range g.Projections {
			got = append(got, fmt.Sprintf("%s %s>%s %s", l.Name, l.From, l.To, l.Port))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%q: %s, want %s", edges, text, want)
		}
	}
}

// TestNamesOfMatrices: an archive may contain names of the nodes, each once; a
// note lists its other contents.
func TestNamesOfMatrices(t *testing.T) {
	square := npyFile("'|u1'", "(2, 2)", "\x00\x05\x07\x00")
	words := func(kind, shape, data string) string { return npyFile("'"+kind+"'", shape, data) }
	const plain, called = "net[0 1] | 1>0 *7, 0>1 *5", "net[a b] | b>a *7, a>b *5"
	for _, c := range []struct {
		parts       []string
		want, notes string
	}{
		{[]string{"m", square}, plain, ""},
		{[]string{"m", square, "n", words("|S1", "(2,)", "ab")}, called, ""},
		{[]string{"n", words("<U1", "(2,)", "a\x00\x00\x00b\x00\x00\x00"), "m", square}, called, ""},
		{[]string{"m", square, "n", words("|S1", "(2,)", "aa")}, plain, "arrays that are not used: n"},
		{[]string{"m", square, "n", words("|S1", "(2,)", "a\x00")}, plain, "arrays that are not used: n"},
		{[]string{"m", square, "n", words("|S1", "(3,)", "abc")}, plain, "arrays that are not used: n"},
		{[]string{"m", square, "n", words("|S1", "(2,)", "ab"), "o", words("|S1", "(2,)", "cd")}, plain, "arrays that are not used: n, o"},
		{[]string{"m", square, "v", words("|u1", "(2,)", "12"), "n", words("|S1", "(2,)", "ab")}, called, "arrays that are not used: v"},
		{[]string{"m", square, "w", words("|u1", "(1, 2)", "12")}, plain, "arrays that are not used: w"},
		{[]string{"m", square, "t", words("|S1", "(2, 2)", "abcd")}, plain, "arrays that are not used: t"},
	} {
		means(t, NPZ, meaning{npzFile(t, c.parts...), c.want, c.notes})
	}
}

// TestCodecs: each format is listed once, with its own extensions, and all but
// one can be written.
func TestCodecs(t *testing.T) {
	seen := map[string]Format{}
	var binary, readOnly []Format
	for _, c := range codecs() {
		for _, e := range c.extensions {
			if f, twice := seen[e]; twice {
				t.Errorf("%s stands for %s and %s", e, f, c.format)
			}
			seen[e] = c.format
		}
		if c.binary {
			binary = append(binary, c.format)
		}
		if c.write == nil {
			readOnly = append(readOnly, c.format)
		}
	}
	if !slices.Equal(binary, []Format{NPY, NPZ}) || !slices.Equal(readOnly, []Format{AdjacencyList}) {
		t.Errorf("binary %v, read only %v", binary, readOnly)
	}
	l := Limits{}.withDefaults()
	if l != (Limits{10_000_000, 100_000_000, 8 << 30, 1 << 20, 1_000_000, ""}) {
		t.Errorf("%+v", l)
	}
	own := Limits{1, 2, 3, 4, 5, ""}
	if own.withDefaults() != own {
		t.Errorf("%+v", own.withDefaults())
	}
}

// TestEmptyGraphs: nodes without edges are written and read by every format.
func TestEmptyGraphs(t *testing.T) {
	for _, undirected := range []bool{false, true} {
		g := graphOf(t, []topology.Population{{Name: "net", Size: 2}}, nil)
		g.Undirected = undirected
		for _, f := range writable() {
			got, err := Read(strings.NewReader(string(encode(t, f, g))), f, Limits{})
			if err != nil || got.NumNeurons() != 2 || got.NumSynapses() != 0 {
				t.Errorf("%s: %v", f, err)
			} else if dense := f == NPY || f == NPZ || f == Matrix; got.Undirected != (undirected && !dense && f != Pajek) {
				t.Errorf("%s: undirected %v, it was %v", f, got.Undirected, undirected)
			}
		}
	}
}
