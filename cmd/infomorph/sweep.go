package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
	"infomorph/scenarios/sweep"
)

// sweepFlags are the flags of infomorph sweep.
type sweepFlags struct {
	runFlags
	over      []string
	zip       bool
	sample    string
	seeds     int
	scores    []string
	keepGoing bool
	list      bool
	resume    string
	retry     bool
	pictures  bool
	part      string
	share     sweep.Part
}

func newSweepCommand() *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use:   "sweep SCENARIO --over PATH=VALUES...",
		Short: "Run a scenario over settings and seeds, and tabulate its scores",
		Long: "Run a scenario for every combination of the values of some settings, each with\n" +
			"replicates that have their own seeds, and write one table of settings and scores.\n\n" +
			"An axis is one of:\n  " + strings.ReplaceAll(design.AxisForms, "  ", "\n  ") + "\n\n" +
			"Axes can also be in the scenario, in its sweep section. Every run has its own folder.\n" +
			"--resume continues a sweep that was stopped, and its table is the same bytes as without\n" +
			"the stop.",
		Example: "  infomorph sweep associative-memory --over neuron.window=16,32,64,128 --seeds 5\n" +
			"  infomorph sweep my.yaml --over 'neuron.learning.rate=log(0.1,10,5)' --over network.topology.p=lin(0.1,1,4)\n" +
			"  infomorph sweep my.yaml --over 'neuron.learning.rate=log(0.1,10)' --over neuron.window=8..256 --sample lhs:50\n" +
			"  infomorph sweep --resume sweeps/my/20260101T120000Z",
		Args:              scenarioUnlessResumed(&f.resume),
		RunE:              f.run,
		ValidArgsFunction: completeScenario,
	}
	f.addFlags(cmd)
	cmd.AddCommand(newMergeCommand())
	return cmd
}

// scenarioUnlessResumed requires the name of a scenario, or no argument if
// --resume names a folder to continue.
func scenarioUnlessResumed(resume *string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if *resume != "" {
			return cobra.NoArgs(cmd, args)
		}
		return cobra.ExactArgs(1)(cmd, args)
	}
}

func (f *sweepFlags) addFlags(cmd *cobra.Command) {
	f.add(cmd)
	f.live.add(cmd)
	fs := cmd.Flags()
	fs.StringArrayVar(&f.over, "over", nil, "a setting and its values (can be repeated; axes are crossed)")
	fs.BoolVar(&f.zip, "zip", false, "take the first values of all axes together, then the second, …")
	fs.StringVar(&f.sample, "sample", "", "lhs:N (Latin hypercube) or random:N points from the intervals of the axes")
	fs.IntVar(&f.seeds, "seeds", 1, "replicates of every point, each with its own seed, which is recorded")
	fs.StringVar(&f.out, "out", "", "folder of the sweep (default sweeps/<scenario>/<time>)")
	fs.StringVar(&f.format, "format", "parquet", "parquet, or csv: the tables of every run also as CSV")
	fs.StringSliceVar(&f.scores, "score", nil, "scores to print and plot (default: those with an expectation, else the first three)")
	fs.BoolVar(&f.keepGoing, "keep-going", false, "continue when a run fails; its error is in the table")
	fs.BoolVar(&f.list, "list", false, "only print the runs and their seeds")
	fs.StringVar(&f.resume, "resume", "", "resume the sweep in this folder")
	fs.BoolVar(&f.retry, "retry", false, "with --resume: run failed runs again")
	fs.StringVar(&f.part, "part", "", "run only part i/n of the sweep, on this machine; see infomorph sweep merge")
	fs.BoolVar(&f.pictures, "pictures", false, "write pictures into the folder of every run, too")
	fs.StringVar(&f.engine.kind, "actors", "none", "neuron, population or none: how each run uses its engine; runs are parallel in any case")
	fs.DurationVar(&f.checkpoint, "checkpoint", time.Minute, "time between two checkpoints of long runs")
}

