package sim

import (
	"fmt"
	"math"
	"slices"

	"infomorph/neuron"
)

// recheckEvery is after how many epochs the mail checks again whether neurons
// that get each event can be shown their inputs.
const recheckEvery = 64

// change prepares the neurons for an epoch that changes their dynamics: those
// that need each event from then on are switched to events. From time to time,
// neurons are switched back.
func (m *Mail) change(e Epoch, own Owner) bool {
	from := max(m.now, neuron.Time(e.Index)*m.net.width)
	recheck := m.epochs%recheckEvery == 0
	if recheck {
		m.disband()
	}
	if set, at, once := m.follow(e.Signals); len(set) > 0 {
		if list := m.regroup(set, at, once); len(list) > 0 && !m.sendEach(list, from, own) {
			return false
		}
	}
	if recheck && m.eventful > 0 && m.now >= m.steady {
		return m.recheck(from, own)
	}
	return true
}

// follow notes which neurons have a low pass after the signals. It returns the
// neurons whose dynamics is set, ascending, the time of that, and whether it is
// the same for all.
func (m *Mail) follow(signals []neuron.Signal) (set []int, at neuron.Time, once bool) {
	at, once = neuron.Never, true
	for k := range signals {
		s := &signals[k]
		d, ok := neuron.DynamicsOf(s.Value)
		if s.Kind != neuron.SetDynamics || !ok {
			continue
		}
		once = once && (at == neuron.Never || at == s.Time)
		at = s.Time
		lo, hi := m.reached(signals[k : k+1])
		for i := lo; i < hi; i++ {
			m.blurred[i] = blurs(m.net.Config(m.id(i)), d)
			set = append(set, i)
		}
	}
	slices.Sort(set)
	return slices.Compact(set), at, once
}

// sendEach switches the neurons in list to events: it gives them the values
// that have arrived before from, and files all later arrivals as events.
func (m *Mail) sendEach(list []int, from neuron.Time, own Owner) bool {
	m.view.show(from - 1)
	for _, i := range list {
		seen := m.gather(m.seen, i)
		if _, ok := own.Hand(i, &neuron.Inbox{Seen: seen, Keep: true, End: from}); !ok {
			return false
		}
		m.shown[i] = false
		m.leave(i)
	}
	m.route()
	for _, i := range list {
		m.wake[i] = neuron.Never // it runs in this epoch, which has signals, and tells the router when to wake it
		m.eachSent(i, from, func(e neuron.Event) {
			m.router.file(e.Time, pendingEvent{target: int32(i), synapse: synapse(e.Port)<<slotBits | synapse(e.Slot), value: e.Value})
		})
	}
	return true
}

// recheck switches neurons back from events to shown inputs if all their
// presynaptic values equal those in the view.
func (m *Mail) recheck(from neuron.Time, own Owner) bool {
	m.view.show(from - 1)
	changed := false
	for i := range m.shown {
		if m.shown[i] || !m.showable(i) {
			continue
		}
		has, ok := own.Inputs(i)
		if !ok {
			return false
		}
		seen := m.gather(m.seen, i)
		if !sameBits(has, seen) {
			continue
		}
		if _, ok := own.Hand(i, &neuron.Inbox{Seen: seen, End: from}); !ok {
			return false
		}
		next := m.router.wake[i]
		m.shown[i], changed = true, true
		m.SetWake(i, next)
	}
	if changed {
		m.route()
	}
	return true
}

func (m *Mail) gather(dst []float64, i int) []float64 {
	dst = dst[:m.net.InDegree(m.id(i))]
	m.view.gather(dst, m.id(i))
	if m.circle.member[i] {
		m.lookIn(dst, i)
	}
	return dst
}

func sameBits(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i, v := range a {
		if math.Float64bits(v) != math.Float64bits(b[i]) {
			return false
		}
	}
	return true
}

// eachSent visits, synapse by synapse, the events that arrive at neuron i at or
// after from.
func (m *Mail) eachSent(i int, from neuron.Time, visit func(neuron.Event)) {
	in := m.net.Incoming(m.id(i))
	var delay neuron.Time
	var e neuron.Event
	arrives := func(t neuron.Time, value float32) { // one closure for all synapses: there may be 10⁸
		e.Time, e.Value = t+delay, value
		visit(e)
	}
	for k, source := range in.Source {
		if in.Port[k] != e.Port {
			e.Slot, e.Port = 0, in.Port[k]
		}
		delay = neuron.Time(in.Delay[k])
		m.view.sent(source, from-delay, arrives)
		e.Slot++
	}
}

// Save prepares Seen and AppendEvents for the state at time now. All neurons
// must have run up to now.
func (m *Mail) Save(now neuron.Time) {
	if m.view != nil {
		m.view.show(now - 1)
	}
	if m.saved = nil; m.router != nil {
		m.saved = m.router.Pending()
	}
	m.now = now
}

// Seen returns the presynaptic values of neuron i at the time of Save or
// Restore, for neuron.Neuron.Show; nil if the neuron has values of its own. The
// result is valid until the next call.
func (m *Mail) Seen(i int) []float64 {
	if !m.shown[i] {
		return nil
	}
	return m.gather(m.seen, i)
}

// Present returns what Seen returns, but for time now. All neurons must have
// run up to now.
func (m *Mail) Present(i int, now neuron.Time) []float64 {
	if m.view != nil {
		m.view.show(now - 1)
	}
	return m.Seen(i)
}

// AppendEvents appends the record of the pending events of neuron i. It is
// called after Save.
func (m *Mail) AppendEvents(dst []byte, i int) []byte {
	if !m.shown[i] {
		return m.saved.Append(dst, i)
	}
	if m.router != nil {
		dst = m.router.appendDraws(dst, i)
	} else {
		dst = append(dst, 0)
	}
	return appendEvents(dst, m.coming(i, m.now))
}

