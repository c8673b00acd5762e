// Package templates is the short forms of the scenario language. A short form is a
// section that describes a well-known experiment in a few keys, and expands to a document
// of the language. To add a short form, add a type with a method expand.
//
// A short form also has a section network, about synapses, and a section neuron, about
// all of its neurons. Keys that are missing from neuron have the defaults of the short
// form (defaults/*.yaml). A section inside neuron replaces the short form's default
// section as a whole; a key with dots, such as learning.rate, changes one part of it.
package templates
