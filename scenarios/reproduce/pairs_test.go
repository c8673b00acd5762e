package reproduce

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"infomorph/internal/record"
	"infomorph/scenarios/design"
)

const pairs = `
entries:
  - name: pairs
    what: Pairs.
    scenario: bars
    first_seed: 5
    seeds: 4
    few: four are enough
    seconds: 1
    baselines:
      - {name: plain, set: [x=0], seeds: 4}
      - {name: other, set: [x=1], seeds: 3, score: s.two}
    checks:
      - {score: s.one, minus: s.two, min: 0, source: here}
      - {score: s.one, minus: plain, min: 0, max: 3, source: here}
      - {score: s.two, minus: other, max: 0, source: here}
`

func pairEntry(t *testing.T) *Entry {
	t.Helper()
	r, err := Read("pairs.yaml", []byte(pairs))
	if err != nil {
		t.Fatal(err)
	}
	return &r.Entries[0]
}

// pairResults returns results of an entry with these values of each score, by run.
func pairResults(t *testing.T, e *Entry, values map[string][]float64) *design.Results {
	t.Helper()
	res := results(t, e, 0)
	for k := range res.Outcomes {
		scores := map[string]float64{}
		for name, v := range values {
			scores[name] = v[k]
		}
		res.Outcomes[k] = design.Outcome{Status: record.StatusDone, Scores: scores}
	}
	return res
}

// A difference is judged pair by pair: here the means of the variants differ by less than
// their spread, but each pair differs by about 1.
func TestPairs(t *testing.T) {
	e := pairEntry(t)
	own := pairResults(t, e, map[string][]float64{"s.one": {1, 11, 21, 31}, "s.two": {0, 10.5, 20, 29.5}})
	plain := pairResults(t, e.Rival(&e.Baselines[0], 4), map[string][]float64{"s.one": {0, 9, 19, 30}})
	other := pairResults(t, e.Rival(&e.Baselines[1], 3), map[string][]float64{"s.two": {1, 10, 20.5}})
	f := e.Judge(own, map[string]*design.Results{"plain": plain, "other": other})
	// R: t.test(c(1, .5, 1, 1.5)) gives 0.3503868 to 1.6496132, t.test(c(1, 2, 2, 1)) 0.5813069 to 2.4186931.
	for i, want := range []struct{ value, low, high float64 }{{1, 0.3503868, 1.6496132}, {1.5, 0.5813069, 2.4186931}} {
		if g := &f[i]; g.Runs != 4 || g.Value != want.value || !(math.Abs(*g.Low-want.low) <= 1e-6) || !(math.Abs(*g.High-want.high) <= 1e-6) || g.Verdict != Met {
			t.Errorf("check %d: %+v", i, g)
		}
	}
	if f[0].Subject != "s.one − s.two" || f[0].Expected != "> 0" || f[1].Subject != "s.one − plain" || f[1].Expected != "> 0, < 3" {
		t.Errorf("%s %s; %s %s", f[0].Subject, f[0].Expected, f[1].Subject, f[1].Expected)
	}
	if got := f[1].Baselines(); !strings.HasPrefix(got, "16.0000 ± 20.5") || !strings.Contains(got, " and 14.5000 ± 20.") {
		t.Error(got)
	}
	if f[2].Runs != 3 || !(math.Abs(f[2].Value+1./3) <= 1e-12) || f[2].Verdict != NotShown { // 0 − 1, 10.5 − 10, 20 − 20.5
		t.Errorf("%+v", f[2])
	}
	two := e.Checks[1]
	two.Max = ptr(2.4)
	if got := two.verdict(&f[1]); got != NotShown {
		t.Errorf("an interval that ends beyond the bound is %s", got)
	}
	for i := range e.Checks {
		e.Checks[i].Min = ptr(1.7)
	}
	if f := e.Judge(own, nil); f[0].Verdict != Missed || f[1].Verdict != Missed || f[1].Runs != 0 {
		t.Errorf("%+v", f)
	}
}

