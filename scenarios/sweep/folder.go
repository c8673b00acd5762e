package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/scenarios"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
)

const (
	format   = 1
	maxFile  = 1 << 30
	fileName = "sweep.json"
)

// file is sweep.json: everything a sweep needs to go on.
type file struct {
	Format   int          `json:"format"`
	Scenario string       `json:"scenario"`
	Source   string       `json:"source"` // as the user named it
	Folder   string       `json:"folder"` // that files are named from
	Sets     []string     `json:"set,omitempty"`
	Plan     *design.Plan `json:"plan"`
}

// Sweep is the folder of a sweep:
//
//	sweep.json           the plan: axes, runs, seeds
//	scenario.yaml        the scenario as it was
//	runs/0001 …          a result folder each, or
//	runs/0001.error      why there is none
//	table.csv|parquet    settings × scores, one row a run
//	plots/
type Sweep struct {
	Dir  string
	Base *Base
	Plan *design.Plan
}

// Base is the scenario that is varied.
type Base struct {
	*run.Scenario
	Source string // file, or name of a built-in scenario
	Text   []byte
	Sets   []string
}

// ReadBase reads the scenario that is varied.
func ReadBase(name string, sets []string) (*Base, error) {
	s, err := run.Load(name, sets...)
	if err != nil {
		return nil, err
	}
	text, err := run.Text(name)
	return &Base{s, name, text, sets}, err
}

// ReadBaseOf reads the scenario that the many runs in a folder vary. It came from
// source, and its files are named from folder.
func ReadBaseOf(dir, source, folder string, sets []string) (*Base, error) {
	b, err := ReadBase(filepath.Join(dir, record.ScenarioName), sets)
	if err != nil {
		return nil, err
	}
	b.Source, b.Folder = source, run.Folder(folder)
	return b, nil
}

// Variant returns the scenario with further settings: one run of many.
func (b *Base) Variant(sets ...string) (*run.Scenario, error) {
	s, err := scenarios.Load(b.Source, bytes.NewReader(b.Text), append(append([]string(nil), b.Sets...), sets...)...)
	if err != nil {
		return nil, err
	}
	s.Sweep = nil // a run is one run
	s.Room = b.Room
	return &run.Scenario{Scenario: s, Folder: b.Folder}, nil
}

// Of returns the sweep of a plan, in a folder that is not made yet.
func Of(b *Base, plan *design.Plan, dir string) *Sweep {
	return &Sweep{Dir: dir, Base: b, Plan: plan}
}

// Create makes the folder, unless the sweep has one already.
func (s *Sweep) Create() error {
	path := filepath.Join(s.Dir, fileName)
	if _, err := os.Stat(path); err == nil {
		if old, err := Open(s.Dir); err == nil && old.Same(s) {
			return nil
		}
		return fmt.Errorf("--out: another sweep is in %s; name another folder, or go on with it: infomorph sweep --resume %[1]s", s.Dir)
	}
	b := s.Base
	data, err := json.MarshalIndent(file{format, b.Name, b.Source, b.Folder.Absolute(), b.Sets, s.Plan}, "", " ")
	if err != nil {
		return err
	}
	return SavePlan(s.Dir, fileName, append(data, '\n'), s.Base.Text, "runs")
}

// Same reports whether two are the same sweep of the same scenario.
func (s *Sweep) Same(o *Sweep) bool {
	normal(s.Plan.Runs)
	normal(o.Plan.Runs)
	return reflect.DeepEqual(s.Plan, o.Plan) && bytes.Equal(s.Base.Text, o.Base.Text) && slices.Equal(s.Base.Sets, o.Base.Sets)
}

