package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"infomorph/actors"
	"infomorph/internal/disk/disktest"
	"infomorph/internal/footprint"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/pid"
	"infomorph/scenarios/journal"
)

// withFile returns a scenario that reads its patterns from a file, and the name of the
// file.
func withFile(t *testing.T, sets ...string) (s *Scenario, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "here.txt")
	if err := os.WriteFile(file, []byte("#..#\n.##.\n#..#\n.##.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return small(t, append(sets, "associative_memory.patterns={source: text, path: "+file+", width: 4, height: 4}")...), file
}

// TestFilesThatAreGone: a run whose scenario names a file that is gone cannot be looked
// at, resumed, forked, replayed or audited. The error names the file and is one of the
// input.
func TestFilesThatAreGone(t *testing.T) {
	whole, part, free := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "part"), filepath.Join(t.TempDir(), "free")
	s, file := withFile(t)
	done(t, s, Options{Dir: whole})
	failAt(t, s, Options{Dir: part, CheckpointSteps: 1, Engine: Engine{Kind: "none"}}, 2, nil)
	inFree := *s.Scenario
	inFree.Mode = "free"
	done(t, &Scenario{&inFree, s.Folder}, Options{Dir: free, Lean: true})
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	goOn := func(dir string, o OpenOptions) error {
		stopped, err := Open(dir, o)
		if err != nil {
			return err
		}
		r, err := Do(context.Background(), stopped.Scenario, Options{From: stopped, Dir: filepath.Join(t.TempDir(), "fork")})
		if r != nil {
			t.Errorf("%s: a run began: %+v", dir, r)
		}
		return err
	}
	again := func(dir string) error {
		r, err := OpenRecorded(dir)
		if err == nil {
			r.Close()
		}
		return err
	}
	for name, do := range map[string]func() error{
		"looked at":            func() error { _, err := Over(part); return err },
		"resumed":              func() error { return goOn(part, OpenOptions{}) },
		"forked":               func() error { return goOn(whole, OpenOptions{Fork: true}) },
		"replayed":             func() error { return again(whole) },
		"replayed, a free one": func() error { return again(free) },
	} {
		if err := do(); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "here.txt") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRunsThatDoNotFit: the limit of memory that a caller sets applies when a run is
// opened, before its network is built.
func TestRunsThatDoNotFit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t), Options{Dir: dir, Lean: true})
	r, err := OpenRecorded(dir, func(s *Scenario) { s.Room = footprint.Room{Bytes: 1, Of: "--max-memory"} })
	if !errors.Is(err, footprint.ErrTooLarge) || r != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestNoTemporaryFolder: a replay and an audit need a temporary folder.
func TestNoTemporaryFolder(t *testing.T) {
	for _, mode := range []string{"lockstep", "free"} {
		r := executed(t, small(t, "mode="+mode))
		gone := filepath.Join(t.TempDir(), "gone")
		t.Setenv("TMPDIR", gone)
		_, replayErr := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1})
		_, auditErr := r.Audit(t.Context(), actors.ReplayOptions{Workers: 1})
		for what, err := range map[string]error{"replay": replayErr, "audit": auditErr} {
			if err == nil || !strings.Contains(err.Error(), gone) {
				t.Errorf("%s, %s: %v", mode, what, err)
			}
		}
		t.Setenv("TMPDIR", filepath.Dir(gone))
	}
}

