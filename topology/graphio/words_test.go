package graphio

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/words"
	"infomorph/topology"
)

func TestEveryExtension(t *testing.T) {
	for f, names := range map[Format]string{
		GraphML: ".graphml .graphmlz .xml", GEXF: ".gexf", GML: ".gml", Pajek: ".net .paj", DOT: ".dot .gv", CSV: ".csv",
		TSV: ".tsv .edgelist .txt .edges .el .ncol .dat .tab", AdjacencyList: ".adjlist .adj", Matrix: ".matrix", MatrixMarket: ".mtx",
		NPY: ".npy", NPZ: ".npz", JSON: ".json .jgf .cyjs",
	} {
		for _, ext := range strings.Fields(names) {
			for _, name := range []string{"g" + ext, "a.b/g.x" + strings.ToUpper(ext), ext, "g" + ext + ".gz", "g" + ext + ".ZST", "out.g" + ext} {
				if got, err := FormatOf(name); got != f || err != nil {
					t.Errorf("%s: %s, %v; want %s", name, got, err, f)
				}
			}
		}
	}
	for _, f := range Formats() {
		if got, err := lookup(f); err != nil || got.format != f {
			t.Errorf("%s is listed: %v", f, err)
		}
	}
}

func TestExtensionsThatAreNotRead(t *testing.T) {
	const hint = " is not read; save the connections as an edge list (.csv with source, target, weight, delay), GraphML or Matrix Market"
	known := ".graphml .graphmlz .xml .gexf .gml .net .paj .dot .gv .csv .tsv .edgelist .txt .edges .el .ncol .dat .tab .adjlist .adj .matrix .mtx .npy .npz .json .jgf .cyjs"
	for name, want := range map[string]string{
		"g.h5": "g.h5: HDF5 (SONATA)" + hint, "g.SWC": "g.SWC: SWC (the shape of a cell)" + hint, "g.pkl.gz": "g.pkl.gz: a Python pickle" + hint,
		"g.g6": "g.g6: graph6" + hint, "g.xz": "g.xz: a file packed by xz (unpack it: xz -d)" + hint,
		"g.zip": "g.zip: a zip archive is not read; unpack it, and name the file of the graph in it", "g.tar.gz": "g.tar.gz: a tar archive is not read; unpack it, and name the file of the graph in it",
		"g.docx": `g.docx: the extension ".docx" names no graph format, expected one of ` + known,
		"g":      `g: the extension "" names no graph format, expected one of ` + known,
		"g.":     `g.: the extension "." names no graph format, expected one of ` + known,
	} {
		if f, err := FormatOf(name); f != "" || err == nil || err.Error() != want {
			t.Errorf("%s: %s, %v\nwant %s", name, f, err, want)
		}
	}
	const all = `expected one of [graphml gexf gml pajek dot csv tsv adjlist matrix mtx npy npz json]`
	if _, err := Read(nil, "docx", Limits{}); err == nil || err.Error() != `format "docx" is unknown, `+all {
		t.Errorf("reading: %v", err)
	}
	if err := Write(nil, "docx", nil); err == nil || err.Error() != `format "docx" is unknown, `+all {
		t.Errorf("writing: %v", err)
	}
	if err := Write(&bytes.Buffer{}, AdjacencyList, &topology.Graph{}); err == nil || err.Error() != `format "adjlist" is read only` {
		t.Errorf("writing an adjacency list: %v", err)
	}
}

// TestNamesOfColumns: the names that programs use for the two ends of an edge.
func TestNamesOfColumns(t *testing.T) {
	for _, pair := range ends {
		switch pair[0] {
		case "1", "a": // alone, these are equally likely to be names of nodes
		default:
			listColumns(t, pair[0]+",x,"+pair[1], "net[p q] | p>q")
			listColumns(t, pair[1]+",x,"+pair[0], "net[q p] | q>p")
			listColumns(t, strings.ToUpper(pair[0])+",x, "+pair[1]+"_", "net[p q] | p>q")
		}
		if len(pair[0]) > 1 {
			listColumns(t, pair[0]+" id,x,"+pair[1]+" ID", "net[p q] | p>q")
			listColumns(t, "my_"+pair[1]+",x,my_"+pair[0], "net[q p] | q>p")
		}
	}
	for names, want := range map[string]string{
		"node1,x,node2":            "net[p q] | p>q",
		"Neuron 2,x,Neuron 1":      "net[q p] | q>p",
		"pre,x,post":               "net[p q] | p>q",
		"bodyId_pre,x,bodyId_post": "net[p q] | p>q",
	} {
		listColumns(t, names, want)
	}
}

