//go:build unix

package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"infomorph/internal/checkpoint"
	"infomorph/internal/record"
)

var (
	kills    = flag.Int("kills", 2, "how often each command is killed at a random moment")
	killSeed = flag.Uint64("kill-seed", 0, "seed of the moments; 0 takes one from the clock")
)

// victim is a command that is killed and resumed again and again.
type victim struct {
	first []string // command that is run before it
	begin []string // the command; its folder is put after it
	again []string // command that resumes; nil: begin
	begun string   // file that must exist before it can be resumed
	other bool     // results have other bytes each time: only their verdict is compared
}

func aRun(args ...string) victim {
	always := []string{"--quiet", "--actors", "none", "--checkpoint-steps", "25"}
	return victim{
		begin: append(append(append([]string{"run"}, args...), always...), "--out"),
		again: append(append([]string{"resume"}, always...), "--"), begun: "manifest.json",
	}
}

// victims are runs with every kind of phase and event, and what makes many of
// them, each about a second long.
var victims = map[string]victim{
	"memory":    aRun("associative-memory", "--set", "associative_memory.presentations=15", "--set", "associative_memory.recall=[{name: clean}]"),
	"study":     aRun("asynchrony", "--set", "study.only=[loss]", "--set", "study.seeds=1", "--set", "associative_memory.presentations=5"),
	"bars":      aRun("bars", "--set", "bars.stimuli=3000", "--set", "bars.test=500"),
	"digits":    aRun("digits", "--set", "digits.samples=3000", "--set", "digits.test=500"),
	"batches":   aRun("digits-batch", "--set", "digits.samples=2000", "--set", "digits.test=300", "--set", "digits.passes=4"),
	"capacity":  aRun("capacity", "--set", "network.neurons=30", "--set", "capacity.batch.passes=200"),
	"stream":    aRun("streaming-memory", "--set", "capacity.streaming.patterns=60", "--set", "capacity.streaming.tested=20"),
	"hidden":    aRun("hidden-layer", "--set", "hidden_layer.samples=500", "--set", "hidden_layer.test=200", "--set", "hidden_layer.passes=2"),
	"events":    aRun("testdata/kills/events.yaml"),
	"phases":    aRun("testdata/kills/phases.yaml"),
	"script":    aRun("closed-loop"),
	"spikes":    aRun("recorded-spikes", "--set", "protocol[0].play.passes=3"),
	"deep":      aRun("deep", "--set", "protocol[0].present.count=400"),
	"recording": {begin: []string{"run", "free-memory", "--set", "associative_memory.presentations=2", "--set", "network.neurons=25", "--set", "associative_memory.patterns={source: random, count: 3, width: 5}", "--quiet", "--checkpoint", "50ms", "--out"}, again: []string{"resume", "--quiet", "--"}, begun: "manifest.json", other: true},
	"sweep": {begin: []string{"sweep", "bars", "--over", "neuron.window=300,400", "--seeds", "2", "--set", "bars.stimuli=1500", "--set", "bars.test=200", "--quiet", "--pictures", "--out"},
		again: []string{"sweep", "--quiet", "--pictures", "--resume"}, begun: "sweep.json"},
	"repeat": {begin: []string{"run", "bars", "--repeat", "3", "--set", "bars.stimuli=1500", "--set", "bars.test=200", "--quiet", "--out"}},
	"search": {begin: []string{"search", "bars", "--score", "bars.found", "--trials", "8", "--population", "4", "--seeds", "1", "--confirm", "1", "--set", "bars.stimuli=500", "--set", "bars.test=100", "--quiet", "--out"},
		again: []string{"search", "--quiet", "--resume"}, begun: "search.json"},
	"report":    {first: []string{"run", "associative-memory", "--quiet", "--set", "associative_memory.presentations=5", "--out"}, begin: []string{"report"}},
	"reproduce": {begin: []string{"reproduce", "all", "--registry", "testdata/kills/registry.yaml", "--quiet", "--out"}},
}

// TestKilledRuns kills commands at random moments and resumes them, again and
// again. After every kill the folder can be read and resumed, and no checkpoint
// is lost. At the end the results are the same bytes as those of a command that
// was never stopped. Without -kills only two of them are killed.
func TestKilledRuns(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	total := 0
	for _, name := range slices.Sorted(maps.Keys(victims)) {
		moments := rand.New(rand.NewPCG(rng.Uint64(), 0))
		if *kills <= 2 && name != "memory" && name != "study" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Logf("-kill-seed %d", seed)
			total += victims[name].die(t, moments)
		})
	}
	t.Logf("%d kills", total)
}

// TestVictimsRun: the scenarios that only long campaigns run are still valid.
func TestVictimsRun(t *testing.T) {
	for _, name := range []string{"events", "phases"} {
		if _, stderr, code := command(t, "validate", "testdata/kills/"+name+".yaml"); code != exitDone {
			t.Errorf("%s: %s", name, stderr)
		}
	}
}

