// as: scenarios
// want: go statement outside actors

// Package scenariogoroutine is a planted case of the architecture test.
package scenariogoroutine

func f() { go f() }
