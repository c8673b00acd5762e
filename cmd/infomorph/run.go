package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"infomorph/internal/config"
	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
)

// runFlags are the flags of infomorph run and resume.
type runFlags struct {
	common
	engine          engineFlags
	out             string
	format          string
	junit           string
	repeat          int
	noFiles         bool
	checkpoint      time.Duration
	checkpointSteps int
	begin           beginning
	mode            string
	nodes           string // list of machines; "": here
	lean            bool   // one of many runs: no pictures, no checkpoint of the end
}

func newRunCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "Run a scenario: a file, or the name of a built-in one",
		Example: "  infomorph run associative-memory\n" +
			"  infomorph run associative-memory --set associative_memory.presentations=5 --seed 7\n" +
			"  infomorph run my.yaml --out results/my --format csv",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, args[0])
		},
		ValidArgsFunction: completeScenario,
	}
	f.add(cmd)
	f.engine.add(cmd)
	f.addResults(cmd)
	cmd.Flags().StringVar(&f.mode, "mode", "", "lockstep, or free: without barriers, recorded for replay and audit (default the scenario's)")
	cmd.Flags().IntVar(&f.repeat, "repeat", 1, "run this often, with seeds SEED, SEED+1, …, and report means")
	cmd.Flags().BoolVar(&f.noFiles, "no-files", false, "write no result folder")
	return cmd
}

// addResults adds the flags about the result folder.
func (f *runFlags) addResults(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.out, "out", "", "result folder (default runs/<scenario>/<time>-<seed>-<hash>)")
	cmd.Flags().StringVar(&f.nodes, "nodes", "", "run on the machines of this list, see docs/machines.md; results do not depend on it")
	cmd.Flags().StringVar(&f.format, "format", "csv", "csv for a CSV twin of each Parquet table, which plain pandas and R read; or parquet alone")
	cmd.Flags().StringVar(&f.junit, "junit", "", "write the expectations to this file as JUnit XML, for CI")
	cmd.Flags().DurationVar(&f.checkpoint, "checkpoint", time.Minute, "write a checkpoint this often; 0 only when the run ends or is interrupted")
	cmd.Flags().IntVar(&f.checkpointSteps, "checkpoint-steps", 0, "write a checkpoint every so many presentations or recalls")
}

func (f *runFlags) run(cmd *cobra.Command, name string) error {
	if f.repeat < 1 || f.repeat > 10000 {
		return badInput(fmt.Errorf("--repeat: got %d, expected 1 to 10000", f.repeat))
	}
	if f.mode != "" {
		f.sets = append(f.sets, "mode="+f.mode)
	}
	s, err := loadScenario(name, f.assignments()...)
	if err != nil {
		return err
	}
	if f.repeat > 1 {
		return f.runRepeated(cmd, name, s.Seed)
	}
	return f.runAndPrint(cmd, s, f.out)
}

// runAndPrint runs a scenario, prints its result and judges it.
func (f *runFlags) runAndPrint(cmd *cobra.Command, s *loaded, dir string) (err error) {
	if f.format != "parquet" && f.format != "csv" {
		return badInput(fmt.Errorf("--format: got %q, expected parquet or csv", f.format))
	}
	if err := checkJUnit(f.junit); err != nil {
		return badInput(err)
	}
	done, err := f.runOnce(cmd.Context(), s, dir, f.progress(cmd))
	if f.junit != "" {
		defer func() { err = errors.Join(err, writeJUnit(f.junit, s.Scenario, done, err)) }()
	}
	if done != nil {
		if err == nil {
			done.verdicts, err = done.judge(s.Expect)
		}
		err = errors.Join(err, done.print(cmd.OutOrStdout(), f.common))
	}
	if err != nil {
		return err
	}
	return done.verdict()
}

// parts are what a run is made of.
type parts struct {
	task   scenarios.Task
	engine sim.Engine
	rec    *record.Run // nil: no result folder
	log    *runLog
	tape   *tape
	ended  func() // tells the guard of signals that results are safe
}

