package topology

import (
	"fmt"
	"math"
)

func spatialGraphs() []generator {
	return []generator{
		{"spatial", "a pair at distance d is connected with probability p·kernel(d/scale)", "p, kernel (gaussian, exponential, linear, box), scale, torus, extent, autapses", false, checkSpatial, spatial},
	}
}

func checkSpatial(r *Rule, _ shape) error {
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

// kernel returns the factor of the probability at distance x, in units of
// scale.
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

// cells is a grid of boxes with the points in each.
type cells struct {
	origin  Point
	side    Point  // of one cell
	counts  [3]int // cells along each axis
	members [][]int32
	lo, hi  []Point // corners of each cell
}

// spatial draws pairs by cells. It draws candidates with the probability at the
// smallest distance between two cells, and keeps each with the ratio of its own
// probability to that one. This is exact and costs about O(synapses + cells²).
// If there are many cells, it skips cells out of reach and combines cells at
// about the same distance: O(synapses).
func spatial(d *drawing) (pairs, error) {
	box := bounds(d.at)
	if d.Torus && d.Extent > 0 {
		box[1] = Point{box[0][0] + d.Extent, box[0][1] + d.Extent, box[0][2] + d.Extent}
	}
	d.steps = d.kernelSteps()
	from, to := newCells(d.at.from, box), newCells(d.at.to, box)
	p := makePairs(d.guess())
	var near rings
	for i, sources := range from.members {
		switch {
		case len(sources) == 0:
		case len(to.members) > fewCells:
			near.fill(d, from, to, i)
			for k, targets := range near.targets {
				d.join(&p, sources, targets, d.kernel(float64(k)*ringWidth))
			}
		default:
			for j, targets := range to.members {
				d.join(&p, sources, targets, d.kernel(d.nearest(from, to, i, j)/d.Scale))
			}
		}
		if len(p.source) > MaxSynapses {
			return pairs{}, room(float64(len(p.source)))
		}
	}
	return p, nil
}

// guess returns about how many synapses there will be, as a capacity; 0 if that
// is not known.
func (d *drawing) guess() int {
	if all := d.pairCount(d.shape); all < 4096 { // cheaper than the sum
		return int(all)
	}
	k, ok := d.expected(d.shape)
	if !ok || k > MaxSynapses {
		return 0
	}
	return int(1.01*k) + 64
}

// join draws pairs of points. The kernel of each pair must be at most top.
func (d *drawing) join(p *pairs, sources, targets []int32, top float64) {
	if len(targets) == 0 {
		return
	}
	top *= d.P
	width := uint64(len(targets))
	bernoulli(uint64(len(sources))*width, top, d.rng, func(k uint64) {
		i := k / width
		s, t := sources[i], targets[k-i*width]
		if d.within(d.rng.Float64()*top, d.at.from[s], d.at.to[t]) && !(d.self && s == t && !d.Autapses) {
			p.add(int(s), int(t))
		}
	})
}

// steps is a table of the kernel at equal steps of the squared distance. It
// decides most pairs without a square root and an exponential, because no
// kernel increases with distance.
type steps struct {
	at    []float64
	width float64 // steps per squared unit of length
}

const numSteps = 1 << 12

func (r *Rule) kernelSteps() steps {
	far := r.reach() * r.Scale
	s := steps{at: make([]float64, numSteps+1), width: numSteps / (far * far)}
	for i := range s.at {
		s.at[i] = r.kernel(math.Sqrt(float64(i)/s.width) / r.Scale)
	}
	return s
}

// within reports whether u is less than the probability of a synapse between
// two points.
func (d *drawing) within(u float64, a, b Point) bool {
	const margin = 1e-9 // so that rounding errors do not matter
	square := d.squared(a, b)
	if i := int(square * d.steps.width); i < len(d.steps.at)-2 {
		switch {
		case u < d.P*d.steps.at[i+1]*(1-margin):
			return true
		case u > d.P*d.steps.at[i]*(1+margin):
			return false
		}
	}
	return u < d.P*d.kernel(math.Sqrt(square)/d.Scale)
}

const (
	fewCells   = 4096    // with up to this many cells, all pairs of cells are visited
	mostCells  = 1 << 20 // upper bound of the number of cells
	inFewCells = 16      // points per cell if there are few cells
	inMany     = 4       // points per cell if there are many
	ringWidth  = 0.25    // in units of scale
)

// reach returns the distance, in units of scale, beyond which the expected
// number of pairs is less than one, however large the network is.
func (r *Rule) reach() float64 {
	switch r.Kernel {
	case "gaussian":
		return 8
	case "exponential":
		return 36
	}
	return 1
}

// rings holds the possible targets of a cell by the smallest distance of their
// cells: targets[k] are at least k times ringWidth away.
type rings struct {
	targets [][]int32
	along   [3][]int
}

// fill finds the points of b within reach of cell i of a.
func (r *rings) fill(d *drawing, a, b *cells, i int) {
	if r.targets == nil {
		r.targets = make([][]int32, int(d.reach()/ringWidth)+1)
	}
	for k := range r.targets {
		r.targets[k] = r.targets[k][:0]
	}
	d.nearAlong(&r.along, b, a.lo[i], a.hi[i])
	for _, x := range r.along[0] {
		for _, y := range r.along[1] {
			for _, z := range r.along[2] {
				j := (x*b.counts[1]+y)*b.counts[2] + z
				if k := int(d.nearest(a, b, i, j) / (d.Scale * ringWidth)); k < len(r.targets) {
					r.targets[k] = append(r.targets[k], b.members[j]...)
				}
			}
		}
	}
}

// nearAlong finds, along each axis, the cells of b within reach of the box
// between lo and hi.
func (d *drawing) nearAlong(along *[3][]int, b *cells, lo, hi Point) {
	for k := range along {
		along[k] = along[k][:0]
		for x := range b.counts[k] {
			from := b.origin[k] + float64(x)*b.side[k]
			if d.gap(lo[k], hi[k], from, from+b.side[k]) <= d.reach()*d.Scale {
				along[k] = append(along[k], x)
			}
		}
	}
}

// bounds returns the two corners of the bounding box of all points.
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

// newCells makes cells with about 16 points each, or with a few points each if
// there would be many cells.
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
		number := float64(len(points)) / inFewCells
		if number > fewCells {
			number = math.Min(mostCells, float64(len(points))/inMany)
		}
		along = max(1, int(math.Pow(number, 1/float64(dims))))
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
	c.lo, c.hi = make([]Point, total), make([]Point, total)
	for i := range total {
		c.lo[i], c.hi[i] = c.corner(i)
	}
	return c
}

