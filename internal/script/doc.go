// Package script runs Starlark scripts: hermetic, deterministic, and within
// limits. It does not know about networks.
//
// Hermetic: a script can use only what it is given. It has no files, no clock,
// and no modules except math. Deterministic: its only randomness is a [Random]
// that it is given, whose state can be saved. Within limits: the steps and the
// allocated bytes of a call are limited. Both are counted, not measured, so
// that a script ends at the same place on every machine.
//
// go.starlark.net counts steps, but it does not limit the memory of a step ("x"
// * 1000000000 is one step). So the syntax tree of a script is rewritten before
// it is compiled: operators, methods and functions whose cost grows with the
// size of their operands go through [budget], which charges for them before
// they are executed, or after if the result cannot be larger than the operands.
//
// Globals are frozen once a script has been loaded. The caller keeps the values
// that must be available in the next call; [Encode] and [Decode] turn them into
// bytes and back.
package script
