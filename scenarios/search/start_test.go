package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
)

// freeScenario has settings of several types: durations, shares, numbers below zero, a
// list, and a word in the place of a number.
const freeScenario = `apiVersion: infomorph/v2
name: free
neurons: {k: {like: memory, clock: {kind: periodic, interval: 7ms}}}
populations: {a: {size: 2, neuron: k, each: {window: [20, 30]}}}
inputs: {x: {size: 2}}
projections:
  - {from: x, to: a, port: r, noise: {loss: 10%}}
  - {from: a, to: a, port: c, weights: -0.5, delay: {uniform: [1ms, 5ms]}}
`

// free returns a request for a search of freeScenario.
func free(t *testing.T, over ...string) Request {
	t.Helper()
	name := filepath.Join(t.TempDir(), "free.yaml")
	if err := os.WriteFile(name, []byte(freeScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	return Request{Scenario: name, Design: Design{Score: "x", Over: over, Trials: 4, Seeds: 1, Step: 0.3}}
}

// TestStartOfSettings: a search starts at the value of each setting in the scenario, also
// if the value has a unit, or is in a list.
func TestStartOfSettings(t *testing.T) {
	for over, want := range map[string]string{
		"neurons.k.window=0..128":                     "[64] [0.5]",
		"neurons.k.clock.interval=lin(2ms,12ms)":      "[7ms] [0.5]",
		"neurons.k.clock.interval=lin(3000us,7000us)": "[7ms] [1]",
		"neurons.k.clock.interval=log(1ms,49ms)":      "[7ms] [0.5]",
		"neurons.k.clock.interval=lin(8ms,9ms)":       "[7ms] [0]",
		"projections[0].noise.loss=lin(0%,40%)":       "[0.1] [0.25]",
		"projections[0].noise.loss=lin(0,0.4)":        "[0.1] [0.25]",
		"projections[1].weights=lin(-2,2)":            "[-0.5] [0.375]",
		"populations.a.each.window=lin(20,40)*2":      "[20 30] [0 0.5]",
		"projections[1].delay=lin(1ms,3ms)":           "[null] [0.5]",
		"neurons.k.goal.red=lin(0,4)":                 "[1] [0.25]",
		"neurons.k.prior.sigma=lin(0,4)":              "[2] [0.5]",
		"neurons.k.gate.threshold=lin(0,0.5)":         "[null] [0.5]",
	} {
		s, err := New(free(t, over))
		if err != nil {
			t.Errorf("%s: %v", over, err)
			continue
		}
		if got := fmt.Sprint(s.From, s.start); got != want {
			t.Errorf("%s: starts at %s, want %s", over, got, want)
		}
	}
	if s, err := New(free(t)); err != nil || s.Names[2] != "red" || s.From[2] != "1" || s.start[2] != 1 || s.Over != nil {
		t.Errorf("the goal: %+v, %v", s, err)
	}
}

// TestLimitsOfDesigns: the largest and smallest values that a search accepts, and the
// next ones, which it does not.
func TestLimitsOfDesigns(t *testing.T) {
	for _, c := range []struct {
		change func(*Design)
		ok     bool
	}{
		{func(d *Design) { d.Trials, d.Seeds, d.Confirm = 1, 1, 0 }, true},
		{func(d *Design) { d.Trials, d.Seeds, d.Confirm = 1_000_000, 10_000, 100_000 }, true},
		{func(d *Design) { d.Population = 4 }, true},
		{func(d *Design) { d.Population = 10_000 }, true},
		{func(d *Design) { d.Population = 10_001 }, false},
		{func(d *Design) { d.Step = 1 }, true},
		{func(d *Design) { d.Step = minStep }, true},
		{func(d *Design) { d.Step = minStep / 2 }, false},
		{func(d *Design) { d.Step = 0 }, false},
		{func(d *Design) { d.Step = math.Nextafter(1, 2) }, false},
		{func(d *Design) { d.Step = math.NaN() }, false},
	} {
		r := free(t, "neurons.k.window=0..128")
		c.change(&r.Design)
		if _, err := New(r); (err == nil) != c.ok {
			t.Errorf("%+v: %v", r.Design, err)
		}
	}
}

// TestDefaultsOfDesigns: folder, score and held-out items that a search chooses itself.
func TestDefaultsOfDesigns(t *testing.T) {
	r := request(t)
	r.Dir, r.Sets = "", []string{"expect=[{score: recall.first, min: 0}, {score: recall.second, min: 0}]"}
	s, err := New(r)
	if err != nil || s.Score != "recall.first" || !strings.HasPrefix(s.Dir, filepath.Join("searches", "small")) {
		t.Errorf("%+v, %v", s, err)
	}
	own := Request{Scenario: "digits", Sets: []string{"digits.samples=60", "digits.test=20", "digits.baselines=0", "validation=30%"}, Design: r.Design}
	if s, err = New(own); err != nil || s.Validation != "" {
		t.Errorf("the scenario holds items out itself: %q, %v", s.Validation, err)
	}
	for dim, want := range map[int]int{1: 4, 2: 6, 5: 8, 10: 10, 100: 17} {
		if got := DefaultPopulation(dim); got != want {
			t.Errorf("%d settings: %d trials of a generation, want %d", dim, got, want)
		}
	}
}

// TestFirstGeneration: its points are around the start, with the standard deviation that
// was asked for.
func TestFirstGeneration(t *testing.T) {
	for _, step := range []float64{0.02, 0.5} {
		s := NewStrategy([]float64{0.25, 0.75}, step, 1000, 3)
		points := s.Ask()
		for k, want := range []float64{0.25, 0.75} {
			var v []float64
			for _, p := range points {
				v = append(v, p[k])
			}
			// The standard errors are step/√1000 and step/√2000.
			if mean, sd := stat.MeanStdDev(v, nil); !(math.Abs(mean-want) <= 0.15*step) || !(math.Abs(sd-step) <= 0.1*step) {
				t.Errorf("coordinate %d: %v ± %v, want %v ± %v", k, mean, sd, want, step)
			}
		}
		s.Close()
	}
}

// TestEffectOfTheBest: the effect is that of the best trial, compared with the start.
func TestEffectOfTheBest(t *testing.T) {
	res := &design.Results{Plan: &design.Plan{}}
	for i, score := range []float64{1, 3, 10, 14} {
		res.Runs = append(res.Runs, design.Run{Index: i + 1, Point: i/2 + 1})
		res.Outcomes = append(res.Outcomes, design.Outcome{Status: record.StatusDone, Scores: map[string]float64{"s": score}})
	}
	if e := (&Outcome{Confirmed: res}).Effect("s"); e.MeanA != 2 || e.MeanB != 12 || e.Difference != 10 {
		t.Errorf("%+v", e)
	}
}

// TestScoresOfTrials: a trial has the scores of all its runs, and the reason of the first
// run that failed.
func TestScoresOfTrials(t *testing.T) {
	x := judged(t, false)
	res := &design.Results{Plan: &design.Plan{}}
	run := func(point int, o design.Outcome) {
		res.Runs, res.Outcomes = append(res.Runs, design.Run{Point: point}), append(res.Outcomes, o)
	}
	run(2, design.Outcome{Status: record.StatusDone, Scores: map[string]float64{"s": 4, "other": 9}})
	run(1, design.Outcome{Status: record.StatusDone, Scores: map[string]float64{"s": 1}})
	run(2, design.Outcome{Status: record.StatusFailed, Reason: "first"})
	run(1, design.Outcome{Status: record.StatusDone, Scores: map[string]float64{"other": 9}})
	run(2, design.Outcome{Status: record.StatusFailed, Reason: "second"})
	run(1, design.Outcome{Status: record.StatusDone, Reason: "none", Scores: map[string]float64{"s": 2}})
	all := make([]Trial, 3)
	x.judge(all, res)
	want := []Trial{{Scores: []float64{1, 2}}, {Scores: []float64{4}, Reason: "first"}, {}}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("%+v, want %+v", all, want)
	}
}

// TestAxesOfPoints: each point has one value on every axis.
func TestAxesOfPoints(t *testing.T) {
	x := judged(t, false)
	got := x.axes([][]string{{"1", "2ms"}, {"3", "1ms"}, {"null", "null"}})
	if len(got) != 2 || got[0].Path != "a" || got[1].Path != "b" || !slices.Equal(got[0].Values, []string{"1", "3", "null"}) || !slices.Equal(got[1].Values, []string{"2ms", "1ms", "null"}) {
		t.Errorf("%+v", got)
	}
}

// TestSearchStepByStep: what a search reports, its seeds, and the files that it cannot
// write. Trials are rounded up to whole generations.
func TestSearchStepByStep(t *testing.T) {
	r := request(t)
	r.Design.Trials, r.Design.Seeds, r.Design.Confirm = 5, 1, 2
	s := created(t, r)
	var told []string
	found, err := s.Run(context.Background(), Options{Workers: 1, Progress: func(phase string, done, total int) { told = append(told, fmt.Sprint(phase, done, "/", total)) }})
	if err != nil {
		t.Fatal(err)
	}
	want := "runs1/8 runs2/8 runs3/8 runs4/8 runs5/8 runs6/8 runs7/8 runs8/8 confirm1/4 confirm2/4 confirm3/4 confirm4/4"
	if got := strings.Join(told, " "); got != want {
		t.Errorf("progress %s", got)
	}
	seeds := map[uint64]bool{}
	for _, folder := range []string{"generations/0001/runs/0001", "generations/0001/runs/0002", "confirm/runs/0001", "confirm/runs/0002"} {
		one, err := run.Load(filepath.Join(s.Dir, filepath.FromSlash(folder), record.ScenarioName))
		if err != nil {
			t.Fatal(err)
		}
		seeds[one.Seed] = true
	}
	if len(seeds) != 4 {
		t.Errorf("the confirmation has seeds of the search: %v", seeds)
	}
	text := read(t, s, "best.yaml")
	if want := fmt.Sprintf("The best of 8 trials of a search for recall.mean_overlap, trial %d: mean %.4g over 1 seeds.", found.Best.Index, found.Best.Mean()); !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
	for _, name := range []string{"best.yaml", "report.html", filepath.Join("plots", "search.png"), filepath.Join("plots", "best.svg"), "trials.csv", "confirm", filepath.Join("generations", "0002"), filepath.Join("generations", "0001", "table.csv"), filepath.Join("confirm", "table.parquet")} {
		refuseToWrite(t, s, name)
	}
}

// refuseToWrite continues a search that has ended, with something else in the place of
// one of its files or folders.
func refuseToWrite(t *testing.T, s *Search, name string) {
	t.Helper()
	name = filepath.Join(s.Dir, name)
	if err := os.Rename(name, name+".away"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name + ".away")
	if err == nil && info.IsDir() {
		err = os.WriteFile(name, nil, 0o600)
	} else if err == nil {
		err = os.Mkdir(name, 0o777)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(context.Background(), Options{}); fault.Kind(err) != fault.ErrFailed || !strings.Contains(err.Error(), filepath.Base(name)) {
		t.Errorf("%s: %v", name, err)
	}
	if err := errors.Join(os.Remove(name), os.Rename(name+".away", name)); err != nil {
		t.Fatal(err)
	}
}
