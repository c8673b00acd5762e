package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
)

// studyRun is one run of a study.
type studyRun struct {
	*studyTask
	journal *journal.Listener
	state   studyState
	current Run        // of the trial in progress; nil between trials
	engine  sim.Engine // of the trial in progress
	done    int        // trials that have a result
	total   int
}

// studyState is the saved state of a study. Outcomes are stored by the settings of their
// trial, so that a fork with other settings only runs the new trials.
type studyState struct {
	Outcomes map[string]scored // by key of the trial
	Key      string            `json:",omitempty"` // of the trial in progress
	Trial    []byte            `json:",omitempty"` // state of its task
	Engine   []byte            `json:",omitempty"`
}

// scored holds the scores of a trial, in the order in which it reported them.
type scored struct {
	Names   []string
	Values  map[string]float64
	Neurons *neuronRows `json:",omitempty"`

	recall journal.Table      // not saved; of a trial that has just ended
	chance map[string]float64 // likewise
}

// Start implements Task. The given engine stays idle: every trial has its own.
func (t *studyTask) Start(_ sim.Engine, out *journal.Listener) (Run, error) {
	return t.newRun(out), nil
}

func (t *studyTask) newRun(out *journal.Listener) *studyRun {
	out.Defaults()
	r := &studyRun{studyTask: t, journal: out, state: studyState{Outcomes: map[string]scored{}}}
	for _, c := range t.cells {
		r.total += len(c.trials)
	}
	return r
}

// Save implements Run.
func (r *studyRun) Save() ([]byte, error) {
	s := r.state
	if r.current != nil {
		var err1, err2 error
		s.Trial, err1 = r.current.Save()
		s.Engine, err2 = r.engine.State()
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
	}
	return json.Marshal(s)
}

// Resume implements Task.
func (t *studyTask) Resume(_ sim.Engine, out *journal.Listener, saved []byte) (Run, error) {
	r := t.newRun(out)
	if err := json.Unmarshal(saved, &r.state); err != nil {
		return nil, fmt.Errorf("study: not a state of this study: %w", err)
	}
	if r.state.Outcomes == nil {
		return nil, errors.New("study: the state holds no outcomes")
	}
	return r, nil
}

// Go implements Run: it runs every trial that has no outcome yet and reports the
// outcomes. It also reports when the run is stopped early.
func (r *studyRun) Go(ctx context.Context) error {
	return errors.Join(r.trials(ctx), r.show())
}

func (r *studyRun) trials(ctx context.Context) error {
	for _, c := range r.cells {
		for _, t := range c.trials {
			if _, known := r.state.Outcomes[t.key]; !known {
				if err := r.trial(ctx, &t); err != nil {
					return fmt.Errorf("%s: %w", r.describe(&c, t.seed), err)
				}
			}
			r.done++
			if err := r.journal.Step("study", r.done, r.total); err != nil {
				return err
			}
		}
	}
	return nil
}

// describe names a trial for people.
func (r *studyRun) describe(c *cell, seed uint64) string {
	points, _, _ := r.study.Panels[c.panel].points()
	name := r.study.Panels[c.panel].Name + ", " + points[c.point].Name
	if curve := r.study.curves(&r.study.Panels[c.panel])[c.curve].Name; curve != "" {
		name += ", " + curve
	}
	return fmt.Sprintf("trial %s, seed %d", name, seed)
}

// trial runs the task once. If a checkpoint was taken during this trial, it continues
// from there.
func (r *studyRun) trial(ctx context.Context, t *trial) error {
	s, err := load(r.text, t.sets)
	if err != nil {
		return err
	}
	s.Room = r.room
	task, err := NewTask(s, r.files)
	if err != nil {
		return err
	}
	if r.engine, err = r.journal.Open(task.Network()); err != nil {
		return err
	}
	defer r.engine.Close()
	got := scored{Values: map[string]float64{}}
	out := r.listener(&got)
	from := r.state
	r.state.Key, r.state.Trial, r.state.Engine = t.key, nil, nil
	if from.Trial != nil && from.Key == t.key {
		if err := r.engine.Restore(from.Engine); err != nil {
			return err
		}
		r.current, err = task.Resume(r.engine, out, from.Trial)
	} else {
		r.current, err = task.Start(r.engine, out)
	}
	if err == nil {
		err = r.current.Go(ctx)
	}
	r.current, r.state.Key = nil, ""
	if err == nil {
		r.state.Outcomes[t.key] = got
	}
	return err
}

// listener keeps the scores of a trial. The run can still be watched, saved and stopped
// during the trial.
func (r *studyRun) listener(got *scored) *journal.Listener {
	l := r.journal.Part(func(string, int, int) (string, int, int) { return "study", r.done, r.total })
	l.Table = func(t journal.Table) error {
		if t.Name == "neurons" {
			got.Neurons = &neuronRows{}
			got.Neurons.keep(t)
		}
		return nil
	}
	l.Score = func(name string, v, _ float64) { got.set(name, v) }
	return l
}

// set keeps a score. It drops NaN and infinities, which have no place in a table or a
// mean.
func (s *scored) set(name string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	if _, ok := s.Values[name]; !ok {
		s.Names = append(s.Names, name)
	}
	s.Values[name] = v
}
