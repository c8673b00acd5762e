package run

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/language"
)

// of returns where a value is.
func of[T any](v T) *T { return &v }

// TestVerdictsInWords: what a verdict is about, what was found, and its JSON.
func TestVerdictsInWords(t *testing.T) {
	for _, c := range []struct {
		v          Verdict
		name, text string
		doc        string
	}{
		{Verdict{Score: "a", Expected: "≥ 1", Got: 1.23456, Pass: true}, "a", "1.2346", `{"score":"a","expected":"≥ 1","got":1.23456,"pass":true}`},
		{Verdict{Score: "a", Got: -0.00004}, "a", "-0.0000", `{"score":"a","expected":"","got":-0.00004,"pass":false}`},
		{Verdict{Score: "a", Got: Number(math.NaN())}, "a", "NaN", `{"score":"a","expected":"","got":null,"pass":false}`},
		{Verdict{Score: "a", Got: Number(math.Inf(-1))}, "a", "-Inf", `{"score":"a","expected":"","got":null,"pass":false}`},
		{Verdict{Score: "a", Missing: true}, "a", "no such score", `{"score":"a","expected":"","got":0,"pass":false,"missing":true}`},
		{Verdict{Score: "m", Form: "never", Missing: true}, "never m", "not measured", `{"score":"m","form":"never","expected":"","got":0,"pass":false,"missing":true}`},
		{Verdict{Score: "m", Form: "always", Got: 2, TimeUS: of(int64(1_500_000))}, "always m", "2.0000 at 1.5s", `{"score":"m","form":"always","expected":"","got":2,"pass":false,"time_us":1500000}`},
		{Verdict{Score: "m", Form: "eventually", Got: 2, TimeUS: of(int64(0)), Neuron: of(0)}, "eventually m", "2.0000 at 0s, neuron 0", `{"score":"m","form":"eventually","expected":"","got":2,"pass":false,"time_us":0,"neuron":0}`},
	} {
		doc, err := json.Marshal(c.v)
		if c.v.Name() != c.name || c.v.Text() != c.text || err != nil || string(doc) != c.doc {
			t.Errorf("%q: %q, %s, %v\nwant %q: %q, %s", c.v.Name(), c.v.Text(), doc, err, c.name, c.text, c.doc)
		}
	}
}

// TestJudgedScores: a score is held against its bounds, which are within; one that is no
// number, or not there, meets nothing.
func TestJudgedScores(t *testing.T) {
	scores := NewScores()
	for name, v := range map[string]float64{"half": 0.5, "none": 0, "nan": math.NaN(), "inf": math.Inf(1)} {
		scores.Set(name, v)
	}
	for _, c := range []struct {
		e             language.Expect
		pass, missing bool
		expected      string
	}{
		{language.Expect{Score: "half", Min: of(0.5)}, true, false, "≥ 0.5"}, {language.Expect{Score: "half", Max: of(0.5)}, true, false, "≤ 0.5"}, {language.Expect{Score: "half", Min: of(0.5), Max: of(0.5)}, true, false, "≥ 0.5, ≤ 0.5"},
		{language.Expect{Score: "half", Min: of(0.51)}, false, false, "≥ 0.51"}, {language.Expect{Score: "half", Max: of(0.49)}, false, false, "≤ 0.49"},
		{language.Expect{Score: "none", Min: of(0.0)}, true, false, "≥ 0"}, {language.Expect{Score: "nan", Min: of(-1e300)}, false, false, "≥ -1e+300"}, {language.Expect{Score: "nan", Max: of(1e300)}, false, false, "≤ 1e+300"},
		{language.Expect{Score: "inf", Min: of(1.0)}, true, false, "≥ 1"}, {language.Expect{Score: "inf", Max: of(1.0)}, false, false, "≤ 1"}, {language.Expect{Score: "gone", Min: of(-1.0)}, false, true, "≥ -1"},
	} {
		all := JudgeScores([]language.Expect{{Always: "half", Min: of(9.0)}, c.e, {Never: "half"}}, scores)
		if len(all) != 1 {
			t.Fatalf("%+v: %d verdicts, want that of the score", c.e, len(all))
		}
		if v := all[0]; v.Score != c.e.Score || v.Pass != c.pass || v.Missing != c.missing || v.Expected != c.expected || v.Form != "" || v.TimeUS != nil {
			t.Errorf("%s %s: %+v", c.e.Score, c.expected, v)
		}
	}
}

