package sweep

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/scenarios"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
)

// drawing is a sweep with a folder for its pictures.
func drawing(t *testing.T) *Sweep {
	t.Helper()
	return &Sweep{Dir: t.TempDir(), Base: &Base{Scenario: &run.Scenario{Scenario: &scenarios.Scenario{Name: "base"}}}}
}

// pictures returns the names of the pictures, without extensions.
func (s *Sweep) pictures() (names []string) {
	files, _ := filepath.Glob(filepath.Join(s.Dir, "plots", "*.json"))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	slices.Sort(names)
	return names
}

// figure reads a picture from its description.
func figure[T plot.Config](t *testing.T, s *Sweep, name string) T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Dir, "plots", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := plot.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return cfg.(T)
}

// Curves and maps of two settings, one with mixed units: values have the right positions,
// and each value of the second setting has a curve.
func TestPicturesOfSweeps(t *testing.T) {
	s := drawing(t)
	at := map[string]float64{"500us": 0.5, "1ms": 1, "1s": 1000}
	res := swept(t, 2, func(v []string) float64 { return at[v[0]] + 10*design.NumberOf(v[1]) }, "a.delay=1s,1ms,500us", "b.n=2,1")
	if err := s.Plot(res, []string{"s"}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.pictures()); got != "[s s-map]" {
		t.Errorf("drawn are %s", got)
	}
	l := figure[*plot.LinesConfig](t, s, "s")
	if l.XLabel != "a.delay" || l.YLabel != plot.Readable("s") || l.LogX || !l.Markers || l.Note != "mean, 95 % interval and each of 2 seeds" || len(l.Series) != 2 || l.Series[0].Name != "b.n = 2" {
		t.Errorf("%+v", l)
	}
	if c := l.Series[1]; c.Name != "b.n = 1" || !slices.Equal(c.X, []float64{0.0005, 0.001, 1}) || !slices.Equal(c.Y, []float64{10.5, 11, 1010}) || len(c.Each[0]) != 2 {
		t.Errorf("%+v", c)
	}
	m := figure[*plot.MapConfig](t, s, "s-map")
	if fmt.Sprint(m.Columns, m.Rows, m.Values) != "[500us 1ms 1s] [1 2] [[10.5 11 1010] [20.5 21 1020]]" || m.Low != 10.5 || m.High != 1020 || m.XLabel != "a.delay" || m.YLabel != "b.n" || m.Value != plot.Readable("s")+", mean" {
		t.Errorf("%+v", m)
	}
}

// Cases without a picture: only words, only seeds, maps with one value or too many.
func TestWhatIsDrawn(t *testing.T) {
	many := "x.a=1.." + fmt.Sprint(maxMapCells+1)
	for _, c := range []struct {
		axes []string
		want string
	}{
		{[]string{"a=p,q"}, "[]"}, {[]string{"seed=1..3"}, "[]"}, {[]string{"a=1,2"}, "[s]"}, {[]string{"a=1,2", "b=p,q"}, "[s s-map]"}, {[]string{"b=p,q", "a=1,2"}, "[s s-map]"}, {[]string{"a=1", "b=p,q"}, "[s]"}, {[]string{"a=1,2", "b=p"}, "[s]"},
		{[]string{many, "b=p,q"}, "[s]"}, {[]string{"x.a=1.." + fmt.Sprint(maxMapCells), "b=p,q"}, "[s s-map]"}, {[]string{"a=1,2", many}, "[s]"}, {[]string{"a=1,2", "x.a=1.." + fmt.Sprint(maxMapCells)}, "[s s-map]"}, {[]string{"a=1,2", "b=p,q", "c=u,v"}, "[s-map s@c=u s@c=u-map s@c=v s@c=v-map]"}, {[]string{"a=1ms,5%", "b=1,2"}, "[s s-map]"},
	} {
		s := drawing(t)
		if err := s.Plot(swept(t, 1, func([]string) float64 { return 1 }, c.axes...), []string{"s"}); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(s.pictures()); got != c.want {
			t.Errorf("%v: drawn are %s, want %s", c.axes, got, c.want)
		}
	}
}

