// Package language is the scenario language: the types of a document, their
// defaults and limits, and what of them does not go together. It says nothing of
// how an experiment is run.
//
// An experiment is populations of neurons of some kinds, inputs, projections
// between them, data, a protocol that presents the data, and measures. What a
// document does not say has the default of its type, never one that depends on
// something else; a section that is given is complete.
//
// Package config turns the types into decoding, error messages with positions,
// JSON Schema, the reference page and the answers of "explain".
package language
