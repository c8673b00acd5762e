package draw

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	figures "infomorph/internal/plot"
	"infomorph/internal/words"
)

// legend writes the title, the meaning of colour and size, and the numbers of
// neurons and synapses.
func (p *picture) legend() {
	w, h := vg.Length(p.opt.Width), vg.Length(p.opt.Height)
	if p.opt.Title != "" {
		p.canvas.FillText(lettering(12, ink), vg.Point{X: 10, Y: h - 20}, p.opt.Title)
	}
	note := words.Count(p.g.NumNeurons(), "neuron") + ", " + words.Count(p.g.NumSynapses(), "synapse")
	if c := p.g.NumChannels(); c > 0 {
		note += ", " + words.Count(c, "channel")
	}
	p.text(note, neither, vg.Point{X: 10, Y: 9}, text.XLeft)
	if v := p.opt.Size; v != nil {
		lo, hi := v.span()
		p.text(fmt.Sprintf("size: %s, %s to %s", figures.Readable(v.Name), short(lo), short(hi)), ink, vg.Point{X: 10, Y: 9 + row}, text.XLeft)
	}
	if v := p.opt.Colour; v != nil {
		p.text("colour: "+figures.Readable(v.Name), ink, vg.Point{X: w - 10, Y: p.colourRow()}, text.XRight)
		if v.Classes {
			p.classes(v)
		} else {
			p.bar(v)
		}
	}
}

// colourRow returns the height of the name of the colours.
func (p *picture) colourRow() vg.Length {
	y := vg.Length(p.opt.Height) - 20
	if p.opt.Title != "" {
		y -= row + 4
	}
	return y
}

// bar draws the colour map with the values at its ends and middle.
func (p *picture) bar(v *Values) {
	const steps = 64
	lo, hi := v.span()
	if math.IsInf(lo, 0) {
		return
	}
	x, top := vg.Length(p.opt.Width)-22, p.colourRow()-10
	height := min(vg.Length(150), top-3*row)
	for i := range steps {
		y := top - height + height*vg.Length(i)/steps
		p.canvas.SetColor(mapped((float64(i) + .5) / steps))
		p.canvas.Fill(vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + 12, Y: y + height/steps + .4}}.Path())
	}
	for _, f := range []float64{0, .5, 1} {
		if hi == lo && f != .5 {
			continue
		}
		p.text(short(lo+f*(hi-lo)), ink, vg.Point{X: x - 5, Y: top - height + vg.Length(f)*height - 3}, text.XRight)
	}
}

// classes lists as many classes as fit, and how many more there are.
func (p *picture) classes(v *Values) {
	_, hi := v.span()
	x, y := vg.Length(p.opt.Width)-16, p.colourRow()-16
	for c := 0; float64(c) <= hi; c++ {
		if more := int(hi) - c; more > 0 && y < 4*row {
			p.text(fmt.Sprintf("+%d", more+1), ink, vg.Point{X: x + 5, Y: y - 4}, text.XRight)
			return
		}
		var path vg.Path
		path.Move(vg.Point{X: x + 5, Y: y})
		path.Arc(vg.Point{X: x, Y: y}, 5, 0, 2*math.Pi)
		p.canvas.SetColor(classColours[c%len(classColours)])
		p.canvas.Fill(path)
		p.text(strconv.Itoa(c), ink, vg.Point{X: x - 9, Y: y - 4}, text.XRight)
		y -= row
	}
}

func short(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