// TestMapOfAllSettings: further settings are distributed over the sides of one map, and
// the last setting of a side changes from cell to cell. The maps of two settings have the
// same colour scale.
func TestMapOfAllSettings(t *testing.T) {
	value := func(v []string) float64 {
		return 1000*design.NumberOf(v[2]) + 100*design.NumberOf(v[3]) + 10*design.NumberOf(v[1]) + design.NumberOf(v[0])
	}
	for _, c := range []struct {
		axes         []string
		x, y         string
		rows, values string
	}{
		{[]string{"n.a=1,2", "n.b=3,4", "n.c=5,6", "n.d=7"}, plot.Readable("d") + ", " + plot.Readable("a"), plot.Readable("c") + ", " + plot.Readable("b"),
			"[5, 3 5, 4 6, 3 6, 4] [7, 1 7, 2]", "[[5731 5732] [5741 5742] [6731 6732] [6741 6742]]"},
		{[]string{"n.a=1,2", "n.b=3,4", "n.c=5", "n.d=7,8"}, plot.Readable("d") + ", " + plot.Readable("a"), plot.Readable("c") + ", " + plot.Readable("b"),
			"[5, 3 5, 4] [7, 1 7, 2 8, 1 8, 2]", "[[5731 5732 5831 5832] [5741 5742 5841 5842]]"},
	} {
		s := drawing(t)
		if err := s.Plot(swept(t, 2, value, c.axes...), []string{"s"}); err != nil {
			t.Fatal(err)
		}
		m := figure[*plot.MapConfig](t, s, "s-map")
		if m.XLabel != c.x || m.YLabel != c.y || fmt.Sprint(m.Rows, m.Columns) != c.rows || fmt.Sprint(m.Values) != c.values {
			t.Errorf("%v: %s, %s, %v, %v, %v", c.axes, m.XLabel, m.YLabel, m.Rows, m.Columns, m.Values)
		}
		low, high := m.Values[0][0], m.Values[len(m.Rows)-1][len(m.Columns)-1]
		for _, name := range s.pictures() {
			if !strings.HasSuffix(name, "-map") {
				continue
			}
			if m := figure[*plot.MapConfig](t, s, name); m.Low != low || m.High != high {
				t.Errorf("%s: colours from %v to %v, want %v to %v", name, m.Low, m.High, low, high)
			}
		}
	}
}

// The first axis with numbers is x, the next of any kind distinguishes curves, and seeds
// are neither.
func TestPlotAxes(t *testing.T) {
	for _, c := range []struct {
		axes []string
		want string
	}{
		{[]string{"a=p,q"}, "-1 0 false"}, {[]string{"a=1,2"}, "0 -1 true"}, {[]string{"a=p,q", "b=1,2"}, "1 0 true"}, {[]string{"a=p,q", "b=1,2", "c=u,v"}, "1 0 true"}, {[]string{"a=1,2", "b=3,4", "c=5,6"}, "0 1 true"}, {[]string{"seed=1..3", "a=1,2"}, "1 -1 true"}, {[]string{"a=1,x", "b=1,2"}, "1 0 true"}, {[]string{"a=1ms,2s", "b=p,q"}, "0 1 true"},
	} {
		x, second, ok := plotAxes(swept(t, 1, func([]string) float64 { return 1 }, c.axes...))
		if got := fmt.Sprint(x, second, ok); got != c.want {
			t.Errorf("%v: %s, want %s", c.axes, got, c.want)
		}
	}
}

