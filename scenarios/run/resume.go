package run

import (
	"fmt"
	"path/filepath"

	"infomorph/internal/checkpoint"
	"infomorph/internal/fault"
	"infomorph/internal/guard"
	"infomorph/internal/machines"
	"infomorph/internal/record"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
)

// Stopped is a run that can be continued.
type Stopped struct {
	Scenario *Scenario
	Dir      string
	Notes    []string // what is damaged or was skipped

	from *checkpoint.Checkpoint // nil: stopped before the first one
	fork bool
}

// OpenOptions define how to continue a run.
type OpenOptions struct {
	Fork          bool     // leave the run as it is and continue in another folder
	Sets          []string // with Fork: settings to change
	DespiteDamage bool     // continue from the latest undamaged checkpoint that has all files it needs
}

// Open reads a run that was interrupted, failed or killed. It first compares the whole
// folder with its checksums. It changes nothing and returns an error if files are damaged
// or the scenario was edited.
func Open(dir string, o OpenOptions) (*Stopped, error) {
	if len(o.Sets) > 0 && !o.Fork {
		return nil, fault.BadOption("set", "settings of a run can be changed in a fork only")
	}
	r := &Stopped{Dir: dir, fork: o.Fork}
	manifest, err := r.manifest(o.DespiteDamage)
	if err != nil {
		return nil, err
	}
	if manifest.Status == record.StatusDone && !o.Fork {
		return nil, fault.Input(fmt.Errorf("%s: the run came to its end; there is nothing to resume (infomorph report %[1]s writes its report anew, --fork goes on from its last checkpoint)", dir))
	}
	if err := r.readCheckpoint(); err != nil {
		return nil, err
	}
	if o.Fork && r.from == nil {
		return nil, fault.Input(fmt.Errorf("%s: there is no checkpoint to fork from", dir))
	}
	if r.Scenario, err = Load(filepath.Join(dir, record.ScenarioName), o.Sets...); err != nil {
		return nil, err
	}
	r.Scenario.Folder = Folder(manifest.Folder)
	return r, nil
}

// Left returns a run that began in a folder and did not reach its end; nil if it did not
// begin. The caller must know that the run is of this scenario.
func Left(dir string, s *Scenario) (*Stopped, error) {
	if record.Unbegun(dir) {
		return nil, nil
	}
	r := &Stopped{Dir: dir, Scenario: s}
	if _, err := r.manifest(false); err != nil {
		return nil, err
	}
	return r, r.readCheckpoint()
}

func (r *Stopped) readCheckpoint() error {
	from, skipped, err := checkpoint.ReadLast(r.Dir)
	if err != nil {
		return record.Fault(err)
	}
	if skipped != nil {
		r.Notes = append(r.Notes, fmt.Sprint("going on from an earlier checkpoint: ", skipped))
	}
	r.from = from
	return nil
}

// manifest reads the manifest of a folder and checks that nothing in it has changed.
func (r *Stopped) manifest(despite bool) (*record.Manifest, error) {
	m, err := checkpoint.Check(r.Dir)
	switch {
	case err == nil:
		return m, nil
	case record.Unbegun(r.Dir):
		return nil, fault.Input(fmt.Errorf("%s: the run was killed before it had begun; run it again into the same folder", r.Dir))
	case m == nil:
		return nil, record.Fault(err)
	case m.Verify(r.Dir, record.ScenarioName) != nil:
		return nil, record.Fault(otherScenario(r.Dir, m))
	case despite:
		r.Notes = append(r.Notes, fmt.Sprint("going on although files are damaged: ", err))
		return m, nil
	}
	return nil, record.Fault(fmt.Errorf("%w; nothing was changed; --despite-damage goes on if what it needs is whole", err))
}

// otherScenario returns an error that lists the changes in the scenario of a run.
func otherScenario(dir string, m *record.Manifest) error {
	name := filepath.Join(dir, record.ScenarioName)
	err := fmt.Errorf("%s: %w", name, record.ErrDamaged)
	is, loadErr := settingsIn(name)
	if loadErr != nil {
		return fmt.Errorf("%w: %w", err, loadErr)
	}
	what, sets := "", ""
	for _, d := range Flatten(m.Config).Differences(is) {
		what += fmt.Sprintf("\n  %s was %s, is %s", d.Path, d.A, d.B)
		sets += fmt.Sprintf(" --set %s=%s", d.Path, d.B)
	}
	if what == "" {
		return err
	}
	return fmt.Errorf("%w:%s\na resumed run must be the same experiment: put that back, and go on with a change in a new folder: infomorph resume %s --fork%s", err, what, dir, sets)
}

// settingsIn returns the settings of a scenario file.
func settingsIn(name string) (Settings, error) {
	s, err := Load(name)
	if err != nil {
		return nil, err
	}
	return SettingsOf(s.Scenario)
}

// interventions returns all interventions in the run so far; nil if there are none.
func (r *Stopped) interventions() []byte {
	if r == nil {
		return nil
	}
	lines, _ := guard.ReadFile(filepath.Join(r.Dir, record.InterventionsName), guard.Small) // the checksum was compared, so on an error the file does not exist
	return lines
}

// inPlace reports whether the run continues in its own folder.
func (r *Stopped) inPlace() bool { return r != nil && !r.fork }

// restore restores the state of an engine from the checkpoint of the run.
func (r *Stopped) restore(e sim.Engine) error {
	if r == nil || r.from == nil {
		return nil
	}
	return machines.RestoreState(e, r.from.Engine, r.Dir, r.fork)
}

// open opens the result folder for a run that continues from r. If r is nil, the run is
// new.
func (r *Stopped) open(opts record.Options) (*record.Run, error) {
	switch {
	case r == nil:
		return record.Create(opts)
	case r.from == nil: // killed before its first checkpoint
		run, err := record.Restart(opts)
		if err == nil {
			machines.DropParts(r.Dir)
		}
		return run, err
	case r.fork:
		opts.Provenance.Parent = r.Dir
		from := r.from.Meta.Recorder
		from.Growing = nil // a recording has only one scenario, so it starts again
		return record.Fork(opts, r.Dir, from)
	}
	return record.Resume(opts, r.from.Meta.Recorder)
}

// Over opens a run for inspection. It returns its scenario, its task, and an engine in
// the state of the last checkpoint, or in the initial state if there is no checkpoint.
// The caller closes the engine.
func Over(dir string) (*Running, error) {
	r := &Stopped{Dir: dir}
	manifest, err := r.manifest(true)
	if err == nil {
		err = r.readCheckpoint()
	}
	if err != nil {
		return nil, err
	}
	if r.Scenario, err = Load(filepath.Join(dir, record.ScenarioName)); err != nil {
		return nil, err
	}
	r.Scenario.Folder = Folder(manifest.Folder)
	p := &Running{Scenario: r.Scenario, Dir: dir, recorder: &recorder{is: amendment{r.Scenario.Scenario, r.interventions()}}}
	if p.Task, err = scenarios.NewTask(r.Scenario.Scenario, r.Scenario.Folder); err != nil {
		return nil, fault.Input(err)
	}
	if p.Engine, err = sim.NewSequential(p.Task.Network()); err == nil {
		err = r.restore(p.Engine)
	}
	if err != nil {
		return nil, record.Fault(err)
	}
	return p, nil
}
