package main

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"infomorph/internal/record"
	"infomorph/scenarios"
	"infomorph/scenarios/design"
	"infomorph/scenarios/language"
	"infomorph/scenarios/reproduce"
	"infomorph/scenarios/run"
	"infomorph/scenarios/search"
	"infomorph/scenarios/sweep"
)

// twoPoints are a sweep of two points with two seeds each: the second run of the
// second point failed.
func twoPoints() *design.Results {
	d := design.Design{Axes: []design.Axis{{Path: "neuron.window", Values: []string{"16", "32"}}}, Seeds: 2}
	done := func(a, b float64) design.Outcome {
		return design.Outcome{Status: record.StatusDone, Scores: map[string]float64{"alpha": a, "beta": b}}
	}
	return &design.Results{
		Plan: &design.Plan{Design: d, Runs: []design.Run{
			{Index: 1, Point: 1, Replicate: 1, Seed: 11, Values: []string{"16"}},
			{Index: 2, Point: 1, Replicate: 2, Seed: 12, Values: []string{"16"}},
			{Index: 3, Point: 2, Replicate: 1, Seed: 13, Values: []string{"32"}},
			{Index: 4, Point: 2, Replicate: 2, Seed: 14, Values: []string{"32"}},
		}},
		Outcomes: []design.Outcome{done(1, .5), done(3, .5), done(7, -2), {Status: record.StatusFailed, Reason: "disk full"}},
	}
}

// TestPointsPrinted: the interval of 1 and 3 is 2 ± 12.7062, Student's t of one
// degree of freedom; one run has none, and equal runs have 0.
func TestPointsPrinted(t *testing.T) {
	var b strings.Builder
	printPoints(&b, twoPoints(), []string{"beta", "alpha", "gamma"})
	printed(t, "points", b.String(), `
neuron.window  RUNS  beta             alpha             gamma
16             2     0.5000 ± 0.0000  2.0000 ± 12.7062  -
32             1     -2.0000          7.0000            -
mean ± half of the 95 % interval over seeds (Student's t)
`)
	one := twoPoints()
	one.Seeds, one.Runs, one.Outcomes = 1, one.Runs[:1], one.Outcomes[:1]
	b.Reset()
	printPoints(&b, one, nil)
	printed(t, "points of one seed", b.String(), `
neuron.window  RUNS
16             1
`)
}

// TestManyPointsPrinted: two hundred points are printed, the others counted.
func TestManyPointsPrinted(t *testing.T) {
	r := &design.Results{Plan: &design.Plan{Design: design.Design{Axes: []design.Axis{{Path: "x"}}, Seeds: 1}}}
	want := "x    RUNS\n"
	for i := 1; i <= 203; i++ {
		r.Runs = append(r.Runs, design.Run{Index: i, Point: i, Values: []string{fmt.Sprint(i)}})
		r.Axes[0].Values = append(r.Axes[0].Values, fmt.Sprint(i))
		r.Outcomes = append(r.Outcomes, design.Outcome{})
		if i <= 200 {
			want += fmt.Sprintf("%-3d  0\n", i)
		}
	}
	var b strings.Builder
	printPoints(&b, r, nil)
	printed(t, "many points", b.String(), want+"and 3 more points, in table.csv\n")
}

// aSweep is a sweep of a scenario that expects something.
func aSweep(expected ...string) *sweep.Sweep {
	s := &scenarios.Scenario{Name: "mine"}
	for _, name := range expected {
		s.Expect = append(s.Expect, language.Expect{Score: name})
	}
	return &sweep.Sweep{Dir: "folder", Base: &sweep.Base{Scenario: &run.Scenario{Scenario: s}}, Plan: twoPoints().Plan}
}

// TestSweepPrintedAsJSON: missing values are null, and failures are listed by
// run.
func TestSweepPrintedAsJSON(t *testing.T) {
	res := twoPoints()
	for i := range res.Outcomes {
		delete(res.Outcomes[i].Scores, "beta")
	}
	var b strings.Builder
	if err := printSweepJSON(&b, aSweep(), res); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(b.String(), "12.706204736174", "12.7062", 1)
	if at := strings.Index(text, "12.7062"); at > 0 { // further digits are those of the quantile
		end := at + strings.IndexByte(text[at:], ',')
		text = text[:at+7] + text[end:]
	}
	printed(t, "sweep --json", text, `
{
  "scenario": "mine",
  "folder": "folder",
  "points": [
    {
      "settings": {
        "neuron.window": "16"
      },
      "done": 2,
      "scores": {
        "alpha": {
          "mean": 2,
          "half_ci95": 12.7062,
          "values": [
            1,
            3
          ]
        }
      }
    },
    {
      "settings": {
        "neuron.window": "32"
      },
      "done": 1,
      "scores": {
        "alpha": {
          "mean": 7,
          "half_ci95": null,
          "values": [
            7
          ]
        }
      }
    }
  ],
  "failed": {
    "4": "disk full"
  }
}
`)
}

