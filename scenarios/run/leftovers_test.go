package run

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/actors"
	"infomorph/internal/inboxes"
	"infomorph/internal/record"
	"infomorph/neuron"
)

// openFiles returns the files below a folder that this process has open.
func openFiles(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("the system does not list open files: ", err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if name, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(name, dir+"/") {
			names = append(names, strings.TrimPrefix(name, dir+"/"))
		}
	}
	return names
}

// opened opens a run and closes it again.
func opened(t *testing.T, dir string) error {
	r, err := OpenRecorded(dir)
	if err != nil {
		return err
	}
	if len(openFiles(t, dir)) == 0 {
		t.Error("the recording is not open")
	}
	return r.Close()
}

// TestFilesAreClosed: whatever reads a folder closes its files, also those that it cannot
// read. A program that opens many runs must not run out of files.
func TestFilesAreClosed(t *testing.T) {
	dir, spoilt := filepath.Join(t.TempDir(), "free"), filepath.Join(t.TempDir(), "spoilt")
	done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	if err := os.CopyFS(spoilt, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	forge{t, spoilt}.file(inboxes.Name, []byte("no recording"))
	table := filepath.Join(dir, "measures.parquet")
	s, err := Load(filepath.Join(dir, record.ScenarioName))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, dir string
		do        func() error
		fails     bool
	}{
		{"the run itself", dir, func() error { return nil }, false},
		{"a scenario", dir, func() error { _, err := Load(filepath.Join(dir, record.ScenarioName)); return err }, false},
		{"a scenario with a fault", dir, func() error { _, err := Load(filepath.Join(dir, record.ScenarioName), "nname=x"); return err }, true},
		{"a measure", dir, func() error { _, err := readMeasure(table, "training.predicted"); return err }, false},
		{"two tables", dir, func() error { _, err := differenceOf(table, table, true); return err }, false},
		{"other tables", dir, func() error { _, err := differenceOf(table, filepath.Join(dir, "spikes.parquet"), true); return err }, false},
		{"one table", dir, func() error { _, err := differenceOf(table, filepath.Join(dir, "gone.parquet"), true); return err }, true},
		{"verdicts", dir, func() error {
			_, err := (&Result{Scenario: s.Scenario, Dir: dir, Scores: NewScores()}).Judge()
			return err
		}, false},
		{"a report", dir, func() error { _, err := Report(dir); return err }, false},
		{"a recording", dir, func() error { return opened(t, dir) }, false},
		{"a recording that is none", spoilt, func() error { return opened(t, spoilt) }, true},
	} {
		if err := c.do(); (err != nil) != c.fails {
			t.Errorf("%s: %v", c.name, err)
		}
		if names := openFiles(t, c.dir); len(names) > 0 {
			t.Errorf("%s: still open: %v", c.name, names)
		}
	}
}

// TestClosedRecordings: a recording that was closed is no longer read, and closing it again
// says that it was closed.
func TestClosedRecordings(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "free")
	done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, inboxes.Name))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
	if got, err := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1}); err == nil || got != nil {
		t.Errorf("replayed: %+v, %v", got, err)
	}
	reader, err := inboxes.NewReader(bytes.NewReader(data), int64(len(data))) // not from a file: only the reader can refuse
	if err != nil {
		t.Fatal(err)
	}
	read := func() (err error) {
		for id := range neuron.ID(reader.NumNeurons()) {
			for _, blockErr := range reader.Blocks(id) {
				err = errors.Join(err, blockErr)
			}
		}
		return err
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	if err := (&Recorded{reader: reader}).Close(); err != nil {
		t.Error(err)
	}
	if err := read(); err == nil {
		t.Error("all blocks were read after the end")
	}
}

// TestRecordingsThatGoAway: a recording that is removed while its run is opened.
func TestRecordingsThatGoAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "free")
	done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	r, err := OpenRecorded(dir, func(*Scenario) {
		if err := os.Remove(filepath.Join(dir, inboxes.Name)); err != nil {
			t.Error(err)
		}
	})
	if r != nil || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), inboxes.Name) {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestTemporaryFoldersAreRemoved: a replay and an audit leave nothing behind in the folder
// for temporary files, also if they fail or are interrupted.
func TestTemporaryFoldersAreRemoved(t *testing.T) {
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for _, mode := range []string{"lockstep", "free"} {
		s, file := withFile(t, "mode="+mode)
		r := executed(t, s)
		temporary := t.TempDir()
		t.Setenv("TMPDIR", temporary)
		empty := func(what string) {
			t.Helper()
			if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
				t.Errorf("%s, %s: %v, %v", mode, what, left, err)
			}
		}
		o := actors.ReplayOptions{Workers: 1}
		if got, err := r.Replay(t.Context(), o); err != nil || !got.Pass {
			t.Errorf("%s: %+v, %v", mode, got, err)
		}
		empty("replay")
		if got, err := r.Audit(t.Context(), o); err != nil || !got.Pass {
			t.Errorf("%s: %+v, %v", mode, got, err)
		}
		empty("audit")
		if _, err := r.Replay(stopped, o); !errors.Is(err, ErrInterrupted) {
			t.Errorf("%s: %v", mode, err)
		}
		empty("an interrupted replay")
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if got, err := r.Replay(t.Context(), o); err == nil && got.Pass {
			t.Errorf("%s: it passes without the file of its scenario", mode)
		}
		empty("a replay that fails")
	}
}
