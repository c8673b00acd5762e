package disk_test

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, open func(string) (disk.File, error), name, text string) {
	t.Helper()
	f, err := open(name)
	must(t, err)
	_, err = io.WriteString(f, text)
	must(t, errors.Join(err, f.Sync(), f.Close()))
}

func text(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	must(t, err)
	return string(data)
}

func there(t *testing.T, m disk.FS, name string) bool {
	t.Helper()
	there, err := disk.Exists(m, name)
	must(t, err)
	return there
}

// TestSystem: the machine's own file system, as package os sees it.
func TestSystem(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	put(t, disk.OS.Create, name, "abcdef")
	put(t, disk.OS.Append, name, "gh")
	if got := text(t, name); got != "abcdefgh" {
		t.Errorf("appended: %q", got)
	}
	f, err := disk.OS.Append(name)
	must(t, err)
	must(t, f.Truncate(3))
	if n, err := f.Size(); n != 3 || err != nil || f.Name() != name {
		t.Errorf("%s has %d bytes, %v", f.Name(), n, err)
	}
	must(t, f.Close())
	if _, err := f.Size(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("the size of a closed file: %v", err)
	}
	put(t, disk.OS.Create, name, "z")
	must(t, disk.OS.Rename(name, name+"2"))
	if there(t, disk.OS, name) || !there(t, disk.OS, name+"2") || text(t, name+"2") != "z" {
		t.Error("made anew and renamed, it is not what was written")
	}
	must(t, disk.OS.Mkdir(filepath.Join(dir, "b")))
	entries, err := disk.OS.ReadDir(dir)
	must(t, err)
	if len(entries) != 2 || entries[0].Name() != "a2" || entries[1].Name() != "b" || !entries[1].IsDir() {
		t.Errorf("%v", entries)
	}
	must(t, disk.OS.SyncDir(dir))
	must(t, disk.OS.Remove(name+"2"))
	if _, err := disk.OS.Stat(name + "2"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed: %v", err)
	}
}

