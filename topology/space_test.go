package topology

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestGapsAroundATorus: between two points, and between two intervals, the
// shorter of the two ways around counts.
func TestGapsAroundATorus(t *testing.T) {
	for _, c := range []struct{ gap, period, want float64 }{
		{0, 1, 0}, {.3, 1, .3}, {-.3, 1, .3}, {.5, 1, .5}, {.7, 1, .3}, {-.9, 1, .1}, {1, 1, 0}, {1.2, 1, .2}, {2.7, 1, .3}, {3, 4, 1}, {-5, 4, 1},
	} {
		if got := around(c.gap, c.period); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("%v around %v is %v, want %v", c.gap, c.period, got, c.want)
		}
	}
	line, circle, wide := &drawing{Rule: &Rule{}}, &drawing{Rule: &Rule{Torus: true}}, &drawing{Rule: &Rule{Torus: true, Extent: 4}}
	if line.period() != 0 || circle.period() != 1 || wide.period() != 4 || (&drawing{Rule: &Rule{Extent: 4}}).period() != 0 {
		t.Errorf("periods %v, %v, %v", line.period(), circle.period(), wide.period())
	}
	for _, c := range []struct {
		d                  *drawing
		alo, ahi, blo, bhi float64
		want               float64
	}{
		{line, 0, .1, .3, .4, .2}, {line, .3, .4, 0, .1, .2}, {line, 0, .3, .2, .4, 0}, {line, 0, .1, .1, .2, 0}, {line, 0, .1, .9, 1, .8},
		{circle, 0, .1, .9, 1, 0}, {circle, 0, .1, .3, .4, .2}, {circle, .05, .1, .8, .9, .15}, {circle, .8, .9, .05, .1, .15}, {circle, 0, .5, .5, 1, 0},
		{wide, 0, .1, 3, 3.5, .5}, {wide, 0, 1, 2, 3, 1},
	} {
		if got := c.d.gap(c.alo, c.ahi, c.blo, c.bhi); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("from %v to %v and from %v to %v: a gap of %v, want %v", c.alo, c.ahi, c.blo, c.bhi, got, c.want)
		}
	}
	if got := circle.squared(Point{.1, .9, .5}, Point{.9, .2, .5}); !(math.Abs(got-(.04+.09)) <= 1e-12) {
		t.Errorf("squared around the circle: %v", got)
	}
	if got := line.squared(Point{1, 2, 3}, Point{3, 5, 9}); got != 4+9+36 {
		t.Errorf("squared: %v", got)
	}
	if got := (Point{1, 2, 3}).Distance(Point{3, 5, 9}); got != 7 {
		t.Errorf("distance %v", got)
	}
}

// TestKernelsKnown: values of the four kernels. No kernel rises, and beyond its
// reach the probability is too small to matter.
func TestKernelsKnown(t *testing.T) {
	for name, values := range map[string]map[float64]float64{
		"gaussian": {0: 1, 1: math.Exp(-.5), 2: math.Exp(-2)}, "exponential": {0: 1, 1: math.Exp(-1), 3: math.Exp(-3)},
		"linear": {0: 1, .25: .75, 1: 0, 2: 0}, "box": {0: 1, .5: 1, 1: 1, 1.0001: 0},
	} {
		r := &Rule{Kernel: name}
		for x, want := range values {
			if got := r.kernel(x); !(math.Abs(got-want) <= 1e-15) {
				t.Errorf("%s at %v: %v, want %v", name, x, got, want)
			}
		}
		for x := 0.0; x < 40; x += .01 {
			if r.kernel(x+.01) > r.kernel(x) {
				t.Errorf("%s rises at %v", name, x)
			}
		}
		if beyond := r.kernel(r.reach() + 1e-9); beyond*MaxSynapses > 1.3e-5 {
			t.Errorf("%s: %v beyond its reach", name, beyond)
		}
	}
}

// somePoints returns n points in a box of the given number of dimensions.
func somePoints(n, dims int, rng *rand.Rand) []Point {
	points := make([]Point, n)
	for i := range points {
		for k := range dims {
			points[i][k] = rng.Float64()
		}
	}
	return points
}