// die kills a command *kills times, with a new folder if it is completed
// before.
func (v victim) die(t *testing.T, rng *rand.Rand) (killed int) {
	root := t.TempDir()
	whole := filepath.Join(root, "whole")
	v.prepare(t, whole)
	began := time.Now()
	v.finish(t, append(slices.Clone(v.begin), whole))
	length := time.Since(began)
	lives := 0
	for n := 0; killed < *kills && !t.Failed(); n++ {
		part := filepath.Join(root, fmt.Sprint("part", n))
		v.prepare(t, part)
		step, done := int64(0), false
		for killed < *kills && !done {
			if done = killOne(t, v.next(part), time.Duration(rng.Int64N(int64(length)/4))); !done {
				killed++
			}
			lives++
			step = v.readable(t, part, step)
		}
		if !done {
			v.finish(t, v.next(part))
		}
		v.compare(t, whole, part)
	}
	t.Logf("killed %d times in %d lives; unstopped it takes %v", killed, lives, length.Round(time.Millisecond))
	return killed
}

func (v victim) prepare(t *testing.T, dir string) {
	if v.first != nil {
		v.finish(t, append(slices.Clone(v.first), dir))
	}
}

// next is the command that resumes in a folder, or begins it.
func (v victim) next(dir string) []string {
	if m, err := record.ReadManifest(dir); err == nil && m.Status == record.StatusDone {
		return []string{"report", dir} // it was killed as it wrote that, and has all its results
	}
	if _, err := os.Stat(filepath.Join(dir, v.begun)); v.again != nil && err == nil {
		return append(slices.Clone(v.again), dir)
	}
	return append(slices.Clone(v.begin), dir)
}

// finish runs a command to its end.
func (v victim) finish(t *testing.T, args []string) {
	t.Helper()
	if out, err := exec.Command("infomorph", args...).CombinedOutput(); err != nil && !strings.Contains(string(out), "not met") {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
}

// readable fails unless what a killed command has left is undamaged. It returns
// the step of the last checkpoint of a run.
func (v victim) readable(t *testing.T, dir string, step int64) int64 {
	t.Helper()
	if v.begun == "manifest.json" {
		step = readable(t, dir, step)
	}
	if _, err := os.Stat(dir); err != nil {
		return step // killed before it had begun
	}
	if _, err := verifyAll(dir); err != nil && !strings.Contains(err.Error(), "no result folder") {
		t.Fatal(err)
	}
	return step
}

func (v victim) compare(t *testing.T, whole, part string) {
	t.Helper()
	if v.other {
		v.finish(t, []string{"audit", part})
		v.finish(t, []string{"replay", part})
		return
	}
	sameFiles(t, whole, part)
}

// killOne starts a command and kills it after a while. It reports whether the
// command was completed before.
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

// readable fails unless the folder of a killed run can be read and its last
// checkpoint is not before step. It returns the step of that checkpoint.
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

// untold are files that contain times or process data, or checksums of such
// files.
var untold = []string{"manifest.json", "log.jsonl", "report.html", "verdict.json", record.SumsName}

// sameResults compares all results of a run that do not contain times or
// process data.
func sameResults(t *testing.T, whole, part string) {
	t.Helper()
	sameFiles(t, whole, part)
	m, err := record.ReadManifest(part)
	if err != nil || m.Final.StateHash == "" {
		t.Errorf("no state: %v", err)
	}
}

// sameFiles compares all results below two folders, and their manifests without
// times and process data.
func sameFiles(t *testing.T, whole, part string) {
	t.Helper()
	compared := 0
	err := filepath.WalkDir(whole, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(whole, path)
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == checkpoint.FolderName:
			return filepath.SkipDir
		case e.Name() == "manifest.json":
			sameManifests(t, filepath.Dir(path), filepath.Dir(filepath.Join(part, name)))
			return nil
		case e.IsDir() || slices.Contains(untold, e.Name()):
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
	if err != nil || compared < 3 {
		t.Errorf("%d files compared: %v", compared, err)
	}
}

func sameManifests(t *testing.T, whole, part string) {
	t.Helper()
	a, err1 := record.ReadManifest(whole)
	b, err2 := record.ReadManifest(part)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for _, m := range []*record.Manifest{a, b} {
		delete(m.Files, "log.jsonl") // clocks
	}
	if !reflect.DeepEqual(a.Tables, b.Tables) || !reflect.DeepEqual(a.Counts, b.Counts) || !reflect.DeepEqual(a.Files, b.Files) || !reflect.DeepEqual(a.Seeds, b.Seeds) || a.ScenarioHash != b.ScenarioHash {
		t.Errorf("manifests differ:\n%+v %v %v\n%+v %v %v", a.Tables, a.Counts, a.Files, b.Tables, b.Counts, b.Files)
	}
	if a.Status != b.Status || b.Status != record.StatusDone || a.Final.StateHash != b.Final.StateHash {
		t.Errorf("state %s, then %s; the run is %s", a.Final.StateHash, b.Final.StateHash, b.Status)
	}
}
