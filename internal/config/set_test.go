package config_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"infomorph/internal/config"
)

func TestSet(t *testing.T) {
	base := minimal + "patterns: {source: random}\nevents:\n  - at: 1ms\n  - at: 2ms\nasynchrony: {gate: false}\n"
	for _, c := range []struct {
		set    []string
		change func(*scenario)
	}{
		{[]string{"learning.rate=5"}, func(s *scenario) { s.Learning.Rate = 5 }},
		{[]string{"seed=7", "seed=8"}, func(s *scenario) { s.Seed = 8 }},
		{[]string{"patterns.count=3"}, func(s *scenario) { s.Patterns.Count = ptr(3) }},
		{[]string{"patterns={source: folder, flip: 5%}"}, func(s *scenario) { s.Patterns = patterns{Source: "folder", Flip: 0.05} }},
		{[]string{"events[1].at=9ms"}, func(s *scenario) { s.Events[1].At = ptr(9 * config.Millisecond) }},
		{[]string{"events[0]={when: x == 3}"}, func(s *scenario) { s.Events[0] = event{When: ptr("x == 3")} }},
		{[]string{"events=null"}, func(s *scenario) { s.Events = nil }},
		{[]string{"asynchrony=null"}, func(s *scenario) { s.Asynchrony = nil }},
		{[]string{"asynchrony.gate="}, func(s *scenario) { s.Asynchrony.Gate = true }},
		{[]string{`labels["a=b"]=c=d`}, func(s *scenario) { s.Labels = map[string]string{"a=b": "c=d"} }},
		{[]string{"delay.uniform=[1ms, 2ms]"}, func(s *scenario) { s.Delay = delay{1000, 2000} }},
		{[]string{"record=[pid]"}, func(s *scenario) { s.Record = []string{"pid"} }},
	} {
		want := mustDecode(t, base)
		c.change(want)
		if d := cmp.Diff(want, mustDecode(t, base, c.set...)); d != "" {
			t.Errorf("%v: %s", c.set, d)
		}
	}
}

func TestSetErrors(t *testing.T) {
	base := minimal + "delay: 1ms\nevents:\n  - at: 1ms\n"
	for set, want := range map[string]string{
		"learning.rte=5":          `--set learning.rte=5: unknown key; did you mean "rate"? (allowed: rate, clip, goal, every, bins)`,
		"lerning.rate=5":          `--set lerning.rate=5: lerning: unknown key; did you mean "learning"? (allowed: apiVersion, name, seed, presentations, verbose, learning, patterns, delay, populations, events, asynchrony, labels, …)`,
		"learning.rate=fast":      `--set learning.rate=fast: got "fast", expected a number > 0 and ≤ 10`,
		"learning={rate: fast}":   `--set learning={rate: fast}: learning.rate: got "fast", expected a number > 0 and ≤ 10`,
		"learning":                `--set learning: not of the form path=value; for example --set learning.rate=0.1`,
		"=3":                      `--set =3: not of the form path=value; for example --set learning.rate=0.1`,
		"a..b=3":                  `--set a..b=3: not of the form path=value; for example --set learning.rate=0.1`,
		"a[-1]=3":                 `--set a[-1]=3: not of the form path=value; for example --set learning.rate=0.1`,
		"seed.x=3":                `--set seed.x=3: seed: got a section (x), expected a whole number ≥ 0`,
		"delay.uniform=[1ms]":     `--set delay.uniform=[1ms]: delay is "1ms", not a section`,
		"events[1].at=2ms":        `--set events[1].at=2ms: events has 1 elements, counted from 0`,
		"events.at=2ms":           `--set events.at=2ms: events is a list of 1, not a section; its elements are counted from 0: events[0]`,
		"populations[0].size=2":   `--set populations[0].size=2: populations is nothing, not a list; set the whole list instead`,
		"learning.rate=[":         `--set learning.rate=[: not valid YAML: the bracket is not closed; add ]`,
		"learning.rate=null":      ``,
		"name=null":               `scenario.yaml:1:1: name: missing, expected text`,
		"events[0]=null":          `--set events[0]=null: has no value, expected a section with the keys at, when, lesion, goal, then; write one, or remove the key`,
		"seed=1\nlearning.rate=3": "--set seed=1\\nlearning.rate=3: got \"1 learning.rate=3\", expected a whole number ≥ 0",
	} {
		var s scenario
		err := decode(base, &s, set)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", set, got, want)
		}
	}
}

// TestSetLeavesTheDocument decodes one document several times, as a sweep does.
func TestSetLeavesTheDocument(t *testing.T) {
	doc, err := config.Parse("s.yaml", []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	var a, b, c scenario
	if err := doc.Decode(&a); err != nil {
		t.Fatal(err)
	}
	changed := doc.Clone()
	if err := errors.Join(changed.Set("learning.rate=9", "populations[0].ports[0].from=x", "labels=null"), changed.Decode(&b)); err != nil {
		t.Fatal(err)
	}
	if err := doc.Decode(&c); err != nil {
		t.Fatal(err)
	}
	if cmp.Equal(a, b) || !cmp.Equal(a, c) {
		t.Error("an override reached the document itself")
	}
	d := doc.Clone()
	if err := d.Set("seed=5"); err != nil {
		t.Fatal(err)
	}
	if err := d.Decode(&b); err != nil || b.Seed != 5 {
		t.Errorf("got seed %d, %v", b.Seed, err)
	}
}
