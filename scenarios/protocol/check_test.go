package protocol

import "testing"

// Expectations of live measures, with exact messages: what a name may be, and what is
// not measured.
func TestExpectationsOfMeasures(t *testing.T) {
	const names = ", expected a live measure: q.predicted, a.unq_r, a.unq_c, a.red, a.syn, a.h_res, a.goal, neuron.unq_r, neuron.unq_c, neuron.red, neuron.syn, neuron.h_res, neuron.goal"
	const off = " is not measured, because record.atoms is 0; leave record.atoms out"
	for _, c := range []struct{ atoms, expect, want string }{
		{"5", "always: q.predicted", ""},
		{"5", "always: 'a.{1}'", ""}, {"5", "always: 'a.{12}{3}'", ""}, {"5", "always: 'a.{4}'", `expect[0].always: got "a.{4}"` + names},
		{"5", "always: a.", `expect[0].always: got "a."` + names},
		{"5", "eventually: q.predictd", `expect[0].eventually: got "q.predictd"` + names + `; did you mean "q.predicted"?`},
		{"5", "never: neuron.gaol", `expect[0].never: got "neuron.gaol"` + names + `; did you mean "neuron.goal"?`},
		{"5", "never: x", `expect[0].never: got "x"` + names},
		{"5", "score: x", ""},
		{"0", "never: neuron.red", "expect[0]: neuron.red" + off},
		{"0", "never: event.3", ""}, {"0", "never: a.red", ""},
	} {
		_, err := prepare(small + others + "  - {name: y, present: {data: p}}\nmeasure: [{name: q, predicted: {population: memory}}, {name: a, atoms: {population: memory}}]\nrecord: {atoms: " + c.atoms + "}\nexpect: [{" + c.expect + ", min: 0}]\n")
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%s: %v, want %s", c.expect, err, c.want)
		}
	}
}
