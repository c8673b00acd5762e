package plot

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ConfusionConfig is the data of a confusion matrix: Counts[truth][answer].
type ConfusionConfig struct {
	Title  string
	Labels []string
	Counts [][]int

	room vg.Length // available width; 0: a page
}

// Confusion draws counts as numbers. The colour of a cell is its share of the
// row.
func Confusion(cfg ConfusionConfig) (*Figure, error) {
	n := len(cfg.Counts)
	g := cellGrid{xLabel: "answer", yLabel: "truth", rows: cfg.Labels, columns: cfg.Labels, value: "share of the row", high: 1, room: cfg.room}
	for i, row := range cfg.Counts {
		if len(row) != n || len(cfg.Labels) != n {
			return nil, fmt.Errorf("confusion: row %d has %d counts for %d labels and %d rows", i, len(row), len(cfg.Labels), n)
		}
		total := 0
		for _, k := range row {
			total += k
		}
		cells := make([]gridCell, n)
		for j, k := range row {
			if k != 0 {
				cells[j] = gridCell{float64(k) / float64(total), strconv.Itoa(k)}
			}
		}
		g.cells = append(g.cells, cells)
	}
	if n == 0 {
		return message(cfg.Title, "no answers to show"), nil
	}
	if n > maxPixels/10 {
		return nil, fmt.Errorf("confusion: %d classes, at most %d can be drawn", n, maxPixels/10)
	}
	return g.figure(cfg.Title), nil
}

// MapConfig is the data of a map of values over two settings. Values are by row
// from the top; colours go from white at Low to dark at High, or from 0 to 1 if
// both are 0.
type MapConfig struct {
	Title, XLabel, YLabel string
	Rows, Columns         []string
	Values                [][]float64
	Low, High             float64
	Value                 string // meaning of the colours

	room vg.Length // available width; 0: a page
}

// span returns the values at the ends of the colours.
func (cfg *MapConfig) span() (low, high float64) {
	if cfg.Low == 0 && cfg.High == 0 {
		return 0, 1
	}
	return cfg.Low, cfg.High
}

// shade returns where a value lies between Low and High, and its text.
func (cfg *MapConfig) shade(v float64) gridCell {
	low, high := cfg.span()
	digits := 2
	if d := high - low; d > 0 && d < 0.1 {
		digits = min(2-int(math.Floor(math.Log10(d))), 6)
	} else if d >= 50 {
		digits = 0
	}
	return gridCell{min(max((v-low)/max(high-low, 1e-300), 0), 1), minus(strconv.FormatFloat(v, 'f', digits, 64))}
}

// Map draws values as numbers in cells; larger values are darker.
func Map(cfg MapConfig) (*Figure, error) {
	g := cellGrid{xLabel: axisName(cfg.XLabel), yLabel: axisName(cfg.YLabel), rows: readable(cfg.Rows), columns: readable(cfg.Columns), value: cfg.Value, room: cfg.room}
	g.low, g.high = cfg.span()
	if len(cfg.Values) != len(cfg.Rows) {
		return nil, fmt.Errorf("map %q: %d rows for %d names", cfg.Title, len(cfg.Values), len(cfg.Rows))
	}
	if len(cfg.Rows) == 0 || len(cfg.Columns) == 0 {
		return message(cfg.Title, "no values to show"), nil
	}
	if max(len(cfg.Rows), len(cfg.Columns)) > maxPixels/10 {
		return nil, fmt.Errorf("map %q: %d×%d cells, at most %d a side can be drawn", cfg.Title, len(cfg.Rows), len(cfg.Columns), maxPixels/10)
	}
	for i, row := range cfg.Values {
		if len(row) != len(cfg.Columns) {
			return nil, fmt.Errorf("map %q: row %d has %d values for %d columns", cfg.Title, i, len(row), len(cfg.Columns))
		}
		cells := make([]gridCell, len(row))
		for j, v := range row {
			if finite(v) {
				cells[j] = cfg.shade(v)
			}
		}
		g.cells = append(g.cells, cells)
	}
	return g.figure(cfg.Title), nil
}

// cellGrid is a grid of cells with names at the left and below, and a bar of
// the colours.
type cellGrid struct {
	xLabel, yLabel, value string
	low, high             float64 // at the ends of the colours
	rows, columns         []string
	cells                 [][]gridCell
	room                  vg.Length

	cell, left, below vg.Length // side of a cell, room for names
	tilted, numbers   bool
}

// gridCell is a cell; share, 0 to 1, is its colour.
type gridCell struct {
	share float64
	text  string
}

// Sides of a cell.
const (
	smallCell = 4
	largeCell = 40
)

