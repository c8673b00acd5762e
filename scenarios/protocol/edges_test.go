package protocol

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// endless is a document with a source b without an end, and a population free with clocks
// of its own.
var endless = strings.NewReplacer(
	"populations: {memory: {size: 4, neuron: unit}}", "populations: {memory: {size: 4, neuron: unit}, free: {size: 2, neuron: poisson-source}}",
	"  o: {patterns", "  b: {bars: {rows: 2}, to: {input: {field: image, off: -1}}}\n  o: {patterns").Replace(small)

// last is phases that use all data and learn nothing.
const last = others + "  - {name: y, present: {data: p, learn: none}}\n"

// TestRefusalsOfEndlessSources: what needs all items of a source is refused if the source
// has no end.
func TestRefusalsOfEndlessSources(t *testing.T) {
	for phase, want := range map[string]string{
		"present: {data: b}":                        "present.count: expected how many presentations, because the source has no end; add count: 1000",
		"present: {data: b, count: 1, items: '#1'}": `present.items: got "#1", expected all, because the source has no end`,
		"play: {data: b}":                           `play.data: got "b", expected a source with an end`,
		"store: {data: b, rule: hebb, input: input, projection: context}":                      "store.rule: is for at most 5000 neurons and patterns",
		"script: {input: input, population: memory, data: b, code: 'def next(ctx): return'}":   `script.data: got "b", expected a source with an end`,
		"present: {data: p, steps: [{do: [fire]}, {do: [fire], populations: [memory, free]}]}": `present.steps[1].populations[1]: got "free", expected a population of synchronous neurons, because the protocol tells these when to update`,
		"store: {data: p, rule: hebb, input: input, projection: input-memory}":                 `store.projection: got "input-memory", expected a projection of a population to itself`,
		"script: {input: input, population: memory, data: p, file: gone.star}":                 "script.file: open gone.star: ",
		"script: {input: input, population: memory, data: p, file: f.csv}":                     "f.csv:1:",
		"present: {data: b, count: 2}":                                                         "",
		"present: {data: p, steps: [{do: [fire], populations: [memory]}]}":                     "",
	} {
		_, err := prepare(endless + last + "  - {name: x, " + phase + "}\n  - {name: z, present: {data: b, count: 1, learn: none}}\n")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", phase, err, want)
		}
	}
}

// TestConditionsOnMeasures: conditions and expectations name measures of the document or
// of its scripts, and no others.
func TestConditionsOnMeasures(t *testing.T) {
	const more = "  - {name: play, script: {input: input, population: memory, data: p, code: 'def next(ctx): return None'}}\nmeasure:\n  - {name: q, predicted: {population: memory}}\n  - {name: a, atoms: {population: memory}}\n"
	for name, ok := range map[string]bool{"play.anything": true, "plays.anything": false, "q.predicted": true, "q.found": false, "a.red": true, "a.found": false, "neuron.syn": true, "event.recall": true, "event": false} {
		for _, use := range []string{"expect: [{always: " + name + ", min: 0}]\n", "events: [{when: " + name + " > 1, silent: true}]\n"} {
			_, err := prepare(small + others + more + use)
			if (err == nil) != ok || err != nil && (!strings.Contains(err.Error(), "live measure") || !strings.Contains(err.Error(), "q.predicted, a.unq_r, a.unq_c, a.red, a.syn, a.h_res, a.goal, neuron.unq_r")) {
				t.Errorf("%s: %v", use, err)
			}
		}
	}
	all := &Plan{Experiment: &language.Experiment{Measure: []language.Measure{
		{Name: "a", Accuracy: &language.Accuracy{}}, {Name: "b", Information: &language.Information{}}, {Name: "c", Predicted: &language.Predicted{}}, {Name: "d", Atoms: &language.AtomsScore{}}, {Name: "e"}}}}
	if got := all.live(); !slices.Equal(got, []string{"a.training", "b.found", "c.predicted", "d.*", "neuron.*", "event.*"}) {
		t.Errorf("live measures %q", got)
	}
}

