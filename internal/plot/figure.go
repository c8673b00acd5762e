package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"strings"

	"github.com/klauspost/compress/zlib"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
	"gonum.org/v1/plot/vg/vgsvg"
)

// dpi is the resolution of PNG pictures for screens.
const dpi = 160

// Widths of a figure: one column of a journal, and a page. Width is the
// default.
const (
	OneColumn = 85 * vg.Millimeter
	PageWidth = 178 * vg.Millimeter
	Width     = figureWidth
)

// Figure is a picture that can be written to a file.
type Figure struct {
	width, height vg.Length // in the file: the size on the canvas times scale
	title         string
	legend        []entry
	body          func(draw.Canvas) // draws below title and legend
	// fluid: the body fills any area; otherwise it has a fixed aspect ratio.
	fluid   bool
	axes    *plot.Plot // what a fluid body draws; labels are broken to fit
	scale   float64    // factor for all lengths; 0: 1
	light   bool       // no bold letters, because vgpdf does not embed them
	marked  marks      // above the axes
	given   bool       // the caller has chosen the height
	settled bool       // there is room for title, legend and marks
	parts   []*Figure  // panels, in place of title, legend and body
	free    bool       // the body draws all of it
}

// Drawing returns a figure of this size that paint draws. If it is narrower
// than Width, the whole picture is scaled down, until letters have 7 pt: paint
// gets a larger canvas.
func Drawing(width, height vg.Length, paint func(draw.Canvas)) *Figure {
	scale := min(max(float64(width/figureWidth), smallestScale), 1)
	return &Figure{width: width, height: height, scale: scale, settled: true, free: true, body: paint}
}

// smallestType is the smallest size of letters that journals accept [pt].
const smallestType = 7

// smallestScale is the smallest scale of a figure.
const smallestScale = float64(smallestType) / tickSize

// DrawAt draws a figure of this width; with height 0 the figure chooses its
// height. If it is narrower than Width, it is scaled down with its letters, to
// 7 pt at least. If it is still narrower, or wider than Width, its layout is
// made for this width.
func DrawAt(cfg Config, width, height vg.Length) (*Figure, error) {
	scale := min(max(float64(width/figureWidth), smallestScale), 1)
	room := width / vg.Length(scale)
	switch c := cfg.(type) {
	case *GalleryConfig:
		own := *c
		own.room, cfg = room, &own
	case *FieldsConfig:
		own := *c
		own.room, cfg = room, &own
	case *MapConfig:
		own := *c
		own.room, cfg = room, &own
	case *ConfusionConfig:
		own := *c
		own.room, cfg = room, &own
	}
	f, err := cfg.Draw()
	if err != nil {
		return nil, err
	}
	switch {
	case f.fluid:
		f.fill(room, height/vg.Length(scale))
	case height == 0 && f.width <= room:
		f.width = room
	default: // tiles that are too wide are scaled down
		scale = min(float64(width/f.width), 1)
		if height != 0 {
			scale = min(float64(width/f.width), float64(height/f.height))
		}
	}
	if scale < smallestScale*(1-1e-9) && scale < float64(width/f.width) {
		return nil, fmt.Errorf("at this height letters would be %.1f pt; this figure needs a height of at least %.0f mm for %d pt, or fewer rows",
			scale*tickSize, float64(f.height/vg.Millimeter)*smallestScale, smallestType)
	}
	if scale < smallestScale*(1-1e-9) {
		return nil, fmt.Errorf("at this width letters would be %.1f pt; this figure needs at least %.0f mm for %d pt, or fewer rows and columns",
			scale*tickSize, float64(f.width/vg.Millimeter)*smallestScale, smallestType)
	}
	f.settle()
	f.scale = scale
	f.width, f.height = f.width*vg.Length(scale), f.height*vg.Length(scale)
	return f, nil
}

// fill sets the size of axes, without scaling letters; height 0 keeps the
// proportions.
func (f *Figure) fill(width, height vg.Length) {
	if f.given = height != 0; !f.given {
		height = max(f.height*width/f.width, min(width*4/5, f.height))
	}
	f.width, f.height = width, height
}

