package plot

import (
	"image/color"
	"math"
	"slices"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var (
	ink      = color.NRGBA{0x22, 0x22, 0x22, 0xff}
	softInk  = color.NRGBA{0x66, 0x66, 0x66, 0xff}
	rule     = color.NRGBA{0xe6, 0xe6, 0xe6, 0xff}
	paper    = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	missing  = color.NRGBA{0xdd, 0xdd, 0xdd, 0xff}
	onColor  = color.NRGBA{0x1f, 0x2d, 0x3d, 0xff}
	offColor = color.NRGBA{0xf4, 0xf1, 0xea, 0xff}
)

// series are ten colours that people with any colour vision can distinguish on
// white: those of Okabe and Ito without yellow, and two of Paul Tol.
var series = []color.NRGBA{
	{0x00, 0x72, 0xb2, 0xff}, // blue
	{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	{0x00, 0x9e, 0x73, 0xff}, // green
	{0xcc, 0x79, 0xa7, 0xff}, // purple
	{0x56, 0xb4, 0xe9, 0xff}, // sky
	{0xe6, 0x9f, 0x00, 0xff}, // orange
	{0x66, 0x66, 0x66, 0xff}, // grey
	{0x22, 0x22, 0x22, 0xff}, // black
	{0x88, 0x22, 0x55, 0xff}, // wine, and
	{0x99, 0x99, 0x33, 0xff}, // olive, of Paul Tol's muted colours
}

// Colours returns ten colours that people with any colour vision can
// distinguish on white.
func Colours() []color.NRGBA { return slices.Clone(series) }

// named are the colours that an atom has in every picture: redundancy is red.
var named = map[string]color.NRGBA{
	"unq_r": series[0], "unq_c": series[3], "red": series[1], "syn": series[2],
	"mi": series[7], "goal": series[5], "h_res": series[6], "h": series[4],
	"{1}": series[0], "{2}": series[3], "{3}": series[4], "{1}{2}{3}": series[1], "{123}": series[2],
}

// colorsOf returns the colours of series: atoms have fixed colours, the others
// get the remaining ones, so that up to ten series have different colours.
func colorsOf(all []Series) []color.NRGBA {
	used := map[color.NRGBA]bool{}
	for _, s := range all {
		used[named[s.Name]] = true
	}
	out := make([]color.NRGBA, len(all))
	for i, s := range all {
		own, ok := named[s.Name]
		for k := i; !ok && k < i+len(series); k++ {
			if own = series[k%len(series)]; !used[own] {
				break
			}
		}
		if !ok && used[own] { // more series than colours
			own = series[i%len(series)]
		}
		out[i], used[own] = own, true
	}
	return out
}

func alpha(c color.NRGBA, a uint8) color.NRGBA {
	c.A = a
	return c
}

// Sizes of a picture in points. When a picture is scaled down to one column,
// its smallest letters, those of ticks, have the smallest size that journals
// accept.
const (
	figureWidth  = OneColumn * tickSize / smallestType
	figureHeight = 8 * vg.Centimeter
	margin       = 10 * vg.Length(1)
	titleSize    = 12
	labelSize    = 11
	tickSize     = 10
)

var handler = text.Plain{Fonts: font.DefaultCache}

// style returns the text style of this size, left-aligned.
func style(size float64, bold bool, c color.Color) draw.TextStyle {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Length(size)}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return draw.TextStyle{Color: c, Font: f, Handler: handler, XAlign: draw.XLeft, YAlign: draw.YTop}
}

// newPlot returns axes in the house style.
func newPlot(xLabel, yLabel string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.LineStyle = draw.LineStyle{Color: softInk, Width: vg.Points(0.75)}
		a.Tick.LineStyle = a.LineStyle
		a.Tick.Length = 4
		a.Padding = 4
		align := a.Tick.Label
		a.Tick.Label = style(tickSize, false, ink)
		a.Tick.Label.XAlign, a.Tick.Label.YAlign = align.XAlign, align.YAlign
		rotation, ax, ay := a.Label.TextStyle.Rotation, a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign
		a.Label.TextStyle = style(labelSize, false, ink)
		a.Label.TextStyle.Rotation, a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign = rotation, ax, ay
		a.Label.Padding = 4
		a.Tick.Marker = ticker{}
	}
	p.X.Tick.Marker = ticker{along: true}
	p.X.Label.Text, p.Y.Label.Text = axisName(xLabel), axisName(yLabel)
	return p
}

// diverging is ColorBrewer's RdBu, from −1 (blue) over 0 (white) to 1 (red).
var diverging = []color.NRGBA{
	{0x05, 0x30, 0x61, 0xff}, {0x21, 0x66, 0xac, 0xff}, {0x43, 0x93, 0xc3, 0xff}, {0x92, 0xc5, 0xde, 0xff}, {0xd1, 0xe5, 0xf0, 0xff},
	{0xff, 0xff, 0xff, 0xff},
	{0xfd, 0xdb, 0xc7, 0xff}, {0xf4, 0xa5, 0x82, 0xff}, {0xd6, 0x60, 0x4d, 0xff}, {0xb2, 0x18, 0x2b, 0xff}, {0x67, 0x00, 0x1f, 0xff},
}

// blues is ColorBrewer's Blues, from 0 (white) to 1.
var blues = []color.NRGBA{
	{0xff, 0xff, 0xff, 0xff}, {0xde, 0xeb, 0xf7, 0xff}, {0xc6, 0xdb, 0xef, 0xff}, {0x9e, 0xca, 0xe1, 0xff},
	{0x6b, 0xae, 0xd6, 0xff}, {0x42, 0x92, 0xc6, 0xff}, {0x21, 0x71, 0xb5, 0xff}, {0x08, 0x51, 0x9c, 0xff}, {0x08, 0x30, 0x6b, 0xff},
}

// patterns is the map of ±1 images: −1 paper, +1 ink.
var patterns = []color.NRGBA{offColor, onColor}

// mistakes is patterns for pixels that are wrong: shades of orange.
var mistakes = []color.NRGBA{{0xf5, 0xa3, 0x5c, 0xff}, {0xc2, 0x41, 0x0c, 0xff}}

// at returns the colour at x in [0, 1] of a map with equal steps.
func at(colors []color.NRGBA, x float64) color.NRGBA {
	if math.IsNaN(x) {
		return missing
	}
	x = min(max(x, 0), 1) * float64(len(colors)-1)
	i := min(int(x), len(colors)-2)
	f := x - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-f) + float64(b)*f)) }
	a, b := colors[i], colors[i+1]
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// signed returns the diverging colour of v on a scale from −limit to limit.
func signed(v, limit float64) color.NRGBA {
	if limit <= 0 {
		limit = 1
	}
	return at(diverging, (v/limit+1)/2)
}

// axisName returns the name of an axis with its unit in brackets: "time / s"
// becomes "time [s]". A quantity in bits is called information.
func axisName(label string) string {
	if name, unit, ok := strings.Cut(label, " / "); ok {
		unit, more, told := strings.Cut(unit, " (")
		switch {
		case len(unit) <= 6 && told:
			return name + " [" + unit + "] (" + more
		case len(unit) <= 6:
			return name + " [" + unit + "]"
		}
	}
	if rest, ok := strings.CutPrefix(label, "bits"); ok && (rest == "" || strings.ContainsAny(rest[:1], " ,")) && !strings.HasPrefix(rest, " flipped") {
		return "information [bit]" + rest
	}
	if name, ok := strings.CutSuffix(label, " in bits"); ok {
		return name + " [bit]"
	}
	return Readable(label)
}
