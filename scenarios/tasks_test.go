package scenarios

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"infomorph/internal/sim"
)

// diskFiles opens the files below a folder.
type diskFiles string

func (d diskFiles) Open(name string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(string(d), filepath.FromSlash(name)))
}

func (d diskFiles) List(name string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(string(d), filepath.FromSlash(name)))
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// play runs a built-in scenario with changes and returns what it tells.
func play(t *testing.T, name string, files Files, sets ...string) *notebook {
	t.Helper()
	task := taskOf(t, name, files, sets...)
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	n := newNotebook()
	if err := task.Run(e, n); err != nil {
		t.Fatal(err)
	}
	for score := range n.scores {
		if _, ok := DescribeScore(score); !ok {
			t.Errorf("score %s has no explanation in ScoreDocs", score)
		}
	}
	return n
}

func taskOf(t *testing.T, name string, files Files, sets ...string) Task {
	t.Helper()
	task, err := loadTask(t, name, files, sets...)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func loadTask(t *testing.T, name string, files Files, sets ...string) (Task, error) {
	t.Helper()
	text, ok := Builtin(name)
	if !ok {
		t.Fatalf("no built-in scenario %s", name)
	}
	s, err := Load(name, bytes.NewReader(text), sets...)
	if err != nil {
		return nil, err
	}
	return NewTask(s, files)
}

// want fails unless a score lies in a range.
func (n *notebook) want(t *testing.T, score string, low, high float64) {
	t.Helper()
	if v, ok := n.scores[score]; !ok || !(v >= low && v <= high) {
		t.Errorf("%s is %v (there: %v), want %v to %v", score, v, ok, low, high)
	}
}

// resumes fails unless a run that is stopped at a step and resumed by another
// task on another engine gives the scores, figures and state of a whole run.
func resumes(t *testing.T, at int, name string, sets ...string) {
	t.Helper()
	engineOf := func(task Task) sim.Engine {
		e, err := sim.NewSequential(task.Network())
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	whole, first, second := taskOf(t, name, nil, sets...), taskOf(t, name, nil, sets...), taskOf(t, name, nil, sets...)
	want, got := newNotebook(), newNotebook()
	e := engineOf(whole)
	if err := whole.Run(e, want); err != nil {
		t.Fatal(err)
	}
	broken := engineOf(first)
	cut := newNotebook()
	cut.stopAfter = at
	if err := first.Run(broken, cut); !errors.Is(err, errStop) {
		t.Fatalf("not stopped at step %d: %v", at, err)
	}
	saved, err := first.(Resumable).Save()
	if err != nil {
		t.Fatal(err)
	}
	state, err := broken.State()
	if err != nil {
		t.Fatal(err)
	}
	other := engineOf(second)
	if err := other.Restore(state); err != nil {
		t.Fatal(err)
	}
	if err := second.(Resumable).Resume(other, got, saved); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.scores, got.scores); diff != "" {
		t.Errorf("stopped at step %d: scores differ: %s", at, diff)
	}
	if diff := cmp.Diff(want.figures, got.figures); diff != "" {
		t.Errorf("stopped at step %d: figures differ: %s", at, diff)
	}
	a, _ := e.State()
	b, _ := other.State()
	if !bytes.Equal(a, b) {
		t.Errorf("stopped at step %d: states differ", at)
	}
}
