package sim

import (
	"math"
	"slices"

	"infomorph/neuron"
)

// In belief recall, contextual synapses low-pass what they receive. Neurons
// whose dynamics is set by the same signals low-pass alike, so the mail keeps
// one low-passed value for each source and delay, and shows it to all of them.
//
// Such neurons are a circle. It begins when signals of one time turn on the low
// pass of neurons that are shown their inputs. It stays as long as each change
// of dynamics is for all its members; while the low pass is off, its values
// follow the sources, but those of sources that are silent differ from the last
// value sent. Every other neuron with a low pass gets each event.
type circle struct {
	member  []bool // by neuron
	size    int
	lowPass float64 // of the members, while it is on
	turn    turn
}

// turn is a change of the circle at the time of a signal.
type turn struct {
	at      neuron.Time // Never: there is none
	join    []int       // new members
	lowPass float64     // 1: off
}

// regroup decides how the neurons in set, whose dynamics is set by signals of
// one time (once) or of several times, get their inputs. It returns those that
// need each event from now on, and prepares the turn for the others.
func (m *Mail) regroup(set []int, at neuron.Time, once bool) (events []int) {
	c := &m.circle
	members, low := 0, 0
	for _, i := range set {
		if c.member[i] {
			members++
			if m.blurred[i] {
				low++
			}
		}
	}
	stays := once && members == c.size && (low == 0 || low == members)
	begins := once && c.size == 0 && m.arrays() != nil
	t := turn{at: at, lowPass: 1}
	if low > 0 {
		t.lowPass = c.lowPass
	}
	for _, i := range set {
		switch lowPass := m.net.Config(m.id(i)).LowPass(neuron.Belief); {
		case c.member[i]:
			if !stays {
				events = append(events, i)
			}
		case !m.shown[i] || !m.blurred[i]:
		case begins && (len(t.join) == 0 || lowPass == t.lowPass):
			t.join, t.lowPass = append(t.join, i), lowPass
		default:
			events = append(events, i)
		}
	}
	if len(t.join) > 0 {
		c.lowPass = t.lowPass
	}
	if len(t.join) > 0 || stays && members > 0 {
		c.turn = t
	}
	return events
}

// arrays returns the view if it can low-pass.
func (m *Mail) arrays() *arrays {
	a, _ := m.view.(*arrays)
	return a
}

// turnAt carries out the turn if it is at t. The view must show t, because
// what arrives at the time of a signal is received before it.
func (m *Mail) turnAt(t neuron.Time) {
	c := &m.circle
	if c.turn.at != t {
		return
	}
	for _, i := range c.turn.join {
		c.member[i] = true
	}
	c.size += len(c.turn.join)
	m.arrays().pass(c.turn.lowPass)
	c.turn = turn{at: neuron.Never}
}

// leave removes a neuron from the circle.
func (m *Mail) leave(i int) {
	c := &m.circle
	if !c.member[i] {
		return
	}
	c.member[i] = false
	if c.size--; c.size == 0 {
		m.arrays().passed = nil
	}
}

// disband ends the circle if its values are those that were sent last.
func (m *Mail) disband() {
	if a := m.arrays(); m.circle.size > 0 && a.settled() {
		a.passed = nil
		clear(m.circle.member)
		m.circle.size = 0
	}
}

// lookIn replaces the contextual values of a member by those of the circle.
func (m *Mail) lookIn(dst []float64, i int) {
	all := slices.Grow(m.low[:0], len(dst))[:len(dst)]
	m.low = all
	m.arrays().gatherPassed(all, m.id(i))
	ports := m.net.Incoming(m.id(i)).Port
	from, _ := slices.BinarySearch(ports, neuron.Contextual)
	to, _ := slices.BinarySearch(ports, neuron.Contextual+1)
	copy(dst[from:to], all[from:to])
}

// pass begins to low-pass the values of all sources, or changes how strongly.
func (a *arrays) pass(lowPass float64) {
	a.lowPass = lowPass
	if a.passed == nil {
		a.passed = make([]float64, len(a.delays)*a.width)
		a.shown.read(a.passed, 0)
	}
}

// take low-passes a value as a synapse does; see port.take of package neuron.
func (a *arrays) take(place int, v float32) {
	x := &a.passed[place]
	if a.lowPass == 1 {
		*x = float64(v)
	} else {
		*x += a.lowPass * (float64(v) - *x)
	}
}

// settled reports whether the low pass is off and has no effect any more.
func (a *arrays) settled() bool {
	if a.lowPass != 1 {
		return false
	}
	var last [1]float64
	for place, x := range a.passed {
		if a.shown.read(last[:], place); math.Float64bits(last[0]) != math.Float64bits(x) {
			return false
		}
	}
	return true
}

// gatherPassed is gather for low-passed values.
func (a *arrays) gatherPassed(dst []float64, id neuron.ID) {
	low := tones{wide: a.passed}
	r := &a.rows[id-a.first]
	a.read(dst, &low, &r.first)
	for i := range r.count {
		a.read(dst, &low, &a.more[r.more+int32(i)])
	}
}