// coming returns the events that arrive at neuron i at or after from, in
// canonical order.
func (m *Mail) coming(i int, from neuron.Time) []neuron.Event {
	m.events = m.events[:0]
	m.eachSent(i, from, func(e neuron.Event) { m.events = append(m.events, e) })
	sortStable(m.events, neuron.Event.Compare)
	return m.events
}

// Begin starts to restore a state: one record per neuron of the mail. It
// decides which neurons are shown their inputs: those whose records agree on
// what the sources sent. After it, each neuron must be restored, with the
// result of Seen, and then Restore must be called for it.
func (m *Mail) Begin(now neuron.Time, records []Record) {
	m.now, m.next, m.steady = now, neuron.Never, now
	for i := range m.shown {
		m.leave(i)
		m.shown[i], m.wake[i] = false, neuron.Never
	}
	if m.view != nil {
		m.agree(now, records)
	}
	m.route()
	if m.router != nil {
		m.router.Clear(now)
	}
	if m.eventful > 0 {
		m.steady = now + m.net.longest + 1
	}
}

// Restore restores the part of a record that does not belong to the state of
// neuron i itself. next is the next update of its clock.
func (m *Mail) Restore(i int, next neuron.Time, rec Record) error {
	if next < m.now {
		return fmt.Errorf("%w: the clock of neuron %d stands at %v, before %v", ErrState, m.id(i), next, m.now)
	}
	if err := m.router.restoreDraws(i, rec); err != nil {
		return err
	}
	m.SetWake(i, next)
	if m.shown[i] {
		return nil
	}
	return m.router.restoreEvents(i, rec, m.now)
}

// agree finds out what the sources sent, from the synapse of each source with
// the longest delay, and which neurons have received exactly that.
func (m *Mail) agree(now neuron.Time, records []Record) {
	c := &consensus{m: m, now: now, records: records, refs: make([]reference, m.net.NumNeurons()+m.net.NumChannels())}
	for i := range records {
		seen, d, ok := neuron.InputsOf(m.other, records[i].Neuron, m.net.Config(m.id(i)))
		m.other = seen
		m.blurred[i] = blurs(m.net.Config(m.id(i)), d)
		if ok && len(seen) == m.net.InDegree(m.id(i)) && m.showable(i) {
			c.refer(i, seen)
		}
	}
	m.view.restore(now, c.past())
	for i := range records {
		if m.showable(i) {
			m.shown[i] = c.agrees(i)
		}
	}
}

// consensus compares what the records of neurons say about the spikes of the
// sources.
type consensus struct {
	m       *Mail
	now     neuron.Time
	records []Record
	refs    []reference // by source
}

// reference is the synapse that represents its source: one with the longest
// delay, because a spike that is in flight over any synapse of the source is
// also in flight over this one.
type reference struct {
	delay int32 // 0: there is none
	i, at int32 // neuron, and index among its synapses
	value float32
}

func (c *consensus) refer(i int, seen []float64) {
	in := c.m.net.Incoming(c.m.id(i))
	for k, source := range in.Source {
		r, v := &c.refs[source], float32(seen[k])
		// With equal delays, prefer a synapse that has received something: a
		// new synapse has not, so it cannot be the reference.
		if d := in.Delay[k]; d > r.delay || d == r.delay && r.value == 0 && v != 0 {
			*r = reference{delay: d, i: int32(i), at: int32(k), value: v}
		}
	}
}

// past returns what the sources sent according to the references.
func (c *consensus) past() *past {
	p := &past{before: make([]float32, len(c.refs))}
	used := make([]bool, len(c.records))
	for s := range c.refs {
		if r := &c.refs[s]; r.delay > 0 {
			p.before[s] = r.value
			used[r.i] = true
		}
	}
	for i, rec := range c.records {
		if !used[i] {
			continue
		}
		in := c.m.net.Incoming(c.m.id(i))
		slots := c.m.net.Slots(c.m.id(i))
		events, err := rec.Events(slots, c.now)
		if err != nil {
			continue
		}
		for _, e := range events {
			k := position(slots, e)
			s := neuron.Spike{Time: e.Time - neuron.Time(in.Delay[k]), Source: in.Source[k], Value: e.Value}
			if r := &c.refs[s.Source]; int(r.i) == i && int(r.at) == k && s.Time < c.now {
				p.spikes = append(p.spikes, s)
			}
		}
	}
	sortStable(p.spikes, neuron.Spike.Compare)
	return p
}

// position returns the index of an event's synapse among those of its neuron.
func position(slots [neuron.NumPorts]int32, e neuron.Event) int {
	k := int(e.Slot)
	for _, n := range slots[:e.Port] {
		k += int(n)
	}
	return k
}

// agrees reports whether neuron i has received exactly what the references say.
func (c *consensus) agrees(i int) bool {
	m, rec := c.m, c.records[i]
	seen, _, ok := neuron.InputsOf(m.other, rec.Neuron, m.net.Config(m.id(i)))
	m.other = seen
	if !ok || !sameBits(seen, m.gather(m.seen, i)) {
		return false
	}
	events, err := rec.Events(m.net.Slots(m.id(i)), c.now)
	if err != nil {
		return false
	}
	coming := m.coming(i, c.now)
	if len(events) != len(coming) {
		return false
	}
	for k := range events {
		a, b := &events[k], &coming[k]
		if a.Compare(*b) != 0 || math.Float32bits(a.Value) != math.Float32bits(b.Value) {
			return false
		}
	}
	return true
}
