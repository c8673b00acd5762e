// Package network builds the network of an experiment from its populations, inputs,
// projections and graph file. It turns kinds of neurons into configurations, takes sizes
// that the document leaves open from data and graph, and selects neurons by names and
// labels.
//
// Neurons are numbered population by population, in the order of the document; channels
// follow, input by input. Equal documents, data and seeds give equal networks. This
// package does not define how a network is run.
package network
