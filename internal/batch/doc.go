// Package batch trains populations of infomorphic neurons on whole batches with
// Adam, as the papers do. The online form is compared with it.
//
// Activations come from neuron.Activation, goals and their gradients from
// pid.Batch. This package only arranges sums, gradients and steps over a batch,
// with fast paths for inputs that are mostly 0, for few synapses, and for
// inputs of −1 and 1. The package is pure.
package batch