// TestSystemRefuses: what is not there, and what is no regular file.
func TestSystemRefuses(t *testing.T) {
	dir := t.TempDir()
	gone := filepath.Join(dir, "not", "there")
	for what, do := range map[string]func() error{
		"open":   func() error { _, err := disk.OS.Open(gone); return err },
		"create": func() error { _, err := disk.OS.Create(gone); return err },
		"append": func() error { _, err := disk.OS.Append(gone); return err },
		"sync":   func() error { return disk.OS.SyncDir(gone) },
		"rename": func() error { return disk.OS.Rename(gone, filepath.Join(dir, "a")) },
		"remove": func() error { return disk.OS.Remove(gone) },
		"mkdir":  func() error { return disk.OS.Mkdir(gone) },
		"list":   func() error { _, err := disk.OS.ReadDir(gone); return err },
		"stat":   func() error { _, err := disk.OS.Stat(gone); return err },
		"lock":   func() error { _, _, err := disk.OS.Lock(gone); return err },
		"read":   func() error { _, err := disk.ReadFile(disk.OS, gone, 1); return err },
	} {
		if err := do(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := disk.OS.Open(dir); err == nil {
		t.Error("a folder was opened as a file")
	}
	if n, ok := disk.OS.Free(gone); ok || n != 0 {
		t.Error("free space where nothing is")
	}
}

// TestFolderNamesReachTheDisk: folders survive every power failure, and each
// error of the disk is returned.
func TestFolderNamesReachTheDisk(t *testing.T) {
	const name = "a/b/c"
	counted := disktest.New()
	must(t, disk.MkdirAll(counted, name))
	for seed := range uint64(50) {
		m := disktest.New()
		must(t, disk.MkdirAll(m, name))
		m.Revive(rand.New(rand.NewPCG(seed, 1)))
		if info, err := m.Stat(name); err != nil || !info.IsDir() {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	for at := 1; at <= counted.Ops; at++ {
		m := disktest.New()
		m.At, m.Fault = at, disktest.Once
		if err := disk.MkdirAll(m, name); err == nil {
			t.Errorf("operation %d failed, and nobody was told", at)
		}
	}
	must(t, disk.MkdirAll(counted, name)) // it is there
	put(t, counted.Create, "a/file", "")
	for _, bad := range []string{"a/file", "a/file/below"} {
		if err := disk.MkdirAll(counted, bad); err == nil || !strings.Contains(err.Error(), "a file of that name is there") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// another is a file system in which another process makes each folder first.
type another struct{ *disktest.FS }

func (a another) Mkdir(name string) error {
	return errors.Join(a.FS.Mkdir(name), a.FS.Mkdir(name))
}

func TestFolderMadeByAnother(t *testing.T) {
	m := another{disktest.New()}
	must(t, disk.MkdirAll(m, "a/b"))
	if info, err := m.Stat("a/b"); err != nil || !info.IsDir() {
		t.Error(err)
	}
}

// TestRemoveAll: a folder is removed with everything in it and nothing else, or
// there is an error.
func TestRemoveAll(t *testing.T) {
	filled := func() *disktest.FS {
		m := disktest.New()
		must(t, disk.MkdirAll(m, "keep/b/c"))
		for _, name := range []string{"keep/b/1", "keep/b/c/2", "keep/3"} {
			put(t, m.Create, name, "x")
		}
		m.Ops = 0
		return m
	}
	counted := filled()
	must(t, disk.RemoveAll(counted, "keep/b"))
	if left := counted.Files("keep"); len(left) != 1 || left["3"] == nil || there(t, counted, "keep/b") {
		t.Errorf("%v", left)
	}
	ops := counted.Ops - 1                     // without that of Exists
	must(t, disk.RemoveAll(counted, "keep/b")) // it is gone already
	for at := 1; at <= ops; at++ {
		m := filled()
		m.At, m.Fault = at, disktest.Once
		err := disk.RemoveAll(m, "keep/b")
		if there := there(t, m, "keep/b"); (err != nil) != there {
			t.Errorf("operation %d failed: %v, though it is there: %v", at, err, there)
		}
	}
	m := filled()
	m.At, m.Fault = 3, disktest.Once // after both have been asked for what is in them
	var path *fs.PathError
	if err := disk.RemoveAll(m, "keep/b"); !errors.As(err, &path) || path.Path != "keep/b/1" {
		t.Errorf("not the file that cannot be removed: %v", err)
	}
}

// TestReadFile reads all of a file up to a limit, and no file that is longer.
func TestReadFile(t *testing.T) {
	m := disktest.New()
	put(t, m.Create, "a", "abcdef")
	m.Ops = 0
	for limit, ok := range map[int64]bool{5: false, 6: true, 7: true, 1 << 40: true} {
		data, err := disk.ReadFile(m, "a", limit)
		if (err == nil) != ok || ok && string(data) != "abcdef" {
			t.Errorf("limit %d: %q, %v", limit, data, err)
		}
		if !ok && !strings.Contains(err.Error(), "longer than it may be") {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	put(t, m.Create, "large", strings.Repeat("x", 3_000_000))
	large, err := disk.ReadFile(m, "large", 1<<40)
	must(t, err)
	if len(large) != 3_000_000 || cap(large) > len(large)+64<<10 {
		t.Errorf("%d bytes take %d", len(large), cap(large))
	}
	m.Ops = 0
	_, err = disk.ReadFile(m, "a", 6)
	must(t, err)
	for at, ops := 1, m.Ops; at <= ops; at++ {
		m.Ops, m.At, m.Fault = 0, at, disktest.Once
		if _, err := disk.ReadFile(m, "a", 6); err == nil {
			t.Errorf("operation %d failed, and nobody was told", at)
		}
		if open := m.Unclosed(); len(open) > 0 {
			t.Errorf("operation %d failed: still open: %v", at, open)
		}
	}
}

// TestExists: if the system cannot tell, there is an error.
func TestExists(t *testing.T) {
	m := disktest.New()
	put(t, m.Create, "a", "")
	if !there(t, m, "a") || there(t, m, "b") {
		t.Error("a is there, and b is not")
	}
	for _, name := range []string{"a", "b"} {
		m.Ops, m.At, m.Fault = 0, 1, disktest.Once
		if there, err := disk.Exists(m, name); there || err == nil {
			t.Errorf("%s: %v, %v", name, there, err)
		}
	}
}
