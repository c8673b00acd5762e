// Package network makes of an experiment's populations, inputs, projections and
// graph file the network that is simulated: kinds of neurons become
// configurations, sizes that the document leaves open come from data and graph,
// names and labels select neurons.
//
// Neurons are numbered population after population, in the order of the document;
// channels follow, input after input. Equal documents, data and seeds give equal
// networks. Nothing here says how a network is run.
package network
