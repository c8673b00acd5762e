package draw

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// legend writes the title, what colour and size mean, and what is drawn.
func (p *picture) legend() {
	w, h := vg.Length(p.opt.Width), vg.Length(p.opt.Height)
	if p.opt.Title != "" {
		p.text(p.opt.Title, 13, ink, vg.Point{X: 16, Y: h - 24}, text.XLeft)
	}
	note := fmt.Sprintf("%d neurons, %d synapses", p.g.NumNeurons(), p.g.NumSynapses())
	if c := p.g.NumChannels(); c > 0 {
		note += fmt.Sprintf(", %d channels", c)
	}
	p.text(note, 8, neither, vg.Point{X: w - 12, Y: 9}, text.XRight)
	if v := p.opt.Size; v != nil {
		lo, hi := v.span()
		p.text(fmt.Sprintf("size: %s, %s to %s", v.Name, short(lo), short(hi)), 8.5, ink, vg.Point{X: 12, Y: 9}, text.XLeft)
	}
	if v := p.opt.Colour; v != nil {
		p.text(v.Name, 9, ink, vg.Point{X: w - 12, Y: h - 62}, text.XRight)
		if v.Classes {
			p.classes(v)
		} else {
			p.bar(v)
		}
	}
}

// bar draws the colour map with its ends and middle.
func (p *picture) bar(v *Values) {
	const steps = 64
	lo, hi := v.span()
	if math.IsInf(lo, 0) {
		return
	}
	x, top, height := vg.Length(p.opt.Width)-26, vg.Length(p.opt.Height)-76, vg.Length(150)
	for i := range steps {
		y := top - height + height*vg.Length(i)/steps
		p.canvas.SetColor(mapped((float64(i) + .5) / steps))
		p.canvas.Fill(vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + 12, Y: y + height/steps + .4}}.Path())
	}
	for _, f := range []float64{0, .5, 1} {
		if hi == lo && f != .5 {
			continue
		}
		p.text(short(lo+f*(hi-lo)), 8, ink, vg.Point{X: x - 5, Y: top - height + vg.Length(f)*height - 3}, text.XRight)
	}
}

// classes lists the first twelve classes.
func (p *picture) classes(v *Values) {
	_, hi := v.span()
	x, y := vg.Length(p.opt.Width)-22, vg.Length(p.opt.Height)-80
	for c := 0; float64(c) <= hi && c < 12; c++ {
		var path vg.Path
		path.Move(vg.Point{X: x + 5, Y: y})
		path.Arc(vg.Point{X: x, Y: y}, 5, 0, 2*math.Pi)
		p.canvas.SetColor(classColours[c%len(classColours)])
		p.canvas.Fill(path)
		p.text(strconv.Itoa(c), 8, ink, vg.Point{X: x - 9, Y: y - 3}, text.XRight)
		y -= 15
	}
}

func short(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
