package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

// interruptAt runs a scenario until a number of steps is reached.
func interruptAt(t *testing.T, s *Scenario, o Options, steps int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.Listener = &journal.Listener{Within: func() int { return 1 }, Step: func(string, int, int) error {
		if steps--; steps == 0 {
			cancel()
		}
		return nil
	}}
	r, err := Do(ctx, s, o)
	if !errors.Is(err, ErrInterrupted) || r == nil || !r.Resumable {
		t.Fatalf("%+v, %v", r, err)
	}
}

// TestStoppedRunsGoOn: a run can be stopped anywhere and resumed with any engine, and the
// folder has the same bytes at the end.
func TestStoppedRunsGoOn(t *testing.T) {
	s := small(t)
	whole := filepath.Join(t.TempDir(), "whole")
	want := done(t, s, Options{Dir: whole, Lean: true})
	for _, at := range []int{1, 11} {
		dir := filepath.Join(t.TempDir(), "r")
		interruptAt(t, s, Options{Dir: dir, CheckpointSteps: 1}, at)
		if m, err := record.ReadManifest(dir); err != nil || m.Files["weights-trained.parquet"] != (record.FileInfo{}) {
			t.Errorf("%v: a run that was stopped has written out the weights that it has not learnt yet", err)
		}
		stopped, err := Open(dir, OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got := done(t, stopped.Scenario, Options{From: stopped, Lean: true, Engine: Engine{Kind: "population"}})
		if got.Final.StateHash != want.Final.StateHash || got.Final.Counts["spikes"] != want.Final.Counts["spikes"] {
			t.Errorf("stopped at %d: another state, or %d spikes", at, got.Final.Counts["spikes"])
		}
		same(t, "gone on", contents(t, dir), contents(t, whole))
	}
}

// TestStopWithinAStep: a run whose step takes too long stops within the step. It
// continues from its last checkpoint, or from its beginning.
func TestStopWithinAStep(t *testing.T) {
	defer func(d time.Duration) { patience = d }(patience)
	patience = 0
	s, err := Load("recorded-spikes", "expect=null")
	if err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(t.TempDir(), "whole")
	done(t, s, Options{Dir: whole, Lean: true})
	for _, at := range []int{3, 5000} { // in the first train, and in a later one
		ctx, cancel := context.WithCancel(t.Context())
		dir, epochs, steps := filepath.Join(t.TempDir(), "r"), 0, 0
		_, err := Do(ctx, s, Options{Dir: dir, CheckpointSteps: 1, Listener: &journal.Listener{
			Epoch: func(neuron.Time, *neuron.Output) error {
				if epochs++; epochs == at {
					cancel()
				}
				return nil
			},
			Step: func(string, int, int) error { steps++; return ctx.Err() },
		}})
		if !errors.Is(err, ErrInterrupted) || epochs > at+1 {
			t.Fatalf("%v after %d epochs and %d steps", err, epochs, steps)
		}
		stopped, err := Open(dir, OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		done(t, stopped.Scenario, Options{From: stopped, Lean: true})
		same(t, "gone on", contents(t, dir), contents(t, whole))
	}
}

// TestFork: a fork does not change the original run, and a changed setting only affects
// what comes after.
func TestFork(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	interruptAt(t, small(t), Options{Dir: dir}, 8)
	before := contents(t, dir)
	forked, err := Open(dir, OpenOptions{Fork: true, Sets: []string{"neurons.unit.ports.c.rate=0.5"}})
	if err != nil {
		t.Fatal(err)
	}
	r := done(t, forked.Scenario, Options{From: forked, Lean: true, Dir: filepath.Join(t.TempDir(), "fork")})
	same(t, "the parent", contents(t, dir), before)
	m, err := record.ReadManifest(r.Dir)
	if err != nil || m.Parent != dir || m.Status != record.StatusDone {
		t.Errorf("%+v, %v", m, err)
	}
	stopped, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if other := done(t, stopped.Scenario, Options{From: stopped, Lean: true}); other.Final.StateHash == r.Final.StateHash {
		t.Error("the changed rate changed nothing")
	}
}

// TestOpenRefuses tests the runs that cannot continue.
func TestOpenRefuses(t *testing.T) {
	ended := filepath.Join(t.TempDir(), "ended")
	done(t, small(t), Options{Dir: ended, Lean: true})
	spoil := func(name string, change func(string) string) func(t *testing.T) string {
		return func(t *testing.T) string {
			dir := filepath.Join(t.TempDir(), "r")
			interruptAt(t, small(t), Options{Dir: dir}, 6)
			path := filepath.Join(dir, name)
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, []byte(change(string(data))), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			return dir
		}
	}
	at := func(dir string) func(*testing.T) string { return func(*testing.T) string { return dir } }
	for _, c := range []struct {
		name string
		dir  func(*testing.T) string
		o    OpenOptions
		kind error
		want string
	}{
		{"ended", at(ended), OpenOptions{}, ErrInput, "the run came to its end"},
		{"no checkpoint to fork from", at(ended), OpenOptions{Fork: true}, ErrInput, "there is no checkpoint to fork from"},
		{"no run", at(t.TempDir()), OpenOptions{}, ErrInput, ""},
		{"settings without a fork", at(ended), OpenOptions{Sets: []string{"seed=2"}}, ErrInput, "set: settings of a run can be changed in a fork only"},
		{"another scenario", spoil("scenario.yaml", func(s string) string { return strings.Replace(s, "seed: 1", "seed: 5", 1) }), OpenOptions{}, ErrFailed,
			"seed was 1, is 5"},
		{"a scenario that is none", spoil("scenario.yaml", func(string) string { return "name: [" }), OpenOptions{}, ErrFailed, "scenario.yaml"},
		{"a damaged table", spoil("plots/../manifest.json", func(s string) string { return strings.Replace(s, `"sha256": "`, `"sha256": "00`, 1) }), OpenOptions{}, nil, ""},
	} {
		r, err := Open(c.dir(t), c.o)
		if err == nil || r != nil || c.kind != nil && fault.Kind(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v (%v); want %v: %q", c.name, r, err, fault.Kind(err), c.kind, c.want)
		}
	}
}

// TestFolderWithoutRun: in a folder in which no run had begun, a new run begins.
func TestFolderWithoutRun(t *testing.T) {
	s := small(t)
	if r, err := Left(filepath.Join(t.TempDir(), "none"), s); r == nil && err == nil {
		t.Log("a folder that is not there has not begun")
	}
	dir := filepath.Join(t.TempDir(), "r")
	interruptAt(t, s, Options{Dir: dir}, 5)
	r, err := Left(dir, s)
	if err != nil || r == nil || r.Scenario != s {
		t.Fatalf("%+v, %v", r, err)
	}
	want := done(t, s, Options{NoFiles: true})
	if got := done(t, s, Options{From: r, Lean: true}); got.Final.StateHash != want.Final.StateHash {
		t.Error("another state")
	}
}
