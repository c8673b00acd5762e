package reproduce

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/internal/record"
	"infomorph/internal/sweep"
	"infomorph/scenarios"
)

var update = flag.Bool("update", false, "write golden files")

func TestRegistryIsWellDescribed(t *testing.T) {
	if err := config.Lint(Registry{}); err != nil {
		t.Error(err)
	}
}

// Every claim can be run: its scenario is built in and takes what the entry
// sets, its axes can be read, its scores are scores, its points are points.
func TestBuiltinClaims(t *testing.T) {
	for _, e := range Builtin().Entries {
		text, ok := scenarios.Builtin(e.Scenario)
		if !ok {
			t.Errorf("%s: no built-in scenario %q", e.Name, e.Scenario)
			continue
		}
		sets := e.Set
		if e.Data != "" {
			sets = append(sets, e.Data+"=somewhere")
		}
		if _, err := scenarios.Load(e.Scenario, bytes.NewReader(text), sets...); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		plan, err := sweep.NewPlan(design(t, &e))
		if err != nil {
			t.Errorf("%s: %v", e.Name, err)
			continue
		}
		if _, err := scenarios.Load(e.Scenario, bytes.NewReader(text), append(sets, plan.Assignments(&plan.Runs[0])...)...); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		res := &sweep.Results{Plan: plan, Outcomes: make([]sweep.Outcome, len(plan.Runs))}
		for _, c := range e.Checks {
			if _, ok := scenarios.DescribeScore(c.Score); !ok {
				t.Errorf("%s: no score %q", e.Name, c.Score)
			}
			fill(res, c.Score, 1)
			if n := len(c.values(res)); n == 0 {
				t.Errorf("%s: %s is not at any point", e.Name, c.Subject())
			}
		}
		if len(e.Over) == 0 && len(e.Pictures) == 0 {
			t.Errorf("%s: shows no picture", e.Name)
		}
	}
}

func design(t *testing.T, e *Entry) sweep.Design {
	t.Helper()
	d := sweep.Design{Seeds: 1, BaseSeed: e.FirstSeed}
	if len(e.Over) > 0 {
		d.Seeds = e.Seeds
	}
	for _, text := range e.Axes(e.Seeds) {
		a, err := sweep.ParseAxis(text)
		if err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		d.Axes = append(d.Axes, a)
	}
	return d
}

func fill(res *sweep.Results, score string, v ...float64) {
	for k := range res.Outcomes {
		res.Outcomes[k] = sweep.Outcome{Status: record.StatusDone, Scores: map[string]float64{score: v[k%len(v)]}}
	}
}

const small = `
entries:
  - name: one
    what: One.
    scenario: bars
    seeds: 4
    seconds: 1
    checks:
      - {score: s, min: 2, max: 3, source: here}
      - {score: s, reach: 2, min: 0.5, source: here}
      - {score: gone, min: 0, source: here}
  - name: two
    what: Two > one.
    figure: A 2025, fig. 1
    scenario: bars
    over: ["a=1,2"]
    seeds: 3
    seconds: 1
    checks:
      - {score: s, at: [a=2], max: 3, source: there}
`

