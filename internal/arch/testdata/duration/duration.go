// as: neuron

// Package duration is a planted case of the architecture test.
package duration

import (
	"fmt"
	"math/rand/v2"
	"time"
)

func f(us int64, src *rand.PCG) string {
	return fmt.Sprint(time.Duration(us)*time.Microsecond, rand.New(src).Uint64())
}
