package draw

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"infomorph/neuron"
	"infomorph/topology"
)

// painted lists the elements of a picture of a graph, in points from the lower
// left:
//
//	curve x,y x,y x,y #rrggbbaa width      from, bent towards, to
//	loop x,y radius #rrggbbaa width        a synapse of a neuron with itself
//	arrow x,y x,y x,y #rrggbbaa            the tip first
//	disc x,y radius #rrggbbaa              with a rim if a width follows
//	square x,y half #rrggbbaa
//	bar x,y x,y #rrggbbaa
//	text x,y size #rrggbbaa words
func painted(t *testing.T, g *topology.Graph, opt Options) []string {
	t.Helper()
	opt = opt.withDefaults()
	points, err := Place(g, opt.Layout, opt.Seed)
	if err != nil {
		t.Fatal(err)
	}
	rec := &recorder.Canvas{}
	paint(draw.NewCanvas(rec, vg.Length(opt.Width), vg.Length(opt.Height)), g, opt, points)
	return transcript(rec)
}

func transcript(rec *recorder.Canvas) (out []string) {
	var ink color.NRGBA
	var width vg.Length
	for _, a := range rec.Actions {
		switch a := a.(type) {
		case *recorder.SetColor:
			ink = color.NRGBAModel.Convert(a.Color).(color.NRGBA)
		case *recorder.SetLineWidth:
			width = a.Width
		case *recorder.Stroke:
			if closed(a.Path) { // the rim of a filled shape
				out[len(out)-1] += fmt.Sprintf(" rim %s", number(width))
				continue
			}
			out = append(out, shape(a.Path, "loop")+hex(ink)+" "+number(width))
		case *recorder.Fill:
			out = append(out, shape(a.Path, "disc")+hex(ink))
		case *recorder.FillString:
			out = append(out, fmt.Sprintf("text %s %s%s %s", place(a.Point), number(a.Size), hex(ink), a.String))
		}
	}
	return out
}

func closed(p vg.Path) bool { return p[len(p)-1].Type == vg.CloseComp }

// shape describes a path; round is the word for a circle.
func shape(p vg.Path, round string) string {
	var at []string
	for _, c := range p {
		switch c.Type {
		case vg.ArcComp:
			return round + " " + place(c.Pos) + " " + number(c.Radius)
		case vg.CurveComp:
			return "curve " + place(p[0].Pos) + " " + place(c.Control[0]) + " " + place(c.Pos)
		case vg.MoveComp, vg.LineComp:
			at = append(at, place(c.Pos))
		}
	}
	switch {
	case len(at) == 3:
		return "arrow " + strings.Join(at, " ")
	case math.Abs(float64(p[2].Pos.X-p[0].Pos.X-p[2].Pos.Y+p[0].Pos.Y)) < 1e-9:
		middle := p[0].Pos.Add(p[2].Pos).Scale(.5)
		return "square " + place(middle) + " " + number(middle.X-p[0].Pos.X)
	}
	return "bar " + at[0] + " " + at[2]
}

func number(x vg.Length) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", float64(x)), "0"), ".")
}
func place(p vg.Point) string { return number(p.X) + "," + number(p.Y) }

func hex(c color.NRGBA) string { return fmt.Sprintf(" #%02x%02x%02x%02x", c.R, c.G, c.B, c.A) }

// placed is a graph of neurons, then channels, at the given positions, with
// synapses of delay 1 ms.
func placed(t *testing.T, neurons, channels []topology.Point, synapses ...topology.Synapse) *topology.Graph {
	t.Helper()
	for i := range synapses {
		synapses[i].Delay, synapses[i].Port = 1000, neuron.Contextual
	}
	groups := []topology.Population{{Name: "in", Size: len(channels), Positions: channels}}
	g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: len(neurons), Positions: neurons}}, groups, nil, synapses)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// shows compares a picture with its expected elements.
func shows(t *testing.T, g *topology.Graph, opt Options, want ...string) {
	t.Helper()
	got := painted(t, g, opt)
	for i := range max(len(got), len(want)) {
		a, b := "nothing", "nothing"
		if i < len(got) {
			a = got[i]
		}
		if i < len(want) {
			b = want[i]
		}
		if a != b {
			t.Errorf("%d: %s, want %s", i, a, b)
		}
	}
}
