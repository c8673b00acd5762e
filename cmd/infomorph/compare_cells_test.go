package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/run"
)

// cellOf is a run with a window, a rate and a score.
func cellOf(window, rate string, seed uint64, score float64) cell {
	point := ""
	if rate != "" {
		point = "rate=" + rate
	}
	return cell{point: point, settings: run.Settings{"window": window, "rate": rate}, seed: seed, scores: map[string]float64{"alpha": score}}
}

// TestConstants: what differs between the sides and not within one is compared.
func TestConstants(t *testing.T) {
	a := &side{cells: []cell{cellOf("16", "1", 1, 0), cellOf("16", "2", 1, 0)}}
	b := &side{cells: []cell{cellOf("32", "1", 1, 0), cellOf("32", "3", 1, 0)}}
	if got := variedBy(a, b); !slices.Equal(got, []string{"rate"}) {
		t.Errorf("varied: %q", got)
	}
	if got := constants(a, b); len(got) != 1 || got[0] != (run.SettingDifference{Path: "window", A: "16", B: "32"}) {
		t.Errorf("constants: %+v", got)
	}
	if got := constants(a, a); len(got) != 0 {
		t.Errorf("of the same side: %+v", got)
	}
	if got := constants(a, &side{}); got == nil || len(got) != 0 {
		t.Errorf("of nothing: %#v", got)
	}
}

// TestPairsAreCompared: runs of equal seeds are pairs; what only one side has is
// named.
func TestPairsAreCompared(t *testing.T) {
	a := &side{cells: []cell{cellOf("16", "", 1, 1), cellOf("16", "", 2, 3), cellOf("16", "", 5, 99)}, unusable: []string{"run 9"}}
	b := &side{cells: []cell{cellOf("32", "", 2, 6), cellOf("32", "", 1, 2), cellOf("32", "", 7, 99)}, unusable: []string{"run 8"}}
	c := &comparison{}
	c.compare(a, b, nil)
	if want := []string{"run 9", "run 8", "seed 5: only A has it", "seed 7: only B has it"}; !slices.Equal(c.LeftOut, want) {
		t.Errorf("left out %q, want %q", c.LeftOut, want)
	}
	if len(c.Scores) != 1 {
		t.Fatalf("%+v", c.Scores)
	}
	// Differences 1 and 3: 2 ± 12.7062.
	d := c.Scores[0]
	if d.Score != "alpha" || !d.Paired || d.NA != 2 || d.NB != 2 || d.A != 2 || d.B != 4 || d.Difference != 2 ||
		math.Abs(float64(d.Low)+10.70620) > 1e-4 || math.Abs(float64(d.High)-14.70620) > 1e-4 {
		t.Errorf("%+v", d)
	}
}

// TestSamplesAreCompared: without a seed in common the sides are two samples.
func TestSamplesAreCompared(t *testing.T) {
	a := &side{cells: []cell{cellOf("16", "", 1, 1), cellOf("16", "", 2, 3)}}
	b := &side{cells: []cell{cellOf("32", "", 3, 7), cellOf("32", "", 4, 9), cellOf("32", "", 5, 11)}}
	c := &comparison{}
	c.compare(a, b, []string{"alpha"})
	if len(c.Scores) != 1 || len(c.LeftOut) != 0 {
		t.Fatalf("%+v", c)
	}
	if d := c.Scores[0]; d.Paired || d.NA != 2 || d.NB != 3 || d.A != 2 || d.B != 9 || d.Difference != 7 {
		t.Errorf("%+v", d)
	}
	c = &comparison{}
	if c.compare(a, b, []string{"beta"}); len(c.Scores) != 0 {
		t.Errorf("--score beta: %+v", c.Scores)
	}
}

