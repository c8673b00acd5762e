package pid

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"infomorph/internal/prefetch"
)

// Limits of a window. They keep every sum far below 2^63.
const (
	maxBins      = 65535
	maxCells     = 1 << 22 // cells of a dense table
	maxCapacity  = 1 << 24
	MaxPriorMass = 1 << 20 // samples
	unit         = 1 << 16 // mass of one sample
	forgetSteps  = 16      // scaling steps per half-life
)

// mass is a sum over samples of θ = P(Y=1) and of 1−θ, in units of 2^-16 of a
// sample. Either both are positive or both are zero.
type mass struct{ one, zero int64 }

func (m *mass) add(o mass)       { m.one += o.one; m.zero += o.zero }
func (m *mass) sub(o mass)       { m.one -= o.one; m.zero -= o.zero }
func (m mass) total() int64      { return m.one + m.zero }
func (m mass) rate() float64     { return float64(m.one) / float64(m.one+m.zero) }
func (m mass) logRatio() float64 { return log2(float64(m.one) / float64(m.zero)) }

// sample is one entry of the ring.
type sample struct {
	cell  [3]uint16
	theta uint16
}

func (s *sample) mass() mass { return mass{int64(s.theta), unit - int64(s.theta)} }

// Pseudo is a permanent sample that the window starts with: Weight samples with
// P(Y=1) = Theta in one cell.
type Pseudo struct {
	Cell          [3]int
	Theta, Weight float64
}

// WindowConfig describes a [Window].
type WindowConfig struct {
	NumBins  []int    // bins of each source, 2 or 3 entries
	Capacity int      // samples kept; the oldest is evicted, exactly
	Goal     Goal     // for the same number of sources
	Prior    []Pseudo // permanent
	// Halflife > 0 replaces the ring by exponential forgetting (Capacity is
	// then ignored). The weight of a sample halves every Halflife pushes, in up
	// to 16 equal steps. Each step scales the integer sums and rounds down; a
	// cell with less than 2^-16 of a sample on either side is removed.
	Halflife float64
}

// Window holds the recent samples of one neuron: for each cell of source bins
// the masses of Y=1 and Y=0 of the last samples and of a permanent prior, with
// all marginals. θ is quantised to 16 bits and sums are integers, so eviction
// is exact and no rounding errors accumulate.
//
// For two sources the table of cells is dense (8 bytes per cell, 16 if masses
// are large). For three sources only occupied cells are kept, sorted (26 bytes
// each, at most Capacity + len(Prior)), with dense marginals of one and two
// sources. See [Window.Bytes]. A Window is not safe for concurrent use.
type Window struct {
	*layout
	*aim
	sums sums // the marginals, one after the other
	sum  mass

	*scattered // for three sources; otherwise none

	ring    []sample
	head    int // position of the oldest sample once the ring is full
	phase   int // pushes since the last scaling step
	prior   []priorMass
	widened []byte // history of Widen, for the binary form
}

// scattered holds the occupied cells of three sources, ascending by key.
type scattered struct {
	keys   []int32
	places [][3]uint16
	cells  []mass
}

// none is shared by windows of two sources; it is never written to.
var none = &scattered{}

// layout is shared by windows of one configuration. It is read-only.
type layout struct {
	n        int
	dim      [3]int
	stride   [8][3]int // by mask: strides of its marginal; 0 for sources outside it
	from     [9]int    // by mask: start of its marginal in sums; the marginal of all three sources is not kept
	capacity int
	halflife float64
	forget   forgetting
	origin   []priorMass // the prior before any Widen
	narrow   bool        // no mass reaches 2^32
}

// aim is a goal with precomputed values for the gradient.
type aim struct {
	goal   Goal
	terms  []unionWeight // three sources: antichains of several sets with non-zero weight
	held   [8][]uint8    // by mask of sources in which a cell agrees: the terms whose event it is in
	slopes [8]float64    // three sources: weights of antichains of one set, by mask
}

// sums is a table of masses. If no mass reaches 2^32 it takes half the memory.
type sums struct {
	narrow []narrowMass
	wide   []mass
}

type narrowMass struct{ one, zero uint32 }

