package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/plot"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios/design"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/run"
)

// put writes a small file, and the folders above it.
func put(t *testing.T, text string, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// TestPlanOfAKilledCommand: a folder with the files that a command leaves if it is killed
// before its plan is complete is used again; a folder with anything else is not.
func TestPlanOfAKilledCommand(t *testing.T) {
	r := Request{Scenario: small(t, ""), Seeds: 2}
	text, err := run.Text(r.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, text string
		path       []string
		ok         bool
	}{
		{"the scenario", string(text), []string{record.ScenarioName}, true},
		{"another scenario", string(text) + "\n", []string{record.ScenarioName}, false},
		{"the scenario under another name", string(text), []string{"copy.yaml"}, false},
		{"a file that was being written", "apiV", []string{".scenario.yaml.tmp"}, true},
		{"a folder with the name of such a file", "apiV", []string{".scenario.yaml.tmp", "file"}, false},
		{"a hidden file", "apiV", []string{".scenario.yaml"}, false},
		{"a temporary file of the user", "apiV", []string{"scenario.tmp"}, false},
		{"a run", "", []string{"runs", "0001.error"}, false},
		{"another folder", "", []string{"other", "file"}, false},
	} {
		r.Dir = filepath.Join(t.TempDir(), "sweep")
		put(t, c.text, append([]string{r.Dir}, c.path...)...)
		s, err := New(r)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Create()
		if c.ok && err != nil || !c.ok && (err == nil || !strings.Contains(err.Error(), "--out: the folder is not empty: "+r.Dir)) {
			t.Errorf("%s: %v", c.what, err)
		}
		if opened, err := Open(r.Dir); (err == nil) != c.ok || c.ok && !opened.Same(s) {
			t.Errorf("%s: opened %v, %v", c.what, opened, err)
		}
	}
	r.Dir = filepath.Join(t.TempDir(), "sweep")
	if err := os.MkdirAll(filepath.Join(r.Dir, "runs"), 0o777); err != nil {
		t.Fatal(err)
	}
	planned(t, r)
}

// TestDamagedPlanIsNotReplaced: Create reports a plan that has changed as damage, not as
// another sweep.
func TestDamagedPlanIsNotReplaced(t *testing.T) {
	r := Request{Scenario: small(t, ""), Seeds: 2}
	s := planned(t, r)
	put(t, "{}", s.Dir, fileName)
	if err := s.Create(); !errors.Is(err, record.ErrDamaged) {
		t.Errorf("%v", err)
	}
	if _, err := Open(s.Dir); !errors.Is(err, record.ErrDamaged) || strings.Contains(err.Error(), "is not the folder") {
		t.Errorf("opened: %v", err)
	}
	if err := os.Remove(filepath.Join(s.Dir, record.ScenarioName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(s.Dir); err == nil {
		t.Error("a sweep without a scenario was opened")
	}
}

// TestUnreadableErrors: an error file that has changed is a failure, and one that cannot
// be removed is reported.
func TestUnreadableErrors(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	r := &s.Plan.Runs[0]
	put(t, "all is well\n", s.RunDir(r)+ErrorSuffix)
	if o := s.Outcome(r); o.Status != record.StatusFailed || !strings.Contains(o.Reason, "0001.error") {
		t.Errorf("%+v", o)
	}
	if err := os.Remove(s.RunDir(r) + ErrorSuffix); err != nil {
		t.Fatal(err)
	}
	put(t, "", s.RunDir(r)+ErrorSuffix, "file")
	if err := s.forget(r); err == nil || !strings.Contains(err.Error(), "0001.error") {
		t.Errorf("%v", err)
	}
	err := s.Run(context.Background(), Options{})
	if fault.Kind(err) != fault.ErrFailed || !strings.Contains(err.Error(), "0001.error") {
		t.Errorf("%v", err)
	}
	if _, done, _ := s.Count(Part{}); done != 0 {
		t.Errorf("%d runs", done)
	}
}

// TestFaultsOfPoints: a fault is reported once for each point, not for each run. There
// are at most ten.
func TestFaultsOfPoints(t *testing.T) {
	name := small(t, "")
	for over, want := range map[string]int{"neuron.window=16,0": 1, "neuron.window=0,-1,-2,-3,-4,-5,-6,-7,-8": 9, "neuron.window=0,-1,-2,-3,-4,-5,-6,-7,-8,-9,-10,-11": 10} {
		_, err := New(Request{Scenario: name, Over: []string{over}, Seeds: 2})
		if got := strings.Count(fmt.Sprint(err), "expected a whole number from 1"); got != want {
			t.Errorf("%s: %d faults, want %d: %v", over, got, want, err)
		}
		if more := strings.HasSuffix(fmt.Sprint(err), "… and maybe more"); more != (want == 10) {
			t.Errorf("%s: more %v", over, more)
		}
	}
}

// TestRunThatPanics: it fails alone, and the other runs continue. The name of the
// mistake is kept.
func TestRunThatPanics(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 3})
	var ended []int
	err := s.Run(context.Background(), Options{Workers: 1, KeepGoing: true, Watch: func(r *design.Run, o *run.Options) func(*run.Result, error) {
		if r.Index == 2 {
			panic("boom")
		}
		return func(res *run.Result, err error) {
			if err != nil || res.Dir != s.RunDir(r) {
				t.Errorf("run %d: %+v, %v", r.Index, res, err)
			}
			ended = append(ended, r.Index)
		}
	}})
	var failed *FailedRuns
	if !errors.As(err, &failed) || failed.Failed != 1 || !strings.Contains(err.Error(), "run 2: internal error: boom") {
		t.Errorf("%v", err)
	}
	if o := s.Outcome(&s.Plan.Runs[1]); o.Status != record.StatusFailed || !strings.Contains(o.Reason, "boom") {
		t.Errorf("%+v", o)
	}
	if !slices.Equal(ended, []int{1, 3}) {
		t.Errorf("runs %v ended", ended)
	}
}

// TestPicturesOfFirstRuns: only the first runs have pictures.
func TestPicturesOfFirstRuns(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 3})
	if err := s.Run(context.Background(), Options{Workers: 1, Pictures: 2}); err != nil {
		t.Fatal(err)
	}
	for i := range s.Plan.Runs {
		r := &s.Plan.Runs[i]
		if has := exists(filepath.Join(s.RunDir(r), "plots")); has != (r.Index <= 2) {
			t.Errorf("run %d: pictures %v", r.Index, has)
		}
	}
}

