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
//
// # Free running
//
// Engine is lockstep: its epochs are barriers. Free has none. Every neuron is
// an actor on a goroutine of its own, lives by its own clock in its own time,
// and tells its targets directly; what it hears it takes in at its next
// update, in the order in which it came. Delays are those of the machine.
//
//	one driver ── neurons ⇄ neurons
//	      └──────── one recorder
//
// The driver is the one that waits for everybody: it shows what is next when
// all neurons have lived up to the end of what it showed last (Advance), a
// dozen updates or so. Within that, neurons are as far apart as the scheduler
// lets them; the novelty gate keeps each from learning while its context is in
// transition. Where a feed tells neurons to fire or learn, all wait for all
// before: each has heard then what the others told earlier.
//
// Memory is bounded by credits. A neuron owns a few spikes; it sends one to all
// its targets, the last of them to take it in sends it back, and a neuron
// without spikes waits. So a mailbox never holds more than credits times
// fan-in, and nobody is waited for by name. The same holds for the blocks of a
// recording, which go to the recorder and come back when they are written.
//
// Everything that reaches a neuron is in its inbox, and inboxes are recorded,
// with what the neuron was wherever it was restored, saved or came to its end:
// Audit lets a neuron live through its own alone and compares what it becomes,
// Replay does so for all and checks that what was heard is what was told.
package actors
