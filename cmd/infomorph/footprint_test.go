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
		_, told, _ := command(t, append(args, "--max-memory", "1M")...)
		want := bytesIn(t, told)
		cmd := exec.Command("infomorph", args...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		got := float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) * 1024
		t.Logf("%+v: %.0f MB estimated, %.0f MB taken: %+.0f %%", c, want/1e6, got/1e6, 100*(want/got-1))
		if want < 0.8*got || want > 1.25*got {
			t.Errorf("%+v: the estimate is off by more than 20 %%", c)
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
