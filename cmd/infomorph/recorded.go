package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"infomorph/actors"
	"infomorph/internal/checkpoint"
	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/internal/recording"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
)

// recordedFlags are the flags of verbs that look at a recorded run.
type recordedFlags struct{ common }

// recorded is a free run with its recording and the network that ran.
type recorded struct {
	dir      string
	manifest *record.Manifest
	net      *sim.Network
	reader   *recording.Reader
	file     *os.File
}

// openRecorded opens the recording of a run. Whatever is wrong is the input's.
func openRecorded(dir string) (*recorded, error) {
	r := &recorded{dir: dir}
	err := r.open()
	if err != nil {
		r.close()
		return nil, record.Fault(err)
	}
	return r, nil
}

func (r *recorded) open() (err error) {
	if r.manifest, err = checkpoint.Check(r.dir); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return fmt.Errorf("%s: %w", r.dir, err)
	}
	s, err := loadScenario(filepath.Join(r.dir, "scenario.yaml"))
	if err != nil {
		return err
	}
	task, err := scenarios.NewTask(s.Scenario, run.Folder(r.manifest.Folder))
	if err != nil {
		return err
	}
	r.net = task.Network()
	path := filepath.Join(r.dir, recording.Name)
	if r.file, err = guard.Open(path); err != nil {
		return err
	}
	info, err := r.file.Stat()
	if err != nil {
		return err
	}
	if r.reader, err = recording.NewReader(r.file, info.Size()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// check returns an error where there is no recording as the run has left it.
func (r *recorded) check() error {
	m := r.manifest
	_, has := m.Files[recording.Name]
	switch {
	case m.Mode != scenarios.ModeFree:
		return errors.New("the run was in lockstep and has no recording: its scenario and seed say all; infomorph run --mode free records")
	case m.Status == record.StatusRunning:
		return fmt.Errorf("the run goes on, or was killed before its recording was complete; then go on with: infomorph resume %s", r.dir)
	case !has:
		return errors.New("the run has no recording (record.inboxes is false)")
	}
	return nil
}

func (r *recorded) close() {
	if r.reader != nil {
		r.reader.Close()
	}
	if r.file != nil {
		r.file.Close()
	}
}

// fault is the error of a recording that cannot be lived through.
func (r *recorded) fault(err error) error {
	return badInput(fmt.Errorf("%s: %w", filepath.Join(r.dir, recording.Name), err))
}

// options returns how neurons live again.
func (f *recordedFlags) options(cmd *cobra.Command, phase string) (o actors.ReplayOptions, stop func(), err error) {
	if f.workers < 1 || f.workers > 4096 {
		return o, nil, badInput(fmt.Errorf("--workers: got %d, expected 1 to 4096", f.workers))
	}
	p := f.progress(cmd)
	o = actors.ReplayOptions{Workers: f.workers, Progress: func(done, total int) { p.step(phase, done, total) }}
	return o, p.stop, nil
}

// hash writes a SHA-256 as people and manifests do.
func hash(sum [32]byte) string { return hex.EncodeToString(sum[:]) }
