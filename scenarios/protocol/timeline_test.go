package protocol

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
)

// eventful begins a run with events, and faults.
func eventful(t *testing.T, events string) *logged {
	t.Helper()
	return start(t, small+others+"  - {name: x, present: {data: p}}\nrecord: {atoms: 0}\n"+events+"\n")
}

// Conditions see every value of a measure, and a state keeps those that JSON can hold.
func TestMeasuredForConditions(t *testing.T) {
	l := eventful(t, "")
	for _, v := range []float64{math.NaN(), 3, math.Inf(1), math.Inf(-1)} {
		l.engine.measured("a.b", v)
		if got := l.engine.env["a"].(map[string]any)["b"].(float64); got != v && !math.IsNaN(v) {
			t.Errorf("conditions see %v, want %v", got, v)
		}
		want := map[string]float64{"a.b": 3}
		if math.IsNaN(v) {
			want = map[string]float64{}
		}
		if !maps.Equal(l.engine.state.Measures, want) {
			t.Errorf("after %v the state has %v, want %v", v, l.engine.state.Measures, want)
		}
	}
}

// An epoch of a millisecond begins at each whole millisecond. Boundaries are not in the
// past.
func TestBoundaries(t *testing.T) {
	l := eventful(t, "")
	for _, c := range []struct{ now, at, want neuron.Time }{
		{0, 0, 0}, {0, 1, 1000}, {0, 1000, 1000}, {0, 1001, 2000}, {2500, 1, 3000}, {2500, 2500, 3000}, {2500, 3000, 3000}, {2500, 3001, 4000}, {4000, 0, 4000},
	} {
		if err := l.player.advance(t.Context(), c.now, sim.Feed{}); err != nil {
			t.Fatal(err)
		}
		if got := l.engine.boundary(c.at); got != c.want {
			t.Errorf("at %v, the boundary from %v on is %v, want %v", c.now, c.at, got, c.want)
		}
	}
}

// The network stops for what needs it to be idle, at the next boundary after now: not for
// signals, nor for what comes between presentations.
func TestStops(t *testing.T) {
	l := eventful(t, "events: [{at: 1ms, silent: true}, {at: 4500us, measure: true}, {at: 2ms, checkpoint: true}, {every: 3ms, after: 8ms, weights: w}, {phase: x, measure: true}]")
	if err := l.player.advance(t.Context(), 1500, sim.Feed{}); err != nil {
		t.Fatal(err)
	}
	at := func(ms neuron.Time) []restart { return []restart{{At: 9000}, {At: ms * 1000}} }
	for _, c := range []struct {
		done     []int64
		late     []int
		restarts []restart
		want     neuron.Time
	}{
		{[]int64{1, 0, 0, 0, 0}, nil, nil, 5000},
		{[]int64{1, 1, 0, 0, 0}, nil, nil, 8000},
		{[]int64{1, 1, 0, 1, 0}, nil, nil, 11000},
		{[]int64{1, 0, 0, 0, 0}, []int{4}, nil, 2000},
		{[]int64{1, 0, 0, 0, 0}, []int{2}, nil, 5000},
		{[]int64{1, 0, 0, 0, 0}, []int{2, 4}, nil, 2000},
		{[]int64{1, 0, 0, 0, 0}, nil, at(3), 3000},
		{[]int64{1, 1, 0, 1, 0}, nil, at(20), 9000},
	} {
		s := &l.engine.state
		s.Done, s.Late, s.Restarts = c.done, c.late, c.restarts
		if got := l.engine.nextStop(); got != c.want {
			t.Errorf("%v, %v, %v: stops at %v, want %v", c.done, c.late, c.restarts, got, c.want)
		}
	}
	if got := eventful(t, "events: [{at: 1ms, silent: true}]").engine.nextStop(); got != neuron.Never {
		t.Errorf("stops for nothing at %v", got)
	}
}

// Chunks have one item if something may happen after each, and as many as the listener
// wants otherwise.
func TestPatience(t *testing.T) {
	for events, want := range map[string]int{
		"": 7, "events: [{at: 1ms, silent: true}, {at: 1ms, measure: true}]": 7, "events: [{at: 1ms, silent: true}, {at: 1ms, checkpoint: true}]": 1, "events: [{when: time > 1, silent: true}]": 1,
		"faults: [{kind: crash, neurons: all, every: 9ms, restart: snapshot, snapshot: 5ms}]": 7,
	} {
		l := eventful(t, events)
		l.Run.out.Within = func() int { return 7 }
		if got := l.engine.patience(); got != want {
			t.Errorf("%s: %d items, want %d", events, got, want)
		}
	}
	for within, want := range map[int]int{0: mostItems, 1: 1, 2: 2} {
		l := eventful(t, "")
		l.Run.out.Within = func() int { return within }
		if got := l.engine.patience(); got != want {
			t.Errorf("within %d: %d items, want %d", within, got, want)
		}
	}
}