// If the second setting has more values than the limit for curves, there is one curve.
func TestManyCurves(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, maxCurves: maxCurves, maxCurves + 1: 1} {
		all, least, most := curves(swept(t, 1, func([]string) float64 { return 1 }, "a=1,2", "b=1.."+fmt.Sprint(n)), "s", 0, 1)
		if len(all) != want || len(all[0].X) != 2 || want == 1 && n > 1 && (least != n || most != n) {
			t.Errorf("%d values of b: %d curves of %d to %d", n, len(all), least, most)
		}
		if (all[0].Name == "") != (want == 1 && n > 1) {
			t.Errorf("%d values of b: a curve is called %q", n, all[0].Name)
		}
	}
	res := swept(t, 1, func(v []string) float64 { return design.NumberOf(v[0]) }, "a=3,1,2")
	all, _, _ := curves(res, "s", 0, -1)
	if len(all) != 1 || !slices.Equal(all[0].X, []float64{1, 2, 3}) || !slices.Equal(all[0].Y, []float64{1, 2, 3}) {
		t.Errorf("%+v", all)
	}
	if all, _, _ := curves(res, "none", 0, -1); len(all) != 0 {
		t.Errorf("a score that nobody has: %+v", all)
	}
}

// A curve whose first points failed is drawn once, from the other points.
func TestCurvesOfFailedRuns(t *testing.T) {
	s := drawing(t)
	res := swept(t, 1, func(v []string) float64 { return design.NumberOf(v[0]) }, "a=1,2,3", "b=p,q")
	for k, r := range res.Runs {
		if r.Values[0] == "1" || r.Values[1] == "q" && r.Values[0] != "3" {
			res.Outcomes[k] = design.Outcome{Status: record.StatusFailed}
		}
	}
	all, _, _ := curves(res, "s", 0, 1)
	var got []string
	for _, c := range all {
		got = append(got, fmt.Sprint(c.Name, c.X, c.Y))
	}
	if fmt.Sprint(got) != "[b = p[2 3] [2 3] b = q[3] [3]]" {
		t.Errorf("%v", got)
	}
	if err := s.Plot(res, []string{"none"}); err != nil || len(s.pictures()) != 0 {
		t.Errorf("a score that nobody has: %v, %v", s.pictures(), err)
	}
}

// Each combination of further settings has a panel, up to sixty-four. A sample has one
// panel.
func TestPanels(t *testing.T) {
	one := func([]string) float64 { return 1 }
	for n, want := range map[int]int{1: 1, 64: 64, 65: 64} {
		if got := panelsOf(swept(t, 1, one, "a=1,2", "b=1,2", "c=1.."+fmt.Sprint(n)), 0, 1); len(got) != want {
			t.Errorf("%d values are %d panels, want %d", n, len(got), want)
		}
	}
	res := swept(t, 2, one, "a=1,2", "b=1,2", "c=1,2")
	res.Sample = "lhs:3"
	if got := panelsOf(res, 0, 1); len(got) != 1 || got[0].file != "" || got[0].title != "" || got[0].res != res {
		t.Errorf("a sample has %d panels", len(got))
	}
	res.Sample, res.Zip = "", true
	if got := panelsOf(res, 0, 1); len(got) != 1 {
		t.Errorf("axes that go together have %d panels", len(got))
	}
	res.Zip = false
	for _, p := range panelsOf(res, 0, 1) {
		if len(p.res.Runs) != 8 || len(p.res.Outcomes) != 8 || p.res.Runs[7].Point != 4 || p.res.Runs[0].Point != 1 || p.res.Runs[1].Point != 1 {
			t.Errorf("%d runs, points %v", len(p.res.Runs), p.res.Runs)
		}
	}
}

// File names only have characters that every file system supports.
func TestPanelNames(t *testing.T) {
	for want, words := range map[string][]string{"z=0": {"a.b.z=0"}, "z=0,k=p": {"a.z=0", "k=p"}, "z=a_b": {"z=a/b"}, "z=____": {"z={:} "}, "z=A.Z-a_z+0,9": {"z=A.Z-a_z+0,9"}, "z=1_": {"z=1µ"}, "z=x_": {"z=x["}, "z=_x": {"z=`x"}, "z=@_"[:2] + "__": {"z=@{"}} {
		if got := panelName(words); got != want {
			t.Errorf("%q: %s, want %s", words, got, want)
		}
	}
}

