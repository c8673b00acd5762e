package topology

import (
	"math/rand/v2"
	"slices"
)

// latticiser swaps edges to make the graph more like a ring lattice.
type latticiser struct {
	*swapper
	n, reach int
	edges    [][]int32 // edges[v]: the edges at v
}

// Latticise swaps ends of undirected edges like Swap, but only if this does not
// increase the total length of the two edges along the ring 0 … n−1: the
// lattice reference of Sporns, Zwi 2004. New partners are drawn from nearby,
// because most distant ones would be refused. It makes at most tries attempts.
func (e Edges) Latticise(n, tries int, rng *rand.Rand) {
	e.check()
	if e.Directed {
		panic("topology: Latticise needs undirected edges")
	}
	src, dst := e.Src, e.Dst
	if len(src) < 2 || n < 4 {
		return
	}
	l := &latticiser{swapper: newSwapper(src, dst, false, rng), n: n, edges: make([][]int32, n)}
	l.reach = min(len(src)/n+1, n/2)
	for i := range src {
		l.edges[src[i]] = append(l.edges[src[i]], int32(i))
		l.edges[dst[i]] = append(l.edges[dst[i]], int32(i))
	}
	l.accept = func(a, b, c, d int32) bool { return l.along(a, d)+l.along(c, b) <= l.along(a, b)+l.along(c, d) }
	l.onSwap = func(i, j int) { // edge i is still in the list of the new dst of edge j, and the other way round
		l.replace(l.dst[j], i, j)
		l.replace(l.dst[i], j, i)
	}
	for range tries {
		l.step()
	}
}

// along returns the distance on the ring.
func (l *latticiser) along(a, b int32) int {
	d := abs(int(a) - int(b))
	return min(d, l.n-d)
}

func (l *latticiser) replace(v int32, was, now int) {
	l.edges[v][slices.Index(l.edges[v], int32(was))] = int32(now)
}

// step tries to give a random end of a random edge a new partner nearby.
func (l *latticiser) step() {
	i := l.rng.IntN(len(l.src))
	if l.rng.Uint64()&1 == 0 {
		l.flip(i)
	}
	offset := 1 + l.rng.IntN(l.reach)
	if l.rng.Uint64()&1 == 0 {
		offset = l.n - offset
	}
	d := (int(l.src[i]) + offset) % l.n
	if len(l.edges[d]) == 0 {
		return
	}
	j := int(l.edges[d][l.rng.IntN(len(l.edges[d]))])
	if i == j {
		return
	}
	if int(l.dst[j]) != d {
		l.flip(j)
	}
	l.exchange(i, j)
}
