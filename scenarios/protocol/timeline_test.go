package protocol

import (
	"errors"
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
		if got := l.engine.seen.Measures["a.b"]; got != v && !math.IsNaN(v) {
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

// Items that are only learned in batches cannot be presented by events.
func TestPresentationsInBatches(t *testing.T) {
	const event = "events: [{at: 1ms, present: '#1'}]\n"
	const want = `events[0].present: got "#1", expected the name of an item that a phase presents, or its number from #0 on`
	if got := refused(layers + learnFlowers + event); got != want {
		t.Errorf("%s", got)
	}
	if got := refused(layers + learnFlowers + "  - {name: test, present: {data: f, learn: none}}\n" + event); got != "" {
		t.Errorf("with a phase that presents them: %s", got)
	}
}

// A condition that cannot be read is refused with its place.
func TestConditionsOfEvents(t *testing.T) {
	const want = "events[1].when: character 7: expected a value, got the end"
	if got := refused(small + others + "  - {name: x, present: {data: p}}\nevents: [{when: time > 1, silent: true}, {when: time >, silent: true}]\n"); !strings.HasPrefix(got, want) {
		t.Errorf("%s, want %s", got, want)
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
	if err := l.player.advance(t.Context(), 3000, sim.Feed{}); err != nil {
		t.Fatal(err)
	}
	l.engine.state.Late, l.engine.state.Restarts = []int{4}, []restart{{At: 3000}}
	if got := l.engine.nextStop(); got != 11000 {
		t.Errorf("stops at %v again for what is done now", got)
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

// Alignment is to the next boundary, and nothing at a boundary.
func TestAlign(t *testing.T) {
	l := eventful(t, "events: [{phase: x, measure: true}]")
	c := &counted{}
	l.engine.Engine = &frail{l.engine.Engine, c}
	for _, at := range []struct{ now, want neuron.Time }{{0, 0}, {600, 1000}, {2000, 2000}, {2001, 3000}} {
		if err := l.player.advance(t.Context(), at.now, sim.Feed{}); err != nil {
			t.Fatal(err)
		}
		c.calls = 0
		if err := l.engine.align(t.Context()); err != nil || l.engine.Now() != at.want || (c.calls == 0) != (at.now == at.want) {
			t.Errorf("%v is aligned to %v by %d calls, %v", at.now, l.engine.Now(), c.calls, err)
		}
	}
	if err := l.player.advance(t.Context(), 3001, sim.Feed{}); err != nil {
		t.Fatal(err)
	}
	for what, do := range map[string]func() error{
		"alone": func() error { return l.engine.align(t.Context()) }, "for a script": func() error { return l.engine.do(t.Context(), event(t, "measure: true")) }, "for a phase": func() error { return l.engine.phase(t.Context(), "x") },
	} {
		c.calls, c.at = 0, 1
		if err := do(); !errors.Is(err, errBroken) || l.engine.Now() != 3001 {
			t.Errorf("%s: %v at %v", what, err, l.engine.Now())
		}
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

// A condition makes its event happen each time that it becomes true, between its times
// after and until: signals as soon as time goes on, others at the next boundary.
func TestLooks(t *testing.T) {
	l := eventful(t, "events: [{when: time > 0.001, silent: true}, {at: 1s, stuck: 1}, {when: time > 0.0005 and time != 0.003, measure: true}, {when: time >= 0, after: 1200us, until: 5ms, plastic: false}]")
	s := &l.engine.state
	for _, c := range []struct {
		now  neuron.Time
		want string
	}{
		{0, "[false false false false] [0 0 0 0] []"}, {600, "[false false true false] [0 0 0 0] [2]"}, {1500, "[true false true true] [1 0 1 1] []"},
		{2500, "[true false true true] [1 0 1 1] []"}, {3000, "[true false false true] [1 0 1 1] []"}, {3001, "[true false true true] [1 0 1 1] [2]"}, {6000, "[true false true false] [1 0 2 1] []"},
	} {
		if err := l.player.advance(t.Context(), c.now, sim.Feed{}); err != nil {
			t.Fatal(err)
		}
		if err := l.engine.look(); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(s.Was, s.Done, s.Late); got != c.want {
			t.Errorf("at %v: %s, want %s", c.now, got, c.want)
		}
	}
}

// Events that cannot be reported end the run.
func TestEventsThatFail(t *testing.T) {
	for _, event := range []string{"when: time > 0.005, silent: true", "phase: x, silent: true", "at: 5ms, silent: true"} {
		err := brokenRun(t, small+others+"  - {name: x, present: {data: p}}\nrecord: {atoms: 0}\nevents: [{"+event+"}]\n", func(l *journal.Listener) {
			l.Measure = func(neuron.Time, string, float64) error { return errBroken }
		})
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", event, err)
		}
	}
}

// What comes due while another event happens can fail, too.
func TestEventsDueInBetweenThatFail(t *testing.T) {
	const text = small + others + "  - {name: x, present: {data: p}}\nrecord: {atoms: 0}\nevents: [{at: 7ms, show: {input: other, values: [0.5]}}, {at: 5ms, show: {input: other, values: [1]}}]\n"
	drawn := 0
	err := brokenRun(t, text, func(l *journal.Listener) {
		l.Shown = func(s journal.Shown) error {
			if s.How != "drawn" {
				return nil
			}
			if drawn++; drawn == 2 {
				return errBroken
			}
			return nil
		}
	})
	if !errors.Is(err, errBroken) {
		t.Errorf("%v after %d", err, drawn)
	}
}

// Advancing to the present time is left to the engine: nothing happens, not even events
// that are due.
func TestAdvanceToNow(t *testing.T) {
	l := eventful(t, "events: [{when: time >= 0, silent: true}, {at: 0us, measure: true}]")
	if err := l.player.advance(t.Context(), 0, sim.Feed{}); err != nil || l.text() != "" {
		t.Errorf("%v, %s", err, l.text())
	}
	l.engine.Engine = &frail{l.engine.Engine, &counted{at: 1}}
	if err := l.player.advance(t.Context(), 0, sim.Feed{}); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
	if err := l.player.advance(t.Context(), 1, sim.Feed{}); err != nil || l.text() != "measure event.0 1 at 0s\nmeasure event.1 1 at 0s\natoms of 4 at 0s" {
		t.Errorf("a microsecond later: %v, %s", err, l.text())
	}
}

// A state without measures takes new ones.
func TestStatesWithoutMeasures(t *testing.T) {
	l := eventful(t, "")
	if err := l.engine.restore(&timelineState{}); err != nil {
		t.Fatal(err)
	}
	if l.engine.measured("a", 1); l.engine.state.Measures["a"] != 1 {
		t.Errorf("%v", l.engine.state.Measures)
	}
}