// corner returns the two corners of cell i.
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
	sum := 0.0
	for k := range 3 {
		gap := d.gap(a.lo[i][k], a.hi[i][k], b.lo[j][k], b.hi[j][k])
		sum += gap * gap
	}
	return math.Sqrt(sum) * (1 - 1e-12) // so that rounding errors do not exceed the bound
}

// gap returns the distance between two intervals. On a torus it is the shorter
// way round.
func (d *drawing) gap(alo, ahi, blo, bhi float64) float64 {
	gap := max(0, alo-bhi, blo-ahi)
	if period := d.period(); period > 0 {
		gap = min(gap, max(0, period-max(ahi-blo, bhi-alo)))
	}
	return gap
}

// period returns the side of the torus, 0 if there is none.
func (d *drawing) period() float64 {
	switch {
	case !d.Torus:
		return 0
	case d.Extent > 0:
		return d.Extent
	}
	return 1
}

// squared returns the squared Euclidean distance. On a torus it is the shorter
// way round.
func (d *drawing) squared(p, q Point) float64 {
	dx, dy, dz := p[0]-q[0], p[1]-q[1], p[2]-q[2]
	if period := d.period(); period > 0 {
		dx, dy, dz = around(dx, period), around(dy, period), around(dz, period)
	}
	return dx*dx + dy*dy + dz*dz
}

// around returns the length of a gap on a circle: the shorter way round.
func around(gap, period float64) float64 {
	gap = math.Abs(gap)
	if gap >= period {
		gap = math.Mod(gap, period)
	}
	return min(gap, period-gap)
}
