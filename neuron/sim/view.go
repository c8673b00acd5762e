package sim

import (
	"math"

	"infomorph/internal/prefetch"
	"infomorph/neuron"
)

// Delivery says how spikes reach neurons. It changes no result; see NewMail.
type Delivery uint8

// The ways of delivery.
const (
	// Chosen shows neurons what they have been told wherever that is enough, and
	// hands them every event elsewhere.
	Chosen Delivery = iota
	// EachEvent hands every synapse each of its events, whatever it costs.
	EachEvent
	// FromHistory is Chosen where what is visible is always looked up in the
	// recent past of its source.
	FromHistory
)

// A view knows what the synapses of some neurons have been told. Where a
// neuron needs no more than that, nothing has to be moved to its synapses: one
// write a spike, and one read a synapse at each update, take the place of an
// event a synapse.
type view interface {
	// tell takes in the spikes of an epoch; each slice is sorted.
	tell(inputs, spikes []neuron.Spike)
	// show lets everything arrive that comes up to t. Times never go back.
	show(t neuron.Time)
	// gather writes what each synapse of a neuron has been told by the time last
	// shown.
	gather(dst []float64, id neuron.ID)
	// prefetch asks for the memory that gather reads of a neuron's synapses.
	prefetch(id neuron.ID)
	// sent visits what a source has sent from a time on, in order.
	sent(source neuron.ID, from neuron.Time, visit func(t neuron.Time, value float32))
	// restore starts from what sources had sent before now.
	restore(now neuron.Time, past *past)
}

// past is what is known of what sources sent: the spikes that have not reached
// all their synapses, and what was told last before them.
type past struct {
	before []float32      // by source
	spikes []neuron.Spike // sorted by time and source, those of one instant in order
}

// maxArrays bounds the number of different delays for which one array each is
// kept of what is visible after it.
const maxArrays = 16

// newView returns a view on what neurons first … last−1 are told.
func newView(net *Network, first, last neuron.ID, how Delivery) view {
	if how != FromHistory {
		if delays := fewDelays(net, first, last); delays != nil {
			return newArrays(net, first, last, delays)
		}
	}
	return newHistories(net)
}

// fewDelays returns the different delays of synapses, ascending; nil if there
// are more than maxArrays.
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

// histories keeps for every source what it sent lately, and looks up for each
// synapse what its delay lets it see. It serves any delays.
type histories struct {
	net   *Network
	depth int    // notes of a source
	notes []note // of source s from s·depth on, the newest first
	base  neuron.Time
	now   neuron.Time // everything up to it has arrived
}

// note is a spike: its time after base, and its value.
type note struct {
	time  int32
	value float32
}

const (
	longAgo   = math.MinInt32
	moveBase  = neuron.Time(1) << 30
	firstDeep = 2
)

func newHistories(net *Network) *histories {
	h := &histories{net: net, depth: firstDeep}
	h.notes = make([]note, h.depth*(net.NumNeurons()+net.NumChannels()))
	for i := range h.notes {
		h.notes[i].time = longAgo
	}
	return h
}

func (h *histories) tell(inputs, spikes []neuron.Spike) {
	for i := range inputs {
		h.add(&inputs[i])
	}
	for i := range spikes {
		h.add(&spikes[i])
	}
}

// add notes a spike.
func (h *histories) add(s *neuron.Spike) {
	t := s.Time - h.base
	if t > moveBase {
		h.rebase(s.Time)
		t = s.Time - h.base
	}
	own := h.notes[int(s.Source)*h.depth:][:h.depth]
	// The oldest may go once the one that follows it has reached everybody.
	if follows := own[h.depth-2].time; follows != longAgo && neuron.Time(follows)+h.net.longest > t {
		h.deepen()
		own = h.notes[int(s.Source)*h.depth:][:h.depth]
	}
	copy(own[1:], own)
	own[0] = note{int32(t), s.Value}
}

// rebase counts times from one longest delay before t.
func (h *histories) rebase(t neuron.Time) {
	shift := t - h.net.longest - 1 - h.base
	h.base += shift
	for i := range h.notes {
		if n := &h.notes[i]; n.time != longAgo {
			n.time = int32(max(neuron.Time(n.time)-shift, longAgo))
		}
	}
}

// deepen doubles the number of notes that are kept of a source.
func (h *histories) deepen() {
	wide := make([]note, 2*len(h.notes))
	for s := range len(h.notes) / h.depth {
		own := wide[2*s*h.depth:][:2*h.depth]
		copy(own, h.notes[s*h.depth:][:h.depth])
		for i := h.depth; i < len(own); i++ {
			own[i] = note{longAgo, own[h.depth-1].value}
		}
	}
	h.notes, h.depth = wide, 2*h.depth
}

func (h *histories) show(t neuron.Time) {
	if h.now = t; t-h.base > 2*moveBase-1 {
		h.rebase(t)
	}
}

func (h *histories) prefetch(id neuron.ID) {
	in := h.net.Incoming(id)
	prefetch.Slice(in.Source)
	prefetch.Slice(in.Delay)
}

func (h *histories) gather(dst []float64, id neuron.ID) {
	in := h.net.Incoming(id)
	now := int32(h.now - h.base)
	notes, depth := h.notes, h.depth
	delays := in.Delay[:len(in.Source)]
	dst = dst[:len(in.Source)]
	for i, s := range in.Source {
		own := (*[firstDeep]note)(notes[int(s)*depth:])
		by := now - delays[i]
		// Whether the newest has arrived is as good as random, so it is no branch: all
		// ones if it has not.
		not := uint32((int64(by) - int64(own[0].time)) >> 63)
		newest, before := math.Float32bits(own[0].value), math.Float32bits(own[1].value)
		dst[i] = float64(math.Float32frombits(newest ^ (newest^before)&not))
		if own[1].time > by {
			dst[i] = float64(older(notes[int(s)*depth:][firstDeep:depth], by))
		}
	}
}

// older returns the value of the first note not after a time.
func older(notes []note, by int32) float32 {
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
	}
	for i := range p.spikes {
		h.add(&p.spikes[i])
	}
}
