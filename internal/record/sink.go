package record

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"infomorph/internal/guard"
)

// A sink takes the rows of a table in one file format. Rows are in the order
// of the columns and may be reused by the caller after put.
type sink interface {
	put(parquet.Row) error
	close() error // completes the format; does not close the writer below
}

// rowGroupBytes bounds the memory of a table that is being written: the
// uncompressed size of a row group.
const rowGroupBytes = 8 << 20

// codec is shared: it pools encoders. One thread each keeps bytes the same.
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
		case Float64:
			n = parquet.Leaf(parquet.DoubleType)
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
	batch []parquet.Row
	n     int
}

const batchRows = 256

func newParquetSink(w io.Writer, cols []Column) *parquetSink {
	rows := max(1<<10, rowGroupBytes/rowWidth(cols))
	s := &parquetSink{batch: make([]parquet.Row, batchRows)}
	s.w = parquet.NewGenericWriter[any](w, schemaOf(cols),
		parquet.CreatedBy("infomorph", "1", "1"),
		parquet.Compression(codec),
		parquet.MaxRowsPerRowGroup(int64(rows)))
	return s
}

func (s *parquetSink) put(row parquet.Row) error {
	s.batch[s.n] = append(s.batch[s.n][:0], row...)
	if s.n++; s.n < batchRows {
		return nil
	}
	return s.flush()
}

func (s *parquetSink) flush() error {
	_, err := s.w.WriteRows(s.batch[:s.n])
	s.n = 0
	return err
}

func (s *parquetSink) close() error {
	if err := s.flush(); err != nil {
		return err
	}
	return s.w.Close()
}

// csvSink writes comma-separated values (RFC 4180, one header line, \n).
// Floats have the fewest digits that read back exactly; no text is a formula.
type csvSink struct {
	w      *csv.Writer
	cols   []Column
	record []string
}

func newCSVSink(w io.Writer, cols []Column) *csvSink {
	s := &csvSink{w: csv.NewWriter(bufio.NewWriterSize(w, 1<<16)), cols: cols, record: make([]string, len(cols))}
	for i, c := range cols {
		s.record[i] = guard.Cell(c.Name)
	}
	s.w.Write(s.record) // an error shows in close
	return s
}

func (s *csvSink) put(row parquet.Row) error {
	for i, c := range s.cols {
		switch c.Kind {
		case Int64:
			s.record[i] = strconv.FormatInt(row[i].Int64(), 10)
		case Uint64:
			s.record[i] = strconv.FormatUint(uint64(row[i].Int64()), 10)
		case Int32:
			s.record[i] = strconv.FormatInt(int64(row[i].Int32()), 10)
		case Float64:
			s.record[i] = strconv.FormatFloat(row[i].Double(), 'g', -1, 64)
		case Float32:
			s.record[i] = strconv.FormatFloat(float64(row[i].Float()), 'g', -1, 32)
		case Text:
			s.record[i] = guard.Cell(string(row[i].ByteArray()))
		}
	}
	return s.w.Write(s.record)
}

func (s *csvSink) close() error {
	s.w.Flush()
	return s.w.Error()
}
