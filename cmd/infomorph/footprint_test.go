//go:build linux

package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

var measureMemory = flag.Bool("memory", false, "hold the estimate of memory against whole processes")

const memoryScenario = `apiVersion: infomorph/v1
name: memory
associative_memory: {patterns: {source: random, count: 2, width: 4}, presentations: 2, recall: [{name: clean, count: 1}]}
record: {spikes: false}
`

// TestFootprint compares the estimate before a network is built with the peak
// memory of the process.
func TestFootprint(t *testing.T) {
	if !*measureMemory {
		t.Skip("takes a minute: make memory")
	}
	name := filepath.Join(t.TempDir(), "memory.yaml")
	if err := os.WriteFile(name, []byte(memoryScenario), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ n, k, window int }{{1000, 0, 64}, {2000, 0, 64}, {10_000, 10, 64}, {10_000, 100, 64}, {20_000, 100, 64}, {10_000, 10, 1000}} {
		args := []string{"run", name, "--no-files", "--quiet", "--set", fmt.Sprint("network.neurons=", c.n), "--set", fmt.Sprint("neuron.window=", c.window)}
		if c.k > 0 {
			args = append(args, "--set", fmt.Sprintf("network.topology={rule: fixed_indegree, indegree: %d}", c.k))
		}
		compareMemory(t, fmt.Sprintf("%+v", c), 1<<20, args...)
	}
}

const learningScenario = `apiVersion: infomorph/v2
name: learning
neurons: {fast: {like: bars, ports.r.norm: NORM, ports.r.center: CENTER}}
populations: {a: {size: NEURONS, neuron: fast}}
inputs: {x: {}}
projections:
  - {from: x, to: a, port: r, rule: {name: fixed_indegree, indegree: FANIN}}
  - {from: a, to: a, port: c, rule: {name: fixed_indegree, indegree: 1}}
data: {p: {patterns: {source: random, count: 2, width: 100, height: 20}, to: {x: {field: pattern, off: -1}}}}
record: {spikes: false}
protocol: [{name: learn, present: {data: p, passes: 20}}]
`

// TestFootprintOfLearning is TestFootprint for neurons whose synapses keep something for
// their learning.
func TestFootprintOfLearning(t *testing.T) {
	if !*measureMemory {
		t.Skip("takes a minute: make memory")
	}
	name := filepath.Join(t.TempDir(), "learning.yaml")
	for _, c := range []struct {
		n, k         int
		norm, center string
	}{{2000, 1000, "fan_in", "0"}, {2000, 1000, "adam", "0"}, {2000, 1000, "adam", "0.01"}, {6000, 1000, "adam", "0"}} {
		text := strings.NewReplacer("NORM", c.norm, "CENTER", c.center, "NEURONS", fmt.Sprint(c.n), "FANIN", fmt.Sprint(c.k)).Replace(learningScenario)
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		compareMemory(t, fmt.Sprintf("%+v", c), 1<<20, "run", name, "--no-files", "--quiet")
	}
	if err := os.WriteFile(name, []byte(memoryScenario), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1000, 2000, 3000} {
		compareMemory(t, fmt.Sprintf("%d neurons, in batches", n), 1<<20, "run", name, "--no-files", "--quiet",
			"--set", "associative_memory.stored=batch", "--set", "associative_memory.batch.passes=2", "--set", "associative_memory.presentations=1", "--set", fmt.Sprint("network.neurons=", n))
	}
}

// compareMemory compares the estimate of a command, which it tells if there is only so
// much room [bytes], with the peak memory of its process.
func compareMemory(t *testing.T, what string, room int, args ...string) {
	t.Helper()
	// Not in this process: the peak of a process is at least that of the one that started it.
	told, _ := exec.Command("infomorph", append(args, "--max-memory", fmt.Sprintf("%dk", room>>10))...).CombinedOutput()
	want := bytesIn(t, string(told))
	cmd := exec.Command("infomorph", args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) * 1024
	t.Logf("%s: %.0f MB estimated, %.0f MB taken: %+.0f %%", what, want/1e6, got/1e6, 100*(want/got-1))
	if want < 0.8*got || want > 1.25*got {
		t.Errorf("%s: the estimate is off by more than 20 %%", what)
	}
}

const wiredScenario = `apiVersion: infomorph/v2
name: wired
populations: {a: {neuron: memory}}
inputs: {x: {}}
projections: [{from: x, to: a, port: r, rule: one_to_one}]
graph: {file: FILE}
data: {p: {patterns: {source: random, count: 2, width: 100, height: ROWS}, to: {x: {field: pattern, off: -1}}}}
protocol: [{name: learn, present: {data: p}}]
`

// TestFootprintOfFiles is TestFootprint for networks from graph files, and for graphs that
// are only generated.
func TestFootprintOfFiles(t *testing.T) {
	if !*measureMemory {
		t.Skip("takes a minute: make memory")
	}
	dir := t.TempDir()
	for _, c := range []struct{ n, k int }{{20_000, 100}, {5000, 1000}} {
		for _, ext := range []string{".csv", ".npz"} {
			file := filepath.Join(dir, "net"+ext)
			generate := []string{"topology", "generate", "fixed_indegree", "--n", fmt.Sprint(c.n), "--indegree", fmt.Sprint(c.k), "--out", file}
			compareMemory(t, fmt.Sprint(c, ext, " generated"), 1<<20, generate...)
			name := filepath.Join(dir, "wired.yaml")
			text := strings.NewReplacer("FILE", filepath.Base(file), "ROWS", fmt.Sprint(c.n/100)).Replace(wiredScenario)
			if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			compareMemory(t, fmt.Sprint(c, ext), 61*c.n*c.k, "run", name, "--no-files", "--quiet")
		}
	}
}

var takesAbout = regexp.MustCompile(`take about ([0-9.]+) (.)iB`)

func bytesIn(t *testing.T, text string) float64 {
	t.Helper()
	m := takesAbout.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no estimate in %q", text)
	}
	x, _ := strconv.ParseFloat(m[1], 64)
	return x * map[string]float64{"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}[m[2]]
}
