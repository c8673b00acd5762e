package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
)

type colorNRGBA = color.NRGBA

// finite reports whether x can be drawn: it is not NaN, and small enough that
// ranges of such values do not overflow.
func finite(x float64) bool { return math.Abs(x) <= 1e150 }

// interval is the range of values seen.
type interval struct{ lo, hi float64 }

func (r *interval) add(x float64) {
	if finite(x) {
		r.lo, r.hi = min(r.lo, x), max(r.hi, x)
	}
}

// padded returns the range with a margin. It is wider than 0 even for one
// value.
func (r interval) padded(share float64) (lo, hi float64) {
	d := (r.hi - r.lo) * share
	if r.hi == r.lo {
		d = max(math.Abs(r.hi)*0.1, 1e-9)
		if r.hi == 0 {
			d = 1
		}
	}
	return r.lo - d, r.hi + d
}

// box is the range of x and y.
type box struct{ x, y interval }

func newBox() *box {
	none := interval{math.Inf(1), math.Inf(-1)}
	return &box{none, none}
}

func (b *box) empty() bool { return b.x.lo > b.x.hi || b.y.lo > b.y.hi }

func (b *box) add(x, y float64) {
	if finite(x) && finite(y) {
		b.x.add(x)
		b.y.add(y)
	}
}

func (b *box) addSeries(s Series, logX bool) {
	for i, x := range s.X {
		if logX && x <= 0 {
			continue
		}
		b.add(x, s.Y[i])
		if s.Low != nil {
			b.add(x, s.Low[i])
			b.add(x, s.High[i])
		}
		if s.Each != nil {
			for _, v := range s.Each[i] {
				b.add(x, v)
			}
		}
	}
}

// apply sets the ranges and scales of p.
func (b *box) apply(p *plot.Plot, cfg LinesConfig) {
	p.X.Min, p.X.Max = b.x.lo, b.x.hi
	if b.x.lo == b.x.hi {
		p.X.Min, p.X.Max = b.x.padded(0)
	}
	p.Y.Min, p.Y.Max = b.y.padded(0.05)
	if r := cfg.YRange; r != nil && r[0] < r[1] {
		p.Y.Min, p.Y.Max = r[0], r[1]
	}
	if cfg.LogX {
		if p.X.Min <= 0 {
			p.X.Min = b.x.lo / 2
		}
		p.X.Scale = plot.LogScale{}
		p.X.Tick.Marker = powers{}
	}
}
