// Package sim is the deterministic event core. It advances a set of neurons
// one epoch at a time; an epoch is no longer than the smallest delay, so that
// within it neurons cannot hear each other and may run in any order or place.
//
// The parts are
//
//   - Router: carries spikes of any source to the synapses of a contiguous
//     range of neurons and hands each neuron its inbox for an epoch;
//   - Pacer: decides which epoch comes next and what enters it from outside;
//   - Sequential: one Router, all neurons, one loop. It is the reference that
//     every other engine must agree with byte for byte.
//
// Everything is ordered by the whole key (time, target, port, source), never
// by arrival, so results do not depend on who runs which neuron.
package sim
