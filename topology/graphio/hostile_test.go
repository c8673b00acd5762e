package graphio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
	"infomorph/internal/npy"
)

// bomb is the "billion laughs" document.
const bomb = `<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
<graphml><graph edgedefault="directed"><node id="0"><data key="label">&c;</data></node></graph></graphml>`

const gmlHead = "<graphml>\n<key id=\"w\" for=\"edge\" attr.name=\"weight\"/>\n<graph edgedefault=\"directed\">\n<node id=\"a\"/>\n"

// fault is a hostile file, with the text and the line number of its error.
type fault struct {
	name   string
	format Format
	text   string
	want   string
	line   int
}

func faults(t *testing.T, list ...fault) {
	t.Helper()
	for _, c := range list {
		limits := Limits{}
		if c.name == "DOT blow-up" {
			limits.Edges = 20
		}
		_, err := Read(strings.NewReader(c.text), c.format, limits)
		var e *Error
		switch {
		case err == nil:
			t.Errorf("%s as %s: no error", c.name, c.format)
		case !errors.As(err, &e):
			t.Errorf("%s as %s: %v is not an *Error", c.name, c.format, err)
		case !strings.Contains(err.Error(), c.want) || e.Line != c.line:
			t.Errorf("%s as %s: %v; want %q on line %d", c.name, c.format, err, c.want, c.line)
		}
	}
}

// TestHostileXML and TestHostile: every fault gives an error that says what is
// wrong and on which line.
func TestHostileXML(t *testing.T) {
	faults(t,
		fault{"entity bomb", GraphML, bomb, "entity", 3},
		fault{"entity bomb", GEXF, bomb, "entity", 3},
		fault{"external entity", GraphML, "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>\n<graphml>&e;</graphml>", "entity", 2},
		fault{"deep", GraphML, strings.Repeat("<a>", 100), "nested", 1},
		fault{"cut", GraphML, gmlHead, "ends too early", 5},
		fault{"not XML", GraphML, "hello", "ends too early", 1},
		fault{"NaN", GraphML, gmlHead + "<edge source=\"a\" target=\"a\"><data key=\"w\">NaN</data></edge>", "finite", 5},
		fault{"dangling", GraphML, gmlHead + "<edge source=\"a\" target=\"b\"/>\n</graph></graphml>", `"b", which is declared nowhere`, 5},
		fault{"twice", GraphML, gmlHead + "<node id=\"a\"/>", "declared twice", 5},
		fault{"cut node", GraphML, gmlHead + "<node id=\"b\"><node id=\"c\"/>", "ends too early", 5},
		fault{"hyperedge", GraphML, gmlHead + "<hyperedge/>", "hyperedges", 5},
		fault{"long tag", GraphML, "<graphml " + strings.Repeat("x", 1<<21), "longer than", 1},
		fault{"no source", GEXF, "<gexf><graph><nodes/>\n<edges><edge target=\"0\"/>", "source", 2},
		fault{"NaN", GEXF, "<gexf><graph>\n<edge source=\"0\" target=\"1\" weight=\"nan\"/>", "finite", 2},
	)
}

