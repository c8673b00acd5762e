package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"infomorph/actors/remote"
	"infomorph/scenarios/run"
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
	mode            string
	nodes           string // list of machines; "": this machine
	patience        time.Duration
	live            liveFlags
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
	f.live.add(cmd)
	cmd.Flags().StringVar(&f.mode, "mode", "", "lockstep, or free: without barriers, recorded for replay and audit (default: as in the scenario)")
	cmd.Flags().IntVar(&f.repeat, "repeat", 1, "number of runs, with seeds SEED, SEED+1, …; reports means")
	cmd.Flags().BoolVar(&f.noFiles, "no-files", false, "write no result folder")
	return cmd
}

// addResults adds the flags about the result folder.
func (f *runFlags) addResults(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.out, "out", "", "result folder (default runs/<scenario>/<time>-<seed>-<hash>)")
	cmd.Flags().StringVar(&f.nodes, "nodes", "", "run on the machines of this list, see docs/machines.md; results do not depend on it")
	cmd.Flags().DurationVar(&f.patience, "node-patience", remote.DefaultPatience, "how long to wait for a node that makes no progress, or far less than the others; 0: without limit")
	cmd.Flags().StringVar(&f.format, "format", "csv", "csv: each Parquet table also as CSV, which pandas and R read without further packages; or parquet: only Parquet")
	cmd.Flags().StringVar(&f.junit, "junit", "", "write the expectations to this file as JUnit XML, for CI")
	cmd.Flags().DurationVar(&f.checkpoint, "checkpoint", time.Minute, "time between two checkpoints; 0: only when the run ends or is interrupted")
	cmd.Flags().IntVar(&f.checkpointSteps, "checkpoint-steps", 0, "number of presentations or recalls between two checkpoints")
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
	return f.runAndPrint(cmd, s, f.options())
}

// options returns the options of a run from the flags.
func (f *runFlags) options() run.Options {
	patience := f.patience
	if patience == 0 {
		patience = -1 // no limit
	}
	return run.Options{
		NodePatience: patience, Dir: f.out, NoFiles: f.noFiles, CSV: f.format == "csv", Engine: f.engine.of(f.workers), Nodes: f.nodes,
		CheckpointEvery: f.checkpoint, CheckpointSteps: f.checkpointSteps, Command: os.Args, Logger: runLogger,
	}
}

// runAndPrint runs a scenario, prints its result and checks its expectations.
func (f *runFlags) runAndPrint(cmd *cobra.Command, s *run.Scenario, o run.Options) (err error) {
	if f.patience < 0 {
		return badInput(fmt.Errorf("--node-patience: got %v, expected 0 or more", f.patience))
	}
	if err := f.check(); err != nil {
		return badInput(err)
	}
	if err := checkJUnit(f.junit); err != nil {
		return badInput(err)
	}
	r := &result{}
	defer func() { f.live.finish(cmd.Context(), r.Result) }()
	r.Result, err = f.watched(cmd.Context(), s, o, f.progress(cmd))
	if f.junit != "" {
		defer func() { err = errors.Join(err, writeJUnit(f.junit, s.Scenario, r, err)) }()
	}
	if r.Result != nil {
		if err == nil {
			r.verdicts, err = r.Judge()
		}
		err = errors.Join(err, r.print(cmd.OutOrStdout(), f.common))
	}
	if err != nil {
		return err
	}
	return run.Missed(r.verdicts)
}

func (f *runFlags) check() error {
	if f.format != "parquet" && f.format != "csv" {
		return fmt.Errorf("--format: got %q, expected parquet or csv", f.format)
	}
	return f.checkWorkers()
}

// watched runs a scenario, and shows its progress and that of its nodes. If the
// run is stopped, it prints how to resume it.
func (f *runFlags) watched(ctx context.Context, s *run.Scenario, o run.Options, p progress) (*run.Result, error) {
	o.Listener = listenerOf(p)
	o.Began = func(r *run.Running) {
		for _, note := range r.Notes {
			p.print("note: " + note)
		}
		if nodes, ok := r.Engine.(*remote.Engine); ok && !f.quiet && !f.json {
			tellPlacement(nodes, p)
		}
	}
	o.Ended = func(r *run.Running) {
		p.stop()
		if nodes, ok := r.Engine.(*remote.Engine); ok && !f.quiet && !f.json {
			tellNodes(nodes)
		}
	}
	do := run.Do
	if f.live.on {
		do = f.runLive
	}
	res, err := do(ctx, s, o)
	if res != nil && res.Resumable && (errors.Is(err, run.ErrInterrupted) || err != nil && f.nodes != "") {
		err = fmt.Errorf("%w; go on with: infomorph resume %s%s", err, res.Dir, f.onNodes())
	}
	return res, err
}

// onNodes returns the flag that a command needs to continue on the same nodes.
func (f *runFlags) onNodes() string {
	if f.nodes == "" {
		return ""
	}
	return " --nodes " + f.nodes
}

// loadScenario reads a scenario file, or a built-in scenario, and sets its
// limit of memory.
func loadScenario(name string, sets ...string) (*run.Scenario, error) {
	s, err := run.Load(name, sets...)
	if err != nil {
		return nil, err
	}
	s.Room = room.available()
	return s, nil
}