// Scores over seeds only: mean, interval and, if there are few runs, each of them.
func TestPictureOfSeeds(t *testing.T) {
	s := drawing(t)
	k := 0.0
	res := swept(t, 4, func([]string) float64 { k++; return k }, "a=1")
	if err := s.PlotSeeds(res, []string{"none", "s"}); err != nil {
		t.Fatal(err)
	}
	l := figure[*plot.LinesConfig](t, s, "scores")
	if l.Title != "Scores over seeds" || l.YLabel != "score" || fmt.Sprint(l.Ticks) != "[none s]" || len(l.Series) != 2 || l.Series[0].Name != "a run" || l.Series[1].Name != "mean and 95 % interval" {
		t.Errorf("%+v", l)
	}
	if e := l.Series[0]; !slices.Equal(e.X, []float64{1, 1, 1, 1}) || !slices.Equal(e.Y, []float64{1, 2, 3, 4}) {
		t.Errorf("%+v", e)
	}
	// R: t.test(c(1,2,3,4)) gives 0.4457397 to 4.5542603.
	if m := l.Series[1]; !m.Strong || m.Y[0] != 2.5 || m.X[0] != 1 || !(math.Abs(m.Low[0]-0.4457397) <= 1e-6) || !(math.Abs(m.High[0]-4.5542603) <= 1e-6) {
		t.Errorf("%+v", m)
	}
	s = drawing(t)
	if err := s.PlotSeeds(res, []string{"none"}); err != nil || len(s.pictures()) != 0 {
		t.Errorf("nothing is drawn of nothing: %v, %v", err, s.pictures())
	}
	if err := s.PlotSeeds(swept(t, 1, func([]string) float64 { return 7 }, "a=1"), []string{"s"}); err != nil {
		t.Fatal(err)
	}
	if l := figure[*plot.LinesConfig](t, s, "scores"); len(l.Series) != 1 || l.Series[0].Y[0] != 7 {
		t.Errorf("one run alone: %+v", l.Series)
	}
}

