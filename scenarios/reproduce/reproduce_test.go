package reproduce

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/internal/fuzzing"
	"infomorph/internal/record"
	"infomorph/scenarios"
	"infomorph/scenarios/design"
)

var update = flag.Bool("update", false, "write golden files")

func TestRegistryIsWellDescribed(t *testing.T) {
	if err := config.Lint(Registry{}); err != nil {
		t.Error(err)
	}
}

// Every claim can be run: its scenario is built in and accepts the entry's settings, its
// axes are valid, its scores exist, and its points are on the axes.
func TestBuiltinClaims(t *testing.T) {
	for _, e := range Builtin().Entries {
		text, ok := scenarios.Builtin(e.Scenario)
		if !ok {
			t.Errorf("%s: no built-in scenario %q", e.Name, e.Scenario)
			continue
		}
		with := func(sets []string) []string {
			if e.Data != "" {
				return append(sets, e.Data+"=somewhere")
			}
			return sets
		}
		sets := with(e.Set)
		if _, err := scenarios.Load(e.Scenario, bytes.NewReader(text), sets...); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		for i := range e.Baselines {
			b := &e.Baselines[i]
			if _, err := scenarios.Load(e.Scenario, bytes.NewReader(text), with(e.Rival(b, b.Seeds).Set)...); err != nil {
				t.Errorf("%s: %s: %v", e.Name, b.Name, err)
			}
			if b.Score != "" && scenarios.ExplainScore(b.Score) == nil {
				t.Errorf("%s: no score %q", e.Name, b.Score)
			}
		}
		plan, err := design.NewPlan(designOf(t, &e))
		if err != nil {
			t.Errorf("%s: %v", e.Name, err)
			continue
		}
		if _, err := scenarios.Load(e.Scenario, bytes.NewReader(text), append(sets, plan.Assignments(&plan.Runs[0])...)...); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		res := &design.Results{Plan: plan, Outcomes: make([]design.Outcome, len(plan.Runs))}
		for _, c := range e.Checks {
			if scenarios.ExplainScore(c.Score) == nil {
				t.Errorf("%s: no score %q", e.Name, c.Score)
			}
			for _, name := range append([]string{c.Minus}, c.Against...) {
				if strings.Contains(name, ".") && scenarios.ExplainScore(name) == nil {
					t.Errorf("%s: no score %q", e.Name, name)
				}
			}
			fill(res, c.Score, 1)
			if n := len(c.values(res, c.Score)); n == 0 {
				t.Errorf("%s: %s is not at any point", e.Name, c.Subject())
			}
		}
		if len(e.Over) == 0 && len(e.Pictures) == 0 {
			t.Errorf("%s: shows no picture", e.Name)
		}
	}
}

func designOf(t *testing.T, e *Entry) design.Design {
	t.Helper()
	d := design.Design{Seeds: 1, BaseSeed: e.FirstSeed}
	if len(e.Over) > 0 {
		d.Seeds = e.Seeds
	}
	for _, text := range e.Axes(e.Seeds) {
		a, err := design.ParseAxis(text)
		if err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		d.Axes = append(d.Axes, a)
	}
	return d
}

func fill(res *design.Results, score string, v ...float64) {
	for k := range res.Outcomes {
		res.Outcomes[k] = design.Outcome{Status: record.StatusDone, Scores: map[string]float64{score: v[k%len(v)]}}
	}
}

const small = `
entries:
  - name: one
    what: One.
    scenario: bars
    seeds: 4
    few: one is enough
    seconds: 1
    baselines:
      - {name: nothing, set: [x=0], seeds: 4}
    checks:
      - {score: s, min: 0.4, max: 5, against: [nothing, line.ar], source: here}
      - {score: s, reach: 2, min: 0.3, against: [line.ar], source: here}
      - {score: gone, min: 0, against: [line.ar], source: here}
  - name: two
    what: Two > one.
    figure: A 2025, fig. 1
    scenario: bars
    over: ["a=1,2"]
    set: [x=1, y=2]
    few: two is enough
    seeds: 3
    seconds: 1
    checks:
      - {score: s, at: [a=2], max: 3, against: [line.ar], source: there}
`

