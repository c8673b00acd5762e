package language

import (
	"strings"
	"testing"
)

// TestRefused: an invalid value is refused with line and column, its key, the value, what
// was expected and a hint.
func TestRefused(t *testing.T) {
	const data = "  letters: {patterns: {width: 2, source: random, count: 4}"
	for _, c := range []struct{ old, changed, want string }{
		{data, "  letters: {patterns: {width: 2, source: random}", `areas.yaml:21:23: data.letters.patterns.count: got 0, expected how many patterns, because source is random`},
		{data, "  letters: {patterns: {source: letters, count: 27}", `areas.yaml:21:48: data.letters.patterns.count: got 27, expected at most 26, because source is letters; use source: random`},
		{data, "  letters: {patterns: {source: letters, count: 26, p: 30%}", `areas.yaml:21:55: data.letters.patterns.p: got 0.3, expected 50%, because source is letters; it is for source: random`},
		{data, "  letters: {patterns: {source: letters, correlation: 0.1}", `areas.yaml:21:54: data.letters.patterns.correlation: got 0.1, expected 0, because source is letters; it is for source: random`},
		{data, "  letters: {patterns: {source: letters, drift: 0.1}", `areas.yaml:21:48: data.letters.patterns.drift: got 0.1, expected 0, because source is letters; it is for source: random`},
		{data, "  letters: {patterns: {source: letters, path: x}", `areas.yaml:21:47: data.letters.patterns.path: got "x", expected no path, because source is letters; source: text or images reads files`},
		{data, "  letters: {patterns: {source: text}", `areas.yaml:21:23: data.letters.patterns.path: expected a file or folder, because source is text`},
		{data, "  letters: {markov: {symbols: [a, a], matrix: [[1, 0], [0, 1]]}", `areas.yaml:21:35: data.letters.markov.symbols[1]: got "a", expected a name of its own`},
		{data, "  letters: {markov: {symbols: [a, b], matrix: [[1, 0]]}", `data.letters.markov.matrix: has 1 rows, expected one for each of 2 symbols`},
		{data, "  letters: {markov: {symbols: [a, b], matrix: [[1, 0], [1]]}", `data.letters.markov.matrix[1]: has 1 columns, expected one for each of 2 symbols`},
		{data, "  letters: {markov: {symbols: [a, b], matrix: [[1, 0], [1.5, -0.5]]}", `data.letters.markov.matrix[1][0]: got 1.5, expected a probability from 0 to 1`},
		{data, "  letters: {markov: {symbols: [a, b], matrix: [[1, 0], [0.5, -0.5]]}", `data.letters.markov.matrix[1][1]: got -0.5, expected a probability from 0 to 1`},
		{data, "  letters: {markov: {symbols: [a, b], matrix: [[1, 0], [0.5, 0.4]]}", `data.letters.markov.matrix[1]: what follows b sums to 0.9, expected 1`},
		{"passes: 2, rounds: 3", "passes: 2, rounds: 3, learn: V3", `protocol[0].present.learn: got "V3", expected`},
		{"off: [class]", "off: [clas]", `areas.yaml:24:62: protocol[1].present.off[0]: got "clas", expected an input; did you mean "class"?`},
		{"min: 0.3}", "min: 0.3, max: 0.2}", `areas.yaml:28:33: expect[0].min: got 0.3, expected at most max`},
		{"score: accuracy, min: 0.3", "score: accuracy", `areas.yaml:28:10: expect[0]: says neither min nor max; add min: or max:`},
		{"score: accuracy, min: 0.3", "min: 0.3", `areas.yaml:28:10: expect[0]: says what to look at in none or several of score, always, eventually and never; write exactly one of them`},
		{"score: accuracy, min: 0.3", "score: accuracy, always: x, min: 0.3", `areas.yaml:28:10: expect[0]: says what to look at in none or several of score, always, eventually and never; write exactly one of them`},
		{"score: accuracy, min: 0.3", "score: accuracy, min: 0.3, after: 1s", `areas.yaml:28:10: expect[0]: gives a time for a score, which has none; use always, eventually or never`},
		{"score: accuracy, min: 0.3", "eventually: neuron.red, min: 0.3, after: 2s, within: 1s", `expect[0].within: got "1s", expected not before after`},
		{"neurons: 0-3, of", "neurons: 0-9, of", ``},
		{"to: V1, port: r, weights", "to: pixels, port: r, weights", `areas.yaml:14:24: projections[0].to: got "pixels", expected a population; it is an input, and inputs receive no spikes`},
		{"{from: V1, to: V1, port: c", "{from: V1, to: V1, port: l", `areas.yaml:15:30: projections[1].port: got "l", expected one of r, c; neurons of V1 are of the kind feature, which has no other ports`},
		{"feature: {like: bars, goal.syn: 1}", `feature: {like: bars, goal: {"{1}{2}": 1}}`, ``},
		{"feature: {like: bars, goal.syn: 1}", `feature: {like: bars, goal: {"{1}{2}{3}": 1}}`, `is an atom of three sources, and the neuron has two; write sources: [r, c, l], or name unq_r, unq_c, red, syn`},
		{"feature: {like: bars, goal.syn: 1}", `feature: {like: bars, goal: {red: 1, "{1}{2}": 1}}`, `is the same atom as red; name it once`},
		{"feature: {like: bars, goal.syn: 1}", `feature: {like: bars, goal: {reed: 1}}`, `neurons.feature.goal.reed: is no atom`},
		{"record:", "events: [{at: 1s, after: 1s, silent: true}]\nrecord:", `events[0].at: stands with after or until, which are for every and when`},
		{"record:", "events: [{phase: train, until: 1s, silent: true}]\nrecord:", `events[0].phase: stands with after or until, which are for every and when`},
		{"record:", "events: [{every: 1s, after: 2s, until: 2s, silent: true}]\nrecord:", `events[0].until: got "2s", expected later than after`},
		{"record:", "events: [{at: 1s, neurons: V1, measure: true}]\nrecord:", `events[0].neurons: is for plastic, rate_scale, goal, silent, stuck, crash, and lesion by named`},
		{"record:", "events: [{at: 1s, weights: a b}]\nrecord:", `events[0].weights: got "a b", expected letters, digits, - and _`},
		{"record:", "events: [{at: 1s, measure: false}]\nrecord:", `events[0].measure: got false, expected true, or no such event`},
		{"record:", "events: [{at: 1s, checkpoint: false}]\nrecord:", `events[0].checkpoint: got false, expected true, or no such event`},
		{"record:", "events: [{at: 1s, lesion: {}}]\nrecord:", `events[0].lesion: has neither count nor fraction; add fraction: 10%, or by: named for the neurons of the event`},
		{"record:", "events: [{at: 1s, lesion: {count: 2, fraction: 10%}}]\nrecord:", `events[0].lesion.fraction: is given together with count; only one of count, fraction is allowed`},
		{"record:", "events: [{at: 1s, lesion: {by: community}}]\nrecord:", `events[0].lesion.communities: expected numbers of communities, because by is community`},
		{"record:", "events: [{at: 1s, neurons: V1, lesion: {by: named, of: synapses}}]\nrecord:", `events[0].lesion.of: got "synapses", expected neurons, because by is named`},
		{"record:", "events: [{at: 1s, recall: {input: pixels, population: V1}}]\nrecord:", `events[0].recall: says neither item nor values; add data: and item:, or values: with a value for each channel`},
		{"record:", "events: [{at: 1s, recall: {input: pixels, population: V1, item: A}}]\nrecord:", `events[0].recall.item: needs data, and data an item`},
		{"record:", "events: [{at: 1s, recall: {input: pixels, population: V1, values: [1], cue: flip, fraction: 10%}}]\nrecord:", `events[0].recall.cue: got "flip", expected clean, because the values are the cue`},
		{"record:", "events: [{at: 1s, recall: {input: pixels, population: V1, data: letters, item: A, cue: flip}}]\nrecord:", `events[0].recall.fraction: got 0, expected more than 0% where the cue is damaged, and nothing where it is clean`},
		{"name: accuracy, in", "name: a b, in", `measure[0].name: got "a b", expected letters, digits, - and _`},
		{"protocol:", "mode: free\nprotocol:", `areas.yaml:16:40: projections[2].noise: is for mode lockstep; where neurons run free, spikes take the time they take and none is lost; write mode: lockstep`},
	} {
		if !strings.Contains(base, c.old) {
			t.Fatalf("the document has no %q", c.old)
		}
		_, err := Load("areas.yaml", []byte(strings.Replace(base, c.old, c.changed, 1)))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s:\n%v\nwant %s", c.changed, err, c.want)
		}
	}
}

