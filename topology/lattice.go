package topology

import (
	"fmt"
)

func lattices() []generator {
	return []generator{
		{"ring", "ring lattice: k nearest neighbours, half on each side", "k, directed (the k before)", true, checkRing, ring},
		{"lattice", "grid of `shape` with neighbours within `radius` steps, borders open or joined (torus)", "shape, radius, torus", true, checkLattice, lattice},
		{"watts_strogatz", "ring lattice of k neighbours whose edges are rewired with probability p (Watts, Strogatz 1998)", "k, p, directed (in-degree stays k)", true, checkRing, wattsStrogatz},
		{"star", "neuron 0 and all others, both ways", "directed (from neuron 0)", true, checkNothing, star},
	}
}

func checkNothing(*Rule, shape) error { return nil }

func checkRing(r *Rule, s shape) error {
	switch {
	case r.K < 0:
		return fmt.Errorf("k: %d is negative", r.K)
	case r.K%2 != 0 && !r.Directed:
		return fmt.Errorf("k: %d is odd, expected half the neighbours on each side (or directed)", r.K)
	case r.K >= s.to && r.K > 0:
		return fmt.Errorf("k: %d, expected less than the %d neurons", r.K, s.to)
	}
	return room(float64(r.K) * float64(s.to))
}

func ring(d *drawing) (pairs, error) {
	p := makePairs(d.K * d.to)
	for t := range d.to {
		if d.Directed {
			for j := 1; j <= d.K; j++ {
				p.add((t-j+d.to)%d.to, t)
			}
			continue
		}
		for j := 1; j <= d.K/2; j++ {
			p.addBoth(t, (t+j)%d.to)
		}
	}
	return p, nil
}

// wattsStrogatz gives neuron u the edges to its k/2 successors. Each edge then
// moves its other end with probability p. An edge (u,w) exists if u or w owns
// it, so no set of edges is needed.
func wattsStrogatz(d *drawing) (pairs, error) {
	if d.Directed {
		return wattsStrogatzDirected(d), nil
	}
	n, half := d.to, d.K/2
	own, degree := make([]int32, n*half), make([]int32, n)
	for u := range n {
		degree[u] = int32(2 * half)
		for j := range half {
			own[u*half+j] = int32((u + j + 1) % n)
		}
	}
	owns := func(u, w int) bool {
		for _, v := range own[u*half : u*half+half] {
			if int(v) == w {
				return true
			}
		}
		return false
	}
	for j := range half {
		for u := range n {
			if d.rng.Float64() >= d.P || int(degree[u]) >= n-1 {
				continue
			}
			w := d.rng.IntN(n)
			for w == u || owns(u, w) || owns(w, u) {
				w = d.rng.IntN(n)
			}
			degree[own[u*half+j]]--
			degree[w]++
			own[u*half+j] = int32(w)
		}
	}
	p := makePairs(2 * n * half)
	for u := range n {
		for _, w := range own[u*half : u*half+half] {
			p.addBoth(u, int(w))
		}
	}
	return p, nil
}

// wattsStrogatzDirected rewires the sources, so that every in-degree stays k.
func wattsStrogatzDirected(d *drawing) pairs {
	n := d.to
	p := makePairs(n * d.K)
	mark := make([]int32, n) // mark[s] == t+1: s has a synapse to t
	for t := range n {
		first := len(p.source)
		for j := range d.K {
			step := j/2 + 1
			if j%2 == 1 {
				step = n - step
			}
			s := (t + step) % n
			mark[s] = int32(t + 1)
			p.add(s, t)
		}
		for i := first; i < len(p.source) && d.K < n-1; i++ {
			if d.rng.Float64() >= d.P {
				continue
			}
			s := d.rng.IntN(n)
			for s == t || mark[s] == int32(t+1) {
				s = d.rng.IntN(n)
			}
			mark[p.source[i]] = 0
			mark[s] = int32(t + 1)
			p.source[i] = int32(s)
		}
	}
	return p
}

func star(d *drawing) (pairs, error) {
	p := makePairs(2 * d.to)
	for i := 1; i < d.to; i++ {
		if d.Directed {
			p.add(0, i)
		} else {
			p.addBoth(0, i)
		}
	}
	return p, nil
}

func (r *Rule) lattice(n int) ([]int, int) {
	dims, radius := r.Shape, r.Radius
	if len(dims) == 0 {
		dims = []int{n}
	}
	if radius == 0 {
		radius = 1
	}
	return dims, radius
}

func checkLattice(r *Rule, s shape) error {
	dims, radius := r.lattice(s.to)
	if len(dims) > 3 {
		return fmt.Errorf("shape: %d dimensions, expected 1 to 3", len(dims))
	}
	product := 1
	for _, d := range dims {
		if d < 1 || d > s.to {
			return fmt.Errorf("shape: a side of %d, expected 1 to %d", d, s.to)
		}
		product *= d
		if r.Torus && 2*radius >= d && d > 1 {
			return fmt.Errorf("shape: a side of %d is too short for a torus with radius %d", d, radius)
		}
		if product > MaxNeurons {
			break
		}
	}
	if product != s.to && s.to > 0 {
		return fmt.Errorf("shape: %v holds %d neurons, the population has %d", dims, product, s.to)
	}
	if radius < 0 || radius > 1000 {
		return fmt.Errorf("radius: %d, expected 1 to 1000", radius)
	}
	return room(float64(s.to) * float64(pow(2*radius+1, len(dims))))
}

// lattice connects cells at most radius steps apart, where steps are along the
// axes (L1 or "von Neumann" distance).
func lattice(d *drawing) (pairs, error) {
	dims, radius := d.lattice(d.to)
	dims = append(append([]int(nil), dims...), 1, 1)[:3]
	p := makePairs(d.to * 2 * radius)
	for i := range d.to {
		x, y, z := i/(dims[1]*dims[2]), i/dims[2]%dims[1], i%dims[2]
		for dx := -radius; dx <= radius; dx++ {
			rest := radius - abs(dx)
			for dy := -rest; dy <= rest; dy++ {
				last := rest - abs(dy)
				for dz := -last; dz <= last; dz++ {
					a, okA := d.step(x, dx, dims[0])
					b, okB := d.step(y, dy, dims[1])
					c, okC := d.step(z, dz, dims[2])
					if j := (a*dims[1]+b)*dims[2] + c; okA && okB && okC && j != i {
						p.add(j, i)
					}
				}
			}
		}
	}
	return p, nil
}

// step moves along one axis; false if it leaves the lattice. A torus has no
// borders, except along sides of length 1.
func (d *drawing) step(at, by, side int) (int, bool) {
	to := at + by
	if d.Torus && side > 1 {
		return (to%side + side) % side, true
	}
	return to, to >= 0 && to < side
}

func abs(i int) int {
	if i < 0 {
		return -i
	}
	return i
}
