// Package lesion draws changes of a network's structure: what to remove, which
// synapses get another source, and growth and pruning by a local rule. It only
// draws changes: topology.Graph.Apply makes the changed graph, and
// sim.Restructure changes a running network.
package lesion
