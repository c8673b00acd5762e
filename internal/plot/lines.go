package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is a line, with a band around it if Low and High are set. A gap is
// drawn where X or Y is not finite.
type Series struct {
	Name      string
	X, Y      []float64
	Low, High []float64 // both nil, or as long as Y
	// Each has the values of which a point is the mean, such as one for each
	// seed; they are drawn as dots. It is nil or as long as Y.
	Each   [][]float64 `json:",omitempty"`
	Dashed bool
	Strong bool // the main subject of the figure: drawn last, and thicker
}

// Reference is a dashed horizontal line.
type Reference struct {
	Name string
	Y    float64
}

// LinesConfig is the content of a line plot.
type LinesConfig struct {
	Title, XLabel, YLabel string
	Series                []Series
	References            []Reference
	LogX                  bool // points with X ≤ 0 are left out
	Zero                  bool // show the line y = 0
	Markers               bool // mark the points
	YRange                *[2]float64
	// Ticks are names for the positions 0, 1, … of x. Points are then drawn
	// side by side with their ranges, without lines between them.
	Ticks []string
	Timed bool   // x is simulated time [s], shown in a suitable unit
	Marks []Mark // only if Timed is set
	Alike bool   // series are individuals of one kind: thin lines, with mean and band
	Names bool   // series are named at their ends, not in a legend
	Note  string // meaning of bands, bars and dots, at the end of the legend
}

// maxPoints is the largest number of points that are drawn of a line. A longer
// line is reduced to the minimum and maximum of equal parts.
const maxPoints = 2000

// Lines draws series over a common axis.
func Lines(cfg LinesConfig) (*Figure, error) {
	cfg, marked := timed(cfg)
	box := newBox()
	for _, s := range cfg.Series {
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("plot %q: %w", cfg.Title, err)
		}
		box.addSeries(s, cfg.LogX)
	}
	if box.empty() {
		return message(cfg.Title, "no values to show"), nil
	}
	for _, r := range cfg.References {
		box.y.add(r.Y)
	}
	if cfg.Zero {
		box.y.add(0)
	}
	p := newPlot(cfg.XLabel, cfg.YLabel)
	box.apply(p, cfg)
	if !cfg.LogX && !cfg.Timed && counted(cfg.Series) {
		p.X.Tick.Marker = ticker{whole: true, along: true}
	}
	p.Add(horizontalGrid{})
	if cfg.Ticks != nil {
		nameTicks(p, readable(cfg.Ticks))
	}
	f := &Figure{fluid: true, axes: p, width: figureWidth, height: figureHeight, title: cfg.Title, marked: marked}
	if n := len(cfg.Ticks); cfg.Ticks != nil && n <= fewTicks && len(cfg.Series) == 1 {
		f.width = max(narrowWidth, titleWidth(cfg.Title))
	}
	if cfg.Alike {
		f.legend = alike(p, &cfg)
	} else {
		f.legend = curves(p, &cfg)
	}
	for _, r := range cfg.References {
		p.Add(level{r.Y, dashes})
		if r.Name != "" {
			f.legend = append(f.legend, entry{name: Readable(r.Name), color: softInk, dashed: true})
		}
	}
	if cfg.Note != "" {
		f.legend = append(f.legend, entry{name: cfg.Note})
	}
	if cfg.Zero {
		p.Add(level{0, nil})
	}
	p.Add(marked)
	f.body = func(c draw.Canvas) { p.Draw(marked.below(c, p)) }
	if cfg.Names && !cfg.Alike && cfg.Ticks == nil {
		f.nameEnds(p, &cfg, marked)
	}
	return f, nil
}

// counted reports whether every x is a whole number, such as a number of passes
// or patterns. Ticks between whole numbers would have no meaning then.
func counted(all []Series) bool {
	most := 0.0
	for _, s := range all {
		for _, x := range s.X {
			if x != math.Trunc(x) {
				return false
			}
			most = max(most, math.Abs(x))
		}
	}
	return most > 1
}

// A plot of few points needs only one column of a page.
const (
	fewTicks    = 4
	narrowWidth = 9 * vg.Centimeter
)

// timed gives an axis of simulated time a unit that fits its range.
func timed(cfg LinesConfig) (LinesConfig, marks) {
	if !cfg.Timed {
		return cfg, marks{}
	}
	span := interval{math.Inf(1), math.Inf(-1)}
	for _, s := range cfg.Series {
		for _, x := range s.X {
			span.add(x)
		}
	}
	unit, name := timeUnit((span.hi - span.lo) * 1e6)
	scale := 1e6 / unit
	cfg.XLabel = "simulated time [" + name + "]"
	cfg.Series = slices.Clone(cfg.Series)
	for i := range cfg.Series {
		x := make([]float64, len(cfg.Series[i].X))
		for k, v := range cfg.Series[i].X {
			x[k] = v * scale
		}
		cfg.Series[i].X = x
	}
	return cfg, marks{cfg.Marks, scale}
}

