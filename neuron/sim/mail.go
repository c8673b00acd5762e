package sim

import (
	"fmt"
	"math"
	"slices"

	"infomorph/internal/prefetch"
	"infomorph/neuron"
)

// Owner holds the neurons that a [Mail] serves; i is the index of a neuron,
// from 0. If ok is false, the current operation ends.
type Owner interface {
	// Hand advances a neuron through an inbox and returns the next update of
	// its own clock.
	Hand(i int, in *neuron.Inbox) (next neuron.Time, ok bool)
	// Soon prefetches memory of a neuron that gets an inbox soon.
	Soon(i int, part Part)
	// Inputs returns the presynaptic values of a neuron that gets each event,
	// by port and slot. They are valid until the next call.
	Inputs(i int) (seen []float64, ok bool)
}

// Mail brings the spikes of a network to the neurons first … last−1. Most
// neurons only need the last value that each synapse received before an update.
// They are shown these values (see view), or low-passed ones (see circle). The
// others get each event (see Router): neurons with a novelty gate, with a clock
// that events start, with a low pass of their own, or with noise on their
// synapses.
//
// Both ways give the same bytes. A neuron switches to events when its dynamics
// need them. A neuron that gets events although it could be shown its inputs
// has synapses that differ from the view, for example new synapses that have
// received nothing. It switches back when its synapses agree with the view
// again.
type Mail struct {
	net         *Network
	first, last neuron.ID
	how         Delivery
	view        view
	router      *Router // nil: no neuron gets events, and there is no noise
	shown       []bool  // by neuron: it is shown its inputs
	blurred     []bool  // by neuron: its dynamics need each event
	eventful    int     // number of neurons that get each event although they could be shown their inputs
	wake        []neuron.Time
	next        neuron.Time // lower bound of wake
	now         neuron.Time // the neurons have run up to it
	steady      neuron.Time // from then on, all spikes in flight were sent over all synapses of their sources
	epochs      int
	agenda      agenda
	large       bool         // the neurons do not fit into the cache
	inbox       neuron.Inbox // for neurons that are shown their inputs
	eventInbox  neuron.Inbox // for neurons that get each event
	seen, other []float64
	circle      circle
	low         []float64
	saved       *PendingEvents
	events      []neuron.Event
}

// NewMail returns the mail of a range of neurons, with no spike in flight.
func NewMail(net *Network, first, last neuron.ID, how Delivery) *Mail {
	size := int(last - first)
	m := &Mail{
		net: net, first: first, last: last, how: how,
		shown: make([]bool, size), blurred: make([]bool, size), wake: make([]neuron.Time, size), next: neuron.Never,
		circle: circle{member: make([]bool, size), turn: turn{at: neuron.Never}},
	}
	looks, most, synapses := false, 0, 0
	for i := range size {
		m.wake[i] = neuron.Never
		cfg := net.Config(m.id(i))
		m.blurred[i] = blurs(cfg, cfg.Dynamics)
		m.shown[i] = m.showable(i)
		looks = looks || m.could(i)
		most = max(most, net.InDegree(m.id(i)))
		synapses += net.InDegree(m.id(i))
	}
	m.large = size*neuronBytes+synapses*synapseBytes > cacheBytes
	m.seen, m.other = make([]float64, most), make([]float64, 0, most)
	if looks {
		m.view = newView(net, first, last, how)
	}
	m.route()
	return m
}

func (m *Mail) id(i int) neuron.ID { return m.first + neuron.ID(i) }

// Len returns the number of neurons.
func (m *Mail) Len() int { return len(m.shown) }

// NewNeurons makes all neurons in their initial state, with or without
// presynaptic values of their own as the mail needs it, and passes them to take
// one by one.
func (m *Mail) NewNeurons(take func(i int, n *neuron.Neuron) error) error {
	arena := neuron.Arena{Seed: m.net.Seed}
	total := 0
	for i := range m.shown {
		total += m.net.InDegree(m.id(i))
	}
	weights := make([]float64, total)
	for i := range m.shown {
		id := m.id(i)
		k := m.net.InDegree(id)
		n, err := arena.New(id, m.net.Config(id), m.net.weights(weights[:k:k], id), m.shown[i])
		if err == nil {
			err = take(i, n)
		}
		if err != nil {
			return fmt.Errorf("neuron %d: %w", id, err)
		}
		weights = weights[k:]
		m.SetWake(i, n.Next())
	}
	return nil
}