// entry is one item of a legend.
type entry struct {
	name   string
	color  color.Color // nil: only text
	dashed bool
	shape  draw.GlyphDrawer // of the marks of a line; nil: none
	thin   bool
}

// PNG writes the figure as PNG with a resolution for screens.
func (f *Figure) PNG(w io.Writer) error { return f.PNGAt(w, dpi) }

// SmallPNG is PNG with the best compression, which takes several times as long.
func (f *Figure) SmallPNG(w io.Writer) error {
	return f.png(w, dpi, zlib.BestCompression)
}

// PNGAt writes the figure as PNG with dpi dots per inch, which the file
// records.
func (f *Figure) PNGAt(w io.Writer, dpi int) error { return f.png(w, dpi, zlib.BestSpeed) }

func (f *Figure) png(w io.Writer, dpi, level int) error {
	f.settle()
	c := newPixels(f.width, f.height, dpi)
	defer c.release()
	f.draw(draw.New(c))
	return writePNG(w, c.img, dpi, level)
}

// SVG writes the figure as SVG. Text stays text.
func (f *Figure) SVG(w io.Writer) error {
	f.settle()
	c := &vectorCanvas{Canvas: vgsvg.New(f.width, f.height)}
	all := draw.New(c)
	fill(all, all.Rectangle, paper)
	f.draw(all)
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	doc := bytes.ReplaceAll(c.withLengths(b.Bytes()), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	doc = bytes.ReplaceAll(doc, []byte("data:image/jpg;"), []byte("data:image/png;"))            // the library writes PNG data with a wrong type
	doc = bytes.ReplaceAll(doc, []byte("<image "), []byte(`<image preserveAspectRatio="none" `)) // fill the axes
	_, err := w.Write(doc)
	return err
}

// settle makes the figure higher for titles, legends and marks of many lines,
// so that nothing is cut and the axes keep their height. If the caller has
// chosen the height, it grows only as far as the axes need two thirds of it.
func (f *Figure) settle() {
	if !f.fluid || f.settled {
		return
	}
	f.settled = true
	width := f.width - 2*margin
	head := vg.Length(0)
	if f.title != "" {
		head = vg.Length(len(wrap(style(titleSize, true, ink), f.title, width))) * (titleSize + 3)
	}
	if len(f.legend) > 0 {
		head += legendHeight(f.legend, width)
	}
	if len(f.marked.list) > 0 {
		head += f.marked.height(draw.NewCanvas(new(recorder.Canvas), width, f.height-2*margin), f.axes)
	}
	free := vg.Length(titleSize + 3 + legendRow)
	if f.given {
		free = f.height / 3
	}
	f.height += max(0, head-free)
}

// legendHeight returns the height of a legend of this width.
func legendHeight(entries []entry, width vg.Length) vg.Length {
	return drawLegend(draw.NewCanvas(new(recorder.Canvas), width, 1e4), entries)
}

// draw draws the figure on paper.
func (f *Figure) draw(c draw.Canvas) {
	if f.parts != nil {
		f.drawPanels(c)
		return
	}
	if f.scale != 0 {
		c.Push()
		defer c.Pop()
		c.Scale(f.scale, f.scale)
		by := vg.Length(f.scale)
		c.Rectangle = vg.Rectangle{Min: vg.Point{X: c.Min.X / by, Y: c.Min.Y / by}, Max: vg.Point{X: c.Max.X / by, Y: c.Max.Y / by}}
	}
	if f.free {
		f.body(c)
		return
	}
	c = draw.Crop(c, margin, -margin, margin, -margin)
	if f.title != "" {
		s := style(titleSize, !f.light, ink)
		for _, line := range wrap(s, f.title, c.Size().X) {
			c.FillText(s, vg.Point{X: c.Min.X, Y: c.Max.Y}, line)
			c.Max.Y -= titleSize + 3
		}
		c.Max.Y -= 5
	}
	if len(f.legend) > 0 {
		c.Max.Y -= drawLegend(c, f.legend) + 4
	}
	if f.axes != nil {
		size := c.Size()
		size.Y -= f.marked.height(c, f.axes)
		for axis, room := range map[*plot.Axis]vg.Length{&f.axes.X: size.X, &f.axes.Y: size.Y * 0.85} {
			text := axis.Label.Text
			axis.Label.Text = strings.Join(balanced(axis.Label.TextStyle, text, room*0.95), "\n")
			defer func() { axis.Label.Text = text }()
		}
	}
	f.body(c)
}

// titleWidth returns the width that a figure needs for its title, at most
// Width.
func titleWidth(title string) vg.Length {
	return min(style(titleSize, true, ink).Width(title)+2*margin+4, figureWidth)
}

// wrap breaks a text at spaces into lines of at most this width.
func wrap(s draw.TextStyle, text string, width vg.Length) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && s.Width(line+" "+word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// legendKey is the width of a key before its name.
const legendKey = 20

// drawKey draws the line and the mark before the name of an entry.
func (e *entry) drawKey(c draw.Canvas, x, y vg.Length) {
	const width = legendKey - 4
	line := draw.LineStyle{Color: e.color, Width: vg.Points(2.5)}
	if e.thin {
		line.Width = vg.Points(0.8)
	}
	if e.dashed {
		line.Width = vg.Points(1.2)
		line.Dashes = dashes
	}
	c.StrokeLine2(line, x, y, x+width, y)
	if e.shape != nil {
		c.DrawGlyph(draw.GlyphStyle{Color: e.color, Radius: 3, Shape: e.shape}, vg.Point{X: x + width/2, Y: y})
	}
}

// balanced breaks a text into as few lines as possible, of about equal length.
func balanced(s draw.TextStyle, text string, width vg.Length) []string {
	lines := wrap(s, text, width)
	for most := width * 0.95; len(lines) > 1 && most > width/4; most *= 0.95 {
		narrower := wrap(s, text, most)
		if len(narrower) > len(lines) {
			break
		}
		lines = narrower
	}
	return lines
}

// legendRow is the height of a row of a legend.
const legendRow = labelSize + 5

// drawLegend draws entries in rows from the top of c and returns their height.
func drawLegend(c draw.Canvas, entries []entry) vg.Length {
	const gap, row = 14, legendRow
	x, y := c.Min.X, c.Max.Y
	for _, e := range entries {
		s, key := style(labelSize, false, ink), vg.Length(legendKey)
		if e.color == nil {
			s, key = style(labelSize, false, softInk), 0
		}
		lines := wrap(s, e.name, c.Size().X-key)
		w := vg.Length(0)
		for _, name := range lines {
			w = max(w, key+s.Width(name))
		}
		if x > c.Min.X && x+w > c.Max.X {
			x, y = c.Min.X, y-row
		}
		if e.color != nil {
			e.drawKey(c, x, y-labelSize*0.6)
		}
		for i, name := range lines {
			if i > 0 {
				y -= row
			}
			c.FillText(s, vg.Point{X: x + key, Y: y}, name)
		}
		x += w + gap
	}
	return c.Max.Y - y + row
}

var dashes = []vg.Length{4, 3}

func fill(c draw.Canvas, r vg.Rectangle, col color.Color) {
	c.FillPolygon(col, []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}})
}

func frame(c draw.Canvas, r vg.Rectangle, col color.Color, width vg.Length) {
	c.StrokeLines(draw.LineStyle{Color: col, Width: width},
		[]vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}, r.Min})
}

// message is the picture of data with nothing to draw.
func message(title, text string) *Figure {
	return &Figure{width: figureWidth, height: figureHeight / 2, title: title, body: func(c draw.Canvas) {
		s := style(titleSize, false, softInk)
		s.XAlign, s.YAlign = draw.XCenter, draw.YCenter
		for i, line := range wrap(s, text, c.Size().X) {
			c.FillText(s, vg.Point{X: c.Center().X, Y: c.Center().Y - vg.Length(i)*(titleSize+3)}, line)
		}
	}}
}
