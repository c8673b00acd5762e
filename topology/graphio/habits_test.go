package graphio

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
)

// textsOf is a graph with non-ASCII letters and several lines, in each text
// format.
func textsOf() map[Format]string {
	return map[Format]string{
		GraphML:       "<graphml>\n<graph edgedefault='directed'>\n<node id='é'/>\n<node id='b'/>\n<edge source='é' target='b'/>\n</graph>\n</graphml>\n",
		GEXF:          "<gexf>\n<graph defaultedgetype='directed'>\n<nodes>\n<node id='é'/>\n<node id='b'/>\n</nodes>\n<edges>\n<edge source='é' target='b'/>\n</edges>\n</graph>\n</gexf>\n",
		GML:           "# é\ngraph [\n directed 1\n node [ id 0 label \"é\" ]\n node [ id 1\n label \"b\" ]\n edge [ source 0\n target 1 ]\n]\n",
		Pajek:         "*Vertices 2\n1 \"é\"\n2 \"b\"\n*Arcs\n1 2\n",
		DOT:           "digraph {\n// é\n\"é\"\n -> # b\nb\n}\n",
		CSV:           "source,target\n# é\né,b\n",
		TSV:           "source\ttarget\n# é\né\tb\n",
		AdjacencyList: "é b\n# é\nb\n",
		Matrix:        ",é,b\né,0,1\nb,0,0\n",
		MatrixMarket:  banner + "%node\t0\t\t\t\t\t\té\n%node\t1\t\t\t\t\t\tb\n2 2 1\n1 2 1\n",
		JSON:          "{\"directed\": true,\n\"nodes\": [\"é\",\n\"b\"], \"links\":\n[{\"source\": \"é\", \"target\": \"b\"}]}\n",
	}
}

// utf16Of encodes a text in UTF-16, with or without a byte order mark.
func utf16Of(text string, order binary.AppendByteOrder, mark bool) string {
	var out []byte
	if mark {
		text = "\ufeff" + text
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func zstandard(text string) string {
	var b bytes.Buffer
	w, _ := zstd.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

// TestHowFilesAreStored: the graph is the same for every text encoding, line
// ending and compression.
func TestHowFilesAreStored(t *testing.T) {
	for f, text := range textsOf() {
		for name, stored := range map[string]string{
			"plain":            text,
			"mark":             "\ufeff" + text,
			"CRLF":             strings.ReplaceAll(text, "\n", "\r\n"),
			"CR":               strings.ReplaceAll(text, "\n", "\r"),
			"no last line end": strings.TrimSuffix(text, "\n"),
			"blank lines":      strings.Replace(text, "\n", "\n\n \n", 1),
			"UTF-16 LE":        utf16Of(text, binary.LittleEndian, true),
			"UTF-16 BE":        utf16Of(text, binary.BigEndian, true),
			"UTF-16, no mark":  utf16Of(text, binary.LittleEndian, false),
			"gzip":             gzipped(text),
			"zstd":             zstandard(text),
			"gzip of UTF-16":   gzipped(utf16Of(strings.ReplaceAll(text, "\n", "\r\n"), binary.BigEndian, true)),
		} {
			g, err := Read(strings.NewReader(stored), f, Limits{})
			if err != nil {
				t.Errorf("%s, %s: %v", f, name, err)
			} else if got := describe(g); got != "net[é b] | é>b" {
				t.Errorf("%s, %s: %s", f, name, got)
			}
		}
	}
}

// TestPacked: arrays may be compressed too, and bzip2 is supported. Damaged
// data and files without a graph give an error.
func TestPacked(t *testing.T) {
	means(t, NPY, meaning{gzipped(npyFile("'|u1'", "(1, 1)", "\x05")), "net[0] | 0>0 *5", ""})
	bz, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWQNDOuAAAAFRAAAQAAQwACAAIZpoM00XPF3JFOFCQA0M64A=") // a,b
	if err != nil {
		t.Fatal(err)
	}
	means(t, CSV, meaning{string(bz), "net[a b] | a>b", ""})
	refuses(t, CSV,
		refusal{"\x1f\x8bxxxxxxxx", "a damaged gzip file: gzip: invalid header"},
		refusal{"\xfd7zXZ\x00", "packed by xz, which is not read: unpack it first (xz -d)"},
		refusal{"%PDF-1.4", "this is a PDF document"},
	)
	cut := gzipped(strings.Repeat("a,b\n", 5000))
	if _, err := Read(strings.NewReader(cut[:len(cut)-9]), CSV, Limits{}); err == nil {
		t.Error("a list that is cut off is read")
	}
	if _, err := Read(strings.NewReader(gzipped(strings.Repeat("a,b\n", 5000))), CSV, Limits{Bytes: 19999}); err == nil {
		t.Error("bytes are counted before they are unpacked")
	}
}

// TestSayWhatIsWrongWithThePacking: the error of a damaged compressed array
// names the compression, not an array that ends too early.
func TestSayWhatIsWrongWithThePacking(t *testing.T) {
	whole := gzipped(npyFile("'<f4'", "(30, 30)", strings.Repeat("\x00\x00\x80\x3f", 900)))
	damaged := whole[:len(whole)-8] + "\xff\xff\xff\xff" + whole[len(whole)-4:]
	refuses(t, NPY, refusal{damaged, "gzip: invalid checksum"})
	refusesWith(t, NPY, Options{Limits: Limits{Bytes: 100}}, refusal{whole, "the file is longer than the limit"})
}
