package measure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/pid"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// TestRefusals: a measure that cannot be made gives an error with its position, what was
// expected and a suggestion. The language finds some of these faults earlier, but not for
// an experiment that is made without a document.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		text    string
		measure language.Measure
		want    []string
	}{
		{pictures(""), language.Measure{Name: "x", In: []string{"test", "tset"}, Rate: &language.RateScore{Population: "out"}},
			[]string{`measure[0].in[1]: got "tset", expected a phase: train, test; did you mean "test"?`}},
		{pictures(""), language.Measure{Name: "x", Rate: &language.RateScore{Population: "ot"}},
			[]string{`measure[0].rate.population: got "ot", expected a population: out; did you mean "out"?`}},
		{pictures(""), language.Measure{Name: "x", Rate: &language.RateScore{Population: "pixels"}},
			[]string{`measure[0].rate.population: got "pixels", expected a population: out`}},
		{pictures(""), language.Measure{Name: "x", Custom: &language.Custom{Kind: "acuracy"}},
			[]string{`measure[0].custom.kind: got "acuracy", expected a kind of measure: accuracy, atoms, information, predicted, probe, rate, recall, regression, selectivity, sequence; did you mean "accuracy"?`}},
		{pictures(""), language.Measure{Name: "x"},
			[]string{`measure[0]: does not say what is measured; add one of accuracy, information, recall, …`}},
		{pictures(""), language.Measure{Name: "x", Accuracy: &language.Accuracy{Population: "ot"}},
			[]string{`measure[0].accuracy.population: got "ot", expected a population: out; did you mean "out"?`}},
		{barsText, language.Measure{Name: "x", Accuracy: &language.Accuracy{Population: "V1"}},
			[]string{`measure[0].accuracy: expected phases that present items with labels`}},
		{chainText, language.Measure{Name: "x", Information: &language.Information{Population: "ext", About: "features", CheckIn: []string{"train", "tst"}}},
			[]string{`measure[0].information.population: got "ext", expected a population: next; did you mean "next"?`,
				`measure[0].information.about: got "features", expected phases that present items with features`,
				`measure[0].information.check_in[1]: got "tst", expected a phase: train, test; did you mean "test"?`}},
		{barsText, language.Measure{Name: "x", Information: &language.Information{Population: "V1", About: "label"}},
			[]string{`measure[0].information.about: got "label", expected phases that present items with label`}},
		{barsText, language.Measure{Name: "x", Selectivity: &language.Selectivity{Population: "V2", About: "label"}},
			[]string{`measure[0].selectivity.population: got "V2", expected a population: V1; did you mean "V1"?`,
				`measure[0].selectivity.about: got "label", expected phases that present items with such`}},
		{pictures(""), language.Measure{Name: "x", Recall: &language.RecallScore{}},
			[]string{`measure[0].recall: expected a phase of the protocol that recalls`}},
		{pictures(""), language.Measure{Name: "x", Predicted: &language.Predicted{Population: "ot", Port: "r", Of: "c"}},
			[]string{`measure[0].predicted.population: got "ot", expected a population: out; did you mean "out"?`}},
		{pictures(""), language.Measure{Name: "x", Predicted: &language.Predicted{Population: "out", Port: "c", Of: "c"}},
			[]string{`measure[0].predicted.of: got "c", expected another port than the one that predicts`}},
		{pictures(""), language.Measure{Name: "x", Probe: &language.LinearProbe{Population: "ot", Fit: "tran", Test: "later"}},
			[]string{`measure[0].probe.population: got "ot", expected a population: out; did you mean "out"?`,
				`measure[0].probe.fit: got "tran", expected a phase: train, test; did you mean "train"?`,
				`measure[0].probe.test: got "later", expected a phase: train, test`}},
		{pictures(""), language.Measure{Name: "x", Probe: &language.LinearProbe{Population: "out", Fit: "test", Test: "test"}},
			[]string{`measure[0].probe.test: got "test", expected another phase than fit`}},
		{barsText, language.Measure{Name: "x", Probe: &language.LinearProbe{Population: "V1", Fit: "train", Test: "test"}},
			[]string{`measure[0].probe.fit: got "train", expected a phase that presents items with labels`,
				`measure[0].probe.test: got "test", expected a phase that presents items with labels`}},
		{chainText, language.Measure{Name: "x", Sequence: &language.Sequence{Population: "net", Data: "chan"}},
			[]string{`measure[0].sequence.population: got "net", expected a population: next; did you mean "next"?`,
				`measure[0].sequence.data: got "chan", expected one of data: chain; did you mean "chain"?`}},
		{pictures(""), language.Measure{Name: "x", Sequence: &language.Sequence{Population: "out", Data: "digits"}},
			[]string{`measure[0].sequence.data: got "digits", expected a chain of symbols (markov)`}},
		{strings.NewReplacer("{next:", "{more: {size: 4, neuron: unit}, next:", "projections: [", "projections: [{from: now, to: more, port: r}, {from: before, to: more, port: c}, ").Replace(chainText),
			language.Measure{Name: "x", Sequence: &language.Sequence{Population: "more", Data: "chain"}},
			[]string{`measure[0].sequence.population: got "more", expected a population with one neuron for each symbol`}},
		{pictures(""), language.Measure{Name: "x", Atoms: &language.AtomsScore{Population: "ot"}},
			[]string{`measure[0].atoms.population: got "ot", expected a population: out; did you mean "out"?`}},
		{pictures(""), language.Measure{Name: "x", Regression: &language.Regression{Of: []string{"label", "pixel"}, Fit: "tran", Test: "tst"}},
			[]string{`measure[0].regression.of[1]: got "pixel", expected an input: pixels, label; did you mean "pixels"?`,
				`measure[0].regression.fit: got "tran", expected a phase: train, test; did you mean "train"?`,
				`measure[0].regression.test: got "tst", expected a phase: train, test; did you mean "test"?`}},
		{barsText, language.Measure{Name: "x", Regression: &language.Regression{Of: []string{"pixels"}, Fit: "train", Test: "test"}},
			[]string{`measure[0].regression.fit: got "train", expected a phase that presents items with labels`,
				`measure[0].regression.test: got "test", expected a phase that presents items with labels`}},
		{pictures(""), language.Measure{Name: "x", Regression: &language.Regression{Of: []string{"pixels"}, Fit: "train", Test: "test", Fields: "ot"}},
			[]string{`measure[0].regression.fields: got "ot", expected a population: out; did you mean "out"?`}},
		{twoPopulations, language.Measure{Name: "x", Regression: &language.Regression{Of: []string{"pixels"}, Fit: "train", Test: "test", Fields: "few"}},
			[]string{`measure[0].regression.fields: got "few", expected a population with one neuron for each label`}},
		{twoPopulations, language.Measure{Name: "x", Accuracy: &language.Accuracy{Population: "few"}},
			[]string{`measure[0].accuracy.population: got "few", expected a population of 10 neurons, one for each label`}},
		{twoPopulations, language.Measure{Name: "x", Regression: &language.Regression{Of: []string{"silent"}, Fit: "train", Test: "test"}},
			[]string{`measure[0].regression.fit: got "train", expected a phase whose items have values for the input silent`,
				`measure[0].regression.test: got "test", expected a phase whose items have values for the input silent`}},
	} {
		env := envOf(t, strings.TrimSuffix(c.text, "measure:\n"))
		env.Experiment.Measure = []language.Measure{c.measure}
		_, err := New(env)
		if want := strings.Join(c.want, "\n"); fmt.Sprint(err) != want {
			t.Errorf("refused by\n%v\nwant\n%s", err, want)
		}
	}
}