// TestScoresChosen: named scores, or else those with an expectation, or else
// the first three.
func TestScoresChosen(t *testing.T) {
	res := &design.Results{Outcomes: []design.Outcome{{Scores: map[string]float64{"e": 1, "d": 1, "c": 1, "b": 1, "a": 1}}}}
	for _, c := range []struct {
		expected, named []string
		want, refusal   string
	}{
		{nil, nil, "a b c", ""},
		{[]string{"d", "b", "d", "x"}, nil, "d b", ""},
		{[]string{"e", "d", "c", "b", "a"}, nil, "e d c b", ""},
		{[]string{"x"}, nil, "a b c", ""},
		{[]string{"d"}, []string{"c", "a"}, "c a", ""},
		{nil, []string{"a", "z"}, "", `--score: got "z", expected one of a, b, c, d, e`},
	} {
		got, err := chosen(aSweep(c.expected...), res, c.named)
		if strings.Join(got, " ") != c.want || (err == nil) != (c.refusal == "") || err != nil && err.Error() != c.refusal {
			t.Errorf("expected %q, named %q: got %q, %v", c.expected, c.named, got, err)
		}
	}
	if got, err := chosen(aSweep(), &design.Results{}, []string{"z"}); got != nil || err != nil {
		t.Errorf("no scores: got %q, %v", got, err)
	}
}

// TestRunsListed: the runs of a plan with their seeds, or those of a part.
func TestRunsListed(t *testing.T) {
	for _, c := range []struct {
		part sweep.Part
		want string
	}{
		{sweep.Part{}, `
RUN  REPLICATE  SEED  neuron.window
1    1          11    16
2    2          12    16
3    1          13    32
4    2          14    32
`},
		{sweep.Part{I: 2, N: 2}, `
RUN  REPLICATE  SEED  neuron.window
2    2          12    16
4    2          14    32
`},
		{sweep.Part{I: 1, N: 3}, `
RUN  REPLICATE  SEED  neuron.window
1    1          11    16
4    2          14    32
`},
	} {
		var b strings.Builder
		if err := listRuns(&b, aSweep(), c.part); err != nil {
			t.Fatal(err)
		}
		printed(t, fmt.Sprint("runs of part ", c.part), b.String(), c.want)
	}
}

// TestReplicatesPrinted: runs that failed are not in means, least and greatest.
func TestReplicatesPrinted(t *testing.T) {
	r := &replicates{Results: twoPoints(), seconds: 1.26}
	var b strings.Builder
	if err := r.print(&b); err != nil {
		t.Fatal(err)
	}
	// 1, 3 and 7 have the standard deviation √(28/3), the others 2.5/√3, and t is 4.3027.
	printed(t, "replicates", b.String(), fmt.Sprintf(`
SCORE  MEAN     ± 95 %%  MIN      MAX
alpha  3.6667   %.4f  1.0000   7.0000
beta   -0.3333  %.4f  -2.0000  0.5000

4 runs, seeds 11 to 14, 1.3 s
`, 4.302653*math.Sqrt(28./3)/math.Sqrt(3), 4.302653*2.5/3))
	b.Reset()
	r.Outcomes = r.Outcomes[:2]
	r.Runs = r.Runs[:2]
	if err := r.printJSON(&b); err != nil {
		t.Fatal(err)
	}
	printed(t, "replicates --json", b.String(), `
{
  "seeds": [
    11,
    12
  ],
  "means": {
    "alpha": 2,
    "beta": 0.5
  },
  "values": {
    "alpha": [
      1,
      3
    ],
    "beta": [
      0.5,
      0.5
    ]
  }
}
`)
}

// aSearch is a search of one setting with two trials.
func aSearch() (*search.Search, *search.Outcome) {
	x := &search.Search{Dir: "found", Base: aSweep().Base, Names: []string{"neuron.window"}, From: []string{"16"}}
	x.Score, x.Seeds, x.Confirm = "alpha", 2, 2
	trials := []search.Trial{{Index: 1, Values: []string{"20"}, Scores: []float64{1, 3}}, {Index: 2, Values: []string{"32"}, Scores: []float64{4, 4}}}
	return x, &search.Outcome{Trials: trials, Best: &trials[1]}
}

// TestSearchPrinted: the best trial, its settings beside those of the start,
// and the scores with new seeds.
func TestSearchPrinted(t *testing.T) {
	x, found := aSearch()
	const want = `
mine: 2 trials of 2 runs; best of alpha: 4.0000 ± 0.0000 in trial 2

SETTING        START  BEST
neuron.window  16     32

scenario: found/best.yaml
table: found/trials.csv (and .parquet)
`
	var b strings.Builder
	if err := printSearch(&b, x, found); err != nil {
		t.Fatal(err)
	}
	printed(t, "search", b.String(), want)
	b.Reset()
	found.Confirmed = twoPoints()
	found.Confirmed.Outcomes[3] = design.Outcome{Status: record.StatusDone, Scores: map[string]float64{"alpha": 9}}
	if err := printSearch(&b, x, found); err != nil {
		t.Fatal(err)
	}
	// Means 2 and 8 with a variance of 2 each: Welch has 2 degrees of freedom, t
	// is 4.3027, and the error of the difference √2.
	half := 4.302653 * math.Sqrt2
	fresh := fmt.Sprintf("\nWith 2 fresh seeds each: start 2.0000, best 8.0000, difference 6.0000 (95 %%: %.4f to %.4f)\n", 6-half, 6+half)
	printed(t, "search with fresh seeds", b.String(), strings.Replace(want, "\n\nscenario", "\n"+fresh+"\nscenario", 1))
}

