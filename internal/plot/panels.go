package plot

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// letterRoom is the width beside a panel for its letter.
const letterRoom = 16 * vg.Length(1)

// MaxPanels is the largest number of panels, one for each letter.
const MaxPanels = 26

// PanelWidth returns the width of a panel in a figure of this width.
func PanelWidth(width vg.Length) vg.Length { return width - letterRoom }

// Panels puts figures below one another, as panels a, b, c, … of one figure.
func Panels(width vg.Length, parts []*Figure) *Figure {
	f := &Figure{width: width, settled: true, parts: parts}
	for _, p := range parts {
		p.settle()
		f.height += p.height
	}
	return f
}

// drawPanels draws each part beside its letter.
func (f *Figure) drawPanels(c draw.Canvas) {
	top := c.Max.Y
	letter := style(titleSize, !f.light, ink)
	for i, part := range f.parts {
		p := *part
		p.light = f.light
		own := c
		own.Min.X, own.Max.X = c.Min.X+letterRoom, c.Min.X+letterRoom+p.width
		own.Min.Y, own.Max.Y = top-p.height, top
		p.draw(own)
		c.FillText(letter, vg.Point{X: c.Min.X + margin, Y: top - margin}, string(rune('a'+i)))
		top -= p.height
	}
}
