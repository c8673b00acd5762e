package inboxes

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"

	"infomorph/neuron"
)

// Name is the name of the recording in a result folder.
const Name = "inboxes.imr"

const (
	magic     = "IMinbox\n"
	version   = 1
	fileHead  = len(magic) + 4 + 4
	blockHead = 1 + 4*4
)

// MaxBlock is the largest number of raw bytes of a block.
const MaxBlock = 1 << 26

// Kind is the kind of a block.
type Kind uint8

// The kinds; see the package comment.
const (
	StartBlock Kind = iota
	InboxBlock
	EndBlock
	closeBlock
)

// End is a summary of the state of a neuron at some time.
type End struct {
	Updates int64
	Spikes  int64 // sent since the last start or end
	// State, Weights and Window are the SHA-256 of the whole state, of the
	// weights and of the window. Output is the SHA-256 of all output since the
	// last start or end.
	State, Weights, Window, Output [sha256.Size]byte
	Pending                        []byte // events that have not arrived yet, encoded as in the network's state
}

// Final is a summary of the state of the network at the end.
type Final struct {
	Now neuron.Time
	// State is the SHA-256 of its whole state. It is zero if the run failed,
	// because the state of some neurons may be unknown then.
	State [sha256.Size]byte
}

// Failed reports whether the run failed.
func (f *Final) Failed() bool { return f.State == [sha256.Size]byte{} }

const finalBytes = 8 + sha256.Size

const endBytes = 8 + 8 + 4*sha256.Size

// Append appends the end in the format of a block.
func (e *End) Append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.Updates))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.Spikes))
	for _, sum := range [][sha256.Size]byte{e.State, e.Weights, e.Window, e.Output} {
		dst = append(dst, sum[:]...)
	}
	return append(dst, e.Pending...)
}

// ParseEnd reads what Append wrote; Pending of the result is a part of b.
func ParseEnd(b []byte) (e End, err error) {
	if len(b) < endBytes {
		return e, fmt.Errorf("%w: an end is damaged", ErrRecording)
	}
	e.Updates, e.Spikes = int64(binary.LittleEndian.Uint64(b)), int64(binary.LittleEndian.Uint64(b[8:]))
	b = b[16:]
	for _, sum := range []*[sha256.Size]byte{&e.State, &e.Weights, &e.Window, &e.Output} {
		b = b[copy(sum[:], b):]
	}
	e.Pending = b
	return e, nil
}

// Writer writes a recording. It is not safe for concurrent use.
type Writer struct {
	w    io.Writer
	zstd *zstd.Encoder
	buf  []byte
	size int64
}

// NewWriter starts a recording of a network with the given number of neurons. w
// should be buffered; blocks have about 10 kB.
func NewWriter(w io.Writer, neurons int) (*Writer, error) {
	r, err := Continue(w, 0)
	if err != nil {
		return nil, err
	}
	r.buf = append(r.buf, magic...)
	r.buf = binary.LittleEndian.AppendUint32(r.buf, version)
	r.buf = binary.LittleEndian.AppendUint32(r.buf, uint32(neurons))
	return r, r.flush()
}

// Continue appends to a recording of size bytes that was not closed.
func Continue(w io.Writer, size int64) (*Writer, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	return &Writer{w: w, zstd: z, size: size}, err
}

// Size returns the size of the recording [bytes].
func (r *Writer) Size() int64 { return r.size }

// Block adds a block of neuron id with the content raw. For a start this is the
// SHA-256 of the neuron's state if that is the initial state of the network,
// otherwise the state. For an inbox block it is inboxes from an Encoder, for an
// end the bytes from End.Append.
func (r *Writer) Block(k Kind, id neuron.ID, raw []byte) error {
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

// Close ends the recording and marks it as complete.
func (r *Writer) Close(f Final) error {
	return r.Block(closeBlock, 0, append(binary.LittleEndian.AppendUint64(nil, uint64(f.Now)), f.State[:]...))
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
