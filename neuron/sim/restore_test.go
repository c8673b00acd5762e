package sim

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// clocked returns a network whose neurons update every 20 µs, first at 7 µs.
func clocked(t *testing.T, n, shortest, longest int) *Network {
	t.Helper()
	net, cfg := tiny(t, n, shortest, longest, Noise{}), testConfig(t)
	cfg.Clock = neuron.Clock{Kind: neuron.Periodic, Interval: 20, Phase: 7}
	net.Config = func(neuron.ID) *neuron.Config { return cfg }
	return net
}

// sparks are ten inputs of the four channels of a network of four neurons, at
// random times.
func sparks(seed uint64, from, until neuron.Time) (f Feed) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for range 10 {
		f.Inputs = append(f.Inputs, neuron.Spike{Time: from + neuron.Time(rng.Int64N(int64(until-from))), Source: 4 + neuron.ID(rng.IntN(4)), Value: float32(rng.NormFloat64())})
	}
	slices.SortStableFunc(f.Inputs, neuron.Spike.Compare)
	return f
}

// history returns states of one run: at the beginning, while neurons 1 and 2 have
// dynamics that need each event, and after that.
func history(t *testing.T, net *Network, how Delivery) (states [][]byte) {
	t.Helper()
	e, err := NewSequentialBy(net, how)
	if err != nil {
		t.Fatal(err)
	}
	switches := map[neuron.Time]neuron.Dynamics{35: neuron.Belief, 90: neuron.Sign}
	for _, at := range []neuron.Time{0, 3, 17, 35, 41, 60, 90, 93, 170, 700} {
		var f Feed
		if at > 0 {
			f = sparks(uint64(at), e.Now(), at)
		}
		if d, ok := switches[e.Now()]; ok {
			f.Signals = []neuron.Signal{{Time: e.Now(), Kind: neuron.SetDynamics, Value: float64(d), First: 1, Last: 3}}
		}
		if err := e.Advance(t.Context(), at, f, Discard{}); err != nil {
			t.Fatal(err)
		}
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, state)
	}
	return states
}

// sameMail compares all that decides what two mails do next.
func sameMail(t *testing.T, a, b *Mail) {
	t.Helper()
	if !slices.Equal(a.shown, b.shown) || !slices.Equal(a.blurred, b.blurred) || a.eventful != b.eventful {
		t.Errorf("shown %v and %v, blurred %v and %v, eventful %d and %d", a.shown, b.shown, a.blurred, b.blurred, a.eventful, b.eventful)
	}
	if !slices.Equal(a.wake, b.wake) || a.next != b.next || a.now != b.now || a.steady != b.steady || a.Next() != b.Next() {
		t.Errorf("wake %v and %v, next %v and %v, at %v and %v, steady %v and %v", a.wake, b.wake, a.Next(), b.Next(), a.now, b.now, a.steady, b.steady)
	}
	if a.router != nil && b.router != nil {
		r, s := a.router, b.router
		if !slices.Equal(r.wake, s.wake) || r.epoch != s.epoch || r.pending != s.pending || !slices.Equal(r.routes, s.routes) {
			t.Errorf("routers wake %v and %v, epochs %d and %d, %d and %d pending, %d and %d routes", r.wake, s.wake, r.epoch, s.epoch, r.pending, s.pending, len(r.routes), len(s.routes))
		}
	}
	for i := range a.shown {
		if x, y := slices.Clone(a.Seen(i)), b.Seen(i); !slices.Equal(x, y) {
			t.Errorf("neuron %d is shown %v and %v", i, x, y)
		}
	}
}

