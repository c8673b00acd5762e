// Package neuron is one infomorphic neuron: a state machine that owns its
// incoming synapses, fires a binary output, and learns only from what reaches
// it (Makkeh et al., PNAS 2025, arXiv 2306.02149).
//
// The package is pure: no goroutine, clock, file or global randomness. Time and
// randomness are arguments.
package neuron
