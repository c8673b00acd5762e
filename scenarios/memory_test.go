package scenarios

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"infomorph/internal/sim"
	"infomorph/neuron"
)

// notebook is a Journal that keeps scores, tables and figures, and can stop a
// run after a number of steps.
type notebook struct {
	sim.Discard
	stopAfter, steps int
	scores           map[string]float64
	tables           []Table
	figures          map[string]Figure
	pictures         []string
}

var errStop = errors.New("that is enough")

func newNotebook() *notebook {
	return &notebook{scores: map[string]float64{}, figures: map[string]Figure{}}
}

func (n *notebook) Step(string, int, int) error {
	if n.steps++; n.steps == n.stopAfter {
		return errStop
	}
	return nil
}
func (*notebook) Atoms(neuron.Time, []neuron.Report) error            { return nil }
func (*notebook) Weights(string, *sim.Network, []neuron.Report) error { return nil }
func (n *notebook) Score(name string, v float64)                      { n.scores[name] = v }
func (n *notebook) Table(t Table) error                               { n.tables = append(n.tables, t); return nil }
func (n *notebook) Figure(name string, f Figure) error                { n.figures[name] = f; return nil }

// Picture implements PictureJournal.
func (n *notebook) Picture(name string, _ Figure) error {
	n.pictures = append(n.pictures, name)
	return nil
}

func loadBuiltin(t *testing.T, name string, sets ...string) *Scenario {
	t.Helper()
	text, ok := Builtin(name)
	if !ok {
		t.Fatalf("there is no built-in scenario %s", name)
	}
	s, err := Load(name+".yaml", bytes.NewReader(text), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newTestTask(t *testing.T, s *Scenario) (Task, sim.Engine) {
	t.Helper()
	task, err := NewTask(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	return task, e
}

func runBuiltin(t *testing.T, name string, sets ...string) *notebook {
	t.Helper()
	task, e := newTestTask(t, loadBuiltin(t, name, sets...))
	n := newNotebook()
	if err := task.Run(e, n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *notebook) atLeast(t *testing.T, score string, want float64) {
	t.Helper()
	if got, ok := n.scores[score]; !ok || got < want {
		t.Errorf("%s is %v, expected at least %v", score, got, want)
	}
}

// random returns assignments for random patterns and one clean test.
func random(count, presentations string, more ...string) []string {
	return append([]string{
		"associative_memory.patterns={source: random, count: " + count + "}",
		"associative_memory.presentations=" + presentations,
	}, more...)
}

func TestMemoryRecallsLettersFromDamagedCues(t *testing.T) {
	n := runBuiltin(t, "associative-memory")
	n.atLeast(t, "recall.clean.mean_cosine", 0.999)
	n.atLeast(t, "recall.damaged.mean_cosine", 0.95)
	n.atLeast(t, "training.predicted", 0.99)
	n.atLeast(t, "atoms.red", 0.5)
	if len(n.tables) != 1 || len(n.tables[0].Rows) != 4*26 {
		t.Errorf("expected one table with a row for each of 26 letters in 4 tests")
	}
}

// Figure: science, section 4: 50 patterns of 100 bits, 10 presentations.
func TestMemoryRecallsRandomPatterns(t *testing.T) {
	n := runBuiltin(t, "associative-memory", random("50", "10",
		"associative_memory.recall=[{name: clean}, {name: damaged, cue: flip, fraction: 10%, dynamics: belief, count: 10}]")...)
	n.atLeast(t, "recall.clean.mean_cosine", 0.999)
	n.atLeast(t, "recall.damaged.mean_cosine", 0.95)
}

// Without the gate, clocks of their own make neurons learn from the bit of one
// pattern and the context of another.
func TestAsynchronousMemoryNeedsItsGate(t *testing.T) {
	with := runBuiltin(t, "asynchronous-memory", random("60", "8", "associative_memory.recall=[{name: clean, count: 20}]")...)
	without := runBuiltin(t, "asynchronous-memory", random("60", "8", "associative_memory.recall=[{name: clean, count: 20}]", "neuron.gate.threshold=0")...)
	with.atLeast(t, "recall.mean_cosine", 0.95)
	if a, b := with.scores["recall.mean_cosine"], without.scores["recall.mean_cosine"]; b > a-0.1 {
		t.Errorf("with the gate recall is %v, without %v; expected a collapse", a, b)
	}
}

func TestMemoryResumesAnywhere(t *testing.T) {
	resumesAnywhere(t, []int{1, 12, 13, 47, 48, 49, 60, 61, 71}, "associative-memory",
		random("12", "4", "record.atoms=7", "associative_memory.recall=[{name: a, cue: flip, fraction: 10%}, {name: b, cue: partial, fraction: 50%, release: fading, dynamics: graded_belief}]")...)
}

// resumesAnywhere requires that a run which is stopped after any of the steps
// tells, when it is resumed, what one that was not stopped tells.
func resumesAnywhere(t *testing.T, stops []int, name string, sets ...string) {
	t.Helper()
	whole := runBuiltin(t, name, sets...)
	if last := stops[len(stops)-1]; whole.steps < last {
		t.Fatalf("the run has %d steps; none to stop at after %d", whole.steps, last)
	}
	for _, stop := range stops {
		task, e := newTestTask(t, loadBuiltin(t, name, sets...))
		first := newNotebook()
		first.stopAfter = stop
		if err := task.Run(e, first); !errors.Is(err, errStop) {
			t.Fatalf("stop at %d: %v", stop, err)
		}
		saved, err := task.(Resumable).Save()
		if err != nil {
			t.Fatal(err)
		}
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		task, e = newTestTask(t, loadBuiltin(t, name, sets...))
		if err := e.Restore(state); err != nil {
			t.Fatal(err)
		}
		rest := newNotebook()
		if err := task.(Resumable).Resume(e, rest, saved); err != nil {
			t.Fatal(err)
		}
		for what, same := range map[string]bool{
			"scores": reflect.DeepEqual(whole.scores, rest.scores), "tables": reflect.DeepEqual(whole.tables, rest.tables),
			"figures": reflect.DeepEqual(whole.figures, rest.figures),
		} {
			if !same {
				t.Errorf("stopped after step %d and resumed: other %s", stop, what)
			}
		}
	}
}

func TestResumeRefusesOtherPatterns(t *testing.T) {
	task, e := newTestTask(t, loadBuiltin(t, "associative-memory", random("3", "1")...))
	n := newNotebook()
	n.stopAfter = 1
	if err := task.Run(e, n); !errors.Is(err, errStop) {
		t.Fatal(err)
	}
	saved, err := task.(Resumable).Save()
	if err != nil {
		t.Fatal(err)
	}
	other, e := newTestTask(t, loadBuiltin(t, "associative-memory", random("3", "1", "seed=2")...))
	for _, bytes := range [][]byte{saved, nil, []byte("{}"), []byte("[1]")} {
		if err := other.(Resumable).Resume(e, newNotebook(), bytes); err == nil {
			t.Errorf("resumed from %.20q", bytes)
		}
	}
}
