package measure

func motifMeasures() []Measure {
	return []Measure{
		{"motifs", "three-node subgraphs, connected or not: the triad census by the sixteen M-A-N names (Holland, Leinhardt 1970; Batagelj, Mrvar 2001); value: connected triads", false, false, motifs},
	}
}

// triadNames is the order of the census. triadOf maps the six bits of a triad's
// arcs (vu uv vw wv uw wu, lowest first; vu is v→u) to 1 + the index in it.
// Source: Batagelj, Mrvar 2001.
var triadNames = [16]string{"003", "012", "102", "021D", "021U", "021C", "111D", "111U", "030T", "030C", "201", "120D", "120U", "120C", "210", "300"}

var triadOf = [64]uint8{
	1, 2, 2, 3, 2, 4, 6, 8, 2, 6, 5, 7, 3, 8, 7, 11, 2, 6, 4, 8, 5, 9, 9, 13, 6, 10, 9, 14, 7, 14, 12, 15,
	2, 5, 6, 7, 6, 9, 10, 14, 4, 9, 9, 12, 8, 13, 14, 15, 3, 7, 8, 11, 7, 12, 14, 15, 8, 14, 13, 15, 11, 15, 15, 16,
}

// code returns 1 for v→u, 2 for u→v, 3 for both.
func (n *Net) code(v, u int32) int {
	c := 0
	if n.out.find(int(v), u) >= 0 {
		c = 1
	}
	if n.out.find(int(u), v) >= 0 {
		c += 2
	}
	return c
}

// motifs visits each connected pair u<v and every third node that is a
// neighbour of either, in O(Σ_edges degree·log degree).
func motifs(n *Net) Result {
	var census [16]float64
	mark := make([]int64, n.N) // mark[w] == pair: w was seen with this pair
	pair := int64(0)
	for v := range int32(n.N) {
		for _, u := range n.und.row(int(v)) {
			if u <= v {
				continue
			}
			pair++
			vu := n.code(v, u)
			near := 0
			for _, row := range [2][]int32{n.und.row(int(v)), n.und.row(int(u))} {
				for _, w := range row {
					if w == u || w == v || mark[w] == pair {
						continue
					}
					mark[w] = pair
					near++
					// Count each connected triad once: at its first pair.
					if u < w || v < w && w < u && n.und.find(int(v), w) < 0 {
						census[triadOf[vu+4*n.code(v, w)+16*n.code(u, w)]-1]++
					}
				}
			}
			lone := float64(n.N - near - 2)
			if vu == 3 {
				census[2] += lone
			} else {
				census[1] += lone
			}
		}
	}
	total, connected := 0.0, 0.0
	for i := 1; i < 16; i++ {
		total += census[i]
		if i > 2 {
			connected += census[i]
		}
	}
	nodes := float64(n.N)
	census[0] = nodes*(nodes-1)*(nodes-2)/6 - total
	r := scalar(connected)
	for i, name := range triadNames {
		r.Detail = append(r.Detail, Entry{name, Number(census[i])})
	}
	return r
}
