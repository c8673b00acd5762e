package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"

	"infomorph/internal/npy"
	"infomorph/internal/textfile"
)

// MaxBytes is the default limit on the size of a table after decompression
// [bytes].
const MaxBytes = 1 << 28

// maxColumns is the largest number of columns.
const maxColumns = 1 << 16

// maxCells limits the memory for a file whose columns are much smaller on disk
// than in memory.
const maxCells = 1 << 26

// Formats are the kinds of files that Open knows.
var Formats = []string{"csv", "tsv", "parquet", "npy", "npz"}

// FormatOf returns the format for the extension of a file name, or "csv". It
// ignores the extensions of compressed files (.gz, .zst, .bz2).
func FormatOf(name string) string {
	switch strings.ToLower(path.Ext(textfile.Stem(name))) {
	case ".tsv", ".tab":
		return "tsv"
	case ".parquet", ".pq":
		return "parquet"
	case ".npy":
		return "npy"
	case ".npz":
		return "npz"
	}
	return "csv"
}

// Options are the settings for reading a table. With the zero value the format
// is detected as far as possible.
type Options struct {
	Name   string // of the file; its extension gives the format
	Format string // one of Formats; "": by Name

	// For text files:
	Separator    byte     // ',', ';', '\t', '|' or textfile.Blanks; 0: detected
	DecimalComma bool     // 1,5 is one and a half
	Header       string   // "yes", "no" (columns are c0, c1, …) or "" (detected)
	Missing      []string // texts for a missing value, besides the empty one; nil: NA, NaN and similar texts

	MaxBytes int64 // of the decompressed file; 0: the constant MaxBytes
}

// Error is a fault of a table with its position. Row and Line count from 1; 0
// means none.
type Error struct {
	Row, Line int
	Column    string
	Err       error
}

func (e *Error) Error() string {
	where := ""
	switch {
	case e.Row > 0 && e.Line > 0:
		where = fmt.Sprintf("row %d (line %d)", e.Row, e.Line)
	case e.Row > 0:
		where = fmt.Sprintf("row %d", e.Row)
	case e.Line > 0:
		where = fmt.Sprintf("line %d", e.Line)
	}
	if e.Column != "" {
		where = strings.TrimPrefix(where+fmt.Sprintf(", column %q", e.Column), ", ")
	}
	if where == "" {
		return e.Err.Error()
	}
	return where + ": " + e.Err.Error()
}

// Unwrap returns the fault without its position.
func (e *Error) Unwrap() error { return e.Err }

// source reads the rows of one format. next fills dst, which has one cell per
// column, and returns the line (0: none), or io.EOF at the end.
type source interface {
	next(dst []Cell) (line int, err error)
}

// Reader is a table being read.
type Reader struct {
	columns []string
	notes   []string
	src     source
	row     []Cell
	number  int // of the row in row
	line    int
	packed  bool   // cells may be much smaller on disk than in memory
	what    string // name in messages: "table" or "npz archive"
}

// Open reads the head of a table. Text must have a line of column names or
// consist only of numbers. Columns of .npy are called c0, c1, …, those of
// records and .npz by their names (a two-dimensional array x of .npz has x.c0,
// x.c1, …).
func Open(r io.Reader, o Options) (*Reader, error) {
	if o.Format == "" {
		o.Format = FormatOf(o.Name)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = MaxBytes
	}
	if at, size := wholeFile(r); o.Format == "parquet" && at != nil && size <= o.MaxBytes {
		return openTable(r, &o)
	}
	plain, err := textfile.Unpack(r)
	if err != nil {
		return nil, err
	}
	return openTable(&bounded{r: plain, left: o.MaxBytes, limit: o.MaxBytes}, &o)
}

