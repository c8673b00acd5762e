// Package actors runs a network on Proto.Actor, with the results of
// sim.Sequential byte for byte.
//
//	engine ── one coordinator ── shards of contiguous ids ── one actor a neuron
//
// The coordinator advances the network epoch by epoch. In each it sends every
// shard one order, with the spikes of the epoch before; the shard files them
// in its own router, hands each neuron that has something to do one bundle
// with all its events, and sends the order back with what its neurons did. As
// an epoch is no longer than the smallest delay, nobody waits for anybody else
// within it.
//
// Neuron actors run on the synchronized dispatcher, so that a shard's message
// to its neuron is taken in at once, on the shard's goroutine, and costs about
// 0.1 µs. In mode Population the neurons live inside the shard actors.
//
// Messages are pointers that are sent to and fro, one per shard: whoever was
// sent one owns it, and nobody else looks at it. Slices in them are read only
// and hold for the epoch.
//
// A neuron that panics or does not answer ends the engine with one error that
// names it; see NeuronError. A sink that fails ends the Advance only: the
// engine stands at the end of an epoch and can be saved or advanced on.
package actors
