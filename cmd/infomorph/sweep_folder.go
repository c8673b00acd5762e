package main

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
	"text/tabwriter"

	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/internal/sweep"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
)

const (
	sweepFormat  = 1
	maxSweepFile = 1 << 30
)

// sweepFile is sweep.json: everything a sweep needs to go on.
type sweepFile struct {
	Format   int         `json:"format"`
	Scenario string      `json:"scenario"`
	Source   string      `json:"source"` // as the user named it
	Folder   string      `json:"folder"` // that files are named from
	Sets     []string    `json:"set,omitempty"`
	Plan     *sweep.Plan `json:"plan"`
}

// sweepFolder is the folder of a sweep:
//
//	sweep.json           the plan: axes, runs, seeds
//	scenario.yaml        the scenario as it was
//	runs/0001 …          a result folder each, or
//	runs/0001.error      why there is none
//	table.csv|parquet    settings × scores, one row a run
//	plots/
type sweepFolder struct {
	sweepFile
	dir  string
	text []byte
	base *run.Scenario
}

// create makes the folder, unless the sweep has one already.
func (s *sweepFolder) create() error {
	path := filepath.Join(s.dir, "sweep.json")
	if _, err := os.Stat(path); err == nil {
		if old, err := openSweep(s.dir); err == nil && old.same(s) {
			return nil
		}
		return fmt.Errorf("--out: another sweep is in %s; name another folder, or go on with it: infomorph sweep --resume %[1]s", s.dir)
	}
	if err := emptyButFor(s.dir, s.text, "runs"); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(s.dir, "runs"), 0o777); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	data, err := json.MarshalIndent(s.sweepFile, "", " ")
	if err != nil {
		return err
	}
	return savePlan(s.dir, "sweep.json", append(data, '\n'), s.text)
}

// emptyButFor returns an error unless a folder is not there, empty, or holds what
// a command has left that was killed before its plan was complete.
func emptyButFor(dir string, scenario []byte, folders ...string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // it is not there
	}
	for _, e := range entries {
		name := e.Name()
		text, err := os.ReadFile(filepath.Join(dir, name))
		ours := name == record.SumsName || name == "scenario.yaml" && bytes.Equal(text, scenario) || strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp")
		if slices.Contains(folders, name) {
			inside, _ := os.ReadDir(filepath.Join(dir, name))
			ours, err = len(inside) == 0, nil
		}
		if err != nil || !ours {
			return fmt.Errorf("the folder is not empty: %s", dir)
		}
	}
	return nil
}

// savePlan writes the scenario and the plan of many runs with their checksums.
// The plan comes last: where it is, all is.
func savePlan(dir, name string, plan, scenario []byte) error {
	if err := replaceFile(filepath.Join(dir, "scenario.yaml"), scenario); err != nil {
		return err
	}
	if err := record.WriteSums(dir, map[string][]byte{"scenario.yaml": scenario, name: plan}); err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, name), plan)
}

func (s *sweepFolder) same(o *sweepFolder) bool {
	return reflect.DeepEqual(s.Plan, o.Plan) && bytes.Equal(s.text, o.text) && reflect.DeepEqual(s.Sets, o.Sets)
}

// openSweep reads the folder of a sweep. The plan is laid out again, so that a
// file that was changed by hand is noticed.
func openSweep(dir string) (*sweepFolder, error) {
	s := &sweepFolder{dir: dir}
	f, err := guard.Open(filepath.Join(dir, "sweep.json"))
	if err != nil {
		return nil, fmt.Errorf("%s is not the folder of a sweep: %w", dir, err)
	}
	defer f.Close()
	if err := json.NewDecoder(io.LimitReader(f, maxSweepFile)).Decode(&s.sweepFile); err != nil {
		return nil, fmt.Errorf("%s: not a sweep: %w", f.Name(), err)
	}
	if s.Format != sweepFormat || s.Plan == nil {
		return nil, fmt.Errorf("%s: format %d, this program reads format %d", f.Name(), s.Format, sweepFormat)
	}
	if err := record.CheckSums(dir); err != nil {
		return nil, err
	}
	plan, err := sweep.NewPlan(s.Plan.Design)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	if len(plan.Runs) != len(s.Plan.Runs) || !reflect.DeepEqual(normal(plan.Runs), normal(s.Plan.Runs)) {
		return nil, fmt.Errorf("%s: its runs are not those of its design; it was changed by hand", f.Name())
	}
	name := filepath.Join(dir, "scenario.yaml")
	if s.text, s.base, err = readBase(name, s.Sets); err != nil {
		return nil, err
	}
	s.base.Folder = run.Folder(s.Folder)
	return s, nil
}

