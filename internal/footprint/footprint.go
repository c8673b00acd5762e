// Package footprint tells how much memory a network will take before it is
// built, and how much there is.
package footprint

import (
	"errors"
	"fmt"
	"runtime"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/topology"
)

// ErrTooLarge is wrapped by errors about a network that does not fit.
var ErrTooLarge = errors.New("the network does not fit into memory")

// Cost is what a network takes [bytes].
type Cost struct {
	Base, Neuron, Synapse float64
}

// rough is what networks of the default neuron have taken; it decides whether
// it is worth the time to measure.
var rough = Cost{Base: 55e6, Neuron: 8_000, Synapse: 40}

// worth is from which size on a network is measured [bytes].
const worth = 100e6

// How the program runs large networks, which decides what they take.
const (
	// MostActors is how many neurons are actors, each of them.
	MostActors = 200_000
	// Large is from how many synapses on the collector is told to leave little
	// garbage: Garbage percent of what is held.
	Large   = 5_000_000
	Garbage = 10
)

// What was measured of whole processes (make memory): see TestFootprint of
// cmd/infomorph.
const (
	// garbage is by how much the memory of a running program exceeds what it
	// holds: the collector lets it grow in between.
	garbage = 2.1
	// actor is what one actor takes, with its mailbox [bytes].
	actor = 2_500
	// buffers is what is told of a neuron, and what it tells, on the way through a
	// run [bytes].
	buffers = 600
)

// Estimate returns how much memory [bytes] a network takes that runs, with one
// actor for each neuron as far as that is usual. Nothing of it is built but two small pieces, where it is
// large, to see what a neuron of it and a synapse take. ok is false where a rule
// does not tell how many synapses it will lay.
func Estimate(desc *topology.Network, of func(neuron.ID) *neuron.Config) (bytes int64, ok bool) {
	neurons, synapses, ok := desc.Expected()
	if !ok {
		return 0, false
	}
	return estimate(neurons, synapses, of), true
}

// Running is Estimate of a network that is there.
func Running(net *sim.Network) int64 {
	return estimate(net.NumNeurons(), float64(net.NumSynapses()), net.Config)
}

func estimate(neurons int, synapses float64, of func(neuron.ID) *neuron.Config) int64 {
	c := rough
	if c.of(neurons, synapses) > worth {
		if m, err := measure(of); err == nil {
			c = m.running(neurons, synapses)
		}
	}
	return int64(c.of(neurons, synapses))
}

func (c Cost) of(neurons int, synapses float64) float64 {
	return c.Base + c.Neuron*float64(neurons) + c.Synapse*synapses
}

// measure builds two networks of a few neurons that differ in their synapses.
func measure(of func(neuron.ID) *neuron.Config) (Cost, error) {
	const n, few, many = 512, 4, 132
	a, err1 := held(of, n, few)
	b, err2 := held(of, n, many)
	if err := errors.Join(err1, err2); err != nil {
		return Cost{}, err
	}
	synapse := max(b-a, 0) / (n * (many - few))
	each := max(a/n-synapse*(few+1), 0)
	return Cost{Base: rough.Base, Neuron: each, Synapse: synapse}, nil
}

// running returns what a network takes in a running program, of which c is what it
// holds.
func (c Cost) running(neurons int, synapses float64) Cost {
	factor := garbage
	if synapses >= Large {
		factor = 1 + Garbage/100.
	}
	c.Neuron = factor * (c.Neuron + buffers)
	c.Synapse *= factor
	if neurons <= MostActors {
		c.Neuron += factor * actor
	}
	return c
}

// held returns the memory of a small network that is ready to run.
func held(of func(neuron.ID) *neuron.Config, n, indegree int) (float64, error) {
	desc := &topology.Network{
		Populations: []topology.Population{{Name: "neurons", Size: n}},
		Channels:    []topology.Population{{Name: "input", Size: indegree}},
		Projections: []topology.Projection{
			{Name: "input", From: "input", To: "neurons", Port: neuron.Receptive, Rule: topology.Rule{Name: "fixed_indegree", Indegree: 1}, Weights: topology.Constant(1), Delays: topology.Constant(1000)},
			{Name: "context", From: "input", To: "neurons", Port: neuron.Contextual, Rule: topology.Rule{Name: "all_to_all"}, Weights: topology.Constant(1), Delays: topology.Constant(1000)},
		},
	}
	cfg := of(0) // one, as neurons of a population share it
	before := heap()
	graph, err := topology.Build(desc, 1)
	if err != nil {
		return 0, err
	}
	net := &sim.Network{Graph: graph, Seed: 1, Config: func(neuron.ID) *neuron.Config { return cfg }}
	if err := net.Prepare(); err != nil {
		return 0, err
	}
	e, err := sim.NewSequential(net)
	if err != nil {
		return 0, err
	}
	took := heap() - before
	runtime.KeepAlive(e)
	return took, nil
}

func heap() float64 {
	runtime.GC()
	runtime.GC() // what finalizers of the first let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// Room is what there is: 0 bytes stand for no bound.
type Room struct {
	Bytes int64
	Of    string // whose it is, such as "the machine"
}

// Check returns an error unless a network fits into the room.
func Check(desc *topology.Network, of func(neuron.ID) *neuron.Config, room Room) error {
	if room.Bytes <= 0 {
		return nil
	}
	need, ok := Estimate(desc, of)
	if !ok || need <= room.Bytes {
		return nil
	}
	neurons, synapses, _ := desc.Expected()
	return fmt.Errorf("%w: %d neurons with about %.3g synapses take about %s, and %s has %s; fewer neurons or synapses (a sparse topology, a smaller indegree), a shorter window or fewer bins help",
		ErrTooLarge, neurons, synapses, Bytes(need), room.Of, Bytes(room.Bytes))
}

// Bytes returns n with a binary unit, such as "1.5 GiB".
func Bytes(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	x, u := float64(n)/1024, 0
	for x >= 1024 && u < len(units)-1 {
		x, u = x/1024, u+1
	}
	return fmt.Sprintf("%.1f %ciB", x, units[u])
}
