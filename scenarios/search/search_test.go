package search

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"infomorph/internal/fuzzing"
	"infomorph/scenarios/run"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sphere searches the point nearest to a target. It returns all points that the strategy
// proposed, and their losses.
func sphere(t *testing.T, dim, trials int, told [][]float64) (asked [][][]float64, losses [][]float64) {
	t.Helper()
	start := make([]float64, dim)
	for i := range start {
		start[i] = 0.5
	}
	s := NewStrategy(start, 0.2, 0, 7)
	defer s.Close()
	for n := 0; n < trials; {
		points := s.Ask()
		asked = append(asked, points)
		var loss []float64
		if len(told) >= len(asked) {
			loss = told[len(asked)-1] // as in a search that is resumed
		} else {
			for _, x := range points {
				sum := 0.0
				for i := range x {
					d := x[i] - float64(i+1)/float64(dim+1)
					sum += d * d
				}
				loss = append(loss, sum)
			}
		}
		losses = append(losses, loss)
		n += len(points)
		if err := s.Tell(loss); err != nil {
			t.Fatal(err)
		}
	}
	return asked, losses
}

func TestStrategyFindsAMinimum(t *testing.T) {
	for dim, want := range map[int]float64{1: 1e-6, 2: 1e-4, 5: 0.02, 10: 0.2} {
		_, losses := sphere(t, dim, 400, nil)
		best := math.Inf(1)
		for _, l := range losses {
			for _, v := range l {
				best = min(best, v)
			}
		}
		if best > want {
			t.Errorf("%d dimensions: best loss %v after 400 trials, want %v", dim, best, want)
		}
	}
}

// Given the same losses again, a search proposes the same points. This is how it is
// resumed.
func TestStrategyIsDeterministic(t *testing.T) {
	asked, losses := sphere(t, 4, 80, nil)
	again, _ := sphere(t, 4, 80, losses[:5])
	if !reflect.DeepEqual(asked, again) {
		t.Error("a search that went on asked for other points")
	}
	losses[0][slices.Index(losses[0], slices.Min(losses[0]))] = math.Inf(1) // a trial that failed
	other, _ := sphere(t, 4, 80, losses[:1])
	if reflect.DeepEqual(asked[1], other[1]) {
		t.Error("another loss led to the same points")
	}
}

func TestCloseInTheMiddle(t *testing.T) {
	s := NewStrategy([]float64{0.5, 0.5}, 0.2, 0, 1)
	s.Close() // before anything
	s = NewStrategy([]float64{0.5, 0.5}, 0.2, 8, 1)
	if n := len(s.Ask()); n != 8 {
		t.Errorf("%d points", n)
	}
	s.Close() // with points that have no loss
}

