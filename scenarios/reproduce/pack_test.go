package reproduce

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/scenarios/run"
)

// claims writes a registry with a scenario that runs quickly, and returns its name.
func claims(t *testing.T, check string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"small.yaml": "apiVersion: infomorph/v1\nname: small\nnetwork: {neurons: 9}\nassociative_memory: {patterns: {source: random, count: 2, width: 3}, presentations: 3}\nrecord: {spikes: false}\n",
		"claims.yaml": "entries:\n  - name: recalls\n    what: A small memory recalls.\n    scenario: small.yaml\n    seeds: 3\n    few: this is a test\n    seconds: 0.01\n" +
			"    baselines: [{name: untrained, set: [control=frozen], seeds: 2}]\n    checks: [{score: recall.mean_overlap, " + check + ", against: [untrained], source: here}]\n" +
			"  - name: with-data\n    what: Needs data.\n    scenario: digits\n    data: digits.data\n    seconds: 10\n    checks: [{score: accuracy.test, min: 0.5, against: [baseline.softmax], source: here}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "claims.yaml")
}

func pack(t *testing.T, o Options) *Pack {
	t.Helper()
	p, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func begun(t *testing.T, p *Pack, names ...string) []*Reproduction {
	t.Helper()
	chosen, err := p.Choose(names)
	if err != nil {
		t.Fatal(err)
	}
	all, err := p.Begin(chosen)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRunAnEntry: an entry and its baseline run, finished runs are not repeated, and the
// page has the verdict.
func TestRunAnEntry(t *testing.T) {
	o := Options{Registry: claims(t, "min: 2"), Dir: t.TempDir()}
	told := map[string]int{}
	o.Progress = func(entry string, done, total int) { told[entry] = total }
	p := pack(t, o)
	all := begun(t, p, "all")
	if len(all) != 2 || all[0].Skipped() || all[0].Left != 5 || !all[1].Skipped() || p.Runs(all[0].Entry) != 5 {
		t.Fatalf("%+v", all)
	}
	if _, err := p.Last(all[0].Entry); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a result of nothing:", err)
	}
	r, err := p.Run(context.Background(), all[0])
	if err != nil {
		t.Fatal(err)
	}
	if r.Met || r.Runs != 3 || len(r.Findings) != 1 || r.Findings[0].Runs != 3 || r.Findings[0].Against[0].Measure.Runs != 2 || r.Date == "" {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(r.Command, "infomorph reproduce recalls --registry ") || r.Run != "infomorph run small.yaml" || told["recalls"] != 3 {
		t.Errorf("%q, %q, %v", r.Command, r.Run, told)
	}
	if last, err := p.Last(all[0].Entry); err != nil || last.Date != r.Date {
		t.Error(last, err)
	}
	if again := begun(t, p, "recalls"); again[0].Left != 0 {
		t.Error("to run again:", again[0].Left)
	}
	p.Fresh = true
	if again := begun(t, p, "recalls"); again[0].Left != 5 {
		t.Error("to run afresh:", again[0].Left)
	}
	page := filepath.Join(t.TempDir(), "page.md")
	if err := p.Write(page, []Result{*r}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(data), "recalls") || !strings.Contains(string(data), "Not measured yet: `with-data`") {
		t.Errorf("%v\n%s", err, data)
	}
}

func TestInterruptedReproduction(t *testing.T) {
	p := pack(t, Options{Registry: claims(t, "min: 0"), Dir: t.TempDir(), Workers: 1})
	ctx, cancel := context.WithCancel(context.Background())
	p.Progress = func(string, int, int) { cancel() }
	if _, err := p.Run(ctx, begun(t, p, "recalls")[0]); !errors.Is(err, run.ErrInterrupted) {
		t.Fatal(err)
	}
	if left := begun(t, p, "recalls")[0].Left; left != 4 {
		t.Error("left:", left)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Seeds: -1}, "seeds: got -1"}, {Options{Data: "no-such"}, "data: "}, {Options{Registry: "no-such.yaml"}, "no-such.yaml"},
	} {
		if _, err := Open(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
	if _, err := Open(Options{Seeds: -1}); fault.Kind(err) != fault.ErrInput {
		t.Error(err)
	}
	p := pack(t, Options{})
	if _, err := p.Choose([]string{"bras"}); err == nil || !strings.Contains(err.Error(), "bars") {
		t.Error(err)
	}
}

func TestFoldersAndCommands(t *testing.T) {
	p := pack(t, Options{Dir: "r", Workers: 1})
	e, err := p.Find("bars")
	if err != nil {
		t.Fatal(err)
	}
	if p.Folder(e) != filepath.Join("r", "bars") || p.Count(e) != e.Seeds || !p.Runnable(e) {
		t.Error(p.Folder(e), p.Count(e))
	}
	own := *e
	own.Set, own.Data, own.Seconds = []string{"a=1", "b={c: 2}"}, "digits.data", 10
	all, one := p.Command(&own)
	if all != "infomorph reproduce bars --data FOLDER" || one != "infomorph run bars --set a=1 --set 'b={c: 2}' --set digits.data=FOLDER" {
		t.Errorf("%q, %q", all, one)
	}
	if p.Runnable(&own) || p.Estimate(&own, 6).Seconds() != 60 || p.Estimate(&own, 0).Seconds() != 1 {
		t.Error(p.Estimate(&own, 6))
	}
}
