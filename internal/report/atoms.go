package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"infomorph/internal/record"
)

// Limits on the atoms of the page.
const (
	maxTimes   = 300     // points of a curve
	maxValues  = 300_000 // values of all curves together
	maxNeurons = 1 << 20 // different neurons in the file
)

// atoms are the curves of the chart, in the form for the script of the page.
type atoms struct {
	Times   []float64  `json:"times"`   // [simulated s], rising
	Series  []string   `json:"series"`  // the atoms first
	Atoms   int        `json:"atoms"`   // number of atoms in Series
	Neurons []int      `json:"neurons"` // neurons with a curve of their own
	All     int        `json:"all"`     // number of neurons in the file
	Mean    [][]bits   `json:"mean"`    // [series][time], over all neurons
	Each    [][][]bits `json:"each"`    // [neuron][series][time]
}

// bits is a value of a curve [bit]; NaN, for no value, becomes null.
type bits float64

// MarshalJSON implements json.Marshaler with five digits, which is enough for a
// chart.
func (b bits) MarshalJSON() ([]byte, error) {
	if x := float64(b); !math.IsNaN(x) && !math.IsInf(x, 0) {
		return strconv.AppendFloat(nil, x, 'g', 5, 64), nil
	}
	return []byte("null"), nil
}

// readAtoms reads the curves of all neurons, with as many points and neurons as
// a chart can show. It returns nil if there are none.
func readAtoms(path string) (*atoms, error) {
	s := newSurvey()
	if err := eachRow(path, s.add); err != nil {
		return nil, err
	}
	if len(s.times) == 0 {
		return nil, nil
	}
	c := s.curves()
	if err := eachRow(path, c.add); err != nil {
		return nil, err
	}
	return c.atoms(), nil
}

// atomsJSON returns the curves as JSON, without <, > and &; nil if there are none.
func atomsJSON(path string) ([]byte, error) {
	a, err := readAtoms(path)
	if a == nil || err != nil {
		return nil, err
	}
	return json.Marshal(a)
}

// eachRow calls use with the rows of a table: time, neuron, and the values of
// the series that seriesOf finds in cols.
func eachRow(path string, use func(p *atomsRow)) error {
	r, err := record.OpenTable(path)
	if err != nil {
		return err
	}
	defer r.Close()
	p := atomsRow{}
	if p.columns, err = columnsOf(r.Columns()); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	for {
		p.row, err = r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		use(&p)
	}
}

// columns has the positions of the columns of pid.parquet.
type columns struct {
	time, neuron int
	series       []int
	names        []string
	atoms        int
}

type atomsRow struct {
	columns
	row parquet.Row
}

func (p *atomsRow) at() int64 { return p.row[p.time].Int64() }
func (p *atomsRow) who() int  { return int(p.row[p.neuron].Int32()) }

// columnsOf finds the columns. The atoms follow the fixed columns, and become
// the first series.
func columnsOf(cols []record.Column) (columns, error) {
	if n := len(cols); n > 0 && cols[n-1].Kind == record.Text { // neurons' labels
		cols = cols[:n-1]
	}
	fixed := record.PIDColumns(nil)
	if len(cols) < len(fixed) {
		return columns{}, fmt.Errorf("%d columns, expected at least %d", len(cols), len(fixed))
	}
	for i, c := range cols {
		want := record.Column{Name: c.Name, Kind: record.Float64}
		if i < len(fixed) {
			want = fixed[i]
		}
		if c.Name != want.Name || c.Kind != want.Kind {
			return columns{}, fmt.Errorf("column %d is %q (%s), expected %q (%s)", i, c.Name, c.Kind, want.Name, want.Kind)
		}
	}
	out := columns{time: 0, neuron: 1, atoms: len(cols) - len(fixed)}
	for i := range cols {
		if k := (i + len(fixed)) % len(cols); cols[k].Kind == record.Float64 {
			out.series, out.names = append(out.series, k), append(out.names, cols[k].Name)
		}
	}
	return out, nil
}