// measure finds how large cells can be with full names. Names of columns are
// tilted if they are wider than a cell, and numbers are left out if they do not
// fit.
func (g *cellGrid) measure() {
	s := style(tickSize, false, ink)
	widest := vg.Length(0)
	for _, name := range g.rows {
		g.left = max(g.left, s.Width(name)+8)
	}
	for _, name := range g.columns {
		widest = max(widest, s.Width(name))
	}
	g.left += labelSize + 8
	room := figureWidth
	if g.room > 0 {
		room = g.room
	}
	g.cell = (room - 2*margin - g.left - g.scale().width()) / vg.Length(len(g.columns))
	g.cell = max(smallCell, min(largeCell, g.cell, 15*vg.Centimeter/vg.Length(len(g.rows))))
	g.below = tickSize + 6
	if g.tilted = widest > g.cell-2; g.tilted {
		g.below = widest*0.8 + tickSize
	}
	number := style(tickSize, false, ink)
	g.numbers = true
	for _, row := range g.cells {
		for _, v := range row {
			g.numbers = g.numbers && number.Width(v.text) <= g.cell-1
		}
	}
	g.numbers = g.numbers && g.cell >= tickSize+2
}

// scale is the bar of the colours.
func (g *cellGrid) scale() *colorScale { return &colorScale{blues, g.low, g.high, g.value} }

func (g *cellGrid) figure(title string) *Figure {
	g.measure()
	width, height := g.cell*vg.Length(len(g.columns)), g.cell*vg.Length(len(g.rows))
	f := &Figure{title: title, width: max(2*margin+g.left+width+g.scale().width(), 7*vg.Centimeter), height: 2*margin + titleSize + 8 + height + g.below + labelSize + 8}
	long := style(labelSize, false, ink).Width(g.yLabel) // it may be longer than the cells are high
	f.height = max(f.height, 4.5*vg.Centimeter, 2*margin+titleSize+8+long)
	f.height += extraTitle(f)
	f.body = func(c draw.Canvas) {
		label := style(labelSize, false, ink)
		label.XAlign = draw.XCenter
		left := c.Min.X + g.left
		c.FillText(label, vg.Point{X: left + width/2, Y: c.Max.Y - height - g.below}, g.xLabel)
		turned := label
		turned.Rotation, turned.YAlign = math.Pi/2, draw.YTop
		c.FillText(turned, vg.Point{X: c.Min.X, Y: c.Max.Y - max(height, long)/2}, g.yLabel)
		for i := range g.cells {
			g.drawRow(c, i, vg.Point{X: left, Y: c.Max.Y - g.cell*vg.Length(i+1)})
		}
		g.scale().draw(c)
	}
	return f
}

// drawRow draws one row whose lower left corner is at p.
func (g *cellGrid) drawRow(c draw.Canvas, i int, p vg.Point) {
	name := style(tickSize, false, ink)
	name.XAlign, name.YAlign = draw.XRight, draw.YCenter
	if g.cell >= tickSize || i%int(math.Ceil(float64((tickSize+2)/g.cell))) == 0 {
		c.FillText(name, vg.Point{X: p.X - 4, Y: p.Y + g.cell/2}, g.rows[i])
	}
	for j, v := range g.cells[i] {
		r := vg.Rectangle{Min: vg.Point{X: p.X + g.cell*vg.Length(j), Y: p.Y}}
		r.Max = vg.Point{X: r.Min.X + g.cell, Y: r.Min.Y + g.cell}
		fill(c, r, at(blues, v.share))
		frame(c, r, rule, vg.Points(0.5))
		if g.numbers {
			g.number(c, r, v)
		}
		if i == len(g.cells)-1 && (g.cell >= tickSize || j%int(math.Ceil(float64((tickSize+2)/g.cell))) == 0) {
			g.columnName(c, vg.Point{X: r.Min.X + g.cell/2, Y: p.Y - 3}, g.columns[j])
		}
	}
}

// number writes the text of a cell.
func (g *cellGrid) number(c draw.Canvas, r vg.Rectangle, v gridCell) {
	text := ink
	if v.share > 0.55 {
		text = paper
	}
	s := style(tickSize, false, text)
	s.XAlign, s.YAlign = draw.XCenter, draw.YCenter
	c.FillText(s, vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}, v.text)
}

// columnName writes the name of a column below its cells.
func (g *cellGrid) columnName(c draw.Canvas, p vg.Point, name string) {
	s := style(tickSize, false, ink)
	s.XAlign = draw.XCenter
	if g.tilted {
		s.Rotation, s.XAlign = math.Pi/4, draw.XRight
	}
	c.FillText(s, p, name)
}
