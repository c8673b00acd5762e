package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// MatrixConfig is the data of a picture of a matrix.
type MatrixConfig struct {
	Title, XLabel, YLabel string
	Rows, Cols            int
	Values                []float64 // row by row from the top; NaN: no value, grey
	Value                 string    // meaning of the colours, beside their bar
	RowNames              []string  // nil: rows have numbers
}

// Matrix draws a matrix as an image, blue below zero, white at zero, red above.
// Matrices over 1200×1200 are averaged in blocks. The colours end at the 99.5 %
// quantile of absolute values, so that one outlier does not hide the rest; the
// bar says so.
func Matrix(cfg MatrixConfig) (*Figure, error) {
	if cfg.Rows < 0 || cfg.Cols < 0 || len(cfg.Values) != cfg.Rows*cfg.Cols {
		return nil, fmt.Errorf("matrix %q: %d values for %d×%d", cfg.Title, len(cfg.Values), cfg.Rows, cfg.Cols)
	}
	values, rows, cols := shrink(cfg.Values, cfg.Rows, cfg.Cols)
	limit, cut := colorLimit(values)
	if limit < 0 {
		return message(cfg.Title, "no values to show"), nil
	}
	shade, colors, low := func(v float64) color.NRGBA { return signed(v, limit) }, diverging, -limit
	if !slices.ContainsFunc(values, func(v float64) bool { return v < 0 }) { // without negative values half of the colours would be unused
		shade, colors, low = func(v float64) color.NRGBA { return at(blues, v/limit) }, blues, 0
	}
	img := cells(cols, rows, minPixels, func(x, y int) color.NRGBA { return shade(values[y*cols+x]) })
	p := newPlot(cfg.XLabel, cfg.YLabel)
	p.X.Min, p.X.Max = -0.5, float64(cfg.Cols)-0.5
	p.Y.Min, p.Y.Max = -0.5, float64(cfg.Rows)-0.5
	p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
	p.X.Tick.Marker, p.Y.Tick.Marker = ticker{whole: true}, ticker{whole: true}
	if len(cfg.RowNames) == cfg.Rows {
		p.Y.Tick.Marker = plot.ConstantTicks(namedPlaces(readable(cfg.RowNames), axesHeight(rows, cols)))
	}
	p.X.Padding, p.Y.Padding = 0, 0
	p.Add(imagePlotter{img})
	f := &Figure{fluid: true, axes: p, title: cfg.Title}
	f.width, f.height = matrixSize(rows, cols)
	note, scale := matrixNote(&cfg, cut), colorScale{colors, low, limit, axisName(cfg.Value)}
	f.width += scale.width()
	f.body = func(c draw.Canvas) {
		p.Draw(draw.Crop(c, 0, -scale.width(), 0, 0))
		scale.draw(draw.Crop(c, 0, 0, 34, 0))
		s := style(tickSize, false, softInk)
		s.XAlign, s.YAlign = draw.XRight, draw.YBottom
		c.FillText(s, vg.Point{X: c.Max.X, Y: c.Min.Y}, note)
	}
	return f, nil
}

// matrixNote describes what the colours do not show.
func matrixNote(cfg *MatrixConfig, cut bool) string {
	var notes []string
	if by := blockSize(cfg.Rows, cfg.Cols); by > 1 {
		notes = append(notes, fmt.Sprintf("mean of %d×%d", by, by))
	}
	if cut {
		notes = append(notes, "0.5 % beyond the colours")
	}
	return strings.Join(notes, ", ")
}

// matrixSide is the longer side of a matrix, shortSide the smallest length of
// the shorter one.
const (
	matrixSide = 7.6 * vg.Centimeter
	shortSide  = 3.2 * vg.Centimeter
)

// axesHeight returns the height of a matrix.
func axesHeight(rows, cols int) vg.Length {
	return min(max(matrixSide*vg.Length(rows)/vg.Length(cols), shortSide), matrixSide)
}

// matrixSize returns the size of a matrix with its axes.
func matrixSize(rows, cols int) (w, h vg.Length) {
	return axesHeight(cols, rows) + 50, axesHeight(rows, cols) + 70
}

