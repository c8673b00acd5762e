package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
	"infomorph/scenarios/sweep"
)

// Trial is one trial: settings and the results of their runs.
type Trial struct {
	Generation, Index int // from 1
	Values            []string
	Scores            []float64 // of the runs that have the score
	Reason            string    // of a run that failed
}

// complete reports whether every run has a finite score.
func (t *Trial) complete(seeds int) bool {
	return len(t.Scores) == seeds && !math.IsNaN(t.Mean()) && !math.IsInf(t.Mean(), 0)
}

// Mean returns the mean score of the trial.
func (t *Trial) Mean() float64 { return stat.Mean(t.Scores, nil) }

func (t *Trial) why() string {
	if t.Reason != "" {
		return t.Reason
	}
	return "its runs have no such score, or it is not a number; infomorph explain lists them"
}

// Options define how the runs of a search are done. Results do not depend on them.
type Options struct {
	Run     run.Options // of each run; the search sets folder and workers
	Workers int         // number of concurrent runs; 0: one per core
	// Progress is called with the progress of the search, in the phases runs and confirm.
	// It may be nil.
	Progress func(phase string, done, total int)
}

// Outcome is the result of a search, which may have been stopped.
type Outcome struct {
	Trials    []Trial
	Best      *Trial          // nil: no trial has the score
	Confirmed *design.Results // of the start and the best trial, with new seeds; nil: none
}

// Effect compares the best trial with the start, over the new seeds.
func (o *Outcome) Effect(score string) design.Effect {
	p := o.Confirmed.ByPoint()
	return design.Compare(p[0].Scores[score], p[1].Scores[score])
}

// runner is a search in progress.
type runner struct {
	*Search
	Options
	trials []Trial
}

// Run executes one generation after the other, and writes tables, pictures and the best
// trial as a scenario. It treats generations that are done in the same way as new ones.
// Their runs exist already, so they take no time and lead to the same next generation.
func (s *Search) Run(ctx context.Context, o Options) (*Outcome, error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	x := &runner{Search: s, Options: o}
	err := x.runAll(ctx)
	out := &Outcome{}
	if err == nil && s.Confirm > 0 {
		out.Confirmed, err = x.confirm(ctx)
	}
	out.Trials, out.Best = x.trials, x.best()
	if out.Best != nil {
		err = errors.Join(fault.Failed(errors.Join(x.writeBest(out.Best), x.draw(out.Best), run.WriteReportMany(x.Dir))), err)
	}
	return out, err
}

func (x *runner) runAll(ctx context.Context) error {
	s := NewStrategy(x.start, x.Step, x.Population, x.Base.Seed)
	defer s.Close()
	return x.follow(ctx, s)
}

// follow runs the trials that a strategy asks for.
func (x *runner) follow(ctx context.Context, s *Strategy) error {
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
			return fault.Failed(err)
		}
		if failed == len(all) {
			return fault.Failed(fmt.Errorf("no trial of generation %d has a score %s: %s", g, x.Score, all[0].why()))
		}
		if s.Tell(losses) != nil {
			return nil //nolint:nilerr // it has converged
		}
	}
	return nil
}

// loss returns the quantity that the strategy minimises.
func (x *runner) loss(t *Trial) float64 {
	switch {
	case !t.complete(x.Seeds):
		return math.Inf(1)
	case x.Minimise:
		return t.Mean()
	}
	return -t.Mean()
}

// generation runs the trials of a generation as a sweep.
func (x *runner) generation(ctx context.Context, g int, points [][]float64) ([]Trial, error) {
	values := make([][]string, len(points))
	for i, p := range points {
		values[i] = x.space.Values(p)
	}
	before := len(x.trials) * x.Seeds
	total := (x.Trials + x.Population - 1) / x.Population * x.Population * x.Seeds
	res, err := x.sweep(ctx, filepath.Join("generations", fmt.Sprintf("%04d", g)), values,
		func(done, _ int) { x.Progress("runs", before+done, total) })
	if err != nil {
		return nil, err
	}
	all := make([]Trial, len(points))
	for i := range all {
		all[i] = Trial{Generation: g, Index: len(x.trials) + i + 1, Values: values[i]}
	}
	x.judge(all, res)
	return all, nil
}

