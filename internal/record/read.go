package record

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"infomorph/internal/disk"
	"infomorph/internal/table"
)

// TableReader reads a Parquet table that this package wrote, row by row.
type TableReader struct {
	f    disk.File
	r    *parquet.GenericReader[any]
	cols []Column
	rows []parquet.Row
	n, i int
	done error
}

// readRows is the number of rows that are read at a time.
const readRows = 256

// OpenTable opens a table. The error names the file. A damaged or malicious
// file can make the Parquet library allocate gigabytes: check such files with
// Manifest.Verify first.
func OpenTable(path string) (*TableReader, error) { return openTable(disk.OS, path) }

func openTable(fsys disk.FS, path string) (*TableReader, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, fileError(filepath.Base(path), err)
	}
	t := &TableReader{f: f, rows: make([]parquet.Row, readRows)}
	if err := t.open(); err != nil {
		f.Close()
		return nil, fileError(filepath.Base(path), err)
	}
	return t, nil
}

func (t *TableReader) open() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("damaged: %v", p)
		}
	}()
	size, err := t.f.Size()
	if err != nil {
		return err
	}
	file, err := table.OpenParquet(t.f, size)
	if err != nil {
		return err
	}
	for _, f := range file.Schema().Fields() {
		k := kindOf(f)
		if k == "" {
			return fmt.Errorf("column %q: a type that infomorph does not write", f.Name())
		}
		t.cols = append(t.cols, Column{Name: f.Name(), Kind: k})
	}
	t.r = parquet.NewGenericReader[any](file)
	return nil
}

func kindOf(f parquet.Field) Kind {
	if !f.Leaf() || f.Repeated() || f.Optional() && f.Type().Kind() != parquet.Double {
		return ""
	}
	switch f.Type().Kind() {
	case parquet.Int64:
		if t := f.Type().LogicalType(); t != nil {
			if whole, ok := t.Value.(*format.IntType); ok && !whole.IsSigned {
				return Uint64
			}
		}
		return Int64
	case parquet.Int32:
		return Int32
	case parquet.Double:
		return Float64
	case parquet.Float:
		return Float32
	case parquet.ByteArray:
		return Text
	}
	return ""
}

// Columns returns the columns, without units, which are only in the manifest.
func (t *TableReader) Columns() []Column { return t.cols }

// Rows returns the number of rows.
func (t *TableReader) Rows() int64 { return t.r.NumRows() }

// Next returns the next row, valid until the next call, and io.EOF after the
// last. An empty cell is NaN.
func (t *TableReader) Next() (row parquet.Row, err error) {
	defer func() {
		if p := recover(); p != nil {
			t.done = fmt.Errorf("%s: damaged: %v", filepath.Base(t.f.Name()), p)
			row, err = nil, t.done
		}
	}()
	if t.i == t.n {
		if t.done != nil {
			return nil, t.done
		}
		t.n, t.done = t.r.ReadRows(t.rows)
		t.i = 0
		if t.n == 0 {
			if t.done == nil || errors.Is(t.done, io.EOF) {
				t.done = io.EOF
				return nil, io.EOF
			}
			return nil, fileError(filepath.Base(t.f.Name()), t.done)
		}
	}
	t.i++
	if row = t.rows[t.i-1]; len(row) != len(t.cols) {
		return nil, fmt.Errorf("%s: damaged: a row of %d values for %d columns", filepath.Base(t.f.Name()), len(row), len(t.cols))
	}
	for i, v := range row {
		if v.IsNull() {
			row[i] = parquet.DoubleValue(math.NaN())
		}
	}
	return row, nil
}

// Close closes the file.
func (t *TableReader) Close() error {
	t.r.Close()
	return t.f.Close()
}

// ReadColumns reads whole numeric columns of a table as float64 (exact for
// integers below 2⁵³). Without names it reads all numeric columns.
func ReadColumns(path string, names ...string) (map[string][]float64, error) {
	return readColumns(disk.OS, path, names)
}

func readColumns(fsys disk.FS, path string, names []string) (map[string][]float64, error) {
	t, err := openTable(fsys, path)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	index, err := t.pick(names)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]float64, len(index))
	for _, i := range index {
		out[t.cols[i].Name] = make([]float64, 0, max(0, min(t.Rows(), 1<<20)))
	}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		for _, i := range index {
			c := t.cols[i]
			out[c.Name] = append(out[c.Name], number(c.Kind, row[i]))
		}
	}
}

// pick returns the positions of the named columns.
func (t *TableReader) pick(names []string) ([]int, error) {
	var index []int
	for i, c := range t.cols {
		if len(names) == 0 && c.Kind != Text {
			index = append(index, i)
		}
	}
	for _, name := range names {
		found := -1
		for i, c := range t.cols {
			if c.Name == name && c.Kind != Text {
				found = i
			}
		}
		if found < 0 {
			return nil, fmt.Errorf("%s: no numeric column %q", filepath.Base(t.f.Name()), name)
		}
		if !slices.Contains(index, found) {
			index = append(index, found)
		}
	}
	return index, nil
}

func number(k Kind, v parquet.Value) float64 {
	switch k {
	case Int64:
		return float64(v.Int64())
	case Uint64:
		return float64(uint64(v.Int64()))
	case Int32:
		return float64(v.Int32())
	case Float32:
		return float64(v.Float())
	}
	return v.Double()
}