func space(t *testing.T, texts ...string) *Space {
	t.Helper()
	s := new(Space)
	for _, text := range texts {
		if err := s.Parse(text); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestSpace(t *testing.T) {
	s := space(t, "a.b=lin(-1,1)", "g=lin(0,10)*3", "r=log(0.01,1)", "w=1..4", "d=lin(1ms,3ms)")
	values := s.Values([]float64{0.5, 0, 1, 1.25, 0.5, 0.999, 0.5}) // 1.25 is reflected to 0.75
	got := strings.Join(s.Assignments(values), "; ")
	if want := "a.b=0; g=[0, 10, 7.5]; r=0.1; w=4; d=2ms"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for i, c := range []struct{ v, want float64 }{{0, 0.5}, {-3, 0}, {10, 1}, {7.5, 0.75}, {0.1, 0.5}} {
		if at := s.Place(i, c.v); !(math.Abs(at-c.want) <= 1e-12) {
			t.Errorf("dimension %d: %v is at %v, want %v", i, c.v, at, c.want)
		}
	}
	if at := s.Place(4, -1); at != 0.5 { // the logarithm is not defined
		t.Errorf("got %v", at)
	}
}

func TestFold(t *testing.T) {
	for v, want := range map[float64]float64{0: 0, 0.3: 0.3, 1: 1, 1.25: 0.75, 2: 0, -0.25: 0.25, 3.5: 0.5, math.Inf(1): 0.5} {
		if got := fold(v); !(math.Abs(got-want) <= 1e-12) {
			t.Errorf("%v: got %v, want %v", v, got, want)
		}
	}
	if fold(math.NaN()) != 0.5 {
		t.Error("not a number is nowhere")
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a=1,2":          "a search needs an interval",
		"a=lin(0,1)*x":   "a number of elements",
		"a=lin(0,1)*0":   "a number of elements",
		"a=lin(0)":       "got 1 arguments",
		"b=lin(0,1)":     "b: searched twice",
		"a":              "expected path=values",
		"c=lin(0,1)*200": "more than 200 settings",
	} {
		s := space(t, "b=lin(0,1)")
		if err := s.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a=lin(0,1)*3", "a=1..9", "a=log(1ms,2s)", "a=lin(1,1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer fuzzing.Bound(t)()
		s := new(Space)
		if s.Parse(text) != nil {
			return
		}
		x := make([]float64, len(s.Axes))
		if got := s.Assignments(s.Values(x)); len(got) == 0 {
			t.Errorf("%q sets nothing", text)
		}
		for i := range x {
			if at := s.Place(i, 1); !(at >= 0 && at <= 1) {
				t.Errorf("%q: 1 is at %v", text, at)
			}
		}
	})
}

// TestTrialsDoNotSeeTheTest: if the protocol presents test items, trials are judged on
// items of train that are held out, and the best trial is confirmed on test items.
func TestTrialsDoNotSeeTheTest(t *testing.T) {
	r := Request{Scenario: "digits", Sets: []string{"digits.samples=60", "digits.test=20", "digits.baselines=0"}, Dir: filepath.Join(t.TempDir(), "s"),
		Design: Design{Over: []string{"neuron.window=20..60"}, Trials: 4, Population: 4, Seeds: 1, Confirm: 1, Step: 0.3}}
	s, err := New(r)
	if err == nil {
		err = s.Create()
	}
	if err == nil {
		_, err = s.Run(t.Context(), Options{Workers: 1})
	}
	if err != nil || s.Validation != "20%" {
		t.Fatal(s.Validation, err)
	}
	for folder, want := range map[string]string{"generations/0001/runs/0001": "0.2", "confirm/runs/0001": "0", "confirm/runs/0002": "0"} {
		one, err := run.Load(filepath.Join(s.Dir, filepath.FromSlash(folder), "scenario.yaml"))
		if err != nil || fmt.Sprint(float64(one.Experiment.Validation)) != want {
			t.Errorf("%s: %v, want %s: %v", folder, one.Experiment.Validation, want, err)
		}
	}
	r.Scenario, r.Sets, r.Design.Over = "bars", nil, nil
	if s, err = New(r); err != nil || s.Validation != "" {
		t.Errorf("bars, which have no test: %q, %v", s.Validation, err)
	}
}

// Settings of the best trial share an axis only if they have the same range.
func TestSettingsOfTheBestTrial(t *testing.T) {
	trial := &Trial{Values: []string{"0.5", "-1"}, Scores: []float64{1}}
	x := &runner{Search: &Search{Names: []string{"a.b", "a.c"}, space: *space(t, "a.b=lin(-1,1)", "a.c=lin(-1,1)")}}
	if got := x.settings(trial); !slices.Equal(got.Values, []float64{0.5, -1}) || got.YLabel != "value" {
		t.Errorf("%+v", got)
	}
	x = &runner{Search: &Search{Names: []string{"r", "d"}, space: *space(t, "r=log(0.01,1)", "d=lin(1ms,3ms)")}}
	trial.Values = []string{"0.1", "1.5ms"}
	if got := x.settings(trial); !slices.Equal(got.Values, []float64{0.5, 0.25}) || !slices.Equal(got.Labels, []string{"r = 0.1", "d = 1.5ms"}) || got.YLabel == "value" {
		t.Errorf("%+v", got)
	}
}
