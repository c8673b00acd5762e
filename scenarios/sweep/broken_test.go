package sweep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios/design"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/run"
)

// exists reports whether there is a file or folder.
func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// TestInterruptedRunContinues: a run that is interrupted while it learns did not fail. It
// continues later.
func TestInterruptedRunContinues(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	told := ""
	o := Options{Workers: 1, Progress: func(done, total int) { told += fmt.Sprint(done, "/", total, " ") }, Watch: func(r *design.Run, o *run.Options) func(*run.Result, error) {
		o.Listener = &journal.Listener{Measure: func(neuron.Time, string, float64) error { cancel(); return nil }}
		return func(_ *run.Result, err error) {
			if r.Index != 1 || !errors.Is(err, run.ErrInterrupted) {
				t.Errorf("run %d: %v", r.Index, err)
			}
		}
	}}
	if err := s.Run(ctx, o); !errors.Is(err, run.ErrInterrupted) || told != "0/2 " {
		t.Fatal(err, told)
	}
	r := &s.Plan.Runs[0]
	if got := s.Outcome(r); got.Status != Pending || exists(s.RunDir(r)+ErrorSuffix) {
		t.Errorf("%+v", got)
	}
	if err := s.Run(context.Background(), Options{}); err != nil || exists(s.RunDir(r)+".failed-1") {
		t.Errorf("the run began again: %v", err)
	}
}

// TestNoRunAfterAFailure: not even a run that a worker gets at that moment.
func TestNoRunAfterAFailure(t *testing.T) {
	name := small(t, "")
	s := planned(t, Request{Scenario: name, Seeds: 3})
	if err := os.Remove(filepath.Join(filepath.Dir(name), "here.txt")); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		var failed *FailedRuns
		if err := s.Run(context.Background(), Options{Workers: 1}); !errors.As(err, &failed) || failed.Failed != 1 {
			t.Fatal(err)
		}
	}
}

// TestDamagedResults: a run whose scores have changed, or whose remains cannot be read,
// is not passed off as done.
func TestDamagedResults(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	if err := s.Run(context.Background(), Options{}); err != nil {
		t.Fatal(err)
	}
	first, second := &s.Plan.Runs[0], &s.Plan.Runs[1]
	summary := filepath.Join(s.RunDir(first), "summary.json")
	data, err := os.ReadFile(summary)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(data, []byte("1"), []byte("0"), 1)
	if err := os.WriteFile(summary, changed, 0o600); err != nil || bytes.Equal(changed, data) {
		t.Fatal(err)
	}
	if o := s.Outcome(first); o.Status != record.StatusFailed || !strings.Contains(o.Reason, "summary.json") || o.Scores != nil {
		t.Errorf("%+v", o)
	}
	manifest := filepath.Join(s.RunDir(second), "manifest.json")
	if err := os.WriteFile(manifest, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := &runner{Sweep: s}
	if err := x.runOne(context.Background(), second); err == nil || !strings.Contains(err.Error(), "manifest.json") {
		t.Errorf("a manifest that cannot be read: %v", err)
	}
}

// TestAdopt: the copy of a run replaces what is left of it, and nothing else remains.
func TestAdopt(t *testing.T) {
	r := Request{Scenario: small(t, ""), Seeds: 2}
	from, to := planned(t, r), planned(t, r)
	if err := from.Run(context.Background(), Options{Part: Part{1, 2}}); err != nil {
		t.Fatal(err)
	}
	done, gone := &from.Plan.Runs[0], &from.Plan.Runs[1]
	rest := filepath.Join(to.RunDir(done), "rest.txt")
	if err := errors.Join(os.MkdirAll(to.RunDir(done), 0o777), os.WriteFile(rest, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := to.adopt(done, from); err != nil || to.Outcome(done).Status != record.StatusDone || exists(rest) {
		t.Errorf("%v, %+v", err, to.Outcome(done))
	}
	if err := to.adopt(gone, from); !errors.Is(err, os.ErrNotExist) || exists(to.RunDir(gone)) {
		t.Errorf("a run that is not there: %v", err)
	}
}

// TestPlanIsNotSavedInPart: if checksums cannot be written, no file is.
func TestPlanIsNotSavedInPart(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	dir := filepath.Join(t.TempDir(), "other")
	if err := s.Base.SavePlan(dir, fileName, []byte("{}"), record.SumsName); err == nil {
		t.Error("a folder in the place of the checksums was accepted")
	}
	if exists(filepath.Join(dir, record.ScenarioName)) || exists(filepath.Join(dir, fileName)) {
		t.Error("files without checksums")
	}
}