// TestFoldersInThePlaceOfFiles: a run that cannot write one of its files has failed, and
// says which.
func TestFoldersInThePlaceOfFiles(t *testing.T) {
	for _, name := range []string{"report.html", "members.parquet", "summary.json", "spikes.parquet", "pid.parquet", "weights-trained.parquet", "presentations.parquet", "measures.parquet", "plots/raster.png"} {
		dir := filepath.Join(t.TempDir(), "r")
		_, err := Do(t.Context(), small(t), Options{Dir: dir, Engine: Engine{Kind: "none"}, Began: func(*Running) {
			if err := os.MkdirAll(filepath.Join(dir, name, "below"), 0o777); err != nil {
				t.Error(err)
			}
		}})
		if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), filepath.Base(name)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReportsThatCannotBeWritten: neither a report of a folder without results, nor one in
// the place of a folder.
func TestReportsThatCannotBeWritten(t *testing.T) {
	one, many := filepath.Join(t.TempDir(), "r"), t.TempDir()
	done(t, small(t), Options{Dir: one, Lean: true})
	for name, text := range map[string]string{record.ScenarioName: smallScenario, "table.csv": "run,point,seed,status,recall.mean_overlap\n1,1,1,done,0.25\n"} {
		if err := os.WriteFile(filepath.Join(many, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		dir   string
		write func(string) error
	}{"of a run": {one, WriteReport}, "of many": {many, WriteReportMany}} {
		page := filepath.Join(c.dir, "report.html")
		if err := os.MkdirAll(filepath.Join(page, "below"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := c.write(c.dir); err == nil || !strings.Contains(err.Error(), "report.html") {
			t.Errorf("%s: %v", name, err)
		}
		empty := t.TempDir()
		if err := c.write(empty); err == nil {
			t.Errorf("%s: a report of nothing", name)
		}
		if _, err := os.Stat(filepath.Join(empty, "report.html")); err == nil {
			t.Errorf("%s: a page without results", name)
		}
		if err := os.Remove(filepath.Join(c.dir, record.ScenarioName)); err != nil {
			t.Fatal(err)
		}
		if err := c.write(c.dir); err == nil || !strings.Contains(err.Error(), record.ScenarioName) {
			t.Errorf("%s: without its scenario: %v", name, err)
		}
	}
}

// TestFoldersThatAreClosed: whatever a run reports, it learns that its folder cannot keep
// it. A scenario that was not stored is not that of the run.
func TestFoldersThatAreClosed(t *testing.T) {
	s := small(t)
	net := networkOf(t, s)
	d, err := pid.Decompose(pid.SX, []int{2, 2, 2}, []float64{0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125})
	if err != nil {
		t.Fatal(err)
	}
	var rec *record.Run
	folderOf(t, func(r *record.Run) error { rec = r; return nil })
	another := amendment{scenario: small(t, "description=another").Scenario}
	j := &recorder{rec: rec, spikes: true, sources: 2, scores: NewScores(), ended: func() error { return ErrBack }}
	for name, do := range map[string]func() error{
		"spikes":        func() error { return j.Epoch(3, &neuron.Output{Spikes: []neuron.Spike{{Time: 1}}}) },
		"atoms":         func() error { return j.Atoms(5, []neuron.Report{{Neuron: 3, Atoms: d}}) },
		"weights":       func() error { return j.Weights("w", net, nil) },
		"a table":       func() error { return j.Table(journal.Table{Name: "t", Columns: []string{"a"}, Rows: [][]any{{1}}}) },
		"presentations": func() error { return j.Presentation(journal.Presentation{}) },
		"probes":        func() error { return j.Probe([]journal.ProbeRow{{}}) },
		"measures":      func() error { return j.Measure(1, "m", 1) },
		"a picture": func() error {
			return j.Picture("p", journal.Lines{Title: "p", Series: []journal.Series{{Name: "a", X: []float64{1, 2}, Y: []float64{3, 4}}}})
		},
		"members":    func() error { return writeMembers(rec, net.Graph) },
		"a scenario": func() error { return j.amend(another) },
		"the last scenario": func() error {
			j.asked, j.saved = time.Time{}, another
			defer func() { j.saved = amendment{} }()
			err := j.Step("", 0, 0)
			if !errors.Is(err, errInterrupted) || !strings.Contains(err.Error(), "\n") {
				return nil
			}
			return err
		},
	} {
		if err := do(); err == nil {
			t.Errorf("%s: were kept in a folder that is closed", name)
		}
		if j.is.scenario != nil {
			t.Errorf("%s: the scenario has changed", name)
		}
	}
}

// TestFullDisks: a run whose disk becomes full learns it while it reports, at the latest
// when the memory for rows that are not written yet is full.
func TestFullDisks(t *testing.T) {
	net := networkOf(t, small(t))
	reports := make([]neuron.Report, 4)
	for i := range reports {
		reports[i].Neuron = neuron.ID(i)
		for p := range reports[i].Weights {
			reports[i].Weights[p] = make([]float64, net.NumNeurons()+net.NumChannels())
		}
	}
	d, err := pid.Decompose(pid.SX, []int{2, 2, 2}, []float64{0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125})
	if err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func(j *recorder, k int) error{
		"spikes":        func(j *recorder, _ int) error { return j.Epoch(3, &neuron.Output{Spikes: []neuron.Spike{{Time: 1}}}) },
		"atoms":         func(j *recorder, _ int) error { return j.Atoms(5, []neuron.Report{{Neuron: 3, Atoms: d}}) },
		"presentations": func(j *recorder, _ int) error { return j.Presentation(journal.Presentation{}) },
		"probes":        func(j *recorder, _ int) error { return j.Probe([]journal.ProbeRow{{}}) },
		"measures":      func(j *recorder, _ int) error { return j.Measure(1, "m", 1) },
		"weights":       func(j *recorder, k int) error { return j.Weights(fmt.Sprint("w", k), net, reports) },
		"tables": func(j *recorder, k int) error {
			return j.Table(journal.Table{Name: fmt.Sprint("t", k), Columns: []string{"a"}, Rows: [][]any{{1}}})
		},
		"pictures": func(j *recorder, k int) error {
			return j.Picture(fmt.Sprint("p", k), journal.Lines{Title: "p", Series: []journal.Series{{Name: "a", X: []float64{1, 2}, Y: []float64{3, 4}}}})
		},
	} {
		disk := disktest.New()
		rec, err := record.Create(record.Options{Dir: "r", FS: disk, MinFree: -1, AtomNames: record.AtomNames(2)})
		if err != nil {
			t.Fatal(err)
		}
		j := &recorder{rec: rec, spikes: true, sources: 2, scores: NewScores(), ended: func() error { return nil }}
		if err := do(j, 0); err != nil {
			t.Fatal(name, err)
		}
		disk.Fault, disk.At = disktest.Full, disk.Ops+1
		for k := 1; k < 10_000 && err == nil; k++ {
			err = do(j, k)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFilesThatCannotBeCompared: files with correct checksums that are not what their
// names say. A replay neither passes nor finds a difference, but says that it failed.
func TestFilesThatCannotBeCompared(t *testing.T) {
	for _, mode := range []string{"lockstep", "free"} {
		for _, name := range []string{"weights-trained.parquet", "summary.json"} {
			dir := filepath.Join(t.TempDir(), "r")
			done(t, small(t, "mode="+mode), Options{Dir: dir, Lean: true})
			forge{t, dir}.file(name, []byte("something else"))
			r, err := OpenRecorded(dir)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1}); err == nil || got != nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s, %s: %+v, %v", mode, name, got, err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// frail is an engine whose state cannot be read, or which cannot be restored.
type frail struct {
	sim.Engine
	calls map[string]int
}

func (f frail) State() ([]byte, error) {
	f.calls["state"]++
	return nil, errEnough
}

func (f frail) Restore([]byte) error {
	f.calls["restore"]++
	return errEnough
}

func (f frail) Close() error {
	f.calls["close"]++
	return f.Engine.Close()
}

// TestEnginesThatFail: a run whose state cannot be read has failed, at its next
// checkpoint or at its end, and has no checkpoint and no final state. One that cannot be
// restored does not begin. The engine is closed once.
func TestEnginesThatFail(t *testing.T) {
	calls := map[string]int{}
	open := func(net *sim.Network) (sim.Engine, error) {
		e, err := sim.NewSequential(net)
		clear(calls)
		return frail{e, calls}, err
	}
	for _, c := range []struct {
		steps int
		lean  bool
	}{{1, false}, {0, false}, {0, true}} {
		dir := filepath.Join(t.TempDir(), "r")
		r, err := Do(t.Context(), small(t), Options{Dir: dir, CheckpointSteps: c.steps, Lean: c.lean, again: open})
		if !errors.Is(err, errEnough) || !errors.Is(err, ErrFailed) || r.Final.StateHash != "" || calls["close"] != 1 || calls["state"] == 0 {
			t.Errorf("%+v: final hash %q, %v, calls %v", c, r.Final.StateHash, err, calls)
		}
		if stopped, err := Open(dir, OpenOptions{}); err != nil || stopped.from != nil {
			t.Errorf("%+v: a checkpoint without a state: %+v, %v", c, stopped, err)
		}
	}
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t), Options{Dir: dir, CheckpointSteps: 1, Engine: Engine{Kind: "none"}}, 2, nil)
	stopped, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := Do(t.Context(), small(t), Options{From: stopped, again: open}); r != nil || !errors.Is(err, errEnough) || calls["close"] != 1 || calls["restore"] != 1 {
		t.Errorf("%+v, %v, calls %v", r, err, calls)
	}
}

// TestRelease: what a run has changed of the process is undone.
func TestRelease(t *testing.T) {
	calls := map[string]int{}
	e, err := sim.NewSequential(networkOf(t, small(t)))
	if err != nil {
		t.Fatal(err)
	}
	p := &parts{Running: Running{Engine: frail{e, calls}}, ended: func() { calls["ended"]++ }, lavish: func() { calls["lavish"]++ }}
	p.release()
	if len(calls) != 3 || calls["close"] != 1 || calls["ended"] != 1 || calls["lavish"] != 1 {
		t.Errorf("%v", calls)
	}
}

// TestTapes: only a free run whose recording is asked for has a tape. If it cannot be
// written, the run does not begin.
func TestTapes(t *testing.T) {
	var closed *record.Run
	folderOf(t, func(r *record.Run) error { closed = r; return nil })
	for name, c := range map[string]struct {
		sets  []string
		rec   *record.Run
		fails bool
	}{
		"lockstep":     {nil, closed, false},
		"no folder":    {[]string{"mode=free"}, nil, false},
		"not asked":    {[]string{"mode=free", "record.inboxes=false"}, closed, false},
		"not writable": {[]string{"mode=free"}, closed, true},
	} {
		s := small(t, c.sets...)
		log := (&Options{}).newLog()
		e, err := Engine{}.Open(networkOf(t, s), s.Mode, log.engine())
		if err != nil {
			t.Fatal(err)
		}
		p := &parts{Running: Running{Scenario: s, Engine: e}, rec: c.rec}
		if tape, err := startTape(p); tape != nil || (err != nil) != c.fails {
			t.Errorf("%s: %+v, %v", name, tape, err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	var none *tape
	if err := errors.Join(none.mark(), none.end()); err != nil {
		t.Errorf("without a tape: %v", err)
	}
}

// TestManifestsThatAreNone: a folder whose manifest cannot be read is damaged; it is not
// taken for one of a run that had not begun.
func TestManifestsThatAreNone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t), Options{Dir: dir, Lean: true})
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"opened":    func() error { _, err := Open(dir, OpenOptions{}); return err },
		"despite":   func() error { _, err := Open(dir, OpenOptions{DespiteDamage: true}); return err },
		"left":      func() error { _, err := Left(dir, small(t)); return err },
		"looked at": func() error { _, err := Over(dir); return err },
		"replayed":  func() error { _, err := OpenRecorded(dir); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "manifest.json") || strings.Contains(err.Error(), "before it had begun") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPicturesThatCannotBeDrawn: the error names the picture, also if it is drawn at the
// end. Other pictures are drawn nevertheless.
func TestPicturesThatCannotBeDrawn(t *testing.T) {
	odd := journal.Lines{Title: "odd", Series: []journal.Series{{Name: "a", X: []float64{1, 2}, Y: []float64{3}}}}
	fine := journal.Lines{Title: "fine", Series: []journal.Series{{Name: "a", X: []float64{1, 2}, Y: []float64{3, 4}}}}
	dir := folderOf(t, func(rec *record.Run) error {
		j := &recorder{rec: rec}
		if err := j.Picture("odd", odd); err == nil {
			t.Error("a picture of numbers that do not fit")
		}
		err := j.savePictures(&Result{Figures: []Figure{{"odd", odd}, {"fine", fine}}})
		if err == nil || !strings.Contains(err.Error(), "picture odd: ") {
			t.Errorf("at the end: %v", err)
		}
		return nil
	})
	for name, want := range map[string]bool{"odd": false, "fine": true} {
		if _, err := os.Stat(filepath.Join(dir, "plots", name+".png")); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFolderThatIsGone: the path of a folder is as it was given if the present folder has
// been removed.
func TestFolderThatIsGone(t *testing.T) {
	here := filepath.Join(t.TempDir(), "here")
	if err := os.Mkdir(here, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Chdir(here)
	if err := os.Remove(here); err != nil {
		t.Skip("the present folder cannot be removed here")
	}
	if _, err := os.Getwd(); err == nil {
		t.Skip("a folder that was removed has a path here")
	}
	if got := Folder("x").Absolute(); got != "x" {
		t.Errorf("%q", got)
	}
}

// TestManifestsOfRuns: the manifest says how a run was made.
func TestManifestsOfRuns(t *testing.T) {
	s := small(t, "seed=7")
	dir := filepath.Join(t.TempDir(), "r")
	done(t, s, Options{Dir: dir, Lean: true, Command: []string{"infomorph", "run"}, Engine: Engine{Workers: 3, Kind: "population"}})
	m, err := record.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, hash, _, err := resolved(s.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(dir, record.ScenarioName))
	if err != nil || string(written) != string(text) {
		t.Errorf("%v, the scenario is\n%s", err, written)
	}
	if m.Scenario != "small" || m.ScenarioHash != hash || strings.Join(m.Command, " ") != "infomorph run" || len(m.Seeds) != 1 || m.Seeds["run"] != 7 ||
		m.Mode != "lockstep" || m.Workers != 3 || m.Folder != s.Folder.Absolute() || !filepath.IsAbs(m.Folder) || m.Parent != "" {
		t.Errorf("%+v", m.Provenance)
	}
	is, err := SettingsOf(s.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	if d := Flatten(m.Config).Differences(is); len(d) != 0 || len(is) == 0 {
		t.Errorf("settings that differ: %v", d)
	}
}

// TestFilesBesideScenarios: a run that is opened finds the files beside the scenario from
// which it was made, whatever the present folder is.
func TestFilesBesideScenarios(t *testing.T) {
	there := t.TempDir()
	for name, text := range map[string]string{"s.yaml": smallScenario, "here.txt": "#..#\n.##.\n#..#\n.##.\n"} {
		if err := os.WriteFile(filepath.Join(there, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, mode := range []string{"lockstep", "free"} {
		t.Chdir(there)
		s, err := Load("s.yaml", "associative_memory.patterns={source: text, path: here.txt, width: 4, height: 4}", "mode="+mode)
		if err != nil {
			t.Fatal(err)
		}
		whole, part := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "part")
		done(t, s, Options{Dir: whole, Lean: true})
		interruptAt(t, s, Options{Dir: part}, 3)
		t.Chdir(t.TempDir())
		r, err := OpenRecorded(whole)
		if err != nil {
			t.Fatal(mode, err)
		}
		if got, err := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1}); err != nil || !got.Pass {
			t.Errorf("%s: replayed: %+v, %v", mode, got, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		over, err := Over(part)
		if err != nil {
			t.Fatal(mode, err)
		}
		if err := over.Engine.Close(); err != nil {
			t.Error(err)
		}
		stopped, err := Open(part, OpenOptions{})
		if err != nil {
			t.Fatal(mode, err)
		}
		done(t, stopped.Scenario, Options{From: stopped, Lean: true})
	}
}

// TestFoldersInUse: a run in whose folder another process works is neither begun nor
// continued.
func TestFoldersInUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	interruptAt(t, small(t), Options{Dir: dir}, 3)
	stopped, err := Open(dir, OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	began := false
	_, err = Do(t.Context(), small(t), Options{From: stopped, Lean: true, Began: func(*Running) {
		began = true
		if r, err := Do(t.Context(), small(t), Options{From: stopped}); r != nil || !errors.Is(err, record.ErrInUse) || strings.Contains(err.Error(), "--out") {
			t.Errorf("continued twice: %v", err)
		}
		if r, err := Do(t.Context(), small(t), Options{Dir: dir}); r != nil || err == nil || !strings.HasPrefix(err.Error(), "--out: ") {
			t.Errorf("begun there: %v", err)
		}
	}})
	if err != nil || !began {
		t.Error(err)
	}
}

// TestGoingOnWithoutFolder: a run can be continued without a folder. Then it changes
// nothing in its own.
func TestGoingOnWithoutFolder(t *testing.T) {
	want := done(t, small(t), Options{NoFiles: true})
	dir := filepath.Join(t.TempDir(), "r")
	interruptAt(t, small(t), Options{Dir: dir}, 6)
	before := contents(t, dir)
	for _, fork := range []bool{false, true} {
		stopped, err := Open(dir, OpenOptions{Fork: fork})
		if err != nil {
			t.Fatal(err)
		}
		got := done(t, stopped.Scenario, Options{From: stopped, NoFiles: true})
		if got.Final.StateHash != want.Final.StateHash || got.Final.Counts["spikes"] != want.Final.Counts["spikes"] || got.Dir != "" || got.Resumable {
			t.Errorf("fork %v: folder %q, resumable %v, %+v, want %+v", fork, got.Dir, got.Resumable, got.Final, want.Final)
		}
		same(t, "going on elsewhere", contents(t, dir), before)
	}
}

// TestWhereResultsAre: the error of a run that ended early says where its results are, and
// of an interrupted one also when it was.
func TestWhereResultsAre(t *testing.T) {
	for _, o := range []Options{{Dir: filepath.Join(t.TempDir(), "r")}, {NoFiles: true}} {
		where := o.Dir
		if o.NoFiles {
			where = "no folder (--no-files)"
		}
		o.Listener = &journal.Listener{Step: func(string, int, int) error { return errEnough }}
		r, err := Do(t.Context(), small(t), o)
		if want := "that is enough (results so far are in " + where + ")"; err == nil || err.Error() != want || r.Elapsed <= 0 {
			t.Errorf("%v, want %s", err, want)
		}
		ctx, cancel := context.WithCancel(t.Context())
		o.Listener = &journal.Listener{Step: func(string, int, int) error { cancel(); return nil }}
		if !o.NoFiles {
			o.Dir += "2"
			where = o.Dir
		}
		r, err = Do(ctx, small(t), o)
		if want := fmt.Sprintf("interrupted at %v; results so far are in %s", r.Simulated(), where); !errors.Is(err, ErrInterrupted) || err.Error() != want || r.Simulated() == 0 {
			t.Errorf("%v, want %s", err, want)
		}
		if r.Resumable == o.NoFiles {
			t.Errorf("resumable %v", r.Resumable)
		}
		cancel()
	}
}

// TestRunsThatCannotRunAgain: if a file goes away between opening a run and replaying it,
// the replay does not pass. It says why, and what could not be compared.
func TestRunsThatCannotRunAgain(t *testing.T) {
	for _, mode := range []string{"lockstep", "free"} {
		s, file := withFile(t, "mode="+mode)
		r := executed(t, s)
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		got, err := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1})
		if mode == "free" { // its neurons could be run again, but nothing says which scenario they saw
			if err == nil || got != nil || !strings.Contains(err.Error(), "here.txt") {
				t.Errorf("free: %+v, %v", got, err)
			}
			continue
		}
		if err != nil || got.Pass {
			t.Fatalf("%+v, %v", got, err)
		}
		is := outcomes(got.Compared)
		if c := is["course"]; c.Outcome != Differs || c.With != "scenario" || !strings.HasPrefix(c.Why, "it cannot be run again: ") || !strings.Contains(c.Why, "here.txt") {
			t.Errorf("%+v", c)
		}
		if c := is["tables and scores"]; c.Outcome != NotCompared || c.Why != "the scenario could not be run again" {
			t.Errorf("%+v", c)
		}
		if _, has := is["scores"]; has {
			t.Error("scores were compared with nothing")
		}
	}
}

// TestTablesOfReplays: a comparison of tables says how many rows there are; of text it
// does not.
func TestTablesOfReplays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t), Options{Dir: dir, Lean: true, CSV: true})
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	got, err := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1})
	if err != nil || !got.Pass {
		t.Fatalf("%+v, %v", got, err)
	}
	is := outcomes(got.Compared)
	for name, of := range map[string]string{"weights-trained.parquet": "256 rows", "weights-trained.csv": "", "spikes.csv": "", "spikes.parquet": fmt.Sprint(r.manifest.Counts["spikes"], " rows")} {
		if c := is["table "+name]; c.Outcome != Same || c.With != "the replay" || c.Of != of {
			t.Errorf("%s: %+v, want %s", name, c, of)
		}
	}
}
