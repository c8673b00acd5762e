package estimate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// maxCellsRead bounds the memory of a Parquet file, whose columns may be far
// smaller on disk than in memory.
const maxCellsRead = 1 << 26

// readParquet reads the flat columns of a Parquet file.
func readParquet(data []byte) (f *Frame, err error) {
	// A damaged file can panic inside the decoders; that is the file's fault.
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("the Parquet file is damaged: %v", r)
		}
	}()
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("not a Parquet file: %w", err)
	}
	f = &Frame{headerLines: -1}
	paths := file.Schema().Columns()
	if n := file.NumRows(); n < 0 || int64(len(paths))*n > maxCellsRead {
		return nil, fmt.Errorf("the Parquet file has %d rows of %d columns; at most %d cells are read", n, len(paths), maxCellsRead)
	}
	f.Rows = int(file.NumRows())
	for i, path := range paths {
		c := Column{Name: strings.Join(path, ".")}
		for _, group := range file.RowGroups() {
			if err := c.readChunk(group.ColumnChunks()[i], f.Rows); err != nil {
				return nil, fmt.Errorf("column %q: %w", c.Name, err)
			}
		}
		if len(c.Text) != f.Rows && len(c.Numbers) != f.Rows {
			continue // nested or repeated: not a column of samples
		}
		f.Columns = append(f.Columns, c)
	}
	return f, nil
}

// readChunk appends the values of one column chunk, at most limit in all.
func (c *Column) readChunk(chunk parquet.ColumnChunk, limit int) error {
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		err = c.readPage(page.Values(), limit)
		parquet.Release(page)
		if err != nil {
			return err
		}
	}
}

func (c *Column) readPage(values parquet.ValueReader, limit int) error {
	var buf [256]parquet.Value
	for {
		n, err := values.ReadValues(buf[:])
		for _, v := range buf[:n] {
			c.append(v)
		}
		if max(len(c.Text), len(c.Numbers)) > limit {
			return nil // repeated values: dropped by the caller
		}
		if errors.Is(err, io.EOF) || (err == nil && n == 0) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// append adds a value, as text once any value of the column is text.
func (c *Column) append(v parquet.Value) {
	number, text := math.NaN(), ""
	switch v.Kind() {
	case parquet.Boolean:
		number = 0
		if v.Boolean() {
			number = 1
		}
	case parquet.Int32:
		number = float64(v.Int32())
	case parquet.Int64:
		number = float64(v.Int64())
	case parquet.Float:
		number = float64(v.Float())
	case parquet.Double:
		number = v.Double()
	case parquet.ByteArray, parquet.FixedLenByteArray:
		text = string(v.ByteArray())
		if c.Text == nil {
			c.Text = make([]string, len(c.Numbers))
			c.Numbers = nil
		}
	}
	if c.Text != nil {
		c.Text = append(c.Text, text)
		return
	}
	c.Numbers = append(c.Numbers, number)
}
