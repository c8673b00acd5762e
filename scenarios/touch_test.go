package scenarios_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// event reads an event as a user would write it, without a trigger.
func event(t *testing.T, text string) *language.Event {
	t.Helper()
	e := &language.Event{}
	if err := config.Decode("touch", []byte("{at: 0us, "+text+"}"), e); err != nil {
		t.Fatal(err)
	}
	return e
}

// hand gives touches to a run, by the number of the step.
type hand struct {
	t       *testing.T
	touches map[int][]*language.Event
	steps   int
	taken   []language.Event
	refused []error
}

func (h *hand) attend(string, int, int) journal.Wish {
	h.steps++
	var w journal.Wish
	for _, e := range h.touches[h.steps] {
		w.Touches = append(w.Touches, journal.Touch{Event: e, Taken: func(e *language.Event, err error) {
			if err != nil {
				h.refused = append(h.refused, err)
				return
			}
			h.taken = append(h.taken, *e)
		}})
	}
	return w
}

// touchable are the scenarios that get touches. Their own events are before the touches,
// their faults after them.
var touchable = map[string]struct {
	name, also string
	sets       []string
}{
	"memory":       {name: "memory-50", sets: []string{"associative_memory.patterns={source: random, count: 5, width: 6, height: 4}", "associative_memory.presentations=4"}},
	"asynchronous": {name: "asynchronous-memory", sets: []string{"network.neurons=24", "associative_memory.patterns={source: random, count: 3, width: 6, height: 4}", "associative_memory.presentations=2"}},
	"faulty": {name: "memory-50", also: "\nevents:\n  - {every: 700us, silent: true, neurons: 0-3}\nfaults:\n  - {kind: crash, share: 10%, every: 4ms}\n",
		sets: []string{"associative_memory.patterns={source: random, count: 5, width: 6, height: 4}", "associative_memory.presentations=4"}},
}

