package sim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"infomorph/neuron"
)

// The state of a network is
//
//	"IMst" version:u16 now:i64 neurons:u32 channels:u32
//	in version 2: length:u64 | topology.Change from the original network, or
//	  0xFFFFFFFF:u32 | other noise (see SetNoise) | topology.Change, if any
//	then for each neuron, in order of id:
//	  length:u32 | its own state (neuron.AppendBinary)
//	  draws: u8 length, then the stream of its transport noise
//	  count:u32 | pending events of it, sorted: time:i64 value:f32 slot:i32 port:u8
//
// All numbers are little-endian. Version 2 is for a network whose structure or
// noise has changed, version 1 for all others. The state does not depend on how
// neurons are distributed over groups, so hashes of states can be compared.
const (
	stateMagic   = "IMst"
	stateVersion = 1 // of an original network
	stateChanged = 2 // of a changed network
	stateHead    = len(stateMagic) + 2 + 8 + 4 + 4
	eventBytes   = 17
)

// maxTime bounds the time of a state, so that later times do not overflow.
const maxTime = neuron.Never / 2

// ErrState is wrapped by errors about bytes that are not a state of the
// network.
var ErrState = errors.New("sim: not a state of this network")

// AppendHeader appends the header of the state of a network at time now.
func AppendHeader(dst []byte, net *Network, now neuron.Time) []byte {
	version, change := uint16(stateVersion), net.lineage.block()
	if len(change) > 0 {
		version = stateChanged
	}
	dst = append(dst, stateMagic...)
	dst = binary.LittleEndian.AppendUint16(dst, version)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(now))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(net.NumNeurons()))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(net.NumChannels()))
	if len(change) > 0 {
		dst = append(binary.LittleEndian.AppendUint64(dst, uint64(len(change))), change...)
	}
	return dst
}

// AppendState appends the records of the group's neurons at time now. All
// neurons must have run up to now.
func (g *Group) AppendState(dst []byte, now neuron.Time) ([]byte, error) {
	g.Save(now)
	var err error
	first := len(dst)
	for i := 0; i < len(g.neurons); {
		if dst, i, err = g.appendPiece(dst, i); err != nil {
			return dst, err
		}
		if len(dst)-first < 2*Piece {
			dst = GrowState(dst, first, i, len(g.neurons))
		}
	}
	return dst, nil
}

// WriteState writes the bytes that AppendState would append.
func (g *Group) WriteState(w io.Writer, now neuron.Time) error {
	g.Save(now)
	var piece []byte
	var err error
	for i := 0; i < len(g.neurons); {
		if piece, i, err = g.appendPiece(piece[:0], i); err != nil {
			return err
		}
		if _, err = w.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

// appendPiece appends the records of neurons from i on, up to about Piece
// bytes. It returns the first neuron of the next piece.
func (g *Group) appendPiece(dst []byte, i int) ([]byte, int, error) {
	var err error
	for first := len(dst); i < len(g.neurons) && len(dst)-first < Piece; i++ {
		if dst, err = AppendNeuron(dst, g.neurons[i], g.Seen(i)); err != nil {
			return dst, i, err
		}
		dst = g.AppendEvents(dst, i)
	}
	return dst, i, nil
}

// GrowState reserves memory for the rest of a state. The records of done of all
// neurons were appended from first on, and the rest should need as much per
// neuron. Growing step by step would need several times the memory of a large
// state.
func GrowState(dst []byte, first, done, all int) []byte {
	return slices.Grow(dst, int(float64(len(dst)-first)/float64(done)*float64(all-done)*17/16))
}

// AppendNeuron appends the length and state of one neuron. seen holds the
// presynaptic values that it is shown; nil if it has its own.
func AppendNeuron(dst []byte, n *neuron.Neuron, seen []float64) ([]byte, error) {
	if seen != nil {
		n.Show(seen)
		defer n.Show(nil)
	}
	at := len(dst)
	dst, err := n.AppendBinary(binary.LittleEndian.AppendUint32(dst, 0))
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst, err
}

// ReportNeuron returns the report of a neuron. seen holds the presynaptic
// values that it is shown; nil if it has its own or if the report does not
// depend on them.
func ReportNeuron(n *neuron.Neuron, want neuron.Want, seen []float64) neuron.Report {
	if seen != nil {
		n.Show(seen)
		defer n.Show(nil)
	}
	return n.Report(want)
}

// RestoreNeuron is the inverse of AppendNeuron, without the length.
func RestoreNeuron(n *neuron.Neuron, state []byte, seen []float64) error {
	n.Show(seen)
	err := n.UnmarshalBinary(state)
	if seen != nil {
		n.Show(nil)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	return nil
}

// PendingEvents holds the pending events of the neurons of a router.
type PendingEvents struct {
	router *Router
	events []neuron.Event // grouped by neuron, each group sorted
	bounds []int
}

// Pending returns the pending events, in canonical order.
func (r *Router) Pending() *PendingEvents {
	f := &PendingEvents{router: r, events: make([]neuron.Event, r.pending), bounds: make([]int, r.Len()+1)}
	r.eachPending(func(p *pendingEvent, _ neuron.Time) { f.bounds[p.target+1]++ })
	for i := 1; i < len(f.bounds); i++ {
		f.bounds[i] += f.bounds[i-1]
	}
	at := slices.Clone(f.bounds)
	r.eachPending(func(p *pendingEvent, start neuron.Time) {
		f.events[at[p.target]] = p.event(start)
		at[p.target]++
	})
	for i := range r.Len() {
		sortStable(f.events[f.bounds[i]:f.bounds[i+1]], neuron.Event.Compare)
	}
	return f
}

// eachPending visits the pending events, epoch by epoch.
func (r *Router) eachPending(visit func(p *pendingEvent, start neuron.Time)) {
	for k := range int64(len(r.ring)) {
		epoch := r.epoch + k
		bucket := r.ring[epoch%int64(len(r.ring))]
		for i := range bucket {
			visit(&bucket[i], neuron.Time(epoch)*r.width)
		}
	}
}

// Append appends the record of neuron i of the router.
func (f *PendingEvents) Append(dst []byte, i int) []byte {
	return appendEvents(f.router.appendDraws(dst, i), f.events[f.bounds[i]:f.bounds[i+1]])
}

// AppendPending appends the record of the pending events of a neuron of
// a network without noise. They must be sorted.
func AppendPending(dst []byte, events []neuron.Event) []byte {
	return appendEvents(append(dst, 0), events)
}

// appendEvents appends events in the format of a state.
func appendEvents(dst []byte, events []neuron.Event) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(events)))
	for i := range events {
		e := &events[i]
		dst = binary.LittleEndian.AppendUint64(dst, uint64(e.Time))
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(e.Value))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(e.Slot))
		dst = append(dst, byte(e.Port))
	}
	return dst
}

