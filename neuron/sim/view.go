package sim

import (
	"math"

	"infomorph/internal/prefetch"
	"infomorph/neuron"
	"infomorph/topology"
)

// Delivery says how spikes reach neurons. It changes no result; see Mail.
type Delivery uint8

// The ways of delivery.
const (
	// Chosen shows neurons the last value of each synapse if that is enough,
	// and gives all other neurons each event.
	Chosen Delivery = iota
	// EachEvent gives every neuron each event, whatever the cost.
	EachEvent
	// FromHistory is like Chosen, but the values are always found in the recent
	// spikes of the sources, never in arrays.
	FromHistory
)

// A view computes the last value that each synapse has received. For a neuron
// that needs only these values, spikes do not have to be delivered to synapses
// one by one: the cost is one write per spike, and one read per synapse at each
// update, instead of one event per synapse and spike.
type view interface {
	// record takes in the spikes of an epoch; each slice is sorted.
	record(inputs, spikes []neuron.Spike)
	// show makes everything visible that arrives up to t. Times never decrease.
	show(t neuron.Time)
	// gather writes the value that each synapse of a neuron has received by the
	// time of the last show.
	gather(dst []float64, id neuron.ID)
	// prefetch requests a part of the memory that gather reads for a neuron.
	prefetch(id neuron.ID, part Part)
	// sent visits the spikes that a source has sent at or after from, in order.
	sent(source neuron.ID, from neuron.Time, visit func(t neuron.Time, value float32))
	// restore sets what the sources had sent before now.
	restore(now neuron.Time, past *past)
}

// past is what sources sent: the spikes that have not arrived at all synapses
// yet, and the last value of each source before them.
type past struct {
	before []float32      // by source
	spikes []neuron.Spike // sorted by time and source
}

// maxArrays bounds the number of different delays for which arrays are used;
// see arrays.
const maxArrays = 16

// newView returns a view for the neurons first … last−1.
func newView(net *Network, first, last neuron.ID, how Delivery) view {
	if how != FromHistory {
		if delays := fewDelays(net, first, last); delays != nil {
			return newArrays(net, first, last, delays)
		}
	}
	return newHistories(net)
}

// fewDelays returns the different delays of the synapses, ascending; nil if
// there are more than maxArrays.
func fewDelays(net *Network, first, last neuron.ID) []neuron.Time {
	delays := []neuron.Time{}
	for id := first; id < last; id++ {
		previous := int32(-1)
		for _, d := range net.Incoming(id).Delay {
			if d == previous {
				continue
			}
			previous = d
			k := 0
			for k < len(delays) && delays[k] < neuron.Time(d) {
				k++
			}
			if k < len(delays) && delays[k] == neuron.Time(d) {
				continue
			}
			if len(delays) == maxArrays {
				return nil
			}
			delays = append(delays, 0)
			copy(delays[k+1:], delays[k:])
			delays[k] = neuron.Time(d)
		}
	}
	return delays
}

// histories is a view that keeps the recent spikes of every source, and finds
// for each synapse the latest one that its delay makes visible. It works for
// any delays.
type histories struct {
	net      *Network
	depth    int    // number of notes per source
	notes    []note // notes of source s begin at s·depth, the newest first
	brief    []brief
	*palette // of brief; nil: there are too many values, and no brief
	base     neuron.Time
	now      neuron.Time // all spikes that arrive up to it are visible
}

// note is a spike: its time relative to base, and its value.
type note struct {
	time  int32
	value float32
}

// brief is the two newest notes of a source in half the memory. From the lowest
// bit on: the newer time (32 bits), the codes of the newer and the older value
// (8 each), and by how much the older time is earlier (16; a larger difference
// is stored as the largest).
type brief uint64

const mostEarlier = math.MaxUint16

func (p *palette) brief(own []note) (b brief, ok bool) {
	newer, ok1 := p.code(own[0].value)
	older, ok2 := p.code(own[1].value)
	earlier := min(int64(own[0].time)-int64(own[1].time), mostEarlier)
	return brief(uint32(own[0].time)) | brief(newer)<<32 | brief(older)<<40 | brief(earlier)<<48, ok1 && ok2
}

// abridge writes the brief of a source.
func (h *histories) abridge(source int) {
	if h.palette == nil {
		return
	}
	var ok bool
	if h.brief[source], ok = h.palette.brief(h.notes[source*h.depth:]); !ok {
		h.brief, h.palette = nil, nil
	}
}

const (
	longAgo   = math.MinInt32
	moveBase  = neuron.Time(1) << 30
	firstDeep = 2
)

func newHistories(net *Network) *histories {
	sources := net.NumNeurons() + net.NumChannels()
	h := &histories{net: net, depth: firstDeep, brief: make([]brief, sources), palette: newPalette()}
	h.notes = make([]note, h.depth*sources)
	for i := range h.notes {
		h.notes[i].time = longAgo
	}
	for s := range sources {
		h.abridge(s)
	}
	return h
}

