package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"infomorph/scenarios/journal"
)

// show reports the results: tables and figures.
func (r *capacityRun) show() error {
	errs := []error{r.out.Table(r.table()), r.showLoads("overlap", "Recall against load", "mean overlap", func(p *point) []float64 { return p.Overlap }),
		r.showLoads("exact", "Patterns recalled without a wrong bit", "share", func(p *point) []float64 { return p.Exact })}
	for _, rule := range r.Rules {
		errs = append(errs, r.showAtoms(rule), r.showBasins(rule), r.showCompletion(rule))
	}
	errs = append(errs, r.showNeurons())
	return errors.Join(errs...)
}

// table lists every test of every trial.
func (r *capacityRun) table() journal.Table {
	t := journal.Table{Name: "capacity", Columns: []string{"rule", "patterns", "load", "test", "overlap", "exact"}}
	for _, rule := range r.Rules {
		for _, p := range r.of(rule) {
			for i := range r.tests {
				t.Rows = append(t.Rows, []any{p.Rule, p.Patterns, r.load(&p), r.tests[i].Name, p.Overlap[i], p.Exact[i]})
			}
		}
	}
	return t
}

func (r *capacityRun) load(p *point) float64 { return float64(p.Patterns) / r.unit }

// showLoads draws one curve for each rule and test against load.
func (r *capacityRun) showLoads(name, title, y string, of func(*point) []float64) error {
	l := journal.Lines{Title: title, X: "patterns per " + r.Per, Y: y, Direct: true}
	if name == "overlap" {
		l.Dashed = []journal.Reference{{Name: "criterion", Y: r.Criterion}}
	}
	for _, rule := range r.Rules {
		for k := range r.Recall {
			s := journal.Series{Name: rule, Strong: rule == "online" || rule == "batch"}
			if len(r.Recall) > 1 {
				s.Name += ", " + r.Recall[k].Name
			}
			for _, p := range r.of(rule) {
				s.X, s.Y = append(s.X, r.load(&p)), append(s.Y, of(&p)[k])
			}
			l.Series = append(l.Series, s)
		}
	}
	return r.out.Figure(name, l)
}

// showAtoms draws the information atoms of the neurons against load (Makkeh et al. 2025,
// associative memory: redundancy below capacity, synergy beyond).
func (r *capacityRun) showAtoms(rule string) error {
	l := journal.Lines{Title: "Information against load, " + rule, X: "patterns per " + r.Per, Y: "information [bit], mean over neurons"}
	for _, q := range []string{"unq_r", "unq_c", "red", "syn", "h_res"} {
		series := journal.Series{Name: q}
		for _, p := range r.of(rule) {
			if v, ok := p.Scores.Values["atoms."+q]; ok {
				series.X, series.Y = append(series.X, r.load(&p)), append(series.Y, v)
			}
		}
		l.Series = append(l.Series, series)
	}
	if len(l.Series[0].X) == 0 {
		return nil
	}
	return r.out.Figure("atoms-"+rule, l)
}

// showBasins maps recall against load and share of flipped bits.
func (r *capacityRun) showBasins(rule string) error {
	points := r.of(rule)
	if len(r.Flipped) == 0 || len(points) == 0 {
		return nil
	}
	m := journal.Map{Title: "Mean overlap from damaged cues, " + rule, X: "patterns per " + r.Per, Y: "bits flipped", Value: "mean overlap"}
	for _, p := range points {
		m.Columns = append(m.Columns, fmt.Sprintf("%.3g", r.load(&p)))
	}
	for i := range slices.Backward(r.Flipped) {
		m.Rows = append(m.Rows, percent(float64(r.Flipped[i])))
		var row []float64
		for _, p := range points {
			row = append(row, p.Overlap[len(r.Recall)+i])
		}
		m.Cells = append(m.Cells, row)
	}
	return r.out.Figure("basins-"+rule, m)
}

// completionCurves limits the curves of a picture.
const completionCurves = 8

