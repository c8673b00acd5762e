package sweep

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/picture"
)

// maxCurves limits the curves of a picture. There is one for each value of the second
// setting.
const maxCurves = 8

// Plot draws each score against the settings into plots/. One picture shows the mean and
// its 95 % interval over seeds against the first numeric setting, with one curve for each
// value of the second setting. A map shows the mean against both. If there are more
// settings, each combination of their values has its own pictures, and one more map shows
// all settings. All maps of a score use the same colour scale.
func (s *Sweep) Plot(res *design.Results, scores []string) error {
	x, second, ok := plotAxes(res)
	if !ok {
		return nil
	}
	panels := panelsOf(res, x, second)
	for _, name := range scores {
		colours := coloursOf(res, name)
		for i := range panels {
			if err := s.plotPanel(name, &panels[i], x, second); err != nil {
				return err
			}
			m := mapAxes{columns: []int{x}, rows: []int{second}}
			if err := s.plotMap(&panels[i], name, m, colours); err != nil {
				return err
			}
		}
		if len(panels) < 2 {
			continue
		}
		if err := s.plotMap(&panel{res: res}, name, nested(res, x, second), colours); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sweep) plotPanel(score string, p *panel, x, second int) error {
	axis := &p.res.Axes[x]
	cfg := plot.LinesConfig{Title: plot.Readable(score) + p.title, XLabel: axis.Path, YLabel: plot.Readable(score), Markers: true,
		LogX: axis.Range != nil && axis.Range.Log}
	var least, most int
	cfg.Series, least, most = curves(p.res, score, x, second)
	if len(cfg.Series) == 0 { // no run has the score
		return nil
	}
	cfg.Note = design.Caption(least, most)
	return SavePicture(s.Dir, score+p.file, &cfg, s.Base.Name)
}

// panel is the runs of a sweep with equal values in all settings except the two that a
// picture shows.
type panel struct {
	res         *design.Results
	file, title string // suffixes of file names and titles
	point       int    // point of the last run, in the whole sweep
	points      int    // number of points so far
}

// add adds a run. It changes the number of its point, so that the points of a panel count
// from 1.
func (p *panel) add(run design.Run, o design.Outcome) {
	r := p.res
	if n := len(r.Runs); n == 0 || p.point != run.Point {
		p.points, p.point = p.points+1, run.Point
	}
	run.Point = p.points
	r.Runs, r.Outcomes = append(r.Runs, run), append(r.Outcomes, o)
}

// maxPanels limits the panels of a score.
const maxPanels = 64

// panelsOf divides the runs by the values of further settings. If there are none, or the
// points are not a grid, there is one panel.
func panelsOf(res *design.Results, x, second int) (panels []panel) {
	var further []int
	for i, a := range res.Axes {
		if i != x && i != second && a.Path != "seed" {
			further = append(further, i)
		}
	}
	if len(further) == 0 || res.Sample != "" || res.Zip {
		return []panel{{res: res}}
	}
	at := map[string]int{}
	for k := range res.Runs {
		var words, titles []string
		for _, i := range further {
			words = append(words, res.Axes[i].Path+"="+res.Runs[k].Values[i])
			titles = append(titles, plot.Readable(res.Axes[i].Path)+" = "+res.Runs[k].Values[i])
		}
		key := strings.Join(words, ", ")
		i, ok := at[key]
		if !ok {
			if len(panels) == maxPanels {
				continue
			}
			i = len(panels)
			at[key] = i
			part := &design.Results{Plan: &design.Plan{Design: res.Design}}
			panels = append(panels, panel{res: part, file: "@" + panelName(words), title: ", " + strings.Join(titles, ", ")})
		}
		panels[i].add(res.Runs[k], res.Outcomes[k])
	}
	return panels
}

// panelName makes a part of a file name from settings, with the last word of each path.
func panelName(words []string) string {
	short := make([]string, len(words))
	for i, w := range words {
		path, value, _ := strings.Cut(w, "=")
		short[i] = path[strings.LastIndexByte(path, '.')+1:] + "=" + value
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("=,.+-_", r) {
			return r
		}
		return '_'
	}, strings.Join(short, ","))
}

