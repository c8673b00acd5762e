package sim

import (
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
)

// synapse identifies a synapse of a neuron: port<<30 | slot. The synapses of
// one neuron are in the order of these numbers.
type synapse uint32

const slotBits = 30

func (y synapse) port() neuron.Port { return neuron.Port(y >> slotBits) }
func (y synapse) slot() int32       { return int32(y & (1<<slotBits - 1)) }

// route is one target of a source's spikes: a synapse of a neuron of this
// router. Its delay is lag epochs plus rem µs, so that filing a spike needs no
// division.
type route struct {
	lag, rem int32
	target   int32 // index within the router
	synapse  synapse
}

// pendingEvent is a pending event of a neuron of this router. It is in the bucket
// of the epoch in which it arrives.
type pendingEvent struct {
	offset  int32 // µs after the start of the epoch
	target  int32
	synapse synapse
	value   float32
}

// event returns the event of a pendingEvent in the epoch that begins at start.
func (p *pendingEvent) event(start neuron.Time) neuron.Event {
	return neuron.Event{Time: start + neuron.Time(p.offset), Value: p.value, Slot: p.synapse.slot(), Port: p.synapse.port()}
}

// Router carries spikes to the neurons first … last−1. It owns the pending
// events to them, so only the side of the target stores what is in flight.
//
// Events wait in a ring of buckets, one per epoch. The ring covers the longest
// delay, so filing and collecting cost O(1) per event.
type Router struct {
	first, last neuron.ID
	width       neuron.Time // epoch length
	offsets     []int32     // routes of source s: offsets[s] … offsets[s+1], sorted by delay if there is no noise
	routes      []route
	noise       []Noise
	noiseOf     []int32    // by route: 1 + index into noise, 0 for none; nil without noise
	draws       []rand.PCG // one stream per neuron; nil without noise

	ring    [][]pendingEvent // bucket of epoch e: ring[e mod len(ring)]
	epoch   int64            // the epoch that was opened last
	pending int              // pending events in the ring
	sorted  []pendingEvent   // scratch of sortByTime
	starts  []int32

	arena  []neuron.Event // the open epoch's events, grouped by neuron
	bounds []int32        // events of neuron i: arena[bounds[i]:bounds[i+1]]
	cursor []int32
	wake   []neuron.Time            // next update of each neuron's own clock
	slots  [][neuron.NumPorts]int32 // synapses of each neuron by port

	serves func(i int) bool // whether neuron i is served; nil: all are
}

// Width returns the epoch length.
func (r *Router) Width() neuron.Time { return r.width }

// Len returns the number of neurons of this router.
func (r *Router) Len() int { return int(r.last - r.first) }

// Deliver files all synaptic events that the spikes of one epoch cause: spikes
// of channels and of neurons. Each slice must be sorted by
// neuron.Spike.Compare; the events of one synapse keep this order.
//
// It is called once per epoch, after the neurons have run: no spike arrives
// within the epoch in which it was sent.
func (r *Router) Deliver(inputs, spikes []neuron.Spike) {
	if r.draws == nil {
		r.deliver(inputs)
		r.deliver(spikes)
		return
	}
	// The noise of a spike is drawn from the stream of its target, so the order
	// between inputs and spikes matters too: it must be by time, however time
	// is divided into epochs.
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

// deliver files the events of spikes if there is no noise.
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

// fileRun files one spike on all leading routes with equal delay and returns
// the other routes.
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
		bucket = append(bucket, pendingEvent{int32(at), rt.target, rt.synapse, value})
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
			r.file(at+late[c], pendingEvent{target: rt.target, synapse: rt.synapse, value: s.Value})
		}
	}
}

// file puts p into the bucket for time t.
func (r *Router) file(t neuron.Time, p pendingEvent) {
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
		due, _ = slices.BinarySearchFunc(*bucket, int32(end-start), func(p pendingEvent, limit int32) int { return before(p.offset, limit) })
	}
	r.group((*bucket)[:due], start)
	*bucket = append((*bucket)[:0], (*bucket)[due:]...)
	r.pending -= due
	for i := range r.Len() {
		sortEvents(r.Events(i))
	}
}

// sortByTime sorts the pending events of a bucket by time, stably. With different
// delays they are in no regular order. It uses a counting sort if there are
// many.
func (r *Router) sortByTime(b []pendingEvent) {
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

func compareOffsets(a, b pendingEvent) int { return int(a.offset) - int(b.offset) }

// group copies pending events into the arena by a counting sort over targets, which
// keeps the order of each neuron's events.
func (r *Router) group(due []pendingEvent, start neuron.Time) {
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

// sortEvents sorts the events of one neuron that arrive at the same time. The
// events are already sorted by time, and usually completely.
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

// Due reports whether neuron i has an event or a clock update before end in the
// open epoch. Signals are not considered.
func (r *Router) Due(i int, end neuron.Time) bool {
	return r.bounds[i+1] > r.bounds[i] || r.wake[i] < end
}

// SetWake sets the time of the next clock update of neuron i.
func (r *Router) SetWake(i int, t neuron.Time) { r.wake[i] = t }

// Next returns a lower bound of the time of the next event or update,
// neuron.Never if there is none.
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

// purge removes the pending events of neurons that are not served.
func (r *Router) purge() {
	for k, bucket := range r.ring {
		r.ring[k] = slices.DeleteFunc(bucket, func(p pendingEvent) bool { return !r.serves(int(p.target)) })
		r.pending -= len(bucket) - len(r.ring[k])
	}
}
