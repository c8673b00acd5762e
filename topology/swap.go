package topology

import "math/rand/v2"

// swapper exchanges ends of edges and keeps every degree: (a,b) and (c,d)
// become (a,d) and (c,b), unless that makes an autapse or a second edge between
// a pair. Source: Maslov, Sneppen 2002.
type swapper struct {
	src, dst []int32
	directed bool
	rng      *rand.Rand
	set      *edgeSet
	counted  []bool // counted[i]: the entry of set belongs to edge i, not to a repetition of it
	// onSwap, if not nil, is called when i and j have exchanged their dst;
	// onFlip when the ends of edge i were exchanged. With them callers can
	// update data that belongs to the edges.
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

// try swaps edges i and j if that is allowed. Undirected edges are swapped in
// either of the two ways.
func (s *swapper) try(i, j int) bool {
	if !s.directed && s.rng.Uint64()&1 == 0 {
		s.flip(j)
	}
	return s.exchange(i, j)
}

// flip reverses an undirected edge.
func (s *swapper) flip(i int) {
	s.src[i], s.dst[i] = s.dst[i], s.src[i]
	if s.onFlip != nil {
		s.onFlip(i)
	}
}

// exchange swaps the dst of edges i and j if that is allowed.
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

// run makes up to swaps successful swaps in at most 100·swaps attempts. It
// returns how many it made.
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

// repair removes autapses and repeated edges by swaps. It returns false if some
// remain.
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

// Edges are edges from Src[i] to Dst[i] or, unless Directed, between them. Src
// and Dst must have equal lengths.
type Edges struct {
	Src, Dst []int32
	Directed bool
}

func (e Edges) check() {
	if len(e.Src) != len(e.Dst) {
		panic("topology: Edges need Src and Dst of one length")
	}
}

// Swap exchanges ends of the edges in place. It keeps every degree and adds no
// autapse and no repeated edge: this is the null model of degree-preserving
// randomisation. It makes up to swaps swaps and returns how many it made (dense
// graphs allow few or none).
//
// Source: Maslov, Sneppen 2002. Cost: O(edges + swaps) time, 9 to 33 bytes per
// edge.
func (e Edges) Swap(swaps int, rng *rand.Rand) int {
	e.check()
	return newSwapper(e.Src, e.Dst, e.Directed, rng).run(swaps)
}