// listColumns reads a list of one edge with the given columns.
func listColumns(t *testing.T, columns, want string) {
	t.Helper()
	g, err := Read(strings.NewReader(columns+"\np,,q\n"), CSV, Limits{})
	if err != nil {
		t.Errorf("%s: %v", columns, err)
	} else if got := describe(g); got != want {
		t.Errorf("%s: %s, want %s", columns, got, want)
	}
}

// TestWhichColumnsAreTaken: if several pairs of columns fit, complete names are
// preferred, then ids.
func TestWhichColumnsAreTaken(t *testing.T) {
	for columns, want := range map[string][2]int{
		"source,target,pre,post":                      {0, 1},
		"pre_pt_x,post_pt_x,pre_root_id,post_root_id": {2, 3},
		"pre_root_id,post_root_id,pre_pt_x,post_pt_x": {0, 1},
		"pre_name,post_name,source,target":            {2, 3},
		"i,j,pre_x,post_x":                            {0, 1},
		"pre_x,post_x,i,j":                            {2, 3},
		"from_a,to_a,from_b,to_b":                     {0, 1},
		"u,v,source_label,target_label":               {2, 3},
		"start,end,source,target":                     {2, 3},
	} {
		s, target, ok := pairOf(strings.Split(columns, ","))
		if !ok || s != want[0] || target != want[1] {
			t.Errorf("%s: %d, %d, %v; want %v", columns, s, target, ok, want)
		}
	}
	for _, columns := range []string{"", "a,b", "source", "target,weight", "pre,pre", "1,2", ",,", "n1n,n2n", "sources,target", "source,from", "a,x,b"} {
		if s, target, ok := pairOf(strings.Split(columns, ",")); ok {
			t.Errorf("%s: columns %d and %d", columns, s, target)
		}
	}
}

// TestNamedColumns: the options select columns with other names.
func TestNamedColumns(t *testing.T) {
	for _, c := range []struct {
		o           Options
		text        string
		want, notes string
	}{
		{Options{Source: "von", Target: "zu"}, "zu,von\na,b\n", "net[b a] | b>a", ""},
		{Options{Source: "target", Target: "source"}, "source,target\na,b\n", "net[b a] | b>a", ""},
		{Options{Weight: "w"}, "source,target,w,weight\na,b,2,3\n", "net[a b] | a>b *2", unusedEdges + "weight"},
		{Options{Delay: "d"}, "source,target,d,delay_ms\na,b,700,3\n", "net[a b] | a>b 700us", unusedEdges + "delay_ms" + takesOne},
		{Options{Delay: "d", DelayUnit: 1000}, "source,target,d\na,b,0.7\n", "net[a b] | a>b 700us", ""},
		{Options{DelayUnit: 1_000_000}, "source,target,delay\na,b,0.5\n", "net[a b] | a>b 500000us", ""},
		{Options{DelayUnit: 1}, "source,target,delay\na,b,1.5\n", "net[a b] | a>b 2us", ""},
		{Options{DelayUnit: 1000}, "source,target,delay_us\na,b,1.5\n", "net[a b] | a>b 2us", ""},
		{Options{Undirected: true}, "source,target,type\na,b,directed\n", "net[a b] | b>a, a>b | undirected", ""},
	} {
		meansWith(t, CSV, c.o, meaning{c.text, c.want, c.notes})
	}
	meansWith(t, GraphML, Options{Weight: "w", Undirected: true}, meaning{
		inGraphML("<node id='a'/><node id='b'/><edge source='a' target='b' directed='true'><data key='w'>3</data></edge>"), "net[a b] | b>a *3, a>b *3 | undirected", ""})
	meansWith(t, JSON, Options{DelayUnit: 1000}, meaning{
		`{"directed": true, "nodes": ["a", "b"], "edges": [{"source": "a", "target": "b", "delay": 2.5}]}`, "net[a b] | a>b 2500us", ""})
}

// TestUnitsOfDelays: the unit is part of the name of the delay or given in the
// options.
func TestUnitsOfDelays(t *testing.T) {
	for name, unit := range map[string]float64{
		"delay": 0, "Delays": 0, " delay ": 0, "delay_us": 1, "delay (µs)": 1, "delay [μs]": 1, "delay usec": 1, "delay/microseconds": 1,
		"delayms": 1000, "Delay [ms]": 1000, "delay.msec": 1000, "delays_ms": 1000, "DELAY MILLISECONDS": 1000,
		"delay_s": 1e6, "delay-sec": 1e6, "delays [s]": 1e6, "delay seconds": 1e6,
	} {
		if got, ok := delayName(name); !ok || got != unit {
			t.Errorf("%q: %v, %v; want %v", name, got, ok, unit)
		}
	}
	for _, name := range []string{"", "latency", "delayed", "delay_min", "the delay", "delayss", "delay 2", "ms"} {
		if got, ok := delayName(name); ok {
			t.Errorf("%q is a delay in units of %v", name, got)
		}
	}
	for name, want := range map[string]int64{"": 0, "us": 1, "µs": 1, "ms": 1000, "s": 1_000_000} {
		if got, err := ParseDelayUnit(name); got != want || err != nil {
			t.Errorf("%q: %d, %v", name, got, err)
		}
	}
	if _, err := ParseDelayUnit("min"); err == nil || err.Error() != `delay unit "min", expected us, ms or s` {
		t.Errorf("min: %v", err)
	}
}

