package plot

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ConfusionConfig says which confusion matrix is drawn: Counts[truth][answer].
type ConfusionConfig struct {
	Title  string
	Labels []string
	Counts [][]int
}

// Confusion draws counts with numbers, each row coloured by its shares.
func Confusion(cfg ConfusionConfig) (*Figure, error) {
	n := len(cfg.Counts)
	g := cellGrid{xLabel: "answer", yLabel: "truth", rows: cfg.Labels, columns: cfg.Labels}
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

// MapConfig says which values are drawn against two settings: Values by row
// from the top, white at Low and dark at High, or if both are 0, shares from 0
// to 1.
type MapConfig struct {
	Title, XLabel, YLabel string
	Rows, Columns         []string
	Values                [][]float64
	Low, High             float64
}

// shade returns where a value lies between Low and High, and its number.
func (cfg *MapConfig) shade(v float64) gridCell {
	low, high := cfg.Low, cfg.High
	if low == 0 && high == 0 {
		high = 1
	}
	digits := 2
	if d := high - low; d > 0 && d < 0.1 {
		digits = min(2-int(math.Floor(math.Log10(d))), 6)
	} else if d >= 50 {
		digits = 0
	}
	return gridCell{min(max((v-low)/max(high-low, 1e-300), 0), 1), minus(strconv.FormatFloat(v, 'f', digits, 64))}
}

// Map draws values with their numbers, the larger the darker.
func Map(cfg MapConfig) (*Figure, error) {
	g := cellGrid{xLabel: cfg.XLabel, yLabel: cfg.YLabel, rows: cfg.Rows, columns: cfg.Columns}
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

// cellGrid is cells with names at the left and below.
type cellGrid struct {
	xLabel, yLabel string
	rows, columns  []string
	cells          [][]gridCell
}

// gridCell is coloured by a share, 0 to 1.
type gridCell struct {
	share float64
	text  string
}

func (g *cellGrid) figure(title string) *Figure {
	cell := vg.Length(max(14, min(34, 380/float64(max(len(g.rows), len(g.columns))))))
	width, height := cell*vg.Length(len(g.columns)), cell*vg.Length(len(g.rows))
	f := &Figure{title: title, width: max(2*margin+56+width, 8*vg.Centimeter), height: 2*margin + 58 + height}
	f.body = func(c draw.Canvas) {
		label := style(labelSize, false, ink)
		label.XAlign = draw.XCenter
		left := c.Min.X + 48
		c.FillText(label, vg.Point{X: left + width/2, Y: c.Min.Y + labelSize + 2}, g.xLabel)
		turned := label
		turned.Rotation, turned.YAlign = math.Pi/2, draw.YTop
		c.FillText(turned, vg.Point{X: c.Min.X, Y: c.Max.Y - height/2}, g.yLabel)
		for i := range g.cells {
			g.drawRow(c, i, vg.Point{X: left, Y: c.Max.Y - cell*vg.Length(i+1)}, cell)
		}
	}
	return f
}

// drawRow draws one row whose lower left corner is at p.
func (g *cellGrid) drawRow(c draw.Canvas, i int, p vg.Point, cell vg.Length) {
	size := min(tickSize, float64(cell)*0.36)
	name := style(tickSize, false, ink)
	name.XAlign, name.YAlign = draw.XRight, draw.YCenter
	c.FillText(name, vg.Point{X: p.X - 4, Y: p.Y + cell/2}, fit(name, g.rows[i], 30))
	for j, v := range g.cells[i] {
		r := vg.Rectangle{Min: vg.Point{X: p.X + cell*vg.Length(j), Y: p.Y}}
		r.Max = vg.Point{X: r.Min.X + cell, Y: r.Min.Y + cell}
		fill(c, r, at(blues, v.share))
		frame(c, r, rule, vg.Points(0.5))
		text := ink
		if v.share > 0.55 {
			text = paper
		}
		s := style(size, false, text)
		s.XAlign, s.YAlign = draw.XCenter, draw.YCenter
		c.FillText(s, vg.Point{X: r.Min.X + cell/2, Y: r.Min.Y + cell/2}, fit(s, v.text, cell))
		if i == len(g.cells)-1 {
			below := style(tickSize, false, ink)
			below.XAlign = draw.XCenter
			c.FillText(below, vg.Point{X: r.Min.X + cell/2, Y: p.Y - 3}, fit(below, g.columns[j], max(cell, 14)))
		}
	}
}
