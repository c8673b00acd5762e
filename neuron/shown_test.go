package neuron

import (
	"slices"
	"testing"
)

// shownConfigs are configurations of neurons that can be shown their inputs,
// because no synapse low-passes spikes.
func shownConfigs(t *testing.T) map[string]*Config {
	t.Helper()
	all := map[string]*Config{}
	for _, d := range []Dynamics{Sampled, Teacher, Sign, GradedBelief} {
		c := memoryConfig(t)
		c.Dynamics = d
		all[d.String()] = c
	}
	centred := memoryConfig(t)
	centred.Ports[Contextual].Center = 0.1
	all["centred"] = centred
	return all
}

// TestShownInputsOrEvents: a neuron that is shown the last value of each synapse
// behaves like one that gets events. With Keep, it continues with events.
func TestShownInputsOrEvents(t *testing.T) {
	for name, cfg := range shownConfigs(t) {
		told := mustNew(t, 3, cfg, wires(2, 0.5, -0.25, 1))
		shown, err := NewShown(3, cfg, 1, wires(2, 0.5, -0.25, 1))
		if err != nil {
			t.Fatal(err)
		}
		if got := shown.AppendInputs(nil); len(got) != 0 {
			t.Errorf("%s: it owns %v", name, got)
		}
		seen := make([]float64, 4)
		for k := range 40 {
			at := Time(10 * k)
			bits := []float32{float32(k%2*2 - 1), float32(k%3 - 1), float32(k % 5), float32(1 - k%4)}
			events := append(receptive(bits[0]), context(bits[1:]...)...)
			for i, v := range bits {
				seen[i] = float64(v)
				events[i].Time = at
			}
			signals := []Signal{{Time: at, Flags: Fire | Learn | Observe, Last: 9}}
			var a, b Output
			told.Advance(Inbox{Events: events, Signals: signals, End: at + 10}, &a)
			if _, err := shown.AppendBinary(nil); err == nil && k <= 30 {
				t.Fatalf("%s: it has a state without inputs", name)
			}
			keep := k == 30
			in := Inbox{Signals: signals, End: at + 10}
			if k > 30 {
				in.Events = events
			} else {
				in.Seen, in.Keep = seen, keep
			}
			shown.Live(&in, &b)
			if !slices.Equal(a.Spikes, b.Spikes) || !slices.Equal(a.Samples, b.Samples) || len(a.Samples) != 1 {
				t.Fatalf("%s, update %d: told %+v, shown %+v", name, k, a, b)
			}
			own := shown.AppendInputs([]float64{7})
			if k < 30 && len(own) != 1 || k >= 30 && !slices.Equal(own[1:], seen) {
				t.Fatalf("%s, update %d: it owns %v", name, k, own)
			}
			if k >= 30 {
				sameState(t, told, shown)
				clear(seen) // the kept values are a copy
				sameState(t, told, shown)
				shown.Show(nil)
				shown.Show(told.AppendInputs(nil))
				sameState(t, told, shown)
			}
			shown.PrefetchInputs() // changes nothing
			shown.Prefetch()
			if k < 30 {
				shown.Show(seen)
				sameState(t, told, shown)
				shown.Show(nil)
			}
		}
	}
}

// TestShownIsRestored: a state contains the inputs, whether the neuron has
// memory for them or not, and InputsOf returns them.
func TestShownIsRestored(t *testing.T) {
	n := grown(t, 7) // contextual inputs are centred
	state := []byte(stateOf(t, n))
	fresh := func() *Neuron {
		m, err := NewShown(7, n.cfg, 1, wires(0, 0, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := fresh()
	if err := m.UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
	sameState(t, n, m)
	m = fresh()
	lent := make([]float64, 4)
	m.Show(lent)
	if err := m.UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
	want := n.AppendInputs(nil)
	if !slices.Equal(lent, want) || !slices.Equal(want, []float64{1, 1, -1, 1}) {
		t.Errorf("it was lent memory for inputs: %v, want %v", lent, want)
	}
	got, d, ok := InputsOf([]float64{9, 9}, state, n.cfg)
	if !ok || d != n.dynamics || !slices.Equal(got, want) {
		t.Errorf("the state has inputs %v, dynamics %v, %v", got, d, ok)
	}
	end := portsAt + 3*12 + 8*2 + 8*3*3 // three ports with count and bias; weights and inputs, and the means of the centred port
	for cut := range state {
		if _, d, ok := InputsOf(nil, state[:cut], n.cfg); ok != (cut >= end) || !ok && cut < portsAt && d != 0 {
			t.Fatalf("%d of %d bytes: %v, the ports end at %d", cut, len(state), ok, end)
		}
	}
	state[0]++
	if _, _, ok := InputsOf(nil, state, n.cfg); ok {
		t.Error("a state of another version has inputs")
	}
}

// TestRestart: the clock of a neuron from an earlier state continues with its
// first update at or after now.
func TestRestart(t *testing.T) {
	born := func(c Clock) *Neuron {
		cfg := memoryConfig(t)
		cfg.Clock = c
		return mustNew(t, 3, cfg, wires(1, 1))
	}
	for now, want := range map[Time]Time{0: 7, 7: 7, 8: 37, 36: 37, 37: 37, 38: 67, 67: 67, 100: 127, 1<<40 + 3: 1099511627797} {
		n := born(Clock{Kind: Periodic, Interval: 30, Phase: 7})
		if n.Restart(now); n.Next() != want || want%30 != 7 {
			t.Errorf("periodic, now %v: next %v, want %v", int64(now), int64(n.Next()), int64(want))
		}
	}
	for now := Time(0); now < 2000; now += 37 {
		n, whole := born(Clock{Kind: Poisson, Interval: 50}), born(Clock{Kind: Poisson, Interval: 50})
		n.Restart(now)
		whole.Advance(Inbox{End: now}, &Output{})
		if n.Next() != whole.Next() || n.Next() < now {
			t.Fatalf("Poisson, now %v: next %v, want %v", now, n.Next(), whole.Next())
		}
	}
	n := born(Clock{Kind: OnEvent, Interval: 10})
	n.Advance(Inbox{Events: []Event{{Time: 3, Value: 1}}, End: 5}, &Output{})
	if n.Restart(13); n.Next() != 13 {
		t.Errorf("what is due now: %v", n.Next())
	}
	if n.Restart(14); n.Next() != Never {
		t.Errorf("what was due before: %v", n.Next())
	}
	ticked := born(Clock{})
	if ticked.Restart(99); ticked.Next() != Never {
		t.Errorf("no clock: %v", ticked.Next())
	}
}
