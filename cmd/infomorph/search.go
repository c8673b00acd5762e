package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"infomorph/internal/guard"
	"infomorph/internal/record"
	"infomorph/internal/search"
	"infomorph/scenarios/run"
)

// searchFlags are the flags of infomorph search.
type searchFlags struct {
	runFlags
	searchDesign
	resume string
}

// searchDesign is everything a search depends on, besides its scenario.
type searchDesign struct {
	Over       []string `json:"over"`
	Score      string   `json:"score"`
	Minimise   bool     `json:"minimise,omitempty"`
	Trials     int      `json:"trials"`
	Seeds      int      `json:"seeds"`
	Confirm    int      `json:"confirm"`
	Population int      `json:"population"`
	Step       float64  `json:"step"`
}

func newSearchCommand() *cobra.Command {
	var f searchFlags
	cmd := &cobra.Command{
		Use:   "search SCENARIO",
		Short: "Search the goal, or any settings, that give the best score",
		Long: "Search the settings that give the best score, by covariance matrix adaptation (CMA-ES).\n" +
			"Without --over they are the coefficients of the neurons' goal, of two or three sources,\n" +
			"each from -1 to 1. A trial is a scenario over several seeds of its own; it is judged by\n" +
			"the mean of the score. In the end the best trial is held against the start with seeds\n" +
			"that the search has not seen, and written as a scenario file.\n\n" +
			"A dimension is one of:\n  " + strings.ReplaceAll(search.Forms, "  ", "\n  ") + "\n\n" +
			"Every trial is kept. A search that was stopped goes on with --resume, and its table is\n" +
			"the same bytes as if it had never been stopped, however many workers there are.",
		Example: "  infomorph search bars --score bars.found --set bars.stimuli=3000 --trials 100\n" +
			"  infomorph search hidden-layer --trials 400 --seeds 2 --population 20\n" +
			"  infomorph search memory-50 --over 'neuron.learning.rate=log(0.5,20)' --over neuron.window=16..256\n" +
			"  infomorph search --resume searches/bars/20260101T120000Z",
		Args:              scenarioUnlessResumed(&f.resume),
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
		ValidArgsFunction: completeScenario,
	}
	f.add(cmd)
	fs := cmd.Flags()
	fs.StringArrayVar(&f.Over, "over", nil, "a setting and its range (can be repeated; default: the goal, each coefficient from -1 to 1)")
	fs.StringVar(&f.Score, "score", "", "the score to raise (default: the first one the scenario expects something of)")
	fs.BoolVar(&f.Minimise, "minimise", false, "lower the score instead")
	fs.IntVar(&f.Trials, "trials", 100, "how many trials, rounded up to whole generations")
	fs.IntVar(&f.Seeds, "seeds", 3, "runs of each trial, each with a seed of its own that is recorded")
	fs.IntVar(&f.Confirm, "confirm", 10, "runs of the start and of the best trial with fresh seeds; 0 is none")
	fs.IntVar(&f.Population, "population", 0, "trials of a generation; 0 is 4 + 3·ln(number of settings)")
	fs.Float64Var(&f.Step, "step", 0.2, "how far the first generation is spread, as a share of each range")
	fs.StringVar(&f.out, "out", "", "folder of the search (default searches/<scenario>/<time>)")
	fs.StringVar(&f.resume, "resume", "", "go on with the search in this folder")
	fs.StringVar(&f.engine.kind, "actors", "none", "neuron, population or none: how each run uses its engine; runs are parallel in any case")
	fs.DurationVar(&f.checkpoint, "checkpoint", time.Minute, "let long runs write a checkpoint this often")
	return cmd
}

func (f *searchFlags) run(cmd *cobra.Command, args []string) error {
	f.engine.shards, f.format = 1, "parquet"
	var s *searchFolder
	var err error
	if f.resume != "" {
		if len(f.Over) > 0 || len(f.sets) > 0 || f.out != "" || f.seeded() {
			return badInput(errors.New("--resume goes on with a search as it was planned; leave --over, --set, --seed and --out out"))
		}
		s, err = openSearch(f.resume)
	} else {
		s, err = f.newSearch(args[0])
	}
	if err == nil {
		err = s.create()
	}
	if err != nil {
		return badInput(err)
	}
	return s.search(cmd, &f.runFlags)
}

// searchFile is search.json: everything a search needs to go on.
type searchFile struct {
	Format   int      `json:"format"`
	Scenario string   `json:"scenario"`
	Source   string   `json:"source"` // as the user named it
	Folder   string   `json:"folder"` // that files are named from
	Sets     []string `json:"set,omitempty"`
	searchDesign
}

const searchFormat = 1

// searchFolder is the folder of a search:
//
//	search.json              the design
//	scenario.yaml            the scenario as it was
//	generations/0001 …       a sweep each
//	trials.csv|parquet       settings and score, one row a trial
//	best.yaml                the best trial as a scenario
//	confirm                  a sweep over fresh seeds
//	plots/
type searchFolder struct {
	searchFile
	dir   string
	text  []byte
	base  *run.Scenario
	space search.Space
	names []string  // of the dimensions, for people
	start []float64 // in the cube
	from  []string  // the values there; null where the scenario says nothing
}

