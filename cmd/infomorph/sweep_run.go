package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"infomorph/internal/fault"
	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/internal/sweep"
	"infomorph/scenarios/run"
)

// sweepRunner runs what is left of a sweep, several runs at a time. Memory is
// bounded by the number of runs that go on together.
type sweepRunner struct {
	*sweepFlags
	*sweepFolder
	progress progress
	phase    string // what progress calls the runs
	showcase int    // so many runs have pictures in any case

	total int // runs, done or not

	mu   sync.Mutex // guards what follows
	done int
	errs []error // of runs that failed
	stop context.CancelFunc
}

// runAll runs every run that is not done.
func (x *sweepRunner) runAll(ctx context.Context) error {
	defer guard.Graceful(ctx)()
	todo, err := x.todo()
	if err != nil {
		return runFailed(err)
	}
	x.total = 0
	for i := range x.Plan.Runs {
		if x.share.has(&x.Plan.Runs[i]) {
			x.total++
		}
	}
	x.done = x.total - len(todo)
	feeding, stop := context.WithCancel(ctx)
	defer stop()
	x.stop = stop
	queue := make(chan *sweep.Run)
	var workers sync.WaitGroup
	for range x.parallel(len(todo)) {
		workers.Go(func() {
			for r := range queue {
				x.finished(r, x.runOne(ctx, r))
			}
		})
	}
	for _, r := range todo {
		select {
		case queue <- r:
			continue
		case <-feeding.Done():
		}
		break
	}
	close(queue)
	workers.Wait()
	if ctx.Err() != nil {
		return fault.Interrupted(fmt.Errorf("interrupted; go on with: infomorph sweep --resume %s%s", x.dir, x.again()))
	}
	if len(x.errs) > 0 {
		return runFailed(fmt.Errorf("%d of %d runs failed, the first: %w; try them again with: infomorph sweep --resume %s%s --retry",
			len(x.errs), x.total, x.errs[0], x.dir, x.again()))
	}
	return nil
}

// again is what else belongs to the command that goes on.
func (x *sweepRunner) again() string {
	if x.part == "" {
		return ""
	}
	return " --part " + x.part
}

// todo lists the runs that are neither done nor, without --retry, failed.
func (x *sweepRunner) todo() ([]*sweep.Run, error) {
	var todo []*sweep.Run
	for i := range x.Plan.Runs {
		r := &x.Plan.Runs[i]
		if !x.share.has(r) {
			continue
		}
		switch o := x.outcome(r); {
		case o.Status == record.StatusDone:
			continue
		case o.Status == record.StatusFailed && x.resume != "" && !x.retry:
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

// finished counts a run, and stops the sweep after a failure unless it is to
// keep going. Runs that go on already are let come to their end.
func (x *sweepRunner) finished(r *sweep.Run, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err == nil {
		x.done++
	} else if !errors.Is(err, run.ErrInterrupted) {
		x.errs = append(x.errs, fmt.Errorf("run %d: %w", r.Index, err))
		if !x.keepGoing {
			x.stop()
		}
	}
	x.progress.step(cmp.Or(x.phase, "runs"), x.done+len(x.errs), x.total)
}

// runOne runs one run in its folder, from its last checkpoint if it has one.
func (x *sweepRunner) runOne(ctx context.Context, r *sweep.Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = internalError(p)
		}
		if err == nil || errors.Is(err, run.ErrInterrupted) || errors.Is(err, record.ErrInUse) {
			return
		}
		if x.outcome(r).Status != record.StatusFailed {
			err = errors.Join(err, x.fail(r, err))
		}
	}()
	s, err := x.scenario(r)
	if err != nil {
		return err
	}
	o := x.options()
	o.Lean, o.Engine.Workers, o.Dir = !x.pictures && r.Index > x.showcase, 1, x.runDir(r)
	if _, err := os.Stat(o.Dir); err == nil { // killed or interrupted in the middle
		if o.From, err = run.Left(o.Dir, s); err != nil {
			return err
		}
	}
	_, err = run.Do(ctx, s, o)
	return err
}
