// as: topology
// want: rand.IntN draws
// want: rand.Shuffle draws

// Package globalrandom is a planted case of the architecture test.
package globalrandom

import "math/rand/v2"

func f() int {
	rand.Shuffle(0, nil)
	return rand.New(rand.NewPCG(1, 2)).IntN(3) + rand.IntN(3)
}
