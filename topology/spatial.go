package topology

import (
	"fmt"
	"math"
)

func spatialGraphs() []generator {
	return []generator{
		{"spatial", "a pair at distance d is joined with probability p·kernel(d/scale)", "p, kernel (gaussian, exponential, linear, box), scale, torus, extent, autapses", false, checkSpatial, spatial},
	}
}

func checkSpatial(r *Rule, s shape) error {
	switch r.Kernel {
	case "gaussian", "exponential", "linear", "box":
	default:
		return fmt.Errorf("kernel: %q, expected gaussian, exponential, linear or box", r.Kernel)
	}
	if !(r.Scale > 0) || math.IsInf(r.Scale, 0) {
		return fmt.Errorf("scale: %v, expected a length > 0", r.Scale)
	}
	if r.Extent < 0 || math.IsNaN(r.Extent) || math.IsInf(r.Extent, 0) {
		return fmt.Errorf("extent: %v, expected a length > 0", r.Extent)
	}
	return nil
}

// kernel returns the factor of the probability at distance x scales.
//
//	gaussian exp(−x²/2)  exponential exp(−x)  linear max(0, 1−x)  box x ≤ 1
func (r *Rule) kernel(x float64) float64 {
	switch r.Kernel {
	case "gaussian":
		return math.Exp(-x * x / 2)
	case "exponential":
		return math.Exp(-x)
	case "linear":
		return math.Max(0, 1-x)
	}
	if x <= 1 {
		return 1
	}
	return 0
}

// cells sorts points into a grid of boxes.
type cells struct {
	origin  Point
	side    Point  // of one cell
	counts  [3]int // cells along each axis
	members [][]int32
}

// spatial draws pairs cell by cell: candidates with the probability of the
// nearest corner, each kept with the ratio of its own. That is exact, and
// near O(synapses + cells²).
func spatial(d *drawing) (pairs, error) {
	box := bounds(d.at)
	if d.Torus && d.Extent > 0 {
		box[1] = Point{box[0][0] + d.Extent, box[0][1] + d.Extent, box[0][2] + d.Extent}
	}
	from, to := newCells(d.at.from, box), newCells(d.at.to, box)
	var p pairs
	for i, sources := range from.members {
		for j, targets := range to.members {
			if len(sources) == 0 || len(targets) == 0 {
				continue
			}
			top := d.P * d.kernel(d.nearest(from, to, i, j)/d.Scale)
			bernoulli(uint64(len(sources))*uint64(len(targets)), top, d.rng, func(k uint64) {
				s, t := sources[k/uint64(len(targets))], targets[k%uint64(len(targets))]
				prob := d.P * d.kernel(d.distance(d.at.from[s], d.at.to[t])/d.Scale)
				if d.rng.Float64()*top < prob && !(d.self && s == t && !d.Autapses) {
					p.add(int(s), int(t))
				}
			})
			if len(p.source) > MaxSynapses {
				return pairs{}, room(float64(len(p.source)))
			}
		}
	}
	return p, nil
}

// bounds returns the two corners of the box around all points.
func bounds(at ends) [2]Point {
	box := [2]Point{{math.Inf(1), math.Inf(1), math.Inf(1)}, {math.Inf(-1), math.Inf(-1), math.Inf(-1)}}
	for _, points := range [2][]Point{at.from, at.to} {
		for _, p := range points {
			for k := range 3 {
				box[0][k], box[1][k] = math.Min(box[0][k], p[k]), math.Max(box[1][k], p[k])
			}
		}
	}
	return box
}

// newCells makes at most 4096 cells, about 16 points in each or more.
func newCells(points []Point, box [2]Point) *cells {
	c := &cells{origin: box[0]}
	dims := 0
	for k := range 3 {
		if box[1][k] > box[0][k] {
			dims++
		}
	}
	along := 1
	if dims > 0 {
		along = max(1, int(math.Pow(math.Min(4096, float64(len(points))/16), 1/float64(dims))))
	}
	total := 1
	for k := range 3 {
		c.counts[k] = 1
		if c.side[k] = box[1][k] - box[0][k]; c.side[k] > 0 {
			c.counts[k] = along
			c.side[k] /= float64(along)
		}
		total *= c.counts[k]
	}
	c.members = make([][]int32, total)
	for i, p := range points {
		at := 0
		for k := range 3 {
			x := 0
			if c.side[k] > 0 {
				x = min(max(int((p[k]-c.origin[k])/c.side[k]), 0), c.counts[k]-1)
			}
			at = at*c.counts[k] + x
		}
		c.members[at] = append(c.members[at], int32(i))
	}
	return c
}

// corner returns the box of cell i.
func (c *cells) corner(i int) (lo, hi Point) {
	var at [3]int
	for k := 2; k >= 0; k-- {
		at[k] = i % c.counts[k]
		i /= c.counts[k]
	}
	for k := range 3 {
		lo[k] = c.origin[k] + float64(at[k])*c.side[k]
		hi[k] = lo[k] + c.side[k]
	}
	return lo, hi
}

// nearest returns a lower bound of the distance between cell i of a and cell j
// of b.
func (d *drawing) nearest(a, b *cells, i, j int) float64 {
	alo, ahi := a.corner(i)
	blo, bhi := b.corner(j)
	sum := 0.0
	for k := range 3 {
		gap := math.Max(0, math.Max(alo[k]-bhi[k], blo[k]-ahi[k]))
		if period := d.period(); period > 0 {
			around := math.Max(0, period-math.Max(ahi[k]-blo[k], bhi[k]-alo[k]))
			gap = math.Min(gap, around)
		}
		sum += gap * gap
	}
	return math.Sqrt(sum) * (1 - 1e-12) // rounding must not lift the bound
}

// period is the side of the torus, 0 without one.
func (d *drawing) period() float64 {
	switch {
	case !d.Torus:
		return 0
	case d.Extent > 0:
		return d.Extent
	}
	return 1
}

// distance is Euclidean, around the torus if there is one.
func (d *drawing) distance(p, q Point) float64 {
	period := d.period()
	if period == 0 {
		return p.Distance(q)
	}
	sum := 0.0
	for k := range 3 {
		gap := math.Mod(math.Abs(p[k]-q[k]), period)
		gap = math.Min(gap, period-gap)
		sum += gap * gap
	}
	return math.Sqrt(sum)
}
