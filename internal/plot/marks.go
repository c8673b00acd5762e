package plot

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Mark is a moment on an axis of time [s]: of an event, or the begin of a phase.
type Mark struct {
	Seconds float64
	Name    string
	Phase   bool
}

// maxMarks is how many vertical lines still tell something.
const maxMarks = 200

// marks draws moments as vertical lines with their names beside them, phases
// solid and events dashed. A name is written once, and where it has room.
type marks struct {
	list  []Mark
	scale float64 // of the axis: units in a second
}

// markSize is that of the names of marks.
const markSize = 8

// Plot implements plot.Plotter.
func (m marks) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	s := style(markSize, false, softInk)
	var ends [3]vg.Length // of what is written in each of three rows
	var names []markName
	seen := map[string]bool{}
	shown := 0
	for _, k := range m.list {
		x := tx(k.Seconds * m.scale)
		if x < c.Min.X-0.01 || x > c.Max.X+0.01 || shown > maxMarks {
			continue
		}
		shown++
		ls := draw.LineStyle{Color: markColor(k.Phase), Width: vg.Points(0.8)}
		if !k.Phase {
			ls.Dashes = dashes
		}
		c.StrokeLine2(ls, x, c.Min.Y, x, c.Max.Y)
		if seen[k.Name] {
			continue
		}
		text := Readable(k.Name)
		width := s.Width(text)
		left := x + 2
		if left+width > c.Max.X { // beside the line, on its other side
			left = x - 2 - width
		}
		for row := range ends {
			if left >= ends[row] && left >= c.Min.X {
				seen[k.Name], ends[row] = true, left+width+4
				names = append(names, markName{text, vg.Point{X: left, Y: c.Max.Y - vg.Length(row)*(markSize+2)}, width})
				break
			}
		}
	}
	for _, n := range names { // on paper, so that no line crosses a name
		fill(c, vg.Rectangle{Min: vg.Point{X: n.at.X - 1, Y: n.at.Y - markSize - 1}, Max: vg.Point{X: n.at.X + n.width + 1, Y: n.at.Y + 1}}, alpha(paper, 0xc0))
		c.FillText(s, n.at, n.text)
	}
}

// markName is the name of a mark with its place.
type markName struct {
	text  string
	at    vg.Point
	width vg.Length
}

func markColor(phase bool) color.Color {
	if phase {
		return softInk
	}
	return series[8]
}

// within returns the marks from one moment to another [s].
func within(list []Mark, from, to float64) (out []Mark) {
	for _, m := range list {
		if m.Seconds >= from && m.Seconds <= to {
			out = append(out, m)
		}
	}
	return out
}