// Events returns the pending events of a neuron at time now. slots is its
// number of synapses by port.
func (r Record) Events(slots [neuron.NumPorts]int32, now neuron.Time) ([]neuron.Event, error) {
	events := make([]neuron.Event, 0, len(r.events)/eventBytes)
	for b := r.events; len(b) > 0; b = b[eventBytes:] {
		e := neuron.Event{
			Time:  neuron.Time(binary.LittleEndian.Uint64(b)),
			Value: math.Float32frombits(binary.LittleEndian.Uint32(b[8:])),
			Slot:  int32(binary.LittleEndian.Uint32(b[12:])),
			Port:  neuron.Port(b[16]),
		}
		fits := e.Port < neuron.NumPorts && e.Slot >= 0 && e.Slot < slots[e.Port] && finite(e.Value)
		if e.Time < now || !fits {
			return nil, fmt.Errorf("%w: a pending event at %v to port %v slot %d does not fit", ErrState, e.Time, e.Port, e.Slot)
		}
		events = append(events, e)
	}
	return events, nil
}

func (r *Router) appendDraws(dst []byte, i int) []byte {
	if r.draws == nil {
		return append(dst, 0)
	}
	at := len(dst)
	dst, _ = r.draws[i].AppendBinary(append(dst, 0)) // cannot fail: fixed size
	dst[at] = byte(len(dst) - at - 1)
	return dst
}

// Record is the part of a state that belongs to one neuron. Its slices point
// into the state.
type Record struct {
	Neuron, draws, events []byte
}

// changeOf checks the header of a state and returns the encoded change that it
// contains.
func changeOf(state []byte) ([]byte, error) {
	if len(state) < stateHead || string(state[:4]) != stateMagic {
		return nil, fmt.Errorf("%w: it does not begin with %q", ErrState, stateMagic)
	}
	switch v := binary.LittleEndian.Uint16(state[4:]); v {
	case stateVersion:
		return nil, nil
	case stateChanged:
	default:
		return nil, fmt.Errorf("%w: version %d, this program reads %d and %d", ErrState, v, stateVersion, stateChanged)
	}
	size, rest, ok := cut(state[stateHead:], 8)
	if ok {
		if n := binary.LittleEndian.Uint64(size); n > 0 && n <= uint64(len(rest)) {
			return rest[:n], nil
		}
	}
	return nil, fmt.Errorf("%w: it ends within the change of structure", ErrState)
}

