package scenarios

import (
	"context"

	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/network"
	"infomorph/scenarios/protocol"
)

// Files gives a scenario the files that it names.
type Files = data.Files

// Task is a scenario that is ready to run. It describes, and keeps nothing of a
// run.
type Task interface {
	// Network returns the network to run, prepared.
	Network() *sim.Network
	// Start begins a run on an engine that runs the network from its start.
	Start(e sim.Engine, out *journal.Listener) (Run, error)
	// Resume begins a run where an earlier one was saved, on an engine whose
	// state was taken at the same moment.
	Resume(e sim.Engine, out *journal.Listener, saved []byte) (Run, error)
}

// Notes returns what is allowed in a scenario but may not be what was meant, for
// people.
func Notes(t Task) []string {
	if e, ok := t.(*experimentTask); ok {
		return e.plan.Notes()
	}
	return nil
}

// Run is one life of a task.
type Run interface {
	// Go plays what is left and tells the results, also where the context ends
	// first.
	Go(ctx context.Context) error
	// Save returns the state of the run. It may be called from within the
	// listener's Step only, where the engine stands still.
	Save() ([]byte, error)
}

// NewTask makes the task of a scenario, reading the files it names. Its errors
// are faults of the scenario, with their position.
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

// SizeOf returns how large the network of a scenario will be, without building it;
// ok is false where that cannot be told: in a study, and where rules do not say.
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
	return size, err == nil && size.Known, s.place(err)
}

// experimentTask is a scenario that is one experiment.
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

// PlanOf returns what a task that is one experiment is about to do; nil for
// studies.
func PlanOf(t Task) *protocol.Plan {
	if e, ok := t.(*experimentTask); ok {
		return e.plan
	}
	return nil
}