// TestDelaysThatLookLikeMilliseconds: a note gives the smallest and the largest
// of delays that are probably milliseconds.
func TestDelaysThatLookLikeMilliseconds(t *testing.T) {
	for list, want := range map[string]string{
		"5 7 3": "3 to 7", "99 1": "1 to 99", "99": "99 to 99", "100 1": "", "1000": "",
	} {
		text := "source,target,delay\n"
		for _, d := range strings.Fields(list) {
			text += "a,b," + d + "\n"
		}
		_, notes, err := ReadWith(strings.NewReader(text), CSV, Options{})
		if want != "" {
			want = "delays are taken as " + want + " microseconds; if the file means milliseconds, --delay-unit ms (delay_unit: ms)"
		}
		if got := strings.Join(notes, "; "); err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", list, got, want, err)
		}
	}
}

// TestNotesAreFew: the notes stay short, however much of a file they are about.
func TestNotesAreFew(t *testing.T) {
	columns := func(n int) string {
		return "source,target" + times(n, ",c@") + "\na,b" + strings.Repeat(",x", n) + "\n"
	}
	first := "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11"
	for n, want := range map[int]string{1: "c0", 12: first, 13: first + " and 1 more that the file names", 200: first + " and 188 more that the file names", 300: first + " and 188 more that the file names"} {
		_, notes, err := ReadWith(strings.NewReader(columns(n)), CSV, Options{})
		if got := strings.Join(notes, "; "); err != nil || got != unusedEdges+want+takesOne {
			t.Errorf("%d columns: %q, %v", n, got, err)
		}
	}
	list := "source,target\n" + strings.Repeat("# a,b\n", 30) + "a,b\n"
	_, notes, err := ReadWith(strings.NewReader(list), CSV, Options{})
	if err != nil || len(notes) != 20 || !strings.Contains(notes[0], "line 2 ") || !strings.Contains(notes[19], "line 21 ") {
		t.Errorf("%d notes, %v: %q", len(notes), err, notes)
	}
	c := newCollector(&Options{})
	c.remark("once %d", 1)
	c.remark("once %d", 1)
	c.leave("node", "", "x")
	c.leave("node", "empty", " \t")
	if got := c.notes(); !slices.Equal(got, []string{"once 1", unusedNodes + "(a column without a name)"}) {
		t.Errorf("%q", got)
	}
}

// TestLongQuotesAreClipped: an error quotes at most 60 bytes and never cuts a
// letter.
func TestLongQuotesAreClipped(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("a", 60):        strings.Repeat("a", 60),
		strings.Repeat("a", 61):        strings.Repeat("a", 60) + "…",
		strings.Repeat("é", 31):        strings.Repeat("é", 30) + "…",
		"a" + strings.Repeat("é", 30):  "a" + strings.Repeat("é", 29) + "…",
		strings.Repeat("a", 1_000_000): strings.Repeat("a", 60) + "…",
	} {
		if got := words.Clip(text, maxQuoted); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := (&Error{0, "what"}).Error() + "; " + (&Error{7, "what"}).Error(); got != "what; line 7: what" {
		t.Error(got)
	}
}

// TestPythonValues: Python dictionaries as networkx writes them.
func TestPythonValues(t *testing.T) {
	for text, want := range map[string]string{
		"{}": "[]", " { } ": "[]", "{'a': 1}": "[[a 1]]", `{"a": 'b', 'c': "d"}`: "[[a b] [c d]]", "{'a': 1, }": "[[a 1]]", "{1: 2.5}": "[[1 2.5]]",
		`{'it\'s': "a\\b"}`: `[[it's a\b]]`, "{'a': [1, 2], 'b': {'c': (3, 4)}}": "[[a [1, 2]] [b {'c': (3, 4)}]]", "{'a': None, 'b': True}": "[[a None] [b True]]",
		"{'a:b': ':,}'}": "[[a:b :,}]]",
	} {
		if got, err := pythonDict(text); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "{", "}", "{'a'}", "{'a' 1}", "{'a: 1}", "{'a': 'b}", "{'a': }", "{'a': (1}", "{:}", "[]", "{'a': 1"} {
		if got, err := pythonDict(text); err == nil || err.Error() != "the attributes "+text+" are no plain dictionary of Python" {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}
