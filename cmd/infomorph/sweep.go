package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/record"
	"infomorph/internal/sweep"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
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
	share     share
}

func newSweepCommand() *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use:   "sweep SCENARIO --over PATH=VALUES...",
		Short: "Run a scenario over settings and seeds, and tabulate its scores",
		Long: "Run a scenario for every combination of the values of some settings, each with\n" +
			"replicates that have seeds of their own, and write one table of settings and scores.\n\n" +
			"An axis is one of:\n  " + strings.ReplaceAll(sweep.AxisForms, "  ", "\n  ") + "\n\n" +
			"Axes can also stand in the scenario, in its sweep section. Every run has a folder of\n" +
			"its own; a sweep that was stopped goes on with --resume, and its table is the same\n" +
			"bytes as if it had never been stopped.",
		Example: "  infomorph sweep associative-memory --over neuron.window=16,32,64,128 --seeds 5\n" +
			"  infomorph sweep my.yaml --over 'neuron.learning.rate=log(0.1,10,5)' --over network.topology.p=lin(0.1,1,4)\n" +
			"  infomorph sweep my.yaml --over 'neuron.learning.rate=log(0.1,10)' --over neuron.window=8..256 --sample lhs:50\n" +
			"  infomorph sweep --resume sweeps/my/20260101T120000Z",
		Args:              scenarioUnlessResumed(&f.resume),
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
		ValidArgsFunction: completeScenario,
	}
	f.addFlags(cmd)
	cmd.AddCommand(newMergeCommand())
	return cmd
}

// scenarioUnlessResumed wants the name of a scenario, or none where the flag
// --resume names a folder to go on with.
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
	fs := cmd.Flags()
	fs.StringArrayVar(&f.over, "over", nil, "a setting and its values (can be repeated; axes are crossed)")
	fs.BoolVar(&f.zip, "zip", false, "take the first values of all axes together, then the second, …")
	fs.StringVar(&f.sample, "sample", "", "lhs:N (Latin hypercube) or random:N points from the intervals of the axes")
	fs.IntVar(&f.seeds, "seeds", 1, "replicates of every point, each with a seed of its own that is recorded")
	fs.StringVar(&f.out, "out", "", "folder of the sweep (default sweeps/<scenario>/<time>)")
	fs.StringVar(&f.format, "format", "parquet", "parquet, or csv for CSV twins of the tables of every run")
	fs.StringSliceVar(&f.scores, "score", nil, "scores to print and plot (default: those with an expectation, else the first three)")
	fs.BoolVar(&f.keepGoing, "keep-going", false, "go on when a run fails; its error goes into the table")
	fs.BoolVar(&f.list, "list", false, "only print the runs and their seeds")
	fs.StringVar(&f.resume, "resume", "", "go on with the sweep in this folder")
	fs.BoolVar(&f.retry, "retry", false, "with --resume: run failed runs again")
	fs.StringVar(&f.part, "part", "", "run only part i/n of the sweep, on this machine; see infomorph sweep merge")
	fs.BoolVar(&f.pictures, "pictures", false, "pictures in the folder of every run, too")
	fs.StringVar(&f.engine.kind, "actors", "none", "neuron, population or none: how each run uses its engine; runs are parallel in any case")
	fs.DurationVar(&f.checkpoint, "checkpoint", time.Minute, "let long runs write a checkpoint this often")
}

func (f *sweepFlags) run(cmd *cobra.Command, args []string) error {
	f.engine.shards = 1
	if err := f.check(); err != nil {
		return badInput(err)
	}
	var s *sweepFolder
	var err error
	if f.resume != "" {
		s, err = openSweep(f.resume)
	} else {
		s, err = f.newSweep(args[0])
	}
	if err != nil {
		return badInput(err)
	}
	if f.list {
		return s.list(cmd.OutOrStdout(), f.share)
	}
	if err := s.createShared(); err != nil {
		return badInput(err)
	}
	x := &sweepRunner{sweepFlags: f, sweepFolder: s, progress: f.progress(cmd)}
	began := time.Now()
	runErr := x.runAll(cmd.Context())
	x.progress.stop()
	if f.share.n > 0 {
		return errors.Join(s.reportPart(cmd, f, time.Since(began)), runErr)
	}
	return errors.Join(s.report(cmd, f, time.Since(began)), runErr)
}

