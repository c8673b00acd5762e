package live

import (
	"encoding/binary"
	"math"

	"infomorph/neuron"
)

// Limits of the spikes in a frame.
const (
	exactSpikes = 3000 // more are counted in bins
	rasterRows  = 200
	rasterCols  = 8
)

// raster collects the spikes of one frame: a list of them while they are few,
// and counts in bins. Its memory is limited.
type raster struct {
	neurons int
	rows    int
	rowOf   []uint16 // of each neuron
	from    neuron.Time
	until   neuron.Time
	exact   []neuron.Spike
	total   int
	binned  bool
	cols    int // in use
	per     int // epochs of a column
	filled  int // epochs of the last column
	all     []uint16
	plus    []uint16
}

func newRaster(neurons int) *raster {
	rows := min(max(neurons, 1), rasterRows)
	rowOf := make([]uint16, neurons)
	for i := range rowOf {
		rowOf[i] = uint16(i * rows / neurons)
	}
	return &raster{neurons: neurons, rows: rows, rowOf: rowOf, all: make([]uint16, rows*rasterCols), plus: make([]uint16, rows*rasterCols)}
}

func (r *raster) reset() {
	r.from, r.exact, r.total, r.binned, r.cols, r.per, r.filled = r.until, r.exact[:0], 0, false, 1, 1, 0
	clear(r.all)
	clear(r.plus)
}

// add takes the spikes of an epoch. It counts all of them in bins, so that a
// frame with too many for the list can become a frame of bins.
func (r *raster) add(end neuron.Time, spikes []neuron.Spike) {
	if r.per == 0 {
		r.reset()
	}
	r.until = end
	if r.filled == r.per {
		r.nextColumn()
	}
	r.filled++
	col := r.cols - 1
	for i := range spikes {
		s := &spikes[i]
		if int(s.Source) >= r.neurons {
			continue
		}
		at := int(r.rowOf[s.Source])*rasterCols + col
		up(&r.all[at])
		if s.Value > 0 {
			up(&r.plus[at])
		}
	}
	r.total += len(spikes)
	if !r.binned && len(r.exact)+len(spikes) <= exactSpikes {
		r.exact = append(r.exact, spikes...)
		return
	}
	r.binned = true
}

func up(n *uint16) {
	if *n < math.MaxUint16 {
		*n++
	}
}

// nextColumn begins a column. If there are too many, it merges neighbouring
// columns in pairs.
func (r *raster) nextColumn() {
	if r.cols < rasterCols {
		r.cols, r.filled = r.cols+1, 0
		return
	}
	for row := range r.rows {
		for _, m := range [][]uint16{r.all, r.plus} {
			cells := m[row*rasterCols:][:rasterCols]
			for c := range rasterCols / 2 {
				cells[c] = sum(cells[2*c], cells[2*c+1])
			}
			clear(cells[rasterCols/2:])
		}
	}
	r.per *= 2
	r.cols, r.filled = rasterCols/2+1, 0
}

func sum(a, b uint16) uint16 { return uint16(min(uint32(a)+uint32(b), math.MaxUint16)) }

// Types of binary frames.
const (
	frameExact  = 1
	frameBinned = 2
)

// headerSize is the size of the header of a binary frame: type, version, two
// bytes of size, frame number, count, and the number of frames dropped before
// it.
const headerSize = 16

// encode writes the frame: its header, the time that it covers, and each spike
// as (offset, neuron and sign), or rows, columns and two bytes for each bin.
func (r *raster) encode(seq uint32) []byte {
	kind, count := byte(frameExact), len(r.exact)
	if r.binned {
		kind, count = frameBinned, r.total
	}
	b := make([]byte, headerSize, headerSize+16+8*len(r.exact))
	b[0], b[1] = kind, 1
	le := binary.LittleEndian
	le.PutUint32(b[4:], seq)
	le.PutUint32(b[8:], uint32(min(count, math.MaxUint32)))
	b = le.AppendUint64(b, math.Float64bits(float64(r.from)))
	b = le.AppendUint64(b, math.Float64bits(float64(r.until)))
	if !r.binned {
		for i := range r.exact {
			s := &r.exact[i]
			id := uint32(s.Source) << 1
			if s.Value > 0 {
				id |= 1
			}
			b = le.AppendUint32(b, uint32(min(max(s.Time-r.from, 0), math.MaxUint32)))
			b = le.AppendUint32(b, id)
		}
		return b
	}
	b = le.AppendUint32(b, uint32(r.rows))
	b = le.AppendUint32(b, uint32(r.cols))
	return r.appendBins(b)
}

// appendBins writes two bytes for each row and column: the count as a fraction
// of that of the fullest bin (255 is 1), and the fraction of positive spikes.
func (r *raster) appendBins(b []byte) []byte {
	most := uint16(1)
	for _, n := range r.all {
		most = max(most, n)
	}
	for row := range r.rows {
		for col := range r.cols {
			n, plus := r.all[row*rasterCols+col], r.plus[row*rasterCols+col]
			share := byte(0)
			if n > 0 {
				share = byte(uint32(plus) * 255 / uint32(n))
			}
			b = append(b, byte(math.Ceil(float64(n)*255/float64(most))), share)
		}
	}
	return b
}
