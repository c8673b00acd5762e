package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"infomorph/actors"
	"infomorph/internal/checkpoint"
	"infomorph/internal/footprint"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/pid"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/topology"
)

// checkpointOf returns the number of steps in the checkpoint from which a run continues;
// 0 if there is none.
func checkpointOf(t *testing.T, dir string) int64 {
	t.Helper()
	stopped, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if stopped.from == nil {
		return 0
	}
	return stopped.from.Meta.Step
}

// TestCheckpointsByTime: a checkpoint is due when the time has passed. Whoever asks for
// one gets it at once.
func TestCheckpointsByTime(t *testing.T) {
	for every, want := range map[time.Duration]int64{time.Nanosecond: 4, time.Hour: 0} {
		dir := filepath.Join(t.TempDir(), "r")
		failAt(t, small(t), Options{Dir: dir, CheckpointEvery: every, Engine: Engine{Kind: "none"}}, 4, nil)
		if got := checkpointOf(t, dir); got != want {
			t.Errorf("every %v: the checkpoint of step %d, want %d", every, got, want)
		}
	}
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: dir, Engine: Engine{Kind: "none"}}, 4, func(n int, r *Running) {
		if n == 3 {
			if err := r.recorder.Checkpoint(); err != nil {
				t.Error(err)
			}
		}
	})
	if got := checkpointOf(t, dir); got != 3 {
		t.Errorf("asked for at step 3: the checkpoint of step %d", got)
	}
}

// TestFilesThatCannotBeWritten: a run whose checkpoints, also the last one, or pictures
// cannot be written has failed.
func TestFilesThatCannotBeWritten(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps int  // between checkpoints
		lean  bool // no last checkpoint
	}{{checkpoint.FolderName, 0, false}, {checkpoint.FolderName, 2, false}, {checkpoint.FolderName, 2, true}, {"plots", 0, false}} {
		dir := filepath.Join(t.TempDir(), "r")
		_, err := Do(t.Context(), small(t), Options{Dir: dir, CheckpointSteps: c.steps, Lean: c.lean, Began: func(*Running) {
			if err := os.WriteFile(filepath.Join(dir, c.name), nil, 0o600); err != nil {
				t.Error(err)
			}
		}})
		if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), c.name) {
			t.Errorf("%+v: %v", c, err)
		}
		if m, err := record.ReadManifest(dir); err != nil || m.Status != record.StatusFailed {
			t.Errorf("%+v: %+v, %v", c, m, err)
		}
	}
}

// TestDamagedCheckpoints: a run continues from the latest checkpoint that is whole, with
// a note, or not at all.
func TestDamagedCheckpoints(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: dir, CheckpointSteps: 2, Engine: Engine{Kind: "none"}}, 6, nil)
	all, err := filepath.Glob(filepath.Join(dir, checkpoint.FolderName, "*.ckpt"))
	if err != nil || len(all) < 2 {
		t.Fatal(all, err)
	}
	slices.Sort(all)
	cut := func(name string) {
		if err := os.Truncate(name, 100); err != nil {
			t.Fatal(err)
		}
	}
	cut(all[len(all)-1])
	r, err := Open(dir, OpenOptions{DespiteDamage: true})
	if err != nil || r.from.Meta.Step != 4 || !strings.Contains(strings.Join(r.Notes, "\n"), "going on from an earlier checkpoint: ") {
		t.Fatalf("%+v, %v", r, err)
	}
	left, err := Left(dir, small(t))
	if err == nil && left.from.Meta.Step != 4 {
		t.Errorf("%+v", left)
	}
	for _, name := range all {
		cut(name)
	}
	if r, err := Open(dir, OpenOptions{DespiteDamage: true}); err == nil || !strings.Contains(err.Error(), "000000000006.ckpt") || !strings.Contains(err.Error(), "000000000004.ckpt") {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := Over(dir); err == nil {
		t.Errorf("%+v", r)
	}
}

