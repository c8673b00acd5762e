package record

import (
	"bufio"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"infomorph/internal/guard"
)

// block is a sequence of rows, column by column: all columns have the same
// length.
type block [][]parquet.Value

// blockCells is about the number of values in a full block, so that blocks of
// wide tables are short.
const blockCells = 1 << 13

func newBlock(cols []Column) block {
	rows := max(chunkRows, blockCells/len(cols))
	b := make(block, len(cols))
	for i := range b {
		b[i] = make([]parquet.Value, 0, rows)
	}
	return b
}

// add adds a row. Its texts must not change until the block is written.
func (b block) add(row parquet.Row) {
	for i, v := range row {
		b[i] = append(b[i], v)
	}
}

func (b block) rows() int { return len(b[0]) }

func (b block) full() bool { return len(b[0]) == cap(b[0]) }

func (b block) clear() {
	for i := range b {
		b[i] = b[i][:0]
	}
}

// A sink writes the rows of a table in one file format, block by block. It does
// not keep the block.
type sink interface {
	write(block) error
	close() error // completes the format; does not close the writer below
}

// sinks write a table in several formats at once.
type sinks struct {
	all   []sink
	block block
}

// put adds a row. The caller may use the row again, but not its texts.
func (s *sinks) put(row parquet.Row) error {
	s.block.add(row)
	if s.block.full() {
		return s.flush()
	}
	return nil
}

// flush writes the block, each format on a goroutine of its own.
func (s *sinks) flush() error {
	defer s.block.clear()
	errs := make([]error, len(s.all))
	var wg sync.WaitGroup
	for i, one := range s.all[1:] {
		wg.Go(func() { errs[i+1] = one.write(s.block) })
	}
	errs[0] = s.all[0].write(s.block)
	wg.Wait()
	return errors.Join(errs...)
}

func (s *sinks) close() error {
	if err := s.flush(); err != nil {
		return err
	}
	for _, one := range s.all {
		if err := one.close(); err != nil {
			return err
		}
	}
	return nil
}

// rowGroupBytes is the uncompressed size of a row group, which limits the
// memory for writing a table.
const rowGroupBytes = 8 << 20

// codec is shared because it pools encoders. With one thread per encoder the
// bytes are always the same.
var codec = &zstd.Codec{Level: zstd.SpeedDefault, Concurrency: 1}

// orderedGroup is a parquet group whose columns keep the given order, where
// parquet.Group sorts them by name.
type orderedGroup struct {
	parquet.Group
	fields []parquet.Field
}

func (g *orderedGroup) Fields() []parquet.Field { return g.fields }

// schemaOf returns the Parquet schema of a table. Integers are delta-coded:
// times and sources of a run are sorted or nearly so.
func schemaOf(cols []Column) *parquet.Schema {
	group := make(parquet.Group, len(cols))
	for _, c := range cols {
		var n parquet.Node
		switch c.Kind {
		case Int64:
			n = parquet.Encoded(parquet.Leaf(parquet.Int64Type), &parquet.DeltaBinaryPacked)
		case Uint64:
			n = parquet.Encoded(parquet.Uint(64), &parquet.DeltaBinaryPacked)
		case Int32:
			n = parquet.Encoded(parquet.Leaf(parquet.Int32Type), &parquet.DeltaBinaryPacked)
		case Float64: // NaN is an empty cell
			n = parquet.Optional(parquet.Leaf(parquet.DoubleType))
		case Float32:
			n = parquet.Leaf(parquet.FloatType)
		case Text:
			n = parquet.String()
		}
		group[c.Name] = n
	}
	byName := make(map[string]parquet.Field, len(cols))
	for _, f := range group.Fields() {
		byName[f.Name()] = f
	}
	g := &orderedGroup{Group: group, fields: make([]parquet.Field, len(cols))}
	for i, c := range cols {
		g.fields[i] = byName[c.Name]
	}
	return parquet.NewSchema("table", g)
}

// parquetSink writes Parquet in row groups of bounded size.
type parquetSink struct {
	w     *parquet.GenericWriter[any]
	cols  []Column
	cells []parquet.Value // of a chunk
	left  int             // rows that still fit the row group
	most  int             // rows of a row group
}

