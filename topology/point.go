package topology

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Point is a position in space, in the user's unit of length.
type Point [3]float64

// Distance returns the Euclidean distance between p and q.
func (p Point) Distance(q Point) float64 {
	dx, dy, dz := p[0]-q[0], p[1]-q[1], p[2]-q[2]
	return math.Sqrt(dx*dx + dy*dy + dz*dz)
}

// Placement says how the members of a population are placed in space.
type Placement struct {
	// Kind is "" (no positions), "random" (uniform), "grid" (square or cubic,
	// row by row) or "circle" (evenly spaced, radius Extent/2).
	Kind string `json:"kind,omitempty" yaml:"kind,omitempty"`
	// Dims is the number of dimensions of random and grid, 1 to 3; 0 means 2.
	Dims int `json:"dims,omitempty" yaml:"dims,omitempty"`
	// Extent is the length of a side; 0 means 1.
	Extent float64 `json:"extent,omitempty" yaml:"extent,omitempty"`
}

func (p Placement) check() error {
	switch p.Kind {
	case "", "random", "grid", "circle":
	default:
		return fmt.Errorf("kind: %q, expected random, grid or circle", p.Kind)
	}
	if p.Dims < 0 || p.Dims > 3 {
		return fmt.Errorf("dims: %d, expected 1 to 3", p.Dims)
	}
	if !(p.Extent >= 0) || math.IsInf(p.Extent, 0) {
		return fmt.Errorf("extent: %v, expected a length > 0", p.Extent)
	}
	return nil
}

func (p *Population) placed() bool { return p.Positions != nil || p.Place.Kind != "" }

// positions returns n points. Only "random" draws from rng.
func (p Placement) positions(n int, rng *rand.Rand) []Point {
	if p.Dims == 0 {
		p.Dims = 2
	}
	if p.Extent == 0 {
		p.Extent = 1
	}
	points := make([]Point, n)
	side := 1
	for pow(side, p.Dims) < n {
		side++
	}
	for i := range points {
		switch p.Kind {
		case "circle":
			s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			points[i] = Point{p.Extent / 2 * c, p.Extent / 2 * s}
		case "grid":
			rest := i
			for d := range p.Dims {
				points[i][d] = (float64(rest%side) + 0.5) / float64(side) * p.Extent
				rest /= side
			}
		default:
			for d := range p.Dims {
				points[i][d] = rng.Float64() * p.Extent
			}
		}
	}
	return points
}

func pow(b, e int) int {
	r := 1
	for range e {
		r *= b
	}
	return r
}
