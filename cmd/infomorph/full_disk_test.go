//go:build linux

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFullDisk gives a node a disk that is too small for its parts of
// checkpoints: a file system of its own, if mounting is allowed. The run stops
// and names the node and the reason. When there is space again it is resumed,
// and its results are the same bytes as those of a run on one machine.
func TestFullDisk(t *testing.T) {
	f := newFleet(t, 2)
	disk := filepath.Join(f.dir, "node2")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, 0) })
	f.up(0)
	f.up(1)
	memory := []string{"associative-memory", "--set", "associative_memory.presentations=20"}
	run, whole, part := f.begun(filepath.Join(disk, "*", "*"), memory...)
	defer run.Process.Kill()
	at := time.Now()
	empty := fillDisk(t, filepath.Join(disk, "other"))
	took := run.says("node node2 at", at)
	<-run.over
	empty()
	text := run.out.String()
	for _, want := range []string{"node node2 at", "part of the checkpoint", "no space left on device", "infomorph resume " + part + " --nodes"} {
		if code := run.ProcessState.ExitCode(); code != exitRunFailed || !strings.Contains(text, want) {
			t.Fatalf("exit code %d, expected %q:\n%s", code, want, text)
		}
	}
	inTime(t, took)
	if !strings.Contains(f.proc[1].out.String(), "no space left on device") {
		t.Errorf("the node's log says nothing of it:\n%s", f.proc[1].out.String())
	}
	again := start(t, begin(part, memory, f.list(2))...)
	<-again.over
	f.ended(again, again.Args)
	sameResults(t, whole, part)
}

// fillDisk fills a disk with a file and keeps it full, even if others remove
// files, until empty removes the file.
func fillDisk(t *testing.T, name string) (empty func()) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	stop, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		page := make([]byte, 4096)
		for {
			if _, err := file.Write(page); err == nil {
				continue
			}
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() {
		close(stop)
		<-over
		if err := errors.Join(file.Close(), os.Remove(name)); err != nil {
			t.Error(err)
		}
	}
}
