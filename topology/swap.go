package topology

import "math/rand/v2"

// swapper exchanges the ends of edges so that every degree stays: (a,b) and
// (c,d) become (a,d) and (c,b), unless that makes an autapse or a second edge
// between a pair. Source: Maslov, Sneppen 2002.
type swapper struct {
	src, dst []int32
	directed bool
	rng      *rand.Rand
	set      *edgeSet
	counted  []bool // counted[i]: edge i is the one its key in set stands for
	// onSwap, if not nil, is told that i and j exchanged their dst; onFlip that
	// the ends of edge i were exchanged. Both keep companions in step.
	onSwap func(i, j int)
	onFlip func(i int)
	// accept, if not nil, may refuse a swap to (a,d) and (c,b).
	accept func(a, b, c, d int32) bool
}

func newSwapper(src, dst []int32, directed bool, rng *rand.Rand) *swapper {
	s := &swapper{src: src, dst: dst, directed: directed, rng: rng,
		set: newEdgeSet(len(src)), counted: make([]bool, len(src))}
	for i := range src {
		if src[i] != dst[i] {
			s.counted[i] = s.set.add(edgeKey(src[i], dst[i], directed))
		}
	}
	return s
}

// try swaps edges i and j, either way round if undirected, if it may.
func (s *swapper) try(i, j int) bool {
	if !s.directed && s.rng.Uint64()&1 == 0 {
		s.flip(j)
	}
	return s.exchange(i, j)
}

// flip turns an undirected edge round.
func (s *swapper) flip(i int) {
	s.src[i], s.dst[i] = s.dst[i], s.src[i]
	if s.onFlip != nil {
		s.onFlip(i)
	}
}

// exchange swaps the dst of edges i and j if it may.
func (s *swapper) exchange(i, j int) bool {
	a, b, c, d := s.src[i], s.dst[i], s.src[j], s.dst[j]
	if a == d || c == b || a == c || b == d {
		return false
	}
	if s.accept != nil && !s.accept(a, b, c, d) {
		return false
	}
	one, two := edgeKey(a, d, s.directed), edgeKey(c, b, s.directed)
	if one == two || s.set.has(one) || s.set.has(two) {
		return false
	}
	for _, e := range [2]int{i, j} {
		if s.counted[e] {
			s.set.remove(edgeKey(s.src[e], s.dst[e], s.directed))
		}
		s.counted[e] = true
	}
	s.set.add(one)
	s.set.add(two)
	s.dst[i], s.dst[j] = d, b
	if s.onSwap != nil {
		s.onSwap(i, j)
	}
	return true
}

// run makes up to swaps successful swaps, giving up after 100 tries for each.
// It returns how many it made.
func (s *swapper) run(swaps int) int {
	done := 0
	if len(s.src) < 2 {
		return 0
	}
	for tries := 0; done < swaps && tries < 100*swaps; tries++ {
		if s.try(s.rng.IntN(len(s.src)), s.rng.IntN(len(s.src))) {
			done++
		}
	}
	return done
}

// repair swaps autapses and repeated edges away. It returns false if some
// would not go.
func (s *swapper) repair() bool {
	for i := range s.src {
		for tries := 0; !s.counted[i]; tries++ {
			if tries > 10000+10*len(s.src) {
				return false
			}
			s.try(i, s.rng.IntN(len(s.src)))
		}
	}
	return true
}

// Edges are from Src[i] to Dst[i] or, unless Directed, between them. Src and Dst
// must have one length.
type Edges struct {
	Src, Dst []int32
	Directed bool
}

func (e Edges) check() {
	if len(e.Src) != len(e.Dst) {
		panic("topology: Edges need Src and Dst of one length")
	}
}

// Swap exchanges ends of the edges in place, keeping every degree and adding no
// autapse and no repeated edge: the null model of degree-preserving randomisation.
// It makes up to swaps swaps and returns how many it made (tight graphs allow few
// or none).
//
// Source: Maslov, Sneppen 2002. Cost: O(edges + swaps), 9 to 33 bytes an edge.
func (e Edges) Swap(swaps int, rng *rand.Rand) int {
	e.check()
	return newSwapper(e.Src, e.Dst, e.Directed, rng).run(swaps)
}
