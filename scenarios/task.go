package scenarios

import (
	"context"

	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/network"
	"infomorph/scenarios/protocol"
)

// Files opens the files that a scenario names.
type Files = data.Files

// Task is a scenario that is ready to run. It is a description: it holds no state of any
// run.
type Task interface {
	// Network returns the network to run, ready for an engine.
	Network() *sim.Network
	// Start begins a run on an engine whose network is in its initial state.
	Start(e sim.Engine, out *journal.Listener) (Run, error)
	// Resume continues a saved run, on an engine whose state was saved at the same
	// moment.
	Resume(e sim.Engine, out *journal.Listener, saved []byte) (Run, error)
}

// Notes returns remarks for the user about settings that are allowed but may be
// unintended.
func Notes(t Task) []string {
	if e, ok := t.(*experimentTask); ok {
		return e.plan.Notes()
	}
	return nil
}

// Run is one execution of a task.
type Run interface {
	// Go executes what is left of the run and reports the results. It also reports them
	// if the context is cancelled.
	Go(ctx context.Context) error
	// Save returns the state of the run. It may only be called from within the listener's
	// Step, while the engine is idle.
	Save() ([]byte, error)
}

// NewTask makes the task of a scenario and reads the files that it names. Its errors are
// faults of the scenario, with their position.
func NewTask(s *Scenario, files Files) (Task, error) {
	var t Task
	var err error
	switch {
	case s.Study != nil:
		t, err = newStudyTask(s, files)
	case s.Experiment == nil:
		t, err = newCapacityTask(s, files)
	default:
		t, err = newExperimentTask(s, files)
	}
	return t, s.place(err)
}

// SizeOf returns the size that the network of a scenario will have, without building it.
// It returns ok = false if the size is not known: for a study, or if the rules of
// projections do not determine it.
func SizeOf(s *Scenario, files Files) (size network.Size, ok bool, err error) {
	if s.Study != nil || s.Experiment == nil {
		return size, false, nil
	}
	e := *s.Experiment
	e.Room = s.Room
	d, err := data.Load(&e, files)
	if err == nil {
		size, err = network.Estimate(&e, d, files)
	}
	return size, size.Known, s.place(err)
}

// experimentTask is the task of a single experiment.
type experimentTask struct{ plan *protocol.Plan }

func newExperimentTask(s *Scenario, files Files) (*experimentTask, error) {
	e := *s.Experiment
	e.Room, e.Bare = s.Room, s.Bare
	plan, err := protocol.Prepare(&e, files)
	return &experimentTask{plan}, err
}

// Network implements Task.
func (t *experimentTask) Network() *sim.Network { return t.plan.Network() }

// Start implements Task.
func (t *experimentTask) Start(e sim.Engine, out *journal.Listener) (Run, error) {
	return t.plan.Start(e, out)
}

// Resume implements Task.
func (t *experimentTask) Resume(e sim.Engine, out *journal.Listener, saved []byte) (Run, error) {
	return t.plan.Resume(e, out, saved)
}

// PlanOf returns the plan of a task that is one experiment, and nil for a study.
func PlanOf(t Task) *protocol.Plan {
	if e, ok := t.(*experimentTask); ok {
		return e.plan
	}
	return nil
}