// TestForkDespiteDamage: a run with a damaged table continues only if that is asked for,
// and then it notes the damage.
func TestForkDespiteDamage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t), Options{Dir: dir})
	name := filepath.Join(dir, "summary.json")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, append(data, ' '), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, OpenOptions{Fork: true}); err == nil || !strings.HasSuffix(err.Error(), "; nothing was changed; --despite-damage goes on if what it needs is whole") {
		t.Errorf("%v", err)
	}
	r, err := Open(dir, OpenOptions{Fork: true, DespiteDamage: true})
	if err != nil || len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "going on although files are damaged: ") || !strings.Contains(r.Notes[0], "summary.json") {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := Open(dir, OpenOptions{Fork: true, DespiteDamage: true, Sets: []string{"seeed=2"}}); !errors.Is(err, ErrInput) {
		t.Errorf("a setting that does not exist: %v", err)
	}
}

// TestInterventionsAreKept: a run that continues, and one that is looked at, knows what
// was done in it before.
func TestInterventionsAreKept(t *testing.T) {
	const lines = `{"at": 1}` + "\n"
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: dir, CheckpointSteps: 1, Engine: Engine{Kind: "none"}}, 4, func(n int, r *Running) {
		if n == 2 {
			if err := r.Amend(small(t, "description=another").Scenario, []byte(lines)); err != nil {
				t.Error(err)
			}
		}
	})
	over, err := Over(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(over.Interventions()); got != lines || over.Scenario.Description != "another" {
		t.Errorf("looked at: %q, %q", got, over.Scenario.Description)
	}
	if err := over.Engine.Close(); err != nil {
		t.Error(err)
	}
	stopped, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	done(t, stopped.Scenario, Options{From: stopped, Lean: true, Began: func(r *Running) {
		if got := string(r.Interventions()); got != lines {
			t.Errorf("continued: %q", got)
		}
	}})
}

// TestDefaultFolder: without a name, the folder is below runs, and named after the
// scenario, the seed and the hash.
func TestDefaultFolder(t *testing.T) {
	s := small(t, "seed=7")
	t.Chdir(t.TempDir())
	r := done(t, s, Options{Lean: true})
	_, hash, _, err := resolved(s.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(r.Dir) != filepath.Join("runs", "small") || !strings.Contains(filepath.Base(r.Dir), "-7-") || !strings.HasSuffix(r.Dir, hash[:8]) {
		t.Errorf("%s of the scenario %s", r.Dir, hash)
	}
	if where := r.Where(); where != r.Dir {
		t.Errorf("%s", where)
	}
	if where := (&Result{}).Where(); where != "no folder (--no-files)" {
		t.Errorf("%s", where)
	}
}

// TestEngineOfLargeNetworks: beyond a number of neurons, a network has no actor for each.
func TestEngineOfLargeNetworks(t *testing.T) {
	for neurons, want := range map[int]string{1: "neuron", footprint.MostActors: "neuron", footprint.MostActors + 1: "population"} {
		g, err := topology.FromSynapses([]topology.Population{{Name: "a", Size: neurons}}, nil, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		net := &sim.Network{Graph: g}
		if got := (&Engine{}).kind(net); got != want {
			t.Errorf("%d neurons: %s, want %s", neurons, got, want)
		}
		if got := (&Engine{Kind: "none"}).kind(net); got != "none" {
			t.Errorf("%d neurons: %s was asked to be none", neurons, got)
		}
	}
	log := (&Options{}).newLog()
	if _, err := (Engine{Workers: -1}).Open(networkOf(t, small(t)), "lockstep", log.engine()); !errors.Is(err, ErrInput) {
		t.Errorf("%v", err)
	}
}

// TestOutputOfScripts: what a script prints is in the log.
func TestOutputOfScripts(t *testing.T) {
	var b bytes.Buffer
	j := &recorder{log: (&Options{}).newLog()}
	j.log.file.set(&b)
	j.Print("x = 3")
	var line struct{ Msg, Script string }
	if err := json.Unmarshal(b.Bytes(), &line); err != nil || line.Msg != "print" || line.Script != "x = 3" {
		t.Errorf("%s: %v", b.Bytes(), err)
	}
}

// TestPicturesAtOnce: a picture that is drawn during the run is in the folder before the
// run ends, unless the run is lean.
func TestPicturesAtOnce(t *testing.T) {
	for _, lean := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "r")
		failAt(t, small(t), Options{Dir: dir, Lean: lean, Engine: Engine{Kind: "none"}}, 2, func(n int, r *Running) {
			if n != 1 {
				return
			}
			if err := r.recorder.Picture("early", journal.Lines{Title: "early", Series: []journal.Series{{Name: "a", X: []float64{1, 2}, Y: []float64{3, 4}}}}); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(filepath.Join(dir, "plots", "early.png")); (err == nil) == lean {
				t.Errorf("lean %v: %v", lean, err)
			}
		})
	}
}