// openTable reads the head of a table that is not compressed.
func openTable(plain io.Reader, o *Options) (*Reader, error) {
	var err error
	t := &Reader{what: "table"}
	switch o.Format {
	case "csv", "tsv":
		err = t.openText(plain, o)
	case "parquet":
		t.packed = true
		err = t.openParquet(plain)
	case "npy":
		err = t.openNPY(plain)
	case "npz":
		err = t.openNPZ(plain)
	default:
		return nil, fmt.Errorf("no format %q; there are %s", o.Format, strings.Join(Formats, " "))
	}
	if err == nil && len(t.columns) > maxColumns {
		err = fmt.Errorf("%d columns, expected at most %d", len(t.columns), maxColumns)
	}
	if err != nil {
		return nil, err
	}
	t.row = make([]Cell, len(t.columns))
	return t, nil
}

// Columns returns the names of the columns; a column without a name has "".
func (t *Reader) Columns() []string { return t.columns }

// Notes returns texts for people about what was guessed or ignored so far.
func (t *Reader) Notes() []string { return t.notes }

// Index returns the index of the column called name.
func (t *Reader) Index(name string) (int, error) {
	for i, c := range t.columns {
		if c == name && c != "" {
			return i, nil
		}
	}
	return 0, missingColumn(name, t.columns, t.what)
}

// missingColumn returns the error for a column that does not exist.
func missingColumn(name string, columns []string, what string) error {
	var named []string
	for _, c := range columns {
		if c != "" {
			named = append(named, c)
		}
	}
	rest := ""
	if len(named) > 20 {
		named, rest = named[:20], fmt.Sprintf(" and %d more, in the first row of the file", len(named)-20)
	}
	if what != "table" {
		return fmt.Errorf("there is no column %q in the %s; there are %s%s", name, what, strings.Join(named, ", "), rest)
	}
	return fmt.Errorf("there is no column %q; there are %s%s", name, strings.Join(named, ", "), rest)
}

// Next returns the next row, whose cells are valid until the next call; io.EOF
// is the end.
func (t *Reader) Next() ([]Cell, error) {
	line, err := t.src.next(t.row)
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	t.number++
	t.line = line
	var at *Error
	switch {
	case err == nil:
		return t.row, nil
	case errors.As(err, &at):
		return nil, err
	}
	return nil, &Error{Row: t.number, Line: line, Err: err}
}

// Rows iterates over the remaining rows; it stops after an error.
func (t *Reader) Rows() iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for {
			row, err := t.Next()
			if errors.Is(err, io.EOF) || !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Place returns the number of the row that Next returned last, from 1, and its
// line (0: the format has no lines).
func (t *Reader) Place() (row, line int) { return t.number, t.line }

// Errorf returns an error about a cell of the row that Next returned last.
func (t *Reader) Errorf(column int, format string, args ...any) error {
	return &Error{t.number, t.line, t.columns[column], fmt.Errorf(format, args...)}
}

// note adds a text to Notes.
func (t *Reader) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// bounded returns an error, not io.EOF, if there are more than limit bytes.
type bounded struct {
	r           io.Reader
	left, limit int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, fmt.Errorf("the table is larger than %d MB", b.limit>>20)
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left+1)])
	b.left -= int64(n)
	if b.left < 0 {
		return 0, fmt.Errorf("the table is larger than %d MB", b.limit>>20)
	}
	return n, err
}

// binaryFormat recognises binary data in a file with the name of a text file.
func binaryFormat(head []byte) string {
	switch {
	case npy.IsArchive(head):
		return "a zip file: an npz archive, or a spreadsheet (.xlsx, .ods), which is to be saved as CSV first"
	case bytes.HasPrefix(head, []byte(npy.Magic)):
		return "a .npy array"
	case bytes.HasPrefix(head, []byte("PAR1")):
		return "a Parquet file"
	case bytes.HasPrefix(head, []byte("\x89HDF")):
		return "an HDF5 file, which is not read: save the table as CSV, Parquet or .npy"
	case bytes.HasPrefix(head, []byte("MATLAB 5.0")):
		return "a MATLAB file, which is not read: save the table as CSV or .npy"
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return "an old Excel file (.xls), which is not read: save it as CSV"
	}
	return ""
}
