package record

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"infomorph/neuron"
)

// TestValues: which values fit which kinds, and that they are read back as they were
// from a part file, as numbers.
func TestValues(t *testing.T) {
	for _, tc := range []struct {
		kind Kind
		good map[any]float64 // what is read back
		bad  []any
	}{
		{Int64, map[any]float64{7: 7, int32(-3): -3, int64(math.MinInt64): math.MinInt64}, []any{1.5, "1", float32(1), nil, uint64(1)}},
		{Uint64, map[any]float64{7: 7, uint64(1 << 63): 1 << 63, int32(0): 0}, []any{-1, int64(-1), 1.5, "1", nil}},
		{Int32, map[any]float64{math.MaxInt32: math.MaxInt32, int64(math.MinInt32): math.MinInt32}, []any{math.MaxInt32 + 1, math.MinInt32 - 1, 1.5, uint64(1), "1"}},
		{Float64, map[any]float64{0.1: 0.1, float32(0.5): 0.5, 3: 3, int32(-3): -3, uint64(1 << 63): 1 << 63, int64(1) << 60: 1 << 60}, []any{"0.1", nil, true}},
		{Float32, map[any]float64{0.1: float64(float32(0.1)), float32(0.1): float64(float32(0.1)), 3: 3, uint64(3): 3}, []any{"0.1", nil}},
		{Text, nil, []any{1, 1.5, nil, uint64(1), strings.Repeat("x", maxText+1)}},
	} {
		for v, want := range tc.good {
			got, err := valueOf(tc.kind, v)
			must(t, err)
			b := appendValue(nil, tc.kind, got)
			if len(b) != tc.kind.width() {
				t.Errorf("%s takes %d bytes, not %d", tc.kind, len(b), tc.kind.width())
			}
			back, err := readValue(bufio.NewReader(bytes.NewReader(b)), tc.kind)
			if err != nil || number(tc.kind, back) != want || number(tc.kind, got) != want {
				t.Errorf("%v as %s is read as %v, want %v: %v", v, tc.kind, number(tc.kind, back), want, err)
			}
			for cut := range b {
				if _, err := readValue(bufio.NewReader(bytes.NewReader(b[:cut])), tc.kind); !ended(err) {
					t.Errorf("%d bytes of a %s: %v", cut, tc.kind, err)
				}
			}
		}
		for _, v := range tc.bad {
			if got, err := valueOf(tc.kind, v); err == nil {
				t.Errorf("%T %v is taken as %s: %v", v, v, tc.kind, got)
			}
		}
	}
}

// TestTexts of part files: as they were, of any length that a table may hold.
func TestTexts(t *testing.T) {
	for _, text := range []string{"", "a", "ä, \"b\"\n", strings.Repeat("x", 127), strings.Repeat("y", 128), strings.Repeat("z", maxText)} {
		v, err := valueOf(Text, text)
		must(t, err)
		b := appendValue(nil, Text, v)
		got, err := readValue(bufio.NewReader(bytes.NewReader(append(b[:len(b):len(b)], 7))), Text)
		if err != nil || string(got.ByteArray()) != text {
			t.Errorf("a text of %d bytes is read with %d, %v", len(text), len(got.ByteArray()), err)
		}
		if _, err := readValue(bufio.NewReader(bytes.NewReader(b[:len(b)-1])), Text); !ended(err) {
			t.Errorf("a byte of %d is missing: %v", len(text), err)
		}
	}
}

// TestColumns: what can be the columns of a table, and how wide its rows are.
func TestColumns(t *testing.T) {
	many := make([]Column, maxColumns+1)
	for i := range many {
		many[i] = Column{Name: strings.Repeat("x", i+1)[:i+1], Kind: Int64}
	}
	for _, tc := range []struct {
		cols []Column
		want string
	}{
		{SpikeColumns(), ""}, {PIDColumns(AtomNames(3)), ""}, {WeightColumns(), ""}, {many[:maxColumns], ""},
		{many, "4097 columns"}, {nil, "0 columns"},
		{[]Column{{"a", Int64, ""}, {"", Int64, ""}}, "column 1 has no name"},
		{[]Column{{"a", Int64, ""}, {"b", Int64, ""}, {"a", Text, ""}}, `"a" appears twice`},
		{[]Column{{"a", "int8", ""}}, `kind "int8"`},
	} {
		if err := checkColumns(tc.cols); (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%d columns: %v, want %q", len(tc.cols), err, tc.want)
		}
	}
	if got := rowWidth([]Column{{"a", Int64, ""}, {"b", Uint64, ""}, {"c", Float64, ""}, {"d", Int32, ""}, {"e", Float32, ""}, {"f", Text, ""}}); got != 8+8+8+4+4+16 {
		t.Errorf("rows are %d bytes wide", got)
	}
	if n := len(AtomNames(3)); n != 18 {
		t.Errorf("%d atoms of three sources", n)
	}
}