// An event has exactly one trigger and one action, and is either a signal, or between
// presentations, or neither.
func TestKindsOfEvents(t *testing.T) {
	for text, want := range map[string]string{
		"at: 1s, plastic: true": "plastic signal", "at: 1s, rate_scale: 2": "rate_scale signal", "at: 1s, silent: true": "silent signal", "at: 1s, stuck: 1": "stuck signal",
		"at: 1s, goal: {red: 1}": "goal still", "at: 1s, crash: {}": "crash still", "at: 1s, lesion: {count: 1}": "lesion still", "at: 1s, rewire: {fraction: 10%}": "rewire still",
		"at: 1s, delay: 2ms": "delay still", "at: 1s, noise: {loss: 1%}": "noise still", "at: 1s, measure: true": "measure still", "at: 1s, weights: w": "weights still", "at: 1s, picture: weights": "picture still",
		"at: 1s, present: '#1'": "present between", "at: 1s, show: {input: pixels, values: [1, 1, 1, 1]}": "show between", "at: 1s, checkpoint: true": "checkpoint between",
		"at: 1s, recall: {input: pixels, population: V1, values: [1]}": "recall between", "every: 1s, turnover: {threshold: 1, for: 1s}": "turnover still",
	} {
		e, err := Load("areas.yaml", []byte(strings.Replace(base, "record:", "events: [{"+text+"}]\nrecord:", 1)))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		event, when := &e.Events[0], "still"
		if event.IsSignal() {
			when = "signal"
		}
		if event.IsBetween() {
			when = "between"
		}
		if got := event.Action() + " " + when; got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	empty := Event{}
	if empty.Action() != "" || empty.IsSignal() || empty.IsBetween() {
		t.Errorf("an event that does nothing: %q", empty.Action())
	}
}

func TestKindsOfMeasures(t *testing.T) {
	for _, c := range []struct {
		m    Measure
		want string
	}{{Measure{Accuracy: &Accuracy{}}, "accuracy"}, {Measure{Information: &Information{}}, "information"}, {Measure{Recall: &RecallScore{}}, "recall"}, {Measure{Predicted: &Predicted{}}, "predicted"},
		{Measure{Atoms: &AtomsScore{}}, "atoms"}, {Measure{Rate: &RateScore{}}, "rate"}, {Measure{Selectivity: &Selectivity{}}, "selectivity"}, {Measure{Probe: &LinearProbe{}}, "probe"},
		{Measure{Sequence: &Sequence{}}, "sequence"}, {Measure{Regression: &Regression{}}, "regression"}, {Measure{Custom: &Custom{Kind: "mine"}}, "mine"}, {Measure{}, ""}} {
		if got := c.m.Kind(); got != c.want {
			t.Errorf("kind %q, want %q", got, c.want)
		}
	}
}

// Ranges include their bounds, and have a text.
func TestExpectations(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		e       Expect
		yes, no []float64
		measure string
	}{
		{Expect{Always: "a", Min: v(1)}, []float64{1, 2}, []float64{0.999}, "a"},
		{Expect{Eventually: "b", Max: v(1)}, []float64{1, -5}, []float64{1.001}, "b"},
		{Expect{Never: "c", Min: v(1), Max: v(2)}, []float64{1, 1.5, 2}, []float64{0.9, 2.1}, "c"},
		{Expect{Score: "d", Min: v(1)}, []float64{1}, []float64{0}, ""},
	} {
		for _, x := range c.yes {
			if !c.e.Meets(x) {
				t.Errorf("%v does not meet %s", x, c.e.Range())
			}
		}
		for _, x := range c.no {
			if c.e.Meets(x) {
				t.Errorf("%v meets %s", x, c.e.Range())
			}
		}
		if c.e.Measure() != c.measure {
			t.Errorf("looks at %q, want %q", c.e.Measure(), c.measure)
		}
	}
	for want, e := range map[string]Expect{"≥ 1": {Min: v(1)}, "≤ 2": {Max: v(2)}, "≥ 1, ≤ 2": {Min: v(1), Max: v(2)}} {
		if got := e.Range(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A control has no expectations, nor does a document without the key in where. The keys
// of a document are those that show prints.
func TestWhatIsAsked(t *testing.T) {
	for _, c := range []struct {
		control, where string
		want           int
	}{{"none", "", 1}, {"none", "data.letters.patterns", 1}, {"none", "data.letters.strokes", 0}, {"none", "data.letters.patterns.width.x", 0}, {"none", "protocol.name", 0}, {"shuffled", "", 0}} {
		e, err := Load("areas.yaml", []byte(base))
		if err != nil {
			t.Fatal(err)
		}
		e.Control, e.Expect[0].Where = c.control, c.where
		if got := len(e.Asked()); got != c.want {
			t.Errorf("control %s, where %q: %d are asked, want %d", c.control, c.where, got, c.want)
		}
	}
	for phase, want := range map[string]bool{"present: {data: digits.test}": true, "recall: {data: digits.test, input: pixels, population: V1}": true, "present: {data: digits.train}": false, "rest: {duration: 1s}": false} {
		e := &Experiment{Protocol: []Phase{{}}}
		name, ref, _ := strings.Cut(phase, ": {data: ")
		ref, _, _ = strings.Cut(strings.TrimSuffix(ref, "}"), ",")
		switch name {
		case "present":
			e.Protocol[0].Present = &Present{Data: ref}
		case "recall":
			e.Protocol[0].Recall = &Recall{Data: ref}
		}
		if e.Tests() != want {
			t.Errorf("%s: %v", phase, !want)
		}
	}
}
