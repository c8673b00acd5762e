package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/fault"
	"infomorph/internal/inboxes"
	"infomorph/internal/record"
	"infomorph/scenarios"
)

// TestTablesThatAreNotThere: a run without measures has no table. A table that cannot be
// read is an error.
func TestTablesThatAreNotThere(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.parquet")
	if err := os.WriteFile(broken, []byte("no table"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(path, what string) ([]sample, error){"atoms": readAtoms, "measure": readMeasure} {
		if all, err := read(filepath.Join(dir, "none.parquet"), "red"); err != nil || all != nil {
			t.Errorf("%s of no table: %v, %v", name, all, err)
		}
		if _, err := read(broken, "red"); err == nil {
			t.Errorf("%s of what is no table are read", name)
		}
	}
}

// TestInterrupted: an interruption is context.Canceled and no other error.
func TestInterrupted(t *testing.T) {
	if !errors.Is(errInterrupted, context.Canceled) || errors.Is(errInterrupted, context.DeadlineExceeded) || errors.Is(errInterrupted, os.ErrNotExist) {
		t.Error("an interruption is something else")
	}
	if errInterrupted.Error() != "interrupted" {
		t.Error(errInterrupted)
	}
}

// TestRunsThatCannotBeRepeated: the reasons why a run cannot be executed again.
func TestRunsThatCannotBeRepeated(t *testing.T) {
	has := map[string]record.FileInfo{inboxes.Name: {}}
	for _, c := range []struct {
		mode string
		m    record.Manifest
		want string
	}{
		{scenarios.ModeFree, record.Manifest{Status: record.StatusDone, Files: has}, ""},
		{scenarios.ModeFree, record.Manifest{Status: record.StatusFailed, Files: has}, ""},
		{scenarios.ModeFree, record.Manifest{Status: record.StatusDone}, "the run has no recording (record.inboxes is false)"},
		{scenarios.ModeFree, record.Manifest{Status: record.StatusRunning, Files: has}, "the run goes on, or was killed before its recording was complete; then go on with: infomorph resume d"},
		{"lockstep", record.Manifest{Status: record.StatusDone}, ""},
		{"lockstep", record.Manifest{Status: record.StatusRunning}, "the run has not come to its end, and there is nothing to compare with; first go on with: infomorph resume d"},
		{"lockstep", record.Manifest{Status: record.StatusInterrupted}, "the run has not come to its end, and there is nothing to compare with; first go on with: infomorph resume d"},
		{"lockstep", record.Manifest{Status: record.StatusFailed, Reason: "a weight is infinite"}, "the run failed (a weight is infinite): a run in lockstep is compared at its end"},
		{"lockstep", record.Manifest{Status: record.StatusDone, Provenance: record.Provenance{Parent: "p"}}, "the run was forked from p, and its scenario does not say how it began"},
	} {
		c.m.Mode = c.mode
		r := &Recorded{Dir: "d", manifest: &c.m}
		got := ""
		if err := r.check(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.m.Mode, c.m.Status, got, c.want)
		}
		if err := r.Close(); err != nil {
			t.Errorf("nothing to close: %v", err)
		}
	}
}

// TestDespiteDamage: a run with a damaged table continues only if requested, with a note.
// A run with a damaged checkpoint does not continue.
func TestDespiteDamage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	interruptAt(t, small(t), Options{Dir: dir}, 6)
	flip := func(name string) func() {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spoilt := append([]byte(nil), data...)
		spoilt[len(spoilt)/2] ^= 1
		write := func(data []byte) {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write(spoilt)
		return func() { write(data) }
	}
	m, err := record.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	part := ""
	for name := range m.Files {
		if name != record.ScenarioName && !strings.HasPrefix(name, "checkpoints/") && (part == "" || name < part) {
			part = name
		}
	}
	if part == "" {
		t.Fatal("no file of the run has a checksum yet")
	}
	mend := flip(part)
	_, err = Open(dir, OpenOptions{})
	if err == nil || fault.Kind(err) != fault.ErrFailed || !strings.HasSuffix(err.Error(), "; nothing was changed; --despite-damage goes on if what it needs is whole") {
		t.Errorf("%s is damaged: %v", part, err)
	}
	mend()
	if r, err := Open(dir, OpenOptions{}); err != nil || len(r.Notes) != 0 {
		t.Errorf("as it was: %+v, %v", r, err)
	}
	mend = flip(record.ScenarioName)
	if _, err := Open(dir, OpenOptions{DespiteDamage: true}); err == nil {
		t.Error("a run of another scenario goes on")
	}
	mend()
}
