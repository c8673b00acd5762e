package estimate

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"infomorph/pid"
)

// variable is a discrete sequence: one source, or the target.
type variable struct {
	symbols []int32 // −1 where a value is missing
	size    int
}

// samples are the rows that are used: the source cell and the target of each.
type samples struct {
	shape   []int   // symbols of each source, then of the target
	source  []int   // row-major position of the sources of each row
	target  []int32 // symbol of the target of each row
	rows    []int   // where each row was in the frame
	dropped int
}

// minRows is the smallest number of rows that can differ from each other.
const minRows = 2

// newSamples reads, bins and joins the configured columns.
func newSamples(f *Frame, cfg *Config) (*samples, error) {
	if f.Rows < minRows {
		return nil, fmt.Errorf("%d rows; at least %d are needed", f.Rows, minRows)
	}
	var vars []variable
	var errs []error
	for _, group := range append(slices.Clone(cfg.Sources), cfg.Target) {
		v, err := newVariable(f, cfg, group)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		vars = append(vars, v)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	s := &samples{}
	size := 1
	for _, v := range vars {
		if size > 1<<26/v.size {
			return nil, errors.New("the sources have too many joint states; use fewer bins or fewer columns")
		}
		size *= v.size
		s.shape = append(s.shape, v.size)
	}
	n := len(vars) - 1
rows:
	for i := range f.Rows {
		at := 0
		for _, v := range vars {
			if v.symbols[i] < 0 {
				s.dropped++
				continue rows
			}
		}
		for _, v := range vars[:n] {
			at = at*v.size + int(v.symbols[i])
		}
		s.source = append(s.source, at)
		s.target = append(s.target, vars[n].symbols[i])
		s.rows = append(s.rows, i)
	}
	if len(s.source) < minRows {
		return nil, fmt.Errorf("%d rows with all values (%d lack one); at least %d are needed", len(s.source), s.dropped, minRows)
	}
	return s, nil
}

// newVariable joins the columns of one source or of the target. Joint symbols
// that do not occur are left out.
func newVariable(f *Frame, cfg *Config, group []string) (variable, error) {
	var joint variable
	for k, name := range group {
		c, err := f.Column(name)
		if err != nil {
			return variable{}, err
		}
		v, err := binColumn(f, cfg, c)
		if err != nil {
			return variable{}, err
		}
		if k == 0 {
			joint = v
			continue
		}
		for i := range joint.symbols {
			if joint.symbols[i] < 0 || v.symbols[i] < 0 {
				joint.symbols[i] = -1
				continue
			}
			joint.symbols[i] = joint.symbols[i]*int32(v.size) + v.symbols[i]
		}
		if joint.size *= v.size; joint.size > 1<<24 {
			return variable{}, fmt.Errorf("the columns %s have too many joint states", strings.Join(group, "+"))
		}
		joint.compact()
	}
	return joint, nil
}

// compact renumbers the symbols that occur, in order.
func (v *variable) compact() {
	seen := make([]int32, v.size)
	for _, s := range v.symbols {
		if s >= 0 {
			seen[s] = 1
		}
	}
	used := int32(0)
	for s, is := range seen {
		seen[s] = used
		used += is
	}
	for i, s := range v.symbols {
		if s >= 0 {
			v.symbols[i] = seen[s]
		}
	}
	v.size = max(int(used), 1)
}

// binColumn turns a column into symbols: labels are symbols, and so are numbers
// with few whole values; other numbers are put into bins.
func binColumn(f *Frame, cfg *Config, c *Column) (variable, error) {
	v, _, err := symbolise(f, cfg, c)
	if err != nil {
		return v, err
	}
	distinct := v
	distinct.symbols = slices.Clone(v.symbols)
	distinct.compact()
	lacks := slices.Index(v.symbols, -1)
	switch {
	case lacks >= 0 && cfg.Missing == "error":
		return v, f.Fault(lacks, c, errors.New("the value is missing"))
	case lacks >= 0 && lacks == 0 && !slices.ContainsFunc(v.symbols, func(s int32) bool { return s >= 0 }):
		return v, fmt.Errorf("column %q has no values: cells such as NA, none and nan are missing ones; name it in --discrete if they are labels", c.Name)
	case lacks >= 0 && cfg.Missing == "category":
		for i, s := range v.symbols {
			if s < 0 {
				v.symbols[i] = int32(v.size)
			}
		}
		v.size++
	case distinct.size == 1 && len(v.symbols) > 0:
		return v, fmt.Errorf("column %q is constant, so it has no information; leave it out", c.Name)
	}
	return v, nil
}

// symbolise returns the column's symbols, −1 where missing.
//
// The edges are nil for symbols. Those of equal counts start at the smallest
// value and end at the largest.
func symbolise(f *Frame, cfg *Config, c *Column) (v variable, edges []float64, err error) {
	if slices.Contains(cfg.Discrete, c.Name) {
		return labels(c), nil, nil
	}
	values, err := f.Values(c)
	if err != nil {
		return variable{}, nil, fmt.Errorf("%w; name the column in --discrete if its cells are labels", err)
	}
	bins := cfg.Bins
	if b, ok := cfg.BinsOf[c.Name]; ok {
		bins = b
	}
	given, hasEdges := cfg.Edges[c.Name]
	_, asked := cfg.BinsOf[c.Name]
	switch {
	case hasEdges:
		return divide(values, given), given, nil
	case !asked && c.Whole != nil && fewWhole(c.Whole, bins):
		return numberLabels(c.Whole), nil, nil
	case !asked && c.Whole == nil && fewIntegers(values, bins):
		return numberLabels(values), nil, nil
	case cfg.Binning == EqualCount:
		edges = quantiles(values, bins)
		return divide(values, edges), edges, nil
	}
	return equalWidth(values, bins), nil, nil
}

// fewWhole reports whether at most limit of the values differ. It compares
// integers, because beyond 2⁵³ different ones would become equal as floats.
func fewWhole(values []int64, limit int) bool {
	seen := []int64{}
	for _, v := range values {
		if i, ok := slices.BinarySearch(seen, v); !ok {
			if seen = slices.Insert(seen, i, v); len(seen) > limit {
				return false
			}
		}
	}
	return true
}

// fewIntegers reports whether all values are whole and at most limit differ.
func fewIntegers(values []float64, limit int) bool {
	seen := []float64{}
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if v != math.Trunc(v) {
			return false
		}
		if i, ok := slices.BinarySearch(seen, v); !ok {
			if seen = slices.Insert(seen, i, v); len(seen) > limit {
				return false
			}
		}
	}
	return true
}

