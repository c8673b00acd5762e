package measure

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

func degreeMeasures() []Measure {
	return []Measure{
		{"density", "m / (n(n−1))", false, false, density},
		{"reciprocity", "share of edges whose reverse edge exists", false, false, reciprocity},
		{"in_degree", "number of sources of each neuron; detail: how many neurons have each degree", true, false, func(n *Net) Result { return degreeResult(n.in) }},
		{"out_degree", "number of targets of each neuron; detail: how many neurons have each degree", true, false, func(n *Net) Result { return degreeResult(n.out) }},
		{"degree", "in-degree plus out-degree", true, false, totalDegree},
		{"in_strength", "sum of incoming weights", true, false, func(n *Net) Result { return strength(n.in) }},
		{"out_strength", "sum of outgoing weights", true, false, func(n *Net) Result { return strength(n.out) }},
		{"degree_correlation", "Pearson correlation of in- and out-degree over neurons", false, false, degreeCorrelation},
		{"assortativity", "Pearson correlation over edges of the out-degree of the source and the in-degree of the target (Newman 2003); detail: all four pairings", false, false, assortativity},
	}
}

// density is NaN if there are fewer than two neurons.
func density(n *Net) Result {
	if n.N < 2 {
		return scalar(math.NaN())
	}
	return scalar(float64(n.NumEdges()) / (float64(n.N) * float64(n.N-1)))
}

func reciprocity(n *Net) Result {
	both, all := 0, 0
	for i := range n.N {
		for _, j := range n.out.row(i) {
			if int(j) == i {
				continue
			}
			all++
			if n.out.find(int(j), int32(i)) >= 0 {
				both++
			}
		}
	}
	return scalar(float64(both) / float64(all))
}

func degreesOf(r *rows) []float64 {
	d := make([]float64, len(r.off)-1)
	for i := range d {
		d[i] = float64(r.degree(i))
	}
	return d
}

func degreeResult(r *rows) Result {
	d := degreesOf(r)
	res := perNode(d)
	res.Detail = histogram(d)
	return res
}

// histogram counts how often each value occurs.
func histogram(values []float64) []Entry {
	v := slices.Sorted(slices.Values(values))
	var out []Entry
	for i := 0; i < len(v); {
		j := i
		for j < len(v) && v[j] == v[i] {
			j++
		}
		out = append(out, Entry{fmt.Sprint(v[i]), Number(j - i)})
		i = j
	}
	return out
}

func totalDegree(n *Net) Result {
	d := degreesOf(n.in)
	for i := range d {
		d[i] += float64(n.out.degree(i))
	}
	r := perNode(d)
	r.Detail = histogram(d)
	return r
}

func strength(r *rows) Result {
	s := make([]float64, len(r.off)-1)
	for i := range s {
		for _, w := range r.weights(i) {
			s[i] += w
		}
	}
	return perNode(s)
}

func degreeCorrelation(n *Net) Result {
	return scalar(stat.Correlation(degreesOf(n.in), degreesOf(n.out), nil))
}

func assortativity(n *Net) Result {
	in, out := degreesOf(n.in), degreesOf(n.out)
	pairing := func(x, y []float64) float64 {
		var m, sx, sy float64
		for i := range n.N {
			for _, j := range n.out.row(i) {
				m, sx, sy = m+1, sx+x[i], sy+y[j]
			}
		}
		mx, my := sx/m, sy/m
		var xy, xx, yy float64
		for i := range n.N {
			for _, j := range n.out.row(i) {
				dx, dy := x[i]-mx, y[j]-my
				xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
			}
		}
		return xy / math.Sqrt(xx*yy)
	}
	r := scalar(pairing(out, in))
	r.Detail = []Entry{
		{"out-in", r.Value}, {"in-out", Number(pairing(in, out))},
		{"in-in", Number(pairing(in, in))}, {"out-out", Number(pairing(out, out))},
	}
	return r
}
