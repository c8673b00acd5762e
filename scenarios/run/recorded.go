package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"infomorph/actors"
	"infomorph/internal/checkpoint"
	"infomorph/internal/fault"
	"infomorph/internal/guard"
	"infomorph/internal/inboxes"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
)

// Recorded is a run that can be executed again: a free run from its recording, a run in
// lockstep from its scenario.
type Recorded struct {
	Dir      string
	manifest *record.Manifest
	scenario *Scenario
	net      *sim.Network
	reader   *inboxes.Reader // nil: the run was in lockstep
	file     *os.File
}

// OpenRecorded opens a run, and its recording if it has run free. The caller closes it.
// adjust is called with the scenario before its network is built; it may set Room.
func OpenRecorded(dir string, adjust ...func(*Scenario)) (*Recorded, error) {
	r := &Recorded{Dir: dir}
	if err := r.open(adjust); err != nil {
		r.Close()
		return nil, record.Fault(err)
	}
	return r, nil
}

func (r *Recorded) open(adjust []func(*Scenario)) (err error) {
	if r.manifest, err = checkpoint.Check(r.Dir); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return fmt.Errorf("%s: %w", r.Dir, err)
	}
	s, err := Load(filepath.Join(r.Dir, record.ScenarioName))
	if err != nil {
		return err
	}
	s.Folder, r.scenario = Folder(r.manifest.Folder), s
	for _, f := range adjust {
		f(s)
	}
	task, err := scenarios.NewTask(s.Scenario, s.Folder)
	if err != nil {
		return err
	}
	r.net = task.Network()
	if r.manifest.Mode != scenarios.ModeFree {
		return nil
	}
	path := filepath.Join(r.Dir, inboxes.Name)
	if r.file, err = guard.Open(path); err != nil {
		return err
	}
	if r.reader, err = inboxes.NewReader(r.file, r.manifest.Files[inboxes.Name].Bytes); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// check returns an error if the run cannot be executed again.
func (r *Recorded) check() error {
	m := r.manifest
	_, has := m.Files[inboxes.Name]
	switch {
	case m.Mode != scenarios.ModeFree:
		return r.repeatable()
	case m.Status == record.StatusRunning:
		return fmt.Errorf("the run goes on, or was killed before its recording was complete; then go on with: infomorph resume %s", r.Dir)
	case !has:
		return errors.New("the run has no recording (record.inboxes is false)")
	}
	return nil
}

// Close closes the recording.
func (r *Recorded) Close() (err error) {
	if r.reader != nil {
		r.reader.Close()
	}
	if r.file != nil {
		err = r.file.Close()
	}
	return err
}

// Neurons returns the number of neurons of the run.
func (r *Recorded) Neurons() int { return r.net.NumNeurons() }

// Audited is the outcome of Audit.
type Audited struct {
	Verdicts []actors.Verdict
	Compared []Comparison
	Pass     bool
}

// Audit runs some neurons (no numbers: all), each alone and from its own inbox. For a
// free run, the inbox is the recorded one: see actors.Recorded.Audit. A run in lockstep is
// repeated, and a copy of each neuron gets what its original gets: see actors.Isolated.
// For all neurons, and for a run in lockstep, it also compares what Replay compares.
func (r *Recorded) Audit(ctx context.Context, o actors.ReplayOptions, numbers ...int) (*Audited, error) {
	var ids []neuron.ID
	for _, n := range numbers {
		if n < 0 || n >= r.Neurons() {
			return nil, fault.BadOption("neuron", "got %d, the network has neurons 0 to %d", n, r.Neurons()-1)
		}
		ids = append(ids, neuron.ID(n))
	}
	if len(numbers) > 0 && r.reader != nil {
		return r.auditSome(ctx, o, ids)
	}
	all, err := r.execute(ctx, o, true, ids)
	if err != nil {
		return nil, err
	}
	return &Audited{all.Verdicts, all.Compared, all.Pass}, nil
}

// execute executes the run again. For a run in lockstep, audit says whether copies of the
// neurons ids (nil: all) run, too.
func (r *Recorded) execute(ctx context.Context, o actors.ReplayOptions, audit bool, ids []neuron.ID) (*Replayed, error) {
	if r.reader == nil {
		return r.repeat(ctx, o, audit, ids)
	}
	return r.verify(ctx, o)
}

// auditSome replays some neurons of a free run, each alone.
func (r *Recorded) auditSome(ctx context.Context, o actors.ReplayOptions, ids []neuron.ID) (*Audited, error) {
	verdicts, err := actors.Recorded{Network: r.net, Recording: r.reader}.Audit(ctx, ids, o)
	if err != nil {
		return nil, r.ended(err)
	}
	a := &Audited{Verdicts: verdicts, Pass: allPass(verdicts)}
	const some = "needs all neurons: leave --neuron out"
	var c comparisons
	c.neurons(verdicts)
	for i := range c[:2] {
		c[i] = Comparison{What: c[i].What, Outcome: NotCompared, Why: some}
	}
	c.skip("final state, tables, scores", some)
	a.Compared = c
	return a, nil
}

// Replayed is the outcome of Replay.
type Replayed struct {
	actors.Replayed
	Pass      bool   // no comparison found a difference
	StateHash string // of the network at the end
	Expected  string // the hash in the manifest of the run, or else in its recording
	Compared  []Comparison
}

// Replay executes the run again, and compares all results with those in the folder. In a
// free run every neuron processes its recorded inbox, and the scenario runs on the outputs
// of these neurons. A run in lockstep is repeated from its scenario; this gives no verdicts
// on single neurons.
func (r *Recorded) Replay(ctx context.Context, o actors.ReplayOptions) (*Replayed, error) {
	return r.execute(ctx, o, false, nil)
}

// ended converts an error that stopped a replay before its end.
func (r *Recorded) ended(err error) error {
	if errors.Is(err, context.Canceled) {
		return fault.Interrupted(errors.New("interrupted"))
	}
	return fault.Input(fmt.Errorf("%s: %w", filepath.Join(r.Dir, inboxes.Name), err))
}