// PlotSeeds draws the scores of runs that only differ in their seed: their mean with its
// 95 % interval and, if there are few runs, each of them.
func (s *Sweep) PlotSeeds(res *design.Results, scores []string) error {
	mean := plot.Series{Name: "mean and 95 % interval", Strong: true}
	each := plot.Series{Name: "a run"}
	least, most := math.MaxInt, 0
	for i, name := range scores {
		var all []float64
		for _, p := range res.ByPoint() {
			all = append(all, p.Scores[name]...)
		}
		if len(all) == 0 {
			continue
		}
		least, most = min(least, len(all)), max(most, len(all))
		m, low, high, few := design.Band(all)
		mean.X, mean.Y = append(mean.X, float64(i)), append(mean.Y, m)
		mean.Low, mean.High = append(mean.Low, low), append(mean.High, high)
		for _, v := range few {
			each.X, each.Y = append(each.X, float64(i)), append(each.Y, v)
		}
	}
	if len(mean.X) == 0 {
		return nil
	}
	cfg := plot.LinesConfig{Title: "Scores over seeds", YLabel: "score", Ticks: scores, Series: []plot.Series{mean}, Zero: true}
	if len(each.X) > 0 {
		cfg.Series = []plot.Series{each, mean}
	}
	return SavePicture(s.Dir, "scores", &cfg, fmt.Sprintf("%s: %s", s.Base.Name, design.Caption(least, most)))
}

// maxMapCells limits the side of a map.
const maxMapCells = 40

// mapAxes are the settings below and at the left of a map. If there are several on a
// side, the last one changes from cell to cell.
type mapAxes struct{ columns, rows []int }

// nested returns the axes of a map with all settings. It distributes those other than x
// and second over rows and columns.
func nested(res *design.Results, x, second int) mapAxes {
	m := mapAxes{columns: []int{x}, rows: []int{second}}
	for i, a := range res.Axes {
		switch {
		case i == x || i == second || a.Path == "seed":
		case len(m.rows) <= len(m.columns):
			m.rows = slices.Insert(m.rows, len(m.rows)-1, i)
		default:
			m.columns = slices.Insert(m.columns, len(m.columns)-1, i)
		}
	}
	return m
}

// label returns the path of a single axis, or the last words of the paths of several.
func label(res *design.Results, axes []int) string {
	if len(axes) == 1 {
		return res.Axes[axes[0]].Path
	}
	names := make([]string, len(axes))
	for k, i := range axes {
		path := res.Axes[i].Path
		names[k] = plot.Readable(path[strings.LastIndexByte(path, '.')+1:])
	}
	return strings.Join(names, ", ")
}

// placesOn returns the places along a side of a map: every combination of the values of
// its axes.
func placesOn(res *design.Results, axes []int) []string {
	all := []string{""}
	for k, i := range axes {
		var next []string
		for _, before := range all {
			for _, v := range valuesOf(res, i) {
				if k > 0 {
					v = before + ", " + v
				}
				next = append(next, v)
			}
		}
		all = next
	}
	return all
}

// placeOf returns the place of a point along a side.
func placeOf(p *design.Point, axes []int) string {
	values := make([]string, len(axes))
	for k, i := range axes {
		values[k] = p.Values[i]
	}
	return strings.Join(values, ", ")
}

// colours are the means at the two ends of the colour scale of maps.
type colours struct{ low, high float64 }

func coloursOf(res *design.Results, score string) colours {
	c := colours{math.Inf(1), math.Inf(-1)}
	for _, p := range res.ByPoint() {
		if mean, _ := design.Interval(p.Scores[score]); !math.IsNaN(mean) {
			c.low, c.high = min(c.low, mean), max(c.high, mean)
		}
	}
	return c
}

// plotMap draws the mean of a score against settings as NAME-map. It draws nothing if a
// side has fewer than two places or more than maxMapCells.
func (s *Sweep) plotMap(p *panel, score string, m mapAxes, c colours) error {
	res := p.res
	if slices.Contains(m.rows, -1) || !(c.low <= c.high) {
		return nil
	}
	columns, rows := placesOn(res, m.columns), placesOn(res, m.rows)
	if len(columns) < 2 || len(rows) < 2 || len(columns) > maxMapCells || len(rows) > maxMapCells {
		return nil
	}
	at := map[[2]string][]float64{}
	for _, p := range res.ByPoint() {
		key := [2]string{placeOf(&p, m.rows), placeOf(&p, m.columns)}
		at[key] = append(at[key], p.Scores[score]...)
	}
	cfg := plot.MapConfig{Title: plot.Readable(score) + p.title, XLabel: label(res, m.columns), YLabel: label(res, m.rows), Rows: rows, Columns: columns, Value: plot.Readable(score) + ", mean",
		Low: c.low, High: c.high}
	for _, row := range rows {
		line := make([]float64, len(columns))
		for i, column := range columns {
			line[i], _ = design.Interval(at[[2]string{row, column}])
		}
		cfg.Values = append(cfg.Values, line)
	}
	return SavePicture(s.Dir, score+p.file+"-map", &cfg, s.Base.Name+": means over seeds")
}

// valuesOf returns the values of an axis: numbers by size, words in the order in which
// they occur.
func valuesOf(res *design.Results, axis int) []string {
	var all []string
	for _, r := range res.Runs {
		if !slices.Contains(all, r.Values[axis]) {
			all = append(all, r.Values[axis])
		}
	}
	at := placesOf(all)
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(at[a], at[b]) }) // words are all NaN
	return all
}

// placesOf returns the position of each value of an axis; NaN if the values are not
// numbers.
func placesOf(values []string) map[string]float64 {
	at := map[string]float64{}
	for i, x := range design.Numbers(values) {
		at[values[i]] = x
	}
	return at
}

// on returns the value of each run on an axis.
func on(res *design.Results, axis int) []string {
	values := make([]string, len(res.Runs))
	for i, r := range res.Runs {
		values[i] = r.Values[axis]
	}
	return values
}

// SavePicture draws a figure into plots/ of a folder, in the same file formats as the
// pictures of a run.
func SavePicture(dir, name string, cfg plot.Config, note string) error {
	files, err := picture.FilesOf(name, cfg, note)
	if err != nil {
		return fmt.Errorf("picture %s: %w", name, err)
	}
	return KeepPictures(dir, files)
}

// KeepPictures writes files into plots/ of a folder.
func KeepPictures(dir string, files []picture.File) error {
	for _, f := range files {
		if err := record.WriteSummed(dir, "plots/"+f.Name, f.Data); err != nil {
			return err
		}
	}
	return nil
}

// plotAxes returns the axis for x, which is the first with numbers as values, and the
// axis that distinguishes curves (-1: none).
func plotAxes(res *design.Results) (x, second int, ok bool) {
	x, second = -1, -1
	for i := range res.Axes {
		switch {
		case res.Axes[i].Path == "seed":
		case x < 0 && !slices.ContainsFunc(design.Numbers(on(res, i)), math.IsNaN):
			x = i
		case second < 0:
			second = i
		}
	}
	return x, second, x >= 0
}

// place holds the values of a score at one place of a curve.
type place struct {
	x      float64
	scores []float64
}

// curves returns the curves of a score against x, and the smallest and largest number of
// seeds of a point. If the second setting has too many values, as in a random sample, all
// points are in one curve.
func curves(res *design.Results, score string, x, second int) (all []plot.Series, least, most int) {
	names, byName := []string{}, map[string][]place{}
	at, distinct := placesOf(on(res, x)), map[string]bool{}
	if second >= 0 {
		for _, r := range res.Runs {
			distinct[r.Values[second]] = true
		}
	}
	for _, p := range res.ByPoint() {
		name := ""
		if len(distinct) > 0 && len(distinct) <= maxCurves {
			name = res.Axes[second].Path + " = " + p.Values[second]
		}
		if v := p.Scores[score]; len(v) > 0 {
			if byName[name] == nil {
				names = append(names, name)
			}
			byName[name] = append(byName[name], place{at[p.Values[x]], v})
		}
	}
	least = math.MaxInt
	for _, name := range names {
		all = append(all, curve(name, byName[name], &least, &most))
	}
	return all, least, most
}

func curve(name string, places []place, least, most *int) plot.Series {
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.x, b.x) })
	s := plot.Series{Name: name}
	for i := 0; i < len(places); {
		at := places[i].x
		var v []float64
		for ; i < len(places) && places[i].x == at; i++ {
			v = append(v, places[i].scores...)
		}
		*least, *most = min(*least, len(v)), max(*most, len(v))
		mean, low, high, each := design.Band(v)
		s.X, s.Y = append(s.X, at), append(s.Y, mean)
		s.Low, s.High, s.Each = append(s.Low, low), append(s.High, high), append(s.Each, each)
	}
	return s
}
