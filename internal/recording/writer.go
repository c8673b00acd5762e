package recording

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"

	"infomorph/neuron"
)

// Name is the recording's place in a result folder.
const Name = "recordings/inboxes.imr"

const (
	magic     = "IMinbox\n"
	version   = 1
	fileHead  = len(magic) + 4 + 4
	blockHead = 1 + 4*4
)

// MaxBlock bounds the raw bytes of a block.
const MaxBlock = 1 << 28

type kind uint8

const (
	startBlock kind = iota
	inboxBlock
	endBlock
	closeBlock
	numKinds
)

// End is what a neuron was when its recording ended.
type End struct {
	Updates, Spikes int64
	// State, Weights and Window are SHA-256 of the whole state, of the weights
	// and of the window, Told of everything the neuron told.
	State, Weights, Window, Told [sha256.Size]byte
	Flight                       []byte // what was still to come, as the network's state holds it
}

// Final is what the network was in the end.
type Final struct {
	Now   neuron.Time
	State [sha256.Size]byte // SHA-256 of its whole state
}

const finalBytes = 8 + sha256.Size

const endBytes = 8 + 8 + 4*sha256.Size

func (e *End) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.Updates))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.Spikes))
	for _, sum := range [][sha256.Size]byte{e.State, e.Weights, e.Window, e.Told} {
		dst = append(dst, sum[:]...)
	}
	return append(dst, e.Flight...)
}

func parseEnd(b []byte) (e End) {
	e.Updates, e.Spikes = int64(binary.LittleEndian.Uint64(b)), int64(binary.LittleEndian.Uint64(b[8:]))
	b = b[16:]
	for _, sum := range []*[sha256.Size]byte{&e.State, &e.Weights, &e.Window, &e.Told} {
		b = b[copy(sum[:], b):]
	}
	e.Flight = b
	return e
}

// Writer writes a recording. It is not safe for concurrent use.
type Writer struct {
	w    io.Writer
	zstd *zstd.Encoder
	buf  []byte
	size int64
}

// NewWriter starts a recording of a network with so many neurons. w should be
// buffered; blocks are some 10 kB.
func NewWriter(w io.Writer, neurons int) (*Writer, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, err
	}
	r := &Writer{w: w, zstd: z}
	r.buf = append(r.buf, magic...)
	r.buf = binary.LittleEndian.AppendUint32(r.buf, version)
	r.buf = binary.LittleEndian.AppendUint32(r.buf, uint32(neurons))
	return r, r.flush()
}

// Size returns how many bytes were written.
func (r *Writer) Size() int64 { return r.size }

// Start says how neuron id begins: data is the SHA-256 of its state if it is
// as the network makes it, else the state.
func (r *Writer) Start(id neuron.ID, data []byte) error { return r.block(startBlock, id, data) }

// Inboxes adds inboxes of neuron id, as an Encoder appended them.
func (r *Writer) Inboxes(id neuron.ID, data []byte) error { return r.block(inboxBlock, id, data) }

// End says what neuron id was in the end.
func (r *Writer) End(id neuron.ID, e *End) error { return r.block(endBlock, id, e.append(nil)) }

// Close ends the recording and marks it as whole.
func (r *Writer) Close(f Final) error {
	return r.block(closeBlock, 0, append(binary.LittleEndian.AppendUint64(nil, uint64(f.Now)), f.State[:]...))
}

func (r *Writer) block(k kind, id neuron.ID, raw []byte) error {
	if len(raw) > MaxBlock {
		return fmt.Errorf("recording: a block of neuron %d has %d bytes, at most %d are allowed", id, len(raw), MaxBlock)
	}
	head := [blockHead]byte{byte(k)}
	r.buf = append(r.buf[:0], head[:]...)
	r.buf = r.zstd.EncodeAll(raw, r.buf)
	if len(r.buf)-blockHead >= len(raw) {
		r.buf = append(r.buf[:blockHead], raw...)
	}
	binary.LittleEndian.PutUint32(r.buf[1:], uint32(id))
	binary.LittleEndian.PutUint32(r.buf[5:], uint32(len(raw)))
	binary.LittleEndian.PutUint32(r.buf[9:], uint32(len(r.buf)-blockHead))
	binary.LittleEndian.PutUint32(r.buf[13:], checksum(r.buf))
	return r.flush()
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum returns the crc of a block with its head.
func checksum(block []byte) uint32 {
	return crc32.Update(crc32.Checksum(block[:13], castagnoli), castagnoli, block[blockHead:])
}

func (r *Writer) flush() error {
	n, err := r.w.Write(r.buf)
	r.size += int64(n)
	r.buf = r.buf[:0]
	return err
}
