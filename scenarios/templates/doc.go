// Package templates is the short forms of the scenario language: a section that
// says in a few words what a well-known experiment is, and expands to a document
// of the language and to nothing else. Adding a short form is adding a type with
// a method expand.
//
// Beside its section a short form has a section network, about synapses, and a
// section neuron, about what every neuron of it is. What neuron leaves out is as
// the short form has it (defaults/*.yaml); a section in it that is written
// replaces that of the short form as a whole, and a key with dots, such as
// learning.rate, changes one part.
package templates
