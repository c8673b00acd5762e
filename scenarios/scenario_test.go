package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"infomorph/scenarios/language"
)

// inFull is a document in full, with a built-in kind of neurons.
const inFull = "populations: {a: {size: 2, neuron: memory}}\ninputs: {x: {size: 3}}\nprojections: [{from: x, to: a, port: r}]\n"

// refusal returns the error of reading a document with settings, and making its task.
func refusal(text string, sets ...string) error {
	s, err := Load("s.yaml", strings.NewReader("apiVersion: infomorph/v2\nname: s\n"+text), sets...)
	if err == nil {
		_, err = NewTask(s, nothing{})
	}
	return err
}

// Faults of documents are refused with their position, in both forms.
func TestDocumentsRefused(t *testing.T) {
	if _, err := Load("s.yaml", iotest.ErrReader(errors.New("gone"))); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Error(err)
	}
	for _, c := range []struct {
		text, want string
		sets       []string
	}{
		{"bars: {", "s.yaml:3:7: not valid YAML", nil}, {"bars: {bars: -1}", "s.yaml:3:14: bars.bars: got -1", nil}, {inFull + "seed: -1", "s.yaml:6:7: seed: got", nil},
		{"bars: {}", `--set x: not of the form path=value`, []string{"x"}}, {inFull, `--set x: not of the form path=value`, []string{"x"}},
		{"bars: {bars: -1}", "s.yaml:3:14: bars.bars: got -1", []string{"neurons.unit.window=900"}}, {"bars: {}", "s.yaml in full:", []string{"neurons.unit.window=10"}},
		{stored, `--set populations.neurons.size=9: populations: unknown key`, []string{"populations.neurons.size=9"}},
		{"bars: {}\nnetwork: {projections: {x: {delay: 3ms}}}", "s.yaml:4:28: network.projections.x: is no projection of this experiment", nil},
		{"script:\n  code: |\n    x = 1\n    def plan(:\n", "s.yaml:6:15: got ':'", nil},
		{"digits: {data: none}", "s.yaml:3:16: digits.data: file does not exist", nil}, {inFull + "data: {d: {table: {file: none.csv, fields: {a: [b]}}, to: {x: a}}}", "s.yaml:6:26: data.d.table.file: ", nil},
		{"bars: {}\nevents: [{when: '1 +', silent: true}]", "s.yaml:4:17: events[0].when: ", nil}, {inFull + "events: [{when: '1 +', silent: true}]", "s.yaml:6:17: events[0].when: ", nil},
	} {
		if err := refusal(c.text, c.sets...); err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s with %q: %v, want %s", c.text, c.sets, err, c.want)
		}
	}
	for _, text := range []string{"bars: {}\n", inFull} {
		_, err := Load("s.yaml", strings.NewReader("apiVersion: infomorph/v2\nname: s\n"+text+"events: [{when: '1 +', silent: true}]"))
		if err == nil || !strings.Contains(err.Error(), "events[0].when: ") {
			t.Errorf("%s: a condition is not read: %v", text, err)
		}
	}
	if _, err := scenario(t, "bars: {}\n").Called("\xff", "").inFull("s.yaml", nil); fmt.Sprint(err) != `config: text "\xff" is not UTF-8` {
		t.Error(err)
	}
}

// A document in full has the kinds that it uses, and names for its projections. It keeps
// its study and its sweep; what a study varies has neither.
func TestDocumentsInFull(t *testing.T) {
	s := scenario(t, inFull)
	if e := s.Experiment; !e.Neurons.Has("memory") || e.Projections[0].Name != "x-a" || s.Sources() != 2 {
		t.Errorf("%+v", e)
	}
	const study, sweep, expect = "study: {score: s, panels: [{name: p, over: 'seed=1,2'}]}\n", "sweep: {over: ['seed=1,2']}\n", "expect: [{score: s, min: 1}]\n"
	for _, text := range []string{inFull, "bars: {}\n"} {
		s := scenario(t, text+study+sweep+expect)
		for name, write := range map[string]func() ([]byte, error){"Text": s.Text, "Given": s.Given, "Documented": s.Documented, "base": s.base} {
			got, err := write()
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{"\nstudy:", "\nsweep:", "\nexpect:\n"} {
				if has := strings.Contains(string(got), key); has == (name == "base") {
					t.Errorf("%s has %q: %v\n%s", name, key, has, got)
				}
			}
			if strings.Contains(string(got), "\nbars:") != (text == "bars: {}\n") || strings.Contains(string(got), "# Seed of every") != (name == "Documented") {
				t.Errorf("%s:\n%s", name, got)
			}
		}
		if s.Study == nil || s.Sweep == nil || len(s.Asked()) != 1 {
			t.Errorf("%+v", s)
		}
		if text, err := scenario(t, text+sweep).Text(); err != nil || !strings.Contains(string(text), "\nsweep:") || strings.Contains(string(text), "\nbars:") {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

// A null control has no expectations. A measurement of capacity has all of its own.
func TestAskedOfScenarios(t *testing.T) {
	const expect = "expect: [{score: s, min: 1}, {score: r, min: 1}]\n"
	for text, want := range map[string]int{"capacity: {}\n": 2, "bars: {}\ncontrol: shuffled\n": 0, "bars: {}\n": 2} {
		s := scenario(t, text+expect)
		if got := s.Asked(); len(got) != want {
			t.Errorf("%s: %+v", text, got)
		}
		if s.Sources() != 2 {
			t.Errorf("%s: %d sources", text, s.Sources())
		}
	}
}

// Former names of scores get their present names, also where a panel has its own.
func TestCurrentNamesOfScores(t *testing.T) {
	expect := []language.Expect{{Score: "recall.mean_cosine"}, {Score: "other"}}
	study := &Study{Score: "recall.cue_cosine", Panels: []Panel{{Score: "recall.mean_cosine"}, {}}}
	useCurrentScores(expect, study)
	if got := fmt.Sprint(expect[0].Score, " ", expect[1].Score, " ", study.Score, " ", study.Panels[0].Score, study.Panels[1].Score); got != "recall.mean_overlap other recall.cue_overlap recall.mean_overlap" {
		t.Error(got)
	}
}

// Notes and plans are those of single experiments.
func TestPlansAndNotes(t *testing.T) {
	task, _ := begun(t, stored, newKept())
	if PlanOf(task) != nil || Notes(task) != nil {
		t.Error("a study is no single experiment")
	}
	one, err := NewTask(scenario(t, "bars: {bars: 4}\nexpect: [{score: s, min: 1, where: data.nothing}]\n"), nothing{})
	if err != nil || one.Network() != PlanOf(one).Network() || !slices.Equal(Notes(one), []string{"expect[0] is not asked: there is no data.nothing"}) {
		t.Errorf("%v, %q", err, Notes(one))
	}
}
