package search

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat"

	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/sweep"
)

// writeTrials writes the table of trials.
func (x *runner) writeTrials() error {
	cols, rows := x.table()
	return errors.Join(
		record.SummedTable(x.Dir, "trials.csv", cols, rows),
		record.SummedTable(x.Dir, "trials.parquet", cols, rows))
}

// table returns the table of trials, one row for each.
func (x *runner) table() ([]record.Column, iter.Seq[[]any]) {
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
			mean, half := design.Interval(t.Scores)
			copy(row, []any{int64(t.Index), int64(t.Generation), mean, half, int64(len(t.Scores))})
			for k, v := range t.Values {
				row[fixed+k] = v
				if cols[fixed+k].Kind == record.Float64 {
					row[fixed+k], _ = strconv.ParseFloat(v, 64)
				}
			}
			row[len(row)-1] = t.Reason
			if !yield(row) {
				return
			}
		}
	}
}

// writeBest writes the best trial as a new scenario.
func (x *runner) writeBest(t *Trial) error {
	sc, err := x.with(t.Values)
	if err != nil {
		return err
	}
	text, err := sc.Called(sc.Name+"-best", fmt.Sprintf("%s\nThe best of %d trials of a search for %s, trial %d: mean %.4g over %d seeds.",
		sc.Description, len(x.trials), x.Score, t.Index, t.Mean(), x.Seeds)).Text()
	if err != nil {
		return err
	}
	return record.WriteSummed(x.Dir, "best.yaml", text)
}

// course returns the score by generation: mean, worst and best trial of the generation,
// and the best trial so far with its seeds.
func (x *runner) course() []plot.Series {
	mean, top := plot.Series{Name: "generation: mean of trials, worst to best"}, plot.Series{Name: "best so far"}
	var lead *Trial
	for g := 0; g < len(x.trials); g += x.Population {
		var v []float64
		last := min(g+x.Population, len(x.trials))
		for i := range x.trials[g:last] {
			if t := &x.trials[g+i]; t.complete(x.Seeds) {
				v = append(v, t.Mean())
				if lead == nil || x.loss(t) < x.loss(lead) {
					lead = t
				}
			}
		}
		if len(v) == 0 {
			continue
		}
		at := float64(last)
		mean.X, mean.Y = append(mean.X, at), append(mean.Y, stat.Mean(v, nil))
		mean.Low, mean.High = append(mean.Low, slices.Min(v)), append(mean.High, slices.Max(v))
		m, low, high, each := design.Band(lead.Scores)
		top.X, top.Y = append(top.X, at), append(top.Y, m)
		top.Low, top.High, top.Each = append(top.Low, low), append(top.High, high), append(top.Each, each)
	}
	return []plot.Series{mean, top}
}

// draw draws the score over the trials, and the settings of the best trial.
func (x *runner) draw(best *Trial) error {
	course := plot.LinesConfig{Title: "Search for " + plot.Readable(x.Score), XLabel: "trials", YLabel: plot.Readable(x.Score), Note: "best so far: " + design.Caption(x.Seeds, x.Seeds),
		Series: x.course(), Markers: len(x.trials) <= 40*x.Population}
	bars := x.settings(best)
	note := fmt.Sprintf("%s, %d trials", x.Base.Name, len(x.trials))
	return errors.Join(sweep.SavePicture(x.Dir, "search", &course, note), sweep.SavePicture(x.Dir, "best", &bars, note))
}

// settings draws the settings of a trial. If all settings have the same range, such as
// the coefficients of a goal, it draws their values, else the place of each in its range.
func (x *runner) settings(t *Trial) plot.BarsConfig {
	bars := plot.BarsConfig{Title: fmt.Sprintf("Best trial: %s = %.4g", plot.Readable(x.Score), t.Mean()), YLabel: "value", Labels: slices.Clone(x.Names)}
	alike := true
	for _, a := range x.space.Axes {
		alike = alike && *a.Range == *x.space.Axes[0].Range
	}
	for i, text := range t.Values {
		if alike {
			bars.Values = append(bars.Values, design.NumberOf(text))
			continue
		}
		bars.Values = append(bars.Values, x.space.Place(i, design.NumberOf(text)))
		bars.Labels[i] += " = " + text
	}
	if !alike {
		bars.YLabel = "place in the range searched, 0 to 1"
	}
	return bars
}