func registry(t *testing.T) *Registry {
	t.Helper()
	r, err := Read("small.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func results(t *testing.T, e *Entry, v ...float64) *sweep.Results {
	t.Helper()
	plan, err := sweep.NewPlan(design(t, e))
	if err != nil {
		t.Fatal(err)
	}
	res := &sweep.Results{Plan: plan, Outcomes: make([]sweep.Outcome, len(plan.Runs))}
	fill(res, "s", v...)
	return res
}

func TestJudge(t *testing.T) {
	r := registry(t)
	e := &r.Entries[0]
	// The interval of 1, 2, 3, 4 is R's (see sweep); 3 of 4 after Wilson.
	f := e.Judge(results(t, e, 1, 2, 3, 4))
	for i, want := range []string{"2.5000 ± 2.0543", "3 of 4 (30.1 to 95.4 %)", "no run has it"} {
		if got := f[i].Measured(); got != want {
			t.Errorf("finding %d: %s, want %s", i, got, want)
		}
		if f[i].Met != (i < 2) {
			t.Errorf("finding %d: met is %v", i, f[i].Met)
		}
	}
	if AllMet(f) || !AllMet(f[:2]) {
		t.Error("met together")
	}
	for _, v := range []float64{1.99, 3.01} { // just outside
		if f := e.Judge(results(t, e, v)); f[0].Met {
			t.Errorf("%v is met", v)
		}
	}
	if f := e.Judge(results(t, e, 2, math.NaN())); f[0].Met || f[0].Measured() != "not a number" {
		t.Errorf("%+v", f[0])
	}
	failed := results(t, e, 2.5)
	failed.Outcomes[1].Status = record.StatusFailed
	if f := e.Judge(failed); f[0].Runs != 3 {
		t.Errorf("a failed run counts: %+v", f[0])
	}
}

// A check can be about one point of the axes.
func TestJudgeAtPoint(t *testing.T) {
	e := &registry(t).Entries[1]
	res := results(t, e, 0)
	for k, r := range res.Runs {
		if r.Values[0] == "2" {
			res.Outcomes[k].Scores["s"] = 4
		}
	}
	if f := e.Judge(res); f[0].Value != 4 || f[0].Runs != 3 || f[0].Met {
		t.Errorf("%+v", f[0])
	}
}

func sample(t *testing.T, i int, date string) Result {
	e := &registry(t).Entries[i]
	f := e.Judge(results(t, e, 2, 3))
	return Result{Name: e.Name, Command: "infomorph reproduce " + e.Name, Run: "infomorph run bars", Seeds: "seeds 1 to 4",
		Runs: 4, Seconds: 75, Date: date, Version: "revision a", Picture: "img/results/" + e.Name + ".png", Findings: f, Met: AllMet(f)}
}

// Entries measured at different times merge, and the page depends on nothing
// but what was measured.
func TestPage(t *testing.T) {
	r := registry(t)
	first, err := r.Page([]Result{sample(t, 1, "2026-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(first), "Not measured yet: `one`.") {
		t.Errorf("%s", first)
	}
	old, err := ReadPage(first)
	if err != nil || len(old) != 1 {
		t.Fatal(old, err)
	}
	page, err := r.Page(Merge(old, []Result{sample(t, 0, "2026-02-02")}))
	if err != nil {
		t.Fatal(err)
	}
	both, err := r.Page([]Result{sample(t, 0, "2026-02-02"), sample(t, 1, "2026-01-01")})
	if err != nil || !bytes.Equal(page, both) {
		t.Errorf("merged and whole pages differ\n%s\n%s", page, both)
	}
	all, err := ReadPage(page)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.Page(Merge(all, []Result{sample(t, 1, "2026-03-03")})); err != nil || !bytes.Contains(again, []byte("2026-03-03")) || bytes.Contains(again, []byte("2026-01-01")) {
		t.Errorf("a new result does not replace the old one: %v\n%s", err, again)
	}
	golden := filepath.Join("testdata", "page.md")
	if *update {
		if err := os.WriteFile(golden, page, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(page, want) {
		t.Errorf("the page is not %s (%v); look at it and run with -update\n%s", golden, err, page)
	}
}

func TestMistakes(t *testing.T) {
	for want, change := range map[string][2]string{
		"a name of its own":                            {"name: two", "name: one"},
		"small letters":                                {"name: two", "name: all"},
		"says neither min nor max":                     {"min: 2, max: 3, ", ""},
		"at most max":                                  {"min: 2", "min: 4"},
		"lies between 0 and 1":                         {"reach: 2, min: 0.5", "reach: 2, min: 50"},
		"the entry has no axes":                        {"{score: gone, ", "{score: gone, at: [a=1], "},
		"small.yaml:7:5: entries[0].secs: unknown key": {"seconds: 1", "secs: 1"},
		"entries[0].seconds: missing":                  {"    seconds: 1\n", ""},
	} {
		_, err := Read("small.yaml", []byte(strings.Replace(small, change[0], change[1], 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", change, err, want)
		}
	}
	if _, err := registry(t).Find("on"); err == nil || !strings.Contains(err.Error(), `did you mean "one"`) {
		t.Error(err)
	}
	if _, err := ReadPage([]byte(dataBegin + "{" + dataEnd)); err == nil {
		t.Error("broken data is read")
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add([]byte(dataBegin + `{"name":"x"}` + dataEnd))
	f.Fuzz(func(t *testing.T, page []byte) {
		if all, err := ReadPage(page); err == nil {
			if _, err := Builtin().Page(all); err != nil {
				t.Error(err)
			}
		}
	})
}
