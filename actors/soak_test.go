package actors

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"infomorph/neuron/sim/simtest"
)

var (
	soak     = flag.Duration("soak", 0, "CPU time for which to run random worlds, one after another; 0 skips the soak")
	soakFrom = flag.Uint64("soak-seed", 1, "world that the soak begins with")
)

// TestSoak runs random worlds on every kind of engine for a long time, with
// neurons that are silent or stuck and spikes that are lost, doubled and
// reordered. The bytes must equal those of the reference, no goroutine may
// remain, and memory must not grow: the live heap after a collection may not
// increase from the first third of the test to the last.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("-soak says for how long")
	}
	defer goleak.VerifyNone(t)
	began, seed := time.Now(), *soakFrom
	var heaps []float64
	next := time.Duration(0)
	for cpuTime() < *soak && !t.Failed() {
		if used := cpuTime(); used >= next {
			next = used + *soak/48
			heaps = append(heaps, soakReport(t, began, used, seed))
		}
		mode, shards := Mode(seed%2), 1+int(seed/2%4)
		simtest.Check(t, seed, engine(Options{Mode: mode, Shards: shards}))
		seed++
	}
	heaps = append(heaps, soakReport(t, began, cpuTime(), seed))
	third := len(heaps) / 3
	if third == 0 {
		t.Fatalf("the soak was too short to judge memory: %d looks at it", len(heaps))
	}
	first, last := mean(heaps[third:2*third]), mean(heaps[len(heaps)-third:])
	t.Logf("live heap: %.1f MiB in the second third, %.1f MiB in the last", first, last)
	if last > 1.2*first+4 {
		t.Errorf("memory grows from %.1f to %.1f MiB", first, last)
	}
}

// soakReport prints the progress and returns the live heap [MiB].
func soakReport(t *testing.T, began time.Time, used time.Duration, seed uint64) float64 {
	debug.FreeOSMemory() // so that RSS shows only memory in use
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	heap := float64(m.HeapAlloc) / (1 << 20)
	line := fmt.Sprintf("%6.1f min CPU  %6.1f min  world %6d  live heap %5.1f MiB  RSS %6.1f MiB  %d goroutines",
		used.Minutes(), time.Since(began).Minutes(), seed, heap, residentMiB(), runtime.NumGoroutine())
	fmt.Fprintln(os.Stderr, line)
	return heap
}

// residentMiB returns the resident memory of the process, 0 if the system does
// not report it.
func residentMiB() float64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kib); n == 1 {
			return kib / 1024
		}
	}
	return 0
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
