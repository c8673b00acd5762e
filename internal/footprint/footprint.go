// Package footprint estimates how much memory a network will take, before it is
// built, and finds out how much there is.
package footprint

import (
	"errors"
	"fmt"
	"runtime"

	"infomorph/internal/words"
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

// rough is the measured cost of networks of the default neuron. It decides
// whether a measurement is worth the time.
var rough = Cost{Base: 55e6, Neuron: 8_000, Synapse: 40}

// worth is the size [bytes] from which on the cost of a network is measured.
const worth = 100e6

// How the program runs large networks, which decides what they take.
const (
	// MostActors is the largest number of neurons for which each is an actor.
	MostActors = 200_000
	// Large is the number of synapses from which on the garbage collector is
	// set to leave little garbage: Garbage percent of the live memory.
	Large   = 5_000_000
	Garbage = 10
)

// Values measured in whole processes (make memory): see TestFootprint of
// cmd/infomorph.
const (
	// garbage is the memory of a running program divided by its live memory:
	// between collections the heap grows.
	garbage = 2.1
	// actor is the memory of one actor with its mailbox [bytes].
	actor = 2_500
	// buffers is the memory per neuron for messages and reports during a run
	// [bytes].
	buffers = 600
	// event is the memory per synapse for events that are delivered one by one [bytes],
	// and inbox that of a copy of the neuron, which keeps what it received.
	event = 150
	inbox = 40
	// batch is the memory per synapse that learns from batches [bytes]: its gradient, its
	// moments, and copies of its weight on the way there and back; largeBatch is the same
	// in a network of Large.
	batch      = 145
	largeBatch = 105
	// read is the memory per edge while a graph file is read [bytes].
	read = 60
	// bare is the memory per synapse of a graph without neurons that is generated and
	// written to a file [bytes].
	bare = 32
	// process is the memory of a program that only reads or writes a graph [bytes].
	process = 30e6
)

// Use is how a network is made and used, as far as it matters to its memory.
type Use struct {
	Edges int64 // edges of the graph files that are read
	Added int64 // synapses that the network has in addition to its description
	// Batches reports whether a neuron learns from batches; nil: none does.
	Batches func(neuron.ID) bool
}

// MostEdges returns how many edges can be read from a graph file, if a file may have at
// most limit edges. why is "" if the limit is smaller than what the room allows;
// otherwise it completes the message "more than N edges".
func (r Room) MostEdges(limit int) (edges int, why string) {
	if r.Bytes <= 0 || r.Bytes/read >= int64(limit) {
		return limit, ""
	}
	return max(1, int(r.Bytes/read)), fmt.Sprintf(", which is what can be read into the %s of %s", words.Bytes(r.Bytes), r.Of)
}

// Estimate returns how much memory [bytes] a running network takes, with one
// actor per neuron up to MostActors. It does not build the network; for a large
// one it builds two small networks, to measure the cost of a neuron and of a
// synapse. To read graph files may take more than the network itself.
// ok is false if the number of synapses of a rule is not known in advance.
func Estimate(desc *topology.Network, of func(neuron.ID) *neuron.Config, u Use) (bytes int64, ok bool) {
	n := needs{of: of, batches: u.Batches}
	if !n.expect(desc) {
		return 0, false
	}
	n.synapses += float64(u.Added)
	return max(n.estimate(), process+read*u.Edges), true
}

// Running is Estimate for a network that exists already; batches is as in Use.
func Running(net *sim.Network, batches func(neuron.ID) bool) int64 {
	n := needs{neurons: net.NumNeurons(), of: net.Config, batches: batches}
	for id := range neuron.ID(n.neurons) {
		for p, k := range net.Slots(id) {
			n.add(id, neuron.Port(p), float64(k))
		}
	}
	return n.estimate()
}

// needs is what of a network takes memory.
type needs struct {
	of            func(neuron.ID) *neuron.Config
	batches       func(neuron.ID) bool // as in Use
	neurons       int
	synapses      float64
	own           float64 // what synapses keep for their learning [bytes]
	batchSynapses float64 // those that learn from batches
}

// expect counts the neurons and synapses of a network that is not built yet. It returns
// false if they are not known.
func (n *needs) expect(desc *topology.Network) (ok bool) {
	first := make(map[string]neuron.ID, len(desc.Populations))
	for _, p := range desc.Populations {
		first[p.Name] = neuron.ID(n.neurons)
		n.neurons += p.Size
	}
	for i := range desc.Projections {
		synapses, ok := desc.ExpectedOf(i)
		if !ok {
			return false
		}
		n.add(first[desc.Projections[i].To], desc.Projections[i].Port, synapses)
	}
	return true
}

// add counts synapses of a port of a neuron, or of neurons like it.
func (n *needs) add(to neuron.ID, port neuron.Port, synapses float64) {
	n.synapses += synapses
	if cfg := n.of(to); cfg != nil {
		n.own += synapses * float64(cfg.Ports[port].Own())
	}
	if n.batches != nil && n.batches(to) {
		n.batchSynapses += synapses
	}
}

func (n *needs) estimate() int64 {
	more := n.garbage() * n.own
	if n.synapses >= Large {
		more += largeBatch * n.batchSynapses
	} else {
		more += batch * n.batchSynapses
	}
	bytes := func(c Cost) float64 { return c.of(n.neurons, n.synapses) + more }
	if bytes(rough) > worth {
		if m, err := measure(n.of); err == nil {
			return int64(bytes(m.running(n)))
		}
	}
	return int64(bytes(rough))
}

// garbage returns the memory of a program that runs the network, divided by its live
// memory.
func (n *needs) garbage() float64 {
	if n.synapses >= Large {
		return 1 + Garbage/100.
	}
	return garbage
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

// running returns the cost of a network in a running program; c is the cost of
// its live memory.
func (c Cost) running(n *needs) Cost {
	factor := n.garbage()
	c.Neuron = factor * (c.Neuron + buffers)
	c.Synapse *= factor
	if n.neurons <= MostActors {
		c.Neuron += factor * actor
	}
	return c
}

// held returns the live memory of a small network that is ready to run.
func held(of func(neuron.ID) *neuron.Config, n, indegree int) (float64, error) {
	desc := &topology.Network{
		Populations: []topology.Population{{Name: "neurons", Size: n}},
		Channels:    []topology.Population{{Name: "input", Size: indegree}},
		Projections: []topology.Projection{
			{Name: "input", From: "input", To: "neurons", Port: neuron.Receptive, Rule: topology.Rule{Name: "fixed_indegree", Indegree: 1}, Weights: topology.Constant(1), Delays: topology.Constant(1000)},
			{Name: "context", From: "input", To: "neurons", Port: neuron.Contextual, Rule: topology.Rule{Name: "all_to_all"}, Weights: topology.Constant(1), Delays: topology.Constant(1000)},
		},
	}
	cfg := *of(0)                           // one, as neurons of a population share it
	cfg.Ports[neuron.Contextual].Center = 0 // what synapses keep for their learning is counted apart
	cfg.Ports[neuron.Contextual].Norm = neuron.Unscaled
	before := heap()
	graph, err := topology.Build(desc, 1)
	if err != nil {
		return 0, err
	}
	net := &sim.Network{Graph: graph, Seed: 1, Config: func(neuron.ID) *neuron.Config { return &cfg }}
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
	runtime.GC() // frees what finalizers of the first collection released
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// Room is an amount of available memory; 0 bytes mean no limit.
type Room struct {
	Bytes int64
	Of    string // what has it, such as "the machine"
}

// Check returns an error if a network does not fit into the room.
func Check(desc *topology.Network, of func(neuron.ID) *neuron.Config, u Use, room Room) error {
	if room.Bytes <= 0 {
		return nil
	}
	need, ok := Estimate(desc, of, u)
	if !ok || need <= room.Bytes {
		return nil
	}
	neurons, synapses, _ := desc.Expected()
	return room.tooSmall(neurons, synapses+float64(u.Added), need, ", a shorter window or fewer bins")
}

// CheckCopies returns an error if a network with copies of some of its neurons does not
// fit into the room, where each neuron gets each event.
func CheckCopies(net *sim.Network, copies int, room Room) error {
	n, synapses := net.NumNeurons(), float64(net.NumSynapses())
	need, share := Running(net, nil), float64(copies)/float64(n)
	need += int64(share*(float64(need)+inbox*synapses) + event*synapses)
	if room.Bytes <= 0 || need <= room.Bytes {
		return nil
	}
	return fmt.Errorf("%w: %d neurons with %.3g synapses, and copies of %d neurons, take about %s, and %s has %s; fewer copies (--neuron) help",
		ErrTooLarge, n, synapses, copies, words.Bytes(need), room.Of, words.Bytes(room.Bytes))
}

// CheckGraph is Check for a graph without neurons.
func CheckGraph(desc *topology.Network, room Room) error {
	size, synapses, ok := desc.Expected()
	need := int64(process + bare*synapses)
	if !ok || room.Bytes <= 0 || need <= room.Bytes {
		return nil
	}
	return room.tooSmall(size, synapses, need, "")
}

func (r Room) tooSmall(neurons int, synapses float64, need int64, others string) error {
	return fmt.Errorf("%w: %d neurons with about %.3g synapses take about %s, and %s has %s; fewer neurons or synapses (a sparse topology, a smaller indegree)%s help",
		ErrTooLarge, neurons, synapses, words.Bytes(need), r.Of, words.Bytes(r.Bytes), others)
}
