package sweep

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
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

// file is the content of sweep.json: everything that is needed to continue a sweep.
type file struct {
	Format   int          `json:"format"`
	Scenario string       `json:"scenario"`
	Source   string       `json:"source"` // the name that the user gave
	Folder   string       `json:"folder"` // to which the names of files are relative
	Sets     []string     `json:"set,omitempty"`
	Plan     *design.Plan `json:"plan"`
}

// Sweep is the folder of a sweep:
//
//	sweep.json           the plan: axes, runs, seeds
//	scenario.yaml        the original scenario
//	runs/0001 …          the result folder of each run, or
//	runs/0001.error      the reason why there is none
//	table.csv|parquet    settings × scores, one row per run
//	plots/
type Sweep struct {
	Dir  string
	Base *Base
	Plan *design.Plan
}

// Base is the scenario that a sweep varies.
type Base struct {
	*run.Scenario
	Source string // file, or name of a built-in scenario
	Text   []byte
	Sets   []string
}

// ReadBase reads the scenario to vary.
func ReadBase(name string, sets []string) (*Base, error) {
	s, err := run.Load(name, sets...)
	if err != nil {
		return nil, err
	}
	text, err := run.Text(name)
	return &Base{s, name, text, sets}, err
}

// ReadBaseOf reads the scenario that the runs in a folder vary. The original scenario was
// read from source, and the names of its files are relative to folder.
func ReadBaseOf(dir, source, folder string, sets []string) (*Base, error) {
	b, err := ReadBase(filepath.Join(dir, record.ScenarioName), sets)
	if err != nil {
		return nil, err
	}
	b.Source, b.Folder = source, run.Folder(folder)
	return b, nil
}

// Variant returns the scenario with further settings, for one of many runs.
func (b *Base) Variant(sets ...string) (*run.Scenario, error) {
	s, err := scenarios.Load(b.Source, bytes.NewReader(b.Text), append(append([]string(nil), b.Sets...), sets...)...)
	if err != nil {
		return nil, err
	}
	s.Sweep = nil // each run is only one run
	s.Room = b.Room
	return &run.Scenario{Scenario: s, Folder: b.Folder}, nil
}

// Of returns the sweep of a plan, in a folder that does not exist yet.
func Of(b *Base, plan *design.Plan, dir string) *Sweep {
	return &Sweep{Dir: dir, Base: b, Plan: plan}
}

// Create makes the folder, unless it exists with the same sweep.
func (s *Sweep) Create() error {
	path := filepath.Join(s.Dir, fileName)
	if _, err := os.Stat(path); err == nil {
		old, err := Open(s.Dir)
		switch {
		case errors.Is(err, record.ErrDamaged):
			return err
		case err != nil:
			return fmt.Errorf("--out: %w", err)
		case old.Same(s):
			return nil
		}
		return fmt.Errorf("--out: another sweep is in %s; name another folder, or go on with it: infomorph sweep --resume %[1]s", s.Dir)
	}
	b := s.Base
	data, err := json.MarshalIndent(file{format, b.Name, b.Source, b.Folder.Absolute(), b.Sets, s.Plan}, "", " ")
	if err != nil {
		return err
	}
	return b.SavePlan(s.Dir, fileName, append(data, '\n'), "runs")
}

// Same reports whether two sweeps are equal and of the same scenario.
func (s *Sweep) Same(o *Sweep) bool {
	normal(s.Plan.Runs)
	normal(o.Plan.Runs)
	return reflect.DeepEqual(s.Plan, o.Plan) && bytes.Equal(s.Base.Text, o.Base.Text) && slices.Equal(s.Base.Sets, o.Base.Sets)
}

// Open reads the folder of a sweep. It makes the plan again, to detect a file that was
// edited.
func Open(dir string) (*Sweep, error) {
	data, err := ReadPlan(dir, fileName)
	if errors.Is(err, record.ErrDamaged) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s is not the folder of a sweep: %w", dir, err)
	}
	name := filepath.Join(dir, fileName)
	var d file
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("%s: not a sweep: %w", name, err)
	}
	if d.Format != format || d.Plan == nil {
		return nil, fmt.Errorf("%s: format %d, this program reads format %d", name, d.Format, format)
	}
	plan, err := design.NewPlan(d.Plan.Design)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !reflect.DeepEqual(normal(plan.Runs), normal(d.Plan.Runs)) {
		return nil, fmt.Errorf("%s: its runs are not those of its design; it was changed by hand", name)
	}
	base, err := ReadBaseOf(dir, d.Source, d.Folder, d.Sets)
	return &Sweep{dir, base, d.Plan}, err
}

// normal makes runs comparable: it replaces empty lists of values by nil.
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

// Outcome reads the outcome of a run from its folder.
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
	text, err := ReadError(dir + ErrorSuffix)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return design.Outcome{Status: Pending}
	case err != nil:
		text = err.Error()
	}
	return failedWith(text)
}

func failedWith(reason string) design.Outcome {
	return design.Outcome{Status: record.StatusFailed, Reason: oneLine(reason)}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// fail stores the error of a run that could not begin.
func (s *Sweep) fail(r *design.Run, reason error) error {
	text := []byte(oneLine(reason.Error()) + "\n")
	return guard.SaveBytes(s.RunDir(r)+ErrorSuffix, fmt.Appendf(text, "%s%x\n", errorSeal, sha256.Sum256(text)))
}

// ErrorSuffix is the suffix of the file with the error of a run that could not begin.
const ErrorSuffix = ".error"

const errorSeal = "sha256 "

// ReadError returns the error of a run that could not begin.
func ReadError(name string) (string, error) {
	data, err := guard.ReadFile(name, maxFile)
	if err != nil {
		return "", err
	}
	text, _, _ := bytes.Cut(data, []byte("\n"))
	line := data[:min(len(text)+1, len(data))]
	if !bytes.Equal(data, fmt.Appendf(nil, "%s%s%x\n", line, errorSeal, sha256.Sum256(line))) {
		return "", fmt.Errorf("%s: %w", name, record.ErrDamaged)
	}
	return string(text), nil
}

// forget moves the files of a failed run out of the way.
func (s *Sweep) forget(r *design.Run) error {
	dir := s.RunDir(r)
	err := os.Remove(dir + ErrorSuffix)
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, moveAside(dir, "failed"))
}

// MakeRoom renames the folder of a sweep to FOLDER.old-1, or the next free number. It
// does nothing to any other folder.
func MakeRoom(dir string) error {
	_, err := os.Stat(filepath.Join(dir, fileName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // Create reports a folder that is not a sweep
	case err != nil:
		return err
	}
	return moveAside(dir, "old")
}

// moveAside renames a folder, for example to 0001.failed-1. It does not delete the
// folder, because there may be notes in it. It does nothing if the folder does not exist.
func moveAside(dir, why string) error {
	_, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.%s-%d", dir, why, n)
		if _, err := os.Lstat(aside); err != nil { // there is none, or the name is too long, which Rename reports
			return os.Rename(dir, aside)
		}
	}
}

// Results reads the outcome of every run.
func (s *Sweep) Results() *design.Results {
	res := &design.Results{Plan: s.Plan, Outcomes: make([]design.Outcome, len(s.Plan.Runs))}
	for i := range s.Plan.Runs {
		res.Outcomes[i] = s.Outcome(&s.Plan.Runs[i])
	}
	return res
}

// Count returns the number of runs in a part, and how many of them are done and failed.
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
		record.SummedTable(s.Dir, "table.csv", cols, rows),
		record.SummedTable(s.Dir, "table.parquet", cols, rows))
}
