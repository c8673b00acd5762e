package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/run"
	"infomorph/scenarios/search"
)

// searchFlags are the flags of infomorph search.
type searchFlags struct {
	runFlags
	search.Design
	resume string
}

func newSearchCommand() *cobra.Command {
	var f searchFlags
	cmd := &cobra.Command{
		Use:   "search SCENARIO",
		Short: "Search the goal, or any settings, that give the best score",
		Long: "Search the settings that give the best score, by covariance matrix adaptation (CMA-ES).\n" +
			"Without --over these are the coefficients of the neurons' goal, for two or three sources,\n" +
			"each from -1 to 1. A trial runs the scenario with several seeds of its own; its value is\n" +
			"the mean of the score. At the end the best trial is compared with the start on new\n" +
			"seeds, and written as a scenario file.\n\n" +
			"A dimension is one of:\n  " + strings.ReplaceAll(search.Forms, "  ", "\n  ") + "\n\n" +
			"Every trial is kept. --resume continues a search that was stopped, and its table is the\n" +
			"same bytes as without the stop, for any number of workers.",
		Example: "  infomorph search bars --score bars.found --set bars.stimuli=3000 --trials 100\n" +
			"  infomorph search hidden-layer --trials 400 --seeds 2 --population 20\n" +
			"  infomorph search memory-50 --over 'neuron.learning.rate=log(0.5,20)' --over neuron.window=16..256\n" +
			"  infomorph search --resume searches/bars/20260101T120000Z",
		Args:              scenarioUnlessResumed(&f.resume),
		RunE:              f.run,
		ValidArgsFunction: completeScenario,
	}
	f.add(cmd)
	fs := cmd.Flags()
	fs.StringArrayVar(&f.Over, "over", nil, "a setting and its range (can be repeated; default: the goal, each coefficient from -1 to 1)")
	fs.StringVar(&f.Score, "score", "", "the score to maximise (default: the first one with an expectation in the scenario)")
	fs.BoolVar(&f.Minimise, "minimise", false, "minimise the score instead")
	fs.IntVar(&f.Trials, "trials", 100, "how many trials, rounded up to whole generations")
	fs.IntVar(&f.Seeds, "seeds", 3, "runs of each trial, each with its own seed, which is recorded")
	fs.IntVar(&f.Confirm, "confirm", 10, "runs of the start and of the best trial with fresh seeds; 0 is none")
	fs.IntVar(&f.Population, "population", 0, "trials of a generation; 0 is 4 + 3·ln(number of settings)")
	fs.Float64Var(&f.Step, "step", 0.2, "spread of the first generation, as a fraction of each range")
	fs.StringVar(&f.out, "out", "", "folder of the search (default searches/<scenario>/<time>)")
	fs.StringVar(&f.resume, "resume", "", "resume the search in this folder")
	fs.StringVar(&f.engine.kind, "actors", "none", "neuron, population or none: how each run uses its engine; runs are parallel in any case")
	fs.DurationVar(&f.checkpoint, "checkpoint", time.Minute, "time between two checkpoints of long runs")
	return cmd
}

func (f *searchFlags) run(cmd *cobra.Command, args []string) error {
	f.format = "parquet"
	if err := f.check(); err != nil {
		return badInput(err)
	}
	s, err := f.open(args)
	if err == nil {
		err = s.Create()
	}
	if err != nil {
		return record.Fault(err)
	}
	p := f.progress(cmd)
	found, err := s.Run(cmd.Context(), search.Options{Run: f.options(), Workers: f.workers, Progress: p.step})
	p.stop()
	if errors.Is(err, run.ErrInterrupted) {
		err = fault.Interrupted(fmt.Errorf("interrupted; every trial so far is kept, go on with: infomorph search --resume %s", s.Dir))
	}
	if found.Best == nil {
		return err
	}
	show := printSearch
	if f.json {
		show = printSearchJSON
	}
	return errors.Join(show(cmd.OutOrStdout(), s, found), err)
}

// open plans a search, or reads the one that --resume names.
func (f *searchFlags) open(args []string) (s *search.Search, err error) {
	if f.resume != "" {
		if len(f.Over) > 0 || len(f.sets) > 0 || f.out != "" || f.seeded() {
			return nil, errors.New("--resume continues a search as it was planned; it cannot be used with --over, --set, --seed or --out")
		}
		s, err = search.Open(f.resume)
	} else {
		s, err = search.New(search.Request{Scenario: args[0], Sets: f.assignments(), Design: f.Design, Dir: f.out})
	}
	if err != nil {
		return nil, err
	}
	s.Base.Room = room.available()
	return s, nil
}
