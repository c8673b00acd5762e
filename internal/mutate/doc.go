// Package mutate does mutation testing: it makes thousands of small faults in a
// package, one at a time, and lists those that no test detects.
//
// The faults, called mutants, are: a condition that is always true or always
// false, < for <= and the reverse, a sum for a difference, a product for a
// quotient, a number that is one more, a statement or a call that is left out,
// an error that is not returned. All mutants of a package are compiled into its
// test binary at once, and each has a number; an environment variable says
// which one is active. So a mutant needs no compilation of its own. First each
// test is run to see which mutants it reaches; then only tests that reach a
// mutant are run for it.
//
// Other tools (gremlins, go-mutesting) compile and run every test for every
// mutant, which would take days here.
package mutate
