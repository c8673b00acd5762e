package run

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"infomorph/actors"
	"infomorph/internal/checkpoint"
	"infomorph/internal/record"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
)

var errNoState = errors.New("there is no state")

// unsaved is a run whose state cannot be saved.
type unsaved struct{ scenarios.Run }

func (unsaved) Save() ([]byte, error) { return nil, errNoState }

// closedRun returns a result folder that was closed.
func closedRun(t *testing.T) (closed *record.Run) {
	t.Helper()
	folderOf(t, func(r *record.Run) error { closed = r; return nil })
	return closed
}

// TestTimeOfCheckpoints: a checkpoint is due as soon as its time has passed, not before.
func TestTimeOfCheckpoints(t *testing.T) {
	rec := closedRun(t)
	synctest.Test(t, func(t *testing.T) {
		c := &checkpointer{every: time.Second, at: time.Now(), run: unsaved{}, rec: rec}
		for _, wait := range []time.Duration{0, time.Second - 1, 1} {
			time.Sleep(wait) // of the clock in the bubble of the test
			due := wait == 1
			if err := c.step(0); errors.Is(err, errNoState) != due || (err == nil) == due {
				t.Errorf("%v later: %v", wait, err)
			}
		}
	})
}

// TestPatience: a step of a run that was asked to end may take as long as the patience, and
// no longer.
func TestPatience(t *testing.T) {
	defer func(d time.Duration) { patience = d }(patience)
	patience = time.Minute
	synctest.Test(t, func(t *testing.T) {
		j := &recorder{ended: func() error { return errEnough }}
		for _, wait := range []time.Duration{0, time.Minute, 1} {
			time.Sleep(wait) // of the clock in the bubble of the test
			if got := j.overdue(); got != (wait == 1) {
				t.Errorf("%v later: overdue %v", wait, got)
			}
		}
	})
}

// TestPartsOfCheckpoints: a checkpoint without the state of the task, the recording or the
// tables is not written, and the run learns why.
func TestPartsOfCheckpoints(t *testing.T) {
	free, err := actors.NewFree(networkOf(t, small(t, "mode=free")), actors.FreeOptions{})
	if err == nil {
		err = free.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	dir, closed := filepath.Join(t.TempDir(), "r"), closedRun(t)
	failAt(t, small(t, "mode=free"), Options{Dir: dir}, 3, func(n int, r *Running) {
		if n != 2 {
			return
		}
		whole := *r.recorder.check
		for name, change := range map[string]func(*checkpointer){
			"task":      func(c *checkpointer) { c.run = unsaved{} },
			"recording": func(c *checkpointer) { c.tape = &tape{free} },
			"tables":    func(c *checkpointer) { c.rec = closed },
		} {
			*r.recorder.check = whole
			change(r.recorder.check)
			if err := r.recorder.Checkpoint(); err == nil {
				t.Errorf("a checkpoint without its %s", name)
			}
		}
		*r.recorder.check = whole
	})
	for _, dir := range []string{dir, closed.Dir()} {
		if all, err := filepath.Glob(filepath.Join(dir, checkpoint.FolderName, "*")); err != nil || len(all) > 0 {
			t.Errorf("%v, %v", all, err)
		}
	}
}

// TestCheckpointsAreWrittenOnce: a checkpoint that is asked for twice at the same step is
// not written again.
func TestCheckpointsAreWrittenOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: dir, Engine: Engine{Kind: "none"}}, 3, func(n int, r *Running) {
		if n > 2 {
			return
		}
		var files [2]os.FileInfo
		for i := range files {
			if err := r.recorder.Checkpoint(); err != nil {
				t.Error(err)
			}
			all, err := filepath.Glob(filepath.Join(dir, checkpoint.FolderName, "*.ckpt"))
			if err != nil || len(all) != n {
				t.Fatalf("step %d: %v, %v", n, all, err)
			}
			if files[i], err = os.Stat(all[n-1]); err != nil {
				t.Fatal(err)
			}
		}
		if !os.SameFile(files[0], files[1]) {
			t.Errorf("step %d: it was written again", n)
		}
	})
}

// TestAskedToEndInBetween: a run may be asked to end while a step is being counted. It
// writes a checkpoint of the step, and learns if that fails; if it is to go back, it does
// not.
func TestAskedToEndInBetween(t *testing.T) {
	for _, c := range []struct {
		why   error
		fails bool  // the checkpoint cannot be written
		step  int64 // of the last checkpoint
	}{{errEnough, false, 3}, {errEnough, true, 0}, {ErrBack, false, 0}} {
		dir := filepath.Join(t.TempDir(), "r")
		failAt(t, small(t), Options{Dir: dir, Engine: Engine{Kind: "none"}}, 2, func(n int, r *Running) {
			if n != 2 {
				return
			}
			j, asked := *r.recorder, 0
			check := *j.check
			j.check = &check
			j.ended = func() error {
				if asked++; asked == 1 {
					return nil
				}
				return c.why
			}
			if c.fails {
				check.run = unsaved{}
			}
			if err := j.Step("", 0, 0); !errors.Is(err, errInterrupted) || errors.Is(err, errNoState) != c.fails {
				t.Errorf("%+v: %v", c, err)
			}
		})
		if got := checkpointOf(t, dir); got != c.step {
			t.Errorf("%+v: a checkpoint of step %d", c, got)
		}
	}
}

// TestStepsOfRuns: the steps of a run are its presentations if checkpoints are asked for by
// their number. Otherwise they are what the task counts by itself.
func TestStepsOfRuns(t *testing.T) {
	presentations := 0
	done(t, small(t), Options{NoFiles: true, Listener: &journal.Listener{Within: func() int { return 1 }, Step: func(string, int, int) error { presentations++; return nil }}})
	steps := 0
	done(t, small(t), Options{NoFiles: true, Listener: &journal.Listener{Step: func(string, int, int) error { steps++; return nil }}})
	if steps >= presentations {
		t.Fatalf("%d steps, %d presentations", steps, presentations)
	}
	for every, want := range map[int]int{0: steps, 1000: presentations} {
		dir := filepath.Join(t.TempDir(), "r")
		done(t, small(t), Options{Dir: dir, CheckpointSteps: every})
		stopped, err := Open(dir, OpenOptions{Fork: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := stopped.from.Meta.Step; got != int64(want) {
			t.Errorf("a checkpoint every %d: the last is of step %d, want %d", every, got, want)
		}
	}
}

// TestEndsThatCannotBeStored: a run that fails, and cannot even say so in its folder, tells
// both.
func TestEndsThatCannotBeStored(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	_, err := Do(t.Context(), small(t), Options{Dir: dir, Listener: &journal.Listener{Step: func(string, int, int) error {
		name := filepath.Join(dir, "manifest.json")
		if err := errors.Join(os.Remove(name), os.MkdirAll(filepath.Join(name, "below"), 0o777)); err != nil {
			t.Error(err)
		}
		return errEnough
	}}})
	if !errors.Is(err, errEnough) || !strings.Contains(err.Error(), "manifest.json") {
		t.Error(err)
	}
}