// chunkRows is the number of rows that are passed on at a time. A page can end
// only between two chunks, so long chunks would make pages too large.
const chunkRows = 64

func newParquetSink(w io.Writer, cols []Column) *parquetSink {
	rows := max(1<<10, rowGroupBytes/rowWidth(cols))
	return &parquetSink{cols: cols, most: rows, left: rows, w: parquet.NewGenericWriter[any](w, schemaOf(cols),
		parquet.CreatedBy("infomorph", "1", "1"),
		parquet.Compression(codec))}
}

func (s *parquetSink) write(b block) error {
	for from := 0; from < b.rows(); {
		if s.left == 0 {
			if err := s.w.Flush(); err != nil {
				return err
			}
			s.left = s.most
		}
		end := min(from+min(chunkRows, s.left), b.rows())
		for i, c := range s.w.ColumnWriters() {
			if _, err := c.WriteRowValues(s.optional(i, b[i][from:end])); err != nil {
				return err
			}
		}
		s.left -= end - from
		from = end
	}
	return nil
}

// optional returns the values of a column for the file, valid until the next
// call: values that are not finite become null.
func (s *parquetSink) optional(column int, values []parquet.Value) []parquet.Value {
	if s.cols[column].Kind != Float64 {
		return values
	}
	s.cells = s.cells[:0]
	for _, v := range values {
		if finite(v.Double()) {
			s.cells = append(s.cells, v.Level(0, 1, column))
		} else {
			s.cells = append(s.cells, parquet.NullValue().Level(0, 0, column))
		}
	}
	return s.cells
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func (s *parquetSink) close() error { return s.w.Close() }

// csvSink writes comma-separated values (RFC 4180, one header line, \n). Floats
// have the fewest digits that read back exactly; a float that is not finite is
// an empty cell. Texts are escaped so that none is a formula.
type csvSink struct {
	w    *bufio.Writer
	cols []Column
	line []byte
}

func newCSVSink(w io.Writer, cols []Column) *csvSink {
	s := &csvSink{w: bufio.NewWriterSize(w, 1<<16), cols: cols}
	for _, c := range cols {
		s.line = append(appendText(s.line, c.Name), ',')
	}
	_ = s.endLine() // bufio keeps the error, and close returns it
	return s
}

func (s *csvSink) write(b block) error {
	for i := range b.rows() {
		for k, c := range s.cols {
			s.line = append(appendCell(s.line, c.Kind, &b[k][i]), ',')
		}
		if err := s.endLine(); err != nil {
			return err
		}
	}
	return nil
}

// endLine replaces the last comma by a newline and writes the line.
func (s *csvSink) endLine() error {
	s.line[len(s.line)-1] = '\n'
	_, err := s.w.Write(s.line)
	s.line = s.line[:0]
	return err
}

func (s *csvSink) close() error { return s.w.Flush() }

func appendCell(dst []byte, k Kind, v *parquet.Value) []byte {
	switch k {
	case Int64:
		return strconv.AppendInt(dst, v.Int64(), 10)
	case Uint64:
		return strconv.AppendUint(dst, uint64(v.Int64()), 10)
	case Int32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10)
	case Float64:
		return appendFloat(dst, v.Double(), 64)
	case Float32:
		return appendFloat(dst, float64(v.Float()), 32)
	}
	return appendText(dst, string(v.ByteArray()))
}

func appendFloat(dst []byte, x float64, bits int) []byte {
	if !finite(x) {
		return dst
	}
	return strconv.AppendFloat(dst, x, 'g', -1, bits)
}

// appendText appends a text as encoding/csv would: in quotes if it needs them.
func appendText(dst []byte, text string) []byte {
	text = guard.Cell(text)
	space, _ := utf8.DecodeRuneInString(text)
	if !strings.ContainsAny(text, ",\"\r\n") && !unicode.IsSpace(space) && text != `\.` {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(text, `"`, `""`)...)
	return append(dst, '"')
}
