package estimate

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	figures "infomorph/internal/plot"
	"infomorph/pid"
)

// PlotFormats are the picture formats of WritePlot.
var PlotFormats = []string{"png", "svg", "pdf"}

var (
	positive = color.RGBA{R: 0x1f, G: 0x77, B: 0xb4, A: 0xff}
	negative = color.RGBA{R: 0xd6, G: 0x27, B: 0x28, A: 0xff}
	faint    = color.RGBA{R: 0xbb, G: 0xbb, B: 0xbb, A: 0xff}
)

// WritePlot draws the atoms as bars, with their intervals if there are any,
// beside their lattice for three sources, and below them the time course if
// there is one. Negative atoms are drawn below zero, in red.
func WritePlot(w io.Writer, r *Result, format string) error {
	if !slices.Contains(PlotFormats, format) {
		return fmt.Errorf("no picture format %q; there are png, svg and pdf", format)
	}
	bars, err := plotBars(r)
	if err != nil {
		return err
	}
	row := []*plot.Plot{bars}
	if l := r.Plugin.Lattice(); l.NumSources() == 3 {
		lattice, err := plotLattice(l, r.Atoms)
		if err != nil {
			return err
		}
		row = append(row, lattice)
	}
	rows := [][]*plot.Plot{row}
	height := vg.Length(8+2*len(row)*len(row)) * vg.Centimeter
	if len(r.Course) > 1 {
		course, err := plotCourse(r)
		if err != nil {
			return err
		}
		below := make([]*plot.Plot, len(row))
		below[0] = course
		rows = append(rows, below)
	}
	return drawAll(w, rows, height, format)
}

// drawAll draws plots as a grid with rows of the given height.
func drawAll(w io.Writer, rows [][]*plot.Plot, height vg.Length, format string) error {
	size := 12 * vg.Centimeter
	c, err := draw.NewFormattedCanvas(size*vg.Length(len(rows[0])), height*vg.Length(len(rows)), format)
	if err != nil {
		return err
	}
	pad := 4 * vg.Millimeter
	tiles := draw.Tiles{Rows: len(rows), Cols: len(rows[0]), PadX: pad, PadY: pad, PadTop: pad, PadBottom: pad, PadLeft: pad, PadRight: pad}
	for i, canvases := range plot.Align(rows, tiles, draw.New(c)) {
		for j, canvas := range canvases {
			if rows[i][j] != nil {
				rows[i][j].Draw(canvas)
			}
		}
	}
	_, err = c.WriteTo(w)
	return err
}

// plotBars draws one bar for each atom.
func plotBars(r *Result) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "atoms, " + r.Plugin.Measure.String()
	p.Y.Label.Text = "bit"
	l := r.Plugin.Lattice()
	var names []string
	up, down := plotter.Values{}, plotter.Values{}
	for i, v := range r.Atoms {
		names = append(names, l.Name(i))
		up, down = append(up, max(v, 0)), append(down, min(v, 0))
	}
	width := vg.Length(220 / len(names))
	for _, part := range []struct {
		values plotter.Values
		color  color.Color
	}{{up, positive}, {down, negative}} {
		bars, err := plotter.NewBarChart(part.values, width)
		if err != nil {
			return nil, err
		}
		bars.Color, bars.LineStyle.Width = part.color, 0
		p.Add(bars)
	}
	if r.Lower != nil {
		e := intervals{r}
		bars, err := plotter.NewYErrorBars(e)
		if err != nil {
			return nil, err
		}
		p.Add(bars)
	}
	zero := plotter.NewFunction(func(float64) float64 { return 0 })
	p.Add(zero)
	p.NominalX(names...)
	if len(names) > 4 {
		p.X.Tick.Label.Rotation = math.Pi / 3
		p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = draw.XRight, draw.YCenter
	}
	return p, nil
}

// intervals gives the plotter the bootstrap intervals.
type intervals struct{ *Result }

