package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/stat"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/internal/search"
	"infomorph/internal/sweep"
	"infomorph/scenarios/run"
)

// searchTrial is one trial: settings and what became of their runs.
type searchTrial struct {
	generation, index int // from 1
	values            []string
	scores            []float64 // of the runs that have the score
	reason            string    // of a run that failed
}

// complete reports whether every run has a score that is a number.
func (t *searchTrial) complete(seeds int) bool {
	return len(t.scores) == seeds && !math.IsNaN(t.mean()) && !math.IsInf(t.mean(), 0)
}

func (t *searchTrial) mean() float64 { return stat.Mean(t.scores, nil) }

// searchRunner is a search in progress.
type searchRunner struct {
	*searchFolder
	flags    *runFlags
	progress progress
	trials   []searchTrial
}

// search asks for generations, runs them, and reports. It goes through
// generations that are done already as through the others: their runs are
// there, so they take no time and lead to the same next generation.
func (s *searchFolder) search(cmd *cobra.Command, f *runFlags) error {
	x := &searchRunner{searchFolder: s, flags: f, progress: f.progress(cmd)}
	err := x.runAll(cmd.Context())
	var confirmed *sweep.Results
	if err == nil && s.Confirm > 0 {
		confirmed, err = x.confirm(cmd.Context())
	}
	x.progress.stop()
	return errors.Join(x.report(cmd.OutOrStdout(), confirmed), err)
}

func (x *searchRunner) runAll(ctx context.Context) error {
	s := search.NewStrategy(x.start, x.Step, x.Population, x.base.Seed)
	defer s.Close()
	for g := 1; len(x.trials) < x.Trials; g++ {
		points := s.Ask()
		all, err := x.generation(ctx, g, points)
		if err != nil {
			return err
		}
		losses := make([]float64, len(all))
		failed := 0
		for i := range all {
			losses[i] = x.loss(&all[i])
			if math.IsInf(losses[i], 1) {
				failed++
			}
		}
		x.trials = append(x.trials, all...)
		if err := x.writeTrials(); err != nil {
			return runFailed(err)
		}
		if failed == len(all) {
			return runFailed(fmt.Errorf("no trial of generation %d has a score %s: %s", g, x.Score, all[0].why()))
		}
		if s.Tell(losses) != nil {
			return nil // it has converged
		}
	}
	return nil
}

func (t *searchTrial) why() string {
	if t.reason != "" {
		return t.reason
	}
	return "its runs have no such score, or it is not a number; infomorph explain lists them"
}

// loss is what the strategy lowers.
func (x *searchRunner) loss(t *searchTrial) float64 {
	switch {
	case !t.complete(x.Seeds):
		return math.Inf(1)
	case x.Minimise:
		return t.mean()
	}
	return -t.mean()
}

// generation runs the trials of a generation as a sweep of its own.
func (x *searchRunner) generation(ctx context.Context, g int, points [][]float64) ([]searchTrial, error) {
	values := make([][]string, len(points))
	for i, p := range points {
		values[i] = x.space.Values(p)
	}
	runs := (x.Trials + x.Population - 1) / x.Population * x.Population * x.Seeds
	res, err := x.sweep(ctx, filepath.Join("generations", fmt.Sprintf("%04d", g)), values, x.Seeds,
		stretch{x.progress, "runs", len(x.trials) * x.Seeds, runs})
	if err != nil {
		return nil, err
	}
	all := make([]searchTrial, len(points))
	for i := range all {
		all[i] = searchTrial{generation: g, index: len(x.trials) + i + 1, values: values[i]}
	}
	for k := range res.Runs {
		t, o := &all[res.Runs[k].Point-1], &res.Outcomes[k]
		if v, ok := o.Scores[x.Score]; ok {
			t.scores = append(t.scores, v)
		}
		if o.Status == record.StatusFailed && t.reason == "" {
			t.reason = o.Reason
		}
	}
	return all, nil
}

// confirm runs the start and the best trial with seeds that the search has not
// seen: the best of many is partly luck, which these runs do not have.
func (x *searchRunner) confirm(ctx context.Context) (*sweep.Results, error) {
	best := x.best()
	if best == nil {
		return nil, nil
	}
	return x.sweep(ctx, "confirm", [][]string{x.from, best.values}, x.Confirm, stretch{x.progress, "confirm", 0, 2 * x.Confirm})
}

// best returns the trial with the best mean, the first of equals.
func (x *searchRunner) best() *searchTrial {
	var best *searchTrial
	for i := range x.trials {
		if t := &x.trials[i]; t.complete(x.Seeds) && (best == nil || x.loss(t) < x.loss(best)) {
			best = t
		}
	}
	return best
}

// sweep runs settings over seeds in a sweep folder below that of the search.
// Runs that fail are kept as such: they are results, too.
func (x *searchRunner) sweep(ctx context.Context, name string, points [][]string, seeds int, p progress) (*sweep.Results, error) {
	axes := x.axes(points)
	base := x.base.Seed
	if name == "confirm" {
		base ^= 1 << 40 // no seed of the search, also where its best trial is the start
	}
	plan, err := sweep.NewPlan(sweep.Design{Axes: axes, Zip: true, Seeds: seeds, BaseSeed: base})
	if err != nil {
		return nil, runFailed(err)
	}
	folder := &sweepFolder{dir: filepath.Join(x.dir, name), text: x.text, base: x.base, sweepFile: sweepFile{
		Format: sweepFormat, Scenario: x.Scenario, Source: x.Source, Folder: x.Folder, Sets: x.Sets, Plan: plan}}
	if err := folder.create(); err != nil {
		return nil, runFailed(err)
	}
	flags := &sweepFlags{runFlags: *x.flags, keepGoing: true, resume: folder.dir}
	r := &sweepRunner{sweepFlags: flags, sweepFolder: folder, progress: p}
	err = r.runAll(ctx)
	if errors.Is(err, run.ErrInterrupted) {
		return nil, fault.Interrupted(fmt.Errorf("interrupted; every trial so far is kept, go on with: infomorph search --resume %s", x.dir))
	}
	res := folder.results()
	for k := range res.Outcomes {
		if res.Outcomes[k].Status == pending {
			return nil, err // the folder cannot be written
		}
	}
	return res, runFailed(folder.writeTables(res))
}

// axes returns the axes of a sweep through these points, in their order.
func (x *searchRunner) axes(points [][]string) []sweep.Axis {
	var axes []sweep.Axis
	for _, values := range points {
		for i, set := range x.space.Assignments(values) {
			path, value, _ := strings.Cut(set, "=")
			if i == len(axes) {
				axes = append(axes, sweep.Axis{Path: path})
			}
			axes[i].Values = append(axes[i].Values, value)
		}
	}
	return axes
}

// stretch shows a part of the work as a stretch of the whole.
type stretch struct {
	progress
	phase         string
	before, total int
}

func (s stretch) step(_ string, done, _ int) { s.progress.step(s.phase, s.before+done, s.total) }
func (stretch) stop()                        {}