// curves adds the series, strong ones last, and returns their legend.
func curves(p *plot.Plot, cfg *LinesConfig) (legend []entry) {
	var strong []plot.Plotter
	colors := colorsOf(cfg.Series)
	for i, s := range cfg.Series {
		k := &curve{s: s.thin(maxPoints), color: colors[i], logX: cfg.LogX, markers: cfg.Markers, shape: shapes[i%len(shapes)], width: 1.6}
		if k.apart = cfg.Ticks != nil; k.apart {
			k.shift = min(0.12, 0.7/float64(len(cfg.Series))) * (float64(i) - float64(len(cfg.Series)-1)/2)
		}
		if s.Strong {
			k.width = 2.6
			strong = append(strong, k)
		} else {
			p.Add(k)
		}
		if s.Name != "" && !cfg.Names {
			legend = append(legend, entry{name: Readable(s.Name), color: colors[i], dashed: s.Dashed, shape: k.legendShape()})
		}
	}
	p.Add(strong...)
	return legend
}

// distinct is the number of colours and of shapes.
var distinct = len(series)

// alike adds individuals as thin lines, and over them their mean with a band
// from the 10 % to the 90 % quantile. If there are not too many, the lines
// differ by colour and by a few marks.
func alike(p *plot.Plot, cfg *LinesConfig) (legend []entry) {
	few := len(cfg.Series) <= distinct
	rows := make([][]float64, len(cfg.Series))
	for i, s := range cfg.Series {
		rows[i] = s.Y
		k := &curve{s: s.thin(maxPoints), color: alpha(softInk, 0x60), logX: cfg.LogX, width: 0.6}
		if few {
			k.color, k.shape, k.marked = series[i], shapes[i%len(shapes)], 1+len(s.X)/6
			legend = append(legend, entry{name: Readable(s.Name), color: k.color, shape: k.shape, thin: true})
		}
		p.Add(k)
	}
	mean, low, high := Band(rows)
	longest := slices.MaxFunc(cfg.Series, func(a, b Series) int { return cmp.Compare(len(a.X), len(b.X)) })
	p.Add(&curve{s: Series{X: longest.X, Y: mean, Low: low, High: high}, color: ink, logX: cfg.LogX, width: 2.2})
	name := "mean, 10 % to 90 %"
	if !few {
		name = fmt.Sprintf("mean of %d, 10 %% to 90 %%", len(cfg.Series))
	}
	return append(legend, entry{name: name, color: ink})
}

// maxTilted is the largest number of tilted names that fit below a picture.
const maxTilted = 40

// nameTicks puts names below the positions 0, 1, …, tilted if they do not fit
// side by side.
func nameTicks(p *plot.Plot, names []string) {
	p.X.Min, p.X.Max = -0.6, float64(len(names))-0.4
	p.X.Tick.Length = 0
	ticks := barTicks(names)
	if len(ticks) < len(names) && len(names) <= maxTilted {
		ticks = nil
		for i, name := range names {
			ticks = append(ticks, plot.Tick{Value: float64(i), Label: name})
		}
		p.X.Tick.Label.Rotation, p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = math.Pi/6, text.XRight, text.YTop
	}
	p.X.Tick.Marker = plot.ConstantTicks(ticks)
}

func (s *Series) check() error {
	if len(s.X) != len(s.Y) || (s.Low == nil) != (s.High == nil) || s.Low != nil && (len(s.Low) != len(s.Y) || len(s.High) != len(s.Y)) || s.Each != nil && len(s.Each) != len(s.Y) {
		return fmt.Errorf("series %q: %d x, %d y, %d low, %d high", s.Name, len(s.X), len(s.Y), len(s.Low), len(s.High))
	}
	return nil
}

// thin returns s with at most about n points. Of each part it keeps the minimum
// and maximum, in order; the band there gets its outermost values.
func (s Series) thin(n int) Series {
	if len(s.X) <= n {
		return s
	}
	out := Series{Name: s.Name, Dashed: s.Dashed}
	stretch := (2*len(s.X) + n - 1) / n
	for a := 0; a < len(s.X); a += stretch {
		b := min(a+stretch, len(s.X))
		lo, hi := a, a
		for i := a; i < b; i++ {
			if finite(s.Y[i]) && !(s.Y[i] >= s.Y[lo]) {
				lo = i
			}
			if finite(s.Y[i]) && !(s.Y[i] <= s.Y[hi]) {
				hi = i
			}
		}
		for _, i := range slices.Compact([]int{min(lo, hi), max(lo, hi)}) {
			out.X = append(out.X, s.X[i])
			out.Y = append(out.Y, s.Y[i])
			if s.Low != nil {
				out.Low = append(out.Low, slices.MinFunc(s.Low[a:b], cmp.Compare[float64]))
				out.High = append(out.High, slices.MaxFunc(s.High[a:b], cmp.Compare[float64]))
			}
		}
	}
	return out
}

