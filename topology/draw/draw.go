package draw

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/spatial/r2"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	figures "infomorph/internal/plot"
	"infomorph/neuron"
	"infomorph/topology"
)

// Options says how to draw a network. The zero Options is a force layout with
// the width of figures.
type Options struct {
	Layout        string  // see Layouts; "" is force
	Width, Height float64 // points; letters have 10 points, down to 7 if the picture is narrower than a figure
	Colour, Size  *Values // nil: all the same
	Labels        bool    // write each neuron's label
	Title         string
	Seed          uint64 // for the force layout
}

// MaxDrawn is the largest number of neurons and channels that is drawn.
const MaxDrawn = 20_000

// picture is a drawing in progress.
type picture struct {
	canvas draw.Canvas
	g      *topology.Graph
	opt    Options
	at     []vg.Point
	radius []float64
	unit   float64 // of neurons and lines, proportional to the size of the picture
	order  []int   // neurons from large to small
}

// Write draws g in format "png", "svg" or "pdf".
func Write(w io.Writer, format string, g *topology.Graph, opt Options) error {
	n := g.NumNeurons() + g.NumChannels()
	if n > MaxDrawn {
		return fmt.Errorf("%d neurons and channels, at most %d are drawn: measure it, or draw a part", n, MaxDrawn)
	}
	for _, v := range []*Values{opt.Colour, opt.Size} {
		if v != nil && len(v.Of) != g.NumNeurons() {
			return fmt.Errorf("%s has %d values for %d neurons", v.Name, len(v.Of), g.NumNeurons())
		}
	}
	opt = opt.withDefaults()
	points, err := Place(g, opt.Layout, opt.Seed)
	if err != nil {
		return err
	}
	f := figures.Drawing(vg.Length(opt.Width), vg.Length(opt.Height), func(c draw.Canvas) {
		paint(c, g, opt, points)
	})
	write := map[string]func(io.Writer) error{"png": f.PNG, "svg": f.SVG, "pdf": f.PDF}[format]
	if write == nil {
		return fmt.Errorf("format %q, expected png, svg or pdf", format)
	}
	return write(w)
}

func (o Options) withDefaults() Options {
	if o.Layout == "" {
		o.Layout = "force"
	}
	if o.Width == 0 {
		o.Width = float64(figures.Width)
	}
	if o.Height == 0 {
		o.Height = o.Width * 7 / 8
	}
	return o
}

// paint draws a graph, given the points of its neurons in the unit square.
func paint(c draw.Canvas, g *topology.Graph, opt Options, points []r2.Vec) {
	opt.Width, opt.Height = float64(c.Size().X), float64(c.Size().Y)
	p := &picture{canvas: c, g: g, opt: opt, unit: math.Min(opt.Width, opt.Height) / 560}
	p.scale(points)
	p.synapses()
	p.nodes()
	p.legend()
}

// scale fits the unit square between the title and the legend.
func (p *picture) scale(points []r2.Vec) {
	left, bottom, right, top := 16., 12.+row, 16., 16.
	if p.opt.Title != "" {
		top += row + 4
	}
	if p.opt.Colour != nil {
		top += row
		right += 40
	}
	if p.opt.Size != nil {
		bottom += row
	}
	if p.opt.Labels {
		left, right = left+10, right+10
	}
	w, h := p.opt.Width-left-right, p.opt.Height-top-bottom
	if p.opt.Layout != "layered" {
		side := math.Min(w, h)
		left, bottom, w, h = left+(w-side)/2, bottom+(h-side)/2, side, side
	}
	p.at, p.radius = make([]vg.Point, len(points)), make([]float64, len(points))
	small := math.Min(math.Max(110/math.Sqrt(float64(len(points))+1), 1.1), 9) * p.unit
	if p.opt.Layout == "circle" { // so that neighbours on the circle do not overlap
		small = math.Max(math.Min(small, .85*math.Min(w, h)/float64(len(points)+1)), .6*p.unit)
	}
	for i, q := range points {
		p.at[i] = vg.Point{X: vg.Length(left + q.X*w), Y: vg.Length(bottom + q.Y*h)}
		p.radius[i] = small * .8
		if p.opt.Size != nil && i < p.g.NumNeurons() { // the area is linear in the value
			p.radius[i] = small * math.Sqrt(.2+2.6*p.opt.Size.fraction(i))
		}
		p.order = append(p.order, i)
	}
	slices.SortStableFunc(p.order, func(a, b int) int {
		switch {
		case p.radius[a] > p.radius[b]:
			return -1
		case p.radius[a] < p.radius[b]:
			return 1
		}
		return 0
	})
}

