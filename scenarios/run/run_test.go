package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

const smallScenario = `apiVersion: infomorph/v1
name: small
network: {neurons: 16}
associative_memory:
  patterns: {source: random, count: 2, width: 4}
  presentations: 10
record: {spikes: true, atoms: 5, weights: true}
expect:
  - {score: recall.mean_overlap, min: -1}
  - {always: training.predicted, min: 0}
  - {never: neuron.red, min: 1000}
  - {score: no.such, min: 0}
`

// small returns a scenario that runs quickly.
func small(t *testing.T, sets ...string) *Scenario {
	t.Helper()
	name := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(name, []byte(smallScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Load(name, sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// done runs a scenario to its end.
func done(t *testing.T, s *Scenario, o Options) *Result {
	t.Helper()
	r, err := Do(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// contents returns the files of a folder, except those that contain the time.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch name := e.Name(); {
		case err != nil || e.IsDir():
			return err
		case name == "manifest.json" || name == "log.jsonl" || name == "report.html" || strings.HasSuffix(name, ".ckpt"):
			return nil
		}
		data, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func same(t *testing.T, what string, a, b map[string]string) {
	t.Helper()
	if !maps.Equal(a, b) {
		for name := range b {
			if a[name] != b[name] {
				t.Errorf("%s: %s differs (%d and %d bytes)", what, name, len(a[name]), len(b[name]))
			}
		}
		t.Errorf("%s: %v, want %v", what, slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
	}
}

// TestResultsDoNotDependOnTheEngine: results do not depend on the engine, on the number
// of workers, or on whether there is a folder.
func TestResultsDoNotDependOnTheEngine(t *testing.T) {
	s := small(t)
	first := filepath.Join(t.TempDir(), "first")
	want := done(t, s, Options{Dir: first, Lean: true, Engine: Engine{Kind: "none"}})
	if want.Final.StateHash == "" || want.Final.Counts["spikes"] == 0 || want.Final.Counts["neurons"] != 16 || want.Simulated() == 0 {
		t.Fatalf("the books: %+v", want.Final)
	}
	if len(want.Figures) == 0 || len(want.Tables) == 0 {
		t.Error("figures or tables are not handed over")
	}
	for _, o := range []Options{
		{Engine: Engine{Kind: "neuron", Workers: 1, Shards: 3}}, {Engine: Engine{Kind: "population", Workers: 4}}, {}, {NoFiles: true},
	} {
		if !o.NoFiles {
			o.Dir, o.Lean = filepath.Join(t.TempDir(), "again"), true
		}
		got := done(t, s, o)
		if got.Final.StateHash != want.Final.StateHash || !maps.Equal(got.Scores.Values, want.Scores.Values) || !slices.Equal(got.Scores.Names, want.Scores.Names) {
			t.Errorf("%+v: other scores or another state", o.Engine)
		}
		if o.NoFiles != (got.Dir == "") || o.NoFiles == got.Resumable {
			t.Errorf("%+v: folder %q, resumable %v", o, got.Dir, got.Resumable)
		}
		if !o.NoFiles {
			same(t, "another engine", contents(t, got.Dir), contents(t, first))
		}
	}
}

// TestListenerGetsAllOfTheFolder compares the calls of a listener with the final
// counts.
func TestListenerGetsAllOfTheFolder(t *testing.T) {
	spikes, steps, weights := int64(0), 0, 0
	scores := map[string]float64{}
	var begun, ended *Running
	o := Options{Dir: filepath.Join(t.TempDir(), "r"), Lean: true, Listener: &journal.Listener{
		Epoch:   func(_ neuron.Time, out *neuron.Output) error { spikes += int64(len(out.Spikes)); return nil },
		Step:    func(string, int, int) error { steps++; return nil },
		Score:   func(name string, v, _ float64) { scores[name] = v },
		Picture: func(string, journal.Figure) error { return nil },
	}}
	o.Began = func(r *Running) { begun = r }
	o.Ended = func(r *Running) { ended = r; weights = r.Engine.Network().NumSynapses() }
	r := done(t, small(t), o)
	if spikes != r.Final.Counts["spikes"] || steps == 0 || !maps.Equal(scores, r.Scores.Values) {
		t.Errorf("heard %d spikes, %d steps, scores %v", spikes, steps, scores)
	}
	if begun == nil || begun != ended || begun.Dir != r.Dir || int64(weights) != r.Final.Counts["synapses"] {
		t.Errorf("begun %+v, ended %+v", begun, ended)
	}
	if _, err := os.Stat(filepath.Join(r.Dir, "spikes.parquet")); err != nil {
		t.Error("the folder was not told beside the listener:", err)
	}
}

// TestEqualNamesAreRefused: two tables or pictures with the same name do not replace each
// other. The run ends with an error that names them.
func TestEqualNamesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		code, want string
	}{
		"weights":            {"score(\"a\", 1)\nevents: [{every: 1ms, weights: a}, {at: 3ms, weights: a-1}]", `weights are saved as "a-1" already`},
		"tables":             {`table("x", ["a"], [[1]]); table("y", ["a"], [[1]]); table("x", ["b"], [[2]])`, `table "x" is there already`},
		"pictures":           {`lines("x", {"a": ([1], [2])}); lines("x", {"a": ([3], [4])})`, `picture "x" is there already`},
		"a table of the run": {`table("spikes", ["a"], [[1]])`, `name is "spikes", which is a table of the run itself`},
	} {
		path := filepath.Join(t.TempDir(), "s.yaml")
		text := "apiVersion: infomorph/v2\nname: s\nscript:\n  patterns: {source: letters, width: 10, height: 10}\n  code: |\n" +
			"    def next(ctx):\n        if ctx.step < 3:\n            return present(0)\n    def readout(ctx):\n        " + c.code + "\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "r")
		if _, err := Do(context.Background(), s, Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err != nil {
			t.Errorf("%s: no results so far: %v", name, err)
		}
	}
}

// TestListenerEndsRun: the run fails with the error of its listener, and the folder has
// the reason.
func TestListenerEndsRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	full := errors.New("nobody wants more")
	r, err := Do(context.Background(), small(t), Options{Dir: dir, Listener: &journal.Listener{
		Within: func() int { return 1 },
		Step: func(_ string, done, _ int) error {
			if done == 3 {
				return full
			}
			return nil
		},
	}})
	if !errors.Is(err, full) || !errors.Is(err, ErrFailed) || errors.Is(err, ErrInterrupted) || r == nil {
		t.Fatal(err)
	}
	m, err := record.ReadManifest(dir)
	if err != nil || m.Status != record.StatusFailed || !strings.Contains(m.Reason, full.Error()) {
		t.Errorf("%+v, %v", m, err)
	}
	if r.Final.StateHash != "" {
		t.Error("a run that was ended has a final state")
	}
}

// TestFaultsBeforeTheFolder: faults are found before the folder is made.
func TestFaultsBeforeTheFolder(t *testing.T) {
	taken := t.TempDir()
	if err := os.WriteFile(filepath.Join(taken, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    Options
		sets []string
		want string
	}{
		{"workers", Options{Engine: Engine{Workers: 5000}}, nil, "workers: got 5000, expected 1 to 4096"},
		{"shards", Options{Engine: Engine{Shards: -1}}, nil, "shards: got -1, expected 0 to 4096"},
		{"kind", Options{Engine: Engine{Kind: "fast"}}, nil, `actors: got "fast"`},
		{"free with shards", Options{Engine: Engine{Shards: 2}}, []string{"mode=free"}, "a network runs free with one actor per neuron"},
		{"free without actors", Options{Engine: Engine{Kind: "none"}}, []string{"mode=free"}, "a network runs free with one actor per neuron"},
		{"free with other actors", Options{Engine: Engine{Kind: "population"}}, []string{"mode=free"}, "a network runs free with one actor per neuron"},
		{"nodes and workers", Options{Nodes: "n.yaml", Engine: Engine{Workers: 5000}}, nil, "workers: got 5000, expected 1 to 4096"},
		{"nodes and two faults", Options{Nodes: "n.yaml", Engine: Engine{Shards: -1}}, nil, "each node has shard actors of its own"},
		{"nodes, free", Options{Nodes: "n.yaml"}, []string{"mode=free"}, "runs on one machine"},
		{"nodes with shards", Options{Nodes: "n.yaml", Engine: Engine{Shards: 2}}, nil, "each node has shard actors of its own"},
		{"nodes with a kind", Options{Nodes: "n.yaml", Engine: Engine{Kind: "none"}}, nil, "each node has shard actors of its own"},
		{"no list of nodes", Options{Nodes: "n.yaml"}, nil, "n.yaml"},
		{"record of neurons that are not there", Options{}, []string{"record.neurons=0-99"}, "record.neurons"},
		{"a folder with other things", Options{Dir: taken}, nil, "--out"},
	} {
		if c.o.Dir == "" {
			c.o.Dir = filepath.Join(t.TempDir(), "r")
		}
		r, err := Do(context.Background(), small(t, c.sets...), c.o)
		if r != nil || !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want %q", c.name, r, err, c.want)
		}
		if _, err := os.Stat(filepath.Join(c.o.Dir, "manifest.json")); err == nil {
			t.Errorf("%s: a folder was left behind", c.name)
		}
	}
}

// TestLog: the folder has the log, and a custom logger gets its file.
func TestLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	r := done(t, small(t), Options{Dir: dir, Lean: true})
	data, err := os.ReadFile(filepath.Join(dir, "log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var last struct {
		Msg    string `json:"msg"`
		ToUS   int64  `json:"to_us"`
		Spikes int64  `json:"spikes"`
	}
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil {
		t.Fatal(err)
	}
	if last.Msg != "run ends" || last.ToUS != r.Final.SimulatedUS || last.Spikes != r.Final.Counts["spikes"] {
		t.Errorf("%s", data)
	}
	done(t, small(t), Options{NoFiles: true, Logger: func(file io.Writer) *slog.Logger {
		return slog.New(slog.NewTextHandler(io.MultiWriter(file, &own), nil))
	}})
	if !strings.Contains(own.String(), `msg="run begins" scenario=small seed=1 actors=neuron`) {
		t.Error(own.String())
	}
}

var own bytes.Buffer

func TestEnginesLogWarnings(t *testing.T) {
	var b bytes.Buffer
	o := Options{Logger: func(io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(&b, nil)) }}
	l := o.newLog()
	e := l.engine().With("part", 1).WithGroup("g")
	e.Info("well")
	if b.Len() > 0 || e.Enabled(context.Background(), slog.LevelInfo) {
		t.Error("an engine tells that all goes well:", b.String())
	}
	e.Warn("ill", "x", 2)
	if !strings.Contains(b.String(), "part=1 g.x=2") {
		t.Error(b.String())
	}
}

// TestJudge: a run without a folder gets the same verdicts as one with a folder.
func TestJudge(t *testing.T) {
	s := small(t)
	var all [2][]Verdict
	for i, o := range []Options{{NoFiles: true}, {Dir: filepath.Join(t.TempDir(), "r"), Lean: true}} {
		r := done(t, s, o)
		var err error
		if all[i], err = r.Judge(); err != nil {
			t.Fatal(err)
		}
	}
	a, err1 := json.Marshal(all[0])
	b, err2 := json.Marshal(all[1])
	if err := errors.Join(err1, err2); err != nil || !bytes.Equal(a, b) {
		t.Fatalf("%v\n%s\n%s", err, a, b)
	}
	v := all[0]
	if len(v) != 4 || !v[0].Pass || !v[1].Pass || !v[2].Pass || v[3].Pass || !v[3].Missing || v[3].Text() != "no such score" {
		t.Fatalf("%s", a)
	}
	if v[1].Name() != "always training.predicted" || v[1].TimeUS == nil || v[2].Neuron == nil {
		t.Errorf("%s", a)
	}
	if err := Missed(v); err == nil || err.Error() != "1 of 4 expectations not met" {
		t.Error(err)
	}
	if err := Missed(v[:3]); err != nil {
		t.Error(err)
	}
}

func TestReport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t), Options{Dir: dir})
	page, err := Report(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"recall.mean_overlap", "always training.predicted", "no such score", "<!DOCTYPE html>"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("no %q in the report", want)
		}
	}
	written, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil || !bytes.Equal(written, page) {
		t.Errorf("the run wrote another report: %v", err)
	}
	if _, err := Report(t.TempDir()); err == nil {
		t.Error("a report of nothing")
	}
}

// TestLean: one of many runs draws nothing and has no final checkpoint.
func TestLean(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t), Options{Dir: dir, Lean: true})
	for _, name := range []string{"plots", "report.html", "checkpoints"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEventsThatTriggerThemselves: an event that takes longer than its period would never
// end.
func TestEventsThatTriggerThemselves(t *testing.T) {
	_, err := Do(t.Context(), small(t, `events=[{every: 1us, present: "0"}]`), Options{NoFiles: true})
	if err == nil || !strings.Contains(err.Error(), "events[0]: happens every 1µs and takes ") {
		t.Error(err)
	}
	if _, err := Do(t.Context(), small(t, `events=[{every: 1us, until: 20us, present: "0"}]`), Options{NoFiles: true}); err != nil {
		t.Errorf("so many times, and no more: %v", err)
	}
}