func registry(t *testing.T) *Registry {
	t.Helper()
	r, err := Read("small.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func results(t *testing.T, e *Entry, v ...float64) *design.Results {
	t.Helper()
	plan, err := design.NewPlan(designOf(t, e))
	if err != nil {
		t.Fatal(err)
	}
	res := &design.Results{Plan: plan, Outcomes: make([]design.Outcome, len(plan.Runs))}
	fill(res, "s", v...)
	return res
}

// judged returns the findings of the first entry for given scores of its runs and its
// baselines.
func judged(t *testing.T, v, linear, nothing []float64) []Finding {
	t.Helper()
	e := &registry(t).Entries[0]
	res := results(t, e, v...)
	for k := range res.Outcomes {
		res.Outcomes[k].Scores["line.ar"] = linear[k%len(linear)]
	}
	r := e.Rival(&e.Baselines[0], e.Seeds)
	return e.Judge(res, map[string]*design.Results{"nothing": results(t, r, nothing...)})
}

func TestJudge(t *testing.T) {
	// The interval of 1, 2, 3, 4 is R's (see sweep); 3 of 4 after Wilson.
	f := judged(t, []float64{1, 2, 3, 4}, []float64{0, 0.1, 0.1, 0}, []float64{0})
	for i, want := range []string{"2.5000 ± 2.0543", "3 of 4 (30.1 to 95.4 %)", "no run has it"} {
		if got := f[i].Measured(); got != want {
			t.Errorf("finding %d: %s, want %s", i, got, want)
		}
		if want := []string{Met, NotShown, Missed}[i]; f[i].Verdict != want {
			t.Errorf("finding %d: %s, want %s: %s", i, f[i].Verdict, want, f[i].Baselines())
		}
	}
	if want := "nothing 0.0000 ± 0.0000; line.ar 0.0500 ± 0.0919"; f[0].Baselines() != want {
		t.Errorf("%s, want %s", f[0].Baselines(), want)
	}
	// The interval of 0 of 4 reaches 49 % of runs, which would meet the range.
	if want := "line.ar 0 of 4 (0.0 to 49.0 %)"; f[1].Baselines() != want {
		t.Errorf("%s, want %s", f[1].Baselines(), want)
	}
	if AllMet(f) || !AllMet(f[:1]) {
		t.Error("met together")
	}
}

// A check is met only if the whole interval is in the range and those of all baselines
// are outside.
func TestVerdict(t *testing.T) {
	low, fails := []float64{0}, []float64{0, 0.1, 0.1, 0}
	for _, c := range []struct {
		what               string
		v, linear, nothing []float64
		want               string
	}{
		{"at the lower bound", []float64{0.4}, fails, low, Met},
		{"at the upper bound", []float64{5}, fails, low, Met},
		{"below", []float64{0.39}, fails, low, Missed},
		{"above", []float64{5.01}, fails, low, Missed},
		{"reaching below", []float64{1, 2, 3, 4.4}, fails, low, NotShown}, // 2.6 ± 2.33
		{"reaching above", []float64{3, 4, 5, 5}, fails, low, NotShown},   // 4.25 ± 1.52
		{"as a baseline does", []float64{1}, []float64{1}, low, NotShown},
		{"as a baseline may", []float64{1}, []float64{0, 0.1, 0.1, 0.9}, low, NotShown}, // 0.275 ± 0.67
		{"as another baseline does", []float64{1}, fails, []float64{1}, NotShown},
		{"no number", []float64{2, math.NaN(), 2, 2}, fails, low, Missed},
		{"a baseline without number", []float64{1}, []float64{math.Inf(1)}, low, NotShown},
	} {
		if f := judged(t, c.v, c.linear, c.nothing); f[0].Verdict != c.want {
			t.Errorf("%s: %s, want %s (%s; %s)", c.what, f[0].Verdict, c.want, f[0].Measured(), f[0].Baselines())
		}
	}
	e := &registry(t).Entries[0]
	failed := results(t, e, 2.5)
	failed.Outcomes[1].Status = record.StatusFailed
	if f := e.Judge(failed, nil); f[0].Runs != 3 || f[0].Verdict != NotShown {
		t.Errorf("a failed run counts, or a baseline that was not run fails: %+v", f[0])
	}
	one := results(t, e, 2.5)
	for k := range one.Outcomes[1:] {
		one.Outcomes[k+1].Status = record.StatusFailed
	}
	if f := e.Judge(one, nil); f[0].Verdict != NotShown || f[0].Measured() != "2.5" {
		t.Errorf("one run shows something: %+v", f[0])
	}
}

// A baseline is the entry with more settings, over its own seeds.
func TestRival(t *testing.T) {
	e := &registry(t).Entries[1]
	r := e.Rival(&Baseline{Name: "less", Set: []string{"y=3", "z=4"}, Seeds: 7}, 20)
	if r.Name != "two-less" || !slices.Equal(r.Set, []string{"x=1", "y=3", "z=4"}) || !slices.Equal(r.Axes(r.Seeds), []string{"seed=1..7"}) {
		t.Errorf("%+v", r)
	}
	if r := e.Rival(&Baseline{Seeds: 7}, 3); r.Seeds != 3 {
		t.Errorf("a quick look takes %d seeds of a baseline", r.Seeds)
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
	for k := range res.Outcomes {
		res.Outcomes[k].Scores["line.ar"] = 9
	}
	if f := e.Judge(res, nil); f[0].Value != 4 || f[0].Runs != 3 || f[0].Verdict != Missed || f[0].Against[0].Runs != 3 {
		t.Errorf("%+v", f[0])
	}
}

func sample(t *testing.T, i int, date string) Result {
	e := &registry(t).Entries[i]
	res := results(t, e, 2, 3)
	for k := range res.Outcomes {
		res.Outcomes[k].Scores["line.ar"] = 9
	}
	f := e.Judge(res, nil)
	return Result{Name: e.Name, Command: "infomorph reproduce " + e.Name, Run: "infomorph run bars", Seeds: "seeds 1 to 4",
		Runs: 4, Seconds: 75, Date: date, Version: "revision a", Picture: "img/results/" + e.Name + ".png", Findings: f, Met: AllMet(f)}
}

// Entries measured at different times can be merged, and the page only depends on the
// results.
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
	// Verdicts are those of the present registry. Results of other checks are not shown.
	r.Entries[1].Checks[0].Max = new(float64)
	if p, err := r.Page(all); err != nil || !bytes.Contains(p, []byte("missed")) {
		t.Errorf("a result keeps the verdict of another range: %v", err)
	}
	r.Entries[1].Checks[0].Against = []string{"other.score"}
	if p, err := r.Page(all); err != nil || !bytes.Contains(p, []byte("Not measured yet: `two`")) {
		t.Errorf("a baseline that was not measured is shown: %v", err)
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
		"says neither min nor max":                     {"min: 0.4, max: 5, ", ""},
		"at most max":                                  {"min: 0.4", "min: 6"},
		"lies between 0 and 1":                         {"reach: 2, min: 0.3", "reach: 2, min: 50"},
		"which no number of runs shows":                {"reach: 2, min: 0.3", "reach: 2, min: 1"},
		"entries[0].seeds: is fewer than 10":           {"few: one is enough", "figure: one"},
		"a baseline of the entry, or a score":          {"against: [nothing", "against: [nothin"},
		"checks[0].against: missing":                   {"against: [nothing, line.ar], ", ""},
		"the entry has no axes":                        {"{score: gone, ", "{score: gone, at: [a=1], "},
		"small.yaml:8:5: entries[0].secs: unknown key": {"seconds: 1", "secs: 1"},
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
		defer fuzzing.Bound(t)()
		if all, err := ReadPage(page); err == nil {
			if _, err := Builtin().Page(all); err != nil {
				t.Error(err)
			}
		}
	})
}