// twoPopulations has a population without a readout, and an input without data.
var twoPopulations = strings.NewReplacer("populations:", "populations:\n  few: {size: 3, neuron: digit}", "inputs: {", "inputs: {silent: {}, ",
	"protocol:", "protocol:\n  - {name: noise, present: {data: noise, learn: none}}", "\ndata:", "\ndata:\n  noise: {patterns: {source: random, count: 2, width: 2, height: 1}, to: {silent: {field: pattern, off: -1}}}",
	"projections:", "projections:\n  - {from: pixels, to: few, port: r}\n  - {from: few, to: few, port: c}\n  - {from: silent, to: few, port: c}").Replace(pictures(""))

// If two measures have the same name, the second is refused.
func TestNamesAreTaken(t *testing.T) {
	env := envOf(t, pictures("  - {name: a, rate: {population: out}}\n"))
	first := env.Experiment.Measure[0]
	env.Experiment.Measure = append(env.Experiment.Measure, language.Measure{Name: "b", Rate: first.Rate}, first)
	if _, err := New(env); fmt.Sprint(err) != `measure[2].name: got "a", expected a name that no other measure has` {
		t.Error(err)
	}
}

// arrays calls f with the path of every list in a JSON value, and with a function that
// replaces the list.
func arrays(path string, v any, f func(path string, list []any, put func([]any))) {
	inner := func(path string, v any, put func(any)) {
		if list, ok := v.([]any); ok {
			f(path, list, func(l []any) { put(l) })
		}
		arrays(path, v, f)
	}
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			inner(path+"."+k, x, func(x any) { v[k] = x })
		}
	case []any:
		for i, x := range v {
			inner(fmt.Sprintf("%s[%d]", path, min(i, 1)), x, func(x any) { v[i] = x })
		}
	}
}

