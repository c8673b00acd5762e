// Package measure makes scores, live measures, tables and figures of what
// neurons did in a run.
//
// A Set holds the measures of one experiment. The run tells it what was
// presented (Look), when passes end (EndPass), what was recalled (Recall), and
// the atoms of neurons now and then (Atoms); in the end Show hands the results to
// the listener. The state of a set is part of a checkpoint (Save, Restore).
//
// # No evidence, no credit
//
// A neuron has evidence for something if it was observed, was not removed, and
// the value that it is read by is finite and not exactly 0. What is answered
// without evidence counts as chance at best: a bit as half right, a label as
// right once in as many times as there are labels. How often that happened is a
// score of its own, no_evidence.
//
// # Chance
//
// Every score is entered with what chance would give, by a closed form or by
// pairing answers with other items: see the doc of each kind. It is what the
// measure would give on average if outputs were independent of the items. NaN
// says that chance means nothing for it, as for a firing rate.
//
// # Finite
//
// No NaN and no infinity leaves the package, but as an empty cell (nil) of a
// table: what is not defined for a neuron.
//
// # Kinds of one's own
//
// The built-in kinds are implementations of Measure in a registry. Register adds
// one of another module, which documents then name as measure: {custom: {kind: …}}.
package measure