// TestEntriesMissed: how many entries were not met, and the exit code for it.
func TestEntriesMissed(t *testing.T) {
	met, not := reproduce.Result{Met: true}, reproduce.Result{}
	if err := missedOf([]reproduce.Result{met, met}); err != nil {
		t.Errorf("all met: %v", err)
	}
	if err := missedOf(nil); err != nil {
		t.Errorf("none run: %v", err)
	}
	if err := missedOf([]reproduce.Result{not, met, not}); err == nil || err.Error() != "2 of 3 entries not met" || codeOf(err) != exitExpectation {
		t.Errorf("two of three: %v, exit code %d", err, codeOf(err))
	}
}

// TestSweepAgain: the command that continues a sweep that was stopped or has
// failed runs.
func TestSweepAgain(t *testing.T) {
	for _, c := range []struct {
		part string
		err  error
		want string
		code int
	}{
		{"", run.ErrInterrupted, "interrupted; go on with: infomorph sweep --resume d", exitInterrupted},
		{"2/3", run.ErrInterrupted, "interrupted; go on with: infomorph sweep --resume d --part 2/3", exitInterrupted},
		{"", runFailed(fmt.Errorf("disk full")), "disk full", exitRunFailed},
	} {
		f := &sweepFlags{part: c.part}
		if err := f.again(c.err, "d"); err.Error() != c.want || codeOf(err) != c.code {
			t.Errorf("part %q: %v, exit code %d; want %s, %d", c.part, err, codeOf(err), c.want, c.code)
		}
	}
	if err := (&sweepFlags{}).again(nil, "d"); err != nil {
		t.Errorf("done: %v", err)
	}
}

// TestForecastPrinted: exact values, estimates, and a network that was not
// tried.
func TestForecastPrinted(t *testing.T) {
	f := &forecast{Neurons: 10, Channels: 5, Synapses: 120, Tried: true, EpochUS: 1000, Phase: "training", Steps: 40,
		Complete: true, Spikes: 1234, Events: 9870, Seconds: 1.5, Memory: 3 << 20, Disk: 1 << 10, Free: 2 << 30}
	const want = `
mine
neurons          10
channels         5
synapses         120
epoch            1ms
spikes           1.23e+03
synaptic events  about 9.87e+03
time             about 1.5s on one core
memory           about 3.0 MiB
disk             at most 1.0 KiB (2.0 GiB free)
`
	show := func(want string) {
		t.Helper()
		var b strings.Builder
		if err := f.print(&b, "mine"); err != nil {
			t.Fatal(err)
		}
		printed(t, "forecast", b.String(), want)
	}
	show(want)
	f.Complete = false
	show(strings.Replace(want, "spikes           1", "spikes           about 1", 1) + "\nEstimated from the beginning of \"training\" (40 steps); later phases are not included.\n")
	*f = forecast{Neurons: 10, Channels: 5, Synapses: 6e6, Memory: 3 << 20, Runs: 12}
	show(`
mine
neurons   10
channels  5
synapses  about 6000000
memory    about 3.0 MiB
sweep     12 runs

The network is large and was not built; --try 1s builds it, and estimates spikes, time and disk, too.
`)
}

// TestForecastStretches: a phase of which a quarter was tried takes four times
// as long; the time before it counts once.
func TestForecastStretches(t *testing.T) {
	f := &forecast{Neurons: 8, Channels: 2, Synapses: 50, Spikes: 500, Seconds: 3}
	f.extrapolate(&trial{done: 10, total: 40, before: 1, spikes: 500, spikesThen: 100}, 3)
	if f.Seconds != 1+2*4 || f.Spikes != 100+400*4 || f.Events != 1700*50/10 {
		t.Errorf("a quarter: %v s, %v spikes, %v events", f.Seconds, f.Spikes, f.Events)
	}
	f = &forecast{Complete: true, Neurons: 8, Channels: 2, Synapses: 50, Spikes: 500, Seconds: 3}
	f.extrapolate(&trial{done: 10, total: 40, before: 1, spikes: 500, spikesThen: 100}, 3)
	if f.Seconds != 3 || f.Spikes != 500 || f.Events != 2500 {
		t.Errorf("a whole trial: %v s, %v spikes, %v events", f.Seconds, f.Spikes, f.Events)
	}
}

// TestTrialEnds: a trial ends with the first step after its time.
func TestTrialEnds(t *testing.T) {
	past, future := &trial{until: time.Now().Add(-time.Hour)}, &trial{until: time.Now().Add(time.Hour)}
	if err := past.Step("a", 1, 2); err != errEnough {
		t.Errorf("after its time: %v", err)
	}
	if err := future.Step("a", 1, 2); err != nil || future.done != 1 || future.total != 2 || future.phase != "a" {
		t.Errorf("in its time: %v, %+v", err, future)
	}
}