// TestRestoreOfBrokenStates: a saved state with a list that is too short or too long is
// refused, or does no harm: nothing panics later.
func TestRestoreOfBrokenStates(t *testing.T) {
	for name, run := range map[string]func(*bench){"pictures": learnDigits, "memory": learnLetters, "bars": learnBars} {
		text := map[string]string{"pictures": pictures(everything), "memory": fmt.Sprintf(memoryText, 4, "", ", backwards: true", ", backwards: true"), "bars": barsText}[name]
		b := newBench(t, text)
		run(b)
		for i := range b.set.measures {
			saved, err := b.set.measures[i].Save()
			if err != nil {
				t.Fatal(err)
			}
			breakLists(t, saved, func(path string, broken []byte) { goesOn(t, b, run, i, b.env.Experiment.Measure[i].Name+path, broken) })
		}
		saved, err := json.Marshal(b.set.atoms.state)
		if err != nil {
			t.Fatal(err)
		}
		breakLists(t, saved, func(path string, broken []byte) { goesOn(t, b, run, -1, "courses"+path, broken) })
	}
}

// breakLists calls try with a state in which a list is one shorter, one longer, or empty.
// Of lists at similar paths it uses one.
func breakLists(t *testing.T, saved []byte, try func(path string, broken []byte)) {
	t.Helper()
	var state any
	if err := json.Unmarshal(saved, &state); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	arrays("", state, func(path string, list []any, put func([]any)) {
		if seen[path] || len(list) == 0 {
			return
		}
		seen[path] = true
		for _, other := range [][]any{list[:len(list)-1], append(append([]any{}, list...), list[0]), {}} {
			put(other)
			if broken, err := json.Marshal(state); err == nil && !bytes.Equal(broken, saved) {
				try(fmt.Sprintf("%s of %d instead of %d", path, len(other), len(list)), broken)
			}
		}
		put(list)
	})
}

