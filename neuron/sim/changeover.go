package sim

import (
	"fmt"
	"math"

	"infomorph/neuron"
)

// recheckEvery is how many epochs lie between two looks at whether neurons
// that hear each event could be shown again what they were told.
const recheckEvery = 64

// change lets neurons change over before an epoch in which their dynamics do.
func (m *Mail) change(e Epoch, own Owner) bool {
	var list []int
	for k := range e.Signals {
		if s := &e.Signals[k]; s.Kind == neuron.SetDynamics {
			list = m.follow(list, s)
		}
	}
	from := max(m.now, neuron.Time(e.Index)*m.net.width)
	if len(list) > 0 && !m.tellEach(list, from, own) {
		return false
	}
	if m.told > 0 && m.epochs%recheckEvery == 0 && m.now >= m.steady {
		return m.recheck(from, own)
	}
	return true
}

// follow appends to list those who need each event once a signal has set
// their dynamics.
func (m *Mail) follow(list []int, s *neuron.Signal) []int {
	d, ok := neuron.DynamicsOf(s.Value)
	if !ok {
		return list
	}
	lo, hi := m.reached([]neuron.Signal{*s})
	for i := lo; i < hi; i++ {
		m.blurred[i] = blurs(m.net.Config(m.id(i)), d)
		if m.blurred[i] && m.shown[i] {
			m.shown[i] = false
			list = append(list, i)
		}
	}
	return list
}

// tellEach hands over what has arrived before from, and files what is to come
// event by event.
func (m *Mail) tellEach(list []int, from neuron.Time, own Owner) bool {
	m.view.show(from - 1)
	for _, i := range list {
		seen := m.gather(m.seen, i)
		if _, ok := own.Hand(i, &neuron.Inbox{Seen: seen, Keep: true, End: from}); !ok {
			return false
		}
	}
	m.route()
	for _, i := range list {
		m.router.SetWake(i, m.wake[i])
		m.wake[i] = neuron.Never
		m.eachSent(i, from, func(e neuron.Event) {
			m.router.file(e.Time, parcel{target: int32(i), synapse: synapse(e.Port)<<slotBits | synapse(e.Slot), value: e.Value})
		})
	}
	return true
}

// recheck lets those who hear each event change over if their synapses were
// told what everybody's were.
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

// eachSent visits, synapse by synapse, what arrives at neuron i from a time on.
func (m *Mail) eachSent(i int, from neuron.Time, visit func(neuron.Event)) {
	in := m.net.Incoming(m.id(i))
	var delay neuron.Time
	var e neuron.Event
	arrives := func(t neuron.Time, value float32) { // one for all synapses: there may be 10⁸
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

// Save prepares Seen and AppendFlight for the state at a time up to which all
// has run.
func (m *Mail) Save(now neuron.Time) {
	if m.view != nil {
		m.view.show(now - 1)
	}
	if m.flight = nil; m.router != nil {
		m.flight = m.router.InFlight()
	}
	m.now = now
}

// Seen returns what neuron i was told by the time of Save or Restore, to be
// lent to it (neuron.Neuron.Show); nil if it has presynaptic values of its
// own. It is valid until the next call.
func (m *Mail) Seen(i int) []float64 {
	if !m.shown[i] {
		return nil
	}
	return m.gather(m.seen, i)
}

// Present returns what neuron i was told up to a time to which all has run, as
// Seen does.
func (m *Mail) Present(i int, now neuron.Time) []float64 {
	if m.view != nil {
		m.view.show(now - 1)
	}
	return m.Seen(i)
}

// AppendFlight appends the record of what is on its way to neuron i, after
// Save.
func (m *Mail) AppendFlight(dst []byte, i int) []byte {
	if !m.shown[i] {
		return m.flight.Append(dst, i)
	}
	if m.router != nil {
		dst = m.router.appendDraws(dst, i)
	} else {
		dst = append(dst, 0)
	}
	return appendEvents(dst, m.coming(i, m.now))
}

// coming returns what arrives at neuron i from a time on, in canonical order.
func (m *Mail) coming(i int, from neuron.Time) []neuron.Event {
	m.events = m.events[:0]
	m.eachSent(i, from, func(e neuron.Event) { m.events = append(m.events, e) })
	sortStable(m.events, neuron.Event.Compare)
	return m.events
}

// Begin starts to restore what a state holds: one record a neuron of the mail.
// It decides who is shown what it was told: those whose records agree on what
// sources sent. Then each neuron must be restored, while it is lent Seen, and
// after it Restore be called.
func (m *Mail) Begin(now neuron.Time, records []Record) {
	m.now, m.next, m.steady = now, neuron.Never, now
	for i := range m.shown {
		m.shown[i], m.wake[i] = false, neuron.Never
	}
	if m.view != nil {
		m.agree(now, records)
	}
	m.route()
	if m.router != nil {
		m.router.Clear(now)
	}
	if m.told > 0 {
		m.steady = now + m.net.longest + 1
	}
}

// Restore takes over what a record says about neuron i besides its own state;
// next is when its clock updates next.
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

// agree finds what sources sent, by the synapse of each that waits longest,
// and who was told just that.
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

// consensus is what the records of neurons say about what sources sent.
type consensus struct {
	m       *Mail
	now     neuron.Time
	records []Record
	refs    []reference // by source
}

// reference is the synapse that stands for all of its source: of the longest
// delay, so that what is on its way over any is on its way over this one.
type reference struct {
	delay int32 // 0: there is none
	i, at int32 // neuron, and number among its synapses
	value float32
}

func (c *consensus) refer(i int, seen []float64) {
	in := c.m.net.Incoming(c.m.id(i))
	for k, source := range in.Source {
		r, v := &c.refs[source], float32(seen[k])
		// Among equals one that has heard something: a synapse that has grown is no
		// reference.
		if d := in.Delay[k]; d > r.delay || d == r.delay && r.value == 0 && v != 0 {
			*r = reference{delay: d, i: int32(i), at: int32(k), value: v}
		}
	}
}

// past returns what the references tell.
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

// position returns the number of an event's synapse among those of its neuron.
func position(slots [neuron.NumPorts]int32, e neuron.Event) int {
	k := int(e.Slot)
	for _, n := range slots[:e.Port] {
		k += int(n)
	}
	return k
}

// agrees reports whether neuron i was told what the references say.
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