// TestPointsAreCompared: runs of equal settings are compared with each other.
func TestPointsAreCompared(t *testing.T) {
	a := &side{cells: []cell{cellOf("16", "1", 1, 10), cellOf("16", "2", 1, 20), cellOf("16", "4", 1, 40)}}
	b := &side{cells: []cell{cellOf("32", "2", 1, 25), cellOf("32", "1", 1, 11), cellOf("32", "3", 1, 30), cellOf("32", "3", 2, 30)}}
	c := &comparison{}
	c.compare(a, b, nil)
	var got []string
	for _, d := range c.Scores {
		got = append(got, fmt.Sprintf("%s: %v to %v", d.Point, float64(d.A), float64(d.B)))
	}
	if want := []string{"rate=1: 10 to 11", "rate=2: 20 to 25"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := []string{"1 runs at rate=4: only A has these settings", "2 runs at rate=3: only B has these settings"}; !slices.Equal(c.LeftOut, want) {
		t.Errorf("left out %q, want %q", c.LeftOut, want)
	}
}

// TestScoresOfOneSide: a score that one side lacks is left out, wholly or by seed.
func TestScoresOfOneSide(t *testing.T) {
	a := &side{cells: []cell{cellOf("16", "", 1, 1), cellOf("16", "", 2, 2)}}
	b := &side{cells: []cell{cellOf("32", "", 1, 3), cellOf("32", "", 2, 4)}}
	a.cells[0].scores["beta"] = 5
	b.cells[0].scores["gamma"], a.cells[0].scores["gamma"], a.cells[1].scores["gamma"] = 6, 8, 9
	c := &comparison{}
	c.compare(a, b, nil)
	want := []string{"beta: only one side has this score", "gamma: 1 seeds of which only one side has it"}
	if !slices.Equal(c.LeftOut, want) {
		t.Errorf("left out %q, want %q", c.LeftOut, want)
	}
	if len(c.Scores) != 2 || c.Scores[1].Score != "gamma" || c.Scores[1].NA != 1 || c.Scores[1].A != 8 || c.Scores[1].B != 6 {
		t.Errorf("%+v", c.Scores)
	}
}

// TestComparisonPrinted: settings, a head for each point, and twenty things that
// were left out.
func TestComparisonPrinted(t *testing.T) {
	nan := run.Number(math.NaN())
	c := &comparison{A: "runs/a", B: "runs/b", Settings: []run.SettingDifference{{Path: "window", A: "16", B: "32"}, {Path: "goal", B: "x"}}, Scores: []scoreDifference{
		{Point: "rate=1", Score: "alpha", Paired: true, NA: 3, NB: 3, A: 1, B: 1.5, Difference: .5, Low: -.25, High: 1.25, G: 2, GLow: .5, GHigh: 3.5},
		{Point: "rate=1", Score: "beta", NA: 1, NB: 2, A: 1, B: -1, Difference: -2, Low: nan, High: nan, G: nan, GLow: nan, GHigh: nan},
		{Point: "rate=2", Score: "alpha", Paired: true, NA: 1, NB: 1, A: 0, B: 0, Low: nan, High: nan, G: nan, GLow: nan, GHigh: nan},
	}}
	for i := range 22 {
		c.LeftOut = append(c.LeftOut, fmt.Sprint("thing ", i))
	}
	var b strings.Builder
	if err := c.print(&b); err != nil {
		t.Fatal(err)
	}
	want := `
SETTING  A   B
window   16  32
goal     -   x

SCORE rate=1  A       B        B - A    95 %             HEDGES' G  95 %             RUNS
alpha         1.0000  1.5000   +0.5000  -0.250 … +1.250  +2.00      +0.500 … +3.500  3 pairs
beta          1.0000  -1.0000  -2.0000  -                -          -                1 and 2
SCORE rate=2  A       B        B - A    95 %             HEDGES' G  95 %             RUNS
alpha         0.0000  0.0000   +0.0000  -                -          -                1 pairs

A: runs/a
B: runs/b
`
	for i := range 20 {
		want += fmt.Sprintf("left out: thing %d\n", i)
	}
	printed(t, "comparison", b.String(), want+"left out: 2 more\n")
}

// TestJUnit: a case for the run and one for each expectation; only what failed has
// a word about it.
func TestJUnit(t *testing.T) {
	t.Chdir(t.TempDir())
	s := aSweep().Base.Scenario.Scenario
	r := &result{Result: &run.Result{Elapsed: 1234567890}, verdicts: []run.Verdict{
		{Score: "alpha", Expected: "≥ 1", Got: 2, Pass: true},
		{Score: "beta", Form: "never", Expected: "< 1 & > 0", Got: .5},
		{Score: "gamma", Expected: "≤ 3", Missing: true},
	}}
	for _, c := range []struct {
		done *result
		err  error
		want string
	}{
		{r, fault.Missed(errors.New("2 missed")), `<testsuite name="mine" tests="4" failures="2" errors="0" time="1.235">
  <testcase classname="mine" name="run"></testcase>
  <testcase classname="mine" name="alpha ≥ 1"></testcase>
  <testcase classname="mine" name="never beta &lt; 1 &amp; &gt; 0">
    <failure message="expected never beta &lt; 1 &amp; &gt; 0, got 0.5000"></failure>
  </testcase>
  <testcase classname="mine" name="gamma ≤ 3">
    <failure message="expected gamma ≤ 3, got no such score"></failure>
  </testcase>
</testsuite>`},
		{&result{}, runFailed(errors.New("disk full")), `<testsuite name="mine" tests="1" failures="0" errors="1" time="0">
  <testcase classname="mine" name="run">
    <error message="disk full"></error>
  </testcase>
</testsuite>`},
	} {
		if err := writeJUnit("j.xml", s, c.done, c.err); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile("j.xml")
		if err != nil {
			t.Fatal(err)
		}
		printed(t, "JUnit", string(got), `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+c.want+"\n")
	}
	says(t, "a folder that is not there", checkJUnit("no/j.xml"), "--junit: no/j.xml: there is no folder no")
	says(t, "a file for a folder", checkJUnit("j.xml/k.xml"), "--junit: j.xml/k.xml: there is no folder j.xml")
	says(t, "none", checkJUnit(""), "")
	if err := writeJUnit("no/j.xml", s, &result{}, nil); codeOf(err) != exitRunFailed {
		t.Errorf("a folder that went away: %v", err)
	}
}

// aResult is a run with three scores, two of which a table shows.
func aResult() *result {
	scores := run.NewScores()
	scores.Set("recall.a", .25)
	scores.Set("total", 1)
	scores.Set("recall.b", .5)
	r := &run.Result{Scenario: aSweep().Base.Scenario.Scenario, Dir: "runs/x", Elapsed: 2500000000, Scores: scores, Tables: []journal.Table{
		{Name: "recall", Columns: []string{"cue", "cosine"}, Rows: [][]any{{"a", .25}, {"b", .5}}, Instead: "recall."},
		{Name: "hidden", Columns: []string{"x"}, Rows: [][]any{{1}}},
	}}
	r.Scenario.Seed = 7
	r.Final = run.Final{StateHash: "abc", SimulatedUS: 2500000, Counts: map[string]int64{"neurons": 5, "synapses": 20, "spikes": 123}}
	return &result{Result: r}
}

// TestResultPrinted: tables in place of scores, verdicts, size and place.
func TestResultPrinted(t *testing.T) {
	r := aResult()
	const tables = `
CUE  COSINE
a    0.25  
b    0.5   

SCORE  VALUE
total  1.0000
`
	const end = `
mine, seed 7: 5 neurons, 20 synapses, 123 spikes in 2.5s simulated, 2.50 s
results: runs/x
`
	show := func(want string) {
		t.Helper()
		var b strings.Builder
		if err := r.print(&b, common{quiet: true}); err != nil {
			t.Fatal(err)
		}
		printed(t, "result", b.String(), want)
	}
	show(tables + end)
	r.verdicts = []run.Verdict{{Score: "total", Expected: "≥ 1", Got: 1, Pass: true}, {Score: "recall.a", Expected: "> 0.5", Got: .25}}
	show(tables + `
EXPECTED         GOT     
total     ≥ 1    1.0000  pass
recall.a  > 0.5  0.2500  FAIL
` + end)
	r.verdicts, r.Tables, r.Dir = nil, nil, ""
	show(`
SCORE     VALUE
recall.a  0.2500
total     1.0000
recall.b  0.5000
` + strings.Replace(end, "runs/x", "no folder (--no-files)", 1))
}

// TestResultPrintedAsJSON: one document, without what there is not.
func TestResultPrintedAsJSON(t *testing.T) {
	r := aResult()
	r.Dir = ""
	var b strings.Builder
	if err := r.print(&b, common{json: true}); err != nil {
		t.Fatal(err)
	}
	printed(t, "result --json", b.String(), `
{
  "scenario": "mine",
  "seed": 7,
  "scores": {
    "recall.a": 0.25,
    "recall.b": 0.5,
    "total": 1
  },
  "state_hash": "abc",
  "simulated_us": 2500000,
  "counts": {
    "neurons": 5,
    "spikes": 123,
    "synapses": 20
  },
  "seconds": 2.5
}
`)
}

// TestGalleryFigures: the two figures that tell most, of different kinds; fields of
// neurons that hear a pixel each tell little.
func TestGalleryFigures(t *testing.T) {
	own, mixed := [][]float64{{1, 0}, {0, -1}}, [][]float64{{1, 0}, {1, 1}}
	if !lone(own) || lone(mixed) || !lone(nil) {
		t.Error("fields with one weight")
	}
	curves := func(name string) run.Figure { return run.Figure{Name: name, Figure: journal.Lines{}} }
	all := []run.Figure{
		{Name: "raster", Figure: journal.Raster{}}, curves("learning-curve"), curves("atoms"), {Name: "weights", Figure: journal.Matrix{}},
		{Name: "fields", Figure: journal.Fields{Tiles: own}}, {Name: "recall-clean", Figure: journal.Gallery{}}, {Name: "recall-flip", Figure: journal.Gallery{}},
	}
	for _, c := range []struct {
		all  []run.Figure
		want string
	}{
		{all, "recall-flip atoms"},
		{all[:5], "atoms weights"},
		{all[:2], "learning-curve raster"},
		{append(all[:4:4], run.Figure{Name: "fields", Figure: journal.Fields{Tiles: mixed}}), "fields atoms"},
		{append(all[:4:4], curves("power")), "power weights"},
		{append(all[:1:1], all[4], all[5]), "recall-clean fields"},
		{nil, ""},
	} {
		var names []string
		for _, f := range galleryFigures(c.all) {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if all[0].Name != "raster" {
		t.Error("the figures of the run were put in another order")
	}
}

// TestFormerScoresCompared: a folder with former names of scores is read with the present
// ones, in its scores and its expectations.
func TestFormerScoresCompared(t *testing.T) {
	got := current(map[string]float64{"recall.mean_cosine": 1, "recall.clean.cue_cosine": 2, "alpha": 3})
	if want := map[string]float64{"recall.mean_overlap": 1, "recall.clean.cue_overlap": 2, "alpha": 3}; !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	m := &record.Manifest{Provenance: record.Provenance{Config: map[string]any{"seed": 3, "name": "mean_cosine", "expect": []any{map[string]any{"score": "recall.mean_cosine"}}}}}
	if s := settingsOf(m); s["expect[0].score"] != "recall.mean_overlap" || s["name"] != "mean_cosine" || len(s) != 2 {
		t.Errorf("%v", s)
	}
}
