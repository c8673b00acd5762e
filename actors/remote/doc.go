// Package remote runs a network on several machines, with Proto.Actor's remote,
// and with the results of sim.Sequential byte for byte.
//
//	engine (the coordinator) ⇄ nodes ── shard actors ── neurons
//
// Each node holds a contiguous range of neuron ids, in shard actors of its own.
// All nodes have about the same number of synapses. The engine advances them
// epoch by epoch. Every node gets one batch: the bounds of the epoch, the
// external input, and the spikes of the other nodes in the epoch before. It
// answers with the spikes of its own neurons, sorted. An epoch is no longer
// than the smallest delay, so no node waits for another one within an epoch.
//
// # What is sent
//
// One Proto.Actor message of type BytesValue carries one frame: a header with
// the run, the life of the node (one per start of its process) and the number
// of the frame, and a body. A frame has at most 1 MiB; longer bodies are cut
// into several frames. A frame of another run, of an earlier life, out of order
// or repeated is refused and logged, and changes nothing. Spikes are packed by
// time: if all neurons of a range fire at the same time, or many do, a neuron
// costs at most one bit.
//
// # Who may send
//
// Beyond loopback, all connections use mutual TLS 1.3. A certificate contains
// the name and the address of its holder, as the URI
// infomorph://NAME@HOST:PORT; see Identity. A guard in front of Proto.Actor
// lets through only what this package sends: messages of one type, to known
// actors, with indices in range, from the holder of the address that the sender
// claims. Anything else ends that stream, and only that stream.
//
// # What can go wrong
//
// A node that dies, hangs or restarts ends the run with a NodeError that names
// the node. This package sends its own heartbeats: within 2.5 seconds they
// detect failures that do not close the connection. Only what was done since
// the last checkpoint is lost; see Engine.SaveParts.
package remote
