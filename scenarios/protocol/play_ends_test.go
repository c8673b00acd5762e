package protocol

import (
	"errors"
	"slices"
	"testing"

	"infomorph/neuron"
)

// learnTrains is a phase that plays two trains twice, and a measure of its passes.
const learnTrains = trained + "  - {name: learn, play: {data: t, every: 2ms, passes: 2}}\nmeasure: [{name: q, predicted: {population: a}}]\n"

// A pass ends after its last train, also if atoms are sampled after each train.
func TestPassesOfTrains(t *testing.T) {
	for record, atoms := range map[string]string{"record: {atoms: 0}\n": "", "record: {atoms: 9}\n": "atoms of 3 at 6.002ms\natoms of 3 at 9.004ms\natoms of 3 at 15.006ms\natoms of 3 at 18.008ms"} {
		l := start(t, learnTrains+record)
		var ends []neuron.Time
		l.Run.out.Measure = func(at neuron.Time, name string, _ float64) error {
			if name == "q.predicted" {
				ends = append(ends, at)
			}
			return nil
		}
		if err := l.Go(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(ends, []neuron.Time{9004, 18008}) {
			t.Errorf("passes end at %v", ends)
		}
		if got := l.with("atoms"); got != atoms {
			t.Errorf("%s, want %s", got, atoms)
		}
	}
}

// A measure that cannot be reported at the end of a pass ends the run.
func TestPassesThatCannotBeReported(t *testing.T) {
	l := start(t, learnTrains+"record: {atoms: 0}\n")
	l.Run.out.Measure = func(_ neuron.Time, name string, _ float64) error {
		if name == "q.predicted" {
			return errBroken
		}
		return nil
	}
	if err := l.Go(t.Context()); !errors.Is(err, errBroken) || l.state.Done != 2 {
		t.Errorf("after %d trains: %v", l.state.Done, err)
	}
}
