package estimate

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"
)

// Frame is a table of samples: rows in time order, columns by name.
type Frame struct {
	Rows    int
	Columns []Column
	// headerLines is how many lines of the file come before the first row, for
	// messages; negative if the file has no lines.
	headerLines int
}

// Column is one variable. Text formats keep the cells as text; others have
// numbers, with NaN for a missing value.
type Column struct {
	Name    string
	Text    []string
	Numbers []float64
}

// Formats are the kinds of files that Read knows.
var Formats = []string{"csv", "tsv", "parquet", "npy"}

// FormatOf returns the format that a file name's ending tells, or "csv".
func FormatOf(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".tsv", ".tab":
		return "tsv"
	case ".parquet", ".pq":
		return "parquet"
	case ".npy":
		return "npy"
	}
	return "csv"
}

// Read reads a table of at most MaxInput bytes. CSV and TSV need a header
// line; columns of .npy are called c0, c1, ….
func Read(r io.Reader, format string) (*Frame, error) {
	data, err := ReadAll(r)
	if err != nil {
		return nil, err
	}
	switch format {
	case "csv":
		return readText(data, ',')
	case "tsv":
		return readText(data, '\t')
	case "parquet":
		return readParquet(data)
	case "npy":
		return readNPY(data)
	}
	return nil, fmt.Errorf("no format %q; there are %s", format, strings.Join(Formats, " "))
}

// readText reads comma- or tab-separated values with a header.
func readText(data []byte, comma rune) (*Frame, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.ReuseRecord, r.TrimLeadingSpace = comma, true, comma == ','
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the table is empty; expected a line with column names")
	} else if err != nil {
		return nil, err
	}
	f := &Frame{headerLines: 1}
	for i, name := range header {
		name = strings.TrimSpace(name)
		if name == "" {
			return nil, fmt.Errorf("line 1: column %d has no name", i+1)
		}
		if f.find(name) != nil {
			return nil, fmt.Errorf("line 1: two columns are called %q", name)
		}
		f.Columns = append(f.Columns, Column{Name: name, Text: []string{}})
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return f, nil
		} else if err != nil {
			return nil, err
		}
		f.Rows++
		for i, cell := range record {
			c := &f.Columns[i]
			c.Text = append(c.Text, strings.TrimSpace(strings.Clone(cell)))
		}
	}
}

// find returns the column called name, or nil.
func (f *Frame) find(name string) *Column {
	for i := range f.Columns {
		if f.Columns[i].Name == name {
			return &f.Columns[i]
		}
	}
	return nil
}

// Column returns the column called name.
func (f *Frame) Column(name string) (*Column, error) {
	if c := f.find(name); c != nil {
		return c, nil
	}
	var names []string
	for i := range f.Columns {
		names = append(names, f.Columns[i].Name)
	}
	return nil, fmt.Errorf("there is no column %q; there are %s", name, strings.Join(names, ", "))
}

// missing reports whether a cell holds no value.
func missing(cell string) bool {
	switch strings.ToLower(cell) {
	case "", "na", "n/a", "nan", "null", "none", "?":
		return true
	}
	return false
}

// numbers returns the column's values, NaN where missing, or an error that
// tells the row and the column of the first cell that is not a number.
func (f *Frame) numbers(c *Column) ([]float64, error) {
	values := c.Numbers
	if c.Text != nil {
		values = make([]float64, len(c.Text))
		for i, cell := range c.Text {
			if values[i] = math.NaN(); missing(cell) {
				continue
			}
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				return nil, fmt.Errorf("%s, column %q: %q is not a number; name the column in --discrete if its cells are labels", f.where(i), c.Name, clip(cell))
			}
			values[i] = v
		}
	}
	for i, v := range values {
		if math.IsInf(v, 0) {
			return nil, fmt.Errorf("%s, column %q: the value is infinite", f.where(i), c.Name)
		}
	}
	return values, nil
}

// where names a row, counted from 1, and its line if the file has lines.
func (f *Frame) where(row int) string {
	if f.headerLines > 0 {
		return fmt.Sprintf("row %d (line %d)", row+1, row+1+f.headerLines)
	}
	return fmt.Sprintf("row %d", row+1)
}

// clip shortens a text for a message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
