package protocol

import "testing"

// Expectations of live measures, with exact messages: what a name may be, even that
// of a phase, and what is not measured.
func TestExpectationsOfMeasures(t *testing.T) {
	const names = ", expected a live measure: q.predicted, y.unq_r, y.unq_c, y.red, y.syn, y.h_res, y.goal, neuron.unq_r, neuron.unq_c, neuron.red, neuron.syn, neuron.h_res, neuron.goal"
	const off = " is not measured, because record.atoms is 0; leave record.atoms out"
	for _, c := range []struct{ atoms, expect, want string }{
		{"5", "always: q.predicted", ""},
		{"5", "always: 'y.{1}'", ""}, {"5", "always: 'y.{12}{3}'", ""}, {"5", "always: 'y.{4}'", `expect[0].always: got "y.{4}"` + names},
		{"5", "always: y.", `expect[0].always: got "y."` + names},
		{"5", "eventually: q.predictd", `expect[0].eventually: got "q.predictd"` + names + `; did you mean "q.predicted"?`},
		{"5", "never: neuron.gaol", `expect[0].never: got "neuron.gaol"` + names + `; did you mean "neuron.goal"?`},
		{"5", "never: x", `expect[0].never: got "x"` + names},
		{"5", "score: x", ""},
		{"5", "never: q.predictedred", `expect[0].never: got "q.predictedred"` + names + `; did you mean "q.predicted"?`},
		{"5", "never: y.other", `expect[0].never: got "y.other"` + names},
		{"0", "never: neuron.red", "expect[0]: neuron.red" + off},
		{"0", "never: event.3", ""}, {"0", "never: y.red", ""},
	} {
		_, err := prepare(small + others + "  - {name: y, present: {data: p}}\nmeasure: [{name: q, predicted: {population: memory}}, {name: y, atoms: {population: memory}}]\nrecord: {atoms: " + c.atoms + "}\nexpect: [{" + c.expect + ", min: 0}]\n")
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%s: %v, want %s", c.expect, err, c.want)
		}
	}
	if got := refused(small + last + "measure: [{name: atoms, atoms: {population: memory}}]\nrecord: {atoms: 0}\nexpect: [{never: atoms.red, min: 0}]\n"); got != "expect[0]: atoms.red"+off {
		t.Errorf("a measure called atoms: %s", got)
	}
}