func touchedScenario(t *testing.T, kind string) *scenarios.Scenario {
	t.Helper()
	c := touchable[kind]
	text, _ := scenarios.Builtin(c.name)
	s, err := scenarios.Load(kind, strings.NewReader(string(text)+c.also), c.sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kindsOfTouch has one touch of every kind, and whether it changes the network.
var kindsOfTouch = []struct {
	text string
	idle bool
}{
	{text: "plastic: false"}, {text: "rate_scale: 0.1"}, {text: "goal: {unq_r: 1}"}, {text: "silent: true, neurons: 0-9"},
	{text: "stuck: 1, neurons: '3'"}, {text: "crash: {}, neurons: 0-4"}, {text: "lesion: {by: named}, neurons: 3-5"},
	{text: "lesion: {of: synapses, fraction: 20%}"}, {text: "rewire: {fraction: 20%}", idle: true /* all are joined to all */}, {text: "delay: 3ms"}, {text: "noise: {loss: 20%}"},
	{text: "present: '#1'"}, {text: "show: {input: input, values: PIXELS}"}, {text: "show: {input: input, values: PIXELS, learn: true}"},
	{text: "recall: {input: input, population: neurons, data: patterns, item: '#2', cue: flip, fraction: 20%}"},
	{text: "recall: {input: input, population: neurons, values: PIXELS}"},
	{text: "checkpoint: true", idle: true}, {text: "measure: true", idle: true}, {text: "weights: now", idle: true}, {text: "picture: atoms", idle: true},
}

// pixels writes a pattern for the channels of a scenario's input.
func pixels(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = []string{"1", "-1", "-1"}[i%3]
	}
	return "[" + strings.Join(values, ",") + "]"
}

// A touch becomes an event: the stored scenario runs to the same state.
func TestTouchesRunAgain(t *testing.T) {
	for kind := range touchable {
		t.Run(kind, func(t *testing.T) {
			s := touchedScenario(t, kind)
			still := outcome(t, s, &journal.Listener{})
			all := map[int][]*language.Event{}
			for i, k := range kindsOfTouch {
				e := event(t, strings.Replace(k.text, "PIXELS", pixels(channels(t, s)), 1))
				all[1+i%3] = append(all[1+i%3], e)
				if kind != "memory" && i%4 != 0 { // each kind alone in one scenario, all together in every scenario
					continue
				}
				hash := touchAndRunAgain(t, s, map[int][]*language.Event{2: {e}}, 1)
				if (hash == still) != k.idle {
					t.Errorf("%s: changed the network: %v", k.text, hash != still)
				}
			}
			touchAndRunAgain(t, s, all, len(kindsOfTouch))
		})
	}
}

func channels(t *testing.T, s *scenarios.Scenario) int {
	task, err := scenarios.NewTask(s, beside("builtin"))
	if err != nil {
		t.Fatal(err)
	}
	g, ok := scenarios.PlanOf(task).Net.Input("input")
	if !ok {
		t.Fatal("no such input")
	}
	return g.Size()
}

func touchAndRunAgain(t *testing.T, s *scenarios.Scenario, touches map[int][]*language.Event, want int) [sha256.Size]byte {
	t.Helper()
	h := &hand{t: t, touches: touches}
	live := outcome(t, s, &journal.Listener{Attend: h.attend, Within: func() int { return 1 }})
	if len(h.taken) != want {
		t.Errorf("%d of %d touches were taken, refused: %v", len(h.taken), want, h.refused)
	}
	text, err := s.Touched(h.taken).Text()
	if err != nil {
		t.Fatal(err)
	}
	again, err := scenarios.Load("written", bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if outcome(t, again, &journal.Listener{}) != live {
		t.Errorf("%d touches: the scenario that was written ends in another state than the run", len(h.taken))
	}
	return live
}

// A run with touches is saved, and resumed with the scenario that was stored at that
// time.
func TestTouchedAndResumed(t *testing.T) {
	s := touchedScenario(t, "faulty")
	touches := map[int][]*language.Event{2: {event(t, "goal: {unq_r: 1}")}, 4: {event(t, "noise: {loss: 20%}")}}
	h := &hand{t: t, touches: touches}
	task, err := scenarios.NewTask(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	var run scenarios.Run
	var saved, state []byte
	var by int // touches at that time
	out := &journal.Listener{Attend: h.attend, Within: func() int { return 1 }, Step: func(string, int, int) error {
		if h.steps == 7 && saved == nil {
			by = len(h.taken)
			saved, err = run.Save()
			if err == nil {
				state, err = e.State()
			}
		}
		return err
	}}
	if run, err = task.Start(e, out); err != nil {
		t.Fatal(err)
	}
	if err := run.Go(context.Background()); err != nil {
		t.Fatal(err)
	}
	want, _ := sim.Hash(e)
	if by != 2 {
		t.Fatalf("%d touches before the checkpoint, expected 2", by)
	}
	if again, err := scenarios.NewTask(s.Touched(h.taken[:by]), nil); err != nil {
		t.Fatal(err)
	} else if got := resumed(t, again, saved, state); got != want {
		t.Error("the run that was resumed ends in another state")
	}
}

func resumed(t *testing.T, task scenarios.Task, saved, state []byte) [sha256.Size]byte {
	t.Helper()
	e, err := sim.NewSequential(task.Network())
	if err == nil {
		err = e.Restore(state)
	}
	if err != nil {
		t.Fatal(err)
	}
	run, err := task.Resume(e, &journal.Listener{}, saved)
	if err == nil {
		err = run.Go(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	hash, err := sim.Hash(e)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// A touch that cannot happen is refused, and the run continues as without it.
func TestTouchesRefused(t *testing.T) {
	s := touchedScenario(t, "memory")
	still := outcome(t, s, &journal.Listener{})
	for _, text := range []string{
		"present: no such item", "show: {input: input, values: [1, 2]}", "show: {input: nowhere, values: [1]}", "plastic: true, neurons: 0-9999",
		"recall: {input: input, population: neurons, data: patterns, item: nothing}", "turnover: {threshold: 1}",
		"lesion: {of: neurons, count: 100000}", "recall: {input: input, population: neurons, data: nothing, item: A}",
		"lesion: {of: neurons, by: community, communities: [7000]}",
	} {
		h := &hand{t: t, touches: map[int][]*language.Event{2: {event(t, text)}}}
		if got := outcome(t, s, &journal.Listener{Attend: h.attend, Within: func() int { return 1 }}); got != still || len(h.refused) != 1 {
			t.Errorf("%s: refused %v, taken %d, and the run is the same: %v", text, h.refused, len(h.taken), got == still)
		}
	}
}