// curve draws one series with its band.
type curve struct {
	s       Series
	color   colorNRGBA
	logX    bool
	markers bool
	apart   bool    // points with ranges, without lines between them
	shift   float64 // of x
	shape   draw.GlyphDrawer
	width   float64 // of the line [pt]
	marked  int     // mark every so many points; 0: as markers says
}

// shapes distinguish series without colours.
var shapes = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.TriangleGlyph{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}, diamond{}, diamond{open: true}}

// legendShape returns the mark beside the name, if points are marked.
func (k *curve) legendShape() draw.GlyphDrawer {
	if k.markers || k.apart {
		return k.shape
	}
	return nil
}

// Plot implements plot.Plotter.
func (k *curve) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	s := k.s
	for a := 0; a < len(s.X); {
		if !k.shown(a) {
			a++
			continue
		}
		b := a
		for b < len(s.X) && k.shown(b) {
			b++
		}
		line := make([]vg.Point, 0, b-a)
		var low, high []vg.Point
		for i := a; i < b; i++ {
			x := tx(s.X[i] + k.shift)
			line = append(line, vg.Point{X: x, Y: ty(s.Y[i])})
			if s.Low != nil && finite(s.Low[i]) && finite(s.High[i]) {
				low = append(low, vg.Point{X: x, Y: ty(s.Low[i])})
				high = append(high, vg.Point{X: x, Y: ty(s.High[i])})
			}
		}
		k.stretch(c, line, low, high)
		a = b
	}
	for i, values := range s.Each {
		if !k.shown(i) {
			continue
		}
		for _, v := range values {
			if pt := (vg.Point{X: tx(s.X[i] + k.shift), Y: ty(v)}); finite(v) && c.Contains(pt) {
				c.DrawGlyph(draw.GlyphStyle{Color: alpha(k.color, 0x90), Radius: 1.4, Shape: draw.CircleGlyph{}}, pt)
			}
		}
	}
}

// stretch draws a part of the line that has no gap.
func (k *curve) stretch(c draw.Canvas, line, low, high []vg.Point) {
	if k.apart {
		k.points(c, line, low, high)
		return
	}
	if len(low) > 1 {
		slices.Reverse(high)
		c.FillPolygon(alpha(k.color, 0x30), c.ClipPolygonXY(append(low, high...)))
	}
	ls := draw.LineStyle{Color: k.color, Width: vg.Points(k.width)}
	if k.s.Dashed {
		ls.Dashes = dashes
	}
	c.StrokeLines(ls, c.ClipLinesXY(line)...)
	if k.markers || len(line) == 1 || k.marked > 0 {
		for i, pt := range line {
			if k.marked > 0 && i%k.marked != 0 {
				continue
			}
			c.DrawGlyph(draw.GlyphStyle{Color: k.color, Radius: 2.4, Shape: k.glyph()}, pt)
		}
	}
}

// points draws each point with its range.
func (k *curve) points(c draw.Canvas, at, low, high []vg.Point) {
	for i, pt := range at {
		if len(low) == len(at) {
			c.StrokeLine2(draw.LineStyle{Color: k.color, Width: vg.Points(1.2)}, pt.X, low[i].Y, pt.X, high[i].Y)
		}
		c.DrawGlyph(draw.GlyphStyle{Color: k.color, Radius: 3, Shape: k.glyph()}, pt)
	}
}

func (k *curve) glyph() draw.GlyphDrawer {
	if k.shape == nil {
		return draw.CircleGlyph{}
	}
	return k.shape
}

func (k *curve) shown(i int) bool {
	return finite(k.s.X[i]) && finite(k.s.Y[i]) && (!k.logX || k.s.X[i] > 0)
}

// level is a horizontal line at y.
type level struct {
	y      float64
	dashes []vg.Length
}

// Plot implements plot.Plotter.
func (l level) Plot(c draw.Canvas, p *plot.Plot) {
	_, ty := p.Transforms(&c)
	ls := draw.LineStyle{Color: softInk, Width: vg.Points(0.9), Dashes: l.dashes}
	if y := ty(l.y); y >= c.Min.Y && y <= c.Max.Y {
		c.StrokeLine2(ls, c.Min.X, y, c.Max.X, y)
	}
}