// Open reads the folder of a sweep. The plan is laid out again, so that a file
// that was changed by hand is noticed.
func Open(dir string) (*Sweep, error) {
	f, err := guard.Open(filepath.Join(dir, fileName))
	if err != nil {
		return nil, fmt.Errorf("%s is not the folder of a sweep: %w", dir, err)
	}
	defer f.Close()
	var d file
	if err := json.NewDecoder(io.LimitReader(f, maxFile)).Decode(&d); err != nil {
		return nil, fmt.Errorf("%s: not a sweep: %w", f.Name(), err)
	}
	if d.Format != format || d.Plan == nil {
		return nil, fmt.Errorf("%s: format %d, this program reads format %d", f.Name(), d.Format, format)
	}
	if err := record.CheckSums(dir); err != nil {
		return nil, err
	}
	plan, err := design.NewPlan(d.Plan.Design)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	if len(plan.Runs) != len(d.Plan.Runs) || !reflect.DeepEqual(normal(plan.Runs), normal(d.Plan.Runs)) {
		return nil, fmt.Errorf("%s: its runs are not those of its design; it was changed by hand", f.Name())
	}
	base, err := ReadBaseOf(dir, d.Source, d.Folder, d.Sets)
	return &Sweep{dir, base, d.Plan}, err
}

// normal makes runs comparable: no values are the same as an empty list.
func normal(runs []design.Run) []design.Run {
	for i := range runs {
		if len(runs[i].Values) == 0 {
			runs[i].Values = nil
		}
	}
	return runs
}

// scenario returns the scenario of a run.
func (s *Sweep) scenario(r *design.Run) (*run.Scenario, error) {
	return s.Base.Variant(s.Plan.Assignments(r)...)
}

// RunDir returns the result folder of a run.
func (s *Sweep) RunDir(r *design.Run) string {
	width := max(4, len(fmt.Sprint(len(s.Plan.Runs))))
	return filepath.Join(s.Dir, "runs", fmt.Sprintf("%0*d", width, r.Index))
}

// Pending is the status of a run that is not done.
const Pending = record.Status("pending")

// Outcome reads what became of a run from its folder.
func (s *Sweep) Outcome(r *design.Run) design.Outcome {
	dir := s.RunDir(r)
	if m, err := record.ReadManifest(dir); err == nil {
		switch m.Status {
		case record.StatusDone:
			err := m.Verify(dir, "summary.json")
			var scores map[string]float64
			if err == nil {
				scores, err = record.ReadSummary(dir)
			}
			if err != nil {
				return failedWith(err.Error())
			}
			return design.Outcome{Status: record.StatusDone, Scores: scores}
		case record.StatusFailed:
			return failedWith(m.Reason)
		}
		return design.Outcome{Status: Pending}
	}
	if text, err := os.ReadFile(dir + ".error"); err == nil {
		return failedWith(string(text))
	}
	return design.Outcome{Status: Pending}
}

func failedWith(reason string) design.Outcome {
	return design.Outcome{Status: record.StatusFailed, Reason: oneLine(reason)}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// fail keeps the error of a run that could not even begin.
func (s *Sweep) fail(r *design.Run, reason error) error {
	return guard.SaveBytes(s.RunDir(r)+".error", []byte(oneLine(reason.Error())+"\n"))
}

// forget removes what is left of a failed run.
func (s *Sweep) forget(r *design.Run) error {
	dir := s.RunDir(r)
	err := os.Remove(dir + ".error")
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, os.RemoveAll(dir))
}

// Remove removes the folder of a sweep, and nothing else.
func Remove(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, fileName)); err != nil {
		return nil // Create says if the folder is somebody else's
	}
	return os.RemoveAll(dir)
}

// Results reads what became of every run.
func (s *Sweep) Results() *design.Results {
	res := &design.Results{Plan: s.Plan, Outcomes: make([]design.Outcome, len(s.Plan.Runs))}
	for i := range s.Plan.Runs {
		res.Outcomes[i] = s.Outcome(&s.Plan.Runs[i])
	}
	return res
}

// Count counts the runs of a part, and those of them that are done and failed.
func (s *Sweep) Count(p Part) (all, done, failed int) {
	for i := range s.Plan.Runs {
		r := &s.Plan.Runs[i]
		if !p.Has(r) {
			continue
		}
		all++
		switch s.Outcome(r).Status {
		case record.StatusDone:
			done++
		case record.StatusFailed:
			failed++
		}
	}
	return all, done, failed
}

// WriteTables writes table.csv and table.parquet.
func (s *Sweep) WriteTables(res *design.Results) error {
	cols, rows := res.Table()
	return errors.Join(
		record.WriteTable(filepath.Join(s.Dir, "table.csv"), cols, rows),
		record.WriteTable(filepath.Join(s.Dir, "table.parquet"), cols, rows))
}