func (l *layout) newSums() (s sums) {
	if l.narrow {
		s.narrow = make([]narrowMass, l.from[8])
	} else {
		s.wide = make([]mass, l.from[8])
	}
	return s
}

func (s *sums) at(i int) mass {
	if s.wide != nil {
		return s.wide[i]
	}
	return s.narrow[i].wide()
}

func (m narrowMass) wide() mass { return mass{int64(m.one), int64(m.zero)} }

func (s *sums) add(i int, m mass) {
	if s.wide != nil {
		s.wide[i].add(m)
		return
	}
	n := &s.narrow[i]
	n.one += uint32(m.one)
	n.zero += uint32(m.zero)
}

func (s *sums) sub(i int, m mass) { s.add(i, mass{-m.one, -m.zero}) }

// cut returns entries lo … hi−1.
func (s *sums) cut(lo, hi int) sums {
	if s.wide != nil {
		return sums{wide: s.wide[lo:hi]}
	}
	return sums{narrow: s.narrow[lo:hi]}
}

func (s *sums) clear() {
	clear(s.narrow)
	clear(s.wide)
}

// marginal returns the table of a mask.
func (w *Window) marginal(m int) sums { return w.sums.cut(w.from[m], w.from[m+1]) }

// priorMass is a Pseudo with integer masses.
type priorMass struct {
	cell [3]uint16
	mass mass
}

// NewWindow returns a window that contains only the prior. It returns an error
// that lists every fault of the configuration.
func NewWindow(cfg WindowConfig) (*Window, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	l := &layout{n: len(cfg.NumBins), dim: [3]int{1, 1, 1}, halflife: cfg.Halflife}
	copy(l.dim[:], cfg.NumBins)
	l.layOut()
	most := int64(0)
	for _, p := range cfg.Prior {
		if pm := p.quantise(); pm.mass.total() > 0 {
			l.origin = append(l.origin, pm)
			most += pm.mass.total()
		}
	}
	if cfg.Halflife > 0 {
		l.forget = newForgetting(cfg.Halflife)
	} else {
		l.capacity = cfg.Capacity
		most += int64(cfg.Capacity) * unit
		l.narrow = most < math.MaxUint32
	}
	w := (&Window{layout: l}).fresh()
	return w, w.SetGoal(cfg.Goal)
}

// Room is memory for many windows, side by side. The zero value is ready for
// use.
type Room struct {
	narrow []narrowMass
	ring   []sample
}

// roomBytes is the approximate size of one allocation of a Room.
const roomBytes = 1 << 18

// LikeIn is Like with memory from a Room.
func (w *Window) LikeIn(r *Room) Window {
	if !w.narrow {
		return *w.fresh()
	}
	size, many := w.from[8], max(1, roomBytes/(8*(w.from[8]+w.capacity)))
	if len(r.narrow) < size || len(r.ring) < w.capacity {
		r.narrow, r.ring = make([]narrowMass, many*size), make([]sample, many*w.capacity)
	}
	f := Window{layout: w.layout, aim: w.aim, sums: sums{narrow: r.narrow[:size:size]}, ring: r.ring[:0:w.capacity]}
	r.narrow, r.ring = r.narrow[size:], r.ring[w.capacity:]
	f.reset()
	return f
}

// fresh returns a window in the initial state, with the configuration and the
// goal of w.
func (w *Window) fresh() *Window {
	f := &Window{layout: w.layout, aim: w.aim}
	f.sums = f.newSums()
	f.ring = make([]sample, 0, w.capacity)
	f.reset()
	return f
}

