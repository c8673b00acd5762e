package neuron

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// stateVersion is the first byte of a neuron's state. Increase it when the
// layout changes.
const stateVersion = 2

// errState is wrapped by every error about a state that cannot be restored.
var errState = errors.New("neuron: not a state of this neuron")

// AppendBinary appends the complete state of the neuron to dst: synapses,
// window, random streams and all other values, in one canonical form. So
// neurons with equal bytes behave equally for equal inboxes.
//
// A neuron without presynaptic values of its own must be shown them before the
// call.
func (n *Neuron) AppendBinary(dst []byte) ([]byte, error) {
	for p := range n.ports {
		if len(n.ports[p].x) != len(n.ports[p].w) {
			return dst, fmt.Errorf("neuron: %d is not shown its inputs", n.id)
		}
	}
	if n.broken {
		return dst, fmt.Errorf("neuron: %d broke down and has no state", n.id)
	}
	dst = append(dst, stateVersion, byte(n.dynamics), flagBits(n.plastic, n.silent, n.frozen, n.held != nil && n.held.valid))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(n.id))
	for _, v := range []int64{int64(n.next), n.updates, n.steps, n.belief.steps} {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
	}
	for _, v := range []float32{n.y, n.sent, n.stuck} {
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(v))
	}
	dst = appendFloats(dst, n.rateScale, n.news, n.meanR, n.meanRate, n.belief.x, n.belief.norm)
	for p := range n.ports {
		dst = n.ports[p].appendBinary(dst)
	}
	var err error
	for _, src := range []binaryAppender{&n.outputs, &n.clock, &n.window} {
		at := len(dst)
		dst = binary.LittleEndian.AppendUint32(dst, 0)
		if dst, err = src.AppendBinary(dst); err != nil {
			return dst, err
		}
		binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	if n.held != nil && n.held.valid {
		dst = appendFloats(dst, n.held.sum[:]...)
		dst = appendFloats(dst, n.held.slope[:]...)
	}
	if n.cfg.followsResidual() {
		dst = appendFloats(dst, n.residual)
	}
	return dst, nil
}

type binaryAppender interface{ AppendBinary([]byte) ([]byte, error) }

// UnmarshalBinary restores a state written by AppendBinary into a neuron made
// with the same id, configuration and synapses. It returns an error, and may
// leave the neuron unusable, if data is anything else.
func (n *Neuron) UnmarshalBinary(data []byte) error {
	r := reader{data: data}
	version, dynamics, bits := r.byte(), Dynamics(r.byte()), r.byte()
	id := ID(r.uint32())
	if r.bad || version != stateVersion || id != n.id {
		return fmt.Errorf("%w: version %d, neuron %d; expected version %d, neuron %d", errState, version, id, stateVersion, n.id)
	}
	n.broken = false
	n.dynamics, n.plastic, n.silent, n.frozen = dynamics, bits&1 != 0, bits&2 != 0, bits&4 != 0
	if ok := n.readScalars(&r); !r.bad && (!ok || dynamics >= numDynamics || bits > 15) {
		return fmt.Errorf("%w: neuron %d: a value is out of range", errState, n.id)
	}
	for p := range n.ports {
		n.ports[p].unmarshal(&r)
	}
	for _, dst := range []interface{ UnmarshalBinary([]byte) error }{&n.outputs, &n.clock, &n.window} {
		part := r.bytes(int(r.uint32()))
		if r.bad {
			break
		}
		if err := dst.UnmarshalBinary(part); err != nil {
			return fmt.Errorf("%w: %w", errState, err)
		}
	}
	n.held = nil
	if bits&8 != 0 {
		n.held = &held{valid: true}
		r.floats(n.held.sum[:])
		r.floats(n.held.slope[:])
	}
	if n.cfg.followsResidual() {
		n.residual = r.float64()
	}
	if r.bad || len(r.data) != 0 {
		return fmt.Errorf("%w: neuron %d: the length does not fit", errState, n.id)
	}
	return nil
}

// readScalars restores all values outside the ports and reports whether they
// are valid.
func (n *Neuron) readScalars(r *reader) bool {
	n.next, n.updates, n.steps = Time(r.uint64()), int64(r.uint64()), int64(r.uint64())
	n.belief.steps = int64(r.uint64())
	for _, dst := range []*float32{&n.y, &n.sent, &n.stuck} {
		*dst = math.Float32frombits(r.uint32())
	}
	for _, dst := range []*float64{&n.rateScale, &n.news, &n.meanR, &n.meanRate, &n.belief.x, &n.belief.norm} {
		*dst = r.float64()
	}
	return n.next >= 0 && n.updates >= 0 && n.steps >= 0 && n.belief.steps >= 0 && n.y*n.y == 1 &&
		(n.stuck == 0 || n.stuck*n.stuck == 1)
}

func (p *port) appendBinary(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(p.w)))
	dst = appendFloats(dst, p.bias)
	dst = appendFloats(dst, p.w...)
	dst = appendFloats(dst, p.x...)
	for _, values := range p.own() {
		dst = appendFloats(dst, values...)
	}
	return dst
}

func (p *port) unmarshal(r *reader) {
	if int(r.uint32()) != len(p.w) {
		r.bad = true
		return
	}
	if p.x == nil {
		p.x = make([]float64, len(p.w))
	}
	p.bias = r.float64()
	r.floats(p.w)
	r.floats(p.x)
	for _, dst := range p.own() {
		r.floats(dst)
	}
	p.touch()
}

func flagBits(flags ...bool) (b byte) {
	for i, f := range flags {
		if f {
			b |= 1 << i
		}
	}
	return b
}

func appendFloats(dst []byte, vs ...float64) []byte {
	for _, v := range vs {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	return dst
}

// reader reads values from the front of data; bad is set if there is too little
// data.
type reader struct {
	data []byte
	bad  bool
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.data) {
		r.bad = true
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) float64() float64 { return math.Float64frombits(r.uint64()) }

// floats fills dst.
func (r *reader) floats(dst []float64) {
	b := r.bytes(8 * len(dst))
	if b == nil {
		return
	}
	for i := range dst {
		dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
}

// InputsOf reads the presynaptic values, by port and slot, and the dynamics
// from the state of a neuron with cfg, and appends the values to dst[:0]. ok is
// false if the state is invalid.
func InputsOf(dst []float64, state []byte, cfg *Config) (seen []float64, d Dynamics, ok bool) {
	dst = dst[:0]
	if len(state) < portsAt || state[0] != stateVersion {
		return dst, 0, false
	}
	r := reader{data: state[portsAt:]}
	for p := range cfg.Ports {
		n := int(r.uint32())
		if n > len(r.data)/8 {
			return dst, 0, false
		}
		r.bytes(8 + 8*n)
		from := len(dst)
		dst = append(dst, make([]float64, n)...)
		r.floats(dst[from:])
		r.bytes(8 * cfg.Ports[p].ownValues(n))
	}
	return dst, Dynamics(state[dynamicsAt]), !r.bad
}
