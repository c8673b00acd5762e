package pid

// opened returns 1 for the cells that have a positive probability in some
// distribution with the pairwise marginals of p, and 0 for the others. Between
// two targets t and u, mass can move along closed walks: at (a,b) from u to t,
// then at another cell of b from t to u, and so on. Such moves keep all
// marginals. With two targets there are no other moves. With more targets,
// walks over three targets at once are not searched; an empty cell that only
// such a walk fills stays at 0.
func (f *fitting) opened(p []float64) []float64 {
	open, missing := make([]float64, len(p)), false
	f.index(func(i, a, b, t int) {
		allowed := f.ab[a*f.n2+b] > 0 && f.at[a*f.targets+t] > 0 && f.bt[b*f.targets+t] > 0
		open[i] = indicator(p[i])
		missing = missing || (allowed && p[i] == 0)
	})
	for grown := missing; grown; {
		grown = false
		for t := range f.targets {
			for u := range t {
				grown = f.openBetween(open, t, u) || grown
				grown = f.openBetween(open, u, t) || grown
			}
		}
	}
	return open
}

// index visits the cells in order with their position.
func (f *fitting) index(visit func(i, a, b, t int)) {
	i := 0
	for a := range f.n1 {
		for b := range f.n2 {
			for t := range f.targets {
				visit(i, a, b, t)
				i++
			}
		}
	}
}

// openBetween opens the cells of target t that moves from target u can fill,
// and reports whether there are any. The moves form a directed graph: an edge
// from a to b if mass can move from u to t there, and from b to a if it can
// move back. An empty cell (a,b) of t can be filled if a can be reached from b.
func (f *fitting) openBetween(open []float64, t, u int) bool {
	component := f.components(open, t, u)
	grown := false
	for a := range f.n1 {
		for b := range f.n2 {
			i := (a*f.n2 + b) * f.targets
			if open[i+t] == 0 && open[i+u] > 0 && component[a] == component[f.n1+b] {
				open[i+t], grown = 1, true
			}
		}
	}
	return grown
}

// components numbers the strongly connected components of the graph of moves
// (Kosaraju). The nodes are first the a, then the b.
func (f *fitting) components(open []float64, t, u int) []int {
	n := f.n1 + f.n2
	seen, order := make([]bool, n), make([]int, 0, n)
	edge := func(from, to int, forward bool) bool {
		if !forward {
			from, to = to, from
		}
		if from < f.n1 && to >= f.n1 {
			return open[(from*f.n2+to-f.n1)*f.targets+u] > 0
		}
		if from >= f.n1 && to < f.n1 {
			return open[(to*f.n2+from-f.n1)*f.targets+t] > 0
		}
		return false
	}
	component := make([]int, n)
	var walk func(node, number int, forward bool)
	walk = func(node, number int, forward bool) {
		seen[node] = true
		component[node] = number
		first, end := f.n1, n
		if node >= f.n1 {
			first, end = 0, f.n1
		}
		for next := first; next < end; next++ {
			if !seen[next] && edge(node, next, forward) {
				walk(next, number, forward)
			}
		}
		order = append(order, node)
	}
	for node := range n {
		if !seen[node] {
			walk(node, 0, true)
		}
	}
	finished := order
	order = make([]int, 0, n)
	clear(seen)
	for k := n - 1; k >= 0; k-- {
		if !seen[finished[k]] {
			walk(finished[k], k, false)
		}
	}
	return component
}