// TestCellsHoldAll: every point is in one cell, between its corners, and no two
// points of two cells are nearer than the stated distance of the cells.
func TestCellsHoldAll(t *testing.T) {
	rng := newRand(3)
	for dims := range 4 {
		for _, torus := range []bool{false, true} {
			d := &drawing{Rule: &Rule{Torus: torus}}
			points := somePoints(300, dims, rng)
			c := newCells(points, bounds(ends{points, points}))
			if cells := c.counts[0] * c.counts[1] * c.counts[2]; cells != len(c.members) || dims == 0 && cells != 1 || dims == 1 && cells != 18 || dims == 2 && cells != 16 || dims == 3 && cells != 8 {
				t.Errorf("%d dimensions: %v cells of 300 points", dims, c.counts)
			}
			seen := make([]int, len(points))
			for i, members := range c.members {
				for _, m := range members {
					seen[m]++
					for k := range 3 {
						if x := points[m][k]; x < c.lo[i][k]-1e-12 || x > c.hi[i][k]+1e-12 {
							t.Fatalf("%v is not between %v and %v", points[m], c.lo[i], c.hi[i])
						}
					}
					for j, others := range c.members {
						for _, o := range others {
							if near := d.nearest(c, c, i, j); near*near > d.squared(points[m], points[o]) {
								t.Fatalf("cells %v apart hold %v and %v", near, points[m], points[o])
							}
						}
					}
				}
			}
			if slices.Min(seen) != 1 || slices.Max(seen) != 1 {
				t.Errorf("%d dimensions: points are in %d to %d cells", dims, slices.Min(seen), slices.Max(seen))
			}
		}
	}
}

// TestRingsHoldAllInReach: the rings of cells around a cell contain every point
// within reach once, and no point is nearer than the distance of its ring.
func TestRingsHoldAllInReach(t *testing.T) {
	rng := newRand(4)
	for dims := 1; dims < 4; dims++ {
		for _, torus := range []bool{false, true} {
			d := &drawing{Rule: &Rule{Kernel: "linear", Scale: .07, P: 1, Torus: torus}}
			points := somePoints(16*fewCells+1000, dims, rng)
			c := newCells(points, bounds(ends{points, points}))
			if len(c.members) <= fewCells {
				t.Fatalf("%d cells are few", len(c.members))
			}
			var near rings
			for _, i := range []int{0, len(c.members) / 2, len(c.members) - 1} {
				near.fill(d, c, c, i)
				ring := make(map[int32]int, len(points))
				for k, list := range near.targets {
					for _, p := range list {
						if _, twice := ring[p]; twice {
							t.Fatalf("point %d is in two rings", p)
						}
						ring[p] = k
					}
				}
				for p, at := range points {
					inside := true
					for k := range dims { // the nearest point of the cell
						inside = inside && at[k] >= c.lo[i][k] && at[k] <= c.hi[i][k]
					}
					k, found := ring[int32(p)]
					far := d.fromCell(c, i, at)
					if far < d.Scale-1e-9 && !found || found && float64(k)*ringWidth*d.Scale > far+1e-9 || inside && k != 0 {
						t.Fatalf("%d dimensions: a point %v from cell %d is in ring %d (%v)", dims, far, i, k, found)
					}
				}
			}
		}
	}
}

// fromCell is the distance of a point from the box of cell i.
func (d *drawing) fromCell(c *cells, i int, at Point) float64 {
	sum := 0.0
	for k := range 3 {
		gap := max(0, c.lo[i][k]-at[k], at[k]-c.hi[i][k])
		if period := d.period(); period > 0 && gap > 0 {
			gap = min(gap, max(0, c.lo[i][k]+period-at[k]), max(0, at[k]-c.hi[i][k]+period))
		}
		sum += gap * gap
	}
	return math.Sqrt(sum)
}

// TestSpaceOfThreeDimensions compares the synapses between two populations in a
// cube, one of them in a corner of it, with the sum of probabilities over all
// pairs, in bands of distance; also on a torus that is larger than the space
// they fill.
func TestSpaceOfThreeDimensions(t *testing.T) {
	rng := newRand(5)
	for _, r := range []Rule{{Kernel: "gaussian", P: .8, Scale: .2}, {Kernel: "exponential", P: 1, Scale: .15, Torus: true, Extent: 1.2}} {
		r.Name = "spatial"
		from, to := somePoints(500, 3, rng), somePoints(400, 3, rng)
		for i := range from {
			for k := range from[i] {
				from[i][k] /= 2
			}
		}
		net := between(len(from), len(to), r)
		net.Populations[0].Positions, net.Populations[1].Positions = from, to
		d := &drawing{Rule: &r}
		var got, want, variance [12]float64
		band := func(a, b Point) int { return min(int(math.Sqrt(d.squared(a, b))/.08), 11) }
		for _, a := range from {
			for _, b := range to {
				p := r.P * r.kernel(math.Sqrt(d.squared(a, b))/r.Scale)
				want[band(a, b)] += p
				variance[band(a, b)] += p * (1 - p)
			}
		}
		for _, s := range mustBuild(t, net, 6).Synapses() {
			got[band(from[s.Source], to[int(s.Target)-len(from)])]++
		}
		for b := range got {
			if math.Abs(got[b]-want[b]) > 5*math.Sqrt(variance[b])+1 {
				t.Errorf("%s, band %d: %v synapses, want %v ± %v", r.Kernel, b, got[b], want[b], math.Sqrt(variance[b]))
			}
		}
	}
}
