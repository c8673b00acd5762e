// Package topology describes networks as data and expands them to synapses.
//
// A [Network] names populations of neurons, groups of input channels and the
// projections between them, each with a rule (who is joined to whom), a port,
// weights and delays. [Build] expands it to a [Graph]: every synapse, stored by
// target in compressed rows of 15 bytes each, in the order (target, port,
// source, projection) in which engines apply simultaneous events.
//
// The sub-packages read and write graph files (graphio), measure structure
// (measure), choose what to remove (lesion) and draw (draw).
//
// The package is pure: no file, clock, goroutine or global randomness. Equal
// descriptions and seeds give equal graphs: every projection draws its pairs,
// weights and delays from PCG streams of its own, keyed by its name, so that
// changing one projection leaves the others as they were.
package topology
