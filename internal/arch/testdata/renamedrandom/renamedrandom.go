// as: topology
// want: rand.Float64 draws

// Package renamedrandom is a planted case of the architecture test.
package renamedrandom

import dice "math/rand/v2"

func f() float64 { return dice.Float64() }
