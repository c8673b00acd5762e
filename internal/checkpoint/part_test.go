package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
	"infomorph/internal/record"
)

// TestParts: the name of a part is its hash, and every flipped bit is found.
func TestParts(t *testing.T) {
	data := []byte("what a node has written")
	sum := sha256.Sum256(data)
	name := hex.EncodeToString(sum[:]) + PartSuffix
	path := filepath.Join(t.TempDir(), name)
	if err := CheckPart(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a part that is not there: %v", err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckPart(path); err != nil {
		t.Error(err)
	}
	for bit := range 8 * len(data) {
		data[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := CheckPart(path); !errors.Is(err, record.ErrDamaged) {
			t.Fatalf("bit %d: %v", bit, err)
		}
		data[bit/8] ^= 1 << (bit % 8)
	}
	if err := CheckPart(filepath.Dir(path)); err == nil {
		t.Error("a folder is a part")
	}
	for bad, want := range map[string]bool{name: true, name[1:]: false, name[:64]: false, "x" + name[1:]: false, name[:64] + "zz" + PartSuffix: false, name[2:]: false, name[:64] + "00" + PartSuffix: false} {
		if IsPart(bad) != want {
			t.Errorf("%s: a part? want %v", bad, want)
		}
	}
}

// TestCheckedParts: the check of a folder compares copies of parts with their
// names, but not other files; a file that cannot be read is an error.
func TestCheckedParts(t *testing.T) {
	folder := filepath.Join(lifeDir, FolderName, PartsFolder)
	put := func(m *disktest.FS, name, text string) {
		f, err := m.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, text); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	named := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:]) + PartSuffix
	}
	begin := func() *disktest.FS {
		m := disktest.New()
		err := live(m)
		if err == nil {
			err = disk.MkdirAll(m, folder)
		}
		if err != nil {
			t.Fatal(err)
		}
		put(m, named("one"), "one")
		put(m, named("two"), "two")
		put(m, "notes", "three")
		return m
	}
	m := begin()
	m.Record, m.Log, m.Ops = true, nil, 0
	if _, err := (Folder{m, lifeDir}).Check(); err != nil {
		t.Fatal(err)
	}
	allClosed(t, m)
	asked := false
	for i, op := range m.Log {
		m := begin()
		m.Ops, m.At, m.Fault = 0, i+1, disktest.Once
		_, err := Folder{m, lifeDir}.Check()
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v", op, err)
		}
		asked = asked || strings.Contains(op, named("two"))
		allClosed(t, m)
	}
	if !asked {
		t.Error("a part was not read")
	}
	put(m, named("three"), "four")
	put(m, named("five"), "six")
	_, err := Folder{m, lifeDir}.Check()
	if !errors.Is(err, record.ErrDamaged) || !strings.Contains(err.Error(), named("three")) || !strings.Contains(err.Error(), named("five")) || strings.Contains(err.Error(), named("one")) {
		t.Errorf("got %v", err)
	}
	if man, err := (Folder{m, "elsewhere"}).Check(); man != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v, %v", man, err)
	}
}

// refusing is a file system that does not open a file.
type refusing struct {
	*disktest.FS
	name string
	why  error
}

func (r refusing) Open(name string) (disk.File, error) {
	if name == r.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: r.why}
	}
	return r.FS.Open(name)
}

// TestCheckDuringARun: a file that the run has just removed is not a
// fault.
func TestCheckDuringARun(t *testing.T) {
	m := disktest.New()
	if err := live(m); err != nil {
		t.Fatal(err)
	}
	f := Folder{m, lifeDir}
	all, err := f.list()
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	if _, err := (Folder{refusing{m, all[0], fs.ErrNotExist}, lifeDir}).Check(); err != nil {
		t.Error(err)
	}
	checked := func(how disk.FS, named ...string) {
		t.Helper()
		_, err := Folder{how, lifeDir}.Check()
		for _, name := range append(all, "plots/at-1.svg", "plots/at-3.svg") {
			if got := err != nil && strings.Contains(err.Error(), name); got != slices.Contains(named, name) {
				t.Errorf("%s is named: %v, in %v", name, got, err)
			}
		}
	}
	m.Flip(filepath.Join(lifeDir, "plots/at-1.svg"), 9)
	checked(m, "plots/at-1.svg")
	checked(refusing{m, all[1], syscall.EIO}, "plots/at-1.svg", all[1])
	m.Flip(all[1], 77)
	checked(m, "plots/at-1.svg", all[1])
	m.Flip(all[0], 77)
	checked(m, "plots/at-1.svg", all[0], all[1])
	m.Flip(all[1], 77)
	m.Flip(filepath.Join(lifeDir, "plots/at-1.svg"), 9)
	if _, err := f.Check(); !errors.Is(err, record.ErrDamaged) || !errors.Is(err, ErrCheckpoint) || !strings.Contains(err.Error(), all[0]) {
		t.Error(err)
	}
}
