package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"io"

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
}

// entry is one item of a legend.
type entry struct {
	name   string
	color  color.Color
	dashed bool
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
	c = draw.Crop(c, margin, -margin, margin, -margin)
	if f.title != "" {
		s := style(titleSize, true, ink)
		c.FillText(s, vg.Point{X: c.Min.X, Y: c.Max.Y}, fit(s, f.title, c.Size().X))
		c.Max.Y -= titleSize + 8
	}
	if len(f.legend) > 0 {
		c.Max.Y -= drawLegend(c, f.legend) + 4
	}
	f.body(c)
}

// titleWidth returns the width of a figure with room for its title, within
// that of a page.
func titleWidth(title string) vg.Length {
	return min(style(titleSize, true, ink).Width(title)+2*margin+4, figureWidth)
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
