// Package language is the scenario language: the types of a document, their defaults and
// limits, and the checks for settings that conflict. It does not define how an experiment
// is run.
//
// An experiment consists of populations of neurons of some kinds, inputs, projections
// between them, data, a protocol that presents the data, and measures. A key that is
// missing has the default of its type. A default never depends on another key. A section
// that is present replaces the default section as a whole.
//
// Package config derives from these types the decoding, error messages with positions,
// the JSON Schema, the reference page and the answers of "explain".
package language
