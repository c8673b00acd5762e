//go:build unix

package guard

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestOddFilesAreRefused: none of these may make a reader wait or never end.
func TestOddFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	must(t, syscall.Mkfifo(pipe, 0o600))
	must(t, os.Symlink("/dev/zero", link))
	odd := []string{dir, pipe, link, "/dev/zero", "/dev/null"}
	if _, err := os.Stat("/proc/self/status"); err == nil {
		odd = append(odd, "/proc/self/status", "/proc/self/mem", "/proc/kmsg")
	}
	for _, name := range odd {
		if _, err := Open(name); !errors.Is(err, ErrKind) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ReadFile(name, 10); !errors.Is(err, ErrKind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := SaveBytes(pipe, []byte("x")); !errors.Is(err, ErrKind) {
		t.Errorf("a pipe that nobody reads: %v", err)
	}
	if err := SaveBytes(dir, nil); !errors.Is(err, ErrKind) {
		t.Errorf("a folder: %v", err)
	}
	plain := filepath.Join(dir, "plain")
	must(t, SaveBytes(plain, []byte("abc")))
	if data, err := ReadFile(plain, 3); err != nil || string(data) != "abc" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := ReadFile(plain, 2); err == nil {
		t.Error("a limit is not kept")
	}
}

func TestSaveIsAtomic(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	dir := t.TempDir()
	name := filepath.Join(dir, "result")
	must(t, SaveBytes(name, []byte("first")))
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("permissions %v, %v: want those of the umask", info.Mode(), err)
	}
	must(t, os.Chmod(name, 0o604))
	err := Save(name, func(w io.Writer) error {
		fmt.Fprint(w, "half")
		return errors.New("no more")
	})
	if data, _ := os.ReadFile(name); err == nil || string(data) != "first" {
		t.Errorf("%q, %v", data, err)
	}
	link := filepath.Join(dir, "link")
	must(t, os.Symlink(name, link))
	must(t, SaveBytes(link, []byte("second")))
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o604 {
		t.Errorf("permissions %v, %v: want those that it had", info.Mode(), err)
	}
	if data, _ := os.ReadFile(name); string(data) != "second" {
		t.Errorf("a link is not followed: %q", data)
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCell(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "abc": "abc", "a=b": "a=b", "=1+1": "'=1+1", "+1": "+1", "-70mV": "-70mV", "@anna": "@anna", "+A1|x": "'+A1|x", "-2+cmd(1)": "'-2+cmd(1)", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "é": "é",
	} {
		if got := Cell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
