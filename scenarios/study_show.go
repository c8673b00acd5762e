package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"infomorph/scenarios/design"
	"infomorph/scenarios/journal"
)

// show reports a table of every outcome and, for each panel, a table of means and a
// picture.
func (r *studyRun) show() error {
	errs := []error{r.journal.Table(r.tidy()), r.showNeurons()}
	for i := range r.study.Panels {
		cells := r.of(i)
		if len(cells) == 0 {
			continue
		}
		r.score(cells)
		errs = append(errs, r.journal.Table(r.means(i, cells)), r.journal.Figure(r.study.Panels[i].Name, r.picture(i, cells)))
	}
	return errors.Join(errs...)
}

// of returns the cells of a panel that have an outcome.
func (r *studyRun) of(panel int) (cells []cell) {
	for _, c := range r.cells {
		if c.panel == panel && len(r.shown(&c)) > 0 {
			cells = append(cells, c)
		}
	}
	return cells
}

// values returns a score of every trial of a cell that has it.
func (r *studyRun) values(c *cell, score string) (all []float64) {
	for _, t := range c.trials {
		if v, ok := r.state.Outcomes[t.key].Values[score]; ok {
			all = append(all, v)
		}
	}
	return all
}

// shown returns the values that the picture shows of a cell.
func (r *studyRun) shown(c *cell) []float64 { return r.values(c, r.study.scoreOf(c)) }

// tidy is a table with a row for every trial and a column for every score.
func (r *studyRun) tidy() journal.Table {
	var names []string
	for _, c := range r.cells {
		for _, t := range c.trials {
			for _, name := range r.state.Outcomes[t.key].Names {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	table := journal.Table{Name: "study", Columns: append([]string{"panel", "curve", "point", "x", "seed"}, names...)}
	for _, c := range r.cells {
		points, x, _ := r.study.Panels[c.panel].points()
		for _, t := range c.trials {
			o, ok := r.state.Outcomes[t.key]
			if !ok {
				continue
			}
			row := []any{r.study.Panels[c.panel].Name, r.study.curves(&r.study.Panels[c.panel])[c.curve].Name, points[c.point].Name, x[c.point], t.seed}
			for _, name := range names {
				v, ok := o.Values[name]
				if !ok {
					v = math.NaN()
				}
				row = append(row, v)
			}
			table.Rows = append(table.Rows, row)
		}
	}
	return table
}

// score reports the means over seeds as scores with the names study.PANEL.CURVE.POINT.
func (r *studyRun) score(cells []cell) {
	for _, c := range cells {
		p := &r.study.Panels[c.panel]
		points, _, _ := p.points()
		words := []string{"study", p.Name}
		if curve := r.study.curves(&r.study.Panels[c.panel])[c.curve].Name; curve != "" {
			words = append(words, curve)
		}
		words = append(words, strings.ReplaceAll(points[c.point].Name, ".", "_"))
		mean, _ := design.Interval(r.shown(&c))
		r.journal.Score(strings.Join(words, "."), mean, math.NaN())
	}
}

// means is a table of one panel to read: a row for every point, a column for every curve.
func (r *studyRun) means(panel int, cells []cell) journal.Table {
	p := &r.study.Panels[panel]
	points, _, _ := p.points()
	table := journal.Table{Name: "study-" + p.Name, Columns: []string{p.Name}, Instead: "study." + p.Name + "."}
	for _, curve := range r.study.curves(p) {
		table.Columns = append(table.Columns, orText(curve.Name, orText(curve.Score, r.study.heading(p))))
	}
	for k, point := range points {
		row := make([]any, len(table.Columns))
		for i := range row {
			row[i] = ""
		}
		row[0] = point.Name
		for _, c := range cells {
			if c.point == k {
				row[1+c.curve] = meanText(r.shown(&c))
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// meanText writes a mean. For two or more values it adds half the width of the 95 %
// confidence interval.
func meanText(values []float64) string {
	mean, half := design.Interval(values)
	if len(values) < 2 {
		return fmt.Sprintf("%.3f", mean)
	}
	return fmt.Sprintf("%.3f ± %.3f", mean, half)
}

// picture shows a panel: means and their 95 % intervals over seeds, and the single seeds
// if there are few.
func (r *studyRun) picture(panel int, cells []cell) journal.Lines {
	p := &r.study.Panels[panel]
	points, x, numeric := p.points()
	l := journal.Lines{Title: orText(p.Title, p.Name), X: p.Label, Y: r.study.heading(p)}
	if !numeric && p.Against == "" {
		for _, point := range points {
			l.Ticks = append(l.Ticks, point.Name)
		}
	}
	a, _ := design.ParseAxis(p.Over) // empty if there are points instead
	l.X = orText(orText(orText(l.X, a.Path), p.Against), p.Name)
	l.LogX = a.Range != nil && a.Range.Log
	least, most := math.MaxInt, 1
	for c, curve := range r.study.curves(p) {
		s := journal.Series{Name: curve.Name}
		for _, cell := range cells {
			if cell.curve != c {
				continue
			}
			at := x[cell.point]
			if p.Against != "" {
				at, _ = design.Interval(r.values(&cell, p.Against))
			}
			v := r.shown(&cell)
			least, most = min(least, len(v)), max(most, len(v))
			mean, low, high, each := design.Band(v)
			s.X, s.Y = append(s.X, at), append(s.Y, mean)
			s.Low, s.High, s.Each = append(s.Low, low), append(s.High, high), append(s.Each, each)
		}
		l.Series = append(l.Series, sorted(s))
	}
	l.Note = design.Caption(least, most)
	if p.Law != 0 {
		l.Series = append(l.Series, p.law(l.Series))
	}
	return l
}

// law returns the line y = law·x over the range of the other curves.
func (p *Panel) law(others []journal.Series) journal.Series {
	most := 0.0
	for _, s := range others {
		for _, x := range s.X {
			most = max(most, x)
		}
	}
	return journal.Series{Name: fmt.Sprintf("%g · x", p.Law), X: []float64{0, most}, Y: []float64{0, p.Law * most}}
}

// sorted returns the series in the order of x.
func sorted(s journal.Series) journal.Series {
	order := make([]int, len(s.X))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.X[a], s.X[b]) })
	out := journal.Series{Name: s.Name}
	for _, i := range order {
		out.X, out.Y = append(out.X, s.X[i]), append(out.Y, s.Y[i])
		out.Low, out.High, out.Each = append(out.Low, s.Low[i]), append(out.High, s.High[i]), append(out.Each, s.Each[i])
	}
	return out
}
