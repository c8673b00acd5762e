package search

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
	"infomorph/scenarios/sweep"
)

// TestNoConfirmation: a search need not be confirmed. Then there is nothing to compare.
func TestNoConfirmation(t *testing.T) {
	r := request(t)
	r.Design.Trials, r.Design.Seeds, r.Design.Confirm = 4, 1, 0
	s := created(t, r)
	var phases []string
	found, err := s.Run(t.Context(), Options{Workers: 1, Progress: func(phase string, _, _ int) { phases = append(phases, phase) }})
	if err != nil || found.Confirmed != nil || found.Best == nil || len(found.Trials) != 4 {
		t.Errorf("%+v, %v", found, err)
	}
	if got := strings.Join(phases, " "); got != "runs runs runs runs" {
		t.Errorf("progress of %s", got)
	}
	if _, err := os.Stat(filepath.Join(s.Dir, confirmFolder)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder for nothing: %v", err)
	}
}

// TestRunInUse: a search that cannot do one of its runs, because another process does it,
// ends with that error. It does not go on with the next generation.
func TestRunInUse(t *testing.T) {
	r := request(t)
	r.Design.Trials, r.Design.Seeds, r.Design.Confirm = 4, 1, 0
	s := created(t, r)
	if _, err := s.Run(t.Context(), Options{Workers: 1}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(s.Dir, "generations", "0001", "runs", "0002")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	rec, err := record.Create(record.Options{Dir: dir, MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Run(t.Context(), Options{Workers: 1})
	if !errors.Is(err, record.ErrInUse) || len(found.Trials) != 0 || found.Best != nil {
		t.Errorf("%+v, %v", found, err)
	}
	if err := rec.Abort(errors.New("enough")); err != nil {
		t.Error(err)
	}
}

// TestScenariosOfOthers: a search whose scenario has the right checksum, but cannot be
// read, or does not fit the design, is not opened.
func TestScenariosOfOthers(t *testing.T) {
	for text, want := range map[string]string{"name: [\n": record.ScenarioName, strings.Replace(smallScenario, "v1", "v9", 1): "v9"} {
		s := created(t, request(t))
		if err := record.WriteSummed(s.Dir, record.ScenarioName, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := Open(s.Dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v, %v, want %s", got, err, want)
		}
	}
	s := created(t, request(t))
	text := strings.Replace(read(t, s, fileName), `"population": 4`, `"population": 3`, 1)
	if err := record.WriteSummed(s.Dir, fileName, []byte(text)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(s.Dir); err == nil || !strings.Contains(err.Error(), "population: got 3") {
		t.Errorf("a design that is not allowed: %v", err)
	}
	again := created(t, request(t))
	if err := os.Remove(filepath.Join(again.Dir, record.ScenarioName)); err != nil {
		t.Fatal(err)
	}
	if err := again.Create(); err == nil || !strings.Contains(err.Error(), "another search is in") {
		t.Errorf("a folder without a scenario: %v", err)
	}
}

// TestBestThatIsNone: a trial whose settings make no scenario is not written.
func TestBestThatIsNone(t *testing.T) {
	s := created(t, request(t))
	x := &runner{Search: s}
	if err := x.writeBest(&Trial{Values: []string{"0", "1"}, Scores: []float64{1, 1}}); err == nil || !strings.Contains(err.Error(), "window") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(s.Dir, "best.yaml")); err == nil {
		t.Error("it is written")
	}
}

// TestStrategyCollapses: a strategy that has come to its end says so, and can be closed.
// The search then ends, with what it has found.
func TestStrategyCollapses(t *testing.T) {
	s := NewStrategy([]float64{0.5, 0.5}, 0.3, 4, 1)
	defer s.Close()
	s.Ask()
	if err := s.Tell([]float64{1, 2, 3, 4}); err != nil {
		t.Error(err)
	}
	s.Ask()
	s.method.StopLogDet = math.Inf(1)
	if err := s.Tell([]float64{1, 2, 3, 4}); err == nil || err.Error() != "search: the strategy has collapsed onto one point" {
		t.Error(err)
	}
	r := request(t)
	r.Design.Seeds = 1
	x := &runner{Search: created(t, r), Options: Options{Workers: 1, Progress: func(string, int, int) {}}}
	again := NewStrategy(x.start, x.Step, x.Population, 1)
	defer again.Close()
	again.method.StopLogDet = math.Inf(1)
	if err := x.follow(t.Context(), again); err != nil || len(x.trials) != 4 {
		t.Errorf("%d trials of one generation: %v", len(x.trials), err)
	}
}

// TestSettingsThatConflict: settings that cannot be searched together, and more runs than
// a generation can have, are found before the search begins.
func TestSettingsThatConflict(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Request)
		want   string
	}{
		"seeds":           {func(r *Request) { r.Design.Over = []string{"seed=1..99"} }, "seed is swept"},
		"confirmed seeds": {func(r *Request) { r.Design.Over, r.Design.Seeds = []string{"seed=1..99"}, 1 }, "seed is swept"},
		"too many runs":   {func(r *Request) { r.Design.Population, r.Design.Seeds = 10_000, 10_000 }, "10000 points of 10000 runs, more than"},
	} {
		r := request(t)
		c.change(&r)
		if _, err := New(r); !errors.Is(err, fault.ErrInput) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	r := request(t)
	r.Design.Over, r.Design.Seeds, r.Design.Confirm = []string{"seed=1..99"}, 1, 1
	if _, err := New(r); err != nil {
		t.Errorf("one run of each seed: %v", err)
	}
}

// TestGenerationsOfASeed: a search asks for the same points in every version of the
// program, because a search that goes on repeats the generations that it has.
func TestGenerationsOfASeed(t *testing.T) {
	s := NewStrategy([]float64{0.5, 0.5}, 0.25, 0, 7)
	defer s.Close()
	for g, want := range []string{"[[0.592004 1.075384] [0.897547 0.591881]]", "[[0.133055 0.441772] [0.380634 0.339714]]", "[[-0.238731 0.439222] [-0.173653 0.179556]]"} {
		points := s.Ask()
		if got := fmt.Sprintf("%.6f", points[:2]); got != want {
			t.Errorf("generation %d: %s, want %s", g+1, got, want)
		}
		losses := make([]float64, len(points))
		for i, p := range points {
			losses[i] = math.Abs(p[0]) + 2*math.Abs(p[1]-0.25)
		}
		if err := s.Tell(losses); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTrialsThatCannotBeKept: a search that cannot write its trials ends after the
// generation.
func TestTrialsThatCannotBeKept(t *testing.T) {
	r := request(t)
	r.Design.Seeds = 1
	s := created(t, r)
	if err := os.Mkdir(filepath.Join(s.Dir, "trials.csv"), 0o777); err != nil {
		t.Fatal(err)
	}
	found, err := s.Run(t.Context(), Options{Workers: 1})
	if fault.Kind(err) != fault.ErrFailed || !strings.Contains(err.Error(), "trials.csv") || len(found.Trials) != 4 || found.Confirmed != nil {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestMarkersOfCourses: up to a number of generations, each has a marker in the picture.
func TestMarkersOfCourses(t *testing.T) {
	for trials, want := range map[int]bool{2: true, 80: true, 81: false, 200: false} {
		x := judged(t, false)
		x.Dir, x.Base = t.TempDir(), &sweep.Base{Scenario: &run.Scenario{Scenario: &scenarios.Scenario{Name: "base"}}}
		for i := range trials {
			x.trials = append(x.trials, Trial{Index: i + 1, Values: []string{"1", "2ms"}, Scores: []float64{1, float64(i)}})
		}
		if err := x.draw(&x.trials[trials-1]); err != nil {
			t.Fatal(err)
		}
		cfg, err := plot.Decode([]byte(read(t, x.Search, filepath.Join("plots", "search.json"))))
		if err != nil {
			t.Fatal(err)
		}
		l := cfg.(*plot.LinesConfig)
		if l.Markers != want || l.Title != "Search for "+plot.Readable("s") || l.Note != "best so far: mean, 95 % interval and each of 2 seeds" || len(l.Series) != 2 {
			t.Errorf("%d trials of generations of two: %+v", trials, l)
		}
	}
}
