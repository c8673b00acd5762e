// as: neuron
// want: go statement outside actors

// Package goroutine is a planted case of the architecture test.
package goroutine

func f() { go f() }
