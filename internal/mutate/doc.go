// Package mutate tests the tests: it breaks a package in thousands of small ways,
// one at a time, and lists those that no test notices.
//
// A mutant is a condition that always holds or never does, a comparison that takes
// in its boundary or leaves it out, a sum for a difference, a product for a
// quotient, a number that is one more, a statement or a call that is left out, an
// error that is not told. All mutants of a package are compiled into its test
// binary at once, each behind a number; an environment variable says which one
// is awake. So a mutant costs no compilation, and as each test is first run to see
// which mutants it reaches, only those tests are run that could notice.
//
// There are tools for this (gremlins, go-mutesting); they compile and run every
// test for every mutant, which takes days here.
package mutate
