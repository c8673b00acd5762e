package plot

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Mark is a moment on an axis of time [s]: an event, or the begin of a phase.
type Mark struct {
	Seconds float64
	Name    string
	Phase   bool
}

// maxMarks is the largest number of vertical lines that are useful.
const maxMarks = 200

// marks draws moments as vertical lines with their names above the axes, phases
// solid and events dashed. A name is written once, and only if there is room.
type marks struct {
	list  []Mark
	scale float64 // units of the axis per second
}

// Names of marks: size of letters, largest number of rows, and height of a row.
const (
	markSize = tickSize
	markRows = 4
	markRow  = markSize + 2
)

// markName is the name of a mark with its left end and its row above the axes.
type markName struct {
	text string
	left vg.Length
	row  int
}

// lines returns the marks that are within the axes, with their places.
func (m marks) lines(c *draw.Canvas, p *plot.Plot) (shown []Mark, at []vg.Length) {
	tx, _ := p.Transforms(c)
	for _, k := range m.list {
		if x := tx(k.Seconds * m.scale); x >= c.Min.X-0.01 && x <= c.Max.X+0.01 && len(shown) <= maxMarks {
			shown, at = append(shown, k), append(at, x)
		}
	}
	return shown, at
}

// names places the names in rows, from the lowest.
func (m marks) names(c *draw.Canvas, p *plot.Plot) (names []markName, rows int) {
	s := style(markSize, false, softInk)
	var ends [markRows]vg.Length // end of the text in each row
	seen := map[string]bool{}
	shown, at := m.lines(c, p)
	for i, k := range shown {
		if seen[k.Name] {
			continue
		}
		text := Readable(k.Name)
		width := s.Width(text)
		for place := range 2 * markRows {
			row := place / 2
			left := at[i] - width/2
			if place%2 == 1 { // beside its line
				left = at[i] - 2
			}
			if left = max(min(left, c.Max.X-width), c.Min.X); left >= ends[row] {
				seen[k.Name], ends[row] = true, left+width+6
				names, rows = append(names, markName{text, left, row}), max(rows, row+1)
				break
			}
		}
	}
	return names, rows
}

// height returns the height of the names above axes on c.
func (m marks) height(c draw.Canvas, p *plot.Plot) vg.Length {
	if len(m.list) == 0 {
		return 0
	}
	data := p.DataCanvas(c)
	_, rows := m.names(&data, p)
	return vg.Length(rows) * markRow
}

// below returns the part of a canvas below the names, for the axes.
func (m marks) below(c draw.Canvas, p *plot.Plot) draw.Canvas {
	return draw.Crop(c, 0, 0, 0, -m.height(c, p))
}

// Plot implements plot.Plotter.
func (m marks) Plot(c draw.Canvas, p *plot.Plot) {
	shown, at := m.lines(&c, p)
	for i, x := range at {
		ls := draw.LineStyle{Color: markColor(shown[i].Phase), Width: vg.Points(0.8)}
		if !shown[i].Phase {
			ls.Dashes = dashes
		}
		c.StrokeLine2(ls, x, c.Min.Y, x, c.Max.Y)
	}
	s := style(markSize, false, softInk)
	s.YAlign = draw.YBottom
	names, _ := m.names(&c, p)
	for _, n := range names {
		c.FillText(s, vg.Point{X: n.left, Y: c.Max.Y + 1 + vg.Length(n.row)*markRow}, n.text)
	}
}

func markColor(phase bool) color.Color {
	if phase {
		return softInk
	}
	return series[8]
}

// within returns the marks between two moments [s].
func within(list []Mark, from, to float64) (out []Mark) {
	for _, m := range list {
		if m.Seconds >= from && m.Seconds <= to {
			out = append(out, m)
		}
	}
	return out
}
