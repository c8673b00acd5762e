// Package network builds the network of an experiment from its populations, inputs,
// projections and graph file. It turns kinds of neurons into configurations, takes sizes
// that the document leaves open from data and graph, and selects neurons by names and
// labels.
//
// From a document to atoms and weights (the example of this package is the whole
// program):
//
//	exp, err := language.Load("areas.yaml", text)
//	net, err := network.Build(exp, nil, nil) // no data, no files
//	engine, err := actors.New(net.Sim, actors.Options{})
//	err = engine.Advance(ctx, until, feed, sink) // spikes and signals in, spikes and samples out
//	ids, err := net.Select("V1:b,V2")
//	reports, err := engine.Report(ids, neuron.WantAtoms|neuron.WantWeights)
//
// Neurons are numbered population by population, in the order of the document; channels
// follow, input by input. Equal documents, data and seeds give equal networks. This
// package does not define how a network is run.
package network
