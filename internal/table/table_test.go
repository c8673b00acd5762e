package table

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"infomorph/internal/fuzzing"
	"infomorph/internal/npy"
)

// read returns the columns and the cells of a table as text.
func read(text string, o Options) (columns []string, rows [][]string, notes []string, err error) {
	t, err := Open(strings.NewReader(text), o)
	if err != nil {
		return nil, nil, nil, err
	}
	for row, err := range t.Rows() {
		if err != nil {
			return t.Columns(), rows, t.Notes(), err
		}
		var cells []string
		for _, c := range row {
			cells = append(cells, c.String())
		}
		rows = append(rows, cells)
	}
	return t.Columns(), rows, t.Notes(), nil
}

// TestText: the same three columns and two rows, as programs write them.
func TestText(t *testing.T) {
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	_, _ = w.Write([]byte("r,c,y\n1,2,a\n3,4,b\n"))
	_ = w.Close()
	for name, c := range map[string]struct {
		text string
		o    Options
	}{
		"commas":             {"r,c,y\n1,2,a\n3,4,b\n", Options{}},
		"semicolons":         {"r;c;y\n1;2;a\n3;4;b\n", Options{}},
		"Excel":              {"sep=;\r\nr;c;y\r\n1;2;a\r\n3;4;b\r\n", Options{}},
		"tabs in .csv":       {"r\tc\ty\n1\t2\ta\n3\t4\tb\n", Options{}},
		"commas in .tsv":     {"r,c,y\n1,2,a\n3,4,b\n", Options{Name: "a.tsv"}},
		"bars":               {"r|c|y\n1|2|a\n3|4|b", Options{}},
		"blanks":             {"r  c y\n1  2 a\n3  4 b\n", Options{Name: "a.txt"}},
		"BOM and CR":         {"\ufeffr,c,y\r1,2,a\r3,4,b\r", Options{}},
		"blanks beside":      {" r , c , y \n1 , 2 ,a\n 3,4, b\n", Options{}},
		"quotes":             {`"r", "c", "y"` + "\n1,2,\"a\"\n3,4,\"b\"\n", Options{}},
		"comments":           {"# made by hand, on a Monday\nr,c,y\n1,2,a\n# half, time,\n3,4,b\n", Options{}},
		"comments of MATLAB": {"% made by hand\nr,c,y\n1,2,a\n3,4,b\n", Options{}},
		"commas at the end":  {"r,c,y,\n1,2,a,\n3,4,b,\n", Options{}},
		"comments and gzip":  {gz.String(), Options{Name: "x.csv.gz"}},
		"forced semicolon":   {"r;c;y\n1;2;a\n3;4;b\n", Options{Separator: ';'}},
		"names by a comment": {"r;c;y\n1;2;a\n3;4;b\n", Options{Header: "yes"}},
	} {
		columns, rows, _, err := read(c.text, c.o)
		if err != nil || !reflect.DeepEqual(columns, []string{"r", "c", "y"}) || !reflect.DeepEqual(rows, [][]string{{"1", "2", "a"}, {"3", "4", "b"}}) {
			t.Errorf("%s: %q %q, %v", name, columns, rows, err)
		}
	}
}

// TestHeads: with names, without names, and with fewer names than cells in a
// row.
func TestHeads(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		o       Options
		columns []string
		rows    int
	}{
		"pandas index":       {",s,c\n0,5,6\n", Options{}, []string{"", "s", "c"}, 1},
		"R row names":        {"\"s\" \"c\"\n\"1\" 5 6\n\"2\" 5 6\n", Options{Name: "x.txt"}, []string{"", "s", "c"}, 2},
		"numpy.savetxt":      {"# r c y\n1.5 2 3\n2 3 4\n", Options{Name: "x.txt"}, []string{"r", "c", "y"}, 2},
		"numbers alone":      {"1.5,2,3\n2,3,4\n", Options{}, []string{"c0", "c1", "c2"}, 2},
		"pandas numbers":     {"0,1,2\n1.5,2,3\n", Options{}, []string{"0", "1", "2"}, 1},
		"told to have none":  {"0,1,2\n1.5,2,3\n", Options{Header: "no"}, []string{"c0", "c1", "c2"}, 2},
		"told to have one":   {"5,6\n1,2\n", Options{Header: "yes"}, []string{"5", "6"}, 1},
		"one column":         {"spikes of one\n1\n2\n", Options{}, []string{"spikes of one"}, 2},
		"hashtags":           {"who,x\n#a,1\n#b,2\n", Options{}, []string{"who", "x"}, 2},
		"line end in quotes": {"\"a\nb\",c\n\"1\n2\",3\n", Options{}, []string{"a\nb", "c"}, 1},
		"names only":         {"a,b\n", Options{}, []string{"a", "b"}, 0},
	} {
		columns, rows, _, err := read(c.text, c.o)
		if err != nil || !reflect.DeepEqual(columns, c.columns) || len(rows) != c.rows {
			t.Errorf("%s: %q, %q, %v", name, columns, rows, err)
		}
	}
	if _, _, notes, _ := read("1.5,2\n3,4\n", Options{}); len(notes) != 1 {
		t.Error("names are made up in silence:", notes)
	}
}