func TestHostile(t *testing.T) {
	faults(t,
		fault{"DOT cut", DOT, "digraph {\n a -> ", "ends too early", 2},
		fault{"DOT NaN", DOT, "digraph {\n a -> b [weight=nan]}", "finite", 2},
		fault{"DOT deep", DOT, "digraph " + strings.Repeat("{", 100), "nested", 1},
		fault{"DOT quotes", DOT, "digraph {\n\"abc", "inside quotes", 2},
		fault{"DOT arrow", DOT, "graph {\n a -> b }", "does not fit", 2},
		fault{"DOT blow-up", DOT, "digraph {{a b c d e f}->{g h i j k l}}", "more than 20 edges", 1},
		fault{"CSV weight", CSV, "source,target,weight\n0,1,abc", "finite", 2},
		fault{"CSV infinite", CSV, "0,1,1e400", "finite", 1},
		fault{"CSV delay", CSV, "source,target,delay\n0,1,5\n0,1,0", "microseconds", 3},
		fault{"CSV port", CSV, "source,target,port\n0,1,c\n0,1,q", "port", 3},
		fault{"CSV short", CSV, "0,1\n5", "expected source and target", 2},
		fault{"CSV dangling", CSV, "#node,0\n0,7", `"7"`, 2},
		fault{"CSV long line", CSV, "0,1\n" + strings.Repeat("1", 1<<21), "longer than", 2},
		fault{"CSV into channel", CSV, "#node,0\n#node,1,in,channel\n0,1", "channels receive nothing", 3},
		fault{"MTX banner", MatrixMarket, "1 1 1", "MatrixMarket", 1},
		fault{"MTX 10⁷ rows in 73 bytes", MatrixMarket, "%%MatrixMarket matrix coordinate pattern general\n10000000 10000000 1\n1 2\n", "10000000 rows for 1 entries", 2},
		fault{"Pajek 10⁷ vertices in 30 bytes", Pajek, "*Vertices 9999999\n*Arcs\n1 2 1\n", "vertex 1000001 is not listed", 2},
		fault{"Pajek 10⁷ vertices, not in order", Pajek, "*Vertices 9999999\n5000000 \"a\"\n", "vertex 1000001 is not listed", 2},
		fault{"Pajek 10⁷ vertices and no more", Pajek, "*Vertices 9999999\n", "vertex 1000001 is not listed", 1},
		fault{"DOT product", DOT, "digraph {{" + manyNodes(1100) + "} -> {" + manyNodes(1100) + "}}", "stand for more than 1000000 edges", 1},
		fault{"MTX 10⁹ rows", MatrixMarket, "%%MatrixMarket matrix coordinate real general\n1000000000 1000000000 1\n1 1 1", "nodes are declared", 2},
		fault{"MTX 10¹² entries", MatrixMarket, "%%MatrixMarket matrix coordinate real general\n5 5 1000000000000", "entries are declared", 2},
		fault{"MTX dense", MatrixMarket, "%%MatrixMarket matrix array real general\n900000000 900000000", "dense", 2},
		fault{"MTX index", MatrixMarket, "%%MatrixMarket matrix coordinate real general\n2 2 1\n3 1 1", "indices from 1 to 2", 3},
		fault{"MTX cut", MatrixMarket, "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1\n", "after 1 of 2", 3},
		fault{"MTX square", MatrixMarket, "%%MatrixMarket matrix coordinate real general\n2 3 1\n", "square", 2},
		fault{"npy magic", NPY, "hello, this is text", "not a .npy", 0},
		fault{"npy 10⁹", NPY, npyFile("'<f8'", "(1000000000, 1000000000)", ""), "dense", 0},
		fault{"npy cut", NPY, npyFile("'<f8'", "(3, 3)", "12345678"), "entry [0, 1]", 0},
		fault{"npy NaN", NPY, npyFile("'<f4'", "(1, 1)", "\x00\x00\xc0\x7f"), "finite", 0},
		fault{"npy objects", NPY, npyFile("'|O8'", "(1, 1)", ""), "pickle", 0},
		fault{"JSON cut", JSON, `{"nodes": [{"id": 0},`, "", 1},
		fault{"JSON no id", JSON, "{\"nodes\": [\n{\"what\": 3}]}", `"id"`, 2},
		fault{"JSON dangling", JSON, "{\"nodes\": [{\"id\": 0}],\n\"links\": [\n{\"source\": 0, \"target\": 5}]}", `"5"`, 3},
		fault{"JSON weight", JSON, "{\"links\": [\n{\"source\": 0, \"target\": 5, \"weight\": \"NaN\"}]}", "finite", 2},
		fault{"JSON deep", JSON, `{"graph": ` + strings.Repeat("[", 20000), "", 1},
		fault{"JSON list", JSON, `[1,2]`, "expected edges", 1},
	)
}

