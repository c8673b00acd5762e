package plot

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"infomorph/neuron"
)

// RasterConfig is the data of a raster of spikes.
type RasterConfig struct {
	Title    string
	Spikes   []neuron.Spike
	Marks    []Mark      // events and phases
	YLabel   string      // "": neuron
	From, To neuron.Time // the time shown; To 0: to the last spike
}

// maxTicks is the largest number of spikes that are drawn one by one; more are
// drawn as an image of their density.
const maxTicks = 6000

// Raster draws spikes over time: positive ones dark, negative ones pale
// orange.
func Raster(cfg RasterConfig) (*Figure, error) {
	shown, box := selectSpikes(&cfg)
	if len(shown) == 0 {
		return message(cfg.Title, "no spikes to show"), nil
	}
	unit, name := timeUnit(box.x.hi - box.x.lo)
	yLabel := cfg.YLabel
	if yLabel == "" {
		yLabel = "neuron"
	}
	p := newPlot("time ["+name+"]", yLabel)
	p.X.Min, p.X.Max = box.x.lo/unit, box.x.hi/unit
	if p.X.Min == p.X.Max {
		p.X.Min, p.X.Max = box.x.padded(0.5)
		p.X.Min, p.X.Max = p.X.Min/unit, p.X.Max/unit
	}
	p.Y.Min, p.Y.Max = box.y.lo-0.5, box.y.hi+0.5
	p.Y.Tick.Marker = ticker{whole: true}
	if len(shown) > maxTicks {
		p.Add(imagePlotter{density(shown, box)})
	} else {
		p.Add(ticks{shown, unit})
	}
	marked := marks{cfg.Marks, 1e6 / unit}
	p.Add(marked)
	f := &Figure{fluid: true, axes: p, width: figureWidth, height: figureHeight, title: cfg.Title, marked: marked}
	if both(shown) {
		f.legend = []entry{{name: "+1", color: onColor}, {name: "−1", color: negative}}
	}
	f.body = func(c draw.Canvas) { p.Draw(marked.below(c, p)) }
	return f, nil
}

var negative = color.NRGBA{0xee, 0xa4, 0x5c, 0xff}

func selectSpikes(cfg *RasterConfig) ([]neuron.Spike, *box) {
	b := newBox()
	var shown []neuron.Spike
	for _, s := range cfg.Spikes {
		if s.Time >= cfg.From && (cfg.To == 0 || s.Time <= cfg.To) && s.Value != 0 {
			shown = append(shown, s)
			b.add(float64(s.Time), float64(s.Source))
		}
	}
	return shown, b
}

func both(spikes []neuron.Spike) bool {
	plus, minus := false, false
	for _, s := range spikes {
		plus = plus || s.Value > 0
		minus = minus || s.Value < 0
	}
	return plus && minus
}

// timeUnit returns a suitable unit [µs] for a span of time.
func timeUnit(span float64) (unit float64, name string) {
	switch {
	case span >= 2e6:
		return 1e6, "s"
	case span >= 2e3:
		return 1e3, "ms"
	}
	return 1, "µs"
}

// ticks draws spikes one by one.
type ticks struct {
	spikes []neuron.Spike
	unit   float64
}

// Plot implements plot.Plotter.
func (t ticks) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	half := (ty(1) - ty(0)) * 0.4
	half = min(max(half, 0.5), 6)
	for _, s := range t.spikes {
		col := onColor
		if s.Value < 0 {
			col = negative
		}
		x, y := tx(float64(s.Time)/t.unit), ty(float64(s.Source))
		c.StrokeLine2(draw.LineStyle{Color: col, Width: vg.Points(1)}, x, y-half, x, y+half)
	}
}

// density counts spikes in a fixed number of cells; the darker, the more. The
// hue shows which sign is more frequent.
func density(spikes []neuron.Spike, b *box) image.Image {
	rows := int(min(b.y.hi-b.y.lo+1, 500))
	const cols = 900
	plus, minus := make([]float64, rows*cols), make([]float64, rows*cols)
	most := 0.0
	for _, s := range spikes {
		x := int((float64(s.Time) - b.x.lo) / max(b.x.hi-b.x.lo, 1) * (cols - 1))
		y := int((b.y.hi - float64(s.Source)) / (b.y.hi - b.y.lo + 1) * float64(rows))
		i := y*cols + x
		if s.Value > 0 {
			plus[i]++
		} else {
			minus[i]++
		}
		most = max(most, plus[i]+minus[i])
	}
	zoom := max(1, minPixels/rows)
	img := image.NewNRGBA(image.Rect(0, 0, cols, rows*zoom))
	for i := range plus {
		n := plus[i] + minus[i]
		c := color.NRGBA{0xff, 0xff, 0xff, 0xff}
		if n > 0 {
			hue := at([]color.NRGBA{negative, onColor}, plus[i]/n)
			c = at([]color.NRGBA{paper, hue}, 0.25+0.75*math.Sqrt(n/most))
		}
		for k := range zoom {
			img.SetNRGBA(i%cols, i/cols*zoom+k, c)
		}
	}
	return img
}
