package live

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"infomorph/internal/record"
	"infomorph/scenarios/design"
)

// Fleet is the state of all runs of a sweep for viewers: the progress and the
// scores of each, and a session for each run in progress. The sessions are
// read-only, because a run that is touched would not be the one that the sweep
// has planned.
type Fleet struct {
	opts Options

	mu       sync.Mutex
	axes     []string
	rows     []fleetRun // by index, from 1
	scores   []string   // names of scores, in the order in which they appeared
	total    int
	over     map[string]int
	sessions map[int]*Session
	version  int64
}

// fleetRun is a row of the list of runs.
type fleetRun struct {
	Index     int              `json:"index"`
	Point     int              `json:"point"`
	Replicate int              `json:"replicate"`
	Seed      string           `json:"seed"` // as text: JavaScript numbers are not exact to 64 bits
	Values    []string         `json:"values"`
	Status    string           `json:"status"` // waiting, running, done, failed
	Reason    string           `json:"reason,omitempty"`
	Phase     *phaseState      `json:"phase,omitempty"`
	Scores    map[string]short `json:"scores,omitempty"`
	changed   int64
}

// States of a run in the list.
const (
	waiting = "waiting"
	running = "running"
	done    = "done"
	failed  = "failed"
)

// listedScores is the largest number of scores that are listed for a run.
const listedScores = 30

// NewFleet returns the runs of a plan with their results so far, and the
// session that shows them.
func NewFleet(opts Options, results *design.Results) (*Fleet, *Session) {
	opts.ReadOnly, opts.CanCheckpoint, opts.CanUndo, opts.Paused = true, false, false, false
	f := &Fleet{opts: opts, total: len(results.Runs), over: map[string]int{}, sessions: map[int]*Session{}}
	for _, a := range results.Axes {
		f.axes = append(f.axes, a.Path)
	}
	for i := range results.Runs {
		r, o := &results.Runs[i], &results.Outcomes[i]
		row := fleetRun{Index: r.Index, Point: r.Point, Replicate: r.Replicate, Seed: fmt.Sprint(r.Seed), Values: r.Values, Status: waiting}
		f.rows = append(f.rows, row)
		switch o.Status {
		case record.StatusDone:
			f.finish(r.Index, done, "", o.Scores)
		case record.StatusFailed:
			f.finish(r.Index, failed, o.Reason, nil)
		}
	}
	s := New(opts)
	s.fleet = f
	return f, s
}

// Begin returns the session of a run that starts.
func (f *Fleet) Begin(index int) *Session {
	s := New(f.opts)
	s.Life(context.Background())
	s.fleet, s.run = f, index
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions[index] = s
	f.change(index).Status = running
	return s
}

// End takes the outcome of a run.
func (f *Fleet) End(index int, err error, scores map[string]float64) {
	f.mu.Lock()
	s := f.sessions[index]
	delete(f.sessions, index)
	if err != nil {
		f.finish(index, failed, err.Error(), scores)
	} else {
		f.finish(index, done, "", scores)
	}
	f.mu.Unlock()
	if s != nil {
		s.End(err, scores)
	}
}

// change returns a row and marks it as changed, so that it is sent again.
func (f *Fleet) change(index int) *fleetRun {
	f.version++
	row := &f.rows[index-1]
	row.changed = f.version
	return row
}

func (f *Fleet) finish(index int, status, reason string, scores map[string]float64) {
	row := f.change(index)
	row.Status, row.Reason, row.Phase, row.Scores = status, reason, nil, map[string]short{}
	f.over[status]++
	names := make([]string, 0, len(scores))
	for name := range scores {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(f.scores, name) {
			if len(f.scores) >= listedScores {
				continue
			}
			f.scores = append(f.scores, name)
		}
		row.Scores[name] = short(scores[name])
	}
}

// session returns the session of a run in progress.
func (f *Fleet) session(index int) (*Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.sessions[index]; s != nil {
		return s, nil
	}
	if index < 1 || index > len(f.rows) {
		return nil, fmt.Errorf("look: got %d, expected the number of a run, 1 to %d", index, len(f.rows))
	}
	return nil, fmt.Errorf("look: run %d is %s; only a running run can be watched", index, f.rows[index-1].Status)
}

// each calls a function for the session of each run in progress.
func (f *Fleet) each(do func(*Session)) {
	f.mu.Lock()
	all := make([]*Session, 0, len(f.sessions))
	for _, s := range f.sessions {
		all = append(all, s)
	}
	f.mu.Unlock()
	for _, s := range all {
		do(s)
	}
}

// fleetNews is a message to a page about the runs.
type fleetNews struct {
	Axes   []string   `json:"axes"`
	Scores []string   `json:"scores"`
	Total  int        `json:"total"`
	Done   int        `json:"done"`
	Failed int        `json:"failed"`
	Runs   []fleetRun `json:"runs"` // that have changed
	Of     int        `json:"of"`   // runs that are listed
}

// listedRuns is the largest number of runs that a page lists.
const listedRuns = 2000

// since returns what has changed since a version, nil if nothing has, and the
// present version.
func (f *Fleet) since(version int64) (*fleetNews, int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for index, s := range f.sessions {
		s.mu.Lock()
		phase := s.phase
		s.mu.Unlock()
		if row := &f.rows[index-1]; row.Phase == nil || *row.Phase != phase {
			f.change(index).Phase = &phase
		}
	}
	if version == f.version && version > 0 {
		return nil, version
	}
	n := &fleetNews{Axes: f.axes, Scores: f.scores, Total: f.total, Done: f.over[done], Failed: f.over[failed], Runs: []fleetRun{}, Of: min(len(f.rows), listedRuns)}
	for i := range f.rows[:n.Of] {
		if r := &f.rows[i]; r.changed > version || version == 0 {
			n.Runs = append(n.Runs, *r)
		}
	}
	return n, f.version
}