func (f *sweepFlags) check() error {
	if err := f.checkPart(); err != nil {
		return err
	}
	switch {
	case f.format != "parquet" && f.format != "csv":
		return fmt.Errorf("--format: got %q, expected parquet or csv", f.format)
	case f.workers < 1 || f.workers > 4096:
		return fmt.Errorf("--workers: got %d, expected 1 to 4096", f.workers)
	case f.retry && f.resume == "":
		return errors.New("--retry needs --resume DIR")
	case f.resume != "" && (len(f.over) > 0 || len(f.sets) > 0 || f.out != "" || f.sample != "" || f.zip):
		return errors.New("--resume goes on with a sweep as it was planned; leave --over, --set, --sample, --zip and --out out")
	}
	return nil
}

// newSweep plans the sweep of a scenario: its sweep section, with flags before
// it. Every point is checked before anything is run.
func (f *sweepFlags) newSweep(name string) (*sweepFolder, error) {
	text, base, err := readBase(name, f.assignments())
	if err != nil {
		return nil, err
	}
	d, err := f.design(base.Scenario)
	if err != nil {
		return nil, err
	}
	plan, err := sweep.NewPlan(d)
	if err != nil {
		return nil, err
	}
	dir := f.out
	if dir == "" {
		dir = filepath.Join("sweeps", base.Name, time.Now().UTC().Format("20060102T150405.000Z"))
	}
	where, err := filepath.Abs(string(base.Folder))
	if err != nil {
		return nil, err
	}
	s := &sweepFolder{dir: dir, text: text, base: base, sweepFile: sweepFile{
		Format: sweepFormat, Scenario: base.Name, Source: name, Folder: where, Sets: f.assignments(), Plan: plan}}
	return s, s.checkPoints()
}

// design joins the sweep section with the flags.
func (f *sweepFlags) design(s *scenarios.Scenario) (sweep.Design, error) {
	d := sweep.Design{Zip: f.zip, Sample: f.sample, Seeds: f.seeds, BaseSeed: s.Seed}
	over := f.over
	if s.Sweep != nil {
		if len(over) == 0 {
			over = s.Sweep.Over
		}
		if d.Sample == "" {
			d.Sample = s.Sweep.Sample
		}
		if d.Seeds == 1 {
			d.Seeds = s.Sweep.Seeds
		}
		d.Zip = d.Zip || s.Sweep.Zip
	}
	var errs []error
	for _, text := range over {
		a, err := sweep.ParseAxis(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--over %w", err))
		}
		d.Axes = append(d.Axes, a)
	}
	if len(over) == 0 && d.Seeds == 1 {
		errs = append(errs, errors.New("nothing to sweep: add --over PATH=VALUES, --seeds N or a sweep section"))
	}
	return d, errors.Join(errs...)
}

// readBase reads the scenario that a sweep varies.
func readBase(name string, sets []string) ([]byte, *run.Scenario, error) {
	base, err := loadScenario(name, sets...)
	if err != nil {
		return nil, nil, err
	}
	text, err := run.Text(name)
	return text, base, err
}

// defaultWorkers is how many runs go on at a time: one a core.
func (f *sweepFlags) parallel(runs int) int {
	return max(1, min(f.workers, runs, 4*runtime.GOMAXPROCS(0)))
}

// checkedPoints bounds the points that are checked before a sweep begins.
const checkedPoints = 2000

// checkPoints loads the scenario of every point, up to a limit.
func (s *sweepFolder) checkPoints() error {
	var errs []error
	last := 0
	for i := range s.Plan.Runs {
		r := &s.Plan.Runs[i]
		if r.Point == last || r.Point > checkedPoints {
			continue
		}
		last = r.Point
		if _, err := s.scenario(r); err != nil {
			errs = append(errs, err)
			if len(errs) == 10 {
				errs = append(errs, errors.New("… and maybe more"))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// outcomes reads what became of every run.
func (s *sweepFolder) results() *sweep.Results {
	res := &sweep.Results{Plan: s.Plan, Outcomes: make([]sweep.Outcome, len(s.Plan.Runs))}
	for i := range s.Plan.Runs {
		res.Outcomes[i] = s.outcome(&s.Plan.Runs[i])
	}
	return res
}

const pending = record.Status("pending")
