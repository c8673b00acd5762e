package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// rowGroups returns the rows of a Parquet file.
type rowGroups struct {
	groups []parquet.RowGroup
	rows   parquet.Rows
	place  []int // of each column of the file in the table; −1: none
	buf    []parquet.Row
	at, n  int

	unsigned []int // columns of unsigned integers
}

// openParquet reads the flat columns of a Parquet file.
func (t *Reader) openParquet(r io.Reader) (err error) {
	// A damaged file can make the decoders panic, which is an error of the
	// file.
	defer guard(&err)
	var file *parquet.File
	if at, size := wholeFile(r); at != nil {
		file, err = OpenParquet(at, size)
	} else {
		data, broken := io.ReadAll(r)
		if broken != nil {
			return broken
		}
		file, err = OpenParquet(bytes.NewReader(data), int64(len(data)))
	}
	if err != nil {
		return fmt.Errorf("not a Parquet file: %w", err)
	}
	paths := file.Schema().Columns()
	g := &rowGroups{groups: file.RowGroups(), buf: make([]parquet.Row, 64)}
	for i, path := range paths {
		leaf, ok := file.Schema().Lookup(path...)
		name := strings.Join(path, ".")
		if !ok || leaf.MaxRepetitionLevel > 0 || leaf.ColumnIndex != i {
			t.note("column %q is nested and is left alone", name)
			g.place = append(g.place, -1)
			continue
		}
		g.place = append(g.place, len(t.columns))
		if is := leaf.Node.Type().LogicalType(); is != nil {
			if whole, ok := is.Value.(*format.IntType); ok && !whole.IsSigned {
				g.unsigned = append(g.unsigned, i)
			}
		}
		t.columns = append(t.columns, name)
	}
	t.src = g
	return nil
}

// wholeFile returns r as a file that can be read at any offset, and its size;
// nil if it is not one.
func wholeFile(r io.Reader) (io.ReaderAt, int64) {
	f, ok := r.(interface {
		io.ReaderAt
		Stat() (fs.FileInfo, error)
	})
	if !ok {
		return nil, 0
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, 0
	}
	return f, info.Size()
}

// guard turns a panic into an error.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the Parquet file is damaged: %v", r)
	}
}

func (g *rowGroups) next(dst []Cell) (_ int, err error) {
	defer guard(&err)
	for g.at == g.n {
		if err := g.fill(); err != nil {
			return 0, err
		}
	}
	clear(dst)
	for _, v := range g.buf[g.at] {
		if c := v.Column(); c < len(g.place) && c >= 0 && g.place[c] >= 0 {
			dst[g.place[c]] = parquetCell(v, slices.Contains(g.unsigned, c))
		}
	}
	g.at++
	return 0, nil
}

// fill reads some more rows.
func (g *rowGroups) fill() error {
	if g.rows == nil {
		if len(g.groups) == 0 {
			return io.EOF
		}
		g.rows, g.groups = g.groups[0].Rows(), g.groups[1:]
	}
	n, err := g.rows.ReadRows(g.buf)
	g.at, g.n = 0, n
	if errors.Is(err, io.EOF) || err == nil && n == 0 {
		err = g.rows.Close()
		g.rows = nil
	}
	return err
}

func parquetCell(v parquet.Value, unsigned bool) Cell {
	whole := func(k Kind, i int64) Cell { return Cell{Kind: k, whole: i, float: float64(i)} }
	switch {
	case unsigned && v.Kind() == parquet.Int64:
		return Cell{Kind: Uint, whole: v.Int64(), float: float64(v.Uint64())}
	case unsigned && v.Kind() == parquet.Int32:
		return whole(Int, int64(v.Uint32()))
	}
	switch v.Kind() {
	case parquet.Boolean:
		if v.Boolean() {
			return whole(Bool, 1)
		}
		return whole(Bool, 0)
	case parquet.Int32:
		return whole(Int, int64(v.Int32()))
	case parquet.Int64:
		return whole(Int, v.Int64())
	case parquet.Float:
		return Cell{Kind: Float, float: float64(v.Float()), single: true}
	case parquet.Double:
		return Cell{Kind: Float, float: v.Double()}
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return newText(strings.Clone(string(v.ByteArray())), true, &Options{})
	}
	return Cell{}
}

var errNotParquet = errors.New("not a complete Parquet file")

// OpenParquet opens a Parquet file to read its rows. It refuses a footer that
// is longer than the file before gigabytes are allocated for it.
func OpenParquet(f io.ReaderAt, size int64) (*parquet.File, error) {
	var tail [8]byte
	if size < 12 {
		return nil, errNotParquet
	}
	if _, err := f.ReadAt(tail[:], size-8); err != nil {
		return nil, err
	}
	if string(tail[4:]) != "PAR1" || int64(binary.LittleEndian.Uint32(tail[:4])) > size-12 {
		return nil, errNotParquet
	}
	return parquet.OpenFile(f, size, parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true))
}
