package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"runtime"
	"time"

	"github.com/goccy/go-yaml"
	"golang.org/x/sync/errgroup"

	"infomorph/actors/remote"
	"infomorph/internal/fault"
	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/picture"
)

// parts are the parts of a run.
type parts struct {
	Running
	rec    *record.Run // nil: no result folder
	log    runLog
	tape   *tape
	ended  func() // tells the signal handler that results are safe
	lavish func() // undoes frugal
}

// release ends the use of the engine, and what a run has changed of the process.
func (p *parts) release() {
	p.Engine.Close()
	p.lavish()
	p.ended()
}

// Do runs a scenario in its own result folder. The result holds all results so far, even
// if the run ended early. It is nil if the run could not begin. If the context is
// cancelled, the run writes a checkpoint before it ends.
func Do(ctx context.Context, s *Scenario, o Options) (*Result, error) {
	p, err := o.prepare(ctx, s)
	if err != nil {
		return nil, err
	}
	defer p.release()
	j := o.recorder(ctx, s, p)
	began := time.Now()
	p.log.Info("run begins", "scenario", s.Name, "seed", s.Seed, "actors", o.Engine.kind(p.Task.Network()), "from_us", int64(p.Engine.Now()))
	level := slog.LevelWarn
	if e := s.Experiment; e != nil && (e.Control != "none" || e.Validation > 0) {
		level = slog.LevelInfo // a control or a validation is intentional
	}
	for _, note := range p.Notes {
		p.log.Log(ctx, level, note, "scenario", s.Name)
	}
	if o.Began != nil {
		o.Began(&p.Running)
	}
	runErr := o.play(ctx, p, j)
	if runErr == nil && !o.Lean {
		runErr = j.check.write(j.spikesSeen) // before the recording ends, because a run that continues from here must end it, too
	}
	runErr = fault.Distinct(errors.Join(runErr, p.tape.end()))
	if o.Ended != nil {
		o.Ended(&p.Running)
	}
	p.logEnd(j.spikesSeen, runErr)
	res := &Result{Scenario: s.Scenario, Scores: j.scores, Tables: j.tables, Figures: j.figures, Elapsed: time.Since(began),
		Engine: o.Engine.kind(p.Task.Network()), Dir: p.Dir, live: j.live, Resumable: j.check != nil}
	res.Final, err = finalOf(p.Engine, j.spikesSeen, runErr == nil)
	return res, o.finish(ctx, j, res, fault.Distinct(errors.Join(runErr, err)))
}

// recorder returns the recorder of a run.
func (o *Options) recorder(ctx context.Context, s *Scenario, p *parts) *recorder {
	begun := amendment{scenario: s.Scenario, interventions: o.From.interventions()}
	j := &recorder{
		is: begun, saved: begun, ended: func() error { return context.Cause(ctx) }, rec: p.rec, spikes: s.Record.Spikes, sources: s.Sources(), scores: NewScores(), lean: o.Lean, log: p.log, graph: p.Task.Network().Graph, note: noteOf(s, p.Task.Network()),
		check: newCheckpointer(o, s, p),
		open: func(net *sim.Network) (sim.Engine, error) {
			if o.again != nil {
				return o.again(net)
			}
			return o.Engine.further(net, p.log.engine())
		},
	}
	if j.check != nil {
		j.check.wrote = func() { j.saved = j.is }
	}
	p.recorder = j
	return j
}

// noteOf returns the caption of pictures that identifies the run.
func noteOf(s *Scenario, net *sim.Network) string {
	if s.Study != nil {
		return fmt.Sprintf("%s, first seed %d", s.Name, s.Seed)
	}
	return fmt.Sprintf("%s, %d neurons, seed %d", s.Name, net.NumNeurons(), s.Seed)
}

// play runs the task, from its start or from a checkpoint.
func (o *Options) play(ctx context.Context, p *parts, j *recorder) error {
	out := j.listener()
	if o.Listener != nil {
		out = journal.Join(out, o.Listener)
	}
	if o.From == nil || o.From.from == nil {
		run, err := p.Task.Start(p.Engine, out)
		return j.goOn(ctx, run, err)
	}
	from := o.From.from
	j.spikesSeen = from.Meta.Spikes
	if j.check != nil {
		j.check.meta.Step = from.Meta.Step
	}
	run, err := p.Task.Resume(p.Engine, out, from.Task)
	return j.goOn(ctx, run, err)
}

// goOn runs the task to its end, with a context that is never cancelled. The recorder
// checks the actual context in Step, because it must write a checkpoint before the run
// stops. If the task stopped on its own before that, there would be no checkpoint.
func (j *recorder) goOn(ctx context.Context, run scenarios.Run, err error) error {
	if err != nil {
		return err
	}
	if j.check != nil {
		j.check.run = run
	}
	return run.Go(context.WithoutCancel(ctx))
}

