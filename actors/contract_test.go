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

// TestContract runs random worlds on every kind of engine, with every number
// of shards and processors, and requires the bytes of sim.Sequential.
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

func engine(o Options) simtest.Maker {
	return func(net *sim.Network) (sim.Engine, error) { return New(net, o) }
}
