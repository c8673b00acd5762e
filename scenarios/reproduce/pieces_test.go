package reproduce

import (
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"infomorph/internal/config"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
)

func ptr(v float64) *float64 { return &v }

// Durations in readable units.
func TestDuration(t *testing.T) {
	for s, want := range map[float64]string{0: "0.0 s", 0.26: "0.3 s", 9.94: "9.9 s", 10: "10 s", 119.4: "119 s", 120: "2 min", 90 * 60: "90 min", 7199: "120 min", 7200: "2.0 h", 9000: "2.5 h"} {
		if got := Duration(s); got != want {
			t.Errorf("%v s are %s, want %s", s, got, want)
		}
	}
}

// The range and the subject of a check as text.
func TestWordsOfChecks(t *testing.T) {
	for _, c := range []struct {
		c            Check
		rng, subject string
	}{
		{Check{Score: "s", Min: ptr(0.5)}, "≥ 0.5", "s"}, {Check{Score: "s", Max: ptr(2)}, "≤ 2", "s"}, {Check{Score: "s", Min: ptr(0.5), Max: ptr(2), Aim: ptr(1)}, "≥ 0.5, ≤ 2, aim 1", "s"},
		{Check{Score: "s", Reach: ptr(0.25), Min: ptr(0.5)}, "≥ 50 % of runs", "s ≥ 0.25"}, {Check{Score: "s", Reach: ptr(3), Max: ptr(0.125), Aim: ptr(0.1)}, "≤ 12.5 % of runs, aim 10 %", "s ≥ 3"},
		{Check{Score: "s", Min: ptr(1), At: []string{"a=1", "b=2"}}, "≥ 1", "s at a=1, b=2"},
	} {
		if c.c.Range() != c.rng || c.c.Subject() != c.subject {
			t.Errorf("%+v: %s, %s; want %s, %s", c.c, c.c.Range(), c.c.Subject(), c.rng, c.subject)
		}
	}
	for _, c := range []struct {
		m     Measure
		share bool
		want  string
	}{
		{Measure{}, false, "no run has it"}, {Measure{Runs: 2, Broken: true}, false, "not a number"}, {Measure{Runs: 1, Value: 2.34567}, false, "2.346"}, {Measure{Runs: 3, Value: 2.5, Low: ptr(2), High: ptr(3)}, false, "2.5000 ± 0.5000"},
		{Measure{Runs: 3, Value: 2.0 / 3, Low: ptr(0.2), High: ptr(0.9)}, true, "2 of 3 (20.0 to 90.0 %)"}, {Measure{Runs: 1, Value: 1, Low: ptr(0.2)}, true, "1"}, {Measure{Runs: 1, Value: 1, High: ptr(0.2)}, true, "1"},
	} {
		if got := c.m.text(c.share); got != c.want {
			t.Errorf("%+v: %s, want %s", c.m, got, c.want)
		}
	}
	f := Finding{Share: true, Measure: Measure{Runs: 4, Value: 0.5, Low: ptr(0.1), High: ptr(0.9)}, Against: []Rival{{"a", Measure{Runs: 4, Value: 0.25, Low: ptr(0), High: ptr(0.5)}}, {"b", Measure{}}}}
	if f.Measured() != "2 of 4 (10.0 to 90.0 %)" || f.Baselines() != "a 1 of 4 (0.0 to 50.0 %); b no run has it" {
		t.Errorf("%s; %s", f.Measured(), f.Baselines())
	}
}

// Means have Student's interval, shares have Wilson's. The mean of one run has none.
func TestMeasures(t *testing.T) {
	mean, share := &Check{}, &Check{Reach: ptr(2)}
	// R: t.test(c(1,2,3,4)) gives 0.4457397 to 4.5542603; prop.test(3, 4, correct = FALSE) 0.3006418 to 0.9544127.
	if m := mean.measure([]float64{1, 2, 3, 4}); m.Runs != 4 || m.Value != 2.5 || !(math.Abs(*m.Low-0.4457397) <= 1e-6) || !(math.Abs(*m.High-4.5542603) <= 1e-6) {
		t.Errorf("%+v", m)
	}
	if m := share.measure([]float64{1, 2, 3, 4}); m.Value != 0.75 || !(math.Abs(*m.Low-0.3006418) <= 1e-6) || !(math.Abs(*m.High-0.9544127) <= 1e-6) {
		t.Errorf("%+v", m)
	}
	if m := mean.measure([]float64{7}); m.Runs != 1 || m.Value != 7 || m.Low != nil || m.High != nil || m.Broken {
		t.Errorf("%+v", m)
	}
	if m := mean.measure(nil); m != (Measure{}) {
		t.Errorf("%+v", m)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if m := mean.measure([]float64{1, bad, 2}); !m.Broken || m.Runs != 3 || m.Low != nil || m.Value != 0 {
			t.Errorf("%v: %+v", bad, m)
		}
	}
}

