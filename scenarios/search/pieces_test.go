package search

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"infomorph/scenarios/design"
)

// judged is a search with two trials per generation and the given scores, two for each
// complete trial.
func judged(t *testing.T, minimise bool, scores ...[]float64) *runner {
	t.Helper()
	s := &Search{Design: Design{Score: "s", Seeds: 2, Population: 2, Minimise: minimise}, Names: []string{"a", "b"}, space: *space(t, "a=lin(0,4)", "b=lin(1ms,3ms)")}
	x := &runner{Search: s}
	for i, v := range scores {
		reason := ""
		if len(v) < 2 {
			reason = "it failed"
		}
		x.trials = append(x.trials, Trial{Generation: i/2 + 1, Index: i + 1, Values: []string{fmt.Sprint(i), fmt.Sprint(i+1, "ms")}, Scores: v, Reason: reason})
	}
	return x
}

var nan = math.NaN()

// TestBestTrial: the trial with the best mean, the first if several are equal, among
// those with a score for every run.
func TestBestTrial(t *testing.T) {
	for name, c := range map[string]struct {
		scores   [][]float64
		max, min int // best trial if the score is maximised, or minimised; 0: none
	}{
		"none":                   {nil, 0, 0},
		"one":                    {[][]float64{{1, 2}}, 1, 1},
		"in order":               {[][]float64{{1, 1}, {2, 2}, {3, 3}}, 3, 1},
		"equals":                 {[][]float64{{2, 4}, {3, 3}, {1, 5}}, 1, 1},
		"the mean":               {[][]float64{{0, 9}, {4, 4}, {5, 5}}, 3, 2},
		"a run failed":           {[][]float64{{9}, {1, 2}, {}}, 2, 2},
		"all failed":             {[][]float64{{9}, {}, nil}, 0, 0},
		"not a number":           {[][]float64{{nan, 1}, {1, 2}}, 2, 2},
		"infinite":               {[][]float64{{math.Inf(1), 1}, {1, 2}, {math.Inf(-1), 1}}, 2, 2},
		"more runs than were to": {[][]float64{{9, 9, 9}, {1, 2}}, 2, 2},
	} {
		for minimise, want := range map[bool]int{false: c.max, true: c.min} {
			got := 0
			if best := judged(t, minimise, c.scores...).best(); best != nil {
				got = best.Index
			}
			if got != want {
				t.Errorf("%s, small %v: trial %d, want %d", name, minimise, got, want)
			}
		}
	}
}

// TestLoss: the loss of a trial for the strategy.
func TestLoss(t *testing.T) {
	for _, c := range []struct {
		scores     []float64
		large, low float64
	}{{[]float64{1, 3}, -2, 2}, {[]float64{-1, -1}, 1, -1}, {[]float64{1}, math.Inf(1), math.Inf(1)}, {[]float64{nan, 1}, math.Inf(1), math.Inf(1)}, {nil, math.Inf(1), math.Inf(1)}} {
		large, low := judged(t, false, c.scores), judged(t, true, c.scores)
		if a, b := large.loss(&large.trials[0]), low.loss(&low.trials[0]); a != c.large || b != c.low {
			t.Errorf("%v: %v and %v, want %v and %v", c.scores, a, b, c.large, c.low)
		}
	}
	for reason, want := range map[string]string{"it failed": "it failed", "": "its runs have no such score, or it is not a number; infomorph explain lists them"} {
		if got := (&Trial{Reason: reason}).why(); got != want {
			t.Errorf("%q: %q", reason, got)
		}
	}
}

// TestTrialsInATable: a row for each trial, with missing values empty.
func TestTrialsInATable(t *testing.T) {
	x := judged(t, false, []float64{1, 3}, []float64{5}, nil)
	cols, rows := x.table()
	var names []string
	for _, c := range cols {
		names = append(names, fmt.Sprint(c.Name, " ", c.Kind))
	}
	var all []string
	for row := range rows {
		if len(row) != len(cols) {
			t.Errorf("%d cells of %d", len(row), len(cols))
		}
		all = append(all, fmt.Sprintf("%.4g", row))
	}
	if got := len(names); got != 8 || !strings.HasPrefix(names[5], "a ") || !strings.HasPrefix(names[6], "b ") || !strings.HasPrefix(names[7], "error ") || strings.TrimPrefix(names[5], "a ") == strings.TrimPrefix(names[6], "b ") {
		t.Errorf("columns %q", names)
	}
	half := 1 * math.Tan(0.475*math.Pi) // Student's t of one degree of freedom, standard error 1
	for i, want := range []string{
		fmt.Sprintf("%.4g", []any{int64(1), int64(1), 2.0, half, int64(2), 0.0, "1ms", ""}),
		fmt.Sprintf("%.4g", []any{int64(2), int64(1), 5.0, nan, int64(1), 1.0, "2ms", "it failed"}),
		fmt.Sprintf("%.4g", []any{int64(3), int64(2), nan, nan, int64(0), 2.0, "3ms", "it failed"}),
	} {
		if all[i] != want {
			t.Errorf("row %d is %s, want %s", i, all[i], want)
		}
	}
	n := 0
	for range rows {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Error("rows go on")
	}
}

