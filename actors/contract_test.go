package actors

import (
	"flag"
	"fmt"
	"runtime"
	"testing"

	"go.uber.org/goleak"

	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

var worlds = flag.Int("worlds", 6, "random worlds to hold each engine to its contract in")

// TestContract runs random worlds on every kind of engine, with different
// numbers of shards and processors, and requires the bytes of sim.Sequential.
func TestContract(t *testing.T) {
	defer goleak.VerifyNone(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	seed := uint64(0)
	for _, procs := range []int{1, 2, 8} {
		for _, shards := range []int{1, 2, 3, 8} {
			for _, mode := range []Mode{Neurons, Population} {
				t.Run(fmt.Sprintf("%v, %d shards, %d processors", mode, shards, procs), func(t *testing.T) {
					runtime.GOMAXPROCS(procs)
					for range *worlds {
						simtest.Check(t, seed%uint64(4**worlds), engine(Options{Mode: mode, Shards: shards}))
						seed++
					}
				})
			}
		}
	}
}

// A network that breaks down ends with the same error on every engine.
func TestBreakdown(t *testing.T) {
	broke := 0
	for seed := range uint64(2 * *worlds) {
		for _, mode := range []Mode{Neurons, Population} {
			if simtest.CheckBreakdown(t, seed, engine(Options{Mode: mode, Shards: 3})) {
				broke++
			}
		}
	}
	if broke < *worlds/2 {
		t.Errorf("only %d of %d worlds break down", broke/2, 2**worlds)
	}
}

func engine(o Options) simtest.Maker {
	return func(net *sim.Network) (sim.Engine, error) { return New(net, o) }
}