// TestPartFiles: rows are read as they were appended; a row that is cut short is the end.
func TestPartFiles(t *testing.T) {
	cols := []Column{{"a", Int64, "us"}, {"b", Text, ""}, {"c", Float32, ""}}
	head := partHeader(cols)
	rows := slices.Clone(head)
	for i := range 3 {
		rows = appendRow(rows, cols, parquet.Row{parquet.Int64Value(int64(i)), parquet.ByteArrayValue([]byte("x")), parquet.FloatValue(0.5)})
	}
	width := (len(rows) - len(head)) / 3
	for cut := len(head); cut <= len(rows); cut++ {
		p, err := newPartReader(bytes.NewReader(rows[:cut]))
		must(t, err)
		if !slices.Equal(p.cols, cols) {
			t.Fatalf("columns %v", p.cols)
		}
		n := 0
		for {
			row, err := p.next()
			if err != nil {
				if err != io.EOF {
					t.Errorf("%d bytes: %v", cut, err)
				}
				break
			}
			if row[0].Int64() != int64(n) || string(row[1].ByteArray()) != "x" || row[2].Float() != 0.5 {
				t.Errorf("row %d is %v", n, row)
			}
			n++
		}
		if want := (cut - len(head)) / width; n != want {
			t.Errorf("%d bytes: %d rows, want %d", cut, n, want)
		}
	}
	for cut := range head {
		if _, err := newPartReader(bytes.NewReader(head[:cut])); !errors.Is(err, errNotPart) {
			t.Errorf("%d bytes of a header: %v", cut, err)
		}
	}
	long := append([]byte(partMagic), 0, 0, 0x10, 0) // 1 MiB of header: the most there may be
	long = append(long, partHeader(cols)[len(long):]...)
	long = append(long, bytes.Repeat([]byte(" "), maxPartHeader+len(partMagic)+4-len(long))...)
	if _, err := newPartReader(bytes.NewReader(long)); err != nil {
		t.Errorf("the longest header: %v", err)
	}
	long[len(partMagic)]++
	if _, err := newPartReader(bytes.NewReader(append(long, ' '))); !errors.Is(err, errNotPart) {
		t.Errorf("a header that is longer than it may be: %v", err)
	}
}

// TestPartsOfNumbers: rows of numbers are read many at a time, into the room that a
// block has, with the values that reading row by row gives.
func TestPartsOfNumbers(t *testing.T) {
	cols := []Column{{"a", Int64, "us"}, {"b", Int32, ""}, {"c", Float64, ""}, {"d", Float32, ""}, {"e", Uint64, ""}}
	data := partHeader(cols)
	const rows = 10000 // more than a block, and more than the reader's buffer
	for i := range rows {
		data = appendRow(data, cols, parquet.Row{parquet.Int64Value(int64(i)), parquet.Int32Value(int32(-i)),
			parquet.DoubleValue(float64(i) / 8), parquet.FloatValue(float32(i) / 4), parquet.Int64Value(int64(i) << 40)})
	}
	one, err := newPartReader(bytes.NewReader(data))
	must(t, err)
	many, err := newPartReader(bytes.NewReader(append(data, 1, 2, 3))) // the last row is cut short
	must(t, err)
	b, seen := newBlock(cols), 0
	for {
		n, err := many.fill(b)
		if err == io.EOF {
			break
		}
		must(t, err)
		if n == 0 || b.rows() != min(n, cap(b[0])) {
			t.Fatalf("%d rows added, %d in a block of %d", n, b.rows(), cap(b[0]))
		}
		for i := range n {
			row, err := one.next()
			must(t, err)
			for k := range cols {
				if !parquet.Equal(row[k], b[k][i]) {
					t.Fatalf("row %d: %v is read as %v", seen+i, row[k], b[k][i])
				}
			}
		}
		seen += n
		b.clear()
	}
	if seen != rows {
		t.Errorf("%d rows, want %d", seen, rows)
	}
}

