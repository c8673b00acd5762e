package protocol

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// An item takes two delays of a millisecond: one until neurons have received the input,
// and one until they have received each other's outputs. The next item begins a
// microsecond later. Signals arrive at their time, events that need an epoch boundary at
// the next one, and presentations of events come between two items.
func TestTranscript(t *testing.T) {
	l := run(t, small+`  - {name: others, present: {data: o, learn: none}}
  - {name: learn, present: {data: p, passes: 2, items: "#3,#0", order: sequential, repeat: 2}, save: [weights]}
  - {name: rest, rest: {duration: 3ms}}
  - {name: back, recall: {data: p, input: input, population: memory, backwards: true, count: 2}}
record: {atoms: 0, weights: false}
events:
  - {at: 5500us, silent: false}
  - {at: 5500us, picture: weights}
  - {phase: rest, picture: weights}
  - {at: 12ms, show: {input: input, values: [1, 1, -1, 1]}}
  - {every: 8ms, after: 9ms, until: 25ms, weights: some}
  - {at: 900h, silent: true}
`)
	item := map[int]string{0: "input[-1 1 -1 -1]", 3: "input[1 -1 1 -1]", 4: "input[-1 1 -1 -1]"}
	want := `phase others
shown presented 0 0s–2ms other[1]
presented 0 0s–2ms
step others 1 of 2
shown presented 1 2.001ms–4.001ms other[1]
presented 1 2.001ms–4.001ms
step others 2 of 2
phase learn
shown presented 3 4.002ms–6.002ms ` + item[3] + `
shown presented 3 6.003ms–8.003ms ` + item[3] + `
measure event.0 1 at 5.5ms
measure event.1 1 at 6ms
picture weights-at-6ms
presented 3 4.002ms–6.002ms
presented 3 6.003ms–8.003ms
step learn 1 of 4
shown presented 0 8.004ms–10.004ms ` + item[0] + `
shown presented 0 10.005ms–12.005ms ` + item[0] + `
measure event.4 1 at 9ms
weights some-1 of 4
presented 0 8.004ms–10.004ms
presented 0 10.005ms–12.005ms
measure event.3 1 at 12.006ms
shown drawn -1 12.006ms–14.006ms input[1 1 -1 1]
step learn 2 of 4
shown presented 3 14.007ms–16.007ms ` + item[3] + `
shown presented 3 16.008ms–18.008ms ` + item[3] + `
measure event.4 1 at 17ms
weights some-2 of 4
presented 3 14.007ms–16.007ms
presented 3 16.008ms–18.008ms
step learn 3 of 4
shown presented 0 18.009ms–20.009ms ` + item[0] + `
shown presented 0 20.01ms–22.01ms ` + item[0] + `
presented 0 18.009ms–20.009ms
presented 0 20.01ms–22.01ms
step learn 4 of 4
weights learn of 4
measure event.2 1 at 23ms
picture weights-at-23ms
phase rest
step rest 3 of 3
phase back`
	got := l.text()
	if !strings.HasPrefix(got, want+"\n") {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
	back := l.with("shown")
	back = back[strings.LastIndex(back, "shown cue 4"):]
	if lines := strings.Split(back, "\n"); len(lines) != 2 || !strings.HasPrefix(lines[0], "shown cue 4 26ms–26ms "+item[4]) || !strings.HasPrefix(lines[1], "shown cue 3 ") || !strings.HasSuffix(lines[1], item[3]) {
		t.Errorf("the newest comes first: %q", back)
	}
	if tail := l.with("step", "print", "figure"); !strings.HasSuffix(tail, "step back 1 of 2\nstep back 2 of 2\nprint note: events[5] never happened: the run ended at "+l.engine.Now().String()+" without its time or condition\nfigure weights\nfigure raster") {
		t.Errorf("in the end: %s", tail[len(tail)-250:])
	}
}

// documents has documents with every kind of phase and event.
var documents = map[string]string{
	"present": small + others + `  - {name: learn, present: {data: p, passes: 3, order: shuffled, repeat: 2, looks: 2}}
  - {name: more, present: {data: p, count: 7, rehearse: {count: 2}, order: sequential, length: 5ms}}
  - {name: timed, present: {data: p, duration: 20ms, learn: none}}
measure: [{name: q, predicted: {population: memory}}, {name: r, rate: {population: memory}}, {name: a, atoms: {population: memory}}]
record: {atoms: 7, probes: [{population: memory, every: 3, of: [theta, weights, c]}]}
`,
	"dreams": small + others + `  - {name: learn, present: {data: p, order: sequential, repeat: 2, rehearse: {count: 2, own: {input: input, population: memory, settled: true}}}}
  - {name: felt, present: {data: p, count: 4, rehearse: {count: 1, own: {input: input, population: memory, dynamics: emphatic_belief, sweeps: 3}}}}
  - {name: drawn, present: {data: p, looks: 2, rehearse: {count: 1, own: {input: input, population: memory, dynamics: none}}}}
measure: [{name: q, predicted: {population: memory}}]
record: {atoms: 3, probes: [{population: memory, every: 2, of: [c, weights]}]}
`,
	"recall": small + others + `  - {name: stored, store: {data: p, input: input, projection: context, rule: hebb}}
  - {name: flip, recall: {data: p, input: input, population: memory, cue: flip, fraction: 25%}}
  - {name: held, recall: {data: p, input: input, population: memory, cue: partial, fraction: 50%, dynamics: belief, release: held, sweeps: 5}}
  - {name: fading, recall: {data: p, input: input, population: memory, cue: occlude, fraction: 50%, dynamics: emphatic_belief, release: fading, sweeps: 7, backwards: true}}
measure: [{name: m, recall: {}}]
record: {atoms: 0}
`,
	"rest": small + others + `  - {name: learn, present: {data: p, passes: 1}}
  - {name: quiet, rest: {duration: 45ms}}
  - {name: loud, rest: {duration: 45ms, output: sampled, learn: all}}
  - {name: signs, rest: {duration: 25ms, output: sign}}
record: {atoms: 3}
`,
	"events": small + others + `  - {name: learn, present: {data: p, passes: 5}}
  - {name: again, present: {data: p, passes: 2}}
measure: [{name: q, predicted: {population: memory}}]
events:
  - {at: 7ms, plastic: false, neurons: "memory:1-2"}
  - {at: 13ms, plastic: true}
  - {phase: again, rate_scale: 2}
  - {every: 9ms, after: 5ms, until: 40ms, crash: {down: 3ms, restart: checkpoint}, neurons: "memory:0"}
  - {every: 20ms, until: 70ms, checkpoint: true}
  - {at: 21ms, delay: {uniform: [1ms, 3ms]}}
  - {at: 33ms, rewire: {fraction: 50%}}
  - {at: 41ms, lesion: {fraction: 20%, of: synapses}}
  - {at: 43ms, noise: {loss: 20%}}
  - {every: 6ms, after: 44ms, until: 60ms, turnover: {threshold: 0.4, for: 2ms, regrow: true}}
  - {when: q.predicted > 0 and time > 0.03, stuck: 1, neurons: "memory:3"}
  - {when: phase == "again", present: "#2"}
  - {at: 50ms, goal: {unq_r: 1}}
  - {at: 52ms, recall: {input: input, population: memory, data: p, item: "#1", cue: flip, fraction: 50%}}
  - {at: 53ms, show: {input: input, values: [1, 1, 0, -1], learn: true}}
faults:
  - {kind: silent, share: 25%, from: 30ms, until: 35ms}
  - {kind: stuck_off, neurons: "memory:2", phase: again}
record: {atoms: 4}
`,
	"batch": layers + `  - {name: learn, present: {data: f, passes: 4, batch: {size: 3, rate: 0.1, end_rate: 0.02}}}
  - {name: again, present: {data: f, passes: 2, batch: {size: 0, fit: [a]}, learn: a}, save: [weights, atoms, picture]}
  - {name: test, present: {data: f, learn: none, off: [kind]}}
measure: [{name: q, predicted: {population: b}}, {name: r, rate: {population: a}}, {name: a, atoms: {population: a}}]
record: {atoms: 3}
`,
	"play": trained + `  - {name: learn, play: {data: t, every: 2ms, passes: 4, order: shuffled}}
  - {name: test, play: {data: t, items: b, every: 3ms, learn: none, off: [told], gap: 1ms}}
  - {name: fast, play: {data: t, speed: 3, every: 1ms, passes: 2, learn: a}}
measure: [{name: r, rate: {population: b}}, {name: q, accuracy: {population: a}, in: [learn]}]
record: {atoms: 3, probes: [{population: b, every: 2, of: [y, theta, D, atoms]}]}
`,
	"clocks": free + others + `  - {name: learn, present: {data: p, passes: 2, looks: 1}}
  - {name: more, present: {data: p, items: "#1,#3", length: 7ms, repeat: 2}}
  - {name: back, recall: {data: p, input: input, population: memory, cue: flip, fraction: 25%, count: 2}}
  - {name: felt, recall: {data: p, input: input, population: memory, cue: partial, fraction: 50%, dynamics: graded_belief, release: held, sweeps: 6, count: 2}}
  - {name: quiet, rest: {duration: 31ms, output: sampled}}
measure: [{name: q, predicted: {population: memory}}, {name: m, recall: {}}]
record: {atoms: 2, probes: [{population: memory, neurons: "1", every: 4, of: [chi, D, y, c, weights]}]}
`,
	"bare": small + others + `  - {name: looks, present: {data: p, looks: 3, learn: none}}
  - {name: learn, present: {data: p, count: 4, repeat: 3, steps: [{do: [fire]}, {do: [observe]}, {do: [learn]}]}, save: [atoms, picture]}
  - {name: stored, store: {data: p, input: input, projection: context, rule: pseudo_inverse}}
  - {name: back, recall: {data: p, items: "#1,#4", input: input, population: memory, cue: flip, fraction: 25%, release: held}}
  - {name: timed, present: {data: p, duration: 15ms, order: sequential, output: sampled}}
measure: [{name: m, recall: {criterion: 0.5}}, {name: r, rate: {population: memory}}]
control: shuffled
record: {atoms: 5, presentations: false, weights: false}
events: [{phase: timed, present: "#2"}, {at: 40ms, picture: atoms}, {at: 41ms, weights: once}]
`,
	"script": small + others + `  - name: play
    script:
      input: input
      population: memory
      data: p
      parameters: {rounds: 3}
      code: |
        def setup(ctx):
            ctx.state["left"] = ctx.parameters["rounds"]
            return 9
        def next(ctx):
            if ctx.state["left"] == 0:
                return None
            ctx.state["left"] -= 1
            measure("left", ctx.state["left"])
            return [present(random.integer(5), plastic = True), recall(damage(ctx.patterns["1"], 0.25)), rest(0.012, dynamics = "sampled"), act(rate_scale = 2)]
        def readout(ctx):
            score("done", ctx.step)
            table("rows", ["a", "b"], [[1, "x"], [2.5, "y"]])
            lines("curve", {"one": ([1, 2], [3, 4])})
record: {atoms: 3}
`,
}

// stopAt runs until the n-th step, where it saves and stops the run.
func stopAt(l *logged, n int) (saved, engine []byte, err error) {
	steps := 0
	inner := l.Run.out.Step
	stopped := errors.New("stopped")
	l.Run.out.Step = func(phase string, done, total int) error {
		if err := inner(phase, done, total); err != nil {
			return err
		}
		if steps++; steps < n {
			return nil
		}
		var err1, err2 error
		saved, err1 = l.Save()
		engine, err2 = l.engine.Engine.State()
		return errors.Join(err1, err2, stopped)
	}
	if err := l.Go(context.Background()); err == nil || err.Error() != stopped.Error() {
		return nil, nil, fmt.Errorf("ended with %w", err)
	}
	return saved, engine, nil
}

// TestResumeAnywhere: a run that is stopped at any of its steps and resumed on another
// engine reports the same as without the stop, and ends in the same state.
func TestResumeAnywhere(t *testing.T) {
	for name, text := range documents {
		whole := run(t, text)
		end, err := whole.engine.Engine.State()
		if err != nil {
			t.Fatal(err)
		}
		steps := strings.Count(whole.text(), "\nstep ")
		if steps < 10 {
			t.Errorf("%s: only %d steps", name, steps)
		}
		for n := 1; n <= steps; n += 1 + n/3 {
			if err := resumed(t, text, n, whole, end); err != nil {
				t.Errorf("%s, stopped at step %d of %d: %v", name, n, steps, err)
			}
		}
	}
}

// resumed stops a run at a step, resumes it, and compares it with the whole run.
func resumed(t *testing.T, text string, n int, whole *logged, end []byte) error {
	first := start(t, text)
	saved, state, err := stopAt(first, n)
	if err != nil {
		return err
	}
	plan, err := prepare(text)
	if err != nil {
		return err
	}
	e := engineOf(t, plan)
	if err := e.Restore(state); err != nil {
		return err
	}
	second := &logged{t: t}
	if second.Run, err = plan.Resume(e, second.listener(), saved); err != nil {
		return err
	}
	if err := second.Go(context.Background()); err != nil {
		return err
	}
	done := 0 // lines up to the n-th step
	for k := 0; k < n; done++ {
		if strings.HasPrefix(whole.lines[done], "step ") {
			k++
		}
	}
	if whole.lines[done] == "checkpoint" { // the checkpoint of this step was written when the run was stopped
		done++
	}
	if words := strings.Fields(second.lines[0]); words[0] == "step" && plan.InBatches(words[1]) { // a phase with batches reports its progress before each batch, also after resuming
		done--
	}
	if got, want := second.text(), strings.Join(whole.lines[done:], "\n"); got != want {
		return fmt.Errorf("goes on with\n%s\nwant\n%s", firstDifference(got, want), firstDifference(want, got))
	}
	if got, err := second.engine.Engine.State(); err != nil || !bytes.Equal(got, end) {
		return fmt.Errorf("ends in another state, %v", err)
	}
	return nil
}

// A state of another scenario, or something that is not a state, gives an error message.
func TestResumeRefuses(t *testing.T) {
	text := documents["present"]
	first := start(t, text)
	saved, _, err := stopAt(first, 5)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := prepare(text)
	if err != nil {
		t.Fatal(err)
	}
	change := func(from, to string) string {
		t.Helper()
		if !strings.Contains(string(saved), from) {
			t.Fatalf("the state has no %s: %.300s", from, saved)
		}
		return strings.Replace(string(saved), from, to, 1)
	}
	for _, c := range [][2]string{
		{"", "protocol: not a state of a run: unexpected end of JSON input"},
		{change(`"Phase":1`, `"Phase":9`), "protocol: the state does not fit the scenario"},
		{change(`"Phase":1`, `"Phase":-1`), "protocol: the state does not fit the scenario"},
		{change(`"Done":7`, `"Done":-7`), "protocol: the state does not fit the scenario"},
		{change(`"Channels":[`, `"Channels":[0,`), "protocol: the state does not fit the scenario"},
		{change(`"Told":[`, `"Told":[0,`), "protocol: the state does not fit the scenario"},
		{change(`"Modes":[`, `"Modes":[{},`), "protocol: the state does not fit the scenario"},
		{change(`"Digests":{"o":"`, `"Digests":{"o":"x`), `protocol: the data "o" are not those that the run began with`},
		{change(`"Was":[]`, `"Was":[true]`), "protocol: the state is of a run with 1 events, not 0"},
		{change(`"Late":null`, `"Late":[0]`), "protocol: the state names event 0 of 0"},
		{change(`"Late":null`, `"Late":[-1]`), "protocol: the state names event -1 of 0"},
		{change(`"Phase":1`, `"Phase":"x"`), "protocol: not a state of a run: json: cannot unmarshal string into Go struct field state.Phase of type int"},
	} {
		if _, err := plan.Resume(engineOf(t, plan), &journal.Listener{}, []byte(c[0])); fmt.Sprint(err) != c[1] {
			t.Errorf("%v, want %s", err, c[1])
		}
	}
}

// Errors of a listener end the run, wherever they occur.
func TestErrorsOfListeners(t *testing.T) {
	full := errors.New("full")
	for what, breaks := range map[string]func(l *journal.Listener){
		"phase":        func(l *journal.Listener) { l.Phase = func(string) error { return full } },
		"step":         func(l *journal.Listener) { l.Step = func(string, int, int) error { return full } },
		"shown":        func(l *journal.Listener) { l.Shown = func(journal.Shown) error { return full } },
		"presentation": func(l *journal.Listener) { l.Presentation = func(journal.Presentation) error { return full } },
		"atoms":        func(l *journal.Listener) { l.Atoms = func(neuron.Time, []neuron.Report) error { return full } },
		"probe":        func(l *journal.Listener) { l.Probe = func([]journal.ProbeRow) error { return full } },
		"measure":      func(l *journal.Listener) { l.Measure = func(neuron.Time, string, float64) error { return full } },
		"event": func(l *journal.Listener) {
			l.Measure = func(_ neuron.Time, name string, _ float64) error { return map[string]error{"event.0": full}[name] }
		},
		"epoch":      func(l *journal.Listener) { l.Epoch = func(neuron.Time, *neuron.Output) error { return full } },
		"checkpoint": func(l *journal.Listener) { l.Checkpoint = func() error { return full } },
		"picture":    func(l *journal.Listener) { l.Picture = func(string, journal.Figure) error { return full } },
		"figure":     func(l *journal.Listener) { l.Figure = func(string, journal.Figure) error { return full } },
	} {
		text := strings.Replace(documents["present"], "record:", "events: [{at: 9ms, checkpoint: true}, {phase: more, picture: atoms}]\nrecord:", 1)
		if err := brokenRun(t, text, breaks); !errors.Is(err, full) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// brokenRun returns the error of a run with a listener that was changed.
func brokenRun(t *testing.T, text string, breaks func(*journal.Listener)) error {
	t.Helper()
	plan, err := prepare(text)
	if err != nil {
		t.Fatal(err)
	}
	out := (&logged{t: t}).listener()
	breaks(out)
	r, err := plan.Start(engineOf(t, plan), out)
	if err != nil {
		t.Fatal(err)
	}
	return r.Go(context.Background())
}

// A cancelled run stops at the next epoch and reports its results so far.
func TestCancelled(t *testing.T) {
	l := start(t, documents["rest"])
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Go(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if got := l.with("phase", "step", "weights", "figure"); got != "phase others\nfigure weights\nfigure raster" {
		t.Errorf("told %s", got)
	}
}

// firstDifference returns a few lines of a text from the first difference on.
func firstDifference(text, other string) string {
	a, b := strings.Split(text, "\n"), strings.Split(other, "\n")
	k := 0
	for k < min(len(a), len(b)) && a[k] == b[k] {
		k++
	}
	return fmt.Sprintf("line %d: %s", k, strings.Join(a[k:min(len(a), k+4)], " | "))
}

// A touch happens immediately, as if the scenario had contained it, or is refused if it
// cannot happen.
func TestTouches(t *testing.T) {
	l := start(t, small+others+"  - {name: learn, present: {data: p, passes: 2}}\n  - {name: rest, rest: {duration: 20ms}}\nevents: [{at: 14ms, silent: false}]\nfaults: [{kind: silent, share: 25%, from: 15ms, until: 16ms}]\nrecord: {atoms: 0}\n")
	yes, item, nothing := true, "#1", "#99"
	wishes := map[string][]language.Event{
		"learn 5": {{Silent: &yes, Neurons: "memory:0"}, {Present: &item}, {Present: &nothing}, {Silent: &yes, Neurons: "memory:9"},
			{Show: &language.Show{Input: "input", Values: []float64{1}}}, {Show: &language.Show{Input: "nput", Values: []float64{1}}}, {Turnover: &language.Turnover{Threshold: 1}},
			{Recall: &language.Ask{Values: []float64{1, 1, 1}, Cueing: language.Cueing{Input: "input", Population: "memory", Cue: "clean", Dynamics: "sign", Release: "released"}}}},
		"rest 10": {{Present: &item}, {Show: &language.Show{Input: "input", Values: []float64{1, 1, 1, 1}}}},
	}
	var told []string
	l.Run.out.Attend = func(phase string, done, _ int) (w journal.Wish) {
		at := fmt.Sprint(phase, " ", done)
		w.Checkpoint = at == "rest 20" && wishes[at] == nil
		for _, e := range wishes[at] {
			e.Neurons = orName(e.Neurons, "all")
			w.Touches = append(w.Touches, journal.Touch{Event: &e, Taken: func(e *language.Event, err error) {
				if err == nil {
					told = append(told, fmt.Sprintf("%s: %s at %v", at, e.Action(), neuron.Time(*e.At)))
				} else {
					told = append(told, fmt.Sprintf("%s: %v", at, err))
				}
			}})
		}
		wishes[at] = []language.Event{}
		return w
	}
	if err := l.Go(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := `learn 5: silent at 14.007ms
learn 5: present at 14.007ms
learn 5: present: got "#99", expected the name of an item that a phase presents, or its number from #0 on
learn 5: neurons: got "9", expected numbers from 0 to 3; numbers count within memory
learn 5: show.values: has 1 values for 4 channels; give one for each, in order
learn 5: show.input: got "nput", expected the name of an input; did you mean "input"?
learn 5: turnover: happens again and again; write it into the scenario, with every
learn 5: recall.values: has 3 values for 4 channels; give one for each, in order
rest 10: phase rest presents no items one by one, so "#1" cannot be presented in it
rest 10: show at 36.013ms`
	if got := strings.Join(told, "\n"); got != want {
		t.Errorf("answered\n%s\nwant\n%s", got, want)
	}
	// touches are numbered after the events of the document; faults come after them
	if got := l.with("measure", "checkpoint"); got != `measure event.0 1 at 14ms
measure event.2 1 at 14.007ms
measure event.1 1 at 14.007ms
measure event.3 1 at 15ms
measure event.4 1 at 16ms
measure event.3 1 at 36.013ms
checkpoint` {
		t.Error(got)
	}
	if got := l.with("shown"); !strings.Contains(got, "shown presented 1 14.007ms–16.007ms input[1 -1 1 1]\nshown presented 0 16.008ms–") || !strings.HasSuffix(got, "\nshown drawn -1 36.013ms–37.013ms input[1 1 1 1]") {
		t.Error(got)
	}
}
