package protocol_test

import (
	"strings"
	"testing"

	"infomorph/scenarios/language"
	"infomorph/scenarios/protocol"
)

const exam = `apiVersion: infomorph/v2
name: exam
populations: {out: {size: 10, neuron: label}}
inputs: {pixels: {}, digit: {size: 10}}
projections:
  - {from: pixels, to: out, port: r}
  - {from: digit, to: out, port: c, rule: one_to_one}
data: {d: {strokes: {train: 20, test: 10, side: 8}, to: {pixels: image, digit: label}}}
protocol:
  - {name: train, present: {data: d.train, LESSON}}
  - {name: test, present: {data: d.test, learn: none, off: [digit], EXAM}}
measure:
  - {name: m, MEASURE}
`

// Items from training must not be tested: parts or chosen items that meet are refused if
// a measure compares the two.
func TestTrainAndTestAreSeparate(t *testing.T) {
	const accuracy, fitted = "accuracy: {population: out}", "regression: {of: [pixels], fit: train, test: test}"
	for _, c := range []struct{ data, lesson, exam, measure, want string }{
		{"d.test", "passes: 1", "passes: 1", accuracy, ""},
		{"d.train", "passes: 1", "passes: 1", accuracy, "protocol[1].present.data: has items that the phase train learns from, and accuracy is measured on them; data.d.split: {test: 25%}"},
		{"d.train", "items: '#0-#9'", "items: '#10-#19'", accuracy, ""},
		{"d.train", "items: '#0-#9'", "items: '#9-#19'", accuracy, "protocol[1].present.data: has items"},
		{"d.test", "passes: 1", "passes: 1", fitted, ""},
		{"d.train", "passes: 1", "passes: 1", fitted, "measure[0].regression.test: names a phase with items that are also used to fit the readout in train"},
		{"d.train", "passes: 1", "passes: 1", "probe: {population: out, fit: train, test: test}", "measure[0].probe.test: names a phase with items that are also used to fit the readout in train"},
		{"d.train", "passes: 1", "passes: 1", "rate: {population: out}}\n  - {name: n, " + fitted, "measure[1].regression.test: names a phase with items"},
		{"d.train", "passes: 1", "passes: 1", "rate: {population: out}", ""}, // compares nothing
	} {
		text := strings.NewReplacer("d.test", c.data, "LESSON", c.lesson, "EXAM", c.exam, "MEASURE", c.measure).Replace(exam)
		e, err := language.Load("exam.yaml", []byte(text))
		if err == nil {
			_, err = protocol.Prepare(e, nil)
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s, %s, %s, %s: got %v, want %q", c.data, c.lesson, c.exam, c.measure, err, c.want)
		}
	}
}
