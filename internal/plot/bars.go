package plot

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// BarsConfig is the data of a bar chart.
type BarsConfig struct {
	Title, XLabel, YLabel string
	Labels                []string
	Values                []float64
	Errors                []float64 // half-lengths of error bars; may be nil
	References            []Reference
}

// maxBars is the largest number of bars in a picture.
const maxBars = 200

// Bars draws one bar per label, from zero.
func Bars(cfg BarsConfig) (*Figure, error) {
	n := len(cfg.Values)
	if len(cfg.Labels) != n || cfg.Errors != nil && len(cfg.Errors) != n || n > maxBars {
		return nil, fmt.Errorf("bars %q: %d values, %d labels, %d errors; at most %d bars", cfg.Title, n, len(cfg.Labels), len(cfg.Errors), maxBars)
	}
	b := newBox()
	for i, v := range cfg.Values {
		b.add(float64(i), v)
		if cfg.Errors != nil {
			b.add(float64(i), v-cfg.Errors[i])
			b.add(float64(i), v+cfg.Errors[i])
		}
	}
	if b.empty() {
		return message(cfg.Title, "no values to show"), nil
	}
	b.y.add(0)
	for _, r := range cfg.References {
		b.y.add(r.Y)
	}
	p := newPlot(cfg.XLabel, cfg.YLabel)
	nameTicks(p, readable(cfg.Labels))
	setYFromZero(p, b.y)
	p.Add(horizontalGrid{}, barPlotter{cfg}, level{0, nil})
	f := &Figure{fluid: true, axes: p, width: figureWidth, height: figureHeight, title: cfg.Title}
	for _, r := range cfg.References {
		p.Add(level{r.Y, dashes})
		f.legend = append(f.legend, entry{name: r.Name, color: softInk, dashed: true})
	}
	f.body = func(c draw.Canvas) { p.Draw(c) }
	return f, nil
}

// setYFromZero sets the range of y, with no margin on the side of zero.
func setYFromZero(p *plot.Plot, y interval) {
	p.Y.Min, p.Y.Max = y.padded(0.05)
	if y.lo == 0 {
		p.Y.Min = 0
		p.Y.Padding = 0
	}
	if y.hi == 0 {
		p.Y.Max = 0
	}
	if p.Y.Min == p.Y.Max {
		p.Y.Max = 1
	}
}

// barTicks labels as many bars as there is room for.
func barTicks(labels []string) []plot.Tick {
	s, longest := style(tickSize, false, ink), vg.Length(1)
	for _, l := range labels {
		longest = max(longest, s.Width(l)+6)
	}
	every := max(1, int(math.Ceil(float64(longest*vg.Length(len(labels))/alongAxis))))
	var ticks []plot.Tick
	for i := 0; i < len(labels); i += every {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: labels[i]})
	}
	return ticks
}

type barPlotter struct{ cfg BarsConfig }

// Plot implements plot.Plotter.
func (b barPlotter) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	width := 0.72
	if n := len(b.cfg.Values); n <= 3 {
		width = 0.4
	}
	for i, v := range b.cfg.Values {
		if !finite(v) {
			continue
		}
		fill(c, vg.Rectangle{
			Min: vg.Point{X: tx(float64(i) - width/2), Y: ty(0)},
			Max: vg.Point{X: tx(float64(i) + width/2), Y: ty(v)},
		}, series[0])
		if b.cfg.Errors != nil && finite(b.cfg.Errors[i]) {
			ls := draw.LineStyle{Color: ink, Width: vg.Points(1)}
			x, lo, hi := tx(float64(i)), ty(v-b.cfg.Errors[i]), ty(v+b.cfg.Errors[i])
			c.StrokeLine2(ls, x, lo, x, hi)
			c.StrokeLine2(ls, x-3, lo, x+3, lo)
			c.StrokeLine2(ls, x-3, hi, x+3, hi)
		}
	}
}
