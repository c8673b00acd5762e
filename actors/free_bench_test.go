package actors

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"infomorph/internal/recording"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// presentFree shows a random pattern to a memory of neurons with clocks of
// their own, for ten mean intervals.
func presentFree(b *testing.B, e sim.Engine, n int, rng *rand.Rand) {
	now := e.Now()
	var f sim.Feed
	for i := range n {
		f.Inputs = append(f.Inputs, neuron.Spike{Time: now, Source: neuron.ID(n + i), Value: float32(2*rng.IntN(2) - 1)})
	}
	if err := e.Advance(now+10*freeInterval, f, sim.Discard{}); err != nil {
		b.Fatal(err)
	}
}

// recordTo records a free engine in a file that the benchmark removes.
func recordTo(b *testing.B, e *Free, n int) {
	f, err := os.Create(filepath.Join(b.TempDir(), recording.Name))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	w, err := recording.NewWriter(f, n)
	if err != nil {
		b.Fatal(err)
	}
	if err := e.Record(w, nil); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFree is the associative memory with clocks of its own, all to all:
// in lockstep, free, free and recorded, and free on raw Go channels.
func BenchmarkFree(b *testing.B) {
	for _, n := range []int{100, 500} {
		net := freeMemory(b, n, 1)
		updates := 10 * n
		free := func(recorded bool) func(*testing.B) {
			return func(b *testing.B) {
				e := startFree(b, net, FreeOptions{})
				if recorded {
					recordTo(b, e, n)
				}
				rng := rand.New(rand.NewPCG(1, 2))
				measure(b, updates, updates*n, func() { presentFree(b, e, n, rng) })
			}
		}
		for _, e := range engines {
			b.Run(fmt.Sprintf("N=%d/%s", n, e.name), func(b *testing.B) {
				e, err := e.make(net)
				if err != nil {
					b.Fatal(err)
				}
				defer e.Close()
				rng := rand.New(rand.NewPCG(1, 2))
				measure(b, updates, updates*n, func() { presentFree(b, e, n, rng) })
			})
		}
		b.Run(fmt.Sprintf("N=%d/free", n), free(false))
		b.Run(fmt.Sprintf("N=%d/free-recorded", n), free(true))
	}
}
