// Package protocol runs experiments: one runner, one state. A [Plan] is an
// experiment that is ready, a [Run] is one life of it on an engine.
//
// A run goes through the phases of the protocol. Within a phase it tells inputs
// the values of items, makes synchronous neurons update step by step, hands what
// neurons did to the measures, and lets the events of the timeline happen. It
// neither knows what a network is for nor starts a goroutine.
package protocol