// TestCourseByHand: for each generation the mean, worst and best of its trials, and the
// best so far. A generation in which every trial failed has no point.
func TestCourseByHand(t *testing.T) {
	scores := [][]float64{{1, 1}, {2, 4}, {9}, nil, {2, 2}, {0, 0}, {5, 7}}
	for _, c := range []struct {
		minimise  bool
		x, y      []float64
		low, high []float64
		best      []float64
	}{
		{false, []float64{2, 6, 7}, []float64{2, 1, 6}, []float64{1, 0, 6}, []float64{3, 2, 6}, []float64{3, 3, 6}},
		{true, []float64{2, 6, 7}, []float64{2, 1, 6}, []float64{1, 0, 6}, []float64{3, 2, 6}, []float64{1, 0, 0}},
	} {
		all := judged(t, c.minimise, scores...).course()
		mean, top := all[0], all[1]
		if len(all) != 2 || !slices.Equal(mean.X, c.x) || !slices.Equal(mean.Y, c.y) || !slices.Equal(mean.Low, c.low) || !slices.Equal(mean.High, c.high) {
			t.Errorf("small %v: %+v", c.minimise, mean)
		}
		if !slices.Equal(top.X, c.x) || !slices.Equal(top.Y, c.best) || len(top.Low) != 3 || len(top.High) != 3 || len(top.Each) != 3 || len(top.Each[0]) != 2 {
			t.Errorf("small %v: best %+v", c.minimise, top)
		}
	}
	equals := judged(t, false, []float64{2, 4}, []float64{3, 3}).course()
	if each := equals[1].Each; len(each) != 1 || !slices.Equal(each[0], []float64{2, 4}) {
		t.Errorf("the first of two equal trials is best: %v", each)
	}
	if all := judged(t, false, nil, nil).course(); len(all) != 2 || len(all[0].X) != 0 || len(all[1].X) != 0 {
		t.Errorf("nothing came to its end: %+v", all)
	}
}

// TestSettingsDrawn: settings with the same range are drawn as values, others as places
// in their ranges.
func TestSettingsDrawn(t *testing.T) {
	x := judged(t, false, []float64{1, 3})
	trial := Trial{Values: []string{"3", "1.5ms"}, Scores: []float64{1, 3}}
	bars := x.settings(&trial)
	if !slices.Equal(bars.Values, []float64{0.75, 0.25}) || !slices.Equal(bars.Labels, []string{"a = 3", "b = 1.5ms"}) || bars.YLabel != "place in the range searched, 0 to 1" || bars.Title != "Best trial: s = 2" {
		t.Errorf("%+v", bars)
	}
	x.space = *space(t, "g=lin(-1,1)*2")
	trial.Values = []string{"-0.5", "1"}
	bars = x.settings(&trial)
	if !slices.Equal(bars.Values, []float64{-0.5, 1}) || !slices.Equal(bars.Labels, []string{"a", "b"}) || bars.YLabel != "value" {
		t.Errorf("%+v", bars)
	}
	if !slices.Equal(x.Names, []string{"a", "b"}) {
		t.Errorf("drawing has changed the names: %q", x.Names)
	}
}

// TestPlaces: places of values in linear and logarithmic ranges, at the ends and outside.
func TestPlaces(t *testing.T) {
	s := space(t, "a=lin(2,4)", "b=log(1,100)", "c=lin(4,2)", "d=lin(3,3)", "e=log(100,1)")
	for _, c := range []struct {
		axis    int
		v, want float64
	}{
		{0, 2, 0}, {0, 2.5, 0.25}, {0, 4, 1}, {0, 1, 0}, {0, 9, 1}, {0, nan, 0.5},
		{1, 1, 0}, {1, 10, 0.5}, {1, 100, 1}, {1, 0.1, 0}, {1, 1e9, 1}, {1, 0, 0}, {1, -1, 0.5},
		{2, 4, 0}, {2, 3.5, 0.25}, {2, 2, 1}, {3, 3, 0.5}, {3, 4, 1}, {3, 2, 0}, {4, 100, 0}, {4, 10, 0.5}, {4, 1, 1},
	} {
		if got := s.Place(c.axis, c.v); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("%v of axis %d is at %v, want %v", c.v, c.axis, got, c.want)
		}
	}
	for v, want := range map[float64]float64{-1: 1, -1.25: 0.75, 1.75: 0.25, 4.5: 0.5, 5: 1, -2: 0, 1e9: 0} {
		if got := fold(v); !(math.Abs(got-want) <= 1e-12) {
			t.Errorf("%v folds to %v, want %v", v, got, want)
		}
	}
}

// TestManySettings: the maximum number of settings of a space, also with lists.
func TestManySettings(t *testing.T) {
	s := space(t, "a=lin(0,1)*199", "b=1..4")
	if len(s.Axes) != MaxDims || s.Axes[0].Path != "a[0]" || s.Axes[198].Path != "a[198]" || s.Axes[199].Values != nil {
		t.Errorf("%d settings", len(s.Axes))
	}
	for text, want := range map[string]string{
		"c=lin(0,1)": "more than 200 settings", "b=lin(0,1)": "b: searched twice", "a[7]=lin(0,1)": "a[7]: searched twice",
		"d=lin(0,1)*201": "d=lin(0,1)*201: expected a number of elements from 1 to 200 after *", "d=lin(0,1)*-1": "expected a number of elements",
	} {
		if err := s.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if one := space(t, "a=lin(0,1)* 1 "); len(one.Axes) != 1 || one.Axes[0].Path != "a[0]" || !reflect.DeepEqual(*one.Axes[0].Range, design.Range{High: 1}) {
		t.Errorf("%+v", one.Axes)
	}
}
