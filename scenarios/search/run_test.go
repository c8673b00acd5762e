package search

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/fault"
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
		Over: []string{"neuron.window=8..64", "neuron.learning.rate=log(0.1,10)"}, Trials: 8, Seeds: 2, Confirm: 2, Population: 4, Step: 0.3}}
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
	if len(want.Trials) != 8 || want.Best == nil || len(want.Best.Scores) != 2 || want.Confirmed == nil || len(want.Confirmed.Outcomes) != 4 {
		t.Fatalf("%d trials, best %+v", len(want.Trials), want.Best)
	}
	for _, trial := range want.Trials {
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
	for _, c := range []struct {
		change func(*Request)
		want   []string
	}{
		{func(r *Request) { r.Design.Trials, r.Design.Seeds, r.Design.Step = 0, 0, 2 },
			[]string{"trials: got 0, expected 1 to 1000000", "seeds: got 0", "step: got 2, expected more than 0 and at most 1"}},
		{func(r *Request) { r.Design.Confirm = -1 }, []string{"confirm: got -1"}},
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
	if _, err := Open(s.Dir); err == nil {
		t.Error("a design that was changed by hand was taken")
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not the folder of a search") {
		t.Error(err)
	}
}