// showCompletion draws recall against the share of known bits, with one curve for each
// load.
func (r *capacityRun) showCompletion(rule string) error {
	points := r.of(rule)
	if len(r.Known) == 0 || len(points) == 0 {
		return nil
	}
	l := journal.Lines{Title: "Recall while a part of the bits is held, " + rule, X: "share of bits that is known", Y: "mean overlap",
		Dashed: []journal.Reference{{Name: "criterion", Y: r.Criterion}}}
	first := len(r.Recall) + len(r.Flipped)
	every := (len(points) + completionCurves - 1) / completionCurves
	for k := 0; k < len(points); k += every {
		s := journal.Series{Name: fmt.Sprintf("load %.3g", r.load(&points[k]))}
		for i, f := range r.Known {
			s.X, s.Y = append(s.X, float64(f)), append(s.Y, points[k].Overlap[first+i])
		}
		l.Series = append(l.Series, s)
	}
	return r.out.Figure("completion-"+rule, l)
}

// scoreBasin reports the basin of attraction at the smallest load: the share of flipped
// bits up to which recall meets the criterion. It interpolates linearly between the
// measured shares.
func (r *capacityRun) scoreBasin(rule string) {
	trials := r.of(rule)
	if len(r.Flipped) == 0 || len(trials) == 0 {
		return
	}
	share, overlap, basin := 0.0, trials[0].Overlap[0], 0.0
	for k, f := range r.Flipped {
		next := trials[0].Overlap[len(r.Recall)+k]
		if overlap < r.Criterion {
			break
		}
		if basin = float64(f); next < r.Criterion {
			basin = share + (float64(f)-share)*(overlap-r.Criterion)/(overlap-next)
		}
		share, overlap = float64(f), next
	}
	r.out.Score("basin."+rule, basin, math.NaN())
}

// scoreTime reports the learning time at the largest load that was learned.
func (r *capacityRun) scoreTime(rule string) {
	for _, p := range slices.Backward(r.of(rule)) {
		if p.Learned > 0 {
			r.out.Score("learning_time."+rule, p.Learned, math.NaN())
			return
		}
	}
}

// showNeurons reports the final values of each neuron in every trial of the online rule,
// together with the neuron's measures in the graph.
func (r *capacityRun) showNeurons() error {
	all := journal.Table{Name: "neurons"}
	for _, p := range r.of("online") {
		n := p.Scores.Neurons
		if n == nil {
			continue
		}
		all.Columns = append([]string{"patterns", "load"}, n.Columns...)
		for _, row := range n.Rows {
			cells := []any{p.Patterns, r.load(&p)}
			for _, v := range row {
				cells = append(cells, v)
			}
			all.Rows = append(all.Rows, cells)
		}
		for _, name := range p.Scores.Names {
			if strings.HasPrefix(name, "graph.") {
				r.out.Score(name, p.Scores.Values[name], math.NaN())
			}
		}
	}
	if len(all.Rows) == 0 {
		return nil
	}
	return r.out.Table(all)
}

// showStream reports how each test recalled the last patterns of a stream, the latest
// first.
func (r *capacityRun) showStream(p *point) error {
	from := p.Scores.recall
	table := journal.Table{Name: "streaming", Columns: []string{"test", "patterns_since", "cue_overlap", "overlap", "wrong_bits", "no_evidence"}}
	at := make([]int, len(table.Columns))
	for i, name := range table.Columns {
		if at[i] = slices.Index(from.Columns, name); at[i] < 0 {
			return fmt.Errorf("capacity: the table of recall has no column %s", name)
		}
	}
	title := "Recall against age"
	if span := p.Scores.Values["recall.buffer"] - 1; span > 0 {
		title += fmt.Sprintf(", rehearsing from %.0f patterns before", span)
	}
	age := journal.Lines{Title: title, X: "patterns presented since", Y: "overlap",
		Dashed: []journal.Reference{{Name: "criterion", Y: r.Criterion}}}
	for _, t := range r.Recall {
		line := journal.Series{Name: t.Name + " cues, " + strings.ReplaceAll(t.Dynamics, "_", " ")}
		for _, row := range from.Rows {
			if row[at[0]] != t.Name {
				continue
			}
			cells := make([]any, len(at))
			for i, k := range at {
				cells[i] = row[k]
			}
			table.Rows = append(table.Rows, cells)
			line.X, line.Y = append(line.X, float64(cells[1].(int))), append(line.Y, cells[3].(float64))
		}
		age.Series = append(age.Series, line)
	}
	return errors.Join(r.out.Table(table), r.out.Figure("age", age))
}

// percent writes a share as a percentage.
func percent(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }
