package sweep

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/picture"
)

// maxCurves bounds the curves of a picture, one for each value of the second
// setting.
const maxCurves = 8

// Plot draws each score against the settings into plots/: mean and 95 %
// confidence band over seeds against the first numeric setting, one curve for
// each value of the second; and the mean against both as a map.
func (s *Sweep) Plot(res *design.Results, scores []string) error {
	x, second, ok := plotAxes(res)
	if !ok {
		return nil
	}
	for _, name := range scores {
		cfg := plot.LinesConfig{Title: plot.Readable(name), XLabel: res.Axes[x].Path, YLabel: plot.Readable(name) + ", mean and 95 %", Markers: true, LogX: res.Axes[x].Range != nil && res.Axes[x].Range.Log}
		cfg.Series = curves(res, name, x, second)
		if err := SavePicture(s.Dir, name, &cfg, s.seedsNote(res)); err != nil {
			return err
		}
		if err := s.plotMap(res, name, x, second); err != nil {
			return err
		}
	}
	return nil
}

// seedsNote says what the means are over.
func (s *Sweep) seedsNote(res *design.Results) string {
	return fmt.Sprintf("%s, %d points, each with %d seeds; bands are 95 %% confidence intervals of the mean", s.Base.Name, res.Points(), res.Seeds)
}

// maxMapCells bounds the side of a map.
const maxMapCells = 40

// plotMap draws the mean of a score against two settings as NAME-map,
// where both have at least two values and few enough to be told apart.
func (s *Sweep) plotMap(res *design.Results, score string, x, second int) error {
	if second < 0 {
		return nil
	}
	columns, rows := valuesOf(res, x), valuesOf(res, second)
	if len(columns) < 2 || len(rows) < 2 || len(columns) > maxMapCells || len(rows) > maxMapCells {
		return nil
	}
	at := map[[2]string][]float64{}
	for _, p := range res.ByPoint() {
		key := [2]string{p.Values[second], p.Values[x]}
		at[key] = append(at[key], p.Scores[score]...)
	}
	cfg := plot.MapConfig{Title: plot.Readable(score), XLabel: res.Axes[x].Path, YLabel: res.Axes[second].Path, Rows: rows, Columns: columns, Value: plot.Readable(score) + ", mean",
		Low: math.Inf(1), High: math.Inf(-1)}
	for _, row := range rows {
		line := make([]float64, len(columns))
		for i, column := range columns {
			if line[i], _ = design.Interval(at[[2]string{row, column}]); !math.IsNaN(line[i]) {
				cfg.Low, cfg.High = min(cfg.Low, line[i]), max(cfg.High, line[i])
			}
		}
		cfg.Values = append(cfg.Values, line)
	}
	return SavePicture(s.Dir, score+"-map", &cfg, s.seedsNote(res))
}

// valuesOf returns the values of an axis: numbers by size, words as they come.
func valuesOf(res *design.Results, axis int) []string {
	var all []string
	for _, r := range res.Runs {
		if !slices.Contains(all, r.Values[axis]) {
			all = append(all, r.Values[axis])
		}
	}
	slices.SortStableFunc(all, func(a, b string) int {
		x, y := design.NumberOf(a), design.NumberOf(b)
		if math.IsNaN(x) || math.IsNaN(y) {
			return 0
		}
		return cmp.Compare(x, y)
	})
	return all
}

// SavePicture draws a figure into plots/ of a folder, in every form that a run
// draws its own in.
func SavePicture(dir, name string, cfg plot.Config, note string) error {
	files, err := picture.FilesOf(name, cfg, note)
	if err != nil {
		return fmt.Errorf("picture %s: %w", name, err)
	}
	return KeepPictures(dir, files)
}

// KeepPictures puts files into plots/ of a folder.
func KeepPictures(dir string, files []picture.File) error {
	for _, f := range files {
		if err := record.WriteSummed(dir, "plots/"+f.Name, f.Data); err != nil {
			return err
		}
	}
	return nil
}

// plotAxes chooses the axis to draw against, the first whose values are
// numbers with at most a unit, and the one that tells curves apart (-1: none).
func plotAxes(res *design.Results) (x, second int, ok bool) {
	x, second = -1, -1
	for i := range res.Axes {
		switch {
		case x < 0 && slices.IndexFunc(res.Runs, func(r design.Run) bool { return math.IsNaN(design.NumberOf(r.Values[i])) }) < 0:
			x = i
		case second < 0:
			second = i
		}
	}
	return x, second, x >= 0 && res.Axes[x].Path != "seed"
}

// place is the values of a score at one place of a curve.
type place struct {
	x      float64
	scores []float64
}

// curves gathers what a score is along the x axis. In a sweep of more than
// two settings the others are pooled, as are the points of a random sample
// where too many values of the second setting would give too many curves.
func curves(res *design.Results, score string, x, second int) []plot.Series {
	names, byName := []string{}, map[string][]place{}
	distinct := map[string]bool{}
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
		if _, ok := byName[name]; !ok {
			names = append(names, name)
		}
		if v := p.Scores[score]; len(v) > 0 {
			byName[name] = append(byName[name], place{design.NumberOf(p.Values[x]), v})
		}
	}
	var all []plot.Series
	for _, name := range names {
		all = append(all, curve(name, byName[name]))
	}
	return all
}

func curve(name string, places []place) plot.Series {
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.x, b.x) })
	s := plot.Series{Name: name}
	for i := 0; i < len(places); {
		at := places[i].x
		var v []float64
		for ; i < len(places) && places[i].x == at; i++ {
			v = append(v, places[i].scores...)
		}
		mean, half := design.Interval(v)
		if math.IsNaN(half) {
			half = 0
		}
		s.X, s.Y = append(s.X, at), append(s.Y, mean)
		s.Low, s.High = append(s.Low, mean-half), append(s.High, mean+half)
	}
	return s
}
