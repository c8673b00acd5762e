package run

import (
	"errors"
	"io"
	"time"

	"infomorph/internal/checkpoint"
	"infomorph/internal/machines"
	"infomorph/internal/record"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
)

// checkpointer writes checkpoints of a run between the steps of its task.
type checkpointer struct {
	every      time.Duration // 0: not by time
	everySteps int64         // 0: not by the number of steps
	meta       checkpoint.Meta
	written    int64 // step of the last checkpoint
	at         time.Time
	run        scenarios.Run // nil until it has started
	engine     sim.Engine
	rec        *record.Run
	tape       *tape
	wrote      func()
}

// newCheckpointer returns nil if the run has no folder for checkpoints.
func newCheckpointer(o *Options, s *Scenario, p *parts) *checkpointer {
	if p.rec == nil {
		return nil
	}
	return &checkpointer{
		every: o.CheckpointEvery, everySteps: int64(o.CheckpointSteps), at: time.Now(),
		meta:   checkpoint.Meta{Scenario: s.Name, Folder: s.Folder.Absolute(), Seed: s.Seed},
		engine: p.Engine, rec: p.rec, tape: p.tape, wrote: func() {},
	}
}

// step counts a step of the task and writes a checkpoint if one is due.
func (c *checkpointer) step(spikes int64) error {
	if c == nil {
		return nil
	}
	c.meta.Step++
	bySteps := c.everySteps > 0 && c.meta.Step-c.written >= c.everySteps
	if !bySteps && (c.every <= 0 || time.Since(c.at) < c.every) {
		return nil
	}
	return c.write(spikes)
}

// write writes a checkpoint of the present step.
func (c *checkpointer) write(spikes int64) error {
	if c == nil || c.run == nil || c.written == c.meta.Step {
		return nil
	}
	task, err1 := c.run.Save()
	err2 := c.tape.mark()
	recorder, err3 := c.rec.State()
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	c.meta.Spikes, c.meta.TimeUS, c.meta.Recorder = spikes, int64(c.engine.Now()), recorder
	c.written, c.at = c.meta.Step, time.Now()
	if err := checkpoint.Write(c.rec.Dir(), &checkpoint.Source{Meta: c.meta, Task: task, Engine: func(w io.Writer) error {
		return machines.WriteState(c.engine, c.rec.Dir(), w)
	}}); err != nil {
		return err
	}
	c.wrote()
	return machines.ForgetStates(c.engine, c.rec.Dir())
}
