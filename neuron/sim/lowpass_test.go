package sim

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
)

// dynamicsAt sets the dynamics of the neurons first … last−1.
func dynamicsAt(t neuron.Time, d neuron.Dynamics, first, last neuron.ID) neuron.Signal {
	return neuron.Signal{Time: t, Kind: neuron.SetDynamics, Value: float64(d), First: first, Last: last}
}

// circleOf runs nine neurons with clocks and inputs to a time, as is and with
// each event, compares the two, and returns the mail of the first.
func circleOf(t *testing.T, change func(*neuron.Config, neuron.ID), until neuron.Time, signals ...neuron.Signal) *Mail {
	t.Helper()
	var engines []*Sequential
	for _, how := range []Delivery{Chosen, EachEvent} {
		net := clocked(t, 9, 5, 12)
		usual := net.Config(0)
		net.Config = func(id neuron.ID) *neuron.Config {
			cfg := *usual
			if change != nil {
				change(&cfg, id)
			}
			return &cfg
		}
		e, err := NewSequentialBy(net, how)
		if err != nil {
			t.Fatal(err)
		}
		engines = append(engines, e)
	}
	var states [2][]byte
	for now := neuron.Time(0); now < until; now += 31 {
		f := sparks(uint64(now), now, min(now+31, until))
		for i := range f.Inputs {
			f.Inputs[i].Source += 5 // the channels come after nine neurons
		}
		for _, s := range signals {
			if s.Time >= now && s.Time < now+31 {
				f.Signals = append(f.Signals, s)
			}
		}
		for k, e := range engines {
			if err := e.Advance(t.Context(), min(now+31, until), f, Discard{}); err != nil {
				t.Fatal(err)
			}
			states[k], _ = e.State()
		}
		if !bytes.Equal(states[0], states[1]) {
			t.Fatalf("another state at %v than with each event; members %v", min(now+31, until), engines[0].group.circle.member)
		}
	}
	return engines[0].group.Mail
}

// TestCircle: which neurons see low-passed values, and which get each event.
func TestCircle(t *testing.T) {
	const belief, sign = neuron.Belief, neuron.Sign
	all := func(at neuron.Time, d neuron.Dynamics) neuron.Signal { return dynamicsAt(at, d, 0, 9) }
	for name, c := range map[string]struct {
		until   neuron.Time
		signals []neuron.Signal
		members int
		events  int // neurons that get each event
		lowPass float64
	}{
		"nobody":                         {300, nil, 0, 0, 0},
		"all":                            {300, []neuron.Signal{all(40, belief)}, 9, 0, 0.05},
		"some":                           {300, []neuron.Signal{dynamicsAt(43, belief, 2, 5)}, 3, 0, 0.05},
		"two groups at once":             {300, []neuron.Signal{dynamicsAt(43, belief, 2, 5), dynamicsAt(43, belief, 7, 9)}, 5, 0, 0.05},
		"overlapping groups":             {300, []neuron.Signal{dynamicsAt(43, belief, 2, 6), dynamicsAt(43, belief, 4, 9)}, 7, 0, 0.05},
		"the last signal counts":         {300, []neuron.Signal{all(43, belief), dynamicsAt(43, sign, 2, 5)}, 6, 0, 0.05},
		"one after the other":            {300, []neuron.Signal{dynamicsAt(43, belief, 2, 5), dynamicsAt(97, belief, 5, 7)}, 3, 2, 0.05},
		"at two times of an epoch":       {300, []neuron.Signal{dynamicsAt(41, belief, 2, 5), dynamicsAt(42, belief, 6, 8)}, 0, 5, 0},
		"again":                          {300, []neuron.Signal{all(43, belief), all(87, belief)}, 9, 0, 0.05},
		"off":                            {100, []neuron.Signal{all(43, belief), all(87, sign)}, 9, 0, 1},
		"off, for long":                  {900, []neuron.Signal{all(43, belief), all(87, sign)}, 0, 0, 1},
		"off and on":                     {300, []neuron.Signal{all(43, belief), all(87, sign), all(131, belief)}, 9, 0, 0.05},
		"off and on, for others as well": {300, []neuron.Signal{dynamicsAt(43, belief, 2, 5), dynamicsAt(87, sign, 2, 5), all(131, belief)}, 3, 6, 0.05},
		"off for one":                    {300, []neuron.Signal{all(43, belief), dynamicsAt(87, sign, 3, 4)}, 8, 1, 0.05},
		"off for one, for long":          {900, []neuron.Signal{all(43, belief), dynamicsAt(87, sign, 3, 4)}, 8, 0, 0.05},
		"on for one, off for the others": {300, []neuron.Signal{all(43, belief), all(87, sign), dynamicsAt(87, belief, 3, 4)}, 0, 9, 0.05},
		"off at two times of an epoch":   {300, []neuron.Signal{all(43, belief), dynamicsAt(86, sign, 0, 2), dynamicsAt(87, sign, 2, 9)}, 0, 9, 0.05},
		"another dynamics of belief":     {100, []neuron.Signal{all(43, belief), all(87, neuron.GradedBelief)}, 9, 0, 1},
	} {
		m := circleOf(t, nil, c.until, c.signals...)
		events := 0
		for i, shown := range m.shown {
			if !shown {
				events++
			}
			if m.circle.member[i] && !shown {
				t.Errorf("%s: neuron %d is a member and gets each event", name, i)
			}
		}
		a := m.arrays()
		if m.circle.size != c.members || events != c.events || (a.passed != nil) != (c.members > 0) {
			t.Errorf("%s: %d members, %d with each event, %d low-passed values; want %d, %d", name, m.circle.size, events, len(a.passed), c.members, c.events)
		}
		if a.lowPass != c.lowPass || m.circle.turn.at != neuron.Never {
			t.Errorf("%s: low pass %v, next turn at %v", name, a.lowPass, m.circle.turn.at)
		}
	}
}

