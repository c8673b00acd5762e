package inboxes

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/klauspost/compress/zstd"

	"infomorph/neuron"
)

// Reader reads a recording. It is safe for concurrent use if its io.ReaderAt
// is.
type Reader struct {
	r      io.ReaderAt
	blocks [][]place // by neuron, in order
	final  place     // raw 0: there is none
	zstd   *zstd.Decoder
}

// place is the position of a block.
type place struct {
	at          int64
	raw, stored uint32
	kind        Kind
}

// Block is a piece of the recording of one neuron.
type Block struct {
	Kind Kind
	Data []byte
}

// NewReader finds the blocks of a recording of size bytes. It reads only the
// heads of blocks; their data are checked when they are read.
func NewReader(r io.ReaderAt, size int64) (*Reader, error) {
	var head [fileHead]byte
	if _, err := r.ReadAt(head[:], 0); err != nil || string(head[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it does not begin with %q", ErrRecording, magic)
	}
	if v := binary.LittleEndian.Uint32(head[8:]); v != version {
		return nil, fmt.Errorf("%w: version %d, this program reads %d", ErrRecording, v, version)
	}
	n := binary.LittleEndian.Uint32(head[12:])
	if int64(n)*blockHead > size {
		return nil, fmt.Errorf("%w: it claims %d neurons in %d bytes", ErrRecording, n, size)
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(MaxBlock), zstd.WithDecoderConcurrency(0))
	if err != nil {
		return nil, err
	}
	rec := &Reader{r: r, blocks: make([][]place, n), zstd: z}
	if err := rec.index(size); err != nil {
		z.Close()
		return nil, err
	}
	return rec, nil
}

// Close frees the resources of the reader. It does not close its io.ReaderAt.
func (r *Reader) Close() { r.zstd.Close() }

// index finds all blocks; it stops at an incomplete block.
func (r *Reader) index(size int64) error {
	var head [blockHead]byte
	for at := int64(fileHead); r.final.raw == 0; {
		if at+int64(blockHead) > size {
			return nil
		}
		if _, err := r.r.ReadAt(head[:], at); err != nil {
			return err
		}
		p := place{at, binary.LittleEndian.Uint32(head[5:]), binary.LittleEndian.Uint32(head[9:]), Kind(head[0])}
		at += int64(blockHead) + int64(p.stored)
		if at > size {
			return nil
		}
		id := binary.LittleEndian.Uint32(head[1:])
		if int64(id) >= int64(len(r.blocks)) || p.raw > MaxBlock || p.stored > p.raw || !r.enter(id, p) {
			return fmt.Errorf("%w: the block at byte %d is damaged", ErrRecording, p.at)
		}
		if r.final.raw > 0 && at != size {
			return fmt.Errorf("%w: %d bytes follow its end", ErrRecording, size-at)
		}
	}
	return nil
}

// enter adds a block to the index. It returns false if the block is not valid;
// the first block of a neuron must be a start.
func (r *Reader) enter(id uint32, p place) bool {
	if p.kind == closeBlock {
		r.final = p
		return p.raw == finalBytes
	}
	if p.kind > closeBlock || len(r.blocks[id]) == 0 && p.kind != StartBlock {
		return false
	}
	r.blocks[id] = append(r.blocks[id], p)
	return true
}

// NumNeurons returns the number of neurons of the network.
func (r *Reader) NumNeurons() int { return len(r.blocks) }

// Final returns the state of the network at the end; ok is false if the
// recording is truncated.
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

// Failed reports whether the run failed. It returns false if the recording does
// not say.
func (r *Reader) Failed() bool {
	f, ok, err := r.Final()
	return ok && err == nil && f.Failed()
}

// Midway reports whether a neuron does not begin in the initial state of the
// network, because the recording continues a run whose beginning is in another
// recording.
func (r *Reader) Midway() bool {
	return slices.ContainsFunc(r.blocks, func(b []place) bool { return len(b) > 0 && b[0].raw != sha256.Size })
}

// NumBlocks returns how many blocks there are of neuron id.
func (r *Reader) NumBlocks(id neuron.ID) int { return len(r.blocks[id]) }

// Block returns block k of neuron id.
func (r *Reader) Block(id neuron.ID, k int) (Block, error) {
	p := r.blocks[id][k]
	b, err := r.read(p)
	return Block{p.kind, b}, err
}

// Blocks returns the blocks of neuron id, in order.
func (r *Reader) Blocks(id neuron.ID) iter.Seq2[Block, error] {
	return func(yield func(Block, error) bool) {
		for k := range r.blocks[id] {
			b, err := r.Block(id, k)
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
