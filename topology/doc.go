// Package topology describes networks as data and expands them to synapses.
//
// A [Network] names populations of neurons, groups of input channels and the
// projections between them. A projection has a rule (which pairs are
// connected), a port, weights and delays. [Build] expands a network to a
// [Graph]: all synapses, stored by target in compressed rows of 15 bytes each,
// in the order (target, port, source, projection) in which engines apply
// simultaneous events.
//
// The sub-packages read and write graph files (graphio), measure structure
// (measure), choose what to remove (lesion) and draw networks (draw).
//
// The package is pure: no file, clock, goroutine or global randomness. Equal
// descriptions and seeds give equal graphs. Every projection draws its pairs,
// weights and delays from its own PCG streams, which depend on its name, so
// changing one projection does not change the others.
package topology