// TestRestoredIsAsNew: an engine that has done other things and restores a state,
// of an earlier or a later time, does the same as a new engine that restores it.
func TestRestoredIsAsNew(t *testing.T) {
	for _, how := range everyWay {
		net := clocked(t, 4, 5, 12)
		states := history(t, net, how)
		used, err := NewSequentialBy(net, how)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(8, 9))
		for range 3 * len(states) {
			k := rng.IntN(len(states))
			fresh, err := NewSequentialBy(net, how)
			if err != nil {
				t.Fatal(err)
			}
			if used.Restore(states[k]) != nil || fresh.Restore(states[k]) != nil {
				t.Fatal("a state is refused")
			}
			sameMail(t, used.group.Mail, fresh.group.Mail)
			now := used.Now()
			later := now + 1 + neuron.Time(rng.Int64N(60))
			for _, e := range []*Sequential{used, fresh} {
				if again, err := e.State(); err != nil || !bytes.Equal(again, states[k]) {
					t.Errorf("state %d is not written as it was read: %v", k, err)
				}
				if err := e.Advance(t.Context(), later, sparks(uint64(k), now, later), Discard{}); err != nil {
					t.Fatal(err)
				}
			}
			if a, b := recordsOf(t, used), recordsOf(t, fresh); !slices.EqualFunc(a, b, func(r, s Record) bool { return bytes.Equal(r.append(nil), s.append(nil)) }) {
				t.Errorf("delivery %d: continued from state %d, the engines differ", how, k)
			}
			if t.Failed() {
				t.Fatalf("delivery %d, state %d", how, k)
			}
		}
	}
}

// TestStatesThatDisagree: the records of a state may say different things about
// the spikes of one source: an event is missing, is another, or came at another
// time. Every way of delivery restores such a state as it is and continues alike.
func TestStatesThatDisagree(t *testing.T) {
	base, err := NewSequential(tiny(t, 4, 5, 12, Noise{}))
	if err != nil {
		t.Fatal(err)
	}
	for k := range neuron.Time(3) {
		if err := base.Advance(t.Context(), 11*k+11, sparks(uint64(k), 11*k, 11*k+11), Discard{}); err != nil {
			t.Fatal(err)
		}
	}
	for id := range 4 {
		slots := base.net.Slots(neuron.ID(id))
		for name, alter := range map[string]func([]neuron.Event) []neuron.Event{
			"none":         func([]neuron.Event) []neuron.Event { return nil },
			"one less":     func(ev []neuron.Event) []neuron.Event { return ev[1:] },
			"another":      func(ev []neuron.Event) []neuron.Event { ev[0].Value = 0.5; return ev },
			"negative":     func(ev []neuron.Event) []neuron.Event { ev[len(ev)-1].Value *= -1; return ev },
			"later":        func(ev []neuron.Event) []neuron.Event { ev[len(ev)-1].Time++; return ev },
			"twice":        func(ev []neuron.Event) []neuron.Event { return append(ev, ev[len(ev)-1]) },
			"after delays": func(ev []neuron.Event) []neuron.Event { ev[len(ev)-1].Time = base.now + 12; return ev },
			"other slot": func(ev []neuron.Event) []neuron.Event {
				ev[0].Slot = (ev[0].Slot + 1) % slots[ev[0].Port]
				slices.SortStableFunc(ev, neuron.Event.Compare)
				return ev
			},
		} {
			records := recordsOf(t, base)
			events, err := records[id].Events(slots, base.now)
			if err != nil || len(events) < 2 {
				t.Fatalf("neuron %d: %d events, %v", id, len(events), err)
			}
			records[id].events = encoded(alter(events)...)
			state := stateOf(base.net, base.now, records)
			var after []byte
			for _, how := range everyWay {
				e, err := NewSequentialBy(base.net, how)
				if err != nil {
					t.Fatal(err)
				}
				if err := e.Restore(state); err != nil {
					t.Fatalf("delivery %d, neuron %d, %s: %v", how, id, name, err)
				}
				if again, err := e.State(); err != nil || !bytes.Equal(again, state) {
					t.Errorf("delivery %d, neuron %d, %s: the state is not written as it was read, %v", how, id, name, err)
				}
				until := base.now + 50
				all := neuron.Signal{Time: base.now + 20, Kind: neuron.Tick, Flags: neuron.Fire | neuron.Learn, Last: 4}
				f := sparks(3, base.now, until)
				f.Signals = []neuron.Signal{all}
				if err := e.Advance(t.Context(), until, f, Discard{}); err != nil {
					t.Fatal(err)
				}
				got, _ := e.State()
				if after == nil {
					after = got
				}
				if !bytes.Equal(got, after) {
					t.Errorf("delivery %d, neuron %d, %s: it continues in another way", how, id, name)
				}
			}
		}
	}
}

