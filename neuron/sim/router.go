package sim

import (
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
)

// synapse names a synapse of a neuron: port<<30 | slot. Synapses of one neuron
// are in the order of these numbers.
type synapse uint32

const slotBits = 30

func (y synapse) port() neuron.Port { return neuron.Port(y >> slotBits) }
func (y synapse) slot() int32       { return int32(y & (1<<slotBits - 1)) }

// route is where a source's spikes go: one synapse of a neuron of this
// router. Its delay is lag epochs and rem µs, so that filing needs no division.
type route struct {
	lag, rem int32
	target   int32 // index within the router
	synapse  synapse
}

// parcel is an event on its way to a neuron of this router. It lies in the
// bucket of its epoch.
type parcel struct {
	offset  int32 // µs after the start of the epoch
	target  int32
	synapse synapse
	value   float32
}

// event returns the parcel's event in the epoch that starts at start.
func (p *parcel) event(start neuron.Time) neuron.Event {
	return neuron.Event{Time: start + neuron.Time(p.offset), Value: p.value, Slot: p.synapse.slot(), Port: p.synapse.port()}
}

// Router carries spikes to the neurons first … last−1. It owns the events in
// flight to them, so what is in flight needs no owner but the target's side.
//
// Events wait in a ring of buckets, one per epoch; the ring covers the longest
// delay, so filing and collecting cost O(1) an event.
type Router struct {
	first, last neuron.ID
	width       neuron.Time // epoch length
	offsets     []int32     // routes of source s: offsets[s] … offsets[s+1], by delay
	routes      []route
	noise       []Noise
	noiseOf     []int32    // by route: 1 + index into noise, 0 for none; nil without noise
	draws       []rand.PCG // one stream per neuron; nil without noise

	ring    [][]parcel // bucket of epoch e: ring[e mod len(ring)]
	epoch   int64      // the epoch last opened
	pending int        // parcels in the ring
	sorted  []parcel   // scratch of sortByTime
	starts  []int32

	arena  []neuron.Event // the open epoch's events, grouped by neuron
	bounds []int32        // events of neuron i: arena[bounds[i]:bounds[i+1]]
	cursor []int32
	wake   []neuron.Time            // next update of each neuron's own clock
	slots  [][neuron.NumPorts]int32 // synapses of each neuron by port

	hears func(i int) bool // whether neuron i is served; nil: all are
}

// Width returns the epoch length.
func (r *Router) Width() neuron.Time { return r.width }

// Len returns the number of neurons of this router.
func (r *Router) Len() int { return int(r.last - r.first) }

// Deliver files every synaptic event that the spikes of one epoch cause: those
// of channels and those of neurons. Each must come in the order of
// neuron.Spike.Compare; the events of one synapse keep it.
//
// It is called once an epoch, after the neurons have run: no spike arrives
// within the epoch it was sent in.
func (r *Router) Deliver(inputs, spikes []neuron.Spike) {
	if r.draws == nil {
		r.deliver(inputs)
		r.deliver(spikes)
		return
	}
	// Noise draws from the stream of the target, so here the order between
	// inputs and spikes matters too: by time, wherever epochs are cut.
	for len(inputs) > 0 && len(spikes) > 0 {
		if inputs[0].Compare(spikes[0]) < 0 {
			r.deliverNoisy(&inputs[0])
			inputs = inputs[1:]
		} else {
			r.deliverNoisy(&spikes[0])
			spikes = spikes[1:]
		}
	}
	for i := range inputs {
		r.deliverNoisy(&inputs[i])
	}
	for i := range spikes {
		r.deliverNoisy(&spikes[i])
	}
}

// deliver files the events of spikes where there is no noise.
func (r *Router) deliver(spikes []neuron.Spike) {
	for i := range spikes {
		s := &spikes[i]
		epoch := s.Time / r.width
		offset := int32(s.Time - epoch*r.width)
		base := int(epoch % neuron.Time(len(r.ring)))
		routes := r.routes[r.offsets[s.Source]:r.offsets[s.Source+1]]
		r.pending += len(routes)
		for len(routes) > 0 {
			routes = r.fileRun(routes, base, offset, s.Value)
		}
	}
}

// fileRun files one spike on all leading routes with the same delay and
// returns the rest.
func (r *Router) fileRun(routes []route, base int, offset int32, value float32) []route {
	lag, rem := routes[0].lag, routes[0].rem
	at, b := int64(offset)+int64(rem), base+int(lag)
	if at >= int64(r.width) {
		at -= int64(r.width)
		b++
	}
	if b >= len(r.ring) {
		b -= len(r.ring)
	}
	bucket := r.ring[b]
	k := 0
	for ; k < len(routes); k++ {
		rt := &routes[k]
		if rt.rem != rem || rt.lag != lag {
			break
		}
		bucket = append(bucket, parcel{int32(at), rt.target, rt.synapse, value})
	}
	r.ring[b] = bucket
	return routes[k:]
}

