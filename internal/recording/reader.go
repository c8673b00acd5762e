package recording

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/zstd"

	"infomorph/neuron"
)

// Reader reads a recording. It is safe for concurrent use if what it reads
// from is.
type Reader struct {
	r     io.ReaderAt
	start []place
	inbox [][]place
	end   []place
	final place
	zstd  *zstd.Decoder
}

// place is where a block is; size 0: there is none.
type place struct {
	at          int64
	raw, stored uint32
}

// maxNeurons bounds what a header can claim.
const maxNeurons = 1 << 27

// NewReader finds the blocks of a recording of size bytes. It looks at the
// heads of blocks only; their bytes are checked when they are read.
func NewReader(r io.ReaderAt, size int64) (*Reader, error) {
	var head [fileHead]byte
	if _, err := r.ReadAt(head[:], 0); err != nil || string(head[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it does not begin with %q", ErrRecording, magic)
	}
	if v := binary.LittleEndian.Uint32(head[8:]); v != version {
		return nil, fmt.Errorf("%w: version %d, this program reads %d", ErrRecording, v, version)
	}
	n := binary.LittleEndian.Uint32(head[12:])
	if n > maxNeurons || int64(n) > size {
		return nil, fmt.Errorf("%w: it claims %d neurons in %d bytes", ErrRecording, n, size)
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(MaxBlock), zstd.WithDecoderConcurrency(0))
	if err != nil {
		return nil, err
	}
	rec := &Reader{r: r, start: make([]place, n), inbox: make([][]place, n), end: make([]place, n), zstd: z}
	return rec, rec.index(size)
}

// Close frees what the reader holds.
func (r *Reader) Close() { r.zstd.Close() }

// index finds all blocks; it stops where the file is cut short.
func (r *Reader) index(size int64) error {
	var head [blockHead]byte
	for at := int64(fileHead); r.final.raw == 0; {
		if at+int64(blockHead) > size {
			return nil
		}
		if _, err := r.r.ReadAt(head[:], at); err != nil {
			return err
		}
		p := place{at, binary.LittleEndian.Uint32(head[5:]), binary.LittleEndian.Uint32(head[9:])}
		at += int64(blockHead) + int64(p.stored)
		if at > size {
			return nil
		}
		id := binary.LittleEndian.Uint32(head[1:])
		if int64(id) >= int64(len(r.start)) || p.raw > MaxBlock || p.stored > p.raw || !r.enter(kind(head[0]), id, p) {
			return fmt.Errorf("%w: the block at byte %d is damaged", ErrRecording, p.at)
		}
	}
	return nil
}

func (r *Reader) enter(k kind, id uint32, p place) bool {
	switch k {
	case startBlock:
		r.start[id] = p
	case inboxBlock:
		r.inbox[id] = append(r.inbox[id], p)
	case endBlock:
		r.end[id] = p
		return p.raw >= endBytes
	case closeBlock:
		r.final = p
		return p.raw == finalBytes
	}
	return k < numKinds
}

// NumNeurons returns the number of neurons of the network.
func (r *Reader) NumNeurons() int { return len(r.start) }

// Final returns what the network was in the end; ok is false where the
// recording was cut short.
func (r *Reader) Final() (f Final, ok bool, err error) {
	if r.final.raw == 0 {
		return f, false, nil
	}
	b, err := r.read(r.final)
	if err != nil {
		return f, false, err
	}
	f.Now = neuron.Time(binary.LittleEndian.Uint64(b))
	copy(f.State[:], b[8:])
	return f, true, nil
}

// Start returns how neuron id began: see Writer.Start.
func (r *Reader) Start(id neuron.ID) ([]byte, error) {
	if r.start[id].raw == 0 {
		return nil, fmt.Errorf("%w: it does not say how neuron %d began", ErrRecording, id)
	}
	return r.read(r.start[id])
}

// End returns what neuron id was in the end; ok is false where the recording
// does not say.
func (r *Reader) End(id neuron.ID) (e End, ok bool, err error) {
	if r.end[id].raw == 0 {
		return e, false, nil
	}
	b, err := r.read(r.end[id])
	if err != nil {
		return e, false, err
	}
	return parseEnd(b), true, nil
}

// Inboxes returns the blocks of inboxes of neuron id, in order; a Decoder
// takes them apart.
func (r *Reader) Inboxes(id neuron.ID) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, p := range r.inbox[id] {
			b, err := r.read(p)
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

func (r *Reader) read(p place) ([]byte, error) {
	b := make([]byte, blockHead+int(p.stored))
	if _, err := r.r.ReadAt(b, p.at); err != nil {
		return nil, err
	}
	if checksum(b) != binary.LittleEndian.Uint32(b[13:]) {
		return nil, fmt.Errorf("%w: the block at byte %d is damaged", ErrRecording, p.at)
	}
	if p.raw == p.stored {
		return b[blockHead:], nil
	}
	raw, err := r.zstd.DecodeAll(b[blockHead:], make([]byte, 0, p.raw))
	if err != nil || len(raw) != int(p.raw) {
		return nil, fmt.Errorf("%w: the block at byte %d cannot be unpacked", ErrRecording, p.at)
	}
	return raw, nil
}
