package record

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"infomorph/internal/guard"
	"infomorph/internal/table"
)

// readers are other programs that load tables, each with a Python line that
// prints count, sum of source and last time of the spikes.
var readers = []struct{ module, file, code string }{
	{"pandas", "spikes.csv", "import pandas; d=pandas.read_csv(f)"},
	{"pyarrow", "spikes.parquet", "import pyarrow.parquet; d=pyarrow.parquet.read_table(f).to_pandas()"},
	{"fastparquet", "spikes.parquet", "import fastparquet; d=fastparquet.ParquetFile(f).to_pandas()"},
	{"duckdb", "spikes.parquet", "import duckdb; d=duckdb.read_parquet(f).df()"},
}

func TestOtherProgramsReadTheTables(t *testing.T) {
	opts := options(t)
	opts.CSV = true
	r := create(t, opts)
	must(t, history(r, 0, 3000))
	must(t, r.Close(nil, Final{}))
	const python = "/usr/bin/python3"
	for _, reader := range readers {
		t.Run(reader.module, func(t *testing.T) {
			if exec.Command(python, "-c", "import "+reader.module).Run() != nil {
				t.Skipf("no %s for %s", reader.module, python)
			}
			code := "import sys, json; f=sys.argv[1]\n" + reader.code +
				"\nprint(json.dumps([len(d), int(d['source'].sum()), int(d['time_us'].iloc[-1]), float(d['value'].abs().mean())]))"
			out, err := exec.Command(python, "-c", code, filepath.Join(opts.Dir, reader.file)).Output()
			must(t, err)
			var got [4]float64
			must(t, json.Unmarshal(out, &got))
			if got != [4]float64{30_000, 135_000, 2_999_000, 1} {
				t.Errorf("%s reads %v", reader.module, got)
			}
		})
	}
}

// TestCellsAsTheLibraryWritesThem compares lines of CSV with those of encoding/csv.
func TestCellsAsTheLibraryWritesThem(t *testing.T) {
	cols := []Column{{"i", Int64, ""}, {"u", Uint64, ""}, {"k", Int32, ""}, {"d", Float64, ""}, {"f", Float32, ""}, {"text, \"quoted\"", Text, ""}, {"=1", Text, ""}}
	letters := rapid.StringOf(rapid.RuneFrom([]rune("a,\"\r\n =+-@\t'\\.é\u00a0")))
	rapid.Check(t, func(t *rapid.T) {
		var got, want bytes.Buffer
		s := &sinks{all: []sink{newCSVSink(&got, cols)}, block: newBlock(cols)}
		w := csv.NewWriter(&want)
		_ = w.Write([]string{"i", "u", "k", "d", "f", "text, \"quoted\"", "'=1"})
		for range rapid.IntRange(0, 3).Draw(t, "rows") {
			i, d := rapid.Int64().Draw(t, "i"), rapid.Float64().Draw(t, "d")
			k, f := rapid.Int32().Draw(t, "k"), rapid.Float32().Draw(t, "f")
			a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
			row := make(sinkRow, len(cols))
			if err := fillRow(row, cols, []any{i, uint64(i), k, d, f, a, b}); err != nil {
				t.Fatal(err)
			}
			if err := s.put(row); err != nil {
				t.Fatal(err)
			}
			_ = w.Write([]string{fmt.Sprint(i), fmt.Sprint(uint64(i)), fmt.Sprint(k), strconv.FormatFloat(d, 'g', -1, 64),
				strconv.FormatFloat(float64(f), 'g', -1, 32), guard.Cell(a), guard.Cell(b)})
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		if w.Flush(); got.String() != want.String() {
			t.Fatalf("got %q, want %q", got.String(), want.String())
		}
	})
}

// TestBlocksAndRowGroups writes more rows than a block and than a row group has, of
// numbers and of texts, and reads them all back in their order.
func TestBlocksAndRowGroups(t *testing.T) {
	for _, kind := range []Kind{Int64, Text} {
		r, err := Create(Options{Dir: filepath.Join(t.TempDir(), "run"), MinFree: -1, CSV: true})
		must(t, err)
		cols := []Column{{"n", kind, ""}, {"pad", Float64, ""}}
		s, err := r.Stream("long", cols)
		must(t, err)
		n := rowGroupBytes/rowWidth(cols) + blockCells + 77
		value := func(i int) any {
			if kind == Text {
				return fmt.Sprint(i)
			}
			return i
		}
		for i := range n {
			must(t, s.Append(value(i), float64(i)/2))
		}
		dir := r.opts.Dir
		must(t, r.Close(nil, Final{}))
		tab, err := OpenTable(filepath.Join(dir, "long.parquet"))
		must(t, err)
		defer tab.Close()
		for i := range n {
			row, err := tab.Next()
			must(t, err)
			if row[0].String() != fmt.Sprint(i) || row[1].Double() != float64(i)/2 {
				t.Fatalf("row %d is %v", i, row)
			}
		}
		if _, err := tab.Next(); err != io.EOF {
			t.Errorf("after %d rows: %v", n, err)
		}
		text, err := os.ReadFile(filepath.Join(dir, "long.csv"))
		must(t, err)
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if want := fmt.Sprintf("%d,%v", n-1, float64(n-1)/2); len(lines) != n+1 || lines[n] != want {
			t.Errorf("%d lines, the last %s, want %d and %s", len(lines), lines[len(lines)-1], n+1, want)
		}
	}
}

// TestEmptyCells: what is not finite is an empty cell in every format, and NaN again
// where it is read.
func TestEmptyCells(t *testing.T) {
	opts := options(t)
	opts.CSV = true
	r := create(t, opts)
	given := []float64{1.5, math.NaN(), math.Inf(1), -2, math.Inf(-1)}
	must(t, r.Table("holes", []Column{{"n", Int64, ""}, {"x", Float64, ""}}, func(yield func([]any) bool) {
		for i, x := range given {
			if !yield([]any{i, x}) {
				return
			}
		}
	}))
	must(t, r.Close(nil, Final{}))
	text, err := os.ReadFile(filepath.Join(opts.Dir, "holes.csv"))
	must(t, err)
	if want := "n,x\n0,1.5\n1,\n2,\n3,-2\n4,\n"; string(text) != want {
		t.Errorf("%q, want %q", text, want)
	}
	path := filepath.Join(opts.Dir, "holes.parquet")
	cols, err := ReadColumns(path)
	must(t, err)
	for i, x := range given {
		if got := cols["x"][i]; cols["n"][i] != float64(i) || finite(x) && got != x || !finite(x) && !math.IsNaN(got) {
			t.Errorf("row %d: %v is read as %v", i, x, got)
		}
	}
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	size, err := f.Stat()
	must(t, err)
	file, err := table.OpenParquet(f, size.Size())
	must(t, err)
	nulls := int64(0)
	for _, g := range file.Metadata().RowGroups {
		nulls += g.Columns[1].MetaData.Statistics.NullCount
	}
	if nulls != 3 {
		t.Errorf("the file has %d empty cells, want 3", nulls)
	}
}
