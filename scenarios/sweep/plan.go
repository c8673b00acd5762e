package sweep

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/scenarios"
	"infomorph/scenarios/design"
)

// Request defines a sweep. Its fields take precedence over the sweep section of the
// scenario.
type Request struct {
	Scenario string   // file, or name of a built-in scenario
	Sets     []string // settings of all runs
	Over     []string // axes such as "neuron.window=16,32"; they are crossed
	Zip      bool     // take the first values of all axes together, then the second, …
	Sample   string   // lhs:N or random:N points from the intervals of the axes
	Seeds    int      // replicates of every point; 0 and 1 mean the number in the sweep section, else 1
	Dir      string   // empty: sweeps/SCENARIO/TIME
}

// idle returns an error for a setting that has no effect because an axis sets it. A seed
// is allowed, as the seed of the first run.
func idle(sets []string, axes []design.Axis) error {
	for _, set := range sets {
		path, _, _ := strings.Cut(set, "=")
		for _, a := range axes {
			if rest, ok := strings.CutPrefix(path, a.Path); ok && path != "seed" && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				return fmt.Errorf("--set %s: has no effect, because %s is swept; leave one of them out", set, a.Path)
			}
		}
	}
	return nil
}

// New plans a sweep. It checks every point before anything runs.
func New(r Request) (*Sweep, error) {
	base, err := ReadBase(r.Scenario, r.Sets)
	if err != nil {
		return nil, err
	}
	d, err := r.Design(base.Scenario.Scenario)
	if err != nil {
		return nil, err
	}
	plan, err := design.NewPlan(d)
	if err == nil {
		err = idle(r.Sets, d.Axes)
	}
	if err != nil {
		return nil, err
	}
	if r.Dir == "" {
		r.Dir = DefaultDir("sweeps", base.Name)
	}
	s := Of(base, plan, r.Dir)
	return s, s.checkPoints()
}

// DefaultDir returns the name of a new folder for many runs of a scenario.
func DefaultDir(kind, scenario string) string {
	return filepath.Join(kind, scenario, time.Now().UTC().Format("20060102T150405.000Z"))
}

// Design combines the sweep section of a scenario with the request.
func (r *Request) Design(s *scenarios.Scenario) (design.Design, error) {
	d := design.Design{Zip: r.Zip, Sample: r.Sample, Seeds: max(r.Seeds, 1), BaseSeed: s.Seed}
	over := r.Over
	if s.Sweep != nil {
		if len(over) == 0 {
			over = s.Sweep.Over
		}
		if d.Sample == "" {
			d.Sample = s.Sweep.Sample
		}
		if d.Seeds == 1 {
			d.Seeds = s.Sweep.Seeds
		}
		d.Zip = d.Zip || s.Sweep.Zip
	}
	var errs []error
	for _, text := range over {
		a, err := design.ParseAxis(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--over %w", err))
		}
		d.Axes = append(d.Axes, a)
	}
	if len(over) == 0 && d.Seeds == 1 {
		errs = append(errs, errors.New("nothing to sweep: add --over PATH=VALUES, --seeds N or a sweep section"))
	}
	return d, errors.Join(errs...)
}

// checkedPoints limits the points that are checked before a sweep begins.
const checkedPoints = 2000

// checkPoints loads the scenario of every point, up to a limit. What is wrong with several
// points is told once.
func (s *Sweep) checkPoints() error {
	var errs []error
	told := map[string]bool{}
	last := 0
	for i := range s.Plan.Runs {
		r := &s.Plan.Runs[i]
		if r.Point == last || r.Point > checkedPoints {
			continue
		}
		last = r.Point
		if _, err := s.scenario(r); err != nil && !told[err.Error()] {
			told[err.Error()] = true
			errs = append(errs, err)
			if len(errs) == 10 {
				errs = append(errs, errors.New("… and maybe more"))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// SavePlan makes a folder for many runs of a base, with empty folders inside. It writes
// the scenario and the plan, with checksums. It writes the plan last, so if the plan
// exists, everything else does.
func (b *Base) SavePlan(dir, name string, plan []byte, inside ...string) error {
	scenario := b.Text
	if err := emptyButFor(dir, scenario, inside); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	for _, sub := range append(inside, ".") {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	files := map[string][]byte{record.ScenarioName: scenario, name: plan}
	if err := record.NoteSums(dir, files, false); err != nil {
		return err
	}
	for _, file := range []string{record.ScenarioName, name} {
		if err := guard.SaveBytes(filepath.Join(dir, file), files[file]); err != nil {
			return err
		}
	}
	return record.NoteSums(dir, files, true)
}

// ReadPlan reads the plan of many runs. It returns an error if files in the folder have
// changed.
func ReadPlan(dir, name string) ([]byte, error) {
	if err := record.CheckSums(dir, name, record.ScenarioName); err != nil {
		return nil, fmt.Errorf("%w; a table or a picture is made anew once it is removed", err)
	}
	return guard.ReadFile(filepath.Join(dir, name), maxFile)
}

// emptyButFor returns an error unless a folder does not exist, is empty, or only has
// files from a command that was killed before its plan was complete.
func emptyButFor(dir string, scenario []byte, folders []string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil //nolint:nilerr // the folder does not exist
	}
	for _, e := range entries {
		name := e.Name()
		text, err := guard.ReadFile(filepath.Join(dir, name), guard.Small)
		ours := name == record.SumsName || name == record.ScenarioName && bytes.Equal(text, scenario) || strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp")
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
