// Package sim is the deterministic event core. It advances a set of neurons one
// epoch at a time. An epoch is no longer than the smallest delay, so neurons
// cannot influence each other within an epoch and may run in any order, on any
// machine.
//
// The parts are
//
//   - Router: carries spikes of any source to the synapses of a contiguous
//     range of neurons and gives each neuron its events of an epoch;
//   - Mail: decides how the inputs reach each neuron, by a Router or without
//     events, and runs the neurons of an Owner through an epoch;
//   - Group: a contiguous range of neurons with their Mail;
//   - Scheduler: decides which epoch comes next, and its external input;
//   - Sequential: one Group with all neurons, in one loop. It is the reference
//     that every other engine must agree with byte for byte.
//
// Everything is ordered by the whole key (time, target, port, source), never by
// arrival, so results do not depend on which shard or machine runs which
// neuron.
//
// A network is a graph, a configuration for each neuron, and a seed. Everything else
// goes through an Engine:
//
//	g, err := topology.Build(description, seed)
//	net := &Network{Graph: g, Config: func(neuron.ID) *neuron.Config { return c }, Seed: seed}
//	err = net.Prepare()
//	e, err := NewSequential(net)            // or actors.New, for the same bytes
//	err = e.Advance(ctx, until, feed, sink) // spikes and signals in, spikes and samples out
//	state, err := e.State()                 // Restore takes it, in any engine
//
// Package scenarios/network builds a Network from a document instead.
package sim
