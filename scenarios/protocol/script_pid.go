package protocol

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"infomorph/internal/script"
	"infomorph/pid"
)

// decomposeCall implements decompose(r, c, theta, measure="sx"): the decomposition of the
// information that two sources have about an output. Row i has the symbols r[i] and c[i],
// and the output is 1 with probability theta[i]. Equal numbers are the same symbol.
func decomposeCall(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var rows [3]starlark.Value
	name := "sx"
	if err := unpack(args, kwargs, "r", &rows[0], "c", &rows[1], "theta", &rows[2], "measure?", &name); err != nil {
		return nil, err
	}
	m, err := pid.ParseMeasure(name)
	if err != nil {
		return nil, err
	}
	var columns [3][]float64
	for k, v := range rows {
		if columns[k], err = script.AsNumbers(v); err != nil {
			return nil, err
		}
	}
	shape, p, err := jointOf(columns[0], columns[1], columns[2])
	if err != nil {
		return nil, err
	}
	d, err := pid.Decompose(m, shape, p)
	if err != nil {
		return nil, err
	}
	out := new(starlark.Dict)
	for _, atom := range [][2]string{{"unq_r", "{1}"}, {"unq_c", "{2}"}, {"red", "{1}{2}"}, {"syn", "{12}"}} {
		v, _ := d.Atom(atom[1])
		put(out, starlark.String(atom[0]), starlark.Float(v))
	}
	put(out, starlark.String("h_res"), starlark.Float(d.Residual))
	return out, nil
}

// mostSymbols limits the symbols of a source, so that the table of all pairs stays small.
const mostSymbols = 1000

// jointOf returns the distribution of two sources and an output, which is 1 with
// probability theta.
func jointOf(r, c, theta []float64) (shape []int, p []float64, err error) {
	if len(r) == 0 || len(r) != len(c) || len(r) != len(theta) {
		return nil, nil, fmt.Errorf("got %d, %d and %d numbers, expected the same number of each, at least one", len(r), len(c), len(theta))
	}
	if i := slices.IndexFunc(theta, func(v float64) bool { return !(v >= 0 && v <= 1) }); i >= 0 {
		return nil, nil, fmt.Errorf("probability %d is %v, expected 0 to 1", i, theta[i])
	}
	a, b := symbolsOf(r), symbolsOf(c)
	if most := max(len(a), len(b)); most > mostSymbols {
		return nil, nil, fmt.Errorf("got %d different symbols, expected at most %d", most, mostSymbols)
	}
	p = make([]float64, len(a)*len(b)*2)
	weight := 1 / float64(len(r))
	for i, y := range theta {
		j, _ := slices.BinarySearch(a, r[i])
		k, _ := slices.BinarySearch(b, c[i])
		at := 2 * (j*len(b) + k)
		p[at] += (1 - y) * weight
		p[at+1] += y * weight
	}
	return []int{len(a), len(b), 2}, p, nil
}

// symbolsOf returns the different values in order.
func symbolsOf(values []float64) []float64 {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}