// TestSentBeforeNow: an event that its source sent before the time of the state is
// a spike in flight. One that it would have sent at that time or later is not; the
// neuron gets it as an event.
func TestSentBeforeNow(t *testing.T) {
	for at, shown := range map[neuron.Time]bool{20: true, 24: true, 25: false, 26: false} {
		e, err := NewSequential(wired(t, from(9, 1), []int32{5}))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Advance(t.Context(), 20, Feed{}, Discard{}); err != nil {
			t.Fatal(err)
		}
		records := recordsOf(t, e)
		records[0].events = encoded(neuron.Event{Time: at, Value: 1})
		state := stateOf(e.net, 20, records)
		if err := e.Restore(state); err != nil || e.group.shown[0] != shown {
			t.Errorf("an event at %v: shown %v, %v", at, e.group.shown[0], err)
		}
		if again, _ := e.State(); !bytes.Equal(again, state) {
			t.Errorf("an event at %v is not written as it was read", at)
		}
	}
}

// star returns an engine of three neurons. One channel, source 3, has a synapse
// to each neuron but one, with a delay of 5 µs or the given delay.
func star(t *testing.T, without neuron.ID, delays ...int32) *Sequential {
	t.Helper()
	var synapses []topology.Synapse
	for to := range neuron.ID(3) {
		s := spoke(to)
		if len(delays) > 0 {
			s.Delay = delays[to]
		}
		if to != without {
			synapses = append(synapses, s)
		}
	}
	g, err := topology.FromSynapses([]topology.Population{{Name: "p", Size: 3}}, []topology.Population{{Name: "c", Size: 1}}, []topology.Link{{Name: "a"}}, synapses)
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t)
	net := &Network{Graph: g, Seed: 1, Config: func(neuron.ID) *neuron.Config { return cfg }}
	if err := net.Prepare(); err != nil {
		t.Fatal(err)
	}
	e, err := NewSequential(net)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func spoke(to neuron.ID) topology.Synapse {
	return topology.Synapse{Source: 3, Target: to, Weight: 1, Delay: 5}
}

// tell advances to 20 µs; the channel sends the given values at the given times.
func tell(t *testing.T, e *Sequential, spikes ...neuron.Spike) {
	t.Helper()
	for i := range spikes {
		spikes[i].Source = 3
	}
	if err := e.Advance(t.Context(), 20, Feed{Inputs: spikes}, Discard{}); err != nil {
		t.Fatal(err)
	}
}

