package scenarios

import (
	"reflect"
	"strings"
	"testing"
)

const phases = "associative_memory.phases=[" +
	"{name: first, train: {presentations: 3, patterns: 0-5}}, " +
	"{name: early, recall: {cue: flip, fraction: 10%}}, " +
	"{name: pause, rest: {duration: 200ms, dynamics: sampled}}, " +
	"{name: second, train: {duration: 50ms, patterns: '6-9,11'}}, " +
	"{name: look, measure: {weights: true}}, " +
	"{name: late, recall: {}}]"

// TestPhasesPlay: what each kind of phase promises shows in what is told.
func TestPhasesPlay(t *testing.T) {
	n := runBuiltin(t, "associative-memory", random("12", "4", phases, "associative_memory.recall=null", "expect=null")...)
	for score, low := range map[string]float64{"recall.early.mean_cosine": 0.3, "recall.late.mean_cosine": 0.7, "measure.look.predicted": 0.8, "measure.look.red": 0.2} {
		n.atLeast(t, score, low)
	}
	if n.scores["recall.mean_cosine"] != n.scores["recall.early.mean_cosine"] {
		t.Error("the short names are not those of the first test")
	}
	if n.scores["recall.late.mean_cosine"] <= n.scores["recall.early.mean_cosine"] {
		t.Error("patterns 6-9 were learnt in the second phase, and it does not show")
	}
	if !reflect.DeepEqual(n.pictures, []string{"weights-look"}) {
		t.Error("no picture of the weights in the phase that asks for it")
	}
}

// TestShortFormIsPhases: the short form and its phases spelled out are one.
func TestShortFormIsPhases(t *testing.T) {
	short := runBuiltin(t, "associative-memory", random("5", "4", "associative_memory.recall=[{name: a, cue: flip, fraction: 10%}, {name: b}]", "expect=null")...)
	long := runBuiltin(t, "associative-memory", random("5", "9", "associative_memory.recall=null", "expect=null",
		"associative_memory.phases=[{name: train, train: {presentations: 4}}, {name: a, recall: {cue: flip, fraction: 10%}}, {name: b, recall: {}}]")...)
	if !reflect.DeepEqual(short.scores, long.scores) || !reflect.DeepEqual(short.figures, long.figures) {
		t.Errorf("%v\n%v", short.scores, long.scores)
	}
}

// TestPhasesKeepWhatWasLearnt: a rest and measurements change no weight.
func TestPhasesKeepWhatWasLearnt(t *testing.T) {
	weights := func(more string) Figure {
		return runBuiltin(t, "associative-memory", random("5", "4", "associative_memory.recall=null", "expect=null",
			"associative_memory.phases=[{name: train, train: {}}"+more+"]")...).figures["weights"]
	}
	if a, b := weights(""), weights(", {name: r, rest: {duration: 300ms, dynamics: sampled}}, {name: m, measure: {}}"); !reflect.DeepEqual(a, b) {
		t.Error("a weight changed")
	}
	if a, b := weights(""), weights(", {name: r, rest: {duration: 300ms, dynamics: sampled, plastic: true}}"); reflect.DeepEqual(a, b) {
		t.Error("a plastic rest changed nothing")
	}
}

func TestPhasesResumeAnywhere(t *testing.T) {
	resumesAnywhere(t, []int{1, 17, 18, 19, 29, 30, 31, 40, 49, 50, 60, 70, 80, 88}, "associative-memory",
		random("12", "4", phases, "associative_memory.recall=null", "expect=null", "record.atoms=7")...)
}

func TestPhasesResumeWithOwnClocks(t *testing.T) {
	resumesAnywhere(t, []int{3, 5, 9, 20, 25}, "asynchronous-memory", "associative_memory.patterns={source: random, count: 4}", "expect=null", "record.atoms=3",
		"associative_memory.recall=null", "associative_memory.phases=[{name: a, train: {presentations: 2}}, {name: b, rest: {duration: 2s}}, {name: c, recall: {}}, {name: d, train: {duration: 1s}}]")
}

func TestPhaseMistakes(t *testing.T) {
	for _, c := range []struct{ phase, want string }{
		{"{train: {}}", "phases[0].name: missing"},
		{"{name: a}", "one of train, rest, recall, measure is missing"},
		{"{name: a, train: {}, rest: {duration: 1s}}", "cannot stand beside"},
		{"{name: a/b, train: {}}", "letters, digits, - and _"},
		{"{name: a, train: {patterns: 5-7}}", "numbers from 0 to 3"},
		{"{name: a, train: {patterns: nobody}}", "numbers from 0 to 3"},
		{"{name: a, train: {presentations: 3, duration: 1s}}", "only one of presentations, duration"},
		{"{name: a, rest: {}}", "rest.duration: missing"},
		{"{name: a, recall: {cue: flip}}", "add fraction: 10%"},
		{"{name: a, train: {}}, {name: a, recall: {}}", "a name that no other phase has"},
	} {
		text := "apiVersion: infomorph/v1\nname: a\nnetwork: {neurons: 16}\nassociative_memory:\n  patterns: {source: random, count: 4, width: 4}\n  phases: [" + c.phase + "]\n"
		s, err := Load("a.yaml", strings.NewReader(text))
		if err == nil {
			_, err = NewTask(s, nil)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "a.yaml:6:") {
			t.Errorf("%s: got %v, want %q", c.phase, err, c.want)
		}
	}
}