// synapses draws weak synapses first and lighter. If both signs occur, they
// have different colours.
func (p *picture) synapses() {
	list := p.g.Synapses()
	top, signs := 0., [2]bool{}
	for _, s := range list {
		top = math.Max(top, math.Abs(float64(s.Weight)))
		signs[0], signs[1] = signs[0] || s.Weight < 0, signs[1] || s.Weight > 0
	}
	slices.SortStableFunc(list, func(a, b topology.Synapse) int {
		x, y := math.Abs(float64(a.Weight)), math.Abs(float64(b.Weight))
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	alpha := math.Min(math.Max(14/math.Sqrt(float64(len(list))+1), .05), .65)
	thin := math.Min(1, math.Max(.3, 30/math.Sqrt(float64(len(list))+1))) * math.Max(p.unit, .5)
	straight := p.symmetric()
	arrows := len(list) <= 400 && !straight
	for _, s := range list {
		if straight && s.Source > s.Target {
			continue // its reverse is drawn
		}
		strength := 1.0
		if top > 0 {
			strength = math.Abs(float64(s.Weight)) / top
		}
		c := neither
		if signs[0] && signs[1] {
			if c = positive; s.Weight < 0 {
				c = negative
			}
		}
		p.canvas.SetColor(faded(c, alpha*(.45+.55*strength)))
		p.canvas.SetLineWidth(vg.Length(thin * (.35 + 1.3*strength)))
		p.synapse(s, straight, arrows)
	}
}

// symmetric reports whether every synapse has a reverse of equal weight.
func (p *picture) symmetric() bool {
	for t := range p.g.NumNeurons() {
		in := p.g.Incoming(neuron.ID(t))
		for i, s := range in.Source {
			if int(s) >= p.g.NumNeurons() || !joined(p.g.Incoming(s), neuron.ID(t), in.Weight[i]) {
				return false
			}
		}
	}
	return true
}

func joined(in topology.Incoming, source neuron.ID, weight float32) bool {
	for i, s := range in.Source {
		if s == source && in.Weight[i] == weight {
			return true
		}
	}
	return false
}

// synapse draws a straight edge, or a curve that bends to the left of its
// direction, so that both directions of a pair are visible.
func (p *picture) synapse(s topology.Synapse, straight, arrow bool) {
	a, b := p.at[s.Source], p.at[s.Target]
	d := b.Sub(a)
	length := math.Hypot(float64(d.X), float64(d.Y))
	var path vg.Path
	if length == 0 {
		r := vg.Length(p.radius[s.Target] * 1.3)
		path.Move(vg.Point{X: a.X + r, Y: a.Y + r})
		path.Arc(vg.Point{X: a.X, Y: a.Y + r}, r, 0, 2*math.Pi)
		p.canvas.Stroke(path)
		return
	}
	bend := vg.Point{X: -d.Y, Y: d.X}.Scale(.09)
	if straight {
		bend = vg.Point{}
	}
	control := a.Add(d.Scale(.5)).Add(bend)
	path.Move(a)
	path.QuadTo(control, b)
	p.canvas.Stroke(path)
	if arrow {
		p.arrow(control, b, p.radius[s.Target])
	}
}

// arrow draws an arrow head where the curve meets the neuron.
func (p *picture) arrow(from, to vg.Point, radius float64) {
	d := to.Sub(from)
	length := vg.Length(math.Hypot(float64(d.X), float64(d.Y)))
	head := vg.Length(5 * math.Max(p.unit, .5))
	if length < vg.Length(radius)+head {
		return
	}
	along := d.Scale(1 / length)
	side := vg.Point{X: -along.Y, Y: along.X}
	tip := to.Sub(along.Scale(vg.Length(radius)))
	back := tip.Sub(along.Scale(head))
	var path vg.Path
	path.Move(tip)
	path.Line(back.Add(side.Scale(head * 0.4)))
	path.Line(back.Sub(side.Scale(head * 0.4)))
	path.Close()
	p.canvas.Fill(path)
}

func (p *picture) nodes() {
	for _, i := range p.order {
		r := vg.Length(p.radius[i])
		var path vg.Path
		fill := unknown
		if i >= p.g.NumNeurons() { // channels are squares
			path.Move(p.at[i].Add(vg.Point{X: -r, Y: -r}))
			path.Line(p.at[i].Add(vg.Point{X: r, Y: -r}))
			path.Line(p.at[i].Add(vg.Point{X: r, Y: r}))
			path.Line(p.at[i].Add(vg.Point{X: -r, Y: r}))
		} else {
			fill = p.opt.Colour.colour(i)
			path.Move(p.at[i].Add(vg.Point{X: r}))
			path.Arc(p.at[i], r, 0, 2*math.Pi)
		}
		path.Close()
		p.canvas.SetColor(fill)
		p.canvas.Fill(path)
		p.canvas.SetColor(paper)
		p.canvas.SetLineWidth(vg.Length(math.Min(.9, p.radius[i]/4)))
		p.canvas.Stroke(path)
	}
	if p.opt.Labels {
		for i := range p.at {
			p.label(i)
		}
	}
}

// label writes the label of neuron i: to its right, or outside the circle.
func (p *picture) label(i int) {
	away, align := vg.Point{X: 1}, text.XLeft
	if p.opt.Layout == "circle" && len(p.at) > 1 {
		away = p.at[i].Sub(p.middle())
		if length := vg.Length(math.Hypot(float64(away.X), float64(away.Y))); length > 0 {
			away = away.Scale(1 / length)
		}
		switch {
		case away.X < -0.3:
			align = text.XRight
		case away.X < 0.3:
			align = text.XCenter
		}
	}
	at := p.at[i].Add(away.Scale(vg.Length(p.radius[i] + 2)))
	at.Y += (away.Y - 1) * letters / 2 * 0.7
	p.text(p.g.Label(neuron.ID(i)), ink, at, align)
}

// middle returns the centre of all neurons.
func (p *picture) middle() (m vg.Point) {
	for _, at := range p.at {
		m = m.Add(at.Scale(1 / vg.Length(len(p.at))))
	}
	return m
}

// letters is the font size, row the height of a line of text [pt].
const (
	letters = 10.
	row     = 14.
)

// text writes one line.
func (p *picture) text(s string, c color.Color, at vg.Point, align text.XAlignment) {
	style := lettering(letters, c)
	style.XAlign = align
	p.canvas.FillText(style, at, s)
}

func lettering(size vg.Length, c color.Color) draw.TextStyle {
	sans := font.Font{Typeface: "Liberation", Variant: "Sans"}
	return draw.TextStyle{Color: c, Font: font.From(sans, size), XAlign: text.XLeft, Handler: plot.DefaultTextHandler}
}
