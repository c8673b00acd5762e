package inboxes

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"infomorph/neuron"
)

// ErrRecording is wrapped by errors about bytes that are no recording.
var ErrRecording = errors.New("not a recording of this network")

// shape is the state that encoder and decoder share: synapses are numbered in
// sequence, port after port, and for each the last value is kept.
type shape struct {
	first [neuron.NumPorts + 1]int32
	last  []float32
	index int32 // synapse of the last event
	time  neuron.Time
}

func newShape(slots [neuron.NumPorts]int32) shape {
	var s shape
	for p, n := range slots {
		s.first[p+1] = s.first[p] + n
	}
	s.last = make([]float32, s.first[neuron.NumPorts])
	return s
}

// Encoder writes the inboxes of one neuron. An inbox takes
//
//	Δtime:uvarint  events·2+signals?:uvarint
//	each event:    zigzag(Δsynapse)·2+news?:uvarint [value, if it is news]
//	signals:       count:uvarint, each kind:u8 flags:u8 value:f64
//
// where a value is 0, 1 or 2 for −1, 0 and +1, or 3 followed by an f32. news is
// set if the value differs from the last one of this synapse. Most events take
// one byte.
type Encoder struct{ shape }

// NewEncoder returns an encoder for a neuron; slots are the numbers of its
// synapses by port.
func NewEncoder(slots [neuron.NumPorts]int32) *Encoder { return &Encoder{newShape(slots)} }

// Restart resets the encoder, for a neuron that starts again.
func (e *Encoder) Restart() { e.restart() }

func (s *shape) restart() {
	clear(s.last)
	s.index, s.time = 0, 0
}

// Append appends an inbox: what reached the neuron id by its own time t. Times
// must not decrease. Signals for other neurons are left out.
func (e *Encoder) Append(dst []byte, id neuron.ID, t neuron.Time, in neuron.Inbox) []byte {
	if t < e.time {
		panic("recording: times fall")
	}
	dst = binary.AppendUvarint(dst, uint64(t-e.time))
	e.time = t
	reach := 0
	for i := range in.Signals {
		if in.Signals[i].Reaches(id) {
			reach++
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(in.Events))<<1|uint64(min(reach, 1)))
	for i := range in.Events {
		dst = e.appendEvent(dst, &in.Events[i])
	}
	if reach == 0 {
		return dst
	}
	dst = binary.AppendUvarint(dst, uint64(reach))
	for i := range in.Signals {
		if s := &in.Signals[i]; s.Reaches(id) {
			dst = append(dst, byte(s.Kind), byte(s.Flags))
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(s.Value))
		}
	}
	return dst
}

func (e *Encoder) appendEvent(dst []byte, ev *neuron.Event) []byte {
	k := e.first[ev.Port] + ev.Slot
	d := k - e.index
	e.index = k
	code := uint64(uint32(d<<1)^uint32(d>>31)) << 1
	if math.Float32bits(ev.Value) == math.Float32bits(e.last[k]) {
		if code < 0x80 {
			return append(dst, byte(code))
		}
		return binary.AppendUvarint(dst, code)
	}
	e.last[k] = ev.Value
	return appendValue(binary.AppendUvarint(dst, code|1), ev.Value)
}

func appendValue(dst []byte, v float32) []byte {
	switch math.Float32bits(v) {
	case math.Float32bits(-1):
		return append(dst, 0)
	case 0:
		return append(dst, 1)
	case math.Float32bits(1):
		return append(dst, 2)
	}
	return binary.LittleEndian.AppendUint32(append(dst, 3), math.Float32bits(v))
}

// Decoder reads the inboxes of one neuron.
type Decoder struct {
	shape
	id      neuron.ID
	events  []neuron.Event
	signals []neuron.Signal
	data    []byte
}

// NewDecoder returns a decoder for neuron id; slots are the numbers of its
// synapses by port.
func NewDecoder(id neuron.ID, slots [neuron.NumPorts]int32) *Decoder {
	return &Decoder{shape: newShape(slots), id: id}
}

// Restart resets the decoder, for a neuron that starts again.
func (d *Decoder) Restart() { d.restart() }

// maxTime is the largest time, so that sums of times do not overflow.
const maxTime = neuron.Never / 2

var errDamaged = fmt.Errorf("%w: an inbox is damaged", ErrRecording)

// Next decodes the first inbox of data, which must not be empty. The inbox is
// valid until the next call.
func (d *Decoder) Next(data []byte) (in neuron.Inbox, rest []byte, err error) {
	d.data, d.events, d.signals = data, d.events[:0], d.signals[:0]
	wait, ok1 := d.uvarint()
	head, ok2 := d.uvarint()
	count := head >> 1
	if !ok1 || !ok2 || wait > uint64(maxTime-d.time) || count > uint64(len(d.data)) {
		return in, nil, errDamaged
	}
	d.time += neuron.Time(wait)
	for range count {
		if !d.event() {
			return in, nil, errDamaged
		}
	}
	if head&1 != 0 && !d.readSignals() {
		return in, nil, errDamaged
	}
	return neuron.Inbox{Events: d.events, Signals: d.signals, End: d.time + 1}, d.data, nil
}

func (d *Decoder) uvarint() (uint64, bool) {
	v, n := binary.Uvarint(d.data)
	if n <= 0 {
		return 0, false
	}
	d.data = d.data[n:]
	return v, true
}

func (d *Decoder) event() bool {
	code, ok := d.uvarint()
	z := code >> 1
	if !ok || z > math.MaxUint32 {
		return false
	}
	k := int64(d.index) + int64(int32(uint32(z)>>1)^-int32(z&1))
	if k < 0 || k >= int64(len(d.last)) {
		return false
	}
	d.index = int32(k)
	if code&1 != 0 {
		if d.last[k], ok = d.value(); !ok {
			return false
		}
	}
	p := neuron.Port(0)
	for d.index >= d.first[p+1] {
		p++
	}
	d.events = append(d.events, neuron.Event{Time: d.time, Value: d.last[k], Slot: d.index - d.first[p], Port: p})
	return true
}

func (d *Decoder) value() (float32, bool) {
	if len(d.data) == 0 || d.data[0] > 3 {
		return 0, false
	}
	code := d.data[0]
	d.data = d.data[1:]
	if code < 3 {
		return float32(code) - 1, true
	}
	if len(d.data) < 4 {
		return 0, false
	}
	v := math.Float32frombits(binary.LittleEndian.Uint32(d.data))
	d.data = d.data[4:]
	return v, v-v == 0
}

func (d *Decoder) readSignals() bool {
	n, ok := d.uvarint()
	if !ok || n > uint64(len(d.data))/10 {
		return false
	}
	for range n {
		d.signals = append(d.signals, neuron.Signal{
			Time: d.time, Kind: neuron.SignalKind(d.data[0]), Flags: neuron.Flags(d.data[1]), First: d.id, Last: d.id + 1,
			Value: math.Float64frombits(binary.LittleEndian.Uint64(d.data[2:])),
		})
		d.data = d.data[10:]
	}
	return true
}
