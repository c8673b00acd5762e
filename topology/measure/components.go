package measure

func componentMeasures() []Measure {
	return []Measure{
		{"strong_components", "strongly connected components (Tarjan 1972): their number; per node: which; detail: sizes", true, false, func(n *Net) Result { return partsResult(strongComponents(n)) }},
		{"weak_components", "components with directions dropped: their number; per node: which; detail: sizes", true, false, func(n *Net) Result { return partsResult(weakComponents(n)) }},
	}
}

// partsResult numbers the parts in the order of their first nodes.
func partsResult(part []int) Result {
	count := renumber(part)
	sizes, values := make([]float64, count), make([]float64, len(part))
	for i, c := range part {
		sizes[c]++
		values[i] = float64(c)
	}
	r := Result{PerNode: values, Value: Number(count), Summary: summarise(values)}
	largest := 0.0
	for _, s := range sizes {
		largest = max(largest, s)
	}
	r.Detail = append([]Entry{{"largest", Number(largest)}}, prefixed("size ", histogram(sizes))...)
	return r
}

func prefixed(prefix string, list []Entry) []Entry {
	for i := range list {
		list[i].Key = prefix + list[i].Key
	}
	return list
}

// strongComponents is Tarjan's algorithm with an explicit stack, so that a long
// chain does not overflow the goroutine's stack.
func strongComponents(n *Net) []int {
	index, low, part := make([]int32, n.N), make([]int32, n.N), make([]int, n.N)
	onStack := make([]bool, n.N)
	next := append([]int64(nil), n.out.off[:n.N]...)
	var stack, path []int32
	clock, count := int32(0), 0
	enter := func(v int32) {
		clock++
		index[v], low[v] = clock, clock
		stack, path = append(stack, v), append(path, v)
		onStack[v] = true
	}
	for root := range n.N {
		if index[root] != 0 {
			continue
		}
		for enter(int32(root)); len(path) > 0; {
			v := path[len(path)-1]
			if next[v] < n.out.off[v+1] {
				w := n.out.to[next[v]]
				next[v]++
				if index[w] == 0 {
					enter(w)
				} else if onStack[w] {
					low[v] = min(low[v], index[w])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				up := path[len(path)-1]
				low[up] = min(low[up], low[v])
			}
			if low[v] != index[v] {
				continue
			}
			cut := len(stack) - 1
			for stack[cut] != v {
				cut--
			}
			for _, w := range stack[cut:] {
				onStack[w], part[w] = false, count
			}
			stack = stack[:cut]
			count++
		}
	}
	return part
}

func weakComponents(n *Net) []int {
	part := make([]int, n.N)
	for i := range part {
		part[i] = -1
	}
	var queue []int32
	count := 0
	for root := range n.N {
		if part[root] >= 0 {
			continue
		}
		part[root] = count
		queue = append(queue[:0], int32(root))
		for len(queue) > 0 {
			v := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			for _, w := range n.und.row(int(v)) {
				if part[w] < 0 {
					part[w] = count
					queue = append(queue, w)
				}
			}
		}
		count++
	}
	return part
}
