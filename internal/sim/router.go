package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
)

// route is where a source's spikes go: one synapse of a neuron of this router.
type route struct {
	delay  int32 // µs
	target int32 // index within the router
	slot   int32
	port   neuron.Port
	noise  int16 // 1 + index into the network's Noise; 0: none
}

// parcel is an event on its way to a neuron of this router.
type parcel struct {
	target int32
	event  neuron.Event
}

// Router carries spikes to the neurons first … last−1. It owns the events in
// flight to them, so what is in flight needs no owner but the target's side.
//
// Events wait in a ring of buckets, one per epoch; the ring covers the longest
// delay, so filing and collecting cost O(1) an event.
type Router struct {
	first, last neuron.ID
	width       neuron.Time // epoch length
	offsets     []int32     // routes of source s: offsets[s] … offsets[s+1]
	routes      []route
	noise       []Noise
	draws       []rand.PCG // one stream per neuron; nil without noise

	ring    [][]parcel
	epoch   int64 // the epoch last opened
	pending int   // parcels in the ring

	arena  []neuron.Event // the open epoch's events, grouped by neuron
	bounds []int32        // events of neuron i: arena[bounds[i]:bounds[i+1]]
	cursor []int32
	wake   []neuron.Time            // next update of each neuron's own clock
	slots  [][neuron.NumPorts]int32 // synapses of each neuron by port
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
			r.deliver(inputs[:1])
			inputs = inputs[1:]
		} else {
			r.deliver(spikes[:1])
			spikes = spikes[1:]
		}
	}
	r.deliver(inputs)
	r.deliver(spikes)
}

func (r *Router) deliver(spikes []neuron.Spike) {
	var bucket *[]parcel // of the time at, which one spike's events often share
	at := neuron.Time(-1)
	for i := range spikes {
		s := &spikes[i]
		routes := r.routes[r.offsets[s.Source]:r.offsets[s.Source+1]]
		for k := range routes {
			rt := &routes[k]
			ev := neuron.Event{Time: s.Time + neuron.Time(rt.delay), Value: s.Value, Slot: rt.slot, Port: rt.port}
			if rt.noise != 0 {
				r.deliverNoisy(rt, ev)
				continue
			}
			if ev.Time != at {
				bucket, at = r.bucket(ev.Time), ev.Time
			}
			*bucket = append(*bucket, parcel{rt.target, ev})
			r.pending++
		}
	}
}

func (r *Router) deliverNoisy(rt *route, ev neuron.Event) {
	copies, at := r.noise[rt.noise-1].draw(&r.draws[rt.target])
	for c := range copies {
		late := ev
		late.Time += at[c]
		r.file(parcel{rt.target, late})
	}
}

func (r *Router) file(p parcel) {
	b := r.bucket(p.event.Time)
	*b = append(*b, p)
	r.pending++
}

// bucket returns where events of time t wait.
func (r *Router) bucket(t neuron.Time) *[]parcel {
	return &r.ring[int64(t/r.width)%int64(len(r.ring))]
}

// Open collects the events before end of an epoch and groups them by neuron.
// Events of the epoch at or after end stay for the next Open.
func (r *Router) Open(epoch int64, end neuron.Time) {
	r.epoch = epoch
	bucket := &r.ring[epoch%int64(len(r.ring))]
	clear(r.bounds)
	due := 0
	for i := range *bucket {
		if p := &(*bucket)[i]; p.event.Time < end {
			r.bounds[p.target+1]++
			due++
		}
	}
	for i := 1; i < len(r.bounds); i++ {
		r.bounds[i] += r.bounds[i-1]
	}
	r.group(bucket, due, end)
	for i := range r.Len() {
		sortEvents(r.Events(i))
	}
}

// group moves the due parcels of a bucket into the arena by a counting sort,
// which keeps the order of each neuron's events.
func (r *Router) group(bucket *[]parcel, due int, end neuron.Time) {
	r.arena = slices.Grow(r.arena[:0], due)[:due]
	copy(r.cursor, r.bounds)
	kept := (*bucket)[:0]
	for i := range *bucket {
		p := &(*bucket)[i]
		if p.event.Time >= end {
			kept = append(kept, *p)
			continue
		}
		r.arena[r.cursor[p.target]] = p.event
		r.cursor[p.target]++
	}
	*bucket = kept
	r.pending -= due
}

// sortEvents orders the events of one neuron. They come in runs that are in
// order already, one per source and delay, so inserting is quick; many events
// in no order are left to the library.
func sortEvents(ev []neuron.Event) {
	const few = 64
	moves := 0
	for i := 1; i < len(ev); i++ {
		e, j := ev[i], i
		for j > 0 && comesBefore(&e, &ev[j-1]) {
			ev[j] = ev[j-1]
			j--
		}
		ev[j] = e
		if moves += i - j; moves > few*len(ev) {
			slices.SortStableFunc(ev, neuron.Event.Compare)
			return
		}
	}
}

// comesBefore is a.Compare(*b) < 0.
func comesBefore(a, b *neuron.Event) bool {
	if a.Time != b.Time {
		return a.Time < b.Time
	}
	if a.Port != b.Port {
		return a.Port < b.Port
	}
	return a.Slot < b.Slot
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

// SetWake tells when the own clock of neuron i updates next.
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

// Noise is what can happen to a spike on its way, besides its delay: it is
// lost with probability Loss, else told twice with probability Duplicate, and
// each copy comes up to Jitter later, so that spikes can overtake each other.
type Noise struct {
	Loss, Duplicate float64
	Jitter          neuron.Time
}

// Zero reports whether nothing happens to spikes.
func (n Noise) Zero() bool { return n == Noise{} }

func (n Noise) validate() error {
	if !(n.Loss >= 0 && n.Loss <= 1) || !(n.Duplicate >= 0 && n.Duplicate <= 1) || n.Jitter < 0 {
		return fmt.Errorf("sim: noise %+v: probabilities must lie in [0, 1] and jitter must be ≥ 0", n)
	}
	return nil
}

// draw returns how many copies arrive, and how late each.
func (n *Noise) draw(src *rand.PCG) (copies int, late [2]neuron.Time) {
	if n.Loss > 0 && uniform(src) < n.Loss {
		return 0, late
	}
	copies = 1
	if n.Duplicate > 0 && uniform(src) < n.Duplicate {
		copies = 2
	}
	if n.Jitter > 0 {
		for c := range copies {
			late[c] = neuron.Time(uniform(src) * float64(n.Jitter+1))
		}
	}
	return copies, late
}

func uniform(src *rand.PCG) float64 { return float64(src.Uint64()>>11) / (1 << 53) }
