package run

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"infomorph/actors"
	"infomorph/internal/checkpoint"
	"infomorph/internal/inboxes"
	"infomorph/internal/record"
	"infomorph/neuron/sim"
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

// sabotaged is a task after whose run something happens.
type sabotaged struct {
	scenarios.Task
	after func() error
}

// sabotagedRun is the run of a sabotaged task.
type sabotagedRun struct {
	scenarios.Run
	after func() error
}

func (s sabotaged) Start(e sim.Engine, out *journal.Listener) (scenarios.Run, error) {
	r, err := s.Task.Start(e, out)
	return sabotagedRun{r, s.after}, err
}

func (r sabotagedRun) Go(ctx context.Context) error { return errors.Join(r.Run.Go(ctx), r.after()) }

// TestRecordingsThatCannotEnd: a free run whose recording cannot be completed has failed.
func TestRecordingsThatCannotEnd(t *testing.T) {
	var r *Running
	task := func(s *scenarios.Scenario, files scenarios.Files) (scenarios.Task, error) {
		of, err := scenarios.NewTask(s, files)
		return sabotaged{of, func() error { return r.recorder.rec.Abort(errEnough) }}, err
	}
	_, err := Do(t.Context(), small(t, "mode=free"), Options{Dir: filepath.Join(t.TempDir(), "r"), Lean: true, Task: task, Began: func(begun *Running) { r = begun }})
	if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "the recording cannot be written") {
		t.Error(err)
	}
}

// TestRecordingsThatCannotBegin: a free run that cannot be recorded does not begin.
func TestRecordingsThatCannotBegin(t *testing.T) {
	recorded := func(net *sim.Network) (sim.Engine, error) { // by somebody else
		free, err := actors.NewFree(net, actors.FreeOptions{})
		if err != nil {
			return nil, err
		}
		w, err := inboxes.NewWriter(io.Discard, net.NumNeurons())
		return free, errors.Join(err, free.Record(w, nil))
	}
	began := false
	r, err := Do(t.Context(), small(t, "mode=free"), Options{Dir: filepath.Join(t.TempDir(), "r"), Lean: true, again: recorded, Began: func(*Running) { began = true }})
	if r != nil || began || err == nil || !strings.Contains(err.Error(), "recorded already") {
		t.Errorf("%+v, begun %v: %v", r, began, err)
	}
}

// refused is a task that neither begins nor goes on.
type refused struct{ scenarios.Task }

func (refused) Start(sim.Engine, *journal.Listener) (scenarios.Run, error) { return nil, errEnough }
func (refused) Resume(sim.Engine, *journal.Listener, []byte) (scenarios.Run, error) {
	return nil, errNoState
}

// TestTasksThatRefuse: a run whose task does not begin, or does not go on, has failed with its
// reason, and has no final state.
func TestTasksThatRefuse(t *testing.T) {
	task := func(s *scenarios.Scenario, files scenarios.Files) (scenarios.Task, error) {
		of, err := scenarios.NewTask(s, files)
		return refused{of}, err
	}
	dir := filepath.Join(t.TempDir(), "r")
	r, err := Do(t.Context(), small(t), Options{Dir: dir, Task: task})
	if !errors.Is(err, errEnough) || !errors.Is(err, ErrFailed) || r == nil || r.Final.StateHash != "" || checkpointOf(t, dir) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	dir = filepath.Join(t.TempDir(), "r")
	interruptAt(t, small(t), Options{Dir: dir}, 3)
	step := checkpointOf(t, dir)
	stopped, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err = Do(t.Context(), stopped.Scenario, Options{From: stopped, Task: task})
	if !errors.Is(err, errNoState) || !errors.Is(err, ErrFailed) || r == nil || r.Final.StateHash != "" || checkpointOf(t, dir) != step || step == 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestRunsThatHaveNotStarted: before a run has started there is nothing to write into a
// checkpoint.
func TestRunsThatHaveNotStarted(t *testing.T) {
	rec := closedRun(t)
	c := &checkpointer{rec: rec, everySteps: 1}
	if err := errors.Join(c.step(0), c.write(0)); err != nil || c.written != 0 {
		t.Errorf("%v, written at step %d", err, c.written)
	}
}

// TestGoingBackWithoutChange: a run that goes back, and has the scenario of its last
// checkpoint, writes nothing.
func TestGoingBackWithoutChange(t *testing.T) {
	a := amendment{scenario: small(t).Scenario}
	j := &recorder{rec: closedRun(t), is: a, saved: a, ended: func() error { return ErrBack }}
	for what, err := range map[string]error{"between steps": j.Step("", 0, 0), "at a step": j.interrupt(), "within": j.leave()} {
		if !errors.Is(err, errInterrupted) || err.Error() != errInterrupted.Error() {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestProcessorsStay: a run that draws pictures uses as many processors as there are, and
// leaves the number as it is.
func TestProcessorsStay(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	done(t, small(t), Options{Dir: filepath.Join(t.TempDir(), "r")})
	if n := runtime.GOMAXPROCS(0); n != 3 {
		t.Errorf("%d processors, there were 3", n)
	}
}

// TestInterruptionsThatCannotBeSaved: a run that is interrupted, and cannot write its last
// checkpoint, says so, as it will go on from an earlier one.
func TestInterruptionsThatCannotBeSaved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := Do(ctx, small(t), Options{Dir: dir, Began: func(*Running) {
		if err := os.WriteFile(filepath.Join(dir, checkpoint.FolderName), nil, 0o600); err != nil {
			t.Error(err)
		}
	}, Listener: &journal.Listener{Step: func(string, int, int) error { cancel(); return nil }}})
	start, end := "interrupted at "+r.Simulated().String()+", and this state could not be saved: checkpoint: ", "; results so far are in "+dir
	if !errors.Is(err, ErrInterrupted) || !strings.HasPrefix(err.Error(), start) || !strings.HasSuffix(err.Error(), end) {
		t.Errorf("%v, want %s…%s", err, start, end)
	}
	if m, err := record.ReadManifest(dir); err != nil || m.Status != record.StatusInterrupted {
		t.Errorf("%+v, %v", m, err)
	}
}
