package graphio

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"

	"infomorph/internal/textfile"
	"infomorph/neuron"
	"infomorph/topology"
)

// TestTokensOfDOT: words, texts and marks, and the line number after the last
// of them.
func TestTokensOfDOT(t *testing.T) {
	for text, want := range map[string]string{
		"": "1", "\n\n": "3", "a b": "w:a w:b 1", "a\nb": "w:a w:b 2", "a->b--c": "w:a m:-> w:b m:-- w:c 1", "{}[];,:=": "m:{ m:} m:[ m:] m:; m:, m:: m:= 1",
		"-1 -1.5 .5 5. -.5": "w:-1 w:-1.5 w:.5 w:5. w:-.5 1", "1e-3 2E+4 e-3": "w:1e-3 w:2E+4 w:e w:-3 1", "a_1 é9": "w:a_1 w:é9 1", "a.b": "w:a w:.b 1",
		`"a b"`: "q:a b 1", `"a\"b"`: `q:a"b 1`, `"a\\"`: `q:a\ 1`, `"a\nb"`: `q:a\nb 1`, "\"a\\\nb\"": "q:ab 2", "\"a\nb\"": "q:a\nb 2", `""`: "q: 1",
		"<a>": "q:a 1", "<a<b>c>": "q:a<b>c 1", "<>": "q: 1", "<\n>": "q:\n 2",
		"# a\nb": "w:b 2", "// a\nb": "w:b 2", "/* a */b": "w:b 1", "/* a\n * b **/c": "w:c 2", "a//": "w:a 1", "a#": "w:a 1",
		"\ufeffa": "w:a 1", "a\r\n\tb": "w:a w:b 2",
	} {
		s := dotScanner{r: bufio.NewReader(strings.NewReader(text)), line: 1, limit: 100}
		got := ""
		for {
			tok, err := s.scan()
			if err != nil {
				got += err.Error()
				break
			}
			if tok.kind == dotEnd {
				got += fmt.Sprint(s.line)
				break
			}
			got += map[dotKind]string{dotWord: "w:", dotQuoted: "q:", dotMark: "m:"}[tok.kind] + tok.text + " "
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestTokensOfGML does the same for GML.
func TestTokensOfGML(t *testing.T) {
	for text, want := range map[string]string{
		"": "1", "a [ b 1 ]": "w:a [ w:b w:1 ] 1", "a[b]": "w:a [ w:b ] 1", "a \"b c\"": "w:a t:b c 1", "a\"b\"": "w:a t:b 1", "\"a\nb\" c": "t:a\nb w:c 2",
		"\"&lt;&#233;&quot;\"": "t:<é\" 1", "# a [\nb": "w:b 2", "a # b\n c": "w:a w:c 2", "a\t\r\nb": "w:a w:b 2", "-1.5e3": "w:-1.5e3 1", "\"\"": "t: 1", "#": "1",
	} {
		s := gmlScanner{r: bufio.NewReader(strings.NewReader(text)), line: 1, limit: 100}
		got := ""
		for {
			tok, err := s.scan()
			if err != nil || tok.kind == gmlEnd {
				got += fmt.Sprint(s.line)
				break
			}
			got += map[gmlKind]string{gmlWord: "w:" + tok.text, gmlText: "t:" + tok.text, gmlOpen: "[", gmlClose: "]"}[tok.kind] + " "
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestQuotesOfGML: a character that GML does not allow is written as a
// reference and read back.
func TestQuotesOfGML(t *testing.T) {
	for text, want := range map[string]string{"": `""`, "a b": `"a b"`, `"&`: `"&quot;&amp;"`, "é\n": `"&#233;&#10;"`, "~\x7f ": `"~&#127; "`, "𝄞": `"&#119070;"`, "&#65;": `"&amp;#65;"`} {
		got := gmlQuote(text)
		s := gmlScanner{r: bufio.NewReader(strings.NewReader(got)), line: 1, limit: 100}
		if back, err := s.scan(); got != want || err != nil || back.text != text {
			t.Errorf("%q is %s, want %s, and comes back as %q (%v)", text, got, want, back.text, err)
		}
	}
}

// TestQuotesOfOthers: names as JSON, DOT and Pajek write them.
func TestQuotesOfOthers(t *testing.T) {
	g := graphOf(t, []topology.Population{{Name: "net", Size: 10}}, nil)
	g.Names = []string{"7", "07", "-3", "9007199254740991", "99999999999999999999", "a\"b", "1.5", "+1", "", "\xff"}
	for i, want := range []string{"7", `"07"`, "-3", "9007199254740991", `"99999999999999999999"`, `"a\"b"`, `"1.5"`, `"+1"`, `""`, `"�"`} {
		if got := jsonName(g, neuron.ID(i)); got != want {
			t.Errorf("%q in JSON is %s, want %s", g.Names[i], got, want)
		}
	}
	if got := dotName(g, 5); got != `"a\"b"` {
		t.Errorf("in DOT %s", got)
	}
	for text, want := range map[string]string{"": `""`, "a": "a", "a b": `"a b"`, `a"b`: `"a""b"`, "a\tb": "\"a\tb\"", "#a": `"#a"`} {
		if got := pajekQuote(text); got != want {
			t.Errorf("%q in Pajek is %s, want %s", text, got, want)
		}
	}
}

// TestLinesOfOffsets: the line number of an offset in a file, also when line
// ends far back have been dropped.
func TestLinesOfOffsets(t *testing.T) {
	l := &lineIndex{r: strings.NewReader("a\n\nbc\nd")}
	if _, err := io.ReadAll(l); err != nil {
		t.Fatal(err)
	}
	for offset, want := range []int{1, 1, 2, 3, 3, 3, 4, 4} {
		if got := l.lineOf(int64(offset)); got != want {
			t.Errorf("offset %d is on line %d, want %d", offset, got, want)
		}
	}
	const lines = 5 << 18
	long := &lineIndex{r: strings.NewReader(strings.Repeat("x\n", lines))}
	if n, err := io.Copy(io.Discard, struct{ io.Reader }{long}); err != nil || n != 2*lines {
		t.Fatal(n, err)
	}
	if len(long.ends) > 1<<20 || long.dropped == 0 || long.dropped+len(long.ends) != lines {
		t.Errorf("%d ends are known, %d forgotten of %d", len(long.ends), long.dropped, lines)
	}
	for _, line := range []int{lines, lines - 1, lines - 1000} {
		if got := long.lineOf(int64(2*line - 2)); got != line {
			t.Errorf("offset %d is on line %d, want %d", 2*line-2, got, line)
		}
	}
}

// TestLatin1: every byte is one letter, for reads of any size.
func TestLatin1(t *testing.T) {
	var in, want strings.Builder
	for i := range 2000 {
		in.WriteByte(byte(i))
		want.WriteRune(rune(byte(i)))
	}
	for _, size := range []int{1, 2, 3, 511, 512, 4000} {
		r, got, p := &latin1{r: strings.NewReader(in.String())}, "", make([]byte, size)
		for {
			n, err := r.Read(p)
			got += string(p[:n])
			if err == io.EOF {
				break
			}
		}
		if got != want.String() {
			t.Errorf("in pieces of %d: %d bytes, want %d", size, len(got), want.Len())
		}
	}
}

// events records the events of a document.
type events struct{ log []string }

func (e *events) start(el *element) error {
	e.log = append(e.log, fmt.Sprintf("<%s %d on %d", el.name, len(el.attr), el.line))
	return nil
}

func (e *events) end(name, text string) error {
	e.log = append(e.log, fmt.Sprintf("%s> %q", name, text))
	return nil
}

// TestWalkOfXML: the start and end of elements, with the text immediately
// before the end.
func TestWalkOfXML(t *testing.T) {
	for text, want := range map[string]string{
		"<a/>":                          `<a 0 on 1; a> ""`,
		"<a>x<b c='1' d='2'>y</b>z</a>": `<a 0 on 1; <b 2 on 1; b> "y"; a> "z"`,
		"<?xml version='1.0'?>\n<a>\n<!-- c -->1</a>":           "<a 0 on 2; a> \"\\n1\"",
		"<!DOCTYPE a>\n\n<x:a xmlns:x='u'>&lt;&#65;&amp;</x:a>": `<a 1 on 3; a> "<A&"`,
		"<a><![CDATA[<b>]]></a>":                                `<a 0 on 1; a> "<b>"`,
	} {
		h := &events{}
		if err := walkXML(strings.NewReader(text), Limits{}.withDefaults(), h); err != nil || strings.Join(h.log, "; ") != want {
			t.Errorf("%s: %s, want %s (%v)", text, strings.Join(h.log, "; "), want, err)
		}
	}
}

// TestMatrixOrList: whether the first lines of a table are taken for a matrix
// or a list.
func TestMatrixOrList(t *testing.T) {
	for text, want := range map[string]bool{
		"0,1,0,0\n0,0,1,0\n0,0,0,1\n1,0,0,0\n":          true,
		"0,1,0,0\n0,0,1,0\n0,0,0,1\n":                   false, // one row is missing
		"0,1,0,0\n0,0,1,0\n0,0,0,1\n1,0,0,0\n0,0,0,0\n": false,
		"0,1,0,0\n0,0,1\n0,0,0,1\n1,0,0,0\n":            false,
		"0,1,0,0\n0,x,1,0\n0,0,0,1\n1,0,0,0\n":          false,
		"0,1,0,0\n0,,1,0\n0,0,0,1\n1,0,0,0\n":           true,
		"0,,0,0\n0,0,1,0\n0,0,0,1\n1,0,0,0\n":           false, // the first line must be complete
		"0,1,0,0\n\n0,0,1,0\n\n\n0,0,0,1\n1,0,0,0\n":    true,
		"1,2\n2,1\n":                                       false,
		"1,2.0\n2,1\n":                                     true,
		"1,2\n2.5,1\n":                                     true,
		"0;1,5\n0;0\n":                                     false,
		"0;1.5\n0;0\n":                                     true,
		"5\n":                                              false,
		"a,b\n0,1\n0,0\n":                                  false, // two nodes, or two columns
		"a,b,c\n0,1,0\n0,0,1\n0,0,0\n":                     true,
		"a,b,c\n0,1,0\n0,0,1\n":                            false,
		"a,b,c\n0,1,0\n0,0,1\n0,0,x\n":                     false,
		"a,b,c\na,0,1,0\nb,0,0,1\nc,0,0,0\n":               true,
		"a,b,c\na,0,1,0\nc,0,0,1\nb,0,0,0\n":               false,
		",a,b\na,0,1\nb,0,0\n":                             true,
		",a,b\nb,0,1\na,0,0\n":                             true, // with an empty corner, whatever the order
		",a,b\na,0,1\n":                                    false,
		",a,b\na,0,x\nb,0,0\n":                             false,
		"n,a,b\na,0,1\nb,0,0\n":                            true,
		"n,0,1,2\n0,0,1,0\n1,0,0,1\n2,0,0,0\n":             true,
		"n,0,1,2\n1,0,1,0\n0,0,0,1\n2,0,0,0\n":             false,
		",source,target\n0,1,2\n1,2,3\n":                   false, // a table with an index column
		"source,target,weight\n1,2,3\n2,3,4\n3,1,5\n":      false,
		"a,1,2,5\nb,2,3,5\nc,3,4,5\n":                      false,
		"a,1,2,5\nb,2,3,5\na,3,4,5\n":                      false,
		"a,0,1,0,0\nb,0,0,1,0\nc,0,0,0,1\nd,1,0,0,0\n":     true,
		"a,0,1,0,0\n\nb,0,0,1,0\nc,0,0,0,1\n\nd,1,0,0,0\n": true,
		"a,0,1,0,0\nb,0,0,1,0\nc,0,0,0,1\n":                false,
		"\"\",\"V1\",\"V2\",\"V3\",\"V4\"\n\"1\",0,1,0,0\n\"2\",0,0,1,0\n\"3\",0,0,0,1\n\"4\",1,0,0,0\n": true,
		"\"\",\"V1\",\"V2\",\"V3\"\n\"1\",0,1,0\n\"2\",0\n\"3\",0,1,0\n":                                 false, // a row is short
		"\"\",\"V1\",\"V2\",\"V3\"\n\"1\",0,1,0\n\"2\",0,1,0,5\n\"3\",0,1,0\n":                           false,
		"\"\",\"V1\",\"V2\",\"V3\"\n\"1\",7,8,1\n\"2\",8,9,1\n\"3\",9,7,1\n":                             false,
		"\"\",\"V1\",\"V2\",\"V3\"\n\"1\",0,8,1\n\"2\",8,0,1\n\"3\",9,7,0\n":                             true,
	} {
		c := newCollector(&Options{})
		l := &edgeList{collector: c, Lines: textfile.NewLines(strings.NewReader(text), 1000), prefer: []byte{',', ';', '\t', '|'}}
		first, _ := l.Next()
		l.sep = l.separator(first)
		l.comma = l.sep == ';' && strings.Contains(text, ",")
		if _, got := l.matrixAhead(first); got != want {
			t.Errorf("%q is a matrix: %v", text, got)
		}
		if l.opts.Source = "a"; want {
			if _, got := l.matrixAhead(first); got {
				t.Errorf("%q is a matrix although it has a column of sources", text)
			}
		}
	}
}

// TestLikelyMatrices: three rows of three are a matrix if they do not make a
// plausible list.
func TestLikelyMatrices(t *testing.T) {
	for text, want := range map[string]bool{
		"0 1 2 1 0 3 2 1 0": true, "1 2 3 2 3 1 3 1 2": false, "1 2 3 1 2 4 3 1 2": true, "1 2 0 2 3 1 3 1 2": true, "1.5 2 3 2 3 1 3 1 2": true, "-1 2 3 2 3 1 3 1 2": true,
		"1 -2 3 2 3 1 3 1 2": true, "0 2 3 2 0 1 3 1 7": false,
	} {
		f := strings.Fields(text)
		if got := likelyMatrix([][]string{f[:3], f[3:6], f[6:]}); got != want {
			t.Errorf("%s is likely: %v", text, got)
		}
	}
}

// TestStartOfAttributes: where the attributes of an edge start.
func TestStartOfAttributes(t *testing.T) {
	for text, want := range map[string]string{
		"a b {}": "a b|{}", "a b {'w': 1}": "a b|{'w': 1}", "a,b,{'w': 1} ": "a,b|{'w': 1} ", "a\tb\t{'x': {'y': 1}}\t": "a\tb|{'x': {'y': 1}}\t", "a b; {'w': 1}": "a b|{'w': 1}",
		"a b": "", "{}": "", "a b {": "", "a b {} c": "", `"a{" b {}`: "", `a b {"w": 1}`: `a b|{"w": 1}`,
	} {
		edge, dict, ok := cutDict(text)
		if got := edge + "|" + dict; ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q (%v), want %q", text, got, ok, want)
		}
	}
}