func (r *Router) deliverNoisy(s *neuron.Spike) {
	for k := r.offsets[s.Source]; k < r.offsets[s.Source+1]; k++ {
		rt := &r.routes[k]
		at := s.Time + neuron.Time(rt.lag)*r.width + neuron.Time(rt.rem)
		copies, late := 1, [2]neuron.Time{}
		if z := r.noiseOf[k]; z != 0 {
			copies, late = r.noise[z-1].draw(&r.draws[rt.target])
		}
		for c := range copies {
			r.file(at+late[c], parcel{target: rt.target, synapse: rt.synapse, value: s.Value})
		}
	}
}

// file puts p into the bucket for time t.
func (r *Router) file(t neuron.Time, p parcel) {
	epoch := t / r.width
	p.offset = int32(t - epoch*r.width)
	b := epoch % neuron.Time(len(r.ring))
	r.ring[b] = append(r.ring[b], p)
	r.pending++
}

// Open collects the events before end of an epoch and groups them by neuron.
// Events of the epoch at or after end stay for the next Open.
func (r *Router) Open(epoch int64, end neuron.Time) {
	r.epoch = epoch
	start := neuron.Time(epoch) * r.width
	bucket := &r.ring[epoch%int64(len(r.ring))]
	r.sortByTime(*bucket)
	due := len(*bucket)
	if end < start+r.width {
		due, _ = slices.BinarySearchFunc(*bucket, int32(end-start), func(p parcel, limit int32) int { return before(p.offset, limit) })
	}
	r.group((*bucket)[:due], start)
	*bucket = append((*bucket)[:0], (*bucket)[due:]...)
	r.pending -= due
	for i := range r.Len() {
		sortEvents(r.Events(i))
	}
}

// sortByTime sorts the parcels of a bucket by time and keeps the order of
// those at one time: a counting sort where they are many, as they may be in
// any order where delays differ.
func (r *Router) sortByTime(b []parcel) {
	if slices.IsSortedFunc(b, compareOffsets) {
		return
	}
	if int64(len(b)) < int64(r.width)/8 || r.width > maxCounted {
		slices.SortStableFunc(b, compareOffsets)
		return
	}
	r.starts = slices.Grow(r.starts[:0], int(r.width)+1)[:r.width+1]
	clear(r.starts)
	for i := range b {
		r.starts[b[i].offset+1]++
	}
	for i := 1; i < len(r.starts); i++ {
		r.starts[i] += r.starts[i-1]
	}
	r.sorted = slices.Grow(r.sorted[:0], len(b))[:len(b)]
	for i := range b {
		r.sorted[r.starts[b[i].offset]] = b[i]
		r.starts[b[i].offset]++
	}
	copy(b, r.sorted)
}

// maxCounted bounds the table of the counting sort [µs].
const maxCounted = 1 << 20

func compareOffsets(a, b parcel) int { return int(a.offset) - int(b.offset) }

// group copies parcels into the arena by a counting sort over targets, which
// keeps the order of each neuron's events.
func (r *Router) group(due []parcel, start neuron.Time) {
	clear(r.bounds)
	for i := range due {
		r.bounds[due[i].target+1]++
	}
	for i := 1; i < len(r.bounds); i++ {
		r.bounds[i] += r.bounds[i-1]
	}
	copy(r.cursor, r.bounds)
	r.arena = slices.Grow(r.arena[:0], len(due))[:len(due)]
	for i := range due {
		p := &due[i]
		at := &r.cursor[p.target]
		r.arena[*at] = p.event(start)
		*at++
	}
}

// sortEvents orders the events of one neuron that come at one time; by time
// they are in order, and mostly altogether.
func sortEvents(ev []neuron.Event) {
	for i := 1; i < len(ev); i++ {
		a, b := &ev[i-1], &ev[i]
		if a.Time == b.Time && (a.Port > b.Port || a.Port == b.Port && a.Slot > b.Slot) {
			slices.SortStableFunc(ev, neuron.Event.Compare)
			return
		}
	}
}

// Events returns the inbox of neuron i (an index within the router) in the
// open epoch. It is valid until the next Open.
func (r *Router) Events(i int) []neuron.Event {
	return r.arena[r.bounds[i]:r.bounds[i+1]]
}

// Due reports whether neuron i has something to do before end in the open
// epoch, signals apart.
func (r *Router) Due(i int, end neuron.Time) bool {
	return r.bounds[i+1] > r.bounds[i] || r.wake[i] < end
}

// SetWake says when neuron i next updates by its own clock.
func (r *Router) SetWake(i int, t neuron.Time) { r.wake[i] = t }

// Next returns a time no later than the next thing that happens here,
// neuron.Never if nothing will.
func (r *Router) Next() neuron.Time {
	next := neuron.Never
	for _, t := range r.wake {
		next = min(next, t)
	}
	if r.pending == 0 {
		return next
	}
	for k := range int64(len(r.ring)) {
		e := r.epoch + k
		if neuron.Time(e)*r.width >= next {
			return next
		}
		if len(r.ring[e%int64(len(r.ring))]) > 0 {
			return min(next, neuron.Time(e)*r.width)
		}
	}
	return next
}

// purge removes what is in flight to neurons that are not served.
func (r *Router) purge() {
	for k, bucket := range r.ring {
		r.ring[k] = slices.DeleteFunc(bucket, func(p parcel) bool { return !r.hears(int(p.target)) })
		r.pending -= len(bucket) - len(r.ring[k])
	}
}