// Validate returns every fault of the configuration.
func (cfg *WindowConfig) Validate() error {
	var errs []error
	if n := len(cfg.NumBins); n != 2 && n != 3 {
		return fmt.Errorf("pid: a window is for 2 or 3 sources, not %d", n)
	}
	cells := 1
	for k, b := range cfg.NumBins {
		if b < 1 || b > maxBins || cells > maxCells/b {
			return fmt.Errorf("pid: source %d has %d bins; each needs 1 to %d and all together at most %d cells", k+1, b, maxBins, maxCells)
		}
		cells *= b
	}
	if math.IsNaN(cfg.Halflife) || math.IsInf(cfg.Halflife, 0) || cfg.Halflife < 0 {
		errs = append(errs, errors.New("pid: the half-life must be finite and not negative"))
	}
	if cfg.Halflife == 0 && (cfg.Capacity < 1 || cfg.Capacity > maxCapacity) {
		errs = append(errs, fmt.Errorf("pid: the window's capacity is %d; it must be 1 to %d", cfg.Capacity, maxCapacity))
	}
	total := 0.0
	for i, p := range cfg.Prior {
		if err := p.validate(cfg.NumBins); err != nil {
			errs = append(errs, fmt.Errorf("pid: prior sample %d: %w", i, err))
		}
		total += p.Weight
	}
	if total > MaxPriorMass {
		errs = append(errs, fmt.Errorf("pid: the prior weighs more than %d samples", MaxPriorMass))
	}
	return errors.Join(errs...)
}

func (p *Pseudo) validate(nbins []int) error {
	for k, b := range nbins {
		if p.Cell[k] < 0 || p.Cell[k] >= b {
			return fmt.Errorf("bin %d of source %d is not in 0 to %d", p.Cell[k], k+1, b-1)
		}
	}
	if !(p.Theta >= 0 && p.Theta <= 1) {
		return fmt.Errorf("theta is %v; it is a probability", p.Theta)
	}
	if !(p.Weight >= 0 && p.Weight <= MaxPriorMass) {
		return fmt.Errorf("weight is %v; it must be 0 to %d", p.Weight, MaxPriorMass)
	}
	return nil
}

// quantise rounds the weight to units of 2^-16. Both masses are at least one
// unit, but weights below half a unit become 0.
func (p *Pseudo) quantise() priorMass {
	pm := priorMass{cell: packCell(p.Cell)}
	total := int64(math.Round(p.Weight * unit))
	if total == 0 {
		return pm
	}
	total = max(total, 2)
	one := min(max(int64(math.Round(p.Theta*float64(total))), 1), total-1)
	pm.mass = mass{one, total - one}
	return pm
}

// masses returns the quantised masses of Y=0 and Y=1, in samples.
func (p *Pseudo) masses() (zero, one float64) {
	m := p.quantise().mass
	return float64(m.zero) / unit, float64(m.one) / unit
}

// layOut computes the positions and strides of the marginals.
func (l *layout) layOut() {
	top := 1<<l.n - 1
	for m := 1; m < 8; m++ {
		size := 1
		for k := l.n - 1; k >= 0; k-- {
			if m>>k&1 != 0 {
				l.stride[m][k] = size
				size *= l.dim[k]
			}
		}
		if m > top || m == top && l.n == 3 {
			size = 0
		}
		l.from[m+1] = l.from[m] + size
	}
}

// reset adds the prior to a new window.
func (w *Window) reset() {
	w.prior = w.origin // shared until Widen copies it
	w.scattered = none
	if w.n == 3 {
		w.scattered = &scattered{}
		most := w.capacity + len(w.prior) + 1
		w.keys, w.places, w.cells = make([]int32, 0, most), make([][3]uint16, 0, most), make([]mass, 0, most)
	}
	w.phase = 0
	for i := range w.prior {
		w.add(w.prior[i].cell, w.prior[i].mass)
	}
}

func packCell(cell [3]int) [3]uint16 {
	return [3]uint16{uint16(cell[0]), uint16(cell[1]), uint16(cell[2])}
}

// at returns the position of a cell in the marginal of mask m.
func (l *layout) at(m int, c [3]uint16) int {
	s := &l.stride[m]
	return int(c[0])*s[0] + int(c[1])*s[1] + int(c[2])*s[2]
}

// check panics unless the cell lies within the bins.
func (w *Window) check(cell [3]int) [3]uint16 {
	if uint(cell[0]) >= uint(w.dim[0]) || uint(cell[1]) >= uint(w.dim[1]) || (w.n == 3 && uint(cell[2]) >= uint(w.dim[2])) {
		panic("pid: cell outside the window's bins")
	}
	c := packCell(cell)
	if w.n == 2 {
		c[2] = 0
	}
	return c
}