// blurs reports whether synapses low-pass their inputs under a dynamics.
func blurs(cfg *neuron.Config, d neuron.Dynamics) bool {
	return d == neuron.Belief && cfg.LowPass(d) != 1
}

// could reports whether neuron i can be shown its inputs, if its dynamics allow
// it.
func (m *Mail) could(i int) bool {
	cfg := m.net.Config(m.id(i))
	return m.how != EachEvent && cfg.Gate.Threshold <= 0 && cfg.Clock.Kind != neuron.OnEvent && !m.net.noiseTo(m.id(i))
}

// showable reports whether neuron i can be shown its inputs now.
func (m *Mail) showable(i int) bool { return !m.blurred[i] && m.could(i) }

// route makes the router, if one is needed, or updates its routes to the
// neurons that get each event now.
func (m *Mail) route() {
	m.eventful = 0
	for i := range m.shown {
		if !m.shown[i] && m.view != nil && m.could(i) {
			m.eventful++
		}
	}
	serves := func(i int) bool { return !m.shown[i] }
	switch {
	case m.router != nil:
		m.net.fillRoutes(m.router)
		m.router.purge()
	case m.net.noisy() || slices.Contains(m.shown, false):
		m.router = m.net.newRouter(m.first, m.last, serves)
	}
}

// SetWake sets the time of the next clock update of neuron i.
func (m *Mail) SetWake(i int, t neuron.Time) {
	if !m.shown[i] {
		m.router.SetWake(i, t)
		t = neuron.Never
	} else if m.router != nil {
		m.router.SetWake(i, neuron.Never)
	}
	m.wake[i] = t
	m.next = min(m.next, t)
}

// Next returns a lower bound of the time of the next event or update,
// neuron.Never if there is none.
func (m *Mail) Next() neuron.Time {
	if m.router != nil {
		return min(m.next, m.router.Next())
	}
	return m.next
}

// Deliver takes in the spikes of one epoch, those of channels and those of
// neurons, after the neurons have run. Each slice is sorted by
// neuron.Spike.Compare. No spike arrives within the epoch in which it was sent.
func (m *Mail) Deliver(inputs, spikes []neuron.Spike) {
	if m.view != nil {
		m.view.record(inputs, spikes)
	}
	if m.router != nil && len(m.router.routes) > 0 {
		m.router.Deliver(inputs, spikes)
	}
}

// Run advances the neurons through one epoch. It returns false if a neuron gave
// no answer.
func (m *Mail) Run(e Epoch, own Owner) bool {
	if m.view != nil && !m.change(e, own) {
		return false
	}
	if m.router != nil && !m.runEventful(e, own) {
		return false
	}
	if m.view != nil && !m.look(e, own) {
		return false
	}
	m.now = e.End
	m.epochs++
	return true
}

// runEventful runs the neurons that get each event.
func (m *Mail) runEventful(e Epoch, own Owner) bool {
	m.router.Open(e.Index, e.End)
	for i, shown := range m.shown {
		if shown || len(e.Signals) == 0 && !m.router.Due(i, e.End) {
			continue
		}
		m.eventInbox = neuron.Inbox{Events: m.router.Events(i), Signals: e.Signals, End: e.End}
		next, ok := own.Hand(i, &m.eventInbox)
		if !ok {
			return false
		}
		m.router.SetWake(i, next)
	}
	return true
}

// look runs the neurons that are shown their inputs, in order of time.
func (m *Mail) look(e Epoch, own Owner) bool {
	m.agenda.begin(neuron.Time(e.Index)*m.net.width, e.End)
	if m.next < e.End {
		m.next = m.agenda.collect(m.wake, m.net.width)
	}
	signals := e.Signals
	for {
		t := m.agenda.first()
		if len(signals) > 0 && signals[0].Time <= t {
			k := 1
			for k < len(signals) && signals[k].Time == signals[0].Time {
				k++
			}
			if !m.broadcast(signals[:k], own) {
				return false
			}
			signals = signals[k:]
			continue
		}
		if t == neuron.Never {
			return true
		}
		m.view.show(t)
		if m.large {
			m.prepare(own)
		}
		if !m.update(m.agenda.pop(), t, nil, own) {
			return false
		}
	}
}