func (e intervals) Len() int                { return len(e.Atoms) }
func (e intervals) XY(i int) (x, y float64) { return float64(i), e.Atoms[i] }
func (e intervals) YError(i int) (lo, hi float64) {
	return e.Atoms[i] - e.Lower[i], e.Upper[i] - e.Atoms[i]
}

// plotLattice draws the redundancy lattice with a disc for each atom: its area
// is the atom's size, its colour the sign.
func plotLattice(l *pid.Lattice, atoms []float64) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "redundancy lattice"
	p.HideAxes()
	at := latticePositions(l)
	largest := 1e-12
	for i, v := range atoms {
		largest = max(largest, math.Abs(v))
		for _, j := range l.Covers(i) {
			line, err := plotter.NewLine(plotter.XYs{at[i], at[j]})
			if err != nil {
				return nil, err
			}
			line.Color = faint
			p.Add(line)
		}
	}
	discs, err := plotter.NewScatter(at)
	if err != nil {
		return nil, err
	}
	discs.GlyphStyleFunc = func(i int) draw.GlyphStyle {
		style := draw.GlyphStyle{Color: positive, Shape: draw.CircleGlyph{}}
		if atoms[i] < 0 {
			style.Color = negative
		}
		style.Radius = vg.Points(2 + 8*math.Sqrt(math.Abs(atoms[i])/largest))
		return style
	}
	text := plotter.XYLabels{XYs: at}
	for i, v := range atoms {
		text.Labels = append(text.Labels, fmt.Sprintf("%s %.3f", l.Name(i), v))
	}
	labels, err := plotter.NewLabels(text)
	if err != nil {
		return nil, err
	}
	for i := range labels.TextStyle {
		style := &labels.TextStyle[i]
		style.Font.Size, style.XAlign, style.YAlign = vg.Points(8), draw.XCenter, draw.YTop
	}
	labels.Offset = vg.Point{Y: -11}
	p.Add(discs, labels)
	p.X.Min, p.X.Max = p.X.Min-.6, p.X.Max+.6
	p.Y.Min, p.Y.Max = p.Y.Min-.4, p.Y.Max+.6
	return p, nil
}

// latticePositions puts each antichain at the height of the longest chain below
// it. Antichains of the same height are spread evenly.
func latticePositions(l *pid.Lattice) plotter.XYs {
	height := make([]int, l.Len())
	for range l.Len() {
		for i := range height {
			for _, j := range l.Covers(i) {
				height[i] = max(height[i], height[j]+1)
			}
		}
	}
	at := make(plotter.XYs, l.Len())
	for h := range l.Len() {
		var row []int
		for i := range height {
			if height[i] == h {
				row = append(row, i)
			}
		}
		for k, i := range row {
			at[i] = plotter.XY{X: 1.5 * (float64(k) - float64(len(row)-1)/2), Y: float64(h)}
		}
	}
	return at
}

// plotCourse draws the atoms of the sliding window over the middle of the
// window. For three sources it draws only the atoms {1}, {12} and so on, whose
// antichain has one set; for more sources none.
func plotCourse(r *Result) (*plot.Plot, error) {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "row", "bit"
	p.Legend.Top, p.Legend.Left = true, true
	p.X.Label.Text = "row (middle of the window)"
	l, colours, drawn := r.Plugin.Lattice(), figures.Colours(), 0
	for i := range l.Len() {
		if l.Len() > 18 || (l.Len() > 4 && bits.OnesCount16(uint16(l.Antichain(i))) > 1) {
			continue
		}
		xys := make(plotter.XYs, len(r.Course))
		for k, pt := range r.Course {
			xys[k] = plotter.XY{X: float64(pt.First+pt.Last) / 2, Y: pt.Atoms[i]}
		}
		line, err := plotter.NewLine(xys)
		if err != nil {
			return nil, err
		}
		line.Color = colours[drawn%len(colours)]
		drawn++
		p.Add(line)
		p.Legend.Add(l.Name(i), line)
	}
	return p, nil
}
