package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"infomorph/internal/textfile"
)

// maxLine is the longest line of a table [bytes].
const maxLine = 1 << 24

// text is a table of lines.
type text struct {
	lines *textfile.Lines
	sep   byte
	width int
	opts  *Options
}

// openText reads everything before the first row.
func (t *Reader) openText(r io.Reader, o *Options) error {
	in := bufio.NewReaderSize(r, 1<<16)
	if head, _ := in.Peek(16); binaryFormat(head) != "" {
		return errors.New("this is " + binaryFormat(head))
	}
	x := &text{lines: textfile.NewLines(textfile.Decode(in), maxLine), opts: o, sep: o.Separator}
	t.src = x
	comment, first, err := x.head()
	if err != nil {
		return err
	}
	if x.sep == 0 {
		second, ok := x.peek()
		prefer := []byte{',', ';', '\t', '|'}
		if o.Format == "tsv" {
			prefer = []byte{'\t', ',', ';', '|'}
		}
		if !ok {
			second = first
		}
		x.sep = textfile.Separator(first, second, prefer)
	}
	if names := textfile.Split(first, x.sep); o.Header == "no" || o.Header == "" && x.headless(names) {
		t.unnamed(comment, names, x)
		x.lines.Unread(first)
		x.width = len(t.columns)
		return nil
	}
	line := x.lines.Number
	names, err := x.lines.Fields(first, x.sep)
	if err != nil {
		return &Error{Line: line, Err: err}
	}
	return t.header(names, line, x)
}

// head returns the first line that is not a comment, and the comment before it.
func (x *text) head() (comment, first string, err error) {
	for {
		line, ok := x.lines.Next()
		if !ok {
			if at, err := x.lines.Err(); err != nil {
				return "", "", &Error{Line: at, Err: err}
			}
			return "", "", errors.New("the table is empty; expected a line with column names")
		}
		if sep, ok := strings.CutPrefix(line, "sep="); ok && len(sep) == 1 && x.sep == 0 { // a line that Excel uses
			x.sep = sep[0]
			continue
		}
		if c, ok := strings.CutPrefix(line, "#"); ok {
			comment = strings.TrimSpace(c)
			continue
		}
		if strings.HasPrefix(line, "%") || strings.HasPrefix(line, "//") { // MATLAB, ARFF, C
			continue
		}
		if is := foreign(line); is != "" {
			return "", "", errors.New("this looks like " + is + ", expected a table with a line of column names")
		}
		return comment, line, nil
	}
}

// foreign returns, from the first line, what a text is if it is not a table.
func foreign(line string) string {
	low := strings.ToLower(strings.TrimSpace(line))
	switch {
	case strings.HasPrefix(low, "<!doctype html"), strings.HasPrefix(low, "<html"):
		return "a web page"
	case strings.HasPrefix(low, "<?xml"):
		return "XML"
	case strings.HasPrefix(low, "{"), strings.HasPrefix(low, "["):
		return "JSON"
	case strings.HasPrefix(line, "\x80"):
		return "a Python pickle"
	case strings.HasPrefix(low, "@relation"):
		return "ARFF"
	}
	return ""
}

// peek returns the next line that is neither blank nor a comment, without
// consuming it.
func (x *text) peek() (string, bool) {
	for i := 0; ; i++ {
		line, ok := x.lines.Peek(i)
		if !ok || i > 1000 {
			return "", false
		}
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") {
			return line, true
		}
	}
}

// headless reports whether the first line has numbers and not names. The
// numbers 0, 1, 2, … count as names, because pandas writes them as names.
func (x *text) headless(fields []textfile.Field) bool {
	sequence := x.sep != textfile.Blanks && len(fields) > 1
	for i, f := range fields {
		if f.Quoted || f.Text == "" {
			return false
		}
		c := newText(f.Text, false, x.opts)
		if _, err := c.Number(); err != nil || c.Missing() {
			return false
		}
		sequence = sequence && f.Text == strconv.Itoa(i)
	}
	return !sequence
}

// unnamed names the columns of a table of numbers: with the names in the
// comment before it (numpy.savetxt), or c0, c1, ….
func (t *Reader) unnamed(comment string, fields []textfile.Field, x *text) {
	names := textfile.Split(comment, x.sep)
	if x.opts.Header == "" && comment != "" && len(names) == len(fields) && !x.headless(names) {
		for _, n := range names {
			t.columns = append(t.columns, n.Text)
		}
		return
	}
	for i := range fields {
		t.columns = append(t.columns, "c"+strconv.Itoa(i))
	}
	if x.opts.Header == "" {
		t.note("the first line holds numbers, no names: the columns are called c0 to c%d", len(fields)-1)
	}
}

// header reads the names of the columns. If rows have one cell more, the first
// cell is a row name, as R writes it.
func (t *Reader) header(fields []textfile.Field, line int, x *text) error {
	for i, f := range fields {
		name := strings.Clone(f.Text)
		if t.column(name) {
			return &Error{Line: line, Err: fmt.Errorf("two columns are called %q", name)}
		}
		if name == "" && i > 0 && i < len(fields)-1 {
			t.note("column %d has no name and is left alone", i+1)
		}
		t.columns = append(t.columns, name)
	}
	for n := len(t.columns); n > 1 && t.columns[n-1] == ""; n-- { // from commas at the end of the line
		t.columns = t.columns[:n-1]
	}
	x.width = len(t.columns)
	if second, ok := x.peek(); ok {
		if row := textfile.Split(second, x.sep); len(row) == x.width+1 && row[x.width].Text != "" {
			t.columns = append([]string{""}, t.columns...)
			x.width++
			t.note("rows have one field more than the first line: what they begin with is taken for their names and left alone")
		}
	}
	return nil
}

func (t *Reader) column(name string) bool {
	_, err := t.Index(name)
	return err == nil
}

// next reads a row. A line that begins with # is a row if it has as many fields
// as a row and no blank follows the #; otherwise it is a comment.
func (x *text) next(dst []Cell) (int, error) {
	for {
		line, ok := x.lines.Next()
		number := x.lines.Number
		if !ok {
			if at, err := x.lines.Err(); err != nil {
				return at, &Error{Line: at, Err: err}
			}
			return 0, io.EOF
		}
		if strings.HasPrefix(line, "#") && (strings.HasPrefix(line, "# ") || textfile.Count(line, x.sep)+1 != x.width) {
			continue
		}
		fields, err := x.lines.Fields(line, x.sep)
		if err != nil {
			return number, err
		}
		for len(fields) > x.width && fields[len(fields)-1] == (textfile.Field{}) {
			fields = fields[:len(fields)-1]
		}
		if len(fields) != x.width {
			return number, fmt.Errorf("%d fields, expected %d as in the first line", len(fields), x.width)
		}
		for i, f := range fields {
			dst[i] = newText(f.Text, f.Quoted, x.opts)
		}
		return number, nil
	}
}