// TestRecordingThatGoesOnElsewhere: the recording of a fork begins in the middle of the
// run. Only its end can be compared.
func TestRecordingThatGoesOnElsewhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	interruptAt(t, small(t, "mode=free"), Options{Dir: dir}, 6)
	forked, err := Open(dir, OpenOptions{Fork: true})
	if err != nil {
		t.Fatal(err)
	}
	run := done(t, forked.Scenario, Options{From: forked, Lean: true, Dir: filepath.Join(t.TempDir(), "fork")})
	got := replayed(t, run.Dir)
	if !got.Pass || got.StateHash != run.Final.StateHash {
		t.Fatalf("%+v", got)
	}
	outcome := map[string]Comparison{}
	for _, c := range got.Compared {
		outcome[c.What] = c
	}
	for what, want := range map[string]Outcome{"inputs": NotCompared, "tables, scores": NotCompared, "outputs": Same, "final state": Same} {
		if c := outcome[what]; c.Outcome != want || (want == NotCompared) != (c.Why == elsewhere) {
			t.Errorf("%s: %+v, want %s", what, c, want)
		}
	}
}

// TestReplayOfAnotherProgram: it is noted, and is no difference. A score that is missing
// is one.
func TestReplayOfAnotherProgram(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	f := forge{t, dir}
	compared := func() (text string, pass bool) {
		got := replayed(t, dir)
		return comparisons(got.Compared).told(), got.Pass
	}
	const program = "program with : not compared of : the run was made by another program than this\n"
	if text, pass := compared(); !pass || strings.Contains(text, program) {
		t.Errorf("the same program: %s", text)
	}
	f.manifest(func(m *record.Manifest) { m.Versions.Revision = "another" })
	if text, pass := compared(); !pass || !strings.Contains(text, program) {
		t.Errorf("another program: %s", text)
	}
	var summary map[string]any
	if err := json.Unmarshal(f.read("summary.json"), &summary); err != nil {
		t.Fatal(err)
	}
	const name = "recall.mean_overlap"
	was := summary[name]
	delete(summary, name)
	text, err := json.Marshal(summary)
	if err != nil {
		t.Fatal(err)
	}
	f.file("summary.json", text)
	if text, pass := compared(); pass || !strings.Contains(text, fmt.Sprintf("%s: it has none, the replay %v", name, was)) {
		t.Errorf("a score less: %s", text)
	}
}

// TestScoresCompared: the first score that is another, or that only one of two summaries
// has.
func TestScoresCompared(t *testing.T) {
	nan, a := math.NaN(), map[string]float64{"a": 1, "b": 2}
	for _, c := range []struct {
		is, again map[string]float64
		want      string
	}{
		{a, a, "same of 2 scores: "}, {nil, nil, "same of 0 scores: "}, {map[string]float64{"a": nan}, map[string]float64{"a": nan}, "same of 1 scores: "},
		{a, map[string]float64{"a": 1, "b": 3}, "differs of 2 scores: b: it has 2, the replay 3"}, {a, map[string]float64{"a": 0, "b": 3}, "differs of 2 scores: a: it has 1, the replay 0"},
		{a, map[string]float64{"b": 2}, "differs of 1 scores: a: it has 1, the replay none"}, {map[string]float64{"b": 2}, a, "differs of 2 scores: a: it has none, the replay 1"},
		{map[string]float64{"z": 0}, nil, "differs of 0 scores: z: it has 0, the replay none"},
	} {
		var all comparisons
		if all.scores(c.is, c.again); all.told() != "scores with summary.json: "+c.want+"\n" {
			t.Errorf("%v, %v: %q, want %q", c.is, c.again, all.told(), c.want)
		}
	}
}

