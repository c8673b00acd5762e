package sim

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// These tests count what a mail does. Too much work changes no result.

// ledger is an owner that notes which neurons run, and whether they are shown
// their inputs.
type ledger struct {
	*Group
	runs []string
}

func (o *ledger) Hand(i int, in *neuron.Inbox) (neuron.Time, bool) {
	o.runs = append(o.runs, fmt.Sprintf("%d %v", i, in.Seen != nil))
	return o.Group.Hand(i, in)
}

func ledgerOf(t *testing.T, net *Network, how Delivery) *ledger {
	t.Helper()
	g, err := newGroup(net, 0, neuron.ID(net.NumNeurons()), how)
	if err != nil {
		t.Fatal(err)
	}
	g.out = &neuron.Output{}
	return &ledger{Group: g}
}

// TestWhoRuns: a signal makes those neurons run that it reaches, and only those
// gather their inputs that update. A clock makes its neuron run once.
func TestWhoRuns(t *testing.T) {
	signal := func(at neuron.Time, kind neuron.SignalKind, flags neuron.Flags, first, last neuron.ID) neuron.Signal {
		return neuron.Signal{Time: at, Kind: kind, Flags: flags, Value: 1, First: first, Last: last}
	}
	clocks := []string{"0 true", "1 true", "2 true", "3 true"}
	for name, c := range map[string]struct {
		signals []neuron.Signal
		want    []string
	}{
		"none":             {nil, clocks},
		"learning":         {[]neuron.Signal{signal(3, neuron.SetPlastic, 0, 1, 3)}, append([]string{"1 false", "2 false"}, clocks...)},
		"with flags":       {[]neuron.Signal{signal(3, neuron.SetPlastic, neuron.Fire, 1, 2)}, append([]string{"1 false"}, clocks...)},
		"no flags":         {[]neuron.Signal{signal(3, neuron.Tick, 0, 1, 2)}, append([]string{"1 false"}, clocks...)},
		"fire":             {[]neuron.Signal{signal(3, neuron.Tick, neuron.Fire, 1, 2)}, append([]string{"1 true"}, clocks...)},
		"nobody":           {[]neuron.Signal{signal(3, neuron.Tick, neuron.Fire, 2, 2)}, clocks},
		"two, apart":       {[]neuron.Signal{signal(3, neuron.SetPlastic, 0, 0, 1), signal(3, neuron.SetSilent, 0, 3, 4)}, append([]string{"0 false", "3 false"}, clocks...)},
		"two, together":    {[]neuron.Signal{signal(3, neuron.SetPlastic, 0, 0, 1), signal(3, neuron.SetSilent, 0, 0, 1)}, append([]string{"0 false"}, clocks...)},
		"two, later":       {[]neuron.Signal{signal(3, neuron.SetPlastic, 0, 0, 1), signal(4, neuron.SetSilent, 0, 0, 1)}, append([]string{"0 false", "0 false"}, clocks...)},
		"at the clock":     {[]neuron.Signal{signal(7, neuron.SetPlastic, 0, 0, 4)}, clocks},
		"to some of them":  {[]neuron.Signal{signal(7, neuron.SetPlastic, 0, 1, 3)}, clocks},
		"to the last":      {[]neuron.Signal{signal(7, neuron.Tick, neuron.Fire, 3, 4)}, clocks},
		"after the clocks": {[]neuron.Signal{signal(8, neuron.SetPlastic, 0, 1, 2)}, append(slices.Clone(clocks), "1 false")},
	} {
		for _, how := range []Delivery{Chosen, FromHistory} {
			own := ledgerOf(t, clocked(t, 4, 10, 12), how)
			if !own.Run(Epoch{End: 10, Signals: c.signals}, own) || !slices.Equal(own.runs, c.want) {
				t.Errorf("delivery %d, %s: %v, want %v", how, name, own.runs, c.want)
			}
		}
	}
}

// TestQuietEpochsSearchNothing: the clocks of all neurons are looked at only in an
// epoch in which the next of them updates. The planted clocks are wrong: whoever
// looks at them runs the neurons.
func TestQuietEpochsSearchNothing(t *testing.T) {
	for next, searched := range map[neuron.Time]bool{9: true, 10: false, 11: false} {
		own := ledgerOf(t, clocked(t, 4, 10, 12), Chosen)
		own.next = next
		if !own.Run(Epoch{End: 10}, own) || len(own.runs) > 0 != searched {
			t.Errorf("the next update is at %v: neurons %v run before 10 µs", next, own.runs)
		}
	}
}

