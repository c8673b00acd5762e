//go:build unix

package main

import (
	"bytes"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"infomorph/internal/checkpoint"
	"infomorph/internal/record"
)

var (
	kills    = flag.Int("kills", 2, "how often each run is killed at a random moment")
	killSeed = flag.Uint64("kill-seed", 0, "seed of the moments; 0 takes one from the clock")
)

// killed are runs of every kind of task, each about a second long.
var killed = map[string][]string{
	"memory":   {"associative-memory", "--set", "associative_memory.presentations=15", "--set", "associative_memory.recall=[{name: clean}]"},
	"study":    {"asynchrony", "--set", "study.only=[loss]", "--set", "study.seeds=1", "--set", "associative_memory.presentations=5"},
	"bars":     {"bars", "--set", "bars.stimuli=3000", "--set", "bars.test=500"},
	"digits":   {"digits", "--set", "digits.samples=3000", "--set", "digits.test=500"},
	"batches":  {"digits-batch", "--set", "digits.samples=2000", "--set", "digits.test=300", "--set", "digits.passes=4"},
	"capacity": {"capacity", "--set", "network.neurons=30", "--set", "capacity.batch.passes=200"},
	"stream":   {"streaming-memory", "--set", "capacity.streaming.patterns=60", "--set", "capacity.streaming.tested=20"},
	"hidden":   {"hidden-layer", "--set", "hidden_layer.samples=500", "--set", "hidden_layer.test=200", "--set", "hidden_layer.passes=2"},
}

// TestKilledRuns kills runs at random moments and resumes them, again and
// again. However a run is killed its folder can be read and resumed, no
// checkpoint that was there is lost, and in the end results have the bytes of a
// run that was never stopped. Without -kills only two kinds of task are run.
func TestKilledRuns(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	for name, args := range killed {
		if *kills <= 2 && name != "memory" && name != "study" {
			continue
		}
		moments := rand.New(rand.NewPCG(rng.Uint64(), 0))
		t.Run(name, func(t *testing.T) {
			t.Logf("-kill-seed %d", seed)
			killAgain(t, moments, args)
		})
	}
}

func killAgain(t *testing.T, rng *rand.Rand, args []string) {
	folder := t.TempDir()
	whole, part := filepath.Join(folder, "whole"), filepath.Join(folder, "part")
	run := func(dir string) []string {
		return append(append([]string{"run"}, args...), "--quiet", "--actors", "none", "--checkpoint-steps", "25", "--out", dir)
	}
	began := time.Now()
	if out, err := exec.Command("infomorph", run(whole)...).CombinedOutput(); err != nil && !strings.Contains(string(out), "expectations not met") {
		t.Fatalf("%v\n%s", err, out)
	}
	length := time.Since(began)
	step, done, count := int64(0), false, 0
	for ; count < *kills && !done; count++ {
		again := run(part)
		if _, err := record.ReadManifest(part); err == nil { // else killed before it had begun
			again = []string{"resume", part, "--quiet", "--actors", "none", "--checkpoint-steps", "25"}
		}
		done = killOne(t, again, time.Duration(rng.Int64N(int64(length)*3/2/int64(min(*kills, 6)))))
		step = readable(t, part, step)
	}
	if !done {
		last := []string{"resume", part, "--quiet"}
		if _, err := record.ReadManifest(part); err != nil {
			last = run(part)
		}
		if out, err := exec.Command("infomorph", last...).CombinedOutput(); err != nil && !strings.Contains(string(out), "expectations not met") {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	t.Logf("killed %d times in a run of %v", count, length.Round(time.Millisecond))
	sameResults(t, whole, part)
}

// killOne starts a command and kills it after a while. It reports whether the
// command had come to its end before.
func killOne(t *testing.T, args []string, after time.Duration) (done bool) {
	t.Helper()
	cmd := exec.Command("infomorph", args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	timer.Stop()
	switch code := cmd.ProcessState.ExitCode(); code {
	case -1:
		return false
	case exitDone, exitExpectation:
		return true
	default:
		t.Fatalf("%s: exit code %d, %v\n%s", strings.Join(args, " "), code, err, out.String())
		return false
	}
}

// readable fails unless the folder that a killed run leaves behind can be read
// and its last checkpoint is none before step. It returns that checkpoint's.
func readable(t *testing.T, dir string, step int64) int64 {
	t.Helper()
	if _, err := os.Stat(dir); err != nil || record.Unbegun(dir) {
		return 0 // killed before it had begun
	}
	c, skipped, err := checkpoint.ReadLast(dir)
	if err != nil || skipped != nil {
		t.Fatalf("checkpoints: %v, %v", err, skipped)
	}
	if c == nil {
		if step > 0 {
			t.Fatalf("the checkpoint of step %d is gone", step)
		}
		return 0
	}
	if c.Meta.Step < step {
		t.Fatalf("the last checkpoint is of step %d, there was one of %d", c.Meta.Step, step)
	}
	if _, err := record.ReadManifest(dir); err != nil {
		t.Fatal(err)
	}
	return c.Meta.Step
}

// sameResults compares all results that do not tell of clocks and processes.
func sameResults(t *testing.T, whole, part string) {
	t.Helper()
	compared := 0
	err := filepath.WalkDir(whole, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(whole, path)
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == checkpoint.FolderName:
			return filepath.SkipDir
		case e.IsDir() || name == "manifest.json" || name == "log.jsonl" || name == "report.html":
			return nil
		}
		a, err1 := os.ReadFile(path)
		b, err2 := os.ReadFile(filepath.Join(part, name))
		if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %v, %v", name, err1, err2)
		}
		compared++
		return nil
	})
	a, err1 := record.ReadManifest(whole)
	b, err2 := record.ReadManifest(part)
	if err != nil || err1 != nil || err2 != nil {
		t.Fatal(err, err1, err2)
	}
	for _, m := range []*record.Manifest{a, b} {
		delete(m.Files, "log.jsonl") // clocks
	}
	if !reflect.DeepEqual(a.Tables, b.Tables) || !reflect.DeepEqual(a.Counts, b.Counts) || !reflect.DeepEqual(a.Files, b.Files) || !reflect.DeepEqual(a.Seeds, b.Seeds) || a.ScenarioHash != b.ScenarioHash {
		t.Errorf("manifests differ:\n%+v %v %v\n%+v %v %v", a.Tables, a.Counts, a.Files, b.Tables, b.Counts, b.Files)
	}
	if a.Final.StateHash == "" || a.Final.StateHash != b.Final.StateHash || b.Status != record.StatusDone || compared < 3 {
		t.Errorf("state %s, then %s; the run is %s; %d files compared", a.Final.StateHash, b.Final.StateHash, b.Status, compared)
	}
}
