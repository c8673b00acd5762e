//go:build unix

package main

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var damages = flag.Int("damages", 9, "how many bits are turned over, one at a time")

// TestDamagedFolders inverts one bit at a time in the folders of a killed run,
// of a completed run and of a free run. Every command that reads a folder names
// the damaged file and ends with exit code 1.
func TestDamagedFolders(t *testing.T) {
	root := t.TempDir()
	done, free, killed := filepath.Join(root, "done"), filepath.Join(root, "free"), filepath.Join(root, "killed")
	small := []string{"--set", "associative_memory.presentations=5", "--set", "associative_memory.recall=[{name: clean}]", "--quiet"}
	for dir, name := range map[string]string{done: "associative-memory", free: "free-memory"} {
		if out, err := exec.Command("infomorph", append([]string{"run", name, "--out", dir}, small...)...).CombinedOutput(); err != nil && !strings.Contains(string(out), "expectations") {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	killEarly(t, killed)
	verbs := map[string][][]string{
		done:   {{"report"}, {"verify"}, {"compare", done}, {"replay"}, {"audit"}},
		free:   {{"replay"}, {"audit"}, {"verify"}},
		killed: {{"resume"}, {"verify"}, {"report"}},
	}
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	dirs, silent := []string{done, free, killed}, 0
	for i := range *damages {
		dir := dirs[i%3]
		verb := verbs[dir][rng.IntN(len(verbs[dir]))]
		if name := flipOne(t, rng, dir, verb); name != "" {
			silent++
			t.Errorf("%v: %s was not noticed", verb, name)
		}
	}
	t.Logf("%d bits turned over: %d silent", *damages, silent)
}

// TestDamagedReading: export, plot and view name the damaged one of the files
// that they read, and can read other files; report does not wait for a pipe.
func TestDamagedReading(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, stderr, code := command(t, "run", "memory-50", "--out", dir, "--quiet", "--set", "associative_memory.presentations=3", "--set", "expect=null"); code != exitDone {
		t.Fatal(stderr)
	}
	for _, c := range []struct{ damaged, verb, further string }{
		{"pid.parquet", "export", "pid"}, {"plots/atoms.json", "plot", "atoms"},
		{"pid.parquet", "view", ""}, {"summary.json", "view", ""},
	} {
		path := filepath.Join(dir, filepath.FromSlash(c.damaged))
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		args := []string{c.verb, dir}
		if c.further != "" {
			args = append(args, c.further)
		}
		if _, stderr, code := command(t, args...); code != exitRunFailed || !strings.Contains(stderr, c.damaged+": damaged") {
			t.Errorf("%v: exit %d: %s", args, code, stderr)
		}
		if c.verb == "export" {
			if _, stderr, code := command(t, "export", dir, "presentations", "--out", t.TempDir()); code != exitDone {
				t.Errorf("export of another table: exit %d: %s", code, stderr)
			}
		}
		data[len(data)/2] ^= 1
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	log := filepath.Join(dir, "log.jsonl")
	if err := errors.Join(os.Remove(log), syscall.Mkfifo(log, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := command(t, "report", dir); code != exitBadInput || !strings.Contains(stderr, "it is a pipe") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// killEarly kills a run once it has a checkpoint.
func killEarly(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("infomorph", "run", "associative-memory", "--out", dir, "--quiet", "--checkpoint-steps", "10", "--set", "associative_memory.presentations=100000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		if all, _ := filepath.Glob(filepath.Join(dir, "checkpoints", "*.ckpt")); len(all) == 2 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	cmd.Process.Kill()
	cmd.Wait()
}

// flipOne inverts a bit in a copy of dir, and returns the name of the file if
// the command does not name it.
func flipOne(t *testing.T, rng *rand.Rand, dir string, verb []string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	var files []string
	filepath.WalkDir(copied, func(path string, e os.DirEntry, err error) error {
		if info, statErr := e.Info(); err == nil && statErr == nil && info.Mode().IsRegular() && info.Size() > 0 && !strings.HasSuffix(path, ".tmp") {
			files = append(files, path)
		}
		return err
	})
	path := files[rng.IntN(len(files))]
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute) // a run that is resumed goes on for hours
	defer stop()
	cmd := exec.CommandContext(ctx, "infomorph", append(append([]string(nil), verb...), copied)...)
	out, _ := cmd.CombinedOutput()
	base := strings.TrimSuffix(filepath.Base(path), ".sums")
	if cmd.ProcessState.ExitCode() == exitRunFailed && strings.Contains(string(out), base) {
		return ""
	}
	if base == "manifest.json" && cmd.ProcessState.ExitCode() != exitDone && strings.Contains(string(out), base) {
		return "" // a format of another version, as far as one can tell
	}
	return path + ": " + string(out)
}
