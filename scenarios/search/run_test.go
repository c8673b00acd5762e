package search

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/run"
)

const smallScenario = `apiVersion: infomorph/v1
name: small
network: {neurons: 9}
associative_memory:
  patterns: {source: random, count: 2, width: 3}
  presentations: 3
record: {spikes: false}
expect:
  - {score: recall.mean_overlap, min: 0.5}
`

// request returns a request for a quick search.
func request(t *testing.T) Request {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "small.yaml")
	if err := os.WriteFile(name, []byte(smallScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	return Request{Scenario: name, Dir: filepath.Join(dir, "search"), Design: Design{
		Over: []string{"neuron.window=8..64", "neuron.learning.rate=log(0.1,10)"}, Trials: 8, Seeds: 2, Confirm: 3, Population: 4, Step: 0.3}}
}

func created(t *testing.T, r Request) *Search {
	t.Helper()
	s, err := New(r)
	if err == nil {
		err = s.Create()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, s *Search, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestStoppedSearchesGoOn: a search that is stopped and continued with another number of
// workers has the same table and best scenario as one without a stop.
func TestStoppedSearchesGoOn(t *testing.T) {
	whole := created(t, request(t))
	want, err := whole.Run(context.Background(), Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Trials) != 8 || want.Best == nil || len(want.Best.Scores) != 2 || want.Confirmed == nil || len(want.Confirmed.Outcomes) != 6 {
		t.Fatalf("%d trials, best %+v", len(want.Trials), want.Best)
	}
	for i, trial := range want.Trials {
		if trial.Index != i+1 || trial.Generation != i/4+1 {
			t.Errorf("trial %d has the number %d, in generation %d", i+1, trial.Index, trial.Generation)
		}
		if trial.Mean() > want.Best.Mean() {
			t.Errorf("trial %d is better than the best: %v > %v", trial.Index, trial.Mean(), want.Best.Mean())
		}
	}
	s := created(t, request(t))
	ctx, cancel := context.WithCancel(context.Background())
	_, err = s.Run(ctx, Options{Workers: 2, Progress: func(phase string, done, total int) {
		if phase != "runs" || total != 16 {
			t.Errorf("%s %d of %d", phase, done, total)
		}
		if done == 11 {
			cancel()
		}
	}})
	cancel()
	if !errors.Is(err, run.ErrInterrupted) {
		t.Fatal(err)
	}
	if s, err = Open(s.Dir); err != nil {
		t.Fatal(err)
	}
	got, err := s.Run(context.Background(), Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"trials.csv", "best.yaml", filepath.Join("confirm", "table.csv")} {
		if read(t, s, name) != read(t, whole, name) {
			t.Errorf("%s differs", name)
		}
	}
	if got.Effect(s.Score) != want.Effect(whole.Score) {
		t.Error("another effect")
	}
	if best, err := run.Load(filepath.Join(s.Dir, "best.yaml")); err != nil || best.Name != "small-best" {
		t.Error("the best trial is no scenario:", err)
	}
	for _, name := range []string{"search.png", "best.svg"} {
		if _, err := os.Stat(filepath.Join(s.Dir, "plots", name)); err != nil {
			t.Error(err)
		}
	}
}

// TestReasonOfFailure: a search in which every run fails gives the reason of a run.
func TestReasonOfFailure(t *testing.T) {
	r := request(t)
	r.Sets = []string{"associative_memory.patterns={source: text, path: here.txt, width: 3, height: 3}"}
	here := filepath.Join(filepath.Dir(r.Scenario), "here.txt")
	if err := os.WriteFile(here, []byte("#.#\n.#.\n#.#\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := created(t, r)
	if err := os.Remove(here); err != nil {
		t.Fatal(err)
	}
	found, err := s.Run(context.Background(), Options{})
	if fault.Kind(err) != fault.ErrFailed || !strings.Contains(err.Error(), "no trial of generation 1 has a score") || !strings.Contains(err.Error(), "here.txt") {
		t.Errorf("%v", err)
	}
	for _, trial := range found.Trials {
		if !strings.Contains(trial.Reason, "here.txt") || len(trial.Scores) > 0 {
			t.Errorf("%+v", trial)
		}
	}
}

// TestNoScore: a search for a score that no run has gives an error.
func TestNoScore(t *testing.T) {
	r := request(t)
	r.Design.Score = "no.such"
	found, err := created(t, r).Run(context.Background(), Options{})
	if fault.Kind(err) != fault.ErrFailed || !strings.Contains(err.Error(), "no trial of generation 1 has a score no.such") || found.Best != nil {
		t.Errorf("%v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	idle := filepath.Join(t.TempDir(), "idle.yaml")
	if err := os.WriteFile(idle, []byte("apiVersion: infomorph/v2\nname: idle\nneurons: {k: {learns: false}}\npopulations: {a: {size: 2, neuron: k}}\n"+
		"inputs: {x: {size: 2}}\nprojections: [{from: x, to: a, port: r}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change func(*Request)
		want   []string
	}{
		{func(r *Request) { r.Design.Trials, r.Design.Seeds, r.Design.Step = 0, 0, 2 },
			[]string{"trials: got 0, expected 1 to 1000000", "seeds: got 0", "step: got 2, expected 1e-06 to 1"}},
		{func(r *Request) { r.Design.Confirm = -1 }, []string{"confirm: got -1"}},
		{func(r *Request) { r.Design.Confirm, r.Design.Trials, r.Design.Seeds = 100_001, 1_000_001, 10_001 },
			[]string{"confirm: got 100001, expected 0 to 100000", "trials: got 1000001", "seeds: got 10001"}},
		{func(r *Request) { r.Scenario, r.Design.Over, r.Design.Score = idle, nil, "x" }, []string{"no kind of neurons learns, so there is no goal to search"}},
		{func(r *Request) { r.Design.Population = 3 }, []string{"population: got 3, expected 4 to 10000"}},
		{func(r *Request) { r.Design.Over = []string{"neuron.windw=1..3"} }, []string{`did you mean "window"?`}},
		{func(r *Request) { r.Design.Over = []string{"neuron.window"} }, []string{"--over"}},
		{func(r *Request) { r.Sets = []string{"expect=[]"} }, []string{"score: name the score to raise"}},
		{func(r *Request) { r.Scenario = "no-such" }, []string{"neither a file nor a built-in scenario"}},
	} {
		r := request(t)
		c.change(&r)
		_, err := New(r)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v; want %q", err, want)
			}
		}
	}
}

// TestStart: the search starts at the values in the scenario: those of the goal, unless
// the request names other settings.
func TestStart(t *testing.T) {
	r := request(t)
	r.Sets = []string{"neuron.window=32"}
	s, err := New(r)
	if err != nil || s.From[0] != "32" || s.Score != "recall.mean_overlap" {
		t.Fatalf("%v, %v", s, err)
	}
	if got := s.Settings(s.From); got["neuron.window"] != "32" {
		t.Error(got)
	}
	r.Design.Score = "recall.mean_cosine" // the former name
	if s, err = New(r); err != nil || s.Score != "recall.mean_overlap" {
		t.Errorf("%v, %v", s, err)
	}
	r.Design.Over, r.Design.Population = nil, 0
	if s, err = New(r); err != nil || len(s.Names) != 5 || s.Population != DefaultPopulation(5) {
		t.Errorf("the goal: %v, %v", s.Names, err)
	}
}

// TestFolderIsItsOwn: the folder of another search is not overwritten, and a changed
// design is detected.
func TestFolderIsItsOwn(t *testing.T) {
	r := request(t)
	s := created(t, r)
	created(t, r) // the same again
	r.Design.Trials = 12
	other, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Create(); err == nil || !strings.Contains(err.Error(), "another search is in") {
		t.Error(err)
	}
	name := filepath.Join(s.Dir, fileName)
	text := strings.Replace(read(t, s, fileName), `"trials": 8`, `"trials": 9`, 1)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(s.Dir); !errors.Is(err, record.ErrDamaged) || strings.Contains(err.Error(), "is not the folder") {
		t.Errorf("a design that was changed by hand: %v", err)
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not the folder of a search") {
		t.Error(err)
	}
	for text, want := range map[string]string{"[\n": ": not a search: ", `{"format": 99}`: "format 99, this program reads format 1"} {
		dir := filepath.Join(t.TempDir(), "other")
		if err := s.Base.SavePlan(dir, fileName, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestAnotherScenario: a folder whose scenario is another one is not taken for the same
// search.
func TestAnotherScenario(t *testing.T) {
	r := request(t)
	s := created(t, r)
	if err := os.WriteFile(filepath.Join(s.Dir, record.ScenarioName), append(s.Base.Text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Create(); err == nil || !strings.Contains(err.Error(), "another search is in") {
		t.Error(err)
	}
}

// TestTablesThatCannotBeWritten: each of the two tables of trials can fail.
func TestTablesThatCannotBeWritten(t *testing.T) {
	for _, name := range []string{"trials.csv", "trials.parquet"} {
		x := judged(t, false, []float64{1, 3})
		x.Dir = t.TempDir()
		if err := os.Mkdir(filepath.Join(x.Dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := x.writeTrials(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is a folder: %v", name, err)
		}
	}
}
