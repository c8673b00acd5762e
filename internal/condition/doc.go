// Package condition is the language of conditions on the state of a run, such as
//
//	training.predicted > 0.9 and time > 2
//	phase in ["learn", "again"] or not (0.1 < atoms.red < 0.2)
//
// A condition is true or false. It consists of
//
//	numbers        1, 2.5, 1e-3, 0x1F, 1_000
//	texts          "learn", 'learn', with \ before quotes and backslashes
//	time, phase    the simulated time [s], a number, and the name of the phase, a text
//	other names    a live measure, a number; dots separate the parts of a name
//	true, false
//	+ - * / % **   of numbers; ** is the power (also written ^), x % y has the sign of x
//	abs(x)         and min(x, …), max(x, …)
//	< <= > >=      of two numbers, or of two texts in alphabetic order; 0 < x < 1 is both
//	== !=          of two numbers, two texts or two truth values
//	in, not in     x in [a, b, …]
//	not, and, or   also written !, &&, ||
//
// in this order of precedence from the top: ** first, then the sign and !, then
// * / %, + -, comparisons, not, and, or. Only ** groups from the right.
//
// A measure without a value, and what is computed from it, is no number. Every
// comparison with it is false, != too. Nothing else can go wrong: kinds are checked
// when a condition is compiled.
package condition