// runOnce runs a scenario in a result folder of its own. What it returns holds
// the results so far, also where the run ended early; it is nil if the run
// could not begin.
func (f *runFlags) runOnce(ctx context.Context, s *loaded, dir string, p progress) (*result, error) {
	pt, err := f.prepare(ctx, s, dir)
	if err != nil {
		return nil, err
	}
	defer pt.ended()
	defer pt.engine.Close()
	j := &recorder{ctx: ctx, rec: pt.rec, progress: p, spikes: s.Record.Spikes, sources: s.Sources(), scores: newScores(), lean: f.lean, log: pt.log, graph: pt.task.Network().Graph, check: newCheckpointer(f, s, pt)}
	j.open = func(net *sim.Network) (sim.Engine, error) { return f.engine.further(net, f.workers, pt.log.slog()) }
	began := time.Now()
	pt.log.Info().Str("scenario", s.Name).Uint64("seed", s.Seed).Str("actors", f.engine.kind).
		Int64("from_us", int64(pt.engine.Now())).Msg("run begins")
	for _, note := range scenarios.Notes(pt.task) {
		pt.log.Warn().Str("scenario", s.Name).Msg(note)
		p.print("note: " + note)
	}
	f.tellPlacement(pt.engine, p)
	runErr := f.play(ctx, pt, j)
	runErr = errors.Join(runErr, pt.tape.end())
	p.stop()
	f.tellNodes(pt.engine, pt.log)
	pt.log.Info().Int64("to_us", int64(pt.engine.Now())).Int64("spikes", j.told).AnErr("reason", runErr).Msg("run ends")
	res := &result{scenario: s.Scenario, scores: j.scores, tables: j.tables, live: j.live, figures: j.figures, elapsed: time.Since(began), engine: f.engine.kind}
	if pt.rec != nil {
		res.dir = pt.rec.Dir()
	}
	res.final, err = finalOf(pt.engine, pt.engine.Network(), j, runErr == nil)
	if errors.Is(runErr, err) { // an engine that is broken says so again
		err = nil
	}
	return res, f.finish(ctx, j, res, errors.Join(runErr, err))
}

// play runs the task from where the run begins.
func (f *runFlags) play(ctx context.Context, p parts, j *recorder) error {
	if f.begin.from == nil {
		run, err := p.task.Start(p.engine, j.listener())
		return j.goOn(ctx, run, err)
	}
	j.told = f.begin.from.Meta.Spikes
	if j.check != nil {
		j.check.meta.Step = f.begin.from.Meta.Step
	}
	run, err := p.task.Resume(p.engine, j.listener(), f.begin.from.Task)
	return j.goOn(ctx, run, err)
}

// goOn plays a run to its end.
func (j *recorder) goOn(ctx context.Context, run scenarios.Run, err error) error {
	if err != nil {
		return err
	}
	if j.check != nil {
		j.check.run = run
	}
	return run.Go(ctx)
}

// prepare makes the task, the engine and the result folder of a run. All that
// can be wrong with the input shows before the folder is made.
func (f *runFlags) prepare(ctx context.Context, s *loaded, dir string) (p parts, err error) {
	if err = f.checkNodes(s); err != nil {
		return p, badInput(err)
	}
	files := filesOf(s, f.nodes != "")
	if p.task, err = scenarios.NewTask(s.Scenario, files); err != nil {
		return p, badInput(err)
	}
	p.log = newRunLog(os.Stderr)
	if p.engine, err = f.open(s, p.task.Network(), files, p.log); err != nil {
		return p, badInput(err)
	}
	if from := f.begin.from; from != nil {
		err = f.begin.restoreState(p.engine)
	}
	p.ended = guard.Graceful(ctx)
	if err == nil {
		p.rec, err = f.createFolder(s, p.task, dir)
	}
	if err == nil {
		p.tape, err = startTape(&p, s)
	}
	if err != nil {
		p.ended()
		p.engine.Close()
		return p, folderFault(err)
	}
	p.log.attach(p.rec)
	return p, nil
}