// goesOn restores a state of a measure, or of the atoms of all neurons if measure is -1,
// and continues the run.
func goesOn(t *testing.T, b *bench, run func(*bench), measure int, path string, state []byte) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: %v", path, p)
		}
	}()
	set, err := New(b.env)
	if err != nil {
		t.Fatal(err)
	}
	if measure < 0 {
		err = set.atoms.restore(state)
	} else {
		err = set.measures[measure].Restore(state)
	}
	if err != nil {
		if !strings.HasPrefix(err.Error(), "measure: ") {
			t.Errorf("%s: refused by %q", path, err)
		}
		return
	}
	on := &bench{t: t, env: b.env, set: set, rng: b.rng}
	on.listen()
	on.out.Score = func(string, float64, float64) {}
	if err := set.Show(on.engine(), on.out); err != nil {
		t.Errorf("%s: %v", path, err)
	}
	on.listen()
	on.out.Score = func(string, float64, float64) {}
	run(on)
	if err := set.Show(on.engine(), on.out); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

func learnDigits(b *bench) {
	b.present("train", "out", 101, right_)
	d, err := pid.Decompose(pid.SX, []int{2, 2, 2}, []float64{0.25, 0, 0, 0.25, 0, 0.25, 0.25, 0})
	if err != nil {
		b.t.Fatal(err)
	}
	for k := range 2 {
		if err := b.set.Atoms(neuron.Time(k+1)*neuron.Second, []neuron.Report{{Neuron: 0, Atoms: d}, {Neuron: 1, Atoms: d}}, b.out); err != nil {
			b.t.Fatal(err)
		}
	}
	b.present("test", "out", 3, right_)
}

func learnLetters(b *bench) {
	b.present("learn", "memory", 4, func(i int, it *data.Item) neuron.Sample { return bits(float64(it.Fields[0][i]), 1) })
	b.recallAll("clean", 0, true, perfect)
	b.recallAll("flipped", 0.1, true, copies)
}

func learnBars(b *bench) {
	b.present("train", "V1", 40, knowing(1, itself))
	b.present("test", "V1", 20, knowing(0.9, itself))
}

// A state that is not JSON, or is of another experiment, gives an error message.
func TestRestoreRefusesInWords(t *testing.T) {
	b := newBench(t, pictures(everything))
	good, err := b.set.Save()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{`{`, "measure: not a state of measures: unexpected end of JSON input"},
		{`{}`, "measure: the state does not fit the experiment"},
		{strings.Replace(string(good), `"Atoms":[`, `"Atoms":[{"Names":[]},`, 1), "measure: the state of atoms does not fit the experiment"},
		{strings.Replace(string(good), `"Atoms":[`, `"Atoms":[7,`, 1), "measure: not a state of atoms: json: cannot unmarshal number into Go value of type measure.course"},
		{strings.Replace(string(good), `"Measures":["`, `"Measures":["!`, 1), "measure: not a state of measures: illegal base64 data at input byte 0"},
		{strings.Replace(string(good), `"Measures":["`, `"Measures":["e2V9`, 1), ""},
		{strings.Replace(string(good), `"Measures":[`, `"Measures":["e30=",`, 1), "measure: the state does not fit the experiment"},
	} {
		if c[1] == "" {
			c[1] = "measure accuracy: measure: not a state of this measure: invalid character 'e' looking for beginning of object key string"
		}
		if err := b.set.Restore([]byte(c[0])); fmt.Sprint(err) != c[1] {
			t.Errorf("%.40s …: %v, want %s", c[0], err, c[1])
		}
	}
	// the set is good for another Restore
	if err := b.set.Restore(good); err != nil {
		t.Error(err)
	}
}

func TestBase(t *testing.T) {
	var b Base
	saved, err := b.Save()
	if b.Observes("x") || b.Begin("x", true, 1) != nil || b.Look(nil, nil) != nil || b.EndPass("x", 0, nil) != nil || b.Recall(nil, nil) != nil ||
		b.Atoms("x", 0, nil, nil) != nil || b.Show(nil, nil) != nil || saved != nil || err != nil || b.Restore(nil) != nil {
		t.Error("the base of a measure does something")
	}
}