// newSearch plans a search, from its flags.
func (f *searchFlags) newSearch(name string) (*searchFolder, error) {
	text, base, err := readBase(name, f.assignments())
	if err != nil {
		return nil, err
	}
	where, err := filepath.Abs(string(base.Folder))
	if err != nil {
		return nil, err
	}
	dir := cmp.Or(f.out, filepath.Join("searches", base.Name, time.Now().UTC().Format("20060102T150405.000Z")))
	s := &searchFolder{dir: dir, text: text, base: base, searchFile: searchFile{
		Format: searchFormat, Scenario: base.Name, Source: name, Folder: where, Sets: f.assignments(), searchDesign: f.searchDesign}}
	if s.Score == "" {
		for _, e := range base.Expect {
			s.Score = cmp.Or(s.Score, e.Score)
		}
	}
	if err := s.complete(); err != nil {
		return nil, err
	}
	return s, f.checkWorkers()
}

func (f *searchFlags) checkWorkers() error {
	if f.workers < 1 || f.workers > 4096 {
		return fmt.Errorf("--workers: got %d, expected 1 to 4096", f.workers)
	}
	return nil
}

// complete checks the design and lays out the space.
func (s *searchFolder) complete() error {
	within := func(flag string, v, low, high int) error {
		if v < low || v > high {
			return fmt.Errorf("%s: got %d, expected %d to %d", flag, v, low, high)
		}
		return nil
	}
	err := errors.Join(within("--trials", s.Trials, 1, 1_000_000), within("--seeds", s.Seeds, 1, 10_000), within("--confirm", s.Confirm, 0, 100_000))
	if s.Score == "" {
		err = errors.Join(err, errors.New("--score: name the score to raise; the scenario expects nothing of any"))
	}
	if !(s.Step > 0 && s.Step <= 1) {
		err = errors.Join(err, fmt.Errorf("--step: got %g, expected more than 0 and at most 1", s.Step))
	}
	if err = errors.Join(err, s.layOut()); err != nil {
		return err
	}
	if s.Population == 0 {
		s.Population = search.DefaultPopulation(len(s.space.Axes))
	}
	if err := within("--population", s.Population, 4, 10_000); err != nil {
		return err
	}
	_, err = s.with(s.space.Values(s.start)) // shows mistakes in settings before anything is run
	return err
}

// layOut reads the dimensions, or takes the coefficients of the goal, and
// finds where the scenario is among them.
func (s *searchFolder) layOut() error {
	goal, err := s.base.Coefficients()
	if err != nil {
		return err
	}
	atoms := map[string]float64{}
	over := s.Over
	for _, c := range goal {
		atoms[c.Path] = c.Value
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
	resolved, err := s.settings()
	if err := errors.Join(append(errs, err)...); err != nil {
		return err
	}
	for i, a := range s.space.Axes {
		v, known := atoms[a.Path]
		if !known {
			v, known = resolved(a.Path)
		}
		place, value := 0.5, "null"
		if known {
			place = s.space.Place(i, v)
			value = fmt.Sprint(v) + a.Range.Unit
		}
		s.start, s.from = append(s.start, place), append(s.from, value)
	}
	for _, a := range s.space.Axes {
		name := a.Path
		for _, c := range goal {
			if c.Path == a.Path {
				name = c.Atom
			}
		}
		s.names = append(s.names, name)
	}
	return nil
}

// settings returns a look-up of numbers in the resolved scenario; a number
// with a unit is in the unit that is written.
func (s *searchFolder) settings() (func(path string) (float64, bool), error) {
	text, err := s.base.Given()
	if err != nil {
		return nil, err
	}
	var tree any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	return func(path string) (float64, bool) {
		at := tree
		for _, key := range strings.Split(path, ".") {
			section, ok := at.(map[string]any)
			if !ok {
				return 0, false
			}
			at = section[key]
		}
		switch v := at.(type) {
		case float64:
			return v, true
		case uint64:
			return float64(v), true
		case int64:
			return float64(v), true
		}
		return 0, false
	}, nil
}

// with returns the scenario with these values.
func (s *searchFolder) with(values []string, more ...string) (*run.Scenario, error) {
	sets := append(append([]string(nil), s.Sets...), s.space.Assignments(values)...)
	return variant(s.Source, s.text, s.Folder, append(sets, more...))
}

// create makes the folder, unless the search has one already.
func (s *searchFolder) create() error {
	data, err := json.MarshalIndent(s.searchFile, "", " ")
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, "search.json")
	if old, err := guard.ReadFile(path, maxSweepFile); err == nil {
		text, err := guard.ReadFile(filepath.Join(s.dir, "scenario.yaml"), maxSweepFile)
		if err == nil && string(old) == string(data)+"\n" && string(text) == string(s.text) {
			return nil
		}
		return fmt.Errorf("--out: another search is in %s; name another folder, or go on with it: infomorph search --resume %[1]s", s.dir)
	}
	if err := emptyButFor(s.dir, s.text); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return savePlan(s.dir, "search.json", append(data, '\n'), s.text)
}

// openSearch reads the folder of a search.
func openSearch(dir string) (*searchFolder, error) {
	s := &searchFolder{dir: dir}
	name := filepath.Join(dir, "search.json")
	data, err := guard.ReadFile(name, maxSweepFile)
	if err != nil {
		return nil, fmt.Errorf("%s is not the folder of a search: %w", dir, err)
	}
	if err := json.Unmarshal(data, &s.searchFile); err != nil {
		return nil, fmt.Errorf("%s: not a search: %w", name, err)
	}
	if err := record.CheckSums(dir); err != nil {
		return nil, err
	}
	if s.Format != searchFormat {
		return nil, fmt.Errorf("%s: format %d, this program reads format %d", name, s.Format, searchFormat)
	}
	if s.text, s.base, err = readBase(filepath.Join(dir, "scenario.yaml"), s.Sets); err != nil {
		return nil, err
	}
	s.base.Folder = run.Folder(s.Folder)
	return s, s.complete()
}
