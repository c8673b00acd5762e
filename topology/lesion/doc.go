// Package lesion draws changes of a network's structure: what to remove, which
// synapses get another source, and growing and pruning by a local rule. It only
// draws: topology.Graph.Apply makes the changed graph, and sim.Restructure
// changes a network that runs.
package lesion
