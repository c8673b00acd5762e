package dataset

import (
	"math"
	"math/rand/v2"
)

// Strokes draws digits with a pen along hand-made lines, with a new distortion
// for each image. The zero value is of no use: see DefaultStrokes.
type Strokes struct {
	Side          int     // pixels of a side
	Jitter        float64 // ± of each control point, as a fraction of the side
	Rotation      float64 // ± radians
	Shear         float64 // ±
	Scale         float64 // ± fraction
	Shift         float64 // ± pixels
	Pen, PenRange float64 // half width of the pen in pixels, and its ± fraction
	Flips         float64 // probability with which a pixel is inverted
}

// DefaultStrokes returns the built-in digits: 14×14, hard enough that a linear
// readout is wrong for a few per cent.
func DefaultStrokes() Strokes {
	return Strokes{Side: 14, Jitter: 0.05, Rotation: 0.2, Shear: 0.25, Scale: 0.12, Shift: 1.2, Pen: 0.9, PenRange: 0.3, Flips: 0.03}
}

type point struct{ x, y float64 }

// digitLines are the digits 0 to 9 as lines in the unit square, y downwards.
var digitLines = [10][]point{
	{{0.5, 0.1}, {0.3, 0.22}, {0.24, 0.5}, {0.3, 0.78}, {0.5, 0.9}, {0.7, 0.78}, {0.76, 0.5}, {0.7, 0.22}, {0.5, 0.1}},
	{{0.34, 0.28}, {0.52, 0.1}, {0.52, 0.9}},
	{{0.25, 0.3}, {0.36, 0.13}, {0.6, 0.1}, {0.74, 0.28}, {0.64, 0.5}, {0.25, 0.9}, {0.78, 0.9}},
	{{0.27, 0.14}, {0.6, 0.1}, {0.73, 0.28}, {0.46, 0.47}, {0.75, 0.66}, {0.62, 0.88}, {0.25, 0.87}},
	{{0.62, 0.9}, {0.62, 0.1}, {0.22, 0.63}, {0.8, 0.63}},
	{{0.73, 0.1}, {0.32, 0.1}, {0.28, 0.46}, {0.58, 0.42}, {0.75, 0.63}, {0.62, 0.87}, {0.26, 0.88}},
	{{0.65, 0.1}, {0.38, 0.34}, {0.27, 0.65}, {0.4, 0.9}, {0.65, 0.88}, {0.73, 0.66}, {0.55, 0.5}, {0.3, 0.62}},
	{{0.24, 0.1}, {0.76, 0.1}, {0.45, 0.9}},
	{{0.5, 0.48}, {0.3, 0.3}, {0.5, 0.1}, {0.7, 0.3}, {0.5, 0.48}, {0.27, 0.7}, {0.5, 0.9}, {0.73, 0.7}, {0.5, 0.48}},
	{{0.7, 0.38}, {0.5, 0.53}, {0.29, 0.36}, {0.42, 0.1}, {0.65, 0.13}, {0.7, 0.38}, {0.6, 0.9}},
}

// Draw returns n digits of equal numbers per class, shuffled. Cost: about 10 µs
// an image of 14×14.
func (s Strokes) Draw(n int, rng *rand.Rand) *Images {
	set := &Images{Width: s.Side, Height: s.Side, Classes: 10, Pixels: make([]uint8, n*s.Side*s.Side), Labels: make([]uint8, n)}
	for i, k := range rng.Perm(n) {
		set.Labels[i] = uint8(k % 10)
		s.DrawOne(set.Image(i), int(set.Labels[i]), rng)
	}
	return set
}

// DrawOne draws a digit, 0 to 9, with a fresh distortion; pixels has Side·Side
// values, where 255 is full ink.
func (s Strokes) DrawOne(pixels []uint8, digit int, rng *rand.Rand) {
	within := func(r float64) float64 { return r * (2*rng.Float64() - 1) }
	angle, shear := within(s.Rotation), within(s.Shear)
	sx, sy := 1+within(s.Scale), 1+within(s.Scale)
	dx, dy := within(s.Shift), within(s.Shift)
	pen := s.Pen * (1 + within(s.PenRange))
	sin, cos := math.Sincos(angle)
	side := float64(s.Side)
	var line [16]point
	n := len(digitLines[digit])
	for i, p := range digitLines[digit] {
		x := sx * (p.x - 0.5 + within(s.Jitter))
		y := sy * (p.y - 0.5 + within(s.Jitter))
		x += shear * y
		line[i] = point{side*(0.5+cos*x-sin*y) + dx, side*(0.5+sin*x+cos*y) + dy}
	}
	clear(pixels)
	for i := 1; i < n; i++ {
		s.ink(pixels, line[i-1], line[i], pen)
	}
	for i := range pixels {
		if rng.Float64() < s.Flips {
			pixels[i] = 255 - pixels[i]
		}
	}
}

// ink draws one straight piece; its border is one pixel soft.
func (s Strokes) ink(pixels []uint8, a, b point, pen float64) {
	reach := pen + 0.5
	low := func(u, v float64) int { return max(0, int(math.Floor(min(u, v)-reach))) }
	high := func(u, v float64) int { return min(s.Side-1, int(math.Ceil(max(u, v)+reach))) }
	for y := low(a.y, b.y); y <= high(a.y, b.y); y++ {
		for x := low(a.x, b.x); x <= high(a.x, b.x); x++ {
			d := distance(point{float64(x) + 0.5, float64(y) + 0.5}, a, b)
			v := uint8(255 * min(max(reach-d, 0), 1))
			pixels[y*s.Side+x] = max(pixels[y*s.Side+x], v)
		}
	}
}

// distance returns how far p is from the segment ab.
func distance(p, a, b point) float64 {
	ux, uy := b.x-a.x, b.y-a.y
	t := 0.0
	if l := ux*ux + uy*uy; l > 0 {
		t = min(max(((p.x-a.x)*ux+(p.y-a.y)*uy)/l, 0), 1)
	}
	vx, vy := p.x-a.x-t*ux, p.y-a.y-t*uy
	return math.Sqrt(vx*vx + vy*vy)
}