func (f *sweepFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.check(); err != nil {
		return badInput(err)
	}
	s, err := f.open(args)
	if err != nil {
		return record.Fault(err)
	}
	if f.list {
		return listRuns(cmd.OutOrStdout(), s, f.share)
	}
	if err := s.CreateShared(); err != nil {
		return record.Fault(err)
	}
	defer f.live.finish(cmd.Context(), nil)
	began := time.Now()
	runErr := f.again(f.sweep(cmd, s, "runs"), s.Dir)
	if f.share.N > 0 {
		return errors.Join(f.reportPart(cmd, s, time.Since(began)), runErr)
	}
	return errors.Join(f.report(cmd, s, time.Since(began)), runErr)
}

// open plans a sweep, or reads the one that --resume names.
func (f *sweepFlags) open(args []string) (s *sweep.Sweep, err error) {
	if f.resume != "" {
		s, err = sweep.Open(f.resume)
	} else {
		r := f.request()
		r.Scenario = args[0]
		s, err = sweep.New(r)
	}
	if err != nil {
		return nil, err
	}
	s.Base.Room = room.available()
	return s, nil
}

// request returns the sweep that the flags describe.
func (f *sweepFlags) request() sweep.Request {
	return sweep.Request{Sets: f.assignments(), Over: f.over, Zip: f.zip, Sample: f.sample, Seeds: f.seeds, Dir: f.out}
}

// sweep runs the remaining runs of a sweep and shows the progress.
func (f *sweepFlags) sweep(cmd *cobra.Command, s *sweep.Sweep, phase string) error {
	p := f.progress(cmd)
	defer p.stop()
	o := f.sweepOptions(func(done, total int) { p.step(phase, done, total) })
	if f.live.on {
		return f.live.sweepLive(cmd.Context(), s, o)
	}
	return s.Run(cmd.Context(), o)
}

// sweepOptions returns the options for the runs of a sweep.
func (f *sweepFlags) sweepOptions(progress func(done, total int)) sweep.Options {
	o := sweep.Options{
		Run: f.options(), Workers: f.workers, KeepGoing: f.keepGoing, KeepFailed: f.resume != "" && !f.retry,
		Part: f.share, Progress: progress,
	}
	if f.pictures {
		o.Pictures = sweep.AllPictures
	}
	return o
}

// again adds to the error of a sweep the command that continues it.
func (f *sweepFlags) again(err error, dir string) error {
	part := ""
	if f.part != "" {
		part = " --part " + f.part
	}
	var failed *sweep.FailedRuns
	switch {
	case errors.Is(err, run.ErrInterrupted):
		return fault.Interrupted(fmt.Errorf("interrupted; go on with: infomorph sweep --resume %s%s", dir, part))
	case errors.As(err, &failed):
		return runFailed(fmt.Errorf("%w; try them again with: infomorph sweep --resume %s%s --retry", failed, dir, part))
	}
	return err
}

func (f *sweepFlags) check() (err error) {
	if f.share, err = sweep.ParsePart(f.part); err != nil {
		return err
	}
	switch {
	case f.share.N > 0 && f.out == "" && f.resume == "" && !f.list:
		return errors.New("--part needs --out DIR: a folder of this part, or one that all parts share")
	case f.retry && f.resume == "":
		return errors.New("--retry needs --resume DIR")
	case f.resume != "" && (len(f.over) > 0 || len(f.sets) > 0 || f.out != "" || f.sample != "" || f.zip):
		return errors.New("--resume continues a sweep as it was planned; it cannot be used with --over, --set, --sample, --zip or --out")
	}
	if f.live.paused {
		return errors.New("--live-paused: the runs of a sweep can only be watched; infomorph run --live shows a run that can be paused")
	}
	return f.runFlags.check()
}

// listRuns prints the runs of the plan of a sweep, or of a part of it.
func listRuns(w io.Writer, s *sweep.Sweep, part sweep.Part) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(tw, "RUN\tREPLICATE\tSEED")
	for _, a := range s.Plan.Axes {
		fmt.Fprint(tw, "\t", a.Path)
	}
	fmt.Fprintln(tw)
	for i := range s.Plan.Runs {
		r := &s.Plan.Runs[i]
		if !part.Has(r) {
			continue
		}
		fmt.Fprintf(tw, "%d\t%d\t%d", r.Index, r.Replicate, r.Seed)
		for _, v := range r.Values {
			fmt.Fprint(tw, "\t", v)
		}
		fmt.Fprintln(tw)
	}
	return tw.Flush()
}
