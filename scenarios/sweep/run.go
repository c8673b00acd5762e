package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	"infomorph/internal/fault"
	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
)

// Options define how the runs of a sweep are done. Results do not depend on them, except
// for which pictures there are.
type Options struct {
	Run        run.Options // of each run; the sweep sets folder, workers and pictures
	Workers    int         // number of concurrent runs; 0: one per core
	KeepGoing  bool        // continue if a run fails; its error is in the table
	KeepFailed bool        // do not run again what has failed before
	Pictures   int         // only this many of the first runs have pictures
	Part       Part        // run only this part
	// Progress is called with the number of runs that have ended. It may be nil.
	Progress func(done, total int)
	// Watch is called before a run begins and can change its options. The function that
	// it returns is called when the run has ended. Watch may be nil. Several goroutines
	// call it.
	Watch func(r *design.Run, o *run.Options) (ended func(*run.Result, error))
}

// AllPictures is a value of Options.Pictures that means all runs.
const AllPictures = int(^uint(0) >> 1)

// FailedRuns is the error of a sweep with failed runs.
type FailedRuns struct {
	Failed, Total int
	First         error
}

// Error implements error.
func (f *FailedRuns) Error() string {
	return fmt.Sprintf("%d of %d runs failed, the first: %v", f.Failed, f.Total, f.First)
}

// Unwrap implements errors.Unwrap.
func (f *FailedRuns) Unwrap() error { return f.First }

// runner executes the remaining runs of a sweep, several at a time. Its memory is limited
// by the number of concurrent runs.
type runner struct {
	*Sweep
	Options
	total int // number of runs, done or not

	mu   sync.Mutex // guards the fields below
	done int
	errs []error // of runs that failed
	stop context.CancelFunc
}

// Run executes every run that is not done. Its error is *FailedRuns if some of them
// failed.
func (s *Sweep) Run(ctx context.Context, o Options) error {
	defer guard.Graceful(ctx)()
	x := &runner{Sweep: s, Options: o}
	if o.Workers == 0 {
		x.Workers = runtime.GOMAXPROCS(0)
	}
	if err := errors.Join(x.Options.Run.Engine.Validate(), (&run.Engine{Workers: x.Workers}).Validate()); err != nil {
		return err
	}
	todo, err := x.todo()
	if err != nil {
		return fault.Failed(err)
	}
	x.total, _, _ = s.Count(o.Part)
	x.done = x.total - len(todo)
	x.runAll(ctx, todo)
	if ctx.Err() != nil && x.done < x.total {
		return fault.Interrupted(fmt.Errorf("interrupted; runs so far are in %s", s.Dir))
	}
	if len(x.errs) > 0 {
		return fault.Failed(&FailedRuns{len(x.errs), x.total, x.errs[0]})
	}
	return nil
}

// runAll passes runs to the workers until all are done, a failed run ends the sweep, or
// the context is cancelled.
func (x *runner) runAll(ctx context.Context, todo []*design.Run) {
	feeding, stop := context.WithCancel(ctx)
	defer stop()
	x.stop = stop
	queue := make(chan *design.Run)
	var workers sync.WaitGroup
	for range max(1, min(x.Workers, len(todo), 4*runtime.GOMAXPROCS(0))) {
		workers.Go(func() {
			for r := range queue {
				if feeding.Err() != nil { // the sweep was stopped
					continue
				}
				x.finished(r, x.runOne(ctx, r))
			}
		})
	}
	for _, r := range todo {
		queue <- r
	}
	close(queue)
	workers.Wait()
}

// todo lists the runs that are neither done nor failed for good.
func (x *runner) todo() ([]*design.Run, error) {
	var todo []*design.Run
	for i := range x.Plan.Runs {
		r := &x.Plan.Runs[i]
		if !x.Part.Has(r) {
			continue
		}
		switch o := x.Outcome(r); {
		case o.Status == record.StatusDone:
			continue
		case o.Status == record.StatusFailed && x.KeepFailed:
			x.errs = append(x.errs, fmt.Errorf("run %d: %s", r.Index, o.Reason))
			continue
		case o.Status == record.StatusFailed:
			if err := x.forget(r); err != nil {
				return nil, err
			}
		}
		todo = append(todo, r)
	}
	return todo, nil
}

// finished counts a run. After a failure it stops the sweep, unless KeepGoing is set;
// runs that have begun continue to their end.
func (x *runner) finished(r *design.Run, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err == nil {
		x.done++
	} else if !errors.Is(err, run.ErrInterrupted) {
		x.errs = append(x.errs, fmt.Errorf("run %d: %w", r.Index, err))
		if !x.KeepGoing {
			x.stop()
		}
	}
	if x.Progress != nil {
		x.Progress(x.done+len(x.errs), x.total)
	}
}

// runOne executes one run in its folder. If it has a checkpoint, it continues from there.
func (x *runner) runOne(ctx context.Context, r *design.Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Internal(p)
		}
		if err == nil || errors.Is(err, run.ErrInterrupted) || errors.Is(err, record.ErrInUse) {
			return
		}
		if x.Outcome(r).Status != record.StatusFailed {
			err = errors.Join(err, x.fail(r, err))
		}
	}()
	s, err := x.scenario(r)
	if err != nil {
		return err
	}
	o := x.Options.Run
	o.Lean, o.Engine.Workers, o.Dir, o.From = r.Index > x.Pictures, 1, x.RunDir(r), nil
	if o.Engine.Shards == 0 {
		o.Engine.Shards = 1
	}
	if _, err := os.Stat(o.Dir); err == nil { // a run in this folder was killed or interrupted
		if o.From, err = run.Left(o.Dir, s); err != nil {
			return err
		}
	}
	if x.Watch == nil {
		_, err = run.Do(ctx, s, o)
		return err
	}
	ended := x.Watch(r, &o)
	res, err := run.Do(ctx, s, o)
	ended(res, err)
	return err
}
