// Package measure computes graph measures of the neurons of a network.
//
// A [Net] is the view that all measures use: only neurons, parallel synapses
// merged (weights added), and sorted rows. So sums always have the same order,
// and results do not change between runs. [Compute] evaluates measures by name;
// see [All].
//
// Conventions follow networkx 2.8 if it has the measure, and tests compare
// results with it to 1e-9. Directed graphs are measured as directed unless a
// measure says otherwise. A graph of undirected edges has two synapses for each
// edge; then the directed definitions give the undirected values.
package measure