// TestReplayIsStopped: a replay and an audit whose context is cancelled are interrupted.
func TestReplayIsStopped(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, neurons := range [][]int{nil, {1}} {
		if a, err := r.Audit(ctx, actors.ReplayOptions{Workers: 1}, neurons...); a != nil || !errors.Is(err, ErrInterrupted) {
			t.Errorf("neurons %v: %+v, %v", neurons, a, err)
		}
	}
	a, err := r.Audit(t.Context(), actors.ReplayOptions{Workers: 1}, 0, 3)
	if err != nil || len(a.Compared) != 7 || a.Verdicts[0].Neuron != 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	for i, c := range a.Compared {
		if want := i < 2 || i == 6; (c.Outcome == NotCompared) != want || want && c.Why != "needs all neurons: leave --neuron out" {
			t.Errorf("%+v", c)
		}
	}
}

// TestAtomsOfNeurons: without a folder, the atoms of every neuron are kept by their names.
// Neurons without atoms are left out.
func TestAtomsOfNeurons(t *testing.T) {
	two := &pid.Decomposition{}
	for sources, names := range map[int][]string{2: {"unq_r", "unq_c", "red", "syn"}, 3: record.AtomNames(3)} {
		shape, p := []int{2}, []float64{}
		for range sources {
			shape = append(shape, 2)
		}
		for range 2 << sources {
			p = append(p, 1/float64(int(2)<<sources))
		}
		d, err := pid.Decompose(pid.SX, shape, p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range d.Atoms {
			d.Atoms[i] = float64(i + 1)
		}
		d.Residual = 99
		j := &recorder{}
		if err := j.Atoms(5, []neuron.Report{{Neuron: 3}, {Neuron: 4, Atoms: d}}); err != nil {
			t.Fatal(err)
		}
		if len(j.live) != len(names)+1 || !slices.Equal(j.live["neuron.h_res"], []sample{{5, 4, 99}}) {
			t.Errorf("%d sources: %v", sources, j.live)
		}
		for k, name := range names {
			want, _ := d.Atom(antichains(sources)[k])
			if got := j.live["neuron."+name]; !slices.Equal(got, []sample{{5, 4, want}}) || want == 0 {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
		if sources == 2 {
			two = d
		}
	}
	dir := folderOf(t, func(rec *record.Run) error {
		j := &recorder{rec: rec, sources: 3}
		return j.Atoms(5, []neuron.Report{{Neuron: 3}, {Neuron: 4, Atoms: two}})
	})
	if _, err := os.Stat(filepath.Join(dir, "pid.parquet")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a table of neurons with another number of sources: %v", err)
	}
}

// TestRecordingOfAFailedRun: what can be compared is compared, and the rest is listed.
func TestRecordingOfAFailedRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t, "mode=free"), Options{Dir: dir}, 4, nil)
	got := replayed(t, dir)
	text := comparisons(got.Compared).told()
	for _, want := range []string{"final state, counts with : not compared of : the run did not come to its end: manifest.json has none\n", "scores with : not compared of : the run did not come to its end\n", "inputs with what the scenario shows: same of "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if !got.Pass {
		t.Errorf("%s", text)
	}
}

// TestScenarioThatGoesOn: a scenario with more presentations than there were goes on after
// the end of its recording.
func TestScenarioThatGoesOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	f := forge{t, dir}
	text := f.read(record.ScenarioName)
	more := bytes.Replace(text, []byte("passes: 10"), []byte("passes: 12"), 1)
	if bytes.Equal(text, more) {
		t.Fatalf("no passes in\n%s", text)
	}
	f.file(record.ScenarioName, more)
	got := replayed(t, dir)
	if told := comparisons(got.Compared).told(); got.Pass || !strings.Contains(told, "course with recording: differs of : the run goes on after its recording ends\n") ||
		!strings.Contains(told, "counts, scores with : not compared of : the replay did not come to its end\n") {
		t.Errorf("%s", told)
	}
}

// percent returns how much garbage there may be before it is collected [%].
func percent() int {
	p := debug.SetGCPercent(77)
	debug.SetGCPercent(p)
	return p
}

// largeTask is a task with a large network.
type largeTask struct {
	scenarios.Task
	net *sim.Network
}

