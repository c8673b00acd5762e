package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
)

// TestOptionsRefused: invalid options are refused before anything runs.
func TestOptionsRefused(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Workers: -1}, "workers: got -1, expected 1 to 4096"},
		{Options{Workers: 5000}, "workers: got 5000, expected 1 to 4096"},
		{Options{Run: run.Options{Engine: run.Engine{Kind: "x"}}}, `actors: got "x", expected neuron, population or none`},
		{Options{Run: run.Options{Engine: run.Engine{Shards: -1}}}, "shards: got -1, expected 0 to 4096"},
	} {
		err := s.Run(context.Background(), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.Kind(err) != fault.ErrInput {
			t.Errorf("%+v: %v, want %s", c.o, err, c.want)
		}
	}
	if all, done, _ := s.Count(Part{}); all != 2 || done != 0 {
		t.Errorf("%d of %d runs done", done, all)
	}
}

// TestSameSweep: sweeps are the same if design, scenario and settings are equal.
func TestSameSweep(t *testing.T) {
	name := small(t, "")
	of := func(change func(*Request)) *Sweep {
		r := Request{Scenario: name, Seeds: 2, Over: []string{"neuron.window=8,16"}, Dir: filepath.Join(t.TempDir(), "s")}
		change(&r)
		s, err := New(r)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := of(func(*Request) {})
	for what, c := range map[string]struct {
		change func(*Request)
		same   bool
	}{
		"nothing":      {func(*Request) {}, true},
		"seeds":        {func(r *Request) { r.Seeds = 3 }, false},
		"axis":         {func(r *Request) { r.Over = []string{"neuron.window=8,32"} }, false},
		"another axis": {func(r *Request) { r.Over = append(r.Over, "neuron.learning.rate=1,2") }, false},
		"no axis":      {func(r *Request) { r.Over = nil }, false},
		"a setting":    {func(r *Request) { r.Sets = []string{"record.spikes=true"} }, false},
		"scenario":     {func(r *Request) { r.Scenario = small(t, "# another\n") }, false},
	} {
		other := of(c.change)
		if first.Same(other) != c.same || other.Same(first) != c.same {
			t.Errorf("%s is another: the same sweep %v", what, !c.same)
		}
	}
	none := []design.Run{{Index: 1, Values: []string{}}, {Index: 2, Values: []string{"1"}}}
	if got := normal(none); got[0].Values != nil || got[1].Values[0] != "1" {
		t.Errorf("%v", got)
	}
}

// TestPlansOfOthers: sweep files that this program does not read, with correct checksums.
func TestPlansOfOthers(t *testing.T) {
	name := small(t, "")
	for what, c := range map[string]struct{ old, text, want string }{
		"another format": {`"format": 1`, `"format": 2`, "format 2, this program reads format 1"},
		"no plan":        {`"plan": {`, `"plans": {`, "format 1, this program reads format 1"},
		"no JSON":        {`{`, `[`, "not a sweep: "},
		"a bad design":   {`"seeds": 2`, `"seeds": 0`, "seeds: got 0, expected 1 to 100000 replicates"},
		"other seeds":    {`"base_seed": `, `"base_seed": 9`, "its runs are not those of its design; it was changed by hand"},
		"as it is":       {"", "", ""},
	} {
		s := planned(t, Request{Scenario: name, Seeds: 2})
		data, err := os.ReadFile(filepath.Join(s.Dir, fileName))
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(data), c.old, c.text, 1)
		if c.old != "" && changed == string(data) {
			t.Fatalf("%s: no %s in\n%s", what, c.old, data)
		}
		if err := record.WriteSummed(s.Dir, fileName, []byte(changed)); err != nil {
			t.Fatal(err)
		}
		_, err = Open(s.Dir)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %s", what, err, c.want)
		}
	}
}

// TestForget: the folder of a failed run is renamed, and its error file is removed.
func TestForget(t *testing.T) {
	s := planned(t, Request{Scenario: small(t, ""), Seeds: 2})
	r := &s.Plan.Runs[0]
	if err := s.forget(r); err != nil {
		t.Errorf("nothing is left: %v", err)
	}
	for n := 1; n <= 2; n++ {
		if err := os.MkdirAll(s.RunDir(r), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := s.fail(r, errors.New("broken")); err != nil {
			t.Fatal(err)
		}
		if o := s.Outcome(r); o.Status != record.StatusFailed || o.Reason != "broken" {
			t.Errorf("%+v", o)
		}
		if err := s.forget(r); err != nil {
			t.Fatal(err)
		}
		if o := s.Outcome(r); o.Status != Pending {
			t.Errorf("forgotten: %+v", o)
		}
		if _, err := os.Stat(fmt.Sprintf("%s.failed-%d", s.RunDir(r), n)); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.RunDir(r) + ErrorSuffix); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the error is still there: %v", err)
		}
	}
}

// TestParts: every run belongs to exactly one part, and to the whole.
func TestParts(t *testing.T) {
	for n := 1; n <= 4; n++ {
		for index := 1; index <= 9; index++ {
			var of []int
			for i := 1; i <= n; i++ {
				if (Part{I: i, N: n}).Has(&design.Run{Index: index}) {
					of = append(of, i)
				}
			}
			if len(of) != 1 || of[0] != (index-1)%n+1 {
				t.Errorf("run %d is of parts %v of %d", index, of, n)
			}
		}
	}
	if !(Part{}).Has(&design.Run{Index: 7}) {
		t.Error("the whole lacks a run")
	}
}

// TestFoldersThatAreBegun: a process that is about to write the plan has written no other
// files.
func TestFoldersThatAreBegun(t *testing.T) {
	for names, want := range map[string]bool{
		"": true, "runs": true, "runs " + record.ScenarioName: true, ".tmp-" + record.ScenarioName: true, ".tmp-" + fileName: true, record.SumsName: true,
		fileName: false, "runs " + fileName: false, "notes.txt": false, "runs notes.txt": false,
	} {
		s := &Sweep{Dir: t.TempDir()}
		for _, name := range strings.Fields(names) {
			if err := os.WriteFile(filepath.Join(s.Dir, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if s.begun() != want {
			t.Errorf("with %q: begun %v", names, !want)
		}
	}
	if (&Sweep{Dir: filepath.Join(t.TempDir(), "none")}).begun() {
		t.Error("a folder that is not there is begun")
	}
}
