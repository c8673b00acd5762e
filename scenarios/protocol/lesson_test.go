package protocol

import (
	"testing"

	"infomorph/scenarios/language"
)

// refused returns why a document is refused; empty if it is not.
func refused(text string) string {
	if _, err := prepare(text); err != nil {
		return err.Error()
	}
	return ""
}

// Trains that a phase learns from must not be in a phase that an accuracy is measured in,
// which is each that learns nothing, or each of those that the measure names.
func TestLessonsAndExamsOfTrains(t *testing.T) {
	const why = ".play.data: has items that the phase learn learns from, and accuracy is measured on them; data.t.split: {test: 25%} makes parts t.train and t.test that share none"
	for _, c := range []struct{ learn, test, measure, want string }{
		{"", ", learn: none", "", "protocol[1]" + why},
		{"", ", learn: none", ", in: [test]", "protocol[1]" + why},
		{"", ", learn: none", ", in: [learn]", ""},
		{"", "", "", ""},
		{", learn: none", ", learn: none", "", ""},
		{", items: a", ", items: b, learn: none", "", ""},
		{", items: a", ", items: 'a,b', learn: none", "", "protocol[1]" + why},
	} {
		phases := "  - {name: learn, play: {data: t" + c.learn + "}}\n  - {name: test, play: {data: t" + c.test + "}}\n"
		if got := refused(trained + phases + "measure: [{name: q, accuracy: {population: a}" + c.measure + "}]\n"); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Accuracy is not measured in phases that recall or rest.
func TestRecallsAreNoExams(t *testing.T) {
	p := planOf(t, small+manyPhases)
	for _, in := range [][]string{nil, {"back", "quiet"}} {
		if err := p.checkAccuracy(&language.Measure{In: in}); err != nil {
			t.Errorf("in %v: %v", in, err)
		}
	}
}

// A readout must not be tested with items that it was fitted to.
func TestFitsAndTests(t *testing.T) {
	p := planOf(t, small+manyPhases)
	const why = "m.test: names a phase with items that are also used to fit the readout in learn; data.p.split: {test: 25%} makes parts p.train and p.test that share none"
	for _, c := range []struct{ fit, test, want string }{
		{"learn", "again", why}, {"learn", "back", why}, {"learn", "learn", ""}, {"others", "learn", ""},
		{"quiet", "learn", ""}, {"learn", "quiet", ""}, {"none", "learn", ""}, {"learn", "none", ""},
	} {
		got := ""
		if err := p.checkFit("m", c.fit, c.test); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("fitted in %s, tested in %s: %q, want %q", c.fit, c.test, got, c.want)
		}
	}
}
