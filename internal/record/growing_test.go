package record

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"infomorph/internal/disk/disktest"
)

func grow(t *testing.T, r *Run, data ...string) *Growing {
	t.Helper()
	g, err := r.Growing("tape.bin")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range data {
		if _, err := g.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func checkGrown(t *testing.T, dir, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, "tape.bin"))
	if err != nil || string(got) != want {
		t.Fatalf("got %d bytes, want %d: %v", len(got), len(want), err)
	}
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(dir, "tape.bin"); err != nil {
		t.Error(err)
	}
}

// TestGrowing follows a growing file through every end that a run can have.
func TestGrowing(t *testing.T) {
	large := string(bytes.Repeat([]byte("0123456789"), 3*streamBuffer/10))
	for name, end := range map[string]func(r *Run) error{
		"close": func(r *Run) error { return r.Close(nil, Final{}) },
		"abort": func(r *Run) error { return r.Abort(errors.New("a reason")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			r, err := Create(Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			g := grow(t, r, "begins ", large)
			if _, err := os.Stat(filepath.Join(dir, "tape.bin")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("half a file carries its final name: %v", err)
			}
			st, err := r.State()
			if err != nil || len(st.Growing) != 1 || st.Growing[0].Bytes != int64(len("begins "+large)) || g.Size() != st.Growing[0].Bytes {
				t.Fatalf("state %+v, %v", st, err)
			}
			if grow(t, r) != g {
				t.Error("the same name is another file")
			}
			if err := end(r); err != nil {
				t.Fatal(err)
			}
			checkGrown(t, dir, "begins "+large)
		})
	}
}

// TestGrowingResumes goes on from a checkpoint after every end of a run, and
// requires the bytes of a run that was never stopped.
func TestGrowingResumes(t *testing.T) {
	for name, end := range map[string]func(r *Run){
		"abort": func(r *Run) { r.Abort(errors.New("a reason")) },
		"kill":  (*Run).release,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			opts := Options{Dir: dir}
			r, err := Create(opts)
			if err != nil {
				t.Fatal(err)
			}
			grow(t, r, "one ")
			st, err := r.State()
			if err != nil {
				t.Fatal(err)
			}
			grow(t, r, "that is lost")
			end(r)
			for _, next := range []string{"two ", "three"} {
				if r, err = Resume(opts, st); err != nil {
					t.Fatal(err)
				}
				grow(t, r, next)
				if st, err = r.State(); err != nil {
					t.Fatal(err)
				}
				grow(t, r, "lost too")
				end(r)
			}
			if r, err = Resume(opts, st); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(nil, Final{}); err != nil {
				t.Fatal(err)
			}
			checkGrown(t, dir, "one two three")
			if _, err := os.Stat(filepath.Join(dir, partsDir)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("parts are left: %v", err)
			}
		})
	}
}

func TestGrowingRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	r, err := Create(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", "..", "a/b", "../x", ".hidden"} {
		if _, err := r.Growing(name); err == nil {
			t.Errorf("%q is accepted", name)
		}
	}
	g := grow(t, r, "some")
	if err := g.Room(); err != nil {
		t.Error(err)
	}
	r.opts.MinFree = 1 << 62
	if err := g.Room(); !errors.Is(err, ErrLowSpace) {
		t.Errorf("no disk is that large: %v", err)
	}
	st, err := r.State()
	if err != nil {
		t.Fatal(err)
	}
	r.opts.MinFree = 0
	if err := r.Close(nil, Final{}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Growing("late.bin"); err == nil {
		t.Error("a closed run grows")
	}
	for _, bad := range []GrowingState{
		{"tape.bin", FileInfo{5, st.Growing[0].SHA256}}, {"tape.bin", FileInfo{4, "0"}},
		{"../tape.bin", st.Growing[0].FileInfo}, {"gone.bin", st.Growing[0].FileInfo},
	} {
		st.Growing[0] = bad
		if _, err := Resume(Options{Dir: dir}, st); err == nil {
			t.Errorf("%+v is restored", bad)
		}
	}
}

// TestGrownFileIsThereBeforeTheManifest: its name is synced as soon as it has it, before
// the manifest says that the run is over.
func TestGrownFileIsThereBeforeTheManifest(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m})
	must(t, err)
	grow(t, r, "whole")
	m.Record = true
	must(t, r.Close(nil, Final{}))
	named, synced := -1, -1
	for i, op := range m.Log {
		switch {
		case strings.Contains(op, " rename ") && strings.Contains(op, "tape.bin"):
			named = i
		case named >= 0 && synced < 0 && strings.Contains(op, " syncdir out"):
			synced = i
		case named >= 0 && synced < 0 && i > named:
			t.Fatalf("%s comes between the file's name and its sync:\n%s", op, strings.Join(m.Log, "\n"))
		}
	}
	if named < 0 || synced < 0 {
		t.Errorf("named at %d, synced at %d:\n%s", named, synced, strings.Join(m.Log, "\n"))
	}
}

// TestFailedDiskIsNotFedOn: after a failed write no more rows are requested.
func TestFailedDiskIsNotFedOn(t *testing.T) {
	const many = 400_000
	for what, do := range map[string]func(r *Run, pull func() bool) error{
		"table": func(r *Run, pull func() bool) error {
			return r.Table("t", []Column{{"i", Int64, ""}}, func(yield func([]any) bool) {
				for pull() && yield([]any{1}) {
				}
			})
		},
		"weights": func(r *Run, pull func() bool) error {
			return r.Weights("w", func(yield func(Weight) bool) {
				for pull() && yield(Weight{}) {
				}
			})
		},
	} {
		var err error
		pulled := 0
		for at := 1; pulled == 0; at++ { // until the files can be made
			m := disktest.New()
			r, failed := Create(Options{Dir: "out", FS: m, CSV: true})
			must(t, failed)
			m.Ops, m.At, m.Fault = 0, at, disktest.Full
			err = do(r, func() bool { pulled++; return pulled <= many })
		}
		if !errors.Is(err, syscall.ENOSPC) || pulled >= many {
			t.Errorf("%s: %d rows were asked for, %v", what, pulled, err)
		}
	}
}

// TestTableOfAStreamsName: what is written row by row is no table of its own.
func TestTableOfAStreamsName(t *testing.T) {
	r, err := Create(Options{Dir: "out", FS: disktest.New()})
	must(t, err)
	if err := r.Table("spikes", SpikeColumns(), func(func([]any) bool) {}); err == nil || err.Error() != `table "spikes": the run writes one of this name row by row` {
		t.Error(err)
	}
}
