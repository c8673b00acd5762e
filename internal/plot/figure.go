package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// dpi is the resolution of PNG pictures: sharp in print and on dense screens.
const dpi = 160

// Figure is a picture that can be written.
type Figure struct {
	width, height vg.Length
	title         string
	legend        []entry
	body          func(draw.Canvas) // draws below title and legend
	// fluid: the body fills whatever room it gets; else it is drawn to scale.
	fluid bool
	axes  *plot.Plot // what a fluid body draws; labels are broken to fit
	scale float64    // of all lengths; 0: 1
	light bool       // no bold letters, which vgpdf does not embed
}

// smallestType is the size of letters that a journal asks for [pt].
const smallestType = 7

// Resize sets the size of the figure; height 0 keeps the proportions. Axes fill
// the room with letters of their own size; pictures of tiles shrink as a whole,
// which is an error if letters would be smaller than 7 pt.
func (f *Figure) Resize(width, height vg.Length) error {
	if height == 0 {
		height = f.height * width / f.width
		if f.fluid { // title, legend and labels do not shrink
			height = max(height, min(width*4/5, f.height))
		}
	}
	if f.fluid {
		f.width, f.height = width, height
		return nil
	}
	scale := min(float64(width/f.width), float64(height/f.height))
	if scale*tickSize < smallestType {
		return fmt.Errorf("at this width letters would be %.1f pt; this figure needs at least %.0f mm for %d pt, or fewer rows and columns",
			scale*tickSize, float64(f.width/vg.Millimeter)*smallestType/tickSize, smallestType)
	}
	f.scale = scale
	f.width, f.height = f.width*vg.Length(scale), f.height*vg.Length(scale)
	return nil
}

// entry is one item of a legend.
type entry struct {
	name   string
	color  color.Color
	dashed bool
	shape  draw.GlyphDrawer // of the marks of a line; nil: none
}

// PNG writes the figure as PNG.
func (f *Figure) PNG(w io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(f.width, f.height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(paper))
	f.draw(draw.New(pixelCanvas{c}))
	return png.Encode(w, c.Image())
}

// SVG writes the figure as SVG. Text stays text.
func (f *Figure) SVG(w io.Writer) error {
	c := vgsvg.New(f.width, f.height)
	f.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	doc := bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	doc = bytes.ReplaceAll(doc, []byte("<image "), []byte(`<image preserveAspectRatio="none" `)) // fill the axes
	_, err := w.Write(doc)
	return err
}

func (f *Figure) draw(c draw.Canvas) {
	fill(c, c.Rectangle, paper)
	if f.scale != 0 {
		c.Push()
		defer c.Pop()
		c.Scale(f.scale, f.scale)
		by := vg.Length(f.scale)
		c.Rectangle = vg.Rectangle{Min: vg.Point{X: c.Min.X / by, Y: c.Min.Y / by}, Max: vg.Point{X: c.Max.X / by, Y: c.Max.Y / by}}
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
		for axis, room := range map[*plot.Axis]vg.Length{&f.axes.X: size.X, &f.axes.Y: size.Y * 0.85} {
			text := axis.Label.Text
			axis.Label.Text = strings.Join(wrap(axis.Label.TextStyle, text, room*0.95), "\n")
			defer func() { axis.Label.Text = text }()
		}
	}
	f.body(c)
}

// titleWidth returns the width of a figure with room for its title, within
// that of a page.
func titleWidth(title string) vg.Length {
	return min(style(titleSize, true, ink).Width(title)+2*margin+4, figureWidth)
}

// wrap breaks a text at blanks into lines of at most this width.
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

// fit shortens text to the width.
func fit(s draw.TextStyle, text string, width vg.Length) string {
	if s.Width(text) <= width {
		return text
	}
	r := []rune(text)
	for len(r) > 0 && s.Width(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// drawLegend draws entries in rows from the top of c and returns their height.
func drawLegend(c draw.Canvas, entries []entry) vg.Length {
	const key, gap, row = 16, 14, labelSize + 5
	s := style(labelSize, false, ink)
	x, y := c.Min.X, c.Max.Y
	for _, e := range entries {
		name := fit(s, e.name, c.Size().X-key-4)
		w := key + 4 + s.Width(name)
		if x > c.Min.X && x+w > c.Max.X {
			x, y = c.Min.X, y-row
		}
		line := draw.LineStyle{Color: e.color, Width: vg.Points(2.5)}
		if e.dashed {
			line.Width = vg.Points(1.2)
			line.Dashes = dashes
		}
		c.StrokeLine2(line, x, y-labelSize*0.6, x+key, y-labelSize*0.6)
		if e.shape != nil {
			c.DrawGlyph(draw.GlyphStyle{Color: e.color, Radius: 3, Shape: e.shape}, vg.Point{X: x + key/2, Y: y - labelSize*0.6})
		}
		c.FillText(s, vg.Point{X: x + key + 4, Y: y}, name)
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
func message(title, format string, args ...any) *Figure {
	text := fmt.Sprintf(format, args...)
	return &Figure{width: figureWidth, height: figureHeight / 2, title: title, body: func(c draw.Canvas) {
		s := style(titleSize, false, softInk)
		s.XAlign, s.YAlign = draw.XCenter, draw.YCenter
		c.FillText(s, c.Center(), fit(s, text, c.Size().X))
	}}
}
