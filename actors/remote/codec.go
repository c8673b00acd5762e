package remote

import (
	"encoding/binary"
	"errors"
	"math"
)

// errBody is wrapped by errors about bodies that cannot be read.
var errBody = errors.New("damaged or of another version")

// writer appends the parts of a body.
type writer struct{ b []byte }

func (w *writer) u(v uint64)     { w.b = binary.AppendUvarint(w.b, v) }
func (w *writer) i(v int64)      { w.b = binary.AppendVarint(w.b, v) }
func (w *writer) u8(v uint8)     { w.b = append(w.b, v) }
func (w *writer) f32(v float32)  { w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(v)) }
func (w *writer) f64(v float64)  { w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v)) }
func (w *writer) u64(v uint64)   { w.b = binary.LittleEndian.AppendUint64(w.b, v) }
func (w *writer) text(s string)  { w.u(uint64(len(s))); w.b = append(w.b, s...) }
func (w *writer) bytes(b []byte) { w.u(uint64(len(b))); w.b = append(w.b, b...) }
func (w *writer) raw(b []byte)   { w.b = append(w.b, b...) }
func (w *writer) floats(f []float64) {
	w.u(uint64(len(f)))
	for _, v := range f {
		w.f64(v)
	}
}

// reader reads a body from the front. After an error it reads zeros, so callers
// can check err once, at the end.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail() {
	r.b, r.err = nil, errBody
}

func (r *reader) u() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) i() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

// size reads the number of elements that follow, each at least each bytes long.
// It fails if the rest of the body is too short for them.
func (r *reader) size(each int) int {
	n := r.u()
	if n > uint64(len(r.b)/max(each, 1)) {
		r.fail()
		return 0
	}
	return int(n)
}

// raw reads n bytes. The result is a slice of the body.
func (r *reader) raw(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail()
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) u8() uint8 {
	if b := r.raw(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.raw(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) f32() float32 {
	if b := r.raw(4); b != nil {
		return math.Float32frombits(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (r *reader) f64() float64  { return math.Float64frombits(r.u64()) }
func (r *reader) bytes() []byte { return r.raw(r.size(1)) }
func (r *reader) text() string  { return string(r.bytes()) }

func (r *reader) floats() []float64 {
	n := r.size(8)
	if n == 0 {
		return nil
	}
	f := make([]float64, n)
	for k := range f {
		f[k] = r.f64()
	}
	return f
}

// end returns an error unless the whole body was read.
func (r *reader) end() error {
	if r.err == nil && len(r.b) > 0 {
		return errBody
	}
	return r.err
}