// TestPairsOfEqualVariants is the null control: no check that asks for a difference in
// either direction is met by equal variants.
func TestPairsOfEqualVariants(t *testing.T) {
	e := pairEntry(t)
	v := []float64{1, 11, 21, 31}
	f := e.Judge(pairResults(t, e, map[string][]float64{"s.one": v, "s.two": v}), map[string]*design.Results{
		"plain": pairResults(t, e.Rival(&e.Baselines[0], 4), map[string][]float64{"s.one": v}), "other": pairResults(t, e.Rival(&e.Baselines[1], 3), map[string][]float64{"s.two": v})})
	for i := range f {
		if f[i].Verdict != NotShown || f[i].Runs != []int{4, 4, 3}[i] || f[i].Value != 0 || *f[i].Low != 0 {
			t.Errorf("check %d: %+v", i, f[i])
		}
	}
}

// Runs without a partner do not count, and a score that is no number spoils the check.
func TestPairsWithoutPartner(t *testing.T) {
	e := pairEntry(t)
	res := pairResults(t, e, map[string][]float64{"s.one": {1, 2, 3, 9}, "s.two": {0, 0, 0, 0}})
	res.Outcomes[3].Status = record.StatusFailed
	delete(res.Outcomes[2].Scores, "s.two")
	if f := e.Judge(res, nil); f[0].Runs != 2 || f[0].Value != 1.5 || f[0].Pair[0].Value != 1.5 || f[0].Pair[1].Value != 0 {
		t.Errorf("%+v", f[0])
	}
	res.Outcomes[0].Scores["s.two"] = math.NaN()
	if f := e.Judge(res, nil); !f[0].Broken || f[0].Verdict != Missed {
		t.Errorf("%+v", f[0])
	}
}

// A page keeps differences, and judges them again by the present bounds.
func TestPairsOnPage(t *testing.T) {
	r, err := Read("pairs.yaml", []byte(pairs))
	if err != nil {
		t.Fatal(err)
	}
	e := &r.Entries[0]
	own := pairResults(t, e, map[string][]float64{"s.one": {1, 11, 21, 31}, "s.two": {0, 10.5, 20, 29.5}})
	page, err := r.Page([]Result{{Name: "pairs", Findings: e.Judge(own, nil)}})
	if err != nil || !strings.Contains(string(page), "| `s.one − s.two` | > 0 | 1.0000 ± 0.6496 | 16.0000 ± 20.5426 and 15.0000 ± 20.1380 | met |") {
		t.Errorf("%v\n%s", err, page)
	}
	old, err := ReadPage(page)
	if err != nil {
		t.Fatal(err)
	}
	e.Checks[0].Min = ptr(0.5)
	if again, err := r.Page(old); err != nil || !strings.Contains(string(again), "| `s.one − s.two` | > 0.5 | 1.0000 ± 0.6496 | 16.0000 ± 20.5426 and 15.0000 ± 20.1380 | not shown |") {
		t.Errorf("%v\n%s", err, again)
	}
}

// Checks of differences that cannot be judged.
func TestPairsRefused(t *testing.T) {
	for _, c := range [][3]string{
		{"minus: plain,", "minus: plan,", `entries[0].checks[1].minus: got "plan", expected a baseline of the entry, or a score`},
		{"minus: plain,", "minus: plain, against: [other],", "entries[0].checks[1].against: stands beside minus, which names what the score is compared with"},
		{"minus: plain,", "reach: 1, minus: plain,", "entries[0].checks[1].minus: stands beside reach"},
		{"minus: plain, min: 0, max: 3,", "min: 0, max: 3,", "entries[0].checks[1].against: missing; name what must fail the range, or the other variant of a pair with minus:"},
		{"seeds: 4\n    few", "over: [\"a=1,2\"]\n    seeds: 4\n    few", "entries[0].checks[0].minus: needs pairs of runs with the same seed, but the entry has axes"},
		{"minus: plain,", "minus: plain.cue_cosine,", ""},
	} {
		r, err := Read("r.yaml", []byte(strings.Replace(pairs, c[0], c[1], 1)))
		if c[2] == "" && err != nil || c[2] != "" && (err == nil || !strings.Contains(fmt.Sprint(err), c[2])) {
			t.Errorf("%s: %v, want %s", c[1], err, c[2])
		}
		if c[2] == "" && r.Entries[0].Checks[1].Minus != "plain.cue_overlap" {
			t.Errorf("a former name: %s", r.Entries[0].Checks[1].Minus)
		}
	}
}
