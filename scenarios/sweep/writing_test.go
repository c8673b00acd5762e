package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
)

// TestTablesThatCannotBeWritten: each of the two tables can fail.
func TestTablesThatCannotBeWritten(t *testing.T) {
	for _, name := range []string{"table.csv", "table.parquet"} {
		s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
		if err := os.Mkdir(filepath.Join(s.Dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := s.WriteTables(s.Results()); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is a folder: %v", name, err)
		}
	}
}

// TestPlansThatCannotBeWritten: a plan is not made if any of its files or folders cannot
// be.
func TestPlansThatCannotBeWritten(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	for name, c := range map[string]struct {
		file   string   // of the plan
		inside []string // folders
		want   string
	}{
		"the plan is below a folder that is not there": {filepath.Join("none", fileName), nil, "none"},
		"a folder has the name of the scenario":        {fileName, []string{record.ScenarioName}, record.ScenarioName},
		"a folder has the name of the plan":            {fileName, []string{fileName}, fileName},
		"a folder is below a file":                     {fileName, []string{filepath.Join("x", "y")}, "--out: "},
	} {
		dir := filepath.Join(t.TempDir(), "other")
		if name == "a folder is below a file" {
			put(t, "", dir, ".x.tmp")
			c.inside = []string{filepath.Join(".x.tmp", "y")}
		}
		if err := s.Base.SavePlan(dir, c.file, []byte("{}"), c.inside...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if _, err := Open(dir); err == nil {
			t.Errorf("%s: it can be opened", name)
		}
	}
}

// TestFoldersThatCannotBeMoved: what cannot be moved aside is reported.
func TestFoldersThatCannotBeMoved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	put(t, "", file)
	below := filepath.Join(file, "below")
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	s.Dir = below
	for name, err := range map[string]error{"a sweep": MakeRoom(below), "a folder": moveAside(below, "old"), "a run": s.forget(&s.Plan.Runs[0])} {
		if err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s below a file: %v", name, err)
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	for name, err := range map[string]error{"a sweep": MakeRoom(none), "a folder": moveAside(none, "old")} {
		if err != nil {
			t.Errorf("%s that is not there: %v", name, err)
		}
	}
}

// TestSummariesThatCannotBeRead: a run whose summary has the right checksum, but is none,
// has failed.
func TestSummariesThatCannotBeRead(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	r := &s.Plan.Runs[0]
	rec, err := record.Create(record.Options{Dir: s.RunDir(r), MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	if o := s.Outcome(r); o.Status != Pending || o.Reason != "" {
		t.Errorf("a run in progress: %+v", o)
	}
	if err := rec.Close(map[string]float64{"a": 0.5}, record.Final{}); err != nil {
		t.Fatal(err)
	}
	if o := s.Outcome(r); o.Status != record.StatusDone || len(o.Scores) != 1 || o.Scores["a"] != 0.5 {
		t.Errorf("a run that is done: %+v", o)
	}
	if err := os.Remove(filepath.Join(s.RunDir(r), "summary.json")); err != nil {
		t.Fatal(err)
	}
	if o := s.Outcome(r); o.Status != record.StatusFailed || !strings.Contains(o.Reason, "summary.json") {
		t.Errorf("without its summary: %+v", o)
	}
}

// TestMergeCannotWrite: if the outcome of a run cannot be copied, merging fails.
func TestMergeCannotWrite(t *testing.T) {
	r := Request{Scenario: small(t, ""), Seeds: 2}
	part := planned(t, r)
	for i := range part.Plan.Runs {
		if err := part.fail(&part.Plan.Runs[i], errors.New("broken")); err != nil {
			t.Fatal(err)
		}
	}
	out := planned(t, r)
	name := out.RunDir(&out.Plan.Runs[1]) + ErrorSuffix
	put(t, "", name, "file")
	if _, err := Merge(out.Dir, part.Dir); !errors.Is(err, run.ErrFailed) || !strings.Contains(err.Error(), name) {
		t.Errorf("%v", err)
	}
	if o := out.Outcome(&out.Plan.Runs[0]); o.Reason != "broken" {
		t.Errorf("the first run: %+v", o)
	}
}

// TestAdoptCannotWrite: a run that cannot take the place of what is there is reported.
func TestAdoptCannotWrite(t *testing.T) {
	r := Request{Scenario: small(t, ""), Seeds: 2}
	from, to := planned(t, r), planned(t, r)
	first := &from.Plan.Runs[0]
	rec, err := record.Create(record.Options{Dir: from.RunDir(first), MinFree: -1})
	if err == nil {
		err = rec.Close(map[string]float64{"a": 0.5}, record.Final{})
	}
	runs := filepath.Join(to.Dir, "runs")
	if err := errors.Join(err, os.Remove(runs), os.WriteFile(runs, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := to.adopt(first, from); err == nil || !strings.Contains(err.Error(), runs) {
		t.Errorf("%v", err)
	}
	if err := errors.Join(os.Remove(runs), os.Mkdir(runs, 0o777)); err != nil {
		t.Fatal(err)
	}
	if err := to.adopt(first, from); err != nil || to.Outcome(first).Scores["a"] != 0.5 {
		t.Errorf("%v, %+v", err, to.Outcome(first))
	}
}

// TestStoppedAtTheEnd: a sweep that is stopped when its last run is done was not
// interrupted. Parts count their own runs.
func TestStoppedAtTheEnd(t *testing.T) {
	for part, want := range map[Part]int{{}: 3, {1, 2}: 2, {2, 2}: 1} {
		s := planned(t, Request{Scenario: small(t, ""), Seeds: 3})
		ctx, cancel := context.WithCancel(t.Context())
		told := ""
		err := s.Run(ctx, Options{Workers: 1, Part: part, Progress: func(done, total int) {
			if told += fmt.Sprint(done, "/", total, " "); done == total {
				cancel()
			}
		}})
		cancel()
		text := ""
		for i := 1; i <= want; i++ {
			text += fmt.Sprint(i, "/", want, " ")
		}
		if err != nil || told != text {
			t.Errorf("part %v: %v, progress %s, want %s", part, err, told, text)
		}
		if err := s.Run(ctx, Options{Part: part}); err != nil {
			t.Errorf("part %v: nothing was left to do: %v", part, err)
		}
	}
}

// TestOptionsOfRuns: the runs of a sweep have one worker each, and one shard unless
// another number was asked for. They have folders of their own, and are new.
func TestOptionsOfRuns(t *testing.T) {
	for shards, want := range map[int]int{0: 1, 2: 2} {
		s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
		o := Options{Workers: 1, Pictures: 1, Run: run.Options{CSV: true, Dir: "mine", From: &run.Stopped{}, Engine: run.Engine{Kind: "population", Workers: 7, Shards: shards}}}
		o.Watch = func(r *design.Run, o *run.Options) func(*run.Result, error) {
			if o.Dir != s.RunDir(r) || o.From != nil || o.Lean != (r.Index == 2) || !o.CSV || o.Engine != (run.Engine{Kind: "population", Workers: 1, Shards: want}) {
				t.Errorf("run %d: %+v", r.Index, o)
			}
			return func(res *run.Result, err error) {
				if err != nil || res.Engine != "population" {
					t.Errorf("run %d: %+v, %v", r.Index, res, err)
				}
			}
		}
		if err := s.Run(t.Context(), o); err != nil {
			t.Error(err)
		}
	}
}

// TestPointsThatAreChecked: the scenarios of points are read before a sweep begins, up to
// a number of points.
func TestPointsThatAreChecked(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Over: []string{"neuron.window=16"}})
	for point, checked := range map[int]bool{1: true, checkedPoints: true, checkedPoints + 1: false} {
		s.Plan.Runs = []design.Run{{Index: 1, Point: point, Values: []string{"0"}}}
		if err := s.checkPoints(); (err != nil) != checked {
			t.Errorf("point %d: %v", point, err)
		}
	}
	s.Plan.Runs = nil
	for point, v := range []string{"0", "0", "-1", "0"} {
		s.Plan.Runs = append(s.Plan.Runs, design.Run{Index: point + 1, Point: point + 1, Values: []string{v}})
	}
	if err := s.checkPoints(); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two faults of four points: %v", err)
	}
}

// TestRunInUse: a run whose folder another process uses has not failed; the sweep says so.
func TestRunInUse(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	r := &s.Plan.Runs[0]
	rec, err := record.Create(record.Options{Dir: s.RunDir(r), MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context(), Options{Workers: 1, KeepGoing: true}); !errors.Is(err, record.ErrInUse) {
		t.Errorf("%v", err)
	}
	if exists(s.RunDir(r) + ErrorSuffix) {
		t.Error("the run is taken for one that failed")
	}
	if o := s.Outcome(&s.Plan.Runs[1]); o.Status != record.StatusDone {
		t.Errorf("the other run: %+v", o)
	}
	if err := rec.Abort(errors.New("enough")); err != nil {
		t.Error(err)
	}
}

// TestScenariosOfOthers: a sweep whose scenario has the right checksum, but cannot be
// read, is not opened.
func TestScenariosOfOthers(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	if err := record.WriteSummed(s.Dir, record.ScenarioName, []byte("name: [\n")); err != nil {
		t.Fatal(err)
	}
	if got, err := Open(s.Dir); err == nil || !strings.Contains(err.Error(), record.ScenarioName) {
		t.Errorf("%+v, %v", got, err)
	}
	if b, err := ReadBaseOf(s.Dir, "x.yaml", "there", nil); err == nil || b != nil {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestMapsOfPoints: the map of points that are not a grid has two settings, also if there
// are more.
func TestMapsOfPoints(t *testing.T) {
	for _, zip := range []bool{false, true} {
		s := drawing(t)
		res := swept(t, 1, func([]string) float64 { return 1 }, "a=1,2", "b=3,4", "c=5,6")
		if res.Zip = zip; !zip {
			res.Sample = "lhs:8"
		}
		if err := s.Plot(res, []string{"s"}); err != nil {
			t.Fatal(err)
		}
		m := figure[*plot.MapConfig](t, s, "s-map")
		if got := fmt.Sprint(s.pictures()); got != "[s s-map]" || m.XLabel != "a" || m.YLabel != "b" || fmt.Sprint(m.Rows, m.Columns) != "[3 4] [1 2]" {
			t.Errorf("axes together %v: %s; %s × %s, %v × %v", zip, got, m.XLabel, m.YLabel, m.Rows, m.Columns)
		}
	}
}

// TestSweepsThatCannotBeRead: Create does not take a sweep that it cannot read for
// another one.
func TestSweepsThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"another format": {fileName, `{"format": 2}`, "format 2, this program reads format 1"},
		"no scenario":    {record.ScenarioName, "name: [\n", record.ScenarioName},
	} {
		s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
		if err := record.WriteSummed(s.Dir, c.file, []byte(c.text)); err != nil {
			t.Fatal(err)
		}
		if err := s.Create(); err == nil || !strings.HasPrefix(err.Error(), "--out: ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "another sweep") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	if err := s.WriteTables(s.Results()); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(s.Dir, "table.csv")
	if err := errors.Join(os.Remove(table), os.Mkdir(table, 0o777)); err != nil {
		t.Fatal(err)
	}
	if err := s.Create(); err == nil || !strings.Contains(err.Error(), "table.csv") {
		t.Errorf("a folder in the place of a table: %v", err)
	}
}

// TestOneWorker: a sweep with one worker does one run after the other.
func TestOneWorker(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 6})
	var mu sync.Mutex
	told := ""
	tell := func(what string, r *design.Run) {
		mu.Lock()
		defer mu.Unlock()
		told += fmt.Sprint(what, r.Index, " ")
	}
	o := Options{Workers: 1, Watch: func(r *design.Run, _ *run.Options) func(*run.Result, error) {
		tell("begins", r)
		return func(*run.Result, error) { tell("ends", r) }
	}}
	if err := s.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	want := ""
	for i := 1; i <= 6; i++ {
		want += fmt.Sprint("begins", i, " ends", i, " ")
	}
	if told != want {
		t.Errorf("%s, want %s", told, want)
	}
}
