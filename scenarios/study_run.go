package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// studyRun is one run of a study.
type studyRun struct {
	*studyTask
	journal Journal
	state   studyState
	current Task       // of the trial that is on; nil between trials
	engine  sim.Engine // that it runs on
	done    int        // trials that need not be run again
	total   int
}

// studyState is what a study must remember. Outcomes are known by the settings
// that led to them, so that a fork with other settings runs what is new only.
type studyState struct {
	Outcomes map[string]scored // by key of the trial
	Key      string            `json:",omitempty"` // of the trial that is on
	Trial    []byte            `json:",omitempty"` // its task's state
	Engine   []byte            `json:",omitempty"`
}

// scored is what a trial scored, in the order in which it did.
type scored struct {
	Names   []string
	Values  map[string]float64
	Neurons *neuronRows `json:",omitempty"`
}

// Run implements Task. The engine of the run stays idle: every trial has one
// of its own.
func (t *studyTask) Run(_ sim.Engine, j Journal) error {
	return t.newRun(j).perform()
}

func (t *studyTask) newRun(j Journal) *studyRun {
	t.run = &studyRun{studyTask: t, journal: j, state: studyState{Outcomes: map[string]scored{}}}
	for _, c := range t.cells {
		t.run.total += len(c.trials)
	}
	return t.run
}

// Save implements Resumable.
func (t *studyTask) Save() ([]byte, error) {
	r := t.run
	s := r.state
	if task, ok := r.current.(Resumable); ok {
		var err1, err2 error
		s.Trial, err1 = task.Save()
		s.Engine, err2 = r.engine.State()
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
	} else {
		s.Key = ""
	}
	return json.Marshal(s)
}

// Resume implements Resumable.
func (t *studyTask) Resume(_ sim.Engine, j Journal, saved []byte) error {
	r := t.newRun(j)
	if err := json.Unmarshal(saved, &r.state); err != nil {
		return fmt.Errorf("study: not a state of this task: %w", err)
	}
	if r.state.Outcomes == nil {
		return errors.New("study: the state holds no outcomes")
	}
	return r.perform()
}

// perform runs every trial that has no outcome yet and shows what there is,
// also of a run that is stopped.
func (r *studyRun) perform() error {
	err := r.trials()
	return errors.Join(err, r.show())
}

func (r *studyRun) trials() error {
	text, err := config.Marshal(r.base)
	if err != nil {
		return err
	}
	for _, c := range r.cells {
		for _, t := range c.trials {
			if _, known := r.state.Outcomes[t.key]; !known {
				if err := r.trial(&t, text); err != nil {
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

// trial runs the task once, from where a checkpoint left it if it is the
// trial that was on then.
func (r *studyRun) trial(t *trial, text []byte) error {
	s, err := load(text, t.sets)
	if err != nil {
		return err
	}
	if r.current, err = NewTask(s, r.files); err != nil {
		return err
	}
	if r.engine, err = openEngine(r.journal, r.current.Network()); err != nil {
		return err
	}
	defer r.engine.Close()
	j := &trialJournal{outer: r.journal, run: r, scored: scored{Values: map[string]float64{}}}
	from := r.state
	r.state.Key, r.state.Trial, r.state.Engine = t.key, nil, nil
	if from.Trial != nil && from.Key == t.key {
		if err := r.engine.Restore(from.Engine); err != nil {
			return err
		}
		err = r.current.(Resumable).Resume(r.engine, j, from.Trial)
	} else {
		err = r.current.Run(r.engine, j)
	}
	r.current, r.state.Key = nil, ""
	if err == nil {
		r.state.Outcomes[t.key] = j.scored
	}
	return err
}

// trialJournal keeps the scores of a trial, and lets the run be watched,
// saved and stopped in its course.
type trialJournal struct {
	outer  Journal
	run    *studyRun
	scored scored
}

func (*trialJournal) Epoch(neuron.Time, *neuron.Output) error             { return nil }
func (*trialJournal) Atoms(neuron.Time, []neuron.Report) error            { return nil }
func (*trialJournal) Weights(string, *sim.Network, []neuron.Report) error { return nil }
func (*trialJournal) Figure(string, Figure) error                         { return nil }
func (j *trialJournal) Open(net *sim.Network) (e sim.Engine, err error) {
	return openEngine(j.outer, net)
}
func (j *trialJournal) Step(string, int, int) error {
	return j.outer.Step("study", j.run.done, j.run.total)
}

// Table implements Journal: what each neuron has come to is kept.
func (j *trialJournal) Table(t Table) error {
	if t.Name == "neurons" {
		j.scored.Neurons = &neuronRows{}
		j.scored.Neurons.keep(t)
	}
	return nil
}

// Score implements Journal. What is no number is left out: it has no place in
// a table or a mean.
func (j *trialJournal) Score(name string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	if _, ok := j.scored.Values[name]; !ok {
		j.scored.Names = append(j.scored.Names, name)
	}
	j.scored.Values[name] = v
}