// If the plots folder is not writable, drawing stops with an error.
func TestPicturesThatCannotBeKept(t *testing.T) {
	res := swept(t, 1, func([]string) float64 { return 1 }, "a=1,2", "b=1,2")
	s := drawing(t)
	if err := os.WriteFile(filepath.Join(s.Dir, "plots"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s.Plot(res, []string{"s"}) == nil || s.PlotSeeds(res, []string{"s"}) == nil || s.plotMap(&panel{res: res}, "s", nested(res, 0, 1), colours{1, 1}) == nil {
		t.Error("what cannot be kept is kept")
	}
	if err := SavePicture(t.TempDir(), "x", &plot.LinesConfig{Series: []plot.Series{{X: []float64{1}, Y: nil}}}, ""); err == nil || !strings.HasPrefix(err.Error(), "picture x: ") {
		t.Errorf("a figure that cannot be drawn: %v", err)
	}
}

// Which part each run comes from when parts are merged.
func TestOriginsOfRuns(t *testing.T) {
	name := small(t, "")
	r := Request{Scenario: name, Seeds: 12}
	a, b := planned(t, r), planned(t, r)
	done := func(s *Sweep, i int) {
		if err := s.fail(&s.Plan.Runs[i-1], fmt.Errorf("run %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range []int{1, 3} {
		done(a, i)
	}
	done(b, 3)
	_, err := origins([]*Sweep{a, b})
	if want := "10 of 12 runs are done in no part: 2, 4, 5, 6, 7, 8, 9, 10, 11, 12; name all parts, or go on with one: infomorph sweep --resume DIR --part i/n"; fmt.Sprint(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = origins([]*Sweep{b})
	if want := "11 of 12 runs are done in no part: 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, …; name all parts"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	for i := 1; i <= 12; i++ {
		done(b, i)
	}
	from, err := origins([]*Sweep{a, b})
	if err != nil || from[0] != a || from[1] != b || from[2] != a {
		t.Errorf("%v, %v", from, err)
	}
	whole := planned(t, r)
	if err := whole.adopt(&whole.Plan.Runs[0], a); err != nil {
		t.Fatal(err)
	}
	if o := whole.Outcome(&whole.Plan.Runs[0]); o.Status != record.StatusFailed || o.Reason != "run 1" {
		t.Errorf("%+v", o)
	}
	if all, ok, failed := a.Count(Part{1, 2}); all != 6 || ok != 0 || failed != 2 {
		t.Errorf("%d runs, %d done, %d failed", all, ok, failed)
	}
}

// Folders of runs have as many digits as the number of runs, at least four.
func TestRunDirs(t *testing.T) {
	for n, want := range map[int]string{1: "0007", 9999: "0007", 10000: "00007"} {
		s := &Sweep{Dir: "d", Plan: &design.Plan{Runs: make([]design.Run, n)}}
		if got := s.RunDir(&design.Run{Index: 7}); got != filepath.Join("d", "runs", want) {
			t.Errorf("of %d runs: %s", n, got)
		}
	}
	if got := oneLine(" a\n b\t c "); got != "a b c" {
		t.Error(got)
	}
	e := &FailedRuns{2, 5, os.ErrExist}
	if e.Error() != "2 of 5 runs failed, the first: file already exists" || e.Unwrap() != os.ErrExist {
		t.Error(e)
	}
}

// The request takes precedence over the section of the scenario. All its faults are
// reported together.
func TestDesignOfRequests(t *testing.T) {
	section := &scenarios.Sweep{Over: []string{"a=1,2"}, Sample: "lhs:3", Seeds: 4, Zip: true}
	for _, c := range []struct {
		r    Request
		s    *scenarios.Sweep
		want string
	}{
		{Request{}, section, "[a] lhs:3 4 true 9"}, {Request{Over: []string{"b=1"}}, section, "[b] lhs:3 4 true 9"}, {Request{Sample: "random:2", Seeds: 2}, section, "[a] random:2 2 true 9"}, {Request{Seeds: 1}, section, "[a] lhs:3 4 true 9"},
		{Request{Over: []string{"b=1", "c=2"}}, nil, "[b c]  1 false 9"}, {Request{Seeds: 3, Zip: true}, nil, "[]  3 true 9"}, {Request{}, &scenarios.Sweep{Over: []string{"a=1"}, Seeds: 2}, "[a]  2 false 9"}, {Request{Zip: true}, &scenarios.Sweep{Over: []string{"a=1"}, Seeds: 2}, "[a]  2 true 9"},
		{Request{}, nil, "nothing to sweep: add --over PATH=VALUES, --seeds N or a sweep section"}, {Request{Seeds: 1}, &scenarios.Sweep{Seeds: 1}, "nothing to sweep: add --over PATH=VALUES, --seeds N or a sweep section"},
	} {
		d, err := c.r.Design(&scenarios.Scenario{Seed: 9, Sweep: c.s})
		var paths []string
		for _, a := range d.Axes {
			paths = append(paths, a.Path)
		}
		got := fmt.Sprint(paths, " ", d.Sample, " ", d.Seeds, " ", d.Zip, " ", d.BaseSeed)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v: %s, want %s", c.r, got, c.want)
		}
	}
	r := Request{Over: []string{"a", "b=1..0"}}
	if _, err := r.Design(&scenarios.Scenario{}); err == nil || strings.Count(err.Error(), "--over ") != 2 {
		t.Errorf("%v", err)
	}
}