// TestSummedTable: a table of a folder with checksums is there whole or not at all.
func TestSummedTable(t *testing.T) {
	dir := t.TempDir()
	cols := []Column{{"n", Int64, ""}, {"x", Float64, ""}, {"t", Text, ""}}
	rows := func(yield func([]any) bool) {
		for i := range 300 { // more than a block of rows
			if !yield([]any{i, float64(i) / 4, "a,b"}) {
				return
			}
		}
	}
	must(t, SummedTable(dir, "sub/t.csv", cols, rows))
	must(t, SummedTable(dir, "sub/t.parquet", cols, rows))
	must(t, CheckSums(dir, "sub/t.csv", "sub/t.parquet"))
	text, err := os.ReadFile(filepath.Join(dir, "sub/t.csv"))
	must(t, err)
	lines := strings.Split(string(text), "\n")
	if len(lines) != 302 || lines[0] != "n,x,t" || lines[300] != `299,74.75,"a,b"` || lines[301] != "" {
		t.Errorf("%d lines, %q, %q", len(lines), lines[0], lines[300])
	}
	got, err := ReadColumns(filepath.Join(dir, "sub/t.parquet"))
	if err != nil || len(got) != 2 || len(got["n"]) != 300 || got["n"][299] != 299 || got["x"][7] != 1.75 {
		t.Errorf("%d columns, %v", len(got), err)
	}
	for _, tc := range []struct {
		name string
		cols []Column
		rows []any
		want string
	}{
		{"u.txt", cols, []any{1, 1.5, "a"}, "a table is .parquet or .csv"},
		{"u.csv", cols, []any{1, 1.5}, "2 values for 3 columns"},
		{"u.csv", cols, []any{1, 1.5, 2}, `column "t"`},
		{"u.csv", nil, nil, "0 columns"},
		{"../u.csv", cols, []any{1, 1.5, "a"}, "inside the result folder"},
	} {
		err := SummedTable(dir, tc.name, tc.cols, func(yield func([]any) bool) { yield(tc.rows) })
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 2 { // sub and the sums
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestCellsOfCSV: texts are quoted as RFC 4180 asks for, numbers are the shortest that
// read back.
func TestCellsOfCSV(t *testing.T) {
	for text, want := range map[string]string{"a": "a", "": "", "a,b": `"a,b"`, `say "a"`: `"say ""a"""`, "a\nb": "\"a\nb\"", "a\rb": "\"a\rb\"", " a": `" a"`, "a b": "a b", `\.`: `"\."`} {
		if got := string(appendText([]byte("x,"), text)); got != "x,"+want {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	}
	for _, tc := range []struct {
		kind Kind
		v    any
		want string
	}{
		{Int64, int64(math.MinInt64), "-9223372036854775808"}, {Uint64, uint64(math.MaxUint64), "18446744073709551615"}, {Int32, -5, "-5"},
		{Float64, 0.1, "0.1"}, {Float64, 1e300, "1e+300"}, {Float64, math.NaN(), ""}, {Float64, math.Inf(-1), ""}, {Float32, float32(math.Inf(1)), ""}, {Float32, float32(0.1), "0.1"},
		{Float64, -1, "-1"}, {Float32, float32(1), "1"}, {Float64, 0, "0"}, {Float64, math.Copysign(0, -1), "-0"}, {Float64, -999999, "-999999"}, {Float64, 1e6, "1e+06"}, {Float64, 999999.5, "999999.5"}, {Text, "a,b", `"a,b"`},
	} {
		v, err := valueOf(tc.kind, tc.v)
		must(t, err)
		zero, err := valueOf(tc.kind, map[bool]any{false: 0, true: ""}[tc.kind == Text])
		must(t, err)
		var b strings.Builder
		s := newCSVSink(&b, []Column{{Name: "a", Kind: tc.kind}})
		must(t, s.write(block{{v, v, zero, v}}))
		must(t, s.close())
		if want := "a\n" + tc.want + "\n" + tc.want + "\n" + string(tc.kind.cell()(nil, &zero)) + "\n" + tc.want + "\n"; b.String() != want {
			t.Errorf("%v as %s is written %s, want %s", tc.v, tc.kind, b.String(), want)
		}
	}
}

// TestSamplingEdges: from a time on, before another, of chosen neurons, every so many
// updates from the first on.
func TestSamplingEdges(t *testing.T) {
	sel, err := ParseSelection("3-5")
	must(t, err)
	s := Sampling{Neurons: sel, Every: 4, From: 100, Until: 200}
	for _, tc := range []struct {
		id   neuron.ID
		t    neuron.Time
		n    int64
		want bool
	}{
		{3, 100, 0, true}, {5, 199, 8, true}, {4, 150, 4, true},
		{2, 100, 0, false}, {6, 100, 0, false}, {3, 99, 0, false}, {3, 200, 0, false}, {3, 150, 1, false}, {3, 150, 5, false},
	} {
		if s.Keeps(tc.id, tc.t, tc.n) != tc.want {
			t.Errorf("%+v", tc)
		}
	}
	for _, every := range []int64{0, 1} {
		all := Sampling{Every: every, From: -5}
		if !all.Keeps(9, 1<<60, 7) || !all.Keeps(0, -5, 0) || all.Keeps(0, -6, 0) {
			t.Errorf("every %d", every)
		}
	}
	if two := (Sampling{Every: 2}); two.Keeps(0, 0, 1) || !two.Keeps(0, 0, 2) || (&Sampling{Off: true}).Keeps(0, 0, 0) {
		t.Error("every other update")
	}
}

// TestSelectionEdges: the ends of what is selected, and how many there are below a number.
func TestSelectionEdges(t *testing.T) {
	s, err := ParseSelection(" 7 , 2-4,12-13 ")
	must(t, err)
	var got []neuron.ID
	counts := []int{}
	for id := range neuron.ID(16) {
		if s.Has(id) {
			got = append(got, id)
		}
		counts = append(counts, s.Count(int(id)))
	}
	if !slices.Equal(got, []neuron.ID{2, 3, 4, 7, 12, 13}) || !slices.Equal(counts, []int{0, 0, 0, 1, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5, 6, 6}) {
		t.Errorf("%v, counts %v", got, counts)
	}
	for text, want := range map[string]string{"1-2,3": "1-3", "1-2,4": "1-2,4", "5-9,1-6": "1-9", "0": "0", "4-4": "4"} {
		if s, err := ParseSelection(text); err != nil || s.String() != want {
			t.Errorf("%s is read as %v, %v; want %s", text, s, err, want)
		}
	}
}
