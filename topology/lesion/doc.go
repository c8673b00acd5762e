// Package lesion chooses what to remove from a network, and grows and prunes
// synapses by a local rule. It only chooses: topology.Graph.Without removes, and
// an engine applies the choice to a network that runs.
package lesion