// An interval lies in a range, outside it, or neither. The bounds belong to the range.
func TestPlaces(t *testing.T) {
	c := &Check{Min: ptr(1), Max: ptr(2)}
	for _, x := range []struct {
		low, high float64
		in, out   bool
	}{
		{1, 2, true, false}, {1.2, 1.5, true, false}, {0.9, 1.5, false, false}, {1.5, 2.1, false, false}, {0, 0.99, false, true}, {2.01, 3, false, true}, {0, 1, false, false}, {2, 3, false, false}, {0, 3, false, false},
	} {
		if in, out := c.place(&Measure{Low: &x.low, High: &x.high}); in != x.in || out != x.out {
			t.Errorf("from %v to %v: in %v, out %v", x.low, x.high, in, out)
		}
	}
	for _, m := range []Measure{{}, {Low: ptr(5)}, {High: ptr(0)}} {
		if in, out := c.place(&m); in || out {
			t.Errorf("%+v: in %v, out %v", m, in, out)
		}
	}
	below, above := &Check{Max: ptr(1)}, &Check{Min: ptr(1)}
	if in, out := below.place(&Measure{Low: ptr(-9), High: ptr(1)}); !in || out {
		t.Error("a range without a smallest value")
	}
	if in, out := above.place(&Measure{Low: ptr(1), High: ptr(9)}); !in || out {
		t.Error("a range without a largest value")
	}
	good, bad := Measure{Runs: 2, Low: ptr(1), High: ptr(2)}, Measure{Runs: 2, Low: ptr(3), High: ptr(4)}
	for _, x := range []struct {
		f    Finding
		want string
	}{
		{Finding{Measure: good, Against: []Rival{{"a", bad}}}, Met}, {Finding{Measure: good}, NotShown}, {Finding{Measure: good, Against: []Rival{{"a", bad}, {"b", good}}}, NotShown}, {Finding{Measure: bad, Against: []Rival{{"a", bad}}}, Missed},
		{Finding{Measure: Measure{}, Against: []Rival{{"a", bad}}}, Missed}, {Finding{Measure: Measure{Runs: 2, Broken: true}, Against: []Rival{{"a", bad}}}, Missed}, {Finding{Measure: good, Against: []Rival{{"a", Measure{}}}}, NotShown},
	} {
		if got := c.verdict(&x.f); got != x.want {
			t.Errorf("%+v: %s, want %s", x.f, got, x.want)
		}
	}
	if !AllMet(nil) || !AllMet([]Finding{{Verdict: Met}}) || AllMet([]Finding{{Verdict: Met}, {Verdict: NotShown}}) {
		t.Error("met together")
	}
}

// Valid and invalid checks.
func TestChecksRefused(t *testing.T) {
	for _, c := range []struct {
		c    Check
		want string
	}{
		{Check{Min: ptr(1)}, ""}, {Check{Min: ptr(1), Max: ptr(1)}, ""}, {Check{}, "says neither min nor max"}, {Check{Min: ptr(2), Max: ptr(1)}, "min: got 2, expected at most max"},
		{Check{Reach: ptr(5), Min: ptr(0)}, ""}, {Check{Reach: ptr(5), Max: ptr(1)}, ""}, {Check{Reach: ptr(5), Min: ptr(-0.1)}, "judges a share of runs, which lies between 0 and 1"}, {Check{Reach: ptr(5), Min: ptr(1.1)}, "judges a share of runs"}, {Check{Reach: ptr(5), Max: ptr(-0.1)}, "judges a share of runs"},
		{Check{Reach: ptr(5), Max: ptr(1.1)}, "judges a share of runs"}, {Check{Reach: ptr(5), Min: ptr(1)}, "asks for all runs or for none"}, {Check{Reach: ptr(5), Max: ptr(0)}, "asks for all runs or for none"}, {Check{Min: ptr(-5), Max: ptr(7)}, ""},
	} {
		c.c.Against = []string{"a.b"}
		err := c.c.Validate()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %s", c.c, err, c.want)
		}
	}
	for _, c := range [][3]string{
		{"name: one", "name: One", `entries[0].name: got "One", expected small letters, digits and - (it names a folder), and not all`}, {"name: one", "name: all", `entries[0].name: got "all"`}, {"name: one", "name: -a", `entries[0].name: got "-a"`}, {"name: one", "name: 1-a", ""},
		{"name: nothing,", "name: a.b,", `entries[0].baselines[0].name: got "a.b", expected small letters, digits and -, a name of its own`}, {"seeds: 4\n", "seeds: 9\n", ""}, {"few: one is enough\n", "\n", "entries[0].seeds: is fewer than 10; take more, or say why not: few: …"}, {"seeds: 4\n    few: one is enough\n", "seeds: 10\n", ""},
		{"against: [nothing, line.ar]", "against: [nothing, linear]", `entries[0].checks[0].against[1]: got "linear", expected a baseline of the entry, or a score`}, {"- {score: gone,", "- {score: gone, at: [a=1],", "entries[0].checks[2].at: names a point, but the entry has no axes"},
	} {
		_, err := Read("r.yaml", []byte(strings.Replace(small, c[0], c[1], 1)))
		if c[2] == "" && err != nil || c[2] != "" && (err == nil || !strings.Contains(err.Error(), c[2])) {
			t.Errorf("%s: %v, want %s", c[1], err, c[2])
		}
	}
}

