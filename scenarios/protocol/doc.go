// Package protocol runs experiments. A [Plan] is an experiment that is ready to run, and
// a [Run] is one execution of it on an engine.
//
// A run executes the phases of the protocol. In a phase it sets inputs to the values of
// items, makes synchronous neurons update step by step, passes the activity of neurons to
// the measures, and executes the events of the timeline. It does not know the purpose of
// a network, and it starts no goroutine.
package protocol
