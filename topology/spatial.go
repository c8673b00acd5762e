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
	lo, hi  []Point // corners
}

// spatial draws pairs cell by cell: candidates with the probability of the
// nearest corner, each kept with the ratio of its own. That is exact, and
// near O(synapses + cells²). Where there are many cells, those out of reach are
// left out and those at about one distance taken together: O(synapses).
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

// guess returns about how many synapses there will be, so that they have a place
// from the start; 0 where that is not known.
func (d *drawing) guess() int {
	if all := d.pairCount(d.shape); all < 4096 { // sooner than summing up
		return int(all)
	}
	k, ok := d.expected(d.shape)
	if !ok || k > MaxSynapses {
		return 0
	}
	return int(1.01*k) + 64
}

// join draws pairs of points for which the kernel is at most top.
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

// steps is the kernel at equal steps of the squared distance, which tells most pairs
// apart without a root and an exponential: no kernel rises with distance.
type steps struct {
	at    []float64
	width float64 // steps a squared unit of length
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

// within reports whether u is below the probability of a synapse between two points.
func (d *drawing) within(u float64, a, b Point) bool {
	const margin = 1e-9 // rounding must not decide
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
	fewCells   = 4096    // pairs of which are all looked at
	mostCells  = 1 << 20 // along all axes together
	inFewCells = 16      // points in each of few cells
	inMany     = 4       // and of many
	ringWidth  = 0.25    // scales
)

// reach returns the distance, in scales, beyond which the kernel joins less than
// one pair in all, however large the network.
func (r *Rule) reach() float64 {
	switch r.Kernel {
	case "gaussian":
		return 8
	case "exponential":
		return 36
	}
	return 1
}

// rings is the points that a cell can be joined to, by the least distance of
// their cells: of number k it is at least k widths.
type rings struct {
	targets [][]int32
	along   [3][]int
}

// fill finds the points of b around cell i of a.
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

// nearAlong finds the places of b along each axis that are within reach of the box
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

// newCells makes cells of about 16 points each, or a few points where that makes
// many of them.
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
	sum := 0.0
	for k := range 3 {
		gap := d.gap(a.lo[i][k], a.hi[i][k], b.lo[j][k], b.hi[j][k])
		sum += gap * gap
	}
	return math.Sqrt(sum) * (1 - 1e-12) // rounding must not lift the bound
}

// gap returns the distance between two intervals, around the torus if there is
// one.
func (d *drawing) gap(alo, ahi, blo, bhi float64) float64 {
	gap := max(0, alo-bhi, blo-ahi)
	if period := d.period(); period > 0 {
		gap = min(gap, max(0, period-max(ahi-blo, bhi-alo)))
	}
	return gap
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

// squared is the square of the Euclidean distance, around the torus if there is one.
func (d *drawing) squared(p, q Point) float64 {
	dx, dy, dz := p[0]-q[0], p[1]-q[1], p[2]-q[2]
	if period := d.period(); period > 0 {
		dx, dy, dz = around(dx, period), around(dy, period), around(dz, period)
	}
	return dx*dx + dy*dy + dz*dz
}

// around returns the length of a gap, the shorter way around a circle.
func around(gap, period float64) float64 {
	gap = math.Abs(gap)
	if gap >= period {
		gap = math.Mod(gap, period)
	}
	return min(gap, period-gap)
}
