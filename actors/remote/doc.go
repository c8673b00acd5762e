// Package remote runs a network on several machines, on Proto.Actor's remote,
// with the results of sim.Sequential byte for byte.
//
//	engine (the coordinator) ⇄ nodes ── shard actors ── neurons
//
// Each node holds the neurons of a run of ids, about equally many synapses on
// each, in shard actors of its own. The engine advances all of them epoch by
// epoch: every node gets one batch, with the bounds of the epoch, what enters
// from outside, and the spikes that the other nodes fired in the epoch before;
// it answers with what its own neurons fired, sorted. As an epoch is no longer
// than the smallest delay nobody waits for anybody else within it.
//
// # What crosses
//
// One Proto.Actor message of type BytesValue carries one frame: a header that
// names the run, the life of the node and the number of the frame, and a body.
// Frames are at most a mebibyte; longer bodies are cut. A frame of another run,
// of a former life, out of order or twice is refused and logged, and changes
// nothing. Spikes are packed by time: where all neurons of a range tell, or
// many do, a neuron costs one bit.
//
// # Who may speak
//
// Beyond loopback everything is under mutual TLS 1.3. A certificate names its
// holder and its address, as the URI infomorph://NAME@HOST:PORT; see Identity.
// A guard in front of Proto.Actor lets through only what this package sends:
// from the holder of the address that is claimed, of one type, to known
// actors, with indices in range. Everything else ends that stranger's stream,
// and nothing more.
//
// # What can go wrong
//
// A node that dies, stands still, or comes back from a former life ends the
// run with a NodeError that names it. Heartbeats of our own notice within two
// seconds and a half what a connection does not tell. What was done since the
// last checkpoint is lost, nothing else; see Engine.SaveParts.
package remote