// TestWhoBroke: the error of a neuron with values beyond all limits names its population,
// its number there, and the setting. In a short form the setting has another key.
func TestWhoBroke(t *testing.T) {
	short, long := start(t, small+last), start(t, strings.ReplaceAll(small, "unit", "cell")+last)
	for _, c := range []struct {
		l       *logged
		b       neuron.Breakdown
		setting string
	}{
		{short, neuron.Breakdown{Neuron: 2, What: neuron.WeightBroke, Port: neuron.Receptive, Rule: neuron.GoalGradient}, "; the setting is neurons.unit.ports.r.rate, or in a short form neuron.receptive_learning.rate"},
		{short, neuron.Breakdown{Neuron: 2, What: neuron.GradientBroke}, "; the setting is neurons.unit.goal, or in a short form neuron.goal"},
		{short, neuron.Breakdown{Neuron: 2, What: neuron.WeightBroke, Port: neuron.Lateral, Rule: neuron.GoalGradient}, "; the setting is neurons.unit.ports.l.rate"},
		{short, neuron.Breakdown{Neuron: 2, What: neuron.InputBroke}, ""},
		{long, neuron.Breakdown{Neuron: 2, What: neuron.GradientBroke}, "; the setting is neurons.cell.goal"},
	} {
		if got, want := c.l.explain(&c.b).Error(), "memory #2, "+c.b.Error()+c.setting; got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	nobody := &neuron.Breakdown{Neuron: 4, What: neuron.GradientBroke}
	if got := short.explain(nobody).Error(); got != nobody.Error() {
		t.Errorf("a channel: %s", got)
	}
}

// TestPhasesThatLearn: populations whose neurons learn in a phase.
func TestPhasesThatLearn(t *testing.T) {
	text := strings.NewReplacer("{memory: {size: 4, neuron: unit}}", "{memory: {size: 4, neuron: unit}, second: {size: 1, neuron: memory}, idle: {size: 1, neuron: relay}}",
		"data:\n", "  - {from: other, to: second, port: r}\n  - {from: other, to: idle, port: r}\ndata:\n").Replace(small) + others + "  - {name: x, present: {data: p, learn: LEARN}}\n"
	for learn, want := range map[string][]bool{"all": {true, true, false}, "none": {false, false, false}, "memory": {true, false, false}, "second": {false, true, false}, "'second, memory'": {true, true, false}} {
		p, err := prepare(strings.Replace(text, "LEARN", learn, 1))
		if err != nil {
			t.Errorf("%s: %v", learn, err)
			continue
		}
		if ph := &p.phases[1]; !slices.Equal(ph.learns, want) || ph.learning() != slices.Contains(want, true) {
			t.Errorf("%s: %v", learn, ph.learns)
		}
		frozen, err := prepare(strings.Replace(text, "LEARN", learn, 1), "control=frozen")
		if learn == "none" {
			if err == nil || !strings.Contains(err.Error(), "nothing learns") {
				t.Errorf("frozen, where nothing learns: %v", err)
			}
		} else if err != nil || frozen.phases[1].learning() {
			t.Errorf("%s, frozen: %v", learn, err)
		}
	}
}

// TestLaterEventsAreRenumbered: a touch comes before the faults, so the number of a fault
// that waits grows.
func TestLaterEventsAreRenumbered(t *testing.T) {
	l := start(t, small+last+"events: [{at: 900s, silent: true}]\nfaults: [{kind: silent, neurons: 'memory:0', from: 901s}]\n")
	l.engine.state.Late = []int{1, 0}
	yes := true
	e, err := l.engine.touch(&language.Event{Neurons: "memory:1", Silent: &yes})
	if err != nil || *e.At != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	if got := fmt.Sprint(l.engine.state.Late, l.engine.given, len(l.engine.events), len(l.engine.state.Was), len(l.engine.state.Done)); got != "[2 0] 2 3 3 3" {
		t.Errorf("%s", got)
	}
	if ids := l.engine.events[1].ids; !slices.Equal(ids, []neuron.ID{1}) || l.engine.events[2].fault != "faults[0]" {
		t.Errorf("the touch is not between events and faults: %v, %q", ids, l.engine.events[2].fault)
	}
	if _, err := l.engine.touch(&language.Event{Neurons: "memory:9", Silent: &yes}); err == nil || !strings.Contains(err.Error(), "numbers from 0 to 3") {
		t.Errorf("%v", err)
	}
	if _, err := l.engine.touch(&language.Event{Neurons: "all", Noise: &language.Noise{Hold: 5}}); err == nil || !strings.Contains(err.Error(), "noise.hold: has no effect") {
		t.Errorf("%v", err)
	}
}

// TestArgumentsOfScripts: a function of a script names the argument that is missing or
// wrong.
func TestArgumentsOfScripts(t *testing.T) {
	for call, want := range map[string]string{
		"present()":                      "present: missing argument for pattern",
		"present(1 << 40)":               "present: ",
		"present({})":                    "present: ",
		"present(0, context = 'x')":      "present: ",
		"recall()":                       "recall: missing argument for cue",
		"recall(9)":                      "recall: there is no pattern 9 among 5",
		"rest()":                         "rest: missing argument for duration",
		"rest(-1)":                       "rest: duration is -1, expected a number of seconds",
		"act(silent = present)":          "act: a value of type builtin_function_or_method",
		"act(neurons = [present])":       "act: a value of type builtin_function_or_method",
		"act(goal = {'red': present})":   "act: a value of type builtin_function_or_method",
		"measure('x')":                   "measure: missing argument for value",
		"phase()":                        "phase: missing argument for name",
		"overlap([1])":                   "overlap: missing argument for b",
		"overlap(['x'], [1])":            "overlap: ",
		"cosine([1], ['x'])":             "cosine: ",
		"sum()":                          "sum: missing argument for numbers",
		"mean(3)":                        "mean: ",
		"damage(0)":                      "damage: missing argument for fraction",
		"damage(7, 0.5)":                 "damage: there is no pattern 7 among 5",
		"ctx.weights()":                  "missing argument for neuron",
		"ctx.weights(-1)":                `weights: neuron -1, port "c"; expected neurons 0 to 3`,
		"ctx.state.update([('f', sum)])": "ctx.state: ",
	} {
		l := scripted(t, "def next(ctx):\n    return "+call)
		if err := l.Go(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", call, err, want)
		}
	}
	for call, want := range map[string]string{"score('x')": "score: missing argument for value", "table('x', ['a'])": "table: missing argument for rows", "lines('x')": "lines: missing argument for series",
		"table('x', ['a'], [[1], ['b']])": "table: column a has numbers and text, expected one of them", "table('x', ['a'], 3)": "table: ", "lines('x', {'a': (['b'], [1])})": "lines: "} {
		l := scripted(t, "def next(ctx):\n    return None\ndef readout(ctx):\n    "+call)
		if err := l.Go(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", call, err, want)
		}
	}
}

// TestRecallsOfScripts: a script can only recall if its input has a channel for each
// neuron.
func TestRecallsOfScripts(t *testing.T) {
	l := start(t, small+last+"  - {name: play, script: {input: other, population: memory, data: o, code: 'def next(ctx): return recall([1])'}}\n")
	const want = "recall: recall needs an input with a channel for each neuron, joined one to one"
	if err := l.Go(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// Errors of a listener end a run with a script, in whichever call they occur.
func TestErrorsOfListenersInScripts(t *testing.T) {
	full := errors.New("full")
	in := func(phase string) error { return map[string]error{"play": full, "x": full}[phase] }
	step := func(l *journal.Listener) { l.Step = func(phase string, _, _ int) error { return in(phase) } }
	for call, breaks := range map[string]func(l *journal.Listener){
		"measure('x', 1)": func(l *journal.Listener) { l.Measure = func(neuron.Time, string, float64) error { return full } },
		"phase('x')": func(l *journal.Listener) {
			l.Phase = func(name string) error { return map[string]error{"x": full}[name] }
		},
		"sample()": func(l *journal.Listener) { l.Atoms = func(neuron.Time, []neuron.Report) error { return full } },
		"present(0)": func(l *journal.Listener) {
			l.Presentation = func(p journal.Presentation) error { return in(p.Phase) }
		},
		"[]":                       step,
		"recall(0)":                step,
		"rest(1)":                  step,
		"act(silent = True)":       step,
		"act(picture = 'weights')": func(l *journal.Listener) { l.Picture = func(string, journal.Figure) error { return full } },
	} {
		text := strings.Replace(scriptText("def next(ctx):\n    return "+call, "data: p"), others, last, 1)
		if err := brokenRun(t, text, breaks); !errors.Is(err, full) {
			t.Errorf("%s: %v", call, err)
		}
	}
}

// Tables and figures that cannot be reported end the script, and the run with that error.
func TestResultsOfScriptsThatFail(t *testing.T) {
	for _, call := range []string{"table('a', ['x'], [[1]])", "lines('a', {'s': ([1], [2])})"} {
		l := scripted(t, "def next(ctx): return None\ndef readout(ctx):\n    "+call+"\n    print('went on')")
		l.Run.out.Table = func(journal.Table) error { return errBroken }
		l.Run.out.Figure = func(string, journal.Figure) error { return errBroken }
		if err := l.Go(t.Context()); !errors.Is(err, errBroken) || strings.Contains(l.text(), "went on") {
			t.Errorf("%s: %v\n%s", call, err, l.text())
		}
	}
}

// A classical rule sets the weights of its population only, wherever its neurons are in the
// network.
func TestStoredInTheSecondPopulation(t *testing.T) {
	text := strings.NewReplacer("populations: {memory", "populations: {first: {size: 3, neuron: relay}, memory", "data:\n", "  - {from: other, to: first, port: r}\n  - {from: first, to: memory, port: c, weights: 0.125}\ndata:\n").Replace(small)
	l := run(t, text+last+"  - {name: stored, store: {data: p, items: '#0,#1', input: input, projection: context, rule: hebb}}\nrecord: {atoms: 0}\n")
	patterns := [2][4]float64{{-1, 1, -1, -1}, {1, -1, 1, 1}}
	for i := range 4 {
		weights := l.weights(neuron.ID(3 + i))
		for j := range 4 {
			if want := (patterns[0][i]*patterns[0][j] + patterns[1][i]*patterns[1][j]) / 4; i != j && !(math.Abs(weights[neuron.ID(3+j)]-want) <= 1e-12) {
				t.Errorf("weight from %d to %d is %v, want %v", j, i, weights[neuron.ID(3+j)], want)
			}
		}
		if weights[0] != 0.125 || weights[neuron.ID(7+i)] != 2 {
			t.Errorf("neuron %d: other weights are %v", i, weights)
		}
	}
	many := strings.Replace(text, "count: 5, width: 2", "count: 5001, width: 2", 1) + last + "  - {name: stored, store: {data: p, input: input, projection: context, rule: hebb}}\n"
	if _, err := prepare(many); err == nil || !strings.Contains(err.Error(), "store.rule: is for at most 5000 neurons and patterns") {
		t.Errorf("%v", err)
	}
}

// A population that no step of a phase names does not learn from its batches, and keeps
// its state.
func TestPopulationsOutsideBatches(t *testing.T) {
	text := layers + "  - {name: learn, present: {data: f, passes: 2, batch: {size: 3, rate: 0.1}, steps: [{do: [fire], populations: [a]}, {do: [learn], populations: [a]}]}}\n"
	l := opened(t, text, files{"f.csv": flowers})
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	if b.members[0] == nil || b.members[1] != nil {
		t.Fatalf("members %v", b.members)
	}
	if err := b.restore(b.save()); err != nil {
		t.Error(err)
	}
	for _, other := range []string{"[]", "{", "[null]", `["AAAA", null]`} {
		if err := b.restore([]byte(other)); err == nil {
			t.Errorf("%s was restored", other)
		}
	}
	before := l.weights(3)
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(before, l.weights(3)) {
		t.Errorf("weights of b were %v, are %v", before, l.weights(3))
	}
}

// New delays replace those between neurons that differ; equal ones change nothing.
func TestDelaysThatStay(t *testing.T) {
	l := start(t, small+last)
	for delay, want := range map[config.Duration]int{1000: 0, 2000: 4 * 3} {
		c, err := l.engine.delays(&language.Delay{Low: delay, High: delay}, rand.New(rand.NewPCG(1, 2)))
		if err != nil || len(c.Synapses) != want || len(c.Added) != want || c.Empty() != (want == 0) {
			t.Errorf("delay %v: %+v, %v", delay, c, err)
			continue
		}
		for i := range c.Added {
			if s := &c.Added[i]; s.Delay != int32(delay) || s.Source >= 4 {
				t.Errorf("delay %v: %+v", delay, s)
			}
		}
	}
}

// The latest spikes are kept for a picture, and not many more.
func TestLatestSpikes(t *testing.T) {
	l := start(t, small+last)
	p := l.player
	for at := range neuron.Time(20) {
		out := &neuron.Output{}
		for k := range rasterSpikes - 1 {
			out.Spikes = append(out.Spikes, neuron.Spike{Time: at, Source: neuron.ID(k % 4), Value: 1})
		}
		if err := p.Epoch(at, out); err != nil {
			t.Fatal(err)
		}
	}
	recent := p.recent()
	if len(recent) != rasterSpikes || recent[0].Time != 18 || recent[1].Time != 19 || len(p.ring) > 3*rasterSpikes {
		t.Errorf("%d spikes from %v on, of %d", len(recent), recent[0].Time, len(p.ring))
	}
}

// After the last phase nothing can be presented.
func TestPresentAfterTheEnd(t *testing.T) {
	l := start(t, small+last)
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := len(l.lines)
	l.Run.state.Phase = len(l.plan.phases)
	if err := l.presentNow(t.Context(), "0"); err != nil || len(l.lines) != before {
		t.Errorf("%v, %q", err, l.lines[before:])
	}
}
