// Package measure computes graph measures of the neurons of a network.
//
// A [Net] is the view that all measures share: neurons only, parallel synapses
// merged (weights added), rows sorted, so that sums have one order and results
// do not change between runs. [Compute] evaluates measures by name; see [All].
//
// Conventions follow networkx 2.8 where it has the measure, and fixtures hold
// them to 1e-9. Directed graphs are measured as directed unless a measure says
// otherwise; a graph of undirected edges has both synapses of each, for which
// the directed definitions give the undirected values.
package measure