// colorLimit returns the value at the end of the colours, and whether values
// lie beyond it. The limit is −1 if there is no finite value.
func colorLimit(values []float64) (limit float64, cut bool) {
	sizes := make([]float64, 0, len(values))
	for _, v := range values {
		if finite(v) && v != 0 {
			sizes = append(sizes, math.Abs(v))
		}
	}
	if len(sizes) == 0 {
		for _, v := range values {
			if v == 0 {
				return 1, false
			}
		}
		return -1, false
	}
	slices.Sort(sizes)
	limit = sizes[len(sizes)-1]
	if q := quantile(sizes, 0.995); q < limit/1.5 && len(sizes) > 400 {
		return q, true
	}
	return limit, false
}

// imagePlotter fills the axes with an image.
type imagePlotter struct{ img image.Image }

// Plot implements plot.Plotter.
func (p imagePlotter) Plot(c draw.Canvas, _ *plot.Plot) { put(c, c.Rectangle, p.img) }

// namedPlaces labels the positions 0, 1, …, as many as there is room for.
func namedPlaces(names []string, height vg.Length) (ticks []plot.Tick) {
	every := max(1, int(math.Ceil(float64(vg.Length(len(names))*(tickSize+1)/height))))
	for i := 0; i < len(names); i += every {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: names[i]})
	}
	return ticks
}

// colorScale is a bar of the colours from one value to another, with their
// meaning along it.
type colorScale struct {
	colors    []color.NRGBA
	low, high float64
	name      string
}

// Parts of a colour bar: the gap beside the picture, the bar, and the ticks
// beside it.
const (
	scaleGap    = 14
	scaleBar    = 10
	scaleTick   = 5
	scaleHeight = 6 * vg.Centimeter
)

// numbers returns the width that the widest number needs.
func (k *colorScale) numbers() (widest vg.Length) {
	s := style(tickSize, false, ink)
	for _, t := range (ticker{}).Ticks(k.low, k.high) {
		widest = max(widest, s.Width(t.Label))
	}
	return scaleTick + widest + 4
}

// width returns the width that the bar needs with its labels.
func (k *colorScale) width() vg.Length {
	return scaleGap + scaleBar + k.numbers() + vg.Length(len(k.lines(scaleHeight)))*(tickSize+1)
}

// lines breaks the name for a bar of this height.
func (k *colorScale) lines(height vg.Length) []string {
	return wrap(style(tickSize, false, ink), k.name, height+8)
}

// draw draws the bar at the right edge of c.
func (k *colorScale) draw(c draw.Canvas) {
	height := min(c.Size().Y-8, scaleHeight)
	lines := k.lines(height)
	left := c.Max.X - scaleBar - k.numbers() - vg.Length(len(lines))*(tickSize+1)
	bar := vg.Rectangle{Min: vg.Point{X: left, Y: c.Max.Y - 4 - height}, Max: vg.Point{X: left + scaleBar, Y: c.Max.Y - 4}}
	const n = 128
	put(c, bar, cells(1, n, minPixels, func(_, y int) color.NRGBA { return at(k.colors, 1-float64(y)/(n-1)) }))
	s := style(tickSize, false, ink)
	s.YAlign = draw.YCenter
	for _, t := range (ticker{}).Ticks(k.low, k.high) {
		y := bar.Min.Y + height*vg.Length((t.Value-k.low)/(k.high-k.low))
		c.StrokeLine2(draw.LineStyle{Color: softInk, Width: vg.Points(0.5)}, bar.Max.X, y, bar.Max.X+3, y)
		c.FillText(s, vg.Point{X: bar.Max.X + scaleTick, Y: y}, t.Label)
	}
	along := style(tickSize, false, ink)
	along.Rotation, along.XAlign, along.YAlign = math.Pi/2, draw.XCenter, draw.YBottom
	for i, line := range lines {
		c.FillText(along, vg.Point{X: c.Max.X - vg.Length(len(lines)-1-i)*(tickSize+1), Y: c.Max.Y - 4 - height/2}, line)
	}
}