func TestCells(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		text    string
		quoted  bool
		o       Options
		number  float64
		missing bool
		label   bool
	}{
		{"1.5", false, Options{}, 1.5, false, true},
		{"1e3", false, Options{}, 1000, false, true},
		{"1,5", false, Options{DecimalComma: true}, 1.5, false, true},
		{"True", false, Options{}, 1, false, true},
		{"FALSE", false, Options{}, 0, false, true},
		{"", false, Options{}, nan, true, false},
		{"NA", false, Options{}, nan, true, false},
		{"NA", true, Options{}, nan, true, true}, // R puts labels into quotes, a missing value not
		{"<NA>", false, Options{}, nan, true, false},
		{"none", false, Options{}, nan, true, true},
		{"None", false, Options{}, nan, true, true},
		{"NA", false, Options{Missing: []string{"-99"}}, 0, false, true},
		{"-99", false, Options{Missing: []string{"-99"}}, nan, true, false},
	} {
		cell := newText(c.text, c.quoted, &c.o)
		v, err := cell.Number()
		_, label := cell.Label()
		if !(v == c.number || math.IsNaN(v) && math.IsNaN(c.number)) || cell.Missing() != c.missing || label != c.label {
			t.Errorf("%q: %v, %v, missing %v, label %v", c.text, v, err, cell.Missing(), label)
		}
	}
	for text, want := range map[string]string{"x": "not a number", "1,5": "asked for (--decimal-comma,", "1,000": "part thousands", "-12,345,678.5": "part thousands", ".": "--missing-values .", "0x10": "not a number", "1_0": "not a number"} {
		if _, err := newText(text, false, &Options{}).Number(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	big := newText("9007199254740993", false, &Options{})
	if w, ok := big.Whole(); !ok || w != 9007199254740993 {
		t.Error("2⁵³+1 is read as", w)
	}
}

// TestFaults name row, line and column, and what was expected.
func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "empty",
		"# only this\n":            "empty",
		"a,a\n1,2\n":               `line 1: two columns are called "a"`,
		"a,b\n1,2\n3\n":            "row 2 (line 3): 1 fields, expected 2",
		"a,b\n\n1,2,3,4\n":         "row 1 (line 3): 4 fields",
		"a,b\n1,\"2\n":             "not closed",
		"PK\x03\x04xxxxxxxxxxxxxx": "npz archive",
		"\x93NUMPY\x01\x00":        ".npy",
		"PAR1xxxxxxxx":             "Parquet",
		"\x89HDF\r\n\x1a\n":        "HDF5",
		"[{\"a\":1}]":              "JSON",
		"<!DOCTYPE html>\n<p>":     "web page",
		"\x80\x04\x95x":            "pickle",
	} {
		if _, _, _, err := read(text, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	r, err := Open(strings.NewReader("cue,y\nx,1\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if got := r.Errorf(1, "too %s", "big").Error(); got != `row 1 (line 2), column "y": too big` {
		t.Error(got)
	}
	if _, err := r.Index("z"); err == nil || err.Error() != `there is no column "z"; there are cue, y` {
		t.Error(err)
	}
	var at *Error
	if _, _, _, err := read("a,b\n1\n", Options{}); !errors.As(err, &at) || at.Row != 1 || at.Line != 2 {
		t.Errorf("%+v", at)
	}
	if _, _, _, err := read(strings.Repeat("a,b\n", 100), Options{MaxBytes: 50}); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Error("no limit:", err)
	}
	if _, _, _, err := read("", Options{Format: "xls"}); err == nil {
		t.Error("an unknown format is accepted")
	}
}

// TestBinaryFormats: .npy, .npz and Parquet give names, exact whole numbers
// and missing values.
func TestBinaryFormats(t *testing.T) {
	var array, records, pq bytes.Buffer
	_ = npy.WriteNumbers(&array, []int64{1 << 60, 1<<60 + 1, 3, 4}, 2, 2)
	records.WriteString(npy.Magic + "\x01\x00")
	head := "{'descr': [('s', '<i2'), ('w', '|S1')], 'fortran_order': False, 'shape': (2,), }\n"
	records.WriteString(string([]byte{byte(len(head)), 0}) + head + "\x01\x00a\x02\x00b")
	npz := func(names ...string) string {
		var b bytes.Buffer
		a := npy.NewArchiveWriter(&b)
		for _, n := range names {
			w, _ := a.Create(n)
			if strings.HasPrefix(n, "m") {
				_ = npy.WriteNumbers(w, []float64{1, 2, 3, 4}, 2, 2)
			} else {
				_ = npy.WriteTexts(w, []string{"x", "y"})
			}
		}
		_ = a.Close()
		return b.String()
	}
	type row struct {
		I *int64   `parquet:"i,optional"`
		B bool     `parquet:"b"`
		T string   `parquet:"t"`
		L []string `parquet:"l,list"`
	}
	one := int64(1<<60 + 1)
	if err := parquet.Write(&pq, []row{{&one, true, "NA", []string{"p", "q"}}, {nil, false, "x", nil}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, format, want string }{
		"array":   {array.String(), "npy", "[c0 c1] [[1152921504606846976 1152921504606846977] [3 4]]"},
		"records": {records.String(), "npy", "[s w] [[1 a] [2 b]]"},
		"one":     {npz("m"), "npz", "[c0 c1] [[1 2] [3 4]]"},
		"two":     {npz("m", "who"), "npz", "[m.c0 m.c1 who] [[1 2 x] [3 4 y]]"},
		"parquet": {pq.String(), "parquet", "[i b t] [[1152921504606846977 1 NA] [ 0 x]]"},
	} {
		columns, rows, _, err := read(c.text, Options{Format: c.format})
		if got := fmt.Sprint(columns, " ", rows); err != nil || got != c.want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if _, _, notes, _ := read(pq.String(), Options{Format: "parquet"}); len(notes) == 0 || !strings.Contains(notes[0], "nested") {
		t.Error("a nested column is left out in silence:", notes)
	}
}

// TestFrame: columns keep exact numbers and texts.
func TestFrame(t *testing.T) {
	f, err := ReadFrame(strings.NewReader(",a,b,c\n0,9007199254740993,NA,1.5\n1,9007199254740992,x,\n"), Options{})
	if err != nil || f.Rows != 2 || len(f.Columns) != 3 {
		t.Fatalf("%+v, %v", f, err)
	}
	if w := f.Columns[0].Whole; len(w) != 2 || w[0]-w[1] != 1 {
		t.Error(w)
	}
	if f.Columns[2].Whole != nil {
		t.Error("1.5 is whole")
	}
	if _, ok := f.Columns[1].Label(0); ok {
		t.Error("NA is a label")
	}
	if s, ok := f.Columns[1].Label(1); !ok || s != "x" {
		t.Error(s)
	}
	if v, err := f.Values(&f.Columns[2]); err != nil || v[0] != 1.5 || !math.IsNaN(v[1]) {
		t.Error(v, err)
	}
	if _, err := f.Values(&f.Columns[1]); err == nil || !strings.Contains(err.Error(), `row 2 (line 3), column "b": "x" is not a number`) {
		t.Error(err)
	}
	if FormatOf("a.TSV") != "tsv" || FormatOf("a.npz") != "npz" || FormatOf("b.csv.zst") != "csv" || FormatOf("-") != "csv" {
		t.Error("formats by name")
	}
}

// TestPandasAndNumPy: what they write is read, whatever their options.
func TestPandasAndNumPy(t *testing.T) {
	if exec.Command("/usr/bin/python3", "-c", "import pandas, numpy").Run() != nil {
		t.Skip("no Python with pandas (Debian: python3-pandas)")
	}
	dir := t.TempDir()
	out, err := exec.Command("/usr/bin/python3", "-c", `
import sys, pandas, numpy
d = sys.argv[1] + "/"
f = pandas.DataFrame({"s": [1.5, None, 3.0], "k": [2**60+1, 2, 3], "l": ["none", "a,b", "c\"d"], "b": [True, False, True]})
f.to_csv(d + "index.csv"); f.to_csv(d + "plain.csv", index=False); f.to_csv(d + "comma.csv", sep=";", decimal=",", index=False)
f.to_csv(d + "utf16.csv", encoding="utf-16", index=False); f.to_csv(d + "packed.csv.gz", index=False); f.to_csv(d + "t.tsv", sep="\t", na_rep="NA")
numpy.savetxt(d + "savetxt.txt", f[["s", "k"]].fillna(0).values, header="s k")
numpy.savez(d + "a.npz", s=f.s.values, k=f.k.values, l=numpy.array(f.l, dtype=str), b=f.b.values)
numpy.save(d + "rec.npy", f.drop(columns="l").to_records(index=False))
`, dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range []string{"index.csv", "plain.csv", "comma.csv", "utf16.csv", "packed.csv.gz", "t.tsv", "a.npz", "rec.npy", "savetxt.txt"} {
		in, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		f, err := ReadFrame(in, Options{Name: name, DecimalComma: name == "comma.csv"})
		_ = in.Close()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkPandas(t, name, f)
	}
}

func checkPandas(t *testing.T, name string, f *Frame) {
	t.Helper()
	s, err := f.Column("s")
	if err != nil {
		t.Fatal(name, err)
	}
	if v, err := f.Values(s); err != nil || v[0] != 1.5 || v[2] != 3 {
		t.Error(name, v, err)
	}
	k, err := f.Column("k")
	if name != "savetxt.txt" && (err != nil || k.Whole == nil || k.Whole[0] != 1<<60+1) {
		t.Error(name, k, err)
	}
	if b, err := f.Column("b"); err == nil {
		if v, err := f.Values(b); err != nil || v[0] != 1 || v[1] != 0 {
			t.Error(name, v, err)
		}
	}
	if l, err := f.Column("l"); err == nil {
		got := []string{}
		for i := range 3 {
			text, _ := l.Label(i)
			got = append(got, text)
		}
		if text, _ := json.Marshal(got); string(text) != `["none","a,b","c\"d"]` {
			t.Error(name, string(text))
		}
	}
}

// FuzzOpen: no bytes panic, in any format, and rows end.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("a,b\n1,\"2\n3\"\n#x,4\n"), byte(0))
	f.Add([]byte("sep=;\n1;2\n"), byte(1))
	f.Add([]byte("# a b\n1 2\n"), byte(0))
	f.Fuzz(func(t *testing.T, data []byte, format byte) {
		defer fuzzing.Bound(t)()
		r, err := Open(bytes.NewReader(data), Options{Format: Formats[int(format)%len(Formats)], MaxBytes: 1 << 20})
		if err != nil {
			return
		}
		for range 1 << 20 {
			row, err := r.Next()
			if errors.Is(err, io.EOF) || err != nil {
				return
			}
			if len(row) != len(r.Columns()) {
				t.Fatalf("%d cells of %d columns", len(row), len(r.Columns()))
			}
			for _, c := range row {
				_, _ = c.Number()
				_, _ = c.Label()
				_, _ = c.Whole()
			}
		}
	})
}

// TestParquetFooterLies: eight bytes are read as a footer of eight hundred
// megabytes, and are refused before anybody makes room for it.
func TestParquetFooterLies(t *testing.T) {
	for _, text := range []string{"PAR1PAR1", "PAR1PAR1PAR1", "PAR1\xff\xff\xff\xffPAR1", "PAR1\x01\x00\x00\x00PAR1"} {
		end := fuzzing.Bound(t)
		if _, err := ReadFrame(strings.NewReader(text), Options{Format: "parquet"}); err == nil || !strings.Contains(err.Error(), "not a complete Parquet file") {
			t.Errorf("%q: %v", text, err)
		}
		end()
	}
}