// quantise rounds θ to 16 bits, with a distance of at least 2^-16 from 0 and 1.
// NaN counts as ½, which carries no information.
func quantise(theta float64) uint16 {
	switch {
	case theta != theta:
		return unit / 2
	case theta <= 1.0/unit:
		return 1
	case theta >= 1-1.0/unit:
		return unit - 1
	}
	return uint16(theta*unit + 0.5)
}

// Push adds a sample with P(Y=1) = theta in the given cell and evicts the
// oldest one if the window is full. θ is rounded to 16 bits and kept at least
// 2^-16 away from 0 and 1. For two sources the third bin is ignored. Push
// allocates nothing (with forgetting and three sources: nothing once the number
// of occupied cells no longer grows). It panics if the cell is outside the
// bins. Cost: O(1) for two sources, O(occupied cells) moves for three.
func (w *Window) Push(cell [3]int, theta float64) {
	s := sample{w.check(cell), quantise(theta)}
	switch {
	case w.halflife > 0:
		w.decay()
	case len(w.ring) < w.capacity:
		w.ring = append(w.ring, s)
	default:
		old := &w.ring[w.head]
		w.remove(old.cell, old.mass())
		*old = s
		if w.head++; w.head == len(w.ring) {
			w.head = 0
		}
	}
	w.add(s.cell, s.mass())
}

// add adds a mass to the cell and its marginals.
func (w *Window) add(c [3]uint16, m mass) {
	w.sum.add(m)
	if w.n == 2 {
		w.sums.add(int(c[0]), m)
		w.sums.add(w.from[2]+int(c[1]), m)
		w.sums.add(w.from[3]+int(c[0])*w.dim[1]+int(c[1]), m)
		return
	}
	for k := 1; k < 7; k++ {
		w.sums.add(w.from[k]+w.at(k, c), m)
	}
	key := int32(w.at(7, c))
	i, ok := slices.BinarySearch(w.keys, key)
	if !ok {
		w.keys = slices.Insert(w.keys, i, key)
		w.places = slices.Insert(w.places, i, c)
		w.cells = slices.Insert(w.cells, i, mass{})
	}
	w.cells[i].add(m)
}

// remove subtracts what add added.
func (w *Window) remove(c [3]uint16, m mass) {
	w.sum.sub(m)
	if w.n == 2 {
		w.sums.sub(int(c[0]), m)
		w.sums.sub(w.from[2]+int(c[1]), m)
		w.sums.sub(w.from[3]+int(c[0])*w.dim[1]+int(c[1]), m)
		return
	}
	for k := 1; k < 7; k++ {
		w.sums.sub(w.from[k]+w.at(k, c), m)
	}
	i, _ := slices.BinarySearch(w.keys, int32(w.at(7, c)))
	if w.cells[i].sub(m); w.cells[i].total() == 0 {
		w.keys = slices.Delete(w.keys, i, i+1)
		w.places = slices.Delete(w.places, i, i+1)
		w.cells = slices.Delete(w.cells, i, i+1)
	}
}

// forgetting scales all masses except the prior down every few pushes.
type forgetting struct {
	every  int
	factor uint64 // in units of 2^-32
}

func newForgetting(halflife float64) forgetting {
	every := min(max(1, int(halflife/forgetSteps)), maxCapacity)
	return forgetting{every: every, factor: uint64(math.Exp2(32 - float64(every)/halflife))}
}

// decay counts a push and does a scaling step when it is due.
func (w *Window) decay() {
	if w.phase++; w.phase < w.forget.every {
		return
	}
	w.phase = 0
	// The prior must not be scaled: remove it first and add it again.
	for i := range w.prior {
		w.remove(w.prior[i].cell, w.prior[i].mass)
	}
	w.scaleCells()
	for i := range w.prior {
		w.add(w.prior[i].cell, w.prior[i].mass)
	}
}

// scaled returns m times the factor, rounded down.
func (f *forgetting) scaled(m mass) mass {
	one, zero := scale(m.one, f.factor), scale(m.zero, f.factor)
	if one == 0 || zero == 0 {
		return mass{}
	}
	return mass{one, zero}
}

