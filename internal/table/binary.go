package table

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"infomorph/internal/npy"
)

// array is a .npy file that is read row by row.
type array struct {
	r       io.Reader
	h       *npy.Header
	rows    int
	element []byte
	done    int
}

// openNPY opens an array with the shape samples or samples × columns, or an
// array of records.
func (t *Reader) openNPY(r io.Reader) error {
	h, err := npy.ReadHeader(r)
	if err != nil {
		return err
	}
	rows, columns, err := sizeOf(h)
	if err != nil {
		return err
	}
	t.columns = numbered("", columns)
	if len(h.Fields) > 1 || h.Fields[0].Name != "" {
		t.columns = nil
		for _, f := range h.Fields {
			t.columns = append(t.columns, f.Name)
		}
	}
	if h.Fortran && columns > 1 {
		t.src, err = byColumn(r, h, rows, columns)
		return err
	}
	t.src = &array{r: r, h: h, rows: rows, element: make([]byte, h.Size())}
	return nil
}

// sizeOf returns the numbers of rows and columns.
func sizeOf(h *npy.Header) (rows, columns int, err error) {
	records := len(h.Fields) > 1 || h.Fields[0].Name != ""
	switch n := len(h.Shape); {
	case h.Len() < 0:
		return 0, 0, fmt.Errorf("the .npy file's shape %v is too large", h.Shape)
	case n == 1:
		return h.Shape[0], 1, nil
	case n == 2 && !records && h.Shape[1] <= maxColumns:
		return h.Shape[0], h.Shape[1], nil
	case n == 2 && !records:
		return 0, 0, fmt.Errorf("the .npy array has %d columns, expected at most %d", h.Shape[1], maxColumns)
	}
	return 0, 0, fmt.Errorf("the .npy array has %d dimensions; expected samples × columns", len(h.Shape))
}

func (a *array) next(dst []Cell) (int, error) {
	if a.done == a.rows {
		var more [1]byte
		if n, _ := io.ReadFull(a.r, more[:]); n > 0 {
			return 0, errors.New("the .npy file goes on behind its last row")
		}
		return 0, io.EOF
	}
	a.done++
	for i := 0; i < len(dst); {
		if _, err := io.ReadFull(a.r, a.element); err != nil {
			return 0, readError(err, "the .npy file ends before its last row")
		}
		rest := a.element
		for k := range a.h.Fields {
			var v npy.Value
			v, rest = a.h.Fields[k].Decode(rest)
			dst[i] = newValue(v)
			i++
		}
	}
	return 0, nil
}

// readError replaces the error of an unexpected end of the file by the text
// ends.
func readError(err error, ends string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New(ends)
	}
	return err
}

func newValue(v npy.Value) Cell {
	switch v.Kind {
	case npy.Bool:
		return Cell{Kind: Bool, whole: v.Int, float: v.Float}
	case npy.Int:
		return Cell{Kind: Int, whole: v.Int, float: v.Float}
	case npy.Uint:
		return Cell{Kind: Uint, whole: v.Int, float: v.Float}
	case npy.Float:
		return Cell{Kind: Float, float: v.Float}
	}
	return newText(v.Text, true, &Options{})
}

// held are whole columns in memory, from which rows are made.
type held struct {
	columns [][]npy.Value
	rows    int
	done    int
}

func (h *held) next(dst []Cell) (int, error) {
	if h.done == h.rows {
		return 0, io.EOF
	}
	for i, c := range h.columns {
		dst[i] = newValue(c[h.done])
	}
	h.done++
	return 0, nil
}

// byColumn reads an array that is stored column by column.
func byColumn(r io.Reader, h *npy.Header, rows, columns int) (*held, error) {
	if rows*columns > maxCells {
		return nil, fmt.Errorf("an array of %d × %d in Fortran order, expected at most %d values", rows, columns, maxCells)
	}
	out := &held{rows: rows}
	cell := make([]byte, h.Size())
	for range columns {
		var column []npy.Value
		for range rows {
			if _, err := io.ReadFull(r, cell); err != nil {
				return nil, readError(err, "the .npy file ends before its last row")
			}
			v, _ := h.Fields[0].Decode(cell)
			column = append(column, v)
		}
		out.columns = append(out.columns, column)
	}
	return out, nil
}

// openNPZ reads the arrays of an archive as columns; all must have the same
// number of rows.
func (t *Reader) openNPZ(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	a, err := npy.OpenArchive(data)
	if err != nil {
		return err
	}
	t.what = "npz archive"
	out, cells := &held{}, 0
	for i, name := range a.Names {
		v, err := readMember(a, name)
		if err != nil {
			return fmt.Errorf("array %q: %w", name, err)
		}
		rows, columns := 1, 1
		if len(v.Shape) > 0 {
			rows = v.Shape[0]
		}
		if len(v.Shape) > 1 {
			columns = v.Shape[1]
		}
		switch {
		case len(v.Shape) > 2 || columns > maxColumns:
			return fmt.Errorf("array %q has the shape %v; expected samples or samples × columns", name, v.Shape)
		case i > 0 && rows != out.rows:
			return fmt.Errorf("the arrays of the npz archive differ in length: %q has %d rows, %q has %d; save those of one length, or one array as .npy", a.Names[0], out.rows, name, rows)
		}
		if cells += len(v.Values); cells > maxCells {
			return fmt.Errorf("more than %d values in the npz archive", maxCells)
		}
		out.rows = rows
		out.add(v, columns)
		t.columns = append(t.columns, labels(name, v.Shape, len(a.Names) == 1)...)
	}
	t.src = out
	return nil
}

func readMember(a *npy.Archive, name string) (*npy.Array, error) {
	r, err := a.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return npy.ReadArray(r, maxCells)
}

// add adds the columns of an array.
func (h *held) add(a *npy.Array, columns int) {
	for c := range columns {
		column := make([]npy.Value, h.rows)
		for i := range column {
			column[i] = a.Values[i*columns+c]
		}
		h.columns = append(h.columns, column)
	}
}

// labels returns names for the columns of an array. They begin with the name of
// the array, unless it is the only array and has two dimensions.
func labels(name string, shape []int, only bool) []string {
	if len(shape) < 2 {
		return []string{name}
	}
	prefix := name + "."
	if only {
		prefix = ""
	}
	return numbered(prefix, shape[1])
}

// numbered returns n names with a prefix: c0, c1, …
func numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = prefix + "c" + strconv.Itoa(i)
	}
	return names
}