// TestCircleOfOneLowPass: neurons with another low pass, or without the need of
// one, are no members.
func TestCircleOfOneLowPass(t *testing.T) {
	m := circleOf(t, func(cfg *neuron.Config, id neuron.ID) {
		cfg.Belief = neuron.DefaultBelief()
		cfg.Belief.LowPass = []float64{0.25, 0.25, 0.5, 0.25, 1, 0.25, 0.25, 0.25, 0.25}[id]
		if id == 6 {
			cfg.Gate = neuron.Gate{Threshold: 0.1, TauFraction: 1}
		}
	}, 300, dynamicsAt(43, neuron.Belief, 0, 9))
	if want := []bool{true, true, false, true, false, true, false, true, true}; !slices.Equal(m.circle.member, want) || m.circle.size != 6 {
		t.Errorf("members %v, want %v", m.circle.member, want)
	}
	if want := []bool{true, true, false, true, true, true, false, true, true}; !slices.Equal(m.shown, want) {
		t.Errorf("shown %v, want %v", m.shown, want)
	}
	if a := m.arrays(); a.lowPass != 0.25 {
		t.Error("low pass", a.lowPass)
	}
}

// TestCircleAtRandom: with signals for any neurons at any times, states are as
// with each event.
func TestCircleAtRandom(t *testing.T) {
	most := 0
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 3))
		var signals []neuron.Signal
		for at := neuron.Time(20); at < 600; at += neuron.Time(rng.Int64N(40)) {
			first, last := neuron.ID(0), neuron.ID(9)
			if rng.IntN(5) == 0 {
				first = neuron.ID(rng.IntN(9))
				last = first + 1 + neuron.ID(rng.IntN(9-int(first)))
			}
			signals = append(signals, dynamicsAt(at, []neuron.Dynamics{neuron.Belief, neuron.Sign, neuron.Teacher}[rng.IntN(3)], first, last))
		}
		most = max(most, circleOf(t, nil, 600, signals...).circle.size)
	}
	if most == 0 {
		t.Error("no circle; the test is empty")
	}
}

