package search

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"infomorph/internal/config"
	"infomorph/internal/fault"
	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/scenarios/language"
	"infomorph/scenarios/run"
	"infomorph/scenarios/sweep"
)

// Design is everything that a search depends on, besides its scenario.
type Design struct {
	Over       []string `json:"over"`               // settings and their ranges; empty: the goal, each coefficient from -1 to 1
	Score      string   `json:"score"`              // empty: the first score for which the scenario has an expectation
	Minimise   bool     `json:"minimise,omitempty"` // lower the score instead of raising it
	Trials     int      `json:"trials"`             // rounded up to whole generations
	Seeds      int      `json:"seeds"`              // runs of each trial
	Confirm    int      `json:"confirm"`            // runs, with new seeds, of the start and of the best trial
	Population int      `json:"population"`         // trials of a generation; 0: DefaultPopulation
	// Validation is the share of train items on which trials are judged, if the protocol
	// presents test items. Test items are then only used to measure the result, not to
	// choose it.
	Validation string  `json:"validation,omitempty"`
	Step       float64 `json:"step"` // standard deviation of the first generation, as a share of each range
}

// Request defines a search.
type Request struct {
	Scenario string   // file, or name of a built-in scenario
	Sets     []string // settings of all trials
	Design   Design
	Dir      string // empty: searches/SCENARIO/TIME
}

// file is the content of search.json: everything that is needed to continue a search.
type file struct {
	Format   int      `json:"format"`
	Scenario string   `json:"scenario"`
	Source   string   `json:"source"` // the name that the user gave
	Folder   string   `json:"folder"` // to which the names of files are relative
	Sets     []string `json:"set,omitempty"`
	Design
}

const (
	format   = 1
	maxFile  = 1 << 30
	fileName = "search.json"
)

// minStep limits the spread of the first generation. The square of a much smaller one is
// zero in floating point, and then there is no first generation.
const minStep = 1e-6

// heldOut is the share of the train items on which trials are judged by default.
const heldOut = "20%"

// Search is the folder of a search:
//
//	search.json              the design
//	scenario.yaml            the original scenario
//	generations/0001 …       a sweep for each generation
//	trials.csv|parquet       settings and score, one row per trial
//	best.yaml                the best trial as a scenario
//	confirm                  a sweep over new seeds
//	plots/
type Search struct {
	Design
	Dir   string
	Base  *sweep.Base
	Names []string // short names of the settings
	From  []string // their values at the start; null if the scenario does not have the setting

	space Space
	start []float64 // as a point of the cube
}

// New plans a search.
func New(r Request) (*Search, error) {
	base, err := sweep.ReadBase(r.Scenario, r.Sets)
	if err != nil {
		return nil, err
	}
	s := &Search{Dir: r.Dir, Base: base, Design: r.Design}
	if s.Dir == "" {
		s.Dir = sweep.DefaultDir("searches", base.Name)
	}
	if e := base.Experiment; e != nil && e.Validation == 0 && e.Tests() {
		s.Validation = heldOut
	}
	s.Score = language.CurrentScore(s.Score)
	if s.Score == "" {
		for i := range base.Expect {
			s.Score = cmp.Or(s.Score, base.Expect[i].Score)
		}
	}
	return s, s.complete()
}

// Open reads the folder of a search.
func Open(dir string) (*Search, error) {
	name := filepath.Join(dir, fileName)
	data, err := sweep.ReadPlan(dir, fileName)
	if errors.Is(err, record.ErrDamaged) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s is not the folder of a search: %w", dir, err)
	}
	var d file
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("%s: not a search: %w", name, err)
	}
	if d.Format != format {
		return nil, fmt.Errorf("%s: format %d, this program reads format %d", name, d.Format, format)
	}
	base, err := sweep.ReadBaseOf(dir, d.Source, d.Folder, d.Sets)
	if err != nil {
		return nil, err
	}
	s := &Search{Dir: dir, Base: base, Design: d.Design}
	return s, s.complete()
}