func npyFile(kind, shape, data string) string {
	header := "{'descr': " + kind + ", 'fortran_order': False, 'shape': " + shape + ", }\n"
	return npy.Magic + "\x01\x00" + string([]byte{byte(len(header)), byte(len(header) >> 8)}) + header + data
}

// endless is a file that never ends.
type endless struct {
	head io.Reader
	body []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if n, _ := e.head.Read(p); n > 0 {
		return n, nil
	}
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.body)
	}
	return n, nil
}

// TestEndlessFilesEnd: limits stop the reading of an endless file, with bounded
// memory: the total of all allocations is within 64 times the allowed size.
func TestEndlessFilesEnd(t *testing.T) {
	limits := Limits{Nodes: 1000, Edges: 1000, Bytes: 1 << 22, Token: 1 << 16}
	for _, c := range []struct {
		format     Format
		head, body string
	}{
		{GraphML, gmlHead, "<edge source='a' target='a'/>"},
		{GraphML, gmlHead, "x"}, {GraphML, gmlHead, "<!-- -->"}, {GraphML, "<graphml><", "<"},
		{GEXF, "<gexf><graph>", "<edge source='a' target='a'/>"},
		{DOT, "digraph {", "a -> b;\n"}, {DOT, "digraph {", " "}, {DOT, "digraph { \"", "x"}, {DOT, "digraph { /*", "x"},
		{CSV, "", "1,2,3\n"}, {CSV, "", "1"}, {CSV, "", "#c\n"}, {TSV, "", "1\t2\n"},
		{MatrixMarket, "%%MatrixMarket matrix coordinate real general\n", "%node\n"},
		{MatrixMarket, "%%MatrixMarket matrix coordinate real general\n", "%edge\t5\n"},
		{NPY, npyFile("'|u1'", "(1000, 1000)", ""), "\x01"},
		{JSON, `{"links": [{"source": 1, "target": 2}`, `,{"source": 1, "target": 2}`},
		{JSON, `{"graph": "`, "x"}, {JSON, `{"graph": [`, "1,"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(&endless{strings.NewReader(c.head), []byte(c.body)}, c.format, limits)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s %q…: no error", c.format, c.body)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64*uint64(limits.Bytes) {
			t.Errorf("%s %q…: %d MiB taken", c.format, c.body, used>>20)
		}
	}
}

func fuzz(f *testing.F, format Format) {
	f.Add(encode(f, format, rich(f)))
	f.Add(encode(f, format, plain(f)))
	f.Add([]byte(bomb))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		g, err := Read(bytes.NewReader(data), format, Limits{Nodes: 1000, Edges: 2000, Bytes: 1 << 20, Token: 1 << 12})
		if err != nil {
			return
		}
		if (format == NPY || format == Matrix) && total(g) > 200 {
			return
		}
		written := encode(t, format, g)
		if _, err := Read(bytes.NewReader(written), format, Limits{}); err != nil {
			t.Fatalf("what was read and written is not read again: %v\n%s", err, written)
		}
	})
}

func FuzzGraphML(f *testing.F)      { fuzz(f, GraphML) }
func FuzzGEXF(f *testing.F)         { fuzz(f, GEXF) }
func FuzzDOT(f *testing.F)          { fuzz(f, DOT) }
func FuzzCSV(f *testing.F)          { fuzz(f, CSV) }
func FuzzTSV(f *testing.F)          { fuzz(f, TSV) }
func FuzzMatrixMarket(f *testing.F) { fuzz(f, MatrixMarket) }
func FuzzNPY(f *testing.F)          { fuzz(f, NPY) }
func FuzzJSON(f *testing.F)         { fuzz(f, JSON) }

// manyNodes is a list of n node names.
func manyNodes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d;", i)
	}
	return b.String()
}