// TestCircleThatBeginsAgain: the low pass is turned on again in each epoch after
// it was turned off, also in the one in which the circle would end.
func TestCircleThatBeginsAgain(t *testing.T) {
	for at := neuron.Time(90); at < 90+2*5*recheckEvery; at += 5 {
		m := circleOf(t, nil, at+60, dynamicsAt(43, neuron.Belief, 0, 9), dynamicsAt(87, neuron.Sign, 0, 9), dynamicsAt(at, neuron.Belief, 0, 9))
		if m.circle.size != 9 {
			t.Errorf("on again at %v: members %v", at, m.circle.member)
		}
	}
}

// TestRestoredCircle: an engine that restores a state forgets its circle, and
// goes on as one that never stopped.
func TestRestoredCircle(t *testing.T) {
	var engines []*Sequential
	for range 2 {
		e, err := NewSequential(clocked(t, 4, 5, 12))
		if err != nil {
			t.Fatal(err)
		}
		engines = append(engines, e)
	}
	advance := func(e *Sequential, until neuron.Time, signals ...neuron.Signal) {
		f := sparks(uint64(until), e.now, until)
		f.Signals = signals
		if err := e.Advance(t.Context(), until, f, Discard{}); err != nil {
			t.Fatal(err)
		}
	}
	a, b := engines[0], engines[1]
	advance(a, 100, dynamicsAt(43, neuron.Belief, 0, 4))
	state, _ := a.State()
	advance(b, 170, dynamicsAt(43, neuron.Belief, 1, 3)) // with a circle of its own
	if err := b.Restore(state); err != nil {
		t.Fatal(err)
	}
	if m := b.group; m.circle.size != 0 || slices.Contains(m.circle.member, true) || m.arrays().passed != nil || a.group.circle.size != 4 {
		t.Errorf("members %v after restoring, %v before", m.circle.member, a.group.circle.member)
	}
	for until := neuron.Time(130); until < 900; until += 30 {
		var signals []neuron.Signal
		if until%90 == 40 {
			signals = append(signals, dynamicsAt(until-9, []neuron.Dynamics{neuron.Sign, neuron.Belief}[until/90%2], 0, 4))
		}
		advance(a, until, signals...)
		advance(b, until, signals...)
		x, _ := a.State()
		if y, _ := b.State(); !bytes.Equal(x, y) {
			t.Fatalf("another state at %v", until)
		}
	}
}

// TestLowPassKnown: values are low-passed as synapses do it.
func TestLowPassKnown(t *testing.T) {
	a := &arrays{delays: []neuron.Time{5, 9}, width: 2, shown: newTones(4, false), at: []int{0, 0}}
	a.record(nil, []neuron.Spike{{Time: 0, Source: 1, Value: 2}})
	a.show(5)
	a.pass(0.25)
	if want := []float64{0, 2, 0, 0}; !slices.Equal(a.passed, want) {
		t.Fatalf("at the beginning %v, want %v", a.passed, want)
	}
	a.record(nil, []neuron.Spike{{Time: 1, Source: 0, Value: 1}, {Time: 2, Source: 1, Value: -2}, {Time: 2, Source: 0, Value: 1}})
	a.show(9)
	if want := []float64{0.4375, 1, 0, 0.5}; !slices.Equal(a.passed, want) || a.settled() {
		t.Errorf("low-passed %v, want %v", a.passed, want)
	}
	a.pass(1)
	if a.show(50); !slices.Equal(a.passed, []float64{0.4375, 1, 1, -2}) || a.settled() {
		t.Errorf("off %v", a.passed)
	}
	a.record(nil, []neuron.Spike{{Time: 60, Source: 0, Value: float32(math.Copysign(0, -1))}, {Time: 60, Source: 1, Value: 7}})
	if a.show(65); !a.settled() {
		t.Errorf("%v is not settled, the last values are %v", a.passed, a.shown.wide)
	}
	if a.pass(0.5); a.settled() {
		t.Error("settled with a low pass")
	}
}