// normal makes runs comparable: no values are the same as an empty list.
func normal(runs []sweep.Run) []sweep.Run {
	for i := range runs {
		if len(runs[i].Values) == 0 {
			runs[i].Values = nil
		}
	}
	return runs
}

// scenario returns the scenario of a run.
func (s *sweepFolder) scenario(r *sweep.Run) (*run.Scenario, error) {
	return variant(s.Source, s.text, s.Folder, append(append([]string(nil), s.Sets...), s.Plan.Assignments(r)...))
}

// variant returns the scenario of one run of many: a text with assignments.
func variant(source string, text []byte, where string, sets []string) (*run.Scenario, error) {
	sc, err := scenarios.Load(source, bytes.NewReader(text), sets...)
	if err != nil {
		return nil, err
	}
	sc.Sweep = nil // a run is one run
	return &run.Scenario{Scenario: sc, Folder: run.Folder(where)}, nil
}

// runDir returns the result folder of a run.
func (s *sweepFolder) runDir(r *sweep.Run) string {
	width := max(4, len(fmt.Sprint(len(s.Plan.Runs))))
	return filepath.Join(s.dir, "runs", fmt.Sprintf("%0*d", width, r.Index))
}

// outcome reads what became of a run from its folder.
func (s *sweepFolder) outcome(r *sweep.Run) sweep.Outcome {
	dir := s.runDir(r)
	if m, err := record.ReadManifest(dir); err == nil {
		switch m.Status {
		case record.StatusDone:
			err := m.Verify(dir, "summary.json")
			var scores map[string]float64
			if err == nil {
				scores, err = record.ReadSummary(dir)
			}
			if err != nil {
				return sweep.Outcome{Status: record.StatusFailed, Reason: oneLine(err.Error())}
			}
			return sweep.Outcome{Status: record.StatusDone, Scores: scores}
		case record.StatusFailed:
			return sweep.Outcome{Status: record.StatusFailed, Reason: oneLine(m.Reason)}
		}
		return sweep.Outcome{Status: pending}
	}
	if text, err := os.ReadFile(dir + ".error"); err == nil {
		return sweep.Outcome{Status: record.StatusFailed, Reason: oneLine(string(text))}
	}
	return sweep.Outcome{Status: pending}
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

// fail keeps the error of a run that could not even begin.
func (s *sweepFolder) fail(r *sweep.Run, reason error) error {
	return replaceFile(s.runDir(r)+".error", []byte(oneLine(reason.Error())+"\n"))
}

// forget removes what is left of a failed run.
func (s *sweepFolder) forget(r *sweep.Run) error {
	dir := s.runDir(r)
	err := os.Remove(dir + ".error")
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, os.RemoveAll(dir))
}

// list prints the runs of the plan, or of a part of it.
func (s *sweepFolder) list(w io.Writer, part share) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(tw, "RUN\tREPLICATE\tSEED")
	for _, a := range s.Plan.Axes {
		fmt.Fprint(tw, "\t", a.Path)
	}
	fmt.Fprintln(tw)
	for _, r := range s.Plan.Runs {
		if !part.has(&r) {
			continue
		}
		fmt.Fprintf(tw, "%d\t%d\t%d", r.Index, r.Replicate, r.Seed)
		for _, v := range r.Values {
			fmt.Fprint(tw, "\t", v)
		}
		fmt.Fprintln(tw)
	}
	return tw.Flush()
}

// writeTables writes table.csv and table.parquet.
func (s *sweepFolder) writeTables(res *sweep.Results) error {
	cols, rows := res.Table()
	return errors.Join(
		record.WriteTable(filepath.Join(s.dir, "table.csv"), cols, rows),
		record.WriteTable(filepath.Join(s.dir, "table.parquet"), cols, rows))
}
