package protocol

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.starlark.net/starlark"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
)

// spy is a measure that passes on what it gets.
type spy struct {
	then   func(method string, got any) error
	absent bool // it cannot be made
}

func (s *spy) call(method string, got any) error {
	if s.then == nil {
		return nil
	}
	return s.then(method, got)
}

func (s *spy) Observes(string) bool { return true }
func (s *spy) Begin(phase string, learning bool, planned int) error {
	return s.call("Begin", fmt.Sprint(phase, " ", learning, " ", planned))
}
func (s *spy) Look(l *measure.Look, _ *journal.Listener) error { return s.call("Look", l) }
func (s *spy) EndPass(phase string, now neuron.Time, _ *journal.Listener) error {
	return s.call("EndPass", fmt.Sprint(phase, " ", now))
}
func (s *spy) Recall(r *measure.Recalled, _ *journal.Listener) error { return s.call("Recall", r) }
func (s *spy) Atoms(_ string, _ neuron.Time, reports []neuron.Report, _ *journal.Listener) error {
	return s.call("Atoms", reports)
}
func (s *spy) Show(measure.Reporter, *journal.Listener) error { return s.call("Show", nil) }
func (s *spy) Save() ([]byte, error)                          { return []byte("0"), s.call("Save", nil) }
func (s *spy) Restore([]byte) error                           { return s.call("Restore", nil) }

// theSpy is the measure of this kind that documents use.
var theSpy = sync.OnceValue(func() *spy {
	s := &spy{}
	measure.Register("spy", func(*measure.Env, *language.Measure) (measure.Measure, error) {
		if s.absent {
			return nil, errBroken
		}
		return s, nil
	})
	return s
})

const spying = "measure: [{name: spy, custom: {kind: spy}}]\n"

// spied runs a document and returns what the spy got in a method.
func spied(t *testing.T, text, method string) (all []any) {
	t.Helper()
	s := theSpy()
	s.then = func(m string, got any) error {
		if m == method {
			all = append(all, got)
		}
		return nil
	}
	run(t, text+spying)
	return all
}

// A measure that fails ends the run, in whichever of its methods, at the first call and at
// the last.
func TestMeasuresThatFail(t *testing.T) {
	s := theSpy()
	for name, methods := range map[string]string{"present": "Atoms Begin EndPass Look Show", "recall": "Begin EndPass Look Recall Show", "batch": "Atoms Begin EndPass Look Show", "play": "Atoms Begin EndPass Look Show"} {
		text := strings.Replace(documents[name], "measure: [", spying[:len(spying)-2]+", ", 1)
		calls := map[string]int{}
		s.then = func(method string, _ any) error {
			calls[method]++
			return nil
		}
		run(t, text)
		if got := strings.Join(slices.Sorted(maps.Keys(calls)), " "); got != methods {
			t.Errorf("%s: the measure is called for %s, want %s", name, got, methods)
		}
		for method, n := range calls {
			for _, at := range []int{1, n} {
				c := &counted{at: at}
				s.then = func(m string, _ any) error {
					if m == method {
						return c.next()
					}
					return nil
				}
				if err := start(t, text).Go(t.Context()); !errors.Is(err, errBroken) || c.calls != at {
					t.Errorf("%s: call %d of %d of %s fails; after %d calls: %v", name, at, n, method, c.calls, err)
				}
			}
		}
	}
}

// A measure that cannot be saved or restored makes a run that cannot, either, also during a
// phase of batches.
func TestMeasuresThatCannotBeSaved(t *testing.T) {
	s := theSpy()
	s.then = nil
	l := start(t, layers+learnFlowers+spying)
	var saved []byte
	tried := 0
	l.Run.out.Step = func(string, int, int) (err error) {
		tried++
		s.then = nil
		if saved, err = l.Save(); err != nil {
			return err
		}
		s.then = func(method string, _ any) error {
			if method == "Save" {
				return errBroken
			}
			return nil
		}
		if _, err := l.Save(); !errors.Is(err, errBroken) {
			t.Errorf("saved: %v", err)
		}
		return nil
	}
	if err := l.Go(t.Context()); err != nil || tried == 0 {
		t.Fatal(tried, err)
	}
	s.then = func(string, any) error { return errBroken }
	if _, err := l.plan.Resume(engineOf(t, l.plan), &journal.Listener{}, saved); !errors.Is(err, errBroken) {
		t.Errorf("restored: %v", err)
	}
}

// A run does not begin or go on if a measure cannot be made any more.
func TestMeasuresThatCannotBeMade(t *testing.T) {
	s := theSpy()
	s.then = nil
	l := start(t, small+last+spying)
	saved, err := l.Save()
	if err != nil {
		t.Fatal(err)
	}
	s.absent = true
	defer func() { s.absent = false }()
	if _, err := l.plan.Start(l.engine.Engine, l.listener()); !errors.Is(err, errBroken) {
		t.Errorf("begins: %v", err)
	}
	if _, err := l.plan.Resume(l.engine.Engine, l.listener(), saved); !errors.Is(err, errBroken) {
		t.Errorf("goes on: %v", err)
	}
}

// A script whose state has a function cannot be saved.
func TestScriptsThatCannotBeSaved(t *testing.T) {
	l := scripted(t, "def next(ctx):\n    return rest('1ms') if ctx.step == 0 else None")
	tried := 0
	l.Run.out.Step = func(phase string, _, _ int) error {
		if phase != "play" {
			return nil
		}
		tried++
		if _, err := l.Save(); err != nil {
			t.Errorf("an empty state: %v", err)
		}
		if err := l.script.state.SetKey(starlark.String("f"), starlark.NewBuiltin("f", nil)); err != nil {
			return err
		}
		if _, err := l.Save(); err == nil || !strings.Contains(err.Error(), "builtin_function_or_method") {
			t.Errorf("a function: %v", err)
		}
		return l.script.state.Clear()
	}
	if err := l.Go(t.Context()); err != nil || tried == 0 {
		t.Fatal(tried, err)
	}
}

// Measures hear at the begin of a phase whether it learns, and how many presentations it
// will have.
func TestBeginsOfPhases(t *testing.T) {
	text := small + others + `  - {name: a, present: {data: p, passes: 2, repeat: 2}}
  - {name: b, rest: {duration: 3ms, learn: all}}
  - {name: c, recall: {data: p, input: input, population: memory, count: 2}}
  - {name: d, recall: {data: p, input: input, population: memory, count: 9}}
  - {name: e, present: {data: p, duration: 9ms, learn: none}}
record: {atoms: 0}
`
	if got := fmt.Sprint(spied(t, text, "Begin")); got != "[others false 2 a true 20 b false 0 c false 2 d false 5 e false 5]" {
		t.Error(got)
	}
}