// TestTheMajorityIsShown: one synapse that has received something else than all
// others of its source does not change how the other neurons are served.
func TestTheMajorityIsShown(t *testing.T) {
	for without := range neuron.ID(3) {
		want := []bool{true, true, true}
		want[without] = false
		for name, spike := range map[string]neuron.Spike{"heard": {Time: 2, Value: 1}, "heard, negative": {Time: 2, Value: -0.5}, "in flight": {Time: 18, Value: 1}} {
			if name == "in flight" && without == 0 {
				continue // nobody has heard anything: the first synapse counts
			}
			e := star(t, without)
			tell(t, e, spike)
			if _, err := Restructure(e, &topology.Change{Added: []topology.Synapse{spoke(without)}}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(e.group.shown, want) {
				t.Errorf("%s, a new synapse of neuron %d: shown %v", name, without, e.group.shown)
			}
		}
	}
	for k := neuron.ID(1); k < 3; k++ { // a neuron forgets the second spike
		e := star(t, 9)
		if err := e.Advance(t.Context(), 10, Feed{Inputs: []neuron.Spike{{Time: 2, Source: 3, Value: 1}}}, Discard{}); err != nil {
			t.Fatal(err)
		}
		earlier, _ := e.State()
		tell(t, e, neuron.Spike{Time: 12, Value: 2})
		change, err := Restarted(e.net, earlier)
		if err != nil {
			t.Fatal(err)
		}
		if err := Edit(e, []neuron.ID{k}, change); err != nil {
			t.Fatal(err)
		}
		want := []bool{true, true, true}
		want[k] = false
		if !slices.Equal(e.group.shown, want) {
			t.Errorf("neuron %d has restarted: shown %v", k, e.group.shown)
		}
	}
}

// TestTheLongestDelayCounts: a spike that has arrived at one neuron and is still on
// its way to another was sent to both.
func TestTheLongestDelayCounts(t *testing.T) {
	for order, delays := range [][]int32{{5, 9, 5}, {9, 5, 5}, {5, 5, 9}, {9, 9, 5}} {
		e := star(t, 9, delays...)
		tell(t, e, neuron.Spike{Time: 13, Value: 1})
		if err := Edit(e, nil, nil); err != nil || slices.Contains(e.group.shown, false) {
			t.Errorf("order %d: shown %v, %v", order, e.group.shown, err)
		}
	}
}

// TestANewSynapseHears: a neuron with a new synapse gets events until the source
// of the synapse has sent a spike, and is then shown its inputs.
func TestANewSynapseHears(t *testing.T) {
	e := star(t, 0)
	tell(t, e, neuron.Spike{Time: 2, Value: 1})
	if _, err := Restructure(e, &topology.Change{Added: []topology.Synapse{spoke(0)}}); err != nil {
		t.Fatal(err)
	}
	tick := func(epochs int, inputs ...neuron.Spike) {
		until := e.now + 5*neuron.Time(epochs)
		f := Feed{Inputs: inputs}
		for at := e.now; at < until; at += 5 {
			f.Signals = append(f.Signals, neuron.Signal{Time: at, Kind: neuron.SetPlastic, Value: 1, Last: 3})
		}
		if err := e.Advance(t.Context(), until, f, Discard{}); err != nil {
			t.Fatal(err)
		}
	}
	if tick(3 * recheckEvery); e.group.shown[0] {
		t.Error("the new synapse has received nothing, and the neuron is shown another value")
	}
	tick(2*recheckEvery, neuron.Spike{Time: e.now, Source: 3, Value: 0.5})
	if !e.group.shown[0] {
		t.Error("the source has sent a spike, and the neuron still gets each event")
	}
}

// TestRestartedClock: a neuron that restarts from an earlier state updates next
// when the others do.
func TestRestartedClock(t *testing.T) {
	e, err := NewSequential(clocked(t, 4, 5, 12))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []neuron.Time{20, 27, 30, 67} {
		if err := e.Advance(t.Context(), at, Feed{}, Discard{}); err != nil {
			t.Fatal(err)
		}
		change, err := Restarted(e.net, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := Edit(e, []neuron.ID{1}, change); err != nil || e.group.Neuron(1).Next() != e.group.Neuron(0).Next() {
			t.Errorf("at %v: the next updates are at %v and %v, %v", at, e.group.Neuron(0).Next(), e.group.Neuron(1).Next(), err)
		}
	}
}

// TestRestoreWritesWhatIsShown: the presynaptic values of a state go to the memory
// that the neuron is shown.
func TestRestoreWritesWhatIsShown(t *testing.T) {
	e := busy(t, Noise{})
	want := slices.Clone(e.group.Present(1, e.now))
	seen := slices.Repeat([]float64{math.NaN()}, len(want))
	if err := RestoreNeuron(e.group.Neuron(1), recordsOf(t, e)[1].Neuron, seen); err != nil || !slices.Equal(seen, want) {
		t.Errorf("%v, want %v; %v", seen, want, err)
	}
}

// TestPresentKnown: a report at a time contains what has arrived before it,
// however the network was run up to then.
func TestPresentKnown(t *testing.T) {
	for _, how := range []Delivery{Chosen, FromHistory} {
		e, err := NewSequentialBy(wired(t, from(9, 2), []int32{5, 8}), how)
		if err != nil {
			t.Fatal(err)
		}
		f := Feed{Inputs: []neuron.Spike{{Time: 2, Source: 9, Value: 1}, {Time: 2, Source: 10, Value: 2}}}
		for at := neuron.Time(3); at < 30; at++ {
			if err := e.Advance(t.Context(), at, f, Discard{}); err != nil {
				t.Fatal(err)
			}
			f = Feed{}
			want := []float64{0, 0}
			if at > 2+5 {
				want[0] = 1
			}
			if at > 2+8 {
				want[1] = 2
			}
			if got := e.group.Present(0, at); !slices.Equal(got, want) {
				t.Errorf("delivery %d: at %v the neuron has received %v, want %v", how, at, got, want)
			}
			recordsOf(t, e) // a state changes nothing
		}
	}
}