// TestDueKnown: an event, or a clock before the end, makes a neuron due.
func TestDueKnown(t *testing.T) {
	r := wired(t, from(9, 1), []int32{5}).newRouter(0, 1, nil)
	for wake, due := range map[neuron.Time]bool{9: true, 10: false, 11: false} {
		if r.SetWake(0, wake); r.Due(0, 10) != due {
			t.Errorf("a clock at %v: due before 10 µs is %v", wake, !due)
		}
	}
	r.Deliver([]neuron.Spike{{Time: 1, Source: 9, Value: 1}}, nil)
	if r.Open(1, 10); !r.Due(0, 10) {
		t.Error("a neuron with an event is not due")
	}
}

// TestPendingOfARouter: at any time, a router counts the events that it has, and
// its Pending needs memory for these only.
func TestPendingOfARouter(t *testing.T) {
	for _, noise := range []Noise{{}, {Duplicate: 0.5, Jitter: 9}} {
		net := tiny(t, 9, 5, 12, noise)
		r := net.newRouter(0, 9, nil)
		for epoch := range int64(20) {
			start := 5 * neuron.Time(epoch)
			for _, end := range []neuron.Time{start + 2, start + 5} { // an epoch in two parts
				r.Open(epoch, end)
				n := 0
				for _, bucket := range r.ring {
					n += len(bucket)
				}
				if p := r.Pending(); r.pending != n || len(p.events) != n || p.bounds[9] != n {
					t.Fatalf("noise %+v, before %v: %d events are counted, there are %d", noise, end, r.pending, n)
				}
			}
			r.Deliver([]neuron.Spike{{Time: start, Source: 9, Value: 1}, {Time: start + 4, Source: 12, Value: 1}}, []neuron.Spike{{Time: start + 1, Source: 3, Value: 1}})
		}
	}
}

// TestClockAfterEvents: the next update is known while neurons get each event and
// after they are shown their inputs again.
func TestClockAfterEvents(t *testing.T) {
	own, each := ledgerOf(t, clocked(t, 4, 5, 12), FromHistory), ledgerOf(t, clocked(t, 4, 5, 12), EachEvent)
	switches := map[int64]neuron.Dynamics{2: neuron.Belief, 3: neuron.Sign}
	for k := range int64(3 * recheckEvery) {
		e := Epoch{Index: k, End: 5 * neuron.Time(k+1)}
		if d, ok := switches[k]; ok {
			e.Signals = []neuron.Signal{{Time: 5 * neuron.Time(k), Kind: neuron.SetDynamics, Value: float64(d), First: 1, Last: 3}}
		}
		if !own.Run(e, own) || !each.Run(e, each) {
			t.Fatal("no answer")
		}
		if own.Next() != each.Next() {
			t.Fatalf("epoch %d: the next update is at %v, with each event at %v", k, own.Next(), each.Next())
		}
	}
	if slices.Contains(own.shown, false) {
		t.Errorf("shown %v, want all", own.shown)
	}
	for i, wake := range own.router.wake {
		if wake != neuron.Never {
			t.Errorf("the router still wakes neuron %d at %v", i, wake)
		}
	}
}

// TestSteadyKnown: neurons are checked again from the time on at which all spikes
// in flight were sent over all synapses.
func TestSteadyKnown(t *testing.T) {
	for late, shown := range map[neuron.Time]bool{0: true, 1: false} {
		g := ledgerOf(t, tiny(t, 4, 5, 12, Noise{}), FromHistory).Group
		for k := range int64(recheckEvery + 1) {
			e := Epoch{Index: k, End: 5 * neuron.Time(k+1)}
			if k < 2 {
				e.Signals = []neuron.Signal{{Time: 5 * neuron.Time(k), Kind: neuron.SetDynamics, Value: float64([]neuron.Dynamics{neuron.Belief, neuron.Sign}[k]), First: 1, Last: 3}}
			}
			g.steady = 5*recheckEvery + late
			g.Step(e, &neuron.Output{})
		}
		if g.shown[1] != shown || g.shown[2] != shown {
			t.Errorf("%v before the time: shown %v", late, g.shown)
		}
	}
}