// TestPicturesOfPanelsThatCannotBeKept: each kind of picture reports that it cannot be
// written.
func TestPicturesOfPanelsThatCannotBeKept(t *testing.T) {
	res := swept(t, 1, func([]string) float64 { return 1 }, "a=1,2", "b=1,2", "c=1,2")
	for _, name := range []string{"s@c=2", "s@c=2-map", "s-map"} {
		s := drawing(t)
		if err := os.MkdirAll(filepath.Join(s.Dir, "plots", name+".png"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := s.Plot(res, []string{"s"}); err == nil || !strings.Contains(err.Error(), name+".png") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFolderWithALongName: a folder that cannot be renamed is reported, and stays.
func TestFolderWithALongName(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2, Dir: filepath.Join(t.TempDir(), strings.Repeat("x", 250))})
	if err := MakeRoom(s.Dir); err == nil || !exists(s.Dir) {
		t.Errorf("%v", err)
	}
}

// TestMergeOfOneFolder: the parts of a sweep may share a folder. Then nothing is copied.
func TestMergeOfOneFolder(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	if err := s.Run(context.Background(), Options{Part: Part{1, 2}}); err != nil {
		t.Fatal(err)
	}
	if _, err := Merge("", s.Dir); fault.Kind(err) != fault.ErrInput || !strings.HasPrefix(err.Error(), "1 of 2 runs are done in no part: 2;") {
		t.Errorf("%v", err)
	}
	if err := s.Run(context.Background(), Options{Part: Part{2, 2}}); err != nil {
		t.Fatal(err)
	}
	if joined, err := Merge("", s.Dir); err != nil || joined.Dir != s.Dir {
		t.Errorf("%+v, %v", joined, err)
	}
}

// TestMergeAgain: merging into the same folder again changes nothing, and a folder with
// other files is refused.
func TestMergeAgain(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Over: []string{"neuron.window=16"}})
	if err := s.Run(context.Background(), Options{}); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "joined")
	for range 2 {
		joined, err := Merge(out, s.Dir)
		if err != nil {
			t.Fatal(err)
		}
		put(t, "mine", joined.RunDir(&joined.Plan.Runs[0]), "notes.txt")
	}
	if !exists(filepath.Join(out, "runs", "0001", "notes.txt")) {
		t.Error("a run that was there has been replaced")
	}
	other := t.TempDir()
	put(t, "mine", other, "notes.txt")
	for _, dir := range []string{other, filepath.Join(other, "notes.txt", "below")} {
		if _, err := Merge(dir, s.Dir); err == nil || !strings.Contains(err.Error(), "--out: ") {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// TestRunsThatFailLater: a run that fails after it has begun has the reason in its own
// folder. One whose scenario cannot be read has it next to that.
func TestRunsThatFailLater(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	o := Options{Workers: 1, KeepGoing: true, Watch: func(r *design.Run, o *run.Options) func(*run.Result, error) {
		o.Listener = &journal.Listener{Measure: func(neuron.Time, string, float64) error { return errors.New("no\nmore") }}
		return func(*run.Result, error) {}
	}}
	if err := s.Run(context.Background(), o); fault.Kind(err) != fault.ErrFailed {
		t.Fatal(err)
	}
	r := &s.Plan.Runs[1]
	if got := s.Outcome(r); got.Status != record.StatusFailed || !strings.HasPrefix(got.Reason, "no more") || exists(s.RunDir(r)+ErrorSuffix) {
		t.Errorf("%+v", got)
	}
	s = planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	s.Base.Sets = []string{"neuron.window=0"}
	if err := s.Run(context.Background(), Options{Workers: 1}); fault.Kind(err) != fault.ErrFailed {
		t.Fatal(err)
	}
	r = &s.Plan.Runs[0]
	if got := s.Outcome(r); got.Status != record.StatusFailed || !strings.Contains(got.Reason, "neuron.window") || !exists(s.RunDir(r)+ErrorSuffix) {
		t.Errorf("%+v", got)
	}
}

// TestAxesOfIntervals: the axis of a logarithmic interval is logarithmic, others are not.
func TestAxesOfIntervals(t *testing.T) {
	for axis, want := range map[string]bool{"a=lin(1,100,3)": false, "a=log(1,100,3)": true, "a=1,10,100": false} {
		s := drawing(t)
		if err := s.Plot(swept(t, 1, func([]string) float64 { return 1 }, axis), []string{"s"}); err != nil {
			t.Fatal(err)
		}
		if l := figure[*plot.LinesConfig](t, s, "s"); l.LogX != want {
			t.Errorf("%s: logarithmic %v", axis, l.LogX)
		}
	}
}
