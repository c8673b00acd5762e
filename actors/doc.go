// Package actors runs a network on Proto.Actor, with the results of
// sim.Sequential byte for byte. The network is a sim.Network; package sim says how
// to make one:
//
//	engine, err := New(net, Options{})      // lockstep
//	free, err := NewFree(net, FreeOptions{})
//
// The actors of an Engine:
//
//	engine ── one coordinator ── shards of contiguous ids ── one actor per neuron
//
// The coordinator advances the network epoch by epoch. In each epoch it sends
// every shard one order, which contains the spikes of the epoch before. The
// shard takes these spikes into its own sim.Mail, hands its inboxes to each
// neuron that has something to do, and sends the order back with the output of
// its neurons. An epoch is no longer than the smallest delay, so no neuron
// waits for another one within an epoch.
//
// Neuron actors run on the synchronized dispatcher: a neuron processes a
// message of its shard at once, on the shard's goroutine. This costs about 0.1
// µs. In mode Population the neurons are part of the shard actors.
//
// Messages are pointers that go back and forth, one per shard. The receiver of
// a message owns it, and nobody else reads it until it is sent back. Slices in
// messages are read-only and valid for one epoch.
//
// A neuron that panics or does not answer ends the engine with an error that
// names the neuron; see NeuronError. If a sink fails, only the Advance ends:
// the engine stands at the end of an epoch and can still be saved or advanced.
//
// # Free running
//
// Engine runs in lockstep: its epochs are barriers. Free has no barriers. Every
// neuron is an actor on its own goroutine and has its own clock and its own
// simulated time. It sends spikes directly to its targets. It takes in the
// spikes that it received at its next update, in the order of arrival. The
// delays are those of the machine.
//
//	one driver ── neurons ⇄ neurons
//	      └──────── one recorder
//
// Only the driver waits for all neurons. It presents the next input when all
// neurons have reached the end of the last one (Advance), which is about a
// dozen updates. Within an Advance, the scheduler decides how far apart the
// neurons are in time; the novelty gate keeps a neuron from learning while its
// context changes. Where a feed tells neurons to fire or to learn, every neuron
// first waits for all the others, so that it has received everything that was
// sent before.
//
// Credits bound the memory. Each neuron owns a few spike messages. It sends one
// message to all its targets, and the last target to take it in sends it back.
// A neuron that has no message left waits. So a mailbox never holds more spikes
// than credits times fan-in, and no neuron has to wait for a particular other
// one. The blocks of a recording work in the same way: they go to the recorder
// and come back when they are written.
//
// Everything that reaches a neuron passes through its inbox, and inboxes are
// recorded. The state of a neuron is also recorded when it is restored, when it
// is saved, and at the end. Audit replays the inboxes of single neurons and
// compares the resulting states. Replay does this for all neurons, and checks
// that what was received equals what was sent.
package actors
