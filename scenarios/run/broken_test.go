package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/actors"
	"infomorph/internal/footprint"
	"infomorph/internal/record"
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