func (l largeTask) Network() *sim.Network { return l.net }

// TestGarbageOfRunsThatDoNotBegin: a large network whose engine cannot be made leaves
// everything as it was.
func TestGarbageOfRunsThatDoNotBegin(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(77))
	g, err := topology.FromEach([]topology.Population{{Name: "a", Size: 2}}, nil, nil, func(yield func(topology.Synapse) bool) {
		for k := 0; k < footprint.Large && yield(topology.Synapse{Source: 0, Target: 1, Port: 1, Weight: 1, Delay: 1}); k++ {
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	within := 0
	r, err := Do(t.Context(), small(t), Options{
		NoFiles: true,
		Task: func(*scenarios.Scenario, scenarios.Files) (scenarios.Task, error) {
			return largeTask{net: &sim.Network{Graph: g}}, nil
		},
		again: func(*sim.Network) (sim.Engine, error) { within = percent(); return nil, errEnough },
	})
	if r != nil || !errors.Is(err, errEnough) || within != footprint.Garbage || percent() != 77 {
		t.Errorf("%+v, %v: %d %%, then %d %%", r, err, within, percent())
	}
}

// TestGarbageOfLargeNetworks: from a number of synapses on, less garbage is left, until
// the run ends.
func TestGarbageOfLargeNetworks(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(77))
	for synapses, want := range map[int]int{0: 77, footprint.Large - 1: 77, footprint.Large: footprint.Garbage, footprint.Large + 1: footprint.Garbage} {
		undo := frugal(synapses)
		if got := percent(); got != want {
			t.Errorf("%d synapses: %d %%, want %d", synapses, got, want)
		}
		undo()
		if got := percent(); got != 77 {
			t.Errorf("%d synapses, undone: %d %%", synapses, got)
		}
	}
}

// TestFolderOfARunThatHadNotBegun: in such a folder nothing is left, and Open says so.
func TestFolderOfARunThatHadNotBegun(t *testing.T) {
	s, dir := small(t), t.TempDir()
	if r, err := Left(dir, s); r != nil || err != nil {
		t.Errorf("an empty folder: %+v, %v", r, err)
	}
	if _, err := Open(dir, OpenOptions{}); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "the run was killed before it had begun; run it again into the same folder") {
		t.Errorf("%v", err)
	}
	if r, err := Left(filepath.Join(dir, "none"), s); err == nil {
		t.Errorf("a folder that does not exist: %+v", r)
	}
	if _, err := judgeOf(dir)(nil); err == nil {
		t.Error("scores were judged without a scenario")
	}
}

// TestReportOfManyRuns: the report of a table of runs has the mean of each score and its
// verdict.
func TestReportOfManyRuns(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{record.ScenarioName: smallScenario, "table.csv": "run,point,seed,status,recall.mean_overlap\n1,1,1,done,0.25\n2,1,2,done,0.75\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteReportMany(dir); err != nil {
		t.Fatal(err)
	}
	page, err := ReportMany(dir)
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil || !bytes.Equal(written, page) || !bytes.Contains(page, []byte("0.5000")) {
		t.Errorf("%v:\n%s", err, page)
	}
}

// TestCaptions: pictures of a study have the first seed, others the size of the network.
func TestCaptions(t *testing.T) {
	s := small(t)
	net := networkOf(t, s)
	s.Study = &scenarios.Study{}
	if got := noteOf(s, net); got != "small, first seed 1" {
		t.Error(got)
	}
}

// TestTimeOfLargeSteps: a run that was asked to end may take some time for its step.
func TestTimeOfLargeSteps(t *testing.T) {
	defer func(d time.Duration) { patience = d }(patience)
	var why error
	j := &recorder{ended: func() error { return why }}
	for _, c := range []struct {
		why      error
		patience time.Duration
		want     bool
	}{{nil, 0, false}, {errEnough, time.Hour, false}, {errEnough, -1, true}} {
		why, patience = c.why, c.patience
		if got := j.overdue(); got != c.want {
			t.Errorf("%v after %v: overdue %v", c.why, c.patience, got)
		}
		if j.asked.IsZero() != (c.why == nil) {
			t.Errorf("%v: asked at %v", c.why, j.asked)
		}
	}
}