// finish completes the result folder and turns a failure into its exit code.
func (f *runFlags) finish(ctx context.Context, j *recorder, res *result, err error) error {
	if j.rec != nil {
		if err == nil && !f.lean {
			err = errors.Join(j.check.write(j.told), j.savePictures(res), writeMembers(j.rec, j.graph))
		}
		if err == nil {
			err = j.rec.Close(j.scores.values, res.final.Final)
			if err == nil && !f.lean {
				err = writeReport(res.dir)
			}
		} else {
			err = errors.Join(err, j.rec.Abort(err))
		}
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		err = fmt.Errorf("interrupted at %v; results so far are in %s", res.final.simulated(), res.where())
		if j.check != nil {
			err = fmt.Errorf("%w; go on with: infomorph resume %s%s", err, res.dir, f.onNodes())
		}
		return &exitError{exitInterrupted, err}
	}
	err = fmt.Errorf("%w (results so far are in %s)", err, res.where())
	if j.check != nil && f.nodes != "" {
		err = fmt.Errorf("%w; go on with: infomorph resume %s%s", err, res.dir, f.onNodes())
	}
	return runFailed(err)
}

func (f *runFlags) createFolder(s *loaded, task scenarios.Task, dir string) (*record.Run, error) {
	if f.noFiles {
		return nil, nil
	}
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	resolved, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	sampling, err := s.Sampling(task)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	hash := hex.EncodeToString(sum[:])
	if dir == "" {
		dir = record.DefaultDir(s.Name, time.Now(), s.Seed, hash)
	}
	opts := record.Options{
		Dir: dir, CSV: f.format == "csv", Scenario: text,
		Spikes: sampling, Atoms: sampling, Labels: task.Network().Labels,
		Provenance: record.Provenance{
			Scenario: s.Name, ScenarioHash: hash, Command: os.Args, Seeds: map[string]uint64{"run": s.Seed},
			Folder: s.folder.absolute(), Mode: s.Mode, Workers: f.workers, Config: json.RawMessage(resolved),
		},
	}
	if s.Record.Atoms > 0 {
		opts.AtomNames = record.AtomNames(s.Sources())
	}
	rec, err := f.begin.open(opts)
	if err != nil && f.begin.dir == "" {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return rec, err
}

// loaded is a scenario with the folder that its files are named from.
type loaded struct {
	*scenarios.Scenario
	folder folder
}

// loadScenario reads a scenario file, or a built-in scenario.
func loadScenario(name string, sets ...string) (*loaded, error) {
	if text, ok := scenarios.Builtin(name); ok {
		s, err := scenarios.Load(name+" (built in)", bytes.NewReader(text), sets...)
		return newLoaded(s, "."), badInput(err)
	}
	f, err := openScenario(name)
	if err != nil {
		return nil, badInput(err)
	}
	defer f.Close()
	s, err := scenarios.Load(name, f, sets...)
	return newLoaded(s, filepath.Dir(name)), badInput(err)
}

// newLoaded tells a scenario how much memory it has; nil where there is none.
func newLoaded(s *scenarios.Scenario, dir string) *loaded {
	if s != nil {
		s.Room = room.available()
	}
	return &loaded{s, folder(dir)}
}

// openScenario opens a scenario file.
func openScenario(name string) (*os.File, error) {
	f, err := guard.Open(name)
	if err != nil {
		return nil, unknownScenario(name, err)
	}
	return f, nil
}

func unknownScenario(name string, err error) error {
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	hint := "infomorph list shows the built-in ones"
	if near := config.Closest(name, scenarios.BuiltinNames()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("%s: neither a file nor a built-in scenario; %s", name, hint)
}

// folder gives a task the files below (or named from) a folder.
type folder string

// Open implements scenarios.Files.
// Files of built-in scenarios are in the program, for
// folders that do not have them.
func (d folder) Open(name string) (io.ReadCloser, error) {
	f, err := guard.Open(d.path(name))
	if errors.Is(err, os.ErrNotExist) && !filepath.IsAbs(name) {
		if own, ownErr := scenarios.BuiltinFile(name); ownErr == nil {
			return own, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// List implements scenarios.Files.
func (d folder) List(name string) ([]string, error) {
	entries, err := os.ReadDir(d.path(name))
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// absolute returns the folder's name from the root.
func (d folder) absolute() string {
	if abs, err := filepath.Abs(string(d)); err == nil {
		return abs
	}
	return string(d)
}

func (d folder) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(string(d), name)
}
