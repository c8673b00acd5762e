package measure

import "math"

// search finds shortest paths from one node: breadth first for hops, Dijkstra
// for lengths. One search is used for many sources.
type search struct {
	r     *rows
	dist  []float64 // +Inf: not reached
	order []int32   // nodes in order of distance
	sigma []float64 // number of shortest paths
	heap  []reach
	done  []bool
}

type reach struct {
	dist float64
	node int32
}

func newSearch(r *rows) *search {
	n := len(r.off) - 1
	s := &search{r: r, dist: make([]float64, n), sigma: make([]float64, n), order: make([]int32, 0, n)}
	for i := range s.dist {
		s.dist[i] = math.Inf(1)
	}
	if r.length != nil {
		s.done = make([]bool, n)
	}
	return s
}

// from computes dist, order and sigma for a source. It spends no time on nodes
// that the source does not reach.
func (s *search) from(source int) {
	for _, v := range s.order {
		s.dist[v], s.sigma[v] = math.Inf(1), 0
		if s.done != nil {
			s.done[v] = false
		}
	}
	s.order = s.order[:0]
	s.dist[source], s.sigma[source] = 0, 1
	if s.r.length != nil {
		s.dijkstra(source)
		return
	}
	s.order = append(s.order, int32(source))
	for head := 0; head < len(s.order); head++ {
		v := s.order[head]
		next := s.dist[v] + 1
		for _, w := range s.r.row(int(v)) {
			if math.IsInf(s.dist[w], 1) {
				s.dist[w] = next
				s.order = append(s.order, w)
			}
			if s.dist[w] == next {
				s.sigma[w] += s.sigma[v]
			}
		}
	}
}

func (s *search) dijkstra(source int) {
	s.heap = append(s.heap[:0], reach{0, int32(source)})
	for len(s.heap) > 0 {
		top := s.pop()
		v := top.node
		if s.done[v] {
			continue
		}
		s.done[v] = true
		s.order = append(s.order, v)
		for k := s.r.off[v]; k < s.r.off[v+1]; k++ {
			w, d := s.r.to[k], top.dist+s.r.length[k]
			switch {
			case s.done[w] || math.IsInf(d, 1):
			case d < s.dist[w]:
				s.dist[w], s.sigma[w] = d, s.sigma[v]
				s.push(reach{d, w})
			case d == s.dist[w]:
				s.sigma[w] += s.sigma[v]
			}
		}
	}
}

func (a reach) before(b reach) bool {
	return a.dist < b.dist || a.dist == b.dist && a.node < b.node
}

func (s *search) push(x reach) {
	s.heap = append(s.heap, x)
	for i := len(s.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if !s.heap[i].before(s.heap[up]) {
			return
		}
		s.heap[i], s.heap[up] = s.heap[up], s.heap[i]
		i = up
	}
}

func (s *search) pop() reach {
	top := s.heap[0]
	last := len(s.heap) - 1
	s.heap[0] = s.heap[last]
	s.heap = s.heap[:last]
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < last; c++ {
			if s.heap[c].before(s.heap[least]) {
				least = c
			}
		}
		if least == i {
			return top
		}
		s.heap[i], s.heap[least] = s.heap[least], s.heap[i]
		i = least
	}
}

// dependencies adds to delta, in reverse order of distance, the share of each
// node in the shortest paths from the source. Source: Brandes 2001. With
// inverse, a path to a target at distance d counts 1/d.
func (s *search) dependencies(delta []float64, inverse bool) {
	for i := len(s.order) - 1; i >= 0; i-- {
		v := s.order[i]
		for k := s.r.off[v]; k < s.r.off[v+1]; k++ {
			w := s.r.to[k]
			step := 1.0
			if s.r.length != nil {
				step = s.r.length[k]
			}
			if s.dist[w] == s.dist[v]+step && w != v {
				one := 1.0
				if inverse {
					one = 1 / s.dist[w]
				}
				delta[v] += s.sigma[v] / s.sigma[w] * (one + delta[w])
			}
		}
	}
}
