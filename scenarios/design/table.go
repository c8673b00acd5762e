package design

import (
	"iter"
	"math"
	"slices"
	"strconv"

	"infomorph/internal/record"
)

// Outcome is the outcome of a run.
type Outcome struct {
	Status record.Status // done or failed; everything else means not run yet
	Reason string        // of a failure
	Scores map[string]float64
}

// Results holds the outcomes of the runs of a plan, by run.
type Results struct {
	*Plan
	Outcomes []Outcome
}

// Scores returns the names of all scores, sorted.
func (r *Results) Scores() []string {
	seen := map[string]bool{}
	var names []string
	for i := range r.Outcomes {
		for name := range r.Outcomes[i].Scores {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// Table returns the results as a table: one row for each run, one column for each setting
// and score. A score that a run does not have is NaN. The table depends on the plan and
// the outcomes only.
func (r *Results) Table() ([]record.Column, iter.Seq[[]any]) {
	cols := []record.Column{
		{Name: "run", Kind: record.Int64}, {Name: "point", Kind: record.Int64}, {Name: "replicate", Kind: record.Int64},
		{Name: "seed", Kind: record.Uint64}, {Name: "status", Kind: record.Text},
	}
	fixed := len(cols)
	var numeric []bool // by axis
	for i, a := range r.Axes {
		numeric = append(numeric, r.numeric(i))
		kind := record.Text
		if numeric[i] {
			kind = record.Float64
		}
		name := a.Path
		if name == "seed" {
			name, kind = "seed_setting", record.Uint64
		}
		cols = append(cols, record.Column{Name: name, Kind: kind})
	}
	scores := r.Scores()
	for _, name := range scores {
		cols = append(cols, record.Column{Name: name, Kind: record.Float64})
	}
	cols = append(cols, record.Column{Name: "error", Kind: record.Text})
	return cols, func(yield func([]any) bool) {
		row := make([]any, len(cols))
		for k := range r.Runs {
			run, out := &r.Runs[k], &r.Outcomes[k]
			copy(row, []any{int64(run.Index), int64(run.Point), int64(run.Replicate), run.Seed, string(out.Status)})
			for i, v := range run.Values {
				row[fixed+i] = v
				if r.Axes[i].Path == "seed" {
					row[fixed+i] = run.Seed
				} else if numeric[i] {
					row[fixed+i], _ = strconv.ParseFloat(v, 64)
				}
			}
			for i, name := range scores {
				row[fixed+len(run.Values)+i] = scoreOf(out, name)
			}
			row[len(row)-1] = out.Reason
			if !yield(row) {
				return
			}
		}
	}
}

func scoreOf(o *Outcome, name string) float64 {
	if v, ok := o.Scores[name]; ok {
		return v
	}
	return math.NaN()
}

// numeric reports whether every value of an axis is a plain number.
func (r *Results) numeric(axis int) bool {
	for k := range r.Runs {
		if v, err := strconv.ParseFloat(r.Runs[k].Values[axis], 64); err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// Point holds the results of one point of the sweep.
type Point struct {
	Values []string
	Done   int
	Scores map[string][]float64 // of the runs that are done
}

// ByPoint groups the replicates of each point.
func (r *Results) ByPoint() []Point {
	points := make([]Point, 0, r.Points())
	for k := range r.Runs {
		run := &r.Runs[k]
		if run.Point > len(points) {
			points = append(points, Point{Values: run.Values, Scores: map[string][]float64{}})
		}
		p := &points[run.Point-1]
		if r.Outcomes[k].Status != record.StatusDone {
			continue
		}
		p.Done++
		for name, v := range r.Outcomes[k].Scores {
			p.Scores[name] = append(p.Scores[name], v)
		}
	}
	return points
}