func (h *histories) record(inputs, spikes []neuron.Spike) {
	for i := range inputs {
		h.add(&inputs[i])
	}
	for i := range spikes {
		h.add(&spikes[i])
	}
}

// add adds a spike.
func (h *histories) add(s *neuron.Spike) {
	t := s.Time - h.base
	if t > moveBase {
		h.rebase(s.Time)
		t = s.Time - h.base
	}
	own := h.notes[int(s.Source)*h.depth:][:h.depth]
	// The oldest note can be overwritten if the one after it has arrived at all
	// synapses.
	if follows := own[h.depth-2].time; follows != longAgo && neuron.Time(follows)+h.net.longest > t {
		h.deepen()
		own = h.notes[int(s.Source)*h.depth:][:h.depth]
	}
	copy(own[1:], own)
	own[0] = note{int32(t), s.Value}
	h.abridge(int(s.Source))
}

// rebase changes base to about one longest delay before t.
func (h *histories) rebase(t neuron.Time) {
	shift := t - h.net.longest - 1 - h.base
	h.base += shift
	for i := range h.notes {
		n := &h.notes[i]
		n.time = int32(max(neuron.Time(n.time)-shift, longAgo))
	}
	for s := range h.brief {
		h.abridge(s)
	}
}

// deepen doubles the number of notes per source.
func (h *histories) deepen() {
	wide := make([]note, 2*len(h.notes))
	for s := range len(h.notes) / h.depth {
		own := wide[2*s*h.depth:][:2*h.depth]
		copy(own, h.notes[s*h.depth:][:h.depth])
		for i := h.depth; i < len(own); i++ {
			own[i].time = longAgo
		}
	}
	h.notes, h.depth = wide, 2*h.depth
}

func (h *histories) show(t neuron.Time) {
	if h.now = t; t-h.base > 2*moveBase-1 {
		h.rebase(t)
	}
}

func (h *histories) prefetch(id neuron.ID, part Part) {
	switch part {
	case Tables:
		h.net.Graph.Prefetch(id)
	case Inputs:
		in := h.net.Incoming(id)
		prefetch.Slice(in.Source)
		prefetch.Slice(in.Delay)
	}
}

func (h *histories) gather(dst []float64, id neuron.ID) {
	in := h.net.Incoming(id)
	now := int32(h.now - h.base)
	if h.palette == nil {
		h.gatherNotes(dst, &in, now)
		return
	}
	all, values := h.brief, &h.values
	delays := in.Delay[:len(in.Source)]
	dst = dst[:len(in.Source)]
	for i, s := range in.Source {
		b, by := all[s], now-delays[i]
		// Whether the newer spike has arrived is nearly random, so a branch would
		// often be mispredicted. not is 1 if it has not arrived.
		t := int64(int32(b))
		not := uint64(int64(by)-t) >> 63
		dst[i] = values[uint8(b>>((32+8*not)&63))]
		if t-int64(b>>48) > int64(by) { // perhaps neither has arrived
			dst[i] = float64(latest(h.notes[int(s)*h.depth:][:h.depth], by))
		}
	}
}

// gatherNotes is gather without briefs.
func (h *histories) gatherNotes(dst []float64, in *topology.Incoming, now int32) {
	notes, depth := h.notes, h.depth
	delays := in.Delay[:len(in.Source)]
	dst = dst[:len(in.Source)]
	for i, s := range in.Source {
		own := (*[firstDeep]note)(notes[int(s)*depth:])
		by := now - delays[i]
		// The mask not is all ones if the newest note has not arrived.
		not := uint32((int64(by) - int64(own[0].time)) >> 63)
		newest, before := math.Float32bits(own[0].value), math.Float32bits(own[1].value)
		dst[i] = float64(math.Float32frombits(newest ^ (newest^before)&not))
		if own[1].time > by {
			dst[i] = float64(latest(notes[int(s)*depth:][firstDeep:depth], by))
		}
	}
}

// latest returns the value of the first note whose time is at most by.
func latest(notes []note, by int32) float32 {
	for _, n := range notes {
		if n.time <= by {
			return n.value
		}
	}
	return notes[len(notes)-1].value
}

func (h *histories) sent(source neuron.ID, from neuron.Time, visit func(t neuron.Time, value float32)) {
	own := h.notes[int(source)*h.depth:][:h.depth]
	for i := len(own) - 1; i >= 0; i-- {
		if t := neuron.Time(own[i].time) + h.base; own[i].time != longAgo && t >= from {
			visit(t, own[i].value)
		}
	}
}

func (h *histories) restore(now neuron.Time, p *past) {
	h.base, h.now = max(0, now-h.net.longest-1), now-1
	for s, v := range p.before {
		for i := range h.depth {
			h.notes[s*h.depth+i] = note{longAgo, v}
		}
		h.abridge(s)
	}
	for i := range p.spikes {
		h.add(&p.spikes[i])
	}
}
