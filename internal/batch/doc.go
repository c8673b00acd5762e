// Package batch trains populations of infomorphic neurons on whole batches
// with Adam: the form of the papers, beside which the online form is measured.
//
// Nothing about a neuron is written twice: activations are neuron.Activation,
// goals and their gradients pid.Batch. What is here is how sums, gradients and
// steps are laid out over a batch: inputs that are mostly 0, synapses that are
// few, inputs of −1 and 1. The package is pure.
package batch
