// Package script runs Starlark scripts: hermetic, deterministic, and within
// limits. It knows nothing of networks.
//
// Hermetic: a script sees what it is given, no files, no clock, no modules but
// math. Deterministic: its only randomness is a [Random] that it is given, whose
// state can be saved. Within limits: a call may take so many steps and make so
// many bytes; both are counted, not measured, so that a script ends at the same
// place everywhere.
//
// go.starlark.net counts steps. What a step may make has no bound of its own
// ("x" * 1000000000 is one step), so the tree of a script is rewritten before it
// is compiled: operators, methods and functions that make or walk through
// something in proportion to their operands go through [budget], which charges
// for it before, or where the result cannot be larger than the operands, after.
//
// Globals are frozen once a script has been loaded. What is to last from one
// call to the next is a value that the caller keeps; [Encode] and [Decode] turn
// it into bytes and back.
package script
