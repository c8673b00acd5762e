package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"infomorph/scenarios"
	"infomorph/scenarios/run"
)

// common holds the flags of every command with a scenario.
type common struct {
	seed    uint64
	sets    []string
	workers int
	json    bool
	quiet   bool
	seeded  func() bool
}

func (c *common) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.Uint64Var(&c.seed, "seed", 1, "seed of every random stream, instead of the scenario's")
	fs.StringArrayVar(&c.sets, "set", nil, "set a key of the scenario, such as neuron.window=128 (can be repeated)")
	c.seeded = func() bool { return fs.Changed("seed") }
	c.addOutput(cmd)
}

// addOutput adds the flags that commands without a scenario have, too.
func (c *common) addOutput(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.IntVar(&c.workers, "workers", runtime.GOMAXPROCS(0), "how many cores to use; results do not depend on it")
	fs.BoolVar(&c.json, "json", false, "print one JSON document instead of tables")
	fs.BoolVar(&c.quiet, "quiet", false, "no progress, and no pictures in the terminal")
}

// checkWorkers returns an error for an impossible number of cores. 0 has no
// special meaning on the command line.
func (c *common) checkWorkers() error {
	if c.workers < 1 || c.workers > 4096 {
		return fmt.Errorf("--workers: got %d, expected 1 to 4096", c.workers)
	}
	return nil
}

// assignments returns the assignments of --set and --seed.
func (c *common) assignments() []string {
	if c.seeded() {
		return append(append([]string(nil), c.sets...), fmt.Sprint("seed=", c.seed))
	}
	return c.sets
}

// engineFlags choose how a network is run; results do not depend on them.
type engineFlags struct {
	kind     string
	fallback string // if the user has not chosen one
	shards   int
	named    func() bool // whether the user has chosen a kind
}

func (f *engineFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.kind, "actors", "neuron", "neuron: one actor per neuron, the default for up to 200,000 neurons. population: populations inside shard actors, the default for more. none: the sequential reference engine, the default for the trials of a study")
	cmd.Flags().IntVar(&f.shards, "shards", 0, "shard actors (0: one per worker, fewer for small networks)")
	f.named = func() bool { return cmd.Flags().Changed("actors") }
}

// of returns the engine that the flags choose. Without --actors the run chooses
// it: one actor per neuron, or the sequential reference engine for the trials
// of a study.
func (f *engineFlags) of(workers int) run.Engine {
	kind := f.kind
	if f.named == nil || !f.named() {
		kind = f.fallback
	}
	return run.Engine{Kind: kind, Shards: f.shards, Workers: workers}
}

// isTerminal reports whether w is a terminal, and how wide it is.
func isTerminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(interface{ Fd() uintptr })
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width, true
	}
	return 80, true
}

// printResolved writes a scenario with all defaults.
func printResolved(w io.Writer, s *scenarios.Scenario) error {
	text, err := s.Text()
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// holder makes cmd a command that only has subcommands. It prints its help, and
// returns an error for an unknown subcommand; cobra would print the help and
// exit with code 0.
func holder(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}