// prepare makes the task, the engine and the result folder of a run. It finds all faults
// of the input before it makes the folder.
func (o *Options) prepare(ctx context.Context, s *Scenario) (*parts, error) {
	if err := errors.Join(o.Engine.Validate(), o.checkNodes(s)); err != nil {
		return nil, fault.Input(err)
	}
	p := &parts{log: o.newLog(), Running: Running{Scenario: s}}
	files := o.files(s)
	build := o.Task
	if build == nil {
		build = scenarios.NewTask
	}
	var err error
	if p.Task, err = build(s.Scenario, files); err != nil {
		return nil, fault.Input(err)
	}
	p.Notes = scenarios.Notes(p.Task)
	p.lavish = frugal(p.Task.Network().NumSynapses())
	if p.Engine, err = o.open(s, p.Task.Network(), files, p.log.engine()); err != nil {
		p.lavish()
		return nil, fault.Input(err)
	}
	if r, ok := p.Engine.(*remote.Engine); ok {
		p.log.Logger = p.log.With("run", r.Run())
	}
	err = o.From.restore(p.Engine)
	p.ended = guard.Graceful(ctx)
	if err == nil {
		p.rec, err = o.createFolder(s, p.Task)
	}
	if err == nil {
		p.tape, err = startTape(p)
	}
	if err != nil {
		p.release()
		return nil, record.Fault(err)
	}
	if p.rec != nil {
		p.Dir = p.rec.Dir()
	}
	p.log.attach(p.rec)
	return p, nil
}

// logEnd logs the end of a run, and the statistics of its nodes.
func (p *parts) logEnd(spikes int64, reason error) {
	if r, ok := p.Engine.(*remote.Engine); ok {
		for _, s := range r.Stats() {
			p.log.Info("node", "node", s.Name, "first", int32(s.First), "last", int32(s.Last-1), "synapses", s.Synapses,
				"epochs", s.Epochs, "spikes", s.Spikes, "sent", s.Sent, "received", s.Received, "computing", s.Busy)
		}
	}
	attrs := []any{"to_us", int64(p.Engine.Now()), "spikes", spikes}
	if reason != nil {
		attrs = append(attrs, slog.String("reason", reason.Error()))
	}
	p.log.Info("run ends", attrs...)
}

// finish completes the result folder and marks an error with its cause.
func (o *Options) finish(ctx context.Context, j *recorder, res *Result, err error) error {
	if j.rec != nil {
		if err == nil && !o.Lean {
			err = errors.Join(j.savePictures(res), writeMembers(j.rec, j.graph))
		}
		if err == nil {
			err = j.rec.Close(j.scores.Values, res.Final)
			if err == nil && !o.Lean {
				err = WriteReport(res.Dir)
			}
		} else {
			err = errors.Join(err, j.rec.Abort(err))
		}
	}
	switch {
	case err == nil:
		return nil
	case j.unsaved != nil:
		return fault.Interrupted(fmt.Errorf("interrupted at %v, and this state could not be saved: %w; results so far are in %s", res.Simulated(), j.unsaved, res.Where()))
	case ctx.Err() != nil:
		return fault.Interrupted(fmt.Errorf("interrupted at %v; results so far are in %s", res.Simulated(), res.Where()))
	}
	return fault.Failed(fmt.Errorf("%w (results so far are in %s)", err, res.Where()))
}

// resolved returns a scenario as it runs: its text, the hash of the text, and the text as
// JSON.
func resolved(s *scenarios.Scenario) (text []byte, hash string, config json.RawMessage, err error) {
	if text, err = s.Text(); err != nil {
		return nil, "", nil, err
	}
	config, err = yaml.YAMLToJSON(text)
	sum := sha256.Sum256(text)
	return text, hex.EncodeToString(sum[:]), config, err
}

func (o *Options) createFolder(s *Scenario, task scenarios.Task) (*record.Run, error) {
	if o.NoFiles {
		return nil, nil
	}
	text, hash, config, err := resolved(s.Scenario)
	if err != nil {
		return nil, err
	}
	sampling, err := s.Sampling(task)
	if err != nil {
		return nil, err
	}
	opts := record.Options{
		Dir: o.Dir, CSV: o.CSV, Scenario: text, Spikes: sampling, Atoms: sampling, Labels: task.Network().Labels,
		Provenance: record.Provenance{
			Scenario: s.Name, ScenarioHash: hash, Command: o.Command, Seeds: map[string]uint64{"run": s.Seed},
			Folder: s.Folder.Absolute(), Mode: s.Mode, Workers: o.Engine.workers(), Config: config,
		},
	}
	if o.From.inPlace() {
		opts.Dir = o.From.Dir
	}
	if opts.Dir == "" {
		opts.Dir = record.DefaultDir(s.Name, time.Now(), s.Seed, hash)
	}
	if s.Record.Atoms > 0 {
		opts.AtomNames = record.AtomNames(s.Sources())
	}
	rec, err := o.From.open(opts)
	if err != nil && o.From == nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return rec, err
}

// savePictures draws all figures of a run into plots/. Drawing takes longer than a short
// run, so it uses all cores.
func (j *recorder) savePictures(r *Result) error {
	drawn := make([][]picture.File, len(r.Figures))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range r.Figures {
		group.Go(func() (err error) {
			if drawn[i], err = picture.Files(f.Name, f.Figure, j.note); err != nil {
				err = fmt.Errorf("picture %s: %w", f.Name, err)
			}
			return err
		})
	}
	err := group.Wait()
	for _, files := range drawn {
		err = errors.Join(err, j.keepPictures(files))
	}
	return err
}

func (j *recorder) keepPictures(files []picture.File) (err error) {
	for _, p := range files {
		err = errors.Join(err, j.rec.WriteFile(path.Join("plots", p.Name), p.Data))
	}
	return err
}
