package record

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"
)

// Kind is the type of a column.
type Kind string

// The kinds of columns a table can have.
const (
	Int64   Kind = "int64"
	Uint64  Kind = "uint64"
	Int32   Kind = "int32"
	Float64 Kind = "float64"
	Float32 Kind = "float32"
	Text    Kind = "text"
)

// Limits of a table; a part file with more is refused.
const (
	maxColumns = 4096
	maxText    = 1 << 20 // bytes of one text value
)

// Column describes one column of a table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	Unit string `json:"unit,omitempty"` // "us", "bit", … for the reader
}

// width returns the bytes a value takes in a part file; a guess for text.
func (k Kind) width() int {
	switch k {
	case Int64, Uint64, Float64:
		return 8
	case Int32, Float32:
		return 4
	}
	return 16
}

func (k Kind) valid() bool {
	switch k {
	case Int64, Uint64, Int32, Float64, Float32, Text:
		return true
	}
	return false
}

// rowWidth returns the bytes of one row, a guess where there is text.
func rowWidth(cols []Column) int {
	n := 0
	for _, c := range cols {
		n += c.Kind.width()
	}
	return n
}

// checkColumns returns an error unless cols can be the columns of a table:
// at least one, each with a name of its own and a known kind.
func checkColumns(cols []Column) error {
	if len(cols) == 0 || len(cols) > maxColumns {
		return fmt.Errorf("%d columns: want 1 to %d", len(cols), maxColumns)
	}
	seen := make(map[string]bool, len(cols))
	for i, c := range cols {
		switch {
		case c.Name == "":
			return fmt.Errorf("column %d has no name", i)
		case seen[c.Name]:
			return fmt.Errorf("column %q appears twice", c.Name)
		case !c.Kind.valid():
			return fmt.Errorf("column %q: kind %q: want int64, uint64, int32, float64, float32 or text", c.Name, c.Kind)
		}
		seen[c.Name] = true
	}
	return nil
}

func equalColumns(a, b []Column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || a[i].Kind != b[i].Kind {
			return false
		}
	}
	return true
}

// appendValue appends v to dst as column kind k stores it in a part file.
func appendValue(dst []byte, k Kind, v parquet.Value) []byte {
	switch k {
	case Int64, Uint64:
		return binary.LittleEndian.AppendUint64(dst, uint64(v.Int64()))
	case Int32:
		return binary.LittleEndian.AppendUint32(dst, uint32(v.Int32()))
	case Float64:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v.Double()))
	case Float32:
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(v.Float()))
	}
	b := v.ByteArray()
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

var errLongText = errors.New("a text value is longer than a table may hold")

// readValue reads what appendValue wrote. It returns io.EOF or
// io.ErrUnexpectedEOF when the file ends before or within the value.
func readValue(r *bufio.Reader, k Kind) (parquet.Value, error) {
	if k == Text {
		return readText(r)
	}
	b, err := r.Peek(k.width())
	if err != nil {
		return parquet.Value{}, err
	}
	var v [1]parquet.Value
	readNumbers(v[:], b, len(b), k)
	_, _ = r.Discard(len(b)) // Peek has found them
	return v[0], nil
}

// readNumbers sets column to numbers of kind k, which begin in rows at a distance
// of width bytes. The values are set in place: to return and append them takes
// ten times as long, because the processor waits for parts of each.
func readNumbers(column []parquet.Value, rows []byte, width int, k Kind) {
	switch k {
	case Int64, Uint64:
		for i := range column {
			column[i] = parquet.Int64Value(int64(binary.LittleEndian.Uint64(rows[i*width:])))
		}
	case Int32:
		for i := range column {
			column[i] = parquet.Int32Value(int32(binary.LittleEndian.Uint32(rows[i*width:])))
		}
	case Float64:
		for i := range column {
			column[i] = parquet.DoubleValue(math.Float64frombits(binary.LittleEndian.Uint64(rows[i*width:])))
		}
	default:
		for i := range column {
			column[i] = parquet.FloatValue(math.Float32frombits(binary.LittleEndian.Uint32(rows[i*width:])))
		}
	}
}

func readText(r *bufio.Reader) (parquet.Value, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return parquet.Value{}, err
	}
	if n > maxText {
		return parquet.Value{}, errLongText
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return parquet.Value{}, io.ErrUnexpectedEOF
	}
	return parquet.ByteArrayValue(b), nil
}

// valueOf converts v to the kind k, or returns an error that says why it
// cannot.
func valueOf(k Kind, v any) (parquet.Value, error) {
	switch x := v.(type) {
	case string:
		if k == Text {
			if len(x) > maxText {
				return parquet.Value{}, errLongText
			}
			return parquet.ByteArrayValue([]byte(x)), nil
		}
	case float64:
		return floatValue(k, x)
	case float32:
		return floatValue(k, float64(x))
	case uint64:
		switch {
		case k == Uint64:
			return parquet.Int64Value(int64(x)), nil // the same bits
		case k == Float64, k == Float32:
			return floatValue(k, float64(x))
		}
	case int:
		return intValue(k, int64(x))
	case int64:
		return intValue(k, x)
	case int32:
		return intValue(k, int64(x))
	}
	return parquet.Value{}, fmt.Errorf("a %T does not fit kind %s", v, k)
}

func floatValue(k Kind, x float64) (parquet.Value, error) {
	switch k {
	case Float64:
		return parquet.DoubleValue(x), nil
	case Float32:
		return parquet.FloatValue(float32(x)), nil
	}
	return parquet.Value{}, fmt.Errorf("a float does not fit kind %s", k)
}

func intValue(k Kind, x int64) (parquet.Value, error) {
	switch k {
	case Int64:
		return parquet.Int64Value(x), nil
	case Uint64:
		if x < 0 {
			return parquet.Value{}, fmt.Errorf("%d does not fit kind %s", x, k)
		}
		return parquet.Int64Value(x), nil
	case Int32:
		if x != int64(int32(x)) {
			return parquet.Value{}, fmt.Errorf("%d does not fit kind %s", x, k)
		}
		return parquet.Int32Value(int32(x)), nil
	case Float64, Float32:
		return floatValue(k, float64(x))
	}
	return parquet.Value{}, fmt.Errorf("an integer does not fit kind %s", k)
}