// survey collects what must be known before the curves can be computed.
type survey struct {
	times       map[int64]bool // nil once there are too many
	first, last int64
	neurons     map[int]bool
	cols        columns
	many        bool
}

func newSurvey() *survey {
	return &survey{times: map[int64]bool{}, neurons: map[int]bool{}, first: math.MaxInt64, last: math.MinInt64}
}

func (s *survey) add(p *atomsRow) {
	t := p.at()
	s.cols = p.columns
	s.first, s.last = min(s.first, t), max(s.last, t)
	if s.many = s.many || len(s.times) > maxTimes; !s.many {
		s.times[t] = true
	}
	if len(s.neurons) < maxNeurons {
		s.neurons[p.who()] = true
	}
}

// curves sums up rows by time and neuron.
type curves struct {
	cols    columns
	times   []int64 // exact; nil: bins of equal width from first to last
	first   int64
	width   float64
	points  int
	neurons []int
	index   map[int]int
	all     int
	mean    tally
	each    []tally
}

// tally holds sums over rows.
type tally struct {
	n    []float64   // rows by time
	sums [][]float64 // [series][time]
}

func newTally(series, points int) tally {
	t := tally{n: make([]float64, points), sums: make([][]float64, series)}
	for i := range t.sums {
		t.sums[i] = make([]float64, points)
	}
	return t
}

func (s *survey) curves() *curves {
	c := &curves{cols: s.cols, first: s.first, all: len(s.neurons), index: map[int]int{}, points: maxTimes}
	c.width = (float64(s.last) - float64(s.first)) / maxTimes
	if len(s.times) <= maxTimes {
		c.times = slices.Sorted(maps.Keys(s.times))
		c.points = len(c.times)
	}
	series := len(c.cols.series)
	c.mean = newTally(series, c.points)
	for i, id := range thin(slices.Sorted(maps.Keys(s.neurons)), max(1, maxValues/(series*c.points))) {
		c.neurons, c.index[id] = append(c.neurons, id), i
		c.each = append(c.each, newTally(series, c.points))
	}
	return c
}

// thin returns at most n of ids, evenly chosen.
func thin(ids []int, n int) []int {
	if len(ids) <= n {
		return ids
	}
	out := make([]int, n)
	for i := range out {
		out[i] = ids[i*len(ids)/n]
	}
	return out
}

// point returns the index of the point of a curve to which time t belongs.
func (c *curves) point(t int64) int {
	if c.times != nil {
		i, _ := slices.BinarySearch(c.times, t)
		return i
	}
	return min(int(float64(t-c.first)/c.width), c.points-1)
}

func (c *curves) add(p *atomsRow) {
	k := c.point(p.at())
	c.mean.add(k, p)
	if i, ok := c.index[p.who()]; ok {
		c.each[i].add(k, p)
	}
}

func (t *tally) add(k int, p *atomsRow) {
	t.n[k]++
	for s, col := range p.series {
		t.sums[s][k] += p.row[col].Double()
	}
}

// means returns the mean by series and time; no rows give NaN.
func (t *tally) means() [][]bits {
	out := make([][]bits, len(t.sums))
	for s, sums := range t.sums {
		out[s] = make([]bits, len(sums))
		for k, sum := range sums {
			out[s][k] = bits(sum / t.n[k])
		}
	}
	return out
}

func (c *curves) atoms() *atoms {
	a := &atoms{Series: c.cols.names, Atoms: c.cols.atoms, Neurons: c.neurons, All: c.all, Mean: c.mean.means()}
	for k := range c.points {
		t := float64(c.first) + (float64(k)+0.5)*c.width
		if c.times != nil {
			t = float64(c.times[k])
		}
		a.Times = append(a.Times, t/1e6)
	}
	for i := range c.each {
		a.Each = append(a.Each, c.each[i].means())
	}
	return a
}
