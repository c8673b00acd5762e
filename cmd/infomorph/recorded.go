package main

import (
	"github.com/spf13/cobra"

	"infomorph/actors"
	"infomorph/scenarios/run"
)

// recordedFlags are the flags of commands that execute a run again.
type recordedFlags struct{ common }

// open opens a run, and returns the options with which it is executed again. done
// closes the run and ends the progress.
func (f *recordedFlags) open(cmd *cobra.Command, dir, phase string) (r *run.Recorded, o actors.ReplayOptions, done func() error, err error) {
	if err := f.checkWorkers(); err != nil {
		return nil, o, nil, badInput(err)
	}
	if r, err = run.OpenRecorded(dir, func(s *run.Scenario) { s.Room = room.available() }); err != nil {
		return nil, o, nil, err
	}
	p := f.progress(cmd)
	o = actors.ReplayOptions{Workers: f.workers, Progress: func(done, total int) { p.step(phase, done, total) }}
	return r, o, func() error { p.stop(); return r.Close() }, nil
}