func scale(v int64, factor uint64) int64 {
	hi, lo := bits.Mul64(uint64(v), factor)
	return int64(hi<<32 | lo>>32)
}

// scaleCells scales every cell and recomputes the marginals from them.
func (w *Window) scaleCells() {
	if w.n == 2 {
		w.sum = mass{}
		clear(w.sums.wide[:w.from[3]]) // with forgetting masses are never narrow
		cells := w.sums.wide[w.from[3]:]
		for i, m := range cells {
			if m.total() != 0 {
				cells[i] = mass{}
				w.add(w.cellOf(int32(i)), w.forget.scaled(m))
			}
		}
		return
	}
	w.sum = mass{}
	w.sums.clear()
	places, cells := w.places, w.cells
	w.keys, w.places, w.cells = w.keys[:0], places[:0], cells[:0]
	for i, c := range places {
		if m := w.forget.scaled(cells[i]); m.total() != 0 {
			w.add(c, m) // this appends at or before i
		}
	}
}

// cellOf returns the bins of a cell, given its key.
func (w *Window) cellOf(key int32) [3]uint16 {
	k := int(key)
	s := &w.stride[1<<w.n-1]
	c := [3]uint16{uint16(k / s[0]), uint16(k / s[1] % w.dim[1])}
	if w.n == 3 {
		c[2] = uint16(k % w.dim[2])
	}
	return c
}

// Len returns the number of samples in the ring. With forgetting it returns the
// mass of the samples that are not forgotten, rounded. The prior does not
// count.
func (w *Window) Len() int {
	if w.halflife > 0 {
		total := w.sum.total()
		for i := range w.prior {
			total -= w.prior[i].mass.total()
		}
		return int((total + unit/2) / unit)
	}
	return len(w.ring)
}

// NumSources returns 2 or 3.
func (w *Window) NumSources() int { return w.n }

// Rate returns P(Y=1 | bin of a source) from the window and the prior; false if
// there is no sample in that bin. port is the number of the source, from 0.
// This is a readout that marginalises over the other sources.
func (w *Window) Rate(port, bin int) (p float64, ok bool) {
	if uint(port) >= uint(w.n) || uint(bin) >= uint(w.dim[port]) {
		return 0, false
	}
	m := w.sums.at(w.from[1<<port] + bin)
	if m.total() == 0 {
		return 0, false
	}
	return m.rate(), true
}

// CellRate returns P(Y=1 | all bins of the cell); false if the cell is empty.
func (w *Window) CellRate(cell [3]int) (p float64, ok bool) {
	m := w.cell(w.check(cell))
	if m.total() == 0 {
		return 0, false
	}
	return m.rate(), true
}

// TargetRate returns P(Y=1) over the window and the prior; false if both are
// empty.
func (w *Window) TargetRate() (p float64, ok bool) {
	if w.sum.total() == 0 {
		return 0, false
	}
	return w.sum.rate(), true
}

// cell returns the mass of a cell.
func (w *Window) cell(c [3]uint16) mass {
	if w.n == 2 {
		return w.sums.at(w.from[3] + int(c[0])*w.dim[1] + int(c[1]))
	}
	if i, ok := slices.BinarySearch(w.keys, int32(w.at(7, c))); ok {
		return w.cells[i]
	}
	return mass{}
}

// Prefetch requests the memory that Push and Gradient will read.
func (w *Window) Prefetch() {
	prefetch.Slice(w.sums.narrow)
	prefetch.Slice(w.sums.wide)
	if w.head < len(w.ring) {
		prefetch.Value(&w.ring[w.head])
	}
}

// Bytes returns the memory of the window: 8 bytes per cell of each dense table
// (16 if the masses are large), 26 bytes per occupied cell of three sources and
// 8 bytes per ring entry. For 2×60 bins and 64 samples this is about 2 kB, for
// 20×20 about 4 kB. The prior and the goal are not counted, because windows of
// one configuration share them.
func (w *Window) Bytes() int {
	return 8*cap(w.ring) + 10*cap(w.keys) + 16*cap(w.cells) + 8*len(w.sums.narrow) + 16*len(w.sums.wide) + 256
}
