package record

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
)

// part records some steps and a piece of a growing file, and returns the state then.
func part(t *testing.T, r *Run, from, to int64) State {
	t.Helper()
	must(t, history(r, from, to))
	grow(t, r, strings.Repeat("x", int(to-from)))
	st, err := r.State()
	must(t, err)
	return st
}

// TestPowerLostAfterResume: what a resumed run has counted survives every power
// failure, even if its rows had to be copied from tables.
func TestPowerLostAfterResume(t *testing.T) {
	finished := func(m *disktest.FS) (tables map[string]string) {
		tables = map[string]string{}
		for name, data := range m.Files("out") {
			if strings.HasSuffix(name, ".parquet") || name == "tape.bin" {
				tables[name] = string(data)
			}
		}
		return tables
	}
	opts := Options{Dir: "out", FS: disktest.New(), AtomNames: AtomNames(2)}
	r, err := Create(opts)
	must(t, err)
	part(t, r, 0, 40)
	part(t, r, 40, 50)
	must(t, r.Close(nil, Final{}))
	want := finished(opts.FS.(*disktest.FS))
	for name, end := range map[string]func(*Run) error{
		"stopped": func(r *Run) error { return r.Abort(errors.New("stopped")) },
		"killed":  func(r *Run) error { r.release(); return nil },
	} {
		for seed := range uint64(40) {
			m := disktest.New()
			opts.FS = m
			r, err := Create(opts)
			must(t, err)
			st := part(t, r, 0, 10)
			must(t, end(r))
			r, err = Resume(opts, st)
			must(t, err)
			st = part(t, r, 10, 40)
			m.Revive(rand.New(rand.NewPCG(seed, 1)))
			haveSums(t, m, st)
			if r, err = Resume(opts, st); err != nil {
				t.Fatalf("%s, seed %d: %v", name, seed, err)
			}
			part(t, r, 40, 50)
			must(t, r.Close(nil, Final{}))
			got := finished(m)
			for file, data := range want {
				if got[file] != data {
					t.Fatalf("%s, seed %d: %s: other bytes", name, seed, file)
				}
			}
			if _, err := CheckOn(m, "out"); err != nil || len(got) != len(want) {
				t.Fatalf("%s, seed %d: %d files, %v", name, seed, len(got), err)
			}
		}
	}
}

// stubborn is a file system on which some operations on open files fail.
type stubborn struct {
	*disktest.FS
	write, sync, truncate bool
}

type stubbornFile struct {
	disk.File
	m *stubborn
}

func (m *stubborn) Create(name string) (disk.File, error) {
	f, err := m.FS.Create(name)
	return stubbornFile{f, m}, err
}

func (f stubbornFile) fails(yes bool, why syscall.Errno, do func() error) error {
	if yes && strings.HasSuffix(f.Name(), "tape.bin"+growingSuffix) {
		return why
	}
	return do()
}

func (f stubbornFile) Write(b []byte) (n int, err error) {
	err = f.fails(f.m.write, syscall.EIO, func() error { n, err = f.File.Write(b); return err })
	return n, err
}

func (f stubbornFile) Sync() error { return f.fails(f.m.sync, syscall.ENOSPC, f.File.Sync) }

func (f stubbornFile) Truncate(size int64) error {
	return f.fails(f.m.truncate, syscall.EROFS, func() error { return f.File.Truncate(size) })
}

// TestGrownAsFarAsItCame: a growing file after an error gets its name with the
// complete pieces; if this is not possible, it stays where it is.
func TestGrownAsFarAsItCame(t *testing.T) {
	for _, tc := range []struct {
		write, sync, truncate, named bool
	}{{false, false, false, true}, {true, false, false, true}, {true, true, false, false}, {true, false, true, false}, {false, true, false, false}} {
		m := &stubborn{FS: disktest.New()}
		r, err := Create(Options{Dir: "out", FS: m})
		must(t, err)
		g := grow(t, r, "whole")
		_, err = g.sync()
		must(t, err)
		grow(t, r, " and more")
		m.write, m.sync, m.truncate = tc.write, tc.sync, tc.truncate
		err = r.Abort(io.EOF)
		if errors.Is(err, syscall.EIO) != tc.write || errors.Is(err, syscall.ENOSPC) != tc.sync || errors.Is(err, syscall.EROFS) != tc.truncate {
			t.Errorf("%+v: %v", tc, err)
		}
		want := "whole"
		if !tc.write {
			want = "whole and more"
		}
		got, named := m.Files("out")["tape.bin"]
		if named != tc.named || named && string(got) != want {
			t.Errorf("%+v: named %v, %q", tc, named, got)
		}
	}
}

// TestClearedFolder: the files of a run that had not begun are removed, except
// the lock, which is held during this.
func TestClearedFolder(t *testing.T) {
	m := disktest.New()
	must(t, disk.MkdirAll(m, "out/"+partsDir+"/deep"))
	for _, name := range []string{lockName, "old.rows", "old.rows.sums", "deep/x"} {
		must(t, replace(m, "out/"+partsDir+"/"+name, []byte("old")))
	}
	held := false
	watch := &watched{FS: m, remove: func(name string) {
		l, taken, err := m.Lock("out/" + partsDir + "/" + lockName)
		must(t, err)
		if held = held || taken; !taken {
			t.Errorf("%s is removed without a lock", name)
			l.Close()
		}
	}}
	r, err := Create(Options{Dir: "out", FS: watch})
	must(t, err)
	files := m.Files("out/" + partsDir)
	if _, there := files["old.rows"]; there || files["deep/x"] != nil || !held {
		t.Errorf("left behind: %v; held %v", len(files), held)
	}
	if string(files[lockName]) != "old" {
		t.Error("the lock was made anew: another process could hold the one before")
	}
	must(t, r.Close(nil, Final{}))
}

// watched records what is removed.
type watched struct {
	*disktest.FS
	remove func(name string)
}

func (w *watched) Remove(name string) error {
	if !strings.HasSuffix(name, ".tmp") && strings.Contains(name, "/old.rows") {
		w.remove(name)
	}
	return w.FS.Remove(name)
}
