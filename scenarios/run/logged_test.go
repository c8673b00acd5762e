package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// logOf returns the lines of the log in a folder.
func logOf(t *testing.T, dir string) (lines []map[string]any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for text := range bytes.Lines(data) {
		var line map[string]any
		if err := json.Unmarshal(text, &line); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestLogOfTheEnd: the log says why a run ended early, and nothing of a reason if it did not.
func TestLogOfTheEnd(t *testing.T) {
	whole, part := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "part")
	done(t, small(t), Options{Dir: whole, Lean: true})
	failAt(t, small(t), Options{Dir: part}, 2, nil)
	for dir, want := range map[string]any{whole: nil, part: errEnough.Error()} {
		lines := logOf(t, dir)
		last := lines[len(lines)-1]
		if reason, has := last["reason"]; last["msg"] != "run ends" || has != (want != nil) || reason != want {
			t.Errorf("%v, want the reason %v", last, want)
		}
	}
}

// TestEnginesKeepToTheLevel: a logger that drops warnings also drops those of engines.
func TestEnginesKeepToTheLevel(t *testing.T) {
	for level, want := range map[slog.Level]bool{slog.LevelDebug: true, slog.LevelWarn: true, slog.LevelError: false} {
		o := Options{Logger: func(io.Writer) *slog.Logger {
			return slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: level}))
		}}
		l := o.newLog()
		if got := l.engine().Enabled(t.Context(), slog.LevelWarn); got != want {
			t.Errorf("from %v on: a warning is written: %v", level, got)
		}
	}
}

// alone is a writer that reports writes that happen at the same time. During each write it
// calls within, and lets other goroutines run.
type alone struct {
	t      *testing.T
	busy   atomic.Bool
	within func()
}

func (w *alone) Write(b []byte) (int, error) {
	if w.busy.Swap(true) {
		w.t.Error("two lines are written at the same time")
	}
	w.within()
	for range 100 {
		runtime.Gosched()
	}
	w.busy.Store(false)
	return len(b), nil
}

// TestLinesOfLogsDoNotMix: engines and the run write into the same log, one after another.
func TestLinesOfLogsDoNotMix(t *testing.T) {
	l := &lateWriter{}
	l.set(&alone{t: t, within: func() {}})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				if n, err := l.Write([]byte("line")); n != 4 || err != nil {
					t.Error(n, err)
				}
			}
		})
	}
	group.Wait()
}

// TestLogsAreNotReplacedInALine: a line that is being written is completed before the log
// goes on elsewhere.
func TestLogsAreNotReplacedInALine(t *testing.T) {
	l := &lateWriter{}
	var replaced atomic.Bool
	var group sync.WaitGroup
	first := &alone{t: t}
	first.within = func() {
		group.Go(func() { l.set(io.Discard); replaced.Store(true) })
		for range 10_000 {
			runtime.Gosched()
		}
		if replaced.Load() {
			t.Error("the log was replaced within a line")
		}
	}
	l.set(first)
	if _, err := l.Write([]byte("line")); err != nil {
		t.Error(err)
	}
	group.Wait()
	if _, err := l.Write([]byte("line")); err != nil || !replaced.Load() {
		t.Error("the log was not replaced: ", err)
	}
}

// TestLogsThatCannotBeWritten: whoever writes a line learns that it is lost.
func TestLogsThatCannotBeWritten(t *testing.T) {
	l := &lateWriter{}
	r, w := io.Pipe()
	if err := r.CloseWithError(errEnough); err != nil {
		t.Fatal(err)
	}
	l.set(w)
	if _, err := l.Write([]byte("line")); !errors.Is(err, errEnough) {
		t.Error(err)
	}
}
