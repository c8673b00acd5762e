// Package measure makes scores, live measures, tables and figures from the activity of
// neurons in a run.
//
// A Set holds the measures of one experiment. The run calls it for each presentation
// (Look), at the end of a pass (EndPass), for each recalled pattern (Recall), and from
// time to time with the atoms of neurons (Atoms). At the end Show passes the results to
// the listener. The state of a set is part of a checkpoint (Save, Restore).
//
// # Evidence
//
// A neuron has evidence if it was observed, was not removed, and the value from which it
// is read is finite and not exactly 0. An answer without evidence scores no better than
// chance: a bit counts as half right, a label as 1/K right for K labels. The score
// no_evidence says how often this happened.
//
// # Chance
//
// Every score is reported with its chance level. It comes from a closed form, or from
// comparing answers with other items; the doc comment of each kind says which. It is the
// mean of the measure if outputs were independent of the items. NaN means that there is
// no chance level, as for a firing rate.
//
// # Finite results
//
// No result is NaN or infinite. In a table, a value that is not defined for a neuron is
// an empty cell (nil).
//
// # Custom kinds
//
// The built-in kinds are implementations of Measure in a registry. Register adds a kind
// of another module, which documents then use as measure: {custom: {kind: …}}.
package measure
