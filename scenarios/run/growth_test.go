package run

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"infomorph/scenarios/journal"
)

const longScenario = `apiVersion: infomorph/v2
name: long
network: {neurons: 4, delay: {uniform: [1ms, 10ms]}}
neuron:
  window: 64
  clock: {kind: poisson, interval: 10ms}
  gate: {threshold: 0.01}
associative_memory:
  patterns: {source: random, count: 2, width: 2}
  presentations: 37000
  interval: 20ms
  recall: [{name: clean}]
record: {spikes: true}
`

// TestLongRunsStaySmall: the memory of an asynchronous run does not grow with the number
// of presentations. After a warm-up, in which curves fill up, it may grow by less than a
// byte per presentation; one stored number per pass would take four. The run is long
// enough that the random changes of stacks and pools, about 25 kB, are much smaller than
// that.
func TestLongRunsStaySmall(t *testing.T) {
	for _, kind := range []string{"none", "neuron"} {
		t.Run(kind, func(t *testing.T) {
			const warm, end = 12_000, 72_000
			heaps := map[int]int{}
			told := &journal.Listener{Step: func(_ string, done, _ int) error {
				if done == warm || done == end {
					heaps[done] = heap()
				}
				return nil
			}}
			dir := t.TempDir()
			name := filepath.Join(dir, "long.yaml")
			if err := os.WriteFile(name, []byte(longScenario), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Load(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Do(context.Background(), s, Options{Dir: filepath.Join(dir, "out"), Engine: Engine{Kind: kind}, Listener: told}); err != nil {
				t.Fatal(err)
			}
			if len(heaps) != 2 {
				t.Fatalf("heaps at %v presentations", heaps)
			}
			grown := float64(heaps[end]-heaps[warm]) / (end - warm)
			t.Logf("%d to %d bytes: %.2f a presentation", heaps[warm], heaps[end], grown)
			if grown > 1 {
				t.Errorf("%.2f bytes a presentation are kept", grown)
			}
		})
	}
}

// heap returns the number of bytes in use.
func heap() int {
	runtime.GC()
	runtime.GC() // frees what finalizers and pools held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
