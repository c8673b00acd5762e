package scenarios_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
)

func load(t *testing.T, name string, sets ...string) *scenarios.Scenario {
	t.Helper()
	text, ok := scenarios.Builtin(name)
	if !ok {
		t.Fatalf("there is no built-in scenario %s", name)
	}
	s, err := scenarios.Load(name, bytes.NewReader(text), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Showing the text that a scenario shows gives the same text.
func TestShownTextIsStable(t *testing.T) {
	for _, name := range scenarios.BuiltinNames() {
		once, err := load(t, name).Text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := scenarios.Load("shown", bytes.NewReader(once))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if twice, err := again.Text(); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%s: shown twice it differs, %v", name, err)
		}
	}
}

// Every key in the full text of a scenario can be set, even if the scenario is in short
// form. Setting it to the value that it has changes nothing.
func TestShownKeysCanBeSet(t *testing.T) {
	plain := regexp.MustCompile(`^[\w.%+-]+$`) // needs no quotes
	for _, name := range scenarios.BuiltinNames() {
		shown, err := load(t, name).Text()
		if err != nil {
			t.Fatal(err)
		}
		doc, err := config.Parse(name, shown)
		if err != nil {
			t.Fatal(err)
		}
		var sets []string
		for _, path := range doc.Leaves() {
			if strings.HasSuffix(path, "]") || strings.Contains(path, ".to.") {
				continue // lists that are not in the text are set as a whole, as are values that are one word
			}
			if value, ok := doc.Text(path); ok && value != "" && !strings.Contains(value, "\n") {
				if !plain.MatchString(value) || strings.HasSuffix(path, ".name") {
					value = strconv.Quote(value)
				}
				sets = append(sets, path+"="+value)
			}
		}
		again, err := load(t, name, sets...).Text()
		if err != nil || !bytes.Equal(again, shown) {
			t.Errorf("%s: with %d keys set to what they are it differs, %v", name, len(sets), err)
		}
	}
}

func TestFullKeysOfShortForms(t *testing.T) {
	s := load(t, "bars", "neurons.unit.window=900", "bars.stimuli=50", "inputs.pixels.width=5")
	kind := s.Experiment.Neurons.Get("unit")
	if kind.Window != 900 {
		t.Errorf("the window is %d, set to 900", kind.Window)
	}
	if n := s.Experiment.Protocol[0].Present.Count; n != 50 {
		t.Errorf("a key of the short form beside it gives %d stimuli, set to 50", n)
	}
	text, _ := scenarios.Builtin("bars")
	for set, want := range map[string]string{
		"neurons.unit.window=-1":     "--set neurons.unit.window=-1: got -1",
		"neurons.unit.window=10":     "bars in full:",
		"protocol.train.passes=2":    "protocol is a list",
		"populations.others.size=-2": "--set populations.others.size=-2: ",
	} {
		if _, err := scenarios.Load("bars", bytes.NewReader(text), set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", set, err, want)
		}
	}
	for _, whole := range []string{"capacity", "asynchrony"} { // shown in short form
		text, _ := scenarios.Builtin(whole)
		if _, err := scenarios.Load(whole, bytes.NewReader(text), "populations.neurons.size=9"); err == nil || !strings.Contains(err.Error(), "unknown key") {
			t.Errorf("%s: got %v", whole, err)
		}
	}
}

// outcome runs a scenario and returns the hash of its final state.
func outcome(t *testing.T, s *scenarios.Scenario, out *journal.Listener) [sha256.Size]byte {
	t.Helper()
	task, err := scenarios.NewTask(s, beside("builtin"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	run, err := task.Start(e, out)
	if err == nil {
		err = run.Go(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	hash, err := sim.Hash(e)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

var small = map[string][]string{
	"bars":      {"bars.stimuli=300", "bars.test=50"},
	"memory-50": {"associative_memory.patterns.count=5", "associative_memory.presentations=2"},
	"digits":    {"digits.samples=200", "digits.test=50"},
	"letters":   {"associative_memory.patterns={source: letters, width: 6, height: 6, count: 26}"},
	"two-areas": {"data.digits.strokes={train: 100, test: 20}"},
	"sequence":  {},
}

// The full text of a scenario runs to the same bytes.
func TestShownRunsTheSame(t *testing.T) {
	for name, sets := range small {
		s := load(t, name, append(sets, "expect=null")...)
		text, err := s.Text()
		if err != nil {
			t.Fatal(err)
		}
		shown, err := scenarios.Load("shown", bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if outcome(t, s, &journal.Listener{}) != outcome(t, shown, &journal.Listener{}) {
			t.Errorf("%s: what is shown runs otherwise", name)
		}
	}
}

// A run that is saved at any step and resumed from there ends in the same state as one
// without interruption.
func TestResumedAnywhere(t *testing.T) {
	for name, sets := range small {
		s := load(t, name, append(sets, "expect=null")...)
		want := outcome(t, s, &journal.Listener{})
		type point struct{ engine, run []byte }
		var points []point
		task, err := scenarios.NewTask(s, beside("builtin"))
		if err != nil {
			t.Fatal(err)
		}
		e, _ := sim.NewSequential(task.Network())
		var run scenarios.Run
		steps := 0
		run, err = task.Start(e, &journal.Listener{Step: func(string, int, int) error {
			if steps++; steps%5 != 1 || len(points) > 6 {
				return nil
			}
			state, err1 := e.State()
			saved, err2 := run.Save()
			points = append(points, point{state, saved})
			if err1 != nil {
				return err1
			}
			return err2
		}})
		if err == nil {
			err = run.Go(context.Background())
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range points {
			again, err := sim.NewSequential(task.Network())
			if err == nil {
				err = again.Restore(p.engine)
			}
			if err != nil {
				t.Fatal(err)
			}
			r, err := task.Resume(again, &journal.Listener{}, p.run)
			if err == nil {
				err = r.Go(context.Background())
			}
			if err != nil {
				t.Fatalf("%s, point %d: %v", name, i, err)
			}
			if got, _ := sim.Hash(again); got != want {
				t.Errorf("%s: resumed from point %d it ends otherwise", name, i)
			}
		}
	}
}

// The full text has every weight of a goal.
func TestWrittenGoalIsComplete(t *testing.T) {
	s, err := scenarios.Load("g.yaml", strings.NewReader("apiVersion: infomorph/v2\nname: g\nbars: {}\nneuron: {goal: {syn: 1}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	goal := s.Experiment.Neurons.Get("unit").Goal
	if len(goal) != 1 || goal["syn"] != 1 {
		t.Errorf("goal is %v, want syn 1 and nothing else", goal)
	}
	s, err = scenarios.Load("g.yaml", strings.NewReader("apiVersion: infomorph/v2\nname: g\nbars: {}\nneuron: {goal.syn: 1}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if goal := s.Experiment.Neurons.Get("unit").Goal; goal["syn"] != 1 || goal["unq_r"] != 1 {
		t.Errorf("goal is %v, want syn 1 beside the unq_r of bars", goal)
	}
}

// The runner is independent of tasks: none of its identifiers contains the name of one.
func TestRunnerNamesNoTask(t *testing.T) {
	tasks := regexp.MustCompile(`(?i)bars|digits?|hidden|capacity|associative|letters`)
	names, err := filepath.Glob("protocol/*.go")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && tasks.MatchString(id.Name) {
				t.Errorf("%s: identifier %s names a task", name, id.Name)
			}
			return true
		})
	}
}

// All pictures of a run have different names; otherwise one would replace another.
func TestNamesOfPicturesDiffer(t *testing.T) {
	for name, sets := range small {
		seen := map[string]bool{}
		outcome(t, load(t, name, append(sets, "expect=null")...), &journal.Listener{Figure: func(picture string, _ journal.Figure) error {
			if seen[picture] {
				t.Errorf("%s: two pictures are called %s", name, picture)
			}
			seen[picture] = true
			return nil
		}})
	}
}

// An expanded short form that could not be read again is refused before it runs, because
// a run stores it in its folder.
func TestShortFormThatCannotBeReadAgain(t *testing.T) {
	text, _ := scenarios.Builtin("bars")
	_, err := scenarios.Load("bars", bytes.NewReader(text), "neuron.window=100")
	if err == nil || !strings.Contains(err.Error(), "neuron.warm_up: is longer than the window") {
		t.Errorf("%v", err)
	}
}

// TestFormerScoreNames: documents that use former names of scores give today's, in every
// form.
func TestFormerScoreNames(t *testing.T) {
	const short = `apiVersion: infomorph/v1
name: former
network: {neurons: 4}
associative_memory: {patterns: {source: random, count: 2, width: 2, height: 2}, presentations: 2}
expect: [{score: recall.mean_cosine, min: 0}, {score: recall.clean.cue_cosine, min: 0}, {always: atoms.red, min: -1}]
`
	const study = "study: {score: recall.mean_cosine, seeds: 2, panels: [{name: x, over: seed=1, score: recall.clean.mean_cosine}]}\n"
	s, err := scenarios.Load("former.yaml", strings.NewReader(short))
	if err != nil {
		t.Fatal(err)
	}
	full, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	old := strings.ReplaceAll(string(full), "_overlap", "_cosine")
	for _, text := range []string{short, short + study, old} {
		s, err := scenarios.Load("former.yaml", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		shown, err := s.Text()
		if err != nil || strings.Contains(string(shown), "_cosine") || !strings.Contains(string(shown), "recall.mean_overlap") {
			t.Errorf("%v\n%s", err, shown)
		}
	}
}