// TestEventsAfterAPause: neurons switch to events after a time without epochs in
// which spikes have arrived. They have heard these spikes once, and hear the
// others.
func TestEventsAfterAPause(t *testing.T) {
	var states [][]Record
	for _, how := range everyWay {
		e, err := NewSequentialBy(tiny(t, 4, 5, 23, Noise{}), how)
		if err != nil {
			t.Fatal(err)
		}
		f := sparks(7, 0, 5)
		for _, s := range []neuron.Signal{{Time: 21, Kind: neuron.SetDynamics, Value: float64(neuron.Belief)}, {Time: 22, Kind: neuron.Tick, Flags: neuron.Fire}, {Time: 29, Kind: neuron.Tick, Flags: neuron.Fire}} {
			s.Last = 4
			f.Signals = append(f.Signals, s)
		}
		if err := e.Advance(t.Context(), 40, f, Discard{}); err != nil {
			t.Fatal(err)
		}
		states = append(states, recordsOf(t, e))
	}
	for how, records := range states {
		for i, r := range records {
			if string(r.append(nil)) != string(states[1][i].append(nil)) {
				t.Errorf("delivery %d: neuron %d is another than with each event", how, i)
			}
		}
	}
}

// TestSwitchingNeurons: neurons that switch to events and back at random times,
// with clocks and spikes at all times, have the same states as neurons that always
// get each event, at any time.
func TestSwitchingNeurons(t *testing.T) {
	for seed := range uint64(6) {
		var engines []*Sequential
		for _, how := range everyWay {
			e, err := NewSequentialBy(clocked(t, 4, 5, 23), how)
			if err != nil {
				t.Fatal(err)
			}
			engines = append(engines, e)
		}
		rng, back := rand.New(rand.NewPCG(seed, 7)), 0
		for part := range 80 {
			now := engines[0].now
			until := now + 1 + neuron.Time(rng.Int64N(90))
			f := sparks(seed+uint64(part), now, until)
			if d := []neuron.Dynamics{neuron.Belief, neuron.Sign, neuron.Sign}[rng.IntN(3)]; rng.IntN(4) == 0 {
				first := neuron.ID(rng.IntN(4))
				f.Signals = []neuron.Signal{{Time: now + neuron.Time(rng.Int64N(int64(until-now))), Kind: neuron.SetDynamics, Value: float64(d), First: first, Last: first + 2}}
			}
			before := engines[0].group.eventful
			for _, e := range engines {
				if err := e.Advance(t.Context(), until, f, Discard{}); err != nil {
					t.Fatal(err)
				}
			}
			if engines[0].group.eventful < before {
				back++
			}
			want, _ := engines[1].State()
			for how, e := range engines {
				if got, err := e.State(); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("seed %d, delivery %d: another state at %v, %v", seed, how, until, err)
				}
			}
		}
		if back == 0 {
			t.Errorf("seed %d: no neuron has switched back; the test is empty", seed)
		}
	}
}

// TestNoiseInOrderOfTime: inputs and spikes of an epoch draw their noise in the
// order of time, as if each was delivered alone.
func TestNoiseInOrderOfTime(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 5))
	for range 30 {
		net := tiny(t, 4, 20, 30, Noise{Loss: 0.3, Jitter: 25})
		inputs, spikes := randomSpikes(rng, 4, 8, 0, 20), randomSpikes(rng, 0, 4, 0, 20)
		together, alone := net.newRouter(0, 4, nil), net.newRouter(0, 4, nil)
		together.Deliver(inputs, spikes)
		all := slices.Concat(inputs, spikes)
		slices.SortStableFunc(all, neuron.Spike.Compare)
		for i := range all {
			alone.Deliver(all[i:i+1], nil)
		}
		if !slices.EqualFunc(together.ring, alone.ring, slices.Equal) || together.pending != alone.pending {
			t.Fatalf("inputs %v and spikes %v: %d events, alone %d", inputs, spikes, together.pending, alone.pending)
		}
	}
}

