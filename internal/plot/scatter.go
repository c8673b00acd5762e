package plot

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ScatterConfig says which points are drawn.
type ScatterConfig struct {
	Title, XLabel, YLabel string
	X, Y                  []float64
	Fit                   bool // draw the least-squares line and name r
}

// Scatter draws points; more than 20 000 are thinned evenly.
func Scatter(cfg ScatterConfig) (*Figure, error) {
	if len(cfg.X) != len(cfg.Y) {
		return nil, fmt.Errorf("scatter %q: %d x, %d y", cfg.Title, len(cfg.X), len(cfg.Y))
	}
	b := newBox()
	var x, y []float64
	for i := range cfg.X {
		if finite(cfg.X[i]) && finite(cfg.Y[i]) {
			x, y = append(x, cfg.X[i]), append(y, cfg.Y[i])
			b.add(cfg.X[i], cfg.Y[i])
		}
	}
	if b.empty() {
		return message(cfg.Title, "no points to show"), nil
	}
	p := newPlot(cfg.XLabel, cfg.YLabel)
	p.X.Min, p.X.Max = b.x.padded(0.04)
	p.Y.Min, p.Y.Max = b.y.padded(0.06)
	p.Add(horizontalGrid{}, dots{x, y})
	f := &Figure{fluid: true, axes: p, width: figureWidth, height: figureHeight, title: cfg.Title}
	if cfg.Fit && len(x) > 2 && b.x.lo < b.x.hi {
		a, slope := stat.LinearRegression(x, y, nil, false)
		p.Add(&curve{s: Series{X: []float64{b.x.lo, b.x.hi}, Y: []float64{a + slope*b.x.lo, a + slope*b.x.hi}}, color: series[1]})
		name := fmt.Sprintf("least squares: slope %s", number(slope))
		if r := stat.Correlation(x, y, nil); finite(r) {
			name += fmt.Sprintf(", r = %s, n = %d", minus(fmt.Sprintf("%.2f", r)), len(x))
		}
		f.legend = []entry{{name: name, color: series[1]}}
	}
	f.body = func(c draw.Canvas) { p.Draw(c) }
	return f, nil
}

const maxDots = 20_000

type dots struct{ x, y []float64 }

// Plot implements plot.Plotter.
func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	every := max(1, (len(d.x)+maxDots-1)/maxDots)
	shade := alpha(series[0], uint8(min(0xc0, max(0x30, 0xc0*30/math.Sqrt(float64(len(d.x)+1))))))
	for i := 0; i < len(d.x); i += every {
		c.DrawGlyph(draw.GlyphStyle{Color: shade, Radius: vg.Points(2.4), Shape: draw.CircleGlyph{}},
			vg.Point{X: tx(d.x[i]), Y: ty(d.y[i])})
	}
}