// judge gives trials the scores of their runs, and the reason of the first run that failed.
func (x *runner) judge(all []Trial, res *design.Results) {
	for k := range res.Runs {
		t, o := &all[res.Runs[k].Point-1], &res.Outcomes[k]
		if v, ok := o.Scores[x.Score]; ok {
			t.Scores = append(t.Scores, v)
		}
		if o.Status == record.StatusFailed && t.Reason == "" {
			t.Reason = o.Reason
		}
	}
}

// confirmFolder is the folder of the sweep with new seeds.
const confirmFolder = "confirm"

// confirm runs the start and the best trial with new seeds, and on test items, which the
// search has not used. The score of the best of many trials is partly due to chance; the
// score of these runs is not.
func (x *runner) confirm(ctx context.Context) (*design.Results, error) {
	best := x.best()
	if best == nil {
		return nil, nil
	}
	return x.sweep(ctx, confirmFolder, [][]string{x.From, best.Values},
		func(done, _ int) { x.Progress(confirmFolder, done, 2*x.Confirm) })
}

// best returns the trial with the best mean; the first one if several are equal.
func (x *runner) best() *Trial {
	var best *Trial
	for i := range x.trials {
		if t := &x.trials[i]; t.complete(x.Seeds) && (best == nil || x.loss(t) < x.loss(best)) {
			best = t
		}
	}
	return best
}

// plan returns the plan of a sweep through these points.
func (s *Search) plan(name string, points [][]string) (*design.Plan, error) {
	d := design.Design{Axes: s.axes(points), Zip: true, Seeds: s.Seeds, BaseSeed: s.Base.Seed}
	if s.Validation != "" && name != confirmFolder {
		d.Axes = append(d.Axes, design.Axis{Path: "validation", Values: slices.Repeat([]string{s.Validation}, len(points))})
	}
	if name == confirmFolder {
		d.Seeds = s.Confirm
		d.BaseSeed ^= 1 << 40 // differs from all seeds of the search, even if the best trial is the start
	}
	return design.NewPlan(d)
}

// sweep runs settings with several seeds, as a sweep in a subfolder of the search. Failed
// runs are results, too, and are not repeated.
func (x *runner) sweep(ctx context.Context, name string, points [][]string, progress func(done, total int)) (*design.Results, error) {
	plan, err := x.plan(name, points)
	if err != nil {
		return nil, fault.Failed(err)
	}
	s := sweep.Of(x.Base, plan, filepath.Join(x.Dir, name))
	if err := s.Create(); err != nil {
		return nil, fault.Failed(err)
	}
	err = s.Run(ctx, sweep.Options{Run: x.Options.Run, Workers: x.Workers, KeepGoing: true, KeepFailed: true, Progress: progress})
	if errors.Is(err, run.ErrInterrupted) {
		return nil, fault.Interrupted(fmt.Errorf("interrupted; every trial so far is kept in %s", x.Dir))
	}
	res := s.Results()
	for k := range res.Outcomes {
		if res.Outcomes[k].Status == sweep.Pending {
			return nil, err // the folder is not writable
		}
	}
	return res, fault.Failed(s.WriteTables(res))
}

// axes returns the axes of a sweep through these points, in their order.
func (s *Search) axes(points [][]string) []design.Axis {
	var axes []design.Axis
	for _, values := range points {
		for i, set := range s.space.Assignments(values) {
			path, value, _ := strings.Cut(set, "=")
			if i == len(axes) {
				axes = append(axes, design.Axis{Path: path})
			}
			axes[i].Values = append(axes[i].Values, value)
		}
	}
	return axes
}