// TestFormerScoresOfChecks: a registry that names former scores checks the present ones.
func TestFormerScoresOfChecks(t *testing.T) {
	former := strings.NewReplacer("score: s,", "score: recall.mean_cosine,", "line.ar", "hebb.cue_cosine").Replace(small)
	r, err := Read("r.yaml", []byte(former))
	if err != nil {
		t.Fatal(err)
	}
	c := r.Entries[0].Checks[0]
	if c.Score != "recall.mean_overlap" || c.Against[0] != "nothing" || c.Against[1] != "hebb.cue_overlap" {
		t.Errorf("%+v", c)
	}
}

// Entries are found by name, chosen in the order of the registry, and have a number of
// points.
func TestEntriesFound(t *testing.T) {
	r := registry(t)
	for names, want := range map[string]string{"two one": "one two", "one": "one", "all": "one two", "two all": "one two", "": ""} {
		chosen, err := r.Choose(strings.Fields(names))
		var got []string
		for _, e := range chosen {
			got = append(got, e.Name)
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %q, %v", names, got, err)
		}
	}
	for name, want := range map[string]string{"twoo": `twoo: no such entry; did you mean "two"?`, "zzzzzz": "zzzzzz: no such entry; infomorph reproduce lists them"} {
		if _, err := r.Find(name); fmt.Sprint(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
		if _, err := r.Choose([]string{"one", name}); fmt.Sprint(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, c := range []struct {
		e      Entry
		points int
		axes   string
	}{
		{Entry{FirstSeed: 5}, 1, "[seed=5..7]"}, {Entry{Over: []string{"a=1,2"}}, 2, "[a=1,2]"}, {Entry{Over: []string{"a=1,2", "b=1..3"}}, 6, "[a=1,2 b=1..3]"}, {Entry{Over: []string{"a=1,2", "broken"}}, 1, "[a=1,2 broken]"},
	} {
		if c.e.Points() != c.points || fmt.Sprint(c.e.Axes(3)) != c.axes {
			t.Errorf("%+v: %d points, %v", c.e, c.e.Points(), c.e.Axes(3))
		}
	}
	if path("a.b=c=d") != "a.b" || path("a") != "a" {
		t.Error("what a setting is of")
	}
}

// The number of runs of an entry, their time and their folder.
func TestEntriesCounted(t *testing.T) {
	r := registry(t)
	one, two := &r.Entries[0], &r.Entries[1]
	for _, c := range []struct {
		o            Options
		e            *Entry
		count, runs  int
		folder, want string
	}{
		{Options{Dir: "d"}, one, 4, 8, "one", "infomorph reproduce one | infomorph run bars"}, {Options{Dir: "d", Seeds: 2}, one, 2, 4, "one-seeds-2", "infomorph reproduce one --seeds 2 | infomorph run bars"}, {Options{Dir: "d", Seeds: 4}, one, 4, 8, "one", "infomorph reproduce one | infomorph run bars"},
		{Options{Dir: "d", Seeds: 9}, one, 9, 13, "one-seeds-9", "infomorph reproduce one --seeds 9 | infomorph run bars"}, {Options{Dir: "d", Registry: "r.yaml"}, two, 3, 6, "two", "infomorph reproduce two --registry r.yaml | infomorph run bars --set x=1 --set y=2"},
	} {
		p := &Pack{r, c.o, "."}
		all, single := p.Command(c.e)
		if p.Count(c.e) != c.count || p.Runs(c.e) != c.runs || p.Folder(c.e) != filepath.Join("d", c.folder) || all+" | "+single != c.want {
			t.Errorf("%+v: %d seeds, %d runs, %s, %s | %s", c.o, p.Count(c.e), p.Runs(c.e), p.Folder(c.e), all, single)
		}
	}
	p := &Pack{r, Options{}, "."}
	e := &Entry{Name: "n", Scenario: "s.yaml", Set: []string{"a={b: 1}", "c=2"}, Data: "d.folder", Seconds: 10, Seeds: 1}
	if all, single := p.Command(e); all != "infomorph reproduce n --data FOLDER" || single != "infomorph run s.yaml --set 'a={b: 1}' --set c=2 --set d.folder=FOLDER" {
		t.Errorf("%s | %s", all, single)
	}
	if p.Runnable(e) || !p.Runnable(one) || !(&Pack{r, Options{Data: "x"}, "."}).Runnable(e) {
		t.Error("an entry needs its data")
	}
	cores := runtime.GOMAXPROCS(0)
	for _, c := range []struct {
		workers, runs int
		want          time.Duration
	}{{1, 6, 60 * time.Second}, {1, 0, time.Second}, {0, 10 * cores, 100 * time.Second}, {0, 1, 10 * time.Second}, {1000, 10 * cores, 100 * time.Second}} {
		p.Workers = c.workers
		if got := p.Estimate(e, c.runs); got != c.want {
			t.Errorf("%d runs, %d at a time: %v, want %v", c.runs, c.workers, got, c.want)
		}
	}
	for name, want := range map[string]string{"bars": "bars", "/a/s.yaml": "/a/s.yaml", "s.yaml": filepath.Join("base", "s.yaml")} {
		if got := (&Pack{r, Options{}, "base"}).scenario(&Entry{Scenario: name}); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Versions of programs, and pages that were edited.
func TestVersionsAndPages(t *testing.T) {
	for want, v := range map[string]record.Versions{"an unknown revision": {}, "revision 0123456789": {Revision: "0123456789abcdef"}, "revision 01": {Revision: "01"}, "revision 01 with changes": {Revision: "01", Modified: true}} {
		if got := versionText(v); got != want {
			t.Errorf("%+v: %s, want %s", v, got, want)
		}
	}
	for page, want := range map[string]string{"": "0 <nil>", "words": "0 <nil>", "<!-- data: {\"name\": \"a\"} -->\n<!-- data: {\"name\": \"b\"} -->\n": "2 <nil>",
		"<!-- data: {\"name\": \"a\"} -->\n<!-- data: {\"name\" -->\n": "0 its data is broken after 1 entries; it was changed by hand: write a new page", "<!-- data: {\"name\": \"a\"}": "0 its data is broken after 0 entries; it was changed by hand: write a new page"} {
		all, err := ReadPage([]byte(page))
		if got := fmt.Sprint(len(all), " ", err); got != want {
			t.Errorf("%q: %s, want %s", page, got, want)
		}
	}
	merged := Merge([]Result{{Name: "a", Runs: 1}, {Name: "b", Runs: 1}}, []Result{{Name: "b", Runs: 2}, {Name: "c", Runs: 2}})
	var got []string
	for _, m := range merged {
		got = append(got, fmt.Sprint(m.Name, m.Runs))
	}
	if fmt.Sprint(got) != "[b2 c2 a1]" {
		t.Errorf("%v", got)
	}
}

// Scores of runs that are done, at the point of a check.
func TestScoresAtPoints(t *testing.T) {
	a, err := design.ParseAxis("a=1,2")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := design.NewPlan(design.Design{Axes: []design.Axis{a}, Seeds: 2, BaseSeed: 1})
	if err != nil {
		t.Fatal(err)
	}
	res := &design.Results{Plan: plan, Outcomes: []design.Outcome{
		{Status: record.StatusDone, Scores: map[string]float64{"s": 1}}, {Status: record.StatusFailed, Scores: map[string]float64{"s": 2}}, {Status: record.StatusDone, Scores: map[string]float64{"s": 3}}, {Status: record.StatusDone, Scores: map[string]float64{"other": 4}}}}
	for at, want := range map[string]string{"": "[1 3]", "a=1": "[1]", "a=2": "[3]", "a=3": "[]", "a=1 b=2": "[]"} {
		c := &Check{Score: "s", At: strings.Fields(at)}
		if got := fmt.Sprint(c.values(res, "s")); got != want {
			t.Errorf("at %s: %s, want %s", at, got, want)
		}
	}
	if err := config.Lint(&Registry{}); err != nil {
		t.Error(err)
	}
}