// At the end of the protocol, events and faults that never happened are named. The end of
// a fault is not.
func TestMissedEvents(t *testing.T) {
	l := eventful(t, "events: [{at: 9s, silent: true}, {at: 8s, silent: true}]\nfaults: [{kind: silent, neurons: 'memory:1', from: 7s, until: 8s}, {kind: silent, neurons: 'memory:2', from: 6s, until: 8s}]")
	l.engine.state.Done = []int64{0, 1, 0, 0, 2, 0}
	if l.engine.reportMissed(); len(l.lines) != 0 {
		t.Errorf("before the end: %q", l.lines)
	}
	l.Run.state.Phase = 2
	l.engine.reportMissed()
	const tail = " never happened: the run ended at 0s without its time or condition"
	if got, want := l.text(), "print note: events[0]"+tail+"\nprint note: faults[0]"+tail; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// A checkpoint is written once for each time that one was requested.
func TestRequestedCheckpoints(t *testing.T) {
	l := eventful(t, "")
	for _, want := range []string{"", "checkpoint"} {
		l.engine.checkpoint = want != ""
		for range 2 {
			if err := l.engine.writeCheckpoint(); err != nil {
				t.Fatal(err)
			}
		}
		if l.text() != want {
			t.Errorf("%q, want %q", l.text(), want)
		}
	}
}

// Back at an earlier time, the events from then on happen again, and nothing waits.
func TestBackInTime(t *testing.T) {
	l := eventful(t, "events: [{at: 1ms, silent: true}, {every: 1ms, after: 500us, until: 3ms, silent: true}, {at: 2ms, silent: false}]")
	if err := l.player.advance(t.Context(), 2000, sim.Feed{}); err != nil {
		t.Fatal(err)
	}
	state, err := l.engine.State()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.player.advance(t.Context(), 9000, sim.Feed{}); err != nil {
		t.Fatal(err)
	}
	s := &l.engine.state
	if got := fmt.Sprint(s.Done); got != "[1 3 1]" {
		t.Errorf("happened %s times", got)
	}
	s.Late, s.Pending, s.Restarts = []int{1}, []neuron.Signal{{}}, []restart{{At: 1}}
	if err := l.engine.Restore(state); err != nil || fmt.Sprint(s.Done, s.Late, s.Pending, s.Restarts) != "[1 2 0] [] [] []" {
		t.Errorf("%v, %v %v %v %v", err, s.Done, s.Late, s.Pending, s.Restarts)
	}
	if err := l.engine.Restore([]byte("no state")); err == nil {
		t.Error("no state was restored")
	}
}

// Signals that wait come at once, and then those that are due, each at its time; one that
// is due at the given time comes later. Each is marked.
func TestDueSignals(t *testing.T) {
	l := eventful(t, "events: [{at: 0us, silent: true}, {at: 2ms, stuck: 1}, {every: 1ms, after: 500us, until: 3ms, rate_scale: 2}, {at: 3ms, plastic: false}]")
	l.engine.state.Pending = []neuron.Signal{{Time: 9, Kind: neuron.SetStuck, Value: -1}}
	for _, c := range []struct {
		until neuron.Time
		want  string
	}{{500, "0s stuck -1, 0s silent 1"}, {501, "500µs rate 2"}, {501, ""}, {2001, "2ms stuck 1, 1.5ms rate 2"}, {3000, "2.5ms rate 2"}, {3001, "3ms frozen 1"}, {99999, ""}} {
		due, err := l.engine.due(c.until)
		var got []string
		for _, s := range due {
			got = append(got, fmt.Sprint(s.Time, " ", signalWords(s)))
		}
		if err != nil || strings.Join(got, ", ") != c.want {
			t.Errorf("due until %v: %v, %q, want %s", c.until, err, got, c.want)
		}
	}
	want := []journal.Mark{{Seconds: 0, Name: "silent"}, {Seconds: 0.0005, Name: "rate_scale"}, {Seconds: 0.002, Name: "stuck"}, {Seconds: 0.0015, Name: "rate_scale"}, {Seconds: 0.0025, Name: "rate_scale"}, {Seconds: 0.003, Name: "plastic"}}
	if !slices.Equal(l.engine.state.Marks, want) {
		t.Errorf("marks %v", l.engine.state.Marks)
	}
}