// Create makes the folder, unless it exists with the same search.
func (s *Search) Create() error {
	b := s.Base
	data, err := json.MarshalIndent(file{format, b.Name, b.Source, b.Folder.Absolute(), b.Sets, s.Design}, "", " ")
	if err != nil {
		return err
	}
	if old, err := guard.ReadFile(filepath.Join(s.Dir, fileName), maxFile); err == nil {
		text, _ := guard.ReadFile(filepath.Join(s.Dir, record.ScenarioName), maxFile)
		if string(old) == string(data)+"\n" && bytes.Equal(text, s.Base.Text) {
			return nil
		}
		return fmt.Errorf("--out: another search is in %s; name another folder, or go on with it: infomorph search --resume %[1]s", s.Dir)
	}
	return b.SavePlan(s.Dir, fileName, append(data, '\n'))
}

// complete checks the design and prepares the space.
func (s *Search) complete() error {
	err := errors.Join(within("trials", s.Trials, 1, 1_000_000), within("seeds", s.Seeds, 1, 10_000), within("confirm", s.Confirm, 0, 100_000))
	if s.Score == "" {
		err = errors.Join(err, fault.BadOption("score", "name the score to raise; the scenario expects nothing of any"))
	}
	if !(s.Step >= minStep && s.Step <= 1) {
		err = errors.Join(err, fault.BadOption("step", "got %g, expected %g to 1", s.Step, minStep))
	}
	if err = errors.Join(err, s.layOut()); err != nil {
		return err
	}
	if s.Population == 0 {
		s.Population = DefaultPopulation(len(s.space.Axes))
	}
	if err := within("population", s.Population, 4, 10_000); err != nil {
		return err
	}
	return s.try()
}

// try finds faults in settings, and settings that conflict, before anything runs.
func (s *Search) try() error {
	start := s.space.Values(s.start)
	if _, err := s.with(start); err != nil {
		return err
	}
	_, err := s.plan("", slices.Repeat([][]string{start}, s.Population))
	if err == nil && s.Confirm > 0 {
		_, err = s.plan(confirmFolder, [][]string{s.From, start})
	}
	return fault.Input(err)
}

func within(option string, v, low, high int) error {
	if v < low || v > high {
		return fault.BadOption(option, "got %d, expected %d to %d", v, low, high)
	}
	return nil
}

// layOut reads the dimensions, or uses the coefficients of the goal, and computes the
// start: the point of the scenario itself.
func (s *Search) layOut() error {
	goal, err := s.Base.Coefficients()
	if err != nil {
		return err
	}
	atoms, called := map[string]string{}, map[string]string{}
	over := s.Over
	for _, c := range goal {
		atoms[c.Path], called[c.Path] = fmt.Sprint(c.Value), c.Atom
		if len(s.Over) == 0 {
			over = append(over, c.Path+"=lin(-1,1)")
		}
	}
	var errs []error
	for _, text := range over {
		if err := s.space.Parse(text); err != nil {
			errs = append(errs, fmt.Errorf("--over %w", err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	text, err := s.Base.Given()
	if err != nil {
		return err
	}
	given, err := config.Parse(s.Base.Source, text)
	if err != nil {
		return err
	}
	for i, a := range s.space.Axes {
		value, known := atoms[a.Path]
		if !known {
			value, known = given.Text(a.Path)
		}
		if !known {
			value = "null"
		}
		s.start, s.From = append(s.start, s.space.PlaceOf(i, value)), append(s.From, value)
		s.Names = append(s.Names, cmp.Or(called[a.Path], a.Path))
	}
	return nil
}

// with returns the scenario with these values.
func (s *Search) with(values []string) (*run.Scenario, error) {
	return s.Base.Variant(s.space.Assignments(values)...)
}

// Settings maps the path of each setting of the search to its value.
func (s *Search) Settings(values []string) map[string]string {
	m := map[string]string{}
	for i, a := range s.space.Axes {
		m[a.Path] = values[i]
	}
	return m
}
