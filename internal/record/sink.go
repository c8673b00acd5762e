package record

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
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

// add adds a row, or the first cells of one. Its texts must not change until the
// block is written.
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

// sinks write a table in several formats.
type sinks struct {
	all    []sink
	block  block
	labels *labelled // of the rows; nil: none
	rows   int64
}

// put adds a row, without labels. The caller may use the row again, but not its
// texts.
func (s *sinks) put(row parquet.Row) error {
	s.block.add(row)
	return s.added(1)
}

// readAll adds all rows of a part file.
func (s *sinks) readAll(p *partReader) error {
	for {
		n, err := p.fill(s.block)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = s.added(n)
		}
		if err != nil {
			return err
		}
	}
}

// added counts rows that were added to the block, and writes a full block.
func (s *sinks) added(rows int) error {
	s.rows += int64(rows)
	if s.block.full() {
		return s.flush()
	}
	return nil
}

// flush writes the block, one format after the other: on goroutines of their own
// they take more processor time and are not faster, because the values have to
// move between processors.
func (s *sinks) flush() error {
	defer s.block.clear()
	s.labels.fill(s.block)
	for _, one := range s.all {
		if err := one.write(s.block); err != nil {
			return err
		}
	}
	return nil
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
	w     io.Writer
	cols  []csvColumn
	lines []byte // that have not been written
}

// csvColumn writes the values of a column, one after the other. A number that is the same
// as the one before, such as a time, is copied.
type csvColumn struct {
	appendCell func(dst []byte, v *parquet.Value) []byte
	number     bool
	last       uint64 // the bits of a number
	cell       []byte // its text and a comma; empty: there was none yet
}

func (c *csvColumn) append(dst []byte, v *parquet.Value) []byte {
	if !c.number {
		return append(c.appendCell(dst, v), ',')
	}
	if bits := v.Uint64(); bits != c.last || len(c.cell) == 0 {
		c.last, c.cell = bits, append(c.appendCell(c.cell[:0], v), ',')
	}
	return append(dst, c.cell...)
}

// csvBuffer is the number of bytes of lines that are written at a time.
const csvBuffer = 1 << 16

func newCSVSink(w io.Writer, cols []Column) *csvSink {
	s := &csvSink{w: w}
	for _, c := range cols {
		s.cols = append(s.cols, csvColumn{appendCell: c.Kind.cell(), number: c.Kind != Text})
		s.lines = append(appendText(s.lines, c.Name), ',')
	}
	s.endLine()
	return s
}

func (s *csvSink) write(b block) error {
	for i := range b.rows() {
		for k := range s.cols {
			s.lines = s.cols[k].append(s.lines, &b[k][i])
		}
		s.endLine()
		if len(s.lines) >= csvBuffer {
			if err := s.close(); err != nil {
				return err
			}
		}
	}
	return nil
}

// endLine replaces the last comma by a newline.
func (s *csvSink) endLine() { s.lines[len(s.lines)-1] = '\n' }

func (s *csvSink) close() error {
	_, err := s.w.Write(s.lines)
	s.lines = s.lines[:0]
	return err
}

// cell returns the function that appends a value of kind k as text.
func (k Kind) cell() func(dst []byte, v *parquet.Value) []byte {
	switch k {
	case Int64:
		return func(dst []byte, v *parquet.Value) []byte { return strconv.AppendInt(dst, v.Int64(), 10) }
	case Uint64:
		return func(dst []byte, v *parquet.Value) []byte { return strconv.AppendUint(dst, uint64(v.Int64()), 10) }
	case Int32:
		return func(dst []byte, v *parquet.Value) []byte { return strconv.AppendInt(dst, int64(v.Int32()), 10) }
	case Float64:
		return func(dst []byte, v *parquet.Value) []byte { return appendFloat(dst, v.Double(), 64) }
	case Float32:
		return func(dst []byte, v *parquet.Value) []byte { return appendFloat(dst, float64(v.Float()), 32) }
	}
	return func(dst []byte, v *parquet.Value) []byte { return appendText(dst, string(v.ByteArray())) }
}

// appendFloat writes whole numbers, which are frequent, as integers: the text is
// the same, in a fraction of the time.
func appendFloat(dst []byte, x float64, bits int) []byte {
	if !finite(x) {
		return dst
	}
	if -1e6 < x && x < 1e6 && x == math.Trunc(x) && x != 0 { // larger ones have an exponent, and zero a sign
		return strconv.AppendInt(dst, int64(x), 10)
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