// Below cacheBytes, prefetching costs more than it saves. The others are about
// what an update reads.
const (
	cacheBytes   = 4 << 20
	neuronBytes  = 1 << 10
	synapseBytes = 12
)

// Part is a part of the memory that an update of a neuron needs. Each part says
// where the next one is, so they are prefetched one after the other.
type Part uint8

// The parts.
const (
	Tables Part = iota // entries for the neuron in tables of all neurons
	Itself             // the neuron
	Inputs             // its synapses and its window
	numParts
)

// ahead is how many updates before its own the memory of a neuron is
// prefetched.
var ahead = [numParts]int{Tables: 12, Itself: 8, Inputs: 4}

// Prefetch prefetches a part of the memory of one of the neurons.
func Prefetch(all []*neuron.Neuron, i int, part Part) {
	switch part {
	case Tables:
		prefetch.Value(&all[i])
	case Itself:
		all[i].Prefetch()
	case Inputs:
		all[i].PrefetchInputs()
	}
}

// prepare prefetches the memory that the next updates need.
func (m *Mail) prepare(own Owner) {
	for part := range numParts {
		if i, ok := m.agenda.ahead(ahead[part]); ok {
			if part == Tables {
				prefetch.Value(&m.wake[i])
			}
			own.Soon(i, part)
			m.view.prefetch(m.id(i), part)
		}
	}
}

// update runs neuron i at time t. The view must show t.
func (m *Mail) update(i int, t neuron.Time, signals []neuron.Signal, own Owner) bool {
	m.inbox.Signals, m.inbox.End, m.inbox.Seen = signals, t+1, m.gather(m.seen, i)
	return m.hand(i, own)
}

// hand gives the inbox to neuron i.
func (m *Mail) hand(i int, own Owner) bool {
	next, ok := own.Hand(i, &m.inbox)
	if was := m.wake[i]; next != was {
		m.wake[i] = next
		if !m.agenda.add(i, next) {
			m.next = min(m.next, next)
		}
	}
	return ok
}

// broadcast runs, in order, all neurons that the signals of one time reach, and
// the neurons whose clocks update at that time.
func (m *Mail) broadcast(signals []neuron.Signal, own Owner) bool {
	t := signals[0].Time
	m.view.show(t)
	m.turnAt(t)
	lo, hi := m.reached(signals)
	for m.agenda.first() == t {
		i := m.agenda.peek()
		if i >= lo {
			break
		}
		if !m.update(m.agenda.pop(), t, signals, own) {
			return false
		}
	}
	for i := lo; i < hi; i++ {
		if !m.shown[i] {
			continue
		}
		reach, tick := reaches(signals, m.id(i))
		if m.agenda.first() == t && m.agenda.peek() == i {
			m.agenda.pop()
			tick = true
		}
		ok := true
		switch {
		case tick:
			ok = m.update(i, t, signals, own)
		case reach:
			m.inbox.Signals, m.inbox.End, m.inbox.Seen = signals, t+1, nil
			ok = m.hand(i, own)
		}
		if !ok {
			return false
		}
	}
	for m.agenda.first() == t {
		if !m.update(m.agenda.pop(), t, signals, own) {
			return false
		}
	}
	return true
}

// reached returns a range lo … hi−1 of the mail that contains every neuron that
// the signals reach.
func (m *Mail) reached(signals []neuron.Signal) (lo, hi int) {
	first, last := neuron.ID(math.MaxInt32), neuron.ID(0)
	for i := range signals {
		if s := &signals[i]; s.First < s.Last {
			first, last = min(first, s.First), max(last, s.Last)
		}
	}
	lo, hi = int(max(first, m.first)-m.first), int(min(last, m.last)-m.first)
	return lo, max(lo, hi)
}

// reaches reports whether any of the signals reaches a neuron, and whether one
// makes it update.
func reaches(signals []neuron.Signal, id neuron.ID) (reach, tick bool) {
	for i := range signals {
		if s := &signals[i]; s.Reaches(id) {
			reach = true
			tick = tick || s.Kind == neuron.Tick && s.Flags != 0
		}
	}
	return reach, tick
}