// ReadState checks the structure of a state of net and divides it into one
// record per neuron. A state of the same network with another structure is an
// error; see NetworkOf.
func ReadState(state []byte, net *Network) (neuron.Time, []Record, error) {
	change, err := changeOf(state)
	if err != nil {
		return 0, nil, err
	}
	if !bytes.Equal(change, net.lineage.block()) {
		return 0, nil, fmt.Errorf("%w: its structure is another, after a lesion or rewiring", ErrState)
	}
	head := stateHead
	if len(change) > 0 {
		head += 8 + len(change)
	}
	now := neuron.Time(binary.LittleEndian.Uint64(state[6:]))
	n, m := binary.LittleEndian.Uint32(state[14:]), binary.LittleEndian.Uint32(state[18:])
	if int(n) != net.NumNeurons() || int(m) != net.NumChannels() {
		return 0, nil, fmt.Errorf("%w: %d neurons and %d channels, expected %d and %d", ErrState, n, m, net.NumNeurons(), net.NumChannels())
	}
	if now < 0 || now > maxTime {
		return 0, nil, fmt.Errorf("%w: its time is %d µs", ErrState, now)
	}
	records, rest := make([]Record, n), state[head:]
	for i := range records {
		var ok bool
		if records[i], rest, ok = cutRecord(rest); !ok {
			return 0, nil, fmt.Errorf("%w: it ends within neuron %d", ErrState, i)
		}
	}
	if len(rest) != 0 {
		return 0, nil, fmt.Errorf("%w: %d bytes follow the last neuron", ErrState, len(rest))
	}
	return now, records, nil
}

func cutRecord(b []byte) (r Record, rest []byte, ok bool) {
	var size []byte
	if size, b, ok = cut(b, 4); !ok {
		return r, nil, false
	}
	if r.Neuron, b, ok = cut(b, int(binary.LittleEndian.Uint32(size))); !ok {
		return r, nil, false
	}
	if size, b, ok = cut(b, 1); !ok {
		return r, nil, false
	}
	if r.draws, b, ok = cut(b, int(size[0])); !ok {
		return r, nil, false
	}
	if size, b, ok = cut(b, 4); !ok {
		return r, nil, false
	}
	r.events, b, ok = cut(b, int(binary.LittleEndian.Uint32(size))*eventBytes)
	return r, b, ok
}

func cut(b []byte, n int) (head, rest []byte, ok bool) {
	if n < 0 || n > len(b) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// RestoreState restores the group's neurons and the pending events of them.
// records holds one record per neuron of the whole network.
func (g *Group) RestoreState(records []Record, now neuron.Time) error {
	g.Begin(now, records[g.first:g.last])
	for i, n := range g.neurons {
		rec := records[int(g.first)+i]
		if err := RestoreNeuron(n, rec.Neuron, g.Seen(i)); err != nil {
			return err
		}
		if err := g.Mail.Restore(i, n.Next(), rec); err != nil {
			return err
		}
	}
	return nil
}

// Clear empties the router and sets its time.
func (r *Router) Clear(now neuron.Time) {
	for i := range r.ring {
		r.ring[i] = r.ring[i][:0]
	}
	r.pending = 0
	r.epoch = int64(now / r.width)
}

// restoreDraws restores the stream of the noise on the synapses of neuron i.
func (r *Router) restoreDraws(i int, rec Record) error {
	if r == nil || r.draws == nil {
		if len(rec.draws) > 0 {
			return fmt.Errorf("%w: transport noise does not match", ErrState)
		}
		return nil
	}
	if len(rec.draws) == 0 {
		return fmt.Errorf("%w: neuron %d: transport noise does not match", ErrState, int(r.first)+i)
	}
	if err := r.draws[i].UnmarshalBinary(rec.draws); err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	return nil
}

// restoreEvents files the pending events of neuron i.
func (r *Router) restoreEvents(i int, rec Record, now neuron.Time) error {
	events, err := rec.Events(r.slots[i], now)
	if err != nil {
		return err
	}
	horizon := (now/r.width + neuron.Time(len(r.ring))) * r.width
	for _, e := range events {
		if e.Time >= horizon {
			return fmt.Errorf("%w: a pending event at %v is later than any delay allows", ErrState, e.Time)
		}
		r.file(e.Time, pendingEvent{target: int32(i), synapse: synapse(e.Port)<<slotBits | synapse(e.Slot), value: e.Value})
	}
	return nil
}

func finite(v float32) bool { return v-v == 0 }

// append appends the record in the format in which it was read.
func (r Record) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(r.Neuron)))
	dst = append(dst, r.Neuron...)
	dst = append(append(dst, byte(len(r.draws))), r.draws...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(r.events)/eventBytes))
	return append(dst, r.events...)
}
