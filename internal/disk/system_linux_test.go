package disk_test

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"infomorph/internal/disk"
)

// failing calls do on a thread of its own, on which one system call fails. The
// rest of the process is not affected.
func failing(t *testing.T, call uint32, with syscall.Errno, do func()) {
	t.Helper()
	filtered := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked, so the thread ends with the goroutine
		err := filter(call, with)
		if err == nil {
			do()
		}
		filtered <- err
	}()
	if err := <-filtered; err != nil {
		t.Skip("the system has no filter of calls:", err)
	}
}

// filter makes a system call fail on this thread.
func filter(call uint32, with syscall.Errno) error {
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: call, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(with)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	all := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&all)), 0, 0)
}

// TestSyncsReachTheSystem: an error of syncing a file or a folder is returned,
// except if the file system does not support syncing folders.
func TestSyncsReachTheSystem(t *testing.T) {
	dir := t.TempDir()
	f, err := disk.OS.Create(filepath.Join(dir, "a"))
	must(t, err)
	defer f.Close()
	failing(t, unix.SYS_FSYNC, syscall.EIO, func() {
		if err := f.Sync(); !errors.Is(err, syscall.EIO) {
			t.Errorf("a file: %v", err)
		}
		if err := disk.OS.SyncDir(dir); !errors.Is(err, syscall.EIO) {
			t.Errorf("a folder: %v", err)
		}
	})
	for _, without := range []syscall.Errno{syscall.EINVAL, syscall.ENOTSUP} {
		failing(t, unix.SYS_FSYNC, without, func() {
			if err := disk.OS.SyncDir(dir); err != nil {
				t.Errorf("a system without syncs of folders: %v", err)
			}
		})
	}
}

// TestLock: one holds a lock at a time, until it is closed.
func TestLock(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	first, held, err := disk.OS.Lock(name)
	if err != nil || held || first == nil {
		t.Fatalf("%v, held %v, %v", first, held, err)
	}
	if l, held, err := disk.OS.Lock(name); l != nil || !held || err != nil {
		t.Errorf("twice: %v, held %v, %v", l, held, err)
	}
	must(t, first.Close())
	again, held, err := disk.OS.Lock(name)
	if err != nil || held || again == nil {
		t.Fatalf("given back: %v, held %v, %v", again, held, err)
	}
	must(t, again.Close())
	failing(t, unix.SYS_FLOCK, syscall.ENOSYS, func() {
		if l, held, err := disk.OS.Lock(name); l == nil || held || err != nil {
			t.Errorf("a system without locks: %v, held %v, %v", l, held, err)
		}
	})
}

// TestFree compares free space with what df tells.
func TestFree(t *testing.T) {
	dir := t.TempDir()
	out, err := exec.Command("df", "-B1", "--output=avail", dir).Output()
	if err != nil {
		t.Skip("no df:", err)
	}
	_, number, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	want, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	must(t, err)
	if got, ok := disk.OS.Free(dir); !ok || !(math.Abs(float64(got)-want) <= .2*want) {
		t.Errorf("%d bytes, %v; df tells %.0f", got, ok, want)
	}
}

// TestModes: new files have the permissions of the umask, and no file stays
// open.
func TestModes(t *testing.T) {
	mask := os.FileMode(syscall.Umask(0))
	syscall.Umask(int(mask))
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	opened := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		return len(entries)
	}
	before := opened()
	must(t, disk.OS.Mkdir(in("folder")))
	for name, make := range map[string]func(string) (disk.File, error){"created": disk.OS.Create, "appended": disk.OS.Append} {
		put(t, make, in(name), "x")
	}
	l, _, err := disk.OS.Lock(in("lock"))
	must(t, err)
	if _, held, err := disk.OS.Lock(in("lock")); !held || err != nil {
		t.Errorf("held %v, %v", held, err)
	}
	must(t, l.Close())
	for range 20 {
		must(t, disk.OS.SyncDir(dir))
	}
	if got := opened(); got != before {
		t.Errorf("%d files are open, %d were", got, before)
	}
	for name, want := range map[string]os.FileMode{"folder": os.ModeDir | 0o777&^mask, "created": 0o666 &^ mask, "appended": 0o666 &^ mask, "lock": 0o666 &^ mask} {
		if info, err := disk.OS.Stat(in(name)); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, want %v; %v", name, info.Mode(), want, err)
		}
	}
}
