package actors

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
	"infomorph/topology"
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

// ends keeps the ends of epochs.
type ends []neuron.Time

func (e *ends) Epoch(end neuron.Time, _ *neuron.Output) error {
	*e = append(*e, end)
	return nil
}

// TestEmptyEpochsAreSkipped: every engine runs the epochs of sim.Sequential, and only a
// few of those without an event. Spikes of neurons without targets are no events, and
// those of neurons with longer delays than the channels arrive later.
func TestEmptyEpochsAreSkipped(t *testing.T) {
	memory := freeMemory(t, 3, 1)
	unheard := construct(t, memory.Config(0), topology.Network{
		Populations: []topology.Population{{Name: "m", Size: 3}}, Channels: []topology.Population{{Name: "in", Size: 3}},
		Projections: []topology.Projection{{From: "in", To: "m", Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(2.3)}},
	})
	slow := construct(t, memory.Config(0), topology.Network{
		Populations: []topology.Population{{Name: "m", Size: 3}}, Channels: []topology.Population{{Name: "in", Size: 3}},
		Projections: []topology.Projection{
			{From: "in", To: "m", Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(2.3), Delays: topology.Constant(1000)},
			{From: "m", To: "m", Port: neuron.Contextual, Rule: topology.Rule{Name: "all_to_all"}, Delays: topology.Constant(7000)},
		},
	})
	for _, net := range []*sim.Network{memory, unheard, slow} {
		want := epochs(t, net, simtest.Sequential)
		if most := int(40 * freeInterval / net.Width()); len(want) == 0 || len(want) >= most/2 {
			t.Errorf("%d epochs of %d", len(want), most)
		}
		everyMode(t, func(t *testing.T, o Options) {
			if got := epochs(t, net, engine(o)); !slices.Equal(got, want) {
				t.Errorf("%d epochs, %d in sequence", len(got), len(want))
			}
		})
	}
}

// epochs runs a network in two Advances and returns the ends of its epochs.
func epochs(t *testing.T, net *sim.Network, start simtest.Maker) (all ends) {
	t.Helper()
	e, err := start(net)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for range 2 {
		input := sim.Feed{Inputs: []neuron.Spike{{Time: e.Now(), Source: 3, Value: 1}}}
		if err := e.Advance(t.Context(), e.Now()+20*freeInterval, input, &all); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func engine(o Options) simtest.Maker {
	return func(net *sim.Network) (sim.Engine, error) { return New(net, o) }
}
