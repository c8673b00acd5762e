package protocol

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// three is small with neurons that have a third source.
var three = strings.NewReplacer("{unit: {like: memory}}", "{unit: {like: memory}, three: {like: memory, sources: [r, c, l], goal: {'{1}{2}{3}': 1}, ports: {r: {rule: goal}, c: {rule: goal}, l: {rule: frozen}}}}", "neuron: unit}}", "neuron: unit}, three: {size: 1, neuron: three}}", "data:\n", "  - {from: other, to: three, port: r}\ndata:\n").Replace(small)

const inBatches = "phase others learns from batches, outside the network, so nothing can be presented in it"

// A touch that cannot happen now is refused, and leaves no event behind.
func TestTouchesRefused(t *testing.T) {
	batch := func(l *logged) { l.Run.batch = &batchRun{} }
	silent := func(l *logged) { l.engine.Engine = mute{l.engine.Engine, &counted{at: 1}} }
	for _, c := range []struct {
		event   string
		change  func(l *logged)
		refusal string
	}{
		{"goal: {'{3}': 1}, neurons: three", func(*logged) {}, "<nil>"},
		{"goal: {'{3}': 1}", func(*logged) {}, `pid: no atom "{3}" with 2 sources; there are {1} {2} {1}{2} {12}`},
		{"show: {input: input, values: [1, 1, 1, 1]}", batch, inBatches},
		{"recall: {input: input, population: memory, values: [1, 1, 1, 1]}", batch, inBatches},
		{"recall: {input: input, population: memory, values: [1, 1, 1, 1]}", func(*logged) {}, "<nil>"},
		{"rewire: {fraction: 50%}", silent, "broken"},
		{"delay: 2ms", silent, "broken"},
		{"lesion: {of: synapses, count: 20}", silent, "count: 20, there are only 12"},
	} {
		l := start(t, three+last)
		c.change(l)
		_, err := l.engine.touch(event(t, c.event))
		if fmt.Sprint(err) != c.refusal || (err == nil) != (len(l.engine.events) == 1) {
			t.Errorf("%s: %v, want %s; %d events", c.event, err, c.refusal, len(l.engine.events))
		}
	}
}

// What a listener wants holds up the run for as long as it wants something. A checkpoint
// that was requested before is still written.
func TestAttend(t *testing.T) {
	touch := journal.Touch{Event: &language.Event{Neurons: "all", Silent: ptr(true)}, Taken: func(*language.Event, error) {}}
	for _, c := range []struct {
		before     bool
		wish       journal.Wish
		wanted, is bool
	}{
		{false, journal.Wish{}, false, false}, {true, journal.Wish{}, false, true}, {false, journal.Wish{Checkpoint: true}, true, true}, {true, journal.Wish{Checkpoint: true}, true, true},
		{false, journal.Wish{Touches: []journal.Touch{touch}}, true, false}, {true, journal.Wish{Touches: []journal.Touch{touch, touch}}, true, true},
	} {
		l := start(t, small+last)
		l.engine.checkpoint = c.before
		l.Run.out.Attend = func(string, int, int) journal.Wish { return c.wish }
		if got := l.attend("x", 1, 2); got != c.wanted || l.engine.checkpoint != c.is || len(l.engine.events) != len(c.wish.Touches) {
			t.Errorf("%+v: wants something %v, a checkpoint %v, %d events", c, got, l.engine.checkpoint, len(l.engine.events))
		}
	}
}

// Where whole batches are learned, nothing is shown or recalled in between. A listener
// that fails ends what is shown.
func TestShownAlone(t *testing.T) {
	show := &language.Show{Input: "input", Values: []float64{1, 1, 1, 1}}
	ask := &language.Ask{Cueing: language.Cueing{Input: "input", Population: "memory"}, Values: []float64{1, 1, 1, 1}}
	for name, do := range map[string]func(*logged) error{
		"show": func(l *logged) error { return l.showNow(t.Context(), show) }, "recall": func(l *logged) error { return l.recallNow(t.Context(), ask) },
	} {
		l := start(t, small+last)
		l.Run.out.Shown = func(journal.Shown) error { return errBroken }
		if err := do(l); !errors.Is(err, errBroken) || l.engine.Now() != 0 {
			t.Errorf("%s: %v at %v", name, err, l.engine.Now())
		}
		l.Run.batch = &batchRun{}
		if err := do(l); fmt.Sprint(err) != inBatches {
			t.Errorf("%s in batches: %v", name, err)
		}
	}
}

// After the last phase, values are shown in the usual way, to neurons that do not learn.
func TestShowAfterTheEnd(t *testing.T) {
	l := start(t, small+last)
	l.Run.state.Phase = len(l.plan.phases)
	if err := l.showNow(t.Context(), &language.Show{Input: "input", Values: []float64{1, 1, 1, 1}, Learn: true}); err != nil || l.text() != "shown drawn -1 0s–1ms input[1 1 1 1]" || l.engine.Now() != 1001 {
		t.Errorf("%v at %v: %s", err, l.engine.Now(), l.text())
	}
}

// A recall waits until earlier spikes have arrived, which can fail.
func TestRecallsThatWait(t *testing.T) {
	l := start(t, small+last)
	l.Run.state.Next = 5000
	l.engine.Engine = &frail{l.engine.Engine, &counted{at: 1}}
	ask := &language.Ask{Cueing: language.Cueing{Input: "input", Population: "memory"}, Values: []float64{1, 1, 1, 1}}
	if err := l.recallNow(t.Context(), ask); !errors.Is(err, errBroken) || l.engine.Now() != 0 {
		t.Errorf("%v at %v", err, l.engine.Now())
	}
	if err := l.recallNow(t.Context(), ask); err != nil || !strings.HasPrefix(l.text(), "shown cue -1 5ms–5ms input[1 1 1 1]\n") {
		t.Errorf("%v, %s", err, l.text())
	}
}

// The overlap of a recall that cannot be reported ends the run.
func TestRecallsThatCannotBeReported(t *testing.T) {
	l := start(t, small+last)
	l.Run.out.Measure = func(_ neuron.Time, name string, _ float64) error {
		return map[string]error{"event.recall": errBroken}[name]
	}
	if err := l.recallNow(t.Context(), &language.Ask{Cueing: language.Cueing{Input: "input", Population: "memory"}, Values: []float64{1, 1, 1, 1}}); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
}