// TestScoresKeepTheirOrder: the first entry of a score says where it stands, the last what
// it is.
func TestScoresKeepTheirOrder(t *testing.T) {
	s := NewScores()
	for _, entry := range []struct {
		name string
		v    float64
	}{{"b", 1}, {"a", 2}, {"b", 3}, {"c", math.NaN()}, {"a", 4}} {
		s.Set(entry.name, entry.v)
	}
	if strings.Join(s.Names, "") != "bac" || s.Values["b"] != 3 || s.Values["a"] != 4 || len(s.Values) != 3 {
		t.Errorf("%q, %v", s.Names, s.Values)
	}
	j := &recorder{scores: s}
	j.Score("d", 0.5, 0.25)
	j.Score("e", 0.5, math.NaN())
	if chance, ok := s.Chance["d"]; !ok || chance != 0.25 || len(s.Chance) != 1 || strings.Join(s.Names, "") != "bacde" {
		t.Errorf("chances %v of %q", s.Chance, s.Names)
	}
}

// TestMissedExpectations: how many were missed, of how many; none is no error.
func TestMissedExpectations(t *testing.T) {
	for passes, want := range map[string]string{"": "", "y": "", "yyy": "", "n": "1 of 1 expectations not met", "yny": "1 of 3 expectations not met", "nn": "2 of 2 expectations not met"} {
		var all []Verdict
		for _, p := range passes {
			all = append(all, Verdict{Pass: p == 'y'})
		}
		got := ""
		if err := Missed(all); err != nil {
			if got = err.Error(); fault.Kind(err) != fault.ErrMissed {
				t.Errorf("%s: %v is %v", passes, err, fault.Kind(err))
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", passes, got, want)
		}
	}
}

// TestWindowsOfExpectations: the first and the last moment of a window are within.
func TestWindowsOfExpectations(t *testing.T) {
	samples := []sample{{10, -1, 1}, {20, -1, 2}, {30, -1, 3}, {40, -1, 4}}
	for _, c := range []struct {
		name    string
		e       language.Expect
		pass    bool
		at      int64 // -1: nothing was measured
		got     float64
		missing bool
	}{
		{"after takes its moment in", language.Expect{Always: "m", Min: of(2.0), After: 20}, true, 20, 2, false},
		{"and none before", language.Expect{Never: "m", Max: of(1.0), After: 11}, true, 20, 2, false},
		{"within takes its moment in", language.Expect{Eventually: "m", Min: of(3.0), Within: 30}, true, 30, 3, false},
		{"and none behind", language.Expect{Eventually: "m", Min: of(4.0), Within: 39}, false, 30, 3, false},
		{"both are one moment", language.Expect{Always: "m", Min: of(3.0), Max: of(3.0), After: 30, Within: 30}, true, 30, 3, false},
		{"between two moments", language.Expect{Always: "m", Min: of(0.0), After: 31, Within: 39}, false, -1, 0, true},
		{"the last offender is not told", language.Expect{Always: "m", Max: of(2.0)}, false, 30, 3, false},
		{"never tells the first", language.Expect{Never: "m", Min: of(2.0)}, false, 20, 2, false},
		{"never of what comes nearest", language.Expect{Never: "m", Min: of(5.0)}, true, 40, 4, false},
		{"eventually is met by the first of two", language.Expect{Eventually: "m", Min: of(2.0)}, true, 20, 2, false},
		{"eventually comes nearest", language.Expect{Eventually: "m", Min: of(2.25), Max: of(2.5)}, false, 20, 2, false},
	} {
		v := judgeLive(&c.e, samples)
		at := int64(-1)
		if v.TimeUS != nil {
			at = *v.TimeUS
		}
		if v.Pass != c.pass || at != c.at || float64(v.Got) != c.got || v.Missing != c.missing {
			t.Errorf("%s: %+v at %d", c.name, v, at)
		}
	}
}

// TestJudgedMeans: the report of many runs holds means against what the folder's scenario
// expects of scores.
func TestJudgedMeans(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, record.ScenarioName), []byte(smallScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	verdicts, err := judgeMeans(dir)(map[string]float64{"recall.mean_overlap": 0.25})
	if err != nil || len(verdicts) != 2 {
		t.Fatalf("%+v, %v", verdicts, err)
	}
	if v := verdicts[0]; v.Name != "recall.mean_overlap" || v.Expected != "≥ -1" || v.Got != "0.2500" || !v.Pass {
		t.Errorf("%+v", v)
	}
	if v := verdicts[1]; v.Name != "no.such" || v.Expected != "≥ 0" || v.Got != "no such score" || v.Pass {
		t.Errorf("%+v", v)
	}
	if _, err := judgeMeans(t.TempDir())(nil); err == nil {
		t.Error("means are judged by no scenario")
	}
	for _, f := range []func(string) error{WriteReportMany, WriteReport} {
		if err := f(dir); err == nil {
			t.Error("a report of nothing is written")
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left behind", len(entries)-1)
	}
}
