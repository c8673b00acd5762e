package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"infomorph/internal/plot"
	"infomorph/internal/sweep"
)

// maxCurves bounds the curves of a picture, one for each value of the second
// setting.
const maxCurves = 8

// plot draws each score against the settings into plots/: mean and 95 %
// confidence band over seeds against the first numeric setting, one curve for
// each value of the second.
func (s *sweepFolder) plot(res *sweep.Results, scores []string) error {
	x, second, ok := plotAxes(res)
	if !ok {
		return nil
	}
	for _, name := range scores {
		cfg := plot.LinesConfig{Title: name, XLabel: res.Axes[x].Path, YLabel: name + " (mean, 95 %)", Markers: true, LogX: res.Axes[x].Range != nil && res.Axes[x].Range.Log}
		cfg.Series = curves(res, name, x, second)
		figure, err := plot.Lines(cfg)
		if err != nil {
			return fmt.Errorf("picture %s: %w", name, err)
		}
		for ext, write := range map[string]func(io.Writer) error{".png": figure.PNG, ".svg": figure.SVG} {
			if err := s.savePicture(name+ext, write); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *sweepFolder) savePicture(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("picture %s: %w", name, err)
	}
	dir := filepath.Join(s.dir, "plots")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, name), b.Bytes())
}

// plotAxes chooses the axis to draw against, the first whose values are
// numbers with at most a unit, and the one that tells curves apart (-1: none).
func plotAxes(res *sweep.Results) (x, second int, ok bool) {
	x, second = -1, -1
	for i := range res.Axes {
		switch {
		case x < 0 && slices.IndexFunc(res.Runs, func(r sweep.Run) bool { return math.IsNaN(sweep.NumberOf(r.Values[i])) }) < 0:
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
func curves(res *sweep.Results, score string, x, second int) []plot.Series {
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
			byName[name] = append(byName[name], place{sweep.NumberOf(p.Values[x]), v})
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
		mean, half := sweep.Interval(v)
		if math.IsNaN(half) {
			half = 0
		}
		s.X, s.Y = append(s.X, at), append(s.Y, mean)
		s.Low, s.High = append(s.Low, mean-half), append(s.High, mean+half)
	}
	return s
}
