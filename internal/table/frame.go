package table

import (
	"fmt"
	"io"
	"math"
	"slices"
)

// Frame is a whole table by columns.
type Frame struct {
	Rows    int
	Columns []Column
	Notes   []string // what was guessed or ignored

	lines []int // line of each row; nil: the format has no lines
	what  string
}

// Column is one variable: unchanged texts, or numbers with NaN for a missing
// value.
type Column struct {
	Name    string
	Text    []string // nil: Numbers hold the values
	Numbers []float64
	Whole   []int64 // nil unless every value is a whole number and none is missing
	Large   bool    // some of Whole are from 2⁶³ on, and wrap around

	cells []Cell // the different cells of Text, without their texts
	kind  []uint8
}

// Label returns the value of a row of Text as a symbol; false if it has none.
func (c *Column) Label(row int) (string, bool) {
	if c.kind == nil {
		return c.Text[row], c.Text[row] != ""
	}
	cell := c.cell(row)
	return cell.Label()
}

// cell returns the cell of a row of Text.
func (c *Column) cell(row int) Cell {
	if c.kind == nil {
		return newText(c.Text[row], false, &Options{})
	}
	cell := c.cells[c.kind[row]]
	cell.text = c.Text[row]
	return cell
}

// ReadFrame reads a table whole. Columns without a name are left out.
func ReadFrame(r io.Reader, o Options) (*Frame, error) {
	t, err := Open(r, o)
	if err != nil {
		return nil, err
	}
	b := frameBuilder{Frame: &Frame{what: t.what}, columns: make([]builder, len(t.columns))}
	for row, err := range t.Rows() {
		if err != nil {
			return nil, err
		}
		number, line := t.Place()
		if number > maxCells/max(len(row), 1) && t.packed {
			return nil, fmt.Errorf("more than %d cells, which is more than is held in memory", maxCells)
		}
		b.add(row, line)
	}
	for i, name := range t.columns {
		if name != "" {
			b.Columns = append(b.Columns, b.columns[i].Column)
			b.Columns[len(b.Columns)-1].Name = name
		}
	}
	b.Notes = t.notes
	return b.Frame, nil
}

type frameBuilder struct {
	*Frame
	columns []builder
}

func (b *frameBuilder) add(row []Cell, line int) {
	b.Rows++
	if line > 0 {
		b.lines = append(b.lines, line)
	}
	for i := range row {
		b.columns[i].add(row[i], b.Rows-1)
	}
}

// builder collects one column: as numbers as long as all cells are numbers,
// otherwise as text.
type builder struct {
	Column
	broken bool // not all are whole numbers
}

func (b *builder) add(c Cell, row int) {
	if b.Text == nil && c.Kind == Text {
		b.Text = make([]string, 0, row+1)
		for _, v := range b.Numbers {
			b.addText(Cell{Kind: Float, float: v})
		}
		b.Numbers = nil
	}
	if b.Text == nil {
		v, _ := c.Number() // it is not text, so it is a number
		b.Numbers = append(b.Numbers, v)
	} else {
		b.addText(c)
	}
	if w, ok := c.Whole(); ok && !b.broken && !c.Missing() {
		b.Whole = append(b.Whole, w)
		v, _ := c.Number()
		b.Large = b.Large || w < 0 && v > 0
	} else {
		b.broken, b.Whole = true, nil
	}
}

// addText adds a cell: its text, and its other properties, which are stored
// once for all cells that share them.
func (b *builder) addText(c Cell) {
	if c.Kind != Text {
		c = Cell{Kind: Text, text: c.String(), label: !c.Missing(), lacking: c.Missing()}
	}
	b.Text = append(b.Text, c.text)
	c.text = ""
	k := slices.Index(b.cells, c)
	if k < 0 {
		k = len(b.cells)
		b.cells = append(b.cells, c)
	}
	b.kind = append(b.kind, uint8(k))
}

// Column returns the column called name.
func (f *Frame) Column(name string) (*Column, error) {
	var names []string
	for i := range f.Columns {
		if f.Columns[i].Name == name {
			return &f.Columns[i], nil
		}
		names = append(names, f.Columns[i].Name)
	}
	return nil, missingColumn(name, names, f.what)
}

// Values returns the column as numbers, NaN where missing, or an error that
// names row and column of the first cell that is not a finite number.
func (f *Frame) Values(c *Column) ([]float64, error) {
	values := c.Numbers
	if c.Text != nil {
		values = make([]float64, len(c.Text))
		for i := range c.Text {
			v, err := c.cell(i).Number()
			if err != nil {
				return nil, f.Fault(i, c, err)
			}
			values[i] = v
		}
	}
	for i, v := range values {
		if math.IsInf(v, 0) {
			return nil, f.Fault(i, c, fmt.Errorf("the value is infinite"))
		}
	}
	return values, nil
}

// Fault returns an error about a cell; rows count from 0.
func (f *Frame) Fault(row int, c *Column, err error) error {
	e := &Error{Row: row + 1, Column: c.Name, Err: err}
	if row < len(f.lines) {
		e.Line = f.lines[row]
	}
	return e
}
