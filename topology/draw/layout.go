package draw

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/spatial/barneshut"
	"gonum.org/v1/gonum/spatial/r2"

	"infomorph/neuron"
	"infomorph/topology"
)

// Layouts lists the layouts by name.
func Layouts() []string { return []string{"force", "circle", "position", "layered"} }

// Place returns a point for every neuron and then every channel, in the unit
// square.
//
//	force     springs along synapses, repulsion between all (Fruchterman,
//	          Reingold 1991; distant groups as one, Barnes, Hut 1986)
//	circle    in order of id
//	position  the positions of the network
//	layered   by the longest path from a neuron without input; populations
//	          are the layers of a network that is one cycle
func Place(g *topology.Graph, layout string, seed uint64) ([]r2.Vec, error) {
	n := g.NumNeurons() + g.NumChannels()
	var points []r2.Vec
	switch layout {
	case "force":
		points = force(g, n, rand.New(rand.NewPCG(seed, 7)))
	case "circle":
		points = make([]r2.Vec, n)
		for i := range points {
			s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			points[i] = r2.Vec{X: s, Y: c}
		}
	case "position":
		points = make([]r2.Vec, n)
		for i := range points {
			p, ok := g.Position(neuron.ID(i))
			if !ok {
				return nil, fmt.Errorf("layout position: neuron %d has no position", i)
			}
			points[i] = r2.Vec{X: p[0] + .35*p[2], Y: p[1] + .2*p[2]} // depth as an oblique axis
		}
	case "layered":
		points = layered(g, n)
	default:
		return nil, fmt.Errorf("layout %q is unknown, expected one of %v", layout, Layouts())
	}
	return unit(points, layout != "layered"), nil
}

// unit scales the points into the unit square. With keep, it keeps the
// proportions.
func unit(points []r2.Vec, keep bool) []r2.Vec {
	lo, hi := r2.Vec{X: math.Inf(1), Y: math.Inf(1)}, r2.Vec{X: math.Inf(-1), Y: math.Inf(-1)}
	for _, p := range points {
		lo = r2.Vec{X: math.Min(lo.X, p.X), Y: math.Min(lo.Y, p.Y)}
		hi = r2.Vec{X: math.Max(hi.X, p.X), Y: math.Max(hi.Y, p.Y)}
	}
	size := r2.Sub(hi, lo)
	if keep {
		size.X = math.Max(size.X, size.Y)
		size.Y = size.X
	}
	mid := r2.Scale(.5, r2.Add(lo, hi))
	for i, p := range points {
		d := r2.Sub(p, mid)
		points[i] = r2.Vec{X: .5 + ratio(d.X, size.X), Y: .5 + ratio(d.Y, size.Y)}
	}
	return points
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// body is one point of the force layout.
type body struct{ at r2.Vec }

func (b *body) Coord2() r2.Vec { return b.at }
func (b *body) Mass() float64  { return 1 }

// force cools down a system of springs (simulated annealing). The unit of
// length is the target distance of neighbours.
func force(g *topology.Graph, n int, rng *rand.Rand) []r2.Vec {
	bodies, particles := make([]*body, n), make([]barneshut.Particle2, n)
	radius := math.Sqrt(float64(n))
	for i := range bodies {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		jitter := r2.Vec{X: rng.NormFloat64(), Y: rng.NormFloat64()}
		bodies[i] = &body{r2.Add(r2.Vec{X: radius * s, Y: radius * c}, r2.Scale(.1*radius, jitter))}
		particles[i] = bodies[i]
	}
	rounds := 400
	if n > 3000 {
		rounds = 150
	}
	pull := make([]r2.Vec, n)
	for round := range rounds {
		heat := radius * .1 * math.Pow(1-float64(round)/float64(rounds), 1.5)
		attract(g, bodies, pull)
		plane, err := barneshut.NewPlane(particles)
		for i, b := range bodies {
			f := r2.Add(pull[i], r2.Scale(-.15, b.at)) // plus a weak pull to the centre
			if err == nil {
				f = r2.Add(f, plane.ForceOn(b, .7, repel))
			}
			if l := r2.Norm(f); l > heat {
				f = r2.Scale(heat/l, f)
			}
			pull[i] = f
		}
		for i, b := range bodies {
			b.at = r2.Add(b.at, pull[i])
		}
	}
	points := make([]r2.Vec, n)
	for i, b := range bodies {
		points[i] = b.at
	}
	return points
}

// repel is a repulsive force of 1/distance.
func repel(_, _ barneshut.Particle2, _, m float64, v r2.Vec) r2.Vec {
	return r2.Scale(-m/math.Max(r2.Norm2(v), 1e-4), v)
}

// attract sets pull to the forces of the springs: proportional to distance²
// along each synapse.
func attract(g *topology.Graph, bodies []*body, pull []r2.Vec) {
	clear(pull)
	for t := range g.NumNeurons() {
		for _, s := range g.Incoming(neuron.ID(t)).Source {
			d := r2.Sub(bodies[s].at, bodies[t].at)
			f := r2.Scale(.3*r2.Norm(d), d)
			pull[t] = r2.Add(pull[t], f)
			pull[s] = r2.Sub(pull[s], f)
		}
	}
}

// layered places each layer in a row, channels first, and sorts the rows so
// that neighbours are close.
func layered(g *topology.Graph, n int) []r2.Vec {
	layer := layers(g, n)
	rows := make([][]int, slices.Max(append(layer, 0))+1)
	for i, l := range layer {
		rows[l] = append(rows[l], i)
	}
	x := make([]float64, n)
	spread := func(row []int) {
		for k, i := range row {
			x[i] = (float64(k) + .5) / float64(len(row))
		}
	}
	for _, row := range rows {
		spread(row)
	}
	near := neighbours(g, n)
	for sweep := range 8 {
		for r := range rows {
			if sweep%2 == 1 {
				r = len(rows) - 1 - r
			}
			sortByNeighbours(rows[r], near, x)
			spread(rows[r])
		}
	}
	points := make([]r2.Vec, n)
	for i, l := range layer {
		points[i] = r2.Vec{X: x[i], Y: -float64(l)}
	}
	return points
}

func sortByNeighbours(row []int, near [][]int, x []float64) {
	centre := make([]float64, len(x))
	for _, i := range row {
		if len(near[i]) == 0 {
			centre[i] = x[i]
		}
		for _, j := range near[i] {
			centre[i] += x[j] / float64(len(near[i]))
		}
	}
	slices.SortStableFunc(row, func(a, b int) int {
		switch {
		case centre[a] < centre[b]:
			return -1
		case centre[a] > centre[b]:
			return 1
		}
		return 0
	})
}

func neighbours(g *topology.Graph, n int) [][]int {
	near := make([][]int, n)
	for t := range g.NumNeurons() {
		for _, s := range g.Incoming(neuron.ID(t)).Source {
			near[t], near[s] = append(near[t], int(s)), append(near[s], t)
		}
	}
	return near
}
