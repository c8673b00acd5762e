package pid

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

const (
	windowFormat = 1
	maxWidened   = 4096
)

var errWindowState = errors.New("pid: the window's saved state is damaged or for another configuration")

// Widen doubles the range of one source's bins (see [Bins.Widen]): every pair
// of bins is merged into one, exactly, for samples and prior. It panics if the
// port does not exist, and returns an error after 4096 doublings. Cost:
// O(cells).
func (w *Window) Widen(port int, up bool) error {
	if uint(port) >= uint(w.n) {
		panic("pid: no such port")
	}
	if len(w.widened) >= maxWidened {
		return errors.New("pid: the window's range was doubled too often")
	}
	op := byte(port) << 1
	if up {
		op |= 1
	}
	w.widened = append(w.widened, op)
	w.remap(port, up)
	return nil
}

// remap moves all samples and the prior to the doubled bins of one port.
func (w *Window) remap(port int, up bool) {
	move := func(c *[3]uint16) { c[port] = uint16(widenedBin(int(c[port]), w.dim[port], up)) }
	w.prior = slices.Clone(w.prior)
	for i := range w.prior {
		move(&w.prior[i].cell)
	}
	entries := w.entries()
	w.sums.clear()
	w.sum = mass{}
	if w.n == 3 {
		w.keys, w.places, w.cells = w.keys[:0], w.places[:0], w.cells[:0]
	}
	for _, e := range entries {
		move(&e.cell)
		w.add(e.cell, e.mass)
	}
	for i := range w.ring {
		move(&w.ring[i].cell)
	}
}

// entries returns the occupied cells in ascending order.
func (w *Window) entries() []priorMass {
	var entries []priorMass
	if w.n == 3 {
		for i, c := range w.places {
			entries = append(entries, priorMass{c, w.cells[i]})
		}
		return entries
	}
	table := w.marginal(3)
	for i := range w.dim[0] * w.dim[1] {
		if m := table.at(i); m.total() != 0 {
			entries = append(entries, priorMass{w.cellOf(int32(i)), m})
		}
	}
	return entries
}

// AppendBinary appends the window's state in a canonical form: the goal, the
// history of Widen, then the ring from the oldest sample on, or, with
// forgetting, the cells. Windows that will behave in the same way append equal
// bytes. The configuration and the prior are not included. The error is always
// nil.
func (w *Window) AppendBinary(dst []byte) ([]byte, error) {
	le := binary.LittleEndian
	dst = append(dst, windowFormat, byte(w.n))
	for _, d := range w.dim {
		dst = le.AppendUint16(dst, uint16(d))
	}
	for _, v := range w.goal.gamma[:w.goal.lattice().Len()] {
		dst = le.AppendUint64(dst, math.Float64bits(v))
	}
	dst = le.AppendUint64(dst, math.Float64bits(w.goal.residual))
	dst = le.AppendUint16(dst, uint16(len(w.widened)))
	dst = append(dst, w.widened...)
	if w.halflife > 0 {
		return w.appendCells(dst), nil
	}
	dst = le.AppendUint32(dst, uint32(len(w.ring)))
	for i := range w.ring {
		s := &w.ring[(w.head+i)%len(w.ring)]
		for _, b := range s.cell {
			dst = le.AppendUint16(dst, b)
		}
		dst = le.AppendUint16(dst, s.theta)
	}
	return dst, nil
}

// appendCells appends the phase of forgetting and the masses of the cells.
func (w *Window) appendCells(dst []byte) []byte {
	le := binary.LittleEndian
	entries := w.entries()
	dst = le.AppendUint32(dst, uint32(w.phase))
	dst = le.AppendUint32(dst, uint32(len(entries)))
	for _, e := range entries {
		dst = le.AppendUint32(dst, uint32(w.keyOf(e.cell)))
		dst = le.AppendUint64(dst, uint64(e.mass.one))
		dst = le.AppendUint64(dst, uint64(e.mass.zero))
	}
	return dst
}

func (w *Window) keyOf(c [3]uint16) int { return w.at(1<<w.n-1, c) }

// UnmarshalBinary restores a state that AppendBinary wrote, into a window with
// the same configuration. If the data are damaged or for other bins or
// capacity, it returns an error and does not change the window.
func (w *Window) UnmarshalBinary(data []byte) error {
	next := w.fresh()
	r := stateReader{data: data}
	ok := next.readHeader(&r)
	if ok && w.halflife > 0 {
		ok = next.readCells(&r)
	} else if ok {
		ok = next.readRing(&r)
	}
	if !ok || r.short || len(r.data) != 0 {
		return errWindowState
	}
	*w = *next
	return nil
}

// readHeader restores the goal and the history of Widen.
func (w *Window) readHeader(r *stateReader) bool {
	if r.uint8() != windowFormat || int(r.uint8()) != w.n {
		return false
	}
	for _, d := range w.dim {
		if int(r.uint16()) != d {
			return false
		}
	}
	g := Goal{n: w.n}
	for i := range g.lattice().Len() {
		g.gamma[i] = math.Float64frombits(r.uint64())
	}
	g.residual = math.Float64frombits(r.uint64())
	if g.finish() != nil || w.SetGoal(g) != nil {
		return false
	}
	for range r.uint16() {
		op := r.uint8()
		if int(op>>1) >= w.n || w.Widen(int(op>>1), op&1 != 0) != nil {
			return false
		}
	}
	return !r.short
}

// readRing restores the samples.
func (w *Window) readRing(r *stateReader) bool {
	n := int(r.uint32())
	if r.short || n > w.capacity || len(r.data) != 8*n {
		return false
	}
	for range n {
		s := sample{cell: [3]uint16{r.uint16(), r.uint16(), r.uint16()}, theta: r.uint16()}
		for k, b := range s.cell {
			if int(b) >= w.dim[k] {
				return false
			}
		}
		if s.theta == 0 {
			return false
		}
		w.ring = append(w.ring, s)
		w.add(s.cell, s.mass())
	}
	return true
}

// readCells restores the masses with forgetting; they must include the prior.
func (w *Window) readCells(r *stateReader) bool {
	w.phase = int(r.uint32())
	n := int(r.uint32())
	if r.short || w.phase >= w.forget.every || len(r.data) != 20*n {
		return false
	}
	last, held, priors := -1, 0, len(w.entries())
	for range n {
		key := int(r.uint32())
		m := mass{int64(r.uint64()), int64(r.uint64())}
		if key <= last || key >= w.dim[0]*w.dim[1]*w.dim[2] || !m.plausible() {
			return false
		}
		last = key
		c := w.cellOf(int32(key))
		prior := w.cell(c)
		if prior.total() > 0 {
			held++
		}
		m.sub(prior)
		if m != (mass{}) && !m.plausible() {
			return false
		}
		if m != (mass{}) {
			w.add(c, m)
		}
		if w.sum.total() > 1<<50 {
			return false
		}
	}
	return held == priors
}

// plausible reports whether a saved mass can be a sum of samples.
func (m mass) plausible() bool {
	const limit = 1 << 42
	return m.one > 0 && m.zero > 0 && m.one < limit && m.zero < limit
}

// stateReader reads little-endian numbers; short is set if there are too few
// bytes.
type stateReader struct {
	data  []byte
	short bool
}

func (r *stateReader) take(n int) []byte {
	if len(r.data) < n {
		r.short, r.data = true, nil
		return make([]byte, n)
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *stateReader) uint8() uint8   { return r.take(1)[0] }
func (r *stateReader) uint16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *stateReader) uint32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *stateReader) uint64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }
