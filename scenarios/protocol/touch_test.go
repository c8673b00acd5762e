package protocol

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// asks are the touches in TestTouchTranscript: when, and what.
var asks = []struct{ at, event string }{
	{"learn 1", "show: {input: input, values: [1, -1, 1, -1]}"},
	{"learn 1", "show: {input: input, values: [1, -1, 1, -1], learn: true}"},
	{"learn 2", "present: '#3'"},
	{"learn 2", "present: '#0-#1'"},
	{"learn 3", "recall: {input: input, population: memory, data: p, item: '#2'}"},
	{"learn 3", "recall: {input: input, population: memory, data: p, item: '#2', cue: flip, fraction: 50%}"},
	{"learn 3", "recall: {input: input, population: memory, data: p, item: '#2', cue: flip, fraction: 50%}"},
	{"learn 3", "recall: {input: input, population: memory, values: [1, 0, 1, 0]}"},
	{"learn 3", "recall: {input: input, population: memory, data: p, item: '#1', values: [1, 0, 0, 0]}"},
	{"learn 3", "recall: {input: input, population: memory, data: p, item: '#0-#1'}"},
	{"learn 3", "recall: {input: input, population: memory, data: p, item: '#9'}"},
	{"learn 3", "recall: {input: input, population: memory, data: q, item: '#1'}"},
	{"learn 3", "recall: {input: input, population: memory, data: o, item: '#1'}"},
	{"learn 3", "recall: {input: nput, population: memory, data: p, item: '#1'}"},
	{"learn 3", "recall: {input: input, population: none, data: p, item: '#1'}"},
	{"learn 3", "recall: {input: other, population: memory, data: p, item: '#1'}"},
	{"learn 3", "recall: {input: input, population: memory, values: [1, 0]}"},
	{"learn 4", "silent: true, neurons: '#1'"},
	{"learn 4", "stuck: -1, neurons: 'memory:2'"},
	{"learn 4", "goal: {unq_r: 1}"},
	{"learn 4", "goal: {unq_x: 1}"},
	{"learn 4", "goal: {unq_r: 1}, neurons: 'nobody'"},
	{"learn 5", "lesion: {count: 2}"},
	{"learn 5", "lesion: {count: 1000}"},
	{"learn 5", "rewire: {fraction: 50%}"},
	{"learn 5", "delay: 2ms"},
	{"learn 5", "noise: {loss: 20%}"},
	{"learn 5", "turnover: {threshold: 1}"},
	{"learn 6", "measure: true"},
	{"learn 6", "weights: now"},
	{"learn 6", "picture: atoms"},
	{"learn 6", "checkpoint: true"},
	{"learn 6", "crash: {down: 2ms}, neurons: 'memory:3'"},
	{"learn 7", "crash: {restart: checkpoint}"},
	{"learn 7", "plastic: false"},
	{"learn 7", "rate_scale: 2"},
	{"rest", "present: '#0'"},
	{"rest", "show: {input: input, values: [1, 1, 1, 1], learn: true}"},
	{"rest", "recall: {input: input, population: memory, data: p, item: '#4'}"},
}

// askedEvent reads an event as a document would have it.
func askedEvent(t *testing.T, text string) *language.Event {
	t.Helper()
	var e language.Event
	if err := config.Decode("event", []byte("{at: 0s, "+text+"}"), &e); err != nil {
		t.Logf("%s: %v", text, err)
		return nil
	}
	return &e
}

// TestTouchTranscript: every touch is executed or refused, and the run reports what it
// did; -update writes the transcript again.
func TestTouchTranscript(t *testing.T) {
	plan, err := prepare(small + others + `  - {name: learn, present: {data: p, passes: 2}}
  - {name: rest, rest: {duration: 20ms}}
  - {name: after, recall: {data: p, input: input, population: memory}}
events: [{at: 9ms, silent: false}, {every: 4ms, measure: true}]
faults: [{kind: silent, share: 25%, from: 15ms, until: 16ms}]
record: {atoms: 3}
`)
	if err != nil {
		t.Fatal(err)
	}
	l := &logged{t: t}
	out := l.whole()
	asked := 0
	out.Within = func() int { return 1 }
	out.Attend = func(phase string, done, _ int) (w journal.Wish) {
		for ; asked < len(asks) && (asks[asked].at == fmt.Sprint(phase, " ", done) || asks[asked].at == phase); asked++ {
			text := asks[asked].event
			e := askedEvent(t, text)
			if e == nil {
				l.say("ask %s: not an event", text)
				continue
			}
			w.Touches = append(w.Touches, journal.Touch{Event: e, Taken: func(e *language.Event, err error) {
				if err != nil {
					l.say("ask %s: %v", text, err)
					return
				}
				l.say("ask %s: %s of %s at %v, every %v, after %v, until %v", text, e.Action(), e.Neurons, neuron.Time(*e.At), e.Every, e.After, e.Until)
			}})
		}
		return w
	}
	if l.Run, err = plan.Start(engineOf(t, plan), out); err == nil {
		err = l.Go(context.Background())
	}
	if err != nil || asked != len(asks) {
		t.Fatalf("%d of %d asked for: %v", asked, len(asks), err)
	}
	const file = "testdata/touches.txt"
	got := l.text() + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || got != string(want) {
		t.Errorf("%v, %s\nwant %s", err, firstDifference(got, string(want)), firstDifference(string(want), got))
	}
}

// TestWithout: steps lose learning, and targets that would then do nothing.
func TestWithout(t *testing.T) {
	s := step{targets: []target{{flags: neuron.Learn}, {flags: neuron.Learn | neuron.Fire}, {flags: neuron.Fire}}}
	for learn, want := range map[bool]string{true: fmt.Sprint(neuron.Learn, neuron.Learn|neuron.Fire, neuron.Fire), false: fmt.Sprint(neuron.Fire, neuron.Fire)} {
		var flags []any
		for _, x := range s.without(learn).targets {
			flags = append(flags, x.flags)
		}
		if got := fmt.Sprint(flags...); got != want {
			t.Errorf("learn %v: %s, want %s", learn, got, want)
		}
	}
	if s.targets[0].flags != neuron.Learn || s.targets[1].flags != neuron.Learn|neuron.Fire {
		t.Error("the step itself has changed")
	}
}

// TestWordsOfBreakdowns: a breakdown has the names of the neuron and the setting in the
// document, and of the setting in the short form if there is one.
func TestWordsOfBreakdowns(t *testing.T) {
	l := start(t, documents["rest"])
	broken := func(id neuron.ID, what neuron.Quantity, port neuron.Port) *neuron.Breakdown {
		return &neuron.Breakdown{Time: 7, Neuron: id, Port: port, What: what, Value: 2e30}
	}
	b := broken(2, neuron.WeightBroke, 0)
	plain := b.Error()
	err := l.explain(fmt.Errorf("in the engine: %w", b))
	key := b.Setting()
	want := "memory #2, " + plain
	if key != "" {
		want += "; the setting is neurons.unit." + key
		if short := shortSettings[key]; short != "" {
			want += ", or in a short form " + short
		}
	}
	if err.Error() != want || !errors.Is(err, b) {
		t.Errorf("told %q, want %q", err, want)
	}
	if again := l.explain(err); again != err {
		t.Errorf("explained twice: %v", again)
	}
	if other := errors.New("no breakdown"); l.explain(other) != other || l.explain(nil) != nil {
		t.Error("what is no breakdown is explained")
	}
	for _, c := range []struct{ who, setting, want string }{
		{"", "", plain}, {"a #1", "", "a #1, " + plain}, {"", "neurons.a.goal", plain + "; the setting is neurons.a.goal"},
	} {
		if got := (&brokenNeuron{b, c.who, c.setting}).Error(); got != c.want {
			t.Errorf("%+v: %q, want %q", c, got, c.want)
		}
	}
	if !strings.Contains(plain, "2") {
		t.Error(plain)
	}
}