// labels numbers the distinct cells in order: numbers by value, text by letters.
func labels(c *Column) variable {
	switch {
	case c.Text == nil && c.Whole != nil:
		return numberLabels(c.Whole)
	case c.Text == nil:
		return numberLabels(c.Numbers)
	}
	distinct := []string{}
	for i := range c.Text {
		if text, ok := c.Label(i); ok {
			distinct = append(distinct, text)
		}
	}
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	v := variable{make([]int32, len(c.Text)), max(len(distinct), 1)}
	for i := range c.Text {
		v.symbols[i] = -1
		if text, ok := c.Label(i); ok {
			k, _ := slices.BinarySearch(distinct, text)
			v.symbols[i] = int32(k)
		}
	}
	return v
}

func numberLabels[T int64 | float64](values []T) variable {
	present := func(x T) bool { return !math.IsNaN(float64(x)) }
	distinct := slices.DeleteFunc(slices.Clone(values), func(x T) bool { return !present(x) })
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	v := variable{make([]int32, len(values)), max(len(distinct), 1)}
	for i, x := range values {
		v.symbols[i] = -1
		if present(x) {
			k, _ := slices.BinarySearch(distinct, x)
			v.symbols[i] = int32(k)
		}
	}
	return v
}

// equalWidth divides the range of the values into bins (lo, hi].
func equalWidth(values []float64, n int) variable {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range values {
		if !math.IsNaN(x) {
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	b := pid.Bins{Lo: lo, Hi: hi, N: n}
	v := variable{make([]int32, len(values)), n}
	for i, x := range values {
		if v.symbols[i] = -1; !math.IsNaN(x) {
			v.symbols[i] = int32(b.Index(x))
		}
	}
	return v
}

// quantiles returns edges that divide the values into n bins of about equal
// counts; equal values are never separated, so there may be fewer bins.
func quantiles(values []float64, n int) []float64 {
	sorted := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	slices.Sort(sorted)
	if len(sorted) == 0 {
		return []float64{0, 1, 2}
	}
	edges := []float64{math.Inf(-1)}
	for k := 1; k < n; k++ {
		e := sorted[(len(sorted)*k+n-1)/n-1]
		if e > edges[len(edges)-1] && e < sorted[len(sorted)-1] {
			edges = append(edges, e)
		}
	}
	return append(edges, math.Inf(1))
}

// divide puts values into the bins (e0,e1], (e1,e2], …; values outside go to
// the first or last bin.
func divide(values, edges []float64) variable {
	inner := edges[1 : len(edges)-1]
	v := variable{make([]int32, len(values)), len(edges) - 1}
	for i, x := range values {
		if v.symbols[i] = -1; !math.IsNaN(x) {
			k, _ := slices.BinarySearch(inner, x)
			v.symbols[i] = int32(k)
		}
	}
	return v
}

// sparsity returns a warning if there are few samples for the bins.
func (s *samples) sparsity(occupied int) string {
	n := len(s.source)
	if n >= 4*occupied {
		return ""
	}
	return strconv.Itoa(n) + " samples for " + strconv.Itoa(cells(s.shape)) + " joint cells, " + strconv.Itoa(occupied) +
		" of them occupied: expect upward bias; use fewer bins, a correction, or at least " + strconv.Itoa(4*occupied) + " samples"
}