// TestWhoNeedsAView: a mail has a view if a neuron can be shown its inputs, and a
// router if one cannot, or if there is noise.
func TestWhoNeedsAView(t *testing.T) {
	gated, slow, quick := testConfig(t), testConfig(t), testConfig(t)
	gated.Gate.Threshold = 0.5
	slow.Dynamics, quick.Dynamics = neuron.Belief, neuron.Belief
	slow.Belief, quick.Belief = neuron.BeliefConfig{LowPass: 0.5}, neuron.BeliefConfig{LowPass: 1}
	for name, c := range map[string]struct {
		cfg          *neuron.Config
		noise        Noise
		how          Delivery
		view, router bool
	}{
		"usual": {testConfig(t), Noise{}, Chosen, true, false}, "each event": {testConfig(t), Noise{}, EachEvent, false, true},
		"gate": {gated, Noise{}, Chosen, false, true}, "noise": {testConfig(t), Noise{Loss: 0.5}, Chosen, false, true},
		"inputs that are low-passed": {slow, Noise{}, Chosen, true, true}, "inputs that are not": {quick, Noise{}, Chosen, true, false},
	} {
		net := tiny(t, 4, 5, 12, c.noise)
		net.Config = func(neuron.ID) *neuron.Config { return c.cfg }
		m := NewMail(net, 0, 4, c.how)
		if (m.view != nil) != c.view || (m.router != nil) != c.router {
			t.Errorf("%s: a view %v, a router %v", name, m.view != nil, m.router != nil)
		}
		if r := m.router; r != nil && (r.noiseOf == nil) != c.noise.Zero() {
			t.Errorf("%s: %d routes have noise", name, len(r.noiseOf))
		}
	}
}

// TestTakenNeurons: an error of the function that takes the neurons ends their
// making, and names the neuron.
func TestTakenNeurons(t *testing.T) {
	m, taken := NewMail(tiny(t, 4, 5, 12, Noise{}), 1, 4, Chosen), 0
	err := m.NewNeurons(func(i int, n *neuron.Neuron) error {
		if taken++; i == 1 {
			return errFew
		}
		return nil
	})
	if !errors.Is(err, errFew) || !strings.HasPrefix(err.Error(), "neuron 2: ") || taken != 2 {
		t.Errorf("%d neurons, %v", taken, err)
	}
}

// TestPrefetchOfAShard: a shard in the middle of a network, with neurons that have
// no synapses, runs when its updates are announced.
func TestPrefetchOfAShard(t *testing.T) {
	const n = 40
	net := clocked(t, n, 50, 60)
	next, _, err := net.Changed(&topology.Change{Synapses: incoming(net, n-1)})
	if err != nil {
		t.Fatal(err)
	}
	for _, how := range everyWay {
		g, err := newGroup(next, 20, n, how)
		if err != nil {
			t.Fatal(err)
		}
		out := &neuron.Output{}
		if g.Step(Epoch{End: 50}, out); g.Next() != 67 || next.InDegree(n-1) != 0 {
			t.Errorf("delivery %d: the next update at %v", how, g.Next())
		}
	}
	v := newArrays(next, n-1, n, []neuron.Time{50})
	for part := range numParts {
		v.prefetch(n-1, part) // of no synapse, and no other neuron
	}
}

// incoming returns the numbers of the synapses of a neuron.
func incoming(net *Network, id neuron.ID) (numbers []int64) {
	in := net.Incoming(id)
	for i := range in.Source {
		numbers = append(numbers, in.First+int64(i))
	}
	return numbers
}

// badSink is a sink that fails.
type badSink struct{ epochs int }

func (s *badSink) Epoch(neuron.Time, *neuron.Output) error {
	s.epochs++
	return errFew
}

// TestSinkEndsTheRun: the error of a sink is returned, at the end of its epoch.
func TestSinkEndsTheRun(t *testing.T) {
	e, err := NewSequential(clocked(t, 4, 5, 12))
	if err != nil {
		t.Fatal(err)
	}
	s := &badSink{}
	if err := e.Advance(t.Context(), 99, Feed{}, s); !errors.Is(err, errFew) || s.epochs != 1 || e.Now() != 10 {
		t.Errorf("%d epochs, at %v, %v", s.epochs, e.Now(), err)
	}
	if err := e.Advance(t.Context(), 10, Feed{}, s); err != nil || s.epochs != 1 {
		t.Errorf("to where it is: %d epochs, %v", s.epochs, err)
	}
}