// horizontalGrid draws pale lines at the labelled ticks of y.
type horizontalGrid struct{}

// Plot implements plot.Plotter.
func (horizontalGrid) Plot(c draw.Canvas, p *plot.Plot) {
	_, ty := p.Transforms(&c)
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if y := ty(t.Value); y >= c.Min.Y && y <= c.Max.Y {
			c.StrokeLine2(draw.LineStyle{Color: rule, Width: vg.Points(0.75)}, c.Min.X, y, c.Max.X, y)
		}
	}
}

// Band returns the mean, the 10 % and the 90 % quantile of the finite values of
// each column; NaN if there is none. Rows may differ in length.
func Band(rows [][]float64) (mean, low, high []float64) {
	n := 0
	for _, r := range rows {
		n = max(n, len(r))
	}
	mean, low, high = make([]float64, n), make([]float64, n), make([]float64, n)
	column := make([]float64, 0, len(rows))
	for t := range n {
		column = column[:0]
		total := 0.0
		for _, r := range rows {
			if t < len(r) && finite(r[t]) {
				column = append(column, r[t])
				total += r[t]
			}
		}
		slices.Sort(column)
		mean[t] = total / float64(len(column)) // NaN for none
		low[t], high[t] = quantile(column, 0.1), quantile(column, 0.9)
	}
	return mean, low, high
}

// quantile interpolates between the sorted values.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	x := q * float64(len(sorted)-1)
	i := min(int(x), len(sorted)-1)
	j := min(i+1, len(sorted)-1)
	return sorted[i] + (x-float64(i))*(sorted[j]-sorted[i])
}

// diamond is a square that stands on a corner.
type diamond struct{ open bool }

// DrawGlyph implements draw.GlyphDrawer.
func (d diamond) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, pt vg.Point) {
	r := sty.Radius * 1.3
	c.SetLineStyle(draw.LineStyle{Color: sty.Color, Width: vg.Points(0.5)})
	var p vg.Path
	p.Move(vg.Point{X: pt.X, Y: pt.Y + r})
	p.Line(vg.Point{X: pt.X + r, Y: pt.Y})
	p.Line(vg.Point{X: pt.X, Y: pt.Y - r})
	p.Line(vg.Point{X: pt.X - r, Y: pt.Y})
	p.Close()
	if d.open {
		c.Stroke(p)
		return
	}
	c.SetColor(sty.Color)
	c.Fill(p)
}

// nameEnds writes the name of each series at its end, in its colour. It moves
// names apart where ends are close.
func (f *Figure) nameEnds(p *plot.Plot, cfg *LinesConfig, marked marks) {
	s := style(tickSize, false, ink)
	room, colors := vg.Length(0), colorsOf(cfg.Series)
	for _, k := range cfg.Series {
		room = max(room, s.Width(Readable(k.Name)))
	}
	room += 12
	f.body = func(c draw.Canvas) {
		inner := marked.below(draw.Crop(c, 0, -room, 0, 0), p)
		p.Draw(inner)
		data := p.DataCanvas(inner)
		_, ty := p.Transforms(&data)
		var ends []endName
		for i, k := range cfg.Series {
			if n := len(k.Y); n > 0 && finite(k.Y[n-1]) {
				ends = append(ends, endName{Readable(k.Name), colors[i], ty(k.Y[n-1]), ty(k.Y[n-1])})
			}
		}
		spread(ends, tickSize+2)
		for _, e := range ends {
			name := style(tickSize, false, e.color)
			name.YAlign = draw.YCenter
			c.StrokeLine2(draw.LineStyle{Color: e.color, Width: vg.Points(0.5)}, data.Max.X+1, e.at, data.Max.X+7, e.y)
			c.FillText(name, vg.Point{X: data.Max.X + 9, Y: e.y}, e.name)
		}
	}
}

// endName is a name beside the end of a series at height at, written at y.
type endName struct {
	name  string
	color color.Color
	at, y vg.Length
}

// spread moves names apart until there is a gap between them, each as near to
// its end as possible.
func spread(names []endName, gap vg.Length) {
	slices.SortStableFunc(names, func(a, b endName) int { return cmp.Compare(b.at, a.at) })
	for range 100 {
		moved := false
		for i := 1; i < len(names); i++ {
			if over := gap - (names[i-1].y - names[i].y); over > 0.1 {
				names[i-1].y, names[i].y = names[i-1].y+over/2, names[i].y-over/2
				moved = true
			}
		}
		if !moved {
			return
		}
	}
}
