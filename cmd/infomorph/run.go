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
	"infomorph/internal/record"
	"infomorph/scenarios"
)

// runFlags are the flags of infomorph run.
type runFlags struct {
	common
	engine  engineFlags
	out     string
	format  string
	repeat  int
	noFiles bool
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
	cmd.Flags().StringVar(&f.out, "out", "", "result folder (default runs/<scenario>/<time>-<seed>-<hash>)")
	cmd.Flags().StringVar(&f.format, "format", "parquet", "parquet, or csv for a CSV twin of each table")
	cmd.Flags().IntVar(&f.repeat, "repeat", 1, "run this often, with seeds SEED, SEED+1, …, and report means")
	cmd.Flags().BoolVar(&f.noFiles, "no-files", false, "write no result folder")
	return cmd
}

func (f *runFlags) run(cmd *cobra.Command, name string) error {
	if f.format != "parquet" && f.format != "csv" {
		return badInput(fmt.Errorf("--format: got %q, expected parquet or csv", f.format))
	}
	if f.repeat < 1 || f.repeat > 10000 {
		return badInput(fmt.Errorf("--repeat: got %d, expected 1 to 10000", f.repeat))
	}
	first, err := loadScenario(name, f.assignments()...)
	if err != nil {
		return err
	}
	if f.repeat > 1 {
		return f.runRepeated(cmd, name, first.Seed)
	}
	done, err := f.runOnce(cmd.Context(), first, f.out, f.progress(cmd))
	if done != nil {
		done.verdicts = judge(first.Expect, done.scores)
		err = errors.Join(err, done.print(cmd.OutOrStdout(), f.common))
	}
	if err != nil {
		return err
	}
	return done.verdict()
}

// runOnce runs a scenario in a result folder of its own. What it returns holds
// the results so far, also where the run ended early; it is nil if the run
// could not begin.
func (f *runFlags) runOnce(ctx context.Context, s *loaded, dir string, p progress) (*result, error) {
	task, err := scenarios.NewTask(s.Scenario, s.files)
	if err != nil {
		return nil, badInput(err)
	}
	engine, err := f.engine.build(task.Network(), f.workers)
	if err != nil {
		return nil, badInput(err)
	}
	defer engine.Close()
	rec, err := f.createFolder(s, dir)
	if err != nil {
		return nil, err
	}
	j := &journal{ctx: ctx, rec: rec, progress: p, quiet: f.quiet, spikes: s.Record.Spikes, scores: newScores()}
	began := time.Now()
	runErr := task.Run(engine, j)
	p.stop()
	res := &result{scenario: s.Scenario, scores: j.scores, tables: j.tables, figures: j.figures, elapsed: time.Since(began), engine: f.engine.kind}
	if rec != nil {
		res.dir = rec.Dir()
	}
	final, err := finalOf(engine, task.Network(), j, runErr == nil)
	res.final = final
	return res, f.finish(ctx, j, res, errors.Join(runErr, err))
}

// finish completes the result folder and turns a failure into its exit code.
func (f *runFlags) finish(ctx context.Context, j *journal, res *result, err error) error {
	if j.rec != nil {
		if err == nil {
			err = j.savePictures(res)
		}
		if err == nil {
			err = j.rec.Close(j.scores.values, res.final.Final)
		} else {
			err = errors.Join(err, j.rec.Abort(err))
		}
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return &exitError{exitInterrupted, fmt.Errorf("interrupted at %v; results so far are in %s", res.final.simulated(), res.where())}
	}
	return runFailed(fmt.Errorf("%w (results so far are in %s)", err, res.where()))
}

func (f *runFlags) createFolder(s *loaded, dir string) (*record.Run, error) {
	if f.noFiles {
		return nil, nil
	}
	text, err := config.Marshal(s.Scenario)
	if err != nil {
		return nil, err
	}
	resolved, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	hash := hex.EncodeToString(sum[:])
	if dir == "" {
		dir = record.DefaultDir(s.Name, time.Now(), s.Seed, hash)
	}
	opts := record.Options{
		Dir: dir, CSV: f.format == "csv",
		Provenance: record.Provenance{
			Scenario: s.Name, ScenarioHash: hash, Command: os.Args, Seeds: map[string]uint64{"run": s.Seed},
			Mode: "lockstep", Workers: f.workers, Config: json.RawMessage(resolved),
		},
	}
	if s.Record.Atoms > 0 {
		opts.AtomNames = record.AtomNames(2)
	}
	rec, err := record.Create(opts)
	if err != nil {
		return nil, badInput(fmt.Errorf("--out: %w", err))
	}
	if err := rec.WriteFile("scenario.yaml", text); err != nil {
		return nil, runFailed(errors.Join(err, rec.Abort(err)))
	}
	return rec, nil
}

// loaded is a scenario with the files it may name.
type loaded struct {
	*scenarios.Scenario
	files scenarios.Files
}

// loadScenario reads a scenario file, or a built-in scenario.
func loadScenario(name string, sets ...string) (*loaded, error) {
	if text, ok := scenarios.Builtin(name); ok {
		s, err := scenarios.Load(name+" (built in)", bytes.NewReader(text), sets...)
		return &loaded{s, folder(".")}, badInput(err)
	}
	f, err := openScenario(name)
	if err != nil {
		return nil, badInput(err)
	}
	defer f.Close()
	s, err := scenarios.Load(name, f, sets...)
	return &loaded{s, folder(filepath.Dir(name))}, badInput(err)
}

// openScenario opens a scenario file.
func openScenario(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, unknownScenario(name, err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s is a folder, expected a scenario file", name)
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
func (d folder) Open(name string) (io.ReadCloser, error) { return os.Open(d.path(name)) }

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

func (d folder) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(string(d), name)
}
