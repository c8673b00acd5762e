package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"

	"gonum.org/v1/gonum/stat"

	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/internal/sweep"
)

// writeTrials writes the table of trials.
func (x *searchRunner) writeTrials() error {
	cols, rows := x.table()
	return errors.Join(
		record.WriteTable(filepath.Join(x.dir, "trials.csv"), cols, rows),
		record.WriteTable(filepath.Join(x.dir, "trials.parquet"), cols, rows))
}

// table returns the tidy table, one row a trial.
func (x *searchRunner) table() ([]record.Column, iter.Seq[[]any]) {
	cols := []record.Column{{Name: "trial", Kind: record.Int64}, {Name: "generation", Kind: record.Int64},
		{Name: x.Score, Kind: record.Float64}, {Name: "half_ci95", Kind: record.Float64}, {Name: "runs", Kind: record.Int64}}
	fixed := len(cols)
	for _, a := range x.space.Axes {
		kind := record.Float64
		if a.Range.Unit != "" {
			kind = record.Text
		}
		cols = append(cols, record.Column{Name: a.Path, Kind: kind})
	}
	cols = append(cols, record.Column{Name: "error", Kind: record.Text})
	return cols, func(yield func([]any) bool) {
		row := make([]any, len(cols))
		for i := range x.trials {
			t := &x.trials[i]
			mean, half := sweep.Interval(t.scores)
			copy(row, []any{int64(t.index), int64(t.generation), mean, half, int64(len(t.scores))})
			for k, v := range t.values {
				row[fixed+k] = v
				if cols[fixed+k].Kind == record.Float64 {
					row[fixed+k], _ = strconv.ParseFloat(v, 64)
				}
			}
			row[len(row)-1] = t.reason
			if !yield(row) {
				return
			}
		}
	}
}

// report writes the best trial as a scenario, draws, and prints, also of a
// search that was stopped.
func (x *searchRunner) report(w io.Writer, confirmed *sweep.Results) error {
	best := x.best()
	if best == nil {
		return nil
	}
	if err := errors.Join(x.writeBest(best), x.draw(best)); err != nil {
		return runFailed(err)
	}
	if x.flags.json {
		return x.printJSON(w, best, confirmed)
	}
	fmt.Fprintf(w, "%s: %d trials of %d runs; best of %s: %s in trial %d\n\n", x.Scenario, len(x.trials), x.Seeds, x.Score, meanText(best.scores), best.index)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(tw, "SETTING\tSTART\tBEST\n")
	for i, name := range x.names {
		fmt.Fprintf(tw, "%s\t%s\t%s\n", name, x.from[i], best.values[i])
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if confirmed != nil {
		e := x.effect(confirmed)
		fmt.Fprintf(w, "\nWith %d fresh seeds each: start %.4f, best %.4f, difference %.4f (95 %%: %.4f to %.4f)\n",
			x.Confirm, e.MeanA, e.MeanB, e.Difference, e.Low, e.High)
	}
	_, err := fmt.Fprintf(w, "\nscenario: %s\ntable: %s (and .parquet)\n", filepath.Join(x.dir, "best.yaml"), filepath.Join(x.dir, "trials.csv"))
	return err
}

func (x *searchRunner) effect(confirmed *sweep.Results) sweep.Effect {
	p := confirmed.ByPoint()
	return sweep.Compare(p[0].Scores[x.Score], p[1].Scores[x.Score])
}

// writeBest writes the best trial as a scenario of its own.
func (x *searchRunner) writeBest(t *searchTrial) error {
	sc, err := x.with(t.values)
	if err != nil {
		return err
	}
	text, err := sc.Called(sc.Name+"-best", fmt.Sprintf("%s\nThe best of %d trials of a search for %s, trial %d: mean %.4g over %d seeds.",
		sc.Description, len(x.trials), x.Score, t.index, t.mean(), x.Seeds)).Text()
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(x.dir, "best.yaml"), text)
}

// course returns how the score went, by generation: its mean, worst and best
// trial, and the best so far.
func (x *searchRunner) course() []plot.Series {
	mean, top := plot.Series{Name: "generation: mean, worst to best trial"}, plot.Series{Name: "best so far"}
	lead := math.Inf(1)
	for g := 0; g < len(x.trials); g += x.Population {
		var v []float64
		last := min(g+x.Population, len(x.trials))
		for i := range x.trials[g:last] {
			if t := &x.trials[g+i]; t.complete(x.Seeds) {
				v = append(v, t.mean())
				lead = min(lead, x.loss(t))
			}
		}
		if len(v) == 0 {
			continue
		}
		at := float64(last)
		mean.X, mean.Y = append(mean.X, at), append(mean.Y, stat.Mean(v, nil))
		mean.Low, mean.High = append(mean.Low, slices.Min(v)), append(mean.High, slices.Max(v))
		if x.Minimise {
			top.X, top.Y = append(top.X, at), append(top.Y, lead)
		} else {
			top.X, top.Y = append(top.X, at), append(top.Y, -lead)
		}
	}
	return []plot.Series{mean, top}
}

// draw draws the score over the trials, and the best trial's settings.
func (x *searchRunner) draw(best *searchTrial) error {
	course, err := plot.Lines(plot.LinesConfig{Title: "Search for " + x.Score, XLabel: "trials", YLabel: x.Score + " (mean over seeds)",
		Series: x.course(), Markers: len(x.trials) <= 40*x.Population})
	if err != nil {
		return err
	}
	folder := &sweepFolder{dir: x.dir}
	if err := errors.Join(folder.savePicture("search.png", course.PNG), folder.savePicture("search.svg", course.SVG)); err != nil {
		return err
	}
	bars := plot.BarsConfig{Title: fmt.Sprintf("Best trial: %s = %.4g", x.Score, best.mean()), YLabel: "value", Labels: x.names}
	for _, v := range best.values {
		bars.Values = append(bars.Values, sweep.NumberOf(v))
	}
	settings, err := plot.Bars(bars)
	if err != nil {
		return err
	}
	return errors.Join(folder.savePicture("best.png", settings.PNG), folder.savePicture("best.svg", settings.SVG))
}

func (x *searchRunner) printJSON(w io.Writer, best *searchTrial, confirmed *sweep.Results) error {
	type point struct {
		Trial    int               `json:"trial,omitempty"`
		Settings map[string]string `json:"settings"`
		Score    *sweepScore       `json:"score,omitempty"`
		Fresh    *sweepScore       `json:"fresh_seeds,omitempty"`
	}
	settings := func(values []string) map[string]string {
		m := map[string]string{}
		for i, a := range x.space.Axes {
			m[a.Path] = values[i]
		}
		return m
	}
	start, top := point{Settings: settings(x.from)}, point{Trial: best.index, Settings: settings(best.values), Score: scoreJSON(best.scores)}
	if confirmed != nil {
		p := confirmed.ByPoint()
		start.Fresh, top.Fresh = scoreJSON(p[0].Scores[x.Score]), scoreJSON(p[1].Scores[x.Score])
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Scenario string `json:"scenario"`
		Folder   string `json:"folder"`
		Score    string `json:"score"`
		Trials   int    `json:"trials"`
		Start    point  `json:"start"`
		Best     point  `json:"best"`
	}{x.Scenario, x.dir, x.Score, len(x.trials), start, top})
}
